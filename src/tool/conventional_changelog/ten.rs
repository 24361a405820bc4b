//! What the presets angular 9.4.0 and conventionalcommits 10.4.1 print, with conventional-changelog-writer 9 and
//! @conventional-changelog/template 1.4.0: blocks with one blank line between them, links in the notes' texts, too, and
//! nothing linked inside of code, links and addresses (`writer.js`, `templates.js`, `format.js`; `elements.js`,
//! `references.js`, `templates.js` of the template).

use super::{
    CommitType, Context, ConventionalCommits, Item, LINK, Preset, Writer, WriterOptions, expand, lowered,
    matches_scope, reference_name, release_as, unlinked, user_end,
};
use crate::collation::compare;
use crate::letters::upper;
use crate::reading::conventional_commits_parser::{HeaderPattern, Reference, short_hash};
use crate::reading::javascript_text::{LINE_ENDS, is_space, is_word, trim};
use std::borrow::Cow;
use std::collections::HashMap;

/// The title of all breaking changes.
const BREAKING: &str = "BREAKING CHANGES";

/// A commit as `transform` leaves it.
#[derive(Clone, Debug)]
pub struct Printed<'a> {
    /// The section it stands in.
    pub kind: String,
    /// Its scope.
    pub scope: &'a str,
    /// Its subject with links; empty where the header was not read.
    pub subject: Cow<'a, str>,
    header: &'a str,
    /// Titles and texts.
    pub notes: Vec<(String, String)>,
    hash: &'a str,
    references: Cow<'a, [Reference<'a>]>,
}

/// The entry; `None` where another writer prints it.
#[must_use]
pub fn write(preset: &Preset, options: &WriterOptions, context: &Context, commits: &[Item<'_>]) -> Option<String> {
    let known = matches!(preset, Preset::Angular | Preset::ConventionalCommits(_));
    if options.writer != Writer::Nine || !known {
        return None;
    }
    let printed: Vec<Printed<'_>> = commits.iter().filter_map(|item| transform(preset, context, item)).collect();
    // Everything is put behind everything else: an entry of megabytes is not copied.
    let mut out = heading(preset, context);
    if matches!(preset, Preset::Angular) {
        sections(preset, context, options, &printed, &mut out);
        notes(preset, &printed, &mut out);
    } else {
        notes(preset, &printed, &mut out);
        sections(preset, context, options, &printed, &mut out);
    }
    out.push('\n');
    Some(out)
}

fn heading(preset: &Preset, context: &Context) -> String {
    let level = if matches!(preset, Preset::Angular) && !context.patch { "# " } else { "## " };
    let version = if context.link_compare {
        format!("[{}]({})", context.version, compare_url(preset, context))
    } else {
        context.version.clone()
    };
    let date = if context.date.is_empty() { String::new() } else { format!("({})", context.date) };
    format!("{level}{}", words([&version, &date]))
}

/// The breaking changes and other notes, a block each title.
fn notes(preset: &Preset, printed: &[Printed<'_>], out: &mut String) {
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for commit in printed {
        for (title, text) in &commit.notes {
            match groups.iter_mut().find(|(known, _)| known == title) {
                Some((_, notes)) => notes.push((commit.scope, text)),
                None => groups.push((title, vec![(commit.scope, text)])),
            }
        }
    }
    groups.sort_by(|(left, _), (right, _)| compare(left, right));
    for (title, mut notes) in groups {
        notes.sort_by(|(_, left), (_, right)| compare(left, right));
        let icon = if title == BREAKING && !matches!(preset, Preset::Angular) { "⚠" } else { "" };
        let lines = notes.iter().map(|(scope, text)| words([&bold(scope), *text]));
        block(&format!("### {}", words([icon, title])), lines, out);
    }
}

fn sections(preset: &Preset, context: &Context, options: &WriterOptions, printed: &[Printed<'_>], out: &mut String) {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<&Printed<'_>>)> = Vec::new();
    for commit in printed {
        let place = *places.entry(&commit.kind).or_insert_with(|| {
            groups.push((&commit.kind, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, commits)) = groups.get_mut(place) {
            commits.push(commit);
        }
    }
    if let Preset::ConventionalCommits(config) = preset {
        let order: Vec<&str> = config.types.iter().filter_map(|kind| kind.section.as_deref()).collect();
        if options.groups_by_title {
            groups.sort_by(|(left, _), (right, _)| compare(left, right));
        } else {
            let place = |title: &str| order.iter().position(|known| *known == title).map_or(0, |at| at + 1);
            groups.sort_by_key(|(title, _)| place(title));
        }
    } else {
        groups.sort_by(|(left, _), (right, _)| compare(left, right));
    }
    for (title, commits) in groups {
        let mut keyed: Vec<(String, &Printed<'_>)> =
            commits.iter().map(|commit| (format!("{}{}", commit.scope, commit.subject), *commit)).collect();
        keyed.sort_by(|(left, _), (right, _)| compare(left, right));
        let lines = keyed.iter().map(|(_, commit)| line(preset, context, commit));
        let title = if title.is_empty() { String::new() } else { format!("### {title}") };
        block(&title, lines, out);
    }
}

/// A heading and its list, behind what stands there.
fn block(heading: &str, lines: impl Iterator<Item = String>, out: &mut String) {
    out.push_str("\n\n");
    let heading = trim(heading);
    out.push_str(heading);
    let before = out.len();
    if !heading.is_empty() {
        out.push_str("\n\n");
    }
    let start = out.len();
    for line in lines.filter(|line| !line.is_empty()) {
        if out.len() > start {
            out.push('\n');
        }
        bullet(&line, out);
    }
    let end = out.get(start..).map_or(start, |list| start + list.trim_end_matches(is_space).len());
    out.truncate(if end == start { before } else { end });
}

/// A line of a list; those behind its first are set in.
fn bullet(text: &str, out: &mut String) {
    out.push_str("* ");
    let returns = text.contains("\r\n");
    for (at, line) in text.split('\n').enumerate() {
        let line = if returns { line.strip_suffix('\r').unwrap_or(line) } else { line };
        if at > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str("  ");
            }
        }
        out.push_str(line);
    }
}

fn bold(scope: &str) -> String {
    if scope.is_empty() { String::new() } else { format!("**{scope}:**") }
}

/// What is not empty, with spaces between.
fn words<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().map(trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `url`: segments with one slash between them.
fn url(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty()).map(|part| part.trim_matches('/'));
    parts.fold(String::new(), |url, part| if url.is_empty() { part.to_owned() } else { format!("{url}/{part}") })
}

fn repository_url(context: &Context) -> String {
    if context.repository.is_empty() {
        return String::new();
    }
    url(&[&context.host, &context.owner, &context.repository])
}

/// `encodeURIComponent`
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The address of the comparison with the version before.
#[must_use]
pub fn compare_url(preset: &Preset, context: &Context) -> String {
    if let Preset::ConventionalCommits(config) = preset
        && config.templates
    {
        let tags = [("previousTag", context.previous_tag.as_str()), ("currentTag", &context.current_tag)];
        return expanded(&config.compare_url, context, &tags);
    }
    let tags = format!("{}...{}", encoded(&context.previous_tag), encoded(&context.current_tag));
    url(&[&repository_url(context), "compare", &tags])
}

fn expanded(template: &str, context: &Context, own: &[(&str, &str)]) -> String {
    let known = [("host", context.host.as_str()), ("owner", &context.owner), ("repository", &context.repository)];
    let mut out = String::with_capacity(template.len() + 32);
    expand(template, &[&known, own].concat(), &mut out);
    out
}

fn issue_url(
    preset: &Preset,
    context: &Context,
    reference: Option<&Reference<'_>>,
    prefix: &str,
    issue: &str,
) -> String {
    if let Preset::ConventionalCommits(config) = preset
        && config.templates
    {
        return expanded(&config.issue_url, context, &[("id", issue), ("prefix", prefix)]);
    }
    let own = repository_url(context);
    let base = match reference
        .and_then(|reference| Some((reference.owner, reference.repository.filter(|name| !name.is_empty())?)))
    {
        Some((owner, repository)) if !own.is_empty() => url(&[&context.host, owner.unwrap_or_default(), repository]),
        _ => own,
    };
    if base.is_empty() && matches!(preset, Preset::Angular) {
        return base;
    }
    url(&[&base, if context.issue.is_empty() { "issues" } else { &context.issue }, issue])
}

/// A commit's line.
fn line(preset: &Preset, context: &Context, commit: &Printed<'_>) -> String {
    let hash = if commit.hash.is_empty() {
        String::new()
    } else if context.link_references {
        format!("([{}]({}))", short_hash(commit.hash), commit_url(preset, context, commit.hash))
    } else {
        short_hash(commit.hash).to_owned()
    };
    let text = if commit.subject.is_empty() { commit.header } else { &commit.subject };
    let mut out = words([&bold(commit.scope), text, &hash]);
    out.reserve(commit.references.len().saturating_mul(LINK));
    let angular = matches!(preset, Preset::Angular);
    for (closing, word) in [(true, "closes"), (false, "references")] {
        if angular && !closing {
            break;
        }
        let own = commit.references.iter().filter(|reference| angular || reference.action.is_some() == closing);
        for (at, reference) in own.enumerate() {
            if at == 0 {
                out.push_str(", ");
                out.push_str(word);
            }
            out.push(' ');
            out.push_str(&linked(preset, context, reference));
        }
    }
    out
}

/// The address of a commit.
#[must_use]
pub fn commit_url(preset: &Preset, context: &Context, hash: &str) -> String {
    if let Preset::ConventionalCommits(config) = preset
        && config.templates
    {
        return expanded(&config.commit_url, context, &[("hash", hash)]);
    }
    let folder = if context.commit.is_empty() { "commit" } else { &context.commit };
    url(&[&repository_url(context), folder, hash])
}

fn linked(preset: &Preset, context: &Context, reference: &Reference<'_>) -> String {
    let mut name = String::new();
    if let Some(owner) = reference.owner.filter(|owner| !owner.is_empty()) {
        name.push_str(owner);
        name.push('/');
    }
    name.push_str(reference.repository.unwrap_or_default());
    name.push_str(reference.prefix);
    name.push_str(reference.issue);
    if !context.link_references {
        return name;
    }
    format!("[{name}]({})", issue_url(preset, context, Some(reference), reference.prefix, reference.issue))
}

/// `noteTitle`
fn note_title(title: &str) -> String {
    let title = upper(title);
    if matches!(title.as_str(), "BREAKING CHANGE" | "BREAKING-CHANGE") { BREAKING.to_owned() } else { title }
}

/// A commit as it is printed; `None` where it is not.
#[must_use]
pub fn transform<'a>(preset: &Preset, context: &Context, item: &Item<'a>) -> Option<Printed<'a>> {
    let read = item.read;
    // Up to 10.2.1 the notes' texts were left as they are, and issues were linked wherever they stood.
    let early = match preset {
        Preset::ConventionalCommits(config) if config.templates => Some(config.as_ref()),
        _ => None,
    };
    let mut notes: Vec<(String, &str)> =
        read.notes.iter().map(|note| (note_title(&note.title), note.text.as_ref())).collect();
    let subject = read.part("subject").unwrap_or_default();
    if early.is_some() {
        for (title, _) in &mut notes {
            BREAKING.clone_into(title);
        }
    } else if matches!(preset, Preset::ConventionalCommits(_))
        && !notes.iter().any(|(title, _)| title == BREAKING)
        && has_mark(item)
    {
        notes.insert(0, (BREAKING.to_owned(), subject));
    }
    let (kind, scope) = section(preset, item, !notes.is_empty())?;
    let mut issues = Vec::new();
    let subject = match early {
        Some(config) => linked_everywhere(preset, config, context, subject, &mut issues),
        None => formatted(preset, context, subject, &mut issues),
    };
    let header = read.header.as_deref().unwrap_or_default();
    let references = unlinked(&read.references, &issues, reference_name);
    let text = |text: &str| {
        if early.is_some() { text.to_owned() } else { formatted(preset, context, text, &mut Vec::new()).into_owned() }
    };
    let notes = notes.into_iter().map(|(title, note)| (title, text(note))).collect();
    let scope = if scope == "*" { "" } else { part_scope(item, scope) };
    Some(Printed { kind: kind.to_owned(), scope, subject, header, notes, hash: item.hash, references })
}

/// Whether an exclamation mark in the header says that it breaks something.
fn has_mark(item: &Item<'_>) -> bool {
    let mut captured = [None; 8];
    let header = item.read.header.as_deref().unwrap_or_default();
    HeaderPattern::ConventionalBreaking.captures(header, &mut captured)
}

/// Whether a commit is printed at all.
#[must_use]
pub fn is_printed(preset: &Preset, item: &Item<'_>) -> bool {
    let marked = || match preset {
        Preset::ConventionalCommits(config) => !config.templates && has_mark(item),
        _ => false,
    };
    section(preset, item, !item.read.notes.is_empty() || marked()).is_some()
}

/// The section of a commit and the scope it is printed with; `None` where it is left out.
fn section<'s>(preset: &'s Preset, item: &Item<'s>, noted: bool) -> Option<(&'s str, &'s str)> {
    let read = item.read;
    let own = part(item, "type");
    let Preset::ConventionalCommits(config) = preset else {
        return Some((super::angular_section(own, read.revert.is_some(), noted)?, part(item, "scope")));
    };
    let entry = entry(config, item);
    let forced = || [&read.footer, &read.body].into_iter().flatten().any(|text| release_as(text));
    let scope = part(item, "scope");
    let discarded = !noted && entry.is_none_or(|kind| kind.hidden) && !forced();
    if discarded || !matches_scope(config, scope) {
        return None;
    }
    let kind = entry.map_or(own, |kind| kind.section.as_deref().unwrap_or_default());
    Some((kind, if config.scopes.is_empty() { scope } else { "" }))
}

/// A part of the commit for as long as the commit itself.
fn part<'a>(item: &Item<'a>, name: &str) -> &'a str {
    item.read.part(name).unwrap_or_default()
}

fn part_scope<'a>(item: &Item<'a>, scope: &str) -> &'a str {
    if scope.is_empty() { "" } else { part(item, "scope") }
}

/// The type of a commit in the configuration (`findTypeEntry`).
#[must_use]
pub fn entry<'c>(config: &'c ConventionalCommits, item: &Item<'_>) -> Option<&'c CommitType> {
    let read = item.read;
    let key = if read.revert.is_some() { "revert".into() } else { lowered(read.part("type").unwrap_or_default()) };
    let scope = read.part("scope").unwrap_or_default();
    config.types.iter().find(|kind| {
        kind.name == key && kind.scope.as_deref().filter(|own| !own.is_empty()).is_none_or(|own| own == scope)
    })
}

/// `createReferencesFormatter`: issues and mentions become links where they do not stand in something protected; `found`
/// takes the issues.
fn formatted<'t>(preset: &Preset, context: &Context, text: &'t str, found: &mut Vec<&'t str>) -> Cow<'t, str> {
    let hash = ["#".to_owned()];
    let (prefixes, letters) = match preset {
        Preset::ConventionalCommits(config) => (config.issue_prefixes.as_slice(), true),
        _ => (&hash[..], false),
    };
    // What names no issue and nobody stays as it is.
    if !text.contains('@') && !prefixes.iter().any(|prefix| !prefix.is_empty() && text.contains(prefix.as_str())) {
        return text.into();
    }
    let mut scan = Protected::new(text);
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(end) = scan.end(at) {
            out.push_str(text.get(at..end).unwrap_or_default());
            at = end;
            continue;
        }
        let issue = prefixes.iter().filter(|prefix| !prefix.is_empty()).find_map(|prefix| {
            let after = rest.strip_prefix(prefix.as_str())?;
            let taken = |byte: &u8| byte.is_ascii_digit() || (letters && byte.is_ascii_lowercase());
            let length = after.bytes().take_while(taken).count();
            (length > 0).then_some((prefix.as_str(), after.get(..length)?))
        });
        if let Some((prefix, issue)) = issue {
            let name = rest.get(..prefix.len() + issue.len()).unwrap_or_default();
            let url = issue_url(preset, context, None, prefix, issue);
            at += name.len();
            if url.is_empty() {
                out.push_str(name);
            } else {
                super::push_link(&mut out, name, &url);
                found.push(name);
            }
            continue;
        }
        let bounded = rest.starts_with('@')
            && !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| is_word(*byte));
        if bounded && let Some(end) = user_end(bytes, at + 1) {
            let user = text.get(at + 1..end).unwrap_or_default();
            let url = user_url(preset, context, user);
            if user.contains('/') || url.is_empty() {
                out.push('@');
                out.push_str(user);
            } else {
                super::push_link(&mut out, &format!("@{user}"), &url);
            }
            at = end;
            continue;
        }
        let c = rest.chars().next().unwrap_or_default();
        out.push(c);
        at += c.len_utf8();
    }
    out.into()
}

/// The subject up to version 10.2.1.
fn linked_everywhere<'t>(
    preset: &Preset,
    config: &ConventionalCommits,
    context: &Context,
    text: &'t str,
    found: &mut Vec<&'t str>,
) -> Cow<'t, str> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let (linked, names) = super::link_issues(text, &config.issue_prefixes, letters, |prefix, issue, out| {
        super::push_link(out, &format!("{prefix}{issue}"), &issue_url(preset, context, None, prefix, issue));
    });
    found.extend(names);
    super::link_users(linked, true, |user, out| out.push_str(&user_url(preset, context, user)))
}

fn user_url(preset: &Preset, context: &Context, user: &str) -> String {
    match preset {
        Preset::ConventionalCommits(config) if config.templates => {
            expanded(&config.user_url, context, &[("user", user)])
        }
        Preset::Angular if context.host.is_empty() => String::new(),
        _ => url(&[&context.host, user]),
    }
}

/// The parts of a text that are left as they are. What was looked for in vain is remembered, so that a text is gone over
/// a few times at most.
struct Protected<'a> {
    text: &'a str,
    /// The next `]` that was found.
    close: Option<usize>,
    /// Where one is to be closed that closes no more.
    unclosed: Option<usize>,
    /// How many fences were left open: beyond some no further one is looked for.
    open_fences: usize,
    /// Where the line ends on which back-ticks were looked for in vain, and its runs of them that are longer than all
    /// behind them, each with its place, the last first.
    ticks: (usize, Vec<(usize, usize)>),
    /// Where the run of back-ticks ends that was met last.
    run_end: usize,
}

impl<'a> Protected<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, close: Some(0), unclosed: None, open_fences: 0, ticks: (0, Vec::new()), run_end: 0 }
    }

    /// Where the protected part ends that begins here.
    fn end(&mut self, at: usize) -> Option<usize> {
        let first = *self.text.as_bytes().get(at)?;
        let line = at == 0 || self.text.get(..at).is_some_and(|before| before.ends_with(LINE_ENDS));
        match first {
            b'[' => self.link(at).or_else(|| self.reference(at)),
            b'h' => self.address(at),
            b'`' | b'~' | b' ' | b'\t' if line => self.fence(at).or_else(|| self.code(at)),
            b'`' => self.code(at),
            _ => None,
        }
    }

    /// The next `]` from a place on.
    fn closing(&mut self, from: usize) -> Option<usize> {
        if self.close? < from || self.text.as_bytes().get(self.close?) != Some(&b']') {
            self.close = self.text.get(from..).and_then(|rest| rest.find(']')).map(|step| from + step);
        }
        self.close
    }

    /// `\[(?:[^[\]]|\[[^[\]]*])*]\((?:[^()\n]|\([^()\n]*\))*\)`
    fn link(&self, at: usize) -> Option<usize> {
        let nested = |from: usize, open: u8, close: u8, line: bool| -> Option<usize> {
            let bytes = self.text.as_bytes();
            let stops = |byte: u8| byte == open || byte == close || (line && byte == b'\n');
            let mut place = from + 1;
            loop {
                place += bytes.get(place..)?.iter().position(|byte| stops(*byte))?;
                match *bytes.get(place)? {
                    byte if byte == close => return Some(place + 1),
                    byte if byte == open => {
                        place += 1;
                        place += bytes.get(place..)?.iter().position(|byte| stops(*byte))?;
                        if bytes.get(place) != Some(&close) {
                            return None;
                        }
                        place += 1;
                    }
                    _ => return None,
                }
            }
        };
        let after = nested(at, b'[', b']', false)?;
        if self.text.as_bytes().get(after) != Some(&b'(') {
            return None;
        }
        nested(after, b'(', b')', true)
    }

    /// `\[[^\]]*]\[[^\]]*]`
    fn reference(&mut self, at: usize) -> Option<usize> {
        let first = self.closing(at + 1)?;
        if self.text.as_bytes().get(first + 1) != Some(&b'[') {
            return None;
        }
        if self.unclosed == Some(first) {
            return None;
        }
        let rest = self.text.get(first + 2..)?;
        let end = rest.find(']').map(|step| first + 2 + step + 1);
        if end.is_none() {
            self.unclosed = Some(first);
        }
        end
    }

    /// A block of code between two fences of the same length, each on a line of its own.
    fn fence(&mut self, at: usize) -> Option<usize> {
        const MOST: usize = 32;
        let blank = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
        let start = at + blank(self.text.get(at..)?);
        let mark = *self.text.as_bytes().get(start).filter(|byte| matches!(byte, b'`' | b'~'))?;
        let length = self.text.get(start..)?.bytes().take_while(|byte| *byte == mark).count();
        if length < 3 || self.open_fences >= MOST {
            return None;
        }
        let mut place = start + length;
        while let Some(step) = self.text.get(place..)?.find(LINE_ENDS) {
            let end = self.text.get(place + step..)?.chars().next().map_or(1, char::len_utf8);
            place += step + end;
            let line = self.text.get(place..)?;
            let lead = blank(line);
            let run = line.get(lead..)?.bytes().take_while(|byte| *byte == mark).count();
            if run == length {
                let tail = line.get(lead + run..)?;
                let spaces = blank(tail);
                let after = tail.get(spaces..)?;
                let close = place + lead + run + spaces;
                if after.is_empty() || after.starts_with(LINE_ENDS) {
                    // A carriage return before the line's end belongs to it.
                    let returned =
                        after.strip_prefix('\r').is_some_and(|rest| rest.is_empty() || rest.starts_with('\n'));
                    return Some(close + usize::from(returned));
                }
            }
        }
        self.open_fences += 1;
        None
    }

    /// A run of back-ticks, and what is on its line up to another one that is at least as long.
    fn code(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let run = |from: usize| bytes.iter().skip(from).take_while(|byte| **byte == b'`').count();
        if at >= self.run_end {
            self.run_end = at + run(at);
        }
        let length = Some(self.run_end - at).filter(|length| *length > 0)?;
        let (until, longest) = &mut self.ticks;
        if at < *until {
            while longest.pop_if(|(place, _)| *place <= at).is_some() {}
            if longest.last().is_none_or(|(_, longest)| *longest < length) {
                return None;
            }
        }
        let mut place = at + length;
        let mut runs: Vec<(usize, usize)> = Vec::new();
        while let Some(step) = bytes.get(place..)?.iter().position(|byte| matches!(byte, b'`' | b'\n')) {
            place += step;
            if bytes.get(place) == Some(&b'\n') {
                break;
            }
            let found = run(place);
            if found >= length {
                return Some(place + length);
            }
            while runs.pop_if(|(_, length)| *length <= found).is_some() {}
            runs.push((place, found));
            place += found;
        }
        // Nothing on this line is as long: those behind this place need not look again.
        runs.reverse();
        self.ticks = (place.max(at + length), runs);
        None
    }

    /// `https?:\/\/(?:[^\s()]|\([^\s()]*\))+`
    fn address(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let after = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))?;
        let start = self.text.len() - after.len();
        let mut end = start;
        while let Some(c) = self.text.get(end..).and_then(|rest| rest.chars().next()) {
            if c == '(' {
                let inner = self.text.get(end + 1..)?;
                let stop = inner.find(|c: char| is_space(c) || matches!(c, '(' | ')'))?;
                if !inner.get(stop..)?.starts_with(')') {
                    break;
                }
                end += stop + 2;
            } else if c == ')' || is_space(c) {
                break;
            } else {
                end += c.len_utf8();
            }
        }
        (end > start).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context {
            host: "https://github.com".into(),
            owner: "acme".into(),
            repository: "widgets".into(),
            issue: "issues".into(),
            commit: "commit".into(),
            link_references: true,
            ..Context::default()
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let said = formatted(&Preset::Angular, &context(), text, &mut Vec::new());
        assert_eq!(
            said.replace("https://github.com/acme/widgets/issues/", "I/").replace("https://github.com/", "U/"),
            expected
        );
    }

    #[test]
    fn issues_and_mentions_become_links() {
        check("a #1 b @me", "a [#1](I/1) b [@me](U/me)");
        check("@org/team a@b", "@org/team a@b");
    }

    #[test]
    fn what_is_protected_stays() {
        check("[#1](x) #2", "[#1](x) [#2](I/2)");
        check("[a [#1] b](x(y)z) [#3][r]", "[a [#1] b](x(y)z) [#3][r]");
        check("`#1` ``a ` #2`` `#3", "`#1` ``a ` #2`` `[#3](I/3)");
        check("``` `` ` #1 ` #2 `` #3", "``` `` ` #1 ` [#2](I/2) `` [#3](I/3)");
        check("```` ``` #1 ``` `` #2 ` #3", "```` ``` [#1](I/1) ``` `` [#2](I/2) ` [#3](I/3)");
        check("```` ``` `` #1 `` ` #2 ` #3", "```` ``` `` #1 `` ` #2 ` [#3](I/3)");
        check("[a][b [#1][c] #2", "[a][b [#1][c] [#2](I/2)");
        check("[a][b #1", "[a][b [#1](I/1)");
        check("https://x/#1 #2", "https://x/#1 [#2](I/2)");
        check("```\n#1\n```\n#2", "```\n#1\n```\n[#2](I/2)");
        check("```\n#1\n", "```\n[#1](I/1)\n");
    }

    #[test]
    fn hostile_texts_of_a_megabyte_end() {
        for piece in ["[", "`", "` `` ", "~~~\n", "```\n", "[a](", "http://a(", "[a][", "@a", "#", "[[a]"] {
            let _ = formatted(&Preset::Angular, &context(), &piece.repeat(1_000_000 / piece.len()), &mut Vec::new());
        }
        let ticks = format!("{}{}", "`".repeat(500_000), " `".repeat(250_000));
        let shorter = (1..900).rev().map(|length| "`".repeat(length)).collect::<Vec<_>>().join(" ");
        let opened = format!("#{}a][{}", "[".repeat(500_000), "x".repeat(500_000));
        for text in [ticks, format!("@{shorter}{}", "x".repeat(600_000)), opened] {
            let _ = formatted(&Preset::Angular, &context(), &text, &mut Vec::new());
        }
    }

    #[test]
    fn many_issues_in_a_subject_and_lines_in_a_note_are_gone_over_once() {
        use crate::reading::conventional_commits_parser::{Options, Parser};
        let issues = (0..60_000).map(|issue| format!(" #{issue}")).collect::<Vec<_>>().concat();
        let lines = "a\n".repeat(200_000);
        let message = format!("feat: x{issues}\n\nBREAKING CHANGE: b\n{lines}");
        for (preset, options, writer) in [
            (Preset::Angular, Options::angular(), Writer::Nine),
            (Preset::Angular, Options::angular(), Writer::Eight),
            (Preset::ConventionalCommits(Box::default()), Options::conventional_commits(), Writer::Eight),
        ] {
            let parser = Parser::new(options);
            let read = parser.read(&message).unwrap().unwrap();
            let item = Item { hash: "", subject: "", read: &read };
            let options = WriterOptions { writer, ..WriterOptions::default() };
            let entry = super::super::write(&preset, &options, &context(), &[item]);
            assert!(entry.contains("[#59999](") && !entry.contains("closes"));
        }
    }
}

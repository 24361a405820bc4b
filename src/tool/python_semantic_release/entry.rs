//! The changelog entry of python-semantic-release, by the default template of each version (`changelog/changelog.py` of
//! version 7, `data/templates` of 8 to 10).

use super::edition::Edition;
use super::settings::Settings;
use crate::bump::Bump;
use crate::history::Commit;
use crate::pull_request::Repository;
use crate::reading::python_semantic_release::{Parser, Reading, read_commit};
use crate::reading::python_text::{is_digit, is_space, push_escaped, strip, title};
use crate::tool::Facts;
use semver::Version;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// A part of a commit that was read, for the changelog.
pub(super) struct Change<'a> {
    pub reading: Reading,
    pub commit: &'a Commit,
}

/// A commit as it stands in the changelogs that show whole messages.
#[derive(Clone)]
pub(super) struct Whole {
    /// How far its first part moves the version.
    bump: Bump,
    /// Under which heading it stands.
    section: String,
}

impl Whole {
    /// From what was read in it.
    pub(super) fn of(parts: &[(String, Option<Reading>)], settings: &Settings) -> Self {
        let reading = parts.first().and_then(|(_, reading)| reading.as_ref());
        Self {
            bump: reading.map_or(Bump::None, |reading| reading.bump),
            section: reading.map_or("unknown", |reading| section(reading, settings)).to_owned(),
        }
    }
}

/// A release as the templates see it.
pub(super) struct Made<'a> {
    pub facts: &'a Facts<'a>,
    pub settings: &'a Settings,
    pub version: &'a Version,
    /// What was read and is not left out, the newest first.
    pub changes: &'a [Change<'a>],
    /// All commits, the oldest first.
    pub commits: &'a [Commit],
    /// Those of them that were read, as whole messages, where the template shows such.
    pub wholes: &'a [Option<Whole>],
    /// Whether nothing was released before.
    pub first: bool,
    /// The tag before; empty where there is none.
    pub previous_tag: &'a str,
}

/// The long names under which types stand in the changelog. Up to 9.9 few had one.
pub(super) fn category<'a>(reading: &'a Reading, settings: &Settings) -> &'a str {
    let edition = settings.edition;
    let short = edition < Edition(9, 10, 0);
    match reading.kind.as_str() {
        // These parsers name the sections themselves.
        kind if matches!(settings.options.parser, Parser::Emoji | Parser::Tag) => kind,
        kind if settings.options.parser == Parser::Scipy => match kind {
            "BLD" | "BUG" | "MAINT" => "fix",
            "API" | "DEP" => "breaking",
            "DOC" => "documentation",
            "ENH" | "FEAT" => "feature",
            "REV" => "other",
            // Whatever else is allowed, it has no section of its own.
            _ => "none",
        },
        "docs" => "documentation",
        "feat" if short => "feature",
        "perf" if short => "performance",
        kind if short => kind,
        "build" => "build system",
        "ci" => "continuous integration",
        "chore" => "chores",
        "feat" => "features",
        "fix" if edition < Edition(9, 12, 0) => "fixes",
        "fix" => "bug fixes",
        "perf" => "performance improvements",
        "refactor" => "refactoring",
        "style" => "code style",
        "test" => "testing",
        other => other,
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

/// `str.capitalize` of the first word up to 10.0: its other letters become small ones. A text of one word gets a space
/// behind it.
fn worded(text: &str) -> String {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{} {rest}", chars.as_str().to_lowercase())
}

impl Made<'_> {
    /// The entry, by the template of the version that runs.
    pub(super) fn printed(&self) -> String {
        match self.settings.edition {
            edition if edition <= Edition::SEVEN => self.by_section(),
            edition if edition < Edition(9, 13, 0) => self.by_message(),
            _ => self.by_description(),
        }
    }

    /// Version 7 (`semantic_release/changelog/changelog.py`): the sections that `changelog_sections` lists, in its order.
    fn by_section(&self) -> String {
        let (edition, seven) = (self.settings.edition, &self.settings.seven);
        // Blank lines came behind the headings first, and then behind the title.
        let blank = |from: Edition| if edition >= from { "\n" } else { "" };
        let (behind_title, behind_heading) = (blank(Edition(7, 34, 3)), blank(Edition(7, 34, 1)));
        let url = commit_url(self.facts.repository, "");
        let mut out = format!("## v{} ({})\n{behind_title}", self.version, self.facts.date);
        for name in &seven.sections {
            let mut lines = String::new();
            for change in self.changes {
                let reading = &change.reading;
                let subject = reading.descriptions.first().map(String::as_str).unwrap_or_default();
                let mut line = |text: &str| {
                    let _ = write!(lines, "* {}", with_issue(text, self.facts.repository));
                    push_link(&url, &change.commit.sha, &mut lines);
                    lines.push('\n');
                };
                if *name == "breaking" {
                    // These are neither capitalised nor scoped.
                    if reading.breaking.is_empty() && reading.bump == Bump::Major {
                        line(subject);
                    }
                    reading.breaking.iter().for_each(|text| line(text));
                }
                if section(reading, self.settings) == *name {
                    let text = if seven.capitalises { capitalised(subject) } else { subject.to_owned() };
                    let scoped = seven.scopes && !reading.scope.is_empty();
                    line(&if scoped { format!("**{}:** {text}", reading.scope) } else { text });
                }
            }
            if !lines.is_empty() {
                let _ = writeln!(out, "### {}\n{behind_heading}{lines}", python_capitalised(name));
            }
        }
        if seven.compares && !self.first {
            let tag = self.settings.pattern.tag(self.version);
            let url = self.facts.repository.url();
            let _ = writeln!(out, "**[See all commits in this version]({url}/compare/{}...{tag})**", self.previous_tag);
        }
        out
    }

    /// Versions 8 to 9.12 (`data/templates/CHANGELOG.md.j2`): whole messages by type, those that were not read under
    /// `Unknown`. Jinja escapes them unless that is switched off.
    fn by_message(&self) -> String {
        let edition = self.settings.edition;
        let url = commit_url(self.facts.repository, "");
        let mut sections: Vec<(String, Vec<&Commit>)> = Vec::new();
        let mut room = 100;
        for (at, commit) in self.commits.iter().enumerate().rev() {
            let whole = match self.wholes.get(at) {
                Some(Some(whole)) => Cow::Borrowed(whole),
                _ => Cow::Owned(Whole::of(&read_commit(&commit.message, &self.settings.options), self.settings)),
            };
            if self.settings.excludes(&commit.message, whole.bump) {
                continue;
            }
            room += commit.message.len() + url.len() + 2 * commit.sha.len();
            match sections.iter_mut().find(|(name, _)| *name == whole.section) {
                Some((_, commits)) => commits.push(commit),
                None => sections.push((whole.section.clone(), vec![commit])),
            }
        }
        sections.sort_by_cached_key(|(name, _)| (name.to_lowercase(), name.clone()));
        // An entry of whole messages is long: it is not laid anew while it grows.
        let mut out = String::with_capacity(room);
        let _ = writeln!(out, "## {} ({})", self.tag(), self.facts.date);
        for (name, commits) in sections {
            let heading = if edition < Edition(9, 10, 0) { python_capitalised(&name) } else { title(&name) };
            let _ = writeln!(out, "\n### {heading}");
            for commit in commits {
                // Carriage returns were kept up to 9.8.2.
                let kept = edition < Edition(9, 8, 3) || !commit.message.contains('\r');
                let message: Cow<'_, str> =
                    if kept { commit.message.as_str().into() } else { commit.message.replace('\r', "").into() };
                let message = message.trim_end_matches(is_space);
                out.push_str("\n* ");
                if self.settings.escapes {
                    push_escaped(message, &mut out);
                } else {
                    out.push_str(message);
                }
                push_link(&url, &commit.sha, &mut out);
                out.push('\n');
            }
        }
        out
    }

    /// The version as the default templates write it: always behind a `v` (`as_semver_tag`), and up to 8.0.0 as the tag.
    fn tag(&self) -> String {
        format!("v{}", self.version)
    }

    /// The versions since 9.13: the first paragraph of each change, and up to 9 the others below it.
    fn by_description(&self) -> String {
        let (edition, rst) = (self.settings.edition, self.settings.restructured);
        let bullet = if rst { "* " } else { "- " };
        let title_line = format!("v{} ({})", self.version, self.facts.date);
        let mut out = if rst {
            format!(".. _changelog-v{}:\n\n{title_line}\n{}\n", self.version, "=".repeat(title_line.chars().count()))
        } else {
            format!("## {title_line}\n")
        };
        if self.first && self.settings.mask_initial {
            let _ = writeln!(out, "\n{bullet}Initial Release");
            return out;
        }
        let section = |out: &mut String, name: &str, texts: Vec<String>| {
            let mut seen = HashSet::new();
            let unique: Vec<String> = texts.into_iter().filter(|text| seen.insert(text.to_lowercase())).collect();
            let _ = if rst {
                writeln!(out, "\n{name}\n{}", "-".repeat(name.chars().count()))
            } else {
                writeln!(out, "\n### {name}")
            };
            let _ = writeln!(out, "\n{}", unique.join("\n\n"));
        };
        let mut sections: BTreeMap<(String, String), Vec<&Change<'_>>> = BTreeMap::new();
        for change in self.changes {
            let name = category(&change.reading, self.settings);
            sections.entry((name.to_lowercase(), name.to_owned())).or_default().push(change);
        }
        let mut links = Vec::new();
        let fitted = |text: String| if rst { autofit(&restructured(&text)) } else { autofit(&text) };
        for ((_, name), changes) in &sections {
            let sorted = if edition < Edition(9, 15, 0) {
                changes.clone()
            } else {
                ordered(changes, |reading| reading.descriptions.first())
            };
            let mut texts = Vec::new();
            for change in sorted {
                let mut text = format!("{bullet}{}", self.summary(change, rst.then_some(&mut links)));
                if edition < Edition(10, 0, 0) {
                    for more in change.reading.descriptions.iter().skip(1) {
                        text.push_str("\n\n");
                        text.push_str(more);
                    }
                }
                texts.push(fitted(text));
            }
            section(&mut out, &title(name), texts);
        }
        // The templates look at the newest change of each section alone (`map(attribute="1.0")`).
        let newest: Vec<&Change<'_>> = sections.values().filter_map(|changes| changes.first().copied()).collect();
        let heading =
            |name: &str| if edition < Edition(9, 20, 0) && !rst { name.to_uppercase() } else { name.to_owned() };
        let extra: [(&str, Edition, Paragraphs); 2] = [
            ("Breaking Changes", Edition(9, 15, 0), |reading| &reading.breaking),
            ("Additional Release Information", Edition(9, 18, 0), |reading| &reading.notices),
        ];
        for (name, since, of) in extra {
            // A first description that says nothing, as up to 9.17, hides those behind it.
            let said = |change: &&Change<'_>| of(&change.reading).first().is_some_and(|text| !text.is_empty());
            let said: Vec<&Change<'_>> = newest.iter().copied().filter(said).collect();
            if said.is_empty() || edition < since {
                continue;
            }
            let first = |reading: &Reading| {
                if edition < Edition(9, 15, 2) {
                    reading.descriptions.first().cloned()
                } else {
                    of(reading).first().cloned()
                }
            };
            let texts = ordered_by(&said, first).into_iter().map(|change| {
                let paragraphs: Vec<String> = of(&change.reading)
                    .iter()
                    .filter(|text| !strip(text).is_empty())
                    .map(|text| {
                        let text = if edition < Edition(10, 1, 0) { worded(text) } else { capitalised(text) };
                        strip(&text).to_owned()
                    })
                    .collect();
                let text = scoped(&change.reading.scope, &paragraphs.join("\n\n"));
                fitted(format!("{bullet}{}", text.replace("\n\n", &format!("\n\n{bullet}"))))
            });
            let texts = texts.collect();
            section(&mut out, &heading(name), texts);
        }
        if !links.is_empty() {
            let mut seen = HashSet::new();
            links.retain(|link: &String| seen.insert(link.to_lowercase()));
            links.sort_by_cached_key(|link| link.to_lowercase());
            let _ = writeln!(out, "\n{}", links.join("\n"));
        }
        out
    }

    /// The line of a commit. A commit that does not exist yet has no link.
    fn summary(&self, change: &Change<'_>, links: Option<&mut Vec<String>>) -> String {
        let edition = self.settings.edition;
        let repository = self.facts.repository;
        let reading = &change.reading;
        let subject = reading.descriptions.first().map(String::as_str).unwrap_or_default();
        let mut text = if edition < Edition(10, 1, 0) {
            let text = worded(subject);
            if reading.merge_request.is_empty() {
                text
            } else {
                let text = text.replace("(pull request", "(").replace(&format!("({})", reading.merge_request), "");
                strip(&text).to_owned()
            }
        } else {
            capitalised(subject)
        };
        let sha = change.commit.sha.as_str();
        let short = sha.get(..7).unwrap_or(sha);
        let mut targets = Vec::new();
        if !reading.merge_request.is_empty() {
            targets.push((reading.merge_request.clone(), pull_request_url(repository, &reading.merge_request)));
        }
        if !sha.is_empty() {
            targets.push((short.to_owned(), commit_url(repository, sha)));
        }
        let shown: Vec<String> = targets
            .iter()
            .map(|(label, url)| {
                if links.is_some() {
                    format!("`{label}`_")
                } else if label == short {
                    format!("[`{label}`]({url})")
                } else {
                    format!("[{label}]({url})")
                }
            })
            .collect();
        if let Some(links) = links {
            links.extend(targets.iter().map(|(label, url)| format!(".. _{label}: {url}")));
        }
        if !shown.is_empty() {
            let _ = write!(text, " ({})", shown.join(", "));
        }
        if edition < Edition(9, 14, 0) { text } else { scoped(&reading.scope, &text) }
    }
}

/// Under which heading a reading stands: what breaks had one of its own up to 9.12.
fn section<'a>(reading: &'a Reading, settings: &Settings) -> &'a str {
    let breaks = reading.bump == Bump::Major && settings.options.parser != Parser::Emoji;
    if breaks && settings.edition > Edition::SEVEN && settings.edition < Edition(9, 13, 0) {
        return "breaking";
    }
    category(reading, settings)
}

/// Python's `str.capitalize`: all letters but the first are small ones.
fn python_capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase())
}

/// A commit's link, in parentheses and behind a space; nothing for a commit that does not exist yet. `url` is the address
/// of all commits.
fn push_link(url: &str, sha: &str, out: &mut String) {
    if sha.is_empty() {
        return;
    }
    for part in [" ([`", sha.get(..7).unwrap_or(sha), "`](", url, sha, "))"] {
        out.push_str(part);
    }
}

/// `add_pr_link`: `(#12)` at the end becomes a link to the issue, behind one space.
fn with_issue(text: &str, repository: &Repository) -> String {
    let linked = text.strip_suffix(')').and_then(|inside| {
        let before = inside.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = inside.get(before.len()..).filter(|number| (1..=8).contains(&number.len()))?;
        let title = before.strip_suffix("(#")?;
        let bare = title.trim_end_matches(is_space);
        (bare.len() < title.len()).then(|| format!("{bare} ([#{number}]({}/issues/{number}))", repository.url()))
    });
    linked.unwrap_or_else(|| text.to_owned())
}

/// Which paragraphs of a reading a section prints.
type Paragraphs = fn(&Reading) -> &Vec<String>;

fn scoped(scope: &str, text: &str) -> String {
    if scope.is_empty() { text.to_owned() } else { format!("**{scope}**: {text}") }
}

/// Those without a scope first, by what is said; then by scope. Case does not count (Jinja's `sort`).
fn ordered<'a, 'b>(changes: &[&'a Change<'b>], said: impl Fn(&Reading) -> Option<&String>) -> Vec<&'a Change<'b>> {
    ordered_by(changes, |reading| said(reading).cloned())
}

fn ordered_by<'a, 'b>(changes: &[&'a Change<'b>], said: impl Fn(&Reading) -> Option<String>) -> Vec<&'a Change<'b>> {
    let mut out = changes.to_vec();
    out.sort_by_cached_key(|change| {
        let scope = change.reading.scope.to_lowercase();
        (!scope.is_empty(), scope, said(&change.reading).map(|text| text.to_lowercase()))
    });
    out
}

/// Whose addresses a repository's are, as far as its host says (`hvcs`).
pub(super) fn host(repository: &Repository) -> &'static str {
    if repository.origin.contains("gitlab") {
        "gitlab"
    } else if repository.origin.contains("bitbucket") {
        "bitbucket"
    } else if repository.origin.contains("gitea") || repository.origin.contains("codeberg") {
        "gitea"
    } else {
        "github"
    }
}

pub(super) fn commit_url(repository: &Repository, sha: &str) -> String {
    let part = match host(repository) {
        "gitlab" => "-/commit",
        "bitbucket" => "commits",
        _ => "commit",
    };
    format!("{}/{part}/{sha}", repository.url())
}

pub(super) fn pull_request_url(repository: &Repository, number: &str) -> String {
    let start = number.trim_end_matches(is_digit).len();
    let part = match host(repository) {
        "gitlab" => "-/merge_requests",
        "bitbucket" => "pull-requests",
        "gitea" => "pulls",
        _ => "pull",
    };
    format!("{}/{part}/{}", repository.url(), number.get(start..).unwrap_or_default())
}

/// `autofit_text_width` at 100 characters with a hanging indent of two.
fn autofit(text: &str) -> String {
    fitted(text, 100, 2)
}

/// `autofit_text_width`: lines no wider than `width` characters, all but a paragraph's first indented.
pub(super) fn fitted(text: &str, widest: usize, indent: usize) -> String {
    let text = strip(text);
    let behind = format!("\n{}", " ".repeat(indent));
    if text.chars().count() <= widest {
        return text.to_owned();
    }
    let mut paragraphs = Vec::new();
    for paragraph in text.split("\n\n") {
        let flat = paragraph.replace('\r', "").replace('\n', " ");
        let mut out = String::new();
        let mut width = 0;
        for word in strip(&flat).split(' ').filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            if out.is_empty() {
                width = length;
            } else if width + 1 + length <= widest {
                out.push(' ');
                width += 1 + length;
            } else {
                out.push_str(&behind);
                width = indent + length;
            }
            out.push_str(word);
        }
        if !out.is_empty() {
            paragraphs.push(out);
        }
    }
    strip(&paragraphs.join("\n\n")).to_owned()
}

/// `convert_md_to_rst`: bold, italics, the bullet, code and links, where they stand behind white space.
pub(super) fn restructured(text: &str) -> String {
    let between = |mark: &'static str, of: &'static str| {
        move |rest: &str| {
            let inside = rest.strip_prefix(mark)?;
            let line = inside.split('\n').next()?;
            let (end, _) = line.match_indices(mark).find(|(at, _)| {
                let after = inside.get(at + mark.len()..).and_then(|after| after.chars().next());
                let (first, last) = (line.chars().next(), line.get(..*at).and_then(|text| text.chars().next_back()));
                let plain = mark.len() > 1 || (first != Some('_') && last != Some('_') && *at > 2);
                *at > 0 && plain && after.is_none_or(is_space)
            })?;
            Some((end + 2 * mark.len(), format!("{of}{}{of}", inside.get(..end)?)))
        }
    };
    let code = |rest: &str| {
        let inside = rest.strip_prefix('`')?;
        let end = inside.find('`').filter(|end| *end > 0)?;
        let free = !inside.get(end + 1..)?.starts_with(['`', '_']);
        free.then(|| Some((end + 2, format!("``{}``", inside.get(..end)?))))?
    };
    let link = |rest: &str| {
        let (label, after) = rest.strip_prefix('[')?.split_once(']').filter(|(label, _)| !label.is_empty())?;
        let (url, after) = after.strip_prefix('(')?.split_once(')').filter(|(url, _)| !url.is_empty())?;
        let ends = after.chars().next().is_none_or(is_space);
        ends.then(|| (rest.len() - after.len(), format!("`{label} <{url}>`_")))
    };
    let text = behind_space(text, between("__", "**"));
    let text = behind_space(&text, between("_", "*"));
    let bullet = text.trim_start_matches(is_space);
    let text = match bullet.strip_prefix('-').filter(|rest| rest.starts_with(is_space)) {
        Some(rest) => format!("{}*{rest}", text.get(..text.len() - bullet.len()).unwrap_or_default()),
        None => text,
    };
    behind_space(&behind_space(&text, code), link)
}

/// Replaces what a reader takes from places behind white space. A reader sees no more than a window of the text, so
/// that marks without a partner cost no more than others.
fn behind_space(text: &str, take: impl Fn(&str) -> Option<(usize, String)>) -> String {
    const WINDOW: usize = 2000;
    let mut out = String::with_capacity(text.len());
    let mut spaced = false;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let window = rest.char_indices().nth(WINDOW).map_or(rest, |(end, _)| rest.get(..end).unwrap_or(rest));
        let marked = spaced && rest.starts_with(['_', '`', '[']);
        if let Some((length, replacement)) = marked.then(|| take(window)).flatten() {
            out.push_str(&replacement);
            at += length.max(1);
            spaced = false;
        } else if let Some(c) = rest.chars().next() {
            out.push(c);
            spaced = is_space(c);
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_markdown_into_restructured_text() {
        assert_eq!(restructured("* Use `x` and __b__ _it_ [l](u) now"), "* Use ``x`` and **b** _it_ `l <u>`_ now");
        assert_eq!(restructured("* a _word_ b"), "* a *word* b");
    }
}

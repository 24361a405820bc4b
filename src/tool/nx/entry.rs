//! The entry that nx release writes since its version 22 (`release/changelog-renderer/index.ts`).

use super::{Change, Edition, Kind, Rendering};
use crate::collation;
use crate::reading::bytes;
use crate::reading::javascript_text::trim;
use semver::Version;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

/// What an entry is made of beside the commits.
pub struct Surroundings<'a> {
    /// The version of nx.
    pub edition: Edition,
    /// The types, in the order of their headings.
    pub kinds: &'a [Kind],
    /// How it is written.
    pub rendering: &'a Rendering,
    /// `https://github.com/acme/widgets`, where references are links.
    pub url: Option<&'a str>,
    /// The day of the release.
    pub date: &'a str,
    /// Whether the entry is one project's.
    pub of_project: bool,
    /// The projects it depends on that move with it, and their versions.
    pub dependencies: &'a [(String, Version)],
}

/// The entry, and whether it shows an author whose name on GitHub is not known here. `changes` are newest first, as
/// `git log` prints them.
pub fn entry(surroundings: &Surroundings<'_>, version: &Version, changes: &[&Change<'_>]) -> (String, bool) {
    let relevant = without_reverted(changes);
    let mut breaking: Vec<String> =
        relevant.iter().filter(|change| change.breaking).map(|change| surroundings.breaking(change)).collect();
    let title = surroundings.title(version);
    if relevant.is_empty() && surroundings.dependencies.is_empty() {
        let text = surroundings.rendering.when_empty.as_deref().filter(|text| !text.is_empty());
        return (text.map(|text| format!("{title}\n\n{text}")).unwrap_or_default(), false);
    }
    let mut sections = vec![title];
    let by_type = surroundings.by_type(&relevant);
    sections.extend((!by_type.is_empty()).then(|| trim(&by_type).to_owned()));
    if !breaking.is_empty() {
        let mut seen = HashSet::new();
        breaking.retain(|line| seen.insert(line.clone()));
        sections.push(trim(&format!("### ⚠️  Breaking Changes\n\n{}", breaking.join("\n"))).to_owned());
    }
    if !surroundings.dependencies.is_empty() {
        let mut text = String::from("### 🧱 Updated Dependencies\n");
        for (name, version) in surroundings.dependencies {
            let _ = write!(text, "\n- Updated {name} to {version}");
        }
        sections.push(text);
    }
    let mut unknown = false;
    if surroundings.rendering.authors {
        let (lines, some) = surroundings.authors(&relevant);
        unknown = some;
        if !lines.is_empty() {
            sections.push(trim(&format!("### ❤️ Thank You\n\n{}", lines.join("\n"))).to_owned());
        }
    }
    (trim(&sections.join("\n\n")).to_owned(), unknown)
}

/// The changes without those that were taken back and those that took them back. After each pair the tool passes over
/// one more.
fn without_reverted<'a, 'b>(changes: &[&'a Change<'b>]) -> Vec<&'a Change<'b>> {
    if !changes.iter().any(|change| change.kind == "revert" && !change.reverted.is_empty()) {
        return changes.to_vec();
    }
    // Their short hashes are as long as all others, so that each is found by it; one that is not made yet has none.
    let short = |change: &Change<'a>, hash: &'a str| hash.get(..change.short.len().max(7)).unwrap_or(hash);
    let mut by_hash: HashMap<&str, Vec<usize>> = HashMap::new();
    let reverts = changes.iter().filter(|change| change.kind == "revert");
    let asked: HashSet<&str> =
        reverts.flat_map(|change| change.reverted.iter().map(|hash| short(change, hash))).collect();
    for (at, change) in changes.iter().enumerate().rev().filter(|(_, change)| asked.contains(change.short)) {
        by_hash.entry(change.short).or_default().push(at);
    }
    let mut gone = vec![false; changes.len()];
    let mut at = changes.len();
    while let Some(here) = at.checked_sub(1) {
        at = here;
        let Some(change) = changes.get(here).filter(|change| change.kind == "revert") else { continue };
        if gone.get(here).copied().unwrap_or(true) {
            continue;
        }
        let found = change.reverted.iter().find_map(|hash| {
            by_hash.get(short(change, hash))?.iter().rev().copied().find(|other| gone.get(*other) == Some(&false))
        });
        let Some(found) = found else { continue };
        // The newer one is found behind the older in the list; what is taken out by its place follows.
        let second =
            if found > here { Some(here) } else { (here + 1..changes.len()).find(|at| gone.get(*at) == Some(&false)) };
        for out in [Some(found), second].into_iter().flatten() {
            if let Some(gone) = gone.get_mut(out) {
                *gone = true;
            }
        }
        if found > here {
            at = at.saturating_sub(1);
        }
    }
    changes.iter().zip(gone).filter(|(_, gone)| !gone).map(|(change, _)| *change).collect()
}

impl Surroundings<'_> {
    fn title(&self, version: &Version) -> String {
        let whole = version.minor == 0 && version.patch == 0 && version.pre.is_empty() && version.build.is_empty();
        let date = if self.rendering.date { format!(" ({})", self.date) } else { String::new() };
        format!("{} {version}{date}", if whole { "#" } else { "##" })
    }

    fn by_type(&self, relevant: &[&Change<'_>]) -> String {
        let mut out = String::new();
        for kind in self.kinds {
            let group: Vec<&&Change<'_>> = relevant.iter().filter(|change| change.kind == kind.name).collect();
            if group.is_empty() {
                continue;
            }
            let _ = write!(out, "\n### {}\n\n", kind.title);
            let mut push = |change: &Change<'_>| {
                self.push_line(change, &mut out);
                out.push('\n');
            };
            if self.of_project {
                for change in group {
                    push(change);
                }
                continue;
            }
            let mut scopes: BTreeMap<&str, Vec<&Change<'_>>> = BTreeMap::new();
            for change in group.iter().rev() {
                scopes.entry(&change.scope).or_default().push(change);
            }
            // JavaScript sorts by the units of UTF-16.
            let mut scopes: Vec<(&str, Vec<&Change<'_>>)> = scopes.into_iter().collect();
            scopes.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            for change in scopes.iter().flat_map(|(_, changes)| changes) {
                push(change);
            }
        }
        out
    }

    fn line(&self, change: &Change<'_>) -> String {
        let mut line = String::new();
        self.push_line(change, &mut line);
        line
    }

    fn push_line(&self, change: &Change<'_>, out: &mut String) {
        out.push_str(if change.breaking { "- ⚠️  " } else { "- " });
        out.push_str(&scope(change));
        out.push_str(&change.description);
        self.push_references(change, out);
    }

    fn breaking(&self, change: &Change<'_>) -> String {
        if !self.edition.explains_below() {
            return self.breaking_alone(change);
        }
        let mut line = format!("- {}{}", scope(change), trim(&change.description));
        let references = self.references(change);
        if self.url.is_some() && self.rendering.references {
            let _ = write!(line, " {references}");
        }
        let explanation = explanation(self.edition, change.body);
        let mut lines = explanation.split('\n');
        let first = lines.next().unwrap_or_default();
        if !explanation.is_empty() {
            let _ = write!(line, "\n  {first}");
            for more in lines.filter(|more| !trim(more).is_empty()) {
                let _ = write!(line, "\n  {more}");
            }
        }
        line
    }

    /// Up to version 21 the text stands in the place of the description.
    fn breaking_alone(&self, change: &Change<'_>) -> String {
        let explanation = explanation(self.edition, change.body);
        if explanation.is_empty() {
            return self.line(change);
        }
        let mut lines = explanation.split('\n');
        let first = lines.next().unwrap_or_default();
        let more: Vec<String> = lines.filter(|line| !trim(line).is_empty()).map(|line| format!("  {line}")).collect();
        let below = if more.is_empty() { String::new() } else { format!("\n\n{}", more.join("\n")) };
        format!("- {}{first}{}{below}", scope(change), self.references(change))
    }

    fn references(&self, change: &Change<'_>) -> String {
        let mut out = String::new();
        self.push_references(change, &mut out);
        out
    }

    fn push_references(&self, change: &Change<'_>, out: &mut String) {
        let Some(url) = self.url.filter(|_| self.rendering.references) else { return };
        let named = change.references.iter().map(|(part, value)| (*part, value.as_str()));
        let own = change.references.is_empty().then_some(("commit", change.short));
        let mut first = true;
        for (part, value) in named.chain(own.filter(|(_, short)| !short.is_empty())) {
            out.push_str(if std::mem::take(&mut first) { " (" } else { ", " });
            for piece in ["[", value, "](", url, "/", part, "/", value.strip_prefix('#').unwrap_or(value), ")"] {
                out.push_str(piece);
            }
        }
        if !first {
            out.push(')');
        }
    }

    /// The authors' lines, and whether the name of one on GitHub would stand there and is not known.
    fn authors(&self, relevant: &[&Change<'_>]) -> (Vec<String>, bool) {
        let mut names: Vec<String> = Vec::new();
        let mut logins: HashMap<String, String> = HashMap::new();
        // Most are met again and again.
        let mut met: HashSet<(&str, &str, &str)> = HashSet::new();
        for change in relevant {
            let own = Person { name: &change.commit.author, email: &change.commit.email, login: &change.commit.login };
            // Up to version 21 only the commit's own author is thanked.
            let others = self.edition.explains_below().then(|| co_authors(change.body));
            for person in std::iter::once(own).chain(others.into_iter().flatten()) {
                if !met.insert((person.name, person.email, person.login)) {
                    continue;
                }
                let parts: Vec<&str> = person.name.split(' ').map(trim).collect();
                let name = parts.join(" ");
                if name.is_empty() || name.contains("[bot]") || self.edition.knows_agents() && is_agent(person.email) {
                    continue;
                }
                let login = person.known();
                let known = logins.entry(name).or_insert_with_key(|name| {
                    names.push(name.clone());
                    String::new()
                });
                if known.is_empty() {
                    *known = login;
                }
            }
        }
        names.sort_by(|left, right| collation::compare(left, right));
        let looks_up = self.rendering.usernames && self.url.is_some();
        let login = |name: &String| logins.get(name).filter(|login| looks_up && !login.is_empty());
        let unknown = looks_up && names.iter().any(|name| login(name).is_none());
        let line =
            |name: &String| format!("- {name}{}", login(name).map(|login| format!(" @{login}")).unwrap_or_default());
        (names.iter().map(line).collect(), unknown)
    }
}

fn scope(change: &Change<'_>) -> String {
    if change.scope.is_empty() { String::new() } else { format!("**{}:** ", trim(&change.scope)) }
}

struct Person<'a> {
    name: &'a str,
    email: &'a str,
    login: &'a str,
}

impl Person<'_> {
    /// The login, as an address of GitHub's own tells it or the forge does.
    fn known(&self) -> String {
        let own = self.email.strip_suffix("@users.noreply.github.com").filter(|own| !own.contains('@'));
        let bare = own.map(|own| match own.split_once('+') {
            Some((id, login)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => login,
            _ => own,
        });
        bare.filter(|login| !login.is_empty()).unwrap_or(self.login).to_owned()
    }
}

/// Those whom lines of a body name as authors.
fn co_authors(body: &str) -> impl Iterator<Item = Person<'_>> {
    const MARK: &str = "co-authored-by:";
    // Whoever is named has an address between signs, which few bodies hold at all.
    let body = if bytes::find(b'<', body.as_bytes()).is_some() { body } else { "" };
    body.lines().filter_map(|line| {
        let marked = |colon: &usize| {
            let start = (colon + 1).checked_sub(MARK.len());
            let mark = start.and_then(|start| line.as_bytes().get(start..=*colon));
            mark.is_some_and(|mark| mark.eq_ignore_ascii_case(MARK.as_bytes()))
        };
        let at = line.match_indices(':').map(|(colon, _)| colon).find(marked)?;
        let value = line.get(at + 1..)?;
        let end = value.rfind('>').filter(|end| *end >= 2)?;
        let start = value.get(..end - 1)?.rfind('<').filter(|start| *start >= 1)?;
        Some(Person { name: trim(value.get(..start)?), email: trim(value.get(start + 1..end)?), login: "" })
    })
}

/// Whether an address is that of a program that writes code.
fn is_agent(email: &str) -> bool {
    let email = crate::letters::lower(trim(email));
    let own = email.strip_suffix("copilot@users.noreply.github.com");
    let numbered = |own: &str| {
        own.is_empty()
            || own.strip_suffix('+').is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    own.is_some_and(numbered)
        || [
            "noreply@anthropic.com",
            "claude@anthropic.com",
            "amp@ampcode.com",
            "cursoragent@cursor.com",
            "openhands@all-hands.dev",
            "opendevin@all-hands.dev",
        ]
        .contains(&email.as_str())
}

/// What a body says of its breaking change, in lines; empty where it says nothing.
fn explanation(edition: Edition, body: &str) -> String {
    let Some((_, text)) = body.split_once("BREAKING CHANGE:") else { return String::new() };
    if !edition.explains_below() {
        return trim(text).to_owned();
    }
    if !edition.ends_at_headings() {
        // The tool's own format puts a quotation mark behind the body, and one at a line's end is taken for it.
        let start = body.len() - text.len();
        let end = body.find("---------\n\nCo-authored-by:");
        let end = end.unwrap_or_else(|| start + text.find("\"\n").unwrap_or(text.len()));
        // JavaScript's `substring` turns its ends round.
        return trim(body.get(start.min(end)..start.max(end)).unwrap_or_default()).to_owned();
    }
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        let Some((_, behind)) = after.split_once("-->") else { break };
        bare.push_str(before);
        rest = behind;
    }
    bare.push_str(rest);
    let ends = |line: &&str| {
        let line = trim(line);
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        let heading =
            (1..=6).contains(&marks) && line.get(marks..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
        let rule = line.len() >= 3 && line.bytes().all(|byte| byte == b'-');
        let author = line.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("co-authored-by:"));
        heading || rule || author || line == "\""
    };
    let mut lines = bare.split('\n');
    let first = lines.next();
    let kept: Vec<&str> = first.into_iter().chain(lines.take_while(|line| !ends(line))).collect();
    trim(&kept.join("\n")).to_owned()
}

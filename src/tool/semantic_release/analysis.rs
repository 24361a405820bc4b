//! @semantic-release/commit-analyzer 13.0.1 and @semantic-release/release-notes-generator 14.1.0: what commits make of the
//! version, and the notes of a release.

use super::glob::Glob;
use crate::bump::Bump;
use crate::reading::conventional_commits_parser::{Commit, Parser, Revertible, Thrown, unreverted};
use crate::reading::javascript_text::trim;
#[cfg(feature = "more")]
use crate::tool::conventional_changelog::Writer;
use crate::tool::conventional_changelog::{Context, Item, Preset, WriterOptions, write};
use serde_json::Value;
use std::borrow::Cow;

/// The release types, the highest first (`default-release-types.js`).
const TYPES: [&str; 7] = ["major", "premajor", "minor", "preminor", "patch", "prepatch", "prerelease"];

/// What a rule releases: a place in [`TYPES`], or nothing, which stands before all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReleaseType {
    /// `false` or `null`.
    Nothing,
    /// A place in the list of types.
    Type(usize),
}

impl ReleaseType {
    /// How far it moves a version; the types of pre-releases are refused by semantic-release, thus nothing.
    #[must_use]
    pub fn bump(self) -> Bump {
        match self {
            Self::Type(0) => Bump::Major,
            Self::Type(2) => Bump::Minor,
            Self::Type(4) => Bump::Patch,
            _ => Bump::None,
        }
    }
}

/// A rule that says what a commit releases.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Only for commits with a breaking change.
    breaking: bool,
    /// Only for commits that take another one back.
    revert: bool,
    /// What it releases.
    release: ReleaseType,
    /// Properties of the commit and what they must be.
    wanted: Vec<(String, Wanted)>,
    /// The place among [`NAMES`] of the property that alone is wanted; `None` where it is another one or several are.
    only: Option<usize>,
    /// The rule as it may be shown: `type: feat`.
    text: String,
    /// Whether it is one of the analyzer's own.
    own: bool,
}

/// What most rules ask for.
const NAMES: [&str; 5] = ["type", "scope", "emoji", "tag", "component"];

fn only(wanted: &[(String, Wanted)]) -> Option<usize> {
    let [(name, _)] = wanted else { return None };
    NAMES.iter().position(|known| known == name)
}

#[derive(Clone, Debug)]
enum Wanted {
    Like(Glob),
    Null,
    /// A value no commit has: a number, a list, code.
    Never,
}

impl Rule {
    /// A rule of the configuration; `None` where it is none.
    #[must_use]
    pub fn parse(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let release = match map.get("release")? {
            Value::Null | Value::Bool(false) => ReleaseType::Nothing,
            Value::String(name) => ReleaseType::Type(TYPES.iter().position(|known| known == name)?),
            _ => return None,
        };
        let truthy = |name: &str| {
            map.get(name)
                .is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some(""))
        };
        let wanted: Vec<(String, Wanted)> = map
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "breaking" | "revert" | "release"))
            .map(|(name, value)| {
                let wanted = match value {
                    Value::String(pattern) => Wanted::Like(Glob::new(pattern)),
                    Value::Null => Wanted::Null,
                    _ => Wanted::Never,
                };
                (name.clone(), wanted)
            })
            .collect();
        let (breaking, revert) = (truthy("breaking"), truthy("revert"));
        let mut words: Vec<String> = Vec::new();
        for (flag, name) in [(breaking, "breaking"), (revert, "revert")] {
            if flag {
                words.push(name.to_owned());
            }
        }
        for (name, value) in map.iter().filter(|(name, _)| !matches!(name.as_str(), "breaking" | "revert" | "release"))
        {
            words.push(match value {
                Value::String(text) => format!("{name}: {text}"),
                other => format!("{name}: {other}"),
            });
        }
        let only = only(&wanted);
        Some(Self { breaking, revert, release, wanted, only, text: words.join(", "), own: false })
    }

    fn known(name: &str, value: &str, release: usize) -> Self {
        let (wanted, text) = if value.is_empty() {
            (Vec::new(), name.to_owned())
        } else {
            (vec![(name.to_owned(), Wanted::Like(Glob::new(value)))], format!("{name}: {value}"))
        };
        Self {
            breaking: name == "breaking",
            revert: name == "revert",
            release: ReleaseType::Type(release),
            only: only(&wanted),
            wanted,
            text,
            own: true,
        }
    }

    /// What releases nothing or something by default (`default-release-rules.js`).
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        const MAJOR: usize = 0;
        const MINOR: usize = 2;
        const PATCH: usize = 4;
        [
            ("breaking", "", MAJOR),
            ("revert", "", PATCH),
            ("type", "feat", MINOR),
            ("type", "fix", PATCH),
            ("type", "perf", PATCH),
            ("emoji", ":racehorse:", PATCH),
            ("emoji", ":bug:", PATCH),
            ("emoji", ":penguin:", PATCH),
            ("emoji", ":apple:", PATCH),
            ("emoji", ":checkered_flag:", PATCH),
            ("tag", "BUGFIX", PATCH),
            ("tag", "FEATURE", MINOR),
            ("tag", "SECURITY", PATCH),
            ("tag", "Breaking", MAJOR),
            ("tag", "Fix", PATCH),
            ("tag", "Update", MINOR),
            ("tag", "New", MINOR),
            ("component", "perf", PATCH),
            ("component", "deps", PATCH),
            ("type", "FEAT", MINOR),
            ("type", "FIX", PATCH),
        ]
        .into_iter()
        .map(|(name, value, release)| Self::known(name, value, release))
        .collect()
    }

    /// The rule as it may be shown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is one of the analyzer's own.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.own
    }

    /// What it releases.
    #[must_use]
    pub fn release(&self) -> ReleaseType {
        self.release
    }

    /// Whether it is about a commit; `last` is the property that was looked at last, for which many rules ask in turn.
    fn matches<'r>(&self, commit: &'r Analysed<'_>, last: &mut (Option<usize>, Property<'r>)) -> bool {
        let mut property = |name: &str| {
            if self.only.is_none() || last.0 != self.only {
                *last = (self.only, commit.property(name));
            }
            last.1
        };
        (!self.breaking || !commit.read.notes.is_empty())
            && (!self.revert || commit.read.revert.is_some())
            && self.wanted.iter().all(|(name, wanted)| match (property(name), wanted) {
                (Property::Text(text), Wanted::Like(glob)) => glob.matches(text),
                (Property::Null, Wanted::Null) => true,
                _ => false,
            })
    }
}

#[derive(Clone, Copy)]
enum Property<'a> {
    Missing,
    Null,
    Text(&'a str),
}

/// A commit as the plugins see it.
#[derive(Clone, Debug)]
pub struct Analysed<'a> {
    /// Its place among the commits handed in.
    pub place: usize,
    /// Its full hash; empty where it does not exist yet.
    pub hash: &'a str,
    /// The whole message.
    pub message: &'a str,
    /// What Git calls its subject, where none was read: the first paragraph on one line.
    pub subject: Cow<'a, str>,
    /// What was read in it.
    pub read: Commit<'a>,
}

impl<'a> Property<'a> {
    fn of(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

impl Revertible for Analysed<'_> {
    fn hash(&self) -> Option<&str> {
        Some(self.hash).filter(|hash| !hash.is_empty())
    }
    fn commit(&self) -> &Commit<'_> {
        &self.read
    }
}

impl Analysed<'_> {
    fn property(&self, name: &str) -> Property<'_> {
        if let Some((_, value)) = self.read.parts.iter().rev().find(|(part, _)| part == name) {
            return Property::of(value.as_deref());
        }
        match name {
            "header" => Property::of(self.read.header.as_deref()),
            "body" => Property::of(self.read.body.as_deref()),
            "footer" => Property::of(self.read.footer.as_deref()),
            "merge" => Property::of(self.read.merge.as_deref()),
            "revert" if self.read.revert.is_none() => Property::Null,
            "message" => Property::Text(self.message),
            "hash" if !self.hash.is_empty() => Property::Text(self.hash),
            "subject" => Property::Text(&self.subject),
            _ => Property::Missing,
        }
    }
}

/// Reads commits, newest first, and leaves out the empty ones.
///
/// # Errors
/// Where the parser itself fails on one of them.
pub fn read<'a>(parser: &'a Parser, commits: &[(usize, &'a str, &'a str)]) -> Result<Vec<Analysed<'a>>, Thrown> {
    read_with(parser, commits, git_subject)
}

/// [`read`], with another notion of what the subject is.
///
/// # Errors
/// Where the parser itself fails on one of them.
pub fn read_with<'a>(
    parser: &'a Parser,
    commits: &[(usize, &'a str, &'a str)],
    subject: impl Fn(&'a str) -> Cow<'a, str>,
) -> Result<Vec<Analysed<'a>>, Thrown> {
    let mut out = Vec::with_capacity(commits.len());
    for (place, hash, message) in commits {
        if let Some(read) = parser.read(message)? {
            // Where a subject was read, that one counts.
            let subject = if read.part("subject").is_some() { "".into() } else { subject(message) };
            out.push(Analysed { place: *place, hash, message, subject, read });
        }
    }
    Ok(out)
}

/// Git's `%s`: the lines of the first paragraph with spaces between.
fn git_subject(message: &str) -> Cow<'_, str> {
    let mut lines = message.trim_start_matches('\n').split('\n').take_while(|line| !trim(line).is_empty());
    let first = lines.next().unwrap_or_default();
    let mut subject = Cow::Borrowed(first);
    for line in lines {
        let subject = subject.to_mut();
        subject.push(' ');
        subject.push_str(line.trim_end());
    }
    subject
}

/// What a commit releases, and the rule that says so; `None` where no rule is about it.
#[must_use]
pub fn verdict<'r>(custom: &'r [Rule], defaults: &'r [Rule], commit: &Analysed<'_>) -> Option<&'r Rule> {
    highest(custom, commit).or_else(|| highest(defaults, commit))
}

/// `analyze-commit.js`: the highest of the matching rules. A rule that releases nothing beats every one before it, and
/// is beaten by every one after it.
fn highest<'r>(rules: &'r [Rule], commit: &Analysed<'_>) -> Option<&'r Rule> {
    let mut best: Option<&Rule> = None;
    let mut last = (None, Property::Missing);
    for rule in rules {
        // Many rules ask in turn for what few commits have.
        let is_missing = last.0.is_some() && last.0 == rule.only && !matches!(last.1, Property::Text(_));
        // The base module is weighed, and does without.
        if cfg!(feature = "more") && is_missing && matches!(rule.wanted.as_slice(), [(_, Wanted::Like(_))]) {
            continue;
        }
        let better = best.is_none_or(|best| best.release == ReleaseType::Nothing || rule.release < best.release);
        if better && rule.matches(commit, &mut last) {
            best = Some(rule);
            if rule.release == ReleaseType::Type(0) {
                break;
            }
        }
    }
    best
}

/// The hosts the notes generator knows (`hosts-config.js`).
struct Host {
    name: &'static str,
    issue: &'static str,
    commit: &'static str,
    closing: bool,
    resolving: bool,
    prefixes: &'static [&'static str],
}

const HOSTS: &[Host] = &[
    Host {
        name: "github.com",
        issue: "issues",
        commit: "commit",
        closing: false,
        resolving: true,
        prefixes: &["#", "gh-"],
    },
    Host { name: "bitbucket.org", issue: "issue", commit: "commits", closing: true, resolving: true, prefixes: &["#"] },
    Host { name: "gitlab.com", issue: "issues", commit: "commit", closing: true, resolving: false, prefixes: &["#"] },
];

/// Any other host.
const OTHER: Host =
    Host { name: "", issue: "issues", commit: "commit", closing: true, resolving: true, prefixes: &["#", "gh-"] };

/// Where the notes' links lead, read from the repository's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// `https://github.com`, with a port where there is one.
    pub host: String,
    /// `github.com`.
    pub hostname: String,
    /// `acme`.
    pub owner: String,
    /// `widgets`.
    pub repository: String,
}

impl Remote {
    /// Reads the address of a repository, as Git takes it (`index.js` of the notes generator).
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let bare = url.len().checked_sub(4).and_then(|end| url.split_at_checked(end));
        let url = bare.filter(|(_, end)| end.eq_ignore_ascii_case(".git")).map_or(url, |(start, _)| start);
        let (scheme, rest) = match url.find("://") {
            Some(at) if at > 0 => (url.get(..at)?.to_ascii_lowercase(), url.get(at + 3..)?.to_owned()),
            _ => {
                let address = url.rsplit_once('@').map_or(url, |(_, address)| address);
                let (host, path) = address.split_once(':')?;
                ("ssh".to_owned(), format!("{host}/{}", path.trim_start_matches('/')))
            }
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest.as_str(), ""));
        let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
        let (name, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let http = scheme.contains("http") && !scheme.contains("https");
        let default_port = matches!((scheme.as_str(), port), ("https", "443") | ("http", "80"));
        let port = if scheme.contains("ssh") || default_port { "" } else { port };
        let hostname = name.to_ascii_lowercase();
        let host = format!(
            "{}://{hostname}{}{port}",
            if http { "http" } else { "https" },
            if port.is_empty() { "" } else { ":" }
        );
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let (owner, repository) = path.split_once('/').unwrap_or((path, ""));
        Some(Self { host, hostname, owner: owner.to_owned(), repository: repository.to_owned() })
    }

    fn known(&self) -> &'static Host {
        HOSTS.iter().find(|host| host.name == self.hostname).unwrap_or(&OTHER)
    }

    /// The words that close an issue there.
    #[must_use]
    pub fn reference_actions(&self) -> Vec<String> {
        let host = self.known();
        let mut words = vec!["close", "closes", "closed"];
        if host.closing {
            words.push("closing");
        }
        words.extend(["fix", "fixes", "fixed"]);
        if host.closing {
            words.push("fixing");
        }
        if host.resolving {
            words.extend(["resolve", "resolves", "resolved"]);
            if host.closing {
                words.push("resolving");
            }
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// What an issue's number begins with there.
    #[must_use]
    pub fn issue_prefixes(&self) -> Vec<String> {
        self.known().prefixes.iter().map(|prefix| (*prefix).to_owned()).collect()
    }

    /// The context of the writer, as far as the address decides it.
    #[must_use]
    pub fn context(&self) -> Context {
        let host = self.known();
        Context {
            host: self.host.clone(),
            owner: self.owner.clone(),
            repository: self.repository.clone(),
            issue: host.issue.to_owned(),
            commit: host.commit.to_owned(),
            link_references: !self.repository.is_empty(),
            ..Context::default()
        }
    }
}

/// The notes of a release from its commits, newest first; without `subjects` the writer is told none but those read.
#[must_use]
pub fn notes(
    preset: &Preset,
    options: &WriterOptions,
    context: &Context,
    commits: &[&Analysed<'_>],
    subjects: bool,
) -> String {
    #[cfg(feature = "more")]
    let stays = match options.writer {
        Writer::Eight | Writer::Nine => unreverted(commits),
        _ => crate::reading::conventional_commits_parser::unreverted_before_five(commits),
    };
    #[cfg(not(feature = "more"))]
    let stays = unreverted(commits);
    let items: Vec<Item<'_>> = commits
        .iter()
        .zip(stays)
        .filter(|(_, stays)| *stays)
        .map(|(commit, _)| {
            let subject = if subjects { &*commit.subject } else { "" };
            Item { hash: commit.hash, subject, read: &commit.read }
        })
        .collect();
    write(preset, options, context, &items)
}

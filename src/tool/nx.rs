//! nx release with conventional commits (nx 17 to 24, `packages/nx/src/command-line/release`: `config/config.ts`,
//! `config/conventional-commits.ts`, `version/release-group-processor.ts`, `changelog.ts`, `utils/git.ts`,
//! `utils/semver.ts`, `utils/shared.ts`).

use super::change_files::workspace_files;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::message::git_parts;
use crate::reading::bytes;
use crate::reading::changelogen::{self, Reference, references, without_pull_requests};
use crate::reading::javascript_text::is_space;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use projects::{Touched, Workspace, files_of};
use semver::{BuildMetadata, Prerelease, Version};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

mod entry;
mod projects;

/// nx release.
#[derive(Clone, Copy, Debug)]
pub struct Nx;

impl Tool for Nx {
    fn id(&self) -> &'static str {
        "nx"
    }
    fn name(&self) -> &'static str {
        "nx release"
    }
    fn files(&self) -> &'static [&'static str] {
        &["nx.json", "package.json", "packages/*/package.json"]
    }
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let mut wanted = workspace_files(files, tree);
        let beside = |path: &String| path.strip_suffix("package.json").map(|folder| format!("{folder}project.json"));
        let beside: BTreeSet<String> = wanted.iter().filter_map(beside).collect();
        wanted.extend(tree.iter().filter(|path| beside.contains(*path)).cloned());
        wanted
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let nx = files.value("nx.json").ok().flatten()?;
        nx.get("release").filter(|release| release.is_object())?;
        Some(Recognition { path: "nx.json".to_owned(), evidence: "release".to_owned() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over);
        let [group] = settings.groups.as_slice() else { return None };
        if group.independent {
            return None;
        }
        settings.latest(tags, &group.pattern("")).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The version of nx itself that the repository asks for: what it does depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition(u32, u32);

impl Edition {
    /// From the range in `package.json`; the newest where it does not say.
    fn read(files: &Files) -> Self {
        const NEWEST: Edition = Edition(u32::MAX, u32::MAX);
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        let range = ["devDependencies", "dependencies"].iter().find_map(|key| package.get(*key)?.get("nx")?.as_str());
        let Some(range) = range else { return NEWEST };
        let mut numbers = range.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').map(str::parse::<u32>);
        let Some(Ok(major)) = numbers.next() else { return NEWEST };
        let minor = numbers.next().and_then(Result::ok).filter(|_| !range.starts_with(['^', '>']));
        Self(major, minor.unwrap_or(u32::MAX))
    }
    /// Whether a commit counts for what depends on what it touches, and its scope tells for which it counts fully.
    fn counts_affected(self) -> bool {
        self >= Self(22, 0)
    }
    /// Whether commits that only take along what they do not release are passed over, and those of a release.
    fn passes_over(self) -> bool {
        self >= Self(22, 5)
    }
    /// Whether a scope is matched as every other list of projects is.
    fn matches_scopes(self) -> bool {
        self >= Self(23, 1)
    }
    /// Whether breaking changes move only the minor version of a 0.x unless the configuration says otherwise.
    fn lowers_zero(self) -> bool {
        self >= Self(23, 0)
    }
    /// Whether the type must stand at the beginning, and an issue in the body needs a word that closes it.
    fn reads_strictly(self) -> bool {
        self >= Self(23, 2)
    }
    /// Whether what a body says of its breaking change ends at a heading.
    #[must_use]
    pub fn ends_at_headings(self) -> bool {
        self >= Self(23, 1)
    }
    /// Whether the line of a breaking change says what every line does, and its text follows it.
    #[must_use]
    pub fn explains_below(self) -> bool {
        self >= Self(22, 0)
    }
    /// Whether the entries of this version are known.
    fn is_known(self) -> bool {
        self >= Self(21, 0)
    }
    /// Whether the end of a breaking change's text may be missed.
    fn may_go_on(self) -> bool {
        !self.explains_below() || self.ends_at_headings()
    }
    /// Whether programs that write code are no authors.
    #[must_use]
    pub fn knows_agents(self) -> bool {
        self >= Self(23, 3)
    }
    /// Whether pre-releases are left out of the tags looked at unless one is asked for.
    fn leaves_out_prereleases(self) -> bool {
        self >= Self(22, 0)
    }
}

/// A type of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// As commits write it.
    pub name: String,
    /// How far it moves the version; `None` where the configuration's word is none of the four.
    pub bump: Option<Bump>,
    /// Its heading in an entry.
    pub title: String,
    /// Whether it stands in no entry.
    pub hidden: bool,
}

/// How an entry is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// Whether the authors are thanked.
    pub authors: bool,
    /// Whether their names on GitHub are looked up.
    pub usernames: bool,
    /// Whether pull requests, issues and commits are linked to.
    pub references: bool,
    /// Whether the day stands in the heading.
    pub date: bool,
    /// What is said where nothing changed.
    pub when_empty: Option<String>,
    /// Whether nothing here can be known: a renderer of the repository's own.
    own: bool,
}

/// A group of projects that are released by one rule.
struct Group {
    name: String,
    independent: bool,
    conventional: bool,
    /// `releaseTag.pattern`.
    tag: String,
    /// `projects`; `None` where it names none.
    patterns: Option<Vec<String>>,
    lowers_zero: bool,
    updates_dependents: bool,
    falls_back: bool,
    /// The tables whose ranges are left as they are (`preserveMatchingDependencyRanges`).
    kept: Vec<String>,
    /// The projects' own changelogs.
    rendering: Option<Rendering>,
    over: Option<String>,
}

impl Group {
    fn pattern(&self, project: &str) -> TagPattern {
        let own = self.over.as_deref().unwrap_or(&self.tag);
        let own = own.replace("{releaseGroupName}", &self.name).replace("{projectName}", &sanitized(project));
        TagPattern::parse(&own, "{version}").unwrap_or_else(|| TagPattern::new("v", ""))
    }
}

/// A project's name as it may stand in a tag (`sanitizeProjectNameForGitTag`).
fn sanitized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let c = match c {
            ':' => '/',
            '\0'..='\x1f' | '\x7f' | ' ' | '~' | '^' | '?' | '*' | '[' | '\\' => '-',
            other => other,
        };
        if !(matches!(c, '/' | '.') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out.trim_matches('/').to_owned()
}

struct Settings {
    edition: Edition,
    groups: Vec<Group>,
    kinds: Vec<Kind>,
    uses_scope: bool,
    /// Whether files of the pull request decide (`versionPlans`).
    plans: bool,
    /// `releaseTag.strictPreid`.
    strict: bool,
    /// What the commits of releases are called: what stands before the version, and behind it where there is one.
    release_commits: Vec<(String, Option<String>)>,
    /// The workspace's own changelog.
    rendering: Option<Rendering>,
    /// `changelog.automaticFromRef`
    begins_at_first: bool,
}

/// What one table does not say, the other does; tables within are merged (`mergeConfig`).
fn merged(base: &Value, own: &Value) -> Value {
    let (Value::Object(base), Value::Object(own)) = (base, own) else {
        // What is switched on only has the settings it had.
        let says_nothing = own.is_null() || *own == Value::Bool(true) && base.is_object();
        return if says_nothing { base.clone() } else { own.clone() };
    };
    let mut out = base.clone();
    for (key, value) in own {
        let value = out.get(key).map_or_else(|| value.clone(), |known| merged(known, value));
        out.insert(key.clone(), value);
    }
    Value::Object(out)
}

impl Settings {
    fn read(files: &Files, over: Option<&str>) -> Self {
        let nx = files.value("nx.json").ok().flatten().unwrap_or_default();
        let release = nx.get("release").cloned().unwrap_or_default();
        let edition = Edition::read(files);
        let null = Value::Null;
        let at = |value: &Value, path: &[&str]| {
            path.iter().try_fold(value, |value, key| value.get(*key)).cloned().unwrap_or_default()
        };
        let tables = at(&release, &["groups"]);
        let tables = tables.as_object().filter(|groups| !groups.is_empty());
        let relationship = |value: &Value| value.get("projectsRelationship").and_then(Value::as_str).map(str::to_owned);
        let independent = |value: &Value| relationship(value).map(|relationship| relationship == "independent");
        let all_independent = independent(&release).unwrap_or(false);
        let tag = |value: &Value| {
            let own = at(value, &["releaseTag", "pattern"]);
            own.as_str().or_else(|| value.get("releaseTagPattern")?.as_str()).map(str::to_owned)
        };
        let root_version = at(&release, &["version"]);
        let projects_changelog = at(&release, &["changelog", "projectChangelogs"]);
        let group = |name: &str, own: &Value| {
            // Before nx 21 the options of the generator were a table of their own; its migration lays them one level up.
            let version = merged(&root_version, &at(own, &["version"]));
            let version = merged(&at(&version, &["generatorOptions"]), &version);
            let conventional = version.get("conventionalCommits") == Some(&Value::Bool(true))
                || version.get("specifierSource").and_then(Value::as_str) == Some("conventional-commits");
            let alone = independent(own).unwrap_or(all_independent);
            let default = match (alone, tables.is_some()) {
                (true, _) => "{projectName}@{version}",
                (false, true) => "{releaseGroupName}-v{version}",
                (false, false) => "v{version}",
            };
            let inherited = tag(&release).filter(|tag| tables.is_none() || !alone || tag.contains("{projectName}"));
            let flag = |key: &str, default: bool| version.get(key).and_then(Value::as_bool).unwrap_or(default);
            let changelog = match own.get("changelog") {
                None => projects_changelog.clone(),
                Some(own) => merged(&projects_changelog, own),
            };
            let patterns = at(own, &["projects"]);
            let patterns = match &patterns {
                Value::String(one) => Some(vec![one.clone()]),
                Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
                _ => None,
            };
            let kept = version.get("preserveMatchingDependencyRanges");
            let kept = match kept.cloned().unwrap_or(Value::Bool(edition.counts_affected())) {
                Value::Array(kept) => kept.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Value::Bool(true) => TABLES.map(str::to_owned).to_vec(),
                _ => Vec::new(),
            };
            Group {
                name: name.to_owned(),
                independent: alone,
                conventional,
                tag: tag(own).or(inherited).unwrap_or_else(|| default.to_owned()),
                patterns,
                lowers_zero: edition.passes_over()
                    && flag("adjustSemverBumpsForZeroMajorVersion", edition.lowers_zero()),
                updates_dependents: version.get("updateDependents").and_then(Value::as_str) != Some("never"),
                falls_back: version.get("fallbackCurrentVersionResolver").and_then(Value::as_str) == Some("disk"),
                kept,
                rendering: rendering(&changelog, TO_ALIGN),
                over: over.map(str::to_owned),
            }
        };
        let groups: Vec<Group> = if let Some(tables) = tables {
            tables.iter().map(|(name, own)| group(name, own)).collect()
        } else {
            vec![group("__default__", &serde_json::json!({ "projects": at(&release, &["projects"]) }))]
        };
        let git = |path: &[&str]| {
            let configured = at(&release, path);
            let message = configured.as_str().unwrap_or("chore(release): publish {version}");
            match message.split_once("{version}") {
                Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
                None => (message.to_owned(), None),
            }
        };
        let fixed_alone = groups.len() == 1 && groups.iter().all(|group| !group.independent);
        let workspace = release.get("changelog").and_then(|changelog| changelog.get("workspaceChangelog"));
        let strict = at(&release, &["releaseTag", "strictPreid"]);
        let strict = strict.as_bool().or_else(|| release.get("releaseTagPatternStrictPreid")?.as_bool());
        Self {
            edition,
            kinds: kinds(release.get("conventionalCommits").unwrap_or(&null)),
            uses_scope: at(&release, &["conventionalCommits", "useCommitScope"]) != Value::Bool(false),
            plans: release.get("versionPlans").is_some_and(|plans| *plans != Value::Bool(false)),
            strict: strict.unwrap_or(edition.leaves_out_prereleases()),
            release_commits: vec![
                git(&["git", "commitMessage"]),
                git(&["version", "git", "commitMessage"]),
                git(&["changelog", "git", "commitMessage"]),
            ],
            rendering: rendering(workspace.unwrap_or(&Value::Bool(true)), BUMP_ONLY).filter(|_| fixed_alone),
            begins_at_first: at(&release, &["changelog", "automaticFromRef"]) == Value::Bool(true),
            groups,
        }
    }

    /// The newest tag of a pattern; without pre-releases where nx leaves them out.
    fn latest<'a>(&self, tags: &'a [Tag], pattern: &TagPattern) -> Option<(&'a Tag, Version)> {
        let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
        let kept = versions.filter(|(_, version)| !self.strict || version.pre.is_empty());
        kept.max_by(|left, right| left.1.cmp(&right.1))
    }

    fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// Whether a commit is one that nx makes at a release itself.
    fn is_release(&self, subject: &str) -> bool {
        self.edition.passes_over()
            && self.release_commits.iter().any(|(before, after)| match after {
                None => subject == before,
                Some(after) => subject
                    .strip_prefix(before.as_str())
                    .and_then(|rest| rest.strip_suffix(after.as_str()))
                    .is_some_and(|version| !version.is_empty() && !version.contains(is_space)),
            })
    }
}

/// Where a manifest says what it depends on.
const TABLES: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// What stands in an entry without changes, as nx has it.
const BUMP_ONLY: &str = "This was a version bump only, there were no code changes.";
const TO_ALIGN: &str =
    "This was a version bump only for {projectName} to align it with other projects, there were no code changes.";

/// How a changelog is written; `None` where there is none.
fn rendering(value: &Value, when_empty: &str) -> Option<Rendering> {
    if matches!(value, Value::Null | Value::Bool(false)) {
        return None;
    }
    let options = value.get("renderOptions");
    let flag = |key: &str| options.and_then(|options| options.get(key)?.as_bool());
    let when_empty = match value.get("entryWhenNoChanges") {
        Some(Value::Bool(false) | Value::Null) => None,
        Some(own) => own.as_str().map(str::to_owned),
        None => Some(when_empty.to_owned()),
    };
    // A file that is not written is printed nowhere unless there is a release of the forge's.
    let printed = value.get("file") != Some(&Value::Bool(false))
        || value.get("createRelease").is_some_and(|made| *made != Value::Bool(false));
    printed.then(|| Rendering {
        authors: flag("authors").unwrap_or(true),
        usernames: flag("applyUsernameToAuthors").or_else(|| flag("mapAuthorsToGitHubUsernames")).unwrap_or(true),
        references: flag("commitReferences").unwrap_or(true),
        date: flag("versionTitleDate").unwrap_or(true),
        when_empty,
        own: value.get("renderer").is_some_and(Value::is_string),
    })
}

/// nx's own types and what `conventionalCommits.types` says of them. One that is named there is seen, and moves the patch
/// version where nothing else is said.
fn kinds(configured: &Value) -> Vec<Kind> {
    let own: [(&str, Bump, &str, bool); 14] = [
        ("feat", Bump::Minor, "🚀 Features", false),
        ("fix", Bump::Patch, "🩹 Fixes", false),
        ("perf", Bump::None, "🔥 Performance", false),
        ("refactor", Bump::None, "💅 Refactors", true),
        ("docs", Bump::None, "📖 Documentation", true),
        ("build", Bump::None, "📦 Build", true),
        ("types", Bump::None, "🌊 Types", true),
        ("chore", Bump::None, "🏡 Chore", true),
        ("examples", Bump::None, "🏀 Examples", true),
        ("test", Bump::None, "✅ Tests", true),
        ("style", Bump::None, "🎨 Styles", true),
        ("ci", Bump::None, "🤖 CI", true),
        ("revert", Bump::None, "⏪ Revert", true),
        ("__INVALID__", Bump::None, "Invalid based on conventional commits specification", true),
    ];
    let mut kinds: Vec<Kind> = own
        .into_iter()
        .map(|(name, bump, title, hidden)| Kind { name: name.into(), bump: Some(bump), title: title.into(), hidden })
        .collect();
    for (name, value) in configured.get("types").and_then(Value::as_object).into_iter().flatten() {
        let known = kinds.iter().position(|kind| kind.name == *name);
        let default = known.and_then(|at| kinds.get(at));
        let changelog = value.get("changelog");
        let word = value.get("semverBump").and_then(Value::as_str).filter(|word| !word.is_empty());
        let bump = match (value, word) {
            (Value::Bool(false), _) => Some(Bump::None),
            (_, Some(word)) => Bump::named(word),
            _ => Some(default.and_then(|kind| kind.bump).unwrap_or_default().max(Bump::Patch)),
        };
        let off = *value == Value::Bool(false) || changelog == Some(&Value::Bool(false));
        let hidden = off || changelog.and_then(|own| own.get("hidden")?.as_bool()).unwrap_or(false);
        let title = changelog.and_then(|own| own.get("title")?.as_str()).filter(|title| !title.is_empty());
        let title = title.or(default.map(|kind| kind.title.as_str())).unwrap_or(name).to_owned();
        let kind = Kind { name: name.clone(), bump, title, hidden };
        match known.and_then(|at| kinds.get_mut(at)) {
            Some(known) => *known = kind,
            None => kinds.push(kind),
        }
    }
    kinds
}

/// A commit as nx reads it.
pub struct Change<'a> {
    /// The commit itself.
    pub commit: &'a Commit,
    /// Its first paragraph in one line.
    pub subject: Cow<'a, str>,
    /// What follows it.
    pub body: &'a str,
    /// Its type; `__INVALID__` where it has none.
    pub kind: Cow<'a, str>,
    /// Its scope; empty where it has none.
    pub scope: Cow<'a, str>,
    /// What it says, without the pull requests' numbers.
    pub description: Cow<'a, str>,
    /// Whether it is breaking: by its mark, or by the words in its body.
    pub breaking: bool,
    /// What it names: the part of the address that leads there, and the number.
    pub references: Vec<(&'static str, String)>,
    /// The hashes it takes back.
    pub reverted: Vec<&'a str>,
    /// The seven digits that stand for its hash; empty for one that is not made yet.
    pub short: &'a str,
}

/// `type(scope)!: description` from the beginning on: what the type and the scope are, whether it is marked, and the
/// description.
fn strictly(subject: &str) -> Option<(&str, &str, bool, &str)> {
    let length = subject.find(|c: char| is_space(c) || matches!(c, '(' | ')' | ':' | '!')).filter(|end| *end > 0)?;
    let (kind, rest) = subject.split_at_checked(length)?;
    let tail = |rest: &'_ str| -> Option<(bool, usize)> {
        let marked = rest.starts_with('!');
        let text = rest.strip_prefix('!').unwrap_or(rest).strip_prefix(": ").filter(|text| !text.is_empty())?;
        let ends = text.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
        (!ends).then_some((marked, rest.len() - text.len()))
    };
    let inner = rest.trim_start_matches(is_space).strip_prefix('(');
    let scoped = inner.and_then(|inner| {
        inner.rmatch_indices(')').filter(|(at, _)| *at > 0).find_map(|(at, _)| {
            let after = inner.get(at + 1..)?;
            let (marked, start) = tail(after)?;
            Some((kind, inner.get(..at)?, marked, after.get(start..)?))
        })
    });
    scoped.or_else(|| tail(rest).and_then(|(marked, start)| Some((kind, "", marked, rest.get(start..)?))))
}

/// What a subject says: the type, the scope, whether it is marked as breaking, and the description.
type Parts<'a> = (Cow<'a, str>, Cow<'a, str>, bool, Cow<'a, str>);

fn parts(edition: Edition, subject: &str) -> Parts<'_> {
    let whole = ("__INVALID__", "", false, subject);
    let (kind, scope, marked, description) = if edition.reads_strictly() {
        strictly(subject).unwrap_or(whole)
    } else {
        let read = changelogen::read_without_emoji(subject);
        read.map_or(whole, |read| (read.kind, read.scope, read.breaking, read.raw))
    };
    (kind.into(), scope.into(), marked, without_pull_requests(description))
}

/// `parseGitCommit`.
fn read(edition: Edition, commit: &Commit) -> Change<'_> {
    let (subject, body) = git_parts(&commit.message);
    let (kind, scope, marked, description) = match &subject {
        // Most subjects are one line, and all that is read in them is a piece of the message.
        Cow::Borrowed(subject) => parts(edition, subject),
        Cow::Owned(subject) => {
            let (kind, scope, marked, description) = parts(edition, subject);
            let owned = |text: Cow<'_, str>| Cow::from(text.into_owned());
            (owned(kind), owned(scope), marked, owned(description))
        }
    };
    let reverted: Vec<&str> = behind(body, "This reverts commit ")
        .filter_map(|rest| {
            let hash = rest.get(..40)?;
            let hex = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let ends =
                rest.get(40..)?.chars().next().is_some_and(|c| !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}'));
            (hex && ends).then_some(hash)
        })
        .collect();
    let short = commit.sha.get(..7).unwrap_or(&commit.sha);
    let references = named(edition, &subject, body);
    let (kind, description) =
        if reverted.is_empty() { (kind, description) } else { ("revert".into(), subject.clone()) };
    let breaking = marked || body.contains("BREAKING CHANGE:");
    Change { commit, subject, body, kind, scope, description, breaking, references, reverted, short }
}

/// What follows each place where these words stand, which begin with a rare letter.
fn behind<'a>(text: &'a str, words: &'static str) -> impl Iterator<Item = &'a str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = *words.as_bytes().first()?;
        loop {
            rest = rest.get(bytes::find(first, rest.as_bytes())?..)?;
            if let Some(after) = rest.strip_prefix(words) {
                rest = after;
                return Some(after);
            }
            rest = rest.get(1..)?;
        }
    })
}

/// The pull requests and issues that a commit names (`extractReferencesFromCommit`), with the part of the address that
/// leads to them.
fn named(edition: Edition, subject: &str, body: &str) -> Vec<(&'static str, String)> {
    let (mut pulls, mut issues): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let own = references(subject);
    for reference in &own {
        match reference {
            Reference::PullRequest(number) => pulls.push((*number).to_owned()),
            Reference::Issue(number) => issues.push((*number).to_owned()),
        }
    }
    // Their numbers have an exclamation mark.
    let marked = if bytes::find(b'!', body.as_bytes()).is_some() { body } else { "" };
    let requests: Vec<&str> =
        marked.match_indices("ee merge request ").filter_map(|(at, _)| body.get(at.checked_sub(1)?..)).collect();
    let small = requests.iter().filter_map(|rest| rest.strip_prefix("see merge request "));
    for rest in requests.iter().filter_map(|rest| rest.strip_prefix("See merge request ")).chain(small) {
        let path = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-')).count();
        let Some(number) = rest.get(path..).and_then(|rest| rest.strip_prefix('!')) else { continue };
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        pulls.extend(number.get(..digits).filter(|digits| !digits.is_empty()).map(|digits| format!("!{digits}")));
    }
    let mut seen: HashSet<&str> = HashSet::new();
    if bytes::find(b'#', body.as_bytes()).is_some() {
        seen.extend(own.iter().map(Reference::number));
    }
    for (at, _) in body.match_indices('#') {
        let digits = body.get(at + 1..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
        let Some(number) = body.get(at..=at + digits).filter(|_| digits > 0) else { continue };
        let before = body.get(..at).unwrap_or_default();
        if (!edition.reads_strictly() || closes(before)) && seen.insert(number) {
            issues.push(number.to_owned());
        }
    }
    let part = |part: &'static str| move |number: String| (part, number);
    pulls.into_iter().map(part("pull")).chain(issues.into_iter().map(part("issues"))).collect()
}

/// Whether a text ends in a word that closes an issue, with a colon or not, and white space.
fn closes(before: &str) -> bool {
    let text = before.trim_end_matches(is_space);
    if text.len() == before.len() {
        return false;
    }
    let text = text.strip_suffix(':').unwrap_or(text);
    let start = text.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    // What stands before the word is no letter of ASCII: a word begins there.
    let word = text.get(start..).or_else(|| text.get(start + 1..)).unwrap_or_default().to_ascii_lowercase();
    let known = ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];
    known.contains(&word.as_str())
}

/// How far a commit moves the version by itself.
fn bump_of(settings: &Settings, change: &Change<'_>) -> Bump {
    if change.breaking {
        return Bump::Major;
    }
    settings.kind(&change.kind).and_then(|kind| kind.bump).unwrap_or_default()
}

/// By which rule a commit moves the version so far.
fn rule_of(settings: &Settings, change: &Change<'_>, bump: Bump) -> Text {
    let by_kind = || settings.kind(&change.kind).and_then(|kind| kind.bump) == Some(bump);
    match bump {
        Bump::None => Text::new("tool_by_message_other", []),
        _ if change.breaking && !by_kind() => Text::new("tool_by_message_breaking", []),
        bump => Text::new("tool_nx_type", [&*change.kind, bump.name()]),
    }
}

/// `deriveNewSemverVersion`: a pre-release only counts on.
fn next(lowers_zero: bool, from: &Version, bump: Bump) -> (Bump, Option<Version>) {
    if bump > Bump::None && !from.pre.is_empty() {
        return (bump, next_prerelease(from));
    }
    let bump = match bump {
        Bump::Major if lowers_zero && from.major == 0 => Bump::Minor,
        Bump::Minor if lowers_zero && from.major == 0 => Bump::Patch,
        other => other,
    };
    (bump, increment(from, bump))
}

/// The last number of a pre-release counts on, and where it has none a zero follows.
fn next_prerelease(from: &Version) -> Option<Version> {
    let mut parts: Vec<String> = from.pre.split('.').map(str::to_owned).collect();
    match parts.iter_mut().rev().find(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(number) => *number = number.parse::<u64>().ok()?.checked_add(1)?.to_string(),
        None => parts.push("0".to_owned()),
    }
    Some(Version { pre: Prerelease::new(&parts.join(".")).ok()?, build: BuildMetadata::EMPTY, ..from.clone() })
}

/// Where a group or a project of it stands.
struct Standing {
    current: Version,
    /// Whether a tag or a release says so; not where only the manifest does.
    previous: Option<Version>,
    /// The place of the first commit behind it.
    first: usize,
    pattern: TagPattern,
    /// Whether there is a tag that a changelog can begin at.
    tagged: bool,
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern);
    let stopped = |nothing: Text| Plan { nothing: Some(nothing), ..Plan::default() };
    if settings.plans {
        return stopped(Text::new("tool_change_files_decide", [".nx/version-plans/"]));
    }
    if !settings.groups.iter().any(|group| group.conventional) {
        return stopped(Text::new("tool_nx_asks", []));
    }
    let nx = facts.files.value("nx.json").ok().flatten().unwrap_or_default();
    let workspace = Workspace::read(facts.files, &nx);
    let changes: Vec<Change<'_>> = facts.history.commits.iter().map(|commit| read(settings.edition, commit)).collect();
    let mut planner = Planner {
        facts,
        settings: &settings,
        workspace: &workspace,
        changes: &changes,
        touched: OnceCell::new(),
        plan: Plan::default(),
    };
    for (at, change) in changes.iter().enumerate() {
        let bump = bump_of(&settings, change);
        let rule = rule_of(&settings, change, bump);
        planner.plan.readings.push(CommitReading { commit: at, bump, rule: Some(rule) });
    }
    if settings.groups.len() > 1 {
        planner.plan.notes.push(Text::new("tool_nx_groups", []));
    }
    if settings.edition.counts_affected() && workspace.projects.len() > 1 {
        planner.plan.notes.push(Text::new("tool_nx_graph", []));
    }
    for group in settings.groups.iter().filter(|group| group.conventional) {
        if let Err(nothing) = planner.group(group) {
            planner.plan.releases.clear();
            planner.plan.nothing = Some(nothing);
            return planner.plan;
        }
    }
    let mut plan = planner.plan;
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_by_message_nothing", []));
    }
    let mut seen = BTreeSet::new();
    plan.notes.retain(|note| seen.insert(format!("{note:?}")));
    plan
}

struct Planner<'a> {
    facts: &'a Facts<'a>,
    settings: &'a Settings,
    workspace: &'a Workspace,
    changes: &'a [Change<'a>],
    /// What each commit touches, once it is asked for.
    touched: OnceCell<Vec<Touched>>,
    plan: Plan,
}

impl Planner<'_> {
    fn group(&mut self, group: &Group) -> Result<(), Text> {
        let (workspace, facts) = (self.workspace, self.facts);
        let projects: Vec<usize> = match &group.patterns {
            Some(patterns) => {
                let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
                workspace.matching(&patterns).into_iter().collect()
            }
            None => workspace.usual(),
        };
        // Where the caller names one package, only that one is asked about.
        let asked = facts.last.filter(|last| last.path != "." || group.independent);
        let own = |at: &usize| {
            let named = |last: &super::Last| {
                workspace.projects.get(*at).is_some_and(|one| one.name == last.component || one.root == last.path)
            };
            asked.is_none_or(named)
        };
        let mut projects: Vec<usize> = projects.into_iter().filter(own).collect();
        if projects.is_empty() && facts.last.is_some() {
            projects.extend(0..workspace.projects.len());
        }
        if projects.is_empty() {
            return Err(Text::new("tool_nx_no_projects", []));
        }
        if group.independent { self.independently(group, &projects) } else { self.together(group, &projects) }
    }

    /// The newest release of a group or a project (`resolveCurrentVersionFromGitTag`).
    fn standing(&self, group: &Group, project: usize) -> Result<Standing, Text> {
        let one = self.workspace.projects.get(project);
        let name = one.map(|one| one.name.as_str()).filter(|_| group.independent).unwrap_or_default();
        let history = self.facts.history;
        if let Some(last) = self.facts.last {
            let pattern = group.pattern(if name.is_empty() { &last.component } else { name });
            let current = last.version.clone().unwrap_or(Version::new(0, 0, 0));
            return Ok(Standing { current, previous: last.version.clone(), first: 0, pattern, tagged: true });
        }
        let pattern = group.pattern(name);
        if let Some((tag, version)) = self.settings.latest(&history.tags, &pattern) {
            let first = history.commits.len() - history.after(tag).len();
            return Ok(Standing { current: version.clone(), previous: Some(version), first, pattern, tagged: true });
        }
        let version = one.and_then(|one| one.version.clone()).filter(|_| group.falls_back);
        let Some(version) = version else { return Err(Text::new("tool_nx_no_tag", [group.tag.as_str()])) };
        let touches = |commit: &Commit| {
            let files = files_of(commit, &history.commits);
            self.workspace.touched(files).is_none_or(|(touched, _)| touched.contains(&project))
        };
        // It begins with the commit that made the project; the repository's first itself is left out.
        let line = |commit: &Commit| commit.first_parent != Some(false);
        let first = history.commits.iter().position(|commit| line(commit) && touches(commit)).unwrap_or(0).max(1);
        Ok(Standing { current: version.clone(), previous: Some(version), first, pattern, tagged: false })
    }

    /// How far the commits move each of a group's projects, and which do; `first` is the place of the first commit that
    /// counts for a project. A group of one version counts for its first project where nx does not tell them apart.
    fn moved(
        &self,
        projects: &[usize],
        one_version: bool,
        first: &dyn Fn(usize) -> usize,
    ) -> Result<BTreeMap<usize, (Bump, Vec<Reason>)>, Text> {
        let (settings, workspace) = (self.settings, self.workspace);
        let mut moved: BTreeMap<usize, (Bump, Vec<Reason>)> = BTreeMap::new();
        let firsts: BTreeMap<usize, usize> = projects.iter().map(|at| (*at, first(*at))).collect();
        let earliest = firsts.values().copied().min().unwrap_or_default();
        let mut scopes: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        for (place, change) in self.changes.iter().enumerate().skip(earliest) {
            if settings.is_release(&change.subject) {
                continue;
            }
            let bump = bump_of(settings, change);
            // The commit was read so already.
            let read = || self.plan.readings.get(place).and_then(|reading| reading.rule.clone());
            let rule = || read().unwrap_or_default();
            let files = files_of(change.commit, &self.facts.history.commits);
            let mut count = |at: usize, bump: Bump, rule: &dyn Fn() -> Text| {
                let own = moved.entry(at).or_default();
                own.0 = own.0.max(bump);
                if bump > Bump::None {
                    own.1.push(Reason { commit: Some(place), bump, rule: rule() });
                }
            };
            let counts_for = |at: &usize| firsts.get(at).is_some_and(|first| *first <= place);
            if !settings.edition.counts_affected() {
                let touched = self.touched().get(place).and_then(Option::as_ref);
                let everybody = touched.is_none_or(|(_, outside)| *outside && change.scope.is_empty());
                let own = |at: &usize| everybody || touched.is_some_and(|(touched, _)| touched.contains(at));
                if one_version {
                    if let (true, Some(at)) = (projects.iter().any(own), projects.first()) {
                        count(*at, bump, &rule);
                    }
                } else {
                    projects.iter().filter(|at| own(at) && counts_for(at)).for_each(|at| count(*at, bump, &rule));
                }
                continue;
            }
            let touched = self.touched().get(place).and_then(Option::as_ref);
            let affected = workspace.affected(files, touched.map(|(touched, _)| touched));
            let scoped = match &*change.scope {
                "" => None,
                scope => {
                    if !scopes.contains_key(scope) {
                        scopes.insert(scope, self.scoped(change, projects)?);
                    }
                    scopes.get(scope)
                }
            };
            for at in affected.iter().filter(|at| counts_for(at)) {
                let fully = !settings.uses_scope || scoped.is_none_or(|scoped| scoped.contains(at));
                let none = settings.kind(&change.kind).is_some_and(|kind| kind.bump == Some(Bump::None));
                if fully {
                    count(*at, bump, &rule);
                } else if !(settings.edition.passes_over() && none && !change.breaking) {
                    count(*at, Bump::Patch, &|| Text::new("tool_nx_indirect", [&*change.scope]));
                }
            }
        }
        Ok(moved)
    }

    /// What each commit touches.
    fn touched(&self) -> &[Touched] {
        self.touched.get_or_init(|| {
            let commits = &self.facts.history.commits;
            commits.iter().map(|commit| self.workspace.touched(files_of(commit, commits))).collect()
        })
    }

    /// The projects that a commit's scope names.
    fn scoped(&self, change: &Change<'_>, projects: &[usize]) -> Result<BTreeSet<usize>, Text> {
        if !self.settings.edition.matches_scopes() {
            let named = |name: &str| change.scope == name || change.scope.split(',').any(|scope| scope == name);
            let own = |at: &&usize| self.workspace.projects.get(**at).is_some_and(|one| named(&one.name));
            return Ok(projects.iter().filter(own).copied().collect());
        }
        let patterns: Vec<&str> = change.scope.split(',').map(crate::reading::javascript_text::trim).collect();
        for pattern in &patterns {
            let found = self.workspace.matching(&[pattern]);
            if projects.iter().filter(|at| found.contains(at)).count() > 1 {
                return Err(Text::new("tool_nx_ambiguous", [*pattern]));
            }
        }
        Ok(self.workspace.matching(&patterns))
    }

    fn together(&mut self, group: &Group, projects: &[usize]) -> Result<(), Text> {
        let Some(leader) = projects.first() else { return Ok(()) };
        let standing = self.standing(group, *leader)?;
        let moved = self.moved(projects, true, &|_| standing.first)?;
        let mut bump = Bump::None;
        // A commit counts for what it moves most.
        let mut reasons: BTreeMap<Option<usize>, Reason> = BTreeMap::new();
        for (own, why) in moved.into_values() {
            bump = bump.max(own);
            for reason in why {
                let known = reasons.get(&reason.commit).map(|known| known.bump);
                if known.is_none_or(|known| known < reason.bump) {
                    reasons.insert(reason.commit, reason);
                }
            }
        }
        let mut reasons: Vec<Reason> = reasons.into_values().collect();
        let (bump, next) = next(group.lowers_zero, &standing.current, bump);
        if bump == Bump::None {
            return Ok(());
        }
        let next = next.ok_or_else(|| Text::new("tool_version_too_large", []))?;
        for at in projects {
            self.in_range(group, *at, &|target| projects.contains(&target).then(|| next.clone()))?;
        }
        let printed = self.settings.rendering.is_some() || group.rendering.is_some();
        let first = self.entry_begin(&standing, printed)?;
        Reason::weightiest_first(&mut reasons);
        let (component, path) = match self.facts.last {
            Some(last) => (last.component.clone(), last.path.clone()),
            None if self.settings.groups.len() > 1 => (group.name.clone(), ".".to_owned()),
            None => (String::new(), ".".to_owned()),
        };
        let release = Release {
            component,
            path,
            previous: standing.previous.clone(),
            bump,
            tag: standing.pattern.tag(&next),
            next,
            reasons,
            entry: None,
        };
        let whole = self.settings.rendering.as_ref();
        let entry = whole.and_then(|rendering| self.entry(rendering, &release.next, first, None, &[]));
        // Where each project has a changelog of its own, it stands beside the workspace's.
        let own = group.rendering.as_ref().filter(|_| self.facts.last.is_none());
        if whole.is_some() || own.is_none() {
            self.plan.releases.push(Release { entry, ..release.clone() });
        }
        let Some(rendering) = own else { return Ok(()) };
        for at in projects {
            let Some(one) = self.workspace.projects.get(*at) else { continue };
            let entry = self.entry(rendering, &release.next, first, Some(*at), &[]);
            let (component, path) = (one.name.clone(), one.root.clone());
            self.plan.releases.push(Release { component, path, entry, ..release.clone() });
        }
        Ok(())
    }

    /// Whether a project's ranges hold the versions to come.
    fn in_range(&self, group: &Group, at: usize, version: &dyn Fn(usize) -> Option<Version>) -> Result<(), Text> {
        match self.workspace.outside(at, &group.kept, version) {
            // Where the caller names one package, the ranges of today say nothing of that day.
            Some((name, range)) if self.facts.last.is_none() => Err(Text::new("tool_nx_range", [name, range])),
            _ => Ok(()),
        }
    }

    /// Where an entry begins: where the version does, and where no tag says so, at the repository's first commit if the
    /// configuration allows it (`automaticFromRef`).
    fn entry_begin(&self, standing: &Standing, printed: bool) -> Result<usize, Text> {
        match (standing.tagged || !printed, self.settings.begins_at_first) {
            (true, _) => Ok(standing.first),
            (false, true) => Ok(1),
            (false, false) => Err(Text::new("tool_nx_no_beginning", [])),
        }
    }

    fn independently(&mut self, group: &Group, projects: &[usize]) -> Result<(), Text> {
        let mut standings = BTreeMap::new();
        for at in projects {
            standings.insert(*at, self.standing(group, *at)?);
        }
        let first = |at: usize| standings.get(&at).map_or(0, |standing| standing.first);
        let mut moved = self.moved(projects, false, &first)?;
        moved.retain(|_, (bump, _)| *bump > Bump::None);
        // Whoever depends on what moves is released as a patch.
        let mut versions: BTreeMap<usize, (Bump, Version)> = BTreeMap::new();
        let mut open: Vec<usize> = Vec::new();
        for (at, (bump, _)) in &moved {
            let Some(standing) = standings.get(at) else { continue };
            let (bump, next) = next(group.lowers_zero, &standing.current, *bump);
            versions.insert(*at, (bump, next.ok_or_else(|| Text::new("tool_version_too_large", []))?));
            open.push(*at);
        }
        while let Some(at) = open.pop().filter(|_| group.updates_dependents) {
            for dependent in self.workspace.dependents.get(at).into_iter().flatten() {
                let Some(standing) = standings.get(dependent).filter(|_| !versions.contains_key(dependent)) else {
                    continue;
                };
                let next = increment(&standing.current, Bump::Patch);
                versions
                    .insert(*dependent, (Bump::Patch, next.ok_or_else(|| Text::new("tool_version_too_large", []))?));
                open.push(*dependent);
            }
        }
        for at in versions.keys() {
            let version = |target: usize| match versions.get(&target) {
                Some((_, version)) => Some(version.clone()),
                None => standings.get(&target).map(|standing| standing.current.clone()),
            };
            self.in_range(group, *at, &version)?;
        }
        let mut dependencies: BTreeMap<usize, Vec<(String, Version)>> = BTreeMap::new();
        for at in projects {
            let (Some((_, version)), Some(one)) = (versions.get(at), self.workspace.projects.get(*at)) else {
                continue;
            };
            for dependent in self.workspace.dependents.get(*at).into_iter().flatten() {
                if versions.contains_key(dependent) {
                    dependencies.entry(*dependent).or_default().push((one.name.clone(), version.clone()));
                }
            }
        }
        for (at, (bump, version)) in versions {
            let (Some(standing), Some(one)) = (standings.get(&at), self.workspace.projects.get(at)) else { continue };
            let first = self.entry_begin(standing, group.rendering.is_some())?;
            let dependencies = dependencies.remove(&at).unwrap_or_default();
            let entry = group
                .rendering
                .as_ref()
                .and_then(|rendering| self.entry(rendering, &version, first, Some(at), &dependencies));
            let mut reasons = moved.remove(&at).map(|(_, reasons)| reasons).unwrap_or_default();
            if reasons.is_empty() {
                let names: Vec<&str> = dependencies.iter().map(|(name, _)| name.as_str()).collect();
                let rule = Text::new("tool_nx_dependency", [names.join(", ").as_str()]);
                reasons.push(Reason { commit: None, bump, rule });
            }
            Reason::weightiest_first(&mut reasons);
            let (component, path) = match self.facts.last {
                Some(last) => (last.component.clone(), last.path.clone()),
                None => (one.name.clone(), one.root.clone()),
            };
            self.plan.releases.push(Release {
                component,
                path,
                previous: standing.previous.clone(),
                bump,
                tag: standing.pattern.tag(&version),
                next: version,
                reasons,
                entry,
            });
        }
        Ok(())
    }

    /// The entry of the workspace, or of a project; `None` where it cannot be known.
    fn entry(
        &mut self,
        rendering: &Rendering,
        version: &Version,
        first: usize,
        project: Option<usize>,
        dependencies: &[(String, Version)],
    ) -> Option<Entry> {
        let (settings, workspace) = (self.settings, self.workspace);
        let github = self.facts.repository.origin == "https://github.com";
        if rendering.own || !settings.edition.is_known() {
            self.plan.notes.push(Text::new("tool_version_only", []));
            return None;
        }
        let one = project.and_then(|at| workspace.projects.get(at));
        let independent = settings.groups.iter().any(|group| group.independent);
        let touched = self.touched();
        let shown = |(place, change): &(usize, &Change<'_>)| {
            let seen = settings.kind(&change.kind).is_some_and(|kind| !kind.hidden);
            let Some((at, one)) = project.zip(one).filter(|_| seen) else { return seen };
            let Some(Some((touched, outside))) = touched.get(*place) else { return true };
            if !*outside && !touched.contains(&at) {
                return false;
            }
            let files = files_of(change.commit, &self.facts.history.commits).unwrap_or_default();
            !independent || one.root == "." || files.iter().any(|file| file.starts_with(&one.root))
        };
        let changes = self.changes.iter().enumerate().skip(first).filter(shown).rev();
        let changes: Vec<&Change<'_>> = changes.map(|(_, change)| change).collect();
        let when_empty = rendering.when_empty.as_ref().map(|text| {
            let name = one.map(|one| one.name.as_str()).unwrap_or_default();
            text.replace("{projectName}", name)
        });
        let rendering = Rendering { when_empty, ..rendering.clone() };
        let url = self.facts.repository.url();
        let surroundings = entry::Surroundings {
            edition: settings.edition,
            kinds: &settings.kinds,
            rendering: &rendering,
            url: github.then_some(url.as_str()),
            date: self.facts.date,
            of_project: project.is_some(),
            dependencies,
        };
        let (markdown, unknown) = entry::entry(&surroundings, version, &changes);
        // Whether a message ends in a newline is not known, and where it does not, the files follow its last line.
        let explains = |change: &&Change<'_>| change.breaking && change.body.contains("BREAKING CHANGE:");
        if settings.edition.may_go_on() && changes.iter().any(explains) {
            self.plan.notes.push(Text::new("tool_nx_breaking_text", []));
        }
        if unknown {
            self.plan.notes.push(Text::new("tool_nx_usernames", []));
        }
        Some(Entry { markdown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing::planned;

    const NEWEST: &str = "23.3.0";

    fn files(nx: &str, config: &str, packages: &[(&str, &str)]) -> Files {
        let config = format!(r#"{{"release": {{"version": {{"conventionalCommits": true}}{config}}}}}"#);
        let root = format!(r#"{{"name": "root", "workspaces": ["packages/*"], "devDependencies": {{"nx": "{nx}"}}}}"#);
        let manifests: Vec<(String, String)> = packages
            .iter()
            .map(|(name, rest)| {
                let text = format!(r#"{{"name": "{name}", "version": "1.0.0", "main": "x"{rest}}}"#);
                (format!("packages/{name}/package.json"), text)
            })
            .collect();
        let own = manifests.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        Files::of([("nx.json", config.as_str()), ("package.json", root.as_str())].into_iter().chain(own))
    }

    #[test]
    fn the_options_of_the_generator_are_the_versions_own() {
        let bump = |options: &str| {
            let config = format!(r#"{{"release": {{"version": {{"generatorOptions": {{{options}}}}}}}}}"#);
            let root = r#"{"name": "root", "workspaces": ["packages/*"], "devDependencies": {"nx": "20.0.0"}}"#;
            let own = r#"{"name": "a", "version": "1.0.0", "main": "x"}"#;
            let files = [("nx.json", config.as_str()), ("package.json", root), ("packages/a/package.json", own)];
            let plan = plan_of(&Files::of(files), &["v1.0.0"], &[("feat: a", &["packages/a/x.ts"])]);
            plan.releases.first().map(|release| release.next.to_string())
        };
        assert_eq!(bump(r#""specifierSource": "conventional-commits""#).as_deref(), Some("1.1.0"));
        assert_eq!(bump(r#""specifierSource": "prompt""#), None);
    }

    fn plan_of(files: &Files, tags: &[&str], commits: &[(&str, &[&str])]) -> Plan {
        let commit = |(message, files): &(&str, &[&str])| Commit {
            message: (*message).to_owned(),
            sha: format!("{:0<40}", message.len()),
            author: "Ann".to_owned(),
            files: Some(files.iter().map(|file| (*file).to_owned()).collect()),
            ..Commit::default()
        };
        let tags = tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect();
        let history = History { commits: commits.iter().map(commit).collect(), tags, since: None, complete: true };
        planned(plan, files, &history, "2026-06-01", None)
    }

    #[track_caller]
    fn tags(nx: &str, config: &str, commits: &[(&str, &[&str])], expected: &[&str]) {
        let packages = [("a", ""), ("b", r#", "dependencies": {"a": "^1.0.0"}"#), ("c", r#", "private": true"#)];
        let plan = plan_of(&files(nx, config, &packages), &["v1.0.0", "a@1.0.0", "b@1.0.0", "v1.1.0-beta.1"], commits);
        let tags: Vec<&str> = plan.releases.iter().map(|release| release.tag.as_str()).collect();
        assert_eq!(tags, expected, "{:?}", plan.nothing);
    }

    #[track_caller]
    fn check(config: &str, from: &str, message: &str, expected: &str) {
        let settings = Settings::read(&files("22.7.0", config, &[]), None);
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        let bump = bump_of(&settings, &read(settings.edition, &commit));
        let (bump, version) = next(false, &Version::parse(from).unwrap(), bump);
        let version = version.filter(|_| bump > Bump::None).map(|version| version.to_string()).unwrap_or_default();
        assert_eq!(version, expected, "{message}");
    }

    #[test]
    fn types_release_what_nx_says() {
        check("", "1.2.3", "feat(api)!: x", "2.0.0");
        check("", "1.2.3", "feat: x", "1.3.0");
        check("", "1.2.3", "fix: x", "1.2.4");
        check("", "1.2.3", "perf: x", "");
        check("", "1.2.3", "JIRA-1 feat: x", "1.3.0");
        check("", "1.2.3", ":x: feat: y: z", "");
        check("", "1.2.3", "Feat: x", "");
        check("", "1.2.3", "docs: x\n\nBREAKING CHANGE: y", "2.0.0");
        check("", "1.2.3", "docs: x\n\nbreaking change: y", "");
        check("", "1.2.3", "Revert \"feat: x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.", "");
        check("", "0.2.3", "feat!: x", "1.0.0");
        check("", "1.3.0-beta.1", "feat!: x", "1.3.0-beta.2");
        check("", "18446744073709551615.0.0", "feat!: x", "");
    }

    #[test]
    fn types_can_be_set() {
        let types = r#", "conventionalCommits": {"types": {"docs": {"semverBump": "patch"}, "feat": {"semverBump": "none"}, "deps": {}, "chore": true, "fix": false}}"#;
        check(types, "1.2.3", "docs: x", "1.2.4");
        check(types, "1.2.3", "feat: x", "");
        check(types, "1.2.3", "deps: x", "1.2.4");
        check(types, "1.2.3", "chore: x", "1.2.4");
        check(types, "1.2.3", "fix: x", "");
    }

    #[test]
    fn newer_versions_want_the_type_first() {
        let read = |subject| strictly(subject);
        assert_eq!(read("feat (a)!: x"), Some(("feat", "a", true, "x")));
        assert_eq!(read("fix(a): b (c): d"), Some(("fix", "a): b (c", false, "d")));
        assert_eq!(read("\u{1f41b}: x"), Some(("\u{1f41b}", "", false, "x")));
        assert_eq!(read("JIRA-1 feat: x"), None);
        assert_eq!(read("feat(): x"), None);
        assert_eq!(read("feat:x"), None);
        assert_eq!(read(": x"), None);
    }

    #[test]
    fn a_commit_counts_for_what_depends_on_what_it_touches() {
        let a: &[&str] = &["packages/a/x.js"];
        let b: &[&str] = &["packages/b/x.js"];
        let independent = r#", "projectsRelationship": "independent""#;
        tags(NEWEST, independent, &[("fix: x", a)], &["a@1.0.1", "b@1.0.1"]);
        tags(NEWEST, independent, &[("feat(b): x", b)], &["b@1.1.0"]);
        tags(NEWEST, independent, &[("feat(a): x", b)], &["b@1.0.1"]);
        tags(NEWEST, independent, &[("docs(a): x", b)], &[]);
        tags(NEWEST, independent, &[("feat: x", &["README.md"])], &[]);
        tags(NEWEST, independent, &[("feat: x", &["nx.json"])], &["a@1.1.0", "b@1.1.0"]);
        tags(NEWEST, independent, &[("feat!: x", a)], &[]);
        tags(NEWEST, independent, &[("feat(*): x", b)], &[]);
        tags(NEWEST, "", &[("feat: x", a)], &["v1.1.0"]);
        tags(NEWEST, "", &[("feat: x", &["packages/c/x.js"])], &[]);
        tags(NEWEST, "", &[("chore(release): publish 1.1.0", a), ("docs: x", a)], &[]);
        tags("21.6.10", "", &[("feat: x", &["README.md"])], &["v1.1.0-beta.2"]);
        tags("21.6.10", "", &[("feat(x): x", &["README.md"])], &[]);
    }

    #[test]
    fn the_entry_is_the_renderers() {
        let config = r#", "changelog": {"workspaceChangelog": {"renderOptions": {"applyUsernameToAuthors": false}}}"#;
        let a: &[&str] = &["packages/a/x.js"];
        let commits: [(&str, &[&str]); 2] = [("fix(b): c (#2)\n\nCo-authored-by: Bob <b@x.y>", a), ("feat!: x", a)];
        let plan = plan_of(&files(NEWEST, config, &[("a", "")]), &["v1.0.0"], &commits);
        let entry = plan.releases[0].entry.as_ref().unwrap();
        let home = "https://github.com/acme/widgets";
        assert_eq!(
            entry.markdown,
            format!(
                "# 2.0.0 (2026-06-01)\n\n### 🚀 Features\n\n- ⚠️  x ([8000000]({home}/commit/8000000))\n\n### 🩹 Fixes\n\n\
                 - **b:** c ([#2]({home}/pull/2))\n\n### ⚠️  Breaking Changes\n\n- x  ([8000000]({home}/commit/8000000))\n\n\
                 ### ❤️ Thank You\n\n- Ann\n- Bob"
            )
        );
    }

    #[test]
    fn what_cannot_be_known_is_said() {
        let a: &[&str] = &["packages/a/x.js"];
        let noted = |config: &str, message: &str| {
            let plan = plan_of(&files(NEWEST, config, &[("a", "")]), &["v1.0.0"], &[(message, a)]);
            plan.notes.into_iter().chain(plan.nothing).map(|note| note.id).collect::<Vec<_>>()
        };
        assert_eq!(noted("", "fix: x"), ["tool_nx_usernames"]);
        let two = plan_of(&files(NEWEST, "", &[("a", ""), ("b", "")]), &["v1.0.0"], &[("fix: x", a)]);
        assert_eq!(two.notes.first().map(|note| &*note.id), Some("tool_nx_graph"));
        let own = r#", "changelog": {"workspaceChangelog": {"renderer": "./own"}}"#;
        assert_eq!(noted(own, "fix: x"), ["tool_version_only"]);
        assert_eq!(noted(r#", "releaseTag": {"pattern": "x{version}"}"#, "fix: x"), ["tool_nx_no_tag"]);
        assert_eq!(noted(r#", "versionPlans": true"#, "fix: x"), ["tool_change_files_decide"]);
    }
}

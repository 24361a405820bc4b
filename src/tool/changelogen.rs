//! changelogen (0.6.2): `src/commands/default.ts`, `src/semver.ts`, `src/markdown.ts`, `src/config.ts`, `src/repo.ts`.
//! What its versions from 0.3.2 on wrote differently is told by the day: no file of a repository names the version.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::javascript::{code_beside, exported};
use crate::message::git_parts;
use crate::pull_request::Repository;
use crate::reading::changelogen::{Reference, read, references};
use crate::reading::javascript_text::trim;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::{BuildMetadata, Prerelease, Version};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// changelogen.
#[derive(Clone, Copy, Debug)]
pub struct Changelogen;

/// The options that change neither version nor entry.
const UNSEEN: [&str; 5] = ["cwd", "from", "output", "publish", "tokens"];

/// Where the configuration may stand; those that are code cannot be read here.
const FILES: [&str; 7] = [
    "package.json",
    "changelog.config.json",
    "changelog.config.yaml",
    "changelog.config.toml",
    "changelog.config.ts",
    "changelog.config.js",
    "changelog.config.mjs",
];

impl Tool for Changelogen {
    fn id(&self) -> &'static str {
        "changelogen"
    }
    fn name(&self) -> &'static str {
        "changelogen"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let package = files.value("package.json").ok().flatten()?;
        if let Some((name, _)) = script(&package) {
            return Some(Recognition { path: "package.json".to_owned(), evidence: format!("scripts.{name}") });
        }
        let depends = ["devDependencies", "dependencies"]
            .iter()
            .find(|key| package.get(**key).is_some_and(|list| list.get("changelogen").is_some()))?;
        let configured = package.get("changelog").is_some_and(Value::is_object)
            || FILES.iter().skip(1).any(|path| files.text(path).is_some());
        configured.then(|| Recognition { path: "package.json".to_owned(), evidence: format!("{depends}.changelogen") })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over, "");
        tags.iter()
            .filter_map(|tag| Some((tag, settings.pattern.version(&tag.name)?)))
            .max_by(|left, right| left.1.cmp(&right.1))
            .map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The script that releases with the tool, and its command.
fn script(package: &Value) -> Option<(&str, &str)> {
    let scripts = package.get("scripts")?.as_object()?;
    scripts.iter().find_map(|(name, command)| {
        let command = command.as_str()?;
        let after = command.split_once("changelogen").map(|(_, after)| after)?;
        let own = after.split("&&").next().unwrap_or_default();
        (own.contains("--release") || own.contains("--bump")).then_some((name.as_str(), own))
    })
}

/// A kind of commits, as the configuration has it.
struct Kind {
    name: String,
    title: String,
    bump: Bump,
}

/// What earlier versions wrote differently, each with the day of the version that ended it (its own changelog and tags).
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each ended with another version")]
struct Age {
    /// Before 0.3.3 (2022-10-16): refactorings and documentation ask for nothing, and stand elsewhere.
    first_kinds: bool,
    /// Before 0.4.0 (2022-11-10): the authors are sorted, and the co-authors and bots among them.
    plain_authors: bool,
    /// Before 0.5.0 (2023-03-03): an issue's link lacks its first letter.
    short_issue: bool,
    /// Before 0.5.4 (2023-07-04): lines are indented, and a blank one follows the comparison.
    indented: bool,
    /// Before 0.5.5 (2023-08-22): two spaces follow the pictures of the last two headings.
    wide: bool,
}

impl Age {
    /// The age of a release of that day; an empty day is today.
    fn of(date: &str) -> Self {
        let before = |day: &str| !date.is_empty() && date < day;
        Self {
            first_kinds: before("2022-10-16"),
            plain_authors: before("2022-11-10"),
            short_issue: before("2023-03-03"),
            indented: before("2023-07-04"),
            wide: before("2023-08-22"),
        }
    }
}

struct Settings {
    age: Age,
    kinds: Vec<Kind>,
    scopes: Map<String, Value>,
    pattern: TagPattern,
    /// `tagBody`, which is the entry's heading as well.
    body: String,
    authors: bool,
    excluded_authors: Vec<String>,
    repository: Option<Home>,
    /// The bump that a script asks for whatever the commits are.
    forced: Option<Forced>,
    notes: Vec<Text>,
}

/// What a script asks for: a bump, or a pre-release of it with its name (of none where there is just another number).
struct Forced {
    bump: Bump,
    name: Option<String>,
}

impl Forced {
    /// `semver.inc`.
    fn next(&self, from: &Version, bump: Bump) -> Option<Version> {
        let Some(name) = &self.name else { return increment(from, bump) };
        let named = |version: Version, number: u64| {
            let pre = if name.is_empty() { number.to_string() } else { format!("{name}.{number}") };
            Some(Version { pre: Prerelease::new(&pre).ok()?, build: BuildMetadata::EMPTY, ..version })
        };
        let full = Version::new(from.major, from.minor, from.patch);
        if self.bump > Bump::None {
            return named(increment(&full, self.bump)?, 0);
        }
        if from.pre.is_empty() {
            return named(increment(&full, Bump::Patch)?, 0);
        }
        let mut parts: Vec<String> = from.pre.split('.').map(str::to_owned).collect();
        let numbered = parts.iter_mut().rev().find_map(|part| part.parse::<u64>().ok().map(|number| (part, number)));
        let counted = if let Some((part, number)) = numbered {
            *part = number.checked_add(1)?.to_string();
            parts.get(1).is_some_and(|second| second.parse::<u64>().is_ok())
        } else {
            parts.push("0".to_owned());
            parts.len() == 2
        };
        let goes_on = name.is_empty() || (counted && parts.first() == Some(name));
        if !goes_on {
            return named(full, 0);
        }
        Some(Version { pre: Prerelease::new(&parts.join(".")).ok()?, ..full })
    }
}

/// What one source of settings does not say, the next one does (defu): tables are filled, lists go on.
fn fill(value: &mut Value, rest: Value) {
    match (value, rest) {
        (Value::Object(known), Value::Object(rest)) => {
            for (key, rest) in rest {
                match known.get_mut(&key).filter(|value| !value.is_null()) {
                    Some(value) => fill(value, rest),
                    None => {
                        known.insert(key, rest);
                    }
                }
            }
        }
        (Value::Array(known), Value::Array(rest)) => known.extend(rest),
        _ => {}
    }
}

/// Where references lead.
struct Home {
    provider: Option<&'static str>,
    domain: String,
    slug: String,
}

impl Settings {
    fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let age = Age::of(date);
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        let mut notes = Vec::new();
        let mut config = package.get("changelog").cloned().unwrap_or_default();
        for path in FILES.iter().skip(1).filter(|path| files.text(path).is_some()) {
            let code = path.ends_with("js") || path.ends_with("ts");
            let value = if code { files.text(path).and_then(exported) } else { files.value(path).ok().flatten() };
            if code && value.as_ref().and_then(Value::as_object).is_none_or(|table| code_beside(table, &UNSEEN)) {
                notes.push(Text::new("tool_config_is_code", [path]));
            }
            if let Some(mut value) = value {
                fill(&mut value, config);
                config = value;
            }
        }
        let flags = script(&package).map(|(_, own)| own).unwrap_or_default();
        let flag =
            |name: &str| flags.split_whitespace().any(|flag| flag == name || flag.starts_with(&format!("{name}=")));
        // What follows a flag.
        let value = |name: &str| {
            let mut words = flags.split([' ', '=']).skip_while(|word| *word != name).skip(1);
            words.next().filter(|word| !word.starts_with('-')).unwrap_or_default().to_owned()
        };
        let text = |key: &str| config.pointer(key).and_then(Value::as_str);
        let body = text("/templates/tagBody").unwrap_or("v{{newVersion}}");
        let repository = match config.get("repo") {
            Some(Value::String(url)) => Some(Home::of(url)),
            Some(Value::Object(repo)) => Some(Home::configured(repo)),
            _ => match package.get("repository") {
                Some(Value::String(url)) => Some(Home::of(url)),
                Some(other) => other.get("url").and_then(Value::as_str).map(Home::of),
                None => None,
            },
        };
        let pattern = match over {
            Some(over) => TagPattern::parse(over, "{version}"),
            None => TagPattern::parse(body, "{{newVersion}}"),
        };
        Self {
            age,
            kinds: kinds(config.get("types"), age),
            scopes: config.get("scopeMap").and_then(Value::as_object).cloned().unwrap_or_default(),
            pattern: pattern.unwrap_or_else(|| TagPattern::new("v", "")),
            body: body.to_owned(),
            authors: !(flag("--noAuthors") || config.get("noAuthors").and_then(Value::as_bool).unwrap_or(false)),
            excluded_authors: config
                .get("excludeAuthors")
                .and_then(Value::as_array)
                .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                .unwrap_or_default(),
            repository,
            forced: [("major", Bump::Major), ("minor", Bump::Minor), ("patch", Bump::Patch), ("release", Bump::None)]
                .into_iter()
                .flat_map(|(name, bump)| [(format!("--{name}"), bump, false), (format!("--pre{name}"), bump, true)])
                .filter(|(name, ..)| name != "--release")
                .find(|(name, ..)| flag(name))
                .map(|(name, bump, pre)| Forced { bump, name: pre.then(|| value(&name)) }),
            notes,
        }
    }
}

/// The kinds of commits: the tool's own in their order, then those that the configuration adds. One that is switched
/// off, as `false`, is left out.
fn kinds(configured: Option<&Value>, age: Age) -> Vec<Kind> {
    let own = json!({
        "feat": {"title": "🚀 Enhancements", "semver": "minor"},
        "perf": {"title": "🔥 Performance", "semver": "patch"},
        "fix": {"title": "🩹 Fixes", "semver": "patch"},
        "refactor": {"title": "💅 Refactors", "semver": "patch"},
        "docs": {"title": "📖 Documentation", "semver": "patch"},
        "build": {"title": "📦 Build", "semver": "patch"},
        "types": {"title": "🌊 Types", "semver": "patch"},
        "chore": {"title": "🏡 Chore"},
        "examples": {"title": "🏀 Examples"},
        "test": {"title": "✅ Tests"},
        "style": {"title": "🎨 Styles"},
        "ci": {"title": "🤖 CI"},
    });
    let mut merged = own.as_object().cloned().unwrap_or_default();
    if age.first_kinds {
        for name in ["examples", "docs", "chore", "build", "test", "types", "style", "ci"] {
            // What is put in again stands last.
            merged.shift_remove_entry(name).map(|(name, kind)| merged.insert(name, kind));
        }
        for silent in ["refactor", "docs"] {
            merged.get_mut(silent).and_then(Value::as_object_mut).map(|kind| kind.remove("semver"));
        }
    }
    for (name, value) in configured.and_then(Value::as_object).into_iter().flatten() {
        match (merged.get_mut(name), value) {
            // What is null or undefined leaves the default as it is (defu).
            (_, Value::Null) => {}
            (Some(Value::Object(known)), Value::Object(given)) => {
                known.extend(
                    given.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())),
                );
            }
            _ => {
                merged.insert(name.clone(), value.clone());
            }
        }
    }
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    merged
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Bool(false) | Value::Null))
        .map(|(name, value)| Kind {
            name: name.clone(),
            title: text(value, "title").unwrap_or_else(|| "undefined".to_owned()),
            bump: match text(value, "semver").as_deref() {
                Some("major") => Bump::Major,
                Some("minor") => Bump::Minor,
                Some("patch") => Bump::Patch,
                _ => Bump::None,
            },
        })
        .collect()
}

impl Home {
    /// `repo` as an object.
    fn configured(repo: &Map<String, Value>) -> Self {
        let text = |key: &str| repo.get(key).and_then(Value::as_str).unwrap_or_default();
        let provider = ["github", "gitlab", "bitbucket"].into_iter().find(|known| *known == text("provider"));
        Self { provider, domain: text("domain").to_owned(), slug: text("repo").to_owned() }
    }

    /// `getRepoConfig`: `owner/name`, `github:owner/name`, `git@github.com:owner/name.git` or an address.
    fn of(url: &str) -> Self {
        let provider_of = |domain: &str| match domain {
            "github.com" | "github" => Some("github"),
            "gitlab.com" | "gitlab" => Some("gitlab"),
            "bitbucket.org" | "bitbucket" => Some("bitbucket"),
            _ => None,
        };
        if let Some((_, rest)) = url.split_once("://") {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
            let path = path.split(['?', '#']).next().unwrap_or_default();
            let slug = path.strip_suffix(".git").unwrap_or(path).to_owned();
            return Self { provider: provider_of(host), domain: host.to_owned(), slug };
        }
        let bare = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
        let (host, slug) = bare.split_once(':').unwrap_or(("github", bare));
        let slug = slug.strip_suffix(".git").unwrap_or(slug).to_owned();
        let provider = provider_of(host);
        let domain = match provider {
            Some("github") => "github.com",
            Some("gitlab") => "gitlab.com",
            Some("bitbucket") => "bitbucket.org",
            _ => host,
        };
        Self { provider, domain: domain.to_owned(), slug }
    }

    /// The repository's own address, as its remote gives it.
    fn remote(repository: &Repository) -> Self {
        Self::of(&repository.url())
    }

    fn url(&self) -> String {
        format!("https://{}/{}", self.domain, self.slug)
    }

    fn link(&self, kind: &str, value: &str) -> String {
        let part = match (self.provider, kind) {
            (None, _) => return value.to_owned(),
            (Some("gitlab"), "pull-request") => "merge_requests",
            (Some("bitbucket"), "pull-request") => "pull-requests",
            (_, "pull-request") => "pull",
            (_, "issue") => "issues",
            (_, "ssue") => "ssue",
            _ => "commit",
        };
        format!("[{value}]({}/{part}/{})", self.url(), value.strip_prefix('#').unwrap_or(value))
    }
}

/// A commit as it stands in the entry.
struct Change {
    kind: usize,
    line: String,
    breaking: bool,
    author: String,
    /// Those that the body names (`Co-authored-by`).
    more_authors: Vec<String>,
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern, facts.date);
    let mut plan = Plan { notes: settings.notes.clone(), ..Plan::default() };
    let tag = Changelogen.last_release(facts.files, facts.branch, &facts.history.tags, facts.tag_pattern);
    let (previous, from, commits) = if let Some(last) = facts.last {
        (last.version.clone(), last.tag.clone(), facts.history.commits.as_slice())
    } else {
        let package = facts.files.value("package.json").ok().flatten().unwrap_or_default();
        let version = package.get("version").and_then(Value::as_str).and_then(|version| Version::parse(version).ok());
        let tagged = tag.and_then(|tag| settings.pattern.version(&tag.name));
        let commits = tag.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
        (version.or(tagged), tag.map(|tag| tag.name.clone()).unwrap_or_default(), commits)
    };
    let home = match &settings.repository {
        Some(home) => home,
        None => &Home::remote(facts.repository),
    };
    let first = facts.history.commits.len() - commits.len();
    let mut bump = Bump::None;
    let mut reasons = Vec::new();
    let mut changes = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        let found = change(commit, &settings, home);
        let worth = found.as_ref().map_or(Bump::None, |(_, worth, _)| *worth);
        let rule = found.as_ref().filter(|(_, worth, _)| *worth > Bump::None).map(|(_, _, rule)| rule.clone());
        plan.readings.push(CommitReading { commit: first + at, bump: worth, rule: rule.clone() });
        if let Some(rule) = rule {
            reasons.push(Reason { commit: Some(first + at), bump: worth, rule });
        }
        bump = bump.max(worth);
        changes.extend(found.map(|(change, ..)| change));
    }
    Reason::weightiest_first(&mut reasons);
    if let Some(forced) = &settings.forced {
        bump = forced.bump;
        let asked = match (&forced.name, bump) {
            (None, bump) => bump.name().to_owned(),
            (Some(_), Bump::None) => "prerelease".to_owned(),
            (Some(_), bump) => format!("pre{}", bump.name()),
        };
        reasons.insert(0, Reason { commit: None, bump, rule: Text::new("tool_changelogen_forced", [&asked]) });
    } else if bump == Bump::None {
        bump = Bump::Patch;
        reasons.push(Reason { commit: None, bump, rule: Text::new("tool_changelogen_at_least_patch", []) });
    }
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    if current.major == 0 && settings.forced.as_ref().is_none_or(|forced| forced.name.is_none()) {
        bump = match bump {
            Bump::Major => Bump::Minor,
            Bump::Minor => Bump::Patch,
            other => other,
        };
    }
    let plain = Forced { bump, name: None };
    let Some(next) = settings.forced.as_ref().unwrap_or(&plain).next(&current, bump) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    let markdown = entry(&settings, home, &from, &next, &changes);
    if settings.authors && changes.iter().any(|change| settings.shows(&change.author)) {
        plan.notes.push(Text::new("tool_changelogen_contributors", []));
    }
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous,
        bump,
        tag: settings.pattern.tag(&next),
        next,
        reasons,
        entry: Some(Entry { markdown }),
    });
    plan
}

/// What a commit is in the changelog; `None` where it is left out.
fn change(commit: &Commit, settings: &Settings, home: &Home) -> Option<(Change, Bump, Text)> {
    let (subject, body) = git_parts(&commit.message);
    // The tool takes git's line `%s|%h|%an|%ae` apart at every bar, those of the subject as well.
    let short = commit.sha.get(..7).unwrap_or(&commit.sha);
    let line = format!("{subject}|{short}|{}", commit.author);
    let mut fields = line.split('|');
    let message = format!("{}\n{body}", fields.next().unwrap_or_default());
    let hash = fields.next().unwrap_or_default();
    let author = fields.next().unwrap_or_default().to_owned();
    let reading = read(&message)?;
    let name = reading.kind.to_lowercase();
    let kind = settings.kinds.iter().position(|kind| kind.name == name)?;
    let mapped = settings.scopes.get(reading.scope).and_then(Value::as_str).filter(|scope| !scope.is_empty());
    let scope = mapped.unwrap_or(reading.scope);
    if name == "chore" && scope == "deps" && !reading.breaking {
        return None;
    }
    let mut line = String::from(if settings.age.indented { "  - " } else { "- " });
    if !scope.is_empty() {
        let _ = write!(line, "**{}:** ", trim(scope));
    }
    if reading.breaking {
        line += "⚠️  ";
    }
    line += &upper_first(&reading.description);
    let links: Vec<String> = references(reading.raw)
        .iter()
        .map(|reference| match reference {
            Reference::PullRequest(number) => home.link("pull-request", number),
            Reference::Issue(number) if settings.age.short_issue => home.link("ssue", number),
            Reference::Issue(number) => home.link("issue", number),
        })
        .collect();
    if !links.is_empty() {
        let _ = write!(line, " ({})", links.join(", "));
    } else if !hash.is_empty() {
        let _ = write!(line, " ({})", home.link("hash", hash));
    }
    let worth =
        if reading.breaking { Bump::Major } else { settings.kinds.get(kind).map_or(Bump::None, |kind| kind.bump) };
    let rule = if reading.breaking {
        Text::new("tool_changelogen_breaking", [])
    } else {
        Text::new("tool_changelogen_type", [&name])
    };
    let more_authors = if settings.age.plain_authors { co_authors(body) } else { Vec::new() };
    Some((Change { kind, line, breaking: reading.breaking, author, more_authors }, worth, rule))
}

/// The names that a body gives as co-authors': `/Co-authored-by:\s*(.+)(<(.+)>)/gmi`.
fn co_authors(body: &str) -> Vec<String> {
    const MARK: &[u8] = b"co-authored-by:";
    let named = |line: &str| {
        let at = line.as_bytes().windows(MARK.len()).position(|window| window.eq_ignore_ascii_case(MARK))?;
        let (rest, _) = line.get(at + MARK.len()..)?.rsplit_once('>')?;
        let (name, mail) = rest.rsplit_once('<')?;
        (!mail.is_empty() && !name.is_empty()).then(|| trim(name).to_owned())
    };
    body.lines().filter_map(named).collect()
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.len_utf16() == 1 => first.to_uppercase().collect::<String>() + chars.as_str(),
        _ => text.to_owned(),
    }
}

impl Settings {
    fn shows(&self, author: &str) -> bool {
        !author.is_empty()
            && !author.contains("[bot]")
            && !self.excluded_authors.iter().any(|part| author.contains(part.as_str()))
    }
}

/// `generateMarkDown`.
fn entry(settings: &Settings, home: &Home, from: &str, next: &Version, changes: &[Change]) -> String {
    let heading = settings.body.replace("{{newVersion}}", &next.to_string());
    let mut lines = vec![format!("## {heading}"), String::new()];
    if !from.is_empty() {
        let (part, range) = if home.provider == Some("bitbucket") {
            ("branches/compare", format!("{heading}%0D{from}"))
        } else {
            ("compare", format!("{from}...{heading}"))
        };
        lines.push(format!("[compare changes]({}/{part}/{range})", home.url()));
        if settings.age.indented {
            lines.push(String::new());
        }
    }
    let wide = if settings.age.wide { " " } else { "" };
    let mut breaking = Vec::new();
    for (at, kind) in settings.kinds.iter().enumerate() {
        let mut group = changes.iter().filter(|change| change.kind == at).peekable();
        if group.peek().is_some() {
            lines.extend([String::new(), format!("### {}", kind.title), String::new()]);
        }
        for change in group {
            lines.push(change.line.clone());
            if change.breaking {
                breaking.push(change.line.clone());
            }
        }
    }
    if !breaking.is_empty() {
        lines.extend([String::new(), format!("#### ⚠️{wide} Breaking Changes"), String::new()]);
        lines.append(&mut breaking);
    }
    let mut authors = authors(settings, changes);
    if settings.authors && !authors.is_empty() {
        lines.extend([String::new(), format!("### ❤️{wide} Contributors"), String::new()]);
        lines.append(&mut authors);
    }
    with_pictures(trim(&lines.join("\n")))
}

/// The lines of those who contributed.
fn authors(settings: &Settings, changes: &[Change]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut names = Vec::new();
    for change in changes.iter().rev() {
        for author in std::iter::once(&change.author).chain(&change.more_authors) {
            let name: Vec<String> = author.split(' ').map(|part| upper_first(trim(part))).collect();
            let name = name.join(" ");
            if (settings.age.plain_authors || settings.shows(&name)) && seen.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    if settings.age.plain_authors {
        // `Array.prototype.sort` without a comparison: by UTF-16 code units.
        names.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
    }
    names.into_iter().map(|name| format!("- {name}")).collect()
}

/// convert-gitmoji 0.1: a known `:name:` becomes its picture and a space.
fn with_pictures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(':') {
        out.push_str(before);
        // No name is longer than this.
        let window = after.get(..32).unwrap_or(after);
        let named = window.split_once(':').and_then(|(name, _)| {
            let lower = name.to_ascii_lowercase();
            GITMOJIS.iter().find(|(known, _)| *known == lower).map(|(known, picture)| (known.len() + 1, picture))
        });
        if let Some((length, picture)) = named {
            out.push_str(picture);
            out.push(' ');
            rest = after.get(length..).unwrap_or_default();
        } else {
            out.push(':');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The names of gitmoji.
#[rustfmt::skip]
const GITMOJIS: &[(&str, &str)] = &[
    ("art", "\u{1f3a8}"), ("zap", "\u{26a1}\u{fe0f}"), ("fire", "\u{1f525}"), ("bug", "\u{1f41b}"),
    ("ambulance", "\u{1f691}\u{fe0f}"), ("sparkles", "\u{2728}"), ("memo", "\u{1f4dd}"), ("rocket", "\u{1f680}"),
    ("lipstick", "\u{1f484}"), ("tada", "\u{1f389}"), ("white_check_mark", "\u{2705}"), ("lock", "\u{1f512}\u{fe0f}"),
    ("closed_lock_with_key", "\u{1f510}"), ("bookmark", "\u{1f516}"), ("rotating_light", "\u{1f6a8}"),
    ("construction", "\u{1f6a7}"), ("green_heart", "\u{1f49a}"), ("arrow_down", "\u{2b07}\u{fe0f}"),
    ("arrow_up", "\u{2b06}\u{fe0f}"), ("pushpin", "\u{1f4cc}"), ("construction_worker", "\u{1f477}"),
    ("chart_with_upwards_trend", "\u{1f4c8}"), ("recycle", "\u{267b}\u{fe0f}"), ("heavy_plus_sign", "\u{2795}"),
    ("heavy_minus_sign", "\u{2796}"), ("wrench", "\u{1f527}"), ("hammer", "\u{1f528}"),
    ("globe_with_meridians", "\u{1f310}"), ("pencil2", "\u{270f}\u{fe0f}"), ("pencil", "\u{270f}\u{fe0f}"),
    ("poop", "\u{1f4a9}"), ("rewind", "\u{23ea}\u{fe0f}"), ("twisted_rightwards_arrows", "\u{1f500}"),
    ("package", "\u{1f4e6}\u{fe0f}"), ("alien", "\u{1f47d}\u{fe0f}"), ("truck", "\u{1f69a}"),
    ("page_facing_up", "\u{1f4c4}"), ("boom", "\u{1f4a5}"), ("bento", "\u{1f371}"),
    ("wheelchair", "\u{267f}\u{fe0f}"), ("bulb", "\u{1f4a1}"), ("beers", "\u{1f37b}"),
    ("speech_balloon", "\u{1f4ac}"), ("card_file_box", "\u{1f5c3}\u{fe0f}"), ("loud_sound", "\u{1f50a}"),
    ("mute", "\u{1f507}"), ("busts_in_silhouette", "\u{1f465}"), ("children_crossing", "\u{1f6b8}"),
    ("building_construction", "\u{1f3d7}\u{fe0f}"), ("iphone", "\u{1f4f1}"), ("clown_face", "\u{1f921}"),
    ("egg", "\u{1f95a}"), ("see_no_evil", "\u{1f648}"), ("camera_flash", "\u{1f4f8}"),
    ("alembic", "\u{2697}\u{fe0f}"), ("mag", "\u{1f50d}\u{fe0f}"), ("label", "\u{1f3f7}\u{fe0f}"),
    ("seedling", "\u{1f331}"), ("triangular_flag_on_post", "\u{1f6a9}"), ("goal_net", "\u{1f945}"),
    ("dizzy", "\u{1f4ab}"), ("wastebasket", "\u{1f5d1}\u{fe0f}"), ("passport_control", "\u{1f6c2}"),
    ("adhesive_bandage", "\u{1fa79}"), ("monocle_face", "\u{1f9d0}"), ("coffin", "\u{26b0}\u{fe0f}"),
    ("test_tube", "\u{1f9ea}"), ("necktie", "\u{1f454}"), ("stethoscope", "\u{1fa7a}"), ("bricks", "\u{1f9f1}"),
    ("technologist", "\u{1f9d1}\u{200d}\u{1f4bb}"), ("money_with_wings", "\u{1f4b8}"), ("thread", "\u{1f9f5}"),
    ("safety_vest", "\u{1f9ba}"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    fn planned(package: &str, previous: &str, messages: &[&str]) -> Plan {
        let files = Files::of([("package.json", package)]);
        let commit = |message: &&str| Commit {
            sha: "0123456789abcdef".into(),
            author: "ada Lovelace".into(),
            message: (*message).into(),
            ..Commit::default()
        };
        let history = History { commits: messages.iter().map(commit).collect(), complete: true, ..History::default() };
        testing::planned(plan, &files, &history, "2024-01-02", Some(previous))
    }

    #[track_caller]
    fn check(previous: &str, message: &str, expected: &str) {
        assert_eq!(planned("{}", previous, &[message]).releases[0].next.to_string(), expected);
    }

    #[test]
    fn the_configuration_is_read_wherever_it_stands() {
        let tag = |files: &[(&str, &str)], version: &str| {
            let release = r#""scripts": {"release": "changelogen --release"}"#;
            let package = format!(
                r#"{{"version": "{version}", {release}, "changelog": {{"templates": {{"tagBody": "w{{{{newVersion}}}}"}}}}}}"#
            );
            let mut files = files.to_vec();
            files.push(("package.json", &package));
            let plan = crate::tool::testing::plan(&Changelogen, &files, &[], &["docs: a"]);
            assert!(plan.notes.iter().all(|note| note.id != "tool_config_is_code"), "{plan:?}");
            plan.releases[0].tag.clone()
        };
        assert_eq!(tag(&[], "1.2.3"), "w1.2.4");
        let code = "export default { types: { docs: { semver: 'minor' } } } satisfies ChangelogConfig\n";
        assert_eq!(tag(&[("changelog.config.ts", code)], "1.2.3"), "w1.3.0");
    }

    #[test]
    fn code_that_changes_nothing_is_not_named() {
        let named = |config: &str| {
            let files = [("changelog.config.ts", config), ("package.json", r#"{"version": "1.2.3"}"#)];
            let plan = crate::tool::testing::plan(&Changelogen, &files, &[], &["feat: a"]);
            plan.notes.iter().any(|note| note.id == "tool_config_is_code")
        };
        assert!(!named("export default defineConfig({tokens: {github: process.env.TOKEN}, types: {feat: false}})"));
        assert!(named("export default {types: types()}"));
        assert!(named("export default config()"));
    }

    #[test]
    fn scripts_ask_for_pre_releases_as_semver_counts_them() {
        let check = |flags: &str, from: &str, to: &str| {
            let package =
                format!(r#"{{"version": "{from}", "scripts": {{"release": "changelogen --release {flags} && x"}}}}"#);
            let plan = crate::tool::testing::plan(&Changelogen, &[("package.json", &package)], &[], &["feat: a"]);
            assert_eq!(plan.releases[0].next.to_string(), to, "{flags} {from}");
        };
        check("", "0.2.3", "0.2.4");
        check("--major", "0.2.3", "0.3.0");
        check("--premajor", "0.2.3", "1.0.0-0");
        check("--preminor beta", "1.2.3", "1.3.0-beta.0");
        check("--prepatch=rc", "1.2.3-rc.0", "1.2.4-rc.0");
        check("--prerelease", "1.2.3", "1.2.4-0");
        check("--prerelease beta", "1.2.4-beta.3", "1.2.4-beta.4");
        check("--prerelease beta", "1.2.4-alpha.3", "1.2.4-beta.0");
        check("--prerelease", "1.2.4-alpha", "1.2.4-alpha.0");
    }

    #[test]
    fn bumps_like_the_tool() {
        check("1.2.3", "feat: x", "1.3.0");
        check("1.2.3", "Feat: x", "1.3.0");
        check("1.2.3", "docs!: x", "2.0.0");
        check("1.2.3", "no type", "1.2.4");
        check("0.2.3", "feat!: x", "0.3.0");
        check("0.2.3", "feat: x", "0.2.4");
        check("1.2.3", "feat(deps): x", "1.3.0");
    }

    #[test]
    fn the_entry_is_the_tools() {
        let package =
            r#"{"repository": "acme/gadgets", "changelog": {"types": {"docs": false, "deps": {"title": "Deps"}}}}"#;
        let messages = ["chore(deps): out", "fix(core): a :bug: (#1)", "docs: out", "feat!: b", "deps: c"];
        let link = "[0123456](https://github.com/acme/gadgets/commit/0123456)";
        let expected = format!(
            "## v2.0.0\n\n[compare changes](https://github.com/acme/gadgets/compare/v1.2.3...v2.0.0)\n\n### 🚀 Enhancements\n\n\
             - ⚠️  B ({link})\n\n### 🩹 Fixes\n\n- **core:** A 🐛  ([#1](https://github.com/acme/gadgets/pull/1))\n\n\
             ### Deps\n\n- C ({link})\n\n#### ⚠️ Breaking Changes\n\n- ⚠️  B ({link})\n\n### ❤️ Contributors\n\n- Ada Lovelace"
        );
        assert_eq!(planned(package, "1.2.3", &messages).releases[0].entry.as_ref().unwrap().markdown, expected);
    }

    #[test]
    fn earlier_versions_wrote_other_entries() {
        let files = Files::of([("package.json", r#"{"repository": "acme/gadgets"}"#)]);
        let told = |date: &str| {
            let commit = |author: &str, message: &str| Commit {
                sha: "0123456789abcdef".into(),
                author: author.into(),
                message: message.into(),
                ..Commit::default()
            };
            let commits = vec![
                commit("zoe", "fix!: a #7"),
                commit("renovate[bot]", "docs: b (#2)\n\nCo-authored-by: ada <a@example.org>"),
            ];
            let history = History { commits, complete: true, ..History::default() };
            let plan = testing::planned(plan, &files, &history, date, Some("1.2.3"));
            plan.releases[0].entry.as_ref().unwrap().markdown.clone()
        };
        let head = "## v2.0.0\n\n[compare changes](https://github.com/acme/gadgets/compare/v1.2.3...v2.0.0)";
        let of = "https://github.com/acme/gadgets";
        let line = format!("  - ⚠️  A #7 ([#7]({of}/ssue/7))");
        let docs = format!("### 📖 Documentation\n\n  - B ([#2]({of}/pull/2))");
        let breaking = format!("#### ⚠️  Breaking Changes\n\n{line}\n\n### ❤️  Contributors\n\n");
        let first = format!("{head}\n\n\n### 🩹 Fixes\n\n{line}\n\n{docs}\n\n{breaking}- Ada\n- Renovate[bot]\n- Zoe");
        assert_eq!(told("2022-11-09"), first);
        assert_eq!(told("2022-11-10"), format!("{head}\n\n\n### 🩹 Fixes\n\n{line}\n\n{docs}\n\n{breaking}- Zoe"));
        let (line, docs) = (line.replace("  - ", "- ").replace("ssue", "issues"), docs.replace("  - ", "- "));
        let now = "#### ⚠️ Breaking Changes";
        assert_eq!(
            told("2023-08-22"),
            format!("{head}\n\n### 🩹 Fixes\n\n{line}\n\n{docs}\n\n{now}\n\n{line}\n\n### ❤️ Contributors\n\n- Zoe")
        );
    }

    #[test]
    fn a_dependency_alone_does_not_release() {
        let recognised = |package: &str| Changelogen.recognise(&Files::of([("package.json", package)])).is_some();
        assert!(recognised(r#"{"scripts": {"release": "pnpm test && changelogen --release && pnpm publish"}}"#));
        assert!(!recognised(r#"{"devDependencies": {"changelogen": "1"}}"#));
        assert!(!recognised(r#"{"scripts": {"log": "changelogen"}}"#));
    }
}

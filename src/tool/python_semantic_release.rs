//! python-semantic-release (10.7.0): `version/algorithm.py`, `cli/config.py`, `changelog/release_history.py` and the
//! default templates under `data/templates/conventional`.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::pull_request::Repository;
use crate::reading::python_semantic_release::{Options, Parser, Reading, read_commit};
use crate::reading::python_text::{is_digit, is_space, strip};
use crate::text::Text;
use crate::version::{TagPattern, bump_between};
use regex_lite::Regex;
use semver::{BuildMetadata, Prerelease, Version};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// python-semantic-release.
#[derive(Clone, Copy, Debug)]
pub struct PythonSemanticRelease;

/// Where the configuration may stand, in the order in which it is looked for.
const FILES: [&str; 4] = ["pyproject.toml", "releaserc.toml", "releaserc.json", "setup.cfg"];

/// What the configuration says, the tool's defaults where it says nothing.
#[allow(clippy::struct_excessive_bools)] // They are the tool's own switches.
struct Settings {
    options: Options,
    /// The parser's name where it is neither of the two read here.
    other_parser: Option<String>,
    pattern: TagPattern,
    allow_zero: bool,
    major_on_zero: bool,
    groups: Vec<Group>,
    excluded: Vec<Exclusion>,
    /// Patterns that could not be read here.
    unread: Vec<String>,
    restructured: bool,
    mask_initial: bool,
    own_templates: bool,
    /// Whether the settings are those of version 7.
    old: bool,
    /// `changelog.environment.autoescape`.
    escapes: bool,
}

/// The default changelog templates over the tool's versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Template {
    /// 7: descriptions under the types that are listed.
    Seven,
    /// 8.0.0 to 9.12: whole messages under every type.
    Eight,
    /// From 9.13.0 of November 2024.
    Nine,
}

impl Template {
    fn at(old: bool, date: &str) -> Self {
        match date {
            "" => Self::Nine,
            _ if old => Self::Seven,
            date if date < "2024-11-09" => Self::Eight,
            _ => Self::Nine,
        }
    }
}

/// A `branches` group.
struct Group {
    pattern: String,
    prerelease: bool,
    token: String,
}

impl Tool for PythonSemanticRelease {
    fn id(&self) -> &'static str {
        "python-semantic-release"
    }
    fn name(&self) -> &'static str {
        "python-semantic-release"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let (path, _) = configuration(files)?;
        let evidence = match path {
            "pyproject.toml" => "tool.semantic_release",
            _ => "semantic_release",
        };
        Some(Recognition { path: path.to_owned(), evidence: evidence.to_owned() })
    }
    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over);
        let group = settings.group(branch);
        settings.latest(tags, group).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The table of the tool's settings and the file it stands in.
fn configuration(files: &Files) -> Option<(&'static str, Value)> {
    FILES.iter().find_map(|path| {
        if *path == "setup.cfg" {
            return ini_section(files.text(path)?, "semantic_release").map(|table| (*path, table));
        }
        let value = files.value(path).ok().flatten()?;
        let table = value.pointer("/tool/semantic_release").or_else(|| value.pointer("/semantic_release"))?;
        table.is_object().then(|| (*path, table.clone()))
    })
}

/// A section of an INI file, as strings: version 7 kept its settings in `setup.cfg`.
fn ini_section(text: &str, name: &str) -> Option<Value> {
    let mut lines = text.lines().skip_while(|line| line.trim() != format!("[{name}]"));
    lines.next()?;
    let table = lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), Value::from(value.trim())));
    Some(Value::Object(table.collect()))
}

/// A list of strings, given as one or as a string of comma-separated ones (version 7).
fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(text) => Some(text.split(',').map(|part| part.trim().to_owned()).collect()),
        _ => None,
    }
}

fn truth(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => Some(matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on")),
        _ => None,
    }
}

impl Settings {
    fn read(files: &Files, over: Option<&str>) -> Self {
        let (path, table) = configuration(files).unwrap_or(("", Value::Null));
        let get = |key: &str| table.get(key);
        // Settings of version 7 know nothing of the newer parser, and 0.x was allowed then.
        let old = path == "setup.cfg" || get("version_variable").is_some();
        let name = get("commit_parser").and_then(Value::as_str);
        let parser = match name {
            Some("angular") => Parser::Angular,
            None if old => Parser::Angular,
            Some(name) if old && name.ends_with("angular") => Parser::Angular,
            _ => Parser::Conventional,
        };
        let mut options = Options::new(parser);
        let given = get("commit_parser_options");
        let tags = |key: &str| strings(given.and_then(|given| given.get(key)));
        if let Some(types) = tags("minor_tags") {
            options.minor_types = types;
        }
        if let Some(types) = tags("patch_tags") {
            options.patch_types = types;
        }
        if let Some(types) = tags("allowed_tags") {
            options.allowed_types = types;
        }
        options.default_bump = match given.and_then(|given| given.get("default_bump_level")).and_then(Value::as_u64) {
            Some(2) => Bump::Patch,
            Some(3) => Bump::Minor,
            Some(4) => Bump::Major,
            _ => Bump::None,
        };
        let switch = |key: &str| truth(given.and_then(|given| given.get(key)));
        options.squash = switch("parse_squash_commits").unwrap_or(options.squash);
        options.ignore_merges = switch("ignore_merge_commits").unwrap_or(options.ignore_merges);

        let format = over.or_else(|| get("tag_format").and_then(Value::as_str)).unwrap_or("v{version}");
        let changelog = get("changelog");
        let pick = |key: &str| changelog.and_then(|changelog| changelog.get(key));
        let defaults = |key: &str| pick("default_templates").and_then(|templates| templates.get(key));
        let file = defaults("changelog_file").or_else(|| pick("changelog_file")).and_then(Value::as_str).unwrap_or("");
        let (excluded, unread) = exclusions(
            get("commit_message").and_then(Value::as_str),
            &strings(pick("exclude_commit_patterns")).unwrap_or_default(),
        );
        Self {
            options,
            other_parser: name.filter(|name| !old && !matches!(*name, "conventional" | "angular")).map(str::to_owned),
            pattern: TagPattern::parse(format, "{version}").unwrap_or_else(|| TagPattern::new("v", "")),
            allow_zero: truth(get("allow_zero_version")).unwrap_or(old),
            major_on_zero: truth(get("major_on_zero")).unwrap_or(true),
            groups: groups(get("branches")),
            excluded,
            unread,
            restructured: match defaults("output_format").and_then(Value::as_str) {
                Some(format) => format == "rst",
                None => std::path::Path::new(file).extension().is_some_and(|extension| extension == "rst"),
            },
            mask_initial: truth(defaults("mask_initial_release")).unwrap_or(true),
            old,
            escapes: truth(pick("environment").and_then(|environment| environment.get("autoescape"))).unwrap_or(true),
            own_templates: pick("template_dir").and_then(Value::as_str).is_some_and(|folder| folder != "templates"),
        }
    }

    /// The group of a branch: the first whose pattern matches its name's beginning.
    fn group(&self, branch: &str) -> Option<&Group> {
        self.groups.iter().find(|group| {
            let pattern = if group.pattern == "*" { ".*" } else { group.pattern.as_str() };
            Regex::new(&format!("^(?:{pattern})")).is_ok_and(|pattern| pattern.is_match(branch))
        })
    }

    /// The newest tag that a release of this group follows, and its version.
    fn latest<'a>(&self, tags: &'a [Tag], group: Option<&Group>) -> Option<(&'a Tag, Version)> {
        let versions = || tags.iter().filter_map(|tag| Some((tag, self.pattern.version(&tag.name)?)));
        let full = versions().filter(|(_, version)| version.pre.is_empty()).max_by(|left, right| left.1.cmp(&right.1));
        let token = group.filter(|group| group.prerelease).map(|group| group.token.as_str());
        let pre = versions()
            .filter(|(_, version)| prerelease(version).is_some_and(|(found, _)| Some(found) == token))
            .filter(|(_, version)| full.as_ref().is_none_or(|(_, full)| version >= full))
            .max_by(|left, right| left.1.cmp(&right.1));
        pre.or(full)
    }
}

fn groups(branches: Option<&Value>) -> Vec<Group> {
    let group = |options: &Value| Group {
        pattern: options.get("match").and_then(Value::as_str).unwrap_or("(main|master)").to_owned(),
        prerelease: truth(options.get("prerelease")).unwrap_or(false),
        token: options.get("prerelease_token").and_then(Value::as_str).unwrap_or("rc").to_owned(),
    };
    match branches {
        Some(Value::Object(branches)) => branches.values().map(group).collect(),
        _ => vec![group(&Value::Null)],
    }
}

/// A pattern that keeps commits out of the changelog. The expressions here know no look-ahead; one `(?!…)`, as the
/// tool's own documentation advises for `build\((?!deps\): .+)`, is tried beside the pattern without it.
struct Exclusion {
    wanted: Regex,
    unwanted: Option<Regex>,
}

impl Exclusion {
    fn new(pattern: &str) -> Option<Self> {
        let anchored = |pattern: &str| Regex::new(&format!("^(?:{pattern})")).ok();
        let Some((before, look)) = pattern.split_once("(?!") else {
            return Some(Self { wanted: anchored(pattern)?, unwanted: None });
        };
        let end = closing(look)?;
        let (unwanted, after) = (look.get(..end)?, look.get(end + 1..)?);
        Some(Self {
            wanted: anchored(&format!("{before}{after}"))?,
            unwanted: Some(anchored(&format!("{before}(?:{unwanted})"))?),
        })
    }

    fn is_match(&self, message: &str) -> bool {
        self.wanted.is_match(message) && !self.unwanted.as_ref().is_some_and(|unwanted| unwanted.is_match(message))
    }
}

/// Where the group ends that a text is the inside of.
fn closing(inside: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The patterns that keep commits out of the changelog, the tool's own release commits first; and those that need more
/// than this reader of expressions knows.
fn exclusions(message: Option<&str>, patterns: &[String]) -> (Vec<Exclusion>, Vec<String>) {
    let message = strip(message.unwrap_or("{version}\n\nAutomatically generated by python-semantic-release"));
    let own = regex_lite::escape(message).replace(&regex_lite::escape("{version}"), r"\d+\.\d+\.\d+\S*");
    let mut unread = Vec::new();
    let mut read = Vec::new();
    for pattern in std::iter::once(&own).chain(patterns) {
        match Exclusion::new(pattern) {
            Some(pattern) => read.push(pattern),
            None => unread.push(pattern.clone()),
        }
    }
    (read, unread)
}

/// The token and number of a pre-release; `None` where the version is a full one or of another making.
fn prerelease(version: &Version) -> Option<(&str, u64)> {
    let (token, number) = version.pre.rsplit_once('.')?;
    Some((token, number.parse().ok()?))
}

fn with_prerelease(version: &Version, token: &str, number: u64) -> Option<Version> {
    let pre = Prerelease::new(&format!("{token}.{number}")).ok()?;
    Some(Version { pre, build: BuildMetadata::EMPTY, ..version.clone() })
}

fn full(version: &Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

/// `Version.bump` of a full version.
fn bumped(version: &Version, bump: Bump) -> Option<Version> {
    crate::version::increment(&full(version), bump)
}

/// `_increment_version`: the next version, and the bump that leads there.
fn next(
    settings: &Settings,
    latest: &Version,
    latest_full: &Version,
    level: Bump,
    group: Option<&Group>,
) -> Option<(Version, Bump)> {
    let mut level = level;
    if latest.major == 0 {
        if !settings.allow_zero {
            level = Bump::Major;
        } else if !settings.major_on_zero {
            level = level.min(Bump::Minor);
        }
    }
    let group = group.filter(|group| group.prerelease);
    let mut base = latest;
    if !latest.pre.is_empty() {
        if level <= bump_between(latest_full, &full(latest)) {
            let version = match group {
                Some(group) => {
                    let number = prerelease(latest).filter(|(token, _)| *token == group.token).map_or(0, |(_, at)| at);
                    with_prerelease(latest, &group.token, number.checked_add(1)?)?
                }
                None => full(latest),
            };
            return Some((version, level));
        }
        base = latest_full;
    }
    let target = bumped(base, level)?;
    let version = match group {
        Some(group) => with_prerelease(&target, &group.token, 1)?,
        None => target,
    };
    Some((version, level))
}

/// A part of a commit that was read, for the changelog.
struct Change<'a> {
    reading: Reading,
    commit: &'a Commit,
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern);
    let mut plan = Plan::default();
    if let Some(parser) = &settings.other_parser {
        plan.notes.push(Text::new("tool_psr_other_parser", [parser]));
    }
    if !settings.unread.is_empty() {
        plan.notes.push(Text::new("tool_psr_unread_pattern", [&settings.unread.join(", ")]));
    }
    let tags = &facts.history.tags;
    let mut group = settings.group(facts.branch);
    let (previous, previous_tag) = match facts.last {
        Some(last) => {
            // The branch of a recorded release is not known: one that followed a pre-release is taken to be its group's.
            let token = last.version.as_ref().and_then(prerelease).map(|(token, _)| token);
            let same = settings.groups.iter().find(|group| group.prerelease && token == Some(group.token.as_str()));
            let any = settings.groups.iter().find(|group| group.prerelease && token.is_some());
            group = same.or(any).or(group).or_else(|| settings.groups.iter().find(|group| !group.prerelease));
            (last.version.clone(), last.tag.clone())
        }
        None => settings
            .latest(tags, group)
            .map_or((None, String::new()), |(tag, version)| (Some(version), tag.name.clone())),
    };
    if group.is_none() {
        plan.nothing = Some(Text::new("tool_psr_no_release_branch", [facts.branch]));
        return plan;
    }
    let commits = if facts.last.is_some() {
        facts.history.commits.as_slice()
    } else {
        tags.iter()
            .find(|tag| tag.name == previous_tag)
            .map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag))
    };
    let first = facts.history.commits.len() - commits.len();

    let mut level = Bump::None;
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut reasons = Vec::new();
    for (at, commit) in commits.iter().enumerate().rev() {
        if settings.options.ignore_merges && commit.parents > 1 {
            continue;
        }
        let mut highest: Option<(Bump, Text)> = None;
        for (part, reading) in read_commit(&commit.message, &settings.options) {
            let Some(reading) = reading else { continue };
            if highest.as_ref().is_none_or(|(bump, _)| reading.bump > *bump) {
                highest = Some((reading.bump, rule(&reading)));
            }
            let excluded =
                reading.bump == Bump::None && settings.excluded.iter().any(|pattern| pattern.is_match(&part));
            if !excluded {
                changes.push(Change { reading, commit });
            }
        }
        let (bump, rule) = highest.map_or((Bump::None, None), |(bump, rule)| (bump, Some(rule)));
        level = level.max(bump);
        plan.readings.push(CommitReading { commit: first + at, bump, rule: rule.clone() });
        if let Some(rule) = rule.filter(|_| bump > Bump::None) {
            reasons.push(Reason { commit: Some(first + at), bump, rule });
        }
    }
    plan.readings.reverse();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));

    let latest = previous.clone().unwrap_or(Version::new(0, 0, 0));
    if level == Bump::None && (latest.major != 0 || settings.allow_zero) {
        plan.nothing = Some(Text::new("tool_psr_nothing", []));
        return plan;
    }
    let latest_full = tags
        .iter()
        .filter_map(|tag| settings.pattern.version(&tag.name))
        .filter(|version| version.pre.is_empty() && *version <= latest)
        .max()
        .unwrap_or_else(|| before_prerelease(&latest));
    let Some((version, bump)) = next(&settings, &latest, &latest_full, level, group) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    if latest.major == 0 && !settings.allow_zero {
        let rule = Text::new("tool_psr_no_zero_version", []);
        reasons.insert(0, Reason { commit: None, bump: Bump::Major, rule });
    }
    let entry = if settings.own_templates {
        plan.notes.push(Text::new("tool_psr_own_templates", []));
        None
    } else {
        let initial = previous.is_none() && settings.mask_initial;
        Some(Entry { markdown: printed(facts, &settings, &version, (&changes, commits), initial) })
    };
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous,
        bump,
        tag: settings.pattern.tag(&version),
        next: version,
        reasons,
        entry,
    });
    plan
}

/// Where no full release is known, the one that a pre-release leaves behind at most.
fn before_prerelease(version: &Version) -> Version {
    if version.pre.is_empty() {
        return version.clone();
    }
    match (version.major, version.minor, version.patch) {
        (major, minor, patch @ 1..) => Version::new(major, minor, patch - 1),
        (major, minor @ 1.., _) => Version::new(major, minor - 1, 0),
        (major, ..) => Version::new(major.saturating_sub(1), 0, 0),
    }
}

fn rule(reading: &Reading) -> Text {
    if !reading.breaking.is_empty() {
        Text::new("tool_psr_breaking_footer", [])
    } else if reading.bump == Bump::Major {
        Text::new("tool_psr_breaking_mark", [&reading.kind])
    } else {
        Text::new("tool_psr_type", [&reading.kind])
    }
}

/// The long names under which types stand in the changelog.
fn category(kind: &str) -> &str {
    match kind {
        "build" => "build system",
        "ci" => "continuous integration",
        "chore" => "chores",
        "docs" => "documentation",
        "feat" => "features",
        "fix" => "bug fixes",
        "perf" => "performance improvements",
        "refactor" => "refactoring",
        "style" => "code style",
        "test" => "testing",
        other => other,
    }
}

/// Jinja's `title`: every word begins in upper case and goes on in lower case.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if is_space(c) || matches!(c, '-' | '(' | '{' | '[' | '<') {
            begins = true;
            out.push(c);
        } else if begins {
            begins = false;
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

/// The entry, by the template of its day.
fn printed(
    facts: &Facts<'_>,
    settings: &Settings,
    version: &Version,
    (changes, commits): (&[Change<'_>], &[Commit]),
    initial: bool,
) -> String {
    match Template::at(settings.old, facts.date) {
        Template::Seven => entry_seven(facts, version, changes),
        Template::Eight => entry_eight(facts, settings, version, commits),
        Template::Nine => entry(settings, facts.repository, version, facts.date, changes, initial),
    }
}

/// The entry of version 7 (`semantic_release/changelog/changelog.py`): the types that `changelog_sections` lists by
/// default, in its order, with the issues of descriptions linked.
fn entry_seven(facts: &Facts<'_>, version: &Version, changes: &[Change<'_>]) -> String {
    // 7.34 put blank lines behind its headings.
    let blank = |from: &str| if facts.date >= from { "\n" } else { "" };
    let (behind_title, behind_heading) = (blank("2023-05-30"), blank("2023-05-27"));
    let mut out = format!("## v{version} ({})\n{behind_title}", facts.date);
    let sections =
        [("feat", "Feature"), ("fix", "Fix"), ("", "Breaking"), ("docs", "Documentation"), ("perf", "Performance")];
    for (kind, name) in sections {
        let mut lines = String::new();
        for change in changes {
            let reading = &change.reading;
            let texts = match kind {
                "" => reading.breaking.as_slice(),
                kind if reading.kind == kind => reading.descriptions.get(..1).unwrap_or_default(),
                _ => continue,
            };
            for text in texts {
                let text = linked_issues(&capitalised(text), facts.repository);
                let scope = if reading.scope.is_empty() { String::new() } else { format!("**{}:** ", reading.scope) };
                let _ = writeln!(lines, "* {scope}{text}{}", in_parentheses(facts.repository, &change.commit.sha));
            }
        }
        if !lines.is_empty() {
            let _ = writeln!(out, "### {name}\n{behind_heading}{lines}");
        }
    }
    out
}

/// A commit's link, in parentheses and behind a space; nothing for a commit that does not exist yet.
fn in_parentheses(repository: &Repository, sha: &str) -> String {
    if sha.is_empty() {
        return String::new();
    }
    format!(" ([`{}`]({}))", sha.get(..7).unwrap_or(sha), commit_url(repository, sha))
}

/// `(#12)` becomes a link to the issue.
fn linked_issues(text: &str, repository: &Repository) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("(#") {
        out.push_str(before);
        let end = behind.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
        if let Some(after) = after.strip_prefix(')').filter(|_| end > 0) {
            let _ = write!(out, "([#{number}]({}/issues/{number}))", repository.url());
            rest = after;
        } else {
            out.push_str("(#");
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// The entry of versions 8 and 9 before 9.13 (`data/templates/CHANGELOG.md.j2` of 9.8): whole messages by type, those that
/// were not read under `Unknown`; Jinja escapes them unless that is switched off.
fn entry_eight(facts: &Facts<'_>, settings: &Settings, version: &Version, commits: &[Commit]) -> String {
    let mut options = settings.options.clone();
    options.squash = false;
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    for commit in commits.iter().rev() {
        if options.ignore_merges && commit.parents > 1 {
            continue;
        }
        let reading = read_commit(&commit.message, &options).into_iter().next().and_then(|(_, reading)| reading);
        let bump = reading.as_ref().map_or(Bump::None, |reading| reading.bump);
        if bump == Bump::None && settings.excluded.iter().any(|pattern| pattern.is_match(&commit.message)) {
            continue;
        }
        let name = match reading.as_ref().map(|reading| reading.kind.as_str()) {
            _ if bump == Bump::Major => "breaking",
            None => "unknown",
            Some("feat") => "feature",
            Some("docs") => "documentation",
            Some("perf") => "performance",
            Some(other) => other,
        };
        // Carriage returns were kept up to 9.8.0.
        let message = if facts.date < "2024-06-01" { commit.message.clone() } else { commit.message.replace('\r', "") };
        let message = message.trim_end();
        let text = if settings.escapes { escaped(message) } else { message.to_owned() };
        let section = sections.entry(name.to_owned()).or_default();
        let _ = write!(section, "\n* {text}{}\n", in_parentheses(facts.repository, &commit.sha));
    }
    let mut out = format!("## v{version} ({})\n", facts.date);
    for (name, lines) in sections {
        let _ = write!(out, "\n### {}\n{lines}", capitalised(&name));
    }
    out
}

/// What markupsafe makes of a text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            _ => out.push(c),
        }
    }
    out
}

/// Which paragraphs of a reading a section prints.
type Paragraphs = fn(&Reading) -> &Vec<String>;

/// How the default templates spell their marks, in Markdown and in reStructuredText.
fn entry(
    settings: &Settings,
    repository: &Repository,
    version: &Version,
    date: &str,
    changes: &[Change<'_>],
    initial: bool,
) -> String {
    let rst = settings.restructured;
    let bullet = if rst { "* " } else { "- " };
    let title_line = format!("v{version} ({date})");
    let mut out = if rst {
        format!(".. _changelog-v{version}:\n\n{title_line}\n{}\n", "=".repeat(title_line.chars().count()))
    } else {
        format!("## {title_line}\n")
    };
    if initial {
        let _ = writeln!(out, "\n{bullet}Initial Release");
        return out;
    }
    let section = |out: &mut String, name: &str, texts: Vec<String>| {
        if texts.is_empty() {
            return;
        }
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
    for change in changes {
        let name = category(&change.reading.kind);
        sections.entry((name.to_lowercase(), name.to_owned())).or_default().push(change);
    }
    let mut links = Vec::new();
    let fitted = |text: String| if rst { autofit(&restructured(&text)) } else { autofit(&text) };
    for ((_, name), changes) in &sections {
        let ordered = ordered(changes, |reading| reading.descriptions.first());
        let texts = ordered
            .iter()
            .map(|change| fitted(format!("{bullet}{}", summary(change, repository, rst.then_some(&mut links)))));
        let texts = texts.collect();
        section(&mut out, &title(name), texts);
    }
    let all: Vec<&Change<'_>> = sections.values().flatten().copied().collect();
    let extra: [(&str, Paragraphs); 2] = [
        ("Breaking Changes", |reading| &reading.breaking),
        ("Additional Release Information", |reading| &reading.notices),
    ];
    for (name, of) in extra {
        let said: Vec<&Change<'_>> = all.iter().copied().filter(|change| !of(&change.reading).is_empty()).collect();
        let ordered = ordered(&said, |reading| of(reading).first());
        let texts = ordered.iter().map(|change| {
            let paragraphs: Vec<String> = of(&change.reading)
                .iter()
                .filter(|text| !strip(text).is_empty())
                .map(|text| strip(&capitalised(text)).to_owned())
                .collect();
            let text = scoped(&change.reading.scope, &paragraphs.join("\n\n"));
            fitted(format!("{bullet}{}", text.replace("\n\n", &format!("\n\n{bullet}"))))
        });
        let texts = texts.collect();
        section(&mut out, name, texts);
    }
    if !links.is_empty() {
        let mut seen = HashSet::new();
        links.retain(|link| seen.insert(link.to_lowercase()));
        links.sort_by_cached_key(|link| link.to_lowercase());
        let _ = writeln!(out, "\n{}", links.join("\n"));
    }
    out
}

fn scoped(scope: &str, text: &str) -> String {
    if scope.is_empty() { text.to_owned() } else { format!("**{scope}**: {text}") }
}

/// Those without a scope first, by what is said; then by scope. Case does not count (Jinja's `sort`).
fn ordered<'a, 'b>(changes: &[&'a Change<'b>], said: impl Fn(&Reading) -> Option<&String>) -> Vec<&'a Change<'b>> {
    let mut out = changes.to_vec();
    out.sort_by_cached_key(|change| {
        let scope = change.reading.scope.to_lowercase();
        (!scope.is_empty(), scope, said(&change.reading).map(|text| text.to_lowercase()))
    });
    out
}

/// The line of a commit. A commit that does not exist yet has no link.
fn summary(change: &Change<'_>, repository: &Repository, links: Option<&mut Vec<String>>) -> String {
    let reading = &change.reading;
    let mut text = capitalised(reading.descriptions.first().map(String::as_str).unwrap_or_default());
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
    scoped(&reading.scope, &text)
}

/// Whose addresses a repository's are, as far as its host says (`hvcs`).
fn host(repository: &Repository) -> &'static str {
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

fn commit_url(repository: &Repository, sha: &str) -> String {
    let part = match host(repository) {
        "gitlab" => "-/commit",
        "bitbucket" => "commits",
        _ => "commit",
    };
    format!("{}/{part}/{sha}", repository.url())
}

fn pull_request_url(repository: &Repository, number: &str) -> String {
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
    const WIDTH: usize = 100;
    let text = strip(text);
    if text.chars().count() <= WIDTH {
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
            } else if width + 1 + length <= WIDTH {
                out.push(' ');
                width += 1 + length;
            } else {
                out.push_str("\n  ");
                width = 2 + length;
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
fn restructured(text: &str) -> String {
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
    use crate::history::History;
    use crate::tool::Last;

    fn planned(config: &str, previous: &str, messages: &[&str]) -> Plan {
        let files = Files::of([("pyproject.toml", config)]);
        let commits = messages
            .iter()
            .map(|message| Commit { sha: "0123456789abcdef".into(), message: (*message).into(), ..Commit::default() })
            .collect();
        let history = History { commits, complete: true, ..History::default() };
        let repository =
            Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
        let last = Last {
            component: String::new(),
            path: ".".into(),
            version: Version::parse(previous).ok(),
            tag: format!("v{previous}"),
        };
        plan(&Facts {
            repository: &repository,
            branch: "main",
            files: &files,
            history: &history,
            date: "2026-01-02",
            tag_pattern: None,
            last: Some(&last),
        })
    }

    #[track_caller]
    fn check(config: &str, previous: &str, message: &str, expected: Option<&str>) {
        let config = format!("[tool.semantic_release]\n{config}");
        let plan = planned(&config, previous, &[message]);
        assert_eq!(plan.releases.first().map(|release| release.next.to_string()).as_deref(), expected);
    }

    #[test]
    fn counts_like_the_tool() {
        check("", "1.2.3", "feat: a b", Some("1.3.0"));
        check("", "1.2.3", "fix!: a b", Some("2.0.0"));
        check("", "1.2.3", "chore: a b", None);
        check("", "0.2.3", "chore: a b", Some("1.0.0"));
        check("allow_zero_version = true", "0.2.3", "feat!: a b", Some("1.0.0"));
        check("allow_zero_version = true\nmajor_on_zero = false", "0.2.3", "feat!: a b", Some("0.3.0"));
        check("", "none", "feat: a b", Some("1.0.0"));
        let beta =
            "[tool.semantic_release.branches.main]\nmatch = 'main'\nprerelease = true\nprerelease_token = 'beta'";
        check(beta, "1.2.3", "feat: a b", Some("1.3.0-beta.1"));
        check(beta, "1.3.0-beta.1", "fix: a b", Some("1.3.0-beta.2"));
        check(beta, "1.3.0-beta.1", "fix!: a b", Some("2.0.0-beta.1"));
        check("[tool.semantic_release.branches.main]\nmatch = 'release'", "1.2.3", "feat: a b", Some("1.3.0"));
    }

    #[test]
    fn the_entry_is_the_default_templates() {
        let messages =
            ["fix(core): mend it (#12)", "feat: add (it)\n\nBREAKING CHANGE: all is new\n\nNOTICE: read this"];
        let plan = planned("[tool.semantic_release]", "1.2.3", &messages);
        let link = "[`0123456`](https://github.com/acme/widgets/commit/0123456789abcdef)";
        let expected = format!(
            "## v2.0.0 (2026-01-02)\n\n### Bug Fixes\n\n- **core**: Mend it ([#12](https://github.com/acme/widgets/pull/12),\n  {link})\n\n\
             ### Features\n\n- Add (it) ({link})\n\n### Breaking Changes\n\n- All is new\n\n\
             ### Additional Release Information\n\n- Read this\n"
        );
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
    }

    #[test]
    fn reads_markdown_into_restructured_text() {
        assert_eq!(restructured("* Use `x` and __b__ _it_ [l](u) now"), "* Use ``x`` and **b** _it_ `l <u>`_ now");
        assert_eq!(restructured("* a _word_ b"), "* a *word* b");
    }
}

//! commitizen, the Python tool (4.19): `commands/bump.py`, `version_increment.py`, `changelog.py`, `defaults.py`, the
//! rules `cz_conventional_commits` and `cz_customize`, and the template `CHANGELOG.md.j2`.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::message::git_parts;
use crate::reading::python_text::{is_space, is_word, strip};
use crate::text::Text;
use crate::version::{TagPattern, increment};
use regex_lite::Regex;
use semver::Version;
use serde_json::Value;
use std::fmt::Write as _;

/// commitizen.
#[derive(Clone, Copy, Debug)]
pub struct Commitizen;

/// The configuration files in commitizen's order, then those that hold the version of a `version_provider`.
const FILES: [&str; 9] = [
    "pyproject.toml",
    ".cz.toml",
    ".cz.json",
    "cz.json",
    ".cz.yaml",
    "cz.yaml",
    "cz.toml",
    "package.json",
    "Cargo.toml",
];

impl Tool for Commitizen {
    fn id(&self) -> &'static str {
        "commitizen"
    }
    fn name(&self) -> &'static str {
        "Commitizen"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let (path, evidence, table) = configuration(files)?;
        // A table that only checks messages releases nothing: a version or where to find it must stand in it.
        let releases = ["version", "version_provider", "tag_format", "version_files", "update_changelog_on_bump"];
        releases
            .iter()
            .any(|key| table.get(key).is_some())
            .then(|| Recognition { path: path.to_owned(), evidence: evidence.to_owned() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over, "");
        settings.last(tags).map(|(tag, _)| tag)
    }
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let template = template_of(files);
        tree.iter().filter(|path| **path == template).cloned().collect()
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
    fn fills_templates(&self, files: &Files) -> bool {
        files.text(&template_of(files)).is_some()
    }
}

/// Where a template of the repository's own lies: the option `template`, or else the default one's name, which is looked
/// for in the repository first (`changelog.py`, `get_changelog_template`).
fn template_of(files: &Files) -> String {
    let table = configuration(files).map(|(_, _, table)| table).unwrap_or_default();
    let text = |key: &str| table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let file = text("changelog_file").unwrap_or("CHANGELOG.md");
    let ending = match text("changelog_format") {
        Some("asciidoc") => "adoc",
        Some("textile") => "textile",
        Some("restructuredtext") => "rst",
        Some(_) => "md",
        None => file.rsplit_once('.').map_or("md", |(_, ending)| ending),
    };
    text("template").map_or_else(|| format!("CHANGELOG.{ending}.j2"), |path| path.trim_start_matches("./").to_owned())
}

/// commitizen's own table, where it stands and what it is called there.
fn configuration(files: &Files) -> Option<(&'static str, &'static str, Value)> {
    FILES.iter().take(7).find_map(|path| {
        let value = files.value(path).ok().flatten()?;
        let (pointer, evidence) = if path.ends_with("toml") {
            ("/tool/commitizen", "tool.commitizen")
        } else {
            ("/commitizen", "commitizen")
        };
        value.pointer(pointer).filter(|table| table.is_object()).map(|table| (*path, evidence, table.clone()))
    })
}

/// How bumps are found.
enum Rules {
    /// `cz_conventional_commits`, and what a customisation leaves as it is.
    Conventional,
    /// Patterns of the repository's own: what selects the keyword, and what each keyword is worth.
    Own(Regex, Vec<(Regex, Bump)>),
}

/// How the tool's own rules read, by the version of the day: no file of a repository names it. The days are those of the
/// tool's changelog; a release of the very day was still made by the version before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// Before 2.31.0 (2022-08-14): sections stand as their first commits do, for no order was given (`defaults.py`).
    Unordered,
    /// Before 3.2.0 (2023-05-01): `^(BREAKING[\-\ ]CHANGE|feat|fix|refactor|perf)(\(.+\))?(!)?`, without a colon.
    Words,
    /// Before 3.10.1 (2023-10-14): `^(((BREAKING[\-\ ]CHANGE|feat|fix|refactor|perf)(\(.+\))?(!)?)|\w+!):`.
    Marked,
    /// `^((BREAKING[\-\ ]CHANGE|\w+)(\(.+\))?!?):`.
    Now,
}

impl Age {
    /// The age of a release of that day; an empty day is today.
    fn of(date: &str) -> Self {
        match date {
            "" => Self::Now,
            date if date <= "2022-08-14" => Self::Unordered,
            date if date <= "2023-05-01" => Self::Words,
            date if date <= "2023-10-14" => Self::Marked,
            _ => Self::Now,
        }
    }
}

/// How a commit is read for the changelog.
enum Parser {
    /// `cz_conventional_commits`.
    Conventional,
    /// `changelog_pattern` and `commit_parser` of one's own, the second once line by line and once over lines.
    Own { wanted: Regex, subject: Regex, block: Regex },
}

/// What the configuration says.
struct Settings {
    age: Age,
    pattern: TagPattern,
    /// `legacy_tag_formats`.
    legacy: Vec<TagPattern>,
    parser: Parser,
    major_version_zero: bool,
    version: Option<Version>,
    rules: Rules,
    order: Vec<String>,
    /// `bump_message`.
    message: String,
    names: Vec<(String, String)>,
    /// Why the entry is not known; nothing where it is.
    unknown_entry: Option<Text>,
    notes: Vec<Text>,
}

impl Settings {
    fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let age = Age::of(date);
        let table = configuration(files).map(|(_, _, table)| table).unwrap_or_default();
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let version = match text("version_provider").unwrap_or("commitizen") {
            "commitizen" => text("version").and_then(lenient),
            "pep621" | "uv" => version_at(files, "pyproject.toml", "/project/version"),
            "poetry" => version_at(files, "pyproject.toml", "/tool/poetry/version"),
            "npm" => version_at(files, "package.json", "/version"),
            "cargo" => version_at(files, "Cargo.toml", "/package/version")
                .or_else(|| version_at(files, "Cargo.toml", "/workspace/package/version")),
            _ => None,
        };
        let mut settings = Self {
            age,
            pattern: tag_pattern(over.or_else(|| text("tag_format")).unwrap_or("$version")),
            legacy: strings(table.get("legacy_tag_formats"))
                .unwrap_or_default()
                .iter()
                .map(|format| tag_pattern(format))
                .collect(),
            parser: Parser::Conventional,
            major_version_zero: table.get("major_version_zero").and_then(Value::as_bool).unwrap_or(false),
            version,
            rules: Rules::Conventional,
            order: ["BREAKING CHANGE", "Feat", "Fix", "Refactor", "Perf"].map(str::to_owned).to_vec(),
            message: text("bump_message").unwrap_or("bump: version $current_version → $new_version").to_owned(),
            names: [("feat", "Feat"), ("fix", "Fix"), ("refactor", "Refactor"), ("perf", "Perf")]
                .map(|(kind, name)| (kind.to_owned(), name.to_owned()))
                .to_vec(),
            unknown_entry: None,
            notes: Vec::new(),
        };
        match text("name").unwrap_or("cz_conventional_commits") {
            "cz_conventional_commits" if age == Age::Unordered => settings.order.clear(),
            "cz_conventional_commits" => {}
            "cz_customize" if age == Age::Unordered => {
                settings.order = ["BREAKING CHANGE", "feat", "fix", "refactor", "perf"].map(str::to_owned).to_vec();
                settings.customise(table.get("customize").unwrap_or(&Value::Null));
            }
            "cz_customize" => settings.customise(table.get("customize").unwrap_or(&Value::Null)),
            other => settings.notes.push(Text::new("tool_commitizen_other_rules", [other])),
        }
        if let Some(order) = strings(table.get("change_type_order")) {
            settings.order = order;
        }
        if let Some(names) = pairs(table.get("change_type_map")) {
            settings.names = names;
        }
        let file = text("changelog_file").unwrap_or("CHANGELOG.md");
        let format = text("changelog_format").unwrap_or("");
        if !matches!(format, "" | "markdown") || (format.is_empty() && file.strip_suffix(".md").is_none()) {
            settings.unknown_entry = Some(Text::new("tool_commitizen_own_template", [file]));
        }
        if let Some(template) = text("template") {
            settings.unknown_entry = Some(Text::new("tool_commitizen_own_template", [template]));
        }
        settings
    }

    fn customise(&mut self, table: &Value) {
        let pattern = table.get("bump_pattern").and_then(Value::as_str);
        let zero = table.get("bump_map_major_version_zero");
        let map = pairs(if self.major_version_zero && zero.is_some() { zero } else { table.get("bump_map") });
        if pattern.is_some() || map.is_some() {
            let selects = Regex::new(pattern.unwrap_or(r"^((BREAKING[\-\ ]CHANGE|\w+)(\(.+\))?!?):"));
            let default = [
                (r"^.+!$", "MAJOR"),
                (r"^BREAKING[\-\ ]CHANGE", "MAJOR"),
                ("^feat", "MINOR"),
                ("^fix", "PATCH"),
                ("^refactor", "PATCH"),
                ("^perf", "PATCH"),
            ];
            let map =
                map.unwrap_or_else(|| default.map(|(pattern, bump)| (pattern.to_owned(), bump.to_owned())).to_vec());
            let worth = |name: &str| match name {
                // Under 1.0.0 a map that was not made for it is taken one step lower (`_derive_major_version_zero` of
                // 4.19.3; before, the tool's own stood in).
                "MAJOR" if self.major_version_zero && zero.is_none() => Bump::Minor,
                "MAJOR" => Bump::Major,
                "MINOR" => Bump::Minor,
                "PATCH" => Bump::Patch,
                _ => Bump::None,
            };
            let read: Option<Vec<_>> = map
                .iter()
                .map(|(pattern, bump)| Some((Regex::new(&format!("^(?:{pattern})")).ok()?, worth(bump))))
                .collect();
            match (selects, read) {
                (Ok(selects), Some(map)) => self.rules = Rules::Own(selects, map),
                _ => self.notes.push(Text::new("tool_commitizen_unread_pattern", [])),
            }
        }
        if let Some(order) = strings(table.get("change_type_order")) {
            self.order = order;
        }
        if let Some(names) = pairs(table.get("change_type_map")) {
            self.names = names;
        }
        // Without a parser of its own every subject is a line, whatever it begins with.
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let parser = python_groups(text("commit_parser").unwrap_or("(?P<message>.*)"));
        let read = |flags: &str| Regex::new(&format!("(?{flags})\\A(?:{parser})")).ok();
        let wanted = Regex::new(&format!("\\A(?:{})", python_groups(text("changelog_pattern").unwrap_or(".*")))).ok();
        match (wanted, read("m"), read("ms")) {
            (Some(wanted), Some(subject), Some(block)) => self.parser = Parser::Own { wanted, subject, block },
            _ => self.unknown_entry = Some(Text::new("tool_commitizen_own_parser", [])),
        }
        if table.get("change_type_map").is_none() {
            self.names.clear();
        }
    }

    /// The version in a tag's name, in the present format or an older one.
    fn version_of(&self, tag: &str) -> Option<Version> {
        let of = |pattern: &TagPattern| lenient(pattern.inside(tag)?);
        of(&self.pattern).or_else(|| self.legacy.iter().find_map(of))
    }

    /// The tag of the configured version, or else the highest.
    fn last<'a>(&self, tags: &'a [Tag]) -> Option<(&'a Tag, Version)> {
        let versions = || tags.iter().filter_map(|tag| Some((tag, self.version_of(&tag.name)?)));
        let own = self.version.as_ref().and_then(|version| versions().find(|(_, found)| found == version));
        own.or_else(|| versions().max_by(|left, right| left.1.cmp(&right.1)))
    }

    /// What a message is worth: the highest of its lines.
    fn bump(&self, message: &str) -> (Bump, String) {
        let mut best = (Bump::None, String::new());
        for line in message.split('\n') {
            let found = match &self.rules {
                Rules::Conventional => keyword(line, self.age).map(|keyword| {
                    let bump = worth(keyword);
                    (if self.major_version_zero { bump.min(Bump::Minor) } else { bump }, keyword)
                }),
                Rules::Own(selects, map) => selects.captures(line).and_then(|found| found.get(1)).map(|found| {
                    let keyword = found.as_str();
                    let rule = map.iter().find(|(pattern, _)| pattern.is_match(keyword));
                    (rule.map_or(Bump::None, |(_, bump)| *bump), keyword)
                }),
            };
            if let Some((bump, keyword)) = found.filter(|(bump, _)| *bump > best.0) {
                best = (bump, keyword.to_owned());
            }
        }
        best
    }

    /// The version of the commit that the tool made for a release (`bump_message`); `None` where it made another or none.
    fn bumped(&self, message: &str) -> Option<Version> {
        let mut rest = message.lines().next()?;
        let mut version = None;
        let mut template = self.message.lines().next()?;
        while let Some((before, after)) = template.split_once('$') {
            rest = rest.strip_prefix(before)?;
            let (name, after) = after.split_at(after.find(|c| !is_word(c)).unwrap_or(after.len()));
            let (value, left) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
            match name {
                "new_version" => version = Some(lenient(value)?),
                "current_version" => {}
                _ => return None,
            }
            (template, rest) = (after, left);
        }
        version.filter(|_| rest.starts_with(template))
    }

    /// Sections in the configured order, and the others behind them by name.
    fn arrange<T>(&self, sections: &mut [(Option<String>, Vec<T>)]) {
        if self.order.is_empty() && self.age == Age::Unordered {
            return;
        }
        sections.sort_by_cached_key(|(name, _)| {
            let place = self.order.iter().position(|known| Some(known) == name.as_ref()).unwrap_or(usize::MAX);
            (place, name.clone())
        });
    }

    fn section(&self, kind: &str) -> String {
        self.names.iter().find(|(from, _)| from == kind).map_or_else(|| kind.to_owned(), |(_, to)| to.clone())
    }
}

fn version_at(files: &Files, path: &str, pointer: &str) -> Option<Version> {
    let value = files.value(path).ok().flatten()?;
    lenient(value.pointer(pointer)?.as_str()?)
}

/// A version as PEP 440 and semantic versioning write it: `1.2`, `1.2.0rc1`, `1.2.0-rc1`, `1.2.0-rc.1`. The pre-release
/// is the same in all of them; one of another form is no version.
fn lenient(text: &str) -> Option<Version> {
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (release, rest) = text.split_at_checked(end)?;
    let missing = 2_usize.checked_sub(release.matches('.').count())?;
    let release = Version::parse(&format!("{release}{}", ".0".repeat(missing))).ok()?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if rest.is_empty() {
        return Some(release);
    }
    let (kind, number) = rest.split_at_checked(rest.find(|c: char| c.is_ascii_digit())?)?;
    let kind = match kind.trim_end_matches('.') {
        "a" | "alpha" => "alpha",
        "b" | "beta" => "beta",
        "c" | "rc" => "rc",
        _ => return None,
    };
    let pre = semver::Prerelease::new(&format!("{kind}.{}", number.parse::<u64>().ok()?)).ok()?;
    Some(Version { pre, ..release })
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn pairs(value: Option<&Value>) -> Option<Vec<(String, String)>> {
    let pair = |(key, value): (&String, &Value)| (key.clone(), value.as_str().unwrap_or_default().to_owned());
    Some(value?.as_object()?.iter().map(pair).collect())
}

/// A pattern of Python's as this engine takes it: `/` needs no escape here.
fn python_groups(pattern: &str) -> String {
    pattern.replace("\\/", "/").replace("\\ ", " ")
}

/// `v$version`, `${version}`, `v$major.$minor.$patch$prerelease`.
fn tag_pattern(format: &str) -> TagPattern {
    let plain = format
        .replace("${version}", "$version")
        .replace("${major}", "$major")
        .replace("${minor}", "$minor")
        .replace("${patch}", "$patch")
        .replace("${prerelease}", "$prerelease")
        .replace("$major.$minor.$patch$prerelease", "$version")
        .replace("$major.$minor.$patch", "$version")
        .replace("{version}", "$version");
    TagPattern::parse(&plain, "$version").unwrap_or_else(|| TagPattern::new("", ""))
}

/// What the pattern of the age finds at the start of a line.
fn keyword(line: &str, age: Age) -> Option<&str> {
    const KINDS: [&str; 6] = ["BREAKING CHANGE", "BREAKING-CHANGE", "feat", "fix", "refactor", "perf"];
    let kind = || KINDS.iter().find_map(|kind| line.strip_prefix(kind));
    let word = || line.get(line.find(|c| !is_word(c)).unwrap_or(line.len())..).filter(|rest| rest.len() < line.len());
    let left = match age {
        Age::Unordered | Age::Words => {
            let rest = kind()?;
            let inside = rest.strip_prefix('(').and_then(|inside| inside.rfind(')').filter(|at| *at > 0));
            let rest = inside.and_then(|at| rest.get(at + 2..)).unwrap_or(rest);
            rest.strip_prefix('!').unwrap_or(rest).len()
        }
        Age::Marked => {
            let marked = || word()?.strip_prefix('!').filter(|rest| rest.starts_with(':')).map(str::len);
            kind().and_then(before_colon).or_else(marked)?
        }
        Age::Now => {
            let breaking = line.strip_prefix("BREAKING CHANGE").or_else(|| line.strip_prefix("BREAKING-CHANGE"));
            breaking.and_then(before_colon).or_else(|| word().and_then(before_colon))?
        }
    };
    line.get(..line.len() - left)
}

/// `(\(.+\))?!?:`: how much is left from the colon on.
fn before_colon(text: &str) -> Option<usize> {
    let tail = |text: &str| {
        let text = text.strip_prefix('!').unwrap_or(text);
        text.starts_with(':').then_some(text.len())
    };
    if let Some(inside) = text.strip_prefix('(') {
        let found =
            inside.rmatch_indices(')').filter(|(at, _)| *at > 0).find_map(|(at, _)| tail(inside.get(at + 1..)?));
        if found.is_some() {
            return found;
        }
    }
    tail(text)
}

/// `BUMP_MAP`.
fn worth(keyword: &str) -> Bump {
    if (keyword.len() > 1 && keyword.ends_with('!'))
        || keyword.starts_with("BREAKING CHANGE")
        || keyword.starts_with("BREAKING-CHANGE")
    {
        Bump::Major
    } else if keyword.starts_with("feat") {
        Bump::Minor
    } else if ["fix", "refactor", "perf"].iter().any(|kind| keyword.starts_with(kind)) {
        Bump::Patch
    } else {
        Bump::None
    }
}

/// A line of the changelog.
struct Change {
    section: Option<String>,
    scope: String,
    message: String,
}

/// `commit_parser`: the type where it is one of the changelog's, the scope and what follows the colon.
fn change(text: &str) -> Option<(Option<&str>, &str, &str)> {
    let value = |rest: &'_ str| {
        let after = rest.strip_prefix(':')?;
        after
            .starts_with(is_space)
            .then(|| after.chars().next().map_or(0, char::len_utf8))
            .map(|skip| after.len() - skip)
    };
    let message = |left: usize| text.get(text.len() - left..).unwrap_or_default();
    for kind in ["feat", "fix", "refactor", "perf", "BREAKING CHANGE"] {
        let Some(rest) = text.strip_prefix(kind) else { continue };
        let unmarked = |rest: &'_ str| rest.strip_prefix('!').and_then(value).or_else(|| value(rest));
        if let Some(inside) = rest.strip_prefix('(') {
            let end = inside.find(['(', ')', '\r', '\n']);
            let scoped = end.and_then(|end| Some((inside.get(..end)?, inside.get(end..)?.strip_prefix(')')?)));
            if let Some((scope, left)) = scoped.and_then(|(scope, rest)| Some((scope, unmarked(rest)?))) {
                return Some((Some(kind), scope, message(left)));
            }
            if let Some(left) = unmarked(inside) {
                return Some((Some(kind), "", message(left)));
            }
        }
        if let Some(left) = unmarked(rest) {
            return Some((Some(kind), "", message(left)));
        }
    }
    let rest = text.trim_start_matches(is_word);
    let left = (rest.len() < text.len()).then(|| rest.strip_prefix('!').and_then(value)).flatten()?;
    Some((None, "", message(left)))
}

/// The changes of a commit: its subject, and every paragraph of its body that looks like one.
fn changes(commit: &Commit, settings: &Settings) -> Vec<Change> {
    let (subject, body) = git_parts(&commit.message);
    let title = strip(&subject);
    if let Parser::Own { wanted, subject, block } = &settings.parser {
        let message = format!("{title}\n\n{}", strip(body));
        if !wanted.is_match(&message) {
            return Vec::new();
        }
        let of = |pattern: &Regex, text: &str| {
            let found = pattern.captures(text)?;
            let group = |name: &str| found.name(name).map(|group| group.as_str().to_owned());
            Some(Change {
                section: group("change_type").map(|kind| settings.section(&kind)),
                scope: group("scope").unwrap_or_default(),
                message: group("message").unwrap_or_default(),
            })
        };
        let blocks = strip(body).split("\n\n").filter_map(|text| of(block, text));
        return of(subject, &message).into_iter().chain(blocks).collect();
    }
    if keyword(title, settings.age).is_none() {
        return Vec::new();
    }
    let of = |text: &str, lines: bool| {
        let found = change(text).filter(|(kind, ..)| kind.is_some() || settings.age >= Age::Marked);
        found.map(|(kind, scope, message)| Change {
            section: kind.map(|kind| settings.section(kind)),
            scope: scope.to_owned(),
            message: if lines { message } else { message.split('\n').next().unwrap_or_default() }.to_owned(),
        })
    };
    std::iter::once(of(title, false)).chain(strip(body).split("\n\n").map(|block| of(block, true))).flatten().collect()
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern, facts.date);
    let mut plan = Plan { notes: settings.notes.clone(), ..Plan::default() };
    let found = settings.last(&facts.history.tags);
    let (previous, commits) = match facts.last {
        Some(last) => {
            let version = last.version.clone().or_else(|| settings.version_of(&last.tag));
            if version.is_none() && !last.tag.is_empty() {
                plan.nothing = Some(Text::new("tool_commitizen_version", [&last.tag]));
                return plan;
            }
            // A release whose tag is gone: the tool itself has counted on from there.
            let commits = facts.history.commits.as_slice();
            let made = commits.iter().enumerate().rev().find_map(|(at, commit)| {
                Some((at, settings.bumped(&commit.message)?))
                    .filter(|(_, made)| version.as_ref().is_some_and(|last| made > last))
            });
            match made {
                Some((at, made)) => (Some(made), commits.get(at + 1..).unwrap_or_default()),
                None => (version, commits),
            }
        }
        None => match found {
            Some((tag, version)) => (Some(version), facts.history.after(tag)),
            None => (None, facts.history.commits.as_slice()),
        },
    };
    let first = facts.history.commits.len() - commits.len();
    let mut bump = Bump::None;
    let mut reasons = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        let (subject, body) = git_parts(&commit.message);
        let (worth, keyword) = settings.bump(&format!("{}\n\n{}", strip(&subject), strip(body)));
        let rule = (worth > Bump::None).then(|| Text::new("tool_commitizen_keyword", [&keyword]));
        plan.readings.push(CommitReading { commit: first + at, bump: worth, rule: rule.clone() });
        if let Some(rule) = rule {
            reasons.push(Reason { commit: Some(first + at), bump: worth, rule });
        }
        bump = bump.max(worth);
    }
    Reason::weightiest_first(&mut reasons);
    // Without a tag the configured version is what is bumped.
    let from = previous.clone().or_else(|| settings.version.clone()).unwrap_or(Version::new(0, 0, 0));
    if bump == Bump::None && from.pre.is_empty() {
        plan.nothing = Some(Text::new("tool_commitizen_nothing", []));
        return plan;
    }
    let finished = Version::new(from.major, from.minor, from.patch);
    let next = if bump == Bump::None { Some(finished) } else { increment(&from, bump) };
    let Some(next) = next else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    if cannot_be_sorted(&settings, commits) {
        plan.nothing = Some(Text::new("tool_failed", ["TypeError"]));
        return plan;
    }
    let tag = settings.pattern.tag(&next);
    let template = template_of(facts.files);
    let entry = if let Some(source) = facts.files.text(&template) {
        let filled = filled(facts, &settings, (&template, source), &tag, commits);
        filled.map_err(|why| plan.notes.push(why)).ok()
    } else {
        plan.notes.extend(settings.unknown_entry.clone());
        settings.unknown_entry.is_none().then(|| Entry { markdown: entry(&settings, &tag, facts.date, commits) })
    };
    #[cfg(feature = "templates")]
    if entry.as_ref().is_some_and(|entry| entry.markdown.contains(super::cliff::NO_HASH.get(..7).unwrap_or("\0"))) {
        plan.notes.push(Text::new("tool_template_hash", []));
    }
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous,
        bump,
        next,
        tag,
        reasons,
        entry,
    });
    plan
}

/// The entry by a template of the repository's own (`changelog.py`, `generate_tree_from_commits`, `render_changelog`).
#[cfg(feature = "templates")]
fn filled(
    facts: &Facts<'_>,
    settings: &Settings,
    (name, source): (&str, &str),
    tag: &str,
    commits: &[Commit],
) -> Result<Entry, Text> {
    use super::cliff::NO_HASH;
    use super::jinja::{Jinja, Options, Record, known, list, unseen};
    use minijinja::Value as Filled;
    if let Some(why) = settings.unknown_entry.as_ref().filter(|why| why.id == "tool_commitizen_own_parser") {
        return Err(why.clone());
    }
    // Groups of the parser that are not read here: a template that asks for one of them is not filled.
    let mut unread = vec!["breaking"];
    if let Parser::Own { subject, .. } = &settings.parser {
        let read = ["change_type", "scope", "message"];
        unread = subject.capture_names().flatten().filter(|name| !read.contains(name)).collect();
    }
    if let Some(group) = unread.iter().find(|group| source.contains(**group)) {
        return Err(Text::new("tool_template_unknown", [group]));
    }
    let dictionary = |fields: Vec<(&str, Filled)>| {
        Record::dictionary(fields.into_iter().map(|(name, value)| (Filled::from(name), value)).collect())
    };
    let told = |text: &str, name: &str| if text.is_empty() { unseen(name) } else { Filled::from(text) };
    let mut sections: Vec<(Option<String>, Vec<Filled>)> = Vec::new();
    for commit in listed(commits, facts.date) {
        for change in changes(commit, settings) {
            let scope = Some(change.scope).filter(|scope| !scope.is_empty());
            let sha = if commit.sha.is_empty() { NO_HASH } else { &commit.sha };
            let value = dictionary(vec![
                ("sha1", Filled::from(sha)),
                ("parents", list((0..commit.parents).map(|_| unseen("change.parents")))),
                ("author", told(&commit.author, "change.author")),
                ("author_email", told(&commit.email, "change.author_email")),
                ("scope", scope.map_or_else(|| Filled::from(()), Filled::from)),
                ("message", Filled::from(change.message)),
            ]);
            match sections.iter_mut().find(|(name, _)| *name == change.section) {
                Some((_, changes)) => changes.push(value),
                None => sections.push((change.section, vec![value])),
            }
        }
    }
    settings.arrange(&mut sections);
    let changes = sections
        .into_iter()
        .map(|(name, changes)| (name.map_or_else(|| Filled::from(()), Filled::from), list(changes.into_iter())));
    let release = dictionary(vec![
        ("version", Filled::from(tag)),
        ("date", Filled::from(facts.date)),
        ("changes", Record::dictionary(changes.collect())),
    ]);
    let table = configuration(facts.files).map(|(_, _, table)| table).unwrap_or_default();
    let options = Options { trim_blocks: true, ..Options::default() };
    let mut jinja = Jinja::of([(name, source)].into_iter(), options, commits.len())?;
    let incremental = ["changelog_incremental", "update_changelog_on_bump"];
    let incremental = incremental.iter().any(|key| table.get(*key).and_then(Value::as_bool) == Some(true));
    jinja.global("incremental", Filled::from(incremental));
    for (key, value) in table.get("extras").and_then(Value::as_object).into_iter().flatten() {
        let value = match value {
            Value::String(text) => Filled::from(text.as_str()),
            Value::Bool(truth) => Filled::from(*truth),
            Value::Number(number) if number.as_i64().is_some() => Filled::from(number.as_i64()),
            _ => unseen(key),
        };
        jinja.global(key.clone(), value);
    }
    jinja.global("tree", list(std::iter::once(release)));
    let text = known(jinja.fill(name)?)?;
    Ok(Entry { markdown: format!("{}\n", text.trim_matches('\n')) })
}

/// The third module takes over (`Tool::fills_templates`).
#[cfg(not(feature = "templates"))]
fn filled(
    _facts: &Facts<'_>,
    _settings: &Settings,
    (name, _source): (&str, &str),
    _tag: &str,
    _commits: &[Commit],
) -> Result<Entry, Text> {
    Err(Text::new("tool_commitizen_own_template", [name]))
}

/// Commits as the tool has git list them, the newest first: from 3.0.0 on (2023-04-23) with `--topo-order`, which keeps
/// together what a merge brought. A commit that is not on the branch itself is taken for the next merge's.
fn listed<'a>(commits: &'a [Commit], date: &str) -> Vec<&'a Commit> {
    let by_day = !date.is_empty() && date <= "2023-04-23";
    let mut ordered = Vec::with_capacity(commits.len());
    let mut brought = Vec::new();
    for commit in commits {
        if !by_day && commit.first_parent == Some(false) {
            brought.push(commit);
            continue;
        }
        if commit.parents > 1 {
            ordered.append(&mut brought);
        }
        ordered.push(commit);
    }
    ordered.append(&mut brought);
    ordered.reverse();
    ordered
}

/// Whether the sections that `change_type_order` does not name are some with a name and one without: Python puts them in
/// no order, and commitizen fails (`_calculate_sorted_changes`).
fn cannot_be_sorted(settings: &Settings, commits: &[Commit]) -> bool {
    let (mut named, mut nameless) = (false, false);
    for change in commits.iter().flat_map(|commit| changes(commit, settings)) {
        match change.section {
            None => nameless = true,
            Some(name) => named |= !settings.order.contains(&name),
        }
    }
    named && nameless
}

/// The template `CHANGELOG.md.j2`: the sections in the configured order, the others behind them by name; commits as git
/// lists them, the newest first.
fn entry(settings: &Settings, tag: &str, date: &str, commits: &[Commit]) -> String {
    let mut sections: Vec<(Option<String>, Vec<Change>)> = Vec::new();
    for change in listed(commits, date).into_iter().flat_map(|commit| changes(commit, settings)) {
        match sections.iter_mut().find(|(name, _)| *name == change.section) {
            Some((_, changes)) => changes.push(change),
            None => sections.push((change.section.clone(), vec![change])),
        }
    }
    settings.arrange(&mut sections);
    let mut out = format!("## {tag} ({date})\n");
    for (name, changes) in sections {
        out.push('\n');
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let _ = writeln!(out, "### {name}");
        }
        out.push('\n');
        for change in changes {
            if !change.scope.is_empty() {
                let _ = writeln!(out, "- **{}**: {}", change.scope, change.message);
            } else if !change.message.is_empty() {
                let _ = writeln!(out, "- {}", change.message);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    fn planned(config: &str, previous: &str, messages: &[&str]) -> Plan {
        let config = format!("[tool.commitizen]\ntag_format = 'v$version'\n{config}");
        let files = Files::of([("pyproject.toml", config.as_str())]);
        let commit = |message: &&str| Commit { message: (*message).into(), ..Commit::default() };
        let history = History { commits: messages.iter().map(commit).collect(), complete: true, ..History::default() };
        testing::planned(plan, &files, &history, "2024-01-02", Some(previous))
    }

    #[track_caller]
    fn check(config: &str, previous: &str, message: &str, expected: Option<&str>) {
        let plan = planned(config, previous, &[message]);
        assert_eq!(plan.releases.first().map(|release| release.tag.as_str()), expected, "{message:?}");
    }

    #[test]
    fn bumps_like_the_tool() {
        check("", "1.2.3", "feat: x", Some("v1.3.0"));
        check("", "1.2.3", "feature: x", Some("v1.3.0"));
        check("", "1.2.3", "docs!: x", Some("v2.0.0"));
        check("", "1.2.3", "docs: x\n\nBREAKING CHANGE: y", Some("v2.0.0"));
        check("", "1.2.3", "docs: x\n\ntext\nfix(a): y", Some("v1.2.4"));
        check("", "1.2.3", "refactor(a(b)c): x", Some("v1.2.4"));
        check("", "1.2.3", "docs: x", None);
        check("", "1.2.3", "* feat: x", None);
        check("", "0.2.3", "feat!: x", Some("v1.0.0"));
        check("major_version_zero = true", "0.2.3", "feat!: x", Some("v0.3.0"));
        let own = "name = 'cz_customize'\n[tool.commitizen.customize]\nbump_pattern = '^(new|bug)'\nbump_map = {new = 'MINOR', bug = 'PATCH'}";
        check(own, "1.2.3", "new thing", Some("v1.3.0"));
    }

    #[test]
    fn a_release_without_its_tag_is_counted_on_from() {
        let messages = ["feat: a", "bump: version 1.2.3 → 1.3.0", "fix: b"];
        let plan = planned("", "1.2.3", &messages);
        let entry = &plan.releases[0].entry.as_ref().unwrap().markdown;
        assert_eq!(entry, "## v1.3.1 (2024-01-02)\n\n### Fix\n\n- b\n");
        let own = planned(
            "bump_message = 'release $new_version [skip ci]'",
            "1.2.3",
            &["feat: a", "release 1.3.0 [skip ci]"],
        );
        assert!(own.releases.is_empty(), "{own:?}");
        // The last release's own commit is none after it.
        let plan = planned("", "1.2.3", &["feat: a", "bump: version 1.2.2 → 1.2.3", "fix: b"]);
        assert_eq!(plan.releases[0].tag, "v1.3.0");
        let plan = planned("", "1.2.3", &["feat: a", "bump: version to come", "fix: b"]);
        assert_eq!(plan.releases[0].tag, "v1.3.0");
    }

    #[test]
    fn earlier_versions_read_other_words() {
        let check = |date: &str, line: &str, expected: Option<&str>| {
            assert_eq!(keyword(line, Age::of(date)), expected, "{date} {line:?}");
        };
        check("2023-05-01", "features are fine", Some("feat"));
        check("2023-05-01", "feat(a)!: x (b)", Some("feat(a)!: x (b)"));
        check("2023-05-01", "fix!: x", Some("fix!"));
        check("2023-05-01", "docs!: x", None);
        check("2023-05-02", "features are fine", None);
        check("2023-05-02", "docs!: x", Some("docs!"));
        check("2023-05-02", "docs(a)!: x", None);
        check("2023-05-02", "feat(a)!: x (b)", Some("feat(a)!"));
        check("2023-10-15", "docs(a)!: x", Some("docs(a)!"));
        let messages = ["feat: a", "fix: b\n\ndocs!: c", "build: d\n\nBREAKING CHANGE: e"];
        let entry = |date: &str| {
            let files = Files::of([("pyproject.toml", "[tool.commitizen]\ntag_format = 'v$version'\n")]);
            let commits = messages.map(|message| Commit { message: message.into(), ..Commit::default() }).to_vec();
            let history = History { commits, complete: true, ..History::default() };
            let plan = testing::planned(plan, &files, &history, date, Some("1.2.3"));
            plan.releases[0].entry.as_ref().unwrap().markdown.clone()
        };
        assert_eq!(entry("2022-08-14"), "## v2.0.0 (2022-08-14)\n\n### Fix\n\n- b\n\n### Feat\n\n- a\n");
        let listed = |date: &str| {
            let commit = |message: &str, side: bool, parents: u32| Commit {
                message: message.into(),
                parents,
                first_parent: Some(!side),
                ..Commit::default()
            };
            let commits = [commit("a", true, 1), commit("b", false, 1), commit("c", true, 1), commit("d", false, 2)];
            super::listed(&commits, date).iter().map(|commit| commit.message.as_str()).collect::<String>()
        };
        assert_eq!(listed("2023-04-23"), "dcba");
        assert_eq!(listed("2023-04-24"), "dcab");
        assert_eq!(entry("2022-08-15"), "## v2.0.0 (2022-08-15)\n\n### Feat\n\n- a\n\n### Fix\n\n- b\n");
    }

    #[test]
    fn the_entry_is_the_template() {
        let messages = ["fix(core): a", "feat: b (#1)\n\nBREAKING CHANGE: c\nd", "docs: e", "feat: f", "docs!: g"];
        let expected = "## v2.0.0 (2024-01-02)\n\n### BREAKING CHANGE\n\n- c\nd\n\n### Feat\n\n- f\n- b (#1)\n\n### Fix\n\n- **core**: a\n";
        let plan = planned("", "1.2.3", &messages[..4]);
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
        let plan = planned("", "1.2.3", &messages[4..]);
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, "## v2.0.0 (2024-01-02)\n\n\n- g\n");
    }

    #[test]
    fn below_one_a_map_that_was_not_made_for_it_is_lowered() {
        let own = "major_version_zero = true\nname = 'cz_customize'\n[tool.commitizen.customize]\nbump_pattern = '^(new|feat)'\nbump_map = {new = 'MAJOR'}";
        check(own, "0.2.3", "new thing", Some("v0.3.0"));
        check(own, "0.2.3", "feat: x", None);
        let zero = format!("{own}\nbump_map_major_version_zero = {{new = 'MAJOR'}}");
        check(&zero, "0.2.3", "new thing", Some("v1.0.0"));
    }

    #[test]
    fn rules_of_ones_own_list_commits_their_way() {
        let config = |parser: &str| {
            format!(
                "name = 'cz_customize'\n[tool.commitizen.customize]\nbump_pattern = '^(add|fix)'\nbump_map = {{add = 'MINOR', fix = 'PATCH'}}\n{parser}"
            )
        };
        let entry = |config: &str, messages: &[&str]| {
            planned(config, "1.2.3", messages).releases[0].entry.clone().unwrap().markdown
        };
        // Without a parser every subject is a line, and so is every paragraph of its body.
        let all = entry(&config(""), &["add x", "other\n\nbody"]);
        assert_eq!(all, "## v1.3.0 (2024-01-02)\n\n\n- other\n- body\n- add x\n");
        let parser = "commit_parser = '^(?P<change_type>add|fix)(\\((?P<scope>[^)]+)\\))?: (?P<message>.*)'\n\
            changelog_pattern = '^(add|fix)'\nchange_type_map = {add = 'New', fix = 'Mended'}\nchange_type_order = ['Mended', 'New']";
        let own = entry(&config(parser), &["add: x", "fix(a): y\n\nadd: z", "docs: no"]);
        assert_eq!(own, "## v1.3.0 (2024-01-02)\n\n### Mended\n\n- **a**: y\n\n### New\n\n- z\n- x\n");
    }

    #[test]
    fn versions_of_both_schemes_are_read() {
        let read = |text: &str| lenient(text).map(|version| version.to_string());
        for (text, expected) in [
            ("1.2", "1.2.0"),
            ("1.2.0rc1", "1.2.0-rc.1"),
            ("1.2.0-rc1", "1.2.0-rc1"),
            ("1.2.0a0", "1.2.0-alpha.0"),
            ("1.2.0-beta.3", "1.2.0-beta.3"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
        for text in ["1.2.3.4", "1.2.0.post1", "1.2.0.dev3", "x", "", "1.2.0rc", "18446744073709551616.0.0"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_template_of_ones_own_is_filled() {
        let config =
            "[tool.commitizen]\nversion = '1.2.3'\ntemplate = './t/log.j2'\n[tool.commitizen.extras]\nname = 'W'\n";
        let template = "{% for entry in tree %}\n\n# {{ name }} {{ entry.version }} {{ entry.date }}\n{% for key, changes in entry.changes.items() %}\n\
            {{ key }}:\n{% for change in changes %}\n{{ change.message }}{{ change.scope or '' }} {{ change.sha1[:3] }}\n{% endfor %}\n{% endfor %}\n{% endfor %}\n";
        let of = |template: &str| {
            let files = [("pyproject.toml", config), ("t/log.j2", template)];
            crate::tool::testing::plan(&Commitizen, &files, &["1.2.3"], &["feat(x): add y", "fix: mend"])
        };
        let plan = of(template);
        let markdown = &plan.releases[0].entry.as_ref().unwrap().markdown;
        assert_eq!(markdown, "# W 1.3.0 2026-06-01\nFeat:\nadd yx 000\nFix:\nmend 000\n");
        assert_eq!(of("{{ tree[0].changes.Feat[0].author }}").notes[0].id, "tool_template_unknown");
        assert_eq!(of("{% if change.breaking %}{% endif %}").notes[0].id, "tool_template_unknown");
    }
}

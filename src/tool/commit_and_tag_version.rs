//! commit-and-tag-version (13.2) and standard-version (9.5), which it continues: `lib/lifecycles/bump.js`,
//! `lib/lifecycles/changelog.js`, `defaults.js`, `lib/configuration.js`.

use super::conventional_changelog::run;
use super::conventional_changelog::{Context, Preset, Spacing, Writer, WriterOptions};
use super::semantic_release::analysis::{self, Remote};
use super::semantic_release::config;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::pull_request::Repository;
use crate::reading::conventional_commits_parser::Parser;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::Version;
use serde_json::{Map, Value};

/// commit-and-tag-version and standard-version.
#[derive(Clone, Copy, Debug)]
pub struct CommitAndTagVersion;

/// Where the configuration may stand; those that are code cannot be read here.
const FILES: [&str; 6] =
    ["package.json", ".versionrc", ".versionrc.json", ".versionrc.js", ".versionrc.cjs", ".versionrc.mjs"];
/// The names of the command and of the key in `package.json`.
const NAMES: [&str; 2] = ["commit-and-tag-version", "standard-version"];

impl Tool for CommitAndTagVersion {
    fn id(&self) -> &'static str {
        "commit-and-tag-version"
    }
    fn name(&self) -> &'static str {
        "commit-and-tag-version"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let found = |path: &str, evidence: String| Some(Recognition { path: path.to_owned(), evidence });
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        if let Some((name, _)) = script(&package) {
            return found("package.json", format!("scripts.{name}"));
        }
        if let Some(path) = FILES.iter().skip(1).find(|path| files.text(path).is_some()) {
            return found(path, String::new());
        }
        let name = NAMES.iter().find(|name| package.get(**name).is_some_and(Value::is_object))?;
        found("package.json", (*name).to_owned())
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over, "");
        let versions = tags.iter().filter_map(|tag| Some((tag, settings.pattern.version(&tag.name)?)));
        versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The script that runs the tool, and its command with what follows it.
fn script(package: &Value) -> Option<(&str, &str)> {
    let scripts = package.get("scripts")?.as_object()?;
    scripts.iter().find_map(|(name, command)| {
        let command = command.as_str()?;
        let at = NAMES.iter().find_map(|tool| command.find(tool))?;
        Some((name.as_str(), command.get(at..)?.split("&&").next().unwrap_or_default()))
    })
}

struct Settings {
    pattern: TagPattern,
    preset: Preset,
    parser: Parser,
    /// Whether the entry has the form of the angular preset of before 2019, and with it anchors.
    anchors: bool,
    /// Breaking changes below 1.0.0 are minor ones, and the others patches.
    pre_major: bool,
    /// `--release-as`, as a bump or a version.
    release_as: Option<String>,
    prerelease: Option<String>,
    remote: Option<Remote>,
    writer: Writer,
    notes: Vec<Text>,
}

impl Settings {
    fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        let mut notes = Vec::new();
        let mut own = Map::new();
        for name in NAMES {
            own.extend(package.get(name).and_then(Value::as_object).cloned().unwrap_or_default());
        }
        for path in FILES.iter().skip(1).filter(|path| files.text(path).is_some()) {
            if path.ends_with("js") {
                notes.push(Text::new("tool_config_is_code", [path]));
            } else if let Ok(Some(Value::Object(table))) = files.value(path) {
                own.extend(table);
            }
        }
        let command = script(&package).map(|(_, command)| command).unwrap_or_default();
        let words: Vec<&str> = command.split([' ', '=']).filter(|word| !word.is_empty()).collect();
        let flag = |names: &[&str], key: &str| {
            let at = words.iter().position(|word| names.contains(word));
            let given = at.and_then(|at| words.get(at + 1)).filter(|value| !value.starts_with('-'));
            match (at, given, own.get(key)) {
                (_, Some(value), _) => Some((*value).to_owned()),
                (Some(_), None, _) | (None, None, Some(Value::Bool(true))) => Some(String::new()),
                (None, None, Some(Value::String(value))) => Some(value.clone()),
                _ => None,
            }
        };
        let release_as = flag(&["--release-as", "-r"], "releaseAs").filter(|value| !value.is_empty());
        let prerelease = flag(&["--prerelease", "-p"], "prerelease");
        let prefix = flag(&["--tag-prefix", "-t"], "tagPrefix").unwrap_or_else(|| "v".to_owned());
        let pattern = over.and_then(|over| TagPattern::parse(over, "{version}"));
        // Before its sixth version, of May 2019, the tool took the angular preset, which until that March printed
        // anchors and short hashes.
        let angular = !date.is_empty() && date < "2019-05-05";
        let anchors = angular && date < "2019-03-10";
        let named = match own.get("preset") {
            Some(Value::String(name)) => name.clone(),
            Some(Value::Object(preset)) => preset.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ if angular => "angular".to_owned(),
            _ => "conventionalcommits".to_owned(),
        };
        let named = named.strip_prefix("conventional-changelog-").unwrap_or(&named).to_owned();
        let keys = ["types", "issueUrlFormat", "commitUrlFormat", "compareUrlFormat", "userUrlFormat", "issuePrefixes"];
        let mut preset_config: Map<String, Value> = own
            .iter()
            .filter(|(key, _)| keys.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if let Some(Value::Object(preset)) = own.get("preset") {
            preset_config.extend(preset.clone().into_iter().filter(|(key, _)| keys.contains(&key.as_str())));
        }
        let options: Map<String, Value> =
            [("preset".to_owned(), named.into()), ("presetConfig".to_owned(), Value::Object(preset_config))]
                .into_iter()
                .collect();
        let spacing = spacing(&package, command);
        let (preset, parser) = config::preset(&options, spacing, &mut notes);
        Self {
            pattern: pattern.unwrap_or_else(|| TagPattern::new(&prefix, "")),
            preset,
            parser: Parser::new(parser),
            anchors,
            pre_major: !angular,
            release_as,
            prerelease,
            remote: remote(&package),
            // standard-version and every version up to 12 hold conventional-changelog-writer 4 to 6; 5 came in 2021.
            writer: match spacing {
                Spacing::Single => Writer::Eight,
                _ if !date.is_empty() && date < "2021-09-01" => Writer::Four,
                _ => Writer::Five,
            },
            notes,
        }
    }
}

/// How the preset that comes with the tool sets its lines apart: standard-version and every commit-and-tag-version
/// before 12 have 4.6 of it, 12 has 6.1, 13 has 10.
fn spacing(package: &Value, command: &str) -> Spacing {
    let depended =
        ["devDependencies", "dependencies"].iter().find_map(|key| package.get(*key)?.get(NAMES[0])?.as_str());
    let major = depended.and_then(|range| {
        range.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').next()?.parse::<u32>().ok()
    });
    match major {
        Some(13..) => Spacing::Single,
        Some(12) => Spacing::Double,
        None if command.contains(NAMES[0]) => Spacing::Single,
        _ => Spacing::DoubleWithPatchHeading,
    }
}

/// The repository that `package.json` names.
fn remote(package: &Value) -> Option<Remote> {
    let repository = package.get("repository")?;
    let url = repository.as_str().or_else(|| repository.get("url").and_then(Value::as_str))?;
    let url = url.strip_prefix("git+").unwrap_or(url);
    if url.contains("://") {
        let url = url
            .strip_prefix("git://")
            .or_else(|| url.strip_prefix("ssh://git@"))
            .map_or_else(|| url.to_owned(), |rest| format!("https://{rest}"));
        return Remote::parse(&url);
    }
    if url.starts_with("git@") {
        return Remote::parse(url);
    }
    let (host, slug) = match url.split_once(':') {
        Some(("github", slug)) => ("github.com", slug),
        Some(("gitlab", slug)) => ("gitlab.com", slug),
        Some(("bitbucket", slug)) => ("bitbucket.org", slug),
        Some(_) => return None,
        None => ("github.com", url),
    };
    slug.contains('/').then(|| Remote::parse(&format!("https://{host}/{slug}"))).flatten()
}

fn own_remote(repository: &Repository) -> Remote {
    Remote::parse(&repository.url()).unwrap_or_default()
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern, facts.date);
    let mut plan = Plan { notes: settings.notes.clone(), ..Plan::default() };
    let tag = CommitAndTagVersion.last_release(facts.files, facts.branch, &facts.history.tags, facts.tag_pattern);
    let (previous, from, commits) = if let Some(last) = facts.last {
        (last.version.clone(), last.tag.clone(), facts.history.commits.as_slice())
    } else {
        // The version that is bumped is the package's own; the tag only says since when commits count.
        let package = facts.files.value("package.json").ok().flatten().unwrap_or_default();
        let version = package.get("version").and_then(Value::as_str).and_then(|version| Version::parse(version).ok());
        let tagged = tag.and_then(|tag| settings.pattern.version(&tag.name));
        let commits = tag.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
        (version.or(tagged), tag.map(|tag| tag.name.clone()).unwrap_or_default(), commits)
    };
    let first = facts.history.commits.len() - commits.len();
    let newest: Vec<(usize, &str, &str)> = commits
        .iter()
        .enumerate()
        .rev()
        .map(|(at, commit)| {
            let hash = if settings.anchors { commit.sha.get(..7).unwrap_or(&commit.sha) } else { &commit.sha };
            (first + at, hash, commit.message.as_str())
        })
        .collect();
    let read = match run::read(&settings.parser, &newest) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
            return plan;
        }
    };
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let mut level = Bump::None;
    let mut reasons = Vec::new();
    for commit in &read {
        let kind = commit.read.part("type").unwrap_or_default();
        let (bump, rule) = if commit.read.notes.is_empty() {
            match kind {
                "feat" | "feature" => (Bump::Minor, Text::new("tool_catv_feature", [kind])),
                _ => (Bump::Patch, Text::new("tool_catv_at_least_patch", [])),
            }
        } else {
            (Bump::Major, Text::new("tool_catv_breaking", []))
        };
        plan.readings.push(CommitReading { commit: commit.place, bump, rule: Some(rule.clone()) });
        reasons.push(Reason { commit: Some(commit.place), bump, rule });
        level = level.max(bump);
    }
    plan.readings.sort_by_key(|reading| reading.commit);
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    // No commits at all still release a patch.
    let mut bump = level.max(Bump::Patch);
    if settings.pre_major && current.major == 0 {
        bump = match bump {
            Bump::Major => Bump::Minor,
            _ => Bump::Patch,
        };
    }
    let mut next = increment(&current, bump);
    if let Some(asked) = &settings.release_as {
        let named = [Bump::Major, Bump::Minor, Bump::Patch].into_iter().find(|bump| bump.name() == asked);
        next = named.map_or_else(|| Version::parse(asked).ok(), |bump| increment(&current, bump));
        bump = named.unwrap_or(bump);
        reasons.insert(0, Reason { commit: None, bump, rule: Text::new("tool_catv_release_as", [asked]) });
    }
    if let Some(token) = &settings.prerelease {
        next = prerelease(&current, bump, token);
    }
    let Some(next) = next else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    let tag = settings.pattern.tag(&next);
    let remote = settings.remote.clone().unwrap_or_else(|| own_remote(facts.repository));
    let context = Context {
        version: next.to_string(),
        patch: next.patch != 0,
        link_compare: !from.is_empty() && !remote.repository.is_empty(),
        previous_tag: from,
        current_tag: tag.clone(),
        date: facts.date.to_owned(),
        ..remote.context()
    };
    let writer = WriterOptions { writer: settings.writer, ..WriterOptions::default() };
    let mut markdown = analysis::notes(&settings.preset, &writer, &context, &read);
    if settings.anchors {
        markdown = format!("<a name=\"{next}\"></a>\n{markdown}");
    }
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous,
        bump,
        next,
        tag,
        reasons,
        entry: Some(Entry { markdown }),
    });
    plan
}

/// `getReleaseType` with `--prerelease`: a pre-release goes on where it is already one of at least this bump.
fn prerelease(current: &Version, bump: Bump, token: &str) -> Option<Version> {
    let name = |number: u64| if token.is_empty() { number.to_string() } else { format!("{token}.{number}") };
    let (known, number) = match current.pre.rsplit_once('.') {
        Some((known, number)) => (known, number.parse::<u64>().ok()),
        None => ("", current.pre.parse::<u64>().ok()),
    };
    let kind = match (current.minor, current.patch) {
        (0, 0) => Bump::Major,
        (_, 0) => Bump::Minor,
        _ => Bump::Patch,
    };
    let (base, number) = if current.pre.is_empty() || bump > kind {
        let full = Version::new(current.major, current.minor, current.patch);
        (increment(&full, bump)?, 0)
    } else {
        let goes_on = number.filter(|_| known == token).map_or(Some(0), |number| number.checked_add(1))?;
        (Version::new(current.major, current.minor, current.patch), goes_on)
    };
    Some(Version { pre: semver::Prerelease::new(&name(number)).ok()?, ..base })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Commit, History};
    use crate::tool::Last;

    fn planned(package: &str, previous: &str, messages: &[&str]) -> Plan {
        let files = Files::of([("package.json", package)]);
        let commit =
            |message: &&str| Commit { sha: "0123456789abcdef".into(), message: (*message).into(), ..Commit::default() };
        let history = History { commits: messages.iter().map(commit).collect(), complete: true, ..History::default() };
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
            date: "2024-01-02",
            tag_pattern: None,
            last: Some(&last),
        })
    }

    #[track_caller]
    fn check(command: &str, previous: &str, message: &str, expected: &str) {
        let package = format!(r#"{{"scripts": {{"release": "standard-version {command}"}}}}"#);
        assert_eq!(planned(&package, previous, &[message]).releases[0].next.to_string(), expected);
    }

    #[test]
    fn bumps_like_the_tool() {
        check("", "1.2.3", "feat: x", "1.3.0");
        check("", "1.2.3", "feat!: x", "2.0.0");
        check("", "1.2.3", "chore: x", "1.2.4");
        check("", "1.2.3", "no type", "1.2.4");
        check("", "0.2.3", "feat!: x", "0.3.0");
        check("", "0.2.3", "feat: x", "0.2.4");
        check("--release-as minor", "1.2.3", "fix: x", "1.3.0");
        check("--prerelease beta", "1.2.3", "feat: x", "1.3.0-beta.0");
        check("--prerelease beta", "1.3.0-beta.0", "feat: x", "1.3.0-beta.1");
        check("--prerelease beta", "1.3.0-beta.0", "feat!: x", "2.0.0-beta.0");
    }

    #[test]
    fn the_entry_is_the_presets() {
        let package = r#"{"repository": "acme/gadgets", "scripts": {"release": "standard-version"}}"#;
        let plan = planned(package, "1.2.3", &["fix(core): a (#1)"]);
        let expected = "### [1.2.4](https://github.com/acme/gadgets/compare/v1.2.3...v1.2.4) (2024-01-02)\n\n\n### Bug Fixes\n\n\
            * **core:** a ([#1](https://github.com/acme/gadgets/issues/1)) ([0123456](https://github.com/acme/gadgets/commit/0123456789abcdef))\n";
        assert_eq!(plan.releases[0].entry.as_ref().unwrap().markdown, expected);
    }

    #[test]
    fn a_dependency_alone_does_not_release() {
        let recognised = |path: &str, text: &str| CommitAndTagVersion.recognise(&Files::of([(path, text)])).is_some();
        assert!(recognised("package.json", r#"{"scripts": {"release": "npx commit-and-tag-version && git push"}}"#));
        assert!(recognised(".versionrc", "{}"));
        assert!(!recognised("package.json", r#"{"devDependencies": {"standard-version": "9"}}"#));
    }
}

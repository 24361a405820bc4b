//! commit-and-tag-version (13.2) and standard-version (9.5), which it continues: `lib/lifecycles/bump.js`,
//! `lib/lifecycles/changelog.js`, `defaults.js`, `lib/configuration.js`.

mod package_file;

use super::conventional_changelog::run;
use super::conventional_changelog::{Context, Generation, Preset, Writer, WriterOptions};
use super::semantic_release::analysis::Remote;
use super::semantic_release::config;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::javascript::{code_beside, exported, has_code};
use crate::pull_request::Repository;
use crate::reading::conventional_commits_parser::{Edition, Parser, unreverted, unreverted_before_five};
use crate::text::Text;
use crate::version::{TagPattern, increment};
use package_file::Found;
use semver::Version;
use serde_json::{Map, Value, json};

/// commit-and-tag-version and standard-version.
#[derive(Clone, Copy, Debug)]
pub struct CommitAndTagVersion;

/// Where the configuration may stand, in the order in which it is looked for.
const FILES: [&str; 6] =
    ["package.json", ".versionrc", ".versionrc.cjs", ".versionrc.mjs", ".versionrc.json", ".versionrc.js"];
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
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let wanted = Settings::read(files, None, "").package_paths();
        tree.iter().filter(|path| wanted.contains(path)).cloned().collect()
    }
    #[cfg(feature = "more")]
    fn package_globs(&self, files: &Files) -> Vec<String> {
        Settings::read(files, None, "").package_paths()
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The script that runs the tool, and its command with what follows it: of several the one that leaves most to the tool.
fn script(package: &Value) -> Option<(&str, &str)> {
    let scripts = package.get("scripts")?.as_object()?;
    let called = scripts.iter().filter_map(|(name, command)| {
        let command = command.as_str()?;
        let at = NAMES.iter().find_map(|tool| command.find(tool))?;
        Some((name.as_str(), command.get(at..)?.split(['&', '|', ';']).next().unwrap_or_default()))
    });
    let told = |command: &str| {
        let words = command.split([' ', '=']);
        words
            .filter(|word| ["--release-as", "-r", "--prerelease", "-p", "--first-release", "--dry-run"].contains(word))
            .count()
    };
    called.min_by_key(|(_, command)| told(command))
}

struct Settings {
    pattern: TagPattern,
    preset: Preset,
    parser: Parser,
    /// Whether the entry has the form of the angular preset of before February 2019, with anchors.
    anchors: bool,
    /// Whether links hold the short hash.
    short: bool,
    /// Breaking changes below 1.0.0 are minor ones, and the others patches.
    pre_major: bool,
    /// `preMajor`: so they are above.
    always_pre_major: bool,
    /// `--release-as`, as a bump or a version.
    release_as: Option<String>,
    prerelease: Option<String>,
    remote: Option<Remote>,
    writer: WriterOptions,
    /// `packageFiles`, as configured.
    package_files: Option<Value>,
    /// `gitTagFallback`: where no file tells the version, the tags do.
    asks_tags: bool,
    /// Which of the two tools it is, and its major version.
    edition: (bool, u32),
    notes: Vec<Text>,
}

/// Where the version stands: code in it is named where it would run (`package_file`).
const PACKAGE_FILES: &str = "packageFiles";

/// The options that change neither version nor entry, and that one.
const UNSEEN: [&str; 7] =
    ["bumpFiles", "header", "infile", PACKAGE_FILES, "releaseCommitMessageFormat", "scripts", "sign"];

/// What is configured, the places that win first (`command.js`): the keys of `package.json`, then the first file there is.
fn configured(package: &Value, files: &Files, notes: &mut Vec<Text>) -> Map<String, Value> {
    let mut own = Map::new();
    let mut lay = |table: Map<String, Value>| {
        for (key, value) in table {
            own.entry(key).or_insert(value);
        }
    };
    for name in NAMES.iter().rev() {
        lay(package.get(*name).and_then(Value::as_object).cloned().unwrap_or_default());
    }
    let Some(path) = FILES.iter().skip(1).find(|path| files.text(path).is_some()) else { return own };
    let code = path.ends_with("js");
    let value = if code { files.text(path).and_then(exported) } else { files.value(path).ok().flatten() };
    match value {
        Some(Value::Object(table)) => {
            if code && code_beside(&table, &UNSEEN) {
                notes.push(Text::new("tool_config_is_code", [*path]));
            }
            lay(table.into_iter().filter(|(key, value)| key == PACKAGE_FILES || !has_code(value)).collect());
        }
        _ => notes.push(Text::new("tool_config_is_code", [*path])),
    }
    own
}

/// Which of the two tools releases, and its major version: what the package asks for, else the newest of the day.
fn edition(package: &Value, command: &str, date: &str) -> (bool, u32) {
    let depended =
        |name: &str| ["devDependencies", "dependencies"].iter().find_map(|key| package.get(*key)?.get(name)?.as_str());
    let major =
        |range: &str| range.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').next()?.parse::<u32>().ok();
    let [continued, first] = NAMES;
    if let Some(major) = depended(continued).and_then(major) {
        return (true, major);
    }
    if let Some(major) = depended(first).and_then(major) {
        return (false, major);
    }
    if command.contains(continued) {
        // The days of 11.0, 12.0 and 13.0, the first with other presets than those before.
        return (
            true,
            match date {
                "" => 13,
                date if date < "2023-06-17" => 10,
                date if date < "2023-11-01" => 11,
                date if date < "2026-07-09" => 12,
                _ => 13,
            },
        );
    }
    (
        false,
        match date {
            "" => 9,
            date if date < "2019-02-14" => 4,
            date if date < "2019-05-05" => 5,
            date if date < "2019-07-30" => 6,
            _ => 9,
        },
    )
}

/// The types that are printed unless others are configured (`conventional-changelog-config-spec` 1.0.0 and 2.1.0, which
/// is laid over the preset's own list).
fn types(edition: (bool, u32)) -> Value {
    let kind = |name: &str, section: &str| json!({"type": name, "section": section});
    let hidden = |name: &str| json!({"type": name, "hidden": true});
    let mut types = vec![kind("feat", "Features"), kind("fix", "Bug Fixes")];
    if edition == (false, 6) {
        types.extend([kind("test", "Tests"), kind("build", "Build System"), hidden("ci")]);
    } else {
        types.extend(["chore", "docs", "style", "refactor", "perf", "test"].map(hidden));
    }
    Value::Array(types)
}

/// `preset-loader.js` of version 13: the types as version 10 of the preset wants them.
fn with_effects(types: &mut Value) {
    for kind in types.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let hidden = kind.remove("hidden").is_some_and(|hidden| hidden.as_bool() == Some(true));
        kind.entry("effect").or_insert_with(|| if hidden { "hidden" } else { "bump" }.into());
    }
}

impl Settings {
    fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        let mut notes = Vec::new();
        let own = configured(&package, files, &mut notes);
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
        // A configured `true` is no name, and only names are heeded (`isString` in `bump.js`).
        let is_given = words.iter().any(|word| ["--prerelease", "-p"].contains(word));
        let is_named = is_given || own.get("prerelease").is_some_and(Value::is_string);
        let prerelease = flag(&["--prerelease", "-p"], "prerelease").filter(|_| is_named);
        let prefix = flag(&["--tag-prefix", "-t"], "tagPrefix").unwrap_or_else(|| "v".to_owned());
        let pattern = over.and_then(|over| TagPattern::parse(over, "{version}"));
        let edition = edition(&package, command, date);
        let thirteen = edition.0 && edition.1 >= 13;
        let generation = match edition {
            (false, _) | (true, ..=10) => Generation::Four,
            (true, 11..=12) => Generation::Six,
            _ => Generation::Ten,
        };
        // Before its sixth version the tool took the angular preset.
        let angular = !edition.0 && edition.1 < 6;
        let keys = ["types", "issueUrlFormat", "commitUrlFormat", "compareUrlFormat", "userUrlFormat", "issuePrefixes"];
        let of = |table: &Map<String, Value>| -> Map<String, Value> {
            let known = table.iter().filter(|(key, _)| keys.contains(&key.as_str()));
            known.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let bare = |name: &str| name.strip_prefix("conventional-changelog-").unwrap_or(name).to_owned();
        // The configuration belongs to the default preset, or stands in an object with the preset's name.
        let (named, mut preset_config, pre_major) = match own.get("preset").or(own.get("p")) {
            // A name stands for the preset alone, also that of the default one: up to version 12 the tool compares it
            // with a path (`preset-loader.js`).
            Some(Value::String(name)) if !(thirteen && name == "conventional-changelog-conventionalcommits") => {
                (bare(name), Map::new(), false)
            }
            Some(Value::Object(preset)) => {
                let name = preset.get("name").and_then(Value::as_str).unwrap_or_default();
                (bare(name), of(preset), true)
            }
            _ if angular => ("angular".to_owned(), Map::new(), false),
            _ => {
                let mut config = of(&own);
                config.entry("types").or_insert_with(|| types(edition));
                ("conventionalcommits".to_owned(), config, true)
            }
        };
        let holder = own.get("preset").or(own.get("p")).and_then(Value::as_object).unwrap_or(&own);
        let always_pre_major = pre_major && holder.get("preMajor").and_then(Value::as_bool) == Some(true);
        if thirteen && let Some(types) = preset_config.get_mut("types") {
            with_effects(types);
        }
        let mut options: Map<String, Value> =
            [("preset".to_owned(), named.into()), ("presetConfig".to_owned(), Value::Object(preset_config))]
                .into_iter()
                .collect();
        for key in ["parserOpts", "writerOpts"].into_iter().filter(|_| edition.0) {
            options.extend(own.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        let (mut preset, mut parser) = config::preset(&options, generation, &mut notes);
        if let Preset::ConventionalCommits(config) = &mut preset {
            config.templates = thirteen;
        }
        parser.edition = if thirteen { Edition::Seven } else { Edition::Five };
        run::older(&mut parser, &preset, date);
        let mut writer = config::writer_options(&options, &mut notes);
        writer.links_in_code = !thirteen;
        // standard-version and every version up to 12 hold conventional-changelog-writer 4 to 6; 5 came in 2021.
        writer.writer = if thirteen { Writer::Nine } else { run::on_node(run::older_writer(date), &package) };
        if matches!(preset, Preset::ConventionalCommits(_)) {
            // conventionalcommits 4.2.0 (2019-10-02) was the first to print the sections by what they are worth, and
            // 4.0.0 the first to begin with what breaks; standard-version 6 holds ^3.0.2.
            writer.groups_by_title |= !date.is_empty() && date < "2019-10-02";
            writer.notes_last = edition == (false, 6);
        }
        Self {
            pattern: pattern.unwrap_or_else(|| TagPattern::new(&prefix, "")),
            preset,
            parser: Parser::new(parser),
            anchors: !edition.0 && edition.1 < 5,
            short: run::has_short_hashes(date),
            pre_major,
            always_pre_major,
            release_as,
            prerelease,
            remote: remote(&package),
            writer,
            package_files: package_files(&words).or_else(|| own.get(PACKAGE_FILES).cloned()),
            asks_tags: !is_denied(&words, "git-tag-fallback", "gitTagFallback")
                && own.get("gitTagFallback").and_then(Value::as_bool) != Some(false),
            edition,
            notes,
        }
    }

    /// The files that may tell the version.
    fn package_paths(&self) -> Vec<String> {
        package_file::paths(self.package_files.as_ref(), self.edition)
    }
}

/// `--packageFiles a b --packageFiles c`, as a list.
fn package_files(words: &[&str]) -> Option<Value> {
    let mut files = Vec::new();
    let mut taken = false;
    for word in words {
        match *word {
            "--packageFiles" | "--package-files" => taken = true,
            word if word.starts_with('-') => taken = false,
            word if taken => files.push(Value::from(word.trim_matches(['"', '\'']))),
            _ => {}
        }
    }
    (!files.is_empty()).then_some(Value::Array(files))
}

/// `--no-flag`, `--flag=false` of a flag in either spelling.
fn is_denied(words: &[&str], dashed: &str, camel: &str) -> bool {
    let of = |word: &str, prefix: &str| word.strip_prefix(prefix).is_some_and(|name| name == dashed || name == camel);
    let mut pairs = words.iter().zip(words.iter().skip(1));
    words.iter().any(|word| of(word, "--no-")) || pairs.any(|(word, value)| of(word, "--") && *value == "false")
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
        let tagged = tag.and_then(|tag| settings.pattern.version(&tag.name));
        let found = package_file::version(facts.files, settings.package_files.as_ref(), settings.edition);
        let stops = match &found {
            Found::Stops(why) => Some(Text::new("tool_failed", [why])),
            Found::Nothing if !settings.asks_tags => Some(Text::new("tool_failed", ["no package file found"])),
            Found::Unknown(note) if tagged.is_none() => Some(note.clone()),
            _ => None,
        };
        if stops.is_some() {
            plan.nothing = stops;
            return plan;
        }
        let version = match found {
            Found::Version(version) => Some(version),
            Found::Unknown(note) => {
                plan.notes.push(note);
                None
            }
            Found::Nothing | Found::Stops(_) => None,
        };
        let commits = tag.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
        (version.or(tagged), tag.map(|tag| tag.name.clone()).unwrap_or_default(), commits)
    };
    let first = facts.history.commits.len() - commits.len();
    let newest: Vec<(usize, &str, &str)> = commits
        .iter()
        .enumerate()
        .rev()
        .map(|(at, commit)| {
            let hash = if settings.short { commit.sha.get(..7).unwrap_or(&commit.sha) } else { &commit.sha };
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
    // Without a file and a tag the tool goes on from 1.0.0 (`latest-semver-tag.js`).
    let current = previous.clone().unwrap_or(Version::new(u64::from(facts.last.is_none()), 0, 0));
    let mut level = Bump::None;
    let mut reasons = Vec::new();
    let stays = if settings.writer.writer == Writer::Nine { unreverted(&read) } else { unreverted_before_five(&read) };
    let alias = matches!(settings.preset, Preset::ConventionalCommits(_));
    for (commit, stays) in read.iter().zip(stays) {
        let kind = commit.read.part("type").unwrap_or_default();
        let (bump, rule) = if !stays {
            (Bump::None, Text::new("tool_recommended_reverted", []))
        } else if commit.read.notes.is_empty() {
            match kind {
                "feature" if !alias => (Bump::Patch, Text::new("tool_catv_at_least_patch", [])),
                "feat" | "feature" => (Bump::Minor, Text::new("tool_catv_feature", [kind])),
                _ => (Bump::Patch, Text::new("tool_catv_at_least_patch", [])),
            }
        } else {
            (Bump::Major, Text::new("tool_catv_breaking", []))
        };
        plan.readings.push(CommitReading { commit: commit.place, bump, rule: Some(rule.clone()) });
        if bump > Bump::None {
            reasons.push(Reason { commit: Some(commit.place), bump, rule });
        }
        level = level.max(bump);
    }
    plan.readings.sort_by_key(|reading| reading.commit);
    Reason::weightiest_first(&mut reasons);
    // No commits at all still release a patch.
    let mut bump = level.max(Bump::Patch);
    if (settings.pre_major && current.major == 0) || settings.always_pre_major {
        bump = match bump {
            Bump::Major => Bump::Minor,
            _ => Bump::Patch,
        };
    }
    let mut next = increment(&current, bump);
    if let Some(asked) = &settings.release_as {
        let named = Bump::named(asked).filter(|bump| *bump > Bump::None);
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
    let mut markdown = run::entry_with(&settings.preset, &settings.writer, &context, &read);
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
pub(super) fn prerelease(current: &Version, bump: Bump, token: &str) -> Option<Version> {
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
    use crate::tool::testing;

    fn planned(package: &str, previous: &str, messages: &[&str]) -> Plan {
        let files = Files::of([("package.json", package)]);
        let commit =
            |message: &&str| Commit { sha: "0123456789abcdef".into(), message: (*message).into(), ..Commit::default() };
        let history = History { commits: messages.iter().map(commit).collect(), complete: true, ..History::default() };
        testing::planned(plan, &files, &history, "2024-01-02", Some(previous))
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
    fn sections_stood_by_their_titles_once() {
        let sections = |date: &str| {
            let package = r#"{"repository": "acme/gadgets", "scripts": {"release": "standard-version"}}"#;
            let commit = |message: &str| Commit { sha: "0123456".into(), message: message.into(), ..Commit::default() };
            let commits = ["fix: a", "test: b", "feat!: c\n\nBREAKING CHANGE: d"].map(commit).to_vec();
            let history = History { commits, complete: true, ..History::default() };
            let plan = testing::planned(plan, &Files::of([("package.json", package)]), &history, date, Some("1.2.3"));
            let entry = plan.releases[0].entry.as_ref().unwrap().markdown.clone();
            let titles: Vec<&str> = entry.lines().filter_map(|line| line.strip_prefix("### ")).collect();
            titles.join(", ")
        };
        assert_eq!(sections("2019-05-06"), "Bug Fixes, Features, Tests, BREAKING CHANGES");
        assert_eq!(sections("2019-07-30"), "⚠ BREAKING CHANGES, Bug Fixes, Features");
        assert_eq!(sections("2019-10-02"), "⚠ BREAKING CHANGES, Features, Bug Fixes");
    }

    #[test]
    fn a_named_preset_stands_alone() {
        let printed = |major: &str, preset: &str| {
            let package = format!(
                r#"{{"version": "0.1.0", "scripts": {{"release": "commit-and-tag-version"}}, "devDependencies": {{"commit-and-tag-version": "^{major}"}}}}"#
            );
            let config = format!(r#"{{"types": [{{"type": "feat", "section": "New"}}]{preset}}}"#);
            let files = [("package.json", package.as_str()), (".versionrc.json", &config)];
            let plan = crate::tool::testing::plan(&CommitAndTagVersion, &files, &["v0.1.0"], &["feat: a"]);
            let release = plan.releases.first().unwrap();
            let heading = release.entry.as_ref().unwrap().markdown.lines().find(|line| line.starts_with("### "));
            format!("{} {}", release.next, heading.unwrap_or_default())
        };
        assert_eq!(printed("12.0.0", ""), "0.1.1 ### New");
        assert_eq!(
            printed("12.0.0", r#", "preset": "conventional-changelog-conventionalcommits""#),
            "0.2.0 ### Features"
        );
        assert_eq!(printed("13.0.0", r#", "preset": "conventional-changelog-conventionalcommits""#), "0.1.1 ### New");
        assert_eq!(printed("13.0.0", r#", "preset": "conventionalcommits""#), "0.2.0 ### Features");
    }

    #[test]
    fn pre_major_and_pre_releases_are_what_the_configuration_says() {
        let next = |config: &str, version: &str, message: &str| {
            let package = format!(
                r#"{{"version": "{version}", "scripts": {{"release": "commit-and-tag-version"}}, "devDependencies": {{"commit-and-tag-version": "^12.0.0"}}}}"#
            );
            let files = [("package.json", package.as_str()), (".versionrc.json", config)];
            let tag = format!("v{version}");
            let plan = crate::tool::testing::plan(&CommitAndTagVersion, &files, &[&tag], &[message]);
            plan.releases[0].next.to_string()
        };
        assert_eq!(next("{}", "1.2.3", "feat!: a"), "2.0.0");
        assert_eq!(next(r#"{"preMajor": true}"#, "1.2.3", "feat!: a"), "1.3.0");
        assert_eq!(
            next(r#"{"preMajor": true, "preset": "angular"}"#, "1.2.3", "feat: a\n\nBREAKING CHANGE: b"),
            "2.0.0"
        );
        assert_eq!(next(r#"{"prerelease": "beta"}"#, "1.2.3", "feat: a"), "1.3.0-beta.0");
        assert_eq!(next(r#"{"prerelease": true}"#, "1.2.3", "feat: a"), "1.3.0");
    }

    #[test]
    fn code_that_changes_nothing_is_not_named() {
        let named = |config: &str| {
            let plan =
                crate::tool::testing::plan(&CommitAndTagVersion, &[(".versionrc.js", config)], &[], &["feat: a"]);
            plan.notes.iter().any(|note| note.id == "tool_config_is_code")
        };
        assert!(!named("module.exports = {bumpFiles: [{filename: 'x', updater: require('./updater')}]}"));
        assert!(named("module.exports = {types: types()}"));
        assert!(named("module.exports = config()"));
    }

    #[test]
    fn the_version_is_that_of_the_package_file() {
        let next = |package: &str, config: &str, tags: &[&str]| {
            let files = [
                ("package.json", package),
                (".versionrc.js", config),
                ("app/pom.xml", "<project><version>2.0.0</version></project>"),
            ];
            let plan = crate::tool::testing::plan(&CommitAndTagVersion, &files, tags, &["feat: a"]);
            let named: Vec<&str> = plan.notes.iter().map(|note| note.id.as_ref()).collect();
            plan.releases.first().map_or_else(
                || plan.nothing.as_ref().map_or_else(String::new, |text| text.id.to_string()),
                |release| format!("{} {}", release.next, named.join(" ")).trim_end().to_owned(),
            )
        };
        let run = r#"{"scripts": {"release": "commit-and-tag-version"}}"#;
        let told = r#"{"scripts": {"release": "commit-and-tag-version --packageFiles app/pom.xml -s"}}"#;
        let pom = "module.exports = {packageFiles: [{filename: 'app/pom.xml', type: 'maven'}]}";
        let code = "module.exports = {packageFiles: [{filename: 'app/pom.xml', updater: require('./updater')}]}";
        assert_eq!(next(run, pom, &["v1.0.0"]), "2.1.0");
        assert_eq!(next(told, "module.exports = {}", &["v1.0.0"]), "2.1.0");
        assert_eq!(next(run, "module.exports = {packageFiles: ['a.json']}", &["v1.0.0"]), "tool_failed");
        assert_eq!(next(run, code, &["v1.0.0"]), "1.1.0 tool_config_is_code");
        assert_eq!(next(run, code, &[]), "tool_config_is_code");
        assert_eq!(next(run, "module.exports = {}", &["v1.0.0"]), "1.1.0");
        assert_eq!(next(run, "module.exports = {gitTagFallback: false}", &["v1.0.0"]), "tool_failed");
        let files = Files::of([("package.json", told)]);
        let tree = ["app/pom.xml", "b/pom.xml"].map(str::to_owned);
        assert_eq!(CommitAndTagVersion.package_files(&files, &tree), ["app/pom.xml"]);
    }

    #[test]
    fn a_dependency_alone_does_not_release() {
        let recognised = |path: &str, text: &str| CommitAndTagVersion.recognise(&Files::of([(path, text)])).is_some();
        assert!(recognised("package.json", r#"{"scripts": {"release": "npx commit-and-tag-version && git push"}}"#));
        assert!(recognised(".versionrc", "{}"));
        assert!(!recognised("package.json", r#"{"devDependencies": {"standard-version": "9"}}"#));
    }
}

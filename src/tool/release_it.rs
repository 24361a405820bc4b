//! release-it with @release-it/conventional-changelog: `index.js` of its 11.0 (conventional-changelog 7,
//! conventional-recommended-bump 11), with `git.tagName` and the configuration's places of release-it 20 (`lib/config.js`).

use super::conventional_changelog::run::{self, Family};
use super::conventional_changelog::{Generation, Preset, WriterOptions};
use super::semantic_release::config;
use super::{Facts, Plan, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::javascript::exported;
use crate::reading::conventional_commits_parser::Parser;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::{Prerelease, Version};
use serde_json::{Map, Value};

/// release-it.
#[derive(Clone, Copy, Debug)]
pub struct ReleaseIt;

/// Where the configuration may stand.
const FILES: [&str; 9] = [
    ".release-it.json",
    ".release-it.ts",
    ".release-it.js",
    ".release-it.cjs",
    ".release-it.mjs",
    ".release-it.yaml",
    ".release-it.yml",
    ".release-it.toml",
    "package.json",
];
/// The plugin that reads commits.
const PLUGIN: &str = "@release-it/conventional-changelog";

impl Tool for ReleaseIt {
    fn id(&self) -> &'static str {
        "release-it"
    }
    fn name(&self) -> &'static str {
        "release-it"
    }
    fn files(&self) -> &'static [&'static str] {
        &FILES
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let (path, _) = configuration(files)?;
        let evidence = if path == "package.json" { "release-it" } else { "" };
        Some(Recognition { path: path.to_owned(), evidence: evidence.to_owned() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let pattern = pattern(&configuration(files)?.1, tags, over);
        let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
        versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The configuration and where it stands.
fn configuration(files: &Files) -> Option<(&'static str, Value)> {
    for path in FILES {
        let Some(text) = files.text(path) else { continue };
        if path == "package.json" {
            let own = files.value(path).ok().flatten()?.get("release-it").cloned();
            return own.filter(Value::is_object).map(|own| (path, own));
        }
        let code = [".ts", "js"].iter().any(|end| path.ends_with(end));
        let value = if code { exported(text) } else { files.value(path).ok().flatten() };
        return Some((path, value.unwrap_or_default()));
    }
    None
}

/// `git.tagName`; without it the tags' own spelling, as the tool takes it from the latest one.
fn pattern(config: &Value, tags: &[Tag], over: Option<&str>) -> TagPattern {
    let named = config.get("git").and_then(|git| git.get("tagName")?.as_str());
    over.and_then(|over| TagPattern::parse(over, "{version}"))
        .or_else(|| named.and_then(|name| TagPattern::parse(name, "${version}")))
        .unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
}

/// The plugin's preset.
fn preset(plugin: &Value, files: &Files, date: &str, notes: &mut Vec<Text>) -> (Preset, Parser, WriterOptions) {
    let mut options = Map::new();
    match plugin.get("preset") {
        Some(Value::Object(preset)) => {
            options.insert("preset".to_owned(), preset.get("name").cloned().unwrap_or_default());
            options.insert("presetConfig".to_owned(), Value::Object(preset.clone()));
        }
        Some(Value::String(name)) => {
            options.insert("preset".to_owned(), Value::String(name.clone()));
        }
        _ => notes.push(Text::new("tool_release_it_no_preset", [])),
    }
    if let Some(Value::String(name)) = options.get_mut("preset") {
        *name = name.trim_start_matches("conventional-changelog-").to_owned();
    }
    for (from, to) in [("parserOpts", "parserOpts"), ("writerOpts", "writerOpts")] {
        if let Some(value) = plugin.get(from) {
            options.insert(to.to_owned(), value.clone());
        }
    }
    let family = family(files, date);
    let (preset, parser) = config::preset(&options, family.generation, notes);
    let parser = family.parser(&preset, parser, date);
    let mut writer = config::writer_options(&options, notes);
    writer.writer = family.writer;
    writer.links_in_code = date < config::CODE_ALONE;
    (preset, parser, writer)
}

/// What the plugin brings: 12 conventional-changelog 8, 9 to 11 the ones from 2024 on; it is the one asked for, else the
/// newest of the day.
fn family(files: &Files, date: &str) -> Family {
    let major = run::asked(files, PLUGIN).unwrap_or(match date {
        "" => 12,
        date if date < "2023-06-20" => 5,
        date if date < "2023-09-09" => 6,
        date if date < "2024-11-01" => 8,
        date if date < "2026-08-13" => 11,
        _ => 12,
    });
    match major {
        0..=5 => Family::older(Generation::Four, date),
        6 => Family::older(Generation::Six, date),
        7 | 8 => Family::older(Generation::Seven, date),
        9..=11 => Family::of_2024(date),
        _ => Family::NEWEST,
    }
}

/// What pre-releases are called: by the configuration's `preRelease`, else by the flag of a script (`release-it
/// --preRelease=beta`). A final version becomes a pre-release only where the configuration says so; a pre-release goes on
/// under its name for as long as a script bears it, else under the next one that does.
fn prerelease(config: &Value, files: &Files, from: Option<&Version>) -> Option<String> {
    let configured = match config.get("preRelease") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Bool(true)) => {
            Some(config.get("preReleaseId").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        _ => None,
    };
    if configured.is_some() {
        return configured;
    }
    let from = from.filter(|version| !version.pre.is_empty())?;
    let known = from.pre.split('.').next().unwrap_or_default();
    let package = files.value("package.json").ok().flatten()?;
    let scripts = package.get("scripts").and_then(Value::as_object)?.values().filter_map(Value::as_str);
    let flags = scripts.filter(|script| script.contains("release-it")).filter_map(|script| {
        let rest = script.split_once("--preRelease")?.1.strip_prefix(['=', ' '])?;
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().filter(|id| !id.is_empty())
    });
    let mut names: Vec<&str> = flags.collect();
    names.sort_unstable();
    names.contains(&known).then_some(known).or_else(|| names.into_iter().find(|name| *name > known)).map(str::to_owned)
}

/// `getRecommendedVersion`: a pre-release goes on as one; a final version becomes one where a name is given.
///
/// `anew` is the bump by which a pre-release starts again from a higher version, `base` the number it starts with.
fn next_version(from: &Version, bump: Bump, name: Option<&str>, anew: Option<Bump>, base: u64) -> Option<Version> {
    let first = |version: Version, name: &str| {
        let pre = if name.is_empty() { base.to_string() } else { format!("{name}.{base}") };
        Some(Version { pre: Prerelease::new(&pre).ok()?, ..version })
    };
    if let Some(bump) = anew.filter(|bump| *bump > Bump::None) {
        let full = Version { pre: Prerelease::EMPTY, ..from.clone() };
        return first(increment(&full, bump)?, name.unwrap_or_default());
    }
    if from.pre.is_empty() {
        let next = increment(from, bump)?;
        return match name {
            Some(name) => first(next, name),
            None => Some(next),
        };
    }
    if let Some(name) = name.filter(|name| !name.is_empty() && from.pre.split('.').next() != Some(name)) {
        return first(from.clone(), name);
    }
    let (name, number) = match from.pre.rsplit_once('.') {
        Some((name, number)) => (format!("{name}."), number),
        None => (String::new(), from.pre.as_str()),
    };
    let next = match number.parse::<u64>() {
        Ok(number) => format!("{name}{}", number.checked_add(1)?),
        Err(_) => format!("{}.0", from.pre),
    };
    Some(Version { pre: Prerelease::new(&next).ok()?, ..from.clone() })
}

fn plan(facts: &Facts<'_>) -> Plan {
    let (_, config) = configuration(facts.files).unwrap_or_default();
    let mut plan = Plan::default();
    let Some(plugin) = config.get("plugins").and_then(|plugins| plugins.get(PLUGIN)) else {
        plan.nothing = Some(Text::new("tool_release_it_asks", []));
        return plan;
    };
    let pattern = pattern(&config, &facts.history.tags, facts.tag_pattern);
    let tag = ReleaseIt.last_release(facts.files, facts.branch, &facts.history.tags, facts.tag_pattern);
    let (previous, from, since) = if let Some(last) = facts.last {
        (last.version.clone(), last.tag.clone(), None)
    } else {
        let tagged = tag.and_then(|tag| pattern.version(&tag.name));
        (tagged, tag.map(|tag| tag.name.clone()).unwrap_or_default(), tag)
    };
    let (preset, parser, writer) = preset(plugin, facts.files, facts.date, &mut plan.notes);
    let handed = run::handed(facts, since, ".", false);
    let read = match run::read(&parser, &handed) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
            return plan;
        }
    };
    let (bump, readings, reasons) = run::recommended(&preset, writer.writer, &read.iter().collect::<Vec<_>>());
    plan.readings = readings;
    let is = |key: &str, value: bool| plugin.get(key).and_then(Value::as_bool) == Some(value);
    for key in ["whatBump", "context", "gitRawCommitsOpts", "commitsOpts", "tagOpts"] {
        if plugin.get(key).is_some_and(|value| !value.is_boolean()) {
            plan.notes.push(Text::new("tool_semantic_release_option", [key]));
        }
    }
    if is("ignoreRecommendedBump", true) || is("whatBump", false) {
        plan.nothing = Some(Text::new("tool_release_it_asks", []));
        return plan;
    }
    if bump == Bump::None {
        plan.nothing = Some(Text::new("tool_release_it_nothing", []));
        return plan;
    }
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let bump = match config.get("increment").and_then(Value::as_str) {
        Some("major") => Bump::Major,
        Some("minor") => Bump::Minor,
        Some("patch") => Bump::Patch,
        _ => bump,
    };
    let mut name = prerelease(&config, facts.files, previous.as_ref());
    let mut base = u64::from(config.get("preReleaseBase").is_some_and(|base| base.as_str() == Some("1") || *base == 1));
    if base == 1 && name.as_deref() == Some("") {
        // `semver.inc` is called without a name, and takes what comes in its place.
        (name, base) = (Some("1".to_owned()), 0);
    }
    // A pre-release that is asked for starts anew where the commits since the last final version ask for more than it
    // has; with `strictSemVer` at any rate.
    let asked = name.is_some() && !current.pre.is_empty() && config.get("preRelease").is_some();
    let mut anew = None;
    if asked && is("strictSemVer", true) {
        anew = Some(bump);
    } else if asked && facts.last.is_none() {
        let tags = facts.history.tags.iter();
        let finals = tags.filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
        let finals = finals.filter(|(_, version)| version.pre.is_empty());
        if let Some((tag, last)) = finals.max_by(|left, right| left.1.cmp(&right.1)) {
            let handed = run::handed(facts, Some(tag), ".", false);
            let all = match run::read(&parser, &handed) {
                Ok(all) => all,
                Err(thrown) => {
                    plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
                    return plan;
                }
            };
            let (bump, ..) = run::recommended(&preset, writer.writer, &all.iter().collect::<Vec<_>>());
            // The plugin compares the tag itself, which is no version with another prefix than these.
            let plain = tag.name.trim_start_matches(['v', '=']);
            if bump > Bump::None && Version::parse(plain).is_err() {
                let failure = format!("Invalid Version: {}", tag.name);
                plan.nothing = Some(Text::new("tool_failed", [failure.as_str()]));
                return plan;
            }
            let same = match bump {
                Bump::Major => last.major == current.major,
                Bump::Minor => last.minor == current.minor,
                Bump::Patch => last.patch == current.patch,
                Bump::None => false,
            };
            anew = same.then_some(bump);
        }
    }
    let Some(next) = next_version(&current, bump, name.as_deref(), anew, base) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    let tag = pattern.tag(&next);
    let remote = run::remote(facts.files, "", facts.repository);
    let context = run::context(&remote, &next, &from, &tag, facts.date);
    let markdown = run::entry_with(&preset, &writer, &context, &read);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, bump: Bump, to: &str) {
        assert_eq!(next_version(&Version::parse(from).unwrap(), bump, None, None, 0).unwrap().to_string(), to);
    }

    #[test]
    fn versions_move_as_recommended() {
        check("1.2.3", Bump::Minor, "1.3.0");
        check("1.3.0-rc.1", Bump::Minor, "1.3.0-rc.2");
        check("1.3.0-rc", Bump::Patch, "1.3.0-rc.0");
    }

    #[test]
    fn a_pre_release_starts_anew_where_more_is_asked_for() {
        let planned = |plugin: &str, tags: &[&str], message: &str| {
            let config = format!(
                r#"{{"preRelease": "beta", "plugins": {{"@release-it/conventional-changelog": {{"preset": {plugin}}}}}}}"#
            );
            let plan = crate::tool::testing::plan(&ReleaseIt, &[(".release-it.json", &config)], tags, &[message]);
            plan.releases.first().map(|release| release.next.to_string()).unwrap_or_default()
        };
        let tags = ["1.2.3", "1.3.0-beta.1"];
        assert_eq!(planned(r#""angular""#, &tags, "feat: a"), "1.3.0-beta.2");
        assert_eq!(planned(r#""angular""#, &tags, "fix: a\n\nBREAKING CHANGE: b"), "2.0.0-beta.0");
        assert_eq!(planned(r#""angular", "strictSemVer": true"#, &tags, "feat: a"), "1.4.0-beta.0");
        assert_eq!(
            planned(r#"{"name": "conventionalcommits", "preMajor": true}"#, &["0.1.0"], "feat!: a"),
            "0.2.0-beta.0"
        );
        let strict = r#"{"name": "conventionalcommits", "bumpStrict": true}"#;
        let with_eleven = |message: &str| {
            let config = format!(r#"{{"plugins": {{"@release-it/conventional-changelog": {{"preset": {strict}}}}}}}"#);
            let package = r#"{"devDependencies": {"@release-it/conventional-changelog": "^11.0.0"}}"#;
            let files = [(".release-it.json", config.as_str()), ("package.json", package)];
            crate::tool::testing::plan(&ReleaseIt, &files, &["1.2.3"], &[message]).releases.len()
        };
        assert_eq!((with_eleven("chore: a"), with_eleven("fix: a"), with_eleven("odd: a")), (0, 1, 1));
    }

    #[test]
    fn scripts_name_the_pre_releases() {
        let files = |scripts: &str| Files::of([("package.json", format!(r#"{{"scripts": {{{scripts}}}}}"#).as_str())]);
        let named = |scripts: &str, from: &str| {
            prerelease(&Value::Null, &files(scripts), Version::parse(from).ok().as_ref()).unwrap_or_default()
        };
        let beta = r#""release": "release-it", "release:beta": "release-it --preRelease=beta""#;
        assert_eq!(named(beta, "1.3.0-alpha.2"), "beta");
        assert_eq!(named(beta, "1.3.0-beta.2"), "beta");
        assert_eq!(named(beta, "1.3.0-rc.2"), "");
        assert_eq!(named(beta, "1.2.3"), "");
        let next = next_version(&Version::parse("1.3.0-alpha.2").unwrap(), Bump::Patch, Some("beta"), None, 0);
        assert_eq!(next.unwrap().to_string(), "1.3.0-beta.0");
    }

    #[test]
    fn a_dependency_alone_does_not_release() {
        let recognised = |path: &str, text: &str| ReleaseIt.recognise(&Files::of([(path, text)])).is_some();
        assert!(recognised(".release-it.json", "{}"));
        assert!(recognised("package.json", r#"{"release-it": {"git": {}}}"#));
        assert!(!recognised("package.json", r#"{"devDependencies": {"release-it": "20"}}"#));
    }

    #[test]
    fn a_prefix_of_another_kind_fails_behind_a_pre_release() {
        let released = |prefix: &str| {
            let config = format!(
                r#"{{"preRelease": "beta", "git": {{"tagName": "{prefix}${{version}}"}}, "plugins": {{"@release-it/conventional-changelog": {{"preset": "angular"}}}}}}"#
            );
            let tags = [format!("{prefix}1.2.0"), format!("{prefix}1.2.1-alpha.0")];
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            let plan = crate::tool::testing::plan(&ReleaseIt, &[(".release-it.json", &config)], &tags, &["feat: x"]);
            plan.releases.len()
        };
        assert_eq!(released("v"), 1);
        assert_eq!(released(""), 1);
        assert_eq!(released("w-"), 0);
    }
}

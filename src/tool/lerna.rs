//! lerna with conventional commits (`lerna version --conventional-commits`): `libs/core/src/lib/conventional-commits` of
//! lerna 9.0 (`recommend-version.ts`, `update-changelog.ts`, `make-bump-only-filter.ts`), the same since lerna 3.

use super::conventional_changelog::run::{self, Family, Package};
use super::conventional_changelog::{Generation, Preset, Writer};
use super::glob::Glob;
use super::semantic_release::analysis::Analysed;
use super::semantic_release::config;
use super::{Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::conventional_commits_parser::Parser;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::{Prerelease, Version};
use serde_json::{Map, Value};

/// lerna.
#[derive(Clone, Copy, Debug)]
pub struct Lerna;

impl Tool for Lerna {
    fn id(&self) -> &'static str {
        "lerna"
    }
    fn name(&self) -> &'static str {
        "lerna"
    }
    fn files(&self) -> &'static [&'static str] {
        &["lerna.json", "package.json", "*/package.json", "packages/*/package.json"]
    }
    /// Without conventional commits lerna asks for the version, and nothing here could tell it.
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let found =
            |path: &str, evidence: &str| Some(Recognition { path: path.to_owned(), evidence: evidence.to_owned() });
        let lerna = files.value("lerna.json").ok().flatten()?;
        if let Some(command) = ["version", "publish"].iter().find(|name| conventional(&lerna, name)) {
            return found("lerna.json", &format!("command.{command}.conventionalCommits"));
        }
        let name = script(files)?.0;
        found("package.json", &format!("scripts.{name}"))
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::read(files, over, "");
        if settings.independent {
            // Each package has its own: the newest commits are asked for.
            return None;
        }
        newest(tags, &settings.pattern)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

fn newest<'a>(tags: &'a [Tag], pattern: &TagPattern) -> Option<&'a Tag> {
    let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
    versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
}

fn command<'a>(lerna: &'a Value, name: &str, key: &str) -> Option<&'a Value> {
    lerna.get("command")?.get(name)?.get(key)
}

fn conventional(lerna: &Value, name: &str) -> bool {
    command(lerna, name, "conventionalCommits").and_then(Value::as_bool).unwrap_or_default()
}

/// The script that runs lerna with conventional commits, and its command.
fn script(files: &Files) -> Option<(String, String)> {
    let package = files.value("package.json").ok().flatten()?;
    let scripts = package.get("scripts")?.as_object()?;
    let runs =
        |text: &&str| text.split("&&").any(|part| part.contains("lerna ") && part.contains("--conventional-commits"));
    scripts.iter().find_map(|(name, text)| Some((name.clone(), text.as_str().filter(runs)?.to_owned())))
}

struct Settings {
    independent: bool,
    pattern: TagPattern,
    prefix: String,
    preset: Preset,
    parser: Parser,
    /// `--conventional-prerelease`: the packages that become pre-releases.
    prerelease: Chosen,
    /// `--conventional-graduate`: the pre-releases that become final.
    graduate: Chosen,
    /// `--force-publish`: the packages that move at any rate.
    force: Chosen,
    /// `--preid`.
    preid: Option<String>,
    /// `--conventional-bump-prerelease`: a pre-release starts anew from a higher version.
    bumps_prerelease: bool,
    /// `ignoreChanges`: files whose changes move nothing.
    ignored: Vec<String>,
    writer: Writer,
    /// Whether the entry begins with an anchor.
    anchors: bool,
    /// Whether links of commits hold the short hash.
    short: bool,
    /// Where packages lie, as globs; empty where that is not said.
    places: Vec<String>,
    notes: Vec<Text>,
}

impl Settings {
    fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let lerna = files.value("lerna.json").ok().flatten().unwrap_or_default();
        let run = script(files).map(|(_, command)| command).unwrap_or_default();
        let words: Vec<&str> = run.split([' ', '=']).filter(|word| !word.is_empty()).collect();
        let given = |flag: &str| {
            let at = words.iter().position(|word| *word == flag)?;
            words.get(at + 1).copied().filter(|word| !word.starts_with('-'))
        };
        let set = |key: &str| {
            ["version", "publish"].iter().find_map(|name| command(&lerna, name, key)).or_else(|| lerna.get(key))
        };
        let prefix = given("--tag-version-prefix")
            .or_else(|| set("tagVersionPrefix").and_then(Value::as_str))
            .unwrap_or("v")
            .to_owned();
        let mut notes = Vec::new();
        let mut options = Map::new();
        match set("changelogPreset") {
            Some(Value::Object(preset)) => {
                options.insert("preset".to_owned(), preset.get("name").cloned().unwrap_or_default());
                options.insert("presetConfig".to_owned(), Value::Object(preset.clone()));
            }
            Some(Value::String(name)) => {
                options.insert("preset".to_owned(), Value::String(name.clone()));
            }
            _ => {
                let name = given("--changelog-preset").unwrap_or("angular");
                options.insert("preset".to_owned(), Value::String(name.to_owned()));
            }
        }
        if let Some(Value::String(name)) = options.get_mut("preset") {
            *name = name.trim_start_matches("conventional-changelog-").to_owned();
        }
        // lerna 10 brings conventional-changelog 8; every version before it conventional-changelog-core 3 to 5. Up to
        // lerna 6 the angular preset 5.0.12 comes with it, since 7.0.0 (2023-06-08) 6.0.0 and 7.0.0.
        let newest = match date {
            date if date.is_empty() || date >= "2026-07-31" => 10,
            date if date >= "2023-06-08" => 9,
            _ => 6,
        };
        let major = run::asked(files, "lerna").unwrap_or(newest);
        let older = if major < 7 { Generation::Four } else { Generation::Six };
        // Lock files kept conventional-changelog-writer 4 until then.
        let writer = |family: Family| match family.writer {
            Writer::Five if !date.is_empty() && date < "2022-03-01" => Family { writer: Writer::Four, ..family },
            _ => family,
        };
        let package = files.value("package.json").ok().flatten().unwrap_or_default();
        let on_node = |family: Family| Family { writer: run::on_node(family.writer, &package), ..family };
        let family = if major >= 10 { Family::NEWEST } else { on_node(writer(Family::older(older, date))) };
        let (preset, parser) = config::preset(&options, family.generation, &mut notes);
        let chosen = |flag: &str, key: &str| {
            let listed = words.contains(&flag).then(|| given(flag).unwrap_or("*"));
            listed.map_or_else(|| Chosen::configured(set(key)), Chosen::listed)
        };
        let preid = given("--preid").or_else(|| set("preid").and_then(Value::as_str)).map(str::to_owned);
        let ignored = set("ignoreChanges").and_then(Value::as_array).into_iter().flatten();
        let ignored = ignored.filter_map(Value::as_str).map(str::to_owned).collect();
        let bumps = set("conventionalBumpPrerelease").and_then(Value::as_bool).unwrap_or_default();
        let angular = matches!(preset, Preset::Angular);
        Self {
            independent: lerna.get("version").and_then(Value::as_str) == Some("independent"),
            pattern: over
                .and_then(|over| TagPattern::parse(over, "{version}"))
                .unwrap_or_else(|| TagPattern::new(&prefix, "")),
            prefix,
            parser: family.parser(&preset, parser, date),
            preset,
            writer: family.writer,
            prerelease: chosen("--conventional-prerelease", "conventionalPrerelease"),
            graduate: chosen("--conventional-graduate", "conventionalGraduate"),
            force: chosen("--force-publish", "forcePublish"),
            preid,
            bumps_prerelease: bumps || words.contains(&"--conventional-bump-prerelease"),
            ignored,
            // The angular preset dropped the anchors in its version 5.0.0, which came with lerna 3, and linked the whole
            // hash from 5.0.4 of October 2019; lock files kept the older ones for a while.
            anchors: angular && !date.is_empty() && date < "2019-02-01",
            short: angular && !date.is_empty() && date < "2020-03-01",
            notes,
            places: places(&lerna, files),
        }
    }

    /// The name of the pre-release that a package becomes (`getPrereleaseId`): a pre-release stays one under its name until
    /// it is made final. In one version for all, a list of packages is taken for all of them.
    fn prerelease_id(&self, package: &str, from: &Version) -> Option<String> {
        let known = from.pre.split('.').next().filter(|known| !known.is_empty());
        let is_in = |chosen: &Chosen| match chosen {
            Chosen::Some(_) if !self.independent => true,
            chosen => chosen.holds(package),
        };
        let stays = !is_in(&self.graduate) && (known.is_some() || is_in(&self.prerelease));
        stays.then(|| self.preid.as_deref().or(known).unwrap_or("alpha").to_owned())
    }

    /// Whether a changed file moves the package it lies in (`makeDiffPredicate`); a pattern without a slash is for names.
    fn heeds(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        let fits = |pattern: &String| {
            let text = if pattern.contains('/') { file } else { name };
            Glob::new(pattern).matches(text)
        };
        !self.ignored.iter().any(fits)
    }

    /// Whether a file lies where packages do. Where that is not said, it still lies in a folder, and in none that begins
    /// with a point.
    fn holds(&self, file: &str) -> bool {
        if self.places.is_empty() {
            return file.contains('/') && !file.starts_with('.');
        }
        let parts = || file.split('/');
        self.places.iter().any(|place| {
            let place = place.trim_start_matches("./").trim_end_matches('/');
            let wanted = place.split('/').take_while(|part| *part != "**");
            let same = |(wanted, part): (&str, &str)| crate::tool::matches(wanted, part);
            parts().count() > wanted.clone().count() && wanted.zip(parts()).all(same)
        })
    }
}

/// What an option that takes names is given (`getPackagesForOption`).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Chosen {
    None,
    All,
    Some(Vec<String>),
}

impl Chosen {
    fn listed(names: &str) -> Self {
        let names: Vec<String> = names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if names.iter().any(|name| name == "*") { Self::All } else { Self::Some(names) }
    }

    fn configured(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Bool(true)) => Self::All,
            Some(Value::String(names)) if names.is_empty() => Self::All,
            Some(Value::String(names)) => Self::listed(names),
            Some(Value::Array(names)) => {
                Self::listed(&names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            }
            _ => Self::None,
        }
    }

    fn holds(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(names) => names.iter().any(|known| known == name),
        }
    }
}

/// `packages` of lerna.json, else the workspaces of package.json.
fn places(lerna: &Value, files: &Files) -> Vec<String> {
    let package = files.value("package.json").ok().flatten().unwrap_or_default();
    let workspaces =
        package.get("workspaces").and_then(|value| value.as_array().or_else(|| value.get("packages")?.as_array()));
    let listed = lerna.get("packages").and_then(Value::as_array).or(workspaces).into_iter().flatten();
    listed.filter_map(Value::as_str).filter(|place| !place.starts_with('!')).map(str::to_owned).collect()
}

/// `recommendVersion`: under 1.0.0 a breaking change is a minor one; with a pre-release id its number goes on unless the
/// bump is further than what it is a pre-release of.
fn next_version(from: &Version, bump: Bump, prerelease: Option<&str>, anew: bool) -> Option<Version> {
    let Some(id) = prerelease else {
        let bump = if from.major == 0 && bump == Bump::Major { Bump::Minor } else { bump };
        return increment(from, bump);
    };
    let further = match bump {
        Bump::Major => from.minor != 0 || from.patch != 0,
        Bump::Minor => from.patch != 0,
        Bump::Patch | Bump::None => false,
    };
    if from.pre.is_empty() || further || anew {
        let plain = Version::new(from.major, from.minor, from.patch);
        return Some(Version { pre: Prerelease::new(&format!("{id}.0")).ok()?, ..increment(&plain, bump)? });
    }
    let number =
        from.pre.rsplit_once('.').filter(|(known, _)| *known == id).and_then(|(_, number)| number.parse().ok());
    let number = number.map_or(Some(0), |number: u64| number.checked_add(1))?;
    Some(Version { pre: Prerelease::new(&format!("{id}.{number}")).ok()?, ..from.clone() })
}

/// A package to release: where it is, what it was, and the tag and history it begins at.
struct Target {
    package: Package,
    previous: Option<Version>,
    from: String,
    since: Option<Tag>,
    tag_prefix: String,
}

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern, facts.date);
    let mut plan = Plan { notes: settings.notes.clone(), ..Plan::default() };
    if settings.independent {
        for target in independent(facts, &settings) {
            release(facts, &settings, &target, &mut plan);
        }
        if plan.releases.is_empty() && plan.nothing.is_none() {
            plan.nothing = Some(Text::new("tool_lerna_nothing", []));
        }
    } else {
        release(facts, &settings, &fixed(facts, &settings), &mut plan);
    }
    plan
}

fn fixed(facts: &Facts<'_>, settings: &Settings) -> Target {
    let package = Package::read(facts.files, ".").unwrap_or_default();
    let package = Package { path: ".".to_owned(), ..package };
    let tag_prefix = settings.prefix.clone();
    if let Some(last) = facts.last {
        return Target { package, previous: last.version.clone(), from: last.tag.clone(), since: None, tag_prefix };
    }
    let tag = newest(&facts.history.tags, &settings.pattern);
    let lerna = facts.files.value("lerna.json").ok().flatten().unwrap_or_default();
    let kept = lerna.get("version").and_then(Value::as_str).and_then(|version| Version::parse(version).ok());
    let tagged = tag.and_then(|tag| settings.pattern.version(&tag.name));
    let from = tag.map(|tag| tag.name.clone()).unwrap_or_default();
    Target { package, previous: kept.or(tagged), from, since: tag.cloned(), tag_prefix }
}

/// The packages that changed since their tags, and those that depend on them (`collectUpdates`).
fn independent(facts: &Facts<'_>, settings: &Settings) -> Vec<Target> {
    if let Some(last) = facts.last {
        let package = Package::read(facts.files, &last.path).unwrap_or_default();
        let name = if package.name.is_empty() { last.component.clone() } else { package.name.clone() };
        let package = Package { path: last.path.clone(), name, ..package };
        let tag_prefix = format!("{}@", package.name);
        let (previous, from) = (last.version.clone(), last.tag.clone());
        return vec![Target { package, previous, from, since: None, tag_prefix }];
    }
    let targets: Vec<Target> = Package::all(facts.files)
        .into_iter()
        .map(|package| {
            let tag_prefix = format!("{}@", package.name);
            let tag = newest(&facts.history.tags, &TagPattern::new(&tag_prefix, ""));
            let previous = package.version.clone();
            let from = tag.map(|tag| tag.name.clone()).unwrap_or_default();
            Target { previous, from, since: tag.cloned(), tag_prefix, package }
        })
        .collect();
    let mut moves: Vec<bool> = targets
        .iter()
        .map(|target| {
            let package = &target.package;
            let is_final = target.previous.as_ref().is_none_or(|version| version.pre.is_empty());
            let forced = match settings.graduate {
                Chosen::None => settings.force.holds(&package.name),
                _ => settings.graduate.holds(&package.name) && !is_final,
            };
            let heeded = |commit: &Commit| {
                let inside =
                    |file: &&String| file.strip_prefix(package.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
                let files = commit.files.as_ref().filter(|_| !settings.ignored.is_empty());
                files.is_none_or(|files| files.iter().filter(inside).any(|file| settings.heeds(file)))
            };
            let handed = run::handed(facts, target.since.as_ref(), &package.path, false);
            let commits = handed.iter().filter_map(|(at, ..)| facts.history.commits.get(*at));
            forced || commits.into_iter().any(heeded)
        })
        .collect();
    // What depends on a package that moves, moves; each round reaches one step further.
    for _ in 0..targets.len() {
        let names: Vec<&str> = targets
            .iter()
            .zip(&moves)
            .filter(|(_, moves)| **moves)
            .map(|(target, _)| target.package.name.as_str())
            .collect();
        let follows: Vec<bool> = targets
            .iter()
            .map(|target| target.package.dependencies.iter().any(|name| names.contains(&name.as_str())))
            .collect();
        let before = moves.clone();
        for (moves, follows) in moves.iter_mut().zip(follows) {
            *moves |= follows;
        }
        if before == moves {
            break;
        }
    }
    targets.into_iter().zip(moves).filter(|(_, moves)| *moves).map(|(target, _)| target).collect()
}

fn release(facts: &Facts<'_>, settings: &Settings, target: &Target, plan: &mut Plan) {
    let package = &target.package;
    let handed = run::handed(facts, target.since.as_ref(), &package.path, settings.short);
    let read = match run::read(&settings.parser, &handed) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
            return;
        }
    };
    // In one version for all, each package is asked on its own: what lies beside them does not count.
    let folders: Vec<String> = if settings.independent {
        Vec::new()
    } else {
        Package::all(facts.files).into_iter().map(|package| package.path).collect()
    };
    let counts = |commit: &&Analysed<'_>| {
        let Some(commit) = facts.history.commits.get(commit.place) else { return true };
        if settings.independent {
            return true;
        }
        if folders.is_empty() {
            return commit.files.as_ref().is_none_or(|files| files.iter().any(|file| settings.holds(file)));
        }
        folders.iter().any(|folder| run::touches(facts, commit, folder))
    };
    let counted: Vec<_> = read.iter().filter(counts).collect();
    let (bump, readings, mut reasons) = run::recommended(&settings.preset, settings.writer, &counted);
    plan.readings.extend(readings);
    // Where nothing is recommended, lerna still releases a patch.
    let bump = bump.max(Bump::Patch);
    let current = target.previous.clone().unwrap_or(Version::new(0, 0, 0));
    let id = settings.prerelease_id(&package.name, &current);
    let Some(next) = next_version(&current, bump, id.as_deref(), settings.bumps_prerelease) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return;
    };
    if reasons.is_empty() {
        reasons.push(Reason { commit: None, bump, rule: Text::new("tool_lerna_dependency", []) });
    }
    let tag = run::tag_like(&target.from, target.previous.as_ref(), &next, &target.tag_prefix);
    let manifest =
        if package.path == "." { "package.json".to_owned() } else { format!("{}/package.json", package.path) };
    let remote = run::remote(facts.files, &manifest, facts.repository);
    let context = run::context(&remote, &next, &target.from, &tag, facts.date);
    let mut markdown = run::entry(&settings.preset, &context, &read, settings.writer);
    if settings.anchors {
        markdown = format!("<a name=\"{next}\"></a>\n{markdown}");
    }
    if !markdown.lines().any(|line| line.starts_with('*')) {
        // Before lerna 3 the blank lines of the empty sections were kept.
        let gap = if settings.anchors { "\n\n\n\n\n" } else { "\n\n" };
        markdown = format!("{}{gap}**Note:** Version bump only for package {}\n", markdown.trim(), package.name);
    }
    plan.releases.push(Release {
        component: if package.path == "." { String::new() } else { package.name.clone() },
        path: package.path.clone(),
        previous: target.previous.clone(),
        bump,
        next,
        tag,
        reasons,
        entry: Some(Entry { markdown }),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, bump: Bump, prerelease: Option<&str>, to: &str) {
        let next = next_version(&Version::parse(from).unwrap(), bump, prerelease, false);
        assert_eq!(next.unwrap().to_string(), to);
    }

    #[test]
    fn versions_move_as_lerna_moves_them() {
        check("1.2.3", Bump::Major, None, "2.0.0");
        check("0.2.3", Bump::Major, None, "0.3.0");
        check("0.2.3", Bump::Minor, None, "0.3.0");
        check("1.2.3", Bump::Minor, Some("beta"), "1.3.0-beta.0");
        check("1.3.0-beta.0", Bump::Minor, Some("beta"), "1.3.0-beta.1");
        check("1.3.0-beta.0", Bump::Major, Some("beta"), "2.0.0-beta.0");
        check("1.3.0-beta.0", Bump::Patch, Some("rc"), "1.3.0-rc.0");
    }

    #[test]
    fn a_pre_release_stays_one_until_it_is_made_final() {
        let next = |own: &str, version: &str| {
            let lerna = format!(
                r#"{{"version": "{version}", "packages": ["a"], "command": {{"version": {{"conventionalCommits": true{own}}}}}}}"#
            );
            let package = format!(r#"{{"name": "a", "version": "{version}"}}"#);
            let files = [("lerna.json", lerna.as_str()), ("a/package.json", &package)];
            crate::tool::testing::plan(&Lerna, &files, &[], &["feat: x"]).releases[0].next.to_string()
        };
        assert_eq!(next("", "1.3.0-beta.0"), "1.3.0-beta.1");
        assert_eq!(next(r#", "preid": "rc""#, "1.3.0-beta.0"), "1.3.0-rc.0");
        assert_eq!(next(r#", "conventionalGraduate": true"#, "1.3.0-beta.0"), "1.3.0");
        assert_eq!(next(r#", "conventionalGraduate": true"#, "1.2.3"), "1.3.0");
        assert_eq!(next(r#", "conventionalPrerelease": true"#, "1.2.3"), "1.3.0-alpha.0");
        assert_eq!(next(r#", "conventionalBumpPrerelease": true"#, "1.3.0-beta.0"), "1.4.0-beta.0");
    }

    #[test]
    fn packages_move_by_what_is_heeded_or_forced() {
        let moved = |own: &str| {
            let lerna = format!(
                r#"{{"version": "independent", "command": {{"version": {{"conventionalCommits": true{own}}}}}}}"#
            );
            let package = |name: &str| format!(r#"{{"name": "{name}", "version": "1.0.0"}}"#);
            let (a, b) = (package("a"), package("b"));
            let files = [("lerna.json", lerna.as_str()), ("a/package.json", &a), ("b/package.json", &b)];
            let commit = Commit {
                message: "fix: x".to_owned(),
                files: Some(vec!["a/docs/x.md".to_owned()]),
                ..Commit::default()
            };
            let history = crate::history::History { commits: vec![commit], complete: true, ..Default::default() };
            let files = Files::of(files);
            let plan = crate::tool::testing::planned(|facts| Lerna.plan(facts), &files, &history, "2026-06-01", None);
            plan.releases.iter().map(|release| release.tag.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(moved(""), "a@1.0.1");
        assert_eq!(moved(r#", "ignoreChanges": ["*.md"]"#), "");
        assert_eq!(moved(r#", "ignoreChanges": ["a/src/**"]"#), "a@1.0.1");
        assert_eq!(moved(r#", "forcePublish": ["b"]"#), "a@1.0.1 b@1.0.1");
    }

    #[test]
    fn what_lies_beside_the_packages_does_not_count() {
        let holds = |lerna: &str, file: &str| {
            Settings::read(&Files::of([("lerna.json", lerna)]), None, "2026-01-01").holds(file)
        };
        let packages = r#"{"packages": ["packages/*", "@acme/*"]}"#;
        assert!(holds(packages, "packages/a/index.js"));
        assert!(holds(packages, "@acme/a/src/index.js"));
        assert!(!holds(packages, "packages/README.md"));
        assert!(!holds(packages, "docs/a/index.md"));
        assert!(!holds("{}", "yarn.lock"));
        assert!(!holds("{}", ".github/workflows/ci.yml"));
        assert!(holds("{}", "packages/a/index.js"));
    }

    #[test]
    fn lerna_without_conventional_commits_is_not_recognised() {
        let recognised = |lerna: &str, script: &str| {
            let package = format!(r#"{{"scripts": {{"release": "{script}"}}}}"#);
            Lerna.recognise(&Files::of([("lerna.json", lerna), ("package.json", &package)])).is_some()
        };
        assert!(recognised("{}", "lerna publish --conventional-commits"));
        assert!(recognised(r#"{"command": {"version": {"conventionalCommits": true}}}"#, "lerna publish"));
        assert!(!recognised("{}", "lerna publish"));
    }
}

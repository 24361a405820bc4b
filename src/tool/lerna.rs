//! lerna with conventional commits (`lerna version --conventional-commits`): `libs/core/src/lib/conventional-commits` of
//! lerna 9.0 (`recommend-version.ts`, `update-changelog.ts`, `make-bump-only-filter.ts`), the same since lerna 3.

use super::conventional_changelog::run::{self, Family, Package};
use super::conventional_changelog::{Generation, Preset, Writer};
use super::semantic_release::analysis::Analysed;
use super::semantic_release::config;
use super::{Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
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
    /// `--conventional-prerelease`, with its `--preid`.
    prerelease: Option<String>,
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
        // lerna 6 the angular preset 5.0.12 comes with it, since 7.0.0 (June 2023) 6.0.0 and 7.0.0.
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
        let family = if major >= 10 { Family::NEWEST } else { writer(Family::older(older, date)) };
        let (preset, parser) = config::preset(&options, family.generation, &mut notes);
        let asked = words.contains(&"--conventional-prerelease") || set("conventionalPrerelease").is_some();
        let preid = given("--preid").or_else(|| set("preid").and_then(Value::as_str)).unwrap_or("alpha");
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
            prerelease: asked.then(|| preid.to_owned()),
            // The angular preset dropped the anchors in its version 5.0.0, which came with lerna 3, and linked the whole
            // hash from 5.0.4 of October 2019; lock files kept the older ones for a while.
            anchors: angular && !date.is_empty() && date < "2019-02-01",
            short: angular && !date.is_empty() && date < "2020-03-01",
            notes,
            places: places(&lerna, files),
        }
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
fn next_version(from: &Version, bump: Bump, prerelease: Option<&str>) -> Option<Version> {
    let Some(id) = prerelease else {
        let bump = if from.major == 0 && bump == Bump::Major { Bump::Minor } else { bump };
        return increment(from, bump);
    };
    let further = match bump {
        Bump::Major => from.minor != 0 || from.patch != 0,
        Bump::Minor => from.patch != 0,
        Bump::Patch | Bump::None => false,
    };
    if from.pre.is_empty() || further {
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
        for target in independent(facts) {
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
fn independent(facts: &Facts<'_>) -> Vec<Target> {
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
        .map(|target| !run::handed(facts, target.since.as_ref(), &target.package.path, false).is_empty())
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
    let Some(next) = next_version(&current, bump, settings.prerelease.as_deref()) else {
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
        let next = next_version(&Version::parse(from).unwrap(), bump, prerelease);
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

//! python-semantic-release (7.34.6 to 10.7.0): `version/algorithm.py`, `cli/config.py`, `changelog/release_history.py` and
//! the default templates under `data/templates`.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::python_semantic_release::{Options, Reading, read_commit};
use crate::text::Text;
use crate::version::bump_between;
use edition::Edition;
use entry::Change;
use semver::{BuildMetadata, Prerelease, Version};
use settings::{FILES, Group, Monorepo, Settings, configuration, prerelease};
use std::collections::BTreeSet;

mod edition;
mod entry;
mod settings;
#[cfg(feature = "templates")]
mod template;

/// python-semantic-release.
#[derive(Clone, Copy, Debug)]
pub struct PythonSemanticRelease;

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
        let settings = Settings::read(files, over, "");
        let group = settings.group(branch);
        settings.latest(tags, group).map(|(tag, _)| tag)
    }
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        let folder = folder(files);
        tree.iter().filter(|path| is_in(path, &folder)).cloned().collect()
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
    fn fills_templates(&self, files: &Files) -> bool {
        !own_templates(files, &folder(files)).is_empty()
    }
}

/// Where the templates of the repository's own lie, `/` behind it.
fn folder(files: &Files) -> String {
    let folder = Settings::read(files, None, "").folder;
    format!("{}/", folder.trim_start_matches("./").trim_matches('/'))
}

/// Whether a file of the templates' folder may be read by a template.
fn is_in(path: &str, folder: &str) -> bool {
    path.starts_with(folder)
        && (path.strip_suffix(".j2").is_some() || path.get(folder.len()..).is_some_and(|path| path.starts_with('.')))
}

/// The templates that make files of their own, if any; the one for the release's notes is none of them
/// (`cli/changelog_writer.py`, `write_changelog_files`).
fn own_templates<'a>(files: &'a Files, folder: &str) -> Vec<&'a str> {
    let name = |path: &&str| {
        path.strip_prefix(folder).is_some_and(|name| name.strip_suffix(".j2").is_some() && name != RELEASE_NOTES)
    };
    files.paths().filter(name).collect()
}

/// What stands in for the default template of the release's notes, not of the changelog.
const RELEASE_NOTES: &str = ".release_notes.md.j2";

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

fn plan(facts: &Facts<'_>) -> Plan {
    let settings = Settings::read(facts.files, facts.tag_pattern, facts.date);
    let mut plan = Plan::default();
    if let Some(parser) = &settings.other_parser {
        plan.nothing = Some(Text::new("tool_psr_other_parser", [parser]));
        return plan;
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
    let folder = folder(facts.files);
    let templates = if settings.edition > Edition::SEVEN { own_templates(facts.files, &folder) } else { Vec::new() };
    // What a template of the repository's own sees: every part of a commit, read or not.
    #[cfg(feature = "templates")]
    let mut parts: Vec<template::Part<'_>> = Vec::new();
    let mut reasons = Vec::new();
    let whole = settings.edition > Edition::SEVEN && settings.edition < Edition(9, 13, 0);
    // Where whole messages are printed, nobody asks what was read in them.
    let options = Options { bare: whole && templates.is_empty(), ..settings.options.clone() };
    let mut wholes: Vec<Option<entry::Whole>> = if whole { vec![None; commits.len()] } else { Vec::new() };
    // `ReleaseHistory.from_git_history` (since version 8): what lies at or below a release's commit is that release's,
    // also where it was a pre-release, and only what is left makes the new entry.
    let known = tags.iter().filter(|tag| settings.edition > Edition::SEVEN && !tag.sha.is_empty());
    let releases: BTreeSet<&str> =
        known.filter(|tag| settings.pattern.version(&tag.name).is_some()).map(|tag| tag.sha.as_str()).collect();
    // Of a recorded release only the last tag is known. That a line with releases of its own was merged is seen by the
    // commits the tool made there: they are of earlier versions. One of a later version was left without its tag.
    let recorded = previous.as_ref().filter(|_| facts.last.is_some() && settings.edition > Edition::SEVEN);
    let is_release = |commit: &Commit| {
        let made = || settings.released_by(&commit.message);
        releases.contains(commit.sha.as_str()) || recorded.is_some_and(|last| made().is_some_and(|made| made <= *last))
    };
    let released = commits.iter().rposition(is_release).map_or(0, |at| at + 1);
    for (at, commit) in commits.iter().enumerate().rev() {
        if settings.options.ignore_merges && commit.parents > 1 {
            continue;
        }
        let mut highest: Option<(Bump, Text)> = None;
        let read = read_commit(&commit.message, &options);
        if let Some(whole) = wholes.get_mut(at) {
            *whole = Some(entry::Whole::of(&read, &settings));
        }
        for (part, mut reading) in read {
            if let Some(package) = &settings.monorepo {
                reading = reading.and_then(|mut reading| is_of(package, commit, &mut reading).then_some(reading));
            }
            #[cfg(feature = "templates")]
            if at >= released
                && !templates.is_empty()
                && !settings.excludes(&part, reading.as_ref().map_or(Bump::None, |read| read.bump))
            {
                parts.push(template::Part { message: part.clone(), reading: reading.clone(), commit });
            }
            let Some(reading) = reading else { continue };
            if highest.as_ref().is_none_or(|(bump, _)| reading.bump > *bump) {
                highest = Some((reading.bump, rule(&reading)));
            }
            // Where whole messages are printed, nothing of a reading is.
            if !whole && at >= released && !settings.excludes(&part, reading.bump) {
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
    if level == Bump::None && settings.seven.patch_without_tag && !commits.is_empty() {
        level = Bump::Patch;
        reasons.push(Reason { commit: None, bump: level, rule: Text::new("tool_psr_patch_without_tag", []) });
    }
    plan.readings.reverse();
    Reason::weightiest_first(&mut reasons);

    let latest = previous.clone().unwrap_or(Version::new(0, 0, 0));
    // `next_version` gives the latest version back; `version` goes on with it unless it has a tag: a first 0.0.0.
    let stays = level == Bump::None && (latest.major != 0 || settings.allow_zero);
    if stays && (previous.is_some() || settings.edition <= Edition::SEVEN) {
        plan.nothing = Some(Text::new("tool_psr_nothing", []));
        return plan;
    }
    let latest_full = tags
        .iter()
        .filter_map(|tag| settings.pattern.version(&tag.name))
        .filter(|version| version.pre.is_empty() && *version <= latest)
        .max()
        .unwrap_or_else(|| before_prerelease(&latest));
    let moved =
        if stays { Some((latest.clone(), level)) } else { next(&settings, &latest, &latest_full, level, group) };
    let Some((version, bump)) = moved else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    if latest.major == 0 && !settings.allow_zero {
        let rule = Text::new("tool_psr_no_zero_version", []);
        reasons.insert(0, Reason { commit: None, bump: Bump::Major, rule });
    }
    let read = facts.files.paths().any(|path| path.starts_with(&folder));
    let entry = if !templates.is_empty() {
        #[cfg(feature = "templates")]
        {
            let release = template::Made {
                facts,
                settings: &settings,
                version: &version,
                parts: &parts,
                previous: previous.as_ref(),
                folder: &folder,
            };
            let printed = release.printed(&templates, &mut plan.notes);
            printed.map_err(|why| plan.notes.push(why)).ok()
        }
        #[cfg(not(feature = "templates"))]
        {
            // The third module takes over (`Tool::fills_templates`).
            plan.notes.push(Text::new("tool_psr_own_templates", []));
            None
        }
    } else if settings.own_templates && !read {
        plan.notes.push(Text::new("tool_psr_own_templates", []));
        None
    } else {
        let release = entry::Made {
            facts,
            settings: &settings,
            version: &version,
            changes: &changes,
            commits: commits.get(released..).unwrap_or_default(),
            wholes: wholes.get(released..).unwrap_or_default(),
            first: previous.is_none(),
            previous_tag: &previous_tag,
        };
        Some(Entry { markdown: release.printed() })
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

/// Whether a part of a commit is this package's, by the commit's files or the prefix of its scope, which is taken off. A
/// commit whose files are not known is taken for one of the package.
fn is_of(package: &Monorepo, commit: &Commit, reading: &mut Reading) -> bool {
    let prefix = package.prefix.as_deref().unwrap_or_default();
    let own = reading.scope.strip_prefix(prefix).filter(|_| !prefix.is_empty() && !reading.scope.is_empty());
    let named = own.map(str::to_owned);
    let concerned = commit.files.as_ref().is_none_or(|files| package.concerns(files));
    let is_named = named.is_some();
    if let Some(scope) = named {
        reading.scope = scope;
    }
    concerned || is_named
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    fn planned(config: &str, previous: &str, messages: &[&str]) -> Plan {
        planned_with(&[("pyproject.toml", config)], previous, messages)
    }

    fn planned_with(files: &[(&str, &str)], previous: &str, messages: &[&str]) -> Plan {
        let files = Files::of(files.iter().copied());
        let commits = messages
            .iter()
            .map(|message| Commit { sha: "0123456789abcdef".into(), message: (*message).into(), ..Commit::default() })
            .collect();
        let history = History { commits, complete: true, ..History::default() };
        testing::planned(plan, &files, &history, "2026-01-02", Some(previous))
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

    /// The plan without a release that the caller names: tags are looked for.
    fn found(config: &str, tags: &[(&str, &str)], messages: &[&str]) -> Plan {
        let commit = |(at, message): (usize, &&str)| Commit {
            sha: format!("c{at}00000000"),
            message: (*message).into(),
            ..Commit::default()
        };
        let tag = |(name, sha): &(&str, &str)| Tag { name: (*name).to_owned(), sha: format!("{sha}00000000") };
        let history = History {
            commits: messages.iter().enumerate().map(commit).collect(),
            tags: tags.iter().map(tag).collect(),
            since: None,
            complete: true,
        };
        let config = format!("[tool.semantic_release]\n{config}");
        testing::planned(plan, &Files::of([("pyproject.toml", config.as_str())]), &history, "2026-01-02", None)
    }

    #[test]
    fn a_pre_releases_commits_are_not_the_final_ones_entry() {
        let tags = [("v1.0.0", "c0"), ("v1.1.0-rc.1", "c1")];
        let plan = found("", &tags, &["fix: old one", "feat: new one", "fix: last one"]);
        let entry = &plan.releases[0].entry.as_ref().unwrap().markdown;
        assert_eq!(plan.releases[0].tag, "v1.1.0");
        assert!(entry.contains("Last one") && !entry.contains("New one"), "{entry}");
    }

    #[test]
    fn what_another_release_brought_is_not_told_again() {
        let entry = |messages: &[&str]| {
            let plan = planned("", "1.2.3", messages);
            plan.releases[0].entry.as_ref().unwrap().markdown.clone()
        };
        let own = |version: &str| format!("{version}\n\nAutomatically generated by python-semantic-release");
        let told = entry(&["fix: old one", &own("1.1.9"), "fix: new one"]);
        assert!(told.contains("New one") && !told.contains("Old one"), "{told}");
        let told = entry(&["fix: old one", &own("1.2.4"), "fix: new one"]);
        assert!(told.contains("New one") && told.contains("Old one"), "{told}");
        let told = entry(&["fix: old one", "docs: 1.2.4 is automatically generated", "fix: new one"]);
        assert!(told.contains("New one") && told.contains("Old one"), "{told}");
    }

    #[test]
    fn a_first_release_of_nothing_is_0_0_0() {
        let first =
            |config, message| found(config, &[], &[message]).releases.first().map(|release| release.tag.clone());
        assert_eq!(first("allow_zero_version = true", "no type").as_deref(), Some("v0.0.0"));
        assert_eq!(first("allow_zero_version = true", "feat: a b").as_deref(), Some("v0.1.0"));
        let again = found("allow_zero_version = true", &[("v0.0.0", "c0")], &["no type", "no type"]);
        assert_eq!(again.releases.len(), 0);
    }

    #[test]
    fn scipy_types_of_ones_own_have_no_section() {
        let options = "commit_parser = 'scipy'\n[tool.semantic_release.commit_parser_options]\nallowed_tags = ['feat', 'ENH', 'REV']";
        let entry = found(options, &[("v1.0.0", "c0")], &["x", "feat: a b", "ENH: c d", "REV: e f"]);
        let entry = entry.releases[0].entry.as_ref().unwrap().markdown.clone();
        let headings: Vec<&str> = entry.lines().filter(|line| line.starts_with("### ")).collect();
        assert_eq!(headings, ["### Feature", "### None", "### Other"]);
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

    #[track_caller]
    fn prints(version: &str, config: &str, messages: &[&str], expected: &str) {
        let pin = format!("uses: python-semantic-release/python-semantic-release@v{version}");
        let config = format!("[tool.semantic_release]\n{config}");
        let files = [("pyproject.toml", config.as_str()), (".github/workflows/release.yml", pin.as_str())];
        let plan = planned_with(&files, "1.2.3", messages);
        let markdown =
            plan.releases.first().and_then(|release| release.entry.as_ref()).map(|entry| entry.markdown.clone());
        let links = "([`0123456`](https://github.com/acme/widgets/commit/0123456789abcdef))";
        assert_eq!(markdown.unwrap_or_default(), expected.replace("LINK", links), "{version}");
    }

    #[test]
    fn the_entry_is_the_template_of_the_version_that_runs() {
        let messages = ["feat(a): add X\n\nMore.", "fix: MixedCase & co", "no type", "docs!: y z"];
        prints(
            "7.34.6",
            "",
            &messages,
            "## v2.0.0 (2026-01-02)\n\n### Feature\n\n* **a:** Add X LINK\n\n### Fix\n\n* MixedCase & co LINK\n\n\
             ### Breaking\n\n* y z LINK\n\n### Documentation\n\n* Y z LINK\n\n",
        );
        prints(
            "9.8.0",
            "",
            &messages,
            "## v2.0.0 (2026-01-02)\n\n### Breaking\n\n* docs!: y z LINK\n\n### Feature\n\n* feat(a): add X\n\nMore. LINK\n\n\
             ### Fix\n\n* fix: MixedCase &amp; co LINK\n\n### Unknown\n\n* no type LINK\n",
        );
        prints(
            "9.12.1",
            "",
            &messages[..2],
            "## v1.3.0 (2026-01-02)\n\n### Bug Fixes\n\n* fix: MixedCase & co LINK\n\n\
             ### Features\n\n* feat(a): add X\n\nMore. LINK\n",
        );
        prints(
            "9.21.0",
            "",
            &messages[..2],
            "## v1.3.0 (2026-01-02)\n\n### Bug Fixes\n\n- Mixedcase & co LINK\n\n### Features\n\n- **a**: Add X LINK\n\nMore.\n",
        );
        prints(
            "10.7.0",
            "",
            &messages[..2],
            "## v1.3.0 (2026-01-02)\n\n### Bug Fixes\n\n- MixedCase & co LINK\n\n### Features\n\n- **a**: Add X LINK\n",
        );
    }

    #[test]
    fn a_section_tells_of_its_newest_change_alone_what_breaks() {
        let messages = ["feat: a b\n\nBREAKING CHANGE: old", "feat: c d\n\nBREAKING CHANGE: new"];
        let expected =
            "## v2.0.0 (2026-01-02)\n\n### Features\n\n- A b LINK\n\n- C d LINK\n\n### Breaking Changes\n\n- New\n";
        prints("10.7.0", "", &messages, expected);
    }

    #[test]
    fn other_parsers_read_in_their_own_way() {
        check("commit_parser = 'emoji'", "1.2.3", ":bug: x", Some("1.2.4"));
        check("commit_parser = 'emoji'", "1.2.3", ":boom: x", Some("2.0.0"));
        check("commit_parser = 'emoji'", "1.2.3", "x :bug:", None);
        check("commit_parser = 'scipy'", "1.2.3", "ENH: core: x", Some("1.3.0"));
        check("commit_parser = 'scipy'", "1.2.3", "API: x", Some("2.0.0"));
        check("commit_parser = 'scipy'", "1.2.3", "DOC: x", None);
        check("commit_parser = 'tag'", "1.2.3", "x :sparkles:", Some("1.3.0"));
        check("commit_parser = 'tag'", "1.2.3", "feat: x", None);
        // Nobody knows what a parser of one's own makes of a message.
        check("commit_parser = 'tools.parser:Own'", "1.2.3", "feat: x", None);
    }

    #[test]
    fn a_monorepo_counts_its_own_files_and_scopes() {
        let config = "[tool.semantic_release]\ncommit_parser = 'conventional-monorepo'\n\
            [tool.semantic_release.commit_parser_options]\npath_filters = ['src/', '!src/docs']\nscope_prefix = 'web-'\n";
        let files = Files::of([("pyproject.toml", config)]);
        let settings = Settings::read(&files, None, "");
        let package = settings.monorepo.unwrap();
        let is = |scope: &str, path: &str| {
            let mut reading = Reading { scope: scope.to_owned(), ..Reading::default() };
            let commit = Commit { files: Some(vec![path.to_owned()]), ..Commit::default() };
            is_of(&package, &commit, &mut reading).then_some(reading.scope)
        };
        assert_eq!(is("", "src/a/b.py").as_deref(), Some(""));
        assert_eq!(is("web-api", "lib/a.py").as_deref(), Some("api"));
        assert_eq!(is("api", "lib/a.py"), None);
        assert_eq!(is("", "src/docs/a.md"), None);
    }

    #[test]
    fn defaults_are_those_of_the_version() {
        let pin = |version: &str| format!("python-semantic-release = \"{version}\"\n[tool.semantic_release]\n");
        let next = |config: &str| {
            let plan = planned(config, "0.2.3", &["feat: a b"]);
            plan.releases.first().map(|release| release.next.to_string())
        };
        assert_eq!(next(&pin("^9.0")).as_deref(), Some("0.3.0"));
        assert_eq!(next(&pin("^10")).as_deref(), Some("1.0.0"));
        // A file that is a string where a list is wanted is one of version 7.
        assert_eq!(next("[tool.semantic_release]\nversion_toml = 'pyproject.toml:v'").as_deref(), Some("0.3.0"));
        let without = "[tool.semantic_release]\nversion_variable = 'a.py:v'\npatch_without_tag = true\n";
        assert_eq!(planned(without, "1.2.3", &["x"]).releases[0].next, Version::new(1, 2, 4));
    }
}

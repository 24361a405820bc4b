//! release-please up to 8.3: `src/conventional-commits.ts`, `src/release-pr.ts` and `src/graphql-to-commits.ts` of 2.16 to
//! 8.3. Commits were read by conventional-commits-parser 3, counted by the conventionalcommits preset 4 and printed by
//! conventional-changelog-writer 4; 9.0.0 of January 2021 brought the reading that has been used since.
//!
//! Only what was released then is told so: a preview is always today's.

use super::config::{self, Package};
use super::notes::{Section, preset_sections};
use super::version::Version;
use crate::bump::Bump;
use crate::reading::conventional_commits_parser::{Commit, Note};
use crate::text::Text;
use crate::tool::conventional_changelog::run::{self, Family};
use crate::tool::conventional_changelog::{
    CommitType, Context, ConventionalCommits, Generation, Preset, Writer, WriterOptions,
};
use crate::tool::semantic_release::analysis::Analysed;
use crate::tool::{CommitReading, Facts, Reason};
use std::borrow::Cow;

/// The day on which 4.2.0 of the preset was at work: it came out eight days before, but 2.10.1 of the tool was still
/// released with the one before it (its CHANGELOG: the hashes in its links are short).
const PRESET_42: &str = "2019-10-10";

/// What that version would release.
pub struct Release {
    /// The version.
    pub version: Version,
    /// The entry.
    pub entry: String,
    /// Of each commit.
    pub readings: Vec<CommitReading>,
    /// Why the version moves.
    pub reasons: Vec<Reason>,
}

/// Whether a package's release was made by such a version: `php-yoshi` and `ruby-yoshi` had templates of their own.
#[must_use]
pub fn wrote(date: &str, package: &Package) -> bool {
    !date.is_empty() && date <= "2021-01-08" && !matches!(package.kind.as_str(), "php-yoshi" | "ruby-yoshi")
}

/// The release of a package; `None` where the entry would be its heading alone, or the parser fails. The version is
/// `counted` where that is given.
#[must_use]
pub fn release(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<&Version>,
    from: usize,
    counted: Option<Version>,
    context: impl FnOnce(&Version) -> Context,
) -> Option<Release> {
    let date = facts.date;
    let types = types(package, date);
    let preset = Preset::ConventionalCommits(Box::new(ConventionalCommits {
        types,
        generation: Generation::Four,
        ..ConventionalCommits::default()
    }));
    let mut options = preset.parser();
    // 4.6.3 of the preset (December 2021) was the first to read the other spelling.
    options.note_keywords.retain(|keyword| keyword != "BREAKING-CHANGE");
    let parser = Family::older(Generation::Four, date).parser(&preset, options, date);
    let handed = handed(facts, package, from);
    let mut read = run::read(&parser, &handed).ok()?;
    if read.is_empty() {
        return None;
    }
    let all: Vec<&Analysed<'_>> = read.iter().collect();
    let (bump, readings, mut reasons) = run::recommended(&preset, Writer::Four, &all);
    let asking = handed.iter().find_map(|(at, _, message)| Some((*at, release_as(message)?)));
    let version = match (package.release_as.as_str(), &asking, previous) {
        ("", Some((_, version)), _) => Some(version.clone()),
        ("", None, _) if counted.is_some() => counted,
        ("", None, Some(from)) => from.moved(lowered(package, from, bump)),
        ("", None, None) => Version::find(&package.initial),
        (configured, ..) => Version::find(configured),
    }?;
    if !package.release_as.is_empty() {
        let rule = Text::new("tool_release_please_configured", [&package.release_as]);
        reasons.insert(0, Reason { commit: None, bump, rule });
    } else if let Some((at, version)) = asking {
        let rule = Text::new("tool_release_please_release_as", [&version.to_string()]);
        reasons.insert(0, Reason { commit: Some(at), bump, rule });
    }
    for commit in &mut read {
        as_printed(&mut commit.read, date);
    }
    let options = WriterOptions {
        writer: engine(facts),
        links_in_code: true,
        // 4.2.0 and 4.0.0 of the preset.
        groups_by_title: date < PRESET_42,
        notes_last: date < "2019-05-18",
        ..WriterOptions::default()
    };
    let entry = run::entry_with(&preset, &options, &context(&version), &read).trim().to_owned();
    // `changelogEmpty`.
    entry.contains('\n').then_some(Release { version, entry, readings, reasons })
}

/// The package's commits, newest first. Up to 5.2.0 a commit was only taken where it is the one that its pull request was
/// merged as, which those behind a merge commit are not.
fn handed<'a>(facts: &Facts<'a>, package: &Package, from: usize) -> Vec<(usize, &'a str, &'a str)> {
    let history = facts.history;
    let merged = facts.date > "2020-06-06";
    let short = facts.date < PRESET_42;
    let own = history.commits.iter().enumerate().skip(from).rev();
    own.filter(|(_, commit)| merged || commit.first_parent != Some(false))
        .filter(|(_, commit)| run::touches(facts, commit, &package.path))
        .map(|(at, commit)| {
            let hash = if short { commit.sha.get(..7).unwrap_or(&commit.sha) } else { &commit.sha };
            (at, hash, commit.message.as_str())
        })
        .collect()
}

/// The engine that sorts: the action had Node.js 12 from its beginning, and the app from 2020-08-25 on
/// (googleapis/repo-automation-bots#901).
fn engine(facts: &Facts<'_>) -> Writer {
    let action = config::evidence(facts.files).is_some_and(|(path, _)| path.starts_with(".github/workflows/"));
    if action || facts.date > "2020-08-25" { Writer::Four } else { Writer::FourOnTen }
}

/// The sections of the day. The types' own came one by one; before, each had the preset's.
fn types(package: &Package, date: &str) -> Vec<CommitType> {
    let own = config::own_sections(&package.kind) == package.sections;
    let kind = package.kind.as_str();
    let since = match kind {
        "python" => "2020-06-17",
        kind if config::is_java(kind) => "2019-08-22",
        // Types that came later, or had no sections of their own then.
        "go-yoshi" | "php" | "r" | "dotnet-yoshi" => "2021-01-08",
        _ => "",
    };
    let mut sections = if own && date <= since { preset_sections() } else { package.sections.clone() };
    if sections == preset_sections() && date < "2020-05-08" {
        sections.retain(|section| section.kind != "feature");
    }
    let of = |section: Section| CommitType {
        name: section.kind,
        scope: section.scope,
        section: Some(section.title),
        hidden: section.hidden,
        quiet: false,
    };
    sections.into_iter().map(of).collect()
}

/// A commit as it is handed to the writer: its notes shortened, and without the footer that shows a commit that asks for a
/// version, which 4.6.0 of the preset (April 2021) was the first to heed.
fn as_printed(commit: &mut Commit<'_>, date: &str) {
    for Note { text, .. } in &mut commit.notes {
        // 4.1.1 kept the first line, 6.8.3 the first paragraph.
        if date > "2020-11-16" {
            let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
            *text = Cow::Owned(lines.join(" ").trim().to_owned());
        } else if date > "2020-04-10" {
            *text = Cow::Owned(text.lines().next().unwrap_or_default().to_owned());
        }
    }
    commit.body = None;
    commit.footer = None;
}

/// `guessReleaseType`: under 1.0.0 a breaking change may be worth a minor only; a feature always is.
fn lowered(package: &Package, from: &Version, bump: Bump) -> Bump {
    if package.counting.minor_pre_major && from.major < 1 && bump == Bump::Major { Bump::Minor } else { bump }
}

/// `/release-as:\s*v?([0-9]+\.[0-9]+\.[0-9a-z]+(-[0-9a-z.]+)?)\s*/i`, anywhere in a message.
fn release_as(message: &str) -> Option<Version> {
    const MARK: &str = "release-as:";
    let mut rest = message;
    while let Some(at) = rest.find(':') {
        let (before, behind) = rest.split_at_checked(at + 1)?;
        rest = behind;
        let marked = before.len().checked_sub(MARK.len()).and_then(|start| before.get(start..));
        if !marked.is_some_and(|mark| mark.eq_ignore_ascii_case(MARK)) {
            continue;
        }
        let text = behind.trim_start();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-')));
        let named = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        if named.starts_with(|letter: char| letter.is_ascii_digit())
            && let Some(version) = Version::find(named.trim_end_matches(['.', '-']))
        {
            return Some(version);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::release_as;
    use crate::files::Files;
    use crate::history::{Commit, History};
    use crate::tool::release_please::ReleasePlease;
    use crate::tool::{Plan, Tool as _, testing};

    fn planned(kind: &str, date: &str, version: &str, messages: &[&str]) -> Plan {
        let commit = |(at, message): (usize, &&str)| Commit {
            sha: format!("{at:040}"),
            message: message.trim_start().to_owned(),
            // What begins with a space stands behind a merge commit.
            first_parent: Some(!message.starts_with(' ')),
            ..Commit::default()
        };
        let commits = messages.iter().enumerate().map(commit).collect();
        let history = History { commits, tags: Vec::new(), since: None, complete: true };
        let files = Files::of([(".github/release-please.yml", format!("releaseType: {kind}\n").as_str())]);
        testing::planned(|facts| ReleasePlease.plan(facts), &files, &history, date, Some(version))
    }

    /// The version, and the entry's headings and lines without their links.
    #[track_caller]
    fn check(kind: &str, date: &str, messages: &[&str], version: &str, expected: &[&str]) {
        let plan = planned(kind, date, "1.2.3", messages);
        let Some(release) = plan.releases.first() else {
            assert_eq!(version, "", "{plan:?}");
            return;
        };
        assert_eq!(release.next.to_string(), version);
        let entry = &release.entry.as_ref().unwrap().markdown;
        let lines = entry.lines().skip(1).filter(|line| !line.is_empty());
        let bare = lines.map(|line| line.replace("https://www.github.com/acme/widgets/issues/", ""));
        let told: Vec<String> = bare.map(|line| line.split(" ([0").next().unwrap_or_default().to_owned()).collect();
        assert_eq!(told, expected, "{entry}");
    }

    #[test]
    fn commits_were_read_by_another_parser() {
        let entry = planned("node", "2020-10-01", "1.2.3", &["fix(a): b (#7)\n\nMore.\n\nFixes #5, #6"]);
        let expected = "### [1.2.4](https://www.github.com/acme/widgets/compare/v1.2.3...v1.2.4) (2020-10-01)\n\n\n\
            ### Bug Fixes\n\n* **a:** b ([#7](https://www.github.com/acme/widgets/issues/7)) \
            ([0000000](https://www.github.com/acme/widgets/commit/0000000000000000000000000000000000000000)), closes \
            [#5](https://www.github.com/acme/widgets/issues/5) [#6](https://www.github.com/acme/widgets/issues/6)";
        assert_eq!(entry.releases[0].entry.as_ref().unwrap().markdown, expected);
        // What the parser of today takes for more commits, or for none, was one.
        check("node", "2020-10-01", &["fix: a\n\nfeat: b"], "1.2.4", &["### Bug Fixes", "* a"]);
        check("node", "2020-10-01", &["fix: a\n\nfoo(bar("], "1.2.4", &["### Bug Fixes", "* a"]);
        check("node", "2020-10-01", &["chore: a"], "", &[]);
        check("node", "2021-01-09", &["fix: a\n\nfeat: b"], "1.3.0", &["### Features", "* b", "### Bug Fixes", "* a"]);
    }

    #[test]
    fn breaking_changes_were_cut_short() {
        let message = "feat!: a\n\nBREAKING CHANGE: one\ntwo\n\nthree";
        let told = |date: &str, notes: &[&str]| {
            let mut lines = vec!["### ⚠ BREAKING CHANGES"];
            lines.extend(notes);
            lines.extend(["### Features", "* a"]);
            check("node", date, &[message], "2.0.0", &lines);
        };
        told("2020-04-10", &["* one", "two", "three"]);
        told("2020-11-16", &["* one"]);
        told("2020-11-17", &["* one two"]);
    }

    #[test]
    fn sections_came_one_by_one() {
        let docs = ["fix: a", "docs: b"];
        check("python", "2020-06-17", &docs, "1.2.4", &["### Bug Fixes", "* a"]);
        check("python", "2020-06-18", &docs, "1.2.4", &["### Bug Fixes", "* a", "### Documentation", "* b"]);
        check("node", "2020-05-07", &["fix: a", "feature: b"], "1.3.0", &["### Bug Fixes", "* a"]);
        check(
            "node",
            "2020-05-08",
            &["fix: a", "feature: b"],
            "1.3.0",
            &["### Features", "* b", "### Bug Fixes", "* a"],
        );
        // The other way around before October 2019.
        check("node", "2019-10-09", &["feat: a", "fix: b"], "1.3.0", &["### Bug Fixes", "* b", "### Features", "* a"]);
    }

    #[test]
    fn commits_behind_a_merge_were_left_out() {
        let merged = [" fix: a", "Merge pull request #1 from b", "fix: c"];
        check("node", "2020-06-06", &merged, "1.2.4", &["### Bug Fixes", "* c"]);
        check("node", "2020-08-26", &merged, "1.2.4", &["### Bug Fixes", "* a", "* c"]);
    }

    #[test]
    fn the_apps_engine_sorted_otherwise_up_to_august_2020() {
        let scoped = ["fix(b): a", "fix: d", "fix: c"];
        check("node", "2020-08-25", &scoped, "1.2.4", &["### Bug Fixes", "* **b:** a", "* c", "* d"]);
        check("node", "2020-08-26", &scoped, "1.2.4", &["### Bug Fixes", "* c", "* d", "* **b:** a"]);
    }

    #[test]
    fn a_footer_asked_for_a_version_but_was_not_shown() {
        check("node", "2020-10-01", &["chore: a\n\nRelease-As: 2.0.0", "fix: b"], "2.0.0", &["### Bug Fixes", "* b"]);
        check("node", "2020-10-01", &["chore: a\n\nRelease-As: 2.0.0"], "", &[]);
        let read = |text: &str, expected: Option<&str>| {
            assert_eq!(release_as(text).map(|version| version.to_string()).as_deref(), expected, "{text:?}");
        };
        read("a\n\nrelease-as:v1.2.3-rc.1 b", Some("1.2.3-rc.1"));
        read("é: Release-As: x\nRELEASE-AS: 1.2.3.", Some("1.2.3"));
        read("Release-As 1.2.3", None);
    }
}

//! @vitejs/release-scripts: whoever releases chooses the version; the entry is conventional-changelog's, with its own
//! templates (`src/changelog.ts` of 1.6 to 1.10; before 1.6 the default template of conventional-changelog-core).

use super::conventional_changelog::run::{self, Family, Package};
use super::conventional_changelog::{Context, ConventionalCommits, Item, Preset, Writer, linked_subject, ten};
use super::semantic_release::analysis::Analysed;
use super::{Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::collation;
use crate::files::Files;
use crate::history::Tag;
use crate::reading::conventional_commits_parser::{Options, Parser, short_hash};
use crate::reading::javascript_text::prefix_units;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::{Prerelease, Version};
use std::fmt::Write as _;

/// @vitejs/release-scripts.
#[derive(Clone, Copy, Debug)]
pub struct VitejsReleaseScripts;

/// The package's name.
const NAME: &str = "@vitejs/release-scripts";

impl Tool for VitejsReleaseScripts {
    fn id(&self) -> &'static str {
        "vitejs-release-scripts"
    }
    fn name(&self) -> &'static str {
        NAME
    }
    fn files(&self) -> &'static [&'static str] {
        &["package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        installed(files)?;
        Some(Recognition { path: "package.json".to_owned(), evidence: NAME.to_owned() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let pattern = over.and_then(|over| TagPattern::parse(over, "{version}"));
        newest(tags, &pattern.unwrap_or_else(|| TagPattern::new("v", "")))
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The version of the package that `package.json` asks for.
fn installed(files: &Files) -> Option<String> {
    let package = files.value("package.json").ok().flatten()?;
    let tables = ["devDependencies", "dependencies"];
    tables.iter().find_map(|table| Some(package.get(*table)?.get(NAME)?.as_str()?.to_owned()))
}

fn newest<'a>(tags: &'a [Tag], pattern: &TagPattern) -> Option<&'a Tag> {
    let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
    versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
}

/// `next`, the first of the versions to choose from (`getVersionChoices`): a patch, or the next pre-release.
fn next_version(from: &Version) -> Option<Version> {
    if from.pre.is_empty() {
        return increment(from, Bump::Patch);
    }
    let (name, number) = from.pre.rsplit_once('.')?;
    let number = number.parse::<u64>().ok()?.checked_add(1)?;
    Some(Version { pre: Prerelease::new(&format!("{name}.{number}")).ok()?, ..from.clone() })
}

/// The second number of the version, 1.6 to 1.10: before 6 the entry is a plain list, from 8 on version 10 of the preset
/// prints it. Where no version is asked for it is the newest of the day, about.
fn minor(files: &Files, date: &str) -> u64 {
    let asked = installed(files).and_then(|range| {
        let numbers = range.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
        let mut parts = numbers.split('.').map(|part| part.parse::<u64>().ok());
        Some((parts.next()??, parts.next()??))
    });
    match asked {
        Some((0, _)) => 0,
        Some((1, minor)) => minor,
        None if !date.is_empty() && date < "2025-07-01" => 5,
        None if !date.is_empty() && date < "2026-05-01" => 6,
        None if !date.is_empty() && date < "2026-07-17" => 7,
        _ => 10,
    }
}

fn plan(facts: &Facts<'_>) -> Plan {
    let mut plan = Plan { notes: vec![Text::new("tool_vitejs_chosen", [])], ..Plan::default() };
    if let Some(last) = facts.last {
        let package = Package::read(facts.files, &last.path).unwrap_or_default();
        let package = Package { path: last.path.clone(), ..package };
        release(facts, &package, last.version.clone(), &last.tag, None, &mut plan);
        return plan;
    }
    let mut packages: Vec<Package> = Package::all(facts.files).into_iter().filter(|package| !package.private).collect();
    if packages.is_empty() {
        packages.extend(Package::read(facts.files, "."));
    }
    for package in packages {
        let own = newest(&facts.history.tags, &TagPattern::new(&format!("{}@", package.name), ""));
        let tag = own.or_else(|| newest(&facts.history.tags, &TagPattern::new("v", "")));
        // Only the packages that the pull request's own files are of: the others are not asked about here.
        let touched = facts.history.commits.last().is_some_and(|commit| run::touches(facts, commit, &package.path));
        if touched {
            let from = tag.map(|tag| tag.name.clone()).unwrap_or_default();
            release(facts, &package, package.version.clone(), &from, tag, &mut plan);
        }
    }
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_vitejs_nothing", []));
    }
    plan
}

fn release(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<Version>,
    from: &str,
    since: Option<&Tag>,
    plan: &mut Plan,
) {
    let Some(next) = previous.as_ref().and_then(next_version) else {
        plan.nothing = Some(Text::new("tool_vitejs_nothing", []));
        return;
    };
    let tag = run::tag_like(from, previous.as_ref(), &next, "v");
    let remote = run::remote(facts.files, "", facts.repository);
    let context = run::context(&remote, &next, from, &tag, facts.date);
    let minor = minor(facts.files, facts.date);
    let listed = minor < 6;
    let family = if minor < 8 { Family::of_2024(facts.date) } else { Family::NEWEST };
    let mut config = ConventionalCommits { generation: family.generation, ..ConventionalCommits::default() };
    for kind in &mut config.types {
        kind.hidden = false;
    }
    let preset = Preset::ConventionalCommits(Box::new(config));
    let options = if listed { Options::default() } else { preset.parser() };
    let parser = if listed { Parser::new(options) } else { family.parser(&preset, options, facts.date) };
    let handed = run::handed(facts, since, &package.path, false);
    let read = match run::read(&parser, &handed) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(Text::new("tool_failed", [thrown.0]));
            return;
        }
    };
    let markdown = if listed { list(&context, &read) } else { sections(&preset, family, minor, &context, &read) };
    plan.releases.push(Release {
        component: if package.path == "." { String::new() } else { package.name.clone() },
        path: package.path.clone(),
        previous,
        bump: Bump::Patch,
        next,
        tag,
        reasons: vec![Reason { commit: None, bump: Bump::Patch, rule: Text::new("tool_vitejs_next", []) }],
        entry: Some(Entry { markdown }),
    });
}

/// The entry with sections: the heading of a patch is small, nothing stands between it and the first section, and from
/// 1.7 on breaking changes are listed with the commits' own subjects.
fn sections(preset: &Preset, family: Family, minor: u64, context: &Context, read: &[Analysed<'_>]) -> String {
    let entry = run::entry(preset, context, read, family.writer);
    let (heading, rest) = entry.split_once('\n').unwrap_or((entry.as_str(), ""));
    let heading = heading.strip_prefix("## ").unwrap_or(heading);
    let mut out = if context.patch { format!("## <small>{heading}</small>\n") } else { format!("## {heading}\n") };
    let rest = rest.trim_start_matches('\n');
    let notes = "### ⚠ BREAKING CHANGES\n\n";
    match rest.strip_prefix(notes) {
        None => out.push_str(rest),
        Some(after) => {
            out.push_str(notes);
            let mut lines: Vec<(&str, String)> = Vec::new();
            for commit in read {
                let item = Item { hash: commit.hash, subject: &commit.subject, read: &commit.read };
                let scope = commit.read.part("scope").map(|scope| format!("**{scope}:** ")).unwrap_or_default();
                let subject = if family.writer == Writer::Nine {
                    ten::transform(preset, context, &item).map(|printed| printed.subject.into_owned())
                } else {
                    linked_subject(preset, context, item)
                };
                if minor < 7 {
                    lines.extend(commit.read.notes.iter().map(|note| ("", format!("* {scope}{}\n", note.text))));
                    continue;
                }
                let mut line = format!("* {scope}{}", subject.unwrap_or_default());
                if !commit.hash.is_empty() {
                    let url = ten::commit_url(preset, context, commit.hash);
                    let _ = write!(line, " ([{}]({url}))", short_hash(commit.hash));
                }
                line.push('\n');
                lines.extend(commit.read.notes.iter().map(|note| (note.text.as_ref(), line.clone())));
            }
            if family.writer == Writer::Nine {
                lines.sort_by(|(left, _), (right, _)| collation::compare(left, right));
            }
            out.extend(lines.into_iter().map(|(_, line)| line));
            let after = after.split_once("\n\n### ").map(|(_, after)| after);
            if let Some(after) = after {
                out.push_str("\n### ");
                out.push_str(after);
            }
        }
    }
    out
}

fn header<'a>(commit: &'a Analysed<'_>) -> &'a str {
    commit.read.header.as_deref().unwrap_or_default()
}

/// The default template: every commit with its header, by type in the order in which types are met, and by header.
fn list(context: &Context, read: &[Analysed<'_>]) -> String {
    let small = |text: String| if context.patch { format!("<small>{text}</small>") } else { text };
    let heading = small(format!("{} ({})", context.version, context.date));
    let base = format!("{}/{}/{}", context.host, context.owner, context.repository);
    let mut out = format!("## {heading}\n\n");
    let mut groups: Vec<(&str, Vec<&Analysed<'_>>)> = Vec::new();
    for commit in read {
        let kind = commit.read.part("type").unwrap_or_default();
        match groups.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, commits)) => commits.push(commit),
            None => groups.push((kind, vec![commit])),
        }
    }
    for (_, mut commits) in groups {
        commits.sort_by(|left, right| collation::compare(header(left), header(right)));
        for commit in commits {
            // The writer's own `transform` cuts it (`options.js`).
            let mut push = |parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
            push(&["* ", prefix_units(header(commit), 100)]);
            if !commit.hash.is_empty() {
                push(&[" ([", short_hash(commit.hash), "](", &base, "/commit/", commit.hash, "))"]);
            }
            for (at, reference) in commit.read.references.iter().enumerate() {
                push(&[if at == 0 { ", closes [" } else { " [" }]);
                let issue = reference.issue;
                let repository = reference.repository.unwrap_or_default();
                match reference.owner.filter(|_| reference.repository.is_some()) {
                    Some(owner) => {
                        push(&[owner, "/", repository, "#", issue, "](", &context.host, "/", owner, "/", repository]);
                    }
                    None => push(&[repository, "#", issue, "](", &base]),
                }
                push(&["/issues/", issue, ")"]);
            }
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str) {
        assert_eq!(next_version(&Version::parse(from).unwrap()).unwrap().to_string(), to);
    }

    #[test]
    fn the_first_choice_is_the_next_of_its_kind() {
        check("1.2.3", "1.2.4");
        check("1.3.0-beta.1", "1.3.0-beta.2");
    }

    #[test]
    fn only_the_package_tells_the_tool() {
        let package = r#"{"name": "@vitejs/release-scripts"}"#;
        assert!(VitejsReleaseScripts.recognise(&Files::of([("package.json", package)])).is_none());
        let package = r#"{"devDependencies": {"@vitejs/release-scripts": "^1.6.0"}}"#;
        assert!(VitejsReleaseScripts.recognise(&Files::of([("package.json", package)])).is_some());
    }
}

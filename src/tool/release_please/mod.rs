//! release-please 17.11.2: `src/manifest.ts` (`buildPullRequests`) and `src/strategies/base.ts`
//! (`buildReleasePullRequest`).
//!
//! For each package: the commits since its release that touch its folder, read, counted, and printed; where the entry
//! would be its heading alone, nothing is released.

pub mod command;
pub mod config;
mod eight;
pub mod maven;
pub mod notes;
pub mod version;
pub mod workspace;

use super::conventional_changelog::Context;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit as HistoryCommit, Tag};
use crate::reading::release_please::{self as reading, Commit, Reading};
use crate::text::Text;
use crate::version::TagPattern;
use config::{Config, Ecosystem, Linked, Package, Workspace};
use notes::{Form, Line, Surroundings};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use version::{NoVersion, Strategy, Version};

/// release-please.
#[derive(Clone, Copy, Debug)]
pub struct ReleasePlease;

impl Tool for ReleasePlease {
    fn id(&self) -> &'static str {
        "release-please"
    }

    fn name(&self) -> &'static str {
        "release-please"
    }

    fn files(&self) -> &'static [&'static str] {
        &[
            config::CONFIG,
            config::MANIFEST,
            config::APP,
            ".github/release-please.yaml",
            ".github/release-please-config*.json",
            ".github/.release-please-manifest*.json",
            "release-please-config.*.json",
            ".release-please-manifest.*.json",
            ".release-please-config*.json",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
            "package.json",
            "Cargo.toml",
            "pubspec.yaml",
            "Chart.yaml",
            "sfdx-project.json",
        ]
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        config::evidence(files).map(|(path, evidence)| Recognition { path, evidence })
    }

    /// Where the packages were last released at different commits, no single tag will do: their order is not known
    /// here, so the newest commits are asked for, and each package's own are cut out of them.
    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let config = config::read(files, branch);
        let known = Looks::of(tags);
        let mut found = config.packages.iter().filter_map(|package| {
            let previous = previous(package, &config, &known, over)?;
            tags.iter().find(|tag| tag.name == previous.tag)
        });
        let first = found.next()?;
        found.all(|tag| tag.name == first.name || (!tag.sha.is_empty() && tag.sha == first.sha)).then_some(first)
    }

    #[cfg(feature = "more")]
    fn package_globs(&self, files: &Files) -> Vec<String> {
        config::places(files)
    }

    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        config::manifests(files, tree)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// A tag taken apart once, for all packages.
struct TagLook<'a> {
    tag: &'a Tag,
    parts: config::TagParts<'a>,
    version: Version,
}

impl<'a> TagLook<'a> {
    fn of(tag: &'a Tag) -> Option<Self> {
        let parts = config::tag_parts(&tag.name)?;
        Some(Self { tag, parts, version: Version::find(parts.version)? })
    }
}

/// All tags that name a version, by their whole name and by the component in it.
#[derive(Default)]
struct Looks<'a> {
    all: Vec<TagLook<'a>>,
    /// Whether or not the name can be taken apart.
    by_name: BTreeMap<&'a str, &'a Tag>,
    by_component: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Looks<'a> {
    fn of(tags: &'a [Tag]) -> Self {
        let mut looks = Self { all: tags.iter().filter_map(TagLook::of).collect(), ..Self::default() };
        for tag in tags {
            looks.by_name.entry(&tag.name).or_insert(tag);
        }
        for (at, look) in looks.all.iter().enumerate() {
            looks.by_component.entry(look.parts.component).or_default().push(at);
        }
        looks
    }

    /// The release of that version whose tag has exactly that name.
    fn named(&self, name: &str, version: &Version) -> Option<Previous> {
        let tag = self.by_name.get(name)?;
        Some(Previous { version: version.clone(), tag: tag.name.clone(), sha: tag.sha.clone() })
    }

    /// The tags of a component; with a pattern set by the user, those that fit it.
    fn of_package(&self, package: &Package, pattern: Option<&TagPattern>) -> Vec<&TagLook<'a>> {
        if let Some(pattern) = pattern {
            return self.all.iter().filter(|look| pattern.version(&look.tag.name).is_some()).collect();
        }
        let places = self.by_component.get(package.component.as_str());
        places.into_iter().flatten().filter_map(|at| self.all.get(*at)).collect()
    }
}

/// A package's last release.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Previous {
    version: Version,
    /// The tag's name; it need not exist.
    tag: String,
    /// The commit it points to; empty where that is not known.
    sha: String,
}

/// The last release of a package: the manifest's version with its tag, or the highest version among its tags.
fn previous(package: &Package, config: &Config, tags: &Looks<'_>, over: Option<&str>) -> Option<Previous> {
    let of = |look: &TagLook<'_>| Previous {
        version: look.version.clone(),
        tag: look.tag.name.clone(),
        sha: look.tag.sha.clone(),
    };
    let pattern = over.and_then(|pattern| TagPattern::parse(pattern, "{version}"));
    let own = tags.of_package(package, pattern.as_ref());
    if config.manifest && config.versions {
        let version = Version::find(package.version.as_deref()?)?;
        let expected = tag_name(package, &version, over);
        let same = || own.iter().copied().find(|look| look.version == version).map(of);
        if let Some(found) = tags.named(&expected, &version).or_else(same) {
            return Some(found);
        }
        // `backfillReleasesFromTags`: the name is made up of what is configured; a package that has no releases of its
        // own at the forge was released with the whole repository.
        let written = |package: &Package| {
            let (separator, v) = package.written.clone();
            tag_name(&Package { separator, v, ..package.clone() }, &version, over)
        };
        let expected = written(package);
        let root = config.packages.iter().find(|root| package.skips_release && root.path == ".");
        let found = tags.named(&expected, &version).or_else(|| tags.named(&written(root?), &version));
        if found.is_some() {
            return found;
        }
        // `0.0.0` without a tag stands for a package that was never released.
        return (version != Version::default()).then_some(Previous { version, tag: expected, sha: String::new() });
    }
    let published = |look: &&TagLook<'_>| !config::is_java(&package.kind) || !look.version.pre.contains("SNAPSHOT");
    own.into_iter().filter(published).max_by(|left, right| left.version.semver().cmp(&right.version.semver())).map(of)
}

fn tag_name(package: &Package, version: &Version, over: Option<&str>) -> String {
    let pattern = over.and_then(|pattern| TagPattern::parse(pattern, "{version}"));
    match pattern.zip(version.semver()) {
        Some((pattern, version)) => pattern.tag(&version),
        None => package.tag(&version.to_string()),
    }
}

/// The packages that the facts ask about, with the last release of each.
fn packages(facts: &Facts<'_>, config: &mut Config) -> Vec<(Package, Option<Previous>)> {
    if let Some(last) = facts.last {
        let mut package = match config.packages.iter().find(|package| package.path == last.path) {
            Some(package) => package.clone(),
            None => config::unlisted(facts.files, &last.path),
        };
        let previous = last.version.as_ref().filter(|_| !last.tag.is_empty()).and_then(|version| {
            Some(Previous { version: Version::find(&version.to_string())?, tag: last.tag.clone(), sha: String::new() })
        });
        if let Some(previous) = &previous
            && tag_name(&package, &previous.version, facts.tag_pattern) != previous.tag
            && let Some(parts) = config::tag_parts(&previous.tag)
        {
            // What the tags look like is seen, whatever the configuration leads to.
            parts.component.clone_into(&mut package.component);
            package.v = parts.v;
            if !parts.component.is_empty() {
                parts.separator.clone_into(&mut package.separator);
                package.name.clone_from(&package.component);
            }
            package.guessed = false;
        }
        return vec![(package, previous)];
    }
    let tags = Looks::of(&facts.history.tags);
    for package in &mut config.packages {
        settle_name(package, &tags);
    }
    let with_previous = |package: &Package| (package.clone(), previous(package, config, &tags, facts.tag_pattern));
    config.packages.iter().map(with_previous).collect()
}

/// Where a package's name had to be guessed, a tag of its version whose name ends like the folder settles it.
fn settle_name(package: &mut Package, tags: &Looks<'_>) {
    let Some(version) = package.version.as_deref().and_then(Version::find).filter(|_| package.guessed) else { return };
    let fits = |look: &&TagLook<'_>| look.version == version && !look.parts.component.is_empty();
    let folder = package.component.clone();
    let alike =
        |look: &&TagLook<'_>| look.parts.component == folder || look.parts.component.ends_with(&format!("-{folder}"));
    if let Some(look) = tags.all.iter().filter(fits).find(alike) {
        look.parts.component.clone_into(&mut package.component);
        package.name.clone_from(&package.component);
        package.guessed = false;
    }
}

/// The override block of the description of a commit's pull request, which is where the tool looks. Where the
/// description is not known, the message stands in: it may have taken the description over.
fn overriding(commit: &HistoryCommit) -> Option<&str> {
    reading::override_in(commit.description.as_deref().unwrap_or(&commit.message))
}

/// The message the tool reads.
fn message<'a>(commit: &'a HistoryCommit, config: &Config, form: Form) -> Cow<'a, str> {
    let message = overriding(commit).unwrap_or(&commit.message);
    match config.sentence_case.as_ref().filter(|_| form.raw_sentences) {
        Some(words) => raw_sentence_case(message, words),
        None => Cow::Borrowed(message),
    }
}

/// Which packages a commit belongs to (`src/util/commit-split.ts`): those whose folder is the nearest above one of
/// its files; all of them for a commit without files; and always the whole repository's.
struct Split<'a> {
    folders: BTreeMap<&'a str, usize>,
    root: Option<usize>,
}

impl<'a> Split<'a> {
    fn new(packages: &'a [(Package, Option<Previous>)]) -> Self {
        let mut split = Self { folders: BTreeMap::new(), root: None };
        for (at, (package, _)) in packages.iter().enumerate() {
            if package.path == "." {
                split.root = Some(at);
            } else {
                split.folders.insert(&package.path, at);
            }
        }
        split
    }

    /// Puts the packages into `packages`, each once.
    fn of(&self, files: &[String], packages: &mut Vec<usize>) {
        packages.clear();
        packages.extend(self.root);
        if files.is_empty() {
            packages.extend(self.folders.values());
            return;
        }
        if self.folders.is_empty() {
            return;
        }
        let mut before = None;
        for file in files {
            let mut folder = file.as_str();
            while let Some((above, _)) = folder.rsplit_once('/') {
                folder = above;
                if before == Some(folder) {
                    break;
                }
                if let Some(package) = self.folders.get(folder) {
                    before = Some(folder);
                    if !packages.contains(package) {
                        packages.push(*package);
                    }
                    break;
                }
            }
        }
    }
}

/// `src/util/commit-exclude.ts`: a commit does not count where all its files in the package lie in excluded folders.
fn excluded(package: &Package, files: Option<&[String]>) -> bool {
    let Some(files) = files.filter(|_| !package.exclude.is_empty()) else { return false };
    let inside =
        |file: &str, folder: &str| folder == "." || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let mut own = files.iter().filter(|file| inside(file, &package.path));
    own.all(|file| package.exclude.iter().any(|folder| inside(file, folder)))
}

/// What one package would release.
#[derive(Clone, Debug)]
struct Proposal {
    version: Version,
    entry: Option<String>,
    /// The packages whose release moves this one, where its own commits do not; `None` where they do.
    because: Option<Vec<String>>,
}

/// A commit read, and its place in the history; `None` for one the tool makes up.
type Placed<'a> = (Option<usize>, &'a Commit<'a>);

fn plan(facts: &Facts<'_>) -> Plan {
    let mut config = config::read(facts.files, facts.branch);
    let form = Form::at(facts.date);
    if config.hosted && config.sentence_case.is_none() && !config.manifest && !form.before_sentences {
        config.sentence_case = Some(config::special_words());
    }
    if let Some(stop) = config.stop.filter(|_| facts.last.is_none()) {
        return Plan { notes: config.notes, nothing: Some(stop), ..Plan::default() };
    }
    config.stop = None;
    let packages = packages(facts, &mut config);
    let commits = &facts.history.commits;
    let mut plan = Plan { notes: config.notes.clone(), ..Plan::default() };
    // What one package cannot be built with stops the tool for all.
    let mut unknown = packages.iter().filter_map(|(package, _)| package.unknown.as_ref());
    if let Some(stop) = unknown.next().filter(|_| facts.last.is_none()) {
        plan.nothing = Some(stop.clone());
        return plan;
    }
    let from = oldest(facts, &config, &packages, &mut plan.notes);
    let newest = commits.get(from..).unwrap_or_default();
    let messages: Vec<Cow<'_, str>> = newest.iter().map(|commit| message(commit, &config, form)).collect();
    let mut read: Vec<Reading<'_>> = Vec::with_capacity(newest.len());
    for message in &messages {
        let mut reading = if form.unsplit { reading::read_unsplit(message) } else { reading::read(message) };
        if let Some(words) = config.sentence_case.as_ref().filter(|_| !form.raw_sentences) {
            sentence_case(&mut reading, words);
        }
        read.push(reading);
    }
    if newest.iter().any(|commit| overriding(commit).is_some()) {
        plan.notes.push(Text::new("tool_release_please_override", []));
    }
    let (placed, owners) = place(facts, from, &packages, &read, &mut plan.notes);
    plan.readings = readings(&read, from, &owners, &packages);
    let mut proposals: Vec<Option<Proposal>> = Vec::with_capacity(packages.len());
    for ((package, previous), commits) in packages.iter().zip(&placed) {
        proposals.push(propose(facts, package, previous.as_ref(), commits, &mut plan));
    }
    let mut older = match (packages.as_slice(), proposals.as_mut_slice()) {
        ([(package, previous)], [proposal]) if eight::wrote(facts.date, package) => {
            let older = before_nine(facts, package, previous.as_ref(), from, proposal.take());
            *proposal = older.as_ref().map(|(proposal, ..)| proposal.clone());
            older.map(|(_, readings, reasons)| (readings, reasons))
        }
        _ => None,
    };
    let mut made_up = vec![Vec::new(); packages.len()];
    for linked in &config.linked {
        link(facts, linked, &packages, &placed, &mut made_up, &mut proposals, &mut plan);
    }
    // The packages whose releases an earlier plugin has made one pull request of, and that plugin.
    let mut merged: Vec<Option<Merged<'_>>> = vec![None; packages.len()];
    let mut linked_seen = 0;
    for workspace in &config.workspaces {
        let before = config.linked.get(linked_seen..workspace.linked_before).unwrap_or_default();
        linked_seen = workspace.linked_before;
        for linked in before.iter().filter(|linked| linked.merges) {
            merge(Merged::Linked(&linked.group), &packages, &proposals, &mut merged, |package, _| {
                linked.components.contains(&package.configured)
            });
        }
        lose(*workspace, &merged, &mut proposals, &mut plan.notes);
        follow(facts, *workspace, &packages, &mut proposals, &mut plan);
        if workspace.merges {
            merge(Merged::Workspace(workspace.of), &packages, &proposals, &mut merged, |package, proposal| {
                workspace.of.takes(&package.kind) && (!package.separate || proposal.because.is_some())
            });
        }
    }
    let several = packages.len() > 1;
    for (((package, previous), commits), proposal) in packages.iter().zip(&placed).zip(proposals) {
        let Some(proposal) = proposal else { continue };
        package_notes(package, &mut plan.notes);
        release(facts, package, previous.as_ref(), commits, proposal, several, &mut plan);
        if let Some((release, (readings, reasons))) = plan.releases.last_mut().zip(older.take()) {
            plan.readings = readings;
            release.reasons = reasons;
        }
    }
    if !plan.releases.is_empty() {
        // What stops one package does not stop the others.
        plan.notes.extend(plan.nothing.take());
    }
    let mut said: Vec<Text> = Vec::with_capacity(plan.notes.len());
    for note in plan.notes.drain(..) {
        if !said.contains(&note) {
            said.push(note);
        }
    }
    plan.notes = said;
    if plan.releases.is_empty() && plan.nothing.is_none() {
        let any = placed.iter().any(|commits| !commits.is_empty());
        plan.nothing = Some(if any {
            Text::new("tool_release_please_nothing_shown", [])
        } else {
            Text::new("tool_release_please_nothing_read", [])
        });
    }
    plan
}

/// Where the commits begin that the tool reads: it goes back from the newest to `commit-search-depth`, to
/// `last-release-sha`, to the oldest of the packages' last releases, or, as long as a package has none, to
/// `bootstrap-sha`.
fn oldest(
    facts: &Facts<'_>,
    config: &Config,
    packages: &[(Package, Option<Previous>)],
    notes: &mut Vec<Text>,
) -> usize {
    let commits = &facts.history.commits;
    let behind = |sha: &str| commits.iter().rposition(|commit| !sha.is_empty() && commit.sha == sha).map(|at| at + 1);
    let tagged = |(_, previous): &(Package, Option<Previous>)| previous.as_ref().is_some_and(|tag| !tag.sha.is_empty());
    let other = if !packages.iter().all(tagged) {
        behind(&config.bootstrap_sha)
    } else if facts.last.is_none() {
        let released =
            |(_, previous): &(Package, Option<Previous>)| behind(&previous.as_ref()?.sha).unwrap_or(0).into();
        packages.iter().filter_map(released).min()
    } else {
        None
    };
    let named = behind(&config.last_release_sha).unwrap_or_default().max(other.unwrap_or_default());
    let deepest = commits.len().saturating_sub(config.depth);
    if deepest > named {
        let (depth, left) = (config.depth.to_string(), (deepest - named).to_string());
        notes.push(Text::new("tool_release_please_depth", [&depth, &left]));
    }
    deepest.max(named)
}

/// Each package's commits since its release, newest first; and of each commit the first package it belongs to. Where a
/// commit's files are not known, those stand in that the last commit (the squash commit of a preview) touches, and all
/// packages where that is not known either.
fn place<'a>(
    facts: &Facts<'_>,
    from: usize,
    packages: &[(Package, Option<Previous>)],
    read: &'a [Reading<'a>],
    notes: &mut Vec<Text>,
) -> (Vec<Vec<Placed<'a>>>, Vec<Option<usize>>) {
    let history = facts.history;
    let commits = history.commits.get(from..).unwrap_or_default();
    let split = Split::new(packages);
    if !split.folders.is_empty() && commits.iter().any(|commit| commit.files.is_none()) {
        notes.push(Text::new("tool_release_please_files_unknown", []));
    }
    let mut assumed = Vec::new();
    split.of(commits.last().and_then(|commit| commit.files.as_deref()).unwrap_or_default(), &mut assumed);
    // The release's commit is looked for among the package's own (`commitsAfterSha`): where it does not touch the
    // package, everything that was read counts.
    let mut belongs = Vec::new();
    let start = |(at, (_, previous)): (usize, &(Package, Option<Previous>))| {
        let previous = previous.as_ref().filter(|_| facts.last.is_none())?;
        let tag = Tag { name: previous.tag.clone(), sha: previous.sha.clone() };
        let start = history.commits.len().saturating_sub(history.after(&tag).len());
        let release = history.commits.get(start.checked_sub(1)?)?;
        match &release.files {
            Some(files) => split.of(files, &mut belongs),
            None => return Some(start),
        }
        belongs.contains(&at).then_some(start)
    };
    let starts: Vec<usize> = packages.iter().enumerate().map(start).map(Option::unwrap_or_default).collect();
    let mut placed: Vec<Vec<Placed<'a>>> = vec![Vec::new(); packages.len()];
    let mut owners = vec![None; commits.len()];
    for ((at, commit), reading) in commits.iter().enumerate().zip(read).rev() {
        match &commit.files {
            Some(files) => split.of(files, &mut belongs),
            None => belongs.clone_from(&assumed),
        }
        if let Some(owner) = owners.get_mut(at) {
            *owner = belongs.first().copied();
        }
        let place = from + at;
        for at in &belongs {
            let (Some((package, _)), Some(start), Some(placed)) =
                (packages.get(*at), starts.get(*at), placed.get_mut(*at))
            else {
                continue;
            };
            if place >= *start && !package.unreachable && !excluded(package, commit.files.as_deref()) {
                placed.extend(reading.commits.iter().map(|commit| (Some(place), commit)));
            }
        }
    }
    for (package, _) in packages.iter().filter(|(package, _)| package.unreachable) {
        notes.push(Text::new("tool_release_please_path", [&package.path]));
    }
    (placed, owners)
}

/// The plugin that made one pull request of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Merged<'a> {
    /// `linked-versions`, with its group.
    Linked(&'a str),
    /// A workspace plugin.
    Workspace(Ecosystem),
}

/// Notes for which releases a plugin has made one pull request of.
fn merge<'a>(
    by: Merged<'a>,
    packages: &[(Package, Option<Previous>)],
    proposals: &[Option<Proposal>],
    merged: &mut [Option<Merged<'a>>],
    takes: impl Fn(&Package, &Proposal) -> bool,
) {
    for (((package, _), proposal), merged) in packages.iter().zip(proposals).zip(merged) {
        if merged.is_none() && proposal.as_ref().is_some_and(|proposal| takes(package, proposal)) {
            *merged = Some(by);
        }
    }
}

/// A pull request made of several has no version of its own (`src/plugins/merge.ts`), and a workspace plugin drops what
/// has none (`WorkspacePlugin.run`).
fn lose(
    workspace: Workspace,
    merged: &[Option<Merged<'_>>],
    proposals: &mut [Option<Proposal>],
    notes: &mut Vec<Text>,
) {
    for (merged, proposal) in merged.iter().zip(proposals) {
        let Some(by) = merged.filter(|_| proposal.is_some()) else { continue };
        *proposal = None;
        notes.push(match by {
            Merged::Linked(group) => Text::new("tool_release_please_plugin_order", [workspace.of.plugin(), group]),
            Merged::Workspace(of) => {
                Text::new("tool_release_please_two_workspaces", [workspace.of.plugin(), of.plugin()])
            }
        });
    }
}

/// The workspace plugins: what depends on a package that is released is released as well.
fn follow(
    facts: &Facts<'_>,
    workspace: Workspace,
    packages: &[(Package, Option<Previous>)],
    proposals: &mut [Option<Proposal>],
    plan: &mut Plan,
) {
    let unknown = Text::new("tool_release_please_workspace", [workspace.of.plugin()]);
    if facts.last.is_some() {
        // Asked about one package that was released: where none of its own commits did it, one it depends on did.
        for ((package, previous), proposal) in packages.iter().zip(proposals) {
            let Some(previous) = previous.as_ref().filter(|_| workspace.of.takes(&package.kind)) else { continue };
            plan.notes.push(unknown.clone());
            if proposal.is_none()
                && plan.nothing.is_none()
                && let Ok(Some(version)) = package.counting.next(&previous.version, &[])
            {
                *proposal = Some(Proposal { version, entry: None, because: Some(Vec::new()) });
            }
        }
        return;
    }
    let listed: Vec<&Package> = packages.iter().map(|(package, _)| package).collect();
    let decided: Vec<Option<Version>> =
        proposals.iter().map(|proposal| proposal.as_ref().map(|proposal| proposal.version.clone())).collect();
    let outcome = match workspace::run(workspace, facts.files, &listed, &decided) {
        Ok(outcome) => outcome,
        Err(stop) => {
            plan.nothing = Some(match stop {
                workspace::Stop::Cycle(name) => Text::new("tool_release_please_cycle", [&name]),
                workspace::Stop::Malformed(path, reason) => {
                    Text::new("tool_release_please_malformed", [&path, &reason])
                }
                workspace::Stop::NoVersion(path) => Text::new("tool_release_please_no_version_in", [&path]),
                workspace::Stop::NoMember => Text::new("tool_release_please_none_member", [workspace.of.plugin()]),
                workspace::Stop::NoRange(path, name) => Text::new("tool_release_please_no_range", [&path, &name]),
            });
            // The tool ends with an error before any pull request is opened.
            proposals.fill_with(|| None);
            return;
        }
    };
    if !outcome.unread.is_empty() {
        plan.notes.push(unknown);
    }
    for at in outcome.lost {
        if let (Some((package, _)), Some(proposal)) = (packages.get(at), proposals.get_mut(at)) {
            plan.notes.push(Text::new("tool_release_please_no_member", [&package.path]));
            *proposal = None;
        }
    }
    for moved in outcome.moved {
        let (Some((package, previous)), Some(proposal)) =
            (packages.get(moved.package), proposals.get_mut(moved.package))
        else {
            continue;
        };
        if let Some(version) = moved.version {
            let heading = || print(facts, package, previous.as_ref(), &[], &version);
            let entry = (!package.github_notes && printable(&package.kind)).then(heading);
            // `newCandidate` of `maven-workspace.ts` writes the list alone.
            let bare = workspace.of == Ecosystem::Maven;
            let entry = if bare { entry.map(|_| moved.notes.clone()) } else { entry };
            *proposal = Some(Proposal { version, entry, because: Some(moved.because) });
            if bare {
                continue;
            }
        }
        if let Some(entry) = proposal.as_mut().and_then(|proposal| proposal.entry.as_mut()) {
            *entry = workspace::append(entry, &moved.notes);
        }
    }
}

/// `src/plugins/sentence-case.ts`: the first letter becomes a capital, unless the whole subject is a special word.
fn sentence_case(reading: &mut Reading<'_>, words: &[String]) {
    for commit in &mut reading.commits {
        if commit.subject.starts_with(|letter: char| letter.is_ascii_lowercase())
            && !words.iter().any(|word| *word == commit.subject)
        {
            let mut subject = commit.subject.clone().into_owned();
            if let Some(first) = subject.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            commit.subject = Cow::Owned(subject);
        }
    }
}

/// The same plugin before 15.0.0, over the message as it was written: the first word behind the first colon.
fn raw_sentence_case<'a>(message: &'a str, words: &[String]) -> Cow<'a, str> {
    let Some((before, behind)) = message.split_once(':') else { return Cow::Borrowed(message) };
    let behind = reading::trim(behind);
    let first = behind.split(reading::is_white).next().unwrap_or_default();
    if !first.starts_with(|letter: char| letter.is_ascii_lowercase()) || words.iter().any(|word| word == first) {
        return Cow::Borrowed(message);
    }
    let mut sentence = behind.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Cow::Owned(format!("{before}: {sentence}"))
}

/// `buildReleasePullRequest`: the version and the entry, or nothing where no commit is shown.
fn propose(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<&Previous>,
    commits: &[Placed<'_>],
    plan: &mut Plan,
) -> Option<Proposal> {
    if commits.is_empty() {
        return None;
    }
    let shown = commits.iter().any(|(_, commit)| notes::is_shown(&package.sections, commit));
    if !shown && !package.github_notes && printable(&package.kind) {
        return None;
    }
    let bare: Vec<&Commit<'_>> = commits.iter().map(|(_, commit)| *commit).collect();
    let version = match new_version(package, previous, &bare) {
        Ok(Some(version)) => version,
        Ok(None) => {
            plan.nothing = Some(Text::new("tool_release_please_too_large", []));
            return None;
        }
        Err(NoVersion(text)) => {
            plan.nothing = Some(Text::new("tool_release_please_no_version", [&text]));
            return None;
        }
    };
    let entry =
        (!package.github_notes && printable(&package.kind)).then(|| print(facts, package, previous, commits, &version));
    Some(Proposal { version, entry, because: None })
}

/// Whether the entries of the type are those of the usual templates.
fn printable(kind: &str) -> bool {
    !matches!(kind, "php-yoshi" | "php-librarian")
}

/// `buildNewVersion`.
fn new_version(
    package: &Package,
    previous: Option<&Previous>,
    commits: &[&Commit<'_>],
) -> Result<Option<Version>, NoVersion> {
    let asked = |text: &str| Version::find(text).map(Some).ok_or_else(|| NoVersion(text.to_owned()));
    // `php-yoshi.ts` builds its own pull request: it knows no `release-as`, and asks only its way of counting.
    let own = printable(&package.kind);
    if own && !package.release_as.is_empty() {
        return asked(&package.release_as);
    }
    if let Some(text) = commits.iter().find_map(|commit| commit.release_as()).filter(|_| own) {
        return asked(text);
    }
    match previous {
        Some(previous) if own => package.counting.next(&previous.version, commits),
        Some(previous) => {
            // It reads what was read once more, of which only the headers are left.
            let headers: Vec<_> = commits.iter().map(|commit| commit.header()).collect();
            let again: Vec<Commit<'_>> = headers.iter().flat_map(|header| reading::read(header).commits).collect();
            package.counting.next(&previous.version, &again.iter().collect::<Vec<_>>())
        }
        None => asked(&package.initial),
    }
}

fn print(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<&Previous>,
    commits: &[Placed<'_>],
    version: &Version,
) -> String {
    let history = &facts.history.commits;
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(commits.len());
    for (place, commit) in commits {
        let origin = place.and_then(|place| history.get(place));
        let author = origin.filter(|_| package.authors).map_or("", |origin| origin.author.as_str());
        lines.push(Line { commit, sha: origin.map_or("", |origin| origin.sha.as_str()), author });
    }
    let version_text = version.to_string();
    let date = day(facts);
    let tag = tag_name(package, version, facts.tag_pattern);
    let mut form = Form::at(facts.date);
    // `go-yoshi.ts` has always only referred to issues.
    form.closes &= package.kind != "go-yoshi";
    let around = Surroundings {
        form,
        host: host(facts, package, form),
        owner: &facts.repository.owner,
        repository: &facts.repository.name,
        version: &version_text,
        previous_tag: previous.map(|previous| previous.tag.as_str()),
        current_tag: &tag,
        date: &date,
        sections: &package.sections,
    };
    let entry = notes::entry(&lines, &around);
    if package.kind == "dotnet-yoshi" {
        let rest = entry.split_once('\n').map_or("", |(_, rest)| rest);
        return format!("## Version {version_text}, released {date}\n{rest}");
    }
    if matches!(package.kind.as_str(), "ruby-yoshi" | "ruby-librarian") {
        return notes::ruby_yoshi(&entry);
    }
    entry
}

/// Where an entry's links lead.
fn host<'a>(facts: &'a Facts<'_>, package: &'a Package, form: Form) -> &'a str {
    let origin = facts.repository.origin.as_str();
    match package.host.as_str() {
        "" if form.www && origin == "https://github.com" => "https://www.github.com",
        "" => origin,
        host => host,
    }
}

/// What a version before 9.0.0 made of the commits. How it counts where it did not count by the preset alone, is today's.
fn before_nine(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<&Previous>,
    from: usize,
    today: Option<Proposal>,
) -> Option<(Proposal, Vec<CommitReading>, Vec<Reason>)> {
    let counted = package.counting.strategy != Strategy::Default || package.counting.snapshots;
    let today = today.filter(|_| counted).map(|proposal| proposal.version);
    let date = day(facts);
    let context = |version: &Version| Context {
        version: version.to_string(),
        patch: version.patch != 0,
        previous_tag: previous.map(|previous| previous.tag.clone()).unwrap_or_default(),
        current_tag: tag_name(package, version, facts.tag_pattern),
        host: host(facts, package, Form::at(facts.date)).to_owned(),
        owner: facts.repository.owner.clone(),
        repository: facts.repository.name.clone(),
        issue: "issues".to_owned(),
        commit: "commit".to_owned(),
        link_compare: previous.is_some(),
        link_references: true,
        date: date.clone(),
    };
    let past = eight::release(facts, package, previous.map(|previous| &previous.version), from, today, context)?;
    let proposal = Proposal { version: past.version, entry: Some(past.entry), because: None };
    Some((proposal, past.readings, past.reasons))
}

/// The day in the heading: the release pull request is written anew on every push to the branch, so it bears the day
/// (in UTC) of the last commit, not that of its own merge. The squash commit to come has no day yet: it will be today's.
fn day(facts: &Facts<'_>) -> String {
    let last = facts.history.commits.last().map_or("", |commit| commit.date.as_str());
    utc_day(last).unwrap_or_else(|| facts.date.to_owned())
}

/// The day in UTC of a time as RFC 3339 writes it.
fn utc_day(time: &str) -> Option<String> {
    let number = |from: usize, to: usize| time.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let zone = time.get(19..)?.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let behind = match zone.as_bytes().first()? {
        b'+' | b'-' => {
            let minutes = zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
        _ => 0,
    };
    let shift = (hour * 60 + minute - behind).div_euclid(24 * 60);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = |month: i64| match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (year, month, day) = match day + shift {
        0 if month == 1 => (year - 1, 12, 31),
        0 => (year, month - 1, length(month - 1)),
        day if day > length(month) && month == 12 => (year + 1, 1, 1),
        day if day > length(month) => (year, month + 1, 1),
        day => (year, month, day),
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// `src/plugins/linked-versions.ts`: the components of a group all get the highest of their versions; one that would
/// not be released is, with a commit that says so.
fn link(
    facts: &Facts<'_>,
    linked: &Linked,
    packages: &[(Package, Option<Previous>)],
    placed: &[Vec<Placed<'_>>],
    made_up: &mut [Vec<String>],
    proposals: &mut [Option<Proposal>],
    plan: &mut Plan,
) {
    let Linked { group, components, .. } = linked;
    let in_group: Vec<usize> = packages
        .iter()
        .enumerate()
        .filter(|(_, (package, _))| !package.component.is_empty() && components.contains(&package.component))
        .map(|(at, _)| at)
        .collect();
    let versions = in_group.iter().filter_map(|at| proposals.get(*at)?.as_ref());
    let Some(primary) =
        versions.map(|proposal| proposal.version.clone()).max_by(|left, right| left.semver().cmp(&right.semver()))
    else {
        return;
    };
    for at in in_group {
        let (Some((package, previous)), Some(commits), Some(made_up), Some(proposal)) =
            (packages.get(at), placed.get(at), made_up.get_mut(at), proposals.get_mut(at))
        else {
            continue;
        };
        let forced = Package { release_as: primary.to_string(), ..package.clone() };
        if proposal.is_none() {
            // It stays among the package's commits for the next group.
            made_up
                .push(format!("chore({}): Synchronize {group} versions\n\nRelease-As: {primary}", package.component));
        }
        let extra: Vec<Commit<'_>> = made_up.iter().flat_map(|message| reading::read(message).commits).collect();
        let mut commits = commits.clone();
        commits.extend(extra.iter().map(|commit| (None, commit)));
        *proposal = propose(facts, &forced, previous.as_ref(), &commits, plan);
    }
}

fn package_notes(package: &Package, notes: &mut Vec<Text>) {
    if package.github_notes {
        notes.push(Text::new("tool_release_please_github_notes", []));
    } else if !printable(&package.kind) {
        notes.push(Text::new("tool_release_please_entry_unknown", [&package.kind]));
    } else if package.authors {
        notes.push(Text::new("tool_release_please_authors", []));
    }
    if package.guessed {
        notes.push(Text::new("tool_release_please_component", [&package.path, &package.component]));
    }
    if config::is_java(&package.kind) {
        notes.push(Text::new("tool_release_please_snapshot", []));
    }
}

fn release(
    facts: &Facts<'_>,
    package: &Package,
    previous: Option<&Previous>,
    commits: &[Placed<'_>],
    proposal: Proposal,
    several: bool,
    plan: &mut Plan,
) {
    let Some(next) = proposal.version.semver() else {
        plan.notes.push(Text::new("tool_release_please_no_version", [&proposal.version.to_string()]));
        return;
    };
    let bump = match previous {
        Some(previous) => proposal.version.bump_from(&previous.version),
        None => version::highest(&commits.iter().map(|(_, commit)| *commit).collect::<Vec<_>>()),
    };
    let named = several || !package.component.is_empty();
    plan.releases.push(Release {
        component: if named { package.name.clone() } else { String::new() },
        path: package.path.clone(),
        previous: previous.and_then(|previous| previous.version.semver()),
        bump,
        tag: tag_name(package, &proposal.version, facts.tag_pattern),
        reasons: match &proposal.because {
            Some(names) => {
                let rule = Text::new("tool_release_please_dependency", [&*names.join(", ")]);
                vec![Reason { commit: None, bump, rule }]
            }
            None => reasons(package, previous, commits, &proposal.version, bump),
        },
        entry: proposal.entry.map(|markdown| Entry { markdown }),
        next,
    });
}

/// Why the version is this one: what is configured or asked for, then the commits shown, the weightiest first and of
/// those the newest.
fn reasons(
    package: &Package,
    previous: Option<&Previous>,
    commits: &[Placed<'_>],
    version: &Version,
    bump: Bump,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut decided = |commit: Option<usize>, rule: Text| reasons.push(Reason { commit, bump, rule });
    let text = version.to_string();
    let asking = commits.iter().find(|(_, commit)| commit.release_as().is_some());
    if !package.release_as.is_empty() {
        decided(None, Text::new("tool_release_please_configured", [&package.release_as]));
    } else if let Some((place, _)) = asking {
        match place {
            Some(_) => decided(*place, Text::new("tool_release_please_release_as", [&text])),
            None => decided(None, Text::new("tool_release_please_linked", [&text])),
        }
    } else if previous.is_none() {
        decided(None, Text::new("tool_release_please_first", [&text]));
    } else {
        match package.counting.strategy {
            Strategy::Always(always) => decided(None, Text::new("tool_release_please_always", [always.name()])),
            Strategy::ServicePack => decided(None, Text::new("tool_release_please_service_pack", [])),
            _ => {}
        }
    }
    let mut shown: Vec<Reason> = commits
        .iter()
        .filter(|(place, commit)| place.is_some() && notes::is_shown(&package.sections, commit))
        .map(|(place, commit)| {
            let (bump, rule) = rule(package, previous.map(|previous| &previous.version), commit);
            Reason { commit: *place, bump, rule }
        })
        .collect();
    // One line a commit of the history: the weightiest of what it was read as.
    shown.sort_by_key(|reason| (Reverse(reason.commit), Reverse(reason.bump)));
    shown.dedup_by_key(|reason| reason.commit);
    shown.sort_by_key(|reason| (Reverse(reason.bump), Reverse(reason.commit)));
    reasons.extend(shown);
    reasons
}

/// How far one commit moves the version, and by which rule.
fn rule(package: &Package, from: Option<&Version>, commit: &Commit<'_>) -> (Bump, Text) {
    if !notes::is_shown(&package.sections, commit) {
        let listed = package.sections.iter().any(|section| section.kind == commit.kind);
        let text = if listed {
            Text::new("tool_release_please_hidden", [&*commit.kind])
        } else {
            Text::new("tool_release_please_unlisted", [&*commit.kind])
        };
        return (Bump::None, text);
    }
    if let Some(asked) = commit.release_as() {
        return (Bump::Patch, Text::new("tool_release_please_release_as", [asked]));
    }
    let own = version::own_bump(commit);
    let bump = from.map_or(own, |from| package.counting.allowed(from, own));
    let text = match (own, bump) {
        (Bump::Major, Bump::Major) => Text::new("tool_release_please_breaking", []),
        (Bump::Major, _) => Text::new("tool_release_please_breaking_lowered", [bump.name()]),
        (Bump::Minor, Bump::Minor) => Text::new("tool_release_please_feature", [&*commit.kind]),
        (Bump::Minor, _) => Text::new("tool_release_please_feature_lowered", [&*commit.kind, bump.name()]),
        _ => Text::new("tool_release_please_patch", [&*commit.kind]),
    };
    (bump, text)
}

/// What each commit of the history was read as, by the settings of the first package it belongs to.
fn readings(
    read: &[Reading<'_>],
    from: usize,
    owners: &[Option<usize>],
    packages: &[(Package, Option<Previous>)],
) -> Vec<CommitReading> {
    let one = |(commit, (reading, owner)): (usize, (&Reading<'_>, &Option<usize>))| {
        let commit = from + commit;
        let Some((package, previous)) = owner.and_then(|package| packages.get(package)) else {
            let rule = Some(Text::new("tool_release_please_elsewhere", []));
            return CommitReading { commit, bump: Bump::None, rule };
        };
        let from = previous.as_ref().map(|previous| &previous.version);
        // The commit of the header is the last; of equals it speaks.
        let weightiest = reading.commits.iter().map(|commit| rule(package, from, commit)).max_by_key(|(bump, _)| *bump);
        let dropped = || {
            let complaint = reading.dropped.first()?;
            let words = complaint.to_string();
            let words = words.strip_prefix("Error: ").unwrap_or(&words);
            let (line, column) = (complaint.line.to_string(), complaint.column.to_string());
            Some(Text::new("tool_release_please_dropped", [words, &line, &column]))
        };
        match weightiest {
            Some((bump, rule)) => CommitReading { commit, bump, rule: Some(rule) },
            None => CommitReading { commit, bump: Bump::None, rule: dropped() },
        }
    };
    read.iter().zip(owners).enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tool::testing;

    /// A history of messages, oldest first, each with the files it touches; hashes are `c0`, `c1`, …
    fn history(commits: &[(&str, &[&str])], tags: &[(&str, &str)]) -> History {
        let commit = |(at, (message, files)): (usize, &(&str, &[&str]))| HistoryCommit {
            sha: format!("c{at}"),
            message: (*message).to_owned(),
            files: Some(files.iter().map(|file| (*file).to_owned()).collect()),
            ..HistoryCommit::default()
        };
        History {
            commits: commits.iter().enumerate().map(commit).collect(),
            tags: tags.iter().map(|(name, sha)| Tag { name: (*name).to_owned(), sha: (*sha).to_owned() }).collect(),
            since: None,
            complete: true,
        }
    }

    fn planned(files: &[(&str, &str)], history: &History) -> Plan {
        let files = Files::of(files.iter().copied());
        testing::planned(|facts| ReleasePlease.plan(facts), &files, history, "2026-01-02", None)
    }

    /// The tags to come of a plan.
    #[track_caller]
    fn check(files: &[(&str, &str)], history: &History, expected: &[&str]) -> Plan {
        let plan = planned(files, history);
        assert_eq!(plan.releases.iter().map(|release| release.tag.as_str()).collect::<Vec<_>>(), expected, "{plan:?}");
        plan
    }

    const MANIFEST: (&str, &str) = (config::MANIFEST, r#"{".": "1.2.3"}"#);

    #[test]
    fn a_call_by_the_command_line_tells_what_the_action_is_told() {
        let run = |options: &str| {
            format!(
                "jobs:\n  a:\n    steps:\n      - run: |\n          npx release-please github-release --release-type go\n          npx release-please release-pr {options}\n"
            )
        };
        let history = history(&[("feat: a", &["p/a"])], &[("v0.1.0", ""), ("widget-v0.2.0", ""), ("0.3.0", "")]);
        let path = ".github/workflows/release.yml";
        let next = |options: &str, expected: &[&str]| check(&[(path, &run(options))], &history, expected);
        next("--release-type=node --package-name=widget --token=${{ secrets.T }}", &["v0.4.0"]);
        next("--release-type=simple --component=widget --monorepo-tags", &["widget-v0.3.0"]);
        next("--release-type=simple --no-include-v-in-tags", &["0.4.0"]);
        next("--release-type=simple --bump-patch-for-minor-pre-major", &["v0.3.1"]);
        next("--release-type=simple --versioning-strategy always-bump-major", &["v1.0.0"]);
        let plan = next("--release-type=simple --changelog-sections=docs,feat", &["v0.4.0"]);
        assert!(plan.releases[0].entry.as_ref().unwrap().markdown.contains("### Features"));
        assert!(planned(&[(path, &run("--release-type=$TYPE"))], &history).releases.is_empty());
        let own = [
            (path, run("--config-file a.json --manifest-file b.json")),
            ("a.json", r#"{"packages": {".": {}}}"#.into()),
        ];
        let [workflow, config] = own.each_ref().map(|(path, text)| (*path, text.as_str()));
        check(&[workflow, config, ("b.json", r#"{".": "0.1.0"}"#)], &history, &["v0.2.0"]);
        let recognised = |path: &str, text: &str| {
            ReleasePlease
                .recognise(&Files::of([(path, text)]))
                .map(|found| format!("{} {}", found.path, found.evidence))
        };
        let scripts = r#"{"scripts": {"r": "release-please release-pr --release-type node"}}"#;
        assert_eq!(recognised("package.json", scripts).as_deref(), Some("package.json scripts.r"));
        assert_eq!(
            recognised(path, &run("")).as_deref(),
            Some(".github/workflows/release.yml release-please release-pr")
        );
        assert_eq!(recognised("package.json", r#"{"devDependencies": {"release-please": "16"}}"#), None);
    }

    #[test]
    fn one_package_with_a_manifest() {
        let single = [(config::CONFIG, r#"{"packages": {".": {"release-type": "simple"}}}"#), MANIFEST];
        let past = history(
            &[("chore(main): release 1.2.3", &[]), ("feat: a", &["a"]), ("fix: b", &["b"])],
            &[("v1.2.3", "c0")],
        );
        let plan = check(&single, &past, &["v1.3.0"]);
        assert_eq!(plan.releases[0].reasons[0].commit, Some(1));
        assert_eq!(
            plan.releases[0].entry.as_ref().unwrap().markdown.lines().next().unwrap(),
            "## [1.3.0](https://github.com/acme/widgets/compare/v1.2.3...v1.3.0) (2026-01-02)"
        );
        let hidden = history(&[("chore: a", &["a"])], &[("v1.2.3", "")]);
        assert!(check(&single, &hidden, &[]).nothing.is_some());
        let asked = history(&[("chore: a\n\nRelease-As: 4.0.0", &["a"])], &[("v1.2.3", "")]);
        check(&single, &asked, &["v4.0.0"]);
        let dropped = history(&[("feat: a\n\nfoo(bar(", &["a"])], &[("v1.2.3", "")]);
        let plan = check(&single, &dropped, &[]);
        assert_eq!(plan.readings[0].rule.as_ref().unwrap().args[1..], ["3", "8"]);
    }

    #[test]
    fn first_releases_by_type() {
        let first = history(&[("feat: a", &["a"])], &[]);
        let workflow = |kind: &str| {
            format!(
                "jobs: {{a: {{steps: [{{uses: googleapis/release-please-action@v4, with: {{release-type: {kind}}}}}]}}}}"
            )
        };
        check(&[(".github/workflows/r.yml", &workflow("simple"))], &first, &["v1.0.0"]);
        check(&[(".github/workflows/r.yml", &workflow("rust"))], &first, &["v0.1.0"]);
        check(&[(config::APP, "releaseType: python\n")], &first, &["v0.1.0"]);
    }

    #[test]
    fn the_fourth_action_does_not_read_the_inputs_of_the_third() {
        let breaking = history(&[("feat!: a", &["a"])], &[("v0.2.3", "")]);
        let workflow = |version: &str| {
            format!(
                "jobs: {{a: {{steps: [{{uses: googleapis/release-please-action@{version}, with: {{release-type: go, bump-minor-pre-major: true}}}}]}}}}"
            )
        };
        check(&[(".github/workflows/r.yml", &workflow("v3.7.13"))], &breaking, &["v0.3.0"]);
        check(&[(".github/workflows/r.yml", &workflow("v4"))], &breaking, &["v1.0.0"]);
        check(&[(".github/workflows/r.yml", &workflow("v4.1.3"))], &breaking, &["v1.0.0"]);
    }

    #[test]
    fn packages_are_found_by_path() {
        let config = r#"{"release-type": "simple", "exclude-paths": ["a/docs"], "packages": {
            "a": {"component": "aa"}, "a/b": {"component": "bb", "tag-separator": "@", "include-v-in-tag": false}}}"#;
        let several = [(config::CONFIG, config), (config::MANIFEST, r#"{"a": "1.0.0", "a/b": "2.0.0"}"#)];
        let tags = [("aa-v1.0.0", "c0"), ("bb@2.0.0", "c1")];
        let past = history(
            &[("fix: x", &["a/x"]), ("fix: y", &["a/b/y"]), ("feat: z", &["a/z"]), ("feat: d", &["a/docs/d"])],
            &tags,
        );
        check(&several, &past, &["aa-v1.1.0"]);
        let past = history(&[("fix: x", &["a/x"]), ("fix: y", &["a/b/y"]), ("fix!: z", &["a/b/z", "other"])], &tags);
        check(&several, &past, &["bb@3.0.0"]);
        let linked = config.replacen(
            '{',
            r#"{"plugins": [{"type": "linked-versions", "groupName": "g", "components": ["aa", "bb"]}],"#,
            1,
        );
        let several = [(config::CONFIG, linked.as_str()), several[1]];
        let plan = check(&several, &past, &["aa-v3.0.0", "bb@3.0.0"]);
        assert!(plan.releases[0].entry.as_ref().unwrap().markdown.contains("* **aa:** Synchronize g versions"));
    }

    /// Nothing is released, for that reason.
    #[track_caller]
    fn stops(files: &[(&str, &str)], history: &History, id: &str) {
        let plan = check(files, history, &[]);
        assert_eq!(plan.nothing.unwrap().id, format!("tool_release_please_{id}"));
    }

    #[test]
    fn what_stops_the_tool_gives_no_version() {
        let past = history(&[("fix: x", &["a"])], &[("v1.2.3", "")]);
        let single = r#"{"packages": {".": {"release-type": "simple"}}}"#;
        stops(&[(config::CONFIG, "{oops"), MANIFEST], &past, "malformed");
        stops(&[(config::CONFIG, single), (config::MANIFEST, "[")], &past, "malformed");
        stops(&[(config::CONFIG, single), (config::MANIFEST, "[]")], &past, "malformed");
        stops(&[(config::CONFIG, "{}"), MANIFEST], &past, "no_packages");
        stops(&[(config::CONFIG, single), (config::MANIFEST, r#"{".": "1.2"}"#)], &past, "bad_version");
        stops(&[(config::CONFIG, single), (config::MANIFEST, r#"{".": 3}"#)], &past, "bad_version");
        stops(
            &[(config::CONFIG, single), (config::MANIFEST, r#"{".": "99999999999999999999.0.0"}"#)],
            &past,
            "bad_version",
        );
        stops(
            &[(config::CONFIG, r#"{"packages": {".": {"release-type": "cobol"}}}"#), MANIFEST],
            &past,
            "unknown_type",
        );
        let counted = r#"{"versioning": "by-moon", "packages": {".": {"release-type": "simple"}}}"#;
        stops(&[(config::CONFIG, counted), MANIFEST], &past, "unknown_versioning");
        let asked = r#"{"packages": {".": {"release-type": "simple", "release-as": "next"}}}"#;
        stops(&[(config::CONFIG, asked), MANIFEST], &past, "no_version");
        let last = history(&[("fix: x", &["a"])], &[("v18446744073709551615.0.0", "")]);
        let most = (config::MANIFEST, r#"{".": "1.2.18446744073709551615"}"#);
        stops(&[(config::CONFIG, single), most], &last, "too_large");
        let matrix = "jobs: {a: {steps: [{uses: googleapis/release-please-action@v3, with: {release-type: node, path: \"${{ matrix.path }}\"}}]}}";
        stops(&[(".github/workflows/r.yml", matrix)], &past, "expression");
        let slash = r#"{"packages": {"a/": {"release-type": "simple", "component": "a"}}}"#;
        let plan = check(&[(config::CONFIG, slash), (config::MANIFEST, r#"{"a/": "1.0.0"}"#)], &past, &[]);
        assert_eq!(plan.notes[0].id, "tool_release_please_path");
    }

    #[test]
    fn ruby_yoshi_keeps_no_links_to_commits() {
        let entry = "## [1.2.0](https://x/y) (2026-01-02)\n\n\n### Features\n\n* **a-b:** c ([#1](https://github.com/i)) ([c0](https://github.com/c))\n* d ([c1](https://github.com/c)), refs [#2](u)\n\n\n### Reverts\n";
        let printed = "### 1.2.0 (2026-01-02)\n\n#### Features\n\n* c ([#1](https://github.com/i)) \n* d ([c1](https://github.com/c)), refs [#2](u)\n\n### Reverts\n";
        assert_eq!(notes::ruby_yoshi(entry), printed);
    }

    #[test]
    fn tags_of_four_parts_and_other_packages_are_not_the_last_release() {
        let config = r#"{"packages": {".": {"release-type": "simple", "include-component-in-tag": false}}}"#;
        let past = history(&[("feat: a", &["a"])], &[("v1.2.3.4", ""), ("b-v9.0.0", ""), ("v1.2.3", "")]);
        check(&[(config::CONFIG, config), MANIFEST], &past, &["v1.3.0"]);
        let app = [(config::APP, "releaseType: simple\n")];
        check(&app, &past, &["v1.3.0"]);
        let leading = history(&[("feat: a", &["a"])], &[("v01.002.3", ""), ("v1.2.0+b.7", "")]);
        check(&app, &leading, &["v1.3.0"]);
    }

    #[test]
    fn only_the_newest_commits_are_read() {
        let config = r#"{"commit-search-depth": 15, "packages": {".": {"release-type": "simple"}}}"#;
        let mut commits = vec![("feat: old", &["a"][..])];
        commits.extend([("fix: new", &["a"][..]); 20]);
        let past = history(&commits, &[("v1.2.3", "")]);
        let plan = check(&[(config::CONFIG, config), MANIFEST], &past, &["v1.2.4"]);
        assert_eq!((&*plan.notes[0].id, plan.readings[0].commit), ("tool_release_please_depth", 1));
        let sha = r#"{"last-release-sha": "c0", "packages": {".": {"release-type": "simple"}}}"#;
        check(&[(config::CONFIG, sha), MANIFEST], &past, &["v1.2.4"]);
    }

    #[test]
    fn the_description_of_the_pull_request_overrides_the_message() {
        let single = [(config::CONFIG, r#"{"packages": {".": {"release-type": "simple"}}}"#), MANIFEST];
        let mut past = history(&[("fix: x", &["a"])], &[("v1.2.3", "")]);
        past.commits[0].description = Some("Text\nBEGIN_COMMIT_OVERRIDE\nfeat: y\nEND_COMMIT_OVERRIDE".to_owned());
        let plan = check(&single, &past, &["v1.3.0"]);
        assert_eq!(plan.notes[0].id, "tool_release_please_override");
        past.commits[0].message = "fix: x\n\nBEGIN_COMMIT_OVERRIDE\nfeat!: y\nEND_COMMIT_OVERRIDE".to_owned();
        past.commits[0].description = Some("no block".to_owned());
        check(&single, &past, &["v1.2.4"]);
    }

    #[test]
    fn what_depends_on_a_released_package_is_released() {
        let config = r#"{"plugins": ["node-workspace"], "packages": {"a": {}, "b": {}}}"#;
        let files = [
            (config::CONFIG, config),
            (config::MANIFEST, r#"{"a": "1.0.0", "b": "2.0.0"}"#),
            ("a/package.json", r#"{"name": "@x/a", "version": "1.0.0"}"#),
            ("b/package.json", r#"{"name": "@x/b", "version": "2.0.0", "dependencies": {"@x/a": "^1.0.0"}}"#),
        ];
        let past = history(&[("feat: z", &["a/z"])], &[("a-v1.0.0", ""), ("b-v2.0.0", "")]);
        let plan = check(&files, &past, &["a-v1.1.0", "b-v2.0.1"]);
        let entry = &plan.releases[1].entry.as_ref().unwrap().markdown;
        let lines: Vec<&str> = entry.lines().collect();
        assert_eq!(lines[0], "## [2.0.1](https://github.com/acme/widgets/compare/b-v2.0.0...b-v2.0.1) (2026-01-02)");
        assert_eq!(lines[1..4], ["", "", "### Dependencies"]);
        assert_eq!(lines[7], "    * @x/a bumped from ^1.0.0 to ^1.1.0");
        assert!(plan.notes.is_empty(), "{plan:?}");
        // Behind `linked-versions` the plugin loses the group's releases.
        let order = config.replace(
            r#"["node-workspace"]"#,
            r#"[{"type": "linked-versions", "groupName": "g", "components": ["@x/a"]}, "node-workspace"]"#,
        );
        let order = order.replace(r#""a": {}"#, r#""a": {"component": "@x/a"}"#);
        let mut lost = files;
        lost[0] = (config::CONFIG, order.as_str());
        assert_eq!(check(&lost, &past, &[]).notes[0].id, "tool_release_please_plugin_order");
        // Where a manifest was not read, what depends on it is not known.
        let plan = check(&files[..3], &past, &["a-v1.1.0"]);
        assert!(plan.notes.iter().any(|note| note.id == "tool_release_please_workspace"));
    }

    #[test]
    fn what_one_plugin_merges_the_next_workspace_plugin_loses() {
        let of = |plugins: &str| {
            format!(
                r#"{{"release-type": "simple", "plugins": {plugins}, "packages": {{"a": {{"component": "a"}}, "b": {{"component": "b"}}}}}}"#
            )
        };
        let manifest = (config::MANIFEST, r#"{"a": "1.0.0", "b": "2.0.0"}"#);
        let past = history(&[("feat: z", &["a/z"])], &[("a-v1.0.0", ""), ("b-v2.0.0", "")]);
        let linked =
            |merge| format!(r#"{{"type": "linked-versions", "groupName": "g", "components": ["a", "b"]{merge}}}"#);
        // Whatever the packages' type, and though the plugin has none of its own.
        let lost = of(&format!(r#"[{}, "node-workspace"]"#, linked("")));
        check(&[(config::CONFIG, &lost), manifest], &past, &[]);
        let kept = of(&format!(r#"[{}, "node-workspace"]"#, linked(r#", "merge": false"#)));
        check(&[(config::CONFIG, &kept), manifest], &past, &["a-v1.1.0", "b-v1.1.0"]);
        let behind = of(&format!(r#"["node-workspace", {}]"#, linked("")));
        check(&[(config::CONFIG, &behind), manifest], &past, &["a-v1.1.0", "b-v1.1.0"]);
        let node = [
            ("a/package.json", r#"{"name": "a", "version": "1.0.0"}"#),
            ("b/package.json", r#"{"name": "b", "version": "2.0.0"}"#),
        ];
        let two = of(r#"["node-workspace", "cargo-workspace"]"#).replace("simple", "node");
        let plan = check(&[(config::CONFIG, &two), manifest, node[0], node[1]], &past, &[]);
        assert!(plan.notes.iter().any(|note| note.id == "tool_release_please_two_workspaces"), "{plan:?}");
        let apart = two.replacen('{', r#"{"separate-pull-requests": true, "#, 1);
        check(&[(config::CONFIG, &apart), manifest, node[0], node[1]], &past, &["a-v1.1.0"]);
    }

    #[test]
    fn a_package_of_two_linked_groups_keeps_the_first_ones_commit() {
        let config = r#"{"release-type": "simple", "plugins": [
            {"type": "linked-versions", "groupName": "g", "components": ["a", "b"]},
            {"type": "linked-versions", "groupName": "h", "components": ["b", "c"]}],
            "packages": {"a": {"component": "a"}, "b": {"component": "b"}, "c": {"component": "c"}}}"#;
        let manifest = (config::MANIFEST, r#"{"a": "1.0.0", "b": "1.0.0", "c": "1.0.0"}"#);
        let past = history(&[("feat: z", &["a/z"])], &[("a-v1.0.0", ""), ("b-v1.0.0", ""), ("c-v1.0.0", "")]);
        let plan = check(&[(config::CONFIG, config), manifest], &past, &["a-v1.1.0", "b-v1.1.0", "c-v1.1.0"]);
        let entry = |at: usize| plan.releases[at].entry.as_ref().unwrap().markdown.clone();
        assert!(entry(1).contains("Synchronize g versions") && entry(2).contains("Synchronize h versions"));
    }

    #[test]
    fn a_tag_is_found_by_its_name_where_it_cannot_be_taken_apart() {
        let config = r#"{"tag-separator": "", "packages": {"a": {"release-type": "simple", "component": "aa"}}}"#;
        let past =
            history(&[("feat: old", &["a/x"]), ("release", &["a/y"]), ("fix: new", &["a/z"])], &[("aav1.0.0", "c1")]);
        check(&[(config::CONFIG, config), (config::MANIFEST, r#"{"a": "1.0.0"}"#)], &past, &["aav1.0.1"]);
    }

    #[test]
    fn a_package_without_releases_of_its_own_is_found_by_the_whole_repositorys_tag() {
        let config = r#"{"release-type": "simple", "packages": {".": {"component": "all"},
            "a": {"component": "a", "skip-github-release": true}}}"#;
        let past =
            history(&[("feat: old", &["a/x"]), ("release", &["a/y"]), ("fix: new", &["a/z"])], &[("all-v1.0.0", "c1")]);
        let manifest = (config::MANIFEST, r#"{".": "1.0.0", "a": "1.0.0"}"#);
        let plan = check(&[(config::CONFIG, config), manifest], &past, &["all-v1.0.1", "a-v1.0.1"]);
        let entry = plan.releases[1].entry.as_ref().unwrap();
        assert!(entry.markdown.contains("compare/all-v1.0.0...a-v1.0.1"), "{entry:?}");
    }

    #[test]
    fn tags_are_taken_apart() {
        let check = |tag, component, separator, version| {
            let parts = config::tag_parts(tag).unwrap();
            assert_eq!((parts.component, parts.separator, parts.version), (component, separator, version));
        };
        check("v1.2.3", "", "", "1.2.3");
        check("widgets-v1.2.3-beta.1", "widgets", "-", "1.2.3-beta.1");
        check("a/b@1.2.3", "a/b", "@", "1.2.3");
        assert_eq!(config::tag_parts("nightly"), None);
        assert_eq!(config::tag_parts("v1.2"), None);
    }

    #[test]
    fn php_yoshi_releases_what_it_does_not_show() {
        let config = r#"{"packages": {".": {"release-type": "php-yoshi", "release-as": "7.0.0"}}}"#;
        let past = history(&[("chore: a\n\nBREAKING CHANGE: unheard", &["a"])], &[("v1.2.3", "")]);
        let plan = check(&[(config::CONFIG, config), MANIFEST], &past, &["v1.2.4"]);
        assert_eq!(plan.releases[0].entry, None);
    }

    #[test]
    fn days_are_counted_in_utc() {
        let check = |time, day: &str| assert_eq!(utc_day(time).as_deref(), Some(day));
        check("2026-01-31T23:30:00-01:00", "2026-02-01");
        check("2024-03-01T00:30:00+01:00", "2024-02-29");
        check("2026-01-01T00:00:00+00:30", "2025-12-31");
        check("2026-01-01T12:00:00Z", "2026-01-01");
        assert_eq!(utc_day(""), None);
    }
}

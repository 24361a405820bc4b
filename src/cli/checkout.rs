//! `squashcast replay` without a file: how far the preview can be trusted in the repository it stands in.
//!
//! Every release that a tag names is predicted as the preview would have shown it just before: from the files, the tags
//! and the commits that were there, by the tool that those files name. The tag's own version and the changelog as it was
//! then written are only compared with. Where the tagged commit is the release's own (it writes the version), the
//! prediction is made on the commit before it.

use crate::git::{self, Tagged};
use crate::lint::sentence;
use semver::Version;
use serde_json::{Value, json};
use squashcast::files::Files;
use squashcast::history::{Commit, History, Tag};
use squashcast::message::subject;
use squashcast::preview::{files_of, packages_of, workflows_of};
use squashcast::pull_request::Repository;
use squashcast::tool::{self, Facts, Plan, Release, Tool, day};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::ExitCode;

const USAGE: &str = "usage: squashcast replay [--last N] [--tool ID] [--json]   or   squashcast replay FILE…";
/// How many releases are measured where nobody says.
const LAST: usize = 20;
/// How wide a cell of the table may be, in characters.
const WIDEST: usize = 72;
/// What changelogs are called, without their extension and in lower case.
const CHANGELOGS: &[&str] = &["changelog", "changes", "history", "releases", "news", "release_notes", "release-notes"];

struct Options {
    last: usize,
    tool: Option<&'static dyn Tool>,
    json: bool,
}

/// How a predicted entry compares with the changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Compared {
    /// The changelog says the same.
    Equal,
    /// It says something else: where, and what both say there.
    Differs(String),
    /// No changelog has a section of this version.
    NotInFile,
    /// The tool prints none, or the prediction is wrong already.
    NotPredicted,
}

/// What is known of one release.
struct Row {
    component: String,
    tag: String,
    tool: Option<&'static str>,
    recognised: Option<&'static str>,
    predicted: Option<Version>,
    actual: Version,
    entry: Compared,
    markdown: Option<String>,
    why: String,
    /// Whether the clone holds what the prediction needs.
    measured: bool,
}

/// Measures the checkout and prints a table, or a line of JSON each release.
pub fn run(arguments: &[String]) -> ExitCode {
    match options(arguments).and_then(|options| measure(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("squashcast replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options { last: LAST, tool: None, json: false };
    let mut left = arguments.iter();
    while let Some(argument) = left.next() {
        let mut value = || left.next().ok_or_else(|| format!("{argument} wants a value\n{USAGE}"));
        match argument.as_str() {
            "--last" => {
                let number = value()?;
                options.last = number.parse().map_err(|_| format!("--last wants a number, not `{number}`\n{USAGE}"))?;
            }
            "--tool" => {
                let id = value()?;
                options.tool = Some(tool::by_id(id).ok_or_else(|| {
                    let ids: Vec<&str> = tool::TOOLS.iter().map(|tool| tool.id()).collect();
                    format!("no tool `{id}`; there are {}", ids.join(", "))
                })?);
            }
            "--json" => options.json = true,
            other => return Err(format!("what is `{other}`?\n{USAGE}")),
        }
    }
    Ok(options)
}

/// Everything about the repository that is the same for all its releases.
struct Checkout<'a> {
    options: &'a Options,
    repository: Repository,
    branch: String,
    boundary: BTreeSet<String>,
}

fn measure(options: &Options) -> Result<(), String> {
    git::is_checkout()?;
    let mut remarks = Vec::new();
    let Some(head) = git::head() else {
        println!("Nothing is committed here yet, so there is no release to measure.");
        return Ok(());
    };
    let checkout =
        Checkout { options, repository: git::repository(), branch: git::branch(), boundary: git::boundary() };
    let all = git::tags(None)?;
    let (released, other): (Vec<Tag>, Vec<Tag>) =
        git::tags(Some(&head))?.into_iter().partition(|tag| in_tag(&tag.name).is_some());
    let elsewhere = all.len() - released.len() - other.len();
    if elsewhere > 0 {
        remarks.push(format!("{} not on this branch: left out.", counted(elsewhere, "tag is", "tags are")));
    }
    if !other.is_empty() {
        let names: Vec<&str> = other.iter().take(5).map(|tag| tag.name.as_str()).collect();
        let more = if other.len() > names.len() { ", …" } else { "" };
        let held = counted(other.len(), "tag holds", "tags hold");
        remarks.push(format!("{held} no version of three numbers: left out ({}{more}).", names.join(", ")));
    }
    if !checkout.boundary.is_empty() {
        remarks.push(
            "This is a shallow clone: releases whose history is cut off are not measured (git fetch --unshallow)."
                .to_owned(),
        );
    }
    let mut rows: Vec<Row> = Vec::new();
    for commit in git::tagged(&released)? {
        if rows.len() >= options.last {
            break;
        }
        rows.extend(checkout.replay(&commit)?);
    }
    rows.truncate(options.last);
    if options.json {
        for row in &rows {
            println!("{}", row.json(&checkout.repository));
        }
        return Ok(());
    }
    if rows.is_empty() {
        println!("No tag on this branch names a release, so there is nothing to measure.");
    } else {
        print(&rows);
        println!("\n{}", summary(&rows));
    }
    for remark in remarks {
        println!("{remark}");
    }
    Ok(())
}

impl Checkout<'_> {
    /// Predicts the releases that the tags of one commit name.
    fn replay(&self, release: &Tagged) -> Result<Vec<Row>, String> {
        let named: Vec<(&str, &str, Version)> = release
            .tags
            .iter()
            .filter_map(|tag| in_tag(tag).map(|(prefix, version)| (tag.as_str(), prefix, version)))
            .collect();
        let versions: Vec<String> = named.iter().map(|(_, _, version)| version.to_string()).collect();
        let before = before(release, &versions)?;
        let files = self.files(&before)?;
        let recognised = tool::recognise(&files).map(|(tool, _)| tool);
        let tool = self.options.tool.or(recognised);
        let row = |tag: &str, prefix: &str, version: Version| Row {
            component: component(prefix).to_owned(),
            tag: tag.to_owned(),
            tool: tool.map(Tool::id),
            recognised: recognised.map(Tool::id),
            predicted: None,
            actual: version,
            entry: Compared::NotPredicted,
            markdown: None,
            why: String::new(),
            measured: true,
        };
        let Some(tool) = tool else {
            let why = "no release tool is recognised in its files; name one with --tool".to_owned();
            let unknown = |(tag, prefix, version)| Row { why: why.clone(), ..row(tag, prefix, version) };
            return Ok(named.into_iter().map(unknown).collect());
        };
        let tags: Vec<Tag> =
            git::tags(Some(&before))?.into_iter().filter(|tag| !release.tags.contains(&tag.name)).collect();
        let last = tool.last_release(&files, &self.branch, &tags, None);
        let since = last.cloned().or_else(|| oldest(&tags));
        let range = since.as_ref().map_or_else(|| before.clone(), |tag| format!("{}..{before}", tag.sha));
        let mut commits = git::log(&range)?;
        let cut = commits.iter().any(|commit| self.boundary.contains(&commit.sha));
        // A release's own commits before its merge say nothing of it.
        commits.retain(|commit| !versions.iter().any(|version| mentions(subject(&commit.message), version)));
        let last = last.map(|tag| tag.name.clone());
        let history = History { commits, tags, since: last, complete: !cut };
        let date = day::utc(&release.date).unwrap_or_default();
        let facts = Facts {
            repository: &self.repository,
            branch: &self.branch,
            files: &files,
            history: &history,
            date: &date,
            tag_pattern: None,
            last: None,
        };
        let plan = tool.plan(&facts);
        let mut rows = Vec::new();
        let alone = named.len() == 1;
        for (tag, prefix, version) in named {
            let mut row = row(tag, prefix, version);
            if cut {
                row.measured = false;
                "its history is cut off in this shallow clone".clone_into(&mut row.why);
            } else if let Some(found) = of_tag(&plan, prefix, alone) {
                row.predicted = Some(found.next.clone());
                row.markdown = found.entry.as_ref().map(|entry| entry.markdown.clone());
                row.why = reason(found, &history.commits);
                if let Some(markdown) = row.markdown.as_deref().filter(|_| found.next == row.actual) {
                    row.entry = compare(release, found, markdown)?;
                }
            } else {
                row.why = nothing(&plan);
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// The files that tools read at a commit, chosen as the preview chooses them.
    fn files(&self, commit: &str) -> Result<Files, String> {
        let tree = git::tree(commit)?;
        let mut files = Files::default();
        git::read(commit, &files_of(&tree), &mut files)?;
        let recognised = || tool::recognise(&files).map(|(tool, _)| tool);
        let tool = if let Some(tool) = self.options.tool.or_else(recognised) {
            Some(tool)
        } else {
            git::read(commit, &workflows_of(&tree), &mut files)?;
            tool::recognise(&files).map(|(tool, _)| tool)
        };
        if let Some(tool) = tool {
            let wanted = packages_of(&files, &tree, tool);
            git::read(commit, &wanted, &mut files)?;
        }
        Ok(files)
    }
}

/// The text before the version in a tag's name, and the version: `v` and 1.2.3 of `v1.2.3`.
fn in_tag(tag: &str) -> Option<(&str, Version)> {
    let mut before = None;
    for (at, letter) in tag.char_indices() {
        let begins = letter.is_ascii_digit() && !before.is_some_and(|last: char| last.is_ascii_digit() || last == '.');
        before = Some(letter);
        if !begins {
            continue;
        }
        let (prefix, version) = tag.split_at_checked(at)?;
        if let Ok(version) = Version::parse(version) {
            return Some((prefix, version));
        }
    }
    None
}

/// The component that a tag's prefix names: `widgets` of `widgets-v` and `@acme/widgets@`.
fn component(prefix: &str) -> &str {
    let prefix = prefix.strip_suffix('v').filter(|rest| !rest.ends_with(char::is_alphanumeric)).unwrap_or(prefix);
    prefix.trim_end_matches(['-', '@', '/', '_', '.', ':', '='])
}

/// Where nothing says since when, the tools look back to each package's own release: this is the oldest of those.
/// The tags are in no order, so each package's highest version counts.
fn oldest(tags: &[Tag]) -> Option<Tag> {
    let mut newest: BTreeMap<&str, (Version, &Tag)> = BTreeMap::new();
    for tag in tags {
        let Some((prefix, version)) = in_tag(&tag.name) else { continue };
        let known = newest.get(prefix).is_some_and(|(known, _)| *known >= version);
        if !known {
            newest.insert(prefix, (version, tag));
        }
    }
    let candidates: Vec<Tag> = newest.into_values().map(|(_, tag)| tag.clone()).collect();
    let last = git::tagged(&candidates).ok()?.pop()?;
    candidates.into_iter().find(|tag| tag.sha == last.sha)
}

/// The commit that the tool worked on: the one before the release's own, where the tagged commit is that.
fn before(release: &Tagged, versions: &[String]) -> Result<String, String> {
    let Some(parent) = release.parents.first() else { return Ok(release.sha.clone()) };
    let writes = |text: &str| versions.iter().any(|version| mentions(text, version));
    if !writes(&release.message) && !changes_changelog(release, parent, versions)? {
        return Ok(release.sha.clone());
    }
    if release.parents.len() > 1 {
        // A merged release branch may bring all the work with it; a merged release pull request brings itself only.
        let brought = git::log(&format!("{parent}..{}", release.sha))?;
        let own = |commit: &Commit| {
            commit.sha == release.sha || writes(&commit.message) || commit.message.starts_with("Merge ")
        };
        if !brought.iter().all(own) {
            return Ok(release.sha.clone());
        }
    }
    Ok(parent.clone())
}

/// Whether the commit gives a changelog a section of one of these versions.
fn changes_changelog(release: &Tagged, parent: &str, versions: &[String]) -> Result<bool, String> {
    let changed = git::log(&format!("{}^!", release.sha))?;
    let paths: Vec<String> =
        changed.into_iter().filter_map(|commit| commit.files).flatten().filter(|path| is_changelog(path)).collect();
    let (mut old, mut new) = (Files::default(), Files::default());
    git::read(parent, &paths, &mut old)?;
    git::read(&release.sha, &paths, &mut new)?;
    let has = |files: &Files, path: &str, version: &str| {
        files.text(path).is_some_and(|text| section(text, version).is_some())
    };
    let added = |path: &String| versions.iter().any(|version| has(&new, path, version) && !has(&old, path, version));
    Ok(paths.iter().any(added))
}

/// Whether a text names a version, and not a longer one that holds it.
fn mentions(text: &str, version: &str) -> bool {
    text.match_indices(version).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        let mut after = text.get(at + version.len()..).unwrap_or_default().chars();
        let free = before.is_none_or(|c| !c.is_alphanumeric() && c != '.' || c == 'v');
        free && match after.next() {
            None => true,
            Some('.') => !after.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => !c.is_alphanumeric() && c != '-' && c != '+',
        }
    })
}

/// The planned release that a tag of this prefix is about.
fn of_tag<'a>(plan: &'a Plan, prefix: &str, alone: bool) -> Option<&'a Release> {
    let same = |release: &&Release| in_tag(&release.tag).is_some_and(|(own, _)| own == prefix);
    let found = plan.releases.iter().find(same);
    let only = || plan.releases.first().filter(|_| alone && plan.releases.len() == 1 && component(prefix).is_empty());
    found.or_else(only)
}

/// How far the version moves, and the commit that decides it.
fn reason(release: &Release, commits: &[Commit]) -> String {
    let Some(first) = release.reasons.first() else { return release.bump.name().to_owned() };
    let commit = first.commit.and_then(|at| commits.get(at)).map(|commit| subject(&commit.message).to_owned());
    format!("{}: {}", release.bump.name(), commit.unwrap_or_else(|| sentence(&first.rule)))
}

/// Why the plan holds no such release.
fn nothing(plan: &Plan) -> String {
    if let Some(text) = &plan.nothing {
        return sentence(text);
    }
    let tags: Vec<&str> = plan.releases.iter().take(3).map(|release| release.tag.as_str()).collect();
    if tags.is_empty() {
        "no release is predicted".to_owned()
    } else {
        format!("predicted instead: {}", tags.join(", "))
    }
}

fn is_changelog(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, extension) = name.split_once('.').unwrap_or((&name, ""));
    CHANGELOGS.contains(&stem) && ["", "md", "markdown", "mdx", "rst", "txt"].contains(&extension)
}

/// Holds a predicted entry against the changelog as it stands at the tag.
fn compare(release: &Tagged, found: &Release, markdown: &str) -> Result<Compared, String> {
    let folder = if found.path == "." { String::new() } else { format!("{}/", found.path) };
    let near = |path: &&String| {
        is_changelog(path) && path.strip_prefix(&folder).is_some_and(|rest| !rest.contains('/') || folder.is_empty())
    };
    let mut paths: Vec<String> = git::tree(&release.sha)?.iter().filter(near).cloned().collect();
    // The nearest first: a package's own stands before those of other packages.
    paths.sort_by_key(|path| path.matches('/').count());
    paths.truncate(8);
    let mut files = Files::default();
    git::read(&release.sha, &paths, &mut files)?;
    let version = found.next.to_string();
    let mut compared = Compared::NotInFile;
    for path in &paths {
        let text = files.text(path).unwrap_or_default().replace("\r\n", "\n");
        let Some((line, written)) = section(&text, &version) else { continue };
        match difference(markdown, &written) {
            None => return Ok(Compared::Equal),
            Some((_, ours, theirs)) if compared != Compared::NotInFile => drop((ours, theirs)),
            Some((at, ours, theirs)) => {
                compared = Compared::Differs(format!("{path}:{} has {theirs}, predicted {ours}", line + at));
            }
        }
    }
    Ok(compared)
}

/// The first line that differs, counted from 0, and what both say there.
fn difference(ours: &str, theirs: &str) -> Option<(usize, String, String)> {
    let (ours, theirs) = (ours.trim_matches('\n').trim_end(), theirs.trim_matches('\n').trim_end());
    // A template may begin before its heading, and the section begins with it.
    let skipped = theirs.lines().next().and_then(|heading| ours.lines().position(|line| line == heading)).unwrap_or(0);
    let mut own = ours.lines().skip(skipped);
    let mut other = theirs.lines();
    for at in 0.. {
        match (own.next(), other.next()) {
            (None, None) => break,
            (left, right) if left == right => {}
            (left, right) => {
                let said = |line: Option<&str>| line.map_or_else(|| "no more".to_owned(), |line| format!("“{line}”"));
                return Some((at, said(left), said(right)));
            }
        }
    }
    None
}

/// The section of a version in a changelog, with the number of its first line, counted from 1.
fn section(text: &str, version: &str) -> Option<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let headings = headings(&lines);
    let at = headings.iter().position(|(_, of)| of == version)?;
    let (start, _) = headings.get(at)?;
    let end = headings.get(at + 1).map_or(lines.len(), |(line, _)| *line);
    Some((start + 1, lines.get(*start..end).unwrap_or_default().join("\n")))
}

/// The lines that begin a version's section, and the version.
fn headings(lines: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let below = lines.get(at + 1).copied().unwrap_or_default().trim_end();
        let underlined = below.len() > 2 && (below.bytes().all(|b| b == b'=') || below.bytes().all(|b| b == b'-'));
        if !(line.starts_with('#') || underlined && !line.is_empty()) {
            continue;
        }
        let words = line.split([' ', '[', ']', '(', ')', '#', '\t', '@', '"', '`']).filter(|word| !word.is_empty());
        let version = words.take(4).find_map(|word| in_tag(word).map(|(_, version)| version.to_string()));
        found.extend(version.map(|version| (at, version)));
    }
    found
}

impl Row {
    fn exact(&self) -> bool {
        self.predicted.as_ref() == Some(&self.actual)
    }

    fn json(&self, repository: &Repository) -> Value {
        let (equal, difference) = match &self.entry {
            Compared::Equal => (Some(true), None),
            Compared::Differs(difference) => (Some(false), Some(difference)),
            Compared::NotInFile | Compared::NotPredicted => (None, None),
        };
        json!({
            "repo": if repository.name.is_empty() { String::new() } else { repository.slug() },
            "component": self.component, "tag": self.tag, "detected": self.recognised, "tool": self.tool,
            "predicted": self.predicted.as_ref().map(Version::to_string), "actual": self.actual.to_string(),
            "measured": self.measured, "entry": self.markdown, "entry_equal": equal, "difference": difference,
            "why": self.why,
        })
    }
}

/// A cell's text: on one line and not too wide.
fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= WIDEST {
        return plain;
    }
    let cut: String = plain.chars().take(WIDEST - 1).collect();
    format!("{cut}…")
}

fn print(rows: &[Row]) {
    let head = ["tag", "tool", "predicted", "actual", "entry", "why"].map(str::to_owned);
    let mut table = vec![(head, None)];
    for row in rows {
        let entry = match &row.entry {
            Compared::Equal => "equal",
            Compared::Differs(_) => "differs",
            Compared::NotInFile => "not in a file",
            Compared::NotPredicted => "–",
        };
        let predicted = row.predicted.as_ref().map_or_else(|| "–".to_owned(), Version::to_string);
        let mark = if row.exact() || !row.measured { "" } else { "  ✗" };
        let line = [&row.tag, row.tool.unwrap_or("–"), &predicted, &format!("{}{mark}", row.actual), entry, &row.why]
            .map(cell);
        let below = if let Compared::Differs(difference) = &row.entry { Some(difference) } else { None };
        table.push((line, below));
    }
    let width = |column: usize| {
        table.iter().filter_map(|(line, _)| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    for (line, below) in &table {
        let mut shown = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(shown, "{cell:width$}  ");
        }
        println!("{}", shown.trim_end());
        if let Some(below) = below {
            let plain: String = below.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            println!("    {plain}");
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The figures in a sentence.
fn summary(rows: &[Row]) -> String {
    let known = || rows.iter().filter(|row| row.measured && row.tool.is_some());
    let (all, right) = (known().count(), known().filter(|row| row.exact()).count());
    let mut said = vec![format!("{right} of {} predicted exactly", counted(all, "release", "releases"))];
    let early = || known().filter(|row| !row.actual.pre.is_empty());
    let (of_early, right_early) = (early().count(), early().filter(|row| row.exact()).count());
    if of_early > 0 {
        let (of_final, right_final) = (all - of_early, right - right_early);
        said.push(format!("{right_final} of {of_final} final, {right_early} of {of_early} pre-releases"));
    }
    let equal = rows.iter().filter(|row| row.entry == Compared::Equal).count();
    let compared = equal + rows.iter().filter(|row| matches!(row.entry, Compared::Differs(_))).count();
    if compared > 0 {
        said.push(format!("{equal} of {} equal to the changelog", counted(compared, "entry", "entries")));
    }
    let unknown = rows.iter().filter(|row| row.tool.is_none()).count();
    if unknown > 0 {
        said.push(format!("{} without a tool that is recognised", counted(unknown, "release", "releases")));
    }
    let unmeasured = rows.iter().filter(|row| !row.measured).count();
    if unmeasured > 0 {
        said.push(format!("{} not measured", counted(unmeasured, "release", "releases")));
    }
    format!("{}.", said.join("; "))
}

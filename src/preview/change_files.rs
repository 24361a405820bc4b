//! The change files that a pull request itself adds, changes or deletes, for tools that decide by such files: they are laid
//! over those of the base branch, and what they ask for is said.

use super::{Input, Known, Preview};
use crate::bump::Bump;
use crate::check::{Finding, Severity, release_pull_request};
use crate::files::File;
use crate::forge::{Change, ErrorKind, Want};
use crate::text::Text;
use crate::tool::{ChangeFiles, Reason, Wishes};
use std::collections::BTreeMap;

/// How many of a pull request's own change files are read.
const OWN: usize = 50;
/// How many of them are named.
const NAMED: usize = 10;
/// How many packages of one are named.
const PACKAGES: usize = 20;

/// What the pull request itself changes, as far as it was asked for.
#[derive(Default)]
pub(super) struct Own {
    /// The paths, whether those are all, and the revision that has them.
    pub changes: Option<(Vec<Change>, bool, String)>,
    /// The texts, by revision and path.
    pub texts: BTreeMap<(String, String), String>,
}

fn decides(preview: &Preview, known: &Known) -> Option<ChangeFiles> {
    let (tool, _) = preview.tool.as_ref()?;
    tool.change_files(&known.files)
}

/// What would tell more; nothing for a tool that reads no change files.
pub(super) fn wanted(preview: &Preview, known: &Known) -> Vec<Want> {
    let Some(files) = decides(preview, known) else { return Vec::new() };
    let mut wants = Vec::new();
    if known.tree.is_some() {
        wants.push(Want::Folder(files.folder.trim_end_matches('/').to_owned()));
        wants.extend(files.packages.iter().cloned().map(Want::Folder));
    }
    if preview.place.number.is_some() {
        match &known.own.changes {
            None => wants.push(Want::Changes { head: preview.pull_request.head.clone() }),
            Some((changes, _, at)) => {
                let missing = |path: &&str| !known.own.texts.contains_key(&(at.clone(), (*path).to_owned()));
                let own = changes.iter().filter(|change| !change.removed && files.holds(&change.path)).take(OWN);
                let paths: Vec<String> = own.map(|own| own.path.as_str()).filter(missing).map(str::to_owned).collect();
                if !paths.is_empty() {
                    wants.push(Want::OwnFiles { at: at.clone(), paths });
                }
            }
        }
    }
    wants
}

/// What the pull request's own change files say.
#[derive(Default)]
pub(super) struct Told {
    /// Where they lie.
    folder: String,
    /// Whether nothing else decides.
    alone: bool,
    /// Whether answers are awaited still.
    awaited: bool,
    /// Whether all paths that the pull request changes were looked at.
    complete: bool,
    /// Whether it is the tool's own pull request, which takes the files of the branch in.
    of_tool: bool,
    /// What it adds or changes, and what that asks for; `None` where it cannot be read.
    asked: Vec<(String, Option<Wishes>)>,
    /// What it takes away.
    removed: Vec<String>,
}

/// Lays the pull request's own change files over the branch's. `None` for a tool that reads none.
pub(super) fn told(preview: &mut Preview, input: &Input<'_>, known: &mut Known) -> Option<Told> {
    let files = decides(preview, known)?;
    let of_tool = release_pull_request::is_tools(&preview.pull_request);
    let mut told = Told { alone: files.alone, of_tool, ..Told::default() };
    let waits = |kind: &str| preview.requests.iter().any(|request| request.what.starts_with(kind));
    told.awaited = waits("changes") || waits("file_own");
    let mut assumptions = Vec::new();
    // A folder that is not there holds nothing; another answer tells nothing.
    let unlisted = input.failures.iter().find(|failure| {
        failure.kind != ErrorKind::Missing && failure.request.optional && failure.request.what.starts_with("tree ")
    });
    if let Some((_, folder)) = unlisted.and_then(|failure| failure.request.what.split_once(' ')) {
        assumptions.push(Text::new("assumed_folder_unread", [folder]));
    }
    match known.own.changes.take() {
        None if preview.place.number.is_none() => assumptions.push(Text::new("assumed_change_files_later", [])),
        None if told.awaited || !preview.requests.is_empty() => told.awaited = true,
        None => assumptions.push(Text::new("assumed_no_change_files", [])),
        Some((changes, complete, at)) => {
            told.complete = complete;
            if !complete {
                assumptions.push(Text::new("assumed_changes_cut", []));
            }
            let own = |removed: bool| {
                changes
                    .iter()
                    .filter(move |change| change.removed == removed)
                    .filter(|change| files.holds(&change.path))
            };
            for Change { path, .. } in own(true).filter(|_| !of_tool) {
                known.files.insert(path, File::Absent);
                // What is renamed is there under another path only.
                told.removed.push(path.clone());
            }
            for Change { path, .. } in own(false) {
                match known.own.texts.get(&(at.clone(), path.clone())) {
                    Some(text) => {
                        told.asked.push((path.clone(), (files.read)(text)));
                        known.files.insert(path, File::Present(text.clone()));
                    }
                    None if told.awaited => {}
                    None => assumptions.push(Text::new("assumed_change_file_unread", [path])),
                }
            }
            if complete {
                preview.pull_request.files = Some(changes.into_iter().map(|change| change.path).collect());
            }
        }
    }
    told.folder = files.folder;
    preview.assumptions.extend(assumptions);
    Some(told)
}

impl Told {
    /// Puts what was told beside what the tool has planned.
    pub(super) fn put(self, preview: &mut Preview) {
        let Some(plan) = preview.plan.as_mut().filter(|_| !self.of_tool) else { return };
        if self.awaited {
            preview.own = None;
            return;
        }
        // Which of its own could not be read is said by name.
        plan.notes.retain(|note| note.id != "tool_change_files_own");
        let known: Vec<String> = plan.releases.iter().map(|release| release.component.clone()).collect();
        let mut own_releases = Vec::new();
        let mut own = Bump::None;
        for (place, release) in plan.releases.iter_mut().enumerate() {
            let is_its = |name: &String| {
                if release.component.is_empty() { !known.contains(name) } else { *name == release.component }
            };
            for (path, asked) in &self.asked {
                let asked = asked.iter().flatten().filter(|(name, _)| is_its(name)).map(|(_, bump)| *bump).max();
                let Some(bump) = asked.filter(|bump| *bump > Bump::None) else { continue };
                let rule = Text::new("change_file_own", [path]);
                own = own.max(bump.min(release.bump));
                match release.reasons.iter_mut().find(|reason| reason.rule.args.contains(path)) {
                    Some(reason) => reason.rule = rule,
                    None => release.reasons.insert(0, Reason { commit: None, bump, rule }),
                }
                if own_releases.last() != Some(&place) {
                    own_releases.push(place);
                }
            }
            release.reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.bump), reason.rule.id != "change_file_own"));
        }
        // Where no version is known, what the files ask for stands.
        if plan.releases.is_empty() && plan.nothing.is_none() {
            own = self
                .asked
                .iter()
                .flat_map(|(_, asked)| asked)
                .flatten()
                .map(|(_, bump)| *bump)
                .max()
                .unwrap_or_default();
        }
        if self.alone {
            preview.own = Some(own);
            preview.own_releases = Some(own_releases);
            plan.notes.retain(|note| note.id != "tool_change_files_decide");
        } else {
            preview.own = preview.own.max(Some(own));
        }
        let at = preview.findings.iter().position(|finding| finding.severity == Severity::Info);
        let at = at.unwrap_or(preview.findings.len());
        preview.findings.splice(at..at, self.findings());
    }

    /// What is said of them.
    fn findings(&self) -> Vec<Finding> {
        let mut texts = Vec::new();
        if self.alone {
            texts.push(Text::new("tool_change_files_decide", [&self.folder]));
        }
        for (path, asked) in self.asked.iter().take(NAMED) {
            let Some(asked) = asked else { continue };
            let asked: Vec<String> =
                asked.iter().take(PACKAGES).map(|(name, bump)| format!("{name}: {}", bump.name())).collect();
            texts.push(match asked.as_slice() {
                [] => Text::new("check_change_file_empty", [path]),
                asked => Text::new("check_change_file", [path, &asked.join(", ")]),
            });
        }
        texts.extend(self.removed.iter().take(NAMED).map(|path| Text::new("check_change_file_removed", [path])));
        if self.alone && self.complete && self.asked.is_empty() {
            texts.push(Text::new("check_change_file_missing", []));
        }
        let info = |text| Finding { id: "change-files", severity: Severity::Info, text, place: None, fix: Vec::new() };
        texts.into_iter().map(info).collect()
    }
}

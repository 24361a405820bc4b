//! What lands where a pull request is not squashed into one commit: the branch's own commits, a merge commit, or both.

use super::Preview;
use crate::history::Commit;
use crate::squash::Method;

/// The commits that will stand on the base branch, in the order of its history.
pub(super) fn commits(preview: &Preview, date: &str) -> Vec<Commit> {
    let method = preview.method.0;
    let rewritten = matches!(method, Method::Rebase | Method::RebaseMerge);
    let mut landing: Vec<Commit> = if method.keeps_commits() {
        // A rebase leaves merges of the base branch out (git rebase without `--rebase-merges`).
        let kept = preview.pull_request.commits.iter().filter(|commit| !rewritten || commit.parents < 2);
        kept.map(|commit| {
            let first_parent = Some(!method.writes_merge());
            let files = commit.files.clone().or_else(|| preview.pull_request.files.clone());
            let kept = Commit { first_parent, files, ..commit.clone() };
            if rewritten { Commit { sha: String::new(), date: format!("{date}T00:00:00Z"), ..kept } } else { kept }
        })
        .collect()
    } else {
        let first_parent = Some(!method.writes_merge());
        let own = preview.squash.iter().map(|squash| preview.written(&squash.text, date));
        own.map(|own| Commit { first_parent, ..own }).collect()
    };
    // The forge counts the last of them as what the pull request became.
    if let Some(last) = landing.last_mut().filter(|_| !method.writes_merge()) {
        last.description = Some(preview.pull_request.description.clone()).filter(|text| !text.is_empty());
    }
    let merge = preview.merge.iter().map(|merge| preview.written(&merge.text, date));
    // What a merge commit changes is what the commits below it have changed.
    landing.extend(merge.map(|merge| Commit { parents: 2, files: None, ..merge }));
    landing
}

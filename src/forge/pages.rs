//! Lists that forges tell by pages or by folders: a pull request's commits beyond the first page, the other open pull
//! requests, the folders that hold packages.
//!
//! Only where the first page of commits is full is the next one asked for: most pull requests fit into one.

use super::answer::Node;
use super::{Error, Fact, Want};
use crate::history::Commit;
use crate::pull_request::OpenPullRequest;

/// How many pages are read: some hundred commits, by the size of the forge's page. Nobody reviews more at once.
const PAGES: u32 = 10;

/// What a page of the list says. `asked` is what was asked for behind its kind: the page's number, or nothing for the
/// first; `next` is where the page after it begins, as the forge names it. `older` says that each page holds older commits
/// than the one before; the commits themselves stand in the order of time.
pub(super) fn page(asked: &str, commits: Vec<Commit>, older: bool, complete: bool, next: Option<String>) -> Vec<Fact> {
    let page = number(asked);
    let next = next.filter(|_| page < PAGES);
    let complete = complete && next.is_none();
    let this = if page == 1 {
        Fact::Commits { commits, complete }
    } else {
        Fact::MoreCommits { page, older, commits, complete }
    };
    let next = next.map(|at| Fact::CommitsGoOn { page: page + 1, at });
    [this].into_iter().chain(next).collect()
}

/// The number of the page that was asked for, from 1.
pub(super) fn number(asked: &str) -> u32 {
    asked.parse().unwrap_or(1).max(1)
}

/// What comes behind `commits` in [`super::Request::what`] for a later page.
pub(super) fn what(page: u32) -> String {
    format!("commits {page}")
}

/// Puts the later pages to the first one (its commits, and whether those are all), as far as they follow one another. Gives
/// the pages that are still to be asked for.
pub fn join_commits<'a>(first: &mut (Vec<Commit>, bool), facts: impl IntoIterator<Item = &'a Fact>) -> Vec<Want> {
    let (mut pages, mut next) = (Vec::new(), Vec::new());
    for fact in facts {
        match fact {
            Fact::MoreCommits { page, older, commits, complete } => pages.push((*page, *older, commits, *complete)),
            Fact::CommitsGoOn { page, at } => next.push((*page, at)),
            _ => {}
        }
    }
    next.retain(|(page, _)| !pages.iter().any(|(known, ..)| known == page));
    next.sort_unstable();
    next.dedup_by_key(|(page, _)| *page);
    pages.sort_by_key(|(page, ..)| *page);
    pages.dedup_by_key(|(page, ..)| *page);
    let (mut before, mut after): (Vec<&[Commit]>, Vec<&[Commit]>) = Default::default();
    for ((page, older, commits, complete), expected) in pages.into_iter().zip(2..) {
        if page != expected {
            break;
        }
        if older { &mut before } else { &mut after }.push(commits);
        first.1 = complete;
    }
    if !before.is_empty() || !after.is_empty() {
        let middle = std::mem::take(&mut first.0);
        let parts = before.into_iter().rev().map(<[Commit]>::to_vec).chain([middle]);
        first.0 = parts.chain(after.into_iter().map(<[Commit]>::to_vec)).flatten().collect();
    }
    next.into_iter().map(|(page, at)| Want::MoreCommits { page, at: at.clone() }).collect()
}

/// How many open pull requests are listed at most, as GitHub's bundle asks for.
pub(super) const OPEN: usize = 50;

/// The open pull requests of a list: where each has its number, title and base branch, step by step.
pub(super) fn open(list: &Node<'_, '_>, number: &str, title: &str, base: &[&str]) -> Result<Vec<Fact>, Error> {
    let open = list.each(|item| {
        Ok(OpenPullRequest {
            number: item.get(number).number()?,
            title: item.get(title).text()?.to_owned(),
            base: match base {
                [name] => branch(item.get(name).text()?),
                [side, name] => branch(item.get(side).get(name).text()?),
                [side, inner, name, ..] => branch(item.get(side).get(inner).get(name).text()?),
                [] => String::new(),
            },
        })
    })?;
    Ok(vec![Fact::Open(open)])
}

/// A branch by its own name.
fn branch(name: &str) -> String {
    name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()
}

/// The most paths of a tree that are worth remembering.
const PATHS: usize = 5000;

/// A tree with so few paths that it can be remembered; the deepest are left out first.
pub(super) fn shallow(mut paths: Vec<String>) -> Fact {
    if paths.len() > PATHS {
        paths.sort_by_cached_key(|path| path.matches('/').count());
        paths.truncate(PATHS);
    }
    Fact::Tree { paths }
}

/// Whether a glob, or a part of one, stands for itself alone.
pub(super) fn is_plain(glob: &str) -> bool {
    !glob.contains(['*', '?', '[', '{'])
}

/// The outermost folders that these globs reach into, each once; only the empty name, for the root, where one of them
/// reaches into any.
pub(super) fn folders(globs: &[String]) -> Vec<String> {
    let outermost = globs.iter().filter_map(|glob| Some(glob.split_once('/')?.0));
    let mut folders: Vec<String> = outermost.map(str::to_owned).collect();
    folders.sort_unstable();
    folders.dedup();
    if folders.iter().any(|folder| !is_plain(folder)) { vec![String::new()] } else { folders }
}

/// The wants, those for packages' files as wants for the folders they lie in.
pub(super) fn unfolded(wants: &[Want]) -> Vec<Want> {
    let mut all: Vec<Want> = Vec::new();
    for want in wants {
        let folders = if let Want::Packages(globs) = want { folders(globs) } else { Vec::new() };
        let folders = folders.into_iter().map(Want::Folder);
        let other = (!matches!(want, Want::Packages(_))).then(|| want.clone());
        for want in folders.chain(other) {
            if !all.contains(&want) {
                all.push(want);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(range: std::ops::Range<u64>) -> Vec<Commit> {
        range.map(|sha| Commit { sha: sha.to_string(), ..Commit::default() }).collect()
    }

    #[track_caller]
    fn check(first: std::ops::Range<u64>, later: &[Fact], count: u64, complete: bool, wanted: &[u32]) {
        let mut joined = (commits(first), false);
        let wants = join_commits(&mut joined, later);
        let numbers: Vec<u32> = wants
            .iter()
            .filter_map(|want| if let Want::MoreCommits { page, .. } = want { Some(*page) } else { None })
            .collect();
        assert_eq!((joined.0.len() as u64, joined.1, numbers.as_slice()), (count, complete, wanted));
        let shas: Vec<u64> = joined.0.iter().map(|commit| commit.sha.parse().unwrap()).collect();
        assert!(shas.is_sorted(), "{shas:?}");
    }

    fn more(page: u32, older: bool, range: std::ops::Range<u64>, complete: bool) -> Fact {
        Fact::MoreCommits { page, older, commits: commits(range), complete }
    }

    fn on(page: u32) -> Fact {
        Fact::CommitsGoOn { page, at: page.to_string() }
    }

    #[test]
    fn pages_of_commits_are_put_together() {
        check(0..100, &[], 100, false, &[]);
        check(0..100, &[on(2)], 100, false, &[2]);
        check(0..100, &[on(2), on(3)], 100, false, &[2, 3]);
        check(0..100, &[on(2), more(2, false, 100..140, true)], 140, true, &[]);
        check(0..100, &[on(2), on(3), more(2, false, 100..200, false)], 200, false, &[3]);
        // The newest come first.
        check(90..140, &[on(2), more(2, true, 40..90, false), on(3), more(3, true, 0..40, true)], 140, true, &[]);
        // Said twice, and in another order.
        let three = more(3, true, 0..40, true);
        check(90..140, &[three.clone(), on(2), on(2), more(2, true, 40..90, false), three, on(3)], 140, true, &[]);
    }

    #[test]
    fn a_gap_is_not_passed_over() {
        check(0..100, &[on(2), more(3, false, 200..250, true)], 100, false, &[2]);
    }

    #[test]
    fn folders_of_globs() {
        let check = |globs: &[&str], expected: &[&str]| {
            let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
            assert_eq!(folders(&globs), expected, "{globs:?}");
        };
        check(&["packages/*/package.json", "packages/a/b/Cargo.toml", "crates/c/Cargo.toml"], &["crates", "packages"]);
        check(&["packages/*/package.json", "*/package.json"], &[""]);
        check(&["package.json"], &[]);
    }

    #[test]
    fn there_is_a_last_page() {
        let facts = page("10", commits(0..50), true, false, Some("11".into()));
        assert!(matches!(facts.as_slice(), [Fact::MoreCommits { complete: false, .. }]), "{facts:?}");
        assert_eq!(
            page("", commits(0..2), true, true, None),
            [Fact::Commits { commits: commits(0..2), complete: true }]
        );
    }
}

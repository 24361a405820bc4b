//! What `git` says of the checkout that a command stands in. Nothing is written, and nothing is fetched.

use squashcast::files::{File, Files};
use squashcast::history::{Commit, Tag};
use squashcast::pull_request::Repository;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

/// A file larger than this is no configuration, in bytes.
const LARGEST: usize = 16 << 20;

/// A commit that tags point to.
pub struct Tagged {
    /// Its hash.
    pub sha: String,
    /// When it was committed: RFC 3339.
    pub date: String,
    /// Its parents' hashes.
    pub parents: Vec<String>,
    /// Its message.
    pub message: String,
    /// The names of its tags.
    pub tags: Vec<String>,
}

/// Runs git with these arguments and this input.
///
/// # Errors
/// Where there is no git, and what it complains of, on one line.
fn git(arguments: &[&str], input: &str) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    // The user's own settings must not change what is printed, and a partial clone fetches what it lacks.
    command.args(["-c", "log.showSignature=false", "-c", "i18n.logOutputEncoding=UTF-8", "--no-pager"]);
    command.args(arguments).env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
    // Written beside the reading: both pipes may be full at once.
    let pipe = child.stdin.take();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(input.as_bytes())));
    let output = child.wait_with_output().map_err(|error| format!("git: {error}"))?;
    let _ = writer.join();
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let told = told.lines().next().unwrap_or("it failed without a word");
    Err(format!("git {}: {told}", arguments.first().copied().unwrap_or_default()))
}

fn text(arguments: &[&str], input: &str) -> Result<String, String> {
    git(arguments, input).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn line(arguments: &[&str]) -> Option<String> {
    text(arguments, "").ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Whether this is a place in a git repository.
///
/// # Errors
/// Where it is not, or where there is no git.
pub fn is_checkout() -> Result<(), String> {
    git(&["rev-parse", "--git-dir"], "").map(drop).map_err(|error| {
        if error.contains("not a git repository") {
            "this is no git checkout: run it inside one, or name files of release records".to_owned()
        } else {
            error
        }
    })
}

/// The hash of the commit that is checked out; `None` where nothing was committed yet.
pub fn head() -> Option<String> {
    line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
}

/// The branch that is checked out, else the one the remote shows first, else `main`.
pub fn branch() -> String {
    line(&["symbolic-ref", "--quiet", "--short", "HEAD"])
        .or_else(|| {
            let head = line(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?;
            head.strip_prefix("refs/remotes/origin/").map(str::to_owned)
        })
        .unwrap_or_else(|| "main".to_owned())
}

/// The commits whose parents a shallow clone lacks; none in a whole one.
pub fn boundary() -> BTreeSet<String> {
    let path = line(&["rev-parse", "--git-path", "shallow"]);
    let listed = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    listed.lines().map(str::to_owned).collect()
}

/// Where the remote named `origin` says the repository lives; what is not known stays empty.
pub fn repository() -> Repository {
    line(&["config", "--get", "remote.origin.url"]).and_then(|url| address(&url)).unwrap_or_default()
}

/// The repository behind `https://host/owner/name.git`, `ssh://git@host/owner/name` or `git@host:owner/name.git`.
fn address(url: &str) -> Option<Repository> {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        None => url.replacen(':', "/", 1),
    };
    let rest = rest.trim_end_matches('/');
    let (host, path) = rest.strip_suffix(".git").unwrap_or(rest).split_once('/')?;
    let host = host.rsplit('@').next()?.split(':').next()?;
    let (owner, name) = path.trim_start_matches('/').rsplit_once('/')?;
    let known = !host.is_empty() && host.contains('.') && !owner.is_empty();
    known.then(|| Repository { origin: format!("https://{host}"), owner: owner.to_owned(), name: name.to_owned() })
}

/// All tags, or those that a commit holds in its history, with the commits they point to.
pub fn tags(merged: Option<&str>) -> Result<Vec<Tag>, String> {
    let reachable = merged.map(|commit| format!("--merged={commit}"));
    let mut arguments = vec!["for-each-ref", "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)"];
    arguments.extend(reachable.as_deref());
    arguments.push("refs/tags");
    let tag = |line: &str| {
        let mut parts = line.split('\0');
        let (name, own, peeled) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
        let sha = if peeled.is_empty() { own } else { peeled };
        Some(Tag { name: name.to_owned(), sha: sha.to_owned() })
    };
    Ok(text(&arguments, "")?.lines().filter_map(tag).collect())
}

/// The commits that these tags point to, the newest first.
pub fn tagged(tags: &[Tag]) -> Result<Vec<Tagged>, String> {
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for tag in tags {
        names.entry(&tag.sha).or_default().push(tag.name.clone());
    }
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let input: String = names.keys().flat_map(|sha| [sha, "\n"]).collect();
    let told = text(&["log", "-z", "--no-walk=sorted", "--stdin", "--format=%H%x1f%P%x1f%cI%x1f%B"], &input)?;
    let commit = |record: &str| {
        let mut parts = record.splitn(4, '\x1f');
        let (sha, parents, date, message) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Tagged {
            sha: sha.to_owned(),
            date: date.to_owned(),
            parents: parents.split_whitespace().map(str::to_owned).collect(),
            message: message.to_owned(),
            tags: names.get(sha).cloned().unwrap_or_default(),
        })
    };
    Ok(told.split('\0').filter_map(commit).collect())
}

/// The commits of a range (`from..to`, or a hash for all up to it), oldest first, with the paths they changed.
pub fn log(range: &str) -> Result<Vec<Commit>, String> {
    let format = "--format=%H%x1f%P%x1f%an%x1f%ae%x1f%cI%x1f%B";
    let told = text(&["log", "-z", "--reverse", format, range, "--"], "")?;
    let mut changed = changed(range)?;
    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    let mut last = None;
    let mut commits = Vec::new();
    for record in told.split('\0') {
        let mut parts = record.splitn(6, '\x1f');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (sha, above, author, email, date, message) = (part(), part(), part(), part(), part(), part());
        if sha.is_empty() {
            continue;
        }
        let mut each = above.split_whitespace();
        let count = u32::try_from(above.split_whitespace().count()).unwrap_or(u32::MAX);
        parents.insert(sha.clone(), each.next().unwrap_or_default().to_owned());
        last = Some(sha.clone());
        let files = changed.remove(&sha);
        // Git ends a message with a line feed that the forges do not show.
        let message = message.trim_end_matches('\n').to_owned();
        commits.push(Commit { sha, message, author, email, date, parents: count, files, ..Commit::default() });
    }
    let mut line = BTreeSet::new();
    while let Some(sha) = last.take().filter(|sha| parents.contains_key(sha)) {
        last = parents.get(&sha).cloned();
        line.insert(sha);
    }
    for commit in &mut commits {
        commit.first_parent = Some(line.contains(&commit.sha));
    }
    Ok(commits)
}

/// The paths that each commit of a range changed; a merge those it brought to its first parent.
fn changed(range: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let format = "--format=%x1e%H";
    let merges = "--diff-merges=first-parent";
    let told = text(&["log", "-z", merges, "--no-renames", "--name-only", format, range, "--"], "")?;
    let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = String::new();
    for piece in told.split('\0').map(|piece| piece.trim_start_matches('\n')) {
        if let Some(sha) = piece.strip_prefix('\x1e') {
            sha.trim_end().clone_into(&mut current);
            changed.insert(current.clone(), Vec::new());
        } else if !piece.is_empty()
            && let Some(files) = changed.get_mut(&current)
        {
            files.push(piece.to_owned());
        }
    }
    Ok(changed)
}

/// The paths of all files of a commit.
pub fn tree(commit: &str) -> Result<Vec<String>, String> {
    let told = text(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], "")?;
    Ok(told.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Reads these files of a commit.
pub fn read(commit: &str, paths: &[String], into: &mut Files) -> Result<(), String> {
    // A path with a line break cannot be asked for in this way, and is no configuration.
    let paths: Vec<&String> = paths.iter().filter(|path| !path.contains('\n')).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let input: String = paths.iter().flat_map(|path| [commit, ":", path.as_str(), "\n"]).collect();
    let told = git(&["cat-file", "--batch"], &input)?;
    let mut rest = told.as_slice();
    for path in paths {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let (head, after) = rest.split_at(end);
        let head = String::from_utf8_lossy(head);
        let mut words = head.rsplit(' ');
        let size = words.next().and_then(|size| size.parse::<usize>().ok());
        rest = after.get(1..).unwrap_or_default();
        let Some(size) = size else {
            into.insert(path, File::Unread("it is not in this clone".to_owned()));
            continue;
        };
        let blob = words.next() == Some("blob");
        let (content, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        rest = after.get(1..).unwrap_or_default();
        if blob && size <= LARGEST {
            into.insert(path, File::Present(String::from_utf8_lossy(content).into_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(address(url).map(|repository| repository.url()).as_deref(), expected);
    }

    #[test]
    fn a_remote_names_the_repository() {
        check("https://github.com/acme/widgets.git", Some("https://github.com/acme/widgets"));
        check("https://user:word@github.com/acme/widgets/", Some("https://github.com/acme/widgets"));
        check("git@github.com:acme/widgets.git", Some("https://github.com/acme/widgets"));
        check("ssh://git@git.example.org:2222/a/b/c.git", Some("https://git.example.org/a/b/c"));
        check("/srv/git/widgets.git", None);
        check("../widgets", None);
        check("", None);
    }
}

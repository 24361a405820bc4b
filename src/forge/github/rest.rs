//! GitHub's REST interface (version 2022-11-28) and the routes of the page itself, which are undocumented: each of those
//! is optional and has a documented one to stand in for it, where there is one.

use super::super::address::{encode_part, encode_path};
use super::super::answer::{self, Node};
#[cfg(feature = "more")]
use super::super::pages;
use super::super::{Asked, Auth, Error, Fact, Request, Response, Want, mark_first_parents};
#[cfg(feature = "more")]
use super::super::{Forge, own_file, revision_in};
use super::{HOST, PAGE, get, method, methods, page_url, raw_urls, tree};
use crate::history::{Commit, Tag};
use crate::pull_request::State;
use crate::squash::Method;
use serde_json::{Map, Value};

/// How many pages of history are asked for without a token (an address has 60 requests an hour) and with one.
const HISTORY_PAGES: (u64, u64) = (3, 10);
/// More commits than this are not read out of one answer; a page holds a hundred.
const COMMITS: usize = 1000;
/// How many commits of a pull request GitHub lists (REST reference, "List commits on a pull request").
#[cfg(feature = "more")]
pub(super) const MOST_COMMITS: u64 = 250;
/// More tags than this are not remembered.
const TAGS: usize = 10_000;

/// Adds the requests for a fact, as far as it can be asked for yet.
pub(super) fn requests(want: &Want, asked: &Asked<'_>, requests: &mut Vec<Request>) {
    let number = asked.place.number;
    match want {
        Want::PullRequest => {
            requests.extend(number.map(|number| get(asked, &format!("/pulls/{number}"), "pull_request")));
        }
        Want::Commits => {
            requests.extend(
                number.map(|number| get(asked, &format!("/pulls/{number}/commits?per_page={PAGE}"), "commits")),
            );
        }
        #[cfg(feature = "more")]
        Want::MoreCommits { page, .. } => requests.extend(number.map(|number| {
            let list = format!("/pulls/{number}/commits?per_page={PAGE}&page={page}");
            get(asked, &list, &pages::what(*page))
        })),
        // Without a token four calls are made already; with one, the list came with the rest.
        #[cfg(feature = "more")]
        Want::Open => {}
        // Only those who may write are told (REST reference, "Get a repository").
        Want::Settings if asked.access.token => requests.push(get(asked, "", "settings")),
        Want::Settings => {}
        Want::Suggestion => requests.extend(number.map(|number| suggestion(asked, number))),
        Want::Tags => {
            let tags = get(asked, "/git/matching-refs/tags/", "tags");
            // GitHub Enterprise Server has that route since 2.20; before, and still, the older one.
            let old = get(asked, "/git/refs/tags", "tags");
            requests.push(if asked.failed.contains(&tags.key()) && asked.place.repository.origin != HOST {
                old
            } else {
                tags
            });
        }
        Want::Tree => requests.extend(tree_request(asked)),
        Want::Files(paths) => {
            let base = asked.base.unwrap_or_default();
            requests.extend(paths.iter().filter_map(|path| file(asked, base, path, format!("file {path}"))));
        }
        Want::History(since) => history(asked, since.as_deref(), requests),
        #[cfg(feature = "more")]
        Want::Changes { .. } => {
            requests
                .extend(number.map(|number| get(asked, &format!("/pulls/{number}/files?per_page={PAGE}"), "changes")));
        }
        #[cfg(feature = "more")]
        Want::OwnFiles { at, paths } => {
            requests.extend(paths.iter().filter_map(|path| file(asked, at, path, own_file(at, path))));
        }
        // The bundle's tree does not reach into folders; the others do.
        #[cfg(feature = "more")]
        Want::Folder(_) | Want::Packages(_) => {
            if super::GitHub.bundles(asked) {
                let base = asked.base.and_then(encode_part);
                requests.extend(base.map(|base| get(asked, &format!("/git/trees/{base}?recursive=1"), "tree")));
            }
        }
    }
}

/// A route of the page itself, which answers with JSON to its own scripts.
fn page(asked: &Asked<'_>, path: &str, what: &str) -> Request {
    Request {
        url: page_url(asked.place, path),
        headers: vec![
            ("accept".into(), "application/json".into()),
            ("x-requested-with".into(), "XMLHttpRequest".into()),
        ],
        auth: Auth::Session,
        what: what.into(),
        optional: true,
        ..Request::default()
    }
}

fn suggestion(asked: &Asked<'_>, number: u64) -> Request {
    // A rebase writes no message; its method is asked for all the same, as a squash.
    let (name, what) =
        if asked.method.writes_merge() { ("MERGE", "suggestion merge") } else { ("SQUASH", "suggestion") };
    let path = format!("pull/{number}/page_data/merge_box?merge_method={name}&bypass_requirements=false");
    page(asked, &path, what)
}

fn tree_request(asked: &Asked<'_>) -> Option<Request> {
    let failed = |request: &Request| asked.failed.contains(&request.key());
    if let Some(sha) = asked.base_sha.filter(|sha| sha.len() >= 7 && sha.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        let list = page(asked, &format!("tree-list/{sha}"), "tree_list");
        if !failed(&list) {
            return Some(list);
        }
    } else if let Some(number) = asked.place.number {
        // The pull request's answer names the commit; until it is there or has failed, nothing is asked.
        if !failed(&get(asked, &format!("/pulls/{number}"), "pull_request")) {
            return None;
        }
    }
    let base = encode_part(asked.base?)?;
    Some(get(asked, &format!("/git/trees/{base}?recursive=1"), "tree"))
}

/// A file at a revision; nothing while that is not known.
fn file(asked: &Asked<'_>, at: &str, path: &str, what: String) -> Option<Request> {
    let (raw, site) = raw_urls(asked.place, at, path)?;
    let raw = raw.map(|url| Request { url, what: what.clone(), optional: true, ..Request::default() });
    let contents = format!("/contents/{}?ref={}", encode_path(path)?, encode_part(at)?);
    let last = if asked.access.token {
        let mut contents = get(asked, &contents, &what);
        contents.headers = vec![("accept".into(), "application/vnd.github.raw+json".into())];
        contents
    } else {
        Request { url: site, auth: Auth::Session, what, ..Request::default() }
    };
    // The last one is asked again and again until it is answered; that it failed is for the caller to say.
    Some(raw.filter(|raw| !asked.failed.contains(&raw.key())).unwrap_or(last))
}

fn history(asked: &Asked<'_>, since: Option<&str>, requests: &mut Vec<Request>) {
    let Some(base) = asked.base.and_then(encode_part) else { return };
    let Some(tag) = since else {
        requests.push(get(asked, &format!("/commits?sha={base}&per_page={PAGE}"), "history"));
        return;
    };
    let Some(range) = encode_part(tag).map(|tag| format!("{tag}...{base}")) else { return };
    let page = |number: u64| {
        let which = if number > 1 { format!("&page={number}") } else { String::new() };
        get(asked, &format!("/compare/{range}?per_page={PAGE}{which}"), &format!("history {number} {tag}"))
    };
    let most = if asked.access.token { HISTORY_PAGES.1 } else { HISTORY_PAGES.0 };
    let pages = asked.unreleased.unwrap_or_default().div_ceil(PAGE).clamp(1, most);
    requests.extend((1..=pages).map(page));
}

/// The later pages of a history whose first and last hundred commits are known.
pub(super) fn middle(asked: &Asked<'_>, tag: &str, total: u64) -> Vec<Request> {
    let mut all = Vec::new();
    history(asked, Some(tag), &mut all);
    let last = total.saturating_sub(PAGE).div_ceil(PAGE);
    let within = |index: &usize| (*index as u64) < last;
    all.into_iter().enumerate().filter(|(index, _)| *index > 0 && within(index)).map(|(_, request)| request).collect()
}

/// Reads an answer.
pub(super) fn read(request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
    let (kind, rest) = request.what.split_once(' ').unwrap_or((&request.what, ""));
    if kind == "file" {
        return Ok(vec![Fact::File { path: rest.to_owned(), text: Some(response.body.clone()) }]);
    }
    #[cfg(feature = "more")]
    if kind == "file_own" {
        return Ok(Fact::own_file(rest, response));
    }
    let value = answer::json(request, response)?;
    let what = answer::label(&request.url);
    let root = Node::root(&what, &value);
    let more = response.header("link").is_some_and(|link| link.contains("rel=\"next\""));
    match kind {
        "pull_request" => pull_request(&root),
        "commits" => {
            let (commits, _) = commits(&root)?;
            let complete = !more && (commits.len() as u64) < PAGE;
            #[cfg(feature = "more")]
            {
                let page = u64::from(pages::number(rest));
                // Whether there are more than the limit nobody says.
                let cut = page * PAGE > MOST_COMMITS && (page - 1) * PAGE + commits.len() as u64 >= MOST_COMMITS;
                let next = (!complete && !cut && page * PAGE < MOST_COMMITS).then(|| (page + 1).to_string());
                Ok(pages::page(rest, commits, false, complete && !cut, next))
            }
            #[cfg(not(feature = "more"))]
            Ok(vec![Fact::Commits { commits, complete }])
        }
        "settings" => settings(&root, &value),
        "suggestion" => suggested(&root, if rest.is_empty() { Method::Squash } else { Method::Merge }),
        "tags" => tags(&root, more),
        "tree_list" => Ok(vec![tree(root.get("paths").each(|path| Ok(path.text()?.to_owned()))?)]),
        "tree" => listed(&root),
        "history" if rest.is_empty() => {
            let (mut newest, mut parents) = commits(&root)?;
            newest.reverse();
            parents.reverse();
            mark_first_parents(&mut newest, &parents);
            let complete = !more && (newest.len() as u64) < PAGE;
            Ok(vec![Fact::History { since: None, commits: newest, complete, from: 0, total: None }])
        }
        "history" => compared(&root, rest),
        #[cfg(feature = "more")]
        "changes" => changed(&root, &request.url, more),
        _ => Err(root.expected("a known question")),
    }
}

fn pull_request(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let merged = !root.get("merged_at").is_nothing() || root.get("merged").flag()?;
    let state = match root.get("state").text()? {
        _ if merged => State::Merged,
        "open" if root.get("draft").flag()? => State::Draft,
        "open" => State::Open,
        "closed" => State::Closed,
        _ => return Err(root.get("state").expected("open or closed")),
    };
    Ok(vec![Fact::PullRequest {
        title: root.get("title").text()?.to_owned(),
        description: root.get("body").text_or_nothing()?.to_owned(),
        base: root.get("base").get("ref").text()?.to_owned(),
        head: root.get("head").get("ref").text()?.to_owned(),
        state,
        // The account of who opened it may be gone.
        author: root.get("user").get("login").text_or_nothing()?.to_owned(),
        base_sha: root.get("base").get("sha").text_or_nothing()?.to_owned(),
    }])
}

/// The commits of a list, and each one's first parent.
fn commits(list: &Node<'_, '_>) -> Result<(Vec<Commit>, Vec<String>), Error> {
    let both = list.each(|item| {
        let commit = item.get("commit");
        let author = commit.get("author");
        let parents = item.get("parents");
        let of_parents =
            if parents.is_nothing() { Vec::new() } else { parents.each(|parent| parent.get("sha").text())? };
        Ok((
            Commit {
                sha: item.get("sha").text()?.to_owned(),
                message: commit.get("message").text()?.to_owned(),
                author: author.get("name").text_or_nothing()?.to_owned(),
                email: author.get("email").text_or_nothing()?.to_owned(),
                login: item.get("author").get("login").text_or_nothing()?.to_owned(),
                date: commit.get("committer").get("date").text_or_nothing()?.to_owned(),
                parents: u32::try_from(of_parents.len()).unwrap_or(u32::MAX),
                ..Commit::default()
            },
            of_parents.first().copied().unwrap_or_default().to_owned(),
        ))
    })?;
    Ok(both.into_iter().take(COMMITS).unzip())
}

fn settings(root: &Node<'_, '_>, value: &Value) -> Result<Vec<Fact>, Error> {
    root.object()?;
    let keys = [
        "squash_merge_commit_title",
        "squash_merge_commit_message",
        "merge_commit_title",
        "merge_commit_message",
        "allow_squash_merge",
        "allow_merge_commit",
        "allow_rebase_merge",
    ];
    // To those who may only read, the forge says nothing or null.
    if root.get("squash_merge_commit_title").is_nothing() || root.get("squash_merge_commit_message").is_nothing() {
        return Ok(Vec::new());
    }
    root.get("squash_merge_commit_title").text()?;
    root.get("squash_merge_commit_message").text()?;
    let known = keys.iter().filter_map(|key| value.get(key).map(|value| ((*key).to_owned(), value.clone())));
    let known: Map<String, Value> = known.collect();
    Ok(methods(&known, None).into_iter().chain([Fact::Settings(known)]).collect())
}

fn suggested(root: &Node<'_, '_>, asked_for: Method) -> Result<Vec<Fact>, Error> {
    let mut facts: Vec<Fact> = offered(root).into_iter().collect();
    let requirements = root.get("mergeRequirements");
    let (subject, body) = (requirements.get("commitMessageHeadline"), requirements.get("commitMessageBody"));
    // Merged pull requests have none. The answer for SQUASH was never seen, only that for MERGE, which is not it.
    let line = subject.text_or_nothing()?;
    let other = asked_for == Method::Squash && line.starts_with("Merge pull request #");
    if !other && !line.trim().is_empty() {
        let body = body.text_or_nothing()?.to_owned();
        facts.push(Fact::Suggestion { subject: line.to_owned(), body, method: asked_for });
    }
    Ok(facts)
}

/// How this reader may merge: through the queue where there is one, else directly. To those who may not, GitHub says what
/// would be chosen, but not what is allowed. The answer is undocumented: what is not as expected says nothing.
fn offered(root: &Node<'_, '_>) -> Option<Fact> {
    let is = |of: &Value, key: &str, word: &str| of.get(key).and_then(Value::as_str) == Some(word);
    let open = |of: &Value| is(of, "allowableStatus", "ALLOWED");
    let methods_of =
        |action: &'_ Value| action.get("mergeMethods").and_then(Value::as_array).cloned().unwrap_or_default();
    let pull_request = root.get("pullRequest");
    let (mut chosen, mut queued) = (Vec::new(), false);
    for action in pull_request.get("viewerMergeActions").items() {
        let queue = is(action, "name", "MERGE_QUEUE") && open(action);
        if queue || !queued && is(action, "name", "DIRECT_MERGE") {
            (chosen, queued) = (methods_of(action), queue);
        }
    }
    let (mut allowed, mut preferred) = (Vec::new(), None);
    for each in &chosen {
        let Some(method) = each.get("name").and_then(Value::as_str).and_then(method) else { continue };
        if open(each) {
            allowed.push(method);
        }
        // Who may merge is shown the button of what is chosen; for others a merge commit says nothing.
        if each.get("isDefault") == Some(&Value::Bool(true)) && (method != Method::Merge || open(each)) {
            preferred = Some(method);
        }
    }
    (!chosen.is_empty()).then_some(Fact::Methods { allowed, preferred })
}

fn tags(root: &Node<'_, '_>, more: bool) -> Result<Vec<Fact>, Error> {
    let mut tags = root.each(|item| {
        let object = item.get("object");
        let name = item.get("ref").text()?;
        Ok(Tag {
            name: name.strip_prefix("refs/tags/").unwrap_or(name).to_owned(),
            // An annotated tag's object is the tag itself, not the commit.
            sha: if object.get("type").text_or_nothing()? == "commit" {
                object.get("sha").text()?.to_owned()
            } else {
                String::new()
            },
        })
    })?;
    let complete = !more && tags.len() <= TAGS;
    tags.truncate(TAGS);
    Ok(vec![Fact::Tags { tags, complete }])
}

fn listed(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let entries = root.get("tree").each(|entry| Ok((entry.get("type").text()?, entry.get("path").text()?)))?;
    let files = entries.into_iter().filter(|(kind, _)| *kind == "blob");
    Ok(vec![tree(files.map(|(_, path)| path.to_owned()).collect())])
}

/// The paths a pull request changes; its own commit stands in their addresses.
#[cfg(feature = "more")]
fn changed(root: &Node<'_, '_>, url: &str, more: bool) -> Result<Vec<Fact>, Error> {
    let mut at = None;
    let list = root.each(|file| {
        at = at.or(revision_in(file.get("contents_url").text_or_nothing()?));
        let (status, before) = (file.get("status").text_or_nothing()?, file.get("previous_filename"));
        let before = if status == "renamed" { before.text_or_nothing()? } else { "" };
        Ok((file.get("filename").text()?, before, status == "removed"))
    })?;
    let complete = !more && (list.len() as u64) < PAGE;
    // The base repository holds the commits of every pull request, also of one that comes from a fork.
    let number = url.split("/pulls/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let at = at.map_or_else(|| format!("refs/pull/{number}/head"), str::to_owned);
    Ok(Fact::changes(list, complete, &at))
}

fn compared(root: &Node<'_, '_>, rest: &str) -> Result<Vec<Fact>, Error> {
    let (page, tag) = rest.split_once(' ').unwrap_or(("1", rest));
    let from = (page.parse::<u64>().unwrap_or(1).max(1) - 1) * PAGE;
    let total = root.get("total_commits").number()?;
    let (mut commits, parents) = commits(&root.get("commits"))?;
    let complete = from == 0 && commits.len() as u64 >= total;
    if from + commits.len() as u64 >= total {
        mark_first_parents(&mut commits, &parents);
    }
    Ok(vec![Fact::History { since: Some(tag.to_owned()), commits, complete, from, total: Some(total) }])
}

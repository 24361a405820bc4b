//! GitLab's REST interface, version 4.

use super::super::address::encode_part;
use super::super::answer::{self, Node};
use super::super::{Asked, Auth, Error, Fact, Request, Response, Want, mark_first_parents, own_file, pages};
use super::get;
use crate::history::{Commit, Tag};
use crate::pull_request::State;
use crate::squash::Method;
use serde_json::{Map, Value};

/// How many entries a page of any list holds.
const PAGE: u64 = 100;
/// How many pages of history are asked for.
const HISTORY_PAGES: u64 = 10;
/// More commits than this are not read out of one answer; a page holds a hundred.
const COMMITS: usize = 1000;

/// Adds the requests for a fact, as far as it can be asked for yet.
pub(super) fn requests(want: &Want, asked: &Asked<'_>, requests: &mut Vec<Request>) {
    let number = asked.place.number;
    let base = asked.base.and_then(encode_part);
    match want {
        Want::PullRequest => {
            requests.extend(number.and_then(|number| get(asked, &format!("/merge_requests/{number}"), "pull_request")));
        }
        Want::Commits => {
            let list = |number| format!("/merge_requests/{number}/commits?per_page={PAGE}");
            requests.extend(number.and_then(|number| get(asked, &list(number), "commits")));
        }
        Want::MoreCommits { page, .. } => {
            let list = |number| format!("/merge_requests/{number}/commits?per_page={PAGE}&page={page}");
            requests.extend(number.and_then(|number| get(asked, &list(number), &pages::what(*page))));
        }
        Want::Settings => requests.extend(get(asked, "", "settings")),
        Want::Suggestion => requests.extend(number.map(|number| widget(asked, number))),
        Want::Tags => {
            let list = format!("/repository/tags?per_page={PAGE}&order_by=updated&sort=desc");
            requests.extend(get(asked, &list, "tags"));
        }
        Want::Tree => {
            let list = |base| format!("/repository/tree?ref={base}&per_page={PAGE}");
            requests.extend(base.and_then(|base| get(asked, &list(base), "tree")));
        }
        Want::Files(paths) => {
            let base = asked.base.unwrap_or_default();
            requests.extend(paths.iter().filter_map(|path| file(asked, base, path, &format!("file {path}"))));
        }
        Want::History(since) => history(asked, since.as_deref(), requests),
        Want::Changes { .. } => {
            let list = |number| format!("/merge_requests/{number}/diffs?per_page={PAGE}");
            requests.extend(number.and_then(|number| get(asked, &list(number), "changes")));
        }
        Want::OwnFiles { at, paths } => {
            requests.extend(paths.iter().filter_map(|path| file(asked, at, path, &own_file(at, path))));
        }
        Want::Open => {
            let newest = format!("state=opened&order_by=created_at&sort=desc&per_page={}", pages::OPEN);
            let list =
                base.and_then(|base| get(asked, &format!("/merge_requests?{newest}&target_branch={base}"), "open"));
            requests.extend(list.map(|list| Request { optional: true, ..list }));
        }
        Want::Packages(globs) => {
            for folder in pages::folders(globs).into_iter().filter(|folder| !folder.is_empty()) {
                self::requests(&Want::Folder(folder), asked, requests);
            }
        }
        Want::Folder(folder) => {
            let list = base
                .zip(encode_part(folder))
                .map(|(base, path)| format!("/repository/tree?ref={base}&path={path}&recursive=true&per_page={PAGE}"));
            let request = list.and_then(|list| get(asked, &list, &format!("tree {folder}")));
            requests.extend(request.map(|request| Request { optional: true, ..request }));
        }
    }
}

/// What the page's own merge widget is made from: it holds GitLab's texts. No interface of the documentation's.
fn widget(asked: &Asked<'_>, number: u64) -> Request {
    Request {
        url: format!("{}/-/merge_requests/{number}/widget.json", asked.place.repository.url()),
        headers: vec![("accept".into(), "application/json".into())],
        auth: Auth::Session,
        what: "suggestion".into(),
        optional: true,
        ..Request::default()
    }
}

/// A file at a revision; nothing while that is not known.
fn file(asked: &Asked<'_>, at: &str, path: &str, what: &str) -> Option<Request> {
    let (at, part) = (encode_part(at)?, encode_part(path)?);
    let mut file = get(asked, &format!("/repository/files/{part}/raw?ref={at}"), what)?;
    file.headers.clear();
    Some(file)
}

/// The commits of the base branch, newest first; after a tag as a range of Git's.
fn history(asked: &Asked<'_>, since: Option<&str>, requests: &mut Vec<Request>) {
    let Some(base) = asked.base.and_then(encode_part) else { return };
    let Some(tag) = since else {
        requests.extend(get(asked, &format!("/repository/commits?ref_name={base}&per_page={PAGE}"), "history"));
        return;
    };
    let Some(range) = encode_part(tag).map(|tag| format!("{tag}..{base}")) else { return };
    let pages = asked.unreleased.unwrap_or_default().div_ceil(PAGE).clamp(1, HISTORY_PAGES);
    requests.extend((1..=pages).filter_map(|number| {
        let which = if number > 1 { format!("&page={number}") } else { String::new() };
        let list = format!("/repository/commits?ref_name={range}&per_page={PAGE}{which}");
        get(asked, &list, &format!("history {number} {tag}"))
    }));
}

/// Reads an answer.
pub(super) fn read(request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
    let (kind, rest) = request.what.split_once(' ').unwrap_or((&request.what, ""));
    if kind == "file" {
        return Ok(vec![Fact::File { path: rest.to_owned(), text: Some(response.body.clone()) }]);
    }
    if kind == "file_own" {
        return Ok(Fact::own_file(rest, response));
    }
    let value = answer::json(request, response)?;
    let what = answer::label(&request.url);
    let root = Node::root(&what, &value);
    let more = response.header("link").is_some_and(|link| link.contains("rel=\"next\""));
    match kind {
        "pull_request" => pull_request(&root, &value),
        "settings" => {
            root.object()?;
            let keys = ["squash_option", "merge_method", "squash_commit_template", "merge_commit_template"];
            let settings = some(&value, &keys);
            Ok(super::methods(&settings).into_iter().chain([Fact::Settings(settings)]).collect())
        }
        "suggestion" => {
            let text = |key: &str| value.get(key).and_then(Value::as_str).map(Value::from);
            let told = [
                ("squash_commit_message", text("default_squash_commit_message")),
                ("merge_commit_message", text("default_merge_commit_message")),
            ];
            let told = told.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            Ok(vec![Fact::Settings(told.collect())])
        }
        "open" => pages::open(&root, "iid", "title", &["target_branch"]),
        "commits" => {
            let (mut commits, _) = commits(&root)?;
            let complete = !more && (commits.len() as u64) < PAGE;
            commits.reverse();
            let next = (!complete).then(|| (pages::number(rest) + 1).to_string());
            Ok(pages::page(rest, commits, true, complete, next))
        }
        "tags" => {
            let tag = |tag: &Node<'_, '_>| {
                let sha = tag.get("commit").get("id").text_or_nothing()?.to_owned();
                Ok(Tag { name: tag.get("name").text()?.to_owned(), sha })
            };
            Ok(vec![Fact::Tags { tags: root.each(tag)?, complete: !more }])
        }
        "tree" => {
            let entries = root.each(|entry| Ok((entry.get("type").text()?, entry.get("path").text()?)))?;
            let files = entries.into_iter().filter(|(kind, _)| *kind == "blob");
            Ok(vec![Fact::Tree { paths: files.map(|(_, path)| path.to_owned()).collect() }])
        }
        "changes" => {
            let list = root.each(|file| {
                Ok((
                    file.get("new_path").text()?,
                    file.get("old_path").text_or_nothing()?,
                    file.get("deleted_file").flag()?,
                ))
            })?;
            // The project holds every merge request's commits under such a name, also those of a fork.
            let number = request.url.split("/merge_requests/").nth(1).and_then(|rest| rest.split('/').next());
            let at = format!("refs/merge-requests/{}/head", number.unwrap_or_default());
            Ok(Fact::changes(list, !more, &at))
        }
        "history" => {
            let (page, tag) = rest.split_once(' ').unwrap_or(("1", rest));
            let page = page.parse::<u64>().unwrap_or(1).max(1);
            let (mut commits, mut parents) = commits(&root)?;
            commits.reverse();
            parents.reverse();
            // Only the first page ends with the branch's last commit, where the line begins.
            if page == 1 {
                mark_first_parents(&mut commits, &parents);
            }
            let total = response.header("x-total").and_then(|total| total.trim().parse::<u64>().ok());
            let newer = (page - 1) * super::rest::PAGE;
            let from = total.map_or(0, |total| total.saturating_sub(newer + commits.len() as u64));
            let since = (!tag.is_empty()).then(|| tag.to_owned());
            let complete = !more && page == 1;
            Ok(vec![Fact::History { since, commits, complete, from, total }])
        }
        _ => Err(root.expected("a known question")),
    }
}

/// These of a value's keys that hold something.
fn some(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let told = |key: &&str| {
        let value = value.get(*key).filter(|value| !value.is_null())?;
        Some(((*key).to_owned(), value.clone()))
    };
    keys.iter().filter_map(told).collect()
}

fn pull_request(root: &Node<'_, '_>, value: &Value) -> Result<Vec<Fact>, Error> {
    let draft = root.get("draft").flag()? || root.get("work_in_progress").flag()?;
    let state = state(&root.get("state"), draft)?;
    let mut settings = some(value, &["squash", "squash_on_merge", "source_project_id", "title"]);
    // The project says whether a merge commit follows.
    let squashed = |squashed| if squashed { Method::Squash } else { Method::Merge };
    let preferred = super::squash::squashes(&settings).map(squashed);
    settings.insert("author_name".to_owned(), Value::from(root.get("author").get("name").text_or_nothing()?));
    Ok(vec![
        Fact::PullRequest {
            title: root.get("title").text()?.to_owned(),
            description: root.get("description").text_or_nothing()?.to_owned(),
            base: root.get("target_branch").text()?.to_owned(),
            head: root.get("source_branch").text()?.to_owned(),
            state,
            author: root.get("author").get("username").text_or_nothing()?.to_owned(),
            base_sha: String::new(),
        },
        Fact::Methods { allowed: Vec::new(), preferred },
        Fact::Settings(settings),
    ])
}

/// Where a merge request stands.
pub(super) fn state(node: &Node<'_, '_>, draft: bool) -> Result<State, Error> {
    match node.text()? {
        "opened" if draft => Ok(State::Draft),
        // Locked is it while it is being merged.
        "opened" | "locked" => Ok(State::Open),
        "merged" => Ok(State::Merged),
        "closed" => Ok(State::Closed),
        _ => Err(node.expected("opened, locked, merged or closed")),
    }
}

/// The commits of a list as it stands, and each one's first parent.
fn commits(list: &Node<'_, '_>) -> Result<(Vec<Commit>, Vec<String>), Error> {
    let both = list.each(|commit| {
        let parents = commit.get("parent_ids");
        let parents =
            if parents.is_nothing() { Vec::new() } else { parents.each(|parent| Ok(parent.text()?.to_owned()))? };
        Ok((
            Commit {
                sha: commit.get("id").text()?.to_owned(),
                message: commit.get("message").text()?.trim_end().to_owned(),
                author: commit.get("author_name").text_or_nothing()?.to_owned(),
                email: commit.get("author_email").text_or_nothing()?.to_owned(),
                date: commit.get("committed_date").text_or_nothing()?.to_owned(),
                parents: u32::try_from(parents.len()).unwrap_or(u32::MAX),
                ..Commit::default()
            },
            parents.first().cloned().unwrap_or_default(),
        ))
    })?;
    Ok(both.into_iter().take(COMMITS).unzip())
}

//! GitHub's GraphQL interface: with a token, one request brings everything (the bundle), and a second one the commits
//! since the last release where those lie further back than the bundle reaches.
//!
//! The field names are those of GitHub's public schema. Everything that comes from outside goes in as a variable.

use super::super::address::encode_path;
use super::super::answer::{self, Node};
use super::super::{Asked, Auth, Error, ErrorKind, Fact, Request, Response, Want, limited_until, mark_first_parents};
use super::{PAGE, graphql_url, refused, rest, tree};
use crate::history::{Commit, Tag};
use crate::pull_request::{OpenPullRequest, State};
use crate::squash::Method;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The most files one request names.
const FILES: usize = 200;

/// A commit, in every list.
const COMMIT: &str = "fragment commit on Commit { oid message committedDate author { name email user { login } } \
    parents(first: 1) { totalCount nodes { oid } } }";

/// What is read of the repository itself: its rule for squashes and its newest tags. A tag of a tag is looked through
/// once.
const REPOSITORY: &str = "squashMergeCommitTitle squashMergeCommitMessage mergeCommitTitle mergeCommitMessage \
    squashMergeAllowed mergeCommitAllowed rebaseMergeAllowed viewerDefaultMergeMethod \
    refs(refPrefix: \"refs/tags/\", first: 100, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) \
    { totalCount nodes { name target { __typename oid ... on Tag { target { __typename oid } } } } } \
    open: pullRequests(states: OPEN, first: 50, orderBy: {field: CREATED_AT, direction: DESC}) \
    { nodes { number title baseRefName } }";

/// What is read of the pull request. The four texts are what the merge dialog would begin with.
const PULL_REQUEST: &str = "number title body state isDraft baseRefName headRefName baseRefOid author { __typename login } \
    subject: viewerMergeHeadlineText(mergeType: SQUASH) message: viewerMergeBodyText(mergeType: SQUASH) \
    mergeSubject: viewerMergeHeadlineText(mergeType: MERGE) mergeMessage: viewerMergeBodyText(mergeType: MERGE) \
    commits(first: 100) { totalCount nodes { commit { ...commit } } }";

/// What is read of the base branch, before the files.
const TIP: &str = "oid history(first: 100) { pageInfo { hasNextPage } nodes { ...commit } } tree { entries { path type } } \
    github: file(path: \".github\") { object { ... on Tree { entries { path type } } } } \
    workflows: file(path: \".github/workflows\") { object { ... on Tree { entries { path type \
    object { ... on Blob { text isTruncated } } } } } }";

fn post(asked: &Asked<'_>, query: &str, variables: &Map<String, Value>, what: String) -> Request {
    Request {
        url: graphql_url(asked.place),
        headers: vec![("accept".into(), "application/json".into()), ("content-type".into(), "application/json".into())],
        body: Some(json!({"query": query, "variables": variables}).to_string()),
        auth: Auth::Token,
        what,
        api: true,
        optional: true,
    }
}

fn place(asked: &Asked<'_>) -> Map<String, Value> {
    let repository = &asked.place.repository;
    [("owner", &repository.owner), ("name", &repository.name)]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Value::String(value.clone())))
        .collect()
}

/// The one request that brings everything.
pub(super) fn bundle(wants: &[Want], asked: &Asked<'_>) -> Request {
    let mut variables = place(asked);
    let mut paths: Vec<&str> = Vec::new();
    for want in wants {
        if let Want::Files(files) = want {
            let rest = FILES.saturating_sub(paths.len());
            paths.extend(files.iter().map(String::as_str).filter(|path| encode_path(path).is_some()).take(rest));
        }
    }
    let (mut declared, mut files) = (String::new(), String::new());
    for (index, path) in paths.iter().enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(declared, ", $p{index}: String!");
        let _ = write!(files, " f{index}: file(path: $p{index}) {{ object {{ ... on Blob {{ text isTruncated }} }} }}");
        variables.insert(format!("p{index}"), Value::String((*path).to_owned()));
    }
    let branch = "{ name target { ... on Commit { ...tip } } }";
    let (more, subject) = match asked.place.number {
        Some(number) => {
            variables.insert("number".into(), number.into());
            (", $number: Int!", format!("pullRequest(number: $number) {{ {PULL_REQUEST} baseRef {branch} }}"))
        }
        None => match asked.base {
            Some(base) => {
                variables.insert("base".into(), Value::String(format!("refs/heads/{base}")));
                (", $base: String!", format!("baseRef: ref(qualifiedName: $base) {branch}"))
            }
            None => ("", format!("baseRef: defaultBranchRef {branch}")),
        },
    };
    let query = format!(
        "query($owner: String!, $name: String!{more}{declared}) {{ repository(owner: $owner, name: $name) \
         {{ {REPOSITORY} {subject} }} }} {COMMIT} fragment tip on Commit {{ {TIP}{files} }}"
    );
    post(asked, &query, &variables, "bundle".into())
}

/// The requests for the commits since a tag: the first and the last hundred at once, then what lies between.
pub(super) fn history(tag: &str, asked: &Asked<'_>) -> Vec<Request> {
    let Some(base) = asked.base else { return Vec::new() };
    if encode_path(tag).is_none() || encode_path(base).is_none() {
        return Vec::new();
    }
    let mut variables = place(asked);
    variables.insert("tag".into(), Value::String(format!("refs/tags/{tag}")));
    variables.insert("base".into(), Value::String(base.to_owned()));
    let query = format!(
        "query($owner: String!, $name: String!, $tag: String!, $base: String!) {{ repository(owner: $owner, name: $name) \
         {{ ref(qualifiedName: $tag) {{ compare(headRef: $base) {{ commits(first: {PAGE}) {{ totalCount nodes {{ \
         ...commit }} }} last: commits(last: {PAGE}) {{ nodes {{ ...commit }} }} }} }} }} }} {COMMIT}"
    );
    let mut requests = vec![post(asked, &query, &variables, format!("history {tag}"))];
    requests.extend(asked.unreleased.map(|total| rest::middle(asked, tag, total)).unwrap_or_default());
    requests
}

/// Reads an answer.
pub(super) fn read(request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
    let value = answer::json(request, response)?;
    let root = Node::root("graphql", &value);
    let data = root.get("data");
    let repository = data.get("repository");
    // A part that may not be seen is null and named among the errors, beside the rest of the data.
    if repository.is_nothing() {
        return Err(errors(request, response, &value).unwrap_or_else(|| repository.expected("an object")));
    }
    match request.what.split_once(' ') {
        Some((_, tag)) => compared(&repository, tag),
        None => bundled(request, &repository).map_err(|error| errors(request, response, &value).unwrap_or(error)),
    }
}

/// The first of the errors that stand in an answer of status 200.
fn errors(request: &Request, response: &Response, value: &Value) -> Option<Error> {
    let first = value.get("errors")?.get(0)?;
    let text = |key: &str| first.get(key).and_then(Value::as_str).unwrap_or_default();
    let kind = match text("type") {
        "NOT_FOUND" => ErrorKind::Missing,
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" => ErrorKind::Forbidden,
        "RATE_LIMITED" | "RATE_LIMIT" => ErrorKind::Limited { until: limited_until(response) },
        _ => ErrorKind::Garbage,
    };
    Some(refused(request, kind, text("message")))
}

fn bundled(request: &Request, repository: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let mut facts = settings(repository)?;
    facts.push(tags(&repository.get("refs"))?);
    let open = repository.get("open");
    if !open.is_nothing() {
        facts.push(Fact::Open(open.get("nodes").each(other)?));
    }
    let asked = request.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok()).unwrap_or_default();
    let variables = asked.get("variables").cloned().unwrap_or_default();
    let pull_request = repository.get("pullRequest");
    if variables.get("number").is_none() {
        tip(&repository.get("baseRef"), &variables, &mut facts)?;
        return Ok(facts);
    }
    let base = pull_request.get("baseRef");
    let tip_sha = base.get("target").get("oid").text_or_nothing()?;
    let base_sha = if tip_sha.is_empty() { pull_request.get("baseRefOid").text_or_nothing()? } else { tip_sha };
    let author = pull_request.get("author");
    // GraphQL leaves off the suffix that REST and Git have in an app's name.
    let app = author.get("__typename").text_or_nothing()? == "Bot";
    let login = author.get("login").text_or_nothing()?;
    facts.push(Fact::PullRequest {
        title: pull_request.get("title").text()?.to_owned(),
        description: pull_request.get("body").text_or_nothing()?.to_owned(),
        base: pull_request.get("baseRefName").text()?.to_owned(),
        head: pull_request.get("headRefName").text()?.to_owned(),
        state: match pull_request.get("state").text()? {
            "MERGED" => State::Merged,
            "CLOSED" => State::Closed,
            "OPEN" if pull_request.get("isDraft").flag()? => State::Draft,
            "OPEN" => State::Open,
            _ => return Err(pull_request.get("state").expected("OPEN, CLOSED or MERGED")),
        },
        author: if app && !login.ends_with("[bot]") { format!("{login}[bot]") } else { login.to_owned() },
        base_sha: base_sha.to_owned(),
    });
    for (method, subject, body) in
        [(Method::Squash, "subject", "message"), (Method::Merge, "mergeSubject", "mergeMessage")]
    {
        let subject = pull_request.get(subject).text_or_nothing()?;
        if !subject.trim().is_empty() {
            let body = pull_request.get(body).text_or_nothing()?.to_owned();
            facts.push(Fact::Suggestion { subject: subject.to_owned(), body, method });
        }
    }
    let list = pull_request.get("commits");
    let commits = list.get("nodes").each(|node| Ok(commit(&node.get("commit"))?.0))?;
    let all = list.get("totalCount").number()?;
    let complete = commits.len() as u64 >= all;
    facts.push(Fact::Commits { commits, complete });
    // The other interface brings the rest of them: as many as it has.
    #[cfg(feature = "more")]
    if !complete {
        let last = all.min(rest::MOST_COMMITS).div_ceil(PAGE);
        let pages = (2..=last).filter_map(|page| u32::try_from(page).ok());
        facts.extend(pages.map(|page| Fact::CommitsGoOn { page, at: page.to_string() }));
    }
    // A base branch that was deleted has no tip: what lies on it is then asked of REST, which says so.
    if !base.is_nothing() {
        tip(&base, &variables, &mut facts)?;
    }
    Ok(facts)
}

/// One of the repository's open pull requests.
fn other(node: &Node<'_, '_>) -> Result<OpenPullRequest, Error> {
    Ok(OpenPullRequest {
        number: node.get("number").number()?,
        title: node.get("title").text()?.to_owned(),
        base: node.get("baseRefName").text()?.to_owned(),
    })
}

fn settings(repository: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let mut settings = Map::new();
    for (key, name) in [
        ("squashMergeCommitTitle", "squash_merge_commit_title"),
        ("squashMergeCommitMessage", "squash_merge_commit_message"),
    ] {
        let value = repository.get(key).text_or_nothing()?;
        if value.is_empty() {
            return Ok(Vec::new());
        }
        settings.insert(name.to_owned(), value.into());
    }
    for (key, name) in [("mergeCommitTitle", "merge_commit_title"), ("mergeCommitMessage", "merge_commit_message")] {
        let value = repository.get(key).text_or_nothing()?;
        if !value.is_empty() {
            settings.insert(name.to_owned(), value.into());
        }
    }
    for (key, name) in [
        ("squashMergeAllowed", "allow_squash_merge"),
        ("mergeCommitAllowed", "allow_merge_commit"),
        ("rebaseMergeAllowed", "allow_rebase_merge"),
    ] {
        let value = repository.get(key);
        if !value.is_nothing() {
            settings.insert(name.to_owned(), value.flag()?.into());
        }
    }
    let preferred = super::method(repository.get("viewerDefaultMergeMethod").text_or_nothing()?);
    Ok(super::methods(&settings, preferred).into_iter().chain([Fact::Settings(settings)]).collect())
}

fn tags(list: &Node<'_, '_>) -> Result<Fact, Error> {
    let tags = list.get("nodes").each(|node| {
        let target = node.get("target");
        let peeled = target.get("target");
        let of = if peeled.is_nothing() { &target } else { &peeled };
        let is_commit = of.get("__typename").text_or_nothing()? == "Commit";
        let sha = if is_commit { of.get("oid").text()? } else { "" };
        Ok(Tag { name: node.get("name").text()?.to_owned(), sha: sha.to_owned() })
    })?;
    let complete = tags.len() as u64 >= list.get("totalCount").number()?;
    Ok(Fact::Tags { tags, complete })
}

/// A commit and its first parent.
fn commit(node: &Node<'_, '_>) -> Result<(Commit, String), Error> {
    let (author, parents) = (node.get("author"), node.get("parents"));
    let parent = if parents.get("nodes").is_nothing() {
        Vec::new()
    } else {
        parents.get("nodes").each(|parent| parent.get("oid").text())?
    };
    let commit = Commit {
        sha: node.get("oid").text()?.to_owned(),
        message: node.get("message").text()?.to_owned(),
        author: author.get("name").text_or_nothing()?.to_owned(),
        email: author.get("email").text_or_nothing()?.to_owned(),
        login: author.get("user").get("login").text_or_nothing()?.to_owned(),
        date: node.get("committedDate").text_or_nothing()?.to_owned(),
        parents: u32::try_from(parents.get("totalCount").number()?).unwrap_or(u32::MAX),
        ..Commit::default()
    };
    Ok((commit, parent.first().copied().unwrap_or_default().to_owned()))
}

/// What lies on the base branch.
fn tip(branch: &Node<'_, '_>, variables: &Value, facts: &mut Vec<Fact>) -> Result<(), Error> {
    let commit_node = branch.get("target");
    let list = commit_node.get("history");
    let (mut commits, mut parents): (Vec<Commit>, Vec<String>) = list.get("nodes").each(commit)?.into_iter().unzip();
    commits.reverse();
    parents.reverse();
    mark_first_parents(&mut commits, &parents);
    let complete = !list.get("pageInfo").get("hasNextPage").flag()?;
    facts.push(Fact::History { since: None, commits, complete, from: 0, total: None });

    let entry = |entry: &Node<'_, '_>| Ok((entry.get("type").text()? == "blob", entry.get("path").text()?.to_owned()));
    let mut entries = commit_node.get("tree").get("entries").each(entry)?;
    for folder in ["github", "workflows"] {
        let object = commit_node.get(folder);
        let object = object.get("object");
        let inside = object.get("entries");
        if !inside.is_nothing() {
            entries.extend(inside.each(entry)?);
        }
    }
    let paths = entries.into_iter().filter_map(|(blob, path)| blob.then_some(path)).collect();
    facts.push(tree(paths));

    let workflows = commit_node.get("workflows");
    let workflows = workflows.get("object");
    let workflows = workflows.get("entries");
    if !workflows.is_nothing() {
        facts.extend(
            workflows.each(|entry| text(entry.get("path").text()?, &entry.get("object")))?.into_iter().flatten(),
        );
    }
    for (alias, path) in variables.as_object().into_iter().flatten().filter(|(alias, _)| is_path(alias)) {
        let alias = alias.replacen('p', "f", 1);
        let found = commit_node.get(&alias);
        let path = path.as_str().unwrap_or_default();
        if found.is_nothing() {
            facts.push(Fact::File { path: path.to_owned(), text: None });
        } else {
            facts.extend(text(path, &found.get("object"))?);
        }
    }
    Ok(())
}

/// Whether a variable is one of the files' paths: `p0`, `p1`, …
fn is_path(variable: &str) -> bool {
    variable.strip_prefix('p').is_some_and(|index| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A file's text; nothing where it was cut or is no text: the file is then asked for by itself.
fn text(path: &str, blob: &Node<'_, '_>) -> Result<Option<Fact>, Error> {
    if blob.get("text").is_nothing() || blob.get("isTruncated").flag()? {
        return Ok(None);
    }
    Ok(Some(Fact::File { path: path.to_owned(), text: Some(blob.get("text").text()?.to_owned()) }))
}

/// The first and the last commits since a tag. The schema does not say which end a comparison begins at; its commits'
/// parents do.
fn compared(repository: &Node<'_, '_>, tag: &str) -> Result<Vec<Fact>, Error> {
    let found = repository.get("ref");
    let comparison = found.get("compare");
    let list = comparison.get("commits");
    let total = list.get("totalCount").number()?;
    let first = list.get("nodes").each(commit)?;
    let end = comparison.get("last").get("nodes").each(commit)?;
    let newest_first = {
        let follows = |two: &[(Commit, String)]| two.first().zip(two.get(1)).is_some_and(|(a, b)| a.1 == b.0.sha);
        let precedes = |two: &[(Commit, String)]| two.first().zip(two.get(1)).is_some_and(|(a, b)| b.1 == a.0.sha);
        first.windows(2).filter(|two| follows(two)).count() > first.windows(2).filter(|two| precedes(two)).count()
    };
    let (mut oldest, mut newest) = (first, end);
    if newest_first {
        std::mem::swap(&mut oldest, &mut newest);
        oldest.reverse();
        newest.reverse();
    }
    let page = |list: Vec<(Commit, String)>, from: u64| {
        let (mut commits, parents): (Vec<Commit>, Vec<String>) = list.into_iter().unzip();
        let count = commits.len() as u64;
        if from + count >= total {
            mark_first_parents(&mut commits, &parents);
        }
        Fact::History { since: Some(tag.to_owned()), commits, complete: count >= total, from, total: Some(total) }
    };
    let whole = oldest.len() as u64 >= total;
    let behind = total.saturating_sub(newest.len() as u64);
    let mut facts = vec![page(oldest, 0)];
    if !whole {
        facts.push(page(newest, behind));
    }
    Ok(facts)
}

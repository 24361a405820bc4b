//! GitLab's GraphQL interface: everything at once, and the texts that GitLab itself would write.

use super::super::answer::{self, Node};
use super::super::{Asked, Error, ErrorKind, Fact, Place, Request, Response, Want, pages};
use super::{auth, rest};
use crate::history::Commit;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt::Write;

/// The merge request: its own words, GitLab's texts for it, and its commits, newest first.
const PULL: &str = "mergeRequest(iid: $iid) { title description draft state sourceBranch targetBranch sourceProjectId \
     squashOnMerge commitCount defaultSquashCommitMessage defaultMergeCommitMessage author { username name } \
     commits(first: 100) { nodes { sha message authorName authorEmail authoredDate } } \
     commitsWithoutMergeCommits(first: 100) { nodes { sha } } }";
/// The project's settings and its root.
const PROJECT: &str = "mergeRequestsFfOnlyEnabled mergeCommitTemplate squashCommitTemplate";
const TREE: &str = "rootRef tree(ref: $ref) { blobs(first: 100) { nodes { path } } }";
const FILES: &str = "blobs(ref: $ref, paths: $files) { nodes { path rawTextBlob } }";

/// Where it is.
pub(super) fn url(place: &Place) -> String {
    format!("{}/api/graphql", place.repository.origin)
}

fn post(asked: &Asked<'_>, query: &str, variables: &Value, what: &str) -> Request {
    Request {
        url: url(asked.place),
        headers: vec![("accept".into(), "application/json".into()), ("content-type".into(), "application/json".into())],
        body: Some(json!({"query": query, "variables": variables}).to_string()),
        auth: auth(asked),
        what: what.into(),
        api: true,
        // REST stands in for it.
        optional: true,
    }
}

/// The one request for everything. The files are those of the base branch where that is known, else of the default one.
pub(super) fn bundle(wants: &[Want], asked: &Asked<'_>) -> Option<Request> {
    let files: Vec<&String> = wants
        .iter()
        .flat_map(|want| match want {
            Want::Files(paths) => paths.as_slice(),
            _ => &[],
        })
        .collect();
    let mut variables = json!({"path": asked.place.repository.slug(), "ref": asked.base, "files": files});
    let of_pull = match (asked.place.number, wants.contains(&Want::PullRequest)) {
        (Some(number), true) => {
            variables.as_object_mut()?.insert("iid".to_owned(), Value::from(number.to_string()));
            ("$iid: String!, ", PULL)
        }
        _ => ("", ""),
    };
    let (declared, pull) = of_pull;
    let query = format!(
        "query squashcast($path: ID!, {declared}$ref: String, $files: [String!]!) {{ project(fullPath: $path) {{ \
         {PROJECT} repository {{ {TREE} {FILES} }} {pull} }} }}"
    );
    Some(post(asked, &query, &variables, "bundle"))
}

/// Further files, all of them in one request.
pub(super) fn files(paths: &[String], asked: &Asked<'_>) -> Option<Request> {
    let base = asked.base?;
    if paths.is_empty() {
        return None;
    }
    let variables = json!({"path": asked.place.repository.slug(), "ref": base, "files": paths});
    let query = format!(
        "query squashcast($path: ID!, $ref: String, $files: [String!]!) {{ project(fullPath: $path) {{ \
         repository {{ {FILES} }} }} }}"
    );
    Some(post(asked, &query, &variables, "files"))
}

/// How many folders of packages are listed in one request: what it may cost is limited (GitLab Docs, "GraphQL API limits").
const FOLDERS: usize = 4;

/// The folders that the globs' stars stand for, all in one request; nothing where none can be told. What the globs name
/// in those folders is then asked for by name, whether it is there or not.
pub(super) fn packages(globs: &[String], asked: &Asked<'_>) -> Option<Request> {
    let base = asked.base?;
    let mut parents: Vec<&str> = globs.iter().filter_map(|glob| Some(starred(glob)?.0)).collect();
    parents.sort_unstable();
    parents.dedup();
    parents.truncate(FOLDERS);
    let (mut declared, mut listed) = (String::new(), String::new());
    let mut variables = json!({"path": asked.place.repository.slug(), "ref": base});
    for (index, parent) in parents.iter().enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(declared, ", $f{index}: String!");
        let _ = write!(
            listed,
            " f{index}: tree(path: $f{index}, ref: $ref) {{ trees(first: 100) {{ nodes {{ path }} }} }}"
        );
        variables.as_object_mut()?.insert(format!("f{index}"), Value::from(*parent));
    }
    let query = format!(
        "query squashcast($path: ID!, $ref: String{declared}) {{ project(fullPath: $path) {{ repository {{ \
         tree(ref: $ref) {{ blobs(first: 100) {{ nodes {{ path }} }} }}{listed} }} }} }}"
    );
    Some(post(asked, &query, &variables, &format!("tree {}", globs.join(" "))))
}

/// A glob with one star, which stands for a folder: what is before it and behind it.
fn starred(glob: &str) -> Option<(&str, &str)> {
    let (parent, rest) = if let Some(rest) = glob.strip_prefix("*/") { ("", rest) } else { glob.split_once("/*/")? };
    (pages::is_plain(parent) && pages::is_plain(rest)).then_some((parent, rest))
}

/// The files that the globs may name: those without a star, and those in the folders that are there.
fn candidates(repository: &Node<'_, '_>, variables: &Value, globs: &str) -> Result<Fact, Error> {
    let mut paths: Vec<String> = Vec::new();
    for glob in globs.split(' ') {
        let Some((parent, rest)) = starred(glob) else {
            paths.extend(pages::is_plain(glob).then(|| glob.to_owned()));
            continue;
        };
        let asked = |index: &usize| variables.get(format!("f{index}")).and_then(Value::as_str) == Some(parent);
        let Some(index) = (0..FOLDERS).find(asked) else { continue };
        let name = format!("f{index}");
        let tree = repository.get(&name);
        let trees = tree.get("trees");
        if !tree.is_nothing() {
            let folders = trees.get("nodes").each(|folder| folder.get("path").text())?;
            paths.extend(folders.into_iter().map(|folder| format!("{folder}/{rest}")));
        }
    }
    let root = repository.get("tree");
    let blobs = root.get("blobs");
    if !root.is_nothing() {
        paths.extend(blobs.get("nodes").each(|blob| blob.get("path").text())?.into_iter().map(str::to_owned));
    }
    Ok(Fact::Tree { paths })
}

/// Reads an answer.
pub(super) fn read(request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
    let value = answer::json(request, response)?;
    let what = answer::label(&request.url);
    let root = Node::root(&what, &value);
    let data = root.get("data");
    let project = data.get("project");
    if project.is_nothing() {
        let message = value.pointer("/errors/0/message").and_then(Value::as_str);
        // Without an error the project is not there, or not for this reader.
        let kind = if message.is_some() { ErrorKind::Garbage } else { ErrorKind::Missing };
        let reason: String = message.unwrap_or("no such project").chars().take(300).collect();
        return Err(Error { kind, at: format!("{what}: {reason}") });
    }
    let asked: Value = request.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    let variables = asked.get("variables").unwrap_or(&Value::Null);
    let pull = project.get("mergeRequest");
    if variables.get("iid").is_some() && pull.is_nothing() {
        return Err(Error { kind: ErrorKind::Missing, at: format!("{what}: no such merge request") });
    }
    let mut facts = Vec::new();
    let mut settings = Map::new();
    if !pull.is_nothing() {
        facts.extend(pull_request(&pull)?);
        let told = [
            ("squash_on_merge", "squashOnMerge"),
            ("squash_commit_message", "defaultSquashCommitMessage"),
            ("merge_commit_message", "defaultMergeCommitMessage"),
            ("source_project_id", "sourceProjectId"),
            ("title", "title"),
        ];
        let of_pull = pull.object()?;
        settings.extend(told.into_iter().filter_map(|(ours, theirs)| {
            let value = of_pull.get(theirs).filter(|value| !value.is_null())?;
            Some((ours.to_owned(), value.clone()))
        }));
        let name = pull.get("author").get("name").text_or_nothing()?;
        settings.insert("author_name".to_owned(), Value::from(name));
    }
    if request.what == "bundle" {
        // Of `merge` and `rebase_merge`, which differ in nothing that lands, the former stands for both.
        let method = if project.get("mergeRequestsFfOnlyEnabled").flag()? { "ff" } else { "merge" };
        settings.insert("merge_method".to_owned(), Value::from(method));
        for (ours, theirs) in
            [("squash_commit_template", "squashCommitTemplate"), ("merge_commit_template", "mergeCommitTemplate")]
        {
            settings.insert(ours.to_owned(), Value::from(project.get(theirs).text_or_nothing()?));
        }
        facts.extend(super::methods(&settings));
        facts.push(Fact::Settings(settings));
    }
    let repository = project.get("repository");
    if let Some(globs) = request.what.strip_prefix("tree ") {
        return Ok(vec![candidates(&repository, variables, globs)?]);
    }
    if !repository.is_nothing() {
        // Without the base branch's name these are the default branch's: no facts where that is another one.
        let target = pull.get("targetBranch");
        let elsewhere = variables.get("ref").is_none_or(Value::is_null)
            && !target.is_nothing()
            && repository.get("rootRef").text_or_nothing()? != target.text()?;
        if !elsewhere {
            facts.extend(files_of(&repository, variables)?);
        }
    }
    Ok(facts)
}

/// The files' texts and names. A project whose code the reader may not see has none.
fn files_of(repository: &Node<'_, '_>, variables: &Value) -> Result<Vec<Fact>, Error> {
    let mut facts = Vec::new();
    let blobs = repository.get("blobs");
    let mut found: HashSet<&str> = HashSet::new();
    let mut paths: Vec<String> = Vec::new();
    if !blobs.is_nothing() {
        let texts = blobs
            .get("nodes")
            .each(|blob| Ok((blob.get("path").text()?, blob.get("rawTextBlob").text_or_nothing()?)))?;
        for (path, text) in texts {
            if found.insert(path) {
                paths.push(path.to_owned());
                facts.push(Fact::File { path: path.to_owned(), text: Some(text.to_owned()) });
            }
        }
        let asked = variables.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let missing = asked.filter(|path| !found.contains(path));
        facts.extend(missing.map(|path| Fact::File { path: path.to_owned(), text: None }));
    }
    let tree = repository.get("tree");
    if !tree.is_nothing() {
        let blobs = tree.get("blobs");
        let of_root = blobs.get("nodes").each(|blob| blob.get("path").text())?;
        paths.extend(of_root.into_iter().filter(|path| !found.contains(path)).map(str::to_owned));
        facts.push(Fact::Tree { paths });
    }
    Ok(facts)
}

fn pull_request(pull: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let author = pull.get("author");
    let fact = Fact::PullRequest {
        title: pull.get("title").text()?.to_owned(),
        description: pull.get("description").text_or_nothing()?.to_owned(),
        base: pull.get("targetBranch").text()?.to_owned(),
        head: pull.get("sourceBranch").text()?.to_owned(),
        state: rest::state(&pull.get("state"), pull.get("draft").flag()?)?,
        author: author.get("username").text_or_nothing()?.to_owned(),
        base_sha: String::new(),
    };
    let list = pull.get("commits");
    if list.is_nothing() {
        return Ok(vec![fact]);
    }
    let single = pull.get("commitsWithoutMergeCommits");
    let single: Option<HashSet<&str>> = if single.is_nothing() {
        None
    } else {
        Some(single.get("nodes").each(|commit| commit.get("sha").text())?.into_iter().collect())
    };
    let mut commits = list.get("nodes").each(|commit| {
        let sha = commit.get("sha").text()?;
        Ok(Commit {
            sha: sha.to_owned(),
            message: commit.get("message").text_or_nothing()?.trim_end().to_owned(),
            author: commit.get("authorName").text_or_nothing()?.to_owned(),
            email: commit.get("authorEmail").text_or_nothing()?.to_owned(),
            date: commit.get("authoredDate").text_or_nothing()?.to_owned(),
            parents: if single.as_ref().is_none_or(|single| single.contains(sha)) { 1 } else { 2 },
            ..Commit::default()
        })
    })?;
    let count = pull.get("commitCount");
    let all = if count.is_nothing() { commits.len() as u64 } else { count.number()? };
    let complete = commits.len() as u64 >= all;
    commits.reverse();
    // The other interface brings the rest of them: its pages hold as many.
    let next = (!complete).then(|| "2".to_owned());
    Ok([fact].into_iter().chain(pages::page("", commits, true, complete, next)).collect())
}

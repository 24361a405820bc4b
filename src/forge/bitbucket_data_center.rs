//! Bitbucket Data Center and Server: its addresses, its REST interface and what it writes on a merge.
//!
//! It has no address of its own: it stands where somebody put it, maybe below a path. Its interface answers to the session
//! of whoever is signed in on the page, or to an HTTP access token. There is no request that brings several facts.

use super::address::{self, encode_part, encode_path};
use super::answer::{self, Node};
use super::{Asked, Auth, Error, Fact, Forge, Place, Request, Response, Want, is_optional, own_file, pages};
use crate::history::{Commit, Tag};
use crate::pull_request::{PullRequest, Repository, State};
use crate::squash::{Method, SquashMessage};
use serde_json::{Map, Value, json};

mod squash;

/// Bitbucket Data Center, and Server, which it was called before.
#[derive(Clone, Copy, Debug)]
pub struct BitbucketDataCenter;

/// More commits than this are not read out of one answer; a page holds a hundred.
const COMMITS: usize = 1000;
/// How many paths below a folder are asked for.
const FILES: usize = 20_000;
/// How many commits an answer's page holds.
const PAGE: usize = 100;
/// Where clones are made from: the repository's address as Git and the release tools see it.
const CLONE: &str = "scm/";

impl Forge for BitbucketDataCenter {
    fn id(&self) -> &'static str {
        "bitbucket-data-center"
    }

    fn name(&self) -> &'static str {
        "Bitbucket Data Center"
    }

    fn origin(&self) -> &'static str {
        ""
    }

    fn api(&self, repository: &Repository) -> String {
        format!("{}/rest/", repository.origin)
    }

    fn one_box(&self) -> bool {
        true
    }

    fn example(&self) -> String {
        "https://bitbucket.example.org/projects/ACME/repos/widgets/pull-requests/42".to_owned()
    }

    fn locate(&self, _: &str) -> Option<Place> {
        None
    }

    fn locate_at(&self, url: &str, root: &str) -> Option<Place> {
        let path = address::below(url, root)?;
        let [kind, owner, "repos", name, "pull-requests", rest @ ..] = path.as_slice() else { return None };
        let owner = match *kind {
            "projects" => (*owner).to_owned(),
            "users" => format!("~{owner}"),
            _ => return None,
        };
        if !address::is_name(owner.trim_start_matches('~')) || !address::is_name(name) {
            return None;
        }
        let number = rest.first().map(|number| address::number(number).ok_or(())).transpose().ok()?;
        // The form of a new one is the list's address, with a word behind it.
        let query = url.split(['?', '#']).nth(1).unwrap_or_default();
        let new = query.split('&').any(|word| word == "create" || word.starts_with("create="));
        if number.is_none() && !new {
            return None;
        }
        let repository =
            Repository { origin: root.to_owned(), owner: format!("{CLONE}{owner}"), name: (*name).to_owned() };
        Some(Place { repository, number })
    }

    fn commit_url(&self, repository: &Repository, sha: &str) -> String {
        let (project, name) = (project(repository), &repository.name);
        format!("{}/projects/{project}/repos/{name}/commits/{sha}", repository.origin)
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        let mut requests: Vec<Request> = Vec::new();
        for want in &pages::unfolded(wants) {
            let paths: &[String] = if let Want::Files(paths) = want { paths } else { &[] };
            requests.extend(paths.iter().filter_map(|path| file(asked, path)));
            if let Want::OwnFiles { at, paths } = want {
                requests.extend(paths.iter().filter_map(|path| own_text(asked, at, path)));
            }
            let optional = |request: Request| Request { optional: request.optional || is_optional(want), ..request };
            requests.extend(question(want, asked).map(|(path, what)| optional(request(asked, &path, what))));
        }
        requests
    }

    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
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
        let values = root.get("values");
        let complete = || root.get("isLastPage").flag();
        match kind {
            "pull_request" => pull_request(&root),
            "settings" => settings(&root),
            "suggestion" => suggestion(&root),
            "open" => pages::open(&values, "id", "title", &["toRef", "displayId"]),
            "commits" => {
                let complete = complete()?;
                let next = root.get("nextPageStart").number().ok().filter(|_| !complete);
                Ok(pages::page(rest, commits(&values)?, true, complete, next.map(|next| next.to_string())))
            }
            "tags" => {
                let tag = |tag: &Node<'_, '_>| {
                    let sha = tag.get("latestCommit").text_or_nothing()?.to_owned();
                    Ok(Tag { name: tag.get("displayId").text()?.to_owned(), sha })
                };
                Ok(vec![Fact::Tags { tags: values.each(tag)?, complete: complete()? }])
            }
            // The paths below a folder are told from there.
            "tree" if !rest.is_empty() => {
                let of_root = rest == ".";
                let from_root = |path: &str| if of_root { path.to_owned() } else { format!("{rest}/{path}") };
                Ok(vec![pages::shallow(values.each(|path| Ok(from_root(path.text()?)))?)])
            }
            "tree" => {
                let entries = root.get("children").get("values").each(|entry| {
                    let path = entry.get("path");
                    Ok((entry.get("type").text()?, path.get("toString").text()?))
                })?;
                let files = entries.into_iter().filter(|(kind, _)| *kind == "FILE");
                Ok(vec![Fact::Tree { paths: files.map(|(_, path)| path.to_owned()).collect() }])
            }
            "changes" => changes(&values, complete()?, &request.url),
            "history" => {
                let since = (!rest.is_empty()).then(|| rest.to_owned());
                let complete = complete()?;
                Ok(vec![Fact::History { since, commits: commits(&values)?, complete, from: 0, total: None }])
            }
            _ => Err(root.expected("a known question")),
        }
    }

    fn squash(
        &self,
        pull_request: &PullRequest,
        place: &Place,
        settings: Option<&Map<String, Value>>,
    ) -> SquashMessage {
        squash::compose(pull_request, place, settings, true)
    }

    fn merge(&self, pull_request: &PullRequest, place: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        squash::compose(pull_request, place, settings, false)
    }
}

/// The project's key, or `~` and the user's name.
fn project(repository: &Repository) -> &str {
    repository.owner.strip_prefix(CLONE).unwrap_or(&repository.owner)
}

/// A branch as an address names it, where a tag could have the same name.
fn at(branch: &str) -> Option<String> {
    Some(format!("refs%2Fheads%2F{}", encode_part(branch)?))
}

/// Where a fact is asked for, below the repository, and what it is called; nothing where it cannot be asked for yet.
fn question(want: &Want, asked: &Asked<'_>) -> Option<(String, String)> {
    let number = asked.place.number;
    Some(match want {
        Want::PullRequest => (format!("pull-requests/{}", number?), "pull_request".to_owned()),
        Want::Commits => (format!("pull-requests/{}/commits?limit={PAGE}", number?), "commits".to_owned()),
        Want::MoreCommits { page, at } => {
            let start: u64 = at.parse().ok()?;
            (format!("pull-requests/{}/commits?limit={PAGE}&start={start}", number?), pages::what(*page))
        }
        Want::Settings => ("settings/pull-requests".to_owned(), "settings".to_owned()),
        Want::Suggestion => (format!("pull-requests/{}/commit-message-suggestion", number?), "suggestion".to_owned()),
        Want::Tags => ("tags?orderBy=MODIFICATION&limit=100".to_owned(), "tags".to_owned()),
        Want::Tree => (format!("browse?at={}&limit=1000", at(asked.base?)?), "tree".to_owned()),
        Want::History(since) => {
            let list = format!("commits?until={}&limit={PAGE}", at(asked.base?)?);
            match since {
                None => (list, "history".to_owned()),
                Some(tag) => (format!("{list}&since=refs%2Ftags%2F{}", encode_part(tag)?), format!("history {tag}")),
            }
        }
        Want::Open => (format!("pull-requests?state=OPEN&order=NEWEST&limit={}", pages::OPEN), "open".to_owned()),
        Want::Changes { .. } => (format!("pull-requests/{}/changes?limit=1000", number?), "changes".to_owned()),
        Want::Folder(folder) => {
            // More than a thousand are given in one answer (`page.max.directory.recursive.children`).
            let (folder, path) = if folder.is_empty() {
                (".", String::new())
            } else {
                (folder.as_str(), format!("/{}", encode_path(folder)?))
            };
            (format!("files{path}?at={}&limit={FILES}", at(asked.base?)?), format!("tree {folder}"))
        }
        Want::Files(_) | Want::OwnFiles { .. } | Want::Packages(_) => return None,
    })
}

/// A file of the pull request's own.
fn own_text(asked: &Asked<'_>, at: &str, path: &str) -> Option<Request> {
    let raw = format!("raw/{}?at={}", encode_path(path)?, encode_part(at)?);
    let mut file = request(asked, &raw, own_file(at, path));
    file.headers.clear();
    Some(file)
}

/// The paths a pull request changes. The repository holds its commits under a name of their own, also those of a fork.
fn changes(values: &Node<'_, '_>, complete: bool, url: &str) -> Result<Vec<Fact>, Error> {
    let list = values.each(|value| {
        let (path, before) = (value.get("path"), value.get("srcPath"));
        let kind = value.get("type").text_or_nothing()?;
        let before = if kind == "MOVE" { before.get("toString").text_or_nothing()? } else { "" };
        Ok((path.get("toString").text()?, before, kind == "DELETE"))
    })?;
    let number = url.split("/pull-requests/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Ok(Fact::changes(list, complete, &format!("refs/pull-requests/{number}/from")))
}

fn file(asked: &Asked<'_>, path: &str) -> Option<Request> {
    let mut file =
        request(asked, &format!("raw/{}?at={}", encode_path(path)?, at(asked.base?)?), format!("file {path}"));
    file.headers.clear();
    Some(file)
}

fn request(asked: &Asked<'_>, path: &str, what: String) -> Request {
    let repository = &asked.place.repository;
    let (project, name) = (project(repository), &repository.name);
    // Versions before 8.12 know nothing of the suggestion; the settings may be refused to who may only read.
    let optional = matches!(what.as_str(), "suggestion" | "settings");
    Request {
        url: format!("{}/rest/api/latest/projects/{project}/repos/{name}/{path}", repository.origin),
        headers: vec![("accept".into(), "application/json".into())],
        auth: if asked.access.token { Auth::Token } else { Auth::Session },
        what,
        api: true,
        optional,
        ..Request::default()
    }
}

fn pull_request(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let (from, to) = (root.get("fromRef"), root.get("toRef"));
    let branch = |side: &Node<'_, '_>| side.get("displayId").text().map(str::to_owned);
    let state = match root.get("state").text()? {
        "OPEN" if root.get("draft").flag()? => State::Draft,
        "OPEN" => State::Open,
        "MERGED" => State::Merged,
        "DECLINED" => State::Closed,
        _ => return Err(root.get("state").expected("OPEN, MERGED or DECLINED")),
    };
    let home = |side: &Node<'_, '_>| -> Result<String, Error> {
        let repository = side.get("repository");
        let (project, slug) =
            (repository.get("project").get("key").text_or_nothing()?, repository.get("slug").text_or_nothing()?);
        Ok(if project.is_empty() { String::new() } else { format!("{project}/{slug}") })
    };
    let reviewers = root.get("reviewers");
    let approvers = if reviewers.is_nothing() {
        Vec::new()
    } else {
        reviewers.each(|reviewer| {
            let name = reviewer.get("user").get("displayName").text_or_nothing()?;
            Ok(reviewer.get("approved").flag()?.then(|| name.to_owned()))
        })?
    };
    let approvers: Vec<String> = approvers.into_iter().flatten().collect();
    let author = root.get("author");
    let user = author.get("user");
    let title = root.get("title").text()?;
    let told = json!({
        "approvers": approvers, "title": title, "from": home(&from)?, "to": home(&to)?,
        "head_sha": from.get("latestCommit").text_or_nothing()?,
    });
    let told = told.as_object().cloned().unwrap_or_default();
    Ok(vec![
        Fact::PullRequest {
            title: title.to_owned(),
            description: root.get("description").text_or_nothing()?.to_owned(),
            base: branch(&to)?,
            head: branch(&from)?,
            state,
            author: user.get("displayName").text_or_nothing()?.to_owned(),
            base_sha: to.get("latestCommit").text_or_nothing()?.to_owned(),
        },
        Fact::Settings(told),
    ])
}

/// The part of the settings that says how merges are made and written.
fn settings(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let config = root.get("mergeConfig");
    config.object()?;
    let mut told = Map::new();
    let default = config.get("defaultStrategy");
    let preferred = squash::strategy(default.get("id").text_or_nothing()?);
    let strategies = config.get("strategies");
    let enabled = if strategies.is_nothing() {
        Vec::new()
    } else {
        strategies.each(|each| Ok(each.get("id").text().ok().filter(|_| each.get("enabled").flag().unwrap_or(true))))?
    };
    let mut allowed: Vec<Method> = enabled.into_iter().flatten().filter_map(squash::strategy).collect();
    allowed.dedup();
    let summaries = config.get("commitSummaries");
    if !summaries.is_nothing() {
        told.insert("summaries".to_owned(), Value::from(summaries.number()?));
    }
    let template = config.get("commitMessageTemplate");
    for key in ["title", "body"] {
        let text = template.get(key);
        if !text.is_nothing() {
            told.insert(format!("template_{key}"), Value::from(text.text()?));
        }
    }
    Ok(vec![Fact::Methods { allowed, preferred }, Fact::Settings(told)])
}

/// The message that Bitbucket puts into its dialog.
fn suggestion(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let (title, body) = (root.get("title").text()?, root.get("body").text_or_nothing()?);
    let told = json!({"suggested_title": title, "suggested_body": body});
    Ok(vec![Fact::Settings(told.as_object().cloned().unwrap_or_default())])
}

/// The commits of a list, which begins with the newest.
fn commits(list: &Node<'_, '_>) -> Result<Vec<Commit>, Error> {
    let mut commits = list.each(|commit| {
        let author = commit.get("author");
        let time = commit.get("authorTimestamp");
        let seconds = if time.is_nothing() { None } else { Some(time.number()? / 1000) };
        Ok(Commit {
            sha: commit.get("id").text()?.to_owned(),
            message: commit.get("message").text()?.trim_end().to_owned(),
            author: author.get("name").text_or_nothing()?.to_owned(),
            email: author.get("emailAddress").text_or_nothing()?.to_owned(),
            date: seconds.map(squash::rfc3339).unwrap_or_default(),
            parents: u32::try_from(commit.get("parents").count()).unwrap_or(u32::MAX),
            ..Commit::default()
        })
    })?;
    commits.truncate(COMMITS);
    commits.reverse();
    Ok(commits)
}

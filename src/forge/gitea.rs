//! Gitea and Forgejo: their addresses, their interface (version 1) and the commits they write.
//!
//! Both stand at addresses of the user's own (codeberg.org and gitea.com, too, are such). The rule for the messages is
//! that of their sources: `services/pull/merge.go` (`getMergeMessage`, `expandDefaultMergeMessage`) and
//! `services/pull/pull.go` (`GetSquashMergeCommitMessages`), in Gitea 1.25 and Forgejo 13. Their interface takes no session
//! cookie: without a token only what is public can be asked for.

use super::address::{self, encode_part, encode_path};
use super::answer::{self, Node};
use super::{
    Asked, Auth, Error, Fact, Forge, Place, Request, Response, Want, mark_first_parents, own_file, pages, revision_in,
};
use crate::history::{Commit, Tag};
use crate::pull_request::{PullRequest, Repository, State};
use crate::squash::{Method, SquashMessage};
use serde_json::{Map, Value, json};

mod message;

/// Gitea, or Forgejo, which came of it.
#[derive(Clone, Copy, Debug)]
pub enum Gitea {
    /// Gitea.
    Gitea,
    /// Forgejo.
    Forgejo,
}

/// How many items a page of any list holds (`MAX_RESPONSE_ITEMS`).
const PAGE: u64 = 50;
/// More commits than this are not read out of one answer.
const COMMITS: usize = 1000;
/// The most paths of a tree that are remembered.
const PATHS: usize = 5000;

/// Where templates of messages may stand on the default branch, the folder that wins first.
const FOLDERS: &[(&str, &str)] = &[("template_forgejo", ".forgejo"), ("template", ".gitea")];

impl Forge for Gitea {
    fn id(&self) -> &'static str {
        match self {
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
        }
    }

    fn origin(&self) -> &'static str {
        ""
    }

    fn api(&self, repository: &Repository) -> String {
        format!("{}/api/v1/", repository.origin)
    }

    fn example(&self) -> String {
        match self {
            Self::Gitea => "https://gitea.com/acme/widgets/pulls/42".to_owned(),
            Self::Forgejo => "https://codeberg.org/acme/widgets/pulls/42".to_owned(),
        }
    }

    /// Only the playground's example is known without being told.
    fn locate(&self, url: &str) -> Option<Place> {
        let example = self.example();
        let root = example.strip_suffix("/acme/widgets/pulls/42").filter(|_| url == example)?;
        self.locate_at(url, root)
    }

    fn locate_at(&self, url: &str, root: &str) -> Option<Place> {
        let path = address::below(url, root)?;
        let [owner, name, page, rest @ ..] = path.as_slice() else { return None };
        if !address::is_name(owner) || !address::is_name(name) {
            return None;
        }
        let number = match (*page, rest) {
            ("pulls", [number, ..]) => Some(address::number(number)?),
            ("compare", _) => None,
            _ => return None,
        };
        let repository = Repository { origin: root.to_owned(), owner: (*owner).to_owned(), name: (*name).to_owned() };
        Some(Place { repository, number })
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        let mut requests = Vec::new();
        for want in wants {
            match want {
                Want::Files(paths) => {
                    let base = asked.base.unwrap_or_default();
                    requests.extend(paths.iter().filter_map(|path| file(asked, base, path, &format!("file {path}"))));
                }
                Want::OwnFiles { at, paths } => {
                    requests.extend(paths.iter().filter_map(|path| file(asked, at, path, &own_file(at, path))));
                }
                _ => self.question(want, asked, &mut requests),
            }
        }
        requests
    }

    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
        let (kind, rest) = request.what.split_once(' ').unwrap_or((&request.what, ""));
        match kind {
            "file" => return Ok(vec![Fact::File { path: rest.to_owned(), text: Some(response.body.clone()) }]),
            "file_own" => return Ok(Fact::own_file(rest, response)),
            "template" => return Ok(vec![setting(rest, json!(response.body))]),
            _ => {}
        }
        let value = answer::json(request, response)?;
        let what = answer::label(&request.url);
        let root = Node::root(&what, &value);
        let more = response.header("link").is_some_and(|link| link.contains("rel=\"next\""));
        match kind {
            "pull_request" => pull_request(&root),
            "open" => pages::open(&root, "number", "title", &["base", "ref"]),
            "commits" => {
                let (mut commits, _) = commits(&root)?;
                commits.reverse();
                let complete = !more && (commits.len() as u64) < PAGE;
                let next = (!complete).then(|| (pages::number(rest) + 1).to_string());
                Ok(pages::page(rest, commits, true, complete, next))
            }
            "settings" => repository(&root),
            "reviews" => reviews(&root),
            "tags" => {
                let tag = |tag: &Node<'_, '_>| {
                    let sha = tag.get("commit").get("sha").text_or_nothing()?.to_owned();
                    Ok(Tag { name: tag.get("name").text()?.to_owned(), sha })
                };
                Ok(vec![Fact::Tags { tags: root.each(tag)?, complete: !more }])
            }
            "tree" => {
                let entries =
                    root.get("tree").each(|entry| Ok((entry.get("type").text()?, entry.get("path").text()?)))?;
                let files = entries.into_iter().filter(|(kind, _)| *kind == "blob");
                let mut paths: Vec<String> = files.map(|(_, path)| path.to_owned()).collect();
                // Configuration lies near the root.
                paths.sort_by_cached_key(|path| path.matches('/').count());
                paths.truncate(PATHS);
                Ok(vec![Fact::Tree { paths }])
            }
            "changes" => {
                let mut at = None;
                let list = root.each(|file| {
                    at = at.or(revision_in(file.get("contents_url").text_or_nothing()?));
                    let (status, before) = (file.get("status").text_or_nothing()?, file.get("previous_filename"));
                    let before = if status == "renamed" { before.text_or_nothing()? } else { "" };
                    Ok((file.get("filename").text()?, before, status == "deleted"))
                })?;
                // The repository holds every pull request's commits under such a name, also those of a fork.
                let number = request.url.split("/pulls/").nth(1).and_then(|rest| rest.split('/').next());
                let named = || format!("refs/pull/{}/head", number.unwrap_or_default());
                let at = at.map_or_else(named, str::to_owned);
                Ok(Fact::changes(list, !more, &at))
            }
            "history" => {
                let compared = !rest.is_empty();
                let list = if compared { root.get("commits") } else { root };
                let (mut commits, mut parents) = commits(&list)?;
                // Lists begin with the newest; should one not, its parents say so.
                let oldest_first =
                    commits.first().zip(parents.get(1)).is_some_and(|(first, parent)| *parent == first.sha);
                if !oldest_first {
                    commits.reverse();
                    parents.reverse();
                }
                mark_first_parents(&mut commits, &parents);
                let count = commits.len() as u64;
                let total = if compared { Some(root.get("total_commits").number()?) } else { None };
                let complete = total.map_or(!more && count < PAGE, |total| count >= total);
                let since = compared.then(|| rest.to_owned());
                Ok(vec![Fact::History { since, commits, complete, from: 0, total: None }])
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
        message::squash(*self, pull_request, place, settings)
    }

    fn offered(&self, title: &str, number: u64) -> Option<String> {
        Some(format!("{title} (#{number})"))
    }

    fn merge(&self, pull_request: &PullRequest, place: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        message::merge(*self, pull_request, place, settings)
    }
}

impl Gitea {
    /// Adds the requests for a fact, as far as it can be asked for yet.
    fn question(self, want: &Want, asked: &Asked<'_>, requests: &mut Vec<Request>) {
        let number = asked.place.number;
        // What makes the answers of lists of commits long, and is read by nobody.
        let short = format!("limit={PAGE}&stat=false&verification=false&files=false");
        match want {
            Want::PullRequest => {
                requests.extend(number.map(|number| get(asked, &format!("/pulls/{number}"), "pull_request")));
            }
            Want::Commits => {
                requests
                    .extend(number.map(|number| get(asked, &format!("/pulls/{number}/commits?{short}"), "commits")));
            }
            Want::MoreCommits { page, .. } => requests.extend(number.map(|number| {
                get(asked, &format!("/pulls/{number}/commits?{short}&page={page}"), &pages::what(*page))
            })),
            Want::Settings if number.is_none() => requests.push(get(asked, "", "settings")),
            // There is none to ask for; the page has it. What it is composed of instead: templates, on the default branch,
            // which is the one that is meant where none is named, the repository's settings and who approved.
            Want::Suggestion => {
                requests.push(get(asked, "", "settings"));
                let reviews =
                    number.map(|number| get(asked, &format!("/pulls/{number}/reviews?limit={PAGE}"), "reviews"));
                requests.extend(reviews.map(|reviews| Request { optional: true, ..reviews }));
                let style = match asked.method {
                    Method::Squash | Method::SquashMerge => "SQUASH",
                    Method::Merge => "MERGE",
                    Method::RebaseMerge => "REBASE-MERGE",
                    Method::Rebase | Method::FastForward => return,
                };
                let folders =
                    FOLDERS.iter().filter(|(_, folder)| *folder != ".forgejo" || matches!(self, Self::Forgejo));
                requests.extend(folders.map(|(key, folder)| {
                    let path = format!("/raw/{folder}/default_merge_message/{style}_TEMPLATE.md");
                    let what = format!("template {key}_{style}");
                    Request { headers: Vec::new(), optional: true, ..get(asked, &path, &what) }
                }));
            }
            Want::Open => {
                let list = get(asked, &format!("/pulls?state=open&limit={PAGE}"), "open");
                requests.push(Request { optional: true, ..list });
            }
            Want::Tags => requests.push(get(asked, &format!("/tags?limit={PAGE}"), "tags")),
            Want::Tree => {
                let tree = revision(asked).map(|base| format!("/git/trees/{base}?recursive=true&per_page=1000"));
                requests.extend(tree.map(|tree| get(asked, &tree, "tree")));
            }
            Want::History(None) => {
                let base = asked.base.and_then(encode_part);
                requests.extend(base.map(|base| get(asked, &format!("/commits?sha={base}&{short}"), "history")));
            }
            Want::History(Some(tag)) => {
                let range = encode_path(tag).zip(asked.base.and_then(encode_path));
                requests.extend(
                    range.map(|(since, base)| {
                        get(asked, &format!("/compare/{since}...{base}"), &format!("history {tag}"))
                    }),
                );
            }
            Want::Changes { .. } => {
                let list = |number| get(asked, &format!("/pulls/{number}/files?limit={PAGE}"), "changes");
                requests.extend(number.map(list));
            }
            // The pull request's own answer tells some settings: the rest is asked for above, as long as it is not known.
            // The tree reaches into all folders.
            Want::Settings | Want::Files(_) | Want::OwnFiles { .. } | Want::Folder(_) | Want::Packages(_) => {}
        }
    }
}

/// The base branch where a path names it: by its commit where that is known.
fn revision(asked: &Asked<'_>) -> Option<String> {
    let sha = asked.base_sha.filter(|sha| sha.len() >= 7 && sha.bytes().all(|byte| byte.is_ascii_hexdigit()));
    sha.map(str::to_owned).or_else(|| asked.base.and_then(encode_part))
}

fn get(asked: &Asked<'_>, path: &str, what: &str) -> Request {
    let Repository { origin, owner, name } = &asked.place.repository;
    Request {
        url: format!("{origin}/api/v1/repos/{owner}/{name}{path}"),
        headers: vec![("accept".into(), "application/json".into())],
        auth: if asked.access.token { Auth::Token } else { Auth::None },
        what: what.into(),
        api: true,
        ..Request::default()
    }
}

/// A file at a revision; nothing while that is not known.
fn file(asked: &Asked<'_>, at: &str, path: &str, what: &str) -> Option<Request> {
    let (at, place) = (encode_part(at)?, encode_path(path)?);
    let file = get(asked, &format!("/raw/{place}?ref={at}"), what);
    Some(Request { headers: Vec::new(), ..file })
}

fn setting(key: &str, value: Value) -> Fact {
    Fact::Settings(Map::from_iter([(key.to_owned(), value)]))
}

fn pull_request(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let title = root.get("title").text()?;
    let draft = root.get("draft").flag()? || message::without_mark(title).is_some();
    let state = match root.get("state").text()? {
        _ if root.get("merged").flag()? => State::Merged,
        "open" if draft => State::Draft,
        "open" => State::Open,
        "closed" => State::Closed,
        _ => return Err(root.get("state").expected("open or closed")),
    };
    let (base, head, user) = (root.get("base"), root.get("head"), root.get("user"));
    let mut settings = Map::new();
    // A repository that a pull request came from may be gone.
    let from = full_name(&head)?;
    if let Some((owner, name)) = from.split_once('/') {
        settings.insert("head_owner".into(), owner.into());
        settings.insert("head_name".into(), name.into());
    }
    settings.insert("fork".into(), (from != full_name(&base)?).into());
    settings.insert("poster".into(), signature(&user)?.into());
    Ok(vec![
        Fact::PullRequest {
            title: title.to_owned(),
            description: root.get("body").text_or_nothing()?.to_owned(),
            base: base.get("ref").text()?.to_owned(),
            head: head.get("ref").text()?.to_owned(),
            state,
            author: user.get("login").text_or_nothing()?.to_owned(),
            base_sha: base.get("sha").text_or_nothing()?.to_owned(),
        },
        Fact::Settings(settings),
    ])
}

/// The repository of a branch, `acme/widgets`: of a remembered answer only the name is left. Empty where it is gone.
fn full_name<'v>(branch: &Node<'v, '_>) -> Result<&'v str, Error> {
    let repository = branch.get("repo");
    repository.text().or_else(|_| repository.get("full_name").text_or_nothing())
}

/// A user as Git is told of one: the full name, or the login where there is none, and the address.
fn signature(user: &Node<'_, '_>) -> Result<String, Error> {
    let (full, login) = (user.get("full_name").text_or_nothing()?.trim(), user.get("login").text_or_nothing()?);
    Ok(format!("{} <{}>", if full.is_empty() { login } else { full }, user.get("email").text_or_nothing()?))
}

/// The commits of a list, and each one's first parent.
fn commits(list: &Node<'_, '_>) -> Result<(Vec<Commit>, Vec<String>), Error> {
    let both = list.each(|item| {
        let (commit, parents) = (item.get("commit"), item.get("parents"));
        let author = commit.get("author");
        let parents: Vec<String> = if parents.is_nothing() {
            Vec::new()
        } else {
            parents.each(|parent| Ok(parent.get("sha").text()?.to_owned()))?
        };
        let commit = Commit {
            sha: item.get("sha").text()?.to_owned(),
            // Git ends every message with a line break, which the other forges leave off.
            message: commit.get("message").text()?.trim_end().to_owned(),
            author: author.get("name").text_or_nothing()?.to_owned(),
            email: author.get("email").text_or_nothing()?.to_owned(),
            login: item.get("author").get("login").text_or_nothing()?.to_owned(),
            date: commit.get("committer").get("date").text_or_nothing()?.to_owned(),
            parents: u32::try_from(parents.len()).unwrap_or(u32::MAX),
            ..Commit::default()
        };
        Ok((commit, parents.into_iter().next().unwrap_or_default()))
    })?;
    Ok(both.into_iter().take(COMMITS).unzip())
}

/// What the repository allows, and whether issues are kept elsewhere.
fn repository(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    root.object()?;
    let mut allowed = Vec::new();
    for (key, method) in [
        ("allow_merge_commits", Method::Merge),
        ("allow_rebase", Method::Rebase),
        ("allow_rebase_explicit", Method::RebaseMerge),
        ("allow_squash_merge", Method::Squash),
        ("allow_fast_forward_only_merge", Method::FastForward),
    ] {
        if root.get(key).flag()? {
            allowed.push(method);
        }
    }
    let preferred = message::style(root.get("default_merge_style").text_or_nothing()?);
    let external = !root.get("external_tracker").is_nothing();
    Ok(vec![Fact::Methods { allowed, preferred }, setting("external_tracker", external.into())])
}

/// Who approved, each once, by the time of their last approval: those whose approval counts.
fn reviews(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let mut approved: Vec<String> = Vec::new();
    let reviews = root.each(|review| {
        let counts = review.get("state").text_or_nothing()? == "APPROVED" && review.get("official").flag()?;
        Ok(if counts { Some(signature(&review.get("user"))?) } else { None })
    })?;
    for reviewer in reviews.into_iter().flatten() {
        approved.retain(|known| *known != reviewer);
        approved.push(reviewer);
    }
    Ok(vec![setting("approved_by", json!(approved))])
}

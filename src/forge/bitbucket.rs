//! Bitbucket Cloud: its addresses, its interface (version 2.0) and the commit it writes on a squash.
//!
//! The page's own site answers the same interface under `!api` to whoever is signed in; where it does not, the public
//! host is asked, with the token where there is one.

use super::address::{self, encode_part, encode_path};
use super::answer::{self, Node};
use super::{Asked, Auth, Error, Fact, Forge, Place, Request, Response, Want, is_optional, is_sha, own_file, pages};
use crate::history::{Commit, Tag};
use crate::message::unix;
use crate::pull_request::{PullRequest, Repository, State};
use crate::squash::{Method, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value, json};

/// Bitbucket Cloud.
#[derive(Clone, Copy, Debug)]
pub struct Bitbucket;

const HOST: &str = "https://bitbucket.org";

/// First parts of Bitbucket's own pages, which no workspace can be called.
const RESERVED: &[&str] =
    &["account", "api", "blog", "dashboard", "features", "product", "repo", "search", "site", "snippets", "support"];

/// More commits than this are not read out of one answer; a page holds a hundred.
const COMMITS: usize = 1000;

/// How deep files of packages are looked for.
const DEEPEST: usize = 6;

/// The longest message the merge dialog takes: 128 KiB (Atlassian Support, "Merge a pull request").
const LONGEST: usize = 128 * 1024;

impl Forge for Bitbucket {
    fn id(&self) -> &'static str {
        "bitbucket"
    }

    fn name(&self) -> &'static str {
        "Bitbucket Cloud"
    }

    fn origin(&self) -> &'static str {
        "https://bitbucket.org"
    }

    fn api(&self, _: &Repository) -> String {
        "https://api.bitbucket.org/".to_owned()
    }

    fn one_box(&self) -> bool {
        true
    }

    fn example(&self) -> String {
        "https://bitbucket.org/acme/widgets/pull-requests/42".to_owned()
    }

    fn locate(&self, url: &str) -> Option<Place> {
        let address = address::parse(url)?;
        if address.origin != HOST {
            return None;
        }
        let [owner, name, "pull-requests", which, ..] = address.path.as_slice() else { return None };
        if !address::is_name(owner)
            || !address::is_name(name)
            || RESERVED.contains(&owner.to_ascii_lowercase().as_str())
        {
            return None;
        }
        let number = if *which == "new" { None } else { Some(address::number(which)?) };
        let repository = Repository { origin: address.origin, owner: (*owner).to_owned(), name: (*name).to_owned() };
        Some(Place { repository, number })
    }

    // Atlassian Support, "Resolve issues automatically when users push code": the words stand in the commit's message.
    fn closes_by_description(&self) -> bool {
        false
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        let mut requests: Vec<Request> = Vec::new();
        for want in wants {
            let paths: &[String] = if let Want::Files(paths) = want { paths } else { &[] };
            requests.extend(paths.iter().filter_map(|path| file(asked, path)));
            if let Want::OwnFiles { at, paths } = want {
                requests.extend(paths.iter().filter_map(|path| own_text(asked, at, path)));
            }
            let optional = |request: Request| Request { optional: request.optional || is_optional(want), ..request };
            if let Want::Packages(globs) = want {
                requests.extend(named(globs, asked).into_iter().map(optional));
            }
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
        if kind == "pull_request" {
            return pull_request(&root);
        }
        let values = root.get("values");
        // Every list is a page, and names the next one where there is one.
        let complete = root.get("next").is_nothing() && values.count() <= COMMITS;
        match kind {
            "open" => pages::open(&values, "id", "title", &["destination", "branch", "name"]),
            "commits" => {
                let next = following(root.get("next").text_or_nothing()?);
                Ok(pages::page(rest, commits(&values)?, true, complete, next))
            }
            "tags" => {
                let tag = |tag: &Node<'_, '_>| {
                    let sha = tag.get("target").get("hash").text_or_nothing()?.to_owned();
                    Ok(Tag { name: tag.get("name").text()?.to_owned(), sha })
                };
                Ok(vec![Fact::Tags { tags: values.each(tag)?, complete }])
            }
            "tree" => {
                let entries = values.each(|entry| Ok((entry.get("type").text()?, entry.get("path").text()?)))?;
                let files = entries.into_iter().filter(|(kind, _)| *kind == "commit_file");
                Ok(vec![Fact::Tree { paths: files.map(|(_, path)| path.to_owned()).collect() }])
            }
            "changes" => changes(&values, complete),
            "history" => {
                let since = (!rest.is_empty()).then(|| rest.to_owned());
                Ok(vec![Fact::History { since, commits: commits(&values)?, complete, from: 0, total: None }])
            }
            _ => Err(root.expected("a known question")),
        }
    }

    fn squash(&self, pull_request: &PullRequest, _: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        compose(pull_request, settings)
    }

    /// The same for every strategy that writes one.
    #[cfg(feature = "more")]
    fn merge(&self, pull_request: &PullRequest, _: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        compose(pull_request, settings)
    }
}

/// Where a fact is asked for, below the repository, and what it is called; nothing where it cannot be asked for yet, and
/// for what Bitbucket does not have: it keeps no settings of the message and makes no suggestion.
fn question(want: &Want, asked: &Asked<'_>) -> Option<(String, String)> {
    let number = asked.place.number;
    let (path, what) = match want {
        Want::PullRequest => (format!("pullrequests/{}", number?), "pull_request".to_owned()),
        Want::Commits => (format!("pullrequests/{}/commits?pagelen=50", number?), "commits".to_owned()),
        // The next page is named by the forge; of its address only the query is used.
        Want::MoreCommits { page, at } => (format!("pullrequests/{}/commits?{at}", number?), pages::what(*page)),
        Want::Tags => ("refs/tags?pagelen=100&sort=-target.date".to_owned(), "tags".to_owned()),
        Want::Tree => (format!("src/{}/?pagelen=100&max_depth=1", revision(asked)?), "tree".to_owned()),
        Want::History(since) => {
            let base = asked.base?;
            // A slash cannot stand in the path there; the same list takes the branch as a parameter.
            let list = if base.contains('/') {
                format!("commits?include={}&pagelen=100", encode_part(base)?)
            } else {
                format!("commits/{}?pagelen=100", encode_path(base)?)
            };
            match since {
                None => (list, "history".to_owned()),
                Some(tag) => (format!("{list}&exclude={}", encode_part(tag)?), format!("history {tag}")),
            }
        }
        // Of each only what is read.
        Want::Open => {
            let fields = "fields=values.id,values.title,values.destination.branch.name";
            (format!("pullrequests?state=OPEN&pagelen={}&sort=-created_on&{fields}", pages::OPEN), "open".to_owned())
        }
        Want::Changes { .. } => (format!("pullrequests/{}/diffstat?pagelen=100", number?), "changes".to_owned()),
        Want::Folder(folder) => {
            let list = format!("src/{}/{}/?pagelen=100&max_depth=2", revision(asked)?, encode_path(folder)?);
            (list, format!("tree {folder}"))
        }
        Want::Files(_) | Want::OwnFiles { .. } | Want::Packages(_) | Want::Settings | Want::Suggestion => return None,
    };
    Some((path, what))
}

/// The query of the next page's address, where it is one that can stand in an address of ours.
fn following(next: &str) -> Option<String> {
    let (_, query) = next.split_once('?')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%=&+".contains(&byte);
    ((1..=1000).contains(&query.len()) && query.bytes().all(plain)).then(|| query.to_owned())
}

/// The base branch where a path names it: by its commit where its name has a slash.
fn revision(asked: &Asked<'_>) -> Option<String> {
    let base = asked.base?;
    match asked.base_sha.filter(|sha| !sha.is_empty() && sha.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(sha) if base.contains('/') => Some(sha.to_owned()),
        _ => encode_part(base),
    }
}

fn file(asked: &Asked<'_>, path: &str) -> Option<Request> {
    let mut file = request(asked, &format!("src/{}/{}", revision(asked)?, encode_path(path)?), format!("file {path}"));
    file.headers.clear();
    Some(file)
}

/// The lists of all files that have the names at the globs' ends (Bitbucket Cloud REST API, "Get
/// file or directory contents": `q` and `max_depth`).
fn named(globs: &[String], asked: &Asked<'_>) -> Vec<Request> {
    let Some(revision) = revision(asked) else { return Vec::new() };
    let mut names: Vec<&str> = globs.iter().filter_map(|glob| Some(glob.rsplit_once('/')?.1)).collect();
    names.sort_unstable();
    names.dedup();
    let list = |name: &str| {
        let query = format!("q=path~%22{}%22", encode_part(name.trim_start_matches('*'))?);
        let path = format!("src/{revision}/?pagelen=100&max_depth={DEEPEST}&{query}");
        Some(request(asked, &path, format!("tree {name}")))
    };
    names.into_iter().filter_map(list).collect()
}

/// A file of the pull request's own: `at` is the repository and the commit, as the forge's addresses name them.
fn own_text(asked: &Asked<'_>, at: &str, path: &str) -> Option<Request> {
    let (repository, sha) = at.split_once('@')?;
    let mut file = request_of(asked, repository, &format!("src/{sha}/{}", encode_path(path)?), own_file(at, path));
    file.headers.clear();
    Some(file)
}

/// The paths a pull request changes. The new side's address names the repository and the commit it comes from.
fn changes(values: &Node<'_, '_>, complete: bool) -> Result<Vec<Fact>, Error> {
    let mut at = String::new();
    let list = values.each(|value| {
        let (old, new) = (value.get("old"), value.get("new"));
        let (before, after) = (old.get("path").text_or_nothing()?, new.get("path").text_or_nothing()?);
        let link = new.get("links");
        let link = link.get("self");
        if let Some(from) = source(link.get("href").text_or_nothing()?) {
            at = from;
        }
        Ok(if after.is_empty() { (before, "", true) } else { (after, before, false) })
    })?;
    Ok(Fact::changes(list, complete, &at))
}

/// The repository and the commit of a file's address: `…/2.0/repositories/dana/widgets/src/0a1b…/README.md`.
fn source(href: &str) -> Option<String> {
    let mut parts = href.split_once("/2.0/repositories/")?.1.split('/');
    let (owner, name, src, sha) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let good = address::is_name(owner) && address::is_name(name) && src == "src" && is_sha(sha);
    good.then(|| format!("{owner}/{name}@{sha}"))
}

/// A request to the page's own site, or, once that failed, to the public host.
fn request(asked: &Asked<'_>, path: &str, what: String) -> Request {
    request_of(asked, &asked.place.repository.slug(), path, what)
}

/// The same about any repository.
fn request_of(asked: &Asked<'_>, repository: &str, path: &str, what: String) -> Request {
    let origin = &asked.place.repository.origin;
    let below = format!("2.0/repositories/{repository}/{path}");
    let own = Request {
        url: format!("{origin}/!api/{below}"),
        headers: vec![("accept".into(), "application/json".into())],
        auth: Auth::Session,
        what,
        api: true,
        optional: true,
        ..Request::default()
    };
    if !asked.failed.contains(&own.key()) {
        return own;
    }
    Request {
        url: format!("https://api.bitbucket.org/{below}"),
        auth: if asked.access.token { Auth::Token } else { Auth::None },
        optional: false,
        ..own
    }
}

fn pull_request(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let (source, destination) = (root.get("source"), root.get("destination"));
    let branch = |side: &Node<'_, '_>| side.get("branch").get("name").text().map(str::to_owned);
    let state = match root.get("state").text()? {
        "OPEN" if root.get("draft").flag()? => State::Draft,
        "OPEN" => State::Open,
        "MERGED" => State::Merged,
        "DECLINED" | "SUPERSEDED" => State::Closed,
        _ => return Err(root.get("state").expected("OPEN, MERGED, DECLINED or SUPERSEDED")),
    };
    let participants = root.get("participants");
    let approved = if participants.is_nothing() {
        Vec::new()
    } else {
        participants.each(|participant| {
            let name = participant.get("user").get("display_name").text_or_nothing()?;
            Ok((participant.get("approved").flag()? && !name.is_empty()).then_some(name))
        })?
    };
    let approved: Vec<&str> = approved.into_iter().flatten().collect();
    let settings = Map::from_iter([("approved_by".to_owned(), json!(approved))]);
    let to = destination.get("branch");
    let allowed = to.get("merge_strategies").items().filter_map(|each| strategy(each.as_str()?)).collect();
    let preferred = strategy(to.get("default_merge_strategy").text_or_nothing()?);
    Ok(vec![
        Fact::Methods { allowed, preferred },
        Fact::PullRequest {
            title: root.get("title").text()?.to_owned(),
            description: root.get("description").text_or_nothing()?.to_owned(),
            base: branch(&destination)?,
            head: branch(&source)?,
            state,
            author: root.get("author").get("display_name").text_or_nothing()?.to_owned(),
            base_sha: destination.get("commit").get("hash").text_or_nothing()?.to_owned(),
        },
        Fact::Settings(settings),
    ])
}

/// A strategy by Bitbucket's own name.
fn strategy(name: &str) -> Option<Method> {
    Some(match name {
        "merge_commit" => Method::Merge,
        "squash" | "squash_fast_forward" => Method::Squash,
        "fast_forward" => Method::FastForward,
        "rebase_fast_forward" => Method::Rebase,
        "rebase_merge" => Method::RebaseMerge,
        _ => return None,
    })
}

/// The commits of a list, which begins with the newest.
fn commits(list: &Node<'_, '_>) -> Result<Vec<Commit>, Error> {
    let mut commits = list.each(|commit| {
        let author = commit.get("author");
        let raw = author.get("raw").text_or_nothing()?;
        let (name, email) = raw.split_once('<').unwrap_or((raw, ""));
        let parents = commit.get("parents");
        Ok(Commit {
            sha: commit.get("hash").text()?.to_owned(),
            // Git ends every message with a line break, which the other forges leave off.
            message: commit.get("message").text()?.trim_end().to_owned(),
            author: name.trim().to_owned(),
            email: email.trim_end().trim_end_matches('>').to_owned(),
            login: author.get("user").get("nickname").text_or_nothing()?.to_owned(),
            date: commit.get("date").text_or_nothing()?.to_owned(),
            parents: u32::try_from(parents.count()).unwrap_or(u32::MAX),
            ..Commit::default()
        })
    })?;
    commits.truncate(COMMITS);
    commits.reverse();
    Ok(commits)
}

/// What Bitbucket writes: a subject of its own, the title, the commits, who approved. There is no setting for it
/// (BCLOUD-14101, BCLOUD-17526). The list as Atlassian's own editor extension writes it (atlascode,
/// `PullRequestPage.tsx`): it is left out where the only commit says just what the title says.
fn compose(pull_request: &PullRequest, settings: Option<&Map<String, Value>>) -> SquashMessage {
    let title = pull_request.title.trim();
    let messages: Vec<_> = pull_request.commits.iter().map(|commit| unix(&commit.message)).collect();
    let listed = match messages.as_slice() {
        [only] => only.trim() != title,
        several => !several.is_empty(),
    };
    let mut body = title.to_owned();
    if listed {
        let items: Vec<String> = messages.iter().map(|message| format!("* {}", message.trim())).collect();
        body = format!("{body}\n\n{}", items.join("\n\n"));
    }
    let approved = settings.and_then(|settings| settings.get("approved_by")).and_then(Value::as_array);
    let approved = approved.into_iter().flatten().filter_map(Value::as_str);
    let approved: Vec<String> = approved.map(|name| format!("Approved-by: {name}")).collect();
    if !approved.is_empty() {
        body = format!("{body}\n\n{}", approved.join("\n"));
    }
    // A pull request that is not opened yet has no number.
    let number =
        if pull_request.number == 0 { String::new() } else { format!(" (pull request #{})", pull_request.number) };
    let text = SquashMessage::compose(&format!("Merged in {}{number}", pull_request.head), &body);
    let rule = if listed { Text::new("squash_bitbucket_list", []) } else { Text::new("squash_bitbucket_title", []) };
    SquashMessage {
        text: cut(text),
        source: if settings.is_some() { Source::Composed } else { Source::Assumed },
        rule,
        subject_from: SubjectFrom::Forge,
    }
}

/// A text that is too long ends in dots.
fn cut(mut text: String) -> String {
    const DOTS: &str = "...";
    if text.len() > LONGEST {
        let end = (0..=LONGEST - DOTS.len()).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push_str(DOTS);
    }
    text
}

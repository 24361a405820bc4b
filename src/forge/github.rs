//! GitHub: its addresses, which of its two interfaces to ask, and what becomes of a squash.
//!
//! Without a token everything comes from REST and from the routes of the page itself; with one, a single GraphQL
//! request brings all (the bundle), and REST stands in for it when it fails. The host is only named in
//! [`GitHub::locate`]; everything else is built from the place's origin, so that GitHub Enterprise Server is a line there.

use super::address::{self, encode_path};
use super::{Asked, Error, ErrorKind, Fact, Forge, Place, Request, Response, Want, answer};
use crate::pull_request::{PullRequest, Repository};
use crate::squash::{Method, SquashMessage};
use serde_json::{Map, Value};

mod graphql;
#[cfg(feature = "more")]
mod merge;
mod rest;
mod squash;

/// GitHub.
#[derive(Clone, Copy, Debug)]
pub struct GitHub;

const HOST: &str = "https://github.com";

/// First parts of GitHub's own pages, which no owner can be called.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "api",
    "apps",
    "blog",
    "business",
    "codespaces",
    "collections",
    "contact",
    "copilot",
    "customer-stories",
    "dashboard",
    "discussions",
    "enterprise",
    "events",
    "explore",
    "features",
    "gist",
    "issues",
    "join",
    "login",
    "logout",
    "marketplace",
    "models",
    "new",
    "notifications",
    "organizations",
    "orgs",
    "partners",
    "pricing",
    "projects",
    "pulls",
    "readme",
    "resources",
    "search",
    "security",
    "sessions",
    "settings",
    "signup",
    "site",
    "solutions",
    "sponsors",
    "stars",
    "stories",
    "team",
    "topics",
    "trending",
    "users",
    "watching",
];

/// Where a repository's REST interface begins.
fn api(place: &Place) -> String {
    let Repository { origin, owner, name } = &place.repository;
    if origin == HOST {
        format!("https://api.github.com/repos/{owner}/{name}")
    } else {
        format!("{origin}/api/v3/repos/{owner}/{name}")
    }
}

/// Where its GraphQL interface is.
fn graphql_url(place: &Place) -> String {
    let origin = &place.repository.origin;
    if origin == HOST { "https://api.github.com/graphql".to_owned() } else { format!("{origin}/api/graphql") }
}

impl Forge for GitHub {
    fn id(&self) -> &'static str {
        "github"
    }

    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn origin(&self) -> &'static str {
        "https://github.com"
    }

    fn api(&self, repository: &Repository) -> String {
        let origin = &repository.origin;
        if origin == HOST { "https://api.github.com/".to_owned() } else { format!("{origin}/api/") }
    }

    fn example(&self) -> String {
        "https://github.com/acme/widgets/pull/42".to_owned()
    }

    fn locate(&self, url: &str) -> Option<Place> {
        self.locate_at(url, HOST)
    }

    /// GitHub Enterprise Server has its host for itself, and the same addresses on it.
    fn locate_at(&self, url: &str, root: &str) -> Option<Place> {
        let address = address::parse(url)?;
        if address.origin != root {
            return None;
        }
        let [owner, name, page, rest @ ..] = address.path.as_slice() else { return None };
        // Logins have no dots; those of managed users end in an underscore and the company's code.
        let login = address::is_name(owner) && !owner.contains('.') && !owner.starts_with('-');
        if !login || !address::is_name(name) || RESERVED.contains(&owner.to_ascii_lowercase().as_str()) {
            return None;
        }
        let number = match (*page, rest) {
            ("pull", [_, "conflicts", ..]) => return None,
            ("pull", [number, ..]) => Some(address::number(number)?),
            ("compare", _) => None,
            _ => return None,
        };
        let repository = Repository { origin: address.origin, owner: (*owner).to_owned(), name: (*name).to_owned() };
        Some(Place { repository, number })
    }

    fn bundles(&self, asked: &Asked<'_>) -> bool {
        let url = graphql_url(asked.place);
        asked.access.token && !asked.failed.iter().any(|key| key.starts_with(&format!("{url} ")))
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        // The bundle always asks for the same, so that its key does not depend on what else is known; it goes out for
        // the one fact that nothing begins without, and that its answer always holds.
        let first = if asked.place.number.is_some() { Want::PullRequest } else { Want::Tags };
        let token = self.bundles(asked);
        let mut requests = Vec::new();
        let bundled = token && wants.contains(&first);
        if bundled {
            requests.push(graphql::bundle(wants, asked));
        }
        for want in wants {
            match want {
                Want::History(Some(tag)) if token => requests.extend(graphql::history(tag, asked)),
                _ if bundled => {}
                _ => rest::requests(want, asked, &mut requests),
            }
        }
        requests
    }

    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
        if request.body.is_some() { graphql::read(request, response) } else { rest::read(request, response) }
    }

    fn squash(&self, pull_request: &PullRequest, _: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        squash::compose(pull_request, settings)
    }

    #[cfg(feature = "more")]
    fn merge(&self, pull_request: &PullRequest, place: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        merge::compose(pull_request, &place.repository.owner, settings)
    }
}

/// What the repository allows, by its settings; nothing where those do not say.
fn methods(settings: &Map<String, Value>, preferred: Option<Method>) -> Option<Fact> {
    let allows = |key: &str| settings.get(key).and_then(Value::as_bool).unwrap_or_default();
    let allowed: Vec<Method> = [
        (Method::Merge, "allow_merge_commit"),
        (Method::Squash, "allow_squash_merge"),
        (Method::Rebase, "allow_rebase_merge"),
    ]
    .into_iter()
    .filter_map(|(method, key)| allows(key).then_some(method))
    .collect();
    (!allowed.is_empty()).then_some(Fact::Methods { preferred: chosen(preferred, &allowed), allowed })
}

/// What GitHub has chosen beforehand, where that tells something: a merge commit is chosen for everybody who never chose,
/// also for readers who will not merge.
fn chosen(preferred: Option<Method>, allowed: &[Method]) -> Option<Method> {
    preferred.filter(|method| *method != Method::Merge || !allowed.contains(&Method::Squash))
}

/// A method by GitHub's own name.
fn method(name: &str) -> Option<Method> {
    match name {
        "SQUASH" => Some(Method::Squash),
        "MERGE" => Some(Method::Merge),
        "REBASE" => Some(Method::Rebase),
        _ => None,
    }
}

/// How many commits a page of any list holds.
const PAGE: u64 = 100;

/// A request of the REST interface.
fn get(asked: &Asked<'_>, path: &str, what: &str) -> Request {
    Request {
        url: format!("{}{path}", api(asked.place)),
        headers: vec![("accept".into(), "application/vnd.github+json".into())],
        auth: if asked.access.token { super::Auth::Token } else { super::Auth::None },
        what: what.into(),
        api: true,
        ..Request::default()
    }
}

/// The most paths of a tree that are worth remembering; the deepest are left out first.
const PATHS: usize = 5000;

/// A tree with so few paths that it can be remembered: configuration lies near the root.
fn tree(mut paths: Vec<String>) -> Fact {
    if paths.len() > PATHS {
        paths.sort_by_cached_key(|path| path.matches('/').count());
        paths.truncate(PATHS);
    }
    Fact::Tree { paths }
}

/// A path in the page's own part of the site.
fn page_url(place: &Place, path: &str) -> String {
    format!("{}/{path}", place.repository.url())
}

/// The error of a kind, at a request.
fn refused(request: &Request, kind: ErrorKind, reason: &str) -> Error {
    Error { kind, at: format!("{}: {}", answer::label(&request.url), reason.chars().take(300).collect::<String>()) }
}

/// A file's address at the host that serves raw files without counting, and at the site itself.
fn raw_urls(place: &Place, base: &str, path: &str) -> Option<(Option<String>, String)> {
    let (base, path) = (encode_path(base)?, encode_path(path)?);
    let Repository { origin, owner, name } = &place.repository;
    let raw = (origin == HOST).then(|| format!("https://raw.githubusercontent.com/{owner}/{name}/{base}/{path}"));
    Some((raw, page_url(place, &format!("raw/{base}/{path}"))))
}

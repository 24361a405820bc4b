//! GitLab, gitlab.com's and everybody's own: its addresses, which of its interfaces to ask, and what lands on a merge.
//!
//! One GraphQL request brings the merge request with GitLab's own texts for it, the project's settings, the root's file
//! names and the files that tell the tool; REST (version 4) brings tags and history, and stands in for the other where it
//! fails. Both answer to the session of whoever is signed in on the page (GitLab Docs, "REST API authentication";
//! `app/controllers/graphql_controller.rb` wants no other proof for a question), or to a token.

use super::address::{self, encode_part};
use super::{Asked, Auth, Error, Fact, Forge, Place, Request, Response, Want};
use crate::pull_request::{PullRequest, Repository};
use crate::squash::SquashMessage;
use serde_json::{Map, Value};

mod graphql;
mod rest;
mod squash;

/// GitLab.
#[derive(Clone, Copy, Debug)]
pub struct GitLab;

const ROOT: &str = "https://gitlab.com";

/// First parts of GitLab's own pages, which no group can be called (`lib/gitlab/path_regex.rb`, `TOP_LEVEL_ROUTES`).
const RESERVED: &[&str] = &[
    "-",
    "admin",
    "api",
    "assets",
    "dashboard",
    "explore",
    "groups",
    "health_check",
    "help",
    "import",
    "jwt",
    "login",
    "oauth",
    "profile",
    "projects",
    "public",
    "search",
    "sitemap",
    "unsubscribes",
    "uploads",
    "users",
    "v2",
];

/// How many groups may lie in one another (GitLab Docs, "Subgroups": twenty).
const DEEPEST: usize = 21;

impl Forge for GitLab {
    fn id(&self) -> &'static str {
        "gitlab"
    }

    fn name(&self) -> &'static str {
        "GitLab"
    }

    fn origin(&self) -> &'static str {
        ROOT
    }

    fn api(&self, repository: &Repository) -> String {
        format!("{}/api/", repository.origin)
    }

    fn one_box(&self) -> bool {
        true
    }

    fn example(&self) -> String {
        format!("{ROOT}/acme/widgets/-/merge_requests/42")
    }

    fn locate(&self, url: &str) -> Option<Place> {
        self.locate_at(url, ROOT)
    }

    fn locate_at(&self, url: &str, root: &str) -> Option<Place> {
        let path = address::below(url, root)?;
        let at = path.iter().position(|part| *part == "merge_requests")?;
        // Before version 13 there was no `-` between the project and its pages.
        let of_project = path.get(..at)?;
        let of_project = of_project.strip_suffix(["-"].as_slice()).unwrap_or(of_project);
        let (name, groups) = of_project.split_last()?;
        let first = groups.first()?;
        let named = of_project.iter().all(|part| address::is_name(part) && *part != "-");
        if !named || groups.len() > DEEPEST || RESERVED.contains(first) {
            return None;
        }
        let which = path.get(at + 1)?;
        let number = if *which == "new" { None } else { Some(address::number(which)?) };
        let repository = Repository { origin: root.to_owned(), owner: groups.join("/"), name: (*name).to_owned() };
        Some(Place { repository, number })
    }

    fn commit_url(&self, repository: &Repository, sha: &str) -> String {
        format!("{}/-/commit/{sha}", repository.url())
    }

    fn bundles(&self, asked: &Asked<'_>) -> bool {
        let url = graphql::url(asked.place);
        !asked.failed.iter().any(|key| key.starts_with(&format!("{url} ")))
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        let mut requests = Vec::new();
        let bundles = self.bundles(asked);
        let all = bundles && wants.contains(&Want::Tree);
        if all {
            requests.extend(graphql::bundle(wants, asked));
        }
        for want in wants {
            match want {
                Want::Packages(globs) if bundles => requests.extend(graphql::packages(globs, asked)),
                // The newest commits are asked for when there is no tag to begin at; until then nobody knows.
                Want::History(None) if all => {}
                Want::Tags
                | Want::History(_)
                | Want::Changes { .. }
                | Want::OwnFiles { .. }
                | Want::Folder(_)
                | Want::Packages(_) => {
                    rest::requests(want, asked, &mut requests);
                }
                Want::Files(paths) if bundles && !all => requests.extend(graphql::files(paths, asked)),
                // It brings them all.
                Want::Settings | Want::Suggestion if bundles => {}
                _ if all => {}
                _ => rest::requests(want, asked, &mut requests),
            }
        }
        requests
    }

    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
        if request.body.is_some() { graphql::read(request, response) } else { rest::read(request, response) }
    }

    fn squash(
        &self,
        pull_request: &PullRequest,
        place: &Place,
        settings: Option<&Map<String, Value>>,
    ) -> SquashMessage {
        squash::squash(pull_request, place, settings)
    }

    fn merge(&self, pull_request: &PullRequest, place: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        squash::merge(pull_request, place, settings)
    }
}

/// How it will be merged, as far as these settings tell.
fn methods(settings: &Map<String, Value>) -> Option<Fact> {
    let (allowed, preferred) = squash::methods(settings)?;
    Some(Fact::Methods { allowed, preferred })
}

/// Who asks: the token where there is one, else whoever is signed in on the page.
fn auth(asked: &Asked<'_>) -> Auth {
    if asked.access.token { Auth::Token } else { Auth::Session }
}

/// A request of the REST interface, below the project.
fn get(asked: &Asked<'_>, path: &str, what: &str) -> Option<Request> {
    let repository = &asked.place.repository;
    let project = encode_part(&repository.slug())?;
    Some(Request {
        url: format!("{}/api/v4/projects/{project}{path}", repository.origin),
        headers: vec![("accept".into(), "application/json".into())],
        auth: auth(asked),
        what: what.into(),
        api: true,
        ..Request::default()
    })
}

//! The forges: their addresses, what to ask them, how to read their answers, and the commit they write on a squash.
//!
//! A forge is one file and one line in [`FORGES`]. It builds [`Request`]s and reads [`Response`]s; it never performs
//! them. [`crate::preview`] says which facts it wants, the forge says how to ask for them.

use crate::history::{Commit, Tag};
use crate::pull_request::{PullRequest, Repository, State};
use crate::squash::SquashMessage;
use serde::{Deserialize, Serialize};

pub mod bitbucket;
pub mod github;

/// All forges. The order does not matter: at most one recognises an address.
pub const FORGES: &[&dyn Forge] = &[&github::GitHub, &bitbucket::Bitbucket];

/// The forge of that id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Forge> {
    FORGES.iter().copied().find(|forge| forge.id() == id)
}

/// The forge and the place an address names.
#[must_use]
pub fn locate(url: &str) -> Option<(&'static dyn Forge, Place)> {
    FORGES.iter().find_map(|forge| forge.locate(url).map(|place| (*forge, place)))
}

/// What an address names on a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The repository the pull request goes to.
    pub repository: Repository,
    /// The pull request's number; `None` on the form that opens a new one.
    pub number: Option<u64>,
}

/// A fact somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// Title, description, branches, state.
    PullRequest,
    /// The pull request's commits.
    Commits,
    /// How the repository composes squash messages, where readers may know.
    Settings,
    /// The forge's own suggestion of the squash message, where it gives one.
    Suggestion,
    /// The repository's tags.
    Tags,
    /// The paths of the repository's files (of the root and of `.github/workflows` at the least).
    Tree,
    /// The text of these files, on the base branch: literal paths that the tree is known to hold.
    Files(Vec<String>),
    /// The commits of the base branch after a tag, oldest first; all (as far as the forge's first page goes) for `None`.
    History(Option<String>),
}

/// What a forge said, distilled to what is wanted of it: small enough to be remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Title, description, branches, state.
    PullRequest {
        /// As stored by the forge.
        title: String,
        /// Markdown source.
        description: String,
        /// The branch it goes to.
        base: String,
        /// The branch it comes from.
        head: String,
        /// Where it stands.
        state: State,
        /// Who opened it: the name or login the forge puts into a co-author line, where known.
        author: String,
    },
    /// The pull request's commits, oldest first.
    Commits {
        /// As far as the forge lists them.
        commits: Vec<Commit>,
        /// Whether that is all of them.
        complete: bool,
    },
    /// Forge-specific settings of the squash message; the forge that wrote them reads them.
    Settings(serde_json::Map<String, serde_json::Value>),
    /// The forge's own squash message for this pull request.
    Suggestion {
        /// First line.
        subject: String,
        /// The rest.
        body: String,
    },
    /// The repository's tags.
    Tags {
        /// In no order.
        tags: Vec<Tag>,
        /// Whether that is all of them.
        complete: bool,
    },
    /// The paths of the repository's files.
    Tree {
        /// From the root, without a slash before them.
        paths: Vec<String>,
    },
    /// A file's text on the base branch; `None` where it does not exist.
    File {
        /// From the root.
        path: String,
        /// Its text.
        text: Option<String>,
    },
    /// The commits of the base branch after a tag, oldest first.
    History {
        /// The tag; `None` where the forge was asked for the newest commits.
        since: Option<String>,
        /// Oldest first.
        commits: Vec<Commit>,
        /// Whether that is all of them back to the tag (or to the root).
        complete: bool,
    },
}

/// How a request shows who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Nobody in particular, without cookies.
    #[default]
    None,
    /// With the token the user saved for this forge.
    Token,
    /// With the user's session on the page's own site (cookies).
    Session,
}

/// A request to a forge. `GET` where it has no body, else `POST`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The address; together with the body it is the key under which the answer is remembered.
    pub url: String,
    /// Headers beside authorisation, cookies and caching, which the performer sets.
    pub headers: Vec<(String, String)>,
    /// The JSON to post.
    pub body: Option<String>,
    /// Who asks.
    pub auth: Auth,
    /// What is asked for, in the forge's own id for [`Forge::read`]: `pull_request`, `history`, …
    pub what: String,
    /// Whether the forge counts it against the limit of its API.
    pub api: bool,
    /// Whether a failure may be passed over in silence because another request stands in for it.
    pub optional: bool,
}

impl Request {
    /// What the answer is remembered under.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.body {
            None => self.url.clone(),
            Some(body) => format!("{} {body}", self.url),
        }
    }
}

/// An answer from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The HTTP status; 0 where no answer came (offline, refused, timed out).
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The text.
    pub body: String,
}

impl Response {
    /// A header's value by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An outside answer that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of trouble it is: decides what the user is told to do.
    pub kind: ErrorKind,
    /// What was expected and where it was not found: `pulls/42: expected a string at title`.
    pub at: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.at)
    }
}

/// What kind of trouble an answer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// No answer: offline, refused.
    Offline,
    /// No answer within the time allowed (10 s).
    TimedOut,
    /// 401: the token is not (or no longer) good.
    Unauthorised,
    /// 403: not allowed to see it.
    Forbidden,
    /// 403 or 429 with the limit's headers: too many requests.
    Limited {
        /// When the limit lifts, in seconds since 1970; `None` where the answer does not say.
        until: Option<u64>,
    },
    /// 404: not there, or not for this reader.
    Missing,
    /// 5xx.
    Broken {
        /// The status.
        status: u16,
    },
    /// Any other status.
    Unexpected {
        /// The status.
        status: u16,
    },
    /// The status was fine, the content is not what it should be.
    Garbage,
}

/// What the reader may use to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// A token is saved for this forge.
    pub token: bool,
}

/// What is known already, for a forge to build on.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What the address names.
    pub place: &'a Place,
    /// The base branch, from the page or from the pull request's answer.
    pub base: Option<&'a str>,
    /// What the reader may use.
    pub access: Access,
    /// The keys of requests that were refused or failed: a forge asks elsewhere instead, where it can.
    pub failed: &'a [String],
}

/// A forge.
pub trait Forge: Sync {
    /// The name of its file, of its fixtures and the prefix of its messages: `github`.
    fn id(&self) -> &'static str;

    /// The name it gives itself.
    fn name(&self) -> &'static str;

    /// Where its pages are: scheme and host. Tokens are saved under it.
    fn origin(&self) -> &'static str;

    /// The only place its tokens are ever sent to: scheme and host, with a slash at the end.
    fn api(&self) -> &'static str;

    /// The address of a pull request that need not exist, as the playground's page.
    fn example(&self) -> String;

    /// What an address names; `None` where it is none of this forge's pull requests.
    fn locate(&self, url: &str) -> Option<Place>;

    /// The requests that will bring the wanted facts. What cannot be asked yet (a file before the base branch is
    /// known) is left out and asked for again on the next turn.
    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request>;

    /// Reads an answer of status 200.
    ///
    /// # Errors
    /// Where it is not what it should be.
    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error>;

    /// Where a commit can be read.
    fn commit_url(&self, repository: &Repository, sha: &str) -> String {
        format!("{}/commit/{sha}", repository.url())
    }

    /// The kind of trouble an answer of another status is.
    fn trouble(&self, _request: &Request, response: &Response) -> ErrorKind {
        trouble(response)
    }

    /// The message this forge will write when it squashes the pull request. `settings` is the map of its own
    /// [`Fact::Settings`], `None` where they could not be read.
    fn squash(
        &self,
        pull_request: &PullRequest,
        place: &Place,
        settings: Option<&serde_json::Map<String, serde_json::Value>>,
    ) -> SquashMessage;
}

/// What most forges mean by a status.
#[must_use]
pub fn trouble(response: &Response) -> ErrorKind {
    let seconds = |name: &str| response.header(name).and_then(|value| value.trim().parse::<u64>().ok());
    match response.status {
        0 => ErrorKind::Offline,
        401 => ErrorKind::Unauthorised,
        403 | 429 if response.status == 429 || response.header("x-ratelimit-remaining") == Some("0") => {
            ErrorKind::Limited { until: seconds("x-ratelimit-reset") }
        }
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::Missing,
        status @ 500..=599 => ErrorKind::Broken { status },
        status => ErrorKind::Unexpected { status },
    }
}

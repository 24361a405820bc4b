//! The forges: their addresses, what to ask them, how to read their answers, and the commit they write on a squash.
//!
//! A forge is one file and one line in [`FORGES`]. It builds [`Request`]s and reads [`Response`]s; it never performs
//! them. [`crate::preview`] says which facts it wants, the forge says how to ask for them.

use crate::history::{Commit, History, Tag};
use crate::page::PageContext;
use crate::pull_request::{OpenPullRequest, PullRequest, Repository, State};
use crate::squash::{Method, SquashMessage};
#[cfg(feature = "more")]
use crate::{
    squash::{Source, SubjectFrom},
    text::Text,
};
use serde::{Deserialize, Serialize};

mod address;
mod answer;
#[cfg(feature = "more")]
pub mod azure;
#[cfg(feature = "more")]
pub mod bitbucket;
#[cfg(feature = "more")]
pub mod bitbucket_data_center;
#[cfg(feature = "more")]
pub mod gitea;
pub mod github;
#[cfg(feature = "more")]
pub mod gitlab;
#[cfg(feature = "more")]
mod pages;
#[cfg(feature = "more")]
pub use pages::join_commits;

/// All forges. The order does not matter: at most one recognises an address. Those that the base module does not hold
/// are asked for in the second one ([`elsewhere`]).
#[rustfmt::skip] // One line each, so that a forge is one line's change.
pub const FORGES: &[&dyn Forge] = &[
    &github::GitHub,
    #[cfg(feature = "more")] &bitbucket::Bitbucket,
    #[cfg(feature = "more")] &bitbucket_data_center::BitbucketDataCenter,
    #[cfg(feature = "more")] &gitlab::GitLab,
    #[cfg(feature = "more")] &gitea::Gitea::Gitea,
    #[cfg(feature = "more")] &gitea::Gitea::Forgejo,
    #[cfg(feature = "more")] &azure::Azure,
];

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

/// The forge and the place of a page: at the root the user gave, where it is on a forge of the user's own.
#[must_use]
pub fn of(page: &PageContext) -> Option<(&'static dyn Forge, Place)> {
    match page.root.as_deref() {
        None => locate(&page.url),
        Some(root) => {
            let forge = by_id(&page.forge)?;
            Some((forge, forge.locate_at(&page.url, root)?))
        }
    }
}

/// Whether a page is of a forge that only the second module can know: the base holds the forges of most repositories.
#[must_use]
pub fn elsewhere(id: &str) -> bool {
    cfg!(not(feature = "more")) && !id.is_empty() && by_id(id).is_none()
}

/// The page of a pull request that need not exist: the playground's.
#[must_use]
pub fn example(forge: &dyn Forge) -> PageContext {
    let url = forge.example();
    // A forge without an address of its own has its example at a root of somebody's.
    let root = forge.origin().is_empty().then(|| url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/"));
    PageContext { url, forge: forge.id().to_owned(), root, ..PageContext::default() }
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
    /// A later page of them, where [`Fact::CommitsGoOn`] said there is one.
    #[cfg(feature = "more")]
    MoreCommits {
        /// Its number, from 2.
        page: u32,
        /// Where it begins, as that forge said.
        at: String,
    },
    /// How the repository composes squash messages, where readers may know.
    Settings,
    /// The forge's own suggestion of the squash message, where it gives one.
    Suggestion,
    /// The repository's tags.
    Tags,
    /// The paths of the repository's files (of the root and of `.github/workflows` at the least).
    Tree,
    /// The text of these files, on the base branch: literal paths that the tree is known to hold, or any where
    /// [`Forge::bundles`] says so.
    Files(Vec<String>),
    /// The commits of the base branch after a tag, oldest first; all (as far as the forge's first page goes) for `None`.
    History(Option<String>),
    /// The paths the pull request changes, which comes from the branch `head`.
    #[cfg(feature = "more")]
    Changes {
        /// The branch's name; empty while it is not known.
        head: String,
    },
    /// The text of these files as the pull request has them.
    #[cfg(feature = "more")]
    OwnFiles {
        /// [`Fact::Changes`]' `at`.
        at: String,
        /// From the root.
        paths: Vec<String>,
    },
    /// The paths of all files below a folder of the base branch, where [`Want::Tree`] does not reach into folders.
    #[cfg(feature = "more")]
    Folder(String),
    /// The paths of the base branch's files that these globs may name (a path, or `*` for a name between slashes), where
    /// [`Want::Tree`] does not reach into folders. Where [`Forge::bundles`] says so, files may be told that are not there.
    #[cfg(feature = "more")]
    Packages(Vec<String>),
    /// The repository's other open pull requests, where one request lists the newest of them.
    #[cfg(feature = "more")]
    Open,
}

/// A path that a pull request changes.
#[cfg(feature = "more")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// From the root.
    pub path: String,
    /// Whether nothing is there any more: the file was deleted, or has another path now, which is a change of its own.
    pub removed: bool,
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
        /// Who opened it: the login where the forge has logins, else the name; empty where not known.
        author: String,
        /// The base branch's commit, as the forge had it when the pull request last changed; empty where not known.
        #[serde(default)]
        base_sha: String,
    },
    /// The pull request's commits, oldest first.
    Commits {
        /// As far as the forge lists them.
        commits: Vec<Commit>,
        /// Whether that is all of them.
        complete: bool,
    },
    /// A later page of the pull request's commits; [`join_commits`] puts pages together.
    #[cfg(feature = "more")]
    MoreCommits {
        /// Its number, from 2.
        page: u32,
        /// Whether its commits are older than those of the page before.
        older: bool,
        /// In the order of time.
        commits: Vec<Commit>,
        /// Whether all commits are known with this page and those before it.
        complete: bool,
    },
    /// There are more commits of the pull request than one page holds.
    #[cfg(feature = "more")]
    CommitsGoOn {
        /// The number of the page that follows.
        page: u32,
        /// Where it begins, as the forge itself names it.
        at: String,
    },
    /// Forge-specific settings of the squash message; the forge that wrote them reads them.
    Settings(serde_json::Map<String, serde_json::Value>),
    /// The forge's own message for this pull request.
    Suggestion {
        /// First line.
        subject: String,
        /// The rest.
        body: String,
        /// The method it is for.
        #[serde(default)]
        method: Method,
    },
    /// How the repository lets pull requests be merged.
    Methods {
        /// Those it allows; empty where that is not known.
        allowed: Vec<Method>,
        /// The one that the forge has chosen beforehand.
        preferred: Option<Method>,
    },
    /// The repository's open pull requests, the newest, this one among them; as far as somebody asked.
    Open(Vec<OpenPullRequest>),
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
        /// How many commits after the tag are older than these: 0 unless they are a later page. [`Lent`] puts pages
        /// together.
        #[serde(default)]
        from: u64,
        /// How many commits there are after the tag, where the forge says so: goes back to it in [`Asked::unreleased`].
        #[serde(default)]
        total: Option<u64>,
    },
    /// The paths the pull request changes.
    #[cfg(feature = "more")]
    Changes {
        /// In no order.
        changes: Vec<Change>,
        /// Whether that is all of them.
        complete: bool,
        /// Where the forge has the files as the pull request has them: a revision, in words of the forge's own. Goes back
        /// to it in [`Want::OwnFiles`]; empty where it cannot be told.
        at: String,
    },
    /// A file's text as the pull request has it.
    #[cfg(feature = "more")]
    OwnFile {
        /// The revision that was asked.
        at: String,
        /// From the root.
        path: String,
        /// Its text.
        text: String,
    },
}

#[cfg(feature = "more")]
impl Fact {
    /// The text of a pull request's own file, by what was asked for ([`own_file`]).
    fn own_file(rest: &str, response: &Response) -> Vec<Self> {
        let Some((at, path)) = rest.split_once(' ') else { return Vec::new() };
        vec![Self::OwnFile { at: at.to_owned(), path: path.to_owned(), text: response.body.clone() }]
    }

    /// The paths a pull request changes; of a list of path, former path (or nothing) and whether it was deleted.
    fn changes<'a>(list: impl IntoIterator<Item = (&'a str, &'a str, bool)>, complete: bool, at: &str) -> Vec<Self> {
        let mut changes = Vec::new();
        for (path, before, removed) in list {
            if !before.is_empty() && before != path {
                changes.push(Change { path: before.to_owned(), removed: true });
            }
            changes.push(Change { path: path.to_owned(), removed });
        }
        vec![Self::Changes { changes, complete, at: at.to_owned() }]
    }
}

/// What a request for a pull request's own file is called.
#[cfg(feature = "more")]
fn own_file(at: &str, path: &str) -> String {
    format!("file_own {at} {path}")
}

/// Whether a want may come to nothing in silence: a folder need not be there, and nothing depends on other pull requests.
#[cfg(feature = "more")]
fn is_optional(want: &Want) -> bool {
    matches!(want, Want::Folder(_) | Want::Packages(_) | Want::Open)
}

/// The revision in an address that a forge has given: the value of `ref` in its query, where it is a commit.
#[cfg(feature = "more")]
fn revision_in(url: &str) -> Option<&str> {
    let query = url.split_once('?')?.1;
    let revision = query.split('&').find_map(|pair| pair.strip_prefix("ref="))?;
    is_sha(revision).then_some(revision)
}

/// Whether this is a commit's whole hash.
#[cfg(feature = "more")]
fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
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
    /// What is asked for, for [`Forge::read`]. The first word is its kind: `pull_request`, `commits`, `settings`,
    /// `suggestion`, `tags`, `tree`, `tree_list`, `file PATH`, `file_own AT PATH`, `changes`, `history …`, `bundle`.
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
    /// The base branch's commit, from the pull request's answer.
    pub base_sha: Option<&'a str>,
    /// How many commits the forge said come after the last release's tag (`total` of its first [`Fact::History`]): the
    /// pages of the wanted history follow from it.
    pub unreleased: Option<u64>,
    /// The keys of requests that were refused or failed: a forge asks elsewhere instead, where it can.
    pub failed: &'a [String],
    /// How it will be merged, as far as that is known: the suggestion is asked for this method.
    pub method: Method,
}

/// A forge.
pub trait Forge: Sync {
    /// The name of its file, of its fixtures and the prefix of its messages: `github`.
    fn id(&self) -> &'static str;

    /// The name it gives itself.
    fn name(&self) -> &'static str;

    /// Where its pages are: scheme and host; empty for a forge that has no such place and stands at addresses of the
    /// user's own only. Tokens are saved under it, or under the root of one's own.
    fn origin(&self) -> &'static str;

    /// The only place the tokens of a repository's forge are ever sent to: scheme and host, with a slash at the end.
    fn api(&self, repository: &Repository) -> String;

    /// A token as it is sent: `user:secret` as Basic, anything else as Bearer.
    fn credentials(&self, token: String) -> String {
        token
    }

    /// The subject that says `title`, for the subject's box of the merge dialog, where the forge writes another one and has
    /// such a box; `None` where one box holds the whole message.
    fn offered(&self, _title: &str, _number: u64) -> Option<String> {
        None
    }

    /// Whether one box of its merge dialog holds the whole message.
    fn one_box(&self) -> bool {
        false
    }

    /// The address of a pull request that need not exist, as the playground's page.
    fn example(&self) -> String;

    /// What an address names; `None` where it is none of this forge's pull requests.
    fn locate(&self, url: &str) -> Option<Place>;

    /// The same where its pages begin at a root of the user's own: scheme, host and the path it is served under, without
    /// a slash at the end. The repository's origin is that root.
    fn locate_at(&self, _url: &str, _root: &str) -> Option<Place> {
        None
    }

    /// Whether one request brings everything at once. [`Want::Files`] may then name files of which nobody knows whether
    /// they exist (the answer says); elsewhere each is a request, so only files that the tree holds are wanted.
    fn bundles(&self, _asked: &Asked<'_>) -> bool {
        false
    }

    /// The requests that will bring the wanted facts; the same facts in the same state of knowledge are asked for by the
    /// same requests, so those already answered are recognised by their keys. Facts already known are not wanted again. What cannot be asked yet (a file before the base branch is
    /// known) is left out and asked for again on the next turn.
    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request>;

    /// Reads an answer of status 200.
    ///
    /// # Errors
    /// Where it is not what it should be.
    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error>;

    /// Whether merging closes the issues that the description says it closes; elsewhere only the commit's message does.
    fn closes_by_description(&self) -> bool {
        true
    }

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

    /// The message of the merge commit this forge writes behind what lands, where the method writes one. Git's own
    /// unless the forge has another.
    #[cfg(feature = "more")]
    fn merge(
        &self,
        pull_request: &PullRequest,
        _place: &Place,
        _settings: Option<&serde_json::Map<String, serde_json::Value>>,
    ) -> SquashMessage {
        let text = format!("Merge branch '{}' into {}", pull_request.head, pull_request.base);
        let rule = Text::new("merge_git", [self.name()]);
        SquashMessage { text, source: Source::Assumed, rule, subject_from: SubjectFrom::Forge }
    }
}

/// Marks the commits on the first-parent line of a list that ends with the branch's own last commit. `parents` holds
/// each commit's first parent.
fn mark_first_parents(commits: &mut [Commit], parents: &[String]) {
    let mut line = commits.last().map(|last| last.sha.clone()).unwrap_or_default();
    for (commit, parent) in commits.iter_mut().zip(parents).rev() {
        let on = commit.sha == line;
        commit.first_parent = Some(on);
        if on {
            line.clone_from(parent);
        }
    }
}

/// A history that was taken out of the facts that told it: it may be long, and is lent rather than copied.
#[derive(Default)]
pub struct Lent {
    /// The commits, all pages in one, and whether those are all of them. More may be put behind them.
    pub history: History,
    /// How many each page gave, in their order.
    given: Vec<usize>,
}

/// A page of a history: how many commits are older than its own, and those.
type Page<'a> = (u64, &'a mut Vec<Commit>);

/// The pages of the history after `since`, in their order, and what all of them say: whether those are all of its
/// commits, and how many there are.
fn pages<'a>(facts: impl IntoIterator<Item = &'a mut Fact>, since: Option<&str>) -> (Vec<Page<'a>>, bool, Option<u64>) {
    let mut pages: Vec<Page<'_>> = Vec::new();
    let (mut whole, mut all) = (false, None);
    for fact in facts {
        if let Fact::History { since: tag, commits, complete, from, total } = fact
            && tag.as_deref() == since
        {
            // There are few, and a sort of their own would weigh more than this.
            let place = pages.partition_point(|(before, _)| *before <= *from);
            pages.insert(place, (*from, commits));
            whole |= *complete;
            all = all.max(*total);
        }
    }
    (pages, whole, all)
}

impl Lent {
    /// Takes the commits after `since` out of these facts, oldest first. `None` where no page of that history is there.
    pub fn take<'a>(facts: impl IntoIterator<Item = &'a mut Fact>, since: Option<&str>) -> Option<Self> {
        let (pages, whole, all) = pages(facts, since);
        let (mut joined, mut given, mut next, mut gap) = (Vec::new(), Vec::with_capacity(pages.len()), 0, false);
        for (from, commits) in pages {
            let end = from + commits.len() as u64;
            // Pages may overlap: what the pages before have reached already is passed over, and stays where it is.
            let known = usize::try_from(next - from.min(next)).unwrap_or(usize::MAX).min(commits.len());
            gap |= from > next;
            next = next.max(end);
            given.push(commits.len() - known);
            if joined.is_empty() && known == 0 {
                joined = std::mem::take(commits);
            } else {
                joined.append(&mut commits.split_off(known));
            }
        }
        let complete = whole || (!gap && all.is_some_and(|all| next >= all));
        let history = History { commits: joined, tags: Vec::new(), since: since.map(str::to_owned), complete };
        (!given.is_empty()).then_some(Self { history, given })
    }

    /// Gives the commits back to the facts they were taken from; what was put behind them is dropped.
    pub fn give_back<'a>(self, facts: impl IntoIterator<Item = &'a mut Fact>) {
        let Self { history: History { mut commits, since, .. }, given } = self;
        let mut end = given.iter().sum::<usize>().min(commits.len());
        commits.truncate(end);
        let (pages, ..) = pages(facts, since.as_deref());
        for ((_, page), given) in pages.into_iter().zip(given).rev() {
            end = end.saturating_sub(given);
            if end == 0 && page.is_empty() {
                *page = std::mem::take(&mut commits);
            } else {
                page.append(&mut commits.split_off(end));
            }
        }
    }
}

/// What most forges mean by a status.
#[must_use]
pub fn trouble(response: &Response) -> ErrorKind {
    let limited = response.status == 429
        || response.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0")
        || response.header("retry-after").is_some();
    match response.status {
        0 => ErrorKind::Offline,
        401 => ErrorKind::Unauthorised,
        403 | 429 if limited => ErrorKind::Limited { until: limited_until(response) },
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::Missing,
        status @ 500..=599 => ErrorKind::Broken { status },
        status => ErrorKind::Unexpected { status },
    }
}

/// When a limit lifts, in seconds since 1970: `retry-after` counted from the answer's own date (RFC 9110, 10.2.3), else
/// `x-ratelimit-reset`, which the forges give as a time.
#[must_use]
pub fn limited_until(response: &Response) -> Option<u64> {
    let retry = response.header("retry-after").map(str::trim);
    let waited = retry.and_then(|retry| match retry.parse::<u64>() {
        Ok(seconds) => response.header("date").and_then(http_date).and_then(|now| now.checked_add(seconds)),
        Err(_) => http_date(retry),
    });
    // GitLab writes it without the `x-`.
    let reset = response.header("x-ratelimit-reset").or_else(|| response.header("ratelimit-reset"));
    waited.or_else(|| reset.and_then(|reset| reset.trim().parse().ok()))
}

/// The seconds since 1970 of a date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.trim().split([' ', ',', ':']).filter(|part| !part.is_empty()).skip(1);
    let day: u64 = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let name = parts.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = parts.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = || parts.next()?.parse::<u64>().ok().filter(|part| *part < 61);
    let (hours, minutes, seconds) = (clock()?, clock()?, clock()?);
    // Days from 1970 by counting years from March (the leap day is then the last of its year).
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
    days.checked_sub(719_468).map(|days| days * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: String::new() }
    }

    #[test]
    fn statuses_mean_trouble() {
        let check = |status, headers: &[(&str, &str)], kind| assert_eq!(trouble(&response(status, headers)), kind);
        check(0, &[], ErrorKind::Offline);
        check(401, &[], ErrorKind::Unauthorised);
        check(403, &[], ErrorKind::Forbidden);
        check(403, &[("x-ratelimit-remaining", "12")], ErrorKind::Forbidden);
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000000")];
        check(403, &spent, ErrorKind::Limited { until: Some(1_700_000_000) });
        check(429, &[], ErrorKind::Limited { until: None });
        check(429, &[("retry-after", "60")], ErrorKind::Limited { until: None });
        let secondary = [("retry-after", "60"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        check(403, &secondary, ErrorKind::Limited { until: Some(784_111_777 + 60) });
        check(
            429,
            &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")],
            ErrorKind::Limited { until: Some(784_111_777) },
        );
        check(404, &[], ErrorKind::Missing);
        check(500, &[], ErrorKind::Broken { status: 500 });
        check(503, &[], ErrorKind::Broken { status: 503 });
        check(418, &[], ErrorKind::Unexpected { status: 418 });
    }

    #[test]
    fn dates_of_http() {
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
        for odd in
            ["", "soon", "Thu, 99 Feb 2024 12:00:00 GMT", "Thu, 01 Foo 2024 12:00:00 GMT", "Thu, 01 Jan 1969 0:0:0 GMT"]
        {
            assert_eq!(http_date(odd), None, "{odd}");
        }
    }

    fn page(from: u64, commits: std::ops::Range<u64>, total: Option<u64>, complete: bool) -> Fact {
        let commits = commits.map(|sha| Commit { sha: sha.to_string(), ..Commit::default() }).collect();
        Fact::History { since: Some("v1.0.0".into()), commits, complete, from, total }
    }

    #[track_caller]
    fn joined(pages: &[Fact], count: usize, complete: bool) {
        let mut facts = pages.to_vec();
        let mut lent = Lent::take(&mut facts, Some("v1.0.0")).unwrap();
        let History { commits, complete: whole, .. } = &mut lent.history;
        assert_eq!((commits.len(), *whole), (count, complete));
        assert!(commits.windows(2).all(|two| two[0].sha.parse::<u64>().unwrap() < two[1].sha.parse::<u64>().unwrap()));
        commits.push(Commit::default());
        lent.give_back(&mut facts);
        assert_eq!(facts, pages, "given back");
    }

    #[test]
    fn pages_of_history_are_put_together() {
        joined(&[page(0, 0..40, Some(40), true)], 40, true);
        joined(&[page(0, 0..100, Some(250), false)], 100, false);
        joined(
            &[
                page(200, 200..250, Some(250), false),
                page(0, 0..100, Some(250), false),
                page(100, 100..200, None, false),
            ],
            250,
            true,
        );
        joined(&[page(0, 0..100, Some(250), false), page(150, 150..250, Some(250), false)], 200, false);
        joined(&[page(0, 0..100, Some(150), false), page(50, 50..150, Some(150), false)], 150, true);
        joined(&[page(0, 0..0, Some(0), true), page(0, 0..2, None, false), page(1, 1..2, None, false)], 2, true);
        assert!(Lent::take(&mut [page(0, 0..1, None, true)], None).is_none());
    }
}

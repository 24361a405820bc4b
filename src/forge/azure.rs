//! Azure DevOps: its addresses, its interface (version 7.1) and the commits it writes.
//!
//! dev.azure.com, the older hosts below visualstudio.com and a server of one's own are all added by the user. The
//! interface stands on the pages' own host; without a token it is asked as the reader is signed in on the page.
//!
//! The message is that of its completion dialog, "Customize merge commit message": `Merged PR 42: TITLE`, the
//! description, the work items. No public source tells it; it was read from recorded `completionOptions`.

use super::address::{self, encode_part, encode_path};
use super::answer::{self, Node, garbage};
use super::{
    Asked, Auth, Error, ErrorKind, Fact, Forge, Place, Request, Response, Want, is_optional, is_sha, own_file, pages,
};
use crate::history::{Commit, Tag};
use crate::message::unix;
use crate::pull_request::{PullRequest, Repository, State};
use crate::squash::{Method, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value, json};

/// Azure DevOps.
#[derive(Clone, Copy, Debug)]
pub struct Azure;

/// How many commits are asked for at once.
const PAGE: u64 = 200;
/// How many tags.
const TAGS: u64 = 2000;
const VERSION: &str = "api-version=7.1";
/// What stands between the project and the repository in every address.
const GIT: &str = "_git";

impl Forge for Azure {
    fn id(&self) -> &'static str {
        "azure"
    }

    fn name(&self) -> &'static str {
        "Azure DevOps"
    }

    fn origin(&self) -> &'static str {
        ""
    }

    fn api(&self, repository: &Repository) -> String {
        format!("{}/", repository.origin)
    }

    fn credentials(&self, token: String) -> String {
        // A personal access token is a password without a user; the other tokens there are have dots.
        if token.contains([':', '.']) { token } else { format!(":{token}") }
    }

    fn example(&self) -> String {
        "https://dev.azure.com/acme/machines/_git/widgets/pullrequest/42".to_owned()
    }

    /// Only the playground's example is known without being told.
    fn locate(&self, url: &str) -> Option<Place> {
        self.locate_at(url, "https://dev.azure.com").filter(|_| url == self.example())
    }

    fn locate_at(&self, url: &str, root: &str) -> Option<Place> {
        let path = address::below(url, root)?;
        let git = path.iter().position(|part| *part == GIT)?;
        let (above, below) = path.split_at_checked(git + 1)?;
        let [name, page, rest @ ..] = below else { return None };
        // Organisation, collection and project: what is left out has a default.
        if above.len() > 4 || !above.iter().chain([name]).all(|part| is_part(part)) {
            return None;
        }
        let number = match (*page, rest) {
            ("pullrequest", [number, ..]) => Some(address::number(number)?),
            ("pullrequestcreate", _) => None,
            _ => return None,
        };
        let owner = above.join("/");
        Some(Place { repository: Repository { origin: root.to_owned(), owner, name: (*name).to_owned() }, number })
    }

    fn requests(&self, wants: &[Want], asked: &Asked<'_>) -> Vec<Request> {
        let mut requests = Vec::new();
        for want in &pages::unfolded(wants) {
            let paths: &[String] = if let Want::Files(paths) = want { paths } else { &[] };
            let branch = version(asked, "versionDescriptor");
            let text = |path: &String| file(asked, branch.as_deref()?, path, &format!("file {path}"));
            requests.extend(paths.iter().filter_map(text));
            if let Want::OwnFiles { at, paths } = want {
                let commit = format!("versionDescriptor.version={at}&versionDescriptor.versionType=commit");
                let text = |path: &String| file(asked, &commit, path, &own_file(at, path));
                requests.extend(paths.iter().filter(|_| is_sha(at)).filter_map(text));
            }
            let optional = |request: Request| Request { optional: is_optional(want), ..request };
            requests.extend(question(want, asked).map(|(path, what)| optional(get(asked, &path, &what))));
        }
        requests
    }

    fn read(&self, request: &Request, response: &Response) -> Result<Vec<Fact>, Error> {
        // Who is not signed in gets a page to sign in, as an answer of 203.
        if response.status == 203 || response.body.trim_start().starts_with("<!DOCTYPE html") {
            return Err(Error { kind: ErrorKind::Unauthorised, ..garbage(answer::label(&request.url)) });
        }
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
        let list = root.get("value");
        match kind {
            "pull_request" => pull_request(&root),
            "open" => pages::open(&list, "pullRequestId", "title", &["targetRefName"]),
            "commits" => {
                let commits = commits(&list)?;
                let next = response.header("x-ms-continuationtoken").filter(|token| !token.is_empty());
                let complete = (commits.len() as u64) < PAGE && next.is_none();
                Ok(pages::page(rest, commits, true, complete, next.map(str::to_owned)))
            }
            "tags" => {
                let tag = |tag: &Node<'_, '_>| {
                    let name = tag.get("name").text()?;
                    let peeled = tag.get("peeledObjectId").text_or_nothing()?;
                    let sha = if peeled.is_empty() { tag.get("objectId").text_or_nothing()? } else { peeled };
                    Ok(Tag { name: name.strip_prefix("refs/tags/").unwrap_or(name).to_owned(), sha: sha.to_owned() })
                };
                let tags = list.each(tag)?;
                let complete = (tags.len() as u64) < TAGS;
                Ok(vec![Fact::Tags { tags, complete }])
            }
            "tree" => {
                let entries =
                    list.each(|entry| Ok((entry.get("gitObjectType").text_or_nothing()?, entry.get("path").text()?)))?;
                let files = entries.into_iter().filter(|(kind, _)| *kind == "blob");
                Ok(vec![pages::shallow(files.map(|(_, path)| path.trim_start_matches('/').to_owned()).collect())])
            }
            "changes" => changes(&root),
            "history" => {
                let commits = commits(&list)?;
                let complete = (commits.len() as u64) < PAGE;
                let since = (!rest.is_empty()).then(|| rest.to_owned());
                Ok(vec![Fact::History { since, commits, complete, from: 0, total: None }])
            }
            _ => Err(root.expected("a known question")),
        }
    }

    fn commit_url(&self, repository: &Repository, sha: &str) -> String {
        format!("{}/commit/{sha}", repository.url())
    }

    fn squash(&self, pull_request: &PullRequest, _: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        compose(pull_request, settings)
    }

    /// The same for every merge type that writes a commit.
    fn merge(&self, pull_request: &PullRequest, _: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
        compose(pull_request, settings)
    }

    fn offered(&self, title: &str, _number: u64) -> Option<String> {
        // A number sign would name a work item there.
        Some(title.to_owned())
    }
}

/// Whether this can be a name in an address: it may be percent-encoded, but lead nowhere else.
fn is_part(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%+()!$'@,".contains(&byte));
    plain && part.len() <= 300 && !["%2e", "%2f", "%5c", "%00"].iter().any(|odd| lower.contains(odd))
}

/// Where the interface of a repository begins. A project that an address leaves out has the repository's name.
fn api(repository: &Repository) -> String {
    let Repository { origin, owner, name } = repository;
    let above = owner.strip_suffix(GIT).unwrap_or(owner).trim_end_matches('/');
    let hosted_by_name = origin.ends_with(".visualstudio.com");
    let parts: Vec<&str> = above.split('/').filter(|part| !part.is_empty()).collect();
    let missing = match parts.as_slice() {
        [] => true,
        [only] => !hosted_by_name || only.eq_ignore_ascii_case("DefaultCollection"),
        _ => false,
    };
    let project = if missing { format!("/{name}") } else { String::new() };
    let slash = if above.is_empty() { "" } else { "/" };
    format!("{origin}{slash}{above}{project}/_apis/git/repositories/{name}")
}

fn get(asked: &Asked<'_>, path: &str, what: &str) -> Request {
    Request {
        url: format!("{}{path}", api(&asked.place.repository)),
        headers: vec![("accept".into(), "application/json".into())],
        auth: if asked.access.token { Auth::Token } else { Auth::Session },
        what: what.into(),
        api: true,
        ..Request::default()
    }
}

/// A branch where an address's query names a version.
fn version(asked: &Asked<'_>, prefix: &str) -> Option<String> {
    let base = encode_part(asked.base?)?;
    Some(format!("{prefix}.version={base}&{prefix}.versionType=branch"))
}

/// Where a fact is asked for, below the repository, and what it is called; nothing where it cannot be asked for (yet).
fn question(want: &Want, asked: &Asked<'_>) -> Option<(String, String)> {
    let number = asked.place.number;
    Some(match want {
        Want::PullRequest => {
            (format!("/pullrequests/{}?includeWorkItemRefs=true&{VERSION}", number?), "pull_request".to_owned())
        }
        Want::Commits => (format!("/pullrequests/{}/commits?$top={PAGE}&{VERSION}", number?), "commits".to_owned()),
        Want::MoreCommits { page, at } => {
            let token = encode_part(at)?;
            let list = format!("/pullrequests/{}/commits?$top={PAGE}&continuationToken={token}&{VERSION}", number?);
            (list, pages::what(*page))
        }
        Want::Tags => (format!("/refs?filter=tags/&peelTags=true&$top={TAGS}&{VERSION}"), "tags".to_owned()),
        Want::Tree => {
            let at = version(asked, "versionDescriptor")?;
            (format!("/items?scopePath=/&recursionLevel=OneLevel&{at}&{VERSION}"), "tree".to_owned())
        }
        Want::History(since) => {
            let at = if since.is_some() { "searchCriteria.compareVersion" } else { "searchCriteria.itemVersion" };
            let list = format!("/commits?{}&searchCriteria.$top={PAGE}", version(asked, at)?);
            match since {
                None => (format!("{list}&{VERSION}"), "history".to_owned()),
                Some(tag) => {
                    let item = "searchCriteria.itemVersion";
                    let from = format!("{item}.version={}&{item}.versionType=tag", encode_part(tag)?);
                    (format!("{list}&{from}&{VERSION}"), format!("history {tag}"))
                }
            }
        }
        Want::Open => {
            let list = format!("/pullrequests?searchCriteria.status=active&$top={}&{VERSION}", pages::OPEN);
            (list, "open".to_owned())
        }
        // From where the branches parted (`diffCommonCommit`). The branch of a fork is not found in the repository.
        Want::Changes { head } => {
            let (base, head) = (encode_part(asked.base?)?, encode_part(head)?);
            let between =
                format!("baseVersion={base}&baseVersionType=branch&targetVersion={head}&targetVersionType=branch");
            (format!("/diffs/commits?{between}&diffCommonCommit=true&$top={TAGS}&{VERSION}"), "changes".to_owned())
        }
        Want::Folder(folder) => {
            let at = version(asked, "versionDescriptor")?;
            let path = if folder.is_empty() { String::new() } else { encode_part(folder)? };
            (format!("/items?scopePath=/{path}&recursionLevel=Full&{at}&{VERSION}"), format!("tree {folder}"))
        }
        // The branch's policy names its repository by a number that no address has; no suggestion is made.
        Want::Files(_) | Want::OwnFiles { .. } | Want::Packages(_) | Want::Settings | Want::Suggestion => return None,
    })
}

/// The paths a pull request changes.
fn changes(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let at = root.get("targetCommit").text_or_nothing()?;
    let list = root.get("changes").each(|change| {
        let item = change.get("item");
        // A renamed file is told twice: as the new one, and as a source that is deleted.
        let kind = change.get("changeType").text_or_nothing()?;
        let path = item.get("path").text()?.trim_start_matches('/');
        let folder = item.get("gitObjectType").text_or_nothing()? == "tree";
        let former = change.get("sourceServerItem").text_or_nothing()?.trim_start_matches('/');
        let before = if kind.contains("rename") { former } else { "" };
        Ok((!folder).then_some((path, before, kind.split(", ").any(|kind| kind == "delete"))))
    })?;
    let every = root.get("allChangesIncluded");
    let complete = every.is_nothing() || every.flag()?;
    Ok(Fact::changes(list.into_iter().flatten(), complete, at))
}

/// A file at a version.
fn file(asked: &Asked<'_>, at: &str, path: &str, what: &str) -> Option<Request> {
    let place = encode_path(path)?.replace('/', "%2F");
    let file = get(asked, &format!("/items?path=%2F{place}&{at}&$format=text&{VERSION}"), what);
    Some(Request { headers: vec![("accept".into(), "text/plain".into())], ..file })
}

/// A merge type by its name in the interface.
fn strategy(name: &str) -> Option<Method> {
    Some(match name {
        "noFastForward" => Method::Merge,
        "squash" => Method::Squash,
        "rebase" => Method::Rebase,
        "rebaseMerge" => Method::RebaseMerge,
        _ => return None,
    })
}

fn pull_request(root: &Node<'_, '_>) -> Result<Vec<Fact>, Error> {
    let state = match root.get("status").text()? {
        "active" if root.get("isDraft").flag()? => State::Draft,
        "active" | "notSet" => State::Open,
        "completed" => State::Merged,
        "abandoned" => State::Closed,
        _ => return Err(root.get("status").expected("active, completed or abandoned")),
    };
    let branch = |key: &str| {
        let name = root.get(key).text()?;
        Ok(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned())
    };
    let items: Vec<&str> =
        root.get("workItemRefs").items().filter_map(|item| item.get("id").and_then(Value::as_str)).collect();
    let mut facts = vec![
        Fact::PullRequest {
            title: root.get("title").text()?.to_owned(),
            description: root.get("description").text_or_nothing()?.to_owned(),
            base: branch("targetRefName")?,
            head: branch("sourceRefName")?,
            state,
            author: root.get("createdBy").get("displayName").text_or_nothing()?.to_owned(),
            base_sha: root.get("lastMergeTargetCommit").get("commitId").text_or_nothing()?.to_owned(),
        },
        Fact::Settings(Map::from_iter([("work_items".to_owned(), json!(items))])),
    ];
    // Where it is set to complete by itself, it says how and with which words.
    let options = root.get("completionOptions");
    if let Some(method) = strategy(options.get("mergeStrategy").text_or_nothing()?) {
        facts.push(Fact::Methods { allowed: Vec::new(), preferred: Some(method) });
        let message = unix(options.get("mergeCommitMessage").text_or_nothing()?).trim().to_owned();
        if !message.is_empty() {
            let method = if method == Method::Squash { method } else { Method::Merge };
            let (subject, body) = (crate::message::subject(&message), crate::message::body(&message));
            facts.push(Fact::Suggestion { subject: subject.to_owned(), body: body.to_owned(), method });
        }
    }
    Ok(facts)
}

/// The commits of a list, which begins with the newest.
fn commits(list: &Node<'_, '_>) -> Result<Vec<Commit>, Error> {
    let mut commits = list.each(|item| {
        let (author, parents) = (item.get("author"), item.get("parents"));
        let message = item.get("comment").text_or_nothing()?;
        // Not every list names the parents; what completes a pull request in two of them says so itself.
        let merge = parents.count() > 1 || parents.is_nothing() && message.starts_with("Merge ");
        Ok(Commit {
            sha: item.get("commitId").text()?.to_owned(),
            message: message.trim_end().to_owned(),
            author: author.get("name").text_or_nothing()?.to_owned(),
            email: author.get("email").text_or_nothing()?.to_owned(),
            date: item.get("committer").get("date").text_or_nothing()?.to_owned(),
            parents: if merge { 2 } else { 1 },
            ..Commit::default()
        })
    })?;
    commits.reverse();
    Ok(commits)
}

/// What stands in the completion dialog.
fn compose(pull_request: &PullRequest, settings: Option<&Map<String, Value>>) -> SquashMessage {
    // A pull request that is not opened yet has no number.
    let number = match pull_request.number {
        0 => String::new(),
        number => format!(" {number}"),
    };
    let items = settings.and_then(|settings| settings.get("work_items")).and_then(Value::as_array);
    let items: Vec<String> =
        items.into_iter().flatten().filter_map(Value::as_str).map(|item| format!("#{item}")).collect();
    let description = unix(&pull_request.description);
    let related = if items.is_empty() { String::new() } else { format!("Related work items: {}", items.join(", ")) };
    let parts: Vec<&str> = [description.trim(), &related].into_iter().filter(|part| !part.is_empty()).collect();
    SquashMessage {
        text: SquashMessage::compose(&format!("Merged PR{number}: {}", pull_request.title.trim()), &parts.join("\n\n")),
        source: if settings.is_some() { Source::Composed } else { Source::Assumed },
        rule: Text::new("squash_azure", []),
        subject_from: SubjectFrom::Forge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_of_an_address() {
        let check = |root: &str, path: &str, expected: Option<&str>| {
            let found = Azure.locate_at(&format!("{root}/{path}"), root).map(|place| api(&place.repository));
            let expected = expected.map(|expected| format!("{root}/{expected}"));
            assert_eq!(found, expected, "{root}/{path}");
        };
        let (cloud, old) = ("https://dev.azure.com", "https://acme.visualstudio.com");
        let below = |project: &str| format!("{project}/_apis/git/repositories/widgets");
        check(cloud, "acme/machines/_git/widgets/pullrequest/42?_a=files", Some(&below("acme/machines")));
        check(cloud, "acme/_git/widgets/pullrequest/42", Some(&below("acme/widgets")));
        check(old, "machines/_git/widgets/pullrequest/42", Some(&below("machines")));
        check(old, "_git/widgets/pullrequest/42", Some(&below("widgets")));
        check(old, "DefaultCollection/_git/widgets/pullrequest/42", Some(&below("DefaultCollection/widgets")));
        check(cloud, "acme/two%20words/_git/widgets/pullrequestcreate?sourceRef=a", Some(&below("acme/two%20words")));
        let server = "https://git.example.org/tfs";
        check(server, "Default/machines/_git/widgets/pullrequest/42", Some(&below("Default/machines")));
        for odd in [
            "acme/machines/_git/widgets",
            "acme/machines/_git/widgets/pullrequests",
            "acme/machines/_git/widgets/pullrequest/0",
            "acme/%2e%2e/_git/widgets/pullrequest/42",
            "acme/a%2Fb/_git/widgets/pullrequest/42",
            "acme/machines/_build/widgets/pullrequest/42",
        ] {
            check(cloud, odd, None);
        }
        assert!(Azure.locate_at("https://dev.azure.com.evil.example/a/b/_git/c/pullrequest/1", cloud).is_none());
    }

    #[test]
    fn tokens_are_passwords() {
        assert_eq!(Azure.credentials("abc".into()), ":abc");
        assert_eq!(Azure.credentials("me:abc".into()), "me:abc");
        assert_eq!(Azure.credentials("a.b.c".into()), "a.b.c");
    }

    #[track_caller]
    fn writes(description: &str, items: &Value, expected: &str) {
        let pull = PullRequest {
            number: 42,
            title: "feat: mesh".into(),
            description: description.into(),
            ..PullRequest::default()
        };
        let settings = json!({"work_items": items});
        assert_eq!(compose(&pull, settings.as_object()).text, expected);
    }

    #[test]
    fn the_subject_is_its_own() {
        writes("", &json!([]), "Merged PR 42: feat: mesh");
        writes("Meshes.\r\n", &json!(["7", "8"]), "Merged PR 42: feat: mesh\n\nMeshes.\n\nRelated work items: #7, #8");
        writes("", &json!(["7"]), "Merged PR 42: feat: mesh\n\nRelated work items: #7");
    }
}

//! The forges: their addresses, and recorded conversations with them, replayed.
//!
//! A folder of `tests/cases/forge` is a conversation: `case.json` holds what is wanted and what the forge answers,
//! `expected.json` the requests, turn by turn, and the facts that came of them. `UPDATE_EXPECT=1 cargo test --test forge`
//! rewrites the expectations.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test's helpers fail by panicking.

use serde_json::{Value, json};
use squashcast::forge::{
    self, Access, Asked, ErrorKind, Fact, Forge, Lent, Place, Request, Response, Want, by_id, join_commits, locate,
};
use squashcast::history::Commit;
use squashcast::page::PageContext;
use squashcast::pull_request::{PullRequest, Repository};
use squashcast::squash::Method;
use std::path::Path;

// Addresses.

#[track_caller]
fn is(url: &str, id: &str, slug: &str, number: Option<u64>) {
    let (forge, place) = locate(url).unwrap_or_else(|| panic!("{url}"));
    assert_eq!((forge.id(), place.repository.slug().as_str(), place.number), (id, slug, number), "{url}");
}

#[track_caller]
fn is_nobodys(url: &str) {
    assert!(locate(url).is_none(), "{url}");
}

#[test]
fn pull_requests_of_github() {
    for tab in [
        "",
        "/",
        "/commits",
        "/commits/0a1b2c3",
        "/files",
        "/changes/0a1b..2c3d",
        "/checks?check_run_id=1",
        "#issuecomment-1",
        "?w=1",
    ] {
        is(&format!("https://github.com/acme/widgets/pull/42{tab}"), "github", "acme/widgets", Some(42));
    }
    is("https://github.com/Acme-Inc/.github/pull/1", "github", "Acme-Inc/.github", Some(1));
    is("https://github.com/dana_acme/widgets.js/pull/7", "github", "dana_acme/widgets.js", Some(7));
}

#[test]
fn new_pull_requests_of_github() {
    for rest in [
        "",
        "/main...mesh",
        "/main...dana:widgets:mesh?expand=1",
        "/release/1.x...mesh?quick_pull=1&title=a",
        "?expand=1",
    ] {
        is(&format!("https://github.com/acme/widgets/compare{rest}"), "github", "acme/widgets", None);
    }
}

#[test]
fn pages_of_github_that_are_no_pull_requests() {
    for path in [
        "",
        "/",
        "/acme",
        "/acme/widgets",
        "/acme/widgets/pulls",
        "/acme/widgets/issues/42",
        "/acme/widgets/pull",
        "/acme/widgets/pull/",
        "/acme/widgets/pull/0",
        "/acme/widgets/pull/042",
        "/acme/widgets/pull/42x",
        "/acme/widgets/pull/-1",
        "/acme/widgets/pull/99999999999999999999999",
        "/acme/widgets/pull/42.diff",
        "/acme/widgets/pull/42/conflicts",
        "/search/advanced/pull/42",
        "/settings/tokens/pull/42",
        "/orgs/acme/pull/42",
        "/Marketplace/actions/pull/42",
        "/search?q=x&type=code",
        "/acme/widgets/tree/main/pull/42",
        "/-acme/widgets/pull/42",
        "/ac.me/widgets/pull/42",
        "/acme/../pull/42",
        "/acme//pull/42",
        "/acme/wid%2Fgets/pull/42",
        "/acme/wid gets/pull/42",
    ] {
        is_nobodys(&format!("https://github.com{path}"));
    }
}

#[test]
fn addresses_that_only_look_like_github() {
    for origin in [
        "http://github.com",
        "https://github.com.evil.example",
        "https://evil.example/https://github.com",
        "https://github.com@evil.example",
        "https://evil.example#https://github.com",
        "https://gist.github.com",
        "https://github.com:444",
        "ftp://github.com",
        "javascript:https://github.com",
        "//github.com",
    ] {
        is_nobodys(&format!("{origin}/acme/widgets/pull/42"));
    }
}

#[test]
fn pull_requests_of_bitbucket() {
    for tab in ["", "/", "/diff", "/activity", "/commits", "/overview", "/mesh-the-widgets/diff", "?link_source=email"]
    {
        let url = format!("https://bitbucket.org/acme/widgets/pull-requests/42{tab}");
        is(&url, "bitbucket", "acme/widgets", Some(42));
    }
    is("https://bitbucket.org/acme/widgets/pull-requests/new?source=mesh&t=1", "bitbucket", "acme/widgets", None);
}

#[test]
fn pages_of_bitbucket_that_are_no_pull_requests() {
    for path in [
        "",
        "/",
        "/acme/widgets",
        "/acme/widgets/pull-requests",
        "/acme/widgets/pull-requests/",
        "/acme/widgets/src/main",
        "/acme/widgets/pull-requests/x",
        "/acme/widgets/pull-requests/0",
        "/account/settings/pull-requests/1",
        "/acme/widgets/pullrequests/42",
    ] {
        is_nobodys(&format!("https://bitbucket.org{path}"));
    }
    is_nobodys("https://api.bitbucket.org/acme/widgets/pull-requests/42");
}

#[track_caller]
fn is_at(root: &str, forge: &str, url: &str, expected: Option<(&str, Option<u64>)>) {
    let page = PageContext { url: url.into(), forge: forge.into(), root: Some(root.into()), ..PageContext::default() };
    let found = forge::of(&page).map(|(_, place)| (place.repository.url(), place.number));
    let expected = expected.map(|(path, number)| (format!("{root}/{path}"), number));
    assert_eq!(found, expected, "{url}");
}

#[test]
fn pages_of_github_enterprise_server() {
    let root = "https://ghe.example.org";
    is_at(root, "github", "https://ghe.example.org/acme/widgets/pull/42/files", Some(("acme/widgets", Some(42))));
    is_at(root, "github", "https://ghe.example.org/acme/widgets/compare/main...mesh", Some(("acme/widgets", None)));
    is_at(root, "github", "https://ghe.example.org/acme/widgets/issues/42", None);
    is_at(root, "github", "https://other.example.org/acme/widgets/pull/42", None);
    is_at(root, "github", "https://github.com/acme/widgets/pull/42", None);
    is_nobodys("https://ghe.example.org/acme/widgets/pull/42");
}

// Conversations.

struct Case {
    forge: &'static dyn Forge,
    place: Place,
    access: Access,
    wants: Vec<Want>,
    answers: Value,
    method: Method,
}

fn want(value: &Value) -> Want {
    match value.as_str() {
        Some("pull_request") => Want::PullRequest,
        Some("commits") => Want::Commits,
        Some("settings") => Want::Settings,
        Some("suggestion") => Want::Suggestion,
        Some("tags") => Want::Tags,
        Some("tree") => Want::Tree,
        Some("open") => Want::Open,
        Some("changes") => Want::Changes { head: "mesh".into() },
        Some(other) => panic!("{other}"),
        None => match value.get("files") {
            Some(files) => {
                Want::Files(files.as_array().unwrap().iter().map(|file| file.as_str().unwrap().into()).collect())
            }
            None => match value.get("own_files").and_then(Value::as_array) {
                Some(paths) => Want::OwnFiles {
                    at: value["at"].as_str().unwrap().into(),
                    paths: paths.iter().map(|path| path.as_str().unwrap().into()).collect(),
                },
                None => match value.get("folder").and_then(Value::as_str) {
                    Some(folder) => Want::Folder(folder.into()),
                    None if value.get("packages").is_some() => {
                        let globs = value["packages"].as_array().unwrap();
                        Want::Packages(globs.iter().map(|glob| glob.as_str().unwrap().into()).collect())
                    }
                    None => Want::History(value["history"].as_str().map(Into::into)),
                },
            },
        },
    }
}

fn known(want: &Want, facts: &[Fact]) -> Option<Want> {
    let missing = !facts.iter().any(|fact| match (want, fact) {
        (Want::PullRequest, Fact::PullRequest { .. })
        | (Want::Commits, Fact::Commits { .. })
        | (Want::Settings, Fact::Settings(_))
        | (Want::Suggestion, Fact::Suggestion { .. })
        | (Want::Tags, Fact::Tags { .. })
        | (Want::Changes { .. }, Fact::Changes { .. })
        | (Want::Open, Fact::Open(_))
        | (Want::Tree, Fact::Tree { .. }) => true,
        (Want::OwnFiles { paths, .. }, Fact::OwnFile { path, .. }) => paths.contains(path),
        (Want::Folder(folder), Fact::Tree { paths }) => {
            paths.iter().any(|path| path.starts_with(&format!("{folder}/")))
        }
        (Want::History(tag), Fact::History { since, .. }) => {
            let lent = Lent::take(&mut facts.to_vec(), tag.as_deref());
            tag == since && lent.is_some_and(|lent| lent.history.complete || tag.is_none())
        }
        _ => false,
    });
    match want {
        Want::Files(paths) => {
            let known =
                |wanted: &String| facts.iter().any(|fact| matches!(fact, Fact::File { path, .. } if path == wanted));
            let rest: Vec<String> = paths.iter().filter(|path| !known(path)).cloned().collect();
            (!rest.is_empty()).then_some(Want::Files(rest))
        }
        want => missing.then(|| want.clone()),
    }
}

fn response(answer: &Value) -> Response {
    let headers = answer.get("headers").and_then(Value::as_object).into_iter().flatten();
    let body = &answer["body"];
    Response {
        status: u16::try_from(answer["status"].as_u64().unwrap()).unwrap(),
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().into())).collect(),
        body: body.as_str().map_or_else(|| body.to_string(), Into::into),
    }
}

/// Asks until nothing new is asked, and answers what came of it: the requests of each turn, and the facts.
fn converse(case: &Case) -> Value {
    let (mut facts, mut failed, mut done): (Vec<Fact>, Vec<String>, Vec<String>) = Default::default();
    let mut turns = Vec::new();
    loop {
        let opened = facts.iter().find_map(|fact| match fact {
            Fact::PullRequest { base, base_sha, .. } => Some((base.clone(), base_sha.clone())),
            _ => None,
        });
        let total = facts.iter().find_map(|fact| match fact {
            Fact::History { total, .. } => *total,
            _ => None,
        });
        let asked = Asked {
            place: &case.place,
            base: opened.as_ref().map(|(base, _)| base.as_str()),
            access: case.access,
            base_sha: opened.as_ref().map(|(_, sha)| sha.as_str()),
            unreleased: total,
            failed: &failed,
            method: case.method,
        };
        let mut wants: Vec<Want> = case.wants.iter().filter_map(|want| known(want, &facts)).collect();
        if let Some((_, _, further)) = commits(&facts) {
            wants.extend(further);
        }
        let requests = case.forge.requests(&wants, &asked);
        assert_eq!(requests, case.forge.requests(&wants, &asked), "the same is asked for in the same way");
        let new: Vec<Request> = requests
            .into_iter()
            .filter(|request| !done.contains(&request.key()) && !failed.contains(&request.key()))
            .collect();
        if new.is_empty() {
            break;
        }
        let mut turn = Vec::new();
        for request in new {
            let asked_as = if request.body.is_some() {
                format!("{} {}", request.url, request.what.split(' ').next().unwrap())
            } else {
                request.url.clone()
            };
            let answer = case.answers.get(&asked_as).unwrap_or_else(|| panic!("nobody answers {asked_as}"));
            let response = response(answer);
            let method = if request.body.is_some() { "POST" } else { "GET" };
            let mut line = format!("{method} {asked_as} as {:?}", request.auth);
            if response.status == 200 {
                facts.extend(case.forge.read(&request, &response).unwrap_or_else(|error| panic!("{error}")));
                done.push(request.key());
            } else {
                line = format!("{line} → {:?}", case.forge.trouble(&request, &response));
                failed.push(request.key());
            }
            turn.push(line);
        }
        turns.push(turn);
    }
    let mut said = json!({"turns": turns, "facts": facts});
    // Only where there are several pages: what they come to.
    if facts.iter().any(|fact| matches!(fact, Fact::MoreCommits { .. })) {
        let (commits, complete, _) = commits(&facts).unwrap();
        let messages: Vec<&str> = commits.iter().map(|commit| commit.message.as_str()).collect();
        said["commits"] = json!({"messages": messages, "complete": complete});
    }
    said
}

/// The pull request's commits, whether those are all, and the pages that are still to be asked for.
fn commits(facts: &[Fact]) -> Option<(Vec<Commit>, bool, Vec<Want>)> {
    let mut first = facts.iter().find_map(|fact| match fact {
        Fact::Commits { commits, complete } => Some((commits.clone(), *complete)),
        _ => None,
    })?;
    let further = join_commits(&mut first, facts);
    Some((first.0, first.1, further))
}

fn load(folder: &Path) -> Case {
    let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
    let case: Value = serde_json::from_str(&text).unwrap();
    let page = PageContext {
        url: case["url"].as_str().unwrap().into(),
        forge: case["forge"].as_str().unwrap_or_default().into(),
        root: case["root"].as_str().map(Into::into),
        ..PageContext::default()
    };
    let (forge, place) = forge::of(&page).unwrap();
    let wants = case["wants"].as_array().unwrap().iter().map(want).collect();
    let access = Access { token: case["token"] == true };
    let method = case["method"].as_str().and_then(Method::named).unwrap_or_default();
    Case { forge, place, access, wants, answers: case["answers"].clone(), method }
}

#[test]
fn conversations() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/forge");
    let mut folders: Vec<_> = std::fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let found = serde_json::to_string_pretty(&converse(&load(&folder))).unwrap() + "\n";
        let path = folder.join("expected.json");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "{}: differs; UPDATE_EXPECT=1 rewrites it\n{found}", folder.display());
    }
}

// What is asked.

fn place(forge: &str, number: Option<u64>) -> Place {
    let origin = if forge == "github" { "https://github.com" } else { "https://bitbucket.org" };
    Place { repository: Repository { origin: origin.into(), owner: "acme".into(), name: "widgets".into() }, number }
}

fn asked<'a>(place: &'a Place, base: &'a str, token: bool, unreleased: Option<u64>, failed: &'a [String]) -> Asked<'a> {
    Asked {
        place,
        base: Some(base),
        access: Access { token },
        base_sha: None,
        unreleased,
        failed,
        method: Method::Squash,
    }
}

fn urls(forge: &str, wants: &[Want], asked: &Asked<'_>) -> Vec<String> {
    by_id(forge).unwrap().requests(wants, asked).into_iter().map(|request| request.url).collect()
}

#[test]
fn a_long_history_is_asked_for_page_by_page_up_to_a_limit() {
    let place = place("github", Some(42));
    let since = [Want::History(Some("v1.0.0".into()))];
    let count = |token, unreleased, failed: &[String]| {
        urls("github", &since, &asked(&place, "main", token, unreleased, failed)).len()
    };
    assert_eq!(count(false, None, &[]), 1);
    assert_eq!(count(false, Some(100), &[]), 1);
    assert_eq!(count(false, Some(101), &[]), 2);
    assert_eq!(count(false, Some(10_000), &[]), 3);
    assert_eq!(count(false, Some(u64::MAX), &[]), 3);
    // With a token one request brings the first and the last hundred.
    assert_eq!(count(true, Some(200), &[]), 1);
    assert_eq!(count(true, Some(201), &[]), 2);
    assert_eq!(count(true, Some(400), &[]), 3);
    assert_eq!(count(true, Some(10_000), &[]), 10);
    let down = ["https://api.github.com/graphql {}".to_owned()];
    assert_eq!(count(true, Some(10_000), &down), 10);
    assert_eq!(count(true, Some(150), &down), 2);
    let pages = urls("github", &since, &asked(&place, "main", false, Some(150), &[]));
    assert_eq!(pages[1], "https://api.github.com/repos/acme/widgets/compare/v1.0.0...main?per_page=100&page=2");
}

#[test]
fn names_from_outside_stay_names_in_an_address() {
    for forge in ["github", "bitbucket"] {
        let place = place(forge, Some(42));
        for hostile in ["../../../user", "main?x=1&y", "a b", "x#y", "ü", "", "/", "a//b", "a\u{0}b", "%2e%2e/x"] {
            let wants = [
                Want::Files(vec![hostile.into()]),
                Want::History(Some(hostile.into())),
                Want::History(None),
                Want::Tree,
            ];
            for url in urls(
                forge,
                &wants,
                &asked(&place, hostile, false, None, &["https://api.github.com/repos/acme/widgets/pulls/42".into()]),
            ) {
                assert!(url.contains("acme/widgets/") && !url.contains("..") || url.contains("..."), "{url}");
                assert!(url.is_ascii() && !url.contains([' ', '#', '\0']), "{url}");
                assert!(url.matches('?').count() <= 1, "{url}");
            }
        }
    }
}

#[test]
fn text_goes_into_graphql_as_variables() {
    let place = place("github", Some(42));
    let hostile = "\"}) { viewer { email } } #";
    let wants = [Want::PullRequest, Want::Files(vec![hostile.into()])];
    let request = by_id("github").unwrap().requests(&wants, &asked(&place, "main", true, None, &[])).remove(0);
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["variables"]["p0"], hostile);
    assert!(!body["query"].as_str().unwrap().contains("viewer {"));
}

#[test]
fn a_cold_page_makes_four_api_calls() {
    let place = place("github", Some(42));
    let wants = [
        Want::PullRequest,
        Want::Commits,
        Want::Settings,
        Want::Suggestion,
        Want::Tags,
        Want::Tree,
        Want::History(Some("v1".into())),
    ];
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let asked = Asked { base_sha: Some(sha), ..asked(&place, "main", false, None, &[]) };
    let requests = by_id("github").unwrap().requests(&wants, &asked);
    assert_eq!(requests.iter().filter(|request| request.api).count(), 4);
    assert_eq!(requests.iter().filter(|request| request.auth == forge::Auth::Session).count(), 2);
}

// Bad answers.

/// What every question of a forge says to an answer of status 200.
fn errors(forge: &str, token: bool, body: &str) -> Vec<forge::Error> {
    let (forge, place) = (by_id(forge).unwrap(), place(forge, Some(42)));
    let wants = [
        Want::PullRequest,
        Want::Commits,
        Want::Settings,
        Want::Suggestion,
        Want::Tags,
        Want::Tree,
        Want::History(None),
        Want::History(Some("v1".into())),
    ];
    let asked = Asked { base_sha: Some("0123456789ab"), ..asked(&place, "main", token, None, &[]) };
    let mut requests = forge.requests(&wants, &asked);
    let down = [
        "https://api.github.com/graphql {}".to_owned(),
        requests.iter().find(|request| request.what == "tree_list").map(Request::key).unwrap_or_default(),
    ];
    requests.extend(forge.requests(&wants, &Asked { failed: &down, ..asked }));
    let response = Response { status: 200, headers: vec![], body: body.into() };
    requests.iter().filter_map(|request| forge.read(request, &response).err()).collect()
}

#[test]
fn answers_that_are_not_what_they_should_be() {
    for (forge, token) in [("github", false), ("github", true), ("bitbucket", false)] {
        let count = errors(forge, token, "").len();
        assert!(count >= 6);
        for body in ["", "<!DOCTYPE html><title>Sign in</title>", "{\"title\": \"feat: a", "[", "nul", "\u{feff}{}"] {
            let found = errors(forge, token, body);
            assert_eq!(found.len(), count, "{body}");
            assert!(
                found.iter().all(|error| error.kind == ErrorKind::Garbage && error.at.contains(": expected JSON: "))
            );
        }
        for body in [
            "7",
            "null",
            "[[]]",
            "[{}]",
            "{\"values\": [{}]}",
            "{\"state\": \"open\", \"title\": 7}",
            "{\"data\": {\"repository\": {}}}",
        ] {
            assert!(
                errors(forge, token, body)
                    .iter()
                    .all(|error| error.kind == ErrorKind::Garbage && error.at.contains(": expected ")),
                "{body}"
            );
        }
        let deep = "[".repeat(200_000);
        assert_eq!(errors(forge, token, &deep).len(), count);
    }
}

#[track_caller]
fn says(forge: &str, token: bool, body: &str, expected: &str) {
    let found = errors(forge, token, body);
    assert!(found.iter().any(|error| error.at == expected), "{expected}\n{found:#?}");
}

#[test]
fn errors_name_the_place() {
    says("github", false, "{\"state\": \"open\", \"title\": 7}", "pulls/42: expected a string at title");
    says("github", false, "[{\"sha\": \"a\"}]", "pulls/42/commits: expected a string at [0].commit.message");
    says("github", false, "{\"total_commits\": \"many\"}", "compare/v1...main: expected a number at total_commits");
    says("github", false, "{}", "tree-list/0123456789ab: expected a list at paths");
    says("github", true, "{\"data\": {\"repository\": {}}}", "graphql: expected a list at data.repository.refs.nodes");
    says(
        "bitbucket",
        false,
        "{\"state\": \"ODD\"}",
        "pullrequests/42: expected OPEN, MERGED, DECLINED or SUPERSEDED at state",
    );
    says("bitbucket", false, "{\"values\": [{}]}", "refs/tags: expected a string at values[0].name");
}

#[test]
fn graphql_says_its_errors_with_status_200() {
    let check = |kind: &str, headers: Vec<(String, String)>, expected: ErrorKind| {
        let place = place("github", Some(42));
        let request =
            by_id("github").unwrap().requests(&[Want::PullRequest], &asked(&place, "main", true, None, &[])).remove(0);
        let body = json!({"data": {"repository": null}, "errors": [{"type": kind, "message": "Could not resolve"}]})
            .to_string();
        let error = by_id("github").unwrap().read(&request, &Response { status: 200, headers, body }).unwrap_err();
        assert_eq!((error.kind, error.at.as_str()), (expected, "graphql: Could not resolve"));
    };
    check("NOT_FOUND", vec![], ErrorKind::Missing);
    check("FORBIDDEN", vec![], ErrorKind::Forbidden);
    check(
        "RATE_LIMITED",
        vec![("x-ratelimit-reset".into(), "1700000000".into())],
        ErrorKind::Limited { until: Some(1_700_000_000) },
    );
    check("undefinedField", vec![], ErrorKind::Garbage);
}

#[test]
fn statuses_are_trouble_for_every_forge() {
    for forge in forge::FORGES {
        let check = |status, headers: &[(&str, &str)], kind| {
            let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let response = Response { status, headers, body: "<html>".into() };
            assert_eq!(forge.trouble(&Request::default(), &response), kind);
        };
        check(0, &[], ErrorKind::Offline);
        check(401, &[], ErrorKind::Unauthorised);
        check(403, &[], ErrorKind::Forbidden);
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9")],
            ErrorKind::Limited { until: Some(9) },
        );
        check(404, &[], ErrorKind::Missing);
        check(429, &[("x-ratelimit-reset", "9")], ErrorKind::Limited { until: Some(9) });
        check(500, &[], ErrorKind::Broken { status: 500 });
    }
}

#[test]
fn a_huge_tree_is_cut_where_it_is_deepest() {
    let place = place("github", Some(42));
    let asked = Asked { base_sha: Some("0123456789ab"), ..asked(&place, "main", false, None, &[]) };
    let request = by_id("github").unwrap().requests(&[Want::Tree], &asked).remove(0);
    let mut paths: Vec<String> = (0..60_000).map(|file| format!("src/deep/down/{file}.js")).collect();
    paths.push("package.json".into());
    let response = Response { status: 200, headers: vec![], body: json!({"paths": paths}).to_string() };
    let facts = by_id("github").unwrap().read(&request, &response).unwrap();
    assert!(matches!(&facts[0], Fact::Tree { paths } if paths.len() == 5000 && paths[0] == "package.json"));
}

#[test]
fn three_thousand_tags_are_read() {
    let place = place("github", Some(42));
    let asked = asked(&place, "main", false, None, &[]);
    let request = by_id("github").unwrap().requests(&[Want::Tags], &asked).remove(0);
    let tag = |minor| json!({"ref": format!("refs/tags/v1.{minor}.0"), "object": {"sha": "a", "type": "commit"}});
    let body = Value::Array((0..3000).map(tag).collect()).to_string();
    let response = Response { status: 200, headers: vec![], body };
    let facts = by_id("github").unwrap().read(&request, &response).unwrap();
    assert!(
        matches!(&facts[0], Fact::Tags { tags, complete: true } if tags.len() == 3000 && tags[2999].name == "v1.2999.0")
    );
}

// What Bitbucket writes.

#[track_caller]
fn bitbucket_writes(title: &str, commits: &[&str], approved: &[&str], rule: &str, expected: &str) {
    let commits = commits.iter().map(|message| Commit { message: (*message).into(), ..Commit::default() }).collect();
    let pull = PullRequest { number: 42, title: title.into(), head: "mesh".into(), commits, ..PullRequest::default() };
    let settings = json!({"approved_by": approved});
    let squash = by_id("bitbucket").unwrap().squash(&pull, &place("bitbucket", Some(42)), settings.as_object());
    assert_eq!((squash.text.as_str(), &*squash.rule.id), (expected, rule));
}

#[test]
fn bitbucket_writes_a_subject_of_its_own() {
    let subject = "Merged in mesh (pull request #42)";
    bitbucket_writes("feat: a", &[], &[], "squash_bitbucket_title", &format!("{subject}\n\nfeat: a"));
    bitbucket_writes(
        "feat: a",
        &["feat: a\n"],
        &["Kim"],
        "squash_bitbucket_title",
        &format!("{subject}\n\nfeat: a\n\nApproved-by: Kim"),
    );
    bitbucket_writes(
        "feat: a",
        &["fix: b\r\n\r\nc"],
        &[],
        "squash_bitbucket_list",
        &format!("{subject}\n\nfeat: a\n\n* fix: b\n\nc"),
    );
    bitbucket_writes(
        "feat: a",
        &["b", "c"],
        &["Kim", "Lee"],
        "squash_bitbucket_list",
        &format!("{subject}\n\nfeat: a\n\n* b\n\n* c\n\nApproved-by: Kim\nApproved-by: Lee"),
    );
}

#[test]
fn what_bitbucket_writes_is_cut_at_128_kib() {
    let pull = PullRequest { number: 42, title: "ü".repeat(100_000), head: "mesh".into(), ..PullRequest::default() };
    let text = by_id("bitbucket").unwrap().squash(&pull, &place("bitbucket", Some(42)), None).text;
    assert!(text.len() <= 128 * 1024 && text.len() > 128 * 1024 - 4 && text.ends_with("ü..."));
}

// Forges at addresses of the user's own.

#[track_caller]
fn at_root(root: &str, id: &str, url: &str) -> Option<(String, Option<u64>)> {
    let page = PageContext { url: url.into(), forge: id.into(), root: Some(root.into()), ..PageContext::default() };
    forge::of(&page).map(|(_, place)| (place.repository.url(), place.number))
}

#[test]
fn merge_requests_of_gitlab() {
    for tab in ["", "/", "/diffs", "/commits", "/pipelines", "#note_1", "/diffs?commit_id=0a1b"] {
        is(&format!("https://gitlab.com/acme/widgets/-/merge_requests/42{tab}"), "gitlab", "acme/widgets", Some(42));
    }
    let deep = "https://gitlab.com/acme/tools/cogs/widgets.js/-/merge_requests/7";
    is(deep, "gitlab", "acme/tools/cogs/widgets.js", Some(7));
    // Before version 13.
    is("https://gitlab.com/acme/widgets/merge_requests/1/diffs", "gitlab", "acme/widgets", Some(1));
    is(
        "https://gitlab.com/acme/widgets/-/merge_requests/new?merge_request%5Bsource_branch%5D=a",
        "gitlab",
        "acme/widgets",
        None,
    );
    let own = "https://git.acme.example/lab";
    let found = at_root(own, "gitlab", "https://git.acme.example/lab/acme/widgets/-/merge_requests/42/diffs");
    assert_eq!(found, Some((format!("{own}/acme/widgets"), Some(42))));
}

#[test]
fn pages_of_gitlab_that_are_no_merge_requests() {
    for path in [
        "/acme/widgets",
        "/acme/widgets/-/merge_requests",
        "/acme/widgets/-/merge_requests/042",
        "/acme/widgets/-/merge_requests/42.diff",
        "/acme/widgets/-/issues/42",
        "/widgets/-/merge_requests/42",
        "/-/merge_requests/42",
        "/groups/acme/-/merge_requests/1",
        "/dashboard/merge_requests/1",
        "/acme/widgets/-/-/merge_requests/42",
        "/acme/<x>/-/merge_requests/42",
    ] {
        is_nobodys(&format!("https://gitlab.com{path}"));
    }
    is_nobodys("https://gitlab.example/acme/widgets/-/merge_requests/42");
    for elsewhere in [
        "https://git.acme.example/acme/widgets/-/merge_requests/42",
        "https://git.acme.example/laboratory/acme/widgets/-/merge_requests/42",
        "https://evil.example/lab/acme/widgets/-/merge_requests/42",
        "http://git.acme.example/lab/acme/widgets/-/merge_requests/42",
    ] {
        assert_eq!(at_root("https://git.acme.example/lab", "gitlab", elsewhere), None, "{elsewhere}");
    }
}

#[test]
fn pull_requests_of_bitbucket_data_center() {
    let id = "bitbucket-data-center";
    let at = |root: &str, path: &str| at_root(root, id, &format!("{root}{path}"));
    for root in ["https://git.acme.example", "https://acme.example/tools/bitbucket"] {
        for tab in ["", "/", "/overview", "/diff#src/a.js", "/commits", "/overview?commentId=1"] {
            let found = at(root, &format!("/projects/ACME/repos/widgets/pull-requests/42{tab}"));
            assert_eq!(found, Some((format!("{root}/scm/ACME/widgets"), Some(42))));
        }
        let own = at(root, "/users/dana/repos/fork/pull-requests/7/overview");
        assert_eq!(own, Some((format!("{root}/scm/~dana/fork"), Some(7))));
        let new = at(root, "/projects/ACME/repos/widgets/pull-requests?create&sourceBranch=refs/heads/a");
        assert_eq!(new, Some((format!("{root}/scm/ACME/widgets"), None)));
        for other in [
            "/projects/ACME/repos/widgets/pull-requests",
            "/projects/ACME/repos/widgets/pull-requests?state=OPEN",
            "/projects/ACME/repos/widgets/pull-requests/x",
            "/projects/ACME/repos/widgets/browse",
            "/groups/ACME/repos/widgets/pull-requests/42",
            "/projects/AC ME/repos/widgets/pull-requests/42",
            "/ACME/widgets/pull-requests/42",
        ] {
            assert_eq!(at(root, other), None, "{other}");
        }
    }
    is_nobodys("https://git.acme.example/projects/ACME/repos/widgets/pull-requests/42");
}

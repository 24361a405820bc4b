//! What a preview asks for, and when: pages of commits, packages in folders, other pull requests.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test's helpers fail by panicking.

use squashcast::forge::{Access, Fact, Request};
use squashcast::history::{Commit, Tag};
use squashcast::page::PageContext;
use squashcast::preview::{Answer, Input, Preview, RepositorySettings, preview};
use squashcast::pull_request::{OpenPullRequest, State};

const MERGE_REQUEST: &str = "https://gitlab.com/acme/widgets/-/merge_requests/42";

fn commit(message: &str) -> Commit {
    Commit { sha: message.replace(' ', "-"), message: message.into(), parents: 1, ..Commit::default() }
}

/// What the forge has said of a merge request of this title into a repository of these files.
fn facts(title: &str, files: &[(&str, &str)]) -> Vec<Fact> {
    let mut facts = vec![
        Fact::PullRequest {
            title: title.into(),
            description: String::new(),
            base: "main".into(),
            head: "mesh".into(),
            state: State::Open,
            author: "dana".into(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: vec![commit("wip"), commit("more")], complete: true },
        Fact::Settings(serde_json::json!({"merge_method": "ff", "squash_on_merge": true}).as_object().unwrap().clone()),
        Fact::Tags { tags: vec![Tag { name: "v1.0.0".into(), sha: "a".into() }], complete: true },
        Fact::Tree { paths: files.iter().map(|(path, _)| (*path).to_owned()).collect() },
        Fact::History { since: Some("v1.0.0".into()), commits: Vec::new(), complete: true, from: 0, total: None },
        Fact::History { since: None, commits: vec![commit("fix: old")], complete: true, from: 0, total: None },
    ];
    facts.extend(files.iter().map(|(path, text)| Fact::File { path: (*path).into(), text: Some((*text).into()) }));
    facts
}

fn with<T>(url: &str, facts: Vec<Fact>, told: impl FnOnce(&Preview) -> T) -> T {
    let page = PageContext { url: url.into(), ..PageContext::default() };
    let mut answers = [Answer { key: String::new(), what: "bundle".into(), facts, at: 0 }];
    let settings = RepositorySettings::default();
    let access = Access::default();
    let mut input =
        Input { page: &page, settings: &settings, access, answers: &mut answers, failures: &[], date: "2026-03-02" };
    told(&preview(&mut input).unwrap())
}

/// What kinds of facts are asked for.
fn asked(url: &str, facts: Vec<Fact>) -> Vec<String> {
    let kind = |request: &Request| request.what.split(' ').next().unwrap_or_default().to_owned();
    let without = ["suggestion", "settings"];
    with(url, facts, |preview| {
        preview.requests.iter().map(kind).filter(|kind| !without.contains(&kind.as_str())).collect()
    })
}

const SEMANTIC: &[(&str, &str)] = &[(".releaserc.json", "{}")];

#[test]
fn others_are_asked_for_last_and_only_where_a_version_is_at_stake() {
    let check = |title: &str, files: &[(&str, &str)], expected: &[&str]| {
        assert_eq!(asked(MERGE_REQUEST, facts(title, files)), expected, "{title}");
    };
    check("feat: mesh", SEMANTIC, &["open"]);
    check("docs: mesh", SEMANTIC, &[]);
    // It gathers what is merged until somebody asks for a release.
    check("feat: mesh", &[("cog.toml", "")], &[]);
    // Nothing else is asked for at that time.
    let mut early = facts("feat: mesh", SEMANTIC);
    early.retain(|fact| !matches!(fact, Fact::Tags { .. }));
    assert_eq!(asked(MERGE_REQUEST, early), ["tags"]);
}

#[test]
fn another_merge_request_that_claims_the_version_is_named() {
    let other = |number, title: &str, base: &str| OpenPullRequest { number, title: title.into(), base: base.into() };
    let found = |open: Vec<OpenPullRequest>| {
        let mut facts = facts("feat: mesh", SEMANTIC);
        facts.push(Fact::Open(open));
        with(MERGE_REQUEST, facts, |preview| preview.findings.iter().any(|finding| finding.id == "same-version"))
    };
    assert!(found(vec![other(42, "feat: mesh", "main"), other(43, "feat: grind", "main")]));
    assert!(!found(vec![
        other(42, "feat: mesh", "main"),
        other(43, "fix: grind", "main"),
        other(44, "feat: a", "next")
    ]));
}

#[test]
fn packages_are_looked_for_where_the_tool_reads_them() {
    let lerna = [
        ("lerna.json", r#"{"version": "1.0.0", "command": {"version": {"conventionalCommits": true}}}"#),
        ("package.json", r#"{"workspaces": ["packages/*"]}"#),
    ];
    assert_eq!(asked(MERGE_REQUEST, facts("feat: mesh", &lerna)), ["tree"]);
    let please = |packages: &str| {
        let config = format!(r#"{{"release-type": "node", "packages": {{{packages}}}}}"#);
        let manifest = r#"{".": "1.0.0"}"#;
        let files = [
            ("release-please-config.json", config.as_str()),
            (".release-please-manifest.json", manifest),
            ("package.json", "{}"),
        ];
        asked(MERGE_REQUEST, facts("feat: mesh", &files))
    };
    assert_eq!(please(r#"".": {}, "libs/a": {}"#), ["tree"]);
    // One package at the root is in the tree.
    assert_eq!(please(r#"".": {}"#), Vec::<String>::new());
    assert_eq!(asked(MERGE_REQUEST, facts("docs: mesh", SEMANTIC)), Vec::<String>::new());
    // GitHub's own tree reaches into folders.
    assert_eq!(asked("https://github.com/acme/widgets/pull/42", facts("feat: mesh", &lerna)), Vec::<String>::new());
}

#[test]
fn later_pages_of_commits_are_asked_for_and_squashed() {
    let mut first = facts("feat: mesh", SEMANTIC);
    first.retain(|fact| !matches!(fact, Fact::Commits { .. } | Fact::Settings(_)));
    let template = serde_json::json!({"merge_method": "ff", "squash_on_merge": true,
        "squash_commit_template": "%{title}\n\n%{all_commits}"});
    first.push(Fact::Settings(template.as_object().unwrap().clone()));
    first.push(Fact::Commits { commits: vec![commit("c"), commit("d")], complete: false });
    first.push(Fact::CommitsGoOn { page: 2, at: "2".into() });
    assert_eq!(asked(MERGE_REQUEST, first.clone()), ["commits"]);
    let cut = |facts: Vec<Fact>| {
        with(MERGE_REQUEST, facts, |preview| preview.assumptions.iter().any(|text| text.id == "assumed_commits_cut"))
    };
    assert!(cut(first.clone()));
    let mut both = first;
    both.push(Fact::MoreCommits { page: 2, older: true, commits: vec![commit("a"), commit("b")], complete: true });
    assert!(!cut(both.clone()));
    let text = with(MERGE_REQUEST, both, |preview| preview.squash.as_ref().unwrap().text.clone());
    assert_eq!(text, "feat: mesh\n\n* d\n\n* c\n\n* b\n\n* a");
}

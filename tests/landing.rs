//! How a pull request is merged, where that is known from, and what lands on the base branch then.

#![allow(clippy::unwrap_used)] // A test fails by panicking.

use squashcast::check::Severity;
use squashcast::forge::{Fact, by_id};
use squashcast::history::{Commit, Tag};
use squashcast::page::{Dialog, PageContext};
use squashcast::preview::{Answer, Input, RepositorySettings, preview};
use squashcast::pull_request::State;
use squashcast::squash::Method;
use squashcast::view::panel;

/// What is said of a pull request of two commits and a merge of the base branch: the method and where it is known from,
/// what lands, the merge commit, and the release.
fn told(forge: &str, page: PageContext, facts: Vec<Fact>, tool: &str) -> String {
    let url = by_id(forge).unwrap().example();
    let page = PageContext { url, forge: forge.into(), ..page };
    let commit = |sha: &str, message: &str, parents| Commit {
        sha: sha.repeat(40),
        message: message.into(),
        author: "Dana".into(),
        parents,
        ..Commit::default()
    };
    let mut all = vec![
        Fact::PullRequest {
            title: "feat: spin the widgets".into(),
            description: "Spins them.".into(),
            base: "main".into(),
            head: "spin".into(),
            state: State::Open,
            author: "dana".into(),
            base_sha: String::new(),
        },
        Fact::Commits {
            commits: vec![
                commit("a", "fix: spin slower\n\nLess noise.", 1),
                commit("b", "Merge branch 'main' into spin", 2),
                commit("c", "docs: say so", 1),
            ],
            complete: true,
        },
        Fact::Settings(serde_json::Map::default()),
        Fact::Tags { tags: vec![Tag { name: "v1.2.3".into(), sha: String::new() }], complete: true },
        Fact::Tree { paths: Vec::new() },
        Fact::History {
            since: Some("v1.2.3".into()),
            commits: vec![commit("d", "chore: tidy up", 1)],
            complete: true,
            from: 0,
            total: None,
        },
    ];
    all.extend(facts);
    let mut answers = [Answer { key: String::new(), what: "case".into(), facts: all, at: 0 }];
    let settings = RepositorySettings { tool: Some(tool.into()), tag_pattern: None };
    let mut input = Input::answered(&page, &settings, &mut answers, "2026-01-02");
    let view = panel(&preview(&mut input).unwrap());
    let landing = view.landing.unwrap();
    let mut lines = vec![format!("{} {} ({})", landing.method.id, landing.method.args.join(" "), landing.from.id)];
    for commit in landing.commits {
        lines.push(format!("{} {} {:?}", commit.sha.as_deref().unwrap_or("-"), commit.subject, commit.bump.unwrap()));
    }
    for (kind, message) in [("squash", view.squash), ("merge", landing.merge)] {
        lines.extend(
            message.map(|message| format!("{kind}: {} | {}", message.subject, message.body.replace('\n', "¶"))),
        );
    }
    lines.push(format!("{} {}", view.pill.word.id, view.pill.version.unwrap_or_default()).trim_end().to_owned());
    let warned = view.findings.iter().filter(|finding| finding.severity > Severity::Info);
    lines.extend(warned.map(|finding| format!("! {}", finding.id)));
    lines.join("\n")
}

fn methods(allowed: &[Method], preferred: Option<Method>) -> Fact {
    Fact::Methods { allowed: allowed.to_vec(), preferred }
}

fn button(method: &str) -> PageContext {
    PageContext { method: Some(method.into()), ..PageContext::default() }
}

#[track_caller]
fn github(page: PageContext, facts: Vec<Fact>, expected: &[&str]) {
    assert_eq!(told("github", page, facts, "semantic-release").lines().collect::<Vec<_>>(), expected);
}

#[test]
fn squashing_is_assumed_and_said_to_be() {
    let list = "* fix: spin slower¶¶Less noise.¶¶* docs: say so";
    let squash = format!("squash: feat: spin the widgets (#42) | {list}");
    github(PageContext::default(), vec![], &["method_squash  (method_assumed)", &squash, "bump_minor 1.3.0"]);
    // Several ways are open: nothing is known.
    let all = [Method::Merge, Method::Squash, Method::Rebase];
    github(
        PageContext::default(),
        vec![methods(&all, None)],
        &["method_squash  (method_assumed)", &squash, "bump_minor 1.3.0"],
    );
    github(
        PageContext::default(),
        vec![methods(&[Method::Squash], None)],
        &["method_squash  (method_repository)", &squash, "bump_minor 1.3.0"],
    );
}

const MERGED: &[&str] =
    &["aaaaaaa fix: spin slower Patch", "bbbbbbb Merge branch 'main' into spin None", "ccccccc docs: say so None"];

#[test]
fn with_a_merge_commit_the_branch_is_read() {
    let expected = |from: &str, merge: &str| {
        let mut lines = vec![format!("method_merge 3 ({from})")];
        lines.extend(MERGED.iter().map(|line| (*line).to_owned()));
        lines.extend([format!("merge: {merge}"), "bump_patch 1.2.4".to_owned()]);
        lines.join("\n")
    };
    let default = "Merge pull request #42 from acme/spin | feat: spin the widgets";
    let said = |page, facts| told("github", page, facts, "semantic-release");
    assert_eq!(said(button("merge"), vec![]), expected("method_button", default));
    let only = methods(&[Method::Merge, Method::Rebase], None);
    assert_eq!(said(PageContext::default(), vec![only]), expected("method_repository", default));
    let dialog = Dialog {
        title: Some("Spin".into()),
        body: Some("It".into()),
        method: Some("merge".into()),
        ..Dialog::default()
    };
    let page = PageContext { dialog: Some(dialog), method: Some("squash".into()), ..PageContext::default() };
    assert_eq!(said(page, vec![]), expected("method_dialog", "Spin | It"));
    let suggestion = Fact::Suggestion { subject: "Merge it".into(), body: "all".into(), method: Method::Merge };
    assert_eq!(said(button("merge"), vec![suggestion]), expected("method_button", "Merge it | all"));
    let on_page = Dialog { title: Some("Join".into()), body: None, method: Some("merge".into()), ..Dialog::default() };
    let page = PageContext { suggestions: vec![on_page], ..button("merge") };
    assert_eq!(said(page, vec![]), expected("method_button", "Join | "));
}

#[test]
fn a_suggestion_for_another_method_does_not_count() {
    let merge = Fact::Suggestion { subject: "Merge it".into(), body: String::new(), method: Method::Merge };
    let said = told("github", PageContext::default(), vec![merge], "semantic-release");
    assert!(said.contains("squash: feat: spin the widgets (#42)"), "{said}");
}

#[test]
fn a_rebase_writes_the_commits_anew_and_drops_merges() {
    github(
        button("rebase"),
        vec![],
        &["method_rebase 2 (method_button)", "- fix: spin slower Patch", "- docs: say so None", "bump_patch 1.2.4"],
    );
}

#[test]
fn strategies_of_bitbucket() {
    let said = |method| {
        let all = vec![methods(&[], Some(method))];
        told("bitbucket", PageContext::default(), all, "semantic-release").replace('\n', " / ")
    };
    let list =
        "feat: spin the widgets¶¶* fix: spin slower¶¶Less noise.¶¶* Merge branch 'main' into spin¶¶* docs: say so";
    let own = format!("Merged in spin (pull request #42) | {list}");
    let merged = MERGED.join(" / ");
    let anew = "- fix: spin slower Patch / - docs: say so None";
    let from = "(method_repository)";
    let patch = "bump_patch 1.2.4";
    assert_eq!(said(Method::Merge), format!("method_merge 3 {from} / {merged} / merge: {own} / {patch}"));
    assert_eq!(said(Method::FastForward), format!("method_fast_forward 3 {from} / {merged} / {patch}"));
    assert_eq!(said(Method::Rebase), format!("method_rebase 2 {from} / {anew} / {patch}"));
    assert_eq!(said(Method::RebaseMerge), format!("method_rebase_merge 2 {from} / {anew} / merge: {own} / {patch}"));
    assert!(said(Method::Squash).starts_with(&format!("method_squash  {from} / squash: {own} / ")));
    assert!(said(Method::SquashMerge).contains(&format!("squash: {own} / merge: {own}")));
}

#[test]
fn what_lands_is_warned_of_once_a_kind() {
    let plain = |count: usize| {
        let commit = |at| Commit { sha: format!("{at:040}"), message: "Spin".into(), parents: 1, ..Commit::default() };
        let commits = Fact::Commits { commits: (0..count).map(commit).collect(), complete: true };
        told("github", button("rebase"), vec![commits], "semantic-release")
    };
    assert_eq!(plain(60).matches("! not-conventional").count(), 1);
}

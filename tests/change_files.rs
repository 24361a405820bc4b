//! Tools that decide by change files: what a pull request's own ones do, and that its title does nothing.

#![allow(clippy::unwrap_used)] // A test fails by panicking.

use squashcast::forge::{Access, Change, ErrorKind, Fact, Request, by_id};
use squashcast::history::{Commit, Tag};
use squashcast::page::PageContext;
use squashcast::preview::{Answer, Failure, Input, RepositorySettings, preview};
use squashcast::pull_request::State;
use squashcast::text::Text;
use squashcast::view::panel;

/// A pull request and its repository.
#[derive(Clone, Copy, Default)]
struct Case<'a> {
    files: &'a [(&'a str, &'a str)],
    /// What the pull request changes: paths and their texts there; none for what it deletes.
    own: Option<&'a [(&'a str, Option<&'a str>)]>,
    /// Whether the list of what it changes is cut.
    cut: bool,
    title: &'a str,
    head: &'a str,
    /// What could not be asked.
    failed: &'a [&'a str],
}

fn text(text: &Text) -> String {
    format!("{} {}", text.id, text.args.join(" ")).trim_end().to_owned()
}

/// What is asked for, or what is told: the pill, the releases with their reasons, why nothing, the findings and what was
/// assumed.
fn told(case: Case<'_>) -> String {
    let url = by_id("github").unwrap().example();
    let page = PageContext { url, forge: "github".into(), ..PageContext::default() };
    let commit = Commit { sha: "a".repeat(40), message: "feat: old".into(), parents: 1, ..Commit::default() };
    let mut facts = vec![
        Fact::PullRequest {
            title: case.title.into(),
            description: String::new(),
            base: "main".into(),
            head: if case.head.is_empty() { "spin".into() } else { case.head.into() },
            state: State::Open,
            author: "dana".into(),
            base_sha: String::new(),
        },
        Fact::Commits { commits: vec![commit.clone()], complete: true },
        Fact::Settings(serde_json::Map::default()),
        Fact::Tags { tags: vec![Tag { name: "v1.2.3".into(), sha: "a".repeat(40) }], complete: true },
        Fact::Tree { paths: case.files.iter().map(|(path, _)| (*path).to_owned()).collect() },
        Fact::History { since: None, commits: vec![commit], complete: true, from: 0, total: None },
        Fact::Suggestion {
            subject: format!("{} (#42)", case.title),
            body: String::new(),
            method: squashcast::squash::Method::Squash,
        },
    ];
    for (path, text) in case.files {
        facts.push(Fact::File { path: (*path).to_owned(), text: Some((*text).to_owned()) });
    }
    if let Some(own) = case.own {
        let change = |(path, text): &(&str, Option<&str>)| Change { path: (*path).to_owned(), removed: text.is_none() };
        let changes = own.iter().map(change).collect();
        facts.push(Fact::Changes { changes, complete: !case.cut, at: "b".repeat(40) });
        facts.extend(own.iter().filter_map(|(path, text)| {
            Some(Fact::OwnFile { at: "b".repeat(40), path: (*path).to_owned(), text: (*text)?.to_owned() })
        }));
    }
    let failure = |url: &&str| Failure {
        request: Request { url: (*url).into(), what: "changes".into(), ..Request::default() },
        kind: ErrorKind::Forbidden,
        detail: String::new(),
    };
    let failures: Vec<Failure> = case.failed.iter().map(failure).collect();
    let mut answers = [Answer { key: String::new(), what: "case".into(), facts, at: 0 }];
    let mut input = Input {
        page: &page,
        settings: &RepositorySettings::default(),
        access: Access::default(),
        answers: &mut answers,
        failures: &failures,
        date: "2026-01-02",
    };
    let preview = preview(&mut input).unwrap();
    let mut lines: Vec<String> = preview.requests.iter().map(|request| format!("? {}", request.url)).collect();
    let view = panel(&preview);
    if lines.is_empty() {
        lines.push(text(&view.pill.label));
        for release in &view.releases {
            lines.push(format!("= {} {:?}", release.tag, release.bump));
            lines.extend(release.reasons.iter().map(|reason| format!("  {:?} {}", reason.bump, text(&reason.rule))));
        }
        lines.extend(view.nothing.iter().map(|nothing| format!("- {}", text(nothing))));
    }
    lines.extend(view.findings.iter().map(|finding| format!("{:?} {}", finding.severity, text(&finding.text))));
    lines.extend(view.assumptions.iter().map(|assumed| format!("* {}", text(assumed))));
    lines.join("\n")
}

#[track_caller]
fn check(case: Case<'_>, expected: &[&str]) {
    assert_eq!(told(case).lines().collect::<Vec<_>>(), expected);
}

const A: (&str, &str) = ("packages/a/package.json", r#"{"name": "@acme/a", "version": "1.2.3"}"#);
const B: (&str, &str) =
    ("packages/b/package.json", r#"{"name": "b", "version": "2.0.0", "dependencies": {"@acme/a": "1.2.3"}}"#);
const ROOT: (&str, &str) = ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#);
const CONFIG: (&str, &str) = (".changeset/config.json", "{}");
const DECIDE: &str = "Info tool_change_files_decide .changeset/";
const NONE: &str = "Info check_change_file_missing";

const CHANGESETS: Case<'_> =
    Case { files: &[ROOT, CONFIG, A, B], own: Some(&[]), cut: false, title: "Spin the widgets", head: "", failed: &[] };

#[test]
fn a_tool_that_reads_change_files_asks_what_the_pull_request_changes() {
    let url = "https://api.github.com/repos/acme/widgets/pulls/42/files?per_page=100";
    check(Case { own: None, ..CHANGESETS }, &[&format!("? {url}"), "* tool_change_files_decide .changeset/"]);
    // Another one does not.
    let other = [(".releaserc.json", "{}"), ("package.json", r#"{"name": "a"}"#)];
    assert!(!told(Case { own: None, files: &other, ..CHANGESETS }).contains("/files"));
}

#[test]
fn own_changesets_decide_and_the_title_does_not() {
    let minor = "---\n\"@acme/a\": minor\n---\n\nSpins.\n";
    for title in ["Spin the widgets", "docs: spin", "feat!: spin", "feat: spin", "WIP: spin", "fix : spin"] {
        check(
            Case { title, own: Some(&[("src/spin.js", Some("")), (".changeset/new.md", Some(minor))]), ..CHANGESETS },
            &[
                "pill_label_minor changesets 1.3.0",
                "= @acme/a@1.3.0 Minor",
                "  Minor change_file_own .changeset/new.md",
                "= b@2.0.1 Patch",
                "  Patch tool_change_files_follow",
                DECIDE,
                "Info check_change_file .changeset/new.md @acme/a: minor",
            ],
        );
    }
}

#[test]
fn a_pull_request_without_change_files_releases_nothing_by_itself() {
    check(CHANGESETS, &["pill_label_none changesets", "- tool_change_files_none .changeset/", DECIDE, NONE]);
    let waiting = [ROOT, CONFIG, A, (".changeset/old.md", "---\n'@acme/a': patch\n---\n")];
    check(
        Case { files: &waiting, title: "feat: spin", ..CHANGESETS },
        &[
            "pill_label_waiting changesets 1.2.4",
            "= @acme/a@1.2.4 Patch",
            "  Patch tool_change_files_ask .changeset/old.md",
            DECIDE,
            NONE,
        ],
    );
}

#[test]
fn own_changesets_stand_beside_or_instead_of_those_of_the_branch() {
    let waiting = [ROOT, CONFIG, A, (".changeset/old.md", "---\n'@acme/a': patch\n---\n")];
    let case = Case { files: &waiting, ..CHANGESETS };
    check(
        Case { own: Some(&[(".changeset/new.md", Some("---\n'@acme/a': major\n---\n"))]), ..case },
        &[
            "pill_label_major changesets 2.0.0",
            "= @acme/a@2.0.0 Major",
            "  Major change_file_own .changeset/new.md",
            "  Patch tool_change_files_ask .changeset/old.md",
            DECIDE,
            "Info check_change_file .changeset/new.md @acme/a: major",
        ],
    );
    check(
        Case { own: Some(&[(".changeset/old.md", Some("---\n'@acme/a': minor\n---\n"))]), ..case },
        &[
            "pill_label_minor changesets 1.3.0",
            "= @acme/a@1.3.0 Minor",
            "  Minor change_file_own .changeset/old.md",
            DECIDE,
            "Info check_change_file .changeset/old.md @acme/a: minor",
        ],
    );
    check(
        Case { own: Some(&[(".changeset/old.md", None)]), ..case },
        &[
            "pill_label_none changesets",
            "- tool_change_files_none .changeset/",
            DECIDE,
            "Info check_change_file_removed .changeset/old.md",
            NONE,
        ],
    );
    // The tool's own pull request deletes what it takes in.
    check(
        Case {
            own: Some(&[(".changeset/old.md", None)]),
            title: "Version Packages",
            head: "changeset-release/main",
            ..case
        },
        &[
            "pill_label_patch changesets 1.2.4",
            "= @acme/a@1.2.4 Patch",
            "  Patch tool_change_files_ask .changeset/old.md",
            "Info check_release_pull_request",
            "* tool_change_files_decide .changeset/",
        ],
    );
}

#[test]
fn what_is_no_change_file_is_none() {
    let own = [(".changeset/README.md", Some("# x")), ("docs/.changeset/x.md", Some("")), (CONFIG.0, Some("{"))];
    check(
        Case { own: Some(&own), ..CHANGESETS },
        &["pill_label_none changesets", "- tool_change_files_none .changeset/", DECIDE, NONE],
    );
    check(
        Case { own: Some(&[(".changeset/x.md", Some("---\n---\n"))]), ..CHANGESETS },
        &[
            "pill_label_none changesets",
            "- tool_change_files_none .changeset/",
            DECIDE,
            "Info check_change_file_empty .changeset/x.md",
        ],
    );
    check(
        Case { own: Some(&[(".changeset/x.md", Some("no front matter"))]), ..CHANGESETS },
        &["pill_label_none changesets", "- tool_change_file_wrong .changeset/x.md", DECIDE],
    );
    let stranger = "---\nstranger: major\n---\n";
    check(
        Case { own: Some(&[(".changeset/x.md", Some(stranger))]), ..CHANGESETS },
        &[
            "pill_label_none changesets",
            "- tool_change_files_none .changeset/",
            DECIDE,
            "Info check_change_file .changeset/x.md stranger: major",
            "* tool_change_files_package stranger",
        ],
    );
}

#[test]
fn what_could_not_be_read_is_said() {
    let url = "https://api.github.com/repos/acme/widgets/pulls/42/files?per_page=100";
    check(
        Case { own: None, failed: &[url], ..CHANGESETS },
        &["pill_label_none changesets", "- tool_change_files_none .changeset/", DECIDE, "* assumed_no_change_files"],
    );
    let minor = "---\n\"@acme/a\": minor\n---\n";
    let said = told(Case { own: Some(&[(".changeset/x.md", Some(minor))]), cut: true, ..CHANGESETS });
    assert!(said.contains("* assumed_changes_cut") && said.contains("= @acme/a@1.3.0"), "{said}");
}

#[test]
fn own_change_files_of_beachball() {
    let change = |bump: &str| format!(r#"{{"packageName": "@acme/a", "type": "{bump}", "comment": "Spins."}}"#);
    let (minor, patch) = (change("minor"), change("patch"));
    for (config, folder) in [("module.exports = {};", "change"), ("module.exports = { changeDir: 'ch' };", "ch")] {
        let files = [ROOT, A, B, ("beachball.config.js", config), (&format!("{folder}/old.json"), patch.as_str())];
        let own = format!("{folder}/new.json");
        check(
            Case { files: &files, own: Some(&[(&own, Some(&minor))]), title: "docs: spin", ..CHANGESETS },
            &[
                "pill_label_minor beachball 1.3.0",
                "= @acme/a_v1.3.0 Minor",
                &format!("  Minor change_file_own {own}"),
                &format!("  Patch tool_change_files_ask {folder}/old.json"),
                "= b_v2.0.1 Patch",
                "  Patch tool_change_files_follow",
                &format!("Info tool_change_files_decide {folder}/"),
                &format!("Info check_change_file {own} @acme/a: minor"),
            ],
        );
    }
}

#[test]
fn own_change_files_of_knope() {
    let own = [(".changeset/new.md", Some("---\ndefault: minor\n---\n\n# Spins\n"))];
    let plain = [("knope.toml", "[package]\nchangelog = 'C.md'\n")];
    let said = told(Case { files: &plain, own: Some(&own), title: "fix: spin", ..CHANGESETS });
    for line in [
        "pill_label_minor Knope 1.3.0",
        "= v1.3.0 Minor",
        "  Minor change_file_own .changeset/new.md",
        "Info check_change_file .changeset/new.md default: minor",
        "* tool_knope_change_files",
    ] {
        assert!(said.lines().any(|said| said == line), "{line}: {said}");
    }
    // Titles count as well there, unless the configuration says otherwise.
    assert!(!said.contains("tool_change_files_decide"), "{said}");
    let alone = [("knope.toml", "[package]\n[changes]\nignore_conventional_commits = true\n")];
    let said = told(Case { files: &alone, own: Some(&[]), title: "feat: spin", ..CHANGESETS });
    assert!(said.contains(DECIDE) && said.contains(NONE) && said.starts_with("pill_label_none Knope"), "{said}");
    assert!(!said.contains("Warning"), "{said}");
}

//! Hostile and broken input: a clear word or an error, never a wrong number, never a crash. That time stays linear is shown
//! by `npm run bench`; here it only has to end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.
#![allow(clippy::format_collect)] // Texts are made once.
#![cfg(feature = "more")]

use semver::Version;
use serde_json::Value;
use squashcast::files::Files;
use squashcast::forge::{Request, Response, by_id};
use squashcast::history::{Commit, History, Tag};
use squashcast::javascript;
use squashcast::pull_request::Repository;
use squashcast::reading::{changelogen, cocogitto, commitlint, release_please, spec};
use squashcast::tool::{Facts, Plan, TOOLS, Tool};
use std::collections::BTreeMap;

/// A small configuration of each tool, all of whose tags are `v1.2.3`.
fn configuration(tool: &dyn Tool) -> BTreeMap<String, String> {
    let all: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("cases/configurations.json")).unwrap();
    all.get(tool.id()).cloned().unwrap_or_default()
}

fn files(of: &BTreeMap<String, String>) -> Files {
    Files::of(of.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn tags(names: &[&str]) -> Vec<Tag> {
    names.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect()
}

/// What a tool makes of these messages after these tags.
fn plan(tool: &dyn Tool, files: &Files, tags: Vec<Tag>, messages: &[&str]) -> Plan {
    let commit = |message: &&str| Commit { message: (*message).to_owned(), parents: 1, ..Commit::default() };
    let since = tool.last_release(files, "main", &tags, None).map(|tag| tag.name.clone());
    let history = History { commits: messages.iter().map(commit).collect(), tags, since, complete: true };
    let repository = Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
    tool.plan(&Facts {
        repository: &repository,
        branch: "main",
        files,
        history: &history,
        date: "2024-05-06",
        tag_pattern: None,
        last: None,
    })
}

/// The repository's next version, of every tool that releases something.
fn next(names: &[&str], messages: &[&str]) -> BTreeMap<&'static str, Version> {
    let of = |tool: &&'static dyn Tool| {
        let releases = plan(*tool, &files(&configuration(*tool)), tags(names), messages).releases;
        let whole = releases.into_iter().find(|release| release.path == "." || release.component.is_empty());
        whole.map(|release| (tool.id(), release.next))
    };
    TOOLS.iter().filter_map(of).collect()
}

/// No tool's next version is another than these. Some tools read the version in a file, 1.2.3, and not in the tags.
#[track_caller]
fn only(names: &[&str], messages: &[&str], expected: &[&str]) {
    let other = |version: &Version| !expected.contains(&version.to_string().as_str());
    let wrong: Vec<String> = next(names, messages)
        .into_iter()
        .filter(|(_, version)| other(version))
        .map(|(tool, version)| format!("{tool}: {version}"))
        .collect();
    assert!(wrong.is_empty(), "after {names:?}: {}", wrong.join(", "));
}

#[test]
fn the_configurations_release_something() {
    let found = next(&["v1.2.3"], &["feat: x"]);
    for tool in TOOLS {
        assert!(
            found.get(tool.id()).is_some_and(|version| *version > Version::new(1, 2, 3)),
            "{}: {found:?}",
            tool.id()
        );
    }
}

#[test]
fn a_number_beyond_64_bits_is_no_version() {
    for large in ["v18446744073709551616.0.0", "v99999999999999999999999.0.0", "v1.99999999999999999999999.0"] {
        only(&[large, "v1.2.3"], &["fix: x"], &["1.2.4", "1.3.0"]);
    }
}

#[test]
fn a_number_at_the_end_of_64_bits_has_no_next() {
    let most = u64::MAX;
    for message in ["fix: x", "feat: x", "feat!: x\n\nBREAKING CHANGE: y"] {
        let last = format!("v{most}.{most}.{most}");
        // node-semver knows no number beyond 2^53: to its tools there was no release. Others read 1.2.3 in a file.
        only(&[&last], &[message], &["1.0.0", "1.2.4", "1.3.0", "2.0.0"]);
    }
}

#[test]
fn what_only_looks_like_a_version_is_no_release() {
    // git-cliff tries each number in a tag's name for the beginning of a version: `v1.2.4.5` is 2.4.5 after `v1.`.
    for (tool, version) in next(&["v1.2.3", "v1.2.4.5"], &["fix: x"]) {
        let expected = [Version::new(1, 2, 4), Version::new(1, 3, 0)];
        assert!(tool == "git-cliff" || expected.contains(&version), "{tool}: {version}");
    }
    for other in ["v", "", "1.3.0."] {
        only(&["v1.2.3", other], &["fix: x"], &["1.2.4", "1.3.0"]);
        only(&[other, "v1.2.3"], &["fix: x"], &["1.2.4", "1.3.0"]);
    }
    // svu reads its tags with a library that fills in what is missing (`NewVersion` of Masterminds/semver).
    for (other, after) in [("v2", Version::new(2, 0, 1)), ("v1.3", Version::new(1, 3, 1))] {
        for names in [["v1.2.3", other], [other, "v1.2.3"]] {
            for (tool, version) in next(&names, &["fix: x"]) {
                let expected = if tool == "svu" { after.clone() } else { Version::new(1, 2, 4) };
                assert!(version == expected || version == Version::new(1, 3, 0), "{tool} after {names:?}: {version}");
            }
        }
    }
    // knope's own versions may begin with zeros: after `v01.3.0` it makes 1.3.1 (asked of knope 0.23.2).
    for other in ["v01.3.0", "v1.03.0"] {
        for names in [["v1.2.3", other], [other, "v1.2.3"]] {
            for (tool, version) in next(&names, &["fix: x"]) {
                let after = if tool == "knope" { Version::new(1, 3, 1) } else { Version::new(1, 2, 4) };
                assert!(version == after || version == Version::new(1, 3, 0), "{tool} after {names:?}: {version}");
            }
        }
    }
}

#[test]
fn build_metadata_is_not_carried_on() {
    let found = next(&["v1.2.3+build.5"], &["fix: x"]);
    for (tool, version) in found {
        // next_version keeps it, and what is built on it (`src/next_version.rs` of 0.3.5).
        assert!(["git-cliff", "release-plz"].contains(&tool) || version.build.is_empty(), "{tool}: {version}");
    }
}

#[test]
fn the_order_of_tags_says_nothing() {
    let mut names = ["v1.10.0", "v1.9.0", "v0.9.0", "v1.2.3", "v1.10.0-beta.1", "other", "v2"];
    let first = next(&names, &["fix: x"]);
    assert!(first.values().filter(|version| **version == Version::new(1, 10, 1)).count() >= 8, "{first:?}");
    for _ in 0..names.len() {
        names.rotate_left(1);
        assert_eq!(next(&names, &["fix: x"]), first, "{names:?}");
        names.reverse();
        assert_eq!(next(&names, &["fix: x"]), first, "{names:?}");
    }
}

#[test]
fn an_extends_that_leads_back_ends() {
    let semantic = |text: &str| plan_of("semantic-release", &[(".releaserc.json", text)], "fix: x");
    for text in [
        r#"{"extends": "./.releaserc.json"}"#,
        r#"{"extends": ["./.releaserc.json", "./.releaserc.json"], "branches": ["main"]}"#,
        r#"{"extends": ""}"#,
        r#"{"extends": [[["./.releaserc.json"]]]}"#,
    ] {
        let plan = semantic(text);
        assert!(plan.releases.len() <= 1, "{text}: {plan:?}");
    }
    let two = [(".releaserc.json", r#"{"extends": "./b.json"}"#), ("b.json", r#"{"extends": "./.releaserc.json"}"#)];
    plan_of("semantic-release", &two, "fix: x");
    plan_of("changelogen", &[("changelog.config.json", r#"{"extends": "./changelog.config.json"}"#)], "fix: x");
    plan_of("nx", &[("nx.json", r#"{"extends": "./nx.json", "release": {}}"#)], "fix: x");
}

fn plan_of(id: &str, with: &[(&str, &str)], message: &str) -> Plan {
    let tool = squashcast::tool::by_id(id).unwrap();
    plan(tool, &Files::of(with.iter().copied()), tags(&["v1.2.3"]), &[message])
}

/// Every tool reads this text as each of its files of that extension.
fn in_every_file(extension: &str, text: &str) {
    for tool in TOOLS {
        for pattern in tool.files().iter().filter(|pattern| pattern.ends_with(extension)) {
            let mut of = configuration(*tool);
            of.insert(pattern.replace('*', "a"), text.to_owned());
            let files = files(&of);
            let _ = tool.recognise(&files);
            plan(*tool, &files, tags(&["v1.2.3"]), &["feat: x"]);
        }
    }
}

#[test]
fn a_bomb_of_aliases_is_told_and_goes_off_nowhere() {
    let mut bomb = String::from("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut merges = String::from("a0: &a0 {k0: x}\n");
    for level in 1..40 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb = format!("{bomb}b{level}: &a{level} [{below}]\n");
        merges = format!("{merges}a{level}: &a{level} {{<<: [{below}], k{level}: *a{}}}\n", level - 1);
    }
    for text in [&bomb, &merges] {
        let error = Files::of([("a.yaml", text.as_str())]).value("a.yaml").unwrap_err();
        assert!(error.reason.contains("aliases counted"), "{error}");
        in_every_file(".yml", text);
        in_every_file(".yaml", text);
    }
    assert!(Files::of([("a.yaml", "a: &a [*a]")]).value("a.yaml").is_err());
    assert!(Files::of([("a.yaml", "a: &a {<<: *a}")]).value("a.yaml").is_err());
    assert!(Files::of([("a.yaml", "a: *b")]).value("a.yaml").is_err());
}

#[test]
fn values_that_lie_too_deep_are_refused() {
    let levels = 100_000;
    for (name, open) in [
        ("a.json", "["),
        ("a.json", "{\"a\":"),
        ("a.json", "[{\"a\":"),
        ("a.yaml", "["),
        ("a.yaml", "{a: "),
        ("a.yaml", "- "),
        ("a.yaml", "? "),
        ("a.toml", "a = ["),
        ("a.toml", "a = {a = "),
        ("a", "[{"),
    ] {
        let text = open.repeat(levels);
        let error = Files::of([(name, text.as_str())]).value(name);
        assert!(error.is_err(), "{name}: {open}");
    }
    let indented: String = (0..2000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(Files::of([("a.yaml", indented.as_str())]).value("a.yaml").is_err());
    // Tables within tables need no brackets in TOML.
    for text in [
        format!("{}a = 1", "a.".repeat(levels)),
        format!("[{}a]", "a.".repeat(levels)),
        format!("[[{}a]]", "a.".repeat(levels)),
        format!("a = {{ {}a = 1 }}", "a.".repeat(levels)),
    ] {
        assert!(Files::of([("a.toml", text.as_str())]).value("a.toml").is_err(), "{text:.20}");
    }
    for open in [
        "[",
        "{a: ",
        "(",
        "...",
        "!",
        "-",
        "`${",
        "a.",
        "() => ",
        "new ",
        "await ",
        "a ? ",
        "a(",
        "[...",
        "{...",
        "/*",
        "//",
        "{[",
        "function (",
        "a => {",
    ] {
        for export in ["module.exports = ", "export default ", "export const a = "] {
            let _ = javascript::exported(&format!("{export}{}", open.repeat(levels / 5)));
        }
    }
    // Names that stand for names.
    let chain: String = (0..5000).map(|at| format!("const a{at} = {{x: a{}, y: a{}}}\n", at + 1, at + 1)).collect();
    let _ = javascript::exported(&format!("{chain}export default a0"));
    let _ = javascript::exported("const a = b\nconst b = a\nexport default a");
    let _ = javascript::exported("const a = {...a, b: [a, a]}\nexport default a");
}

#[test]
fn ten_megabytes_are_read_or_refused() {
    let size = 10_000_000;
    for (name, text) in [
        ("a.json", format!("[{}1]", "1,".repeat(size / 20))),
        ("a.json", format!("{{\"a\": \"{}\"}}", "x".repeat(size))),
        ("a.yaml", format!("a: \"{}\"", "x".repeat(size))),
        ("a.yaml", "- a\n".repeat(size / 4)),
        ("a.yaml", "# comment\n".repeat(size / 10)),
        ("a.toml", format!("a = \"{}\"", "x".repeat(size))),
        ("a", "x".repeat(size)),
    ] {
        let _ = Files::of([(name, text.as_str())]).value(name);
    }
    let _ = javascript::exported(&format!("export default {{a: '{}'}}", "x".repeat(size)));
    let _ = javascript::exported(&format!("export default [{}]", "1,".repeat(size / 20)));
    let message = |size: usize| format!("feat: x\n\n{}", "word: a #1\n".repeat(size / 11));
    assert!(spec::read(&message(size)).is_ok());
    assert!(changelogen::read(&message(size)).is_some());
    // Compiled for looking into, the others take seconds each.
    let message = message(size / 10);
    assert!(cocogitto::read(&message).is_ok());
    assert!(release_please::read(&message).commits.len() <= size);
    assert!(commitlint::read(&message).is_some());
}

#[test]
fn nul_and_what_stands_in_for_half_a_character_are_letters_like_others() {
    for odd in ["\0", "\u{fffd}", "\u{fffe}", "\u{10ffff}", "\u{feff}", "\u{202e}"] {
        let message = format!("feat({odd}a): x{odd}\n\n{odd}body{odd}\n\nRefs{odd}: {odd}\nBREAKING CHANGE: {odd}");
        // What JavaScript trims off, node-semver trims off a version.
        let last = format!("v9.9.9{odd}{odd}x");
        for tool in TOOLS {
            let plan = plan(*tool, &files(&configuration(*tool)), tags(&["v1.2.3", odd, &last]), &[&message]);
            for release in plan.releases {
                assert!(release.next < Version::new(9, 0, 0), "{}: {odd:?} {}", tool.id(), release.next);
            }
        }
        for extension in [".json", ".yml", ".toml", ".js"] {
            in_every_file(extension, &format!("{{\"a{odd}\": \"{odd}\"}}"));
            in_every_file(extension, odd);
        }
    }
}

#[test]
fn half_a_character_in_an_answer_is_an_error_and_no_crash() {
    let forge = by_id("github").unwrap();
    let request = Request { what: "pull_request".into(), ..Request::default() };
    for body in [r#"{"title": "\ud800"}"#, "\0", "[[[[", "", "null", r#"{"title": 18446744073709551616}"#] {
        let response = Response { status: 200, headers: Vec::new(), body: body.to_owned() };
        assert!(forge.read(&request, &response).is_err(), "{body}");
    }
    let deep = Response { status: 200, headers: Vec::new(), body: "[".repeat(1_000_000) };
    assert!(forge.read(&request, &deep).is_err());
    assert!(serde_json::from_str::<Value>(r#""\ud800""#).is_err());
}

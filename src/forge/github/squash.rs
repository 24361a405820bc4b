//! The commit GitHub writes on a squash.
//!
//! The rule: GitHub Docs, "Configuring commit squashing for pull requests" and "About pull request merges"; REST
//! reference, `squash_merge_commit_title` and `squash_merge_commit_message`. The form of the list and of the trailers was
//! learnt from real squash commits (`tests/squash_corpus.rs` holds it against them).

use crate::history::Commit;
use crate::letters::lower;
use crate::message::{body, subject, unix};
use crate::pull_request::PullRequest;
use crate::squash::{Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What stands between the list of commits and the trailers, since 2023.
const RULE: &str = "---------";

/// Composes the message. Without settings GitHub's defaults are assumed.
pub(super) fn compose(pull_request: &PullRequest, settings: Option<&Map<String, Value>>) -> SquashMessage {
    let setting = |key: &str| settings.and_then(|settings| settings.get(key)).and_then(Value::as_str);
    let title_setting = setting("squash_merge_commit_title");
    let body_setting = setting("squash_merge_commit_message");
    let title_only = title_setting == Some("PR_TITLE");
    let known = matches!(title_setting, Some("PR_TITLE" | "COMMIT_OR_PR_TITLE"))
        && matches!(body_setting, Some("COMMIT_MESSAGES" | "PR_BODY" | "BLANK"));

    // Merge commits are neither counted nor listed.
    let own: Vec<(usize, &Commit)> =
        pull_request.commits.iter().enumerate().filter(|(_, commit)| commit.parents < 2).collect();
    let only = match own.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let (line, subject_from) = match only {
        Some((at, commit)) if !title_only => (subject(&commit.message), SubjectFrom::Commit(at)),
        _ => (pull_request.title.as_str(), SubjectFrom::Title),
    };
    let from_commit = matches!(subject_from, SubjectFrom::Commit(_));
    let trailers = trailers(pull_request);
    let (text, rule) = match (body_setting.unwrap_or("COMMIT_MESSAGES"), only) {
        ("PR_BODY", _) => {
            let rule = if from_commit {
                Text::new("squash_github_commit_description", [])
            } else {
                Text::new("squash_github_title_description", [])
            };
            (with_trailers(unix(&pull_request.description).trim(), &trailers), rule)
        }
        ("BLANK", _) => {
            let rule = if from_commit {
                Text::new("squash_github_commit_blank", [])
            } else {
                Text::new("squash_github_title_blank", [])
            };
            (trailers.join("\n"), rule)
        }
        // A single commit's body stands alone, unless its subject would be lost.
        (_, Some((_, commit))) if subject(&commit.message).trim() == line.trim() => {
            let message = unix(&commit.message);
            let rule = if from_commit {
                Text::new("squash_github_one_commit", [])
            } else {
                Text::new("squash_github_one_commit_title", [])
            };
            (with_trailers(&without_trailers(body(&message)), &trailers), rule)
        }
        _ if own.is_empty() => (trailers.join("\n"), Text::new("squash_github_title", [])),
        _ => {
            let items: Vec<String> =
                own.iter().map(|(_, commit)| format!("* {}", unix(&commit.message).trim())).collect();
            let mut list = items.join("\n\n");
            if !trailers.is_empty() {
                list = format!("{list}\n\n{RULE}\n\n{}", trailers.join("\n"));
            }
            let count = own.len().to_string();
            let rule = if own.len() == 1 {
                Text::new("squash_github_title_commit", [])
            } else {
                Text::new("squash_github_title_commits", [count.as_str()])
            };
            (list, rule)
        }
    };
    SquashMessage {
        text: SquashMessage::compose(&numbered(line, pull_request.number), &text),
        source: if known { Source::Composed } else { Source::Assumed },
        rule,
        subject_from,
    }
}

/// The subject with the pull request's number after it, which GitHub always adds. Whether it adds it to a subject that
/// has it already is not known; it is then left as it stands. A pull request not opened yet has no number.
pub(super) fn numbered(subject: &str, number: u64) -> String {
    let suffix = format!("(#{number})");
    if number == 0 || subject.ends_with(&suffix) { subject.to_owned() } else { format!("{subject} {suffix}") }
}

fn with_trailers(body: &str, trailers: &[String]) -> String {
    let gap = if body.is_empty() || trailers.is_empty() { "" } else { "\n\n" };
    format!("{body}{gap}{}", trailers.join("\n"))
}

/// A trailer's two halves: `Signed-off-by: Dana <dana@example.org>`.
fn trailer(line: &str) -> Option<(&str, &str)> {
    let (token, value) = line.split_once(':')?;
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_token && value.starts_with([' ', '\t'])).then(|| (token, value.trim()))
}

/// A message's body before its last paragraph, and that paragraph: only there trailers count as such.
fn paragraphs(body: &str) -> (&str, &str) {
    let body = body.trim_end();
    body.rfind("\n\n").and_then(|at| body.split_at_checked(at + 2)).unwrap_or(("", body))
}

/// A single commit's body without the trailers that are collected anew behind it; other trailers stay.
fn without_trailers(body: &str) -> String {
    let (before, last) = paragraphs(body);
    let stays = |line: &&str| trailer(line).is_none_or(|(token, _)| !is_collected(token));
    let rest: Vec<&str> = last.lines().filter(stays).collect();
    format!("{before}{}", rest.join("\n")).trim_end().to_owned()
}

fn is_collected(token: &str) -> bool {
    token.eq_ignore_ascii_case("co-authored-by") || token.eq_ignore_ascii_case("signed-off-by")
}

/// A name and its address in angle brackets.
fn person(value: &str) -> Option<(&str, &str)> {
    let (name, rest) = value.split_once('<')?;
    let address = rest.strip_suffix('>')?.trim();
    (!name.trim().is_empty() && !address.is_empty()).then(|| (name.trim(), address))
}

/// The lines behind the message: sign-offs of the commits, then a co-author for everybody who wrote a commit of the
/// branch (merges of the base into it included) or is named in one, but for whose pull request it is. Each once, by
/// address, in the order of the commits.
fn trailers(pull_request: &PullRequest) -> Vec<String> {
    let commits = &pull_request.commits;
    let app = |commit: &Commit| commit.login.ends_with("[bot]") || commit.author.ends_with("[bot]");
    // Where it is not known who opened it, the first commit's author is taken for it.
    let first = commits.iter().find(|commit| commit.parents < 2);
    let opener = if pull_request.author.is_empty() {
        first.map(|commit| (commit.login.as_str(), commit.email.as_str()))
    } else {
        Some((pull_request.author.as_str(), ""))
    };
    let is_opener = |commit: &Commit| {
        opener.is_some_and(|(login, email)| {
            (!login.is_empty() && commit.login.eq_ignore_ascii_case(login))
                || (!email.is_empty() && commit.email.eq_ignore_ascii_case(email))
        })
    };
    // An app's own commits are credited to it even where it opened the pull request (Dependabot, Renovate,
    // release-please: every real squash of theirs has the line).
    let mut seen: HashSet<String> =
        commits.iter().filter(|commit| is_opener(commit) && !app(commit)).map(|commit| lower(&commit.email)).collect();
    let (mut signed, mut authors) = (Vec::new(), Vec::new());
    let mut signatures = HashSet::new();
    for commit in commits {
        let named = !commit.author.is_empty() && !commit.email.is_empty();
        if named && (app(commit) || !is_opener(commit)) && seen.insert(lower(&commit.email)) {
            authors.push(format!("Co-authored-by: {} <{}>", commit.author, commit.email));
        }
        let message = unix(&commit.message);
        for (token, value) in paragraphs(body(&message)).1.lines().filter_map(trailer) {
            if token.eq_ignore_ascii_case("signed-off-by") {
                if commit.parents < 2 && signatures.insert(value.to_owned()) {
                    signed.push(format!("Signed-off-by: {value}"));
                }
            } else if token.eq_ignore_ascii_case("co-authored-by")
                && let Some((name, address)) = person(value)
                && seen.insert(lower(address))
            {
                authors.push(format!("Co-authored-by: {name} <{address}>"));
            }
        }
    }
    signed.append(&mut authors);
    signed
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn commit(message: &str) -> Commit {
        let (author, email, login) = ("Dana".into(), "dana@example.org".into(), "dana".into());
        Commit { message: message.into(), author, email, login, parents: 1, ..Commit::default() }
    }

    fn by(name: &str, message: &str) -> Commit {
        let login = name.to_lowercase();
        Commit { author: name.into(), email: format!("{login}@example.org"), login, ..commit(message) }
    }

    fn merge(commit: Commit) -> Commit {
        Commit { parents: 2, ..commit }
    }

    fn pull(commits: Vec<Commit>) -> PullRequest {
        let (title, description) = ("feat: spin widgets".into(), "Spins them.\r\n\r\nFast.\r\n".into());
        PullRequest { number: 42, title, description, author: "dana".into(), commits, ..PullRequest::default() }
    }

    fn both(title: &str, message: &str) -> Option<Map<String, Value>> {
        json!({"squash_merge_commit_title": title, "squash_merge_commit_message": message}).as_object().cloned()
    }

    #[track_caller]
    fn check(commits: Vec<Commit>, title: &str, message: &str, rule: &str, expected: &str) {
        let settings = both(title, message);
        let squash = compose(&pull(commits), settings.as_ref());
        assert_eq!(squash.text, expected);
        assert_eq!(squash.rule.id, rule);
        assert_eq!(squash.source, Source::Composed);
    }

    const ONE: &str = "fix: spin\n\nSlower.";

    #[test]
    fn every_setting_for_one_commit() {
        let one = || vec![commit(ONE)];
        let (either, title) = ("COMMIT_OR_PR_TITLE", "PR_TITLE");
        check(one(), either, "COMMIT_MESSAGES", "squash_github_one_commit", "fix: spin (#42)\n\nSlower.");
        check(one(), either, "PR_BODY", "squash_github_commit_description", "fix: spin (#42)\n\nSpins them.\n\nFast.");
        check(one(), either, "BLANK", "squash_github_commit_blank", "fix: spin (#42)");
        check(
            one(),
            title,
            "COMMIT_MESSAGES",
            "squash_github_title_commit",
            "feat: spin widgets (#42)\n\n* fix: spin\n\nSlower.",
        );
        check(
            one(),
            title,
            "PR_BODY",
            "squash_github_title_description",
            "feat: spin widgets (#42)\n\nSpins them.\n\nFast.",
        );
        check(one(), title, "BLANK", "squash_github_title_blank", "feat: spin widgets (#42)");
        let same = vec![commit("feat: spin widgets\n\nSlower.")];
        check(same, title, "COMMIT_MESSAGES", "squash_github_one_commit_title", "feat: spin widgets (#42)\n\nSlower.");
    }

    #[test]
    fn every_setting_for_two_commits() {
        let two = || vec![commit(ONE), commit("docs: say so\r\n\r\nTwice.\r\n")];
        let list = "feat: spin widgets (#42)\n\n* fix: spin\n\nSlower.\n\n* docs: say so\n\nTwice.";
        for title in ["COMMIT_OR_PR_TITLE", "PR_TITLE"] {
            check(two(), title, "COMMIT_MESSAGES", "squash_github_title_commits", list);
            check(
                two(),
                title,
                "PR_BODY",
                "squash_github_title_description",
                "feat: spin widgets (#42)\n\nSpins them.\n\nFast.",
            );
            check(two(), title, "BLANK", "squash_github_title_blank", "feat: spin widgets (#42)");
        }
    }

    #[test]
    fn merge_commits_are_neither_counted_nor_listed() {
        let squash = compose(&pull(vec![merge(commit("Merge main")), commit(ONE)]), None);
        assert_eq!(squash.text, "fix: spin (#42)\n\nSlower.");
        assert_eq!(squash.subject_from, SubjectFrom::Commit(1));
        assert_eq!(squash.source, Source::Assumed);
    }

    #[test]
    fn a_setting_that_is_not_known_is_assumed() {
        assert_eq!(compose(&pull(vec![]), both("NEW", "COMMIT_MESSAGES").as_ref()).source, Source::Assumed);
        assert_eq!(compose(&pull(vec![]), Some(&Map::new())).source, Source::Assumed);
        assert_eq!(compose(&pull(vec![]), None).text, "feat: spin widgets (#42)");
    }

    #[test]
    fn the_number_is_not_added_twice_and_not_before_there_is_one() {
        assert_eq!(numbered("fix: a (#42)", 42), "fix: a (#42)");
        assert_eq!(numbered("Revert \"fix: a (#41)\" (#41)", 42), "Revert \"fix: a (#41)\" (#41) (#42)");
        assert_eq!(numbered("fix: a", 0), "fix: a");
    }

    #[track_caller]
    fn trails(commits: Vec<Commit>, expected: &str) {
        assert_eq!(compose(&pull(commits), None).text, format!("feat: spin widgets (#42)\n\n{expected}"));
    }

    #[test]
    fn co_authors_stand_behind_a_line() {
        let kim = "Co-authored-by: Kim <kim@example.org>";
        trails(vec![commit("a"), by("Kim", "b")], &format!("* a\n\n* b\n\n---------\n\n{kim}"));
        trails(
            vec![commit("a"), commit("b"), merge(by("Kim", "Merge main"))],
            &format!("* a\n\n* b\n\n---------\n\n{kim}"),
        );
        let named = "a\n\nCo-Authored-By:  Kim <KIM@example.org>";
        trails(
            vec![commit(named), by("Kim", "b")],
            &format!("* {named}\n\n* b\n\n---------\n\nCo-authored-by: Kim <KIM@example.org>"),
        );
        let signed = "a\n\nSigned-off-by: Dana <dana@example.org>";
        trails(
            vec![commit(signed), by("Kim", signed)],
            &format!("* {signed}\n\n* {signed}\n\n---------\n\nSigned-off-by: Dana <dana@example.org>\n{kim}"),
        );
        trails(
            vec![commit("a"), commit("b\n\nCo-authored-by: Dana <dana@example.org>")],
            "* a\n\n* b\n\nCo-authored-by: Dana <dana@example.org>",
        );
        trails(vec![commit("a"), commit("b\n\nCo-authored-by: nobody")], "* a\n\n* b\n\nCo-authored-by: nobody");
    }

    #[test]
    fn a_single_commits_trailers_are_collected_behind_its_body() {
        let check = |message: &str, expected: &str| {
            let commits = vec![commit(message), merge(by("Kim", "Merge main"))];
            assert_eq!(compose(&pull(commits), None).text, expected);
        };
        let kim = "Co-authored-by: Kim <kim@example.org>";
        let sign = "Signed-off-by: Dana <dana@example.org>";
        check("fix: a", &format!("fix: a (#42)\n\n{kim}"));
        check("fix: a\n\nb", &format!("fix: a (#42)\n\nb\n\n{kim}"));
        check(&format!("fix: a\n\nb\n\n{sign}"), &format!("fix: a (#42)\n\nb\n\n{sign}\n{kim}"));
        check(&format!("fix: a\n\n{sign}"), &format!("fix: a (#42)\n\n{sign}\n{kim}"));
        check("fix: a\n\nb\n\nRefs: #7", &format!("fix: a (#42)\n\nb\n\nRefs: #7\n\n{kim}"));
        let both = "fix: a\n\nb\n\nCo-Authored-By: Lee <lee@example.org>\nRefs: #7";
        check(both, &format!("fix: a (#42)\n\nb\n\nRefs: #7\n\nCo-authored-by: Lee <lee@example.org>\n{kim}"));
        check(&format!("fix: a\n\n{kim}\n\nb"), &format!("fix: a (#42)\n\n{kim}\n\nb\n\n{kim}"));
    }

    #[test]
    fn an_app_is_credited_for_its_own_pull_request() {
        let bot = Commit {
            author: "widgetbot[bot]".into(),
            email: "1+widgetbot[bot]@users.noreply.github.com".into(),
            login: "widgetbot[bot]".into(),
            ..commit("build: bump a")
        };
        let pull = PullRequest { author: "widgetbot[bot]".into(), ..pull(vec![bot]) };
        let expected =
            "build: bump a (#42)\n\nCo-authored-by: widgetbot[bot] <1+widgetbot[bot]@users.noreply.github.com>";
        assert_eq!(compose(&pull, None).text, expected);
    }

    #[test]
    fn a_huge_message_is_read_in_linear_time() {
        let huge = "feat: a\n\n".to_owned() + &"Co-authored-by: A <a@example.org>\n".repeat(60_000);
        let squash = compose(&pull(vec![commit(&huge), commit(&huge)]), None);
        assert!(squash.text.ends_with("---------\n\nCo-authored-by: A <a@example.org>"));
    }
}

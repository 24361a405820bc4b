//! The messages that Gitea and Forgejo write.
//!
//! What their dialog begins with: a title, or what a template of the repository makes of it, and below it the
//! description of the pull request, who else wrote it, where it was reviewed and by whom. Where the server is told to
//! (`POPULATE_SQUASH_COMMENT_WITH_COMMIT_MESSAGES`), the commits' messages stand in the description's place; it tells
//! nobody whether it is.

use super::Gitea;
use crate::forge::{Forge, Place};
use crate::history::Commit;
use crate::letters::lower;
use crate::message::unix;
use crate::pull_request::PullRequest;
use crate::squash::{Method, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Write;

/// `DEFAULT_MERGE_MESSAGE_COMMITS_LIMIT`, `DEFAULT_MERGE_MESSAGE_SIZE` and `DEFAULT_MERGE_MESSAGE_MAX_APPROVERS`, as they
/// are where the server's configuration says nothing. Of approvers one more than that is named.
const COMMITS: usize = 50;
const SIZE: usize = 5 * 1024;
const APPROVERS: usize = 11;

/// `WORK_IN_PROGRESS_PREFIXES`: such a pull request cannot be merged before its mark is removed.
const MARKS: &[&str] = &["WIP:", "[WIP]"];

/// The words that close an issue (`CLOSE_KEYWORDS`).
const CLOSING: &[&str] = &["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// A style of merging by its name there.
pub(super) fn style(name: &str) -> Option<Method> {
    match name {
        "fast-forward-only" => Some(Method::FastForward),
        "squash" | "merge" | "rebase" | "rebase-merge" => Method::named(name),
        _ => None,
    }
}

/// The title without the mark of unfinished work; `None` where it has none.
pub(super) fn without_mark(title: &str) -> Option<&str> {
    MARKS.iter().find_map(|mark| {
        let (start, rest) = title.split_at_checked(mark.len())?;
        start.eq_ignore_ascii_case(mark).then(|| rest.trim())
    })
}

type Settings<'a> = Option<&'a Map<String, Value>>;

fn text<'a>(settings: Settings<'a>, key: &str) -> Option<&'a str> {
    settings?.get(key)?.as_str()
}

fn flag(settings: Settings<'_>, key: &str) -> bool {
    settings.and_then(|settings| settings.get(key)).is_some_and(|value| match value {
        Value::String(text) => text == "true",
        value => *value == Value::Bool(true),
    })
}

/// What a message is made of.
struct Parts<'a> {
    forge: Gitea,
    pull_request: &'a PullRequest,
    place: &'a Place,
    settings: Settings<'a>,
    title: &'a str,
    /// `#42`, or `!42` where issues are kept elsewhere.
    reference: String,
}

impl<'a> Parts<'a> {
    fn new(forge: Gitea, pull_request: &'a PullRequest, place: &'a Place, settings: Settings<'a>) -> Self {
        let mark = if flag(settings, "external_tracker") { '!' } else { '#' };
        let title = without_mark(&pull_request.title).unwrap_or(pull_request.title.as_str());
        // A pull request that is not opened yet has no number.
        let reference = if pull_request.number == 0 { String::new() } else { format!("{mark}{}", pull_request.number) };
        Self { forge, pull_request, place, settings, title, reference }
    }

    fn numbered(&self) -> String {
        if self.reference.is_empty() { self.title.to_owned() } else { format!("{} ({})", self.title, self.reference) }
    }

    fn reviewed_on(&self) -> String {
        format!("Reviewed-on: {}/pulls/{}", self.place.repository.url(), self.pull_request.number)
    }

    fn reviewed_by(&self) -> String {
        let approved = self.settings.and_then(|settings| settings.get("approved_by")).and_then(Value::as_array);
        let approved = approved.into_iter().flatten().filter_map(Value::as_str).take(APPROVERS);
        let mut lines = String::new();
        for name in approved {
            // Writing into a string cannot fail.
            let _ = writeln!(lines, "Reviewed-by: {name}");
        }
        lines
    }

    /// The lines that stand below every message.
    fn footer(&self) -> String {
        if self.pull_request.number == 0 {
            return String::new();
        }
        format!("{}\n{}", self.reviewed_on(), self.reviewed_by())
    }

    /// The value of a template's variable; empty for one that there is not.
    fn variable(&self, name: &str) -> String {
        let repository = &self.place.repository;
        let setting = |key: &str, own: &str| text(self.settings, key).unwrap_or(own).to_owned();
        match name {
            "BaseRepoOwnerName" => repository.owner.clone(),
            "BaseRepoName" => repository.name.clone(),
            "BaseBranch" => self.pull_request.base.clone(),
            "HeadRepoOwnerName" => setting("head_owner", &repository.owner),
            "HeadRepoName" => setting("head_name", &repository.name),
            "HeadBranch" => self.pull_request.head.clone(),
            "PullRequestTitle" => self.title.to_owned(),
            "PullRequestDescription" => unix(&self.pull_request.description).into_owned(),
            "PullRequestPosterName" => self.pull_request.author.clone(),
            "PullRequestIndex" => self.reference.get(1..).unwrap_or_default().to_owned(),
            "PullRequestReference" => self.reference.clone(),
            "ReviewedOn" => self.reviewed_on(),
            "ReviewedBy" => self.reviewed_by(),
            "ClosingIssues" => self.closing(),
            _ => String::new(),
        }
    }

    /// The issues that title and description close, as they are listed: `close #1, close #2`.
    fn closing(&self) -> String {
        let mark = self.reference.chars().next().unwrap_or('#');
        let written = format!("{}\n{}", self.title, self.pull_request.description);
        let mut words = written.split_whitespace().peekable();
        let mut found: Vec<String> = Vec::new();
        while let Some(word) = words.next() {
            let closes = CLOSING.contains(&lower(word.trim_end_matches(':')).as_str());
            let number = words.peek().and_then(|next| next.strip_prefix(['#', '!']));
            let digits = number.map(|rest| rest.trim_end_matches(|c: char| c.is_ascii_punctuation()));
            if let Some(digits) = digits.filter(|digits| closes && !digits.is_empty()) {
                let issue = format!("close {mark}{digits}");
                if digits.bytes().all(|byte| byte.is_ascii_digit()) && !found.contains(&issue) {
                    found.push(issue);
                }
            }
        }
        found.join(", ")
    }

    /// The title and the body, from the repository's template where it has one.
    fn expanded(&self, style: &str, title: String) -> (String, String, bool) {
        let forgejo = text(self.settings, &format!("template_forgejo_{style}"));
        let template = forgejo.or_else(|| text(self.settings, &format!("template_{style}")));
        let Some(template) = template.map(unix).filter(|template| !template.is_empty()) else {
            return (title, self.footer(), false);
        };
        let expand = |text: &str| expand(text, |name| self.variable(name));
        if matches!(self.forge, Gitea::Gitea) {
            let (line, rest) = template.trim().split_once('\n').unwrap_or((template.trim(), ""));
            return (expand(line), expand(rest.trim()), true);
        }
        // Forgejo keeps what the template leaves out.
        match template.split_once('\n') {
            None => (expand(template.trim()), self.footer(), true),
            Some((line, rest)) => (
                if line.is_empty() { title } else { expand(line.trim()) },
                if rest.is_empty() { self.footer() } else { expand(rest.trim_end()) },
                true,
            ),
        }
    }

    /// The description, or the commits' messages, and who else wrote them.
    fn contents(&self) -> String {
        let mut out = String::new();
        let populated = flag(self.settings, "populate_squash_comment_with_commit_messages");
        if !populated {
            let description = unix(&self.pull_request.description);
            out.push_str(description.trim());
            if !out.is_empty() {
                out.push_str(if ends_in_trailers(&out) { "\n" } else { "\n\n" });
            }
        }
        let skipped = self.pull_request.commits.len().saturating_sub(COMMITS);
        let commits = self.pull_request.commits.get(skipped..).unwrap_or_default();
        let (mut seen, mut authors) = (HashSet::new(), Vec::new());
        let poster = text(self.settings, "poster").unwrap_or_default();
        for (index, commit) in commits.iter().enumerate() {
            if populated && out.len() < SIZE {
                // The interface leaves off the line break that ends every message.
                let message = format!("{}\n", unix(&commit.message).trim_end());
                let own = if index == 0 { message.strip_prefix(self.title).unwrap_or(&message) } else { &message };
                let room = SIZE - out.len();
                if own.len() > room {
                    out.push_str(own.get(..own.floor_char_boundary(room)).unwrap_or_default());
                    out.push_str("...");
                } else {
                    out.push_str(own);
                }
                out.push('\n');
            }
            let author = format!("{} <{}>", commit.author, commit.email);
            if !commit.author.is_empty() && seen.insert(author.clone()) && author != poster && !self.is_poster(commit) {
                authors.push(author);
            }
        }
        for author in authors {
            let _ = writeln!(out, "Co-authored-by: {author}");
        }
        out
    }

    fn is_poster(&self, commit: &Commit) -> bool {
        !commit.login.is_empty() && commit.login.eq_ignore_ascii_case(&self.pull_request.author)
    }
}

/// What is written on a squash. The server's own settings are not told to anybody: it is assumed to have the usual ones.
pub(super) fn squash(
    forge: Gitea,
    pull_request: &PullRequest,
    place: &Place,
    settings: Option<&Map<String, Value>>,
) -> SquashMessage {
    let parts = Parts::new(forge, pull_request, place, settings);
    let (title, body, templated) = parts.expanded("SQUASH", parts.numbered());
    let subject_from = if title.starts_with(parts.title) { SubjectFrom::Title } else { SubjectFrom::Forge };
    let rule = if templated {
        Text::new("squash_gitea_template", [forge.name()])
    } else {
        Text::new("squash_gitea", [forge.name()])
    };
    message(&title, &format!("{}{body}", parts.contents()), rule, subject_from)
}

/// What is written on a merge commit.
pub(super) fn merge(
    forge: Gitea,
    pull_request: &PullRequest,
    place: &Place,
    settings: Option<&Map<String, Value>>,
) -> SquashMessage {
    let parts = Parts::new(forge, pull_request, place, settings);
    let from = if !flag(settings, "fork") {
        pull_request.head.clone()
    } else if let (Some(owner), Some(name)) = (text(settings, "head_owner"), text(settings, "head_name")) {
        format!("{owner}/{name}:{}", pull_request.head)
    } else {
        format!("<deleted>:{}", pull_request.head)
    };
    let title =
        format!("Merge pull request '{}' ({}) from {from} into {}", parts.title, parts.reference, pull_request.base);
    // Which of the two styles it is, the answers to the questions for its template say.
    let both = settings.is_some_and(|settings| settings.keys().any(|key| key.ends_with("_REBASE-MERGE")));
    let (title, body, _) = parts.expanded(if both { "REBASE-MERGE" } else { "MERGE" }, title);
    message(&title, &body, Text::new("merge_gitea", [forge.name()]), SubjectFrom::Forge)
}

/// The message as the dialog's two boxes make it.
fn message(title: &str, body: &str, rule: Text, subject_from: SubjectFrom) -> SquashMessage {
    SquashMessage {
        text: SquashMessage::compose(title.trim(), body.trim()),
        source: Source::Assumed,
        rule,
        subject_from,
    }
}

/// Whether a text ends in trailers: after its beginning or a blank line, lines of `Token: value` and what continues them,
/// with blank lines between, up to its end.
fn ends_in_trailers(text: &str) -> bool {
    let mut lines = text.split('\n').rev().peekable();
    while let Some(line) = lines.next() {
        let token = line.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
        let after = line.get(token..).unwrap_or_default().trim_start_matches([' ', '\t']);
        let trailer = token > 0 && after.strip_prefix(':').is_some_and(|value| !value.is_empty());
        if trailer && lines.peek().is_none_or(|before| before.is_empty()) {
            return true;
        }
        let continued = line.starts_with([' ', '\t']) && line.len() > 1;
        if !trailer && !continued && !line.is_empty() {
            return false;
        }
    }
    false
}

/// Go's `os.Expand`: `$name` and `${name}` become what `of` says; a `$` before anything else stays.
fn expand(text: &str, of: impl Fn(&str) -> String) -> String {
    const SPECIAL: &[u8] = b"*#$@!?-0123456789";
    let last = text.rfind('}');
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        let first = after.bytes().next();
        if first == Some(b'{') {
            let inside = after.get(1..).unwrap_or_default();
            // Not closed: the two characters are eaten.
            let closed = last.is_some_and(|last| last >= text.len() - inside.len());
            rest = inside;
            if let Some((name, behind)) = closed.then(|| inside.split_once('}')).flatten() {
                out.push_str(&of(name));
                rest = behind;
            }
        } else if first.is_some_and(|byte| SPECIAL.contains(&byte)) {
            // The shell's own variables: there are none of them.
            rest = after.get(1..).unwrap_or_default();
        } else {
            let end = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            if end == 0 {
                out.push('$');
            } else {
                out.push_str(&of(after.get(..end).unwrap_or_default()));
                rest = after.get(end..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pull_request::Repository;
    use serde_json::json;

    #[test]
    fn variables_are_expanded_as_go_does() {
        let check = |text: &str, expected: &str| {
            let of = |name: &str| if name == "A" { "1".to_owned() } else { String::new() };
            assert_eq!(expand(text, of), expected, "{text}");
        };
        check("$A ${A} $A-b ${A}b $Ab $B", "1 1 1-b 1b  ");
        check("costs $ 5, $", "costs $ 5, $");
        check("$5 $$A $*x", " A x");
        check("${} ${A", " A");
        check("a$-b $(A) \\$A", "ab $(A) \\1");
        check("ü$Aü", "ü1ü");
    }

    #[test]
    fn hostile_templates_are_expanded_in_one_pass() {
        for piece in ["${", "$", "${}", "$A", "}"] {
            let _ = expand(&piece.repeat(500_000), |_| String::new());
        }
    }

    #[test]
    fn trailers_at_the_end() {
        for yes in [
            "Refs: #1",
            "Text\n\nRefs: #1",
            "Text\n\nRefs: #1\nSigned-off-by: A\n  more\n\nCloses: #2",
            "Text\n\nfeat: a",
            "a_b \t:c",
        ] {
            assert!(ends_in_trailers(yes), "{yes}");
        }
        for no in ["", "Text", "Text\nRefs: #1", "Refs: #1\n\nText", "Refs:", "Two words: x", "Text\n\n  Refs: #1"] {
            assert!(!ends_in_trailers(no), "{no}");
        }
    }

    fn pull(title: &str, description: &str, commits: Vec<Commit>) -> PullRequest {
        PullRequest {
            number: 42,
            title: title.into(),
            description: description.into(),
            base: "main".into(),
            head: "mesh".into(),
            author: "dana".into(),
            commits,
            ..PullRequest::default()
        }
    }

    fn by(author: &str, message: &str) -> Commit {
        let login = author.to_lowercase();
        let email = format!("{login}@example.org");
        Commit { message: message.into(), author: author.into(), email, login, parents: 1, ..Commit::default() }
    }

    fn place() -> Place {
        let (owner, name) = ("acme".into(), "widgets".into());
        Place { repository: Repository { origin: "https://git.example.org".into(), owner, name }, number: Some(42) }
    }

    #[track_caller]
    fn writes(forge: Gitea, pull: &PullRequest, settings: &Value, expected: &str) {
        assert_eq!(squash(forge, pull, &place(), settings.as_object()).text, expected);
    }

    const ON: &str = "Reviewed-on: https://git.example.org/acme/widgets/pulls/42";

    #[test]
    fn the_description_stands_in_the_body() {
        let title = "feat: mesh (#42)";
        for forge in [Gitea::Gitea, Gitea::Forgejo] {
            let check = |description: &str, commits, settings: Value, expected: String| {
                writes(forge, &pull("feat: mesh", description, commits), &settings, &expected);
            };
            check("", vec![], json!({}), format!("{title}\n\n{ON}"));
            check(
                " Meshes.\r\nAll.\r\n",
                vec![by("Dana", "a")],
                json!({}),
                format!("{title}\n\nMeshes.\nAll.\n\n{ON}"),
            );
            check("Meshes.\n\nRefs: #7", vec![], json!({}), format!("{title}\n\nMeshes.\n\nRefs: #7\n{ON}"));
            let approved = json!({"approved_by": ["Kim Osei <kim@example.org>"], "external_tracker": true});
            let kim = "Reviewed-by: Kim Osei <kim@example.org>";
            check(
                "Meshes.",
                vec![by("Kim", "a"), by("Dana", "b"), by("Kim", "c")],
                approved,
                format!("feat: mesh (!42)\n\nMeshes.\n\nCo-authored-by: Kim <kim@example.org>\n{ON}\n{kim}"),
            );
        }
    }

    #[test]
    fn a_server_may_list_the_commits_instead() {
        let settings = json!({"populate_squash_comment_with_commit_messages": true});
        let commits = vec![by("Dana", "feat: mesh\n\nOf teeth."), by("Dana", "fix: x")];
        let expected = format!("feat: mesh (#42)\n\nOf teeth.\n\nfix: x\n\n{ON}");
        writes(Gitea::Gitea, &pull("feat: mesh", "Meshes.", commits), &settings, &expected);
        let long = vec![by("Dana", &"ü".repeat(4000)), by("Dana", "fix: x")];
        let text = squash(Gitea::Gitea, &pull("feat: mesh", "", long), &place(), settings.as_object()).text;
        assert!(text.contains("ü...\nReviewed-on: ") && text.len() < SIZE + 200 && !text.contains("fix: x"));
    }

    #[test]
    fn marks_of_unfinished_work_are_gone_when_it_is_merged() {
        for title in ["WIP: feat: mesh", "wip:feat: mesh", "[WIP] feat: mesh"] {
            writes(Gitea::Gitea, &pull(title, "", vec![]), &json!({}), &format!("feat: mesh (#42)\n\n{ON}"));
        }
        let draft = format!("Draft: feat: mesh (#42)\n\n{ON}");
        writes(Gitea::Gitea, &pull("Draft: feat: mesh", "", vec![]), &json!({}), &draft);
    }

    #[test]
    fn templates_are_expanded() {
        let pull = pull("feat: mesh", "Meshes. Closes: #7, fixes #8.", vec![]);
        let gitea = |template: &str, expected: &str| {
            writes(Gitea::Gitea, &pull, &json!({"template_SQUASH": template}), expected);
        };
        let own = "Meshes. Closes: #7, fixes #8.";
        gitea("$PullRequestTitle\n\n${ClosingIssues}\n", &format!("feat: mesh\n\n{own}\n\nclose #7, close #8"));
        gitea("${PullRequestTitle} [$PullRequestReference]", &format!("feat: mesh [#42]\n\n{own}"));
        gitea(
            "$HeadBranch into $BaseBranch by $PullRequestPosterName$Nothing",
            &format!("mesh into main by dana\n\n{own}"),
        );
        // Forgejo keeps what the template leaves out, and its own folder goes first.
        let forgejo = |settings: Value, expected: &str| writes(Gitea::Forgejo, &pull, &settings, expected);
        forgejo(json!({"template_SQUASH": "$PullRequestTitle"}), &format!("feat: mesh\n\n{own}\n\n{ON}"));
        forgejo(json!({"template_SQUASH": "\nBy $PullRequestIndex\n"}), &format!("feat: mesh (#42)\n\n{own}\n\nBy 42"));
        forgejo(json!({"template_SQUASH": "a", "template_forgejo_SQUASH": "b\nc"}), &format!("b\n\n{own}\n\nc"));
    }

    #[test]
    fn merge_commits() {
        let check = |settings: Value, expected: &str| {
            let made = merge(Gitea::Forgejo, &pull("feat: mesh", "Meshes.", vec![]), &place(), settings.as_object());
            assert_eq!(made.text, expected);
        };
        check(json!({}), &format!("Merge pull request 'feat: mesh' (#42) from mesh into main\n\n{ON}"));
        let fork = json!({"fork": true, "head_owner": "kim", "head_name": "gears"});
        check(fork, &format!("Merge pull request 'feat: mesh' (#42) from kim/gears:mesh into main\n\n{ON}"));
        let gone = json!({"fork": true});
        check(gone, &format!("Merge pull request 'feat: mesh' (#42) from <deleted>:mesh into main\n\n{ON}"));
        check(json!({"template_MERGE": "Land $PullRequestTitle\nx"}), "Land feat: mesh\n\nx");
        check(json!({"template_REBASE-MERGE": "Land $PullRequestTitle\nx"}), "Land feat: mesh\n\nx");
    }
}

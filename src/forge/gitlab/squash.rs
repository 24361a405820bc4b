//! The commits GitLab writes on a merge: the squash commit, and the merge commit that follows it unless the project
//! merges by fast-forward only.
//!
//! The rule: GitLab 17, `lib/gitlab/merge_requests/message_generator.rb` (the variables and what becomes of empty ones),
//! `app/models/merge_request.rb` (`default_squash_commit_message`, `default_merge_commit_message`, `squash_on_merge?`),
//! `app/services/merge_requests/squash_service.rb`, `app/models/commit.rb` (`title`, `description`). An only commit is
//! left as it is where the squash would give it the message it has: the text is the same, so there is no case for it.

use crate::forge::Place;
use crate::history::Commit;
use crate::letters::lower;
use crate::message::unix;
use crate::pull_request::{PullRequest, State};
use crate::squash::{Method, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value};

/// How many of the newest commits GitLab looks at (`MergeRequestDiff::COMMITS_SAFE_SIZE`).
const COMMITS: usize = 100;
/// The longest message whose body `all_commits` holds, in bytes.
const LONGEST: usize = 100 * 1024;
/// The squash message of a project without a template.
const SQUASH: &str = "%{title}";
/// The merge commit's, as the documentation writes it ("Commit message templates"; the code joins the same by hand).
const MERGE: &str = "Merge branch '%{source_branch}' into '%{target_branch}'\n\n%{title}\n\n%{issues}\n\nSee merge request %{reference}";

/// The squash commit. Without settings the default template is assumed.
pub(super) fn squash(
    pull_request: &PullRequest,
    place: &Place,
    settings: Option<&Map<String, Value>>,
) -> SquashMessage {
    let nothing = Map::new();
    let settings = settings.unwrap_or(&nothing);
    let template = template(settings, "squash_commit_template");
    let branch = Branch { pull_request, place, settings };
    let own = branch.suggested("squash_commit_message");
    let suggested = own.is_some();
    let (text, unknown) =
        own.map_or_else(|| branch.expand(template.unwrap_or(SQUASH), true), |text| (text, Vec::new()));
    SquashMessage {
        subject_from: subject_from(template, pull_request, &text),
        text,
        source: source(suggested, settings),
        rule: match template {
            _ if suggested => Text::new("squash_suggested", ["GitLab"]),
            None => Text::new("squash_gitlab_title", []),
            Some(_) if unknown.is_empty() => Text::new("squash_gitlab_template", []),
            Some(_) => Text::new("squash_gitlab_template_without", [&unknown.join(", ")]),
        },
    }
}

/// The merge commit behind it, or behind the branch's own commits.
pub(super) fn merge(pull_request: &PullRequest, place: &Place, settings: Option<&Map<String, Value>>) -> SquashMessage {
    let nothing = Map::new();
    let settings = settings.unwrap_or(&nothing);
    let template = template(settings, "merge_commit_template");
    let branch = Branch { pull_request, place, settings };
    let own = branch.suggested("merge_commit_message");
    let suggested = own.is_some();
    let (text, unknown) =
        own.map_or_else(|| branch.expand(template.unwrap_or(MERGE), false), |text| (text, Vec::new()));
    SquashMessage {
        subject_from: SubjectFrom::Forge,
        text,
        source: source(suggested, settings),
        rule: match template {
            _ if suggested => Text::new("squash_suggested", ["GitLab"]),
            None => Text::new("merge_gitlab", []),
            Some(_) if unknown.is_empty() => Text::new("merge_gitlab_template", []),
            Some(_) => Text::new("merge_gitlab_template_without", [&unknown.join(", ")]),
        },
    }
}

/// The project's template; a blank one is none.
fn template<'s>(settings: &'s Map<String, Value>, key: &str) -> Option<&'s str> {
    settings.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// Which source that is: once the project has told how it merges, that it names no template says that it has none.
fn source(suggested: bool, settings: &Map<String, Value>) -> Source {
    match (suggested, settings.contains_key("merge_method")) {
        (true, _) => Source::Suggested,
        (false, true) => Source::Composed,
        (false, false) => Source::Assumed,
    }
}

/// How the merge request will be merged, and how else it could be: whether it is squashed is the reader's choice, whether
/// a merge commit follows the project's. `None` where the project's rule is not known.
pub(super) fn methods(settings: &Map<String, Value>) -> Option<(Vec<Method>, Option<Method>)> {
    let (squashed, kept) = match settings.get("merge_method").and_then(Value::as_str)? {
        "ff" => (Method::Squash, Method::FastForward),
        // A semi-linear history (`rebase_merge`) asks for a rebase before the merge; what it merges, it merges as it is.
        _ => (Method::SquashMerge, Method::Merge),
    };
    let allowed = match settings.get("squash_option").and_then(Value::as_str) {
        Some("always") => vec![squashed],
        Some("never") => vec![kept],
        _ => vec![squashed, kept],
    };
    Some((allowed, squashes(settings).map(|squashes| if squashes { squashed } else { kept })))
}

/// Whether the forge says that the merge request will be squashed: its own verdict, else the project's rule and the merge
/// request's wish (`MergeRequest#squash_on_merge?`).
pub(super) fn squashes(settings: &Map<String, Value>) -> Option<bool> {
    let flag = |key: &str| settings.get(key).and_then(Value::as_bool);
    match settings.get("squash_option").and_then(Value::as_str) {
        _ if flag("squash_on_merge").is_some() => flag("squash_on_merge"),
        Some("always") => Some(true),
        Some("never") => Some(false),
        _ => flag("squash"),
    }
}

/// Where the subject was written: in the title, in a commit, or in the template.
fn subject_from(template: Option<&str>, pull_request: &PullRequest, message: &str) -> SubjectFrom {
    let first = template.unwrap_or(SQUASH).lines().next().unwrap_or_default();
    if first.trim_start().starts_with("%{title}") {
        return SubjectFrom::Title;
    }
    let subject = crate::message::subject(message);
    let wrote = |commit: &Commit| crate::message::subject(&commit.message).trim() == subject.trim();
    match pull_request.commits.iter().position(wrote) {
        Some(at) if first.trim_start().starts_with("%{first_") => SubjectFrom::Commit(at),
        _ if subject == undrafted(pull_request) => SubjectFrom::Title,
        _ => SubjectFrom::Forge,
    }
}

/// The title as it can be merged: a draft is ready first, which takes its mark away. `Draft:` always was one
/// (`lib/gitlab/regex/merge_requests.rb`), `WIP:` was until 14.8 and is dropped where the forge still says "draft".
pub(super) fn undrafted(pull_request: &PullRequest) -> &str {
    const DRAFT: &[&str] = &["draft:", "[draft]", "(draft)"];
    const OLD: &[&str] = &["[wip]", "wip:", "draft -"];
    let mut rest = pull_request.title.as_str();
    loop {
        let starts = |mark: &&&str| rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        let old = OLD.iter().filter(|_| pull_request.state == State::Draft);
        let Some(mark) = DRAFT.iter().chain(old).find(starts) else { return rest };
        rest = rest.get(mark.len()..).unwrap_or_default().trim_start();
    }
}

/// A commit's description as GitLab has it: all of it where the subject is 100 characters or longer, else what follows
/// the subject.
fn description(message: &str) -> &str {
    let (subject, rest) = message.split_once('\n').unwrap_or((message, ""));
    let all = subject.chars().count() >= 100;
    if all { message.trim() } else { rest.trim() }
}

/// A commit's title as GitLab has it: cut at a space before the 79th character where it is 100 or longer.
fn title(message: &str) -> String {
    let subject = message.split('\n').next().unwrap_or_default();
    if subject.chars().count() < 100 {
        return subject.to_owned();
    }
    let room: String = subject.chars().take(79).collect();
    let stop = room.rfind(' ').unwrap_or_else(|| room.char_indices().nth(78).map_or(room.len(), |(at, _)| at));
    format!("{}...", room.get(..stop).unwrap_or(&room))
}

/// What a template is filled from.
struct Branch<'a> {
    pull_request: &'a PullRequest,
    place: &'a Place,
    settings: &'a Map<String, Value>,
}

/// The value of a variable: known, or nothing because nobody tells it.
enum Told {
    Value(String),
    Unknown,
}

impl Branch<'_> {
    /// The forge's own text with the title as it now stands: it was made from the title that was stored. `None` where it
    /// gave none, and where it cannot be told which words of it are the title.
    fn suggested(&self, key: &str) -> Option<String> {
        let text = self.settings.get(key)?.as_str()?;
        let stored = self.settings.get("title")?.as_str()?;
        let now = undrafted(self.pull_request);
        if stored == now {
            return Some(text.to_owned());
        }
        match text.matches(stored).count() {
            1 => Some(text.replacen(stored, now, 1)),
            _ => None,
        }
    }

    /// The newest commits, newest first: all that GitLab looks at.
    fn recent(&self) -> impl DoubleEndedIterator<Item = &Commit> {
        self.pull_request.commits.iter().rev().take(COMMITS).collect::<Vec<_>>().into_iter()
    }

    /// The oldest of them that is no merge and says more than a subject.
    fn first_multiline(&self) -> Option<&Commit> {
        self.recent().rev().find(|commit| commit.parents < 2 && !description(&commit.message).is_empty())
    }

    fn reference(&self, full: bool) -> String {
        let number = self.pull_request.number;
        let slug = if full { self.place.repository.slug() } else { String::new() };
        format!("{slug}!{number}")
    }

    /// What a variable stands for; `None` where there is no such variable.
    fn value(&self, name: &str, squash: bool) -> Option<Told> {
        let pull_request = self.pull_request;
        let people = |key: &str, before: &str| match self.settings.get(key).and_then(Value::as_array) {
            None => Told::Unknown,
            Some(list) => {
                let lines: Vec<String> =
                    list.iter().filter_map(Value::as_str).map(|who| format!("{before}{who}")).collect();
                Told::Value(lines.join("\n"))
            }
        };
        let value = match name {
            "source_branch" => pull_request.head.clone(),
            "target_branch" => pull_request.base.clone(),
            "title" => undrafted(pull_request).to_owned(),
            "issues" => closes(&pull_request.title, &pull_request.description, &pull_request.commits),
            "description" => pull_request.description.clone(),
            "reference" => self.reference(true),
            "local_reference" => self.reference(false),
            "source_project_id" => match self.settings.get("source_project_id").and_then(Value::as_u64) {
                Some(id) => id.to_string(),
                None => return Some(Told::Unknown),
            },
            "first_commit" => pull_request.commits.first().map(|c| c.message.trim().to_owned()).unwrap_or_default(),
            "first_multiline_commit" => match self.first_multiline() {
                Some(commit) => commit.message.trim().to_owned(),
                None => undrafted(pull_request).to_owned(),
            },
            "first_multiline_commit_description" => {
                self.first_multiline().map(|commit| description(&commit.message).to_owned()).unwrap_or_default()
            }
            "url" => format!("{}/-/merge_requests/{}", self.place.repository.url(), pull_request.number),
            "reviewed_by" => return Some(people("reviewed_by", "Reviewed-by: ")),
            "approved_by" => return Some(people("approved_by", "Approved-by: ")),
            "merged_by" => return Some(people("merged_by", "")),
            "merge_request_author" => return Some(people("merge_request_author", "")),
            "co_authored_by" => self.co_authors(squash),
            "all_commits" => {
                let item = |commit: &Commit| {
                    if commit.message.len() > LONGEST {
                        format!("* {}\n\n-- Skipped commit body exceeding 100KiB in size.", title(&commit.message))
                    } else {
                        format!("* {}", commit.message.trim())
                    }
                };
                let items: Vec<String> = self.recent().filter(|commit| commit.parents < 2).map(item).collect();
                items.join("\n\n")
            }
            _ => return None,
        };
        Some(Told::Value(value))
    }

    /// A line for everybody who wrote a commit, once each by address. Of a squash the merge request's author is left out,
    /// whom GitLab knows by the address of the account; here it is the name that tells.
    fn co_authors(&self, squash: bool) -> String {
        let opener = self.settings.get("author_name").and_then(Value::as_str).filter(|_| squash);
        let mut people: Vec<(String, &str)> = Vec::new();
        for commit in self.recent().filter(|commit| !commit.email.is_empty()) {
            match people.iter_mut().find(|(email, _)| *email == commit.email) {
                Some((_, name)) => *name = &commit.author,
                None => people.push((commit.email.clone(), &commit.author)),
            }
        }
        let others = people.iter().filter(|(_, name)| opener != Some(*name));
        let lines: Vec<String> = others.map(|(email, name)| format!("Co-authored-by: {name} <{email}>")).collect();
        lines.join("\n")
    }

    /// The template with its variables filled in, and the names of those that nobody tells.
    fn expand(&self, template: &str, squash: bool) -> (String, Vec<String>) {
        let template: String = template.chars().filter(|c| *c != '\r').collect();
        let mut values: Vec<(String, String)> = Vec::new();
        let mut unknown = Vec::new();
        for (name, _) in variables(&template) {
            if values.iter().any(|(known, _)| known == name) {
                continue;
            }
            let value = match self.value(name, squash) {
                None => continue,
                Some(Told::Value(value)) => unix(&value).into_owned(),
                Some(Told::Unknown) => {
                    unknown.push(format!("%{{{name}}}"));
                    String::new()
                }
            };
            values.push((name.to_owned(), value));
        }
        let empty = |name: &str| values.iter().any(|(known, value)| known == name && value.trim().is_empty());
        let template = without_empty_lines(&without_empty_paragraphs(&template, empty), empty);
        let mut text = String::with_capacity(template.len());
        let mut at = 0;
        for (name, place) in variables(&template) {
            let Some((_, value)) = values.iter().find(|(known, _)| known == name) else { continue };
            text.push_str(template.get(at..place).unwrap_or_default());
            text.push_str(value);
            at = place + name.len() + 3;
        }
        text.push_str(template.get(at..).unwrap_or_default());
        // What is blank at the end says nothing, and every log leaves it off.
        text.truncate(text.trim_end().len());
        (text, unknown)
    }
}

/// The names in `%{…}` and where each begins.
fn variables(template: &str) -> impl Iterator<Item = (&str, usize)> {
    template.match_indices("%{").filter_map(|(at, _)| Some((variable(template.get(at..)?)?.0, at)))
}

/// The name of the variable that stands right here, and what follows it.
fn variable(text: &str) -> Option<(&str, &str)> {
    /// No name is longer; what is, is not looked through to its end.
    const LONGEST: usize = 40;
    let rest = text.strip_prefix("%{")?;
    let end = rest.bytes().take(LONGEST).position(|byte| byte != b'_' && !byte.is_ascii_lowercase())?;
    let (name, rest) = rest.split_at_checked(end)?;
    Some((name, rest.strip_prefix('}')?)).filter(|(name, _)| !name.is_empty())
}

/// What follows the empty variable that stands right here.
fn empty_variable(text: &str, empty: impl Fn(&str) -> bool) -> Option<&str> {
    variable(text).filter(|(name, _)| empty(name)).map(|(_, rest)| rest)
}

/// A paragraph that is an empty variable goes, with the blank line before it, where a blank line or the end follows. What
/// is taken up by one such paragraph is not looked at again for the next, as in the original's `gsub`.
fn without_empty_paragraphs(template: &str, empty: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("\n\n") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(2..).and_then(|text| empty_variable(text, &empty));
        // `\Z` is the end, with or without a line break.
        match after {
            Some(follows) if follows.starts_with("\n\n") => {
                out.push_str("\n\n");
                rest = follows.get(2..).unwrap_or_default();
            }
            Some(follows) if follows.is_empty() || follows == "\n" => {
                out.push_str(follows);
                return out;
            }
            _ => {
                out.push('\n');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// A line that is an empty variable goes, where it is not the last.
fn without_empty_lines(template: &str, empty: impl Fn(&str) -> bool) -> String {
    let lines = template.split_inclusive('\n');
    lines.filter(|line| empty_variable(line, &empty) != Some("\n")).collect()
}

/// The issues that the texts say they close, as GitLab lists them: `Closes #1, #2, and group/project#3`. Which of them
/// exist nobody tells here.
fn closes(title: &str, about: &str, commits: &[Commit]) -> String {
    let mut found: Vec<&str> = Vec::new();
    let messages = commits.iter().map(|commit| commit.message.as_str());
    for text in [title, about].into_iter().chain(messages) {
        closing(text, &mut found);
    }
    match found.as_slice() {
        [] => String::new(),
        [one] => format!("Closes {one}"),
        [one, two] => format!("Closes {one} and {two}"),
        [most @ .., last] => format!("Closes {}, and {last}", most.join(", ")),
    }
}

/// GitLab's default pattern (`gitlab.issue_closing_pattern`): a word of closing, then issues with commas or "and" between.
fn closing<'t>(text: &'t str, found: &mut Vec<&'t str>) {
    const WORDS: &[&str] = &[
        "close",
        "closes",
        "closed",
        "closing",
        "fix",
        "fixes",
        "fixed",
        "fixing",
        "resolve",
        "resolves",
        "resolved",
        "resolving",
        "implement",
        "implements",
        "implemented",
        "implementing",
    ];
    for line in text.lines() {
        let mut listing = false;
        for word in line.split([' ', '\t', ',']) {
            let plain = lower(word.trim_end_matches(':'));
            if WORDS.contains(&plain.as_str()) {
                listing = true;
            } else if let Some(issue) = issue(word).filter(|_| listing) {
                if !found.contains(&issue) {
                    found.push(issue);
                }
            } else {
                listing &= matches!(plain.as_str(), "" | "and" | "issue" | "issues");
            }
        }
    }
}

/// The issue a word names: `#12`, `group/project#12`.
fn issue(word: &str) -> Option<&str> {
    let word = word.trim_end_matches(['.', ';', ')', '!']);
    let (path, number) = word.rsplit_once('#')?;
    let digits = (1..=10).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    let named = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    (digits && named).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pull_request::Repository;
    use serde_json::json;

    fn commit(message: &str) -> Commit {
        let (author, email) = ("Dana".into(), "dana@example.org".into());
        Commit { message: message.into(), author, email, parents: 1, ..Commit::default() }
    }

    fn by(name: &str, message: &str) -> Commit {
        Commit { author: name.into(), email: format!("{}@example.org", lower(name)), ..commit(message) }
    }

    fn pull(commits: Vec<Commit>) -> PullRequest {
        PullRequest {
            number: 42,
            title: "feat: spin widgets".into(),
            description: "Spins them.\r\n\r\nFast.".into(),
            head: "spin".into(),
            base: "main".into(),
            commits,
            ..PullRequest::default()
        }
    }

    fn place() -> Place {
        let (origin, owner, name) = ("https://gitlab.com".into(), "acme/tools".into(), "widgets".into());
        Place { repository: Repository { origin, owner, name }, number: Some(42) }
    }

    fn composed(pull_request: &PullRequest, settings: &Value) -> SquashMessage {
        squash(pull_request, &place(), settings.as_object())
    }

    fn merged(pull_request: &PullRequest, settings: &Value) -> String {
        merge(pull_request, &place(), settings.as_object()).text
    }

    #[track_caller]
    fn fills(template: &str, commits: Vec<Commit>, expected: &str) {
        let settings = json!({"squash_commit_template": template, "merge_method": "ff", "squash_on_merge": true});
        assert_eq!(composed(&pull(commits), &settings).text, expected);
    }

    #[test]
    fn every_variable() {
        fills("%{title}", vec![], "feat: spin widgets");
        fills("%{source_branch} → %{target_branch}", vec![], "spin → main");
        fills("%{title} (%{local_reference})", vec![], "feat: spin widgets (!42)");
        fills("%{reference}", vec![], "acme/tools/widgets!42");
        fills("%{url}", vec![], "https://gitlab.com/acme/tools/widgets/-/merge_requests/42");
        fills("%{title}\n\n%{description}", vec![], "feat: spin widgets\n\nSpins them.\n\nFast.");
        fills("%{first_commit}", vec![commit("fix: a\n\nb\n"), commit("c")], "fix: a\n\nb");
        let three = || vec![commit("a"), commit("b\n\nmore\n\nlines\n"), commit("c\n\nd")];
        fills("%{first_multiline_commit}", three(), "b\n\nmore\n\nlines");
        fills("%{first_multiline_commit}", vec![commit("a")], "feat: spin widgets");
        fills("%{title}\n\n%{first_multiline_commit_description}", three(), "feat: spin widgets\n\nmore\n\nlines");
        // The newest first, merges left out.
        let merged = Commit { parents: 2, ..commit("Merge main") };
        fills("%{all_commits}", vec![commit("a\n"), merged, commit("b\n\nc")], "* b\n\nc\n\n* a");
        fills("static", vec![], "static");
        fills("%{title} %{title}", vec![], "feat: spin widgets feat: spin widgets");
        fills("%{nothing} 100%{ %{title", vec![], "%{nothing} 100%{ %{title");
    }

    #[test]
    fn co_authors_are_named_once_and_the_opener_is_not() {
        let commits = vec![commit("a"), by("Kim", "b"), by("Lee", "c"), by("Kim", "d")];
        let template = "%{title}\n\n%{co_authored_by}";
        let lines = "Co-authored-by: Kim <kim@example.org>\nCo-authored-by: Lee <lee@example.org>";
        let settings = json!({"squash_commit_template": template, "merge_commit_template": template,
            "merge_method": "merge", "squash_on_merge": true, "author_name": "Dana"});
        let pull = pull(commits);
        assert_eq!(composed(&pull, &settings).text, format!("feat: spin widgets\n\n{lines}"));
        let all = format!("feat: spin widgets\n\n{lines}\nCo-authored-by: Dana <dana@example.org>");
        assert_eq!(merged(&pull, &settings), all);
        fills(template, vec![], "feat: spin widgets");
    }

    #[test]
    fn lines_of_empty_variables_vanish() {
        let empty = |template: &str, expected: &str| {
            let settings = json!({"squash_commit_template": template, "merge_method": "ff", "squash_on_merge": true});
            let bare = PullRequest { description: " \r\n ".into(), ..pull(vec![]) };
            assert_eq!(composed(&bare, &settings).text, expected, "{template}");
        };
        empty("%{title}\n\n%{description}", "feat: spin widgets");
        empty("%{title}\n\n%{description}\n", "feat: spin widgets");
        empty("%{title}\n\n%{description}\n\nEnd", "feat: spin widgets\n\nEnd");
        empty("%{title}\n\n%{description}\nEnd", "feat: spin widgets\n\nEnd");
        empty("%{title}\r\n\r\n%{description}\r\nEnd", "feat: spin widgets\n\nEnd");
        empty("%{title}\n%{description}\nEnd", "feat: spin widgets\nEnd");
        empty("%{title}\n%{description}", "feat: spin widgets");
        // Not alone in its line: what is blank is filled in as it is.
        empty("%{description} %{title}", " \n  feat: spin widgets");
        empty("a: %{issues}\n%{description} b", "a: \n \n  b");
        // The break after the first is not the one before the second.
        empty("%{title}\n\n%{description}\n\n%{issues}\n\nEnd", "feat: spin widgets\n\n\nEnd");
    }

    #[test]
    fn what_nobody_tells_is_named() {
        let settings = json!({"squash_commit_template": "%{title}\n\n%{approved_by}\n%{reviewed_by}",
            "merge_method": "ff", "squash_on_merge": true});
        let message = composed(&pull(vec![]), &settings);
        assert_eq!(message.rule, Text::new("squash_gitlab_template_without", ["%{approved_by}, %{reviewed_by}"]));
        assert_eq!(message.text, "feat: spin widgets");
        let told = json!({"squash_commit_template": "%{title}\n\n%{approved_by}", "merge_method": "ff",
            "squash_on_merge": true, "approved_by": ["Kim <kim@example.org>"]});
        assert_eq!(composed(&pull(vec![]), &told).text, "feat: spin widgets\n\nApproved-by: Kim <kim@example.org>");
    }

    #[test]
    fn a_hundred_commits_and_a_hundred_kilobytes() {
        let many: Vec<Commit> = (0..130).map(|n| commit(&format!("c{n}"))).collect();
        let settings = json!({"squash_commit_template": "%{all_commits}"});
        let text = composed(&pull(many), &settings).text;
        assert!(text.starts_with("* c129\n\n* c128") && text.ends_with("* c30"));
        let huge = format!("fix: a\n\n{}", "b".repeat(LONGEST));
        fills("%{all_commits}", vec![commit(&huge)], "* fix: a\n\n-- Skipped commit body exceeding 100KiB in size.");
        let long = format!("{}x", "word ".repeat(30));
        assert_eq!(title(&long), format!("{}...", "word ".repeat(15).trim_end()));
        assert_eq!(title(&"ü".repeat(120)), format!("{}...", "ü".repeat(78)));
        assert_eq!(description(&long), long);
    }

    #[test]
    fn a_draft_is_merged_without_its_mark() {
        let title = |title: &str, state| PullRequest { title: title.into(), state, ..pull(vec![]) };
        let check = |text: &str, state, expected: &str| assert_eq!(undrafted(&title(text, state)), expected);
        check("Draft: feat: a", State::Draft, "feat: a");
        check("draft:feat: a", State::Open, "feat: a");
        check("[Draft] (draft) feat: a", State::Draft, "feat: a");
        check("WIP: feat: a", State::Draft, "feat: a");
        // Since 14.8 a title like any other.
        check("WIP: feat: a", State::Open, "WIP: feat: a");
        check("Drafting: a", State::Draft, "Drafting: a");
        check("fix: Draft: a", State::Draft, "fix: Draft: a");
    }

    #[test]
    fn the_merge_commit() {
        let commits = || vec![commit("a\n\nFixes #8")];
        let closing = PullRequest { description: "Closes #7, #8 and acme/tools#9.".into(), ..pull(commits()) };
        let head = "Merge branch 'spin' into 'main'\n\nfeat: spin widgets\n\n";
        let tail = "See merge request acme/tools/widgets!42";
        assert_eq!(merged(&closing, &json!({})), format!("{head}Closes #7, #8, and acme/tools#9\n\n{tail}"));
        assert_eq!(merged(&pull(vec![]), &json!({})), format!("{head}{tail}"));
        assert_eq!(merged(&pull(vec![]), &json!({"merge_commit_template": "%{title}"})), "feat: spin widgets");
    }

    #[test]
    fn the_project_and_the_merge_request_say_how_it_is_merged() {
        use Method::{FastForward, Merge, Squash, SquashMerge};
        let check = |settings: &Value, allowed: &[Method], preferred: Option<Method>| {
            let expected = Some((allowed.to_vec(), preferred));
            assert_eq!(methods(settings.as_object().unwrap()), expected, "{settings}");
        };
        check(&json!({"merge_method": "merge"}), &[SquashMerge, Merge], None);
        check(&json!({"merge_method": "rebase_merge", "squash": true}), &[SquashMerge, Merge], Some(SquashMerge));
        check(&json!({"merge_method": "ff", "squash": false}), &[Squash, FastForward], Some(FastForward));
        check(&json!({"merge_method": "ff", "squash_option": "always", "squash": false}), &[Squash], Some(Squash));
        check(&json!({"merge_method": "merge", "squash_option": "never", "squash": true}), &[Merge], Some(Merge));
        // The forge's own verdict counts most.
        check(
            &json!({"merge_method": "merge", "squash": true, "squash_on_merge": false}),
            &[SquashMerge, Merge],
            Some(Merge),
        );
        assert_eq!(methods(json!({"squash": true}).as_object().unwrap()), None);
    }

    #[test]
    fn what_is_not_known_is_assumed() {
        let assumed = squash(&pull(vec![]), &place(), None);
        assert_eq!((assumed.text.as_str(), assumed.source), ("feat: spin widgets", Source::Assumed));
        assert_eq!(composed(&pull(vec![]), &json!({"merge_method": "ff"})).source, Source::Composed);
    }

    #[test]
    fn the_forges_own_text_follows_the_title_as_it_is_typed() {
        let settings = json!({"squash_commit_template": "%{title}\n\n%{approved_by}", "squash_on_merge": true,
            "merge_method": "merge", "title": "feat: spin widgets",
            "squash_commit_message": "feat: spin widgets\n\nApproved-by: Kim <kim@example.org>",
            "merge_commit_message": "Merge branch 'spin' into 'main'\n\nfeat: spin widgets\n\nSee merge request acme/tools/widgets!42"});
        let stored = composed(&pull(vec![]), &settings);
        assert_eq!(
            (stored.text.as_str(), stored.source),
            ("feat: spin widgets\n\nApproved-by: Kim <kim@example.org>", Source::Suggested)
        );
        let typed = PullRequest { title: "feat!: spin widgets".into(), ..pull(vec![]) };
        let message = composed(&typed, &settings);
        assert_eq!(message.text, "feat!: spin widgets\n\nApproved-by: Kim <kim@example.org>");
        assert!(merged(&typed, &settings).contains("\n\nfeat!: spin widgets\n\n"));
        let twice = json!({"squash_on_merge": true, "title": "a", "squash_commit_message": "a a",
            "squash_commit_template": "%{title} %{title}"});
        let other = PullRequest { title: "b".into(), ..pull(vec![]) };
        assert_eq!(composed(&other, &twice).text, "b b");
        // A draft's suggestion has the mark in it, the commit will not.
        let draft = json!({"squash_on_merge": true, "title": "Draft: a", "squash_commit_message": "Draft: a"});
        let draft_pull = PullRequest { title: "Draft: a".into(), state: State::Draft, ..pull(vec![]) };
        assert_eq!(composed(&draft_pull, &draft).text, "a");
    }

    #[test]
    fn issues_that_are_closed_are_found_and_others_are_not() {
        let check = |text: &str, expected: &str| assert_eq!(closes("", text, &[]), expected, "{text}");
        check("Closes #1", "Closes #1");
        check("closing #1, #2", "Closes #1 and #2");
        check("Fixes: #1 and resolves issue #2, see #3", "Closes #1 and #2");
        check("Related to #1", "");
        check("It closes the door of #1", "");
        check("Implements acme/a#1, #2, #3", "Closes acme/a#1, #2, and #3");
        check("closes #x #", "");
    }

    #[test]
    fn a_huge_template_and_message_are_filled_in_linear_time() {
        let template = "\n\n%{issues}".repeat(20_000) + &"%{title}".repeat(20_000) + &"%{".repeat(100_000);
        let settings = json!({"squash_commit_template": template});
        assert!(composed(&pull(vec![]), &settings).text.contains("feat: spin widgets"));
    }
}

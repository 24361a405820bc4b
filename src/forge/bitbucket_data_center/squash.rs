//! The commit Bitbucket Data Center writes on a merge, by the repository's strategy, template and number of summaries.
//!
//! The rule: Atlassian, "Pull request merge strategies" (strategies, templates and their variables, summaries); the form
//! of the summaries is Git's own, `git merge --squash` and `git merge --log`, as messages of such servers show.

use crate::forge::Place;
use crate::history::Commit;
use crate::message::{subject, unix};
use crate::pull_request::PullRequest;
use crate::squash::{Method, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The template that a repository begins with (REST reference, `RestPullRequestSettings`).
const TITLE: &str = "Pull request #${id}: ${title}";
const BODY: &str = "Merge in ${toProjectKey}/${toRepoSlug} from ${crossRepoProjectRepo}${fromRefName} to ${toRefName}";
/// How many summaries it begins with.
const SUMMARIES: u64 = 20;

/// The message of the commit that is written: the squash commit's, or the merge commit's. Without settings the template
/// and the number of summaries that a repository begins with are assumed.
pub(super) fn compose(
    pull_request: &PullRequest,
    place: &Place,
    settings: Option<&Map<String, Value>>,
    squash: bool,
) -> SquashMessage {
    let nothing = Map::new();
    let told = settings.unwrap_or(&nothing);
    let text = |key: &str| told.get(key).and_then(Value::as_str);
    let branch = Branch { pull_request, place, settings: told };
    let suggested = text("suggested_title").and_then(|title| branch.retitled(title, text("suggested_body")?));
    let own = suggested.is_some();
    let template = (text("template_title").unwrap_or(TITLE), text("template_body").unwrap_or(BODY));
    let (title, body) = suggested.unwrap_or_else(|| (branch.fill(template.0), branch.fill(template.1)));
    let most = told.get("summaries").and_then(Value::as_u64);
    let summaries = most.unwrap_or(SUMMARIES);
    let summaries = if squash { branch.squashed(summaries) } else { branch.merged(summaries) };
    let parts = [unix(body.trim()).into_owned(), summaries];
    let body = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    let title = unix(title.trim()).into_owned();
    let from_title = title.starts_with(pull_request.title.trim());
    SquashMessage {
        subject_from: if from_title { SubjectFrom::Title } else { SubjectFrom::Forge },
        text: SquashMessage::compose(&title, &body),
        source: match (own, most.is_some()) {
            (_, false) => Source::Assumed,
            (true, true) => Source::Suggested,
            (false, true) => Source::Composed,
        },
        rule: match (own, text("template_title").is_some()) {
            (true, _) => Text::new("squash_bitbucket_dc_suggested", []),
            (false, true) => Text::new("squash_bitbucket_dc_template", []),
            (false, false) => Text::new("squash_bitbucket_dc_default", []),
        },
    }
}

/// What a strategy of this name does (Atlassian, "Pull request merge strategies"). `ff` makes a merge commit where the
/// branch is behind; it is taken for what it does where it is not.
pub(super) fn strategy(id: &str) -> Option<Method> {
    Some(match id {
        "no-ff" => Method::Merge,
        "ff" | "ff-only" => Method::FastForward,
        "rebase-no-ff" => Method::RebaseMerge,
        "rebase-ff-only" => Method::Rebase,
        "squash" | "squash-ff-only" => Method::Squash,
        _ => return None,
    })
}

struct Branch<'a> {
    pull_request: &'a PullRequest,
    place: &'a Place,
    settings: &'a Map<String, Value>,
}

impl Branch<'_> {
    /// Bitbucket's own message with the title as it now stands; `None` where it cannot be told which words of it are the
    /// title that was stored.
    fn retitled(&self, title: &str, body: &str) -> Option<(String, String)> {
        let stored = self.settings.get("title")?.as_str()?;
        let now = self.pull_request.title.as_str();
        if stored == now {
            return Some((title.to_owned(), body.to_owned()));
        }
        let once = title.matches(stored).count() == 1 && !body.contains(stored);
        once.then(|| (title.replacen(stored, now, 1), body.to_owned()))
    }

    /// A project's key and a repository's slug, of one side.
    fn home(&self, side: &str) -> (String, String) {
        let told = self.settings.get(side).and_then(Value::as_str).and_then(|home| home.split_once('/'));
        let repository = &self.place.repository;
        let (project, slug) = told.unwrap_or((super::project(repository), repository.name.as_str()));
        (project.to_owned(), slug.to_owned())
    }

    fn value(&self, name: &str) -> Option<String> {
        let pull_request = self.pull_request;
        let (from, to) = (self.home("from"), self.home("to"));
        Some(match name {
            "title" => pull_request.title.clone(),
            "id" if pull_request.number == 0 => String::new(),
            "id" => pull_request.number.to_string(),
            "description" => pull_request.description.clone(),
            "approvers" => {
                let names = self.settings.get("approvers").and_then(Value::as_array);
                let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
                names.join(", ")
            }
            "fromRefName" => pull_request.head.clone(),
            "toRefName" => pull_request.base.clone(),
            "fromProjectKey" => from.0,
            "toProjectKey" => to.0,
            "fromRepoSlug" => from.1,
            "toRepoSlug" => to.1,
            "crossRepoProjectRepo" if from == to => String::new(),
            "crossRepoProjectRepo" => format!("{}/{}:", from.0, from.1),
            _ => return None,
        })
    }

    /// A template with its variables filled in; what is none stays.
    fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, from)) = rest.split_once("${") {
            out.push_str(before);
            let end = from.bytes().take(40).position(|byte| !byte.is_ascii_alphabetic()).unwrap_or_default();
            let (name, after) = from.split_at_checked(end).unwrap_or(("", from));
            if let Some((value, after)) = after.strip_prefix('}').and_then(|after| Some((self.value(name)?, after))) {
                out.push_str(&value);
                rest = after;
            } else {
                out.push_str("${");
                rest = from;
            }
        }
        out.push_str(rest);
        out
    }

    /// What `git merge --squash` lists: every commit as the log prints it, the newest first.
    fn squashed(&self, most: u64) -> String {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let commits = &self.pull_request.commits;
        if most == 0 || commits.is_empty() {
            return String::new();
        }
        let mut out = "Squashed commit of the following:".to_owned();
        for commit in commits.iter().rev().take(most) {
            let _ = write!(out, "\n\ncommit {}", commit.sha);
            let _ = write!(out, "\nAuthor: {} <{}>", commit.author, commit.email);
            let _ = write!(out, "\nDate:   {}\n", git_date(&commit.date));
            for line in unix(commit.message.trim()).lines() {
                let gap = if line.is_empty() { "" } else { "    " };
                let _ = write!(out, "\n{gap}{line}");
            }
        }
        out
    }

    /// What `git merge --log` lists: the subjects, the newest first, merges left out.
    fn merged(&self, most: u64) -> String {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let subjects: Vec<&Commit> =
            self.pull_request.commits.iter().rev().filter(|commit| commit.parents < 2).collect();
        if most == 0 || subjects.is_empty() {
            return String::new();
        }
        let told = self.settings.get("head_sha").and_then(Value::as_str).filter(|sha| !sha.is_empty());
        let head = told.unwrap_or_else(|| self.pull_request.commits.last().map_or("", |commit| commit.sha.as_str()));
        let cut = subjects.len() > most;
        let count = if cut { format!(" ({} commits)", subjects.len()) } else { String::new() };
        let mut out = format!("* commit '{head}':{count}");
        for commit in subjects.iter().take(most) {
            let _ = write!(out, "\n  {}", subject(&commit.message));
        }
        if cut {
            out.push_str("\n  ...");
        }
        out
    }
}

/// Seconds since 1970 as RFC 3339 writes them.
pub(super) fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's civil calendar: years are counted from March, so that the leap day is the last.
    let shifted = days.saturating_add(719_468);
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest % 3600 / 60, rest % 60)
}

/// A date as Git's log prints it: `Mon Mar 2 09:00:00 2026 +0000`. The author's time zone is not told: it is UTC here.
fn git_date(date: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let part = |range: std::ops::Range<usize>| date.get(range)?.parse::<usize>().ok();
    let named = || {
        let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
        // Zeller's rule, in Sakamoto's form.
        let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4].get(month.checked_sub(1)?)?;
        let years = if month < 3 { year.checked_sub(1)? } else { year };
        let weekday = (years + years / 4 + years / 400 + shift + day).checked_sub(years / 100)? % 7;
        let (weekday, month) = (DAYS.get(weekday)?, MONTHS.get(month - 1)?);
        Some(format!("{weekday} {month} {day} {} {year} +0000", date.get(11..19)?))
    };
    named().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pull_request::Repository;
    use serde_json::json;

    fn commit(sha: &str, message: &str) -> Commit {
        let (author, email) = ("Dana Reyes".into(), "dana@example.org".into());
        let date = rfc3339(1_772_442_000);
        Commit { sha: sha.into(), message: message.into(), author, email, date, parents: 1, ..Commit::default() }
    }

    fn pull() -> PullRequest {
        PullRequest {
            number: 42,
            title: "feat: spin widgets".into(),
            description: "Spins them.".into(),
            head: "spin".into(),
            base: "main".into(),
            commits: vec![commit("a1", "feat: a\n\nMore."), commit("b2", "fix: b")],
            ..PullRequest::default()
        }
    }

    fn written(pull_request: &PullRequest, settings: &Value, squash: bool) -> SquashMessage {
        let (origin, owner, name) = ("https://git.acme.org".into(), "scm/ACME".into(), "widgets".into());
        let place = Place { repository: Repository { origin, owner, name }, number: Some(42) };
        compose(pull_request, &place, settings.as_object(), squash)
    }

    fn composed(pull_request: &PullRequest, settings: &Value) -> SquashMessage {
        written(pull_request, settings, true)
    }

    const LISTED: &str = "Squashed commit of the following:\n\ncommit b2\nAuthor: Dana Reyes <dana@example.org>\n\
         Date:   Mon Mar 2 09:00:00 2026 +0000\n\n    fix: b\n\ncommit a1\nAuthor: Dana Reyes <dana@example.org>\n\
         Date:   Mon Mar 2 09:00:00 2026 +0000\n\n    feat: a\n\n    More.";

    #[test]
    fn a_squash_without_a_template_of_ones_own() {
        let message = composed(&pull(), &json!({"summaries": 20}));
        let head = "Pull request #42: feat: spin widgets\n\nMerge in ACME/widgets from spin to main";
        assert_eq!(message.text, format!("{head}\n\n{LISTED}"));
        assert_eq!((message.source, message.subject_from), (Source::Composed, SubjectFrom::Forge));
        let assumed = composed(&pull(), &Value::Null);
        assert_eq!((assumed.text, assumed.source), (message.text, Source::Assumed));
        assert_eq!(composed(&pull(), &json!({"summaries": 0})).text, head);
    }

    #[test]
    fn a_template_with_every_variable() {
        let body = "${id} ${description} [${approvers}] ${fromProjectKey}/${fromRepoSlug}:${fromRefName} → \
             ${toProjectKey}/${toRepoSlug}:${toRefName} ${crossRepoProjectRepo} ${nothing} $ ${";
        let settings = json!({"summaries": 0, "template_title": "${title} (#${id})",
            "template_body": body, "approvers": ["Kim", "Lee"], "from": "~DANA/fork", "to": "ACME/widgets"});
        let message = composed(&pull(), &settings);
        assert_eq!(
            message.text,
            "feat: spin widgets (#42)\n\n42 Spins them. [Kim, Lee] ~DANA/fork:spin → ACME/widgets:main ~DANA/fork: ${nothing} $ ${"
        );
        assert_eq!(message.subject_from, SubjectFrom::Title);
        assert_eq!(message.rule.id, "squash_bitbucket_dc_template");
    }

    #[test]
    fn a_merge_commit_lists_the_subjects() {
        let merged = written(&pull(), &json!({"summaries": 20, "head_sha": "b2"}), false).text;
        assert!(merged.ends_with("to main\n\n* commit 'b2':\n  fix: b\n  feat: a"), "{merged}");
        let cut = written(&pull(), &json!({"summaries": 1}), false).text;
        assert!(cut.ends_with("* commit 'b2': (2 commits)\n  fix: b\n  ..."), "{cut}");
    }

    #[test]
    fn the_strategy_says_what_lands() {
        let check = |id: &str, method| assert_eq!(strategy(id), method, "{id}");
        check("no-ff", Some(Method::Merge));
        check("rebase-no-ff", Some(Method::RebaseMerge));
        check("ff", Some(Method::FastForward));
        check("ff-only", Some(Method::FastForward));
        check("rebase-ff-only", Some(Method::Rebase));
        check("squash", Some(Method::Squash));
        check("squash-ff-only", Some(Method::Squash));
        check("octopus", None);
    }

    #[test]
    fn the_forges_own_message_follows_the_title_as_it_is_typed() {
        let settings = json!({"summaries": 0, "title": "feat: spin widgets",
            "suggested_title": "ACME-7 feat: spin widgets", "suggested_body": "Reviewed."});
        assert_eq!(composed(&pull(), &settings).text, "ACME-7 feat: spin widgets\n\nReviewed.");
        assert_eq!(composed(&pull(), &settings).source, Source::Suggested);
        let typed = PullRequest { title: "fix: stop widgets".into(), ..pull() };
        assert_eq!(composed(&typed, &settings).text, "ACME-7 fix: stop widgets\n\nReviewed.");
    }

    #[test]
    fn dates() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_709_208_000), "2024-02-29T12:00:00Z");
        assert_eq!(git_date("2024-02-29T12:00:00Z"), "Thu Feb 29 12:00:00 2024 +0000");
        for odd in ["", "2024", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z"] {
            assert_eq!(git_date(odd), "", "{odd}");
        }
    }
}

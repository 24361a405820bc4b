//! The warnings: what can go wrong with a pull request's squash commit, where, and what would mend it.
//!
//! A warning is one file and one line in [`CHECKS`]. It is quiet unless it changes the release or breaks a rule the
//! repository has itself.

use crate::bump::Bump;
use crate::forge::Forge;
use crate::message::Span;
use crate::pull_request::{OpenPullRequest, PullRequest};
use crate::squash::{SquashMessage, SubjectFrom};
use crate::text::Text;
use crate::tool::{Facts, Plan, Tool};
use serde::Serialize;

pub mod message;

mod breaking_by_accident;
mod breaking_unread;
mod bump_differs;
mod closes_lost;
mod commit_dropped;
mod footer_lost;
mod issue_key;
#[cfg(feature = "more")]
pub mod landing;
mod lines_counted;
mod not_conventional;
#[cfg(feature = "more")]
mod own_rules;
mod prerelease;
mod punctuation;
pub(crate) mod release_pull_request;
mod releases_nothing;
#[cfg(feature = "more")]
mod replaced;
mod revert;
pub mod rule_set;
#[cfg(feature = "more")]
mod rules;
pub mod same_version;
mod single_commit;
mod twice;
mod unfinished;
mod zero;

/// All warnings, among equally grave ones the costliest first: what publishes a version that cannot be taken back, what
/// loses one, what makes another one than was meant, what only reads badly.
const CHECKS: &[&dyn Check] = &[
    &breaking_by_accident::BreakingByAccident,
    &zero::Zero,
    &prerelease::Prerelease,
    &breaking_unread::BreakingUnread,
    &commit_dropped::CommitDropped,
    &single_commit::SingleCommit,
    &not_conventional::NotConventional,
    &issue_key::IssueKey,
    &punctuation::Punctuation,
    &unfinished::Unfinished,
    &releases_nothing::ReleasesNothing,
    &footer_lost::FooterLost,
    #[cfg(feature = "more")]
    &replaced::Replaced,
    &bump_differs::BumpDiffers,
    &lines_counted::LinesCounted,
    &revert::Revert,
    &closes_lost::ClosesLost,
    #[cfg(feature = "more")]
    &own_rules::OwnRules,
    &twice::Twice,
    &same_version::SameVersion,
];

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Severity {
    /// Good to know.
    Info,
    /// Against a rule, but the release comes out as meant.
    Warning,
    /// It changes the release.
    Error,
}

/// A text a finding can be in or a fix can be put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub enum Field {
    /// The pull request's title.
    Title,
    /// Its description.
    Description,
    /// A commit of its branch.
    Commit,
    /// The subject of the squash commit, in the merge dialog.
    DialogTitle,
    /// The body of the squash commit, or the whole message where the forge has one box, in the merge dialog.
    DialogBody,
    /// A file of the repository.
    File,
}

/// Something that can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The warning's id: `not-conventional`.
    pub id: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong, and by which tool's rule: a message id `check_…`.
    pub text: Text,
    /// Where.
    pub place: Option<Place>,
    /// What would mend it; empty where nothing on the page would.
    pub fix: Fix,
}

/// The place a finding points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The text's kind.
    pub field: Field,
    /// The whole text.
    pub text: String,
    /// The place in it.
    pub span: Span,
}

/// What would mend a finding: texts to put in place of others, all of them together.
pub type Fix = Vec<Edit>;

/// A text to put in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The text to replace.
    pub field: Field,
    /// The whole new text.
    pub value: String,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What is to be merged.
    pub pull_request: &'a PullRequest,
    /// What will be committed.
    pub squash: &'a SquashMessage,
    /// The forge that commits it.
    pub forge: &'a dyn Forge,
    /// The release tool, where it is known.
    pub tool: Option<&'a dyn Tool>,
    /// What it decides from.
    pub facts: &'a Facts<'a>,
    /// What it will release.
    pub plan: Option<&'a Plan>,
    /// The repository's open pull requests, this one among them, where they are known.
    pub open: &'a [OpenPullRequest],
    /// Whether one box of the merge dialog holds the whole message.
    pub one_box: bool,
    /// Where the pull request's own commits begin in the history: what is before was there already.
    pub own_from: usize,
}

/// A warning.
trait Check: Sync {
    /// What it finds.
    fn check(&self, case: &Case<'_>) -> Vec<Finding>;
}

/// All findings, the costliest first. A release tool's own pull request is only said to be one, and of a bot's nothing is
/// warned: nobody wrote them.
#[must_use]
pub fn findings(case: &Case<'_>) -> Vec<Finding> {
    #[cfg(feature = "more")]
    let unread = case.without_title();
    #[cfg(feature = "more")]
    let case = unread.as_ref().unwrap_or(case);
    let (said, all) = release_pull_request::say(case);
    let mut findings: Vec<Finding> = said.into_iter().collect();
    let by_bot = !findings.is_empty();
    if all {
        findings.extend(CHECKS.iter().flat_map(|check| check.check(case)));
    }
    // That the only commit names the squash commit changes no release there.
    #[cfg(feature = "more")]
    findings.retain(|finding| unread.is_none() || finding.id != "single-commit");
    if by_bot {
        for finding in &mut findings {
            finding.severity = Severity::Info;
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

impl Case<'_> {
    /// The same without the tool, where that decides by change files alone: what message is written does not matter to it,
    /// nor does what was written before.
    #[cfg(feature = "more")]
    fn without_title(&self) -> Option<Self> {
        let files = self.tool?.change_files(self.facts.files)?;
        files.alone.then_some(Self { tool: None, plan: None, own_from: 0, ..*self })
    }

    /// The bump this tool alone reads in a message, on top of 1.2.3; `None` where the tool is not known.
    fn bump_of(&self, message: &str) -> Option<Bump> {
        Some(message::bump(self.tool?, self.facts, self.pull_request.files.as_ref(), message))
    }

    /// The place of a part of the squash message's subject, in the text its author can change.
    fn subject_place(&self, span: Span) -> Option<Place> {
        let pull_request = self.pull_request;
        let (field, text) = match self.squash.subject_from {
            SubjectFrom::Title => (Field::Title, pull_request.title.clone()),
            SubjectFrom::Commit(at) => (Field::Commit, pull_request.commits.get(at)?.message.clone()),
            SubjectFrom::Dialog if self.one_box => (Field::DialogBody, self.squash.text.clone()),
            SubjectFrom::Dialog => (Field::DialogTitle, self.subject().to_owned()),
            SubjectFrom::Forge => return None,
        };
        text.get(span.start..span.end)?;
        Some(Place { field, text, span })
    }

    /// The first line of what will be committed.
    fn subject(&self) -> &str {
        crate::message::subject(&self.squash.text)
    }

    /// The place of a part of the squash message where its author wrote it: in the title, the description, a commit or
    /// the merge dialog.
    fn place(&self, span: Span) -> Option<Place> {
        let text = &self.squash.text;
        if span.end <= self.subject().len() {
            return self.subject_place(span);
        }
        let start = text.get(..span.start)?.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..)?.lines().next()?;
        // Forges put a bullet before the subjects of the branch's commits.
        let line = line.strip_prefix("* ").unwrap_or(line);
        let line_start = text.get(start..)?.find(line)? + start;
        let described = (Field::Description, self.pull_request.description.as_str());
        let commits = self.pull_request.commits.iter().map(|commit| (Field::Commit, commit.message.as_str()));
        let sources =
            (self.squash.subject_from != SubjectFrom::Dialog).then(|| std::iter::once(described).chain(commits));
        for (field, source) in sources.into_iter().flatten() {
            if let (Some(found), Some(offset)) = (source.find(line), span.start.checked_sub(line_start)) {
                let start = found + offset;
                let end = (start + span.end - span.start).min(source.len());
                let span = Span::new(start, source.floor_char_boundary(end));
                return Some(Place { field, text: source.to_owned(), span });
            }
        }
        let body = if self.one_box { text } else { crate::message::body(text) };
        let shift = text.len() - body.len();
        let span = Span::new(span.start.checked_sub(shift)?, span.end.checked_sub(shift)?);
        Some(Place { field: Field::DialogBody, text: body.to_owned(), span })
    }

    /// The fix that puts this message in place of the squash message, its subject being the same.
    fn body_fix(&self, message: &str) -> Fix {
        let value = if self.one_box { message } else { crate::message::body(message) };
        vec![Edit { field: Field::DialogBody, value: value.to_owned() }]
    }

    /// The fix that puts the first message in the squash message's place that is good; none where none is.
    fn first_good(&self, messages: impl IntoIterator<Item = String>, good: impl Fn(&str) -> bool) -> Fix {
        messages.into_iter().find(|message| good(message)).map(|message| self.body_fix(&message)).unwrap_or_default()
    }

    /// The fix that makes the squash message's subject say `title` (with what the forge puts around it).
    fn subject_fix(&self, title: &str) -> Fix {
        let number = self.pull_request.number;
        let subject = match self.squash.subject_from {
            SubjectFrom::Title => return vec![Edit { field: Field::Title, value: title.to_owned() }],
            SubjectFrom::Dialog => title.to_owned(),
            SubjectFrom::Commit(_) => format!("{title} (#{number})"),
            SubjectFrom::Forge => {
                self.forge.offered(title, number).unwrap_or_else(|| format!("{title} (pull request #{number})"))
            }
        };
        if !self.one_box {
            return vec![Edit { field: Field::DialogTitle, value: subject }];
        }
        // A forge with a subject of its own puts the title below it.
        let body = crate::message::body(&self.squash.text);
        let rest =
            body.strip_prefix(self.pull_request.title.trim()).filter(|rest| rest.is_empty() || rest.starts_with('\n'));
        let value = SquashMessage::compose(&subject, rest.unwrap_or(body).trim_start());
        vec![Edit { field: Field::DialogBody, value }]
    }

    /// Whether the base branch's own commits are conventional, all but one in ten: a repository without a known tool
    /// that keeps to the convention is told what departs from it.
    fn keeps_convention(&self) -> bool {
        let (conventional, others) = self.convention();
        others >= 10 && conventional * 10 >= others * 9
    }

    /// Whether most of the base branch's own commits are not conventional: one more is no news to anybody.
    fn breaks_convention(&self) -> bool {
        let (conventional, others) = self.convention();
        others >= 10 && conventional * 2 < others
    }

    /// How many of the base branch's own commits are conventional, of how many that are no merges.
    fn convention(&self) -> (usize, usize) {
        let commits = &self.facts.history.commits;
        let others = self.own_from;
        let written =
            commits.iter().take(others).filter(|commit| commit.parents < 2 && !commit.message.starts_with("Merge "));
        written.fold((0, 0), |(conventional, others), commit| {
            (conventional + usize::from(crate::reading::header::read(&commit.message).is_some()), others + 1)
        })
    }
}

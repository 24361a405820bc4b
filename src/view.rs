//! Preview → [`PanelView`]: what is painted, as message ids and arguments. No sentences, no markup.
//!
//! The shapes here are what crosses to TypeScript; a mirror of them would say everything twice, so they serialise
//! themselves (ARCHITECTURE.md). Field names are camel case outside.

use crate::bump::Bump;
use crate::check::{Field, Finding, Place, Severity};
use crate::forge::ErrorKind;
use crate::history::Commit;
use crate::message::{Span, body, subject};
use crate::preview::{Failure, Found, Preview, own_bump};
use crate::pull_request::State;
use crate::squash::{Source, SquashMessage};
use crate::text::Text;
use crate::tool::{Plan, Release};
use serde::Serialize;

/// How many bytes of the text around a finding's place are shown on either side.
const AROUND: usize = 120;
/// How many bytes of a text are painted: a hostile title of megabytes must not stop the page. The raw entry is whole.
const SHOWN: usize = 20_000;

/// Everything the pill and the panel show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PanelView {
    /// How far it has come.
    pub phase: Phase,
    /// The forge's id, for colours and selectors: `github`.
    pub forge: String,
    /// `https://github.com/acme/widgets`; the options page keeps the user's choices under it.
    pub repository: String,
    /// The short form beside the title.
    pub pill: PillView,
    /// The commit the forge will write; null while unknown.
    pub squash: Option<SquashView>,
    /// The release tool; null while unknown.
    pub tool: Option<ToolView>,
    /// One release each package that moves.
    pub releases: Vec<ReleaseView>,
    /// Why nothing is released, where `releases` is empty and the tool is known.
    pub nothing: Option<Text>,
    /// Where no tool was recognised: what the usual tools would make of it, side by side.
    pub alternatives: Vec<AlternativeView>,
    /// What can go wrong, the costliest first.
    pub findings: Vec<FindingView>,
    /// What was assumed.
    pub assumptions: Vec<Text>,
    /// What could not be asked, and what would help.
    pub failures: Vec<FailureView>,
    /// Where the facts come from and how old they are.
    pub sources: Vec<SourceView>,
}

/// How far a preview has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Phase {
    /// Answers are awaited; what is known already stands in the view.
    Loading,
    /// Some answers failed; the rest stands.
    Partial,
    /// All is known.
    Ready,
    /// Nothing useful is known.
    Failed,
}

/// The short form beside the title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PillView {
    /// Colour: what the pull request does to the version; null while or where that is unknown.
    pub bump: Option<Bump>,
    /// The word shown: `minor`, `no release`, `?`.
    pub word: Text,
    /// The version to come (without the tag's prefix); null where there is none.
    pub version: Option<String>,
    /// How many findings there are.
    pub findings: usize,
    /// The gravest of them; null where there is none.
    pub severity: Option<Severity>,
    /// The whole sentence for a screen reader and as a tool tip.
    pub label: Text,
}

/// The commit the forge will write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct SquashView {
    /// First line.
    pub subject: String,
    /// The rest, without the blank line between; empty where there is none.
    pub body: String,
    /// The rule that made it: "GitHub default: one commit, so its own message".
    pub rule: Text,
    /// Whether the rule was assumed because the settings could not be read.
    pub assumed: bool,
}

/// The release tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct ToolView {
    /// Its id: `semantic-release`.
    pub id: String,
    /// The name it gives itself.
    pub name: String,
    /// How it was recognised.
    pub recognised: Text,
}

/// A version to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct ReleaseView {
    /// The package; empty where the repository is one.
    pub component: String,
    /// The version before; null for a first release.
    pub previous: Option<String>,
    /// The version to come.
    pub next: String,
    /// The tag the tool will write.
    pub tag: String,
    /// How far it moves.
    pub bump: Bump,
    /// Why, the deciding commit first.
    pub reasons: Vec<ReasonView>,
    /// The changelog entry, the exact Markdown; null where the tool prints none or it is not known.
    pub entry: Option<String>,
}

/// Why a version moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct ReasonView {
    /// How far it moves the version.
    pub bump: Bump,
    /// The rule.
    pub rule: Text,
    /// The commit's subject; null where the configuration decides.
    pub subject: Option<String>,
    /// Its short hash; null for the squash commit to come.
    pub sha: Option<String>,
    /// Where it can be read; null for the squash commit to come.
    pub url: Option<String>,
    /// Whether it is this pull request's squash commit.
    pub own: bool,
}

/// What another tool would make of the same commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct AlternativeView {
    /// Its id, to choose it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it would do.
    pub bump: Bump,
    /// The version to come; null where it would release nothing.
    pub next: Option<String>,
}

/// Something that can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct FindingView {
    /// The warning's id: `not-conventional`.
    pub id: String,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong and by which tool's rule.
    pub text: Text,
    /// Where.
    pub place: Option<PlaceView>,
    /// What would mend it, all of it together; empty where nothing on the page would.
    pub fix: Vec<EditView>,
}

/// The place a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PlaceView {
    /// The text it is in.
    pub field: Field,
    /// Byte offsets in that text (UTF-8).
    pub span: Span,
    /// The text before the place, on its line; may be cut at the front.
    pub before: String,
    /// The place itself.
    pub marked: String,
    /// The text after it, on its line; may be cut at the end.
    pub after: String,
}

/// A text to put in place of another, on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct EditView {
    /// The text to replace.
    pub field: Field,
    /// The whole new text.
    pub value: String,
}

/// A request that failed, and what would help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct FailureView {
    /// Which request, and what happened.
    pub text: Text,
    /// What the user can do about it; null where nothing but waiting helps.
    pub remedy: Option<Text>,
    /// Until when, in milliseconds since 1970; null where that is not known.
    #[cfg_attr(feature = "types", ts(type = "number | null"))]
    pub until: Option<u64>,
    /// The technical detail: address path, expectation.
    pub detail: String,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct SourceView {
    /// What: "commits of the pull request, GitHub API".
    pub text: Text,
    /// When it was fetched or confirmed, in milliseconds since 1970.
    #[cfg_attr(feature = "types", ts(type = "number"))]
    pub at: u64,
}

/// What is painted of a preview.
#[must_use]
pub fn panel(preview: &Preview) -> PanelView {
    let settled = matches!(preview.pull_request.state, State::Merged | State::Closed);
    let nothing_known = preview.squash.is_none() && !settled;
    let phase = if !preview.requests.is_empty() {
        Phase::Loading
    } else if preview.failures.is_empty() {
        Phase::Ready
    } else if nothing_known {
        Phase::Failed
    } else {
        Phase::Partial
    };
    let plan = preview.plan.as_ref();
    let releases: Vec<ReleaseView> =
        plan.iter().flat_map(|plan| &plan.releases).map(|release| release_view(preview, release)).collect();
    let own = preview.commits.len().checked_sub(1);
    let names_own =
        |release: &Release| release.entry.is_some() && release.reasons.iter().any(|reason| reason.commit == own);
    let hash = plan.is_some_and(|plan| plan.releases.iter().any(names_own)).then(|| Text::new("assumed_hash", []));
    let notes = plan.iter().flat_map(|plan| &plan.notes).cloned().chain(hash);
    PanelView {
        phase,
        forge: preview.forge.id().to_owned(),
        repository: preview.place.repository.url(),
        pill: pill(preview, phase),
        squash: preview.squash.as_ref().map(squash_view),
        tool: preview.tool.as_ref().map(|(tool, found)| ToolView {
            id: tool.id().to_owned(),
            name: tool.name().to_owned(),
            recognised: match found {
                Found::Chosen => Text::new("tool_chosen", []),
                Found::Recognised(by) if by.evidence.is_empty() => Text::new("tool_recognised", [&by.path]),
                Found::Recognised(by) => Text::new("tool_recognised_by", [&by.path, &by.evidence]),
            },
        }),
        nothing: nothing(preview, &releases),
        releases,
        alternatives: preview
            .alternatives
            .iter()
            .map(|(tool, plan)| alternative(tool.id(), tool.name(), plan, preview.commits.len()))
            .collect(),
        findings: preview.findings.iter().map(finding_view).collect(),
        assumptions: preview.assumptions.iter().cloned().chain(notes).collect(),
        failures: preview.failures.iter().map(|failure| failure_view(failure, preview.access.token)).collect(),
        sources: preview
            .sources
            .iter()
            .map(|(what, at)| SourceView { text: source(what, preview.forge.name()), at: *at })
            .collect(),
    }
}

/// Text cut to what is painted, on a character boundary.
fn shown(text: &str) -> String {
    match text.get(..text.floor_char_boundary(SHOWN)) {
        Some(start) if start.len() < text.len() => format!("{start}…"),
        _ => text.to_owned(),
    }
}

/// The release the pill speaks of: the one this pull request moves furthest, else the first.
fn foremost(preview: &Preview) -> Option<&Release> {
    let releases = &preview.plan.as_ref()?.releases;
    let own = preview.commits.len().checked_sub(1);
    let moved = |release: &&Release| release.reasons.iter().any(|reason| reason.commit == own);
    releases.iter().filter(moved).max_by_key(|release| release.bump).or_else(|| releases.first())
}

fn pill(preview: &Preview, phase: Phase) -> PillView {
    let counted: Vec<&Finding> = preview.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
    let tool = preview.tool.as_ref().map_or("", |(tool, _)| tool.name());
    let release = foremost(preview);
    let next = release.map(|release| release.next.to_string());
    let version = next.clone().unwrap_or_default();
    let (bump, word, label) = match (preview.pull_request.state, preview.own) {
        (State::Merged, _) => (None, Text::new("pill_merged", []), Text::new("pill_label_merged", [])),
        (State::Closed, _) => (None, Text::new("pill_closed", []), Text::new("pill_label_closed", [])),
        (_, Some(Bump::None))
            if release.is_some_and(|release| !release.reasons.iter().all(|reason| reason.commit.is_none())) =>
        {
            (Some(Bump::None), Text::new("bump_none", []), Text::new("pill_label_waiting", [tool, &version]))
        }
        (_, Some(own)) => {
            let bump = release.map_or(own, |release| release.bump);
            (Some(bump), bump_word(bump), bump_label(bump, tool, &version))
        }
        (_, None) => match phase {
            Phase::Loading => (None, Text::new("pill_loading", []), Text::new("pill_label_loading", [])),
            Phase::Failed | Phase::Partial => (None, Text::new("pill_unknown", []), Text::new("pill_label_failed", [])),
            Phase::Ready => (None, Text::new("pill_no_tool", []), Text::new("pill_label_no_tool", [])),
        },
    };
    let severity = counted.iter().map(|finding| finding.severity).max();
    // A version that waits on the branch is not this pull request's: the panel tells it.
    let version = next.filter(|_| bump != Some(Bump::None));
    PillView { bump, word, version, findings: counted.len(), severity, label }
}

fn bump_word(bump: Bump) -> Text {
    match bump {
        Bump::None => Text::new("bump_none", []),
        Bump::Patch => Text::new("bump_patch", []),
        Bump::Minor => Text::new("bump_minor", []),
        Bump::Major => Text::new("bump_major", []),
    }
}

fn bump_label(bump: Bump, tool: &str, next: &str) -> Text {
    match (bump, next.is_empty()) {
        (Bump::None, _) => Text::new("pill_label_none", [tool]),
        (Bump::Patch, false) => Text::new("pill_label_patch", [tool, next]),
        (Bump::Minor, false) => Text::new("pill_label_minor", [tool, next]),
        (Bump::Major, false) => Text::new("pill_label_major", [tool, next]),
        (Bump::Patch, true) => Text::new("pill_label_patch_unversioned", [tool]),
        (Bump::Minor, true) => Text::new("pill_label_minor_unversioned", [tool]),
        (Bump::Major, true) => Text::new("pill_label_major_unversioned", [tool]),
    }
}

fn squash_view(message: &SquashMessage) -> SquashView {
    SquashView {
        subject: shown(subject(&message.text)),
        body: shown(body(&message.text)),
        rule: message.rule.clone(),
        assumed: message.source == Source::Assumed,
    }
}

/// Why nothing is released, where that is known.
fn nothing(preview: &Preview, releases: &[ReleaseView]) -> Option<Text> {
    match preview.pull_request.state {
        State::Merged => return Some(Text::new("nothing_merged", [])),
        State::Closed => return Some(Text::new("nothing_closed", [])),
        State::Open | State::Draft => {}
    }
    let plan = preview.plan.as_ref().filter(|_| releases.is_empty())?;
    let (tool, _) = preview.tool.as_ref()?;
    match (&plan.nothing, preview.own) {
        (Some(nothing), _) => Some(nothing.clone()),
        (None, Some(Bump::None)) => Some(Text::new("nothing_released", [tool.name()])),
        (None, _) if preview.requests.is_empty() => Some(Text::new("nothing_version_unknown", [])),
        (None, _) => None,
    }
}

fn release_view(preview: &Preview, release: &Release) -> ReleaseView {
    let own = preview.commits.len().checked_sub(1);
    let reasons = release.reasons.iter().map(|reason| {
        let commit = reason.commit.and_then(|at| preview.commits.get(at));
        let stored = commit.filter(|commit| !commit.sha.is_empty());
        ReasonView {
            bump: reason.bump,
            rule: reason.rule.clone(),
            subject: commit.map(|commit: &Commit| shown(subject(&commit.message))),
            sha: stored.map(|commit| commit.sha.chars().take(7).collect()),
            url: stored.map(|commit| preview.forge.commit_url(&preview.place.repository, &commit.sha)),
            own: reason.commit.is_some() && reason.commit == own,
        }
    });
    ReleaseView {
        component: release.component.clone(),
        previous: release.previous.as_ref().map(ToString::to_string),
        next: release.next.to_string(),
        tag: release.tag.clone(),
        bump: release.bump,
        reasons: reasons.collect(),
        entry: release.entry.as_ref().map(|entry| entry.markdown.clone()),
    }
}

fn alternative(id: &str, name: &str, plan: &Plan, commits: usize) -> AlternativeView {
    let release = plan.releases.first();
    let own = commits.checked_sub(1).map(|place| own_bump(plan, place)).unwrap_or_default();
    AlternativeView {
        id: id.to_owned(),
        name: name.to_owned(),
        bump: own,
        next: release.filter(|_| own > Bump::None).map(|release| release.next.to_string()),
    }
}

fn finding_view(finding: &Finding) -> FindingView {
    FindingView {
        id: finding.id.to_owned(),
        severity: finding.severity,
        text: finding.text.clone(),
        place: finding.place.as_ref().map(place_view),
        fix: finding.fix.iter().map(|edit| EditView { field: edit.field, value: edit.value.clone() }).collect(),
    }
}

/// The place with what stands around it on its line, cut where that is long.
fn place_view(place: &Place) -> PlaceView {
    let text = place.text.as_str();
    let before = text.get(..place.span.start).unwrap_or_default();
    let after = text.get(place.span.end..).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = after.split('\n').next().unwrap_or_default();
    let cut = before.ceil_char_boundary(before.len().saturating_sub(AROUND));
    let start = before.get(cut..).unwrap_or_default();
    let end = after.get(..after.floor_char_boundary(AROUND)).unwrap_or_default();
    PlaceView {
        field: place.field,
        span: place.span,
        before: if cut > 0 { format!("…{start}") } else { start.to_owned() },
        marked: shown(place.span.of(text)),
        after: if end.len() < after.len() { format!("{end}…") } else { end.to_owned() },
    }
}

fn failure_view(failure: &Failure, token: bool) -> FailureView {
    let url = failure.request.url.as_str();
    let address = url.strip_prefix("https://").unwrap_or(url);
    let address = address.split('?').next().unwrap_or_default();
    let (text, remedy) = match &failure.kind {
        ErrorKind::Offline => (Text::new("failure_offline", [address]), Some(Text::new("remedy_online", []))),
        ErrorKind::TimedOut => (Text::new("failure_timed_out", [address]), Some(Text::new("remedy_again", []))),
        ErrorKind::Unauthorised => {
            (Text::new("failure_unauthorised", [address]), Some(Text::new("remedy_new_token", [])))
        }
        ErrorKind::Forbidden if token => {
            (Text::new("failure_forbidden", [address]), Some(Text::new("remedy_scope", [])))
        }
        ErrorKind::Forbidden => (Text::new("failure_forbidden", [address]), Some(Text::new("remedy_token", []))),
        ErrorKind::Limited { .. } if token => (Text::new("failure_limited", [address]), None),
        ErrorKind::Limited { .. } => (Text::new("failure_limited", [address]), Some(Text::new("remedy_limit", []))),
        ErrorKind::Missing if token => (Text::new("failure_missing", [address]), Some(Text::new("remedy_scope", []))),
        ErrorKind::Missing => (Text::new("failure_missing", [address]), Some(Text::new("remedy_token", []))),
        ErrorKind::Broken { status } => {
            (Text::new("failure_broken", [address, &status.to_string()]), Some(Text::new("remedy_again", [])))
        }
        ErrorKind::Unexpected { status } => (Text::new("failure_unexpected", [address, &status.to_string()]), None),
        ErrorKind::Garbage => (Text::new("failure_garbage", [address]), Some(Text::new("remedy_report", []))),
    };
    let until = match failure.kind {
        ErrorKind::Limited { until } => until.and_then(|seconds| seconds.checked_mul(1000)),
        _ => None,
    };
    FailureView { text, remedy, until, detail: shown(&failure.detail) }
}

/// What a kind of request brought, in words.
fn source(what: &str, forge: &str) -> Text {
    match what {
        "pull_request" => Text::new("source_pull_request", [forge]),
        "commits" => Text::new("source_commits", [forge]),
        "settings" => Text::new("source_settings", [forge]),
        "suggestion" => Text::new("source_suggestion", [forge]),
        "tags" => Text::new("source_tags", [forge]),
        "tree" | "tree_list" => Text::new("source_tree", [forge]),
        "file" | "files" => Text::new("source_files", [forge]),
        "history" => Text::new("source_history", [forge]),
        _ => Text::new("source_everything", [forge]),
    }
}

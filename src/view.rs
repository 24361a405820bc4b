//! Preview → [`PanelView`]: what is painted, as message ids and arguments. No sentences, no markup.
//!
//! The shapes here are what crosses to TypeScript; a mirror of them would say everything twice, so they serialise
//! themselves (ARCHITECTURE.md). Field names are camel case outside.

use crate::bump::Bump;
use crate::check::{Field, Finding, Place, Severity};
use crate::forge::ErrorKind;
use crate::history::Commit;
use crate::message::{Span, body, subject};
use crate::preview::{Failure, Found, Preview};
use crate::pull_request::State;
#[cfg(feature = "more")]
use crate::squash::Method;
use crate::squash::{MethodFrom, Source, SquashMessage};
use crate::text::Text;
#[cfg(feature = "more")]
use crate::tool::Plan;
use crate::tool::Release;
use serde::Serialize;

/// How many bytes of the text around a finding's place are shown on either side.
const AROUND: usize = 120;
/// How many of the branch's commits are painted where they land.
#[cfg(feature = "more")]
const LANDED: usize = 100;
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
    /// The squash commit; null while unknown, and where the branch's own commits land.
    pub squash: Option<SquashView>,
    /// How it is merged, and what lands beside or instead of a squash commit; null while unknown.
    pub landing: Option<LandingView>,
    /// The release tool; null while unknown.
    pub tool: Option<ToolView>,
    /// Why no tool is named; null where one is, and while that is not known yet.
    pub no_tool: Option<Text>,
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

/// What lands on the base branch, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct LandingView {
    /// How it is merged.
    pub method: Text,
    /// Where that is known from; null where nobody has to be told.
    pub from: Text,
    /// Whether the method was assumed.
    pub assumed: bool,
    /// The branch's commits where they land themselves, oldest first; empty where they are squashed.
    pub commits: Landed,
    /// How many more of them there are.
    pub more: usize,
    /// The merge commit behind them; null where there will be none.
    pub merge: Option<SquashView>,
}

/// The branch's commits that land. The base module hands such pull requests over, and does not carry what it would take
/// to write them.
#[cfg(feature = "more")]
pub type Landed = Vec<LandedView>;
/// The base module has none.
#[cfg(not(feature = "more"))]
pub type Landed = [Bump; 0];

/// A commit of the branch that lands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct LandedView {
    /// First line.
    pub subject: String,
    /// The short hash; null where it will get another one.
    pub sha: Option<String>,
    /// Where it can be read; null where it will get another hash.
    pub url: Option<String>,
    /// What the tool reads in it; null while the tool is not known.
    pub bump: Option<Bump>,
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
    /// Why, the deciding commit first. Of very many the first, and those that land.
    pub reasons: Vec<ReasonView>,
    /// How many more of them there are.
    pub more: usize,
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
    /// What it would do; null where it does not go by messages.
    pub bump: Option<Bump>,
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
    let nothing_known = preview.landing.is_empty() && !settled;
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
    let mut releases: Vec<ReleaseView> = plan
        .iter()
        .flat_map(|plan| &plan.releases)
        .zip(&preview.named)
        .map(|(release, named)| release_view(preview, release, named))
        .collect();
    if let ([release], false) = (releases.as_mut_slice(), settled) {
        release.reasons.splice(0..0, own_nothing(preview, &release.reasons));
    }
    let unwritten = |commit: Option<usize>| {
        commit
            .and_then(|at| preview.landing.get(at.checked_sub(preview.own_from)?))
            .is_some_and(|own| own.sha.is_empty())
    };
    let names_own =
        |release: &Release| release.entry.is_some() && release.reasons.iter().any(|reason| unwritten(reason.commit));
    let hash = plan.is_some_and(|plan| plan.releases.iter().any(names_own)).then(|| {
        if preview.method.0.keeps_commits() {
            Text::new("assumed_hash_landing", [])
        } else {
            Text::new("assumed_hash", [])
        }
    });
    let notes = plan.iter().flat_map(|plan| &plan.notes).cloned().chain(hash);
    PanelView {
        phase,
        forge: preview.forge.id().to_owned(),
        repository: preview.place.repository.url(),
        pill: pill(preview, phase),
        squash: preview.squash.as_ref().map(squash_view),
        landing: (!preview.landing.is_empty()).then(|| landing_view(preview)),
        tool: preview.tool.as_ref().map(|(tool, found)| ToolView {
            id: tool.id().to_owned(),
            name: tool.name().to_owned(),
            recognised: match found {
                Found::Chosen => Text::new("tool_chosen", []),
                Found::Recognised(by) if by.evidence.is_empty() => Text::new("tool_recognised", [&by.path]),
                Found::Recognised(by) => Text::new("tool_recognised_by", [&by.path, &by.evidence]),
            },
        }),
        no_tool: no_tool(preview, phase),
        nothing: nothing(preview, &releases),
        releases,
        alternatives: preview
            .alternatives
            .iter()
            .map(|other| AlternativeView {
                id: other.tool.id().to_owned(),
                name: other.tool.name().to_owned(),
                bump: other.bump,
                next: other.next.as_ref().map(ToString::to_string),
            })
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
    #[cfg(feature = "more")]
    if let Some(own) = &preview.own_releases {
        let own = own.iter().filter_map(|place| releases.get(*place));
        return own.max_by_key(|release| release.bump).or_else(|| releases.first());
    }
    let moved = |release: &&Release| release.reasons.iter().any(|reason| preview.lands(reason.commit));
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
        (_, Some(Bump::None)) if waits(preview, release) => {
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

/// Whether this release comes without the pull request as well, which moves nothing itself.
fn waits(preview: &Preview, release: Option<&Release>) -> bool {
    #[cfg(feature = "more")]
    if preview.own_releases.is_some() {
        return release.is_some();
    }
    let _ = preview;
    release.is_some_and(|release| !release.reasons.iter().all(|reason| reason.commit.is_none()))
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

fn landing_view(preview: &Preview) -> LandingView {
    let (method, from) = preview.method;
    let from = match from {
        MethodFrom::Dialog => Text::new("method_dialog", []),
        MethodFrom::Button => Text::new("method_button", []),
        MethodFrom::Repository => Text::new("method_repository", []),
        MethodFrom::Assumed => Text::new("method_assumed", []),
    };
    let assumed = preview.method.1 == MethodFrom::Assumed;
    #[cfg(feature = "more")]
    if method != Method::Squash {
        return landed(preview, from, assumed);
    }
    let _ = method;
    let method = Text::new("method_squash", []);
    LandingView { method, from, assumed, commits: Landed::default(), more: 0, merge: None }
}

/// What lands where it is not squashed into one commit.
#[cfg(feature = "more")]
fn landed(preview: &Preview, from: Text, assumed: bool) -> LandingView {
    let method = preview.method.0;
    let own = preview.landing.as_slice();
    let kept = if method.keeps_commits() { own.len() - usize::from(preview.merge.is_some()).min(own.len()) } else { 0 };
    let count = kept.to_string();
    let said = match method {
        Method::Squash => Text::new("method_squash", []),
        Method::SquashMerge => Text::new("method_squash_merge", []),
        Method::Merge => Text::new("method_merge", [&count]),
        Method::Rebase => Text::new("method_rebase", [&count]),
        Method::RebaseMerge => Text::new("method_rebase_merge", [&count]),
        Method::FastForward => Text::new("method_fast_forward", [&count]),
    };
    let commits = own.iter().take(kept.min(LANDED)).enumerate().map(|(index, commit)| {
        let stored = !commit.sha.is_empty();
        let place = preview.own_from + index;
        let bump = |plan: &Plan| {
            let read = plan.readings.iter().filter(|reading| reading.commit == place);
            read.map(|reading| reading.bump).max().unwrap_or_default()
        };
        LandedView {
            subject: shown(subject(&commit.message)),
            sha: stored.then(|| commit.sha.chars().take(7).collect()),
            url: stored.then(|| preview.forge.commit_url(&preview.place.repository, &commit.sha)),
            bump: preview.plan.as_ref().map(bump),
        }
    });
    let commits: Vec<LandedView> = commits.collect();
    let more = kept - commits.len();
    LandingView { method: said, from, assumed, commits, more, merge: preview.merge.as_ref().map(squash_view) }
}

/// Why no tool is named: there is none that is known, or nobody could look.
fn no_tool(preview: &Preview, phase: Phase) -> Option<Text> {
    let settled = matches!(preview.pull_request.state, State::Merged | State::Closed);
    if preview.tool.is_some() || settled || phase == Phase::Loading || preview.squash.is_none() {
        return None;
    }
    Some(if preview.files_unread { Text::new("no_tool_unread", []) } else { Text::new("no_tool", []) })
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

/// Where a release waits on the branch and this pull request adds nothing to it, that stands first among the reasons: a
/// version is shown, and the reader must not take it for this pull request's.
fn own_nothing(preview: &Preview, reasons: &[ReasonView]) -> Option<ReasonView> {
    let adds_nothing = preview.own == Some(Bump::None) && !reasons.iter().any(|reason| reason.own);
    let (tool, _) = preview.tool.as_ref().filter(|_| adds_nothing)?;
    let [own] = preview.landing.as_slice() else { return None };
    // Change files, not commits, made the release.
    reasons.iter().find(|reason| reason.subject.is_some())?;
    Some(ReasonView {
        bump: Bump::None,
        rule: Text::new("nothing_released", [tool.name()]),
        subject: Some(shown(subject(&own.message))),
        sha: None,
        url: None,
        own: true,
    })
}

fn release_view(preview: &Preview, release: &Release, named: &[Option<Commit>]) -> ReleaseView {
    let reasons = preview.told(release).zip(named).map(|(reason, commit)| {
        let commit = commit.as_ref();
        let stored = commit.filter(|commit| !commit.sha.is_empty());
        ReasonView {
            bump: reason.bump,
            rule: reason.rule.clone(),
            subject: commit.map(|commit: &Commit| shown(subject(&commit.message))),
            sha: stored.map(|commit| {
                let end = commit.sha.char_indices().nth(7).map(|(at, _)| at);
                end.and_then(|end| commit.sha.get(..end)).unwrap_or(&commit.sha).to_owned()
            }),
            url: stored.map(|commit| preview.forge.commit_url(&preview.place.repository, &commit.sha)),
            own: preview.lands(reason.commit),
        }
    });
    let reasons: Vec<ReasonView> = reasons.collect();
    ReleaseView {
        component: release.component.clone(),
        previous: release.previous.as_ref().map(ToString::to_string),
        next: release.next.to_string(),
        tag: release.tag.clone(),
        bump: release.bump,
        more: release.reasons.len() - reasons.len(),
        reasons,
        entry: release.entry.as_ref().map(|entry| entry.markdown.clone()),
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
        #[cfg(feature = "more")]
        "open" => Text::new("source_open", [forge]),
        #[cfg(feature = "more")]
        "file_own" | "changes" => Text::new("source_changes", [forge]),
        _ => Text::new("source_everything", [forge]),
    }
}

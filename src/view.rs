//! Preview → [`PanelView`]: what is painted, as message ids and arguments. No sentences, no markup.
//!
//! The shapes here are what crosses to TypeScript; a mirror of them would say everything twice, so they serialise
//! themselves (ARCHITECTURE.md). Field names are camel case outside.

use crate::bump::Bump;
use crate::markdown::Block;
use crate::message::Span;
use crate::text::Text;
use serde::Serialize;

/// Everything the pill and the panel show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct PanelView {
    /// How far it has come.
    pub phase: Phase,
    /// The forge's id, for colours and selectors: `github`.
    pub forge: String,
    /// `acme/widgets`; the options page keeps the user's choices under it.
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
    /// The changelog entry; null where the tool prints none or it is not known.
    pub entry: Option<EntryView>,
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

/// A changelog entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct EntryView {
    /// The exact text, to copy.
    pub raw: String,
    /// The same, to paint.
    pub blocks: Vec<Block>,
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
    /// What would mend it.
    pub fix: Option<FixView>,
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
    /// The body of the squash commit, in the merge dialog.
    DialogBody,
    /// A file of the repository.
    File,
}

/// What would mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct FixView {
    /// The text to put it into.
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

//! The only place that orders the work: facts wanted → facts known → [`Preview`].
//!
//! It is asked again whenever something is new (a key typed, an answer come): from the page and all answers known it
//! tells what can be told, and which requests would tell more. It keeps nothing between two calls.

use crate::bump::Bump;
use crate::check::{self, Case, Finding};
use crate::files::{File, Files};
use crate::forge::{self, Access, Asked, ErrorKind, Fact, Forge, Lent, Place, Request, Want};
use crate::history::{Commit, History, Tag};
use crate::page::{Dialog, PageContext};
use crate::pull_request::{OpenPullRequest, PullRequest, State};
use crate::squash::{Method, MethodFrom, Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use crate::tool::{self, Facts, Plan, Reason, Recognition, Release, Tool};
#[cfg(feature = "more")]
use crate::version::TagPattern;
use semver::Version;
use serde::{Deserialize, Serialize};

#[cfg(feature = "more")]
mod change_files;
#[cfg(feature = "more")]
mod landing;

/// How many workflow files are read in search of a release tool.
const WORKFLOWS: usize = 20;
/// How many packages' own files are read.
const PACKAGES: usize = 100;
/// Where GitHub's workflows stand.
const WORKFLOW_FOLDER: &str = ".github/workflows/";

/// What the user has chosen for one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct RepositorySettings {
    /// The release tool's id; null for the one that is recognised.
    pub tool: Option<String>,
    /// The tag pattern, `v{version}`; null for the tool's own.
    pub tag_pattern: Option<String>,
}

/// An answer as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// [`Request::key`] of what was asked.
    pub key: String,
    /// [`Request::what`] of what was asked.
    pub what: String,
    /// What it said.
    pub facts: Vec<Fact>,
    /// When it was given or confirmed, in milliseconds since 1970.
    pub at: u64,
}

/// A request that brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was asked.
    pub request: Request,
    /// What kind of trouble it is.
    pub kind: ErrorKind,
    /// The technical detail.
    pub detail: String,
}

/// Everything a preview is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// What stands on the page.
    pub page: &'a PageContext,
    /// What the user has chosen for this repository.
    pub settings: &'a RepositorySettings,
    /// What the reader may use to ask.
    pub access: Access,
    /// All answers known, of this pull request and its repository.
    pub answers: &'a mut [Answer],
    /// All requests that failed.
    pub failures: &'a [Failure],
    /// Today in UTC, `YYYY-MM-DD`: what an entry will be dated.
    pub date: &'a str,
}

impl<'a> Input<'a> {
    /// A page of which everything is answered, without a token.
    #[must_use]
    pub fn answered(
        page: &'a PageContext,
        settings: &'a RepositorySettings,
        answers: &'a mut [Answer],
        date: &'a str,
    ) -> Self {
        Self { page, settings, access: Access::default(), answers, failures: &[], date }
    }
}

/// What can be told.
pub struct Preview {
    /// The forge.
    pub forge: &'static dyn Forge,
    /// What the address names.
    pub place: Place,
    /// What the reader may use to ask.
    pub access: Access,
    /// What is to be merged, as far as it is known.
    pub pull_request: PullRequest,
    /// How it will be merged, and where that is known from.
    pub method: (Method, MethodFrom),
    /// The one commit that is made of the branch's; `None` while not even a title is known, where nothing is to be merged
    /// any more, and where the branch's own commits land.
    pub squash: Option<SquashMessage>,
    /// The merge commit that is written behind what lands; `None` where the method writes none.
    pub merge: Option<SquashMessage>,
    /// The release tool and how it was found.
    pub tool: Option<(&'static dyn Tool, Found)>,
    /// What the tool will release; `None` while tool or history are not known.
    pub plan: Option<Plan>,
    /// What this pull request's commit alone is read as; `None` while the tool is not known.
    pub own: Option<Bump>,
    /// Where no tool is recognised: what the usual ones would make of it, the most used first.
    pub alternatives: Vec<Alternative>,
    /// Whether files that tell the tool could not be read: then nobody knows that there is none.
    pub files_unread: bool,
    /// The commits that land: one where it is squashed. Empty while nothing is known of the branch.
    pub landing: Vec<Commit>,
    /// Where those begin among all that the plan's places point into.
    pub own_from: usize,
    /// Of each of the plan's releases the commits that [`Self::told`] names, in its order.
    pub named: Vec<Vec<Option<Commit>>>,
    /// Which of the plan's releases the pull request's own change files ask for, by their places; `None` for a tool that
    /// does not decide by such files.
    #[cfg(feature = "more")]
    pub own_releases: Option<Vec<usize>>,
    /// What can go wrong.
    pub findings: Vec<Finding>,
    /// What was assumed.
    pub assumptions: Vec<Text>,
    /// What failed and was not made good elsewhere.
    pub failures: Vec<Failure>,
    /// What was asked and when it was answered, once each kind.
    pub sources: Vec<(String, u64)>,
    /// What would tell more; empty where all is known or has failed.
    pub requests: Vec<Request>,
    /// Whether the repository may need more than this module holds: the next one is to be asked instead.
    pub elsewhere: bool,
}

/// What a tool would make of the pull request.
pub struct Alternative {
    /// The tool.
    pub tool: &'static dyn Tool,
    /// What it reads in the squash commit; `None` where it does not go by messages.
    pub bump: Option<Bump>,
    /// The version to come; `None` where it would release nothing, and where the last one is not known.
    pub next: Option<Version>,
}

/// How the tool was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The repository's own files say so.
    Recognised(Recognition),
    /// The user said so.
    Chosen,
}

/// How many of a release's reasons are told.
const REASONS: usize = 100;

/// What the answers say, put together.
#[derive(Default)]
struct Known {
    pull_request: Option<PullRequest>,
    base_sha: Option<String>,
    commits: Option<(Vec<Commit>, bool)>,
    settings: Option<serde_json::Map<String, serde_json::Value>>,
    suggestions: Vec<(Method, String, String)>,
    methods: (Vec<Method>, Option<Method>),
    tags: Option<(Vec<Tag>, bool)>,
    tree: Option<Vec<String>>,
    files: Files,
    histories: Vec<Lent>,
    unreleased: Option<u64>,
    open: Vec<OpenPullRequest>,
    /// The pages of the pull request's commits that are not known yet.
    #[cfg(feature = "more")]
    further: Vec<Want>,
    #[cfg(feature = "more")]
    own: change_files::Own,
}

impl Known {
    /// What the answers say. Their histories are taken out of them: [`Self::give_back`].
    fn of(answers: &mut [Answer]) -> Self {
        let mut known = Self::default();
        let mut histories: Vec<Option<String>> = Vec::new();
        for fact in answers.iter().flat_map(|answer| &answer.facts) {
            // A history may be long: it is not copied.
            if let Fact::History { since, total, .. } = fact {
                known.unreleased = known.unreleased.max(*total);
                if !histories.contains(since) {
                    histories.push(since.clone());
                }
                continue;
            }
            match fact.clone() {
                Fact::PullRequest { title, description, base, head, state, author, base_sha } => {
                    let rest = PullRequest::default();
                    known.pull_request = Some(PullRequest { title, description, base, head, state, author, ..rest });
                    known.base_sha = Some(base_sha).filter(|sha| !sha.is_empty());
                }
                Fact::Commits { commits, complete } => known.commits = Some((commits, complete)),
                Fact::Settings(settings) => known.settings.get_or_insert_default().extend(settings),
                Fact::Suggestion { subject, body, method } => known.suggestions.push((method, subject, body)),
                Fact::Methods { allowed, preferred } => {
                    if !allowed.is_empty() {
                        known.methods.0 = allowed;
                    }
                    known.methods.1 = preferred.or(known.methods.1);
                }
                Fact::Open(open) => known.open = open,
                Fact::Tags { tags, complete } => known.tags = Some((tags, complete)),
                // Some trees are told folder by folder.
                #[cfg(feature = "more")]
                Fact::Tree { paths } if known.tree.is_some() => {
                    let tree = known.tree.get_or_insert_default();
                    tree.extend(paths);
                    tree.sort_unstable();
                    tree.dedup();
                }
                #[cfg(feature = "more")]
                Fact::Changes { changes, complete, at } => known.own.changes = Some((changes, complete, at)),
                #[cfg(feature = "more")]
                Fact::OwnFile { at, path, text } => {
                    known.own.texts.insert((at, path), text);
                }
                Fact::Tree { paths } => known.tree = Some(paths),
                Fact::File { path, text } => known.files.insert(&path, text.map_or(File::Absent, File::Present)),
                Fact::History { .. } => {}
                #[cfg(feature = "more")]
                Fact::MoreCommits { .. } | Fact::CommitsGoOn { .. } => {}
            }
        }
        #[cfg(feature = "more")]
        if let Some(commits) = known.commits.as_mut().filter(|(_, complete)| !complete) {
            known.further = forge::join_commits(commits, answers.iter().flat_map(|answer| &answer.facts));
        }
        let lent = histories.iter().filter_map(|since| Lent::take(facts_of(answers), since.as_deref()));
        known.histories = lent.collect();
        known
    }

    /// The answers get back what was taken out of them.
    fn give_back(self, answers: &mut [Answer]) {
        for lent in self.histories {
            lent.give_back(facts_of(answers));
        }
    }

    /// Where the history stands that begins at the tag or holds it; for no tag the newest commits.
    fn history(&self, tag: Option<&Tag>) -> Option<usize> {
        let name = tag.map(|tag| tag.name.as_str());
        let exact = self.histories.iter().position(|lent| lent.history.since.as_deref() == name);
        let holds = |lent: &Lent| {
            let holds = |sha: &str| lent.history.commits.iter().any(|commit| commit.sha == sha);
            tag.is_some_and(|tag| !tag.sha.is_empty() && holds(&tag.sha))
        };
        exact.or_else(|| self.histories.iter().position(holds))
    }
}

fn facts_of(answers: &mut [Answer]) -> impl Iterator<Item = &mut Fact> {
    answers.iter_mut().flat_map(|answer| &mut answer.facts)
}

/// The preview of a page; `None` where its address names no pull request. The answers are as before in the end: what is
/// long among them is lent in between.
#[must_use]
pub fn preview(input: &mut Input<'_>) -> Option<Preview> {
    let (forge, place) = forge::of(input.page)?;
    let mut known = Known::of(input.answers);
    let preview = told(input, &mut known, forge, place);
    known.give_back(input.answers);
    Some(preview)
}

/// What can be told of what is known.
fn told(input: &Input<'_>, known: &mut Known, forge: &'static dyn Forge, place: Place) -> Preview {
    let pull_request = pull_request(input.page, &place, known);
    let mut preview = Preview {
        forge,
        place,
        access: input.access,
        pull_request,
        method: method(input.page, known),
        squash: None,
        merge: None,
        tool: None,
        plan: None,
        own: None,
        alternatives: Vec::new(),
        files_unread: files_unread(input, known),
        landing: Vec::new(),
        own_from: 0,
        named: Vec::new(),
        #[cfg(feature = "more")]
        own_releases: None,
        findings: Vec::new(),
        assumptions: Vec::new(),
        failures: Vec::new(),
        sources: sources(input.answers),
        requests: Vec::new(),
        elsewhere: false,
    };
    if matches!(preview.pull_request.state, State::Merged | State::Closed) {
        return preview;
    }
    let paths = || known.tree.iter().flatten().map(String::as_str);
    preview.elsewhere = tool::elsewhere(paths(), &known.files, input.settings.tool.as_deref())
        || check::rule_set::elsewhere(paths(), &known.files)
        || cfg!(not(feature = "more")) && preview.method.0 != Method::Squash
        // Commits beyond the first page are the second module's.
        || cfg!(not(feature = "more")) && known.commits.as_ref().is_some_and(|(_, complete)| !complete);
    preview.tool = find_tool(input.settings, known);
    let last = known.tags.as_ref().and_then(|(tags, _)| preview.last_release(input, known, tags));
    preview.requests = preview.wanted(input, known, last);
    // A repository's own templates are read by the third module.
    preview.elsewhere |= cfg!(all(feature = "more", not(feature = "templates")))
        && preview.tool.as_ref().is_some_and(|(tool, _)| tool.fills_templates(&known.files));
    // Where no tool is recognised, the usual ones stand side by side: the second module has them all.
    preview.elsewhere |= cfg!(not(feature = "more")) && preview.tool.is_none() && preview.requests.is_empty();
    if preview.elsewhere {
        // The next module begins anew, and nobody looks at what this one would make of the history.
        return preview;
    }
    let place = known.tags.is_some().then(|| known.history(last)).flatten();
    (preview.squash, preview.merge) = messages(&preview, input.page, known);
    preview.assumptions.extend(assumptions(known, place.and_then(|place| known.histories.get(place))));
    #[cfg(feature = "more")]
    let own_files = change_files::told(&mut preview, input, known);
    // The commits to come are put at its end.
    let mut lent = place.map(|place| known.histories.swap_remove(place));
    preview.decide(input, known, lent.as_mut().map(|lent| &mut lent.history));
    known.histories.extend(lent);
    #[cfg(feature = "more")]
    if let Some(own_files) = own_files {
        own_files.put(&mut preview);
    }
    #[cfg(feature = "more")]
    preview.ask_for_others(input, known);
    preview.failures = unmended(input);
    preview
}

/// The pull request from the page and the forge's answer: what is being typed wins, then the answer, then the page.
fn pull_request(page: &PageContext, place: &Place, known: &Known) -> PullRequest {
    let stored = known.pull_request.clone();
    let asked = stored.is_some();
    let mut pull_request = stored.unwrap_or_default();
    pull_request.number = place.number.unwrap_or_default();
    if let Some(title) = page.title.as_ref().filter(|_| !asked || page.title_edited) {
        pull_request.title.clone_from(title);
    }
    if let Some(description) = &page.description {
        pull_request.description.clone_from(description);
    }
    for (ours, theirs) in [(&mut pull_request.base, &page.base), (&mut pull_request.head, &page.head)] {
        if let Some(branch) = theirs.as_ref().filter(|_| ours.is_empty()) {
            ours.clone_from(branch);
        }
    }
    // The page follows a merge at once, a remembered answer does not.
    if let Some(state) = page.state {
        pull_request.state = state;
    }
    if let Some((commits, _)) = &known.commits {
        pull_request.commits.clone_from(commits);
    }
    pull_request
}

/// Each kind of answer once, with the age of its oldest part.
fn sources(answers: &[Answer]) -> Vec<(String, u64)> {
    let mut sources: Vec<(String, u64)> = Vec::new();
    for answer in answers {
        // `file cog.toml` and `file package.json` are of one kind.
        let kind = answer.what.split(' ').next().unwrap_or_default();
        match sources.iter_mut().find(|(what, _)| what == kind) {
            Some((_, at)) => *at = (*at).min(answer.at),
            None => sources.push((kind.to_owned(), answer.at)),
        }
    }
    sources
}

/// The tool the user chose, else the one the repository's files name.
fn find_tool(settings: &RepositorySettings, known: &Known) -> Option<(&'static dyn Tool, Found)> {
    if let Some(tool) = settings.tool.as_deref().and_then(tool::by_id) {
        return Some((tool, Found::Chosen));
    }
    tool::recognise(&known.files).map(|(tool, recognition)| (tool, Found::Recognised(recognition)))
}

/// The literal file names all tools read.
fn literal_files() -> Vec<String> {
    // Every module asks for the same ones, so that none asks again: this file alone names no tool of the second module.
    let patterns = tool::patterns().chain(check::rule_set::FILES.iter().copied()).chain([".github/release.yml"]);
    let mut files: Vec<String> = patterns.filter(|path| !path.contains('*')).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// The files of the tree that tell which tool releases the repository: those at fixed places.
#[must_use]
pub fn files_of(tree: &[String]) -> Vec<String> {
    let patterns: Vec<&str> = tool::patterns().filter(|pattern| !pattern.contains("*/")).collect();
    let wanted = |path: &&String| {
        let of_tool =
            || !path.starts_with(WORKFLOW_FOLDER) && patterns.iter().any(|pattern| tool::matches(pattern, path));
        check::rule_set::wants(path) || of_tool()
    };
    tree.iter().filter(wanted).cloned().collect()
}

/// The workflows of the tree; those whose name speaks of releasing come first, should there be too many.
#[must_use]
pub fn workflows_of(tree: &[String]) -> Vec<String> {
    let files = tree.iter().filter(|path| path.starts_with(WORKFLOW_FOLDER)).cloned();
    let speaks = |path: &String| {
        ["release", "publish", "version", "deploy", "cd.", "ci."].iter().any(|word| path.contains(word))
    };
    let (mut files, rest): (Vec<String>, Vec<String>) = files.partition(speaks);
    files.extend(rest);
    files.truncate(WORKFLOWS);
    files
}

/// The files of the packages, which only the tool that releases them reads.
#[must_use]
pub fn packages_of(files: &Files, tree: &[String], tool: &dyn Tool) -> Vec<String> {
    let mut wanted = tool.package_files(files, tree);
    wanted.truncate(PACKAGES);
    wanted
}

/// What a tool's packages are still looked for by: nothing where the tree is known to hold them, or at the root.
#[cfg(feature = "more")]
fn packages(files: &Files, tree: &[String], tool: &dyn Tool) -> Option<Want> {
    let unknown =
        |glob: &String| glob.contains('/') && files.get(glob).is_none() && (glob.contains('*') || !tree.contains(glob));
    let globs: Vec<String> = tool.package_globs(files).into_iter().filter(unknown).take(PACKAGES).collect();
    (!globs.is_empty()).then_some(Want::Packages(globs))
}

/// How it will be merged: what the dialog or the merge button says, else what the repository allows or prefers, else
/// squashing is assumed.
fn method(page: &PageContext, known: &Known) -> (Method, MethodFrom) {
    let (allowed, preferred) = &known.methods;
    // A page or a pull request may only say whether it is squashed; whether a merge commit follows is the repository's rule.
    let ruled = |method: Method| {
        let alike = |other: &&Method| other.keeps_commits() == method.keeps_commits();
        if allowed.contains(&method) { method } else { *allowed.iter().find(alike).unwrap_or(&method) }
    };
    let named = |name: &Option<String>| name.as_deref().and_then(Method::named).map(ruled);
    if let Some(method) = page.dialog.as_ref().and_then(|dialog| named(&dialog.method)) {
        return (method, MethodFrom::Dialog);
    }
    if let Some(method) = named(&page.method) {
        return (method, MethodFrom::Button);
    }
    match (allowed.first(), preferred) {
        (_, Some(method)) => (ruled(*method), MethodFrom::Repository),
        (Some(method), None) if allowed.len() == 1 || !allowed.contains(&Method::Squash) => {
            (*method, MethodFrom::Repository)
        }
        _ => (Method::Squash, MethodFrom::Assumed),
    }
}

/// The messages of the squash commit and of the merge commit, as far as there will be such commits, from the best source
/// there is.
#[cfg_attr(not(feature = "more"), allow(clippy::unnecessary_wraps))] // A merge commit is the second module's.
fn messages(preview: &Preview, page: &PageContext, known: &Known) -> (Option<SquashMessage>, Option<SquashMessage>) {
    let pull_request = &preview.pull_request;
    let method = preview.method.0;
    let unknown = pull_request.title.is_empty() && pull_request.commits.is_empty();
    // What stands in the dialog is the message of the commit that is made first.
    let written = page.dialog.as_ref().and_then(from_dialog);
    let squash = (!method.keeps_commits()).then(|| {
        written.clone().or_else(|| {
            (!unknown).then(|| {
                let composed = preview.forge.squash(pull_request, &preview.place, known.settings.as_ref());
                suggested(preview, page, known, Method::Squash, &composed.subject_from).unwrap_or(composed)
            })
        })
    });
    #[cfg(feature = "more")]
    let merge = method.writes_merge().then(|| {
        written.filter(|_| method.keeps_commits()).or_else(|| {
            (!unknown).then(|| {
                let behind = page.dialog.as_ref().and_then(|dialog| dialog.merge.clone());
                let behind = behind.and_then(|body| from_dialog(&Dialog { body: Some(body), ..Dialog::default() }));
                if let Some(behind) = behind {
                    return behind;
                }
                let suggested = suggested(preview, page, known, Method::Merge, &SubjectFrom::Forge);
                suggested.unwrap_or_else(|| preview.forge.merge(pull_request, &preview.place, known.settings.as_ref()))
            })
        })
    });
    #[cfg(not(feature = "more"))]
    let merge = None;
    (squash.flatten(), merge.flatten())
}

/// The forge's own message for a method, from the page or from an answer.
fn suggested(
    preview: &Preview,
    page: &PageContext,
    known: &Known,
    method: Method,
    subject_from: &SubjectFrom,
) -> Option<SquashMessage> {
    // The forge's suggestion is of the stored title: a title being typed makes it stale. The page's own is known before
    // the forge has answered, and where it never does.
    let stored = known.pull_request.as_ref().map(|stored| stored.title == preview.pull_request.title);
    if stored == Some(false) || page.title_edited {
        return None;
    }
    let of_method = |dialog: &&Dialog| dialog.method.as_deref().and_then(Method::named) == Some(method);
    let on_page = page.suggestions.iter().find(of_method).and_then(from_dialog).map(|message| message.text);
    let asked = || known.suggestions.iter().find(|(of, _, _)| stored.is_some() && *of == method);
    let text = on_page.or_else(|| asked().map(|(_, subject, body)| SquashMessage::compose(subject, body)))?;
    Some(SquashMessage {
        text,
        source: Source::Suggested,
        rule: Text::new("squash_suggested", [preview.forge.name()]),
        subject_from: subject_from.clone(),
    })
}

/// What stands in the open merge dialog; `None` where it is empty.
fn from_dialog(dialog: &Dialog) -> Option<SquashMessage> {
    let body = dialog.body.as_deref().unwrap_or_default();
    let text = match dialog.title.as_deref() {
        Some(title) => SquashMessage::compose(title, body),
        None => body.to_owned(),
    };
    let text = crate::message::unix(&text).trim_end().to_owned();
    if text.is_empty() {
        return None;
    }
    Some(SquashMessage {
        text,
        source: Source::Dialog,
        rule: Text::new("squash_dialog", []),
        subject_from: SubjectFrom::Dialog,
    })
}

impl Preview {
    fn last_release<'a>(&self, input: &Input<'_>, known: &Known, tags: &'a [Tag]) -> Option<&'a Tag> {
        let (tool, _) = self.tool.as_ref()?;
        let over = input.settings.tag_pattern.as_deref();
        tool.last_release(&known.files, &self.pull_request.base, tags, over)
    }

    /// What would tell more.
    fn wanted(&self, input: &Input<'_>, known: &Known, last: Option<&Tag>) -> Vec<Request> {
        self.ask(input, known, |bundles| self.wants(input, known, last, bundles))
    }

    /// The requests for what is wanted, which may depend on whether the forge answers everything at once; without those
    /// that were answered or have failed.
    fn ask(&self, input: &Input<'_>, known: &Known, wants: impl FnOnce(bool) -> Vec<Want>) -> Vec<Request> {
        let failed: Vec<String> = input.failures.iter().map(|failure| failure.request.key()).collect();
        let asked = Asked {
            place: &self.place,
            base: Some(self.pull_request.base.as_str()).filter(|base| !base.is_empty()),
            access: input.access,
            base_sha: known.base_sha.as_deref(),
            unreleased: known.unreleased,
            failed: &failed,
            method: self.method.0,
        };
        let mut requests = self.forge.requests(&wants(self.forge.bundles(&asked)), &asked);
        let answered = |request: &Request| input.answers.iter().any(|answer| answer.key == request.key());
        requests.retain(|request| !failed.contains(&request.key()) && !answered(request));
        // A folder and the packages in it may be told by one answer.
        #[cfg(feature = "more")]
        {
            let mut keys = std::collections::BTreeSet::new();
            requests.retain(|request| keys.insert(request.key()));
        }
        requests
    }

    fn wants(&self, input: &Input<'_>, known: &Known, last: Option<&Tag>, bundles: bool) -> Vec<Want> {
        let mut wants = Vec::new();
        if self.place.number.is_some() {
            wants.extend(known.pull_request.is_none().then_some(Want::PullRequest));
            wants.extend(known.commits.is_none().then_some(Want::Commits));
            #[cfg(feature = "more")]
            wants.extend(known.further.iter().cloned());
            let suggested = known.suggestions.iter().any(|(method, _, _)| *method == self.method.0);
            wants.extend((!suggested).then_some(Want::Suggestion));
        }
        wants.extend(known.settings.is_none().then_some(Want::Settings));
        wants.extend(known.tags.is_none().then_some(Want::Tags));
        wants.extend(known.tree.is_none().then_some(Want::Tree));
        let missing = |files: Vec<String>| -> Vec<String> {
            files.into_iter().filter(|path| known.files.get(path).is_none()).collect()
        };
        let chosen = input.settings.tool.is_some();
        let mut files_settled = false;
        match &known.tree {
            // A forge that answers everything at once is asked for everything at once.
            None if bundles => {
                wants.push(Want::Files(literal_files()));
                wants.push(Want::History(None));
            }
            None => {}
            Some(tree) => {
                let mut files = missing(files_of(tree));
                if files.is_empty() {
                    files = match &self.tool {
                        Some((tool, _)) => missing(packages_of(&known.files, tree, *tool)),
                        None => missing(workflows_of(tree)),
                    };
                }
                #[cfg(feature = "more")]
                if files.is_empty()
                    && let Some((tool, _)) = &self.tool
                {
                    wants.extend(packages(&known.files, tree, *tool));
                }
                files_settled = files.is_empty() || failed_all(input, &files);
                if !files.is_empty() {
                    wants.push(Want::Files(files));
                }
            }
        }
        #[cfg(feature = "more")]
        wants.extend(change_files::wanted(self, known));
        let lent = known.history(last).and_then(|place| known.histories.get(place));
        let short = lent.is_none_or(|lent| !lent.history.complete && lent.history.since.is_some());
        if known.tags.is_some() && (files_settled || chosen) && short {
            wants.push(Want::History(last.map(|tag| tag.name.clone())));
        }
        wants
    }

    /// The other open pull requests are asked for last, and only where one of them could become the same version.
    #[cfg(feature = "more")]
    fn ask_for_others(&mut self, input: &Input<'_>, known: &Known) {
        let Some(((tool, _), plan)) = self.tool.as_ref().zip(self.plan.as_ref()) else { return };
        let claims = || check::same_version::release(*tool, plan, self.own_from).is_some();
        if !self.requests.is_empty() || self.place.number.is_none() || !claims() {
            return;
        }
        self.requests = self.ask(input, known, |_| vec![Want::Open]);
    }

    /// The tool's verdict on the history with the squash commit at its end, and what can go wrong.
    fn decide(&mut self, input: &Input<'_>, known: &Known, history: Option<&mut History>) {
        let own = self.landing(input.date);
        if own.is_empty() {
            return;
        }
        let is_known = history.is_some();
        let mut none = History::default();
        let with_own = history.unwrap_or(&mut none);
        with_own.tags = known.tags.as_ref().map(|(tags, _)| tags.clone()).unwrap_or_default();
        self.own_from = with_own.commits.len();
        with_own.commits.extend(own);
        let facts = Facts {
            repository: &self.place.repository,
            branch: &self.pull_request.base,
            files: &known.files,
            history: with_own,
            date: input.date,
            tag_pattern: input.settings.tag_pattern.as_deref(),
            last: None,
        };
        let tool = self.tool.as_ref().map(|(tool, _)| *tool);
        let plan = tool.map(|tool| tool.plan(&facts));
        self.own = plan.as_ref().map(|plan| own_bump(plan, self.own_from));
        let no_message = SquashMessage::default();
        let case = Case {
            pull_request: &self.pull_request,
            squash: self.squash.as_ref().unwrap_or(&no_message),
            forge: self.forge,
            tool,
            facts: &facts,
            plan: plan.as_ref(),
            open: &known.open,
            one_box: match &input.page.dialog {
                Some(Dialog { title: Some(_), .. }) => false,
                Some(Dialog { title: None, body: Some(_), .. }) => true,
                _ => self.forge.one_box(),
            },
            own_from: self.own_from,
        };
        self.findings = match self.method.0 {
            #[cfg(feature = "more")]
            method if method.keeps_commits() => check::landing::findings(&case),
            _ => check::findings(&case),
        };
        // Without tags or history the reading stands, but a version would be made up.
        let known = |plan: Plan| if is_known { plan } else { Plan { releases: Vec::new(), nothing: None, ..plan } };
        #[cfg(feature = "more")]
        if tool.is_none() && self.requests.is_empty() {
            self.alternatives = tool::usual().map(|tool| alternative(tool, &facts, self.own_from, is_known)).collect();
            if !is_known {
                self.assumptions.push(Text::new("assumed_no_history", []));
            }
        }
        self.plan = plan.map(known);
        let commit = |reason: &Reason| with_own.commits.get(reason.commit?).cloned();
        let releases = self.plan.iter().flat_map(|plan| &plan.releases);
        self.named = releases.map(|release| self.told(release).map(commit).collect()).collect();
        self.landing = with_own.commits.split_off(self.own_from);
    }

    /// The reasons of a release that are told: the first, and those of the commits that land.
    pub fn told<'r>(&self, release: &'r Release) -> impl Iterator<Item = &'r Reason> {
        let reasons = release.reasons.iter().enumerate();
        let told = reasons.filter(|(place, reason)| *place < REASONS || self.lands(reason.commit));
        told.map(|(_, reason)| reason).take(2 * REASONS)
    }

    /// The commits that land: the squash commit, or what [`landing`] says.
    fn landing(&self, date: &str) -> Vec<Commit> {
        #[cfg(feature = "more")]
        if self.method.0 != Method::Squash {
            return landing::commits(self, date);
        }
        self.squash.iter().map(|squash| self.written(&squash.text, date)).collect()
    }

    /// A commit that the forge will write.
    fn written(&self, message: &str, date: &str) -> Commit {
        Commit {
            message: message.to_owned(),
            description: Some(self.pull_request.description.clone()).filter(|text| !text.is_empty()),
            author: self.pull_request.author.clone(),
            date: format!("{date}T00:00:00Z"),
            parents: 1,
            first_parent: Some(true),
            files: self.pull_request.files.clone(),
            ..Commit::default()
        }
    }

    /// Whether a commit of [`Self::commits`] is among those that land.
    #[must_use]
    pub fn lands(&self, place: Option<usize>) -> bool {
        place.is_some_and(|place| place >= self.own_from)
    }
}

/// What a tool would make of the commits that land, those from `own_from` on. All tools begin at one version, the newest by
/// the pattern that most tags follow: none of them has a configuration here that says how its tags are named. Where that
/// tag's commit is not among those known, the commits are read alone, after 1.2.3.
#[cfg(feature = "more")]
fn alternative(tool: &'static dyn Tool, facts: &Facts<'_>, own_from: usize, known: bool) -> Alternative {
    let (history, tags) = (facts.history, facts.history.tags.as_slice());
    let Some((others, own)) = history.commits.split_at_checked(own_from) else {
        return Alternative { tool, bump: None, next: None };
    };
    let alone = |message: &str| check::message::bump(tool, facts, None, message);
    if alone("feat: x") == alone("docs: x") {
        return Alternative { tool, bump: None, next: None };
    }
    let tag = tool::every_merge::EveryMerge.last_release(facts.files, facts.branch, tags, facts.tag_pattern);
    let start = tag.and_then(|tag| others.iter().position(|commit| commit.sha == tag.sha));
    let from = match (tag, start) {
        (Some(_), Some(at)) => at + 1,
        (None, _) if known => 0,
        _ => {
            let bump = own.iter().map(|commit| alone(&commit.message)).max();
            return Alternative { tool, bump, next: None };
        }
    };
    let commits = history.commits.get(from..).unwrap_or_default().to_vec();
    let of_release = History { commits, complete: true, ..History::default() };
    let last = tool::Last {
        path: ".".to_owned(),
        component: String::new(),
        version: tag.and_then(|tag| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())).version(&tag.name)),
        tag: tag.map(|tag| tag.name.clone()).unwrap_or_default(),
    };
    let plan = tool.plan(&Facts { history: &of_release, last: Some(&last), ..*facts });
    let bump = own_bump(&plan, own_from - from);
    let release = plan.releases.into_iter().next().filter(|_| bump > Bump::None);
    Alternative { tool, bump: Some(bump), next: release.map(|release| release.next) }
}

/// Whether files that tell the tool could not be read.
fn files_unread(input: &Input<'_>, known: &Known) -> bool {
    let of_file = |request: &Request| ["file ", "tree", "bundle"].iter().any(|what| request.what.starts_with(what));
    let answered = |failure: &Failure| input.answers.iter().any(|answer| answer.what == failure.request.what);
    known.tree.is_none()
        || input
            .failures
            .iter()
            .any(|failure| of_file(&failure.request) && !failure.request.optional && !answered(failure))
}

/// What the plan reads the commits from this place on as: the highest, also where a tool reads several commits in one
/// message.
#[must_use]
pub fn own_bump(plan: &Plan, from: usize) -> Bump {
    plan.readings.iter().filter(|reading| reading.commit >= from).map(|reading| reading.bump).max().unwrap_or_default()
}

/// Whether all these files were asked for in vain.
fn failed_all(input: &Input<'_>, files: &[String]) -> bool {
    let failed = |path: &String| input.failures.iter().any(|failure| failure.request.url.ends_with(path.as_str()));
    files.iter().all(failed)
}

/// What was assumed because it could not be known.
fn assumptions(known: &Known, lent: Option<&Lent>) -> Vec<Text> {
    let mut assumptions = Vec::new();
    if known.commits.as_ref().is_some_and(|(_, complete)| !complete) {
        assumptions.push(Text::new("assumed_commits_cut", []));
    }
    if known.tags.as_ref().is_some_and(|(_, complete)| !complete) {
        assumptions.push(Text::new("assumed_tags_cut", []));
    }
    if lent.is_some_and(|lent| !lent.history.complete && lent.history.since.is_some()) {
        assumptions.push(Text::new("assumed_history_cut", []));
    }
    assumptions
}

/// The failures that no other answer made good.
fn unmended(input: &Input<'_>) -> Vec<Failure> {
    let answered = |failure: &Failure| input.answers.iter().any(|answer| answer.what == failure.request.what);
    let mut failures: Vec<Failure> = Vec::new();
    for failure in input.failures.iter().filter(|failure| !failure.request.optional && !answered(failure)) {
        // One limit, one offline line: ten refused requests are one trouble.
        let same = |known: &Failure| known.kind == failure.kind || known.request.what == failure.request.what;
        if !failures.iter().any(same) {
            failures.push(failure.clone());
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_asks_for_the_same_files_at_first() {
        let base = tool::by_id("semantic-release").unwrap().files().iter().chain(tool::ELSEWHERE);
        let base = base.chain(check::rule_set::FILES).copied().chain([".github/release.yml"]);
        let mut base: Vec<&str> = base.filter(|path| !path.contains('*')).collect();
        base.sort_unstable();
        base.dedup();
        assert_eq!(literal_files(), base);
    }
}

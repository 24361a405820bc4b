//! knope 0.23.2 with knope-versioning 0.8.1 and knope-config 0.4.4: the `PrepareRelease` step
//! (`src/changes`, `src/semver`, `src/release_notes` of knope-versioning).

use super::{ChangeFiles, CommitReading, Facts, Plan, Reason, Recognition, Release, Tool, day, workflow};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::{File, Files};
use crate::history::{Commit, Tag};
use crate::reading::spec;
use crate::text::Text;
use crate::version::TagPattern;
use semver::Version;
use serde_json::{Map, Value};

/// knope.
#[derive(Clone, Copy, Debug)]
pub struct Knope;

const CONFIG: &str = "knope.toml";
const CHANGE_FILES: &str = ".changeset/";

impl Tool for Knope {
    fn id(&self) -> &'static str {
        "knope"
    }

    fn name(&self) -> &'static str {
        "Knope"
    }

    fn files(&self) -> &'static [&'static str] {
        &[
            CONFIG,
            ".changeset/*.md",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
            "Cargo.toml",
            "package.json",
            "pyproject.toml",
        ]
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        if matches!(files.get(CONFIG), Some(File::Present(_))) {
            return Some(Recognition { path: CONFIG.to_owned(), evidence: String::new() });
        }
        workflow::uses(files, "knope-dev/action")
    }

    fn change_files(&self, files: &Files) -> Option<ChangeFiles> {
        let alone = Settings::of(files, None).is_ok_and(|settings| settings.ignore_commits);
        let read = |text: &str| {
            let changes = change_file(text)?.into_iter();
            Some(changes.map(|(package, change)| (package, change.kind.bump())).collect())
        };
        Some(ChangeFiles { folder: CHANGE_FILES.to_owned(), packages: Vec::new(), alone, is_one, read })
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::of(files, over).unwrap_or_default();
        let mut latest = settings.packages.iter().map(|package| package.latest(tags).map(|(tag, _)| tag));
        let first = latest.next()??;
        // History must reach back to the oldest tag of all packages, which only the commits could tell.
        let together = |tag: Option<&Tag>| tag.is_some_and(|tag| !tag.sha.is_empty() && tag.sha == first.sha);
        latest.all(together).then_some(first)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let settings = match Settings::of(facts.files, facts.tag_pattern) {
            Ok(settings) => settings,
            Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
        };
        plan(facts, &settings)
    }
}

/// How far a message moves a stable version; `None` where knope passes over it. Sections are the default ones.
#[must_use]
pub fn bump_of(message: &str) -> Option<Bump> {
    let commit = spec::read(message.trim()).ok()?;
    if commit.breaking() {
        Some(Bump::Major)
    } else if commit.is("feat") {
        Some(Bump::Minor)
    } else {
        commit.is("fix").then_some(Bump::Patch)
    }
}

/// What a change is (`ChangeType`).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Breaking,
    Feature,
    Fix,
    Footer(String),
    /// A type of change files only: `note`.
    Custom(String),
}

impl Kind {
    fn bump(&self) -> Bump {
        match self {
            Self::Breaking => Bump::Major,
            Self::Feature => Bump::Minor,
            Self::Fix | Self::Footer(_) | Self::Custom(_) => Bump::Patch,
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "major" => Self::Breaking,
            "minor" => Self::Feature,
            "patch" => Self::Fix,
            other => Self::Custom(other.to_owned()),
        }
    }
}

/// A package (`knope_config::Package`).
#[derive(Clone, Debug)]
struct Package {
    /// `None` for the only package of a repository.
    name: Option<String>,
    /// The folder of its first versioned file.
    path: String,
    files: Vec<String>,
    changelog: bool,
    scopes: Option<Vec<String>>,
    sections: Vec<(String, Vec<Kind>)>,
    over: Option<TagPattern>,
}

#[derive(Clone, Debug, Default)]
struct Settings {
    packages: Vec<Package>,
    ignore_commits: bool,
    ignore_merges: bool,
    templates: Vec<String>,
    /// The label of every workflow's `PrepareRelease` step; `None` for stable releases.
    labels: Vec<Option<String>>,
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl Settings {
    /// # Errors
    /// Where the file is no TOML.
    fn of(files: &Files, over: Option<&str>) -> Result<Self, Text> {
        let value =
            files.value(CONFIG).map_err(|error| Text::new("tool_config_malformed", [&error.path, &error.reason]))?;
        let value = value.unwrap_or_default();
        let mut packages: Vec<Package> = Vec::new();
        match (value.get("package"), value.get("packages")) {
            (_, Some(Value::Object(named))) => {
                packages.extend(named.iter().map(|(name, package)| Package::of(Some(name), package)));
            }
            // The form of the first versions: a list of one.
            (_, Some(Value::Array(list))) => packages.extend(list.first().map(|package| Package::of(None, package))),
            (Some(package), _) => packages.push(Package::of(None, package)),
            // Without a package knope takes the files it finds at the root for one.
            (None, _) => {
                packages.push(Package::of(None, &serde_json::json!({ "changelog": "CHANGELOG.md" })));
            }
        }
        if let [package] = packages.as_mut_slice() {
            package.over = over.and_then(|over| TagPattern::parse(over, "{version}"));
        }
        let steps = value.get("workflows").and_then(Value::as_array).into_iter().flatten();
        let steps = steps.filter_map(|workflow| workflow.get("steps")?.as_array()).flatten();
        let steps: Vec<&Value> =
            steps.filter(|step| step.get("type").and_then(Value::as_str) == Some("PrepareRelease")).collect();
        let changes = value.get("changes");
        let is = |value: Option<&Value>, key: &str| {
            value.and_then(|value| value.get(key)).and_then(Value::as_bool) == Some(true)
        };
        Ok(Self {
            packages,
            ignore_commits: is(changes, "ignore_conventional_commits")
                || steps.iter().any(|step| is(Some(step), "ignore_conventional_commits")),
            ignore_merges: is(changes, "ignore_conventional_merge_commits"),
            templates: texts(value.get("release_notes").and_then(|notes| notes.get("change_templates")))
                .unwrap_or_default(),
            labels: steps
                .iter()
                .map(|step| step.get("prerelease_label").and_then(Value::as_str).map(str::to_owned))
                .collect(),
        })
    }
}

impl Package {
    fn of(name: Option<&String>, value: &Value) -> Self {
        let path = |file: &Value| file.as_str().or_else(|| file.get("path")?.as_str()).map(str::to_owned);
        let own = |file: &&Value| file.get("dependency").is_none();
        let files = value.get("versioned_files").and_then(Value::as_array);
        let files: Vec<String> = files.into_iter().flatten().filter(own).filter_map(path).collect();
        let folder = files.first().and_then(|file| file.rsplit_once('/')).map_or(".", |(folder, _)| folder);
        Self {
            name: name.cloned(),
            path: if name.is_some() { folder.to_owned() } else { ".".to_owned() },
            changelog: value.get("changelog").is_some(),
            scopes: texts(value.get("scopes")),
            sections: sections(value.get("extra_changelog_sections")),
            over: None,
            files,
        }
    }

    fn tag_start(&self) -> String {
        self.name.as_ref().map_or_else(|| "v".to_owned(), |name| format!("{name}/v"))
    }

    fn version(&self, tag: &str) -> Option<Version> {
        match &self.over {
            Some(over) => over.version(tag),
            None => Version::parse(tag.strip_prefix(&self.tag_start())?).ok(),
        }
    }

    fn tag(&self, version: &Version) -> String {
        self.over.as_ref().map_or_else(|| format!("{}{version}", self.tag_start()), |over| over.tag(version))
    }

    /// The last stable version: commits count from there, those before a pre-release as well.
    fn latest<'a>(&self, tags: &'a [Tag]) -> Option<(&'a Tag, Version)> {
        let versions = tags.iter().filter_map(|tag| Some((tag, self.version(&tag.name)?)));
        versions.filter(|(_, version)| version.pre.is_empty()).max_by(|(_, a), (_, b)| a.cmp(b))
    }

    /// The version in its files, as far as they are known: where it is higher than the tag's it counts.
    fn version_in_files(&self, files: &Files) -> Option<Version> {
        self.files.iter().find_map(|path| {
            let value = files.value(path).ok()??;
            let places = ["/package/version", "/version", "/project/version", "/tool/poetry/version"];
            places.iter().find_map(|place| Version::parse(value.pointer(place)?.as_str()?).ok())
        })
    }

    /// What a commit changes in this package (`changes_from_commit_message`).
    fn changes(&self, at: usize, commit: &Commit) -> Vec<Change> {
        let Ok(read) = spec::read(commit.message.trim()) else { return Vec::new() };
        if let (Some(scope), Some(scopes)) = (read.scope, &self.scopes)
            && !scopes.iter().any(|known| known.eq_ignore_ascii_case(scope))
        {
            return Vec::new();
        }
        let change = |kind, summary: &str| Change {
            kind,
            summary: summary.to_owned(),
            details: None,
            commit: Some(at),
            author: commit.author.clone(),
            sha: commit.sha.get(..7).unwrap_or(&commit.sha).to_owned(),
        };
        let mut changes = Vec::new();
        let mut breaks_in_footer = false;
        for footer in &read.footers {
            if footer.breaking() {
                breaks_in_footer = true;
                changes.push(change(Kind::Breaking, footer.value));
            } else if self.has_footer(footer.token) {
                changes.push(change(Kind::Footer(footer.token.to_owned()), footer.value));
            }
        }
        let kind = if read.breaking() && !breaks_in_footer {
            Kind::Breaking
        } else if read.is("feat") {
            Kind::Feature
        } else if read.is("fix") {
            Kind::Fix
        } else {
            return changes;
        };
        changes.push(change(kind, read.description));
        changes
    }

    fn has_footer(&self, token: &str) -> bool {
        self.sections.iter().flat_map(|(_, kinds)| kinds).any(|kind| match kind {
            Kind::Footer(known) => known.eq_ignore_ascii_case(token),
            _ => false,
        })
    }
}

/// The sections of release notes in their order (`convert_to_versioning`): a section of one's own takes its sources, and
/// those of the default section of the same name, away from the defaults.
fn sections(extra: Option<&Value>) -> Vec<(String, Vec<Kind>)> {
    let mut defaults = vec![
        ("Breaking Changes".to_owned(), Kind::Breaking),
        ("Features".to_owned(), Kind::Feature),
        ("Fixes".to_owned(), Kind::Fix),
        ("Notes".to_owned(), Kind::Footer("Changelog-Note".to_owned())),
    ];
    let mut own = Vec::new();
    for section in extra.and_then(Value::as_array).into_iter().flatten() {
        let name = section.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut kinds: Vec<Kind> =
            texts(section.get("footers")).unwrap_or_default().into_iter().map(Kind::Footer).collect();
        kinds.extend(texts(section.get("types")).unwrap_or_default().iter().map(|kind| Kind::of(kind)));
        defaults.retain(|(_, kind)| !kinds.contains(kind));
        defaults.retain(|(default, kind)| {
            if *default == name {
                kinds.push(kind.clone());
            }
            *default != name
        });
        own.push((name, kinds));
    }
    defaults.into_iter().map(|(name, kind)| (name, vec![kind])).chain(own).collect()
}

/// A change to a package.
#[derive(Clone, Debug)]
struct Change {
    kind: Kind,
    summary: String,
    details: Option<String>,
    /// Its commit; `None` for a change file.
    commit: Option<usize>,
    author: String,
    sha: String,
}

/// The change files: for which package, and what. A file that is not of their form makes knope stop.
fn change_files(files: &Files, notes: &mut Vec<Text>) -> Vec<(String, Change)> {
    let mut changes = Vec::new();
    for path in files.paths().filter(|path| path.starts_with(CHANGE_FILES)) {
        let name = path.get(CHANGE_FILES.len()..).unwrap_or_default();
        if let Some(text) = files.text(path).filter(|_| is_one(name)) {
            match change_file(text) {
                Some(read) => changes.extend(read),
                None => notes.push(Text::new("tool_knope_change_file", [path])),
            }
        }
    }
    changes
}

/// Whether a name in the folder is a change file's.
fn is_one(name: &str) -> bool {
    name.strip_suffix(".md").is_some_and(|name| name != "README" && !name.contains('/'))
}

fn change_file(text: &str) -> Option<Vec<(String, Change)>> {
    let mut lines = text.lines();
    lines.next().filter(|line| line.trim() == "---")?;
    let mut kinds: Map<String, Value> = Map::new();
    loop {
        let line = lines.next()?;
        if line.trim() == "---" {
            break;
        }
        let (package, kind) = line.split_once(':')?;
        let unquoted = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        kinds.insert(unquoted(package), Value::String(unquoted(kind)));
    }
    let mut lines = lines.skip_while(|line| line.trim().is_empty());
    let summary = lines.next().unwrap_or_default().trim_start_matches(['#', ' ']).trim_end().to_owned();
    let details: Vec<&str> = lines.skip_while(|line| line.is_empty()).collect();
    let details = details.join("\n").trim_end().to_owned();
    let change = |kind: &str| Change {
        kind: Kind::of(kind),
        summary: summary.clone(),
        details: (!details.is_empty()).then(|| details.clone()),
        commit: None,
        author: String::new(),
        sha: String::new(),
    };
    Some(kinds.iter().map(|(package, kind)| (package.clone(), change(kind.as_str().unwrap_or_default()))).collect())
}

/// How a rule moves a version (`bump_stable`): one step less on 0.x.
fn bump_stable(from: &Version, rule: Bump) -> Option<(Bump, Version)> {
    let bump = match rule {
        Bump::Major if from.major == 0 => Bump::Minor,
        Bump::Minor if from.major == 0 => Bump::Patch,
        other => other,
    };
    let next = match bump {
        Bump::Major => Version::new(from.major.checked_add(1)?, 0, 0),
        Bump::Minor => Version::new(from.major, from.minor.checked_add(1)?, 0),
        _ => Version::new(from.major, from.minor, from.patch.checked_add(1)?),
    };
    Some((bump, next))
}

fn rule_of(change: &Change, zero: bool) -> Text {
    match (&change.kind, zero) {
        (Kind::Breaking, false) => Text::new("tool_knope_breaking", []),
        (Kind::Breaking, true) => Text::new("tool_knope_breaking_zero", []),
        (Kind::Feature, false) => Text::new("tool_knope_feature", []),
        (Kind::Feature, true) => Text::new("tool_knope_feature_zero", []),
        (Kind::Fix, _) => Text::new("tool_knope_fix", []),
        (Kind::Footer(token) | Kind::Custom(token), _) => Text::new("tool_knope_custom", [token]),
    }
}

fn plan(facts: &Facts<'_>, settings: &Settings) -> Plan {
    let mut notes = Vec::new();
    let files = change_files(facts.files, &mut notes);
    if !files.is_empty() || facts.files.paths().any(|path| path.starts_with(CHANGE_FILES)) {
        notes.push(Text::new("tool_knope_change_files", []));
    }
    if settings.ignore_commits {
        notes.push(Text::new("tool_knope_ignores_commits", []));
    }
    let asked = facts.last.map(|last| last.component.as_str()).filter(|component| !component.is_empty());
    let mut releases = Vec::new();
    for package in &settings.packages {
        if asked.is_some_and(|asked| package.name.as_deref().is_some_and(|name| name != asked)) {
            continue;
        }
        let mut changes: Vec<Change> = Vec::new();
        let start = match (facts.last, package.latest(&facts.history.tags)) {
            (None, Some((tag, _))) => facts.history.commits.len() - facts.history.after(tag).len(),
            _ => 0,
        };
        if !settings.ignore_commits {
            for (at, commit) in facts.history.commits.iter().enumerate().skip(start) {
                if !(settings.ignore_merges && commit.parents > 1) {
                    changes.extend(package.changes(at, commit));
                }
            }
        }
        let name = package.name.as_deref().unwrap_or("default");
        changes.extend(files.iter().filter(|(package, _)| package == name).map(|(_, change)| change.clone()));
        releases.extend(release(facts, settings, package, &changes, &mut notes));
    }
    // Change files that came with these commits and whose text nobody could read decide as well.
    let commits = facts.history.commits.iter().filter_map(|commit| commit.files.as_ref());
    let unknown = commits
        .flatten()
        .find(|path| path.strip_prefix(CHANGE_FILES).is_some_and(is_one) && facts.files.get(path).is_none());
    if let Some(path) = unknown {
        notes.push(Text::new("tool_knope_change_file_unknown", [path]));
    }
    let nothing = releases.is_empty().then(|| match unknown {
        Some(path) => Text::new("tool_knope_change_file_unknown", [path]),
        None => Text::new("tool_knope_nothing", []),
    });
    Plan { readings: readings(facts, settings), releases, notes, nothing }
}

fn readings(facts: &Facts<'_>, settings: &Settings) -> Vec<CommitReading> {
    let Some(first) = settings.packages.first().filter(|_| !settings.ignore_commits) else { return Vec::new() };
    let known = facts.last.and_then(|last| last.version.clone());
    let from = known
        .or_else(|| first.latest(&facts.history.tags).map(|(_, version)| version))
        .unwrap_or(Version::new(0, 0, 0));
    let read = |(at, commit): (usize, &Commit)| {
        let changes = settings.packages.iter().flat_map(|package| package.changes(at, commit));
        let weightiest = changes.max_by_key(|change| change.kind.bump());
        let bump = weightiest.as_ref().and_then(|change| bump_stable(&from, change.kind.bump()));
        let rule = match &weightiest {
            Some(change) => rule_of(change, from.major == 0),
            None => match spec::read(commit.message.trim()) {
                Ok(read) => Text::new("tool_knope_none", [read.kind]),
                Err(error) => Text::new("tool_message_refused", [&error.to_string()]),
            },
        };
        CommitReading { commit: at, bump: bump.map(|(bump, _)| bump).unwrap_or_default(), rule: Some(rule) }
    };
    facts.history.commits.iter().enumerate().map(read).collect()
}

fn release(
    facts: &Facts<'_>,
    settings: &Settings,
    package: &Package,
    changes: &[Change],
    notes: &mut Vec<Text>,
) -> Option<Release> {
    let rule = changes.iter().map(|change| change.kind.bump()).max();
    let tags = &facts.history.tags;
    let previous = if let Some(last) = facts.last {
        last.version.clone()
    } else {
        let tagged = package.latest(tags).map(|(_, version)| version);
        tagged.max(package.version_in_files(facts.files))
    };
    let label = settings.labels.iter().flatten().next();
    let continued = |version: &Version| {
        let own = version.pre.as_str().rsplit_once('.').map_or(version.pre.as_str(), |(own, _)| own);
        settings.labels.iter().flatten().any(|label| label == own)
    };
    // A pre-release takes in everything since the last stable version, so another one may follow without a change.
    let goes_on = previous.as_ref().is_some_and(|from| !from.pre.is_empty() && continued(from));
    let rule = if goes_on { rule.unwrap_or(Bump::Patch) } else { rule? };
    let (bump, next) = match &previous {
        // A pre-release goes on where some workflow makes them; the version it leads to was settled before.
        Some(from) if !from.pre.is_empty() => {
            let (own, number) = from.pre.as_str().rsplit_once('.').unwrap_or((from.pre.as_str(), ""));
            if goes_on {
                let pre =
                    semver::Prerelease::new(&format!("{own}.{}", number.parse::<u64>().unwrap_or(0).checked_add(1)?))
                        .ok()?;
                (Bump::Patch, Version { pre, ..from.clone() })
            } else {
                (rule, Version::new(from.major, from.minor, from.patch))
            }
        }
        Some(from) => {
            let (bump, next) = bump_stable(from, rule)?;
            // Only where every workflow makes pre-releases the next one is one.
            match label.filter(|_| settings.labels.iter().all(Option::is_some)) {
                None => (bump, next),
                Some(label) => {
                    let of_next = |version: &Version| {
                        let (own, number) = version.pre.as_str().rsplit_once('.')?;
                        let same = own == label
                            && (version.major, version.minor, version.patch) == (next.major, next.minor, next.patch);
                        same.then(|| number.parse::<u64>().ok())?
                    };
                    let last = tags.iter().filter_map(|tag| of_next(&package.version(&tag.name)?)).max();
                    let number = last.map_or(Some(0), |number| number.checked_add(1))?;
                    (bump, Version { pre: semver::Prerelease::new(&format!("{label}.{number}")).ok()?, ..next })
                }
            }
        }
        // The first version is what the files or the pre-releases say, and 0.0.0 where nothing says anything.
        None => (rule, Version::new(0, 0, 0)),
    };
    if settings.labels.iter().any(Option::is_some)
        && settings.labels.iter().any(Option::is_none)
        && let Some(label) = label
    {
        notes.push(Text::new("tool_knope_prerelease", [label]));
    }
    let zero = previous.as_ref().is_some_and(|from| from.major == 0);
    let reason = |change: &Change| {
        let from = previous.clone().unwrap_or(Version::new(0, 0, 0));
        let bump = bump_stable(&from, change.kind.bump()).map(|(bump, _)| bump).unwrap_or_default();
        Reason { commit: change.commit, bump, rule: rule_of(change, zero) }
    };
    let mut reasons: Vec<Reason> = changes.iter().map(reason).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    let markdown = entry(facts, settings, package, &next, changes);
    Some(Release {
        component: package.name.clone().unwrap_or_default(),
        path: package.path.clone(),
        tag: package.tag(&next),
        previous,
        bump,
        next,
        reasons,
        entry: Some(Entry { markdown }),
    })
}

/// What changed in the entries over the versions, by the day of the release: nothing in a repository tells the version
/// that CI installs.
struct Style {
    /// Since 0.8 (2023-06-19) the day stands beside the version.
    dated: bool,
    /// Before 0.8 the newest change came first.
    newest_first: bool,
    /// From 0.8 up to 0.18.1 changes without details were headings too.
    headings: bool,
}

impl Style {
    fn on(date: &str) -> Self {
        Self {
            dated: date >= "2023-06-19",
            newest_first: date < "2023-06-19",
            headings: ("2023-06-19".."2024-12-01").contains(&date),
        }
    }
}

fn entry(facts: &Facts<'_>, settings: &Settings, package: &Package, next: &Version, changes: &[Change]) -> String {
    let style = Style::on(facts.date);
    let mut notes = String::new();
    for (name, kinds) in &package.sections {
        let mut listed: Vec<&Change> = changes.iter().filter(|change| kinds.contains(&change.kind)).collect();
        if listed.is_empty() {
            continue;
        }
        if style.newest_first {
            listed.reverse();
        }
        listed.sort_by_key(|change| change.details.is_some());
        if !notes.is_empty() {
            notes.push_str("\n\n");
        }
        notes.extend(["## ", name, "\n\n"]);
        let mut listed = listed.into_iter().peekable();
        while let Some(change) = listed.next() {
            notes += &written(change, &settings.templates, &style);
            match listed.peek() {
                Some(next) if next.details.is_some() || style.headings => notes.push_str("\n\n"),
                Some(_) => notes.push('\n'),
                None => {}
            }
        }
    }
    let title = if style.dated { format!("{next} ({})", day::of_last_push(facts)) } else { next.to_string() };
    if !package.changelog {
        // Only a release on the forge is made, whose title is the version.
        return notes;
    }
    let below: Vec<String> =
        notes.lines().map(|line| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() }).collect();
    format!("## {title}\n\n{}\n", below.join("\n"))
}

/// A change by the first template that can be filled, or in knope's own way.
fn written(change: &Change, templates: &[String], style: &Style) -> String {
    let fill = |template: &String| {
        let mut text = template.clone();
        if text.contains("$commit_author_name") || text.contains("$commit_hash") {
            change.commit?;
            text = text.replace("$commit_author_name", &change.author).replace("$commit_hash", &change.sha);
        }
        // What stands in a pull request is asked of the forge; here it is not known.
        if text.contains("$pr_author_login") || text.contains("$pr_number") {
            return None;
        }
        if text.contains("$details") {
            text = text.replace("$details", change.details.as_ref()?);
        }
        Some(text.replace("$summary", &change.summary))
    };
    templates.iter().find_map(fill).unwrap_or_else(|| match &change.details {
        Some(details) => format!("### {}\n\n{details}", change.summary),
        None if style.headings => format!("### {}", change.summary),
        None => format!("- {}", change.summary),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    #[track_caller]
    fn check(files: &[(&str, &str)], tag: &str, messages: &[&str], expected: &str) {
        let plan = testing::plan(&Knope, files, &[tag], messages);
        let told = plan.releases.first().and_then(|release| release.entry.as_ref()).map(|entry| entry.markdown.clone());
        assert_eq!(told.unwrap_or_default(), expected);
    }

    const ONE: (&str, &str) = ("knope.toml", "[package]\nchangelog = 'CHANGELOG.md'\n");

    #[test]
    fn commits_decide_and_are_listed_oldest_first() {
        check(
            &[ONE],
            "v1.2.3",
            &["fix: a", "feat: b", "fix: c"],
            "## 1.3.0 (2026-06-01)\n\n### Features\n\n- b\n\n### Fixes\n\n- a\n- c\n",
        );
        check(&[ONE], "v0.2.3", &["feat!: a"], "## 0.3.0 (2026-06-01)\n\n### Breaking Changes\n\n- a\n");
        check(&[ONE], "v0.2.3", &["feat: a"], "## 0.2.4 (2026-06-01)\n\n### Features\n\n- a\n");
        check(&[ONE], "v1.2.3", &["chore: a\n\nChangelog-Note: n"], "## 1.2.4 (2026-06-01)\n\n### Notes\n\n- n\n");
        check(&[ONE], "v1.2.3", &["chore: a", "no type"], "");
    }

    #[test]
    fn change_files_count_and_come_after_plain_changes() {
        let change = (".changeset/x.md", "---\ndefault: minor\n---\n\n# A title\n\nMore.\n");
        let expected = "## 1.3.0 (2026-06-01)\n\n### Features\n\n- b\n\n#### A title\n\nMore.\n";
        check(&[ONE, change], "v1.2.3", &["feat: b"], expected);
    }

    #[test]
    fn a_change_file_that_is_none_is_no_panic() {
        for text in ["", "---", "---\nx", "---\nx: minor", "---\nx: minor\n---", "# x"] {
            let _ = change_file(text);
        }
    }

    #[test]
    fn sections_of_ones_own_take_the_defaults_place() {
        let own = (
            "knope.toml",
            "[package]\nchangelog = 'C.md'\nextra_changelog_sections = [{name = 'Fixes', footers = ['Fixed']}]\n",
        );
        check(&[own], "v1.2.3", &["fix: a\n\nFixed: b"], "## 1.2.4 (2026-06-01)\n\n### Fixes\n\n- b\n- a\n");
    }
}

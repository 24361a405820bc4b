//! git-cliff 2.14.2: `git cliff --bump` (`git-cliff/src/lib.rs`, git-cliff-core's `src/release.rs` and `src/config.rs`).

use super::cliff::{
    Config, FORGES, Parser, Prepared, Processor, Regex, Seen, Shown, Skipped, context, prepare, processors,
};
use super::next_version::{Subject, Updater, increment, rule};
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool, cliff, workflow};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::{File, Files, Malformed};
use crate::history::{Commit, Tag};
use crate::pull_request::Repository;
use crate::text::Text;
use crate::version::{TagPattern, bump_between};
use semver::Version;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// git-cliff.
#[derive(Clone, Copy, Debug)]
pub struct GitCliff;

/// Its files, in the order in which they are looked for (`CONFIG_FILES`).
const CONFIGS: [&str; 3] = ["cliff.toml", ".cliff.toml", ".config/cliff.toml"];

/// Commits to be left out, a hash a line (`IGNORE_FILE`).
const IGNORED: &str = ".cliffignore";

/// The default body, which stands in `config/cliff.toml`: sections in the order of the parsers, without the comments
/// that sort them.
pub(super) const BODY: &str = concat!(
    "{% if version %}## [{{ version | trim_start_matches(pat='v') }}] - {{ timestamp | date }}\n",
    "{% else %}## [unreleased]\n{% endif %}",
    "{% for section in commits | commit_groups(groups=commit_parsers_groups) %}\n",
    "### {{ section.group | striptags | trim | upper_first }}\n",
    "{% for commit in section.commits %}\n- {% if commit.scope %}*({{ commit.scope }})* {% endif %}",
    "{% if commit.breaking %}[**breaking**] {% endif %}{{ commit.message | upper_first }}{% endfor %}\n",
    "{% endfor %}\n",
);

impl Tool for GitCliff {
    fn id(&self) -> &'static str {
        "git-cliff"
    }

    fn name(&self) -> &'static str {
        "git-cliff"
    }

    fn files(&self) -> &'static [&'static str] {
        &[
            "cliff.toml",
            ".cliff.toml",
            ".config/cliff.toml",
            IGNORED,
            "Cargo.toml",
            "pyproject.toml",
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
        ]
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = CONFIGS.iter().find(|path| matches!(files.get(path), Some(File::Present(_))));
        if let Some(path) = path {
            return Some(Recognition { path: (*path).to_owned(), evidence: String::new() });
        }
        for (path, pointer, evidence) in MANIFESTS {
            let value = files.value(path).ok().flatten();
            if value.is_some_and(|value| value.pointer(pointer).is_some()) {
                return Some(Recognition { path: path.to_owned(), evidence: evidence.to_owned() });
            }
        }
        workflow::uses(files, "orhun/git-cliff-action")
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let settings = Settings::of(files, &mut Vec::new()).ok()?;
        settings.latest(tags, over).map(|(tag, _)| tag)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }

    fn fills_templates(&self, _files: &Files) -> bool {
        true
    }
}

/// Where the configuration may stand in a manifest.
const MANIFESTS: [(&str, &str, &str); 3] = [
    ("Cargo.toml", "/workspace/metadata/git-cliff", "workspace.metadata.git-cliff"),
    ("Cargo.toml", "/package/metadata/git-cliff", "package.metadata.git-cliff"),
    ("pyproject.toml", "/tool/git-cliff", "tool.git-cliff"),
];

/// How the headers of its tables begin in a manifest (`MANIFEST_INFO`). Lists of tables, `[[tool.git-cliff.git.…]]`, do not
/// begin so, and stay where they are.
const HEADERS: [(&str, &[&str]); 2] = [
    ("Cargo.toml", &["[workspace.metadata.git-cliff.", "[package.metadata.git-cliff."]),
    ("pyproject.toml", &["[tool.git-cliff."]),
];

/// The configuration in a manifest (`read_from_manifest`): the first that has such a header is taken as a whole, with
/// these tables as if they were its own.
fn in_manifest(files: &Files) -> Result<Option<Value>, Malformed> {
    for (path, starts) in HEADERS {
        let text = files.text(path).unwrap_or_default();
        let inside = |line: &'_ str| starts.iter().find_map(|start| Some(line.len() - line.strip_prefix(start)?.len()));
        if !text.lines().any(|line| inside(line).is_some()) {
            continue;
        }
        let mut own = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            match inside(line).and_then(|length| line.get(length..)) {
                Some(rest) => own.extend(["[", rest]),
                None => own.push_str(line),
            }
        }
        return Files::of([(path, own.as_str())]).value(path);
    }
    Ok(None)
}

/// `next_version` as git-cliff sets it where the configuration says nothing.
#[must_use]
pub fn default_updater() -> Updater {
    Updater { features_always_minor: true, breaking_always_major: true, major_spares_zero: true, ..Updater::default() }
}

/// `[git]` as the configuration that git-cliff carries within it says (`config/cliff.toml`): what a file leaves out is
/// taken from there.
#[must_use]
pub fn defaults() -> Config {
    const GROUPS: [(&str, &str); 11] = [
        ("^feat", "<!-- 0 -->🚀 Features"),
        ("^fix", "<!-- 1 -->🐛 Bug Fixes"),
        ("^doc", "<!-- 3 -->📚 Documentation"),
        ("^perf", "<!-- 4 -->⚡ Performance"),
        ("^refactor", "<!-- 2 -->🚜 Refactor"),
        ("^style", "<!-- 5 -->🎨 Styling"),
        ("^test", "<!-- 6 -->🧪 Testing"),
        ("^chore|^ci", "<!-- 7 -->⚙️ Miscellaneous Tasks"),
        ("", "<!-- 8 -->🛡️ Security"),
        ("^revert", "<!-- 9 -->◀️ Revert"),
        (".*", "<!-- 10 -->💼 Other"),
    ];
    const SKIPPED: [&str; 4] =
        ["^chore\\(release\\): prepare for", "^chore\\(deps.*\\)", "^chore\\(pr\\)", "^chore\\(pull\\)"];
    let mut parsers: Vec<Parser> = Vec::new();
    let security = Regex::new(".*security");
    for (pattern, group) in GROUPS {
        if pattern == "^chore|^ci" {
            parsers.extend(SKIPPED.iter().filter_map(|pattern| Some(Parser::skipping(Regex::new(pattern)?))));
        }
        if pattern.is_empty() {
            parsers.extend(security.clone().map(|body| Parser::grouping_body(body, group)));
        } else {
            parsers.extend(Regex::new(pattern).map(|message| Parser::grouping(message, group)));
        }
    }
    Config {
        conventional: true,
        require_conventional: false,
        filter_unconventional: true,
        split: false,
        preprocessors: Vec::new(),
        without: HashSet::new(),
        parsers,
        protect_breaking: false,
        filter_commits: false,
        fail_unmatched: false,
        limit: None,
        links: Vec::new(),
        newest_first: false,
        order: None,
        tag_pattern: None,
        skip_tags: None,
        ignore_tags: None,
        count_tags: None,
        include: Vec::new(),
        exclude: Vec::new(),
    }
}

/// How an entry is written: `[changelog]`.
struct Layout {
    body: String,
    trim: bool,
    postprocessors: Vec<Processor>,
    /// Whether a program of the repository's own has the last word.
    commanded: bool,
    /// Whether git-cliff writes the Markdown anew.
    formatted: bool,
}

impl Layout {
    fn of(table: &Map<String, Value>, notes: &mut Vec<Text>) -> Self {
        let flag = |key: &str, default: bool| table.get(key).and_then(Value::as_bool).unwrap_or(default);
        let given = table.get("postprocessors").and_then(Value::as_array).into_iter().flatten();
        let commanded = |table: &Value| table.get("replace").is_none() && table.get("replace_command").is_some();
        Self {
            body: table.get("body").and_then(Value::as_str).unwrap_or(BODY).to_owned(),
            trim: flag("trim", true),
            commanded: given.clone().any(commanded),
            postprocessors: processors(table, "postprocessors", notes).unwrap_or_default(),
            formatted: flag("format", false),
        }
    }
}

struct Settings {
    git: Config,
    layout: Layout,
    updater: Updater,
    initial: String,
    forced: Option<Bump>,
    remote: Value,
}

impl Settings {
    /// # Errors
    /// Where the file is no TOML.
    fn of(files: &Files, notes: &mut Vec<Text>) -> Result<Self, Text> {
        let malformed = |error: Malformed| Text::new("tool_config_malformed", [&error.path, &error.reason]);
        let mut value = None;
        for path in CONFIGS {
            value = files.value(path).map_err(malformed)?;
            if value.is_some() {
                break;
            }
        }
        if value.is_none() {
            value = in_manifest(files).map_err(malformed)?;
        }
        let value = value.unwrap_or_default();
        let empty = Map::new();
        let table = |key: &str| value.get(key).and_then(Value::as_object).unwrap_or(&empty);
        let mut git = Config::of(table("git"), defaults(), notes);
        let ignored = files.text(IGNORED).unwrap_or_default().lines().map(str::trim);
        git.without.extend(ignored.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_lowercase));
        let layout = Layout::of(table("changelog"), notes);
        let bump = table("bump");
        let flag = |key: &str| bump.get(key).and_then(Value::as_bool).unwrap_or(true);
        let mut pattern =
            |key: &str| bump.get(key).and_then(Value::as_str).and_then(|pattern| cliff::regex(pattern, notes));
        Ok(Self {
            git,
            layout,
            updater: Updater {
                major_spares_zero: true,
                features_always_minor: flag("features_always_bump_minor"),
                breaking_always_major: flag("breaking_always_bump_major"),
                major: pattern("custom_major_increment_regex"),
                minor: pattern("custom_minor_increment_regex"),
                none: pattern("no_increment_regex"),
            },
            initial: bump.get("initial_tag").and_then(Value::as_str).unwrap_or("0.1.0").to_owned(),
            forced: match bump.get("bump_type").and_then(Value::as_str) {
                Some("major") => Some(Bump::Major),
                Some("minor") => Some(Bump::Minor),
                Some("patch") => Some(Bump::Patch),
                _ => None,
            },
            remote: value.get("remote").cloned().unwrap_or_default(),
        })
    }

    /// Whether a tag is a release (`process_repository`): skipped ones are, they only do not show.
    fn counts(&self, tag: &str) -> bool {
        let is = |regex: &Option<Regex>| regex.as_ref().map(|regex| regex.is_match(tag));
        is(&self.git.tag_pattern).unwrap_or(true)
            && (is(&self.git.skip_tags).unwrap_or(false)
                || is(&self.git.count_tags).unwrap_or(true) && !is(&self.git.ignore_tags).unwrap_or(false))
    }

    fn latest<'a>(&self, tags: &'a [Tag], over: Option<&str>) -> Option<(&'a Tag, Version)> {
        let over = over.and_then(|over| TagPattern::parse(over, "{version}"));
        let version = |tag: &'a Tag| match &over {
            Some(over) => over.version(&tag.name).map(|version| (tag, version)),
            None => self.counts(&tag.name).then(|| Some((tag, versioned(&tag.name)?.1)))?,
        };
        // git-cliff takes the tag of the latest commit; without their dates the highest version stands for it.
        tags.iter().filter_map(version).max_by(|(_, a), (_, b)| a.cmp(b))
    }
}

/// The text before the version in a tag, and the version (`calculate_next_version_from_commits`).
fn versioned(tag: &str) -> Option<(&str, Version)> {
    if let Ok(version) = Version::parse(tag) {
        return Some(("", version));
    }
    let mut inside = false;
    for (at, letter) in tag.char_indices() {
        let digit = letter.is_numeric();
        if digit && !inside {
            let (prefix, rest) = tag.split_at_checked(at)?;
            if let Ok(version) = Version::parse(rest) {
                return Some((prefix, version));
            }
        }
        inside = digit;
    }
    None
}

fn plan(facts: &Facts<'_>) -> Plan {
    let mut notes = Vec::new();
    let settings = match Settings::of(facts.files, &mut notes) {
        Ok(settings) => settings,
        Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
    };
    let history = facts.history;
    let latest = settings.latest(&history.tags, facts.tag_pattern);
    let (tag, from, start) = match (facts.last, latest) {
        (Some(last), _) => (last.tag.clone(), last.version.clone(), 0),
        (None, Some((tag, version))) => {
            (tag.name.clone(), Some(version), history.commits.len() - history.after(tag).len())
        }
        (None, None) => (String::new(), None, 0),
    };
    let config = &settings.git;
    if !(config.include.is_empty() && config.exclude.is_empty())
        && history.commits.iter().any(|commit| commit.files.is_none())
    {
        notes.push(Text::new("tool_paths_unknown", []));
    }
    let range = taken(facts, config, start);
    let (mut prepared, skipped) = prepare(config, range.iter().copied());
    let readings = readings(&settings, from.as_ref(), &prepared, &skipped);
    let stops = if skipped.iter().any(|(_, why)| *why == Skipped::TooLong) {
        Some(Text::new("tool_cliff_too_long", []))
    } else if config.require_conventional && prepared.iter().any(|commit| !commit.conventional) {
        Some(Text::new("tool_cliff_requires", []))
    } else if config.fail_unmatched && prepared.iter().any(|commit| commit.group.is_none()) {
        Some(Text::new("tool_cliff_requires_parser", []))
    } else {
        None
    };
    if stops.is_some() {
        return Plan { readings, notes, nothing: stops, ..Plan::default() };
    }
    if prepared.is_empty() {
        return Plan { readings, notes, nothing: Some(Text::new("tool_cliff_nothing", [])), ..Plan::default() };
    }
    let mut reasons: Vec<Reason> = Vec::new();
    let (next, next_tag) = match &from {
        None => {
            let Some((_, initial)) = versioned(&settings.initial) else {
                let nothing = Some(Text::new("tool_cliff_initial_tag", [&settings.initial]));
                return Plan { notes, nothing, readings, ..Plan::default() };
            };
            reasons.push(Reason {
                commit: None,
                bump: bump_between(&Version::new(0, 0, 0), &initial),
                rule: Text::new("tool_first_release", []),
            });
            (initial, settings.initial.clone())
        }
        Some(from) => {
            for commit in &prepared {
                let subject = subject(&settings, commit);
                let bump = settings.updater.bump(from, subject);
                if bump > Bump::None {
                    reasons.push(Reason { commit: Some(commit.at), bump, rule: rule(from, subject, bump) });
                }
            }
            if let Some(forced) = settings.forced {
                reasons = vec![Reason {
                    commit: None,
                    bump: forced,
                    rule: Text::new("tool_cliff_bump_type", [forced.name()]),
                }];
            }
            Reason::weightiest_first(&mut reasons);
            let bump = reasons.first().map(|reason| reason.bump).unwrap_or_default();
            // A type set in the configuration leaves pre-releases behind; commits only count them up.
            let base = if settings.forced.is_some() {
                Version { pre: semver::Prerelease::EMPTY, ..from.clone() }
            } else {
                from.clone()
            };
            let Some(next) = increment(&base, bump).filter(|next| next != from) else {
                return Plan { readings, notes, nothing: Some(Text::new("tool_cliff_nothing", [])), ..Plan::default() };
            };
            let prefix = versioned(&tag).map_or("", |(prefix, _)| prefix);
            let tag = match facts.tag_pattern.and_then(|over| TagPattern::parse(over, "{version}")) {
                Some(over) => over.tag(&next),
                None => format!("{prefix}{next}"),
            };
            (next, tag)
        }
    };
    if config.tag_pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&next_tag)) {
        let nothing = Some(Text::new("tool_cliff_tag_pattern", [&next_tag]));
        return Plan { notes, nothing, readings, ..Plan::default() };
    }
    if config.newest_first {
        prepared.reverse();
    }
    let bump = reasons.first().map(|reason| reason.bump).unwrap_or_default();
    let shown = Shown {
        tag: &next_tag,
        previous: (&tag, sha_of(facts, &tag)),
        date: facts.date,
        bump: from.as_ref().filter(|from| plain(from) != plain(&next)).map(|from| bump_between(from, &next)),
        commits: &prepared,
        range: range.first().zip(range.last()).map(|((_, oldest), (_, newest))| (*oldest, *newest)),
        remote: settings.remote(),
    };
    let entry = settings.entry(facts, shown, &mut notes);
    let release = Release {
        component: String::new(),
        path: ".".to_owned(),
        previous: from,
        bump,
        next,
        tag: next_tag,
        reasons,
        entry,
    };
    Plan { releases: vec![release], notes, nothing: None, readings }
}

/// The three numbers: a pre-release counted up is no bump (`determine_bump_type`).
fn plain(version: &Version) -> (u64, u64, u64) {
    (version.major, version.minor, version.patch)
}

fn sha_of<'a>(facts: &Facts<'a>, tag: &str) -> &'a str {
    facts.history.tags.iter().find(|known| known.name == tag).map_or("", |known| known.sha.as_str())
}

/// The commits of the release, oldest first, before any is read (`process_repository`). What
/// `.git-blame-ignore-revs` leaves out stays in: too many repositories have that file to ask each for it.
fn taken<'a>(facts: &Facts<'a>, config: &Config, start: usize) -> Vec<(usize, &'a Commit)> {
    let commits = facts.history.commits.iter().enumerate().skip(start);
    let commits: Vec<_> = commits.filter(|(_, commit)| config.takes(commit)).collect();
    let cut = config.limit.map_or(0, |limit| commits.len().saturating_sub(limit));
    commits.into_iter().skip(cut).collect()
}

impl Settings {
    /// The forge that git-cliff asks for what Git does not know; `None` where it is told to ask nobody.
    fn remote(&self) -> Option<&'static str> {
        if self.remote.get("offline").and_then(Value::as_bool) == Some(true) {
            return None;
        }
        // Where no remote is set, the repository's own is taken for one of GitHub.
        Some(FORGES.into_iter().find(|forge| self.is_set(forge)).unwrap_or("github"))
    }

    fn is_set(&self, forge: &str) -> bool {
        let names = |key: &str| self.remote.get(forge)?.get(key)?.as_str().filter(|name| !name.is_empty());
        names("owner").is_some() && names("repo").is_some()
    }

    /// `[remote]` as templates see it.
    fn remote_context(&self, repository: &Repository) -> Value {
        let own = !FORGES.iter().any(|forge| self.is_set(forge));
        let mut remote = Map::new();
        remote.insert("offline".to_owned(), json!(self.remote().is_none()));
        for forge in FORGES {
            let given = self.remote.get(forge);
            let told = |key: &str| given.and_then(|given| given.get(key)).cloned();
            let (owner, repo) = if own && forge == "github" {
                (json!(repository.owner), json!(repository.name))
            } else {
                (told("owner").unwrap_or_else(|| json!("")), told("repo").unwrap_or_else(|| json!("")))
            };
            let settings = json!({
                "owner": owner, "repo": repo, "is_custom": given.is_some(), "api_url": told("api_url"),
                "http_timeout": told("http_timeout").unwrap_or_else(|| json!("30s")), "native_tls": told("native_tls"),
            });
            remote.insert(forge.to_owned(), settings);
        }
        Value::Object(remote)
    }

    /// The body template's values for a release.
    fn context(&self, facts: &Facts<'_>, shown: Shown<'_>, seen: Seen) -> Value {
        let mut context = context(shown, seen);
        context.insert("commit_parsers_groups".to_owned(), json!(self.git.groups()));
        context.insert("remote".to_owned(), self.remote_context(facts.repository));
        Value::Object(context)
    }

    /// The entry: the body template, filled and processed. Where there is none, a note says why.
    #[cfg(feature = "templates")]
    fn entry(&self, facts: &Facts<'_>, shown: Shown<'_>, notes: &mut Vec<Text>) -> Option<Entry> {
        use super::template::Template;
        let layout = &self.layout;
        if layout.commanded || layout.formatted {
            notes.push(Text::new(if layout.formatted { "tool_cliff_format" } else { "tool_cliff_last_command" }, []));
            return None;
        }
        if let Some(field) = self.git.asks_a_forge().filter(|_| shown.remote.is_some()) {
            notes.push(Text::new("tool_template_unknown", [field]));
            return None;
        }
        let fill = |seen: Seen| {
            let template = Template::parse(&layout.body, layout.trim, facts.date)?;
            template.render_made(&|| self.context(facts, shown, seen))
        };
        let seen = Seen::by(&layout.body);
        let filled = match fill(seen) {
            // Why it fails is said of what git-cliff itself would fill in.
            Err(_) if !seen.is_all() => fill(Seen::ALL),
            filled => filled,
        };
        cliff::entry(filled, &layout.postprocessors, notes)
    }

    #[cfg(not(feature = "templates"))]
    fn entry(&self, facts: &Facts<'_>, shown: Shown<'_>, notes: &mut Vec<Text>) -> Option<Entry> {
        // The third module takes over (`Tool::fills_templates`).
        let _ = (facts, shown, &self.layout);
        notes.push(Text::new("tool_cliff_template", []));
        None
    }
}

/// What `next_version` looks at: the whole message, or its first line where the specification is not read.
fn subject<'a>(settings: &Settings, commit: &'a Prepared<'_>) -> Subject<'a> {
    if let Some(kind) = commit.kind().filter(|_| settings.git.conventional && commit.is_read_whole()) {
        return Subject::read(kind, commit.breaking());
    }
    let message = commit.message.trim_end();
    Subject::of(if settings.git.conventional { message } else { message.lines().next().unwrap_or_default() })
}

fn readings(
    settings: &Settings,
    from: Option<&Version>,
    prepared: &[Prepared<'_>],
    skipped: &[(usize, Skipped)],
) -> Vec<CommitReading> {
    let first = Version::new(0, 0, 0);
    let from = from.unwrap_or(&first);
    let mut readings: Vec<CommitReading> = skipped
        .iter()
        .map(|(at, why)| {
            let rule = match why {
                Skipped::Unconventional(error) => Text::new("tool_message_refused", [&error.to_string()]),
                Skipped::Parser => Text::new("tool_cliff_skipped", []),
                Skipped::Unmatched | Skipped::Field => Text::new("tool_cliff_unmatched", []),
                Skipped::TooLong => Text::new("tool_cliff_too_long", []),
            };
            CommitReading { commit: *at, bump: Bump::None, rule: Some(rule) }
        })
        .collect();
    for commit in prepared {
        let subject = subject(settings, commit);
        let bump = settings.updater.bump(from, subject);
        readings.push(CommitReading { commit: commit.at, bump, rule: Some(rule(from, subject, bump)) });
    }
    // Lines of one commit are one commit: the weightiest speaks.
    readings.sort_by(|a, b| a.commit.cmp(&b.commit).then(b.bump.cmp(&a.bump)));
    readings.dedup_by_key(|reading| reading.commit);
    readings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Commit, History};
    use crate::tool::testing;

    #[track_caller]
    fn check(config: &str, tags: &[&str], messages: &[&str], expected: &str) {
        let files = Files::of([("cliff.toml", config)]);
        let history = History {
            commits: messages
                .iter()
                .map(|message| Commit { message: (*message).to_owned(), ..Commit::default() })
                .collect(),
            tags: tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect(),
            ..History::default()
        };
        let plan = testing::planned(plan, &files, &history, "2026-06-01", None);
        let told = plan.releases.first().map(|release| release.tag.clone()).unwrap_or_default();
        assert_eq!(told, expected, "{:?}", plan.nothing);
    }

    #[test]
    fn a_manifest_holds_the_configuration_where_no_file_does() {
        let next = |files: &[(&str, &str)]| {
            let plan = crate::tool::testing::plan(&GitCliff, files, &[], &["feat: a"]);
            match (plan.releases.first(), &plan.nothing) {
                (Some(release), _) => release.tag.clone(),
                (None, nothing) => nothing.as_ref().map_or_else(String::new, |text| text.id.to_string()),
            }
        };
        let cliff = ("cliff.toml", "[bump]\ninitial_tag = 'v1.0.0'");
        let cargo =
            ("Cargo.toml", "[package]\nname = 'a'\n[workspace.metadata.git-cliff.bump]\ninitial_tag = 'v2.0.0'");
        let package = ("Cargo.toml", "[package.metadata.git-cliff.bump]\ninitial_tag = 'v3.0.0'\n[dependencies]");
        let python = ("pyproject.toml", "[project]\nname = 'a'\n[tool.git-cliff.bump]\ninitial_tag = 'v4.0.0'");
        let none = ("Cargo.toml", "[package]\nname = 'a'");
        assert_eq!(next(&[cliff, cargo, python]), "v1.0.0");
        assert_eq!(next(&[cargo, python]), "v2.0.0");
        assert_eq!(next(&[package, python]), "v3.0.0");
        assert_eq!(next(&[none, python]), "v4.0.0");
        // Only headers of tables within it count, at the beginning of a line.
        let inline = ("pyproject.toml", "[tool.git-cliff]\nbump = { initial_tag = 'v4.0.0' }");
        assert_eq!(next(&[inline]), "0.1.0");
        assert_eq!(next(&[("pyproject.toml", "  [tool.git-cliff.bump]\n  initial_tag = 'v4.0.0'")]), "0.1.0");
        // Lists of tables stay where they are: the parsers are the default ones, and the commit is read.
        let list = format!("{}\n[[tool.git-cliff.git.commit_parsers]]\nmessage = '.*'\nskip = true", python.1);
        assert_eq!(next(&[("pyproject.toml", &list)]), "v4.0.0");
        // Both tables of a Cargo.toml become one, which may not be there twice.
        let twice = format!("{}\n{}", package.1, "[workspace.metadata.git-cliff.bump]\ninitial_tag = 'v5.0.0'");
        assert_eq!(next(&[("Cargo.toml", &twice)]), "tool_config_malformed");
        let recognised =
            |files: &[(&str, &str)]| GitCliff.recognise(&Files::of(files.iter().copied())).map(|it| it.path);
        assert_eq!(recognised(&[none, python]).as_deref(), Some("pyproject.toml"));
        assert_eq!(recognised(&[none]), None);
    }

    #[test]
    fn whatever_is_kept_moves_at_least_the_patch() {
        check("", &["v1.2.3"], &["chore: x"], "v1.2.4");
        check("", &["v0.2.3"], &["feat!: x"], "v1.0.0");
        check("", &["v1.2.3"], &["no type"], "");
        check("", &["v1.2.3"], &["chore(deps): x"], "");
        check("[git]\nfilter_unconventional = false", &["v1.2.3"], &["no type"], "v1.2.4");
        check("", &["v1.2.3-rc.1"], &["feat!: x"], "v1.2.3-rc.2");
        check("", &[], &["feat: x"], "0.1.0");
    }

    #[test]
    fn options_move_versions_and_choose_tags() {
        check(
            "[bump]\nfeatures_always_bump_minor = false\nbreaking_always_bump_major = false",
            &["0.2.3"],
            &["feat!: x"],
            "0.3.0",
        );
        check("[bump]\nno_increment_regex = 'docs'", &["1.2.3"], &["docs: x"], "");
        check("[bump]\nbump_type = 'major'", &["1.2.3"], &["docs: x"], "2.0.0");
        check("[bump]\ninitial_tag = 'v0.0.1'", &[], &["docs: x"], "v0.0.1");
        check("[git]\nignore_tags = 'rc'", &["v1.2.3", "v1.3.0-rc.1"], &["fix: x"], "v1.2.4");
        check("[git]\ntag_pattern = '^api-'", &["v9.0.0", "api-1.2.3"], &["fix: x"], "api-1.2.4");
    }
}

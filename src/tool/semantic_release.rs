//! semantic-release: recognised from its configuration, decides by @semantic-release/commit-analyzer, prints by
//! @semantic-release/release-notes-generator.
//!
//! The rules are those of semantic-release 24.2.9, commit-analyzer 13.0.1 and release-notes-generator 14.1.0, read from
//! their sources. What cannot be known (code, shareable configurations, other plugins) is named in the plan's notes.

use super::conventional_changelog::{Context, Writer};
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::bytes;
use crate::reading::conventional_commits_parser::{Options, Parser, unreverted};
use crate::reading::javascript_text::trim;
use crate::text::Text;
use analysis::{Analysed, Remote, Rule};
use branch::Branch;
use config::{Config, Steps};
use semver::Version;
use serde_json::{Map, Value};

pub mod analysis;
pub mod branch;
pub mod config;
pub mod glob;
#[cfg(feature = "more")]
mod monorepo;
#[cfg(feature = "more")]
pub mod shareable;

/// semantic-release.
#[derive(Clone, Copy, Debug)]
pub struct SemanticRelease;

/// The day of semantic-release 24.0.0, which brought release-notes-generator 14, the first with conventional-commits-parser
/// 6: before it, a header that was not read left no subject, so that the whole header was printed, without links.
const PARSER_SIX: &str = "2024-05-31";

/// About the day of release-notes-generator 10.0.2 of autumn 2021, the first with conventional-changelog-writer 5 (10.0.1 asks
/// for 4): semantic-release 18.0.1, which goes with it, is of 2021-11-23.
const WRITER_FIVE: &str = "2021-11-20";

/// Where the version stands in a tag: what is before and behind it.
struct TagFormat {
    before: String,
    after: String,
}

impl TagFormat {
    fn of(config: &Config, over: Option<&str>, notes: &mut Vec<Text>) -> Self {
        let configured = config.options.get("tagFormat").and_then(Value::as_str);
        let split = |format: &str, place: &str| {
            format.split_once(place).map(|(before, after)| Self { before: before.to_owned(), after: after.to_owned() })
        };
        if let Some(format) = over.and_then(|over| split(over, "{version}")) {
            return format;
        }
        let read = configured.map(|format| {
            split(format, "${version}")
                .or_else(|| split(format, "${ version }"))
                .or_else(|| split(format, "<%= version %>"))
        });
        if let Some(None) = read {
            notes.push(Text::new("tool_semantic_release_option", ["tagFormat"]));
        }
        read.flatten().unwrap_or_else(|| Self { before: "v".to_owned(), after: String::new() })
    }

    /// The version in a tag (`lib/branches/get-tags.js`): the format need not reach to the end of the tag, and the
    /// version may have a `v` before it.
    fn version(&self, tag: &str) -> Option<Version> {
        let rest = tag.strip_prefix(self.before.as_str())?;
        let version = if self.after.is_empty() { rest } else { rest.rsplit_once(self.after.as_str())?.0 };
        let version = Version::parse(trim(version).trim_start_matches(['=', 'v'])).ok()?;
        // JavaScript's numbers end there, and semver takes none beyond.
        let safe = |number: u64| number <= 9_007_199_254_740_991;
        (safe(version.major) && safe(version.minor) && safe(version.patch)).then_some(version)
    }

    fn tag(&self, version: &Version) -> String {
        format!("{}{version}{}", self.before, self.after)
    }
}

/// What is released from the branch, and whether the configuration says so.
fn branch_of(config: &Config, facts: &Facts<'_>) -> Result<Branch, String> {
    let branches = branch::configured(config.options.get("branches"));
    let found = branch::find(&branches, facts.branch);
    let Some(last) = facts.last else { return found.ok_or_else(|| branch::names(&branches)) };
    // The caller knows the last release: where that is a pre-release, its branch is the one of that name.
    let Some(version) = last.version.as_ref().filter(|version| !version.pre.is_empty()) else {
        return Ok(found.unwrap_or(Branch::Release));
    };
    if let Some(branch @ Branch::Prerelease(_)) = found {
        return Ok(branch);
    }
    let named = branch::prereleases(&branches).find(|id| version.pre.split('.').any(|part| part == id));
    let first = version.pre.split('.').next().unwrap_or_default();
    Ok(Branch::Prerelease(named.unwrap_or_else(|| first.to_owned())))
}

/// The address of the repository: the configuration's, package.json's, else the one that is looked at.
fn remote(config: &Config, facts: &Facts<'_>) -> Remote {
    let package = facts.files.value("package.json").ok().flatten();
    let stated = package.as_ref().and_then(|package| {
        let repository = package.get("repository")?;
        repository.as_str().or_else(|| repository.get("url")?.as_str())
    });
    let configured = config.options.get("repositoryUrl").and_then(Value::as_str);
    let address = configured.or(stated).map(hosted);
    let address = address.unwrap_or_else(|| facts.repository.url());
    Remote::parse(&address).or_else(|| Remote::parse(&facts.repository.url())).unwrap_or_default()
}

/// The shortcuts of npm's hosted-git-info: `acme/widgets`, `github:acme/widgets`.
fn hosted(address: &str) -> String {
    for (shortcut, host) in [("github:", "github.com"), ("gitlab:", "gitlab.com"), ("bitbucket:", "bitbucket.org")] {
        if let Some(path) = address.strip_prefix(shortcut) {
            return format!("https://{host}/{path}");
        }
    }
    let plain = !address.contains(':') && address.split('/').count() == 2 && !address.starts_with(['/', '.']);
    if plain { format!("https://github.com/{address}") } else { address.to_owned() }
}

/// `/\[skip\s+release]|\[release\s+skip]/i`
fn is_skipped(message: &str) -> bool {
    let mut from = 0;
    let opened = std::iter::from_fn(|| {
        from += bytes::find(b'[', message.as_bytes().get(from..)?)? + 1;
        message.get(from..)
    });
    opened.into_iter().any(|rest| {
        [("skip", "release]"), ("release", "skip]")].into_iter().any(|(first, second)| {
            let after = rest
                .get(..first.len())
                .filter(|found| found.eq_ignore_ascii_case(first))
                .and_then(|_| rest.get(first.len()..));
            let Some(after) = after else { return false };
            let word = after.trim_start_matches(crate::reading::javascript_text::is_space);
            word.len() < after.len() && word.get(..second.len()).is_some_and(|found| found.eq_ignore_ascii_case(second))
        })
    })
}

/// A commit as the plugins are handed it: its place in the history, its hash, its message without the space around it.
type Handed<'a> = (usize, &'a str, &'a str);

/// A step that analyses commits: its options, what it reads them with, its own rules.
struct Analyzer<'o> {
    options: &'o Map<String, Value>,
    parser: Parser,
    rules: Vec<Rule>,
}

impl<'o> Analyzer<'o> {
    fn new(options: &'o Map<String, Value>, notes: &mut Vec<Text>) -> Self {
        let (_, parser) = config::preset(options, super::conventional_changelog::Generation::default(), notes);
        Self { options, parser: Parser::new(parser), rules: config::rules(options, notes) }
    }
}

/// What the commits release, each by itself. Answers what the last analyzer read, which the notes need again.
fn analyse<'a>(
    analyzers: &'a [Analyzer<'_>],
    commits: &[Handed<'a>],
    readings: &mut [CommitReading],
) -> Result<Vec<Analysed<'a>>, Text> {
    let first = commits.iter().map(|(place, ..)| *place).min().unwrap_or_default();
    let mut unskipped = Vec::with_capacity(commits.len());
    for commit in commits {
        let (place, _, message) = commit;
        if !is_skipped(message) {
            unskipped.push(*commit);
        } else if let Some(reading) = readings.get_mut(place - first) {
            reading.rule = Some(Text::new("tool_semantic_release_skipped", []));
        }
    }
    let defaults = Rule::defaults();
    let mut last = Vec::new();
    for Analyzer { options, parser, rules } in analyzers {
        let read = analysis::read(parser, &unskipped)
            .map_err(|thrown| Text::new("tool_semantic_release_throws", [thrown.0]))?;
        let stays = unreverted(&read);
        for (commit, stays) in read.iter().zip(stays) {
            let Some(reading) = readings.get_mut(commit.place - first) else { continue };
            let (bump, rule) = if !stays {
                (Bump::None, Text::new("tool_semantic_release_reverted", []))
            } else if let Some(rule) = analysis::verdict(rules, &defaults, commit) {
                let bump = rule.release().bump();
                let text = if rule.is_default() {
                    Text::new("tool_semantic_release_default_rule", [rule.text()])
                } else {
                    Text::new("tool_semantic_release_own_rule", [rule.text()])
                };
                (bump, text)
            } else if let Some(kind) = commit.read.part("type") {
                (Bump::None, Text::new("tool_semantic_release_no_rule", [kind]))
            } else {
                let preset = options.get("preset").and_then(Value::as_str).unwrap_or("angular");
                (Bump::None, Text::new("tool_semantic_release_unread", [preset]))
            };
            if reading.rule.is_none() || bump > reading.bump {
                reading.bump = bump;
                reading.rule = Some(rule);
            }
        }
        last = read;
    }
    Ok(last)
}

/// What an analyzer read, and by what.
#[derive(Clone, Copy)]
struct Known<'k, 'a> {
    parser: &'k Parser,
    read: &'k [Analysed<'a>],
}

impl<'k, 'a> Known<'k, 'a> {
    /// For each of the commits what was read in it, where another parser would read the same: the steps mostly differ in
    /// the issues they know, and few messages name such.
    fn shared(self, parser: &Parser, commits: &[Handed<'_>]) -> Vec<Option<&'k Analysed<'a>>> {
        let Some(likeness) = self.parser.likeness(parser) else { return vec![None; commits.len()] };
        // Both are in the same order, the places descend.
        let mut read = self.read.iter().peekable();
        let shared = commits.iter().map(|(place, _, message)| {
            while read.next_if(|known| known.place > *place).is_some() {}
            read.next_if(|known| known.place == *place).filter(|_| likeness.holds(message))
        });
        shared.collect()
    }
}

fn text_option(options: &Map<String, Value>, key: &str) -> Option<String> {
    options.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The notes of a release, by each plugin that writes some.
fn notes_of(
    steps: &Steps,
    commits: &[Handed<'_>],
    remote: &Remote,
    base: &Context,
    facts: &Facts<'_>,
    known: Option<Known<'_, '_>>,
    notes: &mut Vec<Text>,
) -> Option<Entry> {
    let mut texts = Vec::new();
    for options in &steps.generators {
        let (preset, own) = config::preset(options, config::generation(facts.files, facts.date), notes);
        let chosen = options.get("parserOpts");
        let sets = |key: &str| chosen.is_some_and(|chosen| chosen.get(key).is_some());
        let issue_prefixes = if preset.sets_issue_prefixes() || sets("issuePrefixes") {
            own.issue_prefixes.clone()
        } else {
            remote.issue_prefixes()
        };
        let reference_actions =
            if sets("referenceActions") { own.reference_actions.clone() } else { remote.reference_actions() };
        let parser = Parser::new(Options { issue_prefixes, reference_actions, ..own });
        let mut writer = config::writer_options(options, notes);
        writer.writer = match facts.date {
            date if date < WRITER_FIVE => Writer::Four,
            date if date < PARSER_SIX => Writer::Five,
            _ => Writer::Eight,
        };
        writer.links_in_code = facts.date < config::CODE_ALONE;
        let mut context = Context { ..base.clone() };
        if let Some(host) = text_option(options, "host") {
            context.host = host;
        }
        if let Some(issue) = text_option(options, "issue") {
            context.issue = issue;
        }
        if let Some(commit) = text_option(options, "commit") {
            context.commit = commit;
        }
        let switch = |key: &str| options.get(key).and_then(Value::as_bool);
        context.link_compare = switch("linkCompare").unwrap_or(context.link_compare);
        context.link_references = switch("linkReferences").unwrap_or(context.link_references);
        let wanted = options.get("presetConfig").and_then(|preset| preset.get("ignoreCommits"));
        let pattern = wanted.and_then(config::pattern);
        let ignored = pattern.and_then(|(source, flags)| crate::reading::pattern::regex(source, flags));
        if wanted.is_some_and(|wanted| !wanted.is_null()) && ignored.is_none() {
            notes.push(Text::new("tool_semantic_release_option", ["presetConfig.ignoreCommits"]));
        }
        let kept: Vec<Handed<'_>> = commits
            .iter()
            .copied()
            .filter(|(_, _, message)| ignored.as_ref().is_none_or(|pattern| !pattern.is_match(message)))
            .collect();
        let shared = known.map_or_else(|| vec![None; kept.len()], |known| known.shared(&parser, &kept));
        let unread = kept.iter().zip(&shared).filter(|(_, shared)| shared.is_none()).map(|(commit, _)| *commit);
        let fresh = match analysis::read(&parser, &unread.collect::<Vec<_>>()) {
            Ok(fresh) => fresh,
            Err(thrown) => {
                notes.push(Text::new("tool_semantic_release_throws", [thrown.0]));
                return None;
            }
        };
        let mut fresh = fresh.iter().peekable();
        let read = kept
            .iter()
            .zip(&shared)
            .filter_map(|((place, ..), shared)| shared.or_else(|| fresh.next_if(|commit| commit.place == *place)));
        let read: Vec<&Analysed<'_>> = read.collect();
        let text = analysis::notes(&preset, &writer, &context, &read, facts.date >= PARSER_SIX);
        if !text.is_empty() {
            texts.push(text);
        }
    }
    (!steps.generators.is_empty()).then(|| Entry { markdown: texts.join("\n\n") })
}

impl Tool for SemanticRelease {
    fn id(&self) -> &'static str {
        "semantic-release"
    }

    fn name(&self) -> &'static str {
        "semantic-release"
    }

    fn files(&self) -> &'static [&'static str] {
        config::FILES
    }

    fn recognise(&self, files: &Files) -> Option<Recognition> {
        config::recognise(files)
    }

    #[cfg(feature = "more")]
    fn package_files(&self, files: &Files, tree: &[String]) -> Vec<String> {
        monorepo::package_files(files, tree)
    }

    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        // Each package has its own: the newest commits are asked for.
        #[cfg(feature = "more")]
        if monorepo::is_used(files) {
            return None;
        }
        latest(files, branch, tags, over)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        #[cfg(feature = "more")]
        if let Some(plan) = monorepo::plan(facts) {
            return plan;
        }
        planned(facts, "")
    }
}

/// The tag of the last release on the branch.
fn latest<'a>(files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
    let config = config::load(files);
    let format = TagFormat::of(&config, over, &mut Vec::new());
    let branches = branch::configured(config.options.get("branches"));
    let branch = branch::find(&branches, branch).unwrap_or(Branch::Release);
    tags.iter()
        .filter_map(|tag| Some((format.version(&tag.name)?, tag)))
        .filter(|(version, _)| branch.counts(version))
        .max_by(|(a, _), (b, _)| a.cmp_precedence(b))
        .map(|(_, tag)| tag)
}

/// The plan for one package, by whose name the notes are headed; for the whole repository where that is empty.
fn planned(facts: &Facts<'_>, package: &str) -> Plan {
    let mut config = config::load(facts.files);
    let mut plan = Plan { notes: std::mem::take(&mut config.notes), ..Plan::default() };
    let format = TagFormat::of(&config, facts.tag_pattern, &mut plan.notes);
    let branch = match branch_of(&config, facts) {
        Ok(branch) => branch,
        Err(names) => {
            plan.nothing = Some(Text::new("tool_semantic_release_branch", [facts.branch, &names]));
            return plan;
        }
    };
    let tags = facts.history.tags.as_slice();
    let tag = latest(facts.files, facts.branch, tags, facts.tag_pattern);
    let (last, previous_tag) = match facts.last {
        Some(last) => (last.version.clone(), last.tag.clone()),
        None => (tag.and_then(|tag| format.version(&tag.name)), tag.map(|tag| tag.name.clone()).unwrap_or_default()),
    };
    let commits: &[Commit] = match tag {
        Some(tag) if facts.last.is_none() => facts.history.after(tag),
        _ => &facts.history.commits,
    };
    let first = facts.history.commits.len() - commits.len();
    plan.readings =
        (first..first + commits.len()).map(|commit| CommitReading { commit, ..CommitReading::default() }).collect();
    // The plugins are handed what `git log` prints: the newest first.
    let handed: Vec<Handed<'_>> = commits
        .iter()
        .enumerate()
        .rev()
        .map(|(at, commit)| (first + at, commit.sha.as_str(), trim(&commit.message)))
        .collect();
    let steps = config::steps(&config, &mut plan.notes);
    let analyzers: Vec<Analyzer<'_>> =
        steps.analyzers.iter().map(|options| Analyzer::new(options, &mut plan.notes)).collect();
    let read = match analyse(&analyzers, &handed, &mut plan.readings) {
        Ok(read) => read,
        Err(thrown) => {
            plan.nothing = Some(thrown);
            return plan;
        }
    };
    let bump = plan.readings.iter().map(|reading| reading.bump).max().unwrap_or_default();
    if bump == Bump::None {
        plan.nothing = Some(if steps.unknown_bump && steps.analyzers.is_empty() {
            Text::new("tool_semantic_release_unknown", [])
        } else {
            Text::new("tool_semantic_release_nothing", [])
        });
        return plan;
    }
    let counted = tags.iter().filter_map(|tag| format.version(&tag.name)).filter(|version| branch.counts(version));
    let latest = counted.chain(last.clone()).max_by(Version::cmp_precedence);
    let Some(next) = branch.next(last.as_ref(), latest.as_ref(), bump) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    if let (Branch::Maintenance { range, .. }, Some(accepted)) = (&branch, branch.refuses(&next)) {
        plan.nothing = Some(Text::new("tool_semantic_release_range", [&next.to_string(), range, &accepted]));
        return plan;
    }
    if let Branch::Maintenance { range, from, below } = &branch {
        plan.notes.push(Text::new("tool_semantic_release_maintenance", [range, &format!(">={from} <{below}")]));
    }
    let remote = remote(&config, facts);
    let tag = format.tag(&next);
    let context = Context {
        version: if package.is_empty() { next.to_string() } else { format!("{package}-v{next}") },
        patch: package.is_empty() && next.patch != 0,
        link_compare: !previous_tag.is_empty(),
        previous_tag,
        current_tag: tag.clone(),
        date: facts.date.to_owned(),
        ..remote.context()
    };
    let known = analyzers.last().map(|analyzer| Known { parser: &analyzer.parser, read: &read });
    let entry = notes_of(&steps, &handed, &remote, &context, facts, known, &mut plan.notes);
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous: last,
        bump,
        next,
        tag,
        reasons: reasons(&plan.readings),
        entry,
    });
    plan
}

/// The commits that move the version, the weightiest first and of those the oldest.
fn reasons(readings: &[CommitReading]) -> Vec<Reason> {
    let moving = readings.iter().filter(|reading| reading.bump > Bump::None);
    let reason = |reading: &CommitReading| Reason {
        commit: Some(reading.commit),
        bump: reading.bump,
        rule: reading.rule.clone().unwrap_or_default(),
    };
    let mut reasons: Vec<Reason> = moving.map(reason).collect();
    Reason::weightiest_first(&mut reasons);
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::pull_request::Repository;

    fn plan(files: &[(&str, &str)], branch: &str, tags: &[&str], messages: &[&str]) -> Plan {
        let commits = messages
            .iter()
            .map(|message| Commit {
                sha: "0123456789abcdef0123456789abcdef01234567".into(),
                message: (*message).to_owned(),
                ..Commit::default()
            })
            .collect();
        let tags = tags.iter().map(|name| Tag { name: (*name).to_owned(), sha: String::new() }).collect();
        let repository =
            Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
        let history = History { commits, tags, since: None, complete: true };
        let files = Files::of(files.iter().copied());
        let date = "2026-01-02";
        let facts = Facts {
            repository: &repository,
            branch,
            files: &files,
            history: &history,
            date,
            tag_pattern: None,
            last: None,
        };
        SemanticRelease.plan(&facts)
    }

    #[track_caller]
    fn check(config: &str, branch: &str, tags: &[&str], messages: &[&str], expected: &str) {
        let plan = plan(&[(".releaserc", config)], branch, tags, messages);
        let nothing = plan.nothing.as_ref().map_or("", |text| &*text.id);
        assert_eq!(plan.releases.first().map_or(nothing, |release| release.tag.as_str()), expected);
    }

    #[test]
    fn versions_come_as_in_semantic_release() {
        check("{}", "main", &["v1.2.3", "v1.10.0", "v2.0.0-beta.1"], &["feat: a", "fix: b"], "v1.11.0");
        check("{}", "main", &[], &["fix: a"], "v1.0.0");
        check("{}", "main", &["v0.2.3"], &["fix: a\n\nBREAKING CHANGE: b"], "v1.0.0");
        check("{}", "main", &["v1.2.3"], &["docs: a"], "tool_semantic_release_nothing");
        check("{}", "main", &["v1.2.3"], &["feat: a [skip release]"], "tool_semantic_release_nothing");
        check("{}", "develop", &["v1.2.3"], &["feat: a"], "tool_semantic_release_branch");
        check("{}", "beta", &["v1.2.3"], &["feat: a"], "v1.3.0-beta.1");
        check("{}", "beta", &["v1.2.3", "v1.3.0-beta.1"], &["fix: a"], "v1.3.0-beta.2");
        check("{}", "1.x", &["v1.2.3", "v2.0.0"], &["feat: a"], "v1.3.0");
        check("{}", "1.x", &["v1.2.3", "v2.0.0"], &["feat: a\n\nBREAKING CHANGE: b"], "tool_semantic_release_range");
        check("tagFormat: 'w-${version}'", "main", &["v9.0.0", "w-1.2.3"], &["fix: a"], "w-1.2.4");
    }

    #[cfg(feature = "more")]
    #[test]
    fn commits_are_left_out_of_the_notes_or_the_pattern_is_named() {
        let entry = |pattern: &str| {
            let preset = format!("preset: conventionalcommits\npresetConfig: {{ignoreCommits: {pattern}}}");
            let plan = plan(&[(".releaserc", &preset)], "main", &["v1.2.3"], &["feat: a", "feat: wip"]);
            let named = plan.notes.iter().any(|note| note.id == "tool_semantic_release_option");
            (plan.releases[0].entry.as_ref().unwrap().markdown.contains("wip"), named)
        };
        assert_eq!(entry("'wip'"), (false, false));
        assert_eq!(entry("'(?=wip)'"), (true, true));
        assert_eq!(entry("3"), (true, true));
    }

    #[cfg(feature = "more")]
    #[test]
    fn where_the_notes_parser_fails_there_are_none() {
        let analyzer = "['@semantic-release/commit-analyzer', {parserOpts: {fieldPattern: null}}]";
        let config = format!("plugins: [{analyzer}, '@semantic-release/release-notes-generator']");
        let plan = plan(&[(".releaserc", &config)], "main", &["v1.2.3"], &["feat: a\n\n-notes-\nb"]);
        let failed = plan.notes.iter().any(|text| text.id == "tool_semantic_release_throws");
        assert!(
            failed && !plan.releases.is_empty() && plan.releases.iter().all(|release| release.entry.is_none()),
            "{plan:?}"
        );
    }

    #[test]
    fn the_configuration_decides() {
        check("preset: conventionalcommits", "main", &["v1.2.3"], &["feat!: a"], "v2.0.0");
        check("preset: angular", "main", &["v1.2.3"], &["feat!: a"], "tool_semantic_release_nothing");
        let rules =
            |rules: &str| format!("plugins: [['@semantic-release/commit-analyzer', {{releaseRules: {rules}}}]]");
        check(
            &rules("[{type: docs, scope: 'api-*', release: minor}]"),
            "main",
            &["v1.2.3"],
            &["docs(api-x): a"],
            "v1.3.0",
        );
        check(
            &rules("[{breaking: true, release: minor}]"),
            "main",
            &["v1.2.3"],
            &["fix: a\n\nBREAKING CHANGE: b"],
            "v1.3.0",
        );
        check(
            &rules("[{type: feat, release: false}]"),
            "main",
            &["v1.2.3"],
            &["feat: a"],
            "tool_semantic_release_nothing",
        );
        check(
            &rules("[{scope: no-release, release: false}]"),
            "main",
            &["v1.2.3"],
            &["feat(no-release): a"],
            "tool_semantic_release_nothing",
        );
        check("branches: [trunk]", "trunk", &["v1.2.3"], &["fix: a"], "v1.2.4");
        check("branches: [trunk]", "main", &["v1.2.3"], &["fix: a"], "tool_semantic_release_branch");
        check("plugins: ['@semantic-release/github']", "main", &["v1.2.3"], &["fix: a"], "v1.2.4");
        let unknown = "tool_semantic_release_unknown";
        check("plugins: ['semantic-release-gitmoji']", "main", &["v1.2.3"], &["fix: a"], unknown);
        check(
            "plugins: [['@semantic-release/commit-analyzer', {preset: eslint}]]",
            "main",
            &["v1.2.3"],
            &["Update: a"],
            "v1.3.0",
        );
        check(
            "plugins: [['@semantic-release/commit-analyzer', {parserOpts: {headerPattern: '^(\\w+) - (.*)$', headerCorrespondence: [type, subject]}}]]",
            "main",
            &["v1.2.3"],
            &["feat - a"],
            "v1.3.0",
        );
    }

    #[test]
    fn a_configuration_that_is_code_is_read_as_far_as_it_goes() {
        let config = "module.exports = {branches: ['trunk'], preset: 'conventionalcommits', verify: () => 1}";
        let plan = plan(&[("release.config.js", config)], "trunk", &["v1.2.3"], &["feat!: a"]);
        assert_eq!(plan.releases[0].tag, "v2.0.0");
        assert_eq!(plan.notes[0], Text::new("tool_semantic_release_code", ["release.config.js", "verify"]));
    }

    #[test]
    fn code_that_decides_nothing_is_not_named() {
        let named = |plugin: &str| {
            let generator = "'@semantic-release/release-notes-generator'";
            let config = format!("module.exports = {{plugins: [{plugin}, {generator}]}}");
            let plan = plan(&[("release.config.js", &config)], "main", &["v1.2.3"], &["feat: a"]);
            plan.notes.iter().any(|note| note.id == "tool_semantic_release_code")
        };
        assert!(!named("['@semantic-release/git', {assets: [changelog]}]"));
        assert!(!named("['@semantic-release/exec', {publishCmd: lines.join(' && ')}]"));
        assert!(named("['@semantic-release/commit-analyzer', {releaseRules: rules()}]"));
    }

    #[test]
    fn notes_follow_the_plugins() {
        let entry = |config: &str| {
            plan(&[(".releaserc", config)], "main", &["v1.2.3"], &["feat(core): a #7"]).releases[0].entry.clone()
        };
        let expected = "# [1.3.0](https://github.com/acme/widgets/compare/v1.2.3...v1.3.0) (2026-01-02)\n\n\n### Features\n\n* **core:** a [#7](https://github.com/acme/widgets/issues/7) ([0123456](https://github.com/acme/widgets/commit/0123456789abcdef0123456789abcdef01234567))\n";
        assert_eq!(entry("{}").unwrap().markdown, expected);
        assert_eq!(entry("plugins: ['@semantic-release/commit-analyzer']"), None);
        let other = entry("repositoryUrl: git@bitbucket.org:team/repo.git").unwrap().markdown;
        assert!(other.contains("https://bitbucket.org/team/repo/commits/0123456"), "{other}");
    }

    #[track_caller]
    fn check_recognised(files: &[(&str, &str)], expected: Option<(&str, &str)>) {
        let recognition = SemanticRelease.recognise(&Files::of(files.iter().copied()));
        let found = recognition.as_ref().map(|found| (found.path.as_str(), found.evidence.as_str()));
        assert_eq!(found, expected);
    }

    #[test]
    fn recognised_by_its_own_files() {
        check_recognised(
            &[("package.json", "{\"release\": {\"branches\": [\"main\"]}}")],
            Some(("package.json", "release.branches")),
        );
        check_recognised(&[(".releaserc", "branches: [main]")], Some((".releaserc", "branches")));
        check_recognised(
            &[("release.config.mjs", "export default {preset: 'angular'}")],
            Some(("release.config.mjs", "preset")),
        );
        check_recognised(
            &[("package.json", "{\"devDependencies\": {\"semantic-release\": \"^24\"}}")],
            Some(("package.json", "devDependencies.semantic-release")),
        );
        let workflow = |run: &str| format!("jobs:\n  a:\n    steps:\n      - run: {run}\n");
        let path = ".github/workflows/release.yml";
        check_recognised(&[(path, &workflow("npx semantic-release"))], Some((path, "run: npx semantic-release")));
        check_recognised(
            &[(path, "      - uses: cycjimmy/semantic-release-action@v4\n")],
            Some((path, "uses: cycjimmy/semantic-release-action@v4")),
        );
    }

    #[test]
    fn tools_of_similar_names_are_not_recognised() {
        let path = ".github/workflows/release.yml";
        for line in [
            "run: semantic-release version",
            "run: pip install python-semantic-release",
            "uses: go-semantic-release/action@v1",
            "uses: python-semantic-release/python-semantic-release@v9",
            "# npx semantic-release",
        ] {
            check_recognised(&[(path, line)], None);
        }
        check_recognised(&[("package.json", "{\"devDependencies\": {\"multi-semantic-release\": \"1\"}}")], None);
    }
}

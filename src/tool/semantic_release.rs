//! semantic-release: recognised from its configuration, decides by @semantic-release/commit-analyzer, prints by
//! @semantic-release/release-notes-generator.
//!
//! The rules are those of semantic-release 24.2.9, commit-analyzer 13.0.1 and release-notes-generator 14.1.0, read from
//! their sources. What cannot be known (code, shareable configurations, other plugins) is named in the plan's notes.

use super::conventional_changelog::Context;
use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::reading::conventional_commits_parser::{Options, Parser, unreverted};
use crate::reading::javascript_text::trim;
use crate::text::Text;
use analysis::{Remote, Rule};
use branch::Branch;
use config::{Config, Steps};
use semver::Version;
use serde_json::{Map, Value};

pub mod analysis;
pub mod branch;
pub mod config;
pub mod glob;

/// semantic-release.
#[derive(Clone, Copy, Debug)]
pub struct SemanticRelease;

/// The day of release-notes-generator 14.0.0, the first with conventional-commits-parser 6: before it, a header that was
/// not read left no subject, so that the whole header was printed, without links.
const PARSER_SIX: &str = "2024-06-01";

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
    message.match_indices('[').any(|(at, _)| {
        let rest = message.get(at + 1..).unwrap_or_default();
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

/// What the commits release, each by itself.
fn analyse(
    steps: &Steps,
    commits: &[Handed<'_>],
    readings: &mut [CommitReading],
    notes: &mut Vec<Text>,
) -> Result<(), Text> {
    let unskipped: Vec<Handed<'_>> = commits.iter().copied().filter(|(_, _, message)| !is_skipped(message)).collect();
    let first = commits.iter().map(|(place, ..)| *place).min().unwrap_or_default();
    for (place, ..) in commits.iter().filter(|(_, _, message)| is_skipped(message)) {
        if let Some(reading) = readings.get_mut(place - first) {
            reading.rule = Some(Text::new("tool_semantic_release_skipped", []));
        }
    }
    let defaults = Rule::defaults();
    for options in &steps.analyzers {
        let (_, parser) = config::preset(options, super::conventional_changelog::Spacing::default(), notes);
        let parser = Parser::new(parser);
        let rules = config::rules(options, notes);
        let read = analysis::read(&parser, &unskipped)
            .map_err(|thrown| Text::new("tool_semantic_release_throws", [thrown.0]))?;
        let stays = unreverted(&read);
        for (commit, stays) in read.iter().zip(stays) {
            let Some(reading) = readings.get_mut(commit.place - first) else { continue };
            let (bump, rule) = if !stays {
                (Bump::None, Text::new("tool_semantic_release_reverted", []))
            } else if let Some(rule) = analysis::verdict(&rules, &defaults, commit) {
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
    }
    Ok(())
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
    notes: &mut Vec<Text>,
) -> Option<Entry> {
    let mut texts = Vec::new();
    for options in &steps.generators {
        let (preset, own) = config::preset(options, config::spacing(facts.files, facts.date), notes);
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
        let writer = config::writer_options(options, notes);
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
        let ignored =
            options.get("presetConfig").and_then(|preset| preset.get("ignoreCommits")).and_then(
                |pattern| match pattern {
                    Value::String(source) => crate::reading::javascript_text::regex(source, ""),
                    other => crate::reading::javascript_text::regex(
                        other.get(crate::javascript::REGEX)?.as_str()?,
                        other.get("$flags")?.as_str()?,
                    ),
                },
            );
        let kept: Vec<Handed<'_>> = commits
            .iter()
            .copied()
            .filter(|(_, _, message)| ignored.as_ref().is_none_or(|pattern| !pattern.is_match(message)))
            .collect();
        let Ok(mut read) = analysis::read(&parser, &kept) else { continue };
        if facts.date < PARSER_SIX {
            for commit in &mut read {
                commit.subject = "".into();
            }
        }
        let text = analysis::notes(&preset, &writer, &context, &read);
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

    fn last_release<'a>(&self, files: &Files, branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
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

    fn plan(&self, facts: &Facts<'_>) -> Plan {
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
        let tag = self.last_release(facts.files, facts.branch, tags, facts.tag_pattern);
        let (last, previous_tag) = match facts.last {
            Some(last) => (last.version.clone(), last.tag.clone()),
            None => {
                (tag.and_then(|tag| format.version(&tag.name)), tag.map(|tag| tag.name.clone()).unwrap_or_default())
            }
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
        if let Err(thrown) = analyse(&steps, &handed, &mut plan.readings, &mut plan.notes) {
            plan.nothing = Some(thrown);
            return plan;
        }
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
            version: next.to_string(),
            patch: next.patch != 0,
            link_compare: !previous_tag.is_empty(),
            previous_tag,
            current_tag: tag.clone(),
            date: facts.date.to_owned(),
            ..remote.context()
        };
        let entry = notes_of(&steps, &handed, &remote, &context, facts, &mut plan.notes);
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
}

/// The commits that move the version, the weightiest first and of those the oldest.
fn reasons(readings: &[CommitReading]) -> Vec<Reason> {
    let mut moving: Vec<&CommitReading> = readings.iter().filter(|reading| reading.bump > Bump::None).collect();
    moving.sort_by_key(|reading| std::cmp::Reverse(reading.bump));
    let reason = |reading: &CommitReading| Reason {
        commit: Some(reading.commit),
        bump: reading.bump,
        rule: reading.rule.clone().unwrap_or_default(),
    };
    moving.into_iter().map(reason).collect()
}

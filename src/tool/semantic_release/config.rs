//! semantic-release's configuration: where it stands, what it says, and what in it is not understood.
//!
//! The places and their order are cosmiconfig 9's for the name `release`; the defaults are semantic-release 24.2.9's
//! (`lib/get-config.js`).

use super::analysis::Rule;
use crate::files::{File, Files};
use crate::javascript::{CODE, REGEX, exported, has_code};
use crate::letters::lower;
use crate::reading::conventional_commits_parser::{HeaderPattern, Options, RevertPattern};
use crate::reading::pattern::regex;
use crate::text::Text;
use crate::tool::Recognition;
use crate::tool::conventional_changelog::{CommitType, ConventionalCommits, Generation, Preset, WriterOptions};
use serde_json::{Map, Value, json};

/// Where semantic-release is configured or called.
pub const FILES: &[&str] = &[
    "package.json",
    ".releaserc",
    ".releaserc.json",
    ".releaserc.yaml",
    ".releaserc.yml",
    ".releaserc.js",
    ".releaserc.ts",
    ".releaserc.cjs",
    ".releaserc.mjs",
    ".config/releaserc",
    ".config/releaserc.json",
    ".config/releaserc.yaml",
    ".config/releaserc.yml",
    ".config/releaserc.js",
    ".config/releaserc.ts",
    ".config/releaserc.cjs",
    ".config/releaserc.mjs",
    "release.config.js",
    "release.config.ts",
    "release.config.cjs",
    "release.config.mjs",
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
];

/// Those of [`FILES`] that hold nothing but the configuration, in the order in which they are looked for.
pub(super) fn places() -> impl Iterator<Item = &'static str> {
    FILES.iter().copied().filter(|path| path.contains("releaserc") || path.starts_with("release.config."))
}

/// The plugins that neither decide versions nor write notes.
const SILENT: &[&str] = &[
    "@semantic-release/npm",
    "@semantic-release/github",
    "@semantic-release/gitlab",
    "@semantic-release/git",
    "@semantic-release/changelog",
    "@semantic-release/apm",
    "semantic-release-docker",
    "semantic-release-pypi",
    "semantic-release-vsce",
    "semantic-release-slack-bot",
    "semantic-release-helm",
    "semantic-release-helm3",
    "semantic-release-major-tag",
    "semantic-release-replace-plugin",
    "semantic-release-export-data",
    "semantic-release-cargo",
    "@semantic-release-cargo/semantic-release-cargo",
    "@semantic-release-plus/docker",
    "@google/semantic-release-replace-plugin",
    "@codedependant/semantic-release-docker",
    "@eclass/semantic-release-docker",
    "@saithodev/semantic-release-backmerge",
    "@qiwi/semantic-release-gh-pages-plugin",
    "@anolilab/semantic-release-pnpm",
    "@anolilab/semantic-release-clean-package-json",
    "@amanda-mitchell/semantic-release-npm-multiple",
    "semantic-release-chrome",
    "semantic-release-firefox",
    "semantic-release-firefox-add-on",
    "semantic-release-ado",
    "semantic-release-rubygem",
    "semantic-release-license",
    "semantic-release-openvsx",
    "semantic-release-yarn",
    "semantic-release-pnpm",
    "semantic-release-expo",
    "semantic-release-react-native",
    "semantic-release-mattermost",
    "semantic-release-discord",
    "semantic-release-plugin-update-version-in-files",
    "gradle-semantic-release-plugin",
];

/// A plugin and its own options, the global ones below them.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Its package.
    pub name: String,
    /// What it is called with.
    pub options: Map<String, Value>,
}

/// What is configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Everything at the top.
    pub options: Map<String, Value>,
    /// The plugins in their order.
    pub plugins: Vec<Plugin>,
    /// What was assumed.
    pub notes: Vec<Text>,
}

/// The file and key that say that a repository is released by semantic-release.
#[must_use]
pub fn recognise(files: &Files) -> Option<Recognition> {
    let found = |path: &str, evidence: &str| Recognition { path: path.to_owned(), evidence: evidence.to_owned() };
    let package = files.value("package.json").ok().flatten();
    let package = package.as_ref().and_then(Value::as_object);
    if let Some(options) = package.and_then(|package| package.get("release")).and_then(Value::as_object) {
        let key = options.keys().next().map_or_else(|| "release".to_owned(), |key| format!("release.{key}"));
        return Some(found("package.json", &key));
    }
    if let Some(path) = places().find(|path| files.text(path).is_some_and(|text| !text.trim().is_empty())) {
        let evidence = match read(files, path) {
            Ok(Some(options)) => options.keys().next().cloned().unwrap_or_default(),
            _ => String::new(),
        };
        return Some(found(path, &evidence));
    }
    if let Some(path) = places().find(|path| matches!(files.get(path), Some(File::Unread(_)))) {
        return Some(found(path, ""));
    }
    if let Some(package) = package {
        for key in ["devDependencies", "dependencies"] {
            if package.get(key).is_some_and(|packages| packages.get("semantic-release").is_some()) {
                return Some(found("package.json", &format!("{key}.semantic-release")));
            }
        }
        let scripts = package.get("scripts").and_then(Value::as_object).into_iter().flatten();
        for (name, script) in scripts {
            if script.as_str().is_some_and(|script| name == "semantic-release" || calls(script)) {
                return Some(found("package.json", &format!("scripts.{name}")));
            }
        }
    }
    let workflows = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    for path in workflows {
        let lines = files.text(path).unwrap_or_default().lines().map(str::trim).filter(|line| !line.starts_with('#'));
        if let Some(line) =
            lines.into_iter().find(|line| line.contains("cycjimmy/semantic-release-action") || calls(line))
        {
            return Some(found(path, line.trim_start_matches("- ")));
        }
    }
    None
}

/// Whether a command line calls semantic-release, and not the Python tool whose command has the same name.
fn calls(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '\'', '`', ';', ','])).collect();
    words.iter().enumerate().any(|(at, word)| {
        let path = word
            .strip_prefix("./node_modules/.bin/")
            .or_else(|| word.strip_prefix("node_modules/.bin/"))
            .unwrap_or(word);
        if path != "semantic-release" && !path.starts_with("semantic-release@") {
            return false;
        }
        let before = words.get(..at).unwrap_or_default();
        let runner = |word: &&str| matches!(*word, "npx" | "bunx" | "pnpx" | "yarn" | "pnpm" | "npm" | "dlx");
        let install =
            before.iter().any(|word| matches!(*word, "install" | "i" | "add" | "pip" | "pip3" | "pipx" | "uv" | "uvx"));
        let command = matches!(before.last(), None | Some(&("run:" | "&&" | "||" | ";" | "|" | "then" | "npx")));
        let python = words.get(at + 1..).unwrap_or_default().iter().any(|word| {
            matches!(*word, "version" | "publish" | "changelog" | "print-version" | "generate-config" | "-v" | "-vv")
        });
        !install && (before.iter().any(runner) || (command && !python))
    })
}

fn read(files: &Files, path: &str) -> Result<Option<Map<String, Value>>, String> {
    let code = [".js", ".ts", ".cjs", ".mjs"].iter().any(|end| path.ends_with(end));
    let value = if code {
        let Some(text) = files.text(path) else { return Ok(None) };
        #[cfg(feature = "more")]
        let value = crate::javascript::exported_with(text, super::shareable::shareable);
        #[cfg(not(feature = "more"))]
        let value = exported(text);
        Some(value.unwrap_or_else(|| json!({ CODE: "" })))
    } else {
        files.value(path).map_err(|malformed| malformed.reason)?
    };
    Ok(match value {
        Some(Value::Object(map)) => Some(map),
        _ => None,
    })
}

/// The configuration of a repository, with the defaults in the place of what is not said.
#[must_use]
pub fn load(files: &Files) -> Config {
    let mut notes = Vec::new();
    let mut options = None;
    match files.value("package.json") {
        Ok(Some(Value::Object(mut package))) => {
            if let Some(Value::Object(release)) = package.remove("release") {
                options = Some(release);
            }
        }
        Err(malformed) => {
            notes.push(Text::new("tool_semantic_release_malformed", [&malformed.path, &malformed.reason]));
        }
        _ => {}
    }
    for path in places() {
        if options.is_some() {
            break;
        }
        if let Some(File::Unread(reason)) = files.get(path) {
            notes.push(Text::new("tool_semantic_release_malformed", [path, reason]));
            break;
        }
        match read(files, path) {
            Ok(Some(read)) => {
                let value = Value::Object(read.clone());
                if has_code(&value) {
                    let mut parts = Vec::new();
                    code_parts(&value, "", &mut parts);
                    if !parts.is_empty() {
                        notes.push(Text::new("tool_semantic_release_code", [path, &parts.join(", ")]));
                    }
                }
                options = Some(read);
            }
            Ok(None) => {}
            Err(reason) => {
                notes.push(Text::new("tool_semantic_release_malformed", [path, &reason]));
                break;
            }
        }
    }
    if options.is_none() && notes.is_empty() {
        notes.push(Text::new("tool_semantic_release_defaults", []));
    }
    let mut options = options.unwrap_or_default();
    workflow_options(files, &mut options);
    options.retain(|_, value| !value.is_null() && !is_code(value));
    if let Some(extends) = options.get("extends") {
        #[cfg(feature = "more")]
        let extends = &{
            let (known, rest): (Vec<_>, Vec<_>) = list(extends)
                .iter()
                .cloned()
                .partition(|name| name.as_str().is_some_and(|name| super::shareable::shareable(name).is_some()));
            // Of several, the last wins; what the repository says itself wins over all.
            for base in known.iter().rev().filter_map(Value::as_str).filter_map(super::shareable::shareable) {
                let Value::Object(base) = base else { continue };
                for (key, value) in base {
                    options.entry(key).or_insert(value);
                }
            }
            Value::Array(rest)
        };
        for name in list(extends).iter().filter_map(Value::as_str).filter(|name| *name != GITLAB) {
            notes.push(Text::new("tool_semantic_release_extends", [name]));
        }
    }
    let plugins = plugins(&options, &mut notes);
    Config { options, plugins, notes }
}

/// What a workflow hands over to the usual action: it wins over the file.
fn workflow_options(files: &Files, options: &mut Map<String, Value>) {
    for path in files.paths().filter(|path| path.starts_with(".github/workflows/")) {
        if !files.text(path).is_some_and(|text| text.contains("cycjimmy/semantic-release-action")) {
            continue;
        }
        let Ok(Some(workflow)) = files.value(path) else { continue };
        let jobs = workflow.get("jobs").and_then(Value::as_object).into_iter().flatten();
        let steps = jobs.filter_map(|(_, job)| job.get("steps")?.as_array()).flatten();
        for step in steps {
            let uses = step.get("uses").and_then(Value::as_str).unwrap_or_default();
            if !uses.starts_with("cycjimmy/semantic-release-action") {
                continue;
            }
            if let Some(format) =
                step.pointer("/with/tag_format").and_then(Value::as_str).filter(|format| !format.contains("${{"))
            {
                options.insert("tagFormat".to_owned(), Value::String(format.to_owned()));
            }
            let branches =
                step.pointer("/with/branches").or_else(|| step.pointer("/with/branch")).and_then(Value::as_str);
            if let Some(branches) = branches.filter(|branches| !branches.contains("${{")) {
                let list = exported(&format!("export default {branches}")).filter(|value| !has_code(value));
                options
                    .insert("branches".to_owned(), list.unwrap_or_else(|| Value::String(branches.trim().to_owned())));
            }
            return;
        }
    }
}

fn is_code(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.contains_key(CODE))
}

/// Whether a plugin neither decides versions nor writes notes by itself.
fn silent(name: &str) -> bool {
    name == EXEC || SILENT.contains(&name)
}

fn code_parts(value: &Value, path: &str, out: &mut Vec<String>) {
    if out.len() >= 10 {
        return;
    }
    match value {
        Value::Object(map) if map.contains_key(CODE) => {
            out.push(if path.is_empty() { "*".to_owned() } else { path.to_owned() });
        }
        Value::Object(map) => {
            for (key, value) in map {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                code_parts(value, &below, out);
            }
        }
        // How a plugin that decides nothing is called makes no difference, and what is run to decide is named later.
        Value::Array(values) if values.first().and_then(Value::as_str).is_some_and(silent) => {}
        Value::Array(values) => values.iter().for_each(|value| code_parts(value, path, out)),
        _ => {}
    }
}

/// A value as a list: itself where it is one.
#[must_use]
pub fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        other => std::slice::from_ref(other),
    }
}

pub(crate) const ANALYZER: &str = "@semantic-release/commit-analyzer";
pub(crate) const GENERATOR: &str = "@semantic-release/release-notes-generator";
/// The shareable configuration of the project's own (14.0.1): the default analyzer and generator, and where to publish.
const GITLAB: &str = "@semantic-release/gitlab-config";
const EXEC: &str = "@semantic-release/exec";

fn plugins(options: &Map<String, Value>, notes: &mut Vec<Text>) -> Vec<Plugin> {
    let with = |own: &Map<String, Value>| {
        let mut all = options.clone();
        for key in ["plugins", "branches", "extends"] {
            all.remove(key);
        }
        all.extend(own.clone());
        all
    };
    let plain = |name: &str| Plugin { name: name.to_owned(), options: with(&Map::new()) };
    let Some(configured) = options.get("plugins") else { return vec![plain(ANALYZER), plain(GENERATOR)] };
    let mut plugins = Vec::new();
    for plugin in list(configured) {
        let (name, own) = match plugin {
            Value::String(name) => (Some(name.as_str()), None),
            Value::Array(parts) => (parts.first().and_then(Value::as_str), parts.get(1).and_then(Value::as_object)),
            Value::Object(map) => (map.get("path").and_then(Value::as_str), Some(map)),
            _ => (None, None),
        };
        match name {
            Some(name) => plugins.push(Plugin { name: name.to_owned(), options: with(own.unwrap_or(&Map::new())) }),
            None => notes.push(Text::new("tool_semantic_release_plugin", ["…"])),
        }
    }
    plugins
}

/// The steps that decide something, each with the options it is called with.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// What finds the bump.
    pub analyzers: Vec<Map<String, Value>>,
    /// What writes the notes.
    pub generators: Vec<Map<String, Value>>,
    /// Whether a plugin that is not understood may find another bump.
    pub unknown_bump: bool,
}

/// Which plugins do what (`lib/plugins/index.js`): a step no plugin has is the analyzer's by default, and nobody's for
/// the notes.
#[must_use]
pub fn steps(config: &Config, notes: &mut Vec<Text>) -> Steps {
    let mut steps = Steps::default();
    let mut analysed = false;
    for plugin in &config.plugins {
        match plugin.name.as_str() {
            ANALYZER => {
                analysed = true;
                steps.analyzers.push(plugin.options.clone());
            }
            GENERATOR => steps.generators.push(plugin.options.clone()),
            EXEC => {
                analysed = true;
                for key in ["analyzeCommitsCmd", "generateNotesCmd", "verifyReleaseCmd"] {
                    if plugin.options.get(key).is_some_and(|value| value.as_str() != Some("")) {
                        notes.push(Text::new("tool_semantic_release_command", [key]));
                        steps.unknown_bump |= key == "analyzeCommitsCmd";
                    }
                }
            }
            name if silent(name) => {}
            name => {
                notes.push(Text::new("tool_semantic_release_plugin", [name]));
                steps.unknown_bump = true;
                // It reads emojis by rules of its own, and so nobody else is asked.
                analysed |= name == "semantic-release-gitmoji";
            }
        }
    }
    for (key, chosen) in [("analyzeCommits", &mut steps.analyzers), ("generateNotes", &mut steps.generators)] {
        match config.options.get(key) {
            None => {}
            // Options without a plugin are laid over those of the plugins that have the step.
            Some(Value::Object(own)) if !own.contains_key("path") => {
                for options in chosen.iter_mut() {
                    options.extend(own.clone());
                }
            }
            Some(other) => {
                let plain = |value: &Value| {
                    let name = value.as_str().or_else(|| value.get("path").and_then(Value::as_str))?;
                    let mut options = config.options.clone();
                    options.extend(value.as_object().cloned().unwrap_or_default());
                    (name == ANALYZER || name == GENERATOR).then_some(options)
                };
                *chosen = list(other).iter().filter_map(plain).collect();
                if chosen.is_empty() {
                    notes.push(Text::new("tool_semantic_release_option", [key]));
                }
                analysed = true;
            }
        }
    }
    if steps.analyzers.is_empty() && !analysed {
        steps.analyzers.push(config.options.clone());
    }
    if steps.generators.is_empty() {
        notes.push(Text::new("tool_semantic_release_no_notes", []));
    }
    steps
}

/// The preset a step uses, with its configuration, and the parser options that come of it.
#[must_use]
pub fn preset(options: &Map<String, Value>, generation: Generation, notes: &mut Vec<Text>) -> (Preset, Options) {
    let name = match (options.get("preset").and_then(Value::as_str), options.get("config").and_then(Value::as_str)) {
        (Some(name), _) => Some(lower(name)),
        (None, Some(package)) => Some(package.strip_prefix("conventional-changelog-").unwrap_or(package).to_owned()),
        (None, None) => None,
    };
    let preset = match &name {
        None => Preset::Angular,
        Some(name) => Preset::by_name(name).unwrap_or_else(|| {
            push(notes, Text::new("tool_semantic_release_preset", [name]));
            Preset::Angular
        }),
    };
    let preset = match preset {
        Preset::ConventionalCommits(config) => {
            let own = options.get("presetConfig").and_then(Value::as_object);
            Preset::ConventionalCommits(Box::new(conventional_commits(*config, own, generation, notes)))
        }
        other => other,
    };
    let mut parser = preset.parser();
    if let Some(own) = options.get("parserOpts").and_then(Value::as_object) {
        parser_options(&mut parser, own, notes);
    }
    (preset, parser)
}

fn push(notes: &mut Vec<Text>, note: Text) {
    if !notes.contains(&note) {
        notes.push(note);
    }
}

fn strings(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn conventional_commits(
    mut config: ConventionalCommits,
    own: Option<&Map<String, Value>>,
    generation: Generation,
    notes: &mut Vec<Text>,
) -> ConventionalCommits {
    config.generation = generation;
    for (key, value) in own.into_iter().flatten() {
        match (key.as_str(), value) {
            ("types", Value::Array(types)) => {
                // From version 10 on only `effect` says it.
                #[cfg(feature = "more")]
                let by_effect = generation == Generation::Ten;
                #[cfg(not(feature = "more"))]
                let by_effect = false;
                let hidden = |kind: &Value| {
                    if by_effect {
                        kind.get("effect").and_then(Value::as_str) == Some("hidden")
                    } else {
                        kind.get("hidden").and_then(Value::as_bool).unwrap_or_default()
                    }
                };
                let text = |kind: &Value, key: &str| kind.get(key).and_then(Value::as_str).map(str::to_owned);
                config.types = types
                    .iter()
                    .map(|kind| CommitType {
                        name: text(kind, "type").unwrap_or_default(),
                        scope: text(kind, "scope"),
                        section: text(kind, "section"),
                        hidden: hidden(kind),
                        quiet: text(kind, "effect").is_some_and(|effect| effect == "changelog"),
                    })
                    .collect();
            }
            ("issueUrlFormat", Value::String(format)) => config.issue_url.clone_from(format),
            ("commitUrlFormat", Value::String(format)) => config.commit_url.clone_from(format),
            ("compareUrlFormat", Value::String(format)) => config.compare_url.clone_from(format),
            ("userUrlFormat", Value::String(format)) => config.user_url.clone_from(format),
            ("issuePrefixes", prefixes) => config.issue_prefixes = strings(prefixes),
            ("scope", scopes) => config.scopes = strings(scopes),
            ("scopeOnly", Value::Bool(only)) => config.scope_only = *only,
            // These are about conventional-recommended-bump, which semantic-release does not ask.
            ("preMajor", Value::Bool(lower)) => config.pre_major = *lower,
            ("bumpStrict", Value::Bool(strict)) => config.bump_strict = *strict,
            ("name" | "preMajor" | "bumpStrict" | "ignoreCommits" | "releaseCommitMessageFormat" | "header", _) => {}
            (key, _) => push(notes, Text::new("tool_semantic_release_option", [&format!("presetConfig.{key}")])),
        }
    }
    config
}

/// A pattern's source and flags, from a regular expression or a string.
#[must_use]
pub fn pattern(value: &Value) -> Option<(&str, &str)> {
    match value {
        Value::String(source) => Some((source, "")),
        other => Some((other.get(REGEX)?.as_str()?, other.get("$flags").and_then(Value::as_str).unwrap_or_default())),
    }
}

fn parser_options(parser: &mut Options, own: &Map<String, Value>, notes: &mut Vec<Text>) {
    let mut merge = None;
    let mut merge_parts = None;
    for (key, value) in own {
        let mut unread = || push(notes, Text::new("tool_semantic_release_option", [&format!("parserOpts.{key}")]));
        let off = value.is_null() || value == &Value::Bool(false);
        match key.as_str() {
            "headerPattern" | "breakingHeaderPattern" => {
                let read = pattern(value).and_then(|(source, flags)| HeaderPattern::parse(source, flags));
                if read.is_none() && !off {
                    unread();
                    continue;
                }
                if key == "headerPattern" {
                    parser.header = read;
                } else {
                    parser.breaking_header = read;
                }
            }
            "revertPattern" => {
                let read = pattern(value).and_then(|(source, flags)| RevertPattern::parse(source, flags));
                if read.is_none() && !off {
                    unread();
                    continue;
                }
                parser.revert = read;
            }
            "mergePattern" => match pattern(value).and_then(|(source, flags)| regex(source, flags)) {
                Some(read) => merge = Some(read),
                None if off => parser.merge = None,
                None => unread(),
            },
            "mergeCorrespondence" => merge_parts = Some(strings(value)),
            "headerCorrespondence" => parser.header_parts = strings(value),
            "revertCorrespondence" => parser.revert_parts = strings(value),
            "noteKeywords" => parser.note_keywords = strings(value),
            "issuePrefixes" => parser.issue_prefixes = strings(value),
            "issuePrefixesCaseSensitive" => parser.issue_prefixes_case_sensitive = value.as_bool().unwrap_or_default(),
            "referenceActions" => parser.reference_actions = strings(value),
            "commentChar" => parser.comment = value.as_str().map(str::to_owned),
            "fieldPattern" if off => parser.fields = false,
            _ => unread(),
        }
    }
    if merge.is_some() || merge_parts.is_some() {
        use crate::reading::conventional_commits_parser::MergePattern;
        let known = parser.merge.take();
        let parts =
            merge_parts.or_else(|| known.as_ref().map(|merge| merge.correspondence.clone())).unwrap_or_default();
        let pattern = merge.map(Box::new).or_else(|| known.map(|merge| merge.pattern));
        parser.merge = pattern.map(|pattern| MergePattern { pattern, correspondence: parts });
    }
}

/// The writer's options that are understood.
#[must_use]
pub fn writer_options(options: &Map<String, Value>, notes: &mut Vec<Text>) -> WriterOptions {
    let mut writer = WriterOptions::default();
    for (key, value) in options.get("writerOpts").and_then(Value::as_object).into_iter().flatten() {
        match (key.as_str(), value) {
            ("groupBy", Value::String(part)) => writer.group_by = Some(part.clone()),
            ("commitsSort", Value::String(_) | Value::Array(_)) => writer.commits_sort = Some(strings(value)),
            ("commitGroupsSort", Value::String(key)) if key == "title" => writer.groups_by_title = true,
            ("noteGroupsSort", Value::String(key)) if key == "title" => {}
            (key, _) => push(notes, Text::new("tool_semantic_release_option", [&format!("writerOpts.{key}")])),
        }
    }
    writer
}

/// The rules of an analyzer's options.
#[must_use]
pub fn rules(options: &Map<String, Value>, notes: &mut Vec<Text>) -> Vec<Rule> {
    match options.get("releaseRules") {
        None | Some(Value::Null | Value::Bool(false)) => Vec::new(),
        Some(Value::Array(rules)) => {
            let read: Vec<Rule> = rules.iter().filter_map(Rule::parse).collect();
            if read.len() < rules.len() {
                push(notes, Text::new("tool_semantic_release_option", ["releaseRules"]));
            }
            read
        }
        Some(other) => {
            let name = other.as_str().unwrap_or("releaseRules");
            push(notes, Text::new("tool_semantic_release_option", [name]));
            Vec::new()
        }
    }
}

/// Which version of the conventionalcommits preset a repository prints with: the one it asks for, else the one that the
/// entries of its changelog show, else the one that most repositories had on the day.
#[must_use]
pub fn generation(files: &Files, date: &str) -> Generation {
    const PACKAGE: &str = "conventional-changelog-conventionalcommits";
    let package = files.value("package.json").ok().flatten();
    let depended = || {
        ["devDependencies", "dependencies"]
            .iter()
            .find_map(|key| asked(package.as_ref()?.get(key)?.get(PACKAGE)?.as_str()?, date))
    };
    let installed = || {
        files.paths().filter(|path| path.starts_with(".github/workflows/")).find_map(|path| {
            let (_, version) = files.text(path)?.split_once(&format!("{PACKAGE}@"))?;
            asked(version, date)
        })
    };
    let newest = |date| if date < CODE_ALONE { Generation::Eight } else { Generation::Nine };
    depended().or_else(installed).unwrap_or_else(|| match files.text("CHANGELOG.md").and_then(printed) {
        Some(Generation::Eight) => newest(date),
        Some(generation) => generation,
        // A version of the preset is in use long after its successor has come, until the tool itself is brought up to
        // date. Presets before the seventh no longer go with semantic-release 22 and 23 (2023-09-16, 2024-01-12), and
        // those before the eighth with 24 and 25 (2024-05-31, 2025-10-15). That most followed in the spring of 2024,
        // when workflows had to leave Node.js 16, is an estimate; so is that they did the next time with 25.
        None if date < "2024-03-01" => Generation::Four,
        None if date < "2025-10-15" => Generation::Six,
        None => newest(date),
    })
}

/// The day of the presets conventionalcommits 9.3.1 and angular 8.3.1, which leave mentions in code alone.
pub const CODE_ALONE: &str = "2026-03-29";

/// The version of the conventionalcommits preset that a version or a range asks for: of a range the newest of the day.
fn asked(version: &str, date: &str) -> Option<Generation> {
    let bare = version.trim_start_matches(['^', '~', '=', 'v', '>', ' ']);
    let mut numbers = bare.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).and_then(|digits| digits.parse::<u32>().ok())
    });
    let major = numbers.next()??;
    let ranged = bare.len() < version.len() && !version.starts_with(['=', 'v', '~']);
    let exact = numbers.next().flatten().filter(|_| !ranged);
    Some(match (major, exact) {
        (0..=4, _) => Generation::Four,
        (5, _) | (6, Some(0)) => Generation::Five,
        (6, _) => Generation::Six,
        (7, _) => Generation::Seven,
        (8, _) | (9, Some(0..=2)) => Generation::Eight,
        (9, None) if !date.is_empty() && date < CODE_ALONE => Generation::Eight,
        _ => Generation::Nine,
    })
}

/// How the newest entries of a changelog are set apart.
fn printed(changelog: &str) -> Option<Generation> {
    let mut lines = changelog.lines().take(400).peekable();
    let mut patch = None;
    let mut gap = None;
    while let Some(line) = lines.next() {
        let heading = line.strip_prefix("## [").or_else(|| line.strip_prefix("### ["));
        let Some(version) = heading.and_then(|rest| rest.split_once(']')).map(|(version, _)| version) else { continue };
        if gap.is_none() {
            let mut blank = 0;
            while lines.next_if(|line| line.trim().is_empty()).is_some() {
                blank += 1;
            }
            gap = Some(blank).filter(|_| lines.peek().is_some_and(|line| line.starts_with("### ")));
        }
        if !version.ends_with(".0") {
            patch = Some(line.starts_with("### "));
        }
        if gap == Some(1) {
            return Some(Generation::Eight);
        }
        if let (Some(_), Some(patch)) = (gap, patch) {
            return Some(if patch { Generation::Four } else { Generation::Six });
        }
    }
    None
}

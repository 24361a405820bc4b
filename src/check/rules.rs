//! The repository's own rules for titles and messages, wherever it has written them, as commitlint's rules.
//!
//! | where | whose |
//! |---|---|
//! | `commitlint.config.*`, `.commitlintrc*`, `package.json` → `commitlint` | commitlint 21, read without running it |
//! | `.github/semantic.yml` | the app Semantic PRs (`types`, `scopes`; without `types` those of the Angular convention) |
//! | `.github/workflows/*` | the inputs of amannn/action-semantic-pull-request 6 (`types`, `scopes`, `requireScope`) |
//! | `.cz-config.js`, `.czrc`, `package.json` → `config.commitizen` | commitizen for JavaScript: its `types` and `scopes` |

use super::not_conventional::TYPES;
use super::rule_set::ACTION;
use crate::files::Files;
use crate::javascript::{CODE, exported};
use crate::reading::commitlint::{Level, Rule, config_conventional, configured};
use serde_json::{Map, Value, json};

/// A set of rules.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    /// The file it stands in.
    pub path: String,
    /// What holds authors to it: `commitlint`.
    pub keeper: &'static str,
    /// The rules of the header.
    pub rules: Vec<Rule>,
    /// Whether merges, reverts and `fixup!` are left alone.
    pub ignores: bool,
}

/// The repository's rules, the strictest kind first; `None` where it has none that can be read.
#[must_use]
pub fn find(files: &Files) -> Option<RuleSet> {
    commitlint(files).or_else(|| semantic_app(files)).or_else(|| title_action(files)).or_else(|| commitizen(files))
}

/// The value of a configuration, whatever it is written in.
fn value(files: &Files, path: &str) -> Option<Value> {
    let code = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"].iter().any(|end| path.ends_with(end));
    if code { exported(files.text(path)?) } else { files.value(path).ok().flatten() }
}

fn commitlint(files: &Files) -> Option<RuleSet> {
    let package = value(files, "package.json").and_then(|mut package| package.get_mut("commitlint").map(Value::take));
    let paths =
        files.paths().filter(|path| path.starts_with(".commitlintrc") || path.starts_with("commitlint.config."));
    let own = package.map(|config| ("package.json".to_owned(), config));
    let (path, config) =
        own.or_else(|| paths.into_iter().find_map(|path| Some((path.to_owned(), value(files, path)?))))?;
    let extends = config.get("extends").map(|extends| match extends {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect::<Vec<_>>(),
    });
    let conventional =
        |name: &&str| matches!(*name, "@commitlint/config-conventional" | "@commitlint/conventional" | "conventional");
    let mut rules = if extends.iter().flatten().any(conventional) { config_conventional() } else { Vec::new() };
    for (name, written) in config.get("rules").and_then(Value::as_object).into_iter().flatten() {
        // What has to be run is not known, also where it stands in the place of a rule that is.
        rules.retain(|rule| rule.name != *name);
        if !crate::javascript::has_code(written) {
            rules.extend(configured(name, written).ok().flatten());
        }
    }
    // A grammar of the repository's own is not read, and then no part of a header is known.
    if config.get("parserPreset").is_some() && rules.iter().all(|rule| !rule.name.starts_with("header")) {
        return None;
    }
    rules.retain(|rule| ["header-", "type-", "scope-", "subject-"].iter().any(|part| rule.name.starts_with(part)));
    let ignores = config.get("defaultIgnores") != Some(&Value::Bool(false));
    (!rules.is_empty()).then_some(RuleSet { path, keeper: "commitlint", rules, ignores })
}

/// Rules from lists of types and scopes.
fn lists(types: &[Value], scopes: &[Value], wanted: bool) -> Vec<Rule> {
    let rule = |name: &str, never, value| Rule { name: name.to_owned(), level: Level::Error, never, value };
    let mut rules = vec![rule("subject-empty", true, Value::Null), rule("type-empty", true, Value::Null)];
    if !types.is_empty() {
        rules.push(rule("type-enum", false, json!(types)));
    }
    if !scopes.is_empty() {
        rules.push(rule("scope-enum", false, json!(scopes)));
    }
    if wanted {
        rules.push(rule("scope-empty", true, Value::Null));
    }
    rules
}

fn strings(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).into_iter().flatten().filter(|value| value.is_string()).cloned().collect()
}

fn angular() -> Vec<Value> {
    TYPES.iter().map(|kind| json!(kind)).collect()
}

fn semantic_app(files: &Files) -> Option<RuleSet> {
    let path = [".github/semantic.yml", ".github/semantic.yaml"].into_iter().find(|path| files.text(path).is_some())?;
    let config = files.value(path).ok()??;
    let flag = |name: &str| config.get(name) == Some(&Value::Bool(true));
    if flag("commitsOnly") || config.get("enabled") == Some(&Value::Bool(false)) {
        return None;
    }
    let types = Some(strings(config.get("types"))).filter(|types| !types.is_empty()).unwrap_or_else(angular);
    let rules = lists(&types, &strings(config.get("scopes")), false);
    Some(RuleSet { path: path.to_owned(), keeper: "Semantic PRs", rules, ignores: true })
}

/// The lines of an input, as literals: scopes and types may be patterns there, which are not held against a title.
fn input(with: &Map<String, Value>, name: &str) -> Option<Vec<Value>> {
    let lines = with.get(name)?.as_str()?.lines().map(str::trim).filter(|line| !line.is_empty());
    let literal = |line: &str| line.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | ' ' | '@'));
    lines.map(|line| literal(line).then(|| json!(line))).collect()
}

fn title_action(files: &Files) -> Option<RuleSet> {
    for path in files.paths().filter(|path| path.starts_with(".github/workflows/")) {
        if !files.text(path).is_some_and(|text| text.contains(ACTION)) {
            continue;
        }
        let Ok(Some(workflow)) = files.value(path) else { continue };
        let jobs = workflow.get("jobs").and_then(Value::as_object).into_iter().flatten();
        let mut steps = jobs.filter_map(|(_, job)| job.get("steps")?.as_array()).flatten();
        let uses = |step: &&Value| step.get("uses").and_then(Value::as_str).is_some_and(|uses| uses.contains(ACTION));
        let Some(step) = steps.find(uses) else { continue };
        let none = Map::new();
        let with = step.get("with").and_then(Value::as_object).unwrap_or(&none);
        let types = if with.contains_key("types") { input(with, "types").unwrap_or_default() } else { angular() };
        let scoped = with.get("requireScope").is_some_and(|wanted| wanted == &json!(true) || wanted == &json!("true"));
        let rules = lists(&types, &input(with, "scopes").unwrap_or_default(), scoped);
        return Some(RuleSet { path: path.to_owned(), keeper: ACTION, rules, ignores: false });
    }
    None
}

fn commitizen(files: &Files) -> Option<RuleSet> {
    let package = value(files, "package.json");
    let own = package.as_ref().and_then(|package| package.pointer("/config/commitizen")).cloned();
    let paths = [".cz-config.js", ".cz-config.cjs", ".czrc"];
    let written = paths.into_iter().find_map(|path| Some((path, value(files, path)?)));
    let (path, config) = written.or_else(|| own.map(|config| ("package.json", config)))?;
    // cz-customizable lists them, cz-conventional-changelog takes them as keys.
    let named = |list: &Value, key: &str| -> Vec<Value> {
        let name = |value: &Value| value.as_str().map_or_else(|| value.get(key).cloned(), |name| Some(json!(name)));
        match list {
            Value::Array(values) => values.iter().filter_map(name).collect(),
            Value::Object(map) if !map.contains_key(CODE) => map.keys().map(|key| json!(key)).collect(),
            _ => Vec::new(),
        }
    };
    let types = config.get("types").map(|types| named(types, "value")).unwrap_or_default();
    if types.is_empty() {
        return None;
    }
    Some(RuleSet { path: path.to_owned(), keeper: "commitizen", rules: lists(&types, &[], false), ignores: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::commitlint::lint;

    /// The names of the rules that a title breaks, or what is known of them.
    #[track_caller]
    fn check(path: &str, text: &str, title: &str, expected: &[&str]) {
        let Some(set) = find(&Files::of([(path, text)])) else {
            assert_eq!(expected, ["no rules"], "{path}");
            return;
        };
        let broken = lint(title, &set.rules, set.ignores).unwrap();
        assert_eq!(broken.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), expected, "{path}: {title}");
    }

    #[test]
    fn rules_of_commitlint() {
        let extends = "module.exports = { extends: ['@commitlint/config-conventional'], rules: {'type-enum': [2, 'always', ['feat', 'deps']], 'subject-case': [0]} };";
        check("commitlint.config.js", extends, "deps: Bump x", &[]);
        check("commitlint.config.js", extends, "fix: x", &["type-enum"]);
        check(
            "commitlint.config.mjs",
            "export default {extends: ['@commitlint/config-conventional']}",
            "fix: X.",
            &["subject-case", "subject-full-stop"],
        );
        check(
            ".commitlintrc.yaml",
            "extends:\n  - '@commitlint/config-conventional'\n",
            "Fix: x",
            &["type-case", "type-enum"],
        );
        check(
            ".commitlintrc",
            "{\"rules\": {\"header-max-length\": [1, \"always\", 5]}}",
            "fix: x",
            &["header-max-length"],
        );
        check(
            "package.json",
            "{\"commitlint\": {\"extends\": \"@commitlint/config-conventional\"}}",
            "x",
            &["subject-empty", "type-empty"],
        );
        check("commitlint.config.js", extends, "Merge branch 'main' into x", &[]);
    }

    #[test]
    fn what_has_to_be_run_is_not_guessed() {
        let code = "module.exports = { rules: {'scope-enum': [2, 'always', readdirSync('packages')]} };";
        check("commitlint.config.js", code, "fix(x): y", &["no rules"]);
        check("commitlint.config.ts", "export default defineConfig(load())", "x", &["no rules"]);
        check("package.json", "{\"name\": \"x\"}", "x", &["no rules"]);
    }

    #[test]
    fn rules_of_others() {
        check(
            ".github/semantic.yml",
            "titleOnly: true\ntypes: [feat, fix]\nscopes: [api]\n",
            "docs(ui): x",
            &["type-enum", "scope-enum"],
        );
        check(".github/semantic.yml", "commitsOnly: true\n", "x", &["no rules"]);
        let step = "jobs:\n  main:\n    steps:\n      - uses: amannn/action-semantic-pull-request@v5\n        with:\n          types: |\n            feat\n            fix\n          requireScope: true\n";
        check(".github/workflows/title.yml", step, "docs: x", &["type-enum", "scope-empty"]);
        check(
            ".github/workflows/title.yml",
            "jobs:\n  a:\n    steps:\n      - uses: amannn/action-semantic-pull-request@v5\n",
            "wip: x",
            &["type-enum"],
        );
        check(".cz-config.js", "module.exports = {types: [{value: 'feat', name: 'f'}]}", "fix: x", &["type-enum"]);
    }
}

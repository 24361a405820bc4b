//! The repository's own rules for titles and messages, wherever it has written them, as commitlint's rules and as
//! regular expressions.
//!
//! | where | whose |
//! |---|---|
//! | `commitlint.config.*`, `.commitlintrc*`, `package.json` → `commitlint` | commitlint 21, read without running it |
//! | `.github/semantic.yml` | the app Semantic PRs (`types`, `scopes`; without `types` those of the Angular convention) |
//! | `.github/pr-title-checker-config.json` | thehanimo/pr-title-checker 1 (`CHECKS`) |
//! | `.github/workflows/*` | the inputs of the actions below |
//! | `.cz-config.js`, `.czrc`, `package.json` → `config.commitizen` | commitizen for JavaScript: its `types` and `scopes` |
//!
//! Actions: amannn/action-semantic-pull-request 6, ytanikin/PRConventionalCommits 1, deepakputhraya/action-pr-title 1,
//! aslafy-z/conventional-pr-title-action 3, kontrolplane/pull-request-title-validator 1, Slashgear/action-check-pr-title
//! 4, `MorrisonCole`/pr-lint-action 1. Their labels that switch a check off are not known here.

use super::not_conventional::TYPES;
use super::rule_set::ACTIONS;
use crate::files::Files;
use crate::javascript::{CODE, exported};
use crate::letters::lower;
use crate::pull_request::PullRequest;
use crate::reading::commitlint::{Broken, Level, Rule, config_angular, config_conventional, configured, lint, read};
use crate::reading::pattern::{Regex, regex};
use serde_json::{Map, Value, json};

/// A set of rules.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The file it stands in.
    pub path: String,
    /// What holds authors to it: `commitlint`.
    pub keeper: &'static str,
    /// The rules of the header.
    pub rules: Vec<Rule>,
    /// What parts of the title are to match, beside those.
    pub patterns: Vec<Pattern>,
    /// Whether merges, reverts and `fixup!` are left alone.
    pub ignores: bool,
    /// Whether it is content with commits that keep the rules, where the title does not.
    pub commits_do: bool,
}

/// A part of a title and what it is to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The setting's own name: `subjectPattern`.
    pub name: &'static str,
    /// The part.
    pub part: Part,
    /// Whether it must not match.
    pub never: bool,
    /// What is written there, to be shown.
    pub written: String,
    /// One of them is to match.
    expressions: Vec<Expression>,
}

/// A part of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Title,
    /// Each of its scopes, which commas part.
    Scope,
    /// What follows the colon.
    Subject,
}

/// How a part is looked at.
#[derive(Clone, Debug)]
enum Expression {
    /// It holds this.
    Search(Regex),
    /// It is this, from its beginning to its end.
    Whole(Regex),
    /// It begins with this, in small letters where that is so written.
    Prefix(String, bool),
}

impl Expression {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Search(regex) => regex.is_match(text),
            Self::Whole(regex) => regex.find(text).is_some_and(|found| found.as_str() == text),
            Self::Prefix(prefix, true) => text.starts_with(prefix.as_str()),
            Self::Prefix(prefix, false) => lower(text).starts_with(&lower(prefix)),
        }
    }
}

impl Pattern {
    fn new(name: &'static str, part: Part, never: bool, written: &str, expressions: Vec<Expression>) -> Self {
        Self { name, part, never, written: written.trim().to_owned(), expressions }
    }

    fn holds(&self, title: &str) -> bool {
        let matches = |text: &str| self.expressions.iter().any(|expression| expression.matches(text)) != self.never;
        match self.part {
            Part::Title => matches(title),
            // That there is none is another rule's to say.
            Part::Scope => read(title)
                .and_then(|reading| reading.scope)
                .is_none_or(|scopes| scopes.split(',').all(|scope| matches(scope.trim()))),
            Part::Subject => read(title).and_then(|reading| reading.subject).is_none_or(matches),
        }
    }
}

impl RuleSet {
    fn new(path: &str, keeper: &'static str, rules: Vec<Rule>) -> Self {
        Self { path: path.to_owned(), keeper, rules, patterns: Vec::new(), ignores: false, commits_do: false }
    }

    /// The rules that a title breaks.
    pub fn breaks(&self, title: &str) -> Vec<Broken> {
        let mut broken = lint(title, &self.rules, self.ignores).unwrap_or_default();
        let unkept = self.patterns.iter().filter(|pattern| !pattern.holds(title));
        broken.extend(unkept.map(|pattern| Broken { name: pattern.name.to_owned(), level: Level::Error }));
        broken
    }

    /// Whether the branch's commits keep the rules and that is enough.
    pub fn kept_by_commits(&self, pull_request: &PullRequest) -> bool {
        let mut own = pull_request.commits.iter().filter(|commit| commit.parents < 2).peekable();
        self.commits_do
            && own.peek().is_some()
            && own.all(|commit| self.breaks(crate::message::subject(&commit.message)).is_empty())
    }
}

/// The repository's rules, the strictest kind first; `None` where it has none that can be read.
#[must_use]
pub fn find(files: &Files) -> Option<RuleSet> {
    commitlint(files)
        .or_else(|| semantic_app(files))
        .or_else(|| title_action(files))
        .or_else(|| title_checker(files))
        .or_else(|| commitizen(files))
}

/// The value of a configuration, whatever it is written in.
fn value(files: &Files, path: &str) -> Option<Value> {
    let code = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"].iter().any(|end| path.ends_with(end));
    if code { exported(files.text(path)?) } else { files.value(path).ok().flatten() }
}

/// The rules of a shared configuration of commitlint's own: those that say what they say in every repository. The others
/// (`config-lerna-scopes`, `-nx-scopes`, `-pnpm-scopes`, `-rush-scopes`, `-workspace-scopes`) only list the packages of
/// the repository as scopes, which has to be run; `config-patternplate` is the Angular one and such a list.
fn shared(name: &str) -> Option<Vec<Rule>> {
    let name = name.strip_prefix("@commitlint/").unwrap_or(name);
    let name = name.strip_prefix("config-").or_else(|| name.strip_prefix("commitlint-config-")).unwrap_or(name);
    match name {
        "conventional" => Some(config_conventional()),
        "angular" | "patternplate" => Some(config_angular()),
        "angular-type-enum" => Some(config_angular().into_iter().filter(|rule| rule.name == "type-enum").collect()),
        _ => None,
    }
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
    // Later ones win rule by rule (`@commitlint/resolve-extends`).
    let mut rules: Vec<Rule> = Vec::new();
    for more in extends.iter().flatten().filter_map(|name| shared(name)) {
        rules.retain(|rule| more.iter().all(|other| other.name != rule.name));
        rules.extend(more);
    }
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
    (!rules.is_empty()).then(|| RuleSet { ignores, ..RuleSet::new(&path, "commitlint", rules) })
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

/// Ezard/semantic-prs: `titleOnly`, `titleAndCommits` and `commitsOnly` say what is looked at; without any of them the
/// title or all commits are to be semantic (its `handle-pull-request-change.ts`).
fn semantic_app(files: &Files) -> Option<RuleSet> {
    let path = [".github/semantic.yml", ".github/semantic.yaml"].into_iter().find(|path| files.text(path).is_some())?;
    let config = files.value(path).ok()??;
    let flag = |name: &str| config.get(name) == Some(&Value::Bool(true));
    if flag("commitsOnly") || config.get("enabled") == Some(&Value::Bool(false)) {
        return None;
    }
    let types = Some(strings(config.get("types"))).filter(|types| !types.is_empty()).unwrap_or_else(angular);
    let rules = lists(&types, &strings(config.get("scopes")), false);
    let commits_do = !flag("titleOnly") && !flag("titleAndCommits");
    Some(RuleSet { ignores: true, commits_do, ..RuleSet::new(path, "Semantic PRs", rules) })
}

/// The inputs of a step.
struct Inputs<'a>(&'a Map<String, Value>);

impl Inputs<'_> {
    /// An input's text; an expression is only known when it runs.
    fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty() && !text.contains("${{")).then_some(text)
    }

    /// The parts of an input's text.
    fn list(&self, name: &str, by: char) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(by).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn is(&self, name: &str) -> bool {
        self.text(name).as_deref() == Some("true")
    }
}

/// The patterns that one regular expression makes; none where it cannot be read.
fn one(name: &'static str, part: Part, source: Option<String>, flags: &str) -> Option<Pattern> {
    let source = source?;
    let expression = Expression::Search(regex(&source, flags)?);
    Some(Pattern::new(name, part, false, &source, vec![expression]))
}

/// What is written in several lines, each from beginning to end; none where one of them cannot be read.
fn wholes(name: &'static str, never: bool, sources: &[String]) -> Option<Pattern> {
    let whole = |source: &String| Some(Expression::Whole(regex(&format!("^(?:{source})$"), "")?));
    let expressions: Vec<Expression> = sources.iter().map(whole).collect::<Option<_>>()?;
    (!expressions.is_empty()).then(|| Pattern::new(name, Part::Scope, never, &sources.join(", "), expressions))
}

/// Beginnings that a title may or must not have.
fn prefixes(name: &'static str, never: bool, written: &[String], exact: bool) -> Option<Pattern> {
    let expressions: Vec<_> = written.iter().map(|prefix| Expression::Prefix(prefix.clone(), exact)).collect();
    (!expressions.is_empty()).then(|| Pattern::new(name, Part::Title, never, &written.join(", "), expressions))
}

fn title_action(files: &Files) -> Option<RuleSet> {
    let named = |text: &str| ACTIONS.iter().copied().find(|action| text.contains(action));
    for path in files.paths().filter(|path| path.starts_with(".github/workflows/")) {
        if files.text(path).and_then(named).is_none() {
            continue;
        }
        let Ok(Some(workflow)) = files.value(path) else { continue };
        let jobs = workflow.get("jobs").and_then(Value::as_object).into_iter().flatten();
        let steps = jobs.filter_map(|(_, job)| job.get("steps")?.as_array()).flatten();
        let none = Map::new();
        for step in steps {
            let Some(action) = step.get("uses").and_then(Value::as_str).and_then(named) else { continue };
            let with = Inputs(step.get("with").and_then(Value::as_object).unwrap_or(&none));
            let (rules, patterns) = action_rules(action, &with);
            if !rules.is_empty() || !patterns.is_empty() {
                return Some(RuleSet { patterns, ..RuleSet::new(path, action, rules) });
            }
        }
    }
    None
}

/// What an action holds titles to, by its inputs.
fn action_rules(action: &str, with: &Inputs<'_>) -> (Vec<Rule>, Vec<Pattern>) {
    let values = |list: Vec<String>| list.into_iter().map(Value::String).collect::<Vec<_>>();
    let mut patterns = Vec::new();
    let rules = match action {
        // src/validatePrTitle.js; with a grammar of its own no part of a title is known.
        "action-semantic-pull-request" if with.0.contains_key("headerPattern") => Vec::new(),
        "action-semantic-pull-request" => {
            let types = if with.0.contains_key("types") { values(with.list("types", '\n')) } else { angular() };
            patterns.extend(wholes("scopes", false, &with.list("scopes", '\n')));
            patterns.extend(wholes("disallowScopes", true, &with.list("disallowScopes", '\n')));
            if let Some(source) = with.text("subjectPattern") {
                let whole = regex(&source, "").map(Expression::Whole);
                patterns.extend(
                    whole.map(|whole| Pattern::new("subjectPattern", Part::Subject, false, &source, vec![whole])),
                );
            }
            lists(&types, &[], with.is("requireScope"))
        }
        // index.js; the types are an array of JSON.
        "PRConventionalCommits" => {
            patterns.extend(one("ticket_key_regex", Part::Title, with.text("ticket_key_regex"), ""));
            let types = with.text("task_types").and_then(|text| serde_json::from_str::<Value>(&text).ok());
            let types = strings(types.as_ref());
            if types.is_empty() { Vec::new() } else { lists(&types, &[], false) }
        }
        // index.js; lengths are those of the whole title.
        "action-pr-title" => {
            let length = |input: &str, name: &str| {
                let most = with.text(input)?.parse::<u64>().ok().filter(|most| *most > 0)?;
                Some(Rule { name: name.to_owned(), level: Level::Error, never: false, value: json!(most) })
            };
            patterns.extend(one("regex", Part::Title, with.text("regex"), ""));
            let exact = with.is("prefix_case_sensitive");
            patterns.extend(prefixes("allowed_prefixes", false, &with.list("allowed_prefixes", ','), exact));
            patterns.extend(prefixes("disallowed_prefixes", true, &with.list("disallowed_prefixes", ','), exact));
            let rules = [length("min_length", "header-min-length"), length("max_length", "header-max-length")];
            rules.into_iter().flatten().collect()
        }
        "conventional-pr-title-action" => lists(&[], &[], false),
        "pull-request-title-validator" => {
            const DEFAULT: &[&str] = &["fix", "feat", "chore", "docs", "build", "ci", "refactor", "perf", "test"];
            let types = values(with.list("types", ','));
            let types = if types.is_empty() { DEFAULT.iter().map(|kind| json!(kind)).collect() } else { types };
            lists(&types, &values(with.list("scopes", ',')), false)
        }
        "action-check-pr-title" => {
            let flags = with.text("flags").unwrap_or_default();
            patterns.extend(one("regexp", Part::Title, with.text("regexp"), &flags));
            Vec::new()
        }
        "pr-lint-action" => {
            let flags = with.text("title-regex-flags").unwrap_or_default();
            patterns.extend(one("title-regex", Part::Title, with.text("title-regex"), &flags));
            Vec::new()
        }
        _ => Vec::new(),
    };
    (rules, patterns)
}

/// thehanimo/pr-title-checker: one of the beginnings or the expression is enough.
fn title_checker(files: &Files) -> Option<RuleSet> {
    const PATH: &str = ".github/pr-title-checker-config.json";
    let checks = files.value(PATH).ok()??.get("CHECKS")?.clone();
    let text = |name: &str| checks.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut written: Vec<String> =
        strings(checks.get("prefixes")).iter().filter_map(|prefix| prefix.as_str().map(str::to_owned)).collect();
    let mut expressions: Vec<_> = written.iter().map(|prefix| Expression::Prefix(prefix.clone(), true)).collect();
    if let Some(source) = text("regexp") {
        expressions.push(Expression::Search(regex(source, text("regexpFlags").unwrap_or_default())?));
        written.push(source.to_owned());
    }
    let pattern = Pattern::new("CHECKS", Part::Title, false, &written.join(", "), expressions);
    (!written.is_empty())
        .then(|| RuleSet { patterns: vec![pattern], ..RuleSet::new(PATH, "pr-title-checker", Vec::new()) })
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
    Some(RuleSet { ignores: true, ..RuleSet::new(path, "commitizen", lists(&types, &[], false)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    /// The names of the rules that a title breaks, or what is known of them.
    #[track_caller]
    fn check(path: &str, text: &str, title: &str, expected: &[&str]) {
        let Some(set) = find(&Files::of([(path, text)])) else {
            assert_eq!(expected, ["no rules"], "{path}");
            return;
        };
        let broken = set.breaks(title);
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
        let angular = "module.exports = {extends: ['@commitlint/config-angular', '@commitlint/config-lerna-scopes']}";
        check("commitlint.config.js", angular, "chore: x", &["type-enum"]);
        check("commitlint.config.js", angular, "fix(API)!: x", &["scope-case", "subject-exclamation-mark"]);
        check("commitlint.config.js", "module.exports = {extends: ['angular']}", "fix: X", &["subject-case"]);
        check(
            ".commitlintrc",
            "{\"extends\": [\"@commitlint/config-angular-type-enum\"]}",
            "chore: X.",
            &["type-enum"],
        );
        check(".commitlintrc", "{\"extends\": [\"somebody\"]}", "X.", &["no rules"]);
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
        let with = |action: &str, inputs: &str| {
            format!("jobs:\n  a:\n    steps:\n      - uses: {action}@v1\n        with:\n{inputs}\n")
        };
        let path = ".github/workflows/title.yml";
        let amannn = "amannn/action-semantic-pull-request";
        let scopes = with(amannn, "          scopes: |\n            core\n            JIRA-\\d+");
        check(path, &scopes, "fix(JIRA-12): x", &[]);
        check(path, &scopes, "fix(core, ui): x", &["scopes"]);
        check(path, &scopes, "fix: x", &[]);
        let banned = with(amannn, "          disallowScopes: |\n            release\n            [A-Z]+");
        check(path, &banned, "chore(release): x", &["disallowScopes"]);
        check(path, &banned, "chore(API): x", &["disallowScopes"]);
        check(path, &banned, "chore(api): x", &[]);
        check(path, &with(amannn, "          subjectPattern: ^[a-z].+$"), "fix: X y", &["subjectPattern"]);
        check(path, &with(amannn, "          subjectPattern: ^[a-z].+$"), "fix: x y", &[]);
        // What the engine cannot read is not guessed.
        check(path, &with(amannn, "          subjectPattern: ^(?![A-Z]).+$"), "fix: X y", &[]);
        check(path, &with(amannn, "          headerPattern: '^(\\w*) (.*)$'"), "x", &["no rules"]);
        let ytanikin = "ytanikin/PRConventionalCommits";
        check(path, &with(ytanikin, "          task_types: '[\"feat\",\"fix\"]'"), "docs: x", &["type-enum"]);
        let ticket = "          task_types: '[\"feat\"]'\n          ticket_key_regex: 'ABC-\\d+'";
        check(path, &with(ytanikin, ticket), "feat: x", &["ticket_key_regex"]);
        check(path, &with(ytanikin, ticket), "feat: x ABC-12", &[]);
        let deepak = "deepakputhraya/action-pr-title";
        let prefix = "          allowed_prefixes: 'feature,fix,JIRA'\n          max_length: 20";
        check(path, &with(deepak, prefix), "Fix the login", &[]);
        check(path, &with(deepak, prefix), "chore the login for everybody", &["header-max-length", "allowed_prefixes"]);
        check(path, &with(deepak, "          regex: '([a-z])+\\/([a-z])+'"), "Fix", &["regex"]);
        check(path, &with("aslafy-z/conventional-pr-title-action", ""), "add x", &["subject-empty", "type-empty"]);
        let kontrol = "kontrolplane/pull-request-title-validator";
        check(path, &with(kontrol, "          types: \"fix,feat\""), "chore: x", &["type-enum"]);
        check(path, &with("Slashgear/action-check-pr-title", "          regexp: '^[A-Z]'"), "x", &["regexp"]);
        check(path, &with("MorrisonCole/pr-lint-action", "          title-regex: '#\\d+'"), "x #1", &[]);
        let checker = "{\"CHECKS\": {\"prefixes\": [\"fix: \"], \"regexp\": \"docs\\\\(v[0-9]\\\\): \"}}";
        check(".github/pr-title-checker-config.json", checker, "docs(v1): x", &[]);
        check(".github/pr-title-checker-config.json", checker, "feat: x", &["CHECKS"]);
        check(".cz-config.js", "module.exports = {types: [{value: 'feat', name: 'f'}]}", "fix: x", &["type-enum"]);
    }
}

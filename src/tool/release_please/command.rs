//! release-please called by its command line: 17.11.2 `src/bin/release-please.ts`, with `buildChangelogSections` of
//! `src/changelog-notes.ts`.
//!
//! What a call is told becomes what the action is told, under the names of the action's inputs.

use serde_json::{Map, Value, json};

/// The commands that release, the one that makes the version first.
const COMMANDS: [&str; 4] = ["release-pr", "manifest-pr", "github-release", "manifest-release"];

/// The options that take no value unless it is `true` or `false`.
const SWITCHES: [&str; 15] = [
    "bump-minor-pre-major",
    "bump-patch-for-minor-pre-major",
    "component-no-space",
    "debug",
    "draft",
    "draft-pull-request",
    "dry-run",
    "force-tag-creation",
    "fork",
    "include-v-in-tags",
    "local",
    "monorepo-tags",
    "prerelease",
    "skip-labeling",
    "trace",
];

/// The options that decide something, and the action's names for them.
const TOLD: [(&str, &str); 15] = [
    ("release-type", "release-type"),
    ("path", "path"),
    ("component", "component"),
    ("package-name", "package-name"),
    ("monorepo-tags", "monorepo-tags"),
    ("include-v-in-tags", "include-v-in-tag"),
    ("bump-minor-pre-major", "bump-minor-pre-major"),
    ("bump-patch-for-minor-pre-major", "bump-patch-for-minor-pre-major"),
    ("prerelease-type", "prerelease-type"),
    ("versioning-strategy", "versioning-strategy"),
    ("changelog-type", "changelog-notes-type"),
    ("changelog-host", "changelog-host"),
    ("release-as", "release-as"),
    ("config-file", "config-file"),
    ("manifest-file", "manifest-file"),
];

/// What stands for a value that only the shell knows.
const UNKNOWN: &str = "${{";

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its place in [`COMMANDS`].
    pub command: usize,
    /// What it is told, under the names of the action's inputs.
    pub inputs: Map<String, Value>,
}

impl Call {
    /// `release-please release-pr`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("release-please {}", COMMANDS.get(self.command).unwrap_or(&""))
    }
}

/// The calls in a script for the shell, but those that only show what they would do.
#[must_use]
pub fn calls(script: &str) -> Vec<Call> {
    commands(script).iter().filter_map(|words| call(words)).collect()
}

fn call(words: &[String]) -> Option<Call> {
    let is_tool = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name.split('@').next() == Some("release-please")
    };
    let at = words.iter().position(is_tool)?;
    let words = words.get(at + 1..)?;
    let mut command = None;
    let mut told: Map<String, Value> = Map::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some(option) = word.strip_prefix("--").filter(|option| !option.is_empty()) else {
            if command.is_none() && !word.starts_with('-') {
                command = Some(COMMANDS.iter().position(|command| command == word)?);
            }
            continue;
        };
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (dashed(name), Some(value.to_owned())),
            None => (dashed(option), None),
        };
        let (name, value) = match (name.strip_prefix("no-"), value) {
            (Some(name), None) => (name.to_owned(), Some("false".to_owned())),
            (_, Some(value)) => (name, Some(value)),
            (None, None) if SWITCHES.contains(&name.as_str()) => {
                (name, rest.next_if(|word| ["true", "false"].contains(&word.as_str())).cloned())
            }
            (None, None) => (name, rest.next_if(|word| !word.starts_with('-')).cloned()),
        };
        told.insert(name, value.unwrap_or_else(|| "true".to_owned()).into());
    }
    if told.get("dry-run").is_some_and(|value| value == "true") {
        return None;
    }
    let command = command?;
    let manifest = COMMANDS.get(command).is_some_and(|command| command.starts_with("manifest"));
    let mut inputs = Map::new();
    for (option, input) in TOLD {
        if let Some(value) = told.remove(option).filter(|_| !manifest || input.ends_with("-file")) {
            inputs.insert(input.to_owned(), value);
        }
    }
    if let Some(Value::String(scopes)) = told.remove("changelog-sections").filter(|_| !manifest) {
        inputs.insert("changelog-types".to_owned(), sections(&scopes).into());
    }
    Some(Call { command, inputs })
}

/// `releaseType` → `release-type`: yargs takes both.
fn dashed(name: &str) -> String {
    let mut dashed = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            dashed.push('-');
        }
        dashed.push(letter.to_ascii_lowercase());
    }
    dashed
}

/// `feat,fix` → the sections of these types, as the action takes them.
fn sections(scopes: &str) -> String {
    if scopes.is_empty() || scopes.contains(UNKNOWN) {
        return scopes.to_owned();
    }
    let title = |scope: &str| match scope {
        "feat" => "Features",
        "fix" => "Bug Fixes",
        "perf" => "Performance Improvements",
        "deps" => "Dependencies",
        "revert" => "Reverts",
        "docs" => "Documentation",
        "style" => "Styles",
        "chore" => "Miscellaneous Chores",
        "refactor" => "Code Refactoring",
        "test" => "Tests",
        "build" => "Build System",
        "ci" => "Continuous Integration",
        _ => "",
    };
    let section = |scope: &str| {
        let title = title(scope);
        json!({"type": scope, "section": if title.is_empty() { scope } else { title }})
    };
    Value::Array(scopes.split(',').map(section).collect()).to_string()
}

/// The commands of a script, as their words. A word that the shell fills in ends in [`UNKNOWN`].
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = script.chars().peekable();
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), letter) => word.get_or_insert_default().push(letter),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (_, '\\') => match letters.next() {
                // The line goes on.
                Some('\n') | None => {}
                Some('\r') if letters.peek() == Some(&'\n') => {
                    letters.next();
                }
                Some(letter) => word.get_or_insert_default().push(letter),
            },
            (_, '$') => {
                // `$NAME`, `${NAME}`, `$(…)` and the workflow's own `${{ … }}`.
                let word = word.get_or_insert_default();
                let mut open = 0_usize;
                while let Some(letter) = letters
                    .next_if(|letter| open > 0 || letter.is_ascii_alphanumeric() || matches!(letter, '_' | '{' | '('))
                {
                    match letter {
                        '{' | '(' => open += 1,
                        '}' | ')' if open == 1 => break,
                        '}' | ')' => open -= 1,
                        _ => {}
                    }
                }
                word.push_str(UNKNOWN);
            }
            (None, '#') if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    commands.push(words);
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "json! makes a value")]
    fn check(script: &str, expected: Value) {
        let told = |call: &Call| json!([call.name(), call.inputs]);
        assert_eq!(Value::Array(calls(script).iter().map(told).collect()), expected, "{script}");
    }

    #[test]
    fn options_are_the_actions_inputs() {
        check(
            "npx release-please release-pr --token=${{ secrets.T }} --repo-url \"acme/widgets\" \\\n  --release-type=node --package-name='@acme/w' --monorepo-tags --no-include-v-in-tags\n",
            json!([["release-please release-pr", {"release-type": "node", "package-name": "@acme/w",
                "monorepo-tags": "true", "include-v-in-tag": "false"}]]),
        );
        check(
            "npm ci && npx -y release-please@16 github-release --releaseType go; echo --path x",
            json!([["release-please github-release", {"release-type": "go"}]]),
        );
        check(
            "./node_modules/.bin/release-please release-pr --bump-minor-pre-major true --changelog-sections feat,x --path pkg/a",
            json!([["release-please release-pr", {"path": "pkg/a", "bump-minor-pre-major": "true",
                "changelog-types": r#"[{"type":"feat","section":"Features"},{"type":"x","section":"x"}]"#}]]),
        );
        check(
            "release-please manifest-pr --release-type node --config-file c.json",
            json!([["release-please manifest-pr", {"config-file": "c.json"}]]),
        );
        check(
            "release-please release-pr --release-type \"$TYPE\" --path $(cat x)/y",
            json!([["release-please release-pr", {"release-type": "${{", "path": "${{/y"}]]),
        );
    }

    #[test]
    fn what_releases_nothing_is_no_call() {
        check("npm i release-please", json!([]));
        check("release-please bootstrap --release-type node", json!([]));
        check("release-please release-pr --release-type node --dry-run", json!([]));
        check("# release-please release-pr", json!([]));
        check("echo 'release-please release-pr'", json!([]));
        check("'", json!([]));
        check("release-please release-pr --path ${{", json!([["release-please release-pr", {"path": "${{"}]]));
    }
}

//! What semantic-release makes of a message, by its default preset and by conventionalcommits.

use serde_json::{Value, json};
use squashcast::bump::Bump;
use squashcast::reading::conventional_commits_parser::{Options, Parser, Thrown};
use squashcast::tool::conventional_changelog::{Preset, WriterOptions};
use squashcast::tool::semantic_release::analysis::{Remote, Rule, notes, read, verdict};
use std::sync::LazyLock;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

struct Tool {
    preset: Preset,
    analyzer: Parser,
    generator: Parser,
    rules: Vec<Rule>,
    remote: Remote,
}

impl Tool {
    fn new(preset: Preset) -> Self {
        let remote = Remote::parse("https://github.com/acme/widgets").unwrap_or_default();
        let own = preset.parser();
        let prefixes = if preset.sets_issue_prefixes() { own.issue_prefixes.clone() } else { remote.issue_prefixes() };
        let generator =
            Options { issue_prefixes: prefixes, reference_actions: remote.reference_actions(), ..own.clone() };
        Self { preset, analyzer: Parser::new(own), generator: Parser::new(generator), rules: Rule::defaults(), remote }
    }

    fn says(&self, message: &str) -> Value {
        match self.try_says(message) {
            Ok(value) => value,
            Err(Thrown(text)) => json!({ "throws": text }),
        }
    }

    fn try_says(&self, message: &str) -> Result<Value, Thrown> {
        let commit = [(0, SHA, message)];
        let analysed = read(&self.analyzer, &commit)?;
        let bump = analysed
            .iter()
            .filter_map(|commit| verdict(&[], &self.rules, commit))
            .map(|rule| rule.release().bump())
            .max()
            .unwrap_or_default();
        let version = match bump {
            Bump::None => return Ok(json!({ "bump": null })),
            Bump::Patch => "1.2.4",
            Bump::Minor => "1.3.0",
            Bump::Major => "2.0.0",
        };
        let context = squashcast::tool::conventional_changelog::Context {
            version: version.to_owned(),
            patch: bump == Bump::Patch,
            previous_tag: "v1.2.3".to_owned(),
            current_tag: format!("v{version}"),
            link_compare: true,
            date: "YYYY-MM-DD".to_owned(),
            ..self.remote.context()
        };
        let mut commits = read(&self.generator, &commit)?;
        for commit in &mut commits {
            // The oracle hands the first line over as Git's subject.
            commit.subject = message.split('\n').next().unwrap_or_default().into();
        }
        let entry = notes(&self.preset, &WriterOptions::default(), &context, &commits.iter().collect::<Vec<_>>(), true);
        Ok(json!({ "bump": bump.name(), "entry": entry }))
    }
}

/// With the angular preset, the default.
pub fn angular(message: &str) -> Value {
    static TOOL: LazyLock<Tool> = LazyLock::new(|| Tool::new(Preset::Angular));
    TOOL.says(message)
}

/// With the conventionalcommits preset.
pub fn conventional_commits(message: &str) -> Value {
    static TOOL: LazyLock<Tool> = LazyLock::new(|| Tool::new(Preset::ConventionalCommits(Box::default())));
    TOOL.says(message)
}

//! Shareable configurations of semantic-release that are read by their name.
//!
//! What they say is read from their packages: semantic-release-preconfigured-conventional-commits 1.1.157
//! (`.releaserc.json`), whose users take it with `require` and add plugins to it.

use super::config::{ANALYZER, GENERATOR};
use serde_json::{Value, json};

/// What the package of that name exports; `None` where it is not known.
#[must_use]
pub fn shareable(name: &str) -> Option<Value> {
    (name == "semantic-release-preconfigured-conventional-commits").then(preconfigured)
}

fn preconfigured() -> Value {
    let (updates, builds) = ("Dependency updates", "Build and continuous integration");
    let types = json!([
        {"type": "*!", "section": "BREAKING CHANGES"},
        {"type": "feat", "section": "Features"},
        {"type": "chore", "scope": "api-deps", "section": updates},
        {"type": "chore", "scope": "core-deps", "section": updates},
        {"type": "chore", "scope": "deps", "section": updates},
        {"type": "fix", "section": "Bug Fixes"},
        {"type": "docs", "section": "Documentation"},
        {"type": "perf", "section": "Performance improvements"},
        {"type": "revert", "section": "Revert previous changes"},
        {"type": "test", "section": "Tests"},
        {"type": "ci", "section": builds},
        {"type": "build", "section": builds},
        {"type": "chore", "section": "General maintenance"},
        {"type": "style", "section": "Style improvements"},
        {"type": "refactor", "section": "Refactoring"},
    ]);
    let preset = json!({"preset": "conventionalcommits", "presetConfig": {"types": types}});
    let mut analyzer = preset.clone();
    if let Some(options) = analyzer.as_object_mut() {
        let rules = json!([
            {"type": "*!", "release": "major"},
            {"type": "chore", "scope": "api-deps", "release": "minor"},
            {"type": "chore", "scope": "core-deps", "release": "patch"},
            {"type": "docs", "release": "patch"},
            {"type": "revert", "release": "patch"},
        ]);
        options.insert("releaseRules".to_owned(), rules);
    }
    json!({
        "tagFormat": "${version}",
        "plugins": [[ANALYZER, analyzer], [GENERATOR, preset], "@semantic-release/changelog"],
    })
}

#[cfg(test)]
mod tests {
    use crate::tool::semantic_release::SemanticRelease;
    use crate::tool::testing::plan;

    #[track_caller]
    fn check(path: &str, config: &str, messages: &[&str], expected: &str) {
        let plan = plan(&SemanticRelease, &[(path, config)], &["1.2.3", "w9.0.0"], messages);
        assert_eq!(plan.notes, [], "{config}");
        assert_eq!(plan.releases.first().map_or("", |release| release.tag.as_str()), expected, "{config}");
    }

    #[test]
    fn a_configuration_is_known_by_its_name() {
        let required = "var config = require('semantic-release-preconfigured-conventional-commits');\n\
            config.plugins.push('@semantic-release/github', ['@semantic-release/git', {assets: [f()]}])\n\
            module.exports = config\n";
        check("release.config.js", required, &["docs: a"], "1.2.4");
        check("release.config.js", required, &["chore(api-deps): a"], "1.3.0");
        check("release.config.js", required, &["chore(deps): a"], "");
        let imported = "import config from 'semantic-release-preconfigured-conventional-commits' with { type: 'json' }\n\
            export default {...config, branches: ['main']}\n";
        check("release.config.mjs", imported, &["docs: a"], "1.2.4");
        let extended = "extends: semantic-release-preconfigured-conventional-commits\ntagFormat: w${version}\n";
        check(".releaserc", extended, &["docs: a"], "w9.0.1");
    }
}

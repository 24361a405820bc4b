//! Where a repository writes down its own rules for titles and messages. They are read in [`super::rules`], in the second
//! module only: commitlint's cases of letters want tables of every script.

use crate::files::Files;

/// The files that hold such rules, as [`crate::tool::Tool::files`] names them; workflows are known by [`wants`].
pub const FILES: &[&str] = &[
    ".commitlintrc",
    ".commitlintrc.cjs",
    ".commitlintrc.js",
    ".commitlintrc.json",
    ".commitlintrc.mjs",
    ".commitlintrc.ts",
    ".commitlintrc.yaml",
    ".commitlintrc.yml",
    ".cz-config.js",
    ".cz-config.cjs",
    ".czrc",
    ".github/dco.yml",
    ".github/pr-title-checker-config.json",
    ".github/semantic.yml",
    ".github/semantic.yaml",
    "commitlint.config.cjs",
    "commitlint.config.js",
    "commitlint.config.mjs",
    "commitlint.config.ts",
    "package.json",
];

/// Words in the names of workflows that look at titles, or at sign-offs.
const WORDS: &[&str] =
    &["title", "semantic", "conventional", "lint-pr", "pr-lint", "pull-request", "commitlint", "dco"];

/// The actions that hold titles to rules.
pub(super) const ACTIONS: &[&str] = &[
    "action-semantic-pull-request",
    "PRConventionalCommits",
    "action-pr-title",
    "conventional-pr-title-action",
    "pull-request-title-validator",
    "action-check-pr-title",
    "pr-lint-action",
];

/// Whether a repository has rules that only the second module reads; never so in that one. `paths` are the repository's,
/// `files` those read of them.
#[must_use]
pub fn elsewhere<'a>(mut paths: impl Iterator<Item = &'a str>, files: &Files) -> bool {
    let named = |path: &str| {
        !matches!(path, "package.json" | ".github/dco.yml") && FILES.iter().any(|name| crate::tool::matches(name, path))
    };
    let holds = |path: &str, word: &str| files.text(path).is_some_and(|text| text.contains(word));
    !cfg!(feature = "more")
        && (paths.any(named)
            || ["\"commitlint\"", "\"cz-"].iter().any(|word| holds("package.json", word))
            || files.paths().any(|path| ACTIONS.iter().any(|action| holds(path, action))))
}

/// Whether a file may hold rules.
#[must_use]
pub fn wants(path: &str) -> bool {
    FILES.iter().any(|pattern| crate::tool::matches(pattern, path))
        || path.strip_prefix(".github/workflows/").is_some_and(|name| WORDS.iter().any(|word| name.contains(word)))
}

//! Which actions a repository's GitHub workflows use: the only trace of a tool that runs without a file of its own.

use super::Recognition;
use crate::files::Files;

/// The first workflow that uses an action (`release-plz/action`), whatever its version.
#[must_use]
pub fn uses(files: &Files, action: &str) -> Option<Recognition> {
    let paths = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    paths.filter_map(|path| Some((path, files.text(path)?))).find_map(|(path, text)| {
        let step = |line: &str| {
            let line = line.trim_start().trim_start_matches("- ").trim_start();
            let used = line.strip_prefix("uses:")?.trim().trim_matches(['"', '\'']);
            used.strip_prefix(action)?
                .starts_with('@')
                .then(|| used.split([' ', '"', '\'']).next().unwrap_or(used).to_owned())
        };
        text.lines().find_map(step).map(|used| Recognition { path: path.to_owned(), evidence: format!("uses: {used}") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_found_in_a_step_and_not_in_a_comment() {
        let text = "steps:\n  # uses: acme/other@v1\n  - uses: 'acme/release@v2' # x\n";
        let files = Files::of([(".github/workflows/ci.yml", text)]);
        assert_eq!(uses(&files, "acme/release").map(|found| found.evidence), Some("uses: acme/release@v2".to_owned()));
        assert_eq!(uses(&files, "acme/other"), None);
        assert_eq!(uses(&files, "acme/rel"), None);
    }
}

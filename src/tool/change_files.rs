//! changesets and beachball: files that every pull request brings along decide, not its title.
//!
//! By their documentation: changesets 2 has front matter with a bump for each package, beachball 2 JSON with `packageName`
//! and `type`. What follows for packages that depend on these is not counted.

use super::conventional_changelog::run::Package;
use super::{Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::files::{Files, yaml};
use crate::history::Tag;
use crate::text::Text;
use crate::version::increment;
use semver::Version;
use serde_json::Value;

/// changesets.
#[derive(Clone, Copy, Debug)]
pub struct Changesets;

/// beachball.
#[derive(Clone, Copy, Debug)]
pub struct Beachball;

impl Tool for Changesets {
    fn id(&self) -> &'static str {
        "changesets"
    }
    fn name(&self) -> &'static str {
        "changesets"
    }
    fn files(&self) -> &'static [&'static str] {
        &[".changeset/config.json", ".changeset/*.md", "package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = ".changeset/config.json";
        files.text(path)?;
        Some(Recognition { path: path.to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, _: &'a [Tag], _over: Option<&str>) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let read = |path: &str, text: &str| -> Vec<(String, Bump)> {
            let markdown = path.strip_prefix(".changeset/").and_then(|name| name.strip_suffix(".md"));
            if markdown.is_none_or(|name| name == "README") {
                return Vec::new();
            }
            let text = text.replace("\r\n", "\n");
            let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")).map(|(front, _)| front);
            let value = front.and_then(|front| yaml(front).ok()).unwrap_or_default();
            let bumps = value.as_object().into_iter().flatten();
            bumps.map(|(name, bump)| (name.clone(), named(bump.as_str().unwrap_or_default()))).collect()
        };
        plan(facts, ".changeset/", &read)
    }
}

impl Tool for Beachball {
    fn id(&self) -> &'static str {
        "beachball"
    }
    fn name(&self) -> &'static str {
        "beachball"
    }
    fn files(&self) -> &'static [&'static str] {
        &["beachball.config.js", "change/*.json", "package.json", "packages/*/package.json"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = "beachball.config.js";
        if files.text(path).is_some() {
            return Some(Recognition { path: path.to_owned(), evidence: String::new() });
        }
        let package = files.value("package.json").ok().flatten()?;
        package.get("beachball").filter(|own| own.is_object())?;
        Some(Recognition { path: "package.json".to_owned(), evidence: "beachball".to_owned() })
    }
    fn last_release<'a>(&self, _: &Files, _branch: &str, _: &'a [Tag], _over: Option<&str>) -> Option<&'a Tag> {
        None
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let read = |path: &str, text: &str| -> Vec<(String, Bump)> {
            if !path.starts_with("change/") {
                return Vec::new();
            }
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            // Grouped change files hold a list.
            let changes = value.get("changes").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![value]);
            let text =
                |change: &Value, key: &str| change.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            changes.iter().map(|change| (text(change, "packageName"), named(&text(change, "type")))).collect()
        };
        plan(facts, "change/", &read)
    }
}

/// What a file (its path, its text) asks for: packages and how far they move.
type ReadFile = dyn Fn(&str, &str) -> Vec<(String, Bump)>;

fn named(bump: &str) -> Bump {
    [Bump::Major, Bump::Minor, Bump::Patch].into_iter().find(|known| known.name() == bump).unwrap_or_default()
}

/// The releases that the change files on the branch ask for. Those that the pull request itself brings are not on it yet.
fn plan(facts: &Facts<'_>, folder: &str, read: &ReadFile) -> Plan {
    let mut plan = Plan { notes: vec![Text::new("tool_change_files_decide", [folder])], ..Plan::default() };
    let mut asked: Vec<(String, Bump)> = Vec::new();
    for (path, text) in facts.files.paths().filter_map(|path| Some((path, facts.files.text(path)?))) {
        for (name, bump) in read(path, text) {
            match asked.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = bump.max(*known),
                None => asked.push((name, bump)),
            }
        }
    }
    let own = facts.history.commits.last().and_then(|commit| commit.files.as_ref());
    let brings = own.is_some_and(|files| files.iter().any(|file| file.starts_with(folder)));
    if brings {
        plan.notes.push(Text::new("tool_change_files_own", [folder]));
    }
    let mut packages = Package::all(facts.files);
    packages.extend(Package::read(facts.files, "."));
    for (name, bump) in asked.into_iter().filter(|(_, bump)| *bump > Bump::None) {
        let Some(package) = packages.iter().find(|package| package.name == name) else { continue };
        let current = package.version.clone().unwrap_or(Version::new(0, 0, 0));
        let Some(next) = increment(&current, bump) else { continue };
        plan.releases.push(Release {
            component: if package.path == "." { String::new() } else { name.clone() },
            path: package.path.clone(),
            previous: package.version.clone(),
            bump,
            tag: if package.path == "." { format!("v{next}") } else { format!("{name}@{next}") },
            next,
            reasons: vec![Reason { commit: None, bump, rule: Text::new("tool_change_files_ask", [folder]) }],
            entry: None,
        });
    }
    if plan.releases.is_empty() {
        plan.nothing = Some(Text::new("tool_change_files_none", [folder]));
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::pull_request::Repository;

    #[track_caller]
    fn check(tool: &dyn Tool, path: &str, text: &str, expected: &str) {
        let package = r#"{"name": "@acme/a", "version": "1.2.3"}"#;
        let files = Files::of([(path, text), ("packages/a/package.json", package)]);
        let repository = Repository { origin: "https://x".into(), owner: "a".into(), name: "b".into() };
        let history = History::default();
        let plan = tool.plan(&Facts {
            repository: &repository,
            branch: "main",
            files: &files,
            history: &history,
            date: "",
            tag_pattern: None,
            last: None,
        });
        assert_eq!(plan.releases.first().map(|release| release.tag.as_str()), Some(expected));
    }

    #[test]
    fn the_files_on_the_branch_are_read() {
        check(&Changesets, ".changeset/x.md", "---\n\"@acme/a\": minor\n---\n\nText\n", "@acme/a@1.3.0");
        check(&Beachball, "change/x.json", r#"{"packageName": "@acme/a", "type": "patch"}"#, "@acme/a@1.2.4");
    }
}

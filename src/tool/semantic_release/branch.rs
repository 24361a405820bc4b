//! semantic-release's branches: which of them a branch is, which tags count on it, and the version to come.
//!
//! From semantic-release 24.2.9: `lib/definitions/branches.js`, `lib/branches/normalize.js`, `lib/get-last-release.js`,
//! `lib/get-next-version.js`, `lib/utils.js`.

use super::config::list;
use super::glob::Glob;
use crate::bump::Bump;
use crate::version::increment;
use semver::{BuildMetadata, Prerelease, Version};
use serde_json::Value;

/// What is released from a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Releases.
    Release,
    /// Releases of an older line: from the first version on, and below the second.
    Maintenance {
        /// As it is written: `1.x`.
        range: String,
        /// The lowest version.
        from: Version,
        /// The first version that is too high.
        below: Version,
    },
    /// Pre-releases of that name.
    Prerelease(String),
}

/// The branches that are released from where nothing is configured.
const DEFAULTS: &str = r#"["+([0-9])?(.{+([0-9]),x}).x", "master", "main", "next", "next-major",
    {"name": "beta", "prerelease": true}, {"name": "alpha", "prerelease": true}]"#;

/// The configured branches, or the default ones.
#[must_use]
pub fn configured(branches: Option<&Value>) -> Vec<Value> {
    match branches {
        Some(branches) => list(branches).to_vec(),
        None => serde_json::from_str(DEFAULTS).unwrap_or_default(),
    }
}

/// The names of the branches, for a person.
#[must_use]
pub fn names(branches: &[Value]) -> String {
    let name = |branch: &Value| branch.as_str().or_else(|| branch.get("name")?.as_str()).map(str::to_owned);
    branches.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// What a branch is by the configuration; `None` where nothing is released from it.
#[must_use]
pub fn find(branches: &[Value], name: &str) -> Option<Branch> {
    branches.iter().find_map(|branch| {
        let pattern = branch.as_str().or_else(|| branch.get("name")?.as_str())?;
        if !Glob::new(pattern).matches(name) {
            return None;
        }
        let option = |key: &str| branch.get(key).filter(|value| !value.is_null() && **value != Value::Bool(false));
        let filled = |text: &str| text.replace("${name}", name);
        let range = option("range").and_then(Value::as_str).map(filled);
        if let Some(range) = range.or_else(|| is_range(name).then(|| name.to_owned())) {
            let (from, below) = bounds(&range)?;
            return Some(Branch::Maintenance { range, from, below });
        }
        Some(match option("prerelease") {
            None => Branch::Release,
            Some(Value::String(id)) => Branch::Prerelease(filled(id)),
            Some(_) => Branch::Prerelease(name.to_owned()),
        })
    })
}

/// The pre-release branches' names for their versions, where they are written down.
pub fn prereleases(branches: &[Value]) -> impl Iterator<Item = String> {
    branches.iter().filter_map(|branch| {
        let name = branch.get("name")?.as_str()?;
        match find(branches, name) {
            Some(Branch::Prerelease(id)) => Some(id),
            _ => None,
        }
    })
}

/// `/^\d+(?:\.(?:\d+|x))?\.x$/i`
fn is_range(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let any = |part: &str| part.eq_ignore_ascii_case("x");
    match parts.as_slice() {
        [major, last] => number(major) && any(last),
        [major, minor, last] => number(major) && (number(minor) || any(minor)) && any(last),
        _ => false,
    }
}

fn bounds(range: &str) -> Option<(Version, Version)> {
    let mut parts = range.split('.');
    let major: u64 = parts.next()?.parse().ok()?;
    match parts.next().and_then(|minor| minor.parse::<u64>().ok()) {
        Some(minor) => Some((Version::new(major, minor, 0), Version::new(major, minor.checked_add(1)?, 0))),
        None => Some((Version::new(major, 0, 0), Version::new(major.checked_add(1)?, 0, 0))),
    }
}

impl Branch {
    /// Whether a version's tag counts as a release of this branch.
    #[must_use]
    pub fn counts(&self, version: &Version) -> bool {
        match self {
            Self::Release => version.pre.is_empty(),
            Self::Maintenance { below, .. } => version.pre.is_empty() && version < below,
            Self::Prerelease(id) => version.pre.is_empty() || version.pre.split('.').any(|part| part == id),
        }
    }

    /// The version to come; `None` where its number would not fit.
    #[must_use]
    pub fn next(&self, last: Option<&Version>, latest: Option<&Version>, bump: Bump) -> Option<Version> {
        let first = Version::new(1, 0, 0);
        let Self::Prerelease(id) = self else {
            return last.map_or(Some(first), |last| increment(last, bump));
        };
        let marked = |version: Version| Some(Version { pre: Prerelease::new(&format!("{id}.1")).ok()?, ..version });
        let Some(last) = last else { return marked(first) };
        if last.pre.is_empty() {
            return marked(increment(last, bump)?);
        }
        let fresh = marked(increment(latest.unwrap_or(last), bump)?)?;
        let following = following(last)?;
        Some(if following > fresh { following } else { fresh })
    }

    /// The range a version has to lie in, where it does not.
    #[must_use]
    pub fn refuses(&self, version: &Version) -> Option<String> {
        match self {
            Self::Maintenance { from, below, .. } if version < from || version >= below => {
                Some(format!(">={from} <{below}"))
            }
            _ => None,
        }
    }
}

/// `semver.inc(version, 'prerelease')` of a pre-release: its last number goes up, or a 0 is put behind it.
fn following(version: &Version) -> Option<Version> {
    let mut parts: Vec<String> = version.pre.split('.').map(str::to_owned).collect();
    match parts.iter_mut().rev().find_map(|part| part.parse::<u64>().ok().map(|number| (part, number))) {
        Some((part, number)) => *part = number.checked_add(1)?.to_string(),
        None => parts.push("0".to_owned()),
    }
    Some(Version { pre: Prerelease::new(&parts.join(".")).ok()?, build: BuildMetadata::EMPTY, ..version.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(name: &str, expected: Option<&Branch>) {
        assert_eq!(find(&configured(None), name).as_ref(), expected);
    }

    #[track_caller]
    fn check_next(branch: &Branch, last: &str, bump: Bump, expected: &str) {
        let last = Version::parse(last).ok();
        assert_eq!(branch.next(last.as_ref(), last.as_ref(), bump).unwrap().to_string(), expected);
    }

    #[test]
    fn branches_are_what_they_are_by_default() {
        check("main", Some(&Branch::Release));
        check("next-major", Some(&Branch::Release));
        check("beta", Some(&Branch::Prerelease("beta".into())));
        check("develop", None);
        let line = |range: &str, from, below| Branch::Maintenance { range: range.into(), from, below };
        check("1.x", Some(&line("1.x", Version::new(1, 0, 0), Version::new(2, 0, 0))));
        check("1.2.x", Some(&line("1.2.x", Version::new(1, 2, 0), Version::new(1, 3, 0))));
    }

    #[test]
    fn branches_are_what_is_configured() {
        let branches =
            vec![json!({"name": "release/*", "range": "1.x"}), json!({"name": "feature-*", "prerelease": "${name}"})];
        assert_eq!(find(&branches, "feature-a"), Some(Branch::Prerelease("feature-a".into())));
        assert!(matches!(find(&branches, "release/1"), Some(Branch::Maintenance { .. })));
        assert_eq!(find(&branches, "main"), None);
    }

    #[test]
    fn versions_follow_as_in_semantic_release() {
        let beta = Branch::Prerelease("beta".into());
        check_next(&Branch::Release, "", Bump::Patch, "1.0.0");
        check_next(&Branch::Release, "0.3.0", Bump::Major, "1.0.0");
        check_next(&beta, "", Bump::Patch, "1.0.0-beta.1");
        check_next(&beta, "1.2.3", Bump::Minor, "1.3.0-beta.1");
        check_next(&beta, "1.3.0-beta.1", Bump::Patch, "1.3.0-beta.2");
        check_next(&beta, "1.3.0-beta.1", Bump::Minor, "1.3.0-beta.2");
        check_next(&beta, "1.2.1-beta.1", Bump::Minor, "1.3.0-beta.1");
        check_next(&beta, "1.3.0-beta.9", Bump::Major, "2.0.0-beta.1");
    }

    #[test]
    fn a_maintenance_branch_refuses_what_is_too_high() {
        let branch = find(&configured(None), "1.x").unwrap();
        assert!(branch.refuses(&Version::new(2, 0, 0)).is_some());
        assert!(branch.refuses(&Version::new(1, 9, 0)).is_none());
    }
}

//! Versions as release tools count them, and the patterns that find them in tag names.

use crate::bump::Bump;
use semver::{BuildMetadata, Prerelease, Version};

/// Where the version stands in a tag's name: `v{version}`, `widgets-v{version}`, `{version}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPattern {
    prefix: String,
    suffix: String,
}

impl TagPattern {
    /// Text before and after the version.
    #[must_use]
    pub fn new(prefix: &str, suffix: &str) -> Self {
        Self { prefix: prefix.to_owned(), suffix: suffix.to_owned() }
    }

    /// A pattern that spells the version as `place` (semantic-release says `${version}`, lerna `%v`); `None` where the
    /// place does not stand in it exactly once.
    #[must_use]
    pub fn parse(pattern: &str, place: &str) -> Option<Self> {
        let (prefix, suffix) = pattern.split_once(place)?;
        (!suffix.contains(place)).then(|| Self::new(prefix, suffix))
    }

    /// The version in a tag's name; `None` where the tag is not of this pattern or holds no version.
    #[must_use]
    pub fn version(&self, tag: &str) -> Option<Version> {
        Version::parse(self.inside(tag)?).ok()
    }

    /// What stands in a tag's name where its version does; `None` where the tag is not of this pattern.
    #[must_use]
    pub fn inside<'a>(&self, tag: &'a str) -> Option<&'a str> {
        tag.strip_prefix(self.prefix.as_str())?.strip_suffix(self.suffix.as_str())
    }

    /// The pattern most of the tags follow: `v{version}` or the bare version; bare where there is none of either.
    pub fn guess<'a>(tags: impl Iterator<Item = &'a str>) -> Self {
        let (mut marked, mut bare) = (0_usize, 0_usize);
        for tag in tags {
            match tag.strip_prefix('v') {
                Some(version) => marked += usize::from(Version::parse(version).is_ok()),
                None => bare += usize::from(Version::parse(tag).is_ok()),
            }
        }
        Self::new(if marked > bare { "v" } else { "" }, "")
    }

    /// The tag's name for a version.
    #[must_use]
    pub fn tag(&self, version: &Version) -> String {
        format!("{}{version}{}", self.prefix, self.suffix)
    }
}

/// The next version as node-semver's `inc` counts it (semver 7, `classes/semver.js`): a pre-release of the version
/// asked for becomes that version itself. `None` where the number would not fit in 64 bits.
#[must_use]
pub fn increment(from: &Version, bump: Bump) -> Option<Version> {
    let plain = from.pre.is_empty();
    let mut next = Version { pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY, ..from.clone() };
    match bump {
        Bump::None => return Some(from.clone()),
        Bump::Patch if plain => next.patch = next.patch.checked_add(1)?,
        Bump::Patch => {}
        Bump::Minor => {
            if plain || next.patch != 0 {
                next.minor = next.minor.checked_add(1)?;
            }
            next.patch = 0;
        }
        Bump::Major => {
            if plain || next.minor != 0 || next.patch != 0 {
                next.major = next.major.checked_add(1)?;
            }
            next.minor = 0;
            next.patch = 0;
        }
    }
    Some(next)
}

/// The bump that leads from one version to another; pre-release marks do not count.
#[must_use]
pub fn bump_between(from: &Version, to: &Version) -> Bump {
    if to.major != from.major {
        Bump::Major
    } else if to.minor != from.minor {
        Bump::Minor
    } else if to.patch != from.patch || to.pre != from.pre {
        Bump::Patch
    } else {
        Bump::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, bump: Bump, to: &str) {
        assert_eq!(increment(&Version::parse(from).unwrap(), bump).unwrap().to_string(), to);
    }

    #[test]
    fn increments_like_node_semver() {
        check("1.2.3", Bump::Patch, "1.2.4");
        check("1.2.3", Bump::Minor, "1.3.0");
        check("1.2.3", Bump::Major, "2.0.0");
        check("1.2.3-beta.1", Bump::Patch, "1.2.3");
        check("1.3.0-beta.1", Bump::Minor, "1.3.0");
        check("1.2.3-beta.1", Bump::Minor, "1.3.0");
        check("2.0.0-beta.1", Bump::Major, "2.0.0");
        check("2.1.0-beta.1", Bump::Major, "3.0.0");
    }

    #[test]
    fn a_version_at_the_end_of_the_numbers_has_no_next() {
        let last = Version::new(0, 0, u64::MAX);
        assert_eq!(increment(&last, Bump::Patch), None);
    }
}

//! Versions as release-please counts them (17.11.2, `src/version.ts`, `src/versioning-strategies/*`): not node-semver's
//! arithmetic, above all not with pre-releases.

use crate::bump::Bump;
use crate::reading::release_please::Commit;
use std::fmt;

/// A version in the tool's own terms. Its pre-release is any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number.
    pub minor: u64,
    /// Third number.
    pub patch: u64,
    /// Behind the hyphen; empty for none.
    pub pre: String,
    /// Behind the plus; empty for none.
    pub build: String,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(f, "+{}", self.build)?;
        }
        Ok(())
    }
}

impl Version {
    /// A plain version.
    #[must_use]
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch, ..Self::default() }
    }

    /// The first three numbers with dots between them, wherever they stand in the text, and what hangs on them.
    /// `None` where there are none or where a number does not fit in 64 bits.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let mut rest = text;
        loop {
            let start = rest.find(|letter: char| letter.is_ascii_digit())?;
            rest = rest.get(start..)?;
            if let Some((numbers, behind)) = three(rest) {
                let [major, minor, patch] = numbers;
                let (pre, build) = tail(behind);
                return Some(Self {
                    major: major.parse().ok()?,
                    minor: minor.parse().ok()?,
                    patch: patch.parse().ok()?,
                    pre: pre.to_owned(),
                    build: build.to_owned(),
                });
            }
            rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        }
    }

    /// The same version as semver knows it; `None` where its pre-release is none for semver.
    #[must_use]
    pub fn semver(&self) -> Option<semver::Version> {
        semver::Version::parse(&self.to_string()).ok()
    }

    /// How far it is from another version.
    #[must_use]
    pub fn bump_from(&self, from: &Self) -> Bump {
        if self.major != from.major {
            Bump::Major
        } else if self.minor != from.minor {
            Bump::Minor
        } else if self == from {
            Bump::None
        } else {
            Bump::Patch
        }
    }

    /// The next version of that bump; `None` where a number grows beyond 64 bits.
    #[must_use]
    pub fn moved(&self, bump: Bump) -> Option<Self> {
        let (major, minor, patch) = (self.major, self.minor, self.patch);
        let (major, minor, patch) = match bump {
            Bump::Major => (major.checked_add(1)?, 0, 0),
            Bump::Minor => (major, minor.checked_add(1)?, 0),
            Bump::Patch => (major, minor, patch.checked_add(1)?),
            Bump::None => (major, minor, patch),
        };
        // The pre-release is kept: 1.2.3-beta moved by a patch is 1.2.4-beta.
        Some(Self { major, minor, patch, ..self.clone() })
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn three(text: &str) -> Option<([&str; 3], &str)> {
    let (major, rest) = digits(text);
    let (minor, rest) = digits(rest.strip_prefix('.')?);
    let (patch, rest) = digits(rest.strip_prefix('.')?);
    (!minor.is_empty() && !patch.is_empty()).then_some(([major, minor, patch], rest))
}

fn tail(text: &str) -> (&str, &str) {
    let (pre, rest) = match text.strip_prefix('-') {
        Some(behind) if !behind.is_empty() && !behind.starts_with('+') => {
            let end = behind.find('+').unwrap_or(behind.len());
            behind.split_at_checked(end).unwrap_or((behind, ""))
        }
        _ => ("", text),
    };
    let build = rest.strip_prefix('+').unwrap_or_default();
    (pre, build.split(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or_default())
}

/// How versions are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of the tool's own")]
pub struct Counting {
    /// `versioning`.
    pub strategy: Strategy,
    /// `bump-minor-pre-major`: under 1.0.0 a breaking change moves the minor only.
    pub minor_pre_major: bool,
    /// `bump-patch-for-minor-pre-major`: under 1.0.0 a feature moves the patch only.
    pub patch_pre_major: bool,
    /// `prerelease`.
    pub prerelease: bool,
    /// `prerelease-type`; empty for none.
    pub prerelease_type: String,
    /// Java's types: a snapshot's mark is taken off before anything is counted.
    pub snapshots: bool,
}

/// The strategies of `versioning`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Breaking → major, feature → minor, anything else → patch.
    #[default]
    Default,
    /// Always the same.
    Always(Bump),
    /// `1.2.3` → `1.2.3-sp.1` → `1.2.3-sp.2`.
    ServicePack,
    /// The pre-release's number moves.
    Prerelease,
    /// As the default, and at least as far as the greatest dependency update among the commits (type `java-bom`).
    DependencyManifest,
}

/// A `Release-As` footer that holds no version: the tool stops with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoVersion(pub String);

impl Counting {
    /// How far the commits move a version, by the tool's rule: what they are, and whether it is under 1.0.0.
    #[must_use]
    pub fn bump(&self, from: &Version, commits: &[&Commit<'_>]) -> Bump {
        self.allowed(from, highest(commits))
    }

    /// What becomes of a bump under the strategy and, under 1.0.0, the two settings that lower it.
    #[must_use]
    pub fn allowed(&self, from: &Version, bump: Bump) -> Bump {
        match (self.strategy, bump) {
            (Strategy::Always(bump), _) => bump,
            (Strategy::ServicePack, _) => Bump::Patch,
            (_, Bump::Major) if from.major < 1 && self.minor_pre_major => Bump::Minor,
            (_, Bump::Minor) if from.major < 1 && self.patch_pre_major => Bump::Patch,
            (_, bump) => bump,
        }
    }

    /// The version after `from` with these commits, newest first; `Ok(None)` where a number grows beyond 64 bits.
    ///
    /// # Errors
    /// Where a `Release-As` footer holds no version.
    pub fn next(&self, from: &Version, commits: &[&Commit<'_>]) -> Result<Option<Version>, NoVersion> {
        if !self.snapshots || !from.pre.contains("SNAPSHOT") {
            return self.plain(from, commits);
        }
        // `java-snapshot.ts`: what would be a patch only loses its mark; anything more moves and loses it.
        let moved = self.plain(from, commits)?;
        let patched = self.plain(from, &[])?;
        let mut next = if moved == patched { from.clone() } else { moved.unwrap_or_else(|| from.clone()) };
        next.pre = match next.pre.find("SNAPSHOT") {
            Some(at) => {
                let before = next.pre.get(..at).unwrap_or_default();
                let after = next.pre.get(at + "SNAPSHOT".len()..).unwrap_or_default();
                format!("{}{after}", before.strip_suffix('-').unwrap_or(before))
            }
            None => next.pre,
        };
        Ok(Some(next))
    }

    fn plain(&self, from: &Version, commits: &[&Commit<'_>]) -> Result<Option<Version>, NoVersion> {
        match self.strategy {
            Strategy::Always(bump) => return Ok(from.moved(bump)),
            Strategy::ServicePack => return Ok(Some(service_pack(from))),
            _ => {}
        }
        if let Some(asked) = commits.iter().find_map(|commit| commit.release_as()) {
            return Version::find(asked).map(Some).ok_or_else(|| NoVersion(asked.to_owned()));
        }
        let bump = self.bump(from, commits);
        match self.strategy {
            Strategy::Prerelease => Ok(self.prerelease(from, bump)),
            Strategy::DependencyManifest => {
                let own = from.moved(bump);
                let dependencies = from.moved(self.allowed(from, dependency_bump(commits)));
                let further = |version: &Version| (version.major, version.minor, version.patch);
                Ok(match (&own, &dependencies) {
                    (Some(own_version), Some(other)) if further(other) > further(own_version) => dependencies,
                    _ => own,
                })
            }
            _ => Ok(from.moved(bump)),
        }
    }

    /// `prerelease.ts`.
    fn prerelease(&self, from: &Version, bump: Bump) -> Option<Version> {
        let counted = if from.pre.is_empty() {
            let mut next = from.moved(bump)?;
            next.pre.clone_from(&self.prerelease_type);
            next
        } else {
            let stays = match bump {
                Bump::Major => from.minor == 0 && from.patch == 0,
                Bump::Minor => from.patch == 0,
                Bump::None | Bump::Patch => true,
            };
            if stays { Version { pre: count_prerelease(&from.pre)?, ..from.clone() } } else { from.moved(bump)? }
        };
        if self.prerelease {
            return Some(counted);
        }
        Some(Version::new(counted.major, counted.minor, counted.patch))
    }
}

/// The highest bump among the commits, whatever the version: at least a patch.
#[must_use]
pub fn highest(commits: &[&Commit<'_>]) -> Bump {
    commits.iter().map(|commit| own_bump(commit)).max().unwrap_or(Bump::Patch).max(Bump::Patch)
}

/// How far one commit moves a version above 1.0.0, were it shown in the changelog.
#[must_use]
pub fn own_bump(commit: &Commit<'_>) -> Bump {
    if commit.breaking() {
        Bump::Major
    } else if matches!(&*commit.kind, "feat" | "feature") {
        Bump::Minor
    } else {
        Bump::Patch
    }
}

fn service_pack(from: &Version) -> Version {
    let number = from.pre.match_indices("sp.").find_map(|(at, mark)| {
        let (number, _) = digits(from.pre.get(at + mark.len()..)?);
        number.parse::<u64>().ok()
    });
    Version { pre: format!("sp.{}", number.map_or(1, |number| number.saturating_add(1))), ..from.clone() }
}

/// Counts the last number in a pre-release up, keeping leading zeros; without one, `.1` is added.
fn count_prerelease(pre: &str) -> Option<String> {
    let Some(end) = pre.rfind(|letter: char| letter.is_ascii_digit()).map(|at| at + 1) else {
        return Some(format!("{pre}.1"));
    };
    let head = pre.get(..end)?;
    let start = head.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let number = head.get(start..)?;
    let next = number.parse::<u64>().ok()?.checked_add(1)?;
    Some(format!("{}{next:0width$}{}", pre.get(..start)?, pre.get(end..)?, width = number.len()))
}

/// `dependency-manifest.ts`: the greatest bump among dependency updates, newest first; a patch where there is none.
fn dependency_bump(commits: &[&Commit<'_>]) -> Bump {
    let mut seen: Vec<String> = Vec::new();
    let mut bump = Bump::Patch;
    for commit in commits {
        let header = commit.header();
        let Some((name, version)) = dependency_update(&header) else { continue };
        if seen.iter().any(|known| known == name) {
            continue;
        }
        seen.push(name.to_owned());
        let Some(version) = Version::find(version).or_else(|| Version::find(&format!("{version}.0.0"))) else {
            continue;
        };
        if version.patch == 0 {
            bump = bump.max(if version.minor == 0 { Bump::Major } else { Bump::Minor });
        }
    }
    bump
}

fn dependency_update(header: &str) -> Option<(&str, &str)> {
    let header = match header.rsplit_once(" (#") {
        Some((before, number)) if number.strip_suffix(')').is_some_and(is_number) => before,
        _ => header,
    };
    let one_word = |version: &str| !version.is_empty() && !version.contains(char::is_whitespace);
    if let Some(rest) = header.strip_prefix("deps: update dependency ") {
        let (name, version) = rest.rsplit_once(" to ")?;
        return (version.starts_with('v') && one_word(version)).then_some((name, version));
    }
    let rest = header.strip_prefix("chore(deps): bump ").or_else(|| header.strip_prefix("build(deps): bump "))?;
    let (rest, version) = rest.rsplit_once(" to ")?;
    let (name, from) = rest.rsplit_once(" from ")?;
    (one_word(version) && !from.contains(char::is_whitespace)).then_some((name, version))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counting: &Counting, from: &str, kind: &'static str, to: &str) {
        let commit = crate::reading::release_please::read(kind).commits;
        let commits: Vec<_> = commit.iter().collect();
        let next = counting.next(&Version::find(from).unwrap(), &commits).unwrap().unwrap();
        assert_eq!(next.to_string(), to, "{from} {kind}");
    }

    #[test]
    fn counts_by_strategy() {
        let default = Counting::default();
        check(&default, "1.2.3", "feat: x", "1.3.0");
        check(&default, "0.2.3", "feat!: x", "1.0.0");
        check(&default, "1.2.3-beta.1", "fix: x", "1.2.4-beta.1");
        check(&default, "1.2.3", "fix: x\n\nRelease-As: v4.0.0-rc.1", "4.0.0-rc.1");
        let low = Counting { minor_pre_major: true, patch_pre_major: true, ..Counting::default() };
        check(&low, "0.2.3", "feat!: x", "0.3.0");
        check(&low, "0.2.3", "feat: x", "0.2.4");
        check(&low, "1.2.3", "feat: x", "1.3.0");
        let packs = Counting { strategy: Strategy::ServicePack, ..Counting::default() };
        check(&packs, "1.2.3", "feat: x", "1.2.3-sp.1");
        check(&packs, "1.2.3-sp.9", "feat: x", "1.2.3-sp.10");
        let manifest = Counting { strategy: Strategy::DependencyManifest, ..Counting::default() };
        check(&manifest, "1.2.3", "deps: update dependency com.a:b to v2 (#3)", "2.0.0");
        check(&manifest, "1.2.3", "build(deps): bump x from 1.0.1 to 1.1.0", "1.3.0");
        check(&manifest, "1.2.3", "build(deps): bump x from 1.0.1 to 1.1.2", "1.2.4");
        let java = Counting { snapshots: true, ..Counting::default() };
        check(&java, "1.2.4-SNAPSHOT", "fix: x", "1.2.4");
        check(&java, "1.2.4-SNAPSHOT", "feat: x", "1.3.0");
    }

    #[test]
    fn counts_prereleases() {
        let beta = Counting {
            strategy: Strategy::Prerelease,
            prerelease: true,
            prerelease_type: "beta".to_owned(),
            ..Counting::default()
        };
        check(&beta, "1.2.3", "feat: x", "1.3.0-beta");
        check(&beta, "1.3.0-beta", "feat: x", "1.3.0-beta.1");
        check(&beta, "1.3.0-beta.1", "fix: x", "1.3.0-beta.2");
        check(&beta, "1.3.0-beta09", "fix: x", "1.3.0-beta10");
        check(&beta, "1.3.1-beta.1", "feat: x", "1.4.0-beta.1");
        check(&beta, "1.3.0-beta.1", "feat!: x", "2.0.0-beta.1");
        check(&beta, "2.0.0-beta.1", "feat!: x", "2.0.0-beta.2");
        let done = Counting { prerelease: false, ..beta };
        check(&done, "2.0.0-beta.1", "feat: x", "2.0.0");
    }

    #[test]
    fn a_version_is_found_where_it_stands() {
        let find = |text| Version::find(text).map(|version| version.to_string());
        assert_eq!(find("widgets-v1.2.3-rc.1+b").as_deref(), Some("1.2.3-rc.1+b"));
        assert_eq!(find("1.x 2.3.4.5").as_deref(), Some("2.3.4"));
        assert_eq!(find("1.2"), None);
        assert_eq!(find("99999999999999999999.0.0"), None);
    }
}

//! The next version as the crate `next_version` 0.3.5 counts it (`src/version_increment.rs`, `src/next_version.rs`), for
//! git-cliff and release-plz, which differ in its settings only.

use super::cliff::Regex;
use crate::bump::Bump;
use crate::reading::spec;
use crate::text::Text;
use semver::{BuildMetadata, Prerelease, Version};

/// What the tools set.
#[derive(Clone, Debug, Default)]
pub struct Updater {
    /// Whether a feature moves the minor version of 0.x too.
    pub features_always_minor: bool,
    /// Whether a breaking change moves the major version of 0.x too.
    pub breaking_always_major: bool,
    /// Types (or messages that are not conventional) that move the major version.
    pub major: Option<Regex>,
    /// Whether `major` leaves the major version of 0.x alone unless breaking changes move it, too: `next_version` up to
    /// 0.3.2, which git-cliff 2.14.2 is built with; 0.3.5 moves it always.
    pub major_spares_zero: bool,
    /// Types (or messages that are not conventional) that move the minor version.
    pub minor: Option<Regex>,
    /// Types (or messages that are not conventional) that move nothing.
    pub none: Option<Regex>,
}

/// What decides of one commit.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The type, or the whole message where it is not conventional: what the regexes look at.
    pub text: &'a str,
    /// Whether it is a conventional commit of the type `feat`.
    pub feature: bool,
    /// Whether it is a conventional commit that breaks.
    pub breaking: bool,
    /// Whether it is a conventional commit.
    pub conventional: bool,
}

impl<'a> Subject<'a> {
    /// What decides of a message that was read.
    #[must_use]
    pub fn read(kind: &'a str, breaking: bool) -> Self {
        Self { text: kind, feature: spec::same(kind, "feat"), breaking, conventional: true }
    }

    /// What decides of a message.
    #[must_use]
    pub fn of(message: &'a str) -> Self {
        match spec::read(message) {
            Ok(commit) => Self::read(commit.kind, commit.breaking()),
            Err(_) => Self { text: message, feature: false, breaking: false, conventional: false },
        }
    }
}

impl Updater {
    /// How far one commit asks a version to move; `None` for nothing. Whatever is not left out moves at least the patch.
    #[must_use]
    pub fn bump(&self, from: &Version, commit: Subject<'_>) -> Bump {
        let matches = |regex: &Option<Regex>| regex.as_ref().is_some_and(|regex| regex.is_match(commit.text));
        if matches(&self.none) {
            return Bump::None;
        }
        if !from.pre.is_empty() {
            // Only the pre-release's number moves, whatever the commit says.
            return Bump::Patch;
        }
        let released = from.major != 0;
        let moves = released || self.breaking_always_major;
        if commit.breaking && moves || (moves || !self.major_spares_zero) && matches(&self.major) {
            return Bump::Major;
        }
        let breaks_zero = commit.breaking && from.minor != 0;
        let feature = commit.feature && (released || self.features_always_minor);
        if breaks_zero || feature || matches(&self.minor) { Bump::Minor } else { Bump::Patch }
    }
}

/// The version after a bump; `None` where a number would not fit. A pre-release only counts its last number up.
#[must_use]
pub fn increment(from: &Version, bump: Bump) -> Option<Version> {
    let build = from.build.clone();
    let plain = |major, minor, patch| Version { major, minor, patch, pre: Prerelease::EMPTY, build: build.clone() };
    Some(match bump {
        Bump::None => from.clone(),
        _ if !from.pre.is_empty() => Version { pre: next_prerelease(from.pre.as_str())?, ..from.clone() },
        Bump::Patch => plain(from.major, from.minor, from.patch.checked_add(1)?),
        Bump::Minor => plain(from.major, from.minor.checked_add(1)?, 0),
        Bump::Major => plain(from.major.checked_add(1)?, 0, 0),
    })
}

/// `alpha.1` → `alpha.2`, `alpha` → `alpha.1`.
fn next_prerelease(pre: &str) -> Option<Prerelease> {
    let next = match pre.rsplit_once('.').map(|(left, right)| (left, right.parse::<u32>())) {
        Some((left, Ok(number))) => format!("{left}.{}", number.checked_add(1)?),
        _ => format!("{pre}.1"),
    };
    Prerelease::new(&next).ok()
}

/// The next version of these messages; the version itself where none asks for one.
#[must_use]
pub fn next<'a>(updater: &Updater, from: &Version, messages: impl IntoIterator<Item = &'a str>) -> Option<Version> {
    let bump = messages.into_iter().map(|message| updater.bump(from, Subject::of(message))).max().unwrap_or_default();
    increment(from, bump)
}

/// Which rule moves a version so far.
#[must_use]
pub fn rule(from: &Version, subject: Subject<'_>, bump: Bump) -> Text {
    if !from.pre.is_empty() {
        return Text::new("tool_next_prerelease", []);
    }
    match bump {
        Bump::Major if subject.breaking => Text::new("tool_next_breaking", []),
        Bump::Minor if subject.breaking => Text::new("tool_next_breaking_zero", []),
        Bump::Minor if subject.feature => Text::new("tool_next_feature", []),
        Bump::Major | Bump::Minor => Text::new("tool_next_regex", [bump.name()]),
        Bump::Patch if subject.feature && from.major == 0 => Text::new("tool_next_feature_zero", []),
        Bump::Patch => Text::new("tool_next_any", []),
        Bump::None => Text::new("tool_next_none", []),
    }
}

/// Without build metadata, as tags are spelled.
#[must_use]
pub fn without_build(version: &Version) -> Version {
    Version { build: BuildMetadata::EMPTY, ..version.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(updater: &Updater, from: &str, message: &str, to: &str) {
        assert_eq!(next(updater, &Version::parse(from).unwrap(), [message]).unwrap().to_string(), to);
    }

    #[test]
    fn counts_with_the_crates_own_settings() {
        let updater = Updater::default();
        check(&updater, "1.2.3", "my change", "1.2.4");
        check(&updater, "1.2.3", "feat: x", "1.3.0");
        check(&updater, "1.2.3", "feat!: x", "2.0.0");
        check(&updater, "0.2.3", "feat: x", "0.2.4");
        check(&updater, "0.2.3", "fix!: x", "0.3.0");
        check(&updater, "0.0.3", "fix!: x", "0.0.4");
        check(&updater, "1.0.0-alpha.1.2", "feat!: x", "1.0.0-alpha.1.3");
        check(&updater, "1.0.0-beta", "x", "1.0.0-beta.1");
        check(&updater, "1.0.0+abcd", "x", "1.0.1+abcd");
    }

    #[test]
    fn settings_move_what_they_say() {
        let always = Updater { features_always_minor: true, breaking_always_major: true, ..Updater::default() };
        check(&always, "0.2.3", "feat: x", "0.3.0");
        check(&always, "0.2.3", "feat!: x", "1.0.0");
        let regexes = Updater { minor: Regex::new("^minor|Big"), none: Regex::new("chore"), ..Updater::default() };
        check(&regexes, "1.2.3", "minor: x", "1.3.0");
        check(&regexes, "1.2.3", "Big change", "1.3.0");
        check(&regexes, "1.2.3", "chore!: x", "1.2.3");
        let major = |spares| Updater { major: Regex::new("docs"), major_spares_zero: spares, ..Updater::default() };
        check(&major(false), "0.2.3", "docs: x", "1.0.0");
        check(&major(true), "0.2.3", "docs: x", "0.2.4");
        check(&major(true), "1.2.3", "docs: x", "2.0.0");
    }

    #[test]
    fn a_number_at_its_end_has_no_next() {
        assert_eq!(increment(&Version::new(u64::MAX, 0, 0), Bump::Major), None);
    }
}

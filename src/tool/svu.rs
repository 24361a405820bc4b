//! svu (2 and 3: `main.go`, `internal/svu/svu.go`, `internal/git/git.go`): three expressions on the subject, one on the
//! body, all of them unanchored. Its settings stand in a file, or behind the command in a workflow.

use super::by_message::{self, Start};
use super::conventional_changelog::run::touches;
use super::glob::Glob;
use super::{Facts, Plan, Recognition, Tool};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::message::git_parts;
use crate::text::Text;
use crate::version::TagPattern;
use semver::{BuildMetadata, Prerelease, Version};
use serde_json::Value;

/// svu.
#[derive(Clone, Copy, Debug)]
pub struct Svu;

/// Where its configuration may stand.
const FILES: [&str; 2] = [".svu.yml", ".svu.yaml"];

impl Tool for Svu {
    fn id(&self) -> &'static str {
        "svu"
    }
    fn name(&self) -> &'static str {
        "svu"
    }
    fn files(&self) -> &'static [&'static str] {
        &[".svu.yml", ".svu.yaml", ".github/workflows/*.yml", ".github/workflows/*.yaml"]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let path = FILES.iter().find(|path| files.text(path).is_some());
        path.map(|path| Recognition { path: (*path).to_owned(), evidence: String::new() }).or_else(|| {
            command(files).map(|(path, _)| Recognition { path: path.to_owned(), evidence: "svu next".to_owned() })
        })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        Settings::read(files).latest(tags, over).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let settings = Settings::read(facts.files);
        let least = if settings.always { Bump::Patch } else { Bump::None };
        let latest = settings.latest(&facts.history.tags, facts.tag_pattern);
        let start = Start {
            pattern: settings.pattern(facts.tag_pattern),
            tag: latest.as_ref().map(|(tag, _)| *tag),
            version: latest.map(|(_, version)| version),
        };
        let judge = |commit| {
            let outside = |folders: &[String]| !folders.iter().any(|folder| touches(facts, commit, folder));
            if !settings.folders.is_empty() && outside(&settings.folders) {
                return (Bump::None, Text::new("tool_svu_other_folder", []));
            }
            judge(commit)
        };
        let mut plan = by_message::plan(facts, &start, least, judge, |from, bump| settings.next(from, bump));
        plan.notes.push(Text::new("tool_version_only", []));
        if let Some(Err(error)) =
            FILES.iter().find(|path| facts.files.text(path).is_some()).map(|path| facts.files.value(path))
        {
            plan.notes.push(Text::new("tool_config_malformed", [&error.path, &error.reason]));
        }
        plan
    }
}

/// What stands behind `svu next` in a workflow, and which.
fn command(files: &Files) -> Option<(&str, &str)> {
    let paths = files.paths().filter(|path| path.starts_with(".github/workflows/"));
    paths.filter_map(|path| Some((path, files.text(path)?))).find_map(|(path, text)| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let run = |line: &'_ str| ["svu next", "svu n "].iter().find_map(|name| Some(line.find(name)? + name.len()));
        let found = lines.clone().find_map(|line| line.get(run(line)?..));
        // An action runs it as well.
        let found = found.or_else(|| lines.clone().any(|line| line.contains("svu@")).then_some(""));
        found.map(|flags| (path, flags))
    })
}

/// Its flags, which are its settings' names as well; those of version 2 stand for the same.
#[derive(Debug, Default)]
struct Settings {
    always: bool,
    keeps_zero: bool,
    prefix: Option<String>,
    glob: Option<Glob>,
    folders: Vec<String>,
    prerelease: String,
    metadata: String,
}

impl Settings {
    fn read(files: &Files) -> Self {
        let mut settings = Self::default();
        let config = FILES.iter().find_map(|path| files.value(path).ok().flatten()).unwrap_or_default();
        for (key, value) in config.as_object().into_iter().flatten() {
            match value {
                Value::Object(table) => {
                    table.iter().for_each(|(inner, value)| settings.set_value(&format!("{key}.{inner}"), value));
                }
                other => settings.set_value(key, other),
            }
        }
        let mut words = command(files).map(|(_, flags)| flags).unwrap_or_default().split([' ', '\t']);
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
            // A word that ends the command's substitution belongs to the shell.
            let flag = flag.trim_end_matches([')', '"', '`', '\'']);
            let switch =
                matches!(flag, "always" | "v0" | "force-patch-increment" | "tag.strip-prefix" | "strip-prefix");
            match flag.split_once('=') {
                Some((flag, value)) => settings.set(flag, value),
                None if switch => settings.set(flag, "true"),
                None => settings.set(flag, words.next().unwrap_or_default()),
            }
        }
        settings
    }

    fn set_value(&mut self, key: &str, value: &Value) {
        match value {
            Value::Array(list) => list.iter().filter_map(Value::as_str).for_each(|value| self.set(key, value)),
            Value::String(value) => self.set(key, value),
            other => self.set(key, &other.to_string()),
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        let value = value.trim_matches(['"', '\'', ')', '`']);
        match key {
            "always" | "force-patch-increment" => self.always = value == "true",
            "v0" => self.keeps_zero = value == "true",
            "tag.prefix" | "prefix" => self.prefix = Some(value.to_owned()),
            "tag.pattern" | "pattern" if !value.is_empty() => self.glob = Some(Glob::unseparated(value)),
            "log.directory" | "directory" => {
                self.folders.extend(value.split(',').map(|folder| folder.trim_matches('/').to_owned()));
            }
            "prerelease" | "pre-release" => value.clone_into(&mut self.prerelease),
            "metadata" | "build" => value.clone_into(&mut self.metadata),
            _ => {}
        }
    }

    fn pattern(&self, over: Option<&str>) -> TagPattern {
        over.and_then(|over| TagPattern::parse(over, "{version}"))
            .unwrap_or_else(|| TagPattern::new(self.prefix.as_deref().unwrap_or("v"), ""))
    }

    /// `DescribeTag`: of all tags, or those of `tag.pattern`, the first as Git sorts versions with `versionsort.suffix=-`,
    /// so that a release stands above its pre-releases. `tag.prefix` is only taken off it; where no version is left, svu
    /// fails.
    fn latest<'a>(&self, tags: &'a [Tag], over: Option<&str>) -> Option<(&'a Tag, Version)> {
        if let Some(over) = over.and_then(|over| TagPattern::parse(over, "{version}")) {
            let versions = tags.iter().filter_map(|tag| Some((tag, over.version(&tag.name)?)));
            return versions.max_by(|left, right| left.1.cmp(&right.1));
        }
        let own = || tags.iter().filter(|tag| self.glob.as_ref().is_none_or(|glob| glob.matches(&tag.name)));
        let head = |tag: &&Tag| {
            let end = tag.name.bytes().position(|byte| byte.is_ascii_digit()).map_or(tag.name.len(), |at| at + 1);
            let mut head = tag.name.as_bytes().get(..end).unwrap_or_default().to_vec();
            // Numbers count as numbers, whatever their first digit is.
            if let Some(digit) = head.last_mut().filter(|byte| byte.is_ascii_digit()) {
                *digit = b'0';
            }
            head
        };
        let highest = own().map(|tag| head(&tag)).max()?;
        let prefix = self.prefix.as_deref().unwrap_or("v");
        let version = |tag: &Tag| lenient(tag.name.strip_prefix(prefix).unwrap_or(&tag.name));
        let versions = own().filter(|tag| head(tag) == highest).filter_map(|tag| Some((tag, version(tag)?)));
        versions.max_by(|left, right| left.1.cmp(&right.1))
    }

    /// `IncMajor` and its like of Masterminds/semver: only a patch ends a pre-release, the others always count on.
    fn next(&self, from: &Version, bump: Bump) -> (Bump, Option<Version>) {
        let bump = if self.keeps_zero && from.major == 0 { bump.min(Bump::Minor) } else { bump };
        // With `always` a pre-release is taken for its release.
        let bare = Version::new(from.major, from.minor, from.patch);
        let from = if self.always { &bare } else { from };
        let next = match bump {
            Bump::None => return (bump, None),
            Bump::Patch if !from.pre.is_empty() => Some(Version::new(from.major, from.minor, from.patch)),
            Bump::Patch => from.patch.checked_add(1).map(|patch| Version::new(from.major, from.minor, patch)),
            Bump::Minor => from.minor.checked_add(1).map(|minor| Version::new(from.major, minor, 0)),
            Bump::Major => from.major.checked_add(1).map(|major| Version::new(major, 0, 0)),
        };
        let marked = next.and_then(|next| {
            let pre = Prerelease::new(&self.prerelease).ok()?;
            Some(Version { pre, build: BuildMetadata::new(&self.metadata).ok()?, ..next })
        });
        (bump, marked)
    }
}

/// `semver.NewVersion` of Masterminds/semver: a `v` in front is allowed, and parts may be missing.
fn lenient(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at_checked(end)?;
    let missing = 2_usize.checked_sub(numbers.matches('.').count())?;
    Version::parse(&format!("{numbers}{}{rest}", ".0".repeat(missing))).ok()
}

/// `\w(\(.*\))?!:`: a mark right behind a word, or behind a bracket that closes what a word opened. It is written out, as
/// the others: the engine would take ten times as long.
fn is_breaking(subject: &[u8]) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| subject.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let mut opened = false;
    for (at, pair) in subject.windows(2).enumerate() {
        match pair {
            b"!:" if word(at.checked_sub(1)) => return true,
            b")!" if opened && subject.get(at + 2) == Some(&b':') => return true,
            [b'(', _] => opened |= word(at.checked_sub(1)),
            _ => {}
        }
    }
    false
}

/// `(?i)feat(\(.*\))?:`: the type anywhere, and right behind it a colon, or a bracket that is closed before a colon.
fn is_typed(subject: &[u8], kind: &[u8]) -> bool {
    let closed = subject.windows(2).rposition(|pair| pair == b"):");
    subject.windows(kind.len() + 1).enumerate().any(|(at, found)| match found.split_last() {
        Some((b':', word)) => word.eq_ignore_ascii_case(kind),
        Some((b'(', word)) => closed.is_some_and(|end| end > at + kind.len()) && word.eq_ignore_ascii_case(kind),
        _ => false,
    })
}

fn judge(commit: &Commit) -> (Bump, Text) {
    let (subject, body) = git_parts(&commit.message);
    let subject = subject.as_bytes();
    let announced = |(at, _): (usize, &str)| {
        body.get(at..).is_some_and(|rest| rest.starts_with("BREAKING CHANGE:") || rest.starts_with("BREAKING-CHANGE:"))
    };
    if is_breaking(subject) || body.match_indices("BREAKING").any(announced) {
        (Bump::Major, Text::new("tool_by_message_breaking", []))
    } else if is_typed(subject, b"feat") {
        (Bump::Minor, Text::new("tool_by_message_feature", []))
    } else if is_typed(subject, b"fix") {
        (Bump::Patch, Text::new("tool_by_message_fix", []))
    } else {
        (Bump::None, Text::new("tool_by_message_other", []))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    #[track_caller]
    fn check(message: &str, expected: Bump) {
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        assert_eq!(judge(&commit).0, expected, "{message}");
    }

    #[test]
    fn messages_are_searched_not_read() {
        check("feat!: x", Bump::Major);
        check("fix: x\n\n- BREAKING CHANGE: y", Bump::Major);
        check("fix: x\nBREAKING CHANGE: y", Bump::Patch);
        check("JIRA-1 Feat(api): x", Bump::Minor);
        check("Revert \"fix: x\"", Bump::Patch);
        check("chore: x\nfix: y", Bump::Patch);
        check("chore: x\n\nfix: y", Bump::None);
        check("chore: x", Bump::None);
        check("feat(a)b: x", Bump::None);
        check("feat(a b): c): x", Bump::Minor);
        check("feat(: x", Bump::None);
        check("feat(a)!: x", Bump::Major);
        check("(a)!: x", Bump::None);
        check(")!: a(b)!: x", Bump::Major);
        check("a(b!: x", Bump::Major);
        check("é!: x", Bump::None);
    }

    #[track_caller]
    fn tagged(file: &str, flags: &str, tags: &[&str], message: &str, expected: &str) {
        let workflow = format!("      - run: echo \"$(svu next {flags})\"\n");
        let files = [(".svu.yml", file), (".github/workflows/a.yml", workflow.as_str())];
        let plan = testing::plan(&Svu, &files, tags, &[message]);
        assert_eq!(plan.releases.first().map_or("", |release| release.tag.as_str()), expected, "{file} {flags}");
    }

    #[test]
    fn settings_come_from_the_file_and_the_command() {
        tagged("", "", &["v1.2.3"], "feat: x", "v1.3.0");
        tagged("", "", &["v1.2.3"], "x", "");
        tagged("always: true", "", &["v1.2.3"], "x", "v1.2.4");
        tagged("", "--always", &["v1.2.3"], "x", "v1.2.4");
        tagged("v0: true", "", &["v0.2.3"], "x!: y", "v0.3.0");
        tagged("", "--v0 --tag.prefix=api/v --tag.pattern=api*", &["api/v0.2.3", "v9.0.0"], "x!: y", "api/v0.3.0");
        tagged("", "", &["v1.3.0", "v1.3.0-rc.1"], "fix: x", "v1.3.1");
        tagged("always: true", "", &["v1.3.0-rc.1"], "fix: x", "v1.3.1");
        tagged("", "", &["v1.9", "v1.10", "api/v3.0.0"], "fix: x", "v1.10.1");
        tagged("tag:\n  prefix: ''", "", &["1.2.3"], "fix: x", "1.2.4");
        tagged("tag.pattern: 'v1.*'", "", &["v1.2.3", "v2.0.0"], "fix: x", "v1.2.4");
        tagged("prerelease: beta.1", "", &["v1.2.3"], "fix: x", "v1.2.4-beta.1");
        tagged("", "", &["v1.3.0-rc.1", "v1.2.3"], "feat: x", "v1.4.0");
        tagged("", "", &["v1.3.0-rc.1", "v1.2.3"], "fix: x", "v1.3.0");
        tagged("", "", &["v18446744073709551615.0.0"], "x!: y", "");
        tagged("a: [", "", &["v1.2.3"], "feat: x", "v1.3.0");
    }
}

//! A pipeline that makes a version of every merge: one merge, one commit, one version.
//!
//! The story of squashcast's own origin: a version file made every second merge conflict, so the pipeline takes the bump
//! from the merged commit's message. Breaking is major, `feat` is minor, anything else is a patch. A team whose pipeline
//! counts otherwise says so in `.squashcast.json` or in the key `squashcast` of `package.json`:
//!
//! ```json
//! {
//!   "everyMerge": {
//!     "types": { "feat": "minor", "fix": "patch", "docs": "none" },
//!     "breaking": "major",
//!     "default": "patch",
//!     "line": 1,
//!     "tag": "v{version}",
//!     "first": "1.0.0",
//!     "lowerZero": false
//!   }
//! }
//! ```
//!
//! Without such a file nothing in a repository says that a team works so: the user says it in the options, and it is
//! offered where nothing is recognised. The base module knows the story's own rules alone: the second reads such files.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::files::Files;
use crate::history::Tag;
use crate::message::subject;
use crate::reading::header;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use semver::Version;
#[cfg(feature = "more")]
use serde_json::Value;

/// The pipeline that makes a version of every merge.
#[derive(Clone, Copy, Debug)]
pub struct EveryMerge;

/// Where the rules may stand, and the path of their table there.
#[cfg(feature = "more")]
const FILES: [(&str, &str); 2] = [(".squashcast.json", "/everyMerge"), ("package.json", "/squashcast/everyMerge")];

/// The rules of a pipeline.
struct Rules {
    /// What each type is worth.
    types: Vec<(String, Bump)>,
    breaking: Bump,
    /// What every other message is worth.
    other: Bump,
    /// Which line the header stands in, from 1; 0 for the first line that is one.
    line: usize,
    tag: Option<TagPattern>,
    /// The version of the first release.
    first: Version,
    /// Whether below 1.0.0 everything moves one step less, a patch excepted.
    lower_zero: bool,
}

impl Rules {
    fn new() -> Self {
        Self {
            types: vec![("feat".to_owned(), Bump::Minor)],
            breaking: Bump::Major,
            other: Bump::Patch,
            line: 1,
            tag: None,
            first: Version::new(1, 0, 0),
            lower_zero: false,
        }
    }

    /// The bump of one merged commit, and the rule that says so.
    fn judge(&self, message: &str) -> (Bump, Text) {
        let mut lines = message.split('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            message.get(start..)
        });
        let found = if self.line == 0 {
            lines.find_map(|text| Some((text, header::read(text)?)))
        } else {
            lines.nth(self.line - 1).and_then(|text| Some((text, header::read(text)?)))
        };
        if found.is_some_and(|(_, header)| header.breaking.is_some()) {
            return (self.breaking, Text::new("tool_every_merge_mark", [self.breaking.name()]));
        }
        if header::breaking_footer(message).is_some() {
            return (self.breaking, Text::new("tool_every_merge_footer", [self.breaking.name()]));
        }
        let other = self.other.name();
        let Some(kind) = found.map(|(text, header)| header.kind.of(text)) else {
            return (self.other, Text::new("tool_every_merge_unread", [other]));
        };
        match self.types.iter().find(|(known, _)| known == kind) {
            Some((_, bump)) => (*bump, Text::new("tool_every_merge_type", [kind, bump.name()])),
            None => (self.other, Text::new("tool_every_merge_other", [kind, other])),
        }
    }

    /// What a bump of this version becomes.
    fn allowed(&self, from: Option<&Version>, bump: Bump) -> Bump {
        match bump {
            Bump::Major | Bump::Minor if self.lower_zero && from.is_some_and(|from| from.major == 0) => {
                if bump == Bump::Major { Bump::Minor } else { Bump::Patch }
            }
            bump => bump,
        }
    }

    /// The pattern of the repository's version tags: the user's, else the pipeline's, else the one most tags follow.
    fn pattern(&self, tags: &[Tag], over: Option<&str>) -> TagPattern {
        let chosen = over.and_then(|over| TagPattern::parse(over, "{version}")).or_else(|| self.tag.clone());
        chosen.unwrap_or_else(|| TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())))
    }

    fn last<'a>(&self, tags: &'a [Tag], over: Option<&str>) -> Option<(&'a Tag, Version)> {
        let pattern = self.pattern(tags, over);
        let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
        versions.filter(|(_, version)| version.pre.is_empty()).max_by(|(_, a), (_, b)| a.cmp(b))
    }
}

/// The story's own rules: this module reads no others.
#[cfg(not(feature = "more"))]
impl Rules {
    #[allow(clippy::unnecessary_wraps)] // It stands in for the one below.
    fn read(_: &Files) -> Result<Self, Text> {
        Ok(Self::new())
    }
}

#[cfg(feature = "more")]
impl Rules {
    /// The repository's rules, the story's own where it has none.
    ///
    /// # Errors
    /// What is wrong with the file that sets them: a pipeline whose rules cannot be read has no version to tell.
    fn read(files: &Files) -> Result<Self, Text> {
        let mut rules = Self::new();
        for (path, pointer) in FILES {
            let value = match files.value(path) {
                Ok(value) => value.unwrap_or_default(),
                // That file is npm's: what is wrong with it is not ours to say.
                Err(_) if path == "package.json" => continue,
                Err(error) => return Err(Text::new("tool_config_malformed", [&error.path, &error.reason])),
            };
            if let Some(table) = value.pointer(pointer) {
                rules.set_all(table).map_err(|(key, value)| {
                    Text::new("tool_every_merge_setting", [path, key, value.to_string().as_str()])
                })?;
                break;
            }
        }
        Ok(rules)
    }

    /// Takes every setting of a table; the first that means nothing is told.
    fn set_all<'a>(&mut self, table: &'a Value) -> Result<(), (&'a str, &'a Value)> {
        let settings = table.as_object().ok_or(("everyMerge", table))?;
        for (key, value) in settings {
            self.set(key, value).ok_or((key.as_str(), value))?;
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<()> {
        match key {
            "types" => {
                let types = value.as_object()?.iter();
                self.types = types.map(|(kind, value)| Some((kind.clone(), bump_of(value)?))).collect::<Option<_>>()?;
            }
            "breaking" => self.breaking = bump_of(value)?,
            "default" => self.other = bump_of(value)?,
            "line" if *value == "any" => self.line = 0,
            "line" => self.line = usize::try_from(value.as_u64().filter(|line| *line > 0)?).ok()?,
            "tag" => self.tag = Some(TagPattern::parse(value.as_str()?, "{version}")?),
            "first" => self.first = Version::parse(value.as_str()?).ok()?,
            "lowerZero" => self.lower_zero = value.as_bool()?,
            _ => return None,
        }
        Some(())
    }
}

#[cfg(feature = "more")]
fn bump_of(value: &Value) -> Option<Bump> {
    Bump::named(value.as_str()?)
}

impl Tool for EveryMerge {
    fn id(&self) -> &'static str {
        "every-merge"
    }

    fn name(&self) -> &'static str {
        "every merge is a version"
    }

    fn files(&self) -> &'static [&'static str] {
        if cfg!(feature = "more") { &[".squashcast.json", "package.json"] } else { &[] }
    }

    #[cfg(not(feature = "more"))]
    fn recognise(&self, _: &Files) -> Option<Recognition> {
        None
    }

    #[cfg(feature = "more")]
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        let says = |(path, pointer): &(&str, &str)| match files.value(path) {
            Ok(value) => value?.pointer(pointer).map(|_| "everyMerge"),
            // Whoever wrote the file meant it.
            Err(_) => (*path == ".squashcast.json").then_some(""),
        };
        FILES.iter().find_map(|file| {
            says(file).map(|evidence| Recognition { path: file.0.to_owned(), evidence: evidence.to_owned() })
        })
    }

    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        Rules::read(files).unwrap_or_else(|_| Rules::new()).last(tags, over).map(|(tag, _)| tag)
    }

    fn plan(&self, facts: &Facts<'_>) -> Plan {
        let rules = match Rules::read(facts.files) {
            Ok(rules) => rules,
            Err(nothing) => return Plan { nothing: Some(nothing), ..Plan::default() },
        };
        let tags = facts.history.tags.as_slice();
        let pattern = rules.pattern(tags, facts.tag_pattern);
        let last = rules.last(tags, facts.tag_pattern);
        let (start, commits) = match (facts.last, last) {
            (Some(last), _) => (last.version.clone(), facts.history.commits.as_slice()),
            (None, Some((tag, version))) => (Some(version), facts.history.after(tag)),
            (None, None) => (None, facts.history.commits.as_slice()),
        };
        let before = facts.history.commits.len() - commits.len();
        let mut plan = Plan::default();
        let mut version = start;
        let mut counted = 0_usize;
        for (at, commit) in commits.iter().enumerate() {
            let (bump, rule) = rules.judge(&commit.message);
            let bump = rules.allowed(version.as_ref(), bump);
            plan.readings.push(CommitReading { commit: before + at, bump, rule: Some(rule.clone()) });
            // The merge in question is the last one: what those before it released is released.
            plan.releases.clear();
            if bump == Bump::None {
                continue;
            }
            let next = match &version {
                None => Some(rules.first.clone()),
                Some(version) => increment(version, bump),
            };
            let Some(next) = next else {
                plan.nothing = Some(Text::new("tool_version_too_large", []));
                return plan;
            };
            counted += 1;
            let entry = format!("## {next} ({})\n\n* {}\n", facts.date, subject(&commit.message));
            plan.releases = vec![Release {
                component: String::new(),
                path: ".".to_owned(),
                previous: version,
                bump,
                tag: pattern.tag(&next),
                next: next.clone(),
                reasons: vec![Reason { commit: Some(before + at), bump, rule }],
                entry: Some(Entry { markdown: entry }),
            }];
            version = Some(next);
        }
        if plan.releases.is_empty() {
            plan.nothing = Some(Text::new("tool_every_merge_nothing", []));
        } else if counted > 1 {
            let waiting = (counted - 1).to_string();
            plan.notes.push(Text::new("tool_every_merge_waiting", [&waiting]));
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing;

    fn planned(rules: &str, tags: &[&str], messages: &[&str]) -> Plan {
        let file = [(".squashcast.json", rules)];
        testing::plan(&EveryMerge, if rules.is_empty() { &[] } else { &file }, tags, messages)
    }

    #[track_caller]
    fn check(tags: &[&str], messages: &[&str], expected: &str) {
        check_with("", tags, messages, expected);
    }

    #[track_caller]
    fn check_with(rules: &str, tags: &[&str], messages: &[&str], expected: &str) {
        let rules = if rules.is_empty() { String::new() } else { format!(r#"{{"everyMerge": {{{rules}}}}}"#) };
        let plan = planned(&rules, tags, messages);
        let told = plan.nothing.as_ref().map(|nothing| &*nothing.id);
        let tag = plan.releases.first().map_or(told.unwrap_or_default(), |release| release.tag.as_str());
        assert_eq!(tag, expected, "{rules}");
    }

    #[test]
    fn every_merge_is_a_version() {
        check(&["v1.2.3"], &["feat: x"], "v1.3.0");
        check(&["v1.2.3", "v1.10.0"], &["fix: x"], "v1.10.1");
        check(&["1.2.3"], &["feat!: x"], "2.0.0");
        check(&["v1.2.3"], &["fix: x\n\nBREAKING CHANGE: y"], "v2.0.0");
        check(&["v1.2.3"], &["Merged in feature (pull request #7)\n\nfeat: x"], "v1.2.4");
        check(&["v1.2.3"], &["feat: x", "fix: y"], "v1.3.1");
        check(&[], &["fix: x"], "1.0.0");
        check(&["v18446744073709551615.0.0"], &["feat!: x"], "tool_version_too_large");
    }

    #[test]
    fn rules_can_be_set() {
        let types = r#""types": {"feat": "minor", "fix": "patch", "deps": "major"}, "default": "none""#;
        check_with(types, &["v1.2.3"], &["fix: x"], "v1.2.4");
        check_with(types, &["v1.2.3"], &["deps: x"], "v2.0.0");
        check_with(types, &["v1.2.3"], &["docs: x"], "tool_every_merge_nothing");
        check_with(types, &["v1.2.3"], &["no header"], "tool_every_merge_nothing");
        check_with(types, &["v1.2.3"], &["feat: x", "docs: y"], "tool_every_merge_nothing");
        check_with(types, &["v1.2.3"], &["docs: x", "feat: y"], "v1.3.0");
        check_with(r#""breaking": "minor""#, &["v1.2.3"], &["fix!: x"], "v1.3.0");
        check_with(r#""lowerZero": true"#, &["v0.2.3"], &["fix!: x"], "v0.3.0");
        check_with(r#""lowerZero": true"#, &["v0.2.3"], &["feat: x"], "v0.2.4");
        check_with(r#""lowerZero": true"#, &["v1.2.3"], &["feat: x"], "v1.3.0");
        check_with(r#""tag": "api/{version}""#, &["v9.0.0", "api/1.2.3"], &["feat: x"], "api/1.3.0");
        check_with(r#""first": "0.1.0""#, &[], &["feat: x"], "0.1.0");
    }

    #[test]
    fn the_header_may_stand_in_another_line() {
        let bitbucket = "Merged in feature (pull request #7)\n\nfeat: x\n\nmore";
        check_with(r#""line": 3"#, &["v1.2.3"], &[bitbucket], "v1.3.0");
        check_with(r#""line": 3"#, &["v1.2.3"], &["feat: x"], "v1.2.4");
        check_with(r#""line": "any""#, &["v1.2.3"], &[bitbucket], "v1.3.0");
        check_with(r#""line": "any""#, &["v1.2.3"], &["feat: x"], "v1.3.0");
        check_with(r#""line": "any""#, &["v1.2.3"], &["x\n\nfix!: y"], "v2.0.0");
    }

    #[test]
    fn rules_that_mean_nothing_give_no_version() {
        for wrong in [
            r#""types": {"feat": "huge"}"#,
            r#""types": []"#,
            r#""line": 0"#,
            r#""line": "third""#,
            r#""tag": "v1""#,
            r#""first": "one""#,
            r#""lowerZero": "yes""#,
            r#""typos": {}"#,
        ] {
            check_with(wrong, &["v1.2.3"], &["feat: x"], "tool_every_merge_setting");
        }
        assert_eq!(planned("{", &["v1.2.3"], &["feat: x"]).nothing.unwrap().id, "tool_config_malformed");
        assert_eq!(planned("{\"everyMerge\": 1}", &[], &["feat: x"]).nothing.unwrap().id, "tool_every_merge_setting");
    }

    #[test]
    fn rules_tell_the_tool() {
        let recognised = |path: &str, text: &str| EveryMerge.recognise(&Files::of([(path, text)])).is_some();
        assert!(recognised(".squashcast.json", r#"{"everyMerge": {}}"#));
        assert!(recognised(".squashcast.json", "{"));
        assert!(recognised("package.json", r#"{"squashcast": {"everyMerge": {}}}"#));
        assert!(!recognised(".squashcast.json", "{}"));
        assert!(!recognised("package.json", "{"));
    }

    #[test]
    fn long_messages_take_linear_time() {
        for piece in ["\n", "feat: x\n", "a: b\n\n", "(", "BREAKING CHANGE"] {
            let message = piece.repeat(1_000_000 / piece.len());
            let mut rules = Rules::new();
            for line in [0, 1, 3, usize::MAX] {
                rules.line = line;
                let _ = rules.judge(&message);
            }
        }
    }
}

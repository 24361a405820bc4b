//! craft (getsentry) with automatic versions: `src/utils/autoVersion.ts` and `src/utils/changelog.ts` of craft 2.14 to 2.30.
//! The categories of `.github/release.yml`, or craft's own, say what a commit's title releases.

use super::{CommitReading, Facts, Plan, Reason, Recognition, Release, Tool};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::Tag;
use crate::reading::pattern::regex;
use crate::text::Text;
use crate::version::{TagPattern, increment};
use regex_lite::Regex;
use semver::Version;
use serde_json::Value;

/// craft.
#[derive(Clone, Copy, Debug)]
pub struct Craft;

/// Its configuration.
const CONFIG: &str = ".craft.yml";
/// The categories, in GitHub's own file for release notes.
const CATEGORIES: &str = ".github/release.yml";
/// A commit or pull request with this in its text is left out.
const SKIP: &str = "#skip-changelog";

impl Tool for Craft {
    fn id(&self) -> &'static str {
        "craft"
    }
    fn name(&self) -> &'static str {
        "craft"
    }
    fn files(&self) -> &'static [&'static str] {
        &[CONFIG, CATEGORIES]
    }
    fn recognise(&self, files: &Files) -> Option<Recognition> {
        files.text(CONFIG)?;
        Some(Recognition { path: CONFIG.to_owned(), evidence: String::new() })
    }
    fn last_release<'a>(&self, files: &Files, _branch: &str, tags: &'a [Tag], over: Option<&str>) -> Option<&'a Tag> {
        let pattern = pattern(files, tags, over);
        let versions = tags.iter().filter_map(|tag| Some((tag, pattern.version(&tag.name)?)));
        versions.max_by(|left, right| left.1.cmp(&right.1)).map(|(tag, _)| tag)
    }
    fn plan(&self, facts: &Facts<'_>) -> Plan {
        plan(facts)
    }
}

/// The GitHub target's `tagPrefix`, else what the tags look like.
fn pattern(files: &Files, tags: &[Tag], over: Option<&str>) -> TagPattern {
    if let Some(pattern) = over.and_then(|over| TagPattern::parse(over, "{version}")) {
        return pattern;
    }
    let config = files.value(CONFIG).ok().flatten().unwrap_or_default();
    let targets = config.get("targets").and_then(Value::as_array).into_iter().flatten();
    let mut github = targets.filter(|target| target.get("name").and_then(Value::as_str) == Some("github"));
    match github.find_map(|target| target.get("tagPrefix")?.as_str()) {
        Some(prefix) => TagPattern::new(prefix, ""),
        None => TagPattern::guess(tags.iter().map(|tag| tag.name.as_str())),
    }
}

/// A category of the changelog.
struct Category {
    title: String,
    patterns: Vec<Regex>,
    bump: Bump,
}

/// `DEFAULT_RELEASE_CONFIG`: what stands where the repository says nothing.
const DEFAULTS: [(&str, &str, Bump); 5] = [
    ("Breaking Changes", r"^\w+(?:\([^)]+\))?!:\s*", Bump::Major),
    ("New Features", r"^feat(?:\([^)]+\))?!?:\s*", Bump::Minor),
    ("Bug Fixes", r"^(?:fix|revert)(?:\([^)]+\))?!?:\s*", Bump::Patch),
    ("Documentation", r"^docs?(?:\([^)]+\))?!?:\s*", Bump::Patch),
    ("Internal Changes", r"^(?:build|refactor|meta|chore|ci|ref|perf|test|style)(?:\([^)]+\))?!?:\s*", Bump::Patch),
];

/// The categories, and whether one of them goes by labels, which are not known here.
fn categories(files: &Files) -> (Vec<Category>, bool) {
    let config = files.value(CATEGORIES).ok().flatten().unwrap_or_default();
    let Some(listed) = config.get("changelog").and_then(|changelog| changelog.get("categories")?.as_array()) else {
        let defaults = DEFAULTS.iter().map(|(title, pattern, bump)| Category {
            title: (*title).to_owned(),
            patterns: regex(pattern, "i").into_iter().collect(),
            bump: *bump,
        });
        return (defaults.collect(), false);
    };
    let labels = listed.iter().any(|category| category.get("labels").is_some());
    let read = |category: &Value| {
        let patterns = category.get("commit_patterns").and_then(Value::as_array).into_iter().flatten();
        let bump = category.get("semver").and_then(Value::as_str).unwrap_or_default();
        Category {
            title: category.get("title").and_then(Value::as_str).unwrap_or_default().to_owned(),
            patterns: patterns.filter_map(|pattern| regex(pattern.as_str()?, "i")).collect(),
            bump: [Bump::Major, Bump::Minor, Bump::Patch]
                .into_iter()
                .find(|known| known.name() == bump)
                .unwrap_or_default(),
        }
    };
    (listed.iter().map(read).collect(), labels)
}

fn plan(facts: &Facts<'_>) -> Plan {
    let config = facts.files.value(CONFIG).ok().flatten().unwrap_or_default();
    let mut plan = Plan { notes: vec![Text::new("tool_craft_entry", [])], ..Plan::default() };
    let policy = config.get("versioning").and_then(|versioning| versioning.get("policy")?.as_str());
    if policy == Some("calver") {
        plan.nothing = Some(Text::new("tool_craft_calendar", []));
        return plan;
    }
    if policy == Some("manual") {
        plan.notes.push(Text::new("tool_craft_manual", []));
    }
    let (categories, labels) = categories(facts.files);
    if labels {
        plan.notes.push(Text::new("tool_craft_labels", []));
    }
    let tag = Craft.last_release(facts.files, facts.branch, &facts.history.tags, facts.tag_pattern);
    let pattern = pattern(facts.files, &facts.history.tags, facts.tag_pattern);
    let (previous, since) = match facts.last {
        Some(last) => (last.version.clone(), None),
        None => (tag.and_then(|tag| pattern.version(&tag.name)), tag),
    };
    let commits = since.map_or(facts.history.commits.as_slice(), |tag| facts.history.after(tag));
    let first = facts.history.commits.len().saturating_sub(commits.len());
    let mut bump = Bump::None;
    let mut reasons = Vec::new();
    // `git log --first-parent --no-merges`: what is on the branch itself.
    let own = commits.iter().enumerate().filter(|(_, commit)| commit.parents < 2 && commit.first_parent != Some(false));
    for (at, commit) in own {
        let (title, body) = commit.message.split_once('\n').unwrap_or((&commit.message, ""));
        let (own, rule) = if body.contains(SKIP) {
            (Bump::None, Text::new("tool_craft_skipped", []))
        } else {
            let title = title.trim();
            let found =
                categories.iter().find(|category| category.patterns.iter().any(|pattern| pattern.is_match(title)));
            match found {
                Some(category) => (category.bump, Text::new("tool_craft_category", [&category.title])),
                None => (Bump::None, Text::new("tool_craft_no_category", [])),
            }
        };
        plan.readings.push(CommitReading { commit: first + at, bump: own, rule: Some(rule.clone()) });
        if own > Bump::None {
            reasons.push(Reason { commit: Some(first + at), bump: own, rule });
        }
        bump = bump.max(own);
    }
    Reason::weightiest_first(&mut reasons);
    if bump == Bump::None {
        plan.nothing = Some(Text::new("tool_craft_nothing", []));
        return plan;
    }
    let current = previous.clone().unwrap_or(Version::new(0, 0, 0));
    let Some(next) = increment(&current, bump) else {
        plan.nothing = Some(Text::new("tool_version_too_large", []));
        return plan;
    };
    let tag = pattern.tag(&next);
    plan.releases.push(Release {
        component: String::new(),
        path: ".".to_owned(),
        previous,
        bump,
        next,
        tag,
        reasons,
        entry: None,
    });
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: Bump) {
        let (categories, _) = categories(&Files::default());
        let found = categories.iter().find(|known| known.patterns.iter().any(|pattern| pattern.is_match(title)));
        assert_eq!(found.map(|category| category.bump).unwrap_or_default(), expected, "{title}");
    }

    #[test]
    fn titles_release_by_category() {
        check("feat(api)!: x", Bump::Major);
        check("Feat: x", Bump::Minor);
        check("meta: x", Bump::Patch);
        check("no type", Bump::None);
        check("feature: x", Bump::None);
    }
}

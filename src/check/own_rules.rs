//! The header breaks a rule that the repository has written down itself.

use super::not_conventional::corrected;
use super::rules::{Part, Pattern, find};
use super::{Case, Check, Finding, Severity};
use crate::message::{Span, subject};
use crate::reading::commitlint::{Broken, Level, Rule};
use crate::reading::header;
use crate::squash::SubjectFrom;
use crate::text::Text;
use serde_json::Value;

pub struct OwnRules;

/// How much of a rule's value is shown.
const SHOWN: usize = 120;

impl Check for OwnRules {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let Some(set) = find(case.facts.files) else { return Vec::new() };
        let Some(title) = written(case) else { return Vec::new() };
        // A check that may be waited for with this mark is not made (amannn/action-semantic-pull-request, `wip`).
        if set.kept_by_commits(case.pull_request) || title.starts_with("[WIP]") {
            return Vec::new();
        }
        let mut broken = set.breaks(&title);
        // That there is no type is said already where a tool reads types.
        if (case.tool.is_some() || case.keeps_convention()) && header::read(&title).is_none() {
            broken.retain(|rule| !matches!(rule.name.as_str(), "type-empty" | "subject-empty"));
        }
        let better = mended(&title).into_iter().find(|better| set.breaks(better).len() < broken.len());
        let fix = better.map(|better| case.subject_fix(&better)).unwrap_or_default();
        let one = |broken: Broken| {
            let rule = set.rules.iter().find(|rule| rule.name == broken.name);
            let pattern = set.patterns.iter().find(|pattern| pattern.name == broken.name);
            let place = match (rule, pattern) {
                (Some(rule), _) => span(&title, rule),
                (None, Some(pattern)) => part(&title, pattern),
                (None, None) => return None,
            };
            let place = case.subject_place(place);
            let value = rule.map(|rule| rule.value.clone());
            let value = value.or_else(|| Some(Value::String(pattern?.written.clone()))).unwrap_or_default();
            let name = &broken.name;
            let text = match shown(&value) {
                value if value.is_empty() => Text::new("check_rule", [set.keeper, name, &set.path]),
                value => Text::new("check_rule_value", [set.keeper, name, &set.path, &value]),
            };
            let severity = if broken.level == Level::Error { Severity::Warning } else { Severity::Info };
            Some(Finding { id: "rule", severity, text, place, fix: fix.clone() })
        };
        broken.into_iter().filter_map(one).collect()
    }
}

/// The header as its author wrote it; `None` where nobody did.
fn written(case: &Case<'_>) -> Option<String> {
    match case.squash.subject_from {
        SubjectFrom::Forge => None,
        _ => case.subject_place(Span::default()).map(|place| subject(&place.text).to_owned()),
    }
}

/// A rule's value in one line; empty where it says nothing more than the rule's name.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Array(values) => {
            let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            values.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{} …", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

/// The part of the header that a rule is about.
fn span(title: &str, rule: &Rule) -> Span {
    let whole = Span::new(0, title.len());
    let Some(parts) = header::read(title) else { return whole };
    match rule.name.split('-').next() {
        Some("type") => parts.kind,
        Some("scope") => parts.scope.unwrap_or(parts.kind),
        Some("subject") => parts.description,
        _ => match rule.value.as_u64().and_then(|most| usize::try_from(most).ok()) {
            // What is too much.
            Some(most) if rule.name == "header-max-length" => {
                title.char_indices().nth(most).map_or(whole, |(cut, _)| Span::new(cut, title.len()))
            }
            _ => whole,
        },
    }
}

/// The part of the header that a pattern is about.
fn part(title: &str, pattern: &Pattern) -> Span {
    let parts = header::read(title);
    let of = match pattern.part {
        Part::Title => None,
        Part::Scope => parts.and_then(|parts| parts.scope),
        Part::Subject => parts.map(|parts| parts.description),
    };
    of.unwrap_or(Span::new(0, title.len()))
}

/// Titles near to this one that may keep the rules.
fn mended(title: &str) -> Vec<String> {
    let mut found: Vec<String> = corrected(title).into_iter().collect();
    let base = found.first().map_or_else(|| title.trim().to_owned(), Clone::clone);
    if let Some(parts) = header::read(&base) {
        let description = parts.description.of(&base).trim_end_matches(['.', ' ']);
        let head = base.get(..parts.description.start).unwrap_or_default();
        let mut letters = description.chars();
        let lower: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
        found.extend([format!("{head}{description}"), format!("{head}{lower}")]);
    }
    found
}

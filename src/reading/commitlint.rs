//! commitlint's reading and rules (`@commitlint/lint`, `/rules`, `/is-ignored` 21.2.4), over conventional-commits-parser
//! 7.1.4 with the preset conventional-changelog-conventionalcommits 10.4.1, as `config-conventional` sets it.
//!
//! ```text
//! header := type [ "(" scope ")" ] [ "!" ] ": " subject      the whole first line, or no part of it is read
//! body   := the lines up to the first footer
//! footer := a line `token: value`, `token #value` or `BREAKING CHANGE: …`, and all that follows
//! ```
//!
//! The rules are data: a name, how much it weighs, whether it must or must not hold, and its value.

use super::javascript_text::{LINE_ENDS, is_space, is_word_char as is_word, last_unit, length, lines, trim};
use super::letter_case::{Case, begins_with_cased_letter};
use serde_json::{Value, json};
use std::collections::HashSet;

/// A message as commitlint's parser takes it apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The whole message.
    pub raw: &'a str,
    /// The first line; `None` where it is empty.
    pub header: Option<&'a str>,
    /// The type; `None` where the header is not of the grammar or it is empty.
    pub kind: Option<&'a str>,
    /// The scope.
    pub scope: Option<&'a str>,
    /// The subject.
    pub subject: Option<&'a str>,
    /// The body, without blank lines around it.
    pub body: Option<String>,
    /// The footers, likewise.
    pub footer: Option<String>,
    /// Whether an issue is referred to (`#12`) outside of addresses.
    pub refers: bool,
}

/// Takes a message apart; `None` where it is blank, which the parser refuses.
#[must_use]
pub fn read(message: &str) -> Option<Reading<'_>> {
    if trim(message).is_empty() {
        return None;
    }
    let mut all =
        lines(message.trim_matches(['\r', '\n'])).filter(|line| !line.trim_start_matches(is_space).starts_with("gpg:"));
    let mut reading =
        Reading { raw: message, header: all.next().filter(|header| !header.is_empty()), ..Reading::default() };
    if let Some(header) = reading.header {
        let parts = header_parts(header, true).or_else(|| header_parts(header, false));
        if let Some((kind, scope, subject)) = parts {
            let filled = |text: &'_ str| !text.is_empty();
            reading.kind = Some(kind).filter(|text| filled(text));
            reading.scope = scope.filter(|text| filled(text));
            reading.subject = Some(subject).filter(|text| filled(text));
        }
        reading.refers = has_reference(header, false);
    }
    let (mut body, mut footer) = (None, None);
    for line in all {
        let note = is_note(line);
        let token = !note && is_footer_token(line);
        let part = if note || token || footer.is_some() { &mut footer } else { &mut body };
        append_line(part, line);
        reading.refers = reading.refers || (!note && has_reference(line, token));
    }
    let trimmed = |part: Option<String>| part.map(|text| text.trim_matches(['\r', '\n']).to_owned());
    (reading.body, reading.footer) = (trimmed(body), trimmed(footer));
    Some(reading)
}

fn append_line(part: &mut Option<String>, line: &str) {
    let text = part.get_or_insert_default();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// `^(\w*)(?:\((.*)\))?!?: (.*)$`, with the mark required or optional.
fn header_parts(header: &str, marked: bool) -> Option<(&str, Option<&str>, &str)> {
    if header.contains(LINE_ENDS) {
        return None;
    }
    let tail = |text: &'_ str| -> Option<usize> {
        let unmarked = text.strip_prefix('!');
        let rest = if marked { unmarked? } else { unmarked.unwrap_or(text) };
        rest.strip_prefix(": ").map(str::len)
    };
    let subject = |left: usize| header.get(header.len() - left..).unwrap_or_default();
    let (kind, rest) = header.split_at(header.find(|c| !is_word(c)).unwrap_or(header.len()));
    if let Some(inside) = rest.strip_prefix('(') {
        let scoped = inside
            .rmatch_indices(')')
            .find_map(|(at, _)| Some((inside.get(..at)?, inside.get(at + 1..).and_then(tail)?)));
        if let Some((scope, left)) = scoped {
            return Some((kind, Some(scope), subject(left)));
        }
    }
    tail(rest).map(|left| (kind, None, subject(left)))
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix))?;
    text.get(prefix.len()..)
}

/// `^(?:\*\s+)?(BREAKING CHANGE|BREAKING-CHANGE):\s*(.*)`, in any case.
fn is_note(line: &str) -> bool {
    let item = line.strip_prefix('*').map(|rest| (rest, rest.trim_start_matches(is_space)));
    let text = item.filter(|(rest, text)| text.len() < rest.len()).map_or(line, |(_, text)| text);
    let keyword = strip_ignoring_case(text, "BREAKING CHANGE").or_else(|| strip_ignoring_case(text, "BREAKING-CHANGE"));
    keyword.is_some_and(|rest| rest.starts_with(':'))
}

/// `^(?:BREAKING CHANGE|[\w-]+)(?::\s+|\s+#).+`, in any case.
fn is_footer_token(line: &str) -> bool {
    let value = |rest: &str| {
        if let Some(after) = rest.strip_prefix(':') {
            let value = after.trim_start_matches(is_space);
            let blank = after.len() - value.len();
            // Where nothing but white space follows, its last part is the value, unless a line would end there.
            return (blank > 0 && !value.is_empty())
                || after.chars().skip(1).any(|c| value.is_empty() && !LINE_ENDS.contains(&c));
        }
        let after = rest.trim_start_matches(is_space);
        after.len() < rest.len()
            && after.strip_prefix('#').is_some_and(|value| value.starts_with(|c| !LINE_ENDS.contains(&c)))
    };
    if strip_ignoring_case(line, "BREAKING CHANGE").is_some_and(value) {
        return true;
    }
    let token = line.find(|c| !is_word(c) && c != '-').unwrap_or(line.len());
    token > 0 && line.get(token..).is_some_and(value)
}

/// The words that say what is done to an issue.
const ACTIONS: [&str; 9] = ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// Whether a line refers to an issue. An action's word begins a new sentence, and an address anywhere in a sentence
/// takes its references away.
fn has_reference(line: &str, footer: bool) -> bool {
    if !line.contains('#') {
        return false;
    }
    let mut starts = vec![0];
    let (mut before, mut open) = (None, false);
    for (at, c) in line.char_indices() {
        if !is_word(c) || before.is_some_and(is_word) {
            before = Some(c);
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        if ACTIONS.iter().any(|action| action.eq_ignore_ascii_case(word)) {
            // An action needs something to act on; a word that has nothing only ends another's sentence.
            let after = rest.get(end..).unwrap_or_default();
            let after = if footer { after.strip_prefix(':').unwrap_or(after) } else { after };
            let acts = after.starts_with(is_space);
            if acts {
                starts.extend([at, line.len() - after.len()]);
            } else if open {
                starts.push(at);
            }
            open = acts;
        }
        before = Some(c);
    }
    starts.push(line.len());
    starts.windows(2).any(|sentence| match sentence {
        [start, end] => line.get(*start..*end).is_some_and(|text| names_issue(text) && !has_address(text)),
        _ => false,
    })
}

/// `#` and a word with a digit in it, up to a space, the end or a closing mark.
fn names_issue(text: &str) -> bool {
    // The search passes no line's end; what closes an issue may be one.
    let first = text.split(LINE_ENDS).next().unwrap_or_default();
    first.match_indices('#').filter_map(|(at, _)| text.get(at + 1..)).any(|rest| {
        let end = rest.find(|c| !is_word(c) && c != '-').unwrap_or(rest.len());
        let (issue, after) = rest.split_at(end);
        let closes = |c: char| is_space(c) || matches!(c, ',' | ';' | '.' | ')' | ']');
        issue.contains(|c: char| c.is_ascii_digit()) && (after.is_empty() || after.starts_with(closes))
    })
}

/// `\bhttps?://(www\.)?…`: an address with anything that is a word in it.
fn has_address(text: &str) -> bool {
    addresses(text).any(|rest| {
        let part = |c: char| c.is_ascii_alphanumeric() || "-@:%_+.~#?&/=".contains(c);
        rest.get(..rest.find(|c| !part(c)).unwrap_or(rest.len())).is_some_and(|address| address.contains(is_word))
    })
}

/// What follows `http://` and `https://` where they begin a word.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let before = before.strip_suffix("https").or_else(|| before.strip_suffix("http"))?;
        (!before.ends_with(is_word)).then(|| text.get(at + 3..)).flatten()
    })
}

/// Whether commitlint leaves a message alone by default (`is-ignored`): merges, reverts, versions, `fixup!`.
#[must_use]
pub fn is_ignored(message: &str) -> bool {
    let message = message.trim_end_matches(is_space);
    let first = message.split(LINE_ENDS).next().unwrap_or_default();
    let joined = |text: Option<&str>, by: &str| text.is_some_and(|rest| rest.contains(by));
    message.split(LINE_ENDS).filter(|line| line.starts_with("Merge ")).any(|line| {
        ["Merge pull request", "Merge branch ", "Merge tag "].iter().any(|start| line.starts_with(start))
            || joined(line.strip_prefix("Merge "), " into ")
    }) || ["Revert ", "revert ", "Reapply ", "reapply ", "amend!", "fixup!", "squash!"]
        .iter()
        .chain(&["Merge remote-tracking branch", "Automatic merge"])
        .any(|start| message.starts_with(start))
        || joined(first.strip_prefix("Merged "), "in ")
        || joined(first.strip_prefix("Merged "), "into ")
        || joined(first.strip_prefix("Merged PR "), ": ")
        || joined(first.strip_prefix("Auto-merged "), " into ")
        || is_version(message.split('\n').next().unwrap_or_default())
}

/// A line that is a version, perhaps as `chore(release): 1.2.3 [skip ci]`.
fn is_version(line: &str) -> bool {
    // No version is longer (semver 7, `MAX_LENGTH`), and neither is what may stand around it in practice: only then is
    // it worth a closer look.
    if !line.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let chore = line.strip_prefix("chore").and_then(|rest| {
        let scoped =
            rest.strip_prefix('(').and_then(|inside| inside.split_once(')')).filter(|(scope, _)| !scope.is_empty());
        scoped.map_or(rest, |(_, rest)| rest).strip_prefix(':')
    });
    let text = without_skip(chore.unwrap_or(line), '[', ']');
    let text = without_skip(&text, '(', ')');
    let text = trim(&text);
    if length(text) > 256 {
        return false;
    }
    let safe = |number: u64| number <= 9_007_199_254_740_991;
    semver::Version::parse(text.strip_prefix('v').unwrap_or(text))
        .is_ok_and(|version| safe(version.major) && safe(version.minor) && safe(version.patch))
}

/// Without the first `[skip ci]` or `[ci skip]`.
fn without_skip(text: &str, open: char, close: char) -> String {
    let found = text.match_indices(open).find_map(|(at, _)| {
        let inside = text.get(at + 1..)?;
        let word =
            |text: &'_ str| strip_ignoring_case(text, "skip").or_else(|| strip_ignoring_case(text, "ci")).map(str::len);
        let rest = inside.get(inside.len() - word(inside)?..)?;
        let rest = rest.strip_prefix(|c| c == '-' || is_space(c))?;
        let rest = rest.get(rest.len() - word(rest)?..)?.strip_prefix(close)?;
        Some((at, text.len() - rest.len()))
    });
    match found {
        Some((start, end)) => [text.get(..start), text.get(end..)].into_iter().flatten().collect(),
        None => text.to_owned(),
    }
}

/// How much a rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 1: said, not refused.
    Warning,
    /// 2: the commit is refused.
    Error,
}

/// A rule of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name: `type-enum`.
    pub name: String,
    /// How much it weighs.
    pub level: Level,
    /// `never`: whether it must not hold.
    pub never: bool,
    /// Its value, as the configuration gives it; null where it gives none.
    pub value: Value,
}

/// A rule that a message breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule's name.
    pub name: String,
    /// How much it weighs.
    pub level: Level,
}

/// Why a message or a configuration could not be judged; commitlint throws then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The message is blank but not empty.
    Blank,
    /// No such rule.
    UnknownRule(String),
    /// A rule names a case of letters that is none.
    UnknownCase(String),
    /// A rule is not `[level, applicability, value]`.
    MalformedRule(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Blank => f.write_str("Expected a raw commit"),
            Self::UnknownRule(name) => write!(f, "Found rules without implementation: {name}."),
            Self::UnknownCase(case) => write!(f, "to-case: Unknown target case \"{case}\""),
            Self::MalformedRule(name) => write!(f, "config for rule {name} must be [level, applicability, value]"),
        }
    }
}

/// The rules of `@commitlint/config-conventional` 21.2.
#[must_use]
pub fn config_conventional() -> Vec<Rule> {
    use Level::{Error, Warning};
    let rule = |name: &str, level, never, value| Rule { name: name.to_owned(), level, never, value };
    vec![
        rule("body-leading-blank", Warning, false, Value::Null),
        rule("body-max-line-length", Error, false, json!(100)),
        rule("footer-leading-blank", Warning, false, Value::Null),
        rule("footer-max-line-length", Error, false, json!(100)),
        rule("header-max-length", Error, false, json!(100)),
        rule("header-trim", Error, false, Value::Null),
        rule("subject-case", Error, true, json!(["sentence-case", "start-case", "pascal-case", "upper-case"])),
        rule("subject-empty", Error, true, Value::Null),
        rule("subject-full-stop", Error, true, json!(".")),
        rule("type-case", Error, false, json!("lower-case")),
        rule("type-empty", Error, true, Value::Null),
        rule(
            "type-enum",
            Error,
            false,
            json!(["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"]),
        ),
    ]
}

/// The rules of `@commitlint/config-angular` 21 with its types (`config-angular-type-enum`): no `chore`, 72 characters,
/// no `!`.
#[must_use]
pub fn config_angular() -> Vec<Rule> {
    let mut rules = config_conventional();
    rules.retain(|rule| {
        !matches!(rule.name.as_str(), "header-trim" | "body-max-line-length" | "footer-max-line-length")
    });
    for rule in &mut rules {
        match rule.name.as_str() {
            "header-max-length" => rule.value = json!(72),
            "type-enum" => {
                rule.value =
                    json!(["build", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"]);
            }
            _ => {}
        }
    }
    let rule = |name: &str, never, value| Rule { name: name.to_owned(), level: Level::Error, never, value };
    rules.push(rule("scope-case", false, json!("lower-case")));
    rules.push(rule("subject-exclamation-mark", true, Value::Null));
    rules
}

/// The rule a configuration writes as `name: [level, applicability, value]`; `None` where it is switched off.
///
/// # Errors
/// Where it is not of that shape, or there is no such rule.
pub fn configured(name: &str, config: &Value) -> Result<Option<Rule>, Refusal> {
    if !RULES.contains(&name) {
        return Err(Refusal::UnknownRule(name.to_owned()));
    }
    let malformed = || Refusal::MalformedRule(name.to_owned());
    let parts = config.as_array().ok_or_else(malformed)?;
    let level = match parts.first().and_then(Value::as_f64) {
        Some(0.0) => return Ok(None),
        Some(1.0) => Level::Warning,
        Some(2.0) => Level::Error,
        _ => return Err(malformed()),
    };
    let never = match parts.get(1).and_then(Value::as_str) {
        Some("always") => false,
        Some("never") => true,
        _ => return Err(malformed()),
    };
    if parts.len() > 3 {
        return Err(malformed());
    }
    Ok(Some(Rule { name: name.to_owned(), level, never, value: parts.get(2).cloned().unwrap_or_default() }))
}

/// All of commitlint's rules.
pub const RULES: [&str; 38] = [
    "body-case",
    "body-empty",
    "body-full-stop",
    "body-leading-blank",
    "body-max-length",
    "body-max-line-length",
    "body-min-length",
    "breaking-change-exclamation-mark",
    "footer-empty",
    "footer-leading-blank",
    "footer-max-length",
    "footer-max-line-length",
    "footer-min-length",
    "header-case",
    "header-full-stop",
    "header-max-length",
    "header-min-length",
    "header-trim",
    "references-empty",
    "scope-case",
    "scope-delimiter-style",
    "scope-empty",
    "scope-enum",
    "scope-max-length",
    "scope-min-length",
    "signed-off-by",
    "subject-case",
    "subject-empty",
    "subject-exclamation-mark",
    "subject-full-stop",
    "subject-max-length",
    "subject-min-length",
    "trailer-exists",
    "type-case",
    "type-empty",
    "type-enum",
    "type-max-length",
    "type-min-length",
];

/// The rules that a message breaks, in the rules' order; none where commitlint leaves it alone. `ignores` is
/// `defaultIgnores`.
///
/// # Errors
/// Where commitlint throws.
pub fn lint(message: &str, rules: &[Rule], ignores: bool) -> Result<Vec<Broken>, Refusal> {
    if message.is_empty() || (ignores && is_ignored(message)) {
        return Ok(Vec::new());
    }
    let reading = read(message).ok_or(Refusal::Blank)?;
    if reading.header.is_none() && reading.body.is_none() && reading.footer.is_none() {
        return Ok(Vec::new());
    }
    let mut broken = Vec::new();
    for rule in rules {
        if !holds(&reading, rule)? {
            broken.push(Broken { name: rule.name.clone(), level: rule.level });
        }
    }
    Ok(broken)
}

/// Whether a message keeps a rule.
///
/// # Errors
/// Where there is no such rule, or its value names a case that is none.
pub fn holds(reading: &Reading<'_>, rule: &Rule) -> Result<bool, Refusal> {
    let (part, property) = rule.name.split_once('-').unwrap_or((&rule.name, ""));
    let text: Option<&str> = match part {
        "header" => reading.header,
        "type" => reading.kind,
        "scope" => reading.scope,
        "subject" => reading.subject,
        "body" => reading.body.as_deref().filter(|text| !text.is_empty()),
        "footer" => reading.footer.as_deref().filter(|text| !text.is_empty()),
        _ => None,
    };
    let value = &rule.value;
    let asked = |holds: bool| holds != rule.never;
    Ok(match (part, property) {
        ("header", "trim") => !text.is_some_and(super::letter_case::is_padded),
        ("subject", "full-stop") => asked_full_stop(reading.header, value, rule.never),
        ("header", "full-stop") => asked(text.is_some_and(|text| ends_with_stop(text, value))),
        ("body", "full-stop") => text.is_none_or(|text| asked(ends_with_stop(text, value))),
        ("subject", "exclamation-mark") => {
            reading.header.is_none_or(|header| asked(header_parts(header, true).is_some()))
        }
        ("breaking", "change-exclamation-mark") => {
            let marked = reading.header.is_some_and(|header| header_parts(header, true).is_some());
            let footer = reading.footer.as_deref().unwrap_or_default();
            let noted = footer
                .split(LINE_ENDS)
                .any(|line| line.starts_with("BREAKING CHANGE:") || line.starts_with("BREAKING-CHANGE:"));
            (reading.header.is_none() && footer.is_empty()) || asked(marked == noted)
        }
        ("references", "empty") => asked(!reading.refers),
        ("signed", "off-by") => asked(last_line(reading.raw).is_some_and(|line| line.starts_with(text_of(value)))),
        ("trailer", "exists") => asked(trailers(reading.raw).any(|line| line.starts_with(text_of(value)))),
        (_, "empty") if PARTS.contains(&part) => asked(text.is_none()),
        ("header", "case") if !text.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_alphabetic())) => true,
        ("subject", "case") if !text.is_some_and(begins_with_cased_letter) => true,
        ("scope", "case") => text.map_or(Ok(true), |scope| scope_case(scope, value).map(asked))?,
        (_, "case") if PARTS.contains(&part) || part == "header" => {
            text.map_or(Ok(true), |text| in_a_case(value, |case| case.fits(text)).map(asked))?
        }
        ("scope", "enum") => text.is_none_or(|scope| scope_enum(scope, value, rule.never)),
        ("type", "enum") => text.is_none_or(|kind| asked(listed(value, kind))),
        ("scope", "delimiter-style") => text.is_none_or(|scope| asked(delimited(scope, value))),
        // The header's length is judged even where there is no header, and then none is right.
        ("header", "max-length") => text.is_some_and(|text| within(length(text), value)),
        ("header", "min-length") => text.is_some_and(|text| reaches(length(text), value)),
        (_, "max-length") if PARTS.contains(&part) => text.is_none_or(|text| within(length(text), value)),
        (_, "min-length") if PARTS.contains(&part) => text.is_none_or(|text| reaches(length(text), value)),
        ("body" | "footer", "max-line-length") => {
            text.is_none_or(|text| lines(text).all(|line| within(length(line), value) || has_any_address(line)))
        }
        ("body", "leading-blank") => text.is_none_or(|_| asked(lines(reading.raw).nth(1) == Some(""))),
        ("footer", "leading-blank") => text.is_none_or(|footer| asked(follows_blank(reading.raw, footer))),
        _ => return Err(Refusal::UnknownRule(rule.name.clone())),
    })
}

/// The parts whose rules are alike.
const PARTS: [&str; 5] = ["type", "scope", "subject", "body", "footer"];

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[allow(clippy::cast_precision_loss)] // Lengths are far below 2^52.
fn within(length: usize, value: &Value) -> bool {
    length as f64 <= value.as_f64().unwrap_or(0.0)
}

#[allow(clippy::cast_precision_loss)] // Lengths are far below 2^52.
fn reaches(length: usize, value: &Value) -> bool {
    length as f64 >= value.as_f64().unwrap_or(0.0)
}

fn listed(value: &Value, wanted: &str) -> bool {
    value.as_array().is_some_and(|values| values.iter().any(|value| value.as_str() == Some(wanted)))
}

/// Whether the text's last unit is the value, `.` where there is none.
fn ends_with_stop(text: &str, value: &Value) -> bool {
    let stop = value.as_str().unwrap_or(".");
    let mut chars = stop.chars();
    matches!((chars.next(), chars.next()), (Some(stop), None) if last_unit(text) == Some(stop))
}

/// `subject-full-stop` looks at the header: one that ends with its first colon has no subject, and an ellipsis is none.
fn asked_full_stop(header: Option<&str>, value: &Value, never: bool) -> bool {
    let text = header.unwrap_or_default();
    if text.find(':').is_some_and(|at| at > 0 && at == text.len() - 1) {
        return true;
    }
    let stops = ends_with_stop(text, value) && !text.ends_with("...");
    stops != never
}

/// Whether one of the cases that a value lists fits.
fn in_a_case(value: &Value, fits: impl Fn(Case) -> bool) -> Result<bool, Refusal> {
    let one = std::slice::from_ref(value);
    let checks = value.as_array().map_or(if value.is_null() { &[] } else { one }, Vec::as_slice);
    let mut any = false;
    for check in checks {
        let (never, name) = match check {
            Value::Object(check) => (
                check.get("when").and_then(Value::as_str) == Some("never"),
                check.get("case").map_or("lowercase", text_of),
            ),
            other => (false, text_of(other)),
        };
        let case = Case::named(name).ok_or_else(|| Refusal::UnknownCase(name.to_owned()))?;
        any = any || fits(case) != never;
    }
    Ok(any)
}

/// The delimiters of scopes, as a rule's value gives them or by default.
fn delimiters(value: &Value) -> Vec<&str> {
    let given: Vec<&str> =
        value.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    if given.is_empty() { vec!["/", "\\", ","] } else { given }
}

/// The scopes between the delimiters; a comma takes one space with it.
fn scopes<'a>(scope: &'a str, delimiters: &[&str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = scope.get(at..).filter(|rest| !rest.is_empty()) {
        let found = delimiters.iter().find_map(|delimiter| match *delimiter {
            "" => None,
            "," => rest.strip_prefix(',').map(|rest| rest.strip_prefix(' ').unwrap_or(rest).len()),
            other => rest.strip_prefix(other).map(str::len),
        });
        if let Some(left) = found {
            out.push(scope.get(start..at).unwrap_or_default());
            at = scope.len() - left;
            start = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    out.push(scope.get(start..).unwrap_or_default());
    out
}

fn scope_case(scope: &str, value: &Value) -> Result<bool, Refusal> {
    let (cases, given) = match value {
        Value::Object(config) => (config.get("cases").unwrap_or(&Value::Null), config.get("delimiters")),
        other => (other, None),
    };
    let parts = scopes(scope, &delimiters(given.unwrap_or(&Value::Null)));
    in_a_case(cases, |case| parts.iter().all(|part| case.fits(part)))
}

fn scope_enum(scope: &str, value: &Value, never: bool) -> bool {
    let (allowed, given) = match value {
        Value::Object(config) => (config.get("scopes").unwrap_or(&Value::Null), config.get("delimiters")),
        other => (other, None),
    };
    if allowed.as_array().is_none_or(Vec::is_empty) {
        return true;
    }
    let parts = scopes(scope, &delimiters(given.unwrap_or(&Value::Null)));
    if never {
        !parts.iter().any(|part| listed(allowed, part)) && !listed(allowed, scope)
    } else {
        parts.iter().all(|part| listed(allowed, part)) || listed(allowed, scope)
    }
}

/// Whether everything between the scope's words is an allowed delimiter.
fn delimited(scope: &str, value: &Value) -> bool {
    let allowed = delimiters(value);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    scope.split(plain).filter(|delimiter| !delimiter.is_empty()).all(|delimiter| {
        let delimiter = if trim(delimiter) == "," { "," } else { delimiter };
        allowed.contains(&delimiter)
    })
}

/// `\bhttps?:\/\/\S+`: a line with an address in it may be as long as it likes.
fn has_any_address(line: &str) -> bool {
    addresses(line).any(|rest| rest.starts_with(|c| !is_space(c)))
}

/// Whether the line before the footer's first is empty. The line is looked for by its text, from the message's top;
/// where it stands first or is not found, JavaScript's `slice` counts from the end.
fn follows_blank(raw: &str, footer: &str) -> bool {
    let first = lines(footer).next().unwrap_or_default();
    let mut before = None;
    for line in lines(raw) {
        if line == first {
            return before.or_else(|| lines(raw).last()).is_some_and(str::is_empty);
        }
        before = Some(line);
    }
    let mut last = [None, None];
    for line in lines(raw) {
        last = [last[1], Some(line)];
    }
    last[0].or(last[1]) == Some("")
}

/// The last line that is neither empty, a comment nor the mark of a cherry-pick.
fn last_line(raw: &str) -> Option<&str> {
    let is_pick = |line: &str| {
        let text = trim(line);
        let hash = strip_ignoring_case(text, "(cherry picked from commit ").and_then(|rest| rest.strip_suffix(')'));
        hash.is_some_and(|hash| (7..=64).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    lines(raw).filter(|line| !line.is_empty() && !line.starts_with('#') && !is_pick(line)).last()
}

/// The trailers as `git interpret-trailers --parse` finds them in plain messages: the last paragraph, where its lines
/// are `token: value`, beside the first one.
fn trailers(raw: &str) -> impl Iterator<Item = &str> {
    let text = raw.trim_end();
    let start = text.rfind("\n\n").map_or(text.len(), |at| at + 2);
    let block: Vec<&str> = lines(text.get(start..).unwrap_or_default()).collect();
    let is_trailer = |line: &&str| {
        line.split_once(':').is_some_and(|(token, _)| {
            !token.trim_end().is_empty()
                && token.trim_end().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    let folded = |line: &&str| line.starts_with([' ', '\t']);
    let known = block
        .iter()
        .filter(|line| line.starts_with("Signed-off-by: ") || line.starts_with("(cherry picked from commit "))
        .count();
    let good = block.iter().filter(|line| is_trailer(line)).count();
    let bad = block.iter().filter(|line| !is_trailer(line) && !folded(line)).count();
    let counts = (bad == 0 && good > 0) || (known > 0 && good * 3 >= bad);
    block.into_iter().filter(move |line| counts && is_trailer(line))
}

/// The names of what a rule finds twice are said once.
#[must_use]
pub fn names(broken: &[Broken], level: Level) -> Vec<&str> {
    let mut seen = HashSet::new();
    broken.iter().filter(|rule| rule.level == level && seen.insert(&rule.name)).map(|rule| rule.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        let broken = lint(message, &config_conventional(), true).unwrap();
        assert_eq!(broken.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), expected, "{message:?}");
    }

    #[track_caller]
    fn check_rule(name: &str, config: &Value, message: &str, expected: bool) {
        let rule = configured(name, config).unwrap().unwrap();
        assert_eq!(holds(&read(message).unwrap(), &rule), Ok(expected), "{name} {config} {message:?}");
    }

    #[test]
    fn config_conventional_is_commitlints() {
        check("feat: add login", &[]);
        check("Feat: add login", &["type-case", "type-enum"]);
        check("feat: Add login", &["subject-case"]);
        check("feat: add.", &["subject-full-stop"]);
        check("add login", &["subject-empty", "type-empty"]);
        check("feat: x\nbody", &["body-leading-blank"]);
        check("feat: x\n\nbody\nCloses: #1", &["footer-leading-blank"]);
        check(&format!("feat: {}", "x".repeat(95)), &["header-max-length"]);
        check(&format!("feat: x\n\n{}", "x".repeat(101)), &["body-max-line-length"]);
        check(&format!("feat: x\n\nsee https://e.org/{}", "x".repeat(101)), &[]);
    }

    #[test]
    fn merges_reverts_and_versions_are_left_alone() {
        for message in [
            "Merge branch 'x'",
            "Merge pull request #1 from x",
            "Merge a into b",
            "Revert \"x\"",
            "fixup! x",
            "v1.2.3",
            "chore(release): 1.2.3 [skip ci]",
            "Merged in x (pull request #1)",
            "Merged PR 1: x",
            "Auto-merged a into b",
            "text\nMerge tag 'v1'",
        ] {
            assert!(is_ignored(message), "{message:?}");
        }
        for message in ["Merge", "merge branch x", "Reverts x", "v1.2", "chore(release) 1.2.3", "squash x", "Merged x"]
        {
            assert!(!is_ignored(message), "{message:?}");
        }
    }

    #[test]
    fn blank_messages_are_refused_and_empty_ones_pass() {
        assert_eq!(lint("  \n", &config_conventional(), true), Err(Refusal::Blank));
        assert_eq!(lint("", &config_conventional(), true), Ok(Vec::new()));
    }

    #[test]
    fn every_rule_can_be_configured() {
        check_rule("scope-enum", &json!([2, "always", ["a", "b"]]), "feat(a,b): x", true);
        check_rule("scope-enum", &json!([2, "always", ["a", "b"]]), "feat(a/c): x", false);
        check_rule("scope-case", &json!([2, "always", "kebab-case"]), "feat(a-b/c-d): x", true);
        check_rule("scope-case", &json!([2, "always", "kebab-case"]), "feat(aB): x", false);
        check_rule("scope-empty", &json!([2, "never"]), "feat: x", false);
        check_rule("scope-delimiter-style", &json!([2, "always", ["/"]]), "feat(a,b): x", false);
        check_rule("references-empty", &json!([2, "never"]), "feat: x\n\nCloses #1", true);
        check_rule("references-empty", &json!([2, "never"]), "feat: x\n\nsee http://e.org/#1", false);
        check_rule(
            "signed-off-by",
            &json!([2, "always", "Signed-off-by:"]),
            "feat: x\n\nSigned-off-by: A <a@b.c>\n",
            true,
        );
        check_rule(
            "trailer-exists",
            &json!([2, "always", "Signed-off-by:"]),
            "feat: x\n\nSigned-off-by: A <a@b.c>",
            true,
        );
        check_rule("subject-exclamation-mark", &json!([2, "never"]), "feat!: x", false);
        check_rule("breaking-change-exclamation-mark", &json!([2, "always"]), "feat!: x", false);
        check_rule("header-full-stop", &json!([2, "never", "."]), "feat: x.", false);
        check_rule("body-empty", &json!([2, "never"]), "feat: x", false);
        check_rule("type-max-length", &json!([2, "always", 3]), "feat: x", false);
        for name in RULES {
            let rule = Rule { name: name.to_owned(), level: Level::Error, never: false, value: Value::Null };
            assert!(holds(&read("feat(a): b\n\nc\n\nd: e").unwrap(), &rule).is_ok(), "{name}");
        }
        assert!(matches!(configured("no-such", &json!([2, "always"])), Err(Refusal::UnknownRule(_))));
        assert!(matches!(configured("type-enum", &json!("x")), Err(Refusal::MalformedRule(_))));
    }

    #[test]
    fn long_messages_take_linear_time() {
        for piece in ["a: #1 ", "close ", "(", ")", "`'\"", "aB", "https://", "[skip ", "\n\n", "#", "Aa ", "éА"] {
            let text = format!("feat: x\n\n{}", piece.repeat(500_000 / piece.len()));
            let _ = lint(&text, &config_conventional(), true);
            let _ = lint(&format!("feat({}", piece.repeat(500_000 / piece.len())), &config_conventional(), true);
        }
    }
}

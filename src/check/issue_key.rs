//! An issue's key where a tool mis-reads it: in the place of the type, between type and colon, or a word behind a number
//! sign that becomes a link to an issue that is none.

use super::message::is_type;
use super::not_conventional::{corrected, scope_and_mark};
use super::{Case, Check, Finding, Severity};
use crate::bump::Bump;
use crate::message::{Span, subject};
use crate::reading::header;
use crate::text::Text;
use crate::tool::Tool;

pub struct IssueKey;

/// What people put between a key and what follows.
const SEPARATORS: &[char] = &[' ', ':', '-', '–', '—', '|', '/', ','];
/// How many keys, and how many words, are looked at.
const LOOKED_AT: usize = 20;

/// The key that a text begins with, and what follows it: Jira's `ABC-1`, an issue's `#12`, Azure's `AB#12`, bare or in
/// brackets.
fn key(text: &str) -> Option<(&str, &str)> {
    let close = match text.bytes().next()? {
        b'[' => "]",
        b'(' => ")",
        _ => "",
    };
    let inside = text.get(close.len()..)?;
    let name = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let mark = inside.as_bytes().get(name)?;
    let number = inside.get(name + 1..)?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let named = name > 1 && inside.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = digits > 0 && (*mark == b'#' && (name == 0 || named) || *mark == b'-' && named);
    let rest = number.get(digits..)?.strip_prefix(close).filter(|_| fits)?;
    // `v1-2-3` and `UTF-8x` are other things.
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    ends.then(|| (inside.get(..name + 1 + digits).unwrap_or_default(), rest))
}

/// The place of a key that hides the type, and the title with the keys at its end, where a header is left.
pub(super) fn misplaced(title: &str) -> Option<(Span, Option<String>)> {
    let mut rest = title.trim_start();
    let mut keys: Vec<&str> = Vec::new();
    let place = |found: &str| {
        let start = title.find(found).unwrap_or_default();
        Span::new(start, start + found.len())
    };
    let with = |header: String, keys: &[&str]| {
        let keys: Vec<&str> = keys.iter().copied().filter(|key| !header.contains(*key)).collect();
        if keys.is_empty() { header } else { format!("{header} ({})", keys.join(", ")) }
    };
    while let Some((found, after)) = key(rest).filter(|_| keys.len() < LOOKED_AT) {
        keys.push(found);
        rest = after.trim_start_matches(SEPARATORS);
    }
    if let Some(first) = keys.first() {
        let typed = header::read(rest).is_some_and(|header| is_type(header.kind.of(rest)));
        return match if typed { Some(rest.to_owned()) } else { corrected(rest) } {
            Some(header) => Some((place(first), Some(with(header, &keys)))),
            // A key in capitals stands for the type to whoever reads headers.
            None => header::read(title)
                .filter(|header| header.kind.of(title) == *first && !first.contains(|c: char| c.is_ascii_lowercase()))
                .map(|_| (place(first), None)),
        };
    }
    // `feat ABC-1: x`, `feat(api) [ABC-1]: x`, `fix/ABC-1: x`.
    let word = rest.find(|c: char| !c.is_alphanumeric())?;
    let (_, _, after) = scope_and_mark(rest.get(word..)?);
    let head = rest.len() - after.len();
    let (found, after) = key(after.trim_start_matches([' ', '/', '-']))?;
    let header = format!("{}{}", rest.get(..head)?.trim_end(), after.trim_start());
    let header = if header::read(&header).is_some_and(|parts| is_type(parts.kind.of(&header))) {
        header
    } else {
        corrected(&header)?
    };
    Some((place(found), Some(with(header, &[found]))))
}

/// The first word behind a number sign that the tool's entry calls an issue; numbers are issues mostly.
#[cfg(feature = "more")]
fn word(case: &Case<'_>) -> Option<Span> {
    let entries: Vec<&str> = case
        .plan
        .iter()
        .flat_map(|plan| &plan.releases)
        .filter_map(|release| release.entry.as_ref().map(|entry| entry.markdown.as_str()))
        .collect();
    let message = case.squash.text.as_str();
    let words = message.match_indices('#').filter_map(|(at, _)| {
        let word = message.get(at + 1..)?;
        let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(word.len());
        word.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| Span::new(at, at + 1 + end))
    });
    let linked = |span: &Span| {
        let link = format!("[{}]", span.of(message));
        entries.iter().any(|entry| entry.contains(&link))
    };
    words.take(LOOKED_AT).filter(|_| !entries.is_empty()).find(linked)
}

impl Check for IssueKey {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        #[cfg(feature = "more")]
        if let (Some(span), Some(tool)) = (word(case), case.tool) {
            let text = Text::new("check_issue_word", [tool.name(), span.of(&case.squash.text)]);
            let place = case.place(span);
            found.push(Finding { id: "issue-word", severity: Severity::Info, text, place, fix: Vec::new() });
        }
        let line = case.subject();
        let Some((span, better)) = misplaced(line) else { return found };
        let Some(name) = case.tool.map(Tool::name).or_else(|| case.keeps_convention().then_some("")) else {
            return found;
        };
        let (read, meant) = (case.bump_of(line), better.as_deref().and_then(|better| case.bump_of(better)));
        // Some tools look for the type anywhere.
        if read == meant && meant > Some(Bump::None) {
            return found;
        }
        let severity = match case.tool {
            None => Severity::Info,
            Some(_) if read < meant => Severity::Error,
            Some(_) => Severity::Warning,
        };
        let text = match name {
            "" => Text::new("check_issue_key_history", [span.of(line)]),
            name => Text::new("check_issue_key", [span.of(line), name]),
        };
        let place = case.subject_place(span);
        let written = place.as_ref().map(|place| subject(&place.text));
        let fixed = written.and_then(misplaced).and_then(|(_, better)| better);
        let fix = fixed.map(|fixed| case.subject_fix(&fixed)).unwrap_or_default();
        found.push(Finding { id: "issue-key", severity, text, place, fix });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: &str) {
        let found = misplaced(title);
        let found = found.as_ref().map(|(span, better)| (span.of(title), better.as_deref().unwrap_or("nothing")));
        let expected = expected.split_once(" | ");
        assert_eq!(found, expected, "{title}");
    }

    #[test]
    fn keys_go_to_the_end() {
        check("[ABC-1] feat: x", "ABC-1 | feat: x (ABC-1)");
        check("ABC-1: feat: x", "ABC-1 | feat: x (ABC-1)");
        check("ABC-1 feat: x", "ABC-1 | feat: x (ABC-1)");
        check("ABC-1 - Feat - x", "ABC-1 | feat: x (ABC-1)");
        check("ABC-1, ABC-2 | fix(api)!: x", "ABC-1 | fix(api)!: x (ABC-1, ABC-2)");
        check("abc-12/fix: x", "abc-12 | fix: x (abc-12)");
        check("#12 feat: x", "#12 | feat: x (#12)");
        check("(#12) feat: x", "#12 | feat: x (#12)");
        check("AB#12 feat: x", "AB#12 | feat: x (AB#12)");
        check("ABC-1: feat: x (ABC-1)", "ABC-1 | feat: x (ABC-1)");
        check("feat ABC-1: x", "ABC-1 | feat: x (ABC-1)");
        check("feat/ABC-1: x", "ABC-1 | feat: x (ABC-1)");
        check("fix #12: x", "#12 | fix: x (#12)");
        check("feat(api)[ABC-1]: x", "ABC-1 | feat(api): x (ABC-1)");
        check("feat(api) ABC-1 !: x", "ABC-1 | feat(api)!: x (ABC-1)");
        check("ABC-1: add x", "ABC-1 | nothing");
    }

    #[test]
    fn keys_that_do_no_harm_are_left() {
        for title in [
            "feat: x (ABC-1)",
            "feat: x [ABC-1]",
            "feat: x ABC-1",
            "feat(ABC-1): x",
            "feat: [ABC-1] x",
            "feat: x, closes #12",
            "feat: x (#12)",
            "ABC-1 add x",
            "ABC-1",
            "utf-8: decode",
            "v1-2-3: x",
            "fix: UTF-8: x",
            "",
        ] {
            check(title, "");
        }
    }
}

//! Characters that look right and are not: another language's punctuation, invisible ones.

use super::{Case, Check, Finding, Severity};
use crate::message::{Span, subject};
use crate::reading::header;
use crate::text::Text;

pub struct Punctuation;

/// What stands for a character of the header; nothing for an invisible one.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        '：' | '﹕' | '∶' | '︓' | 'ː' => ":",
        '！' | '﹗' => "!",
        '（' => "(",
        '）' => ")",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => " ",
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => "",
        _ => return None,
    })
}

/// The places of such characters in a header, and the header without them: up to and with the first colon and what
/// follows it at once, so that a description in any language stays as it is.
fn mend(title: &str) -> Option<(Span, String)> {
    let mut place: Option<Span> = None;
    let (mut mended, mut colon, mut started) = (String::with_capacity(title.len()), false, false);
    for (at, letter) in title.char_indices() {
        let instead = if started { None } else { plain(letter) };
        if let Some(instead) = instead {
            let span = place.get_or_insert(Span::new(at, at));
            span.end = at + letter.len_utf8();
            mended.push_str(instead);
            if colon || instead != ":" {
                continue;
            }
        } else {
            // The space that another language's colon does without.
            if colon && !started && letter != ' ' && !mended.ends_with(' ') {
                mended.push(' ');
            }
            started |= colon && letter != ' ';
            mended.push(letter);
        }
        colon |= letter == ':' || instead == Some(":");
    }
    Some((place?, mended))
}

/// The title that is conventional once such characters are replaced, of one that is not.
pub(super) fn hidden(title: &str) -> Option<(Span, String)> {
    mend(title).filter(|(_, mended)| header::read(mended).is_some() && header::read(title).is_none())
}

impl Check for Punctuation {
    fn check(&self, case: &Case<'_>) -> Vec<Finding> {
        let line = case.subject();
        let Some((span, _)) = hidden(line) else { return Vec::new() };
        if case.tool.is_none() && !case.keeps_convention() {
            return Vec::new();
        }
        let place = case.subject_place(span);
        let fixed = place.as_ref().and_then(|place| mend(subject(&place.text))).map(|(_, mended)| mended);
        let first = line.get(span.start..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        let code = format!("U+{:04X}", u32::from(first));
        vec![Finding {
            id: "punctuation",
            severity: if case.tool.is_some() { Severity::Error } else { Severity::Info },
            text: Text::new("check_punctuation", [&code]),
            place: case.subject_place(Span::new(span.start, span.start + first.len_utf8())),
            fix: fixed.map(|fixed| case.subject_fix(&fixed)).unwrap_or_default(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: Option<&str>) {
        assert_eq!(hidden(title).map(|(_, mended)| mended).as_deref(), expected, "{title:?}");
    }

    #[test]
    fn what_looks_right_is_mended() {
        check("feat：登录", Some("feat: 登录"));
        check("feat：add login", Some("feat: add login"));
        check("feat（api）：x", Some("feat(api): x"));
        check("feat！：x", Some("feat!: x"));
        check("\u{feff}feat: x", Some("feat: x"));
        check("feat:\u{a0}x", Some("feat: x"));
        check("fe\u{200b}at : x", None);
    }

    #[test]
    fn descriptions_are_their_authors() {
        check("feat: 修复：登录", None);
        check("feat: a\u{a0}b", None);
        check("说明：登录", Some("说明: 登录"));
        check("Update README", None);
    }
}

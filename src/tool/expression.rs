//! Regular expressions of the configurations of git-cliff and release-plz, most of which are a few letters at a line's
//! start: `^feat`, `^chore\(deps.*\)`, `\(#([0-9]+)\)`. Those are matched by hand; all others by the engine, which is asked
//! for the rare text, too, where a letter beyond ASCII could belong to a class.
//!
//! What is matched by hand is an expression of which every place has one way on: what repeats cannot be what follows it.
//! Then the one way is the engine's (leftmost, first), whichever way it looks for it. Nothing is compiled before it is
//! needed.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

#[cfg(feature = "templates")]
pub use regex::Regex as Engine;
#[cfg(not(feature = "templates"))]
pub use regex_lite::Regex as Engine;

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Regex {
    source: Arc<str>,
    simple: Option<Arc<Simple>>,
    /// `None` within cannot be: what is simple can be compiled.
    engine: OnceLock<Option<Engine>>,
}

/// How many letters may be looked at for each one of the text before the engine is asked.
const PATIENCE: usize = 4;

impl Regex {
    /// An expression; `None` where the engine cannot compile it.
    #[must_use]
    pub fn new(source: &str) -> Option<Self> {
        let (simple, engine) = match Simple::parse(source) {
            Some(simple) => (Some(Arc::new(simple)), OnceLock::new()),
            None => (None, OnceLock::from(Some(Engine::new(source).ok()?))),
        };
        Some(Self { source: source.into(), simple, engine })
    }

    /// The engine's own expression.
    #[must_use]
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.get_or_init(|| Engine::new(&self.source).ok()).as_ref()
    }

    /// Whether it is found in a text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let by_hand = self.simple.as_ref().and_then(|simple| simple.is_match(text));
        by_hand.unwrap_or_else(|| self.engine().is_some_and(|engine| engine.is_match(text)))
    }

    /// Whether what it finds is sure to be found again, whole, where it stands alone. What is found first is a way through
    /// the expression, and an earlier one that fits the same letters would have been found instead, unless it looks at what
    /// stands around them: at the text's start, or at a word's.
    #[must_use]
    pub fn finds_itself(&self) -> bool {
        if let Some(simple) = &self.simple {
            let mut starts = simple.alternatives.iter().map(|way| way.at_start);
            let first = starts.next();
            return starts.all(|other| Some(other) == first);
        }
        let rest = self.source.strip_prefix('^').filter(|rest| !rest.contains('|')).unwrap_or(&self.source);
        !rest.contains('^') && !["\\b", "\\B", "\\A", "\\z", "\\<", "\\>"].iter().any(|look| rest.contains(look))
    }

    /// The text with every match replaced.
    #[must_use]
    pub fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        let by_hand = self.simple.as_ref().and_then(|simple| simple.replace_all(text, with));
        by_hand.unwrap_or_else(|| self.engine().map_or(Cow::Borrowed(text), |engine| engine.replace_all(text, with)))
    }
}

/// Letters beyond ASCII that a class takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beyond {
    None,
    All,
    One(char),
    /// The engine knows.
    Asked,
}

/// Letters that may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Class {
    ascii: u128,
    beyond: Beyond,
}

impl Class {
    const EMPTY: Self = Self { ascii: 0, beyond: Beyond::None };
    /// `.`
    const ANY: Self = Self { ascii: !(1 << b'\n'), beyond: Beyond::All };

    fn of(letter: char) -> Self {
        match u8::try_from(letter).ok().filter(u8::is_ascii) {
            Some(byte) => Self { ascii: 1 << byte, beyond: Beyond::None },
            None => Self { ascii: 0, beyond: Beyond::One(letter) },
        }
    }

    fn those(is: impl Fn(u8) -> bool) -> Self {
        let ascii = (0..128_u8).filter(|byte| is(*byte)).fold(0, |all, byte| all | (1 << byte));
        Self { ascii, beyond: Beyond::Asked }
    }

    fn and(self, other: Self) -> Self {
        let beyond = match (self.beyond, other.beyond) {
            (one, Beyond::None) => one,
            (Beyond::None, other) => other,
            (one, other) if one == other => one,
            _ => Beyond::Asked,
        };
        Self { ascii: self.ascii | other.ascii, beyond }
    }

    /// Whether a letter that is taken for one of this class could be one of the other.
    fn meets(self, other: Self) -> bool {
        let beyond = match (self.beyond, other.beyond) {
            // What the engine is asked about is not taken.
            (Beyond::None | Beyond::Asked, _) | (_, Beyond::None) => false,
            (Beyond::One(one), Beyond::One(other)) => one == other,
            _ => true,
        };
        beyond || self.ascii & other.ascii != 0
    }
}

/// What may stand in a place.
#[derive(Clone, Debug)]
enum Node {
    Class(Class),
    /// What stands in parentheses, with the number of what it captures.
    Group(Option<usize>, Vec<Item>),
}

/// What may stand in a place, and how often.
#[derive(Clone, Debug)]
struct Item {
    node: Node,
    /// Whether it may be missing.
    missing: bool,
    /// Whether it may come again.
    again: bool,
}

/// What can come next: letters, or that nothing more is asked for.
#[derive(Clone, Copy, Debug)]
struct Next {
    class: Class,
    done: bool,
}

/// One of the ways between which `|` stands.
#[derive(Clone, Debug, Default)]
struct Way {
    at_start: bool,
    at_end: bool,
    items: Vec<Item>,
    /// The parts between `.*`, of which each has to come behind the last in the same line. They alone tell whether the
    /// way is found; `items` tell where.
    parts: Vec<Vec<Item>>,
}

/// An expression that is matched by hand.
#[derive(Clone, Debug)]
struct Simple {
    alternatives: Vec<Way>,
    /// How many groups capture; `None` where it is not told by hand what they do.
    groups: Option<usize>,
}

/// Where groups begin and end.
type Captured = Vec<Option<(usize, usize)>>;

/// The engine has to be asked.
struct Ask;

/// Looks at a text, not for ever.
struct Look<'t> {
    text: &'t str,
    left: usize,
}

impl<'t> Look<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, left: text.len().saturating_mul(PATIENCE).saturating_add(64) }
    }

    /// Where the letter at a place ends, if it is of the class.
    fn step(&mut self, class: Class, at: usize) -> Result<Option<usize>, Ask> {
        self.left = self.left.checked_sub(1).ok_or(Ask)?;
        let Some(&byte) = self.text.as_bytes().get(at) else { return Ok(None) };
        if byte.is_ascii() {
            return Ok((class.ascii >> byte & 1 == 1).then_some(at + 1));
        }
        let letter = || self.text.get(at..).and_then(|rest| rest.chars().next());
        match class.beyond {
            Beyond::None => Ok(None),
            Beyond::Asked => Err(Ask),
            Beyond::All => Ok(letter().map(|letter| at + letter.len_utf8())),
            Beyond::One(one) => Ok(letter().filter(|letter| *letter == one).map(|letter| at + letter.len_utf8())),
        }
    }

    /// Where the items end that begin at a place.
    fn items(&mut self, items: &[Item], mut at: usize, captured: &mut Captured) -> Result<Option<usize>, Ask> {
        for item in items {
            let mut first = true;
            loop {
                let optional = item.missing || !first;
                let end = match &item.node {
                    Node::Class(class) => self.step(*class, at)?,
                    Node::Group(number, inner) => {
                        if optional && self.step(next(inner, END).class, at)?.is_none() {
                            None
                        } else {
                            // Whoever sets out has no other way.
                            let Some(end) = self.items(inner, at, captured)? else { return Ok(None) };
                            if let Some(place) = number.and_then(|number| captured.get_mut(number)) {
                                *place = Some((at, end));
                            }
                            Some(end)
                        }
                    }
                };
                match end {
                    None if optional => break,
                    None => return Ok(None),
                    Some(end) => at = end,
                }
                first = false;
                if !item.again {
                    break;
                }
            }
        }
        Ok(Some(at))
    }

    /// The first place from one on, in its line where `line` says so, at which the items stand, and where they end.
    fn find(
        &mut self,
        items: &[Item],
        from: usize,
        line: bool,
        captured: &mut Captured,
    ) -> Result<Option<(usize, usize)>, Ask> {
        let first = match items.first() {
            Some(Item { node: Node::Class(class), missing: false, .. }) => sole(*class),
            _ => None,
        };
        let text = self.text;
        let rest = text.get(from..).unwrap_or_default();
        let end = if line { rest.find('\n').map_or(text.len(), |end| from + end) } else { text.len() };
        let mut at = from;
        loop {
            let rest = text.get(at..end).unwrap_or_default();
            if let Some(first) = first {
                let Some(found) = rest.find(first) else { return Ok(None) };
                at += found;
            }
            captured.fill(None);
            if let Some(end) = self.items(items, at, captured)? {
                return Ok(Some((at, end)));
            }
            let Some(letter) = text.get(at..end).and_then(|rest| rest.chars().next()) else { return Ok(None) };
            at += letter.len_utf8();
        }
    }
}

/// The only letter of a class.
fn sole(class: Class) -> Option<char> {
    match class.beyond {
        Beyond::None if class.ascii.is_power_of_two() => {
            u8::try_from(class.ascii.trailing_zeros()).ok().map(char::from)
        }
        Beyond::One(letter) if class.ascii == 0 => Some(letter),
        _ => None,
    }
}

/// Nothing more is asked for.
const END: Next = Next { class: Class::EMPTY, done: true };

/// What can come next where these items do, and what follows them.
fn next(items: &[Item], after: Next) -> Next {
    let mut class = Class::EMPTY;
    for item in items {
        let own = match &item.node {
            Node::Class(own) => Next { class: *own, done: false },
            Node::Group(_, inner) => next(inner, END),
        };
        class = class.and(own.class);
        if !item.missing && !own.done {
            return Next { class, done: false };
        }
    }
    Next { class: class.and(after.class), done: after.done }
}

/// Whether every place has one way on.
fn is_certain(items: &[Item], after: Next) -> bool {
    let Some((item, rest)) = items.split_first() else { return true };
    let after_item = next(rest, after);
    let certain = match &item.node {
        Node::Class(class) => !(item.missing || item.again) || !class.meets(after_item.class),
        Node::Group(_, inner) if !(item.missing || item.again) => is_certain(inner, after_item),
        Node::Group(_, inner) => {
            let own = next(inner, END);
            let again = if item.again { own.class } else { Class::EMPTY };
            let within = Next { class: after_item.class.and(again), done: after_item.done };
            // Where nothing more is asked for, one that set out in vain would have another way: to stay.
            !own.done && !after_item.done && !own.class.meets(after_item.class) && is_certain(inner, within)
        }
    };
    certain && is_certain(rest, after)
}

/// Whether an item is `.*`.
fn is_gap(item: &Item) -> bool {
    item.missing && item.again && matches!(item.node, Node::Class(class) if class == Class::ANY)
}

/// Reads an expression.
struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    groups: usize,
}

const MARKS: &str = "\\.+*?()|[]{}^$#&-~";

impl Reader<'_> {
    /// The class behind a backslash.
    fn escaped(&mut self) -> Option<Class> {
        Some(match self.rest.next()? {
            'd' => Class::those(|byte| byte.is_ascii_digit()),
            'w' => Class::those(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
            's' => Class::those(|byte| matches!(byte, b' ' | b'\t'..=b'\r')),
            mark if MARKS.contains(mark) => Class::of(mark),
            _ => return None,
        })
    }

    /// What stands in square brackets: letters and digits, ranges of them, and a few marks.
    fn listed(&mut self) -> Option<Class> {
        let not = self.rest.next_if_eq(&'^').is_some();
        let mut class = Class::EMPTY;
        loop {
            let letter = self.rest.next()?;
            let one = match letter {
                ']' if class != Class::EMPTY => break,
                '\\' => self.escaped()?,
                '(' | ')' | '/' | ':' | '#' | '_' | ' ' | '.' | '!' | ',' => Class::of(letter),
                start if start.is_ascii_alphanumeric() => {
                    let mut end = start;
                    if self.rest.next_if_eq(&'-').is_some() {
                        end = self.rest.next().filter(|end| end.is_ascii_alphanumeric() && *end >= start)?;
                    }
                    let ascii = Class::those(|byte| (start..=end).contains(&char::from(byte))).ascii;
                    Class { ascii, beyond: Beyond::None }
                }
                _ => return None,
            };
            class = class.and(one);
        }
        if !not {
            return Some(class);
        }
        let beyond = if class.beyond == Beyond::None { Beyond::All } else { Beyond::Asked };
        Some(Class { ascii: !class.ascii, beyond })
    }

    /// Items up to `|`, `)`, `$` or the end.
    fn items(&mut self, depth: usize) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        while let Some(letter) = self.rest.next_if(|next| !matches!(next, '|' | ')' | '$')) {
            let node = match letter {
                '\\' => Node::Class(self.escaped()?),
                '.' => Node::Class(Class::ANY),
                '[' => Node::Class(self.listed()?),
                '(' if depth < 4 => {
                    let number = if self.rest.next_if_eq(&'?').is_some() {
                        self.rest.next_if_eq(&':')?;
                        None
                    } else {
                        self.groups += 1;
                        Some(self.groups)
                    };
                    let inner = self.items(depth + 1)?;
                    self.rest.next_if_eq(&')')?;
                    Node::Group(number, inner)
                }
                '\n' | '\r' => return None,
                mark if "+*?()[]{}^".contains(mark) => return None,
                other => Node::Class(Class::of(other)),
            };
            let (missing, again) = match self.rest.peek() {
                Some('?') => (true, false),
                Some('*') => (true, true),
                Some('+') => (false, true),
                _ => (false, false),
            };
            if missing || again {
                self.rest.next();
                if self.rest.peek().is_some_and(|next| matches!(next, '?' | '+' | '*' | '{')) {
                    return None;
                }
            }
            items.push(Item { node, missing, again });
        }
        Some(items)
    }

    fn way(&mut self) -> Option<Way> {
        let at_start = self.rest.next_if_eq(&'^').is_some();
        let items = self.items(0)?;
        let at_end = self.rest.next_if_eq(&'$').is_some();
        let mut parts: Vec<Vec<Item>> = items.split(is_gap).map(<[Item]>::to_vec).collect();
        if !at_end && parts.len() > 1 {
            // Whatever comes last is found where nothing is.
            parts.pop_if(|last| last.is_empty());
        }
        if !at_start && parts.len() > 1 && parts.first().is_some_and(Vec::is_empty) {
            parts.remove(0);
        }
        let after = Next { class: Class::EMPTY, done: !at_end };
        let fixed = |part: &Vec<Item>| {
            part.iter().all(|item| !item.missing && !item.again && matches!(item.node, Node::Class(_)))
        };
        // What goes on in the next line may find there what this line lacks.
        let stays = |part: &Vec<Item>| {
            part.iter().all(|item| matches!(item.node, Node::Class(class) if class.ascii >> b'\n' & 1 == 0))
        };
        let told = match parts.as_slice() {
            [alone] => is_certain(alone, after),
            [firsts @ .., last] => !at_end && firsts.iter().all(|part| fixed(part) && stays(part)) && fixed(last),
            [] => false,
        };
        told.then_some(Way { at_start, at_end, items, parts })
    }
}

impl Simple {
    fn parse(source: &str) -> Option<Self> {
        let mut reader = Reader { rest: source.chars().peekable(), groups: 0 };
        let mut alternatives = vec![reader.way()?];
        while reader.rest.next_if_eq(&'|').is_some() {
            alternatives.push(reader.way()?);
        }
        if reader.rest.next().is_some() {
            return None;
        }
        let groups = match alternatives.as_slice() {
            [Way { at_start: false, at_end: false, items, .. }] => {
                let captures = is_certain(items, END) && !next(items, END).done;
                captures.then_some(reader.groups)
            }
            _ => None,
        };
        Some(Self { alternatives, groups })
    }

    /// `None` where the engine has to be asked.
    fn is_match(&self, text: &str) -> Option<bool> {
        let mut look = Look::new(text);
        for way in &self.alternatives {
            if way.is_match(&mut look).ok()? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// `None` where the engine has to be asked.
    fn replace_all<'t>(&self, text: &'t str, with: &str) -> Option<Cow<'t, str>> {
        let groups = self.groups?;
        let [way] = self.alternatives.as_slice() else { return None };
        let mut look = Look::new(text);
        let mut captured: Captured = vec![None; groups + 1];
        let (mut replaced, mut copied) = (String::new(), 0);
        while let Some((start, end)) = look.find(&way.items, copied, false, &mut captured).ok()? {
            if let Some(whole) = captured.first_mut() {
                *whole = Some((start, end));
            }
            replaced.push_str(text.get(copied..start)?);
            expand(with, text, &captured, &mut replaced)?;
            copied = end;
        }
        if copied == 0 {
            return Some(Cow::Borrowed(text));
        }
        replaced.push_str(text.get(copied..)?);
        Some(Cow::Owned(replaced))
    }
}

impl Way {
    fn is_match(&self, look: &mut Look<'_>) -> Result<bool, Ask> {
        let mut nothing = Captured::new();
        let Some((first, others)) = self.parts.split_first() else { return Ok(false) };
        if self.at_end {
            // There is one part only; each of its places may be the one that ends where the text does.
            let length = look.text.len();
            let mut from = 0;
            loop {
                if self.at_start {
                    return Ok(look.items(first, 0, &mut nothing)? == Some(length));
                }
                let Some((start, end)) = look.find(first, from, false, &mut nothing)? else { return Ok(false) };
                if end == length {
                    return Ok(true);
                }
                let letter = look.text.get(start..).and_then(|rest| rest.chars().next());
                let Some(letter) = letter else { return Ok(false) };
                from = start + letter.len_utf8();
            }
        }
        let mut from = 0;
        loop {
            let found = if self.at_start {
                look.items(first, 0, &mut nothing)?.map(|end| (0, end))
            } else {
                look.find(first, from, false, &mut nothing)?
            };
            let Some((_, mut end)) = found else { return Ok(false) };
            let mut missing = false;
            for part in others {
                match look.find(part, end, true, &mut nothing)? {
                    Some((_, after)) => end = after,
                    None => missing = true,
                }
                if missing {
                    break;
                }
            }
            if !missing {
                return Ok(true);
            }
            // No later place in this line does better.
            let rest = look.text.get(end..).unwrap_or_default();
            match rest.find('\n').filter(|_| !self.at_start) {
                Some(line) => from = end + line + 1,
                None => return Ok(false),
            }
        }
    }
}

/// What stands in for a match, with what its groups captured; `None` where that is spelled in other ways than `$1` and
/// `${1}`.
fn expand(with: &str, text: &str, captured: &Captured, into: &mut String) -> Option<()> {
    let mut rest = with;
    while let Some((before, after)) = rest.split_once('$') {
        into.push_str(before);
        let (number, after) = if let Some(inner) = after.strip_prefix('{') {
            inner.split_once('}')?
        } else {
            let end = after.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
            after.split_at_checked(end.unwrap_or(after.len()))?
        };
        if number.is_empty() || number.len() > 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let group = captured.get(number.parse::<usize>().ok()?).copied().flatten();
        into.push_str(group.and_then(|(start, end)| text.get(start..end)).unwrap_or_default());
        rest = after;
    }
    into.push_str(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing::thrown;

    const TEXTS: &[&str] = &[
        "",
        "feat: x",
        "feat(api)!: x (#12)",
        "Feat: x",
        "fix: x (closes #12) and (#13)\n\n(#14) (#) (x #15) (a b #16)",
        "chore(deps): bump x\n\n(deps-dev)",
        "chore(deps\n)",
        "chore(release): prepare for 1.2.3",
        "ci: x\nfeat",
        "x security y",
        "x\nsecurity",
        "🎉 feat: x",
        "é(é #1) (été #2) (#3)",
        "(#1)(#2)(#3",
        "((#1))",
        "Merge pull request #1 from a/b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "ab12cd-3 ab",
        "abab abc ababc",
        "v1.2.3",
        "v1.2.3-rc.1",
        "x\n",
        "a\r\nb",
        "wip",
        "wip: wip",
        "abad, abd",
        "\u{a0}x\u{2028}y",
    ];

    #[track_caller]
    fn check(source: &str, by_hand: bool, replaced: bool) {
        let engine = Engine::new(source).unwrap();
        let regex = Regex::new(source).unwrap();
        assert_eq!(regex.simple.is_some(), by_hand, "{source}");
        assert_eq!(regex.simple.as_ref().is_some_and(|simple| simple.groups.is_some()), replaced, "{source}");
        for text in TEXTS {
            assert_eq!(regex.is_match(text), engine.is_match(text), "{source} {text:?}");
            for with in ["", "x", "(#${1})", "$1$2", "[$0]($2)", "$$", "$1a", "${a}"] {
                assert_eq!(regex.replace_all(text, with), engine.replace_all(text, with), "{source} {text:?} {with}");
                for found in engine.find_iter(text).filter(|_| regex.finds_itself()) {
                    let alone = engine.replace(found.as_str(), "name");
                    assert_eq!(alone, "name", "{source} {text:?}");
                }
            }
        }
    }

    #[test]
    fn by_hand_it_is_what_the_engine_finds() {
        for source in
            ["^feat", "^doc|^ci", "^chore\\(deps.*\\)", ".*", "^.*", "", "^", ".*security", "^wip$", "fix|feat"]
        {
            check(source, true, false);
        }
        for source in ["^.*: x", "^v[0-9].*", "^v[0-9]+\\.[0-9]+\\.[0-9]+$", "[0-9]$", "x$", "^(feat|fix)$|^x"] {
            check(source, !source.contains("(feat|"), false);
        }
        for source in ["a.*c", "a.*b.*c", "x.*\\)", "^a?b*", "(ab)*c|x", "^x.*", "x.*$", "^.*x$", ".*x$"] {
            check(source, !matches!(source, "x.*$" | "^.*x$"), false);
        }
        for source in
            ["\\((\\w+\\s)?#([0-9]+)\\)", "\\(#([0-9]+)\\)", "#(\\d+)", "(ab)+c", "(?:ab)?c", "[^)]+\\)", "🎉 "]
        {
            check(source, true, true);
        }
        for source in ["feat", "a+b", "(a)(b)?d", "a[a-c]", "é", "(\\w+) ", "security.*", "[a-z]+[0-9]+", "x", "\\(a"]
        {
            check(source, true, true);
        }
    }

    /// Expressions and texts thrown together: whatever is matched by hand is what the engine finds.
    #[test]
    fn thrown_together_it_is_what_the_engine_finds() {
        const PARTS: [&str; 32] = [
            "a", "b", "a", "b", "c", "é", "#", "\\(", "\\)", ".", ".*", ".+", "a*", "b+", "c?", "(a)", "(b", ")",
            "(?:a", ")?", ")+", ")*", "[ab]", "[^a]", "[^)]*", "\\d+", "\\w", "\\s", "|", "^", "$", "|^",
        ];
        const LETTERS: [&str; 14] = ["a", "b", "c", "a", "b", "é", "ß", "(", ")", "#", "1", " ", "\n", "ab"];
        let mut next = thrown();
        let (mut by_hand, mut replaced) = (0, 0);
        for _ in 0..std::env::var("SQUASHCAST_EXPRESSIONS").map_or(1_500, |count| count.parse().unwrap()) {
            let source: String = (0..=next(7)).map(|_| PARTS[next(PARTS.len())]).collect();
            let Some(simple) = Simple::parse(&source) else { continue };
            let engine = Engine::new(&source).unwrap_or_else(|_| panic!("{source:?} cannot be compiled"));
            let regex = Regex::new(&source).unwrap();
            by_hand += 1;
            replaced += usize::from(simple.groups.is_some());
            for _ in 0..24 {
                let text: String = (0..next(12)).map(|_| LETTERS[next(LETTERS.len())]).collect();
                assert_eq!(regex.is_match(&text), engine.is_match(&text), "{source:?} {text:?}");
                let with = "<$0|$1|${2}>";
                assert_eq!(regex.replace_all(&text, with), engine.replace_all(&text, with), "{source:?} {text:?}");
                for found in engine.find_iter(&text).filter(|_| regex.finds_itself()) {
                    assert_eq!(engine.replace(found.as_str(), "name"), "name", "{source:?} {text:?}");
                }
            }
        }
        assert!(by_hand > 100 && replaced > 20, "{by_hand} by hand, {replaced} of them replaced");
    }

    #[test]
    fn a_part_that_goes_on_in_the_next_line_is_found_there() {
        for (source, text) in [
            ("[^x]c.*d", "acb\ncd"),
            ("a.*[^x]c.*d", "a ec b\nc d"),
            ("a\\s.*b", "a c\na\nb"),
            ("^a.*\\s.*b", "a c\nb"),
            (".*\\sb", "a\nb"),
        ] {
            let (regex, engine) = (Regex::new(source).unwrap(), Engine::new(source).unwrap());
            assert_eq!(regex.is_match(text), engine.is_match(text), "{source} {text:?}");
        }
    }

    #[test]
    fn what_has_several_ways_is_the_engines() {
        for source in [
            "(?i)feat",
            "^\\w+.*x$",
            "a*ab",
            "(ab)?",
            "\\bfeat",
            "a{2}",
            "a*?",
            "(a|b)c",
            "[[:alpha:]]",
            "\\p{L}",
            "(a*)*b",
        ] {
            check(source, false, false);
        }
        assert!(Regex::new("(").is_none() && Regex::new("a**(").is_none() && Regex::new("(?=x)").is_none());
    }
}

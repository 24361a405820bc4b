//! release-please's reading: `src/commit.ts` of release-please 17.11.2 over `@conventional-commits/parser` 0.4.1
//! (`lib/parser.js`, `lib/scanner.js`).
//!
//! ```text
//! message    = summary [newlines (footers | body [newlines footers])]      the text trimmed before
//! summary    = type ["(" scope ")"] ["!" | marker] separator ws* text
//! type       = 1*(any but parenthesis, ws, newline, "!", ":")
//! scope      = 1*(any but parenthesis, newline)
//! marker     = "BREAKING CHANGE" | "BREAKING-CHANGE"
//! separator  = ":" | " #"
//! body       = line *(newlines line)           up to the first line from which everything is footers
//! line       = [marker [":" ws*]] text
//! footers    = footer *(newlines footer)
//! footer     = token separator ws* text *(newlines ws+ text)
//! token      = "!" | marker | type ["(" scope ")"] ["!" | marker]
//! ws         = U+FEFF | TAB | VT | FF | SP | NBSP
//! ```
//!
//! Two traits of the parser decide what a message becomes. A scope that is opened and not closed on its line is not a
//! line that is no footer: it ends the whole reading, and the commit is dropped. And the parser asks at every line of
//! the body whether all that follows is footers; here that question is answered for all lines in one pass, because a
//! line's answer is that of the first line behind it that is no footer.

use std::borrow::Cow;

/// What release-please reads in one commit message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The commits, in the tool's order: those made of a message's footers come before the one of its header.
    pub commits: Vec<Commit<'a>>,
    /// Why parts of the message (the whole, where it has one part) are dropped; empty where nothing is.
    pub dropped: Vec<Complaint>,
}

/// One conventional commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit<'a> {
    /// `feat`, as written.
    pub kind: Cow<'a, str>,
    /// What follows the colon; may be empty.
    pub subject: Cow<'a, str>,
    /// What few commits have: every line of a message may be one, and a hundred thousand of them want much room.
    rest: Option<Box<Rest<'a>>>,
}

/// What few commits have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rest<'a> {
    scope: Option<Cow<'a, str>>,
    marked: bool,
    notes: Vec<Note>,
    references: Vec<Cow<'a, str>>,
}

/// A note of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says something about.
    pub kind: NoteKind,
    /// Its text, as the tool cuts it: one paragraph, or with a list behind it.
    pub text: String,
}

/// What a note says something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A breaking change.
    Breaking,
    /// A version asked for by a `Release-As` footer.
    ReleaseAs,
}

/// Why the parser gave a message up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Where, as a byte offset in the whole message; `None` where the part is put together from several places.
    pub at: Option<usize>,
    /// The line in the part read, from 1, blank lines before it not counted.
    pub line: usize,
    /// The column, from 1, in UTF-16 units.
    pub column: usize,
    /// What stands there.
    pub found: Found,
    /// What could have stood there.
    pub expected: Expected,
}

/// What a complaint stumbled on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The end of the text.
    End,
    /// A character.
    Char(char),
    /// `\r\n`.
    LineBreak,
}

/// What could have stood where a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A type: the message is empty or begins with a sign.
    Type,
    /// The colon, or what may still stand before it.
    Colon {
        /// A scope could still come.
        scope: bool,
        /// A `!` could still come.
        mark: bool,
    },
    /// The closing parenthesis of a scope.
    Closing,
}

impl Expected {
    /// The parser's own list of what it would have taken.
    #[must_use]
    pub fn list(self) -> &'static str {
        match self {
            Self::Type => "<type>",
            Self::Colon { scope: true, mark: true } => "(, !, :",
            Self::Colon { scope: true, mark: false } => "(, :",
            Self::Colon { scope: false, mark: true } => "!, :",
            Self::Colon { scope: false, mark: false } => ":",
            Self::Closing => ")",
        }
    }
}

impl std::fmt::Display for Complaint {
    /// The parser's own words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Error: unexpected token ")?;
        match self.found {
            Found::End => f.write_str("EOF")?,
            Found::Char(found) => write!(f, "'{found}'")?,
            Found::LineBreak => f.write_str("'\r\n'")?,
        }
        write!(f, " at {}:{}, valid tokens [{}]", self.line, self.column, self.expected.list())
    }
}

impl<'a> Commit<'a> {
    fn new(kind: &'a str, scope: Option<&'a str>, marked: bool, subject: &'a str) -> Self {
        let rest = (marked || scope.is_some())
            .then(|| Box::new(Rest { scope: scope.map(Cow::Borrowed), marked, ..Rest::default() }));
        Self { kind: Cow::Borrowed(kind), subject: Cow::Borrowed(subject), rest }
    }

    fn rest(&mut self) -> &mut Rest<'a> {
        self.rest.get_or_insert_default()
    }

    /// What stands in the parentheses; never empty.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.rest.as_ref()?.scope.as_deref()
    }

    /// Whether a `!` (or the words of a breaking change) stands before the colon.
    #[must_use]
    pub fn marked(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.marked)
    }

    /// Breaking changes and versions asked for, in the tool's order.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        self.rest.as_ref().map_or(&[], |rest| &rest.notes)
    }

    /// Issue numbers in footers such as `Closes #12`.
    #[must_use]
    pub fn references(&self) -> &[Cow<'a, str>] {
        self.rest.as_ref().map_or(&[], |rest| &rest.references)
    }

    /// Whether the tool counts it as breaking.
    #[must_use]
    pub fn breaking(&self) -> bool {
        self.notes().iter().any(|note| note.kind == NoteKind::Breaking)
    }

    /// The version a `Release-As` footer asks for.
    #[must_use]
    pub fn release_as(&self) -> Option<&str> {
        self.notes().iter().find(|note| note.kind == NoteKind::ReleaseAs).map(|note| note.text.as_str())
    }

    /// The header put together again: `feat(ui)!: text`.
    #[must_use]
    pub fn header(&self) -> String {
        let mut header = String::with_capacity(self.kind.len() + self.subject.len() + 8);
        header.push_str(&self.kind);
        if let Some(scope) = self.scope() {
            header.push('(');
            header.push_str(scope);
            header.push(')');
        }
        header.push_str(if self.marked() { "!: " } else { ": " });
        header.push_str(&self.subject);
        header
    }

    /// The same, without borrowing from the message.
    #[must_use]
    pub fn into_owned<'owned>(self) -> Commit<'owned> {
        Commit {
            kind: Cow::Owned(self.kind.into_owned()),
            subject: Cow::Owned(self.subject.into_owned()),
            rest: self.rest.map(|rest| {
                Box::new(Rest {
                    scope: rest.scope.map(|scope| Cow::Owned(scope.into_owned())),
                    marked: rest.marked,
                    notes: rest.notes,
                    references: rest.references.into_iter().map(|issue| Cow::Owned(issue.into_owned())).collect(),
                })
            }),
        }
    }
}

/// The message that stands in for a commit's own where its pull request's description holds one between
/// `BEGIN_COMMIT_OVERRIDE` and `END_COMMIT_OVERRIDE`; `None` where there is none or it is empty.
#[must_use]
pub fn override_in(description: &str) -> Option<&str> {
    if !description.contains("BEGIN_COMMIT_OVERRIDE") {
        return None;
    }
    let mut parts = description.splitn(3, "BEGIN_COMMIT_OVERRIDE");
    let block = parts.nth(1)?;
    let message = trim(block.split_once("END_COMMIT_OVERRIDE").map_or(block, |(message, _)| message));
    (!message.is_empty()).then_some(message)
}

/// What release-please reads in a commit message: split into its parts, each of them parsed; a part that does not
/// parse is dropped.
#[must_use]
pub fn read(message: &str) -> Reading<'_> {
    read_by(message, true)
}

/// The same before 16.14.0, which did not yet look for commits behind blank lines.
#[must_use]
pub fn read_unsplit(message: &str) -> Reading<'_> {
    read_by(message, false)
}

fn read_by(message: &str, split: bool) -> Reading<'_> {
    let mut reading = Reading::default();
    if message.contains("BEGIN_NESTED_COMMIT") {
        read_nested(message, split, &mut reading);
    } else {
        read_parts(message, split, Some(0), &mut reading);
    }
    reading
}

/// Reads a message with blocks of nested commits: they are cut out and read after the rest.
fn read_nested<'a>(message: &'a str, split: bool, reading: &mut Reading<'a>) {
    let mut blocks = message.split("BEGIN_NESTED_COMMIT");
    let mut rest = blocks.next().unwrap_or_default().to_owned();
    let mut nested = Vec::new();
    let mut at = rest.len();
    for block in blocks {
        at += "BEGIN_NESTED_COMMIT".len();
        let (inner, after) = block.split_once("END_NESTED_COMMIT").unwrap_or((block, ""));
        nested.push((inner, at));
        rest.push_str(after);
        at += block.len();
    }
    let mut outer = Reading::default();
    read_parts(&rest, split, None, &mut outer);
    reading.commits.extend(outer.commits.into_iter().map(Commit::into_owned));
    reading.dropped.append(&mut outer.dropped);
    for (inner, at) in nested {
        read_part(inner, Some(at), reading);
    }
}

/// Splits at blank lines that a usual type follows, and reads the parts that are not empty.
fn read_parts<'a>(message: &'a str, split: bool, base: Option<usize>, reading: &mut Reading<'a>) {
    let bytes = message.as_bytes();
    let mut start = 0;
    let mut from = 0;
    while let Some(first) = find_newline(bytes, from).filter(|_| split) {
        from = first + 1;
        let second = if byte(bytes, from) == b'\r' { from + 1 } else { from };
        if byte(bytes, second) != b'\n' || !starts_part(message, second + 1) {
            continue;
        }
        let end = if first > start && byte(bytes, first - 1) == b'\r' { first - 1 } else { first };
        if end > start {
            read_part(slice(message, start, end), base.map(|base| base + start), reading);
        }
        start = second + 1;
        from = start;
    }
    if start < message.len() {
        read_part(slice(message, start, message.len()), base.map(|base| base + start), reading);
    }
}

/// Whether one of the usual types stands here, with or without a scope, and a colon and a space behind it.
fn starts_part(message: &str, at: usize) -> bool {
    const TYPES: [&str; 11] =
        ["feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert"];
    let Some(rest) = message.get(at..) else { return false };
    let Some(rest) = TYPES.iter().find_map(|kind| rest.strip_prefix(kind)) else { return false };
    if rest.starts_with(": ") {
        return true;
    }
    let Some(scope) = rest.strip_prefix('(') else { return false };
    let line = scope.split(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
    line.contains("): ")
}

fn read_part<'a>(part: &'a str, base: Option<usize>, reading: &mut Reading<'a>) {
    if let Err(mut complaint) = parse(part, &mut reading.commits) {
        complaint.at = complaint.at.zip(base).map(|(at, base)| base + at);
        reading.dropped.push(complaint);
    }
}

/// How a line begins that may be a summary or a footer.
struct Head<'a> {
    /// `None` for the tokens `!` and `BREAKING CHANGE`.
    kind: Option<&'a str>,
    scope: Option<&'a str>,
    /// The `!` or the words of a breaking change.
    mark: Option<&'a str>,
    /// Whether the separator is ` #`.
    number: bool,
    /// Where the text begins, behind the white space.
    text: usize,
}

/// Why a line does not begin like that.
enum NoHead {
    /// It just does not.
    Fails(usize, Expected),
    /// It has a scope that is not closed: the parser gives everything up.
    Unclosed(usize),
}

/// A summary's or a footer's beginning at `at`.
fn head(text: &str, at: usize, footer: bool) -> Result<Head<'_>, NoHead> {
    let bytes = text.as_bytes();
    let mut head = Head { kind: None, scope: None, mark: None, number: false, text: at };
    let mut here = at;
    if footer {
        head.mark = mark(text, here);
    }
    if let Some(mark) = head.mark {
        here += mark.len();
    } else {
        let end = word_end(bytes, here);
        if end == here {
            return Err(NoHead::Fails(here, Expected::Type));
        }
        head.kind = Some(slice(text, here, end));
        here = end;
        if byte(bytes, here) == b'(' {
            here += 1;
            let end = scope_end(bytes, here);
            if byte(bytes, end) != b')' {
                return Err(NoHead::Unclosed(end));
            }
            // Empty parentheses are no scope, and the parser goes on behind the opening one, where nothing fits.
            if end > here {
                head.scope = Some(slice(text, here, end));
                here = end + 1;
            }
        }
        head.mark = mark(text, here);
        here += head.mark.map_or(0, str::len);
    }
    here += match (byte(bytes, here), byte(bytes, here + 1)) {
        (b':', _) => 1,
        (b' ', b'#') => {
            head.number = true;
            2
        }
        _ => {
            let expected = Expected::Colon { scope: head.scope.is_none(), mark: head.mark.is_none() };
            return Err(NoHead::Fails(here, expected));
        }
    };
    head.text = white_end(bytes, here);
    Ok(head)
}

/// The `!` or the words of a breaking change at this place.
fn mark(text: &str, at: usize) -> Option<&str> {
    match byte(text.as_bytes(), at) {
        b'!' => Some("!"),
        b'B' => words(text, at),
        _ => None,
    }
}

/// The words of a breaking change at this place.
fn words(text: &str, at: usize) -> Option<&str> {
    let end = at + "BREAKING CHANGE".len();
    text.get(at..end).filter(|words| matches!(*words, "BREAKING CHANGE" | "BREAKING-CHANGE"))
}

/// Parses one part into commits.
fn parse<'a>(part: &'a str, commits: &mut Vec<Commit<'a>>) -> Result<(), Complaint> {
    let text = trim_end(part);
    let begin = text.len() - trim_start(text).len();
    let bytes = text.as_bytes();
    let summary = match head(text, begin, false) {
        Ok(summary) => summary,
        Err(NoHead::Fails(at, expected)) => return Err(complaint(text, begin, at, expected)),
        Err(NoHead::Unclosed(at)) => return Err(complaint(text, begin, at, Expected::Closing)),
    };
    let summary_end = line_end(bytes, summary.text);
    let body_start = newlines_end(bytes, summary_end);
    // One pass over the lines finds the first of the footers that reach to the end.
    let mut footers: Option<usize> = None;
    let mut body_end = body_start;
    let mut here = body_start;
    let mut before = summary_end;
    while here < bytes.len() {
        let white = white_end(bytes, here) > here;
        if !white {
            match head(text, here, true) {
                Ok(_) => {
                    if footers.is_none() {
                        footers = Some(here);
                        body_end = before;
                    }
                }
                Err(NoHead::Fails(..)) => footers = None,
                Err(NoHead::Unclosed(at)) => return Err(complaint(text, begin, at, Expected::Closing)),
            }
        }
        before = line_end(bytes, here);
        here = newlines_end(bytes, before);
    }
    if footers.is_none() {
        body_end = bytes.len();
    }
    let marked = summary.mark.is_some();
    let subject = slice(text, summary.text, summary_end);
    let mut commit = Commit::new(summary.kind.unwrap_or_default(), summary.scope, marked, subject);
    let mut breaking = Cow::Borrowed(if marked { subject } else { "" });
    let mut body = None;
    if body_end > body_start && slice(text, body_start, body_end).contains("BREAKING") {
        let (cleaned, marked) = body_text(slice(text, body_start, body_end));
        if let Some(at) = marked {
            breaking = Cow::Owned(slice(&cleaned, at, cleaned.len()).to_owned());
        }
        body = Some(cleaned);
    }
    let mut releases = Vec::new();
    if let Some(first) = footers {
        read_footers(text, first, &mut commit, &mut breaking, &mut releases, commits);
    }
    if !breaking.is_empty() {
        commit.rest().notes.push(Note { kind: NoteKind::Breaking, text: note_text(&breaking) });
    }
    for version in releases {
        commit.rest().notes.push(Note { kind: NoteKind::ReleaseAs, text: note_text(version) });
    }
    if let Some(body) = body {
        note_of_body(&body, &mut commit);
    }
    commits.push(commit);
    Ok(())
}

/// Reads the footers from the first one to the end: references, notes, and the commits made of them.
fn read_footers<'a>(
    text: &'a str,
    first: usize,
    commit: &mut Commit<'a>,
    breaking: &mut Cow<'a, str>,
    releases: &mut Vec<&'a str>,
    commits: &mut Vec<Commit<'a>>,
) {
    let bytes = text.as_bytes();
    let mut here = first;
    while here < bytes.len() {
        let Ok(footer) = head(text, here, true) else { return };
        let mut end = line_end(bytes, footer.text);
        let value = slice(text, footer.text, end);
        let mut last = value;
        let mut numbered = footer.number || value.starts_with('#');
        // Lines that begin with white space belong to the footer above them, across blank lines too.
        let mut more: Vec<(&str, &str)> = Vec::new();
        loop {
            let next = newlines_end(bytes, end);
            let white = white_end(bytes, next);
            if next == end || white == next {
                here = next;
                break;
            }
            let close = line_end(bytes, white);
            last = slice(text, white, close);
            numbered |= last.starts_with('#');
            more.push((slice(text, end, next), last));
            end = close;
        }
        let issue = last.strip_prefix('#').unwrap_or(last);
        if numbered && !issue.is_empty() && issue.bytes().all(|digit| digit.is_ascii_digit()) {
            commit.rest().references.push(Cow::Borrowed(issue));
        }
        if footer.mark.is_some_and(|mark| mark != "!") {
            *breaking = Cow::Borrowed(last);
        }
        let Some(kind) = footer.kind else { continue };
        if kind.eq_ignore_ascii_case("release-as") {
            releases.push(last);
        }
        commit_of_footer(&footer, kind, value, &more, commits);
    }
}

/// The commits a footer is read as when it is taken for a message of its own.
fn commit_of_footer<'a>(
    footer: &Head<'a>,
    kind: &'a str,
    value: &'a str,
    more: &[(&'a str, &'a str)],
    commits: &mut Vec<Commit<'a>>,
) {
    let exotic = kind.chars().next().is_some_and(|first| !first.is_ascii() && is_white(first));
    if !footer.number && more.is_empty() && !exotic {
        let subject = trim_end(value);
        let mut commit = Commit::new(kind, footer.scope, footer.mark.is_some(), subject);
        if footer.mark.is_some() && !subject.is_empty() {
            commit.rest().notes.push(Note { kind: NoteKind::Breaking, text: note_text(subject) });
        }
        commits.push(commit);
        return;
    }
    // `Closes #12` becomes `Closes12`, which is no commit.
    if more.is_empty() && !exotic && value.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return;
    }
    let mut made = kind.to_owned();
    if let Some(scope) = footer.scope {
        made.push('(');
        made.push_str(scope);
        made.push(')');
    }
    made.push_str(footer.mark.unwrap_or_default());
    if !footer.number {
        made.push_str(": ");
    }
    made.push_str(value);
    for (newlines, text) in more {
        made.push_str(newlines);
        made.push_str(text);
    }
    // The text made has no line that begins with white space, so this goes no deeper than two levels.
    let mut own = Vec::new();
    if parse(&made, &mut own).is_ok() {
        commits.extend(own.into_iter().map(Commit::into_owned));
    }
}

/// The body's text without the words of breaking changes at the beginning of its lines, and where the text behind the
/// first of them that a colon follows begins.
fn body_text(body: &str) -> (String, Option<usize>) {
    let bytes = body.as_bytes();
    let mut cleaned = String::with_capacity(body.len());
    let mut marked = None;
    let mut here = 0;
    while here < bytes.len() {
        if let Some(words) = words(body, here) {
            here += words.len();
            if byte(bytes, here) == b':' {
                marked.get_or_insert(cleaned.len());
                here = white_end(bytes, here + 1);
            }
        }
        let next = newlines_end(bytes, line_end(bytes, here));
        cleaned.push_str(slice(body, here, next));
        here = next;
    }
    (cleaned, marked)
}

/// A note's text as the tool cuts it (`postProcessCommits`): up to the first blank line, in one line, except that a
/// heading of the fourth level or a list keeps its lines, indented.
fn note_text(note: &str) -> String {
    let mut text = String::with_capacity(note.len());
    let mut extended = false;
    for (at, line) in note.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let opens = line.starts_with("#### ") || line.starts_with("* ") || line.starts_with("- ");
        if at > 0 && !extended && opens {
            text = format!("{}\n", trim(&text));
            extended = true;
        }
        if line.is_empty() {
            break;
        }
        if extended {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        } else {
            text.push_str(line);
            text.push(' ');
        }
    }
    let trimmed = trim(&text);
    if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
}

/// `BREAKING-CHANGE:` anywhere in the body adds to the note or makes one.
fn note_of_body(body: &str, commit: &mut Commit<'_>) {
    let Some((_, after)) = body.split_once("BREAKING-CHANGE:") else { return };
    let line = trim_start(after).split(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or_default();
    if line.is_empty() {
        return;
    }
    let text = trim(line);
    let notes = &mut commit.rest().notes;
    match notes.iter_mut().find(|note| note.kind == NoteKind::Breaking) {
        Some(note) => {
            note.text.push('\n');
            note.text.push_str(text);
        }
        None => notes.push(Note { kind: NoteKind::Breaking, text: text.to_owned() }),
    }
}

/// The complaint for a place in the text, whose first line begins at `begin`.
fn complaint(text: &str, begin: usize, at: usize, expected: Expected) -> Complaint {
    let before = slice(text, begin, at);
    let mut line = 1;
    let mut column = 1;
    let mut letters = before.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' | '\n' => {
                if letter == '\r' {
                    letters.next_if_eq(&'\n');
                }
                line += 1;
                column = 1;
            }
            _ => column += letter.len_utf16(),
        }
    }
    let rest = slice(text, at, text.len());
    let found = match rest.chars().next() {
        None => Found::End,
        Some('\r') if rest.starts_with("\r\n") => Found::LineBreak,
        Some(letter) => Found::Char(letter),
    };
    Complaint { at: Some(at), line, column, found, expected }
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// What a byte can begin, for the scans below.
const STOPS_WORD: u8 = 1;
const STOPS_SCOPE: u8 = 2;
const STOPS_LINE: u8 = 4;
/// May begin a no-break space or a byte order mark.
const MAY_BE_WHITE: u8 = 8;

const fn class(byte: u8) -> u8 {
    match byte {
        b'\n' | b'\r' => STOPS_WORD | STOPS_SCOPE | STOPS_LINE,
        b'(' | b')' => STOPS_WORD | STOPS_SCOPE,
        b'!' | b':' | b' ' | b'\t' | 0x0b | 0x0c => STOPS_WORD,
        0xc2 | 0xef => MAY_BE_WHITE,
        _ => 0,
    }
}

/// How many bytes of the parser's white space stand here as one character; 0 for none.
fn white(bytes: &[u8], at: usize) -> usize {
    match byte(bytes, at) {
        b' ' | b'\t' | 0x0b | 0x0c => 1,
        0xc2 if byte(bytes, at + 1) == 0xa0 => 2,
        0xef if byte(bytes, at + 1) == 0xbb && byte(bytes, at + 2) == 0xbf => 3,
        _ => 0,
    }
}

fn white_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match white(bytes, at) {
            0 => return at,
            width => at += width,
        }
    }
}

fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&next) = bytes.get(at) {
        let class = class(next);
        if class & STOPS_WORD != 0 || (class & MAY_BE_WHITE != 0 && white(bytes, at) > 0) {
            break;
        }
        at += 1;
    }
    at
}

fn scope_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| class(*byte) & STOPS_SCOPE != 0).unwrap_or(rest.len())
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| class(*byte) & STOPS_LINE != 0).unwrap_or(rest.len())
}

fn newlines_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| class(*byte) & STOPS_LINE == 0).unwrap_or(rest.len())
}

fn find_newline(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map(|found| at + found)
}

/// White space as JavaScript's `trim` sees it: Unicode's, with the byte order mark and without U+0085.
#[must_use]
pub fn is_white(letter: char) -> bool {
    letter == '\u{feff}' || (letter.is_whitespace() && letter != '\u{85}')
}

/// JavaScript's `trim`.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_white)
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_white)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_white)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// Commits as `header [!] {notes} #references`, complaints as the parser's words, one a line.
    fn said(message: &str) -> String {
        let reading = read(message);
        let mut said = String::new();
        for commit in &reading.commits {
            said += &commit.header();
            for note in commit.notes() {
                let name = if note.kind == NoteKind::Breaking { "breaking" } else { "release-as" };
                let _ = write!(said, " {{{name}: {}}}", note.text);
            }
            for issue in commit.references() {
                let _ = write!(said, " #{issue}");
            }
            said.push('\n');
        }
        for complaint in &reading.dropped {
            let _ = writeln!(said, "{complaint}");
        }
        said
    }

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        assert_eq!(said(message).lines().collect::<Vec<_>>(), expected, "{message:?}");
    }

    #[test]
    fn reads_headers() {
        check("feat: x", &["feat: x"]);
        check("feat(ui)!:  x ", &["feat(ui)!: x {breaking: x}"]);
        check("feat:", &["feat: "]);
        check("feat!:", &["feat!: "]);
        check("fix #12", &["fix: 12"]);
        check("\u{feff} feat: x", &["feat: x"]);
        check("feat(a)BREAKING CHANGE: x", &["feat(a)!: x {breaking: x}"]);
    }

    #[test]
    fn complains_in_the_parsers_words() {
        check("Merge x", &["Error: unexpected token ' ' at 1:6, valid tokens [(, !, :]"]);
        check("feat(): x", &["Error: unexpected token ')' at 1:6, valid tokens [(, !, :]"]);
        check("feat(a: x", &["Error: unexpected token EOF at 1:10, valid tokens [)]"]);
        check("feat(a)! : x", &["Error: unexpected token ' ' at 1:9, valid tokens [:]"]);
        check(": x", &["Error: unexpected token ':' at 1:1, valid tokens [<type>]"]);
        check("feat: x\n\nfoo(bar(", &["Error: unexpected token '(' at 3:8, valid tokens [)]"]);
        check("feat: x\r\n\r\n🎉(", &["Error: unexpected token EOF at 3:4, valid tokens [)]"]);
        assert_eq!(read("feat: x\n\nfoo(bar(").dropped[0].at, Some(16));
    }

    #[test]
    fn footers_are_commits_notes_and_references() {
        check("fix: x\n\nbody\n\nCloses #12\nRefs: #13", &["Refs: #13", "fix: x #12 #13"]);
        check("fix: x\nBREAKING CHANGE: y", &["fix: x {breaking: y}"]);
        check("chore: x\n\nRelease-As: 2.0.0", &["Release-As: 2.0.0", "chore: x {release-as: 2.0.0}"]);
        check("chore: x\n\nfeat(a)!: y\n  z", &["feat(a)!: y {breaking: y}", "chore: x"]);
        check("chore: x\n\nnote(a): y\n  fix: z", &["fix: z", "note(a): y", "chore: x"]);
    }

    #[test]
    fn a_note_ends_at_the_blank_line_and_keeps_its_list() {
        check("fix: x\n\nBREAKING CHANGE: a\nb\n\nc\n\nd", &["fix: x {breaking: a b}"]);
        assert_eq!(
            read("fix: x\n\nBREAKING CHANGE: a\n- b\n- c\n\nd").commits[0].notes()[0].text,
            "a\n    - b\n    - c"
        );
        check("fix: x\n\na BREAKING-CHANGE: b\nc", &["fix: x {breaking: b}"]);
    }

    #[test]
    fn a_footer_with_prose_behind_it_is_body() {
        check("fix: x\n\nnote: y\n\nprose", &["fix: x"]);
        check("fix: x\n\nRelease-As: 2.0.0\n\nprose", &["fix: x"]);
    }

    #[test]
    fn splits_at_usual_types_and_nested_blocks() {
        check(
            "Merged in x\n\nfix: y\n\nfeat(a): z",
            &["fix: y", "feat(a): z", "Error: unexpected token ' ' at 1:7, valid tokens [(, !, :]"],
        );
        check("fix: x\n\nfeat!: y", &["feat!: y {breaking: y}", "fix: x"]);
        assert_eq!(read_unsplit("Merged in x\n\nfix: y").commits.len(), 0);
        check("fix: x\nBEGIN_NESTED_COMMIT\nfeat: y\nEND_NESTED_COMMIT\n", &["fix: x", "feat: y"]);
    }

    #[test]
    fn an_override_is_found_in_a_description() {
        assert_eq!(override_in("a BEGIN_COMMIT_OVERRIDE\nfeat: x\nEND_COMMIT_OVERRIDE b"), Some("feat: x"));
        assert_eq!(override_in("BEGIN_COMMIT_OVERRIDE\nEND_COMMIT_OVERRIDE"), None);
        assert_eq!(override_in("feat: x"), None);
    }

    /// Ten times the text must not take much more than ten times as long; the bound is wide because machines are busy.
    #[test]
    fn a_megabyte_is_read_in_a_blink() {
        for line in [
            "a: b\n",
            "word (x) and more\n",
            "BREAKING CHANGE: x\n\n",
            "feat: x\n\n",
            "a: b\n c\n",
            "(",
            "BEGIN_NESTED_COMMIT",
        ] {
            let message = format!("feat: x\n\n{}\nend", line.repeat(1_000_000 / line.len()));
            let start = std::time::Instant::now();
            assert!(!read(&message).commits.is_empty() || !read(&message).dropped.is_empty());
            assert!(start.elapsed().as_secs() < 5, "{line:?} took {:?}", start.elapsed());
        }
    }
}

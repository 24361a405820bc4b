//! What can be read of a configuration that is JavaScript or TypeScript, without running it.
//!
//! The value of a module is the literal it exports: objects, lists, strings, numbers, `true`, `false`, `null`, regular
//! expressions, and names of constants that are such literals. Whatever has to be run (a call, a function, a condition)
//! becomes a marker, `{"$code": …}`, for the reader to name; a regular expression becomes `{"$regex": …, "$flags": …}`.
//! The second module also reads `defineConfig({…})`, `<Options>{…}`, `Object.assign({}, …)`, `[].concat(…)`, the parts that
//! `module.exports.x = …` exports, and what later statements change of a constant.

use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// How deep values may lie in each other, names followed included.
const DEPTH: usize = 60;

/// How many values a module may have: names copy what they stand for.
const VALUES: usize = 20_000;

/// No regular expression of a configuration is longer, in characters.
const PATTERN: usize = 1_000;

/// How many values another module that is known counts for.
#[cfg(feature = "more")]
const MODULE: usize = 100;

/// What stands for the exported value where its parts are exported one by one.
#[cfg(feature = "more")]
const EXPORTS: &str = "module.exports";

/// The key of a value that has to be run; it holds the beginning of the code.
pub const CODE: &str = "$code";
/// The key of a regular expression's source; `$flags` holds its flags.
pub const REGEX: &str = "$regex";

/// The value a module exports; `None` where it exports none that can be found.
#[must_use]
pub fn exported(text: &str) -> Option<Value> {
    exported_by(Reader::new(text))
}

/// The same, where what some other modules export is known by their names.
#[cfg(feature = "more")]
#[must_use]
pub fn exported_with(text: &str, known: fn(&str) -> Option<Value>) -> Option<Value> {
    exported_by(Reader { known, ..Reader::new(text) })
}

fn exported_by(mut reader: Reader<'_>) -> Option<Value> {
    let export = reader.survey();
    #[cfg(feature = "more")]
    {
        reader.surveying = false;
        let whole = reader.is_whole || export.is_none();
        if let Some(parts) = whole.then(|| reader.parts(export)).flatten() {
            reader.changes.insert(EXPORTS, parts);
            let value = export.map_or_else(
                || Value::Object(Map::new()),
                |export| {
                    reader.at = export;
                    reader.expression(0, true)
                },
            );
            return Some(reader.changed(EXPORTS, value, 0));
        }
    }
    reader.at = export?;
    Some(reader.expression(0, true))
}

/// Whether a value or a part of it has to be run.
#[must_use]
pub fn has_code(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(has_code),
        Value::Object(map) => map.contains_key(CODE) || map.values().any(has_code),
        _ => false,
    }
}

/// Whether a part of a table has to be run, the values of `unseen` left aside.
#[cfg(feature = "more")]
#[must_use]
pub fn code_beside(table: &Map<String, Value>, unseen: &[&str]) -> bool {
    table.iter().any(|(key, value)| key == CODE || !unseen.contains(&key.as_str()) && has_code(value))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    /// Where the value of each constant begins.
    constants: BTreeMap<&'a str, usize>,
    resolving: Vec<usize>,
    /// What changes a constant after it was made, in the text's order.
    #[cfg(feature = "more")]
    changes: BTreeMap<&'a str, Vec<Change<'a>>>,
    #[cfg(feature = "more")]
    surveying: bool,
    /// Whether the exported value is that of `module.exports`, whose parts may be set later.
    #[cfg(feature = "more")]
    is_whole: bool,
    /// The module that each default import names.
    #[cfg(feature = "more")]
    imports: BTreeMap<&'a str, String>,
    #[cfg(feature = "more")]
    known: fn(&str) -> Option<Value>,
}

/// A statement that changes a constant: `config.plugins.push('x')`, `config.preset = 'x'`.
#[cfg(feature = "more")]
struct Change<'a> {
    /// The keys on the way to what is changed: `plugins`.
    path: Vec<&'a str>,
    how: How,
    /// Where the new values begin; where it stands in a function or a condition, the constant's name.
    at: usize,
}

#[cfg(feature = "more")]
#[derive(Clone, Copy, PartialEq)]
enum How {
    Push,
    Set,
    /// `Object.assign(config, …)`
    Assign,
    /// It stands where it may or may not run.
    Perhaps,
}

/// Puts what a change brings into what it changes.
#[cfg(feature = "more")]
fn change_into(target: &mut Value, how: How, new: Vec<Value>) {
    match (target, how) {
        (Value::Array(values), How::Push) => values.extend(new),
        // A list that only code fills says nothing; one that code adds to says what it began with.
        (Value::Array(values), How::Perhaps) if !values.is_empty() => values.extend(new),
        (Value::Object(map), How::Assign) if !map.contains_key(CODE) => {
            for more in new {
                assign(map, more);
            }
        }
        (target, How::Set | How::Perhaps) => *target = new.into_iter().next().unwrap_or_default(),
        _ => {}
    }
}

/// Puts the keys of a value into a table; what has to be run stands under `...`.
#[cfg(feature = "more")]
fn assign(map: &mut Map<String, Value>, more: Value) {
    match more {
        Value::Object(more) if !more.contains_key(CODE) => map.extend(more),
        // An empty value has no keys.
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        other => {
            map.insert("...".to_owned(), other);
        }
    }
}

fn name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            values: 0,
            constants: BTreeMap::new(),
            resolving: Vec::new(),
            #[cfg(feature = "more")]
            changes: BTreeMap::new(),
            #[cfg(feature = "more")]
            surveying: true,
            #[cfg(feature = "more")]
            is_whole: false,
            #[cfg(feature = "more")]
            imports: BTreeMap::new(),
            #[cfg(feature = "more")]
            known: |_| None,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Past white space and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            let rest = self.rest();
            if rest.starts_with("//") || (self.at == 0 && rest.starts_with("#!")) {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn name(&mut self) -> Option<&'a str> {
        self.blank();
        let length = self.rest().bytes().take_while(|byte| name_byte(*byte)).count();
        let name = self.slice(self.at, self.at + length);
        let good = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        if good {
            self.at += length;
        }
        good.then_some(name)
    }

    /// Notes where constants begin and answers where the exported value does.
    fn survey(&mut self) -> Option<usize> {
        let mut export = None;
        loop {
            self.blank();
            self.peek()?;
            let start = self.at;
            match self.name() {
                Some("const" | "let" | "var") => {
                    if let Some(name) = self.name() {
                        self.annotation();
                        if self.eat("=") {
                            self.blank();
                            self.constants.insert(name, self.at);
                        }
                    }
                }
                Some("export") if self.eat("default") => {
                    self.blank();
                    export = Some(self.at);
                }
                #[cfg(feature = "more")]
                Some("export") if self.listed_default() => {
                    export = Some(self.at);
                }
                // `export const`, and `export =` of TypeScript.
                Some("export") => {
                    if self.eat("=") {
                        self.blank();
                        export = Some(self.at);
                    }
                    continue;
                }
                Some("module") if self.eat(".") && self.name() == Some("exports") && self.assigned() => {
                    export = Some(self.at);
                    #[cfg(feature = "more")]
                    {
                        self.is_whole = true;
                    }
                }
                Some("exports") if self.eat(".") && self.name() == Some("default") && self.assigned() => {
                    export = Some(self.at);
                }
                #[cfg(feature = "more")]
                Some("import") => {
                    if let Some(name) = self.name()
                        && self.name() == Some("from")
                    {
                        self.blank();
                        let module = self
                            .peek()
                            .filter(|byte| matches!(byte, b'"' | b'\''))
                            .and_then(|quote| self.string(quote));
                        self.imports.extend(module.map(|module| (name, module)));
                    }
                }
                #[cfg(feature = "more")]
                Some(name) => {
                    let back = start + name.len();
                    self.at = back;
                    self.note_change(name, false);
                    self.at = back;
                }
                _ => {}
            }
            if let (Some(at), true) = (export, export.is_some_and(|at| at >= start)) {
                // Constants may stand behind the export, too; the value itself is read later.
                self.at = at;
            }
            self.skip(true);
            if self.at <= start {
                self.at = start + self.rest().chars().next().map_or(1, char::len_utf8);
            }
            if self.at >= self.text.len() {
                return export;
            }
            while matches!(self.peek(), Some(b';' | b',' | b')' | b']' | b'}')) {
                self.at += 1;
            }
            self.blank();
            if self.at >= self.text.len() {
                return export;
            }
        }
    }

    /// `{ config as default }`, with the reader at `config` afterwards; nowhere else where it is none.
    #[cfg(feature = "more")]
    fn listed_default(&mut self) -> bool {
        let back = self.at;
        let mut found = None;
        if self.eat("{") {
            loop {
                self.blank();
                let at = self.at;
                if self.name().is_none() {
                    break;
                }
                if self.eat("as") && self.name() == Some("default") {
                    found = Some(at);
                }
                if !self.eat(",") {
                    break;
                }
            }
            // What another module exports is not known.
            if !self.eat("}") || self.eat("from") {
                found = None;
            }
        }
        self.at = found.unwrap_or(back);
        found.is_some()
    }

    /// What is exported part by part after `export`, in the text's order: `module.exports.x = …`, and `exports.x = …`
    /// where the whole is not set anew.
    #[cfg(feature = "more")]
    fn parts(&mut self, export: Option<usize>) -> Option<Vec<Change<'a>>> {
        let mut parts: Vec<Change<'a>> = Vec::new();
        for mut change in self.changes.remove("module").unwrap_or_default() {
            if change.path.first() == Some(&"exports") {
                change.path.remove(0);
                parts.push(change);
            }
        }
        if export.is_none() {
            parts.extend(self.changes.remove("exports").unwrap_or_default());
        }
        parts.retain(|change| export.is_none_or(|export| change.at > export));
        parts.sort_by_key(|change| change.at);
        let tells = export.is_some() || parts.iter().any(|change| !change.path.is_empty() || change.how == How::Assign);
        (tells && !parts.is_empty()).then_some(parts)
    }

    fn assigned(&mut self) -> bool {
        let found = self.eat("=") && self.peek() != Some(b'=') && self.peek() != Some(b'>');
        self.blank();
        found
    }

    /// Past a type annotation: `: Options`, `: import('x').Options`.
    fn annotation(&mut self) {
        if !self.eat(":") {
            return;
        }
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b'[' | b'{' | b'<' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'>' if depth > 0 => depth -= 1,
                b'\'' | b'"' => {
                    self.string(byte);
                    continue;
                }
                b'=' | b';' if depth == 0 => return,
                _ => {}
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }

    /// Past code up to what ends it: a comma or a bracket that was not opened here; with `statement`, a semicolon or the
    /// end of a line that is not within brackets.
    fn skip(&mut self, statement: bool) {
        let mut depth = 0_usize;
        let mut before = b'(';
        while let Some(byte) = self.peek() {
            match byte {
                b'"' | b'\'' | b'`' => {
                    self.string(byte);
                    before = byte;
                    continue;
                }
                b'/' if self.rest().starts_with("//") || self.rest().starts_with("/*") => {
                    let line = self.rest().starts_with("//");
                    self.blank();
                    if line && statement && depth == 0 {
                        return;
                    }
                    continue;
                }
                b'/' if !name_byte(before) && !matches!(before, b')' | b']' | b'}' | b'"' | b'\'' | b'`') => {
                    if self.regex().is_none() {
                        self.at += 1;
                    }
                    before = b'/';
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' | b',' if depth == 0 => return,
                b')' | b']' | b'}' => depth -= 1,
                b';' | b'\n' if depth == 0 && statement => return,
                _ => {}
            }
            #[cfg(feature = "more")]
            if self.surveying && name_byte(byte) {
                let member = before == b'.';
                let Some(name) = self.name() else {
                    // A number, which is passed as a whole: it may be as long as the file.
                    self.at += self.rest().bytes().take_while(|byte| name_byte(*byte)).count();
                    before = byte;
                    continue;
                };
                let behind = self.at;
                // `x = Object.assign(…)` is asked for its value.
                if !member && (name != "Object" || !matches!(before, b'=' | b'(' | b'[' | b',' | b':' | b'.')) {
                    self.note_change(name, true);
                }
                self.at = behind;
                before = b'a';
                continue;
            }
            if !byte.is_ascii_whitespace() {
                before = byte;
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }

    /// Notes what the text behind a constant's name changes of it; the reader may stand anywhere then.
    #[cfg(feature = "more")]
    fn note_change(&mut self, name: &'a str, perhaps: bool) {
        let start = self.at;
        let mut path = Vec::new();
        if name == "Object" {
            // `Object.assign(config.x, …)` changes what it is given first.
            if !self.eat(".assign(") {
                return;
            }
            let Some(owner) = self.name() else { return };
            while path.len() < DEPTH && self.eat(".") {
                let Some(key) = self.name() else { return };
                path.push(key);
            }
            if !self.eat(",") {
                return;
            }
            let (how, at) = if perhaps { (How::Perhaps, start) } else { (How::Assign, self.at) };
            self.changes.entry(owner).or_default().push(Change { path, how, at });
            return;
        }
        while path.len() < DEPTH && self.peek() == Some(b'.') {
            self.at += 1;
            let Some(key) = self.name() else { return };
            path.push(key);
        }
        let last = path.last().copied().unwrap_or_default();
        let how = match (self.peek(), last) {
            (Some(b'('), "push") => How::Push,
            (Some(b'('), "unshift" | "splice" | "pop" | "shift" | "reverse" | "sort") => How::Perhaps,
            (Some(b'('), _) => return,
            // A name alone that is set anew in a function is one of its own more often than not.
            _ if (!perhaps || !path.is_empty()) && self.assigned() => How::Set,
            _ => return,
        };
        if how != How::Set {
            path.pop();
            self.at += 1;
        }
        let (how, at) = if perhaps || how == How::Perhaps { (How::Perhaps, start) } else { (how, self.at) };
        self.changes.entry(name).or_default().push(Change { path, how, at });
    }

    /// The value of a constant with what was changed of it since.
    #[cfg(feature = "more")]
    fn changed(&mut self, name: &'a str, mut value: Value, depth: usize) -> Value {
        // Taken out, so that a constant that is pushed into itself ends.
        let Some(changes) = self.changes.remove(name) else { return value };
        for change in &changes {
            self.values += 1;
            if self.values > VALUES {
                break;
            }
            self.at = change.at;
            let mut new = Vec::new();
            match change.how {
                How::Perhaps => {
                    new.push(Value::Object(Map::from_iter([(CODE.to_owned(), Value::String(name.to_owned()))])));
                }
                How::Set => new.push(self.expression(depth + 1, true)),
                How::Push | How::Assign => {
                    self.arguments(depth, &mut new);
                }
            }
            let Some((last, way)) = change.path.split_last() else {
                change_into(&mut value, change.how, new);
                continue;
            };
            let owner =
                way.iter().try_fold(&mut value, |value, key| value.get_mut(*key)).and_then(Value::as_object_mut);
            if let Some(owner) = owner.filter(|owner| !owner.contains_key(CODE)) {
                change_into(owner.entry(*last).or_insert(Value::Null), change.how, new);
            }
        }
        self.changes.insert(name, changes);
        value
    }

    /// What a call is given, up to its end; whether that was found.
    #[cfg(feature = "more")]
    fn arguments(&mut self, depth: usize, given: &mut Vec<Value>) -> bool {
        loop {
            if self.eat(")") {
                return true;
            }
            if self.peek().is_none() {
                return false;
            }
            let spread = self.eat("...");
            match (spread, self.expression(depth + 1, false)) {
                (true, Value::Array(more)) => given.extend(more),
                (_, value) => given.push(value),
            }
            if !self.eat(",") {
                return self.eat(")");
            }
        }
    }

    /// What a list is followed by and certain to become: `.concat(…)`, and `.filter(Boolean)`, which leaves out the empty
    /// values: what is in it stays to be read.
    #[cfg(feature = "more")]
    fn list_calls(&mut self, values: &mut Vec<Value>, depth: usize) {
        loop {
            let back = self.at;
            if self.eat(".filter(Boolean)") {
                continue;
            }
            if !self.eat(".concat(") {
                return;
            }
            let mut given = Vec::new();
            if !self.arguments(depth, &mut given) {
                self.at = back;
                return;
            }
            for value in given {
                match value {
                    Value::Array(more) => values.extend(more),
                    value => values.push(value),
                }
            }
        }
    }

    fn marker(&self, from: usize) -> Value {
        let code = self.slice(from, self.at).trim();
        let short: String = code.chars().take(80).collect();
        Value::Object(Map::from_iter([(CODE.to_owned(), Value::String(short))]))
    }

    /// An expression, with `statement` one that a line's end may end; where it is none of the simple ones, a marker, and the reader stands behind it.
    fn expression(&mut self, depth: usize, statement: bool) -> Value {
        self.blank();
        let start = self.at;
        self.values += 1;
        if depth <= DEPTH
            && self.values <= VALUES
            && let Some(value) = self.simple(depth)
        {
            #[cfg(feature = "more")]
            let mut value = value;
            #[cfg(feature = "more")]
            if let Value::Array(values) = &mut value {
                self.list_calls(values, depth);
            }
            self.assertion();
            self.blank();
            match self.peek() {
                None | Some(b',' | b';' | b')' | b']' | b'}') => return value,
                // A list or object may end the line that exports it; a new statement begins with a name.
                Some(byte) if name_byte(byte) && statement => return value,
                _ => {}
            }
        }
        self.at = start;
        self.skip(statement);
        if self.at == start && self.peek().is_some() && statement {
            self.at += 1;
        }
        self.marker(start)
    }

    /// `as const`, `satisfies Options`: they change nothing.
    fn assertion(&mut self) {
        loop {
            let start = self.at;
            if !matches!(self.name(), Some("as" | "satisfies")) {
                self.at = start;
                return;
            }
            self.blank();
            #[cfg(feature = "more")]
            self.a_type();
            #[cfg(not(feature = "more"))]
            while self.peek().is_some_and(|byte| name_byte(byte) || matches!(byte, b'.' | b'<' | b'>')) {
                self.at += 1;
            }
        }
    }

    /// Past a type: `import('x').Options<'a', B[]> & { c?: string }`.
    #[cfg(feature = "more")]
    fn a_type(&mut self) {
        loop {
            self.blank();
            match self.peek() {
                Some(quote @ (b'"' | b'\'' | b'`')) => {
                    self.string(quote);
                }
                Some(b'{' | b'(' | b'[') => self.brackets(),
                _ => match self.name() {
                    Some("typeof" | "keyof" | "readonly") => continue,
                    Some(name) => {
                        if name == "import" && self.peek() == Some(b'(') {
                            self.brackets();
                        }
                    }
                    None => return,
                },
            }
            loop {
                match self.peek() {
                    Some(b'[') => self.brackets(),
                    Some(b'<') => self.angles(),
                    Some(b'.') => {
                        self.at += 1;
                        if self.name().is_none() {
                            return;
                        }
                    }
                    _ => break,
                }
            }
            let back = self.at;
            self.blank();
            let joined = ["&", "|"].iter().any(|sign| {
                self.rest().strip_prefix(sign).is_some_and(|rest| !rest.starts_with(sign) && !rest.starts_with('='))
            });
            if !joined {
                self.at = back;
                return;
            }
            self.at += 1;
        }
    }

    /// Past `(…)`, `[…]` or `{…}`.
    #[cfg(feature = "more")]
    fn brackets(&mut self) {
        self.at += 1;
        loop {
            self.skip(false);
            match self.peek() {
                None => return,
                Some(byte) => {
                    self.at += 1;
                    if byte != b',' {
                        return;
                    }
                }
            }
        }
    }

    /// Past `<…>` of a type.
    #[cfg(feature = "more")]
    fn angles(&mut self) {
        let mut open = 0_usize;
        // One that is not closed reaches no farther: nobody else counts these brackets.
        let end = self.at + 4096;
        while let Some(byte) = self.peek().filter(|_| self.at < end) {
            match byte {
                b'"' | b'\'' | b'`' => {
                    self.string(byte);
                    continue;
                }
                b'{' | b'(' | b'[' => {
                    self.brackets();
                    continue;
                }
                b'<' => open += 1,
                b'=' if self.rest().starts_with("=>") => self.at += 1,
                b'>' => open = open.saturating_sub(1),
                b';' | b')' | b']' | b'}' => return,
                _ => {}
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            if open == 0 {
                return;
            }
        }
    }

    fn simple(&mut self, depth: usize) -> Option<Value> {
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            quote @ (b'"' | b'\'' | b'`') => {
                let mut text = self.string(quote)?;
                while self.eat("+") {
                    self.blank();
                    let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
                    text.push_str(&self.string(quote)?);
                }
                Some(Value::String(text))
            }
            b'/' => {
                let (source, flags) = self.regex()?;
                Some(Value::Object(Map::from_iter([
                    (REGEX.to_owned(), Value::String(source)),
                    ("$flags".to_owned(), Value::String(flags)),
                ])))
            }
            b'(' => {
                self.at += 1;
                let value = self.expression(depth + 1, false);
                self.eat(")").then_some(value)
            }
            b'-' | b'0'..=b'9' => self.number(),
            // A type in front of a value: `<Partial<Options>>{…}`.
            #[cfg(feature = "more")]
            b'<' => {
                self.type_arguments();
                self.blank();
                if self.peek() == Some(b'{') { self.object(depth) } else { None }
            }
            _ => self.named(depth),
        }
    }

    /// Past `<Partial<Options>>`, as far as it is names.
    #[cfg(feature = "more")]
    fn type_arguments(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'<' => open += 1,
                b'>' => open = open.saturating_sub(1),
                b'.' | b',' | b' ' => {}
                byte if name_byte(byte) => {}
                _ => return,
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let length =
            self.rest().bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')).count();
        let text = self.slice(self.at, self.at + length).replace('_', "");
        self.at += length;
        let whole = text.parse::<i64>().ok().map(Number::from);
        whole.or_else(|| serde_json::from_str(&text).ok()).map(Value::Number)
    }

    fn named(&mut self, depth: usize) -> Option<Value> {
        let name = self.name()?;
        match name {
            "true" => return Some(Value::Bool(true)),
            "false" => return Some(Value::Bool(false)),
            "null" | "undefined" => return Some(Value::Null),
            _ => {}
        }
        // `defineConfig` and its like hand back what they are given.
        #[cfg(feature = "more")]
        if name.starts_with("define") && !self.constants.contains_key(name) {
            self.type_arguments();
            if !self.eat("(") {
                return None;
            }
            let value = self.expression(depth + 1, false);
            self.eat(",");
            return self.eat(")").then_some(value);
        }
        // A first value that has a name of its own is changed, whoever else uses it.
        #[cfg(feature = "more")]
        if name == "Object" && self.eat(".assign(") {
            self.blank();
            if depth > 0 && self.peek() != Some(b'{') {
                return None;
            }
            let mut given = Vec::new();
            if !self.arguments(depth, &mut given) {
                return None;
            }
            let mut given = given.into_iter();
            let Some(Value::Object(mut map)) = given.next().filter(|first| first.get(CODE).is_none()) else {
                return None;
            };
            for more in given {
                assign(&mut map, more);
            }
            return Some(Value::Object(map));
        }
        #[cfg(feature = "more")]
        if let Some(module) = self.imports.get(name) {
            let value = (self.known)(module)?;
            self.values += MODULE;
            let back = self.at;
            let value = self.changed(name, value, depth);
            self.at = back;
            return Some(value);
        }
        #[cfg(feature = "more")]
        if name == "require" && self.eat("(") {
            self.blank();
            let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
            let value = (self.known)(&self.string(quote)?);
            self.values += MODULE;
            return if self.eat(")") { value } else { None };
        }
        let place = *self.constants.get(name)?;
        if self.resolving.contains(&place) {
            return None;
        }
        let back = self.at;
        self.resolving.push(place);
        self.at = place;
        let value = self.expression(depth + 1, true);
        #[cfg(feature = "more")]
        let value = self.changed(name, value, depth);
        self.resolving.pop();
        self.at = back;
        Some(value)
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            if self.eat("]") {
                return Some(Value::Array(values));
            }
            let spread = self.eat("...");
            match (spread, self.expression(depth + 1, false)) {
                (true, Value::Array(more)) => values.extend(more),
                (_, value) => values.push(value),
            }
            if !self.eat(",") && !self.rest().starts_with(']') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut map = Map::new();
        loop {
            if self.eat("}") {
                return Some(Value::Object(map));
            }
            if self.eat("...") {
                match self.expression(depth + 1, false) {
                    Value::Object(more) => map.extend(more),
                    other => {
                        map.insert("...".to_owned(), other);
                    }
                }
            } else {
                self.property(depth, &mut map)?;
            }
            if !self.eat(",") && !self.rest().starts_with('}') {
                return None;
            }
        }
    }

    fn property(&mut self, depth: usize, map: &mut Map<String, Value>) -> Option<()> {
        self.blank();
        let start = self.at;
        let key = match self.peek()? {
            quote @ (b'"' | b'\'') => self.string(quote)?,
            b'0'..=b'9' => self.number()?.to_string(),
            b'[' => {
                self.at += 1;
                let Value::String(key) = self.expression(depth + 1, false) else { return None };
                self.eat("]").then_some(key)?
            }
            _ => self.name()?.to_owned(),
        };
        self.blank();
        let value = match self.peek()? {
            b':' => {
                self.at += 1;
                self.expression(depth + 1, false)
            }
            // Shorthand: the name is the value's, too.
            b',' | b'}' => {
                self.at = start;
                let value = self
                    .named(depth)
                    .unwrap_or_else(|| Value::Object(Map::from_iter([(CODE.to_owned(), Value::String(key.clone()))])));
                self.at = start + key.len();
                value
            }
            // A method, a getter, an asynchronous method.
            _ => {
                self.skip(false);
                self.marker(start)
            }
        };
        map.insert(key, value);
        Some(())
    }

    /// A string; `None` where something is put into it, and the reader stands behind it all the same.
    fn string(&mut self, quote: u8) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        let mut plain = true;
        loop {
            let rest = self.rest();
            let c = rest.chars().next()?;
            self.at += c.len_utf8();
            match c {
                _ if c.is_ascii() && u32::from(c) == u32::from(quote) => return plain.then_some(out),
                '\\' => self.escape(&mut out),
                '\n' if quote != b'`' => return None,
                '$' if quote == b'`' && self.peek() == Some(b'{') => {
                    plain = false;
                    self.at += 1;
                    self.skip_braces();
                }
                _ => out.push(c),
            }
        }
    }

    /// Past `…}` of a template's place, which may hold strings of its own.
    fn skip_braces(&mut self) {
        let mut depth = 1_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                _ => {}
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(c) = self.rest().chars().next() else { return };
        self.at += c.len_utf8();
        let hex = |text: &str| u32::from_str_radix(text, 16).ok().and_then(char::from_u32);
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '0' => out.push('\0'),
            '\n' => {}
            'x' => {
                out.extend(hex(self.slice(self.at, self.at + 2)));
                self.at = (self.at + 2).min(self.text.len());
            }
            'u' if self.peek() == Some(b'{') => {
                let end = self.rest().find('}').unwrap_or(0);
                out.extend(hex(self.slice(self.at + 1, self.at + end)));
                self.at += end + 1;
            }
            'u' => {
                let digits = self.slice(self.at, self.at + 4);
                out.extend(hex(digits));
                self.at += digits.len();
            }
            other => out.push(other),
        }
    }

    fn regex(&mut self) -> Option<(String, String)> {
        let start = self.at;
        let mut class = false;
        let mut escaped = false;
        let body = self.slice(start + 1, self.text.len());
        // What is no expression is looked through from each of its slashes, so that there is an end to it.
        for (at, c) in body.char_indices().take(PATTERN) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    let end = start + 1 + at + 1;
                    let flags = self.slice(end, self.text.len());
                    let flags = flags.bytes().take_while(u8::is_ascii_lowercase).count();
                    self.at = end + flags;
                    return Some((self.slice(start + 1, end - 1).to_owned(), self.slice(end, self.at).to_owned()));
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "json! makes a value")]
    fn check(text: &str, expected: Value) {
        assert_eq!(exported(text).unwrap_or(json!("nothing")), expected, "{text}");
    }

    #[test]
    fn literals_are_read() {
        check(
            "module.exports = { a: 1, 'b': [true, null, -2.5], \"c\": 'x\\'y', }",
            json!({"a": 1, "b": [true, null, -2.5], "c": "x'y"}),
        );
        check(
            "export default {\n  // a comment\n  branches: ['main', /* b */ { name: 'beta', prerelease: true }],\n};\n",
            json!({"branches": ["main", {"name": "beta", "prerelease": true}]}),
        );
        check(
            "/** @type {import('semantic-release').GlobalConfig} */\nexport default {tagFormat: 'v${version}'};",
            json!({"tagFormat": "v${version}"}),
        );
        check("module.exports = {tagFormat: `v\\${version}`}", json!({"tagFormat": "v${version}"}));
        check("module.exports = {p: /^a[/]b\\/$/i}", json!({"p": {"$regex": "^a[/]b\\/$", "$flags": "i"}}));
        check("exports.default = ['a' + 'b']", json!(["ab"]));
    }

    #[test]
    fn constants_are_followed() {
        check(
            "const rules = [{type: 'docs', release: 'patch'}];\nconst config: Options = { rules, all: [...rules, 'x'] } satisfies Options;\nexport default config;",
            json!({"rules": [{"type": "docs", "release": "patch"}], "all": [{"type": "docs", "release": "patch"}, "x"]}),
        );
        check("const a = {x: 1}\nmodule.exports = {...a, y: 2}\n", json!({"x": 1, "y": 2}));
        check("module.exports = config\nconst config = {x: 1}\n", json!({"x": 1}));
    }

    #[test]
    fn what_has_to_be_run_is_marked() {
        check("module.exports = {a: process.env.A, b: 1}", json!({"a": {"$code": "process.env.A"}, "b": 1}));
        check(
            "module.exports = {a: f({x: [1, 2]}), b: (c) => c + 1, d: `x${y}`, e: 'f'}",
            json!({"a": {"$code": "f({x: [1, 2]})"}, "b": {"$code": "(c) => c + 1"}, "d": {"$code": "`x${y}`"}, "e": "f"}),
        );
        check(
            "module.exports = {transform(commit) { return {...commit, a: '}'} }, b: 2}",
            json!({"transform": {"$code": "transform(commit) { return {...commit, a: '}'} }"}, "b": 2}),
        );
        check("module.exports = {a: x ? 1 : 2}", json!({"a": {"$code": "x ? 1 : 2"}}));
        check("const a = b; const b = a; module.exports = {a}", json!({"a": {"$code": "a"}}));
        check(
            "const fs = require('fs')\nmodule.exports = {t: fs.readFileSync('a')}",
            json!({"t": {"$code": "fs.readFileSync('a')"}}),
        );
        check("const x = 1", json!("nothing"));
    }

    #[cfg(feature = "more")]
    #[test]
    fn what_hands_back_its_argument_is_read_through() {
        check("import { defineConfig } from 'x'\nexport default defineConfig({\n  a: 1,\n})\n", json!({"a": 1}));
        check("export default <Partial<Options>>{a: 1}\n", json!({"a": 1}));
        check(
            "export default {p: ['a', c && 'b', ...(c ? ['d'] : [])].filter(Boolean), q: 1}",
            json!({"p": ["a", {"$code": "c && 'b'"}, {"$code": "c ? ['d'] : []"}], "q": 1}),
        );
        check("export default make({a: 1})", json!({"$code": "make({a: 1})"}));
    }

    #[cfg(feature = "more")]
    #[test]
    fn what_later_statements_change_counts() {
        check(
            "const c = {p: ['a']};\nc.p.push('b', ['c', {d: 1}],)\nc.q = 'r'\nmodule.exports = c\n",
            json!({"p": ["a", "b", ["c", {"d": 1}]], "q": "r"}),
        );
        check("const p = []\np.push(...['a', 'b'])\nmodule.exports = {p}", json!({"p": ["a", "b"]}));
        check("const p = ['a'];\np.push(p);\nmodule.exports = {p}", json!({"p": ["a", {"$code": "p"}]}));
    }

    #[cfg(feature = "more")]
    #[test]
    fn what_may_be_changed_by_code_is_not_taken_for_what_it_began_as() {
        check(
            "const p = [];\nconst add = (x, y) => { return p.push([x, y]); };\nadd('a');\nmodule.exports = {b: 1, p}",
            json!({"b": 1, "p": {"$code": "p"}}),
        );
        check(
            "const c = {p: ['a'], q: 1};\nif (process.env.CI) {\n  c.p.push('b');\n  c.q = 2;\n}\nmodule.exports = c",
            json!({"p": ["a", {"$code": "c"}], "q": {"$code": "c"}}),
        );
        check("const p = ['a']\n// p.push('b')\nconst n = 'p.push()'\nmodule.exports = {p}", json!({"p": ["a"]}));
        check(
            "const p = ['a'], q = x.p.push('b')\nmodule.exports = {p, r: p == q}",
            json!({"p": ["a"], "r": {"$code": "p == q"}}),
        );
    }

    #[cfg(feature = "more")]
    #[test]
    fn what_is_exported_in_parts_is_one_value() {
        check("module.exports.a = 1\nmodule.exports.b = ['x'];\n", json!({"a": 1, "b": ["x"]}));
        check(
            "'use strict';\nexports.a = {b: 1};\nexports.c = 'd'\nexports.a.e = 2",
            json!({"a": {"b": 1, "e": 2}, "c": "d"}),
        );
        check(
            "module.exports = {a: 1};\nmodule.exports.b = 2;\nmodule.exports.c = f();\n",
            json!({"a": 1, "b": 2, "c": {"$code": "f()"}}),
        );
        check("module.exports.a = 0;\nmodule.exports = {b: 2};\nexports.c = 1;", json!({"b": 2}));
        check("module.exports = {p: ['a']}\nmodule.exports.p.push('b')", json!({"p": ["a", "b"]}));
        check("module.exports = {a: 1}\nif (ci) { module.exports.a = 2 }", json!({"a": {"$code": "module.exports"}}));
        check("module.exports = f()\nmodule.exports.a = 2", json!({"$code": "f()"}));
        check("exports.default = {a: 1}", json!({"a": 1}));
        check("const c = {a: 1}\nexport { c as default }\n", json!({"a": 1}));
        check("const c = {a: 1}, d = 2\nexport { d, c as default, }; c.b = 2;\n", json!({"a": 1, "b": 2}));
        check("export { c as default } from './c'\nconst c = 1", json!("nothing"));
        check("const c = {a: 1};\nexport = c;\n", json!({"a": 1}));
        check("export = {a: 1}", json!({"a": 1}));
    }

    #[cfg(feature = "more")]
    #[test]
    fn what_is_put_together_is_one_value() {
        let consts = "const a = {x: 1, y: 1}, n = 1\nconst b = {y: 2}\nconst p = ['a']\n";
        let check = |text: &str, expected: Value| check(&format!("{consts}{text}"), expected);
        check("module.exports = Object.assign({}, a, b)", json!({"x": 1, "y": 2}));
        check(
            "module.exports = Object.assign({z: 0}, ...[a], f())",
            json!({"z": 0, "x": 1, "y": 1, "...": {"$code": "f()"}}),
        );
        check("module.exports = Object.assign(a, b)", json!({"x": 1, "y": 2}));
        check("module.exports = [Object.assign(a, b), a]", json!([{"$code": "Object.assign(a, b)"}, {"x": 1, "y": 1}]));
        check("Object.assign(a, b, {z: 3});\nmodule.exports = a", json!({"x": 1, "y": 2, "z": 3}));
        check("module.exports = {a: 0}\nObject.assign(module.exports, b)", json!({"a": 0, "y": 2}));
        check("if (ci) {\n  Object.assign(a, b)\n}\nmodule.exports = {a}", json!({"a": {"$code": "a"}}));
        check(
            "module.exports = {q: [].concat(p, 'b', ['c', ['d']]), r: 1}",
            json!({"q": ["a", "b", "c", ["d"]], "r": 1}),
        );
        check("module.exports = p.concat(f()).filter(Boolean)", json!(["a", {"$code": "f()"}]));
        check(
            "module.exports = {q: p.concat(['b']).map(f), r: 1}",
            json!({"q": {"$code": "p.concat(['b']).map(f)"}, "r": 1}),
        );
    }

    #[cfg(feature = "more")]
    #[test]
    fn types_change_nothing() {
        check(
            "export default {a: ['b'] as const, c: 1 as number} satisfies import('x').Options",
            json!({"a": ["b"], "c": 1}),
        );
        check(
            "const a = {b: 1} as Partial<Options<'x', { y: string[] }>> & { z?: (a: 1) => void }\nexport default a as unknown as A[]\n",
            json!({"b": 1}),
        );
        check(
            "const a = ['x'] satisfies readonly string[]\nconst b = 1\nexport default {a, b}",
            json!({"a": ["x"], "b": 1}),
        );
        check("export default {a: b as C || d, e: 1}", json!({"a": {"$code": "b as C || d"}, "e": 1}));
    }

    #[test]
    fn hostile_text_ends() {
        for text in [
            "exports.",
            "module.exports.a.",
            "Object.assign(",
            "Object.assign(a.",
            "export { a as",
            "export default [].concat(",
            "export default Object.assign({}, ",
            "export default a as <",
            "export default 1 as import(",
            "export default 1 as A<{",
            "module.exports = ",
            "module.exports = {",
            "module.exports = [[[[",
            "export default `${`${",
            "/*",
            "module.exports = {a: '",
            "}}}}",
            "export",
            "const",
            "const a =",
            "a.push(",
            "a.b.",
            "a.b = ",
            "const a = []; a.push(a, a); a.push(...a); export default a",
            "export default <<<",
            "export default define<a(",
        ] {
            let _ = exported(text);
        }
        let shapes = [
            "0",
            "é",
            "=/[",
            "/*",
            "`${",
            "export{a,",
            "a.b.",
            "Object.assign({},",
            "[].concat(a).",
            "exports.a=",
            " as {",
        ];
        for shape in shapes {
            let many = shape.repeat(100_000 / shape.len());
            let _ = exported(&format!("const a = [1];\n{many}\nmodule.exports = a;"));
            let _ = exported(&format!("module.exports = {many}"));
        }
        let pushed = "function f() { a.push(1) }\n".repeat(20_000);
        let used = "a, ".repeat(20_000);
        let _ = exported(&format!("const a = [1];\n{pushed}module.exports = [{used}];"));
        let _ = exported(&format!("const a = [1];\n{}module.exports = [{used}];", "a.push(1)\n".repeat(20_000)));
        let deep = format!("module.exports = {}", "[".repeat(100_000));
        let _ = exported(&deep);
        let doubling: Vec<String> = (1..40).map(|at| format!("const a{at} = [a{0}, a{0}];\n", at - 1)).collect();
        let doubling = doubling.concat();
        let _ = exported(&format!("const a0 = [1];\n{doubling}module.exports = a39;"));
    }
}

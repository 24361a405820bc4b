//! Jinja2 templates of a repository, filled by minijinja 3 within limits: a template is somebody's program, and it may
//! loop.
//!
//! minijinja's fuel pays for every instruction, every byte and every item, so that a template that goes beyond it ends
//! in a finding. What is written here is what Python's Jinja2 (3.1) has beyond it: lists that can be changed
//! (`{% set _ = lines.append(line) %}`), the methods of Python's strings, lists and dictionaries, and how Python spells
//! what it prints.

use super::cliff::unknown;
use super::strftime;
use super::template::{BUSIEST, DEEPEST, LONGEST, shown_unknown};
use crate::reading::python_text::{escaped, is_space, title};
use crate::text::Text;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Rest, Value, ValueKind, from_args};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How much work a template may do at least.
const WORK: u64 = 2_000_000;
/// How much it may do for each commit.
const WORK_EACH: u64 = 10_000;
/// How deep macros and included templates may lie in each other, in minijinja's own measure.
const RECURSION: usize = 200;
/// How many values a list may hold, those within its values counted.
const HEAVIEST: usize = 1_000_000;

/// A mark for what is not known: a text that shows it is not shown.
#[must_use]
pub fn unseen(name: &str) -> Value {
    Value::from(unknown(name).as_str().unwrap_or_default())
}

/// How Jinja2 reads templates (`Environment`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The first line break behind a tag is left out.
    pub trim_blocks: bool,
    /// White space before a tag that begins a line is left out.
    pub lstrip_blocks: bool,
    /// The template's last line break stays.
    pub keep_trailing_newline: bool,
    /// What is printed is escaped as markupsafe does it.
    pub escapes: bool,
    /// The names of templates are relative to the one that names them.
    pub relative: bool,
}

/// Templates, parsed and ready to be filled.
pub struct Jinja {
    environment: Environment<'static>,
}

impl Jinja {
    /// Reads templates by their names. `commits` is how many commits they are filled with: the work allowed grows with
    /// them.
    ///
    /// # Errors
    /// What is wrong with them, to be said to a person.
    pub fn of<'a>(
        templates: impl Iterator<Item = (&'a str, &'a str)>,
        options: Options,
        commits: usize,
    ) -> Result<Self, Text> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder()
            .trim_blocks(options.trim_blocks)
            .lstrip_blocks(options.lstrip_blocks)
            .keep_trailing_newline(options.keep_trailing_newline)
            .build();
        environment.set_syntax(syntax.map_err(|error| Text::new("tool_template_malformed", [&told(&error)]))?);
        let escape = if options.escapes { AutoEscape::Html } else { AutoEscape::None };
        environment.set_auto_escape_callback(move |_| escape.clone());
        environment.set_formatter(print);
        environment.set_recursion_limit(RECURSION);
        environment.set_unknown_method_callback(method);
        let each = u64::try_from(commits).unwrap_or(u64::MAX).saturating_mul(WORK_EACH);
        environment.set_fuel(Some(WORK.saturating_add(each)));
        if options.relative {
            environment.set_path_join_callback(|name, parent| joined(name, parent).into());
        }
        environment.add_function(LIST, |state: &State, value: Value| {
            Value::from_object(List::of(state, value.try_iter()?)?).pipe()
        });
        environment.add_filter("list", |state: &State, value: Value| {
            Value::from_object(List::of(state, iterate(&value)?)?).pipe()
        });
        environment.add_filter("title", |text: &str| title(text));
        environment.add_filter(SLICED, |state: &State, value: Value| {
            pay(state, value.as_str().map_or(0, str::len))?;
            value.pipe()
        });
        // These put lists together without counting as well.
        for name in ["chain", "sum", "zip"] {
            environment.remove_filter(name);
        }
        for (name, source) in templates {
            let source = mutable(source).ok_or_else(|| Text::new("tool_template_intricate", []))?;
            environment
                .add_template_owned(name.to_owned(), source)
                .map_err(|error| Text::new("tool_template_malformed", [&told(&error)]))?;
        }
        Ok(Self { environment })
    }

    /// Makes a value known to all templates by a name.
    pub fn global(&mut self, name: impl Into<std::borrow::Cow<'static, str>>, value: Value) {
        self.environment.add_global(name, value);
    }

    /// Takes a filter of the tool's own.
    pub fn filter(
        &mut self,
        name: &'static str,
        filter: impl Fn(&Value, &[Value], &Kwargs) -> Result<Value, Error> + Send + Sync + 'static,
    ) {
        self.environment
            .add_filter(name, move |value: Value, rest: Rest<Value>, named: Kwargs| filter(&value, &rest, &named));
    }

    /// Fills one of the templates. The text may show marks of what is not known ([`known`]).
    ///
    /// # Errors
    /// Why there is no text, to be said to a person.
    pub fn fill(&self, name: &str) -> Result<String, Text> {
        let failed = |error: &Error| {
            let told = told(error);
            if error.kind() == ErrorKind::OutOfFuel || told.contains("recursion limit") {
                return Text::new("tool_template_spent", []);
            }
            match shown_unknown(&told) {
                Some(name) => Text::new("tool_template_unknown", [name]),
                None => Text::new("tool_template_failed", [&told]),
            }
        };
        self.environment.get_template(name).and_then(|template| template.render(())).map_err(|error| failed(&error))
    }
}

/// A text that shows nothing that is not known.
///
/// # Errors
/// What is not known, to be said to a person.
pub fn known(text: String) -> Result<String, Text> {
    match shown_unknown(&text) {
        Some(name) => Err(Text::new("tool_template_unknown", [name])),
        None => Ok(text),
    }
}

/// Gives a value as what went well.
trait Pipe: Sized {
    fn pipe(self) -> Result<Self, Error> {
        Ok(self)
    }
}
impl Pipe for Value {}

/// What an error says in the end.
fn told(error: &Error) -> String {
    let mut said = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        if let Some(detail) = deeper.downcast_ref::<Error>().and_then(Error::detail) {
            detail.clone_into(&mut said);
        }
        source = deeper.source();
    }
    said.chars().take(300).collect()
}

/// Pays for what minijinja does not see: this many bytes or values are gone over.
fn pay(state: &State, length: usize) -> Result<(), Error> {
    state.consume_fuel(u64::try_from(length / 32).unwrap_or(u64::MAX).saturating_add(1))
}

fn cannot(what: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{what} is not known here"))
}

/// The name of a template beside another (`PurePosixPath(parent).parent / name`, with what leads upward taken away).
fn joined(name: &str, parent: &str) -> String {
    let folder = parent.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The name of the function that makes a list of a literal one.
const LIST: &str = "__list";

/// The name of the filter that pays for what a slice goes over.
const SLICED: &str = "__sliced";

/// An open bracket: of which kind, where it stands in what is written, and where the value begins that it belongs to.
struct Open {
    bracket: Bracket,
    at: usize,
    chain: usize,
    /// Whether it takes a slice of that value.
    slices: bool,
}

/// Where a template is being read.
enum Bracket {
    Literal,
    /// A literal list behind a plus.
    Added,
    /// Behind a value of which it takes something.
    Part,
    Other,
}

/// A template with every literal list made one that can be changed; `None` where it is too long, too deep or has no
/// end.
fn mutable(source: &str) -> Option<String> {
    if source.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(source.len() + 64);
    let mut rest = source;
    let mut bodies = 0_usize;
    while let Some(at) = rest.find('{') {
        let (before, tag) = rest.split_at_checked(at)?;
        out.push_str(before);
        let close = match tag.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => {
                let end = tag.find("#}")? + 2;
                out.push_str(tag.get(..end)?);
                rest = tag.get(end..)?;
                continue;
            }
            _ => {
                out.push('{');
                rest = tag.get(1..)?;
                continue;
            }
        };
        let inside = tag.get(2..)?;
        out.push_str(tag.get(..2)?);
        let length = rewrite(inside, close, &mut out)?;
        out.push_str(close);
        let (inside, after) = inside.split_at_checked(length)?;
        rest = after.get(close.len()..)?;
        let word = inside.trim_start_matches(['-', '+']).trim_start();
        if close == "%}" {
            let opens =
                ["for", "if", "filter", "block", "macro", "call", "with"].iter().any(|name| word.starts_with(name));
            bodies = if opens { bodies + 1 } else { bodies.saturating_sub(usize::from(word.starts_with("end"))) };
            if word.trim_end_matches(['-', '+']).trim_end() == "raw" {
                let end = rest.find("endraw")?;
                out.push_str(rest.get(..end)?);
                rest = rest.get(end..)?;
                // The rest of that tag holds no expression.
                let end = rest.find("%}")? + 2;
                out.push_str(rest.get(..end)?);
                rest = rest.get(end..)?;
            }
        }
        if bodies > DEEPEST {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Copies a tag up to its end and says how long it is.
fn rewrite(tag: &str, close: &str, out: &mut String) -> Option<usize> {
    let mut at = 0;
    let mut stack: Vec<Open> = Vec::new();
    // Where in what is written the value begins that was met last.
    let mut chain = out.len();
    // Whether what comes before is a value, so that a bracket behind it takes something of it.
    let mut valued = false;
    let mut busy = 0_usize;
    // Whether that value is a number or a text as written.
    let mut literal = false;
    let mut added = false;
    loop {
        let rest = tag.get(at..)?;
        if busy > BUSIEST {
            return None;
        }
        if stack.is_empty()
            && (rest.starts_with(close) || rest.strip_prefix(['-', '+']).is_some_and(|rest| rest.starts_with(close)))
        {
            let end = if rest.starts_with(close) { at } else { at + 1 };
            out.push_str(tag.get(at..end)?);
            return Some(end);
        }
        let letter = rest.chars().next()?;
        match letter {
            '"' | '\'' => {
                let mut escaped = false;
                let inside = rest.get(1..)?;
                let end = inside.char_indices().find(|(_, c)| {
                    let ends = *c == letter && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
                let length = end?.0 + 2;
                chain = out.len();
                out.push_str(rest.get(..length)?);
                at += length;
                (valued, literal, added) = (true, true, false);
                continue;
            }
            // minijinja puts lists together without counting, so that a few sums hold more than there is room for: one
            // side of a sum must be a literal.
            '+' if valued => {
                let behind = rest.get(1..)?.trim_start();
                if !literal && !behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '[')) {
                    return None;
                }
                added = true;
                out.push('+');
            }
            '[' if !valued => {
                let bracket = if added { Bracket::Added } else { Bracket::Literal };
                stack.push(Open { bracket, at: out.len(), chain: out.len(), slices: false });
                out.push_str(LIST);
                out.push_str("([");
            }
            '[' | '(' | '{' => {
                let bracket = if letter == '[' { Bracket::Part } else { Bracket::Other };
                // What is called or looked into goes on with the bracket; a parenthesis of its own begins a value.
                let begins = if valued { chain } else { out.len() };
                stack.push(Open { bracket, at: out.len(), chain: begins, slices: false });
                out.push(letter);
            }
            ':' => {
                if let Some(open) = stack.last_mut() {
                    open.slices |= matches!(open.bracket, Bracket::Part);
                }
                out.push(':');
            }
            ']' | ')' | '}' => {
                let Open { bracket, at: opened, chain: begins, slices } = stack.pop()?;
                chain = begins;
                if slices {
                    // minijinja goes over a whole text for a part of it, and takes nothing for that.
                    out.insert_str(opened, &format!("|{SLICED})"));
                    out.insert(begins, '(');
                }
                out.push(letter);
                if matches!(bracket, Bracket::Literal | Bracket::Added) {
                    out.push(')');
                }
                // What is taken out of it may be anything.
                if matches!(bracket, Bracket::Added) && rest.get(1..)?.trim_start().starts_with(['[', '.']) {
                    return None;
                }
            }
            c if c.is_alphanumeric() || c == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let word = rest.get(..length)?;
                let attribute = tag.get(..at)?.trim_end().ends_with('.');
                literal = !attribute && letter.is_ascii_digit();
                added = false;
                if !attribute {
                    chain = out.len();
                }
                out.push_str(word);
                at += length;
                busy += usize::from(["not", "and", "or", "if", "else", "is", "in"].contains(&word));
                valued =
                    !["in", "not", "and", "or", "if", "elif", "else", "is", "set", "for", "include"].contains(&word);
                continue;
            }
            c => out.push(c),
        }
        at += letter.len_utf8();
        busy += usize::from(matches!(letter, '(' | '|' | '+' | '-' | '*' | '/' | '%' | '~' | '.'));
        if !letter.is_whitespace() {
            valued = matches!(letter, ']' | ')' | '}');
            literal = false;
            added = letter == '+';
        }
        if stack.len() > DEEPEST {
            return None;
        }
    }
}

/// How Python spells what is printed.
fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let failed = |_| Error::from(ErrorKind::WriteFailure);
    match value.kind() {
        ValueKind::Undefined => Ok(()),
        ValueKind::None => out.write_str("None").map_err(failed),
        ValueKind::Bool => out.write_str(if value.is_true() { "True" } else { "False" }).map_err(failed),
        ValueKind::Seq | ValueKind::Iterable => Err(cannot("a list, printed as Python spells it,")),
        ValueKind::Map if value.downcast_object_ref::<Record>().is_none() => {
            Err(cannot("a dictionary, printed as Python spells it,"))
        }
        _ if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => {
            out.write_str(&escaped(&value.to_string())).map_err(failed)
        }
        _ => out.write_str(&value.to_string()).map_err(failed),
    }
}

fn iterate(value: &Value) -> Result<impl Iterator<Item = Value>, Error> {
    Ok(if value.is_undefined() { Value::from(Vec::<Value>::new()).try_iter()? } else { value.try_iter()? })
}

/// A list that can be changed, as all of Python's are.
#[derive(Debug, Default)]
struct List {
    items: Mutex<Held>,
}

/// What a list holds.
#[derive(Debug, Default)]
struct Held {
    values: Vec<Value>,
    weight: usize,
    /// Whether it lies in another list, where it can no longer be changed: so none ever holds itself.
    fixed: bool,
}

impl List {
    fn of(state: &State, values: impl Iterator<Item = Value>) -> Result<Self, Error> {
        let mut held = Held::default();
        for value in values {
            held.push(taken(state, value)?)?;
        }
        pay(state, held.values.len())?;
        Ok(Self { items: Mutex::new(held) })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Held) -> Result<T, Error>) -> Result<T, Error> {
        let mut held = self.held();
        if held.fixed { Err(cannot("changing a list that lies in another")) } else { change(&mut held) }
    }
}

/// A value as a list may hold it, and how much it weighs. No list may be held meanwhile: the value may be that very one.
fn taken(state: &State, value: Value) -> Result<(Value, usize), Error> {
    if let Some(list) = value.downcast_object_ref::<List>() {
        pay(state, list.held().values.len())?;
        let (values, weight) = {
            let held = list.held();
            (held.values.clone(), held.weight)
        };
        return Ok((Value::from_object(List { items: Mutex::new(Held { values, weight, fixed: true }) }), weight));
    }
    let weight = weight(&value, 0).ok_or_else(|| cannot("a list within such a value"))?;
    pay(state, weight)?;
    Ok((value, weight))
}

impl Held {
    fn add(&mut self, weight: usize) -> Result<(), Error> {
        self.weight = self.weight.saturating_add(weight).saturating_add(1);
        if self.weight > HEAVIEST { Err(Error::from(ErrorKind::OutOfFuel)) } else { Ok(()) }
    }

    fn push(&mut self, (value, weight): (Value, usize)) -> Result<(), Error> {
        self.add(weight)?;
        self.values.push(value);
        Ok(())
    }
}

/// How many values lie in a value; `None` where it is too deep, or holds a list that can be changed or a namespace.
fn weight(value: &Value, depth: usize) -> Option<usize> {
    if depth > DEEPEST {
        return None;
    }
    match value.kind() {
        _ if value.downcast_object_ref::<Record>().is_some() => Some(1),
        _ if value.downcast_object_ref::<List>().is_some_and(|list| !list.held().fixed) => None,
        _ if let Some(list) = value.downcast_object_ref::<List>() => Some(list.held().weight),
        ValueKind::Seq => value.try_iter().ok()?.try_fold(1_usize, |sum, item| {
            (sum < HEAVIEST).then_some(())?;
            Some(sum + weight(&item, depth + 1)?)
        }),
        ValueKind::Map if value.as_object().is_some_and(|object| object.type_name().contains("Namespace")) => None,
        ValueKind::Map => value.try_iter().ok()?.try_fold(1_usize, |sum, key| {
            (sum < HEAVIEST).then_some(())?;
            Some(sum + weight(&value.get_item(&key).ok()?, depth + 1)?)
        }),
        _ => Some(1),
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let held = self.held();
        let index = key.as_i64()?;
        let index = if index < 0 { index + i64::try_from(held.values.len()).ok()? } else { index };
        held.values.get(usize::try_from(index).ok()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.held().values.len())
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let length = self.held().values.len();
        match method {
            "count" => pay(state, length.saturating_mul(32))?,
            "insert" | "pop" | "reverse" | "copy" => pay(state, length)?,
            _ => {}
        }
        match method {
            "append" => {
                let (value,): (Value,) = from_args(args)?;
                let value = taken(state, value)?;
                self.change(|held| held.push(value))?;
                Ok(Value::from(()))
            }
            "extend" => {
                let (values,): (Value,) = from_args(args)?;
                let values = values.try_iter()?.map(|value| taken(state, value)).collect::<Result<Vec<_>, _>>()?;
                self.change(|held| values.into_iter().try_for_each(|value| held.push(value)))?;
                Ok(Value::from(()))
            }
            "insert" => {
                let (at, value): (i64, Value) = from_args(args)?;
                let (value, weight) = taken(state, value)?;
                self.change(|held| {
                    held.add(weight)?;
                    let count = held.values.len();
                    let at = if at < 0 {
                        count.saturating_sub(usize::try_from(-at).unwrap_or(count))
                    } else {
                        usize::try_from(at).unwrap_or(count)
                    };
                    held.values.insert(at.min(count), value);
                    Ok(())
                })?;
                Ok(Value::from(()))
            }
            "pop" => {
                let (at,): (Option<i64>,) = from_args(args)?;
                self.change(|held| {
                    let count = i64::try_from(held.values.len()).unwrap_or(i64::MAX);
                    let at = at.unwrap_or(-1);
                    let at =
                        usize::try_from(if at < 0 { at + count } else { at }).ok().filter(|at| *at < held.values.len());
                    Ok(held.values.remove(at.ok_or_else(|| cannot("a value beyond the end of a list"))?))
                })
            }
            "clear" => {
                self.change(|held| {
                    *held = Held::default();
                    Ok(())
                })?;
                Ok(Value::from(()))
            }
            "reverse" => {
                self.change(|held| {
                    held.values.reverse();
                    Ok(())
                })?;
                Ok(Value::from(()))
            }
            "copy" => {
                let values = self.held().values.clone();
                Ok(Value::from_object(List::of(state, values.into_iter())?))
            }
            "count" => {
                let (value,): (Value,) = from_args(args)?;
                let values = self.held().values.clone();
                Ok(Value::from(values.iter().filter(|held| **held == value).count()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// What a record can do beyond holding values.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A dictionary.
    Plain,
    /// A version, and the tool's tags for it by the method's name.
    Methods(Vec<(&'static str, Value)>),
    /// A day, `YYYY-MM-DD`, of an instant whose time is not known.
    Instant(String),
}

/// An object of the tool's: named values, what it prints, and its methods.
#[derive(Debug)]
pub struct Record {
    kind: Kind,
    shown: Value,
    fields: Vec<(Value, Value)>,
}

impl Record {
    /// An object that prints as `shown` does.
    #[must_use]
    pub fn value(kind: Kind, shown: Value, fields: Vec<(&'static str, Value)>) -> Value {
        let fields = fields.into_iter().map(|(name, value)| (Value::from(name), value)).collect();
        Value::from_object(Self { kind, shown, fields })
    }

    /// A dictionary, in its own order.
    #[must_use]
    pub fn dictionary(fields: Vec<(Value, Value)>) -> Value {
        Value::from_object(Self { kind: Kind::Plain, shown: unseen("a dictionary, printed"), fields })
    }
}

/// A list of the tool's own values, which no template changes: so it may lie in others.
pub fn list(values: impl Iterator<Item = Value>) -> Value {
    let values: Vec<Value> = values.collect();
    let weight = values.len();
    Value::from_object(List { items: Mutex::new(Held { values, weight, fixed: true }) })
}

/// A list of texts that a method makes, which can be changed.
fn fresh<'a>(state: &State, texts: impl Iterator<Item = &'a str>) -> Result<Value, Error> {
    Ok(Value::from_object(List::of(state, texts.map(Value::from))?))
}

/// A day as Python's `datetime`.
#[must_use]
pub fn instant(day: &str) -> Value {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<u32>().map_or(Value::UNDEFINED, Value::from));
    let mut next = || parts.next().unwrap_or(Value::UNDEFINED);
    let fields = vec![("year", next()), ("month", next()), ("day", next())];
    Record::value(Kind::Instant(day.to_owned()), unseen("release.tagged_date"), fields)
}

impl Object for Record {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.fields.iter().map(|(name, _)| name.clone()).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !matches!(self.kind, Kind::Plain) || !self.fields.is_empty()
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.shown, out)
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        match (&self.kind, method) {
            (Kind::Methods(methods), name) if methods.iter().any(|(known, _)| *known == name) => Ok(methods
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(Value::UNDEFINED, |(_, value)| value.clone())),
            (Kind::Instant(day), "strftime") => {
                let (format,): (&str,) = from_args(args)?;
                // Of an instant only the day is known.
                let text = strftime::seconds(day)
                    .filter(|_| tells_days_alone(format))
                    .and_then(|at| strftime::format(at, format));
                Ok(text.map_or_else(|| unseen("release.tagged_date"), Value::from))
            }
            (Kind::Instant(day), "date") => {
                let methods = vec![("isoformat", Value::from(day.as_str()))];
                Ok(Record::value(Kind::Methods(methods), Value::from(day.as_str()), Vec::new()))
            }
            (Kind::Instant(_), "isoformat" | "timestamp") => Ok(unseen("release.tagged_date")),
            (_, "items") => {
                Ok(list(self.fields.iter().map(|(name, value)| Value::from(vec![name.clone(), value.clone()]))))
            }
            (_, "keys") => Ok(list(self.fields.iter().map(|(name, _)| name.clone()))),
            (_, "values") => Ok(list(self.fields.iter().map(|(_, value)| value.clone()))),
            (_, "get") => {
                let (key, default): (Value, Option<Value>) = from_args(args)?;
                Ok(self.get_value(&key).or(default).unwrap_or_else(|| Value::from(())))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Whether a format of `strftime` asks for nothing but the day.
fn tells_days_alone(format: &str) -> bool {
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            continue;
        }
        let Some(asked) = rest.next().and_then(|c| if c == '-' { rest.next() } else { Some(c) }) else { return false };
        if !"YmdBbhaAjyeDFuwGVgUWC%".contains(asked) {
            return false;
        }
    }
    true
}

/// The methods of Python's strings, dictionaries and tuples.
fn method(state: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let unknown = || Error::from(ErrorKind::UnknownMethod);
    if value.kind() == ValueKind::Map {
        pay(state, value.len().unwrap_or_default().saturating_mul(32))?;
        let pair = |key: Value| value.get_item(&key).map(|found| (key, found));
        return match method {
            "items" => {
                let pairs = value.try_iter()?.map(|key| pair(key).map(|(key, found)| Value::from(vec![key, found])));
                Ok(list(pairs.collect::<Result<Vec<_>, _>>()?.into_iter()))
            }
            "keys" => Ok(list(value.try_iter()?)),
            "values" => {
                let found = value.try_iter()?.map(|key| value.get_item(&key)).collect::<Result<Vec<_>, _>>()?;
                Ok(list(found.into_iter()))
            }
            "get" => {
                let (key, default): (Value, Option<Value>) = from_args(args)?;
                let found = value.get_item(&key).ok().filter(|found| !found.is_undefined());
                Ok(found.or(default).unwrap_or_else(|| Value::from(())))
            }
            _ => Err(unknown()),
        };
    }
    let Some(text) = value.as_str() else { return Err(unknown()) };
    pay(state, text.len())?;
    let taken = |chars: Option<&str>, c: char| chars.map_or_else(|| is_space(c), |chars| chars.contains(c));
    match method {
        "upper" => Ok(Value::from(text.to_uppercase())),
        "lower" | "casefold" => Ok(Value::from(text.to_lowercase())),
        "capitalize" => {
            let mut chars = text.chars();
            let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            Ok(Value::from(first + &chars.as_str().to_lowercase()))
        }
        "strip" | "lstrip" | "rstrip" => {
            let (chars,): (Option<&str>,) = from_args(args)?;
            let text = if method == "rstrip" { text } else { text.trim_start_matches(|c| taken(chars, c)) };
            Ok(Value::from(if method == "lstrip" { text } else { text.trim_end_matches(|c| taken(chars, c)) }))
        }
        "split" | "rsplit" => {
            let (separator, most, named): (Option<Value>, Option<i64>, Kwargs) = from_args(args)?;
            let separator = separator.or(named.get::<Option<Value>>("sep")?).filter(|sep| !sep.is_none());
            let most = most.or(named.get::<Option<i64>>("maxsplit")?).and_then(|most| usize::try_from(most).ok());
            named.assert_all_used()?;
            let parts: Vec<&str> = match (separator.as_ref().map(Value::as_str), most, method) {
                (Some(None | Some("")), ..) => return Err(cannot("an empty separator")),
                (Some(Some(sep)), None, _) => text.split(sep).collect(),
                (Some(Some(sep)), Some(most), "split") => text.splitn(most.saturating_add(1), sep).collect(),
                (Some(Some(sep)), Some(most), _) => {
                    let mut parts: Vec<&str> = text.rsplitn(most.saturating_add(1), sep).collect();
                    parts.reverse();
                    parts
                }
                (None, None, _) => text.split(is_space).filter(|part| !part.is_empty()).collect(),
                (None, Some(most), "split") => {
                    let (mut parts, mut rest) = (Vec::new(), text.trim_start_matches(is_space));
                    while !rest.is_empty() {
                        let end = rest.find(is_space).filter(|_| parts.len() < most);
                        let (part, after) =
                            end.map_or((rest, ""), |end| rest.split_at_checked(end).unwrap_or((rest, "")));
                        parts.push(if end.is_some() { part } else { part.trim_end_matches(is_space) });
                        rest = after.trim_start_matches(is_space);
                    }
                    parts
                }
                (None, Some(_), _) => return Err(unknown()),
            };
            fresh(state, parts.into_iter())
        }
        "splitlines" => {
            let (keep,): (Option<bool>,) = from_args(args)?;
            if keep == Some(true)
                || text
                    .contains(['\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'])
            {
                return Err(unknown());
            }
            fresh(state, text.split_terminator('\n'))
        }
        "replace" => {
            let (from, to, most): (&str, &str, Option<usize>) = from_args(args)?;
            // What it makes is paid for once it is made, so it may not be beyond all measure.
            let count = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from).count() };
            let count = most.map_or(count, |most| count.min(most));
            if count.saturating_mul(to.len()).saturating_add(text.len()) > 16 * HEAVIEST {
                return Err(Error::from(ErrorKind::OutOfFuel));
            }
            Ok(Value::from(text.replacen(from, to, count)))
        }
        "startswith" | "endswith" => {
            let (wanted,): (Value,) = from_args(args)?;
            let is =
                |wanted: &str| if method == "startswith" { text.starts_with(wanted) } else { text.ends_with(wanted) };
            Ok(Value::from(match wanted.as_str() {
                Some(wanted) => is(wanted),
                None if wanted.len().is_some_and(|count| count > BUSIEST) => {
                    return Err(cannot("so many texts to begin or end with"));
                }
                None => wanted.try_iter()?.any(|wanted| wanted.as_str().is_some_and(is)),
            }))
        }
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_prefix(prefix).unwrap_or(text)))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_suffix(suffix).unwrap_or(text)))
        }
        "join" => {
            let (parts,): (Value,) = from_args(args)?;
            let mut out = String::new();
            for (at, part) in parts.try_iter()?.enumerate() {
                out.push_str(if at > 0 { text } else { "" });
                out.push_str(part.as_str().ok_or_else(|| cannot("joining what is no text"))?);
                pay(state, text.len())?;
                if out.len() > 16 * HEAVIEST {
                    return Err(Error::from(ErrorKind::OutOfFuel));
                }
            }
            pay(state, out.len())?;
            Ok(Value::from(out))
        }
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            let found = if method == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
            let parts = match found {
                Some((before, after)) => [before, separator, after],
                None if method == "partition" => [text, "", ""],
                None => ["", "", text],
            };
            fresh(state, parts.into_iter())
        }
        "find" | "count" => {
            let (wanted,): (&str,) = from_args(args)?;
            if method == "count" {
                return Ok(Value::from(text.matches(wanted).count()));
            }
            let at = text.find(wanted).and_then(|at| text.get(..at)).map(|before| before.chars().count());
            Ok(at.map_or_else(|| Value::from(-1), Value::from))
        }
        "title" => Ok(Value::from(title(text))),
        "isdigit" => Ok(Value::from(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))),
        "isupper" => Ok(Value::from(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))),
        "islower" => Ok(Value::from(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))),
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(source: &str, context: Vec<(&'static str, Value)>) -> Result<String, Text> {
        let mut jinja = Jinja::of([("t", source)].into_iter(), Options::default(), 0)?;
        for (name, value) in context {
            jinja.global(name, value);
        }
        known(jinja.fill("t")?)
    }

    fn context() -> Vec<(&'static str, Value)> {
        let commits = ["fix", "Add"].map(|name| Record::dictionary(vec![(Value::from("name"), Value::from(name))]));
        vec![
            ("x", Value::from("a b")),
            ("commits", list(commits.into_iter())),
            ("day", instant("2026-01-02")),
            ("who", unseen("commit.author")),
            ("yes", Value::from(true)),
        ]
    }

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(fill(source, context()), Ok(expected.to_owned()), "{source}");
    }

    #[track_caller]
    fn refuse(source: &str, expected: &str) {
        assert_eq!(
            fill(source, context()).map_err(|refused| refused.id.to_string()),
            Err(expected.to_owned()),
            "{source}"
        );
    }

    #[test]
    fn slices_are_those_of_what_stands_before_them() {
        let check = |source: &str, expected: &str| {
            assert_eq!(fill(source, Vec::new()), Ok(expected.to_owned()), "{source}");
        };
        check("{% set t = 'abcdef' %}{{ t[1:3] }}{{ t[:2] ~ t[-1:] }}{{ t[::-1] }}{{ t[0] }}", "bcabffedcbaa");
        check("{{ 'abc'[1:] }}{{ ('ab' ~ 'cd')[1:3] }}{{ 'a,b'.split(',')[1:] | join }}", "bcbcb");
        check("{% set l = ['abc', [1, 2, 3]] %}{{ l[0][1:] }}{{ l[1][1:][0] }}{{ (l[1:][0])[:1][0] }}", "bc21");
        check("{% set d = {'k': 'xyz'} %}{{ d['k'][1:] }}{{ d.k[:1] }}{{ {'a': 'bc'[1:]}['a'] }}", "yzxc");
        check("{% set t = 'abc' %}{% if not t[3:] and 'b' in t[1:] %}{{ t[t[0:1] | length:] }}{% endif %}", "bc");
        check("{% for c in 'abc'[1:] %}{{ c[0:1] }}{% endfor %}{{ 'abc'[1:].upper()[1:] }}", "bcC");
    }

    #[test]
    fn what_goes_over_a_long_list_or_text_pays_for_it() {
        let list = "{% set l = [] %}{% for i in range(20000) %}{% set _ = l.append(i) %}{% endfor %}";
        let text = "{% set t = 'ab' * 100000 %}";
        for (begin, each) in [
            (list, "l.count(5)"),
            (list, "l.append(l.pop(0))"),
            (list, "[l]"),
            (text, "t.islower()"),
            (text, "t.find('z')"),
            (text, "t[1:2]"),
            (text, "(t ~ '')[1:2]"),
        ] {
            let source = format!("{begin}{{% for i in range(20000) %}}{{% set _ = {each} %}}{{% endfor %}}");
            let refused = fill(&source, Vec::new()).map_err(|refused| refused.id.to_string());
            assert_eq!(refused, Err("tool_template_spent".to_owned()), "{each}");
        }
        assert_eq!(
            fill(&format!("{list}{{{{ l | first }}}} {{{{ l | last }}}} {{{{ l | length }}}}"), Vec::new()),
            Ok("0 19999 20000".to_owned())
        );
    }

    #[test]
    fn templates_are_filled_as_jinja_fills_them() {
        check(
            "{% set l = [] %}{% for c in 'abc' %}{% set _ = l.append(c ~ 1) %}{% endfor %}{{ l | join(',') }}",
            "a1,b1,c1",
        );
        check(
            "{% set l = [1, [2, 3]] %}{% set _ = l.extend([4]) %}{{ l | length }}{{ l[1][0] }}{{ l[-1] }}{{ x[0] }}",
            "324a",
        );
        check("{% set l = x.split() | list %}{% set _ = l.insert(0, 'z') %}{{ l.pop() }}{{ l | join }}", "bza");
        check("{{ commits | map(attribute='name') | sort | join(' ') }}", "Add fix");
        check("{{ 'a,b,c'.split(',', maxsplit=1)[1] }}{{ '%s-%s' | format(1, 'q') }}{{ 'x'.upper() }}", "b,c1-qX");
        check("{{ 'bug fixes (api)' | title }}{% if 'a' in ['a'] %}!{% endif %}", "Bug Fixes (Api)!");
        check("{% for k, v in {'b': 1, 'a': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "b1a2");
        check(
            "{{ day.strftime('%d %B %Y') }} {{ day.year }} {{ day.date() }} {{ yes }}{{ none }}",
            "02 January 2026 2026 2026-01-02 TrueNone",
        );
        check("{% raw %}{{ [ }}{% endraw %}{# [ #}{{ '[' ~ \"]\" }}", "{{ [ }}[]");
        check(
            "{% set ns = namespace(l=[]) %}{% for i in range(3) %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.l | join }}{{ 1 + 2 }}{{ x + '!' }}",
            "0123a b!",
        );
        check("{% macro m(a, b=[1]) %}{{ a }}{{ b[0] }}{% endmacro %}{{ m('q') }}", "q1");
        check("a\n{%- if yes %} b{% endif %}\n", "a b");
    }

    #[test]
    fn names_are_relative_to_the_one_that_names_them() {
        let parts = [
            ("t", "{% include '.parts/a' %}"),
            (".parts/a", "{% from 'b' import m %}{{ m() }}"),
            (".parts/b", "{% macro m() %}x{% endmacro %}"),
        ];
        let options = Options { relative: true, ..Options::default() };
        assert_eq!(Jinja::of(parts.into_iter(), options, 0).unwrap().fill("t"), Ok("x".to_owned()));
    }

    #[test]
    fn what_is_escaped_is_escaped_as_markupsafe_does_it() {
        let options = Options { escapes: true, ..Options::default() };
        let jinja = Jinja::of([("t", "<{{ \"<'\\\"/&\" }}{{ '<' | safe }}")].into_iter(), options, 0).unwrap();
        assert_eq!(jinja.fill("t"), Ok("<&lt;&#39;&#34;/&amp;<".to_owned()));
    }

    #[test]
    fn a_template_that_loops_or_grows_ends_in_a_finding() {
        let nested = "{% for i in range(10000) %}".repeat(8) + &"{% endfor %}".repeat(8);
        refuse(&nested, "tool_template_spent");
        refuse("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "tool_template_spent");
        refuse(
            "{% set ns = namespace(x='xx') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            "tool_template_spent",
        );
        refuse(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            "tool_template_intricate",
        );
        refuse(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + [ns.x][0] %}{% endfor %}",
            "tool_template_intricate",
        );
        refuse(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x * 2 %}{% endfor %}{% for i in ns.x %}{% endfor %}",
            "tool_template_failed",
        );
        refuse(
            "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | length }}",
            "tool_template_spent",
        );
        refuse("{% set l = [1] %}{% for i in range(60) %}{% set _ = l.extend(l) %}{% endfor %}", "tool_template_spent");
        refuse(
            "{% set ns = namespace(x='xx') %}{% for i in range(60) %}{% set ns.x = ns.x.replace('x', ns.x) %}{% endfor %}",
            "tool_template_spent",
        );
        refuse("{{ 'x' * 9999999999 }}", "tool_template_spent");
        refuse("{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}", "tool_template_spent");
        refuse(&format!("{{% for i in range(100000) %}}{}{{% endfor %}}", "x".repeat(50_000)), "tool_template_spent");
    }

    #[test]
    fn a_list_never_holds_itself() {
        refuse("{% set a = [] %}{% set b = [a] %}{% set _ = b[0].append(b) %}", "tool_template_failed");
        refuse("{% set a = [] %}{% set _ = a.append({'a': a}) %}", "tool_template_failed");
        refuse("{% set ns = namespace() %}{% set a = [] %}{% set _ = a.append(ns) %}", "tool_template_failed");
        check("{% set a = [1] %}{% set _ = a.append(a) %}{{ a | length }}", "2");
        let itself = fill("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", context());
        assert!(itself.is_err());
    }

    #[test]
    fn what_is_too_deep_or_not_python_is_refused() {
        refuse(&format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000)), "tool_template_intricate");
        refuse(&("{% if a %}".repeat(5_000) + &"{% endif %}".repeat(5_000)), "tool_template_intricate");
        assert!(fill(&format!("{{{{ 1{} }}}}", " + 1".repeat(10_000)), context()).is_err());
        assert!(fill(&format!("{{{{ {}1 }}}}", "not ".repeat(10_000)), context()).is_err());
        assert!(fill(&format!("{{{{ 1{} }}}}", " if 1 else 1".repeat(8_000)), context()).is_err());
        refuse(&format!("{{{{ x{} }}}}", "|upper".repeat(8_000)), "tool_template_intricate");
        refuse(&"x".repeat(200_000), "tool_template_intricate");
        refuse("{{ [1] }}", "tool_template_failed");
        refuse("{{ {'a': 1} }}", "tool_template_failed");
        refuse("{% if %}", "tool_template_malformed");
        refuse("{{ x.translate() }}", "tool_template_failed");
        refuse("{% include 'x' %}", "tool_template_failed");
    }

    #[test]
    fn what_is_not_known_is_named_and_never_shown() {
        let show = |source: &str| fill(source, context()).unwrap_err();
        assert_eq!(show("by {{ who }}"), Text::new("tool_template_unknown", ["commit.author"]));
        assert_eq!(show("{{ who[:4] }}").id, "tool_template_unknown");
        assert_eq!(show("{{ day.strftime('%H:%M') }}").id, "tool_template_unknown");
        assert_eq!(show("{{ day }}").id, "tool_template_unknown");
    }
}

//! Tera templates of a repository, rendered by the real library (tera 1.20), within limits: a template is somebody's
//! program, and it may loop.
//!
//! What is written here is what git-cliff-core 2.14.2 registers (`src/template.rs`), what Tera's feature `builtins`
//! holds and the crate is built without here (`src/builtins`), and the limits. A template that goes beyond them ends in
//! a finding, never in a text. Before it is run, every body of its tree is given a call that counts the work, and every
//! value that a filter made or that is kept or printed is weighed ([`guard`]).

use super::cliff::{UNKNOWN, unknown};
use super::strftime;
use crate::text::Text;
use regex::{Regex, RegexBuilder};
use semver::Version;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tera::ast::{Expr, ExprVal, FunctionCall, LogicOperator, MathOperator, Node, WS};
use tera::{Context, Error, Tera};

/// The longest template, in bytes.
pub(super) const LONGEST: usize = 100_000;
/// How deep tags and brackets may lie in each other.
pub(super) const DEEPEST: usize = 24;
/// How many operators, filters and brackets one tag may have.
pub(super) const BUSIEST: usize = 200;
/// How often the parser may call a rule: its grammar tries some things again and again.
const PARSER_CALLS: usize = 4_000_000;
/// How much work a template may do at least; what it is filled with adds to it.
const WORK: i64 = 2_000_000;
/// The work of compiling a regex.
const COMPILING: i64 = 10_000;
/// How large a regex may become, in bytes.
const REGEX_SIZE: usize = 4 << 20;
/// How deep macros may call each other.
const MACROS: usize = 24;
/// Numbers beyond it are refused: what is computed from a few of them still fits in a float.
const LARGEST: f64 = 1e15;
/// How many operators of arithmetic one expression may have.
const SUMS: usize = 16;

/// Names that no template can spell.
const WORKS: &str = "\u{1}works";
const ENTERS: &str = "\u{1}enters";
const LEAVES: &str = "\u{1}leaves";
const WEIGHED: &str = "\u{1}weighed";
const LOOPED: &str = "\u{1}looped";
const LOOKED: &str = "\u{1}looked";
const BEFOREHAND: &str = "\u{1}beforehand";
/// What the template is called that is tried first.
const SWIFT: &str = "\u{1}swift";

/// What a text shows that is not known, if anything.
pub(super) fn shown_unknown(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(UNKNOWN)?;
    // A template may have cut it.
    Some(rest.split_once(UNKNOWN).map_or_else(|| rest.lines().next().unwrap_or_default(), |(name, _)| name))
}

/// What a rendering may still do, and what it found.
#[derive(Debug, Default)]
struct Meter {
    work: AtomicI64,
    /// Why nothing is to be shown, if anything was met that Tera itself would do: a condition takes every error for a no.
    refused: Mutex<Option<String>>,
    depth: AtomicUsize,
    heaviest: AtomicUsize,
    environment: Mutex<Vec<String>>,
    regexes: Mutex<BTreeMap<String, Regex>>,
}

impl Meter {
    fn spend(&self, work: i64) -> tera::Result<()> {
        if self.work.fetch_sub(work, Ordering::Relaxed) < work { Err(self.spent()) } else { Ok(()) }
    }

    /// The error that tells of a limit.
    fn spent(&self) -> Error {
        self.refuse(SPENT)
    }

    /// An error that no condition may take for a no.
    fn refuse(&self, why: &str) -> Error {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| why.to_owned());
        Error::msg(why)
    }

    fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn regex(&self, pattern: &str) -> tera::Result<Regex> {
        let mut regexes = self.regexes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = regexes.get(pattern) {
            return Ok(regex.clone());
        }
        self.spend(COMPILING)?;
        let compiled = RegexBuilder::new(pattern).size_limit(REGEX_SIZE).build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => self.spent(),
            error => Error::msg(error),
        })?;
        regexes.insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    }

    /// Weighs a value.
    fn weigh(&self, value: &Value) -> tera::Result<()> {
        let weight = weight(value);
        self.grow(weight)?;
        self.spend(i64::try_from(weight / 16).unwrap_or(i64::MAX).saturating_add(1))?;
        match value {
            Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() > LARGEST) => Err(self.spent()),
            _ => Ok(()),
        }
    }

    /// Whether a text of this length may be made.
    fn grow(&self, length: usize) -> tera::Result<()> {
        if length > self.heaviest.load(Ordering::Relaxed) { Err(self.spent()) } else { Ok(()) }
    }
}

/// How an error tells that a limit was met.
const SPENT: &str = "\u{1}spent";

/// A template, parsed and guarded.
///
/// It is kept twice. As it stands, Tera copies whole commits whenever a part of one is looked at that came out of a filter.
/// In the other, what filters make of the context in front of a loop is made beforehand and stands in the context, of
/// which nothing is copied, and a loop's work is counted before it. Where that one fails in any way, the first is filled.
pub struct Template {
    tera: Tera,
    meter: Arc<Meter>,
    /// What the swift one finds made; `None` where there is no such template.
    beforehand: Option<Vec<Beforehand>>,
}

/// What filters make of a value of the context.
struct Beforehand {
    value: String,
    filters: Vec<FunctionCall>,
    /// Whether nobody else looks at the value.
    alone: bool,
}

/// What came of a rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// The environment variables it would have read, had they been set.
    pub environment: Vec<String>,
}

impl Template {
    /// Parses a template; `trim` takes the white space off its lines first, as git-cliff does. `now` is the day of the
    /// release.
    ///
    /// # Errors
    /// What is wrong with it, to be said to a person.
    pub fn parse(source: &str, trim: bool, now: &str) -> Result<Self, Text> {
        Self::beside(&[], source, trim, now)
    }

    /// Parses a template that may import others by their names.
    ///
    /// # Errors
    /// What is wrong with it, to be said to a person.
    pub fn beside(others: &[(&str, &str)], source: &str, trim: bool, now: &str) -> Result<Self, Text> {
        let source =
            if trim { source.lines().map(str::trim).collect::<Vec<_>>().join("\n") } else { source.to_owned() };
        if !is_simple(&source) {
            return Err(Text::new("tool_template_intricate", []));
        }
        // The limit is the whole process's; nobody else parses with it.
        pest::set_call_limit(NonZeroUsize::new(PARSER_CALLS));
        let malformed = |error: &Error| Text::new("tool_template_malformed", [&told(error)]);
        let mut tera = Tera::default();
        let mut beforehand = None;
        for (name, source) in others.iter().copied().chain([(NAME, source.as_str())]) {
            let mut template = tera::Template::new(name, None, source).map_err(|error| malformed(&error))?;
            if name == NAME {
                beforehand = swift(&template).map(|(swift, beforehand)| {
                    tera.templates.insert(SWIFT.to_owned(), swift);
                    beforehand
                });
            }
            guard_all(&mut template).map_err(|()| Text::new("tool_template_intricate", []))?;
            tera.templates.insert(name.to_owned(), template);
        }
        tera.build_inheritance_chains().map_err(|error| malformed(&error))?;
        tera.check_macro_files().map_err(|error| malformed(&error))?;
        let meter = Arc::new(Meter::default());
        register(&mut tera, &meter, now);
        Ok(Self { tera, meter, beforehand })
    }

    /// Fills the template. Objects of the context are told in the order of their keys, as Tera does in tools that are
    /// built without an order of their own.
    ///
    /// # Errors
    /// Why there is no text, to be said to a person.
    pub fn render(&self, mut context: Value) -> Result<Rendered, Text> {
        sort(&mut context);
        let weight = weight(&context);
        let (text, context) = self.render_swift(context, weight, false);
        match text {
            Some(text) => self.rendered(text),
            None => self.render_slow(context, weight),
        }
    }

    /// The same of a context that can be made again, and need not be copied.
    ///
    /// # Errors
    /// Why there is no text, to be said to a person.
    pub fn render_made(&self, make: &dyn Fn() -> Value) -> Result<Rendered, Text> {
        let mut context = make();
        sort(&mut context);
        let weight = weight(&context);
        if let (Some(text), _) = self.render_swift(context, weight, true) {
            return self.rendered(text);
        }
        let mut context = make();
        sort(&mut context);
        self.render_slow(context, weight)
    }

    /// The text of the swift template, where there is one and it can be filled, and the context, which is whole unless
    /// its values may be moved.
    fn render_swift(&self, context: Value, weight: usize, moves: bool) -> (Option<String>, Value) {
        self.reset(weight);
        let (context, is_ready) = self.prepared(context, moves);
        if !is_ready {
            return (None, context);
        }
        let Ok(context) = Context::from_value(context) else { return (None, Value::Null) };
        let text = self.tera.render(SWIFT, &context).ok();
        (text.filter(|_| self.meter.refused().is_none()), context.into_json())
    }

    fn render_slow(&self, context: Value, weight: usize) -> Result<Rendered, Text> {
        self.reset(weight);
        let failed = |told: &str| {
            if told.contains(SPENT) {
                return Text::new("tool_template_spent", []);
            }
            match shown_unknown(told) {
                Some(name) => Text::new("tool_template_unknown", [name]),
                None => Text::new("tool_template_failed", [told]),
            }
        };
        let context = Context::from_value(context).map_err(|error| failed(&told(&error)))?;
        let text = self.tera.render(NAME, &context).map_err(|error| failed(&told(&error)))?;
        match self.meter.refused() {
            Some(why) => Err(failed(&why)),
            None => self.rendered(text),
        }
    }

    /// Fills the template in each of its two ways, for a test to compare them: the swift one's text is `None` where the
    /// other one is to be asked.
    #[doc(hidden)]
    pub fn render_both(&self, make: &dyn Fn() -> Value) -> (Option<String>, Result<String, Text>) {
        let made = || {
            let mut context = make();
            sort(&mut context);
            let weight = weight(&context);
            (context, weight)
        };
        let (context, weight) = made();
        let (swift, _) = self.render_swift(context, weight, true);
        let (context, weight) = made();
        (swift, self.render_slow(context, weight).map(|rendered| rendered.text))
    }

    fn rendered(&self, text: String) -> Result<Rendered, Text> {
        let environment = std::mem::take(&mut *self.meter.environment.lock().unwrap_or_else(PoisonError::into_inner));
        match shown_unknown(&text) {
            Some(name) => Err(Text::new("tool_template_unknown", [name])),
            None => Ok(Rendered { text, environment }),
        }
    }
}

impl Template {
    /// Lets a rendering begin, filled with what weighs so much.
    fn reset(&self, weight: usize) {
        let work = i64::try_from(weight).unwrap_or(i64::MAX).saturating_add(WORK);
        self.meter.work.store(work, Ordering::Relaxed);
        self.meter.refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.meter.depth.store(0, Ordering::Relaxed);
        self.meter.heaviest.store(weight.saturating_mul(2).saturating_add(1_000_000), Ordering::Relaxed);
        self.meter.environment.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The context with what the swift template wants made beforehand, and whether all of that could be made.
    fn prepared(&self, context: Value, moves: bool) -> (Value, bool) {
        let Some(beforehand) = &self.beforehand else { return (context, false) };
        let Value::Object(mut map) = context else { return (context, false) };
        for (number, wanted) in beforehand.iter().enumerate() {
            let taken = if moves && wanted.alone { map.get_mut(&wanted.value).map(Value::take) } else { None };
            let Some(made) = self.made(wanted, taken, &map).filter(|made| made.is_array() || made.is_object()) else {
                return (Value::Object(map), false);
            };
            map.insert(format!("{BEFOREHAND}{number}"), made);
        }
        (Value::Object(map), true)
    }

    fn made(&self, wanted: &Beforehand, taken: Option<Value>, context: &Map<String, Value>) -> Option<Value> {
        let mut made = taken;
        for applied in &wanted.filters {
            let value = made.as_ref().or_else(|| context.get(&wanted.value))?;
            if applied.name == WEIGHED {
                self.meter.weigh(value).ok()?;
                continue;
            }
            let argument = |(name, argument): (&String, &Expr)| {
                let value = match &argument.val {
                    ExprVal::String(text) => Value::from(text.as_str()),
                    ExprVal::Int(number) => Value::from(*number),
                    ExprVal::Bool(is) => Value::from(*is),
                    ExprVal::Ident(name) => context.get(name)?.clone(),
                    _ => return None,
                };
                Some((name.clone(), value))
            };
            let arguments = applied.args.iter().map(argument).collect::<Option<Args>>()?;
            made = Some(match made {
                Some(Value::Array(values)) if applied.name == "group_by" => {
                    group_by(values, self::argument("group_by", "attribute", &arguments).ok()?)
                }
                Some(Value::Array(values)) if applied.name == "commit_groups" => {
                    commit_groups(values, wanted_groups(&arguments).ok()?.as_slice())
                }
                _ => self.tera.get_filter(&applied.name).ok()?.filter(value, &arguments).ok()?,
            });
        }
        made
    }
}

/// The template that is tried first, and what has to be made before; `None` where one template builds on another.
fn swift(template: &tera::Template) -> Option<(tera::Template, Vec<Beforehand>)> {
    // What is made beforehand stands in the context, which a template may tell whole.
    let tells = |body: &[Node]| looks(body, "__tera_context") || looks(body, "__tera_context_raw");
    if template.parent.is_some()
        || !template.blocks.is_empty()
        || tells(&template.ast)
        || template.macros.values().any(|called| tells(&called.body))
    {
        return None;
    }
    let mut swift = template.clone();
    let mut beforehand = Hoist::default();
    beforehand.assigned(&swift.ast).ok()?;
    beforehand.hoist(&mut swift.ast);
    beforehand.find_alone(&swift);
    let work = guard_swift(&mut swift.ast).ok()?;
    swift.ast.insert(0, call(WORKS, work));
    for called in swift.macros.values_mut() {
        let work = guard_swift(&mut called.body).ok()?;
        called.body.insert(0, call(WORKS, work));
        called.body.insert(1, call(ENTERS, 0));
        called.body.push(call(LEAVES, 0));
    }
    Some((swift, beforehand.found))
}

/// Finds what can be made before a template is filled: what filters make of the context in front of a loop.
#[derive(Default)]
struct Hoist {
    found: Vec<Beforehand>,
    /// Names that are set somewhere.
    assigned: Vec<String>,
    /// Names of the loops around.
    looped: Vec<String>,
}

impl Hoist {
    /// Collects the names that are set; an error where the whole context is told.
    fn assigned(&mut self, body: &[Node]) -> Result<(), ()> {
        for node in body {
            match node {
                Node::Set(_, set) => self.assigned.push(set.key.clone()),
                Node::FilterSection(_, section, _) => self.assigned(&section.body)?,
                Node::Forloop(_, looped, _) => {
                    self.assigned(&looped.body)?;
                    self.assigned(looped.empty_body.as_deref().unwrap_or_default())?;
                }
                Node::If(tested, _) => {
                    for (_, _, body) in &tested.conditions {
                        self.assigned(body)?;
                    }
                    if let Some((_, body)) = &tested.otherwise {
                        self.assigned(body)?;
                    }
                }
                Node::Include(..) | Node::Extends(..) | Node::Block(..) | Node::Super => return Err(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a name is the context's.
    fn is_of_context(&self, name: &str) -> bool {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name != "loop"
            && !name.starts_with("__tera")
            && !self.assigned.iter().chain(&self.looped).any(|known| known == name)
    }

    fn hoist(&mut self, body: &mut [Node]) {
        for node in body {
            match node {
                Node::FilterSection(_, section, _) => self.hoist(&mut section.body),
                Node::Forloop(_, looped, _) => {
                    self.take(&mut looped.container);
                    let before = self.looped.len();
                    self.looped.extend(looped.key.iter().chain([&looped.value]).cloned());
                    self.hoist(&mut looped.body);
                    self.looped.truncate(before);
                    self.hoist(looped.empty_body.as_deref_mut().unwrap_or_default());
                }
                Node::If(tested, _) => {
                    for (_, _, body) in &mut tested.conditions {
                        self.hoist(body);
                    }
                    if let Some((_, body)) = &mut tested.otherwise {
                        self.hoist(body);
                    }
                }
                _ => {}
            }
        }
    }

    /// Notes which values nobody else looks at.
    fn find_alone(&mut self, template: &tera::Template) {
        let arguments = self.found.iter().flat_map(|wanted| &wanted.filters).flat_map(|applied| applied.args.values());
        let arguments: Vec<ExprVal> = arguments.map(|argument| argument.val.clone()).collect();
        let names: Vec<String> = self.found.iter().map(|wanted| wanted.value.clone()).collect();
        for wanted in &mut self.found {
            let name = wanted.value.as_str();
            wanted.alone = names.iter().filter(|other| *other == name).count() == 1
                && !arguments.iter().any(|argument| looks_value(argument, name))
                && !looks(&template.ast, name)
                && !template.macros.values().any(|called| looks_macro(called, name));
        }
    }

    fn take(&mut self, container: &mut Expr) {
        let ExprVal::Ident(name) = &container.val else { return };
        let plain = |argument: &Expr| {
            argument.filters.is_empty()
                && !argument.negated
                && match &argument.val {
                    ExprVal::String(_) | ExprVal::Int(_) | ExprVal::Bool(_) => true,
                    ExprVal::Ident(name) => self.is_of_context(name),
                    _ => false,
                }
        };
        let made =
            |applied: &FunctionCall| !["default", "safe"].contains(&&*applied.name) && applied.args.values().all(plain);
        let whole = !container.negated && !container.filters.is_empty() && container.filters.iter().all(made);
        if !whole || !self.is_of_context(name) {
            return;
        }
        // Beforehand what filters make is weighed like everywhere.
        let filters = container.filters.drain(..).flat_map(|applied| [applied, filter(WEIGHED)]).collect();
        self.found.push(Beforehand { value: name.clone(), filters, alone: false });
        *container = Expr::new(ExprVal::Ident(format!("{BEFOREHAND}{}", self.found.len() - 1)));
    }
}

/// Whether a body looks at a name of the context.
fn looks(body: &[Node], name: &str) -> bool {
    body.iter().any(|node| match node {
        Node::VariableBlock(_, expression) => looks_at(expression, name),
        Node::Set(_, set) => looks_at(&set.value, name),
        Node::FilterSection(_, section, _) => looks_call(&section.filter, name) || looks(&section.body, name),
        Node::Forloop(_, looped, _) => {
            let hides = looped.value == name || looped.key.as_deref() == Some(name);
            looks_at(&looped.container, name)
                || !hides && looks(&looped.body, name)
                || looks(looped.empty_body.as_deref().unwrap_or_default(), name)
        }
        Node::If(tested, _) => {
            tested.conditions.iter().any(|(_, condition, body)| looks_at(condition, name) || looks(body, name))
                || tested.otherwise.as_ref().is_some_and(|(_, body)| looks(body, name))
        }
        Node::MacroDefinition(_, called, _) => looks_macro(called, name),
        Node::Text(_)
        | Node::Raw(..)
        | Node::Comment(..)
        | Node::Break(_)
        | Node::Continue(_)
        | Node::ImportMacro(..) => false,
        // What comes from elsewhere may look at everything.
        Node::Include(..) | Node::Extends(..) | Node::Block(..) | Node::Super => true,
    })
}

fn looks_macro(called: &tera::ast::MacroDefinition, name: &str) -> bool {
    looks(&called.body, name) || called.args.values().flatten().any(|default| looks_at(default, name))
}

fn looks_at(expression: &Expr, name: &str) -> bool {
    looks_value(&expression.val, name) || expression.filters.iter().any(|applied| looks_call(applied, name))
}

fn looks_call(call: &FunctionCall, name: &str) -> bool {
    call.args.values().any(|argument| looks_at(argument, name))
}

fn looks_value(value: &ExprVal, name: &str) -> bool {
    // An index may hold a name of its own.
    let is = |ident: &str| ident.contains('[') || ident.split('.').next() == Some(name);
    match value {
        ExprVal::Ident(ident) => is(ident),
        ExprVal::Test(test) => is(&test.ident) || test.args.iter().any(|argument| looks_at(argument, name)),
        ExprVal::Math(math) => looks_at(&math.lhs, name) || looks_at(&math.rhs, name),
        ExprVal::Logic(logic) => looks_at(&logic.lhs, name) || looks_at(&logic.rhs, name),
        ExprVal::In(contained) => looks_at(&contained.lhs, name) || looks_at(&contained.rhs, name),
        ExprVal::MacroCall(called) => called.args.values().any(|argument| looks_at(argument, name)),
        ExprVal::FunctionCall(call) => looks_call(call, name),
        ExprVal::Array(values) => values.iter().any(|value| looks_at(value, name)),
        ExprVal::StringConcat(joined) => joined.values.iter().any(|value| looks_value(value, name)),
        ExprVal::String(_) | ExprVal::Int(_) | ExprVal::Float(_) | ExprVal::Bool(_) => false,
    }
}

/// Puts the guards into a body of the swift template; returns the work it does at most, without that of its loops, which
/// is counted in front of each.
fn guard_swift(body: &mut Vec<Node>) -> Result<i64, ()> {
    let mut work = 1;
    let mut guarded = Vec::with_capacity(body.len() + 2);
    for mut node in body.drain(..) {
        work += 2;
        match &mut node {
            Node::Text(_) | Node::Raw(..) | Node::VariableBlock(..) | Node::Set(..) => {
                work += i64::try_from(guard_leaf(&mut node)?).map_err(|_| ())?;
            }
            Node::FilterSection(_, section, _) => {
                guard_call(&mut section.filter)?;
                work += guard_swift(&mut section.body)?;
            }
            Node::Forloop(_, looped, _) => {
                guard_expression(&mut looped.container)?;
                let each = ExprVal::Int(guard_swift(&mut looped.body)?);
                let args = HashMap::from([("n".to_owned(), Expr::new(each))]);
                if let Some(empty) = &mut looped.empty_body {
                    work += guard_swift(empty)?;
                }
                let container = &mut looped.container;
                let borrowed = matches!(container.val, ExprVal::Ident(_)) && container.filters.is_empty();
                if borrowed && !container.negated {
                    // A look that leaves the value where it is: what comes out of a filter is a copy.
                    let mut look = container.clone();
                    look.filters.push(FunctionCall { name: LOOKED.to_owned(), args });
                    guarded.push(Node::VariableBlock(WS::default(), look));
                } else {
                    container.filters.push(FunctionCall { name: LOOPED.to_owned(), args });
                }
            }
            Node::If(tested, _) => {
                for (_, condition, body) in &mut tested.conditions {
                    guard_expression(condition)?;
                    work += 1 + guard_swift(body)?;
                }
                if let Some((_, otherwise)) = &mut tested.otherwise {
                    work += guard_swift(otherwise)?;
                }
            }
            Node::MacroDefinition(..)
            | Node::ImportMacro(..)
            | Node::Break(_)
            | Node::Continue(_)
            | Node::Comment(..) => {}
            Node::Super | Node::Extends(..) | Node::Include(..) | Node::Block(..) => return Err(()),
        }
        guarded.push(node);
    }
    *body = guarded;
    Ok(work)
}

/// What the template is called in Tera's own messages.
const NAME: &str = "body";

/// What an error says in the end.
fn told(error: &Error) -> String {
    let mut said: &dyn std::error::Error = error;
    while let Some(source) = said.source() {
        said = source;
    }
    said.to_string().chars().take(300).collect()
}

/// Whether a template is no deeper and no busier than the parser's stack and patience bear. Tags, texts within them,
/// comments and raw parts are told apart as the grammar does (`src/parser/tera.pest`); what has no end is refused.
fn is_simple(source: &str) -> bool {
    let mut rest = source;
    let mut bodies = 0_usize;
    while let Some(at) = rest.find('{') {
        let Some((_, tag)) = rest.split_at_checked(at + 1) else { return false };
        rest = tag;
        let close = match tag.bytes().next() {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => match tag.split_once("#}") {
                Some((_, after)) => {
                    rest = after;
                    continue;
                }
                None => return false,
            },
            _ => continue,
        };
        let inside = tag.get(1..).unwrap_or_default();
        let Some(length) = simple_tag(inside, close) else { return false };
        let (inside, after) = inside.split_at_checked(length).unwrap_or_default();
        rest = after.get(close.len()..).unwrap_or_default();
        let word = inside.trim_start_matches('-').trim_start();
        if close == "%}" {
            let opens = ["for", "if", "filter", "block", "macro"].iter().any(|name| word.starts_with(name));
            bodies = if opens { bodies + 1 } else { bodies.saturating_sub(usize::from(word.starts_with("end"))) };
            if word.trim_end_matches('-').trim_end() == "raw" {
                let Some((_, after)) = rest.split_once("endraw") else { return false };
                rest = after;
            }
        }
        if bodies > DEEPEST {
            return false;
        }
    }
    source.len() <= LONGEST
}

/// The length of a tag up to its end; `None` where it has none, is too deep or too busy.
fn simple_tag(tag: &str, close: &str) -> Option<usize> {
    let (mut depth, mut busy, mut at) = (0_usize, 0_usize, 0_usize);
    loop {
        let rest = tag.get(at..)?;
        if rest.starts_with(close) {
            return Some(at);
        }
        let letter = rest.chars().next()?;
        at += letter.len_utf8();
        match letter {
            '"' | '\'' | '`' => at += rest.get(1..)?.find(letter)? + 1,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        busy += usize::from(matches!(letter, '(' | '[' | '|' | '+' | '-' | '*' | '/' | '%' | '~'));
        // Words count as well: `and`, `or` and `not` are as deep as any operator.
        let word = |word: &str| rest.get(1..).is_some_and(|rest| rest.starts_with(word));
        busy += usize::from(letter.is_whitespace() && (word("and") || word("or") || word("not")));
        if depth > DEEPEST || busy > BUSIEST {
            return None;
        }
    }
}

/// A call of one of the functions that only guards use; it prints nothing.
fn call(name: &str, work: i64) -> Node {
    let args = HashMap::from([("n".to_owned(), Expr::new(ExprVal::Int(work)))]);
    let call = FunctionCall { name: name.to_owned(), args };
    Node::VariableBlock(WS::default(), Expr::new(ExprVal::FunctionCall(call)))
}

fn filter(name: &str) -> FunctionCall {
    FunctionCall { name: name.to_owned(), args: HashMap::new() }
}

fn guard_all(template: &mut tera::Template) -> Result<(), ()> {
    guard(&mut template.ast)?;
    template.blocks.values_mut().try_for_each(|block| guard(&mut block.body))?;
    template.macros.values_mut().try_for_each(|called| {
        guard(&mut called.body)?;
        called.body.insert(0, call(ENTERS, 0));
        called.body.push(call(LEAVES, 0));
        Ok(())
    })
}

/// Puts the guards into a node that holds no body; returns the work that its text is.
fn guard_leaf(node: &mut Node) -> Result<usize, ()> {
    match node {
        Node::Text(text) | Node::Raw(_, text, _) => return Ok(text.len() / 16),
        Node::VariableBlock(_, expression) => {
            guard_expression(expression)?;
            weigh(expression);
        }
        Node::Set(_, set) => {
            guard_expression(&mut set.value)?;
            weigh(&mut set.value);
        }
        _ => {}
    }
    Ok(0)
}

/// Puts the guards into a body. What Tera would panic at is refused.
fn guard(body: &mut Vec<Node>) -> Result<(), ()> {
    let mut work = 1_usize;
    for node in &mut *body {
        work += 2;
        match node {
            Node::Text(_) | Node::Raw(..) | Node::VariableBlock(..) | Node::Set(..) => work += guard_leaf(node)?,
            Node::FilterSection(_, section, _) => {
                guard_call(&mut section.filter)?;
                guard(&mut section.body)?;
            }
            Node::Block(_, block, _) => guard(&mut block.body)?,
            Node::MacroDefinition(_, called, _) => guard(&mut called.body)?,
            Node::Forloop(_, looped, _) => {
                guard_expression(&mut looped.container)?;
                looped.container.filters.push(filter(LOOPED));
                guard(&mut looped.body)?;
                if let Some(empty) = &mut looped.empty_body {
                    guard(empty)?;
                }
            }
            Node::If(tested, _) => {
                for (_, condition, body) in &mut tested.conditions {
                    work += 1;
                    guard_expression(condition)?;
                    guard(body)?;
                }
                if let Some((_, otherwise)) = &mut tested.otherwise {
                    guard(otherwise)?;
                }
            }
            Node::Super
            | Node::Extends(..)
            | Node::Include(..)
            | Node::ImportMacro(..)
            | Node::Break(_)
            | Node::Continue(_)
            | Node::Comment(..) => {}
        }
    }
    body.insert(0, call(WORKS, i64::try_from(work).unwrap_or(i64::MAX)));
    Ok(())
}

/// Has the value of an expression weighed; a negated one is true or false only.
fn weigh(expression: &mut Expr) {
    if !expression.negated && expression.filters.last().is_none_or(|last| last.name != WEIGHED) {
        expression.filters.push(filter(WEIGHED));
    }
}

fn guard_call(call: &mut FunctionCall) -> Result<(), ()> {
    call.args.values_mut().try_for_each(|argument| {
        guard_expression(argument)?;
        // A literal weighs what the template does.
        if !matches!(argument.val, ExprVal::String(_) | ExprVal::Int(_) | ExprVal::Bool(_)) {
            weigh(argument);
        }
        Ok(())
    })
}

fn guard_expression(expression: &mut Expr) -> Result<(), ()> {
    match &mut expression.val {
        ExprVal::Float(number) if *number != 0.0 && !(1.0 / LARGEST..=LARGEST).contains(&number.abs()) => {
            return Err(());
        }
        #[expect(clippy::cast_precision_loss, reason = "only the size counts")]
        ExprVal::Int(number) if (*number as f64).abs() > LARGEST => return Err(()),
        ExprVal::Math(math) => {
            // Tera panics at a macro among numbers, and at the least number modulo -1.
            for side in [&math.lhs, &math.rhs] {
                if matches!(side.val, ExprVal::MacroCall(_)) || math.operator == MathOperator::Modulo && sums(side) > 0
                {
                    return Err(());
                }
            }
            if sums(&math.lhs) + sums(&math.rhs) > SUMS {
                return Err(());
            }
            guard_expression(&mut math.lhs)?;
            guard_expression(&mut math.rhs)?;
        }
        ExprVal::Logic(logic) => {
            let compares = !matches!(logic.operator, LogicOperator::And | LogicOperator::Or);
            for side in [&mut logic.lhs, &mut logic.rhs] {
                if compares && matches!(side.val, ExprVal::MacroCall(_) | ExprVal::In(_) | ExprVal::Logic(_)) {
                    return Err(());
                }
                guard_expression(side)?;
            }
        }
        ExprVal::Test(test) => test.args.iter_mut().try_for_each(guard_expression)?,
        ExprVal::MacroCall(called) => called.args.values_mut().try_for_each(|argument| {
            guard_expression(argument)?;
            weigh(argument);
            Ok(())
        })?,
        ExprVal::FunctionCall(call) => guard_call(call)?,
        ExprVal::Array(values) => values.iter_mut().try_for_each(guard_expression)?,
        ExprVal::StringConcat(joined) => {
            for value in &mut joined.values {
                if let ExprVal::FunctionCall(call) = value {
                    guard_call(call)?;
                }
            }
        }
        ExprVal::In(contained) => {
            guard_expression(&mut contained.lhs)?;
            guard_expression(&mut contained.rhs)?;
        }
        ExprVal::String(_) | ExprVal::Int(_) | ExprVal::Float(_) | ExprVal::Bool(_) | ExprVal::Ident(_) => {}
    }
    let mut guarded = Vec::with_capacity(expression.filters.len() * 2);
    for mut applied in expression.filters.drain(..) {
        guard_call(&mut applied)?;
        guarded.push(applied);
        guarded.push(filter(WEIGHED));
    }
    expression.filters = guarded;
    Ok(())
}

/// How many operators of arithmetic an expression has.
fn sums(expression: &Expr) -> usize {
    match &expression.val {
        ExprVal::Math(math) => 1 + sums(&math.lhs) + sums(&math.rhs),
        _ => 0,
    }
}

/// About how many bytes a value takes; more than there are where it is too deep.
fn weight(value: &Value) -> usize {
    fn at(value: &Value, depth: usize) -> usize {
        match value {
            Value::Array(_) | Value::Object(_) if depth > DEEPEST => usize::MAX,
            Value::String(text) => text.len() + 24,
            Value::Array(values) => values.iter().map(|value| at(value, depth + 1)).fold(24, usize::saturating_add),
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| at(value, depth + 1).saturating_add(key.len() + 48))
                .fold(24, usize::saturating_add),
            Value::Null | Value::Bool(_) | Value::Number(_) => 16,
        }
    }
    at(value, 0)
}

/// Puts objects into the order of their keys; numbers that could not be calculated with become texts.
fn sort(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(sort),
        Value::Object(map) => {
            map.values_mut().for_each(sort);
            if !map.keys().is_sorted() {
                map.sort_keys();
            }
        }
        Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() > LARGEST) => {
            *value = Value::String(number.to_string());
        }
        _ => {}
    }
}

type Args = HashMap<String, Value>;

fn text<'a>(filter: &str, name: &str, value: &'a Value) -> tera::Result<&'a str> {
    value.as_str().ok_or_else(|| match value {
        Value::String(text) => Error::msg(text),
        other => Error::msg(format!("Filter `{filter}` wants a text for `{name}`, but got `{other}`")),
    })
}

fn argument<'a>(filter: &str, name: &str, args: &'a Args) -> tera::Result<&'a str> {
    let value =
        args.get(name).ok_or_else(|| Error::msg(format!("Filter `{filter}` expected an arg called `{name}`")))?;
    text(filter, name, value)
}

/// A pattern as it comes from a configuration file, where a line's end is often written twice.
fn pattern(filter: &str, args: &Args) -> tera::Result<String> {
    Ok(argument(filter, "pat", args)?.replace("\\n", "\n").replace("\\t", "\t"))
}

/// A filter of Tera's own, behind a look at what it is given.
fn behind(tera: &mut Tera, name: &str, look: impl Fn(&Value, &Args) -> tera::Result<()> + Send + Sync + 'static) {
    let Some(own) = tera.filters.get(name).cloned() else { return };
    tera.register_filter(name, move |value: &Value, args: &Args| {
        look(value, args)?;
        own.filter(value, args)
    });
}

fn register(tera: &mut Tera, meter: &Arc<Meter>, now: &str) {
    guards(tera, meter);
    bounded(tera, meter);
    builtins(tera, meter, now);
    of_git_cliff(tera, meter);
    of_cocogitto(tera);
}

/// `Template::init_tera` of cocogitto 7.0.0 (`src/conventional/changelog/filters.rs`).
fn of_cocogitto(tera: &mut Tera) {
    tera.register_filter("unscoped", |value: &Value, args: &Args| {
        let scoped = args.get("value").is_some_and(|value| !value.is_null());
        let wanted = |commit: &&Value| commit.get("scope").is_some_and(|scope| !scope.is_null()) == scoped;
        Ok(array("unscoped", value)?.iter().filter(wanted).cloned().collect())
    });
    tera.register_filter("group_by_type", |value: &Value, _: &Args| {
        // Types of the same order come as a hash table has them; by name is one of the orders that can be.
        let mut groups: BTreeMap<String, (u64, Vec<Value>)> = BTreeMap::new();
        for commit in array("group_by_type", value)? {
            let kind = commit.get("type").and_then(Value::as_str).unwrap_or_default();
            let order = commit.get("type_order").and_then(Value::as_u64).unwrap_or_default();
            groups.entry(kind.to_owned()).or_insert((order, Vec::new())).1.push(commit.clone());
        }
        let mut groups: Vec<(String, (u64, Vec<Value>))> = groups.into_iter().collect();
        groups.sort_by_key(|(_, (order, _))| *order);
        Ok(groups.into_iter().map(|(kind, (_, commits))| json!([kind, commits])).collect())
    });
}

fn guards(tera: &mut Tera, meter: &Arc<Meter>) {
    let nothing = || Value::String(String::new());
    let own = Arc::clone(meter);
    tera.register_function(WORKS, move |args: &Args| {
        own.spend(args.get("n").and_then(Value::as_i64).unwrap_or(1))?;
        Ok(nothing())
    });
    let own = Arc::clone(meter);
    tera.register_function(ENTERS, move |_: &Args| {
        if own.depth.fetch_add(1, Ordering::Relaxed) > MACROS { Err(own.spent()) } else { Ok(nothing()) }
    });
    let own = Arc::clone(meter);
    tera.register_function(LEAVES, move |_: &Args| {
        own.depth.fetch_sub(1, Ordering::Relaxed);
        Ok(nothing())
    });
    let own = Arc::clone(meter);
    tera.register_filter(WEIGHED, move |value: &Value, _: &Args| {
        own.weigh(value)?;
        Ok(value.clone())
    });
    let own = Arc::clone(meter);
    let looped = move |value: &Value, args: &Args| {
        own.weigh(value)?;
        let count = match value {
            // Tera counts the letters of a text from its start for each of them.
            Value::String(text) => {
                own.spend(i64::try_from(text.len().saturating_mul(text.len()) / 64).unwrap_or(i64::MAX))?;
                text.len()
            }
            Value::Array(values) => values.len(),
            Value::Object(map) => map.len(),
            _ => 0,
        };
        let each = args.get("n").and_then(Value::as_i64).unwrap_or_default();
        own.spend(i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(each))
    };
    let looked = looped.clone();
    tera.register_filter(LOOPED, move |value: &Value, args: &Args| {
        looped(value, args)?;
        Ok(value.clone())
    });
    tera.register_filter(LOOKED, move |value: &Value, args: &Args| {
        looked(value, args)?;
        Ok(nothing())
    });
}

/// What may grow without a loop, or panics at what it is given.
fn bounded(tera: &mut Tera, meter: &Arc<Meter>) {
    let length = |value: Option<&Value>| value.and_then(Value::as_str).map_or(0, str::len);
    let own = Arc::clone(meter);
    behind(tera, "replace", move |value, args| {
        let (from, to) = (args.get("from").and_then(Value::as_str).unwrap_or("-"), length(args.get("to")));
        let text = value.as_str().unwrap_or_default();
        own.grow(text.matches(from).count().saturating_mul(to).saturating_add(text.len()))
    });
    let own = Arc::clone(meter);
    behind(tera, "indent", move |value, args| {
        let text = value.as_str().unwrap_or_default();
        own.grow(text.lines().count().saturating_mul(length(args.get("prefix")).max(4)).saturating_add(text.len()))
    });
    let own = Arc::clone(meter);
    behind(tera, "join", move |value, args| {
        let count = value.as_array().map_or(0, Vec::len);
        own.grow(count.saturating_mul(length(args.get("sep"))).saturating_add(weight(value)))
    });
    behind(tera, "int", |_, args| match args.get("base").and_then(Value::as_u64) {
        Some(base) if !(2..=36).contains(&base) => Err(Error::msg(format!("Filter `int` knows no base {base}"))),
        _ => Ok(()),
    });
    let own = Arc::clone(meter);
    tera.register_function("range", move |args: &Args| {
        let number = |name: &str, default: Option<u64>| match args.get(name) {
            None => {
                default.ok_or_else(|| Error::msg(format!("Function `range` was called without a `{name}` argument")))
            }
            Some(value) => {
                value.as_u64().ok_or_else(|| Error::msg(format!("Function `range` received {name}={value}")))
            }
        };
        let (start, end, step) = (number("start", Some(0))?, number("end", None)?, number("step_by", Some(1))?);
        if start > end {
            return Err(Error::msg("Function `range` was called with a `start` argument greater than the `end` one"));
        }
        if step == 0 && start < end {
            return Err(own.spent());
        }
        let count = (end - start).div_ceil(step.max(1));
        own.spend(i64::try_from(count).unwrap_or(i64::MAX))?;
        let numbers = (0..count).map(|at| Value::from(start + at * step));
        Ok(numbers.collect())
    });
    let own = Arc::clone(meter);
    tera.register_tester("matching", move |value: Option<&Value>, args: &[Value]| {
        let value = value.and_then(Value::as_str).ok_or_else(|| Error::msg("Tester `matching` wants a text"))?;
        let pattern = args.first().and_then(Value::as_str);
        let pattern = pattern.ok_or_else(|| Error::msg("Tester `matching` wants a regex"))?;
        Ok(own.regex(pattern)?.is_match(value))
    });
}

/// Values by what stands at a place in them, in its order; those of which nothing does are left out.
fn group_by(values: Vec<Value>, attribute: &str) -> Value {
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for value in values {
        let Some(key) = tera::dotted_pointer(&value, attribute).filter(|key| !key.is_null()) else { continue };
        if let Some(group) = key.as_str().and_then(|key| groups.get_mut(key)) {
            group.push(value);
            continue;
        }
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        groups.entry(key).or_default().push(value);
    }
    Value::Object(groups.into_iter().map(|(key, values)| (key, Value::Array(values))).collect())
}

fn wanted_groups(args: &Args) -> tera::Result<Vec<&str>> {
    Ok(match args.get("groups") {
        Some(groups) => array("commit_groups", groups)?.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    })
}

/// git-cliff's sections: commits by their groups, those that are wanted first.
fn commit_groups(commits: Vec<Value>, wanted: &[&str]) -> Value {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for commit in commits {
        let Some(group) = commit.get("group").filter(|group| !group.is_null()) else { continue };
        if let Some(name) = group.as_str()
            && let Some((_, commits)) = groups.iter_mut().find(|(known, _)| known == name)
        {
            commits.push(commit);
            continue;
        }
        let group = group.as_str().map_or_else(|| group.to_string(), str::to_owned);
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, commits)) => commits.push(commit),
            None => groups.push((group, vec![commit])),
        }
    }
    groups.sort_by_key(|(group, _)| wanted.iter().position(|wanted| wanted == group).unwrap_or(wanted.len()));
    let section = |(group, commits): (String, Vec<Value>)| {
        Value::Object(Map::from_iter([
            ("group".to_owned(), Value::String(group)),
            ("commits".to_owned(), Value::Array(commits)),
        ]))
    };
    groups.into_iter().map(section).collect()
}

/// What Tera holds itself where it is built with all of it.
fn builtins(tera: &mut Tera, meter: &Arc<Meter>, now: &str) {
    // With the order that objects have here, Tera's own groups would come as they are found.
    tera.register_filter("group_by", |value: &Value, args: &Args| {
        let values = array("group_by", value)?;
        let attribute = argument("group_by", "attribute", args)?;
        Ok(group_by(values.clone(), attribute))
    });
    let day = now.to_owned();
    tera.register_function("now", move |args: &Args| {
        let is = |name: &str| args.get(name).and_then(Value::as_bool).unwrap_or_default();
        Ok(if is("timestamp") { json!(strftime::seconds(&day)) } else { json!(format!("{day}T00:00:00+00:00")) })
    });
    tera.register_function("get_random", |_: &Args| Ok(unknown("get_random")));
    let own = Arc::clone(meter);
    tera.register_function("get_env", move |args: &Args| {
        let name = argument("get_env", "name", args)?;
        // The environment of the run is not known; what is said for its absence stands.
        let Some(default) = args.get("default") else { return Ok(unknown(name)) };
        let mut environment = own.environment.lock().unwrap_or_else(PoisonError::into_inner);
        if !environment.iter().any(|known| known == name) {
            environment.push(name.to_owned());
        }
        Ok(default.clone())
    });
    let own = Arc::clone(meter);
    tera.register_filter("date", move |value: &Value, args: &Args| {
        let format = args.get("format").map_or(Ok("%Y-%m-%d"), |format| text("date", "format", format))?;
        match args.get("timezone").and_then(Value::as_str) {
            None | Some("UTC" | "Etc/UTC" | "GMT") => {}
            Some(zone) => return Err(own.refuse(&format!("the time zone `{zone}` is not known here"))),
        }
        let seconds = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) if text.contains(UNKNOWN) => return Ok(value.clone()),
            Value::String(text) => instant(text),
            _ => None,
        };
        let seconds = seconds.ok_or_else(|| Error::msg(format!("Filter `date` received `{value}`")))?;
        let written = strftime::format(seconds, format);
        written.map(Value::String).ok_or_else(|| own.refuse(&format!("the date format `{format}` is not known here")))
    });
    let own = Arc::clone(meter);
    tera.register_filter("slugify", move |value: &Value, _: &Args| {
        let text = text("slugify", "value", value)?;
        if !text.is_ascii() {
            return Err(own.refuse(&format!("`slugify` of `{text}` is not known here")));
        }
        let mut slug = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() {
                slug.push(letter.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        Ok(Value::String(slug.trim_end_matches('-').to_owned()))
    });
    tera.register_filter("urlencode", |value: &Value, _: &Args| {
        Ok(Value::String(percent(text("urlencode", "value", value)?, b"-._~/")))
    });
    tera.register_filter("urlencode_strict", |value: &Value, _: &Args| {
        Ok(Value::String(percent(text("urlencode_strict", "value", value)?, b"")))
    });
}

/// The seconds from 1970 of a day, or of an instant in RFC 3339.
fn instant(text: &str) -> Option<i64> {
    if text.contains('T') { strftime::instant(text) } else { strftime::seconds(text) }
}

fn percent(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn array<'a>(filter: &str, value: &'a Value) -> tera::Result<&'a Vec<Value>> {
    value.as_array().ok_or_else(|| match value {
        Value::String(text) => Error::msg(text),
        other => Error::msg(format!("Filter `{filter}` wants an array, but got `{other}`")),
    })
}

/// `Template::new` of git-cliff-core.
fn of_git_cliff(tera: &mut Tera, meter: &Arc<Meter>) {
    tera.register_filter("upper_first", |value: &Value, _: &Args| {
        let text = text("upper_first", "value", value)?;
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        Ok(Value::String(first + letters.as_str()))
    });
    let own = Arc::clone(meter);
    tera.register_filter("replace_regex", move |value: &Value, args: &Args| {
        let text = text("replace_regex", "value", value)?;
        let (from, to) = (argument("replace_regex", "from", args)?, argument("replace_regex", "to", args)?);
        let replaced = replace(&own.regex(from)?, text, to, own.heaviest.load(Ordering::Relaxed));
        Ok(Value::String(replaced.ok_or_else(|| own.spent())?))
    });
    let own = Arc::clone(meter);
    tera.register_filter("find_regex", move |value: &Value, args: &Args| {
        let regex = own.regex(&pattern("find_regex", args)?)?;
        let text = text("find_regex", "value", value)?;
        Ok(regex.find_iter(text).map(|found| Value::from(found.as_str())).collect())
    });
    let own = Arc::clone(meter);
    tera.register_filter("split_regex", move |value: &Value, args: &Args| {
        let regex = own.regex(&pattern("split_regex", args)?)?;
        Ok(regex.split(text("split_regex", "value", value)?).map(Value::from).collect())
    });
    tera.register_filter("commit_groups", |value: &Value, args: &Args| {
        let wanted = wanted_groups(args)?;
        Ok(commit_groups(array("commit_groups", value)?.clone(), &wanted))
    });
    tera.register_filter("group_by_scope", |value: &Value, args: &Args| {
        let releases = array("group_by_scope", value)?;
        let said = |name: &str, default: &'static str| {
            args.get(name).map_or(Ok(default), |value| text("group_by_scope", name, value))
        };
        let (scope, prefix) = (said("scope", "minor")?.to_owned(), said("prefix", "")?.to_owned());
        if !["major", "minor", "patch"].contains(&scope.as_str()) {
            return Err(Error::msg("Filter `group_by_scope` expected `scope` to be `major`, `minor`, or `patch`"));
        }
        let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for release in releases {
            let key = match release.get("version") {
                None => continue,
                Some(Value::Null) => String::new(),
                Some(version) => version.as_str().map_or_else(|| version.to_string(), str::to_owned),
            };
            let version = key.strip_prefix(&prefix).and_then(|version| Version::parse(version).ok());
            let key = version.map_or(key, |version| match scope.as_str() {
                "major" => format!("{prefix}{}", version.major),
                "minor" => format!("{prefix}{}.{}", version.major, version.minor),
                _ => format!("{prefix}{}.{}.{}", version.major, version.minor, version.patch),
            });
            groups.entry(key).or_default().push(release.clone());
        }
        Ok(Value::Object(groups.into_iter().map(|(key, values)| (key, Value::Array(values))).collect::<Map<_, _>>()))
    });
}

/// A text with every match replaced; `None` where it would grow beyond a length.
#[must_use]
pub fn replace(regex: &Regex, text: &str, with: &str, longest: usize) -> Option<String> {
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for found in regex.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        replaced.push_str(text.get(end..whole.start()).unwrap_or_default());
        found.expand(with, &mut replaced);
        end = whole.end();
        if replaced.len() > longest {
            return None;
        }
    }
    replaced.push_str(text.get(end..).unwrap_or_default());
    Some(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing::thrown;

    fn render(source: &str, context: Value) -> Result<String, Text> {
        Template::parse(source, false, "2026-06-01")?.render(context).map(|rendered| rendered.text)
    }

    fn context() -> Value {
        let commit = |group: &str, message: &str| json!({"group": group, "message": message, "scope": null});
        let commits = [commit("<!-- 1 -->b", "fix x"), commit("a", "add y"), commit("<!-- 1 -->b", "mend z")];
        json!({"version": "v1.2.3", "timestamp": 951_868_800, "commits": commits, "none": null})
    }

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(render(source, context()), Ok(expected.to_owned()));
    }

    #[track_caller]
    fn refuse(source: &str, expected: &str) {
        let refused = render(source, context()).map_err(|refused| refused.id.to_string());
        assert_eq!(refused, Err(expected.to_owned()));
    }

    #[test]
    fn templates_are_filled_as_git_cliff_fills_them() {
        check(
            "{{ version | trim_start_matches(pat='v') }} - {{ timestamp | date(format='%Y-%m-%d') }}",
            "1.2.3 - 2000-03-01",
        );
        check(
            "{% for group, commits in commits | group_by(attribute='group') %}{{ group | striptags | upper_first }}:\
             {% for commit in commits %} {{ commit.message | upper_first }}{% endfor %};{% endfor %}",
            "B: Fix x Mend z;A: Add y;",
        );
        check("{% for e in commits | commit_groups(groups=['a']) %}{{ e.group }};{% endfor %}", "a;<!-- 1 -->b;");
        check("{{ 'a1b22' | replace_regex(from='(\\d+)', to='<$1>') }}", "a<1>b<22>");
        check("{{ 'a1b22' | find_regex(pat='\\d+') | join(sep='-') }}", "1-22");
        check("{{ 'a, b;c' | split_regex(pat='[,;] ?') | length }}", "3");
        check(
            "{% if missing %}x{% else %}y{% endif %}{{ missing | default(value='z') }}{{ none | default(value=1) }}",
            "yz1",
        );
        check("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ self::m(x=version) }}", "<v1.2.3>");
        check("{% raw %}{{ no }}{% endraw %}{# no #}{{ range(end=3) | join(sep=',') }}", "{{ no }}0,1,2");
        check("{% set x = 1 %}{% for c in commits %}{% set_global x = x + 1 %}{% endfor %}{{ x }}", "4");
        check("{{ 'a b/c?' | urlencode }} {{ 'Über' | lower }}", "a%20b/c%3F über");
        check("{% if version is matching('^v\\d') %}x{% endif %}", "x");
    }

    #[test]
    fn both_ways_of_filling_say_the_same() {
        for source in [
            "{% for g, c in commits | group_by(attribute='group') %}{{ g }}{% endfor %}{{ __tera_context }}",
            "{% macro m() %}{{ __tera_context }}{% endmacro %}{% for c in commits | reverse %}x{% endfor %}{{ self::m() }}",
            "{% for version in commits | slice(end=1) %}{{ version.group }}{% endfor %}{{ version }}",
            "{% for c in commits | slice(end=1) %}{% for commits in [1, 2] %}{{ commits }}{% endfor %}{% endfor %}",
            "{% for c in version | upper %}{{ c }};{% endfor %}{% for k, v in commits | first %}{{ k }}{% endfor %}",
            "{% if none %}{% for c in commits | nofilter %}{% endfor %}{% endif %}ok",
        ] {
            let template = Template::parse(source, false, "").unwrap();
            let (swift, slow) = template.render_both(&context);
            assert!(swift.is_none_or(|swift| slow == Ok(swift)), "{source}");
        }
    }

    #[test]
    fn lines_are_trimmed_before_where_asked() {
        let trimmed = Template::parse("\n  a\n\t{{ version }}  \n", true, "").unwrap().render(context()).unwrap();
        assert_eq!(trimmed.text, "\na\nv1.2.3");
    }

    #[test]
    fn a_template_that_loops_ends_in_a_finding() {
        refuse("{% for i in range(end=10000000000) %}x{% endfor %}", "tool_template_spent");
        refuse("{% for i in range(end=10, step_by=0) %}x{% endfor %}", "tool_template_spent");
        let nested = "{% for i in range(end=10000) %}".repeat(8) + &"{% endfor %}".repeat(8);
        refuse(&nested, "tool_template_spent");
        refuse(
            &format!("{{% for i in range(end=1000000) %}}{}{{% endfor %}}", "x".repeat(50_000)),
            "tool_template_spent",
        );
        refuse("{% macro m() %}{{ self::m() }}{% endmacro %}{{ self::m() }}", "tool_template_spent");
        refuse(
            "{% macro m() %}{{ self::n() }}{{ self::n() }}{% endmacro %}{% macro n() %}{{ self::m() }}{{ self::m() }}{% endmacro %}{{ self::m() }}",
            "tool_template_spent",
        );
    }

    #[test]
    fn a_template_that_grows_ends_in_a_finding() {
        let doubling = "{% set_global x = x ~ x %}";
        refuse(&format!("{{% set x = 'xx' %}}{}", doubling.repeat(60)), "tool_template_spent");
        let looped = "{% set x = 'xx' %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}";
        refuse(looped, "tool_template_spent");
        refuse(
            "{% set x = [1] %}{% for i in range(end=60) %}{% set_global x = x | concat(with=x) %}{% endfor %}",
            "tool_template_spent",
        );
        let filled = "{% set x = 'xx' %}{% for i in range(end=18) %}{% set_global x = x ~ x %}{% endfor %}";
        refuse(&format!("{filled}{{{{ x | replace(from='x', to=x) }}}}"), "tool_template_spent");
        refuse(&format!("{filled}{{{{ x | replace_regex(from='x', to=x) }}}}"), "tool_template_spent");
        refuse(&format!("{filled}{{{{ x | split(pat='') | join(sep=x) }}}}"), "tool_template_spent");
        refuse(&format!("{filled}{{% for c in x %}}{{% endfor %}}"), "tool_template_spent");
        // A condition would take the limit for a no.
        let grown = "{% if x | replace(from='x', to=x) %}yes{% else %}no{% endif %}";
        refuse(&format!("{filled}{grown}"), "tool_template_spent");
        refuse("{% if timestamp | date(timezone='Asia/Tokyo') == '' %}yes{% endif %}", "tool_template_failed");
        refuse("{% if 'ä' | slugify == 'a' %}yes{% endif %}", "tool_template_failed");
        refuse("{% if version is matching('(a{1000}){1000}') %}yes{% endif %}", "tool_template_spent");
        refuse(&format!("{filled}{{% for i in range(end=100000) %}}{{{{ x }}}}{{% endfor %}}"), "tool_template_spent");
    }

    #[test]
    fn a_template_too_deep_for_the_parser_is_refused() {
        refuse(&format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000)), "tool_template_intricate");
        refuse(&format!("{{{{ 1{} }}}}", " + 1".repeat(10_000)), "tool_template_intricate");
        refuse(&format!("{{% if a{} %}}{{% endif %}}", " and a".repeat(10_000)), "tool_template_intricate");
        let nested = "{% if a %}".repeat(5_000) + &"{% endif %}".repeat(5_000);
        refuse(&nested, "tool_template_intricate");
        refuse(&format!("{{{{ '}}}}' ~ {} }}}}", "f(a='{%' ~ ".repeat(5_000)), "tool_template_intricate");
        // The grammar tries each call four times on each level.
        refuse(&format!("{{{{ {}1{} }}}}", "f(a=".repeat(20), ")".repeat(20)), "tool_template_malformed");
        refuse(&"x".repeat(200_000), "tool_template_intricate");
    }

    #[test]
    fn where_tera_would_panic_there_is_a_finding() {
        refuse("{{ 'z' | int(base=99) }}", "tool_template_failed");
        refuse(&format!("{{{{ 1{}.0 }}}}", "0".repeat(400)), "tool_template_intricate");
        refuse(
            "{% set x = 1000000000000.0 %}{% for i in range(end=99) %}{% set_global x = x * x %}{% endfor %}",
            "tool_template_spent",
        );
        refuse("{% macro m() %}1{% endmacro %}{{ 1 + self::m() }}", "tool_template_intricate");
        refuse("{% macro m() %}1{% endmacro %}{% if self::m() > 1 %}x{% endif %}", "tool_template_intricate");
        refuse("{{ (2147483648 * 4294967296 * -1) % -1 }}", "tool_template_intricate");
        refuse("{{ super() }}", "tool_template_failed");
        refuse(
            "{% set x = 1 %}{% for i in range(end=100000) %}{% set_global x = [x] %}{% endfor %}",
            "tool_template_spent",
        );
        refuse("{% extends 'x' %}", "tool_template_malformed");
        refuse("{% include 'x' %}", "tool_template_failed");
        refuse("{{ 1 / 0 | round }}", "tool_template_failed");
    }

    #[test]
    fn what_is_not_known_is_named_and_never_shown() {
        let show = |source: &str| render(source, json!({"who": unknown("commit.remote.username")})).unwrap_err();
        assert_eq!(show("by @{{ who }}"), Text::new("tool_template_unknown", ["commit.remote.username"]));
        assert_eq!(show("by @{{ who | truncate(length=9, end='') }}").id, "tool_template_unknown");
        assert_eq!(show("{{ get_env(name='TOKEN') }}"), Text::new("tool_template_unknown", ["TOKEN"]));
        let template = Template::parse("{{ get_env(name='REPO', default='x') }}", false, "").unwrap();
        let rendered = template.render(json!({})).unwrap();
        assert_eq!((rendered.text.as_str(), rendered.environment.as_slice()), ("x", ["REPO".to_owned()].as_slice()));
    }

    /// Templates thrown together from what the grammar has; whatever comes of them, it comes, and without a panic.
    #[test]
    fn templates_thrown_together_come_to_an_end() {
        const PARTS: [&str; 64] = [
            "{{ ",
            " }}",
            "{{- ",
            " -}}",
            "{% if ",
            "{% elif ",
            "{% else %}",
            "{% endif %}",
            " %}",
            "{% for c in ",
            "{% for k, v in ",
            "{% endfor %}",
            "{% set x = ",
            "{% set_global x = ",
            "{% macro m(a, b=1) %}",
            "{% endmacro %}",
            "self::m(a=x)",
            "{% raw %}",
            "{% endraw %}",
            "{% filter upper %}",
            "{% endfilter %}",
            "{% block b %}",
            "{% endblock %}",
            "{{ super() }}",
            "{% break %}",
            "{% continue %}",
            "commits",
            "version",
            "none",
            "missing",
            "x",
            "c",
            "loop.index",
            "commits[0].message",
            "x[x]",
            "1",
            "0",
            "-1",
            "2.5",
            "9999999999999999999",
            "'a'",
            "\"\"",
            "[1, 'b', x]",
            "true",
            " + ",
            " - ",
            " * ",
            " / ",
            " % ",
            " ~ ",
            " and ",
            " or ",
            " not ",
            " in ",
            " == ",
            " < ",
            " is defined",
            " is divisibleby(0)",
            " is matching('(')",
            "(",
            ")",
            " | first | int(base=16)",
            " | slice(start=-5, end=-9) | join(sep=x)",
            " | round(precision=400) | abs",
        ];
        let mut next = thrown();
        let (mut filled, mut refused) = (0, 0);
        for _ in 0..2_000 {
            let mut source = String::new();
            // Most of what is thrown blindly is refused at once; a frame around it lets some of it through.
            let frames = [
                ("{{ ", " }}"),
                ("{% for c in commits %}{{ ", " }}{% endfor %}"),
                ("{% set x = ", " %}{{ x }}"),
                ("", ""),
            ];
            let (open, close) = frames[next(frames.len())];
            source.push_str(open);
            for _ in 0..=next(7) {
                source.push_str(PARTS[if open.is_empty() { next(PARTS.len()) } else { 26 + next(PARTS.len() - 26) }]);
            }
            source.push_str(close);
            match render(&source, context()) {
                Ok(_) => filled += 1,
                Err(_) => refused += 1,
            }
        }
        assert!(filled > 100 && refused > 100, "{filled} filled, {refused} refused");
    }

    #[test]
    fn ten_thousand_commits_are_no_loop() {
        let commits: Vec<Value> = (0..10_000)
            .map(|at| json!({"group": format!("g{}", at % 11), "message": format!("do the thing number {at}"), "scope": "api"}))
            .collect();
        let source = "{% for group, commits in commits | group_by(attribute='group') %}### {{ group | striptags | trim | upper_first }}\n\
            {% for commit in commits | filter(attribute='scope', value='api') | sort(attribute='message') %}\
            - {% if commit.scope %}*({{ commit.scope }})* {% endif %}{{ commit.message | split(pat='\n') | first | upper_first | trim }}\n\
            {% endfor %}{% endfor %}";
        assert!(render(source, json!({"commits": commits})).is_ok());
    }
}

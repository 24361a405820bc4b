//! How git-cliff-core 2.14.2 prepares commits (`src/commit.rs`, `src/process.rs`, `src/config.rs`): preprocessors, splitting,
//! the specification's reading, parsers and links, as `[git]` of `cliff.toml` says. git-cliff and release-plz share it.
//!
//! What it makes of a release is the value a template is filled with ([`context`]); templates themselves are read in
//! `tool::template`, which only the third module holds.

pub use super::expression::Regex;
use super::glob::Glob;
use super::strftime;
use crate::bump::Bump;
#[cfg(feature = "templates")]
use crate::changelog::Entry;
use crate::history::Commit;
use crate::reading::spec;
use crate::text::Text;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

/// How long a group or scope may grow by replacement; a real one is a few words.
const LONGEST_NAME: usize = 1_000;

/// How many bytes the lines of a message may keep of what was read of the whole, each for itself.
const LONGEST_LINES: usize = 30_000_000;

/// Marks the two ends of the name of something that is not known here; no text holds it.
pub const UNKNOWN: char = '\u{10fffd}';

/// Stands for the hash of a commit that does not exist yet.
pub const NO_HASH: &str = "0000000000000000000000000000000000000000";

/// A value that is not known before the release is made, or not from here: a template that shows it cannot be previewed.
#[must_use]
pub fn unknown(name: &str) -> Value {
    Value::String(format!("{UNKNOWN}{name}{UNKNOWN}"))
}

/// A regex and what stands in for its matches.
#[derive(Clone, Debug)]
pub struct Processor {
    pattern: Regex,
    replace: String,
}

impl Processor {
    /// A processor of one's own.
    #[must_use]
    pub fn new(pattern: Regex, replace: String) -> Self {
        Self { pattern, replace }
    }

    /// The text with every match replaced.
    #[must_use]
    pub fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.pattern.replace_all(text, self.replace.as_str())
    }
}

/// How long processors may make a text: a few that double what they find would fill any memory.
fn longest(text: &str) -> usize {
    text.len().saturating_mul(8).saturating_add(50_000)
}

/// The text after all processors; `None` where it grows without end.
#[must_use]
pub fn processed<'t>(processors: &[Processor], text: Cow<'t, str>) -> Option<Cow<'t, str>> {
    let longest = longest(&text);
    processors.iter().try_fold(text, |text, processor| {
        let text = match processor.apply(&text) {
            Cow::Owned(changed) => Cow::Owned(changed),
            Cow::Borrowed(_) => text,
        };
        (text.len() <= longest).then_some(text)
    })
}

/// One of `commit_parsers`: which commits it takes and what it makes of them.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    sha: Option<String>,
    message: Option<Regex>,
    body: Option<Regex>,
    footer: Option<Regex>,
    field: Option<String>,
    pattern: Option<Regex>,
    group: Option<String>,
    scope: Option<String>,
    default_scope: Option<String>,
    skip: bool,
    goes_on: bool,
}

impl Parser {
    /// A parser that puts messages into a group.
    #[must_use]
    pub fn grouping(message: Regex, group: &str) -> Self {
        Self { message: Some(message), group: Some(group.to_owned()), ..Self::default() }
    }

    /// A parser that puts messages into a group by their body.
    #[must_use]
    pub fn grouping_body(body: Regex, group: &str) -> Self {
        Self { body: Some(body), group: Some(group.to_owned()), ..Self::default() }
    }

    /// A parser that leaves messages out.
    #[must_use]
    pub fn skipping(message: Regex) -> Self {
        Self { message: Some(message), skip: true, ..Self::default() }
    }
}

/// A regex that finds references, and what they turn into.
#[derive(Clone, Debug)]
pub struct LinkParser {
    pattern: Regex,
    href: String,
    text: Option<String>,
}

/// `[git]` of a configuration.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "these are git-cliff's own switches")]
pub struct Config {
    /// Whether messages are read by the specification.
    pub conventional: bool,
    /// Whether git-cliff stops where one does not follow it.
    pub require_conventional: bool,
    /// Whether those that do not follow it are left out.
    pub filter_unconventional: bool,
    /// Whether every line is a commit.
    pub split: bool,
    /// Applied to messages first.
    pub preprocessors: Vec<Processor>,
    /// Commits to be left out, by their hashes in lower case, before a parser is asked.
    pub without: HashSet<String>,
    /// Asked in order.
    pub parsers: Vec<Parser>,
    /// Whether breaking changes are never skipped.
    pub protect_breaking: bool,
    /// Whether commits that no parser takes are left out.
    pub filter_commits: bool,
    /// Whether git-cliff stops where no parser takes one.
    pub fail_unmatched: bool,
    /// How many commits count, the newest first.
    pub limit: Option<usize>,
    /// Find references.
    pub links: Vec<LinkParser>,
    /// Whether the newest commit comes first.
    pub newest_first: bool,
    /// The steps in an order of one's own.
    pub order: Option<Vec<String>>,
    /// Tags that are releases.
    pub tag_pattern: Option<Regex>,
    /// Releases that do not show, with their commits.
    pub skip_tags: Option<Regex>,
    /// Tags that do not count, whose commits belong to the next release.
    pub ignore_tags: Option<Regex>,
    /// Tags that count alone.
    pub count_tags: Option<Regex>,
    /// Paths of which a commit must change one.
    pub include: Vec<Glob>,
    /// Paths that do not make a commit count.
    pub exclude: Vec<Glob>,
}

/// A regex of a configuration; what cannot be compiled is named in the notes.
pub fn regex(pattern: &str, notes: &mut Vec<Text>) -> Option<Regex> {
    let compiled = Regex::new(pattern);
    if compiled.is_none() {
        notes.push(Text::new("tool_regex_unsupported", [pattern]));
    }
    compiled
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn tables<'a>(map: &'a Map<String, Value>, key: &str) -> Option<impl Iterator<Item = &'a Map<String, Value>>> {
    Some(map.get(key)?.as_array()?.iter().filter_map(Value::as_object))
}

/// `commit_preprocessors` and `postprocessors`; `None` where the key is missing.
pub fn processors(map: &Map<String, Value>, key: &str, notes: &mut Vec<Text>) -> Option<Vec<Processor>> {
    let mut processors = Vec::new();
    for table in tables(map, key)? {
        if text(table, "replace_command").is_some() && text(table, "replace").is_none() {
            // A program of the repository's own, which only runs where git-cliff does.
            notes.push(Text::new("tool_cliff_command", [&text(table, "replace_command").unwrap_or_default()]));
            continue;
        }
        let Some(pattern) = text(table, "pattern").and_then(|pattern| regex(&pattern, notes)) else { continue };
        processors.extend(text(table, "replace").map(|replace| Processor { pattern, replace }));
    }
    Some(processors)
}

fn parsers(map: &Map<String, Value>, notes: &mut Vec<Text>) -> Option<Vec<Parser>> {
    let mut parsers = Vec::new();
    for table in tables(map, "commit_parsers")? {
        let mut broken = false;
        let mut pattern = |key: &str| {
            let source = text(table, key)?;
            let compiled = regex(&source, notes);
            broken |= compiled.is_none();
            compiled
        };
        let (message, body, footer, field_pattern) =
            (pattern("message"), pattern("body"), pattern("footer"), pattern("pattern"));
        if broken {
            // Without its regex a parser would take everything; the note says which one is missing.
            continue;
        }
        if text(table, "field").is_some_and(|field| field.starts_with("committer.")) {
            notes.push(Text::new("tool_cliff_committer", []));
        }
        let switch = |key: &str| table.get(key).and_then(Value::as_bool).unwrap_or_default();
        parsers.push(Parser {
            sha: text(table, "sha").map(|sha| sha.to_lowercase()),
            message,
            body,
            footer,
            field: text(table, "field"),
            pattern: field_pattern,
            group: text(table, "group"),
            scope: text(table, "scope"),
            default_scope: text(table, "default_scope"),
            skip: switch("skip"),
            goes_on: switch("continue"),
        });
    }
    Some(parsers)
}

impl Config {
    /// The configuration of a `[git]` table over defaults; regexes that cannot be compiled are named in the notes.
    #[must_use]
    pub fn of(map: &Map<String, Value>, defaults: Self, notes: &mut Vec<Text>) -> Self {
        let flag = |key: &str, default: bool| map.get(key).and_then(Value::as_bool).unwrap_or(default);
        let mut pattern = |key: &str| {
            // An empty pattern is no pattern.
            let source = text(map, key).filter(|pattern| !pattern.trim().is_empty());
            source.and_then(|pattern| regex(&pattern, notes))
        };
        let (tag_pattern, skip_tags) = (pattern("tag_pattern"), pattern("skip_tags"));
        let (ignore_tags, count_tags) = (pattern("ignore_tags"), pattern("count_tags"));
        let globs = |key: &str| -> Vec<Glob> {
            let patterns = map.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            // A pattern that ends in a slash means everything below (`normalize_pattern`).
            patterns
                .map(|glob| if glob.ends_with('/') { format!("{glob}**") } else { glob.to_owned() })
                .map(|glob| Glob::across(glob.strip_prefix("./").unwrap_or(&glob)))
                .collect()
        };
        let links = tables(map, "link_parsers").map(|tables| {
            let link = |table: &Map<String, Value>| {
                let pattern = regex(&text(table, "pattern")?, notes)?;
                Some(LinkParser { pattern, href: text(table, "href")?, text: text(table, "text") })
            };
            tables.filter_map(link).collect()
        });
        Self {
            conventional: flag("conventional_commits", defaults.conventional),
            require_conventional: flag("require_conventional", defaults.require_conventional),
            filter_unconventional: flag("filter_unconventional", defaults.filter_unconventional),
            split: flag("split_commits", defaults.split),
            preprocessors: processors(map, "commit_preprocessors", notes).unwrap_or(defaults.preprocessors),
            without: defaults.without,
            parsers: parsers(map, notes).unwrap_or(defaults.parsers),
            protect_breaking: flag("protect_breaking_commits", defaults.protect_breaking),
            filter_commits: flag("filter_commits", defaults.filter_commits),
            fail_unmatched: flag("fail_on_unmatched_commit", defaults.fail_unmatched),
            limit: map.get("limit_commits").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok()),
            links: links.unwrap_or(defaults.links),
            newest_first: text(map, "sort_commits")
                .map_or(defaults.newest_first, |order| order.eq_ignore_ascii_case("newest")),
            order: map
                .get("processing_order")
                .and_then(Value::as_array)
                .map(|steps| steps.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            tag_pattern,
            skip_tags,
            ignore_tags,
            count_tags,
            include: globs("include_paths"),
            exclude: globs("exclude_paths"),
        }
    }

    /// The field of a parser that only a forge could tell, if any.
    #[must_use]
    pub fn asks_a_forge(&self) -> Option<&str> {
        let told = |field: &&str| {
            let first = field.split('.').next().unwrap_or_default();
            first == "remote" || first == "statistics" || FORGES.contains(&first)
        };
        self.parsers.iter().filter_map(|parser| parser.field.as_deref()).find(told)
    }

    /// The groups that parsers name, each once (`commit_parsers_groups`).
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for group in self.parsers.iter().filter_map(|parser| parser.group.as_deref()) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    /// Whether a commit's paths make it count; one of which they are not known does.
    #[must_use]
    pub fn takes(&self, commit: &Commit) -> bool {
        let Some(files) = commit.files.as_ref().filter(|_| !self.include.is_empty() || !self.exclude.is_empty()) else {
            return true;
        };
        let any = |globs: &[Glob], path: &String| globs.iter().any(|glob| glob.matches(path));
        files.iter().any(|path| (self.include.is_empty() || any(&self.include, path)) && !any(&self.exclude, path))
    }
}

/// A commit as git-cliff carries it.
#[derive(Clone, Debug)]
pub struct Prepared<'a> {
    /// Its place in the history.
    pub at: usize,
    /// The commit.
    pub commit: &'a Commit,
    /// The message after the preprocessors (a line of it where commits are split).
    pub message: Cow<'a, str>,
    /// Whether it was read by the specification.
    pub conventional: bool,
    /// The message that was read, where this is no longer it: a line of it that does not follow the specification itself
    /// keeps what was read of the whole (`run_legacy`).
    whole: Option<Rc<Whole>>,
    /// What was read, once it is asked for.
    parts: OnceCell<Option<Parts>>,
    /// The group a parser gave it.
    pub group: Option<Cow<'a, str>>,
    /// The scope a parser gave it.
    pub scope: Option<Cow<'a, str>>,
    /// The scope that stands in for none.
    pub default_scope: Option<&'a str>,
    /// References found: text and address.
    pub links: Vec<(String, String)>,
}

/// A message that was read and split, which its lines share.
#[derive(Debug)]
struct Whole {
    text: String,
    parts: Option<Parts>,
}

/// Where the parts of a message that was read stand in it, and whether it breaks.
#[derive(Clone, Debug)]
struct Parts {
    kind: Range<usize>,
    scope: Option<Range<usize>>,
    description: Range<usize>,
    body: Option<Range<usize>>,
    breaking: bool,
}

impl Parts {
    fn of(text: &str, read: &spec::Commit<'_>) -> Self {
        let place = |part: &str| {
            let start = part.as_ptr().addr() - text.as_ptr().addr();
            start..start + part.len()
        };
        Self {
            kind: place(read.kind),
            scope: read.scope.map(place),
            description: place(read.description),
            body: read.body.map(place),
            breaking: read.breaking(),
        }
    }
}

/// Why a commit is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// It does not follow the specification.
    Unconventional(spec::Error),
    /// A parser says so.
    Parser,
    /// No parser takes it.
    Unmatched,
    /// A parser looks at a field that has no text.
    Field,
    /// It is too long to be split, or grows without end.
    TooLong,
}

impl<'a> Prepared<'a> {
    /// The commit before any step, with this text for its message.
    fn saying(at: usize, commit: &'a Commit, message: &'a str) -> Self {
        Self {
            at,
            commit,
            message: Cow::Borrowed(message.trim_end()),
            conventional: false,
            whole: None,
            parts: OnceCell::new(),
            group: None,
            scope: None,
            default_scope: None,
            links: Vec::new(),
        }
    }

    /// The text that was read.
    fn text(&self) -> &str {
        self.whole.as_ref().map_or(&*self.message, |whole| &whole.text)
    }

    /// Its parts, where it was read by the specification.
    #[must_use]
    pub fn read(&self) -> Option<spec::Commit<'_>> {
        if self.conventional { spec::read(self.text()).ok() } else { None }
    }

    fn parts(&self) -> Option<&Parts> {
        if !self.conventional {
            return None;
        }
        if let Some(whole) = &self.whole {
            return whole.parts.as_ref();
        }
        let read = || spec::read(&self.message).ok().map(|read| Parts::of(&self.message, &read));
        self.parts.get_or_init(read).as_ref()
    }

    fn part(&self, place: &Range<usize>) -> &str {
        self.text().get(place.clone()).unwrap_or_default()
    }

    /// Its type, where it was read by the specification.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.parts().map(|parts| self.part(&parts.kind))
    }

    /// Whether it was read as a breaking change.
    #[must_use]
    pub fn breaking(&self) -> bool {
        self.parts().is_some_and(|parts| parts.breaking)
    }

    /// What it says: the description, else the message.
    #[must_use]
    pub fn description(&self) -> &str {
        self.parts().map_or(&*self.message, |parts| self.part(&parts.description))
    }

    /// Whether what was read is the message as it stands, without white space at its end.
    #[must_use]
    pub fn is_read_whole(&self) -> bool {
        let spaced = || self.message.chars().next_back().is_some_and(char::is_whitespace);
        self.whole.is_none() && self.parts().is_some() && !spaced()
    }

    fn preprocess(&mut self, config: &Config) -> Result<(), Skipped> {
        // What was read stays what it was.
        if self.conventional && !config.preprocessors.is_empty() {
            self.whole = self.whole();
        }
        let message = std::mem::take(&mut self.message);
        self.message = processed(&config.preprocessors, message).ok_or(Skipped::TooLong)?;
        Ok(())
    }

    /// What was read, to be shared; `None` where nothing was.
    fn whole(&self) -> Option<Rc<Whole>> {
        let read = || Rc::new(Whole { text: self.message.clone().into_owned(), parts: self.parts().cloned() });
        self.whole.clone().or_else(|| self.conventional.then(read))
    }

    fn lines(&self) -> Result<Vec<Self>, Skipped> {
        let whole = self.whole();
        let kept = whole.as_ref().map_or(0, |whole| whole.text.len());
        if self.message.lines().count().saturating_mul(kept) > LONGEST_LINES {
            return Err(Skipped::TooLong);
        }
        let line = |line: &str| Self {
            message: Cow::Owned(line.to_owned()),
            links: Vec::new(),
            whole: whole.clone(),
            parts: OnceCell::new(),
            commit: self.commit,
            at: self.at,
            conventional: self.conventional,
            group: self.group.clone(),
            scope: self.scope.clone(),
            default_scope: self.default_scope,
        };
        Ok(self.message.lines().filter(|text| !text.is_empty()).map(line).collect())
    }

    fn conventional(&mut self, config: &Config) -> Result<(), Skipped> {
        if config.conventional {
            match spec::read(&self.message) {
                Ok(read) => {
                    self.parts = OnceCell::from(Some(Parts::of(&self.message, &read)));
                    self.conventional = true;
                    self.whole = None;
                }
                Err(error) if !config.require_conventional && config.filter_unconventional && !config.split => {
                    return Err(Skipped::Unconventional(error));
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn parse(&mut self, config: &'a Config) -> Result<(), Skipped> {
        let breaking = self.breaking();
        if config.without.contains(&self.commit.sha) {
            return if breaking && config.protect_breaking { Ok(()) } else { Err(Skipped::Parser) };
        }
        let body = self.parts().and_then(|parts| parts.body.as_ref());
        let has_body = body.is_some();
        let body = body.map(|body| self.part(body)).unwrap_or_default();
        let mut footers: Option<Vec<String>> = None;
        let mut known: Option<Value> = None;
        let mut matched = false;
        let (mut own_group, mut own_scope, mut own_default) =
            (self.group.clone(), self.scope.clone(), self.default_scope);
        for parser in &config.parsers {
            if parser.sha.as_ref().is_some_and(|sha| *sha != self.commit.sha) {
                continue;
            }
            let mut checks: Vec<(&Regex, Cow<'_, str>)> = Vec::new();
            if let Some(regex) = &parser.message {
                if !regex.is_match(self.message.trim()) {
                    continue;
                }
                checks.push((regex, Cow::Borrowed(&*self.message)));
            }
            if let Some(regex) = &parser.body {
                if !regex.is_match(body.trim()) {
                    continue;
                }
                checks.push((regex, Cow::Borrowed(body)));
            }
            if let Some(regex) = &parser.footer {
                let footers = footers.get_or_insert_with(|| self.footers());
                let found = footers.iter().find(|footer| regex.is_match(footer.trim()));
                let Some(found) = found else { continue };
                checks.push((regex, Cow::Owned(found.clone())));
            }
            if let (Some(field), Some(regex)) = (&parser.field, &parser.pattern) {
                let values = if field == "body" {
                    has_body.then(|| vec![body.to_owned()])
                } else {
                    // What the parsers before this one gave it is not seen (`lookup_context`).
                    let context = known.get_or_insert_with(|| self.context(None, Seen::ALL));
                    match pointed(context, field) {
                        Some(Value::Object(_)) => None,
                        Some(value) => Some(scalars(value)),
                        None => continue,
                    }
                };
                // What has no text at all is an error, and with it the commit is left out.
                let Some(values) = values else { return Err(Skipped::Field) };
                let Some(found) = values.into_iter().find(|value| regex.is_match(value.trim())) else { continue };
                checks.push((regex, Cow::Owned(found)));
            }
            if checks.is_empty() && parser.sha.is_none() {
                continue;
            }
            if parser.skip && !(breaking && config.protect_breaking) {
                return Err(Skipped::Parser);
            }
            let (group, scope) = {
                let fill = |name: &'a String| replaced(name, &checks);
                (parser.group.as_ref().map(fill), parser.scope.as_ref().map(fill))
            };
            let default_scope = parser.default_scope.as_deref();
            if parser.goes_on || matched || checks.is_empty() {
                own_group = group.or(own_group);
                own_scope = scope.or(own_scope);
                own_default = default_scope.or(own_default);
            } else {
                (own_group, own_scope, own_default) = (group, scope, default_scope);
            }
            if !parser.goes_on {
                matched = true;
                break;
            }
            matched = true;
        }
        (self.group, self.scope, self.default_scope) = (own_group, own_scope, own_default);
        if config.filter_commits && !matched { Err(Skipped::Unmatched) } else { Ok(()) }
    }

    /// The footers as the crate prints them, without the space it read after the colon.
    fn footers(&self) -> Vec<String> {
        let read = self.read();
        let footers = read.iter().flat_map(|read| &read.footers);
        footers.map(|footer| format!("{}{}{}", footer.token, footer.separator, footer.value)).collect()
    }

    fn link(&mut self, config: &Config) {
        for parser in &config.links {
            if !parser.pattern.is_match(&self.message) {
                continue;
            }
            let Some(engine) = parser.pattern.engine() else { continue };
            for found in engine.find_iter(&self.message) {
                let found = found.as_str();
                let fill = |text: &String| engine.replace(found, text.as_str()).into_owned();
                let text = parser.text.as_ref().map_or_else(|| found.to_owned(), fill);
                self.links.push((text, fill(&parser.href)));
            }
        }
    }

    fn process(&mut self, config: &'a Config) -> Result<(), Skipped> {
        self.preprocess(config)?;
        self.conventional(config)?;
        self.parse(config)?;
        self.link(config);
        Ok(())
    }

    /// The group it stands under: the parser's, else its type.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        self.group.as_deref().or_else(|| self.kind())
    }

    /// The scope it shows.
    #[must_use]
    pub fn shown_scope(&self) -> Option<&str> {
        let own = || self.parts().and_then(|parts| parts.scope.as_ref()).map(|scope| self.part(scope));
        self.scope.as_deref().or_else(own).or(self.default_scope)
    }

    /// What a template sees of it (`impl Serialize for Commit`). `remote` is the forge, of [`FORGES`], that git-cliff asks
    /// for more than Git knows.
    #[must_use]
    pub fn context(&self, remote: Option<&str>, seen: Seen) -> Value {
        let known = |text: &str, name: &str| if text.is_empty() { unknown(name) } else { json!(text) };
        let text = |text: &str| Value::String(text.to_owned());
        let parts = self.parts();
        // Few templates look at what takes reading once more.
        let footers = ["footers", "breaking_description"].into_iter().any(|key| seen.holds(key));
        let read = if footers { self.read() } else { None };
        let nobody = || {
            json!({"username": null, "pr_author": null, "pr_title": null, "pr_number": null, "pr_numbers": [],
                "pr_labels": [], "is_first_time": false})
        };
        let value = |key: &str| {
            Some(match key {
                "author" => json!({
                    "name": known(&self.commit.author, "commit.author.name"),
                    "email": known(&self.commit.email, "commit.author.email"),
                    "timestamp": unknown("commit.author.timestamp"),
                }),
                "body" => parts?.body.as_ref().map_or(Value::Null, |body| text(self.part(body))),
                "breaking" => Value::Bool(parts?.breaking),
                "breaking_description" => read.as_ref()?.breaking_description().map_or(Value::Null, text),
                "committer" => {
                    let committed = strftime::instant(&self.commit.date);
                    json!({
                        "name": unknown("commit.committer.name"),
                        "email": unknown("commit.committer.email"),
                        "timestamp": committed.map_or_else(|| unknown("commit.committer.timestamp"), Value::from),
                    })
                }
                "conventional" => Value::Bool(self.conventional),
                "extra" => Value::Null,
                "footers" => {
                    let footer = |footer: &spec::Footer<'_>| json!({"token": footer.token, "separator": footer.separator, "value": footer.value, "breaking": footer.breaking()});
                    read.as_ref()?.footers.iter().map(footer).collect()
                }
                "group" => self.section().map_or(Value::Null, text),
                "id" => text(if self.commit.sha.is_empty() { NO_HASH } else { &self.commit.sha }),
                "links" => self.links.iter().map(|(text, href)| json!({"text": text, "href": href})).collect(),
                "merge_commit" => Value::Bool(self.commit.parents > 1),
                "message" => text(self.description()),
                "raw_message" => text(&self.message),
                // The same under two names; each is told only where it is asked for.
                "remote" => self.told(remote?),
                "scope" => self.shown_scope().map_or(Value::Null, text),
                "statistics" => {
                    let statistics = unknown("commit.statistics");
                    json!({"files_changed": statistics, "additions": statistics, "deletions": statistics})
                }
                forge if remote == Some(forge) => self.told(forge),
                _ => nobody(),
            })
        };
        let mut map = Map::with_capacity(seen.count());
        map.extend(seen.keys().filter_map(|key| Some((key.to_owned(), value(key)?))));
        Value::Object(map)
    }

    /// What the forge says of it (`update_release_metadata`): the author's login where it is known, and the pull request
    /// that GitHub names at the end of a squash commit's subject.
    fn told(&self, forge: &str) -> Value {
        let login = &self.commit.login;
        let username = if login.is_empty() { unknown("commit.remote.username") } else { json!(login) };
        let subject = self.commit.message.lines().next().unwrap_or_default();
        let number = subject.strip_suffix(')').and_then(|subject| subject.rsplit_once("(#")?.1.parse::<u64>().ok());
        let number = number.filter(|_| forge == "github").map(Value::from);
        json!({
            "username": username,
            "pr_author": unknown("commit.remote.pr_author"),
            "pr_title": unknown("commit.remote.pr_title"),
            "pr_number": number.unwrap_or_else(|| unknown("commit.remote.pr_number")),
            "pr_numbers": [],
            "pr_labels": unknown("commit.remote.pr_labels"),
            "is_first_time": false,
        })
    }
}

/// What a template can see of a commit. A commit has some hundred values, Tera copies it whenever a template looks at a
/// part of it, and most templates look at a handful: what cannot be seen is left out.
///
/// What is left out is gone for filters and errors too, so a rendering that fails is to be done once more with
/// everything ([`Seen::ALL`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen(u32);

/// What a commit has, in the order in which Tera tells it.
const KEYS: [&str; 22] = [
    "author",
    "azure_devops",
    "bitbucket",
    "body",
    "breaking",
    "breaking_description",
    "committer",
    "conventional",
    "extra",
    "footers",
    "gitea",
    "github",
    "gitlab",
    "group",
    "id",
    "links",
    "merge_commit",
    "message",
    "raw_message",
    "remote",
    "scope",
    "statistics",
];

impl Seen {
    /// Everything.
    pub const ALL: Self = Self(u32::MAX);

    /// What a template spells out; everything, where it may come by a name or a whole commit in another way.
    #[must_use]
    pub fn by(template: &str) -> Self {
        let within = |open: &'static str, close: &'static str| {
            template.split(open).skip(1).map(move |part| part.split_once(close).map_or(part, |(tag, _)| tag))
        };
        let mut tags = within("{{", "}}").map(|tag| (tag, false)).chain(within("{%", "%}").map(|tag| (tag, true)));
        // Whether what is given as an argument of this name is spelled out, each time.
        let spelled = |tag: &str, name: &str| {
            tag.match_indices(name).all(|(at, _)| {
                let after = tag.get(at + name.len()..).unwrap_or_default().trim_start();
                after.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with(['"', '\'', '`']))
            })
        };
        let knows_more = |(tag, statement): (&str, bool)| {
            let loops = statement && tag.trim_start_matches('-').trim_start().starts_with("for ");
            let container = tag.split_once(" in ");
            // Keys of a commit, one after the other.
            let by_key = loops
                && container.is_none_or(|(names, container)| names.contains(',') && !container.contains("group_by("));
            let inside = !loops && tag.split_whitespace().any(|word| word == "in");
            let named = tag.contains("attribute") || tag.contains("get") || tag.contains("key");
            by_key
                || inside
                || named && tag.contains('~')
                || !spelled(tag, "attribute")
                || !spelled(tag, "key")
                // A text that holds the tag's end.
                || ['"', '\'', '`'].iter().any(|quote| tag.matches(*quote).count() % 2 == 1)
                // Texts with a bracket are taken for an index as well.
                || tag.contains('[')
                || tag.contains("length") && !tag.contains("commits")
                || ["json_encode", "containing", "as_str", "get(value"].iter().any(|word| tag.contains(word))
        };
        if template.contains("__tera_context") || tags.any(knows_more) {
            return Self::ALL;
        }
        let spelled = |(at, key): (usize, &&str)| u32::from(template.contains(*key)) << at;
        Self(KEYS.iter().enumerate().map(spelled).sum())
    }

    /// Whether everything is seen.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    fn count(self) -> usize {
        self.keys().count()
    }

    fn keys(self) -> impl Iterator<Item = &'static str> {
        KEYS.iter().enumerate().filter(move |(at, _)| self.0 >> at & 1 == 1).map(|(_, key)| *key)
    }

    fn holds(self, name: &str) -> bool {
        self.keys().any(|key| key == name)
    }
}

/// The forges that git-cliff asks.
pub const FORGES: [&str; 5] = ["github", "gitlab", "gitea", "bitbucket", "azure_devops"];

/// What stands at the end of keys and places with dots between (`tera::dotted_pointer`).
fn pointed<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| match value {
        Value::Array(values) => values.get(key.parse::<usize>().ok().filter(|place| place.to_string() == key)?),
        value => value.get(key),
    })
}

fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => {
            values.iter().filter(|value| !value.is_object() && !value.is_array()).flat_map(scalars).collect()
        }
        Value::Object(_) => Vec::new(),
        scalar => vec![scalar.to_string()],
    }
}

/// A group's or scope's name with what the regexes found put into its places.
fn replaced<'a>(name: &'a str, checks: &[(&Regex, Cow<'_, str>)]) -> Cow<'a, str> {
    let plain = !name.contains('$') && name.len() <= LONGEST_NAME;
    let mut value = Cow::Borrowed(name);
    for (regex, text) in checks {
        // A name without places stands in for what was found as it is.
        if plain && regex.finds_itself() {
            continue;
        }
        let Some(engine) = regex.engine() else { continue };
        for found in engine.find_iter(text) {
            value = Cow::Owned(engine.replace(found.as_str(), &*value).into_owned());
            // What a match puts in may hold places again; it is not let grow without end.
            if value.len() > LONGEST_NAME {
                return Cow::Owned(value.chars().take(LONGEST_NAME / 4).collect());
            }
        }
    }
    value
}

/// Commits as a release shows them, in the order given, and those left out with the reason.
#[must_use]
pub fn prepare<'a>(
    config: &'a Config,
    commits: impl IntoIterator<Item = (usize, &'a Commit)>,
) -> (Vec<Prepared<'a>>, Vec<(usize, Skipped)>) {
    prepare_saying(config, commits.into_iter().map(|(at, commit)| (at, commit, commit.message.as_str())))
}

/// The same of commits whose messages say something else here.
#[must_use]
pub fn prepare_saying<'a>(
    config: &'a Config,
    commits: impl IntoIterator<Item = (usize, &'a Commit, &'a str)>,
) -> (Vec<Prepared<'a>>, Vec<(usize, Skipped)>) {
    let commits = commits.into_iter();
    let mut prepared: Vec<Prepared<'a>> = Vec::with_capacity(commits.size_hint().0);
    let mut skipped: Vec<(usize, Skipped)> = Vec::new();
    for (at, commit, message) in commits {
        let mut start = Prepared::saying(at, commit, message);
        let mut keep = |result: Result<(), Skipped>| {
            skipped.extend(result.err().map(|why| (at, why)));
            result.is_ok()
        };
        match &config.order {
            None => {
                let result = start.process(config);
                if !keep(result) {
                    continue;
                }
                if config.split {
                    let lines = start.lines();
                    let result = lines.as_ref().map(|_| ()).map_err(|why| *why);
                    if keep(result) {
                        let lines = lines.into_iter().flatten();
                        prepared.extend(lines.filter_map(|mut line| keep(line.process(config)).then_some(line)));
                    }
                } else {
                    prepared.push(start);
                }
            }
            Some(order) => {
                let mut parts = vec![start];
                for step in order {
                    match step.as_str() {
                        "commit_preprocessors" => parts.retain_mut(|part| keep(part.preprocess(config))),
                        "split_commits" if config.split => {
                            let lines: Result<Vec<_>, _> = parts.iter().map(Prepared::lines).collect();
                            let result = lines.as_ref().map(|_| ()).map_err(|why| *why);
                            keep(result);
                            parts = lines.into_iter().flatten().flatten().collect();
                        }
                        "conventional_commits" => parts.retain_mut(|part| keep(part.conventional(config))),
                        "commit_parsers" => parts.retain_mut(|part| keep(part.parse(config))),
                        "link_parsers" => parts.iter_mut().for_each(|part| part.link(config)),
                        _ => {}
                    }
                }
                prepared.extend(parts);
            }
        }
    }
    (prepared, skipped)
}

/// A release for a template.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The tag to come; where it is not set, the entry is of what is unreleased.
    pub tag: &'a str,
    /// The tag before and its commit's hash; empty for a first release.
    pub previous: (&'a str, &'a str),
    /// The day, `YYYY-MM-DD`.
    pub date: &'a str,
    /// How far the version moves, where it moves from another.
    pub bump: Option<Bump>,
    /// The commits in the order of the template.
    pub commits: &'a [Prepared<'a>],
    /// The oldest and the newest commit of the release, whether they show or not.
    pub range: Option<(&'a Commit, &'a Commit)>,
    /// The forge, of [`FORGES`], that git-cliff asks for more than Git knows.
    pub remote: Option<&'a str>,
}

/// What a body template is filled with (`src/release.rs`, `impl Serialize for Release`).
#[must_use]
pub fn context(release: Shown<'_>, seen: Seen) -> Map<String, Value> {
    let hash = |sha: &str| if sha.is_empty() { NO_HASH.to_owned() } else { sha.to_owned() };
    let (previous, previous_sha) = release.previous;
    let empty = |version: Value, commit_id: Value, timestamp: Value| {
        json!({"version": version, "message": unknown("previous.message"), "commits": unknown("previous.commits"),
            "commit_id": commit_id, "timestamp": timestamp, "previous": null,
            "repository": unknown("previous.repository"), "commit_range": unknown("previous.commit_range"),
            "submodule_commits": {}, "statistics": null, "extra": null, "bump_type": null})
    };
    let previous = (!previous.is_empty()).then(|| {
        let sha = if previous_sha.is_empty() { unknown("previous.commit_id") } else { json!(previous_sha) };
        empty(json!(previous), sha, unknown("previous.timestamp"))
    });
    let Value::Object(mut map) = json!({
        "version": if release.tag.is_empty() { Value::Null } else { json!(release.tag) },
        "message": null,
        "commit_id": release.range.map(|(_, newest)| hash(&newest.sha)),
        "timestamp": strftime::seconds(release.date),
        "statistics": if seen.holds("statistics") { statistics(&release, previous.is_some()) } else { Value::Null },
        "previous": previous,
        "repository": unknown("repository"),
        "commit_range": release.range.map(|(oldest, newest)| json!({"from": hash(&oldest.sha), "to": hash(&newest.sha)})),
        "submodule_commits": {},
        "extra": null,
        "bump_type": release.bump.map(Bump::name),
    }) else {
        return Map::new();
    };
    let commits = release.commits.iter().map(|commit| commit.context(release.remote, seen));
    map.insert("commits".to_owned(), commits.collect());
    for forge in FORGES {
        let asked = release.remote == Some(forge);
        let name = format!("{forge}.contributors");
        map.insert(forge.to_owned(), json!({"contributors": if asked { unknown(&name) } else { json!([]) }}));
    }
    map
}

/// The entry of a filled body template after the postprocessors; where there is none, a note says why.
#[cfg(feature = "templates")]
pub fn entry(
    filled: Result<super::template::Rendered, Text>,
    postprocessors: &[Processor],
    notes: &mut Vec<Text>,
) -> Option<Entry> {
    let filled = match filled {
        Ok(filled) => filled,
        Err(why) => {
            notes.push(why);
            return None;
        }
    };
    for name in &filled.environment {
        notes.push(Text::new("tool_template_environment", [name]));
    }
    let longest = filled.text.len().saturating_mul(8).saturating_add(1_000_000);
    let processed = postprocessors.iter().try_fold(filled.text, |text, processor| {
        let Some(engine) = processor.pattern.engine() else { return Some(text) };
        super::template::replace(engine, &text, &processor.replace, longest)
    });
    let Some(text) = processed else {
        notes.push(Text::new("tool_template_spent", []));
        return None;
    };
    if text.contains(NO_HASH.get(..7).unwrap_or(NO_HASH)) {
        notes.push(Text::new("tool_template_hash", []));
    }
    // Between entries stands what the template leaves around them.
    let text = text.trim();
    (!text.is_empty()).then(|| Entry { markdown: format!("{text}\n") })
}

/// `Statistics::from`.
fn statistics(release: &Shown<'_>, previous: bool) -> Value {
    let mut links: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (text, href) in release.commits.iter().flat_map(|commit| &commit.links) {
        *links.entry((text, href)).or_default() += 1;
    }
    let mut links: Vec<((&str, &str), usize)> = links.into_iter().collect();
    links.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let links: Vec<Value> =
        links.into_iter().map(|((text, href), count)| json!({"text": text, "href": href, "count": count})).collect();
    let conventional = release.commits.iter().filter(|commit| commit.conventional).count();
    let mut statistics = json!({
        "commit_count": release.commits.len(),
        "conventional_commit_count": conventional,
        "links": links,
    });
    if let Some(map) = statistics.as_object_mut() {
        if release.commits.len() > 1 {
            let days = || {
                release.commits.iter().map(|commit| Some(strftime::instant(&commit.commit.date)?.div_euclid(86_400)))
            };
            let span =
                days().collect::<Option<Vec<i64>>>().and_then(|days| Some(days.iter().max()? - days.iter().min()?));
            let span = span.map_or_else(|| unknown("statistics.commits_timespan"), Value::from);
            map.insert("commits_timespan".to_owned(), span);
        }
        if previous {
            let passed = unknown("statistics.days_passed_since_last_release");
            map.insert("days_passed_since_last_release".to_owned(), passed);
        }
    }
    statistics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::git_cliff::defaults;

    fn config(toml: &str) -> (Config, Vec<Text>) {
        let map: Value = toml::from_str(toml).unwrap();
        let mut notes = Vec::new();
        let config = Config::of(map.as_object().unwrap(), defaults(), &mut notes);
        (config, notes)
    }

    /// `group|scope|message` of each commit that stays.
    #[track_caller]
    fn check(toml: &str, message: &str, expected: &[&str]) {
        let (config, _) = config(toml);
        let commit = Commit { message: message.to_owned(), ..Commit::default() };
        let (prepared, _) = prepare(&config, [(0, &commit)]);
        let told: Vec<String> = prepared
            .iter()
            .map(|commit| {
                let context = commit.context(None, Seen::ALL);
                let text = |key: &str| context.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
                format!("{}|{}|{}", text("group"), text("scope"), text("message"))
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn parsers_group_and_skip() {
        check("commit_parsers = []", "feat(api): x", &["feat|api|x"]);
        check(
            "commit_parsers = [{message = '^feat', group = 'Features', scope = 's'}]",
            "feat(api): x",
            &["Features|s|x"],
        );
        check("commit_parsers = [{message = '^feat', skip = true}]", "feat!: x", &[]);
        check(
            "commit_parsers = [{message = '^feat', skip = true}]\nprotect_breaking_commits = true",
            "feat!: x",
            &["feat|-|x"],
        );
        check("commit_parsers = [{message = '^(\\w+)', group = 'is $1'}]", "feat: x", &["is feat|-|x"]);
        check("commit_parsers = [{field = 'scope', pattern = '^api$', group = 'API'}]", "fix(api): x", &["API|api|x"]);
        check("commit_parsers = [{footer = '^Kind:.*bug', group = 'Bugs'}]", "fix: x\n\nKind: bug", &["Bugs|-|x"]);
        check("commit_parsers = []\nfilter_commits = true", "fix: x", &[]);
        check(
            "commit_parsers = [{field = 'footers.0.token', pattern = '^Kind$', group = 'K'}]",
            "fix: x\n\nKind: bug",
            &["K|-|x"],
        );
    }

    #[test]
    fn a_field_is_what_it_was_before_any_parser() {
        let goes_on = "{message = '^feat', group = 'G', continue = true}";
        check(
            &format!("commit_parsers = [{goes_on}, {{field = 'group', pattern = '^G$', group = 'H'}}]"),
            "feat: x",
            &["G|-|x"],
        );
        check(
            &format!("commit_parsers = [{goes_on}, {{field = 'group', pattern = '^feat$', group = 'H'}}]"),
            "feat: x",
            &["H|-|x"],
        );
    }

    #[test]
    fn what_was_read_stays_read_whatever_is_replaced_behind() {
        let steps = "processing_order = ['conventional_commits', 'commit_preprocessors', 'commit_parsers']";
        let replaced = "commit_preprocessors = [{pattern = '^feat.*', replace = 'gone'}]";
        check(&format!("commit_parsers = []\n{steps}\n{replaced}"), "feat(api): x", &["feat|api|x"]);
    }

    #[test]
    fn what_would_fill_any_memory_is_left_out() {
        let doubled = vec!["{pattern = 'a', replace = 'aa'}"; 60].join(", ");
        let (doubling, _) = config(&format!("commit_parsers = []\ncommit_preprocessors = [{doubled}]"));
        let split = "commit_parsers = [{body = 'z', skip = true}]\nsplit_commits = true";
        let (split, _) = config(&format!("{split}\nfilter_unconventional = false"));
        let long = Commit { message: format!("feat: a\n\n{}", "line\n".repeat(200_000)), ..Commit::default() };
        let short = Commit { message: "feat: a\n\nb c\nd".to_owned(), ..Commit::default() };
        for (config, commit) in [(&doubling, &short), (&split, &long)] {
            let (prepared, skipped) = prepare(config, [(0, commit)]);
            assert_eq!((prepared.len(), skipped), (0, vec![(0, Skipped::TooLong)]));
        }
        assert_eq!(prepare(&split, [(0, &short)]).0.len(), 3);
    }

    #[test]
    fn a_condition_on_the_committer_is_named() {
        let parser = |field: &str| format!("commit_parsers = [{{field = '{field}', pattern = 'x', skip = true}}]");
        assert_eq!(config(&parser("committer.name")).1, [Text::new("tool_cliff_committer", [])]);
        assert_eq!(config(&parser("author.name")).1, []);
    }

    #[test]
    fn messages_are_preprocessed_split_and_filtered() {
        check("commit_parsers = []", "no type", &[]);
        check("commit_parsers = []\nfilter_unconventional = false", "no type", &["-|-|no type"]);
        check(
            "commit_parsers = []\nsplit_commits = true\nfilter_unconventional = false",
            "feat: x\n\nfix: y",
            &["feat|-|x", "fix|-|y"],
        );
        check(
            "commit_parsers = []\ncommit_preprocessors = [{pattern = ' *\\(#\\d+\\)', replace = ''}]",
            "feat: x (#12)",
            &["feat|-|x"],
        );
    }

    #[track_caller]
    fn check_seen(template: &str, expected: &[&str]) {
        let names = ["body", "footers", "author", "github", "raw_message"];
        let seen: Vec<&str> = names.into_iter().filter(|name| Seen::by(template).holds(name)).collect();
        assert_eq!(seen, expected, "{template}");
    }

    #[test]
    fn what_a_template_cannot_see_is_left_out() {
        const ALL: &[&str] = &["body", "footers", "author", "github", "raw_message"];
        check_seen("{% for g, cs in commits | group_by(attribute='group') %}{{ g }}{% endfor %}", &[]);
        check_seen("[{{ version }}] {% for c in commits %}{{ c.author.name }}{% endfor %}", &["author"]);
        check_seen("{{ commits | filter(attribute='github.username', value='x') | length }}", &["github"]);
        check_seen("{% for k, v in commits %}{{ v }}{% endfor %}", ALL);
        check_seen("{% if x in commit %}{% endif %}", ALL);
        check_seen("{{ commit[x] }}", ALL);
        check_seen("{{ commit | get(key=x) }}", ALL);
        check_seen("{{ commits | group_by(attribute=x) }}", ALL);
        check_seen("{{ commits | group_by(attribute='git' ~ x) }}", ALL);
        check_seen("{{ commit | length }}", ALL);
        check_seen("{{ commits | json_encode }}{{ __tera_context }}", ALL);
    }

    #[test]
    fn a_regex_that_cannot_be_compiled_is_named() {
        let (config, notes) = config("commit_parsers = [{message = '(?=x)', group = 'x'}]");
        assert!(config.parsers.is_empty());
        assert_eq!(notes, [Text::new("tool_regex_unsupported", ["(?=x)"])]);
    }
}

//! conventional-changelog-writer and its presets: how a list of read commits becomes a changelog entry.
//!
//! The rules are those of conventional-changelog-writer 8.4.0 (`context.js`, `template.js`) and of the presets angular
//! 8.3.1, conventionalcommits 9.1.0, atom 5.1.0, codemirror 5.1.0, ember 5.1.0, eslint 6.1.0, express 5.1.0 and jshint
//! 5.2.0 (`writer.js`, `templates.js` of each). The templates' white space is what Handlebars makes of it.

use crate::collation::compare;
use crate::letters::{lower, upper};
use crate::reading::bytes;
use crate::reading::conventional_commits_parser::{Commit, Options, Reference, short_hash};
use crate::reading::javascript_text::{is_space, is_word, prefix_units, trim};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

#[cfg(feature = "more")]
pub mod run;
#[cfg(feature = "more")]
pub mod ten;
pub mod v8_sort;

/// A commit to be printed.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Its full hash; empty where it does not exist yet: nothing is printed for it then.
    pub hash: &'a str,
    /// Its subject as Git has it: what is printed where the header was not read.
    pub subject: &'a str,
    /// What was read in it.
    pub read: &'a Commit<'a>,
}

/// What an entry is about (`Context` of the writer).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The version, as it is printed.
    pub version: String,
    /// Whether it is a patch: its third number is not 0.
    pub patch: bool,
    /// The tag before; empty where there is none.
    pub previous_tag: String,
    /// The tag of this version.
    pub current_tag: String,
    /// `https://github.com`; empty where unknown.
    pub host: String,
    /// `acme`; empty where unknown.
    pub owner: String,
    /// `widgets`; empty where unknown.
    pub repository: String,
    /// The path of issues: `issues`.
    pub issue: String,
    /// The path of commits: `commit`.
    pub commit: String,
    /// Whether the version is a link to the comparison.
    pub link_compare: bool,
    /// Whether commits and issues are links.
    pub link_references: bool,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
}

impl Context {
    /// Puts `https://github.com/acme/widgets` behind a text, as the templates put it together: what is missing leaves its
    /// slash out.
    fn push_base(&self, out: &mut String) {
        self.push_base_of("", "", out);
    }

    fn push_base_of(&self, owner: &str, repository: &str, out: &mut String) {
        let (owner, repository) =
            if repository.is_empty() { (self.owner.as_str(), self.repository.as_str()) } else { (owner, repository) };
        for part in [self.host.as_str(), owner] {
            if !part.is_empty() {
                out.push_str(part);
                out.push('/');
            }
        }
        out.push_str(repository);
    }
}

/// A type of commits and the section it is printed under (`types` of the conventionalcommits preset).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitType {
    /// `feat`.
    pub name: String,
    /// Only commits of this scope, where set.
    pub scope: Option<String>,
    /// `Features`; `None` prints without a heading.
    pub section: Option<String>,
    /// Printed only where it breaks something.
    pub hidden: bool,
    /// Printed, but no reason for a release: version 10's effect `changelog`.
    pub quiet: bool,
}

/// The versions of the conventionalcommits preset that print differently, the oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Up to 4.6.3: two blank lines before a section, a patch is headed `###`.
    Four,
    /// 5.0.0 and 6.0.0 (May 2022): every version is headed `##`.
    Five,
    /// 6.1.0 (June 2023): the sections follow the types' order.
    Six,
    /// 7.0.0 to 7.0.2 (August 2023): an issue may hold letters.
    Seven,
    /// 8.0.0 (April 2024) to 9.3.0: one blank line.
    #[default]
    Eight,
    /// 9.3.1 (March 2026): a mention in code is left alone.
    Nine,
    /// From 10.0.0 (summer of 2026): see [`ten`].
    #[cfg(feature = "more")]
    Ten,
}

impl Generation {
    /// The newest one of a day, for a tool that brings whatever is newest.
    #[must_use]
    pub fn of_day(date: &str) -> Self {
        match date {
            "" => Self::Nine,
            date if date < "2022-05-27" => Self::Four,
            date if date < "2023-06-17" => Self::Five,
            date if date < "2023-08-26" => Self::Six,
            date if date < "2024-04-26" => Self::Seven,
            date if date < "2026-03-29" => Self::Eight,
            _ => Self::Nine,
        }
    }
}

/// The configuration of the conventionalcommits preset (`presetConfig`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConventionalCommits {
    /// `types`.
    pub types: Vec<CommitType>,
    /// `issueUrlFormat`.
    pub issue_url: String,
    /// `commitUrlFormat`.
    pub commit_url: String,
    /// `compareUrlFormat`.
    pub compare_url: String,
    /// `userUrlFormat`.
    pub user_url: String,
    /// `issuePrefixes`.
    pub issue_prefixes: Vec<String>,
    /// `scope`: only commits of these scopes.
    pub scopes: Vec<String>,
    /// `scopeOnly`: commits without a scope do not count, either.
    pub scope_only: bool,
    /// `preMajor`: what would be a major or a minor version is one step less.
    pub pre_major: bool,
    /// `bumpStrict`: types that are all hidden recommend nothing.
    pub bump_strict: bool,
    /// The preset's version.
    pub generation: Generation,
    /// Whether version 10 is its 10.2.1 and was handed the addresses as templates, as commit-and-tag-version 13 does.
    pub templates: bool,
}

impl Default for ConventionalCommits {
    /// `constants.js` and `writer.js`.
    fn default() -> Self {
        let kind = |name: &str, section: &str, hidden| CommitType {
            name: name.to_owned(),
            scope: None,
            section: Some(section.to_owned()),
            hidden,
            quiet: false,
        };
        Self {
            types: vec![
                kind("feat", "Features", false),
                kind("feature", "Features", false),
                kind("fix", "Bug Fixes", false),
                kind("perf", "Performance Improvements", false),
                kind("revert", "Reverts", false),
                kind("docs", "Documentation", true),
                kind("style", "Styles", true),
                kind("chore", "Miscellaneous Chores", true),
                kind("refactor", "Code Refactoring", true),
                kind("test", "Tests", true),
                kind("build", "Build System", true),
                kind("ci", "Continuous Integration", true),
            ],
            issue_url: "{{host}}/{{owner}}/{{repository}}/issues/{{id}}".to_owned(),
            commit_url: "{{host}}/{{owner}}/{{repository}}/commit/{{hash}}".to_owned(),
            compare_url: "{{host}}/{{owner}}/{{repository}}/compare/{{previousTag}}...{{currentTag}}".to_owned(),
            user_url: "{{host}}/{{user}}".to_owned(),
            issue_prefixes: vec!["#".to_owned()],
            scopes: Vec::new(),
            scope_only: false,
            pre_major: false,
            bump_strict: false,
            generation: Generation::default(),
            templates: false,
        }
    }
}

/// A preset: how headers are read and entries are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preset {
    /// conventional-changelog-angular.
    Angular,
    /// conventional-changelog-conventionalcommits.
    ConventionalCommits(Box<ConventionalCommits>),
    /// conventional-changelog-atom.
    Atom,
    /// conventional-changelog-codemirror.
    CodeMirror,
    /// conventional-changelog-ember.
    Ember,
    /// conventional-changelog-eslint.
    Eslint,
    /// conventional-changelog-express.
    Express,
    /// conventional-changelog-jshint.
    JsHint,
}

/// Everything in the configuration that the writer understands beside its preset (`writerOpts`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriterOptions {
    /// `groupBy`.
    pub group_by: Option<String>,
    /// `commitsSort`.
    pub commits_sort: Option<Vec<String>>,
    /// `commitGroupsSort` is `title`.
    pub groups_by_title: bool,
    /// How the writer sorts, which changed over its versions.
    pub writer: Writer,
    /// Whether the angular preset links what looks like a mention in code: up to 8.3.0.
    pub links_in_code: bool,
    /// Whether the conventionalcommits preset puts what breaks at the end, without its sign: up to 3.0.2.
    #[cfg(feature = "more")]
    pub notes_last: bool,
}

/// The versions of conventional-changelog-writer that sort differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writer {
    /// From 8.0.0 of May 2024: by what the keys hold, one behind the other.
    #[default]
    Eight,
    /// From 9.0.0 of the summer of 2026: the presets print by themselves ([`ten`]).
    #[cfg(feature = "more")]
    Nine,
    /// 5.0.0 to 7.0.1: as `Eight`, but the group without a title is sorted as `false`.
    Five,
    /// Up to 4.1.0: key by key with compare-func ([`v8_sort`]).
    Four,
    /// As `Four`, with Node.js up to 10, which sorted otherwise.
    FourOnTen,
}

impl Preset {
    /// The preset of that name (in lower case), with its defaults.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "angular" => Self::Angular,
            "conventionalcommits" => Self::ConventionalCommits(Box::default()),
            // These bring patterns of their own (`reading::pattern`).
            #[cfg(feature = "more")]
            "atom" => Self::Atom,
            #[cfg(feature = "more")]
            "codemirror" => Self::CodeMirror,
            #[cfg(feature = "more")]
            "ember" => Self::Ember,
            #[cfg(feature = "more")]
            "eslint" => Self::Eslint,
            #[cfg(feature = "more")]
            "express" => Self::Express,
            #[cfg(feature = "more")]
            "jshint" => Self::JsHint,
            _ => return None,
        })
    }

    /// The preset's parser options (`parser.js` of each) and whether it sets issue prefixes of its own.
    #[must_use]
    pub fn parser(&self) -> Options {
        use crate::reading::conventional_commits_parser::{HeaderPattern, MergePattern};
        let header = |source: &str, parts: &[&str]| Options {
            header: HeaderPattern::parse(source, ""),
            header_parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            ..Options::default()
        };
        match self {
            Self::Angular => Options::angular(),
            Self::ConventionalCommits(config) => {
                Options { issue_prefixes: config.issue_prefixes.clone(), ..Options::conventional_commits() }
            }
            Self::Atom => header(r"^(:.*?:) (.*)$", &["emoji", "shortDesc"]),
            Self::CodeMirror => header(r"^\[(.*?)(?: (.*))?] (.*)$", &["language", "type", "message"]),
            Self::Ember => Options {
                merge: crate::reading::pattern::regex(r"^Merge pull request #(.*) from .*$", "")
                    .map(|pattern| MergePattern { pattern: Box::new(pattern), correspondence: vec!["pr".to_owned()] }),
                ..header(r"^\[(.*) (.*)] (.*)$", &["tag", "taggedAs", "message"])
            },
            Self::Eslint => header(r"^(\w*):\s*(.*)$", &["tag", "message"]),
            Self::Express => header(r"^(\w*): (.*)$", &["component", "shortDesc"]),
            Self::JsHint => Options {
                note_keywords: vec!["BREAKING CHANGE".to_owned()],
                ..header(r"^\[\[(.*)]] (.*)$", &["type", "shortDesc"])
            },
        }
    }

    /// Whether the preset sets issue prefixes of its own, which the host's then do not replace.
    #[must_use]
    pub fn sets_issue_prefixes(&self) -> bool {
        matches!(self, Self::ConventionalCommits(_))
    }

    fn group_by(&self) -> &'static str {
        match self {
            Self::Atom => "emoji",
            Self::CodeMirror => "language",
            Self::Ember | Self::Eslint => "tag",
            Self::Express => "component",
            Self::Angular | Self::ConventionalCommits(_) | Self::JsHint => "type",
        }
    }

    fn commits_sort(&self) -> &'static [&'static str] {
        match self {
            Self::Angular | Self::ConventionalCommits(_) => &["scope", "subject"],
            Self::Atom => &["emoji", "shortDesc"],
            Self::CodeMirror => &["language", "type", "message"],
            Self::Ember => &["tag", "taggedAs", "message"],
            Self::Eslint => &["tag", "message"],
            Self::Express => &["component", "shortDesc"],
            Self::JsHint => &["type", "shortDesc"],
        }
    }
}

/// A commit as the preset's `transform` leaves it.
struct Line<'a> {
    item: Item<'a>,
    /// What `transform` replaced.
    changed: Vec<(&'static str, Cow<'a, str>)>,
    references: Cow<'a, [Reference<'a>]>,
    /// The breaking changes and other notes: title and text.
    notes: Vec<(&'a str, &'a str)>,
}

impl<'a> Line<'a> {
    fn new(item: Item<'a>) -> Self {
        let notes = item.read.notes.iter().map(|note| (note.title.as_ref(), note.text.as_ref())).collect();
        let changed = Vec::with_capacity(4);
        Self { item, changed, references: Cow::Borrowed(&item.read.references), notes }
    }

    fn set(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        self.changed.push((name, value.into()));
    }

    /// A part of the commit; empty where it has none.
    fn get(&self, name: &str) -> &str {
        match self.changed.iter().rev().find(|(known, _)| *known == name) {
            Some((_, value)) => value,
            None => self.item.get(name),
        }
    }
}

impl<'a> Item<'a> {
    /// A part of the commit as it was read; empty where it has none.
    fn get(&self, name: &str) -> &'a str {
        let read = self.read;
        match name {
            "header" => read.header.as_deref(),
            "body" => read.body.as_deref(),
            "footer" => read.footer.as_deref(),
            "merge" => read.merge.as_deref(),
            "hash" => read.part("hash").or(Some(self.hash)),
            "subject" if read.parts.iter().all(|(known, _)| known != "subject") => Some(self.subject),
            other => read.part(other),
        }
        .unwrap_or_default()
    }
}

/// About how many bytes a line of an entry has.
const LINE: usize = 160;

/// About how many bytes a link to an issue has.
const LINK: usize = 64;

/// The entry of a version: its commits, newest first, as the tool hands them over.
#[must_use]
pub fn write(preset: &Preset, options: &WriterOptions, context: &Context, commits: &[Item<'_>]) -> String {
    #[cfg(feature = "more")]
    if let Some(entry) = ten::write(preset, options, context, commits) {
        return entry;
    }
    let addresses = Addresses::of(preset, context);
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(commits.len());
    lines.extend(commits.iter().filter_map(|item| transform(preset, options, context, addresses.as_ref(), *item)));
    let groups = group(preset, options, &lines);
    let mut out = String::with_capacity(lines.len() * LINE);
    header(preset, context, &mut out);
    let style = Style::of(preset);
    #[cfg(feature = "more")]
    let style = if options.notes_last { Style { notes_first: false, notes_mark: "", ..style } } else { style };
    out.push_str(style.after_header);
    if style.notes_first {
        notes(preset, style, &lines, &mut out);
    }
    for (title, lines) in &groups {
        out.push('\n');
        if !title.is_empty() {
            out.push_str("### ");
            out.push_str(title);
            out.push_str("\n\n");
        }
        for line in lines {
            commit(preset, context, addresses.as_ref(), line, &mut out);
            out.push('\n');
        }
        out.push_str(style.after_group);
    }
    if !style.notes_first {
        notes(preset, style, &lines, &mut out);
    }
    // An entry of megabytes is not copied.
    let start = out.len() - out.trim_start_matches(is_space).len();
    out.drain(..start);
    out.truncate(out.trim_end_matches(is_space).len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Whether the preset prints a commit at all: one that takes back what is not printed stays itself.
#[cfg(feature = "more")]
#[must_use]
pub fn is_printed(preset: &Preset, options: &WriterOptions, context: &Context, item: Item<'_>) -> bool {
    match preset {
        Preset::Angular | Preset::ConventionalCommits(_) if options.writer == Writer::Nine => {
            ten::is_printed(preset, &item)
        }
        Preset::Angular | Preset::ConventionalCommits(_) => is_left(preset, item),
        _ => transform(preset, options, context, None, item).is_some(),
    }
}

/// A commit's subject with its links, as the preset prints it.
#[cfg(feature = "more")]
#[must_use]
pub fn linked_subject(preset: &Preset, context: &Context, item: Item<'_>) -> Option<String> {
    let addresses = Addresses::of(preset, context);
    transform(preset, &WriterOptions::default(), context, addresses.as_ref(), item)
        .map(|line| line.get("subject").to_owned())
}

/// Where the templates of a preset put their blank lines.
#[derive(Clone, Copy)]
struct Style {
    after_header: &'static str,
    after_group: &'static str,
    notes_first: bool,
    notes_mark: &'static str,
}

impl Style {
    fn of(preset: &Preset) -> Self {
        match preset {
            Preset::Angular => Self { after_header: "\n", after_group: "\n", notes_first: false, notes_mark: "" },
            Preset::ConventionalCommits(config) => {
                let gap = if config.generation >= Generation::Eight { "" } else { "\n" };
                Self { after_header: gap, after_group: gap, notes_first: true, notes_mark: "⚠ " }
            }
            _ => Self { after_header: "\n", after_group: "", notes_first: false, notes_mark: "" },
        }
    }
}

fn header(preset: &Preset, context: &Context, out: &mut String) {
    let level = match preset {
        Preset::ConventionalCommits(config) => match config.generation {
            Generation::Four if context.patch => "### ",
            _ => "## ",
        },
        Preset::Express => "",
        _ if context.patch => "## ",
        _ => "# ",
    };
    out.push_str(level);
    if context.link_compare {
        out.push('[');
        out.push_str(&context.version);
        out.push_str("](");
        if let Preset::ConventionalCommits(config) = preset {
            expand(
                &config.compare_url,
                &[
                    ("host", &context.host),
                    ("owner", &context.owner),
                    ("repository", &context.repository),
                    ("previousTag", &context.previous_tag),
                    ("currentTag", &context.current_tag),
                ],
                out,
            );
        } else {
            context.push_base(out);
            out.push_str("/compare/");
            out.push_str(&context.previous_tag);
            out.push_str("...");
            out.push_str(&context.current_tag);
        }
        out.push(')');
    } else {
        out.push_str(&context.version);
    }
    if matches!(preset, Preset::Express) {
        out.push_str(" / ");
        out.push_str(&context.date);
        out.push_str("\n===================");
    } else if !context.date.is_empty() {
        out.push_str(" (");
        out.push_str(&context.date);
        out.push(')');
    }
    out.push('\n');
}

/// The titles of the notes in their order and under each its lines: the commit's scope and the text.
fn notes(preset: &Preset, style: Style, lines: &[Line<'_>], out: &mut String) {
    if !matches!(preset, Preset::Angular | Preset::ConventionalCommits(_) | Preset::JsHint) {
        return;
    }
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in lines {
        for (title, text) in &line.notes {
            let title = match preset {
                Preset::JsHint if *title != "BREAKING CHANGE" => title,
                _ => "BREAKING CHANGES",
            };
            let note = (line.get("scope"), *text);
            match groups.iter_mut().find(|(known, _)| *known == title) {
                Some((_, notes)) => notes.push(note),
                None => groups.push((title, vec![note])),
            }
        }
    }
    groups.sort_by(|(a, _), (b, _)| compare(a, b));
    for (title, notes) in groups {
        out.push_str("\n### ");
        out.push_str(style.notes_mark);
        out.push_str(title);
        out.push_str("\n\n");
        for (scope, text) in notes {
            out.push_str("* ");
            if !scope.is_empty() && matches!(preset, Preset::JsHint) {
                out.push_str(scope);
                out.push_str(": ");
            } else if !scope.is_empty() {
                out.push_str("**");
                out.push_str(scope);
                out.push_str(":** ");
            }
            out.push_str(text);
            out.push('\n');
        }
    }
}

/// The engine's own sort, where what a writer printed depends on it.
fn engine(writer: Writer) -> Option<v8_sort::Engine> {
    match writer {
        Writer::Four => Some(v8_sort::since_eleven),
        #[cfg(feature = "more")]
        Writer::FourOnTen => Some(v8_sort::on_ten),
        _ => None,
    }
}

type Group<'l, 'a> = (String, Vec<&'l Line<'a>>);

/// Sorts groups by their titles, as the engine does where that matters. There are few of them, and each sort of its own
/// would weigh a kilobyte of Wasm.
fn sort_groups(groups: &mut Vec<Group<'_, '_>>, engine: Option<v8_sort::Engine>, by: &dyn Fn(&str, &str) -> Ordering) {
    match engine {
        Some(engine) => v8_sort::sort(groups, engine, |(a, _), (b, _)| by(a, b)),
        None => groups.sort_by(|(a, _), (b, _)| by(a, b)),
    }
}

fn group<'l, 'a>(preset: &Preset, options: &WriterOptions, lines: &'l [Line<'a>]) -> Vec<Group<'l, 'a>> {
    let by = options.group_by.as_deref().unwrap_or(preset.group_by());
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Group<'_, '_>> = Vec::new();
    for line in lines {
        let key = line.get(by);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key.to_owned(), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, lines)) = groups.get_mut(place) {
            lines.push(line);
        }
    }
    // An object's keys that look like numbers come first, in their order.
    let number = |title: &str| {
        title.parse::<u32>().ok().filter(|number| number.to_string() == *title).map_or((1, 0), |number| (0, number))
    };
    sort_groups(&mut groups, None, &|a, b| number(a).cmp(&number(b)));
    let own = preset.commits_sort();
    let named: Vec<&str> = match &options.commits_sort {
        Some(keys) => keys.iter().map(String::as_str).collect(),
        None => own.to_vec(),
    };
    for (_, lines) in &mut groups {
        if let Some(engine) = engine(options.writer) {
            v8_sort::sort(lines, engine, |a, b| {
                let orders = named.iter().map(|key| v8_sort::compare(a.get(key), b.get(key)));
                orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            });
            continue;
        }
        let mut keyed: Vec<(Cow<'_, str>, &Line<'_>)> = lines.iter().map(|line| (key(line, &named), *line)).collect();
        keyed.sort_by(|(a, _), (b, _)| compare(a, b));
        *lines = keyed.into_iter().map(|(_, line)| line).collect();
    }
    match preset {
        Preset::ConventionalCommits(config) if !options.groups_by_title && config.generation <= Generation::Five => {
            const RANKS: [&str; 4] = ["Reverts", "Performance Improvements", "Bug Fixes", "Features"];
            let rank = |title: &str| RANKS.iter().position(|known| *known == title).map_or(0, |at| at + 1);
            let engine = engine(options.writer).unwrap_or(v8_sort::since_eleven);
            sort_groups(&mut groups, Some(engine), &|a, b| {
                if rank(a) >= rank(b) { Ordering::Less } else { Ordering::Greater }
            });
        }
        Preset::ConventionalCommits(config) if !options.groups_by_title => {
            let order: Vec<&str> = config
                .types
                .iter()
                .filter_map(|kind| kind.section.as_deref())
                .filter(|section| !section.is_empty())
                .collect();
            let rank = |title: &str| order.iter().position(|section| *section == title).map_or(0, |at| at + 1);
            sort_groups(&mut groups, None, &|a, b| rank(a).cmp(&rank(b)));
        }
        _ if let Some(engine) = engine(options.writer) => sort_groups(&mut groups, Some(engine), &v8_sort::compare),
        _ => {
            let untitled = if options.writer == Writer::Five { "false" } else { "" };
            sort_groups(&mut groups, None, &|a, b| {
                let [a, b] = [a, b].map(|title| if title.is_empty() { untitled } else { title });
                compare(a, b)
            });
        }
    }
    groups
}

/// What a line is sorted by: the parts of these names, one behind the other.
fn key<'l>(line: &'l Line<'_>, named: &[&str]) -> Cow<'l, str> {
    let mut parts = named.iter().map(|name| line.get(name)).filter(|part| !part.is_empty());
    let mut key = Cow::Borrowed(parts.next().unwrap_or_default());
    parts.for_each(|part| key.to_mut().push_str(part));
    key
}

/// Whether the presets angular and conventionalcommits leave a commit in, which its type decides.
fn is_left(preset: &Preset, item: Item<'_>) -> bool {
    match preset {
        Preset::Angular => angular_section(kind(item), item.read.revert.is_some(), noted(item)).is_some(),
        Preset::ConventionalCommits(config) => conventional_type(config, item).is_ok(),
        _ => true,
    }
}

fn transform<'a>(
    preset: &'a Preset,
    options: &WriterOptions,
    context: &Context,
    addresses: Option<&Addresses>,
    item: Item<'a>,
) -> Option<Line<'a>> {
    // Nothing is made for what is left out.
    if !is_left(preset, item) {
        return None;
    }
    let mut line = Line::new(item);
    line.set("shortHash", short_hash(item.get("hash")));
    match preset {
        Preset::Angular => angular(options, context, &mut line)?,
        Preset::ConventionalCommits(config) => conventional_commits(config, context, addresses, &mut line)?,
        Preset::Atom => {
            let emoji = prefix_units(item.get("emoji"), 72);
            if emoji.is_empty() {
                return None;
            }
            let left = 72_usize.saturating_sub(emoji.encode_utf16().count());
            let short = prefix_units(item.get("shortDesc"), left);
            line.set("emoji", emoji);
            line.set("shortDesc", short);
        }
        Preset::CodeMirror if line.get("language").is_empty() => return None,
        Preset::Eslint if line.get("tag").is_empty() => return None,
        Preset::CodeMirror | Preset::Eslint => {}
        Preset::Ember => {
            if line.get("pr").is_empty() {
                return None;
            }
            let tag = match line.get("tag") {
                "BUGFIX" => "Bug Fixes",
                "CLEANUP" => "Cleanup",
                "FEATURE" => "Features",
                "DOC" => "Documentation",
                "SECURITY" => "Security",
                _ => return None,
            };
            line.set("tag", tag);
        }
        Preset::Express => {
            let component = match line.get("component") {
                "perf" => "Performance",
                "deps" => "Dependencies",
                _ => return None,
            };
            line.set("component", component);
        }
        Preset::JsHint => {
            let kind = match upper(line.get("type")).as_str() {
                "FEAT" => "Features",
                "FIX" => "Bug Fixes",
                _ => return None,
            };
            line.set("type", kind);
            // This preset shortens the hash itself and knows no other.
            line.set("hash", short_hash(item.get("hash")));
            line.set("shortHash", "");
        }
    }
    Some(line)
}

/// A commit's type as it was read.
fn kind(item: Item<'_>) -> &str {
    item.read.part("type").unwrap_or_default()
}

fn noted(item: Item<'_>) -> bool {
    !item.read.notes.is_empty()
}

/// The section of a type in the angular preset.
fn angular_section(own: &str, reverts: bool, noted: bool) -> Option<&str> {
    let kind = match own {
        "feat" => "Features",
        "fix" => "Bug Fixes",
        "perf" => "Performance Improvements",
        _ if own == "revert" || reverts => "Reverts",
        _ if !noted => return None,
        "docs" => "Documentation",
        "style" => "Styles",
        "refactor" => "Code Refactoring",
        "test" => "Tests",
        "build" => "Build System",
        "ci" => "Continuous Integration",
        other => other,
    };
    Some(kind)
}

/// `writer.js` of the angular preset.
fn angular(options: &WriterOptions, context: &Context, line: &mut Line<'_>) -> Option<()> {
    let item = line.item;
    line.set("type", angular_section(item.get("type"), item.read.revert.is_some(), !line.notes.is_empty())?);
    if item.get("scope") == "*" {
        line.set("scope", "");
    }
    let mut linked = Vec::new();
    let mut subject = Cow::Borrowed(item.get("subject"));
    if subject.is_empty() {
        return Some(());
    }
    if !context.repository.is_empty() {
        (subject, linked) = link_issues(
            item.get("subject"),
            &["#"],
            |byte| byte.is_ascii_digit(),
            |_, issue, out| {
                out.push_str("[#");
                out.push_str(issue);
                out.push_str("](");
                for part in [context.host.as_str(), &context.owner, &context.repository, "issues"] {
                    out.push_str(part);
                    out.push('/');
                }
                out.push_str(issue);
                out.push(')');
            },
        );
    }
    if !context.host.is_empty() {
        subject = link_users(subject, !options.links_in_code, |user, out| {
            out.push_str(&context.host);
            out.push('/');
            out.push_str(user);
        });
    }
    line.set("subject", subject);
    let linked: Vec<&str> = linked.into_iter().filter_map(|name| name.strip_prefix('#')).collect();
    line.references = unlinked(&item.read.references, &linked, |reference| reference.issue);
    Some(())
}

/// The references without those that a subject links to already, by the name each has.
fn unlinked<'a>(
    references: &'a [Reference<'a>],
    linked: &[&str],
    name: impl Fn(&Reference<'a>) -> &'a str,
) -> Cow<'a, [Reference<'a>]> {
    /// More than any subject has that somebody wrote.
    const MANY: usize = 16;
    if linked.is_empty() {
        return references.into();
    }
    let left = |is_linked: &dyn Fn(&str) -> bool| -> Vec<_> {
        references.iter().filter(|reference| !is_linked(name(reference))).copied().collect()
    };
    if linked.len() < MANY {
        return left(&|name| linked.contains(&name)).into();
    }
    let linked: HashMap<&str, usize> = linked.iter().map(|name| (*name, 0)).collect();
    left(&|name| linked.contains_key(name)).into()
}

/// A reference's prefix and issue, as they stand in the text one behind the other.
fn reference_name<'a>(reference: &Reference<'a>) -> &'a str {
    let start = reference.raw.len().checked_sub(reference.prefix.len() + reference.issue.len());
    start.and_then(|start| reference.raw.get(start..)).unwrap_or_default()
}

/// The entry of a commit's type in the conventionalcommits preset; an error where the commit is left out.
fn conventional_type<'c>(config: &'c ConventionalCommits, item: Item<'_>) -> Result<Option<&'c CommitType>, ()> {
    let read = item.read;
    let scope = read.part("scope").unwrap_or_default();
    let key = if read.revert.is_some() { Cow::Borrowed("revert") } else { lowered(kind(item)) };
    let entry = config.types.iter().find(|kind| {
        kind.name == key && kind.scope.as_deref().filter(|own| !own.is_empty()).is_none_or(|own| own == scope)
    });
    let forced = || read.footer.as_deref().is_some_and(release_as) || read.body.as_deref().is_some_and(release_as);
    if (!noted(item) && entry.is_none_or(|kind| kind.hidden) && !forced()) || !matches_scope(config, scope) {
        return Err(());
    }
    Ok(entry)
}

/// [`lower`] that makes no new text of one that is lower already.
pub(super) fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase()) { text.into() } else { lower(text).into() }
}

/// `writer.js` of the conventionalcommits preset.
fn conventional_commits<'a>(
    config: &'a ConventionalCommits,
    context: &Context,
    addresses: Option<&Addresses>,
    line: &mut Line<'a>,
) -> Option<()> {
    let item = line.item;
    if let Some(entry) = conventional_type(config, item).ok()? {
        line.set("type", entry.section.as_deref().unwrap_or_default());
    }
    if item.get("scope") == "*" || !config.scopes.is_empty() {
        line.set("scope", "");
    }
    let subject = item.get("subject");
    if subject.is_empty() {
        return Some(());
    }
    let letters = config.generation >= Generation::Seven;
    let lower = |byte: u8| (letters && byte.is_ascii_lowercase()) || byte.is_ascii_digit();
    let (subject, linked) = link_issues(subject, &config.issue_prefixes, lower, |prefix, issue, out| {
        for part in ["[", prefix, issue, "]("] {
            out.push_str(part);
        }
        if let Some(addresses) = addresses {
            addresses.issue.push(&[issue, prefix], out);
        }
        out.push(')');
    });
    let base = [("host", context.host.as_str()), ("owner", &context.owner), ("repository", &context.repository)];
    let [host, owner, repository] = base;
    let subject = link_users(subject, config.generation >= Generation::Nine, |user, out| {
        expand(&config.user_url, &[host, owner, repository, ("user", user)], out);
    });
    line.set("subject", subject);
    // Prefix and issue together, wherever the one ends and the other begins.
    line.references = unlinked(&item.read.references, &linked, reference_name);
    Some(())
}

/// `utils.js`, `matchScope`.
fn matches_scope(config: &ConventionalCommits, scope: &str) -> bool {
    if config.scopes.is_empty() {
        return true;
    }
    let included = !scope.is_empty() && scope.split(',').any(|scope| config.scopes.iter().any(|known| known == scope));
    included || (!config.scope_only && scope.is_empty())
}

/// `/release-as:\s*\w*@?([0-9]+\.[0-9]+\.[0-9a-z]+(-[0-9a-z.]+)?)\s*/i`
fn release_as(text: &str) -> bool {
    const MARK: &[u8] = b"release-as:";
    let all = text.as_bytes();
    let digits = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // The colon is rarer than any letter.
    let marked = |colon: &usize| {
        let start = (colon + 1).checked_sub(MARK.len());
        start.and_then(|start| all.get(start..=*colon)).is_some_and(|mark| mark.eq_ignore_ascii_case(MARK))
    };
    let mut from = 0;
    let colons = std::iter::from_fn(|| {
        let colon = from + bytes::find(b':', all.get(from..)?)?;
        from = colon + 1;
        Some(colon)
    });
    colons.filter(marked).any(|colon| {
        let rest = text.get(colon + 1..).unwrap_or_default().trim_start_matches(is_space).as_bytes();
        let word = rest.iter().take_while(|byte| is_word(**byte)).count();
        let (name, after) = rest.split_at_checked(word).unwrap_or_default();
        let minor = match after.split_first() {
            Some((b'@', version)) => {
                let (major, after) = version.split_at_checked(digits(version)).unwrap_or_default();
                if major.is_empty() { None } else { after.strip_prefix(b".") }
            }
            Some((b'.', after)) if name.last().is_some_and(u8::is_ascii_digit) => Some(after),
            _ => None,
        };
        minor.is_some_and(|minor| {
            let (number, after) = minor.split_at_checked(digits(minor)).unwrap_or_default();
            !number.is_empty() && matches!(after, [b'.', next, ..] if next.is_ascii_alphanumeric())
        })
    })
}

fn push_link(out: &mut String, text: &str, url: &str) {
    for part in ["[", text, "](", url, ")"] {
        out.push_str(part);
    }
}

/// The template of an address, taken apart at each simple `{{name}}`.
struct Template {
    /// Texts and the values they stand before, by their places among the names; none behind the last.
    pieces: Vec<(String, Option<usize>)>,
}

impl Template {
    /// `known` is filled in at once, `names` are those of values to come.
    fn new(format: &str, known: &[(&str, &str)], names: &[&str]) -> Self {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = format;
        while let Some((before, after)) = doubled(rest, b'{') {
            text.push_str(before);
            let name = doubled(after, b'}').map(|(name, behind)| (trim(name), behind));
            let value = name.and_then(|(name, behind)| Some((names.iter().position(|own| *own == name)?, behind)));
            let filled = || name.and_then(|(name, behind)| Some((known.iter().find(|own| own.0 == name)?.1, behind)));
            if let Some((place, behind)) = value {
                pieces.push((std::mem::take(&mut text), Some(place)));
                rest = behind;
            } else {
                let (filled, behind) = filled().unwrap_or(("{{", after));
                text.push_str(filled);
                rest = behind;
            }
        }
        text.push_str(rest);
        pieces.push((text, None));
        Self { pieces }
    }

    /// Puts the address behind a text; the values are those of the names, in their order.
    fn push(&self, values: &[&str], out: &mut String) {
        for (text, value) in &self.pieces {
            out.push_str(text);
            out.push_str(value.and_then(|place| values.get(place)).copied().unwrap_or_default());
        }
    }
}

/// The templates of addresses that are filled for each commit; the presets without such have none.
struct Addresses {
    issue: Template,
    commit: Template,
}

impl Addresses {
    fn of(preset: &Preset, context: &Context) -> Option<Self> {
        let Preset::ConventionalCommits(config) = preset else { return None };
        let known = [("host", context.host.as_str()), ("owner", &context.owner), ("repository", &context.repository)];
        Some(Self {
            issue: Template::new(&config.issue_url, &known, &["id", "prefix"]),
            commit: Template::new(&config.commit_url, &known, &["hash", "shortHash"]),
        })
    }
}

/// Puts a template behind a text, with every simple `{{name}}` replaced.
fn expand(format: &str, values: &[(&str, &str)], out: &mut String) {
    let mut rest = format;
    while let Some((before, after)) = doubled(rest, b'{') {
        out.push_str(before);
        let known = doubled(after, b'}').and_then(|(name, after)| {
            let name = trim(name);
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        let (text, after) = known.unwrap_or(("{{", after));
        out.push_str(text);
        rest = after;
    }
    out.push_str(rest);
}

/// What is before and behind the first pair of an ASCII mark, `{{` or `}}`.
fn doubled(text: &str, mark: u8) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == mark)?;
        if bytes.get(at + 1) == Some(&mark) {
            return Some((text.get(..at)?, text.get(at + 2..)?));
        }
        from = at + 1;
    }
}

/// Puts a link in the place of each issue in a subject; `link` is handed the prefix and the issue. What was linked comes
/// with it.
fn link_issues<'t>(
    subject: &'t str,
    prefixes: &[impl AsRef<str>],
    taken: impl Fn(u8) -> bool,
    mut link: impl FnMut(&'t str, &'t str, &mut String),
) -> (Cow<'t, str>, Vec<&'t str>) {
    let bytes = subject.as_bytes();
    let (mut out, mut linked) = (String::new(), Vec::new());
    let (mut at, mut copied) = (0, 0);
    // Most prefixes are one or two: their first bytes pass the rest over.
    let first = |prefix: &'_ _| AsRef::<str>::as_ref(prefix).bytes().next();
    let firsts = match prefixes {
        [one] => first(one).map(|one| (one, one)),
        #[cfg(feature = "more")]
        [one, other] => first(one).zip(first(other)),
        _ => None,
    };
    loop {
        if let Some((one, other)) = firsts {
            let rest = bytes.get(at..).unwrap_or_default();
            let is_one = cfg!(not(feature = "more")) || one == other;
            let step = if is_one { bytes::find(one, rest) } else { bytes::find_either(one, other, rest) };
            at = step.map_or(subject.len(), |step| at + step);
        }
        let Some(rest) = subject.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let prefixes = prefixes.iter().map(AsRef::as_ref).filter(|prefix| !prefix.is_empty());
        let found = prefixes.into_iter().find_map(|prefix| {
            let after = rest.strip_prefix(prefix)?;
            let length = after.bytes().take_while(|byte| taken(*byte)).count();
            let issue = after.get(..length).filter(|issue| !issue.is_empty())?;
            Some((rest.get(..prefix.len())?, issue))
        });
        let Some((prefix, issue)) = found else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if cfg!(feature = "more") && copied == 0 {
            out.reserve(subject.len() + LINK);
        }
        out.push_str(subject.get(copied..at).unwrap_or_default());
        link(prefix, issue, &mut out);
        let length = prefix.len() + issue.len();
        linked.extend(rest.get(..length));
        at += length;
        copied = at;
    }
    if copied == 0 {
        return (subject.into(), linked);
    }
    out.push_str(subject.get(copied..).unwrap_or_default());
    (out.into(), linked)
}

/// Puts a link in the place of each `@user` in a subject: `/\B@([a-z0-9](?:-?[a-z0-9/]){0,38})/g`; with `code`, what stands
/// between back-ticks is left alone.
fn link_users(subject: Cow<'_, str>, code: bool, url: impl Fn(&str, &mut String)) -> Cow<'_, str> {
    let bytes = subject.as_bytes();
    if bytes::find(b'@', bytes).is_none() {
        return subject;
    }
    let mut out = String::with_capacity(subject.len() + 64);
    let mut done = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if code && *byte == b'`' {
            at = subject.get(at + 1..).and_then(|rest| rest.find('`')).map_or(at + 1, |end| at + end + 2);
            continue;
        }
        let bounded =
            *byte == b'@' && !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| is_word(*byte));
        let end = if bounded { user_end(bytes, at + 1) } else { None };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let user = subject.get(at + 1..end).unwrap_or_default();
        if !user.contains('/') {
            out.push_str(subject.get(done..at).unwrap_or_default());
            out.push_str("[@");
            out.push_str(user);
            out.push_str("](");
            url(user, &mut out);
            out.push(')');
            done = end;
        }
        at = end;
    }
    out.push_str(subject.get(done..).unwrap_or_default());
    out.into()
}

fn user_end(bytes: &[u8], start: usize) -> Option<usize> {
    let small = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let follows = |at: usize| small(at) || bytes.get(at) == Some(&b'/');
    if !small(start) {
        return None;
    }
    let mut end = start + 1;
    for _ in 0..38 {
        if follows(end) {
            end += 1;
        } else if bytes.get(end) == Some(&b'-') && follows(end + 1) {
            end += 2;
        } else {
            break;
        }
    }
    Some(end)
}

/// A commit's line, without the line break at its end.
fn commit(preset: &Preset, context: &Context, addresses: Option<&Addresses>, line: &Line<'_>, out: &mut String) {
    let or_header = |name: &str| Some(line.get(name)).filter(|text| !text.is_empty()).unwrap_or(line.get("header"));
    match preset {
        Preset::Angular | Preset::ConventionalCommits(_) => {
            out.push('*');
            let scope = line.get("scope");
            if !scope.is_empty() {
                out.push_str(" **");
                out.push_str(scope);
                out.push_str(":**");
            }
            out.push(' ');
            out.push_str(or_header("subject"));
        }
        Preset::Atom | Preset::Express | Preset::JsHint => {
            out.push_str("* ");
            out.push_str(or_header("shortDesc"));
        }
        Preset::Eslint => {
            out.push_str("* ");
            out.push_str(or_header("message"));
        }
        Preset::CodeMirror => {
            let kind = line.get("type");
            if !kind.is_empty() {
                out.push_str("**");
                out.push_str(kind);
                out.push_str("** ");
            }
            out.push_str(line.get("message"));
        }
        Preset::Ember => {
            let request = line.get("pr");
            out.push_str("- ");
            let mut url = String::new();
            context.push_base(&mut url);
            push_link(out, request, &format!("{url}/pull/{request}"));
            out.push_str(" **");
            out.push_str(line.get("taggedAs"));
            out.push_str("** ");
            out.push_str(line.get("message"));
            return;
        }
    }
    if matches!(preset, Preset::Express) {
        let body = line.get("body");
        if !body.is_empty() {
            out.push_str("\n\n");
            out.push_str(body);
            out.push('\n');
        }
        if !line.references.is_empty() {
            out.push_str("\n\n  Closes");
            references(preset, context, addresses, line, out);
        }
        return;
    }
    let hash = line.get("hash");
    if !hash.is_empty() {
        out.push(' ');
        if context.link_references {
            out.push_str("([");
            out.push_str(line.get("shortHash"));
            out.push_str("](");
            if let Some(addresses) = addresses {
                addresses.commit.push(&[hash, line.get("shortHash")], out);
            } else {
                context.push_base(out);
                out.push('/');
                out.push_str(&context.commit);
                out.push('/');
                out.push_str(hash);
            }
            out.push_str("))");
        } else {
            out.push_str(if matches!(preset, Preset::Eslint) { hash } else { line.get("shortHash") });
        }
    }
    if !line.references.is_empty() {
        out.push_str(", closes");
        references(preset, context, addresses, line, out);
    }
}

fn references(preset: &Preset, context: &Context, addresses: Option<&Addresses>, line: &Line<'_>, out: &mut String) {
    // Room for many at once is found once.
    out.reserve(line.references.len().saturating_mul(LINK));
    for reference in line.references.iter() {
        let owner = reference.owner.unwrap_or_default();
        let repository = reference.repository.unwrap_or_default();
        let prefix = if matches!(preset, Preset::ConventionalCommits(_)) { reference.prefix } else { "#" };
        out.push_str(if context.link_references { " [" } else { " " });
        // Without links the express preset prints no owner.
        if !owner.is_empty() && (context.link_references || !matches!(preset, Preset::Express)) {
            out.push_str(owner);
            out.push('/');
        }
        out.push_str(repository);
        out.push_str(prefix);
        out.push_str(reference.issue);
        if !context.link_references {
            continue;
        }
        out.push_str("](");
        if let Some(addresses) = addresses.filter(|_| owner.is_empty() && repository.is_empty()) {
            addresses.issue.push(&[reference.issue, prefix], out);
        } else if let Preset::ConventionalCommits(config) = preset {
            expand(
                &config.issue_url,
                &[
                    ("host", &context.host),
                    ("owner", if owner.is_empty() { &context.owner } else { owner }),
                    ("repository", if repository.is_empty() { &context.repository } else { repository }),
                    ("id", reference.issue),
                    ("prefix", prefix),
                ],
                out,
            );
        } else {
            context.push_base_of(owner, repository, out);
            for part in ["/", &context.issue, "/", reference.issue] {
                out.push_str(part);
            }
        }
        out.push(')');
    }
}

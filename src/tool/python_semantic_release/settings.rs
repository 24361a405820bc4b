//! What python-semantic-release's configuration says (`cli/config.py`; `defaults.cfg` of version 7), the defaults of the
//! version that runs where it says nothing.

use super::edition::Edition;
use crate::bump::Bump;
use crate::files::Files;
use crate::history::Tag;
use crate::reading::python_semantic_release::{Options, Paragraphs, Parser};
use crate::reading::python_text::strip;
use crate::version::TagPattern;
use regex_lite::Regex;
use semver::Version;
use serde_json::Value;

/// Where the configuration may stand, in the order in which it is looked for; behind them what pins the tool's version.
pub(super) const FILES: [&str; 6] = [
    "pyproject.toml",
    "releaserc.toml",
    "releaserc.json",
    "setup.cfg",
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
];

/// What the configuration says.
#[allow(clippy::struct_excessive_bools)] // They are the tool's own switches.
pub(super) struct Settings {
    pub edition: Edition,
    pub options: Options,
    /// The parser's name where it is none of the tool's own.
    pub other_parser: Option<String>,
    /// Which files are this package's, for the monorepo parser.
    pub monorepo: Option<Monorepo>,
    pub pattern: TagPattern,
    pub allow_zero: bool,
    pub major_on_zero: bool,
    pub groups: Vec<Group>,
    pub excluded: Vec<Pattern>,
    /// Patterns that could not be read here.
    pub unread: Vec<String>,
    pub restructured: bool,
    pub mask_initial: bool,
    pub own_templates: bool,
    /// Where the templates of the repository's own lie (`changelog.template_dir`).
    pub folder: String,
    /// The changelog's own path (`changelog.default_templates.changelog_file`).
    #[cfg_attr(not(feature = "templates"), expect(dead_code, reason = "templates read it"))]
    pub changelog: String,
    /// The `changelog` table.
    #[cfg_attr(not(feature = "templates"), expect(dead_code, reason = "templates read it"))]
    pub table: Value,
    /// `changelog.environment.autoescape`.
    pub escapes: bool,
    /// What only version 7 knows.
    pub seven: Seven,
}

/// What only version 7 knows.
#[allow(clippy::struct_excessive_bools)] // They are the tool's own switches.
pub(super) struct Seven {
    /// `changelog_sections`.
    pub sections: Vec<String>,
    /// `changelog_capitalize`.
    pub capitalises: bool,
    /// `changelog_scope`.
    pub scopes: bool,
    /// `patch_without_tag`.
    pub patch_without_tag: bool,
    /// Whether `changelog_components` adds the comparison.
    pub compares: bool,
}

/// `path_filters` and `scope_prefix` of the parser `conventional-monorepo`.
pub(super) struct Monorepo {
    wanted: Vec<String>,
    unwanted: Vec<String>,
    /// `None` where the prefix is no plain text.
    pub prefix: Option<String>,
}

/// A `branches` group.
pub(super) struct Group {
    pattern: String,
    pub prerelease: bool,
    pub token: String,
}

/// The table of the tool's settings and the file it stands in.
pub(super) fn configuration(files: &Files) -> Option<(&'static str, Value)> {
    FILES.iter().take(4).find_map(|path| {
        if *path == "setup.cfg" {
            return ini_section(files.text(path)?, "semantic_release").map(|table| (*path, table));
        }
        let value = files.value(path).ok().flatten()?;
        let table = value.pointer("/tool/semantic_release").or_else(|| value.pointer("/semantic_release"))?;
        table.is_object().then(|| (*path, table.clone()))
    })
}

/// A section of an INI file, as strings: version 7 kept its settings in `setup.cfg`. A line that is indented goes on with
/// the value before it.
fn ini_section(text: &str, name: &str) -> Option<Value> {
    let mut lines = text.lines().skip_while(|line| line.trim() != format!("[{name}]"));
    lines.next()?;
    let mut table: Vec<(String, String)> = Vec::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if line.trim().is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = table.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some(at) = line.find(['=', ':'])
            && let Some((key, value)) = line.split_at_checked(at)
        {
            table.push((key.trim().to_ascii_lowercase(), value.get(1..).unwrap_or_default().trim().to_owned()));
        }
    }
    Some(Value::Object(table.into_iter().map(|(key, value)| (key, Value::from(value))).collect()))
}

/// A list of strings, given as one or as a string of comma-separated ones (version 7).
fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(text) => Some(text.split(',').map(|part| part.trim().to_owned()).collect()),
        _ => None,
    }
}

/// Pydantic's truths, which are also those of an INI file.
fn truth(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => Some(number.as_u64() == Some(1)),
        Value::String(text) => {
            Some(matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on" | "y" | "t"))
        }
        _ => None,
    }
}

impl Settings {
    /// The settings on the day of a release (`YYYY-MM-DD`; empty where it is not known).
    pub(super) fn read(files: &Files, over: Option<&str>, date: &str) -> Self {
        let (path, table) = configuration(files).unwrap_or(("", Value::Null));
        let get = |key: &str| table.get(key);
        let pinned = Edition::pinned(files, date);
        // What only version 7 takes: the file, the key, and a string where later versions want a list.
        let old = path == "setup.cfg"
            || get("version_variable").is_some()
            || ["version_toml", "version_variables"].iter().any(|key| get(key).is_some_and(Value::is_string));
        // And what it does not: tables, and lists of files.
        let new = ["branches", "changelog", "remote", "publish", "commit_parser_options"]
            .iter()
            .any(|key| get(key).is_some_and(Value::is_object))
            || ["version_toml", "version_variables"].iter().any(|key| get(key).is_some_and(Value::is_array));
        let edition = match pinned {
            Some(edition) => edition,
            None if old => Edition::on(date).min(Edition::SEVEN),
            None if new => Edition::on(date).max(Edition(8, 0, 0)),
            None => Edition::on(date),
        };
        let name = get("commit_parser").and_then(Value::as_str);
        let known = parser(name, edition);
        let options = options(known.unwrap_or_default(), edition, &table);
        let monorepo = (name == Some("conventional-monorepo")).then(|| Monorepo::read(get("commit_parser_options")));

        let format = over.or_else(|| get("tag_format").and_then(Value::as_str)).unwrap_or("v{version}");
        let changelog = get("changelog").filter(|changelog| changelog.is_object());
        let pick = |key: &str| changelog.and_then(|changelog| changelog.get(key));
        let defaults = |key: &str| pick("default_templates").and_then(|templates| templates.get(key));
        let file = defaults("changelog_file").or_else(|| pick("changelog_file")).and_then(Value::as_str).unwrap_or("");
        let (excluded, unread) = exclusions(
            get("commit_message").and_then(Value::as_str),
            &strings(pick("exclude_commit_patterns")).unwrap_or_default(),
        );
        let components = get("changelog_components").and_then(Value::as_str).unwrap_or_default();
        let own_components = |name: &str| !name.ends_with("changelog_headers") && !name.ends_with("compare_url");
        let escapes = pick("environment").and_then(|environment| environment.get("autoescape"));
        Self {
            options,
            other_parser: name.filter(|_| known.is_none()).map(str::to_owned),
            monorepo,
            pattern: TagPattern::parse(format, "{version}").unwrap_or_else(|| TagPattern::new("v", "")),
            allow_zero: edition < Edition(9, 2, 0)
                || truth(get("allow_zero_version")).unwrap_or(edition < Edition(10, 0, 0)),
            major_on_zero: truth(get("major_on_zero")).unwrap_or(true),
            groups: groups(get("branches").filter(|_| edition > Edition::SEVEN)),
            excluded,
            unread,
            restructured: match defaults("output_format").and_then(Value::as_str) {
                Some(format) => format == "rst",
                None => std::path::Path::new(file).extension().is_some_and(|extension| extension == "rst"),
            },
            mask_initial: truth(defaults("mask_initial_release")).unwrap_or(edition >= Edition(10, 0, 0)),
            escapes: truth(escapes).unwrap_or(edition < Edition(9, 10, 0)),
            folder: pick("template_dir").and_then(Value::as_str).unwrap_or("templates").to_owned(),
            changelog: if file.is_empty() { "CHANGELOG.md" } else { file }.to_owned(),
            table: changelog.cloned().unwrap_or_default(),
            own_templates: if edition > Edition::SEVEN {
                pick("template_dir").and_then(Value::as_str).is_some_and(|folder| folder != "templates")
            } else {
                !components.is_empty() && components.split(',').any(|name| own_components(name.trim()))
            },
            seven: Seven {
                sections: strings(get("changelog_sections")).unwrap_or_else(|| {
                    ["feature", "fix", "breaking", "documentation", "performance"].map(str::to_owned).to_vec()
                }),
                capitalises: truth(get("changelog_capitalize")).unwrap_or(true),
                scopes: truth(get("changelog_scope")).unwrap_or(true),
                patch_without_tag: edition <= Edition::SEVEN && truth(get("patch_without_tag")).unwrap_or(false),
                compares: components.contains("compare_url"),
            },
            edition,
        }
    }

    /// Whether the changelog is added to rather than made anew (`changelog.mode`).
    #[cfg(feature = "templates")]
    pub(super) fn updates(&self) -> bool {
        self.edition >= Edition(10, 0, 0)
    }

    /// Whether a message is kept out of the changelog. Since 9.12 one that moves the version never is.
    pub(super) fn excludes(&self, message: &str, bump: Bump) -> bool {
        (bump == Bump::None || self.edition < Edition(9, 12, 0))
            && self.excluded.iter().any(|pattern| pattern.is_match(message))
    }

    /// The version of a release for which the tool itself made a commit (`commit_message`); `None` where it did not.
    pub(super) fn released_by(&self, message: &str) -> Option<Version> {
        self.excluded.first().filter(|own| own.is_match(message))?;
        let mut words = message.lines().next()?.split_whitespace();
        words.find_map(|word| Version::parse(word.trim_start_matches('v')).ok())
    }

    /// The group of a branch: the first whose pattern matches its name's beginning.
    pub(super) fn group(&self, branch: &str) -> Option<&Group> {
        self.groups.iter().find(|group| {
            let pattern = if group.pattern == "*" { ".*" } else { group.pattern.as_str() };
            Pattern::new(pattern).is_some_and(|pattern| pattern.is_match(branch))
        })
    }

    /// The newest tag that a release of this group follows, and its version.
    pub(super) fn latest<'a>(&self, tags: &'a [Tag], group: Option<&Group>) -> Option<(&'a Tag, Version)> {
        let versions = || tags.iter().filter_map(|tag| Some((tag, self.pattern.version(&tag.name)?)));
        let full = versions().filter(|(_, version)| version.pre.is_empty()).max_by(|left, right| left.1.cmp(&right.1));
        let token = group.filter(|group| group.prerelease).map(|group| group.token.as_str());
        let pre = versions()
            .filter(|(_, version)| prerelease(version).is_some_and(|(found, _)| Some(found) == token))
            .filter(|(_, version)| full.as_ref().is_none_or(|(_, full)| version >= full))
            .max_by(|left, right| left.1.cmp(&right.1));
        pre.or(full)
    }
}

/// The token and number of a pre-release; `None` where the version is a full one or of another making.
pub(super) fn prerelease(version: &Version) -> Option<(&str, u64)> {
    let (token, number) = version.pre.rsplit_once('.')?;
    Some((token, number.parse().ok()?))
}

/// The parser of that name; `None` where it is the repository's own.
fn parser(name: Option<&str>, edition: Edition) -> Option<Parser> {
    let Some(name) = name else {
        return Some(if edition < Edition(10, 0, 0) { Parser::Angular } else { Parser::Conventional });
    };
    // Version 7 has them as functions of a module.
    let short = name.strip_prefix("semantic_release.history.").and_then(|name| name.strip_suffix("_parser"));
    match short.unwrap_or(name) {
        "conventional" if edition < Edition(10, 0, 0) => Some(Parser::Angular),
        "conventional" | "conventional-monorepo" => Some(Parser::Conventional),
        "angular" => Some(Parser::Angular),
        "emoji" => Some(Parser::Emoji),
        // Until 10 its subjects and scopes were read in other ways.
        "scipy" if edition >= Edition(10, 0, 0) => Some(Parser::Scipy),
        "tag" => Some(Parser::Tag),
        _ => None,
    }
}

/// The parser's options, from `commit_parser_options` or version 7's keys of its own.
fn options(parser: Parser, edition: Edition, table: &Value) -> Options {
    let mut options = Options::new(parser);
    let old = edition <= Edition::SEVEN;
    let given = table.get("commit_parser_options").unwrap_or(&Value::Null);
    let list = |new: &str, old_key: &str| strings(if old { table.get(old_key) } else { given.get(new) });
    let (allowed, minor, patch) = match parser {
        Parser::Emoji if old => {
            // The emojis themselves belong to version 7's lists as well as their names.
            options.major_types = vec!["💥".to_owned(), ":boom:".to_owned()];
            options.minor_types = vec!["✨".to_owned(), ":sparkles:".to_owned()];
            options.patch_types = SEVENS_PATCHES.split(',').map(str::to_owned).collect();
            options.allowed_types = Vec::new();
            (None, list("", "minor_emoji"), list("", "patch_emoji"))
        }
        Parser::Tag => (None, list("minor_tag", "minor_tag"), list("patch_tag", "fix_tag")),
        _ => (
            list("allowed_tags", "parser_angular_allowed_types"),
            list("minor_tags", "parser_angular_minor_types"),
            list("patch_tags", "parser_angular_patch_types"),
        ),
    };
    if parser == Parser::Emoji && edition < Edition(9, 18, 0) {
        options.allowed_types.clear();
    }
    if parser == Parser::Tag && old {
        options.patch_types = vec![":wrench:".to_owned()];
    }
    if let Some(types) = minor {
        options.minor_types = types;
    }
    if let Some(types) = patch {
        options.patch_types = types;
    }
    if let Some(types) = list("major_tags", "major_emoji").filter(|_| matches!(parser, Parser::Emoji | Parser::Scipy)) {
        options.major_types = types;
    }
    if let Some(types) = allowed {
        options.allowed_types = types;
    }
    let level = given.get("default_bump_level").or_else(|| given.get("default_level_bump")).and_then(Value::as_u64);
    let named = table.get("parser_angular_default_level_bump").and_then(Value::as_str).filter(|_| old);
    options.default_bump = match (level.filter(|_| !old), named.map(str::to_ascii_lowercase).as_deref()) {
        (Some(2), _) | (_, Some("patch")) => Bump::Patch,
        (Some(3), _) | (_, Some("minor")) => Bump::Minor,
        (Some(4), _) | (_, Some("major")) => Bump::Major,
        _ => Bump::None,
    };
    let modern = edition >= Edition(10, 0, 0) && !matches!(parser, Parser::Angular | Parser::Tag);
    let known = edition >= Edition(9, 17, 0) && parser != Parser::Tag;
    let switch = |key: &str| truth(given.get(key)).filter(|_| known);
    options.squash = switch("parse_squash_commits").unwrap_or(modern);
    options.ignore_merges = switch("ignore_merge_commits").unwrap_or(modern);
    options.issues = options.issues || truth(given.get("parse_linked_issues")).unwrap_or(false);
    options.empty_breaks = edition < Edition(9, 18, 0);
    options.emoji_anywhere = edition < Edition(9, 18, 0);
    options.breaks_described = edition < Edition(10, 0, 0);
    options.paragraphs = match edition {
        edition if old || edition < Edition(8, 0, 0) => Paragraphs::Plain,
        edition if edition < Edition(9, 13, 0) => Paragraphs::Joined,
        edition if edition < Edition(9, 15, 0) => Paragraphs::Unwrapped,
        _ => Paragraphs::Footers,
    };
    options
}

/// `patch_emoji` of version 7.
const SEVENS_PATCHES: &str = "⚡️,🐛,🚑️,💄,🔒️,⬇️,⬆️,📌,📈,➕,➖,🔧,🌐,✏️,⏪️,📦️,👽️,🍱,♿️,💬,🗃️,🚸,📱,🥚,⚗️,🔍️,🏷️,🚩,🥅,💫,🗑️,🛂,🩹,👔,\
:zap:,:bug:,:ambulance:,:lipstick:,:lock:,:arrow_down:,:arrow_up:,:pushpin:,:chart_with_upwards_trend:,:heavy_plus_sign:,\
:heavy_minus_sign:,:wrench:,:globe_with_meridians:,:pencil2:,:rewind:,:package:,:alien:,:bento:,:wheelchair:,\
:speech_balloon:,:card_file_box:,:children_crossing:,:iphone:,:egg:,:alembic:,:mag:,:label:,:triangular_flag_on_post:,\
:goal_net:,:dizzy:,:wastebasket:,:passport_control:,:adhesive_bandage:,:necktie:";

impl Monorepo {
    /// `_process_path_filter_options`: a path stands for itself and all below it.
    fn read(options: Option<&Value>) -> Self {
        let filters = options.and_then(|options| options.get("path_filters"));
        let filters = match filters {
            Some(Value::String(one)) => vec![one.clone()],
            other => strings(other).unwrap_or_else(|| vec![".".to_owned()]),
        };
        let mut read = Self { wanted: Vec::new(), unwanted: Vec::new(), prefix: None };
        for filter in filters {
            let (list, path) = match filter.strip_prefix('!') {
                Some(path) => (&mut read.unwanted, path),
                None => (&mut read.wanted, filter.as_str()),
            };
            let path = path.trim_end_matches('/').trim_start_matches("./");
            match path {
                "" | "." => list.push("*".to_owned()),
                path if path.ends_with('*') => list.push(path.to_owned()),
                path => list.extend([path.to_owned(), format!("{path}/*")]),
            }
        }
        let prefix = options.and_then(|options| options.get("scope_prefix")).and_then(Value::as_str).unwrap_or("");
        let plain = !prefix.contains(['.', '*', '?', '+', '(', '[', '{', '|', '^', '$', '\\']);
        read.prefix = plain.then(|| prefix.to_owned());
        read
    }

    /// Whether a commit's files are of this package; one that names no files is of none.
    pub(super) fn concerns(&self, files: &[String]) -> bool {
        let of = |list: &[String], file: &str| list.iter().any(|pattern| fnmatch(pattern, file));
        files.iter().any(|file| of(&self.wanted, file) && !of(&self.unwanted, file))
    }
}

/// Python's `fnmatch` for patterns of `*` and `?`: a star stands for slashes as well. Stars are matched greedily and taken
/// back one at a time, so that the work stays within the product of both lengths.
fn fnmatch(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(c) if *c == '?' || text.get(from) == Some(c) => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                at = back + 1;
                from = taken + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

fn groups(branches: Option<&Value>) -> Vec<Group> {
    let group = |options: &Value| Group {
        pattern: options.get("match").and_then(Value::as_str).unwrap_or("(main|master)").to_owned(),
        prerelease: truth(options.get("prerelease")).unwrap_or(false),
        token: options.get("prerelease_token").and_then(Value::as_str).unwrap_or("rc").to_owned(),
    };
    match branches {
        Some(Value::Object(branches)) => branches.values().map(group).collect(),
        _ => vec![group(&Value::Null)],
    }
}

/// A pattern as Python's `match` takes it, at the beginning of a text. The expressions here know no look-ahead; one
/// `(?!…)`, as the tool's own documentation advises for `build\((?!deps\): .+)`, is tried beside the pattern without it.
pub(super) struct Pattern {
    wanted: Regex,
    unwanted: Option<Regex>,
}

impl Pattern {
    fn new(pattern: &str) -> Option<Self> {
        let anchored = |pattern: &str| Regex::new(&format!("^(?:{pattern})")).ok();
        let Some((before, look)) = pattern.split_once("(?!") else {
            return Some(Self { wanted: anchored(pattern)?, unwanted: None });
        };
        let end = closing(look)?;
        let (unwanted, after) = (look.get(..end)?, look.get(end + 1..)?);
        Some(Self {
            wanted: anchored(&format!("{before}{after}"))?,
            unwanted: Some(anchored(&format!("{before}(?:{unwanted})"))?),
        })
    }

    /// Whether a text begins with it.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.wanted.is_match(text) && !self.unwanted.as_ref().is_some_and(|unwanted| unwanted.is_match(text))
    }
}

/// Where the group ends that a text is the inside of.
fn closing(inside: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The patterns that keep commits out of the changelog, the tool's own release commits first; and those that need more
/// than this reader of expressions knows.
fn exclusions(message: Option<&str>, patterns: &[String]) -> (Vec<Pattern>, Vec<String>) {
    let message = strip(message.unwrap_or("{version}\n\nAutomatically generated by python-semantic-release"));
    let own = regex_lite::escape(message).replace(&regex_lite::escape("{version}"), r"\d+\.\d+\.\d+\S*");
    let mut unread = Vec::new();
    let mut read = Vec::new();
    for pattern in std::iter::once(&own).chain(patterns) {
        match Pattern::new(pattern) {
            Some(pattern) => read.push(pattern),
            None => unread.push(pattern.clone()),
        }
    }
    (read, unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ini_section_goes_over_lines() {
        let table = ini_section(
            "[a]\nx=1\n[semantic_release]\n# no\nversion_variable =\n    a.py:v,\n    b.py:v\nBranch: main\n[b]\n",
            "semantic_release",
        );
        let table = table.unwrap();
        assert_eq!(table["version_variable"], "\na.py:v,\nb.py:v");
        assert_eq!(table["branch"], "main");
        assert_eq!(table.as_object().unwrap().len(), 2);
    }

    #[test]
    fn a_star_stands_for_folders_too() {
        assert!(fnmatch("src/*", "src/a/b.py") && fnmatch("*", "a") && fnmatch("a?c*", "abcd"));
        assert!(!fnmatch("src", "src/a") && !fnmatch("src/*", "lib/a") && !fnmatch("a*b", "ac"));
        assert!(!fnmatch(&"*a".repeat(2000), &"a".repeat(1999)));
    }
}

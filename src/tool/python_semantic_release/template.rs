//! Templates of the repository's own (`changelog.template_dir`): what they see (`changelog/context.py`,
//! `changelog/release_history.py`, `commit_parser/token.py`), the filters they have (`hvcs/github.py` and its like), and
//! which part of the file they make is the release's.

use super::entry::{category, commit_url, fitted, host, pull_request_url, restructured};
use super::settings::{Settings, prerelease};
use crate::bump::Bump;
use crate::changelog::Entry;
use crate::history::Commit;
use crate::reading::python_semantic_release::Reading;
use crate::reading::python_text::strip;
use crate::text::Text;
use crate::tool::Facts;
use crate::tool::cliff::NO_HASH;
use crate::tool::jinja::{Jinja, Kind, Options, Record, instant, known, list, unseen};
use minijinja::value::{Kwargs, Value, from_args};
use minijinja::{Error, ErrorKind};
use semver::Version;

/// A part of a commit, as `ParsedCommit` or `ParseError` tells it.
pub(super) struct Part<'a> {
    pub message: String,
    pub reading: Option<Reading>,
    pub commit: &'a Commit,
}

/// A release as the repository's templates see it.
pub(super) struct Made<'a> {
    pub facts: &'a Facts<'a>,
    pub settings: &'a Settings,
    pub version: &'a Version,
    /// What is not left out, the newest first.
    pub parts: &'a [Part<'a>],
    pub previous: Option<&'a Version>,
    /// Where the templates lie, `/` behind it.
    pub folder: &'a str,
}

/// What stands for all that the changelog held before. No template can spell it.
const BEFORE: &str = "\u{2}what was there before\u{2}";

impl Made<'_> {
    /// The entry: what the release adds to the file that a template makes.
    pub(super) fn printed(&self, templates: &[&str], notes: &mut Vec<Text>) -> Result<Entry, Text> {
        let made =
            |path: &str| path.strip_prefix(self.folder).and_then(|name| name.strip_suffix(".j2")).map(str::to_owned);
        // Those in hidden folders are parts of others.
        let shown = |name: &String| !name.split('/').any(|part| part.starts_with('.'));
        let names: Vec<String> = templates.iter().filter_map(|path| made(path)).filter(shown).collect();
        let named = |wanted: &str| names.iter().find(|name| name.to_lowercase().contains(wanted));
        let own = names.iter().find(|name| **name == self.settings.changelog);
        let Some(name) = own.or_else(|| named("changelog")).or_else(|| named("changes")).or_else(|| named("release"))
        else {
            return Err(Text::new("tool_psr_own_templates", []));
        };
        let template = format!("{name}.j2");
        let mut options = Options { relative: true, escapes: self.settings.escapes, ..Options::default() };
        if let Some(environment) = self.settings.table.get("environment").and_then(serde_json::Value::as_object) {
            for (key, value) in environment {
                match (key.as_str(), value.as_bool()) {
                    ("trim_blocks", Some(set)) => options.trim_blocks = set,
                    ("lstrip_blocks", Some(set)) => options.lstrip_blocks = set,
                    ("keep_trailing_newline", Some(set)) => options.keep_trailing_newline = set,
                    ("autoescape", Some(_)) => {}
                    _ if is_default(key, value) => {}
                    _ => return Err(Text::new("tool_psr_template_option", [key])),
                }
            }
        }
        let fill = |released: bool| -> Result<String, Text> {
            let files = self.facts.files;
            let sources = files.paths().filter_map(|path| Some((path.strip_prefix(self.folder)?, files.text(path)?)));
            let mut jinja = Jinja::of(sources, options, self.parts.len())?;
            self.filters(&mut jinja, name);
            let context = self.context(released);
            jinja.global("ctx", context.clone());
            jinja.global("context", context);
            Ok(jinja.fill(&template)?.trim_end().replace('\r', ""))
        };
        let (with, without) = (fill(true)?, fill(false)?);
        let entry = added(&with, &without).ok_or_else(|| Text::new("tool_psr_template_whole", [name]))?;
        let entry = known(entry)?;
        if entry.contains(NO_HASH.get(..7).unwrap_or(NO_HASH)) {
            notes.push(Text::new("tool_template_hash", []));
        }
        Ok(Entry { markdown: entry })
    }

    /// `ChangelogContext`, with the release or without it.
    fn context(&self, released: bool) -> Value {
        let settings = self.settings;
        let text = |key: &str| settings.table.get(key).and_then(serde_json::Value::as_str);
        let flag = if settings.restructured { "..\n    version list" } else { "<!-- version list -->" };
        let mode = text("mode").unwrap_or(if settings.updates() { "update" } else { "init" });
        let history = Record::dictionary(vec![
            (Value::from("unreleased"), Record::dictionary(Vec::new())),
            (Value::from("released"), self.released(released)),
        ]);
        Record::dictionary(
            [
                ("repo_name", Value::from(self.facts.repository.name.as_str())),
                ("repo_owner", Value::from(self.facts.repository.owner.as_str())),
                ("hvcs_type", Value::from(host(self.facts.repository))),
                ("history", history),
                ("changelog_mode", Value::from(mode)),
                ("prev_changelog_file", Value::from(settings.changelog.as_str())),
                ("changelog_insertion_flag", Value::from(text("insertion_flag").unwrap_or(flag))),
                ("mask_initial_release", Value::from(settings.mask_initial)),
            ]
            .into_iter()
            .map(|(name, value)| (Value::from(name), value))
            .collect(),
        )
    }

    /// `history.released`, the newest first. Of those before two are told, and nothing
    /// of what they held: all others stand behind them in a file, and are left out with them.
    fn released(&self, released: bool) -> Value {
        let mut releases = Vec::new();
        if released {
            let version = self.version_value(self.version);
            releases.push((version.clone(), self.release(version, instant(self.facts.date), self.elements())));
        }
        if let Some(previous) = self.previous {
            let version = self.version_value(previous);
            let before = instant("");
            let nothing = || Record::dictionary(Vec::new());
            releases.push((version.clone(), self.release(version, before.clone(), nothing())));
            // It was not the first: templates say something else of that one.
            let tag = unseen("the releases before");
            let methods = vec![("as_tag", tag.clone()), ("as_semver_tag", tag.clone())];
            let older = Record::value(Kind::Methods(methods), tag, Vec::new());
            releases.push((older.clone(), self.release(older, before, nothing())));
        }
        Record::dictionary(releases)
    }

    #[expect(clippy::unused_self, reason = "a release is one of this history")]
    fn release(&self, version: Value, date: Value, elements: Value) -> Value {
        let who = |name: &str| person(unseen(name), unseen(name));
        Record::dictionary(
            [
                ("tagger", who("release.tagger")),
                ("committer", who("release.committer")),
                ("tagged_date", date),
                ("elements", elements),
                ("version", version),
            ]
            .into_iter()
            .map(|(name, value)| (Value::from(name), value))
            .collect(),
        )
    }

    fn version_value(&self, version: &Version) -> Value {
        let text = version.to_string();
        let pattern = &self.settings.pattern;
        let token = prerelease(version);
        let fields = vec![
            ("major", Value::from(version.major)),
            ("minor", Value::from(version.minor)),
            ("patch", Value::from(version.patch)),
            ("is_prerelease", Value::from(token.is_some())),
            ("prerelease_token", Value::from(token.map_or("rc", |(token, _)| token))),
            ("prerelease_revision", token.map_or_else(|| Value::from(()), |(_, number)| Value::from(number))),
            ("build_metadata", Value::from(version.build.as_str())),
        ];
        let methods =
            vec![("as_tag", Value::from(pattern.tag(version))), ("as_semver_tag", Value::from(format!("v{text}")))];
        Record::value(Kind::Methods(methods), Value::from(text), fields)
    }

    /// `release.elements`: the parts by their category, each category where it was seen first.
    fn elements(&self) -> Value {
        let mut elements: Vec<(String, Vec<Value>)> = Vec::new();
        for part in self.parts {
            let name = part
                .reading
                .as_ref()
                .map_or_else(|| "unknown".to_owned(), |read| category(read, self.settings).to_owned());
            let value = self.commit(part, &name);
            match elements.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => elements.push((name, vec![value])),
            }
        }
        let lists = elements.into_iter().map(|(name, values)| (Value::from(name), list(values.into_iter())));
        Record::dictionary(lists.collect())
    }

    /// `ParsedCommit`, or `ParseError` for what was not read.
    #[expect(clippy::unused_self, reason = "a commit is one of this history")]
    fn commit(&self, part: &Part<'_>, category: &str) -> Value {
        let commit = part.commit;
        let sha = if commit.sha.is_empty() { NO_HASH } else { commit.sha.as_str() };
        let message = part.message.replace('\r', "");
        let told = |text: &str, name: &str| if text.is_empty() { unseen(name) } else { Value::from(text) };
        let parents = (0..commit.parents).map(|_| unseen("commit.parents"));
        let unseen_fields = [
            "authored_date",
            "authored_datetime",
            "committed_date",
            "committed_datetime",
            "stats",
            "co_authors",
            "tree",
            "author_tz_offset",
        ];
        let mut git = vec![
            ("hexsha", Value::from(sha)),
            ("message", Value::from(message.as_str())),
            ("summary", Value::from(message.lines().next().unwrap_or_default())),
            ("author", person(told(&commit.author, "commit.author.name"), told(&commit.email, "commit.author.email"))),
            ("committer", person(unseen("commit.committer.name"), unseen("commit.committer.email"))),
            ("parents", list(parents)),
        ];
        git.extend(unseen_fields.map(|name| (name, unseen(name))));
        let git = Record::value(Kind::Plain, Value::from(sha), git);
        let mut fields = vec![
            ("commit", git),
            ("message", Value::from(message)),
            ("hexsha", Value::from(sha)),
            ("short_hash", Value::from(sha.get(..7).unwrap_or(sha))),
        ];
        let methods = vec![("is_merge_commit", Value::from(commit.parents > 1))];
        let Some(reading) = &part.reading else {
            fields.push(("error", unseen("commit.error")));
            return Record::value(Kind::Methods(methods), unseen("a commit, printed"), fields);
        };
        let texts = |texts: &[String]| list(texts.iter().map(|text| Value::from(text.as_str())));
        let (level, number) = match reading.bump {
            Bump::None => ("no_release", 0),
            Bump::Patch => ("patch", 2),
            Bump::Minor => ("minor", 3),
            Bump::Major => ("major", 4),
        };
        let bump = vec![("name", Value::from(level.to_uppercase())), ("value", Value::from(number))];
        fields.extend([
            ("bump", Record::value(Kind::Methods(Vec::new()), Value::from(level), bump)),
            ("type", Value::from(category)),
            ("scope", Value::from(reading.scope.as_str())),
            ("descriptions", texts(&reading.descriptions)),
            ("breaking_descriptions", texts(&reading.breaking)),
            ("release_notices", texts(&reading.notices)),
            ("linked_issues", texts(&reading.linked_issues)),
            ("linked_merge_request", Value::from(reading.merge_request.as_str())),
            ("linked_pull_request", Value::from(reading.merge_request.as_str())),
            ("include_in_changelog", Value::from(true)),
        ]);
        Record::value(Kind::Methods(methods), unseen("a commit, printed"), fields)
    }

    /// The filters of the tool, those of the forge among them. `made` is the file that the template makes.
    fn filters(&self, jinja: &mut Jinja, made: &str) {
        let forge = host(self.facts.repository);
        let origin = self.facts.repository.origin.clone();
        let path = format!("/{}/{}", self.facts.repository.owner, self.facts.repository.name);
        let server = move |path: &str, auth: Option<&str>, query: Option<&str>, fragment: Option<&str>| {
            let origin = match auth.filter(|auth| !auth.is_empty()) {
                Some(auth) => origin.replacen("://", &format!("://{auth}@"), 1),
                None => origin.clone(),
            };
            let mut url = format!("{origin}{}", normal(path));
            for (mark, part) in [('?', query), ('#', fragment)] {
                if let Some(part) = part.map(|part| part.trim_start_matches(mark)).filter(|part| !part.is_empty()) {
                    url.push(mark);
                    url.push_str(part);
                }
            }
            url
        };
        let own = server.clone();
        jinja.filter("create_server_url", move |value, args, named| {
            let [auth, query, fragment] = arguments(args, named, ["auth", "query", "fragment"])?;
            let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
            Ok(own(text_of(value)?, text(&auth).as_deref(), text(&query).as_deref(), text(&fragment).as_deref()).into())
        });
        let (own, at) = (server.clone(), path.clone());
        jinja.filter("create_repo_url", move |value, args, named| {
            let [query, fragment] = arguments(args, named, ["query", "fragment"])?;
            let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
            Ok(own(&format!("{at}/{}", text_of(value)?), None, text(&query).as_deref(), text(&fragment).as_deref())
                .into())
        });
        let repository = self.facts.repository.clone();
        jinja.filter("commit_hash_url", move |value, _, _| Ok(commit_url(&repository, text_of(value)?).into()));
        for name in ["pull_request_url", "merge_request_url"] {
            if name == "merge_request_url" && forge != "gitlab" {
                continue;
            }
            let repository = self.facts.repository.clone();
            jinja.filter(name, move |value, _, _| {
                Ok(number(value)
                    .map_or_else(|| Value::from(""), |number| pull_request_url(&repository, &number).into()))
            });
        }
        if forge != "bitbucket" {
            let url = self.facts.repository.url();
            let part = if forge == "gitlab" { "-/issues" } else { "issues" };
            jinja.filter("issue_url", move |value, _, _| {
                Ok(number(value).map_or_else(|| Value::from(""), |number| format!("{url}/{part}/{number}").into()))
            });
            let url = self.facts.repository.url();
            jinja.filter("create_release_url", move |value, _, _| {
                let tag = strip(text_of(value)?);
                Ok(Value::from(
                    match (forge, tag) {
                        ("gitlab", tag) => format!("{url}/-/releases/{tag}"),
                        (_, "") => format!("{url}/releases"),
                        (_, tag) => format!("{url}/releases/tag/{tag}"),
                    }
                    .trim_end_matches('/'),
                ))
            });
        }
        if forge != "gitea" {
            let url = self.facts.repository.url();
            jinja.filter("compare_url", move |value, args, _| {
                let (to,): (Value,) = from_args(args)?;
                let (from, to) = (value.to_string(), to.to_string());
                Ok(Value::from(match forge {
                    "gitlab" => format!("{url}/-/compare/{from}...{to}"),
                    "bitbucket" => format!("{url}/branches/compare/{from}%0D{to}"),
                    _ => format!("{url}/compare/{from}...{to}"),
                }))
            });
        }
        jinja.filter("format_w_official_vcs_name", move |value, _, _| {
            let text = text_of(value)?;
            let name = match forge {
                "gitlab" => "GitLab",
                "bitbucket" => "Bitbucket",
                "gitea" => "Gitea",
                _ => "GitHub",
            };
            let mark = ["%s", "{}", "{vcs_name}"].into_iter().find(|mark| text.contains(mark));
            Ok(Value::from(mark.map_or_else(|| text.to_owned(), |mark| text.replace(mark, name))))
        });
        jinja.filter("create_pypi_url", |value, args, named| {
            let [version] = arguments(args, named, ["version"])?;
            let clean = |text: &str| strip(text.trim_matches('/')).to_owned();
            let version = version.as_ref().map(|version| clean(&version.to_string())).unwrap_or_default();
            let url = format!("https://pypi.org/project/{}/{version}", clean(text_of(value)?));
            Ok(Value::from(url.trim_end_matches('/')))
        });
        jinja.filter("convert_md_to_rst", |value, _, _| Ok(restructured(text_of(value)?).into()));
        jinja.filter("autofit_text_width", |value, args, named| {
            let [width, indent] = arguments(args, named, ["maxwidth", "indent_size"])?;
            let size = |value: Option<Value>, default| value.map_or(Some(default), |value| value.as_usize());
            match (size(width, 100), size(indent, 0)) {
                (Some(width), Some(indent)) if indent <= 1000 => Ok(fitted(text_of(value)?, width, indent).into()),
                _ => Err(Error::from(ErrorKind::InvalidOperation)),
            }
        });
        jinja.filter("sort_numerically", |value, args, named| {
            let [reverse, hex] = arguments(args, named, ["reverse", "allow_hex"])?;
            if hex.is_some_and(|hex| hex.is_true()) {
                return Err(Error::new(ErrorKind::InvalidOperation, "`sort_numerically` of hexadecimal numbers"));
            }
            let texts: Vec<String> = value.try_iter()?.map(|text| text.to_string()).collect();
            Ok(list(sorted(texts, reverse.is_some_and(|reverse| reverse.is_true())).into_iter().map(Value::from)))
        });
        // The changelog so far is not read: what stands in its place shows where it goes on.
        let held = self.previous.is_some();
        let own = [self.settings.changelog.clone(), made.to_owned()];
        let text = |key: &str| self.settings.table.get(key).and_then(serde_json::Value::as_str);
        let default = if self.settings.restructured { "..\n    version list" } else { "<!-- version list -->" };
        let flag = text("insertion_flag").unwrap_or(default).to_owned();
        // The release before is named there as headings name it, so that nobody adds it again.
        let previous =
            self.previous.map(|version| format!("# v{version} () # {} ()", self.settings.pattern.tag(version)));
        let before = format!("{BEFORE}\n\n{flag}\n\n{BEFORE} {}\n", previous.unwrap_or_default());
        jinja.filter("read_file", move |value, _, _| {
            let path = text_of(value)?;
            if !own.iter().any(|own| own == path) {
                return Ok(unseen(path));
            }
            Ok(Value::from(if held { before.as_str() } else { "" }))
        });
    }
}

/// Whether an option says what Jinja2 does anyhow.
fn is_default(key: &str, value: &serde_json::Value) -> bool {
    let text = match key {
        "block_start_string" => "{%",
        "block_end_string" => "%}",
        "variable_start_string" => "{{",
        "variable_end_string" => "}}",
        "comment_start_string" => "{#",
        "comment_end_string" => "#}",
        "newline_sequence" => "\n",
        "extensions" => return value.as_array().is_some_and(Vec::is_empty),
        _ => return false,
    };
    value.as_str() == Some(text)
}

fn person(name: Value, email: Value) -> Value {
    Record::value(Kind::Methods(Vec::new()), name.clone(), vec![("name", name), ("email", email)])
}

fn text_of(value: &Value) -> Result<&str, Error> {
    value.as_str().ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "a filter wants a text"))
}

/// The arguments behind a filter's value, by place or by name.
fn arguments<const N: usize>(args: &[Value], named: &Kwargs, names: [&str; N]) -> Result<[Option<Value>; N], Error> {
    let mut found = names.map(|_| None);
    for (at, (slot, name)) in found.iter_mut().zip(names).enumerate() {
        let value = match args.get(at) {
            Some(value) => Some(value.clone()),
            None => named.get::<Option<Value>>(name)?,
        };
        *slot = value.filter(|value| !value.is_none() && !value.is_undefined());
    }
    named.assert_all_used()?;
    Ok(found)
}

/// The number at the end of a text, or a number.
fn number(value: &Value) -> Option<String> {
    if let Some(number) = value.as_i64() {
        return Some(number.to_string());
    }
    let text = value.as_str()?;
    let start = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let digits = text.get(start..).filter(|digits| !digits.is_empty())?.trim_start_matches('0');
    Some(if digits.is_empty() { "0" } else { digits }.to_owned())
}

/// A path of a URL, with no part that is empty.
fn normal(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 1);
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        out.push('/');
        out.push_str(part);
    }
    out
}

/// `sort_numerically`: by what stands before the number, then by the number.
fn sorted(mut texts: Vec<String>, reverse: bool) -> Vec<String> {
    texts.sort();
    let parts = |text: &str| {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let digits = text.get(start..)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        (end == digits.len()).then(|| Some((text.get(..start)?.to_owned(), digits.parse::<u128>().ok()?)))?
    };
    let mut groups: Vec<(String, Vec<(u128, String)>)> = Vec::new();
    for text in texts {
        let (prefix, number) = parts(&text).map_or_else(|| (text.clone(), 0), |(prefix, number)| (prefix, number));
        match groups.iter_mut().find(|(known, _)| *known == prefix) {
            Some((_, items)) => items.push((number, text)),
            None => groups.push((prefix, vec![(number, text)])),
        }
    }
    groups.sort_by(|left, right| left.0.cmp(&right.0));
    for (_, items) in &mut groups {
        if reverse {
            items.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        } else {
            items.sort_by_key(|(number, _)| *number);
        }
    }
    groups.into_iter().flat_map(|(_, items)| items.into_iter().map(|(_, text)| text)).collect()
}

/// The lines that one text has and the other has not, where nothing else is different; `None` where more is.
fn added(with: &str, without: &str) -> Option<String> {
    let (with, without): (Vec<&str>, Vec<&str>) = (with.lines().collect(), without.lines().collect());
    let start = with.iter().zip(&without).take_while(|(left, right)| left == right).count();
    let most = with.len().min(without.len()) - start;
    let end = with.iter().rev().zip(without.iter().rev()).take(most).take_while(|(left, right)| left == right).count();
    let left_out = without.get(start..without.len() - end)?;
    if left_out.iter().any(|line| !line.trim().is_empty()) {
        return None;
    }
    let lines = with.get(start..with.len() - end)?;
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    (!text.contains(BEFORE)).then(|| format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::testing::plan;
    use crate::tool::{Tool, python_semantic_release::PythonSemanticRelease};

    const CONFIG: &str = "[tool.semantic_release.changelog]\ntemplate_dir = 'config/tpl'\nmode = 'MODE'\n";

    #[track_caller]
    fn check(mode: &str, template: &str, expected: Result<&str, &str>) {
        let config = CONFIG.replace("MODE", mode);
        let files = [
            ("pyproject.toml", config.as_str()),
            ("config/tpl/CHANGELOG.md.j2", template),
            ("config/tpl/.parts/m.j2", "{% macro line(c) %}* {{ c.scope }}: {{ c.descriptions[0] }}{% endmacro %}"),
        ];
        let plan = plan(&PythonSemanticRelease, &files, &["v1.2.3"], &["feat(x): add y (#12)", "fix(q): mend"]);
        let entry = plan.releases.first().and_then(|release| release.entry.as_ref());
        let told = entry.map(|entry| entry.markdown.as_str()).ok_or_else(|| plan.notes.first().unwrap().id.clone());
        assert_eq!(told, expected.map_err(Into::into));
    }

    #[test]
    fn the_entry_is_what_the_release_adds() {
        let release = "{% from '.parts/m.j2' import line %}# All\n{% for v, r in ctx.history.released.items() %}\n## {{ v }}\n\
            {% for name, cs in r.elements | dictsort %}{{ name }}:{% for c in cs %}\n{{ line(c) }}{% endfor %}\n{% endfor %}{% endfor %}";
        let entry = "## 1.3.0\nbug fixes:\n* q: mend\nfeatures:\n* x: add y\n";
        check("init", release, Ok(entry));
        let update = "{% set parts = 'CHANGELOG.md' | read_file %}{% set parts = parts.split(ctx.changelog_insertion_flag) %}\
            {{ parts[0] }}{{ ctx.changelog_insertion_flag }}\n\n{% set r = ctx.history.released.values() | list | first %}\
            {% if r.version.as_tag() ~ ' ' not in parts[1] %}## {{ r.version.as_tag() }} ({{ r.tagged_date.strftime('%d.%m.') }})\n{% endif %}{{ parts[1] }}";
        check("update", update, Ok("## v1.3.0 (01.06.)\n"));
    }

    #[test]
    fn what_cannot_be_told_is_no_entry() {
        let of = |inside: &str| {
            format!("{{% for r in ctx.history.released.values() %}}## {{{{ {inside} }}}}\n{{% endfor %}}")
        };
        check("init", &of("r.tagger.name"), Err("tool_template_unknown"));
        check("init", &of("r.tagged_date"), Err("tool_template_unknown"));
        check("init", &of("r.version | no_such_filter"), Err("tool_template_failed"));
        check(
            "init",
            "{{ ctx.history.released.values() | map(attribute='version') | first }}",
            Err("tool_psr_template_whole"),
        );
        check("init", "{% for %}", Err("tool_template_malformed"));
    }

    #[test]
    fn a_template_for_the_notes_alone_leaves_the_changelog_as_it_is() {
        let files = [
            ("pyproject.toml", "[tool.semantic_release.changelog]\ntemplate_dir = 'tpl'\n"),
            ("tpl/.release_notes.md.j2", "x"),
        ];
        let plan = plan(&PythonSemanticRelease, &files, &["v1.2.3"], &["fix: mend"]);
        assert!(plan.releases[0].entry.as_ref().unwrap().markdown.contains("- Mend"));
        let files = Files::of(files);
        assert!(!PythonSemanticRelease.fills_templates(&files));
        let tree = ["tpl/a.md.j2", "tpl/.x/m", "tpl/b.png", "templates/c.j2"].map(str::to_owned);
        assert_eq!(PythonSemanticRelease.package_files(&files, &tree), tree[..2]);
    }

    #[test]
    fn texts_are_sorted_by_their_numbers() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(sorted(texts(&["#12", "#2", "PR9", "x"]), false), texts(&["#2", "#12", "PR9", "x"]));
        assert_eq!(sorted(texts(&["#12", "#2"]), true), texts(&["#12", "#2"]));
    }

    use crate::files::Files;
}

//! What must hold whatever comes in: no panic, the same answer twice, places inside their text and on the borders of its
//! characters, answers that are not out of all proportion. `tests/fuzz` feeds it from a seed, `fuzz/` from a fuzzer.

use serde_json::{Map, Value};
use squashcast::bump::Bump;
use squashcast::check::message as said;
use squashcast::files::{File, Files};
use squashcast::forge::{Access, Asked, FORGES, Fact, Forge, Place, Request, Response, Want};
use squashcast::history::{Commit, History, Tag};
use squashcast::message::{self, Span};
use squashcast::page::{Dialog, PageContext};
use squashcast::playground::{PlaygroundCase, playground};
use squashcast::preview::{Answer, Failure, Input, RepositorySettings, preview};
use squashcast::pull_request::{PullRequest, Repository, State};
use squashcast::reading::conventional_commits_parser::{Options, Parser};
use squashcast::reading::letter_case::Case;
use squashcast::reading::{
    changelogen, cocogitto, commitlint, header, javascript_text, librarian, pattern, python_semantic_release as python,
    release_please, spec,
};
use squashcast::squash::Method;
use squashcast::text::Text;
use squashcast::tool::conventional_changelog::v8_sort;
use squashcast::tool::{self, Facts, Last, Plan, TOOLS, glob::Glob};
use squashcast::version::{TagPattern, bump_between, increment};
use squashcast::{collation, javascript, letters, view};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::LazyLock;

/// Something to run on any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its file in `fuzz/fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("readings", readings),
    ("tools", tools),
    ("files", files),
    ("versions", versions),
    ("forges", forges),
    ("findings", findings),
    ("texts", texts),
    ("repositories", repositories),
    ("expressions", expressions),
    ("templates", templates),
];

/// A small configuration of each tool.
pub const CONFIGURATIONS: &str = include_str!("../cases/configurations.json");
const SENTENCES: &str = include_str!("../../extension/_locales/en/messages.json");

/// What separates the texts of one input; a lone one is none of theirs.
pub const SEPARATOR: char = '\u{1e}';

static TOOL_FILES: LazyLock<BTreeMap<String, BTreeMap<String, String>>> =
    LazyLock::new(|| serde_json::from_str(CONFIGURATIONS).unwrap());
/// How many arguments each sentence takes.
static ARGUMENTS: LazyLock<BTreeMap<String, usize>> = LazyLock::new(|| {
    let sentences: BTreeMap<String, Value> = serde_json::from_str(SENTENCES).unwrap();
    let highest = |value: &Value| {
        let text = value["message"].as_str().unwrap_or_default();
        (1..=9).filter(|place| text.contains(&format!("${place}"))).max().unwrap_or_default()
    };
    sentences.iter().map(|(id, value)| (id.clone(), highest(value))).collect()
});

/// Switches first, texts after them.
struct Given {
    switches: Vec<u8>,
    texts: Vec<String>,
}

impl Given {
    /// The first bytes choose, the rest is text: what is no UTF-8 is replaced, as JavaScript's lone surrogates are.
    fn new(data: &[u8], switches: usize) -> Self {
        let (switches, rest) = data.split_at(switches.min(data.len()));
        let texts = String::from_utf8_lossy(rest).split(SEPARATOR).map(str::to_owned).collect();
        Self { switches: switches.to_vec(), texts }
    }

    fn switch(&self, at: usize) -> usize {
        usize::from(self.switches.get(at).copied().unwrap_or_default())
    }

    fn text(&self, at: usize) -> &str {
        self.texts.get(at).map_or("", String::as_str)
    }
}

/// The answer, which has to be the same twice and of a size in proportion to what it is made of.
#[track_caller]
fn twice<T: Debug>(what: &str, given: usize, answer: impl Fn() -> T) -> T {
    let first = answer();
    let (one, two) = (format!("{first:?}"), format!("{:?}", answer()));
    assert!(one == two, "{what}: two answers to one question");
    assert!(one.len() <= 400 * given + 100_000, "{what}: {} bytes of answer to {given} bytes", one.len());
    first
}

#[track_caller]
fn inside(what: &str, text: &str, span: Span) {
    assert!(span.start <= span.end, "{what}: {span:?} ends before it begins");
    assert!(text.get(span.start..span.end).is_some(), "{what}: {span:?} is no place in a text of {} bytes", text.len());
}

#[track_caller]
fn sayable(what: &str, text: &Text) {
    let places = ARGUMENTS.get(text.id.as_ref());
    assert!(places.is_some(), "{what}: no sentence `{}`", text.id);
    assert!(places.is_some_and(|places| *places <= text.args.len()), "{what}: too few arguments in {text:?}");
}

/// Every grammar, and the specification's places in a message.
pub fn readings(data: &[u8]) {
    let given = Given::new(data, 2);
    let text = given.texts.join("\u{1e}");
    let (text, size) = (text.as_str(), text.len());
    if let Ok(commit) = twice("spec", size, || spec::read(text)) {
        assert!(!commit.kind.is_empty() && !commit.description.is_empty());
    } else if let Err(error) = spec::read(text) {
        assert!(text.is_char_boundary(error.at), "spec: {error:?}");
    }
    if let Err(error) = twice("cocogitto", size, || cocogitto::read(text)) {
        assert!(error.at <= size, "cocogitto: {error:?}");
    }
    let reading = twice("release-please", size, || release_please::read(text));
    for complaint in &reading.dropped {
        assert!(complaint.at.is_none_or(|at| at <= size), "release-please: {complaint:?}");
    }
    twice("override", size, || release_please::override_in(text));
    twice("changelogen", size, || {
        changelogen::read(text).map(|reading| (format!("{reading:?}"), changelogen::references(text)))
    });
    twice("librarian", size, || librarian::read(text));
    twice("commitlint", size, || (commitlint::read(text), commitlint::is_ignored(text)));
    for options in parsers(given.switch(0)) {
        let parser = Parser::new(options);
        let _ = twice("conventional-commits-parser", size, || parser.read(text));
        twice("mentions", size, || Parser::mentions(text).map(str::to_owned).collect::<Vec<_>>());
    }
    let parser = if given.switch(1).is_multiple_of(2) { python::Parser::Conventional } else { python::Parser::Angular };
    let options = python::Options::new(parser);
    twice("python-semantic-release", size, || python::read_commit(text, &options));
    twice("unsquash", size, || (python::unsquash(text, &options), python::paragraphs(text)));
    let rules = commitlint::config_conventional();
    let _ = twice("lint", size, || commitlint::lint(text, &rules, true));

    let header = twice("header", size, || header::read(text));
    if let Some(header) = header {
        for span in [Some(header.kind), header.scope, header.breaking, Some(header.description)].into_iter().flatten() {
            inside("header", text, span);
        }
    }
    let places = [header::breaking_footer(text), said::breaking(text, header), said::accident(text)];
    for span in places.into_iter().flatten().chain(said::lines(text)).chain(said::commit_lines(text)) {
        inside("place", text, span);
    }
    for footer in said::footers(text) {
        inside("footer", text, footer.token);
        inside("footer", text, footer.value);
    }
    let at = given.switch(0) * (size / 200 + 1);
    inside("character", text, said::character(text, at));
    let (line, column) = said::position(text, at);
    assert!(line > 0 && column > 0);
    for tool in TOOLS {
        if let Some(at) = said::stumble(tool.id(), text) {
            inside("stumble", text, said::character(text, at));
        }
        twice("read by", size, || said::read_by(tool.id(), text));
    }
}

/// Some of the settings of conventional-commits-parser; `which` chooses the rarer ones.
fn parsers(which: usize) -> Vec<Options> {
    let mut options = vec![Options::default(), Options::angular(), Options::conventional_commits()];
    let rare = Options {
        issue_prefixes: vec!["#".into(), "ISS-".into(), "é".into()],
        note_keywords: vec!["BREAKING".into(), "ſ".into()],
        reference_actions: if which.is_multiple_of(2) { Vec::new() } else { vec!["closes".into()] },
        fields: which.is_multiple_of(3),
        comment: Some("#".into()),
        ..Options::conventional_commits()
    };
    if which > 8 {
        options.push(rare);
    }
    options
}

/// A path of that pattern.
fn path_of(pattern: &str) -> String {
    pattern.replace('*', "a")
}

fn history(texts: &[String], files: bool) -> History {
    let mut history = History { complete: true, ..History::default() };
    for (at, text) in texts.iter().enumerate() {
        if let Some(name) = text.strip_prefix('@') {
            let place = history.commits.last().map(|commit: &Commit| commit.sha.clone());
            history.tags.push(Tag { name: name.to_owned(), sha: place.unwrap_or_default() });
        } else {
            history.commits.push(Commit {
                sha: format!("{at:040x}"),
                message: text.clone(),
                author: "Ann".into(),
                email: "ann@example.org".into(),
                date: "2024-05-06T07:08:09+02:00".into(),
                parents: 1,
                first_parent: Some(true),
                files: files.then(|| vec!["packages/a/x.rs".to_owned(), format!("{at}.md")]),
                ..Commit::default()
            });
        }
    }
    history
}

/// Every tool: its configuration's reader, its tags and its plan.
pub fn tools(data: &[u8]) {
    let given = Given::new(data, 4);
    let tool = TOOLS[given.switch(0) % TOOLS.len()];
    let mut files = Files::default();
    // What other files of the tool say is well-formed more often than not.
    if !given.switch(1).is_multiple_of(4) {
        for (path, text) in TOOL_FILES.get(tool.id()).into_iter().flatten() {
            files.insert(path, File::Present(text.clone()));
        }
    }
    if !given.switch(1).is_multiple_of(3) && !tool.files().is_empty() {
        let pattern = tool.files()[given.switch(2) % tool.files().len()];
        files.insert(&path_of(pattern), File::Present(given.text(0).to_owned()));
    }
    let mut history = history(given.texts.get(1..).unwrap_or_default(), given.switch(3).is_multiple_of(2));
    let size = data.len() + files.paths().filter_map(|path| files.text(path)).map(str::len).sum::<usize>();
    let over = given.switch(3).is_multiple_of(5).then_some("v{version}");
    let branch = ["main", "beta", "1.x", ""][given.switch(3) % 4];
    let recognised = twice("recognise", size, || tool.recognise(&files));
    if let Some(found) = &recognised {
        assert!(files.get(&found.path).is_some(), "{}: recognised by a file that is not there", tool.id());
    }
    let last = twice("last release", size, || tool.last_release(&files, branch, &history.tags, over).cloned());
    history.since = last.map(|tag| tag.name);
    let repository = Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
    let known = Last {
        component: String::new(),
        path: ".".into(),
        version: semver::Version::parse("1.2.3").ok(),
        tag: "v1.2.3".into(),
    };
    for last in [None, Some(&known)] {
        let facts = Facts {
            repository: &repository,
            branch,
            files: &files,
            history: &history,
            date: "2024-05-06",
            tag_pattern: over,
            last,
        };
        let plan = tool.plan(&facts);
        assert!(plan == tool.plan(&facts), "{}: two plans for one history", tool.id());
        sound(tool.id(), &plan, &history, size);
    }
}

/// Every tool on a repository of several files: what is a path in its first line, behind a slash, is a file's text, what
/// begins with `@` a tag, and the rest are messages.
pub fn repositories(data: &[u8]) {
    let given = Given::new(data, 4);
    let tool = TOOLS[given.switch(0) % TOOLS.len()];
    let mut files = Files::default();
    if !given.switch(1).is_multiple_of(3) {
        for (path, text) in TOOL_FILES.get(tool.id()).into_iter().flatten() {
            files.insert(path, File::Present(text.clone()));
        }
    }
    let mut told = Vec::new();
    for text in &given.texts {
        match text.strip_prefix('/').and_then(|file| file.split_once('\n')) {
            Some((path, text)) => files.insert(path, File::Present(text.to_owned())),
            None => told.push(text.clone()),
        }
    }
    let tree: Vec<String> = files.paths().map(str::to_owned).collect();
    let size = data.len() + tree.iter().filter_map(|path| files.text(path)).map(str::len).sum::<usize>();
    let wanted = twice("package files", size, || tool.package_files(&files, &tree));
    assert!(wanted.len() <= size + 100, "{}: {} files", tool.id(), wanted.len());
    twice("package globs", size, || tool.package_globs(&files));
    let _ = (tool.recognise(&files), tool.fills_templates(&files));
    let mut history = history(&told, false);
    for (at, commit) in history.commits.iter_mut().enumerate() {
        let touched = tree.iter().skip(at % 3).step_by(1 + given.switch(2) % 3).cloned();
        commit.files = (!given.switch(3).is_multiple_of(4)).then(|| touched.collect());
        commit.parents = if given.switch(3) % 7 == at % 7 { 2 } else { 1 };
    }
    if let Some(change_files) = tool.change_files(&files) {
        for path in tree.iter().filter(|path| change_files.holds(path)) {
            let wishes = files.text(path).and_then(change_files.read);
            assert!(wishes.is_none_or(|wishes| wishes.len() <= size + 1), "{}: {path}", tool.id());
        }
    }
    let branch = ["main", "next", "beta", "release/1.x"][given.switch(2) % 4];
    let repository = Repository { origin: "https://github.com".into(), owner: "acme".into(), name: "widgets".into() };
    let date = ["2026-06-01", "2021-02-03", ""][given.switch(1) % 3];
    history.since = tool.last_release(&files, branch, &history.tags, None).map(|tag| tag.name.clone());
    let known = tree.get(given.switch(3)).and_then(|path| path.rsplit_once('/')).map(|(folder, _)| Last {
        component: folder.rsplit('/').next().unwrap_or(folder).to_owned(),
        path: folder.to_owned(),
        version: semver::Version::parse("0.2.3-beta.1").ok(),
        tag: format!("{folder}-v0.2.3-beta.1"),
    });
    for last in [None, known.as_ref()] {
        let facts =
            Facts { repository: &repository, branch, files: &files, history: &history, date, tag_pattern: None, last };
        let plan = tool.plan(&facts);
        assert!(plan == tool.plan(&facts), "{}: two plans for one history", tool.id());
        sound(tool.id(), &plan, &history, size);
    }
}

/// Regular expressions: what is matched by hand is what the engine finds, and nothing takes for ever.
pub fn expressions(data: &[u8]) {
    use squashcast::tool::expression::{Engine, Regex};
    let given = Given::new(data, 1);
    let (source, with) = (given.text(0), given.text(1));
    let Some(regex) = (source.len() < 200).then(|| Regex::new(source)).flatten() else { return };
    let Ok(engine) = Engine::new(source) else { panic!("{source:?} cannot be compiled") };
    for text in given.texts.iter().skip(2) {
        assert_eq!(regex.is_match(text), engine.is_match(text), "{source:?} in {text:?}");
        if with.len() < 50 && text.len() < 5000 {
            assert_eq!(
                regex.replace_all(text, with),
                engine.replace_all(text, with),
                "{source:?} in {text:?}, {with:?}"
            );
        }
        for found in engine.find_iter(text).take(20).filter(|_| regex.finds_itself()) {
            assert_eq!(engine.replace(found.as_str(), "name"), "name", "{source:?} in {text:?}");
        }
    }
    for flags in ["", "i", "m", "s", "iu"] {
        let Some(compiled) = pattern::regex(source, flags) else { continue };
        let needles = squashcast::reading::needle::Needles::of(source, flags);
        for text in given.texts.iter().skip(2).filter(|text| !needles.may_match(text)) {
            assert!(!compiled.is_match(text), "{source:?} ({flags}) in {text:?}: a needle too many");
        }
    }
}

/// Templates of the repository: Tera fills a template in two ways, which have to say the same, and Jinja ends.
#[cfg(not(feature = "templates"))]
pub fn templates(_: &[u8]) {}

/// Templates of the repository: Tera fills a template in two ways, which have to say the same, and Jinja ends.
#[cfg(feature = "templates")]
pub fn templates(data: &[u8]) {
    use squashcast::tool::cliff::{Config, Seen, Shown, context, prepare};
    use squashcast::tool::jinja::{Jinja, Options, known, list};
    use squashcast::tool::template::Template;
    let given = Given::new(data, 2);
    let history = history(given.texts.get(1..).unwrap_or_default(), false);
    let commits: Vec<_> = history.commits.iter().enumerate().collect();
    let config = Config { filter_unconventional: false, ..squashcast::tool::git_cliff::defaults() };
    let (prepared, _) = prepare(&config, commits);
    let shown = |seen: Seen| {
        let release = Shown {
            tag: "v1.2.4",
            previous: ("v1.2.3", ""),
            date: "2024-05-06",
            bump: Some(Bump::Minor),
            commits: &prepared,
            range: None,
            remote: given.switch(0).is_multiple_of(2).then_some("github"),
        };
        let mut context = context(release, seen);
        context.insert("commit_parsers_groups".to_owned(), serde_json::json!(config.groups()));
        context.insert("package".to_owned(), Value::from("widgets"));
        Value::Object(context)
    };
    let source = given.text(0);
    if let Ok(template) = Template::parse(source, given.switch(0).is_multiple_of(3), "2024-05-06") {
        let seen = if given.switch(1).is_multiple_of(2) { Seen::ALL } else { Seen::by(source) };
        let (swift, slow) = template.render_both(&|| shown(seen));
        if let (Some(swift), Ok(slow)) = (&swift, &slow) {
            assert_eq!(swift, slow, "{source:?}");
        }
        let spent = |text: &Text| text.id == "tool_template_spent";
        let unknown = |text: &str| text.contains(squashcast::tool::cliff::UNKNOWN);
        assert!(
            swift.as_ref().is_none_or(|swift| slow.as_ref().err().is_none_or(|why| spent(why) || unknown(swift))),
            "{source:?}: {swift:?}, {slow:?}"
        );
        // What a template does not name is not missed.
        if !seen.is_all()
            && let (Ok(one), Ok(other)) = (template.render(shown(seen)), template.render(shown(Seen::ALL)))
        {
            assert_eq!(one, other, "{source:?}");
        }
    }
    let options = Options {
        trim_blocks: given.switch(0) & 1 == 0,
        lstrip_blocks: given.switch(0) & 2 == 0,
        keep_trailing_newline: given.switch(0) & 4 == 0,
        escapes: given.switch(0) & 8 == 0,
        relative: false,
    };
    let named = [("a", source), ("b", given.text(1))];
    if let Ok(mut jinja) = Jinja::of(named.into_iter(), options, prepared.len()) {
        jinja.global("commits", list(given.texts.iter().map(|text| text.as_str().into())));
        jinja.global("text", given.text(2).into());
        if let Ok(text) = jinja.fill("a").and_then(known) {
            assert!(text.len() <= 400 * data.len() + 20_000_000, "{} bytes of {source:?}", text.len());
        }
    }
}

/// What holds of every plan.
fn sound(tool: &str, plan: &Plan, history: &History, size: usize) {
    let count = history.commits.len();
    for text in plan.notes.iter().chain(&plan.nothing) {
        sayable(tool, text);
    }
    for reading in &plan.readings {
        assert!(reading.commit < count, "{tool}: a reading of commit {} of {count}", reading.commit);
        reading.rule.iter().for_each(|rule| sayable(tool, rule));
    }
    for release in &plan.releases {
        let version = release.next.to_string();
        assert!(semver::Version::parse(&version).is_ok(), "{tool}: {version} is no version");
        // Whoever asks for a version by name may name the one that is there (`Release-As`).
        let named = tool == "release-please";
        assert!(named || release.previous.as_ref() != Some(&release.next), "{tool}: {version} comes after itself");
        for reason in &release.reasons {
            assert!(reason.commit.is_none_or(|at| at < count), "{tool}: a reason in commit {:?}", reason.commit);
            sayable(tool, &reason.rule);
        }
        let entry = release.entry.as_ref().map_or(0, |entry| entry.markdown.len());
        assert!(entry <= 400 * size + 100_000, "{tool}: an entry of {entry} bytes from {size}");
    }
    assert!(plan.releases.len() <= size + 10, "{tool}: {} releases", plan.releases.len());
}

/// The syntaxes of configurations, whatever file they stand in.
pub fn files(data: &[u8]) {
    let given = Given::new(data, 1);
    let text = given.texts.join("\u{1e}");
    let names = ["a.json", "a.yaml", "a.toml", "a", ".releaserc", "a.JSON"];
    let files = Files::of(names.iter().map(|name| (*name, text.as_str())));
    for name in names {
        // A value may say its text again as often as aliases and merges allow (`files::YAML_VALUES`).
        let first = files.value(name);
        assert!(first == files.value(name), "{name}: two values of one text");
        match first {
            Ok(value) => {
                let depth = value.as_ref().map_or(0, depth);
                assert!(depth <= 200, "{name}: {depth} levels");
            }
            Err(error) => assert!(!error.reason.contains('\n') && error.to_string().starts_with(name)),
        }
    }
    let exported = javascript::exported(&text);
    assert!(exported == javascript::exported(&text), "two exports of one text");
    if let Some(value) = &exported {
        assert!(depth(value) <= 200);
        let _ = javascript::has_code(value);
    }
    // All readers of whatever may stand in such a file.
    for tool in TOOLS.iter().skip(given.switch(0) % 4).step_by(4) {
        let pick = |pattern: &&str| (path_of(pattern), text.clone());
        let all: BTreeMap<String, String> = tool.files().iter().map(pick).collect();
        let files = Files::of(all.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let _ = tool.recognise(&files);
        tool.last_release(&files, "main", &[Tag { name: "v1.0.0".into(), sha: String::new() }], None);
        let history = history(&["feat: x".to_owned(), "fix(a)!: y".to_owned()], true);
        let repository = Repository::default();
        let facts = Facts {
            repository: &repository,
            branch: "main",
            files: &files,
            history: &history,
            date: "2024-05-06",
            tag_pattern: None,
            last: None,
        };
        sound(tool.id(), &tool.plan(&facts), &history, text.len() * all.len());
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or_default(),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or_default(),
        _ => 1,
    }
}

/// Versions, tags, the patterns of tags, paths and branches.
pub fn versions(data: &[u8]) {
    let given = Given::new(data, 2);
    let (pattern, tag, other) = (given.text(0), given.text(1), given.text(2));
    for place in ["{version}", "${version}", "%v", "$version"] {
        let Some(pattern) = TagPattern::parse(pattern, place) else { continue };
        if let Some(version) = pattern.version(tag) {
            assert_eq!(pattern.tag(&version), tag, "a tag is spelt as it was read");
        }
        let whole = pattern.tag(&semver::Version::new(1, 2, 3));
        assert_eq!(pattern.version(&whole), Some(semver::Version::new(1, 2, 3)));
    }
    for text in &given.texts {
        let Ok(version) = semver::Version::parse(text) else { continue };
        assert_eq!(increment(&version, Bump::None), Some(version.clone()));
        for bump in [Bump::Patch, Bump::Minor, Bump::Major] {
            let Some(next) = increment(&version, bump) else { continue };
            assert!(next > version, "{bump:?} of {version} is {next}");
            assert!(next.pre.is_empty() && next.build.is_empty());
            let _ = bump_between(&version, &next);
        }
    }
    let _ = TagPattern::guess(given.texts.iter().map(String::as_str));
    let tags: Vec<Tag> = given.texts.iter().map(|name| Tag { name: name.clone(), sha: String::new() }).collect();
    let mut turned = tags.clone();
    turned.reverse();
    for tool in TOOLS {
        let files = TOOL_FILES.get(tool.id());
        let files = Files::of(files.into_iter().flatten().map(|(path, text)| (path.as_str(), text.as_str())));
        let version = |tags: &[Tag]| tool.last_release(&files, "main", tags, None).map(|tag| tag.name.clone());
        let (one, two) = (version(&tags), version(&turned));
        // Two tags may name one version (`1.2.3+a`, `1.2.3+b`), and then either is the last release.
        assert_eq!(one.is_some(), two.is_some(), "{}: the order of tags decides", tool.id());
    }
    let _ = tool::release_please::version::Version::find(tag);
    let _ = tool::release_please::config::tag_parts(tag);
    let _ = tool::day::utc(tag);
    let _ = tool::matches(pattern, tag);
    twice("glob", pattern.len() + tag.len(), || Glob::new(pattern).matches(tag));
    twice("glob", pattern.len() + tag.len(), || tool::semantic_release::glob::Glob::new(pattern).matches(tag));
    if let Ok(value) = squashcast::files::yaml(other) {
        let branches = tool::semantic_release::branch::configured(Some(&value));
        let _ = tool::semantic_release::branch::names(&branches);
        let _ = tool::semantic_release::branch::find(&branches, tag);
    }
}

/// What a forge answers, and the message it composes.
pub fn forges(data: &[u8]) {
    let given = Given::new(data, 3);
    let forge: &dyn Forge = FORGES[given.switch(0) % FORGES.len()];
    let Some(place) = forge.locate(&forge.example()) else { return };
    let _ = squashcast::forge::locate(given.text(1));
    let wants = [
        Want::PullRequest,
        Want::Commits,
        Want::Settings,
        Want::Suggestion,
        Want::Tags,
        Want::Tree,
        Want::Files(vec!["package.json".to_owned(), given.text(1).to_owned()]),
        Want::History(Some(given.text(2).to_owned())),
        Want::History(None),
        Want::Changes { head: given.text(1).to_owned() },
        Want::OwnFiles { at: given.text(1).to_owned(), paths: vec![given.text(2).to_owned()] },
        Want::Folder(given.text(2).to_owned()),
        Want::Packages(vec!["packages/*/package.json".to_owned(), given.text(2).to_owned()]),
        Want::Open,
        Want::MoreCommits { page: 2, at: given.text(1).to_owned() },
    ];
    let asked = Asked {
        place: &place,
        base: Some("main"),
        access: Access { token: given.switch(1).is_multiple_of(2) },
        base_sha: None,
        unreleased: Some(250),
        failed: &[],
        method: [Method::Squash, Method::Merge, Method::Rebase][given.switch(3) % 3],
    };
    let requests = forge.requests(&wants, &asked);
    let named = ["pull_request", "commits", "settings", "suggestion", "tags", "tree", "tree_list", "bundle", "changes"];
    let made = Request { what: named[given.switch(2) % named.len()].to_owned(), ..Request::default() };
    let mut facts: Vec<Fact> = Vec::new();
    let response = Response { status: 200, headers: link(given.text(1)), body: given.text(0).to_owned() };
    let chosen = if requests.is_empty() { &made } else { &requests[given.switch(2) % requests.len()] };
    for request in [chosen, &made] {
        let read = forge.read(request, &response);
        assert!(read == forge.read(request, &response), "two readings of one answer");
        if let Ok(read) = read {
            let size = serde_json::to_string(&read).unwrap_or_default().len();
            assert!(size <= 40 * data.len() + 100_000, "{size} bytes of facts from {}", data.len());
            facts.extend(read);
        }
    }
    let _ = forge.trouble(chosen, &Response { status: 403, ..response.clone() });
    let settings = serde_json::from_str::<Map<String, Value>>(given.text(0)).ok();
    squash(forge, &place, &given, settings.as_ref());
    let answers = [Answer { key: String::new(), what: "case".into(), facts, at: 0 }];
    show(&forge.example(), None, &answers, &[], data.len());
}

fn link(text: &str) -> Vec<(String, String)> {
    vec![
        ("link".to_owned(), text.to_owned()),
        ("date".to_owned(), text.to_owned()),
        ("retry-after".to_owned(), text.to_owned()),
    ]
}

fn squash(forge: &dyn Forge, place: &Place, given: &Given, settings: Option<&Map<String, Value>>) {
    let commit = |text: &String| Commit {
        message: text.clone(),
        author: text.chars().take(20).collect(),
        email: "a@example.org".into(),
        parents: 1,
        ..Commit::default()
    };
    let pull_request = PullRequest {
        title: given.text(1).to_owned(),
        description: given.text(2).to_owned(),
        commits: given.texts.iter().take(20).map(commit).collect(),
        ..PullRequest::default()
    };
    let size: usize = given.texts.iter().map(String::len).sum();
    let message = twice("squash", 3 * size, || forge.squash(&pull_request, place, settings));
    sayable("squash", &message.rule);
}

/// The panel of these answers, which has to be sound.
fn show(url: &str, tool: Option<&str>, answers: &[Answer], failures: &[Failure], size: usize) -> Option<()> {
    let page = PageContext { url: url.to_owned(), ..PageContext::default() };
    show_page(&page, tool, answers, failures, size)
}

fn show_page(
    page: &PageContext,
    tool: Option<&str>,
    answers: &[Answer],
    failures: &[Failure],
    size: usize,
) -> Option<()> {
    let settings = RepositorySettings { tool: tool.map(str::to_owned), tag_pattern: None };
    let mut lent = answers.to_vec();
    let date = "2024-05-06";
    let mut input = Input { page, settings: &settings, access: Access::default(), answers: &mut lent, failures, date };
    let preview = preview(&mut input);
    assert!(lent == answers, "the answers are not what they were before the preview");
    let preview = preview?;
    for finding in &preview.findings {
        sayable(finding.id, &finding.text);
        if let Some(place) = &finding.place {
            inside(finding.id, &place.text, place.span);
        }
        for edit in &finding.fix {
            assert!(edit.value.len() <= 10 * size + 10_000, "{}: a fix of {} bytes", finding.id, edit.value.len());
        }
    }
    let panel = view::panel(&preview);
    let written = serde_json::to_string(&panel).unwrap();
    assert!(written.len() <= 2000 * size + 1_000_000, "a panel of {} bytes from {size}", written.len());
    assert!(written == serde_json::to_string(&view::panel(&preview)).unwrap(), "two panels of one preview");
    Some(())
}

/// Every warning, on a pull request of any texts, and the playground.
pub fn findings(data: &[u8]) {
    let given = Given::new(data, 4);
    let tool = TOOLS[given.switch(0) % TOOLS.len()];
    let mut files: Map<String, Value> = Map::new();
    for (path, text) in TOOL_FILES.get(tool.id()).into_iter().flatten() {
        files.insert(path.clone(), Value::from(text.as_str()));
    }
    let rules = [".commitlintrc.json", "commitlint.config.js", ".github/semantic.yml", ".github/workflows/a.yml"];
    files.insert(rules[given.switch(1) % rules.len()].to_owned(), Value::from(given.text(3)));
    let methods = ["PR_TITLE", "COMMIT_OR_PR_TITLE"];
    let bodies = ["PR_BODY", "COMMIT_MESSAGES", "BLANK"];
    let squash = [
        ("squash_merge_commit_title", methods[given.switch(2) % 2]),
        ("squash_merge_commit_message", bodies[given.switch(2) % 3]),
    ];
    let commit = |text: &String| Commit { sha: "1".repeat(40), message: text.clone(), parents: 1, ..Commit::default() };
    let mut facts = vec![
        Fact::PullRequest {
            title: given.text(0).to_owned(),
            description: given.text(1).to_owned(),
            base: "main".into(),
            head: given.text(2).chars().take(40).collect(),
            state: State::Open,
            author: if given.switch(1).is_multiple_of(7) { "dependabot[bot]".into() } else { "ann".into() },
            base_sha: String::new(),
        },
        Fact::Commits { commits: given.texts.iter().skip(2).take(8).map(commit).collect(), complete: true },
        Fact::Settings(squash.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect()),
        Fact::Tree { paths: files.keys().cloned().collect() },
        Fact::Tags { tags: vec![Tag { name: "v1.2.3".into(), sha: String::new() }], complete: true },
        Fact::History {
            since: Some("v1.2.3".into()),
            commits: given.texts.iter().skip(4).map(commit).collect(),
            complete: true,
            from: 0,
            total: None,
        },
    ];
    for (path, text) in &files {
        facts.push(Fact::File { path: path.clone(), text: text.as_str().map(str::to_owned) });
    }
    let answers = [Answer { key: String::new(), what: "case".into(), facts, at: 0 }];
    let dialog =
        Dialog { title: Some(given.text(2).to_owned()), body: Some(given.text(1).to_owned()), ..Dialog::default() };
    let page = PageContext {
        url: "https://github.com/acme/widgets/pull/42".into(),
        title: given.switch(3).is_multiple_of(3).then(|| given.text(0).to_owned()),
        dialog: given.switch(3).is_multiple_of(4).then_some(dialog),
        ..PageContext::default()
    };
    // Without a tool, all of them stand side by side.
    let chosen = (!given.switch(3).is_multiple_of(5)).then(|| tool.id());
    show_page(&page, chosen, &answers, &[], data.len());
    let forge = FORGES[given.switch(3) % FORGES.len()];
    let case = PlaygroundCase {
        title: given.text(0).to_owned(),
        description: given.text(1).to_owned(),
        commits: given.texts.iter().skip(2).take(4).cloned().collect(),
        history: given.texts.iter().skip(4).cloned().collect(),
        forge: forge.id().to_owned(),
        tool: tool.id().to_owned(),
        files: TOOL_FILES.get(tool.id()).cloned().unwrap_or_default(),
        version: given.text(2).chars().take(30).collect(),
        date: "2024-05-06".into(),
        ..PlaygroundCase::default()
    };
    assert!(playground(&case).is_some());
}

/// What texts are taken apart and compared with.
pub fn texts(data: &[u8]) {
    let given = Given::new(data, 1);
    let (one, two, three) = (given.text(0), given.text(1), given.text(2));
    assert!(message::subject(one).len() + message::body(one).len() <= one.len());
    twice("unix", one.len(), || message::unix(one).into_owned());
    twice("git parts", one.len(), || message::git_parts(one));
    for (left, right) in [(one, two), (two, three), (one, three)] {
        assert_eq!(collation::compare(left, right), collation::compare(right, left).reverse(), "{left:?} {right:?}");
    }
    let mut sorted = [one, two, three];
    sorted.sort_by(|left, right| collation::compare(left, right));
    assert!(collation::compare(sorted[0], sorted[2]).is_le());
    assert!(letters::lower(one).len() <= 3 * one.len() && letters::upper(one).len() <= 3 * one.len() + 3);
    let cases = [
        "camel-case",
        "kebab-case",
        "snake-case",
        "pascal-case",
        "start-case",
        "upper-case",
        "sentence-case",
        "lower-case",
    ];
    for case in cases.iter().filter_map(|name| Case::named(name)) {
        twice("case", one.len(), || (case.of(one), case.fits(one)));
    }
    assert!(javascript_text::trim(one).len() <= one.len() && javascript_text::length(one) <= one.len());
    assert!(javascript_text::prefix_units(one, given.switch(0)).len() <= one.len());
    if let Some(regex) = pattern::regex(two, ["", "i", "im", "s", "u"][given.switch(0) % 5]) {
        let _ = pattern::groups(&regex, one);
    }
    if let Ok(value) = serde_json::from_str::<Value>(three) {
        for rule in commitlint::config_conventional() {
            if let Ok(Some(rule)) = commitlint::configured(&rule.name, &value) {
                let _ =
                    twice("lint", one.len() + three.len(), || commitlint::lint(one, std::slice::from_ref(&rule), true));
            }
        }
    }
    let mut sorted: Vec<char> = one.chars().collect();
    v8_sort::sort(&mut sorted, v8_sort::since_eleven, |left, right| right.cmp(left));
    assert!(sorted.is_sorted_by(|left, right| left >= right) && sorted.len() == one.chars().count());
}

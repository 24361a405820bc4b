//! What the tools have in common that call conventional-changelog and conventional-recommended-bump themselves (lerna,
//! release-it, simple-release, @vitejs/release-scripts): which commits are read, how far they move a version, the entry.

use super::{Context, Generation, Item, Preset, Writer, WriterOptions, ten};
use crate::bump::Bump;
use crate::files::Files;
use crate::history::{Commit, Tag};
use crate::pull_request::Repository;
use crate::reading::bytes;
use crate::reading::conventional_commits_parser::{
    Edition, HeaderPattern, Options, Parser, RevertPattern, Thrown, unreverted, unreverted_before_five,
};
use crate::text::Text;
use crate::tool::semantic_release::analysis::{self, Analysed, Remote};
use crate::tool::semantic_release::config;
use crate::tool::{CommitReading, Facts, Reason};
use semver::Version;
use serde_json::Value;

/// A package of an npm workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its folder; `.` for the whole repository.
    pub path: String,
    /// `name`.
    pub name: String,
    /// `version`.
    pub version: Option<Version>,
    /// `private`.
    pub private: bool,
    /// The names in `dependencies` and in the three tables like it.
    pub dependencies: Vec<String>,
}

impl Package {
    /// The package whose `package.json` stands in the folder.
    #[must_use]
    pub fn read(files: &Files, path: &str) -> Option<Self> {
        let file = if path == "." { "package.json".to_owned() } else { format!("{path}/package.json") };
        let value = files.value(&file).ok().flatten()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let dependencies = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let named = dependencies.iter().filter_map(|key| value.get(*key)?.as_object());
        Some(Self {
            path: path.to_owned(),
            name: text("name").to_owned(),
            version: Version::parse(text("version")).ok(),
            private: value.get("private").and_then(Value::as_bool).unwrap_or_default(),
            dependencies: named.flat_map(|table| table.keys().cloned()).collect(),
        })
    }

    /// Every package whose `package.json` is known, but that of the root.
    #[must_use]
    pub fn all(files: &Files) -> Vec<Self> {
        let folders = files.paths().filter_map(|path| path.strip_suffix("/package.json"));
        folders.filter_map(|path| Self::read(files, path)).filter(|package| !package.name.is_empty()).collect()
    }

    /// The name without its scope: `widgets` of `@acme/widgets`.
    #[must_use]
    pub fn bare(&self) -> &str {
        self.name.strip_prefix('@').and_then(|name| name.split_once('/')).map_or(self.name.as_str(), |(_, bare)| bare)
    }
}

/// Whether a commit changed something in the folder. Where its files are not known, those of the last commit (the
/// squash commit of a preview) stand in; where these are not known either, it did.
#[must_use]
pub fn touches(facts: &Facts<'_>, commit: &Commit, path: &str) -> bool {
    let last = || facts.history.commits.last().and_then(|commit| commit.files.as_ref());
    let Some(files) = commit.files.as_ref().or_else(last) else { return true };
    path == "." || files.iter().any(|file| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

/// The commits after a tag that touch a folder, newest first, with their places: merges are left out, as
/// conventional-changelog asks Git for none. A short hash is what old presets linked to.
#[must_use]
pub fn handed<'a>(facts: &Facts<'a>, since: Option<&Tag>, path: &str, short: bool) -> Vec<(usize, &'a str, &'a str)> {
    let history = facts.history;
    let commits = since.map_or(history.commits.as_slice(), |tag| history.after(tag));
    let first = history.commits.len().saturating_sub(commits.len());
    let own = commits.iter().enumerate().filter(|(_, commit)| commit.parents < 2 && touches(facts, commit, path));
    let hash = |commit: &'a Commit| {
        if short { commit.sha.get(..7).unwrap_or(&commit.sha) } else { commit.sha.as_str() }
    };
    own.rev().map(|(at, commit)| (first + at, hash(commit), commit.message.as_str())).collect()
}

const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// Reads commits as these tools do: they hand the parser the whole message and know of no other subject than it reads.
///
/// # Errors
/// Where the parser itself fails on one of them.
pub fn read<'a>(parser: &'a Parser, commits: &[(usize, &'a str, &'a str)]) -> Result<Vec<Analysed<'a>>, Thrown> {
    let mut read = analysis::read_with(parser, commits, |_| "".into())?;
    // These tools put the hash behind the message, so that in the older ones a line of scissors cuts it off.
    if parser.options().edition == Edition::Five {
        for commit in read.iter_mut().filter(|commit| is_cut(commit.message)) {
            commit.hash = "";
        }
    }
    Ok(read)
}

/// Whether a line of a message is one of scissors. Few messages hold their blades.
fn is_cut(message: &str) -> bool {
    let mut from = 0;
    let blades = std::iter::from_fn(|| {
        let at = from + bytes::find(b'>', message.as_bytes().get(from..)?)?;
        from = at + 1;
        Some(at)
    });
    let own = SCISSORS.find('>').unwrap_or_default();
    blades.filter_map(|at| at.checked_sub(own)).any(|start| {
        let begins =
            message.as_bytes().get(..start).is_some_and(|before| before.last().is_none_or(|byte| *byte == b'\n'));
        let behind = message.get(start..).filter(|_| begins).and_then(|rest| rest.strip_prefix(SCISSORS));
        behind.is_some_and(|rest| rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n"))
    })
}

/// Which commits were not taken back again, as the filter that comes with this writer sees it.
fn staying(writer: Writer, read: &[&Analysed<'_>]) -> Vec<bool> {
    match writer {
        Writer::Eight | Writer::Nine => unreverted(read),
        _ => unreverted_before_five(read),
    }
}

/// Whether a commit breaks something: until 2026 each note said so, since then only those of a breaking change do, and an
/// exclamation mark beside other notes.
fn breaks(preset: &Preset, newest: bool, commit: &Analysed<'_>) -> bool {
    if !newest {
        return !commit.read.notes.is_empty();
    }
    let breaking =
        |title: &str| ["BREAKING CHANGE", "BREAKING-CHANGE"].iter().any(|known| title.eq_ignore_ascii_case(known));
    let mut captured = [None; 8];
    commit.read.notes.iter().any(|note| breaking(&note.title))
        || (matches!(preset, Preset::ConventionalCommits(_))
            && commit
                .read
                .header
                .as_deref()
                .is_some_and(|header| HeaderPattern::ConventionalBreaking.captures(header, &mut captured)))
}

/// Whether the type of a commit has the effect `bump`.
fn moves(preset: &Preset, commit: &Analysed<'_>) -> bool {
    let Preset::ConventionalCommits(config) = preset else { return true };
    let item = Item { hash: commit.hash, subject: &commit.subject, read: &commit.read };
    ten::entry(config, &item).is_some_and(|kind| !kind.hidden && !kind.quiet)
}

/// Which versions of conventional-changelog's packages go together: the preset's, the parser's and the writer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Of the presets.
    pub generation: Generation,
    /// Of the parser.
    pub edition: Edition,
    /// Of the writer.
    pub writer: Writer,
}

impl Family {
    /// Those of the summer of 2026: conventional-changelog 8.
    pub const NEWEST: Self = Self { generation: Generation::Ten, edition: Edition::Seven, writer: Writer::Nine };

    /// conventional-changelog 6 and 7.
    #[must_use]
    pub fn of_2024(date: &str) -> Self {
        let generation =
            if date.is_empty() || date >= config::CODE_ALONE { Generation::Nine } else { Generation::Eight };
        Self { generation, edition: Edition::Six, writer: Writer::Eight }
    }

    /// conventional-changelog 3 to 5.
    #[must_use]
    pub fn older(generation: Generation, date: &str) -> Self {
        Self { generation, edition: Edition::Five, writer: older_writer(date) }
    }

    /// The parser for a preset of this family.
    #[must_use]
    pub fn parser(&self, preset: &Preset, options: Options, date: &str) -> Parser {
        let mut options = Options { edition: self.edition, ..options };
        older(&mut options, preset, date);
        Parser::new(options)
    }
}

/// The major version that `package.json` asks for of a package.
#[must_use]
pub fn asked(files: &Files, name: &str) -> Option<u32> {
    let package = files.value("package.json").ok().flatten()?;
    let range = ["devDependencies", "dependencies"].iter().find_map(|key| package.get(*key)?.get(name)?.as_str())?;
    range.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').next()?.parse().ok()
}

/// How far the commits move a version by the preset's own rule (`whatBump`), each with its reading. Commits that were
/// taken back again do not count.
#[must_use]
pub fn recommended(preset: &Preset, writer: Writer, read: &[&Analysed<'_>]) -> (Bump, Vec<CommitReading>, Vec<Reason>) {
    // Version 10 of the preset recommends nothing where nothing asks for it; every other always a patch.
    let newest = writer == Writer::Nine;
    let strict = newest && matches!(preset, Preset::ConventionalCommits(_));
    let mut bump = if strict { Bump::None } else { Bump::Patch };
    let (mut readings, mut reasons) = (Vec::with_capacity(read.len()), Vec::with_capacity(read.len()));
    for (commit, stays) in read.iter().zip(staying(writer, read)) {
        let kind = commit.read.part("type").unwrap_or_default();
        let counts = match preset {
            Preset::ConventionalCommits(config) => {
                super::matches_scope(config, commit.read.part("scope").unwrap_or_default())
            }
            _ => true,
        };
        let alias = matches!(preset, Preset::ConventionalCommits(_));
        let feature = (!strict || moves(preset, commit)) && (kind == "feat" || (kind == "feature" && alias));
        let (own, rule) = if !stays {
            (Bump::None, Text::new("tool_recommended_reverted", []))
        } else if !counts {
            (Bump::None, Text::new("tool_recommended_other_scope", []))
        } else if breaks(preset, newest, commit) {
            (Bump::Major, Text::new("tool_recommended_breaking", []))
        } else if feature {
            (Bump::Minor, Text::new("tool_recommended_feature", [kind]))
        } else if strict && !moves(preset, commit) {
            (Bump::None, Text::new("tool_recommended_hidden", [kind]))
        } else {
            (Bump::Patch, Text::new("tool_recommended_at_least_patch", []))
        };
        bump = bump.max(own);
        readings.push(CommitReading { commit: commit.place, bump: own, rule: Some(rule.clone()) });
        if own > Bump::None {
            reasons.push(Reason { commit: Some(commit.place), bump: own, rule });
        }
    }
    if let Preset::ConventionalCommits(config) = preset {
        // What is left of the commits asks for nothing by itself.
        let hidden = |kind: &str| config.types.iter().any(|known| known.hidden && known.name == kind);
        let asks = |commit: &Analysed<'_>| {
            super::matches_scope(config, commit.read.part("scope").unwrap_or_default())
                && !hidden(commit.read.part("type").unwrap_or_default())
        };
        let any_asks = || read.iter().zip(staying(writer, read)).any(|(commit, stays)| stays && asks(commit));
        if config.pre_major && bump > Bump::Patch {
            bump = if bump == Bump::Major { Bump::Minor } else { Bump::Patch };
            for reason in &mut reasons {
                reason.bump = reason.bump.min(bump);
            }
        } else if config.bump_strict && bump == Bump::Patch && !newest && !any_asks() {
            return (Bump::None, readings, Vec::new());
        }
    }
    readings.sort_by_key(|reading| reading.commit);
    Reason::weightiest_first(&mut reasons);
    (bump, readings, reasons)
}

/// Whether the presets of the day linked to short hashes: angular up to 5.0.3, conventionalcommits up to 4.1.0.
#[must_use]
pub fn has_short_hashes(date: &str) -> bool {
    !date.is_empty() && date < "2019-10-02"
}

/// conventional-changelog-writer 4 to 6, as the tools before the summer of 2024 brought them: conventional-changelog-core
/// 4.2.3 of 2021-07-03 is the first that asks for 5.
#[must_use]
pub fn older_writer(date: &str) -> Writer {
    match date {
        "" => Writer::Five,
        date if date < NODE_TWELVE => Writer::FourOnTen,
        date if date < "2021-07-03" => Writer::Four,
        _ => Writer::Five,
    }
}

/// The writer as the Node.js runs it that `package.json` asks for (`engines`, at least or alone): from 11 on arrays are
/// sorted otherwise.
#[must_use]
pub fn on_node(writer: Writer, package: &serde_json::Value) -> Writer {
    let range = package.pointer("/engines/node").and_then(serde_json::Value::as_str).unwrap_or_default();
    let least = range.strip_prefix(">=");
    let major = least.unwrap_or(range).trim_start_matches(['^', '~', ' ']).split('.').next();
    let major = major.and_then(|major| major.parse::<u32>().ok());
    match writer {
        Writer::FourOnTen if major.is_some_and(|major| major > 10) => Writer::Four,
        Writer::Four if least.is_none() && major.is_some_and(|major| major <= 10) => Writer::FourOnTen,
        writer => writer,
    }
}

/// The day on which Node.js 12 became the version with long-term support, which machines that make releases mostly run.
const NODE_TWELVE: &str = "2019-10-21";

/// What the parser options of the presets were on a day before they became what they are.
pub fn older(options: &mut Options, preset: &Preset, date: &str) {
    if date.is_empty() || !matches!(preset, Preset::Angular | Preset::ConventionalCommits(_)) {
        return;
    }
    if date < "2019-11-07" {
        // angular 5.0.6 and conventionalcommits 4.2.3 were the first to read what Git itself writes.
        options.revert = RevertPattern::parse(r"^revert:\s([\s\S]*?)\s*This reverts commit (\w*)\.", "");
    } else if date < "2026-03-01" {
        options.revert = Some(RevertPattern::Conventional);
    }
}

/// Where the entry's links lead: what `package.json` says, else the repository looked at.
#[must_use]
pub fn remote(files: &Files, package: &str, repository: &Repository) -> Remote {
    let value = files.value(package).ok().flatten().unwrap_or_default();
    let stated = value.get("repository").and_then(|stated| stated.as_str().or_else(|| stated.get("url")?.as_str()));
    let url = stated.map(|url| {
        let url = url.strip_prefix("git+").unwrap_or(url).trim_end_matches('/');
        let shortcut = url.strip_prefix("github:").unwrap_or(url);
        if !shortcut.contains(':') && shortcut.split('/').count() == 2 {
            return format!("https://github.com/{shortcut}");
        }
        match url.strip_prefix("git://").or_else(|| url.strip_prefix("ssh://git@")) {
            Some(rest) => format!("https://{rest}"),
            None => url.to_owned(),
        }
    });
    url.and_then(|url| Remote::parse(&url))
        .filter(|remote| !remote.repository.is_empty())
        .or_else(|| Remote::parse(&repository.url()))
        .unwrap_or_default()
}

/// The entry's surroundings.
#[must_use]
pub fn context(remote: &Remote, version: &Version, from: &str, to: &str, date: &str) -> Context {
    Context {
        version: version.to_string(),
        patch: version.patch != 0,
        link_compare: !from.is_empty() && !remote.repository.is_empty(),
        previous_tag: from.to_owned(),
        current_tag: to.to_owned(),
        date: date.to_owned(),
        ..remote.context()
    }
}

/// The entry, as this version of the writer prints it.
#[must_use]
pub fn entry(preset: &Preset, context: &Context, read: &[Analysed<'_>], writer: Writer) -> String {
    let links_in_code = context.date.as_str() < config::CODE_ALONE;
    entry_with(preset, &WriterOptions { writer, links_in_code, ..WriterOptions::default() }, context, read)
}

/// The entry, by the writer's options: the writer leaves out what was taken back of what it prints, not of everything.
#[must_use]
pub fn entry_with(preset: &Preset, options: &WriterOptions, context: &Context, read: &[Analysed<'_>]) -> String {
    let printed = |commit: &&Analysed<'_>| {
        let item = Item { hash: commit.hash, subject: &commit.subject, read: &commit.read };
        super::is_printed(preset, options, context, item)
    };
    let printed: Vec<&Analysed<'_>> = read.iter().filter(printed).collect();
    analysis::notes(preset, options, context, &printed, true)
}

/// The tag of a version, spelt as the tag before it was; `pattern` where there was none.
#[must_use]
pub fn tag_like(previous: &str, was: Option<&Version>, next: &Version, pattern: &str) -> String {
    let prefix = was.and_then(|was| previous.strip_suffix(was.to_string().as_str()));
    format!("{}{next}", prefix.unwrap_or(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scissors_are_a_line_of_their_own() {
        for end in ["", "\n", "\r\n", "\nx"] {
            assert!(is_cut(&format!("{SCISSORS}{end}")) && is_cut(&format!("a > b\n{SCISSORS}{end}")), "{end:?}");
        }
        for text in
            ["", ">", "feat: a -> b", &format!("x{SCISSORS}"), &format!("\r{SCISSORS}"), &format!("{SCISSORS}\r")]
        {
            assert!(!is_cut(text), "{text:?}");
        }
    }

    #[test]
    fn the_engine_asked_for_sorts() {
        let check = |range: &str, before: Writer, expected: Writer| {
            assert_eq!(on_node(before, &serde_json::json!({"engines": {"node": range}})), expected, "{range}");
        };
        check(">=11", Writer::FourOnTen, Writer::Four);
        check(">= 12.10.0", Writer::FourOnTen, Writer::Four);
        check("^14", Writer::FourOnTen, Writer::Four);
        check(">=8", Writer::FourOnTen, Writer::FourOnTen);
        check(">=8", Writer::Four, Writer::Four);
        check("10.x", Writer::Four, Writer::FourOnTen);
        check("10.x", Writer::Five, Writer::Five);
        check("", Writer::FourOnTen, Writer::FourOnTen);
    }
}

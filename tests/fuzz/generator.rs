//! Inputs from a seed: fragments of the grammars put together, the committed cases taken apart.

use crate::harness::{CONFIGURATIONS, SEPARATOR};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// xorshift64*: the same numbers everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        // A state of 0 would stay 0; neighbouring seeds must not begin alike.
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % end.max(1)
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        from.get(self.below(from.len())).map_or("", String::as_str)
    }
}

#[rustfmt::skip]
const MESSAGES: &[&str] = &[
    "feat", "fix", "docs(api)", "chore", "refactor!", "Feat", "FEAT(A)!", "revert", "✨", "feature", "(", ")", "((", "))",
    ":", ": ", "!: ", " : ", "：", "!", "\n", "\n\n", "\r\n", "\r", "\t", " ", "\u{a0}", "\u{feff}", "\u{2028}", "\0",
    "BREAKING CHANGE", "BREAKING CHANGE: ", "BREAKING-CHANGE: x", "breaking change", "BREAKING CHANGE #1", "BREAKING CHANGE\n",
    "Refs: #12", "Closes #3, #4", "closes a/b#5", "fixes GH-6", "#7", " (#8)", "Co-authored-by: A <a@b.c>", "Signed-off-by: é",
    "Release-As: 3.0.0", "Release-As: 1.x", "* feat: x", "- fix(y)!: z", "\n\n* ", "---", "```", "<!--", "-->", "> ", "| a | b |",
    "This reverts commit 0123456789abcdef.", "Revert \"feat: x\"", "Merge branch 'a' into b", "Merged in x (pull request #1)",
    "BEGIN_COMMIT_OVERRIDE", "END_COMMIT_OVERRIDE", "BEGIN_NESTED_COMMIT\n", "\nEND_NESTED_COMMIT", "+semver: minor",
    "[skip ci]", "@ann", "https://example.org/x_y(z)", "`code`", "**bold**", "[a](b)", "word(", "word(a: b)", "a b", "ß", "ﬁx",
    "İ", "ſ", "e\u{301}", "👩‍👩‍👧", "\u{202e}", "\u{fffd}", "中文", "😀", "1.2.3", "v1.2.3...v1.3.0", "@v2.0.0", "@widgets-v1.0.0-beta.1",
    "NOTICE: x", "Changelog-Note: y", "#skip-changelog", "-hash-\n", "subject\n\nbody\n\nfooter: x",
];

#[rustfmt::skip]
const CONFIGURATION: &[&str] = &[
    "{", "}", "[", "]", "{}", "[]", ",", ":", ": ", "\"", "'", "`", "true", "false", "null", "~", "0", "-1", "1e999", "1.2.3",
    "18446744073709551616", "\\", "\\u", "\\ud800", "\\n", "\n", "  ", "\t", "- ", "? ", "&a ", "*a", "<<: *a", "!!str ", "|\n  x", ">-\n  x",
    "---\n", "...\n", "%YAML 1.2\n", "# c\n", "//c\n", "/*", "*/", "/a(b)+/gi", "module.exports = ", "export default ", "const a = ",
    "...a", "a.b", "require('x')", "() => {", "async ", "await ", "new X()", "as const", ";", "=", "=>", "(", ")", "?", "${", "`${a}`",
    "[a]\n", "[a.b]\n", "[[a]]\n", "a = ", "a.b = ", "'''", "\"\"\"", "1979-05-27", "inf", "\"extends\": ", "extends", "\"release\": ",
    "\"branches\": ", "\"plugins\": ", "\"preset\": ", "\"releaseRules\": ", "\"tagFormat\": ", "\"packages\": ", "\"types\": ",
    "\"@semantic-release/commit-analyzer\"", "\"conventionalcommits\"", "\"feat\"", "\"$1\"", "$", "tag_prefix", "pattern", "[tool.semantic_release]\n",
    "{version}", "${version}", "{{version}}", "{% if a %}", "{{ a | b }}", "(a+)+$", "(?<n>x)", "[^", "\\p{L}", "a{1000}", "^(feat)", "é", "\0", "\u{feff}",
];

#[rustfmt::skip]
const VERSIONS: &[&str] = &[
    "1.2.3", "v1.2.3", "0.0.0", "0.1.0", "1.2.3-beta.1", "1.2.3-rc1", "1.2.3+build.5", "1.2.3-a.b+c.d", "1.2", "v1", "1.2.3.4", "01.2.3", "1.02.3",
    "18446744073709551615.0.0", "18446744073709551616.0.0", "0.0.18446744073709551615", "99999999999999999999999.1.1", "1.2.3-", "1.2.3-01", "1.2.3-0",
    "-1.2.3", "widgets-v1.2.3", "@acme/widgets@1.2.3", "widgets/v1.2.3", "v1.2.3-widgets", "release-2024.01.02", "nightly", "{version}", "v{version}",
    "${version}", "%v", "v%v", "$version", "{version}{version}", "-", ".", "v", "V1.2.3", "x", "1.x", "1.2.x", "+([0-9])?(.{+([0-9]),x}).x", "beta",
    "2024-05-06T07:08:09Z", "2024-13-40T99:99:99+99:99", "*", "**", "**/a", "a/*", "!(a|b)", "@(a|b)", "[a-z]", "{a,b}", "?", "\\", "a/b/c.md", "é", "\0", "1.2.3\n",
];

#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "{", "}", "[", "]", ",", "null", "true", "0", "-1", "1e9", "\"", "\"sha\":\"1\"", "\"commit\":{", "\"message\":\"feat: x\"", "\"title\":", "\"body\":null",
    "\"ref\":\"refs/tags/v1.0.0\"", "\"object\":{\"sha\":\"2\",\"type\":\"tag\"}", "\"parents\":[", "\"author\":null", "\"total_commits\":", "\"data\":{", "\"errors\":[",
    "\"repository\":{", "\"nodes\":[", "\"pageInfo\":{", "\"paths\":[", "\"tree\":[", "\"path\":\"cog.toml\"", "\"state\":\"open\"", "\"values\":[", "\"next\":\"https://x\"",
    "<https://api.github.com/x?page=2>; rel=\"next\"", "https://github.com/a/b/pull/1", "https://bitbucket.org/a/b/pull-requests/2", "https://github.com/a/b/compare/c...d",
    "https://github.com//", "http://", "?x=1#y", "%2F", "%", "COMMIT_MESSAGES", "\"squash_merge_commit_title\":\"PR_TITLE\"", "é", "\\ud800", "\0",
];

#[rustfmt::skip]
const PATHS: &[&str] = &[
    "package.json", "packages/a/package.json", "a/package.json", "Cargo.toml", "a/Cargo.toml", "crates/a/Cargo.toml", "pom.xml", "a/pom.xml",
    "a/b/pom.xml", "go.mod", "gleam.toml", "pubspec.yaml", "VERSION", "version.txt", "pyproject.toml", "setup.cfg", "cliff.toml", ".cliffignore", "cog.toml",
    "a.tera", "templates/a.md.j2", "templates/.release_notes.md.j2", "templates/CHANGELOG.md.j2", "CHANGELOG.md", ".changeset/a.md", ".changeset/config.json",
    ".changeset/pre.json", "change/a.json", "knope.toml", "nx.json", "lerna.json", ".simple-release.json", ".release-it.json", "release-plz.toml", ".cz.toml",
    "release-please-config.json", ".release-please-manifest.json", "changelog.config.ts", ".versionrc", ".github/workflows/release.yml", "Directory.Build.props",
];

#[rustfmt::skip]
const FILES: &[&str] = &[
    "{\"name\": \"a\", \"version\": \"1.2.3\"}", "\"workspaces\": [\"packages/*\"],", "\"dependencies\": {\"a\": \"^1.2.3\"}", "[workspace]\nmembers = ['*', 'a/../b']\n",
    "[package]\nname = 'a'\nversion = '1.2.3'\n", "version.workspace = true\n", "[dependencies]\na = { path = '../a', version = '0.2' }\n", "exclude = ['docs/', '!x']\n",
    "<project>", "</project>", "<groupId>x</groupId>", "<artifactId>a</artifactId>", "<version>1.2.3-SNAPSHOT</version>", "<parent>", "</parent>", "<dependencies><dependency>",
    "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>", "&lt;", "<modules><module>a</module></modules>", "module x.y/z/v2 // v2.4.0\n",
    "---\na: minor\n'b': patch\n---\n\nSays so\n", "---\ndefault: major\n---\n# Says so\n", "{\"type\": \"minor\", \"packageName\": \"a\", \"comment\": \"x\"}",
    "{\"mode\": \"pre\", \"tag\": \"beta\", \"changesets\": [\"a\"]}", "[tool.poetry]\nversion = '1.2.3'\n", "[packages.a]\nversioned_files = ['a/Cargo.toml', { path = 'b', dependency = 'a' }]\nscopes = ['a']\n",
    "path = 'a'\n", "[monorepo_packages]\na = { path = 'a', public_api = false }\n", "[changelog]\ntemplate = 'a.tera'\n", "body = \"\"\"{% for c in commits %}{{ c.message }}{% endfor %}\"\"\"\n",
    "[git]\nsplit_commits = true\n", "commit_parsers = [{ field = 'footers.0.token', pattern = 'a', group = '$0' }]\n", "commit_preprocessors = [{ pattern = 'a', replace = 'aa$0' }]\n",
    "[workspace]\nchangelog_config = 'cliff.toml'\n", "[[package]]\nname = 'a'\nversion_group = 'g'\nchangelog_include = ['b']\n", "template_dir = 'templates'\n", "[tool.semantic_release.changelog]\nmode = 'update'\n",
    "{% for version, release in context.history.released.items() %}{{ release.version }}{% endfor %}", "{{ context.history.unreleased | list }}", "{% include 'a.md.j2' %}",
    "\"release\": {\"projects\": [\"*\"], \"projectsRelationship\": \"independent\", \"groups\": {\"g\": {}}}", "\"version\": \"independent\",", "\"command\": {\"version\": {\"conventionalCommits\": true}},",
    "\"packages\": {\".\": {\"release-type\": \"maven\"}, \"a\": {\"release-type\": \"java\"}},", "\"plugins\": [\"maven-workspace\", \"cargo-workspace\", {\"type\": \"linked-versions\", \"groupName\": \"g\", \"components\": [\"a\"]}],",
    "x-release-please-version", "uses: googleapis/release-please-action@v4\n    with:\n      release-type: simple\n", "[bumpversion]\ncurrent_version = 1.2.3\n", "{", "}", "\n", ",",
];

#[rustfmt::skip]
const EXPRESSIONS: &[&str] = &[
    "a", "b", "ab", "c", "é", "ß", "#", "\\(", "\\)", ".", ".*", ".+", "a*", "b+", "c?", "(a)", "(b", ")", "(?:a", ")?", ")+", ")*", "[ab]", "[^a]", "[^)]*", "\\d+", "\\w", "\\s",
    "|", "^", "$", "|^", "(?i)", "\\b", "a{2}", "*?", "[[:alpha:]]", "\\p{L}", "(?P<n>a)", "[0-9]", "feat", "^feat", "^chore\\(deps.*\\)", "\\(#([0-9]+)\\)", "\\/", "\\.", "[A-Z]{2,}-\\d+",
    "$0", "${1}", "$1x", "$$", "${n}", "x",
];

#[rustfmt::skip]
const TEMPLATES: &[&str] = &[
    "{% for g, cs in commits | group_by(attribute=\"group\") %}", "{% for c in commits %}", "{% for c in cs %}", "{% endfor %}", "{% if c.scope %}", "{% else %}", "{% endif %}", "{{ c.message }}",
    "{{ c.message | upper_first }}", "{{ g | striptags | trim | upper_first }}", "{% for s in commits | commit_groups(groups=commit_parsers_groups) %}", "{% for c in s.commits %}", "{{ s.group }}",
    "{% for c in commits | filter(attribute=\"scope\", value=\"a\") %}", "{% for c in commits | unique(attribute=\"group\") %}", "{% for c in commits | slice(end=2) | reverse %}", "{% set x = commits | length %}", "{{ x }}",
    "{% set commits = [1, 2] %}", "{{ version }}", "{{ previous.version }}", "{{ timestamp | date(format=\"%Y\") }}", "{{ __tera_context }}", "{{ commits | json_encode }}", "{% macro m(c) %}", "{% endmacro m %}", "{{ self::m(c=c) }}",
    "{{ loop.index }}", "{% if loop.last %}", "{% if c.breaking and not c.scope %}", "{{ c.links | length }}", "{% for f in c.footers %}", "{{ f.token }}{{ f.value }}", "{{ c.remote.username }}", "{% if c.remote.pr_number is defined %}",
    "{% continue %}", "{% break %}", "{% filter upper %}", "{% endfilter %}", "{% raw %}", "{% endraw %}", "{# c #}", "{% set_global x = 1 %}", "{{ range(end=3) }}", "{{ a | default(value=\"x\") }}", "{{ \"a\" ~ c.id }}", "{{ c.id[:7] }}", "{{ c.id | truncate(length=7, end=\"\") }}",
    "{{ commits[0].message }}", "{% for k, v in c %}", "{{ k }}", "{{ get_env(name=\"A\", default=\"b\") }}", "{{ now() }}", "{{ 1 + 2 * 3 }}", "{% if \"a\" in c.message %}", "{{ c.message | split(pat=\" \") | first }}", "{{ c.raw_message | replace(from=\"a\", to=\"b\") }}",
    "{% if c.message is starting_with(\"x\") %}", "\n", " - ", "text", "{%- ", " -%}", "{% set _ = commits.append(text) %}", "{{ commits | join(', ') }}", "{{ text.split(' ') }}", "{% for c in commits -%}", "{{ \"%s\" | format(text) }}", "{{ text[1:] }}", "{% include \"b\" %}",
];

/// What is put together.
pub struct Material {
    fragments: Vec<Vec<String>>,
    cases: Vec<Vec<String>>,
}

/// Which of the lists a target is mostly fed from.
fn kind(target: &str) -> usize {
    match target {
        "tools" | "files" => 1,
        "versions" => 2,
        "forges" => 3,
        "repositories" => 4,
        "expressions" => 5,
        "templates" => 6,
        _ => 0,
    }
}

/// The texts in a value, and the value as text where it is not large.
fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(map) => map.values().for_each(|value| strings(value, into)),
        _ => {}
    }
    if matches!(value, Value::Array(_) | Value::Object(_)) {
        let text = value.to_string();
        if text.len() < 4000 {
            into.push(text);
        }
    }
}

impl Material {
    /// The committed cases are read from this directory.
    pub fn read(cases: &Path) -> Self {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let fragments = [MESSAGES, CONFIGURATION, VERSIONS, ANSWERS, FILES, EXPRESSIONS, TEMPLATES].map(owned).to_vec();
        let of = |folder: &str| {
            let mut paths: Vec<_> =
                fs::read_dir(cases.join(folder)).unwrap().flatten().map(|entry| entry.path()).collect();
            paths.sort();
            let mut found = Vec::new();
            for path in paths {
                let text = fs::read_to_string(path.join("case.json")).unwrap();
                strings(&serde_json::from_str(&text).unwrap(), &mut found);
            }
            found
        };
        let mut configurations = Vec::new();
        strings(&serde_json::from_str(CONFIGURATIONS).unwrap(), &mut configurations);
        let rest = [FILES, EXPRESSIONS, TEMPLATES].map(owned);
        let cases = [of("check"), configurations, owned(VERSIONS), of("forge")].into_iter().chain(rest).collect();
        Self { fragments, cases }
    }

    /// An input for a target.
    pub fn input(&self, target: &str, random: &mut Random) -> Vec<u8> {
        let mut data: Vec<u8> = (0..4).map(|_| u8::try_from(random.below(256)).unwrap_or_default()).collect();
        let own = kind(target);
        for part in 0..=random.below(7) {
            if part > 0 {
                data.extend(SEPARATOR.to_string().as_bytes());
            }
            // A tool's file comes first, then messages and tags; the others are of one kind.
            let list = match (target, part) {
                ("tools", 1..) => random.below(4) * 2 % 6 % 4,
                ("repositories", _) => {
                    let list = [4, 4, 4, 1, 6, 0, 0, 2][random.below(8)];
                    let path = PATHS[random.below(PATHS.len())];
                    match list {
                        0 => {}
                        2 => data.push(b'@'),
                        _ => data.extend(format!("/{path}\n").as_bytes()),
                    }
                    list
                }
                ("expressions", 2..) | ("templates", 1..) => 0,
                _ if random.below(12) == 0 => random.below(4),
                _ => own,
            };
            data.extend(self.text(list, random).as_bytes());
        }
        // Bytes that are no text.
        if random.below(20) == 0 && !data.is_empty() {
            let at = random.below(data.len());
            data[at] ^= 0x80;
        }
        data
    }

    fn text(&self, list: usize, random: &mut Random) -> String {
        match random.below(10) {
            0..4 => self.mutated(list, random),
            4 => {
                let fragment = random.pick(&self.fragments[list]).to_owned();
                let other = random.pick(&self.fragments[list]).to_owned();
                let times = [3, 30, 300, 3000][random.below(4)];
                format!("{}{}", fragment.repeat(times / fragment.len().max(1) + 1), other)
            }
            5 => String::new(),
            _ => {
                let mut text = if list == 0 && random.below(3) > 0 { "feat: ".to_owned() } else { String::new() };
                for _ in 0..random.below(14) {
                    text.push_str(random.pick(&self.fragments[list]));
                }
                text
            }
        }
    }

    fn mutated(&self, list: usize, random: &mut Random) -> String {
        let mut letters: Vec<char> = random.pick(&self.cases[list]).chars().collect();
        for _ in 0..random.below(6) {
            let at = random.below(letters.len() + 1);
            let end = (at + random.below(20)).min(letters.len());
            match random.below(5) {
                0 => drop(letters.drain(at..end)),
                1 => {
                    let copy: Vec<char> = letters[at..end].to_vec();
                    letters.splice(at..at, copy);
                }
                2 => letters.truncate(end),
                3 => {
                    let list = random.below(4);
                    let other: Vec<char> = random.pick(&self.fragments[list]).chars().collect();
                    letters.splice(at..end, other);
                }
                _ => {
                    let other: Vec<char> = random.pick(&self.fragments[list]).chars().collect();
                    letters.splice(at..at, other);
                }
            }
        }
        letters.into_iter().collect()
    }
}

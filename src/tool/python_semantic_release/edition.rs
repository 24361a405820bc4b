//! Which version of python-semantic-release a repository runs: what its workflows or its dependencies pin, else the one
//! that was current on the day of the release.

use crate::files::Files;

/// A version of the tool: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edition(pub u16, pub u16, pub u16);

/// The versions that changed what is released or printed, and the day each was published on the Python Package Index.
const PUBLISHED: [(Edition, &str); 18] = [
    (Edition(7, 34, 1), "2023-05-28"),
    (Edition(7, 34, 3), "2023-06-01"),
    (Edition(8, 0, 0), "2023-07-16"),
    (Edition(9, 2, 0), "2024-03-18"),
    (Edition(9, 8, 0), "2024-05-27"),
    (Edition(9, 8, 3), "2024-06-18"),
    (Edition(9, 9, 0), "2024-09-28"),
    (Edition(9, 10, 0), "2024-10-08"),
    (Edition(9, 12, 0), "2024-10-18"),
    (Edition(9, 12, 1), "2024-11-06"),
    (Edition(9, 13, 0), "2024-11-10"),
    (Edition(9, 14, 0), "2024-11-11"),
    (Edition(9, 15, 0), "2024-12-02"),
    (Edition(9, 15, 2), "2024-12-16"),
    (Edition(9, 18, 0), "2025-02-06"),
    (Edition(9, 20, 0), "2025-02-17"),
    (Edition(10, 0, 0), "2025-05-25"),
    (Edition(10, 1, 0), "2025-06-12"),
];

const LAST: u16 = u16::MAX;

impl Edition {
    /// The newest of the seventh version.
    pub(super) const SEVEN: Self = Self(7, 34, 6);

    /// The one current on a day (`YYYY-MM-DD`); the newest where the day is unknown.
    pub(super) fn on(date: &str) -> Self {
        let published = PUBLISHED.iter().rev().find(|(_, day)| date.is_empty() || *day <= date);
        published.map_or(Self(7, 0, 0), |(edition, _)| *edition)
    }

    /// What the repository's workflows and dependencies pin, as it stood on that day; `None` where they pin nothing.
    pub(super) fn pinned(files: &Files, date: &str) -> Option<Self> {
        let workflows = files.paths().filter(|path| path.starts_with(".github/workflows/"));
        let texts = workflows.chain(["pyproject.toml", "setup.cfg"]).filter_map(|path| files.text(path));
        let pin = texts.flat_map(mentions).find_map(pin)?;
        Some(match pin {
            Pin::Exactly(edition) => edition,
            Pin::AtMost(edition) => edition.min(Self::on(date)),
        })
    }
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pin {
    Exactly(Edition),
    AtMost(Edition),
}

/// What follows the tool's name, to the end of the line, wherever it is named as an action or as a package.
fn mentions(text: &str) -> impl Iterator<Item = &str> {
    text.split("python-semantic-release").skip(1).map(|after| after.lines().next().unwrap_or_default())
}

fn pin(after: &str) -> Option<Pin> {
    let after = after.strip_prefix("/publish-action").unwrap_or(after);
    if let Some(reference) = after.strip_prefix('@') {
        // A commit's hash is told apart by the version in the comment behind it.
        let version = reference.strip_prefix('v').or_else(|| Some(reference.split_once("# v")?.1))?;
        return Some(upto(version));
    }
    let after = match after.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => after,
    };
    let asked = after.trim_start_matches([' ', '"', '\'', '=', '{', '\t']);
    let asked = asked.strip_prefix("version").map_or(asked, |rest| rest.trim_start_matches([' ', '"', '\'', '=']));
    if after.trim_start().starts_with("==") || asked.starts_with(|c: char| c.is_ascii_digit()) {
        return numbers(asked).0.map(|_| upto(asked));
    }
    for (at, c) in asked.char_indices() {
        let rest = asked.get(at + 1..).unwrap_or_default();
        let (version, count) = numbers(rest.trim_start_matches(['=', ' ']));
        let Some(version) = version else { continue };
        let Edition(major, minor, patch) = version;
        return Some(match c {
            '^' => Pin::AtMost(Edition(major, LAST, LAST)),
            '~' if count < 3 && rest.starts_with('=') => Pin::AtMost(Edition(major, LAST, LAST)),
            '~' => Pin::AtMost(Edition(major, minor, LAST)),
            '<' if rest.starts_with('=') => Pin::AtMost(version),
            '<' => Pin::AtMost(match (major, minor, patch) {
                (major, minor, patch @ 1..) => Edition(major, minor, patch - 1),
                (major, minor @ 1.., _) => Edition(major, minor - 1, LAST),
                (major, ..) => Edition(major.saturating_sub(1), LAST, LAST),
            }),
            _ => continue,
        });
    }
    None
}

/// The newest version a reference such as `9`, `9.8` or `9.8.3` stands for.
fn upto(text: &str) -> Pin {
    match numbers(text) {
        (Some(edition), 3..) => Pin::Exactly(edition),
        (Some(Edition(major, minor, _)), 2) => Pin::AtMost(Edition(major, minor, LAST)),
        (Some(Edition(major, ..)), _) => Pin::AtMost(Edition(major, LAST, LAST)),
        (None, _) => Pin::AtMost(Edition(LAST, LAST, LAST)),
    }
}

/// The numbers a text begins with, and how many there are.
fn numbers(text: &str) -> (Option<Edition>, usize) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let mut read = text.get(..end).unwrap_or_default().split('.').map_while(|number| number.parse::<u16>().ok());
    let Some(major) = read.next() else { return (None, 0) };
    let (minor, patch) = (read.next(), read.next());
    let count = 1 + usize::from(minor.is_some()) + usize::from(patch.is_some());
    (Some(Edition(major, minor.unwrap_or(0), patch.unwrap_or(0))), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<Pin>) {
        assert_eq!(mentions(line).find_map(pin), expected, "{line}");
    }

    #[test]
    fn pins_are_read_where_they_stand() {
        let exactly = |major, minor, patch| Some(Pin::Exactly(Edition(major, minor, patch)));
        let at_most = |major, minor, patch| Some(Pin::AtMost(Edition(major, minor, patch)));
        check("uses: python-semantic-release/python-semantic-release@v9.8.3", exactly(9, 8, 3));
        check("uses: python-semantic-release/python-semantic-release@v8", at_most(8, LAST, LAST));
        check("uses: python-semantic-release/python-semantic-release@0123abc # v9.21.0", exactly(9, 21, 0));
        check("uses: python-semantic-release/python-semantic-release@master", None);
        check("uses: python-semantic-release/publish-action@v9.8.9", exactly(9, 8, 9));
        check("run: pip install python-semantic-release==8.7.0", exactly(8, 7, 0));
        check("run: pip install 'python-semantic-release>=8,<9'", at_most(8, LAST, LAST));
        check("\"python-semantic-release[x]~=9.8\",", at_most(9, LAST, LAST));
        check("\"python-semantic-release~=9.8.1\",", at_most(9, 8, LAST));
        check("python-semantic-release = \"^7.34.0\"", at_most(7, LAST, LAST));
        check("python-semantic-release = {version = \"^9\"}", at_most(9, LAST, LAST));
        check("python-semantic-release = \"*\"", None);
        check("# see python-semantic-release's docs", None);
    }

    #[test]
    fn without_a_pin_the_day_tells() {
        assert_eq!(Edition::on("2022-01-01"), Edition(7, 0, 0));
        assert_eq!(Edition::on("2024-10-09"), Edition(9, 10, 0));
        assert_eq!(Edition::on(""), Edition(10, 1, 0));
        let files = Files::of([("pyproject.toml", "python-semantic-release = \"^9.0\"")]);
        assert_eq!(Edition::pinned(&files, "2026-01-01"), Some(Edition(9, LAST, LAST)));
        assert_eq!(Edition::pinned(&files, "2024-06-01"), Some(Edition(9, 8, 0)));
    }
}

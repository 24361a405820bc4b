//! How librarian (googleapis, 1.0) reads a message: `legacygitrepo/conventional_commits.go`. One message may hold several
//! commits: nested ones between marks, and every line of the body that looks like a header.

/// A commit that was read in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// `feat`.
    pub kind: &'a str,
    /// What stands behind the colon, with the lines up to the next blank one.
    pub subject: String,
    /// The library named in brackets, here or in a header before; `None` where none is.
    pub library: Option<&'a str>,
    /// The libraries that the footer `Library-IDs` names.
    pub libraries: Option<&'a str>,
    /// Whether it breaks something.
    pub breaking: bool,
    /// Whether it stands between the marks of nested commits.
    pub nested: bool,
}

/// Every commit in a message; of several with the same subject for the same library the first.
#[must_use]
pub fn read(message: &str) -> Vec<Commit<'_>> {
    let message = overriding(message);
    let mut parts = message.split("BEGIN_NESTED_COMMIT");
    let mut commits = Vec::new();
    if let Some(first) = parts.next() {
        part(first.trim(), false, &mut commits);
    }
    for nested in parts {
        if let Some((nested, _)) = nested.split_once("END_NESTED_COMMIT") {
            part(nested.trim(), true, &mut commits);
        }
    }
    let mut seen = std::collections::HashSet::new();
    commits.retain(|commit: &Commit<'_>| seen.insert((commit.subject.clone(), commit.library)));
    commits
}

/// What stands between the marks of an override, the older spelling first; else the whole message.
fn overriding(message: &str) -> &str {
    for (begin, end) in [("BEGIN_COMMIT_OVERRIDE", "END_COMMIT_OVERRIDE"), ("BEGIN_COMMIT", "END_COMMIT")] {
        if let Some((_, behind)) = message.split_once(begin) {
            return behind.split_once(end).map_or(message, |(inside, _)| inside.trim());
        }
    }
    message
}

fn part<'a>(text: &'a str, nested: bool, commits: &mut Vec<Commit<'a>>) {
    if text.is_empty() {
        return;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let (body, footers) = lines.split_at_checked(footers_from(&lines)).unwrap_or((&lines, &[]));
    let first = commits.len();
    let mut library = None;
    let mut separated = false;
    for line in body {
        if let Some((kind, breaking, subject)) = header(line) {
            if let Some((_, rest)) = subject.split_once('[')
                && let Some((name, _)) = rest.split_once(']').filter(|(name, _)| !name.is_empty())
            {
                library = Some(name);
            }
            let subject = subject.to_owned();
            commits.push(Commit { kind, subject, library, libraries: None, breaking, nested });
            separated = false;
            continue;
        }
        let line = line.trim();
        if line.is_empty() {
            separated = true;
        } else if let Some(commit) = commits.get_mut(first..).and_then(<[_]>::last_mut).filter(|_| !separated) {
            commit.subject.push(' ');
            commit.subject.push_str(line);
        }
    }
    let breaks = footers.iter().any(|line| footer(line).is_some_and(|(key, _)| key == "BREAKING CHANGE"));
    let libraries = footers.iter().filter_map(|line| footer(line)).find(|(key, _)| *key == "Library-IDs");
    for commit in commits.iter_mut().skip(first) {
        commit.subject = commit.subject.trim().to_owned();
        commit.breaking |= breaks;
        commit.libraries = libraries.map(|(_, named)| named.trim());
    }
}

/// Where the footers begin: behind the first blank line that one of them follows.
fn footers_from(lines: &[&str]) -> usize {
    let blank = |line: &str| line.trim().is_empty();
    let mut before_blank = None;
    for (at, line) in lines.iter().enumerate() {
        if blank(line) {
            before_blank = before_blank.or(Some(at));
        } else if let Some(start) = before_blank.take()
            && footer(line).is_some()
        {
            return start;
        }
    }
    lines.len()
}

/// `^([A-Za-z-]+|BREAKING CHANGE):(.*)`.
fn footer(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let word = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    (word || key == "BREAKING CHANGE").then_some((key, value))
}

/// `^(\w+)(?:\((.*)\))?(!)?:\s?(.*)`, the parenthesis as far as it reaches: type, exclamation mark, description.
fn header(line: &str) -> Option<(&str, bool, &str)> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let end = line.bytes().position(|byte| !word(byte)).filter(|end| *end > 0)?;
    let (kind, rest) = line.split_at_checked(end)?;
    let scoped = || {
        let inside = rest.strip_prefix('(')?;
        let [plain, marked] = ["):", ")!:"].map(|close| inside.rfind(close).map(|at| (at, close)));
        let (at, close) = plain.max(marked)?;
        Some((close == ")!:", inside.get(at + close.len()..)?))
    };
    let bare = || rest.strip_prefix("!:").map(|rest| (true, rest)).or_else(|| Some((false, rest.strip_prefix(':')?)));
    let (breaking, description) = scoped().or_else(bare)?;
    Some((kind, breaking, description.strip_prefix([' ', '\t', '\r', '\u{c}']).unwrap_or(description)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        let told = |commit: &Commit<'_>| {
            let mark = if commit.breaking { "!" } else { "" };
            let nested = if commit.nested { "nested " } else { "" };
            format!("{nested}{}{mark}: {}", commit.kind, commit.subject)
        };
        assert_eq!(read(message).iter().map(told).collect::<Vec<_>>(), expected, "{message:?}");
    }

    #[test]
    fn headers_are_read_wherever_they_stand() {
        check("feat(a): b (#1)\n\nc", &["feat: b (#1)"]);
        check("feat(a(b)): c): d\ne", &["feat: d e"]);
        check("fix!: a", &["fix!: a"]);
        check("fix(a)!:b", &["fix!: b"]);
        check("fix(a: b", &[]);
        check("no type", &[]);
        check(": a", &[]);
        // A header without a scope behind a blank line looks like a footer, and ends the message.
        check("feat: a (#1)\n\nfeat: b\nfeat: c", &["feat: a (#1)"]);
        check("feat(x): a (#1)\n\nfeat(x): b\nc\nfeat(x): d\n\ne", &["feat: a (#1)", "feat: b c", "feat: d"]);
        check("feat(x): a\n\nfeat(x): a", &["feat: a"]);
    }

    #[test]
    fn footers_break_for_all_and_name_libraries() {
        check("fix: a\n\nb\n\nBREAKING CHANGE: c", &["fix!: a"]);
        check("fix: a\n\nb\nBREAKING CHANGE: c", &["fix: a"]);
        let read = read("fix: [a-b] c\n\nLibrary-IDs: a-b,d");
        assert_eq!(read.first().map(|commit| (commit.library, commit.libraries)), Some((Some("a-b"), Some("a-b,d"))));
    }

    #[test]
    fn marks_replace_and_nest() {
        check("chore: a\nBEGIN_COMMIT_OVERRIDE\nfix: b\nEND_COMMIT_OVERRIDE", &["fix: b"]);
        check("chore: a\n\nBEGIN_COMMIT\nfeat: b\nEND_COMMIT", &["feat: b"]);
        check("chore: a\n\nBEGIN_COMMIT\nfeat: b", &["chore: a", "feat: b"]);
        check("feat: a\nBEGIN_NESTED_COMMIT\nfix: b\nEND_NESTED_COMMIT x", &["feat: a", "nested fix: b"]);
        check("feat: a\nBEGIN_NESTED_COMMIT\nfix: b", &["feat: a"]);
    }
}

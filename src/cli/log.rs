//! Messages from stdin: lines of JSON, or what `git log` prints.

use serde_json::{Map, Value};
use std::io::{BufRead, Lines};
use std::iter::Peekable;

/// The messages of a stream, each an object with `id` and `message` as it will be written back. A stream that begins as
/// `git log` does is read as its default format (or `full`, `fuller`, `raw`), in which a message stands indented by four
/// blanks and what is not indented (headers, `--stat`, `-p`) belongs to no message; the id is the hash. Everything else is
/// a line of JSON for each message.
///
/// An item is an error where a line cannot be read: invalid UTF-8, or JSON that is no object.
pub struct Messages<R: BufRead> {
    lines: Peekable<Lines<R>>,
}

impl<R: BufRead> Messages<R> {
    /// The messages of `reader`.
    pub fn of(reader: R) -> Self {
        Messages { lines: reader.lines().peekable() }
    }

    /// A commit of `git log`; its first line was read.
    fn commit(&mut self, hash: &str) -> Result<Map<String, Value>, String> {
        let mut message: Option<String> = None;
        let mut over = false;
        // The stream ends here, or another commit begins, or a line cannot be read, which is said there.
        while let Some(line) = self.lines.next_if(|line| line.as_ref().is_ok_and(|line| hash_of(line).is_none())) {
            let line = line.map_err(|error| error.to_string())?;
            match (line.strip_prefix("    ").filter(|_| !over), &mut message) {
                (Some(text), Some(message)) => {
                    message.push('\n');
                    message.push_str(text);
                }
                (Some(text), none) => *none = Some(text.to_owned()),
                (None, message) => over |= message.is_some() && !line.is_empty(),
            }
        }
        let message = message.unwrap_or_default();
        let pair = |key: &str, text: &str| (key.to_owned(), Value::from(text));
        Ok([pair("id", hash), pair("message", message.trim_end_matches('\n'))].into_iter().collect())
    }
}

/// The hash of the line that begins a commit.
fn hash_of(line: &str) -> Option<&str> {
    let hash = line.strip_prefix("commit ")?.split(' ').next()?;
    (hash.len() >= 4 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hash)
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = Result<Map<String, Value>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.lines.next()? {
            Ok(line) => line,
            Err(error) => return Some(Err(error.to_string())),
        };
        if let Some(hash) = hash_of(&line) {
            return Some(self.commit(hash));
        }
        let wrong = |error| format!("expected a line {{\"id\": …, \"message\": …}}, or what `git log` prints: {error}");
        Some(serde_json::from_str(&line).map_err(wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::Messages;

    fn check(input: &str, expected: &[(&str, &str)]) {
        let found: Vec<_> = Messages::of(input.as_bytes()).map(|message| message.expect("can be read")).collect();
        let found: Vec<_> = found
            .iter()
            .map(|message| (message["id"].as_str().unwrap(), message["message"].as_str().unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_of_json() {
        check(
            "{\"id\":\"1\",\"message\":\"feat: a\"}\n{\"id\":\"2\",\"message\":\"\"}\n",
            &[("1", "feat: a"), ("2", "")],
        );
    }

    #[test]
    fn what_git_log_prints() {
        check(
            "commit abcdef0 (HEAD -> main)\nMerge: 1 2\nAuthor: A <a@example.com>\nDate:   now\n\n    feat: a\n    \n      * b\n    commit 1234567\n\ncommit 1234567\nAuthor: A\n\n    fix: c\n",
            &[("abcdef0", "feat: a\n\n  * b\ncommit 1234567"), ("1234567", "fix: c")],
        );
    }

    #[test]
    fn a_diff_behind_the_message_is_not_of_it() {
        check("commit abcdef0\n\n    feat: a\n\n a.txt | 1 +\n@@ -1 +1 @@\n     let b;\n", &[("abcdef0", "feat: a")]);
    }

    #[test]
    fn an_empty_message_is_one() {
        check("commit abcdef0\nAuthor: A\n\ncommit abcdef1\nAuthor: A\n", &[("abcdef0", ""), ("abcdef1", "")]);
    }

    #[test]
    fn what_is_neither_is_an_error() {
        let found: Vec<_> = Messages::of("hello\n".as_bytes()).collect();
        assert!(matches!(found.as_slice(), [Err(text)] if text.contains("git log")));
    }
}

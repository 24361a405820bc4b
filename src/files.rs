//! The repository's own files, as far as they were read, and the values in them.
//!
//! Whatever a file is written in (JSON, YAML, TOML), its value is a [`serde_json::Value`]: a tool's reader asks for a
//! key and does not mind the syntax.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// What is known of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// It is there, and this is its text.
    Present(String),
    /// It is not there.
    Absent,
    /// It is there, but could not be read; why, for a person.
    Unread(String),
}

/// The files of the base branch, by path from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, File>,
}

/// A file that is there but does not say what its format promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The file's path.
    pub path: String,
    /// What is wrong, in the parser's words, on one line.
    pub reason: String,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// How many values a YAML file may hold: a bomb of aliases ends here, a real configuration is far below.
const YAML_VALUES: usize = 100_000;
/// How deep values may lie in each other, in every format.
const DEPTH: usize = 100;

impl Files {
    /// Notes what is known of a file.
    pub fn insert(&mut self, path: &str, file: File) {
        self.files.insert(path.to_owned(), file);
    }

    /// Files given as path and text, all present.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let present = |(path, text): (&str, &str)| (path.to_owned(), File::Present(text.to_owned()));
        Self { files: files.into_iter().map(present).collect() }
    }

    /// What is known of a file; `None` where nobody asked.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The text of a file that is there.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.files.get(path) {
            Some(File::Present(text)) => Some(text),
            _ => None,
        }
    }

    /// The paths of the files whose text is known, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, file)| matches!(file, File::Present(_))).map(|(path, _)| path.as_str())
    }

    /// The value of a file; `None` where it is not there or was not read. The format follows the name: `.json`,
    /// `.yaml`/`.yml`, `.toml`; anything else is YAML, which reads JSON as well.
    ///
    /// # Errors
    /// Where the text is not of its format.
    pub fn value(&self, path: &str) -> Result<Option<Value>, Malformed> {
        let Some(text) = self.text(path) else { return Ok(None) };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let name = path.rsplit('/').next().unwrap_or(path);
        let parsed = match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("json") => serde_json::from_str(text).map_err(|error| error.to_string()),
            #[cfg(feature = "more")]
            Some("toml") => toml::from_str::<Value>(text).map_err(|error| error.message().to_owned()),
            // The base module has no reader of TOML: the tools that write it are elsewhere (`tool::elsewhere`).
            #[cfg(not(feature = "more"))]
            Some("toml") => Err("TOML is not read here".to_owned()),
            _ => yaml(text),
        };
        parsed.map(Some).map_err(|reason| Malformed {
            path: path.to_owned(),
            reason: reason.lines().next().unwrap_or_default().to_owned(),
        })
    }
}

/// One step on the way into a YAML document.
enum Frame {
    Sequence(Vec<Value>, usize),
    Mapping(Map<String, Value>, Option<String>, usize),
}

/// The value of a YAML document (1.2, core schema, as npm's `yaml` and `js-yaml` read it), with a limit on how much
/// aliases may copy. Only the first document counts.
///
/// # Errors
/// What the parser says, or that the document is too large or too deep.
pub fn yaml(text: &str) -> Result<Value, String> {
    let mut stack: Vec<Frame> = Vec::new();
    let mut anchors: BTreeMap<usize, (Value, usize)> = BTreeMap::new();
    let mut total = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        let (value, anchor, size) = match event {
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor, 1),
            Event::Alias(id) => {
                let (value, size) = anchors.get(&id).cloned().ok_or("an alias without its anchor")?;
                (value, 0, size)
            }
            Event::SequenceStart(anchor, _) => {
                stack.push(Frame::Sequence(Vec::new(), anchor));
                if stack.len() > DEPTH {
                    return Err(format!("values lie deeper than {DEPTH} levels"));
                }
                continue;
            }
            Event::MappingStart(anchor, _) => {
                stack.push(Frame::Mapping(Map::new(), None, anchor));
                if stack.len() > DEPTH {
                    return Err(format!("values lie deeper than {DEPTH} levels"));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Frame::Sequence(values, anchor)) => (Value::Array(values), anchor, 1),
                Some(Frame::Mapping(map, _, anchor)) => (Value::Object(map), anchor, 1),
                None => continue,
            },
            Event::DocumentEnd => return Ok(Value::Null),
            _ => continue,
        };
        total += size;
        if total > YAML_VALUES {
            return Err(format!("more than {YAML_VALUES} values, aliases counted"));
        }
        if anchor != 0 {
            let size = weight(&value);
            anchors.insert(anchor, (value.clone(), size));
        }
        match stack.last_mut() {
            None => return Ok(value),
            Some(Frame::Sequence(values, _)) => values.push(value),
            Some(Frame::Mapping(map, key, _)) => match key.take() {
                None => *key = Some(key_of(&value)),
                // The merge key of YAML 1.1, which GitHub's own and most readers still take.
                Some(merge) if merge == "<<" => merge_into(map, value),
                Some(name) => {
                    map.insert(name, value);
                }
            },
        }
    }
    Ok(Value::Null)
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(weight).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(weight).sum::<usize>(),
        _ => 1,
    }
}

fn merge_into(map: &mut Map<String, Value>, value: Value) {
    let sources = match value {
        Value::Array(sources) => sources,
        other => vec![other],
    };
    for source in sources {
        if let Value::Object(source) = source {
            for (key, value) in source {
                map.entry(key).or_insert(value);
            }
        }
    }
}

fn key_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if number {
        if let Ok(whole) = text.parse::<i64>() {
            return Value::Number(whole.into());
        }
        // A number is kept as it is written; nobody calculates with it.
        if let Ok(fraction) = serde_json::from_str::<Number>(text) {
            return Value::Number(fraction);
        }
    }
    Value::String(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_reads_what_configurations_hold() {
        let text = "branches: [main, {name: beta, prerelease: true}]\nplugins:\n  - - '@semantic-release/commit-analyzer'\n    - preset: angular\n";
        let expected = json!({"branches": ["main", {"name": "beta", "prerelease": true}],
            "plugins": [["@semantic-release/commit-analyzer", {"preset": "angular"}]]});
        assert_eq!(yaml(text).unwrap(), expected);
        assert_eq!(yaml("{\"a\": [1, 2.5, null, \"x\"]}").unwrap(), json!({"a": [1, 2.5, null, "x"]}));
        assert_eq!(
            yaml("base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\n").unwrap(),
            json!({"base": {"x": 1}, "use": {"x": 1, "y": 2}})
        );
        assert_eq!(yaml("").unwrap(), Value::Null);
    }

    #[test]
    fn a_yaml_bomb_ends_in_an_error() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb = format!("{bomb}a{level}: &a{level} [{below}]\n");
        }
        assert!(yaml(&bomb).unwrap_err().contains("aliases counted"));
        assert!(yaml(&"[".repeat(5000)).is_err());
    }

    #[test]
    fn a_file_that_is_not_of_its_format_says_so() {
        let files = Files::of([(".releaserc.json", "{oops"), ("cog.toml", "x = ")]);
        assert!(files.value(".releaserc.json").unwrap_err().to_string().starts_with(".releaserc.json: "));
        assert!(files.value("cog.toml").is_err());
        assert_eq!(files.value("absent.json"), Ok(None));
    }
}

//! Answers, read with care: every value is asked for by its place, and what is not there is an [`Error`] that says
//! what was expected and where.

use super::{Error, ErrorKind, Request, Response};
use serde_json::Value;

/// No forge's answer is larger; what is, is not read.
const LARGEST: usize = 48 * 1024 * 1024;

/// A value and the way to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'v, 'p> {
    value: &'v Value,
    step: Step<'p>,
    parent: Option<&'p Node<'v, 'p>>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Root(&'p str),
    Key(&'p str),
    Index(usize),
}

/// Stands for what is not there.
static NOTHING: Value = Value::Null;

/// The JSON of an answer.
pub(super) fn json(request: &Request, response: &Response) -> Result<Value, Error> {
    let what = label(&request.url);
    if response.body.len() > LARGEST {
        return Err(garbage(format!("{what}: expected at most {LARGEST} bytes, found {}", response.body.len())));
    }
    serde_json::from_str(&response.body).map_err(|error| garbage(format!("{what}: expected JSON: {error}")))
}

/// An answer whose status was fine and whose content is not.
pub(super) fn garbage(at: String) -> Error {
    Error { kind: ErrorKind::Garbage, at }
}

/// A request's address as far as a person wants to know it: `pulls/42`.
pub(super) fn label(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let rest = ["/repos/", "/repositories/"].iter().find_map(|mark| path.split_once(mark).map(|(_, rest)| rest));
    let below = rest.unwrap_or_else(|| path.splitn(4, '/').nth(3).unwrap_or(path));
    // The owner's and the repository's name go before everything but GraphQL.
    let tail = below.splitn(3, '/').nth(2).unwrap_or(below);
    tail.chars().take(120).collect()
}

impl<'v, 'p> Node<'v, 'p> {
    /// The whole of an answer.
    pub fn root(what: &'p str, value: &'v Value) -> Self {
        Self { value, step: Step::Root(what), parent: None }
    }

    /// The value of a key, or nothing.
    pub fn get<'n>(&'n self, key: &'n str) -> Node<'v, 'n>
    where
        'p: 'n,
    {
        Node { value: self.value.get(key).unwrap_or(&NOTHING), step: Step::Key(key), parent: Some(self) }
    }

    /// Whether there is nothing here: no such key, or null.
    pub fn is_nothing(&self) -> bool {
        self.value.is_null()
    }

    /// A string.
    pub fn text(&self) -> Result<&'v str, Error> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// A string, or nothing where nothing is there.
    pub fn text_or_nothing(&self) -> Result<&'v str, Error> {
        if self.is_nothing() { Ok("") } else { self.text() }
    }

    /// A number from 0.
    pub fn number(&self) -> Result<u64, Error> {
        self.value.as_u64().ok_or_else(|| self.expected("a number"))
    }

    /// Whether it is true; nothing is not.
    pub fn flag(&self) -> Result<bool, Error> {
        if self.is_nothing() { Ok(false) } else { self.value.as_bool().ok_or_else(|| self.expected("true or false")) }
    }

    /// That it is an object.
    pub fn object(&self) -> Result<&'v serde_json::Map<String, Value>, Error> {
        self.value.as_object().ok_or_else(|| self.expected("an object"))
    }

    /// What `read` makes of each item of a list.
    pub fn each<T>(&self, mut read: impl FnMut(&Node<'v, '_>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let items = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        let node = |(index, value)| Node { value, step: Step::Index(index), parent: Some(self) };
        items.iter().enumerate().map(|item| read(&node(item))).collect()
    }

    /// The items of a list, as they are; none where it is none.
    pub fn items(&self) -> impl Iterator<Item = &'v Value> {
        self.value.as_array().into_iter().flatten()
    }

    /// How many items a list has; 0 where it is none.
    #[cfg(feature = "more")]
    pub fn count(&self) -> usize {
        self.value.as_array().map_or(0, Vec::len)
    }

    /// What was expected here.
    pub fn expected(&self, what: &str) -> Error {
        let mut steps = vec![self.step];
        let mut above = self.parent;
        while let Some(node) = above {
            steps.push(node.step);
            above = node.parent;
        }
        let (mut root, mut path) = ("answer", String::new());
        for step in steps.into_iter().rev() {
            path = match step {
                Step::Root(name) => {
                    root = name;
                    path
                }
                Step::Key(key) if path.is_empty() => key.to_owned(),
                Step::Key(key) => format!("{path}.{key}"),
                Step::Index(index) => format!("{path}[{index}]"),
            };
        }
        let place = if path.is_empty() { path } else { format!(" at {path}") };
        garbage(format!("{root}: expected {what}{place}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_say_what_was_expected_and_where() {
        let value = json!({"title": 7, "commits": [{"sha": "a"}, {}]});
        let root = Node::root("pulls/42", &value);
        assert_eq!(root.get("title").text().unwrap_err().at, "pulls/42: expected a string at title");
        let shas = root.get("commits").each(|commit| commit.get("sha").text());
        assert_eq!(shas.unwrap_err().at, "pulls/42: expected a string at commits[1].sha");
        assert_eq!(root.get("a").get("b").number().unwrap_err().at, "pulls/42: expected a number at a.b");
        assert_eq!(root.text().unwrap_err().at, "pulls/42: expected a string");
    }

    #[test]
    fn labels_name_the_request() {
        assert_eq!(label("https://api.github.com/repos/acme/widgets/pulls/42"), "pulls/42");
        assert_eq!(
            label("https://bitbucket.org/!api/2.0/repositories/acme/widgets/refs/tags?pagelen=100"),
            "refs/tags"
        );
        assert_eq!(label("https://api.github.com/graphql"), "graphql");
        assert_eq!(label("https://api.github.com/repos/acme/widgets"), "acme/widgets");
        assert_eq!(label("https://github.com/acme/widgets/tree-list/0a1b"), "tree-list/0a1b");
    }
}

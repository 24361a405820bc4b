//! The key `changelogen`.

use serde_json::{Map, Value, json};
use squashcast::reading::changelogen;

/// What `Object.prototype` answers with a function: as a scope it is looked up in the empty `scopeMap` and found there,
/// and a function is left out of JSON.
const INHERITED_FUNCTIONS: [&str; 11] = [
    "constructor",
    "__defineGetter__",
    "__defineSetter__",
    "hasOwnProperty",
    "__lookupGetter__",
    "__lookupSetter__",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toString",
    "valueOf",
    "toLocaleString",
];

/// How the tool's default types bump.
fn bump(kind: &str) -> Option<&'static str> {
    match kind {
        "feat" => Some("minor"),
        "perf" | "fix" | "refactor" | "docs" | "build" | "types" => Some("patch"),
        _ => None,
    }
}

/// What changelogen says of a message.
pub fn says(message: &str) -> Value {
    let Some(reading) = changelogen::read(message) else { return json!({"bump": null}) };
    let mut said = Map::new();
    said.insert("type".to_owned(), reading.kind.into());
    match reading.scope {
        "__proto__" => {
            said.insert("scope".to_owned(), json!({}));
        }
        scope if INHERITED_FUNCTIONS.contains(&scope) => {}
        scope => {
            said.insert("scope".to_owned(), scope.into());
        }
    }
    said.insert("breaking".to_owned(), reading.breaking.into());
    said.insert("description".to_owned(), reading.description.into());
    said.insert("bump".to_owned(), if reading.breaking { "major".into() } else { bump(reading.kind).into() });
    Value::Object(said)
}

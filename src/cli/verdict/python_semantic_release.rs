//! The key `python-semantic-release`.

use serde_json::{Value, json};
use squashcast::bump::Bump;
use squashcast::reading::python_semantic_release::{Options, Parser, read, unsquash};

fn bump_name(bump: Bump) -> &'static str {
    match bump {
        Bump::None => "no_release",
        other => other.name(),
    }
}

/// What python-semantic-release's conventional parser says of a message.
pub fn says(message: &str) -> Value {
    let options = Options::new(Parser::Conventional);
    let mut parts = unsquash(message, &options);
    if parts.is_empty() {
        parts.push(message.to_owned());
    }
    let readings: Vec<_> = parts.iter().map(|part| read(part, &options)).collect();
    let highest = readings.iter().flatten().map(|reading| reading.bump).max().unwrap_or_default();
    let parts: Vec<Value> = readings
        .into_iter()
        .map(|reading| {
            reading.map_or(Value::Null, |reading| {
                json!({"type": reading.kind, "scope": reading.scope, "bump": bump_name(reading.bump),
                    "descriptions": reading.descriptions, "breaking": reading.breaking})
            })
        })
        .collect();
    json!({"parts": parts, "bump": bump_name(highest)})
}

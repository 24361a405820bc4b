//! The key `commitlint`.

use serde_json::{Value, json};
use squashcast::reading::commitlint::{Level, Rule, config_conventional, lint, names};
use std::sync::OnceLock;

/// What commitlint with config-conventional says of a message.
pub fn says(message: &str) -> Value {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    match lint(message, RULES.get_or_init(config_conventional), true) {
        Ok(broken) => json!({"errors": names(&broken, Level::Error), "warnings": names(&broken, Level::Warning)}),
        Err(refusal) => json!({"throws": refusal.to_string()}),
    }
}

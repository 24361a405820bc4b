//! What JavaScript hands over, read member by member: what is not of its type counts as missing.

use crate::page::{Dialog, PageContext};
use crate::preview::RepositorySettings;
use crate::pull_request::State;
use wasm_bindgen::{JsCast, JsValue};

/// More suggestions than there are methods are none of a forge's.
const SUGGESTIONS: usize = 8;

/// A member of an object; undefined where it has none of that name or is none.
pub fn member(of: &JsValue, name: &str) -> JsValue {
    let found = of.is_object().then(|| js_sys::Reflect::get(of, &JsValue::from_str(name)).ok());
    found.flatten().unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a text.
pub fn text(of: &JsValue, name: &str) -> Option<String> {
    member(of, name).as_string()
}

/// What stands on the page.
pub fn page(of: &JsValue) -> PageContext {
    let state = text(of, "state").and_then(|name| {
        let states =
            [("open", State::Open), ("draft", State::Draft), ("merged", State::Merged), ("closed", State::Closed)];
        states.into_iter().find(|(known, _)| *known == name).map(|(_, state)| state)
    });
    let dialog = |of: &JsValue| Dialog {
        title: text(of, "title"),
        body: text(of, "body"),
        method: text(of, "method"),
        merge: text(of, "merge"),
    };
    let open = member(of, "dialog");
    let suggestions = member(of, "suggestions");
    let suggestions = suggestions.dyn_ref::<js_sys::Array>().into_iter().flat_map(js_sys::Array::iter);
    PageContext {
        url: text(of, "url").unwrap_or_default(),
        forge: text(of, "forge").unwrap_or_default(),
        root: text(of, "root"),
        title: text(of, "title"),
        title_edited: member(of, "titleEdited").as_bool().unwrap_or_default(),
        description: text(of, "description"),
        base: text(of, "base"),
        head: text(of, "head"),
        state,
        commits: member(of, "commits").as_f64().and_then(count),
        dialog: open.is_object().then(|| dialog(&open)),
        method: text(of, "method"),
        suggestions: suggestions.take(SUGGESTIONS).map(|each| dialog(&each)).collect(),
    }
}

/// A whole number.
fn count(number: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, and is compared")]
    let whole = number as u32;
    (f64::from(whole) - number).abs().eq(&0.0).then_some(whole)
}

/// What the user has chosen for a repository.
pub fn settings(of: &JsValue, repository: &str) -> RepositorySettings {
    let chosen = member(&member(of, "repositories"), repository);
    RepositorySettings { tool: text(&chosen, "tool"), tag_pattern: text(&chosen, "tagPattern") }
}

//! What was asked before: in this worker while it lives, and in the session's storage, which outlives it.

use crate::forge::{ErrorKind, Request};
use crate::preview::{Answer, Failure};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// For how long a failure keeps a request from being sent again, in milliseconds.
const REFUSED: u64 = 60_000;
/// The longest answer that is kept in the session's storage (which holds 10 MB in all), in bytes.
const STORED: usize = 1_000_000;

/// What came of a request.
#[derive(Clone, Serialize, Deserialize)]
pub struct Memory {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What came.
    pub result: Result<Answer, Failure>,
}

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, Memory>> = const { RefCell::new(BTreeMap::new()) };
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = get, catch)]
    async fn session_get(keys: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = set, catch)]
    async fn session_set(items: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = clear, catch)]
    async fn session_clear() -> Result<JsValue, JsValue>;
}

/// Whether what came of a request still speaks for it.
fn holds(memory: &Memory, now: u64) -> bool {
    match &memory.result {
        Ok(_) => true,
        Err(failure) => match failure.kind {
            ErrorKind::Limited { until: Some(until) } => now < until.saturating_mul(1000),
            _ => now.saturating_sub(memory.at) < REFUSED,
        },
    }
}

/// What is remembered of these requests.
pub async fn recall(requests: &[Request]) -> Vec<(Request, Result<Answer, Failure>)> {
    let now = super::fetch::now();
    let missing: Vec<String> = MEMORY
        .with_borrow(|memory| requests.iter().map(Request::key).filter(|key| !memory.contains_key(key)).collect());
    if !missing.is_empty() {
        load(&missing).await;
    }
    MEMORY.with_borrow(|memory| {
        let of = |request: &Request| {
            let memory = memory.get(&request.key()).filter(|memory| holds(memory, now))?;
            Some((request.clone(), memory.result.clone()))
        };
        requests.iter().filter_map(of).collect()
    })
}

async fn load(keys: &[String]) {
    let Ok(names) = serde_wasm_bindgen::to_value(keys) else { return };
    // A storage that does not answer is an empty one: the forge is asked instead.
    let Ok(found) = session_get(names).await else { return };
    for key in keys {
        let text = js_sys::Reflect::get(&found, &JsValue::from_str(key)).ok().and_then(|value| value.as_string());
        if let Some(memory) = text.and_then(|text| serde_json::from_str::<Memory>(&text).ok()) {
            MEMORY.with_borrow_mut(|known| known.insert(key.clone(), memory));
        }
    }
}

/// Remembers what came of a request.
pub async fn keep(key: &str, at: u64, result: &Result<Answer, Failure>) {
    let memory = Memory { at, result: result.clone() };
    let text = serde_json::to_string(&memory).unwrap_or_default();
    MEMORY.with_borrow_mut(|known| known.insert(key.to_owned(), memory));
    if text.is_empty() || text.len() > STORED {
        return;
    }
    let items = js_sys::Object::new();
    if js_sys::Reflect::set(&items, &JsValue::from_str(key), &JsValue::from_str(&text)).is_err() {
        return;
    }
    if session_set(items.clone().into()).await.is_err() {
        // Full: what is remembered can be asked again, so all of it makes room.
        if session_clear().await.is_ok() {
            let _ = session_set(items.into()).await;
        }
    }
}

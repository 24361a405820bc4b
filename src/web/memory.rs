//! What was asked before: in this worker while it lives, and in the session's storage, which outlives it. What the forge
//! said is kept as it said it, and read again: what an answer means is decided in one place.

use crate::forge::{ErrorKind, Request, Response};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// For how long a failure keeps a request from being sent again, in milliseconds.
const REFUSED: u64 = 60_000;
/// The longest answer that is kept in the session's storage (which holds 10 MB in all), in bytes.
const STORED: usize = 1_000_000;
/// The parts of answers that nobody reads and that make most of their length: patches, signatures, repositories.
const UNREAD: &[&str] = &["files", "verification", "_links", "repo", "summary", "rendered", "html_url", "statuses_url"];

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Memory {
    /// When it came or was confirmed, in milliseconds since 1970.
    pub at: u64,
    /// What came.
    pub response: Response,
    /// Whether no answer came because the forge took too long.
    pub timed_out: bool,
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

impl Memory {
    /// As it is stored: one line of JSON.
    fn written(&self) -> String {
        let headers = self.response.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        let fields = [
            ("at", Value::from(self.at)),
            ("status", Value::from(self.response.status)),
            ("timedOut", Value::from(self.timed_out)),
            ("headers", Value::Object(headers.collect())),
            ("body", Value::from(self.response.body.as_str())),
        ];
        Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()).to_string()
    }

    /// What was stored; `None` where it is not what this version writes.
    fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let header = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        Some(Self {
            at: value.get("at")?.as_u64()?,
            timed_out: value.get("timedOut")?.as_bool()?,
            response: Response {
                status: u16::try_from(value.get("status")?.as_u64()?).ok()?,
                headers: value.get("headers")?.as_object()?.iter().filter_map(header).collect(),
                body: value.get("body")?.as_str()?.to_owned(),
            },
        })
    }
}

/// An answer without the parts that nobody reads; as it was where it is no JSON.
fn slim(body: &str) -> String {
    fn cut(value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(cut),
            Value::Object(map) => {
                map.retain(|key, value| {
                    // Of a repository its name is enough.
                    let name = value.get("full_name").filter(|_| key == "repo").cloned();
                    let named = name.is_some();
                    if let Some(name) = name {
                        *value = name;
                    }
                    named || !UNREAD.contains(&key.as_str())
                });
                map.values_mut().for_each(cut);
            }
            _ => {}
        }
    }
    match serde_json::from_str::<Value>(body) {
        Ok(mut value) => {
            cut(&mut value);
            value.to_string()
        }
        Err(_) => body.to_owned(),
    }
}

/// Whether what came of a request still speaks for it; `trouble` is what kind of trouble it was, if any.
pub fn holds(memory: &Memory, trouble: Option<&ErrorKind>, now: u64) -> bool {
    match trouble {
        None => true,
        Some(ErrorKind::Limited { until: Some(until) }) => now < until.saturating_mul(1000),
        Some(_) => now.saturating_sub(memory.at) < REFUSED,
    }
}

/// What is remembered of these requests.
pub async fn recall(requests: &[Request]) -> Vec<(Request, Memory)> {
    let missing: Vec<String> = MEMORY
        .with_borrow(|memory| requests.iter().map(Request::key).filter(|key| !memory.contains_key(key)).collect());
    if !missing.is_empty() {
        load(&missing).await;
    }
    MEMORY.with_borrow(|memory| {
        let of = |request: &Request| Some((request.clone(), memory.get(&request.key())?.clone()));
        requests.iter().filter_map(of).collect()
    })
}

async fn load(keys: &[String]) {
    let names: js_sys::Array = keys.iter().map(|key| JsValue::from_str(key)).collect();
    // A storage that does not answer is an empty one: the forge is asked instead.
    let Ok(found) = session_get(names.into()).await else { return };
    for key in keys {
        let text = js_sys::Reflect::get(&found, &JsValue::from_str(key)).ok().and_then(|value| value.as_string());
        if let Some(memory) = text.and_then(|text| Memory::read(&text)) {
            MEMORY.with_borrow_mut(|known| known.insert(key.clone(), memory));
        }
    }
}

/// Remembers what came of a request.
pub async fn keep(request: &Request, memory: &Memory) {
    let key = &request.key();
    // A file of the repository is kept to the letter.
    let file = request.what.starts_with("file");
    let body = if file { memory.response.body.clone() } else { slim(&memory.response.body) };
    let memory = Memory { response: Response { body, ..memory.response.clone() }, ..memory.clone() };
    let text = memory.written();
    MEMORY.with_borrow_mut(|known| known.insert(key.to_owned(), memory));
    if text.len() > STORED {
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

/// Forgets everything, so that all of it is asked for again.
pub async fn forget() {
    MEMORY.with_borrow_mut(BTreeMap::clear);
    // A storage that does not answer has nothing to forget.
    let _ = session_clear().await;
}

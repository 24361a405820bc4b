//! wasm32 only: what JavaScript calls, and the I/O that the core asks for. No decisions.

mod fetch;
mod memory;

use crate::forge::{self, Access, FORGES};
use crate::page::PageContext;
use crate::preview::{Answer, Failure, Input, preview as decide};
use crate::tool::TOOLS;
use crate::wire::{PlaygroundCase, Settings};
use crate::{playground as by_hand, view};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// For how long an answer is taken as it is, in milliseconds; after that the forge is asked whether it still stands.
const FRESH: u64 = 60_000;
/// How many rounds of requests a preview may take: each kind of fact is asked for once, and once more elsewhere.
const ROUNDS: usize = 16;

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(JsValue::from)
}

fn write<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Previews a page: paints at once what is known, and again whenever more is, until nothing more is to come or
/// `signal` is aborted.
///
/// # Errors
/// Where the arguments are not of their types.
#[wasm_bindgen]
pub async fn preview(
    page: JsValue,
    settings: JsValue,
    tokens: JsValue,
    paint: js_sys::Function,
    signal: AbortSignal,
) -> Result<(), JsValue> {
    let page: PageContext = read(page)?;
    let settings: Settings = read(settings)?;
    let tokens: BTreeMap<String, String> = read(tokens)?;
    let Some((forge, place)) = forge::locate(&page.url) else { return Ok(()) };
    let chosen = settings.repositories.get(&place.repository.url()).cloned().unwrap_or_default();
    let token = tokens.get(forge.origin()).filter(|token| !token.is_empty());
    let access = Access { token: token.is_some() };
    let mut answers: Vec<Answer> = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    let mut stale = Vec::new();
    for _ in 0..ROUNDS {
        let date = fetch::today();
        let input =
            Input { page: &page, settings: &chosen, access, answers: &answers, failures: &failures, date: &date };
        let Some(step) = decide(&input) else { return Ok(()) };
        let requests = step.requests.clone();
        let known = memory::recall(&requests).await;
        if requests.is_empty() || known.is_empty() {
            if signal.aborted() {
                return Ok(());
            }
            paint.call1(&JsValue::NULL, &write(&view::panel(&step))?)?;
        }
        if requests.is_empty() {
            if stale.is_empty() {
                return Ok(());
            }
            // All is told from memory; what is old is asked again, and told anew only where it changed.
            let again = std::mem::take(&mut stale);
            if !fetch::renew(forge, &again, token.map(String::as_str), &mut answers).await {
                return Ok(());
            }
            continue;
        }
        if known.is_empty() {
            let fetched = fetch::all(forge, &requests, token.map(String::as_str)).await;
            if signal.aborted() {
                return Ok(());
            }
            for result in fetched {
                match result {
                    Ok(answer) => answers.push(answer),
                    Err(failure) => failures.push(failure),
                }
            }
            continue;
        }
        let now = fetch::now();
        for (request, result) in known {
            match result {
                Ok(answer) => {
                    if now.saturating_sub(answer.at) > FRESH {
                        stale.push(request);
                    }
                    answers.push(answer);
                }
                Err(failure) => failures.push(failure),
            }
        }
    }
    Ok(())
}

/// The panel of a case made by hand.
///
/// # Errors
/// Where the case is not of its type or its forge is not known.
#[wasm_bindgen]
pub fn playground(case: JsValue) -> Result<JsValue, JsValue> {
    let case: PlaygroundCase = read(case)?;
    let view = by_hand::playground(&case).ok_or_else(|| JsValue::from_str("no such forge"))?;
    write(&view)
}

/// `{id, name}` of every release tool.
///
/// # Errors
/// None that is known.
#[wasm_bindgen]
pub fn tools() -> Result<JsValue, JsValue> {
    write(&TOOLS.iter().map(|tool| BTreeMap::from([("id", tool.id()), ("name", tool.name())])).collect::<Vec<_>>())
}

/// `{id, name, origin}` of every forge.
///
/// # Errors
/// None that is known.
#[wasm_bindgen]
pub fn forges() -> Result<JsValue, JsValue> {
    let forges = FORGES
        .iter()
        .map(|forge| BTreeMap::from([("id", forge.id()), ("name", forge.name()), ("origin", forge.origin())]));
    write(&forges.collect::<Vec<_>>())
}

/// What a located address is told as.
#[derive(Serialize)]
struct Located {
    forge: &'static str,
    repository: String,
    number: Option<u64>,
}

/// What an address names: `{forge, repository, number}`; undefined where it is no pull request's.
///
/// # Errors
/// None that is known.
#[wasm_bindgen]
pub fn locate(url: &str) -> Result<JsValue, JsValue> {
    match forge::locate(url) {
        None => Ok(JsValue::UNDEFINED),
        Some((forge, place)) => {
            write(&Located { forge: forge.id(), repository: place.repository.url(), number: place.number })
        }
    }
}

//! wasm32 only: what JavaScript calls, and the I/O that the core asks for. No decisions.

mod fetch;
mod memory;
mod read;

use crate::forge::{self, Access};
use crate::page::PageContext;
use crate::preview::{Answer, Failure, Input, preview as decide};
use crate::view;
#[cfg(feature = "more")]
use crate::{playground as by_hand, tool, wire::PlaygroundCase};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// For how long an answer is taken as it is, in milliseconds; after that the forge is asked whether it still stands.
const FRESH: u64 = 60_000;
/// How many rounds of requests a preview may take: each kind of fact is asked for once, and once more elsewhere.
const ROUNDS: usize = 16;

fn write<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Previews a page: paints at once what is known, and again whenever more is, until nothing more is to come or
/// `signal` is aborted. True where the next module has to do it: nothing more is painted then.
///
/// # Errors
/// Where what is told cannot be written.
#[wasm_bindgen]
pub async fn preview(
    page: JsValue,
    settings: JsValue,
    tokens: JsValue,
    paint: js_sys::Function,
    signal: AbortSignal,
) -> Result<bool, JsValue> {
    let page = read::page(&page);
    let Some((forge, place)) = forge::of(&page) else { return Ok(forge::elsewhere(&page.forge)) };
    let chosen = read::settings(&settings, &place.repository.url());
    let token = read::text(&tokens, &place.repository.origin)
        .filter(|token| !token.is_empty())
        .map(|secret| fetch::Token { secret: forge.credentials(secret), api: forge.api(&place.repository) });
    let token = token.as_ref();
    let access = Access { token: token.is_some() };
    let mut answers: Vec<Answer> = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    let mut stale = Vec::new();
    for _ in 0..ROUNDS {
        let date = fetch::today();
        let mut input =
            Input { page: &page, settings: &chosen, access, answers: &mut answers, failures: &failures, date: &date };
        let Some(step) = decide(&mut input) else { return Ok(false) };
        if step.elsewhere {
            return Ok(true);
        }
        let requests = step.requests.clone();
        let now = fetch::now();
        let mut known = memory::recall(&requests).await;
        known.retain(|(request, memory)| {
            let trouble = fetch::interpret(forge, request, memory).err().map(|failure| failure.kind);
            memory::holds(memory, trouble.as_ref(), now)
        });
        if requests.is_empty() || known.is_empty() {
            if signal.aborted() {
                return Ok(false);
            }
            paint.call1(&JsValue::NULL, &write(&view::panel(&step))?)?;
        }
        if requests.is_empty() {
            // All is told from memory; what is old is asked again, and told anew only where it changed.
            let again = std::mem::take(&mut stale);
            if again.is_empty() || !fetch::renew(forge, &again, token, &mut answers).await {
                return Ok(false);
            }
            continue;
        }
        if known.is_empty() {
            let fetched = fetch::all(&requests, token).await;
            if signal.aborted() {
                return Ok(false);
            }
            known = requests.into_iter().zip(fetched).collect();
        }
        for (request, memory) in known {
            match fetch::interpret(forge, &request, &memory) {
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
    Ok(false)
}

/// Forgets all answers and failures: the reader asked for another try.
#[wasm_bindgen]
pub async fn forget() {
    memory::forget().await;
}

/// The panel of a case made by hand; undefined where the next module has to do it. The base does not offer it: it does
/// not hold every tool.
///
/// # Errors
/// Where the case is not of its type or its forge is not known.
#[cfg(feature = "more")]
#[wasm_bindgen]
pub fn playground(case: JsValue) -> Result<JsValue, JsValue> {
    let case: PlaygroundCase = serde_wasm_bindgen::from_value(case)?;
    if forge::by_id(&case.forge).is_none() {
        return Err(JsValue::from_str("no such forge"));
    }
    by_hand::playground(&case).map_or(Ok(JsValue::UNDEFINED), |view| write(&view))
}

/// What a tool or a forge is told as.
#[cfg(feature = "more")]
#[derive(Serialize)]
struct Named {
    id: &'static str,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
}

/// `{id, name}` of every release tool.
///
/// # Errors
/// None that is known.
#[cfg(feature = "more")]
#[wasm_bindgen]
pub fn tools() -> Result<JsValue, JsValue> {
    let named = |id, name| Named { id, name, origin: None };
    write(&tool::usual().map(|tool| named(tool.id(), tool.name())).collect::<Vec<_>>())
}

/// `{id, name, origin}` of every forge.
///
/// # Errors
/// None that is known.
#[cfg(feature = "more")]
#[wasm_bindgen]
pub fn forges() -> Result<JsValue, JsValue> {
    let named = |id, name, origin| Named { id, name, origin: Some(origin) };
    write(&forge::FORGES.iter().map(|forge| named(forge.id(), forge.name(), forge.origin())).collect::<Vec<_>>())
}

/// What a located address is told as.
#[derive(Serialize)]
struct Located {
    forge: &'static str,
    repository: String,
    number: Option<u64>,
}

/// What an address names: `{forge, repository, number}`; undefined where it is no pull request's. `forge` and `root`
/// are those of a forge of the user's own, and undefined elsewhere.
///
/// # Errors
/// None that is known.
#[wasm_bindgen]
pub fn locate(url: &str, forge: Option<String>, root: Option<String>) -> Result<JsValue, JsValue> {
    let page = PageContext { url: url.to_owned(), forge: forge.unwrap_or_default(), root, ..PageContext::default() };
    match forge::of(&page) {
        None => Ok(JsValue::UNDEFINED),
        Some((forge, place)) => {
            write(&Located { forge: forge.id(), repository: place.repository.url(), number: place.number })
        }
    }
}

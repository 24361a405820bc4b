//! Requests to forges, performed.

use super::memory::{self, Memory};
use crate::forge::{Auth, ErrorKind, Forge, Request, Response};
use crate::preview::{Answer, Failure};
use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::future::{Either, FutureExt, LocalBoxFuture, Shared, join_all, select};
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use std::cell::RefCell;
use std::collections::BTreeMap;
use web_sys::{AbortController, RequestCache, RequestCredentials};

/// How long a forge may take to answer, in milliseconds.
const PATIENCE: u32 = 10_000;
/// The longest answer that is read, in bytes.
const LONGEST: usize = 30_000_000;
/// The headers of an answer that anybody looks at.
const HEADERS: &[&str] = &[
    "date",
    "etag",
    "link",
    "ratelimit-reset",
    "retry-after",
    "x-ms-continuationtoken",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-total",
];

/// A token, and the only place it is sent to.
#[derive(Clone, Debug)]
pub struct Token {
    /// What the user saved.
    pub secret: String,
    /// How an address begins that may see it.
    pub api: String,
}

thread_local! {
    /// What is on its way: a key typed meanwhile waits for it instead of asking again.
    static UNDER_WAY: RefCell<BTreeMap<String, Shared<LocalBoxFuture<'static, Memory>>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The time in milliseconds since 1970.
pub fn now() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a clock's milliseconds are a small positive number"
    )]
    let now = js_sys::Date::now() as u64;
    now
}

/// Today in UTC, `YYYY-MM-DD`.
pub fn today() -> String {
    let iso = js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default();
    iso.get(..10).unwrap_or_default().to_owned()
}

/// Performs requests side by side and remembers what came.
pub async fn all(requests: &[Request], token: Option<&Token>) -> Vec<Memory> {
    join_all(requests.iter().map(|request| shared(request, token))).await
}

fn shared(request: &Request, token: Option<&Token>) -> Shared<LocalBoxFuture<'static, Memory>> {
    let key = request.key();
    if let Some(under_way) = UNDER_WAY.with_borrow(|requests| requests.get(&key).cloned()) {
        return under_way;
    }
    let (request, token) = (request.clone(), token.cloned());
    let fetching = async move {
        let memory = send(&request, token.as_ref(), None).await;
        memory::keep(&request, &memory).await;
        UNDER_WAY.with_borrow_mut(|requests| requests.remove(&request.key()));
        memory
    };
    let fetching = fetching.boxed_local().shared();
    UNDER_WAY.with_borrow_mut(|requests| requests.insert(key, fetching.clone()));
    fetching
}

/// Asks again what is old; true where something changed. An old answer stays where the new question fails.
pub async fn renew(
    forge: &'static dyn Forge,
    requests: &[Request],
    token: Option<&Token>,
    answers: &mut [Answer],
) -> bool {
    let mut changed = false;
    let remembered = memory::recall(requests).await;
    let asked = remembered
        .iter()
        .map(|(request, old)| async move { (request, old, send(request, token, old.response.header("etag")).await) });
    for (request, old, new) in join_all(asked).await {
        let kept = if new.response.status == 304 { Memory { at: new.at, ..old.clone() } } else { new };
        let Ok(answer) = interpret(forge, request, &kept) else { continue };
        memory::keep(request, &kept).await;
        if let Some(known) = answers.iter_mut().find(|known| known.key == answer.key) {
            changed |= known.facts != answer.facts;
            *known = answer;
        }
    }
    changed
}

/// What an answer says, or what kind of trouble it is.
pub fn interpret(forge: &dyn Forge, request: &Request, memory: &Memory) -> Result<Answer, Failure> {
    let response = &memory.response;
    let failed = |kind: ErrorKind, detail: String| Failure { request: request.clone(), kind, detail };
    match response.status {
        200..=299 => {}
        0 if memory.timed_out => return Err(failed(ErrorKind::TimedOut, response.body.clone())),
        0 => return Err(failed(ErrorKind::Offline, response.body.clone())),
        status => {
            let kind = forge.trouble(request, response);
            return Err(failed(kind, format!("{}: HTTP {status}", request.url)));
        }
    }
    let facts = forge.read(request, response).map_err(|error| failed(error.kind, error.at))?;
    Ok(Answer { key: request.key(), what: request.what.clone(), facts, at: memory.at })
}

/// What came of one request.
async fn send(request: &Request, token: Option<&Token>, etag: Option<&str>) -> Memory {
    let silence = |why: String| Response { status: 0, headers: Vec::new(), body: format!("{}: {why}", request.url) };
    let Ok(controller) = AbortController::new() else {
        return Memory { at: now(), response: silence("no AbortController".to_owned()), timed_out: false };
    };
    let sent = answered(request, token, etag, &controller);
    match select(sent.boxed_local(), TimeoutFuture::new(PATIENCE)).await {
        Either::Left((answered, _)) => {
            let response = answered.unwrap_or_else(|error| silence(error.to_string()));
            Memory { at: now(), response, timed_out: false }
        }
        Either::Right(_) => {
            controller.abort();
            let why = format!("no answer in {} s", PATIENCE / 1000);
            Memory { at: now(), response: silence(why), timed_out: true }
        }
    }
}

async fn answered(
    request: &Request,
    token: Option<&Token>,
    etag: Option<&str>,
    controller: &AbortController,
) -> Result<Response, gloo_net::Error> {
    let method = if request.body.is_some() { Method::POST } else { Method::GET };
    let session = request.auth == Auth::Session;
    let credentials = if session { RequestCredentials::Include } else { RequestCredentials::Omit };
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        .credentials(credentials)
        // The answers are remembered here, with their age; a second memory below would hide it.
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&controller.signal()));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if let Some(etag) = etag {
        builder = builder.header("If-None-Match", etag);
    }
    // A token goes to its forge's API and nowhere else.
    if let Some(token) = token.filter(|token| request.auth == Auth::Token && request.url.starts_with(&token.api)) {
        builder = builder.header("Authorization", &authorisation(&token.secret));
    }
    let built = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    };
    let response = built?.send().await?;
    let headers = response.headers();
    let headers = HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), headers.get(name)?))).collect();
    let status = response.status();
    let mut body = if status == 304 { String::new() } else { response.text().await? };
    if body.len() > LONGEST {
        // What is left is no whole answer any more, and is told as such.
        body.truncate(body.floor_char_boundary(LONGEST));
    }
    Ok(Response { status, headers, body })
}

/// `user:secret` is sent as Basic (Bitbucket's API tokens), anything else as Bearer.
fn authorisation(token: &str) -> String {
    if !token.contains(':') {
        return format!("Bearer {token}");
    }
    format!("Basic {}", BASE64_STANDARD.encode(token))
}

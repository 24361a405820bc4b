//! Requests to forges, performed.

use super::memory;
use crate::forge::{Auth, ErrorKind, Forge, Request, Response};
use crate::preview::{Answer, Failure};
use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::future::{FutureExt, LocalBoxFuture, Shared, join_all, select};
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
const HEADERS: &[&str] = &["date", "etag", "link", "retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"];

type Fetched = Result<Answer, Failure>;

thread_local! {
    /// What is on its way: a key typed meanwhile waits for it instead of asking again.
    static UNDER_WAY: RefCell<BTreeMap<String, Shared<LocalBoxFuture<'static, Fetched>>>> = const { RefCell::new(BTreeMap::new()) };
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
pub async fn all(forge: &'static dyn Forge, requests: &[Request], token: Option<&str>) -> Vec<Fetched> {
    join_all(requests.iter().map(|request| shared(forge, request, token))).await
}

fn shared(
    forge: &'static dyn Forge,
    request: &Request,
    token: Option<&str>,
) -> Shared<LocalBoxFuture<'static, Fetched>> {
    let key = request.key();
    if let Some(under_way) = UNDER_WAY.with_borrow(|requests| requests.get(&key).cloned()) {
        return under_way;
    }
    let (request, token) = (request.clone(), token.map(str::to_owned));
    let name = key.clone();
    let fetching = async move {
        let fetched = answer(forge, &request, token.as_deref(), None)
            .await
            .map(|answer| answer.unwrap_or_else(|| unchanged(&request)));
        memory::keep(&name, now(), &fetched).await;
        UNDER_WAY.with_borrow_mut(|requests| requests.remove(&name));
        fetched
    };
    let fetching = fetching.boxed_local().shared();
    UNDER_WAY.with_borrow_mut(|requests| requests.insert(key, fetching.clone()));
    fetching
}

/// An answer without facts, for a forge that says "unchanged" though nothing was sent to compare with.
fn unchanged(request: &Request) -> Answer {
    Answer { key: request.key(), what: request.what.clone(), facts: Vec::new(), etag: None, at: now() }
}

/// Asks again what is old; true where something changed. An old answer stays where the new question fails.
pub async fn renew(
    forge: &'static dyn Forge,
    requests: &[Request],
    token: Option<&str>,
    answers: &mut [Answer],
) -> bool {
    let mut changed = false;
    let asked = requests.iter().map(|request| {
        let etag = answers.iter().find(|answer| answer.key == request.key()).and_then(|answer| answer.etag.clone());
        async move { (request.key(), answer(forge, request, token, etag.as_deref()).await) }
    });
    for (key, result) in join_all(asked).await {
        let Some(old) = answers.iter_mut().find(|answer| answer.key == key) else { continue };
        match result {
            Ok(Some(new)) => {
                changed |= new.facts != old.facts;
                *old = new;
            }
            Ok(None) => old.at = now(),
            Err(_) => continue,
        }
        memory::keep(&key, now(), &Ok(old.clone())).await;
    }
    changed
}

/// What came of one request; `None` for "unchanged".
async fn answer(
    forge: &'static dyn Forge,
    request: &Request,
    token: Option<&str>,
    etag: Option<&str>,
) -> Result<Option<Answer>, Failure> {
    let failed = |kind: ErrorKind, detail: String| Failure { request: request.clone(), kind, detail };
    let response = send(forge, request, token, etag).await.map_err(|(kind, detail)| failed(kind, detail))?;
    match response.status {
        200..=299 => {}
        304 => return Ok(None),
        status => {
            let kind = forge.trouble(request, &response);
            return Err(failed(kind, format!("{}: HTTP {status}", request.url)));
        }
    }
    let facts = forge.read(request, &response).map_err(|error| failed(error.kind, error.at))?;
    let etag = response.header("etag").map(str::to_owned);
    Ok(Some(Answer { key: request.key(), what: request.what.clone(), facts, etag, at: now() }))
}

async fn send(
    forge: &'static dyn Forge,
    request: &Request,
    token: Option<&str>,
    etag: Option<&str>,
) -> Result<Response, (ErrorKind, String)> {
    let offline = |error: gloo_net::Error| (ErrorKind::Offline, format!("{}: {error}", request.url));
    let controller = AbortController::new().map_err(|_| (ErrorKind::Offline, "no AbortController".to_owned()))?;
    let method = if request.body.is_some() { Method::POST } else { Method::GET };
    let credentials =
        if request.auth == Auth::Session { RequestCredentials::Include } else { RequestCredentials::Omit };
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
    if let Some(token) = token.filter(|_| request.auth == Auth::Token && request.url.starts_with(forge.api())) {
        builder = builder.header("Authorization", &authorisation(token));
    }
    let built = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    };
    let sent = async {
        let response = built.map_err(offline)?.send().await.map_err(offline)?;
        let headers = response.headers();
        let headers = HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), headers.get(name)?))).collect();
        let status = response.status();
        let body = if status == 304 { String::new() } else { response.text().await.map_err(offline)? };
        if body.len() > LONGEST {
            return Err((ErrorKind::Garbage, format!("{}: longer than {LONGEST} bytes", request.url)));
        }
        Ok(Response { status, headers, body })
    };
    let timeout = TimeoutFuture::new(PATIENCE);
    match select(sent.boxed_local(), timeout).await {
        futures_util::future::Either::Left((result, _)) => result,
        futures_util::future::Either::Right(_) => {
            controller.abort();
            Err((ErrorKind::TimedOut, format!("{}: no answer in {} s", request.url, PATIENCE / 1000)))
        }
    }
}

/// `user:secret` is sent as Basic (Bitbucket's API tokens), anything else as Bearer.
fn authorisation(token: &str) -> String {
    if !token.contains(':') {
        return format!("Bearer {token}");
    }
    format!("Basic {}", BASE64_STANDARD.encode(token))
}

//! What the tools written in Rust say: git-cliff and release-plz through `next_version`, knope, cocogitto.

use semver::Version;
use serde_json::{Value, json};
use squashcast::reading::{cocogitto as cog, spec};
use squashcast::tool::next_version::{Updater, next};
use squashcast::tool::{git_cliff, knope as knope_tool, release_plz as plz};

/// The two versions the oracle counts from.
const FROM: [Version; 2] = [Version::new(1, 2, 3), Version::new(0, 2, 3)];

fn versions(updater: &Updater, message: &str) -> Value {
    let next = |from: &Version| next(updater, from, [message]).map(|version| version.to_string());
    let [stable, zero] = &FROM;
    json!({ "next": { "1.2.3": next(stable), "0.2.3": next(zero) } })
}

/// git-cliff with its defaults, which trims the message's end.
pub fn git_cliff(message: &str) -> Value {
    versions(&git_cliff::default_updater(), message.trim_end())
}

/// release-plz with its defaults.
pub fn release_plz(message: &str) -> Value {
    versions(&plz::default_updater(), message)
}

/// The specification's parts as git-conventional gives them.
pub fn git_conventional(message: &str) -> Value {
    match spec::read(message) {
        Ok(commit) => json!({
            "type": commit.kind,
            "scope": commit.scope,
            "breaking": commit.breaking(),
            "description": commit.description,
            "body": commit.body,
            "footers": commit.footers.iter().map(|footer| json!([footer.token, footer.value])).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// How far knope moves a stable version.
pub fn knope(message: &str) -> Value {
    json!({ "bump": knope_tool::bump_of(message).map(squashcast::bump::Bump::name) })
}

/// The parts cocogitto sees.
pub fn cocogitto(message: &str) -> Value {
    match cog::read(message) {
        Ok(commit) => json!({
            "type": commit.kind,
            "scope": commit.scope,
            "breaking": commit.breaking,
            "summary": commit.summary,
        }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

//! The core's own figures, a line of JSON each: `npm run bench` holds them against their budgets.
//!
//! `cargo run --release --example bench -- messages.jsonl.gz…` reads `{subject, body}` or `{message}` lines; `readings`,
//! `previews` or `linear` as the last word does that part alone; the id of a tool behind it, or
//! alone for its preview, only that tool.

use cpu_time::ThreadTime;
use serde_json::json;
use std::hint::black_box;
use std::process::ExitCode;

mod linear;
mod preview;
// The readings are listed once, for the command and for this.
#[allow(dead_code)]
#[path = "../../src/cli/bench.rs"]
mod readings;

/// Whether the specification's reading and the crate it reproduces say the same of a message.
fn agree(message: &str) -> bool {
    match (squashcast::reading::spec::read(message), git_conventional::Commit::parse(message)) {
        (Err(ours), Err(theirs)) => ours.to_string() == theirs.to_string(),
        (Ok(ours), Ok(theirs)) => {
            let footers = || ours.footers.iter().map(|footer| (footer.token, footer.value));
            ours.kind == theirs.type_().as_str()
                && ours.scope == theirs.scope().map(|scope| scope.as_str())
                && ours.breaking() == theirs.breaking()
                && ours.breaking_description() == theirs.breaking_description()
                && ours.description == theirs.description()
                && ours.body == theirs.body()
                && footers().eq(theirs.footers().iter().map(|footer| (footer.token().as_str(), footer.value())))
        }
        _ => false,
    }
}

/// Seconds that this thread has had of the processor: what else the machine does is not measured.
fn clock() -> f64 {
    ThreadTime::now().as_duration().as_secs_f64()
}

fn speeds(messages: &[String]) {
    let alike = messages.iter().filter(|message| agree(message)).count();
    println!("{}", json!({"group": "messages", "count": messages.len(), "alike": alike}));
    let theirs = |message: &str| black_box(git_conventional::Commit::parse(message)).is_ok();
    // Both stand right beside each other, so that what else the machine does hits both.
    for (name, accepts) in readings::READINGS {
        if *name == "spec" {
            let speed = readings::speed(messages, theirs, clock);
            println!("{}", json!({"group": "reading", "name": "git-conventional", "speed": speed}));
        }
        println!("{}", json!({"group": "reading", "name": name, "speed": readings::speed(messages, accepts, clock)}));
    }
}

fn main() -> ExitCode {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let parts = ["readings", "previews", "linear"];
    let tool = paths.pop_if(|last| squashcast::tool::by_id(last).is_some());
    let part = paths.pop_if(|last| parts.contains(&last.as_str())).or_else(|| tool.as_ref().map(|_| "previews".into()));
    let wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    let mut messages = Vec::new();
    for path in paths {
        match readings::messages(&path) {
            Ok(read) => messages.extend(read),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    if wanted("readings") && !messages.is_empty() {
        speeds(&messages);
    }
    if wanted("previews") {
        preview::run(&messages, tool.as_deref());
    }
    if wanted("linear") {
        linear::run(tool.as_deref());
    }
    ExitCode::SUCCESS
}

//! The specification's reading beside the crate it reproduces: the same messages, the same answers, how many a second.
//!
//! `cargo run --release --example reading_speed -- messages.jsonl.gz` reads `{subject, body}` or `{message}` lines.

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use squashcast::reading::spec;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::time::Instant;

/// One pass to warm up, then the median of five, in messages a second.
fn speed(messages: &[String], reads: impl Fn(&str) -> bool) -> f64 {
    let pass = || {
        let start = Instant::now();
        black_box(messages.iter().filter(|message| reads(message)).count());
        start.elapsed().as_secs_f64()
    };
    pass();
    let mut times = [pass(), pass(), pass(), pass(), pass()];
    times.sort_by(f64::total_cmp);
    let [_, _, median, _, _] = times;
    f64::from(u32::try_from(messages.len()).unwrap_or(u32::MAX)) / median
}

fn message(line: &str) -> Option<String> {
    let value: Value = serde_json::from_str(line).ok()?;
    let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(match (part("message"), part("body")) {
        ("", "") => part("subject").to_owned(),
        ("", body) => format!("{}\n\n{body}", part("subject")),
        (message, _) => message.to_owned(),
    })
}

/// Whether both say the same of a message.
fn agree(message: &str) -> bool {
    match (spec::read(message), git_conventional::Commit::parse(message)) {
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

fn main() -> std::io::Result<()> {
    let mut messages = Vec::new();
    for path in std::env::args().skip(1) {
        let lines = BufReader::new(MultiGzDecoder::new(std::fs::File::open(path)?)).lines();
        messages.extend(lines.map_while(Result::ok).filter_map(|line| message(&line)));
    }
    let equal = messages.iter().filter(|message| agree(message)).count();
    println!("{} messages, {equal} read alike", messages.len());
    println!(
        "squashcast        {:>12.0} messages/s",
        speed(&messages, |message| black_box(spec::read(message)).is_ok())
    );
    println!(
        "git-conventional  {:>12.0} messages/s",
        speed(&messages, |message| black_box(git_conventional::Commit::parse(message)).is_ok())
    );
    Ok(())
}

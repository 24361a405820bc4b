//! The same core from a terminal or a pipeline.

use std::process::ExitCode;

mod bench;
mod replay;
mod verdict;

const USAGE: &str = "usage: squashcast COMMAND

  verdict             reads {id, message} lines on stdin, writes what each release tool makes of each message
  replay FILE…        reads release records, writes what the release's tool would have released
  bench-readings FILE reads {subject, body} or {message} lines, writes how many of these messages each reading reads a second";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("verdict") => verdict::run(),
        Some("replay") => replay::run(&arguments.collect::<Vec<_>>()),
        Some("bench-readings") => bench::run(&arguments.collect::<Vec<_>>()),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

//! The same core from a terminal or a pipeline.

use std::process::ExitCode;

mod verdict;

const USAGE: &str = "usage: squashcast COMMAND

  verdict             reads {id, message} lines on stdin, writes what each release tool makes of each message";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("verdict") => verdict::run(),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

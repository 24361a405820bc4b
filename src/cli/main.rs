//! The same core from a terminal or a pipeline.

use std::process::ExitCode;

mod bench;
mod checkout;
mod git;
mod lint;
mod log;
mod replay;
mod verdict;
mod warnings;

const USAGE: &str = "usage: squashcast COMMAND

  verdict             reads {id, message} lines on stdin, or what `git log` prints, writes a line for each: what each
                      release tool makes of the message; with --findings also what is wrong with it in that tool's eyes
  lint [FILE]         says what a release tool makes wrongly of one message (stdin without a file): --tool ID, --json,
                      --ignore ID; exits with 1 where it finds something, with 2 where it cannot read
  warnings FILE       reads {repo, subject, body} lines, writes how many get each warning, with ten examples each
  replay FILE…        reads release records, writes what the release's tool would have released
  replay              in a git checkout: measures the prediction on the repository's own tags: --last N (20), --tool ID,
                      --json
  bench-readings FILE reads {subject, body} or {message} lines, writes how many of these messages each reading reads a second";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("verdict") => verdict::run(&arguments.collect::<Vec<_>>()),
        Some("lint") => lint::run(&arguments.collect::<Vec<_>>()),
        Some("warnings") => warnings::run(&arguments.collect::<Vec<_>>()),
        Some("replay") => replay::run(&arguments.collect::<Vec<_>>()),
        Some("bench-readings") => bench::run(&arguments.collect::<Vec<_>>()),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

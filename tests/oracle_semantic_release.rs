//! semantic-release's own verdicts on recorded messages against ours: every decision and every entry, byte for byte.

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/oracle/verdicts.jsonl.gz");
const KEYS: [&str; 2] = ["semantic-release angular", "semantic-release conventionalcommits"];

#[test]
fn every_verdict_is_semantic_releases_own() {
    let Ok(file) = File::open(RECORDED) else {
        println!("skipped: no ../shared");
        return;
    };
    let recorded: Vec<Value> = BufReader::new(MultiGzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_squashcast"));
    let mut child = command.arg("verdict").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let asked: Vec<String> = recorded
        .iter()
        .map(|line| serde_json::json!({"id": line["id"], "message": line["message"]}).to_string())
        .collect();
    let writer = std::thread::spawn(move || asked.iter().for_each(|line| writeln!(stdin, "{line}").unwrap()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let said: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    assert_eq!(said.len(), recorded.len());
    for key in KEYS {
        let differing: Vec<&Value> =
            recorded.iter().zip(&said).filter(|(a, b)| a[key] != b[key]).map(|(a, _)| &a["id"]).collect();
        println!("{key}: {} of {} equal", recorded.len() - differing.len(), recorded.len());
        assert!(differing.is_empty(), "{key}: {differing:?}");
    }
}

//! The fuzz targets on inputs from a seed: the same few seconds each time. `SQUASHCAST_FUZZ=SECONDS,SEED` runs each
//! target for so long from another seed; `fuzz/` runs them under a fuzzer, which `SQUASHCAST_SEEDS=FOLDER` writes inputs
//! for, a folder a target.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.
#![cfg(feature = "more")]

use generator::{Material, Random};
use std::path::PathBuf;
use std::time::{Duration, Instant};

mod generator;
mod harness;

/// How many inputs each target is given where nobody says for how long.
const INPUTS: u64 = 400;

/// Tells the input that made a target fail.
struct Told<'a> {
    target: &'a str,
    seed: u64,
    data: &'a [u8],
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let shown = String::from_utf8_lossy(self.data);
            let shown: String = shown.chars().take(3000).collect();
            eprintln!("target `{}`, seed {}, {} bytes: {shown:?}", self.target, self.seed, self.data.len());
        }
    }
}

fn run(name: &str) {
    let (_, target) = harness::TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let material = Material::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases"));
    if let Ok(folder) = std::env::var("SQUASHCAST_SEEDS") {
        let folder = PathBuf::from(folder).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for seed in 0..10 * INPUTS {
            std::fs::write(folder.join(seed.to_string()), material.input(name, &mut Random::new(seed))).unwrap();
        }
        return;
    }
    let asked = std::env::var("SQUASHCAST_FUZZ").ok();
    let (seconds, first) = match asked.as_deref().and_then(|asked| asked.split_once(',')) {
        Some((seconds, seed)) => (Some(seconds.parse().unwrap()), seed.parse().unwrap()),
        None => (None, 0),
    };
    let began = Instant::now();
    let mut slowest = (Duration::ZERO, 0, 0);
    let mut seed = first;
    loop {
        let data = material.input(name, &mut Random::new(seed));
        let told = Told { target: name, seed, data: &data };
        let start = Instant::now();
        target(&data);
        slowest = slowest.max((start.elapsed(), seed, data.len()));
        drop(told);
        seed += 1;
        let over = seconds.map_or(seed - first >= INPUTS, |seconds| began.elapsed() >= Duration::from_secs(seconds));
        if over {
            break;
        }
    }
    let (time, at, bytes) = slowest;
    println!("{name}: {} inputs; the slowest took {time:?} (seed {at}, {bytes} bytes)", seed - first);
}

#[test]
fn readings_hold() {
    run("readings");
}

#[test]
fn tools_hold() {
    run("tools");
}

#[test]
fn files_hold() {
    run("files");
}

#[test]
fn versions_hold() {
    run("versions");
}

#[test]
fn forges_hold() {
    run("forges");
}

#[test]
fn findings_hold() {
    run("findings");
}

#[test]
fn texts_hold() {
    run("texts");
}

#[test]
fn repositories_hold() {
    run("repositories");
}

#[test]
fn expressions_hold() {
    run("expressions");
}

#[test]
fn templates_hold() {
    run("templates");
}

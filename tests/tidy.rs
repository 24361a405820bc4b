//! What no compiler says: imports go down only, and every sentence that the core names stands in `_locales`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // A test fails by panicking.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the bottom to the top; modules that stand together may use one another.
const LAYERS: &[&[&str]] = &[
    &["message", "text"],
    &["bump", "changelog", "collation", "files", "history", "javascript", "letters", "page", "pull_request", "version"],
    &["squash"],
    &["reading"],
    &["tool"],
    &["forge"],
    &["check"],
    &["preview"],
    &["view"],
    &["playground"],
    &["wire"],
    &["web", "cli"],
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under a directory, sorted, with its path below it.
fn sources(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(directory).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The module of a file below `src`: `tool` of `tool/x.rs`, `bump` of `bump.rs`.
fn module(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or_default()
}

/// Code without comments (documentation may point up), character by character so that strings survive.
fn code(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines() {
        let mut quoted = false;
        let mut end = line.len();
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if quoted => at += 1,
                // The quote as a character is no string.
                b'"' if !(at > 0 && bytes[at - 1] == b'\'') => quoted = !quoted,
                b'/' if !quoted && bytes.get(at + 1) == Some(&b'/') => {
                    end = at;
                    break;
                }
                _ => {}
            }
            at += 1;
        }
        out.push_str(&line[..end]);
        out.push('\n');
    }
    out
}

/// Every module that follows `crate::` (or the crate's name, in the binaries), also in braces: `use crate::{text, view}`.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "squashcast::"] {
        for (at, _) in code.match_indices(prefix) {
            // `squashcast::` must not be the end of a longer word.
            if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':') {
                continue;
            }
            let rest = &code[at + prefix.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                let mut word = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 && (character.is_alphanumeric() || character == '_') {
                        word.push(character);
                    } else if depth == 0 && character == ',' {
                        found.push(std::mem::take(&mut word));
                    } else if depth == 0 && character == ':' && !word.is_empty() && !word.ends_with(' ') {
                        // What follows inside a module is no module of the crate.
                        found.push(std::mem::take(&mut word));
                        word.push(' ');
                    }
                }
                found.push(word);
            } else {
                found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    found.retain(|name| layer(name).is_some());
    found
}

#[test]
fn imports_are_found() {
    assert_eq!(imports("use crate::bump::Bump;"), ["bump"]);
    assert_eq!(imports("use crate::{text::Text, view::{self, PanelView}, wire};"), ["text", "view", "wire"]);
    assert_eq!(imports("fn f() -> crate::forge::Error {}"), ["forge"]);
    assert_eq!(imports("use squashcast::{view::PanelView, wire};"), ["view", "wire"]);
    assert!(imports("use std::path::Path; use mycrate::bump;").is_empty());
    assert!(imports(&code("// See crate::web\n/// [`crate::preview`]\n")).is_empty());
    assert_eq!(imports(&code("let a = \"https://x\"; crate::bump::f();")), ["bump"]);
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (path, source) in sources(&root().join("src")) {
        if path == "lib.rs" {
            continue;
        }
        let own = module(&path);
        let Some(height) = layer(own) else {
            wrong.push(format!("src/{path} is in no layer: name `{own}` in tests/tidy.rs"));
            continue;
        };
        for import in imports(&code(&source)) {
            let other = layer(&import).unwrap_or_default();
            // Within a layer only the plain values know each other: squash, tool and the rest are layers of one.
            if other > height || (import != own && own == "cli" && import == "web") {
                wrong.push(format!("src/{path} uses `{import}`, which stands above `{own}`"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_library_is_in_a_layer() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut modules = Vec::new();
    for line in code(&lib).lines() {
        let words: Vec<&str> = line.trim().trim_end_matches(';').split(' ').collect();
        if let ["pub", "mod", name] | ["mod", name] = words.as_slice() {
            modules.push((*name).to_owned());
        }
    }
    assert!(modules.len() > 10, "no modules were found in src/lib.rs");
    let strays: Vec<_> = modules.iter().filter(|name| layer(name).is_none()).collect();
    assert!(strays.is_empty(), "in no layer: {strays:?}");
}

/// A use of `Text::new("id", […])`: the id and how many arguments it is given.
fn texts(source: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, opening) in source.match_indices("Text::new(") {
        let rest = source[at + opening.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('"') else { continue };
        let Some((id, rest)) = rest.split_once('"') else { continue };
        let Some(list) = rest.trim_start().strip_prefix(',').and_then(|rest| rest.trim_start().strip_prefix('['))
        else {
            continue;
        };
        let (mut depth, mut count, mut quoted, mut content) = (0_i32, 0, false, false);
        let mut characters = list.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' if quoted => {
                    characters.next();
                }
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ']' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    count += usize::from(content);
                    content = false;
                    continue;
                }
                _ => {}
            }
            content |= !character.is_whitespace();
        }
        found.push((id.to_owned(), count + usize::from(content)));
    }
    found
}

/// The highest place a sentence names: 2 for `$1 of $2`. `$$` is a dollar sign.
fn places(sentence: &str) -> usize {
    let mut highest = 0;
    let mut characters = sentence.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '$'
            && let Some(digit @ '1'..='9') = characters.next()
        {
            highest = highest.max(digit.to_digit(10).unwrap_or_default() as usize);
        }
    }
    highest
}

#[test]
fn texts_are_found() {
    assert_eq!(texts(r#"Text::new("a", [])"#), [("a".to_owned(), 0)]);
    assert_eq!(texts(r#"Text::new("a", [&f(x, y), "b, c"])"#), [("a".to_owned(), 2)]);
    assert_eq!(texts("Text::new(\n    \"a\",\n    [\n        x,\n    ],\n)"), [("a".to_owned(), 1)]);
    assert!(texts("Text::new(id, [])").is_empty());
    assert_eq!((places("$1 of $2"), places("no"), places("$$1")), (2, 0, 0));
}

#[test]
fn every_sentence_stands_in_the_locale() {
    let path = root().join("extension/_locales/en/messages.json");
    let json = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let messages: BTreeMap<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    let mut wrong = Vec::new();
    for (path, source) in sources(&root().join("src")) {
        // What tests make up is said by nobody.
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        if path.ends_with("tests.rs") || path.contains("/tests/") {
            continue;
        }
        for (id, given) in texts(&code(&source)) {
            match messages.get(&id).and_then(|entry| entry.get("message")).and_then(serde_json::Value::as_str) {
                None => wrong.push(format!("src/{path}: `{id}` is not in messages.json")),
                Some(sentence) if places(sentence) != given => wrong.push(format!(
                    "src/{path}: `{id}` is given {given}, its sentence has {}: {sentence}",
                    places(sentence)
                )),
                Some(_) => {}
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

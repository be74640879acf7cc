//! Wrong programs with what CPython says of them.

use super::*;
use crate::tokenizer;

fn check(source: &str) -> String {
    let tokens = tokenizer::tokenize(source, tokenizer::Options::default());
    match diagnose(source, &tokens, Options::default()) {
        None => "ok".into(),
        Some(e) => {
            let (kind, message) = (e.kind.name(), &e.message);
            format!("{kind}: {message} {}.{}-{}.{}", e.lineno, e.offset, e.end_lineno, e.end_offset)
        }
    }
}

#[test]
fn recorded() {
    let wrong: Vec<String> = RECORDED
        .iter()
        .filter(|(source, expected)| check(source) != *expected)
        .map(|(source, expected)| format!("{source:?}\n  CPython: {expected}\n  here:    {}", check(source)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

include!("recorded.rs");

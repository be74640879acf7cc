//! Wrong programs with what CPython says of them.

use super::*;
use crate::tokenizer;

fn check(source: &str) -> String {
    let mut tokens = tokenizer::tokenize(source, tokenizer::Options::default());
    crate::parser::take_flufl(source, &mut tokens, false);
    match diagnose(source, &tokens, Options::default()) {
        None => "ok".into(),
        Some(error) => described(&error),
    }
}

fn described(e: &SyntaxError) -> String {
    let (kind, message) = (e.kind.name(), &e.message);
    format!("{kind}: {message} {}.{}-{}.{}", e.lineno, e.offset, e.end_lineno, e.end_offset)
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

#[test]
fn older_versions() {
    let wrong: Vec<String> = VERSIONS
        .iter()
        .filter_map(|&(source, feature_version, expected)| {
            let options = crate::Options { feature_version, ..crate::Options::default() };
            let arena = bumpalo::Bump::new();
            let result = crate::parse(source, crate::Mode::Exec, options, &arena, &mut Vec::new());
            let got = result.map_or_else(|error| described(&error), |_| "ok".into());
            (got != expected)
                .then(|| format!("{source:?} {feature_version}\n  CPython: {expected}\n  here:    {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn too_many_digits() {
    let source = format!("x y\n{} = 1\n", "1".repeat(4301));
    let options = crate::Options::default();
    let arena = bumpalo::Bump::new();
    // The first error counts.
    let error = crate::parse(&source, crate::Mode::Exec, options, &arena, &mut Vec::new()).unwrap_err();
    assert_eq!(error.message, "invalid syntax");
    let error = crate::parse(&source[4..], crate::Mode::Exec, options, &arena, &mut Vec::new()).unwrap_err();
    assert!(error.message.starts_with("Exceeds the limit (4300 digits)"), "{}", error.message);
    assert_eq!((error.lineno, error.offset, error.end_lineno, error.end_offset), (1, 0, 1, 0));
}

include!("recorded.rs");

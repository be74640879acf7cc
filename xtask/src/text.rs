//! `same-tokens` and its like: comparisons of what can be written as text.

use std::path::Path;

use syntax::SyntaxError;

use crate::compare::{Difference, compare};
use crate::digest::digest;
use crate::options::Options;
use crate::oracle::{self, Answer};
use crate::ours;

pub fn same_tokens(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "tokens")?;
    compare(options, &answers, |path, answer| {
        check(options, path, answer, "tokens", ours::tokens, |text| text.lines().map(str::to_owned).collect())
    })
}

pub fn same_ast(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "ast")?;
    compare(options, &answers, |path, answer| {
        // One piece a node, so that the first difference is a readable one.
        check(options, path, answer, "ast", ours::tree, |text| {
            text.split_inclusive("), ")
                .flat_map(|piece| piece.split_inclusive(", ["))
                .map(str::to_owned)
                .collect()
        })
    })
}

pub fn same_symbols(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "symbols")?;
    compare(options, &answers, |path, answer| {
        check(options, path, answer, "symbols", ours::symbols, |text| {
            text.lines().map(str::to_owned).collect()
        })
    })
}

pub fn same_warnings(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "warnings")?;
    compare(options, &answers, |path, answer| {
        let ours = |text: &str| ours::warnings(options, text);
        check(options, path, answer, "warnings", ours, |text| text.lines().map(str::to_owned).collect())
    })
}

/// Compares CPython's digest of its text with ours; where they differ, gets the text and shows the first piece that
/// does.
fn check(
    options: &Options,
    path: &Path,
    answer: &Answer,
    mode: &str,
    ours: impl Fn(&str) -> Result<String, SyntaxError>,
    pieces: impl Fn(&str) -> Vec<String>,
) -> Result<(), Difference> {
    let bytes = std::fs::read(path).map_err(|error| Difference::new("unreadable", error.to_string()))?;
    let text = ours::decode(options, &bytes);
    match (answer, text.and_then(|text| ours(&text))) {
        (Answer::Content(theirs), Ok(ours)) => {
            if **theirs == *digest(ours.as_bytes()).as_bytes() {
                return Ok(());
            }
            let theirs =
                oracle::text(options, mode, path).map_err(|error| Difference::new("oracle", error))?;
            Err(first_difference(&pieces(&theirs), &pieces(&ours)))
        }
        (Answer::Content(_), Err(error)) => Err(Difference::new(
            format!("rejected: {}: {}", error.kind.name(), error.message),
            ours::describe(&error),
        )),
        (Answer::Error(theirs), Ok(_)) => Err(Difference::new("not rejected", theirs.clone())),
        (Answer::Error(_), Err(_)) => Ok(()),
    }
}

fn first_difference(theirs: &[String], ours: &[String]) -> Difference {
    const CONTEXT: usize = 4;
    let at = theirs.iter().zip(ours).position(|(left, right)| left != right);
    let at = at.unwrap_or(theirs.len().min(ours.len()));
    let mut detail = String::new();
    for line in &theirs[at.saturating_sub(CONTEXT)..at] {
        detail.push_str(&format!("    {line}\n"));
    }
    for (mark, lines) in [("-", theirs), ("+", ours)] {
        for line in lines.iter().skip(at).take(CONTEXT) {
            detail.push_str(&format!("  {mark} {line}\n"));
        }
    }
    let kind = |lines: &[String]| lines.get(at).map_or("end", |line| first_word(line)).to_owned();
    Difference::new(format!("{} / {}", kind(theirs), kind(ours)), detail + "  (- CPython, + ours)")
}

fn first_word(line: &str) -> &str {
    line.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or(line)
}

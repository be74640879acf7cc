//! `same-flags`: programs, wrong ones above all, in every mode and with the flags of `compile()`.

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use bytecode::{Wtf8, marshal};
use compiler::{Outcome, compile_flags};
use syntax::ast::{Node, dump::dump};
use syntax::{Mode, SyntaxError, Warning, source};

use crate::code;
use crate::compare::{Difference, compare};
use crate::encodings::{describe, sized};
use crate::errors::corpus;
use crate::options::Options;
use crate::oracle::Answer;

struct Case {
    settings: String,
    source: String,
    is_tree: bool,
}

pub fn same_flags(options: &Options) -> Result<bool, String> {
    let files = if options.given { options.files.clone() } else { corpus(options)? };
    let fail = |error: std::io::Error| format!("{}: {error}", options.python.display());
    let mut child = Command::new(&options.python)
        .args(["-I", "-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flags.py"))
        .arg(options.seed.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    let paths: String = files.iter().map(|path| format!("{}\n", path.display())).collect();
    child.stdin.take().ok_or("no standard input")?.write_all(paths.as_bytes()).map_err(fail)?;
    let mut input = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    let (mut cases, mut answers) = (Vec::new(), Vec::new());
    let mut kind = [0];
    while input.read(&mut kind).map_err(fail)? > 0 {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let settings = text(sized(&mut input).map_err(fail)?);
        let source = text(sized(&mut input).map_err(fail)?);
        cases.push(Case { settings, source, is_tree: kind == *b"T" });
        let answer = sized(&mut input).map_err(fail)?;
        answers.push(match kind {
            [b'E'] => Answer::Error(text(answer)),
            _ => Answer::Content(answer.into()),
        });
    }
    if !child.wait().map_err(fail)?.success() {
        return Err("the reference gave up".to_owned());
    }
    let numbered = (0..cases.len()).map(|index| index.to_string().into()).collect();
    let options = Options { files: numbered, ..options.clone() };
    compare(&options, &answers, |path, answer| {
        let case = path.to_str().and_then(|number| cases.get(number.parse::<usize>().ok()?));
        check(case.ok_or(Difference::new("no such case", ""))?, answer)
    })
}

fn check(case: &Case, answer: &Answer) -> Result<(), Difference> {
    let mut parts = case.settings.split(' ');
    let mode = match parts.next() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        Some("func_type") => Mode::FuncType,
        _ => Mode::Exec,
    };
    let mut number = || parts.next().and_then(|text| text.parse::<i32>().ok()).unwrap_or_default();
    let flags = number() as u32;
    let feature_version = u8::try_from(number()).unwrap_or(14);
    let settings = compiler::Options {
        flags,
        feature_version,
        optimize: number() as u8,
        ..compiler::Options::default()
    };
    let outcome = if number() == 1 { Outcome::Error } else { Outcome::Continue };
    let ours = compile(&case.source, mode, settings, outcome).map_err(|error| describe(&error));
    let shown = |detail: String| format!("{}\n{:?}\n{detail}", case.settings, case.source);
    let differ = |kind: &str, detail: String| Err(Difference::new(kind, shown(detail)));
    match (answer, ours) {
        (Answer::Content(theirs), Ok(Compiled::Tree(ours))) if case.is_tree => {
            let theirs = String::from_utf8_lossy(theirs);
            if theirs == ours { Ok(()) } else { differ("tree", format!("CPython {theirs}\nours    {ours}")) }
        }
        (Answer::Content(data), Ok(Compiled::Code(ours))) => {
            let theirs =
                marshal::load_code(data).map_err(|error| Difference::new("unreadable", error.to_string()))?;
            code::same(&theirs, &ours).map_err(|other| Difference::new(other.kind, shown(other.detail)))
        }
        (Answer::Error(theirs), Err(ours)) if *theirs == ours => Ok(()),
        (Answer::Error(theirs), Err(ours)) => {
            let message = |text: &str| text.split('\t').take(2).collect::<Vec<_>>().join(": ");
            let (left, right) = (message(theirs), message(&ours));
            let kind = if left == right { format!("place of {left}") } else { format!("{left} / {right}") };
            differ(&kind, format!("CPython {theirs:?}\nours    {ours:?}"))
        }
        (Answer::Content(_), Ok(_)) => differ("code / tree", String::new()),
        (Answer::Content(_), Err(ours)) => differ("rejected", ours),
        (Answer::Error(theirs), Ok(_)) => differ("not rejected", theirs.clone()),
    }
}

enum Compiled {
    Tree(String),
    Code(std::sync::Arc<bytecode::Code>),
}

fn compile(
    text: &str,
    mode: Mode,
    options: compiler::Options,
    outcome: Outcome,
) -> Result<Compiled, SyntaxError> {
    source::check_nulls(text.as_bytes())?;
    let text = source::translate_newlines(text);
    let mut warn = |_: &Warning| outcome;
    if options.flags & compile_flags::ONLY_AST == 0 {
        let code = compiler::compile_source(&text, Wtf8::new("<flags>"), mode, options, &mut warn)?;
        return Ok(Compiled::Code(code));
    }
    let arena = bumpalo::Bump::new();
    let tree = compiler::parse_source(&text, mode, options, &arena, &mut warn)?;
    let mut shown = String::new();
    dump(Node::Mod(tree), true, &mut shown);
    Ok(Compiled::Tree(shown))
}

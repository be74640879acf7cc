//! `same-code` and `dis`: code objects from CPython's compiler and from ours.

use std::path::Path;
use std::sync::Arc;

use bytecode::{Code, Constant, marshal};

use crate::compare::{Difference, compare};
use crate::listing;
use crate::options::Options;
use crate::oracle::{self, Answer};
use crate::ours;

pub fn same_code(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "code")?;
    compare(options, &answers, |path, answer| check(options, path, answer))
}

pub fn dis(options: &Options) -> Result<bool, String> {
    let answers = if options.oracle { oracle::ask(options, "code")? } else { Vec::new() };
    for (index, path) in options.files.iter().enumerate() {
        let code = match answers.get(index) {
            Some(Answer::Content(data)) => marshal::load_code(data).map_err(|error| error.to_string()),
            Some(Answer::Error(error)) => Err(error.clone()),
            None => compile(options, path),
        };
        match code {
            Ok(code) => list(&code),
            Err(error) => println!("{}: {error}", path.display()),
        }
    }
    Ok(true)
}

fn list(code: &Code) {
    println!(
        "{} (line {}), stack {}, flags {:#x}",
        code.qualname, code.firstlineno, code.stacksize, code.flags
    );
    listing::instructions(code, true).iter().for_each(|line| println!("  {line}"));
    listing::exception_table(code).iter().for_each(|line| println!("  {line}"));
    for constant in &code.consts {
        if let Constant::Code(code) = constant {
            list(code);
        }
    }
}

fn compile(options: &Options, path: &Path) -> Result<Arc<Code>, String> {
    let source = std::fs::read(path).map_err(|error| error.to_string())?;
    let filename = path.display().to_string();
    ours::compile(options, &source, &filename).map_err(|error| ours::describe(&error))
}

fn check(options: &Options, path: &Path, answer: &Answer) -> Result<(), Difference> {
    match (answer, compile(options, path)) {
        (Answer::Content(data), Ok(ours)) => {
            let theirs =
                marshal::load_code(data).map_err(|error| Difference::new("unreadable", error.to_string()))?;
            same(&theirs, &ours)
        }
        (Answer::Content(_), Err(error)) => {
            let kind = error.split('\t').take(2).collect::<Vec<_>>().join(": ");
            Err(Difference::new(format!("rejected: {kind}"), error))
        }
        (Answer::Error(theirs), Ok(_)) => Err(Difference::new("not rejected", theirs.clone())),
        (Answer::Error(theirs), Err(ours)) if *theirs != ours => {
            Err(Difference::new("other error", format!("CPython {theirs}\nours    {ours}")))
        }
        (Answer::Error(_), Err(_)) => Ok(()),
    }
}

/// Compares two code objects and, where they agree, those among their constants.
pub fn same(theirs: &Code, ours: &Code) -> Result<(), Difference> {
    let place = format!("{} (line {})", theirs.qualname, theirs.firstlineno);
    let differ = |kind: &str, detail: String| Err(Difference::new(kind, format!("in {place}\n{detail}")));
    macro_rules! field {
        ($($field:ident)*) => { $(
            if theirs.$field != ours.$field {
                return differ(
                    stringify!($field),
                    format!("CPython {:?}\nours    {:?}", theirs.$field, ours.$field),
                );
            }
        )* };
    }
    field! { name qualname firstlineno filename argcount posonlyargcount kwonlyargcount flags }
    // Names and constants are easiest to understand from the instructions that use them.
    if theirs.code != ours.code {
        let [theirs_lines, ours_lines] = [theirs, ours].map(|code| listing::instructions(code, false));
        let kind = first_instructions(&theirs_lines, &ours_lines);
        return differ(&format!("code: {kind}"), side_by_side(theirs, ours));
    }
    let [theirs_consts, ours_consts] = [theirs, ours].map(|code| code.consts.iter().map(listing::constant));
    let pairs: (Vec<String>, Vec<String>) = (theirs_consts.collect(), ours_consts.collect());
    if pairs.0 != pairs.1 {
        return differ("consts", format!("CPython {:?}\nours    {:?}", pairs.0, pairs.1));
    }
    field! { names localsplusnames localspluskinds stacksize }
    if theirs.exceptiontable != ours.exceptiontable {
        let tables = [theirs, ours].map(|code| listing::exception_table(code).join("\n  "));
        return differ("exceptiontable", format!("CPython\n  {}\nours\n  {}", tables[0], tables[1]));
    }
    if theirs.linetable != ours.linetable {
        return differ("linetable", side_by_side(theirs, ours));
    }
    for (theirs, ours) in theirs.consts.iter().zip(&ours.consts) {
        if let (Constant::Code(theirs), Constant::Code(ours)) = (theirs, ours) {
            same(theirs, ours)?;
        }
    }
    Ok(())
}

/// The instruction names at the first place where two listings differ.
fn first_instructions(theirs: &[String], ours: &[String]) -> String {
    let name = |lines: &[String], at: usize| {
        let name = lines.get(at).and_then(|line| line.split_whitespace().nth(1));
        name.unwrap_or("end").to_owned()
    };
    let at = theirs.iter().zip(ours).position(|(left, right)| left != right);
    let at = at.unwrap_or(theirs.len().min(ours.len()));
    let (left, right) = (name(theirs, at), name(ours, at));
    if left == right { format!("{left} (argument)") } else { format!("{left} / {right}") }
}

/// The listings around the first difference.
fn side_by_side(theirs: &Code, ours: &Code) -> String {
    const BEFORE: usize = 6;
    const AFTER: usize = 8;
    let [theirs, ours] = [theirs, ours].map(|code| listing::instructions(code, true));
    let at = theirs.iter().zip(&ours).position(|(left, right)| left != right);
    let at = at.unwrap_or(theirs.len().min(ours.len()));
    let mut text = String::new();
    for line in &theirs[at.saturating_sub(BEFORE)..at] {
        text.push_str(&format!("    {line}\n"));
    }
    for (mark, lines) in [("-", &theirs), ("+", &ours)] {
        for line in lines.iter().skip(at).take(AFTER) {
            text.push_str(&format!("  {mark} {line}\n"));
        }
    }
    text.push_str("  (- CPython, + ours)");
    text
}

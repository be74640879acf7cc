//! `same-marshal`: CPython's marshalled code objects, and the tables in them, through our readers and writers.

use bytecode::exceptiontable::ExceptionEntries;
use bytecode::{Code, Constant, ExceptionTableWriter, LineTableWriter, linetable, marshal};

use crate::compare::{Difference, compare};
use crate::options::Options;
use crate::oracle::{self, Answer};

pub fn same_marshal(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "code")?;
    compare(options, &answers, |_, answer| {
        let Answer::Content(theirs) = answer else { return Ok(()) };
        let code =
            marshal::load_code(theirs).map_err(|error| Difference::new("unreadable", error.to_string()))?;
        tables(&code)?;
        let ours =
            marshal::dump_code(&code).map_err(|error| Difference::new("unwritable", error.to_string()))?;
        match ours.iter().zip(&**theirs).position(|(left, right)| left != right) {
            None if ours.len() == theirs.len() => Ok(()),
            at => {
                let at = at.unwrap_or(ours.len().min(theirs.len()));
                let near = |data: &[u8]| {
                    data[at.saturating_sub(40)..data.len().min(at + 40)].escape_ascii().to_string()
                };
                Err(Difference::new(
                    "bytes",
                    format!("at {at}\n  CPython {}\n  ours    {}", near(theirs), near(&ours)),
                ))
            }
        }
    })
}

/// Checks that the tables of a code object and of those in it come out as they went in.
fn tables(code: &Code) -> Result<(), Difference> {
    let differ = |kind: &str, theirs: &[u8], ours: &[u8]| {
        let (theirs, ours) = (theirs.escape_ascii(), ours.escape_ascii());
        Err(Difference::new(kind, format!("in {}\n  CPython {theirs}\n  ours    {ours}", code.qualname)))
    };
    let mut lines = LineTableWriter::new(code.firstlineno);
    for location in linetable::positions(&code.linetable, code.firstlineno) {
        lines.push(location, 1);
    }
    let lines = lines.finish();
    if lines != code.linetable {
        return differ("linetable", &code.linetable, &lines);
    }
    let mut exceptions = ExceptionTableWriter::new();
    for entry in ExceptionEntries::new(&code.exceptiontable) {
        exceptions.push(entry);
    }
    let exceptions = exceptions.finish();
    if exceptions != code.exceptiontable {
        return differ("exceptiontable", &code.exceptiontable, &exceptions);
    }
    for constant in &code.consts {
        if let Constant::Code(code) = constant {
            tables(code)?;
        }
    }
    Ok(())
}

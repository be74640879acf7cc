//! `same-marshal`: CPython's marshalled code objects through our reader and writer.

use bytecode::marshal;

use crate::compare::{Difference, compare};
use crate::options::Options;
use crate::oracle::{self, Answer};

pub fn same_marshal(options: &Options) -> Result<bool, String> {
    let answers = oracle::ask(options, "code")?;
    compare(options, &answers, |_, answer| {
        let Answer::Content(theirs) = answer else { return Ok(()) };
        let code =
            marshal::load_code(theirs).map_err(|error| Difference::new("unreadable", error.to_string()))?;
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

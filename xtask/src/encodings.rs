//! `same-encodings`: sources as bytes, with every mark, cookie and codec.

use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use bytecode::marshal;
use syntax::{SyntaxError, source};

use crate::code;
use crate::compare::{Difference, compare};
use crate::options::Options;
use crate::oracle::Answer;
use crate::ours;

pub fn same_encodings(options: &Options) -> Result<bool, String> {
    let describe = |error: std::io::Error| format!("{}: {error}", options.python.display());
    let mut child = Command::new(&options.python)
        .args(["-I", "-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/encodings.py"))
        .args([options.count.to_string(), options.seed.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(describe)?;
    let mut input = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    let (mut sources, mut answers) = (Vec::new(), Vec::new());
    let mut kind = [0];
    while input.read(&mut kind).map_err(describe)? > 0 {
        sources.push(sized(&mut input).map_err(describe)?);
        let answer = sized(&mut input).map_err(describe)?;
        answers.push(match kind {
            [b'C'] => Answer::Content(answer.into()),
            _ => Answer::Error(String::from_utf8_lossy(&answer).into_owned()),
        });
    }
    if !child.wait().map_err(describe)?.success() {
        return Err("the reference gave up".to_owned());
    }
    let numbered = (0..sources.len()).map(|index| index.to_string().into()).collect();
    let options = Options { files: numbered, ..options.clone() };
    compare(&options, &answers, |path, answer| {
        let source = path.to_str().and_then(|number| sources.get(number.parse::<usize>().ok()?));
        check(&options, source.ok_or(Difference::new("no such source", ""))?, answer)
    })
}

/// Reads what comes after its length.
pub fn sized(input: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut size = [0; 4];
    input.read_exact(&mut size)?;
    let mut content = vec![0; u32::from_le_bytes(size) as usize];
    input.read_exact(&mut content)?;
    Ok(content)
}

/// An error with its text.
pub fn describe(error: &SyntaxError) -> String {
    let mut text = ours::describe(error);
    if error.kind.is_syntax() {
        text.push('\t');
        text.push_str(error.text.as_deref().unwrap_or("None"));
    }
    text
}

fn check(options: &Options, source: &[u8], answer: &Answer) -> Result<(), Difference> {
    let ours = source::check_nulls(source).and_then(|()| ours::compile(options, source, "<bytes>"));
    let ours = ours.map_err(|error| describe(&error));
    let shown = source.escape_ascii();
    match (answer, ours) {
        (Answer::Content(data), Ok(ours)) => {
            let theirs =
                marshal::load_code(data).map_err(|error| Difference::new("unreadable", error.to_string()))?;
            code::same(&theirs, &ours)
                .map_err(|other| Difference::new(other.kind, format!("{shown}\n{}", other.detail)))
        }
        (Answer::Error(theirs), Err(ours)) if *theirs == ours => Ok(()),
        (Answer::Error(theirs), Err(ours)) => {
            Err(Difference::new("other error", format!("{shown}\nCPython {theirs:?}\nours    {ours:?}")))
        }
        (Answer::Content(_), Err(ours)) => Err(Difference::new("rejected", format!("{shown}\n{ours}"))),
        (Answer::Error(theirs), Ok(_)) => Err(Difference::new("not rejected", format!("{shown}\n{theirs}"))),
    }
}

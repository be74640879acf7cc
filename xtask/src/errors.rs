//! `same-errors`: the exceptions that wrong programs raise.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::compare::{Difference, compare};
use crate::options::Options;
use crate::oracle::{self, Answer};
use crate::ours;

pub fn same_errors(options: &Options) -> Result<bool, String> {
    let mut options = options.clone();
    if !options.given {
        options.files = corpus(&options)?;
    }
    let answers = oracle::ask(&options, "errors")?;
    compare(&options, &answers, |path, answer| check(&options, path, answer))
}

/// The generated programs, made when they aren't there yet.
pub fn corpus(options: &Options) -> Result<Vec<PathBuf>, String> {
    let name = format!("../target/wrong-{}-{}", options.count, options.seed);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if !directory.exists() {
        make(options, &directory)?;
    }
    let entries = directory.read_dir().map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

fn make(options: &Options, directory: &Path) -> Result<(), String> {
    eprintln!("making wrong programs in {}", directory.display());
    let paths: String = options.files.iter().map(|path| format!("{}\n", path.display())).collect();
    let list = directory.with_extension("list");
    let describe = |error: std::io::Error| format!("{}: {error}", list.display());
    std::fs::create_dir_all(directory.parent().ok_or("no directory for the programs")?).map_err(describe)?;
    std::fs::write(&list, paths).map_err(describe)?;
    let status = Command::new(&options.python)
        .args(["-I", "-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/wrong.py"))
        .arg(directory)
        .args([options.count.to_string(), options.seed.to_string()])
        .stdin(Stdio::from(std::fs::File::open(&list).map_err(describe)?))
        .status()
        .map_err(describe)?;
    if status.success() { Ok(()) } else { Err("the reference could not make the programs".to_owned()) }
}

fn check(options: &Options, path: &Path, answer: &Answer) -> Result<(), Difference> {
    let source =
        std::fs::read_to_string(path).map_err(|error| Difference::new("unreadable", error.to_string()))?;
    let ours = ours::check(options, &source).map_err(|error| ours::describe(&error));
    let theirs = match answer {
        Answer::Content(_) => Ok(()),
        Answer::Error(theirs) => Err(theirs.clone()),
    };
    if theirs == ours {
        return Ok(());
    }
    let show = |result: &Result<(), String>| match result {
        Ok(()) => "no error".to_owned(),
        Err(error) => error.replace('\t', " | "),
    };
    let head = |result: &Result<(), String>| match result {
        Ok(()) => "no error".to_owned(),
        // Without line numbers and names, so that like counts with like.
        Err(error) => error.split('\t').nth(1).unwrap_or_default().replace(|c: char| c.is_ascii_digit(), "N"),
    };
    let (left, right) = (head(&theirs), head(&ours));
    let kind = if left == right { format!("position of: {left}") } else { format!("{left} / {right}") };
    let line = match &theirs {
        Err(error) => error.split('\t').nth(2).and_then(|line| line.parse().ok()).unwrap_or(1),
        Ok(()) => 1usize,
    };
    let near: Vec<String> = (source.lines().enumerate())
        .filter(|(index, _)| index + 3 >= line && *index < line + 1)
        .map(|(index, text)| format!("  {:4} {text}", index + 1))
        .collect();
    Err(Difference::new(
        kind,
        format!("CPython {}\nours    {}\n{}", show(&theirs), show(&ours), near.join("\n")),
    ))
}

//! Runs every program of `tests/programs` and compares what it prints with what CPython printed
//! (`cargo xtask record-programs` records that).

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "../../../tests/outcome.rs"]
mod outcome;
use outcome::outcome;

fn first_difference(expected: &str, got: &str) -> String {
    let mut got = got.lines();
    for (at, line) in expected.lines().enumerate() {
        match got.next() {
            Some(other) if other == line => {}
            other => {
                return format!(
                    "line {}\n  expected {line:?}\n  printed  {:?}",
                    at + 1,
                    other.unwrap_or("<nothing>")
                );
            }
        }
    }
    format!("after the expected end: {:?}", got.next().unwrap_or("<line ends>"))
}

#[test]
fn programs_print_what_cpython_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/programs is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| path.with_extension("out").exists())
        .collect();
    programs.sort();
    assert!(!programs.is_empty());
    let python = Path::new(env!("CARGO_BIN_EXE_taipan"));
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let expected = std::fs::read_to_string(program.with_extension("out")).expect("readable");
                    let got = outcome(python, program);
                    if got != expected {
                        let name = program.file_name().expect("a file").to_string_lossy().into_owned();
                        let failure = format!("{name}: {}", first_difference(&expected, &got));
                        failures.lock().expect("no thread panics").push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panics");
    assert!(
        failures.is_empty(),
        "{} of {} programs differ:\n{}",
        failures.len(),
        programs.len(),
        failures.join("\n")
    );
}

//! CPython's own tests as a ratchet: a test that passed once has to pass for ever.
//!
//! `tests/conformance/passed.txt` holds, for every module that is run, the tests that pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::options::Options;

/// How long one start of a module may take.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How often a module is started again without the tests that crashed or hung.
const RESTARTS: usize = 4;

/// How many lost tests are named.
const SHOWN: usize = 100;

type Passed = BTreeMap<String, BTreeSet<String>>;

/// `conformance`: runs the modules of the ratchet file, fails where a test of it fails.
pub fn check(options: &Options) -> Result<bool, String> {
    let known = read(&file())?;
    let found = run_all(options, &modules(options, &known))?;
    let mut lost = 0;
    let mut gained = 0;
    let mut total = 0;
    for (module, passed) in &found {
        let nothing = BTreeSet::new();
        let before = known.get(module).unwrap_or(&nothing);
        for test in before.difference(passed) {
            lost += 1;
            if lost <= SHOWN {
                println!("no longer passes: {test}");
            }
        }
        gained += passed.difference(before).count();
        total += passed.len();
    }
    println!("conformance: {total} tests pass in {} modules, {lost} lost, {gained} new", found.len());
    Ok(lost == 0)
}

/// `record-conformance [MODULES]`: runs the modules, adds what passes to the ratchet file; never takes anything out.
pub fn record(options: &Options) -> Result<bool, String> {
    let mut known = read(&file())?;
    let found = run_all(options, &modules(options, &known))?;
    let mut gained = 0;
    for (module, passed) in found {
        let before = known.entry(module).or_default();
        gained += passed.difference(before).count();
        before.extend(passed);
    }
    let mut text = String::new();
    for (module, passed) in &known {
        let _ = writeln!(text, "{module}");
        let prefix = format!("test.{module}.");
        for test in passed {
            let _ = match test.strip_prefix(&prefix) {
                Some(short) => writeln!(text, "  {short}"),
                None => writeln!(text, "  ={test}"),
            };
        }
    }
    std::fs::write(file(), text).map_err(|error| error.to_string())?;
    println!("recorded {gained} new tests; {} in all", known.values().map(BTreeSet::len).sum::<usize>());
    Ok(true)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance")
}

fn file() -> PathBuf {
    folder().join("passed.txt")
}

/// The modules that were named, else all of the ratchet file.
fn modules(options: &Options, known: &Passed) -> Vec<String> {
    match options.names.is_empty() {
        true => known.keys().cloned().collect(),
        false => options.names.clone(),
    }
}

fn read(path: &Path) -> Result<Passed, String> {
    let mut passed = Passed::new();
    if !path.exists() {
        return Ok(passed);
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut module = String::new();
    for line in text.lines() {
        match line.strip_prefix("  ") {
            None => {
                module = line.to_owned();
                passed.entry(module.clone()).or_default();
            }
            Some(test) => {
                // The ids of doctests are whole.
                let whole = match test.strip_prefix('=') {
                    Some(test) => test.to_owned(),
                    None => format!("test.{module}.{test}"),
                };
                passed.entry(module.clone()).or_default().insert(whole);
            }
        }
    }
    Ok(passed)
}

fn run_all(options: &Options, modules: &[String]) -> Result<Passed, String> {
    let tests = options
        .tests
        .clone()
        .ok_or("--tests or $TAIPAN_REFERENCE_TESTS must name the folder of CPython's `test` package")?;
    let tests = tests.canonicalize().map_err(|error| format!("{}: {error}", tests.display()))?;
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Passed::new());
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| {
                while let Some(module) = modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let passed = run_module(&options.taipan, &tests, module);
                    if let Ok(mut found) = found.lock() {
                        found.insert(module.clone(), passed);
                    }
                }
            });
        }
    });
    found.into_inner().map_err(|error| error.to_string())
}

/// The tests of a module that pass. One that crashes or hangs is left out of the next start.
fn run_module(taipan: &Path, tests: &Path, module: &str) -> BTreeSet<String> {
    let scratch = std::env::temp_dir().join(format!("taipan-conformance-{}-{module}", std::process::id()));
    let mut passed = BTreeSet::new();
    if std::fs::create_dir_all(&scratch).is_err() {
        return passed;
    }
    let (out, skipped) = (scratch.join("out"), scratch.join("skipped"));
    let mut skip: Vec<String> = Vec::new();
    for _ in 0..=RESTARTS {
        let _ = std::fs::write(&skipped, skip.join("\n"));
        let _ = std::fs::remove_file(&out);
        start(taipan, tests, module, &scratch, &out, &skipped);
        let text =
            std::fs::read(&out).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let mut running = None;
        let mut ended = false;
        for line in text.lines() {
            match line.split_once('\t') {
                Some(("start", test)) => running = Some(test.to_owned()),
                Some(("ok", test)) => {
                    passed.insert(test.to_owned());
                    skip.push(test.to_owned());
                    running = None;
                }
                Some(("not", test)) => {
                    skip.push(test.to_owned());
                    running = None;
                }
                Some(("end", _)) => ended = true,
                _ => {}
            }
        }
        match running {
            Some(test) if !ended => skip.push(test),
            _ => break,
        }
    }
    let _ = std::fs::remove_dir_all(&scratch);
    passed
}

fn start(taipan: &Path, tests: &Path, module: &str, scratch: &Path, out: &Path, skipped: &Path) {
    let mut command = Command::new(taipan);
    command.arg(folder().join("one_module.py")).arg(module).arg(out).arg(skipped);
    command
        .current_dir(scratch)
        .env("PYTHONPATH", tests)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("HOME", scratch);
    // The tests' home is a scratch folder, the unpacked library's is not.
    command.env("XDG_CACHE_HOME", std::env::temp_dir().join("taipan-conformance"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let Ok(mut child) = command.spawn() else { return };
    let begun = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if begun.elapsed() > TIMEOUT {
            // The whole group: the test may have started others.
            let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

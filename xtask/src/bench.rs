//! `bench-frontend`: how long tokenizing, parsing and compiling the files takes in one thread, beside CPython.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use bumpalo::Bump;
use syntax::tokenizer::{Options as TokenOptions, tokenize};

use crate::options::Options;
use crate::ours;

pub fn bench_frontend(options: &Options) -> Result<bool, String> {
    let mut sources = Vec::new();
    for path in &options.files {
        let Ok(bytes) = std::fs::read(path) else { continue };
        if let Ok(text) = ours::decode(options, &bytes) {
            sources.push(text.into_owned());
        }
    }
    let size: usize = sources.iter().map(String::len).sum();
    println!("{} files, {:.1} MB", sources.len(), size as f64 / 1e6);
    let base = peak();
    let tokens = best(|| {
        for source in &sources {
            black_box(tokenize(source, TokenOptions::default()));
        }
    });
    line("tokenize", tokens, size);
    let mut arena = Bump::new();
    let parse = best(|| {
        for source in &sources {
            let arena = Bump::new();
            let mut warnings = Vec::new();
            let _ = black_box(syntax::parse(
                source,
                syntax::Mode::Exec,
                syntax::Options::default(),
                &arena,
                &mut warnings,
            ));
        }
    });
    line("tokenize, parse", parse, size);
    let reused = best(|| {
        for source in &sources {
            arena.reset();
            let mut warnings = Vec::new();
            let _ = black_box(syntax::parse(
                source,
                syntax::Mode::Exec,
                syntax::Options::default(),
                &arena,
                &mut warnings,
            ));
        }
    });
    line("the same, one arena for all", reused, size);
    // Without a compiler its time would be that of saying so.
    let compile = ours::compile(options, b"", "bench").is_ok().then(|| {
        best(|| {
            for source in &sources {
                let _ = black_box(ours::compile(options, source.as_bytes(), "bench"));
            }
        })
    });
    match compile {
        Some(seconds) => line("tokenize, parse, compile", seconds, size),
        None => println!("(nothing to compile with yet)"),
    }
    println!("{:32} {} KiB", "peak memory over the sources", peak() - base);
    if let Some((seconds, memory)) = reference(options) {
        line("CPython's compile()", seconds, size);
        println!("{:32} {memory} KiB", "its peak memory");
        if let Some(compile) = compile {
            println!("{:32} {:.2}", "times as fast", seconds / compile);
        }
    }
    Ok(true)
}

fn line(what: &str, seconds: f64, size: usize) {
    println!("{what:32} {seconds:7.3} s {:7.1} MB/s", size as f64 / 1e6 / seconds);
}

/// The best time of three: the thread's own, since the machine may be busy with other things.
fn best(mut run: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..3 {
        let (started, used) = (Instant::now(), thread_time());
        run();
        let time = match (used, thread_time()) {
            (Some(before), Some(after)) => after - before,
            _ => started.elapsed().as_secs_f64(),
        };
        best = best.min(time);
    }
    best
}

/// How long this thread has run, in seconds, where the system tells.
fn thread_time() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(status.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// The most memory that the process has held, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// CPython's seconds and KiB.
fn reference(options: &Options) -> Option<(f64, u64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench.py");
    let mut child = Command::new(&options.python)
        .args(["-I", "-X", "utf8"])
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    for path in &options.files {
        writeln!(stdin, "{}", path.display()).ok()?;
    }
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (seconds, memory) = text.trim().split_once(' ')?;
    Some((seconds.parse().ok()?, memory.parse().ok()?))
}

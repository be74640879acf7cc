//! Running a comparison over many files, and its report.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::options::Options;
use crate::oracle::Answer;

/// How a file's result differs.
pub struct Difference {
    /// A word or two, by which differences are counted.
    pub kind: String,
    /// Everything that helps to see it.
    pub detail: String,
}

impl Difference {
    pub fn new(kind: impl Into<String>, detail: impl Into<String>) -> Self {
        Difference { kind: kind.into(), detail: detail.into() }
    }
}

/// The front end's recursion checks look at the native stack; give it as much as a program's main thread has, and more.
const STACK: usize = 256 << 20;

/// Compares each file's answer with ours and prints what differs. Returns whether nothing does.
pub fn compare(
    options: &Options,
    answers: &[Answer],
    check: impl Fn(&Path, &Answer) -> Result<(), Difference> + Sync,
) -> Result<bool, String> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let worker = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let (Some(path), Some(answer)) = (options.files.get(index), answers.get(index)) else {
                    break;
                };
                let result = catch_unwind(AssertUnwindSafe(|| check(path, answer)));
                let result = result.unwrap_or_else(|panic| Err(panicked(&*panic)));
                if let (Err(difference), Ok(mut found)) = (result, found.lock()) {
                    found.push((index, difference));
                }
            }
        };
        for _ in 0..options.jobs {
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker);
        }
    });
    let _ = std::panic::take_hook();
    let mut found = found.into_inner().map_err(|_| "a worker died")?;
    found.sort_by_key(|(index, _)| *index);
    report(options, &found);
    Ok(found.is_empty())
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Difference {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("?");
    Difference::new(format!("panic: {}", message.lines().next().unwrap_or_default()), message)
}

fn report(options: &Options, found: &[(usize, Difference)]) {
    let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, difference) in found {
        kinds.entry(&difference.kind).or_default().push(*index);
    }
    let mut kinds: Vec<(&str, Vec<usize>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    for (index, difference) in found.iter().take(options.show) {
        println!("=== {}: {}\n{}\n", options.files[*index].display(), difference.kind, difference.detail);
    }
    for (kind, files) in &kinds {
        println!("{:6} {kind}  (first: {})", files.len(), options.files[files[0]].display());
    }
    println!("{} of {} files are the same", options.files.len() - found.len(), options.files.len());
}

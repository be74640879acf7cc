//! The executable exports the C API: `exports.txt` lists the symbols that the most used binary packages import.
//! `exports_missing.txt` lists those that are not there yet; `TAIPAN_RECORD=1 cargo test` rewrites it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The words of a file beside this one.
fn words(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    std::fs::read_to_string(path).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_executable_exports_the_c_api() {
    let output = Command::new("nm")
        .args(["-D", "--defined-only", env!("CARGO_BIN_EXE_taipan")])
        .output()
        .expect("nm is installed with the C compiler");
    let listing = String::from_utf8(output.stdout).expect("symbols are ASCII");
    let exported: BTreeSet<String> =
        listing.lines().filter_map(|line| line.split_whitespace().nth(2)).map(str::to_owned).collect();
    let missing: BTreeSet<String> = words("exports.txt").difference(&exported).cloned().collect();
    if std::env::var_os("TAIPAN_RECORD").is_some() {
        let text: String = missing.iter().map(|name| format!("{name}\n")).collect();
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports_missing.txt"), text)
            .expect("the folder is writable");
        return;
    }
    let known = words("exports_missing.txt");
    let lost: Vec<_> = missing.difference(&known).collect();
    let found: Vec<_> = known.difference(&missing).collect();
    assert!(lost.is_empty(), "no longer exported: {lost:?}");
    assert!(
        found.is_empty(),
        "exported now, take them out of exports_missing.txt (TAIPAN_RECORD=1): {found:?}"
    );
}

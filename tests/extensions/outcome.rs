//! Compiling the extension modules beside this file and running their programs: shared by the test and by
//! `cargo xtask record-extensions`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// CPython's headers (a folder `python3.14`): those of `$TAIPAN_REFERENCE_INCLUDE`, else those that `.ci/reference-tests` has
/// fetched into the target folder, else those of the reference installation in the user's cache.
pub fn include(root: &Path) -> PathBuf {
    if let Some(given) = std::env::var_os("TAIPAN_REFERENCE_INCLUDE") {
        return given.into();
    }
    let fetched = root.join("target/reference-tests/include/python3.14");
    let cached = std::env::var_os("HOME")
        .map(|home| Path::new(&home).join(".cache/taipan-reference/fs/usr/include/python3.14"));
    let found = std::iter::once(fetched).chain(cached).find(|folder| folder.join("Python.h").is_file());
    found.expect("CPython's headers are there: `.ci/reference-tests target/reference-tests` fetches them")
}

/// The names of the modules, which are those of their programs.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("tests/extensions is there")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".c").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Compiles a module.
pub fn compile(include: &Path, source: &Path, target: &Path) {
    let beside = include.parent().unwrap_or(include);
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-w", "-Werror=implicit-function-declaration", "-I"])
        .arg(include)
        .arg("-idirafter")
        .arg(beside)
        .arg("-o")
        .arg(target)
        .arg(source)
        .output()
        .expect("a C compiler is installed as `cc`");
    let messages = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{} does not compile:\n{messages}", source.display());
}

/// What an interpreter prints for a program. It gets a minute and 8 GB.
pub fn run(python: &Path, program: &Path, modules: &Path) -> String {
    let folder = program.parent().expect("a program lies in a folder");
    let path = std::env::join_paths([modules, folder]).expect("no colon in the paths");
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 8000000; exec timeout -s KILL 60 \"$@\"", "sh"])
        .arg(python)
        .arg(program)
        .env("PYTHONPATH", path)
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8:surrogateescape")
        .output()
        .expect("the interpreter runs");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        text += &format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    text
}

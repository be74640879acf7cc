//! Extension modules in C (`tests/extensions/*.c`) and the programs that use them print what they print on CPython.
//!
//! The modules are compiled against CPython's headers: those of `$TAIPAN_REFERENCE_INCLUDE` (the `python3.14` folder), else of the
//! reference installation in the user's cache. Without them there is nothing to run. The outputs beside the programs come
//! from CPython: `TAIPAN_RECORD=1 TAIPAN_REFERENCE_PYTHON=… cargo test` rewrites them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The headers, wherever they are.
fn include() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("TAIPAN_REFERENCE_INCLUDE") {
        return Some(given.into());
    }
    let home = PathBuf::from(std::env::var_os("HOME")?);
    Some(home.join(".cache/taipan-reference/fs/usr/include/python3.14")).filter(|folder| folder.is_dir())
}

/// Compiles a module.
fn compile(include: &Path, source: &Path, target: &Path) {
    let beside = include.parent().unwrap_or(include);
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-w", "-I"])
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

/// What an interpreter prints for a program.
fn run(python: &Path, program: &Path, modules: &Path) -> String {
    let folder = program.parent().expect("a program lies in a folder");
    let path = std::env::join_paths([modules, folder]).expect("no colon in the paths");
    let output = Command::new(python)
        .arg(program)
        .env("PYTHONPATH", path)
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

#[test]
fn extension_modules_behave_as_on_cpython() {
    let Some(include) = include() else {
        eprintln!("skipped: no headers (TAIPAN_REFERENCE_INCLUDE)");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/extensions");
    let modules = Path::new(env!("CARGO_TARGET_TMPDIR")).join("extensions");
    std::fs::create_dir_all(&modules).expect("the target folder is writable");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("tests/extensions is there")
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".c").map(str::to_owned))
        .collect();
    names.sort();
    let record = std::env::var_os("TAIPAN_RECORD").and(std::env::var_os("TAIPAN_REFERENCE_PYTHON"));
    let mut wrong = Vec::new();
    for name in &names {
        compile(&include, &folder.join(format!("{name}.c")), &modules.join(format!("ext_{name}.so")));
        let program = folder.join(format!("{name}.py"));
        let expected = folder.join(format!("{name}.out"));
        if let Some(python) = &record {
            std::fs::write(&expected, run(Path::new(python), &program, &modules))
                .expect("the folder is writable");
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        let printed = run(Path::new(env!("CARGO_BIN_EXE_taipan")), &program, &modules);
        let known = known_differences(&folder, name);
        let different = differences(&expected, &printed);
        if different.len() > known {
            wrong.push(format!(
                "{name}: {} lines differ ({known} known), as\n{}",
                different.len(),
                different[..different.len().min(8)].join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// How many lines of a program's output are known to differ: `known.txt` has the name and the number.
fn known_differences(folder: &Path, name: &str) -> usize {
    let text = std::fs::read_to_string(folder.join("known.txt")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// The lines that differ, in pairs.
fn differences(expected: &str, printed: &str) -> Vec<String> {
    let (mut expected, mut printed) = (expected.lines(), printed.lines());
    let mut result = Vec::new();
    loop {
        match (expected.next(), printed.next()) {
            (None, None) => return result,
            (wanted, got) if wanted != got => {
                result.push(format!(
                    "  wanted {}\n  got    {}",
                    wanted.unwrap_or("nothing"),
                    got.unwrap_or("nothing")
                ));
            }
            _ => (),
        }
    }
}

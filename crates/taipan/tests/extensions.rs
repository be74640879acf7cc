//! Extension modules in C (`tests/extensions/*.c`), compiled against CPython's headers, and the programs that use them print
//! what they print on CPython: `cargo xtask record-extensions` has written it beside them.

use std::path::Path;

#[path = "../../../tests/extensions/outcome.rs"]
mod outcome;

#[test]
fn extension_modules_behave_as_on_cpython() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("tests/extensions");
    let include = outcome::include(&root);
    let modules = Path::new(env!("CARGO_TARGET_TMPDIR")).join("extensions");
    std::fs::create_dir_all(&modules).expect("the target folder is writable");
    let mut wrong = Vec::new();
    for name in &outcome::names(&folder) {
        outcome::compile(
            &include,
            &folder.join(format!("{name}.c")),
            &modules.join(format!("ext_{name}.so")),
        );
        let expected = std::fs::read_to_string(folder.join(format!("{name}.out"))).unwrap_or_default();
        let program = folder.join(format!("{name}.py"));
        let printed = outcome::run(Path::new(env!("CARGO_BIN_EXE_taipan")), &program, &modules);
        let different = differences(&expected, &printed);
        if !different.is_empty() {
            let shown = different[..different.len().min(8)].join("\n");
            wrong.push(format!("{name}: {} lines differ, as\n{shown}", different.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
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

//! Records what CPython prints for the programs of `tests/extensions`.

use std::path::Path;

use crate::options::Options;

#[path = "../../tests/extensions/outcome.rs"]
mod outcome;

/// `record-extensions`: compiles the extension modules and writes each program's `.out` file.
pub fn record_extensions(options: &Options) -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("tests/extensions");
    let include = outcome::include(&root);
    let modules = root.join("target/record-extensions");
    std::fs::create_dir_all(&modules).map_err(|error| error.to_string())?;
    let names = outcome::names(&folder);
    for name in &names {
        outcome::compile(
            &include,
            &folder.join(format!("{name}.c")),
            &modules.join(format!("ext_{name}.so")),
        );
        let text = outcome::run(&options.python, &folder.join(format!("{name}.py")), &modules);
        std::fs::write(folder.join(format!("{name}.out")), text).map_err(|error| error.to_string())?;
    }
    println!("recorded {} programs", names.len());
    Ok(true)
}

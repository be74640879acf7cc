//! Records what CPython prints for the programs of `tests/programs`.

use std::path::Path;

use crate::options::Options;

#[path = "../../tests/outcome.rs"]
mod outcome;

/// `record-programs [FILES]`: writes each program's `.out` file.
pub fn record_programs(options: &Options) -> Result<bool, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs");
    let mut programs = options.files.clone();
    if !options.given {
        programs = std::fs::read_dir(&folder)
            .map_err(|error| error.to_string())?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
            .collect();
    }
    for program in &programs {
        let text = outcome::outcome(&options.python, program);
        std::fs::write(program.with_extension("out"), text).map_err(|error| error.to_string())?;
    }
    println!("recorded {} programs", programs.len());
    Ok(true)
}

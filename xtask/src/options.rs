//! The commands' options and the files that they work on.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const HELP: &str = "\
Without files: every .py file of the reference's library.
  --optimize N   optimization level (default 0)
  --python PATH  the reference's interpreter (default: $TAIPAN_REFERENCE_PYTHON, else python3.14)
  --tests PATH   conformance: the folder of CPython's `test` package (default: $TAIPAN_REFERENCE_TESTS)
  --taipan PATH  conformance: the command to try (default: target/debug/taipan)
  --lib PATH     the reference's library (default: $TAIPAN_REFERENCE_LIB, else the interpreter's)
  --show N       how many differing files to show in detail (default 5)
  --jobs N       how many files at once (default 2)
  --oracle       dis: CPython's code
  --count N      same-errors, same-flags, same-encodings: how many programs to make (default 5000)
  --seed N       same-errors, same-flags, same-encodings: the seed of the random choices (default 1)
  --fresh        ask CPython again instead of using the answers kept in target/";

#[derive(Clone)]
pub struct Options {
    pub optimize: i32,
    pub python: PathBuf,
    pub files: Vec<PathBuf>,
    /// Whether the files were named, and are not the whole library.
    pub given: bool,
    pub count: usize,
    pub seed: usize,
    pub show: usize,
    pub jobs: usize,
    pub oracle: bool,
    pub fresh: bool,
    /// Arguments that are no files: the modules of `conformance`.
    pub names: Vec<String>,
    /// The folder with CPython's `test` package.
    pub tests: Option<PathBuf>,
    /// The `taipan` command to try.
    pub taipan: PathBuf,
}

impl Options {
    /// `library`: without files, all of the reference's library is meant.
    pub fn parse(mut arguments: impl Iterator<Item = String>, library: bool) -> Result<Options, String> {
        let python = env::var_os("TAIPAN_REFERENCE_PYTHON").map_or("python3.14".into(), PathBuf::from);
        let mut options = Options {
            optimize: 0,
            python,
            files: Vec::new(),
            given: false,
            count: 5000,
            seed: 1,
            show: 5,
            jobs: 2,
            oracle: false,
            fresh: false,
            names: Vec::new(),
            tests: env::var_os("TAIPAN_REFERENCE_TESTS").map(PathBuf::from),
            taipan: Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/taipan"),
        };
        let mut lib = env::var_os("TAIPAN_REFERENCE_LIB").map(PathBuf::from);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            let number = |text: String| text.parse::<usize>().map_err(|_| format!("{text} is no number"));
            match argument.as_str() {
                "--optimize" => options.optimize = number(value()?)? as i32,
                "--show" => options.show = number(value()?)?,
                "--jobs" => options.jobs = number(value()?)?.max(1),
                "--count" => options.count = number(value()?)?,
                "--seed" => options.seed = number(value()?)?,
                "--python" => options.python = value()?.into(),
                "--tests" => options.tests = Some(value()?.into()),
                "--taipan" => options.taipan = value()?.into(),
                "--lib" => lib = Some(value()?.into()),
                "--oracle" => options.oracle = true,
                "--fresh" => options.fresh = true,
                other if other.starts_with("--") => return Err(format!("unknown option {other}\n{HELP}")),
                name if !name.contains('/') && !name.ends_with(".py") && !Path::new(name).exists() => {
                    options.given = true;
                    options.names.push(argument);
                }
                _ => {
                    options.given = true;
                    collect(Path::new(&argument), &mut options.files)?;
                }
            }
        }
        if !options.given && library {
            let lib = match lib {
                Some(lib) => lib,
                None => library_of(&options.python)?,
            };
            collect(&lib, &mut options.files)?;
        }
        options.files.sort();
        Ok(options)
    }
}

/// Where the interpreter's library is.
fn library_of(python: &Path) -> Result<PathBuf, String> {
    let output = Command::new(python)
        .args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'), end='')"])
        .output()
        .map_err(|error| {
            format!("{}: {error} (set --python or TAIPAN_REFERENCE_PYTHON)", python.display())
        })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned().into())
}

/// Adds the file, or the readable `.py` files below the directory.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let describe = |error: std::io::Error| format!("{}: {error}", path.display());
    if !path.metadata().map_err(describe)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in path.read_dir().map_err(describe)? {
        let path = entry.map_err(describe)?.path();
        let Ok(metadata) = path.metadata() else { continue };
        if metadata.is_dir() || path.extension().is_some_and(|extension| extension == "py") {
            collect(&path, files)?;
        }
    }
    Ok(())
}

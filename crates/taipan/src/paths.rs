//! Where things are: the executable, the prefix, the library, `sys.path`; what CPython's `getpath` computes.

use std::io;
use std::path::{Path, PathBuf};

use runtime::startup::Config;

use crate::options::variable;

/// Fills in the paths of a configuration.
pub fn find(config: &mut Config) -> io::Result<()> {
    let executable = executable(config);
    config.executable = executable.clone().map(text).unwrap_or_default();
    config.base_executable = config.executable.clone();
    let own = std::fs::canonicalize(std::env::current_exe()?)?;
    let venv = executable.as_deref().and_then(environment_of);
    config.home = variable(config, "PYTHONHOME");
    let prefix = match &config.home {
        Some(home) => PathBuf::from(home.split(':').next().unwrap_or(home)),
        None => match installed_prefix(&own) {
            Some(prefix) => prefix,
            None => stdlib::unpack()?,
        },
    };
    let library = prefix.join(stdlib::DIRECTORY);
    config.base_prefix = text(prefix.clone());
    config.prefix = config.base_prefix.clone();
    config.stdlib_dir = Some(text(library.clone()));
    if let Some((directory, home)) = venv {
        config.prefix = text(directory);
        if let (Some(home), Some(name)) = (home, own.file_name()) {
            let base = Path::new(&home).join(name);
            if base.is_file() {
                config.base_executable = text(base);
            }
        }
    }
    let mut path = Vec::new();
    if let Some(extra) = variable(config, "PYTHONPATH") {
        let current = std::env::current_dir().unwrap_or_default();
        for entry in extra.split(':') {
            path.push(if entry.is_empty() { text(current.clone()) } else { text(current.join(entry)) });
        }
    }
    path.push(text(prefix.join("lib").join("python314.zip")));
    path.push(text(library.clone()));
    path.push(text(library.join("lib-dynload")));
    config.path = path;
    Ok(())
}

fn text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

/// The path by which the command was called, absolute, links not followed.
fn executable(config: &Config) -> Option<PathBuf> {
    let name = config.orig_argv.first()?;
    if name.contains('/') {
        return std::path::absolute(name).ok();
    }
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|directory| directory.join(name))
            .find(|candidate| candidate.is_file())
    });
    found.and_then(|found| std::path::absolute(found).ok()).or_else(|| std::env::current_exe().ok())
}

/// The prefix of an installation around the executable: where the library lies beside it.
fn installed_prefix(executable: &Path) -> Option<PathBuf> {
    executable
        .ancestors()
        .skip(1)
        .take(2)
        .find(|directory| directory.join(stdlib::DIRECTORY).join(stdlib::LANDMARK).is_file())
        .map(Path::to_owned)
}

/// The virtual environment that an executable belongs to, and the `home` that its `pyvenv.cfg` names.
fn environment_of(executable: &Path) -> Option<(PathBuf, Option<String>)> {
    let directory = executable.parent()?;
    let (root, file) = [Some(directory), directory.parent()]
        .into_iter()
        .flatten()
        .map(|root| (root, root.join("pyvenv.cfg")))
        .find(|(_, file)| file.is_file())?;
    let content = std::fs::read_to_string(file).ok()?;
    let home = content.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim().eq_ignore_ascii_case("home")).then(|| value.trim().to_owned())
    });
    Some((root.to_owned(), home))
}

//! Frozen modules: code that the executable carries.

use std::path::PathBuf;
use std::sync::RwLock;

use crate::objects::code::Code;
use crate::prelude::*;

/// A module that the executable carries as marshalled code.
#[derive(Clone, Copy, Debug)]
pub struct Frozen {
    pub name: &'static str,
    /// The name of the module whose file it is made from, if another (`importlib._bootstrap`).
    pub origin: &'static str,
    pub is_package: bool,
    pub code: &'static [u8],
}

static MODULES: RwLock<&[Frozen]> = RwLock::new(&[]);

/// Says which modules are frozen: before the first interpreter starts.
pub fn register(modules: &'static [Frozen]) {
    if let Ok(mut known) = MODULES.write() {
        *known = modules;
    }
}

/// All frozen modules.
pub fn all() -> &'static [Frozen] {
    MODULES.read().map_or(&[], |known| *known)
}

/// What is found under a name: frozen code, or a file of the library while files can't be imported otherwise.
#[derive(Clone, Debug)]
pub enum Found {
    Code(Frozen),
    File { name: String, path: PathBuf, is_package: bool },
}

impl Found {
    pub fn is_package(&self) -> bool {
        match self {
            Found::Code(frozen) => frozen.is_package,
            Found::File { is_package, .. } => *is_package,
        }
    }

    pub fn origin(&self) -> &str {
        match self {
            Found::Code(frozen) => frozen.origin,
            Found::File { name, .. } => name,
        }
    }
}

/// Is it one of the modules that imports themselves need?
fn is_essential(name: &str) -> bool {
    matches!(name, "_frozen_importlib" | "_frozen_importlib_external" | "zipimport")
}

/// The frozen module of that name.
pub fn find(name: &str) -> Option<Found> {
    let found = all().iter().find(|frozen| frozen.name == name).copied();
    if found.is_some() {
        let switched_off = match super::state().frozen_override.get() {
            0 => !crate::startup::config().use_frozen,
            switch => switch < 0,
        };
        if switched_off && !is_essential(name) {
            return None;
        }
        return found.map(Found::Code);
    }
    if crate::startup::can_import_files() {
        return None;
    }
    find_file(name)
}

/// A file of the library, for as long as files can't be imported by importlib.
fn find_file(name: &str) -> Option<Found> {
    let config = crate::startup::config();
    let relative: PathBuf = name.split('.').collect();
    for directory in &config.path {
        let base = PathBuf::from(directory).join(&relative);
        let package = base.join("__init__.py");
        if package.is_file() {
            return Some(Found::File { name: name.into(), path: package, is_package: true });
        }
        let file = base.with_extension("py");
        if file.is_file() {
            return Some(Found::File { name: name.into(), path: file, is_package: false });
        }
    }
    None
}

/// The code of a frozen module.
pub fn code(found: &Found) -> Result<Ref<Code>> {
    match found {
        Found::Code(frozen) => {
            let code = crate::modules::marshal::load(frozen.code)?;
            code.cast_exact::<Code>()
                .map_err(|_| raise!(TypeError, "frozen object {} is not a code object", frozen.name))
        }
        Found::File { path, .. } => {
            let Ok(source) = std::fs::read(path) else {
                return Err(raise!(ImportError, "can't read {}", path.display()));
            };
            let filename = Str::new(&path.to_string_lossy());
            let options = compiler::Options {
                optimize: crate::startup::config().optimize,
                ..compiler::Options::default()
            };
            crate::compile::compile_bytes(&source, &filename, syntax::Mode::Exec, options)
        }
    }
}

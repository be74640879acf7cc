//! The Python half of the standard library, inside the executable: the modules that every start needs as bytecode
//! ([`FROZEN`]), all files packed ([`unpack`]). It must never know objects.
#![deny(unsafe_code)]

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A module compiled at build time.
#[derive(Clone, Copy, Debug)]
pub struct FrozenModule {
    pub name: &'static str,
    /// The module whose file it was made from.
    pub origin: &'static str,
    pub is_package: bool,
    /// Marshalled code.
    pub code: &'static [u8],
}

/// The modules that imports and every start need.
pub static FROZEN: &[FrozenModule] = include!(concat!(env!("OUT_DIR"), "/frozen.rs"));

static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
const KEY_AND_SIZE: (&str, usize) = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The folder below a prefix in which the library's files lie.
pub const DIRECTORY: &str = "lib/python3.14";

/// A file that is in every copy of the library.
pub const LANDMARK: &str = "os.py";

/// The prefix below which the library is unpacked, which happens once: in the user's cache, else among temporary files.
pub fn unpack() -> io::Result<PathBuf> {
    let (key, _) = KEY_AND_SIZE;
    let mut error = None;
    for place in places() {
        let prefix = place.join(format!("taipan-{key}"));
        if prefix.join(DIRECTORY).join(LANDMARK).is_file() {
            return Ok(prefix);
        }
        match unpack_to(&place, &prefix) {
            Ok(()) => return Ok(prefix),
            Err(failed) => error = Some(failed),
        }
    }
    Err(error.unwrap_or_else(|| io::Error::other("there is no folder for the library")))
}

/// Folders to unpack into, the best first.
fn places() -> Vec<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut places = Vec::new();
    if let Some(cache) = set("XDG_CACHE_HOME").filter(|path| path.is_absolute()) {
        places.push(cache.join("taipan"));
    }
    if let Some(home) = set("HOME").filter(|path| path.is_absolute()) {
        places.push(home.join(".cache").join("taipan"));
    }
    let user = env::var_os("USER").unwrap_or_default();
    let mut name = std::ffi::OsString::from("taipan-");
    name.push(if user.is_empty() { OsStr::new("library") } else { &user });
    places.push(env::temp_dir().join(name));
    places
}

/// Unpacks beside the final folder and moves it there, so that nobody sees half a library.
fn unpack_to(place: &Path, prefix: &Path) -> io::Result<()> {
    fs::create_dir_all(place)?;
    let temporary = place.join(format!("unpacking-{}", std::process::id()));
    let library = temporary.join(DIRECTORY);
    let (_, size) = KEY_AND_SIZE;
    let block = miniz_oxide::inflate::decompress_to_vec_with_limit(LIBRARY, size)
        .map_err(|error| io::Error::other(format!("the packed library is damaged: {error}")))?;
    let mut rest = &block[..];
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
        let (name, after) = after.split_at(length(0));
        let (content, after) = after.split_at(length(4));
        let path = library.join(String::from_utf8_lossy(name).as_ref());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        rest = after;
    }
    fs::create_dir_all(library.join("site-packages"))?;
    fs::create_dir_all(library.join("lib-dynload"))?;
    match fs::rename(&temporary, prefix) {
        Ok(()) => Ok(()),
        // Another process was faster.
        Err(_) if prefix.join(DIRECTORY).join(LANDMARK).is_file() => {
            let _ = fs::remove_dir_all(&temporary);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

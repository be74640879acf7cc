//! Gathers the library's files (the registry's, corrected by `overlay/`), freezes what every start needs, and packs the rest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use bytecode::Wtf8;
use bytecode::marshal::dump_code;
use compiler::{Options, Outcome};
use syntax::Mode;

/// The frozen modules: the name, the file, and the name of the module that the file is otherwise.
const FROZEN: &[(&str, &str, &str)] = &[
    ("_frozen_importlib", "importlib/_bootstrap.py", "importlib._bootstrap"),
    ("_frozen_importlib_external", "importlib/_bootstrap_external.py", "importlib._bootstrap_external"),
    ("zipimport", "zipimport.py", "zipimport"),
    ("abc", "abc.py", "abc"),
    ("codecs", "codecs.py", "codecs"),
    ("io", "io.py", "io"),
    ("_collections_abc", "_collections_abc.py", "_collections_abc"),
    ("_sitebuiltins", "_sitebuiltins.py", "_sitebuiltins"),
    ("genericpath", "genericpath.py", "genericpath"),
    ("ntpath", "ntpath.py", "ntpath"),
    ("posixpath", "posixpath.py", "posixpath"),
    ("os", "os.py", "os"),
    ("site", "site.py", "site"),
    ("stat", "stat.py", "stat"),
    ("importlib.util", "importlib/util.py", "importlib.util"),
    ("importlib.machinery", "importlib/machinery.py", "importlib.machinery"),
    ("runpy", "runpy.py", "runpy"),
    ("__hello__", "__hello__.py", "__hello__"),
    ("__phello__", "__phello__/__init__.py", "__phello__"),
    ("__phello__.spam", "__phello__/spam.py", "__phello__.spam"),
];

/// What the registry's crate has beyond the library.
const LEFT_OUT: &[&str] =
    &["README.md", "_dummy_os.py", "_dummy_thread.py", "dummy_threading.py", "_pycodecs.py"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=overlay");
    let mut files = BTreeMap::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut files);
    files.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    collect(&root.join("overlay"), "", &mut files);
    files.remove("README.md");
    freeze(&files, &out);
    pack(&files, &out);
}

/// All files below a directory, by their path with slashes.
fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let relative = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            if name != "__pycache__" && name != "test" {
                collect(&path, &relative, files);
            }
        } else if !name.ends_with(".pyc") {
            files.insert(relative, fs::read(&path).expect("a readable file"));
        }
    }
}

/// Compiles the frozen modules and writes the table that `lib.rs` includes.
fn freeze(files: &BTreeMap<String, Vec<u8>>, out: &Path) {
    let mut table = String::from("&[\n");
    for (name, file, origin) in FROZEN {
        let Some(source) = files.get(*file) else { continue };
        let source = String::from_utf8_lossy(source).replace("\r\n", "\n");
        let filename = format!("<frozen {origin}>");
        let code = compiler::compile_source(
            &source,
            Wtf8::new(&filename),
            Mode::Exec,
            Options::default(),
            &mut |_| Outcome::Continue,
        )
        .unwrap_or_else(|error| panic!("{file}:{}: {}", error.lineno, error.message));
        let data = dump_code(&code).unwrap_or_else(|error| panic!("{file}: {error}"));
        fs::write(out.join(format!("{name}.bin")), data).expect("a writable output directory");
        let is_package = file.ends_with("/__init__.py");
        writeln!(
            table,
            "    FrozenModule {{ name: {name:?}, origin: {origin:?}, is_package: {is_package}, \
             code: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.bin\")) }},"
        )
        .expect("memory");
    }
    table.push(']');
    fs::write(out.join("frozen.rs"), table).expect("a writable output directory");
}

/// Packs all files into one compressed block: for each, the lengths of name and content, then both.
fn pack(files: &BTreeMap<String, Vec<u8>>, out: &Path) {
    let mut block = Vec::new();
    for (name, content) in files {
        block.extend((name.len() as u32).to_le_bytes());
        block.extend((content.len() as u32).to_le_bytes());
        block.extend(name.as_bytes());
        block.extend(content);
    }
    // FNV-1a: the key of the folder into which the library is unpacked.
    let key = block.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fs::write(out.join("library.bin"), miniz_oxide::deflate::compress_to_vec(&block, 6))
        .expect("a writable output directory");
    fs::write(out.join("library.rs"), format!("(\"{key:016x}\", {})", block.len()))
        .expect("a writable output directory");
}

//! `_imp`: what importlib needs of the interpreter.

use std::cell::Cell;

use crate::import::frozen::{self, Found};
use crate::objects::code::Code;
use crate::prelude::*;

module! {
    name: "_imp",
    doc: "The native part of the import system, for importlib.",
    functions: [
        fix_co_filename, frozen_module_names, override_frozen_modules_for_tests, override_multi_interp_extensions_check,
        acquire_lock, create_builtin, create_dynamic, exec_builtin, exec_dynamic, extension_suffixes, find_frozen,
        get_frozen_object, init_frozen, is_builtin, is_frozen, is_frozen_package, lock_held, release_lock, source_hash,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let mode = &crate::startup::config().check_hash_pycs;
    dict.insert_str(intern!("check_hash_based_pycs"), &Str::new(mode))?;
    let magic = u32::from(bytecode::marshal::MAGIC_NUMBER) | 0x0A0D << 16;
    dict.insert_str(intern!("pyc_magic_number_token"), &Int::new(i64::from(magic)))
}

/// The global import lock: how often it is held.
#[derive(Default)]
struct Lock {
    depth: Cell<usize>,
}

fn lock() -> &'static Lock {
    Interpreter::current().state()
}

/// Tell whether the import lock is held.
#[function(signature = "()")]
fn lock_held() -> bool {
    lock().depth.get() > 0
}

/// Acquire the import lock.
#[function(signature = "()")]
fn acquire_lock() {
    let depth = &lock().depth;
    depth.set(depth.get() + 1);
}

/// Release the import lock.
#[function(signature = "()")]
fn release_lock() -> Result<()> {
    let depth = &lock().depth;
    match depth.get().checked_sub(1) {
        Some(less) => {
            depth.set(less);
            Ok(())
        }
        None => Err(raise!(RuntimeError, "not holding the import lock")),
    }
}

/// Change the file name of a code object and of those inside it.
#[function(name = "_fix_co_filename", signature = "(code, path, /)")]
fn fix_co_filename(code: &Code, path: &Str) -> Result<()> {
    code.rename_file(path);
    Ok(())
}

/// Return the names of all frozen modules.
#[function(name = "_frozen_module_names", signature = "()")]
fn frozen_module_names() -> Ref<List> {
    List::from_vec(frozen::all().iter().map(|module| Str::new(module.name).into_object()).collect())
}

/// Switch frozen modules on (1) or off (-1), for tests.
#[function(name = "_override_frozen_modules_for_tests", signature = "(override, /)")]
fn override_frozen_modules_for_tests(r#override: i32) {
    crate::import::state().frozen_override.set(r#override);
}

/// Switch the check of extension modules for subinterpreters, for tests.
#[function(name = "_override_multi_interp_extensions_check", signature = "(override, /)")]
fn override_multi_interp_extensions_check(r#override: i32) -> i32 {
    let _ = r#override;
    0
}

/// Return the file-name endings of extension modules.
#[function(signature = "()")]
fn extension_suffixes() -> Ref<List> {
    let suffixes = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
    List::from_vec(suffixes.iter().map(|suffix| Str::new(suffix).into_object()).collect())
}

/// Make a built-in module by its spec.
#[function(signature = "(spec, /)")]
fn create_builtin(spec: &Object) -> Result {
    let name = spec.get_attr(intern!("name"))?;
    let Some(name) = name.downcast::<Str>() else {
        return Err(raise!(TypeError, "name must be string, not {}", name.ty().full_name()));
    };
    if let Some(module) = crate::import::modules()?.get_str(name)?
        && (name.eq_str("sys") || name.eq_str("builtins"))
    {
        return Ok(module);
    }
    match name.as_utf8().and_then(crate::modules::find) {
        Some(module) => Ok(module.create()?.into_object()),
        None => Ok(none()),
    }
}

/// Run a built-in module's body (it ran when the module was made).
#[function(signature = "(mod, /)")]
fn exec_builtin(r#mod: &Object) -> i32 {
    let _ = r#mod;
    0
}

/// Load an extension module.
#[function(signature = "(spec, file=None, /)", hidden_signature)]
fn create_dynamic(spec: &Object, file: Option<&Object>) -> Result {
    let _ = file;
    (crate::native::extension::loader()?.create)(spec)
}

/// Run an extension module's body.
#[function(signature = "(mod, /)")]
fn exec_dynamic(r#mod: &Object) -> Result<i32> {
    (crate::native::extension::loader()?.execute)(r#mod)?;
    Ok(0)
}

fn found(name: &Str) -> Option<Found> {
    name.as_utf8().and_then(frozen::find)
}

fn not_frozen(name: &Str) -> Raised {
    match name.repr() {
        Ok(repr) => raise!(ImportError, "No such frozen object named {repr}"),
        Err(raised) => raised,
    }
}

/// Return (data, is_package, origin name) of a frozen module, or None.
#[function(signature = "(name, /, *, withdata=False)")]
fn find_frozen(name: &Str, withdata: Option<bool>) -> Result {
    let Some(found) = found(name) else { return Ok(none()) };
    let data = match (&found, withdata) {
        (Found::Code(frozen), Some(true)) => {
            let bytes = Bytes::new(frozen.code).into_object();
            crate::import::import_attribute("builtins", intern!("memoryview"))?.call(&[&bytes])?
        }
        _ => none(),
    };
    let origin = match found.origin() {
        "" => none(),
        origin => Str::new(origin).into_object(),
    };
    Ok(Tuple::pack([data, py_bool(found.is_package()), origin]).into_object())
}

/// Return the code object of a frozen module.
#[function(signature = "(name, data=None, /)")]
fn get_frozen_object(name: &Str, data: Option<&Object>) -> Result {
    if let Some(data) = data.filter(|data| !data.is_none()) {
        let buffer = Buffer::of(data)?;
        return crate::modules::marshal::load(buffer.as_slice());
    }
    match found(name) {
        Some(found) => Ok(frozen::code(&found)?.into_object()),
        None => Err(not_frozen(name)),
    }
}

/// Import a frozen module without importlib.
#[function(signature = "(name, /)")]
fn init_frozen(name: &Str) -> Result {
    let Some(found) = found(name) else { return Ok(none()) };
    let module = Module::with_name(name)?;
    crate::import::modules()?.insert_str(name, &module)?;
    let dict = module.dict();
    if found.is_package() {
        dict.insert_str(intern!("__path__"), &List::new())?;
    }
    crate::eval::evaluate(&*frozen::code(&found)?, &dict, None)?;
    Ok(module.into_object())
}

/// 1 for a built-in module that can be imported again, -1 for one that can't, else 0.
#[function(signature = "(name, /)")]
fn is_builtin(name: &Str) -> i32 {
    match name.as_utf8() {
        Some("sys" | "builtins") => -1,
        Some(name) => i32::from(crate::modules::is_builtin(name)),
        None => 0,
    }
}

/// Tell whether the module is frozen.
#[function(signature = "(name, /)")]
fn is_frozen(name: &Str) -> bool {
    found(name).is_some()
}

/// Tell whether the frozen module is a package.
#[function(signature = "(name, /)")]
fn is_frozen_package(name: &Str) -> Result<bool> {
    found(name).map(|found| found.is_package()).ok_or_else(|| not_frozen(name))
}

/// Return the hash of a source that hash-based .pyc files hold.
#[function(signature = "(key, source)")]
fn source_hash(key: u64, source: BytesLike<'_>) -> [u8; 8] {
    siphash13(key, 0, &source).to_le_bytes()
}

/// SipHash with one compression and three finalization rounds.
pub fn siphash13(k0: u64, k1: u64, data: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = (data.len() as u64) << 56;
    for (at, &byte) in chunks.remainder().iter().enumerate() {
        last |= u64::from(byte) << (8 * at);
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

//! `_posixshmem`: names of shared memory. <https://docs.python.org/3.14/library/multiprocessing.shared_memory.html>.

use std::ffi::CString;

use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "_posixshmem",
    doc: "POSIX shared memory module",
    functions: [shm_open, shm_unlink],
}

fn name_of(path: &Str) -> Result<CString> {
    CString::new(encode(path)?).map_err(|_| raise!(ValueError, "embedded null character"))
}

/// Open a shared memory object.  Returns a file descriptor (integer).
#[function(signature = "($module, /, path, flags, mode=511)")]
fn shm_open(_module: &Module, path: &Object, flags: i32, mode: Option<i32>) -> Result<i32> {
    let path = checked("shm_open", path)?;
    let (name, mode) = (name_of(path)?, mode.unwrap_or(0o777) as libc::mode_t);
    let opened = call(|| c!(libc::shm_open(name.as_ptr(), flags | libc::O_CLOEXEC, mode)))?;
    opened.map_err(|number| runtime::errors::raise_os_error(number, Some(path), None))
}

fn checked<'a>(function: &str, path: &'a Object) -> Result<&'a Str> {
    path.downcast::<Str>().ok_or_else(|| {
        let kind = runtime::native::args::kind_of(path);
        raise!(TypeError, "{function}() argument 1 must be str, not {kind}")
    })
}

/// Remove a shared memory object (similar to unlink()).
///
/// Remove a shared memory object name, and, once all processes have
/// unmapped the object, de-allocates and destroys the contents of the
/// associated memory region.
#[function(signature = "($module, path, /)")]
fn shm_unlink(_module: &Module, path: &Object) -> Result<()> {
    let path = checked("shm_unlink", path)?;
    let name = name_of(path)?;
    call(|| c!(libc::shm_unlink(name.as_ptr())))?
        .map_err(|number| runtime::errors::raise_os_error(number, Some(path), None))?;
    Ok(())
}

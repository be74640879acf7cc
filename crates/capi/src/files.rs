//! C's files. <https://docs.python.org/3.14/c-api/file.html>

use std::ffi::{CString, c_char, c_int};
use std::ptr::null_mut;

use libc::FILE;
use runtime::prelude::*;

use crate::support::{Raw, exported, text};

exported! {
    fn Py_fopen(path: &Object, mode: *const c_char) -> Result<*mut FILE> {
        let bytes = runtime::native::system::fs_bytes(path)?;
        let name = CString::new(bytes).map_err(|_| raise!(ValueError, "embedded null byte"))?;
        let shown = path.to_ref();
        crate::types::named("sys", "audit")?.call(&[&*Str::new("open"), path, &*Str::new(&text(mode)), &*Int::new(0)])?;
        loop {
            let file = libc::fopen(name.as_ptr(), mode);
            if !file.is_null() {
                let descriptor = libc::fileno(file);
                libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
                return Ok(file);
            }
            let error = runtime::native::system::errno();
            if error != libc::EINTR {
                return Err(runtime::errors::raise_os_error(error, Some(&shown), None));
            }
            runtime::signal::check()?;
        }
    }

    fn Py_fclose(file: *mut FILE) -> c_int {
        libc::fclose(file)
    }

    fn Py_UniversalNewlineFgets(buffer: *mut c_char, size: c_int, file: *mut FILE, object: Raw) -> *mut c_char {
        if !object.is_null() || size < 1 {
            *libc::__errno_location() = libc::ENXIO;
            return null_mut();
        }
        let mut length = 0;
        let mut after_return = false;
        while length + 1 < size as usize {
            let mut unit = libc::fgetc(file);
            if after_return && unit == c_int::from(b'\n') {
                after_return = false;
                unit = libc::fgetc(file);
            }
            if unit == libc::EOF {
                break;
            }
            after_return = unit == c_int::from(b'\r');
            let unit = if after_return { b'\n' } else { unit as u8 };
            *buffer.add(length) = unit as c_char;
            length += 1;
            if unit == b'\n' {
                break;
            }
        }
        if after_return {
            // A newline that belongs to the return before it is passed over.
            let unit = libc::fgetc(file);
            if unit != c_int::from(b'\n') && unit != libc::EOF {
                libc::ungetc(unit, file);
            }
        }
        *buffer.add(length) = 0;
        if length == 0 { null_mut() } else { buffer }
    }

    fn PyFile_NewStdPrinter(_descriptor: c_int) -> Result {
        Err(raise!(NotImplementedError, "there is no printer for the time before io is there"))
    }

    fn PyUnstable_Exc_PrepReraiseStar(original: &Object, exceptions: &Object) -> Result {
        if original.downcast::<runtime::objects::exceptions::BaseException>().is_none() {
            return Err(raise!(TypeError, "orig must be an exception"));
        }
        if exceptions.downcast::<List>().is_none() {
            return Err(raise!(TypeError, "excs must be a list of exceptions"));
        }
        runtime::eval::intrinsics::prepare_reraise_star(original, exceptions)
    }
}

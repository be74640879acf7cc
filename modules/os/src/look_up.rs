//! What `pwd` and `grp` share: entries of the system's databases, by the `…_r` functions of C.

use std::ffi::c_char;

use runtime::gil;
use runtime::native::system::{c, zeroed};
use runtime::prelude::*;

/// Calls one of the `…_r` functions with more and more room, without the GIL, and reads the entry that it finds.
pub fn look_up<C: Copy, E: Send>(
    call: impl Fn(*mut C, *mut c_char, usize, *mut *mut C) -> i32 + Send + Sync,
    read: impl Fn(&C) -> E + Send + Sync,
) -> Result<Option<E>> {
    let found = gil::allow_threads(|| {
        let mut room = 1024;
        loop {
            let mut buffer = vec![0 as c_char; room];
            let mut entry: C = zeroed();
            let mut found: *mut C = std::ptr::null_mut();
            let error = call(&mut entry, buffer.as_mut_ptr(), room, &mut found);
            if let Some(entry) = c!(found.as_ref()) {
                return Ok(Some(read(entry)));
            }
            match error {
                libc::ERANGE if room < 1 << 26 => room *= 2,
                libc::ERANGE => return Err(libc::ENOMEM),
                _ => return Ok(None),
            }
        }
    });
    found.map_err(|_| runtime::errors::no_memory())
}

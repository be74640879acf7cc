//! Marshalled objects in files and memory. <https://docs.python.org/3.14/c-api/marshal.html>

use std::ffi::{c_char, c_int, c_long};

use libc::FILE;
use runtime::prelude::*;

use crate::bytesobject::slice;
use crate::support::exported;
use crate::types::named;

exported! {
    fn PyMarshal_WriteObjectToString(object: &Object, version: c_int) -> Result {
        named("marshal", "dumps")?.call(&[object, &*Int::new(version.into())])
    }

    fn PyMarshal_ReadObjectFromString(start: *const c_char, size: isize) -> Result {
        named("marshal", "loads")?.call(&[&*Bytes::new(slice(start, size))])
    }

    fn PyMarshal_WriteObjectToFile(object: &Object, file: *mut FILE, version: c_int) {
        match named("marshal", "dumps").and_then(|dumps| dumps.call(&[object, &*Int::new(version.into())])) {
            Ok(bytes) => {
                if let Some(bytes) = bytes.downcast::<Bytes>() {
                    write(bytes.as_slice(), file);
                }
            }
            // There is no way to tell the caller but the exception itself.
            Err(_raised) => {}
        }
    }

    fn PyMarshal_WriteLongToFile(value: c_long, file: *mut FILE, _version: c_int) {
        write(&(value as i32).to_le_bytes(), file);
    }

    fn PyMarshal_ReadLongFromFile(file: *mut FILE) -> Result<c_long> {
        Ok(i32::from_le_bytes(read(file)?).into())
    }

    fn PyMarshal_ReadShortFromFile(file: *mut FILE) -> Result<c_int> {
        Ok(i16::from_le_bytes(read(file)?).into())
    }

    fn PyMarshal_ReadObjectFromFile(file: *mut FILE) -> Result {
        read_object(file)
    }

    fn PyMarshal_ReadLastObjectFromFile(file: *mut FILE) -> Result {
        read_object(file)
    }
}

unsafe fn write(bytes: &[u8], file: *mut FILE) {
    // SAFETY: the file is open.
    unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), file) };
}

unsafe fn read<const N: usize>(file: *mut FILE) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: the file is open.
    match unsafe { libc::fread(bytes.as_mut_ptr().cast(), 1, N, file) } {
        count if count == N => Ok(bytes),
        _ => Err(raise!(EOFError, "EOF read where data expected")),
    }
}

/// One object; what follows it stays in the file.
unsafe fn read_object(file: *mut FILE) -> Result {
    // SAFETY: the file is open.
    unsafe {
        let start = libc::ftell(file);
        let mut content = Vec::new();
        let mut block = [0u8; 4096];
        loop {
            let count = libc::fread(block.as_mut_ptr().cast(), 1, block.len(), file);
            content.extend_from_slice(&block[..count]);
            if count == 0 {
                break;
            }
        }
        let stream = named("io", "BytesIO")?.call(&[&*Bytes::new(&content)])?;
        let object = named("marshal", "load")?.call(&[&*stream]);
        let read = stream.call_method(intern!("tell"), &[])?;
        libc::fseek(file, start + crate::number::index(&read)? as c_long, libc::SEEK_SET);
        object
    }
}

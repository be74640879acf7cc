//! Contexts of the zstd library, safe to use.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};
use std::sync::Arc;

use zstd_sys as z;

use crate::incremental::{Output, Step};

/// The functions with parameters of enumerated types, which here may be any number.
mod numbers {
    use super::*;
    // SAFETY: the library's declarations; C's enumerations are ints.
    unsafe extern "C" {
        pub fn ZSTD_cParam_getBounds(parameter: c_int) -> z::ZSTD_bounds;
        pub fn ZSTD_dParam_getBounds(parameter: c_int) -> z::ZSTD_bounds;
        pub fn ZSTD_CCtx_setParameter(context: *mut z::ZSTD_CCtx, parameter: c_int, value: c_int) -> usize;
        pub fn ZSTD_DCtx_setParameter(context: *mut z::ZSTD_DCtx, parameter: c_int, value: c_int) -> usize;
        pub fn ZSTD_CCtx_reset(context: *mut z::ZSTD_CCtx, reset: c_int) -> usize;
        pub fn ZSTD_compressStream2(
            context: *mut z::ZSTD_CCtx,
            output: *mut z::ZSTD_outBuffer,
            input: *mut z::ZSTD_inBuffer,
            mode: c_int,
        ) -> usize;
    }
}

/// A result of the library: a number or its words for what went wrong.
fn check(code: usize) -> Result<usize, String> {
    // SAFETY: any number is fine; names are constants.
    unsafe {
        if z::ZSTD_isError(code) == 0 {
            return Ok(code);
        }
        Err(CStr::from_ptr(z::ZSTD_getErrorName(code)).to_string_lossy().into_owned())
    }
}

/// How a dictionary is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Digested = 0,
    Undigested = 1,
    Prefix = 2,
}

fn pointer(bytes: &[u8]) -> *const c_void {
    bytes.as_ptr().cast()
}

/// A compressing context, with the dictionary that it refers to.
pub struct Compressor {
    context: *mut z::ZSTD_CCtx,
    digested: *mut z::ZSTD_CDict,
    _content: Option<Arc<Vec<u8>>>,
}

// SAFETY: a context belongs to whoever has it.
unsafe impl Send for Compressor {}

impl Compressor {
    pub fn new() -> Option<Compressor> {
        // SAFETY: no preconditions.
        let context = unsafe { z::ZSTD_createCCtx() };
        (!context.is_null()).then_some(Compressor { context, digested: std::ptr::null_mut(), _content: None })
    }

    pub fn set(&mut self, parameter: i32, value: i32) -> Result<usize, String> {
        // SAFETY: the context is ours.
        check(unsafe { numbers::ZSTD_CCtx_setParameter(self.context, parameter, value) })
    }

    pub fn load(&mut self, content: Arc<Vec<u8>>, how: Use, level: i32) -> Result<usize, String> {
        // SAFETY: the content is kept as long as the context.
        let code = unsafe {
            match how {
                Use::Digested => {
                    self.digested = z::ZSTD_createCDict(pointer(&content), content.len(), level);
                    if self.digested.is_null() {
                        return Err("Allocation error : not enough memory".into());
                    }
                    z::ZSTD_CCtx_refCDict(self.context, self.digested)
                }
                Use::Undigested => {
                    z::ZSTD_CCtx_loadDictionary(self.context, pointer(&content), content.len())
                }
                Use::Prefix => z::ZSTD_CCtx_refPrefix(self.context, pointer(&content), content.len()),
            }
        };
        self._content = Some(content);
        check(code)
    }

    pub fn pledge(&mut self, size: u64) -> Result<usize, String> {
        // SAFETY: the context is ours.
        check(unsafe { z::ZSTD_CCtx_setPledgedSrcSize(self.context, size) })
    }

    /// Compresses all of `input`; the frame is reset where that fails. None: no memory.
    pub fn run(&mut self, input: &[u8], mode: i32) -> Option<Result<Vec<u8>, String>> {
        let mut output = Output::new(-1);
        let mut given = z::ZSTD_inBuffer { src: pointer(input), size: input.len(), pos: 0 };
        loop {
            let room = output.room()?;
            let mut taken = z::ZSTD_outBuffer { dst: room.as_mut_ptr().cast(), size: room.len(), pos: 0 };
            // SAFETY: both memories are as long as said.
            let code = unsafe { numbers::ZSTD_compressStream2(self.context, &mut taken, &mut given, mode) };
            output.written(taken.pos);
            match check(code) {
                Err(message) => {
                    // SAFETY: resetting the session never fails.
                    unsafe { numbers::ZSTD_CCtx_reset(self.context, 1) };
                    return Some(Err(message));
                }
                Ok(left) if given.pos == given.size && (mode == 0 && taken.pos < taken.size || left == 0) => {
                    return Some(Ok(output.bytes));
                }
                Ok(_) => {}
            }
        }
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: both are ours, and null is fine.
        unsafe {
            z::ZSTD_freeCCtx(self.context);
            z::ZSTD_freeCDict(self.digested);
        }
    }
}

/// A decompressing context, with the dictionary that it refers to.
pub struct Decompressor {
    context: *mut z::ZSTD_DCtx,
    digested: *mut z::ZSTD_DDict,
    _content: Option<Arc<Vec<u8>>>,
}

// SAFETY: a context belongs to whoever has it.
unsafe impl Send for Decompressor {}

impl Decompressor {
    pub fn new() -> Option<Decompressor> {
        // SAFETY: no preconditions.
        let context = unsafe { z::ZSTD_createDCtx() };
        (!context.is_null()).then_some(Decompressor {
            context,
            digested: std::ptr::null_mut(),
            _content: None,
        })
    }

    pub fn set(&mut self, parameter: i32, value: i32) -> Result<usize, String> {
        // SAFETY: the context is ours.
        check(unsafe { numbers::ZSTD_DCtx_setParameter(self.context, parameter, value) })
    }

    pub fn load(&mut self, content: Arc<Vec<u8>>, how: Use) -> Result<usize, String> {
        // SAFETY: the content is kept as long as the context.
        let code = unsafe {
            match how {
                Use::Digested => {
                    self.digested = z::ZSTD_createDDict(pointer(&content), content.len());
                    if self.digested.is_null() {
                        return Err("Allocation error : not enough memory".into());
                    }
                    z::ZSTD_DCtx_refDDict(self.context, self.digested)
                }
                Use::Undigested => {
                    z::ZSTD_DCtx_loadDictionary(self.context, pointer(&content), content.len())
                }
                Use::Prefix => z::ZSTD_DCtx_refPrefix(self.context, pointer(&content), content.len()),
            }
        };
        self._content = Some(content);
        check(code)
    }

    /// Decompresses up to the end of a frame. Err(None): no memory.
    pub fn run(&mut self, input: &[u8], limit: isize) -> Result<Step, Option<String>> {
        let mut output = Output::new(limit);
        let mut given = z::ZSTD_inBuffer { src: pointer(input), size: input.len(), pos: 0 };
        loop {
            let full = output.is_full();
            let Some(room) = output.room() else {
                if full {
                    return Ok(Step { output: output.bytes, used: given.pos, ended: false, more: true });
                }
                return Err(None);
            };
            let mut taken = z::ZSTD_outBuffer { dst: room.as_mut_ptr().cast(), size: room.len(), pos: 0 };
            // SAFETY: both memories are as long as said.
            let code = unsafe { z::ZSTD_decompressStream(self.context, &mut taken, &mut given) };
            output.written(taken.pos);
            let ended = check(code).map_err(Some)? == 0;
            if ended || given.pos == given.size && taken.pos < taken.size {
                return Ok(Step { output: output.bytes, used: given.pos, ended, more: false });
            }
        }
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: both are ours, and null is fine.
        unsafe {
            z::ZSTD_freeDCtx(self.context);
            z::ZSTD_freeDDict(self.digested);
        }
    }
}

/// The range of a parameter's values.
pub fn bounds(parameter: i32, compressing: bool) -> Result<(i32, i32), String> {
    // SAFETY: any number is fine.
    let bounds = unsafe {
        if compressing {
            numbers::ZSTD_cParam_getBounds(parameter)
        } else {
            numbers::ZSTD_dParam_getBounds(parameter)
        }
    };
    check(bounds.error).map(|_| (bounds.lowerBound, bounds.upperBound))
}

/// The id of a dictionary with a header; 0 if it has none.
pub fn dictionary_id(content: &[u8]) -> u32 {
    // SAFETY: the memory is as long as said.
    unsafe { z::ZSTD_getDictID_fromDict(pointer(content), content.len()) }
}

/// The content's size if the header says it, and the dictionary's id. None: not a frame.
pub fn frame_info(frame: &[u8]) -> Option<(Option<u64>, u32)> {
    // SAFETY: the memory is as long as said.
    let (size, id) = unsafe {
        let (start, length) = (pointer(frame), frame.len());
        (z::ZSTD_getFrameContentSize(start, length), z::ZSTD_getDictID_fromFrame(start, length))
    };
    match size {
        u64::MAX => Some((None, id)),
        size if size == u64::MAX - 1 => None,
        size => Some((Some(size), id)),
    }
}

/// The length of the frame that begins there.
pub fn frame_size(frame: &[u8]) -> Result<usize, String> {
    // SAFETY: the memory is as long as said.
    check(unsafe { z::ZSTD_findFrameCompressedSize(pointer(frame), frame.len()) })
}

/// A dictionary from samples; the sizes add up to their length.
pub fn train(samples: &[u8], sizes: &[usize], size: usize) -> Result<Vec<u8>, String> {
    let mut dictionary = vec![0u8; size];
    // SAFETY: all memories are as long as said.
    let length = check(unsafe {
        let into = dictionary.as_mut_ptr().cast();
        z::ZDICT_trainFromBuffer(into, size, pointer(samples), sizes.as_ptr(), sizes.len() as u32)
    })?;
    dictionary.truncate(length);
    Ok(dictionary)
}

/// A dictionary with a header from one without.
pub fn finalize(
    content: &[u8],
    samples: &[u8],
    sizes: &[usize],
    size: usize,
    level: i32,
) -> Result<Vec<u8>, String> {
    let mut dictionary = vec![0u8; size];
    let parameters = z::ZDICT_params_t { compressionLevel: level, notificationLevel: 0, dictID: 0 };
    // SAFETY: all memories are as long as said.
    let length = check(unsafe {
        let into = dictionary.as_mut_ptr().cast();
        let (start, count) = (pointer(samples), sizes.len() as u32);
        let (content, length) = (pointer(content), content.len());
        z::ZDICT_finalizeDictionary(into, size, content, length, start, sizes.as_ptr(), count, parameters)
    })?;
    dictionary.truncate(length);
    Ok(dictionary)
}

/// The library's version.
pub fn version() -> (String, u32) {
    // SAFETY: a constant of the library.
    unsafe {
        (CStr::from_ptr(z::ZSTD_versionString()).to_string_lossy().into_owned(), z::ZSTD_versionNumber())
    }
}

//! A stream of the zlib library, safe to use.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};

use libz_sys as z;

use crate::incremental::Output;

pub use z::{
    Z_BUF_ERROR, Z_DATA_ERROR, Z_FINISH, Z_MEM_ERROR, Z_NEED_DICT, Z_NO_FLUSH, Z_OK, Z_STREAM_END,
    Z_STREAM_ERROR, Z_SYNC_FLUSH,
};

/// The most that is handed to the library at once.
const CHUNK: usize = 1 << 30;

unsafe extern "C" fn allocate(_: *mut c_void, items: u32, size: u32) -> *mut c_void {
    // SAFETY: any sizes are fine.
    unsafe { libc::calloc(items as usize, size as usize) }
}

unsafe extern "C" fn release(_: *mut c_void, block: *mut c_void) {
    // SAFETY: the library gives back what `allocate` gave.
    unsafe { libc::free(block) }
}

/// What the library says of a failure.
#[derive(Debug)]
pub struct Failure {
    pub code: c_int,
    pub message: Option<String>,
}

/// A compressing or decompressing stream. The library keeps its address, so it lives in a box.
pub struct Stream {
    raw: Box<z::z_stream>,
    inflating: bool,
}

// SAFETY: a stream belongs to whoever has it; nothing in it is a thread's.
unsafe impl Send for Stream {}

impl Stream {
    fn blank(inflating: bool) -> Stream {
        let raw = z::z_stream {
            next_in: std::ptr::null_mut(),
            avail_in: 0,
            total_in: 0,
            next_out: std::ptr::null_mut(),
            avail_out: 0,
            total_out: 0,
            msg: std::ptr::null_mut(),
            state: std::ptr::null_mut(),
            zalloc: allocate,
            zfree: release,
            opaque: std::ptr::null_mut(),
            data_type: 0,
            adler: 0,
            reserved: 0,
        };
        Stream { raw: Box::new(raw), inflating }
    }

    fn checked(self, code: c_int) -> Result<Stream, Failure> {
        if code == Z_OK { Ok(self) } else { Err(self.failure(code)) }
    }

    pub fn deflater(
        level: i32,
        method: i32,
        wbits: i32,
        memory: i32,
        strategy: i32,
    ) -> Result<Stream, Failure> {
        let mut stream = Stream::blank(false);
        let size = size_of::<z::z_stream>() as c_int;
        // SAFETY: the stream is as the library wants it before this.
        let code = unsafe {
            z::deflateInit2_(&mut *stream.raw, level, method, wbits, memory, strategy, z::zlibVersion(), size)
        };
        stream.checked(code)
    }

    pub fn inflater(wbits: i32) -> Result<Stream, Failure> {
        let mut stream = Stream::blank(true);
        let size = size_of::<z::z_stream>() as c_int;
        // SAFETY: as above.
        let code = unsafe { z::inflateInit2_(&mut *stream.raw, wbits, z::zlibVersion(), size) };
        stream.checked(code)
    }

    pub fn failure(&self, code: c_int) -> Failure {
        let message = if self.raw.msg.is_null() {
            None
        } else {
            // SAFETY: the library's messages are constants.
            Some(unsafe { CStr::from_ptr(self.raw.msg) }.to_string_lossy().into_owned())
        };
        Failure { code, message }
    }

    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> c_int {
        let (pointer, length) = (dictionary.as_ptr(), dictionary.len() as u32);
        // SAFETY: the library copies the dictionary.
        unsafe {
            if self.inflating {
                z::inflateSetDictionary(&mut *self.raw, pointer, length)
            } else {
                z::deflateSetDictionary(&mut *self.raw, pointer, length)
            }
        }
    }

    /// One call of `inflate` or `deflate`: takes from `input`, adds to `output`. None if there is no room for output.
    fn once(&mut self, input: &mut &[u8], output: &mut Output, flush: c_int) -> Option<c_int> {
        let room = output.room()?;
        let (given, size) = (input.len().min(CHUNK), room.len());
        self.raw.next_in = input.as_ptr().cast_mut();
        self.raw.avail_in = given as u32;
        self.raw.next_out = room.as_mut_ptr().cast();
        self.raw.avail_out = size as u32;
        // SAFETY: both memories are as long as said; an ended stream is refused by the library.
        let code = unsafe {
            if self.inflating { z::inflate(&mut *self.raw, flush) } else { z::deflate(&mut *self.raw, flush) }
        };
        *input = &input[given - self.raw.avail_in as usize..];
        output.written(size - self.raw.avail_out as usize);
        self.raw.next_in = std::ptr::null_mut();
        self.raw.next_out = std::ptr::null_mut();
        Some(code)
    }

    /// Works until the input is used up, output is full, or something else than progress comes; gives the last code.
    /// `last` is the flush mode for the last of the input, `before` that for what comes before it.
    pub fn run(
        &mut self,
        input: &mut &[u8],
        output: &mut Output,
        before: c_int,
        last: c_int,
        dictionary: Option<&[u8]>,
    ) -> Result<Option<c_int>, Failure> {
        let mut result = None;
        loop {
            loop {
                let flush = if input.len() <= CHUNK { last } else { before };
                let Some(code) = self.once(input, output, flush) else { return Ok(result) };
                result = Some(code);
                match code {
                    Z_OK | Z_BUF_ERROR | Z_STREAM_END => {}
                    Z_NEED_DICT if dictionary.is_some() => {
                        let code = self.set_dictionary(dictionary.unwrap_or_default());
                        if code != Z_OK {
                            return Err(self.failure(code));
                        }
                        continue;
                    }
                    _ => return Ok(result),
                }
                if self.raw.avail_out != 0 {
                    break;
                }
            }
            if result == Some(Z_STREAM_END) || input.is_empty() || (result == Some(Z_BUF_ERROR)) {
                return Ok(result);
            }
        }
    }

    /// Ends the stream; from then on the library refuses it.
    pub fn end(&mut self) -> c_int {
        // SAFETY: the library refuses a stream without state.
        unsafe { if self.inflating { z::inflateEnd(&mut *self.raw) } else { z::deflateEnd(&mut *self.raw) } }
    }

    pub fn copy(&mut self) -> Result<Stream, Failure> {
        let mut copy = Stream::blank(self.inflating);
        // SAFETY: the source is a stream of that kind; the library refuses an ended one.
        let code = unsafe {
            if self.inflating {
                z::inflateCopy(&mut *copy.raw, &mut *self.raw)
            } else {
                z::deflateCopy(&mut *copy.raw, &mut *self.raw)
            }
        };
        if code == Z_OK { Ok(copy) } else { Err(self.failure(code)) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

/// The version of the library.
pub fn version() -> String {
    // SAFETY: a constant of the library.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned()
}

/// Adler-32, going on from `start`.
pub fn adler32(start: u32, bytes: &[u8]) -> u32 {
    bytes.chunks(CHUNK).fold(start, |sum, chunk| {
        // SAFETY: the chunk is as long as said.
        unsafe { z::adler32(sum.into(), chunk.as_ptr(), chunk.len() as u32) as u32 }
    })
}

/// CRC-32, going on from `start`.
pub fn crc32(start: u32, bytes: &[u8]) -> u32 {
    bytes.chunks(CHUNK).fold(start, |sum, chunk| {
        // SAFETY: the chunk is as long as said.
        unsafe { z::crc32(sum.into(), chunk.as_ptr(), chunk.len() as u32) as u32 }
    })
}

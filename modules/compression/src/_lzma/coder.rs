//! Streams and filter chains of liblzma, safe to use.
#![allow(unsafe_code)]

use std::ffi::c_void;

use liblzma_sys as l;

use crate::incremental::Output;

pub use l::{
    LZMA_BUF_ERROR, LZMA_DATA_ERROR, LZMA_FINISH, LZMA_FORMAT_ERROR, LZMA_GET_CHECK, LZMA_MEM_ERROR,
    LZMA_MEMLIMIT_ERROR, LZMA_NO_CHECK, LZMA_OK, LZMA_OPTIONS_ERROR, LZMA_PROG_ERROR, LZMA_RUN,
    LZMA_STREAM_END, LZMA_UNSUPPORTED_CHECK, lzma_action, lzma_options_bcj, lzma_options_lzma, lzma_ret,
};

/// The options of the delta filter, as the library has them.
#[repr(C)]
pub struct Delta {
    kind: u32,
    pub distance: u32,
    reserved: [u32; 4],
    reserved_pointers: [usize; 2],
}

/// What one filter of a chain is told.
pub enum Options {
    Lzma(Box<lzma_options_lzma>),
    Delta(Box<Delta>),
    Branch(Box<lzma_options_bcj>),
}

impl Options {
    /// The options of a preset; None if there is no such preset.
    pub fn preset(preset: u32) -> Option<Box<lzma_options_lzma>> {
        // SAFETY: zero is valid for every field; the library fills them in.
        unsafe {
            let mut options: Box<lzma_options_lzma> = Box::new(std::mem::zeroed());
            (l::lzma_lzma_preset(&mut *options, preset) == 0).then_some(options)
        }
    }

    pub fn delta(distance: u32) -> Options {
        Options::Delta(Box::new(Delta { kind: 0, distance, reserved: [0; 4], reserved_pointers: [0; 2] }))
    }

    fn pointer(&mut self) -> *mut c_void {
        match self {
            Options::Lzma(options) => (&raw mut **options).cast(),
            Options::Delta(options) => (&raw mut **options).cast(),
            Options::Branch(options) => (&raw mut **options).cast(),
        }
    }
}

/// A filter of a chain.
pub struct Filter {
    pub id: u64,
    pub options: Options,
}

/// The chain as the library reads it; valid as long as the filters are.
fn chain(filters: &mut [Filter]) -> Vec<l::lzma_filter> {
    let mut chain: Vec<l::lzma_filter> = filters
        .iter_mut()
        .map(|filter| l::lzma_filter { id: filter.id, options: filter.options.pointer() })
        .collect();
    chain.push(l::lzma_filter { id: l::LZMA_VLI_UNKNOWN, options: std::ptr::null_mut() });
    chain
}

/// Which coder a stream is made with.
pub enum Kind<'a> {
    Easy(u32, u32),
    Xz(&'a mut [Filter], u32),
    Alone(&'a lzma_options_lzma),
    Raw(&'a mut [Filter]),
    DecodeAuto(u64),
    DecodeXz(u64),
    DecodeAlone(u64),
    DecodeRaw(&'a mut [Filter]),
}

/// A coder with its state.
pub struct Coder(Box<l::lzma_stream>);

// SAFETY: a stream belongs to whoever has it; nothing in it is a thread's.
unsafe impl Send for Coder {}

impl Coder {
    pub fn new(kind: Kind<'_>) -> Result<Coder, lzma_ret> {
        const TELL: u32 = l::LZMA_TELL_ANY_CHECK | l::LZMA_TELL_NO_CHECK;
        // SAFETY: zero is the library's initial value of a stream.
        let mut coder = Coder(Box::new(unsafe { std::mem::zeroed() }));
        let stream = &mut *coder.0;
        // SAFETY: the library copies what it needs of chains and options.
        let code = unsafe {
            match kind {
                Kind::Easy(preset, check) => l::lzma_easy_encoder(stream, preset, check),
                Kind::Xz(filters, check) => l::lzma_stream_encoder(stream, chain(filters).as_ptr(), check),
                Kind::Alone(options) => l::lzma_alone_encoder(stream, options),
                Kind::Raw(filters) => l::lzma_raw_encoder(stream, chain(filters).as_ptr()),
                Kind::DecodeAuto(limit) => l::lzma_auto_decoder(stream, limit, TELL),
                Kind::DecodeXz(limit) => l::lzma_stream_decoder(stream, limit, TELL),
                Kind::DecodeAlone(limit) => l::lzma_alone_decoder(stream, limit),
                Kind::DecodeRaw(filters) => l::lzma_raw_decoder(stream, chain(filters).as_ptr()),
            }
        };
        if code == LZMA_OK { Ok(coder) } else { Err(code) }
    }

    /// One call of the library. None if there is no room for output.
    pub fn once(&mut self, input: &mut &[u8], output: &mut Output, action: lzma_action) -> Option<lzma_ret> {
        let room = output.room()?;
        let (given, size) = (input.len(), room.len());
        let stream = &mut *self.0;
        stream.next_in = input.as_ptr();
        stream.avail_in = given;
        stream.next_out = room.as_mut_ptr().cast();
        stream.avail_out = size;
        // SAFETY: both memories are as long as said.
        let code = unsafe { l::lzma_code(stream, action) };
        let (left, free) = (stream.avail_in, stream.avail_out);
        stream.next_in = std::ptr::null();
        stream.next_out = std::ptr::null_mut();
        *input = &input[given - left..];
        output.written(size - free);
        // No input and room left: that wasn't an error.
        Some(if code == LZMA_BUF_ERROR && given == 0 && free > 0 { LZMA_OK } else { code })
    }

    /// Has the last call filled all the room that it had?
    pub fn filled(&self) -> bool {
        self.0.avail_out == 0
    }

    pub fn check(&self) -> u32 {
        // SAFETY: the stream is initialized.
        unsafe { l::lzma_get_check(&*self.0) }
    }
}

impl Drop for Coder {
    fn drop(&mut self) {
        // SAFETY: a zeroed or initialized stream.
        unsafe { l::lzma_end(&mut *self.0) }
    }
}

pub fn check_is_supported(check: u32) -> bool {
    // SAFETY: any number is fine.
    unsafe { l::lzma_check_is_supported(check) != 0 }
}

/// A filter's options as the bytes of the file format.
pub fn encode_properties(filter: &mut Filter) -> Result<Vec<u8>, lzma_ret> {
    let raw = l::lzma_filter { id: filter.id, options: filter.options.pointer() };
    let mut size = 0;
    // SAFETY: the filter and its options are valid, and the memory as long as the library wants it.
    unsafe {
        match l::lzma_properties_size(&mut size, &raw) {
            LZMA_OK => {}
            code => return Err(code),
        }
        let mut bytes = vec![0; size as usize];
        match l::lzma_properties_encode(&raw, bytes.as_mut_ptr()) {
            LZMA_OK => Ok(bytes),
            code => Err(code),
        }
    }
}

/// The names and values of the options in those bytes.
pub fn decode_properties(id: u64, bytes: &[u8]) -> Result<Vec<(&'static str, u32)>, lzma_ret> {
    let mut raw = l::lzma_filter { id, options: std::ptr::null_mut() };
    // SAFETY: the library allocates the options that it says, by its own allocator: malloc.
    unsafe {
        match l::lzma_properties_decode(&mut raw, std::ptr::null(), bytes.as_ptr(), bytes.len()) {
            LZMA_OK => {}
            code => return Err(code),
        }
        let result = if raw.options.is_null() {
            Vec::new()
        } else {
            match id {
                l::LZMA_FILTER_LZMA1 => {
                    let options = &*raw.options.cast::<lzma_options_lzma>();
                    let (lc, lp, pb) = (options.lc, options.lp, options.pb);
                    vec![("lc", lc), ("lp", lp), ("pb", pb), ("dict_size", options.dict_size)]
                }
                l::LZMA_FILTER_LZMA2 => {
                    vec![("dict_size", (*raw.options.cast::<lzma_options_lzma>()).dict_size)]
                }
                l::LZMA_FILTER_DELTA => vec![("dist", (*raw.options.cast::<Delta>()).distance)],
                _ => vec![("start_offset", (*raw.options.cast::<lzma_options_bcj>()).start_offset)],
            }
        };
        libc::free(raw.options);
        Ok(result)
    }
}

//! `_lzma`: the .xz and .lzma formats and raw LZMA streams, bit by bit.

mod coder;
mod filters;

use runtime::lock::Shared;
use runtime::native::buffer::Buffer;
use runtime::objects::exceptions::{Exception, declared, raise_declared};
use runtime::prelude::*;

use crate::incremental::{Incremental, Output, Step};
use coder::{Coder, Kind, Options};
use filters::{filter_chain, filter_of, unsigned32, unsigned64};

module! {
    name: "_lzma",
    functions: [_decode_filter_properties, _encode_filter_properties, is_check_supported],
    classes: [Compressor, Decompressor],
    exec: exec,
}

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
const CHECK_NONE: i32 = 0;
const CHECK_CRC64: u32 = 4;
const CHECK_UNKNOWN: u32 = 16;
const PRESET_DEFAULT: u32 = 6;
const LZMA1: u64 = 0x4000_0000_0000_0001;
const LZMA2: u64 = 0x21;
const DELTA: u64 = 3;

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    for (name, value) in [
        ("CHECK_CRC32", 1),
        ("CHECK_CRC64", CHECK_CRC64.into()),
        ("CHECK_ID_MAX", 15),
        ("CHECK_NONE", CHECK_NONE.into()),
        ("CHECK_SHA256", 10),
        ("CHECK_UNKNOWN", CHECK_UNKNOWN.into()),
        ("FILTER_ARM", 7),
        ("FILTER_ARMTHUMB", 8),
        ("FILTER_DELTA", DELTA as i64),
        ("FILTER_IA64", 6),
        ("FILTER_LZMA1", LZMA1 as i64),
        ("FILTER_LZMA2", LZMA2 as i64),
        ("FILTER_POWERPC", 5),
        ("FILTER_SPARC", 9),
        ("FILTER_X86", 4),
        ("FORMAT_ALONE", FORMAT_ALONE.into()),
        ("FORMAT_AUTO", FORMAT_AUTO.into()),
        ("FORMAT_RAW", FORMAT_RAW.into()),
        ("FORMAT_XZ", FORMAT_XZ.into()),
        ("MF_BT2", 18),
        ("MF_BT3", 19),
        ("MF_BT4", 20),
        ("MF_HC3", 3),
        ("MF_HC4", 4),
        ("MODE_FAST", 1),
        ("MODE_NORMAL", 2),
        ("PRESET_DEFAULT", PRESET_DEFAULT.into()),
        ("PRESET_EXTREME", 1 << 31),
    ] {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    dict.insert_str(intern!("LZMAError"), &*declared("_lzma.LZMAError", &Exception)?)
}

#[cold]
fn error(message: &str) -> Raised {
    raise_declared("_lzma.LZMAError", &Exception, message)
}

/// What a code of the library is in Python.
#[cold]
fn failed(code: coder::lzma_ret) -> Raised {
    error(match code {
        coder::LZMA_UNSUPPORTED_CHECK => "Unsupported integrity check",
        coder::LZMA_MEM_ERROR => return raise!(MemoryError),
        coder::LZMA_MEMLIMIT_ERROR => "Memory usage limit exceeded",
        coder::LZMA_FORMAT_ERROR => "Input format not supported by decoder",
        coder::LZMA_OPTIONS_ERROR => "Invalid or unsupported options",
        coder::LZMA_DATA_ERROR => "Corrupt input data",
        coder::LZMA_BUF_ERROR => "Insufficient buffer space",
        coder::LZMA_PROG_ERROR => "Internal error",
        _ => return error(&format!("Unrecognized error from liblzma: {code}")),
    })
}

/// A compressing stream; it may have been ended.
struct Encoder {
    coder: Coder,
    flushed: bool,
}

impl Encoder {
    fn run(
        &mut self,
        mut input: &[u8],
        action: coder::lzma_action,
    ) -> std::result::Result<Vec<u8>, coder::lzma_ret> {
        let mut output = Output::new(-1);
        loop {
            let Some(code) = self.coder.once(&mut input, &mut output, action) else {
                return Err(coder::LZMA_MEM_ERROR);
            };
            match code {
                coder::LZMA_STREAM_END if action == coder::LZMA_FINISH => return Ok(output.bytes),
                coder::LZMA_OK | coder::LZMA_GET_CHECK | coder::LZMA_NO_CHECK | coder::LZMA_STREAM_END => {}
                code => return Err(code),
            }
            if action == coder::LZMA_RUN && input.is_empty() {
                return Ok(output.bytes);
            }
        }
    }
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Create a compressor object for compressing data incrementally.
///
/// format specifies the container format: FORMAT_XZ (default), FORMAT_ALONE or FORMAT_RAW.
/// check is the integrity check, for FORMAT_XZ.  The settings come from preset, or from
/// filters, a sequence of dicts.
#[class(name = "_lzma.LZMACompressor", variable = COMPRESSOR_TYPE)]
#[repr(C)]
pub struct Compressor {
    head: Object,
    encoder: Shared<Encoder>,
}

#[methods]
impl Compressor {
    #[new(signature = "(format=FORMAT_XZ, check=-1, preset=None, filters=None)", hidden_signature)]
    fn new(
        class: &Type,
        format: Option<i32>,
        check: i32,
        preset: Option<&Object>,
        filters: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let given = |object: Option<&Object>| object.filter(|object| !object.is_none()).map(Object::to_ref);
        let (preset, filters) = (given(preset), given(filters));
        let format = format.unwrap_or(FORMAT_XZ);
        if preset.is_some() && filters.is_some() {
            return Err(raise!(ValueError, "Cannot specify both preset and filter chain"));
        }
        let preset = match preset {
            Some(preset) => unsigned32(&preset)?,
            None => PRESET_DEFAULT,
        };
        if format != FORMAT_XZ && check != -1 && check != CHECK_NONE {
            return Err(raise!(ValueError, "Integrity checks are only supported by FORMAT_XZ"));
        }
        let coder = match format {
            FORMAT_XZ => {
                let check = if check == -1 { CHECK_CRC64 } else { check as u32 };
                match filters {
                    None => Coder::new(Kind::Easy(preset, check)),
                    Some(filters) => Coder::new(Kind::Xz(&mut filter_chain(&filters)?, check)),
                }
            }
            FORMAT_ALONE => match filters {
                None => match Options::preset(preset) {
                    None => return Err(error(&format!("Invalid compression preset: {preset}"))),
                    Some(options) => Coder::new(Kind::Alone(&options)),
                },
                Some(filters) => match &filter_chain(&filters)?[..] {
                    [filter] if filter.id == LZMA1 => match &filter.options {
                        Options::Lzma(options) => Coder::new(Kind::Alone(options)),
                        _ => Err(coder::LZMA_OPTIONS_ERROR),
                    },
                    _ => {
                        return Err(raise!(
                            ValueError,
                            "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"
                        ));
                    }
                },
            },
            FORMAT_RAW => match filters {
                None => return Err(raise!(ValueError, "Must specify filters for FORMAT_RAW")),
                Some(filters) => Coder::new(Kind::Raw(&mut filter_chain(&filters)?)),
            },
            _ => return Err(raise!(ValueError, "Invalid container format: {format}")),
        };
        let encoder = Shared::new(Encoder { coder: coder.map_err(failed)?, flushed: false });
        Ok(Ref::new_in(class, Compressor { head: Object::HEAD, encoder }))
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[method(signature = "($self, data, /)")]
    fn compress(&self, data: Ref) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        let input = buffer.as_slice();
        let result =
            self.encoder.work(|encoder| (!encoder.flushed).then(|| encoder.run(input, coder::LZMA_RUN)));
        match result {
            None => Err(raise!(ValueError, "Compressor has been flushed")),
            Some(result) => result.map_err(failed),
        }
    }

    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[method(signature = "($self, /)")]
    fn flush(&self) -> Result<Vec<u8>> {
        let result = self.encoder.work(|encoder| {
            let first = !std::mem::replace(&mut encoder.flushed, true);
            first.then(|| encoder.run(&[], coder::LZMA_FINISH))
        });
        match result {
            None => Err(raise!(ValueError, "Repeated call to flush()")),
            Some(result) => result.map_err(failed),
        }
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

/// A decompressing stream, and the integrity check that it has found.
struct Decoder {
    coder: Coder,
    check: u32,
}

impl Decoder {
    fn run(&mut self, input: &[u8], limit: isize) -> std::result::Result<Step, coder::lzma_ret> {
        let mut output = Output::new(limit);
        let mut rest = input;
        let mut more = false;
        loop {
            let full = output.is_full();
            let Some(code) = self.coder.once(&mut rest, &mut output, coder::LZMA_RUN) else {
                if full {
                    let used = input.len() - rest.len();
                    return Ok(Step { output: output.bytes, used, ended: false, more: more || limit == 0 });
                }
                return Err(coder::LZMA_MEM_ERROR);
            };
            let used = input.len() - rest.len();
            match code {
                coder::LZMA_STREAM_END => {
                    return Ok(Step { output: output.bytes, used, ended: true, more: false });
                }
                coder::LZMA_GET_CHECK | coder::LZMA_NO_CHECK => self.check = self.coder.check(),
                coder::LZMA_OK => {}
                code => return Err(code),
            }
            more = self.coder.filled();
            if !more && rest.is_empty() {
                return Ok(Step { output: output.bytes, used, ended: false, more: false });
            }
        }
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
///   format
///     Specifies the container format of the input stream.  If this is
///     FORMAT_AUTO (the default), the decompressor will automatically detect
///     whether the input is FORMAT_XZ or FORMAT_ALONE.
///   memlimit
///     Limit the amount of memory used by the decompressor.
///   filters
///     A custom filter chain.  This argument is required for FORMAT_RAW, and
///     not accepted with any other format.
///
/// For one-shot decompression, use the decompress() function instead.
#[class(name = "_lzma.LZMADecompressor", variable = DECOMPRESSOR_TYPE)]
#[repr(C)]
pub struct Decompressor {
    head: Object,
    state: Shared<Incremental<Decoder>>,
}

#[methods]
impl Decompressor {
    #[new(signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)")]
    fn new(
        class: &Type,
        format: Option<i32>,
        memlimit: Option<&Object>,
        filters: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let format = format.unwrap_or(FORMAT_AUTO);
        let filters = filters.filter(|filters| !filters.is_none());
        let limit = match memlimit.filter(|limit| !limit.is_none()) {
            None => u64::MAX,
            Some(_) if format == FORMAT_RAW => {
                return Err(raise!(ValueError, "Cannot specify memory limit with FORMAT_RAW"));
            }
            Some(limit) => unsigned64(limit)?,
        };
        match (format, filters) {
            (FORMAT_RAW, None) => return Err(raise!(ValueError, "Must specify filters for FORMAT_RAW")),
            (FORMAT_RAW, _) | (_, None) => {}
            _ => return Err(raise!(ValueError, "Cannot specify filters except with FORMAT_RAW")),
        }
        let mut check = CHECK_UNKNOWN;
        let coder = match format {
            FORMAT_AUTO => Coder::new(Kind::DecodeAuto(limit)),
            FORMAT_XZ => Coder::new(Kind::DecodeXz(limit)),
            FORMAT_ALONE => {
                check = CHECK_NONE as u32;
                Coder::new(Kind::DecodeAlone(limit))
            }
            FORMAT_RAW => {
                check = CHECK_NONE as u32;
                let mut chain = match filters {
                    Some(filters) => filter_chain(filters)?,
                    None => Vec::new(),
                };
                Coder::new(Kind::DecodeRaw(&mut chain))
            }
            _ => return Err(raise!(ValueError, "Invalid container format: {format}")),
        };
        let decoder = Decoder { coder: coder.map_err(failed)?, check };
        let state = Shared::new(Incremental::new(decoder));
        Ok(Ref::new_in(class, Decompressor { head: Object::HEAD, state }))
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data; the rest comes with later calls, for which *data* may be empty:
    /// while *needs_input* is False.
    #[method(signature = "($self, /, data, max_length=-1)")]
    fn decompress(&self, data: Ref, max_length: isize) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        let bytes = buffer.as_slice();
        let result =
            self.state.work(|state| state.step(bytes, |decoder, input| decoder.run(input, max_length)));
        match result {
            None => Err(raise!(EOFError, "Already at end of stream")),
            Some(result) => result.map_err(failed),
        }
    }

    /// ID of the integrity check used by the input stream.
    #[getter]
    fn check(&self) -> u32 {
        self.state.lock().decoder.check
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(&self) -> bool {
        self.state.lock().ended
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(&self) -> Vec<u8> {
        self.state.lock().unused.clone()
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(&self) -> bool {
        self.state.lock().needs_input
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

/// Test whether the given integrity check is supported.
///
/// Always returns True for CHECK_NONE and CHECK_CRC32.
#[function(signature = "(check_id, /)")]
fn is_check_supported(check_id: i32) -> bool {
    coder::check_is_supported(check_id as u32)
}

/// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
///
/// The result does not include the filter ID itself, only the options.
#[function(signature = "(filter, /)")]
fn _encode_filter_properties(filter: &Object) -> Result<Vec<u8>> {
    coder::encode_properties(&mut filter_of(filter)?).map_err(failed)
}

/// Return a dict describing the options that *encoded_props* holds for the filter *filter_id*.
#[function(signature = "(filter_id, encoded_props, /)")]
fn _decode_filter_properties(filter_id: &Object, encoded_props: BytesLike<'_>) -> Result<Ref<Dict>> {
    let id = unsigned64(filter_id)?;
    let options = coder::decode_properties(id, &encoded_props).map_err(failed)?;
    let dict = Dict::new();
    dict.insert_str(intern!("id"), &Int::from_u64(id))?;
    for (name, value) in options {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value.into()))?;
    }
    Ok(dict)
}

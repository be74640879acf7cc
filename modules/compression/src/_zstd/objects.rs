//! The objects of `_zstd`: compressor, decompressor, dictionary.

use std::cell::Cell;
use std::sync::Arc;

use runtime::lock::Shared;
use runtime::native::buffer::Buffer;
use runtime::prelude::*;

use super::coder::{self, Compressor, Decompressor, Use};
use super::{COMPRESSION, ParameterTypes, error};
use crate::incremental::Incremental;

const LEVEL: i32 = 100;

/// Represents a Zstandard dictionary.
///
///   dict_content
///     The content of a Zstandard dictionary as a bytes-like object.
///   is_raw
///     If true, perform no checks on *dict_content*, useful for some
///     advanced cases.  Otherwise, check that the content represents
///     a Zstandard dictionary created by the zstd library or CLI.
///
/// The dictionary can be used for compression or decompression, and can be shared
/// by multiple ZstdCompressor or ZstdDecompressor objects.
#[class(name = "compression.zstd.ZstdDict")]
#[repr(C)]
pub struct ZstdDict {
    head: Object,
    #[gc(skip)]
    content: Arc<Vec<u8>>,
    /// The Zstandard dictionary, an int between 0 and 2**32.
    ///
    /// A non-zero value represents an ordinary Zstandard dictionary,
    /// conforming to the standardised format.
    #[member(readonly)]
    dict_id: u32,
}

#[methods]
impl ZstdDict {
    #[new(signature = "(dict_content, /, *, is_raw=False)")]
    fn new(class: &Type, dict_content: Ref, is_raw: bool) -> Result<Ref<Self>> {
        let buffer = Buffer::of(&dict_content)?;
        let content = buffer.as_slice().to_vec();
        if content.len() < 8 {
            return Err(raise!(
                ValueError,
                "Zstandard dictionary content too short (must have at least eight bytes)"
            ));
        }
        let dict_id = if is_raw { 0 } else { coder::dictionary_id(&content) };
        if dict_id == 0 && !is_raw {
            return Err(raise!(ValueError, "invalid Zstandard dictionary"));
        }
        Ok(Ref::new_in(class, ZstdDict { head: Object::HEAD, content: Arc::new(content), dict_id }))
    }

    /// The content of a Zstandard dictionary, as a bytes object.
    #[getter]
    fn dict_content(&self) -> Vec<u8> {
        self.content.to_vec()
    }

    /// Load as a digested dictionary to compressor.
    #[getter]
    fn as_digested_dict(&self) -> (&Self, i32) {
        (self, Use::Digested as i32)
    }

    /// Load as an undigested dictionary to compressor.
    #[getter]
    fn as_undigested_dict(&self) -> (&Self, i32) {
        (self, Use::Undigested as i32)
    }

    /// Load as a prefix to compressor/decompressor.
    #[getter]
    fn as_prefix(&self) -> (&Self, i32) {
        (self, Use::Prefix as i32)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let (id, size) = (self.dict_id, self.content.len());
        Ok(Str::from_string(format!("<ZstdDict dict_id={id} dict_size={size}>")))
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.content.len()
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

/// A `zstd_dict` argument: a dictionary, or one with how to use it.
fn dictionary(object: Option<&Object>, usual: Use) -> Result<Option<(Arc<Vec<u8>>, Use)>> {
    let Some(object) = object.filter(|object| !object.is_none()) else { return Ok(None) };
    if let Some(dictionary) = object.downcast::<ZstdDict>() {
        return Ok(Some((dictionary.content.clone(), usual)));
    }
    let pair = object.downcast::<Tuple>().filter(|pair| pair.len() == 2);
    if let Some(pair) = pair
        && let (Some(dictionary), Some(how)) =
            (pair.as_slice()[0].downcast::<ZstdDict>(), pair.as_slice()[1].downcast::<Int>())
    {
        let how = match how.to_i64() {
            Some(0) => Some(Use::Digested),
            Some(1) => Some(Use::Undigested),
            Some(2) => Some(Use::Prefix),
            _ => None,
        };
        if let Some(how) = how {
            return Ok(Some((dictionary.content.clone(), how)));
        }
    }
    Err(raise!(TypeError, "zstd_dict argument should be a ZstdDict object."))
}

/// A number that fits C's int.
fn int(object: &Object) -> Result<i32> {
    object
        .index()?
        .to_i64()
        .and_then(|value| i32::try_from(value).ok())
        .ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C int"))
}

/// Why a parameter wasn't taken.
#[cold]
fn illegal(compressing: bool, parameter: i32, value: i32) -> Raised {
    let kind = if compressing { "compression" } else { "decompression" };
    let known = if compressing {
        COMPRESSION.iter().find(|row| row.0 == parameter).map(|row| row.2)
    } else {
        (parameter == 100).then_some("window_log_max")
    };
    match (known, coder::bounds(parameter, compressing)) {
        (Some(name), Ok((low, high))) => raise!(
            ValueError,
            "{kind} parameter '{name}' received an illegal value {value}; the valid range is [{low}, {high}]"
        ),
        _ => raise!(ValueError, "invalid {kind} parameter 'unknown parameter (key {parameter})'"),
    }
}

/// The entries of an `options` argument.
fn options(dict: &Dict, compressing: bool) -> Result<Vec<(i32, i32)>> {
    let state = Interpreter::current().state::<ParameterTypes>();
    let (other, kind, name) = if compressing {
        (state.decompression.get(), "compression", "DecompressionParameter")
    } else {
        (state.compression.get(), "decompression", "CompressionParameter")
    };
    let mut entries = Vec::new();
    let mut position = 0;
    while let Some((key, value)) = dict.next_entry(&mut position) {
        if other.as_ref().is_some_and(|other| std::ptr::eq(key.ty(), &**other)) {
            return Err(raise!(TypeError, "{kind} options dictionary key must not be a {name} attribute"));
        }
        entries.push((int(&key)?, int(&value)?));
    }
    Ok(entries)
}

/// Create a compressor object for compressing data incrementally.
///
///   level
///     The compression level to use.  Defaults to COMPRESSION_LEVEL_DEFAULT.
///   options
///     A dict object that contains advanced compression parameters.
///   zstd_dict
///     A ZstdDict object, a Zstandard dictionary.
///
/// Thread-safe at method level.
#[class(name = "compression.zstd.ZstdCompressor", variable = COMPRESSOR_TYPE)]
#[repr(C)]
pub struct ZstdCompressor {
    head: Object,
    state: Shared<Compressor>,
    /// The last mode used to this compressor, its value can be .CONTINUE, .FLUSH_BLOCK, or .FLUSH_FRAME.
    #[gc(skip)]
    #[member(readonly)]
    last_mode: Cell<i32>,
}

#[cold]
fn illegal_level(value: Option<i32>) -> Raised {
    let (low, high) = coder::bounds(LEVEL, true).unwrap_or_default();
    match value {
        Some(value) => {
            raise!(ValueError, "illegal compression level {value}; the valid range is [{low}, {high}]")
        }
        None => raise!(ValueError, "illegal compression level; the valid range is [{low}, {high}]"),
    }
}

impl ZstdCompressor {
    fn set_level(state: &mut Compressor, value: i32) -> Result<()> {
        match coder::bounds(LEVEL, true) {
            Ok((low, high)) if !(low..=high).contains(&value) => Err(illegal_level(Some(value))),
            _ => match state.set(LEVEL, value) {
                Ok(_) => Ok(()),
                Err(message) => Err(error(&format!("Unable to set zstd compression level: {message}"))),
            },
        }
    }

    fn run(&self, input: &[u8], mode: i32) -> Result<Vec<u8>> {
        match self.state.work(|state| state.run(input, mode)) {
            None => Err(raise!(MemoryError)),
            Some(Ok(output)) => {
                self.last_mode.set(mode);
                Ok(output)
            }
            Some(Err(message)) => {
                self.last_mode.set(ZstdCompressor::FLUSH_FRAME);
                Err(error(&format!("Unable to compress Zstandard data: {message}")))
            }
        }
    }
}

#[methods]
impl ZstdCompressor {
    #[constant]
    const CONTINUE: i32 = 0;
    #[constant]
    const FLUSH_BLOCK: i32 = 1;
    #[constant]
    const FLUSH_FRAME: i32 = 2;

    #[new(signature = "(level=None, options=None, zstd_dict=None)")]
    fn new(
        class: &Type,
        level: Option<&Object>,
        options: OrNone<&Dict>,
        zstd_dict: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let level = level.filter(|level| !level.is_none());
        if level.is_some() && options.0.is_some() {
            return Err(raise!(TypeError, "Only one of level or options should be used."));
        }
        let Some(mut state) = Compressor::new() else { return Err(raise!(MemoryError)) };
        let mut used_level = 0;
        if let Some(level) = level {
            let Some(level) = level.downcast::<Int>() else {
                return Err(raise!(TypeError, "invalid type for level, expected int"));
            };
            let Some(value) = level.to_i64().and_then(|value| i32::try_from(value).ok()) else {
                return Err(illegal_level(None));
            };
            ZstdCompressor::set_level(&mut state, value)?;
            used_level = value;
        }
        if let Some(options) = options.0 {
            for (parameter, value) in self::options(options, true)? {
                if parameter == LEVEL {
                    ZstdCompressor::set_level(&mut state, value)?;
                    used_level = value;
                } else {
                    state.set(parameter, value).map_err(|_| illegal(true, parameter, value))?;
                }
            }
        }
        if let Some((content, how)) = dictionary(zstd_dict, Use::Digested)? {
            state.load(content, how, used_level).map_err(|message| {
                error(&format!("Unable to load Zstandard dictionary or prefix for compression: {message}"))
            })?;
        }
        let last_mode = Cell::new(ZstdCompressor::FLUSH_FRAME);
        Ok(Ref::new_in(class, ZstdCompressor { head: Object::HEAD, state: Shared::new(state), last_mode }))
    }

    /// Provide data to the compressor object.
    ///
    ///   mode
    ///     Can be these 3 values ZstdCompressor.CONTINUE,
    ///     ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME
    ///
    /// Return a chunk of compressed data if possible, or b'' otherwise.
    #[method(signature = "($self, /, data, mode=ZstdCompressor.CONTINUE)")]
    fn compress(&self, data: Ref, mode: Option<i32>) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        match mode.unwrap_or(0) {
            mode @ 0..=2 => self.run(buffer.as_slice(), mode),
            _ => Err(raise!(
                ValueError,
                "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME."
            )),
        }
    }

    /// Finish the compression process.
    ///
    ///   mode
    ///     Can be these 2 values ZstdCompressor.FLUSH_FRAME,
    ///     ZstdCompressor.FLUSH_BLOCK
    ///
    /// Flush any remaining data left in internal buffers.
    #[method(signature = "($self, /, mode=ZstdCompressor.FLUSH_FRAME)")]
    fn flush(&self, mode: Option<i32>) -> Result<Vec<u8>> {
        match mode.unwrap_or(2) {
            mode @ 1..=2 => self.run(&[], mode),
            _ => Err(raise!(
                ValueError,
                "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK."
            )),
        }
    }

    /// Set the uncompressed content size to be written into the frame header.
    ///
    ///   size
    ///     The size of the uncompressed data to be provided to the compressor.
    ///
    /// This method can be used to ensure the header of the frame about to be written
    /// includes the size of the data, unless the CompressionParameter.content_size_flag
    /// is set to False.
    #[method(signature = "($self, size, /)")]
    fn set_pledged_input_size(&self, size: &Object) -> Result<()> {
        let size = if size.is_none() {
            u64::MAX
        } else {
            let Some(size) = size.downcast::<Int>() else {
                return Err(raise!(TypeError, "an integer is required"));
            };
            match size.to_u64() {
                Some(size) if size < u64::MAX - 1 => size,
                _ => {
                    return Err(raise!(
                        ValueError,
                        "size argument should be a positive int less than {}",
                        u64::MAX - 1
                    ));
                }
            }
        };
        if self.last_mode.get() != ZstdCompressor::FLUSH_FRAME {
            return Err(raise!(
                ValueError,
                "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME"
            ));
        }
        match self.state.lock().pledge(size) {
            Ok(_) => Ok(()),
            Err(message) => {
                Err(error(&format!("Unable to set pledged uncompressed content size: {message}")))
            }
        }
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
///   zstd_dict
///     A ZstdDict object, a Zstandard dictionary.
///   options
///     A dict object that contains advanced decompression parameters.
///
/// Thread-safe at method level.
#[class(name = "compression.zstd.ZstdDecompressor", variable = DECOMPRESSOR_TYPE)]
#[repr(C)]
pub struct ZstdDecompressor {
    head: Object,
    state: Shared<Incremental<Decompressor>>,
}

#[methods]
impl ZstdDecompressor {
    #[new(signature = "(zstd_dict=None, options=None)")]
    fn new(class: &Type, zstd_dict: Option<&Object>, options: OrNone<&Dict>) -> Result<Ref<Self>> {
        let Some(mut decoder) = Decompressor::new() else { return Err(raise!(MemoryError)) };
        if let Some((content, how)) = dictionary(zstd_dict, Use::Digested)? {
            decoder.load(content, how).map_err(|message| {
                error(&format!("Unable to load Zstandard dictionary or prefix for decompression: {message}"))
            })?;
        }
        if let Some(options) = options.0 {
            for (parameter, value) in self::options(options, false)? {
                decoder.set(parameter, value).map_err(|_| illegal(false, parameter, value))?;
            }
        }
        let state = Shared::new(Incremental::new(decoder));
        Ok(Ref::new_in(class, ZstdDecompressor { head: Object::HEAD, state }))
    }

    /// Decompress *data*, returning uncompressed bytes if possible, or b'' otherwise.
    ///
    ///   data
    ///     A bytes-like object, Zstandard data to be decompressed.
    ///   max_length
    ///     Maximum size of returned data.  When it is negative, the size of
    ///     output buffer is unlimited.  When it is nonnegative, returns at
    ///     most max_length bytes of decompressed data.
    #[method(signature = "($self, /, data, max_length=-1)")]
    fn decompress(&self, data: Ref, max_length: isize) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        let bytes = buffer.as_slice();
        let result =
            self.state.work(|state| state.step(bytes, |decoder, input| decoder.run(input, max_length)));
        match result {
            None => Err(raise!(EOFError, "Already at the end of a Zstandard frame.")),
            Some(Ok(output)) => Ok(output),
            Some(Err(None)) => Err(raise!(MemoryError)),
            Some(Err(Some(message))) => {
                Err(error(&format!("Unable to decompress Zstandard data: {message}")))
            }
        }
    }

    /// True means the end of the first frame has been reached.
    #[getter]
    fn eof(&self) -> bool {
        self.state.lock().ended
    }

    /// A bytes object of un-consumed input data.
    #[getter]
    fn unused_data(&self) -> Vec<u8> {
        self.state.lock().unused.clone()
    }

    /// If max_length is nonnegative and there is more output to come, this is False.
    #[getter]
    fn needs_input(&self) -> bool {
        self.state.lock().needs_input
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

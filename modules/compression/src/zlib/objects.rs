//! The objects that compress and decompress bit by bit.

use runtime::lock::Shared;
use runtime::native::buffer::Buffer;
use runtime::prelude::*;

use super::stream::{self, Failure, Stream};
use super::{BUFFER, failed};
use crate::incremental::{Incremental, Output, Step, already_ended};

/// What [`compressobj`] gives.
#[class(name = "zlib.Compress", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Compress {
    head: Object,
    stream: Shared<Stream>,
}

/// A dictionary that a decompressor was given.
fn dictionary(zdict: Option<&Object>) -> Result<Option<Vec<u8>>> {
    match zdict {
        None => Ok(None),
        Some(zdict) if zdict.ty().bf_getbuffer().is_none() => {
            Err(raise!(TypeError, "zdict argument must support the buffer protocol"))
        }
        Some(zdict) => {
            let buffer = Buffer::of(zdict)?;
            if u32::try_from(buffer.as_slice().len()).is_err() {
                return Err(raise!(OverflowError, "zdict length does not fit in an unsigned int"));
            }
            Ok(Some(buffer.as_slice().to_vec()))
        }
    }
}

/// Return a compressor object.
///
///   level
///     The compression level (an integer in the range 0-9 or -1; default is
///     currently equivalent to 6).  Higher compression levels are slower,
///     but produce smaller results.
///   method
///     The compression algorithm.  If given, this must be DEFLATED.
///   wbits
///     The size of the window, and the container format.
///   memLevel
///     Controls the amount of memory used for internal compression state.
///   strategy
///     Used to tune the compression algorithm.
///   zdict
///     The predefined compression dictionary: byte sequences that are likely
///     to appear in the input.
#[function(
    signature = "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
)]
pub fn compressobj(
    _module: &Module,
    level: Option<i32>,
    method: Option<i32>,
    wbits: Option<i32>,
    mem_level: Option<i32>,
    strategy: Option<i32>,
    zdict: Option<BytesLike<'_>>,
) -> Result<Ref<Compress>> {
    if zdict.as_ref().is_some_and(|zdict| u32::try_from(zdict.len()).is_err()) {
        return Err(raise!(OverflowError, "zdict length does not fit in an unsigned int"));
    }
    let stream = Stream::deflater(
        level.unwrap_or(-1),
        method.unwrap_or(8),
        wbits.unwrap_or(15),
        mem_level.unwrap_or(8),
        strategy.unwrap_or(0),
    );
    let mut stream = stream.map_err(|failure| match failure.code {
        stream::Z_MEM_ERROR => raise!(MemoryError, "Can't allocate memory for compression object"),
        stream::Z_STREAM_ERROR => raise!(ValueError, "Invalid initialization option"),
        _ => failed(&failure, "while creating compression object"),
    })?;
    if let Some(zdict) = zdict {
        match stream.set_dictionary(&zdict) {
            stream::Z_OK => {}
            stream::Z_STREAM_ERROR => return Err(raise!(ValueError, "Invalid dictionary")),
            _ => return Err(raise!(ValueError, "deflateSetDictionary()")),
        }
    }
    Ok(Ref::new(Compress { head: Object::HEAD, stream: Shared::new(stream) }))
}

#[methods]
impl Compress {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[method(signature = "($self, data, /)")]
    fn compress(&self, data: Ref) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        let mut input = buffer.as_slice();
        let mut output = Output::new(-1);
        let failure = self.stream.work(|stream| {
            match stream.run(&mut input, &mut output, stream::Z_NO_FLUSH, stream::Z_NO_FLUSH, None) {
                Ok(Some(code @ stream::Z_STREAM_ERROR)) => Some(stream.failure(code)),
                _ => None,
            }
        });
        match failure {
            Some(failure) => Err(failed(&failure, "while compressing data")),
            None => Ok(output.bytes),
        }
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[method(signature = "($self, mode=zlib.Z_FINISH, /)")]
    fn flush(&self, mode: Option<i32>) -> Result<Vec<u8>> {
        let mode = mode.unwrap_or(stream::Z_FINISH);
        if mode == stream::Z_NO_FLUSH {
            return Ok(Vec::new());
        }
        let mut output = Output::new(-1);
        let failure = self.stream.work(|stream| {
            let code = stream.run(&mut &[][..], &mut output, mode, mode, None).ok().flatten();
            match code {
                Some(stream::Z_STREAM_END) if mode == stream::Z_FINISH => match stream.end() {
                    stream::Z_OK => None,
                    code => Some((stream.failure(code), "while finishing compression")),
                },
                Some(stream::Z_OK | stream::Z_BUF_ERROR) => None,
                code => Some((stream.failure(code.unwrap_or(stream::Z_MEM_ERROR)), "while flushing")),
            }
        });
        match failure {
            Some((failure, doing)) => Err(failed(&failure, doing)),
            None => Ok(output.bytes),
        }
    }

    /// Return a copy of the compression object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Self>> {
        let copy = self.stream.work(Stream::copy).map_err(|failure| copy_failed(&failure, "compression"))?;
        Ok(Ref::new(Compress { head: Object::HEAD, stream: Shared::new(copy) }))
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy_shallow(&self) -> Result<Ref<Self>> {
        self.copy()
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)")]
    fn copy_deep(&self, _memo: &Object) -> Result<Ref<Self>> {
        self.copy()
    }
}

#[cold]
fn copy_failed(failure: &Failure, kind: &str) -> Raised {
    match failure.code {
        stream::Z_STREAM_ERROR => raise!(ValueError, "Inconsistent stream state"),
        stream::Z_MEM_ERROR => raise!(MemoryError, "Can't allocate memory for {kind} object"),
        _ => failed(failure, &format!("while copying {kind} object")),
    }
}

#[cold]
fn not_created(failure: &Failure) -> Raised {
    match failure.code {
        stream::Z_STREAM_ERROR => raise!(ValueError, "Invalid initialization option"),
        stream::Z_MEM_ERROR => raise!(MemoryError, "Can't allocate memory for decompression object"),
        _ => failed(failure, "while creating decompression object"),
    }
}

/// A stream that decompresses, and the dictionary to give it when it asks.
struct Inflater {
    stream: Stream,
    dictionary: Option<Vec<u8>>,
}

impl Inflater {
    fn new(wbits: i32, dictionary: Option<Vec<u8>>) -> Result<Inflater> {
        let mut stream = Stream::inflater(wbits).map_err(|failure| not_created(&failure))?;
        // A raw stream doesn't ask.
        if let Some(dictionary) = dictionary.as_ref().filter(|_| wbits < 0) {
            let code = stream.set_dictionary(dictionary);
            if code != stream::Z_OK {
                return Err(failed(&stream.failure(code), "while setting zdict"));
            }
        }
        Ok(Inflater { stream, dictionary })
    }

    fn run(
        &mut self,
        input: &mut &[u8],
        output: &mut Output,
        last: i32,
    ) -> std::result::Result<Option<i32>, Failure> {
        let before = if last == stream::Z_FINISH { stream::Z_NO_FLUSH } else { last };
        self.stream.run(input, output, before, last, self.dictionary.as_deref())
    }
}

/// What [`decompressobj`] gives.
#[class(name = "zlib.Decompress", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Decompress {
    head: Object,
    inflater: Shared<Inflater>,
    #[member(readonly)]
    unused_data: Link<Bytes>,
    #[member(readonly)]
    unconsumed_tail: Link<Bytes>,
    #[gc(skip)]
    #[member(readonly)]
    eof: std::cell::Cell<bool>,
}

/// An object that decompresses piece by piece.
///
///   wbits
///     Size of the window and kind of container.
///   zdict
///     The dictionary that the data was compressed with.
#[function(signature = "($module, /, wbits=MAX_WBITS, zdict=b'')")]
pub fn decompressobj(
    _module: &Module,
    wbits: Option<i32>,
    zdict: Option<&Object>,
) -> Result<Ref<Decompress>> {
    let dictionary = dictionary(zdict)?;
    let inflater = Inflater::new(wbits.unwrap_or(15), dictionary)?;
    Ok(Ref::new(Decompress {
        head: Object::HEAD,
        inflater: Shared::new(inflater),
        unused_data: Link::new(Bytes::empty()),
        unconsumed_tail: Link::new(Bytes::empty()),
        eof: std::cell::Cell::new(false),
    }))
}

impl Decompress {
    /// Keeps the input that was not taken where Python sees it.
    fn save_rest(&self, rest: &[u8], code: Option<i32>) -> Result<()> {
        if code == Some(stream::Z_STREAM_END) {
            if !rest.is_empty() {
                let mut all = self.unused_data.get().map(|old| old.as_slice().to_vec()).unwrap_or_default();
                all.extend_from_slice(rest);
                self.unused_data.set(Some(Bytes::try_new(&all)?));
            }
            self.unconsumed_tail.set(Some(Bytes::empty()));
        } else {
            self.unconsumed_tail.set(Some(Bytes::try_new(rest)?));
        }
        Ok(())
    }
}

#[methods]
impl Decompress {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[method(signature = "($self, data, /, max_length=0)")]
    fn decompress(&self, data: Ref, max_length: isize) -> Result<Vec<u8>> {
        let buffer = Buffer::of(&data)?;
        if max_length < 0 {
            return Err(raise!(ValueError, "max_length must be non-negative"));
        }
        let mut input = buffer.as_slice();
        let mut output = Output::new(if max_length == 0 { -1 } else { max_length });
        let (code, failure) = self.inflater.work(|inflater| {
            let code = inflater.run(&mut input, &mut output, stream::Z_SYNC_FLUSH);
            let failure = match code {
                Ok(None | Some(stream::Z_OK | stream::Z_BUF_ERROR | stream::Z_STREAM_END)) => None,
                Ok(Some(code)) => Some(inflater.stream.failure(code)),
                Err(_) => None,
            };
            (code, failure)
        });
        let code = code.map_err(|failure| failed(&failure, "while setting zdict"))?;
        self.save_rest(input, code)?;
        if code == Some(stream::Z_STREAM_END) {
            self.eof.set(true);
        }
        match failure {
            Some(failure) => Err(failed(&failure, "while decompressing data")),
            None => Ok(output.bytes),
        }
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[method(signature = "($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(&self, length: Option<isize>) -> Result<Vec<u8>> {
        if length.unwrap_or(BUFFER) <= 0 {
            return Err(raise!(ValueError, "length must be greater than zero"));
        }
        let tail = self.unconsumed_tail.get().map(|tail| tail.as_slice().to_vec()).unwrap_or_default();
        let mut input = &tail[..];
        let mut output = Output::new(-1);
        let (code, end) = self.inflater.work(|inflater| {
            let code = inflater.run(&mut input, &mut output, stream::Z_FINISH);
            let end = match code {
                Ok(Some(stream::Z_STREAM_END)) => match inflater.stream.end() {
                    stream::Z_OK => None,
                    code => Some(inflater.stream.failure(code)),
                },
                _ => None,
            };
            (code, end)
        });
        let code = code.map_err(|failure| failed(&failure, "while setting zdict"))?;
        self.save_rest(input, code)?;
        if code == Some(stream::Z_STREAM_END) {
            self.eof.set(true);
        }
        match end {
            Some(failure) => Err(failed(&failure, "while finishing decompression")),
            None => Ok(output.bytes),
        }
    }

    /// Return a copy of the decompression object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Self>> {
        let copy = self.inflater.work(|inflater| {
            let stream = inflater.stream.copy()?;
            Ok(Inflater { stream, dictionary: inflater.dictionary.clone() })
        });
        let inflater = copy.map_err(|failure| copy_failed(&failure, "decompression"))?;
        Ok(Ref::new(Decompress {
            head: Object::HEAD,
            inflater: Shared::new(inflater),
            unused_data: Link::from_option(self.unused_data.get()),
            unconsumed_tail: Link::from_option(self.unconsumed_tail.get()),
            eof: self.eof.clone(),
        }))
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy_shallow(&self) -> Result<Ref<Self>> {
        self.copy()
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)")]
    fn copy_deep(&self, _memo: &Object) -> Result<Ref<Self>> {
        self.copy()
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
///   wbits
///     The window buffer size and container format.
///   zdict
///     The predefined compression dictionary.
#[class(name = "zlib._ZlibDecompressor")]
#[repr(C)]
pub struct ZlibDecompressor {
    head: Object,
    state: Shared<Incremental<Inflater>>,
}

#[methods]
impl ZlibDecompressor {
    #[new(signature = "(wbits=15, zdict=b'')")]
    fn new(class: &Type, wbits: i32, zdict: Option<&Object>) -> Result<Ref<Self>> {
        let inflater = Inflater::new(wbits, dictionary(zdict)?)?;
        let state = Shared::new(Incremental::new(inflater));
        Ok(Ref::new_in(class, ZlibDecompressor { head: Object::HEAD, state }))
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
        let result = self.state.work(|state| {
            state.step(bytes, |inflater, input| {
                let mut rest = input;
                let mut output = Output::new(max_length);
                let code = inflater
                    .run(&mut rest, &mut output, stream::Z_SYNC_FLUSH)
                    .map_err(|failure| (failure, "while setting zdict"))?;
                match code {
                    None | Some(stream::Z_OK | stream::Z_BUF_ERROR | stream::Z_STREAM_END) => Ok(Step {
                        output: output.bytes,
                        used: input.len() - rest.len(),
                        ended: code == Some(stream::Z_STREAM_END),
                        more: false,
                    }),
                    Some(code) => Err((inflater.stream.failure(code), "while decompressing data")),
                }
            })
        });
        match result {
            None => Err(already_ended()),
            Some(Ok(output)) => Ok(output),
            Some(Err((failure, doing))) => Err(failed(&failure, doing)),
        }
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
}

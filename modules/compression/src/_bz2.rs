//! `_bz2`: bzip2, bit by bit.

use bzip2::{Action, Compress, Compression, Decompress, Error, Status};
use runtime::lock::Shared;
use runtime::native::buffer::Buffer;
use runtime::prelude::*;

use crate::incremental::{Incremental, Output, Step, already_ended};

module! {
    name: "_bz2",
    functions: [],
    classes: [Compressor, Decompressor],
}

/// What a call of the library may end with beside success.
enum Failure {
    Library(Error),
    Memory,
}

#[cold]
fn failed(failure: Failure) -> Raised {
    match failure {
        Failure::Memory => raise!(MemoryError),
        Failure::Library(Error::Param) => {
            raise!(ValueError, "Internal error - invalid parameters passed to libbzip2")
        }
        Failure::Library(Error::Data | Error::DataMagic) => raise!(OSError, "Invalid data stream"),
        Failure::Library(Error::Sequence) => {
            raise!(RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2")
        }
    }
}

/// A compressing stream; it may have been ended.
struct Encoder {
    stream: Compress,
    flushed: bool,
}

impl Encoder {
    fn run(&mut self, mut input: &[u8], action: Action) -> std::result::Result<Vec<u8>, Failure> {
        let mut output = Output::new(-1);
        let run = matches!(action, Action::Run);
        loop {
            if run && input.is_empty() {
                return Ok(output.bytes);
            }
            let Some(room) = output.room() else { return Err(Failure::Memory) };
            let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
            let action = if run { Action::Run } else { Action::Finish };
            let status = self.stream.compress_uninit(input, room, action).map_err(Failure::Library)?;
            input = &input[(self.stream.total_in() - before_in) as usize..];
            output.written((self.stream.total_out() - before_out) as usize);
            match status {
                Status::StreamEnd => return Ok(output.bytes),
                Status::MemNeeded => return Err(Failure::Memory),
                _ => {}
            }
        }
    }
}

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[class(name = "_bz2.BZ2Compressor", variable = COMPRESSOR_TYPE)]
#[repr(C)]
pub struct Compressor {
    head: Object,
    encoder: Shared<Encoder>,
}

#[methods]
impl Compressor {
    #[new(signature = "(compresslevel=9, /)")]
    fn new(class: &Type, compresslevel: i32) -> Result<Ref<Self>> {
        if !(1..=9).contains(&compresslevel) {
            return Err(raise!(ValueError, "compresslevel must be between 1 and 9"));
        }
        let stream = Compress::new(Compression::new(compresslevel as u32), 0);
        let encoder = Shared::new(Encoder { stream, flushed: false });
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
        let result = self.encoder.work(|encoder| (!encoder.flushed).then(|| encoder.run(input, Action::Run)));
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
            first.then(|| encoder.run(&[], Action::Finish))
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

fn decompress(stream: &mut Decompress, input: &[u8], limit: isize) -> std::result::Result<Step, Failure> {
    let mut output = Output::new(limit);
    let mut used = 0;
    loop {
        let full = output.is_full();
        let Some(room) = output.room() else {
            if full {
                return Ok(Step { output: output.bytes, used, ended: false, more: false });
            }
            return Err(Failure::Memory);
        };
        let size = room.len();
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let status = stream.decompress_uninit(&input[used..], room).map_err(Failure::Library)?;
        used += (stream.total_in() - before_in) as usize;
        let written = (stream.total_out() - before_out) as usize;
        output.written(written);
        match status {
            Status::StreamEnd => return Ok(Step { output: output.bytes, used, ended: true, more: false }),
            Status::MemNeeded => return Err(Failure::Memory),
            _ if used == input.len() && written < size => {
                return Ok(Step { output: output.bytes, used, ended: false, more: false });
            }
            _ => {}
        }
    }
}

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[class(name = "_bz2.BZ2Decompressor")]
#[repr(C)]
pub struct Decompressor {
    head: Object,
    state: Shared<Incremental<Decompress>>,
}

#[methods]
impl Decompressor {
    #[new(signature = "()")]
    fn new(class: &Type) -> Result<Ref<Self>> {
        let state = Shared::new(Incremental::new(Decompress::new(false)));
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
            self.state.work(|state| state.step(bytes, |stream, input| decompress(stream, input, max_length)));
        match result {
            None => Err(already_ended()),
            Some(result) => result.map_err(failed),
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

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        Err(raise!(TypeError, "cannot pickle '{}' object", self.ty().name()))
    }
}

//! `zlib`: the DEFLATE format, raw, with zlib's or gzip's frame. <https://docs.python.org/3.14/library/zlib.html>.

mod objects;
mod stream;

use runtime::native::args::Place;
use runtime::native::buffer::Buffer;
use runtime::objects::exceptions::{Exception, declared, raise_declared};
use runtime::prelude::*;

use crate::incremental::Output;
use objects::{Compress, Decompress, ZlibDecompressor};
use stream::{Failure, Stream};

module! {
    name: "zlib",
    doc: "Compression and decompression in zlib's format, with or without header,\nincrementally or at once; and the checksums adler32 and crc32.",
    functions: [adler32, compress, objects::compressobj, crc32, decompress, objects::decompressobj],
    classes: [ZlibDecompressor],
    exec: exec,
}

const BUFFER: isize = 16 << 10;

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    Compress::type_object();
    Decompress::type_object();
    for (name, value) in [
        ("DEFLATED", 8),
        ("DEF_BUF_SIZE", BUFFER as i64),
        ("DEF_MEM_LEVEL", 8),
        ("MAX_WBITS", 15),
        ("Z_BEST_COMPRESSION", 9),
        ("Z_BEST_SPEED", 1),
        ("Z_BLOCK", 5),
        ("Z_DEFAULT_COMPRESSION", -1),
        ("Z_DEFAULT_STRATEGY", 0),
        ("Z_FILTERED", 1),
        ("Z_FINISH", 4),
        ("Z_FIXED", 4),
        ("Z_FULL_FLUSH", 3),
        ("Z_HUFFMAN_ONLY", 2),
        ("Z_NO_COMPRESSION", 0),
        ("Z_NO_FLUSH", 0),
        ("Z_PARTIAL_FLUSH", 1),
        ("Z_RLE", 3),
        ("Z_SYNC_FLUSH", 2),
        ("Z_TREES", 6),
    ] {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    dict.insert_str(intern!("__version__"), &Str::new("1.0"))?;
    let version = Str::from_string(stream::version());
    dict.insert_str(intern!("ZLIB_VERSION"), &version)?;
    dict.insert_str(intern!("ZLIB_RUNTIME_VERSION"), &version)?;
    dict.insert_str(intern!("error"), &*declared("zlib.error", &Exception)?)
}

/// Raises `zlib.error`.
#[cold]
fn error(message: &str) -> Raised {
    raise_declared("zlib.error", &Exception, message)
}

/// What the library's failure says of `doing`.
#[cold]
fn failed(failure: &Failure, doing: &str) -> Raised {
    let code = failure.code;
    let message = match &failure.message {
        Some(message) => message,
        None => match code {
            stream::Z_BUF_ERROR => "incomplete or truncated stream",
            stream::Z_STREAM_ERROR => "inconsistent stream state",
            stream::Z_DATA_ERROR => "invalid input data",
            _ => return error(&format!("Error {code} {doing}")),
        },
    };
    error(&format!("Error {code} {doing}: {message}"))
}

/// An integer argument of which only the low 32 bits count.
struct Low32(u32);

impl FromArg<'_> for Low32 {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        let number = object.index()?;
        let low = number.digits().iter().take(2).rev().fold(0u64, |low, digit| low << 30 | u64::from(*digit));
        Ok(Low32(if number.is_negative() { (low as u32).wrapping_neg() } else { low as u32 }))
    }
}

/// The data, compressed.
///
///   level
///     From 0 (not at all) to 9 (most); -1 is the usual.
///   wbits
///     Size of the window and kind of container.
#[function(signature = "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
fn compress(_module: &Module, data: Ref, level: Option<i32>, wbits: Option<i32>) -> Result<Vec<u8>> {
    let buffer = Buffer::of(&data)?;
    let mut input = buffer.as_slice();
    let stream = Stream::deflater(level.unwrap_or(-1), 8, wbits.unwrap_or(15), 8, 0);
    let mut stream = stream.map_err(|failure| match failure.code {
        stream::Z_MEM_ERROR => raise!(MemoryError, "Out of memory while compressing data"),
        stream::Z_STREAM_ERROR => error("Bad compression level"),
        _ => failed(&failure, "while compressing data"),
    })?;
    let mut output = Output::new(-1);
    let code = runtime::gil::allow_threads(|| {
        stream.run(&mut input, &mut output, stream::Z_NO_FLUSH, stream::Z_FINISH, None)
    });
    match code {
        Ok(Some(stream::Z_STREAM_END)) => Ok(output.bytes),
        Ok(None) => Err(raise!(MemoryError, "Out of memory while compressing data")),
        Ok(Some(code)) => Err(failed(&stream.failure(code), "while compressing data")),
        Err(failure) => Err(failed(&failure, "while compressing data")),
    }
}

/// The data, decompressed.
///
///   wbits
///     Size of the window and kind of container.
///   bufsize
///     How much room to begin with.
#[function(signature = "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
fn decompress(_module: &Module, data: Ref, wbits: Option<i32>, bufsize: Option<isize>) -> Result<Vec<u8>> {
    let buffer = Buffer::of(&data)?;
    if bufsize.unwrap_or(BUFFER) < 0 {
        return Err(raise!(ValueError, "bufsize must be non-negative"));
    }
    let mut input = buffer.as_slice();
    let mut stream = Stream::inflater(wbits.unwrap_or(15)).map_err(|failure| match failure.code {
        stream::Z_MEM_ERROR => raise!(MemoryError, "Out of memory while decompressing data"),
        _ => failed(&failure, "while preparing to decompress data"),
    })?;
    let mut output = Output::new(-1);
    let code = runtime::gil::allow_threads(|| {
        stream.run(&mut input, &mut output, stream::Z_NO_FLUSH, stream::Z_FINISH, None)
    });
    match code {
        Ok(Some(stream::Z_STREAM_END)) => Ok(output.bytes),
        Ok(None) | Ok(Some(stream::Z_MEM_ERROR)) => {
            Err(raise!(MemoryError, "Out of memory while decompressing data"))
        }
        Ok(Some(code)) => Err(failed(&stream.failure(code), "while decompressing data")),
        Err(failure) => Err(failed(&failure, "while decompressing data")),
    }
}

/// The Adler-32 checksum of data, going on from value.
#[function(signature = "($module, data, value=1, /)")]
fn adler32(_module: &Module, data: Ref, value: Option<Low32>) -> Result<u32> {
    checksum(&data, value.map_or(1, |value| value.0), stream::adler32)
}

/// The CRC-32 checksum of data, going on from value.
#[function(signature = "($module, data, value=0, /)")]
fn crc32(_module: &Module, data: Ref, value: Option<Low32>) -> Result<u32> {
    checksum(&data, value.map_or(0, |value| value.0), stream::crc32)
}

fn checksum(data: &Object, start: u32, sum: fn(u32, &[u8]) -> u32) -> Result<u32> {
    let buffer = Buffer::of(data)?;
    let bytes = buffer.as_slice();
    // Worth it only for much data.
    Ok(if bytes.len() > 5 * 1024 {
        runtime::gil::allow_threads(|| sum(start, bytes))
    } else {
        sum(start, bytes)
    })
}

//! `_zstd`: what `compression.zstd` is built on.

mod coder;
mod objects;

use runtime::native::buffer::Buffer;
use runtime::objects::exceptions::{Exception, declared, raise_declared};
use runtime::prelude::*;

use objects::{ZstdCompressor, ZstdDecompressor, ZstdDict};

module! {
    name: "_zstd",
    functions: [finalize_dict, get_frame_info, get_frame_size, get_param_bounds, set_parameter_types, train_dict],
    classes: [ZstdCompressor, ZstdDecompressor, ZstdDict],
    exec: exec,
}

/// The compression parameters: number, name in the module, name in messages.
const COMPRESSION: [(i32, &str, &str); 19] = [
    (100, "ZSTD_c_compressionLevel", "compression_level"),
    (101, "ZSTD_c_windowLog", "window_log"),
    (102, "ZSTD_c_hashLog", "hash_log"),
    (103, "ZSTD_c_chainLog", "chain_log"),
    (104, "ZSTD_c_searchLog", "search_log"),
    (105, "ZSTD_c_minMatch", "min_match"),
    (106, "ZSTD_c_targetLength", "target_length"),
    (107, "ZSTD_c_strategy", "strategy"),
    (160, "ZSTD_c_enableLongDistanceMatching", "enable_long_distance_matching"),
    (161, "ZSTD_c_ldmHashLog", "ldm_hash_log"),
    (162, "ZSTD_c_ldmMinMatch", "ldm_min_match"),
    (163, "ZSTD_c_ldmBucketSizeLog", "ldm_bucket_size_log"),
    (164, "ZSTD_c_ldmHashRateLog", "ldm_hash_rate_log"),
    (200, "ZSTD_c_contentSizeFlag", "content_size_flag"),
    (201, "ZSTD_c_checksumFlag", "checksum_flag"),
    (202, "ZSTD_c_dictIDFlag", "dict_id_flag"),
    (400, "ZSTD_c_nbWorkers", "nb_workers"),
    (401, "ZSTD_c_jobSize", "job_size"),
    (402, "ZSTD_c_overlapLog", "overlap_log"),
];

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let enter = |name: &str, value: i64| dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value));
    for (number, name, _) in COMPRESSION {
        enter(name, number.into())?;
    }
    for (name, value) in [
        ("ZSTD_CLEVEL_DEFAULT", 3),
        ("ZSTD_DStreamOutSize", 131_072),
        ("ZSTD_d_windowLogMax", 100),
        ("ZSTD_fast", 1),
        ("ZSTD_dfast", 2),
        ("ZSTD_greedy", 3),
        ("ZSTD_lazy", 4),
        ("ZSTD_lazy2", 5),
        ("ZSTD_btlazy2", 6),
        ("ZSTD_btopt", 7),
        ("ZSTD_btultra", 8),
        ("ZSTD_btultra2", 9),
    ] {
        enter(name, value)?;
    }
    let (version, number) = coder::version();
    enter("zstd_version_number", number.into())?;
    dict.insert_str(intern!("zstd_version"), &Str::from_string(version))?;
    dict.insert_str(intern!("ZstdError"), &*declared("compression.zstd.ZstdError", &Exception)?)
}

/// Raises `ZstdError`.
#[cold]
fn error(message: &str) -> Raised {
    raise_declared("compression.zstd.ZstdError", &Exception, message)
}

/// The enumerations that name the parameters, as Python's side has registered them.
#[derive(Default)]
struct ParameterTypes {
    compression: Link<Type>,
    decompression: Link<Type>,
}

/// Set CompressionParameter and DecompressionParameter types for validity check.
#[function(signature = "($module, /, c_parameter_type, d_parameter_type)")]
fn set_parameter_types(_module: &Module, c_parameter_type: &Type, d_parameter_type: &Type) {
    let state = Interpreter::current().state::<ParameterTypes>();
    state.compression.set(Some(c_parameter_type.to_type_ref()));
    state.decompression.set(Some(d_parameter_type.to_type_ref()));
}

fn samples_sizes(samples: &[u8], sizes: &Tuple) -> Result<Vec<usize>> {
    let wrong = || raise!(ValueError, "The samples size tuple doesn't match the concatenation's size.");
    let mut result = Vec::with_capacity(sizes.len());
    for size in sizes.as_slice() {
        let Some(size) = size.downcast::<Int>() else {
            return Err(raise!(TypeError, "an integer is required"));
        };
        result.push(size.to_usize().ok_or_else(wrong)?);
    }
    let total = result.iter().try_fold(0usize, |total, size| total.checked_add(*size));
    if total == Some(samples.len()) { Ok(result) } else { Err(wrong()) }
}

fn positive(size: isize) -> Result<usize> {
    match usize::try_from(size) {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(raise!(ValueError, "dict_size argument should be positive number.")),
    }
}

/// Train a Zstandard dictionary on sample data.
///
///   samples_bytes
///     Concatenation of samples.
///   samples_sizes
///     Tuple of samples' sizes.
///   dict_size
///     The size of the dictionary.
#[function(signature = "($module, samples_bytes, samples_sizes, dict_size, /)")]
fn train_dict(
    _module: &Module,
    samples_bytes: Ref<Bytes>,
    samples_sizes: &Tuple,
    dict_size: isize,
) -> Result<Vec<u8>> {
    let size = positive(dict_size)?;
    let samples = samples_bytes.as_slice();
    let sizes = self::samples_sizes(samples, samples_sizes)?;
    runtime::gil::allow_threads(|| coder::train(samples, &sizes, size))
        .map_err(|message| error(&format!("Unable to train the Zstandard dictionary: {message}")))
}

/// Finalize a Zstandard dictionary.
///
///   custom_dict_bytes
///     Custom dictionary content.
///   samples_bytes
///     Concatenation of samples.
///   samples_sizes
///     Tuple of samples' sizes.
///   dict_size
///     The size of the dictionary.
///   compression_level
///     Optimize for a specific Zstandard compression level, 0 means default.
#[function(
    signature = "($module, custom_dict_bytes, samples_bytes, samples_sizes, dict_size, compression_level, /)"
)]
fn finalize_dict(
    _module: &Module,
    custom_dict_bytes: Ref<Bytes>,
    samples_bytes: Ref<Bytes>,
    samples_sizes: &Tuple,
    dict_size: isize,
    compression_level: i32,
) -> Result<Vec<u8>> {
    let size = positive(dict_size)?;
    let (content, samples) = (custom_dict_bytes.as_slice(), samples_bytes.as_slice());
    let sizes = self::samples_sizes(samples, samples_sizes)?;
    runtime::gil::allow_threads(|| coder::finalize(content, samples, &sizes, size, compression_level))
        .map_err(|message| error(&format!("Unable to finalize the Zstandard dictionary: {message}")))
}

/// Get Zstandard frame information from a frame header.
#[function(signature = "($module, /, frame_buffer)")]
fn get_frame_info(_module: &Module, frame_buffer: Ref) -> Result<(Option<u64>, u32)> {
    let buffer = Buffer::of(&frame_buffer)?;
    coder::frame_info(buffer.as_slice()).ok_or_else(|| {
        error(
            "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument starts from the beginning of a frame, and its length is not less than the frame header (6~18 bytes).",
        )
    })
}

/// Get the size of a Zstandard frame, including the header and optional checksum.
#[function(signature = "($module, /, frame_buffer)")]
fn get_frame_size(_module: &Module, frame_buffer: Ref) -> Result<usize> {
    let buffer = Buffer::of(&frame_buffer)?;
    coder::frame_size(buffer.as_slice()).map_err(|message| {
        error(&format!(
            "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts from the beginning of a frame, and its length is not less than this complete frame. Zstd error message: {message}."
        ))
    })
}

/// Get CompressionParameter/DecompressionParameter bounds.
#[function(signature = "($module, /, parameter, is_compress)")]
fn get_param_bounds(_module: &Module, parameter: i32, is_compress: bool) -> Result<(i32, i32)> {
    coder::bounds(parameter, is_compress).map_err(|message| {
        let kind = if is_compress { "compression" } else { "decompression" };
        error(&format!("Unable to get zstd {kind} parameter bounds: {message}"))
    })
}

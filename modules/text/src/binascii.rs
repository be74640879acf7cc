//! `binascii`: bytes as text and back: base64, hexadecimal, quoted-printable, uuencode; and two checksums.
//! <https://docs.python.org/3.14/library/binascii.html>.

use runtime::native::args::Place;
use runtime::objects::exceptions::{declared, raise_declared};
use runtime::prelude::*;

module! {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: [
        a2b_base64, a2b_hex, a2b_qp, a2b_uu, b2a_base64, b2a_hex, b2a_qp, b2a_uu, crc32, crc_hqx, hexlify, unhexlify,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(
        intern!("Error"),
        &*declared("binascii.Error", &runtime::objects::exceptions::ValueError)?,
    )?;
    dict.insert_str(
        intern!("Incomplete"),
        &*declared("binascii.Incomplete", &runtime::objects::exceptions::Exception)?,
    )
}

#[cold]
fn error(message: &str) -> Raised {
    raise_declared("binascii.Error", &runtime::objects::exceptions::ValueError, message)
}

/// An argument of encoded text: a buffer, or an ASCII string.
struct Ascii<'a>(AsciiSource<'a>);

enum AsciiSource<'a> {
    Text(&'a str),
    Bytes(BytesLike<'a>),
}

impl<'a> FromArg<'a> for Ascii<'a> {
    fn from_arg(object: &'a Object, _: &'static Place) -> Result<Self> {
        if let Some(text) = object.downcast::<Str>() {
            return match text.as_ascii() {
                Some(text) => Ok(Ascii(AsciiSource::Text(text))),
                None => Err(raise!(ValueError, "string argument should contain only ASCII characters")),
            };
        }
        match BytesLike::of(object) {
            Ok(bytes) => Ok(Ascii(AsciiSource::Bytes(bytes))),
            Err(raised) => {
                raised.clear();
                Err(raise!(
                    TypeError,
                    "argument should be bytes, buffer or ASCII string, not '{}'",
                    object.ty().full_name()
                ))
            }
        }
    }
}

impl std::ops::Deref for Ascii<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            AsciiSource::Text(text) => text.as_bytes(),
            AsciiSource::Bytes(bytes) => bytes,
        }
    }
}

/// An integer argument of which only the low 32 bits count.
struct Low32(u32);

impl FromArg<'_> for Low32 {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        let number = object.index()?;
        let low = match number.to_i64() {
            Some(value) => value as u32,
            None => {
                let low = number
                    .digits()
                    .iter()
                    .take(2)
                    .rev()
                    .fold(0u64, |low, digit| low << 30 | u64::from(*digit));
                if number.is_negative() { (low as u32).wrapping_neg() } else { low as u32 }
            }
        };
        Ok(Low32(low))
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each character of base64; 255 for the others.
const FROM_BASE64: [u8; 256] = {
    let mut table = [255; 256];
    let mut at = 0;
    while at < 64 {
        table[BASE64[at] as usize] = at as u8;
        at += 1;
    }
    table
};

/// Decode a line of base64 data.
///
///   strict_mode
///     When set to True, bytes that are not in the base64 standard are not allowed.
///     The same applies to excess data after padding (= / ==).
#[function(signature = "(data, /, *, strict_mode=False)")]
fn a2b_base64(data: Ascii<'_>, strict_mode: bool) -> Result<Vec<u8>> {
    let mut result = Vec::with_capacity(data.len().div_ceil(4) * 3);
    let (mut place, mut left, mut pads) = (0, 0u8, 0);
    for (at, &byte) in data.iter().enumerate() {
        if byte == b'=' {
            pads += 1;
            // Outside of a padded quad's end it counts for nothing (RFC 4648, section 3.3).
            if place >= 2 && place + pads <= 4 || !strict_mode {
                continue;
            }
            if place == 1 {
                break;
            }
            return Err(error(if place == 0 && at == 0 {
                "Leading padding not allowed"
            } else {
                "Excess padding not allowed"
            }));
        }
        let value = FROM_BASE64[byte as usize];
        if value == 255 {
            if strict_mode {
                return Err(error("Only base64 data is allowed"));
            }
            continue;
        }
        if strict_mode && pads > 0 {
            return Err(error(if place + pads == 4 {
                "Excess data after padding"
            } else {
                "Discontinuous padding not allowed"
            }));
        }
        pads = 0;
        match place {
            0 => {}
            1 => result.push(left << 2 | value >> 4),
            2 => result.push(left << 4 | value >> 2),
            _ => result.push(left << 6 | value),
        }
        left = value & [63, 15, 3, 0][place];
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(result),
        1 => Err(error(&format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            result.len() / 3 * 4 + 1
        ))),
        _ if place + pads >= 4 => Ok(result),
        _ => Err(error("Incorrect padding")),
    }
}

/// Base64-code line of data.
#[function(signature = "(data, /, *, newline=True)")]
fn b2a_base64(data: BytesLike<'_>, newline: bool) -> Vec<u8> {
    let mut result = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    let (chunks, rest) = data.as_chunks::<3>();
    for chunk in chunks {
        let bits = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        for shift in [18, 12, 6, 0] {
            result.push(BASE64[(bits >> shift & 63) as usize]);
        }
    }
    let at = |bits: u8| BASE64[bits as usize & 63];
    match rest {
        [one] => result.extend([at(one >> 2), at(one << 4), b'=', b'=']),
        [one, two] => result.extend([at(one >> 2), at(one << 4 | two >> 4), at(two << 2), b'=']),
        _ => {}
    }
    if newline {
        result.push(b'\n');
    }
    result
}

fn hex_value(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

fn from_hex(text: &[u8]) -> Result<Vec<u8>> {
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(error("Odd-length string"));
    }
    pairs
        .iter()
        .map(|pair| match (hex_value(pair[0]), hex_value(pair[1])) {
            (Some(high), Some(low)) => Ok(high << 4 | low),
            _ => Err(error("Non-hexadecimal digit found")),
        })
        .collect()
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn to_hex(data: &[u8], separator: Option<&Object>, group: i32) -> Result<Vec<u8>> {
    let separator = match separator {
        None => None,
        Some(separator) => {
            let length = separator.length()?;
            let code = match (separator.downcast::<Str>(), separator.downcast::<Bytes>()) {
                _ if length != 1 => None,
                (Some(text), _) => text.code_points().next(),
                (_, Some(bytes)) => bytes.as_slice().first().map(|byte| u32::from(*byte)),
                _ => return Err(raise!(TypeError, "sep must be str or bytes.")),
            };
            let Some(code) = code else {
                return Err(raise!(ValueError, "sep must be length 1."));
            };
            match u8::try_from(code) {
                Ok(byte) => Some(byte),
                Err(_) => return Err(raise!(ValueError, "sep must be ASCII.")),
            }
        }
    };
    let size = group.unsigned_abs() as usize;
    let mut text = Vec::with_capacity(data.len() * 2);
    for (index, &byte) in data.iter().enumerate() {
        if let Some(separator) = separator
            && index != 0
            && size != 0
            && (if group < 0 { index } else { data.len() - index }).is_multiple_of(size)
        {
            text.push(separator);
        }
        text.push(HEX[(byte >> 4) as usize]);
        text.push(HEX[(byte & 15) as usize]);
    }
    Ok(text)
}

/// The bytes for pairs of hexadecimal digits, of either case.
///
/// Also known as unhexlify().
#[function(signature = "(hexstr, /)")]
fn a2b_hex(hexstr: Ascii<'_>) -> Result<Vec<u8>> {
    from_hex(&hexstr)
}

/// The bytes for pairs of hexadecimal digits, of either case.
#[function(signature = "(hexstr, /)")]
fn unhexlify(hexstr: Ascii<'_>) -> Result<Vec<u8>> {
    from_hex(&hexstr)
}

/// Hexadecimal representation of binary data.
///
///   sep
///     An optional single character or byte to separate hex bytes.
///   bytes_per_sep
///     How many bytes between separators.  Positive values count from the
///     right, negative values count from the left.
///
/// The return value is a bytes object.  This function is also available as "hexlify()".
#[function(signature = "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
fn b2a_hex(
    _module: &Module,
    data: BytesLike<'_>,
    sep: Option<&Object>,
    bytes_per_sep: i32,
) -> Result<Vec<u8>> {
    to_hex(&data, sep, bytes_per_sep)
}

/// Hexadecimal representation of binary data.
///
/// The return value is a bytes object.  This function is also available as "b2a_hex()".
#[function(signature = "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
fn hexlify(
    _module: &Module,
    data: BytesLike<'_>,
    sep: Option<&Object>,
    bytes_per_sep: i32,
) -> Result<Vec<u8>> {
    to_hex(&data, sep, bytes_per_sep)
}

/// Decode a line of uuencoded data.
#[function(signature = "(data, /)")]
fn a2b_uu(data: Ascii<'_>) -> Result<Vec<u8>> {
    let Some((&first, mut rest)) = data.split_first() else {
        return Err(error("Missing length byte"));
    };
    let length = (first.wrapping_sub(b' ') & 63) as usize;
    let mut result = Vec::with_capacity(length);
    let (mut left, mut bits) = (0u32, 0);
    while result.len() < length {
        // Spaces at the end of a line may have got lost: what is missing is zero.
        let value = match rest.first() {
            None | Some(b'\n' | b'\r') => 0,
            Some(byte @ b' '..=b'`') => (byte - b' ') & 63,
            Some(_) => return Err(error("Illegal char")),
        };
        rest = rest.get(1..).unwrap_or_default();
        left = left << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            result.push((left >> bits) as u8);
            left &= (1 << bits) - 1;
        }
    }
    if rest.iter().any(|byte| !matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error("Trailing garbage"));
    }
    Ok(result)
}

/// Uuencode line of data.
#[function(signature = "(data, /, *, backtick=False)")]
fn b2a_uu(data: BytesLike<'_>, backtick: bool) -> Result<Vec<u8>> {
    if data.len() > 45 {
        return Err(error("At most 45 bytes at once"));
    }
    let shown = |value: u8| if backtick && value == 0 { b'`' } else { value + b' ' };
    let mut result = vec![shown(data.len() as u8)];
    for chunk in data.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        result.extend([18, 12, 6, 0].map(|shift| shown((bits >> shift & 63) as u8)));
    }
    result.push(b'\n');
    Ok(result)
}

/// Decode a string of qp-encoded data.
#[function(signature = "($module, /, data, header=False)")]
fn a2b_qp(_module: &Module, data: Ascii<'_>, header: bool) -> Vec<u8> {
    let mut result = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        at += 1;
        match byte {
            b'=' => match data.get(at) {
                None => break,
                Some(b'\n') => at += 1,
                Some(b'\r') => {
                    while data.get(at).is_some_and(|byte| *byte != b'\n') {
                        at += 1;
                    }
                    at += 1;
                }
                Some(b'=') => {
                    result.push(b'=');
                    at += 1;
                }
                Some(&high) => match (hex_value(high), data.get(at + 1).and_then(|low| hex_value(*low))) {
                    (Some(high), Some(low)) => {
                        result.push(high << 4 | low);
                        at += 2;
                    }
                    _ => result.push(b'='),
                },
            },
            b'_' if header => result.push(b' '),
            _ => result.push(byte),
        }
    }
    result
}

/// Encode bytes as quoted-printable.
///
/// With istext, line ends and white space stay, without it \r and \n are encoded.
/// With quotetabs, space and tab are encoded too.
#[function(signature = "($module, /, data, quotetabs=False, istext=True, header=False)")]
fn b2a_qp(_module: &Module, data: BytesLike<'_>, quotetabs: bool, istext: bool, header: bool) -> Vec<u8> {
    const LINE: usize = 76;
    fn quote(byte: u8, into: &mut Vec<u8>) {
        let digit = |value: u8| HEX[value as usize].to_ascii_uppercase();
        into.extend([b'=', digit(byte >> 4), digit(byte & 15)]);
    }
    // All lines end as the first one does.
    let newline = data.iter().position(|byte| *byte == b'\n');
    let crlf = newline.is_some_and(|at| at > 0 && data[at - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut result = Vec::with_capacity(data.len() + data.len() / 8);
    let (mut at, mut line) = (0, 0);
    while let Some(&byte) = data.get(at) {
        let next = data.get(at + 1).copied();
        let quoted = match byte {
            127.. | b'=' => true,
            b'_' => header,
            b'.' => line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
            b'\r' | b'\n' => !istext,
            b'\t' | b' ' => next.is_none() || quotetabs,
            _ => byte < 33,
        };
        if quoted {
            if line + 3 >= LINE {
                result.push(b'=');
                result.extend_from_slice(end);
                line = 0;
            }
            quote(byte, &mut result);
            at += 1;
            line += 3;
        } else if istext && (byte == b'\n' || byte == b'\r' && next == Some(b'\n')) {
            line = 0;
            if let Some(&blank @ (b' ' | b'\t')) = result.last() {
                result.pop();
                quote(blank, &mut result);
            }
            result.extend_from_slice(end);
            at += if byte == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|next| next != b'\n') && line + 1 >= LINE {
                result.push(b'=');
                result.extend_from_slice(end);
                line = 0;
            }
            line += 1;
            result.push(if header && byte == b' ' { b'_' } else { byte });
            at += 1;
        }
    }
    result
}

const CRC_HQX: [u16; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut crc, mut bit) = ((at as u16) << 8, 0);
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
};

/// Compute CRC-CCITT incrementally.
#[function(signature = "(data, crc, /)")]
fn crc_hqx(data: BytesLike<'_>, crc: Low32) -> u16 {
    data.iter().fold(crc.0 as u16, |crc, byte| crc << 8 ^ CRC_HQX[(crc >> 8) as usize ^ *byte as usize])
}

/// Compute CRC-32 incrementally.
#[function(signature = "(data, crc=0, /)")]
fn crc32(data: Ref, crc: Option<Low32>) -> Result<u32> {
    let buffer = runtime::native::buffer::Buffer::of(&data)?;
    let (bytes, start) = (buffer.as_slice(), crc.map_or(0, |crc| crc.0));
    let sum = |bytes: &[u8]| {
        let mut hasher = crc32fast::Hasher::new_with_initial(start);
        hasher.update(bytes);
        hasher.finalize()
    };
    // Worth it only for much data.
    Ok(if bytes.len() > 5 * 1024 { runtime::gil::allow_threads(|| sum(bytes)) } else { sum(bytes) })
}

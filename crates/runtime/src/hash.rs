//! Hashes as CPython computes them: SipHash-1-3 of bytes under the process's secret, doubles modulo 2⁶¹ - 1, pointers.

use std::sync::OnceLock;

/// The bits of the modulus of numeric hashes.
pub const MODULUS_BITS: u32 = 61;
/// The modulus of numeric hashes.
pub const MODULUS: u64 = (1 << MODULUS_BITS) - 1;
/// The hash of positive infinity.
pub const INFINITY: isize = 314159;
/// The multiplier of the imaginary part.
pub const IMAGINARY: isize = 1_000_003;

static SECRET: OnceLock<[u8; 24]> = OnceLock::new();

/// Chooses the secret: `PYTHONHASHSEED`'s number, or a random one. Only the first call counts, and only before any hash.
pub fn init(seed: Option<u32>) {
    let _ = SECRET.get_or_init(|| match seed {
        Some(0) => [0; 24],
        Some(seed) => from_seed(seed),
        None => random(),
    });
}

/// The whole secret: the first 16 bytes are the key of [`bytes_hash`], the rest is pyexpat's salt.
pub fn secret() -> &'static [u8; 24] {
    SECRET.get_or_init(random)
}

/// The linear congruential generator that CPython expands a seed with.
fn from_seed(seed: u32) -> [u8; 24] {
    let mut state = seed;
    std::array::from_fn(|_| {
        state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
        (state >> 16) as u8
    })
}

fn random() -> [u8; 24] {
    let mut bytes = [0u8; 24];
    // SAFETY: the buffer is ours, of that size.
    let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), libc::GRND_NONBLOCK) };
    if got != bytes.len() as isize {
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
        bytes = from_seed(now as u32 ^ std::process::id());
    }
    bytes
}

#[inline]
fn keys() -> (u64, u64) {
    let secret = secret();
    let word = |at: usize| u64::from_le_bytes(secret[at..at + 8].try_into().expect("eight bytes"));
    (word(0), word(8))
}

/// The hash of `bytes` and of the data of a str.
pub fn bytes_hash(bytes: &[u8]) -> isize {
    if bytes.is_empty() {
        return 0;
    }
    let (k0, k1) = keys();
    match siphash13(k0, k1, bytes) as isize {
        -1 => -2,
        hash => hash,
    }
}

/// SipHash with one round a word and three at the end.
pub fn siphash13(k0: u64, k1: u64, bytes: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = bytes.len() as u8;
    let last = u64::from_le_bytes(last);
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

/// The hash by identity: the address, its always-zero bits moved to the top.
#[inline]
pub fn pointer_hash<T>(pointer: *const T) -> isize {
    match (pointer as usize).rotate_right(4) as isize {
        -1 => -2,
        hash => hash,
    }
}

/// The hash of a double, equal to that of an equal int or fraction; `None` for NaN, which hashes by identity.
pub fn double_hash(value: f64) -> Option<isize> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INFINITY } else { -INFINITY });
    }
    let bits = value.abs().to_bits();
    if bits == 0 {
        return Some(0);
    }
    let exponent = (bits >> 52) as i64;
    let fraction = bits & ((1 << 52) - 1);
    // value = mantissa * 2^power
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // Multiplying by 2^power rotates, modulo 2^61 - 1.
    let shift = power.rem_euclid(i64::from(MODULUS_BITS)) as u32;
    let hash = ((mantissa << shift) & MODULUS) | (mantissa >> (MODULUS_BITS - shift));
    let hash = if hash == MODULUS { 0 } else { hash as isize };
    let hash = if value < 0.0 { -hash } else { hash };
    Some(if hash == -1 { -2 } else { hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_cpython() {
        assert_eq!(siphash13(0, 0, b"a") as isize, 4644417185603328019);
        assert_eq!(double_hash(0.5), Some(1152921504606846976));
        assert_eq!(double_hash(1e300), Some(1224995262755759164));
        assert_eq!(double_hash(-1.0), Some(-2));
        assert_eq!(double_hash(5e-324), Some(16777216));
    }
}

//! Keys from passwords: PBKDF2 (RFC 8018) and scrypt (RFC 7914).

use crate::hash::{Algorithm, Hmac};

/// PBKDF2 with HMAC over a hash function.
pub fn pbkdf2(algorithm: Algorithm, password: &[u8], salt: &[u8], iterations: u32, length: usize) -> Vec<u8> {
    let keyed = Hmac::new(algorithm, password);
    let mut result = Vec::with_capacity(length);
    let mut block = 1u32;
    while result.len() < length {
        let mut hmac = keyed.clone();
        hmac.update(salt);
        hmac.update(&block.to_be_bytes());
        let mut round = hmac.digest();
        let mut sum = round.clone();
        for _ in 1..iterations {
            let mut hmac = keyed.clone();
            hmac.update(&round);
            round = hmac.digest();
            sum.iter_mut().zip(&round).for_each(|(sum, byte)| *sum ^= byte);
        }
        sum.truncate(length - result.len());
        result.append(&mut sum);
        block = block.wrapping_add(1);
    }
    result
}

fn salsa20_8(block: &mut [u32; 16]) {
    let mut x = *block;
    let mut quarter = |a: usize, b: usize, c: usize, d: usize| {
        x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
        x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
        x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
        x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
    };
    for _ in 0..4 {
        quarter(0, 4, 8, 12);
        quarter(5, 9, 13, 1);
        quarter(10, 14, 2, 6);
        quarter(15, 3, 7, 11);
        quarter(0, 1, 2, 3);
        quarter(5, 6, 7, 4);
        quarter(10, 11, 8, 9);
        quarter(15, 12, 13, 14);
    }
    block.iter_mut().zip(x).for_each(|(word, x)| *word = word.wrapping_add(x));
}

/// Mixes `2 * r` blocks of 16 words; `scratch` has the same size.
fn block_mix(blocks: &mut [u32], scratch: &mut [u32]) {
    let count = blocks.len() / 16;
    let mut x = [0; 16];
    x.copy_from_slice(&blocks[(count - 1) * 16..]);
    for at in 0..count {
        x.iter_mut().zip(&blocks[at * 16..]).for_each(|(x, word)| *x ^= word);
        salsa20_8(&mut x);
        let to = if at % 2 == 0 { at / 2 } else { count / 2 + at / 2 };
        scratch[to * 16..(to + 1) * 16].copy_from_slice(&x);
    }
    blocks.copy_from_slice(scratch);
}

/// scrypt; the caller has checked that the memory for it may be used. None if there isn't so much.
pub fn scrypt(password: &[u8], salt: &[u8], n: usize, r: usize, p: usize, length: usize) -> Option<Vec<u8>> {
    let words = 32 * r;
    let mut memory: Vec<u32> = Vec::new();
    memory.try_reserve_exact(words.checked_mul(n)?).ok()?;
    let mut bytes = pbkdf2(Algorithm::Sha256, password, salt, 1, p * words * 4);
    let mut scratch = vec![0; words];
    for chunk in bytes.chunks_mut(words * 4) {
        let mut x: Vec<u32> = chunk.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        memory.clear();
        for _ in 0..n {
            memory.extend_from_slice(&x);
            block_mix(&mut x, &mut scratch);
        }
        for _ in 0..n {
            let at = x[words - 16] as usize & (n - 1);
            x.iter_mut().zip(&memory[at * words..]).for_each(|(x, word)| *x ^= word);
            block_mix(&mut x, &mut scratch);
        }
        for (to, word) in chunk.as_chunks_mut::<4>().0.iter_mut().zip(&x) {
            *to = word.to_le_bytes();
        }
    }
    Some(pbkdf2(Algorithm::Sha256, password, &bytes, 1, length))
}

//! The BLAKE2 functions (RFC 7693) with the whole parameter block of the specification.

/// What the parameter block says.
#[derive(Clone)]
pub struct Parameters {
    pub digest_size: u8,
    pub key: Vec<u8>,
    pub salt: Vec<u8>,
    pub person: Vec<u8>,
    pub fanout: u8,
    pub depth: u8,
    pub leaf_size: u32,
    pub node_offset: u64,
    pub node_depth: u8,
    pub inner_size: u8,
    pub last_node: bool,
}

impl Parameters {
    pub fn sequential(digest_size: u8) -> Parameters {
        Parameters {
            digest_size,
            key: Vec::new(),
            salt: Vec::new(),
            person: Vec::new(),
            fanout: 1,
            depth: 1,
            leaf_size: 0,
            node_offset: 0,
            node_depth: 0,
            inner_size: 0,
            last_node: false,
        }
    }
}

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

macro_rules! blake2 {
    ($name:ident, $word:ty, $bytes:literal, $rounds:literal, $rotations:expr, $iv:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone)]
        pub struct $name {
            chain: [$word; 8],
            count: u128,
            buffer: [u8; 16 * $bytes],
            filled: usize,
            digest_size: usize,
            last_node: bool,
        }

        impl $name {
            pub const BLOCK: usize = 16 * $bytes;
            const IV: [$word; 8] = $iv;

            pub fn new(parameters: &Parameters) -> Self {
                let mut block = [0u8; 8 * $bytes];
                block[0] = parameters.digest_size;
                block[1] = parameters.key.len() as u8;
                block[2] = parameters.fanout;
                block[3] = parameters.depth;
                block[4..8].copy_from_slice(&parameters.leaf_size.to_le_bytes());
                let offset = parameters.node_offset.to_le_bytes();
                let tail = if $bytes == 8 { 16 } else { 14 };
                block[8..tail].copy_from_slice(&offset[..tail - 8]);
                block[tail] = parameters.node_depth;
                block[tail + 1] = parameters.inner_size;
                let salt = 4 * $bytes;
                block[salt..salt + parameters.salt.len()].copy_from_slice(&parameters.salt);
                let person = 6 * $bytes;
                block[person..person + parameters.person.len()].copy_from_slice(&parameters.person);
                let mut chain = Self::IV;
                for (word, bytes) in chain.iter_mut().zip(block.as_chunks::<$bytes>().0) {
                    *word ^= <$word>::from_le_bytes(*bytes);
                }
                let mut hash = $name {
                    chain,
                    count: 0,
                    buffer: [0; Self::BLOCK],
                    filled: 0,
                    digest_size: parameters.digest_size.into(),
                    last_node: parameters.last_node,
                };
                if !parameters.key.is_empty() {
                    hash.buffer[..parameters.key.len()].copy_from_slice(&parameters.key);
                    hash.filled = Self::BLOCK;
                }
                hash
            }

            pub fn digest_size(&self) -> usize {
                self.digest_size
            }

            fn compress(&mut self, last: bool) {
                let mut message = [0; 16];
                for (word, bytes) in message.iter_mut().zip(self.buffer.as_chunks::<$bytes>().0) {
                    *word = <$word>::from_le_bytes(*bytes);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.chain);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let mut mix = |a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    let [r1, r2, r3, r4] = $rotations;
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right(r1);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(r2);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right(r3);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(r4);
                };
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    for column in 0..4 {
                        let (x, y) = (message[s[2 * column]], message[s[2 * column + 1]]);
                        mix(column, column + 4, column + 8, column + 12, x, y);
                    }
                    for diagonal in 0..4 {
                        let (x, y) = (message[s[8 + 2 * diagonal]], message[s[9 + 2 * diagonal]]);
                        let (b, c, d) =
                            ((diagonal + 1) % 4 + 4, (diagonal + 2) % 4 + 8, (diagonal + 3) % 4 + 12);
                        mix(diagonal, b, c, d, x, y);
                    }
                }
                for at in 0..8 {
                    self.chain[at] ^= v[at] ^ v[at + 8];
                }
            }

            pub fn update(&mut self, mut bytes: &[u8]) {
                while !bytes.is_empty() {
                    // A full block waits until more comes: the last one is compressed differently.
                    if self.filled == Self::BLOCK {
                        self.count += Self::BLOCK as u128;
                        self.compress(false);
                        self.filled = 0;
                    }
                    let count = bytes.len().min(Self::BLOCK - self.filled);
                    self.buffer[self.filled..self.filled + count].copy_from_slice(&bytes[..count]);
                    self.filled += count;
                    bytes = &bytes[count..];
                }
            }

            pub fn digest(&self) -> Vec<u8> {
                let mut end = self.clone();
                end.count += end.filled as u128;
                let filled = end.filled;
                end.buffer[filled..].fill(0);
                end.compress(true);
                end.chain.iter().flat_map(|word| word.to_le_bytes()).take(self.digest_size).collect()
            }
        }
    };
}

blake2!(
    Blake2b,
    u64,
    8,
    12,
    [32, 24, 16, 63],
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ],
    "BLAKE2b: 64-bit words, up to 64 bytes of digest."
);

blake2!(
    Blake2s,
    u32,
    4,
    10,
    [16, 12, 8, 7],
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,],
    "BLAKE2s: 32-bit words, up to 32 bytes of digest."
);

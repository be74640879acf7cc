//! The Keccak sponge under SHA-3 and SHAKE (FIPS 202).

/// A sponge of `rate` bytes a permutation.
#[derive(Clone)]
pub struct Sponge {
    state: [u64; 25],
    rate: usize,
    /// The bits that end the message: which function it is.
    suffix: u8,
    /// Where in the block the next byte goes.
    at: usize,
}

fn permute(state: &mut [u64; 25]) {
    keccak::Keccak::new().with_f1600(|f1600| f1600(state));
}

impl Sponge {
    pub fn new(rate: usize, suffix: u8) -> Sponge {
        Sponge { state: [0; 25], rate, suffix, at: 0 }
    }

    fn absorb_byte(&mut self, at: usize, byte: u8) {
        self.state[at / 8] ^= u64::from(byte) << (at % 8 * 8);
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.at.is_multiple_of(8) && bytes.len() >= 8 {
                let (words, _) = bytes.as_chunks::<8>();
                let count = words.len().min((self.rate - self.at) / 8);
                for (word, lane) in words[..count].iter().zip(&mut self.state[self.at / 8..]) {
                    *lane ^= u64::from_le_bytes(*word);
                }
                self.at += count * 8;
                bytes = &bytes[count * 8..];
            } else {
                self.absorb_byte(self.at, bytes[0]);
                self.at += 1;
                bytes = &bytes[1..];
            }
            if self.at == self.rate {
                permute(&mut self.state);
                self.at = 0;
            }
        }
    }

    /// The first `length` bytes that come out.
    pub fn squeeze(&self, length: usize) -> Vec<u8> {
        let mut end = self.clone();
        end.absorb_byte(end.at, end.suffix);
        end.absorb_byte(end.rate - 1, 0x80);
        let mut result = Vec::with_capacity(length);
        while result.len() < length {
            permute(&mut end.state);
            let block = end.state.iter().flat_map(|lane| lane.to_le_bytes()).take(end.rate);
            result.extend(block.take(length - result.len()));
        }
        result
    }
}

//! `_random`: the Mersenne Twister MT19937 that `random.Random` is built on.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

const WORDS: usize = 624;
const MIDDLE: usize = 397;

/// Random() -> create a random number generator with its own internal state.
#[class(name = "_random.Random", flags(BASETYPE))]
#[repr(C)]
pub struct Random {
    head: Object,
    index: Cell<usize>,
    state: RefCell<Vec<u32>>,
}

impl Random {
    /// The next 32 bits.
    fn next(&self) -> u32 {
        let mut state = self.state.borrow_mut();
        let mut index = self.index.get();
        if index >= WORDS {
            for at in 0..WORDS {
                let bits = state[at] & 0x8000_0000 | state[(at + 1) % WORDS] & 0x7fff_ffff;
                let odd = if bits & 1 != 0 { 0x9908_b0df } else { 0 };
                state[at] = state[(at + MIDDLE) % WORDS] ^ (bits >> 1) ^ odd;
            }
            index = 0;
        }
        let mut y = state[index];
        self.index.set(index + 1);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn init_by_number(state: &mut [u32], seed: u32) {
        state[0] = seed;
        for at in 1..WORDS {
            let before = state[at - 1];
            state[at] = 1_812_433_253u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(at as u32);
        }
    }

    fn init_by_array(&self, key: &[u32]) {
        let mut state = self.state.borrow_mut();
        Random::init_by_number(&mut state, 19_650_218);
        let (mut i, mut j) = (1, 0);
        for _ in 0..WORDS.max(key.len()) {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..WORDS - 1 {
            let before = state[i - 1];
            state[i] =
                (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        self.index.set(WORDS);
    }

    fn seed_with(&self, seed: Option<&Object>) -> Result<()> {
        let number = match seed {
            Some(seed) if !seed.is_none() => match seed.downcast::<Int>() {
                Some(int) => int.absolute(),
                None => Int::from_u64(seed.hash()? as u64),
            },
            _ => {
                let now = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .map_or(0, |time| time.as_nanos());
                // The standard library's hash keys are random: the entropy at hand without a system call of our own.
                use std::hash::{BuildHasher, Hasher};
                let noise = || {
                    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
                    hasher.write_u128(now);
                    hasher.finish()
                };
                let bytes: Vec<u8> = (0..16).flat_map(|_| noise().to_le_bytes()).collect();
                Int::from_le_bytes(&bytes, false)
            }
        };
        let count = number.bit_length().div_ceil(32).max(1);
        let bytes = number.to_le_bytes(count * 4, false).unwrap_or_else(|| vec![0; 4]);
        let key: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect();
        self.init_by_array(&key);
        Ok(())
    }
}

#[methods]
impl Random {
    #[new(signature = "(x=None, /)", hidden_signature)]
    fn new(class: &Type, x: Option<&Object>) -> Result<Ref<Self>> {
        let random = Ref::new_in(
            class,
            Random { head: Object::HEAD, index: Cell::new(WORDS), state: RefCell::new(vec![0; WORDS]) },
        );
        random.seed_with(x)?;
        Ok(random)
    }

    /// random() -> x in the interval [0, 1).
    #[method(signature = "($self, /)")]
    fn random(&self) -> f64 {
        let (a, b) = (self.next() >> 5, self.next() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// seed([n]) -> None.
    ///
    /// Start over from n; without it, from the system's random numbers.
    #[method(signature = "($self, n=None, /)")]
    fn seed(&self, n: Option<&Object>) -> Result<()> {
        self.seed_with(n)
    }

    /// getstate() -> tuple containing the current state.
    #[method(signature = "($self, /)")]
    fn getstate(&self) -> Ref<Tuple> {
        let mut items: Vec<Ref> =
            self.state.borrow().iter().map(|&word| Int::new(i64::from(word)).into_object()).collect();
        items.push(Int::from_usize(self.index.get()).into_object());
        Tuple::from_vec(items)
    }

    /// setstate(state) -> None.  Restores generator state.
    #[method(signature = "($self, state, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some(tuple) = state.downcast::<Tuple>() else {
            return Err(raise!(TypeError, "state vector must be a tuple"));
        };
        if tuple.len() != WORDS + 1 {
            return Err(raise!(ValueError, "state vector is the wrong size"));
        }
        let mut words = Vec::with_capacity(WORDS + 1);
        for item in tuple.as_slice() {
            let Some(int) = item.downcast::<Int>() else {
                return Err(raise!(TypeError, "an integer is required"));
            };
            if int.sign() < 0 {
                return Err(raise!(OverflowError, "can't convert negative value to unsigned int"));
            }
            let Some(value) = int.to_u64() else {
                return Err(raise!(OverflowError, "Python int too large to convert to C unsigned long"));
            };
            words.push(value);
        }
        let index = words.pop().unwrap_or(0);
        if index > WORDS as u64 {
            return Err(raise!(ValueError, "invalid state"));
        }
        *self.state.borrow_mut() = words.into_iter().map(|word| word as u32).collect();
        self.index.set(index as usize);
        Ok(())
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[method(signature = "($self, k, /)")]
    fn getrandbits(&self, k: u64) -> Result<Ref<Int>> {
        if k == 0 {
            return Ok(Int::small(0));
        }
        if k <= 32 {
            return Ok(Int::from_u64(u64::from(self.next() >> (32 - k))));
        }
        if k > 1 << 36 {
            return Err(raise!(MemoryError));
        }
        let mut bytes = Vec::with_capacity((k as usize).div_ceil(32) * 4);
        let mut left = k;
        while left > 0 {
            let mut word = self.next();
            if left < 32 {
                word >>= 32 - left;
            }
            bytes.extend_from_slice(&word.to_le_bytes());
            left = left.saturating_sub(32);
        }
        Ok(Int::from_le_bytes(&bytes, false))
    }
}

module! {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: [],
    classes: [Random],
}

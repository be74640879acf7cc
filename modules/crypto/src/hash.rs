//! The hash functions by name, their running states, and what the modules of this crate share.

use digest::Digest;
use runtime::gil;
pub use runtime::lock::Shared;
use runtime::native::buffer::Buffer;
use runtime::prelude::*;

use crate::blake2::{Blake2b, Blake2s, Parameters};
use crate::keccak_sponge::Sponge;

/// The size of input from which on other threads run meanwhile.
pub const GIL_MINSIZE: usize = 2048;

/// A hash function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    Blake2b,
    Blake2s,
    Md5,
    Md5Sha1,
    Ripemd160,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Sha512,
    Sha512_224,
    Sha512_256,
    Shake128,
    Shake256,
    Sm3,
}

use Algorithm::*;

/// Algorithm, name, digest size (none: as long as asked for), block size.
type Row = (Algorithm, &'static str, Option<usize>, usize);

/// All of them, by name.
pub const ALGORITHMS: [Row; 19] = [
    (Blake2b, "blake2b", Some(64), 128),
    (Blake2s, "blake2s", Some(32), 64),
    (Md5, "md5", Some(16), 64),
    (Md5Sha1, "md5-sha1", Some(36), 64),
    (Ripemd160, "ripemd160", Some(20), 64),
    (Sha1, "sha1", Some(20), 64),
    (Sha224, "sha224", Some(28), 64),
    (Sha256, "sha256", Some(32), 64),
    (Sha384, "sha384", Some(48), 128),
    (Sha3_224, "sha3_224", Some(28), 144),
    (Sha3_256, "sha3_256", Some(32), 136),
    (Sha3_384, "sha3_384", Some(48), 104),
    (Sha3_512, "sha3_512", Some(64), 72),
    (Sha512, "sha512", Some(64), 128),
    (Sha512_224, "sha512_224", Some(28), 128),
    (Sha512_256, "sha512_256", Some(32), 128),
    (Shake128, "shake_128", None, 168),
    (Shake256, "shake_256", None, 136),
    (Sm3, "sm3", Some(32), 64),
];

impl Algorithm {
    fn row(self) -> &'static Row {
        &ALGORITHMS[self as usize]
    }

    /// Python's name for it.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    pub fn is_extendable(self) -> bool {
        self.row().2.is_none()
    }

    pub fn digest_size(self) -> usize {
        self.row().2.unwrap_or(0)
    }

    pub fn block_size(self) -> usize {
        self.row().3
    }

    pub fn start(self) -> State {
        match self {
            Blake2b => State::Blake2b(Box::new(Blake2b::new(&Parameters::sequential(64)))),
            Blake2s => State::Blake2s(Box::new(Blake2s::new(&Parameters::sequential(32)))),
            Md5 => State::Md5(Digest::new()),
            Md5Sha1 => State::Md5Sha1(Digest::new(), Digest::new()),
            Ripemd160 => State::Ripemd160(Digest::new()),
            Sha1 => State::Sha1(Digest::new()),
            Sha224 => State::Sha224(Digest::new()),
            Sha256 => State::Sha256(Digest::new()),
            Sha384 => State::Sha384(Digest::new()),
            Sha512 => State::Sha512(Digest::new()),
            Sha512_224 => State::Sha512_224(Digest::new()),
            Sha512_256 => State::Sha512_256(Digest::new()),
            Sha3_224 | Sha3_256 | Sha3_384 | Sha3_512 => State::Keccak(Sponge::new(self.block_size(), 0x06)),
            Shake128 | Shake256 => State::Keccak(Sponge::new(self.block_size(), 0x1f)),
            Sm3 => State::Sm3(Digest::new()),
        }
    }

    /// The digest of one message.
    pub fn hash(self, message: &[u8]) -> Vec<u8> {
        let mut state = self.start();
        state.update(message);
        state.digest(self.digest_size())
    }
}

/// What a hash function remembers of the message so far.
#[derive(Clone)]
pub enum State {
    Blake2b(Box<Blake2b>),
    Blake2s(Box<Blake2s>),
    Keccak(Sponge),
    Md5(md5::Md5),
    Md5Sha1(md5::Md5, sha1::Sha1),
    Ripemd160(ripemd::Ripemd160),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha512_224(sha2::Sha512_224),
    Sha512_256(sha2::Sha512_256),
    Sm3(sm3::Sm3),
}

impl State {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            State::Blake2b(state) => state.update(bytes),
            State::Blake2s(state) => state.update(bytes),
            State::Keccak(state) => state.update(bytes),
            State::Md5(state) => Digest::update(state, bytes),
            State::Md5Sha1(md5, sha1) => {
                Digest::update(md5, bytes);
                Digest::update(sha1, bytes);
            }
            State::Ripemd160(state) => Digest::update(state, bytes),
            State::Sha1(state) => Digest::update(state, bytes),
            State::Sha224(state) => Digest::update(state, bytes),
            State::Sha256(state) => Digest::update(state, bytes),
            State::Sha384(state) => Digest::update(state, bytes),
            State::Sha512(state) => Digest::update(state, bytes),
            State::Sha512_224(state) => Digest::update(state, bytes),
            State::Sha512_256(state) => Digest::update(state, bytes),
            State::Sm3(state) => Digest::update(state, bytes),
        }
    }

    /// The digest so far; `length` counts only where the function gives any number of bytes.
    pub fn digest(&self, length: usize) -> Vec<u8> {
        match self {
            State::Blake2b(state) => state.digest(),
            State::Blake2s(state) => state.digest(),
            State::Keccak(state) => state.squeeze(length),
            State::Md5(state) => state.clone().finalize().to_vec(),
            State::Md5Sha1(md5, sha1) => {
                let mut digest = md5.clone().finalize().to_vec();
                digest.extend_from_slice(&sha1.clone().finalize());
                digest
            }
            State::Ripemd160(state) => state.clone().finalize().to_vec(),
            State::Sha1(state) => state.clone().finalize().to_vec(),
            State::Sha224(state) => state.clone().finalize().to_vec(),
            State::Sha256(state) => state.clone().finalize().to_vec(),
            State::Sha384(state) => state.clone().finalize().to_vec(),
            State::Sha512(state) => state.clone().finalize().to_vec(),
            State::Sha512_224(state) => state.clone().finalize().to_vec(),
            State::Sha512_256(state) => state.clone().finalize().to_vec(),
            State::Sm3(state) => state.clone().finalize().to_vec(),
        }
    }
}

/// A hash function with a key (RFC 2104).
#[derive(Clone)]
pub struct Hmac {
    pub algorithm: Algorithm,
    inner: State,
    outer: State,
}

impl Hmac {
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Hmac {
        let block = algorithm.block_size();
        let mut padded = if key.len() > block { algorithm.hash(key) } else { key.to_vec() };
        padded.resize(block, 0);
        let begin = |pad: u8| {
            let mut state = algorithm.start();
            state.update(&padded.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>());
            state
        };
        Hmac { algorithm, inner: begin(0x36), outer: begin(0x5c) }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    pub fn digest(&self) -> Vec<u8> {
        let size = self.algorithm.digest_size();
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest(size));
        outer.digest(size)
    }
}

/// Feeds bytes to a running hash, without the interpreter's lock where they are many.
pub fn feed<T: Send>(state: &Shared<T>, bytes: &[u8], update: impl FnOnce(&mut T, &[u8]) + Send) {
    if bytes.len() >= GIL_MINSIZE {
        state.work(|state| update(state, bytes));
    } else {
        update(&mut state.lock(), bytes);
    }
}

/// Runs `work` on bytes, without the interpreter's lock where they are many.
pub fn unlocked<R: Send>(size: usize, work: impl FnOnce() -> R + Send) -> R {
    if size >= GIL_MINSIZE { gil::allow_threads(work) } else { work() }
}

/// The memory of what is to be hashed.
pub fn message(object: &Object) -> Result<Buffer> {
    if object.downcast::<Str>().is_some() {
        return Err(raise!(TypeError, "Strings must be encoded before hashing"));
    }
    if object.ty().bf_getbuffer().is_none() {
        return Err(raise!(TypeError, "object supporting the buffer API required"));
    }
    let buffer = Buffer::of(object)?;
    if buffer.view().ndim > 1 {
        return Err(raise!(BufferError, "Buffer must be single dimension"));
    }
    Ok(buffer)
}

/// A constructor's message, under its new or its old name.
pub fn data_or_string<'a>(
    data: Option<&'a Object>,
    string: Option<&'a Object>,
) -> Result<Option<&'a Object>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(raise!(
            TypeError,
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."
        )),
        (data, string) => Ok(data.or(string)),
    }
}

/// Starts a hash with the message that a constructor got.
pub fn begin(algorithm: Algorithm, data: Option<&Object>, string: Option<&Object>) -> Result<Shared<State>> {
    let state = Shared::new(algorithm.start());
    if let Some(object) = data_or_string(data, string)? {
        let buffer = message(object)?;
        feed(&state, buffer.as_slice(), State::update);
    }
    Ok(state)
}

/// As hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| b"0123456789abcdef"[value as usize] as char;
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// What each of these modules has.
pub fn enter_gil_minsize(module: &Module) -> Result<()> {
    module.dict().insert_str(intern!("_GIL_MINSIZE"), &Int::from_usize(GIL_MINSIZE))
}

//! `_hmac`: HMAC over the hash functions that are built in.

use runtime::objects::exceptions::{ValueError, declared, raise_declared};
use runtime::prelude::*;

use crate::hash::{ALGORITHMS, Algorithm, Hmac, Shared, enter_gil_minsize, feed, hex, message, unlocked};

module! {
    name: "_hmac",
    functions: [
        compute_blake2b_32, compute_blake2s_32, compute_digest, compute_md5, compute_sha1, compute_sha224,
        compute_sha256, compute_sha384, compute_sha3_224, compute_sha3_256, compute_sha3_384, compute_sha3_512,
        compute_sha512, new,
    ],
    classes: [KeyedHash],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    enter_gil_minsize(module)?;
    module.dict().insert_str(intern!("UnknownHashError"), &*declared("_hmac.UnknownHashError", &ValueError)?)
}

/// The function of that name: as Python spells it, or in capitals.
fn algorithm(name: &Object) -> Result<Algorithm> {
    let found = name.downcast::<Str>().and_then(Str::as_utf8).and_then(|name| {
        let lower = name.to_ascii_lowercase();
        let plain = match &*lower {
            "blake2b_32" => "blake2b",
            "blake2s_32" => "blake2s",
            "md5-sha1" | "ripemd160" | "sm3" | "sha512_224" | "sha512_256" => return None,
            other => other,
        };
        ALGORITHMS.iter().find(|row| row.1 == plain).map(|row| row.0)
    });
    match found {
        Some(algorithm) if !algorithm.is_extendable() => Ok(algorithm),
        _ => Err(raise_declared(
            "_hmac.UnknownHashError",
            &ValueError,
            &format!("unsupported hash type: {}", name.repr()?),
        )),
    }
}

fn compute(algorithm: Algorithm, key: &Object, msg: &Object) -> Result<Vec<u8>> {
    let (key, msg) = (message(key)?, message(msg)?);
    let (key, msg) = (key.as_slice(), msg.as_slice());
    Ok(unlocked(key.len().max(msg.len()), || {
        let mut hmac = Hmac::new(algorithm, key);
        hmac.update(msg);
        hmac.digest()
    }))
}

/// A running HMAC.
#[class(name = "_hmac.HMAC", flags(DISALLOW_INSTANTIATION), variable = HMAC_TYPE, doc = "")]
#[repr(C)]
pub struct KeyedHash {
    head: Object,
    #[gc(skip)]
    algorithm: Algorithm,
    state: Shared<Hmac>,
}

impl KeyedHash {
    fn of(algorithm: Algorithm, state: Hmac) -> Ref<KeyedHash> {
        Ref::new(KeyedHash { head: Object::HEAD, algorithm, state: Shared::new(state) })
    }
}

#[methods]
impl KeyedHash {
    /// Return a copy ("clone") of the HMAC object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Ref<Self> {
        KeyedHash::of(self.algorithm, self.state.lock().clone())
    }

    /// Update the HMAC object with the given message.
    #[method(signature = "($self, /, msg)")]
    fn update(&self, msg: &Object) -> Result<()> {
        let buffer = message(msg)?;
        feed(&self.state, buffer.as_slice(), Hmac::update);
        Ok(())
    }

    /// Return the digest of the bytes passed to the update() method so far.
    ///
    /// This method may raise a MemoryError.
    #[method(signature = "($self, /)")]
    fn digest(&self) -> Vec<u8> {
        self.state.lock().digest()
    }

    /// Return hexadecimal digest of the bytes passed to the update() method so far.
    #[method(signature = "($self, /)")]
    fn hexdigest(&self) -> String {
        hex(&self.digest())
    }

    #[getter]
    fn name(&self) -> String {
        format!("hmac-{}", self.algorithm.name())
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.algorithm.block_size()
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.algorithm.digest_size()
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Str::from_string(format!("<{} HMAC object @ {:p}>", self.algorithm.name(), self.as_ptr())))
    }
}

/// Return a new HMAC object.
#[function(signature = "($module, /, key, msg=None, digestmod=None)")]
fn new(
    _module: &Module,
    key: &Object,
    msg: Option<&Object>,
    digestmod: Option<&Object>,
) -> Result<Ref<KeyedHash>> {
    let Some(digestmod) = digestmod.filter(|digestmod| !digestmod.is_none()) else {
        return Err(raise!(TypeError, "new() missing 1 required argument 'digestmod'"));
    };
    let algorithm = algorithm(digestmod)?;
    let key = message(key)?;
    let hmac = KeyedHash::of(algorithm, Hmac::new(algorithm, key.as_slice()));
    if let Some(msg) = msg.filter(|msg| !msg.is_none()) {
        hmac.update(msg)?;
    }
    Ok(hmac)
}

/// The digest of a message under a key.
#[function(signature = "($module, /, key, msg, digest)")]
fn compute_digest(_module: &Module, key: &Object, msg: &Object, digest: &Object) -> Result<Vec<u8>> {
    compute(algorithm(digest)?, key, msg)
}

macro_rules! one_shot {
    ($($function:ident $algorithm:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        #[function(signature = "(key, msg, /)")]
        fn $function(key: &Object, msg: &Object) -> Result<Vec<u8>> {
            compute(Algorithm::$algorithm, key, msg)
        }
    )*};
}

one_shot! {
    compute_blake2b_32 Blake2b "The digest by BLAKE2b of a message under a key.";
    compute_blake2s_32 Blake2s "The digest by BLAKE2s of a message under a key.";
    compute_md5 Md5 "The digest by MD5 of a message under a key.";
    compute_sha1 Sha1 "The digest by SHA-1 of a message under a key.";
    compute_sha224 Sha224 "The digest by SHA-224 of a message under a key.";
    compute_sha256 Sha256 "The digest by SHA-256 of a message under a key.";
    compute_sha384 Sha384 "The digest by SHA-384 of a message under a key.";
    compute_sha3_224 Sha3_224 "The digest by SHA3-224 of a message under a key.";
    compute_sha3_256 Sha3_256 "The digest by SHA3-256 of a message under a key.";
    compute_sha3_384 Sha3_384 "The digest by SHA3-384 of a message under a key.";
    compute_sha3_512 Sha3_512 "The digest by SHA3-512 of a message under a key.";
    compute_sha512 Sha512 "The digest by SHA-512 of a message under a key.";
}

//! `_hashlib`: the hash functions by name, HMAC, and keys from passwords, as OpenSSL's names and messages have them.

use runtime::objects::exceptions::{ValueError, declared, raise_declared};
use runtime::objects::mappingproxy::MappingProxy;
use runtime::prelude::*;
use subtle::ConstantTimeEq;

use crate::hash::{
    ALGORITHMS, Algorithm, Hmac, Shared, State, data_or_string, enter_gil_minsize, feed, hex, message,
    unlocked,
};
use crate::scrypt as keys;

module! {
    name: "_hashlib",
    doc: "OpenSSL interface for hashlib module",
    functions: [
        compare_digest, get_fips_mode, hmac_digest, hmac_new, new, openssl_md5, openssl_sha1, openssl_sha224,
        openssl_sha256, openssl_sha384, openssl_sha3_224, openssl_sha3_256, openssl_sha3_384, openssl_sha3_512,
        openssl_sha512, openssl_shake_128, openssl_shake_256, pbkdf2_hmac, scrypt,
    ],
    classes: [Hash, Extendable, KeyedHash],
    exec: exec,
}

/// The functions `openssl_…` of this interpreter, with their hashes' names.
#[derive(Default)]
struct Constructors(Link<Dict>);

fn exec(module: &Module) -> Result<()> {
    enter_gil_minsize(module)?;
    let dict = module.dict();
    dict.insert_str(
        intern!("UnsupportedDigestmodError"),
        &*declared("_hashlib.UnsupportedDigestmodError", &ValueError)?,
    )?;
    let constructors = Dict::new();
    let mut names = Vec::new();
    for (algorithm, name, ..) in ALGORITHMS {
        names.push(Str::new(name).into_object());
        if let Some(function) = dict.get_str(&Str::from_string(format!("openssl_{name}")))? {
            constructors.insert(&function, &Str::new(algorithm.name()))?;
        }
    }
    let frozen = runtime::objects::set::FrozenSet::type_object().call(&[&*Tuple::from_vec(names)])?;
    dict.insert_str(intern!("openssl_md_meth_names"), &frozen)?;
    let proxy = MappingProxy::type_object().call(&[&*constructors])?;
    dict.insert_str(intern!("_constructors"), &proxy)?;
    Interpreter::current().state::<Constructors>().0.set(Some(constructors));
    Ok(())
}

#[cold]
fn unsupported(message: &str) -> Raised {
    raise_declared("_hashlib.UnsupportedDigestmodError", &ValueError, message)
}

/// The function of that name, by Python's spelling or one of OpenSSL's.
fn find(name: &str) -> Result<Algorithm> {
    if let Some(row) = ALGORITHMS.iter().find(|row| row.1 == name) {
        return Ok(row.0);
    }
    let upper = name.to_ascii_uppercase();
    Ok(match &*upper {
        "MD5" | "SSL3-MD5" => Algorithm::Md5,
        "SHA1" | "SHA-1" | "SSL3-SHA1" => Algorithm::Sha1,
        "SHA2-224" | "SHA-224" | "SHA224" => Algorithm::Sha224,
        "SHA2-256" | "SHA-256" | "SHA256" => Algorithm::Sha256,
        "SHA2-384" | "SHA-384" | "SHA384" => Algorithm::Sha384,
        "SHA2-512" | "SHA-512" | "SHA512" => Algorithm::Sha512,
        "SHA2-512/224" | "SHA-512/224" | "SHA512-224" => Algorithm::Sha512_224,
        "SHA2-512/256" | "SHA-512/256" | "SHA512-256" => Algorithm::Sha512_256,
        "SHA3-224" => Algorithm::Sha3_224,
        "SHA3-256" => Algorithm::Sha3_256,
        "SHA3-384" => Algorithm::Sha3_384,
        "SHA3-512" => Algorithm::Sha3_512,
        "SHAKE-128" | "SHAKE128" => Algorithm::Shake128,
        "SHAKE-256" | "SHAKE256" => Algorithm::Shake256,
        "BLAKE2B-512" | "BLAKE2B512" => Algorithm::Blake2b,
        "BLAKE2S-256" | "BLAKE2S256" => Algorithm::Blake2s,
        "RIPEMD-160" | "RIPEMD160" | "RIPEMD" | "RMD160" => Algorithm::Ripemd160,
        "MD5-SHA1" => Algorithm::Md5Sha1,
        "SM3" => Algorithm::Sm3,
        _ => return Err(unsupported("[digital envelope routines] unsupported")),
    })
}

/// The function that a `digestmod` argument means: a name, or one of this module's constructors.
fn digestmod(object: &Object) -> Result<Algorithm> {
    if let Some(name) = object.downcast::<Str>() {
        return find(name.to_utf8()?);
    }
    let constructors = Interpreter::current().state::<Constructors>().0.get();
    let known = match constructors {
        Some(constructors) if object.is::<runtime::objects::builtin_function::BuiltinFunction>() => {
            constructors.get(object)?
        }
        _ => None,
    };
    match known.as_ref().and_then(|name| name.downcast::<Str>()) {
        Some(name) => find(name.to_utf8()?),
        None => Err(unsupported(&format!("Unsupported digestmod {}", object.repr()?))),
    }
}

/// As [`digestmod`], for HMAC, which has no use for digests of any length.
fn hmac_digestmod(object: &Object) -> Result<Algorithm> {
    let algorithm = digestmod(object)?;
    if algorithm.is_extendable() {
        return Err(raise!(ValueError, "no reason supplied"));
    }
    Ok(algorithm)
}

/// A running hash.
#[class(
    name = "_hashlib.HASH",
    flags(DISALLOW_INSTANTIATION, BASETYPE),
    doc = "HASH(name, string=b\'\')\n--\n\nA running hash of OpenSSL's kind:\n\nmethods update(), digest(), hexdigest(), copy(); attributes name, digest_size, block_size."
)]
#[repr(C)]
pub struct Hash {
    head: Object,
    #[gc(skip)]
    algorithm: Algorithm,
    state: Shared<State>,
}

#[methods]
impl Hash {
    /// Update this hash object's state with the provided bytes.
    #[method(signature = "($self, obj, /)")]
    fn update(&self, obj: &Object) -> Result<()> {
        let buffer = message(obj)?;
        feed(&self.state, buffer.as_slice(), State::update);
        Ok(())
    }

    /// Return the digest value as a bytes object.
    #[method(signature = "($self, /)")]
    fn digest(&self) -> Vec<u8> {
        self.state.lock().digest(self.algorithm.digest_size())
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[method(signature = "($self, /)")]
    fn hexdigest(&self) -> String {
        hex(&self.digest())
    }

    /// Return a copy of the hash object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Ref {
        make(self.algorithm, Shared::new(self.state.lock().clone()))
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.algorithm.digest_size()
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.algorithm.block_size()
    }

    /// algorithm name.
    #[getter]
    fn name(&self) -> &'static str {
        self.algorithm.name()
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let (name, class) = (self.algorithm.name(), self.ty().full_name());
        Ok(Str::from_string(format!("<{name} {class} object @ {:p}>", self.as_ptr())))
    }
}

/// A running hash whose digest is as long as asked for.
#[class(
    name = "_hashlib.HASHXOF",
    flags(DISALLOW_INSTANTIATION, BASETYPE),
    variable = HASHXOF_TYPE,
    doc = "HASHXOF(name, string=b\'\')\n--\n\nA running hash whose digest is as long as asked for."
)]
#[repr(C)]
pub struct Extendable {
    base: Hash,
}

#[methods]
impl Extendable {
    /// Return the digest value as a bytes object.
    #[method(signature = "($self, /, length)")]
    fn digest(&self, length: isize) -> Result<Vec<u8>> {
        let Ok(length) = usize::try_from(length) else {
            return Err(raise!(SystemError, "Negative size passed to PyBytes_FromStringAndSize"));
        };
        if length > 1 << 36 {
            return Err(raise!(MemoryError));
        }
        let state = self.state.lock().clone();
        Ok(unlocked(length, || state.digest(length)))
    }

    /// Return the digest value as a string of hexadecimal digits.
    #[method(signature = "($self, /, length)")]
    fn hexdigest(&self, length: isize) -> Result<String> {
        Ok(hex(&self.digest(length)?))
    }

    #[getter]
    fn digest_size(&self) -> usize {
        0
    }
}

/// The object of a running hash.
fn make(algorithm: Algorithm, state: Shared<State>) -> Ref {
    let base = Hash { head: Object::HEAD, algorithm, state };
    if algorithm.is_extendable() {
        Ref::new(Extendable { base }).into_object()
    } else {
        Ref::new(base).into_object()
    }
}

fn begin(algorithm: Algorithm, data: Option<&Object>, string: Option<&Object>) -> Result {
    crate::hash::begin(algorithm, data, string).map(|state| make(algorithm, state))
}

/// Return a new hash object using the named algorithm.
///
/// An optional string argument may be provided and will be
/// automatically hashed.
#[function(signature = "($module, /, name, data=b'', *, usedforsecurity=True, string=None)")]
fn new(
    _module: &Module,
    name: &Str,
    data: Option<&Object>,
    _usedforsecurity: bool,
    string: Option<&Object>,
) -> Result {
    data_or_string(data, string)?;
    let data = data_or_string(data, string)?;
    if let Some(data) = data {
        drop(message(data)?);
    }
    begin(find(name.to_utf8()?)?, data, None)
}

macro_rules! constructors {
    ($($function:ident $algorithm:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        #[function(signature = "($module, /, data=b'', *, usedforsecurity=True, string=None)")]
        fn $function(
            _module: &Module,
            data: Option<&Object>,
            _usedforsecurity: bool,
            string: Option<&Object>,
        ) -> Result {
            begin(Algorithm::$algorithm, data, string)
        }
    )*};
}

constructors! {
    openssl_md5 Md5 "Returns an md5 hash object; optionally initialized with a string";
    openssl_sha1 Sha1 "Returns a sha1 hash object; optionally initialized with a string";
    openssl_sha224 Sha224 "Returns a sha224 hash object; optionally initialized with a string";
    openssl_sha256 Sha256 "Returns a sha256 hash object; optionally initialized with a string";
    openssl_sha384 Sha384 "Returns a sha384 hash object; optionally initialized with a string";
    openssl_sha512 Sha512 "Returns a sha512 hash object; optionally initialized with a string";
    openssl_sha3_224 Sha3_224 "Returns a sha3-224 hash object; optionally initialized with a string";
    openssl_sha3_256 Sha3_256 "Returns a sha3-256 hash object; optionally initialized with a string";
    openssl_sha3_384 Sha3_384 "Returns a sha3-384 hash object; optionally initialized with a string";
    openssl_sha3_512 Sha3_512 "Returns a sha3-512 hash object; optionally initialized with a string";
    openssl_shake_128 Shake128 "Returns a shake-128 variable hash object; optionally initialized with a string";
    openssl_shake_256 Shake256 "Returns a shake-256 variable hash object; optionally initialized with a string";
}

/// A running HMAC.
#[class(
    name = "_hashlib.HMAC",
    flags(DISALLOW_INSTANTIATION),
    variable = HMAC_TYPE,
    doc = "The object used to calculate HMAC of a message.\n\nMethods: update(), digest(), hexdigest(), copy(); attributes: name, digest_size, block_size."
)]
#[repr(C)]
pub struct KeyedHash {
    head: Object,
    #[gc(skip)]
    algorithm: Algorithm,
    state: Shared<Hmac>,
}

#[methods]
impl KeyedHash {
    fn of(algorithm: Algorithm, state: Hmac) -> Ref<KeyedHash> {
        Ref::new(KeyedHash { head: Object::HEAD, algorithm, state: Shared::new(state) })
    }

    /// Update the HMAC object with msg.
    #[method(signature = "($self, /, msg)")]
    fn update(&self, msg: &Object) -> Result<()> {
        let buffer = message(msg)?;
        feed(&self.state, buffer.as_slice(), Hmac::update);
        Ok(())
    }

    /// Return the digest of the bytes passed to the update() method so far.
    #[method(signature = "($self, /)")]
    fn digest(&self) -> Vec<u8> {
        self.state.lock().digest()
    }

    /// Return hexadecimal digest of the bytes passed to the update() method so far.
    ///
    /// This may be used to exchange the value safely in email or other non-binary
    /// environments.
    #[method(signature = "($self, /)")]
    fn hexdigest(&self) -> String {
        hex(&self.digest())
    }

    /// Return a copy ("clone") of the HMAC object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Ref<Self> {
        KeyedHash::of(self.algorithm, self.state.lock().clone())
    }

    #[getter]
    fn digest_size(&self) -> usize {
        self.algorithm.digest_size()
    }

    #[getter]
    fn block_size(&self) -> usize {
        self.algorithm.block_size()
    }

    #[getter]
    fn name(&self) -> String {
        format!("hmac-{}", self.algorithm.name())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Str::from_string(format!("<{} HMAC object @ {:p}>", self.algorithm.name(), self.as_ptr())))
    }
}

/// Return a new hmac object.
#[function(signature = "($module, /, key, msg=b'', digestmod=None)")]
fn hmac_new(
    _module: &Module,
    key: BytesLike<'_>,
    msg: Option<&Object>,
    digestmod: Option<&Object>,
) -> Result<Ref<KeyedHash>> {
    let Some(digestmod) = digestmod.filter(|digestmod| !digestmod.is_none()) else {
        return Err(raise!(TypeError, "Missing required parameter 'digestmod'."));
    };
    let algorithm = hmac_digestmod(digestmod)?;
    let hmac = KeyedHash::of(algorithm, Hmac::new(algorithm, &key));
    if let Some(msg) = msg.filter(|msg| !msg.is_none()) {
        hmac.update(msg)?;
    }
    Ok(hmac)
}

/// Single-shot HMAC.
#[function(signature = "($module, /, key, msg, digest)")]
fn hmac_digest(_module: &Module, key: BytesLike<'_>, msg: BytesLike<'_>, digest: &Object) -> Result<Vec<u8>> {
    let algorithm = hmac_digestmod(digest)?;
    let mut hmac = Hmac::new(algorithm, &key);
    hmac.update(&msg);
    Ok(hmac.digest())
}

/// Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.
#[function(signature = "($module, /, hash_name, password, salt, iterations, dklen=None)")]
fn pbkdf2_hmac(
    _module: &Module,
    hash_name: &Str,
    password: Ref,
    salt: Ref,
    iterations: i64,
    dklen: Option<&Object>,
) -> Result<Vec<u8>> {
    const INT_MAX: i64 = i32::MAX as i64;
    let (password, salt) =
        (runtime::native::buffer::Buffer::of(&password)?, runtime::native::buffer::Buffer::of(&salt)?);
    let algorithm = find(hash_name.to_utf8()?)?;
    if iterations < 1 {
        return Err(raise!(ValueError, "iteration value must be greater than 0."));
    }
    if iterations > INT_MAX {
        return Err(raise!(OverflowError, "iteration value is too great."));
    }
    let length = match dklen.filter(|dklen| !dklen.is_none()) {
        None => algorithm.digest_size() as i64,
        Some(dklen) => match dklen.index()?.to_i64() {
            Some(length) => length,
            None => return Err(raise!(OverflowError, "Python int too large to convert to C long")),
        },
    };
    if length < 1 {
        return Err(raise!(ValueError, "key length must be greater than 0."));
    }
    if length > INT_MAX {
        return Err(raise!(OverflowError, "key length is too great."));
    }
    if algorithm.is_extendable() {
        return Err(raise!(ValueError, "no reason supplied"));
    }
    let (password, salt) = (password.as_slice(), salt.as_slice());
    Ok(runtime::gil::allow_threads(|| {
        keys::pbkdf2(algorithm, password, salt, iterations as u32, length as usize)
    }))
}

/// scrypt password-based key derivation function.
#[function(signature = "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)")]
#[allow(clippy::too_many_arguments, reason = "the function's own")]
fn scrypt(
    _module: &Module,
    password: Ref,
    salt: Ref,
    n: u64,
    r: u64,
    p: u64,
    maxmem: i64,
    dklen: i64,
) -> Result<Vec<u8>> {
    const INT_MAX: u64 = i32::MAX as u64;
    let (password, salt) =
        (runtime::native::buffer::Buffer::of(&password)?, runtime::native::buffer::Buffer::of(&salt)?);
    if n < 2 || !n.is_power_of_two() {
        return Err(raise!(ValueError, "n must be a power of 2."));
    }
    if !(0..=INT_MAX as i64).contains(&maxmem) {
        return Err(raise!(ValueError, "maxmem must be positive and smaller than {INT_MAX}"));
    }
    if !(1..=INT_MAX as i64).contains(&dklen) {
        return Err(raise!(ValueError, "dklen must be greater than 0 and smaller than {INT_MAX}"));
    }
    if r == 0 || p == 0 {
        return Err(raise!(ValueError, "Invalid parameter combination for n, r, p, maxmem."));
    }
    let limit = || raise!(ValueError, "[digital envelope routines] memory limit exceeded");
    if p > 0x3fff_ffff / r || 16 * r <= 63 && n >= 1 << (16 * r) {
        return Err(limit());
    }
    let blocks = p * 128 * r;
    let memory =
        n.checked_add(2).and_then(|n| n.checked_mul(128 * r)).and_then(|size| size.checked_add(blocks));
    let most = if maxmem == 0 { 32 << 20 } else { maxmem as u64 };
    if blocks > INT_MAX || memory.is_none_or(|memory| memory > most) {
        return Err(limit());
    }
    let (password, salt) = (password.as_slice(), salt.as_slice());
    let key = runtime::gil::allow_threads(|| {
        keys::scrypt(password, salt, n as usize, r as usize, p as usize, dklen as usize)
    });
    key.ok_or_else(|| raise!(MemoryError))
}

/// Determine the OpenSSL FIPS mode of operation.
#[function(signature = "()")]
fn get_fips_mode() -> i32 {
    0
}

/// Return 'a == b'.
///
/// This function takes the same time wherever the two differ, which keeps
/// their content from those who measure it.  a and b must both be ASCII
/// strings, or both bytes-like.
#[function(signature = "(a, b, /)")]
fn compare_digest(a: &Object, b: &Object) -> Result<bool> {
    if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        let (Some(a), Some(b)) = (a.as_ascii(), b.as_ascii()) else {
            return Err(raise!(TypeError, "comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(a.as_bytes().ct_eq(b.as_bytes()).into());
    }
    if a.ty().bf_getbuffer().is_none() && b.ty().bf_getbuffer().is_none() {
        return Err(raise!(
            TypeError,
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().full_name(),
            b.ty().full_name()
        ));
    }
    let (a, b) = (BytesLike::of(a)?, BytesLike::of(b)?);
    Ok(a.ct_eq(&b).into())
}

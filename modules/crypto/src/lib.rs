#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

#[macro_use]
mod plain;

mod _blake2;
mod _hashlib;
mod _hmac;
mod _md5;
mod _sha1;
mod _sha2;
mod _sha3;
mod blake2;
mod hash;
mod keccak_sponge;
mod scrypt;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[
    &_blake2::MODULE,
    &_hashlib::MODULE,
    &_hmac::MODULE,
    &_md5::MODULE,
    &_sha1::MODULE,
    &_sha2::MODULE,
    &_sha3::MODULE,
];

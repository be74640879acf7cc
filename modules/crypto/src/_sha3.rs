//! `_sha3`: SHA-3, and SHAKE, whose digests are as long as asked for.

use runtime::prelude::*;

use crate::hash::{Algorithm, Shared, State, begin, enter_gil_minsize, feed, hex, message, unlocked};

module! {
    name: "_sha3",
    functions: [],
    classes: [Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    enter_gil_minsize(module)?;
    module.dict().insert_str(intern!("implementation"), &Str::new("HACL"))
}

macro_rules! sha3_type {
    ($name:ident, $variable:ident, $type_name:tt, $part:ident, $doc:tt) => {
        #[class(name = $type_name, doc = $doc, variable = $variable)]
        #[repr(C)]
        pub struct $name {
            head: Object,
            state: Shared<State>,
        }

        #[methods(parts($part))]
        impl $name {
            fn of(class: &Type, state: Shared<State>) -> Ref<Self> {
                Ref::new_in(class, $name { head: Object::HEAD, state })
            }

            #[new(signature = "(data=b'', *, usedforsecurity=True, string=None)", hidden_signature)]
            fn new(
                class: &Type,
                data: Option<&Object>,
                _usedforsecurity: bool,
                string: Option<&Object>,
            ) -> Result<Ref<Self>> {
                Ok($name::of(class, begin(Algorithm::$name, data, string)?))
            }

            /// Return a copy of the hash object.
            #[method(signature = "($self, /)")]
            fn copy(&self) -> Ref<Self> {
                $name::of(self.ty(), Shared::new(self.state.lock().clone()))
            }

            /// Update this hash object's state with the provided bytes-like object.
            #[method(signature = "($self, data, /)")]
            fn update(&self, data: &Object) -> Result<()> {
                let buffer = message(data)?;
                feed(&self.state, buffer.as_slice(), State::update);
                Ok(())
            }

            #[getter]
            fn block_size(&self) -> usize {
                Algorithm::$name.block_size()
            }

            #[getter]
            fn name(&self) -> &'static str {
                Algorithm::$name.name()
            }

            #[getter]
            fn digest_size(&self) -> usize {
                Algorithm::$name.digest_size()
            }

            #[getter(name = "_capacity_bits")]
            fn capacity_bits(&self) -> usize {
                1600 - self.rate_bits()
            }

            #[getter(name = "_rate_bits")]
            fn rate_bits(&self) -> usize {
                Algorithm::$name.block_size() * 8
            }

            #[getter(name = "_suffix")]
            fn suffix(&self) -> [u8; 1] {
                [if Algorithm::$name.is_extendable() { 0x1f } else { 0x06 }]
            }
        }
    };
}

macro_rules! fixed_type {
    ($name:ident, $variable:ident, $type_name:tt, $doc:tt) => {
        sha3_type!($name, $variable, $type_name, digests, $doc);

        #[methods(part = digests)]
        impl $name {
            /// Return the digest value as a bytes object.
            #[method(signature = "($self, /)")]
            fn digest(&self) -> Vec<u8> {
                self.state.lock().digest(Algorithm::$name.digest_size())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method(signature = "($self, /)")]
            fn hexdigest(&self) -> String {
                hex(&self.digest())
            }
        }
    };
}

macro_rules! extendable_type {
    ($name:ident, $variable:ident, $type_name:tt, $doc:tt) => {
        sha3_type!($name, $variable, $type_name, digests, $doc);

        #[methods(part = digests)]
        impl $name {
            /// Return the digest value as a bytes object.
            #[method(signature = "($self, /, length)")]
            fn digest(&self, length: u64) -> Result<Vec<u8>> {
                if length >= 1 << 29 {
                    return Err(raise!(ValueError, "length is too large"));
                }
                let state = self.state.lock().clone();
                let length = length as usize;
                Ok(unlocked(length, || state.digest(length)))
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method(signature = "($self, /, length)")]
            fn hexdigest(&self, length: u64) -> Result<String> {
                Ok(hex(&self.digest(length)?))
            }
        }
    };
}

fixed_type!(
    Sha3_224,
    SHA3_224_TYPE,
    "_sha3.sha3_224",
    "Return a new SHA3 hash object with a hashbit length of 28 bytes."
);
fixed_type!(
    Sha3_256,
    SHA3_256_TYPE,
    "_sha3.sha3_256",
    "Return a new SHA3 hash object with a hashbit length of 32 bytes."
);
fixed_type!(
    Sha3_384,
    SHA3_384_TYPE,
    "_sha3.sha3_384",
    "Return a new SHA3 hash object with a hashbit length of 48 bytes."
);
fixed_type!(
    Sha3_512,
    SHA3_512_TYPE,
    "_sha3.sha3_512",
    "Return a new SHA3 hash object with a hashbit length of 64 bytes."
);
extendable_type!(Shake128, SHAKE_128_TYPE, "_sha3.shake_128", "Return a new SHAKE hash object.");
extendable_type!(Shake256, SHAKE_256_TYPE, "_sha3.shake_256", "Return a new SHAKE hash object.");

//! `_blake2`: BLAKE2b and BLAKE2s with all their parameters.

use runtime::prelude::*;

use crate::blake2::{Blake2b as HashB, Blake2s as HashS, Parameters};
use crate::hash::{Shared, data_or_string, enter_gil_minsize, feed, hex, message};

module! {
    name: "_blake2",
    doc: "_blake2b provides BLAKE2b for hashlib\n",
    functions: [],
    classes: [Blake2b, Blake2s],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    enter_gil_minsize(module)?;
    let dict = module.dict();
    for (name, value) in [
        ("BLAKE2B_MAX_DIGEST_SIZE", 64),
        ("BLAKE2B_MAX_KEY_SIZE", 64),
        ("BLAKE2B_PERSON_SIZE", 16),
        ("BLAKE2B_SALT_SIZE", 16),
        ("BLAKE2S_MAX_DIGEST_SIZE", 32),
        ("BLAKE2S_MAX_KEY_SIZE", 32),
        ("BLAKE2S_PERSON_SIZE", 8),
        ("BLAKE2S_SALT_SIZE", 8),
    ] {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    Ok(())
}

/// What a constructor was given beside the message.
struct Given<'a> {
    digest_size: i32,
    key: Option<BytesLike<'a>>,
    salt: Option<BytesLike<'a>>,
    person: Option<BytesLike<'a>>,
    fanout: i32,
    depth: i32,
    leaf_size: Option<&'a Object>,
    node_offset: Option<&'a Object>,
    node_depth: i32,
    inner_size: i32,
    last_node: bool,
}

impl Given<'_> {
    /// Checks it for the function of that name, whose digests have up to `size` bytes.
    fn parameters(self, name: &str, size: usize) -> Result<Parameters> {
        let bytes = |what: &str, value: &Option<BytesLike<'_>>, limit: usize| {
            let value = value.as_deref().unwrap_or_default();
            if value.len() > limit {
                return Err(raise!(ValueError, "maximum {what} length is {limit} bytes"));
            }
            Ok(value.to_vec())
        };
        let unsigned = |value: Option<&Object>, kind: &str| match value {
            None => Ok(0),
            Some(value) => {
                let value = value.index()?;
                if value.is_negative() {
                    return Err(raise!(ValueError, "Cannot convert negative int"));
                }
                value.to_u64().ok_or_else(|| raise!(OverflowError, "Python int too large for C {kind}"))
            }
        };
        if self.digest_size <= 0 || self.digest_size as usize > size {
            return Err(raise!(
                ValueError,
                "digest_size for {name} must be between 1 and {size} bytes, here it is {}",
                self.digest_size
            ));
        }
        let salt = bytes("salt", &self.salt, size / 4)?;
        let person = bytes("person", &self.person, size / 4)?;
        let Ok(fanout) = u8::try_from(self.fanout) else {
            return Err(raise!(ValueError, "fanout must be between 0 and 255"));
        };
        let Some(depth) = u8::try_from(self.depth).ok().filter(|depth| *depth > 0) else {
            return Err(raise!(ValueError, "depth must be between 1 and 255"));
        };
        let leaf_size = u32::try_from(unsigned(self.leaf_size, "unsigned long")?)
            .map_err(|_| raise!(OverflowError, "leaf_size is too large"))?;
        let node_offset = unsigned(self.node_offset, "unsigned long long")?;
        if size == 32 && node_offset >> 48 != 0 {
            return Err(raise!(OverflowError, "node_offset is too large"));
        }
        let Ok(node_depth) = u8::try_from(self.node_depth) else {
            return Err(raise!(ValueError, "node_depth must be between 0 and 255"));
        };
        if self.inner_size < 0 || self.inner_size as usize > size {
            return Err(raise!(ValueError, "inner_size must be between 0 and is {size}"));
        }
        Ok(Parameters {
            digest_size: self.digest_size as u8,
            key: bytes("key", &self.key, size)?,
            salt,
            person,
            fanout,
            depth,
            leaf_size,
            node_offset,
            node_depth,
            inner_size: self.inner_size as u8,
            last_node: self.last_node,
        })
    }
}

macro_rules! blake2_type {
    ($name:ident, $variable:ident, $hash:ident, $type_name:tt, $python:literal, $size:literal, $signature:tt, $doc:tt) => {
        #[class(name = $type_name, doc = $doc, variable = $variable)]
        #[repr(C)]
        pub struct $name {
            head: Object,
            state: Shared<$hash>,
        }

        #[methods]
        impl $name {
            #[constant]
            const SALT_SIZE: usize = $size / 4;
            #[constant]
            const PERSON_SIZE: usize = $size / 4;
            #[constant]
            const MAX_KEY_SIZE: usize = $size;
            #[constant]
            const MAX_DIGEST_SIZE: usize = $size;

            #[new(signature = $signature)]
            #[allow(clippy::too_many_arguments, reason = "the parameters of the specification")]
            fn new(
                class: &Type,
                data: Option<&Object>,
                digest_size: Option<i32>,
                key: Option<BytesLike<'_>>,
                salt: Option<BytesLike<'_>>,
                person: Option<BytesLike<'_>>,
                fanout: i32,
                depth: i32,
                leaf_size: Option<&Object>,
                node_offset: Option<&Object>,
                node_depth: i32,
                inner_size: i32,
                last_node: bool,
                _usedforsecurity: bool,
                string: Option<&Object>,
            ) -> Result<Ref<Self>> {
                let data = data_or_string(data, string)?;
                let digest_size = digest_size.unwrap_or($size);
                let given = Given {
                    digest_size,
                    key,
                    salt,
                    person,
                    fanout,
                    depth,
                    leaf_size,
                    node_offset,
                    node_depth,
                    inner_size,
                    last_node,
                };
                let state = Shared::new($hash::new(&given.parameters($python, $size)?));
                if let Some(data) = data {
                    let buffer = message(data)?;
                    feed(&state, buffer.as_slice(), $hash::update);
                }
                Ok(Ref::new_in(class, $name { head: Object::HEAD, state }))
            }

            /// Return a copy of the hash object.
            #[method(signature = "($self, /)")]
            fn copy(&self) -> Ref<Self> {
                let state = Shared::new(self.state.lock().clone());
                Ref::new_in(self.ty(), $name { head: Object::HEAD, state })
            }

            /// Update this hash object's state with the provided bytes-like object.
            #[method(signature = "($self, data, /)")]
            fn update(&self, data: &Object) -> Result<()> {
                let buffer = message(data)?;
                feed(&self.state, buffer.as_slice(), $hash::update);
                Ok(())
            }

            /// Return the digest value as a bytes object.
            #[method(signature = "($self, /)")]
            fn digest(&self) -> Vec<u8> {
                self.state.lock().digest()
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[method(signature = "($self, /)")]
            fn hexdigest(&self) -> String {
                hex(&self.digest())
            }

            #[getter]
            fn name(&self) -> &'static str {
                &$type_name[8..]
            }

            #[getter]
            fn block_size(&self) -> usize {
                $hash::BLOCK
            }

            #[getter]
            fn digest_size(&self) -> usize {
                self.state.lock().digest_size()
            }
        }
    };
}

blake2_type!(
    Blake2b,
    BLAKE2B_TYPE,
    HashB,
    "_blake2.blake2b",
    "Blake2b",
    64,
    "(data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    "Return a new BLAKE2b hash object."
);
blake2_type!(
    Blake2s,
    BLAKE2S_TYPE,
    HashS,
    "_blake2.blake2s",
    "Blake2s",
    32,
    "(data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    "Return a new BLAKE2s hash object."
);

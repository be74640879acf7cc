//! The types of the hash functions that have no parameters, and the functions that make them.

/// `hash_type!(Struct, STATIC, function, "module.type", "doc of the function")`: `Struct` is also the [`Algorithm`]'s name.
///
/// [`Algorithm`]: crate::hash::Algorithm
macro_rules! hash_type {
    ($name:ident, $variable:ident, $function:ident, $type_name:tt, $doc:tt) => {
        #[class(name = $type_name, flags(DISALLOW_INSTANTIATION), doc = "", variable = $variable)]
        #[repr(C)]
        pub struct $name {
            head: Object,
            state: Shared<State>,
        }

        #[methods]
        impl $name {
            fn of(state: Shared<State>) -> Ref<Self> {
                Ref::new($name { head: Object::HEAD, state })
            }

            /// Return a copy of the hash object.
            #[method(signature = "($self, /)")]
            fn copy(&self) -> Ref<Self> {
                $name::of(Shared::new(self.state.lock().clone()))
            }

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

            /// Update this hash object's state with the provided bytes.
            #[method(signature = "($self, obj, /)")]
            fn update(&self, obj: &Object) -> Result<()> {
                let buffer = message(obj)?;
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
        }

        #[doc = $doc]
        #[function(signature = "($module, /, data=b'', *, usedforsecurity=True, string=None)")]
        fn $function(
            _module: &Module,
            data: Option<&Object>,
            _usedforsecurity: bool,
            string: Option<&Object>,
        ) -> Result<Ref<$name>> {
            begin(Algorithm::$name, data, string).map($name::of)
        }
    };
}

//! The iterators over a str: one that is all ASCII has its own.

use std::cell::Cell;

use super::Str;
use crate::prelude::*;

macro_rules! iterators {
    ($($(#[$class:meta])* $name:ident: $read:expr;)*) => {$(
        $(#[$class])*
        #[repr(C)]
        pub struct $name {
            head: Object,
            #[gc(skip)]
            index: Cell<usize>,
            /// None once it is exhausted.
            text: Link<Str>,
        }

        impl $name {
            /// A new iterator from the start of `text`.
            pub fn over(text: &Str) -> Ref<Self> {
                Ref::new($name {
                    head: Object::HEAD,
                    index: Cell::new(0),
                    text: Link::new(Ref::from_borrowed(text)),
                })
            }

            /// The next character.
            #[inline]
            pub fn next_item(&self) -> Option<Ref<Str>> {
                let index = self.index.get();
                // SAFETY: the link isn't changed while the borrow lives.
                let character = match unsafe { self.text.borrow() }? {
                    text if index < text.len() => Some($read(text, index)),
                    _ => None,
                };
                match character {
                    Some(_) => self.index.set(index + 1),
                    None => self.text.set(None),
                }
                character
            }
        }

        #[methods]
        impl $name {
            #[slot]
            fn tp_iter(&self) -> &Self {
                self
            }

            #[slot]
            fn tp_iternext(&self) -> Option<Ref<Str>> {
                self.next_item()
            }

            /// Private method returning an estimate of len(list(it)).
            #[method(name = "__length_hint__", hidden_signature, signature = "($self, /)")]
            fn length_hint(&self) -> usize {
                self.text.get().map_or(0, |text| text.len().saturating_sub(self.index.get()))
            }

            /// Return state information for pickling.
            #[method(name = "__reduce__", hidden_signature, signature = "($self, /)")]
            fn reduce(&self) -> Result {
                let builtins = Interpreter::current().builtins.get();
                let iter = match builtins.map(|builtins| builtins.get_str(intern!("iter"))).transpose()?.flatten() {
                    Some(iter) => iter,
                    None => return Err(raise!(AttributeError, "iter")),
                };
                match self.text.get() {
                    Some(text) => (iter, (text,), self.index.get()).into_result(),
                    None => (iter, (Str::empty(),)).into_result(),
                }
            }

            /// Set state information for unpickling.
            #[method(name = "__setstate__", hidden_signature, signature = "($self, state, /)")]
            fn set_state(&self, state: &Object) -> Result<()> {
                let index = state.to_isize_index(&crate::objects::exceptions::OverflowError)?;
                if let Some(text) = self.text.get() {
                    self.index.set(usize::try_from(index).unwrap_or(0).min(text.len()));
                }
                Ok(())
            }
        }
    )*};
}

iterators! {
    #[class(name = "str_iterator", flags(GC))]
    StrIterator: |text: &Str, index| Str::from_char(text.char_at(index));
    #[class(name = "str_ascii_iterator", flags(GC))]
    AsciiIterator: |text: &Str, index| Str::from_char(text.as_ascii().map_or(0, |text| u32::from(text.as_bytes()[index])));
}

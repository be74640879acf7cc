//! `text += more` without a copy, where nobody else sees `text`.

use std::mem::ManuallyDrop;

use super::{ASCII_HEAD, COMPACT_HEAD, Str, copy_units};
use crate::prelude::*;

impl Str {
    /// Is this the only reference to a compact str whose storage can hold `more`'s characters?
    fn can_grow(&self, more: &Str) -> bool {
        let object: &Object = self;
        object.reference_count() == 1
            && object.is::<Str>()
            && self.raw.is_compact()
            && !self.is_interned()
            && !self.raw.is_statically_allocated()
            && self.len() > 1
            && !more.is_empty()
            && (more.is_ascii() || !self.is_ascii())
            && more.raw.kind() <= self.raw.kind()
            && self.cached_utf8_size() == 0
    }

    /// `text + more`, in place of `text` if this is the only reference to it.
    pub fn append(text: Ref<Str>, more: &Str) -> Result<Ref<Str>> {
        if !text.can_grow(more) || std::ptr::eq(&*text, more) {
            return text.concat(more);
        }
        let kind = text.raw.kind() as usize;
        let head = if text.is_ascii() { ASCII_HEAD } else { COMPACT_HEAD };
        let len = text.len() + more.len();
        let size = head + (len + 1) * kind;
        let old = ManuallyDrop::new(text);
        let block = old.as_ptr() as *mut u8;
        // SAFETY: the block came from the allocator and only this function knows it; its end is written anew.
        unsafe {
            let usable = libmimalloc_sys::mi_usable_size(block.cast());
            let block = if usable >= size {
                block
            } else {
                match crate::memory::reallocate(block, size + size / 8) {
                    Some(block) => block.as_ptr(),
                    None => {
                        drop(ManuallyDrop::into_inner(old));
                        return Err(crate::errors::no_memory());
                    }
                }
            };
            let raw = block.cast::<abi::PyASCIIObject>();
            let start = (*raw).length as usize;
            (&raw mut (*raw).length).write(len as isize);
            (*raw).hash.set(-1);
            copy_units(more.units(), kind, block.add(head + start * kind));
            std::ptr::write_bytes(block.add(head + len * kind), 0, kind);
            Ok(Ref::from_owned(block.cast()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows() {
        crate::objects::str::tests::attach();
        let mut text = Str::new("ab");
        for _ in 0..1000 {
            text = Str::append(text, &Str::new("cd")).unwrap_or_else(|_| panic!());
        }
        assert_eq!(text.len(), 2002);
        assert!(text.is_ascii() && text.eq_str(&format!("ab{}", "cd".repeat(1000))));
        let wide = Str::append(text.clone(), &Str::new("€")).unwrap_or_else(|_| panic!());
        assert_eq!((text.len(), wide.len(), wide.units().kind()), (2002, 2003, 2));
        let wide = Str::append(wide, &Str::new("é")).unwrap_or_else(|_| panic!());
        assert_eq!(wide.char_at(2003), 0xe9);
    }
}

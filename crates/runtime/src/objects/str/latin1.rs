//! The strings in static memory: the empty one, and those of one character below U+0100.

use std::cell::Cell;

use super::{STR_TYPE, Str};
use crate::object::{Object, Static};
use crate::objects::r#type::Type;
use crate::reference::Ref;

#[repr(C)]
struct Ascii {
    head: Object,
    length: isize,
    hash: Cell<isize>,
    state: Cell<u32>,
    data: [u8; 8],
}

#[repr(C)]
struct Latin1 {
    head: Object,
    length: isize,
    hash: Cell<isize>,
    state: Cell<u32>,
    utf8_length: Cell<isize>,
    utf8: Cell<*mut u8>,
    data: [u8; 8],
}

// The data of an ASCII str begins at the end of its C head, which has padding: `data` begins before it.
const DATA: usize = size_of::<abi::PyASCIIObject>() - std::mem::offset_of!(Ascii, data);
const _: () = assert!(std::mem::offset_of!(Latin1, data) == size_of::<abi::PyCompactUnicodeObject>());

const fn state(ascii: bool) -> u32 {
    abi::UnicodeState {
        interned: abi::SSTATE_INTERNED_IMMORTAL_STATIC,
        kind: 1,
        compact: true,
        ascii,
        statically_allocated: true,
    }
    .pack()
}

const fn str_type() -> *const Type {
    &raw const STR_TYPE as *const Type
}

const fn ascii(text: Option<u8>) -> Ascii {
    let mut data = [0; 8];
    if let Some(character) = text {
        data[DATA] = character;
    }
    Ascii {
        head: Object::immortal_head(str_type()),
        length: text.is_some() as isize,
        hash: Cell::new(-1),
        state: Cell::new(state(true)),
        data,
    }
}

const fn latin1(character: u8) -> Latin1 {
    let mut data = [0; 8];
    data[0] = character;
    Latin1 {
        head: Object::immortal_head(str_type()),
        length: 1,
        hash: Cell::new(-1),
        state: Cell::new(state(false)),
        utf8_length: Cell::new(0),
        utf8: Cell::new(std::ptr::null_mut()),
        data,
    }
}

static EMPTY: Static<Ascii> = Static::new(ascii(None));

static ASCII: Static<[Ascii; 128]> = Static::new({
    #[allow(clippy::declare_interior_mutable_const, reason = "a constructor in constant form")]
    const ZERO: Ascii = ascii(Some(0));
    let mut all = [ZERO; 128];
    let mut index = 0;
    while index < 128 {
        all[index].data[DATA] = index as u8;
        index += 1;
    }
    all
});

static LATIN1: Static<[Latin1; 128]> = Static::new({
    #[allow(clippy::declare_interior_mutable_const, reason = "a constructor in constant form")]
    const ZERO: Latin1 = latin1(0x80);
    let mut all = [ZERO; 128];
    let mut index = 0;
    while index < 128 {
        all[index].data[0] = 0x80 + index as u8;
        index += 1;
    }
    all
});

/// `''`.
#[inline]
pub(super) fn empty() -> Ref<Str> {
    // SAFETY: laid out as a str.
    Ref::from_borrowed(unsafe { &*(&raw const *EMPTY as *const Str) })
}

/// The str of one character below U+0100.
#[inline]
pub(super) fn character(code: u8) -> Ref<Str> {
    // SAFETY: laid out as a str.
    Ref::from_borrowed(unsafe {
        if code < 0x80 {
            &*(&raw const ASCII[code as usize] as *const Str)
        } else {
            &*(&raw const LATIN1[code as usize - 0x80] as *const Str)
        }
    })
}

/// The static str with the same text, if there is one.
pub(super) fn cached(text: &Str) -> Option<Ref<Str>> {
    match text.len() {
        0 => Some(empty()),
        1 => u8::try_from(text.char_at(0)).ok().map(character),
        _ => None,
    }
}

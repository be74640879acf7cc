//! The bytes objects in static memory: the empty one, and those of one byte.

use std::cell::Cell;

use super::{BYTES_TYPE, Bytes};
use crate::object::{Static, VarObject};
use crate::objects::r#type::Type;
use crate::reference::Ref;

#[repr(C)]
struct Short {
    head: VarObject,
    hash: Cell<isize>,
    data: [u8; 8],
}

const _: () = assert!(std::mem::offset_of!(Short, data) == super::DATA);

const fn short(byte: Option<u8>) -> Short {
    let ty = &raw const BYTES_TYPE as *const Type;
    let (byte, size) = match byte {
        Some(byte) => (byte, 1),
        None => (0, 0),
    };
    Short { head: VarObject::immortal_head(ty, size), hash: Cell::new(-1), data: [byte, 0, 0, 0, 0, 0, 0, 0] }
}

static EMPTY: Static<Short> = Static::new(short(None));

static BYTES: Static<[Short; 256]> = Static::new({
    #[allow(clippy::declare_interior_mutable_const, reason = "a constructor in constant form")]
    const ZERO: Short = short(Some(0));
    let mut all = [ZERO; 256];
    let mut index = 0;
    while index < 256 {
        all[index].data[0] = index as u8;
        index += 1;
    }
    all
});

/// `b''`.
#[inline]
pub(super) fn empty() -> Ref<Bytes> {
    // SAFETY: laid out as bytes.
    Ref::from_borrowed(unsafe { &*(&raw const *EMPTY as *const Bytes) })
}

/// The bytes object of one byte.
#[inline]
pub(super) fn byte(byte: u8) -> Ref<Bytes> {
    // SAFETY: laid out as bytes.
    Ref::from_borrowed(unsafe { &*(&raw const BYTES[byte as usize] as *const Bytes) })
}

//! What a type takes over from its bases: sizes, flags and slots that it does not define itself.

use std::cell::Cell;
use std::ffi::c_void;

use super::Type;
use crate::intern;

/// Copies slots that are unset here and set in `base`, unless the base only inherits them itself: then the type they come
/// from has its turn later in the MRO.
macro_rules! copy_slots {
    ($own:expr, $base:expr, $basebase:expr; $($slot:ident)*) => {$(
        copy_slot(&$own.$slot, &$base.$slot, $basebase.map(|basebase| &basebase.$slot));
    )*};
}

fn copy_slot<T: Copy + Slot>(own: &Cell<T>, base: &Cell<T>, basebase: Option<&Cell<T>>) {
    if own.get().is_unset() && is_defined(base, basebase) {
        own.set(base.get());
    }
}

fn is_defined<T: Copy + Slot>(base: &Cell<T>, basebase: Option<&Cell<T>>) -> bool {
    !base.get().is_unset() && basebase.is_none_or(|basebase| basebase.get().address() != base.get().address())
}

/// A field of a type that can be unset.
trait Slot {
    fn address(self) -> usize;
    fn is_unset(&self) -> bool
    where
        Self: Copy,
    {
        (*self).address() == 0
    }
}

impl<F> Slot for Option<F> {
    fn address(self) -> usize {
        const { assert!(size_of::<Option<F>>() == size_of::<usize>()) };
        // SAFETY: an optional function pointer is one word, null for none.
        unsafe { std::mem::transmute_copy(&self) }
    }
}

impl Slot for isize {
    fn address(self) -> usize {
        self as usize
    }
}

/// What every type has that says of which built-in it is a subclass.
const FAST_SUBCLASS_FLAGS: u64 = abi::Py_TPFLAGS_BASE_EXC_SUBCLASS
    | abi::Py_TPFLAGS_TYPE_SUBCLASS
    | abi::Py_TPFLAGS_LONG_SUBCLASS
    | abi::Py_TPFLAGS_BYTES_SUBCLASS
    | abi::Py_TPFLAGS_UNICODE_SUBCLASS
    | abi::Py_TPFLAGS_TUPLE_SUBCLASS
    | abi::Py_TPFLAGS_LIST_SUBCLASS
    | abi::Py_TPFLAGS_DICT_SUBCLASS;
const COLLECTION_FLAGS: u64 = abi::Py_TPFLAGS_SEQUENCE | abi::Py_TPFLAGS_MAPPING;

impl Type {
    /// Takes over what the instances' layout demands, from the base.
    pub(super) fn inherit_special(&self, base: &Type) {
        let (own, from) = (&self.raw, &base.raw);
        if !self.is_gc() && base.is_gc() && own.tp_traverse.get().is_none() && own.tp_clear.get().is_none() {
            self.set_flag(abi::Py_TPFLAGS_HAVE_GC);
            own.tp_traverse.set(from.tp_traverse.get());
            own.tp_clear.set(from.tp_clear.get());
        }
        self.set_flag(base.flags() & abi::Py_TPFLAGS_PREHEADER);
        if own.tp_basicsize.get() == 0 {
            own.tp_basicsize.set(from.tp_basicsize.get());
        }
        for (own, from) in [
            (&own.tp_itemsize, &from.tp_itemsize),
            (&own.tp_weaklistoffset, &from.tp_weaklistoffset),
            (&own.tp_dictoffset, &from.tp_dictoffset),
        ] {
            if own.get() == 0 {
                own.set(from.get());
            }
        }
        self.set_flag(base.flags() & FAST_SUBCLASS_FLAGS);
        self.set_flag(base.flags() & abi::_Py_TPFLAGS_MATCH_SELF);
        if base.has_flag(abi::Py_TPFLAGS_ITEMS_AT_END) && base.raw.tp_itemsize.get() != 0 {
            self.set_flag(abi::Py_TPFLAGS_ITEMS_AT_END);
        }
    }

    /// Takes over unset method suites whole: only types that were not made at run time lack them.
    pub(super) fn inherit_suites(&self, base: &Type) {
        let (own, from) = (&self.raw, &base.raw);
        macro_rules! suites {
            ($($suite:ident)*) => {$(
                if own.$suite.get().is_null() {
                    own.$suite.set(from.$suite.get());
                }
            )*};
        }
        suites!(tp_as_async tp_as_number tp_as_sequence tp_as_mapping tp_as_buffer);
    }

    /// Takes over the slots that `base` defines.
    pub(super) fn inherit_slots(&self, base: &Type) {
        let (own, from) = (&self.raw, &base.raw);
        let basebase = base.base();
        macro_rules! suite {
            ($suite:ident: $($slot:ident)*) => {
                // SAFETY: a suite's pointer is null or leads to the type's suite; nothing frees it here.
                unsafe {
                    if let (Some(own), Some(from)) = (own.$suite.get().as_ref(), from.$suite.get().as_ref()) {
                        let basebase = basebase.and_then(|basebase| basebase.raw.$suite.get().as_ref());
                        copy_slots!(own, from, basebase; $($slot)*);
                    }
                }
            };
        }
        suite!(tp_as_number: nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_negative nb_positive
            nb_absolute nb_bool nb_invert nb_lshift nb_rshift nb_and nb_xor nb_or nb_int nb_float nb_inplace_add
            nb_inplace_subtract nb_inplace_multiply nb_inplace_remainder nb_inplace_power nb_inplace_lshift
            nb_inplace_rshift nb_inplace_and nb_inplace_xor nb_inplace_or nb_true_divide nb_floor_divide
            nb_inplace_true_divide nb_inplace_floor_divide nb_index nb_matrix_multiply nb_inplace_matrix_multiply);
        suite!(tp_as_async: am_await am_aiter am_anext am_send);
        suite!(tp_as_sequence: sq_length sq_concat sq_repeat sq_item sq_ass_item sq_contains sq_inplace_concat
            sq_inplace_repeat);
        suite!(tp_as_mapping: mp_length mp_subscript mp_ass_subscript);
        suite!(tp_as_buffer: bf_getbuffer bf_releasebuffer);

        let basebase = basebase.map(|basebase| &basebase.raw);
        copy_slots!(own, from, basebase; tp_dealloc);
        if own.tp_getattr.get().is_none() && own.tp_getattro.get().is_none() {
            own.tp_getattr.set(from.tp_getattr.get());
            own.tp_getattro.set(from.tp_getattro.get());
        }
        if own.tp_setattr.get().is_none() && own.tp_setattro.get().is_none() {
            own.tp_setattr.set(from.tp_setattr.get());
            own.tp_setattro.set(from.tp_setattro.get());
        }
        copy_slots!(own, from, basebase; tp_repr);
        // The two go together, lest equal objects differ in hash.
        if own.tp_richcompare.get().is_none() && own.tp_hash.get().is_none() && !self.overrides_hash() {
            own.tp_richcompare.set(from.tp_richcompare.get());
            own.tp_hash.set(from.tp_hash.get());
        }
        copy_slots!(own, from, basebase; tp_vectorcall_offset);
        if own.tp_call.get().is_none() && base.has_flag(abi::Py_TPFLAGS_HAVE_VECTORCALL) {
            self.set_flag(abi::Py_TPFLAGS_HAVE_VECTORCALL);
        }
        copy_slots!(own, from, basebase; tp_call tp_str tp_iter tp_iternext tp_descr_get);
        if from.tp_descr_get.get().is_some()
            && own.tp_descr_get.get().address() == from.tp_descr_get.get().address()
            && self.is_immutable()
            && base.has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR)
        {
            self.set_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR);
        }
        copy_slots!(own, from, basebase; tp_descr_set tp_dictoffset tp_init tp_alloc tp_is_gc tp_finalize tp_del);
        if self.is_gc() == base.is_gc() {
            copy_slots!(own, from, basebase; tp_free);
        } else if self.is_gc() && own.tp_free.get().is_none() {
            own.tp_free.set(Some(super::heap::gc_free));
        }
        if self.flags() & COLLECTION_FLAGS == 0 {
            self.set_flag(base.flags() & COLLECTION_FLAGS);
        }
    }

    /// Does the namespace define `__eq__` or `__hash__`?
    fn overrides_hash(&self) -> bool {
        let Some(dict) = self.dict() else { return false };
        [intern!("__eq__"), intern!("__hash__")].iter().any(|name| matches!(dict.get_str(name), Ok(Some(_))))
    }
}

const _: () = assert!(size_of::<*mut c_void>() == size_of::<isize>());

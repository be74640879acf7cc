//! Reading a type's slots, the method suites included.

use crate::objects::r#type::Type;

/// One accessor a suite slot: `ty.nb_add()` is the function or `None`, whether the suite is missing or the slot is empty.
macro_rules! suite_slots {
    ($($suite:ident, $kind:ident: $($slot:ident)*;)*) => {$(
        impl Type {$(
            #[inline(always)]
            pub fn $slot(&self) -> abi::$kind {
                // SAFETY: a type's suite is null or lives as long as the type.
                unsafe { self.raw.$suite.get().as_ref() }.and_then(|suite| suite.$slot.get())
            }
        )*}
    )*};
}

suite_slots! {
    tp_as_number, binaryfunc: nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_lshift nb_rshift nb_and nb_xor nb_or
        nb_floor_divide nb_true_divide nb_matrix_multiply nb_inplace_add nb_inplace_subtract nb_inplace_multiply
        nb_inplace_remainder nb_inplace_lshift nb_inplace_rshift nb_inplace_and nb_inplace_xor nb_inplace_or
        nb_inplace_floor_divide nb_inplace_true_divide nb_inplace_matrix_multiply;
    tp_as_number, ternaryfunc: nb_power nb_inplace_power;
    tp_as_number, unaryfunc: nb_negative nb_positive nb_absolute nb_invert nb_int nb_float nb_index;
    tp_as_number, inquiry: nb_bool;
    tp_as_sequence, lenfunc: sq_length;
    tp_as_sequence, binaryfunc: sq_concat sq_inplace_concat;
    tp_as_sequence, ssizeargfunc: sq_repeat sq_inplace_repeat sq_item;
    tp_as_sequence, ssizeobjargproc: sq_ass_item;
    tp_as_sequence, objobjproc: sq_contains;
    tp_as_mapping, lenfunc: mp_length;
    tp_as_mapping, binaryfunc: mp_subscript;
    tp_as_mapping, objobjargproc: mp_ass_subscript;
    tp_as_async, unaryfunc: am_await am_aiter am_anext;
    tp_as_async, sendfunc: am_send;
    tp_as_buffer, getbufferproc: bf_getbuffer;
    tp_as_buffer, releasebufferproc: bf_releasebuffer;
}

//! The slot numbers of `PyType_Slot` (`typeslots.h`).

use core::ffi::c_int;

/// A slot number.
pub const Py_am_aiter: c_int = 78;
/// A slot number.
pub const Py_nb_index: c_int = 13;
/// A slot number.
pub const Py_bf_releasebuffer: c_int = 2;
/// A slot number.
pub const Py_tp_dealloc: c_int = 52;
/// A slot number.
pub const Py_tp_setattro: c_int = 69;
/// A slot number.
pub const Py_nb_inplace_power: c_int = 20;
/// A slot number.
pub const Py_sq_concat: c_int = 40;
/// A slot number.
pub const Py_nb_float: c_int = 11;
/// A slot number.
pub const Py_nb_positive: c_int = 32;
/// A slot number.
pub const Py_tp_call: c_int = 50;
/// A slot number.
pub const Py_nb_add: c_int = 7;
/// A slot number.
pub const Py_tp_traverse: c_int = 71;
/// A slot number.
pub const Py_nb_or: c_int = 31;
/// A slot number.
pub const Py_nb_inplace_matrix_multiply: c_int = 76;
/// A slot number.
pub const Py_nb_floor_divide: c_int = 12;
/// A slot number.
pub const Py_nb_invert: c_int = 27;
/// A slot number.
pub const Py_tp_new: c_int = 65;
/// A slot number.
pub const Py_nb_inplace_remainder: c_int = 21;
/// A slot number.
pub const Py_nb_inplace_floor_divide: c_int = 16;
/// A slot number.
pub const Py_mp_ass_subscript: c_int = 3;
/// A slot number.
pub const Py_sq_repeat: c_int = 46;
/// A slot number.
pub const Py_nb_negative: c_int = 30;
/// A slot number.
pub const Py_tp_token: c_int = 83;
/// A slot number.
pub const Py_tp_setattr: c_int = 68;
/// A slot number.
pub const Py_tp_repr: c_int = 66;
/// A slot number.
pub const Py_tp_is_gc: c_int = 61;
/// A slot number.
pub const Py_nb_int: c_int = 26;
/// A slot number.
pub const Py_tp_init: c_int = 60;
/// A slot number.
pub const Py_nb_true_divide: c_int = 37;
/// A slot number.
pub const Py_nb_lshift: c_int = 28;
/// A slot number.
pub const Py_am_anext: c_int = 79;
/// A slot number.
pub const Py_tp_getattr: c_int = 57;
/// A slot number.
pub const Py_tp_descr_set: c_int = 55;
/// A slot number.
pub const Py_nb_inplace_true_divide: c_int = 24;
/// A slot number.
pub const Py_nb_xor: c_int = 38;
/// A slot number.
pub const Py_nb_bool: c_int = 9;
/// A slot number.
pub const Py_tp_methods: c_int = 64;
/// A slot number.
pub const Py_tp_iternext: c_int = 63;
/// A slot number.
pub const Py_tp_doc: c_int = 56;
/// A slot number.
pub const Py_tp_descr_get: c_int = 54;
/// A slot number.
pub const Py_tp_del: c_int = 53;
/// A slot number.
pub const Py_nb_inplace_and: c_int = 15;
/// A slot number.
pub const Py_sq_inplace_concat: c_int = 42;
/// A slot number.
pub const Py_nb_multiply: c_int = 29;
/// A slot number.
pub const Py_tp_hash: c_int = 59;
/// A slot number.
pub const Py_mp_subscript: c_int = 5;
/// A slot number.
pub const Py_sq_contains: c_int = 41;
/// A slot number.
pub const Py_sq_item: c_int = 44;
/// A slot number.
pub const Py_nb_inplace_add: c_int = 14;
/// A slot number.
pub const Py_nb_matrix_multiply: c_int = 75;
/// A slot number.
pub const Py_tp_getattro: c_int = 58;
/// A slot number.
pub const Py_nb_subtract: c_int = 36;
/// A slot number.
pub const Py_mp_length: c_int = 4;
/// A slot number.
pub const Py_tp_finalize: c_int = 80;
/// A slot number.
pub const Py_nb_remainder: c_int = 34;
/// A slot number.
pub const Py_sq_ass_item: c_int = 39;
/// A slot number.
pub const Py_tp_richcompare: c_int = 67;
/// A slot number.
pub const Py_nb_and: c_int = 8;
/// A slot number.
pub const Py_tp_getset: c_int = 73;
/// A slot number.
pub const Py_tp_str: c_int = 70;
/// A slot number.
pub const Py_nb_divmod: c_int = 10;
/// A slot number.
pub const Py_tp_vectorcall: c_int = 82;
/// A slot number.
pub const Py_nb_inplace_lshift: c_int = 17;
/// A slot number.
pub const Py_nb_rshift: c_int = 35;
/// A slot number.
pub const Py_tp_base: c_int = 48;
/// A slot number.
pub const Py_bf_getbuffer: c_int = 1;
/// A slot number.
pub const Py_tp_bases: c_int = 49;
/// A slot number.
pub const Py_tp_iter: c_int = 62;
/// A slot number.
pub const Py_tp_free: c_int = 74;
/// A slot number.
pub const Py_am_await: c_int = 77;
/// A slot number.
pub const Py_am_send: c_int = 81;
/// A slot number.
pub const Py_nb_inplace_multiply: c_int = 18;
/// A slot number.
pub const Py_sq_length: c_int = 45;
/// A slot number.
pub const Py_nb_inplace_rshift: c_int = 22;
/// A slot number.
pub const Py_nb_inplace_or: c_int = 19;
/// A slot number.
pub const Py_nb_inplace_xor: c_int = 25;
/// A slot number.
pub const Py_tp_alloc: c_int = 47;
/// A slot number.
pub const Py_tp_members: c_int = 72;
/// A slot number.
pub const Py_nb_inplace_subtract: c_int = 23;
/// A slot number.
pub const Py_nb_power: c_int = 33;
/// A slot number.
pub const Py_sq_inplace_repeat: c_int = 43;
/// A slot number.
pub const Py_nb_absolute: c_int = 6;
/// A slot number.
pub const Py_tp_clear: c_int = 51;

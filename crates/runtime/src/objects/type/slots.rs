//! The table of special methods: name, the slot it stands for, the slot function that calls it, the wrapper that makes a
//! method of a native slot. And what follows from it: wrappers for native types, slots for classes.

use std::ffi::{CStr, c_void};
use std::mem::offset_of;
use std::sync::atomic::{AtomicPtr, Ordering};

use abi::{PyHeapTypeObject, PyTypeObject, wrapperbase};

use super::{Type, bridge, slot_functions as call, wrappers as wrap};
use crate::errors::Result;
use crate::objects::dict::Dict;
use crate::objects::singletons::none;
use crate::objects::str::Str;

type Function = *mut c_void;

const fn entry(
    name: &'static CStr,
    offset: usize,
    function: Function,
    wrapper: abi::wrapperfunc,
    doc: &'static CStr,
    flags: i32,
) -> wrapperbase {
    wrapperbase {
        name: name.as_ptr(),
        offset: offset as i32,
        function,
        wrapper,
        doc: doc.as_ptr(),
        flags,
        name_strobj: std::ptr::null_mut(),
    }
}

/// Where a slot lies in a heap type.
macro_rules! offset {
    (type.$slot:ident) => {
        offset_of!(PyTypeObject, $slot)
    };
    ($suite:ident.$slot:ident) => {
        offset_of!(PyHeapTypeObject, $suite) + offset_of!(suite_struct!($suite), $slot)
    };
}
macro_rules! suite_struct {
    (as_async) => {
        abi::PyAsyncMethods
    };
    (as_number) => {
        abi::PyNumberMethods
    };
    (as_mapping) => {
        abi::PyMappingMethods
    };
    (as_sequence) => {
        abi::PySequenceMethods
    };
    (as_buffer) => {
        abi::PyBufferProcs
    };
}
macro_rules! function {
    (-) => {
        std::ptr::null_mut()
    };
    ($function:ident) => {
        call::$function as *mut c_void
    };
}
/// Marks the wrapper of a binary operator: sequences have methods of the same names that no operator asks for reflected.
const LEFT: i32 = 2;
macro_rules! flag {
    (left) => {
        LEFT
    };
    ($wrapper:tt) => {
        0
    };
}
macro_rules! wrapper {
    (-) => {
        None
    };
    (left) => {
        Some(wrap::binary)
    };
    ($wrapper:ident) => {
        Some(wrap::$wrapper)
    };
}
macro_rules! doc {
    ($name:literal) => {
        c""
    };
    ($name:literal $signature:literal $doc:literal) => {
        // SAFETY: a literal without other nulls.
        unsafe {
            CStr::from_bytes_with_nul_unchecked(concat!($name, $signature, "\n--\n\n", $doc, "\0").as_bytes())
        }
    };
}
macro_rules! name {
    ($name:literal) => {
        // SAFETY: as above.
        unsafe { CStr::from_bytes_with_nul_unchecked(concat!($name, "\0").as_bytes()) }
    };
}

/// `name  suite.slot  slot function  wrapper  signature  doc`; what is missing is `-`. Entries of one slot are adjacent.
macro_rules! table {
    ($($name:literal $suite:tt.$slot:ident $function:tt $wrapper:tt $($doc:literal)*;)*) => {[$(
        entry(name!($name), offset!($suite.$slot), function!($function), wrapper!($wrapper), doc!($name $($doc)*), flag!($wrapper))
    ),*]};
}

/// Entries with keywords have wrappers of another signature.
macro_rules! with_keywords {
    ($name:literal $slot:ident $function:ident $wrapper:ident $doc:literal) => {
        entry(
            name!($name),
            offset_of!(PyTypeObject, $slot),
            call::$function as *mut c_void,
            // SAFETY: the flag says how it is called.
            unsafe { std::mem::transmute::<abi::wrapperfunc_kwds, abi::wrapperfunc>(Some(wrap::$wrapper)) },
            doc!($name "($self, /, *args, **kwargs)" $doc),
            abi::PyWrapperFlag_KEYWORDS,
        )
    };
}

const fn join<const A: usize, const B: usize, const N: usize>(
    a: [wrapperbase; A],
    b: [wrapperbase; B],
) -> [wrapperbase; N] {
    assert!(A + B == N);
    let mut all = [const { wrapperbase::zeroed() }; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < A { a[index] } else { b[index - A] };
        index += 1;
    }
    all
}

const BEFORE_CALL: [wrapperbase; 6] = table! {
    "__getattribute__" type.tp_getattr - -;
    "__getattr__" type.tp_getattr - -;
    "__setattr__" type.tp_setattr - -;
    "__delattr__" type.tp_setattr - -;
    "__repr__" type.tp_repr repr unary "($self, /)" "Return repr(self).";
    "__hash__" type.tp_hash hash hash "($self, /)" "Return hash(self).";
};
const CALL: [wrapperbase; 1] = [with_keywords!("__call__" tp_call call call "Call self as a function.")];
const BEFORE_INIT: [wrapperbase; 16] = table! {
    "__str__" type.tp_str str unary "($self, /)" "Return str(self).";
    "__getattribute__" type.tp_getattro get_attribute_hook binary "($self, name, /)" "Return getattr(self, name).";
    "__getattr__" type.tp_getattro get_attribute_hook -;
    "__setattr__" type.tp_setattro set_attribute set_attribute "($self, name, value, /)" "Implement setattr(self, name, value).";
    "__delattr__" type.tp_setattro set_attribute delete_attribute "($self, name, /)" "Implement delattr(self, name).";
    "__lt__" type.tp_richcompare rich_compare less "($self, value, /)" "Return self<value.";
    "__le__" type.tp_richcompare rich_compare less_equal "($self, value, /)" "Return self<=value.";
    "__eq__" type.tp_richcompare rich_compare equal "($self, value, /)" "Return self==value.";
    "__ne__" type.tp_richcompare rich_compare not_equal "($self, value, /)" "Return self!=value.";
    "__gt__" type.tp_richcompare rich_compare greater "($self, value, /)" "Return self>value.";
    "__ge__" type.tp_richcompare rich_compare greater_equal "($self, value, /)" "Return self>=value.";
    "__iter__" type.tp_iter iter unary "($self, /)" "Implement iter(self).";
    "__next__" type.tp_iternext next next "($self, /)" "Implement next(self).";
    "__get__" type.tp_descr_get descriptor_get descriptor_get "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner.";
    "__set__" type.tp_descr_set descriptor_set descriptor_set "($self, instance, value, /)" "Set an attribute of instance to value.";
    "__delete__" type.tp_descr_set descriptor_set descriptor_delete "($self, instance, /)" "Delete an attribute of instance.";
};
const INIT: [wrapperbase; 1] = [
    with_keywords!("__init__" tp_init init init "Initialize self.  See help(type(self)) for accurate signature."),
];
const AFTER_INIT: [wrapperbase; 65] = table! {
    "__new__" type.tp_new new - "(type, /, *args, **kwargs)" "Create and return new object.";
    "__del__" type.tp_finalize finalize finalize "($self, /)" "Called when the instance is about to be destroyed.";
    "__buffer__" as_buffer.bf_getbuffer get_buffer buffer "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object.";
    "__release_buffer__" as_buffer.bf_releasebuffer release_buffer release_buffer "($self, buffer, /)" "Release the buffer object that exposes the underlying memory of the object.";
    "__await__" as_async.am_await r#await unary "($self, /)" "Return an iterator to be used in await expression.";
    "__aiter__" as_async.am_aiter aiter unary "($self, /)" "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" as_async.am_anext anext unary "($self, /)" "Return a value or raise StopAsyncIteration.";
    "__add__" as_number.nb_add add left "($self, value, /)" "Return self+value.";
    "__radd__" as_number.nb_add add binary_reflected "($self, value, /)" "Return value+self.";
    "__sub__" as_number.nb_subtract subtract left "($self, value, /)" "Return self-value.";
    "__rsub__" as_number.nb_subtract subtract binary_reflected "($self, value, /)" "Return value-self.";
    "__mul__" as_number.nb_multiply multiply left "($self, value, /)" "Return self*value.";
    "__rmul__" as_number.nb_multiply multiply binary_reflected "($self, value, /)" "Return value*self.";
    "__mod__" as_number.nb_remainder remainder left "($self, value, /)" "Return self%value.";
    "__rmod__" as_number.nb_remainder remainder binary_reflected "($self, value, /)" "Return value%self.";
    "__divmod__" as_number.nb_divmod divmod left "($self, value, /)" "Return divmod(self, value).";
    "__rdivmod__" as_number.nb_divmod divmod binary_reflected "($self, value, /)" "Return divmod(value, self).";
    "__pow__" as_number.nb_power power ternary "($self, value, mod=None, /)" "Return pow(self, value, mod).";
    "__rpow__" as_number.nb_power power ternary_reflected "($self, value, mod=None, /)" "Return pow(value, self, mod).";
    "__neg__" as_number.nb_negative negative unary "($self, /)" "-self";
    "__pos__" as_number.nb_positive positive unary "($self, /)" "+self";
    "__abs__" as_number.nb_absolute absolute unary "($self, /)" "abs(self)";
    "__bool__" as_number.nb_bool truth truth "($self, /)" "True if self else False";
    "__invert__" as_number.nb_invert invert unary "($self, /)" "~self";
    "__lshift__" as_number.nb_lshift lshift left "($self, value, /)" "Return self<<value.";
    "__rlshift__" as_number.nb_lshift lshift binary_reflected "($self, value, /)" "Return value<<self.";
    "__rshift__" as_number.nb_rshift rshift left "($self, value, /)" "Return self>>value.";
    "__rrshift__" as_number.nb_rshift rshift binary_reflected "($self, value, /)" "Return value>>self.";
    "__and__" as_number.nb_and and left "($self, value, /)" "Return self&value.";
    "__rand__" as_number.nb_and and binary_reflected "($self, value, /)" "Return value&self.";
    "__xor__" as_number.nb_xor xor left "($self, value, /)" "Return self^value.";
    "__rxor__" as_number.nb_xor xor binary_reflected "($self, value, /)" "Return value^self.";
    "__or__" as_number.nb_or or left "($self, value, /)" "Return self|value.";
    "__ror__" as_number.nb_or or binary_reflected "($self, value, /)" "Return value|self.";
    "__int__" as_number.nb_int to_int unary "($self, /)" "int(self)";
    "__float__" as_number.nb_float to_float unary "($self, /)" "float(self)";
    "__iadd__" as_number.nb_inplace_add inplace_add binary "($self, value, /)" "Return self+=value.";
    "__isub__" as_number.nb_inplace_subtract inplace_subtract binary "($self, value, /)" "Return self-=value.";
    "__imul__" as_number.nb_inplace_multiply inplace_multiply binary "($self, value, /)" "Return self*=value.";
    "__imod__" as_number.nb_inplace_remainder inplace_remainder binary "($self, value, /)" "Return self%=value.";
    "__ipow__" as_number.nb_inplace_power inplace_power ternary "($self, value, /)" "Return self**=value.";
    "__ilshift__" as_number.nb_inplace_lshift inplace_lshift binary "($self, value, /)" "Return self<<=value.";
    "__irshift__" as_number.nb_inplace_rshift inplace_rshift binary "($self, value, /)" "Return self>>=value.";
    "__iand__" as_number.nb_inplace_and inplace_and binary "($self, value, /)" "Return self&=value.";
    "__ixor__" as_number.nb_inplace_xor inplace_xor binary "($self, value, /)" "Return self^=value.";
    "__ior__" as_number.nb_inplace_or inplace_or binary "($self, value, /)" "Return self|=value.";
    "__floordiv__" as_number.nb_floor_divide floor_divide left "($self, value, /)" "Return self//value.";
    "__rfloordiv__" as_number.nb_floor_divide floor_divide binary_reflected "($self, value, /)" "Return value//self.";
    "__truediv__" as_number.nb_true_divide true_divide left "($self, value, /)" "Return self/value.";
    "__rtruediv__" as_number.nb_true_divide true_divide binary_reflected "($self, value, /)" "Return value/self.";
    "__ifloordiv__" as_number.nb_inplace_floor_divide inplace_floor_divide binary "($self, value, /)" "Return self//=value.";
    "__itruediv__" as_number.nb_inplace_true_divide inplace_true_divide binary "($self, value, /)" "Return self/=value.";
    "__index__" as_number.nb_index index unary "($self, /)" "The object as an index: an int of the same value.";
    "__matmul__" as_number.nb_matrix_multiply matrix_multiply left "($self, value, /)" "Return self@value.";
    "__rmatmul__" as_number.nb_matrix_multiply matrix_multiply binary_reflected "($self, value, /)" "Return value@self.";
    "__imatmul__" as_number.nb_inplace_matrix_multiply inplace_matrix_multiply binary "($self, value, /)" "Return self@=value.";
    "__len__" as_mapping.mp_length length length "($self, /)" "Return len(self).";
    "__getitem__" as_mapping.mp_subscript get_item binary "($self, key, /)" "Return self[key].";
    "__setitem__" as_mapping.mp_ass_subscript assign_item set_item "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" as_mapping.mp_ass_subscript assign_item delete_item "($self, key, /)" "Delete self[key].";
    "__len__" as_sequence.sq_length length length "($self, /)" "Return len(self).";
    "__add__" as_sequence.sq_concat - binary "($self, value, /)" "Return self+value.";
    "__mul__" as_sequence.sq_repeat - repeat "($self, value, /)" "Return self*value.";
    "__rmul__" as_sequence.sq_repeat - repeat "($self, value, /)" "Return value*self.";
    "__getitem__" as_sequence.sq_item sequence_item sequence_item "($self, key, /)" "Return self[key].";
};
const LAST: [wrapperbase; 5] = table! {
    "__setitem__" as_sequence.sq_ass_item assign_sequence_item sequence_set_item "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" as_sequence.sq_ass_item assign_sequence_item sequence_delete_item "($self, key, /)" "Delete self[key].";
    "__contains__" as_sequence.sq_contains contains contains "($self, key, /)" "Return bool(key in self).";
    "__iadd__" as_sequence.sq_inplace_concat - binary "($self, value, /)" "Implement self+=value.";
    "__imul__" as_sequence.sq_inplace_repeat - repeat "($self, value, /)" "Implement self*=value.";
};

const COUNT: usize = 94;

/// Every special method, in the order in which a native type's namespace lists them.
pub static SLOTS: [wrapperbase; COUNT] = {
    let head: [wrapperbase; 7] = join(BEFORE_CALL, CALL);
    let head: [wrapperbase; 23] = join(head, BEFORE_INIT);
    let head: [wrapperbase; 24] = join(head, INIT);
    let head: [wrapperbase; 89] = join(head, AFTER_INIT);
    join(head, LAST)
};

/// The names of [`SLOTS`] as interned strings.
static NAMES: [AtomicPtr<Str>; COUNT] = [const { AtomicPtr::new(std::ptr::null_mut()) }; COUNT];

/// The name of an entry as an interned string.
fn name_of(index: usize) -> &'static Str {
    let cached = NAMES[index].load(Ordering::Relaxed);
    // SAFETY: what is cached is immortal.
    if let Some(name) = unsafe { cached.as_ref() } {
        return name;
    }
    // SAFETY: a literal of the table.
    let text = unsafe { CStr::from_ptr(SLOTS[index].name) };
    let name = Str::immortal(text.to_str().expect("names are ASCII"));
    NAMES[index].store(name as *const Str as *mut Str, Ordering::Relaxed);
    name
}

/// Where a slot of `ty` lies; null if the type lacks its suite.
pub(super) fn slot_of(ty: &Type, offset: usize) -> *mut Function {
    let raw = &ty.raw;
    macro_rules! in_suites {
        ($($suite:ident $field:ident;)*) => {
            // The suites lie in this order in a heap type, last first.
            $(
                if offset >= offset_of!(PyHeapTypeObject, $suite) {
                    let suite = raw.$field.get() as *mut u8;
                    if suite.is_null() {
                        return std::ptr::null_mut();
                    }
                    return suite.wrapping_add(offset - offset_of!(PyHeapTypeObject, $suite)) as *mut Function;
                }
            )*
        };
    }
    in_suites! {
        as_buffer tp_as_buffer;
        as_sequence tp_as_sequence;
        as_mapping tp_as_mapping;
        as_number tp_as_number;
        as_async tp_as_async;
    }
    (ty.as_type_ptr() as *mut u8).wrapping_add(offset) as *mut Function
}

/// Enters a wrapper for every slot that the type itself fills.
pub(super) fn add_wrappers(ty: &Type, dict: &Dict) -> Result<()> {
    for (index, slot) in SLOTS.iter().enumerate() {
        if slot.wrapper.is_none() {
            continue;
        }
        let pointer = slot_of(ty, slot.offset as usize);
        // SAFETY: not null, it leads to a slot of the type.
        if pointer.is_null() || unsafe { (*pointer).is_null() } {
            continue;
        }
        // SAFETY: as above.
        let function = unsafe { *pointer };
        let name = name_of(index);
        if dict.get_str(name)?.is_some() {
            continue;
        }
        let value = if std::ptr::eq(function, call::hash_not_implemented as *const c_void) {
            none()
        } else {
            // SAFETY: the function was read from that slot of the type.
            unsafe { bridge::wrapper(ty, slot, name, function)? }
        };
        dict.insert_str(name, &value)?;
    }
    Ok(())
}

/// Sets every slot of a class from its special methods.
pub(super) fn update_all(ty: &Type) {
    let mut index = 0;
    while index < COUNT {
        index = update_slot(ty, index);
    }
}

/// Sets the slots that `name` stands for, in `ty` and in all subclasses that do not define the name themselves.
pub(super) fn update_name(ty: &Type, name: &Str) {
    let mut first = None;
    let mut starts = [0; 8];
    let mut count = 0;
    for (index, slot) in SLOTS.iter().enumerate() {
        if index == 0 || SLOTS[index - 1].offset != slot.offset {
            first = Some(index);
        }
        if name_of(index).is_same(name) && count < starts.len() {
            starts[count] = first.expect("set at the start");
            count += 1;
        }
    }
    if count > 0 {
        update_tree(ty, name, &starts[..count]);
    }
}

fn update_tree(ty: &Type, name: &Str, starts: &[usize]) {
    for &start in starts {
        update_slot(ty, start);
    }
    for class in ty.subclasses() {
        let defines = class.dict().is_some_and(|dict| matches!(dict.get_str(name), Ok(Some(_))));
        if !defines {
            update_tree(&class, name, starts);
        }
    }
}

/// Is the text the name of a special method with a slot?
pub(super) fn is_slot_name(name: &Str) -> bool {
    (0..COUNT).any(|index| name_of(index).is_same(name))
}

/// Sets one slot from the special methods that it stands for, which begin at `first`; gives the index behind them. Where
/// all of them are wrappers of one native function, that function itself is the slot.
fn update_slot(ty: &Type, first: usize) -> usize {
    let offset = SLOTS[first].offset;
    let end = (first..COUNT).find(|&index| SLOTS[index].offset != offset).unwrap_or(COUNT);
    let pointer = slot_of(ty, offset as usize);
    if pointer.is_null() {
        return end;
    }
    let mut specific: Function = std::ptr::null_mut();
    let mut generic: Function = std::ptr::null_mut();
    let mut use_generic = false;
    for (index, slot) in SLOTS[first..end].iter().enumerate() {
        let name = name_of(first + index);
        let Some(found) = ty.find_in_mro(name) else {
            if offset as usize == offset_of!(PyTypeObject, tp_iternext) {
                specific = call::next_not_implemented as *mut c_void;
            }
            continue;
        };
        if let Some((base, wrapped, owner)) = bridge::wrapper_parts(&found)
            // SAFETY: a wrapper's entry lives as long as the wrapper.
            && unsafe { CStr::from_ptr((*base).name) == CStr::from_ptr(slot.name) }
        {
            let only = only_slot(ty, name);
            if only.is_null() || only == pointer {
                generic = slot.function;
            }
            // SAFETY: as above.
            let same_wrapper = unsafe { (*base).wrapper }.map_or(0, |wrapper| wrapper as usize)
                == slot.wrapper.map_or(0, |wrapper| wrapper as usize)
                // SAFETY: as above.
                && unsafe { (*base).flags } == slot.flags;
            if (specific.is_null() || specific == wrapped) && same_wrapper && ty.is_subtype(owner) {
                specific = wrapped;
            } else {
                use_generic = true;
            }
        } else if offset as usize == offset_of!(PyTypeObject, tp_new) && bridge::is_new_wrapper(&found) {
            // The native constructor was inherited already.
            specific = ty.raw.tp_new.get().map_or(std::ptr::null_mut(), |new| new as *mut c_void);
        } else if found.is_none() && offset as usize == offset_of!(PyTypeObject, tp_hash) {
            specific = call::hash_not_implemented as *mut c_void;
        } else {
            use_generic = true;
            generic = slot.function;
            if std::ptr::eq(slot.function, call::call as *const c_void) {
                ty.clear_flag(abi::Py_TPFLAGS_HAVE_VECTORCALL);
            }
        }
    }
    let function = if !specific.is_null() && !use_generic { specific } else { generic };
    // SAFETY: it leads to a slot of the type, of the kind of the functions in its entries.
    unsafe { *pointer = function };
    end
}

/// The one filled slot of `ty` that `name` stands for; null if there are several or none.
fn only_slot(ty: &Type, name: &Str) -> *mut Function {
    let mut only: *mut Function = std::ptr::null_mut();
    for (index, slot) in SLOTS.iter().enumerate() {
        if !name_of(index).is_same(name) {
            continue;
        }
        let pointer = slot_of(ty, slot.offset as usize);
        // SAFETY: not null, it leads to a slot of the type.
        if pointer.is_null() || unsafe { (*pointer).is_null() } {
            continue;
        }
        if !only.is_null() {
            return std::ptr::null_mut();
        }
        only = pointer;
    }
    only
}

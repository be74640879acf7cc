//! From a `#[class]` declaration to a type object: the tables, the fields of the C struct, deallocation.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::NonNull;

use crate::errors::Result;
use crate::gc;
use crate::memory;
use crate::object::{NativeType, Object, RawObject};
use crate::objects::BUILTIN_TYPES;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::r#type::{StaticType, Type};
use crate::reference::{Link, Ref};

/// An entry in a type's dictionary: its name and how to make it.
pub type Constant = (&'static str, fn() -> Result);

/// What `#[methods]` finds in a block.
pub struct Methods {
    pub methods: &'static [abi::PyMethodDef],
    pub getset: &'static [abi::PyGetSetDef],
    pub slots: fn(&'static Type),
    pub constants: &'static [Constant],
    /// The constructor's text signature.
    pub signature: Option<&'static str>,
    /// Makes an instance of exactly this class, by vectorcall.
    pub vectorcall: abi::vectorcallfunc,
    /// Does that include what `tp_init` does?
    pub vectorcall_initializes: bool,
    /// Further blocks.
    pub parts: &'static [&'static Methods],
}

impl Methods {
    pub const EMPTY: Methods = Methods {
        methods: &[],
        getset: &[],
        slots: |_| {},
        constants: &[],
        signature: None,
        vectorcall: None,
        vectorcall_initializes: false,
        parts: &[],
    };

    fn for_each(&self, visit: &mut dyn FnMut(&Methods)) {
        visit(self);
        for part in self.parts {
            part.for_each(visit);
        }
    }
}

/// Stands in for the block of a type that has none: an inherent constant of the same name comes before it.
pub trait NoMethods {
    #[doc(hidden)]
    const __METHODS: &'static Methods = &Methods::EMPTY;
}

impl<T> NoMethods for T {}

/// What `#[class]` makes of a struct.
pub trait NativeClass: NativeType {
    /// The name without the module's, for messages.
    const NAME: &'static str;
    fn static_type() -> &'static StaticType;
    /// Fills in the type object's fields; inheritance does the rest when it becomes ready.
    fn define(ty: &'static Type);
}

/// A class as its attribute and its fields declare it.
pub struct Definition<'a> {
    pub name: &'static CStr,
    pub type_name: &'static str,
    pub doc: &'static str,
    pub basicsize: isize,
    pub itemsize: isize,
    pub flags: u64,
    pub base: Option<fn() -> &'static Type>,
    pub weaklist_offset: isize,
    pub dict_offset: isize,
    pub vectorcall_offset: isize,
    pub members: &'a [abi::PyMemberDef],
    pub dealloc: unsafe extern "C" fn(*mut RawObject),
    pub traverse: abi::traverseproc,
    pub clear: abi::inquiry,
    pub methods: &'static Methods,
}

/// A copy of `entries` with an end mark that lives as long as the process, or null if there are none.
fn table<T: Copy>(entries: Vec<T>, end: T) -> *mut T {
    if entries.is_empty() {
        return std::ptr::null_mut();
    }
    let mut entries = entries;
    entries.push(end);
    entries.leak().as_mut_ptr()
}

/// Fills in a static type's C struct from its declaration.
pub fn define(ty: &'static Type, definition: &Definition) {
    let raw = &ty.raw;
    let (mut methods, mut getset, mut constants, mut signature) = (Vec::new(), Vec::new(), Vec::new(), None);
    definition.methods.for_each(&mut |part| {
        methods.extend_from_slice(part.methods);
        getset.extend_from_slice(part.getset);
        constants.extend_from_slice(part.constants);
        signature = signature.or(part.signature);
    });
    raw.tp_name.set(definition.name.as_ptr());
    raw.tp_basicsize.set(definition.basicsize);
    raw.tp_itemsize.set(definition.itemsize);
    let shared = abi::_Py_TPFLAGS_STATIC_BUILTIN | abi::Py_TPFLAGS_IMMUTABLETYPE;
    raw.tp_flags.set(raw.tp_flags.get() | definition.flags | shared);
    let doc = match signature {
        Some(signature) => format!("{}{signature}\n--\n\n{}", definition.type_name, definition.doc),
        None => definition.doc.to_string(),
    };
    if !doc.is_empty()
        && let Ok(doc) = CString::new(doc)
    {
        raw.tp_doc.set(doc.into_raw());
    }
    if let Some(base) = definition.base {
        let base = base();
        if let Some(base) = undefined(base) {
            base.define();
        }
        raw.tp_base.set(base as *const Type as *mut abi::PyTypeObject);
    }
    raw.tp_weaklistoffset.set(definition.weaklist_offset);
    raw.tp_dictoffset.set(definition.dict_offset);
    raw.tp_vectorcall_offset.set(definition.vectorcall_offset);
    raw.tp_methods.set(table(methods, abi::PyMethodDef::zeroed()));
    raw.tp_getset.set(table(getset, abi::PyGetSetDef::zeroed()));
    raw.tp_members.set(table(definition.members.to_vec(), abi::PyMemberDef::zeroed()));
    raw.tp_dealloc.set(Some(definition.dealloc));
    raw.tp_traverse.set(definition.traverse);
    raw.tp_clear.set(definition.clear);
    definition.methods.for_each(&mut |part| (part.slots)(ty));
    definition.methods.for_each(&mut |part| {
        // A base's `tp_init` would be missed.
        let complete = match raw.tp_init.get() {
            Some(_) => part.vectorcall_initializes,
            None => definition.base.is_none(),
        };
        if complete && part.vectorcall.is_some() && raw.tp_vectorcall.get().is_none() {
            raw.tp_vectorcall.set(part.vectorcall);
        }
    });
    if !constants.is_empty() {
        // Becoming ready keeps what the dictionary already holds.
        let dict = Dict::new();
        for (name, value) in constants {
            if let Err(raised) = value().and_then(|value| dict.insert_str(Str::immortal(name), &value)) {
                raised.clear();
            }
        }
        raw.tp_dict.set(dict.into_raw());
    }
}

/// The declaration behind a type whose C struct is still empty. Only the types declared here are ever seen so.
fn undefined(ty: &Type) -> Option<&'static StaticType> {
    // SAFETY: a type without a name is the head of a `StaticType`, which lives as long as the process.
    ty.raw.tp_name.get().is_null().then(|| unsafe { &*(ty as *const Type as *const StaticType) })
}

/// Makes a native type ready that nobody has named before its first instance, as iterators are. Start-up itself allocates
/// instances of built-in types that aren't ready yet.
#[cold]
pub fn ready_on_first_use(ty: &Type) {
    let is_builtin = || BUILTIN_TYPES.iter().any(|builtin| std::ptr::eq(builtin.as_type(), ty));
    let result = match undefined(ty) {
        Some(ty) if is_builtin() => return ty.define(),
        Some(ty) => ty.ready(),
        None if ty.has_flag(abi::Py_TPFLAGS_READYING) || is_builtin() => return,
        None => ty.ready(),
    };
    if let Err(raised) = result {
        let exception = raised.take();
        panic!("{} does not become ready: {}", ty.full_name(), exception.ty().name());
    }
}

/// A table of C structs in static memory.
pub struct Table<T, const N: usize>(pub [T; N]);

// SAFETY: nothing changes a declaration's table.
unsafe impl<T, const N: usize> Sync for Table<T, N> {}

/// A field type that a member descriptor can read: its code.
pub trait MemberField {
    const CODE: c_int;
}

impl<T: crate::object::Layout> MemberField for Link<T> {
    const CODE: c_int = abi::_Py_T_OBJECT;
}

impl<T: crate::object::Layout> MemberField for Ref<T> {
    const CODE: c_int = abi::_Py_T_OBJECT;
}

macro_rules! member_fields {
    ($($ty:ty: $code:ident)*) => {$(
        impl MemberField for $ty {
            const CODE: c_int = abi::$code;
        }
        impl MemberField for Cell<$ty> {
            const CODE: c_int = abi::$code;
        }
    )*};
}

member_fields! {
    bool: Py_T_BOOL i8: Py_T_BYTE u8: Py_T_UBYTE i16: Py_T_SHORT u16: Py_T_USHORT i32: Py_T_INT u32: Py_T_UINT
    i64: Py_T_LONGLONG u64: Py_T_ULONGLONG isize: Py_T_PYSSIZET usize: Py_T_ULONG f32: Py_T_FLOAT f64: Py_T_DOUBLE
}

/// The code of a member whose absence raises AttributeError.
pub const fn required_member(code: c_int) -> c_int {
    assert!(code == abi::_Py_T_OBJECT, "only a link can be absent");
    abi::Py_T_OBJECT_EX
}

/// Must `tp_new` refuse the arguments that it has no parameters for? Not for a subclass whose `__init__` may take them.
///
/// # Safety
/// `class` points to a live type.
pub unsafe fn new_is_strict(class: *const Type, own: &Type) -> bool {
    // SAFETY: by contract.
    let class = unsafe { &*class };
    std::ptr::eq(class, own)
        || class.raw.tp_init.get().map(|f| f as usize) == own.raw.tp_init.get().map(|f| f as usize)
}

/// As [`new_is_strict`], for `tp_init`: not for a subclass whose `__new__` may take them.
pub fn init_is_strict(object: &Object, own: &Type) -> bool {
    let class = object.ty();
    std::ptr::eq(class, own)
        || class.raw.tp_new.get().map(|f| f as usize) == own.raw.tp_new.get().map(|f| f as usize)
}

/// What comes before an object's fields are dropped: its finalizer, the collector, weak references. False if the
/// finalizer has brought the object back to life.
///
/// # Safety
/// `slf` is an instance of `T`'s type whose count has come to zero.
#[inline]
pub unsafe fn prepare_dealloc<T: NativeClass>(
    slf: *mut RawObject,
    collected: bool,
    weakly_referenced: bool,
) -> bool {
    // SAFETY: by contract.
    unsafe {
        if T::type_object().raw.tp_finalize.get().is_some() && !finalize(slf) {
            return false;
        }
        if collected {
            gc::untrack(NonNull::new_unchecked(slf).cast());
        }
        if weakly_referenced {
            clear_weak_references(slf);
        }
        true
    }
}

/// Runs the finalizer of an object whose count has come to zero, once in its life. False if it lives on.
///
/// # Safety
/// `slf` is dead but for its memory and fields.
#[cold]
unsafe fn finalize(slf: *mut RawObject) -> bool {
    // SAFETY: by contract; the count of one keeps the object while the finalizer runs.
    unsafe {
        let object = Object::from_raw(slf);
        let ty = object.ty();
        let Some(finalizer) = ty.raw.tp_finalize.get() else { return true };
        let head = ty.has_flag(abi::Py_TPFLAGS_HAVE_GC).then(|| gc::head_of(NonNull::from(object)));
        if let Some(head) = head {
            if head.prev.get() & gc::FINALIZED != 0 {
                return true;
            }
            head.prev.set(head.prev.get() | gc::FINALIZED);
        }
        object.refcount.set(1);
        finalizer(slf);
        object.refcount.decrement()
    }
}

/// # Safety
/// `slf` is an object whose count has come to zero, or nearly.
unsafe fn clear_weak_references(slf: *mut RawObject) {
    // SAFETY: by contract its memory and fields are still there.
    crate::weakref::clear_all(unsafe { Object::from_raw(slf) });
}

/// Gives the memory of a dead object back.
///
/// # Safety
/// Its fields are dropped, its type is still set.
#[inline]
pub unsafe fn free(slf: *mut RawObject) {
    // SAFETY: by contract.
    unsafe {
        match Object::from_raw(slf).ty().raw.tp_free.get() {
            Some(free) => free(slf as *mut c_void),
            None => memory::free_object(slf as *mut Object),
        }
    }
}

/// Goes on with the deallocation of the base type.
///
/// # Safety
/// As for `tp_dealloc`; the fields of the derived struct are dropped.
pub unsafe fn deallocate_base<T: NativeType>(slf: *mut RawObject) {
    // SAFETY: by contract.
    unsafe {
        match T::type_object().raw.tp_dealloc.get() {
            Some(deallocate) => deallocate(slf),
            None => free(slf),
        }
    }
}

/// Visits what the base type's struct refers to.
///
/// # Safety
/// As for `tp_traverse`.
pub unsafe fn traverse_base<T: NativeType>(
    slf: *mut RawObject,
    visit: abi::visitproc,
    argument: *mut c_void,
) -> c_int {
    match T::type_object().raw.tp_traverse.get() {
        // SAFETY: by contract.
        Some(traverse) => unsafe { traverse(slf, visit, argument) },
        None => 0,
    }
}

/// Clears what the base type's struct refers to.
///
/// # Safety
/// As for `tp_clear`.
pub unsafe fn clear_base<T: NativeType>(slf: *mut RawObject) {
    if let Some(clear) = T::type_object().raw.tp_clear.get() {
        // SAFETY: by contract.
        unsafe { clear(slf) };
    }
}

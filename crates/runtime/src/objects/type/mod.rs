//! `type`: type objects, static and on the heap; readiness, inheritance, lookup.
//! Layout: <https://docs.python.org/3.14/c-api/typeobj.html>.

use std::cell::Cell;
use std::ffi::CStr;
use std::ops::Deref;

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

mod attributes;
pub mod bridge;
mod buffer;
mod cache;
pub mod convert;
pub mod heap;
mod inherit;
mod methods;
mod mro;
mod new;
mod ready;
mod rebase;
pub mod slot_functions;
pub mod slots;
pub mod spec;
mod subclasses;
pub mod text_signature;
pub mod wrappers;

pub use attributes::{assign, get_opt};
pub use buffer::BUFFER_WRAPPER_TYPE;
pub use cache::{TypeCache, WATCHERS, bind};
pub use methods::{keys, merge_class_dict};
pub use new::{calculate_metaclass, mangle};
pub(in crate::objects) use ready::ready_builtins;
pub use rebase::set_class;

/// A type object. Its C fields are in `raw`.
#[repr(transparent)]
pub struct Type {
    pub raw: abi::PyTypeObject,
}

// SAFETY: PyTypeObject begins with an object head.
unsafe impl Layout for Type {}
// SAFETY: every type object begins with a PyTypeObject.
unsafe impl NativeType for Type {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &TYPE_TYPE
    }
}

impl Deref for Type {
    type Target = Object;
    #[inline(always)]
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

/// A native type in static memory: the C struct, and how to fill it in. It is ready only after start-up
/// (built-in types) or when its module is made.
#[repr(C)]
pub struct StaticType {
    ty: Type,
    define: fn(&'static Type),
    defined: Cell<bool>,
}

// SAFETY: type objects change only under the GIL.
unsafe impl Sync for StaticType {}

impl StaticType {
    /// `define` fills in every field of the C struct that the declaration knows; inheritance does the rest.
    pub const fn new(define: fn(&'static Type)) -> StaticType {
        StaticType { ty: Type { raw: abi::PyTypeObject::zeroed() }, define, defined: Cell::new(false) }
    }

    pub const fn as_type(&self) -> &Type {
        &self.ty
    }

    /// Fills the C struct in, once.
    pub fn define(&'static self) {
        if !self.defined.replace(true) {
            self.ty.make_immortal();
            (self.define)(&self.ty);
        }
    }

    /// Defines the type and makes it ready. Its base, if it has a native one of its own module, comes first.
    pub fn ready(&'static self) -> Result<()> {
        self.define();
        self.ty.ready()
    }
}

impl Deref for StaticType {
    type Target = Type;
    #[inline(always)]
    fn deref(&self) -> &Type {
        &self.ty
    }
}

impl Type {
    /// # Safety
    /// `raw` points to a live type that outlives `'a`.
    #[inline(always)]
    pub unsafe fn from_raw<'a>(raw: *const abi::PyTypeObject) -> &'a Type {
        // SAFETY: by contract.
        unsafe { &*(raw as *const Type) }
    }

    /// # Safety
    /// `raw` is null or points to a live type that outlives `'a`.
    #[inline(always)]
    pub unsafe fn from_raw_opt<'a>(raw: *const abi::PyTypeObject) -> Option<&'a Type> {
        // SAFETY: by contract.
        unsafe { (raw as *const Type).as_ref() }
    }

    /// The pointer that C sees: borrowed.
    #[inline(always)]
    pub fn as_type_ptr(&self) -> *mut abi::PyTypeObject {
        self as *const Type as *mut abi::PyTypeObject
    }

    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.raw.tp_flags.get()
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags() & flag != 0
    }

    #[inline(always)]
    pub fn set_flag(&self, flag: u64) {
        self.raw.tp_flags.set(self.flags() | flag);
    }

    #[inline(always)]
    pub fn clear_flag(&self, flag: u64) {
        self.raw.tp_flags.set(self.flags() & !flag);
    }

    #[inline(always)]
    pub fn is_heap_type(&self) -> bool {
        self.has_flag(abi::Py_TPFLAGS_HEAPTYPE)
    }

    #[inline(always)]
    pub fn is_immutable(&self) -> bool {
        self.has_flag(abi::Py_TPFLAGS_IMMUTABLETYPE)
    }

    /// Is the collector told of this type's instances?
    #[inline(always)]
    pub fn is_gc(&self) -> bool {
        self.has_flag(abi::Py_TPFLAGS_HAVE_GC)
    }

    #[inline(always)]
    pub fn is_ready(&self) -> bool {
        self.has_flag(abi::Py_TPFLAGS_READY)
    }

    /// The part that only heap types have.
    #[inline(always)]
    pub fn heap(&self) -> Option<&abi::PyHeapTypeObject> {
        // SAFETY: a type with this flag is a PyHeapTypeObject.
        self.is_heap_type().then(|| unsafe { &*(self as *const Type as *const abi::PyHeapTypeObject) })
    }

    /// `tp_name`: with the module's name before it for static types outside `builtins`.
    pub fn full_name(&self) -> &str {
        let name = self.raw.tp_name.get();
        if name.is_null() {
            return "?";
        }
        // SAFETY: a type's name is a C string that lives as long as the type.
        unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("?")
    }

    /// `__name__`.
    pub fn name(&self) -> &str {
        if let Some(name) = self.heap().and_then(|heap| object_at::<Str>(heap.ht_name.get())) {
            // SAFETY: the type holds its name while the type is borrowed; renaming leaves `tp_name` to the old name's owner.
            return unsafe { &*(name.as_utf8().unwrap_or("?") as *const str) };
        }
        let name = self.full_name();
        name.rsplit('.').next().unwrap_or(name)
    }

    pub fn to_type_ref(&self) -> Ref<Type> {
        Ref::from_borrowed(self)
    }

    /// `tp_base`: the base whose layout the instances extend.
    #[inline(always)]
    pub fn base(&self) -> Option<&Type> {
        // SAFETY: a type holds its base.
        unsafe { Type::from_raw_opt(self.raw.tp_base.get()) }
    }

    /// The bases, `self` first.
    pub fn base_chain(&self) -> impl Iterator<Item = &Type> {
        std::iter::successors(Some(self), |ty| ty.base())
    }

    /// `tp_bases`.
    pub fn bases(&self) -> Option<Ref<Tuple>> {
        object_at::<Tuple>(self.raw.tp_bases.get()).map(Ref::from_borrowed)
    }

    /// `tp_mro`; none before the type is ready and while it dies.
    #[inline(always)]
    pub fn mro(&self) -> Option<Ref<Tuple>> {
        object_at::<Tuple>(self.raw.tp_mro.get()).map(Ref::from_borrowed)
    }

    /// `tp_dict`: the namespace itself.
    #[inline(always)]
    pub fn dict(&self) -> Option<Ref<Dict>> {
        object_at::<Dict>(self.raw.tp_dict.get()).map(Ref::from_borrowed)
    }

    /// Sets an owned reference field of the C struct, and gives the old one back.
    pub(crate) fn set_field(field: &Cell<*mut RawObject>, value: Option<Ref>) {
        let old = field.replace(value.map_or(std::ptr::null_mut(), Ref::into_raw));
        // SAFETY: the field owned its reference.
        drop(unsafe { Ref::<Object>::from_owned_opt(old) });
    }

    /// Is this `other` or does it inherit from it (by the MRO; by the chain of bases before it has one)?
    #[inline]
    pub fn is_subtype(&self, other: &Type) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        match object_at::<Tuple>(self.raw.tp_mro.get()) {
            Some(mro) => mro.as_slice().iter().any(|class| class.is_same(other)),
            None => {
                self.base_chain().any(|base| std::ptr::eq(base, other)) || std::ptr::eq(other, &*OBJECT_TYPE)
            }
        }
    }
}

/// A borrow of the object that a field refers to.
#[inline(always)]
fn object_at<'a, T: Layout>(raw: *mut RawObject) -> Option<&'a T> {
    // SAFETY: fields own live objects of their declared kind.
    unsafe { (raw as *const T).as_ref() }
}

pub use crate::objects::object::OBJECT_TYPE;

/// `type`.
#[unsafe(export_name = "PyType_Type")]
pub static TYPE_TYPE: StaticType = StaticType::new(define_type);

fn define_type(ty: &'static Type) {
    use std::mem::offset_of;
    crate::native::class::define(
        ty,
        &crate::native::class::Definition {
            name: c"type",
            type_name: "type",
            doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
            basicsize: size_of::<abi::PyHeapTypeObject>() as isize,
            itemsize: size_of::<abi::PyMemberDef>() as isize,
            flags: abi::Py_TPFLAGS_HAVE_GC
                | abi::Py_TPFLAGS_BASETYPE
                | abi::Py_TPFLAGS_TYPE_SUBCLASS
                | abi::Py_TPFLAGS_HAVE_VECTORCALL
                | abi::Py_TPFLAGS_ITEMS_AT_END,
            base: None,
            weaklist_offset: offset_of!(abi::PyTypeObject, tp_weaklist) as isize,
            dict_offset: offset_of!(abi::PyTypeObject, tp_dict) as isize,
            vectorcall_offset: offset_of!(abi::PyTypeObject, tp_vectorcall) as isize,
            members: &methods::MEMBERS,
            dealloc: heap::type_dealloc,
            traverse: Some(heap::type_traverse),
            clear: Some(heap::type_clear),
            methods: methods::tables(),
        },
    );
    let raw = &ty.raw;
    raw.tp_getattro.set(Some(attributes::get));
    raw.tp_setattro.set(Some(attributes::set));
    raw.tp_call.set(Some(new::type_call));
    raw.tp_init.set(Some(new::type_init));
    raw.tp_new.set(Some(new::type_new));
    raw.tp_vectorcall.set(Some(new::type_vectorcall));
    raw.tp_alloc.set(Some(heap::generic_alloc));
    raw.tp_free.set(Some(heap::gc_free));
    raw.tp_is_gc.set(Some(heap::type_is_gc));
    crate::native::slots::number(ty).nb_or.set(Some(methods::or));
}

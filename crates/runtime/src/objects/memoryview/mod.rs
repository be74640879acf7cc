//! `memoryview`: an object's buffer, seen as an array of items. Layout: `PyMemoryViewObject`, with shape, strides and
//! suboffsets behind it; views of the same buffer share a `_PyManagedBufferObject`.

mod items;
mod methods;

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_int;

use crate::errors::no_memory;
use crate::memory;
use crate::native::buffer;
use crate::prelude::*;

/// The buffer that views share; it is given back when the last one goes.
#[class(name = "managedbuffer", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct ManagedBuffer {
    head: Object,
    #[gc(skip)]
    flags: Cell<c_int>,
    #[gc(skip)]
    exports: Cell<isize>,
    #[gc(skip)]
    master: Master,
}

const _: () = assert!(size_of::<ManagedBuffer>() == size_of::<abi::_PyManagedBufferObject>());

impl ManagedBuffer {
    fn new(master: abi::Py_buffer) -> Ref<ManagedBuffer> {
        Ref::new(ManagedBuffer {
            head: Object::HEAD,
            flags: Cell::new(0),
            exports: Cell::new(0),
            master: Master(UnsafeCell::new(master)),
        })
    }

    /// One view less; the last one gives the buffer back.
    fn give_back(&self) {
        self.exports.set(self.exports.get() - 1);
        if self.exports.get() == 0 {
            self.flags.set(self.flags.get() | RELEASED);
            self.master.release();
        }
    }
}

/// While it lives, its memoryview can't be released.
struct Using<'a>(&'a MemoryView);

impl<'a> Using<'a> {
    fn new(view: &'a MemoryView) -> Using<'a> {
        view.exports.set(view.exports.get() + 1);
        Using(view)
    }
}

impl Drop for Using<'_> {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get() - 1);
    }
}

/// A view that is given back on drop.
#[repr(transparent)]
struct Master(UnsafeCell<abi::Py_buffer>);

impl Master {
    fn release(&self) {
        // SAFETY: the view was filled in by the object, which it holds; it is given back once.
        unsafe {
            let view = self.0.get();
            let object = (*view).obj;
            if object.is_null() {
                return;
            }
            if let Some(release) = Object::from_raw(object).ty().bf_releasebuffer() {
                release(object, view);
            }
            (*view).obj = std::ptr::null_mut();
            crate::reference::decref(object);
        }
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        self.release();
    }
}

#[methods]
impl ManagedBuffer {
    #[slot]
    fn tp_traverse(&self, visitor: &Visitor) -> c_int {
        // SAFETY: the view owns its object, or has none.
        let object = unsafe { Object::from_raw_opt((*self.master.0.get()).obj) };
        object.map_or(0, |object| visitor.visit(object))
    }

    #[slot]
    fn tp_clear(&self) {
        self.flags.set(self.flags.get() | RELEASED);
        self.master.release();
    }
}

/// Create a new memoryview object which references the given object.
#[class(
    name = "memoryview",
    symbol = "PyMemoryView_Type",
    flags(GC, SEQUENCE),
    basicsize = ARRAYS,
    itemsize = 8
)]
#[repr(C)]
pub struct MemoryView {
    head: VarObject,
    buffer: Link<ManagedBuffer>,
    #[gc(skip)]
    hash: Cell<isize>,
    #[gc(skip)]
    flags: Cell<c_int>,
    #[gc(skip)]
    exports: Cell<isize>,
    #[gc(skip)]
    view: UnsafeCell<abi::Py_buffer>,
    #[weaklist]
    weakrefs: WeakList,
}

/// Where shape, strides and suboffsets lie.
const ARRAYS: usize = std::mem::offset_of!(abi::PyMemoryViewObject, ob_array);
const _: () = assert!(size_of::<MemoryView>() == ARRAYS);

const RELEASED: c_int = 1;
const C_CONTIGUOUS: c_int = 2;
const FORTRAN_CONTIGUOUS: c_int = 4;
const SCALAR: c_int = 8;
/// Some axis is of pointers.
const INDIRECT: c_int = 0x10;
const RESTRICTED: c_int = 0x20;

impl MemoryView {
    /// A view of any object with a buffer.
    pub fn of(object: &Object) -> Result<Ref<MemoryView>> {
        MemoryView::of_flags(object, abi::PyBUF_FULL_RO)
    }

    /// As [`MemoryView::of`], the buffer being asked for with these flags.
    pub fn of_flags(object: &Object, flags: i32) -> Result<Ref<MemoryView>> {
        if let Some(view) = object.downcast::<MemoryView>() {
            view.check()?;
            view.check_unrestricted()?;
            let managed = view.managed()?;
            return MemoryView::make(managed, view.raw());
        }
        MemoryView::of_protocol(object, flags)
    }

    /// A view of what the object's own buffer function gives for these flags, a memoryview's too.
    pub fn of_protocol(object: &Object, flags: i32) -> Result<Ref<MemoryView>> {
        let Some(get) = object.ty().bf_getbuffer() else {
            let kind = object.ty().full_name();
            return Err(raise!(TypeError, "memoryview: a bytes-like object is required, not '{kind}'"));
        };
        MemoryView::of_function(object, Some(get), flags)
    }

    /// A view of what a buffer function of the object gives for these flags.
    pub fn of_function(object: &Object, get: abi::getbufferproc, flags: i32) -> Result<Ref<MemoryView>> {
        // SAFETY: zero is valid for every field.
        let managed = ManagedBuffer::new(unsafe { std::mem::zeroed() });
        // SAFETY: the function is one for such objects, the view is ours and stays in place.
        if get.is_none_or(|get| unsafe { get(object.as_ptr(), managed.master.0.get(), flags) } != 0) {
            // SAFETY: a failed request leaves nothing to give back.
            unsafe { (*managed.master.0.get()).obj = std::ptr::null_mut() };
            return Err(Raised::assume_set());
        }
        // SAFETY: just filled in.
        let master = unsafe { *managed.master.0.get() };
        MemoryView::make(managed, &master)
    }

    /// A view of memory that belongs to no object.
    ///
    /// # Safety
    /// The memory stays as long as the view and those made from it.
    pub unsafe fn of_memory(source: &abi::Py_buffer) -> Result<Ref<MemoryView>> {
        let master = abi::Py_buffer { obj: std::ptr::null_mut(), ..*source };
        MemoryView::make(ManagedBuffer::new(master), &master)
    }

    /// As [`MemoryView::of_memory`]: no further views can be made of it, and it is released before the memory goes.
    ///
    /// # Safety
    /// The memory stays until then.
    pub unsafe fn restricted(source: &abi::Py_buffer) -> Result<Ref<MemoryView>> {
        // SAFETY: by contract.
        let view = unsafe { MemoryView::of_memory(source) }?;
        view.flags.set(view.flags.get() | RESTRICTED);
        Ok(view)
    }

    /// A view of an object's bytes, which lie one after the other, as plain bytes.
    pub fn flat(object: &Object) -> Result<Ref<MemoryView>> {
        let view = MemoryView::of(object)?;
        let raw = abi::Py_buffer { itemsize: 1, format: c"B".as_ptr().cast_mut(), ..*view.raw() };
        MemoryView::build(view.managed()?, &raw, &[raw.len], &[1], None)
    }

    /// A view as `source` describes it, of a shared buffer.
    fn make(managed: Ref<ManagedBuffer>, source: &abi::Py_buffer) -> Result<Ref<MemoryView>> {
        let dimensions = source.ndim.max(0) as usize;
        if dimensions > abi::PyBUF_MAX_NDIM as usize {
            return Err(raise!(
                ValueError,
                "memoryview: number of dimensions must not exceed {}",
                abi::PyBUF_MAX_NDIM
            ));
        }
        // SAFETY: shape and strides have an entry an axis where they are.
        unsafe {
            let shape: Vec<isize> = (0..dimensions)
                .map(|axis| match source.shape.is_null() {
                    true => source.len / source.itemsize.max(1),
                    false => *source.shape.add(axis),
                })
                .collect();
            let strides: Vec<isize> = match source.strides.is_null() {
                true => contiguous_strides(&shape, source.itemsize),
                false => (0..dimensions).map(|axis| *source.strides.add(axis)).collect(),
            };
            let suboffsets: Option<Vec<isize>> = (!source.suboffsets.is_null())
                .then(|| (0..dimensions).map(|axis| *source.suboffsets.add(axis)).collect());
            MemoryView::build(managed, source, &shape, &strides, suboffsets.as_deref())
        }
    }

    /// A view with its own shape, strides and suboffsets, which decide its length.
    fn build(
        managed: Ref<ManagedBuffer>,
        source: &abi::Py_buffer,
        shape: &[isize],
        strides: &[isize],
        suboffsets: Option<&[isize]>,
    ) -> Result<Ref<MemoryView>> {
        let ty = MemoryView::type_object();
        let dimensions = shape.len();
        let Some(object) = memory::allocate_object(ty, 3 * dimensions) else { return Err(no_memory()) };
        managed.exports.set(managed.exports.get() + 1);
        // SAFETY: the memory is zero and has room for the arrays; every field is written.
        unsafe {
            let body = object.cast::<MemoryView>().as_ptr();
            let arrays = body.cast::<u8>().add(ARRAYS).cast::<isize>();
            let parts = [Some(shape), Some(strides), suboffsets];
            for (index, part) in parts.into_iter().enumerate() {
                for (axis, &value) in part.unwrap_or_default().iter().enumerate() {
                    *arrays.add(index * dimensions + axis) = value;
                }
            }
            let mut view = *source;
            view.ndim = dimensions as c_int;
            view.len = shape.iter().product::<isize>() * view.itemsize;
            view.shape = arrays;
            view.strides = arrays.add(dimensions);
            view.suboffsets =
                if suboffsets.is_some() { arrays.add(2 * dimensions) } else { std::ptr::null_mut() };
            view.internal = std::ptr::null_mut();
            if view.format.is_null() {
                view.format = c"B".as_ptr().cast_mut();
            }
            body.write(MemoryView {
                head: VarObject::HEAD,
                buffer: Link::new(managed),
                hash: Cell::new(-1),
                flags: Cell::new(0),
                exports: Cell::new(0),
                view: UnsafeCell::new(view),
                weakrefs: WeakList::default(),
            });
            (*body).head.size.set(3 * dimensions as isize);
            let this = &*body;
            this.update_flags();
            memory::initialize(object, ty);
            Ok(Ref::from_owned(object.as_ptr().cast()))
        }
    }

    /// Sets the flags that say how the items lie, which C code reads.
    fn update_flags(&self) {
        let view = self.raw();
        let (c, fortran) = match (self.shape(), self.strides()) {
            ([], _) => (true, true),
            // An empty view with other strides is not contiguous.
            ([size], [stride]) => {
                (*size == 1 || *stride == view.itemsize, *size == 1 || *stride == view.itemsize)
            }
            _ => (buffer::is_c_contiguous(view), buffer::is_fortran_contiguous(view)),
        };
        let indirect = !view.suboffsets.is_null();
        let mut flags = 0;
        if c && !indirect {
            flags |= C_CONTIGUOUS;
        }
        if fortran && !indirect {
            flags |= FORTRAN_CONTIGUOUS;
        }
        if view.ndim == 0 {
            flags |= SCALAR;
        }
        if indirect {
            flags |= INDIRECT;
        }
        self.flags.set(self.flags.get() & (RELEASED | RESTRICTED) | flags);
    }

    fn is_c_contiguous(&self) -> bool {
        self.flags.get() & C_CONTIGUOUS != 0
    }

    fn is_fortran_contiguous(&self) -> bool {
        self.flags.get() & FORTRAN_CONTIGUOUS != 0
    }

    /// The C struct.
    pub fn raw(&self) -> &abi::Py_buffer {
        // SAFETY: it changes only at construction.
        unsafe { &*self.view.get() }
    }

    fn managed(&self) -> Result<Ref<ManagedBuffer>> {
        self.buffer.get().ok_or_else(released)
    }

    /// ValueError after `release()`.
    pub fn check(&self) -> Result<()> {
        let gone = self.flags.get() & RELEASED != 0
            || self.buffer.get().is_none_or(|buffer| buffer.flags.get() & RELEASED != 0);
        if gone { Err(released()) } else { Ok(()) }
    }

    /// ValueError where further views are forbidden.
    fn check_unrestricted(&self) -> Result<()> {
        if self.flags.get() & RESTRICTED != 0 {
            return Err(raise!(ValueError, "cannot create new view on restricted memoryview"));
        }
        Ok(())
    }

    fn shape(&self) -> &[isize] {
        self.array(self.raw().shape)
    }

    fn strides(&self) -> &[isize] {
        self.array(self.raw().strides)
    }

    fn suboffsets(&self) -> Option<&[isize]> {
        (!self.raw().suboffsets.is_null()).then(|| self.array(self.raw().suboffsets))
    }

    fn array(&self, start: *mut isize) -> &[isize] {
        // SAFETY: the arrays have an entry an axis.
        unsafe { std::slice::from_raw_parts(start, self.raw().ndim as usize) }
    }

    fn format(&self) -> &[u8] {
        // SAFETY: the format is a C string that lives as long as the buffer.
        unsafe { std::ffi::CStr::from_ptr(self.raw().format) }.to_bytes()
    }

    /// Gives the buffer back, if nobody uses this view.
    fn release_now(&self) -> Result<()> {
        if self.flags.get() & RELEASED != 0 {
            return Ok(());
        }
        let exports = self.exports.get();
        if exports > 0 {
            let s = if exports == 1 { "" } else { "s" };
            return Err(raise!(BufferError, "memoryview has {exports} exported buffer{s}"));
        }
        self.flags.set(self.flags.get() | RELEASED);
        if let Some(managed) = self.buffer.get() {
            managed.give_back();
        }
        Ok(())
    }
}

fn released() -> Raised {
    raise!(ValueError, "operation forbidden on released memoryview object")
}

fn contiguous_strides(shape: &[isize], itemsize: isize) -> Vec<isize> {
    let mut strides = vec![itemsize; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1];
    }
    strides
}

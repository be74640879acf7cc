//! `pickle.PickleBuffer`: a buffer that pickling may leave out of the stream (PEP 574). Layout: C's `PyPickleBufferObject`.

use std::cell::UnsafeCell;

use super::memoryview::MemoryView;
use crate::native::buffer;
use crate::prelude::*;

/// A view that is given back once: on release, when a cycle breaks, or on drop.
#[repr(transparent)]
struct Held(UnsafeCell<abi::Py_buffer>);

impl Held {
    fn release(&self) {
        // SAFETY: the view was filled in by its object; it is taken out before anything can run.
        unsafe {
            let mut view = *self.0.get();
            (*self.0.get()).obj = std::ptr::null_mut();
            let Some(object) = Ref::<Object>::from_owned_opt(view.obj) else { return };
            if let Some(release) = object.ty().bf_releasebuffer() {
                release(object.as_ptr(), &raw mut view);
            }
        }
    }
}

impl Traverse for Held {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        // SAFETY: the view owns its object, or has none.
        unsafe { Object::from_raw_opt((*self.0.get()).obj) }.map_or(0, |object| visitor.visit(object))
    }
    fn drop_references(&self) {
        self.release();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

/// A buffer that a pickle may leave out of its stream.
#[class(name = "pickle.PickleBuffer", symbol = "PyPickleBuffer_Type", flags(GC))]
#[repr(C)]
pub struct PickleBuffer {
    head: Object,
    view: Held,
    #[weaklist]
    weakrefs: WeakList,
}

impl PickleBuffer {
    /// A wrapper around any object with a buffer.
    pub fn of(object: &Object) -> Result<Ref<PickleBuffer>> {
        let Some(get) = object.ty().bf_getbuffer() else {
            let kind = object.ty().full_name();
            return Err(raise!(TypeError, "a bytes-like object is required, not '{kind}'"));
        };
        // SAFETY: zero is valid for every field.
        let empty: abi::Py_buffer = unsafe { std::mem::zeroed() };
        let made = Ref::new(PickleBuffer {
            head: Object::HEAD,
            view: Held(UnsafeCell::new(empty)),
            weakrefs: WeakList::new(),
        });
        // SAFETY: the object has the protocol; the view is ours and stays in place.
        if unsafe { get(object.as_ptr(), made.view.0.get(), abi::PyBUF_FULL_RO) } != 0 {
            // SAFETY: a failed request leaves nothing to give back.
            unsafe { (*made.view.0.get()).obj = std::ptr::null_mut() };
            return Err(Raised::assume_set());
        }
        Ok(made)
    }

    /// The C struct; ValueError once it is released.
    pub fn view(&self) -> Result<&abi::Py_buffer> {
        // SAFETY: it changes only on release.
        let view = unsafe { &*self.view.0.get() };
        if view.obj.is_null() {
            return Err(raise!(ValueError, "operation forbidden on released PickleBuffer object"));
        }
        Ok(view)
    }

    /// Do the bytes lie one after the other, in any order of axes?
    pub fn is_contiguous(&self) -> Result<bool> {
        let view = self.view()?;
        Ok(buffer::is_c_contiguous(view) || buffer::is_fortran_contiguous(view))
    }

    /// Gives the buffer back.
    pub fn release_now(&self) {
        self.view.release();
    }
}

#[methods]
impl PickleBuffer {
    #[new(signature = "(object, /)", name = "PickleBuffer")]
    fn tp_new(_class: &Type, object: &Object) -> Result<Ref<Self>> {
        PickleBuffer::of(object)
    }

    /// Return a one-dimensional memoryview of the bytes; BufferError if they aren't contiguous.
    #[method(signature = "($self, /)")]
    fn raw(&self) -> Result<Ref<MemoryView>> {
        if !self.is_contiguous()? {
            return Err(raise!(BufferError, "cannot extract raw buffer from non-contiguous buffer"));
        }
        MemoryView::flat(self)
    }

    /// Give the underlying buffer back.
    #[method(signature = "($self, /)")]
    fn release(&self) {
        self.release_now();
    }

    /// A request goes on to the object itself, which is the exporter then.
    #[slot]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        // SAFETY: the view owns its object.
        let object = unsafe { Object::from_raw(self.view()?.obj) }.to_ref();
        let Some(get) = object.ty().bf_getbuffer() else {
            let kind = object.ty().full_name();
            return Err(raise!(TypeError, "a bytes-like object is required, not '{kind}'"));
        };
        // SAFETY: the object has the protocol; the view is the caller's to fill in.
        if unsafe { get(object.as_ptr(), view, flags) } != 0 {
            return Err(Raised::assume_set());
        }
        Ok(())
    }

    /// Never called by the protocol: the exporter is another object.
    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {}
}

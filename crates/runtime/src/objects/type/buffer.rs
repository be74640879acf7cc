//! Buffers of Python classes (PEP 688): what `__buffer__` gave is kept until the view goes back, then
//! `__release_buffer__` hears of it.

use crate::objects::exceptions;
use crate::objects::memoryview::MemoryView;
use crate::prelude::*;

/// The exporter of a view that `__buffer__` gave: the memoryview and the object it is of.
#[class(name = "_buffer_wrapper", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct BufferWrapper {
    head: Object,
    memory: Link<MemoryView>,
    object: Link,
}

#[methods]
impl BufferWrapper {
    #[slot]
    fn bf_releasebuffer(&self, view: *mut abi::Py_buffer) {
        let (Some(memory), Some(object)) = (self.memory.get(), self.object.get()) else { return };
        // SAFETY: the view is one of the memoryview's.
        unsafe {
            if let Some(release) = memory.ty().bf_releasebuffer() {
                release(memory.as_ptr(), view);
            }
            // A native exporter hears of it when the memoryview itself is released.
            if memory.raw().obj.cast() != object.as_ptr() && releases_by_method(object.ty()) {
                call_release(&object, view);
            }
        }
        drop((self.memory.take(), self.object.take()));
    }
}

/// Is the type's release function the one that calls `__release_buffer__`?
fn releases_by_method(ty: &Type) -> bool {
    ty.bf_releasebuffer()
        .is_some_and(|slot| slot as usize == super::slot_functions::release_buffer as *const () as usize)
}

/// A buffer from `__buffer__`.
///
/// # Safety
/// `view` has room for a view.
pub unsafe fn buffer_by_method(object: &Object, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
    let method = match object.lookup_special_method(intern!("__buffer__"))? {
        Some(method) => method,
        None => return Err(raise!(AttributeError, "__buffer__")),
    };
    let given = object.call_found(&method, &[&*Int::new(i64::from(flags))])?;
    let Ok(memory) = given.cast::<MemoryView>() else {
        return Err(raise!(TypeError, "__buffer__ returned non-memoryview object"));
    };
    let Some(get) = memory.ty().bf_getbuffer() else {
        return Err(raise!(SystemError, "a memoryview without a buffer"));
    };
    // SAFETY: by contract.
    if unsafe { get(memory.as_ptr(), view, flags) } != 0 {
        return Err(Raised::assume_set());
    }
    let wrapper = Ref::new(BufferWrapper {
        head: Object::HEAD,
        memory: Link::new(memory),
        object: Link::new(object.to_ref()),
    });
    // SAFETY: just filled in; the reference to the memoryview is exchanged for one to the wrapper, which holds it.
    unsafe {
        let memory = std::mem::replace(&mut (*view).obj, wrapper.into_raw());
        crate::reference::decref(memory);
    }
    Ok(())
}

/// Tells `__release_buffer__` of a view that goes back, and then the native base that has lent it.
///
/// # Safety
/// `view` is one of `object`'s.
pub unsafe fn release_by_method(object: &Object, view: *mut abi::Py_buffer) {
    // SAFETY: by contract.
    unsafe {
        call_release(object, view);
        if let Some(release) = native_release(object.ty()) {
            release(object.as_ptr(), view);
        }
    }
}

/// The release function of the nearest base that has a native one.
fn native_release(ty: &Type) -> abi::releasebufferproc {
    let mro = ty.mro()?;
    let bases = mro.as_slice().iter().skip_while(|base| !base.is_same(ty)).skip(1);
    bases
        .filter_map(|base| base.downcast::<Type>())
        .find(|base| base.bf_releasebuffer().is_some() && !releases_by_method(base))
        .and_then(|base| base.bf_releasebuffer())
}

/// Calls `__release_buffer__`. The slot can't fail: exceptions are reported, and one that is on its way stays so.
unsafe fn call_release(object: &Object, view: *mut abi::Py_buffer) {
    let thread = Thread::current();
    let pending = thread.take_exception();
    let report = |raised: Raised, doing: &str| {
        let doing = format!("Exception ignored in {doing} of {}", object.ty().full_name());
        exceptions::write_unraisable_message(raised.take(), Some(&doing), None);
    };
    // SAFETY: by the caller's contract the view holds its exporter.
    let exporter = unsafe { Object::from_raw_opt((*view).obj) };
    let wrapper = exporter.and_then(|exporter| exporter.downcast_exact::<BufferWrapper>());
    let memory = match wrapper {
        // The very memoryview that `__buffer__` returned.
        Some(wrapper) => wrapper.memory.get(),
        // SAFETY: the memory stays until this function has released its own view of it.
        None => match unsafe { MemoryView::restricted(&*view) } {
            Ok(memory) => Some(memory),
            Err(raised) => {
                report(raised, "bf_releasebuffer");
                None
            }
        },
    };
    if let Some(memory) = memory {
        let called = match object.lookup_special_method(intern!("__release_buffer__")) {
            Ok(Some(method)) => object.call_found(&method, &[&*memory]).map(drop),
            Ok(None) => Ok(()),
            Err(raised) => Err(raised),
        };
        if let Err(raised) = called {
            report(raised, "__release_buffer__");
        }
        if wrapper.is_none()
            && let Err(raised) = memory.call_method(intern!("release"), &[])
        {
            report(raised, "bf_releasebuffer");
        }
    }
    thread.set_exception(pending);
}

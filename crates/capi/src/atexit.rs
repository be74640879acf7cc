//! Functions of C that run when the interpreter ends. <https://docs.python.org/3.14/c-api/sys.html#c.PyUnstable_AtExit>

use std::ffi::c_void;
use std::sync::atomic::Ordering;

use runtime::prelude::*;

/// What is to run; an object, so that the `atexit` module can hold it.
#[class(name = "_atexit_function")]
#[repr(C)]
pub struct ExitFunction {
    head: Object,
    #[gc(skip)]
    function: unsafe extern "C" fn(*mut c_void),
    #[gc(skip)]
    data: std::sync::atomic::AtomicPtr<c_void>,
}

#[methods]
impl ExitFunction {
    #[slot]
    fn tp_call(&self, _args: &Tuple, _kwargs: Option<&Dict>) -> Result<()> {
        // SAFETY: who registered the function said what it takes.
        unsafe { (self.function)(self.data.load(Ordering::Relaxed)) };
        Ok(())
    }
}

/// Runs `function(data)` at the end.
pub fn register(function: unsafe extern "C" fn(*mut c_void), data: *mut c_void) -> Result<()> {
    ExitFunction::type_object().ready()?;
    let call = Ref::new(ExitFunction { head: Object::HEAD, function, data: data.into() });
    crate::types::named("atexit", "register")?.call(&[&*call])?;
    Ok(())
}

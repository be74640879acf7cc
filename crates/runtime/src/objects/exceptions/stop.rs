//! `StopIteration` and `SystemExit`: exceptions that carry a value.

use super::base::no_keywords;
use super::{BaseException, Exception};
use crate::prelude::*;

/// Signal the end from iterator.__next__().
#[class(name = "StopIteration", variable = StopIteration, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct StopIteration {
    base: BaseException,
    /// generator return value
    #[member]
    pub value: Link,
}

const _: () = assert!(size_of::<StopIteration>() == size_of::<abi::PyStopIterationObject>());

/// `Exception` as the base of a native struct: laid out as `BaseException`.
#[repr(transparent)]
pub struct ExceptionBase(BaseException);

// SAFETY: begins with an object head.
unsafe impl Layout for ExceptionBase {}
// SAFETY: every `Exception` begins with a `BaseException`.
unsafe impl NativeType for ExceptionBase {
    fn type_object() -> &'static Type {
        &Exception
    }
}

/// The one argument, or all of them, or none.
fn value_of(args: &Tuple) -> Option<Ref> {
    match args.as_slice() {
        [] => None,
        [single] => Some(single.clone()),
        _ => Some(Ref::from_borrowed(args).into_object()),
    }
}

#[methods]
impl StopIteration {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        let value = args.as_slice().first().cloned().unwrap_or_else(none);
        self.value.set(Some(value));
        Ok(())
    }
}

/// Request to exit from the interpreter.
#[class(name = "SystemExit", variable = SystemExit, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct SystemExit {
    base: BaseException,
    /// exception code
    #[member]
    pub code: Link,
}

const _: () = assert!(size_of::<SystemExit>() == size_of::<abi::PySystemExitObject>());

#[methods]
impl SystemExit {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        if let Some(code) = value_of(args) {
            self.code.set(Some(code));
        }
        Ok(())
    }
}

//! What `generator.throw` is given.

use super::{BaseException, instantiate};
use crate::objects::traceback::Traceback;
use crate::prelude::*;

/// The exception that `throw(type, value, traceback)` means, with the errors of wrong arguments.
pub fn normalize_thrown(
    exception: &Object,
    value: Option<&Object>,
    traceback: Option<&Object>,
) -> Result<Ref<BaseException>> {
    let traceback = traceback.filter(|traceback| !traceback.is_none());
    if let Some(traceback) = traceback
        && traceback.downcast::<Traceback>().is_none()
    {
        return Err(raise!(TypeError, "throw() third argument must be a traceback object"));
    }
    if let Some(class) = exception.downcast::<Type>()
        && class.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS)
    {
        let exception = instantiate(class, value)?;
        if let Some(traceback) = traceback {
            exception.set_traceback(Some(traceback.to_ref()));
        }
        return Ok(exception);
    }
    let Some(exception) = exception.downcast::<BaseException>() else {
        return Err(raise!(
            TypeError,
            "exceptions must be classes or instances deriving from BaseException, not {}",
            exception.ty().full_name()
        ));
    };
    if value.is_some_and(|value| !value.is_none()) {
        return Err(raise!(TypeError, "instance exception may not have a separate value"));
    }
    if let Some(traceback) = traceback {
        exception.set_traceback(Some(traceback.to_ref()));
    }
    Ok(Ref::from_borrowed(exception))
}

//! Where coroutines come from: `sys.set_coroutine_origin_tracking_depth`, and the warning about those never awaited.

use crate::eval::frame::Frame;
use crate::objects::generator::Body;
use crate::prelude::*;

/// The frames above a new coroutine, as far as tracking goes; `None` if it is off.
pub fn coroutine_origin(mut frame: Option<&Frame>) -> Option<Ref> {
    let depth = Thread::current().head.coroutine_origin_tracking_depth.get();
    let mut entries = Vec::new();
    while let Some(current) = frame
        && (entries.len() as i32) < depth
    {
        let code = current.code();
        let line = Int::new(current.line().unwrap_or(0).into()).into_object();
        entries.push(
            Tuple::pack([code.filename().into_object(), line, code.name().into_object()]).into_object(),
        );
        // SAFETY: the callers of a running frame are alive.
        frame = unsafe { current.previous.as_ref() };
    }
    (depth > 0).then(|| Tuple::from_vec(entries).into_object())
}

/// "coroutine '…' was never awaited", as a RuntimeWarning.
pub fn warn_never_awaited(body: &Body) {
    if let Err(raised) = warn(body) {
        crate::objects::exceptions::write_unraisable_doing(
            raised.take(),
            "finalizing coroutine",
            &body.object(),
        );
    }
}

fn warn(body: &Body) -> Result<()> {
    let name = body.qualname.get().unwrap_or_else(|| Str::new("?"));
    crate::warnings::warn_never_awaited(&body.object(), &name)
}

//! Tracebacks of failed imports, without the frames of importlib's own code.

use crate::objects::code::Code;
use crate::objects::exceptions;
use crate::objects::exceptions::BaseException;
use crate::prelude::*;

/// Takes importlib's frames out of an exception's traceback: all of an ImportError's, else those below
/// `_call_with_frames_removed`.
pub fn remove_importlib_frames(exception: &BaseException) {
    if crate::startup::config().verbose > 0 {
        return;
    }
    if let Err(raised) = strip(exception) {
        raised.clear();
    }
}

fn strip(exception: &BaseException) -> Result<()> {
    let always = exception.ty().is_subtype(&exceptions::ImportError);
    let mut entries: Vec<(Ref, bool, bool)> = Vec::new();
    let mut next = exception.traceback();
    while let Some(entry) = next {
        if entry.is_none() {
            break;
        }
        let code = entry.get_attr(intern!("tb_frame"))?.get_attr(intern!("f_code"))?;
        let (mut internal, mut removable) = (false, false);
        if let Some(code) = code.downcast::<Code>() {
            let file = code.filename();
            internal = file.eq_str("<frozen importlib._bootstrap>")
                || file.eq_str("<frozen importlib._bootstrap_external>");
            removable = internal && code.name().eq_str("_call_with_frames_removed");
        }
        next = entry.get_attr_opt(intern!("tb_next"))?;
        entries.push((entry, internal, removable));
    }
    // A chunk of importlib's frames goes if it is an ImportError's or ends in the marked function.
    let mut kept: Vec<Ref> = Vec::new();
    let mut at = 0;
    let mut changed = false;
    while at < entries.len() {
        if !entries[at].1 {
            kept.push(entries[at].0.clone());
            at += 1;
            continue;
        }
        let start = at;
        let mut drops = always;
        while at < entries.len() && entries[at].1 {
            drops |= entries[at].2;
            at += 1;
        }
        if drops {
            changed = true;
        } else {
            kept.extend(entries[start..at].iter().map(|(entry, ..)| entry.clone()));
        }
    }
    if !changed {
        return Ok(());
    }
    for pair in kept.windows(2) {
        pair[0].set_attr(intern!("tb_next"), &pair[1])?;
    }
    if let Some(last) = kept.last() {
        last.set_attr(intern!("tb_next"), &none())?;
    }
    exception.set_traceback(kept.first().cloned());
    Ok(())
}

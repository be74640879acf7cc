//! The hooks that show values and exceptions.

use crate::objects::exceptions::BaseException;
use crate::prelude::*;

/// Print an object to sys.stdout, unless it is None, and keep it in builtins._.
#[function(signature = "(object, /)")]
pub(super) fn displayhook(object: &Object) -> Result<()> {
    let Some(builtins) = Interpreter::current().builtins.get() else {
        return Err(raise!(RuntimeError, "lost builtins module"));
    };
    if object.is_none() {
        return Ok(());
    }
    builtins.insert_str(intern!("_"), &none())?;
    let Some(stdout) = super::get(intern!("stdout"))?.filter(|stdout| !stdout.is_none()) else {
        return Err(raise!(RuntimeError, "lost sys.stdout"));
    };
    let text = object.repr()?;
    match crate::modules::builtins::write_text(&stdout, &text) {
        Err(raised) if raised.matches(&crate::objects::exceptions::UnicodeEncodeError) => {
            raised.clear();
            let encoding = stdout.get_attr(intern!("encoding"))?;
            let encoded = text.call_method(intern!("encode"), &[&encoding, intern!("backslashreplace")])?;
            match stdout.get_attr_opt(intern!("buffer"))? {
                Some(buffer) => {
                    buffer.call_method(intern!("write"), &[&encoded])?;
                }
                None => {
                    let text = encoded.call_method(intern!("decode"), &[&encoding, intern!("strict")])?;
                    stdout.call_method(intern!("write"), &[&text])?;
                }
            }
        }
        result => result?,
    }
    stdout.call_method(intern!("write"), &[intern!("\n")])?;
    builtins.insert_str(intern!("_"), object)
}

/// Print an exception with its traceback to sys.stderr.
#[function(signature = "(exctype, value, traceback, /)")]
pub(super) fn excepthook(exctype: &Object, value: &Object, traceback: &Object) -> Result<()> {
    let _ = exctype;
    if let Some(exception) = value.downcast::<BaseException>()
        && !traceback.is_none()
        && exception.traceback().is_none()
    {
        exception.set_traceback(Some(traceback.to_ref()));
    }
    print_exception(value);
    Ok(())
}

/// Prints an exception with its traceback and what came before it, to `sys.stderr`.
pub fn print_exception(exception: &Object) {
    if let Some(exception) = exception.downcast::<BaseException>() {
        crate::errors::print::display_exception(exception);
    }
}

/// Report an exception that nobody could handle: in __del__, for one.
#[function(signature = "(unraisable, /)")]
pub(super) fn unraisablehook(unraisable: &Object) -> Result<()> {
    crate::objects::exceptions::default_unraisable_hook(unraisable)
}

/// What breakpoint() calls: pdb.set_trace, or what PYTHONBREAKPOINT names.
#[function(signature = "(*args, **kwargs)")]
pub(super) fn breakpointhook(args: &[&Object], kwargs: KwArgs<'_>) -> Result {
    let config = crate::startup::config();
    let wanted = match std::env::var("PYTHONBREAKPOINT") {
        Ok(wanted) if !wanted.is_empty() && !config.ignore_environment => wanted,
        _ => "pdb.set_trace".into(),
    };
    if wanted == "0" {
        return Ok(none());
    }
    let (module, attribute) = wanted.rsplit_once('.').unwrap_or(("builtins", &wanted));
    let found = crate::import::import_module(module).and_then(|module| module.get_attr(&Str::new(attribute)));
    let hook = match found {
        Ok(hook) => hook,
        Err(raised) => {
            raised.clear();
            let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
            crate::warnings::warn(&crate::objects::exceptions::RuntimeWarning, &message, 1)?;
            return Ok(none());
        }
    };
    let arguments = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    hook.call_dict(&arguments, Some(&*kwargs.to_dict()?))
}

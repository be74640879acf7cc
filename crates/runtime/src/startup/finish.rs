//! The end of an interpreter: threads, exit functions, streams, modules.

use crate::objects::exceptions::BaseException;
use crate::prelude::*;

/// The exit status that a SystemExit means; a message is printed.
pub fn exit_code_of(exception: &BaseException) -> i32 {
    let code = match exception.get_attr_opt(intern!("code")) {
        Ok(code) => code.unwrap_or_else(none),
        Err(raised) => {
            raised.clear();
            none()
        }
    };
    if code.is_none() {
        return 0;
    }
    if let Some(number) = code.downcast::<Int>() {
        return number.to_i64().map_or(-1, |number| number as i32);
    }
    super::streams::flush();
    let print = || -> Result<()> {
        let text = code.str_()?;
        match crate::modules::sys::get(intern!("stderr"))?.filter(|stream| !stream.is_none()) {
            Some(stderr) => {
                crate::modules::builtins::write_text(&stderr, &text)?;
                crate::modules::builtins::write_text(&stderr, intern!("\n"))
            }
            None => {
                eprintln!("{text}");
                Ok(())
            }
        }
    };
    if let Err(raised) = print() {
        raised.clear();
    }
    1
}

/// Ends the current interpreter. False if the standard streams could not be flushed.
pub fn finalize() -> bool {
    let call = |module: &'static Str, function: &'static Str, message: &str| {
        let Ok(modules) = crate::import::modules().map_err(Raised::clear) else { return };
        let Ok(Some(module)) = modules.get_str(module).map_err(Raised::clear) else { return };
        if module.is_none() {
            return;
        }
        if let Err(raised) = module.call_method(function, &[]) {
            crate::objects::exceptions::write_unraisable_message(raised.take(), Some(message), Some(&module));
        }
    };
    call(intern!("threading"), intern!("_shutdown"), "Exception ignored on threading shutdown");
    call(intern!("atexit"), intern!("_run_exitfuncs"), "Exception ignored in atexit callback");
    let mut flushed = super::streams::flush();
    crate::modules::sys::set_finalizing();
    // Daemon threads must not see how everything is taken apart.
    crate::gil::close();
    crate::gc::collect(2, crate::gc::Reason::Shutdown);
    if let Err(raised) = clear_modules() {
        raised.clear();
    }
    flushed &= super::streams::flush();
    crate::gc::finalize();
    flushed
}

/// Lets go of all modules: first by forgetting them, then by emptying those that live on.
fn clear_modules() -> Result<()> {
    let Some(modules) = Interpreter::current().modules.get() else { return Ok(()) };
    let Some(sys) = Interpreter::current().sys.get() else { return Ok(()) };
    for name in [
        "path",
        "argv",
        "ps1",
        "ps2",
        "last_exc",
        "last_type",
        "last_value",
        "last_traceback",
        "path_hooks",
        "path_importer_cache",
        "meta_path",
    ] {
        let name = Str::intern(Str::new(name));
        if sys.get_str(&name)?.is_some() {
            sys.insert_str(&name, &none())?;
        }
    }
    for (name, original) in [("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")] {
        let stream = sys.get_str(&Str::intern(Str::new(original)))?.unwrap_or_else(none);
        sys.insert_str(&Str::intern(Str::new(name)), &stream)?;
    }
    let mut names = Vec::new();
    let mut live: Vec<(Ref, Ref)> = Vec::new();
    let mut position = 0;
    while let Some((name, module)) = modules.next_entry(&mut position) {
        names.push(name.clone());
        live.push((name, module));
    }
    for name in &names {
        modules.insert(name, &none())?;
    }
    let is_last =
        |name: &Ref| name.downcast::<Str>().is_some_and(|name| name.eq_str("sys") || name.eq_str("builtins"));
    // Modules that nobody else holds go now; the others are emptied, the last imported first.
    let mut kept = Vec::new();
    for (name, module) in live {
        if is_last(&name) || module.reference_count() > 1 {
            kept.push((name, module));
        } else if let Some(module) = module.downcast::<Module>() {
            empty(&module.dict())?;
        }
    }
    crate::gc::collect(2, crate::gc::Reason::Shutdown);
    for (name, module) in kept.iter().rev() {
        if !is_last(name)
            && let Some(module) = module.downcast::<Module>()
        {
            empty(&module.dict())?;
        }
    }
    Ok(())
}

/// Empties a module's namespace: private names first, `__builtins__` never.
fn empty(dict: &Dict) -> Result<()> {
    for private in [true, false] {
        let mut names = Vec::new();
        let mut position = 0;
        while let Some((name, value)) = dict.next_entry(&mut position) {
            if let Some(text) = name.downcast::<Str>()
                && !value.is_none()
                && !text.eq_str("__builtins__")
            {
                let first = !text.is_empty() && text.char_at(0) == u32::from('_');
                let second = text.len() > 1 && text.char_at(1) == u32::from('_');
                if (first && !second) == private || !private {
                    names.push(name.clone());
                }
            }
        }
        for name in names {
            dict.insert(&name, &none())?;
        }
    }
    Ok(())
}

//! `atexit`: functions that run when the interpreter ends.

use std::cell::RefCell;

use runtime::prelude::*;

module! {
    name: "atexit",
    doc: "Functions that run when the interpreter ends.\n",
    functions: [register, clear, run_exitfuncs, unregister, ncallbacks],
}

struct Callback {
    function: Ref,
    args: Ref<Tuple>,
    keywords: Ref<Dict>,
}

#[derive(Default)]
struct Callbacks(RefCell<Vec<Callback>>);

fn callbacks() -> &'static RefCell<Vec<Callback>> {
    &Interpreter::current().state::<Callbacks>().0
}

/// Have func called with these arguments when the interpreter ends.
///
/// Returns func, so that this can decorate it.
#[function(signature = "($module, func, /, *args, **kwargs)")]
fn register(_module: &Module, func: &Object, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
    if !func.is_callable() {
        return Err(raise!(TypeError, "the first argument must be callable"));
    }
    let keywords = Dict::new();
    for (name, value) in kwargs.iter() {
        keywords.insert(name, value)?;
    }
    let args = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    callbacks().borrow_mut().push(Callback { function: func.to_ref(), args, keywords });
    Ok(func.to_ref())
}

/// Clear the list of previously registered exit functions.
#[function(name = "_clear", signature = "()")]
fn clear() {
    let gone = callbacks().take();
    drop(gone);
}

/// Run all registered exit functions.
#[function(name = "_run_exitfuncs", signature = "()")]
fn run_exitfuncs() {
    loop {
        let next = callbacks().borrow_mut().pop();
        let Some(callback) = next else { return };
        if let Err(raised) = callback.function.call_dict(&callback.args, Some(&callback.keywords)) {
            runtime::objects::exceptions::write_unraisable_doing(
                raised.take(),
                "calling atexit callback",
                &callback.function,
            );
        }
    }
}

/// Return the number of registered exit functions.
#[function(name = "_ncallbacks", signature = "()")]
fn ncallbacks() -> usize {
    callbacks().borrow().len()
}

/// Unregister an exit function which was previously registered using atexit.register
#[function(signature = "(func, /)")]
fn unregister(func: &Object) -> Result<()> {
    let mut at = callbacks().borrow().len();
    while at > 0 {
        at -= 1;
        let found = callbacks().borrow().get(at).map(|callback| callback.function.clone());
        let Some(function) = found else { continue };
        if func.rich_compare_bool(&function, CompareOp::Eq)? {
            let gone = {
                let mut callbacks = callbacks().borrow_mut();
                (at < callbacks.len()).then(|| callbacks.remove(at))
            };
            drop(gone);
        }
    }
    Ok(())
}

//! Weak references: sharing, the order of callbacks, proxies, death.

extern crate taipan_runtime as runtime;

use std::cell::RefCell;

use runtime::objects::builtin_function::BuiltinFunction;
use runtime::objects::namespace::SimpleNamespace;
use runtime::objects::r#type::TYPE_TYPE;
use runtime::prelude::*;
use runtime::weakref::{self, Reference};

/// Runs `test` in a fresh interpreter on this thread.
fn with_interpreter(test: impl FnOnce() -> Result<()>) {
    let interpreter: &'static Interpreter = Box::leak(Box::default());
    let thread: &'static Thread = Box::leak(Box::new(Thread::new(interpreter)));
    Thread::make_current(Some(thread));
    // Static types are the process's: one test at a time.
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let result = runtime::objects::init().and_then(|()| test());
    if let Err(raised) = result {
        let exception = raised.take();
        panic!("{}: {}", exception.ty().name(), text(&exception));
    }
    Thread::make_current(None);
}

fn text(object: &Object) -> String {
    object.str_().map_or_else(
        |raised| {
            raised.clear();
            String::from("?")
        },
        |text| text.to_string(),
    )
}

fn error(result: Result) -> String {
    match result {
        Ok(value) => text(&value),
        Err(raised) => {
            let exception = raised.take();
            format!("{}: {}", exception.ty().name(), text(&exception))
        }
    }
}

/// An instance of a class of our own.
fn instance() -> Result {
    TYPE_TYPE.call(&[&Str::new("A"), &Tuple::empty(), &Dict::new()])?.call(&[])
}

thread_local! {
    static CALLS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Notes the address of the dead reference.
#[function(signature = "(reference, /)")]
fn note(reference: &Object) {
    assert!(weakref::as_reference(reference).is_some_and(Reference::is_dead));
    CALLS.with_borrow_mut(|calls| calls.push(reference.as_ptr() as usize));
}

module! { name: "sample", functions: [note] }

fn callback() -> Result<Ref<BuiltinFunction>> {
    BuiltinFunction::new(&MODULE.functions[0], None, None)
}

#[test]
fn references_are_shared() {
    with_interpreter(|| {
        let object = instance()?;
        let first = weakref::new_reference(&object, None)?;
        assert!(first.is_same(&*weakref::new_reference(&object, Some(&none()))?));
        assert!(first.target().is_some_and(|target| target.is_same(&object)));
        let proxy = weakref::new_proxy(&object, None)?;
        assert!(proxy.is_same(&*weakref::new_proxy(&object, None)?));
        let callback = callback()?;
        let called = weakref::new_reference(&object, Some(&callback))?;
        assert!(!first.is_same(&called));
        let order: Vec<_> = weakref::all(&object).iter().map(|reference| reference.as_ptr()).collect();
        assert_eq!(order, [first.as_ptr(), proxy.as_ptr(), called.as_ptr()]);
        drop(called);
        assert_eq!(weakref::count(&object), 2);
        assert_eq!(
            error(weakref::new_reference(&Int::new(1), None).map(Ref::into_object)),
            "TypeError: cannot create weak reference to 'int' object"
        );
        Ok(())
    });
}

#[test]
fn death_calls_the_newest_first() {
    with_interpreter(|| {
        let object = instance()?;
        let callback = callback()?;
        let plain = weakref::new_reference(&object, None)?;
        let hash = object.hash()?;
        assert_eq!(plain.hash()?, hash);
        let references: Vec<_> =
            (0..4).map(|_| weakref::new_reference(&object, Some(&callback))).collect::<Result<_>>()?;
        drop(object);
        let expected: Vec<_> = references.iter().rev().map(|reference| reference.as_ptr() as usize).collect();
        assert_eq!(CALLS.take(), expected);
        assert!(plain.is_dead());
        assert!(plain.call(&[])?.is_none());
        assert_eq!(plain.hash()?, hash);
        assert!(references[0].callback().is_none());
        assert_eq!(error(references[0].hash().map(|_| none())), "TypeError: weak object has gone away");
        Ok(())
    });
}

#[test]
fn proxies_pass_on() {
    with_interpreter(|| {
        let object = instance()?;
        let proxy = weakref::new_proxy(&object, None)?;
        proxy.set_attr(intern!("x"), &Int::new(5))?;
        assert_eq!(text(&*object.get_attr(intern!("x"))?), "5");
        assert_eq!(error(proxy.length().map(|_| none())), "TypeError: object of type 'A' has no len()");
        drop(object);
        assert_eq!(
            error(proxy.get_attr(intern!("x"))),
            "ReferenceError: weakly-referenced object no longer exists"
        );
        Ok(())
    });
}

#[test]
fn natives_with_a_list_can_be_referenced() {
    with_interpreter(|| {
        let module = Module::new("m");
        let reference = weakref::new_reference(&module, None)?;
        drop(module);
        assert!(reference.is_dead());
        let namespace = SimpleNamespace::new(Dict::new());
        assert_eq!(
            error(weakref::new_reference(&namespace, None).map(Ref::into_object)),
            "TypeError: cannot create weak reference to 'types.SimpleNamespace' object"
        );
        Ok(())
    });
}

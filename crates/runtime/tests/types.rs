//! Types without an interpreter loop: start-up, classes made from Rust, attributes, construction, death.

extern crate taipan_runtime as runtime;

use runtime::objects::r#type::TYPE_TYPE;
use runtime::prelude::*;

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
        panic!("{}: {}", exception.ty().name(), message(&exception));
    }
    Thread::make_current(None);
}

fn message(object: &Object) -> String {
    object.str_().map_or_else(
        |raised| {
            raised.clear();
            String::from("?")
        },
        |text| text.to_string(),
    )
}

fn class(name: &str, bases: &[&Object]) -> Result {
    let bases = Tuple::from_vec(bases.iter().map(|base| base.to_ref()).collect());
    TYPE_TYPE.call(&[&Str::new(name), &bases, &Dict::new()])
}

fn error(result: Result) -> String {
    match result {
        Ok(value) => message(&value),
        Err(raised) => {
            let exception = raised.take();
            format!("{}: {}", exception.ty().name(), message(&exception))
        }
    }
}

#[test]
fn classes() {
    with_interpreter(|| {
        let a = class("A", &[])?;
        let b = class("B", &[&a])?;
        assert_eq!(message(&*b.get_attr(intern!("__name__"))?), "B");
        assert_eq!(b.get_attr(intern!("__mro__"))?.downcast::<Tuple>().map(Tuple::len), Some(3));
        let object = b.call(&[])?;
        assert!(object.is_instance(&a)?);
        object.set_attr(intern!("x"), &Int::new(7))?;
        assert_eq!(message(&*object.get_attr(intern!("x"))?), "7");
        object.del_attr(intern!("x"))?;
        assert_eq!(error(object.get_attr(intern!("x"))), "AttributeError: 'B' object has no attribute 'x'");
        assert_eq!(error(b.call(&[&object])), "TypeError: B() takes no arguments");
        assert_eq!(
            error(class("C", &[&a, &b])),
            "TypeError: Cannot create a consistent method resolution order (MRO) for bases A, B"
        );
        assert_eq!(error(class("C", &[&a, &a])), "TypeError: duplicate base class A");
        assert_eq!(a.downcast::<Type>().map(|a| a.subclasses().len()), Some(1));
        drop((object, b));
        Ok(())
    });
}

#[test]
fn immutable_types() {
    with_interpreter(|| {
        let int = Int::new(1).ty().to_ref();
        assert_eq!(
            error(int.set_attr(intern!("x"), &int).map(|()| none())),
            "TypeError: cannot set 'x' attribute of immutable type 'int'"
        );
        assert_eq!(
            error(int.get_attr(intern!("nothing"))),
            "AttributeError: type object 'int' has no attribute 'nothing'"
        );
        Ok(())
    });
}

//! Raising. An error is a [`Raised`]: a token of no size that says "this thread's current exception is set", so that
//! `Result<Ref>` is one machine word, null for an error, as in C.

pub mod print;

use crate::object::Object;
use crate::objects::exceptions::BaseException;
use crate::objects::r#type::Type;
use crate::reference::Ref;
use crate::thread::Thread;

/// This thread's current exception is set. Only raising makes one.
#[derive(Debug)]
#[must_use]
pub struct Raised(());

pub type Result<T = Ref> = std::result::Result<T, Raised>;

impl Raised {
    /// The token for an exception that C code has set.
    pub fn assume_set() -> Raised {
        debug_assert!(Thread::current().has_exception(), "error return without exception set");
        Raised(())
    }

    /// Takes the exception back out of the thread: for handlers.
    pub fn take(self) -> Ref<BaseException> {
        let thread = Thread::current();
        match thread.take_exception() {
            Some(exception) => exception,
            None => {
                let _ = raise_message(
                    &crate::objects::exceptions::SystemError,
                    "error return without exception set",
                );
                thread.take_exception().expect("just raised")
            }
        }
    }

    /// Is the current exception an instance of `ty`?
    pub fn matches(&self, ty: &Type) -> bool {
        Thread::current().exception_type().is_some_and(|raised| raised.is_subtype(ty))
    }

    /// Forgets the exception.
    pub fn clear(self) {
        drop(self.take());
    }
}

/// Sets `exception` as the current one. Its `__context__` becomes the exception that is being handled, if any.
pub fn raise(exception: Ref<BaseException>) -> Raised {
    crate::objects::exceptions::set_handled_as_context(&exception);
    restore(exception)
}

/// Sets `exception` as the current one as it is: for an exception that was caught and goes on.
pub fn restore(exception: Ref<BaseException>) -> Raised {
    Thread::current().set_exception(Some(exception));
    Raised(())
}

/// Raises `ty(message)`. Use the `raise!` macro.
#[cold]
pub fn raise_message(ty: &Type, message: &str) -> Raised {
    let message = crate::objects::str::Str::new(message);
    raise_value(ty, &message)
}

/// Raises `ty(value)`: what C's `PyErr_SetObject` does (an instance is raised itself, a tuple is the arguments).
#[cold]
pub fn raise_value(ty: &Type, value: &Object) -> Raised {
    match crate::objects::exceptions::instantiate(ty, Some(value)) {
        Ok(exception) => raise(exception),
        Err(raised) => raised,
    }
}

/// Makes the named built-in exception with a formatted message the current one: `return Err(raise!(TypeError, "…{}", x))`.
#[macro_export]
macro_rules! raise {
    ($exception:ident) => {
        $crate::errors::raise_none(&$crate::objects::exceptions::$exception)
    };
    ($exception:ident, $literal:literal) => {
        $crate::errors::raise_message(&$crate::objects::exceptions::$exception, &format!($literal))
    };
    ($exception:ident, $format:literal, $($argument:tt)+) => {
        $crate::errors::raise_message(&$crate::objects::exceptions::$exception, &format!($format, $($argument)+))
    };
}

/// Raises `ty()`, without arguments.
#[cold]
pub fn raise_none(ty: &Type) -> Raised {
    match crate::objects::exceptions::instantiate(ty, None) {
        Ok(exception) => raise(exception),
        Err(raised) => raised,
    }
}

pub use print::{display_exception, print_exception, write_error_text};

/// Raises the OSError (of the right subclass) of an error number, with the names of the files that were concerned.
#[cold]
pub fn raise_os_error(number: i32, filename: Option<&Object>, filename2: Option<&Object>) -> Raised {
    match crate::objects::exceptions::os_error(number, filename, filename2) {
        Ok(exception) => raise(exception),
        Err(raised) => raised,
    }
}

/// Raises the OSError of the C library's last error.
#[cold]
pub fn raise_last_os_error(filename: Option<&Object>) -> Raised {
    raise_os_error(std::io::Error::last_os_error().raw_os_error().unwrap_or(0), filename, None)
}

/// Raises the OSError of a failed operation of Rust's library.
#[cold]
pub fn raise_io_error(error: &std::io::Error, filename: Option<&Object>) -> Raised {
    match error.raw_os_error() {
        Some(number) => raise_os_error(number, filename, None),
        None => raise_message(&crate::objects::exceptions::OSError, &error.to_string()),
    }
}

/// Raises `class(message, name=…, path=…, name_from=…)`, `class` being ImportError or a subclass.
#[cold]
pub fn raise_import_error(
    class: &Type,
    message: &str,
    name: Option<&Object>,
    path: Option<&Object>,
    name_from: Option<&Object>,
) -> Raised {
    match crate::objects::exceptions::import_error(class, message, name, path, name_from) {
        Ok(exception) => raise(exception),
        Err(raised) => raised,
    }
}

/// Raises `NameError(message, name=name)`.
#[cold]
pub fn raise_name_error(class: &Type, message: &str, name: &Object) -> Raised {
    match crate::objects::exceptions::name_error(class, message, name) {
        Ok(exception) => raise(exception),
        Err(raised) => raised,
    }
}

/// The MemoryError that needs no memory.
#[cold]
pub fn no_memory() -> Raised {
    raise(crate::objects::exceptions::memory_error())
}

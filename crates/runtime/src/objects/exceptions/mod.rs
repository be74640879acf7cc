//! The exception classes: `BaseException` and everything below it in `builtins`.
//! Behaviour: <https://docs.python.org/3.14/library/exceptions.html>.

mod attribute;
mod base;
mod construct;
mod group;
mod import;
mod key;
mod memory;
mod os;
mod stop;
mod syntax;
mod thrown;
pub mod unicode;
mod unraisable;

use std::ffi::CStr;

use crate::native::class::{Definition, Methods};
use crate::prelude::*;

pub use attribute::{AttributeError, NameError, name_error};
pub use base::BaseException;
pub use construct::{
    declared, instantiate, is_class_or_instance_of, raise_declared, set_cause, set_context,
    set_handled_as_context,
};
pub use group::{
    BaseExceptionGroup, exception_group_of, exception_group_type, group_projection, same_metadata,
};
pub use import::{ImportError, import_error};
pub use memory::{memory_error, prepare};
pub use os::{OSError, error_text, os_error};
pub use stop::{StopIteration, SystemExit};
pub use syntax::SyntaxError;
pub use thrown::normalize_thrown;
pub use unicode::{UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};
pub use unraisable::{
    default_unraisable_hook, write_unraisable, write_unraisable_doing, write_unraisable_message,
};

/// What a class that adds nothing to its base but a name says of itself.
struct Simple {
    name: &'static CStr,
    type_name: &'static str,
    doc: &'static str,
    base: fn() -> &'static StaticType,
    methods: &'static Methods,
}

fn define(ty: &'static Type, simple: &Simple) {
    let base = (simple.base)();
    base.define();
    let base = base.as_type();
    crate::native::class::define(
        ty,
        &Definition {
            name: simple.name,
            type_name: simple.type_name,
            doc: simple.doc,
            // Size, the collector's functions and construction come from the base.
            basicsize: 0,
            itemsize: 0,
            flags: abi::Py_TPFLAGS_BASETYPE | abi::Py_TPFLAGS_BASE_EXC_SUBCLASS,
            base: None,
            weaklist_offset: 0,
            dict_offset: 0,
            vectorcall_offset: 0,
            members: &[],
            dealloc: base.raw.tp_dealloc.get().expect("defined"),
            traverse: None,
            clear: None,
            methods: simple.methods,
        },
    );
    let raw = &ty.raw;
    raw.tp_base.set(base.as_type_ptr());
    raw.tp_new.set(base.raw.tp_new.get());
    raw.tp_init.set(base.raw.tp_init.get());
    let init = |ty: &Type| ty.raw.tp_init.get().map(|slot| slot as usize);
    if init(ty) == init(&BaseException) {
        raw.tp_vectorcall.set(BaseException.raw.tp_vectorcall.get());
    }
}

macro_rules! exceptions {
    ($($name:ident: $base:ident $(+ $methods:expr)?, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[allow(non_upper_case_globals)]
            pub static $name: StaticType = StaticType::new(|ty| {
                const NAME: &str = concat!(stringify!($name), "\0");
                let methods: &'static Methods = &Methods::EMPTY;
                $(let methods = { let _ = methods; $methods };)?
                define(ty, &Simple {
                    name: CStr::from_bytes_with_nul(NAME.as_bytes()).expect("ends with a null"),
                    type_name: stringify!($name),
                    doc: $doc,
                    base: || &$base,
                    methods,
                })
            });
        )*
    };
}

exceptions! {
    Exception: BaseException, "Common base class for all non-exit exceptions.";
    GeneratorExit: BaseException, "Request that a generator exit.";
    KeyboardInterrupt: BaseException, "Program interrupted by user.";
    StopAsyncIteration: Exception, "Signal the end from iterator.__anext__().";
    ArithmeticError: Exception, "Base class for arithmetic errors.";
    FloatingPointError: ArithmeticError, "Floating-point operation failed.";
    OverflowError: ArithmeticError, "Result too large to be represented.";
    ZeroDivisionError: ArithmeticError, "Second argument to a division or modulo operation was zero.";
    AssertionError: Exception, "Assertion failed.";
    BufferError: Exception, "Buffer error.";
    EOFError: Exception, "Read beyond end of file.";
    ModuleNotFoundError: ImportError, "Module not found.";
    LookupError: Exception, "Base class for lookup errors.";
    IndexError: LookupError, "Sequence index out of range.";
    KeyError: LookupError + key::METHODS, "Mapping key not found.";
    MemoryError: Exception, "Out of memory.";
    UnboundLocalError: NameError, "Local name referenced but not bound to a value.";
    BlockingIOError: OSError, "I/O operation would block.";
    ConnectionError: OSError, "Connection error.";
    ChildProcessError: OSError, "Child process error.";
    BrokenPipeError: ConnectionError, "Broken pipe.";
    ConnectionAbortedError: ConnectionError, "Connection aborted.";
    ConnectionRefusedError: ConnectionError, "Connection refused.";
    ConnectionResetError: ConnectionError, "Connection reset.";
    FileExistsError: OSError, "File already exists.";
    FileNotFoundError: OSError, "File not found.";
    IsADirectoryError: OSError, "Operation doesn't work on directories.";
    NotADirectoryError: OSError, "Operation only works on directories.";
    InterruptedError: OSError, "Interrupted by signal.";
    PermissionError: OSError, "Not enough permissions.";
    ProcessLookupError: OSError, "Process not found.";
    TimeoutError: OSError, "Timeout expired.";
    ReferenceError: Exception, "Weak ref proxy used after referent went away.";
    RuntimeError: Exception, "Unspecified run-time error.";
    RecursionError: RuntimeError, "Recursion limit exceeded.";
    NotImplementedError: RuntimeError, "Method or function hasn't been implemented yet.";
    PythonFinalizationError: RuntimeError, "Operation blocked during Python finalization.";
    IndentationError: SyntaxError, "Improper indentation.";
    TabError: IndentationError, "Improper mixture of spaces and tabs.";
    _IncompleteInputError: SyntaxError, "incomplete input.";
    SystemError: Exception, "Something is wrong inside the interpreter.";
    TypeError: Exception, "Inappropriate argument type.";
    ValueError: Exception, "Inappropriate argument value (of correct type).";
    UnicodeError: ValueError, "Unicode related error.";
    Warning: Exception, "Base class for warning categories.";
    BytesWarning: Warning, "Warnings about bytes where text is meant, or the other way round.";
    DeprecationWarning: Warning, "Base class for warnings about deprecated features.";
    EncodingWarning: Warning, "Base class for warnings about encodings.";
    FutureWarning: Warning, "Warnings about what will mean something else in a later version.";
    ImportWarning: Warning, "Base class for warnings about probable mistakes in module imports";
    PendingDeprecationWarning: Warning, "Base class for warnings about features which will be deprecated\nin the future.";
    ResourceWarning: Warning, "Base class for warnings about resource usage.";
    RuntimeWarning: Warning, "Base class for warnings about dubious runtime behavior.";
    SyntaxWarning: Warning, "Base class for warnings about dubious syntax.";
    UnicodeWarning: Warning, "Warnings about Unicode, mostly about conversions.";
    UserWarning: Warning, "Base class for warnings generated by user code.";
}

/// Every exception class in static memory, bases first, in the order in which CPython makes them.
pub static EXCEPTION_TYPES: &[&StaticType] = &[
    &BaseException,
    &BaseExceptionGroup,
    &Exception,
    &GeneratorExit,
    &KeyboardInterrupt,
    &SystemExit,
    &ArithmeticError,
    &AssertionError,
    &AttributeError,
    &BufferError,
    &EOFError,
    &ImportError,
    &LookupError,
    &MemoryError,
    &NameError,
    &OSError,
    &ReferenceError,
    &RuntimeError,
    &StopAsyncIteration,
    &StopIteration,
    &SyntaxError,
    &SystemError,
    &TypeError,
    &ValueError,
    &Warning,
    &FloatingPointError,
    &OverflowError,
    &ZeroDivisionError,
    &BytesWarning,
    &DeprecationWarning,
    &EncodingWarning,
    &FutureWarning,
    &ImportWarning,
    &PendingDeprecationWarning,
    &ResourceWarning,
    &RuntimeWarning,
    &SyntaxWarning,
    &UnicodeWarning,
    &UserWarning,
    &BlockingIOError,
    &ChildProcessError,
    &ConnectionError,
    &FileExistsError,
    &FileNotFoundError,
    &InterruptedError,
    &IsADirectoryError,
    &NotADirectoryError,
    &PermissionError,
    &ProcessLookupError,
    &TimeoutError,
    &IndentationError,
    &_IncompleteInputError,
    &IndexError,
    &KeyError,
    &ModuleNotFoundError,
    &NotImplementedError,
    &PythonFinalizationError,
    &RecursionError,
    &UnboundLocalError,
    &UnicodeError,
    &BrokenPipeError,
    &ConnectionAbortedError,
    &ConnectionRefusedError,
    &ConnectionResetError,
    &TabError,
    &UnicodeDecodeError,
    &UnicodeEncodeError,
    &UnicodeTranslateError,
];

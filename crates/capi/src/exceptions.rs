//! The exception classes as C sees them: variables that point to the types.
//! <https://docs.python.org/3.14/c-api/exceptions.html#standard-exceptions>

use runtime::objects::exceptions;
use runtime::objects::r#type::{StaticType, Type};

/// A variable that holds a type, constant for ever.
#[repr(transparent)]
pub struct ClassVariable(*const Type);

// SAFETY: it never changes.
unsafe impl Sync for ClassVariable {}

impl ClassVariable {
    const fn new(class: &'static StaticType) -> Self {
        ClassVariable(class.as_type())
    }
}

macro_rules! classes {
    ($($variable:ident $class:ident)*) => {$(
        #[doc = concat!("`", stringify!($class), "`.")]
        #[unsafe(no_mangle)]
        pub static $variable: ClassVariable = ClassVariable::new(&exceptions::$class);
    )*};
}

classes! {
    PyExc_BaseException BaseException
    PyExc_Exception Exception
    PyExc_BaseExceptionGroup BaseExceptionGroup
    PyExc_GeneratorExit GeneratorExit
    PyExc_KeyboardInterrupt KeyboardInterrupt
    PyExc_SystemExit SystemExit
    PyExc_ArithmeticError ArithmeticError
    PyExc_AssertionError AssertionError
    PyExc_AttributeError AttributeError
    PyExc_BufferError BufferError
    PyExc_EOFError EOFError
    PyExc_ImportError ImportError
    PyExc_LookupError LookupError
    PyExc_MemoryError MemoryError
    PyExc_NameError NameError
    PyExc_OSError OSError
    PyExc_ReferenceError ReferenceError
    PyExc_RuntimeError RuntimeError
    PyExc_StopAsyncIteration StopAsyncIteration
    PyExc_StopIteration StopIteration
    PyExc_SyntaxError SyntaxError
    PyExc_SystemError SystemError
    PyExc_TypeError TypeError
    PyExc_ValueError ValueError
    PyExc_Warning Warning
    PyExc_FloatingPointError FloatingPointError
    PyExc_OverflowError OverflowError
    PyExc_ZeroDivisionError ZeroDivisionError
    PyExc_BytesWarning BytesWarning
    PyExc_DeprecationWarning DeprecationWarning
    PyExc_EncodingWarning EncodingWarning
    PyExc_FutureWarning FutureWarning
    PyExc_ImportWarning ImportWarning
    PyExc_PendingDeprecationWarning PendingDeprecationWarning
    PyExc_ResourceWarning ResourceWarning
    PyExc_RuntimeWarning RuntimeWarning
    PyExc_SyntaxWarning SyntaxWarning
    PyExc_UnicodeWarning UnicodeWarning
    PyExc_UserWarning UserWarning
    PyExc_BlockingIOError BlockingIOError
    PyExc_ChildProcessError ChildProcessError
    PyExc_ConnectionError ConnectionError
    PyExc_FileExistsError FileExistsError
    PyExc_FileNotFoundError FileNotFoundError
    PyExc_InterruptedError InterruptedError
    PyExc_IsADirectoryError IsADirectoryError
    PyExc_NotADirectoryError NotADirectoryError
    PyExc_PermissionError PermissionError
    PyExc_ProcessLookupError ProcessLookupError
    PyExc_TimeoutError TimeoutError
    PyExc_IndentationError IndentationError
    PyExc_IndexError IndexError
    PyExc_KeyError KeyError
    PyExc_ModuleNotFoundError ModuleNotFoundError
    PyExc_NotImplementedError NotImplementedError
    PyExc_PythonFinalizationError PythonFinalizationError
    PyExc_RecursionError RecursionError
    PyExc_UnboundLocalError UnboundLocalError
    PyExc_UnicodeError UnicodeError
    PyExc_BrokenPipeError BrokenPipeError
    PyExc_ConnectionAbortedError ConnectionAbortedError
    PyExc_ConnectionRefusedError ConnectionRefusedError
    PyExc_ConnectionResetError ConnectionResetError
    PyExc_TabError TabError
    PyExc_UnicodeDecodeError UnicodeDecodeError
    PyExc_UnicodeEncodeError UnicodeEncodeError
    PyExc_UnicodeTranslateError UnicodeTranslateError
    PyExc_EnvironmentError OSError
    PyExc_IOError OSError
}

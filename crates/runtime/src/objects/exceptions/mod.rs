//! `BaseException`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::{StaticType, Type};
use crate::reference::Ref;

/// What every exception begins with.
#[repr(C)]
pub struct BaseException {
    raw: abi::PyBaseExceptionObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for BaseException {}
// SAFETY: every instance begins so.
unsafe impl NativeType for BaseException {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for BaseException {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl BaseException {}

/// Gives a new exception its `__context__`: the exception that is being handled in this thread, if any.
pub fn set_handled_as_context(_exception: &BaseException) {
    todo!()
}

/// Makes an exception of type `ty` as `PyErr_SetObject` would: `value` is the instance itself, a tuple of arguments, or one argument.
pub fn instantiate(_ty: &Type, _value: Option<&Object>) -> Result<Ref<BaseException>> {
    todo!()
}

/// Sets `__cause__`, which hides the context.
pub fn set_cause(_exception: &BaseException, _cause: Option<&BaseException>) {
    todo!()
}

/// Sets `__context__`.
pub fn set_context(_exception: &BaseException, _context: Option<&BaseException>) {
    todo!()
}

macro_rules! exceptions {
    ($($name:ident)*) => {$(
        #[allow(non_upper_case_globals)]
        pub static $name: StaticType = StaticType::new(|_| todo!());
    )*};
}
exceptions! {
    Exception BaseExceptionGroup GeneratorExit KeyboardInterrupt SystemExit ArithmeticError AssertionError AttributeError BufferError EOFError ImportError
    LookupError MemoryError NameError OSError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError TypeError ValueError
    Warning FloatingPointError OverflowError ZeroDivisionError BytesWarning DeprecationWarning EncodingWarning FutureWarning ImportWarning
    PendingDeprecationWarning ResourceWarning RuntimeWarning SyntaxWarning UnicodeWarning UserWarning BlockingIOError ChildProcessError ConnectionError
    FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError PermissionError ProcessLookupError TimeoutError
    IndentationError IndexError KeyError ModuleNotFoundError NotImplementedError PythonFinalizationError RecursionError UnboundLocalError UnicodeError
    BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError TabError UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError
}

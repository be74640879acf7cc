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

impl BaseException {
    /// `__traceback__`.
    pub fn traceback(&self) -> Option<Ref> {
        todo!()
    }
    pub fn set_traceback(&self, _traceback: Option<Ref>) {
        todo!()
    }
}

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

/// Reports an exception that has nowhere to go: `sys.unraisablehook`.
pub fn write_unraisable(_exception: Ref<BaseException>, _object: Option<&Object>) {
    todo!()
}

/// `ExceptionGroup(message, exceptions)`, or a BaseExceptionGroup if one of them is no Exception.
pub fn exception_group_of(_message: &str, _exceptions: &[Ref]) -> Result {
    todo!()
}

/// Have two exceptions the same notes, traceback, context and cause (so that one was split off the other)?
pub fn same_metadata(_left: &Object, _right: &Object) -> bool {
    todo!()
}

/// The part of a group that holds just the leaves of the given groups, which were split off it (C: `_PyExc_PrepReraiseStar`'s projection).
pub fn group_projection(_original: &Object, _keep: &[Ref]) -> Result<Option<Ref>> {
    todo!()
}

/// Is it an exception class derived from `class`, or an instance of it?
pub fn is_class_or_instance_of(_exception: &Object, _class: &Type) -> bool {
    todo!()
}

/// The exception that `throw(type, value, traceback)` means, with the errors of wrong arguments.
pub fn normalize_thrown(
    _exception: &Object,
    _value: Option<&Object>,
    _traceback: Option<&Object>,
) -> Result<Ref<BaseException>> {
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

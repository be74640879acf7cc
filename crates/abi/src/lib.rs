//! The memory layout of CPython 3.14's public C headers (default build with a GIL, 64-bit): every struct that compiled
//! extension modules read, and every constant they were compiled with.
//!
//! Names of structs, fields and constants are C's. A field that changes while references to its object exist is a
//! [`Cell`](core::cell::Cell). This crate knows nothing else: no behaviour, no allocation, no objects.
//! `tests/layout.rs` compares it with the headers.

#![no_std]
#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals)]

/// Gives each struct a `zeroed()`: every pointer null, every number zero.
macro_rules! zeroed {
    ($($name:ident),*) => {
        $(impl $name {
            /// With every field null or zero.
            pub const fn zeroed() -> Self {
                // SAFETY: null is valid for every field: pointers, optional functions and integers.
                unsafe { core::mem::MaybeUninit::zeroed().assume_init() }
            }
        })*
    };
}

mod buffer;
mod bytesobject;
mod code;
mod containers;
mod datetime;
mod descrobject;
mod funcobject;
mod initconfig;
mod longobject;
mod methodobject;
mod moduleobject;
mod numbers;
mod object;
mod pyerrors;
mod pystate;
mod structseq;
mod typeobject;
mod typeslots;
mod unicodeobject;
mod weakref;

pub use buffer::*;
pub use bytesobject::*;
pub use code::*;
pub use containers::*;
pub use datetime::*;
pub use descrobject::*;
pub use funcobject::*;
pub use initconfig::*;
pub use longobject::*;
pub use methodobject::*;
pub use moduleobject::*;
pub use numbers::*;
pub use object::*;
pub use pyerrors::*;
pub use pystate::*;
pub use structseq::*;
pub use typeobject::*;
pub use typeslots::*;
pub use unicodeobject::*;
pub use weakref::*;

/// Lets statics hold these structs.
macro_rules! shared {
    ($($name:ident),* $(,)?) => {
        $(
            // SAFETY: the GIL (later: the object's critical section) guards every access from Python threads.
            unsafe impl Sync for $name {}
        )*
    };
}

shared!(
    PyObject,
    PyVarObject,
    PyGC_Head,
    _PyDictViewObject,
    _Py_Identifier,
    PyNumberMethods,
    PySequenceMethods,
    PyMappingMethods,
    PyAsyncMethods,
    PyBufferProcs,
    PyTypeObject,
    _specialization_cache,
    PyHeapTypeObject,
    PyType_Slot,
    PyType_Spec,
    _PyLongValue,
    PyLongObject,
    PyLongLayout,
    PyLongExport,
    PyFloatObject,
    Py_complex,
    PyComplexObject,
    PyASCIIObject,
    PyCompactUnicodeObject,
    PyUnicodeObject,
    _PyUnicodeWriter,
    PyBytesObject,
    PyByteArrayObject,
    PyTupleObject,
    PyListObject,
    PyDictObject,
    setentry,
    PySetObject,
    Py_buffer,
    _PyManagedBufferObject,
    PyMemoryViewObject,
    PyMethodDef,
    PyCFunctionObject,
    PyCMethodObject,
    PyMethodObject,
    PyInstanceMethodObject,
    PyGetSetDef,
    PyMemberDef,
    wrapperbase,
    PyDescrObject,
    PyMethodDescrObject,
    PyMemberDescrObject,
    PyGetSetDescrObject,
    PyWrapperDescrObject,
    PyModuleDef_Base,
    PyModuleDef_Slot,
    PyModuleDef,
    _inittab,
    _frozen,
    PyFrameConstructor,
    PyFunctionObject,
    PyCellObject,
    PySliceObject,
    _PyCoCached,
    _PyExecutorArray,
    PyCodeObject,
    _opaque,
    PyCodeAddressRange,
    PyTracebackObject,
    PyFrameLocalsProxyObject,
    PyCompilerFlags,
    PyBaseExceptionObject,
    PyBaseExceptionGroupObject,
    PySyntaxErrorObject,
    PyImportErrorObject,
    PyUnicodeErrorObject,
    PySystemExitObject,
    PyOSErrorObject,
    PyStopIterationObject,
    PyNameErrorObject,
    PyAttributeErrorObject,
    PyWeakReference,
    PyStructSequence_Field,
    PyStructSequence_Desc,
    PyDateTime_Delta,
    PyDateTime_TZInfo,
    _PyDateTime_BaseTZInfo,
    _PyDateTime_BaseTime,
    PyDateTime_Time,
    PyDateTime_Date,
    _PyDateTime_BaseDateTime,
    PyDateTime_DateTime,
    PyDateTime_CAPI,
    PyMutex,
    _PyRemoteDebuggerSupport,
    _PyErr_StackItem,
    _PyStackChunk,
    PyThreadState,
    Py_tss_t,
    PyMemAllocatorEx,
    PyObjectArenaAllocator,
    _PyOnceFlag,
    _PyArg_Parser,
    PyHash_FuncDef,
    PyStatus,
    PyWideStringList,
    PyPreConfig,
    PyConfig,
    PyInterpreterConfig
);

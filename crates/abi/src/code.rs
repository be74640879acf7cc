//! Code objects, frames and tracebacks (`cpython/code.h`, `cpython/traceback.h`, `cpython/frameobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};

/// A frame object; opaque in C.
#[repr(C)]
pub struct PyFrameObject {
    _private: [u8; 0],
}

/// A frame of the interpreter; private.
#[repr(C)]
pub struct _PyInterpreterFrame {
    _private: [u8; 0],
}

/// A trace of the optimizer; private.
#[repr(C)]
pub struct _PyExecutorObject {
    _private: [u8; 0],
}

/// What instruments a code object; private.
#[repr(C)]
pub struct _PyCoMonitoringData {
    _private: [u8; 0],
}

/// What happens to a watched code object.
pub type PyCodeEvent = c_int;
/// The code object was created.
pub const PY_CODE_EVENT_CREATE: PyCodeEvent = 0;
/// The code object is about to be destroyed.
pub const PY_CODE_EVENT_DESTROY: PyCodeEvent = 1;

/// `int (*PyCode_WatchCallback)( PyCodeEvent event, PyCodeObject* co)`.
pub type PyCode_WatchCallback = Option<unsafe extern "C" fn(PyCodeEvent, *mut PyCodeObject) -> c_int>;

/// What a code object computes on demand.
#[repr(C)]
pub struct _PyCoCached {
    pub _co_code: Cell<*mut PyObject>,
    pub _co_varnames: Cell<*mut PyObject>,
    pub _co_cellvars: Cell<*mut PyObject>,
    pub _co_freevars: Cell<*mut PyObject>,
}

/// The traces of a code object.
#[repr(C)]
pub struct _PyExecutorArray {
    pub size: Cell<c_int>,
    pub capacity: Cell<c_int>,
    pub executors: [Cell<*mut _PyExecutorObject>; 1],
}

/// A code object; its instructions follow as `co_code_adaptive`.
#[repr(C)]
pub struct PyCodeObject {
    pub ob_base: PyVarObject,
    pub co_consts: Cell<*mut PyObject>,
    pub co_names: Cell<*mut PyObject>,
    pub co_exceptiontable: Cell<*mut PyObject>,
    pub co_flags: Cell<c_int>,
    pub co_argcount: Cell<c_int>,
    pub co_posonlyargcount: Cell<c_int>,
    pub co_kwonlyargcount: Cell<c_int>,
    pub co_stacksize: Cell<c_int>,
    pub co_firstlineno: Cell<c_int>,
    pub co_nlocalsplus: Cell<c_int>,
    pub co_framesize: Cell<c_int>,
    pub co_nlocals: Cell<c_int>,
    pub co_ncellvars: Cell<c_int>,
    pub co_nfreevars: Cell<c_int>,
    pub co_version: Cell<u32>,
    pub co_localsplusnames: Cell<*mut PyObject>,
    pub co_localspluskinds: Cell<*mut PyObject>,
    pub co_filename: Cell<*mut PyObject>,
    pub co_name: Cell<*mut PyObject>,
    pub co_qualname: Cell<*mut PyObject>,
    pub co_linetable: Cell<*mut PyObject>,
    pub co_weakreflist: Cell<*mut PyObject>,
    pub co_executors: Cell<*mut _PyExecutorArray>,
    pub _co_cached: Cell<*mut _PyCoCached>,
    pub _co_instrumentation_version: Cell<usize>,
    pub _co_monitoring: Cell<*mut _PyCoMonitoringData>,
    pub _co_unique_id: Cell<Py_ssize_t>,
    pub _co_firsttraceable: Cell<c_int>,
    pub co_extra: Cell<*mut c_void>,
    pub co_code_adaptive: [Cell<c_char>; 1],
}

/// Where a reader of the line table is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _opaque {
    pub computed_line: c_int,
    pub lo_next: *const u8,
    pub limit: *const u8,
}

/// A range of instructions and its line.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCodeAddressRange {
    pub ar_start: c_int,
    pub ar_end: c_int,
    pub ar_line: c_int,
    pub opaque: _opaque,
}

/// A traceback entry.
#[repr(C)]
pub struct PyTracebackObject {
    pub ob_base: PyObject,
    pub tb_next: Cell<*mut PyTracebackObject>,
    pub tb_frame: Cell<*mut PyFrameObject>,
    pub tb_lasti: Cell<c_int>,
    pub tb_lineno: Cell<c_int>,
}

/// A function frame's `f_locals`.
#[repr(C)]
pub struct PyFrameLocalsProxyObject {
    pub ob_base: PyObject,
    pub frame: Cell<*mut PyFrameObject>,
}

/// The flags and feature version for compiling a text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCompilerFlags {
    pub cf_flags: c_int,
    pub cf_feature_version: c_int,
}

/// A bit of `co_flags`.
pub const CO_COROUTINE: c_int = 0x0080;
/// A bit of `co_flags`.
pub const CO_FUTURE_PRINT_FUNCTION: c_int = 0x100000;
/// A bit of `co_flags`.
pub const CO_FUTURE_ABSOLUTE_IMPORT: c_int = 0x40000;
/// A bit of `co_flags`.
pub const CO_METHOD: c_int = 0x8000000;
/// A bit of `co_flags`.
pub const CO_MAXBLOCKS: c_int = 21;
/// A bit of `co_flags`.
pub const CO_FUTURE_ANNOTATIONS: c_int = 0x1000000;
/// A bit of `co_flags`.
pub const CO_VARARGS: c_int = 0x0004;
/// A bit of `co_flags`.
pub const CO_VARKEYWORDS: c_int = 0x0008;
/// A bit of `co_flags`.
pub const CO_ITERABLE_COROUTINE: c_int = 0x0100;
/// A bit of `co_flags`.
pub const CO_FUTURE_WITH_STATEMENT: c_int = 0x80000;
/// A bit of `co_flags`.
pub const CO_GENERATOR: c_int = 0x0020;
/// A bit of `co_flags`.
pub const CO_NEWLOCALS: c_int = 0x0002;
/// A bit of `co_flags`.
pub const CO_NESTED: c_int = 0x0010;
/// A bit of `co_flags`.
pub const CO_FUTURE_DIVISION: c_int = 0x20000;
/// A bit of `co_flags`.
pub const CO_OPTIMIZED: c_int = 0x0001;
/// A bit of `co_flags`.
pub const CO_HAS_DOCSTRING: c_int = 0x4000000;
/// A bit of `co_flags`.
pub const CO_FUTURE_BARRY_AS_BDFL: c_int = 0x400000;
/// A bit of `co_flags`.
pub const CO_ASYNC_GENERATOR: c_int = 0x0200;
/// A bit of `co_flags`.
pub const CO_FUTURE_UNICODE_LITERALS: c_int = 0x200000;
/// A bit of `co_flags`.
pub const CO_NO_MONITORING_EVENTS: c_int = 0x2000000;
/// A bit of `co_flags`.
pub const CO_FUTURE_GENERATOR_STOP: c_int = 0x800000;

/// A compiler flag.
pub const PyCF_ALLOW_INCOMPLETE_INPUT: c_int = 0x4000;
/// A compiler flag.
pub const PyCF_TYPE_COMMENTS: c_int = 0x1000;
/// A compiler flag.
pub const PyCF_COMPILE_MASK: c_int = 0xf600;
/// A compiler flag.
pub const PyCF_IGNORE_COOKIE: c_int = 0x0800;
/// A compiler flag.
pub const PyCF_OPTIMIZED_AST: c_int = 0x8400;
/// A compiler flag.
pub const PyCF_DONT_IMPLY_DEDENT: c_int = 0x0200;
/// A compiler flag.
pub const PyCF_SOURCE_IS_UTF8: c_int = 0x0100;
/// A compiler flag.
pub const PyCF_ONLY_AST: c_int = 0x0400;
/// A compiler flag.
pub const PyCF_ALLOW_TOP_LEVEL_AWAIT: c_int = 0x2000;

/// What a text is parsed as.
pub const Py_single_input: c_int = 256;
/// What a text is parsed as.
pub const Py_eval_input: c_int = 258;
/// What a text is parsed as.
pub const Py_file_input: c_int = 257;
/// What a text is parsed as.
pub const Py_func_type_input: c_int = 345;

/// An event for a trace function.
pub const PyTrace_OPCODE: c_int = 7;
/// An event for a trace function.
pub const PyTrace_LINE: c_int = 2;
/// An event for a trace function.
pub const PyTrace_EXCEPTION: c_int = 1;
/// An event for a trace function.
pub const PyTrace_CALL: c_int = 0;
/// An event for a trace function.
pub const PyTrace_RETURN: c_int = 3;
/// An event for a trace function.
pub const PyTrace_C_CALL: c_int = 4;
/// An event for a trace function.
pub const PyTrace_C_EXCEPTION: c_int = 5;
/// An event for a trace function.
pub const PyTrace_C_RETURN: c_int = 6;

/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_THROW: c_int = 14;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_YIELD: c_int = 3;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_INSTRUCTION: c_int = 6;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_UNWIND: c_int = 13;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_RESUME: c_int = 1;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_RAISE: c_int = 11;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_BRANCH: c_int = 18;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_RERAISE: c_int = 15;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_EXCEPTION_HANDLED: c_int = 12;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_STOP_ITERATION: c_int = 10;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_LINE: c_int = 5;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_CALL: c_int = 4;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_RETURN: c_int = 2;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_PY_START: c_int = 0;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_C_RAISE: c_int = 17;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_BRANCH_RIGHT: c_int = 9;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_C_RETURN: c_int = 16;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_BRANCH_LEFT: c_int = 8;
/// An event for `sys.monitoring`.
pub const PY_MONITORING_EVENT_JUMP: c_int = 7;

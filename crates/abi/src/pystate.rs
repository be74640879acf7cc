//! Threads, locks and allocators (`cpython/pystate.h`, `cpython/lock.h`, `cpython/pymem.h`, `pythread.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_uint, c_ulong, c_void};

/// An interpreter; opaque in C.
#[repr(C)]
pub struct PyInterpreterState {
    _private: [u8; 0],
}

/// Whether `PyGILState_Ensure` found the GIL held: 0, or not: 1.
pub type PyGILState_STATE = c_int;
/// The thread held the GIL already.
pub const PyGILState_LOCKED: PyGILState_STATE = 0;
/// The thread did not hold the GIL.
pub const PyGILState_UNLOCKED: PyGILState_STATE = 1;

/// A lock of `pythread.h`; opaque in C.
pub type PyThread_type_lock = *mut c_void;
/// How `PyThread_acquire_lock_timed` ended.
pub type PyLockStatus = c_int;
/// The lock was not acquired.
pub const PY_LOCK_FAILURE: PyLockStatus = 0;
/// The lock was acquired.
pub const PY_LOCK_ACQUIRED: PyLockStatus = 1;
/// A signal came first.
pub const PY_LOCK_INTR: PyLockStatus = 2;

/// A time in nanoseconds.
pub type PyTime_t = i64;

/// A critical section: nothing in the build with a GIL, but C reserves its place.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCriticalSection {
    pub _cs_prev: usize,
    pub _cs_mutex: *mut PyMutex,
}

/// A critical section of two objects.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyCriticalSection2 {
    pub _cs_base: PyCriticalSection,
    pub _cs_mutex2: *mut PyMutex,
}

/// `int (*Py_tracefunc)(PyObject *, PyFrameObject *, int, PyObject *)`.
pub type Py_tracefunc =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyFrameObject, c_int, *mut PyObject) -> c_int>;

/// A one-byte lock: bit 0 locked, bit 1 threads are parked.
#[repr(C)]
pub struct PyMutex {
    pub _bits: Cell<u8>,
}

/// How another process asks this thread to run a script.
#[repr(C)]
pub struct _PyRemoteDebuggerSupport {
    pub debugger_pending_call: Cell<i32>,
    pub debugger_script_path: [Cell<c_char>; 512],
}

/// An exception that is being handled.
#[repr(C)]
pub struct _PyErr_StackItem {
    pub exc_value: Cell<*mut PyObject>,
    pub previous_item: Cell<*mut _PyErr_StackItem>,
}

/// A chunk of the data stack that holds frames.
#[repr(C)]
pub struct _PyStackChunk {
    pub previous: Cell<*mut _PyStackChunk>,
    pub size: Cell<usize>,
    pub top: Cell<usize>,
    pub data: [Cell<*mut PyObject>; 1],
}

/// A thread of an interpreter.
/// `_status` packs bits: initialized, bound, unbound, bound_gilstate, active, finalizing, cleared, finalized.
#[repr(C)]
pub struct PyThreadState {
    pub prev: Cell<*mut PyThreadState>,
    pub next: Cell<*mut PyThreadState>,
    pub interp: Cell<*mut PyInterpreterState>,
    pub eval_breaker: Cell<usize>,
    pub _status: Cell<c_uint>,
    pub holds_gil: Cell<c_int>,
    pub _whence: Cell<c_int>,
    pub state: Cell<c_int>,
    pub py_recursion_remaining: Cell<c_int>,
    pub py_recursion_limit: Cell<c_int>,
    pub recursion_headroom: Cell<c_int>,
    pub tracing: Cell<c_int>,
    pub what_event: Cell<c_int>,
    pub current_frame: Cell<*mut _PyInterpreterFrame>,
    pub c_profilefunc: Cell<Py_tracefunc>,
    pub c_tracefunc: Cell<Py_tracefunc>,
    pub c_profileobj: Cell<*mut PyObject>,
    pub c_traceobj: Cell<*mut PyObject>,
    pub current_exception: Cell<*mut PyObject>,
    pub exc_info: Cell<*mut _PyErr_StackItem>,
    pub dict: Cell<*mut PyObject>,
    pub gilstate_counter: Cell<c_int>,
    pub async_exc: Cell<*mut PyObject>,
    pub thread_id: Cell<c_ulong>,
    pub native_thread_id: Cell<c_ulong>,
    pub delete_later: Cell<*mut PyObject>,
    pub critical_section: Cell<usize>,
    pub coroutine_origin_tracking_depth: Cell<c_int>,
    pub async_gen_firstiter: Cell<*mut PyObject>,
    pub async_gen_finalizer: Cell<*mut PyObject>,
    pub context: Cell<*mut PyObject>,
    pub context_ver: Cell<u64>,
    pub id: Cell<u64>,
    pub datastack_chunk: Cell<*mut _PyStackChunk>,
    pub datastack_top: Cell<*mut *mut PyObject>,
    pub datastack_limit: Cell<*mut *mut PyObject>,
    pub exc_state: _PyErr_StackItem,
    pub current_executor: Cell<*mut PyObject>,
    pub dict_global_version: Cell<u64>,
    pub threading_local_key: Cell<*mut PyObject>,
    pub threading_local_sentinel: Cell<*mut PyObject>,
    pub remote_debugger_support: _PyRemoteDebuggerSupport,
    pub datastack_cached_chunk: Cell<*mut _PyStackChunk>,
}

/// A key for thread-specific storage.
#[repr(C)]
pub struct Py_tss_t {
    pub _is_initialized: Cell<c_int>,
    pub _key: Cell<c_uint>,
}

/// A memory allocator.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemAllocatorEx {
    pub ctx: *mut c_void,
    pub malloc: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>,
    pub calloc: Option<unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void>,
    pub realloc: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
}

/// An allocator of arenas.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyObjectArenaAllocator {
    pub ctx: *mut c_void,
    pub alloc: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize)>,
}

/// Whether something was done.
#[repr(C)]
pub struct _PyOnceFlag {
    pub v: Cell<u8>,
}

/// A parsed argument format, which Argument Clinic keeps in static memory.
#[repr(C)]
pub struct _PyArg_Parser {
    pub format: Cell<*const c_char>,
    pub keywords: Cell<*const *const c_char>,
    pub fname: Cell<*const c_char>,
    pub custom_msg: Cell<*const c_char>,
    pub once: _PyOnceFlag,
    pub is_kwtuple_owned: Cell<c_int>,
    pub pos: Cell<c_int>,
    pub min: Cell<c_int>,
    pub max: Cell<c_int>,
    pub kwtuple: Cell<*mut PyObject>,
    pub next: Cell<*mut _PyArg_Parser>,
}

/// The hash function in use.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyHash_FuncDef {
    pub hash: Option<unsafe extern "C" fn(*const c_void, Py_ssize_t) -> Py_hash_t>,
    pub name: *const c_char,
    pub hash_bits: c_int,
    pub seed_bits: c_int,
}

impl PyThreadState {
    /// All fields zero: pointers null, counters 0.
    pub const fn zeroed() -> Self {
        // SAFETY: every field is a cell of a number, a pointer or an optional function, for which zero bits are valid.
        unsafe { core::mem::zeroed() }
    }
}

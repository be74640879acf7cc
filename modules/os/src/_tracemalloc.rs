//! `_tracemalloc`: tracing of memory. There is none here, as the allocator has no hooks; `start` says so.
//! <https://docs.python.org/3.14/library/tracemalloc.html>.

use runtime::prelude::*;

module! {
    name: "_tracemalloc",
    doc: "Debug module to trace memory blocks allocated by Python.",
    functions: [
        get_object_traceback, get_traces, clear_traces, get_traceback_limit, get_traced_memory,
        get_tracemalloc_memory, is_tracing, reset_peak, start, stop,
    ],
}

/// Start tracing Python memory allocations.
///
/// Also set the maximum number of frames stored in the traceback of a trace to nframe.
#[function(signature = "($module, nframe=1, /)")]
fn start(_module: &Module, nframe: Option<i32>) -> Result<()> {
    if !(1..=65535).contains(&nframe.unwrap_or(1)) {
        return Err(raise!(ValueError, "the number of frames must be in range [1; 65535]"));
    }
    Err(raise!(NotImplementedError, "tracing of memory allocations is not available"))
}

/// Stop tracing Python memory allocations.
#[function(signature = "($module, /)")]
fn stop(_module: &Module) {}

/// Return True if the tracemalloc module is tracing Python memory allocations.
#[function(signature = "($module, /)")]
fn is_tracing(_module: &Module) -> bool {
    false
}

/// Clear traces of memory blocks allocated by Python.
#[function(signature = "($module, /)")]
fn clear_traces(_module: &Module) {}

/// Get traces of all memory blocks allocated by Python: none while nothing is traced.
#[function(name = "_get_traces", signature = "($module, /)")]
fn get_traces(_module: &Module) -> Ref<List> {
    List::new()
}

/// Get the traceback where the Python object obj was allocated, or None.
#[function(name = "_get_object_traceback", signature = "($module, obj, /)")]
fn get_object_traceback(_module: &Module, _obj: &Object) {}

/// Get the maximum number of frames stored in the traceback of a trace.
#[function(signature = "($module, /)")]
fn get_traceback_limit(_module: &Module) -> i32 {
    1
}

/// Get the memory usage in bytes of the tracemalloc module.
#[function(signature = "($module, /)")]
fn get_tracemalloc_memory(_module: &Module) -> i32 {
    0
}

/// Get the current size and peak size of memory blocks traced by tracemalloc.
#[function(signature = "($module, /)")]
fn get_traced_memory(_module: &Module) -> (i32, i32) {
    (0, 0)
}

/// Set the peak size of memory blocks traced by tracemalloc to the current size.
#[function(signature = "($module, /)")]
fn reset_peak(_module: &Module) {}

//! `_tracemalloc`: tracing of memory. The runtime's allocator does it; here it is shown.
//! <https://docs.python.org/3.14/library/tracemalloc.html>.

use runtime::prelude::*;
use runtime::tracemalloc::{self, Shown};

use runtime::native::system::int;

module! {
    name: "_tracemalloc",
    doc: "Where memory was allocated.",
    functions: [
        get_object_traceback, get_traces, clear_traces, get_traceback_limit, get_traced_memory,
        get_tracemalloc_memory, is_tracing, reset_peak, start, stop,
    ],
}

/// Begin to trace memory blocks, with at most that many frames each.
#[function(signature = "($module, nframe=1, /)")]
fn start(_module: &Module, nframe: Option<i32>) -> Result<()> {
    let limit = nframe.unwrap_or(1);
    if !(1..=65535).contains(&limit) {
        return Err(raise!(ValueError, "the number of frames must be in range [1; 65535]"));
    }
    tracemalloc::start(limit as usize);
    Ok(())
}

/// Stop tracing, and forget the traces.
#[function(signature = "($module, /)")]
fn stop(_module: &Module) {
    tracemalloc::stop();
}

/// Tell whether memory blocks are traced.
#[function(signature = "($module, /)")]
fn is_tracing(_module: &Module) -> bool {
    tracemalloc::is_on()
}

/// Forget the traces so far.
#[function(signature = "($module, /)")]
fn clear_traces(_module: &Module) {
    tracemalloc::clear();
}

/// A traceback as a tuple of (file name, line), the innermost frame first.
fn frames(shown: &Shown) -> Ref {
    let frame = |(name, line): &(Option<Ref<Str>>, i32)| {
        let name = name.clone().unwrap_or_else(|| Str::new("<unknown>"));
        Tuple::pack([name.into_object(), int(*line)]).into_object()
    };
    Tuple::from_vec(shown.frames.iter().map(frame).collect()).into_object()
}

/// Return the traced blocks as (domain, size, traceback, number of frames).
#[function(name = "_get_traces", signature = "($module, /)")]
fn get_traces(_module: &Module) -> Ref<List> {
    let (blocks, shown) = tracemalloc::traces();
    let tracebacks: Vec<(Ref, Ref)> =
        shown.iter().map(|shown| (frames(shown), int(shown.total as i64))).collect();
    let trace = |(domain, size, traceback): (u32, usize, usize)| {
        let (frames, total) = &tracebacks[traceback];
        let domain = Int::from_u64(domain.into()).into_object();
        Tuple::pack([domain, Int::from_usize(size).into_object(), frames.clone(), total.clone()])
            .into_object()
    };
    List::from_vec(blocks.into_iter().map(trace).collect())
}

/// Return where an object was allocated, or None.
#[function(name = "_get_object_traceback", signature = "($module, obj, /)")]
fn get_object_traceback(_module: &Module, obj: &Object) -> Option<Ref> {
    let address = obj.as_ptr() as usize - runtime::memory::preheader_size(obj.ty());
    tracemalloc::traceback_of(address).map(|shown| frames(&shown))
}

/// Return how many frames a trace keeps at most.
#[function(signature = "($module, /)")]
fn get_traceback_limit(_module: &Module) -> usize {
    tracemalloc::limit()
}

/// Return how many bytes the traces themselves take.
#[function(signature = "($module, /)")]
fn get_tracemalloc_memory(_module: &Module) -> usize {
    tracemalloc::own_memory()
}

/// Return the bytes that are traced now, and the most there were.
#[function(signature = "($module, /)")]
fn get_traced_memory(_module: &Module) -> (usize, usize) {
    tracemalloc::memory()
}

/// Let the most there were be the bytes that are traced now.
#[function(signature = "($module, /)")]
fn reset_peak(_module: &Module) {
    tracemalloc::reset_peak();
}

//! Tracing of memory blocks: where each was allocated (`tracemalloc`). The allocator asks [`is_on`] and does nothing more
//! while it is off.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::objects::str::Str;
use crate::reference::Ref;
use crate::thread::Thread;

/// The frames of a place where memory was allocated, the innermost first: file name (by address) and line.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Traceback {
    frames: Vec<(usize, i32)>,
    /// How many frames there were, beyond the limit too.
    total: usize,
}

struct Block {
    size: usize,
    traceback: usize,
}

#[derive(Default)]
struct Tracer {
    limit: usize,
    /// By domain and address.
    blocks: HashMap<(u32, usize), Block>,
    tracebacks: Vec<Traceback>,
    known: HashMap<Traceback, usize>,
    /// The names that tracebacks refer to.
    names: HashMap<usize, Ref<Str>>,
    size: usize,
    peak: usize,
}

// SAFETY: the names are touched only by threads that hold the GIL.
unsafe impl Send for Tracer {}

/// The allocator is the process's, so its traces are, too.
static TRACER: Mutex<Option<Tracer>> = Mutex::new(None);
static ON: AtomicBool = AtomicBool::new(false);

/// The domain of the interpreter's own blocks.
const OWN: u32 = 0;

/// Is memory traced?
#[inline(always)]
pub fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

fn tracer() -> MutexGuard<'static, Option<Tracer>> {
    TRACER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to trace, with that many frames a block.
pub fn start(limit: usize) {
    let mut tracer = tracer();
    if tracer.is_none() {
        *tracer = Some(Tracer { limit, ..Tracer::default() });
    }
    ON.store(true, Ordering::Relaxed);
}

/// Ends it, and forgets all.
pub fn stop() {
    ON.store(false, Ordering::Relaxed);
    let old = tracer().take();
    // Its names may die, now that the lock is given up.
    drop(old);
}

/// Forgets the blocks so far.
pub fn clear() {
    let old = {
        let mut tracer = tracer();
        match tracer.as_mut() {
            Some(tracer) => {
                let limit = tracer.limit;
                std::mem::replace(tracer, Tracer { limit, ..Tracer::default() })
            }
            None => return,
        }
    };
    drop(old);
}

/// The limit of frames a block.
pub fn limit() -> usize {
    tracer().as_ref().map_or(1, |tracer| tracer.limit)
}

/// The bytes that are traced now, and the most there were.
pub fn memory() -> (usize, usize) {
    tracer().as_ref().map_or((0, 0), |tracer| (tracer.size, tracer.peak))
}

/// The most there were is from now on.
pub fn reset_peak() {
    if let Some(tracer) = tracer().as_mut() {
        tracer.peak = tracer.size;
    }
}

/// What the traces themselves take, about.
pub fn own_memory() -> usize {
    tracer().as_ref().map_or(0, |tracer| {
        let frames: usize = tracer.tracebacks.iter().map(|traceback| traceback.frames.len()).sum();
        tracer.blocks.capacity() * (size_of::<Block>() + 16)
            + tracer.tracebacks.len() * 2 * size_of::<Traceback>()
            + frames * 2 * size_of::<(usize, i32)>()
    })
}

impl Tracer {
    /// The number of the traceback of what runs.
    fn traceback_here(&mut self) -> usize {
        let mut traceback = Traceback { frames: Vec::new(), total: 0 };
        let mut frame = Thread::current_opt()
            .map_or(std::ptr::null(), |thread| thread.frames().current_cell().get().cast_const());
        // SAFETY: running frames are complete and lead to their callers.
        while let Some(running) = unsafe { frame.as_ref() } {
            if traceback.frames.len() < self.limit {
                let name = running.code().filename();
                let address = name.as_ptr() as usize;
                traceback.frames.push((address, running.line().unwrap_or(0)));
                // The table's own reference keeps the name; this one is given back.
                self.names.entry(address).or_insert(name);
            }
            traceback.total += 1;
            frame = running.previous;
        }
        if let Some(known) = self.known.get(&traceback) {
            return *known;
        }
        self.tracebacks.push(traceback.clone());
        self.known.insert(traceback, self.tracebacks.len() - 1);
        self.tracebacks.len() - 1
    }

    fn forget(&mut self, key: (u32, usize)) {
        if let Some(block) = self.blocks.remove(&key) {
            self.size -= block.size;
        }
    }

    fn shown(&self, traceback: usize) -> Shown {
        let traceback = &self.tracebacks[traceback];
        let frames: Vec<(Option<Ref<Str>>, i32)> =
            traceback.frames.iter().map(|(name, line)| (self.names.get(name).cloned(), *line)).collect();
        if frames.is_empty() {
            return Shown { frames: vec![(None, 0)], total: 1 };
        }
        Shown { frames, total: traceback.total }
    }
}

/// Where a block was allocated; no name is an unknown one.
pub struct Shown {
    pub frames: Vec<(Option<Ref<Str>>, i32)>,
    pub total: usize,
}

/// A block was allocated.
#[cold]
#[inline(never)]
pub fn allocated(address: usize, size: usize) {
    // Without an interpreter there is nobody to be told.
    if Thread::current_opt().is_some() {
        track(OWN, address, size);
    }
}

/// A block was allocated, in a domain of somebody's own; false if nothing is traced.
pub fn track(domain: u32, address: usize, size: usize) -> bool {
    let mut tracer = tracer();
    let Some(tracer) = tracer.as_mut() else { return false };
    let traceback = tracer.traceback_here();
    tracer.forget((domain, address));
    tracer.blocks.insert((domain, address), Block { size, traceback });
    tracer.size += size;
    tracer.peak = tracer.peak.max(tracer.size);
    true
}

/// A block was given back.
#[cold]
#[inline(never)]
pub fn freed(address: usize) {
    untrack(OWN, address);
}

/// As [`freed`], of a domain; false if nothing is traced.
pub fn untrack(domain: u32, address: usize) -> bool {
    let mut tracer = tracer();
    let Some(tracer) = tracer.as_mut() else { return false };
    tracer.forget((domain, address));
    true
}

/// Where the block at an address was allocated.
pub fn traceback_of(address: usize) -> Option<Shown> {
    let tracer = tracer();
    let tracer = tracer.as_ref()?;
    let block = tracer.blocks.get(&(OWN, address))?;
    Some(tracer.shown(block.traceback))
}

/// One block, as it is told: its domain, its size, and its traceback by its index in the list of them.
pub type Trace = (u32, usize, usize);

/// All blocks, and all tracebacks.
pub fn traces() -> (Vec<Trace>, Vec<Shown>) {
    let tracer = tracer();
    let Some(tracer) = tracer.as_ref() else { return (Vec::new(), Vec::new()) };
    let blocks = tracer.blocks.iter().map(|((domain, _), block)| (*domain, block.size, block.traceback));
    let tracebacks = (0..tracer.tracebacks.len()).map(|index| tracer.shown(index));
    (blocks.collect(), tracebacks.collect())
}

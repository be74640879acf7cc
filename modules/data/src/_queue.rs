//! `_queue`: a queue between threads.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use runtime::lock::{RawLock, monotonic_now};
use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;

use crate::support::new_exception;

#[derive(Default)]
struct State {
    empty: Link<Type>,
}

/// Raises `Empty`.
#[cold]
fn raise_empty() -> Raised {
    match Interpreter::current().state::<State>().empty.get() {
        Some(class) => runtime::errors::raise_none(&class),
        None => raise!(RuntimeError, "the queue is empty"),
    }
}

/// Simple, unbounded, reentrant FIFO queue.
#[class(
    name = "_queue.SimpleQueue",
    flags(BASETYPE, GC),
    doc = "SimpleQueue()\n--\n\nSimple, unbounded, reentrant FIFO queue."
)]
#[repr(C)]
pub struct SimpleQueue {
    head: Object,
    items: RefCell<VecDeque<Ref>>,
    /// Held while somebody waits for an item: opened when one comes.
    #[gc(skip)]
    lock: RawLock,
    #[gc(skip)]
    locked: Cell<bool>,
    #[weaklist]
    weakrefs: WeakList,
}

/// A timeout in seconds.
fn timeout_of(timeout: &Object) -> Result<Duration> {
    let overflow = || raise!(OverflowError, "timestamp out of range for C PyTime_t");
    let limit = i64::MAX as f64 / 1e9;
    let seconds = if timeout.downcast::<Float>().is_some() {
        timeout.to_float()?
    } else {
        if timeout.ty().nb_index().is_none() {
            let name = timeout.ty().full_name();
            return Err(raise!(TypeError, "'{name}' object cannot be interpreted as an integer or float"));
        }
        match timeout.index()?.to_i64() {
            Some(seconds) => seconds as f64,
            None => return Err(overflow()),
        }
    };
    if seconds.is_nan() {
        return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
    }
    if seconds.abs() >= limit {
        return Err(overflow());
    }
    if seconds < 0.0 {
        return Err(raise!(ValueError, "'timeout' must be a non-negative number"));
    }
    Ok(Duration::from_secs_f64(seconds))
}

impl SimpleQueue {
    fn open(&self) {
        if self.locked.replace(false) {
            self.lock.unlock();
        }
    }

    fn add(&self, item: Ref) {
        self.items.borrow_mut().push_back(item);
        self.open();
    }

    fn take(&self, block: bool, timeout: Option<&Object>) -> Result {
        let mut deadline = None;
        if block && let Some(timeout) = timeout.filter(|timeout| !timeout.is_none()) {
            deadline = monotonic_now().checked_add(timeout_of(timeout)?);
        }
        loop {
            let item = self.items.borrow_mut().pop_front();
            if let Some(item) = item {
                self.open();
                return Ok(item);
            }
            if !block {
                return Err(raise_empty());
            }
            let left = deadline.map(|deadline| deadline.saturating_sub(monotonic_now()));
            if !self.lock.acquire(left)? {
                return Err(raise_empty());
            }
            self.locked.set(true);
        }
    }
}

#[methods]
impl SimpleQueue {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        if !args.is_empty() {
            return Err(raise!(TypeError, "SimpleQueue() takes no positional arguments"));
        }
        if !kwargs.is_empty() {
            return Err(raise!(TypeError, "SimpleQueue() takes no keyword arguments"));
        }
        Ok(Ref::new_in(
            class,
            SimpleQueue {
                head: Object::HEAD,
                items: RefCell::default(),
                lock: RawLock::new(),
                locked: Cell::new(false),
                weakrefs: WeakList::new(),
            },
        ))
    }

    /// Put the item on the queue.
    ///
    /// This never blocks: the other arguments are there for compatibility with the Queue class.
    #[method(signature = "($self, /, item, block=True, timeout=None)")]
    fn put(&self, item: Ref, _block: Option<&Object>, _timeout: Option<&Object>) {
        self.add(item);
    }

    /// Put an item into the queue without blocking.
    #[method(signature = "($self, /, item)")]
    fn put_nowait(&self, item: Ref) {
        self.add(item);
    }

    /// Remove and return an item from the queue.
    ///
    /// If block is false, or the timeout passes, and there is none: raise Empty.
    #[method(signature = "($self, /, block=True, timeout=None)")]
    fn get(&self, block: Option<bool>, timeout: Option<&Object>) -> Result {
        self.take(block.unwrap_or(true), timeout)
    }

    /// Remove and return an item from the queue without blocking.
    #[method(signature = "($self, /)")]
    fn get_nowait(&self) -> Result {
        self.take(false, None)
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[method(signature = "($self, /)")]
    fn empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    /// Return the approximate size of the queue (not reliable!).
    #[method(signature = "($self, /)")]
    fn qsize(&self) -> usize {
        self.items.borrow().len()
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }
}

fn exec(module: &Module) -> Result<()> {
    let state = Interpreter::current().state::<State>();
    if state.empty.is_null() {
        let doc = "Exception raised by Queue.get(block=0)/get_nowait().";
        state.empty.set(Some(new_exception("_queue", "Empty", Some(doc))?));
    }
    match state.empty.get() {
        Some(class) => module.dict().insert_str(intern!("Empty"), &class),
        None => Ok(()),
    }
}

module! {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: [],
    classes: [SimpleQueue],
    exec: exec,
}

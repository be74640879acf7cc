//! `_interpqueues`: queues between interpreters (PEP 734). Objects that interpreters cannot share go through pickle.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use runtime::native::system::exception_class;
use runtime::objects::exceptions::RuntimeError;
use runtime::prelude::*;

use crate::_interpreters::{is_shareable, not_shareable_error};

module! {
    name: "_interpqueues",
    doc: "The native part of queues between interpreters.",
    functions: [
        create, destroy, list_all, put, get, bind, release, get_maxsize, get_queue_defaults, is_full, get_count,
        register_heap_types,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    module.dict().insert_str(intern!("QueueError"), &*queue_error()?)?;
    module.dict().insert_str(intern!("QueueNotFoundError"), &*not_found_error()?)
}

fn queue_error() -> Result<Ref<Type>> {
    exception_class("concurrent.interpreters.QueueError", &RuntimeError)
}

fn not_found_error() -> Result<Ref<Type>> {
    exception_class("concurrent.interpreters.QueueNotFoundError", &*queue_error()?)
}

/// One queue.
struct Queue {
    items: VecDeque<Item>,
    maxsize: i64,
    unbound: i64,
    fallback: i64,
    bound: usize,
}

/// What lies in a queue: the object itself, or its pickle.
struct Item {
    object: Ref,
    pickled: bool,
}

#[derive(Default)]
struct Queues {
    queues: RefCell<BTreeMap<i64, Queue>>,
    last: Cell<i64>,
    empty: Link<Type>,
    full: Link<Type>,
}

fn state() -> &'static Queues {
    Interpreter::current().state()
}

fn raise_in(class: Result<Ref<Type>>, message: &str) -> Raised {
    match class {
        Ok(class) => runtime::errors::raise_message(&class, message),
        Err(raised) => raised,
    }
}

/// Does something with a queue; nothing that could run Python code.
fn with<T>(id: &Object, action: impl FnOnce(&mut Queue) -> T) -> Result<T> {
    let Some(number) = id.downcast::<Int>() else {
        return Err(raise!(TypeError, "queue ID must be an int, got {}", id.ty().name()));
    };
    let number = number.to_i64().unwrap_or(i64::MAX);
    if number < 0 {
        return Err(raise!(ValueError, "queue ID must be a non-negative int, got {number}"));
    }
    let found = state().queues.borrow_mut().get_mut(&number).map(action);
    found.ok_or_else(|| raise_in(not_found_error(), &format!("queue {number} not found")))
}

/// The policies that were asked for, or the queue's.
fn policies(unbound: Option<i64>, fallback: Option<i64>, own: (i64, i64)) -> Result<(i64, i64)> {
    let choose = |given: Option<i64>, own: i64| given.filter(|&given| given >= 0).unwrap_or(own);
    let (unbound, fallback) = (choose(unbound, own.0), choose(fallback, own.1));
    if !(1..=3).contains(&unbound) {
        return Err(raise!(ValueError, "unsupported unboundop {unbound}"));
    }
    if !(0..=1).contains(&fallback) {
        return Err(raise!(ValueError, "unsupported fallback {fallback}"));
    }
    Ok((unbound, fallback))
}

/// What happens with items of ended interpreters by default: they are replaced.
const REPLACE: i64 = 3;
/// What happens with objects that can't be shared by default: they are pickled.
const PICKLE: i64 = 1;

/// Make a queue and return its ID; a maxsize below 1 is no limit.
#[function(signature = "(maxsize, unboundop=-1, fallback=-1)", hidden_signature)]
fn create(maxsize: i64, unboundop: Option<i64>, fallback: Option<i64>) -> Result<i64> {
    let (unbound, fallback) = policies(unboundop, fallback, (REPLACE, PICKLE))?;
    let state = state();
    let id = state.last.get() + 1;
    state.last.set(id);
    let queue = Queue { items: VecDeque::new(), maxsize, unbound, fallback, bound: 0 };
    state.queues.borrow_mut().insert(id, queue);
    Ok(id)
}

fn remove(id: &Object) {
    let number = id.downcast::<Int>().and_then(Int::to_i64);
    let queue = number.and_then(|number| state().queues.borrow_mut().remove(&number));
    // Its objects die here, after the borrow.
    drop(queue);
}

/// Remove a queue.
#[function(signature = "(qid)", hidden_signature)]
fn destroy(qid: &Object) -> Result<()> {
    with(qid, |_| ())?;
    remove(qid);
    Ok(())
}

/// List the queues: ID and the two policies of each.
#[function(signature = "()")]
fn list_all() -> Ref<List> {
    let queues = state().queues.borrow();
    let entry = |(&id, queue): (&i64, &Queue)| {
        Tuple::from_vec([id, queue.unbound, queue.fallback].map(|part| Int::new(part).into_object()).into())
            .into_object()
    };
    List::from_vec(queues.iter().map(entry).collect())
}

/// Put an object at the end of a queue.
#[function(signature = "(qid, obj, unboundop=-1, fallback=-1)", hidden_signature)]
fn put(qid: &Object, obj: &Object, unboundop: Option<i64>, fallback: Option<i64>) -> Result<()> {
    let own = with(qid, |queue| (queue.unbound, queue.fallback))?;
    let (_, fallback) = policies(unboundop, fallback, own)?;
    let item = if shareable(obj) {
        Item { object: obj.to_ref(), pickled: false }
    } else if fallback == PICKLE {
        let dumps = runtime::import::import_module("pickle")?.get_attr(intern!("dumps"))?;
        Item { object: dumps.call(&[obj])?, pickled: true }
    } else {
        let message = format!("{} does not support cross-interpreter data", obj.repr()?);
        return Err(raise_in(not_shareable_error(), &message));
    };
    let refused = with(qid, |queue| {
        if queue.maxsize > 0 && queue.items.len() as i64 >= queue.maxsize {
            return Some(item);
        }
        queue.items.push_back(item);
        None
    })?;
    match refused {
        None => Ok(()),
        Some(_) => Err(raise_registered(&state().full, &format!("queue {} is full", qid.str_()?))),
    }
}

/// Whether the object and all that it holds can go as they are.
fn shareable(object: &Object) -> bool {
    match object.downcast_exact::<Tuple>() {
        Some(tuple) => tuple.as_slice().iter().all(|item| shareable(item)),
        None => is_shareable(object),
    }
}

fn raise_registered(class: &Link<Type>, message: &str) -> Raised {
    match class.get() {
        Some(class) => runtime::errors::raise_message(&class, message),
        None => raise_in(queue_error(), message),
    }
}

/// Take the first object out of a queue: it and, if its interpreter has ended, what stands for it.
#[function(signature = "(qid)", hidden_signature)]
fn get(qid: &Object) -> Result<Ref<Tuple>> {
    let Some(item) = with(qid, |queue| queue.items.pop_front())? else {
        return Err(raise_registered(&state().empty, &format!("queue {} is empty", qid.str_()?)));
    };
    let object = if item.pickled {
        runtime::import::import_module("pickle")?.get_attr(intern!("loads"))?.call(&[&*item.object])?
    } else {
        item.object
    };
    Ok(Tuple::pack([object, none()]))
}

/// Count one more user of a queue.
#[function(signature = "(qid)", hidden_signature)]
fn bind(qid: &Object) -> Result<()> {
    with(qid, |queue| queue.bound += 1)
}

/// Count one user less; a queue dies with its last one.
#[function(signature = "(qid)", hidden_signature)]
fn release(qid: &Object) -> Result<()> {
    let left = with(qid, |queue| {
        let left = queue.bound.checked_sub(1);
        queue.bound = left.unwrap_or(0);
        left
    })?;
    match left {
        None => Err(raise_in(queue_error(), &format!("queue {} never bound", qid.str_()?))),
        Some(0) => {
            remove(qid);
            Ok(())
        }
        Some(_) => Ok(()),
    }
}

/// Return how many objects fit into a queue.
#[function(signature = "(qid)", hidden_signature)]
fn get_maxsize(qid: &Object) -> Result<i64> {
    with(qid, |queue| queue.maxsize)
}

/// Return a queue's policies.
#[function(signature = "(qid)", hidden_signature)]
fn get_queue_defaults(qid: &Object) -> Result<(i64, i64)> {
    with(qid, |queue| (queue.unbound, queue.fallback))
}

/// Tell whether a queue is full.
#[function(signature = "(qid)", hidden_signature)]
fn is_full(qid: &Object) -> Result<bool> {
    with(qid, |queue| queue.maxsize > 0 && queue.items.len() as i64 >= queue.maxsize)
}

/// Return how many objects are in a queue.
#[function(signature = "(qid)", hidden_signature)]
fn get_count(qid: &Object) -> Result<usize> {
    with(qid, |queue| queue.items.len())
}

/// Tell this module which exceptions to raise when a queue is empty or full.
#[function(name = "_register_heap_types", signature = "(queuetype, emptyerror, fullerror)", hidden_signature)]
fn register_heap_types(queuetype: &Object, emptyerror: &Object, fullerror: &Object) -> Result<()> {
    let class = |object: &Object, what: &str| match object.to_ref().cast::<Type>() {
        Ok(class) => Ok(class),
        Err(_) => Err(raise!(TypeError, "expected {what}")),
    };
    class(queuetype, "a type for 'queuetype'")?;
    let empty = class(emptyerror, "an exception type for 'emptyerror'")?;
    let full = class(fullerror, "an exception type for 'fullerror'")?;
    state().empty.set(Some(empty));
    state().full.set(Some(full));
    Ok(())
}

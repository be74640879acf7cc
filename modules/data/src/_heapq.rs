//! `_heapq`: lists as priority queues, the smallest (or the largest) item first.

use runtime::prelude::*;

/// Which item comes first.
#[derive(Clone, Copy)]
enum Order {
    Min,
    Max,
}

impl Order {
    /// Must `a` stand above `b`?
    fn before(self, a: &Object, b: &Object) -> Result<bool> {
        match self {
            Order::Min => a.rich_compare_bool(b, CompareOp::Lt),
            Order::Max => b.rich_compare_bool(a, CompareOp::Lt),
        }
    }
}

fn out_of_range() -> Raised {
    raise!(IndexError, "index out of range")
}

/// A comparison has run code that may have changed the list.
fn check_length(heap: &List, length: usize) -> Result<()> {
    match heap.len() == length {
        true => Ok(()),
        false => Err(raise!(RuntimeError, "list changed size during iteration")),
    }
}

/// The item at `position` rises, not above `top`, till it stands below one that comes before it.
fn rise(heap: &List, top: usize, mut position: usize, order: Order) -> Result<()> {
    let length = heap.len();
    let Some(item) = heap.get(position) else { return Err(out_of_range()) };
    while position > top {
        let above = (position - 1) / 2;
        let Some(parent) = heap.get(above) else { break };
        let rises = order.before(&item, &parent)?;
        check_length(heap, length)?;
        if !rises {
            break;
        }
        heap.swap(above, position);
        position = above;
    }
    Ok(())
}

/// The item at `top` sinks to a leaf, the first of each pair of children rising; then it rises to its place.
fn sink(heap: &List, top: usize, order: Order) -> Result<()> {
    let length = heap.len();
    if top >= length {
        return Err(out_of_range());
    }
    let mut position = top;
    while position < length / 2 {
        let mut child = 2 * position + 1;
        if let (Some(left), Some(right)) = (heap.get(child), heap.get(child + 1)) {
            // For equal ones the right child is taken.
            if !order.before(&left, &right)? {
                child += 1;
            }
            check_length(heap, length)?;
        }
        heap.swap(child, position);
        position = child;
    }
    rise(heap, top, position, order)
}

fn push(heap: &List, item: &Object, order: Order) -> Result<()> {
    heap.push(item.to_ref())?;
    rise(heap, 0, heap.len() - 1, order)
}

fn pop(heap: &List, order: Order) -> Result {
    let Some(end) = heap.len().checked_sub(1) else { return Err(out_of_range()) };
    let last = heap.remove_at(end);
    if end == 0 {
        return Ok(last);
    }
    let first = heap.replace(0, last);
    sink(heap, 0, order)?;
    Ok(first)
}

fn replace(heap: &List, item: &Object, order: Order) -> Result {
    if heap.is_empty() {
        return Err(out_of_range());
    }
    let first = heap.replace(0, item.to_ref());
    sink(heap, 0, order)?;
    Ok(first)
}

fn push_pop(heap: &List, item: &Object, order: Order) -> Result {
    let Some(first) = heap.get(0) else { return Ok(item.to_ref()) };
    if !order.before(&first, item)? {
        return Ok(item.to_ref());
    }
    replace(heap, item, order)
}

fn make_heap(heap: &List, order: Order) -> Result<()> {
    for position in (0..heap.len() / 2).rev() {
        sink(heap, position, order)?;
    }
    Ok(())
}

/// Push item onto heap; it stays a heap.
#[function(signature = "(heap, item, /)")]
fn heappush(heap: &List, item: &Object) -> Result<()> {
    push(heap, item, Order::Min)
}

/// Push item onto the max-heap; it stays one.
#[function(signature = "(heap, item, /)")]
fn heappush_max(heap: &List, item: &Object) -> Result<()> {
    push(heap, item, Order::Max)
}

/// Take the smallest item off the heap; it stays a heap.
#[function(signature = "(heap, /)")]
fn heappop(heap: &List) -> Result {
    pop(heap, Order::Min)
}

/// Take the largest item off the max-heap; it stays one.
#[function(signature = "(heap, /)")]
fn heappop_max(heap: &List) -> Result {
    pop(heap, Order::Max)
}

/// Take the smallest item off the heap, then push the new one.
///
/// Faster than heappop() and heappush(), and right for a heap of fixed size.
/// What it returns may be larger than the new item:
///
///     if item > heap[0]:
///         item = heapreplace(heap, item)
#[function(signature = "(heap, item, /)")]
fn heapreplace(heap: &List, item: &Object) -> Result {
    replace(heap, item, Order::Min)
}

/// Take the largest item off the max-heap, then push the new one.
#[function(signature = "(heap, item, /)")]
fn heapreplace_max(heap: &List, item: &Object) -> Result {
    replace(heap, item, Order::Max)
}

/// Push item onto the heap, then take the smallest off.
///
/// Faster than heappush() and heappop().
#[function(signature = "(heap, item, /)")]
fn heappushpop(heap: &List, item: &Object) -> Result {
    push_pop(heap, item, Order::Min)
}

/// Push item onto the max-heap, then take the largest off.
///
/// Faster than heappush_max() and heappop_max().
#[function(signature = "(heap, item, /)")]
fn heappushpop_max(heap: &List, item: &Object) -> Result {
    push_pop(heap, item, Order::Max)
}

/// Make a heap of the list, in place, in linear time.
#[function(signature = "(heap, /)")]
fn heapify(heap: &List) -> Result<()> {
    make_heap(heap, Order::Min)
}

/// Make a max-heap of the list, in place, in linear time.
#[function(signature = "(heap, /)")]
fn heapify_max(heap: &List) -> Result<()> {
    make_heap(heap, Order::Max)
}

module! {
    name: "_heapq",
    doc: "Lists as heaps: a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k, counted from 0.

heap = []            # an empty heap
heappush(heap, item) # pushes a new item onto the heap
item = heappop(heap) # takes the smallest item off the heap
item = heap[0]       # the smallest item, without taking it off
heapify(x)           # makes a heap of the list, in linear time
item = heapreplace(heap, item) # takes the smallest item off, pushes a new one",
    functions: [
        heappush, heappushpop, heappop, heapreplace, heapify,
        heappush_max, heappushpop_max, heappop_max, heapreplace_max, heapify_max,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let about = "Heaps are lists in which no item is larger than its two children, those at 2*k+1 and 2*k+2.";
    module.dict().insert_str(intern!("__about__"), &Str::new(about))
}

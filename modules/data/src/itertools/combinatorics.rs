//! Iterators over selections: `product`, `permutations`, `combinations`, `combinations_with_replacement`.

use std::cell::Cell;

use runtime::errors::no_memory;
use runtime::prelude::*;

/// Where an iteration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Running,
    Ended,
}

type Indices = Box<[Cell<usize>]>;

/// `count` indices; MemoryError where they have no room.
fn indices(count: usize, value: impl Fn(usize) -> usize) -> Result<Indices> {
    let mut indices = Vec::new();
    if indices.try_reserve_exact(count).is_err() {
        return Err(no_memory());
    }
    indices.extend((0..count).map(|index| Cell::new(value(index))));
    Ok(indices.into_boxed_slice())
}

/// All items of the iterable.
fn pool_of(iterable: &Object) -> Result<Ref<Tuple>> {
    match iterable.downcast_exact::<Tuple>() {
        Some(tuple) => Ok(Ref::from_borrowed(tuple)),
        None => iterable.collect().map(Tuple::from_vec),
    }
}

/// How many are to be selected.
fn selected(r: isize) -> Result<usize> {
    usize::try_from(r).map_err(|_| raise!(ValueError, "r must be non-negative"))
}

/// The items of the pool at these indices.
fn select(last: &Link<Tuple>, pool: &Tuple, indices: &[Cell<usize>]) -> Ref<Tuple> {
    let pool = pool.as_slice();
    Tuple::renewed(last, indices.iter().map(|index| pool[index.get()].clone()))
}

/// The size of an instance with these many words beside it.
fn size_of_instance(object: &Object, words: usize) -> usize {
    object.ty().raw.tp_basicsize.get() as usize + words * size_of::<usize>()
}

/// Moves on to the next selection: `advance` gives false at the end.
fn step(state: &Cell<State>, advance: impl FnOnce() -> bool) -> bool {
    match state.get() {
        State::Fresh => state.set(State::Running),
        State::Running if advance() => {}
        _ => {
            state.set(State::Ended);
            return false;
        }
    }
    true
}

/// All selections of r items, in the order of the indices.
///
/// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
#[class(name = "itertools.combinations", flags(BASETYPE, GC), basicsize = 56)]
#[repr(C)]
pub struct Combinations {
    head: Object,
    pool: Link<Tuple>,
    #[gc(skip)]
    indices: Indices,
    #[gc(skip)]
    state: Cell<State>,
    last: Link<Tuple>,
}

const _: () = assert!(size_of::<Combinations>() <= 56);

impl Combinations {
    /// The last index that isn't at its end goes one up, those behind it follow directly.
    fn advance(&self, n: usize) -> bool {
        let r = self.indices.len();
        let Some(place) = (0..r).rev().find(|&place| self.indices[place].get() != place + n - r) else {
            return false;
        };
        let index = self.indices[place].get() + 1;
        for (offset, cell) in self.indices[place..].iter().enumerate() {
            cell.set(index + offset);
        }
        true
    }
}

#[methods]
impl Combinations {
    #[new(signature = "(iterable, r)")]
    fn new(class: &Type, iterable: &Object, r: isize) -> Result<Ref<Self>> {
        let pool = pool_of(iterable)?;
        let r = selected(r)?;
        let state = if r > pool.len() { State::Ended } else { State::Fresh };
        Ok(Ref::new_in(
            class,
            Combinations {
                head: Object::HEAD,
                indices: indices(r, |index| index)?,
                pool: Link::new(pool),
                state: Cell::new(state),
                last: Link::null(),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref<Tuple>> {
        let pool = self.pool.get()?;
        step(&self.state, || self.advance(pool.len())).then(|| select(&self.last, &pool, &self.indices))
    }

    /// Returns size in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        size_of_instance(self, self.indices.len())
    }
}

/// All selections of r items, each of which may come several times.
///
/// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
#[class(name = "itertools.combinations_with_replacement", flags(BASETYPE, GC), basicsize = 56)]
#[repr(C)]
pub struct CombinationsWithReplacement {
    head: Object,
    pool: Link<Tuple>,
    #[gc(skip)]
    indices: Indices,
    #[gc(skip)]
    state: Cell<State>,
    last: Link<Tuple>,
}

const _: () = assert!(size_of::<CombinationsWithReplacement>() <= 56);

impl CombinationsWithReplacement {
    /// The last index that isn't at the pool's end goes one up, those behind it begin there.
    fn advance(&self, n: usize) -> bool {
        let Some(place) = self.indices.iter().rposition(|index| index.get() + 1 != n) else { return false };
        let index = self.indices[place].get() + 1;
        self.indices[place..].iter().for_each(|cell| cell.set(index));
        true
    }
}

#[methods]
impl CombinationsWithReplacement {
    #[new(signature = "(iterable, r)")]
    fn new(class: &Type, iterable: &Object, r: isize) -> Result<Ref<Self>> {
        let pool = pool_of(iterable)?;
        let r = selected(r)?;
        let state = if pool.is_empty() && r > 0 { State::Ended } else { State::Fresh };
        Ok(Ref::new_in(
            class,
            CombinationsWithReplacement {
                head: Object::HEAD,
                indices: indices(r, |_| 0)?,
                pool: Link::new(pool),
                state: Cell::new(state),
                last: Link::null(),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref<Tuple>> {
        let pool = self.pool.get()?;
        step(&self.state, || self.advance(pool.len())).then(|| select(&self.last, &pool, &self.indices))
    }

    /// Returns size in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        size_of_instance(self, self.indices.len())
    }
}

/// All orders of r items of the iterable; of all items without r.
///
/// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
#[class(name = "itertools.permutations", flags(BASETYPE, GC), basicsize = 64)]
#[repr(C)]
pub struct Permutations {
    head: Object,
    pool: Link<Tuple>,
    /// Of all items, n; the first r are selected. Then for each of these r places, how many of the items that may stand
    /// there yet come.
    #[gc(skip)]
    cells: Indices,
    #[gc(skip)]
    n: usize,
    #[gc(skip)]
    state: Cell<State>,
    last: Link<Tuple>,
}

const _: () = assert!(size_of::<Permutations>() <= 64);

impl Permutations {
    fn advance(&self) -> bool {
        let n = self.n;
        let (indices, cycles) = self.cells.split_at(n);
        for (place, cycle) in cycles.iter().enumerate().rev() {
            cycle.set(cycle.get() - 1);
            if cycle.get() > 0 {
                indices[place].swap(&indices[n - cycle.get()]);
                return true;
            }
            // All have stood here: back to the order before.
            for index in place + 1..n {
                indices[index - 1].swap(&indices[index]);
            }
            cycle.set(n - place);
        }
        false
    }
}

#[methods]
impl Permutations {
    #[new(signature = "(iterable, r=None)")]
    fn new(class: &Type, iterable: &Object, r: OrNone<&Object>) -> Result<Ref<Self>> {
        let pool = pool_of(iterable)?;
        let n = pool.len();
        let r = match r.0 {
            None => n,
            Some(r) => {
                let Some(int) = r.downcast::<Int>() else {
                    return Err(raise!(TypeError, "Expected int as r"));
                };
                let Some(r) = int.to_isize() else {
                    return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
                };
                selected(r)?
            }
        };
        Ok(Ref::new_in(
            class,
            Permutations {
                head: Object::HEAD,
                cells: indices(n.saturating_add(r), |index| match index.checked_sub(n) {
                    None => index,
                    Some(place) => n.saturating_sub(place),
                })?,
                n,
                pool: Link::new(pool),
                state: Cell::new(if r > n { State::Ended } else { State::Fresh }),
                last: Link::null(),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref<Tuple>> {
        let pool = self.pool.get()?;
        step(&self.state, || self.advance())
            .then(|| select(&self.last, &pool, &self.cells[..self.cells.len() - self.n]))
    }

    /// Returns size in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        size_of_instance(self, self.cells.len())
    }
}

/// The cartesian product: as nested for-loops would give it.
///
/// product(A, B) is as ((x,y) for x in A for y in B): the rightmost item
/// changes with every step. With repeat, the iterables stand there that
/// many times: product(A, repeat=4) is as product(A, A, A, A).
///
/// product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)
/// product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...
#[class(name = "itertools.product", flags(BASETYPE, GC), basicsize = 48)]
#[repr(C)]
pub struct Product {
    head: Object,
    /// A tuple of tuples; null at the end.
    pools: Link<Tuple>,
    #[gc(skip)]
    indices: Indices,
    /// Null in the beginning.
    last: Link<Tuple>,
}

const _: () = assert!(size_of::<Product>() <= 48);

fn pools_of(pools: &Tuple) -> impl DoubleEndedIterator<Item = &Tuple> {
    pools.as_slice().iter().filter_map(|pool| pool.downcast_exact::<Tuple>())
}

impl Product {
    fn advance(&self, pools: &Tuple) -> bool {
        for (cell, pool) in self.indices.iter().rev().zip(pools_of(pools).rev()) {
            if cell.get() + 1 < pool.len() {
                cell.set(cell.get() + 1);
                return true;
            }
            cell.set(0);
        }
        false
    }
}

#[methods]
impl Product {
    #[new(signature = "(*iterables, repeat=1)")]
    fn new(class: &Type, iterables: &[&Object], repeat: isize) -> Result<Ref<Self>> {
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(raise!(ValueError, "repeat argument cannot be negative"));
        };
        let given = if repeat == 0 { &[] } else { iterables };
        let count = given.len().checked_mul(repeat).filter(|&count| count <= isize::MAX as usize / 8);
        let Some(count) = count else { return Err(raise!(OverflowError, "repeat argument too large")) };
        let indices = indices(count, |_| 0)?;
        let mut pools = Vec::new();
        if pools.try_reserve_exact(count).is_err() {
            return Err(no_memory());
        }
        for iterable in given {
            pools.push(pool_of(iterable)?.into_object());
        }
        for index in given.len()..count {
            pools.push(pools[index - given.len()].clone());
        }
        let pools = Tuple::from_vec(pools);
        let empty = pools_of(&pools).any(Tuple::is_empty);
        Ok(Ref::new_in(
            class,
            Product {
                head: Object::HEAD,
                pools: Link::from_option((!empty).then_some(pools)),
                indices,
                last: Link::null(),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref<Tuple>> {
        let pools = self.pools.get()?;
        if !self.last.is_null() && !self.advance(&pools) {
            self.pools.set(None);
            return None;
        }
        let items = pools.as_slice().iter().zip(&self.indices).map(|(pool, index)| {
            let pool = pool.downcast_exact::<Tuple>().map_or(&[][..], Tuple::as_slice);
            pool.get(index.get()).cloned().unwrap_or_else(none)
        });
        Some(Tuple::renewed(&self.last, items))
    }

    /// Returns size in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        size_of_instance(self, self.indices.len())
    }
}

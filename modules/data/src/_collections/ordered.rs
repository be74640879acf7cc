//! `OrderedDict`: a dict with an order of its own, in which keys move to either end at once.
//!
//! The order is a list of nodes that is kept beside the dict's table: methods of plain dict, called on an OrderedDict, don't
//! know of it, as in CPython. A node is found by the index of its key's entry in the table.

use std::cell::{Cell, RefCell};

use runtime::errors::raise_value;
use runtime::objects::dict::key_error;
use runtime::objects::exceptions::KeyError;
use runtime::objects::wrapped_function;
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

use super::ordered_views::{OrderedItems, OrderedIterator, OrderedKeys, OrderedValues, Pick};

/// No node.
pub const NIL: u32 = u32::MAX;

struct Node {
    /// `None` in a node that is free.
    key: Option<Ref>,
    hash: isize,
    previous: u32,
    next: u32,
}

/// The order of the keys.
pub struct Order {
    nodes: Vec<Node>,
    first: u32,
    last: u32,
    /// The first free node; they are linked by `next`.
    free: u32,
    /// The node of each entry of the dict's table. After the table was rebuilt an entry's node has another key than the entry.
    by_entry: Vec<u32>,
}

impl Default for Order {
    fn default() -> Self {
        Order { nodes: Vec::new(), first: NIL, last: NIL, free: NIL, by_entry: Vec::new() }
    }
}

impl Traverse for Order {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        let keys = self.nodes.iter().filter_map(|node| node.key.as_ref());
        keys.map(|key| visitor.visit(key)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl Order {
    fn key(&self, node: u32) -> Option<&Ref> {
        self.nodes.get(node as usize)?.key.as_ref()
    }

    /// Does the entry at `index`, whose key is `key`, have a node that is known to be its own?
    fn known(&self, index: usize, key: &Object) -> Option<u32> {
        let node = *self.by_entry.get(index)?;
        self.key(node).filter(|own| own.is_same(key)).map(|_| node)
    }

    fn note(&mut self, index: usize, node: u32) {
        if self.by_entry.len() <= index {
            self.by_entry.resize(index + 1, NIL);
        }
        self.by_entry[index] = node;
    }

    fn link_last(&mut self, node: u32) {
        let last = self.last;
        self.nodes[node as usize].previous = last;
        self.nodes[node as usize].next = NIL;
        match self.nodes.get_mut(last as usize) {
            Some(before) => before.next = node,
            None => self.first = node,
        }
        self.last = node;
    }

    fn link_first(&mut self, node: u32) {
        let first = self.first;
        self.nodes[node as usize].next = first;
        self.nodes[node as usize].previous = NIL;
        match self.nodes.get_mut(first as usize) {
            Some(after) => after.previous = node,
            None => self.last = node,
        }
        self.first = node;
    }

    fn unlink(&mut self, node: u32) {
        let (previous, next) = (self.nodes[node as usize].previous, self.nodes[node as usize].next);
        match self.nodes.get_mut(previous as usize) {
            Some(before) => before.next = next,
            None => self.first = next,
        }
        match self.nodes.get_mut(next as usize) {
            Some(after) => after.previous = previous,
            None => self.last = previous,
        }
    }

    fn add(&mut self, key: Ref, hash: isize, index: usize) {
        let node = Node { key: Some(key), hash, previous: NIL, next: NIL };
        let place = self.free;
        let place = match self.nodes.get_mut(place as usize) {
            Some(free) => {
                self.free = free.next;
                *free = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        self.link_last(place);
        self.note(index, place);
    }

    /// Takes a node out; gives its key, to be dropped later.
    fn remove(&mut self, node: u32) -> Option<Ref> {
        self.unlink(node);
        let free = self.free;
        let place = &mut self.nodes[node as usize];
        place.next = free;
        self.free = node;
        self.nodes[node as usize].key.take()
    }
}

/// Dictionary that remembers insertion order
#[class(name = "collections.OrderedDict", symbol = "PyODict_Type", flags(BASETYPE, GC), basicsize = 112)]
#[repr(C)]
pub struct OrderedDict {
    base: Dict,
    order: RefCell<Box<Order>>,
    /// Changes with every addition, removal and move.
    #[gc(skip)]
    state: Cell<usize>,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

const _: () = assert!(size_of::<OrderedDict>() <= 112);

#[cold]
pub fn mutated() -> Raised {
    raise!(RuntimeError, "OrderedDict mutated during iteration")
}

impl OrderedDict {
    fn empty_in(class: &Type) -> Ref<OrderedDict> {
        Ref::new_in(
            class,
            OrderedDict {
                base: Dict::empty(),
                order: RefCell::default(),
                state: Cell::new(0),
                dict: Link::null(),
                weakrefs: WeakList::new(),
            },
        )
    }

    pub fn state(&self) -> usize {
        self.state.get()
    }

    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    /// The node at an end, with its key and its key's hash.
    pub fn end(&self, last: bool) -> Option<(u32, Ref, isize)> {
        let order = self.order.borrow();
        self.node_at(&order, if last { order.last } else { order.first })
    }

    /// The node after another, or before it.
    pub fn neighbour(&self, node: u32, before: bool) -> Option<(u32, Ref, isize)> {
        let order = self.order.borrow();
        let place = order.nodes.get(node as usize)?;
        self.node_at(&order, if before { place.previous } else { place.next })
    }

    fn node_at(&self, order: &Order, node: u32) -> Option<(u32, Ref, isize)> {
        let key = order.key(node)?.clone();
        Some((node, key, order.nodes[node as usize].hash))
    }

    /// The node of a key; `None` if the dict or the order hasn't it.
    fn find(&self, key: &Object, hash: isize) -> Result<Option<u32>> {
        match self.entry_index(key, hash)? {
            Some(index) => Ok(self.node_of_entry(index)),
            None => Ok(None),
        }
    }

    fn node_of_entry(&self, index: usize) -> Option<u32> {
        let key = self.key_at(index)?;
        if let Some(node) = self.order.borrow().known(index, &key) {
            return Some(node);
        }
        // The table was rebuilt: enter all nodes anew. No code runs meanwhile.
        let mut order = self.order.borrow_mut();
        order.by_entry.truncate(0);
        let mut node = order.first;
        while let Some(key) = order.key(node).cloned() {
            let (hash, next) = (order.nodes[node as usize].hash, order.nodes[node as usize].next);
            if let Some(index) = self.identical_index(&key, hash) {
                order.note(index, node);
            }
            node = next;
        }
        order.known(index, &key)
    }

    /// Does the table still have this key of the order?
    pub fn has_own_key(&self, key: &Object, hash: isize) -> bool {
        self.identical_index(key, hash).is_some()
    }

    fn remove_node(&self, node: u32) {
        let key = self.order.borrow_mut().remove(node);
        self.changed();
        drop(key);
    }

    /// `self[key] = value`.
    fn assign(&self, key: &Object, value: &Object, hash: isize) -> Result<()> {
        self.insert_with_hash(key, value, hash)?;
        let Some(index) = self.entry_index(key, hash)? else { return Err(key_error(key)) };
        if self.node_of_entry(index).is_none()
            && let Some(key) = self.key_at(index)
        {
            self.order.borrow_mut().add(key, hash, index);
            self.changed();
        }
        Ok(())
    }

    /// `del self[key]`.
    fn delete(&self, key: &Object) -> Result<()> {
        let hash = key.hash()?;
        if let Some(node) = self.find(key, hash)? {
            self.remove_node(node);
        }
        match self.remove_with_hash(key, hash)? {
            Some(_) => Ok(()),
            None => Err(key_error(key)),
        }
    }

    fn clear_all(&self) {
        let order = self.order.take();
        self.clear();
        self.changed();
        drop(order);
    }

    /// Takes a key out; `None` if it isn't there.
    fn take(&self, key: &Object, hash: isize) -> Result<Option<Ref>> {
        // The node first: taking the value may run code.
        if let Some(node) = self.find(key, hash)? {
            self.remove_node(node);
        }
        self.remove_with_hash(key, hash)
    }

    /// Calls `body` with the keys in order; RuntimeError if the order changes meanwhile.
    fn for_each_key(&self, mut body: impl FnMut(&Object, isize) -> Result<()>) -> Result<()> {
        let state = self.state();
        let mut next = self.end(false);
        while let Some((node, key, hash)) = next {
            body(&key, hash)?;
            if self.state() != state {
                return Err(mutated());
            }
            next = self.neighbour(node, false);
        }
        Ok(())
    }

    fn same_keys(&self, other: &OrderedDict) -> Result<bool> {
        let states = (self.state(), other.state());
        let (mut ours, mut theirs) = (self.end(false), other.end(false));
        loop {
            let (left, right) = match (&ours, &theirs) {
                (None, None) => return Ok(true),
                (Some(left), Some(right)) => (left, right),
                _ => return Ok(false),
            };
            let same = left.1.rich_compare_bool(&right.1, CompareOp::Eq)?;
            if (self.state(), other.state()) != states {
                return Err(mutated());
            }
            if !same {
                return Ok(false);
            }
            (ours, theirs) = (self.neighbour(left.0, false), other.neighbour(right.0, false));
        }
    }
}

/// The hash of a key now: another one than it had, if its class is a wrong one.
pub fn current_hash(key: &Object, known: isize) -> Result<isize> {
    if key.is::<Str>() || key.is::<Int>() { Ok(known) } else { key.hash() }
}

/// `target[key] = value` for each pair of an iterable.
fn add_pairs(target: &Object, pairs: &Object) -> Result<()> {
    pairs.for_each(|pair| {
        let parts = pair.iter()?;
        let Some(key) = parts.iter_next()? else {
            return Err(raise!(ValueError, "need more than 0 values to unpack"));
        };
        let Some(value) = parts.iter_next()? else {
            return Err(raise!(ValueError, "need more than 1 value to unpack"));
        };
        if parts.iter_next()?.is_some() {
            return Err(raise!(ValueError, "too many values to unpack (expected 2)"));
        }
        target.set_item(&key, &value)
    })
}

/// `target.update(source)`.
fn update_from(target: &Object, source: &Object) -> Result<()> {
    if let Some(dict) = source.downcast_exact::<Dict>() {
        let mut items = Vec::with_capacity(dict.len());
        let mut position = 0;
        items.extend(std::iter::from_fn(|| dict.next_entry(&mut position)));
        return items.iter().try_for_each(|(key, value)| target.set_item(key, value));
    }
    if let Some(keys) = source.get_attr_opt(intern!("keys"))? {
        return keys.call(&[])?.for_each(|key| target.set_item(&key, &*source.get_item(&key)?));
    }
    match source.get_attr_opt(intern!("items"))? {
        Some(items) => add_pairs(target, &*items.call(&[])?),
        None => add_pairs(target, source),
    }
}

fn update(target: &Object, args: &[&Object], kwargs: &KwArgs<'_>) -> Result<()> {
    if args.len() > 1 {
        let count = args.len();
        return Err(raise!(TypeError, "update() takes at most 1 positional argument ({count} given)"));
    }
    if let Some(source) = args.first() {
        update_from(target, source)?;
    }
    kwargs.iter().try_for_each(|(name, value)| target.set_item(name, value))
}

#[methods(parts(slots))]
impl OrderedDict {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(OrderedDict::empty_in(class))
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        if args.len() > 1 {
            return Err(raise!(TypeError, "expected at most 1 argument, got {}", args.len()));
        }
        update(self, args, &kwargs)
    }

    /// Create a new ordered dictionary with keys from iterable and values set to value.
    #[classmethod(signature = "($type, /, iterable, value=None)")]
    fn fromkeys(class: &Type, iterable: &Object, value: Option<&Object>) -> Result {
        let value = value.map_or_else(none, Object::to_ref);
        let dict = class.call(&[])?;
        iterable.for_each(|key| dict.set_item(&key, &value))?;
        Ok(dict)
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Ref<Dict> {
        wrapped_function::instance_dict(&self.dict)
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&Object>) -> Result<()> {
        wrapped_function::set_instance_dict(&self.dict, value)
    }

    /// The value for key; a key that is not there is first added, with default.
    #[method(signature = "($self, /, key, default=None)")]
    fn setdefault(&self, key: &Object, default: Option<&Object>) -> Result {
        let default = default.map_or_else(none, Object::to_ref);
        if self.is::<OrderedDict>() {
            let hash = key.hash()?;
            if let Some(value) = self.get_with_hash(key, hash)? {
                return Ok(value);
            }
            self.assign(key, &default, hash)?;
            return Ok(default);
        }
        if self.contains(key)? {
            return self.get_item(key);
        }
        self.set_item(key, &default)?;
        Ok(default)
    }

    /// Remove the key and return its value; without it the default, if given, or KeyError.
    #[method(signature = "($self, /, key, default=<unrepresentable>)")]
    fn pop(&self, key: &Object, default: Option<&Object>) -> Result {
        match (self.take(key, key.hash()?)?, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.to_ref()),
            (None, None) => Err(raise_value(&KeyError, key)),
        }
    }

    /// Remove and return a (key, value) pair from the dictionary.
    ///
    /// Pairs are returned in LIFO order if last is true or FIFO order if false.
    #[method(signature = "($self, /, last=True)")]
    fn popitem(&self, last: bool) -> Result<Ref<Tuple>> {
        let Some((_, key, hash)) = self.end(last) else {
            return Err(raise!(KeyError, "dictionary is empty"));
        };
        match self.take(&key, hash)? {
            Some(value) => Ok(Tuple::pack([key, value])),
            None => Err(key_error(&key)),
        }
    }

    /// Return a set-like object providing a view on the keys, in order.
    #[method(signature = "($self, /)")]
    fn keys(&self) -> Ref<OrderedKeys> {
        OrderedKeys::of(self)
    }

    /// Return an object providing a view on the values, in order.
    #[method(signature = "($self, /)")]
    fn values(&self) -> Ref<OrderedValues> {
        OrderedValues::of(self)
    }

    /// Return a set-like object providing a view on the items, in order.
    #[method(signature = "($self, /)")]
    fn items(&self) -> Ref<OrderedItems> {
        OrderedItems::of(self)
    }

    /// As dict.update(): from a mapping or pairs, then from keywords.
    #[method(name = "update", signature = "($self, /, *args, **kwargs)", hidden_signature)]
    fn update_method(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        update(self, args, &kwargs)
    }

    /// Remove all items from ordered dict.
    #[method(name = "clear", signature = "($self, /)")]
    fn clear_method(&self) {
        self.clear_all();
    }

    /// A shallow copy of ordered dict.
    #[method(name = "copy", signature = "($self, /)")]
    fn copy_method(&self) -> Result {
        if !self.is::<OrderedDict>() {
            let copy = self.ty().call(&[])?;
            self.for_each_key(|key, _| copy.set_item(key, &*self.get_item(key)?))?;
            return Ok(copy);
        }
        let copy = OrderedDict::empty_in(OrderedDict::type_object());
        self.for_each_key(|key, hash| {
            let hash = current_hash(key, hash)?;
            match self.get_with_hash(key, hash)? {
                Some(value) => copy.assign(key, &value, hash),
                None => Err(raise_value(&KeyError, key)),
            }
        })?;
        Ok(copy.into_object())
    }

    /// Make a key the last one, or with last=False the first.
    ///
    /// A key that is not there raises KeyError.
    #[method(signature = "($self, /, key, last=True)")]
    fn move_to_end(&self, key: &Object, last: bool) -> Result<()> {
        let Some((end, at_end, _)) = self.end(last) else { return Err(raise_value(&KeyError, key)) };
        if at_end.is_same(key) {
            return Ok(());
        }
        let Some(node) = self.find(key, key.hash()?)? else {
            return Err(raise_value(&KeyError, key));
        };
        if node != end {
            let mut order = self.order.borrow_mut();
            order.unlink(node);
            if last {
                order.link_last(node);
            } else {
                order.link_first(node);
            }
            drop(order);
            self.changed();
        }
        Ok(())
    }

    /// od.__reversed__() <==> reversed(od)
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Ref<OrderedIterator> {
        OrderedIterator::over(self, Pick::Keys, true)
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let state = self.call_method(intern!("__getstate__"), &[])?;
        let items = self.call_method(intern!("items"), &[])?.iter()?;
        Ok(Tuple::pack([self.ty().to_ref(), Tuple::empty().into_object(), state, none(), items]))
    }

    #[method(name = "__sizeof__", signature = "($self, /)", doc = "")]
    fn size_of(&self) -> usize {
        self.memory() + self.slot_count() * 8 + self.len() * 32
    }
}

#[methods(part = slots)]
impl OrderedDict {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let name = self.ty().name();
        if self.is_empty() {
            return Ok(Str::from_string(format!("{name}()")));
        }
        guarded(self, "...", || {
            let plain = Dict::new();
            plain.update_from(self)?;
            let start = Str::from_string(format!("{name}("));
            Str::join_all([&*start, &*plain.repr()?, &*Str::new(")")].into_iter())
        })
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        OrderedIterator::over(self, Pick::Keys, false).into_object()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(dict) = other.downcast::<Dict>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let mut equal = self.equals(dict)?;
        if equal && let Some(other) = other.downcast::<OrderedDict>() {
            equal = self.same_keys(other)?;
        }
        Ok(py_bool(equal == (op == CompareOp::Eq)))
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        match value {
            Some(value) => self.assign(key, value, key.hash()?),
            None => self.delete(key),
        }
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        let (class, other) = match left.downcast::<OrderedDict>() {
            Some(own) => (own.ty(), right),
            None => (right.ty(), left),
        };
        if other.downcast::<Dict>().is_none() {
            return Ok(not_implemented());
        }
        let merged = class.call(&[left])?;
        update_from(&merged, right)?;
        Ok(merged)
    }

    #[slot]
    fn nb_inplace_or(&self, other: &Object) -> Result {
        update_from(self, other)?;
        Ok(self.to_ref())
    }
}

//! `groupby`, and `_grouper`: the iterator over one group.

use std::cell::Cell;

use runtime::prelude::*;

/// Pairs of a key and the neighbours that share it.
///
///   iterable
///     What to take apart into groups.
///   key
///     Computes an item's key. If None or missing, the item itself
///     is the key.
#[class(
    name = "itertools.groupby",
    flags(BASETYPE, GC),
    doc = "Pairs of a key and the neighbours that share it.

  iterable
    What to take apart into groups.
  key
    Computes an item's key. If None or missing, the item itself
    is the key."
)]
#[repr(C)]
pub struct Groupby {
    head: Object,
    iterator: Link,
    /// Null for the item itself.
    function: Link,
    /// The key of the group that was given last.
    target_key: Link,
    /// The item that was read last, and its key.
    current_key: Link,
    current_value: Link,
    /// The address of the one group that may read on. Never followed.
    #[gc(skip)]
    active: Cell<usize>,
}

impl Groupby {
    /// Reads the next item and computes its key; false at the end.
    fn step(&self) -> Result<bool> {
        let Some(iterator) = self.iterator.get() else { return Ok(false) };
        let Some(value) = iterator.iter_next()? else { return Ok(false) };
        let key = match self.function.get() {
            None => value.clone(),
            Some(function) => function.call(&[&value])?,
        };
        let old_value = self.current_value.replace(Some(value));
        let old_key = self.current_key.replace(Some(key));
        drop((old_value, old_key));
        Ok(true)
    }

    fn new_group(&self, key: Ref) -> Ref<Grouper> {
        let group = Ref::new(Grouper {
            head: Object::HEAD,
            parent: Link::new(Ref::from_borrowed(self)),
            key: Link::new(key),
        });
        self.active.set(group.as_ptr() as usize);
        group
    }
}

#[methods]
impl Groupby {
    #[new(signature = "(iterable, key=None)")]
    fn new(class: &Type, iterable: &Object, key: OrNone<&Object>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Groupby {
                head: Object::HEAD,
                iterator: Link::new(iterable.iter()?),
                function: Link::from_option(key.0.map(Object::to_ref)),
                target_key: Link::null(),
                current_key: Link::null(),
                current_value: Link::null(),
                active: Cell::new(0),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<(Ref, Ref<Grouper>)>> {
        self.active.set(0);
        let key = loop {
            match (self.current_key.get(), self.target_key.get()) {
                (None, _) => {}
                (Some(current), None) => break current,
                (Some(current), Some(target)) => {
                    if !target.rich_compare_bool(&current, CompareOp::Eq)? {
                        break self.current_key.get().unwrap_or(current);
                    }
                }
            }
            if !self.step()? {
                return Ok(None);
            }
        };
        self.target_key.set(Some(key.clone()));
        let group = self.new_group(key.clone());
        Ok(Some((key, group)))
    }
}

/// The iterator over one group.
#[class(name = "itertools._grouper", flags(GC), doc = "")]
#[repr(C)]
pub struct Grouper {
    head: Object,
    parent: Link<Groupby>,
    key: Link,
}

#[methods]
impl Grouper {
    #[new(signature = "(parent, tgtkey, /)", hidden_signature)]
    fn new(class: &Type, parent: &Groupby, tgtkey: &Object) -> Ref<Self> {
        let _ = class;
        parent.new_group(tgtkey.to_ref())
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let (Some(parent), Some(key)) = (self.parent.get(), self.key.get()) else { return Ok(None) };
        if parent.active.get() != self.as_ptr() as usize {
            return Ok(None);
        }
        if parent.current_value.is_null() && !parent.step()? {
            return Ok(None);
        }
        let Some(current) = parent.current_key.get() else { return Ok(None) };
        if !key.rich_compare_bool(&current, CompareOp::Eq)? {
            return Ok(None);
        }
        let value = parent.current_value.take();
        parent.current_key.set(None);
        Ok(value)
    }
}

//! Writing tuples, lists, dicts and sets: in batches, and with references where they contain themselves.

use runtime::objects::set::FrozenSet;
use runtime::prelude::*;

use super::opcodes::*;
use super::save::{Saver, noted, serializing, serializing_item};

/// How many items one instruction adds.
const BATCH: usize = 1000;

impl Saver<'_> {
    pub fn save_tuple(&mut self, tuple: &Tuple) -> Result<()> {
        let items = tuple.as_slice();
        if items.is_empty() {
            self.output.put(if self.is_binary() { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
            return Ok(());
        }
        let short = items.len() <= 3 && self.protocol >= 2;
        if !short {
            self.output.put_byte(MARK);
        }
        for (index, item) in items.iter().enumerate() {
            let saved = self.save(item);
            noted(saved, || serializing_item(tuple, index))?;
        }
        if self.is_known(tuple) {
            // An item contains the tuple, and has written it by now: the items on the stack go again.
            if short {
                self.output.put(&[POP; 3][..items.len()]);
            } else if self.is_binary() {
                self.output.put_byte(POP_MARK);
            } else {
                self.output.put(&vec![POP; items.len() + 1]);
            }
            return self.save_known(tuple).map(drop);
        }
        self.output.put_byte(if short { [TUPLE1, TUPLE2, TUPLE3][items.len() - 1] } else { TUPLE });
        self.memoize(tuple)
    }

    pub fn save_list(&mut self, list: &List) -> Result<()> {
        self.guarded(list, |saver| {
            saver.output.put(if saver.is_binary() { &[EMPTY_LIST] } else { &[MARK, LIST] });
            saver.memoize(list)?;
            match list.len() {
                0 => Ok(()),
                _ if saver.protocol == 0 => saver.append_all(&*list.iter()?, list),
                1 => {
                    let Some(item) = list.get(0) else { return Ok(()) };
                    let saved = saver.save(&item);
                    noted(saved, || serializing_item(list, 0))?;
                    saver.output.put_byte(APPEND);
                    Ok(())
                }
                _ => saver.append_list(list),
            }
        })
    }

    /// The items of exactly a list.
    fn append_list(&mut self, list: &List) -> Result<()> {
        let mut index = 0;
        loop {
            self.output.put_byte(MARK);
            let mut left = BATCH;
            while left > 0
                && let Some(item) = list.get(index)
            {
                let saved = self.save(&item);
                noted(saved, || serializing_item(list, index))?;
                index += 1;
                left -= 1;
            }
            self.output.put_byte(APPENDS);
            if index >= list.len() {
                return Ok(());
            }
        }
    }

    /// The items of an iterator, to be appended to `object`.
    pub fn append_all(&mut self, items: &Object, object: &Object) -> Result<()> {
        let mut index = 0;
        if self.protocol == 0 {
            while let Some(item) = items.iter_next()? {
                let saved = self.save(&item);
                noted(saved, || serializing_item(object, index))?;
                index += 1;
                self.output.put_byte(APPEND);
            }
            return Ok(());
        }
        loop {
            let Some(first) = items.iter_next()? else { return Ok(()) };
            let mut next = items.iter_next()?;
            if next.is_none() {
                let saved = self.save(&first);
                noted(saved, || serializing_item(object, index))?;
                self.output.put_byte(APPEND);
                return Ok(());
            }
            self.output.put_byte(MARK);
            let saved = self.save(&first);
            noted(saved, || serializing_item(object, index))?;
            index += 1;
            let mut count = 1;
            while let Some(item) = next.take() {
                let saved = self.save(&item);
                noted(saved, || serializing_item(object, index))?;
                index += 1;
                count += 1;
                if count == BATCH {
                    break;
                }
                next = items.iter_next()?;
            }
            self.output.put_byte(APPENDS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    pub fn save_dict(&mut self, dict: &Dict) -> Result<()> {
        self.guarded(dict, |saver| {
            saver.output.put(if saver.is_binary() { &[EMPTY_DICT] } else { &[MARK, DICT] });
            saver.memoize(dict)?;
            match dict.len() {
                0 => Ok(()),
                _ if saver.protocol == 0 => {
                    let items = dict.call_method(intern!("items"), &[])?.iter()?;
                    saver.set_all(&items, dict)
                }
                _ => saver.set_dict(dict),
            }
        })
    }

    fn save_entry(&mut self, key: &Object, value: &Object, object: &Object) -> Result<()> {
        self.save(key)?;
        let saved = self.save(value);
        noted(saved, || {
            let shown = key.repr()?;
            Str::join_all([&*serializing(object, "item ")?, &*shown].into_iter())
        })
    }

    /// The entries of exactly a dict.
    fn set_dict(&mut self, dict: &Dict) -> Result<()> {
        let size = dict.len();
        let mut position = 0;
        if size == 1 {
            if let Some((key, value)) = dict.next_entry(&mut position) {
                self.save_entry(&key, &value, dict)?;
                self.output.put_byte(SETITEM);
            }
            return Ok(());
        }
        loop {
            let mut count = 0;
            self.output.put_byte(MARK);
            while count < BATCH
                && let Some((key, value)) = dict.next_entry(&mut position)
            {
                self.save_entry(&key, &value, dict)?;
                count += 1;
            }
            self.output.put_byte(SETITEMS);
            if dict.len() != size {
                return Err(raise!(RuntimeError, "dictionary changed size during iteration"));
            }
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// The pairs of an iterator, to be set in `object`.
    pub fn set_all(&mut self, items: &Object, object: &Object) -> Result<()> {
        let next_pair = || -> Result<Option<Ref>> {
            let Some(pair) = items.iter_next()? else { return Ok(None) };
            match pair.downcast::<Tuple>() {
                Some(tuple) if tuple.len() == 2 => Ok(Some(pair)),
                _ => Err(raise!(TypeError, "dict items iterator must return 2-tuples")),
            }
        };
        if self.protocol == 0 {
            while let Some(pair) = next_pair()? {
                self.save_pair(&pair, object)?;
                self.output.put_byte(SETITEM);
            }
            return Ok(());
        }
        loop {
            let Some(first) = next_pair()? else { return Ok(()) };
            let mut next = next_pair()?;
            if next.is_none() {
                self.save_pair(&first, object)?;
                self.output.put_byte(SETITEM);
                return Ok(());
            }
            self.output.put_byte(MARK);
            self.save_pair(&first, object)?;
            let mut count = 1;
            while let Some(pair) = next.take() {
                self.save_pair(&pair, object)?;
                count += 1;
                if count == BATCH {
                    break;
                }
                next = next_pair()?;
            }
            self.output.put_byte(SETITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    fn save_pair(&mut self, pair: &Object, object: &Object) -> Result<()> {
        match pair.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([key, value]) => self.save_entry(key, value, object),
            _ => Ok(()),
        }
    }

    /// Before protocol 4: `class([items])`.
    fn save_set_by_list(&mut self, class: &Type, set: &Object) -> Result<()> {
        let arguments = Tuple::pack([List::from_vec(set.collect()?).into_object()]);
        self.save_reduce(&Tuple::pack([class.to_ref(), arguments.into_object()]), set)
    }

    pub fn save_set(&mut self, set: &Set) -> Result<()> {
        if self.protocol < 4 {
            return self.save_set_by_list(Set::type_object(), set);
        }
        self.output.put_byte(EMPTY_SET);
        self.memoize(set)?;
        let size = set.len();
        if size == 0 {
            return Ok(());
        }
        let mut position = 0;
        loop {
            let mut count = 0;
            self.output.put_byte(MARK);
            while count < BATCH
                && let Some(item) = set.next_item(&mut position)
            {
                let saved = self.save(&item);
                noted(saved, || serializing(set, "element"))?;
                count += 1;
            }
            self.output.put_byte(ADDITEMS);
            if set.len() != size {
                return Err(raise!(RuntimeError, "set changed size during iteration"));
            }
            if count < BATCH {
                return Ok(());
            }
        }
    }

    pub fn save_frozenset(&mut self, set: &FrozenSet) -> Result<()> {
        self.guarded(set, |saver| {
            if saver.protocol < 4 {
                return saver.save_set_by_list(FrozenSet::type_object(), set);
            }
            saver.output.put_byte(MARK);
            let mut position = 0;
            while let Some(item) = set.next_item(&mut position) {
                let saved = saver.save(&item);
                noted(saved, || serializing(set, "element"))?;
            }
            if saver.is_known(set) {
                // As for tuples.
                saver.output.put_byte(POP_MARK);
                return saver.save_known(set).map(drop);
            }
            saver.output.put_byte(FROZENSET);
            saver.memoize(set)
        })
    }
}

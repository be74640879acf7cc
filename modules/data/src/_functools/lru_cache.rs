//! `_lru_cache_wrapper`: a callable that remembers results, of all calls or of the latest.
//!
//! No borrow is held while a key is hashed or compared, or the function runs: each may call the cache itself.

use std::cell::{Cell, RefCell};

use runtime::objects::method::Method;
use runtime::objects::wrapped_function;
use runtime::prelude::*;

/// No place.
const NIL: u32 = u32::MAX;

struct Entry {
    key: Ref,
    hash: isize,
    result: Ref,
    older: u32,
    newer: u32,
}

/// The results by how recently they were used. The cache's dict has their places.
#[derive(Default)]
struct Recent {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    ends: Ends,
}

struct Ends {
    oldest: u32,
    newest: u32,
}

impl Default for Ends {
    fn default() -> Self {
        Ends { oldest: NIL, newest: NIL }
    }
}

impl Traverse for Recent {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        let entries = self.entries.iter().flatten();
        let visit = |entry: &Entry| match visitor.visit(&entry.key) {
            0 => visitor.visit(&entry.result),
            stop => stop,
        };
        entries.map(visit).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl Recent {
    fn entry(&mut self, place: u32) -> Option<&mut Entry> {
        self.entries.get_mut(place as usize)?.as_mut()
    }

    fn unlink(&mut self, place: u32) {
        let Some((older, newer)) = self.entry(place).map(|entry| (entry.older, entry.newer)) else { return };
        match self.entry(older) {
            Some(entry) => entry.newer = newer,
            None => self.ends.oldest = newer,
        }
        match self.entry(newer) {
            Some(entry) => entry.older = older,
            None => self.ends.newest = older,
        }
    }

    fn link_newest(&mut self, place: u32) {
        let newest = self.ends.newest;
        if let Some(entry) = self.entry(place) {
            entry.older = newest;
            entry.newer = NIL;
        }
        match self.entry(newest) {
            Some(entry) => entry.newer = place,
            None => self.ends.oldest = place,
        }
        self.ends.newest = place;
    }

    /// The result at a place, which becomes the newest.
    fn touch(&mut self, place: u32) -> Option<Ref> {
        let result = self.entry(place)?.result.clone();
        if self.ends.newest != place {
            self.unlink(place);
            self.link_newest(place);
        }
        Some(result)
    }

    /// A place for an entry that is not linked yet.
    fn insert(&mut self, entry: Entry) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.entries[place as usize] = Some(entry);
                place
            }
            None => {
                self.entries.push(Some(entry));
                self.entries.len() as u32 - 1
            }
        }
    }

    fn take(&mut self, place: u32) -> Option<Entry> {
        let entry = self.entries.get_mut(place as usize)?.take();
        if entry.is_some() {
            self.free.push(place);
        }
        entry
    }
}

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[class(name = "functools._lru_cache_wrapper", flags(GC, METHOD_DESCRIPTOR))]
#[repr(C)]
pub struct LruCacheWrapper {
    head: Object,
    function: Link,
    /// Places by key; with unlimited size the results themselves.
    cache: Link<Dict>,
    recent: RefCell<Recent>,
    info_type: Link,
    /// Stands in keys between positional arguments and keywords.
    mark: Link,
    #[gc(skip)]
    maxsize: Cell<isize>,
    #[gc(skip)]
    typed: Cell<bool>,
    #[gc(skip)]
    hits: Cell<usize>,
    #[gc(skip)]
    misses: Cell<usize>,
    /// How often the cache was cleared.
    #[gc(skip)]
    clearings: Cell<usize>,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

/// The mark is one for all caches, so that equal keys are equal everywhere.
#[derive(Default)]
struct KeywordMark(Link);

fn keyword_mark() -> Result {
    let mark = &Interpreter::current().state::<KeywordMark>().0;
    if mark.is_null() {
        mark.set(Some(runtime::objects::object::BaseObject::type_object().call(&[])?));
    }
    Ok(mark.get().unwrap_or_else(none))
}

impl LruCacheWrapper {
    fn key(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Ref {
        let keywords = keywords.filter(|keywords| !keywords.is_empty());
        let typed = self.typed.get();
        if !typed && keywords.is_none() {
            if let [only] = arguments.as_slice()
                && (only.is::<Str>() || only.is::<Int>())
            {
                return only.clone();
            }
            return arguments.to_ref();
        }
        let mut parts = arguments.as_slice().to_vec();
        let mut types = Vec::new();
        if typed {
            types.extend(parts.iter().map(|part| part.ty().to_ref()));
        }
        if let Some(keywords) = keywords {
            parts.push(self.mark.get().unwrap_or_else(none));
            let mut position = 0;
            while let Some((name, value)) = keywords.next_entry(&mut position) {
                if typed {
                    types.push(value.ty().to_ref());
                }
                parts.extend([name, value]);
            }
        }
        parts.extend(types);
        Tuple::from_vec(parts).into_object()
    }

    fn call_function(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        match self.function.get() {
            Some(function) => function.call_dict(arguments, keywords),
            None => Err(raise!(SystemError, "the cached function was cleared")),
        }
    }

    fn count_hit(&self) {
        self.hits.set(self.hits.get() + 1);
    }

    fn count_miss(&self) {
        self.misses.set(self.misses.get() + 1);
    }

    fn unbounded(&self, cache: &Dict, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let key = self.key(arguments, keywords);
        let hash = key.hash()?;
        if let Some(result) = cache.get_with_hash(&key, hash)? {
            self.count_hit();
            return Ok(result);
        }
        self.count_miss();
        let result = self.call_function(arguments, keywords)?;
        cache.insert_with_hash(&key, &result, hash)?;
        Ok(result)
    }

    /// The result of a key, which becomes the latest.
    fn lookup(&self, cache: &Dict, key: &Object, hash: isize) -> Result<Option<Ref>> {
        let Some(place) = cache.get_with_hash(key, hash)? else { return Ok(None) };
        let place = place.downcast::<Int>().and_then(Int::to_i64).map_or(NIL, |place| place as u32);
        Ok(self.recent.borrow_mut().touch(place))
    }

    fn bounded(&self, cache: &Dict, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let key = self.key(arguments, keywords);
        let hash = key.hash()?;
        if let Some(result) = self.lookup(cache, &key, hash)? {
            self.count_hit();
            return Ok(result);
        }
        self.count_miss();
        let result = self.call_function(arguments, keywords)?;
        if cache.get_with_hash(&key, hash)?.is_some() {
            // The call has put it there.
            return Ok(result);
        }
        let oldest = self.recent.borrow().ends.oldest;
        if cache.len() as isize >= self.maxsize.get() && oldest != NIL {
            let mut recent = self.recent.borrow_mut();
            recent.unlink(oldest);
            let old = recent.entry(oldest).map(|entry| (entry.key.clone(), entry.hash));
            drop(recent);
            let Some((old_key, old_hash)) = old else { return Ok(result) };
            let clearings = self.clearings.get();
            // This may run any code; the entry is in no list meanwhile.
            let removed = cache.remove_with_hash(&old_key, old_hash);
            if self.clearings.get() != clearings {
                removed?;
                return Ok(result);
            }
            let removed = match removed {
                Ok(removed) => removed,
                Err(raised) => {
                    self.recent.borrow_mut().link_newest(oldest);
                    return Err(raised);
                }
            };
            let entry = self.recent.borrow_mut().take(oldest);
            drop(entry);
            if removed.is_none() {
                // Somebody else has removed the key: the cache has room, but not for us.
                return Ok(result);
            }
        }
        let entry = Entry { key: key.clone(), hash, result: result.clone(), older: NIL, newer: NIL };
        let clearings = self.clearings.get();
        let place = self.recent.borrow_mut().insert(entry);
        let inserted = cache.insert_with_hash(&key, &Int::new(place.into()), hash);
        if self.clearings.get() == clearings {
            if let Err(raised) = inserted {
                let entry = self.recent.borrow_mut().take(place);
                drop(entry);
                return Err(raised);
            }
            self.recent.borrow_mut().link_newest(place);
        }
        Ok(result)
    }
}

#[methods]
impl LruCacheWrapper {
    #[new(signature = "(user_function, maxsize, typed, cache_info_type)", hidden_signature)]
    fn tp_new(
        class: &Type,
        user_function: &Object,
        maxsize: &Object,
        typed: bool,
        cache_info_type: Ref,
    ) -> Result<Ref<Self>> {
        if !user_function.is_callable() {
            return Err(raise!(TypeError, "the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            -1
        } else if maxsize.ty().nb_index().is_some() {
            maxsize.to_isize_index(&runtime::objects::exceptions::OverflowError)?.max(0)
        } else {
            return Err(raise!(TypeError, "maxsize should be integer or None"));
        };
        Ok(Ref::new_in(
            class,
            LruCacheWrapper {
                head: Object::HEAD,
                function: Link::new(user_function.to_ref()),
                cache: Link::new(Dict::new()),
                recent: RefCell::default(),
                info_type: Link::new(cache_info_type),
                mark: Link::new(keyword_mark()?),
                maxsize: Cell::new(maxsize),
                typed: Cell::new(typed),
                hits: Cell::new(0),
                misses: Cell::new(0),
                clearings: Cell::new(0),
                dict: Link::null(),
                weakrefs: WeakList::new(),
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let Some(cache) = self.cache.get() else { return self.call_function(arguments, keywords) };
        match self.maxsize.get() {
            0 => {
                self.count_miss();
                self.call_function(arguments, keywords)
            }
            ..0 => self.unbounded(&cache, arguments, keywords),
            _ => self.bounded(&cache, arguments, keywords),
        }
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        match object.filter(|object| !object.is_none()) {
            Some(object) => Ok(Method::new(self, object).into_object()),
            None => Ok(self.to_ref()),
        }
    }

    /// Report cache statistics
    #[method(signature = "($self, /)")]
    fn cache_info(&self) -> Result {
        let maxsize = match self.maxsize.get() {
            ..0 => none(),
            maxsize => Int::new(maxsize as i64).into_object(),
        };
        let (hits, misses) = (Int::from_usize(self.hits.get()), Int::from_usize(self.misses.get()));
        let size = Int::from_usize(self.cache.get().map_or(0, |cache| cache.len()));
        self.info_type.get().unwrap_or_else(none).call(&[&hits, &misses, &maxsize, &size])
    }

    /// Clear the cache and cache statistics
    #[method(signature = "($self, /)")]
    fn cache_clear(&self) {
        self.hits.set(0);
        self.misses.set(0);
        self.clearings.set(self.clearings.get().wrapping_add(1));
        let old = self.recent.take();
        if let Some(cache) = self.cache.get() {
            (*cache).clear();
        }
        drop(old);
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Ref<Dict> {
        wrapped_function::instance_dict(&self.dict)
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&Object>) -> Result<()> {
        wrapped_function::set_instance_dict(&self.dict, value)
    }

    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result {
        self.get_attr(intern!("__qualname__"))
    }

    #[method(name = "__copy__", signature = "($self, /)", hidden_signature, doc = "")]
    fn copy(&self) -> Ref {
        self.to_ref()
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)", hidden_signature, doc = "")]
    fn deepcopy(&self, _memo: &Object) -> Ref {
        self.to_ref()
    }
}

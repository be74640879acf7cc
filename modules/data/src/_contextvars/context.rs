//! `Context`: a mapping from context variables to values. Copies share the values until one of them changes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use runtime::objects::dict::key_error;
use runtime::prelude::*;

use super::variable::ContextVar;

/// The values, by the variables' addresses. Shared, so it is an object of its own, that the collector counts once.
#[class(name = "hamt", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Values {
    head: Object,
    entries: RefCell<BTreeMap<usize, (Ref<ContextVar>, Ref)>>,
}

impl Values {
    fn of(entries: BTreeMap<usize, (Ref<ContextVar>, Ref)>) -> Ref<Values> {
        Ref::new(Values { head: Object::HEAD, entries: RefCell::new(entries) })
    }
}

fn address(variable: &ContextVar) -> usize {
    variable.as_ptr() as usize
}

/// The number of the last change of any context.
#[derive(Default)]
struct Changes(Cell<u64>);

fn next_version() -> u64 {
    let changes = &Interpreter::current().state::<Changes>().0;
    changes.set(changes.get() + 1);
    changes.get()
}

/// A context.
#[class(name = "_contextvars.Context", symbol = "PyContext_Type", flags(GC), doc = "")]
#[repr(C)]
pub struct Context {
    head: Object,
    /// Null: none.
    values: Link<Values>,
    /// The context that this one was entered from.
    previous: Link,
    #[gc(skip)]
    entered: Cell<bool>,
    /// Two contexts of one version have the same values.
    #[gc(skip)]
    version: Cell<u64>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Context {
    fn with(values: Option<Ref<Values>>, version: u64) -> Ref<Context> {
        Ref::new(Context {
            head: Object::HEAD,
            values: Link::from_option(values),
            previous: Link::null(),
            entered: Cell::new(false),
            version: Cell::new(version),
            weakrefs: WeakList::new(),
        })
    }

    /// The thread's current context, if it has one.
    pub fn current_opt() -> Option<Ref<Context>> {
        Thread::current().context().get()?.cast::<Context>().ok()
    }

    /// The thread's current context.
    pub fn current() -> Ref<Context> {
        Context::current_opt().unwrap_or_else(|| {
            let context = Context::with(None, next_version());
            Thread::current().context().set(Some(context.clone().into_object()));
            context
        })
    }

    /// A number for the values of the thread's current context: while it is the same, so are they.
    #[inline]
    pub fn current_version() -> Option<u64> {
        Context::current_opt().map(|context| context.version.get())
    }

    pub fn copied(&self) -> Ref<Context> {
        Context::with(self.values.get(), self.version.get())
    }

    pub fn enter(&self) -> Result<()> {
        if self.entered.get() {
            return Err(raise!(RuntimeError, "cannot enter context: {} is already entered", self.repr()?));
        }
        self.entered.set(true);
        let previous = Thread::current().context().replace(Some(self.to_ref()));
        self.previous.set(previous);
        Ok(())
    }

    pub fn exit(&self) -> Result<()> {
        if !self.entered.get() {
            return Err(raise!(RuntimeError, "cannot exit context: {} has not been entered", self.repr()?));
        }
        let thread = Thread::current();
        if !thread.context().is(self) {
            return Err(raise!(
                RuntimeError,
                "cannot exit context: thread state references a different context object"
            ));
        }
        self.entered.set(false);
        thread.context().set(self.previous.take());
        Ok(())
    }

    pub fn value(&self, variable: &ContextVar) -> Option<Ref> {
        let values = self.values.get()?;
        let entries = values.entries.borrow();
        entries.get(&address(variable)).map(|(_, value)| value.clone())
    }

    /// Sets a variable, or takes it out; gives the old value. Other contexts that share the values keep them.
    pub fn assign(&self, variable: &ContextVar, value: Option<&Object>) -> Option<Ref> {
        self.version.set(next_version());
        let values = match self.values.take() {
            Some(values) if values.reference_count() == 1 => values,
            Some(shared) => Values::of(shared.entries.borrow().clone()),
            None => Values::of(BTreeMap::new()),
        };
        let old = {
            let mut entries = values.entries.borrow_mut();
            match value {
                Some(value) => {
                    entries.insert(address(variable), (Ref::from_borrowed(variable), value.to_ref()))
                }
                None => entries.remove(&address(variable)),
            }
        };
        self.values.set(Some(values));
        old.map(|(_, value)| value)
    }

    fn entries(&self) -> Vec<(Ref<ContextVar>, Ref)> {
        self.values.get().map_or_else(Vec::new, |values| values.entries.borrow().values().cloned().collect())
    }

    fn key<'a>(&self, key: &'a Object) -> Result<&'a ContextVar> {
        match key.downcast::<ContextVar>() {
            Some(variable) => Ok(variable),
            None => Err(raise!(TypeError, "a ContextVar key was expected, got {}", key.repr()?)),
        }
    }

    fn keys_iterator(&self) -> Ref<KeysIterator> {
        let keys = self.entries().into_iter().map(|(variable, _)| variable.into_object());
        KeysIterator::over(keys.collect())
    }
}

#[methods]
impl Context {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(_class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        if !args.is_empty() || !kwargs.is_empty() {
            return Err(raise!(TypeError, "Context() does not accept any arguments"));
        }
        Ok(Context::with(None, next_version()))
    }

    /// Run a callable in this context.
    #[method(signature = "($self, /, *args, **kwargs)", hidden_signature, doc = "")]
    fn run(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let [callable, arguments @ ..] = args else {
            return Err(raise!(TypeError, "run() missing 1 required positional argument"));
        };
        let mut all = arguments.to_vec();
        all.extend(kwargs.iter().map(|(_, value)| value));
        let names = kwargs.iter().map(|(name, _)| name.to_ref()).collect();
        let names = (!kwargs.is_empty()).then(|| Tuple::from_vec(names));
        self.enter()?;
        let result = callable.call_kw(&all, names.as_deref());
        match self.exit() {
            Ok(()) => result,
            Err(raised) => Err(raised),
        }
    }

    /// Return a shallow copy of the context object.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Ref<Context> {
        self.copied()
    }

    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`.
    #[method(signature = "($self, key, default=None, /)")]
    fn get(&self, key: &Object, default: Option<&Object>) -> Result {
        let value = self.value(self.key(key)?);
        Ok(value.unwrap_or_else(|| default.map_or_else(none, Object::to_ref)))
    }

    /// Return all variables in the context object.
    #[method(signature = "($self, /)")]
    fn keys(&self) -> Ref<KeysIterator> {
        self.keys_iterator()
    }

    /// Return a list of all variables' values in the context object.
    #[method(signature = "($self, /)")]
    fn values(&self) -> Ref<ValuesIterator> {
        ValuesIterator::over(self.entries().into_iter().map(|(_, value)| value).collect())
    }

    /// Return all variables and their values in the context object, as pairs.
    #[method(signature = "($self, /)")]
    fn items(&self) -> Ref<ItemsIterator> {
        let pairs = self.entries().into_iter();
        let pairs = pairs.map(|(variable, value)| Tuple::pack([variable.into_object(), value]).into_object());
        ItemsIterator::over(pairs.collect())
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.values.get().map_or(0, |values| values.entries.borrow().len())
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.value(self.key(key)?).ok_or_else(|| key_error(key))
    }

    #[slot]
    fn sq_contains(&self, key: &Object) -> Result<bool> {
        Ok(self.value(self.key(key)?).is_some())
    }

    #[slot]
    fn tp_iter(&self) -> Ref<KeysIterator> {
        self.keys_iterator()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Context>() else { return Ok(not_implemented()) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let mut equal = self.mp_length() == other.mp_length();
        for (variable, value) in self.entries() {
            if !equal {
                break;
            }
            equal = match other.value(&variable) {
                Some(theirs) => value.rich_compare_bool(&theirs, CompareOp::Eq)?,
                None => false,
            };
        }
        Ok(py_bool(equal == (op == CompareOp::Eq)))
    }
}

/// Iterators over what a context held when they were made.
macro_rules! iterator {
    ($type:ident, $name:literal) => {
        /// An iterator over a context.
        #[class(name = $name, flags(GC, DISALLOW_INSTANTIATION), doc = "")]
        #[repr(C)]
        pub struct $type {
            head: Object,
            items: RefCell<Vec<Ref>>,
            #[gc(skip)]
            position: Cell<usize>,
        }

        impl $type {
            fn over(items: Vec<Ref>) -> Ref<$type> {
                Ref::new($type { head: Object::HEAD, items: RefCell::new(items), position: Cell::new(0) })
            }
        }

        #[methods]
        impl $type {
            #[slot]
            fn tp_iter(&self) -> Ref {
                self.to_ref()
            }

            #[slot]
            fn tp_iternext(&self) -> Option<Ref> {
                let position = self.position.get();
                let item = self.items.borrow().get(position).cloned();
                self.position.set(position + usize::from(item.is_some()));
                item
            }

            #[slot]
            fn mp_length(&self) -> usize {
                self.items.borrow().len()
            }
        }
    };
}

iterator!(KeysIterator, "keys");
iterator!(ValuesIterator, "values");
iterator!(ItemsIterator, "items");

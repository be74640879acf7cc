//! `Pickler`: options, hooks and memo. The work of one `dump` is in `save.rs`.

use std::cell::{Cell, RefCell};

use runtime::objects::object::{generic_get_attr, generic_set_attr};
use runtime::prelude::*;

use super::memo::Memo;
use super::opcodes::HIGHEST_PROTOCOL;
use super::output::Output;
use super::proxies::PicklerMemoProxy;
use super::save::Saver;
use super::state::pickling_error;

/// Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)
///
/// Writes pickles to a file.
///
/// *file* has a write() method that takes bytes. *protocol* is the version
/// of the format, 0 to 5; a negative one means the highest. *fix_imports*
/// writes Python 2's names of renamed modules where the protocol is less
/// than 3. *buffer_callback* is called with each PickleBuffer: where it
/// gives something false, the buffer is left out of the stream (protocol 5).
#[class(name = "_pickle.Pickler", flags(BASETYPE, GC), basicsize = SIZE)]
#[repr(C)]
pub struct Pickler {
    head: Object,
    pub(super) memo: RefCell<Memo>,
    /// What an assignment to `persistent_id` has put over the method.
    persistent_id_attribute: Link,
    #[member(required)]
    dispatch_table: Link,
    write: Link,
    buffer_callback: Link,
    #[gc(skip)]
    protocol: Cell<i32>,
    #[member]
    #[gc(skip)]
    bin: Cell<i32>,
    #[member]
    #[gc(skip)]
    fast: Cell<i32>,
    #[gc(skip)]
    fix_imports: Cell<bool>,
    #[gc(skip)]
    running: Cell<bool>,
    /// Neither a file nor `dumps` stands behind it yet.
    #[gc(skip)]
    ready: Cell<bool>,
    /// C's pickler has a buffer before the first dump, and none after it.
    #[gc(skip)]
    fresh: Cell<bool>,
}

/// Instances are as large as C's.
const SIZE: usize = 152;
const _: () = assert!(size_of::<Pickler>() <= SIZE);

/// The size of the buffer that C's pickler begins with, as `sys.getsizeof` counts it.
const FIRST_BUFFER: usize = 4096 + 33;

/// While it lives, its pickler or unpickler can't be used again.
pub struct Using<'a>(&'a Cell<bool>);

impl<'a> Using<'a> {
    pub fn begin(running: &'a Cell<bool>, what: &str) -> Result<Using<'a>> {
        if running.replace(true) {
            return Err(raise!(RuntimeError, "{what} object is already used"));
        }
        Ok(Using(running))
    }
}

impl Drop for Using<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// The protocol that an argument means.
fn protocol_of(protocol: Option<&Object>) -> Result<i32> {
    let Some(protocol) = protocol.filter(|protocol| !protocol.is_none()) else { return Ok(HIGHEST_PROTOCOL) };
    let Some(number) = protocol.index()?.to_i64() else {
        return Err(raise!(OverflowError, "Python int too large to convert to C long"));
    };
    if number > i64::from(HIGHEST_PROTOCOL) {
        return Err(raise!(ValueError, "pickle protocol must be <= {HIGHEST_PROTOCOL}"));
    }
    Ok(if number < 0 { HIGHEST_PROTOCOL } else { number as i32 })
}

impl Pickler {
    pub fn make(class: &Type) -> Ref<Pickler> {
        Ref::new_in(
            class,
            Pickler {
                head: Object::HEAD,
                memo: RefCell::default(),
                persistent_id_attribute: Link::null(),
                dispatch_table: Link::null(),
                write: Link::null(),
                buffer_callback: Link::null(),
                protocol: Cell::new(0),
                bin: Cell::new(0),
                fast: Cell::new(0),
                fix_imports: Cell::new(false),
                running: Cell::new(false),
                ready: Cell::new(false),
                fresh: Cell::new(false),
            },
        )
    }

    /// Without a file, for `dumps`.
    pub fn configure(
        &self,
        file: Option<&Object>,
        protocol: Option<&Object>,
        fix_imports: bool,
        buffer_callback: Option<&Object>,
    ) -> Result<()> {
        let protocol = protocol_of(protocol)?;
        self.protocol.set(protocol);
        self.bin.set(i32::from(protocol > 0));
        self.fix_imports.set(fix_imports && protocol < 3);
        if let Some(file) = file {
            let Some(write) = file.get_attr_opt(intern!("write"))? else {
                return Err(raise!(TypeError, "file must have a 'write' attribute"));
            };
            self.write.set(Some(write));
        }
        let callback = buffer_callback.filter(|callback| !callback.is_none());
        if callback.is_some() && protocol < 5 {
            return Err(raise!(ValueError, "buffer_callback needs protocol >= 5"));
        }
        self.buffer_callback.set(callback.map(Object::to_ref));
        self.ready.set(true);
        Ok(())
    }

    /// Pickles an object: to the file, or gives the bytes where there is none.
    pub fn run(&self, object: &Object) -> Result<Vec<u8>> {
        if !self.ready.get() {
            let name = self.ty().full_name();
            return Err(pickling_error(&format!("Pickler.__init__() was not called by {name}.__init__()")));
        }
        let _using = Using::begin(&self.running, "Pickler")?;
        self.fresh.set(false);
        let mut saver = Saver::new(self, Output::new(self.write.get()))?;
        saver.dump(object)?;
        saver.output.finish()
    }

    pub fn protocol(&self) -> i32 {
        self.protocol.get()
    }

    /// Is the format binary?
    #[inline]
    pub fn is_binary(&self) -> bool {
        self.bin.get() != 0
    }

    /// Is the memo switched off?
    #[inline]
    pub fn is_fast(&self) -> bool {
        self.fast.get() != 0
    }

    pub fn fixes_imports(&self) -> bool {
        self.fix_imports.get()
    }

    pub fn own_dispatch_table(&self) -> Option<Ref> {
        self.dispatch_table.get()
    }

    pub fn buffer_callback(&self) -> Option<Ref> {
        self.buffer_callback.get()
    }

    /// The method that gives persistent ids, if there is another than the one that gives none.
    pub fn persistent_id_hook(&self) -> Result<Option<Ref>> {
        if let Some(assigned) = self.persistent_id_attribute.get() {
            return Ok(Some(assigned));
        }
        if self.is::<Pickler>() {
            return Ok(None);
        }
        let name = intern!("persistent_id");
        let hook = self.get_attr_opt(name)?;
        Ok(hook.filter(|hook| !is_own_method(hook, self, "persistent_id")))
    }

    /// An optional attribute, without an AttributeError to throw away where attributes are looked up as usual.
    pub fn hook(&self, name: &Str) -> Result<Option<Ref>> {
        let own = Pickler::type_object().raw.tp_getattro.get().map(|slot| slot as usize);
        if self.ty().raw.tp_getattro.get().map(|slot| slot as usize) == own {
            return runtime::objects::object::generic_get_attr_opt(self, name);
        }
        self.get_attr_opt(name)
    }
}

/// Is it the native method of that name, bound to `receiver`?
pub fn is_own_method(method: &Object, receiver: &Object, name: &str) -> bool {
    use runtime::objects::builtin_function::BuiltinFunction;
    method.downcast_exact::<BuiltinFunction>().is_some_and(|function| {
        function.name() == name && function.receiver().is_some_and(|bound| bound.is_same(receiver))
    })
}

#[methods]
impl Pickler {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Pickler::make(class))
    }

    #[init(
        signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
        name = "Pickler",
        hidden_signature
    )]
    fn init(
        &self,
        file: &Object,
        protocol: Option<&Object>,
        fix_imports: Option<bool>,
        buffer_callback: Option<&Object>,
    ) -> Result<()> {
        let using = Using::begin(&self.running, "Pickler")?;
        self.write.set(None);
        self.configure(Some(file), protocol, fix_imports.unwrap_or(true), buffer_callback)?;
        self.fast.set(0);
        let table = self.hook(intern!("dispatch_table"))?;
        self.dispatch_table.set(table);
        self.fresh.set(true);
        drop(using);
        Ok(())
    }

    #[method(signature = "($self, obj, /)", doc = "")]
    fn persistent_id(&self, obj: &Object) -> Result {
        let _ = obj;
        Ok(none())
    }

    /// Write an object to the file.
    #[method(signature = "($self, obj, /)")]
    fn dump(&self, obj: &Object) -> Result<()> {
        self.run(obj).map(drop)
    }

    /// Forget what was written before: from here on nothing refers to it.
    #[method(signature = "($self, /)")]
    fn clear_memo(&self) {
        let old = self.memo.replace(Memo::default());
        drop(old);
    }

    /// How many bytes this takes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(&self) -> usize {
        let size = self.ty().raw.tp_basicsize.get() as usize + self.memo.borrow().memory();
        if self.fresh.get() { size + FIRST_BUFFER } else { size }
    }

    #[getter(name = "memo")]
    fn memo_proxy(&self) -> Ref<PicklerMemoProxy> {
        PicklerMemoProxy::new(self)
    }

    #[setter(name = "memo")]
    fn set_memo_proxy(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(TypeError, "attribute deletion is not supported"));
        };
        let mut memo = Memo::default();
        if let Some(proxy) = value.downcast_exact::<PicklerMemoProxy>() {
            for (object, index) in proxy.entries() {
                memo.insert(&object, index);
            }
        } else if let Some(dict) = value.downcast::<Dict>() {
            let mut position = 0;
            while let Some((_, entry)) = dict.next_entry(&mut position) {
                let Some([index, object]) = entry.downcast::<Tuple>().map(Tuple::as_slice) else {
                    return Err(raise!(TypeError, "'memo' values must be 2-item tuples"));
                };
                let Some(index) = index.downcast::<Int>() else {
                    return Err(raise!(TypeError, "an integer is required"));
                };
                let Some(index) = index.to_isize() else {
                    return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
                };
                memo.insert(object, index as usize);
            }
        } else {
            let kind = value.ty().full_name();
            return Err(raise!(
                TypeError,
                "'memo' attribute must be a PicklerMemoProxy object or dict, not {kind}"
            ));
        }
        let old = self.memo.replace(memo);
        drop(old);
        Ok(())
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        if name.eq_str("persistent_id")
            && let Some(assigned) = self.persistent_id_attribute.get()
        {
            return Ok(assigned);
        }
        generic_get_attr(self, name)
    }

    #[slot]
    fn tp_setattro(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        if name.eq_str("persistent_id") {
            self.persistent_id_attribute.set(value.map(Object::to_ref));
            return Ok(());
        }
        generic_set_attr(self, name, value)
    }
}

//! `Unpickler`: options, hooks and memo. The work of one `load` is in `load.rs`.

use std::cell::{Cell, RefCell};

use runtime::objects::object::{generic_get_attr, generic_set_attr};
use runtime::prelude::*;

use super::input::Input;
use super::load::Loader;
use super::memo::Loaded;
use super::pickler::{Using, is_own_method};
use super::proxies::UnpicklerMemoProxy;
use super::save_global::{dotted_path, follow, pair_of_str, plain_str};
use super::state::{State, unpickling_error};

/// Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
///
/// Reads pickles from a file.
///
/// *file* has read() and readline() methods that give bytes; readinto() and
/// peek() are used if there. The protocol is found by itself. *fix_imports*,
/// *encoding* and *errors* are for pickles from Python 2: renamed modules
/// are found under their new names, and its 8-bit strings are decoded
/// (encoding 'bytes': not at all). *buffers* gives the out-of-band buffers.
#[class(name = "_pickle.Unpickler", flags(BASETYPE, GC), basicsize = SIZE)]
#[repr(C)]
pub struct Unpickler {
    head: Object,
    pub(super) memo: RefCell<Loaded>,
    /// What an assignment to `persistent_load` has put over the method.
    persistent_load_attribute: Link,
    input: RefCell<Option<Box<Input>>>,
    buffers: Link,
    #[gc(skip)]
    encoding: RefCell<String>,
    #[gc(skip)]
    errors: RefCell<String>,
    #[gc(skip)]
    protocol: Cell<i32>,
    #[gc(skip)]
    fix_imports: Cell<bool>,
    #[gc(skip)]
    running: Cell<bool>,
    /// For `__sizeof__`: the room that C's unpickler would have for marks, and for its last line.
    #[gc(skip)]
    marks_room: Cell<usize>,
    #[gc(skip)]
    line_room: Cell<usize>,
}

/// Instances are as large as C's.
const SIZE: usize = 296;
const _: () = assert!(size_of::<Unpickler>() <= SIZE);

impl Unpickler {
    pub fn make(class: &Type) -> Ref<Unpickler> {
        Ref::new_in(
            class,
            Unpickler {
                head: Object::HEAD,
                memo: RefCell::new(Loaded::new()),
                persistent_load_attribute: Link::null(),
                input: RefCell::new(None),
                buffers: Link::null(),
                encoding: RefCell::default(),
                errors: RefCell::default(),
                protocol: Cell::new(0),
                fix_imports: Cell::new(false),
                running: Cell::new(false),
                marks_room: Cell::new(0),
                line_room: Cell::new(0),
            },
        )
    }

    pub fn configure(
        &self,
        input: Input,
        fix_imports: bool,
        encoding: Option<&str>,
        errors: Option<&str>,
        buffers: Option<&Object>,
    ) -> Result<()> {
        let buffers = match buffers.filter(|buffers| !buffers.is_none()) {
            Some(buffers) => Some(buffers.iter()?),
            None => None,
        };
        let old = self.input.replace(Some(Box::new(input)));
        drop(old);
        self.buffers.set(buffers);
        self.encoding.replace(encoding.unwrap_or("ASCII").to_owned());
        self.errors.replace(errors.unwrap_or("strict").to_owned());
        self.fix_imports.set(fix_imports);
        Ok(())
    }

    /// Reads one pickle.
    pub fn run(&self) -> Result {
        let _using = Using::begin(&self.running, "Unpickler")?;
        let input = self.input.take();
        let Some(input) = input else {
            let name = self.ty().full_name();
            return Err(unpickling_error(&format!(
                "Unpickler.__init__() was not called by {name}.__init__()"
            )));
        };
        self.protocol.set(0);
        let mut loader = Loader::new(self, input);
        let result = loader.load();
        self.input.replace(Some(loader.input));
        result
    }

    pub fn set_protocol(&self, protocol: i32) {
        self.protocol.set(protocol);
    }

    pub fn encoding(&self) -> (String, String) {
        (self.encoding.borrow().clone(), self.errors.borrow().clone())
    }

    /// The iterator over out-of-band buffers.
    pub fn buffers(&self) -> Option<Ref> {
        self.buffers.get()
    }

    pub fn note_marks(&self, count: usize) {
        while self.marks_room.get() < count {
            self.marks_room.set(self.marks_room.get() * 2 + 20);
        }
    }

    pub fn note_line(&self, length: usize) {
        self.line_room.set(length + 1);
    }

    /// The method that finds objects by persistent ids, if there is another than the one that refuses.
    pub fn persistent_load_hook(&self) -> Result<Option<Ref>> {
        if let Some(assigned) = self.persistent_load_attribute.get() {
            return Ok(Some(assigned));
        }
        if self.is::<Unpickler>() {
            return Ok(None);
        }
        let hook = self.get_attr_opt(intern!("persistent_load"))?;
        Ok(hook.filter(|hook| !is_own_method(hook, self, "persistent_load")))
    }

    /// `find_class`, a subclass's too.
    pub fn find(&self, module_name: &Object, name: &Object) -> Result {
        if self.is::<Unpickler>() {
            return self.find_global(module_name, name);
        }
        self.call_method(intern!("find_class"), &[module_name, name])
    }

    fn find_global(&self, module_name: &Object, name: &Object) -> Result {
        runtime::modules::sys::audit("pickle.find_class", &[module_name, name])?;
        let (mut module_name, mut name) = (module_name.to_ref(), name.to_ref());
        if self.protocol.get() < 3 && self.fix_imports.get() {
            let state = State::current();
            let key = Tuple::pack([module_name.clone(), name.clone()]);
            if let Some(renamed) = state.names_2_to_3()?.get(&key)? {
                let (module, new) = pair_of_str(&renamed, "NAME_MAPPING")?;
                (module_name, name) = (module.to_ref(), new.to_ref());
            } else if let Some(renamed) = state.modules_2_to_3()?.get(&module_name)? {
                module_name = plain_str(&renamed, "IMPORT_MAPPING")?.to_ref();
            }
        }
        let Some(module_name) = module_name.downcast::<Str>() else {
            return Err(raise!(TypeError, "module name must be a string"));
        };
        if module_name.is_empty() {
            return Err(raise!(ValueError, "Empty module name"));
        }
        let module = runtime::import::import_absolute(module_name)?;
        let Some(name) = name.downcast::<Str>() else {
            let kind = name.ty().full_name();
            return Err(raise!(TypeError, "attribute name must be string, not '{kind}'"));
        };
        if self.protocol.get() < 4 {
            return module.get_attr(name);
        }
        let path = dotted_path(name);
        if let [single] = &path[..] {
            return module.get_attr(single);
        }
        follow(&module, &path).map_err(|raised| {
            if !raised.matches(&runtime::objects::exceptions::AttributeError) {
                return raised;
            }
            unresolved(raised, name, &module)
        })
    }
}

/// The AttributeError of a dotted name.
#[cold]
fn unresolved(raised: Raised, name: &Str, module: &Object) -> Raised {
    let context = raised.take();
    let shown = || -> Result<(Ref<Str>, Ref<Str>)> {
        let module = match module.downcast::<Module>() {
            Some(module) => module.name()?.repr()?,
            None => module.repr()?,
        };
        Ok((name.repr()?, module))
    };
    let error = match shown() {
        Ok((name, module)) => raise!(AttributeError, "Can't resolve path {name} on module {module}").take(),
        Err(raised) => raised.take(),
    };
    runtime::objects::exceptions::set_context(&error, Some(&context));
    runtime::errors::restore(error)
}

#[methods]
impl Unpickler {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Unpickler::make(class))
    }

    #[init(
        signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        name = "Unpickler",
        hidden_signature
    )]
    fn init(
        &self,
        file: &Object,
        fix_imports: Option<bool>,
        encoding: Option<&str>,
        errors: Option<&str>,
        buffers: Option<&Object>,
    ) -> Result<()> {
        let _using = Using::begin(&self.running, "Unpickler")?;
        let input = Input::of_file(file)?;
        let memo = self.memo.replace(Loaded::new());
        drop(memo);
        self.configure(input, fix_imports.unwrap_or(true), encoding, errors, buffers)
    }

    #[method(signature = "($self, pid, /)", doc = "")]
    fn persistent_load(&self, pid: &Object) -> Result {
        let _ = pid;
        Err(no_persistent_load())
    }

    /// Read the next object from the file.
    #[method(signature = "($self, /)")]
    fn load(&self) -> Result {
        self.run()
    }

    /// A class or function by its module and name; the module is imported if need be.
    ///
    /// A subclass may override it, to restrict what pickles can load.
    #[method(signature = "($self, module_name, global_name, /)")]
    fn find_class(&self, module_name: &Object, global_name: &Object) -> Result {
        self.find_global(module_name, global_name)
    }

    /// How many bytes this takes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(&self) -> usize {
        let text = |text: &RefCell<String>| match text.borrow().len() {
            0 => 0,
            length => length + 1,
        };
        self.ty().raw.tp_basicsize.get() as usize
            + self.memo.borrow().memory()
            + 8 * self.marks_room.get()
            + self.line_room.get()
            + text(&self.encoding)
            + text(&self.errors)
    }

    #[getter(name = "memo")]
    fn memo_proxy(&self) -> Ref<UnpicklerMemoProxy> {
        UnpicklerMemoProxy::new(self)
    }

    #[setter(name = "memo")]
    fn set_memo_proxy(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(TypeError, "attribute deletion is not supported"));
        };
        let memo = if let Some(proxy) = value.downcast_exact::<UnpicklerMemoProxy>() {
            proxy.contents()
        } else if let Some(dict) = value.downcast::<Dict>() {
            let mut memo = Loaded::new();
            let mut position = 0;
            while let Some((key, value)) = dict.next_entry(&mut position) {
                let Some(index) = key.downcast::<Int>() else {
                    return Err(raise!(TypeError, "memo key must be integers"));
                };
                let index = match index.to_isize() {
                    Some(index @ 0..) => index as usize,
                    Some(_) => return Err(raise!(ValueError, "memo key must be positive integers.")),
                    None => {
                        return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
                    }
                };
                drop(memo.put(index, value));
            }
            memo
        } else {
            let kind = value.ty().full_name();
            return Err(raise!(
                TypeError,
                "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {kind}"
            ));
        };
        let old = self.memo.replace(memo);
        drop(old);
        Ok(())
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        if name.eq_str("persistent_load")
            && let Some(assigned) = self.persistent_load_attribute.get()
        {
            return Ok(assigned);
        }
        generic_get_attr(self, name)
    }

    #[slot]
    fn tp_setattro(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        if name.eq_str("persistent_load") {
            self.persistent_load_attribute.set(value.map(Object::to_ref));
            return Ok(());
        }
        generic_set_attr(self, name, value)
    }
}

#[cold]
pub fn no_persistent_load() -> Raised {
    unpickling_error(
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

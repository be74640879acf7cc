//! Struct sequences: tuples whose items also have names (`sys.version_info`, `os.stat_result`, …).
//! <https://docs.python.org/3.14/c-api/tuple.html#struct-sequence-objects>.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use crate::gc;
use crate::memory;
use crate::object::RawObject;
use crate::prelude::*;
use crate::protocol::result_into_raw;
use crate::reference::decref;

/// The declaration of a struct sequence type.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// With the module's name: `sys.version_info`.
    pub name: String,
    pub doc: String,
    /// Name and doc of each field; a field with an empty name has none and is reached by its index alone.
    pub fields: Vec<(String, String)>,
    /// How many fields the tuple shows; the others are reached by their names alone.
    pub visible: usize,
    /// May programs make instances?
    pub instantiable: bool,
}

/// What is known of each struct sequence type.
#[derive(Default)]
struct Types {
    by_address: RefCell<HashMap<usize, &'static Declaration>>,
}

impl Declaration {
    /// A declaration from static parts.
    pub fn new(
        name: &str,
        doc: &str,
        fields: &[(&str, &str)],
        visible: usize,
        instantiable: bool,
    ) -> Declaration {
        Declaration {
            name: name.into(),
            doc: doc.into(),
            fields: fields.iter().map(|(name, doc)| ((*name).into(), (*doc).into())).collect(),
            visible,
            instantiable,
        }
    }

    /// The fields' names without those that have none, by position of the names.
    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.fields
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| !name.is_empty())
            .map(|(at, (name, _))| (at, &**name))
    }

    fn unnamed(&self) -> usize {
        self.fields.iter().filter(|(name, _)| name.is_empty()).count()
    }

    /// The new type.
    pub fn make_type(self) -> Result<Ref<Type>> {
        let this: &'static Declaration = Box::leak(Box::new(self));
        let text = |text: &str| -> *const c_char { CString::new(text).unwrap_or_default().into_raw() };
        let mut members: Vec<abi::PyMemberDef> = Vec::new();
        for (at, (name, doc)) in this.fields.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            members.push(abi::PyMemberDef {
                name: text(name),
                r#type: abi::_Py_T_OBJECT,
                offset: (size_of::<Tuple>() + at * size_of::<usize>()) as isize,
                flags: abi::Py_READONLY,
                doc: text(doc),
            });
        }
        // SAFETY: null is valid for every field: the end of the table.
        members.push(unsafe { std::mem::zeroed() });
        let methods: Vec<abi::PyMethodDef> = vec![
            method(c"__reduce__", reduce as *const () as usize, abi::METH_NOARGS),
            method(c"__replace__", replace as *const () as usize, abi::METH_VARARGS | abi::METH_KEYWORDS),
            // SAFETY: as above.
            unsafe { std::mem::zeroed() },
        ];
        let slot =
            |slot: c_int, function: *const ()| abi::PyType_Slot { slot, pfunc: function as *mut c_void };
        let base: &Type = Tuple::type_object();
        let mut slots = vec![
            slot(abi::Py_tp_base, base as *const Type as *const ()),
            slot(abi::Py_tp_dealloc, dealloc as *const ()),
            slot(abi::Py_tp_traverse, traverse as *const ()),
            slot(abi::Py_tp_repr, repr as *const ()),
            slot(abi::Py_tp_members, members.leak().as_ptr() as *const ()),
            slot(abi::Py_tp_methods, methods.leak().as_ptr() as *const ()),
            slot(abi::Py_tp_doc, text(&this.doc) as *const ()),
        ];
        let mut flags = abi::Py_TPFLAGS_HAVE_GC;
        if this.instantiable {
            slots.push(slot(abi::Py_tp_new, new as *const ()));
        } else {
            flags |= abi::Py_TPFLAGS_DISALLOW_INSTANTIATION;
        }
        slots.push(slot(0, std::ptr::null()));
        let spec = abi::PyType_Spec {
            name: text(&this.name),
            basicsize: size_of::<Tuple>() as c_int,
            itemsize: size_of::<usize>() as c_int,
            flags: flags as u32,
            slots: slots.leak().as_mut_ptr(),
        };
        // SAFETY: the spec is complete, its tables live for ever.
        let class = unsafe { Type::from_spec(&spec, None, None, None)? };
        let state = Interpreter::current().state::<Types>();
        state.by_address.borrow_mut().insert(class.as_type_ptr() as usize, this);
        if let Some(dict) = class.dict() {
            dict.insert_str(intern!("n_sequence_fields"), &Int::from_usize(this.visible))?;
            dict.insert_str(intern!("n_fields"), &Int::from_usize(this.fields.len()))?;
            dict.insert_str(intern!("n_unnamed_fields"), &Int::from_usize(this.unnamed()))?;
            let names = this.names().filter(|(at, _)| *at < this.visible);
            let names = names.map(|(_, name)| Str::intern(Str::new(name)).into_object()).collect();
            dict.insert_str(intern!("__match_args__"), &Tuple::from_vec(names))?;
            class.modified();
        }
        Ok(class)
    }
}

fn method(name: &'static std::ffi::CStr, function: usize, flags: c_int) -> abi::PyMethodDef {
    // SAFETY: null is valid for every field.
    let mut definition: abi::PyMethodDef = unsafe { std::mem::zeroed() };
    definition.ml_name = name.as_ptr();
    // SAFETY: C sees every calling convention through this one pointer type.
    definition.ml_meth = unsafe { std::mem::transmute::<usize, abi::PyCFunction>(function) };
    definition.ml_flags = flags;
    definition
}

/// The declaration of a type or of the one that it derives from.
fn declaration(class: &Type) -> Option<&'static Declaration> {
    let state = Interpreter::current().state::<Types>();
    let types = state.by_address.borrow();
    class.base_chain().find_map(|base| types.get(&(base.as_type_ptr() as usize)).copied())
}

/// An instance of a struct sequence type, all fields given. Missing ones at the end become None.
pub fn instance(class: &Type, mut items: Vec<Ref>) -> Result {
    let Some(declaration) = declaration(class) else {
        return Err(raise!(SystemError, "'{}' is no struct sequence", class.full_name()));
    };
    let total = declaration.fields.len();
    items.truncate(total);
    items.resize_with(total, none);
    let Some(memory) = memory::allocate_object(class, total) else { return Err(crate::errors::no_memory()) };
    // SAFETY: the memory has room for a tuple of all fields; the count that the tuple shows is set before anybody sees it.
    unsafe {
        let first = first_item(memory);
        for (at, item) in items.into_iter().enumerate() {
            first.add(at).write(item.into_raw());
        }
        let hash = memory.as_ptr().cast::<u8>().add(size_of::<VarObject>()).cast::<isize>();
        hash.write(-1);
        memory.cast::<VarObject>().as_ref().size.set(declaration.visible as isize);
        memory::initialize(memory, class);
        memory.cast::<VarObject>().as_ref().size.set(declaration.visible as isize);
        Ok(Ref::from_owned(memory.as_ptr().cast()))
    }
}

/// # Safety
/// The object is a struct sequence, or memory for one.
unsafe fn first_item(object: NonNull<Object>) -> *mut *mut RawObject {
    // SAFETY: the items follow the tuple's head.
    unsafe { object.as_ptr().cast::<u8>().add(size_of::<Tuple>()).cast() }
}

/// All fields of an instance, hidden ones included.
fn fields(object: &Object, declaration: &Declaration) -> Vec<Ref> {
    // SAFETY: an instance has all its fields.
    unsafe {
        let first = first_item(NonNull::from(object));
        (0..declaration.fields.len())
            .map(|at| Object::from_raw_opt(*first.add(at)).map_or_else(none, |item| item.to_ref()))
            .collect()
    }
}

unsafe extern "C" fn dealloc(slf: *mut RawObject) {
    // SAFETY: the slot is called once, on an instance whose last reference is gone.
    unsafe {
        let object = NonNull::new_unchecked(slf.cast::<Object>());
        gc::untrack(object);
        let class = object.as_ref().ty();
        let count = declaration(class).map_or(0, |declaration| declaration.fields.len());
        let first = first_item(object);
        for at in 0..count {
            decref(std::ptr::replace(first.add(at), std::ptr::null_mut()));
        }
        let class = class.as_ptr();
        memory::free_object(slf.cast());
        decref(class);
    }
}

unsafe extern "C" fn traverse(slf: *mut RawObject, visit: abi::visitproc, argument: *mut c_void) -> c_int {
    // SAFETY: the collector gives a live instance.
    unsafe {
        let object = NonNull::new_unchecked(slf.cast::<Object>());
        let Some(visit) = visit else { return 0 };
        let class = object.as_ref().ty();
        let stop = visit(class.as_ptr(), argument);
        if stop != 0 {
            return stop;
        }
        let count = declaration(class).map_or(0, |declaration| declaration.fields.len());
        let first = first_item(object);
        for at in 0..count {
            let item = *first.add(at);
            if !item.is_null() {
                let stop = visit(item, argument);
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }
}

unsafe extern "C" fn repr(slf: *mut RawObject) -> *mut RawObject {
    // SAFETY: the slot gets a live instance.
    let object = unsafe { Object::from_raw(slf) };
    result_into_raw(repr_of(object))
}

fn repr_of(object: &Object) -> Result<Ref<Str>> {
    let Some(declaration) = declaration(object.ty()) else {
        return Err(raise!(SystemError, "In structseq_repr(), member 0 name is NULL"));
    };
    let items = fields(object, declaration);
    let mut text = format!("{}(", object.ty().full_name());
    let names: Vec<&str> = declaration.names().map(|(_, name)| name).collect();
    for (at, item) in items.iter().take(declaration.visible).enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(names.get(at).copied().unwrap_or("?"));
        text.push('=');
        text.push_str(&item.repr()?.to_string());
    }
    text.push(')');
    Ok(Str::from_string(text))
}

unsafe extern "C" fn new(
    class: *mut abi::PyTypeObject,
    args: *mut RawObject,
    kwargs: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: the slot gets a live type, a tuple, and a dict or null.
    let (class, args, kwargs) = unsafe {
        (
            Type::from_raw(class),
            Object::from_raw(args).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(kwargs).map(|kwargs| kwargs.downcast_unchecked::<Dict>()),
        )
    };
    result_into_raw(construct(class, args, kwargs))
}

fn construct(class: &Type, args: &Tuple, kwargs: Option<&Dict>) -> Result {
    let mut sequence = args.as_slice().first().cloned();
    let mut hidden = args.as_slice().get(1).cloned();
    if let Some(kwargs) = kwargs {
        if let Some(value) = kwargs.get_str(intern!("sequence"))? {
            sequence = Some(value);
        }
        if let Some(value) = kwargs.get_str(intern!("dict"))? {
            hidden = Some(value);
        }
    }
    let name = class.full_name();
    let Some(sequence) = sequence else {
        let short = class.name();
        return Err(raise!(TypeError, "{short}() missing required argument 'sequence' (pos 1)"));
    };
    let Some(declaration) = declaration(class) else {
        return Err(raise!(SystemError, "'{name}' is no struct sequence"));
    };
    let mut items = sequence.collect_or("constructor requires a sequence")?;
    let hidden = hidden.filter(|hidden| !hidden.is_none());
    let hidden = match &hidden {
        Some(hidden) => match hidden.downcast::<Dict>() {
            Some(hidden) => Some(hidden),
            None => return Err(raise!(TypeError, "{name}() takes a dict as second arg, if any")),
        },
        None => None,
    };
    let (least, most, given) = (declaration.visible, declaration.fields.len(), items.len());
    if least != most {
        if given < least {
            return Err(raise!(
                TypeError,
                "{name}() takes an at least {least}-sequence ({given}-sequence given)"
            ));
        }
        if given > most {
            return Err(raise!(
                TypeError,
                "{name}() takes an at most {most}-sequence ({given}-sequence given)"
            ));
        }
    } else if given != least {
        return Err(raise!(TypeError, "{name}() takes a {least}-sequence ({given}-sequence given)"));
    }
    let mut used = 0;
    for (field, _) in &declaration.fields[given..] {
        let value = match hidden {
            Some(hidden) if !field.is_empty() => hidden.get(&Str::new(field))?,
            _ => None,
        };
        used += usize::from(value.is_some());
        items.push(value.unwrap_or_else(none));
    }
    if hidden.is_some_and(|hidden| hidden.len() > used) {
        return Err(raise!(TypeError, "{name}() got duplicate or unexpected field name(s)"));
    }
    instance(class, items)
}

unsafe extern "C" fn reduce(slf: *mut RawObject, _: *mut RawObject) -> *mut RawObject {
    // SAFETY: the method gets a live instance.
    let object = unsafe { Object::from_raw(slf) };
    let make = || -> Result<Ref<Tuple>> {
        let Some(declaration) = declaration(object.ty()) else {
            return Err(raise!(TypeError, "not a struct sequence"));
        };
        let items = fields(object, declaration);
        let hidden = Dict::new();
        for (at, name) in declaration.names().filter(|(at, _)| *at >= declaration.visible) {
            hidden.insert(&Str::new(name), &items[at])?;
        }
        let visible = Tuple::from_vec(items[..declaration.visible].to_vec());
        let arguments = Tuple::pack([visible.into_object(), hidden.into_object()]);
        Ok(Tuple::pack([object.ty().to_ref(), arguments.into_object()]))
    };
    result_into_raw(make())
}

unsafe extern "C" fn replace(
    slf: *mut RawObject,
    args: *mut RawObject,
    kwargs: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: the method gets a live instance, a tuple, and a dict or null.
    let (object, args, kwargs) = unsafe {
        (
            Object::from_raw(slf),
            Object::from_raw(args).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(kwargs).map(|kwargs| kwargs.downcast_unchecked::<Dict>()),
        )
    };
    let make = || -> Result {
        let Some(declaration) = declaration(object.ty()) else {
            return Err(raise!(TypeError, "not a struct sequence"));
        };
        if !args.is_empty() {
            return Err(raise!(TypeError, "__replace__() takes no positional arguments"));
        }
        if declaration.unnamed() > 0 {
            return Err(raise!(
                TypeError,
                "__replace__() is not supported for {} because it has unnamed field(s)",
                object.ty().full_name()
            ));
        }
        let mut items = fields(object, declaration);
        let mut unexpected = Vec::new();
        if let Some(kwargs) = kwargs {
            let mut position = 0;
            while let Some((name, value)) = kwargs.next_entry(&mut position) {
                let wanted = name.str_()?;
                match declaration.names().find(|(_, field)| wanted.eq_str(field)) {
                    Some((at, _)) => items[at] = value,
                    None => unexpected.push(name),
                }
            }
        }
        if !unexpected.is_empty() {
            let names = List::from_vec(unexpected).repr()?;
            return Err(raise!(TypeError, "Got unexpected field name(s): {names}"));
        }
        instance(object.ty(), items)
    };
    result_into_raw(make())
}

impl Declaration {
    /// Makes a C extension's static type one of struct sequences (C: `PyStructSequence_InitType`).
    pub fn initialize(self, target: &Type) -> Result<()> {
        if target.is_ready() {
            return Ok(());
        }
        let template = self.clone().make_type()?;
        let (raw, from) = (&target.raw, &template.raw);
        raw.ob_base.ob_base.ob_refcnt_full().set(abi::_Py_STATIC_IMMORTAL_INITIAL_REFCNT);
        let this: &'static Declaration = Box::leak(Box::new(self));
        raw.tp_name.set(CString::new(&*this.name).unwrap_or_default().into_raw());
        raw.tp_doc.set(CString::new(&*this.doc).unwrap_or_default().into_raw());
        raw.tp_base.set(Tuple::type_object().as_type_ptr());
        raw.tp_basicsize.set(from.tp_basicsize.get());
        raw.tp_itemsize.set(from.tp_itemsize.get());
        raw.tp_dealloc.set(from.tp_dealloc.get());
        raw.tp_traverse.set(from.tp_traverse.get());
        raw.tp_repr.set(from.tp_repr.get());
        raw.tp_new.set(from.tp_new.get());
        raw.tp_members.set(from.tp_members.get());
        raw.tp_methods.set(from.tp_methods.get());
        raw.tp_flags.set(abi::Py_TPFLAGS_DEFAULT | abi::Py_TPFLAGS_HAVE_GC);
        target.ready()?;
        let state = Interpreter::current().state::<Types>();
        state.by_address.borrow_mut().insert(target.as_type_ptr() as usize, this);
        if let (Some(dict), Some(from)) = (target.dict(), template.dict()) {
            for name in ["n_sequence_fields", "n_fields", "n_unnamed_fields", "__match_args__"] {
                let name = Str::new(name);
                if let Some(value) = from.get_str(&name)? {
                    dict.insert_str(&Str::intern(name), &value)?;
                }
            }
            target.modified();
        }
        // Its tables are the static type's now.
        std::mem::forget(template);
        Ok(())
    }
}

/// A field of an instance, the hidden ones included; null where none is.
///
/// # Safety
/// The object is a struct sequence with that many fields.
pub unsafe fn field_place(object: &Object, index: usize) -> *mut *mut RawObject {
    // SAFETY: by contract.
    unsafe { first_item(NonNull::from(object)).add(index) }
}

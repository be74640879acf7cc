//! Making classes: `type.__new__`, and calling a type.
//! Behaviour: <https://docs.python.org/3.14/reference/datamodel.html#customizing-class-creation>.

use std::mem::offset_of;

use super::convert::{give, give_unit, take, take_unit};
use super::{Type, bridge, heap, slots};
use crate::errors::{Raised, Result, no_memory};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::object::OBJECT_TYPE;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::TYPE_TYPE;
use crate::protocol::attribute::Method;
use crate::reference::Ref;
use crate::{intern, memory, raise};

/// Enters `__new__` in the namespace of a type with a `tp_new` of its own.
pub(super) fn add_new_wrapper(ty: &Type) -> Result<()> {
    let dict = ty.dict().expect("a type in the making has its namespace");
    if dict.get_str(intern!("__new__"))?.is_none() {
        dict.insert_str(intern!("__new__"), &*bridge::new_function(ty)?)?;
    }
    Ok(())
}

/// The most derived metatype of `metatype` and the bases' types.
pub fn calculate_metaclass(metatype: &Type, bases: &Tuple) -> Result<Ref<Type>> {
    let mut winner = metatype;
    for base in bases.as_slice() {
        let other = base.ty();
        if winner.is_subtype(other) {
            continue;
        }
        if !other.is_subtype(winner) {
            return Err(raise!(
                TypeError,
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
            ));
        }
        winner = other;
    }
    Ok(winner.to_type_ref())
}

/// `tp_new` of `type`.
pub(super) unsafe extern "C" fn type_new(
    metatype: *mut abi::PyTypeObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: the slot is called with a live metatype, a tuple, and a dict or null.
    let (metatype, arguments, keywords) = unsafe {
        (
            Type::from_raw(metatype),
            Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    };
    give(new_from_arguments(metatype, arguments, keywords))
}

fn new_from_arguments(metatype: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
    let [name, bases, namespace] = arguments.as_slice() else {
        let given = arguments.len();
        return Err(raise!(TypeError, "type.__new__() takes exactly 3 arguments ({given} given)"));
    };
    let wrong = |position: usize, expected: &str, got: &Object| {
        raise!(
            TypeError,
            "type.__new__() argument {position} must be {expected}, not {}",
            crate::native::args::kind_of(got)
        )
    };
    let name = name.downcast::<Str>().ok_or_else(|| wrong(1, "str", name))?;
    let bases = bases.downcast::<Tuple>().ok_or_else(|| wrong(2, "tuple", bases))?;
    let namespace = namespace.downcast::<Dict>().ok_or_else(|| wrong(3, "dict", namespace))?;

    let bases = if bases.as_slice().is_empty() {
        Tuple::pack([OBJECT_TYPE.to_ref()])
    } else {
        Ref::from_borrowed(bases)
    };
    for base in bases.as_slice() {
        if base.downcast::<Type>().is_none() && base.get_attr_opt(intern!("__mro_entries__"))?.is_some() {
            return Err(raise!(
                TypeError,
                "type() doesn't support MRO entry resolution; use types.new_class()"
            ));
        }
    }
    let winner = calculate_metaclass(metatype, &bases)?;
    if !std::ptr::eq(&*winner, metatype)
        && let Some(new) = winner.raw.tp_new.get()
        && new as usize != type_new as *const () as usize
    {
        let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: the slot is called with its type, a tuple, and a dict or null.
        return unsafe { take(new(winner.as_type_ptr(), arguments.as_ptr(), keywords)) };
    }
    let base = super::mro::best_base(&bases)?;
    let class = Class { metatype: winner, name, bases, base, namespace: copy_in_order(namespace)? };
    class.make(keywords)
}

/// A plain dictionary of the namespace's items, in the order in which it gives them itself.
fn copy_in_order(namespace: &Dict) -> Result<Ref<Dict>> {
    let iter = |ty: &Type| ty.raw.tp_iter.get().map(|slot| slot as usize);
    if iter(namespace.ty()) == iter(<Dict as crate::object::NativeType>::type_object()) {
        return namespace.copy();
    }
    let dict = Dict::new();
    dict.update_from(namespace)?;
    Ok(dict)
}

/// A class in the making.
struct Class<'a> {
    metatype: Ref<Type>,
    name: &'a Str,
    bases: Ref<Tuple>,
    base: Ref<Type>,
    namespace: Ref<Dict>,
}

/// What `__slots__` and the bases say of the instances' layout.
struct Shape {
    /// Mangled and sorted; none without `__slots__`.
    slots: Option<Vec<Ref<Str>>>,
    add_dict: bool,
    add_weakref: bool,
}

impl Class<'_> {
    fn make(&self, keywords: Option<&Dict>) -> Result {
        let shape = self.shape()?;
        let class = self.allocate(&shape)?;
        self.set_name(&class)?;
        self.set_module()?;
        self.set_qualname(&class)?;
        self.set_doc(&class)?;
        self.adapt_functions()?;
        self.lay_out(&class, &shape)?;
        self.fill_cell(intern!("__classcell__"), &class)?;
        self.fill_cell(intern!("__classdictcell__"), &self.namespace)?;
        class.ready()?;
        slots::update_all(&class);
        set_names(&class)?;
        init_subclass(&class, keywords)?;
        Ok(class.into_object())
    }

    fn shape(&self) -> Result<Shape> {
        let base = &self.base.raw;
        let (may_add_dict, may_add_weakref) =
            (base.tp_dictoffset.get() == 0, base.tp_weaklistoffset.get() == 0 && base.tp_itemsize.get() == 0);
        let Some(slots) = self.namespace.get_str(intern!("__slots__"))? else {
            return Ok(Shape { slots: None, add_dict: may_add_dict, add_weakref: may_add_weakref });
        };
        let slots = if slots.downcast::<Str>().is_some() {
            Tuple::pack([slots])
        } else {
            bridge::tuple_from(&slots)?
        };
        if !slots.as_slice().is_empty() && base.tp_itemsize.get() != 0 {
            return Err(raise!(
                TypeError,
                "nonempty __slots__ not supported for subtype of '{}'",
                self.base.full_name()
            ));
        }
        let (mut add_dict, mut add_weakref) = (false, false);
        let mut names = Vec::with_capacity(slots.len());
        for slot in slots.as_slice() {
            let Some(name) = slot.downcast::<Str>() else {
                let given = slot.ty().full_name();
                return Err(raise!(TypeError, "__slots__ items must be strings, not '{given}'"));
            };
            if !bridge::is_identifier(name) {
                return Err(raise!(TypeError, "__slots__ must be identifiers"));
            }
            if name.eq_str("__dict__") {
                if !may_add_dict || add_dict {
                    return Err(raise!(TypeError, "__dict__ slot disallowed: we already got one"));
                }
                add_dict = true;
            } else if name.eq_str("__weakref__") {
                if !may_add_weakref || add_weakref {
                    return Err(raise!(TypeError, "__weakref__ slot disallowed: we already got one"));
                }
                add_weakref = true;
            } else {
                names.push(Ref::from_borrowed(name));
            }
        }
        let mut mangled = Vec::with_capacity(names.len());
        for name in names {
            let name = Str::intern(mangle(self.name, &name));
            let removed_later = ["__qualname__", "__classcell__", "__classdictcell__"];
            if self.namespace.get_str(&name)?.is_some() && !removed_later.iter().any(|text| name.eq_str(text))
            {
                let name = name.repr()?;
                return Err(raise!(ValueError, "{name} in __slots__ conflicts with class variable"));
            }
            mangled.push(name);
        }
        mangled.sort_by(|a, b| a.code_points().cmp(b.code_points()));
        // Another base's instances may have what this class would lack.
        for other in self.bases.as_slice() {
            let Some(other) = other.downcast::<Type>() else { continue };
            if std::ptr::eq(other, &*self.base) {
                continue;
            }
            add_dict |= may_add_dict && other.raw.tp_dictoffset.get() != 0;
            add_weakref |= may_add_weakref && other.raw.tp_weaklistoffset.get() != 0;
        }
        Ok(Shape { slots: Some(mangled), add_dict, add_weakref })
    }

    fn allocate(&self, shape: &Shape) -> Result<Ref<Type>> {
        let count = shape.slots.as_ref().map_or(0, Vec::len);
        let Some(alloc) = self.metatype.raw.tp_alloc.get() else {
            return Err(raise!(TypeError, "cannot create '{}' instances", self.metatype.full_name()));
        };
        // SAFETY: the slot gives a new instance of the metatype: a heap type.
        let class = unsafe { take::<Type>(alloc(self.metatype.as_type_ptr(), count as isize))? };
        let raw = &class.raw;
        raw.tp_flags.set(
            abi::Py_TPFLAGS_DEFAULT
                | abi::Py_TPFLAGS_HEAPTYPE
                | abi::Py_TPFLAGS_BASETYPE
                | abi::Py_TPFLAGS_HAVE_GC,
        );
        // Death can come at any error from here on: every owned field is set or null.
        raw.tp_name.set(c"?".as_ptr());
        link_suites(&class);
        raw.tp_bases.set(self.bases.clone().into_raw());
        raw.tp_base.set(self.base.clone().into_raw() as *mut abi::PyTypeObject);
        raw.tp_dict.set(self.namespace.clone().into_raw());
        raw.tp_dealloc.set(Some(heap::dealloc));
        raw.tp_alloc.set(Some(heap::generic_alloc));
        raw.tp_free.set(Some(heap::gc_free));
        raw.tp_vectorcall.set(Some(class_vectorcall));
        raw.tp_traverse.set(Some(heap::traverse));
        raw.tp_clear.set(Some(heap::clear));
        let parts = class.heap().expect("flagged just now");
        parts.ht_name.set(Ref::from_borrowed(self.name).into_raw());
        if let Some(slots) = &shape.slots {
            let names = slots.iter().map(|name| name.clone().into_object()).collect();
            parts.ht_slots.set(Tuple::from_vec(names).into_raw());
        }
        Ok(class)
    }

    fn set_name(&self, class: &Type) -> Result<()> {
        set_type_name(class, self.name)
    }

    /// `__module__`: that of the code that makes the class, unless the namespace says.
    fn set_module(&self) -> Result<()> {
        if self.namespace.get_str(intern!("__module__"))?.is_some() {
            return Ok(());
        }
        let Some(globals) = bridge::current_globals() else { return Ok(()) };
        match globals.get_str(intern!("__name__"))? {
            Some(module) => self.namespace.insert_str(intern!("__module__"), &module),
            None => Ok(()),
        }
    }

    fn set_qualname(&self, class: &Type) -> Result<()> {
        let heap = class.heap().expect("a class is a heap type");
        let qualname = match self.namespace.get_str(intern!("__qualname__"))? {
            Some(qualname) => {
                if qualname.downcast::<Str>().is_none() {
                    let given = qualname.ty().full_name();
                    return Err(raise!(TypeError, "type __qualname__ must be a str, not {given}"));
                }
                self.namespace.remove(intern!("__qualname__"))?;
                qualname
            }
            None => self.name.to_ref(),
        };
        heap.ht_qualname.set(qualname.into_raw());
        Ok(())
    }

    /// C code reads `tp_doc`.
    fn set_doc(&self, class: &Type) -> Result<()> {
        let doc = self.namespace.get_str(intern!("__doc__"))?;
        if let Some(doc) = doc.as_ref().and_then(|doc| doc.downcast::<Str>()) {
            class.raw.tp_doc.set(copy_text(doc.to_utf8()?)?);
        }
        Ok(())
    }

    /// Functions that are static or class methods by their name alone.
    fn adapt_functions(&self) -> Result<()> {
        let namespace = &self.namespace;
        if let Some(new) = namespace.get_str(intern!("__new__"))?
            && bridge::is_function(&new)
        {
            namespace.insert_str(intern!("__new__"), &*bridge::static_method(&new)?)?;
        }
        for name in [intern!("__init_subclass__"), intern!("__class_getitem__")] {
            if let Some(method) = namespace.get_str(name)?
                && bridge::is_function(&method)
            {
                namespace.insert_str(name, &*bridge::class_method(&method)?)?;
            }
        }
        Ok(())
    }

    /// Sizes and offsets of the instances, and the members for `__slots__`.
    fn lay_out(&self, class: &Type, shape: &Shape) -> Result<()> {
        let raw = &class.raw;
        let mut offset = self.base.raw.tp_basicsize.get();
        let members = (class.as_type_ptr() as *mut u8).wrapping_offset(class.ty().raw.tp_basicsize.get())
            as *mut abi::PyMemberDef;
        for (index, name) in shape.slots.iter().flatten().enumerate() {
            let member = abi::PyMemberDef {
                name: copy_text(name.to_utf8()?)?,
                r#type: abi::Py_T_OBJECT_EX,
                offset,
                flags: 0,
                doc: std::ptr::null(),
            };
            // SAFETY: the type was allocated with room for this many members.
            unsafe { members.add(index).write(member) };
            offset += size_of::<usize>() as isize;
        }
        if shape.add_weakref {
            class.set_flag(abi::Py_TPFLAGS_MANAGED_WEAKREF);
            raw.tp_weaklistoffset.set(memory::MANAGED_WEAKREF_OFFSET);
        }
        if shape.add_dict {
            class.set_flag(abi::Py_TPFLAGS_MANAGED_DICT);
            raw.tp_dictoffset.set(-1);
        }
        raw.tp_basicsize.set(offset);
        raw.tp_itemsize.set(self.base.raw.tp_itemsize.get());
        // Memory behind the last one is zero: the end mark.
        raw.tp_members.set(members);
        raw.tp_getset.set(super::attributes::instance_getsets(shape.add_dict, shape.add_weakref));
        Ok(())
    }

    /// The compiler's cell for `__class__` (or the namespace) learns of the class.
    fn fill_cell(&self, name: &Str, value: &Object) -> Result<()> {
        let Some(cell) = self.namespace.get_str(name)? else { return Ok(()) };
        if !bridge::set_cell(&cell, value) {
            let kind = cell.ty().repr()?;
            return Err(raise!(TypeError, "{name} must be a nonlocal cell, not <{kind}>"));
        }
        self.namespace.remove(name)?;
        Ok(())
    }
}

/// Makes the suite pointers of a heap type lead to the suites inside it.
pub(super) fn link_suites(class: &Type) {
    let start = class.as_type_ptr() as *mut u8;
    let raw = &class.raw;
    macro_rules! suites {
        ($($field:ident $suite:ident)*) => {
            $(raw.$field.set(start.wrapping_add(offset_of!(abi::PyHeapTypeObject, $suite)) as *mut _);)*
        };
    }
    suites!(tp_as_async as_async tp_as_number as_number tp_as_mapping as_mapping tp_as_sequence as_sequence
        tp_as_buffer as_buffer);
}

/// A copy of a text as a C string, in this module's memory.
pub(super) fn copy_text(text: &str) -> Result<*const std::ffi::c_char> {
    let Some(copy) = memory::allocate(text.len() + 1) else { return Err(no_memory()) };
    // SAFETY: the block has room for the text and the null.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), copy.as_ptr(), text.len());
        copy.add(text.len()).write(0);
    }
    Ok(copy.as_ptr() as *const std::ffi::c_char)
}

/// Sets `tp_name`. The old text stays: somebody may be reading it.
pub(super) fn set_type_name(class: &Type, name: &Str) -> Result<()> {
    let text = name.to_utf8()?;
    if text.contains('\0') {
        return Err(raise!(ValueError, "type name must not contain null characters"));
    }
    let copy = copy_text(text)?;
    class.raw.tp_name.set(copy);
    if let Some(heap) = class.heap() {
        heap._ht_tpname.set(copy as *mut std::ffi::c_char);
    }
    Ok(())
}

/// A private name in a class: `__x` in class `C` is `_C__x`.
pub fn mangle(class: &Str, name: &Ref<Str>) -> Ref<Str> {
    let underscore = |text: &Str, index: usize| text.char_at(index) == u32::from('_');
    let length = name.len();
    let private = length > 2
        && underscore(name, 0)
        && underscore(name, 1)
        && !(underscore(name, length - 1) && underscore(name, length - 2))
        && !name.code_points().any(|point| point == u32::from('.'));
    let leading = class.code_points().take_while(|&point| point == u32::from('_')).count();
    if !private || leading == class.len() {
        return name.clone();
    }
    let prefix = std::iter::once(u32::from('_')).chain(class.code_points().skip(leading));
    Str::from_code_points(prefix.chain(name.code_points()))
}

/// Tells every value of the namespace that wants to know its name.
fn set_names(class: &Type) -> Result<()> {
    let Some(dict) = class.dict() else { return Ok(()) };
    let names = dict.copy()?;
    let mut position = 0;
    while let Some((name, value)) = names.next_entry(&mut position) {
        let Some(method) = value.lookup_special_method(intern!("__set_name__"))? else { continue };
        if let Err(raised) = value.call_found(&method, &[class, &name]) {
            return Err(note_set_name(raised, class, &name, &value));
        }
    }
    Ok(())
}

#[cold]
fn note_set_name(raised: Raised, class: &Type, name: &Object, value: &Object) -> Raised {
    let exception = raised.take();
    let note = match name.repr() {
        Ok(name) => {
            let kind = value.ty().full_name();
            format!("Error calling __set_name__ on '{kind}' instance {name} in '{}'", class.full_name())
        }
        Err(raised) => {
            raised.clear();
            return crate::errors::restore(exception);
        }
    };
    if let Err(raised) = exception.call_method(intern!("add_note"), &[&Str::from_string(note)]) {
        raised.clear();
    }
    crate::errors::restore(exception)
}

/// `super(class, class).__init_subclass__(**keywords)`.
fn init_subclass(class: &Type, keywords: Option<&Dict>) -> Result<()> {
    let parent = crate::objects::super_::Super::bound(class, class);
    let method = parent.get_attr(intern!("__init_subclass__"))?;
    method.call_dict(&Tuple::empty(), keywords)?;
    Ok(())
}

/// `tp_init` of `type`: only the number of arguments matters.
pub(super) unsafe extern "C" fn type_init(
    _class: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> i32 {
    // SAFETY: the slot is called with a tuple, and a dict or null.
    let (arguments, keywords) = unsafe {
        (
            Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    };
    give_unit(match arguments.len() {
        1 if keywords.is_some_and(|keywords| !keywords.is_empty()) => {
            Err(raise!(TypeError, "type.__init__() takes no keyword arguments"))
        }
        1 | 3 => Ok(()),
        _ => Err(raise!(TypeError, "type.__init__() takes 1 or 3 arguments")),
    })
}

/// `tp_call` of `type`: makes an instance.
pub(super) unsafe extern "C" fn type_call(
    class: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: the slot is called with a live type, a tuple, and a dict or null.
    let (class, arguments, keywords) = unsafe {
        (
            Type::from_raw(class as *const abi::PyTypeObject),
            Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    };
    give(instantiate(class, arguments, keywords))
}

fn instantiate(class: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
    if std::ptr::eq(class, &*TYPE_TYPE) {
        match arguments.as_slice() {
            [object] if keywords.is_none_or(|keywords| keywords.is_empty()) => {
                return Ok(object.ty().to_ref());
            }
            [_, _, _] => {}
            _ => return Err(raise!(TypeError, "type() takes 1 or 3 arguments")),
        }
    }
    let Some(new) = class.raw.tp_new.get() else {
        return Err(raise!(TypeError, "cannot create '{}' instances", class.full_name()));
    };
    let raw_keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
    // SAFETY: the slots are called with their type or an instance of it, a tuple, and a dict or null.
    unsafe {
        let object = crate::protocol::call::check_result(
            class,
            new(class.as_type_ptr(), arguments.as_ptr(), raw_keywords),
        )?;
        // What is no instance is none of our business.
        if !object.ty().is_subtype(class) {
            return Ok(object);
        }
        if let Some(init) = object.ty().raw.tp_init.get() {
            take_unit(init(object.as_ptr(), arguments.as_ptr(), raw_keywords))?;
        }
        Ok(object)
    }
}

/// `type`'s own vectorcall: `type(x)` makes no tuple.
pub(super) unsafe extern "C" fn type_vectorcall(
    class: *mut RawObject,
    arguments: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: called by the vectorcall protocol.
    let (values, names) = unsafe {
        let names = Object::from_raw_opt(kwnames).map(|names| names.downcast_unchecked::<Tuple>());
        let count = crate::protocol::call::positional_count(nargsf);
        let total = count + names.map_or(0, Tuple::len);
        let values: &[&Object] =
            if total == 0 { &[] } else { std::slice::from_raw_parts(arguments.cast(), total) };
        (values, names.filter(|names| !names.as_slice().is_empty()))
    };
    // SAFETY: the type itself.
    let class = unsafe { Type::from_raw(class as *const abi::PyTypeObject) };
    give(match (values, names) {
        ([object], None) => Ok(object.ty().to_ref()),
        ([_, _], Some(names)) if names.len() == 1 => {
            Err(raise!(TypeError, "type() takes no keyword arguments"))
        }
        _ => with_tuple(values, names, |arguments, keywords| instantiate(class, arguments, keywords)),
    })
}

/// The vectorcall of classes. With `object`'s constructor, the arguments go to `__init__` as they are.
unsafe extern "C" fn class_vectorcall(
    raw_class: *mut RawObject,
    arguments: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    use crate::objects::object::construct;
    // SAFETY: called by the vectorcall protocol, the class itself being the callable.
    let (class, values, names) = unsafe {
        let names = Object::from_raw_opt(kwnames).map(|names| names.downcast_unchecked::<Tuple>());
        let count = crate::protocol::call::positional_count(nargsf);
        let total = count + names.map_or(0, Tuple::len);
        let values: &[&Object] =
            if total == 0 { &[] } else { std::slice::from_raw_parts(arguments.cast(), total) };
        (Type::from_raw(raw_class as *const abi::PyTypeObject), values, names)
    };
    let raw = &class.raw;
    let plain_new =
        raw.tp_new.get().is_some_and(|slot| slot as usize == construct::new as *const () as usize)
            && !class.has_flag(abi::Py_TPFLAGS_IS_ABSTRACT);
    let init = raw.tp_init.get().map_or(0, |slot| slot as usize);
    if plain_new && init == construct::init as *const () as usize && values.is_empty() {
        return give(heap::allocate(class, 0));
    }
    if plain_new && init == super::slot_functions::init as *const () as usize {
        let construct = || -> Result {
            let object = heap::allocate(class, 0)?;
            let Some(method) = object.lookup_special_method(intern!("__init__"))? else {
                return Err(crate::errors::raise_value(
                    &crate::objects::exceptions::AttributeError,
                    intern!("__init__"),
                ));
            };
            let result = match &method {
                Method::Bound(callable) => callable.call_kw(values, names)?,
                Method::Unbound(function) => with_first(&object, values, |all| function.call_kw(all, names))?,
            };
            super::slot_functions::check_init_result(&result)?;
            Ok(object)
        };
        return give(construct());
    }
    give(with_tuple(values, names, |arguments, keywords| instantiate(class, arguments, keywords)))
}

/// The values with one more before them.
fn with_first<T>(first: &Object, values: &[&Object], then: impl FnOnce(&[&Object]) -> T) -> T {
    const FEW: usize = 6;
    if values.len() < FEW {
        let mut all = [first; FEW];
        all[1..=values.len()].copy_from_slice(values);
        return then(&all[..=values.len()]);
    }
    let mut all = Vec::with_capacity(values.len() + 1);
    all.push(first);
    all.extend_from_slice(values);
    then(&all)
}

/// Vectorcall's arguments as a tuple and a dictionary.
fn with_tuple<T>(
    values: &[&Object],
    names: Option<&Tuple>,
    then: impl FnOnce(&Tuple, Option<&Dict>) -> Result<T>,
) -> Result<T> {
    let count = values.len() - names.map_or(0, Tuple::len);
    let arguments = Tuple::from_vec(values[..count].iter().map(|value| value.to_ref()).collect());
    let Some(names) = names else { return then(&arguments, None) };
    let keywords = Dict::new();
    for (name, value) in names.as_slice().iter().zip(&values[count..]) {
        keywords.insert(name, value)?;
    }
    then(&arguments, Some(&keywords))
}

impl Type {
    /// `tp_new(self, arguments, keywords)`, without `__init__`; `None` if instances can't be made.
    pub fn call_new(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Option<Result> {
        let new = self.raw.tp_new.get()?;
        let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
        // SAFETY: the slot is its type's; all objects are alive during the call.
        let made = unsafe { Ref::from_owned_opt(new(self.as_ptr().cast(), arguments.as_ptr(), keywords)) };
        Some(made.ok_or_else(Raised::assume_set))
    }
}

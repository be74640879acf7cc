//! `_abc`: what `abc.ABCMeta` is made of: which classes count as subclasses of an abstract one, and what was found before.

use std::cell::Cell;

use runtime::native::abi;
use runtime::native::vectorcall::{self, Vectorcall, VectorcallField};
use runtime::objects::set::FrozenSet;
use runtime::prelude::*;
use runtime::weakref::{self, Reference};

const COLLECTION_FLAGS: u64 = abi::Py_TPFLAGS_SEQUENCE | abi::Py_TPFLAGS_MAPPING;

/// Counts the registrations: each makes the caches of classes that are no subclasses void.
#[derive(Default)]
struct Registrations(Cell<u64>);

fn registrations() -> &'static Cell<u64> {
    &Interpreter::current().state::<Registrations>().0
}

/// What is known of one abstract class.
#[class(name = "_abc._abc_data", flags(GC))]
#[repr(C)]
pub struct AbcData {
    head: Object,
    registry: WeakSet,
    cache: WeakSet,
    negative_cache: WeakSet,
    /// The number of registrations that the negative cache knows of.
    #[gc(skip)]
    version: Cell<u64>,
}

#[methods]
impl AbcData {
    #[new(signature = "()", hidden_signature)]
    fn new(class: &Type) -> Ref<Self> {
        Ref::new_in(
            class,
            AbcData {
                head: Object::HEAD,
                registry: WeakSet::default(),
                cache: WeakSet::default(),
                negative_cache: WeakSet::default(),
                version: Cell::new(registrations().get()),
            },
        )
    }
}

impl AbcData {
    /// That of an abstract class.
    fn of(class: &Object) -> Result<Ref<AbcData>> {
        let data = class.get_attr(intern!("_abc_impl"))?;
        data.cast_exact().map_err(|_| raise!(TypeError, "_abc_impl is set to a wrong type"))
    }
}

/// A set of weak references to classes; those of dead ones leave it. Made when the first comes.
#[derive(Default)]
struct WeakSet(Link<Set>);

impl Traverse for WeakSet {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.0.traverse(visitor)
    }
    fn drop_references(&self) {
        self.0.drop_references();
    }
}

impl WeakSet {
    fn contains(&self, object: &Object) -> Result<bool> {
        let Some(set) = self.0.get() else { return Ok(false) };
        if set.is_empty() {
            return Ok(false);
        }
        match weakref::new_reference(object, None) {
            Ok(reference) => set.contains_item(&reference),
            // It can't be weakly referenced: so it is not there.
            Err(raised) if raised.matches(&runtime::objects::exceptions::TypeError) => {
                raised.clear();
                Ok(false)
            }
            Err(raised) => Err(raised),
        }
    }

    fn add(&self, object: &Object) -> Result<()> {
        let set = self.0.get().unwrap_or_else(|| {
            let set = Set::new();
            self.0.set(Some(set.clone()));
            set
        });
        let remover = Ref::new(Remover {
            head: Object::HEAD,
            set: Link::new(weakref::new_reference(&set, None)?),
            vectorcall: VectorcallField::of::<Remover>(),
        });
        set.add(&*weakref::new_reference(object, Some(&remover))?)
    }

    fn clear_items(&self) {
        if let Some(set) = self.0.get() {
            set.clear_items();
        }
    }

    /// The references, in a new set.
    fn copy(&self) -> Result<Ref<Set>> {
        let copy = Set::new();
        if let Some(set) = self.0.get() {
            copy.update_from(&set)?;
        }
        Ok(copy)
    }

    /// The classes that are alive.
    fn classes(&self) -> Vec<Ref> {
        let Some(set) = self.0.get() else { return Vec::new() };
        let mut references = Vec::with_capacity(set.len());
        let mut position = 0;
        while let Some(reference) = set.next_item(&mut position) {
            references.push(reference);
        }
        references
            .iter()
            .filter_map(|reference| weakref::as_reference(reference).and_then(Reference::target))
            .collect()
    }
}

/// Takes a dead reference out of the set: its callback.
#[class(name = "_abc._remover", flags(GC))]
#[repr(C)]
pub struct Remover {
    head: Object,
    /// To the set, which is not to live longer for this.
    set: Link<Reference>,
    #[vectorcall]
    vectorcall: VectorcallField,
}

impl Vectorcall for Remover {
    fn vectorcall(&self, arguments: &[&Object], _names: Option<&Tuple>) -> Result {
        let set = self.set.get().and_then(|reference| reference.target());
        if let (Some(set), [reference, ..]) = (set.as_ref().and_then(|set| set.downcast::<Set>()), arguments)
        {
            set.discard(reference)?;
        }
        Ok(none())
    }
}

#[methods]
impl Remover {
    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        vectorcall::call(self, arguments, keywords)
    }
}

/// Has it a true `__isabstractmethod__`?
fn is_abstract(object: &Object) -> Result<bool> {
    match object.get_attr_opt(intern!("__isabstractmethod__"))? {
        Some(mark) => mark.is_true(),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__`: the class's own abstract methods, and its bases' that it doesn't define.
fn compute_abstract_methods(class: &Object) -> Result<()> {
    let mut names = Vec::new();
    let namespace = class.get_attr(intern!("__dict__"))?;
    for pair in namespace.call_method(intern!("items"), &[])?.collect()? {
        let Some([name, value]) = pair.downcast::<Tuple>().map(Tuple::as_slice) else {
            return Err(raise!(TypeError, "Iteration over items() didn't give pairs"));
        };
        if is_abstract(value)? {
            names.push(name.clone());
        }
    }
    let bases = class.get_attr(intern!("__bases__"))?;
    let Some(bases) = bases.downcast::<Tuple>() else {
        return Err(raise!(TypeError, "__bases__ is not tuple"));
    };
    for base in bases.as_slice() {
        let Some(inherited) = base.get_attr_opt(intern!("__abstractmethods__"))? else { continue };
        let iterator = inherited.iter()?;
        while let Some(name) = iterator.iter_next()? {
            let Some(attribute) = name.downcast::<Str>() else {
                return Err(raise!(
                    TypeError,
                    "attribute name must be string, not '{}'",
                    name.ty().full_name()
                ));
            };
            if let Some(value) = class.get_attr_opt(attribute)?
                && is_abstract(&value)?
            {
                names.push(name);
            }
        }
    }
    class.set_attr(intern!("__abstractmethods__"), &*FrozenSet::from_items(names)?)
}

/// For abc.ABCMeta only.
#[function(name = "_abc_init", signature = "(self, /)")]
fn abc_init(class: &Object) -> Result<()> {
    compute_abstract_methods(class)?;
    class.set_attr(intern!("_abc_impl"), &AbcData::new(AbcData::type_object()))?;
    let Some(class) = class.downcast::<Type>() else { return Ok(()) };
    let Some(dict) = class.dict() else { return Ok(()) };
    let Some(flags) = dict.remove(intern!("__abc_tpflags__"))? else { return Ok(()) };
    let Some(flags) = flags.downcast_exact::<Int>() else { return Ok(()) };
    let Some(flags) = flags.to_i64() else {
        return Err(raise!(OverflowError, "Python int too large to convert to C long"));
    };
    let flags = flags as u64 & COLLECTION_FLAGS;
    if flags == COLLECTION_FLAGS {
        return Err(raise!(
            TypeError,
            "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"
        ));
    }
    class.set_flag(flags);
    Ok(())
}

/// Makes a class and its subclasses match as sequences or mappings.
fn set_collection_flag(class: &Type, flag: u64) {
    if class.is_immutable() || class.flags() & COLLECTION_FLAGS == flag {
        return;
    }
    class.clear_flag(COLLECTION_FLAGS);
    class.set_flag(flag);
    for subclass in class.subclasses() {
        set_collection_flag(&subclass, flag);
    }
}

/// For abc.ABCMeta only.
#[function(name = "_abc_register", signature = "(self, subclass, /)")]
fn abc_register(class: &Object, subclass: &Object) -> Result {
    let Some(registered) = subclass.downcast::<Type>() else {
        return Err(raise!(TypeError, "Can only register classes"));
    };
    if subclass.is_subclass(class)? {
        return Ok(subclass.to_ref());
    }
    // Only now, as a class is a subclass of itself.
    if class.is_subclass(subclass)? {
        return Err(raise!(RuntimeError, "Refusing to create an inheritance cycle"));
    }
    AbcData::of(class)?.registry.add(subclass)?;
    registrations().set(registrations().get() + 1);
    if let Some(class) = class.downcast::<Type>() {
        let flag = class.flags() & COLLECTION_FLAGS;
        if flag != 0 {
            set_collection_flag(registered, flag);
        }
    }
    Ok(subclass.to_ref())
}

/// For abc.ABCMeta only.
#[function(name = "_abc_instancecheck", signature = "(self, instance, /)")]
fn abc_instancecheck(class: &Object, instance: &Object) -> Result {
    let data = AbcData::of(class)?;
    let actual = instance.ty().to_ref();
    let claimed = instance.get_attr_opt(intern!("__class__"))?.unwrap_or_else(|| actual.clone());
    if data.cache.contains(&claimed)? {
        return Ok(py_true());
    }
    let check = |candidate: &Object| class.call_method(intern!("__subclasscheck__"), &[candidate]);
    if actual.is_same(&claimed) {
        if data.version.get() == registrations().get() && data.negative_cache.contains(&claimed)? {
            return Ok(py_false());
        }
        return check(&claimed);
    }
    let answer = check(&claimed)?;
    if answer.is_true()? { Ok(answer) } else { check(&actual) }
}

/// For abc.ABCMeta only.
#[function(name = "_abc_subclasscheck", signature = "(self, subclass, /)")]
fn abc_subclasscheck(class: &Object, subclass: &Object) -> Result<bool> {
    let Some(derived) = subclass.downcast::<Type>() else {
        return Err(raise!(TypeError, "issubclass() arg 1 must be a class"));
    };
    let data = AbcData::of(class)?;
    if data.cache.contains(subclass)? {
        return Ok(true);
    }
    if data.version.get() < registrations().get() {
        data.negative_cache.clear_items();
        data.version.set(registrations().get());
    } else if data.negative_cache.contains(subclass)? {
        return Ok(false);
    }
    let (answer, remember) = decide(class, subclass, derived, &data)?;
    match (remember, answer) {
        (true, true) => data.cache.add(subclass)?,
        (true, false) => data.negative_cache.add(subclass)?,
        (false, _) => {}
    }
    Ok(answer)
}

/// Is it a subclass, and is that to be remembered?
fn decide(class: &Object, subclass: &Object, derived: &Type, data: &AbcData) -> Result<(bool, bool)> {
    let hook = class.call_method(intern!("__subclasshook__"), &[subclass])?;
    if hook.is_same(&py_true()) || hook.is_same(&py_false()) {
        return Ok((hook.is_same(&py_true()), true));
    }
    if !hook.is_same(&not_implemented()) {
        return Err(raise!(
            AssertionError,
            "__subclasshook__ must return either False, True, or NotImplemented"
        ));
    }
    if class.downcast::<Type>().is_some_and(|class| derived.is_subtype(class)) {
        return Ok((true, true));
    }
    if data.registry.contains(subclass)? {
        return Ok((true, false));
    }
    for registered in data.registry.classes() {
        if subclass.is_subclass(&registered)? {
            return Ok((true, true));
        }
    }
    let subclasses = class.call_method(intern!("__subclasses__"), &[])?;
    let Some(subclasses) = subclasses.downcast::<List>() else {
        return Err(raise!(TypeError, "__subclasses__() must return a list"));
    };
    let mut index = 0;
    while let Some(candidate) = subclasses.get(index) {
        if subclass.is_subclass(&candidate)? {
            return Ok((true, true));
        }
        index += 1;
    }
    Ok((false, true))
}

/// For tests only.
#[function(name = "_reset_registry", signature = "(self, /)")]
fn reset_registry(class: &Object) -> Result<()> {
    AbcData::of(class)?.registry.clear_items();
    Ok(())
}

/// For tests only.
#[function(name = "_reset_caches", signature = "(self, /)")]
fn reset_caches(class: &Object) -> Result<()> {
    let data = AbcData::of(class)?;
    data.cache.clear_items();
    data.negative_cache.clear_items();
    Ok(())
}

/// The registry, both caches and the version of the negative one, as copies, for debugging.
#[function(name = "_get_dump", signature = "(self, /)")]
fn get_dump(class: &Object) -> Result<Ref<Tuple>> {
    let data = AbcData::of(class)?;
    Ok(Tuple::pack([
        data.registry.copy()?.into_object(),
        data.cache.copy()?.into_object(),
        data.negative_cache.copy()?.into_object(),
        Int::from_u64(data.version.get()).into_object(),
    ]))
}

/// A token that changes with every registration; compare it for equality only.
#[function(signature = "()")]
fn get_cache_token() -> u64 {
    registrations().get()
}

module! {
    name: "_abc",
    doc: "What abc.ABCMeta is made of.",
    functions: [
        get_cache_token, abc_init, reset_registry, reset_caches, get_dump, abc_register, abc_instancecheck,
        abc_subclasscheck,
    ],
    exec: exec,
}

fn exec(_module: &Module) -> Result<()> {
    AbcData::static_type().ready()?;
    Remover::static_type().ready()
}

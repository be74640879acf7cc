//! What types need of their neighbours: descriptors, dictionaries of instances, weak references, the current frame.

use std::cell::Cell;
use std::ffi::c_void;

use crate::errors::{Raised, Result};
use crate::eval::frame::Frame;
use crate::gc::Visitor;
use crate::memory;
use crate::object::{Object, RawObject};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::dict::{Dict, shared};
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::Type;
use crate::objects::wrapper_descriptor::WrapperDescriptor;
use crate::raise;
use crate::reference::{Ref, decref};
use crate::thread::Thread;

/// The descriptor for a method in a type's table.
pub fn method(ty: &Type, definition: &'static abi::PyMethodDef) -> Result {
    // SAFETY: the table lives as long as the process.
    unsafe { crate::objects::method_descriptor::from_definition(ty, definition) }
}

/// The descriptor for a C field.
pub fn member(ty: &Type, definition: &'static abi::PyMemberDef) -> Result {
    // SAFETY: the table lives as long as the process.
    Ok(unsafe { crate::objects::member_descriptor::MemberDescriptor::new(ty, definition) }?.into_object())
}

/// The descriptor for a computed attribute.
pub fn getset(ty: &Type, definition: &'static abi::PyGetSetDef) -> Result {
    // SAFETY: the table lives as long as the process.
    Ok(unsafe { crate::objects::getset_descriptor::GetSetDescriptor::new(ty, definition) }.into_object())
}

/// The descriptor for a special method of a native slot.
///
/// # Safety
/// `function` is what the type has in that slot.
pub unsafe fn wrapper(
    ty: &Type,
    slot: &'static abi::wrapperbase,
    name: &Str,
    function: *mut c_void,
) -> Result {
    // SAFETY: by contract.
    Ok(unsafe { WrapperDescriptor::new(ty, slot, name, function) }.into_object())
}

/// The parts of a descriptor made by [`wrapper`]: its entry in the table, the function, the type.
pub fn wrapper_parts(object: &Object) -> Option<(*const abi::wrapperbase, *mut c_void, &Type)> {
    let descriptor = object.downcast_exact::<WrapperDescriptor>()?;
    Some((descriptor.base(), descriptor.wrapped(), descriptor.common().owner()))
}

/// Is this the wrapper of `object`'s own attribute lookup?
pub fn wraps_generic_get_attr(object: &Object) -> bool {
    wrapper_parts(object).is_some_and(|(_, wrapped, _)| {
        wrapped as usize == crate::protocol::attribute::generic_get_attr_slot()
    })
}

/// `__new__` of a native type as a built-in function.
pub fn new_function(ty: &Type) -> Result {
    static DEFINITION: abi::PyMethodDef = abi::PyMethodDef {
        ml_name: c"__new__".as_ptr(),
        // SAFETY: the flags say what type the function has.
        ml_meth: unsafe {
            std::mem::transmute::<abi::PyCFunctionWithKeywords, abi::PyCFunction>(Some(super::wrappers::new_wrapper))
        },
        ml_flags: abi::METH_VARARGS | abi::METH_KEYWORDS,
        ml_doc: c"__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature."
            .as_ptr(),
    };
    Ok(BuiltinFunction::new(&DEFINITION, Some(ty), None)?.into_object())
}

/// Is this a function made by [`new_function`]?
pub fn is_new_wrapper(object: &Object) -> bool {
    object.downcast_exact::<BuiltinFunction>().is_some_and(|function| {
        let function = function.definition().ml_meth;
        function
            .is_some_and(|function| function as usize == super::wrappers::new_wrapper as *const () as usize)
    })
}

/// Is this a Python function?
pub fn is_function(object: &Object) -> bool {
    object.is::<crate::objects::function::Function>()
}

/// `staticmethod(function)`.
pub fn static_method(function: &Object) -> Result {
    Ok(crate::objects::staticmethod::StaticMethod::new(function).into_object())
}

/// `classmethod(function)`.
pub fn class_method(function: &Object) -> Result {
    Ok(crate::objects::classmethod::ClassMethod::new(function).into_object())
}

/// Puts a value into a cell; false if `cell` is no cell.
pub fn set_cell(cell: &Object, value: &Object) -> bool {
    let Some(cell) = cell.downcast_exact::<crate::objects::cell::Cell>() else { return false };
    cell.set_contents(Some(value.to_ref()));
    true
}

/// The global variables of the code that runs now.
pub fn current_globals() -> Option<Ref<Dict>> {
    Thread::current().frames().current().map(|frame| Ref::from_borrowed(frame.globals()))
}

/// Is the text an identifier?
pub fn is_identifier(text: &Str) -> bool {
    let letter =
        |point: u32| point == u32::from('_') || char::from_u32(point).is_some_and(char::is_alphabetic);
    let mut points = text.code_points();
    points.next().is_some_and(letter)
        && points.all(|point| letter(point) || char::from_u32(point).is_some_and(char::is_alphanumeric))
}

pub use crate::objects::dict::shared::{drop_keys, keys_size, prepare as prepare_keys};

fn managed_dict(object: &Object) -> &Cell<*mut RawObject> {
    // SAFETY: the object's type has a managed dictionary.
    unsafe {
        &*((object.as_ptr() as *const u8).offset(memory::MANAGED_DICT_OFFSET) as *const Cell<*mut RawObject>)
    }
}

/// The managed dictionary, lent, if it is there as an object.
#[inline(always)]
pub fn managed_dict_borrowed(object: &Object) -> Option<&Dict> {
    // SAFETY: the field owns a dict, or is null.
    unsafe { (managed_dict(object).get() as *const Dict).as_ref() }
}

/// The value of an attribute in the instance's inline values or managed dictionary.
#[inline]
pub fn managed_get(object: &Object, name: &Str) -> Result<Option<Ref>> {
    if let Some(found) = shared::get(object, name) {
        return Ok(found);
    }
    match managed_dict_borrowed(object).map(Ref::from_borrowed) {
        Some(dict) => dict.get_str(name),
        None => Ok(None),
    }
}

/// Sets or deletes an attribute in the instance's inline values or managed dictionary. False: there is none to delete.
pub fn managed_set(object: &Object, name: &Str, value: Option<&Object>) -> Result<bool> {
    match value {
        Some(value) => {
            if shared::set(object, name, value) {
                return Ok(true);
            }
            managed_dict_of(object)?.insert_str(name, value).map(|()| true)
        }
        None => match shared::delete(object, name) {
            Some(deleted) => Ok(deleted),
            None => Ok(managed_dict_of(object)?.remove(name)?.is_some()),
        },
    }
}

/// The managed dictionary as an object of its own; inline values move there.
pub fn managed_dict_of(object: &Object) -> Result<Ref<Dict>> {
    let field = managed_dict(object);
    if field.get().is_null() {
        field.set(shared::move_to_dict(object).unwrap_or_else(Dict::new).into_raw());
    }
    // SAFETY: the field owns a dict.
    Ok(Ref::from_borrowed(unsafe { &*(field.get() as *const Dict) }))
}

/// Replaces the managed dictionary.
pub fn set_managed_dict(object: &Object, dict: Option<&Dict>) -> Result<()> {
    let new = dict.map_or(std::ptr::null_mut(), |dict| Ref::from_borrowed(dict).into_raw());
    let values = shared::valid_values(object).map(shared::InlineValues::invalidate);
    // SAFETY: the field owned its target.
    unsafe { decref(managed_dict(object).replace(new)) };
    drop(values);
    Ok(())
}

/// Before an object changes its class: attributes go to a dictionary that knows nothing of the class.
pub fn detach_managed_dict(object: &Object) -> Result<()> {
    if shared::valid_values(object).is_some() {
        managed_dict_of(object)?;
    }
    Ok(())
}

/// Visits what the managed dictionary and the inline values hold.
pub fn visit_managed_dict(object: &Object, visitor: &Visitor) -> i32 {
    if let Some(values) = shared::valid_values(object) {
        let stop = values.visit(|value| visitor.visit(value));
        if stop != 0 {
            return stop;
        }
    }
    // SAFETY: the field owns its target.
    unsafe { Object::from_raw_opt(managed_dict(object).get()) }.map_or(0, |dict| visitor.visit(dict))
}

/// Breaks cycles through the attributes.
pub fn clear_managed_dict(object: &Object) {
    drop_managed_dict(object);
}

/// Gives up the attributes of a dying object.
pub fn drop_managed_dict(object: &Object) {
    if let Some(values) = shared::valid_values(object) {
        values.clear();
    }
    // SAFETY: the field owned its target.
    unsafe { decref(managed_dict(object).replace(std::ptr::null_mut())) };
}

/// Tells the weak references to a dying object.
pub fn clear_weakrefs(object: &Object) {
    crate::weakref::clear_all(object);
}

/// The first weak reference to an object.
pub fn first_weakref(object: &Object) -> Option<Ref> {
    crate::weakref::first(object)
}

/// A memoryview of what that buffer function gives for these flags.
pub fn memoryview_by(object: &Object, get: abi::getbufferproc, flags: i32) -> Result {
    Ok(crate::objects::memoryview::MemoryView::of_function(object, get, flags)?.into_object())
}

/// `__release_buffer__`: releases the view, which must be one of `object`.
pub fn release_memoryview_of(object: &Object, view: &Object) -> Result<()> {
    let Some(memory) = view.downcast::<crate::objects::memoryview::MemoryView>() else {
        return Err(raise!(TypeError, "expected a memoryview object"));
    };
    let exporter = memory.raw().obj;
    if exporter.is_null() {
        return Ok(());
    }
    if exporter.cast() != object.as_ptr() {
        return Err(raise!(ValueError, "memoryview's buffer is not this object"));
    }
    if memory.check().map_err(Raised::clear).is_err() {
        return Err(raise!(ValueError, "memoryview's buffer has already been released"));
    }
    view.call_method(crate::intern!("release"), &[])?;
    Ok(())
}

/// Reports an exception that nobody can handle.
pub fn write_unraisable(raised: Raised, object: Option<&Object>) {
    crate::objects::exceptions::write_unraisable(raised.take(), object);
}

/// `types.MappingProxyType(dict)`.
pub fn mapping_proxy(dict: &Dict) -> Result {
    Ok(crate::objects::mappingproxy::MappingProxy::new(dict).into_object())
}

/// `left | right` for types.
pub fn union(left: &Object, right: &Object) -> Result {
    crate::objects::union::or(left, right)
}

/// `import name`.
pub fn import(name: &Str) -> Result {
    let interpreter = crate::interpreter_state::Interpreter::current();
    if let Some(modules) = interpreter.modules.get()
        && let Some(module) = modules.get_str(name)?
    {
        return Ok(module);
    }
    let import = match interpreter.builtins.get() {
        Some(builtins) => builtins.get_str(crate::intern!("__import__"))?,
        None => None,
    };
    match import {
        Some(import) => import.call(&[name]),
        None => Err(raise!(ImportError, "__import__ not found")),
    }
}

/// `tuple(iterable)`.
pub fn tuple_from(iterable: &Object) -> Result<Ref<Tuple>> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return Ok(Ref::from_borrowed(tuple));
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        return Ok(Tuple::from_vec(list.to_vec()));
    }
    let iterator = iterable.iter()?;
    let mut items = Vec::new();
    while let Some(item) = iterator.iter_next()? {
        items.push(item);
    }
    Ok(Tuple::from_vec(items))
}

/// `dict.update(mapping)`.
pub fn dict_update(dict: &Dict, mapping: &Object) -> Result<()> {
    if let Some(other) = mapping.downcast::<Dict>() {
        let mut position = 0;
        while let Some((key, value)) = other.next_entry(&mut position) {
            dict.insert(&key, &value)?;
        }
        return Ok(());
    }
    let keys = mapping.call_method(crate::intern!("keys"), &[])?.iter()?;
    while let Some(key) = keys.iter_next()? {
        dict.insert(&key, &*mapping.get_item(&key)?)?;
    }
    Ok(())
}

/// Sorts by `<`.
pub fn sort(items: &mut [Ref]) -> Result<()> {
    // Insertion: lists here are short, and a comparison may raise.
    for end in 1..items.len() {
        let mut position = end;
        while position > 0
            && items[position]
                .rich_compare(&items[position - 1], crate::protocol::compare::CompareOp::Lt)?
                .is_true()?
        {
            items.swap(position, position - 1);
            position -= 1;
        }
    }
    Ok(())
}

/// Is this a built-in function whose `self` is `object`?
pub fn is_builtin_bound_to(function: &Object, object: &Object) -> bool {
    function
        .downcast::<BuiltinFunction>()
        .and_then(BuiltinFunction::raw_receiver)
        .is_some_and(|receiver| receiver.is_same(object))
}

/// What `super()` without arguments stands for, in the current frame: `__class__` and the first argument.
pub fn super_arguments() -> Result<(Ref, Ref)> {
    use crate::objects::cell::Cell as Variable;
    let frames = Thread::current().frames();
    let Some(frame) = frames.current() else {
        return Err(raise!(RuntimeError, "super(): no current frame"));
    };
    let code = frame.code();
    if code.argcount() == 0 {
        return Err(raise!(RuntimeError, "super(): no arguments"));
    }
    // SAFETY: the current frame has as many slots as its code has locals, cells and free variables.
    let slot = |index: usize| unsafe {
        (*Frame::slots(frames.current_cell().get()).add(index)).get().map(Object::to_ref)
    };
    let first = slot(0).and_then(|first| match first.downcast_exact::<Variable>() {
        // An argument that inner functions share lies in a cell; so does no other cell in a function that names it.
        Some(variable) if code.local_kinds()[0] & CELL_KIND != 0 => variable.contents(),
        _ => Some(first),
    });
    let Some(first) = first else { return Err(raise!(RuntimeError, "super(): arg[0] deleted")) };
    for index in 0..code.locals_plus_count() {
        if !code.is_free_variable(index) || !code.local_name(index).eq_str("__class__") {
            continue;
        }
        let variable = slot(index);
        let Some(variable) = variable.as_ref().and_then(|variable| variable.downcast_exact::<Variable>())
        else {
            return Err(raise!(RuntimeError, "super(): bad __class__ cell"));
        };
        let Some(class) = variable.contents() else {
            return Err(raise!(RuntimeError, "super(): empty __class__ cell"));
        };
        if class.downcast::<Type>().is_none() {
            let kind = class.ty().full_name();
            return Err(raise!(RuntimeError, "super(): __class__ is not a type ({kind})"));
        }
        return Ok((class, first));
    }
    Err(raise!(RuntimeError, "super(): __class__ cell not found"))
}

/// A local variable's kind: it is a cell.
const CELL_KIND: u8 = 0x40;

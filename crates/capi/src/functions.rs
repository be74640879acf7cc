//! Functions and methods written in C, bound methods, descriptors. <https://docs.python.org/3.14/c-api/structures.html>

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use abi::{PyCFunction, PyGetSetDef, PyMemberDef, PyMethodDef};
use runtime::objects::builtin_function::BuiltinFunction;
use runtime::objects::getset_descriptor::GetSetDescriptor;
use runtime::objects::instance_method::InstanceMethod;
use runtime::objects::member_descriptor::{self, MemberDescriptor};
use runtime::objects::method::Method;
use runtime::objects::method_descriptor::{ClassMethodDescriptor, MethodDescriptor};
use runtime::objects::r#type::bridge;
use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, bad_internal_call, expect, exported};

fn builtin(object: &Object) -> Result<&BuiltinFunction> {
    expect(object)
}

exported! {
    /// Gives 1 with a value that was yielded, 0 with one that was returned, -1 with an exception.
    fn PyIter_Send(iterator: &Object, value: &Object, result: *mut Raw) -> c_int {
        *result = null_mut();
        match runtime::objects::generator::send_any(iterator, value) {
            Ok(runtime::objects::generator::Sent::Yielded(value)) => {
                *result = value.into_raw();
                1
            }
            Ok(runtime::objects::generator::Sent::Returned(value)) => {
                *result = value.into_raw();
                0
            }
            Err(_) => -1,
        }
    }

    /// The value of the current StopIteration, which ends with that; None where nothing is raised.
    fn _PyGen_FetchStopIterationValue(result: *mut Raw) -> c_int {
        *result = null_mut();
        let Some(exception) = Thread::current().take_exception() else {
            *result = none().into_raw();
            return 0;
        };
        if !exception.is_instance(&runtime::objects::exceptions::StopIteration).unwrap_or(false) {
            Thread::current().set_exception(Some(exception));
            return -1;
        }
        match exception.get_attr(intern!("value")) {
            Ok(value) => {
                *result = value.into_raw();
                0
            }
            Err(_) => -1,
        }
    }

    fn PyCMethod_New(definition: *mut PyMethodDef, receiver: Option<&Object>, module: Option<&Object>, class: Option<&Type>) -> Result<Ref<BuiltinFunction>> {
        BuiltinFunction::from_definition(definition, receiver, module, class)
    }

    fn PyCFunction_NewEx(definition: *mut PyMethodDef, receiver: Option<&Object>, module: Option<&Object>) -> Result<Ref<BuiltinFunction>> {
        BuiltinFunction::from_definition(definition, receiver, module, None)
    }

    fn PyCFunction_New(definition: *mut PyMethodDef, receiver: Option<&Object>) -> Result<Ref<BuiltinFunction>> {
        BuiltinFunction::from_definition(definition, receiver, None, None)
    }

    fn PyCFunction_GetSelf(function: &Object) -> Result<Raw> {
        Ok(builtin(function)?.receiver().map_or(null_mut(), Object::as_ptr))
    }

    fn PyCFunction_GetFlags(function: &Object) -> Result<c_int> {
        Ok(builtin(function)?.definition().ml_flags)
    }

    fn PyMethod_New(function: Option<&Object>, receiver: Option<&Object>) -> Result<Ref<Method>> {
        let (Some(function), Some(receiver)) = (function, receiver) else { return Err(bad_internal_call()) };
        Ok(Method::new(function, receiver))
    }

    fn PyMethod_Function(method: &Object) -> Result<Raw> {
        Ok(borrowed(expect::<Method>(method)?.function()))
    }

    fn PyMethod_Self(method: &Object) -> Result<Raw> {
        Ok(borrowed(expect::<Method>(method)?.receiver()))
    }

    fn PyInstanceMethod_New(function: &Object) -> Ref<InstanceMethod> {
        InstanceMethod::new(function)
    }

    fn PyInstanceMethod_Function(method: &Object) -> Result<Raw> {
        Ok(borrowed(expect::<InstanceMethod>(method)?.function()?))
    }

    fn PyDescr_NewMethod(class: &Type, definition: *mut PyMethodDef) -> Result<Ref<MethodDescriptor>> {
        MethodDescriptor::new(class, definition)
    }

    fn PyDescr_NewClassMethod(class: &Type, definition: *mut PyMethodDef) -> Result<Ref<ClassMethodDescriptor>> {
        ClassMethodDescriptor::new(class, definition)
    }

    fn PyDescr_NewMember(class: &Type, definition: *mut PyMemberDef) -> Result<Ref<MemberDescriptor>> {
        MemberDescriptor::new(class, definition)
    }

    fn PyDescr_NewGetSet(class: &Type, definition: *mut PyGetSetDef) -> Ref<GetSetDescriptor> {
        GetSetDescriptor::new(class, definition)
    }

    fn PyDescr_IsData(descriptor: &Object) -> bool {
        descriptor.ty().raw.tp_descr_set.get().is_some()
    }

    fn PyWrapper_New(descriptor: &Object, object: &Object) -> Result {
        descriptor.get_attr(intern!("__get__"))?.call(&[object])
    }

    fn PyMember_GetOne(start: *const c_char, definition: &PyMemberDef) -> Result {
        member_descriptor::get(Object::from_raw(start.cast_mut().cast()), definition)
    }

    fn PyMember_SetOne(start: *mut c_char, definition: &PyMemberDef, value: Option<&Object>) -> Result<()> {
        member_descriptor::set(Object::from_raw(start.cast()), definition, value)
    }

    fn PyObject_ClearManagedDict(object: &Object) {
        if object.ty().has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
            bridge::clear_managed_dict(object);
        }
    }
}

/// `PyCFunction_GetFunction`.
///
/// # Safety
/// The object is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCFunction_GetFunction(function: &Object) -> PyCFunction {
    builtin(function).ok().and_then(|function| function.definition().ml_meth)
}

/// `PyObject_VisitManagedDict`.
///
/// # Safety
/// The object is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_VisitManagedDict(
    object: &Object,
    visit: abi::visitproc,
    argument: *mut c_void,
) -> c_int {
    if !object.ty().has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return 0;
    }
    bridge::visit_managed_dict(object, &runtime::gc::Visitor { visit, argument })
}

//! The built-in types, one file or folder each, named as the type.

pub mod async_generator;
pub mod bool_;
pub mod builtin_function;
pub mod byte_methods;
pub mod bytearray;
pub mod bytes;
pub mod capsule;
pub mod cell;
pub mod classmethod;
pub mod code;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod getset_descriptor;
pub mod instance_method;
pub mod int;
pub mod interpolation;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod member_descriptor;
pub mod memoryview;
pub mod method;
pub mod method_descriptor;
pub mod module;
pub mod namespace;
pub mod object;
pub mod pickle_buffer;
pub mod property;
pub mod range;
pub mod sequence_iterator;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod sort;
pub mod staticmethod;
pub mod str;
pub mod structseq;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod r#type;
pub mod typevar;
pub mod union;
pub mod wrapped_function;
pub mod wrapper_descriptor;

use crate::errors::Result;
use r#type::StaticType;

/// Every built-in type that lives in static memory; start-up makes them ready in this order, bases first.
pub static BUILTIN_TYPES: &[&StaticType] = &[
    // The order of what start-up itself needs.
    &object::OBJECT_TYPE,
    &r#type::TYPE_TYPE,
    &builtin_function::BUILTIN_FUNCTION_TYPE,
    &builtin_function::BUILTIN_METHOD_TYPE,
    &method_descriptor::METHOD_DESCRIPTOR_TYPE,
    &method_descriptor::CLASS_METHOD_DESCRIPTOR_TYPE,
    &wrapper_descriptor::WRAPPER_DESCRIPTOR_TYPE,
    &wrapper_descriptor::METHOD_WRAPPER_TYPE,
    &getset_descriptor::GET_SET_DESCRIPTOR_TYPE,
    &member_descriptor::MEMBER_DESCRIPTOR_TYPE,
    &staticmethod::STATIC_METHOD_TYPE,
    &classmethod::CLASS_METHOD_TYPE,
    &property::PROPERTY_TYPE,
    &mappingproxy::MAPPING_PROXY_TYPE,
    &namespace::SIMPLE_NAMESPACE_TYPE,
    &crate::weakref::REFERENCE_TYPE,
    &crate::weakref::PROXY_TYPE,
    &crate::weakref::CALLABLE_PROXY_TYPE,
    &module::MODULE_TYPE,
    &str::STR_TYPE,
    &bytes::BYTES_TYPE,
    &bytes::BYTES_ITERATOR_TYPE,
    &bytearray::BYTE_ARRAY_TYPE,
    &memoryview::MEMORY_VIEW_TYPE,
    &memoryview::MANAGED_BUFFER_TYPE,
    &pickle_buffer::PICKLE_BUFFER_TYPE,
    &r#type::BUFFER_WRAPPER_TYPE,
    &bytearray::BYTE_ARRAY_ITERATOR_TYPE,
    &traceback::TRACEBACK_TYPE,
    // The others.
    &singletons::NONE_OBJECT_TYPE,
    &singletons::NOT_IMPLEMENTED_OBJECT_TYPE,
    &singletons::ELLIPSIS_OBJECT_TYPE,
    &int::INT_TYPE,
    &bool_::BOOL_TYPE,
    &float::FLOAT_TYPE,
    &complex::COMPLEX_TYPE,
    &dict::DICT_TYPE,
    &list::LIST_TYPE,
    &generic_alias::GENERIC_ALIAS_TYPE,
    &union::UNION_TYPE,
    &set::SET_TYPE,
    &set::FROZEN_SET_TYPE,
    &range::RANGE_TYPE,
    &iterators::ENUMERATE_TYPE,
    &iterators::REVERSED_TYPE,
    &iterators::ZIP_TYPE,
    &iterators::MAP_TYPE,
    &iterators::FILTER_TYPE,
    &tuple::TUPLE_TYPE,
    &slice::SLICE_TYPE,
    &cell::CELL_TYPE,
    &code::CODE_TYPE,
    &frame::FRAME_OBJECT_TYPE,
    &frame::FRAME_LOCALS_PROXY_TYPE,
    &function::FUNCTION_TYPE,
    &generator::GENERATOR_TYPE,
    &generator::COROUTINE_TYPE,
    &async_generator::ASYNC_GENERATOR_TYPE,
    &method::METHOD_TYPE,
    &super_::SUPER_TYPE,
    &typevar::TYPE_VAR_TYPE,
    &typevar::TYPE_VAR_TUPLE_TYPE,
    &typevar::PARAM_SPEC_TYPE,
    &typevar::PARAM_SPEC_ARGS_TYPE,
    &typevar::PARAM_SPEC_KWARGS_TYPE,
    &typevar::TYPE_ALIAS_TYPE_TYPE,
    &typevar::GENERIC_TYPE,
    &typevar::NO_DEFAULT_TYPE_TYPE,
    &typevar::CONST_EVALUATOR_TYPE,
    &template::TEMPLATE_TYPE,
    &template::TEMPLATE_ITER_TYPE,
    &interpolation::INTERPOLATION_TYPE,
];

/// Makes the built-in types ready. An interpreter's first act, with its thread attached.
pub fn init() -> Result<()> {
    typevar::GENERIC_TYPE.raw.tp_new.set(Some(object::construct::new));
    r#type::ready_builtins(BUILTIN_TYPES)?;
    r#type::ready_builtins(exceptions::EXCEPTION_TYPES)?;
    exceptions::prepare()
}

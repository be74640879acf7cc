//! From Python's objects to SQLite's values and back.

use runtime::objects::bytearray::ByteArray;
use runtime::prelude::*;

use super::errors::Kind;
use super::ffi::Value;
use super::{PrepareProtocol, state};

/// Adapt given object to given protocol.
#[function(signature = "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)")]
pub fn adapt(_module: &Module, obj: &Object, proto: Option<&Object>, alt: Option<&Object>) -> Result {
    adapted(obj, proto.unwrap_or(PrepareProtocol::type_object()), alt)
}

/// What a protocol's adapter makes of an object.
pub fn adapted(object: &Object, protocol: &Object, alternative: Option<&Object>) -> Result {
    let key = Tuple::pack([object.ty().to_ref().into_object(), protocol.to_ref()]);
    if let Some(adapter) = state().adapters.get(&key)? {
        return adapter.call(&[object]);
    }
    let attempts = [(protocol, intern!("__adapt__"), object), (object, intern!("__conform__"), protocol)];
    for (receiver, name, argument) in attempts {
        let Some(method) = receiver.get_attr_opt(name)? else { continue };
        match method.call(&[argument]) {
            Ok(result) if result.is_none() => {}
            Ok(result) => return Ok(result),
            Err(raised) if raised.matches(&runtime::objects::exceptions::TypeError) => raised.clear(),
            Err(raised) => return Err(raised),
        }
    }
    match alternative {
        Some(alternative) => Ok(alternative.to_ref()),
        None => Err(Kind::ProgrammingError.raise("can't adapt")),
    }
}

/// The object that is bound for a parameter.
pub fn for_binding(object: &Object) -> Result {
    let own = object.is::<Int>() || object.is::<Float>() || object.is::<Str>() || object.is::<ByteArray>();
    if own && !state().base_adapted.get() {
        return Ok(object.to_ref());
    }
    adapted(object, PrepareProtocol::type_object(), Some(object))
}

/// A value for SQLite; None where there is none for the type.
pub fn to_value(object: &Object) -> Result<Option<Value>> {
    if object.is_none() {
        return Ok(Some(Value::Null));
    }
    if let Some(int) = object.downcast::<Int>() {
        return match int.to_i64() {
            Some(value) => Ok(Some(Value::Integer(value))),
            None => Err(raise!(OverflowError, "Python int too large to convert to SQLite INTEGER")),
        };
    }
    if let Some(float) = object.downcast::<Float>() {
        return Ok(Some(Value::Float(float.value())));
    }
    if let Some(text) = object.downcast::<Str>() {
        return Ok(Some(Value::Text(text.to_utf8()?.as_bytes().to_vec())));
    }
    if object.ty().bf_getbuffer().is_some() {
        let buffer = Buffer::of(object)?;
        return Ok(Some(Value::Blob(buffer.as_slice().to_vec())));
    }
    Ok(None)
}

/// What a function of Python gets for a value.
pub fn to_object(value: &Value) -> Result {
    Ok(match value {
        Value::Null => none(),
        Value::Integer(value) => Int::new(*value).into_object(),
        Value::Float(value) => Float::new(*value).into_object(),
        Value::Text(text) => text_object(text)?,
        Value::Blob(data) => Bytes::new(data).into_object(),
    })
}

/// UTF-8 as a str.
pub fn text_object(text: &[u8]) -> Result {
    match std::str::from_utf8(text) {
        Ok(text) => Ok(Str::try_new(text)?.into_object()),
        Err(_) => Bytes::new(text).call_method(intern!("decode"), &[]),
    }
}

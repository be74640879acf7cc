//! The codec registry and the error handlers. <https://docs.python.org/3.14/c-api/codec.html>

use std::ffi::c_char;

use runtime::prelude::*;

use crate::support::{exported, name, try_name};
use crate::types::named;

exported! {
    fn PyCodec_Register(search: &Object) -> Result<()> {
        named("_codecs", "register")?.call(&[search])?;
        Ok(())
    }

    fn PyCodec_Unregister(search: &Object) -> Result<()> {
        named("_codecs", "unregister")?.call(&[search])?;
        Ok(())
    }

    fn PyCodec_Encoder(encoding: *const c_char) -> Result {
        lookup(encoding)?.get_index(0)
    }

    fn PyCodec_Decoder(encoding: *const c_char) -> Result {
        lookup(encoding)?.get_index(1)
    }

    fn PyCodec_StreamReader(encoding: *const c_char, stream: &Object, errors: *const c_char) -> Result {
        stream_codec(encoding, 2, stream, errors)
    }

    fn PyCodec_StreamWriter(encoding: *const c_char, stream: &Object, errors: *const c_char) -> Result {
        stream_codec(encoding, 3, stream, errors)
    }

    fn PyCodec_KnownEncoding(encoding: *const c_char) -> bool {
        lookup(encoding).map_err(Raised::clear).is_ok()
    }

    fn PyCodec_Encode(object: Option<&Object>, encoding: *const c_char, errors: *const c_char) -> Result {
        let object = object.ok_or_else(|| raise!(TypeError, "bad argument type for built-in operation"))?;
        let errors = if errors.is_null() { Str::new("strict") } else { name(errors) };
        named("_codecs", "encode")?.call(&[object, &*encoding_name(encoding)?, &*errors])
    }

    fn PyCodec_Decode(object: Option<&Object>, encoding: *const c_char, errors: *const c_char) -> Result {
        let object = object.ok_or_else(|| raise!(TypeError, "bad argument type for built-in operation"))?;
        let errors = if errors.is_null() { Str::new("strict") } else { name(errors) };
        named("_codecs", "decode")?.call(&[object, &*encoding_name(encoding)?, &*errors])
    }

    fn PyCodec_IncrementalEncoder(encoding: *const c_char, errors: *const c_char) -> Result {
        incremental(encoding, errors, intern!("incrementalencoder"))
    }

    fn PyCodec_IncrementalDecoder(encoding: *const c_char, errors: *const c_char) -> Result {
        incremental(encoding, errors, intern!("incrementaldecoder"))
    }

    fn PyCodec_RegisterError(error: *const c_char, handler: &Object) -> Result<()> {
        named("_codecs", "register_error")?.call(&[&*name(error), handler])?;
        Ok(())
    }

    fn PyCodec_LookupError(error: *const c_char) -> Result {
        let error = if error.is_null() { Str::new("strict") } else { name(error) };
        named("_codecs", "lookup_error")?.call(&[&*error])
    }

    fn PyCodec_StrictErrors(exception: &Object) -> Result {
        handle("strict", exception)
    }

    fn PyCodec_IgnoreErrors(exception: &Object) -> Result {
        handle("ignore", exception)
    }

    fn PyCodec_ReplaceErrors(exception: &Object) -> Result {
        handle("replace", exception)
    }

    fn PyCodec_XMLCharRefReplaceErrors(exception: &Object) -> Result {
        handle("xmlcharrefreplace", exception)
    }

    fn PyCodec_BackslashReplaceErrors(exception: &Object) -> Result {
        handle("backslashreplace", exception)
    }

    fn PyCodec_NameReplaceErrors(exception: &Object) -> Result {
        handle("namereplace", exception)
    }
}

/// An encoding's name.
unsafe fn encoding_name(encoding: *const c_char) -> Result<Ref<Str>> {
    if encoding.is_null() {
        return Err(raise!(TypeError, "bad argument type for built-in operation"));
    }
    // SAFETY: a C string.
    unsafe { try_name(encoding) }
}

/// What the registry has for an encoding.
unsafe fn lookup(encoding: *const c_char) -> Result {
    // SAFETY: a C string or null.
    let encoding = unsafe { encoding_name(encoding)? };
    named("_codecs", "lookup")?.call(&[&*encoding])
}

/// The stream reader (2) or writer (3) of an encoding, over a stream.
unsafe fn stream_codec(
    encoding: *const c_char,
    index: isize,
    stream: &Object,
    errors: *const c_char,
) -> Result {
    // SAFETY: C strings; the second may be null.
    unsafe {
        let make = lookup(encoding)?.get_index(index)?;
        if errors.is_null() { make.call(&[stream]) } else { make.call(&[stream, &*name(errors)]) }
    }
}

/// What a built-in error handler makes of an exception.
fn handle(handler: &str, exception: &Object) -> Result {
    named("_codecs", "lookup_error")?.call(&[&*Str::new(handler)])?.call(&[exception])
}

unsafe fn incremental(encoding: *const c_char, errors: *const c_char, kind: &Str) -> Result {
    // SAFETY: C strings; the second may be null.
    unsafe {
        let info = lookup(encoding)?;
        let make = info.get_attr(kind)?;
        if errors.is_null() { make.call(&[]) } else { make.call(&[&*name(errors)]) }
    }
}

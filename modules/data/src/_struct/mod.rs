//! `_struct`: values as packed bytes, by a format string. <https://docs.python.org/3.14/library/struct.html>

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use runtime::objects::exceptions::IndexError;
use runtime::prelude::*;

use crate::support::new_exception;

mod layout;

use layout::Layout;

/// How many formats the functions remember.
const CACHE_SIZE: usize = 100;

#[derive(Default)]
struct State {
    error: Link<Type>,
    layouts: RefCell<HashMap<Vec<u8>, Rc<Layout>>>,
}

fn state() -> &'static State {
    Interpreter::current().state::<State>()
}

/// Raises `struct.error`.
#[cold]
fn struct_error(message: &str) -> Raised {
    match state().error.get() {
        Some(class) => runtime::errors::raise_message(&class, message),
        None => raise!(ValueError, "{message}"),
    }
}

/// The text of a format argument.
fn format_of(format: &Object) -> Result<Vec<u8>> {
    let text = match (format.downcast::<Str>(), format.downcast::<Bytes>()) {
        (Some(text), _) => match text.as_ascii() {
            Some(text) => text.as_bytes().to_vec(),
            None => encode(text)?,
        },
        (None, Some(bytes)) if bytes.as_slice().is_ascii() => bytes.as_slice().to_vec(),
        (None, Some(bytes)) => {
            let escaped = |&byte: &u8| if byte < 0x80 { byte.into() } else { 0xdc00 + u32::from(byte) };
            encode(&Str::from_code_points(bytes.as_slice().iter().map(escaped)))?
        }
        _ => {
            let name = format.ty().full_name();
            return Err(raise!(TypeError, "Struct() argument 1 must be a str or bytes object, not {name}"));
        }
    };
    if text.contains(&0) {
        return Err(struct_error("embedded null character"));
    }
    Ok(text)
}

fn encode(text: &Str) -> Result<Vec<u8>> {
    let encoded = text.encoded("ascii", "strict")?;
    Ok(encoded.downcast::<Bytes>().map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec()))
}

/// The compiled format of a function's argument.
fn layout_of(format: &Object) -> Result<Rc<Layout>> {
    let text = format_of(format)?;
    if let Some(layout) = state().layouts.borrow().get(&text) {
        return Ok(layout.clone());
    }
    let layout = Rc::new(Layout::parse(&text)?);
    let mut layouts = state().layouts.borrow_mut();
    if layouts.len() >= CACHE_SIZE {
        layouts.clear();
    }
    layouts.insert(text, layout.clone());
    Ok(layout)
}

fn pack_with(layout: &Layout, values: &[&Object]) -> Result<Vec<u8>> {
    if values.len() != layout.count {
        let (expected, got) = (layout.count, values.len());
        return Err(struct_error(&format!("pack expected {expected} items for packing (got {got})")));
    }
    layout.pack(values)
}

fn pack_into_with(layout: &Layout, args: &[&Object]) -> Result<()> {
    let (buffer, offset, values) = match args {
        [] => return Err(struct_error("pack_into expected buffer argument")),
        [_] => return Err(struct_error("pack_into expected offset argument")),
        [buffer, offset, values @ ..] => (buffer, offset, values),
    };
    if values.len() != layout.count {
        let (expected, got) = (layout.count, values.len());
        return Err(struct_error(&format!("pack_into expected {expected} items for packing (got {got})")));
    }
    let mut buffer = writable(buffer)?;
    let (size, length) = (layout.size as isize, buffer.len() as isize);
    let mut offset = offset.to_isize_index(&IndexError)?;
    if offset < 0 {
        if offset.saturating_add(size) > 0 {
            return Err(struct_error(&format!("no space to pack {size} bytes at offset {offset}")));
        }
        if offset.saturating_add(length) < 0 {
            return Err(struct_error(&format!("offset {offset} out of range for {length}-byte buffer")));
        }
        offset += length;
    }
    if length - offset < size {
        let end = size as usize + offset as usize;
        return Err(struct_error(&format!(
            "pack_into requires a buffer of at least {end} bytes for packing {size} bytes at offset {offset} \
             (actual buffer size is {length})"
        )));
    }
    let bytes = layout.pack(values)?;
    let start = offset as usize;
    buffer[start..start + bytes.len()].copy_from_slice(&bytes);
    Ok(())
}

fn writable(object: &Object) -> Result<WritableBytes> {
    WritableBytes::of(object).map_err(|raised| {
        raised.clear();
        raise!(
            TypeError,
            "argument must be read-write bytes-like object, not {}",
            runtime::native::args::kind_of(object)
        )
    })
}

fn unpack_with(layout: &Layout, buffer: &[u8]) -> Result<Ref<Tuple>> {
    if buffer.len() != layout.size {
        return Err(struct_error(&format!("unpack requires a buffer of {} bytes", layout.size)));
    }
    Ok(layout.unpack(buffer))
}

fn unpack_from_with(layout: &Layout, buffer: &[u8], offset: isize) -> Result<Ref<Tuple>> {
    let (size, length, mut offset) = (layout.size as isize, buffer.len() as isize, offset);
    if offset < 0 {
        if offset.saturating_add(size) > 0 {
            return Err(struct_error(&format!("not enough data to unpack {size} bytes at offset {offset}")));
        }
        if offset.saturating_add(length) < 0 {
            return Err(struct_error(&format!("offset {offset} out of range for {length}-byte buffer")));
        }
        offset += length;
    }
    if length - offset < size {
        let end = size as usize + offset as usize;
        return Err(struct_error(&format!(
            "unpack_from requires a buffer of at least {end} bytes for unpacking {size} bytes at offset \
             {offset} (actual buffer size is {length})"
        )));
    }
    Ok(layout.unpack(&buffer[offset as usize..(offset + size) as usize]))
}

fn iterate(layout: Rc<Layout>, buffer: &Object) -> Result<Ref<UnpackIterator>> {
    if layout.size == 0 {
        return Err(struct_error("cannot iteratively unpack with a struct of length 0"));
    }
    let buffer = Buffer::of(buffer)?;
    if !buffer.as_slice().len().is_multiple_of(layout.size) {
        return Err(struct_error(&format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            layout.size
        )));
    }
    Ok(Ref::new(UnpackIterator {
        head: Object::HEAD,
        layout,
        buffer: RefCell::new(Some(buffer)),
        position: Cell::new(0),
    }))
}

/// Struct(fmt) --> compiled struct object
///
#[class(name = "_struct.Struct", flags(BASETYPE))]
#[repr(C)]
pub struct Struct {
    head: Object,
    /// Size and number of values: C code reads them here.
    size: Cell<isize>,
    count: Cell<isize>,
    layout: RefCell<Option<Rc<Layout>>>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Struct {
    fn layout(&self) -> Result<Rc<Layout>> {
        match &*self.layout.borrow() {
            Some(layout) => Ok(layout.clone()),
            None => Err(raise!(RuntimeError, "Struct object is not initialized")),
        }
    }
}

#[methods]
impl Struct {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Struct {
                head: Object::HEAD,
                size: Cell::new(-1),
                count: Cell::new(-1),
                layout: RefCell::default(),
                weakrefs: WeakList::new(),
            },
        ))
    }

    #[init(signature = "(format)", hidden_signature)]
    fn init(&self, format: &Object) -> Result<()> {
        let layout = Rc::new(Layout::parse(&format_of(format)?)?);
        self.size.set(layout.size as isize);
        self.count.set(layout.count as isize);
        self.layout.replace(Some(layout));
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let format = Bytes::new(&self.layout()?.format);
        let text = Str::new(&String::from_utf8_lossy(format.as_slice())).repr()?;
        Ok(format!("{}({text})", self.ty().name()))
    }

    /// struct format string
    #[getter]
    fn format(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.layout()?.format).into_owned())
    }

    /// struct size in bytes
    #[getter]
    fn size(&self) -> isize {
        self.layout.borrow().as_ref().map_or(-1, |layout| layout.size as isize)
    }

    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.
    #[method(signature = "($self, /, *values)", hidden_signature)]
    fn pack(&self, values: &[&Object]) -> Result<Vec<u8>> {
        pack_with(&*self.layout()?, values)
    }

    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at offset.
    #[method(signature = "($self, /, *arguments)", hidden_signature)]
    fn pack_into(&self, arguments: &[&Object]) -> Result<()> {
        pack_into_with(&*self.layout()?, arguments)
    }

    /// Return a tuple containing unpacked values.
    ///
    /// The size of the buffer must be the struct's.
    #[method(signature = "($self, buffer, /)")]
    fn unpack(&self, buffer: &Object) -> Result<Ref<Tuple>> {
        let layout = self.layout()?;
        unpack_with(&layout, &BytesLike::of(buffer)?)
    }

    /// Return a tuple containing unpacked values, from an offset in the buffer.
    #[method(signature = "($self, /, buffer, offset=0)")]
    fn unpack_from(&self, buffer: &Object, offset: isize) -> Result<Ref<Tuple>> {
        let layout = self.layout()?;
        unpack_from_with(&layout, &BytesLike::of(buffer)?, offset)
    }

    /// Return an iterator yielding tuples.
    ///
    /// The size of the buffer must be a multiple of the struct's.
    #[method(signature = "($self, buffer, /)")]
    fn iter_unpack(&self, buffer: &Object) -> Result<Ref<UnpackIterator>> {
        iterate(self.layout()?, buffer)
    }

    /// S.__sizeof__() -> size of S in memory, in bytes
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> Result<usize> {
        // As CPython's: 32 bytes for each code, and one at the end.
        Ok(56 + (self.layout()?.codes.len() + 1) * 32)
    }
}

/// What `iter_unpack` gives.
#[class(name = "_struct.unpack_iterator", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct UnpackIterator {
    head: Object,
    layout: Rc<Layout>,
    buffer: RefCell<Option<Buffer>>,
    position: Cell<usize>,
}

#[methods]
impl UnpackIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        let start = self.position.get();
        let end = start + self.layout.size;
        // Nothing that is unpacked runs code.
        let item = match &*self.buffer.borrow() {
            Some(buffer) => buffer.as_slice().get(start..end).map(|bytes| self.layout.unpack(bytes)),
            None => return None,
        };
        if item.is_some() {
            self.position.set(end);
        } else {
            let buffer = self.buffer.take();
            drop(buffer);
        }
        item.map(Ref::into_object)
    }

    #[method(name = "__length_hint__", signature = "($self, /)", doc = "")]
    fn length_hint(&self) -> usize {
        let length = self.buffer.borrow().as_ref().map_or(0, |buffer| buffer.as_slice().len());
        length.saturating_sub(self.position.get()) / self.layout.size
    }
}

/// Clear the internal cache.
#[function(name = "_clearcache", signature = "($module, /)")]
fn clear_cache(_module: &Module) {
    state().layouts.borrow_mut().clear();
}

/// Return size in bytes of the struct described by the format string.
#[function(signature = "($module, format, /)")]
fn calcsize(_module: &Module, format: &Object) -> Result<usize> {
    Ok(layout_of(format)?.size)
}

fn split_format<'a>(args: &'a [&'a Object]) -> Result<(Rc<Layout>, &'a [&'a Object])> {
    match args {
        [format, rest @ ..] => Ok((layout_of(format)?, rest)),
        [] => Err(raise!(TypeError, "missing format argument")),
    }
}

/// pack(format, v1, v2, ...) -> bytes
///
/// The values as bytes, laid out as format says.
#[function(signature = "(*args)", hidden_signature)]
fn pack(args: &[&Object]) -> Result<Vec<u8>> {
    let (layout, values) = split_format(args)?;
    pack_with(&layout, values)
}

/// pack_into(format, buffer, offset, v1, v2, ...)
///
/// Pack the values v1, v2, ... according to the format string and write
/// the packed bytes into the writable buffer buf starting at offset.
#[function(signature = "(*args)", hidden_signature)]
fn pack_into(args: &[&Object]) -> Result<()> {
    let (layout, rest) = split_format(args)?;
    pack_into_with(&layout, rest)
}

/// Return a tuple containing values unpacked according to the format string.
///
/// The buffer's size in bytes must be calcsize(format).
#[function(signature = "($module, format, buffer, /)")]
fn unpack(_module: &Module, format: &Object, buffer: &Object) -> Result<Ref<Tuple>> {
    let layout = layout_of(format)?;
    unpack_with(&layout, &BytesLike::of(buffer)?)
}

/// Return a tuple containing values unpacked according to the format string, from an offset in the buffer.
#[function(signature = "($module, format, /, buffer, offset=0)")]
fn unpack_from(_module: &Module, format: &Object, buffer: &Object, offset: isize) -> Result<Ref<Tuple>> {
    let layout = layout_of(format)?;
    unpack_from_with(&layout, &BytesLike::of(buffer)?, offset)
}

/// Return an iterator yielding tuples unpacked from the given bytes according to the format string.
#[function(signature = "($module, format, buffer, /)")]
fn iter_unpack(_module: &Module, format: &Object, buffer: &Object) -> Result<Ref<UnpackIterator>> {
    iterate(layout_of(format)?, buffer)
}

fn exec(module: &Module) -> Result<()> {
    let error = match state().error.get() {
        Some(error) => error,
        None => {
            let class = new_exception("struct", "error", None)?;
            state().error.set(Some(class.clone()));
            class
        }
    };
    module.dict().insert_str(intern!("error"), &error)
}

module! {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct.\nThe format string describes the layout of data in the C struct: see the documentation of struct.",
    functions: [clear_cache, calcsize, iter_unpack, pack, pack_into, unpack, unpack_from],
    classes: [Struct],
    exec: exec,
}

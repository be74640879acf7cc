//! `bytearray`: its constructor, operators and what changes it.

use super::ByteArray;
use super::iterator::ByteArrayIterator;
use crate::memory;
use crate::native::buffer;
use crate::objects::byte_methods::{
    self, Bound, ByteString, ByteValue, Fill, Sub, Subscript, byte_value, pieces, shared_methods,
};
use crate::objects::exceptions;
use crate::prelude::*;

impl ByteString for ByteArray {
    const NAME: &'static str = "bytearray";

    fn bytes(&self) -> &[u8] {
        // SAFETY: so many bytes are used.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }

    fn make(bytes: &[u8]) -> Result {
        ByteArray::try_new(bytes).map(Ref::into_object)
    }

    fn same(&self) -> Result {
        ByteArray::make(self.bytes())
    }
}

shared_methods!(ByteArray);

/// Keeps a bytearray from being resized.
pub struct Export<'a>(&'a ByteArray);

impl<'a> Export<'a> {
    pub fn new(array: &'a ByteArray) -> Export<'a> {
        array.exports.set(array.exports.get() + 1);
        Export(array)
    }
}

impl Drop for Export<'_> {
    fn drop(&mut self) {
        self.0.exports.set(self.0.exports.get() - 1);
    }
}

impl ByteArray {
    /// The bytes of a value that is assigned to a slice.
    fn assigned_bytes(value: &Object) -> Result<Vec<u8>> {
        if let Some(array) = value.downcast::<ByteArray>() {
            return Ok(array.to_vec());
        }
        let ty = value.ty();
        let is_number = ty.nb_index().is_some() || ty.nb_int().is_some() || ty.nb_float().is_some();
        if is_number || value.downcast::<Str>().is_some() {
            return Err(raise!(
                TypeError,
                "can assign only bytes, buffers, or iterables of ints in range(0, 256)"
            ));
        }
        ByteArray::bytes_of(value)
    }

    /// The bytes of a buffer or an iterable.
    fn bytes_of(value: &Object) -> Result<Vec<u8>> {
        if value.ty().bf_getbuffer().is_some() {
            return buffer::contiguous_copy(value);
        }
        let iterator = match value.iter() {
            Ok(iterator) => iterator,
            Err(raised) if raised.matches(&exceptions::TypeError) => {
                raised.clear();
                let kind = value.ty().full_name();
                return Err(raise!(TypeError, "cannot convert '{kind}' object to bytearray"));
            }
            Err(raised) => return Err(raised),
        };
        let hint = value.length_hint(32)?;
        byte_methods::collect_items(&iterator, "byte must be in range(0, 256)", hint)
    }

    fn reduced(&self, protocol: isize) -> Result {
        let state = self.get_attr_opt(intern!("__dict__"))?.unwrap_or_else(none);
        let class = self.ty().to_ref();
        if protocol < 3 {
            if self.is_empty() {
                return (class, Tuple::empty(), state).into_result();
            }
            let text = Str::from_code_points(self.to_vec().into_iter().map(u32::from));
            return (class, (text, "latin-1"), state).into_result();
        }
        if self.is_empty() {
            return (class, Tuple::empty(), state).into_result();
        }
        (class, (self.to_vec(),), state).into_result()
    }
}

#[methods(parts(shared))]
impl ByteArray {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<ByteArray> {
        ByteArray::empty_in(class)
    }

    #[init(hidden_signature, signature = "(source=b'', encoding='utf-8', errors='strict')")]
    fn init(&self, source: Option<&Object>, encoding: Option<&str>, errors: Option<&str>) -> Result<()> {
        if !self.is_empty() {
            self.resize(0)?;
        }
        let text = source.and_then(|source| source.downcast::<Str>());
        if let Some(text) = text {
            let Some(encoding) = encoding else {
                return Err(raise!(TypeError, "string argument without an encoding"));
            };
            let bytes = byte_methods::encode_argument(text, encoding, errors)?;
            return self.append_slice(bytes.as_slice());
        }
        if encoding.is_some() {
            return Err(raise!(TypeError, "encoding without a string argument"));
        }
        if errors.is_some() {
            return Err(raise!(TypeError, "errors without a string argument"));
        }
        let Some(source) = source else { return Ok(()) };
        if source.ty().nb_index().is_some() {
            match source.to_isize_index(&exceptions::OverflowError) {
                Ok(size) if size < 0 => return Err(raise!(ValueError, "negative count")),
                Ok(size) => {
                    self.resize(size as usize)?;
                    // SAFETY: so many bytes are used.
                    unsafe { self.data().write_bytes(0, if self.is_empty() { 0 } else { self.len() }) };
                    return Ok(());
                }
                Err(raised) if raised.matches(&exceptions::TypeError) => raised.clear(),
                Err(raised) => return Err(raised),
            }
        }
        if source.is_same(self) {
            return Ok(());
        }
        let bytes = ByteArray::bytes_of(source)?;
        self.append_slice(&bytes)
    }

    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the object is a bytearray whose count has come to zero; its block is its own.
        unsafe {
            memory::free((*(object as *const ByteArray)).block.get());
            crate::native::class::free(object.cast());
        }
    }

    /// Return the number of bytes actually allocated.
    #[method(name = "__alloc__", signature = "($self, /)")]
    fn allocated(&self) -> usize {
        self.alloc.get()
    }

    /// Returns the size of the bytearray object in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(&self) -> usize {
        self.ty().raw.tp_basicsize.get() as usize + self.alloc.get()
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result {
        self.reduced(2)
    }

    /// Return state information for pickling.
    #[method(name = "__reduce_ex__", signature = "($self, proto=0, /)")]
    fn reduce_ex(&self, proto: Option<i32>) -> Result {
        self.reduced(proto.unwrap_or(0) as isize)
    }

    /// Concatenate any number of bytes/bytearray objects.
    ///
    /// The bytearray whose method is called is inserted in between each pair.
    ///
    /// The result is returned as a new bytearray object.
    #[method(signature = "($self, iterable_of_bytes, /)")]
    fn join(&self, iterable_of_bytes: &Object) -> Result {
        let _export = Export::new(self);
        let items = iterable_of_bytes.collect_or("can only join an iterable")?;
        ByteArray::make(&pieces::join(self.bytes(), &items)?)
    }

    /// Add a byte at the end.
    #[method(signature = "($self, item, /)")]
    fn append(&self, item: ByteValue) -> Result<()> {
        let len = self.len();
        self.resize(len + 1)?;
        self.write(len, &[item.0]);
        Ok(())
    }

    /// Remove all items from the bytearray.
    #[method(signature = "($self, /)")]
    fn clear(&self) -> Result<()> {
        self.resize(0)
    }

    /// Return a copy of B.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result {
        self.same()
    }

    /// Add the bytes of an iterable at the end.
    #[method(signature = "($self, iterable_of_ints, /)")]
    fn extend(&self, iterable_of_ints: &Object) -> Result<()> {
        if iterable_of_ints.ty().bf_getbuffer().is_some() {
            let bytes = ByteArray::assigned_bytes(iterable_of_ints)?;
            return self.append_slice(&bytes);
        }
        let iterator = match iterable_of_ints.iter() {
            Ok(iterator) => iterator,
            Err(raised) if raised.matches(&exceptions::TypeError) => {
                raised.clear();
                let kind = iterable_of_ints.ty().full_name();
                return Err(raise!(TypeError, "can't extend bytearray with {kind}"));
            }
            Err(raised) => return Err(raised),
        };
        let hint = iterable_of_ints.length_hint(32)?;
        let mut bytes = Vec::with_capacity(hint.min(1 << 20));
        while let Some(item) = iterator.iter_next()? {
            match byte_value(&item) {
                Ok(byte) => bytes.push(byte),
                Err(raised)
                    if raised.matches(&exceptions::TypeError)
                        && iterable_of_ints.downcast::<Str>().is_some() =>
                {
                    raised.clear();
                    let kind = iterable_of_ints.ty().full_name();
                    return Err(raise!(TypeError, "expected iterable of integers; got: '{kind}'"));
                }
                Err(raised) => return Err(raised),
            }
        }
        self.append_slice(&bytes)
    }

    /// Put a byte before the one at index.
    #[method(signature = "($self, index, item, /)")]
    fn insert(&self, index: isize, item: ByteValue) -> Result<()> {
        let len = self.len();
        let index = if index < 0 { index.saturating_add_unsigned(len).max(0) } else { index };
        self.splice((index as usize).min(len), 0, &[item.0])
    }

    /// Take the byte at index out (by default the last one) and return it.
    #[method(signature = "($self, index=-1, /)")]
    fn pop(&self, index: isize) -> Result<i64> {
        if self.is_empty() {
            return Err(raise!(IndexError, "pop from empty bytearray"));
        }
        let Some(index) = byte_methods::place(index, self.len()) else {
            return Err(raise!(IndexError, "pop index out of range"));
        };
        let byte = self.bytes()[index];
        self.splice(index, 1, &[])?;
        Ok(byte.into())
    }

    /// Take the first byte of that value out; ValueError if there is none.
    #[method(signature = "($self, value, /)")]
    fn remove(&self, value: ByteValue) -> Result<()> {
        match memchr::memchr(value.0, self.bytes()) {
            Some(index) => self.splice(index, 1, &[]),
            None => Err(raise!(ValueError, "value not found in bytearray")),
        }
    }

    #[method(
        name = "resize",
        signature = "($self, size, /)",
        doc = "Make it size bytes long: cut it, or add zeros."
    )]
    fn resize_method(&self, size: isize) -> Result<()> {
        match usize::try_from(size) {
            Ok(size) => self.resize(size).map(|()| {
                // What was there before it shrank is no part of it.
            }),
            Err(_) => Err(raise!(ValueError, "Can only resize to positive sizes, got {size}")),
        }
    }

    /// Reverse the order of the values in B in place.
    #[method(signature = "($self, /)")]
    fn reverse(&self) {
        let mut bytes = self.to_vec();
        bytes.reverse();
        self.write(0, &bytes);
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let mut bytes = byte_methods::repr(self.bytes());
        if bytes.starts_with("b\"") {
            // Other than for bytes: single quotes are escaped whatever the quotes around.
            bytes = bytes.replace('\'', "\\'");
        }
        format!("{}({bytes})", self.ty().name())
    }

    #[slot]
    fn tp_str(&self) -> Result<String> {
        byte_methods::warn_str("bytearray")?;
        Ok(self.tp_repr())
    }

    #[slot]
    fn tp_iter(&self) -> Ref<ByteArrayIterator> {
        ByteArrayIterator::new(self)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        if other.ty().bf_getbuffer().is_none() {
            byte_methods::warn_comparison("bytearray", self, other, op)?;
            return Ok(not_implemented());
        }
        let right = match BytesLike::of(other) {
            Ok(right) => right,
            Err(raised) => {
                raised.clear();
                return Ok(not_implemented());
            }
        };
        Ok(py_bool(op.accepts(self.bytes().cmp(&right))))
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        byte_methods::check_concat(self, other)?;
        let right = BytesLike::of(other)?;
        let result = ByteArray::empty_in(ByteArray::type_object());
        result.resize(self.len() + right.len())?;
        result.write(0, self.bytes());
        result.write(self.len(), &right);
        Ok(result.into_object())
    }

    #[slot]
    fn sq_inplace_concat(&self, other: &Object) -> Result {
        byte_methods::check_concat(self, other)?;
        let right = BytesLike::of(other)?.to_vec();
        self.append_slice(&right)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        ByteArray::make(&byte_methods::repeat(self.bytes(), count)?)
    }

    #[slot]
    fn sq_inplace_repeat(&self, count: isize) -> Result {
        let result = byte_methods::repeat(self.bytes(), count)?;
        self.resize(result.len())?;
        self.write(0, &result);
        Ok(self.to_ref())
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result<i64> {
        match usize::try_from(index).ok().and_then(|index| self.bytes().get(index)) {
            Some(&byte) => Ok(byte.into()),
            None => Err(raise!(IndexError, "bytearray index out of range")),
        }
    }

    #[slot]
    fn sq_ass_item(&self, index: isize, value: Option<&Object>) -> Result<()> {
        let Some(index) = usize::try_from(index).ok().filter(|&index| index < self.len()) else {
            return Err(raise!(IndexError, "bytearray index out of range"));
        };
        self.set_byte(index as isize, value)
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        match Subscript::of(key, "bytearray")? {
            Subscript::Index(index) => match byte_methods::place(index, self.len()) {
                Some(index) => Ok(Int::new(self.bytes()[index].into()).into_object()),
                None => Err(raise!(IndexError, "bytearray index out of range")),
            },
            Subscript::Slice(slice) => {
                let (start, stop, step) = slice.unpack()?;
                let range = crate::objects::slice::adjust(start, stop, step, self.len());
                let bytes = self.bytes();
                if range.step == 1 {
                    let start = range.start as usize;
                    return ByteArray::make(&bytes[start..start + range.length]);
                }
                ByteArray::make(&byte_methods::select(bytes, range))
            }
        }
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        let slice = match Subscript::of(key, "bytearray")? {
            Subscript::Index(index) => {
                let Some(index) = byte_methods::place(index, self.len()) else {
                    return Err(raise!(IndexError, "bytearray index out of range"));
                };
                return self.set_byte(index as isize, value);
            }
            Subscript::Slice(slice) => slice,
        };
        let (start, stop, step) = slice.unpack()?;
        let value = value.map(ByteArray::assigned_bytes).transpose()?;
        let range = crate::objects::slice::adjust(start, stop, step, self.len());
        match value {
            None if range.step == 1 => self.splice(range.start as usize, range.length, &[]),
            None if range.length == 0 => {
                // Nothing is deleted, but an exported array must not be resized.
                self.check_resizable()
            }
            None => {
                self.check_resizable()?;
                let mut selected = vec![false; self.len()];
                range.indices().for_each(|index| selected[index] = true);
                let kept: Vec<u8> = self
                    .bytes()
                    .iter()
                    .zip(selected)
                    .filter_map(|(&byte, selected)| (!selected).then_some(byte))
                    .collect();
                self.resize(kept.len())?;
                self.write(0, &kept);
                Ok(())
            }
            Some(bytes) if range.step == 1 => self.splice(range.start as usize, range.length, &bytes),
            Some(bytes) if bytes.len() != range.length => Err(raise!(
                ValueError,
                "attempt to assign bytes of size {} to extended slice of size {}",
                bytes.len(),
                range.length
            )),
            Some(bytes) => {
                for (index, byte) in range.indices().zip(bytes) {
                    self.write(index, &[byte]);
                }
                Ok(())
            }
        }
    }

    #[slot]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        // SAFETY: the view is the caller's to fill in; while it is lent the memory stays where it is.
        unsafe { buffer::fill_info(view, Some(self), self.data(), self.len(), false, flags)? };
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {
        self.exports.set(self.exports.get() - 1);
    }
}

impl ByteArray {
    /// Sets or deletes the byte at an index; the value's conversion may change the array.
    fn set_byte(&self, index: isize, value: Option<&Object>) -> Result<()> {
        match value {
            None => self.splice(index as usize, 1, &[]),
            Some(value) => {
                let byte = byte_value(value)?;
                if index as usize >= self.len() {
                    return Err(raise!(IndexError, "bytearray index out of range"));
                }
                self.write(index as usize, &[byte]);
                Ok(())
            }
        }
    }
}

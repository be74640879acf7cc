//! `bytes`: its constructor, operators and those methods that bytearray has not.

use super::Bytes;
use super::iterator::BytesIterator;
use crate::native::buffer;
use crate::objects::byte_methods::{self, Bound, ByteString, Fill, Sub, Subscript, pieces, shared_methods};
use crate::objects::exceptions;
use crate::prelude::*;

impl ByteString for Bytes {
    const NAME: &'static str = "bytes";

    fn bytes(&self) -> &[u8] {
        self.as_slice()
    }

    fn make(bytes: &[u8]) -> Result {
        Bytes::try_new(bytes).map(Ref::into_object)
    }

    fn same(&self) -> Result {
        if self.is::<Bytes>() { Ok(self.to_ref()) } else { Bytes::make(self.as_slice()) }
    }
}

shared_methods!(Bytes);

impl Bytes {
    /// `bytes(object)` of what is neither text nor a number nor has `__bytes__`: a buffer or an iterable.
    pub fn from_object(object: &Object) -> Result<Ref<Bytes>> {
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return Ok(Ref::from_borrowed(bytes));
        }
        if object.ty().bf_getbuffer().is_some() {
            return Bytes::try_new(&buffer::contiguous_copy(object)?);
        }
        if object.downcast::<Str>().is_none() {
            match object.iter() {
                Ok(iterator) => {
                    let hint = object.length_hint(64)?;
                    let items =
                        byte_methods::collect_items(&iterator, "bytes must be in range(0, 256)", hint)?;
                    return Bytes::try_new(&items);
                }
                Err(raised) if raised.matches(&exceptions::TypeError) => raised.clear(),
                Err(raised) => return Err(raised),
            }
        }
        Err(raise!(TypeError, "cannot convert '{}' object to bytes", object.ty().full_name()))
    }

    /// What `bytes(source, encoding, errors)` holds.
    fn construct(
        source: Option<&Object>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> Result<Ref<Bytes>> {
        let Some(source) = source else {
            return match (encoding, errors) {
                (Some(_), _) => Err(raise!(TypeError, "encoding without a string argument")),
                (None, Some(_)) => Err(raise!(TypeError, "errors without a string argument")),
                (None, None) => Ok(Bytes::empty()),
            };
        };
        let text = source.downcast::<Str>();
        if let Some(encoding) = encoding {
            return match text {
                Some(text) => byte_methods::encode_argument(text, encoding, errors),
                None => Err(raise!(TypeError, "encoding without a string argument")),
            };
        }
        if errors.is_some() {
            return Err(match text {
                Some(_) => raise!(TypeError, "string argument without an encoding"),
                None => raise!(TypeError, "errors without a string argument"),
            });
        }
        if let Some(result) = source.call_special(intern!("__bytes__"), &[])? {
            return result.cast::<Bytes>().map_err(|result| {
                raise!(TypeError, "__bytes__ returned non-bytes (type {})", result.ty().full_name())
            });
        }
        if text.is_some() {
            return Err(raise!(TypeError, "string argument without an encoding"));
        }
        if source.ty().nb_index().is_some() {
            match source.to_isize_index(&exceptions::OverflowError) {
                Ok(size) if size < 0 => return Err(raise!(ValueError, "negative count")),
                Ok(size) => {
                    let (bytes, data) = Bytes::allocate(size as usize)?;
                    // SAFETY: there is room for so many.
                    unsafe { std::ptr::write_bytes(data, 0, size as usize) };
                    return if size < 2 { Bytes::try_new(bytes.as_slice()) } else { Ok(bytes) };
                }
                Err(raised) if raised.matches(&exceptions::TypeError) => raised.clear(),
                Err(raised) => return Err(raised),
            }
        }
        Bytes::from_object(source)
    }
}

#[methods(parts(shared))]
impl Bytes {
    #[new(hidden_signature, signature = "(source=b'', encoding='utf-8', errors='strict')")]
    fn tp_new(
        class: &Type,
        source: Option<&Object>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> Result<Ref<Self>> {
        let bytes = Bytes::construct(source, encoding, errors)?;
        if std::ptr::eq(class, Bytes::type_object()) {
            return Ok(bytes);
        }
        Bytes::new_in(class, bytes.as_slice())
    }

    #[method(name = "__getnewargs__", signature = "($self, /)", doc = "")]
    fn getnewargs(&self) -> (&[u8],) {
        (self.as_slice(),)
    }

    /// Convert this value to exact type bytes.
    #[method(name = "__bytes__", signature = "($self, /)")]
    fn dunder_bytes(&self) -> Result {
        self.same()
    }

    /// The bytes of an iterable of bytes-like objects in one, with these between them.
    ///
    /// Example: b'-'.join([b'1', b'2']) -> b'1-2'.
    #[method(signature = "($self, iterable_of_bytes, /)")]
    fn join(&self, iterable_of_bytes: &Object) -> Result {
        let items = iterable_of_bytes.collect_or("can only join an iterable")?;
        if let [item] = &items[..]
            && item.is::<Bytes>()
        {
            return Ok(item.clone());
        }
        Bytes::make(&pieces::join(self.as_slice(), &items)?)
    }

    #[slot]
    fn tp_repr(&self) -> String {
        byte_methods::repr(self.as_slice())
    }

    #[slot]
    fn tp_str(&self) -> Result<String> {
        crate::objects::byte_methods::warn_str("bytes")?;
        Ok(byte_methods::repr(self.as_slice()))
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        self.hash_value()
    }

    #[slot]
    fn tp_iter(&self) -> Ref<BytesIterator> {
        BytesIterator::new(self)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Bytes>() else {
            byte_methods::warn_comparison("bytes", self, other, op)?;
            return Ok(not_implemented());
        };
        Ok(py_bool(op.accepts(self.as_slice().cmp(other.as_slice()))))
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        byte_methods::check_concat(self, other)?;
        if self.is_empty() && other.is::<Bytes>() {
            return Ok(other.to_ref());
        }
        let right = BytesLike::of(other)?;
        if right.is_empty() && self.is::<Bytes>() {
            return Ok(self.to_ref());
        }
        let left = self.as_slice();
        let (result, data) = Bytes::allocate(left.len() + right.len())?;
        // SAFETY: there is room for both.
        unsafe {
            std::ptr::copy_nonoverlapping(left.as_ptr(), data, left.len());
            std::ptr::copy_nonoverlapping(right.as_ptr(), data.add(left.len()), right.len());
        }
        if result.len() < 2 { Bytes::make(result.as_slice()) } else { Ok(result.into_object()) }
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        if count == 1 && self.is::<Bytes>() {
            return Ok(self.to_ref());
        }
        Bytes::make(&byte_methods::repeat(self.as_slice(), count)?)
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result<i64> {
        match usize::try_from(index).ok().and_then(|index| self.as_slice().get(index)) {
            Some(&byte) => Ok(byte.into()),
            None => Err(raise!(IndexError, "index out of range")),
        }
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        let bytes = self.as_slice();
        match Subscript::of(key, "byte")? {
            Subscript::Index(index) => match byte_methods::place(index, bytes.len()) {
                Some(index) => Ok(Int::new(bytes[index].into()).into_object()),
                None => Err(raise!(IndexError, "index out of range")),
            },
            Subscript::Slice(slice) => {
                let range = slice.resolve(bytes.len())?;
                if range.is_whole(bytes.len()) {
                    return self.same();
                }
                if range.step == 1 {
                    let start = range.start as usize;
                    return Bytes::make(&bytes[start..start + range.length]);
                }
                Bytes::make(&byte_methods::select(bytes, range))
            }
        }
    }

    #[slot]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        let bytes = self.as_slice();
        // SAFETY: the view is the caller's to fill in; the bytes never change.
        unsafe { buffer::fill_info(view, Some(self), bytes.as_ptr().cast_mut(), bytes.len(), true, flags) }
    }
}

//! `array`: sequences of numbers or characters as machine words.

use std::cell::{Cell, RefCell};

use runtime::errors::no_memory;
use runtime::native::abi;
use runtime::native::args::kind_of;
use runtime::objects::bytearray::ByteArray;
use runtime::objects::exceptions::{DeprecationWarning, IndexError};
use runtime::objects::generic_alias::GenericAlias;
use runtime::objects::slice::Slice;
use runtime::objects::str::construct;
use runtime::objects::tuple::{Bound, clamp_bounds, normalize_index};
use runtime::prelude::*;

mod items;
mod iterator;
mod pickling;

use items::{CODES, Kind};
use iterator::ArrayIterator;

/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// Arrays represent basic values and behave very much like lists, except
/// the type of objects stored in them is constrained. The type is specified
/// at object creation time by using a type code, which is a single character:
/// b, B (8 bits), h, H (16), i, I (32), l, L, q, Q (64; capitals unsigned),
/// f, d (floats), u, w (characters).
#[class(name = "array.array", flags(BASETYPE, SEQUENCE))]
#[repr(C)]
pub struct Array {
    head: Object,
    bytes: RefCell<Vec<u8>>,
    kind: Cell<Kind>,
    /// Buffers that are lent: while there are any, the memory stays where it is.
    exports: Cell<isize>,
    /// How many items the lent buffers have: their shape.
    lent_length: Cell<isize>,
    /// Items that there is room for, as CPython counts.
    allocated: Cell<usize>,
    #[weaklist]
    weakrefs: WeakList,
}

#[cold]
fn bad_argument() -> Raised {
    raise!(TypeError, "bad argument type for built-in operation")
}

fn adjust_for_size(size: usize, old: usize) -> usize {
    (size >> 4) + if old < 8 { 3 } else { 7 } + size
}

impl Array {
    fn with(class: &Type, kind: Kind, bytes: Vec<u8>) -> Ref<Array> {
        let allocated = bytes.len() / kind.size();
        Ref::new_in(
            class,
            Array {
                head: Object::HEAD,
                bytes: RefCell::new(bytes),
                kind: Cell::new(kind),
                exports: Cell::new(0),
                lent_length: Cell::new(0),
                allocated: Cell::new(allocated),
                weakrefs: WeakList::new(),
            },
        )
    }

    /// One of the same kind.
    fn like(&self, bytes: Vec<u8>) -> Ref<Array> {
        Array::with(Array::type_object(), self.kind.get(), bytes)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.borrow().len() / self.kind.get().size()
    }

    /// The item at an index, if there is one.
    pub fn item(&self, index: usize) -> Result<Option<Ref>> {
        let (kind, mut word) = (self.kind.get(), [0; 8]);
        let size = kind.size();
        match self.bytes.borrow().get(index * size..(index + 1) * size) {
            Some(bytes) => word[..size].copy_from_slice(bytes),
            None => return Ok(None),
        }
        kind.unpack(&word[..size]).map(Some)
    }

    /// Puts bytes in the place of a range of others.
    fn splice(&self, start: usize, stop: usize, new: &[u8]) -> Result<()> {
        let mut bytes = self.bytes.borrow_mut();
        let size = self.kind.get().size();
        if stop - start != new.len() {
            if self.exports.get() > 0 {
                return Err(raise!(BufferError, "cannot resize an array that is exporting buffers"));
            }
            if new.len() > stop - start && bytes.try_reserve(new.len()).is_err() {
                return Err(no_memory());
            }
            let (old, count) = (bytes.len() / size, (bytes.len() - (stop - start) + new.len()) / size);
            let allocated = self.allocated.get();
            if allocated < count || old >= count + 16 || allocated == 0 {
                self.allocated.set(if count == 0 { 0 } else { adjust_for_size(count, old) });
            }
            bytes.splice(start..stop, new.iter().copied());
        } else {
            bytes[start..stop].copy_from_slice(new);
        }
        Ok(())
    }

    fn append_bytes(&self, new: &[u8]) -> Result<()> {
        let end = self.bytes.borrow().len();
        self.splice(end, end, new)
    }

    fn push(&self, item: &Object) -> Result<()> {
        let kind = self.kind.get();
        let word = kind.pack(item)?;
        self.append_bytes(&word[..kind.size()])
    }

    /// Writes an item at an index that may have gone meanwhile.
    fn put(&self, index: usize, word: [u8; 8]) -> Result<()> {
        let size = self.kind.get().size();
        match self.bytes.borrow_mut().get_mut(index * size..(index + 1) * size) {
            Some(place) => {
                place.copy_from_slice(&word[..size]);
                Ok(())
            }
            None => Err(raise!(IndexError, "array assignment index out of range")),
        }
    }

    fn remove_range(&self, start: usize, stop: usize) -> Result<()> {
        let size = self.kind.get().size();
        self.splice(start * size, stop * size, &[])
    }

    fn snapshot(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    fn extend_from(&self, iterable: &Object) -> Result<()> {
        if let Some(other) = iterable.downcast::<Array>() {
            if other.kind.get() != self.kind.get() {
                return Err(raise!(TypeError, "can only extend with array of same kind"));
            }
            let new = other.snapshot();
            return self.append_bytes(&new);
        }
        iterable.for_each(|item| self.push(&item))
    }

    fn push_all(&self, items: &[Ref]) -> Result<()> {
        items.iter().try_for_each(|item| self.push(item))
    }

    fn append_text(&self, text: &Str) -> Result<()> {
        let bytes: Vec<u8> = text.code_points().flat_map(u32::to_le_bytes).collect();
        self.append_bytes(&bytes)
    }

    fn append_buffer(&self, buffer: &Object) -> Result<()> {
        let buffer = Buffer::of(buffer)?;
        if buffer.view().itemsize != 1 {
            return Err(raise!(TypeError, "a bytes-like object is required"));
        }
        let new = buffer.as_slice().to_vec();
        drop(buffer);
        if !new.len().is_multiple_of(self.kind.get().size()) {
            return Err(raise!(ValueError, "bytes length not a multiple of item size"));
        }
        self.append_bytes(&new)
    }

    fn text(&self) -> Result<Ref<Str>> {
        if !self.kind.get().is_text() {
            return Err(raise!(
                ValueError,
                "tounicode() may only be called on unicode type arrays ('u' or 'w')"
            ));
        }
        let bytes = self.snapshot();
        if self.kind.get().code() == 'w' {
            return construct::decode(&Bytes::new(&bytes), Some("utf-32-le"), Some("strict"));
        }
        let points: Vec<u32> =
            bytes.as_chunks::<4>().0.iter().map(|&word| u32::from_le_bytes(word)).collect();
        if let Some(point) = points.iter().find(|&&point| point > 0x10_ffff) {
            return Err(raise!(ValueError, "character U+{point:x} is not in range [U+0000; U+10ffff]"));
        }
        Ok(Str::from_code_points(points.into_iter()))
    }

    fn list(&self) -> Result<Ref<List>> {
        let mut items = Vec::with_capacity(self.len());
        while let Some(item) = self.item(items.len())? {
            items.push(item);
        }
        Ok(List::from_vec(items))
    }

    fn repeated(&self, count: isize) -> Result<Vec<u8>> {
        let bytes = self.bytes.borrow();
        let count = if bytes.is_empty() { 0 } else { count.max(0) as usize };
        let total = bytes.len().checked_mul(count).filter(|&total| total <= isize::MAX as usize);
        let Some(total) = total else { return Err(no_memory()) };
        let mut result = Vec::new();
        if result.try_reserve_exact(total).is_err() {
            return Err(no_memory());
        }
        for _ in 0..count {
            result.extend_from_slice(&bytes);
        }
        Ok(result)
    }

    fn assign_slice(&self, slice: &Slice, value: Option<&Object>) -> Result<()> {
        let size = self.kind.get().size();
        let new = match value {
            None => Vec::new(),
            Some(value) => match value.downcast::<Array>() {
                Some(other) if other.kind.get() != self.kind.get() => return Err(bad_argument()),
                Some(other) => other.snapshot(),
                None => {
                    let name = value.ty().full_name();
                    return Err(raise!(TypeError, "can only assign array (not \"{name}\") to array slice"));
                }
            },
        };
        let range = slice.resolve(self.len())?;
        let (start, stop) = (range.start as usize, range.stop.max(range.start) as usize);
        if range.step == 1 {
            return self.splice(start * size, stop * size, &new);
        }
        if value.is_some() {
            if new.len() != range.length * size {
                return Err(raise!(
                    ValueError,
                    "attempt to assign array of size {} to extended slice of size {}",
                    new.len() / size,
                    range.length
                ));
            }
            let mut bytes = self.bytes.borrow_mut();
            for (index, item) in range.indices().zip(new.chunks_exact(size)) {
                bytes[index * size..(index + 1) * size].copy_from_slice(item);
            }
            return Ok(());
        }
        let mut indices: Vec<usize> = range.indices().collect();
        if indices.is_empty() {
            return Ok(());
        }
        indices.sort_unstable();
        let old = self.snapshot();
        let mut gone = indices.into_iter().peekable();
        let kept: Vec<u8> = old
            .chunks_exact(size)
            .enumerate()
            .filter(|(index, _)| gone.next_if_eq(index).is_none())
            .flat_map(|(_, item)| item.iter().copied())
            .collect();
        self.splice(0, old.len(), &kept)
    }
}

#[methods(parts(sequence))]
impl Array {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let own_init = class.raw.tp_init.get().map(|slot| slot as usize);
        let plain_init = Array::type_object().raw.tp_init.get().map(|slot| slot as usize);
        if !kwargs.is_empty() && own_init == plain_init {
            return Err(raise!(TypeError, "array.array() takes no keyword arguments"));
        }
        let (typecode, initial) = match *args {
            [] => return Err(raise!(TypeError, "array() takes at least 1 argument (0 given)")),
            [typecode] => (typecode, None),
            [typecode, initial] => (typecode, Some(initial)),
            _ => {
                let count = args.len();
                return Err(raise!(TypeError, "array() takes at most 2 arguments ({count} given)"));
            }
        };
        let Some(text) = typecode.downcast::<Str>() else {
            let name = kind_of(typecode);
            return Err(raise!(TypeError, "array() argument 1 must be a unicode character, not {name}"));
        };
        if text.len() != 1 {
            let length = text.len();
            return Err(raise!(
                TypeError,
                "array() argument 1 must be a unicode character, not a string of length {length}"
            ));
        }
        let shown = Str::from_char(text.char_at(0));
        let nothing = none();
        runtime::modules::sys::audit("array.__new__", &[&shown, initial.unwrap_or(&nothing)])?;
        let is_text = matches!(text.char_at(0), 0x75 | 0x77);
        if let Some(initial) = initial.filter(|_| !is_text) {
            let what = if initial.downcast::<Str>().is_some() {
                Some("str")
            } else {
                let array = initial.downcast::<Array>();
                array.filter(|array| array.kind.get().is_text()).map(|_| "unicode array")
            };
            if let Some(what) = what {
                return Err(raise!(
                    TypeError,
                    "cannot use a {what} to initialize an array with typecode '{shown}'"
                ));
            }
        }
        // What is no known container is asked for its iterator before the type code is judged.
        let known = |initial: &Object| {
            initial.downcast::<List>().is_some()
                || initial.downcast::<Tuple>().is_some()
                || initial.downcast::<Bytes>().is_some()
                || initial.downcast::<ByteArray>().is_some()
                || (is_text && initial.downcast::<Str>().is_some())
                || initial
                    .downcast::<Array>()
                    .is_some_and(|array| array.kind.get().code() as u32 == text.char_at(0))
        };
        let iterator = match initial {
            Some(initial) if !known(initial) => Some(initial.iter()?),
            _ => None,
        };
        let Some(kind) = Kind::of(text.char_at(0)) else {
            return Err(raise!(
                ValueError,
                "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"
            ));
        };
        if kind.code() == 'u' {
            let message = "The 'u' type code is deprecated and will be removed in Python 3.16";
            runtime::warnings::warn(&DeprecationWarning, message, 1)?;
        }
        let array = Array::with(class, kind, Vec::new());
        match (iterator, initial) {
            (Some(iterator), _) => {
                while let Some(item) = iterator.iter_next()? {
                    array.push(&item)?;
                }
            }
            (None, None) => {}
            (None, Some(initial)) => {
                if let Some(text) = initial.downcast::<Str>() {
                    array.append_text(text)?;
                } else if let Some(other) = initial.downcast::<Array>() {
                    array.append_bytes(&other.snapshot())?;
                } else if let Some(list) = initial.downcast::<List>() {
                    array.push_all(&list.to_vec())?;
                } else if let Some(tuple) = initial.downcast::<Tuple>() {
                    array.push_all(tuple.as_slice())?;
                } else {
                    array.append_buffer(initial)?;
                    return Ok(array);
                }
                array.allocated.set(array.len());
            }
        }
        Ok(array)
    }

    /// the typecode character used to create the array
    #[getter]
    fn typecode(&self) -> char {
        self.kind.get().code()
    }

    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(&self) -> usize {
        self.kind.get().size()
    }

    /// Append new value v to the end of the array.
    #[method(signature = "($self, v, /)")]
    fn append(&self, v: &Object) -> Result<()> {
        self.push(v)
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    #[method(signature = "($self, /)")]
    fn buffer_info(&self) -> (usize, usize) {
        (self.bytes.borrow().as_ptr() as usize, self.len())
    }

    /// Byteswap all items of the array.
    #[method(signature = "($self, /)")]
    fn byteswap(&self) {
        let size = self.kind.get().size();
        self.bytes.borrow_mut().chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }

    /// Remove all items from the array.
    #[method(signature = "($self, /)")]
    fn clear(&self) -> Result<()> {
        self.remove_range(0, self.len())
    }

    /// Return a copy of the array.
    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy(&self) -> Ref<Array> {
        self.like(self.snapshot())
    }

    /// Return a copy of the array.
    #[method(name = "__deepcopy__", signature = "($self, unused, /)")]
    fn deepcopy(&self, _unused: &Object) -> Ref<Array> {
        self.like(self.snapshot())
    }

    /// Return number of occurrences of v in the array.
    #[method(signature = "($self, v, /)")]
    fn count(&self, v: &Object) -> Result<usize> {
        let (mut index, mut count) = (0, 0);
        while let Some(item) = self.item(index)? {
            count += usize::from(item.rich_compare_bool(v, CompareOp::Eq)?);
            index += 1;
        }
        Ok(count)
    }

    /// Append items to the end of the array.
    #[method(signature = "($self, bb, /)")]
    fn extend(&self, bb: &Object) -> Result<()> {
        self.extend_from(bb)
    }

    /// Add the items whose machine bytes these are.
    #[method(signature = "($self, buffer, /)")]
    fn frombytes(&self, buffer: &Object) -> Result<()> {
        self.append_buffer(buffer)
    }

    /// Read n objects from the file object f and append them to the end of the array.
    #[method(signature = "($self, f, n, /)")]
    fn fromfile(&self, f: &Object, n: isize) -> Result<()> {
        if n < 0 {
            return Err(raise!(ValueError, "negative count"));
        }
        let Some(size) = n.checked_mul(self.kind.get().size() as isize) else { return Err(no_memory()) };
        let read = f.call_method(intern!("read"), &[&Int::new(size as i64)])?;
        let Some(bytes) = read.downcast::<Bytes>() else {
            return Err(raise!(TypeError, "read() didn't return bytes"));
        };
        self.append_buffer(&read)?;
        if bytes.len() != size as usize {
            return Err(raise!(EOFError, "read() didn't return enough bytes"));
        }
        Ok(())
    }

    /// Append items to array from list.
    #[method(signature = "($self, list, /)")]
    fn fromlist(&self, list: &Object) -> Result<()> {
        let Some(list) = list.downcast::<List>() else { return Err(raise!(TypeError, "arg must be list")) };
        let (kind, count) = (self.kind.get(), list.len());
        let mut new = Vec::with_capacity(count * kind.size());
        for index in 0..count {
            let Some(item) = list.get(index) else { break };
            new.extend_from_slice(&kind.pack(&item)?[..kind.size()]);
            if list.len() != count {
                return Err(raise!(RuntimeError, "list changed size during iteration"));
            }
        }
        self.append_bytes(&new)
    }

    /// Extends this array with data from the unicode string ustr.
    #[method(signature = "($self, ustr, /)")]
    fn fromunicode(&self, ustr: &Str) -> Result<()> {
        if !self.kind.get().is_text() {
            return Err(raise!(
                ValueError,
                "fromunicode() may only be called on unicode type arrays ('u' or 'w')"
            ));
        }
        self.append_text(ustr)
    }

    /// The index of the first item equal to v; ValueError if there is none.
    #[method(signature = "($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(&self, v: &Object, start: Option<Bound>, stop: Option<Bound>) -> Result<usize> {
        let (start, stop) = clamp_bounds(start.map(|bound| bound.0), stop.map(|bound| bound.0), self.len());
        for index in start..stop {
            let Some(item) = self.item(index)? else { break };
            if item.rich_compare_bool(v, CompareOp::Eq)? {
                return Ok(index);
            }
        }
        Err(raise!(ValueError, "array.index(x): x not in array"))
    }

    /// Insert a new item v into the array before position i.
    #[method(signature = "($self, i, v, /)")]
    fn insert(&self, i: isize, v: &Object) -> Result<()> {
        let kind = self.kind.get();
        let word = kind.pack(v)?;
        let length = self.len() as isize;
        let place = if i < 0 { i.saturating_add(length).max(0) } else { i.min(length) } as usize;
        self.splice(place * kind.size(), place * kind.size(), &word[..kind.size()])
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[method(signature = "($self, i=-1, /)")]
    fn pop(&self, i: isize) -> Result {
        if self.len() == 0 {
            return Err(raise!(IndexError, "pop from empty array"));
        }
        let Some(index) = normalize_index(i, self.len()) else {
            return Err(raise!(IndexError, "pop index out of range"));
        };
        let item = self.item(index)?;
        self.remove_range(index, index + 1)?;
        item.ok_or_else(|| raise!(IndexError, "pop index out of range"))
    }

    /// Remove the first occurrence of v in the array.
    #[method(signature = "($self, v, /)")]
    fn remove(&self, v: &Object) -> Result<()> {
        let mut index = 0;
        while let Some(item) = self.item(index)? {
            if item.rich_compare_bool(v, CompareOp::Eq)? {
                return if index < self.len() { self.remove_range(index, index + 1) } else { Ok(()) };
            }
            index += 1;
        }
        Err(raise!(ValueError, "array.remove(x): x not in array"))
    }

    /// Reverse the order of the items in the array.
    #[method(signature = "($self, /)")]
    fn reverse(&self) {
        let size = self.kind.get().size();
        let mut bytes = self.bytes.borrow_mut();
        bytes.reverse();
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }

    /// The machine bytes of all items.
    #[method(signature = "($self, /)")]
    fn tobytes(&self) -> Vec<u8> {
        self.snapshot()
    }

    /// Write all items (as machine values) to the file object f.
    #[method(signature = "($self, f, /)")]
    fn tofile(&self, f: &Object) -> Result<()> {
        let mut start = 0;
        loop {
            let block = {
                let bytes = self.bytes.borrow();
                if start >= bytes.len() {
                    return Ok(());
                }
                Bytes::new(&bytes[start..bytes.len().min(start + 64 * 1024)])
            };
            start += block.len();
            f.call_method(intern!("write"), &[&block])?;
        }
    }

    /// Convert array to an ordinary list with the same items.
    #[method(signature = "($self, /)")]
    fn tolist(&self) -> Result<Ref<List>> {
        self.list()
    }

    /// Convert the array to a unicode string; ValueError if it isn't one of characters.
    #[method(signature = "($self, /)")]
    fn tounicode(&self) -> Result<Ref<Str>> {
        self.text()
    }

    /// Return state information for pickling.
    #[method(name = "__reduce_ex__", signature = "($self, value, /)")]
    fn reduce_ex(&self, value: &Object) -> Result<Ref<Tuple>> {
        let Some(protocol) = value.downcast::<Int>() else {
            return Err(raise!(TypeError, "__reduce_ex__ argument should be an integer"));
        };
        let kind = self.kind.get();
        let dict = self.get_attr_opt(intern!("__dict__"))?.unwrap_or_else(none);
        let (class, code) = (self.ty().to_ref(), Str::from_char(kind.code() as u32).into_object());
        if protocol.to_i64().is_none_or(|protocol| protocol < 3) {
            let arguments = Tuple::pack([code, self.list()?.into_object()]);
            return Ok(Tuple::pack([class, arguments.into_object(), dict]));
        }
        let function = runtime::import::import_attribute("array", intern!("_array_reconstructor"))?;
        let format = Int::new(kind.machine_format() as i64).into_object();
        let arguments = Tuple::pack([class, code, format, Bytes::new(&self.snapshot()).into_object()]);
        Ok(Tuple::pack([function, arguments.into_object(), dict]))
    }

    /// Size of the array in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        64 + self.allocated.get() * self.kind.get().size()
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }
}

#[methods(part = sequence)]
impl Array {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let (name, code) = (self.ty().name(), self.kind.get().code());
        if self.len() == 0 {
            return Ok(Str::from_string(format!("{name}('{code}')")));
        }
        let content = match self.kind.get().is_text() {
            true => self.text()?.repr()?,
            false => self.list()?.repr()?,
        };
        let start = Str::from_string(format!("{name}('{code}', "));
        Str::join_all([&*start, &*content, &*Str::new(")")].into_iter())
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Array>() else { return Ok(not_implemented()) };
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if equality && self.len() != other.len() {
            return Ok(py_bool(op == CompareOp::Ne));
        }
        let kind = self.kind.get();
        if equality && kind == other.kind.get() && !kind.is_float() {
            let equal = *self.bytes.borrow() == *other.bytes.borrow();
            return Ok(py_bool(equal == (op == CompareOp::Eq)));
        }
        let mut index = 0;
        while let (Some(left), Some(right)) = (self.item(index)?, other.item(index)?) {
            if !left.rich_compare_bool(&right, CompareOp::Eq)? {
                return match op {
                    CompareOp::Eq => Ok(py_false()),
                    CompareOp::Ne => Ok(py_true()),
                    _ => left.rich_compare(&right, op),
                };
            }
            index += 1;
        }
        Ok(py_bool(op.accepts(self.len().cmp(&other.len()))))
    }

    #[slot]
    fn tp_iter(&self) -> Ref<ArrayIterator> {
        ArrayIterator::over(self)
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        let item = usize::try_from(index).ok().filter(|&index| index < self.len());
        let item = item.map_or(Ok(None), |index| self.item(index))?;
        item.ok_or_else(|| raise!(IndexError, "array index out of range"))
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if let Some(slice) = key.downcast::<Slice>() {
            let range = slice.resolve(self.len())?;
            let size = self.kind.get().size();
            let bytes = self.bytes.borrow();
            let items = range.indices().flat_map(|i| bytes[i * size..(i + 1) * size].iter().copied());
            return Ok(self.like(items.collect()).into_object());
        }
        if key.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "array indices must be integers"));
        }
        let index = normalize_index(key.to_isize_index(&IndexError)?, self.len());
        self.sq_item(index.map_or(-1, |index| index as isize))
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return self.assign_slice(slice, value);
        }
        if key.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "array indices must be integers"));
        }
        let Some(index) = normalize_index(key.to_isize_index(&IndexError)?, self.len()) else {
            return Err(raise!(IndexError, "array assignment index out of range"));
        };
        match value {
            Some(value) => self.put(index, self.kind.get().pack(value)?),
            None => self.remove_range(index, index + 1),
        }
    }

    #[slot]
    fn sq_ass_item(&self, index: isize, value: Option<&Object>) -> Result<()> {
        let Some(index) = usize::try_from(index).ok().filter(|&index| index < self.len()) else {
            return Err(raise!(IndexError, "array assignment index out of range"));
        };
        match value {
            Some(value) => self.put(index, self.kind.get().pack(value)?),
            None => self.remove_range(index, index + 1),
        }
    }

    #[slot]
    fn sq_contains(&self, value: &Object) -> Result<bool> {
        let mut index = 0;
        while let Some(item) = self.item(index)? {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(true);
            }
            index += 1;
        }
        Ok(false)
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        let Some(array) = other.downcast::<Array>() else {
            let name = other.ty().full_name();
            return Err(raise!(TypeError, "can only append array (not \"{name}\") to array"));
        };
        if array.kind.get() != self.kind.get() {
            return Err(bad_argument());
        }
        let mut bytes = self.snapshot();
        bytes.extend_from_slice(&array.bytes.borrow());
        Ok(self.like(bytes).into_object())
    }

    #[slot]
    fn sq_inplace_concat(&self, other: &Object) -> Result {
        if other.downcast::<Array>().is_none() {
            let name = other.ty().full_name();
            return Err(raise!(TypeError, "can only extend array with array (not \"{name}\")"));
        }
        self.extend_from(other)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        Ok(self.like(self.repeated(count)?).into_object())
    }

    #[slot]
    fn sq_inplace_repeat(&self, count: isize) -> Result {
        let bytes = self.repeated(count)?;
        let end = self.bytes.borrow().len();
        self.splice(0, end, &bytes)?;
        Ok(self.to_ref())
    }

    #[slot]
    #[allow(unsafe_code, reason = "the protocol is C's")]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        if view.is_null() {
            return Err(raise!(BufferError, "array_buffer_getbuf: view==NULL argument is obsolete"));
        }
        let kind = self.kind.get();
        let mut bytes = self.bytes.borrow_mut();
        if bytes.capacity() == 0 {
            // So that there is an address to give.
            bytes.reserve(8);
        }
        let (size, memory) = (bytes.len(), bytes.as_mut_ptr());
        drop(bytes);
        // SAFETY: the view is the caller's; the memory stays where it is while there are exports.
        unsafe {
            runtime::native::buffer::fill_info(view, Some(self), memory, size, false, abi::PyBUF_FULL_RO)?;
            (*view).itemsize = kind.size() as isize;
            (*view).format = match flags & abi::PyBUF_FORMAT {
                0 => std::ptr::null_mut(),
                _ => kind.format().as_ptr().cast_mut(),
            };
            (*view).shape = match flags & abi::PyBUF_ND {
                0 => std::ptr::null_mut(),
                _ => self.lent_length.as_ptr(),
            };
            (*view).strides = match flags & abi::PyBUF_STRIDES == abi::PyBUF_STRIDES {
                false => std::ptr::null_mut(),
                true => &raw mut (*view).itemsize,
            };
        }
        self.lent_length.set((size / kind.size()) as isize);
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {
        self.exports.set(self.exports.get() - 1);
    }
}

/// `array.array` counts as a mutable sequence.
fn register(class: &Type) -> Result<()> {
    let sequence = runtime::import::import_attribute("collections.abc", intern!("MutableSequence"))?;
    sequence.call_method(intern!("register"), &[class]).map(drop)
}

fn exec(module: &Module) -> Result<()> {
    let class = Array::type_object();
    module.dict().insert_str(intern!("ArrayType"), class)?;
    module.dict().insert_str(intern!("typecodes"), &Str::new(CODES))?;
    // CPython's iterator type is made from a spec, which enters its module.
    iterator::ARRAY_ITERATOR_TYPE.ready()?;
    if let Some(dict) = ArrayIterator::type_object().dict() {
        dict.insert_str(intern!("__module__"), intern!("array"))?;
    }
    register(class)
}

module! {
    name: "array",
    doc: "Arrays of numbers and characters of one kind, stored as in C.\n\nThe kind is a letter, the type code: b and B, h and H, i and I, l and L, q and Q\nare integers with and without sign from one byte to eight, f and d floats,\nw (and u, which is deprecated) characters.",
    functions: [pickling::reconstruct],
    classes: [Array],
    exec: exec,
}

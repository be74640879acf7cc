//! `memoryview`: its methods, attributes and operators.

use std::ffi::CStr;

use super::items;
use super::{ManagedBuffer, MemoryView, RELEASED, Using, contiguous_strides};
use crate::native::buffer;
use crate::objects::byte_methods::{self, place};
use crate::objects::exceptions;
use crate::objects::slice::{Slice, SliceRange};
use crate::objects::tuple::Bound;
use crate::prelude::*;

fn not_one_dimensional() -> Raised {
    raise!(NotImplementedError, "multi-dimensional sub-views are not implemented")
}

/// A format as a C string that lives as long as the process, if it is a native one of one item.
fn static_format(code: u8, with_at: bool) -> &'static CStr {
    const TEXTS: &[&CStr] = &[
        c"@c", c"@b", c"@B", c"@?", c"@h", c"@H", c"@i", c"@I", c"@l", c"@L", c"@q", c"@Q", c"@n", c"@N",
        c"@f", c"@d", c"@e", c"@P",
    ];
    let text = TEXTS.iter().find(|text| text.to_bytes()[1] == code).copied().unwrap_or(c"@B");
    if with_at {
        return text;
    }
    // SAFETY: the tail of a C string is one.
    unsafe { CStr::from_ptr(text.as_ptr().add(1)) }
}

impl MemoryView {
    /// The type code of the items; NotImplementedError for others than native ones.
    fn code(&self) -> Result<u8> {
        let format = self.format();
        items::code(format).ok_or_else(|| {
            raise!(
                NotImplementedError,
                "memoryview: format {} not supported",
                String::from_utf8_lossy(format)
            )
        })
    }

    /// The address of an item, by an index an axis, all in range.
    fn address(&self, indices: &[isize]) -> *mut u8 {
        let mut pointer = self.raw().buf as *mut u8;
        for (axis, index) in indices.iter().enumerate() {
            // SAFETY: the indices are in range.
            unsafe {
                pointer = pointer.offset(self.strides()[axis] * index);
                if let Some(suboffsets) = self.suboffsets()
                    && suboffsets[axis] >= 0
                {
                    pointer = (*pointer.cast::<*mut u8>()).offset(suboffsets[axis]);
                }
            }
        }
        pointer
    }

    fn item_at(&self, pointer: *const u8) -> Result {
        match items::code(self.format()) {
            // SAFETY: an item lies there.
            Some(code) => Ok(unsafe { items::unpack(code, pointer) }),
            None => self.unpack_by_struct(pointer),
        }
    }

    /// The item, by the `struct` module: for comparisons of unusual formats.
    fn unpack_by_struct(&self, pointer: *const u8) -> Result {
        let unpack = crate::import::import_module("struct")?.get_attr(intern!("unpack"))?;
        // SAFETY: an item has that size.
        let bytes = unsafe { std::slice::from_raw_parts(pointer, self.raw().itemsize as usize) };
        let format = String::from_utf8_lossy(self.format()).into_owned();
        let items = unpack.call(&[&*Str::from_string(format), &*Bytes::new(bytes)])?;
        match items.downcast::<Tuple>() {
            Some(items) if items.len() == 1 => Ok(items.as_slice()[0].clone()),
            _ => Ok(items),
        }
    }

    /// An index an axis, checked.
    fn locate(&self, indices: &[isize]) -> Result<*mut u8> {
        let mut checked = Vec::with_capacity(indices.len());
        for (axis, (&index, &size)) in indices.iter().zip(self.shape()).enumerate() {
            match place(index, size as usize) {
                Some(index) => checked.push(index as isize),
                None => return Err(raise!(IndexError, "index out of bounds on dimension {}", axis + 1)),
            }
        }
        Ok(self.address(&checked))
    }

    /// The indices in a key that is a tuple of integers, one an axis.
    fn tuple_indices(&self, key: &Object) -> Result<Option<Vec<isize>>> {
        let Some(key) = key.downcast::<Tuple>() else { return Ok(None) };
        if key.as_slice().iter().any(|index| index.ty().nb_index().is_none()) {
            return Ok(None);
        }
        let dimensions = self.shape().len();
        if key.len() < dimensions {
            return Err(raise!(NotImplementedError, "sub-views are not implemented"));
        }
        if key.len() > dimensions {
            let count = key.len();
            return Err(raise!(
                TypeError,
                "cannot index {dimensions}-dimension view with {count}-element tuple"
            ));
        }
        key.as_slice()
            .iter()
            .map(|index| index.to_isize_index(&exceptions::IndexError))
            .collect::<Result<_>>()
            .map(Some)
    }

    fn is_slices(key: &Object) -> bool {
        key.downcast::<Tuple>().is_some_and(|key| {
            !key.as_slice().is_empty() && key.as_slice().iter().all(|part| part.is::<Slice>())
        })
    }

    /// The address that a key names; `None` where it is no key for one item.
    fn find(&self, key: &Object) -> Result<Option<*mut u8>> {
        let dimensions = self.shape().len();
        if dimensions == 0 {
            return match key.downcast::<Tuple>() {
                Some(key) if key.is_empty() => Ok(Some(self.address(&[]))),
                _ => Ok(None),
            };
        }
        if key.ty().nb_index().is_some() {
            let index = key.to_isize_index(&exceptions::IndexError)?;
            self.check()?;
            if dimensions != 1 {
                return Err(not_one_dimensional());
            }
            return match place(index, self.shape()[0] as usize) {
                Some(index) => Ok(Some(self.address(&[index as isize]))),
                None => Err(raise!(IndexError, "index out of bounds on dimension 1")),
            };
        }
        if let Some(indices) = self.tuple_indices(key)? {
            self.check()?;
            return self.locate(&indices).map(Some);
        }
        Ok(None)
    }

    /// The view of a slice along the first axis.
    fn sliced(&self, slice: &Slice) -> Result<Ref<MemoryView>> {
        self.check_unrestricted()?;
        let managed = self.managed()?;
        // Computing the bounds may release this view, but not the buffer: the new one counts already.
        managed.exports.set(managed.exports.get() + 1);
        let range = slice.resolve(self.shape()[0] as usize);
        let sliced = range.and_then(|range| self.sliced_by(managed.clone(), range));
        managed.give_back();
        sliced
    }

    /// The view of the items that a resolved slice stands for.
    fn sliced_by(&self, managed: Ref<ManagedBuffer>, range: SliceRange) -> Result<Ref<MemoryView>> {
        let mut raw = *self.raw();
        let (mut shape, mut strides) = (self.shape().to_vec(), self.strides().to_vec());
        let suboffsets = self.suboffsets().map(<[isize]>::to_vec);
        // Along the first axis the pointers, if there are any, begin later.
        raw.buf = (raw.buf as *mut u8).wrapping_offset(strides[0] * range.start).cast();
        shape[0] = range.length as isize;
        strides[0] *= range.step;
        MemoryView::build(managed, &raw, &shape, &strides, suboffsets.as_deref())
    }

    /// A view of the same shape, of a copy of the items in one piece.
    pub fn contiguous_copy(&self, fortran: bool) -> Result<Ref<MemoryView>> {
        let bytes = Bytes::try_new(&buffer::gather(self.raw(), fortran))?;
        let copy = MemoryView::of(&bytes)?;
        let itemsize = self.raw().itemsize;
        let format = match items::code(self.format()) {
            Some(code) => static_format(code, self.format().first() == Some(&b'@')),
            // Rare, and nobody to own it: the text stays for good.
            None => &*Box::leak(std::ffi::CString::new(self.format()).unwrap_or_default().into_boxed_c_str()),
        };
        let raw = abi::Py_buffer { itemsize, format: format.as_ptr().cast_mut(), ..*copy.raw() };
        let shape = self.shape();
        let mut strides = contiguous_strides(shape, itemsize);
        if fortran {
            strides = shape
                .iter()
                .scan(itemsize, |next, size| {
                    let stride = *next;
                    *next *= size;
                    Some(stride)
                })
                .collect();
        }
        MemoryView::build(copy.managed()?, &raw, shape, &strides, None)
    }

    /// The sizes in a shape for `cast`, which must be a list or tuple; this view or the new one has one dimension.
    fn cast_sizes(&self, shape: &Object) -> Result<Vec<Ref>> {
        let sizes = match (shape.downcast::<List>(), shape.downcast::<Tuple>()) {
            (Some(list), _) => list.to_vec(),
            (None, Some(tuple)) => tuple.as_slice().to_vec(),
            (None, None) => return Err(raise!(TypeError, "shape must be a list or a tuple")),
        };
        let limit = abi::PyBUF_MAX_NDIM;
        if sizes.len() > limit as usize {
            return Err(raise!(ValueError, "memoryview: number of dimensions must not exceed {limit}"));
        }
        if self.shape().len() != 1 && sizes.len() != 1 {
            return Err(raise!(TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        Ok(sizes)
    }

    /// The items as nested lists.
    fn list_of(&self, indices: &mut Vec<isize>) -> Result {
        let axis = indices.len();
        if axis == self.shape().len() {
            return self.item_at(self.address(indices));
        }
        let size = self.shape()[axis];
        let mut items = Vec::with_capacity(size as usize);
        for index in 0..size {
            indices.push(index);
            let item = self.list_of(indices);
            indices.pop();
            items.push(item?);
        }
        Ok(List::from_vec(items).into_object())
    }

    /// The bytes of the items, in C's order.
    fn to_vec(&self) -> Vec<u8> {
        buffer::gather(self.raw(), false)
    }

    fn items(&self) -> Vec<*mut u8> {
        let mut items = Vec::new();
        buffer::for_each_item(self.raw(), false, |item| items.push(item));
        items
    }

    fn equals(&self, other: &MemoryView) -> Result<bool> {
        if self.shape() != other.shape() {
            return Ok(false);
        }
        let codes = (items::code(self.format()), items::code(other.format()));
        if let (Some(left), Some(right)) = codes
            && left == right
            && !matches!(left, b'f' | b'd' | b'e' | b'?')
        {
            return Ok(self.to_vec() == other.to_vec());
        }
        for (left, right) in self.items().into_iter().zip(other.items()) {
            let pair = match (self.item_at(left), other.item_at(right)) {
                (Ok(left), Ok(right)) => (left, right),
                (Err(raised), other) | (other, Err(raised)) => {
                    drop(other.map_err(Raised::clear));
                    raised.clear();
                    return Ok(false);
                }
            };
            if !pair.0.rich_compare(&pair.1, CompareOp::Eq)?.is_true()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn index_tuple(values: &[isize]) -> Ref<Tuple> {
        Tuple::from_vec(values.iter().map(|&value| Int::new(value as i64).into_object()).collect())
    }
}

#[methods]
impl MemoryView {
    #[new(signature = "(object)")]
    fn tp_new(_class: &Type, object: &Object) -> Result<Ref<Self>> {
        MemoryView::of(object)
    }

    /// Create a new memoryview object which references the given object.
    #[classmethod(signature = "($type, /, object, flags)")]
    fn _from_flags(_class: &Type, object: &Object, flags: i32) -> Result<Ref<MemoryView>> {
        MemoryView::of_flags(object, flags)
    }

    /// memoryviews are generic over the type of their underlying data
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        crate::objects::generic_alias::GenericAlias::new(class, object).map(Ref::into_object)
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[method(signature = "($self, /)")]
    fn release(&self) -> Result<()> {
        self.release_now()
    }

    #[method(name = "__enter__", signature = "($self, /)", doc = "")]
    fn enter(&self) -> Result {
        self.check()?;
        Ok(self.to_ref())
    }

    /// Release the underlying buffer exposed by the memoryview object.
    #[method(name = "__exit__", signature = "($self, /, *exc_info)")]
    fn exit(&self, exc_info: &[&Object]) -> Result<()> {
        let _ = exc_info;
        self.release_now()
    }

    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}. When order is 'C' or 'F', the data of the
    /// original array is converted to C or Fortran order. For contiguous views,
    /// 'A' returns an exact copy of the physical memory. In particular, in-memory
    /// Fortran order is preserved. For non-contiguous views, the data is converted
    /// to C first. order=None is the same as order='C'.
    #[method(signature = "($self, /, order='C')")]
    fn tobytes(&self, order: Option<&Object>) -> Result<Vec<u8>> {
        let order = match order.filter(|order| !order.is_none()) {
            None => "C",
            Some(order) => match order.downcast::<Str>() {
                Some(order) => order.to_utf8()?,
                None => {
                    return Err(raise!(
                        TypeError,
                        "tobytes() argument 'order' must be str or None, not {}",
                        crate::native::args::kind_of(order)
                    ));
                }
            },
        };
        self.check()?;
        let fortran = match order {
            "C" => false,
            "F" => true,
            "A" => self.is_fortran_contiguous() && !self.is_c_contiguous(),
            _ => return Err(raise!(ValueError, "order must be 'C', 'F' or 'A'")),
        };
        Ok(buffer::gather(self.raw(), fortran))
    }

    #[method(
        hidden_signature,
        signature = "($self, /, sep=None, bytes_per_sep=1)",
        doc = "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nReturn the data in the buffer as a str of hexadecimal numbers."
    )]
    fn hex(&self, sep: Option<&Object>, bytes_per_sep: Option<i32>) -> Result<Ref<Str>> {
        self.check()?;
        let _using = Using::new(self);
        if let Some(sep) = sep {
            sep.length()?;
        }
        byte_methods::hex::to_hex(&self.to_vec(), sep, bytes_per_sep.unwrap_or(1) as isize)
    }

    /// Return the data in the buffer as a list of elements.
    #[method(signature = "($self, /)")]
    fn tolist(&self) -> Result {
        self.check()?;
        self.code()?;
        self.list_of(&mut Vec::new())
    }

    #[method(
        hidden_signature,
        signature = "($self, /, format, shape=None)",
        doc = "cast($self, /, format, shape=<unrepresentable>)\n--\n\nCast a memoryview to a new format or shape."
    )]
    fn cast(&self, format: &Object, shape: Option<&Object>) -> Result<Ref<MemoryView>> {
        self.check()?;
        self.check_unrestricted()?;
        let Some(format) = format.downcast::<Str>() else {
            return Err(raise!(
                TypeError,
                "cast() argument 'format' must be str, not {}",
                crate::native::args::kind_of(format)
            ));
        };
        if !self.is_c_contiguous() {
            return Err(raise!(TypeError, "memoryview: casts are restricted to C-contiguous views"));
        }
        let dimensions = self.shape().len();
        if (shape.is_some() || dimensions != 1) && self.shape().contains(&0) {
            return Err(raise!(TypeError, "memoryview: cannot cast view with zeros in shape or strides"));
        }
        let shape = shape.map(|shape| self.cast_sizes(shape)).transpose()?;
        let text = crate::codecs::Native::Ascii.encode(format, "strict")?;
        let Some(code) = items::code(&text) else {
            return Err(raise!(
                ValueError,
                "memoryview: destination format must be a native single character format prefixed with an optional '@'"
            ));
        };
        let size = items::size(code);
        let is_byte = |code: Option<u8>| matches!(code, Some(b'b' | b'B' | b'c'));
        if !is_byte(items::code(self.format())) && !is_byte(Some(code)) {
            return Err(raise!(TypeError, "memoryview: cannot cast between two non-byte formats"));
        }
        let bytes = self.raw().len;
        if bytes % size != 0 {
            return Err(raise!(TypeError, "memoryview: length is not a multiple of itemsize"));
        }
        let shape = match shape {
            Some(sizes) => {
                let (shape, length) = items::shape_of(&sizes, size)?;
                if length != bytes {
                    return Err(raise!(TypeError, "memoryview: product(shape) * itemsize != buffer size"));
                }
                shape
            }
            None => vec![bytes / size],
        };
        let mut raw = *self.raw();
        raw.itemsize = size;
        raw.format = static_format(code, text.first() == Some(&b'@')).as_ptr().cast_mut();
        MemoryView::build(self.managed()?, &raw, &shape, &contiguous_strides(&shape, size), None)
    }

    /// Return a readonly version of the memoryview.
    #[method(signature = "($self, /)")]
    fn toreadonly(&self) -> Result<Ref<MemoryView>> {
        self.check()?;
        self.check_unrestricted()?;
        let mut raw = *self.raw();
        raw.readonly = 1;
        MemoryView::make(self.managed()?, &raw)
    }

    /// Count the number of occurrences of a value.
    #[method(signature = "($self, value, /)")]
    fn count(&self, value: &Object) -> Result<usize> {
        let iterator = self.iter()?;
        let mut count = 0;
        while let Some(item) = iterator.iter_next()? {
            count += usize::from(item.rich_compare_bool(value, CompareOp::Eq)?);
        }
        Ok(count)
    }

    #[method(
        name = "index",
        hidden_signature,
        signature = "($self, value, start=0, stop=None, /)",
        doc = "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nThe index of the first item equal to value; ValueError if there is none."
    )]
    fn index_of(&self, value: &Object, start: Option<Bound>, stop: Option<Bound>) -> Result<isize> {
        self.check()?;
        if self.shape().is_empty() {
            return Err(raise!(TypeError, "invalid lookup on 0-dim memory"));
        }
        if self.shape().len() != 1 {
            return Err(raise!(NotImplementedError, "multi-dimensional lookup is not implemented"));
        }
        let size = self.shape()[0];
        let clip = |bound: isize| if bound < 0 { (bound.saturating_add(size)).max(0) } else { bound };
        let (start, stop) =
            (start.map_or(0, |start| clip(start.0)), stop.map_or(size, |stop| clip(stop.0)).min(size));
        for index in start..stop {
            self.check()?;
            self.code()?;
            let item = self.item_at(self.address(&[index]))?;
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(index);
            }
        }
        Err(raise!(ValueError, "memoryview.index(x): x not found"))
    }

    /// The underlying object of the memoryview.
    #[getter]
    fn obj(&self) -> Result {
        self.check()?;
        let managed: Ref<ManagedBuffer> = self.managed()?;
        // SAFETY: the master is filled in; its object is alive.
        let object = unsafe { Object::from_raw_opt((*managed.master.0.get()).obj) };
        Ok(object.map_or_else(none, Object::to_ref))
    }

    /// The amount of space in bytes that the array would use in a contiguous representation.
    #[getter]
    fn nbytes(&self) -> Result<isize> {
        self.check().map(|()| self.raw().len)
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(&self) -> Result<bool> {
        self.check().map(|()| self.raw().readonly != 0)
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(&self) -> Result<isize> {
        self.check().map(|()| self.raw().itemsize)
    }

    /// A string containing the format (in struct module style) for each element in the view.
    #[getter(name = "format")]
    fn format_text(&self) -> Result<String> {
        self.check().map(|()| String::from_utf8_lossy(self.format()).into_owned())
    }

    /// An integer indicating how many dimensions of a multi-dimensional array the memory represents.
    #[getter]
    fn ndim(&self) -> Result<i32> {
        self.check().map(|()| self.raw().ndim)
    }

    /// A tuple of ndim integers giving the shape of the memory as an N-dimensional array.
    #[getter(name = "shape")]
    fn shape_tuple(&self) -> Result<Ref<Tuple>> {
        self.check().map(|()| MemoryView::index_tuple(self.shape()))
    }

    /// A tuple of ndim integers giving the size in bytes to access each element for each dimension of the array.
    #[getter(name = "strides")]
    fn strides_tuple(&self) -> Result<Ref<Tuple>> {
        self.check().map(|()| MemoryView::index_tuple(self.strides()))
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter(name = "suboffsets")]
    fn suboffsets_tuple(&self) -> Result<Ref<Tuple>> {
        self.check().map(|()| MemoryView::index_tuple(self.suboffsets().unwrap_or_default()))
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(&self) -> Result<bool> {
        self.check().map(|()| self.is_c_contiguous())
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(&self) -> Result<bool> {
        self.check().map(|()| self.is_fortran_contiguous())
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(&self) -> Result<bool> {
        self.check().map(|()| self.is_c_contiguous() || self.is_fortran_contiguous())
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let state = if self.flags.get() & RELEASED != 0 { "released memory" } else { "memory" };
        format!("<{state} at {:p}>", self.as_ptr())
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        self.check()?;
        if self.raw().readonly == 0 {
            return Err(raise!(ValueError, "cannot hash writable memoryview object"));
        }
        if !matches!(items::code(self.format()), Some(b'B' | b'b' | b'c')) {
            return Err(raise!(ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        let object = self.obj()?;
        if !object.is_none() {
            let _using = Using::new(self);
            object.hash()?;
        }
        let hash = crate::hash::bytes_hash(&self.to_vec());
        self.hash.set(hash);
        Ok(hash)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let equal = if self.check().map_err(Raised::clear).is_err() {
            self.is_same(other)
        } else {
            let other = match other.downcast::<MemoryView>() {
                Some(view) if view.flags.get() & RELEASED != 0 => {
                    return Ok(py_bool((op == CompareOp::Eq) == self.is_same(view)));
                }
                _ if other.ty().bf_getbuffer().is_none() => return Ok(not_implemented()),
                _ => match MemoryView::of(other) {
                    Ok(view) => view,
                    Err(raised) => {
                        raised.clear();
                        return Ok(not_implemented());
                    }
                },
            };
            self.equals(&other)?
        };
        Ok(py_bool((op == CompareOp::Eq) == equal))
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        self.check()?;
        match self.shape().len() {
            0 => return Err(raise!(TypeError, "invalid indexing of 0-dim memory")),
            1 => {}
            _ => return Err(not_one_dimensional()),
        }
        self.code()?;
        Ok(crate::objects::sequence_iterator::MemoryIterator::new(self, self.shape()[0] as usize)
            .into_object())
    }

    #[slot]
    fn sq_length(&self) -> Result<usize> {
        self.check()?;
        match self.shape().first() {
            Some(&size) => Ok(size as usize),
            None => Err(raise!(TypeError, "0-dim memory has no length")),
        }
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        self.sq_length()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        self.check()?;
        match *self.shape() {
            [] => Err(raise!(TypeError, "invalid indexing of 0-dim memory")),
            [size] if (0..size).contains(&index) => {
                self.code()?;
                self.item_at(self.address(&[index]))
            }
            [_] => Err(raise!(IndexError, "index out of bounds on dimension 1")),
            _ => Err(not_one_dimensional()),
        }
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.check()?;
        if self.shape().is_empty() {
            if key.is_same(&ellipsis()) {
                return Ok(self.to_ref());
            }
            return match self.find(key)? {
                Some(pointer) => {
                    self.code()?;
                    self.item_at(pointer)
                }
                None => Err(raise!(TypeError, "invalid indexing of 0-dim memory")),
            };
        }
        if let Some(slice) = key.downcast::<Slice>() {
            return self.sliced(slice).map(Ref::into_object);
        }
        if key.ty().nb_index().is_some() {
            self.code()?;
        }
        if let Some(pointer) = self.find(key)? {
            self.code()?;
            return self.item_at(pointer);
        }
        if MemoryView::is_slices(key) {
            return Err(raise!(NotImplementedError, "multi-dimensional slicing is not implemented"));
        }
        Err(raise!(TypeError, "memoryview: invalid slice key"))
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        self.check()?;
        self.code()?;
        if self.raw().readonly != 0 {
            return Err(raise!(TypeError, "cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(raise!(TypeError, "cannot delete memory")) };
        let zero_dimensions = self.shape().is_empty();
        let pointer = if zero_dimensions && key.is_same(&ellipsis()) {
            Some(self.address(&[]))
        } else if key.is::<Slice>() && !zero_dimensions {
            None
        } else if self.shape().len() > 1 && key.ty().nb_index().is_some() {
            return Err(raise!(NotImplementedError, "sub-views are not implemented"));
        } else {
            self.find(key)?
        };
        if let Some(pointer) = pointer {
            let bytes = items::pack(self.code()?, value)?;
            // Converting the value can have run any code.
            self.check()?;
            // SAFETY: an item of that size lies there, and may be written.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), pointer, bytes.len()) };
            return Ok(());
        }
        if zero_dimensions {
            return Err(raise!(TypeError, "invalid indexing of 0-dim memory"));
        }
        let Some(slice) = key.downcast::<Slice>() else {
            if MemoryView::is_slices(key) {
                return Err(raise!(
                    NotImplementedError,
                    "memoryview slice assignments are currently restricted to ndim = 1"
                ));
            }
            return Err(raise!(TypeError, "memoryview: invalid slice key"));
        };
        if self.shape().len() != 1 {
            return Err(raise!(
                NotImplementedError,
                "memoryview slice assignments are currently restricted to ndim = 1"
            ));
        }
        if value.ty().bf_getbuffer().is_none() {
            let kind = value.ty().full_name();
            return Err(raise!(TypeError, "a bytes-like object is required, not '{kind}'"));
        }
        let source = MemoryView::of(value)?;
        let target = self.sliced(slice)?;
        self.check()?;
        let same = items::code(source.format()) == items::code(target.format())
            && (items::code(source.format()).is_some() || source.format() == target.format());
        if source.shape().len() != 1 || !same || source.shape() != target.shape() {
            return Err(raise!(
                ValueError,
                "memoryview assignment: lvalue and rvalue have different structures"
            ));
        }
        let bytes = source.to_vec();
        let size = target.raw().itemsize as usize;
        if size == 0 {
            return Ok(());
        }
        for (pointer, item) in target.items().into_iter().zip(bytes.chunks_exact(size)) {
            // SAFETY: an item of that size lies there, and may be written.
            unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), pointer, size) };
        }
        Ok(())
    }

    #[slot]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        self.check()?;
        self.check_unrestricted()?;
        let raw = self.raw();
        let asks = |wanted: i32| flags & wanted == wanted;
        if flags & abi::PyBUF_WRITABLE != 0 && raw.readonly != 0 {
            return Err(raise!(BufferError, "memoryview: underlying buffer is not writable"));
        }
        let (c, fortran) = (self.is_c_contiguous(), self.is_fortran_contiguous());
        if asks(abi::PyBUF_C_CONTIGUOUS) && !c {
            return Err(raise!(BufferError, "memoryview: underlying buffer is not C-contiguous"));
        }
        if asks(abi::PyBUF_F_CONTIGUOUS) && !fortran {
            return Err(raise!(BufferError, "memoryview: underlying buffer is not Fortran contiguous"));
        }
        if asks(abi::PyBUF_ANY_CONTIGUOUS) && !c && !fortran {
            return Err(raise!(BufferError, "memoryview: underlying buffer is not contiguous"));
        }
        if !asks(abi::PyBUF_INDIRECT) && !raw.suboffsets.is_null() {
            return Err(raise!(BufferError, "memoryview: underlying buffer requires suboffsets"));
        }
        let mut given = *raw;
        if !asks(abi::PyBUF_STRIDES) {
            if !c {
                return Err(raise!(BufferError, "memoryview: underlying buffer is not C-contiguous"));
            }
            given.strides = std::ptr::null_mut();
        }
        if !asks(abi::PyBUF_ND) {
            if !given.format.is_null() && flags & abi::PyBUF_FORMAT != 0 {
                return Err(raise!(
                    BufferError,
                    "memoryview: cannot cast to unsigned bytes if the format flag is present"
                ));
            }
            given.ndim = 1;
            given.shape = std::ptr::null_mut();
        }
        if flags & abi::PyBUF_FORMAT == 0 {
            given.format = std::ptr::null_mut();
        }
        given.obj = self.to_ref().into_raw();
        // SAFETY: the view is the caller's to fill in.
        unsafe { *view = given };
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {
        self.exports.set(self.exports.get() - 1);
    }

    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the object is a memoryview whose count has come to zero; the collector forgets it first.
        unsafe {
            let view = &*(object as *const MemoryView);
            crate::gc::untrack(std::ptr::NonNull::new_unchecked(object));
            view.exports.set(0);
            if view.release_now().is_err() {
                crate::errors::Raised::assume_set().clear();
            }
            crate::weakref::clear_all(view);
            view.buffer.set(None);
            crate::native::class::free(object.cast());
        }
    }
}

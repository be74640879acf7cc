//! Heap types from a `PyType_Spec`: how C extensions declare theirs.
//! <https://docs.python.org/3.14/c-api/type.html#creating-heap-allocated-types>.

use std::ffi::{CStr, c_int, c_void};
use std::mem::offset_of;

use super::convert::take;
use super::{Type, heap, mro, new, slots};
use crate::errors::Result;
use crate::object::Object;
use crate::objects::object::OBJECT_TYPE;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::TYPE_TYPE;
use crate::reference::Ref;
use crate::{intern, raise};

/// The slot numbers of C, and where each lies in a heap type.
macro_rules! slot_offsets {
    ($number:ident; type: $($field:ident = $constant:ident)*; $($suite:ident $kind:ident: $($slot:ident = $name:ident)*;)*) => {
        match $number {
            $(abi::$constant => Some(offset_of!(abi::PyTypeObject, $field)),)*
            $($(abi::$name => {
                Some(offset_of!(abi::PyHeapTypeObject, $suite) + offset_of!(abi::$kind, $slot))
            })*)*
            _ => None,
        }
    };
}

/// Where the slot with C's number lies in a heap type. Those that are no plain slots (`Py_tp_token`) are `None`.
pub fn slot_offset(number: c_int) -> Option<usize> {
    slot_offsets! { number;
        type: tp_alloc = Py_tp_alloc tp_base = Py_tp_base tp_bases = Py_tp_bases tp_call = Py_tp_call tp_clear = Py_tp_clear
            tp_dealloc = Py_tp_dealloc tp_del = Py_tp_del tp_descr_get = Py_tp_descr_get tp_descr_set = Py_tp_descr_set
            tp_doc = Py_tp_doc tp_getattr = Py_tp_getattr tp_getattro = Py_tp_getattro tp_hash = Py_tp_hash
            tp_init = Py_tp_init tp_is_gc = Py_tp_is_gc tp_iter = Py_tp_iter tp_iternext = Py_tp_iternext
            tp_methods = Py_tp_methods tp_new = Py_tp_new tp_repr = Py_tp_repr tp_richcompare = Py_tp_richcompare
            tp_setattr = Py_tp_setattr tp_setattro = Py_tp_setattro tp_str = Py_tp_str tp_traverse = Py_tp_traverse
            tp_members = Py_tp_members tp_getset = Py_tp_getset tp_free = Py_tp_free tp_finalize = Py_tp_finalize
            tp_vectorcall = Py_tp_vectorcall;
        as_async PyAsyncMethods: am_await = Py_am_await am_aiter = Py_am_aiter am_anext = Py_am_anext am_send = Py_am_send;
        as_number PyNumberMethods: nb_absolute = Py_nb_absolute nb_add = Py_nb_add nb_and = Py_nb_and nb_bool = Py_nb_bool
            nb_divmod = Py_nb_divmod nb_float = Py_nb_float nb_floor_divide = Py_nb_floor_divide nb_index = Py_nb_index
            nb_inplace_add = Py_nb_inplace_add nb_inplace_and = Py_nb_inplace_and
            nb_inplace_floor_divide = Py_nb_inplace_floor_divide nb_inplace_lshift = Py_nb_inplace_lshift
            nb_inplace_multiply = Py_nb_inplace_multiply nb_inplace_or = Py_nb_inplace_or
            nb_inplace_power = Py_nb_inplace_power nb_inplace_remainder = Py_nb_inplace_remainder
            nb_inplace_rshift = Py_nb_inplace_rshift nb_inplace_subtract = Py_nb_inplace_subtract
            nb_inplace_true_divide = Py_nb_inplace_true_divide nb_inplace_xor = Py_nb_inplace_xor nb_int = Py_nb_int
            nb_invert = Py_nb_invert nb_lshift = Py_nb_lshift nb_multiply = Py_nb_multiply nb_negative = Py_nb_negative
            nb_or = Py_nb_or nb_positive = Py_nb_positive nb_power = Py_nb_power nb_remainder = Py_nb_remainder
            nb_rshift = Py_nb_rshift nb_subtract = Py_nb_subtract nb_true_divide = Py_nb_true_divide nb_xor = Py_nb_xor
            nb_matrix_multiply = Py_nb_matrix_multiply nb_inplace_matrix_multiply = Py_nb_inplace_matrix_multiply;
        as_mapping PyMappingMethods: mp_ass_subscript = Py_mp_ass_subscript mp_length = Py_mp_length
            mp_subscript = Py_mp_subscript;
        as_sequence PySequenceMethods: sq_ass_item = Py_sq_ass_item sq_concat = Py_sq_concat sq_contains = Py_sq_contains
            sq_inplace_concat = Py_sq_inplace_concat sq_inplace_repeat = Py_sq_inplace_repeat sq_item = Py_sq_item
            sq_length = Py_sq_length sq_repeat = Py_sq_repeat;
        as_buffer PyBufferProcs: bf_getbuffer = Py_bf_getbuffer bf_releasebuffer = Py_bf_releasebuffer;
    }
}

/// What the spec's slots say beside functions.
#[derive(Default)]
struct Extras<'a> {
    doc: Option<&'a CStr>,
    base: *mut c_void,
    bases: *mut c_void,
    members: &'a [abi::PyMemberDef],
    token: Option<*mut c_void>,
}

impl Type {
    /// A new heap type (C: `PyType_FromMetaclass`).
    ///
    /// # Safety
    /// The spec and its tables are what C's headers say; its method and getset tables live as long as the type.
    pub unsafe fn from_spec(
        spec: &abi::PyType_Spec,
        metatype: Option<&Type>,
        module: Option<&Object>,
        bases: Option<&Object>,
    ) -> Result<Ref<Type>> {
        if spec.name.is_null() {
            return Err(raise!(SystemError, "Type spec does not define the name field."));
        }
        // SAFETY: by contract.
        let (name, extras) = unsafe { (CStr::from_ptr(spec.name).to_string_lossy(), extras(spec)?) };
        // SAFETY: by contract.
        let bases = unsafe { bases_of(bases, &extras)? };
        let metatype = new::calculate_metaclass(metatype.unwrap_or(&TYPE_TYPE), &bases)?;
        if metatype.raw.tp_new.get().is_some_and(|slot| slot as usize != new::type_new as *const () as usize)
        {
            return Err(raise!(TypeError, "Metaclasses with custom tp_new are not supported."));
        }
        let base = mro::best_base(&bases)?;
        let inherited = base.raw.tp_basicsize.get();
        // A negative size is what the type adds to its base's.
        let (basicsize, start) = match spec.basicsize as isize {
            0 => (inherited, 0),
            size if size > 0 => (size, 0),
            added => {
                let start = (inherited + 15) & !15;
                (start + ((-added + 15) & !15), start)
            }
        };
        let Some(alloc) = metatype.raw.tp_alloc.get() else {
            return Err(raise!(TypeError, "cannot create '{}' instances", metatype.full_name()));
        };
        // SAFETY: the slot gives a new instance of the metatype: a heap type.
        let class = unsafe { take::<Type>(alloc(metatype.as_type_ptr(), extras.members.len() as isize))? };
        let raw = &class.raw;
        raw.tp_flags.set(u64::from(spec.flags) | abi::Py_TPFLAGS_HEAPTYPE);
        raw.tp_name.set(c"?".as_ptr());
        new::link_suites(&class);
        raw.tp_bases.set(bases.into_raw());
        raw.tp_base.set(base.into_raw() as *mut abi::PyTypeObject);
        raw.tp_basicsize.set(basicsize);
        raw.tp_itemsize.set(spec.itemsize as isize);
        let parts = class.heap().expect("flagged just now");
        parts.ht_module.set(module.map_or(std::ptr::null_mut(), |module| module.to_ref().into_raw()));
        new::set_type_name(&class, &Str::new(&name))?;
        let short = Str::intern(Str::new(name.rsplit('.').next().unwrap_or(&name)));
        parts.ht_qualname.set(short.clone().into_raw());
        parts.ht_name.set(short.into_raw());
        if let Some(doc) = extras.doc {
            raw.tp_doc.set(new::copy_text(&doc.to_string_lossy())?);
        }
        if let Some(token) = extras.token {
            parts.ht_token.set(if token.is_null() { spec as *const _ as *mut c_void } else { token });
        }
        // SAFETY: by contract.
        unsafe { copy_slots(spec, &class)? };
        copy_members(&class, extras.members, start)?;
        if raw.tp_dealloc.get().is_none() {
            raw.tp_dealloc.set(Some(heap::dealloc));
        }
        class.ready()?;
        if let (Some((module, _)), Some(dict)) = (name.rsplit_once('.'), class.dict())
            && dict.get_str(intern!("__module__"))?.is_none()
        {
            dict.insert_str(intern!("__module__"), &Str::intern(Str::new(module)))?;
        }
        Ok(class)
    }

    /// The function in the slot with C's number (C: `PyType_GetSlot`); null if it is empty.
    pub fn slot_function(&self, number: c_int) -> Option<*mut c_void> {
        let pointer = slots::slot_of(self, slot_offset(number)?);
        // SAFETY: not null, it leads to a slot of the type.
        Some(if pointer.is_null() { pointer as *mut c_void } else { unsafe { *pointer } })
    }
}

/// Walks the slots.
///
/// # Safety
/// The array ends with number 0.
unsafe fn slots_of(spec: &abi::PyType_Spec) -> impl Iterator<Item = abi::PyType_Slot> {
    let mut next = spec.slots;
    std::iter::from_fn(move || {
        // SAFETY: by contract.
        let slot = (!next.is_null()).then(|| unsafe { *next }).filter(|slot| slot.slot != 0)?;
        next = next.wrapping_add(1);
        Some(slot)
    })
}

/// # Safety
/// As for [`Type::from_spec`].
unsafe fn extras(spec: &abi::PyType_Spec) -> Result<Extras<'_>> {
    let mut extras = Extras::default();
    // SAFETY: by contract.
    for slot in unsafe { slots_of(spec) } {
        match slot.slot {
            abi::Py_tp_doc if !slot.pfunc.is_null() => {
                // SAFETY: by contract.
                extras.doc = Some(unsafe { CStr::from_ptr(slot.pfunc as *const std::ffi::c_char) });
            }
            abi::Py_tp_base => extras.base = slot.pfunc,
            abi::Py_tp_bases => extras.bases = slot.pfunc,
            abi::Py_tp_token => extras.token = Some(slot.pfunc),
            abi::Py_tp_members if !slot.pfunc.is_null() => {
                if !extras.members.is_empty() {
                    return Err(raise!(SystemError, "Multiple Py_tp_members slots are not supported."));
                }
                let members = slot.pfunc as *const abi::PyMemberDef;
                let mut count = 0;
                // SAFETY: by contract the table ends with a null name.
                extras.members = unsafe {
                    while !(*members.add(count)).name.is_null() {
                        count += 1;
                    }
                    std::slice::from_raw_parts(members, count)
                };
            }
            _ => {}
        }
    }
    Ok(extras)
}

/// # Safety
/// The slots for bases hold a type and a tuple, or null.
unsafe fn bases_of(given: Option<&Object>, extras: &Extras) -> Result<Ref<Tuple>> {
    // SAFETY: by contract.
    let (base, bases) = unsafe {
        (Object::from_raw_opt(extras.base as *mut _), Object::from_raw_opt(extras.bases as *mut _))
    };
    let Some(bases) = given.or(bases).or(base) else { return Ok(Tuple::pack([OBJECT_TYPE.to_ref()])) };
    match bases.downcast::<Tuple>() {
        Some(bases) => Ok(Ref::from_borrowed(bases)),
        None if bases.downcast::<Type>().is_some() => Ok(Tuple::pack([bases.to_ref()])),
        None => Err(raise!(SystemError, "Py_tp_bases is not a tuple")),
    }
}

/// # Safety
/// As for [`Type::from_spec`].
unsafe fn copy_slots(spec: &abi::PyType_Spec, class: &Type) -> Result<()> {
    // SAFETY: by contract.
    for slot in unsafe { slots_of(spec) } {
        match slot.slot {
            abi::Py_tp_doc | abi::Py_tp_base | abi::Py_tp_bases | abi::Py_tp_members | abi::Py_tp_token => {}
            number => {
                let Some(offset) = slot_offset(number) else {
                    return Err(raise!(RuntimeError, "invalid slot offset"));
                };
                let pointer = slots::slot_of(class, offset);
                // SAFETY: it leads to a slot of this new heap type, of the kind that the number says.
                unsafe { *pointer = slot.pfunc };
            }
        }
    }
    Ok(())
}

/// Copies the members behind the type, and takes from them the offsets that types have no slots for.
fn copy_members(class: &Type, members: &[abi::PyMemberDef], start: isize) -> Result<()> {
    let raw = &class.raw;
    if members.is_empty() {
        return Ok(());
    }
    let copies = (class.as_type_ptr() as *mut u8).wrapping_offset(class.ty().raw.tp_basicsize.get())
        as *mut abi::PyMemberDef;
    for (index, member) in members.iter().enumerate() {
        // SAFETY: the declaration's name is a C string.
        let name = unsafe { CStr::from_ptr(member.name) }.to_string_lossy();
        let mut copy = *member;
        copy.name = new::copy_text(&name)?;
        if copy.flags & abi::Py_RELATIVE_OFFSET != 0 {
            copy.flags &= !abi::Py_RELATIVE_OFFSET;
            copy.offset += start;
        }
        match &*name {
            "__weaklistoffset__" => raw.tp_weaklistoffset.set(copy.offset),
            "__dictoffset__" => raw.tp_dictoffset.set(copy.offset),
            "__vectorcalloffset__" => raw.tp_vectorcall_offset.set(copy.offset),
            _ => {}
        }
        // SAFETY: the type was allocated with room for this many members.
        unsafe { copies.add(index).write(copy) };
    }
    raw.tp_members.set(copies);
    Ok(())
}

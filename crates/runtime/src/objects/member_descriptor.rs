//! `member_descriptor`: an attribute of a native type that is a field of its C struct, `__slots__` included.
//! Field kinds: <https://docs.python.org/3.14/c-api/structures.html#member-types>.

use std::cell::Cell;
use std::ffi::{
    CStr, c_char, c_int, c_long, c_longlong, c_short, c_uchar, c_uint, c_ulong, c_ulonglong, c_ushort,
};

use crate::errors::{Raised, Result};
use crate::native::args::{Argument, Place};
use crate::object::RawObject;
use crate::objects::descriptor::{common_part, optional_text};
use crate::objects::exceptions::RuntimeWarning;
use crate::prelude::*;

/// A field as an attribute (C: `PyMemberDescrObject`).
#[class(name = "member_descriptor", flags(GC), symbol = "PyMemberDescr_Type")]
#[repr(C)]
pub struct MemberDescriptor {
    head: Object,
    #[member(readonly, name = "__objclass__")]
    owner: Link<Type>,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    qualname: Link,
    #[gc(skip)]
    definition: Cell<*const abi::PyMemberDef>,
}

const _: () = assert!(size_of::<MemberDescriptor>() == size_of::<abi::PyMemberDescrObject>());

common_part!(MemberDescriptor);

impl MemberDescriptor {
    /// As C's `PyDescr_NewMember`.
    ///
    /// # Safety
    /// `definition` describes a field of `owner`'s instances and outlives the descriptor.
    pub unsafe fn new(owner: &Type, definition: *const abi::PyMemberDef) -> Result<Ref<MemberDescriptor>> {
        // SAFETY: by contract.
        let definition = unsafe { &*definition };
        if definition.flags & abi::Py_RELATIVE_OFFSET != 0 {
            return Err(raise!(SystemError, "PyDescr_NewMember used with Py_RELATIVE_OFFSET"));
        }
        // SAFETY: by contract.
        let name = unsafe { CStr::from_ptr(definition.name) }.to_string_lossy();
        Ok(Ref::new(MemberDescriptor {
            head: Object::HEAD,
            owner: Link::new(owner.to_type_ref()),
            name: Link::new(Str::intern(Str::new(&name))),
            qualname: Link::null(),
            definition: Cell::new(definition),
        }))
    }

    #[inline(always)]
    pub fn definition(&self) -> &abi::PyMemberDef {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.definition.get() }
    }
}

#[methods(parts(common))]
impl MemberDescriptor {
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        self.common().reduce()
    }

    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        // SAFETY: a C string of the definition.
        unsafe { optional_text(self.definition().doc) }
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.common().describe("member")
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(self.to_ref()) };
        self.common().check(object)?;
        let definition = self.definition();
        if definition.flags & abi::Py_AUDIT_READ != 0 {
            audit_read(object, self.common().name())?;
        }
        // SAFETY: the object is of the type that has the field.
        unsafe { get(object, definition) }
    }

    #[slot]
    fn tp_descr_set(&self, object: &Object, value: Option<&Object>) -> Result<()> {
        self.common().check(object)?;
        // SAFETY: the object is of the type that has the field.
        unsafe { set(object, self.definition(), value) }
    }
}

/// Tells the audit hooks of a read that may give away internals.
fn audit_read(_object: &Object, _name: &Str) -> Result<()> {
    Ok(())
}

/// Reads a field (C: `PyMember_GetOne`).
///
/// # Safety
/// `definition` describes a field of `object`.
pub unsafe fn get(object: &Object, definition: &abi::PyMemberDef) -> Result {
    if definition.flags & abi::Py_RELATIVE_OFFSET != 0 {
        return Err(raise!(SystemError, "PyMember_GetOne used with Py_RELATIVE_OFFSET"));
    }
    let address = (object.as_ptr() as *const u8).wrapping_offset(definition.offset);
    macro_rules! read {
        ($ty:ty) => {
            // SAFETY: by contract a value of this type lies there.
            unsafe { (address as *const $ty).read_unaligned() }
        };
    }
    match definition.r#type {
        abi::_Py_T_OBJECT => {
            let field = read!(*mut RawObject);
            // SAFETY: the field is null or a live object.
            Ok(unsafe { Object::from_raw_opt(field) }.map_or_else(none, Object::to_ref))
        }
        abi::Py_T_OBJECT_EX => {
            let field = read!(*mut RawObject);
            // SAFETY: as above.
            match unsafe { Object::from_raw_opt(field) } {
                Some(value) => Ok(value.to_ref()),
                None => Err(absent(object, definition)),
            }
        }
        abi::Py_T_BOOL => Ok(py_bool(read!(c_char) != 0)),
        abi::Py_T_BYTE => read!(c_char).into_result(),
        abi::Py_T_UBYTE => read!(c_uchar).into_result(),
        abi::Py_T_SHORT => read!(c_short).into_result(),
        abi::Py_T_USHORT => read!(c_ushort).into_result(),
        abi::Py_T_INT => read!(c_int).into_result(),
        abi::Py_T_UINT => read!(c_uint).into_result(),
        abi::Py_T_LONG => read!(c_long).into_result(),
        abi::Py_T_ULONG => read!(c_ulong).into_result(),
        abi::Py_T_PYSSIZET => read!(isize).into_result(),
        abi::Py_T_LONGLONG => read!(c_longlong).into_result(),
        abi::Py_T_ULONGLONG => read!(c_ulonglong).into_result(),
        abi::Py_T_FLOAT => f64::from(read!(f32)).into_result(),
        abi::Py_T_DOUBLE => read!(f64).into_result(),
        abi::Py_T_STRING => {
            let text = read!(*const c_char);
            // SAFETY: the field is null or a C string.
            unsafe { optional_text(text) }.into_result()
        }
        // SAFETY: the field is a C string in place.
        abi::Py_T_STRING_INPLACE => unsafe { optional_text(address as *const c_char) }.into_result(),
        abi::Py_T_CHAR => char::from(read!(u8)).into_result(),
        abi::_Py_T_NONE => Ok(none()),
        _ => Err(bad_type(definition)),
    }
}

#[cold]
fn absent(object: &Object, definition: &abi::PyMemberDef) -> Raised {
    // SAFETY: a definition's name is a C string.
    let name = unsafe { optional_text(definition.name) }.unwrap_or_default();
    raise!(AttributeError, "'{}' object has no attribute '{name}'", object.ty().qualified_name())
}

#[cold]
fn bad_type(definition: &abi::PyMemberDef) -> Raised {
    // SAFETY: a definition's name is a C string.
    let name = unsafe { optional_text(definition.name) }.unwrap_or_default();
    raise!(SystemError, "bad memberdescr type for {name}")
}

static VALUE: Place = Place { function: "attribute", argument: Argument::Attribute };

fn long(value: &Object) -> Result<i64> {
    i64::from_arg(value, &VALUE)
}

/// What is said of a value that is too large for C's `unsigned long`.
const LONG: &str = "Python int too large to convert to C unsigned long";

/// An unsigned value; a negative one wraps, with a warning.
fn unsigned(value: &Object, too_large: &'static str) -> Result<u64> {
    let number = value.index()?;
    if number.sign() >= 0 {
        return number.to_u64().ok_or_else(|| raise!(OverflowError, "{too_large}"));
    }
    let wrapped = long(value)? as u64;
    crate::warnings::warn(&RuntimeWarning, "Writing negative value into unsigned field", 1)?;
    Ok(wrapped)
}

/// Writes a field, or deletes it (C: `PyMember_SetOne`).
///
/// # Safety
/// `definition` describes a field of `object`.
pub unsafe fn set(object: &Object, definition: &abi::PyMemberDef, value: Option<&Object>) -> Result<()> {
    if definition.flags & abi::Py_RELATIVE_OFFSET != 0 {
        return Err(raise!(SystemError, "PyMember_SetOne used with Py_RELATIVE_OFFSET"));
    }
    if definition.flags & abi::Py_READONLY != 0 {
        return Err(raise!(AttributeError, "readonly attribute"));
    }
    let address = (object.as_ptr() as *mut u8).wrapping_offset(definition.offset);
    let kind = definition.r#type;
    if matches!(kind, abi::_Py_T_OBJECT | abi::Py_T_OBJECT_EX) {
        // SAFETY: the field is a nullable owned reference.
        let field = unsafe { &*(address as *const Link) };
        if value.is_none() && kind == abi::Py_T_OBJECT_EX && field.is_null() {
            // SAFETY: a definition's name is a C string.
            let name = unsafe { optional_text(definition.name) }.unwrap_or_default();
            return Err(raise!(AttributeError, "{name}"));
        }
        field.set(value.map(Object::to_ref));
        return Ok(());
    }
    let Some(value) = value else {
        return Err(raise!(TypeError, "can't delete numeric/char attribute"));
    };
    macro_rules! write {
        ($ty:ty, $value:expr) => {{
            let value: $ty = $value;
            // SAFETY: by contract a value of this type lies there.
            unsafe { (address as *mut $ty).write_unaligned(value) }
        }};
    }
    macro_rules! narrow {
        ($ty:ty, $value:expr, $name:literal) => {{
            let value = $value;
            write!($ty, value as $ty);
            if <$ty>::try_from(value).is_err() {
                let message = concat!("Truncation of value to ", $name);
                crate::warnings::warn(&RuntimeWarning, message, 1)?;
            }
        }};
    }
    match kind {
        abi::Py_T_BOOL => {
            if !value.is_same(&py_true()) && !value.is_same(&py_false()) {
                return Err(raise!(TypeError, "attribute value type must be bool"));
            }
            write!(u8, value.is_same(&py_true()).into());
        }
        abi::Py_T_BYTE => narrow!(c_char, long(value)?, "char"),
        abi::Py_T_UBYTE => narrow!(c_uchar, long(value)?, "unsigned char"),
        abi::Py_T_SHORT => narrow!(c_short, long(value)?, "short"),
        abi::Py_T_USHORT => narrow!(c_ushort, long(value)?, "unsigned short"),
        abi::Py_T_INT => narrow!(c_int, long(value)?, "int"),
        abi::Py_T_UINT => narrow!(c_uint, unsigned(value, LONG)?, "unsigned int"),
        abi::Py_T_LONG => write!(c_long, long(value)?),
        abi::Py_T_ULONG => write!(c_ulong, unsigned(value, LONG)?),
        abi::Py_T_LONGLONG => write!(
            c_longlong,
            value.index()?.to_i64().ok_or_else(|| raise!(OverflowError, "int too big to convert"))?
        ),
        abi::Py_T_ULONGLONG => write!(c_ulonglong, unsigned(value, "int too big to convert")?),
        abi::Py_T_PYSSIZET => {
            if value.downcast::<Int>().is_none() {
                return Err(raise!(TypeError, "an integer is required"));
            }
            write!(isize, isize::from_arg(value, &VALUE)?);
        }
        abi::Py_T_FLOAT => write!(f32, value.to_float()? as f32),
        abi::Py_T_DOUBLE => write!(f64, value.to_float()?),
        abi::Py_T_CHAR => match value.downcast::<Str>().and_then(Str::as_utf8).map(str::as_bytes) {
            Some(&[byte]) => write!(u8, byte),
            _ => return Err(raise!(TypeError, "bad argument type for built-in operation")),
        },
        abi::Py_T_STRING | abi::Py_T_STRING_INPLACE => {
            return Err(raise!(TypeError, "readonly attribute"));
        }
        _ => return Err(bad_type(definition)),
    }
    Ok(())
}

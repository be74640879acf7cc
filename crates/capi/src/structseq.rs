//! Struct sequences. <https://docs.python.org/3.14/c-api/tuple.html#struct-sequence-objects>

use abi::{PyStructSequence_Desc, PyTypeObject};
use runtime::objects::structseq::{Declaration, field_place, instance};
use runtime::prelude::*;

use crate::support::{Raw, exported, text};

/// The name that stands for a field without one.
#[unsafe(no_mangle)]
pub static PyStructSequence_UnnamedField: Name = Name(c"unnamed field".as_ptr());

/// A C string that never changes.
#[repr(transparent)]
pub struct Name(*const std::ffi::c_char);

// SAFETY: constant text.
unsafe impl Sync for Name {}

/// What C declares.
unsafe fn declaration(description: *const PyStructSequence_Desc) -> Declaration {
    // SAFETY: by contract of the C API: C strings, and fields that end with a null name.
    unsafe {
        let description = &*description;
        let or_empty =
            |string: *const std::ffi::c_char| if string.is_null() { String::new() } else { text(string) };
        let fields = (0..)
            .map(|index| &*description.fields.add(index))
            .take_while(|field| !field.name.is_null())
            .map(|field| {
                let unnamed = field.name == PyStructSequence_UnnamedField.0;
                (if unnamed { String::new() } else { text(field.name) }, or_empty(field.doc))
            })
            .collect();
        Declaration {
            name: text(description.name),
            doc: or_empty(description.doc),
            fields,
            visible: description.n_in_sequence.max(0) as usize,
            instantiable: true,
        }
    }
}

exported! {
    fn PyStructSequence_NewType(description: *mut PyStructSequence_Desc) -> Result<Ref<Type>> {
        declaration(description).make_type()
    }

    fn PyStructSequence_InitType2(class: *mut PyTypeObject, description: *mut PyStructSequence_Desc) -> Result<()> {
        declaration(description).initialize(Type::from_raw(class))
    }

    fn PyStructSequence_InitType(class: *mut PyTypeObject, description: *mut PyStructSequence_Desc) {
        // It has no way to tell of failure: that stays set.
        let _ = declaration(description).initialize(Type::from_raw(class));
    }

    fn PyStructSequence_New(class: &Type) -> Result {
        instance(class, Vec::new())
    }

    /// Takes the value over.
    fn PyStructSequence_SetItem(object: &Object, index: isize, value: Raw) {
        let old = std::ptr::replace(field_place(object, index as usize), value);
        runtime::reference::decref(old);
    }

    fn PyStructSequence_GetItem(object: &Object, index: isize) -> Raw {
        *field_place(object, index as usize)
    }
}

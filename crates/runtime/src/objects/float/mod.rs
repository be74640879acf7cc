//! `float`: a double.

use crate::memory;
use crate::native::class::free;
use crate::objects::int::Int;
use crate::prelude::*;

pub mod arithmetic;
pub mod format;
mod hex;
pub mod libm;
mod methods;
pub mod parse;
pub mod round;

/// Convert a string or number to a floating-point number, if possible.
#[class(name = "float", symbol = "PyFloat_Type", flags(BASETYPE, MATCH_SELF))]
#[repr(C)]
pub struct Float {
    raw: abi::PyFloatObject,
}

impl Float {
    #[inline]
    pub fn new(value: f64) -> Ref<Float> {
        let object = memory::allocate_small(size_of::<Float>()).expect("out of memory").cast::<Float>();
        // SAFETY: fresh memory of that size.
        unsafe {
            let head = object.cast::<Object>();
            head.write(Object::HEAD);
            head.as_ref().refcount.set(1);
            head.as_ref().set_type(FLOAT_TYPE.as_type());
            (*object.as_ptr()).raw.ob_fval = value;
            Ref::from_owned(object.as_ptr().cast())
        }
    }

    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.raw.ob_fval
    }

    /// Changes the number.
    ///
    /// # Safety
    /// The caller has the only reference.
    #[inline(always)]
    pub unsafe fn set_value(&self, value: f64) {
        // SAFETY: by contract nobody else looks.
        unsafe { (&raw const self.raw.ob_fval).cast_mut().write(value) };
    }

    /// The same number as an instance of exactly `float`.
    pub fn exact(number: &Float) -> Ref<Float> {
        if number.is::<Float>() { Ref::from_borrowed(number) } else { Float::new(number.value()) }
    }

    /// An instance of `class`, which is `float` or derives from it.
    pub fn in_class(class: &Type, value: f64) -> Result<Ref<Float>> {
        if std::ptr::eq(class, FLOAT_TYPE.as_type()) {
            return Ok(Float::new(value));
        }
        let Some(allocate) = class.raw.tp_alloc.get() else {
            return Err(raise!(TypeError, "cannot create '{}' instances", class.name()));
        };
        // SAFETY: the class is alive; a null result means that an exception is set.
        unsafe {
            match Ref::<Float>::from_owned_opt(allocate(class.as_type_ptr(), 0)) {
                Some(object) => {
                    (*(object.as_ptr() as *mut Float)).raw.ob_fval = value;
                    Ok(object)
                }
                None => Err(Raised::assume_set()),
            }
        }
    }

    /// The value of a float or an int as an operand; `None` for anything else.
    #[inline(always)]
    pub(super) fn operand(object: &Object) -> Result<Option<f64>> {
        if let Some(float) = object.downcast::<Float>() {
            return Ok(Some(float.value()));
        }
        match Int::of(object) {
            Some(int) => int.to_f64().map(Some),
            None => Ok(None),
        }
    }

    /// The order of a double and an int, exactly; `None` for NaN.
    pub fn compare_int(value: f64, int: &Int) -> Option<std::cmp::Ordering> {
        use std::cmp::Ordering;
        if value.is_nan() {
            return None;
        }
        if let Some(small) = int.medium()
            && small.abs() <= 1 << 53
        {
            return value.partial_cmp(&(small as f64));
        }
        if value.is_infinite() {
            return Some(if value > 0.0 { Ordering::Greater } else { Ordering::Less });
        }
        let whole = Int::from_f64(value.trunc())?;
        Some(whole.compare(int).then_with(|| value.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)))
    }
}

#[methods(parts(arithmetic, methods, hex, round))]
impl Float {
    #[new(signature = "(x=0, /)")]
    fn new_object(class: &Type, x: Option<&Object>) -> Result<Ref<Self>> {
        let value = match x {
            None => 0.0,
            Some(x) => {
                if std::ptr::eq(class, FLOAT_TYPE.as_type())
                    && let Some(float) = x.downcast_exact::<Float>()
                {
                    return Ok(Ref::from_borrowed(float));
                }
                parse::from_object(x)?
            }
        };
        Float::in_class(class, value)
    }
    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the slot gets a dead object; what an exact float holds is plain memory of our allocation.
        unsafe {
            if (*object).is::<Float>() {
                memory::free_small(object as *mut u8, size_of::<Float>());
            } else {
                free(object as *mut RawObject);
            }
        }
    }
    #[slot]
    fn tp_repr(&self) -> String {
        format::repr(self.value(), true)
    }
    #[slot]
    fn tp_hash(&self) -> isize {
        crate::hash::double_hash(self.value()).unwrap_or_else(|| crate::hash::pointer_hash(self))
    }
    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let ordering = if let Some(other) = other.downcast::<Float>() {
            self.value().partial_cmp(&other.value())
        } else if let Some(int) = Int::of(other) {
            Float::compare_int(self.value(), int)
        } else {
            return Ok(not_implemented());
        };
        Ok(py_bool(match ordering {
            Some(ordering) => op.accepts(ordering),
            None => op == CompareOp::Ne,
        }))
    }
    #[slot]
    fn nb_bool(&self) -> bool {
        self.value() != 0.0
    }
}

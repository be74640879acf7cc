//! The number protocol. <https://docs.python.org/3.14/c-api/number.html>

use std::ffi::c_int;

use runtime::objects::exceptions;
use runtime::prelude::*;
use runtime::protocol::number;

use crate::support::{exported, not_null};

/// Binary operations: the C name and the runtime's.
macro_rules! binary {
    ($($name:ident $function:ident;)*) => {
        exported! {$(
            fn $name(left: Option<&Object>, right: Option<&Object>) -> Result {
                number::$function(not_null(left)?, not_null(right)?)
            }
        )*}
    };
}

binary! {
    PyNumber_Add add;
    PyNumber_Subtract subtract;
    PyNumber_Multiply multiply;
    PyNumber_MatrixMultiply matrix_multiply;
    PyNumber_FloorDivide floor_divide;
    PyNumber_TrueDivide true_divide;
    PyNumber_Remainder remainder;
    PyNumber_Divmod divmod;
    PyNumber_Lshift lshift;
    PyNumber_Rshift rshift;
    PyNumber_And and;
    PyNumber_Xor xor;
    PyNumber_Or or;
    PyNumber_InPlaceAdd inplace_add;
    PyNumber_InPlaceSubtract inplace_subtract;
    PyNumber_InPlaceMultiply inplace_multiply;
    PyNumber_InPlaceMatrixMultiply inplace_matrix_multiply;
    PyNumber_InPlaceFloorDivide inplace_floor_divide;
    PyNumber_InPlaceTrueDivide inplace_true_divide;
    PyNumber_InPlaceRemainder inplace_remainder;
    PyNumber_InPlaceLshift inplace_lshift;
    PyNumber_InPlaceRshift inplace_rshift;
    PyNumber_InPlaceAnd inplace_and;
    PyNumber_InPlaceXor inplace_xor;
    PyNumber_InPlaceOr inplace_or;
}

exported! {
    fn PyNumber_Power(base: Option<&Object>, exponent: Option<&Object>, modulus: Option<&Object>) -> Result {
        number::power(not_null(base)?, not_null(exponent)?, not_null(modulus)?)
    }

    fn PyNumber_InPlacePower(base: Option<&Object>, exponent: Option<&Object>, modulus: Option<&Object>) -> Result {
        number::inplace_power(not_null(base)?, not_null(exponent)?, not_null(modulus)?)
    }

    fn PyNumber_Negative(operand: Option<&Object>) -> Result {
        number::negative(not_null(operand)?)
    }

    fn PyNumber_Positive(operand: Option<&Object>) -> Result {
        number::positive(not_null(operand)?)
    }

    fn PyNumber_Invert(operand: Option<&Object>) -> Result {
        number::invert(not_null(operand)?)
    }

    fn PyNumber_Absolute(operand: Option<&Object>) -> Result {
        number::absolute(not_null(operand)?)
    }

    fn PyNumber_Check(object: Option<&Object>) -> bool {
        object.is_some_and(|object| {
            let class = object.ty();
            class.nb_index().is_some()
                || class.nb_int().is_some()
                || class.nb_float().is_some()
                || crate::complexobject::is_complex(object)
        })
    }

    fn PyIndex_Check(object: Option<&Object>) -> bool {
        object.is_some_and(|object| object.ty().nb_index().is_some())
    }

    fn PyNumber_Index(object: Option<&Object>) -> Result {
        let number = not_null(object)?.index()?;
        Ok(Int::exact(&number).into_object())
    }

    fn PyNumber_Long(object: Option<&Object>) -> Result<Ref<Int>> {
        not_null(object)?.to_int()
    }

    fn PyNumber_Float(object: Option<&Object>) -> Result {
        let object = not_null(object)?;
        if object.is::<Float>() {
            return Ok(object.to_ref());
        }
        if object.ty().nb_float().is_some() || object.ty().nb_index().is_some() {
            return Ok(Float::new(object.to_float()?).into_object());
        }
        crate::floatobject::from_string(object)
    }

    fn PyNumber_AsSsize_t(object: Option<&Object>, exception: Option<&Type>) -> Result<isize> {
        crate::support::not_null(object)?.to_isize_index_or_clip(exception)
    }

    fn PyNumber_ToBase(object: Option<&Object>, base: c_int) -> Result {
        let number = crate::support::not_null(object)?.index()?;
        let method = match base {
            2 => "b",
            8 => "o",
            10 => return Ok(number.str_()?.into_object()),
            16 => "x",
            _ => return Err(raise!(SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16")),
        };
        Ok(number.format(&Str::new(&format!("#{method}")))?.into_object())
    }
}

/// Raises OverflowError where an index doesn't fit.
pub fn index(object: &Object) -> Result<isize> {
    object.to_isize_index(&exceptions::IndexError)
}

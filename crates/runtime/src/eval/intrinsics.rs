//! `CALL_INTRINSIC_1` and `_2`: rare operations that need no instruction of their own.

use bytecode::operands::{Intrinsic1, Intrinsic2};

use crate::errors::Result;
use crate::eval::frame::Frame;
use crate::eval::imports;
use crate::object::Object;
use crate::objects::exceptions::{self, BaseException};
use crate::objects::function::Function;
use crate::objects::list::List;
use crate::objects::singletons::none;
use crate::objects::tuple::Tuple;
use crate::protocol::number;
use crate::reference::Ref;
use crate::{intern, raise};

pub fn call_1(frame: &Frame, which: u32, value: &Object) -> Result {
    match Intrinsic1::from_u32(which) {
        Some(Intrinsic1::Print) => print_expression(value),
        Some(Intrinsic1::ImportStar) => {
            let Some(locals) = frame.locals.get() else {
                return Err(raise!(SystemError, "no locals found during 'import *'"));
            };
            imports::import_star(value, &locals).map(|()| none())
        }
        Some(Intrinsic1::StopIterationError) => stop_iteration_error(frame, value),
        Some(Intrinsic1::AsyncGenWrap) => Ok(crate::objects::async_generator::wrap_value(value)),
        Some(Intrinsic1::UnaryPositive) => number::positive(value),
        Some(Intrinsic1::ListToTuple) => match value.downcast::<List>() {
            Some(list) => Ok(Tuple::from_vec(list.to_vec()).into_object()),
            None => Err(raise!(SystemError, "LIST_TO_TUPLE of something that is no list")),
        },
        Some(Intrinsic1::TypeVar) => crate::objects::typevar::make_typevar(value, None, None),
        Some(Intrinsic1::ParamSpec) => crate::objects::typevar::make_paramspec(value),
        Some(Intrinsic1::TypeVarTuple) => crate::objects::typevar::make_typevartuple(value),
        Some(Intrinsic1::SubscriptGeneric) => crate::objects::typevar::subscript_generic(value),
        Some(Intrinsic1::TypeAlias) => crate::objects::typevar::make_typealias(value),
        Some(Intrinsic1::Invalid) | None => Err(raise!(SystemError, "invalid intrinsic {which}")),
    }
}

pub fn call_2(which: u32, left: &Object, right: &Object) -> Result {
    match Intrinsic2::from_u32(which) {
        Some(Intrinsic2::PrepReraiseStar) => prepare_reraise_star(left, right),
        Some(Intrinsic2::TypeVarWithBound) => crate::objects::typevar::make_typevar(left, Some(right), None),
        Some(Intrinsic2::TypeVarWithConstraints) => {
            crate::objects::typevar::make_typevar(left, None, Some(right))
        }
        Some(Intrinsic2::SetFunctionTypeParams) => {
            if let Some(function) = left.downcast::<Function>() {
                function.type_params.set(Some(right.to_ref()));
            }
            Ok(left.to_ref())
        }
        Some(Intrinsic2::SetTypeParamDefault) => {
            crate::objects::typevar::set_default(left, right).map(|()| left.to_ref())
        }
        Some(Intrinsic2::Invalid) | None => Err(raise!(SystemError, "invalid intrinsic {which}")),
    }
}

/// What the interactive interpreter does with an expression's value.
fn print_expression(value: &Object) -> Result {
    let sys = crate::interpreter_state::Interpreter::current().sys.get();
    let hook = match sys {
        Some(sys) => sys.get_str(intern!("displayhook"))?,
        None => None,
    };
    match hook {
        Some(hook) => hook.call(&[value]),
        None => Err(raise!(RuntimeError, "lost sys.displayhook")),
    }
}

/// A StopIteration that leaves a generator becomes a RuntimeError (PEP 479).
fn stop_iteration_error(frame: &Frame, value: &Object) -> Result {
    use bytecode::code::flags;
    let code_flags = frame.code().flags();
    let kind = if code_flags & flags::GENERATOR != 0 {
        "generator raised StopIteration"
    } else if code_flags & flags::ASYNC_GENERATOR != 0 {
        "async generator raised StopIteration"
    } else {
        "coroutine raised StopIteration"
    };
    let stop_async = value.ty().is_subtype(&exceptions::StopAsyncIteration);
    let message = if value.ty().is_subtype(&exceptions::StopIteration) {
        kind
    } else if stop_async && code_flags & flags::ASYNC_GENERATOR != 0 {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(value.to_ref());
    };
    let error =
        exceptions::instantiate(&exceptions::RuntimeError, Some(&crate::objects::str::Str::new(message)))?;
    if let Some(cause) = value.downcast::<BaseException>() {
        exceptions::set_cause(&error, Some(cause));
        exceptions::set_context(&error, Some(cause));
    }
    Ok(error.into_object())
}

/// What goes on up after `except*` clauses: the unhandled rest and what they raised themselves.
pub fn prepare_reraise_star(original: &Object, raised: &Object) -> Result {
    let Some(raised) = raised.downcast::<List>() else {
        return Err(raise!(SystemError, "PREP_RERAISE_STAR of something that is no list"));
    };
    let raised = raised.to_vec();
    if raised.is_empty() {
        return Ok(none());
    }
    if !original.ty().is_subtype(&exceptions::BaseExceptionGroup) {
        // A naked exception was wrapped; what is left of it is itself or what a clause raised.
        return Ok(raised.into_iter().next().unwrap_or_else(none));
    }
    let mut own: Vec<Ref> = Vec::new();
    let mut reraised: Vec<Ref> = Vec::new();
    for exception in raised {
        if exception.is_none() {
            continue;
        }
        if exceptions::same_metadata(&exception, original) {
            reraised.push(exception)
        } else {
            own.push(exception)
        }
    }
    let rest = if reraised.is_empty() { None } else { exceptions::group_projection(original, &reraised)? };
    if own.is_empty() {
        return Ok(rest.unwrap_or_else(none));
    }
    if let Some(rest) = rest {
        own.push(rest);
    }
    if own.len() == 1 {
        return Ok(own.swap_remove(0));
    }
    exceptions::exception_group_of("", &own)
}

//! `_opcode`: facts about instructions, for `opcode` and `dis`.

use bytecode::Opcode;
use bytecode::operands::{BinaryOperator, Intrinsic1, Intrinsic2, SPECIAL_METHODS};
use runtime::objects::code::Code;
use runtime::prelude::*;

/// The instruction of that number, pseudo instructions included.
fn instruction(number: i32) -> Option<Opcode> {
    u16::try_from(number).ok().and_then(Opcode::from_u16)
}

/// Compute the stack effect of the opcode.
#[function(signature = "($module, opcode, oparg=None, /, *, jump=None)")]
fn stack_effect(_module: &Module, opcode: i32, oparg: Option<&Object>, jump: Option<&Object>) -> Result<i32> {
    let oparg = match oparg.filter(|oparg| !oparg.is_none()) {
        Some(oparg) => c_int(oparg)?,
        None => 0,
    };
    let jump = match jump {
        None => None,
        Some(jump) if jump.is_none() => None,
        Some(jump) if jump.is_same(&py_true()) => Some(true),
        Some(jump) if jump.is_same(&py_false()) => Some(false),
        Some(_) => return Err(raise!(ValueError, "stack_effect: jump must be False, True or None")),
    };
    let effect = instruction(opcode).and_then(|opcode| opcode.stack_effect(oparg as u32, jump));
    effect.ok_or_else(|| raise!(ValueError, "invalid opcode or oparg"))
}

/// An argument as a C int.
fn c_int(object: &Object) -> Result<i32> {
    let value = object.index()?.to_i64().and_then(|value| i32::try_from(value).ok());
    value.ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C int"))
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident($opcode:ident) => $answer:expr;)*) => { $(
        $(#[$doc])*
        #[function(signature = "($module, /, opcode)")]
        fn $name(_module: &Module, opcode: i32) -> bool {
            instruction(opcode).is_some_and(|$opcode| $answer)
        }
    )* };
}

questions! {
    /// Return True if opcode is valid, False otherwise.
    is_valid(_opcode) => true;
    /// Return True if the opcode uses its oparg, False otherwise.
    has_arg(opcode) => opcode.has_arg();
    /// Return True if the opcode accesses a constant, False otherwise.
    has_const(opcode) => opcode.has_const();
    /// Return True if the opcode accesses an attribute by name, False otherwise.
    has_name(opcode) => opcode.has_name();
    /// Return True if the opcode has a jump target, False otherwise.
    has_jump(opcode) => opcode.has_jump();
    /// Return True if the opcode accesses a free variable, False otherwise.
    ///
    /// Names of this scope that inner scopes use, and names of outer scopes that this one uses; not globals and builtins.
    has_free(opcode) => opcode.has_free();
    /// Return True if the opcode accesses a local variable, False otherwise.
    has_local(opcode) => opcode.has_local();
    /// Return True if the opcode sets an exception handler, False otherwise.
    has_exc(opcode) => opcode.is_block_push();
}

/// Return the specialization stats; None, as they are not counted.
#[function(signature = "($module, /)")]
fn get_specialization_stats(_module: &Module) -> Ref {
    none()
}

/// Names as a list of strings.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> Ref<List> {
    List::from_vec(names.map(|name| Str::new(name).into_object()).collect())
}

/// Return array of symbols of binary ops, indexed by the BINARY_OP oparg value.
#[function(signature = "($module, /)")]
fn get_nb_ops(_module: &Module) -> Ref<List> {
    let pair = |operator: &BinaryOperator| {
        Tuple::pack([Str::new(operator.name()).into_object(), Str::new(operator.symbol()).into_object()])
            .into_object()
    };
    List::from_vec(BinaryOperator::ALL.iter().map(pair).collect())
}

/// Return a list of names of the unary intrinsics.
#[function(signature = "($module, /)")]
fn get_intrinsic1_descs(_module: &Module) -> Ref<List> {
    names(Intrinsic1::ALL.iter().map(|intrinsic| intrinsic.name()))
}

/// Return a list of names of the binary intrinsics.
#[function(signature = "($module, /)")]
fn get_intrinsic2_descs(_module: &Module) -> Ref<List> {
    names(Intrinsic2::ALL.iter().map(|intrinsic| intrinsic.name()))
}

/// Return a list of special method names.
#[function(signature = "($module, /)")]
fn get_special_method_names(_module: &Module) -> Ref<List> {
    names(SPECIAL_METHODS.iter().copied())
}

/// Return the executor object at offset in code if exists, None otherwise.
#[function(signature = "($module, /, code, offset)")]
fn get_executor(_module: &Module, code: &Object, offset: i32) -> Result {
    let _ = offset;
    if code.downcast::<Code>().is_none() {
        return Err(raise!(TypeError, "expected a code object, not '{}'", code.ty().name()));
    }
    Err(raise!(ValueError, "no executor at given byte offset"))
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("ENABLE_SPECIALIZATION"), &Int::new(1))?;
    dict.insert_str(intern!("ENABLE_SPECIALIZATION_FT"), &Int::new(1))
}

module! {
    name: "_opcode",
    doc: "Opcode support module.",
    functions: [
        stack_effect, is_valid, has_arg, has_const, has_name, has_jump, has_free, has_local, has_exc,
        get_specialization_stats, get_nb_ops, get_intrinsic1_descs, get_intrinsic2_descs,
        get_special_method_names, get_executor
    ],
    classes: [],
    exec: exec
}

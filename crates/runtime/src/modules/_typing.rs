//! `_typing`: the part of `typing` that the interpreter itself needs.

use crate::objects::typevar::{
    Generic, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple, no_default,
};
use crate::objects::union::Union;
use crate::prelude::*;

/// Return the argument.
#[function(name = "_idfunc", signature = "($module, x, /)")]
fn idfunc(_module: &Module, x: &Object) -> Ref {
    x.to_ref()
}

fn exec(module: &Module) -> Result<()> {
    module.dict().insert_str(intern!("NoDefault"), &no_default())
}

module! {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    functions: [idfunc],
    classes: [Generic, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple, Union],
    exec: exec
}

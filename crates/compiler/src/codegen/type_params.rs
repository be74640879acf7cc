//! Type parameters and `type` statements (PEP 695, 696).

use bytecode::operands::{FunctionAttribute, Intrinsic1, Intrinsic2};
use bytecode::{Constant, Opcode};
use syntax::ErrorKind;
use syntax::ast::{Expr, ExprKind, Stmt, TypeParam, TypeParamKind};

use super::{Compiler, Counts, UnitKind, loc};
use crate::error::{Error, Result};
use crate::names::Name;
use crate::symtable::{Key, Role};

impl<'a> Compiler<'a, '_> {
    /// Creates and stores the parameters, and pushes the tuple of them.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        let mut seen_default = false;
        for param in params {
            let at = loc(param.location);
            let (name, default, intrinsic, allow_star) = match param.kind {
                TypeParamKind::TypeVar { name, default_value, .. } => {
                    (name, default_value, Intrinsic1::TypeVar, false)
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    (name, default_value, Intrinsic1::TypeVarTuple, true)
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    (name, default_value, Intrinsic1::ParamSpec, false)
                }
            };
            self.load_str(at, name);
            let text = name;
            let name = self.intern(name);
            if let TypeParamKind::TypeVar { bound: Some(bound), .. } = param.kind {
                self.type_variable(bound, name, Key::new(param, Role::Bound), false)?;
                let is_tuple = matches!(bound.kind, ExprKind::Tuple { .. });
                let intrinsic =
                    if is_tuple { Intrinsic2::TypeVarWithConstraints } else { Intrinsic2::TypeVarWithBound };
                self.intrinsic_2(at, intrinsic);
            } else {
                self.intrinsic(at, intrinsic);
            }
            if let Some(default) = default {
                seen_default = true;
                self.type_variable(default, name, Key::new(param, Role::Default), allow_star)?;
                self.intrinsic_2(at, Intrinsic2::SetTypeParamDefault);
            } else if seen_default {
                let message = format!("non-default type parameter '{text}' follows default type parameter");
                return Error::syntax(message, param.location);
            }
            self.op_arg(at, Opcode::COPY, 1);
            self.store_name(at, name)?;
        }
        if let Some(first) = params.first() {
            self.op_arg(loc(first.location), Opcode::BUILD_TUPLE, params.len() as u32);
        }
        Ok(())
    }

    /// The function that evaluates a bound, constraints or a default.
    fn type_variable(&mut self, value: &'a Expr<'a>, name: Name, key: Key, allow_star: bool) -> Result {
        let at = loc(value.location);
        self.load_const(at, Constant::Tuple(vec![Constant::Int(1.into())]));
        self.enter_annotations(at, key, name)?;
        match value.kind {
            ExprKind::Starred { value, .. } if allow_star => {
                self.expression(value)?;
                self.op_arg(at, Opcode::UNPACK_SEQUENCE, 1);
            }
            _ => self.expression(value)?,
        }
        self.op(at, Opcode::RETURN_VALUE);
        let code = self.finish(true)?;
        self.make_closure(at, code, FunctionAttribute::DEFAULTS)
    }

    pub(super) fn type_alias(
        &mut self,
        statement: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result {
        let at = loc(statement.location);
        let ExprKind::Name { id, .. } = target.kind else {
            return Error::other(ErrorKind::TypeError, "TypeAlias with non-Name name");
        };
        let name = self.intern(id);
        let is_generic = !type_params.is_empty();
        if is_generic {
            let scope_name = self.names.intern_owned(&format!("<generic parameters of {id}>"));
            let key = Key::new(type_params, Role::TypeParams);
            self.enter(scope_name, UnitKind::Annotations, key, at.line, None, Counts::default())?;
            self.load_str(at, id);
            self.type_params(type_params)?;
        } else {
            self.load_str(at, id);
            self.load_none(at);
        }
        self.load_const(at, Constant::Tuple(vec![Constant::Int(1.into())]));
        self.enter_annotations(at, Key::new(statement, Role::Body), name)?;
        self.expression(value)?;
        self.op(at, Opcode::RETURN_VALUE);
        let code = self.finish(false)?;
        self.make_closure(at, code, FunctionAttribute::DEFAULTS)?;
        self.op_arg(at, Opcode::BUILD_TUPLE, 3);
        self.intrinsic(at, Intrinsic1::TypeAlias);
        if is_generic {
            let code = self.finish(false)?;
            self.make_closure(at, code, 0)?;
            self.op(at, Opcode::PUSH_NULL);
            self.op_arg(at, Opcode::CALL, 0);
        }
        self.store_name(at, name)
    }
}

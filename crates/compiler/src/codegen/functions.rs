//! Functions and lambdas: defaults, bodies, closures, decorators.

use std::sync::Arc;

use bytecode::code::LocalKind;
use bytecode::operands::{FunctionAttribute, Intrinsic1, Intrinsic2};
use bytecode::{Code, Constant, Opcode};
use syntax::ast::{Arguments, Expr, Stmt, StmtKind};

use super::blocks::BlockKind;
use super::{Compiler, Counts, UnitKind, docstring, loc};
use crate::error::Result;
use crate::instruction_sequence::Location;
use crate::names::known;
use crate::symtable::{Key, Role};

impl Counts {
    fn of(args: &Arguments<'_>) -> Counts {
        Counts {
            positional: args.posonlyargs.len() + args.args.len(),
            positional_only: args.posonlyargs.len(),
            keyword_only: args.kwonlyargs.len(),
        }
    }
}

/// The line that a decorated function or class begins at.
pub(super) fn first_line(statement: &Stmt<'_>, decorators: &[Expr<'_>]) -> i32 {
    decorators.first().map_or(statement.location.lineno, |decorator| decorator.location.lineno)
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn function(&mut self, statement: &'a Stmt<'a>) -> Result {
        let (is_async, name, args, body, decorators, returns, type_params) = match statement.kind {
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                (false, name, args, body, decorator_list, returns, type_params)
            }
            StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                (true, name, args, body, decorator_list, returns, type_params)
            }
            _ => return Ok(()),
        };
        let at = loc(statement.location);
        let first_line = first_line(statement, decorators);
        let name = self.intern(name);
        self.expressions(decorators)?;
        let mut attributes = self.defaults(at, args)?;
        let mut type_param_args = 0;
        if !type_params.is_empty() {
            type_param_args += usize::from(attributes & FunctionAttribute::DEFAULTS != 0);
            type_param_args += usize::from(attributes & FunctionAttribute::KWDEFAULTS != 0);
            if type_param_args == 2 {
                self.op_arg(at, Opcode::SWAP, 2);
            }
            let scope_name = format!("<generic parameters of {}>", self.names.text(name));
            let scope_name = self.names.intern_owned(&scope_name);
            let counts = Counts { positional: type_param_args, ..Counts::default() };
            let key = Key::new(type_params, Role::TypeParams);
            self.enter(scope_name, UnitKind::Annotations, key, first_line, None, counts)?;
            self.type_params(type_params)?;
            for index in 0..type_param_args {
                self.op_arg(at, Opcode::LOAD_FAST, index as u32);
            }
        }
        attributes |= self.function_annotations(statement, args, returns)?;

        let kind = if is_async { UnitKind::AsyncFunction } else { UnitKind::Function };
        self.enter(name, kind, Key::new(statement, Role::Body), first_line, None, Counts::of(args))?;
        let code = self.function_body(body)?;
        self.make_closure(at, code, attributes)?;

        if !type_params.is_empty() {
            self.op_arg(at, Opcode::SWAP, 2);
            self.intrinsic_2(at, Intrinsic2::SetFunctionTypeParams);
            let code = self.finish(false)?;
            self.make_closure(at, code, 0)?;
            if type_param_args > 0 {
                self.op_arg(at, Opcode::SWAP, type_param_args as u32 + 1);
                self.op_arg(at, Opcode::CALL, type_param_args as u32 - 1);
            } else {
                self.op(at, Opcode::PUSH_NULL);
                self.op_arg(at, Opcode::CALL, 0);
            }
        }
        self.apply_decorators(decorators);
        self.store_name(at, name)
    }

    /// The body of the function whose unit is open; ends the unit.
    fn function_body(&mut self, body: &'a [Stmt<'a>]) -> Result<Arc<Code>> {
        let mut rest = body;
        if self.scope().has_docstring
            && let Some((_, text)) = docstring(body)
        {
            rest = &body[1..];
            self.unit.consts.add(super::docstring::clean(text)?);
        }
        let scope = self.scope();
        let is_generator = scope.coroutine || scope.generator;
        if is_generator {
            self.push_block(Location::NONE, BlockKind::StopIteration, None, None)?;
        }
        self.statements(rest)?;
        if is_generator {
            self.wrap_in_stopiteration_handler();
            self.pop_block();
        }
        self.finish(true)
    }

    /// A StopIteration that leaves a generator becomes a RuntimeError (PEP 479).
    pub(super) fn wrap_in_stopiteration_handler(&mut self) {
        let handler = self.label();
        self.unit.code.insert(0, Opcode::SETUP_CLEANUP, handler.0 as i32, Location::NONE);
        self.load_none(Location::NONE);
        self.op(Location::NONE, Opcode::RETURN_VALUE);
        self.place(handler);
        self.intrinsic(Location::NONE, Intrinsic1::StopIterationError);
        self.op_arg(Location::NONE, Opcode::RERAISE, 1);
    }

    pub(super) fn apply_decorators(&mut self, decorators: &'a [Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.op_arg(loc(decorator.location), Opcode::CALL, 0);
        }
    }

    /// Pushes the defaults of parameters; returns which the function gets.
    fn defaults(&mut self, at: Location, args: &'a Arguments<'a>) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.expressions(args.defaults)?;
            self.op_arg(at, Opcode::BUILD_TUPLE, args.defaults.len() as u32);
            attributes |= FunctionAttribute::DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = self.intern(arg.arg);
            let name = self.mangle(name);
            let text = self.names.text(name);
            self.load_str(at, text);
            self.expression(default)?;
            count += 1;
        }
        if count > 0 {
            self.op_arg(at, Opcode::BUILD_MAP, count);
            attributes |= FunctionAttribute::KWDEFAULTS;
        }
        Ok(attributes)
    }

    pub(super) fn lambda(
        &mut self,
        expression: &'a Expr<'a>,
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    ) -> Result {
        let at = loc(expression.location);
        let attributes = self.defaults(at, args)?;
        let key = Key::new(expression, Role::Body);
        let line = expression.location.lineno;
        self.enter(known::anonymous_lambda, UnitKind::Lambda, key, line, None, Counts::of(args))?;
        self.expression(body)?;
        let code = if self.scope().generator {
            self.finish(false)?
        } else {
            self.op(loc(body.location), Opcode::RETURN_VALUE);
            self.finish(true)?
        };
        self.make_closure(at, code, attributes)
    }

    /// Makes a function of code, with the attributes whose values are on the stack.
    pub(super) fn make_closure(&mut self, at: Location, code: Arc<Code>, attributes: u32) -> Result {
        let free = code.localspluskinds.iter().filter(|&&kind| kind & LocalKind::FREE != 0).count();
        let mut attributes = attributes;
        if free > 0 {
            let first = code.localsplusnames.len() - free;
            for name in &code.localsplusnames[first..] {
                let name = self.names.intern_owned(name.as_str().unwrap_or_default());
                let index = self.closure_index(name, &code)?;
                self.op_arg(at, Opcode::LOAD_CLOSURE, index);
            }
            self.op_arg(at, Opcode::BUILD_TUPLE, free as u32);
            attributes |= FunctionAttribute::CLOSURE;
        }
        self.load_const(at, Constant::Code(code));
        self.op(at, Opcode::MAKE_FUNCTION);
        let order = [
            FunctionAttribute::CLOSURE,
            FunctionAttribute::ANNOTATIONS,
            FunctionAttribute::ANNOTATE,
            FunctionAttribute::KWDEFAULTS,
            FunctionAttribute::DEFAULTS,
        ];
        for attribute in order.into_iter().filter(|attribute| attributes & attribute != 0) {
            self.op_arg(at, Opcode::SET_FUNCTION_ATTRIBUTE, attribute);
        }
        Ok(())
    }
}

//! Statements: simple ones, imports, and control flow without handlers.

use bytecode::operands::{CommonConstant, Intrinsic1};
use bytecode::{Constant, Opcode};
use syntax::ErrorKind;
use syntax::ast::{Alias, BoolOp, CmpOp, Expr, ExprKind, Operator, Stmt, StmtKind, UnaryOp};

use super::blocks::BlockKind;
use super::{Compiler, UnitKind, docstring, loc};
use crate::error::{Error, Limit, Result, check_stack};
use crate::instruction_sequence::{Label, Location};
use crate::names::known;

impl<'a> Compiler<'a, '_> {
    /// The body of a module or class: docstring, statements, annotations.
    pub(super) fn body(&mut self, at: Location, body: &'a [Stmt<'a>]) -> Result {
        if self.has_future_annotations() && self.scope().annotations_used {
            self.op(at, Opcode::SETUP_ANNOTATIONS);
        }
        let mut rest = body;
        if !self.is_interactive_top_level()
            && let Some((node, text)) = docstring(body)
        {
            rest = &body[1..];
            self.load_const(loc(node.location), super::docstring::clean(text)?);
            self.store_name(Location::NONE, known::doc)?;
        }
        self.statements(rest)?;
        if !self.has_future_annotations() {
            self.deferred_annotations(at)?;
        }
        Ok(())
    }

    pub(super) fn statements(&mut self, body: &'a [Stmt<'a>]) -> Result {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn conditionally(&mut self, statement: impl FnOnce(&mut Self) -> Result) -> Result {
        let outer = std::mem::replace(&mut self.unit.in_conditional_block, true);
        statement(self)?;
        self.unit.in_conditional_block = outer;
        Ok(())
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt<'a>) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Code)?;
        let at = loc(statement.location);
        match statement.kind {
            StmtKind::FunctionDef { .. } | StmtKind::AsyncFunctionDef { .. } => self.function(statement)?,
            StmtKind::ClassDef { .. } => self.class(statement)?,
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(statement, name, type_params, value)?;
            }
            StmtKind::Return { value } => self.return_statement(statement, value)?,
            StmtKind::Delete { targets } => self.expressions(targets)?,
            StmtKind::Assign { targets, value, .. } => {
                self.expression(value)?;
                for (index, target) in targets.iter().enumerate() {
                    if index + 1 < targets.len() {
                        self.op_arg(at, Opcode::COPY, 1);
                    }
                    self.expression(target)?;
                }
            }
            StmtKind::AugAssign { target, op, value } => self.augmented_assignment(at, target, op, value)?,
            StmtKind::AnnAssign { .. } => self.annotated_assignment(statement)?,
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.conditionally(|compiler| compiler.for_loop(at, target, iter, body, orelse))?;
            }
            StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.conditionally(|compiler| compiler.async_for_loop(at, target, iter, body, orelse))?;
            }
            StmtKind::While { test, body, orelse } => {
                self.conditionally(|compiler| compiler.while_loop(at, test, body, orelse))?;
            }
            StmtKind::If { test, body, orelse } => {
                self.conditionally(|compiler| compiler.if_statement(at, test, body, orelse))?;
            }
            StmtKind::With { items, body, .. } => {
                self.conditionally(|compiler| compiler.with(items, body, false))?;
            }
            StmtKind::AsyncWith { items, body, .. } => {
                self.conditionally(|compiler| compiler.with(items, body, true))?;
            }
            StmtKind::Match { subject, cases } => {
                self.conditionally(|compiler| compiler.match_statement(subject, cases))?;
            }
            StmtKind::Try { .. } => self.conditionally(|compiler| compiler.try_statement(statement))?,
            StmtKind::TryStar { .. } => self.conditionally(|compiler| compiler.try_statement(statement))?,
            StmtKind::Raise { exc, cause } => {
                let mut count = 0;
                if let Some(exc) = exc {
                    self.expression(exc)?;
                    count += 1;
                    if let Some(cause) = cause {
                        self.expression(cause)?;
                        count += 1;
                    }
                }
                self.op_arg(at, Opcode::RAISE_VARARGS, count);
            }
            StmtKind::Assert { test, msg } => self.assert(statement, test, msg)?,
            StmtKind::Import { names } => self.import(at, names)?,
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(at, module, names, level.unwrap_or(0))?;
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => {}
            StmtKind::Expr { value } => self.expression_statement(at, value)?,
            StmtKind::Pass => self.op(at, Opcode::NOP),
            StmtKind::Break => self.break_statement(statement)?,
            StmtKind::Continue => self.continue_statement(statement)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn expression_statement(&mut self, at: Location, value: &'a Expr<'a>) -> Result {
        if self.is_interactive_top_level() {
            self.expression(value)?;
            self.intrinsic(at, Intrinsic1::Print);
            self.op(Location::NONE, Opcode::POP_TOP);
        } else if matches!(value.kind, ExprKind::Constant { .. }) {
            self.op(at, Opcode::NOP);
        } else {
            self.expression(value)?;
            self.op(Location::NONE, Opcode::POP_TOP);
        }
        Ok(())
    }

    fn return_statement(&mut self, statement: &'a Stmt<'a>, value: Option<&'a Expr<'a>>) -> Result {
        let mut at = loc(statement.location);
        let scope = self.scope();
        if !scope.is_function_like() {
            return Error::syntax("'return' outside function", statement.location);
        }
        if value.is_some() && scope.coroutine && scope.generator {
            return Error::syntax("'return' with value in async generator", statement.location);
        }
        let constant = match value {
            Some(Expr { kind: ExprKind::Constant { value, .. }, .. }) => Some(*value),
            _ => None,
        };
        let preserve_top = value.is_some() && constant.is_none();
        if let Some(value) = value {
            if preserve_top {
                self.expression(value)?;
            } else {
                // So that the line of the value is traced.
                at = loc(value.location);
                self.op(at, Opcode::NOP);
            }
        }
        if value.is_none_or(|value| value.location.lineno != statement.location.lineno) {
            at = loc(statement.location);
            self.op(at, Opcode::NOP);
        }
        self.unwind_blocks(&mut at, preserve_top, false)?;
        if value.is_none() {
            self.load_none(at);
        } else if let Some(constant) = constant {
            self.load_literal(at, constant);
        }
        self.op(at, Opcode::RETURN_VALUE);
        Ok(())
    }

    fn augmented_assignment(
        &mut self,
        at: Location,
        target: &'a Expr<'a>,
        op: Operator,
        value: &'a Expr<'a>,
    ) -> Result {
        let target_at = loc(target.location);
        match target.kind {
            ExprKind::Attribute { value: object, attr, .. } => {
                self.expression(object)?;
                self.op_arg(target_at, Opcode::COPY, 1);
                let attr_at = self.attribute_location(target_at, target);
                let name = self.intern(attr);
                self.load_attribute(attr_at, name, false);
                self.expression(value)?;
                self.inplace_op(at, op);
                self.op_arg(attr_at, Opcode::SWAP, 2);
                self.op_mangled_name(attr_at, Opcode::STORE_ATTR, name);
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                self.expression(object)?;
                if let Some((lower, upper)) = super::expressions::two_part_slice(slice) {
                    self.slice_parts(slice, lower, upper)?;
                    for _ in 0..3 {
                        self.op_arg(target_at, Opcode::COPY, 3);
                    }
                    self.op(target_at, Opcode::BINARY_SLICE);
                    self.expression(value)?;
                    self.inplace_op(at, op);
                    for depth in [4, 3, 2] {
                        self.op_arg(target_at, Opcode::SWAP, depth);
                    }
                    self.op(target_at, Opcode::STORE_SLICE);
                } else {
                    self.expression(slice)?;
                    self.op_arg(target_at, Opcode::COPY, 2);
                    self.op_arg(target_at, Opcode::COPY, 2);
                    self.subscript_op(target_at);
                    self.expression(value)?;
                    self.inplace_op(at, op);
                    self.op_arg(target_at, Opcode::SWAP, 3);
                    self.op_arg(target_at, Opcode::SWAP, 2);
                    self.op(target_at, Opcode::STORE_SUBSCR);
                }
            }
            ExprKind::Name { id, .. } => {
                let name = self.intern(id);
                self.load_name(target_at, name)?;
                self.expression(value)?;
                self.inplace_op(at, op);
                self.store_name(target_at, name)?;
            }
            _ => {
                return Error::other(ErrorKind::SystemError, "invalid node type for augmented assignment");
            }
        }
        Ok(())
    }

    fn assert(
        &mut self,
        statement: &'a Stmt<'a>,
        test: &'a Expr<'a>,
        message: Option<&'a Expr<'a>>,
    ) -> Result {
        let at = loc(statement.location);
        let is_tuple = match test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: syntax::ast::Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if is_tuple {
            let message = "assertion is always true, perhaps remove parentheses?";
            self.warning(statement.location, message.to_owned())?;
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(at, test, end, true)?;
        self.op_arg(at, Opcode::LOAD_COMMON_CONSTANT, CommonConstant::AssertionError as u32);
        if let Some(message) = message {
            self.expression(message)?;
            self.op_arg(at, Opcode::CALL, 0);
        }
        self.op_arg(loc(test.location), Opcode::RAISE_VARARGS, 1);
        self.place(end);
        Ok(())
    }

    // Imports.

    fn import(&mut self, at: Location, aliases: &'a [Alias<'a>]) -> Result {
        for alias in aliases {
            self.load_int(at, 0);
            self.load_none(at);
            let name = self.intern(alias.name);
            self.op_mangled_name(at, Opcode::IMPORT_NAME, name);
            if let Some(asname) = alias.asname {
                self.import_as(at, alias.name, asname)?;
            } else {
                let first = alias.name.split('.').next().unwrap_or(alias.name);
                let first = self.intern(first);
                self.store_name(at, first)?;
            }
        }
        Ok(())
    }

    /// Binds `asname` to the module that `import a.b.c` imported, going from `a` down to it.
    fn import_as(&mut self, at: Location, name: &'a str, asname: &'a str) -> Result {
        let asname = self.intern(asname);
        let mut parts = name.split('.').skip(1).peekable();
        if parts.peek().is_none() {
            return self.store_name(at, asname);
        }
        while let Some(part) = parts.next() {
            let part = self.intern(part);
            self.op_name(at, Opcode::IMPORT_FROM, part);
            if parts.peek().is_some() {
                self.op_arg(at, Opcode::SWAP, 2);
                self.op(at, Opcode::POP_TOP);
            }
        }
        self.store_name(at, asname)?;
        self.op(at, Opcode::POP_TOP);
        Ok(())
    }

    fn import_from(
        &mut self,
        at: Location,
        module: Option<&'a str>,
        aliases: &'a [Alias<'a>],
        level: i32,
    ) -> Result {
        self.load_int(at, level.into());
        let names = aliases.iter().map(|alias| Constant::Str(alias.name.into())).collect();
        self.load_const(at, Constant::Tuple(names));
        let module = self.intern(module.unwrap_or(""));
        self.op_mangled_name(at, Opcode::IMPORT_NAME, module);
        for (index, alias) in aliases.iter().enumerate() {
            if index == 0 && alias.name == "*" {
                self.intrinsic(at, Intrinsic1::ImportStar);
                self.op(Location::NONE, Opcode::POP_TOP);
                return Ok(());
            }
            let name = self.intern(alias.name);
            self.op_mangled_name(at, Opcode::IMPORT_FROM, name);
            let stored = self.intern(alias.asname.unwrap_or(alias.name));
            self.store_name(at, stored)?;
        }
        self.op(at, Opcode::POP_TOP);
        Ok(())
    }

    // Control flow.

    fn if_statement(
        &mut self,
        at: Location,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let end = self.label();
        let next = if orelse.is_empty() { end } else { self.label() };
        self.jump_if(at, test, next, false)?;
        self.statements(body)?;
        if !orelse.is_empty() {
            self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
            self.place(next);
            self.statements(orelse)?;
        }
        self.place(end);
        Ok(())
    }

    fn while_loop(
        &mut self,
        at: Location,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, end, anchor) = (self.label(), self.label(), self.label());
        self.place(start);
        self.push_block(at, BlockKind::WhileLoop, Some(start), Some(end))?;
        self.jump_if(at, test, anchor, false)?;
        self.statements(body)?;
        self.jump(Location::NONE, Opcode::JUMP, start);
        self.pop_block();
        self.place(anchor);
        self.statements(orelse)?;
        self.place(end);
        Ok(())
    }

    fn for_loop(
        &mut self,
        at: Location,
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, cleanup, end) = (self.label(), self.label(), self.label());
        self.push_block(at, BlockKind::ForLoop, Some(start), Some(end))?;
        self.expression(iter)?;
        let iter_at = loc(iter.location);
        self.op(iter_at, Opcode::GET_ITER);
        self.place(start);
        self.jump(iter_at, Opcode::FOR_ITER, cleanup);
        // So that the lines of a `for` over several lines are traced.
        self.op(loc(target.location), Opcode::NOP);
        self.expression(target)?;
        self.statements(body)?;
        self.jump(Location::NONE, Opcode::JUMP, start);
        self.place(cleanup);
        self.op(Location::NONE, Opcode::END_FOR);
        self.op(Location::NONE, Opcode::POP_ITER);
        self.pop_block();
        self.statements(orelse)?;
        self.place(end);
        Ok(())
    }

    fn async_for_loop(
        &mut self,
        at: Location,
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, send, except, end) = (self.label(), self.label(), self.label(), self.label());
        let iter_at = loc(iter.location);
        self.expression(iter)?;
        self.op(iter_at, Opcode::GET_AITER);
        self.place(start);
        self.push_block(at, BlockKind::ForLoop, Some(start), Some(end))?;
        self.jump(at, Opcode::SETUP_FINALLY, except);
        self.op(at, Opcode::GET_ANEXT);
        self.load_none(at);
        self.place(send);
        self.yield_from(at, true);
        self.op(at, Opcode::POP_BLOCK);
        self.op(at, Opcode::NOT_TAKEN);
        self.expression(target)?;
        self.statements(body)?;
        self.jump(Location::NONE, Opcode::JUMP, start);
        self.pop_block();
        self.place(except);
        self.jump(iter_at, Opcode::END_ASYNC_FOR, send);
        self.statements(orelse)?;
        self.place(end);
        Ok(())
    }

    fn break_statement(&mut self, statement: &'a Stmt<'a>) -> Result {
        let mut at = loc(statement.location);
        self.op(at, Opcode::NOP);
        let Some(block) = self.unwind_blocks(&mut at, false, true)? else {
            return Error::syntax("'break' outside loop", statement.location);
        };
        self.unwind_block(&mut at, block, false)?;
        if let Some(exit) = block.exit {
            self.jump(at, Opcode::JUMP, exit);
        }
        Ok(())
    }

    fn continue_statement(&mut self, statement: &'a Stmt<'a>) -> Result {
        let mut at = loc(statement.location);
        self.op(at, Opcode::NOP);
        let Some(block) = self.unwind_blocks(&mut at, false, true)? else {
            return Error::syntax("'continue' not properly in loop", statement.location);
        };
        if let Some(start) = block.start {
            self.jump(at, Opcode::JUMP, start);
        }
        Ok(())
    }

    /// Jumps to `target` if the truth of `test` is `condition`; else falls through.
    pub(super) fn jump_if(
        &mut self,
        at: Location,
        test: &'a Expr<'a>,
        target: Label,
        condition: bool,
    ) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Code)?;
        self.jump_if_inner(at, test, target, condition)?;
        self.depth -= 1;
        Ok(())
    }

    fn jump_if_inner(&mut self, at: Location, test: &'a Expr<'a>, target: Label, condition: bool) -> Result {
        let pop_jump = if condition { Opcode::POP_JUMP_IF_TRUE } else { Opcode::POP_JUMP_IF_FALSE };
        let test_at = loc(test.location);
        match test.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => {
                return self.jump_if(at, operand, target, !condition);
            }
            ExprKind::BoolOp { op, values } => {
                let Some((last, first)) = values.split_last() else { return Ok(()) };
                let short_circuit = op == BoolOp::Or;
                let inner = if short_circuit != condition { self.label() } else { target };
                for value in first {
                    self.jump_if(at, value, inner, short_circuit)?;
                }
                self.jump_if(at, last, target, condition)?;
                if inner != target {
                    self.place(inner);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (end, next) = (self.label(), self.label());
                self.jump_if(at, test, next, false)?;
                self.jump_if(at, body, target, condition)?;
                self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
                self.place(next);
                self.jump_if(at, orelse, target, condition)?;
                self.place(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                self.check_compare(test)?;
                let cleanup = self.label();
                self.expression(left)?;
                let last = ops.len() - 1;
                for (&op, comparator) in ops[..last].iter().zip(comparators) {
                    self.chained_comparison(test_at, op, comparator)?;
                    self.op(test_at, Opcode::TO_BOOL);
                    self.jump(test_at, Opcode::POP_JUMP_IF_FALSE, cleanup);
                }
                self.expression(&comparators[last])?;
                self.comparison(test_at, ops[last]);
                self.op(test_at, Opcode::TO_BOOL);
                self.jump(test_at, pop_jump, target);
                let end = self.label();
                self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
                self.place(cleanup);
                self.op(test_at, Opcode::POP_TOP);
                if !condition {
                    self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, target);
                }
                self.place(end);
                return Ok(());
            }
            _ => {}
        }
        self.expression(test)?;
        self.op(test_at, Opcode::TO_BOOL);
        self.jump(test_at, pop_jump, target);
        Ok(())
    }

    /// A comparison in a chain but the last: leaves its result above the operand that the next one needs.
    pub(super) fn chained_comparison(&mut self, at: Location, op: CmpOp, operand: &'a Expr<'a>) -> Result {
        self.expression(operand)?;
        self.op_arg(at, Opcode::SWAP, 2);
        self.op_arg(at, Opcode::COPY, 2);
        self.comparison(at, op);
        Ok(())
    }

    /// Whether names are stored in a namespace here.
    pub(super) fn is_module_or_class(&self) -> bool {
        matches!(self.unit.kind, UnitKind::Module | UnitKind::Class)
    }
}

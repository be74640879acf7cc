//! Annotations: of functions, and those of modules and classes that are evaluated on demand (PEP 649, 749).

use bytecode::Opcode;
use bytecode::operands::{CommonConstant, Comparison, FunctionAttribute};
use syntax::ErrorKind;
use syntax::ast::{Arg, Arguments, Expr, ExprKind, Stmt, StmtKind};

use super::{Compiler, Counts, UnitKind, loc, slot};
use crate::error::{Error, Result};
use crate::instruction_sequence::Location;
use crate::names::{Name, known};
use crate::symtable::{Key, Role, ScopeId};

/// The highest `annotationlib.Format` that compiled code knows: VALUE_WITH_FAKE_GLOBALS.
const MAX_FORMAT: i64 = 2;

impl<'a> Compiler<'a, '_> {
    /// Opens the unit of an annotation scope, whose parameter is the wanted format.
    pub(super) fn enter_annotations(&mut self, at: Location, key: Key, name: Name) -> Result {
        let Some(scope) = self.table.lookup(key) else {
            return Error::other(ErrorKind::SystemError, "no symbol table entry for an annotation scope");
        };
        self.enter_annotation_scope(at, scope, name)
    }

    fn enter_annotation_scope(&mut self, at: Location, scope: ScopeId, name: Name) -> Result {
        let counts = Counts { positional: 1, positional_only: 1, keyword_only: 0 };
        self.enter_scope(name, UnitKind::Annotations, scope, at.line, None, counts)?;
        self.op_arg(at, Opcode::LOAD_FAST, 0);
        self.load_int(at, MAX_FORMAT);
        self.compare_op(at, Comparison::Greater);
        let body = self.label();
        self.jump(at, Opcode::POP_JUMP_IF_FALSE, body);
        self.op_arg(at, Opcode::LOAD_COMMON_CONSTANT, CommonConstant::NotImplementedError as u32);
        self.op_arg(at, Opcode::RAISE_VARARGS, 1);
        self.place(body);
        Ok(())
    }

    fn leave_annotations(&mut self, at: Location) -> Result {
        self.op(at, Opcode::RETURN_VALUE);
        let code = self.finish(true)?;
        self.make_closure(at, code, 0)
    }

    /// Pushes what gives a function its annotations; returns which attribute that is.
    pub(super) fn function_annotations(
        &mut self,
        function: &'a Stmt<'a>,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
    ) -> Result<u32> {
        let at = loc(function.location);
        let single = |arg: Option<&'a Arg<'a>>| arg.map_or(&[][..], std::slice::from_ref);
        let groups = [args.args, args.posonlyargs, single(args.vararg), args.kwonlyargs, single(args.kwarg)];
        let annotated = groups.into_iter().flatten().filter_map(|arg| Some((arg.arg, arg.annotation?)));
        let annotated = annotated.chain(returns.map(|returns| ("return", returns)));
        let future = self.has_future_annotations();
        let mut count = 0;
        for (name, annotation) in annotated {
            if count == 0 {
                self.enter_annotations(at, Key::new(function, Role::Annotations), known::annotate)?;
            }
            let name = self.intern(name);
            let name = self.mangle(name);
            let text = self.names.text(name);
            self.load_str(at, text);
            match annotation.kind {
                _ if future => self.annotation_text(annotation)?,
                // `*args: *Ts`
                ExprKind::Starred { value, .. } => {
                    self.expression(value)?;
                    self.op_arg(at, Opcode::UNPACK_SEQUENCE, 1);
                }
                _ => self.expression(annotation)?,
            }
            count += 1;
        }
        if count == 0 {
            return Ok(0);
        }
        self.op_arg(at, Opcode::BUILD_MAP, count);
        self.leave_annotations(at)?;
        Ok(FunctionAttribute::ANNOTATE)
    }

    pub(super) fn annotated_assignment(&mut self, statement: &'a Stmt<'a>) -> Result {
        let StmtKind::AnnAssign { target, annotation, value, simple } = statement.kind else { return Ok(()) };
        let at = loc(statement.location);
        if let Some(value) = value {
            self.expression(value)?;
            self.expression(target)?;
        }
        match target.kind {
            ExprKind::Name { id, .. } if simple != 0 && self.is_module_or_class() => {
                if self.has_future_annotations() {
                    self.annotation_text(annotation)?;
                    self.op_name(at, Opcode::LOAD_NAME, known::annotations);
                    let name = self.intern(id);
                    let name = self.mangle(name);
                    let text = self.names.text(name);
                    self.load_str(at, text);
                    self.op(at, Opcode::STORE_SUBSCR);
                } else {
                    self.defer_annotation(at, statement);
                }
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => self.evaluate_only(object)?,
            ExprKind::Subscript { value: object, slice, .. } if value.is_none() => {
                self.evaluate_only(object)?;
                self.evaluate_subscript_only(slice)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn evaluate_only(&mut self, expression: &'a Expr<'a>) -> Result {
        self.expression(expression)?;
        self.op(loc(expression.location), Opcode::POP_TOP);
        Ok(())
    }

    fn evaluate_subscript_only(&mut self, slice: &'a Expr<'a>) -> Result {
        match slice.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|bound| self.evaluate_only(bound))
            }
            ExprKind::Tuple { elts, .. } => {
                elts.iter().try_for_each(|element| self.evaluate_subscript_only(element))
            }
            _ => self.evaluate_only(slice),
        }
    }

    /// Keeps an annotation for the `__annotate__` function, and marks it as reached if it may not be.
    fn defer_annotation(&mut self, at: Location, statement: &'a Stmt<'a>) {
        let is_conditional = self.unit.kind == UnitKind::Module || self.unit.in_conditional_block;
        let index = is_conditional.then_some(self.unit.next_conditional_annotation);
        self.unit.deferred_annotations.push((statement, index));
        let Some(index) = index else { return };
        self.unit.next_conditional_annotation += 1;
        if self.unit.kind == UnitKind::Class {
            let cell = slot(&mut self.unit.cellvars, known::conditional_annotations);
            self.op_arg(at, Opcode::LOAD_DEREF, cell);
        } else {
            self.op_name(at, Opcode::LOAD_NAME, known::conditional_annotations);
        }
        self.load_int(at, index.into());
        self.op_arg(at, Opcode::SET_ADD, 1);
        self.op(at, Opcode::POP_TOP);
    }

    /// At the end of a module or class: the function that evaluates the annotations.
    pub(super) fn deferred_annotations(&mut self, at: Location) -> Result {
        let deferred = std::mem::take(&mut self.unit.deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let kind = self.unit.kind;
        let Some(scope) = self.scope().annotation_block else {
            return Error::other(ErrorKind::SystemError, "no symbol table entry for annotations");
        };
        // A module's function is made first of all, where the placeholder stands.
        let main = (kind == UnitKind::Module).then(|| std::mem::take(&mut self.unit.code));
        self.enter_annotation_scope(at, scope, known::annotate)?;
        self.op_arg(at, Opcode::BUILD_MAP, 0);
        for (statement, conditional) in deferred {
            self.deferred_annotation(at, statement, conditional, kind)?;
        }
        self.leave_annotations(at)?;
        let attribute = if kind == UnitKind::Class { known::annotate_func } else { known::annotate };
        self.store_name(at, attribute)?;
        if let Some(main) = main {
            let annotations = std::mem::replace(&mut self.unit.code, main);
            self.unit.code.set_annotations(annotations);
        }
        Ok(())
    }

    fn deferred_annotation(
        &mut self,
        at: Location,
        statement: &'a Stmt<'a>,
        conditional: Option<u32>,
        owner: UnitKind,
    ) -> Result {
        let StmtKind::AnnAssign { target, annotation, .. } = statement.kind else { return Ok(()) };
        let ExprKind::Name { id, .. } = target.kind else { return Ok(()) };
        let statement_at = loc(statement.location);
        let not_set = self.label();
        if let Some(index) = conditional {
            self.load_int(statement_at, index.into());
            if owner == UnitKind::Class {
                let offset = self.unit.cellvars.len() as u32;
                let next = self.unit.freevars.len() as u32;
                let free = match self.unit.freevars.get(known::conditional_annotations) {
                    Some(index) => index,
                    None => {
                        self.unit.freevars.set(known::conditional_annotations, offset + next);
                        offset + next
                    }
                };
                self.op_arg(statement_at, Opcode::LOAD_DEREF, free);
            } else {
                let name = slot(&mut self.unit.names, known::conditional_annotations);
                self.op_arg(statement_at, Opcode::LOAD_GLOBAL, name << 1);
            }
            self.op_arg(statement_at, Opcode::CONTAINS_OP, 0);
            self.jump(statement_at, Opcode::POP_JUMP_IF_FALSE, not_set);
        }
        self.expression(annotation)?;
        self.op_arg(statement_at, Opcode::COPY, 2);
        let name = self.intern(id);
        let name = self.mangle(name);
        let text = self.names.text(name);
        self.load_str(statement_at, text);
        self.op(at, Opcode::STORE_SUBSCR);
        self.place(not_set);
        Ok(())
    }
}

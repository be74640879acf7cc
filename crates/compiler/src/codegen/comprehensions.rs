//! Comprehensions and generator expressions, inlined (PEP 709) or as functions of their own.

use bytecode::Opcode;
use syntax::ErrorKind;
use syntax::ast::{Comprehension as Clause, Expr, ExprKind};

use super::blocks::BlockKind;
use super::{Compiler, Counts, UnitKind, loc, slot};
use crate::error::{Error, Result};
use crate::instruction_sequence::{Label, Location};
use crate::names::{Name, known};
use crate::symtable::flag::{DEF_LOCAL, DEF_NONLOCAL};
use crate::symtable::{Key, NameScope, Role, ScopeId};

/// What is the same for all clauses of a comprehension.
#[derive(Clone, Copy)]
struct Parts<'a> {
    at: Location,
    clauses: &'a [Clause<'a>],
    element: &'a Expr<'a>,
    /// The value, if it is a dict comprehension.
    value: Option<&'a Expr<'a>>,
    /// The instruction that adds an item; `None` in a generator expression.
    add: Option<Opcode>,
}

/// What must be undone after an inlined comprehension.
#[derive(Default)]
struct Inlined {
    /// Names whose outer values wait on the stack.
    pushed: Vec<Name>,
    /// Names that were made fast locals.
    hidden: Vec<Name>,
    /// Symbols of the scope that the comprehension's stand in for.
    symbols: Vec<(Name, u32)>,
    cleanup: Option<Label>,
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn comprehension(&mut self, expression: &'a Expr<'a>) -> Result {
        let (name, build, add, clauses, element, value) = match expression.kind {
            ExprKind::GeneratorExp { elt, generators } => ("<genexpr>", None, None, generators, elt, None),
            ExprKind::ListComp { elt, generators } => {
                ("<listcomp>", Some(Opcode::BUILD_LIST), Some(Opcode::LIST_APPEND), generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                ("<setcomp>", Some(Opcode::BUILD_SET), Some(Opcode::SET_ADD), generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                ("<dictcomp>", Some(Opcode::BUILD_MAP), Some(Opcode::MAP_ADD), generators, key, Some(value))
            }
            _ => return Ok(()),
        };
        let key = Key::new(expression, Role::Body);
        let (Some(outermost), Some(scope)) = (clauses.first(), self.table.lookup(key)) else {
            return Error::other(ErrorKind::SystemError, "no symbol table entry for a comprehension");
        };
        let at = loc(expression.location);
        let parts = Parts { at, clauses, element, value, add };
        if self.table[scope].comp_inlined {
            self.outermost_iterator(outermost)?;
            let inlined = self.enter_inlined(at, scope)?;
            if let Some(build) = build {
                self.op_arg(at, build, 0);
                self.op_arg(at, Opcode::SWAP, 2);
            }
            self.clause(parts, 0, 0, true)?;
            self.leave_inlined(at, inlined);
            return Ok(());
        }
        let is_async = self.table[scope].coroutine;
        let name = self.intern(name);
        let counts = Counts { positional: 1, ..Counts::default() };
        let line = expression.location.lineno;
        self.enter_scope(name, UnitKind::Comprehension, scope, line, None, counts)?;
        if let Some(build) = build {
            self.op_arg(at, build, 0);
        }
        self.clause(parts, 0, 0, false)?;
        if build.is_some() {
            self.op(at, Opcode::RETURN_VALUE);
        } else {
            self.wrap_in_stopiteration_handler();
        }
        let code = self.finish(true)?;
        self.make_closure(at, code, 0)?;
        self.outermost_iterator(outermost)?;
        self.op_arg(at, Opcode::CALL, 0);
        if is_async && build.is_some() {
            self.await_top(at, 0);
        }
        Ok(())
    }

    fn outermost_iterator(&mut self, clause: &'a Clause<'a>) -> Result {
        self.expression(clause.iter)?;
        let op = if clause.is_async != 0 { Opcode::GET_AITER } else { Opcode::GET_ITER };
        self.op(loc(clause.iter.location), op);
        Ok(())
    }

    /// One `for` clause and all that follow it. `depth` counts the iterators on the stack above the collection.
    fn clause(&mut self, parts: Parts<'a>, index: usize, depth: u32, iterator_on_stack: bool) -> Result {
        let clause = &parts.clauses[index];
        if clause.is_async != 0 {
            self.async_clause(parts, clause, index, depth, iterator_on_stack)
        } else {
            self.sync_clause(parts, clause, index, depth, iterator_on_stack)
        }
    }

    fn sync_clause(
        &mut self,
        parts: Parts<'a>,
        clause: &'a Clause<'a>,
        index: usize,
        depth: u32,
        iterator_on_stack: bool,
    ) -> Result {
        let (start, if_cleanup, anchor) = (self.label(), self.label(), self.label());
        let iter_at = loc(clause.iter.location);
        let mut loops = true;
        if !iterator_on_stack {
            if index == 0 {
                self.op_arg(parts.at, Opcode::LOAD_FAST, 0);
            } else {
                match clause.iter.kind {
                    // `for y in [f(x)]` only names a value.
                    ExprKind::List { elts: [only], .. } | ExprKind::Tuple { elts: [only], .. }
                        if !matches!(only.kind, ExprKind::Starred { .. }) =>
                    {
                        self.expression(only)?;
                        loops = false;
                    }
                    _ => {
                        self.expression(clause.iter)?;
                        self.op(iter_at, Opcode::GET_ITER);
                    }
                }
            }
        }
        let mut depth = depth;
        if loops {
            depth += 1;
            self.place(start);
            self.jump(iter_at, Opcode::FOR_ITER, anchor);
        }
        self.expression(clause.target)?;
        for test in clause.ifs {
            self.jump_if(parts.at, test, if_cleanup, false)?;
        }
        let element_at = self.rest_of_clause(parts, index, depth)?;
        self.place(if_cleanup);
        if loops {
            self.jump(element_at, Opcode::JUMP, start);
            self.place(anchor);
            self.op(Location::NONE, Opcode::END_FOR);
            self.op(Location::NONE, Opcode::POP_ITER);
        }
        Ok(())
    }

    fn async_clause(
        &mut self,
        parts: Parts<'a>,
        clause: &'a Clause<'a>,
        index: usize,
        depth: u32,
        iterator_on_stack: bool,
    ) -> Result {
        let at = parts.at;
        let (start, send, except, if_cleanup) = (self.label(), self.label(), self.label(), self.label());
        if !iterator_on_stack {
            if index == 0 {
                self.op_arg(at, Opcode::LOAD_FAST, 0);
            } else {
                self.expression(clause.iter)?;
                self.op(loc(clause.iter.location), Opcode::GET_AITER);
            }
        }
        self.place(start);
        self.push_block(at, BlockKind::AsyncComprehensionGenerator, Some(start), None)?;
        self.jump(at, Opcode::SETUP_FINALLY, except);
        self.op(at, Opcode::GET_ANEXT);
        self.load_none(at);
        self.place(send);
        self.yield_from(at, true);
        self.op(at, Opcode::POP_BLOCK);
        self.expression(clause.target)?;
        for test in clause.ifs {
            self.jump_if(at, test, if_cleanup, false)?;
        }
        let element_at = self.rest_of_clause(parts, index, depth + 1)?;
        self.place(if_cleanup);
        self.jump(element_at, Opcode::JUMP, start);
        self.pop_block();
        self.place(except);
        self.jump(at, Opcode::END_ASYNC_FOR, send);
        Ok(())
    }

    /// The clauses after this one, or the element; returns the location of the element.
    fn rest_of_clause(&mut self, parts: Parts<'a>, index: usize, depth: u32) -> Result<Location> {
        let mut element_at = loc(parts.element.location);
        if index + 1 < parts.clauses.len() {
            self.clause(parts, index + 1, depth, false)?;
            return Ok(element_at);
        }
        self.expression(parts.element)?;
        if let Some(value) = parts.value {
            self.expression(value)?;
            let end = loc(value.location);
            element_at = Location { end_line: end.end_line, end_column: end.end_column, ..element_at };
        }
        match parts.add {
            Some(add) => self.op_arg(element_at, add, depth + 1),
            None => {
                self.yield_value(element_at);
                self.op(element_at, Opcode::POP_TOP);
            }
        }
        Ok(element_at)
    }

    // Inlining.

    /// Gives the comprehension's names their meaning and saves the values of those it hides.
    /// The iterator is on the stack and stays on top.
    fn enter_inlined(&mut self, at: Location, scope: ScopeId) -> Result<Inlined> {
        let mut inlined = Inlined::default();
        let in_class = self.is_class_scope() && self.unit.inlined_comprehensions == 0;
        let is_function_like = self.scope().is_function_like();
        self.unit.inlined_comprehensions += 1;
        let outer = self.unit.scope;
        for index in 0..self.table[scope].symbols.len() {
            let (name, flags) = self.table[scope].symbols.at(index);
            if name == known::dot_zero {
                continue;
            }
            // What a walrus binds in the scope around isn't isolated.
            let is_bound = flags & DEF_LOCAL != 0 && flags & DEF_NONLOCAL == 0;
            let outer_flags = self.table[outer].symbols.get(name).unwrap_or(0);
            let (inside, outside) = (NameScope::of(flags), NameScope::of(outer_flags));
            let differs = inside != outside
                && inside != NameScope::Free
                && !(inside == NameScope::Cell && outside == NameScope::Free);
            if differs || in_class {
                inlined.symbols.push((name, outer_flags));
                self.table[outer].symbols.set(name, flags);
            }
            if !is_bound {
                continue;
            }
            if !is_function_like && self.unit.fast_hidden.get(name) != Some(1) {
                self.unit.fast_hidden.set(name, 1);
                inlined.hidden.push(name);
            }
            // For a cell this saves the cell itself, and the comprehension gets a new one.
            let local = slot(&mut self.unit.varnames, name);
            self.op_arg(at, Opcode::LOAD_FAST_AND_CLEAR, local);
            if inside == NameScope::Cell {
                let cell = match outside {
                    NameScope::Free if !in_class => self.unit.freevars.get(name),
                    _ => self.unit.cellvars.get(name),
                };
                let cell = cell.unwrap_or_else(|| slot(&mut self.unit.cellvars, name));
                self.op_arg(at, Opcode::MAKE_CELL, cell);
            }
            inlined.pushed.push(name);
        }
        if !inlined.pushed.is_empty() {
            self.op_arg(at, Opcode::SWAP, inlined.pushed.len() as u32 + 1);
            let cleanup = self.label();
            self.jump(at, Opcode::SETUP_FINALLY, cleanup);
            inlined.cleanup = Some(cleanup);
            self.push_block(at, BlockKind::TryExcept, None, None)?;
        }
        Ok(inlined)
    }

    fn leave_inlined(&mut self, at: Location, inlined: Inlined) {
        if let Some(cleanup) = inlined.cleanup {
            self.pop_block();
            self.op(Location::NONE, Opcode::POP_BLOCK);
            let end = self.label();
            self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
            self.place(cleanup);
            // The unfinished result lies beneath the exception.
            self.op_arg(Location::NONE, Opcode::SWAP, 2);
            self.op(Location::NONE, Opcode::POP_TOP);
            self.restore_locals(at, &inlined.pushed);
            self.op_arg(Location::NONE, Opcode::RERAISE, 0);
            self.place(end);
            self.restore_locals(at, &inlined.pushed);
        }
        self.unit.inlined_comprehensions -= 1;
        let outer = self.unit.scope;
        for (name, flags) in inlined.symbols {
            self.table[outer].symbols.set(name, flags);
        }
        for name in inlined.hidden {
            self.unit.fast_hidden.set(name, 0);
        }
    }

    fn restore_locals(&mut self, at: Location, pushed: &[Name]) {
        self.op_arg(at, Opcode::SWAP, pushed.len() as u32 + 1);
        for &name in pushed.iter().rev() {
            let local = slot(&mut self.unit.varnames, name);
            self.op_arg(at, Opcode::STORE_FAST_MAYBE_NULL, local);
        }
    }
}

//! Exception handling: `try`, `except*`, `finally`, `with`.

use bytecode::Opcode;
use bytecode::operands::{Intrinsic2, SpecialMethod};
use syntax::ast::{ExceptHandler, Stmt, StmtKind, WithItem};

use super::blocks::BlockKind;
use super::{Compiler, loc};
use crate::error::{Error, Result};
use crate::instruction_sequence::{Label, Location};

const NONE: Location = Location::NONE;

/// The parts of a `try` statement.
#[derive(Clone, Copy)]
struct Try<'a> {
    at: Location,
    is_star: bool,
    body: &'a [Stmt<'a>],
    handlers: &'a [ExceptHandler<'a>],
    orelse: &'a [Stmt<'a>],
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn try_statement(&mut self, statement: &'a Stmt<'a>) -> Result {
        let at = loc(statement.location);
        let (parts, finalbody) = match statement.kind {
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                (Try { at, is_star: false, body, handlers, orelse }, finalbody)
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                (Try { at, is_star: true, body, handlers, orelse }, finalbody)
            }
            _ => return Ok(()),
        };
        if finalbody.is_empty() { self.try_except(parts) } else { self.try_finally(parts, finalbody) }
    }

    fn try_finally(&mut self, parts: Try<'a>, finalbody: &'a [Stmt<'a>]) -> Result {
        let (body, end, exit, cleanup) = (self.label(), self.label(), self.label(), self.label());
        self.jump(parts.at, Opcode::SETUP_FINALLY, end);
        self.place(body);
        self.push_block(parts.at, BlockKind::FinallyTry(finalbody), Some(body), Some(end))?;
        if parts.handlers.is_empty() {
            self.statements(parts.body)?;
        } else {
            self.try_except(parts)?;
        }
        self.op(NONE, Opcode::POP_BLOCK);
        self.pop_block();
        self.statements(finalbody)?;
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, exit);
        // The same again for when an exception goes through.
        self.place(end);
        self.push_block(NONE, BlockKind::FinallyEnd, Some(end), None)?;
        self.jump(NONE, Opcode::SETUP_CLEANUP, cleanup);
        self.op(NONE, Opcode::PUSH_EXC_INFO);
        self.silent += 1;
        self.statements(finalbody)?;
        self.silent -= 1;
        self.pop_block();
        self.op_arg(NONE, Opcode::RERAISE, 0);
        self.place(cleanup);
        self.pop_except_and_reraise();
        self.place(exit);
        Ok(())
    }

    fn pop_except_and_reraise(&mut self) {
        self.op_arg(NONE, Opcode::COPY, 3);
        self.op(NONE, Opcode::POP_EXCEPT);
        self.op_arg(NONE, Opcode::RERAISE, 1);
    }

    fn try_except(&mut self, parts: Try<'a>) -> Result {
        if parts.is_star {
            return self.try_star(parts);
        }
        let (body, except, end, cleanup) = (self.label(), self.label(), self.label(), self.label());
        self.jump(parts.at, Opcode::SETUP_FINALLY, except);
        self.place(body);
        self.push_block(parts.at, BlockKind::TryExcept, Some(body), None)?;
        self.statements(parts.body)?;
        self.pop_block();
        self.op(NONE, Opcode::POP_BLOCK);
        self.statements(parts.orelse)?;
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, end);
        self.place(except);
        self.jump(NONE, Opcode::SETUP_CLEANUP, cleanup);
        self.op(NONE, Opcode::PUSH_EXC_INFO);
        self.push_block(parts.at, BlockKind::ExceptionHandler, None, None)?;
        for (index, handler) in parts.handlers.iter().enumerate() {
            if handler.type_.is_none() && index + 1 < parts.handlers.len() {
                return Error::syntax("default 'except:' must be last", handler.location);
            }
            self.handler(handler, end)?;
        }
        self.op_arg(NONE, Opcode::RERAISE, 0);
        self.pop_block();
        self.place(cleanup);
        self.pop_except_and_reraise();
        self.place(end);
        Ok(())
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>, end: Label) -> Result {
        let at = loc(handler.location);
        let next = self.label();
        if let Some(class) = handler.type_ {
            self.expression(class)?;
            self.op(at, Opcode::CHECK_EXC_MATCH);
            self.jump(at, Opcode::POP_JUMP_IF_FALSE, next);
        }
        let cleanup_body = self.label();
        if let Some(name) = handler.name {
            let name = self.intern(name);
            let cleanup_end = self.label();
            self.store_name(at, name)?;
            // The name is unbound however the body ends.
            self.jump(at, Opcode::SETUP_CLEANUP, cleanup_end);
            self.place(cleanup_body);
            self.push_block(at, BlockKind::HandlerCleanup(Some(name)), Some(cleanup_body), None)?;
            self.statements(handler.body)?;
            self.pop_block();
            self.op(NONE, Opcode::POP_BLOCK);
            self.op(NONE, Opcode::POP_BLOCK);
            self.op(NONE, Opcode::POP_EXCEPT);
            self.unbind(NONE, name)?;
            self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, end);
            self.place(cleanup_end);
            self.unbind(NONE, name)?;
            self.op_arg(NONE, Opcode::RERAISE, 1);
        } else {
            self.op(at, Opcode::POP_TOP);
            self.place(cleanup_body);
            self.push_block(at, BlockKind::HandlerCleanup(None), Some(cleanup_body), None)?;
            self.statements(handler.body)?;
            self.pop_block();
            self.op(NONE, Opcode::POP_BLOCK);
            self.op(NONE, Opcode::POP_EXCEPT);
            self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, end);
        }
        self.place(next);
        Ok(())
    }

    /// `except*`. The stack holds the exception group, the list of what to raise, and the unmatched rest.
    fn try_star(&mut self, parts: Try<'a>) -> Result {
        let (body, except, orelse) = (self.label(), self.label(), self.label());
        let (end, cleanup, reraise_star) = (self.label(), self.label(), self.label());
        self.jump(parts.at, Opcode::SETUP_FINALLY, except);
        self.place(body);
        self.push_block(parts.at, BlockKind::TryExcept, Some(body), None)?;
        self.statements(parts.body)?;
        self.pop_block();
        self.op(NONE, Opcode::POP_BLOCK);
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, orelse);
        self.place(except);
        self.jump(NONE, Opcode::SETUP_CLEANUP, cleanup);
        self.op(NONE, Opcode::PUSH_EXC_INFO);
        self.push_block(parts.at, BlockKind::ExceptionGroupHandler, None, None)?;
        for (index, handler) in parts.handlers.iter().enumerate() {
            if index == 0 {
                let at = loc(handler.location);
                self.op_arg(at, Opcode::BUILD_LIST, 0);
                self.op_arg(at, Opcode::COPY, 2);
            }
            self.star_handler(handler)?;
        }
        // What no handler took is to be raised, too.
        self.op_arg(NONE, Opcode::LIST_APPEND, 1);
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, reraise_star);
        self.pop_block();
        let reraise = self.label();
        self.place(reraise_star);
        self.intrinsic_2(NONE, Intrinsic2::PrepReraiseStar);
        self.op_arg(NONE, Opcode::COPY, 1);
        self.jump(NONE, Opcode::POP_JUMP_IF_NOT_NONE, reraise);
        self.op(NONE, Opcode::POP_TOP);
        self.op(NONE, Opcode::POP_BLOCK);
        self.op(NONE, Opcode::POP_EXCEPT);
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, end);
        self.place(reraise);
        self.op(NONE, Opcode::POP_BLOCK);
        self.op_arg(NONE, Opcode::SWAP, 2);
        self.op(NONE, Opcode::POP_EXCEPT);
        self.op_arg(NONE, Opcode::RERAISE, 0);
        self.place(cleanup);
        self.pop_except_and_reraise();
        self.place(orelse);
        self.statements(parts.orelse)?;
        self.place(end);
        Ok(())
    }

    fn star_handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        let at = loc(handler.location);
        let (next, next_with_error, no_match) = (self.label(), self.label(), self.label());
        if let Some(class) = handler.type_ {
            self.expression(class)?;
            self.op(at, Opcode::CHECK_EG_MATCH);
            self.op_arg(at, Opcode::COPY, 1);
            self.jump(at, Opcode::POP_JUMP_IF_NONE, no_match);
        }
        let (cleanup_end, cleanup_body) = (self.label(), self.label());
        let name = handler.name.map(|name| self.intern(name));
        match name {
            Some(name) => self.store_name(at, name)?,
            None => self.op(at, Opcode::POP_TOP),
        }
        self.jump(at, Opcode::SETUP_CLEANUP, cleanup_end);
        self.place(cleanup_body);
        self.push_block(at, BlockKind::HandlerCleanup(name), Some(cleanup_body), None)?;
        self.statements(handler.body)?;
        self.pop_block();
        self.op(NONE, Opcode::POP_BLOCK);
        if let Some(name) = name {
            self.unbind(NONE, name)?;
        }
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, next);
        self.place(cleanup_end);
        if let Some(name) = name {
            self.unbind(NONE, name)?;
        }
        // What the handler raised joins the list.
        self.op_arg(NONE, Opcode::LIST_APPEND, 3);
        self.op(NONE, Opcode::POP_TOP);
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, next_with_error);
        self.place(next);
        self.op(NONE, Opcode::NOP);
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, next_with_error);
        self.place(no_match);
        self.op(at, Opcode::POP_TOP);
        self.place(next_with_error);
        Ok(())
    }

    // with

    pub(super) fn with(&mut self, items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], is_async: bool) -> Result {
        let Some((item, rest)) = items.split_first() else { return self.statements(body) };
        let (block, handler, exit, cleanup) = (self.label(), self.label(), self.label(), self.label());
        let (enter_method, exit_method) = if is_async {
            (SpecialMethod::AsyncEnter, SpecialMethod::AsyncExit)
        } else {
            (SpecialMethod::Enter, SpecialMethod::Exit)
        };
        self.expression(item.context_expr)?;
        let at = loc(item.context_expr.location);
        self.op_arg(at, Opcode::COPY, 1);
        self.op_arg(at, Opcode::LOAD_SPECIAL, exit_method as u32);
        self.op_arg(at, Opcode::SWAP, 2);
        self.op_arg(at, Opcode::SWAP, 3);
        self.op_arg(at, Opcode::LOAD_SPECIAL, enter_method as u32);
        self.op_arg(at, Opcode::CALL, 0);
        if is_async {
            self.await_top(at, 1);
        }
        self.jump(at, Opcode::SETUP_WITH, handler);
        self.place(block);
        let kind = if is_async { BlockKind::AsyncWith } else { BlockKind::With };
        self.push_block(at, kind, Some(block), Some(handler))?;
        match item.optional_vars {
            Some(target) => self.expression(target)?,
            None => self.op(at, Opcode::POP_TOP),
        }
        if rest.is_empty() {
            self.statements(body)?;
        } else {
            self.with(rest, body, is_async)?;
        }
        self.pop_block();
        let pop_at = if is_async { at } else { NONE };
        self.op(pop_at, Opcode::POP_BLOCK);
        self.call_exit_with_nones(at);
        if is_async {
            self.await_top(at, 2);
        }
        self.op(at, Opcode::POP_TOP);
        self.jump(at, Opcode::JUMP, exit);
        // An exception came.
        self.place(handler);
        self.jump(at, Opcode::SETUP_CLEANUP, cleanup);
        self.op(at, Opcode::PUSH_EXC_INFO);
        self.op(at, Opcode::WITH_EXCEPT_START);
        if is_async {
            self.await_top(at, 2);
        }
        self.with_except_finish(cleanup);
        self.place(exit);
        Ok(())
    }

    fn with_except_finish(&mut self, cleanup: Label) {
        let (suppress, exit) = (self.label(), self.label());
        self.op(NONE, Opcode::TO_BOOL);
        self.jump(NONE, Opcode::POP_JUMP_IF_TRUE, suppress);
        self.op_arg(NONE, Opcode::RERAISE, 2);
        self.place(suppress);
        self.op(NONE, Opcode::POP_TOP);
        self.op(NONE, Opcode::POP_BLOCK);
        self.op(NONE, Opcode::POP_EXCEPT);
        for _ in 0..3 {
            self.op(NONE, Opcode::POP_TOP);
        }
        self.jump(NONE, Opcode::JUMP_NO_INTERRUPT, exit);
        self.place(cleanup);
        self.pop_except_and_reraise();
        self.place(exit);
    }

    pub(super) fn call_exit_with_nones(&mut self, at: Location) {
        for _ in 0..3 {
            self.load_none(at);
        }
        self.op_arg(at, Opcode::CALL, 3);
    }
}

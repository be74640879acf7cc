//! Frame blocks: the loops, handlers and `with` bodies that surround a statement, and what `return`, `break` and
//! `continue` must do to leave them.

use bytecode::Opcode;
use syntax::ast::{ExprContext, Stmt};

use super::Compiler;
use crate::error::{Error, Result};
use crate::instruction_sequence::{Label, Location};
use crate::names::Name;

/// What a block is.
#[derive(Clone, Copy)]
pub(super) enum BlockKind<'a> {
    WhileLoop,
    ForLoop,
    TryExcept,
    /// The body of a `try` with this `finally`.
    FinallyTry(&'a [Stmt<'a>]),
    FinallyEnd,
    With,
    AsyncWith,
    /// An `except` body, with the name it must unbind.
    HandlerCleanup(Option<Name>),
    /// A value on the stack.
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

/// A block around the code that is being generated.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) kind: BlockKind<'a>,
    /// Where `continue` goes.
    pub(super) start: Option<Label>,
    /// Where `break` goes.
    pub(super) exit: Option<Label>,
    pub(super) location: Location,
}

/// How deep blocks may nest.
const MAX_BLOCKS: usize = 21;

impl<'a> Compiler<'a, '_> {
    pub(super) fn push_block(
        &mut self,
        at: Location,
        kind: BlockKind<'a>,
        start: Option<Label>,
        exit: Option<Label>,
    ) -> Result {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            let location = syntax::ast::Location {
                lineno: at.line,
                col_offset: at.column,
                end_lineno: at.end_line,
                end_col_offset: at.end_column,
            };
            return Error::syntax("too many statically nested blocks", location);
        }
        self.unit.blocks.push(Block { kind, start, exit, location: at });
        Ok(())
    }

    pub(super) fn pop_block(&mut self) {
        self.unit.blocks.pop();
    }

    /// Emits what leaves one block. `at` becomes the location of what follows.
    pub(super) fn unwind_block(&mut self, at: &mut Location, block: Block<'a>, preserve_top: bool) -> Result {
        let keep = |compiler: &mut Self, at: Location| {
            if preserve_top {
                compiler.op_arg(at, Opcode::SWAP, 2);
            }
        };
        match block.kind {
            BlockKind::WhileLoop
            | BlockKind::ExceptionHandler
            | BlockKind::ExceptionGroupHandler
            | BlockKind::AsyncComprehensionGenerator
            | BlockKind::StopIteration => {}
            BlockKind::ForLoop | BlockKind::PopValue => {
                keep(self, *at);
                self.op(*at, Opcode::POP_TOP);
            }
            BlockKind::TryExcept => self.op(*at, Opcode::POP_BLOCK),
            BlockKind::FinallyTry(body) => {
                self.op(*at, Opcode::POP_BLOCK);
                if preserve_top {
                    self.push_block(*at, BlockKind::PopValue, None, None)?;
                }
                self.statements(body)?;
                if preserve_top {
                    self.pop_block();
                }
                // What follows runs after the finally block, as if without a place of its own.
                *at = Location::NONE;
            }
            BlockKind::FinallyEnd => {
                keep(self, *at);
                self.op(*at, Opcode::POP_TOP);
                keep(self, *at);
                self.op(*at, Opcode::POP_BLOCK);
                self.op(*at, Opcode::POP_EXCEPT);
            }
            BlockKind::With | BlockKind::AsyncWith => {
                *at = block.location;
                self.op(*at, Opcode::POP_BLOCK);
                if preserve_top {
                    self.op_arg(*at, Opcode::SWAP, 3);
                    self.op_arg(*at, Opcode::SWAP, 2);
                }
                self.call_exit_with_nones(*at);
                if matches!(block.kind, BlockKind::AsyncWith) {
                    self.await_top(*at, 2);
                }
                self.op(*at, Opcode::POP_TOP);
                *at = Location::NONE;
            }
            BlockKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.op(*at, Opcode::POP_BLOCK);
                }
                keep(self, *at);
                self.op(*at, Opcode::POP_BLOCK);
                self.op(*at, Opcode::POP_EXCEPT);
                if let Some(name) = name {
                    self.unbind(*at, name)?;
                }
            }
        }
        Ok(())
    }

    /// `name = None; del name`, as an `except` body ends.
    pub(super) fn unbind(&mut self, at: Location, name: Name) -> Result {
        self.load_none(at);
        self.store_name(at, name)?;
        self.name_op(at, name, ExprContext::Del)
    }

    /// Emits what leaves all blocks, or those inside the innermost loop, which is returned, if `to_loop`.
    pub(super) fn unwind_blocks(
        &mut self,
        at: &mut Location,
        preserve_top: bool,
        to_loop: bool,
    ) -> Result<Option<Block<'a>>> {
        let Some(&top) = self.unit.blocks.last() else { return Ok(None) };
        if matches!(top.kind, BlockKind::ExceptionGroupHandler) {
            let location = syntax::ast::Location {
                lineno: at.line,
                col_offset: at.column,
                end_lineno: at.end_line,
                end_col_offset: at.end_column,
            };
            let message = "'break', 'continue' and 'return' cannot appear in an except* block";
            return Error::syntax(message, location);
        }
        if to_loop && matches!(top.kind, BlockKind::WhileLoop | BlockKind::ForLoop) {
            return Ok(Some(top));
        }
        // The block doesn't surround the code that leaves it.
        self.unit.blocks.pop();
        self.unwind_block(at, top, preserve_top)?;
        let found = self.unwind_blocks(at, preserve_top, to_loop)?;
        self.unit.blocks.push(top);
        Ok(found)
    }
}

//! Loading, storing and deleting names: which instruction reaches a name from this unit.

use bytecode::code::LocalKind;
use bytecode::{Code, Opcode};
use syntax::ErrorKind;
use syntax::ast::ExprContext;

use super::{Compiler, UnitKind, slot};
use crate::error::{Error, Result};
use crate::instruction_sequence::Location;
use crate::names::{Name, known};
use crate::symtable::NameScope;

impl<'a> Compiler<'a, '_> {
    /// Loads, stores or deletes a name.
    pub(super) fn name_op(&mut self, at: Location, name: Name, context: ExprContext) -> Result {
        let name = self.mangle(name);
        let scope = self.scope().scope_of(name);
        let is_function_like = self.scope().is_function_like();
        match scope {
            NameScope::Free => {
                let index = slot(&mut self.unit.freevars, name);
                self.deref_op(at, index, context)?;
            }
            NameScope::Cell => {
                let index = slot(&mut self.unit.cellvars, name);
                self.deref_op(at, index, context)?;
            }
            NameScope::Local if is_function_like || self.unit.fast_hidden.get(name) == Some(1) => {
                let op = match context {
                    ExprContext::Load => Opcode::LOAD_FAST,
                    ExprContext::Store => Opcode::STORE_FAST,
                    ExprContext::Del => Opcode::DELETE_FAST,
                };
                let index = slot(&mut self.unit.varnames, name);
                self.op_arg(at, op, index);
            }
            NameScope::GlobalImplicit if is_function_like => self.global_op(at, name, scope, context)?,
            NameScope::GlobalExplicit => self.global_op(at, name, scope, context)?,
            _ => {
                let index = slot(&mut self.unit.names, name);
                let op = match context {
                    // Names of the class are not those that an inlined comprehension sees.
                    ExprContext::Load if self.is_class_scope() && self.unit.inlined_comprehensions > 0 => {
                        self.op_arg(at, Opcode::LOAD_GLOBAL, index << 1);
                        return Ok(());
                    }
                    ExprContext::Load => Opcode::LOAD_NAME,
                    ExprContext::Store => Opcode::STORE_NAME,
                    ExprContext::Del => Opcode::DELETE_NAME,
                };
                self.op_arg(at, op, index);
            }
        }
        Ok(())
    }

    fn deref_op(&mut self, at: Location, index: u32, context: ExprContext) -> Result {
        let op = match context {
            ExprContext::Load => {
                if self.is_class_scope() && self.unit.inlined_comprehensions == 0 {
                    self.op(at, Opcode::LOAD_LOCALS);
                    Opcode::LOAD_FROM_DICT_OR_DEREF
                } else if self.scope().can_see_class_scope {
                    self.load_classdict(at);
                    Opcode::LOAD_FROM_DICT_OR_DEREF
                } else {
                    Opcode::LOAD_DEREF
                }
            }
            ExprContext::Store => Opcode::STORE_DEREF,
            ExprContext::Del => Opcode::DELETE_DEREF,
        };
        self.op_arg(at, op, index);
        Ok(())
    }

    fn global_op(&mut self, at: Location, name: Name, scope: NameScope, context: ExprContext) -> Result {
        let index = slot(&mut self.unit.names, name);
        match context {
            ExprContext::Load => {
                if self.scope().can_see_class_scope && scope == NameScope::GlobalImplicit {
                    self.load_classdict(at);
                    self.op_arg(at, Opcode::LOAD_FROM_DICT_OR_GLOBALS, index);
                } else {
                    self.op_arg(at, Opcode::LOAD_GLOBAL, index << 1);
                }
            }
            ExprContext::Store => self.op_arg(at, Opcode::STORE_GLOBAL, index),
            ExprContext::Del => self.op_arg(at, Opcode::DELETE_GLOBAL, index),
        }
        Ok(())
    }

    fn load_classdict(&mut self, at: Location) {
        let index = slot(&mut self.unit.freevars, known::classdict);
        self.op_arg(at, Opcode::LOAD_DEREF, index);
    }

    pub(super) fn load_name(&mut self, at: Location, name: Name) -> Result {
        self.name_op(at, name, ExprContext::Load)
    }

    pub(super) fn store_name(&mut self, at: Location, name: Name) -> Result {
        self.name_op(at, name, ExprContext::Store)
    }

    /// The index of the cell that this unit hands to an inner one as its free variable.
    pub(super) fn closure_index(&mut self, name: Name, code: &Code) -> Result<u32> {
        let is_implicit_cell = self.unit.kind == UnitKind::Class
            && matches!(name, known::class | known::classdict | known::conditional_annotations);
        let scope = if is_implicit_cell { NameScope::Cell } else { self.scope().scope_of(name) };
        let table = if scope == NameScope::Cell { &self.unit.cellvars } else { &self.unit.freevars };
        match table.get(name) {
            Some(index) => Ok(index),
            None => {
                let free = code.localsplusnames.iter().zip(&code.localspluskinds);
                let free = free.filter(|(_, kind)| **kind & LocalKind::FREE != 0);
                let free: Vec<String> = free.map(|(name, _)| format!("'{name}'")).collect();
                let comma = if free.len() == 1 { "," } else { "" };
                let message = format!(
                    "compiler_lookup_arg(name='{}') with reftype={} failed in {}; freevars of code {}: ({}{comma})",
                    self.names.text(name),
                    scope as u8,
                    self.names.text(self.unit.name),
                    code.name,
                    free.join(", ")
                );
                Error::other(ErrorKind::SystemError, message)
            }
        }
    }
}

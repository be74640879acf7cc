//! Classes: the body's code, and the call of `__build_class__`.

use bytecode::operands::Intrinsic1;
use bytecode::{Constant, Opcode};
use syntax::ast::{Stmt, StmtKind};

use super::functions::first_line;
use super::{Compiler, Counts, UnitKind, loc};
use crate::error::Result;
use crate::instruction_sequence::Location;
use crate::names::{Name, known};
use crate::symtable::{Key, Role};

impl<'a> Compiler<'a, '_> {
    pub(super) fn class(&mut self, statement: &'a Stmt<'a>) -> Result {
        let StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } = statement.kind
        else {
            return Ok(());
        };
        let at = loc(statement.location);
        let first_line = first_line(statement, decorator_list);
        let name = self.intern(name);
        self.expressions(decorator_list)?;
        let is_generic = !type_params.is_empty();
        if is_generic {
            let scope_name = format!("<generic parameters of {}>", self.names.text(name));
            let scope_name = self.names.intern_owned(&scope_name);
            let key = Key::new(type_params, Role::TypeParams);
            self.enter(scope_name, UnitKind::Annotations, key, first_line, Some(name), Counts::default())?;
            self.type_params(type_params)?;
            self.store_name(at, known::dot_type_params)?;
        }
        self.class_body(statement, name, body, first_line, is_generic)?;
        if is_generic {
            self.load_name(at, known::dot_type_params)?;
            self.intrinsic(at, Intrinsic1::SubscriptGeneric);
            self.store_name(at, known::dot_generic_base)?;
            self.call_arguments(at, 2, bases, Some(known::dot_generic_base), keywords)?;
            let code = self.finish(false)?;
            self.make_closure(at, code, 0)?;
            self.op(at, Opcode::PUSH_NULL);
            self.op_arg(at, Opcode::CALL, 0);
        } else {
            self.call_arguments(at, 2, bases, None, keywords)?;
        }
        self.apply_decorators(decorator_list);
        self.store_name(at, name)
    }

    /// Compiles the body and pushes `__build_class__` with its first two arguments.
    fn class_body(
        &mut self,
        statement: &'a Stmt<'a>,
        name: Name,
        body: &'a [Stmt<'a>],
        first_line: i32,
        is_generic: bool,
    ) -> Result {
        let key = Key::new(statement, Role::Body);
        self.enter(name, UnitKind::Class, key, first_line, Some(name), Counts::default())?;
        let at = Location::new(first_line, first_line, 0, 0);
        self.load_name(at, known::name)?;
        self.store_name(at, known::module_attribute)?;
        let qualname = self.unit.qualname.clone();
        self.load_str(at, &qualname);
        self.store_name(at, known::qualname)?;
        self.load_int(at, first_line.into());
        self.store_name(at, known::firstlineno)?;
        if is_generic {
            self.load_name(at, known::dot_type_params)?;
            self.store_name(at, known::type_params)?;
        }
        if self.scope().needs_classdict {
            self.op(at, Opcode::LOAD_LOCALS);
            self.store_cell(at, known::classdict);
        }
        if self.scope().has_conditional_annotations {
            self.op_arg(at, Opcode::BUILD_SET, 0);
            self.store_cell(at, known::conditional_annotations);
        }
        self.body(at, body)?;
        let mut attributes: Vec<&str> =
            self.unit.static_attributes.iter().map(|&name| self.names.text(name)).collect();
        attributes.sort_unstable();
        attributes.dedup();
        let attributes = attributes.into_iter().map(|name| Constant::Str(name.into())).collect();
        self.load_const(Location::NONE, Constant::Tuple(attributes));
        self.store_name(Location::NONE, known::static_attributes)?;
        if self.scope().needs_classdict {
            self.load_closure(known::classdict);
            self.store_name(Location::NONE, known::classdictcell)?;
        }
        if self.scope().needs_class_closure {
            self.load_closure(known::class);
            self.op_arg(Location::NONE, Opcode::COPY, 1);
            self.store_name(Location::NONE, known::classcell)?;
        } else {
            self.load_none(Location::NONE);
        }
        self.op(Location::NONE, Opcode::RETURN_VALUE);
        let code = self.finish(true)?;

        // These are on the line of the class, not of a decorator.
        let at = loc(statement.location);
        self.op(at, Opcode::LOAD_BUILD_CLASS);
        self.op(at, Opcode::PUSH_NULL);
        self.make_closure(at, code, 0)?;
        let text = self.names.text(name);
        self.load_str(at, text);
        Ok(())
    }

    fn store_cell(&mut self, at: Location, name: Name) {
        let index = super::slot(&mut self.unit.cellvars, name);
        self.op_arg(at, Opcode::STORE_DEREF, index);
    }

    fn load_closure(&mut self, name: Name) {
        let index = super::slot(&mut self.unit.cellvars, name);
        self.op_arg(Location::NONE, Opcode::LOAD_CLOSURE, index);
    }
}

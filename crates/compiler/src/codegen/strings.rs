//! f-strings (PEP 701) and t-strings (PEP 750).

use bytecode::operands::Conversion;
use bytecode::{Constant, Opcode};
use syntax::ErrorKind;
use syntax::ast::{self, Expr, ExprKind};

use super::{Compiler, STACK_USE_GUIDELINE, loc};
use crate::error::{Error, Result};
use crate::instruction_sequence::Location;

/// What `!s`, `!r` or `!a` asks for; `None` without a conversion.
fn conversion_code(conversion: i32) -> Result<Option<Conversion>> {
    Ok(Some(match u8::try_from(conversion) {
        Ok(b's') => Conversion::Str,
        Ok(b'r') => Conversion::Repr,
        Ok(b'a') => Conversion::Ascii,
        _ if conversion == -1 => return Ok(None),
        _ => {
            let message = format!("Unrecognized conversion character {conversion}");
            return Error::other(ErrorKind::SystemError, message);
        }
    }))
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn joined_string(&mut self, at: Location, values: &'a [Expr<'a>]) -> Result {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_str(at, "");
            let join = self.intern("join");
            self.load_attribute(at, join, true);
            self.op_arg(at, Opcode::BUILD_LIST, 0);
            for value in values {
                self.expression(value)?;
                self.op_arg(at, Opcode::LIST_APPEND, 1);
            }
            self.op_arg(at, Opcode::CALL, 1);
            return Ok(());
        }
        self.expressions(values)?;
        match values.len() {
            0 => self.load_str(at, ""),
            1 => {}
            count => self.op_arg(at, Opcode::BUILD_STRING, count as u32),
        }
        Ok(())
    }

    pub(super) fn formatted_value(
        &mut self,
        at: Location,
        value: &'a Expr<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result {
        self.expression(value)?;
        if let Some(conversion) = conversion_code(conversion)? {
            self.op_arg(at, Opcode::CONVERT_VALUE, conversion as u32);
        }
        match format_spec {
            Some(spec) => {
                self.expression(spec)?;
                self.op(at, Opcode::FORMAT_WITH_SPEC);
            }
            None => self.op(at, Opcode::FORMAT_SIMPLE),
        }
        Ok(())
    }

    pub(super) fn interpolation(
        &mut self,
        at: Location,
        value: &'a Expr<'a>,
        text: ast::Constant<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result {
        self.expression(value)?;
        self.load_const(at, super::constant(text));
        let mut arg = 2;
        if let Some(spec) = format_spec {
            arg |= 1;
            self.expression(spec)?;
        }
        if let Some(conversion) = conversion_code(conversion)? {
            arg |= (conversion as u32) << 2;
        }
        self.op_arg(at, Opcode::BUILD_INTERPOLATION, arg);
        Ok(())
    }

    pub(super) fn template_string(&mut self, at: Location, values: &'a [Expr<'a>]) -> Result {
        let is_interpolation = |value: &Expr<'a>| matches!(value.kind, ExprKind::Interpolation { .. });
        // Strings and interpolations alternate, beginning and ending with a string, empty if need be.
        let mut strings = 0;
        let mut after_interpolation = true;
        for value in values {
            if !is_interpolation(value) {
                self.expression(value)?;
                strings += 1;
            } else if after_interpolation {
                self.load_const(at, Constant::Str("".into()));
                strings += 1;
            }
            after_interpolation = is_interpolation(value);
        }
        if after_interpolation {
            self.load_str(at, "");
            strings += 1;
        }
        self.op_arg(at, Opcode::BUILD_TUPLE, strings);
        let mut interpolations = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.expression(value)?;
            interpolations += 1;
        }
        self.op_arg(at, Opcode::BUILD_TUPLE, interpolations);
        self.op(at, Opcode::BUILD_TEMPLATE);
        Ok(())
    }

    /// The text of an annotation under `from __future__ import annotations`.
    pub(super) fn annotation_text(&mut self, annotation: &'a Expr<'a>) -> Result {
        let text = super::unparse::unparse(annotation)?;
        self.load_const(loc(annotation.location), Constant::Str(text));
        Ok(())
    }
}

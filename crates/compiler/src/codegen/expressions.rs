//! Expressions, but calls, comprehensions and formatted strings.

use bytecode::operands::{BinaryOperator, Comparison, Intrinsic1, resume};
use bytecode::{Constant, Opcode};
use syntax::ast::{BoolOp, CmpOp, Expr, ExprContext, ExprKind, Operator, UnaryOp};

use super::{Compiler, STACK_USE_GUIDELINE, UnitKind, loc};
use crate::error::{Error, Limit, Result, check_stack};
use crate::instruction_sequence::Location;
use crate::names::Name;

/// The instructions that build a list or a set.
#[derive(Clone, Copy)]
pub(super) struct Building {
    build: Opcode,
    add: Opcode,
    extend: Opcode,
    /// Whether the list is only on the way to a tuple.
    to_tuple: bool,
}

const LIST: Building = Building {
    build: Opcode::BUILD_LIST,
    add: Opcode::LIST_APPEND,
    extend: Opcode::LIST_EXTEND,
    to_tuple: false,
};
pub(super) const TUPLE: Building = Building { to_tuple: true, ..LIST };
const SET: Building =
    Building { build: Opcode::BUILD_SET, add: Opcode::SET_ADD, extend: Opcode::SET_UPDATE, to_tuple: false };

/// The bounds of a slice without a step, unless both are constant.
#[allow(clippy::type_complexity)]
pub(super) fn two_part_slice<'a>(
    slice: &'a Expr<'a>,
) -> Option<(Option<&'a Expr<'a>>, Option<&'a Expr<'a>>)> {
    match slice.kind {
        ExprKind::Slice { lower, upper, step: None } if !(is_constant(lower) && is_constant(upper)) => {
            Some((lower, upper))
        }
        _ => None,
    }
}

fn is_constant(bound: Option<&Expr<'_>>) -> bool {
    bound.is_none_or(|bound| matches!(bound.kind, ExprKind::Constant { .. }))
}

fn bound_constant(bound: Option<&Expr<'_>>) -> Constant {
    match bound.map(|bound| bound.kind) {
        Some(ExprKind::Constant { value, .. }) => super::constant(value),
        _ => Constant::None,
    }
}

/// `BINARY_OP`'s argument for an operator.
fn binary_operator(op: Operator, inplace: bool) -> u32 {
    let (plain, augmented) = match op {
        Operator::Add => (BinaryOperator::Add, BinaryOperator::InplaceAdd),
        Operator::Sub => (BinaryOperator::Subtract, BinaryOperator::InplaceSubtract),
        Operator::Mult => (BinaryOperator::Multiply, BinaryOperator::InplaceMultiply),
        Operator::MatMult => (BinaryOperator::MatrixMultiply, BinaryOperator::InplaceMatrixMultiply),
        Operator::Div => (BinaryOperator::TrueDivide, BinaryOperator::InplaceTrueDivide),
        Operator::Mod => (BinaryOperator::Remainder, BinaryOperator::InplaceRemainder),
        Operator::Pow => (BinaryOperator::Power, BinaryOperator::InplacePower),
        Operator::LShift => (BinaryOperator::LeftShift, BinaryOperator::InplaceLeftShift),
        Operator::RShift => (BinaryOperator::RightShift, BinaryOperator::InplaceRightShift),
        Operator::BitOr => (BinaryOperator::Or, BinaryOperator::InplaceOr),
        Operator::BitXor => (BinaryOperator::Xor, BinaryOperator::InplaceXor),
        Operator::BitAnd => (BinaryOperator::And, BinaryOperator::InplaceAnd),
        Operator::FloorDiv => (BinaryOperator::FloorDivide, BinaryOperator::InplaceFloorDivide),
    };
    (if inplace { augmented } else { plain }) as u32
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn expressions(&mut self, list: &'a [Expr<'a>]) -> Result {
        list.iter().try_for_each(|item| self.expression(item))
    }

    pub(super) fn expression(&mut self, expression: &'a Expr<'a>) -> Result {
        match expression.kind {
            // The leaves first: they are most of a program.
            ExprKind::Name { id, ctx } => {
                let name = self.intern(id);
                return self.name_op(loc(expression.location), name, ctx);
            }
            ExprKind::Constant { value, .. } => {
                self.load_literal(loc(expression.location), value);
                return Ok(());
            }
            _ => {}
        }
        self.depth += 1;
        check_stack(self.depth, Limit::Code)?;
        self.composite(expression)?;
        self.depth -= 1;
        Ok(())
    }

    fn composite(&mut self, expression: &'a Expr<'a>) -> Result {
        let at = loc(expression.location);
        match expression.kind {
            ExprKind::Name { .. } | ExprKind::Constant { .. } => {}
            ExprKind::NamedExpr { target, value } => {
                self.expression(value)?;
                self.op_arg(at, Opcode::COPY, 1);
                self.expression(target)?;
            }
            ExprKind::BoolOp { op, values } => self.bool_op(at, op, values)?,
            ExprKind::BinOp { left, op, right } => {
                self.expression(left)?;
                self.expression(right)?;
                self.op_arg(at, Opcode::BINARY_OP, binary_operator(op, false));
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expression(operand)?;
                match op {
                    UnaryOp::Invert => self.op(at, Opcode::UNARY_INVERT),
                    UnaryOp::USub => self.op(at, Opcode::UNARY_NEGATIVE),
                    UnaryOp::UAdd => self.intrinsic(at, Intrinsic1::UnaryPositive),
                    UnaryOp::Not => {
                        self.op(at, Opcode::TO_BOOL);
                        self.op(at, Opcode::UNARY_NOT);
                    }
                }
            }
            ExprKind::Lambda { args, body } => self.lambda(expression, args, body)?,
            ExprKind::IfExp { test, body, orelse } => {
                let (end, next) = (self.label(), self.label());
                self.jump_if(at, test, next, false)?;
                self.expression(body)?;
                self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
                self.place(next);
                self.expression(orelse)?;
                self.place(end);
            }
            ExprKind::Dict { keys, values } => self.dict(at, keys, values)?,
            ExprKind::Set { elts } => self.collection(at, elts, None, 0, SET)?,
            ExprKind::List { elts, ctx } => self.sequence(expression, elts, ctx, LIST)?,
            ExprKind::Tuple { elts, ctx } => self.sequence(expression, elts, ctx, TUPLE)?,
            ExprKind::GeneratorExp { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. } => self.comprehension(expression)?,
            ExprKind::Await { value } => {
                self.expression(value)?;
                self.await_top(at, 0);
            }
            ExprKind::Yield { value } => {
                if !self.scope().is_function_like() {
                    return Error::syntax("'yield' outside function", expression.location);
                }
                match value {
                    Some(value) => self.expression(value)?,
                    None => self.load_none(at),
                }
                self.yield_value(at);
            }
            ExprKind::YieldFrom { value } => {
                if !self.scope().is_function_like() {
                    return Error::syntax("'yield from' outside function", expression.location);
                }
                if self.unit.kind == UnitKind::AsyncFunction {
                    return Error::syntax("'yield from' inside async function", expression.location);
                }
                self.expression(value)?;
                self.op(at, Opcode::GET_YIELD_FROM_ITER);
                self.load_none(at);
                self.yield_from(at, false);
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.check_compare(expression)?;
                self.compare(at, left, ops, comparators)?;
            }
            ExprKind::Call { func, args, keywords } => self.call(expression, func, args, keywords)?,
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(at, value, conversion, format_spec)?;
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(at, value, str, conversion, format_spec)?;
            }
            ExprKind::JoinedStr { values } => self.joined_string(at, values)?,
            ExprKind::TemplateStr { values } => self.template_string(at, values)?,
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expression, value, attr, ctx)?,
            ExprKind::Subscript { value, slice, ctx } => self.subscript(at, value, slice, ctx)?,
            ExprKind::Starred { ctx, .. } => {
                let message = match ctx {
                    ExprContext::Store => "starred assignment target must be in a list or tuple",
                    _ => "can't use starred expression here",
                };
                return Error::syntax(message, expression.location);
            }
            ExprKind::Slice { lower, upper, step } => self.slice(expression, lower, upper, step)?,
        }
        Ok(())
    }

    // Operators.

    pub(super) fn inplace_op(&mut self, at: Location, op: Operator) {
        self.op_arg(at, Opcode::BINARY_OP, binary_operator(op, true));
    }

    pub(super) fn subscript_op(&mut self, at: Location) {
        self.op_arg(at, Opcode::BINARY_OP, BinaryOperator::Subscript as u32);
    }

    fn bool_op(&mut self, at: Location, op: BoolOp, values: &'a [Expr<'a>]) -> Result {
        let Some((last, first)) = values.split_last() else { return Ok(()) };
        let end = self.label();
        let jump = if op == BoolOp::And { Opcode::JUMP_IF_FALSE } else { Opcode::JUMP_IF_TRUE };
        for value in first {
            self.expression(value)?;
            self.jump(at, jump, end);
            self.op(at, Opcode::POP_TOP);
        }
        self.expression(last)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn comparison(&mut self, at: Location, op: CmpOp) {
        let comparison = match op {
            CmpOp::Eq => Comparison::Equal,
            CmpOp::NotEq => Comparison::NotEqual,
            CmpOp::Lt => Comparison::Less,
            CmpOp::LtE => Comparison::LessEqual,
            CmpOp::Gt => Comparison::Greater,
            CmpOp::GtE => Comparison::GreaterEqual,
            CmpOp::Is => return self.op_arg(at, Opcode::IS_OP, 0),
            CmpOp::IsNot => return self.op_arg(at, Opcode::IS_OP, 1),
            CmpOp::In => return self.op_arg(at, Opcode::CONTAINS_OP, 0),
            CmpOp::NotIn => return self.op_arg(at, Opcode::CONTAINS_OP, 1),
        };
        self.compare_op(at, comparison);
    }

    fn compare(
        &mut self,
        at: Location,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result {
        self.expression(left)?;
        let (Some((&last_op, ops)), Some((last, comparators))) = (ops.split_last(), comparators.split_last())
        else {
            return Ok(());
        };
        if ops.is_empty() {
            self.expression(last)?;
            self.comparison(at, last_op);
            return Ok(());
        }
        let cleanup = self.label();
        for (&op, comparator) in ops.iter().zip(comparators) {
            self.chained_comparison(at, op, comparator)?;
            self.op_arg(at, Opcode::COPY, 1);
            self.op(at, Opcode::TO_BOOL);
            self.jump(at, Opcode::POP_JUMP_IF_FALSE, cleanup);
            self.op(at, Opcode::POP_TOP);
        }
        self.expression(last)?;
        self.comparison(at, last_op);
        let end = self.label();
        self.jump(Location::NONE, Opcode::JUMP_NO_INTERRUPT, end);
        self.place(cleanup);
        self.op_arg(at, Opcode::SWAP, 2);
        self.op(at, Opcode::POP_TOP);
        self.place(end);
        Ok(())
    }

    // Generators.

    pub(super) fn yield_value(&mut self, at: Location) {
        let scope = self.scope();
        if scope.generator && scope.coroutine {
            self.intrinsic(at, Intrinsic1::AsyncGenWrap);
        }
        self.op_arg(at, Opcode::YIELD_VALUE, 0);
        self.op_arg(at, Opcode::RESUME, resume::AFTER_YIELD);
    }

    /// Delegates to the iterator under the top of the stack, which holds what to send.
    pub(super) fn yield_from(&mut self, at: Location, is_await: bool) {
        let (send, fail, exit) = (self.label(), self.label(), self.label());
        self.place(send);
        self.jump(at, Opcode::SEND, exit);
        // For a StopIteration that a close or throw raises.
        self.jump(at, Opcode::SETUP_FINALLY, fail);
        self.op_arg(at, Opcode::YIELD_VALUE, 1);
        self.op(Location::NONE, Opcode::POP_BLOCK);
        let kind = if is_await { resume::AFTER_AWAIT } else { resume::AFTER_YIELD_FROM };
        self.op_arg(at, Opcode::RESUME, kind);
        self.jump(at, Opcode::JUMP_NO_INTERRUPT, send);
        self.place(fail);
        self.op(at, Opcode::CLEANUP_THROW);
        self.place(exit);
        self.op(at, Opcode::END_SEND);
    }

    /// Awaits the top of the stack; `context` says why (1: `__aenter__`, 2: `__aexit__`), for error messages.
    pub(super) fn await_top(&mut self, at: Location, context: u32) {
        self.op_arg(at, Opcode::GET_AWAITABLE, context);
        self.load_none(at);
        self.yield_from(at, true);
    }

    // Displays.

    fn sequence(
        &mut self,
        expression: &'a Expr<'a>,
        elements: &'a [Expr<'a>],
        context: ExprContext,
        building: Building,
    ) -> Result {
        match context {
            ExprContext::Load => self.collection(loc(expression.location), elements, None, 0, building),
            ExprContext::Store => self.unpack(expression, elements),
            ExprContext::Del => self.expressions(elements),
        }
    }

    /// Builds a collection from `pushed` items that are on the stack already, the elements, and the variable
    /// `injected` at the end.
    pub(super) fn collection(
        &mut self,
        at: Location,
        elements: &'a [Expr<'a>],
        injected: Option<Name>,
        pushed: usize,
        building: Building,
    ) -> Result {
        let Building { build, add, extend, to_tuple } = building;
        let count = elements.len() + pushed + usize::from(injected.is_some());
        let big = count > STACK_USE_GUIDELINE;
        let has_star = elements.iter().any(|element| matches!(element.kind, ExprKind::Starred { .. }));
        if !big && !has_star {
            self.expressions(elements)?;
            if let Some(name) = injected {
                self.load_name(at, name)?;
            }
            self.op_arg(at, if to_tuple { Opcode::BUILD_TUPLE } else { build }, count as u32);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.op_arg(at, build, pushed as u32);
        }
        for (index, element) in elements.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = element.kind {
                if !built {
                    self.op_arg(at, build, (index + pushed) as u32);
                    built = true;
                }
                self.expression(value)?;
                self.op_arg(at, extend, 1);
            } else {
                self.expression(element)?;
                if built {
                    self.op_arg(at, add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.load_name(at, name)?;
            self.op_arg(at, add, 1);
        }
        if to_tuple {
            self.intrinsic(at, Intrinsic1::ListToTuple);
        }
        Ok(())
    }

    fn unpack(&mut self, expression: &'a Expr<'a>, elements: &'a [Expr<'a>]) -> Result {
        let at = loc(expression.location);
        let count = elements.len();
        let mut seen_star = false;
        for (index, element) in elements.iter().enumerate() {
            if !matches!(element.kind, ExprKind::Starred { .. }) {
                continue;
            }
            if seen_star {
                return Error::syntax("multiple starred expressions in assignment", expression.location);
            }
            let after = count - index - 1;
            if index >= 1 << 8 || after >= i32::MAX as usize >> 8 {
                let message = "too many expressions in star-unpacking assignment";
                return Error::syntax(message, expression.location);
            }
            self.op_arg(at, Opcode::UNPACK_EX, (index + (after << 8)) as u32);
            seen_star = true;
        }
        if !seen_star {
            self.op_arg(at, Opcode::UNPACK_SEQUENCE, count as u32);
        }
        for element in elements {
            match element.kind {
                ExprKind::Starred { value, .. } => self.expression(value)?,
                _ => self.expression(element)?,
            }
        }
        Ok(())
    }

    fn dict(&mut self, at: Location, keys: &'a [Option<&'a Expr<'a>>], values: &'a [Expr<'a>]) -> Result {
        let mut have_dict = false;
        let mut elements = 0;
        for (index, (key, value)) in keys.iter().zip(values).enumerate() {
            if key.is_none() {
                if elements > 0 {
                    self.dict_part(at, &keys[index - elements..index], &values[index - elements..index])?;
                    if have_dict {
                        self.op_arg(at, Opcode::DICT_UPDATE, 1);
                    }
                    have_dict = true;
                    elements = 0;
                }
                if !have_dict {
                    self.op_arg(at, Opcode::BUILD_MAP, 0);
                    have_dict = true;
                }
                self.expression(value)?;
                self.op_arg(at, Opcode::DICT_UPDATE, 1);
            } else if elements * 2 > STACK_USE_GUIDELINE {
                self.dict_part(at, &keys[index - elements..=index], &values[index - elements..=index])?;
                if have_dict {
                    self.op_arg(at, Opcode::DICT_UPDATE, 1);
                }
                have_dict = true;
                elements = 0;
            } else {
                elements += 1;
            }
        }
        if elements > 0 {
            let start = values.len() - elements;
            self.dict_part(at, &keys[start..], &values[start..])?;
            if have_dict {
                self.op_arg(at, Opcode::DICT_UPDATE, 1);
            }
            have_dict = true;
        }
        if !have_dict {
            self.op_arg(at, Opcode::BUILD_MAP, 0);
        }
        Ok(())
    }

    fn dict_part(
        &mut self,
        at: Location,
        keys: &'a [Option<&'a Expr<'a>>],
        values: &'a [Expr<'a>],
    ) -> Result {
        let big = values.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(at, Opcode::BUILD_MAP, 0);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expression(key)?;
            }
            self.expression(value)?;
            if big {
                self.op_arg(at, Opcode::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_arg(at, Opcode::BUILD_MAP, values.len() as u32);
        }
        Ok(())
    }

    // Attributes and subscripts.

    /// The location of an attribute access: where the name is, if that is on a line of its own.
    pub(super) fn attribute_location(&self, at: Location, attribute: &'a Expr<'a>) -> Location {
        let ExprKind::Attribute { attr, .. } = attribute.kind else { return at };
        let end = attribute.location;
        if at.line == end.end_lineno {
            return at;
        }
        let length = attr.chars().count() as i32;
        let (column, end_column) = if length <= end.end_col_offset {
            (end.end_col_offset - length, at.end_column)
        } else {
            // Only trees that didn't come from source.
            (-1, -1)
        };
        Location { line: end.end_lineno, column, end_column, ..at }
    }

    /// `LOAD_ATTR`, which for a method call loads the receiver too.
    pub(super) fn load_attribute(&mut self, at: Location, name: Name, is_method: bool) {
        let name = self.mangle(name);
        let index = super::slot(&mut self.unit.names, name);
        self.op_arg(at, Opcode::LOAD_ATTR, index << 1 | u32::from(is_method));
    }

    fn attribute(
        &mut self,
        expression: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: &'a str,
        context: ExprContext,
    ) -> Result {
        let name = self.intern(attr);
        let at = loc(expression.location);
        if context == ExprContext::Load && self.is_optimizable_super(value, attr) {
            self.load_super_attribute(at, value, name, false)?;
            let at = self.attribute_location(at, expression);
            self.op(at, Opcode::NOP);
            return Ok(());
        }
        self.note_static_attribute(value, name, context);
        self.expression(value)?;
        let at = self.attribute_location(at, expression);
        match context {
            ExprContext::Load => self.load_attribute(at, name, false),
            ExprContext::Store => self.op_mangled_name(at, Opcode::STORE_ATTR, name),
            ExprContext::Del => self.op_mangled_name(at, Opcode::DELETE_ATTR, name),
        }
        Ok(())
    }

    /// An assignment to `self.name` makes the name one of the class's `__static_attributes__`.
    fn note_static_attribute(&mut self, object: &'a Expr<'a>, name: Name, context: ExprContext) {
        if context != ExprContext::Store || !matches!(object.kind, ExprKind::Name { id: "self", .. }) {
            return;
        }
        let class = self.outer.iter_mut().rev().find(|unit| unit.kind == UnitKind::Class);
        if let Some(class) = class {
            class.static_attributes.push(name);
        }
    }

    fn subscript(
        &mut self,
        at: Location,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        context: ExprContext,
    ) -> Result {
        if context == ExprContext::Load {
            self.check_subscripted(value)?;
            self.check_index(value, slice)?;
        }
        self.expression(value)?;
        if context != ExprContext::Del
            && let Some((lower, upper)) = two_part_slice(slice)
        {
            self.slice_parts(slice, lower, upper)?;
            let is_load = context == ExprContext::Load;
            self.op(at, if is_load { Opcode::BINARY_SLICE } else { Opcode::STORE_SLICE });
            return Ok(());
        }
        self.expression(slice)?;
        match context {
            ExprContext::Load => self.subscript_op(at),
            ExprContext::Store => self.op(at, Opcode::STORE_SUBSCR),
            ExprContext::Del => self.op(at, Opcode::DELETE_SUBSCR),
        }
        Ok(())
    }

    pub(super) fn slice_parts(
        &mut self,
        slice: &'a Expr<'a>,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
    ) -> Result {
        for bound in [lower, upper] {
            match bound {
                Some(bound) => self.expression(bound)?,
                None => self.load_none(loc(slice.location)),
            }
        }
        Ok(())
    }

    fn slice(
        &mut self,
        expression: &'a Expr<'a>,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
    ) -> Result {
        let at = loc(expression.location);
        if is_constant(lower) && is_constant(upper) && is_constant(step) {
            let parts = [bound_constant(lower), bound_constant(upper), bound_constant(step)];
            self.load_const(at, Constant::Slice(Box::new(parts)));
            return Ok(());
        }
        self.slice_parts(expression, lower, upper)?;
        if let Some(step) = step {
            self.expression(step)?;
        }
        self.op_arg(at, Opcode::BUILD_SLICE, if step.is_some() { 3 } else { 2 });
        Ok(())
    }
}

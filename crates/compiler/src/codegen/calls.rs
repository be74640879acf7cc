//! Calls: plain and method calls, `super()`, keywords and unpacking, and the loops that replace `all(genexpr)`.

use bytecode::operands::{CommonConstant, Intrinsic1};
use bytecode::{Constant, Opcode};
use rustc_hash::FxHashSet;
use syntax::ast::{Expr, ExprContext, ExprKind, Keyword};

use super::expressions::TUPLE;
use super::{Compiler, STACK_USE_GUIDELINE, loc, slot};
use crate::error::{Error, Result};
use crate::instruction_sequence::{Label, Location};
use crate::names::{Name, known};
use crate::symtable::{Key, NameScope, Role, ScopeId, flag};

fn has_star(args: &[Expr<'_>]) -> bool {
    args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
}

fn has_double_star(keywords: &[Keyword<'_>]) -> bool {
    keywords.iter().any(|keyword| keyword.arg.is_none())
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn call(
        &mut self,
        expression: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result {
        self.validate_keywords(keywords)?;
        if self.method_call(expression, func, args, keywords)? {
            return Ok(());
        }
        let skip = self.label();
        self.check_called(func)?;
        self.expression(func)?;
        self.builtin_over_generator(func, args, keywords, skip)?;
        self.op(loc(func.location), Opcode::PUSH_NULL);
        self.call_arguments(loc(expression.location), 0, args, None, keywords)?;
        self.place(skip);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &'a [Keyword<'a>]) -> Result {
        if keywords.len() > STACK_USE_GUIDELINE {
            // So many are hashed first: mostly there is nothing to be found.
            let mut seen = FxHashSet::default();
            if keywords.iter().filter_map(|keyword| keyword.arg).all(|name| seen.insert(name)) {
                return Ok(());
            }
        }
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = keyword.arg else { continue };
            if let Some(other) = keywords[index + 1..].iter().find(|other| other.arg == Some(name)) {
                return Error::syntax(format!("keyword argument repeated: {name}"), other.location);
            }
        }
        Ok(())
    }

    /// Calls `object.method(…)` without making a bound method, if the call's form allows it.
    fn method_call(
        &mut self,
        expression: &'a Expr<'a>,
        method: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<bool> {
        let ExprKind::Attribute { value: object, attr, ctx: ExprContext::Load } = method.kind else {
            return Ok(false);
        };
        let stack_use = args.len() + keywords.len() + usize::from(!keywords.is_empty());
        if self.is_imported(object)
            || stack_use >= STACK_USE_GUIDELINE
            || has_star(args)
            || has_double_star(keywords)
        {
            return Ok(false);
        }
        let name = self.intern(attr);
        let mut at = loc(method.location);
        if self.is_optimizable_super(object, attr) {
            self.load_super_attribute(at, object, name, true)?;
            at = self.attribute_location(at, method);
            self.op(at, Opcode::NOP);
        } else {
            self.expression(object)?;
            at = self.attribute_location(at, method);
            self.load_attribute(at, name, true);
        }
        self.expressions(args)?;
        let call_at = self.attribute_location(loc(expression.location), method);
        if keywords.is_empty() {
            self.op_arg(call_at, Opcode::CALL, args.len() as u32);
        } else {
            self.keyword_values(at, keywords)?;
            self.op_arg(call_at, Opcode::CALL_KW, (args.len() + keywords.len()) as u32);
        }
        Ok(true)
    }

    /// Whether this is a name that the module imports: what is called then is no method.
    fn is_imported(&mut self, object: &'a Expr<'a>) -> bool {
        let ExprKind::Name { id, .. } = object.kind else { return false };
        let name = self.intern(id);
        self.table[ScopeId(0)].symbols.get(name).unwrap_or(0) & flag::DEF_IMPORT != 0
    }

    /// The values of keyword arguments and the tuple of their names.
    fn keyword_values(&mut self, at: Location, keywords: &'a [Keyword<'a>]) -> Result {
        for keyword in keywords {
            self.expression(keyword.value)?;
        }
        let names = keywords.iter().filter_map(|keyword| keyword.arg);
        self.load_const(at, Constant::Tuple(names.map(|name| Constant::Str(name.into())).collect()));
        Ok(())
    }

    /// The arguments of a call with `pushed` of them on the stack already, and the call.
    pub(super) fn call_arguments(
        &mut self,
        at: Location,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<Name>,
        keywords: &'a [Keyword<'a>],
    ) -> Result {
        self.validate_keywords(keywords)?;
        let is_simple = args.len() + keywords.len() * 2 <= STACK_USE_GUIDELINE
            && !has_star(args)
            && !has_double_star(keywords);
        if is_simple {
            self.expressions(args)?;
            let mut count = pushed + args.len();
            if let Some(name) = injected {
                self.load_name(at, name)?;
                count += 1;
            }
            if keywords.is_empty() {
                self.op_arg(at, Opcode::CALL, count as u32);
            } else {
                self.keyword_values(at, keywords)?;
                self.op_arg(at, Opcode::CALL_KW, (count + keywords.len()) as u32);
            }
            return Ok(());
        }
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => self.expression(value)?,
            _ => self.collection(at, args, injected, pushed, TUPLE)?,
        }
        if keywords.is_empty() {
            self.op(at, Opcode::PUSH_NULL);
        } else {
            self.keyword_dict(at, keywords)?;
        }
        self.op(at, Opcode::CALL_FUNCTION_EX);
        Ok(())
    }

    /// The dict of keyword arguments where some are unpacked.
    fn keyword_dict(&mut self, at: Location, keywords: &'a [Keyword<'a>]) -> Result {
        let mut have_dict = false;
        let mut seen = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                seen += 1;
                continue;
            }
            if seen > 0 {
                self.keyword_dict_part(at, &keywords[index - seen..index])?;
                if have_dict {
                    self.op_arg(at, Opcode::DICT_MERGE, 1);
                }
                have_dict = true;
                seen = 0;
            }
            if !have_dict {
                self.op_arg(at, Opcode::BUILD_MAP, 0);
                have_dict = true;
            }
            self.expression(keyword.value)?;
            self.op_arg(at, Opcode::DICT_MERGE, 1);
        }
        if seen > 0 {
            self.keyword_dict_part(at, &keywords[keywords.len() - seen..])?;
            if have_dict {
                self.op_arg(at, Opcode::DICT_MERGE, 1);
            }
        }
        Ok(())
    }

    fn keyword_dict_part(&mut self, at: Location, keywords: &'a [Keyword<'a>]) -> Result {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(Location::NONE, Opcode::BUILD_MAP, 0);
        }
        for keyword in keywords {
            self.load_str(at, keyword.arg.unwrap_or(""));
            self.expression(keyword.value)?;
            if big {
                self.op_arg(Location::NONE, Opcode::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_arg(at, Opcode::BUILD_MAP, keywords.len() as u32);
        }
        Ok(())
    }

    // super().

    /// Whether this is a call of the builtin `super` whose attribute can be looked up without making the object.
    pub(super) fn is_optimizable_super(&mut self, object: &'a Expr<'a>, attr: &str) -> bool {
        let ExprKind::Call { func, args, keywords: [] } = object.kind else { return false };
        // The object itself answers for its `__class__`.
        if !matches!(func.kind, ExprKind::Name { id: "super", .. }) || attr == "__class__" {
            return false;
        }
        let is_builtin = self.scope().scope_of(known::super_) == NameScope::GlobalImplicit
            && self.table[ScopeId(0)].scope_of(known::super_) == NameScope::Unknown;
        if !is_builtin {
            return false;
        }
        match args.len() {
            2 => !has_star(args),
            // A method with a parameter, in a class.
            0 => self.unit.argcount > 0 && self.scope().scope_of(known::class) == NameScope::Free,
            _ => false,
        }
    }

    /// Loads an attribute of `super(…)`; for a method call the receiver too.
    pub(super) fn load_super_attribute(
        &mut self,
        at: Location,
        call: &'a Expr<'a>,
        attr: Name,
        is_method: bool,
    ) -> Result {
        let ExprKind::Call { func, args, .. } = call.kind else { return Ok(()) };
        let call_at = loc(call.location);
        self.load_name(loc(func.location), known::super_)?;
        if args.is_empty() {
            self.load_name(call_at, known::class)?;
            let first = self.unit.varnames.at(0).0;
            self.load_name(call_at, first)?;
        } else {
            self.expressions(args)?;
        }
        let attr = self.mangle(attr);
        let index = slot(&mut self.unit.names, attr);
        let with_arguments = u32::from(!args.is_empty()) << 1;
        self.op_arg(at, Opcode::LOAD_SUPER_ATTR, index << 2 | with_arguments | u32::from(is_method));
        Ok(())
    }

    // all(…), any(…), tuple(…).

    /// For `all`, `any` and `tuple` of a generator expression: if the name is the builtin, a loop takes the place
    /// of the call. The function is on the stack.
    fn builtin_over_generator(
        &mut self,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        end: Label,
    ) -> Result {
        let (ExprKind::Name { id, .. }, [generator], []) = (func.kind, args, keywords) else { return Ok(()) };
        if !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        let is_async = self
            .table
            .lookup(Key::new(generator, Role::Body))
            .is_some_and(|scope| self.table[scope].coroutine);
        if is_async {
            return Ok(());
        }
        // The builtin, and for `all` and `any` the jump that goes on and the result at the end.
        let (builtin, search) = match id {
            "all" => (CommonConstant::All, Some((Opcode::POP_JUMP_IF_TRUE, true))),
            "any" => (CommonConstant::Any, Some((Opcode::POP_JUMP_IF_FALSE, false))),
            "tuple" => (CommonConstant::Tuple, None),
            _ => return Ok(()),
        };
        let at = loc(func.location);
        let skip = self.label();
        self.op_arg(at, Opcode::COPY, 1);
        self.op_arg(at, Opcode::LOAD_COMMON_CONSTANT, builtin as u32);
        self.op_arg(at, Opcode::IS_OP, 0);
        self.jump(at, Opcode::POP_JUMP_IF_FALSE, skip);
        self.op(at, Opcode::POP_TOP);
        if search.is_none() {
            self.op_arg(at, Opcode::BUILD_LIST, 0);
        }
        self.expression(generator)?;
        let (start, cleanup) = (self.label(), self.label());
        self.place(start);
        self.jump(at, Opcode::FOR_ITER, cleanup);
        if let Some((go_on, _)) = search {
            self.op(at, Opcode::TO_BOOL);
            self.jump(at, go_on, start);
        } else {
            self.op_arg(at, Opcode::LIST_APPEND, 2);
            self.jump(at, Opcode::JUMP, start);
        }
        // For `tuple` nothing leads here, but the empty block that is left of it counts for borrowed loads.
        self.op(Location::NONE, Opcode::POP_ITER);
        if let Some((_, at_end)) = search {
            self.load_const(at, Constant::Bool(!at_end));
        }
        self.jump(at, Opcode::JUMP, end);
        self.place(cleanup);
        self.op(Location::NONE, Opcode::END_FOR);
        self.op(Location::NONE, Opcode::POP_ITER);
        match search {
            Some((_, at_end)) => self.load_const(at, Constant::Bool(at_end)),
            None => self.intrinsic(at, Intrinsic1::ListToTuple),
        }
        self.jump(at, Opcode::JUMP, end);
        self.place(skip);
        Ok(())
    }
}

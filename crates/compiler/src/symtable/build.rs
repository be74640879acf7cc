//! The first pass of the symbol table: walks the tree, opens a scope for each node that has one, and records for
//! each name how it is bound and used there. The order of the walk is CPython's: it shows in `symtable`.

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ErrorKind;
use syntax::ast::{
    Alias, Arg, Arguments, Comprehension as Clause, Constant, ExceptHandler, Expr, ExprContext, ExprKind,
    Keyword, Location, Mod, Pattern, PatternKind, Stmt, StmtKind, TypeParam, TypeParamKind,
};

use super::flag::*;
use super::{BlockType, Comprehension, Future, Key, Role, Scope, ScopeId, SymbolTable, Symbols, future};
use crate::error::{Error, Limit, Result, check_stack};
use crate::names::{Name, Names, known};
use bytecode::code::flags::FUTURE_ANNOTATIONS;

/// Builds the symbol table of a module: the scopes, and then where each name lives.
pub(crate) fn build<'a>(
    module: &'a Mod<'a>,
    future: Future,
    allow_top_level_await: bool,
    names: &mut Names<'a>,
) -> Result<SymbolTable> {
    let table =
        SymbolTable { scopes: Vec::new(), by_node: FxHashMap::default(), mangled_sets: Vec::new(), future };
    let mut builder = Builder {
        table,
        names,
        stack: Vec::new(),
        private: None,
        top_level_await: allow_top_level_await,
        depth: 0,
    };
    builder.module(module)?;
    let Builder { mut table, names, .. } = builder;
    super::analyze::analyze(&mut table, names)?;
    Ok(table)
}

struct Builder<'a, 'n> {
    table: SymbolTable,
    names: &'n mut Names<'a>,
    /// The scopes that are open; the current one is last.
    stack: Vec<ScopeId>,
    /// The class whose private names are mangled.
    private: Option<Name>,
    top_level_await: bool,
    depth: u32,
}

const COMP_ITER_EXPR: &str = "assignment expression cannot be used in a comprehension iterable expression";

impl<'a> Builder<'a, '_> {
    // Scopes.

    fn current(&mut self) -> &mut Scope {
        let id = self.current_id();
        &mut self.table[id]
    }

    fn current_id(&self) -> ScopeId {
        *self.stack.last().expect("the module's scope is open")
    }

    fn new_scope(&mut self, name: Name, kind: BlockType, key: Key, location: Location) -> ScopeId {
        let id = ScopeId(self.table.scopes.len() as u32);
        let outer = self.stack.last().map(|&outer| &self.table[outer]);
        let nested = outer.is_some_and(|outer| outer.nested || outer.is_function_like());
        let method = kind == BlockType::Function && outer.is_some_and(|outer| outer.kind == BlockType::Class);
        self.table.scopes.push(Scope {
            name,
            kind,
            symbols: Symbols::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            directives: Vec::new(),
            mangled_names: None,
            comprehension: Comprehension::No,
            scope_info: "",
            location,
            annotation_block: None,
            nested,
            generator: false,
            coroutine: false,
            annotations_used: false,
            varargs: false,
            varkeywords: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            comp_iter_target: false,
            can_see_class_scope: false,
            has_docstring: false,
            method,
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_iter_expr: 0,
        });
        self.table.by_node.insert(key, id);
        id
    }

    fn enter(&mut self, name: Name, kind: BlockType, key: Key, location: Location) -> Result {
        let id = self.new_scope(name, kind, key, location);
        self.enter_existing(id, true);
        if matches!(kind, BlockType::Annotation | BlockType::TypeVariable | BlockType::TypeAlias) {
            self.define(known::dot_format, DEF_PARAM, location)?;
            self.define(known::dot_format, USE, location)?;
        }
        Ok(())
    }

    fn enter_existing(&mut self, id: ScopeId, add_to_children: bool) {
        let outer = self.stack.last().copied();
        self.stack.push(id);
        let Some(outer) = outer else { return };
        let (comp_iter_expr, mangled_names) =
            (self.table[outer].comp_iter_expr, self.table[outer].mangled_names);
        let future_annotations = self.table.future.features & FUTURE_ANNOTATIONS != 0;
        let scope = &mut self.table[id];
        // Walruses are banned in a comprehension's iterable, nested scopes in it included.
        scope.comp_iter_expr = comp_iter_expr;
        if mangled_names.is_some() && scope.kind != BlockType::Class {
            scope.mangled_names = mangled_names;
        }
        // With the future import annotations are only text: their scopes are walked for errors and forgotten.
        if scope.kind == BlockType::Annotation && future_annotations {
            return;
        }
        if add_to_children {
            self.table[outer].children.push(id);
        }
    }

    fn exit(&mut self) {
        self.stack.pop();
    }

    fn mangle(&mut self, name: Name) -> Name {
        if let Some(set) = self.current().mangled_names
            && !self.table.mangled_sets[set as usize].contains(&name)
        {
            return name;
        }
        self.names.mangle(self.private, name)
    }

    fn lookup_in(&mut self, scope: ScopeId, name: Name) -> u32 {
        let name = self.mangle(name);
        self.table[scope].symbols.get(name).unwrap_or(0)
    }

    fn define(&mut self, name: Name, flag: u32, location: Location) -> Result {
        let scope = self.current_id();
        self.define_in(scope, name, flag, location)
    }

    fn define_in(&mut self, id: ScopeId, name: Name, flag: u32, location: Location) -> Result {
        if flag & DEF_TYPE_PARAM != 0
            && let Some(set) = self.current().mangled_names
        {
            self.table.mangled_sets[set as usize].insert(name);
        }
        let mangled = self.mangle(name);
        let scope = &mut self.table[id];
        let mut flags = scope.symbols.get(mangled).unwrap_or(0);
        if flag & flags & DEF_PARAM != 0 {
            let name = self.names.text(name);
            return Error::syntax(format!("duplicate argument '{name}' in function definition"), location);
        }
        if flag & flags & DEF_TYPE_PARAM != 0 {
            let name = self.names.text(name);
            return Error::syntax(format!("duplicate type parameter '{name}'"), location);
        }
        flags |= flag;
        if scope.comp_iter_target {
            if flags & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let name = self.names.text(name);
                return Error::syntax(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    location,
                );
            }
            flags |= DEF_COMP_ITER;
        }
        scope.symbols.set(mangled, flags);
        if flag & DEF_PARAM != 0 {
            scope.varnames.push(mangled);
        } else if flag & DEF_GLOBAL != 0 {
            let module = &mut self.table.scopes[0].symbols;
            let flags = module.get(mangled).unwrap_or(0);
            module.set(mangled, flags | flag);
        }
        Ok(())
    }

    /// Defines a name that a program binds or deletes, which `__debug__` can't be.
    fn bind(&mut self, text: &'a str, flag: u32, location: Location) -> Result {
        let name = self.names.intern(text);
        self.check_name(name, ExprContext::Store, location)?;
        self.define(name, flag, location)
    }

    fn check_name(&self, name: Name, context: ExprContext, location: Location) -> Result {
        match context {
            ExprContext::Store if name == known::debug => {
                Error::syntax("cannot assign to __debug__", location)
            }
            ExprContext::Del if name == known::debug => Error::syntax("cannot delete __debug__", location),
            _ => Ok(()),
        }
    }

    fn check_keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result {
        for keyword in keywords {
            if keyword.arg == Some("__debug__") {
                self.check_name(known::debug, ExprContext::Store, keyword.location)?;
            }
        }
        Ok(())
    }

    // Statements.

    fn module(&mut self, module: &'a Mod<'a>) -> Result {
        self.enter(known::top, BlockType::Module, Key::new(module, Role::Body), Location::default())?;
        match *module {
            Mod::Module { body, .. } => {
                self.current().has_docstring = has_docstring(body);
                self.statements(body)?;
            }
            Mod::Interactive { body } => self.statements(body)?,
            Mod::Expression { body } => self.expression(body)?,
            Mod::FunctionType { .. } => {
                return Error::other(ErrorKind::SystemError, "this compiler does not handle FunctionTypes");
            }
        }
        self.exit();
        Ok(())
    }

    fn statements(&mut self, body: &'a [Stmt<'a>]) -> Result {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &'a Stmt<'a>) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Symbols)?;
        let location = statement.location;
        match statement.kind {
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let parts = FunctionParts { name, args, body, decorator_list, returns, type_params };
                self.function(statement, parts, false)?;
            }
            StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let parts = FunctionParts { name, args, body, decorator_list, returns, type_params };
                self.function(statement, parts, true)?;
            }
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => {
                self.class(statement, name, (bases, keywords), body, decorator_list, type_params)?;
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(statement, name, type_params, value)?;
            }
            StmtKind::Return { value } => self.optional(value)?,
            StmtKind::Delete { targets } => self.expressions(targets)?,
            StmtKind::Assign { targets, value, .. } => {
                self.expressions(targets)?;
                self.expression(value)?;
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expression(target)?;
                self.expression(value)?;
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.annotated_assignment(target, annotation, value, simple != 0, location)?;
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                let outer = self.enter_conditional();
                self.expression(target)?;
                self.expression(iter)?;
                self.statements(body)?;
                self.statements(orelse)?;
                self.leave_conditional(outer);
            }
            StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.require_coroutine("'async for' outside async function", location)?;
                let outer = self.enter_conditional();
                self.expression(target)?;
                self.expression(iter)?;
                self.statements(body)?;
                self.statements(orelse)?;
                self.leave_conditional(outer);
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expression(test)?;
                let outer = self.enter_conditional();
                self.statements(body)?;
                self.statements(orelse)?;
                self.leave_conditional(outer);
            }
            StmtKind::With { items, body, .. } | StmtKind::AsyncWith { items, body, .. } => {
                if matches!(statement.kind, StmtKind::AsyncWith { .. }) {
                    self.require_coroutine("'async with' outside async function", location)?;
                }
                let outer = self.enter_conditional();
                for item in items {
                    self.expression(item.context_expr)?;
                    self.optional(item.optional_vars)?;
                }
                self.statements(body)?;
                self.leave_conditional(outer);
            }
            StmtKind::Match { subject, cases } => {
                self.expression(subject)?;
                let outer = self.enter_conditional();
                for case in cases {
                    self.pattern(case.pattern)?;
                    self.optional(case.guard)?;
                    self.statements(case.body)?;
                }
                self.leave_conditional(outer);
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                if exc.is_some() {
                    self.optional(cause)?;
                }
            }
            StmtKind::Try { body, handlers, orelse, finalbody }
            | StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                let outer = self.enter_conditional();
                self.statements(body)?;
                for handler in handlers {
                    self.handler(handler)?;
                }
                self.statements(orelse)?;
                self.statements(finalbody)?;
                self.leave_conditional(outer);
            }
            StmtKind::Assert { test, msg } => {
                self.expression(test)?;
                self.optional(msg)?;
            }
            StmtKind::Import { names } => {
                for alias in names {
                    self.alias(alias)?;
                }
            }
            StmtKind::ImportFrom { names, .. } => {
                for alias in names {
                    self.alias(alias)?;
                }
                let last = self.table.future.location.map_or((0, 0), |at| (at.lineno, at.col_offset));
                if future::is_future(statement) && (location.lineno, location.col_offset) > last {
                    return Error::syntax(future::LATE, location);
                }
            }
            StmtKind::Global { names } => {
                for name in names {
                    self.declare(name, DEF_GLOBAL, "global", location)?;
                }
            }
            StmtKind::Nonlocal { names } => {
                for name in names {
                    self.declare(name, DEF_NONLOCAL, "nonlocal", location)?;
                }
            }
            StmtKind::Expr { value } => self.expression(value)?,
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
        }
        self.depth -= 1;
        Ok(())
    }

    fn enter_conditional(&mut self) -> bool {
        std::mem::replace(&mut self.current().in_conditional_block, true)
    }

    fn leave_conditional(&mut self, outer: bool) {
        self.current().in_conditional_block = outer;
    }

    fn require_coroutine(&mut self, message: &'static str, location: Location) -> Result {
        if self.top_level_await && self.current().kind == BlockType::Module {
            self.current().coroutine = true;
        }
        if self.current().coroutine { Ok(()) } else { Error::syntax(message, location) }
    }

    fn function(&mut self, statement: &'a Stmt<'a>, parts: FunctionParts<'a>, is_async: bool) -> Result {
        let location = statement.location;
        let FunctionParts { name: text, args, body, decorator_list, returns, type_params } = parts;
        self.bind(text, DEF_LOCAL, location)?;
        let name = self.names.intern(text);
        self.expressions(args.defaults)?;
        self.optionals(args.kw_defaults)?;
        self.expressions(decorator_list)?;
        if !type_params.is_empty() {
            // CPython's test for defaults is always true.
            let defaults = (true, args.kw_defaults.iter().any(Option::is_some));
            self.enter_type_params(name, type_params, defaults, false, location)?;
            self.type_params(type_params)?;
        }
        let scope = self.new_scope(name, BlockType::Function, Key::new(statement, Role::Body), location);
        self.function_annotations(statement, args, returns)?;
        self.enter_existing(scope, true);
        self.current().has_docstring = has_docstring(body);
        self.current().coroutine = is_async;
        self.parameters(args)?;
        self.statements(body)?;
        self.exit();
        if !type_params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    fn class(
        &mut self,
        statement: &'a Stmt<'a>,
        text: &'a str,
        (bases, keywords): (&'a [Expr<'a>], &'a [Keyword<'a>]),
        body: &'a [Stmt<'a>],
        decorators: &'a [Expr<'a>],
        type_params: &'a [TypeParam<'a>],
    ) -> Result {
        let location = statement.location;
        self.bind(text, DEF_LOCAL, location)?;
        let name = self.names.intern(text);
        self.expressions(decorators)?;
        let outer_private = self.private;
        if !type_params.is_empty() {
            self.enter_type_params(name, type_params, (false, false), true, location)?;
            self.private = Some(name);
            let set = self.table.mangled_sets.len() as u32;
            self.table.mangled_sets.push(FxHashSet::default());
            self.current().mangled_names = Some(set);
            self.type_params(type_params)?;
        }
        self.expressions(bases)?;
        self.check_keywords(keywords)?;
        for keyword in keywords {
            self.expression(keyword.value)?;
        }
        self.enter(name, BlockType::Class, Key::new(statement, Role::Body), location)?;
        self.private = Some(name);
        if !type_params.is_empty() {
            self.define(known::type_params, DEF_LOCAL, location)?;
            self.define(known::dot_type_params, USE, location)?;
        }
        self.current().has_docstring = has_docstring(body);
        self.statements(body)?;
        self.exit();
        if !type_params.is_empty() {
            self.exit();
        }
        self.private = outer_private;
        Ok(())
    }

    fn type_alias(
        &mut self,
        statement: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result {
        let location = statement.location;
        self.expression(target)?;
        let ExprKind::Name { id, .. } = target.kind else {
            return Error::other(ErrorKind::TypeError, "TypeAlias with non-Name name");
        };
        let name = self.names.intern(id);
        let is_in_class = self.current().kind == BlockType::Class;
        if !type_params.is_empty() {
            self.enter_type_params(name, type_params, (false, false), false, location)?;
            self.type_params(type_params)?;
        }
        self.enter(name, BlockType::TypeAlias, Key::new(statement, Role::Body), location)?;
        if is_in_class {
            self.see_class_scope(value.location)?;
        }
        self.expression(value)?;
        self.exit();
        if !type_params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    fn see_class_scope(&mut self, location: Location) -> Result {
        self.current().can_see_class_scope = true;
        self.define(known::classdict, USE, location)
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        self.optional(handler.type_)?;
        if let Some(name) = handler.name {
            self.bind(name, DEF_LOCAL, handler.location)?;
        }
        self.statements(handler.body)
    }

    fn alias(&mut self, alias: &'a Alias<'a>) -> Result {
        let name = alias.asname.unwrap_or(alias.name);
        let stored = name.split('.').next().unwrap_or(name);
        if name == "*" {
            if self.current().kind != BlockType::Module {
                return Error::syntax("import * only allowed at module level", alias.location);
            }
            return Ok(());
        }
        self.bind(stored, DEF_IMPORT, alias.location)
    }

    /// A name in a `global` or `nonlocal` statement.
    fn declare(&mut self, text: &'a str, flag: u32, what: &str, location: Location) -> Result {
        let name = self.names.intern(text);
        let scope = self.current_id();
        let flags = self.lookup_in(scope, name);
        if flags & (DEF_PARAM | DEF_LOCAL | USE | DEF_ANNOT) != 0 {
            let message = if flags & DEF_PARAM != 0 {
                format!("name '{text}' is parameter and {what}")
            } else if flags & USE != 0 {
                format!("name '{text}' is used prior to {what} declaration")
            } else if flags & DEF_ANNOT != 0 {
                format!("annotated name '{text}' can't be {what}")
            } else {
                format!("name '{text}' is assigned to before {what} declaration")
            };
            return Error::syntax(message, location);
        }
        self.define(name, flag, location)?;
        self.record_directive(name, location);
        Ok(())
    }

    fn record_directive(&mut self, name: Name, location: Location) {
        let name = self.mangle(name);
        self.current().directives.push((name, location));
    }

    // Annotations.

    fn annotated_assignment(
        &mut self,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
        location: Location,
    ) -> Result {
        self.current().annotations_used = true;
        if let ExprKind::Name { id, .. } = target.kind {
            let name = self.names.intern(id);
            let scope = self.current_id();
            let flags = self.lookup_in(scope, name);
            if flags & (DEF_GLOBAL | DEF_NONLOCAL) != 0 && scope != ScopeId(0) && simple {
                let what = if flags & DEF_GLOBAL != 0 { "global" } else { "nonlocal" };
                return Error::syntax(format!("annotated name '{id}' can't be {what}"), location);
            }
            if simple {
                self.bind(id, DEF_ANNOT | DEF_LOCAL, target.location)?;
            } else if value.is_some() {
                self.bind(id, DEF_LOCAL, target.location)?;
            }
        } else {
            self.expression(target)?;
        }
        self.annotation(annotation)?;
        self.optional(value)
    }

    /// The annotation of a variable: all of a scope share one scope.
    fn annotation(&mut self, annotation: &'a Expr<'a>) -> Result {
        let owner = self.current_id();
        let scope = self.current();
        let kind = scope.kind;
        // Those of local variables are never evaluated and leave no trace.
        let is_unevaluated = kind == BlockType::Function;
        // A module's are always conditional: it may have run only in part when they are asked for.
        let is_conditional =
            kind == BlockType::Module || kind == BlockType::Class && scope.in_conditional_block;
        if is_conditional && !scope.has_conditional_annotations {
            scope.has_conditional_annotations = true;
            self.define(known::conditional_annotations, USE, annotation.location)?;
        }
        match self.table[owner].annotation_block {
            None => {
                let key = Key::new(annotation, Role::Annotations);
                self.enter(known::annotate, BlockType::Annotation, key, annotation.location)?;
                let block = self.current_id();
                self.table[owner].annotation_block = Some(block);
                if kind == BlockType::Class && self.table.future.features & FUTURE_ANNOTATIONS == 0 {
                    self.table[owner].needs_classdict = true;
                    self.see_class_scope(annotation.location)?;
                }
            }
            Some(block) => self.enter_existing(block, false),
        }
        if is_unevaluated {
            self.current().in_unevaluated_annotation = true;
        }
        self.expression(annotation)?;
        if is_unevaluated {
            self.current().in_unevaluated_annotation = false;
        }
        self.exit();
        Ok(())
    }

    fn function_annotations(
        &mut self,
        statement: &'a Stmt<'a>,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
    ) -> Result {
        let scope = self.current();
        let sees_class = scope.can_see_class_scope || scope.kind == BlockType::Class;
        // Not of `args`: functions without parameters may share theirs.
        let key = Key::new(statement, Role::Annotations);
        let location = statement.location;
        self.enter(known::annotate, BlockType::Annotation, key, location)?;
        if sees_class {
            self.see_class_scope(location)?;
        }
        let single = |arg: Option<&'a Arg<'a>>| arg.map_or(&[][..], std::slice::from_ref);
        let groups = [args.posonlyargs, args.args, single(args.vararg), single(args.kwarg), args.kwonlyargs];
        let annotations = groups.into_iter().flatten().filter_map(|arg| arg.annotation);
        for annotation in annotations.chain(returns) {
            self.current().annotations_used = true;
            self.expression(annotation)?;
        }
        self.exit();
        Ok(())
    }

    fn parameters(&mut self, args: &'a Arguments<'a>) -> Result {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            self.bind(arg.arg, DEF_PARAM, arg.location)?;
        }
        if let Some(arg) = args.vararg {
            self.bind(arg.arg, DEF_PARAM, arg.location)?;
            self.current().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.bind(arg.arg, DEF_PARAM, arg.location)?;
            self.current().varkeywords = true;
        }
        Ok(())
    }

    // Type parameters.

    fn enter_type_params(
        &mut self,
        name: Name,
        params: &'a [TypeParam<'a>],
        (has_defaults, has_kwdefaults): (bool, bool),
        is_class: bool,
        location: Location,
    ) -> Result {
        let in_class = self.current().kind == BlockType::Class;
        self.enter(name, BlockType::TypeParameters, Key::new(params, Role::TypeParams), location)?;
        if in_class {
            self.see_class_scope(location)?;
        }
        if is_class {
            self.define(known::dot_type_params, DEF_LOCAL, location)?;
            self.define(known::dot_type_params, USE, location)?;
            self.define(known::dot_generic_base, DEF_LOCAL, location)?;
            self.define(known::dot_generic_base, USE, location)?;
        }
        if has_defaults {
            self.define(known::dot_defaults, DEF_PARAM, location)?;
        }
        if has_kwdefaults {
            self.define(known::dot_kwdefaults, DEF_PARAM, location)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        for param in params {
            let (text, default) = match param.kind {
                TypeParamKind::TypeVar { name, default_value, .. } => {
                    (name, (default_value, "a TypeVar default"))
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    (name, (default_value, "a ParamSpec default"))
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    (name, (default_value, "a TypeVarTuple default"))
                }
            };
            if text == "__classdict__" {
                let message = format!("reserved name '{text}' cannot be used for type parameter");
                return Error::syntax(message, param.location);
            }
            self.bind(text, DEF_TYPE_PARAM | DEF_LOCAL, param.location)?;
            let name = self.names.intern(text);
            if let TypeParamKind::TypeVar { bound: Some(bound), .. } = param.kind {
                let is_tuple = matches!(bound.kind, ExprKind::Tuple { .. });
                let what = if is_tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
                self.type_variable(bound, name, Key::new(param, Role::Bound), what)?;
            }
            if let (Some(value), what) = default {
                self.type_variable(value, name, Key::new(param, Role::Default), what)?;
            }
        }
        Ok(())
    }

    fn type_variable(&mut self, value: &'a Expr<'a>, name: Name, key: Key, what: &'static str) -> Result {
        let is_in_class = self.current().can_see_class_scope;
        self.enter(name, BlockType::TypeVariable, key, value.location)?;
        if is_in_class {
            self.see_class_scope(value.location)?;
        }
        self.current().scope_info = what;
        self.expression(value)?;
        self.exit();
        Ok(())
    }

    // Expressions.

    fn expressions(&mut self, list: &'a [Expr<'a>]) -> Result {
        list.iter().try_for_each(|item| self.expression(item))
    }

    fn optionals(&mut self, list: &'a [Option<&'a Expr<'a>>]) -> Result {
        list.iter().try_for_each(|&item| self.optional(item))
    }

    #[inline]
    fn optional(&mut self, expression: Option<&'a Expr<'a>>) -> Result {
        expression.map_or(Ok(()), |expression| self.expression(expression))
    }

    fn expression(&mut self, expression: &'a Expr<'a>) -> Result {
        match expression.kind {
            // The leaves first: they are most of a program.
            ExprKind::Name { id, ctx } => return self.name(id, ctx, expression.location),
            ExprKind::Constant { .. } => return Ok(()),
            _ => {}
        }
        self.depth += 1;
        check_stack(self.depth, Limit::Symbols)?;
        self.composite(expression)?;
        self.depth -= 1;
        Ok(())
    }

    fn composite(&mut self, expression: &'a Expr<'a>) -> Result {
        let location = expression.location;
        match expression.kind {
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
            ExprKind::NamedExpr { target, value } => self.named_expression(target, value, location),
            ExprKind::BoolOp { values, .. } => self.expressions(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expression(left)?;
                self.expression(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expression(operand),
            ExprKind::Lambda { args, body } => {
                self.expressions(args.defaults)?;
                self.optionals(args.kw_defaults)?;
                self.enter(known::lambda, BlockType::Function, Key::new(expression, Role::Body), location)?;
                self.parameters(args)?;
                self.expression(body)?;
                self.exit();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expression(test)?;
                self.expression(body)?;
                self.expression(orelse)
            }
            ExprKind::Dict { keys, values } => {
                self.optionals(keys)?;
                self.expressions(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.expressions(elts)
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension(
                expression,
                (known::genexpr, Comprehension::Generator),
                generators,
                elt,
                None,
            ),
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(expression, (known::listcomp, Comprehension::List), generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(expression, (known::setcomp, Comprehension::Set), generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => self.comprehension(
                expression,
                (known::dictcomp, Comprehension::Dict),
                generators,
                key,
                Some(value),
            ),
            ExprKind::Await { value } => self.await_expression(value, location),
            ExprKind::Yield { value } => {
                self.ban_in_annotation("yield expression", location)?;
                self.optional(value)?;
                self.yields(location)
            }
            ExprKind::YieldFrom { value } => {
                self.ban_in_annotation("yield expression", location)?;
                self.expression(value)?;
                self.yields(location)
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expression(left)?;
                self.expressions(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expression(func)?;
                self.expressions(args)?;
                self.check_keywords(keywords)?;
                keywords.iter().try_for_each(|keyword| self.expression(keyword.value))
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expression(value)?;
                self.optional(format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.expressions(values),
            ExprKind::Attribute { value, attr, ctx } => {
                if attr == "__debug__" {
                    self.check_name(known::debug, ctx, location)?;
                }
                self.expression(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value)?;
                self.expression(slice)
            }
            ExprKind::Starred { value, .. } => self.expression(value),
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
        }
    }

    fn name(&mut self, id: &'a str, context: ExprContext, location: Location) -> Result {
        if self.current().in_unevaluated_annotation {
            return Ok(());
        }
        let name = self.names.intern(id);
        self.check_name(name, context, location)?;
        self.define(name, if context == ExprContext::Load { USE } else { DEF_LOCAL }, location)?;
        // `super()` needs the class.
        if name == known::super_ && context == ExprContext::Load && self.current().is_function_like() {
            self.define(known::class, USE, location)?;
        }
        Ok(())
    }

    fn await_expression(&mut self, value: &'a Expr<'a>, location: Location) -> Result {
        let allowed = self.top_level_await && self.current().kind == BlockType::Module;
        if !allowed {
            let scope = self.current();
            if !scope.is_function_like() {
                return Error::syntax("'await' outside function", location);
            }
            let is_async = scope.kind == BlockType::Function && scope.coroutine;
            if scope.kind == BlockType::Function && !is_async && scope.comprehension == Comprehension::No {
                return Error::syntax("'await' outside async function", location);
            }
        }
        self.ban_in_annotation("await expression", location)?;
        self.expression(value)?;
        self.current().coroutine = true;
        Ok(())
    }

    fn yields(&mut self, location: Location) -> Result {
        let scope = self.current();
        scope.generator = true;
        let what = match scope.comprehension {
            Comprehension::No => return Ok(()),
            Comprehension::List => "'yield' inside list comprehension",
            Comprehension::Set => "'yield' inside set comprehension",
            Comprehension::Dict => "'yield' inside dict comprehension",
            Comprehension::Generator => "'yield' inside generator expression",
        };
        Error::syntax(what, location)
    }

    fn ban_in_annotation(&mut self, what: &str, location: Location) -> Result {
        let scope = self.current();
        let place = match scope.kind {
            BlockType::Annotation => "an annotation",
            BlockType::TypeVariable => scope.scope_info,
            BlockType::TypeAlias => "a type alias",
            BlockType::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        Error::syntax(format!("{what} cannot be used within {place}"), location)
    }

    fn named_expression(&mut self, target: &'a Expr<'a>, value: &'a Expr<'a>, location: Location) -> Result {
        self.ban_in_annotation("named expression", location)?;
        if self.current().comp_iter_expr > 0 {
            return Error::syntax(COMP_ITER_EXPR, location);
        }
        if self.current().comprehension != Comprehension::No {
            self.extend_named_scope(target)?;
        }
        self.expression(value)?;
        self.expression(target)
    }

    /// A walrus inside a comprehension binds in the scope around it.
    fn extend_named_scope(&mut self, target: &'a Expr<'a>) -> Result {
        let ExprKind::Name { id, .. } = target.kind else {
            return Error::other(ErrorKind::TypeError, "NamedExpr target must be a Name");
        };
        let location = target.location;
        let name = self.names.intern(id);
        for index in (0..self.stack.len()).rev() {
            let scope = self.stack[index];
            if self.table[scope].comprehension != Comprehension::No {
                let flags = self.lookup_in(scope, name);
                if flags & DEF_COMP_ITER != 0 && flags & (DEF_LOCAL | DEF_GLOBAL) != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{id}'"
                    );
                    return Error::syntax(message, location);
                }
                continue;
            }
            let place = match self.table[scope].kind {
                BlockType::Function => {
                    let is_global = self.lookup_in(scope, name) & DEF_GLOBAL != 0;
                    self.define(name, if is_global { DEF_GLOBAL } else { DEF_NONLOCAL }, location)?;
                    self.record_directive(name, location);
                    return self.define_in(scope, name, DEF_LOCAL, location);
                }
                BlockType::Module => {
                    self.define(name, DEF_GLOBAL, location)?;
                    self.record_directive(name, location);
                    return self.define_in(scope, name, DEF_GLOBAL, location);
                }
                BlockType::Class => "used in a class body",
                BlockType::TypeParameters => "used within the definition of a generic",
                BlockType::TypeAlias => "used in a type alias",
                BlockType::TypeVariable => "used in a TypeVar bound",
                BlockType::Annotation => continue,
            };
            let message = format!("assignment expression within a comprehension cannot be {place}");
            return Error::syntax(message, location);
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        expression: &'a Expr<'a>,
        (name, kind): (Name, Comprehension),
        clauses: &'a [Clause<'a>],
        element: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result {
        let location = expression.location;
        let is_generator = kind == Comprehension::Generator;
        let Some((outermost, rest)) = clauses.split_first() else {
            return Error::other(ErrorKind::ValueError, "comprehension with no generators");
        };
        // The outermost iterable is evaluated outside.
        self.current().comp_iter_expr += 1;
        self.expression(outermost.iter)?;
        self.current().comp_iter_expr -= 1;

        self.enter(name, BlockType::Function, Key::new(expression, Role::Body), location)?;
        self.current().comprehension = kind;
        if outermost.is_async != 0 {
            self.current().coroutine = true;
        }
        self.define(known::dot_zero, DEF_PARAM, location)?;
        self.comprehension_target(outermost.target)?;
        self.expressions(outermost.ifs)?;
        for clause in rest {
            self.comprehension_target(clause.target)?;
            self.current().comp_iter_expr += 1;
            self.expression(clause.iter)?;
            self.current().comp_iter_expr -= 1;
            self.expressions(clause.ifs)?;
            if clause.is_async != 0 {
                self.current().coroutine = true;
            }
        }
        self.optional(value)?;
        self.expression(element)?;
        self.current().generator = is_generator;
        let is_async = self.current().coroutine && !is_generator;
        self.exit();

        if is_async {
            let top_level_await = self.top_level_await;
            let scope = self.current();
            let in_async_function = scope.kind == BlockType::Function && scope.coroutine;
            let allowed = top_level_await && scope.kind == BlockType::Module;
            if !in_async_function && scope.comprehension == Comprehension::No && !allowed {
                let message = "asynchronous comprehension outside of an asynchronous function";
                return Error::syntax(message, location);
            }
            scope.coroutine = true;
        }
        Ok(())
    }

    fn comprehension_target(&mut self, target: &'a Expr<'a>) -> Result {
        self.current().comp_iter_target = true;
        self.expression(target)?;
        self.current().comp_iter_target = false;
        Ok(())
    }

    // Patterns.

    fn patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern))
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Symbols)?;
        let location = pattern.location;
        match pattern.kind {
            PatternKind::MatchValue { value } => self.expression(value)?,
            PatternKind::MatchSingleton { .. } => {}
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)?
            }
            PatternKind::MatchStar { name } => {
                if let Some(name) = name {
                    self.bind(name, DEF_LOCAL, location)?;
                }
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.expressions(keys)?;
                self.patterns(patterns)?;
                if let Some(rest) = rest {
                    self.bind(rest, DEF_LOCAL, location)?;
                }
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expression(cls)?;
                self.patterns(patterns)?;
                for (attribute, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    if *attribute == "__debug__" {
                        self.check_name(known::debug, ExprContext::Store, pattern.location)?;
                    }
                }
                self.patterns(kwd_patterns)?;
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                if let Some(name) = name {
                    self.bind(name, DEF_LOCAL, location)?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }
}

/// The parts of a function definition, sync or async.
struct FunctionParts<'a> {
    name: &'a str,
    args: &'a Arguments<'a>,
    body: &'a [Stmt<'a>],
    decorator_list: &'a [Expr<'a>],
    returns: Option<&'a Expr<'a>>,
    type_params: &'a [TypeParam<'a>],
}

/// Whether a body begins with a string literal.
pub(crate) fn has_docstring(body: &[Stmt<'_>]) -> bool {
    matches!(
        body.first().map(|statement| statement.kind),
        Some(StmtKind::Expr { value }) if matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. })
    )
}

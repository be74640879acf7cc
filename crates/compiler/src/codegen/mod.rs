//! Code generation: from the tree and its symbol table to each unit's instruction sequence, exactly as CPython 3.14
//! emits it before its flow graph optimizer.
//!
//! Here: the compiler's state, units (scopes that become code objects), names and constants. The constructs are in
//! the files beside, by topic.

mod annotations;
mod blocks;
mod calls;
mod checks;
mod classes;
mod comprehensions;
mod docstring;
mod expressions;
mod functions;
mod names;
mod patterns;
mod statements;
mod strings;
mod try_with;
mod type_params;
mod unparse;

use std::sync::Arc;

use bytecode::code::flags;
use bytecode::operands::{Comparison, Intrinsic1, Intrinsic2};
use bytecode::{Code, Constant, Opcode, Wtf8, Wtf8Buf};
use syntax::ast::{self, Expr, Mod, Stmt};
use syntax::{ErrorKind, Span, Warning, WarningKind};

use crate::WarningSink;
use crate::error::{Error, Result, issue};
use crate::instruction_sequence::{InstructionSequence, Label, Location};
use crate::names::{Name, Names, known};
use crate::symtable::{BlockType, Key, Role, ScopeId, SymbolTable, Symbols};
use crate::unit::{self, AssembleError, Unit};

use blocks::Block;

/// Collections with more items than this are built in steps, not all on the stack.
const STACK_USE_GUIDELINE: usize = 30;

/// What kind of code a unit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
}

/// A unit in the making.
struct UnitState<'a> {
    kind: UnitKind,
    scope: ScopeId,
    name: Name,
    qualname: String,
    first_line: i32,
    argcount: u32,
    posonlyargcount: u32,
    kwonlyargcount: u32,
    /// The class whose private names are mangled.
    private: Option<Name>,
    consts: crate::constants::ConstTable,
    /// The slots of names by kind: each a map from the name to its index.
    names: Symbols,
    varnames: Symbols,
    cellvars: Symbols,
    freevars: Symbols,
    /// Names that are fast locals while an inlined comprehension is compiled: 1 while they are.
    fast_hidden: Symbols,
    code: InstructionSequence,
    blocks: Vec<Block<'a>>,
    inlined_comprehensions: u32,
    static_attributes: Vec<Name>,
    deferred_annotations: Vec<(&'a Stmt<'a>, Option<u32>)>,
    next_conditional_annotation: u32,
    in_conditional_block: bool,
}

/// How many parameters a unit has, by kind.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// Positional ones, those that are positional-only included.
    positional: usize,
    positional_only: usize,
    keyword_only: usize,
}

/// The state of a compilation.
pub(crate) struct Compiler<'a, 'c> {
    names: &'c mut Names<'a>,
    table: SymbolTable,
    unit: Box<UnitState<'a>>,
    /// The units around the current one, outermost first. Boxed, since they change places with `unit` and are big.
    #[allow(clippy::vec_box)]
    outer: Vec<Box<UnitState<'a>>>,
    /// Units that are done, for their memory.
    #[allow(clippy::vec_box)]
    spare: Vec<Box<UnitState<'a>>>,
    optimize: u8,
    /// `CO_*` bits that every code object inherits.
    inherited_flags: u32,
    top_level_await: bool,
    interactive: bool,
    assembler: unit::Assembler,
    warn: &'c mut WarningSink<'c>,
    /// Above 0 while code is compiled for a second time.
    silent: u32,
    depth: u32,
}

/// What a compilation needs beside the tree and the table.
pub(crate) struct Settings {
    pub(crate) optimize: u8,
    pub(crate) inherited_flags: u32,
    pub(crate) top_level_await: bool,
    pub(crate) filename: Wtf8Buf,
}

/// Generates and assembles the code of a module.
pub(crate) fn generate<'a, 'c>(
    module: &'a Mod<'a>,
    table: SymbolTable,
    names: &'c mut Names<'a>,
    settings: Settings,
    warn: &'c mut WarningSink<'c>,
) -> Result<Arc<Code>> {
    let unit = Box::new(UnitState::placeholder());
    let mut compiler = Compiler {
        names,
        table,
        unit,
        outer: Vec::new(),
        spare: Vec::new(),
        optimize: settings.optimize,
        inherited_flags: settings.inherited_flags,
        top_level_await: settings.top_level_await,
        interactive: matches!(module, Mod::Interactive { .. }),
        assembler: unit::Assembler::new(settings.filename),
        warn,
        silent: 0,
        depth: 0,
    };
    compiler.enter(
        known::module,
        UnitKind::Module,
        Key::new(module, Role::Body),
        1,
        None,
        Counts::default(),
    )?;
    // The placeholder was pushed as if it were around the module.
    compiler.outer.clear();
    let mut returns_none = true;
    match *module {
        Mod::Module { body, .. } | Mod::Interactive { body } => {
            let start = body.first().map_or(Location::new(1, 1, 0, 0), |statement| loc(statement.location));
            if compiler.scope().has_conditional_annotations {
                compiler.op_arg(start, Opcode::BUILD_SET, 0);
                compiler.op_name(start, Opcode::STORE_NAME, known::conditional_annotations);
            }
            compiler.body(start, body)?;
        }
        Mod::Expression { body } => {
            compiler.expression(body)?;
            returns_none = false;
        }
        Mod::FunctionType { .. } => {
            return Error::other(ErrorKind::SystemError, "this compiler does not handle FunctionTypes");
        }
    }
    compiler.finish(returns_none)
}

/// A node's location as instructions carry it.
#[inline]
fn loc(location: ast::Location) -> Location {
    Location::new(location.lineno, location.end_lineno, location.col_offset, location.end_col_offset)
}

impl UnitState<'_> {
    /// Forgets everything but the memory.
    fn reset(&mut self) {
        let tables = [
            &mut self.names,
            &mut self.varnames,
            &mut self.cellvars,
            &mut self.freevars,
            &mut self.fast_hidden,
        ];
        tables.into_iter().for_each(Symbols::clear);
        self.code.clear();
        self.blocks.clear();
        self.static_attributes.clear();
        self.deferred_annotations.clear();
        self.inlined_comprehensions = 0;
        self.next_conditional_annotation = 0;
        self.in_conditional_block = false;
    }

    fn placeholder() -> Self {
        UnitState {
            kind: UnitKind::Module,
            scope: ScopeId(0),
            name: known::module,
            qualname: String::new(),
            first_line: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            private: None,
            consts: Default::default(),
            names: Symbols::default(),
            varnames: Symbols::default(),
            cellvars: Symbols::default(),
            freevars: Symbols::default(),
            fast_hidden: Symbols::default(),
            code: InstructionSequence::new(),
            blocks: Vec::new(),
            inlined_comprehensions: 0,
            static_attributes: Vec::new(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
            in_conditional_block: false,
        }
    }
}

/// The index of a name in a table, which it joins if it isn't there.
fn slot(table: &mut Symbols, name: Name) -> u32 {
    table.get(name).unwrap_or_else(|| {
        let index = table.len() as u32;
        table.set(name, index);
        index
    })
}

impl<'a> Compiler<'a, '_> {
    // Units.

    /// Opens the unit of a node's scope.
    fn enter(
        &mut self,
        name: Name,
        kind: UnitKind,
        key: Key,
        first_line: i32,
        private: Option<Name>,
        counts: Counts,
    ) -> Result {
        let Some(scope) = self.table.lookup(key) else {
            return Error::other(ErrorKind::SystemError, "no symbol table entry for a scope");
        };
        self.enter_scope(name, kind, scope, first_line, private, counts)
    }

    fn enter_scope(
        &mut self,
        name: Name,
        kind: UnitKind,
        scope_id: ScopeId,
        first_line: i32,
        private: Option<Name>,
        counts: Counts,
    ) -> Result {
        use crate::symtable::NameScope;
        use crate::symtable::flag::{DEF_COMP_CELL, DEF_FREE_CLASS};
        let mut unit = self.spare.pop().unwrap_or_else(|| Box::new(UnitState::placeholder()));
        let scope = &self.table[scope_id];
        for &name in &scope.varnames {
            slot(&mut unit.varnames, name);
        }
        let mut cells = Vec::new();
        let mut free = Vec::new();
        for (name, flags) in scope.symbols.iter() {
            match NameScope::of(flags) {
                NameScope::Cell => cells.push(name),
                _ if flags & DEF_COMP_CELL != 0 => cells.push(name),
                _ => {}
            }
            if NameScope::of(flags) == NameScope::Free || flags & DEF_FREE_CLASS != 0 {
                free.push(name);
            }
        }
        cells.sort_unstable_by_key(|&name| self.names.text(name));
        free.sort_unstable_by_key(|&name| self.names.text(name));
        let implicit = [
            (scope.needs_class_closure, known::class),
            (scope.needs_classdict, known::classdict),
            (scope.has_conditional_annotations, known::conditional_annotations),
        ];
        cells.extend(implicit.iter().filter(|(needed, _)| *needed).map(|(_, name)| *name));
        for name in cells {
            slot(&mut unit.cellvars, name);
        }
        let offset = unit.cellvars.len();
        for (index, name) in free.into_iter().enumerate() {
            unit.freevars.set(name, (offset + index) as u32);
        }
        unit.kind = kind;
        unit.scope = scope_id;
        unit.name = name;
        unit.first_line = first_line;
        unit.argcount = counts.positional as u32;
        unit.posonlyargcount = counts.positional_only as u32;
        unit.kwonlyargcount = counts.keyword_only as u32;
        unit.private = private.or(self.unit.private);
        let outer = std::mem::replace(&mut self.unit, unit);
        self.outer.push(outer);
        self.unit.qualname = self.qualname();
        let line = if kind == UnitKind::Module { 0 } else { first_line };
        let start = Location::new(line, first_line, 0, 0);
        self.op_arg(start, Opcode::RESUME, 0);
        if kind == UnitKind::Module {
            self.op(start, Opcode::ANNOTATIONS_PLACEHOLDER);
        }
        Ok(())
    }

    /// The current unit's qualified name.
    fn qualname(&mut self) -> String {
        use crate::symtable::NameScope;
        let name = self.unit.name;
        let text = self.names.text(name);
        // A module's, and that of what is directly in a module.
        if self.unit.kind == UnitKind::Module || self.outer.len() <= 1 {
            return text.to_owned();
        }
        let mut parent = &self.outer[self.outer.len() - 1];
        if parent.kind == UnitKind::Annotations {
            if self.outer.len() == 2 {
                return text.to_owned();
            }
            parent = &self.outer[self.outer.len() - 2];
        }
        if matches!(self.unit.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Class) {
            let mangled = self.names.mangle(parent.private, name);
            if self.table[parent.scope].scope_of(mangled) == NameScope::GlobalExplicit {
                return text.to_owned();
            }
        }
        let is_function =
            matches!(parent.kind, UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda);
        let locals = if is_function { ".<locals>" } else { "" };
        format!("{}{locals}.{text}", parent.qualname)
    }

    /// Ends the current unit: adds the final return and assembles its code.
    fn finish(&mut self, returns_none: bool) -> Result<Arc<Code>> {
        if returns_none {
            self.load_none(Location::NONE);
        }
        self.op(Location::NONE, Opcode::RETURN_VALUE);
        let outer = self.outer.pop().unwrap_or_else(|| Box::new(UnitState::placeholder()));
        let mut done = std::mem::replace(&mut self.unit, outer);
        let flags = self.unit_flags(done.scope);
        let mut unit = Unit {
            name: self.names.text(done.name).into(),
            qualname: std::mem::take(&mut done.qualname).into(),
            consts: std::mem::take(&mut done.consts),
            argcount: done.argcount,
            posonlyargcount: done.posonlyargcount,
            kwonlyargcount: done.kwonlyargcount,
            firstlineno: done.first_line,
            flags,
            ..Unit::default()
        };
        // Annotation scopes name their parameter `.format` to keep it apart; Python sees `format`.
        let is_annotate = done.kind == UnitKind::Annotations && done.name == known::annotate;
        let tables = [
            (&done.names, &mut unit.names),
            (&done.varnames, &mut unit.varnames),
            (&done.cellvars, &mut unit.cellvars),
            (&done.freevars, &mut unit.freevars),
        ];
        for (from, to) in tables {
            for (name, _) in from.iter() {
                let name = if is_annotate && name == known::dot_format { known::format } else { name };
                to.add(Wtf8::new(self.names.text(name)));
            }
        }
        unit.fasthidden = done.fast_hidden.iter().map(|(name, _)| self.names.text(name).into()).collect();
        let code = self.assembler.optimize_and_assemble(unit, &done.code);
        done.reset();
        self.spare.push(done);
        match code {
            Ok(code) => Ok(Arc::new(code)),
            Err(AssembleError::TooLarge) => Error::other(ErrorKind::MemoryError, "code is too large"),
            Err(AssembleError::Invalid(message)) => Error::other(ErrorKind::SystemError, message),
        }
    }

    fn unit_flags(&self, scope: ScopeId) -> u32 {
        let scope = &self.table[scope];
        let mut bits = self.inherited_flags;
        if scope.is_function_like() {
            bits |= flags::NEWLOCALS | flags::OPTIMIZED;
            let generator = match (scope.generator, scope.coroutine) {
                (true, false) => flags::GENERATOR,
                (true, true) => flags::ASYNC_GENERATOR,
                (false, true) => flags::COROUTINE,
                (false, false) => 0,
            };
            let conditional = [
                (scope.nested, flags::NESTED),
                (scope.varargs, flags::VARARGS),
                (scope.varkeywords, flags::VARKEYWORDS),
                (scope.has_docstring, flags::HAS_DOCSTRING),
                (scope.method, flags::METHOD),
            ];
            bits |= generator;
            bits |= conditional.iter().filter(|(on, _)| *on).fold(0, |bits, (_, bit)| bits | bit);
        } else if self.top_level_await && scope.coroutine && !scope.generator {
            bits |= flags::COROUTINE;
        }
        bits
    }

    fn scope(&self) -> &crate::symtable::Scope {
        &self.table[self.unit.scope]
    }

    fn is_class_scope(&self) -> bool {
        self.scope().kind == BlockType::Class
    }

    /// Whether the statements are those typed at a prompt.
    fn is_interactive_top_level(&self) -> bool {
        self.interactive && self.outer.is_empty()
    }

    fn has_future_annotations(&self) -> bool {
        self.inherited_flags & flags::FUTURE_ANNOTATIONS != 0
    }

    // Instructions.

    #[inline]
    fn op(&mut self, at: Location, op: Opcode) {
        self.unit.code.add(op, 0, at);
    }

    #[inline]
    fn op_arg(&mut self, at: Location, op: Opcode, arg: u32) {
        self.unit.code.add(op, arg as i32, at);
    }

    #[inline]
    fn jump(&mut self, at: Location, op: Opcode, target: Label) {
        self.unit.code.add_jump(op, target, at);
    }

    fn label(&mut self) -> Label {
        self.unit.code.new_label()
    }

    #[inline]
    fn place(&mut self, label: Label) {
        self.unit.code.use_label(label);
    }

    fn intrinsic(&mut self, at: Location, intrinsic: Intrinsic1) {
        self.op_arg(at, Opcode::CALL_INTRINSIC_1, intrinsic as u32);
    }

    fn intrinsic_2(&mut self, at: Location, intrinsic: Intrinsic2) {
        self.op_arg(at, Opcode::CALL_INTRINSIC_2, intrinsic as u32);
    }

    fn compare_op(&mut self, at: Location, comparison: Comparison) {
        self.op_arg(at, Opcode::COMPARE_OP, comparison.oparg());
    }

    /// An instruction whose argument is a name's index in `co_names`; the name is taken as it is.
    fn op_name(&mut self, at: Location, op: Opcode, name: Name) {
        let index = slot(&mut self.unit.names, name);
        self.op_arg(at, op, index);
    }

    /// The same with private names mangled.
    fn op_mangled_name(&mut self, at: Location, op: Opcode, name: Name) {
        let name = self.mangle(name);
        self.op_name(at, op, name);
    }

    // Names and constants.

    #[inline]
    fn intern(&mut self, text: &'a str) -> Name {
        self.names.intern(text)
    }

    /// The name as this unit stores it.
    fn mangle(&mut self, name: Name) -> Name {
        if let Some(set) = self.table[self.unit.scope].mangled_names
            && !self.table.mangled_sets[set as usize].contains(&name)
        {
            return name;
        }
        self.names.mangle(self.unit.private, name)
    }

    fn load_const(&mut self, at: Location, constant: Constant) {
        let index = self.unit.consts.add(constant);
        self.op_arg(at, Opcode::LOAD_CONST, index);
    }

    fn load_none(&mut self, at: Location) {
        self.load_const(at, Constant::None);
    }

    fn load_str(&mut self, at: Location, text: &str) {
        let index = self.unit.consts.add_str(Wtf8::new(text));
        self.op_arg(at, Opcode::LOAD_CONST, index);
    }

    fn load_int(&mut self, at: Location, value: i64) {
        let index = self.unit.consts.add_int(value);
        self.op_arg(at, Opcode::LOAD_CONST, index);
    }

    /// Loads a constant of the tree.
    fn load_literal(&mut self, at: Location, value: ast::Constant<'a>) {
        let index = match value {
            ast::Constant::Str(text) => self.unit.consts.add_str(Wtf8::from_bytes_unchecked(text.as_bytes())),
            ast::Constant::Int(ast::Int::Small(value)) => self.unit.consts.add_int(value),
            _ => self.unit.consts.add(constant(value)),
        };
        self.op_arg(at, Opcode::LOAD_CONST, index);
    }

    // Warnings.

    /// Issues a SyntaxWarning.
    fn warning(&mut self, at: ast::Location, message: String) -> Result {
        if self.silent > 0 {
            return Ok(());
        }
        let unsigned = |value: i32| u32::try_from(value).unwrap_or(0);
        let span = Span {
            lineno: unsigned(at.lineno),
            col: unsigned(at.col_offset),
            end_lineno: unsigned(at.end_lineno),
            end_col: unsigned(at.end_col_offset),
        };
        let warning = Warning {
            kind: WarningKind::SyntaxWarning,
            message,
            lineno: span.lineno,
            span,
            with_newline: false,
        };
        issue(&warning, at, self.warn)
    }
}

/// A constant of the tree as one of a code object.
fn constant(value: ast::Constant<'_>) -> Constant {
    let list = |items: &[ast::Constant<'_>]| items.iter().map(|&item| constant(item)).collect();
    match value {
        ast::Constant::None => Constant::None,
        ast::Constant::Ellipsis => Constant::Ellipsis,
        ast::Constant::Bool(value) => Constant::Bool(value),
        ast::Constant::Int(value) => Constant::Int(value.to_bigint()),
        ast::Constant::Float(value) => Constant::Float(value),
        ast::Constant::Complex { real, imag } => Constant::Complex { real, imag },
        ast::Constant::Str(text) => Constant::Str(Wtf8::from_bytes_unchecked(text.as_bytes()).to_owned()),
        ast::Constant::Bytes(bytes) => Constant::Bytes(bytes.to_vec()),
        ast::Constant::Tuple(items) => Constant::Tuple(list(items)),
        ast::Constant::FrozenSet(items) => Constant::FrozenSet(list(items)),
    }
}

/// The docstring of a body, if it begins with one.
fn docstring<'a>(body: &'a [Stmt<'a>]) -> Option<(&'a Expr<'a>, ast::Text<'a>)> {
    let ast::StmtKind::Expr { value } = body.first()?.kind else { return None };
    match value.kind {
        ast::ExprKind::Constant { value: ast::Constant::Str(text), .. } => Some((value, text)),
        _ => None,
    }
}

//! The symbol table: for each scope of a program its names, and where each lives (PEP 227, 649, 695, 709).
//!
//! `build` walks the tree and collects what is bound and used where; `analyze` then decides each name's scope and
//! which comprehensions are inlined; `future` reads the `from __future__` imports that both need to know.

mod analyze;
mod build;
mod future;
mod public;

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ast::Location;

use crate::names::Name;

pub(crate) use build::build;
pub(crate) use future::{Future, future_features};
pub use public::{ScopeTable, Table};

/// What is known of a name in a scope: the bits of `symtable.Symbol`, as `_symtable` numbers them.
#[allow(missing_docs)]
pub mod flag {
    pub const DEF_GLOBAL: u32 = 1;
    pub const DEF_LOCAL: u32 = 2;
    pub const DEF_PARAM: u32 = 4;
    pub const DEF_NONLOCAL: u32 = 8;
    pub const USE: u32 = 16;
    pub const DEF_FREE_CLASS: u32 = 64;
    pub const DEF_IMPORT: u32 = 128;
    pub const DEF_ANNOT: u32 = 256;
    pub const DEF_COMP_ITER: u32 = 512;
    pub const DEF_TYPE_PARAM: u32 = 1024;
    pub const DEF_COMP_CELL: u32 = 2048;
    pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM;
    pub const SCOPE_OFFSET: u32 = 12;
    pub const SCOPE_MASK: u32 = 15;
}

/// Where a name lives, as seen from a scope. The numbers are those of `_symtable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameScope {
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl NameScope {
    pub(crate) fn of(flags: u32) -> NameScope {
        match flags >> flag::SCOPE_OFFSET & flag::SCOPE_MASK {
            1 => NameScope::Local,
            2 => NameScope::GlobalExplicit,
            3 => NameScope::GlobalImplicit,
            4 => NameScope::Free,
            5 => NameScope::Cell,
            _ => NameScope::Unknown,
        }
    }
}

/// What a scope belongs to. The numbers are those of `_symtable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockType {
    /// A function, a lambda or a comprehension.
    Function = 0,
    /// A class body.
    Class = 1,
    /// A module.
    Module = 2,
    /// The annotations of a function, class or module (PEP 649).
    Annotation = 3,
    /// The value of a `type` statement.
    TypeAlias = 4,
    /// The type parameters of a function, class or alias.
    TypeParameters = 5,
    /// The bound, constraints or default of one type parameter.
    TypeVariable = 6,
}

/// Which comprehension a function scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comprehension {
    No,
    List,
    Dict,
    Set,
    Generator,
}

/// A scope's number in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeId(pub(crate) u32);

/// A node that opens a scope, by its address; nodes that open several tell them apart by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(crate) usize, pub(crate) Role);

/// Which of a node's scopes is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Body,
    TypeParams,
    Bound,
    Default,
    Annotations,
}

impl Key {
    pub(crate) fn new<T: ?Sized>(node: &T, role: Role) -> Key {
        Key(node as *const T as *const u8 as usize, role)
    }
}

/// A scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) name: Name,
    pub(crate) kind: BlockType,
    pub(crate) symbols: Symbols,
    /// Parameters, in the order of their slots.
    pub(crate) varnames: Vec<Name>,
    pub(crate) children: Vec<ScopeId>,
    /// The `global` and `nonlocal` statements, for error messages.
    directives: Vec<(Name, Location)>,
    /// The names to mangle, if not all: in the type parameter scope of a class. An index of the table's sets.
    pub(crate) mangled_names: Option<u32>,
    pub(crate) comprehension: Comprehension,
    /// What a TypeVariable scope is, for error messages ("a TypeVar bound").
    scope_info: &'static str,
    pub(crate) location: Location,
    pub(crate) annotation_block: Option<ScopeId>,
    pub(crate) nested: bool,
    pub(crate) generator: bool,
    pub(crate) coroutine: bool,
    pub(crate) annotations_used: bool,
    pub(crate) varargs: bool,
    pub(crate) varkeywords: bool,
    pub(crate) needs_class_closure: bool,
    pub(crate) needs_classdict: bool,
    pub(crate) comp_inlined: bool,
    comp_iter_target: bool,
    pub(crate) can_see_class_scope: bool,
    pub(crate) has_docstring: bool,
    pub(crate) method: bool,
    pub(crate) has_conditional_annotations: bool,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    comp_iter_expr: u32,
}

impl Scope {
    /// Whether locals of this scope are fast locals that nested scopes can see.
    pub(crate) fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockType::Class | BlockType::Module)
    }

    pub(crate) fn scope_of(&self, name: Name) -> NameScope {
        NameScope::of(self.symbols.get(name).unwrap_or(0))
    }
}

/// All scopes of a program; the first is the module's.
pub(crate) struct SymbolTable {
    pub(crate) scopes: Vec<Scope>,
    by_node: FxHashMap<Key, ScopeId>,
    pub(crate) mangled_sets: Vec<FxHashSet<Name>>,
    pub(crate) future: Future,
}

impl SymbolTable {
    pub(crate) fn lookup(&self, key: Key) -> Option<ScopeId> {
        self.by_node.get(&key).copied()
    }
}

impl std::ops::Index<ScopeId> for SymbolTable {
    type Output = Scope;
    fn index(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
}

impl std::ops::IndexMut<ScopeId> for SymbolTable {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }
}

/// The names of a scope with their flags, in the order of their first mention. Small scopes are searched linearly.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    entries: Vec<(Name, u32)>,
    index: FxHashMap<Name, u32>,
}

/// Up to this many names need no index.
const LINEAR: usize = 12;

impl Symbols {
    fn position(&self, name: Name) -> Option<usize> {
        if self.entries.len() <= LINEAR {
            self.entries.iter().position(|entry| entry.0 == name)
        } else {
            self.index.get(&name).map(|&at| at as usize)
        }
    }

    pub(crate) fn get(&self, name: Name) -> Option<u32> {
        self.position(name).map(|at| self.entries[at].1)
    }

    pub(crate) fn set(&mut self, name: Name, flags: u32) {
        match self.position(name) {
            Some(at) => self.entries[at].1 = flags,
            None => {
                self.entries.push((name, flags));
                let count = self.entries.len();
                if count == LINEAR + 1 {
                    self.index =
                        self.entries.iter().enumerate().map(|(at, entry)| (entry.0, at as u32)).collect();
                } else if count > LINEAR {
                    self.index.insert(name, count as u32 - 1);
                }
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.index.clear();
    }

    pub(crate) fn remove(&mut self, name: Name) {
        let kept: Vec<_> = self.entries.drain(..).filter(|entry| entry.0 != name).collect();
        self.index.clear();
        for (name, flags) in kept {
            self.set(name, flags);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn at(&self, index: usize) -> (Name, u32) {
        self.entries[index]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Name, u32)> + '_ {
        self.entries.iter().copied()
    }
}

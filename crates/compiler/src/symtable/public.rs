//! The finished symbol table as plain owned data, for the `_symtable` module.

use super::{BlockType, ScopeId, SymbolTable};
use crate::names::Names;

/// A program's scopes. The first is the module's.
#[derive(Clone, Debug)]
pub struct Table {
    /// All scopes; `children` index them.
    pub scopes: Vec<ScopeTable>,
}

/// One scope: what `_symtable` shows of it.
#[derive(Clone, Debug)]
pub struct ScopeTable {
    /// The name: of the function or class, `top` for a module.
    pub name: String,
    /// What the scope belongs to.
    pub kind: BlockType,
    /// Each name with its flags ([`super::flag`]) and, above them, its scope.
    pub symbols: Vec<(String, u32)>,
    /// The parameters.
    pub varnames: Vec<String>,
    /// The scopes inside, as indexes of [`Table::scopes`].
    pub children: Vec<usize>,
    /// Whether the scope is inside a function.
    pub nested: bool,
    /// The line it begins at; 0 for a module.
    pub lineno: i32,
}

impl SymbolTable {
    /// The table as owned data.
    pub(crate) fn publish(&self, names: &Names<'_>) -> Table {
        let text = |name| names.text(name).to_owned();
        let publish = |id: u32| {
            let scope = &self[ScopeId(id)];
            ScopeTable {
                name: text(scope.name),
                kind: scope.kind,
                symbols: scope.symbols.iter().map(|(name, flags)| (text(name), flags)).collect(),
                varnames: scope.varnames.iter().map(|&name| text(name)).collect(),
                children: scope.children.iter().map(|child| child.0 as usize).collect(),
                nested: scope.nested,
                lineno: scope.location.lineno,
            }
        };
        Table { scopes: (0..self.scopes.len() as u32).map(publish).collect() }
    }
}

//! The second pass of the symbol table: from what each scope binds and uses to where each name lives, and the
//! decision which comprehensions are inlined into the scope around them (PEP 709).

use rustc_hash::FxHashSet;

use super::flag::*;
use super::{BlockType, Comprehension, NameScope, ScopeId, SymbolTable};
use crate::error::{Error, Limit, Result, check_stack};
use crate::names::{Name, Names, known};

/// Decides the scope of every name in the table.
pub(super) fn analyze(table: &mut SymbolTable, names: &Names<'_>) -> Result {
    let mut analyzer = Analyzer { table, names, state: vec![0; names.len()], log: Vec::new(), depth: 0 };
    analyzer.block(ScopeId(0), None, true)?;
    Ok(())
}

/// The name is bound in a function around the scope.
const BOUND: u8 = 1;
/// And that binding is a type parameter.
const TYPE_PARAM: u8 = 2;

struct Analyzer<'t, 'a> {
    table: &'t mut SymbolTable,
    names: &'t Names<'a>,
    /// For each name what the scopes around the current one make of it.
    state: Vec<u8>,
    /// Former values of `state`, to be restored when a scope is done: what it binds is nothing to its siblings.
    log: Vec<(Name, u8)>,
    depth: u32,
}

impl Analyzer<'_, '_> {
    fn change(&mut self, name: Name, set: u8, clear: u8) {
        let state = &mut self.state[name.0 as usize];
        let new = (*state | set) & !clear;
        if new != *state {
            self.log.push((name, *state));
            *state = new;
        }
    }

    fn is(&self, name: Name, bit: u8) -> bool {
        self.state[name.0 as usize] & bit != 0
    }

    /// Analyzes a scope and those inside; returns the names that are free in it.
    fn block(&mut self, id: ScopeId, class: Option<ScopeId>, is_top: bool) -> Result<FxHashSet<Name>> {
        self.depth += 1;
        check_stack(self.depth, Limit::Symbols)?;
        let mark = self.log.len();
        let is_class = self.table[id].kind == BlockType::Class;
        let is_function_like = self.table[id].is_function_like();
        let mut free = FxHashSet::default();
        let mut scopes = Vec::with_capacity(self.table[id].symbols.len());
        for index in 0..self.table[id].symbols.len() {
            let (name, flags) = self.table[id].symbols.at(index);
            let scope = self.name(id, name, flags, class, is_top)?;
            if scope == NameScope::Free {
                free.insert(name);
            }
            scopes.push(scope);
        }
        if is_function_like {
            for (index, scope) in scopes.iter().enumerate() {
                if *scope == NameScope::Local {
                    let name = self.table[id].symbols.at(index).0;
                    self.change(name, BOUND, 0);
                }
            }
        } else if is_class {
            for name in [known::class, known::classdict, known::conditional_annotations] {
                self.change(name, BOUND, 0);
            }
        }

        let mut new_free = FxHashSet::default();
        let mut inlined_cells = FxHashSet::default();
        let mut any_inlined = false;
        for index in 0..self.table[id].children.len() {
            let child = self.table[id].children[index];
            let child_class = if !self.table[child].can_see_class_scope {
                None
            } else if is_class {
                Some(id)
            } else {
                class
            };
            let child_mark = self.log.len();
            let mut child_free = self.block(child, child_class, false)?;
            self.undo(child_mark);
            let scope = &self.table[child];
            let inline = scope.comprehension != Comprehension::No
                && !scope.generator
                && !self.table[id].can_see_class_scope;
            if inline {
                self.inline(id, child, &mut scopes, &mut child_free, &mut inlined_cells);
                self.table[child].comp_inlined = true;
                any_inlined = true;
            }
            new_free.extend(child_free);
        }
        if any_inlined {
            self.splice_children(id);
        }

        if is_function_like {
            for (index, scope) in scopes.iter_mut().enumerate() {
                if *scope == NameScope::Local && !(new_free.is_empty() && inlined_cells.is_empty()) {
                    let name = self.table[id].symbols.at(index).0;
                    if new_free.contains(&name) || inlined_cells.contains(&name) {
                        *scope = NameScope::Cell;
                        new_free.remove(&name);
                    }
                }
            }
        } else if is_class {
            let scope = &mut self.table[id];
            scope.needs_class_closure |= new_free.remove(&known::class);
            scope.needs_classdict |= new_free.remove(&known::classdict);
            scope.has_conditional_annotations |= new_free.remove(&known::conditional_annotations);
        }
        self.record(id, &scopes, &new_free, &inlined_cells, is_top);
        free.extend(new_free);
        self.undo(mark);
        self.depth -= 1;
        Ok(free)
    }

    fn undo(&mut self, mark: usize) {
        for (name, state) in self.log.drain(mark..).rev() {
            self.state[name.0 as usize] = state;
        }
    }

    /// The scope of one name.
    fn name(
        &mut self,
        id: ScopeId,
        name: Name,
        flags: u32,
        class: Option<ScopeId>,
        is_top: bool,
    ) -> Result<NameScope> {
        // What a class declares doesn't change what functions in it see.
        let is_class = self.table[id].kind == BlockType::Class;
        if flags & DEF_GLOBAL != 0 {
            if flags & DEF_NONLOCAL != 0 {
                return self.directive_error(id, name, "name '{}' is nonlocal and global");
            }
            if !is_class {
                self.change(name, 0, BOUND);
            }
            return Ok(NameScope::GlobalExplicit);
        }
        if flags & DEF_NONLOCAL != 0 {
            if is_top {
                return self.directive_error(id, name, "nonlocal declaration not allowed at module level");
            }
            if !self.is(name, BOUND) {
                return self.directive_error(id, name, "no binding for nonlocal '{}' found");
            }
            if self.is(name, TYPE_PARAM) {
                let message = "nonlocal binding not allowed for type parameter '{}'";
                return self.directive_error(id, name, message);
            }
            return Ok(NameScope::Free);
        }
        if flags & DEF_BOUND != 0 {
            if flags & DEF_TYPE_PARAM != 0 {
                self.change(name, TYPE_PARAM, 0);
            } else {
                self.change(name, 0, TYPE_PARAM);
            }
            return Ok(NameScope::Local);
        }
        // An annotation scope looks the name up in the class, and then not in the functions around it.
        if let Some(class) = class {
            let flags = self.table[class].symbols.get(name).unwrap_or(0);
            if flags & DEF_GLOBAL != 0 {
                return Ok(NameScope::GlobalExplicit);
            }
            if flags & DEF_BOUND != 0 && flags & DEF_NONLOCAL == 0 {
                return Ok(NameScope::GlobalImplicit);
            }
        }
        if self.is(name, BOUND) { Ok(NameScope::Free) } else { Ok(NameScope::GlobalImplicit) }
    }

    #[cold]
    fn directive_error<T>(&self, id: ScopeId, name: Name, message: &str) -> Result<T> {
        let found = self.table[id].directives.iter().find(|directive| directive.0 == name);
        let location = found.map_or(self.table[id].location, |directive| directive.1);
        Error::syntax(message.replace("{}", self.names.text(name)), location)
    }

    /// Merges the names of a comprehension into the scope that it is inlined into.
    fn inline(
        &mut self,
        id: ScopeId,
        comprehension: ScopeId,
        scopes: &mut Vec<NameScope>,
        comprehension_free: &mut FxHashSet<Name>,
        inlined_cells: &mut FxHashSet<Name>,
    ) {
        let into_class = self.table[id].kind == BlockType::Class;
        let mut remove = Vec::new();
        for index in 0..self.table[comprehension].symbols.len() {
            let (name, flags) = self.table[comprehension].symbols.at(index);
            if flags & DEF_PARAM != 0 {
                continue;
            }
            let mut scope = NameScope::of(flags);
            let own_flags = flags & ((1 << SCOPE_OFFSET) - 1);
            if scope == NameScope::Cell || own_flags & DEF_COMP_CELL != 0 {
                inlined_cells.insert(name);
            }
            let is_class_cell =
                matches!(name, known::class | known::classdict | known::conditional_annotations);
            if scope == NameScope::Free && into_class && is_class_cell {
                // In the class body itself it is a plain name.
                scope = NameScope::GlobalImplicit;
                if !self.free_in_child(comprehension, name) {
                    comprehension_free.remove(&name);
                }
                remove.push(name);
            }
            match self.table[id].symbols.get(name) {
                None => {
                    self.table[id].symbols.set(name, own_flags);
                    scopes.push(scope);
                }
                Some(existing) => {
                    if existing & DEF_BOUND != 0 && !into_class && !self.free_in_child(comprehension, name) {
                        comprehension_free.remove(&name);
                    }
                }
            }
        }
        for name in remove {
            self.table[comprehension].symbols.remove(name);
        }
    }

    fn free_in_child(&self, id: ScopeId, name: Name) -> bool {
        self.table[id].children.iter().any(|&child| self.table[child].scope_of(name) == NameScope::Free)
    }

    fn splice_children(&mut self, id: ScopeId) {
        let children = std::mem::take(&mut self.table[id].children);
        let mut spliced = Vec::with_capacity(children.len());
        for child in children {
            if self.table[child].comp_inlined {
                spliced.extend_from_slice(&self.table[child].children);
            } else {
                spliced.push(child);
            }
        }
        self.table[id].children = spliced;
    }

    /// Writes the scopes into the symbols, and what is free in scopes inside.
    fn record(
        &mut self,
        id: ScopeId,
        scopes: &[NameScope],
        new_free: &FxHashSet<Name>,
        inlined_cells: &FxHashSet<Name>,
        is_top: bool,
    ) {
        let sees_class = self.table[id].kind == BlockType::Class || self.table[id].can_see_class_scope;
        for (index, &scope) in scopes.iter().enumerate() {
            let entry = &mut self.table[id].symbols.entries[index];
            if inlined_cells.contains(&entry.0) {
                entry.1 |= DEF_COMP_CELL;
            }
            entry.1 |= (scope as u32) << SCOPE_OFFSET;
        }
        let mut new_free: Vec<Name> = new_free.iter().copied().collect();
        new_free.sort_unstable();
        for name in new_free {
            match self.table[id].symbols.get(name) {
                // Free in a method and a name of the class: both.
                Some(flags) if sees_class => self.table[id].symbols.set(name, flags | DEF_FREE_CLASS),
                Some(_) => {}
                None if !is_top && !self.is(name, BOUND) => {}
                None => self.table[id].symbols.set(name, (NameScope::Free as u32) << SCOPE_OFFSET),
            }
        }
    }
}

//! `_symtable`: the compiler's symbol table, for `symtable`.

use compiler::symtable::{BlockType, ScopeTable, Table, flag};
use runtime::compile::with_front_end;
use runtime::modules::builtins::compilation::source_text;
use runtime::prelude::*;
use syntax::Mode;

/// One scope of a program.
#[class(name = "symtable entry", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Entry {
    head: Object,
    #[member(readonly)]
    id: Link,
    #[member(readonly)]
    name: Link,
    #[member(readonly)]
    symbols: Link,
    #[member(readonly)]
    varnames: Link,
    #[member(readonly)]
    children: Link,
    #[member(readonly)]
    nested: Link,
    #[member(readonly, name = "type")]
    kind: Link,
    #[member(readonly)]
    lineno: Link,
}

#[methods]
impl Entry {
    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let text = |part: &Link| part.get().unwrap_or_else(none).str_();
        Ok(format!(
            "<symtable entry {}({}), line {}>",
            text(&self.name)?,
            text(&self.id)?,
            text(&self.lineno)?
        ))
    }
}

fn int(value: impl Into<i64>) -> Ref {
    Int::new(value.into()).into_object()
}

/// The scope as an object, with those inside already made.
fn entry(scope: &ScopeTable, children: Vec<Ref>) -> Result<Ref> {
    let symbols = Dict::new();
    for (name, flags) in &scope.symbols {
        symbols.insert_str(&Str::intern(Str::new(name)), &Int::new(i64::from(*flags)))?;
    }
    let varnames = scope.varnames.iter().map(|name| Str::new(name).into_object()).collect();
    let entry = Ref::new(Entry {
        head: Object::HEAD,
        id: Link::null(),
        name: Link::new(Str::new(&scope.name).into_object()),
        symbols: Link::new(symbols.into_object()),
        varnames: Link::new(List::from_vec(varnames).into_object()),
        children: Link::new(List::from_vec(children).into_object()),
        nested: Link::new(int(i64::from(scope.nested))),
        kind: Link::new(int(scope.kind as u8)),
        lineno: Link::new(int(scope.lineno)),
    });
    entry.id.set(Some(Int::from_usize(entry.as_ptr() as usize).into_object()));
    Ok(entry.into_object())
}

/// The whole table as objects: scopes come before those inside them.
fn entries(table: &Table) -> Result {
    let mut made: Vec<Option<Ref>> = table.scopes.iter().map(|_| None).collect();
    // Children are made first, without recursion: a program may nest deeply.
    let mut stack = vec![(0, false)];
    while let Some((index, children_made)) = stack.pop() {
        let Some(scope) = table.scopes.get(index) else { continue };
        if !children_made {
            stack.push((index, true));
            stack.extend(scope.children.iter().map(|&child| (child, false)));
            continue;
        }
        let children = scope.children.iter().filter_map(|&child| made.get_mut(child)?.take()).collect();
        made[index] = Some(entry(scope, children)?);
    }
    let top = made.first_mut().and_then(Option::take);
    top.ok_or_else(|| raise!(SystemError, "a symbol table without scopes"))
}

/// Return symbol and scope dictionaries used internally by compiler.
#[function(signature = "($module, source, filename, startstr, /)")]
fn symtable(_module: &Module, source: &Object, filename: &Object, startstr: &str) -> Result {
    let filename = runtime::import::path::fs_decode(filename)?;
    let mode = match startstr {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(raise!(ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
    };
    let text = source_text(source, mode, "symtable", "string or bytes", &filename)?;
    let options = compiler::Options::default();
    let table = with_front_end(&filename, |sink| compiler::symbol_table(&text, mode, options, sink))?;
    entries(&table)
}

const CONSTANTS: &[(&str, u32)] = &[
    ("USE", flag::USE),
    ("DEF_GLOBAL", flag::DEF_GLOBAL),
    ("DEF_NONLOCAL", flag::DEF_NONLOCAL),
    ("DEF_LOCAL", flag::DEF_LOCAL),
    ("DEF_PARAM", flag::DEF_PARAM),
    ("DEF_TYPE_PARAM", flag::DEF_TYPE_PARAM),
    ("DEF_FREE_CLASS", flag::DEF_FREE_CLASS),
    ("DEF_IMPORT", flag::DEF_IMPORT),
    ("DEF_BOUND", flag::DEF_BOUND),
    ("DEF_ANNOT", flag::DEF_ANNOT),
    ("DEF_COMP_ITER", flag::DEF_COMP_ITER),
    ("DEF_COMP_CELL", flag::DEF_COMP_CELL),
    ("TYPE_FUNCTION", BlockType::Function as u32),
    ("TYPE_CLASS", BlockType::Class as u32),
    ("TYPE_MODULE", BlockType::Module as u32),
    ("TYPE_ANNOTATION", BlockType::Annotation as u32),
    ("TYPE_TYPE_ALIAS", BlockType::TypeAlias as u32),
    ("TYPE_TYPE_PARAMETERS", BlockType::TypeParameters as u32),
    ("TYPE_TYPE_VARIABLE", BlockType::TypeVariable as u32),
    ("LOCAL", 1),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("FREE", 4),
    ("CELL", 5),
    ("SCOPE_OFF", flag::SCOPE_OFFSET),
    ("SCOPE_MASK", flag::SCOPE_MASK),
];

fn exec(module: &Module) -> Result<()> {
    ENTRY_TYPE.ready()?;
    for &(name, value) in CONSTANTS {
        module.dict().insert_str(&Str::intern(Str::new(name)), &Int::new(i64::from(value)))?;
    }
    Ok(())
}

module! { name: "_symtable", functions: [symtable], classes: [], exec: exec }

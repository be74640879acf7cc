//! The abstract syntax tree of Python 3.14: <https://docs.python.org/3/library/ast.html#abstract-grammar>.
//!
//! Nodes live in a bump arena, are `Copy`, and own nothing: a tree of any depth is freed at once with its arena.
//! `nodes` declares every class once; `declare` turns that into the Rust types and into the table and views of
//! `reflect`, from which the `_ast` module is built; `dump` prints trees as `ast.dump` does.

#[macro_use]
mod declare;
mod constant;
pub mod dump;
mod nodes;
mod reflect;

pub use constant::{Constant, Int, Text};
pub use nodes::*;
pub use reflect::{AsdlType, BaseInfo, ClassInfo, Field, FieldInfo, FieldType, Fields, Mark, Sequence};

/// Where a node stands: lines from 1, columns in UTF-8 bytes from 0, the end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Location {
    pub lineno: i32,
    pub col_offset: i32,
    pub end_lineno: i32,
    pub end_col_offset: i32,
}

impl Location {
    /// From this location's start to `end`'s end.
    pub fn to(self, end: Location) -> Location {
        Location { end_lineno: end.end_lineno, end_col_offset: end.end_col_offset, ..self }
    }
}

/// The names of the attributes that located classes have, in `_attributes` order.
pub const ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

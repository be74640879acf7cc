//! The tree seen generically: what classes there are, what fields they have, and a node's fields as values.

use std::ops::Deref;

use bumpalo::Bump;

use super::nodes::*;
use super::{Constant, Text};

/// A concrete class: its name in Python, the class it derives from, whether it has [`super::ATTRIBUTES`], its fields.
#[derive(Debug)]
pub struct ClassInfo {
    pub class: Class,
    pub name: &'static str,
    /// The abstract class (`stmt`, `expr`, …), or `AST`.
    pub base: &'static str,
    pub located: bool,
    pub fields: &'static [FieldInfo],
}

/// An abstract class (`stmt`, `expr`, …), whose base is `AST`.
#[derive(Debug)]
pub struct BaseInfo {
    pub name: &'static str,
    pub located: bool,
}

/// A field of a class.
#[derive(Debug)]
pub struct FieldInfo {
    pub name: &'static str,
    pub asdl: AsdlType,
    pub mark: Mark,
}

/// How often a field's value occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    One,
    /// `?`
    Optional,
    /// `*`
    Sequence,
    /// `?*`: a list whose items may be `None`.
    OptionalSequence,
}

/// The ASDL type of a field: a builtin one or the name of a (base) class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsdlType {
    Identifier,
    Int,
    String,
    Constant,
    /// `expr`, `stmt`, `arguments`, …
    Node(&'static str),
}

impl AsdlType {
    /// The name as the documentation writes it.
    pub const fn name(self) -> &'static str {
        match self {
            AsdlType::Identifier => "identifier",
            AsdlType::Int => "int",
            AsdlType::String => "string",
            AsdlType::Constant => "constant",
            AsdlType::Node(name) => name,
        }
    }
}

/// Describes a field of Rust type `T`. The Rust name may end in `_` where Python's is a keyword of Rust.
pub(super) const fn field_info<'a, T: FieldType<'a>>(rust_name: &'static str) -> FieldInfo {
    let name = match rust_name.as_bytes() {
        [.., b'_'] => rust_name.split_at(rust_name.len() - 1).0,
        _ => rust_name,
    };
    FieldInfo { name, asdl: T::ASDL, mark: T::MARK }
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// An optional field without value.
    None,
    Int(i32),
    Identifier(&'a str),
    String(Text<'a>),
    Constant(Constant<'a>),
    Node(Node<'a>),
    Sequence(Sequence<'a>),
}

/// The values of a list field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sequence<'a> {
    Stmts(&'a [Stmt<'a>]),
    Exprs(&'a [Expr<'a>]),
    OptionalExprs(&'a [Option<&'a Expr<'a>>]),
    Patterns(&'a [Pattern<'a>]),
    TypeParams(&'a [TypeParam<'a>]),
    Handlers(&'a [ExceptHandler<'a>]),
    Args(&'a [Arg<'a>]),
    Keywords(&'a [Keyword<'a>]),
    Aliases(&'a [Alias<'a>]),
    Comprehensions(&'a [Comprehension<'a>]),
    WithItems(&'a [WithItem<'a>]),
    MatchCases(&'a [MatchCase<'a>]),
    TypeIgnores(&'a [TypeIgnore<'a>]),
    CmpOps(&'a [CmpOp]),
    Identifiers(&'a [&'a str]),
    /// Any values: what [`Node::build`] takes for every list.
    Fields(&'a [Field<'a>]),
}

macro_rules! each_sequence {
    ($sequence:expr, $items:ident => $result:expr) => {
        match $sequence {
            Sequence::Stmts($items) => $result,
            Sequence::Exprs($items) => $result,
            Sequence::OptionalExprs($items) => $result,
            Sequence::Patterns($items) => $result,
            Sequence::TypeParams($items) => $result,
            Sequence::Handlers($items) => $result,
            Sequence::Args($items) => $result,
            Sequence::Keywords($items) => $result,
            Sequence::Aliases($items) => $result,
            Sequence::Comprehensions($items) => $result,
            Sequence::WithItems($items) => $result,
            Sequence::MatchCases($items) => $result,
            Sequence::TypeIgnores($items) => $result,
            Sequence::CmpOps($items) => $result,
            Sequence::Identifiers($items) => $result,
            Sequence::Fields($items) => $result,
        }
    };
}

impl<'a> Sequence<'a> {
    pub fn len(self) -> usize {
        each_sequence!(self, items => items.len())
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    pub fn get(self, index: usize) -> Option<Field<'a>> {
        each_sequence!(self, items => items.get(index).map(|item| item.item()))
    }

    pub fn iter(self) -> impl Iterator<Item = Field<'a>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

/// No class has more fields.
const MOST_FIELDS: usize = 7;

/// The fields of one node.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    items: [Field<'a>; MOST_FIELDS],
    length: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(fields: &[Field<'a>]) -> Self {
        let mut items = [Field::None; MOST_FIELDS];
        items[..fields.len()].copy_from_slice(fields);
        Fields { items, length: fields.len() }
    }
}

impl<'a> Deref for Fields<'a> {
    type Target = [Field<'a>];

    fn deref(&self) -> &[Field<'a>] {
        &self.items[..self.length]
    }
}

/// A Rust type that a field may have: its ASDL type, and the way to and from [`Field`].
pub trait FieldType<'a>: Sized {
    const ASDL: AsdlType;
    const MARK: Mark;

    fn view(self) -> Field<'a>;
    fn build(field: Field<'a>, arena: &'a Bump) -> Option<Self>;
}

/// An item of a list field.
trait Item<'a> {
    fn item(&'a self) -> Field<'a>;
}

impl<'a> Item<'a> for Field<'a> {
    fn item(&'a self) -> Field<'a> {
        *self
    }
}

/// The items of a list field, each made from a value by `convert`.
fn build_list<'a, T: Copy>(
    field: Field<'a>,
    arena: &'a Bump,
    convert: impl Fn(Field<'a>) -> Option<T>,
) -> Option<&'a [T]> {
    let Field::Sequence(sequence) = field else { return None };
    let mut items = Vec::with_capacity(sequence.len());
    for item in sequence.iter() {
        items.push(convert(item)?);
    }
    Some(arena.alloc_slice_copy(&items))
}

macro_rules! plain_field {
    ($type:ty, $variant:ident, $asdl:expr) => {
        impl<'a> FieldType<'a> for $type {
            const ASDL: AsdlType = $asdl;
            const MARK: Mark = Mark::One;

            fn view(self) -> Field<'a> {
                Field::$variant(self)
            }

            fn build(field: Field<'a>, _: &'a Bump) -> Option<Self> {
                match field {
                    Field::$variant(value) => Some(value),
                    _ => None,
                }
            }
        }
    };
}

plain_field!(i32, Int, AsdlType::Int);
plain_field!(&'a str, Identifier, AsdlType::Identifier);
plain_field!(Text<'a>, String, AsdlType::String);
plain_field!(Constant<'a>, Constant, AsdlType::Constant);

macro_rules! operator_field {
    ($($type:ident $asdl:literal)*) => { $(
        impl<'a> FieldType<'a> for $type {
            const ASDL: AsdlType = AsdlType::Node($asdl);
            const MARK: Mark = Mark::One;

            fn view(self) -> Field<'a> {
                Field::Node(Node::$type(self))
            }

            fn build(field: Field<'a>, _: &'a Bump) -> Option<Self> {
                match field {
                    Field::Node(Node::$type(value)) => Some(value),
                    _ => None,
                }
            }
        }
    )* };
}

operator_field! { ExprContext "expr_context" BoolOp "boolop" Operator "operator" UnaryOp "unaryop" CmpOp "cmpop" }

macro_rules! node_field {
    ($($type:ident $asdl:literal)*) => { $(
        impl<'a> FieldType<'a> for &'a $type<'a> {
            const ASDL: AsdlType = AsdlType::Node($asdl);
            const MARK: Mark = Mark::One;

            fn view(self) -> Field<'a> {
                Field::Node(Node::$type(self))
            }

            fn build(field: Field<'a>, _: &'a Bump) -> Option<Self> {
                match field {
                    Field::Node(Node::$type(value)) => Some(value),
                    _ => None,
                }
            }
        }
    )* };
}

node_field! { Expr "expr" Pattern "pattern" Arguments "arguments" Arg "arg" }

impl<'a, T: FieldType<'a>> FieldType<'a> for Option<T> {
    const ASDL: AsdlType = T::ASDL;
    const MARK: Mark = Mark::Optional;

    fn view(self) -> Field<'a> {
        self.map_or(Field::None, T::view)
    }

    fn build(field: Field<'a>, arena: &'a Bump) -> Option<Self> {
        match field {
            Field::None => Some(None),
            _ => T::build(field, arena).map(Some),
        }
    }
}

macro_rules! node_list_field {
    ($($type:ident $variant:ident $asdl:literal)*) => { $(
        impl<'a> Item<'a> for $type<'a> {
            fn item(&'a self) -> Field<'a> {
                Field::Node(Node::$type(self))
            }
        }

        impl<'a> FieldType<'a> for &'a [$type<'a>] {
            const ASDL: AsdlType = AsdlType::Node($asdl);
            const MARK: Mark = Mark::Sequence;

            fn view(self) -> Field<'a> {
                Field::Sequence(Sequence::$variant(self))
            }

            fn build(field: Field<'a>, arena: &'a Bump) -> Option<Self> {
                build_list(field, arena, |item| match item {
                    Field::Node(Node::$type(node)) => Some(*node),
                    _ => None,
                })
            }
        }
    )* };
}

node_list_field! {
    Stmt Stmts "stmt"
    Expr Exprs "expr"
    Pattern Patterns "pattern"
    TypeParam TypeParams "type_param"
    ExceptHandler Handlers "excepthandler"
    Arg Args "arg"
    Keyword Keywords "keyword"
    Alias Aliases "alias"
    Comprehension Comprehensions "comprehension"
    WithItem WithItems "withitem"
    MatchCase MatchCases "match_case"
    TypeIgnore TypeIgnores "type_ignore"
}

macro_rules! value_list_field {
    ($($type:ty, $variant:ident, $mark:ident;)*) => { $(
        impl<'a> Item<'a> for $type {
            fn item(&'a self) -> Field<'a> {
                FieldType::view(*self)
            }
        }

        impl<'a> FieldType<'a> for &'a [$type] {
            const ASDL: AsdlType = <$type as FieldType<'a>>::ASDL;
            const MARK: Mark = Mark::$mark;

            fn view(self) -> Field<'a> {
                Field::Sequence(Sequence::$variant(self))
            }

            fn build(field: Field<'a>, arena: &'a Bump) -> Option<Self> {
                build_list(field, arena, |item| FieldType::build(item, arena))
            }
        }
    )* };
}

value_list_field! {
    Option<&'a Expr<'a>>, OptionalExprs, OptionalSequence;
    CmpOp, CmpOps, Sequence;
    &'a str, Identifiers, Sequence;
}

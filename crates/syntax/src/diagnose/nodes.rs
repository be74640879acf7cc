//! What the error pass makes of programs: kinds and ranges of tokens, no more than messages need.

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Other,
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    /// Operators, `and`, `or`, `not`.
    Expression,
    Genexp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    None,
    False,
    True,
    Ellipsis,
    Literal,
    Bytes,
    Compare,
    IfExp,
    NamedExpr,
    /// One `in` of a comparison.
    In,
    /// Positional arguments and keywords.
    Args,
    Keyword,
    DoubleStarred,
    /// The iterable and the conditions of a `for` clause.
    Comprehension,
}

impl Kind {
    /// The kind with this name in the grammar.
    pub fn named(name: &str) -> Kind {
        use Kind::*;
        let all = [
            Other,
            Name,
            Attribute,
            Subscript,
            Starred,
            List,
            Tuple,
            Lambda,
            Call,
            Expression,
            Genexp,
            Yield,
            Await,
            ListComp,
            SetComp,
            DictComp,
            Dict,
            Set,
            FString,
            TString,
            None,
            False,
            True,
            Ellipsis,
            Literal,
            Bytes,
            Compare,
            IfExp,
            NamedExpr,
            In,
            Args,
            Keyword,
            DoubleStarred,
            Comprehension,
        ];
        *all.iter().find(|kind| format!("{kind:?}") == name).unwrap_or_else(|| panic!("grammar: kind {name}"))
    }

    /// What CPython's messages call it.
    pub fn description(self) -> &'static str {
        match self {
            Kind::Attribute => "attribute",
            Kind::Subscript => "subscript",
            Kind::Starred => "starred",
            Kind::Name => "name",
            Kind::List => "list",
            Kind::Tuple => "tuple",
            Kind::Lambda => "lambda",
            Kind::Call => "function call",
            Kind::Expression => "expression",
            Kind::Genexp => "generator expression",
            Kind::Yield => "yield expression",
            Kind::Await => "await expression",
            Kind::ListComp => "list comprehension",
            Kind::SetComp => "set comprehension",
            Kind::DictComp => "dict comprehension",
            Kind::Dict => "dict literal",
            Kind::Set => "set display",
            Kind::FString => "f-string expression",
            Kind::TString => "t-string expression",
            Kind::None => "None",
            Kind::False => "False",
            Kind::True => "True",
            Kind::Ellipsis => "ellipsis",
            Kind::Compare => "comparison",
            Kind::IfExp => "conditional expression",
            Kind::NamedExpr => "named expression",
            _ => "literal",
        }
    }
}

/// What a rule yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An optional item that was not there; a lookahead.
    Absent,
    Token(u32),
    Node(u32),
    /// A range of the list arena.
    List(u32, u32),
}

/// A node: its tokens, and what messages ask of its parts.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub kind: Kind,
    pub first: u32,
    pub last: u32,
    pub a: Value,
    pub b: Value,
}

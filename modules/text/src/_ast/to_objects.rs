//! Trees as objects.

use runtime::objects::complex::Complex;
use runtime::objects::set::FrozenSet;
use runtime::prelude::*;
use syntax::ast::{self, ATTRIBUTES, CLASSES, Constant, Field, Node, Text};

use super::classes::Classes;
use super::node::AstNode;

/// A node and everything in it.
pub fn node(node: Node<'_>, classes: &Classes) -> Result {
    Thread::current().check_recursion(" during  ast construction")?;
    let class = node.class();
    if let Node::ExprContext(_) | Node::BoolOp(_) | Node::Operator(_) | Node::UnaryOp(_) | Node::CmpOp(_) =
        node
    {
        return Ok(classes.singleton(class));
    }
    let dict = Dict::new();
    for (info, field) in CLASSES[class as usize].fields.iter().zip(node.fields().iter()) {
        dict.insert_str(&Str::intern(Str::new(info.name)), &*value(*field, classes)?)?;
    }
    if let Some(location) = node.location() {
        let places = [location.lineno, location.col_offset, location.end_lineno, location.end_col_offset];
        for (name, place) in ATTRIBUTES.into_iter().zip(places) {
            dict.insert_str(&Str::intern(Str::new(name)), &Int::new(i64::from(place)))?;
        }
    }
    Ok(AstNode::with_fields(classes.of(class), dict).into_object())
}

fn value(field: Field<'_>, classes: &Classes) -> Result {
    Ok(match field {
        Field::None => none(),
        Field::Int(value) => Int::new(i64::from(value)).into_object(),
        Field::Identifier(name) => Str::intern(Str::new(name)).into_object(),
        Field::String(value) => text(value).into_object(),
        Field::Constant(value) => constant(&value)?,
        Field::Node(inner) => node(inner, classes)?,
        Field::Sequence(items) => {
            let items: Result<Vec<Ref>> = items.iter().map(|item| value(item, classes)).collect();
            List::from_vec(items?).into_object()
        }
    })
}

fn text(text: Text<'_>) -> Ref<Str> {
    Str::from_wtf8(bytecode::Wtf8::from_bytes_unchecked(text.as_bytes()))
}

fn constant(value: &Constant<'_>) -> Result {
    let all = |items: &[Constant<'_>]| items.iter().map(constant).collect::<Result<Vec<Ref>>>();
    Ok(match *value {
        Constant::None => none(),
        Constant::Ellipsis => ellipsis(),
        Constant::Bool(value) => py_bool(value),
        Constant::Int(ast::Int::Small(value)) => Int::new(value).into_object(),
        Constant::Int(value) => Int::from_bigint(&value.to_bigint()).into_object(),
        Constant::Float(value) => Float::new(value).into_object(),
        Constant::Complex { real, imag } => Complex::new(real, imag).into_object(),
        Constant::Str(value) => text(value).into_object(),
        Constant::Bytes(value) => Bytes::new(value).into_object(),
        Constant::Tuple(items) => Tuple::from_vec(all(items)?).into_object(),
        Constant::FrozenSet(items) => FrozenSet::from_items(all(items)?)?.into_object(),
    })
}

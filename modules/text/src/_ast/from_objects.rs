//! Objects as trees: what `compile()` makes of nodes that a program gives it. What is in the fields is checked here,
//! what the tree means by `compiler::validate`.

use bumpalo::Bump;
use runtime::objects::bool_::Bool;
use runtime::objects::complex::Complex;
use runtime::objects::set::FrozenSet;
use runtime::prelude::*;
use syntax::Mode;
use syntax::ast::{
    self, AsdlType, CLASSES, Class, ClassInfo, Constant, Field, FieldInfo, Location, Mark, Mod, Node,
    Sequence, Text,
};

use super::classes::{Classes, classes};

/// A whole tree.
pub fn module<'a>(object: &Object, mode: Mode, arena: &'a Bump) -> Result<&'a Mod<'a>> {
    let reader = Reader { classes: classes()?, arena };
    let class = match mode {
        Mode::Exec => Class::Module,
        Mode::Eval => Class::Expression,
        Mode::Single => Class::Interactive,
        Mode::FuncType => Class::FunctionType,
    };
    let wanted = &CLASSES[class as usize];
    if !object.is_instance(reader.classes.of(class))? {
        return Err(raise!(TypeError, "expected {} node, got {}", wanted.name, object.ty().name()));
    }
    match reader.build(object, wanted, Location::default())? {
        Node::Mod(tree) => Ok(tree),
        _ => Err(raise!(SystemError, "a module that is none")),
    }
}

struct Reader<'a> {
    classes: &'static Classes,
    arena: &'a Bump,
}

impl<'a> Reader<'a> {
    /// A node of the given (base) class; `None` for None, where that stands for a node left out.
    fn node(&self, object: &Object, asdl: &'static str) -> Result<Option<Node<'a>>> {
        // A class without a base of its own is what its fields make it.
        if let Some(info) = CLASSES.iter().find(|info| info.base == "AST" && info.name == asdl) {
            if object.is_none() {
                return Ok(None);
            }
            let location = if info.located { self.location(object, info.name)? } else { Location::default() };
            return self.build(object, info, location).map(Some);
        }
        let located = matches!(asdl, "stmt" | "expr" | "excepthandler" | "pattern" | "type_param");
        if object.is_none() && (located || asdl == "type_ignore") {
            return Ok(None);
        }
        let location = if located { self.location(object, asdl)? } else { Location::default() };
        match self.classes.class_of(object).filter(|info| info.base == asdl) {
            Some(info) => self.build(object, info, location).map(Some),
            None => Err(raise!(TypeError, "expected some sort of {asdl}, but got {}", object.repr()?)),
        }
    }

    /// The `lineno` … of a node; where it ends may be left out.
    fn location(&self, object: &Object, owner: &str) -> Result<Location> {
        let required = |name: &Str| match object.get_attr_opt(name)? {
            Some(value) => integer(&value),
            None => Err(raise!(TypeError, "required field \"{name}\" missing from {owner}")),
        };
        let optional = |name: &Str, default: i32| match object.get_attr_opt(name)? {
            Some(value) if !value.is_none() => integer(&value),
            _ => Ok(default),
        };
        let lineno = required(intern!("lineno"))?;
        let col_offset = required(intern!("col_offset"))?;
        let end_lineno = optional(intern!("end_lineno"), lineno)?;
        let end_col_offset = optional(intern!("end_col_offset"), col_offset)?;
        Ok(Location { lineno, col_offset, end_lineno, end_col_offset })
    }

    fn build(&self, object: &Object, info: &'static ClassInfo, location: Location) -> Result<Node<'a>> {
        Thread::current().check_recursion(&format!(" while traversing '{}' node", info.base))?;
        let mut fields = Vec::with_capacity(info.fields.len());
        for field in info.fields {
            fields.push(self.field(object, info, field)?);
        }
        let node = Node::build(info.class, &fields, location, self.arena);
        node.ok_or_else(|| raise!(ValueError, "invalid fields of {}", info.name))
    }

    fn field(&self, object: &Object, info: &ClassInfo, field: &'static FieldInfo) -> Result<Field<'a>> {
        let given = object.get_attr_opt(&Str::intern(Str::new(field.name)))?;
        match field.mark {
            Mark::One => {
                let Some(given) = given else {
                    return Err(raise!(
                        TypeError,
                        "required field \"{}\" missing from {}",
                        field.name,
                        info.name
                    ));
                };
                let value = self.value(&given, field)?;
                value
                    .ok_or_else(|| raise!(ValueError, "field '{}' is required for {}", field.name, info.name))
            }
            Mark::Optional => match given.filter(|given| !given.is_none()) {
                Some(given) => Ok(self.value(&given, field)?.unwrap_or(Field::None)),
                None => Ok(Field::None),
            },
            Mark::Sequence | Mark::OptionalSequence => match given {
                Some(given) => self.sequence(&given, info, field),
                None => Ok(Field::Sequence(Sequence::Fields(&[]))),
            },
        }
    }

    fn sequence(&self, given: &Object, info: &ClassInfo, field: &'static FieldInfo) -> Result<Field<'a>> {
        let Some(list) = given.downcast::<List>() else {
            return Err(raise!(
                TypeError,
                "{} field \"{}\" must be a list, not a {}",
                info.name,
                field.name,
                given.ty().name()
            ));
        };
        let length = list.len();
        let mut items = Vec::with_capacity(length);
        for index in 0..length {
            let Some(item) = list.get(index) else { break };
            let value = match self.value(&item, field)? {
                Some(value) => value,
                None if field.mark == Mark::OptionalSequence => Field::None,
                None => {
                    let what = match field.asdl.name() {
                        "expr" => "expression",
                        "stmt" => "statement",
                        other => other,
                    };
                    return Err(raise!(ValueError, "None disallowed in {what} list"));
                }
            };
            if list.len() != length {
                return Err(raise!(
                    RuntimeError,
                    "{} field \"{}\" changed size during iteration",
                    info.name,
                    field.name
                ));
            }
            items.push(value);
        }
        Ok(Field::Sequence(Sequence::Fields(self.arena.alloc_slice_copy(&items))))
    }

    /// One value of a field; `None` for None in place of a node or name.
    fn value(&self, object: &Object, field: &FieldInfo) -> Result<Option<Field<'a>>> {
        Ok(Some(match field.asdl {
            AsdlType::Node(asdl) => return Ok(self.node(object, asdl)?.map(Field::Node)),
            AsdlType::Int => Field::Int(integer(object)?),
            AsdlType::Constant => Field::Constant(self.constant(object)?),
            AsdlType::Identifier => {
                if object.is_none() {
                    return Ok(None);
                }
                let Some(name) = object.downcast_exact::<Str>() else {
                    return Err(raise!(TypeError, "AST identifier must be of type str"));
                };
                Field::Identifier(self.arena.alloc_str(name.to_utf8()?))
            }
            AsdlType::String => match object.downcast_exact::<Str>() {
                Some(text) => Field::String(self.text(text)),
                None => return Err(raise!(TypeError, "AST string must be of type str")),
            },
        }))
    }

    fn text(&self, text: &Str) -> Text<'a> {
        Text::from_wtf8(self.arena.alloc_slice_copy(text.to_wtf8().as_bytes()))
    }

    fn constant(&self, object: &Object) -> Result<Constant<'a>> {
        Thread::current().check_recursion(" during compilation")?;
        if object.is_none() {
            return Ok(Constant::None);
        }
        if object.is_same(&ellipsis()) {
            return Ok(Constant::Ellipsis);
        }
        if let Some(value) = object.downcast_exact::<Bool>() {
            return Ok(Constant::Bool(value.value()));
        }
        if let Some(value) = object.downcast_exact::<Int>() {
            let value = match value.to_i64() {
                Some(small) => ast::Int::Small(small),
                None => ast::Int::from_bigint(&value.to_bigint(), self.arena),
            };
            return Ok(Constant::Int(value));
        }
        if let Some(value) = object.downcast_exact::<Float>() {
            return Ok(Constant::Float(value.value()));
        }
        if let Some(value) = object.downcast_exact::<Complex>() {
            return Ok(Constant::Complex { real: value.real(), imag: value.imag() });
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            return Ok(Constant::Str(self.text(text)));
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return Ok(Constant::Bytes(self.arena.alloc_slice_copy(bytes.as_slice())));
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return Ok(Constant::Tuple(self.constants(tuple.as_slice().to_vec())?));
        }
        if object.downcast_exact::<FrozenSet>().is_some() {
            return Ok(Constant::FrozenSet(self.constants(object.collect()?)?));
        }
        Err(raise!(TypeError, "got an invalid type in Constant: {}", object.ty().name()))
    }

    fn constants(&self, items: Vec<Ref>) -> Result<&'a [Constant<'a>]> {
        let items: Result<Vec<Constant<'a>>> = items.iter().map(|item| self.constant(item)).collect();
        Ok(self.arena.alloc_slice_copy(&items?))
    }
}

/// An `int` field.
fn integer(object: &Object) -> Result<i32> {
    let Some(number) = object.downcast::<Int>() else {
        return Err(raise!(ValueError, "invalid integer value: {}", object.repr()?));
    };
    let value = number.to_i64().and_then(|value| i32::try_from(value).ok());
    value.ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C int"))
}

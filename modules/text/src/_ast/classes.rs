//! The classes of nodes as Python types, made once an interpreter from the table of the `syntax` crate.

use std::cell::OnceCell;
use std::collections::HashMap;

use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;
use syntax::ast::{ATTRIBUTES, AsdlType, BASES, BaseInfo, CLASSES, Class, ClassInfo, FieldInfo, Mark};

use super::node::{AST_NODE_TYPE, AstNode};

/// The types of an interpreter.
pub struct Classes {
    /// By [`Class`].
    pub concrete: Vec<Ref<Type>>,
    pub bases: Vec<Ref<Type>>,
    /// The only instance of each class without fields that stands for an operator or a context.
    singletons: HashMap<usize, Ref>,
    by_type: HashMap<usize, Class>,
}

#[derive(Default)]
struct State(OnceCell<Classes>);

/// This interpreter's classes.
pub fn classes() -> Result<&'static Classes> {
    let state = Interpreter::current().state::<State>();
    if let Some(classes) = state.0.get() {
        return Ok(classes);
    }
    let classes = make()?;
    Ok(state.0.get_or_init(|| classes))
}

fn address(ty: &Type) -> usize {
    std::ptr::from_ref(ty) as usize
}

impl Classes {
    /// The type of a class.
    pub fn of(&self, class: Class) -> &Type {
        &self.concrete[class as usize]
    }

    /// The only instance of an operator's class.
    pub fn singleton(&self, class: Class) -> Ref {
        self.singletons.get(&(class as usize)).cloned().unwrap_or_else(none)
    }

    /// The class that an object's type is or derives from.
    pub fn class_of(&self, object: &Object) -> Option<&'static ClassInfo> {
        let found = object.ty().base_chain().find_map(|ty| self.by_type.get(&address(ty)));
        found.map(|&class| &CLASSES[class as usize])
    }
}

/// `Name(identifier id, expr_context ctx)`.
fn describe(info: &ClassInfo) -> String {
    if info.fields.is_empty() {
        return info.name.to_owned();
    }
    let field = |field: &FieldInfo| {
        let mark = match field.mark {
            Mark::One => "",
            Mark::Optional => "?",
            Mark::Sequence => "*",
            Mark::OptionalSequence => "?*",
        };
        format!("{}{mark} {}", field.asdl.name(), field.name)
    };
    let fields: Vec<String> = info.fields.iter().map(field).collect();
    format!("{}({})", info.name, fields.join(", "))
}

/// `expr = BoolOp(…) | …`, each alternative on its line if one has fields.
fn describe_base(base: &BaseInfo) -> String {
    let alternatives: Vec<&ClassInfo> = CLASSES.iter().filter(|info| info.base == base.name).collect();
    let texts: Vec<String> = alternatives.iter().map(|info| describe(info)).collect();
    let separator = match alternatives.iter().all(|info| info.fields.is_empty()) {
        true => " | ".to_owned(),
        false => format!("\n{} | ", " ".repeat(base.name.len())),
    };
    format!("{} = {}", base.name, texts.join(&separator))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> Ref<Tuple> {
    Tuple::from_vec(names.map(|name| Str::intern(Str::new(name)).into_object()).collect())
}

fn make_class(name: &str, base: &Type, fields: &[FieldInfo], doc: &str) -> Result<Ref<Type>> {
    let dict = Dict::new();
    let fields = names(fields.iter().map(|field| field.name));
    dict.insert_str(intern!("_fields"), &fields)?;
    dict.insert_str(intern!("__match_args__"), &fields)?;
    dict.insert_str(intern!("__module__"), intern!("ast"))?;
    dict.insert_str(intern!("__doc__"), &Str::new(doc))?;
    let bases = Tuple::pack([base.to_ref()]);
    let class = Type::type_object().call(&[&Str::intern(Str::new(name)), &bases, &dict])?;
    match class.cast::<Type>() {
        Ok(class) => Ok(class),
        Err(_) => Err(raise!(SystemError, "a class that is no class")),
    }
}

/// Sets `_attributes`, and None for those that a node may lack.
fn set_attributes(class: &Type, located: bool) -> Result<()> {
    let attributes = if located { names(ATTRIBUTES.into_iter()) } else { Tuple::empty() };
    class.set_attr(intern!("_attributes"), &attributes)?;
    if located {
        class.set_attr(intern!("end_lineno"), &none())?;
        class.set_attr(intern!("end_col_offset"), &none())?;
    }
    Ok(())
}

fn make() -> Result<Classes> {
    AST_NODE_TYPE.ready()?;
    let root: &Type = AstNode::type_object();
    let dict = root.dict().unwrap_or_else(Dict::new);
    for name in [intern!("_fields"), intern!("__match_args__"), intern!("_attributes")] {
        dict.insert_str(name, &Tuple::empty())?;
    }
    let mut bases = Vec::new();
    let mut by_name: HashMap<&str, Ref<Type>> = HashMap::new();
    for base in BASES {
        let class = make_class(base.name, root, &[], &describe_base(base))?;
        set_attributes(&class, base.located)?;
        by_name.insert(base.name, class.clone());
        bases.push(class);
    }
    let mut concrete = Vec::new();
    let mut by_type = HashMap::new();
    for info in CLASSES {
        let base = by_name.get(info.base).map_or(root, |base| base);
        let class = make_class(info.name, base, info.fields, &describe(info))?;
        if info.base == "AST" {
            set_attributes(&class, info.located)?;
            by_name.insert(info.name, class.clone());
        }
        for field in info.fields.iter().filter(|field| field.mark == Mark::Optional) {
            class.set_attr(&Str::intern(Str::new(field.name)), &none())?;
        }
        by_type.insert(address(&class), info.class);
        concrete.push(class);
    }
    let mut singletons = HashMap::new();
    for (info, class) in CLASSES.iter().zip(&concrete) {
        let types = Dict::new();
        for field in info.fields {
            types.insert_str(&Str::intern(Str::new(field.name)), &*field_type(field, &by_name)?)?;
        }
        class.set_attr(intern!("_field_types"), &types)?;
        class.set_attr(intern!("__annotations__"), &types)?;
        if matches!(info.base, "expr_context" | "boolop" | "operator" | "unaryop" | "cmpop") {
            singletons.insert(info.class as usize, AstNode::bare(class).into_object());
        }
    }
    Ok(Classes { concrete, bases, singletons, by_type })
}

/// What a field holds, as an annotation.
fn field_type(field: &FieldInfo, by_name: &HashMap<&str, Ref<Type>>) -> Result {
    let plain: Ref = match field.asdl {
        AsdlType::Identifier | AsdlType::String => Str::type_object().to_ref(),
        AsdlType::Int => Int::type_object().to_ref(),
        AsdlType::Constant => runtime::objects::object::OBJECT_TYPE.to_ref(),
        AsdlType::Node(name) => by_name.get(name).map_or_else(none, |class| class.to_ref()),
    };
    match field.mark {
        Mark::One => Ok(plain),
        Mark::Optional => runtime::protocol::number::or(&plain, &none()),
        Mark::Sequence | Mark::OptionalSequence => {
            Ok(GenericAlias::new(List::type_object(), &plain)?.into_object())
        }
    }
}

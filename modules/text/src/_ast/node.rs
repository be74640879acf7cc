//! `ast.AST`: the base of all nodes: construction from fields, copies, pickling, repr.

use runtime::objects::exceptions;
use runtime::objects::generic_alias::GenericAlias;
use runtime::objects::union::Union;
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

use super::classes::classes;

/// A node: everything that it has is in its dictionary.
#[class(name = "ast.AST", flags(BASETYPE, GC), doc = "")]
#[repr(C)]
pub struct AstNode {
    head: Object,
    #[dict]
    dict: Link<Dict>,
}

/// How deep `repr` shows nodes.
const REPR_DEPTH: u32 = 3;

impl AstNode {
    /// A node without fields.
    pub fn bare(class: &Type) -> Ref<AstNode> {
        Ref::new_in(class, AstNode { head: Object::HEAD, dict: Link::null() })
    }

    /// A node with the fields in that dictionary.
    pub fn with_fields(class: &Type, fields: Ref<Dict>) -> Ref<AstNode> {
        Ref::new_in(class, AstNode { head: Object::HEAD, dict: Link::new(fields) })
    }

    fn own_dict(&self) -> Ref<Dict> {
        if self.dict.is_null() {
            self.dict.set(Some(Dict::new()));
        }
        self.dict.get().unwrap_or_else(Dict::new)
    }

    /// A list of names that the class has: `_fields`, `_attributes`.
    fn class_names(&self, attribute: &Str) -> Result<Vec<Ref>> {
        match self.ty().get_attr_opt(attribute)? {
            Some(names) => {
                let length = names.length()?;
                (0..length as isize).map(|index| names.get_index(index)).collect()
            }
            None => Ok(Vec::new()),
        }
    }

    fn show(&self, depth: u32) -> Result<Ref<Str>> {
        let elided = format!("{}(...)", self.ty().full_name());
        if depth == 0 {
            return Ok(Str::new(&elided));
        }
        Thread::current().check_recursion(" during repr of an AST node")?;
        guarded(self, &elided, || {
            let mut text = vec![Str::new(self.ty().full_name()), Str::new("(")];
            for (index, name) in self.class_names(intern!("_fields"))?.iter().enumerate() {
                if index > 0 {
                    text.push(Str::new(", "));
                }
                let value = self.get_attr_by(name)?;
                text.push(name.str_()?);
                text.push(Str::new("="));
                text.push(show_value(&value, depth)?);
            }
            text.push(Str::new(")"));
            Str::join_all(text.iter().map(|piece| &**piece))
        })
    }
}

fn show_item(value: &Object, depth: u32) -> Result<Ref<Str>> {
    match value.downcast::<AstNode>() {
        Some(node) => node.show(depth - 1),
        None => value.repr(),
    }
}

/// A field's value: of a sequence the first and the last item.
fn show_value(value: &Object, depth: u32) -> Result<Ref<Str>> {
    let (items, open, close) = if let Some(list) = value.downcast::<List>() {
        (list.to_vec(), "[", "]")
    } else if let Some(tuple) = value.downcast::<Tuple>() {
        (tuple.as_slice().to_vec(), "(", ")")
    } else {
        return show_item(value, depth);
    };
    let mut text = vec![Str::new(open)];
    if let Some(first) = items.first() {
        text.push(show_item(first, depth)?);
    }
    if items.len() > 2 {
        text.push(Str::new(", ..."));
    }
    if let [_, .., last] = items.as_slice() {
        text.push(Str::new(", "));
        text.push(show_item(last, depth)?);
    }
    text.push(Str::new(close));
    Str::join_all(text.iter().map(|piece| &**piece))
}

fn position(names: &[Ref], name: &Object) -> Result<Option<usize>> {
    for (index, known) in names.iter().enumerate() {
        if known.rich_compare_bool(name, CompareOp::Eq)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn set(node: &Object, name: &Object, value: &Object) -> Result<()> {
    match name.downcast::<Str>() {
        Some(name) => node.set_attr(name, value),
        None => Err(raise!(TypeError, "attribute name must be string, not '{}'", name.ty().full_name())),
    }
}

fn deprecated(message: &str) -> Result<()> {
    runtime::warnings::warn(&exceptions::DeprecationWarning, message, 1)
}

const SOON: &str = "This will become an error in Python 3.15.";

#[methods]
impl AstNode {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "ast";

    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        classes()?;
        Ok(AstNode::bare(class))
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        let fields = self.class_names(intern!("_fields"))?;
        let type_name = self.ty().full_name().to_owned();
        if fields.len() < args.len() {
            return Err(raise!(
                TypeError,
                "{} constructor takes at most {} positional argument{}",
                self.ty().name(),
                fields.len(),
                if fields.len() == 1 { "" } else { "s" }
            ));
        }
        let mut given = vec![false; fields.len()];
        for (index, value) in args.iter().enumerate() {
            set(self, &fields[index], value)?;
            given[index] = true;
        }
        for (name, value) in kwargs.iter() {
            match position(&fields, name)? {
                Some(index) if given[index] => {
                    return Err(raise!(
                        TypeError,
                        "{} got multiple values for argument {}",
                        self.ty().name(),
                        name.repr()?
                    ));
                }
                Some(index) => given[index] = true,
                None => {
                    let attributes = self.class_names(intern!("_attributes"))?;
                    if position(&attributes, name)?.is_none() {
                        deprecated(&format!(
                            "{type_name}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword \
                             arguments is deprecated and will be removed in Python 3.15.",
                            name.repr()?
                        ))?;
                    }
                }
            }
            self.set_attr(name, value)?;
        }
        if given.iter().all(|&given| given) {
            return Ok(());
        }
        let Some(types) = self.ty().get_attr_opt(intern!("_field_types"))? else { return Ok(()) };
        let Some(types) = types.downcast::<Dict>() else {
            return Err(raise!(SystemError, "bad argument to internal function"));
        };
        for (name, _) in fields.iter().zip(given).filter(|(_, given)| !given) {
            let Some(ty) = types.get(name)? else {
                deprecated(&format!(
                    "Field {} is missing from {type_name}._field_types. {SOON}",
                    name.repr()?
                ))?;
                continue;
            };
            if ty.is::<Union>() {
                // The class has None.
            } else if ty.is::<GenericAlias>() {
                set(self, name, &List::new())?;
            } else if ty.downcast::<Type>().is_some_and(|ty| ty.full_name() == "expr_context") {
                set(self, name, &classes()?.singleton(syntax::ast::Class::Load))?;
            } else {
                deprecated(&format!(
                    "{type_name}.__init__ missing 1 required positional argument: {}. {SOON}",
                    name.repr()?
                ))?;
            }
        }
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        self.show(REPR_DEPTH)
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Ref<Dict> {
        self.own_dict()
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&Object>) -> Result<()> {
        match value.map(|value| (value, value.downcast::<Dict>())) {
            None => {
                self.dict.set(Some(Dict::new()));
                Ok(())
            }
            Some((_, Some(dict))) => {
                self.dict.set(Some(Ref::from_borrowed(dict)));
                Ok(())
            }
            Some((value, None)) => {
                let name = value.ty().full_name();
                Err(raise!(TypeError, "__dict__ must be set to a dictionary, not a '{name}'"))
            }
        }
    }

    // As many None as the constructor needs to find nothing missing; the values come with the state.
    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let state = self.own_dict().copy()?;
        let mut arguments = Vec::new();
        for name in self.class_names(intern!("_fields"))? {
            if state.get(&name)?.is_none() {
                break;
            }
            arguments.push(none());
        }
        Ok(Tuple::pack([self.ty().to_ref(), Tuple::from_vec(arguments).into_object(), state.into_object()]))
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[method(name = "__replace__", signature = "($self, /, *args, **fields)", hidden_signature)]
    fn replace(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        if !args.is_empty() {
            return Err(raise!(TypeError, "__replace__() takes no positional arguments"));
        }
        let type_name = self.ty().full_name().to_owned();
        let fields = self.class_names(intern!("_fields"))?;
        let attributes = self.class_names(intern!("_attributes"))?;
        for (name, _) in kwargs.iter() {
            if position(&fields, name)?.is_none() && position(&attributes, name)?.is_none() {
                return Err(raise!(
                    TypeError,
                    "{type_name}.__replace__ got an unexpected keyword argument {}.",
                    name.repr()?
                ));
            }
        }
        let own = self.own_dict();
        let types = self.ty().get_attr_opt(intern!("_field_types"))?;
        let types = types.as_ref().and_then(|types| types.downcast::<Dict>());
        let (values, mut missing) = (Dict::new(), Vec::new());
        for name in &fields {
            if let Some(value) = own.get(name)? {
                values.insert(name, &value)?;
                continue;
            }
            let is_given =
                name.downcast::<Str>().and_then(Str::as_utf8).is_some_and(|name| kwargs.get(name).is_some());
            let is_optional = match types {
                Some(types) => types.get(name)?.is_some_and(|ty| ty.is::<Union>()),
                None => false,
            };
            if !is_given && !is_optional {
                missing.push(name.repr()?.to_string());
            }
        }
        if !missing.is_empty() {
            missing.sort();
            return Err(raise!(
                TypeError,
                "{type_name}.__replace__ missing {} keyword argument{}: {}.",
                missing.len(),
                if missing.len() == 1 { "" } else { "s" },
                missing.join(", ")
            ));
        }
        for name in &attributes {
            if let Some(value) = own.get(name)? {
                values.insert(name, &value)?;
            }
        }
        for (name, value) in kwargs.iter() {
            values.insert_str(name, value)?;
        }
        self.ty().call_dict(&Tuple::empty(), Some(&values))
    }
}

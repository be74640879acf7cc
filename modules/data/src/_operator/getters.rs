//! `attrgetter`, `itemgetter`, `methodcaller`.

use runtime::import;
use runtime::native::vectorcall::{self, Vectorcall, VectorcallField};
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

/// The one argument of a call.
fn only<'a>(name: &str, arguments: &[&'a Object], names: Option<&Tuple>) -> Result<&'a Object> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(TypeError, "{name}() takes no keyword arguments"));
    }
    match arguments {
        [only] => Ok(only),
        _ => Err(raise!(TypeError, "{name} expected 1 argument, got {}", arguments.len())),
    }
}

/// The name of the type, the module's included.
fn name_of(object: &Object) -> &str {
    object.ty().full_name()
}

/// attrgetter(attr, ...) --> attrgetter object
#[class(
    name = "operator.attrgetter",
    flags(GC),
    doc = "attrgetter(attr, /, *attrs)
--

Return a callable that fetches the given attributes from its operand.

After f = attrgetter('name'), the call f(r) gives r.name.
After g = attrgetter('name', 'date'), the call g(r) gives (r.name, r.date).
After h = attrgetter('name.first', 'name.last'), the call h(r) gives
(r.name.first, r.name.last)."
)]
#[repr(C)]
pub struct AttrGetter {
    head: Object,
    /// As they were given, dots and all.
    names: Link<Tuple>,
    /// The same, taken apart at the dots.
    #[gc(skip)]
    paths: Box<[Box<[Ref<Str>]>]>,
    #[vectorcall]
    vectorcall: VectorcallField,
}

/// A dotted name's parts, interned.
fn path_of(name: &Str) -> Box<[Ref<Str>]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, code) in name.code_points().enumerate() {
        if code == u32::from('.') {
            parts.push(Str::intern(name.substring(start, index)));
            start = index + 1;
        }
    }
    parts.push(Str::intern(name.substring(start, name.len())));
    parts.into_boxed_slice()
}

fn follow(object: &Object, path: &[Ref<Str>]) -> Result {
    let [first, rest @ ..] = path else { return Ok(object.to_ref()) };
    let mut value = object.get_attr(first)?;
    for name in rest {
        value = value.get_attr(name)?;
    }
    Ok(value)
}

impl Vectorcall for AttrGetter {
    fn vectorcall(&self, arguments: &[&Object], names: Option<&Tuple>) -> Result {
        let object = only("attrgetter", arguments, names)?;
        if let [path] = &*self.paths {
            return follow(object, path);
        }
        let values = self.paths.iter().map(|path| follow(object, path)).collect::<Result<Vec<Ref>>>()?;
        Ok(Tuple::from_vec(values).into_object())
    }
}

#[methods]
impl AttrGetter {
    #[new(signature = "(*attrs)", hidden_signature)]
    fn new(class: &Type, attrs: &[&Object]) -> Result<Ref<Self>> {
        if attrs.is_empty() {
            return Err(raise!(TypeError, "attrgetter expected 1 argument, got 0"));
        }
        let (mut names, mut paths) = (Vec::new(), Vec::new());
        for name in attrs {
            let Some(name) = name.downcast::<Str>() else {
                return Err(raise!(TypeError, "attribute name must be a string"));
            };
            names.push(Str::exact(name).into_object());
            paths.push(path_of(name));
        }
        Ok(Ref::new_in(
            class,
            AttrGetter {
                head: Object::HEAD,
                names: Link::new(Tuple::from_vec(names)),
                paths: paths.into_boxed_slice(),
                vectorcall: VectorcallField::of::<AttrGetter>(),
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        vectorcall::call(self, arguments, keywords)
    }

    /// How its instances are called, for inspect.
    #[getter(name = "__text_signature__", doc = "")]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        repr_with(self, self.names.get())
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, Option<Ref<Tuple>>) {
        (self.ty().to_ref(), self.names.get())
    }
}

/// `name(item)` or `name(item, item, …)`.
fn repr_with(object: &Object, items: Option<Ref<Tuple>>) -> Result<Ref<Str>> {
    let name = Str::new(name_of(object));
    guarded(object, &format!("{}(...)", name_of(object)), || {
        let Some(items) = items else { return Ok(name) };
        let [only] = items.as_slice() else { return name.concat(&*items.repr()?) };
        let pieces = [name, Str::new("("), only.repr()?, Str::new(")")];
        Str::join_all(pieces.iter().map(|piece| &**piece))
    })
}

/// itemgetter(item, ...) --> itemgetter object
#[class(
    name = "operator.itemgetter",
    flags(GC),
    doc = "itemgetter(item, /, *items)
--

Return a callable that fetches the given items from its operand.

After f = itemgetter(2), the call f(r) gives r[2].
After g = itemgetter(2, 5, 3), the call g(r) gives (r[2], r[5], r[3])."
)]
#[repr(C)]
pub struct ItemGetter {
    head: Object,
    items: Link<Tuple>,
    /// The one item, where it is an index that fits: for tuples.
    #[gc(skip)]
    index: Option<usize>,
    #[vectorcall]
    vectorcall: VectorcallField,
}

impl Vectorcall for ItemGetter {
    fn vectorcall(&self, arguments: &[&Object], names: Option<&Tuple>) -> Result {
        let object = only("itemgetter", arguments, names)?;
        if let Some(index) = self.index
            && let Some(tuple) = object.downcast_exact::<Tuple>()
            && let Some(item) = tuple.get(index)
        {
            return Ok(item);
        }
        let Some(items) = self.items.get() else { return Ok(none()) };
        if let [item] = items.as_slice() {
            return object.get_item(item);
        }
        let values =
            items.as_slice().iter().map(|item| object.get_item(item)).collect::<Result<Vec<Ref>>>()?;
        Ok(Tuple::from_vec(values).into_object())
    }
}

#[methods]
impl ItemGetter {
    #[new(signature = "(*items)", hidden_signature)]
    fn new(class: &Type, items: &[&Object]) -> Result<Ref<Self>> {
        let index = match items {
            [] => return Err(raise!(TypeError, "itemgetter expected 1 argument, got 0")),
            [item] => item.downcast_exact::<Int>().and_then(Int::to_usize),
            _ => None,
        };
        Ok(Ref::new_in(
            class,
            ItemGetter {
                head: Object::HEAD,
                items: Link::new(Tuple::from_vec(items.iter().map(|item| item.to_ref()).collect())),
                index,
                vectorcall: VectorcallField::of::<ItemGetter>(),
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        vectorcall::call(self, arguments, keywords)
    }

    /// How its instances are called, for inspect.
    #[getter(name = "__text_signature__", doc = "")]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        repr_with(self, self.items.get())
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, Option<Ref<Tuple>>) {
        (self.ty().to_ref(), self.items.get())
    }
}

/// methodcaller(name, ...) --> methodcaller object
#[class(
    name = "operator.methodcaller",
    flags(GC),
    doc = "methodcaller(name, /, *args, **kwargs)
--

Return a callable that calls the given method on its operand.

After f = methodcaller('name'), the call f(r) gives r.name().
After g = methodcaller('name', 'date', foo=1), the call g(r) gives
r.name('date', foo=1)."
)]
#[repr(C)]
pub struct MethodCaller {
    head: Object,
    name: Link<Str>,
    args: Link<Tuple>,
    /// Null where there are none.
    kwargs: Link<Dict>,
    #[vectorcall]
    vectorcall: VectorcallField,
}

impl Vectorcall for MethodCaller {
    fn vectorcall(&self, arguments: &[&Object], names: Option<&Tuple>) -> Result {
        let object = only("methodcaller", arguments, names)?;
        let (Some(name), Some(args)) = (self.name.get(), self.args.get()) else { return Ok(none()) };
        match (args.as_slice(), self.kwargs.get()) {
            ([], None) => object.call_method(&name, &[]),
            ([only], None) => object.call_method(&name, &[only]),
            (several, None) => {
                let several: Vec<&Object> = several.iter().map(|argument| &**argument).collect();
                object.call_method(&name, &several)
            }
            (_, Some(kwargs)) => object.get_attr(&name)?.call_dict(&args, Some(&*kwargs)),
        }
    }
}

#[methods]
impl MethodCaller {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let [name, args @ ..] = args else {
            return Err(raise!(TypeError, "methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = name.downcast::<Str>() else {
            return Err(raise!(TypeError, "method name must be a string"));
        };
        let kwargs = if kwargs.is_empty() { None } else { Some(kwargs.to_dict()?) };
        Ok(Ref::new_in(
            class,
            MethodCaller {
                head: Object::HEAD,
                name: Link::new(Str::intern(Str::exact(name))),
                args: Link::new(Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect())),
                kwargs: Link::from_option(kwargs),
                vectorcall: VectorcallField::of::<MethodCaller>(),
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        vectorcall::call(self, arguments, keywords)
    }

    /// How its instances are called, for inspect.
    #[getter(name = "__text_signature__", doc = "")]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let own_name = name_of(self);
        guarded(self, &format!("{own_name}(...)"), || {
            let mut pieces = vec![Str::from_string(format!("{own_name}("))];
            pieces.push(self.name.get().map_or_else(|| Ok(Str::empty()), |name| name.repr())?);
            for argument in self.args.get().iter().flat_map(|args| args.as_slice()) {
                pieces.push(Str::new(", "));
                pieces.push(argument.repr()?);
            }
            if let Some(kwargs) = self.kwargs.get() {
                let mut position = 0;
                while let Some((name, value)) = kwargs.next_entry(&mut position) {
                    pieces.extend([Str::new(", "), name.str_()?, Str::new("="), value.repr()?]);
                }
            }
            pieces.push(Str::new(")"));
            Str::join_all(pieces.iter().map(|piece| &**piece))
        })
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let name = self.name.get().map_or_else(none, Ref::into_object);
        let args = self.args.get().unwrap_or_else(Tuple::empty);
        let class = self.ty().to_ref();
        let Some(kwargs) = self.kwargs.get() else {
            let all = std::iter::once(name).chain(args.as_slice().iter().cloned()).collect();
            return Ok(Tuple::pack([class, Tuple::from_vec(all).into_object()]));
        };
        let partial = import::import_attribute("functools", intern!("partial"))?;
        let constructor = partial.call_dict(&Tuple::pack([class, name]), Some(&*kwargs))?;
        Ok(Tuple::pack([constructor, args.into_object()]))
    }
}

//! `partial`: a callable with some arguments filled in, and `Placeholder`, which leaves gaps among them.

use std::cell::Cell;

use runtime::native::abi;
use runtime::objects::generic_alias::GenericAlias;
use runtime::objects::method::Method;
use runtime::objects::wrapped_function;
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

/// What Placeholder is the only instance of: it leaves a place among partial's
/// positional arguments open.
#[class(name = "functools._PlaceholderType")]
#[repr(C)]
pub struct Placeholder {
    head: Object,
}

/// The singleton.
pub static PLACEHOLDER: Static<Placeholder> =
    Static::new(Placeholder { head: Object::immortal_head(PLACEHOLDER_TYPE.as_type()) });

fn is_placeholder(object: &Object) -> bool {
    object.is_same(PLACEHOLDER.as_object())
}

#[methods]
impl Placeholder {
    #[slot]
    fn tp_new(_class: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        if !arguments.is_empty() || keywords.is_some_and(|keywords| !keywords.is_empty()) {
            return Err(raise!(TypeError, "PlaceholderType takes no arguments"));
        }
        Ok(PLACEHOLDER.to_ref())
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        Ref::from_borrowed(intern!("Placeholder"))
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature, doc = "")]
    fn reduce(&self) -> Ref<Str> {
        Ref::from_borrowed(intern!("Placeholder"))
    }
}

/// A callable that adds the given arguments to those of each call.
#[class(
    name = "functools.partial",
    flags(BASETYPE, GC),
    doc = "partial(func, /, *args, **keywords)\n--\n\nCreate a new function with partial application of the given arguments\nand keywords."
)]
#[repr(C)]
pub struct Partial {
    head: Object,
    /// function object to use in future partial calls
    #[member(readonly)]
    func: Link,
    /// tuple of arguments to future partial calls
    #[member(readonly)]
    args: Link<Tuple>,
    /// dictionary of keyword arguments to future partial calls
    #[member(readonly)]
    keywords: Link<Dict>,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
    #[vectorcall]
    vectorcall: Cell<abi::vectorcallfunc>,
    /// How many of `args` are placeholders.
    #[gc(skip)]
    gaps: Cell<usize>,
}

#[cold]
fn trailing_placeholder() -> Raised {
    raise!(TypeError, "trailing Placeholders are not allowed")
}

fn count_gaps(arguments: &[Ref]) -> usize {
    arguments.iter().filter(|argument| is_placeholder(argument)).count()
}

/// `outer` with its placeholders filled from `inner`, what is left of which follows.
fn fill(outer: &[Ref], inner: &[Ref]) -> Vec<Ref> {
    let mut inner = inner.iter().cloned();
    let mut filled: Vec<Ref> = outer
        .iter()
        .map(|item| if is_placeholder(item) { inner.next() } else { None }.unwrap_or_else(|| item.clone()))
        .collect();
    filled.extend(inner);
    filled
}

impl Partial {
    /// Calls the function. `values`: the positional arguments, then the values of `names`.
    fn call_with(&self, values: &[&Object], names: Option<&Tuple>) -> Result {
        Thread::current().check_recursion(" while calling a Python object")?;
        let (Some(function), Some(own), Some(keywords)) =
            (self.func.get(), self.args.get(), self.keywords.get())
        else {
            return Err(raise!(SystemError, "the partial object was cleared"));
        };
        let given = values.len() - names.map_or(0, Tuple::len);
        let (positional, named) = values.split_at(given);
        let gaps = self.gaps.get();
        if gaps > given {
            return Err(raise!(
                TypeError,
                "missing positional arguments in 'partial' call; expected at least {gaps}, got {given}"
            ));
        }
        let mut rest = positional.iter().copied();
        let mut all: Vec<&Object> = Vec::with_capacity(own.len() + values.len() + keywords.len());
        for item in own.as_slice() {
            match if is_placeholder(item) { rest.next() } else { None } {
                Some(filled) => all.push(filled),
                None => all.push(item),
            }
        }
        all.extend(rest);
        if keywords.is_empty() {
            all.extend(named);
            return function.call_kw(&all, names);
        }
        let mut entries: Vec<(Ref, Ref)> = Vec::with_capacity(keywords.len() + named.len());
        let mut position = 0;
        entries.extend(std::iter::from_fn(|| keywords.next_entry(&mut position)));
        if entries.iter().any(|(name, _)| name.downcast::<Str>().is_none()) {
            return Err(raise!(TypeError, "keywords must be strings"));
        }
        for (name, value) in names.map_or(&[][..], Tuple::as_slice).iter().zip(named) {
            let is_same = |key: &Object| match (key.downcast::<Str>(), name.downcast::<Str>()) {
                (Some(key), Some(name)) => key.is_same(name) || key.equals(name),
                _ => false,
            };
            match entries.iter_mut().find(|(key, _)| is_same(key)) {
                Some(entry) => entry.1 = value.to_ref(),
                None => entries.push((name.clone(), value.to_ref())),
            }
        }
        let names = Tuple::from_vec(entries.iter().map(|(name, _)| name.clone()).collect());
        all.extend(entries.iter().map(|(_, value)| &**value));
        function.call_kw(&all, Some(&names))
    }
}

#[allow(unsafe_code, reason = "the calling convention is C's")]
unsafe extern "C" fn call_partial(
    callable: *mut RawObject,
    args: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: vectorcall passes the callable itself, live arguments, and a tuple of names or null.
    let result = unsafe {
        let partial = Object::from_raw(callable).downcast_unchecked::<Partial>();
        let (values, names) = runtime::native::args::vectorcall_arguments(args, nargsf, kwnames);
        partial.call_with(values, names)
    };
    runtime::native::convert::to_c(result)
}

#[methods]
impl Partial {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let [function, given @ ..] = args else {
            return Err(raise!(TypeError, "type 'partial' takes at least one argument"));
        };
        let mut function = function.to_ref();
        if !function.is_callable() {
            return Err(raise!(TypeError, "the first argument must be callable"));
        }
        if given.last().is_some_and(|last| is_placeholder(last)) {
            return Err(trailing_placeholder());
        }
        if kwargs.iter().any(|(_, value)| is_placeholder(value)) {
            return Err(raise!(TypeError, "Placeholder cannot be passed as a keyword argument"));
        }
        let given: Vec<Ref> = given.iter().map(|argument| argument.to_ref()).collect();
        let mut arguments = given;
        let mut keywords = None;
        // A partial of a partial is one of its function.
        let inner = function.downcast::<Partial>().filter(|inner| inner.dict.is_null());
        if let Some((inner, target)) = inner.and_then(|inner| Some((inner, inner.func.get()?))) {
            if let Some(own) = inner.args.get() {
                arguments = fill(own.as_slice(), &arguments);
            }
            keywords = inner.keywords.get().filter(|own| !own.is_empty());
            function = target;
        }
        let merged = match keywords {
            Some(own) => own.copy()?,
            None => Dict::new(),
        };
        for (name, value) in kwargs.iter() {
            merged.insert(name, value)?;
        }
        let gaps = count_gaps(&arguments);
        Ok(Ref::new_in(
            class,
            Partial {
                head: Object::HEAD,
                func: Link::new(function),
                args: Link::new(Tuple::from_vec(arguments)),
                keywords: Link::new(merged),
                dict: Link::null(),
                weakrefs: WeakList::new(),
                vectorcall: Cell::new(Some(call_partial)),
                gaps: Cell::new(gaps),
            },
        ))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        // Not by the type's `__call__`, which a subclass may have its own of.
        let mut entries = Vec::new();
        if let Some(keywords) = keywords {
            let mut position = 0;
            entries.extend(std::iter::from_fn(|| keywords.next_entry(&mut position)));
        }
        let mut values: Vec<&Object> = arguments.as_slice().iter().map(|argument| &**argument).collect();
        values.extend(entries.iter().map(|(_, value)| &**value));
        let names = Tuple::from_vec(entries.iter().map(|(name, _)| name.clone()).collect());
        self.call_with(&values, (!entries.is_empty()).then_some(&*names))
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        match object.filter(|object| !object.is_none()) {
            Some(object) => Ok(Method::new(self, object).into_object()),
            None => Ok(self.to_ref()),
        }
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        guarded(self, "...", || {
            let mut pieces: Vec<Ref<Str>> = Vec::new();
            let class = self.ty();
            // As they are now: a repr may change them.
            let (function, arguments, keywords) = (self.func.get(), self.args.get(), self.keywords.get());
            if let Some(module) = class.module()? {
                pieces.extend([module.str_()?, Str::new(".")]);
            }
            pieces.extend([class.qualname(), Str::new("(")]);
            pieces.push(function.unwrap_or_else(none).repr()?);
            if let Some(arguments) = arguments {
                for argument in arguments.as_slice() {
                    pieces.extend([Str::new(", "), argument.repr()?]);
                }
            }
            if let Some(keywords) = keywords {
                let mut position = 0;
                while let Some((name, value)) = keywords.next_entry(&mut position) {
                    pieces.extend([Str::new(", "), name.str_()?, Str::new("="), value.repr()?]);
                }
            }
            pieces.push(Str::new(")"));
            Str::join_all(pieces.iter().map(|piece| &**piece))
        })
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Ref<Dict> {
        wrapped_function::instance_dict(&self.dict)
    }

    #[setter(name = "__dict__")]
    fn set_dict(&self, value: Option<&Object>) -> Result<()> {
        wrapped_function::set_instance_dict(&self.dict, value)
    }

    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Ref<Tuple> {
        let function = self.func.get().unwrap_or_else(none);
        let state = Tuple::pack([
            function.clone(),
            self.args.get().unwrap_or_else(Tuple::empty).into_object(),
            self.keywords.get().unwrap_or_else(Dict::new).into_object(),
            self.dict.get().map_or_else(none, Ref::into_object),
        ]);
        Tuple::pack([self.ty().to_ref(), Tuple::pack([function]).into_object(), state.into_object()])
    }

    #[method(name = "__setstate__", signature = "($self, object, /)", doc = "")]
    fn setstate(&self, object: &Object) -> Result<()> {
        let invalid = || raise!(TypeError, "invalid partial state");
        let Some(state) = object.downcast::<Tuple>() else { return Err(invalid()) };
        let [function, arguments, keywords, dict] = state.as_slice() else { return Err(invalid()) };
        let Some(arguments) = arguments.downcast::<Tuple>().filter(|_| function.is_callable()) else {
            return Err(invalid());
        };
        let keywords = match keywords.downcast::<Dict>() {
            _ if keywords.is_none() => Dict::new(),
            Some(exact) if exact.is::<Dict>() => Ref::from_borrowed(exact),
            Some(other) => other.copy()?,
            None => return Err(invalid()),
        };
        if arguments.as_slice().last().is_some_and(|last| is_placeholder(last)) {
            return Err(trailing_placeholder());
        }
        let arguments = match arguments.is::<Tuple>() {
            true => Ref::from_borrowed(arguments),
            false => Tuple::from_vec(arguments.as_slice().to_vec()),
        };
        let dict = match dict.downcast::<Dict>() {
            Some(dict) => Some(Ref::from_borrowed(dict)),
            None if dict.is_none() => None,
            None => return Err(invalid()),
        };
        self.gaps.set(count_gaps(arguments.as_slice()));
        let old = (
            self.func.replace(Some(function.clone())),
            self.args.replace(Some(arguments)),
            self.keywords.replace(Some(keywords)),
            self.dict.replace(dict),
        );
        drop(old);
        Ok(())
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }
}

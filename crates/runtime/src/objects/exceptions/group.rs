//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).

use std::collections::HashSet;

use super::base::{allocate, join, no_keywords};
use super::{BaseException, Exception};
use crate::objects::generic_alias::GenericAlias;
use crate::prelude::*;

/// A combination of multiple unrelated exceptions.
#[class(name = "BaseExceptionGroup", variable = BaseExceptionGroup, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct BaseExceptionGroup {
    base: BaseException,
    /// exception message
    #[member(readonly)]
    pub message: Link,
    /// nested exceptions
    #[member(readonly)]
    pub exceptions: Link<Tuple>,
    /// The repr of what the exceptions came in, if that was neither a list nor a tuple.
    shown: Link<Str>,
}

const _: () = assert!(size_of::<BaseExceptionGroup>() == size_of::<abi::PyBaseExceptionGroupObject>());

/// This interpreter's `ExceptionGroup`, a class with two bases.
#[derive(Default)]
struct GroupClass(Link<Type>);

/// `ExceptionGroup`.
pub fn exception_group_type() -> Result<Ref<Type>> {
    let state = Interpreter::current().state::<GroupClass>();
    if let Some(class) = state.0.get() {
        return Ok(class);
    }
    let bases = Tuple::pack([super::BaseExceptionGroup.to_ref(), Exception.to_ref()]);
    let names = Dict::new();
    names.insert_str(intern!("__module__"), intern!("builtins"))?;
    let class = Type::type_object().call(&[intern!("ExceptionGroup"), &bases, &names])?;
    let class = class.cast::<Type>().map_err(|_| raise!(SystemError, "a class was expected"))?;
    class.set_flag(abi::Py_TPFLAGS_IMMUTABLETYPE);
    state.0.set(Some(class.clone()));
    Ok(class)
}

/// What `split` and `subgroup` choose by.
enum Matcher<'a> {
    /// A class of exceptions or a tuple of them.
    Classes(&'a Object),
    Predicate(&'a Object),
    /// These very exceptions, by address.
    Leaves(&'a HashSet<usize>),
}

impl<'a> Matcher<'a> {
    fn of(value: &'a Object) -> Result<Matcher<'a>> {
        if value.downcast::<Type>().is_some() {
            if is_exception_class(value) {
                return Ok(Matcher::Classes(value));
            }
        } else if let Some(classes) = value.downcast::<Tuple>() {
            if classes.as_slice().iter().all(|class| is_exception_class(class)) {
                return Ok(Matcher::Classes(value));
            }
        } else if value.ty().raw.tp_call.get().is_some() {
            return Ok(Matcher::Predicate(value));
        }
        Err(raise!(
            TypeError,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)"
        ))
    }

    fn matches(&self, exception: &Object) -> Result<bool> {
        match self {
            Matcher::Classes(classes) => Ok(crate::eval::exceptions::matches_checked(exception, classes)),
            Matcher::Predicate(predicate) => predicate.call(&[exception])?.is_true(),
            Matcher::Leaves(leaves) => {
                Ok(exception.downcast::<BaseExceptionGroup>().is_none()
                    && leaves.contains(&address(exception)))
            }
        }
    }
}

fn address(object: &Object) -> usize {
    object.as_ptr() as usize
}

fn is_exception_class(value: &Object) -> bool {
    value.downcast::<Type>().is_some_and(|class| class.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS))
}

/// A group's part with the exceptions that match, and the part with those that don't.
struct Parts {
    matched: Option<Ref>,
    rest: Option<Ref>,
}

fn split(exception: &Object, matcher: &Matcher, with_rest: bool) -> Result<Parts> {
    if matcher.matches(exception)? {
        return Ok(Parts { matched: Some(exception.to_ref()), rest: None });
    }
    let Some(group) = exception.downcast::<BaseExceptionGroup>() else {
        return Ok(Parts { matched: None, rest: with_rest.then(|| exception.to_ref()) });
    };
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for inner in group.leaves().as_slice() {
        Thread::current().check_recursion(" in exceptiongroup_split_recursive")?;
        let parts = split(inner, matcher, with_rest)?;
        matched.extend(parts.matched);
        rest.extend(parts.rest);
    }
    Ok(Parts { matched: group.subset(matched)?, rest: if with_rest { group.subset(rest)? } else { None } })
}

impl BaseExceptionGroup {
    fn leaves(&self) -> Ref<Tuple> {
        self.exceptions.get().unwrap_or_else(Tuple::empty)
    }

    /// A group of some of this one's exceptions, with the same metadata; none of none.
    fn subset(&self, exceptions: Vec<Ref>) -> Result<Option<Ref>> {
        if exceptions.is_empty() {
            return Ok(None);
        }
        let group = self.call_method(intern!("derive"), &[&*List::from_vec(exceptions)])?;
        let Some(derived) = group.downcast::<BaseExceptionGroup>() else {
            return Err(raise!(TypeError, "derive must return an instance of BaseExceptionGroup"));
        };
        if let Some(traceback) = self.traceback.get() {
            derived.traceback.set(Some(traceback));
        }
        derived.context.set(self.context.get());
        derived.cause.set(self.cause.get());
        derived.suppress_context.set(true);
        if let Some(notes) = self.notes()?
            && notes.is_sequence()
        {
            // A copy: adding a note to one part does not add it to the others.
            let copy = List::from_vec(notes.collect()?);
            derived.set_attr(intern!("__notes__"), &copy)?;
        }
        Ok(Some(group))
    }

    fn collect_leaves(&self, leaves: &mut HashSet<usize>) -> Result<()> {
        for inner in self.leaves().as_slice() {
            match inner.downcast::<BaseExceptionGroup>() {
                Some(group) => {
                    Thread::current().check_recursion(" in collect_exception_group_leaf_ids")?;
                    group.collect_leaves(leaves)?;
                }
                None => drop(leaves.insert(address(inner))),
            }
        }
        Ok(())
    }
}

#[methods]
impl BaseExceptionGroup {
    #[slot]
    fn tp_new(class: &Type, args: &Tuple, _keywords: Option<&Dict>) -> Result<Ref<BaseException>> {
        let [message, given] = args.as_slice() else {
            return Err(raise!(
                TypeError,
                "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
                args.len()
            ));
        };
        if message.downcast::<Str>().is_none() {
            return Err(raise!(
                TypeError,
                "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
                crate::native::args::kind_of(message)
            ));
        }
        if !given.is_sequence() {
            return Err(raise!(TypeError, "second argument (exceptions) must be a sequence"));
        }
        let shown = match given.downcast::<List>().is_some() || given.downcast::<Tuple>().is_some() {
            true => None,
            false => Some(given.repr()?),
        };
        let exceptions = crate::objects::r#type::bridge::tuple_from(given)?;
        if exceptions.is_empty() {
            return Err(raise!(ValueError, "second argument (exceptions) must be a non-empty sequence"));
        }
        let mut nests_base = false;
        for (index, exception) in exceptions.as_slice().iter().enumerate() {
            if exception.downcast::<BaseException>().is_none() {
                return Err(raise!(
                    ValueError,
                    "Item {index} of second argument (exceptions) is not an exception"
                ));
            }
            nests_base |= !exception.is_instance(&Exception)?;
        }
        let group_class = exception_group_type()?;
        let mut class = class.to_type_ref();
        if class.is_same(&group_class) {
            if nests_base {
                return Err(raise!(TypeError, "Cannot nest BaseExceptions in an ExceptionGroup"));
            }
        } else if std::ptr::eq::<Type>(&*class, super::BaseExceptionGroup.as_type()) {
            if !nests_base {
                class = group_class;
            }
        } else if nests_base && class.is_subclass(&Exception)? {
            return Err(raise!(TypeError, "Cannot nest BaseExceptions in '{}'", class.full_name()));
        }
        let group = allocate(&class, Ref::from_borrowed(args))?;
        // SAFETY: an instance of the group class or a subclass was just made.
        let own = unsafe { group.downcast_unchecked::<BaseExceptionGroup>() };
        own.message.set(Some(message.clone()));
        own.exceptions.set(Some(exceptions));
        own.shown.set(shown);
        Ok(group)
    }

    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        let count = self.leaves().len();
        let plural = if count > 1 { "s" } else { "" };
        let message = self.message.get().unwrap_or_else(none).str_()?;
        join([&message, &*Str::from_string(format!(" ({count} sub-exception{plural})"))])
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let name = Str::new(self.ty().name());
        let message = self.message.get().unwrap_or_else(none).repr()?;
        let shown = match self.shown.get() {
            Some(shown) => shown,
            None => {
                let args = self.args();
                let came_as_list = args.len() == 2 && args.as_slice()[1].downcast::<List>().is_some();
                let leaves = self.leaves();
                match came_as_list {
                    true => List::from_vec(leaves.as_slice().to_vec()).repr()?,
                    false => leaves.repr()?,
                }
            }
        };
        join([&name, intern!("("), &message, intern!(", "), &shown, intern!(")")])
    }

    #[method(signature = "($self, excs, /)", doc = "")]
    fn derive(&self, excs: &Object) -> Result {
        let message = self.message.get().unwrap_or_else(none);
        super::BaseExceptionGroup.call(&[&message, excs])
    }

    #[method(name = "split", signature = "($self, matcher_value, /)", doc = "")]
    fn split_by(&self, matcher_value: &Object) -> Result<(Ref, Ref)> {
        let parts = split(self, &Matcher::of(matcher_value)?, true)?;
        Ok((parts.matched.unwrap_or_else(none), parts.rest.unwrap_or_else(none)))
    }

    #[method(signature = "($self, matcher_value, /)", doc = "")]
    fn subgroup(&self, matcher_value: &Object) -> Result<Option<Ref>> {
        Ok(split(self, &Matcher::of(matcher_value)?, false)?.matched)
    }

    /// Exception groups are generic over the type of their contained exceptions
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new(class, object)
    }
}

/// `ExceptionGroup(message, exceptions)`, or a BaseExceptionGroup if one of them is no Exception.
pub fn exception_group_of(message: &str, exceptions: &[Ref]) -> Result {
    let exceptions = List::from_vec(exceptions.to_vec());
    super::BaseExceptionGroup.call(&[&*Str::new(message), &exceptions])
}

/// Have two exceptions the same traceback, context and cause (so that one was split off the other)?
pub fn same_metadata(left: &Object, right: &Object) -> bool {
    let (Some(left), Some(right)) = (left.downcast::<BaseException>(), right.downcast::<BaseException>())
    else {
        return false;
    };
    left.traceback.as_ptr() == right.traceback.as_ptr()
        && left.context.as_ptr() == right.context.as_ptr()
        && left.cause.as_ptr() == right.cause.as_ptr()
}

/// The part of a group that holds just the leaves of the given groups, which were split off it (C: `_PyExc_PrepReraiseStar`'s projection).
pub fn group_projection(original: &Object, keep: &[Ref]) -> Result<Option<Ref>> {
    let mut leaves = HashSet::new();
    for exception in keep {
        match exception.downcast::<BaseExceptionGroup>() {
            Some(group) => group.collect_leaves(&mut leaves)?,
            None => drop(leaves.insert(address(exception))),
        }
    }
    Ok(split(original, &Matcher::Leaves(&leaves), false)?.matched)
}

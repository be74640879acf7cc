//! `BaseException` itself.

use std::cell::Cell;
use std::mem::offset_of;

use crate::objects::traceback::Traceback;
use crate::prelude::*;

/// Common base class for all exceptions
#[class(name = "BaseException", variable = BaseException, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct BaseException {
    head: Object,
    #[dict]
    pub(super) dict: Link<Dict>,
    /// `args`: always a tuple.
    pub(super) args: Link<Tuple>,
    /// A C field that nothing uses: notes lie in the dictionary.
    notes: Link,
    pub(super) traceback: Link,
    pub(super) context: Link,
    pub(super) cause: Link,
    #[gc(skip)]
    #[member(name = "__suppress_context__", doc = "")]
    pub(super) suppress_context: Cell<bool>,
}

const _: () = {
    use abi::PyBaseExceptionObject as C;
    assert!(size_of::<BaseException>() == size_of::<C>());
    assert!(offset_of!(BaseException, args) == offset_of!(C, args));
    assert!(offset_of!(BaseException, traceback) == offset_of!(C, traceback));
    assert!(offset_of!(BaseException, context) == offset_of!(C, context));
    assert!(offset_of!(BaseException, cause) == offset_of!(C, cause));
    assert!(offset_of!(BaseException, suppress_context) == offset_of!(C, suppress_context));
};

/// An instance of an exception class with these arguments, `__init__` not yet called.
pub(super) fn allocate(class: &Type, args: Ref<Tuple>) -> Result<Ref<BaseException>> {
    let object = match class.raw.tp_alloc.get() {
        // SAFETY: the slot is called with its type.
        Some(alloc) => unsafe { crate::protocol::result_from_raw(alloc(class.as_type_ptr(), 0))? },
        None => crate::objects::r#type::heap::allocate(class, 0)?,
    };
    // SAFETY: an instance of an exception class; all fields are valid when zero.
    let exception = unsafe { object.cast_unchecked::<BaseException>() };
    exception.args.set(Some(args));
    Ok(exception)
}

/// Refuses keyword arguments.
pub(super) fn no_keywords(class: &Type, keywords: Option<&Dict>) -> Result<()> {
    match keywords {
        Some(keywords) if !keywords.is_empty() => {
            Err(raise!(TypeError, "{}() takes no keyword arguments", class.full_name()))
        }
        _ => Ok(()),
    }
}

/// The values of optional keyword arguments of a constructor that takes any positional ones.
pub(super) fn take_keywords<const N: usize>(
    class: &str,
    keywords: Option<&Dict>,
    names: [&'static str; N],
) -> Result<[Option<Ref>; N]> {
    let mut values = [const { None }; N];
    let Some(keywords) = keywords else { return Ok(values) };
    if keywords.len() > N {
        return Err(raise!(
            TypeError,
            "{class}() takes at most {N} keyword argument{} ({} given)",
            if N == 1 { "" } else { "s" },
            keywords.len()
        ));
    }
    let mut position = 0;
    while let Some((key, value)) = keywords.next_entry(&mut position) {
        let Some(key) = key.downcast::<Str>() else {
            return Err(raise!(TypeError, "keywords must be strings"));
        };
        match names.iter().position(|name| key.eq_str(name)) {
            Some(index) => values[index] = Some(value),
            None => {
                let name = key.to_string();
                let hint = crate::native::suggestions::nearest(&name, names.iter().copied());
                let hint = hint.map_or(String::new(), |hint| format!(". Did you mean '{hint}'?"));
                return Err(raise!(TypeError, "{class}() got an unexpected keyword argument '{name}'{hint}"));
            }
        }
    }
    Ok(values)
}

/// A traceback to set: None is none.
fn traceback_of(value: &Object) -> Result<Option<Ref>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.downcast::<Traceback>().is_none() {
        return Err(raise!(TypeError, "__traceback__ must be a traceback or None"));
    }
    Ok(Some(value.to_ref()))
}

/// A cause or context to set: None is none.
fn linked(value: Option<&Object>, kind: &str) -> Result<Option<Ref>> {
    let Some(value) = value else { return Err(raise!(TypeError, "__{kind}__ may not be deleted")) };
    if value.is_none() {
        return Ok(None);
    }
    if value.downcast::<BaseException>().is_none() {
        return Err(raise!(TypeError, "exception {kind} must be None or derive from BaseException"));
    }
    Ok(Some(value.to_ref()))
}

#[methods]
impl BaseException {
    #[slot]
    fn tp_new(class: &Type, args: &Tuple, _keywords: Option<&Dict>) -> Result<Ref<BaseException>> {
        allocate(class, Ref::from_borrowed(args))
    }

    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        Ok(())
    }

    #[slot]
    fn tp_vectorcall(class: &Type, args: &[&Object], names: Option<&Tuple>) -> Result<Ref<BaseException>> {
        if names.is_some_and(|names| !names.is_empty()) {
            return Err(raise!(TypeError, "{}() takes no keyword arguments", class.full_name()));
        }
        let args = match args {
            [] => Tuple::empty(),
            args => Tuple::from_vec(args.iter().map(|&argument| argument.to_ref()).collect()),
        };
        allocate(class, args)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let args = self.args();
        let name = Str::new(self.ty().name());
        match args.as_slice() {
            [single] => join([&name, intern!("("), &*single.repr()?, intern!(")")]),
            _ => join([&name, &*args.repr()?]),
        }
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        text_of_args(self)
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result {
        let args = self.args().into_object();
        let class = self.ty().to_type_ref().into_object();
        Ok(match self.dict.get() {
            Some(dict) => Tuple::pack([class, args, dict.into_object()]).into_object(),
            None => Tuple::pack([class, args]).into_object(),
        })
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn set_state(&self, state: &Object) -> Result<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(state) = state.downcast::<Dict>() else {
            return Err(raise!(TypeError, "state is not a dictionary"));
        };
        let mut position = 0;
        while let Some((key, value)) = state.next_entry(&mut position) {
            self.set_attr(crate::protocol::attribute::attribute_name(&key)?, &value)?;
        }
        Ok(())
    }

    /// Set self.__traceback__ to tb and return self.
    #[method(signature = "($self, tb, /)")]
    fn with_traceback(&self, tb: &Object) -> Result<Ref<BaseException>> {
        self.traceback.set(traceback_of(tb)?);
        Ok(Ref::from_borrowed(self))
    }

    /// Add a note to the exception
    #[method(signature = "($self, note, /)")]
    fn add_note(&self, note: &Object) -> Result<()> {
        if note.downcast::<Str>().is_none() {
            return Err(raise!(
                TypeError,
                "add_note() argument must be str, not {}",
                crate::native::args::kind_of(note)
            ));
        }
        let notes = match self.get_attr_opt(intern!("__notes__"))? {
            Some(notes) => notes,
            None => {
                let notes = List::new().into_object();
                self.set_attr(intern!("__notes__"), &notes)?;
                notes
            }
        };
        let Some(notes) = notes.downcast::<List>() else {
            return Err(raise!(TypeError, "Cannot add note: __notes__ is not a list"));
        };
        notes.push(note.to_ref())
    }

    #[getter(name = "__dict__")]
    fn dictionary(&self) -> Result<Ref<Dict>> {
        Ok(self.own_dict())
    }

    #[setter(name = "__dict__")]
    fn set_dictionary(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "cannot delete __dict__")) };
        let Some(dict) = value.downcast::<Dict>() else {
            return Err(raise!(
                TypeError,
                "__dict__ must be set to a dictionary, not a '{}'",
                value.ty().full_name()
            ));
        };
        self.dict.set(Some(Ref::from_borrowed(dict)));
        Ok(())
    }

    #[getter(name = "args")]
    fn arguments(&self) -> Result<Option<Ref<Tuple>>> {
        Ok(self.args.get())
    }

    #[setter(name = "args")]
    fn set_arguments(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "args may not be deleted")) };
        let args = crate::objects::r#type::bridge::tuple_from(value)?;
        self.args.set(Some(args));
        Ok(())
    }

    #[getter(name = "__traceback__")]
    fn get_traceback(&self) -> Result<Option<Ref>> {
        Ok(self.traceback())
    }

    #[setter(name = "__traceback__")]
    fn assign_traceback(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "__traceback__ may not be deleted")) };
        self.traceback.set(traceback_of(value)?);
        Ok(())
    }

    #[getter(name = "__context__")]
    fn get_context(&self) -> Result<Option<Ref>> {
        Ok(self.context.get())
    }

    #[setter(name = "__context__")]
    fn assign_context(&self, value: Option<&Object>) -> Result<()> {
        self.context.set(linked(value, "context")?);
        Ok(())
    }

    #[getter(name = "__cause__")]
    fn get_cause(&self) -> Result<Option<Ref>> {
        Ok(self.cause.get())
    }

    #[setter(name = "__cause__")]
    fn assign_cause(&self, value: Option<&Object>) -> Result<()> {
        self.cause.set(linked(value, "cause")?);
        self.suppress_context.set(true);
        Ok(())
    }
}

/// `BaseException.__str__`.
pub(super) fn text_of_args(exception: &BaseException) -> Result<Ref<Str>> {
    let args = exception.args();
    match args.as_slice() {
        [] => Ok(Str::new("")),
        [single] => single.str_(),
        _ => args.str_(),
    }
}

/// The pieces in one string, surrogates included.
pub(super) fn join<const N: usize>(pieces: [&Str; N]) -> Result<Ref<Str>> {
    Str::join_all(pieces.into_iter())
}

impl BaseException {
    /// `args`.
    pub fn args(&self) -> Ref<Tuple> {
        self.args.get().unwrap_or_else(Tuple::empty)
    }

    pub fn set_args(&self, args: Ref<Tuple>) {
        self.args.set(Some(args));
    }

    /// The instance's dictionary, made if need be.
    pub fn own_dict(&self) -> Ref<Dict> {
        self.dict.get().unwrap_or_else(|| {
            let dict = Dict::new();
            self.dict.set(Some(dict.clone()));
            dict
        })
    }

    /// `__traceback__`.
    pub fn traceback(&self) -> Option<Ref> {
        self.traceback.get()
    }

    pub fn set_traceback(&self, traceback: Option<Ref>) {
        self.traceback.set(traceback.filter(|traceback| !traceback.is_none()));
    }

    /// `__context__`.
    pub fn context(&self) -> Option<Ref<BaseException>> {
        // SAFETY: only exceptions are ever set.
        self.context.get().map(|context| unsafe { context.cast_unchecked() })
    }

    /// `__cause__`.
    pub fn cause(&self) -> Option<Ref<BaseException>> {
        // SAFETY: only exceptions are ever set.
        self.cause.get().map(|cause| unsafe { cause.cast_unchecked() })
    }

    pub fn suppresses_context(&self) -> bool {
        self.suppress_context.get()
    }

    /// `__notes__`, if there are any.
    pub fn notes(&self) -> Result<Option<Ref>> {
        self.get_attr_opt(intern!("__notes__"))
    }
}

//! Matching the arguments of a call with a native function's parameters, with the messages that Argument Clinic gives.
#![allow(clippy::needless_lifetimes, reason = "the contracts speak of the lifetime")]

use std::marker::PhantomData;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::errors::{Raised, Result};
use crate::native::suggestions;
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;

/// Where an argument stands, for messages about its type.
#[derive(Debug)]
pub struct Place {
    pub function: &'static str,
    pub argument: Argument,
}

#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// The only parameter of its function.
    Only,
    /// Counted from 1.
    Position(usize),
    Name(&'static str),
    /// The value that a setter gets; `function` is the attribute's name.
    Attribute,
}

/// The name of an object's type in "…, not str": `None` is called so.
pub fn kind_of(object: &Object) -> &str {
    if object.is_none() { "None" } else { object.ty().full_name() }
}

impl Place {
    /// TypeError: "f() argument 'x' must be str, not int".
    #[cold]
    pub fn must_be(&self, expected: &str, got: &Object) -> Raised {
        let (function, got) = (self.function, kind_of(got));
        match self.argument {
            Argument::Only => raise!(TypeError, "{function}() argument must be {expected}, not {got}"),
            Argument::Position(position) => {
                raise!(TypeError, "{function}() argument {position} must be {expected}, not {got}")
            }
            Argument::Name(name) => {
                raise!(TypeError, "{function}() argument '{name}' must be {expected}, not {got}")
            }
            Argument::Attribute => raise!(TypeError, "{function} must be {expected}, not {got}"),
        }
    }

    /// The error for an argument that isn't there: the deletion of an attribute that can't be.
    #[cold]
    pub fn missing(&self) -> Raised {
        match self.argument {
            Argument::Attribute => raise!(AttributeError, "cannot delete attribute '{}'", self.function),
            _ => raise!(SystemError, "{}() got a null argument", self.function),
        }
    }
}

/// The parameters of a native function, as the macros describe them.
#[derive(Debug)]
pub struct Signature {
    name: &'static str,
    /// Of every parameter that takes one argument: the positional ones, then the keyword-only ones.
    names: &'static [&'static str],
    positional_only: usize,
    positional: usize,
    /// A bit each for the parameters without a default.
    required: u64,
    var_args: bool,
    kwargs: bool,
    counts_keywords: bool,
    /// The names as interned strings, once a call has used keywords.
    interned: AtomicPtr<&'static Str>,
}

/// The keywords of a call.
enum Given<'a> {
    /// `names` belong to `values`, one by one.
    Vector {
        names: &'a Tuple,
        values: &'a [&'a Object],
    },
    Pairs(&'a [(Ref, Ref)]),
}

impl<'a> Given<'a> {
    fn len(&self) -> usize {
        match self {
            Given::Vector { values, .. } => values.len(),
            Given::Pairs(pairs) => pairs.len(),
        }
    }

    fn get(&self, index: usize) -> (&Object, &'a Object) {
        match self {
            Given::Vector { names, values } => (&names.as_slice()[index], values[index]),
            Given::Pairs(pairs) => (&pairs[index].0, &pairs[index].1),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&Object, &'a Object)> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The index of a name: by identity first, as both are interned as a rule.
    fn find(&self, name: &Str) -> Option<usize> {
        (0..self.len()).find(|&index| self.get(index).0.is_same(name)).or_else(|| {
            let text = name.as_utf8()?;
            (0..self.len())
                .find(|&index| self.get(index).0.downcast::<Str>().is_some_and(|key| key.eq_str(text)))
        })
    }
}

/// # Safety
/// `args` points to `count` live objects that outlive `'a`.
#[inline(always)]
unsafe fn slice<'a>(args: *const *mut RawObject, count: usize) -> &'a [&'a Object] {
    if count == 0 {
        return &[];
    }
    // SAFETY: by contract; a reference is laid out as a pointer.
    unsafe { std::slice::from_raw_parts(args as *const &'a Object, count) }
}

/// # Safety
/// `args` is a live tuple that outlives `'a`.
#[inline(always)]
unsafe fn tuple_slice<'a>(args: *mut RawObject) -> &'a [&'a Object] {
    // SAFETY: by contract; a reference is laid out as an owned one.
    unsafe {
        let items = (*(args as *const Tuple)).as_slice();
        slice(items.as_ptr() as *const *mut RawObject, items.len())
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl Signature {
    pub const fn new(
        name: &'static str,
        names: &'static [&'static str],
        positional_only: usize,
        positional: usize,
        required: u64,
        var_args: bool,
        kwargs: bool,
    ) -> Signature {
        assert!(names.len() <= 64, "at most 64 parameters");
        let interned = AtomicPtr::new(std::ptr::null_mut());
        let counts_keywords = false;
        Signature {
            name,
            names,
            positional_only,
            positional,
            required,
            var_args,
            kwargs,
            counts_keywords,
            interned,
        }
    }

    /// The same, but too many keywords beside `*args` are counted, not named, in the error.
    pub const fn counting_keywords(mut self) -> Signature {
        self.counts_keywords = true;
        self
    }

    /// How many positional parameters have no default.
    fn required_positional(&self) -> usize {
        (self.required & mask(self.positional)).count_ones() as usize
    }

    /// The names as interned strings.
    fn interned(&self) -> &'static [&'static Str] {
        let cached = self.interned.load(Ordering::Acquire);
        if !cached.is_null() {
            // SAFETY: what is cached has a string for each name and lives as long as the process.
            return unsafe { std::slice::from_raw_parts(cached, self.names.len()) };
        }
        let names: Vec<&'static Str> = self.names.iter().map(|name| Str::immortal(name)).collect();
        let names: &'static mut [&'static Str] = names.leak();
        self.interned.store(names.as_mut_ptr(), Ordering::Release);
        names
    }

    /// The arguments of a function that takes none by name.
    ///
    /// # Safety
    /// `args` points to `nargs` live objects that outlive `'a`.
    #[inline]
    pub unsafe fn positional<'a>(
        &self,
        args: *const *mut RawObject,
        nargs: isize,
        slots: &mut [Option<&'a Object>],
    ) -> Result<()> {
        // SAFETY: by contract.
        self.place(unsafe { slice(args, nargs as usize) }, slots)
    }

    #[inline]
    fn place<'a>(&self, args: &'a [&'a Object], slots: &mut [Option<&'a Object>]) -> Result<()> {
        let few = self.required & mask(self.positional) & !mask(args.len()) != 0;
        if few || (args.len() > self.positional && !self.var_args) {
            return Err(self.wrong_count(args.len()));
        }
        for (slot, argument) in slots.iter_mut().zip(args) {
            *slot = Some(argument);
        }
        Ok(())
    }

    #[cold]
    fn wrong_count(&self, given: usize) -> Raised {
        let name = self.name;
        let (min, max) = (self.required_positional(), self.positional);
        let (bound, limit) = if given < min { ("at least ", min) } else { ("at most ", max) };
        let bound = if min == max && !self.var_args { "" } else { bound };
        raise!(TypeError, "{name} expected {bound}{limit} argument{}, got {given}", plural(limit))
    }

    /// The arguments of a function whose parameters can be given by name.
    ///
    /// # Safety
    /// `args` points to `nargs` live objects and one more for each of `kwnames` (a tuple or null); all outlive `'a`.
    #[inline]
    pub unsafe fn keywords<'a>(
        &self,
        args: *const *mut RawObject,
        nargs: isize,
        kwnames: *mut RawObject,
        slots: &mut [Option<&'a Object>],
    ) -> Result<()> {
        let count = nargs as usize;
        if kwnames.is_null() && self.fits(count) {
            // SAFETY: by contract.
            let args = unsafe { slice(args, count) };
            for (slot, argument) in slots[..self.positional].iter_mut().zip(args) {
                *slot = Some(argument);
            }
            return Ok(());
        }
        // SAFETY: by contract.
        unsafe { self.bind_vector(args, count, kwnames, slots, None) }
    }

    /// Are that many positional arguments all that is needed?
    #[inline(always)]
    fn fits(&self, count: usize) -> bool {
        self.required & !mask(count.min(self.positional)) == 0 && (count <= self.positional || self.var_args)
    }

    /// As [`Signature::keywords`]; other names go to `**kwargs`.
    ///
    /// # Safety
    /// As there.
    pub unsafe fn keywords_and_rest<'a>(
        &self,
        args: *const *mut RawObject,
        nargs: isize,
        kwnames: *mut RawObject,
        slots: &mut [Option<&'a Object>],
    ) -> Result<KwArgs<'a>> {
        let mut extra = Vec::new();
        // SAFETY: by contract.
        unsafe { self.bind_vector(args, nargs as usize, kwnames, slots, Some(&mut extra))? };
        Ok(KwArgs { entries: extra, alive: PhantomData })
    }

    /// What `*args` holds.
    ///
    /// # Safety
    /// As for [`Signature::positional`].
    #[inline]
    pub unsafe fn rest<'a>(&self, args: *const *mut RawObject, nargs: isize) -> &'a [&'a Object] {
        // SAFETY: by contract.
        unsafe { slice(args, nargs as usize) }.get(self.positional..).unwrap_or_default()
    }

    /// As [`Signature::rest`], from a tuple.
    ///
    /// # Safety
    /// `args` is a live tuple that outlives `'a`.
    pub unsafe fn rest_of_tuple<'a>(&self, args: *mut RawObject) -> &'a [&'a Object] {
        // SAFETY: by contract.
        unsafe { tuple_slice(args) }.get(self.positional..).unwrap_or_default()
    }

    /// The arguments of `tp_new` or `tp_init` by position. Unless `strict`, what no parameter could take by its nature
    /// (keywords; anything, where there is no parameter) is left to the other of the two functions.
    ///
    /// # Safety
    /// `args` is a live tuple, `kwargs` a live dict or null; they outlive `'a`.
    pub unsafe fn constructor_positional<'a>(
        &self,
        args: *mut RawObject,
        kwargs: *mut RawObject,
        strict: bool,
        slots: &mut [Option<&'a Object>],
    ) -> Result<Held> {
        // SAFETY: by contract.
        let (args, kwargs) = unsafe { (tuple_slice(args), (kwargs as *const Dict).as_ref()) };
        if strict && kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raise!(TypeError, "{}() takes no keyword arguments", self.name));
        }
        if self.positional == 0 && !self.var_args {
            if strict && !args.is_empty() {
                return Err(raise!(TypeError, "{}() takes no arguments", self.name));
            }
            return Ok(Held::default());
        }
        self.place(args, slots)?;
        Ok(Held::default())
    }

    /// The arguments of a constructor that takes none by name, from a vectorcall of exactly its class.
    ///
    /// # Safety
    /// As for [`Signature::keywords`].
    pub unsafe fn vectorcall_positional<'a>(
        &self,
        args: *const *mut RawObject,
        nargs: isize,
        kwnames: *mut RawObject,
        slots: &mut [Option<&'a Object>],
    ) -> Result<()> {
        // SAFETY: by contract.
        let (args, names) = unsafe { (slice(args, nargs as usize), (kwnames as *const Tuple).as_ref()) };
        if names.is_some_and(|names| !names.is_empty()) {
            return Err(raise!(TypeError, "{}() takes no keyword arguments", self.name));
        }
        if self.positional == 0 && !self.var_args && !args.is_empty() {
            return Err(raise!(TypeError, "{}() takes no arguments", self.name));
        }
        self.place(args, slots)
    }

    /// The arguments of `tp_new` or `tp_init`, also by name. The result keeps the keywords' values alive.
    ///
    /// # Safety
    /// As for [`Signature::constructor_positional`]; and the result outlives the use of `slots`.
    pub unsafe fn constructor_keywords<'a>(
        &self,
        args: *mut RawObject,
        kwargs: *mut RawObject,
        slots: &mut [Option<&'a Object>],
    ) -> Result<Held> {
        // SAFETY: by contract.
        let (args, kwargs) = unsafe { (tuple_slice(args), (kwargs as *const Dict).as_ref()) };
        let mut held = Held::default();
        if let Some(kwargs) = kwargs {
            held.pairs.reserve_exact(kwargs.len());
            let mut position = 0;
            while let Some(pair) = kwargs.next_entry(&mut position) {
                held.pairs.push(pair);
            }
        }
        if held.pairs.is_empty() && self.fits(args.len()) {
            for (slot, argument) in slots[..self.positional].iter_mut().zip(args) {
                *slot = Some(argument);
            }
            return Ok(held);
        }
        // SAFETY: the pairs' memory stays where it is when `held` moves, and by contract it outlives `'a`.
        let pairs: &'a [(Ref, Ref)] =
            unsafe { std::slice::from_raw_parts(held.pairs.as_ptr(), held.pairs.len()) };
        let extra = self.kwargs.then_some(&mut held.extra);
        self.bind(args, Given::Pairs(pairs), slots, extra)?;
        Ok(held)
    }

    #[inline(never)]
    unsafe fn bind_vector<'a>(
        &self,
        args: *const *mut RawObject,
        count: usize,
        kwnames: *mut RawObject,
        slots: &mut [Option<&'a Object>],
        extra: Option<&mut Vec<(Ref<Str>, Ref)>>,
    ) -> Result<()> {
        // SAFETY: by the caller's contract.
        unsafe {
            let positional = slice(args, count);
            let given = match (kwnames as *const Tuple).as_ref() {
                Some(names) => Given::Vector { names, values: slice(args.add(count), names.len()) },
                None => Given::Pairs(&[]),
            };
            self.bind(positional, given, slots, extra)
        }
    }

    fn bind<'a>(
        &self,
        args: &[&'a Object],
        given: Given<'a>,
        slots: &mut [Option<&'a Object>],
        extra: Option<&mut Vec<(Ref<Str>, Ref)>>,
    ) -> Result<()> {
        let name = self.name;
        let (total, max, only) = (self.names.len(), self.positional, self.positional_only);
        let (count, mut left) = (args.len(), given.len());
        let min = self.required_positional();
        if !self.var_args && extra.is_none() && count + left > total {
            let keyword = if count == 0 { "keyword " } else { "" };
            let (s, all) = (plural(total), count + left);
            return Err(raise!(
                TypeError,
                "{name}() takes at most {total} {keyword}argument{s} ({all} given)"
            ));
        }
        if !self.var_args && count > max {
            if max == 0 {
                return Err(raise!(TypeError, "{name}() takes no positional arguments"));
            }
            let bound = if min < max { "at most" } else { "exactly" };
            let s = plural(max);
            return Err(raise!(
                TypeError,
                "{name}() takes {bound} {max} positional argument{s} ({count} given)"
            ));
        }
        let required_only = only.min(min);
        if count < required_only {
            let bound = if required_only < max { "at least" } else { "exactly" };
            let s = plural(required_only);
            return Err(raise!(
                TypeError,
                "{name}() takes {bound} {required_only} positional argument{s} ({count} given)"
            ));
        }
        for (slot, argument) in slots[..max].iter_mut().zip(args) {
            *slot = Some(argument);
        }
        let names = if left != 0 { self.interned() } else { &[] };
        let mut used = 0u64;
        for index in count.min(max).max(only)..total {
            let found = if left != 0 { given.find(names[index]) } else { None };
            if let Some(found) = found {
                slots[index] = Some(given.get(found).1);
                used |= 1u64.checked_shl(found as u32).unwrap_or(0);
                left -= 1;
            } else if self.required & (1 << index) != 0 {
                let (parameter, position) = (self.names[index], index + 1);
                return Err(raise!(
                    TypeError,
                    "{name}() missing required argument '{parameter}' (pos {position})"
                ));
            }
        }
        if left == 0 {
            return Ok(());
        }
        for (index, name_of) in names.iter().enumerate().take(count.min(max)).skip(only) {
            if given.find(name_of).is_some() {
                let (parameter, position) = (self.names[index], index + 1);
                return Err(raise!(
                    TypeError,
                    "argument for {name}() given by name ('{parameter}') and position ({position})"
                ));
            }
        }
        match extra {
            Some(extra) => self.collect(&given, used, extra),
            None => Err(self.unexpected(&given)),
        }
    }

    /// The keywords that no parameter took.
    fn collect(&self, given: &Given<'_>, used: u64, extra: &mut Vec<(Ref<Str>, Ref)>) -> Result<()> {
        for (index, (key, value)) in given.iter().enumerate() {
            let taken = match index < 64 {
                true => used & (1 << index) != 0,
                false => {
                    self.interned()[self.positional_only..].iter().any(|name| given.find(name) == Some(index))
                }
            };
            if taken {
                continue;
            }
            match key.downcast::<Str>() {
                Some(key) => extra.push((Ref::from_borrowed(key), value.to_ref())),
                None => return Err(raise!(TypeError, "keywords must be strings")),
            }
        }
        Ok(())
    }

    #[cold]
    fn unexpected(&self, given: &Given<'_>) -> Raised {
        let name = self.name;
        let known = &self.names[self.positional_only..];
        if self.var_args && self.counts_keywords && !known.is_empty() && given.len() > known.len() {
            let (most, plural, count) = (known.len(), if known.len() == 1 { "" } else { "s" }, given.len());
            return raise!(
                TypeError,
                "{name}() takes at most {most} keyword argument{plural} ({count} given)"
            );
        }
        for (key, _) in given.iter() {
            let Some(key) = key.downcast::<Str>() else {
                return raise!(TypeError, "keywords must be strings");
            };
            if known.iter().any(|name| key.eq_str(name)) {
                continue;
            }
            let near = key.as_utf8().and_then(|key| suggestions::nearest(key, known.iter().copied()));
            return match near {
                Some(near) => raise!(
                    TypeError,
                    "{name}() got an unexpected keyword argument '{key}'. Did you mean '{near}'?"
                ),
                None => raise!(TypeError, "{name}() got an unexpected keyword argument '{key}'"),
            };
        }
        raise!(TypeError, "invalid keyword argument for {name}()")
    }
}

/// The lowest `count` bits.
#[inline(always)]
const fn mask(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The keywords of a constructor's call, kept alive while it runs.
#[derive(Default)]
pub struct Held {
    pairs: Vec<(Ref, Ref)>,
    extra: Vec<(Ref<Str>, Ref)>,
}

impl Held {
    /// The keywords that no parameter took.
    pub fn take_kwargs<'a>(&mut self) -> KwArgs<'a> {
        KwArgs { entries: std::mem::take(&mut self.extra), alive: PhantomData }
    }
}

/// What `**kwargs` holds: names and values, in the order of the call.
#[derive(Default)]
pub struct KwArgs<'a> {
    entries: Vec<(Ref<Str>, Ref)>,
    alive: PhantomData<&'a Object>,
}

impl KwArgs<'_> {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Str, &Object)> {
        self.entries.iter().map(|(name, value)| (&**name, &**value))
    }

    pub fn get(&self, name: &str) -> Option<&Object> {
        self.iter().find(|(key, _)| key.eq_str(name)).map(|(_, value)| value)
    }

    /// A new dict of them.
    pub fn to_dict(&self) -> Result<Ref<Dict>> {
        let dict = Dict::new();
        for (name, value) in self.iter() {
            dict.insert_str(name, value)?;
        }
        Ok(dict)
    }
}

/// The arguments of a vectorcall: the positional ones with the keywords' values after them, and the keywords' names.
///
/// # Safety
/// `args`, `nargsf` and `kwnames` are those of a vectorcall; what they hold outlives `'a`.
pub unsafe fn vectorcall_arguments<'a>(
    args: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> (&'a [&'a Object], Option<&'a Tuple>) {
    // SAFETY: by contract.
    unsafe {
        let names = (kwnames as *const Tuple).as_ref();
        let count = nargsf & !abi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        (slice(args, count + names.map_or(0, Tuple::len)), names)
    }
}

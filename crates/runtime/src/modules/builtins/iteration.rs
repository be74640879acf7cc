//! Built-in functions on iterables.

use crate::objects::bytes::Bytes;
use crate::objects::complex::Complex;
use crate::prelude::*;
use crate::protocol::compare::CompareOp;
use crate::protocol::number;
use crate::protocol::result_from_raw;

/// Return an asynchronous iterator of an asynchronous iterable.
#[function(signature = "(async_iterable, /)")]
pub(super) fn aiter(async_iterable: &Object) -> Result {
    let Some(aiter) = async_iterable.ty().am_aiter() else {
        let given = async_iterable.ty().full_name();
        return Err(raise!(TypeError, "'{given}' object is not an async iterable"));
    };
    // SAFETY: the object is alive during the call.
    let iterator: Ref = unsafe { result_from_raw(aiter(async_iterable.as_ptr())) }?;
    if iterator.ty().am_anext().is_none() {
        let given = iterator.ty().full_name();
        return Err(raise!(TypeError, "aiter() returned not an async iterator of type '{given}'"));
    }
    Ok(iterator)
}

/// Return an awaitable for the next item of an asynchronous iterator; with a default, that ends it.
#[function(signature = "(aiterator, default=None, /)", hidden_signature)]
pub(super) fn anext(aiterator: &Object, default: Option<&Object>) -> Result {
    let Some(anext) = aiterator.ty().am_anext() else {
        let given = aiterator.ty().full_name();
        return Err(raise!(TypeError, "'{given}' object is not an async iterator"));
    };
    // SAFETY: the object is alive during the call.
    let awaitable: Ref = unsafe { result_from_raw(anext(aiterator.as_ptr())) }?;
    let Some(default) = default else { return Ok(awaitable) };
    Ok(Ref::new(AnextAwaitable {
        head: Object::HEAD,
        wrapped: Link::new(awaitable),
        default: Link::new(default.to_ref()),
    })
    .into_object())
}

/// What `anext(iterator, default)` gives: the next item, or the default at the end.
#[class(name = "anext_awaitable", flags(GC))]
#[repr(C)]
pub struct AnextAwaitable {
    head: Object,
    wrapped: Link,
    default: Link,
}

impl AnextAwaitable {
    /// The iterator that does the work.
    fn inner(&self) -> Result {
        let wrapped = self.wrapped.get().unwrap_or_else(none);
        let iterator = crate::objects::generator::awaitable_iterator(&wrapped)?;
        if iterator.is_iterator() {
            return Ok(iterator);
        }
        match iterator.ty().am_await() {
            // SAFETY: the object is alive during the call.
            Some(await_) => unsafe { result_from_raw(await_(iterator.as_ptr())) },
            None => {
                Err(raise!(TypeError, "__await__ must return an iterable, not {}", iterator.ty().full_name()))
            }
        }
    }

    /// The end of the asynchronous iterator is the default.
    fn translated(&self, result: Result) -> Result {
        match result {
            Err(raised) if raised.matches(&crate::objects::exceptions::StopAsyncIteration) => {
                raised.clear();
                Err(crate::objects::generator::raise_stop_iteration(&self.default.get().unwrap_or_else(none)))
            }
            result => result,
        }
    }
}

#[methods]
impl AnextAwaitable {
    #[slot]
    fn am_await(&self) -> Ref<Self> {
        Ref::from_borrowed(self)
    }

    #[slot]
    fn tp_iter(&self) -> Ref<Self> {
        Ref::from_borrowed(self)
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let inner = self.inner()?;
        let result = inner.call_method(intern!("__next__"), &[]);
        self.translated(result).map(Some)
    }

    /// Send a value into the awaitable.
    #[method(signature = "($self, value, /)", hidden_signature)]
    fn send(&self, value: &Object) -> Result {
        let result = self.inner()?.call_method(intern!("send"), &[value]);
        self.translated(result)
    }

    /// Raise an exception inside the awaitable.
    #[method(signature = "($self, *args)", hidden_signature)]
    fn throw(&self, args: &[&Object]) -> Result {
        let result = self.inner()?.call_method(intern!("throw"), args);
        self.translated(result)
    }

    /// Close the awaitable.
    #[method(signature = "($self, /)", hidden_signature)]
    fn close(&self) -> Result {
        let result = self.inner()?.call_method(intern!("close"), &[]);
        self.translated(result)
    }
}

/// Tell whether all items are true; so it is of none.
#[function(signature = "(iterable, /)")]
pub(super) fn all(iterable: &Object) -> Result<bool> {
    let iterator = iterable.iter()?;
    while let Some(item) = iterator.iter_next()? {
        if !item.is_true()? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tell whether any item is true; of none, it is not.
#[function(signature = "(iterable, /)")]
pub(super) fn any(iterable: &Object) -> Result<bool> {
    let iterator = iterable.iter()?;
    while let Some(item) = iterator.iter_next()? {
        if item.is_true()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// iter(iterable) -> iterator
/// iter(callable, sentinel) -> iterator
///
/// The first form asks the object for an iterator; the second calls the callable until it gives the sentinel.
#[function(signature = "(object, sentinel=None, /)", hidden_signature)]
pub(super) fn iter(object: &Object, sentinel: Option<&Object>) -> Result {
    let Some(sentinel) = sentinel else { return object.iter() };
    if !object.is_callable() {
        return Err(raise!(TypeError, "iter(v, w): v must be callable"));
    }
    Ok(crate::objects::sequence_iterator::CallableIterator::new(object, sentinel).into_object())
}

/// next(iterator[, default]) -> item
///
/// The iterator's next item; at its end the default, if given, else StopIteration is raised.
#[function(signature = "(iterator, default=None, /)", hidden_signature)]
pub(super) fn next(iterator: &Object, default: Option<&Object>) -> Result {
    let Some(advance) = iterator.ty().raw.tp_iternext.get().filter(|_| iterator.is_iterator()) else {
        return Err(raise!(TypeError, "'{}' object is not an iterator", iterator.ty().full_name()));
    };
    // SAFETY: the object is alive during the call; it gives a strong reference or null.
    if let Some(item) = unsafe { Ref::from_owned_opt(advance(iterator.as_ptr())) } {
        return Ok(item);
    }
    match default {
        Some(default) => {
            crate::protocol::iterate::iteration_ended()?;
            Ok(default.to_ref())
        }
        None if Thread::current().has_exception() => Err(Raised::assume_set()),
        None => Err(raise!(StopIteration)),
    }
}

/// `min` and `max`.
fn extreme(
    name: &str,
    op: CompareOp,
    args: &[&Object],
    key: Option<&Object>,
    default: Option<&Object>,
) -> Result {
    let key = key.filter(|key| !key.is_none());
    if args.is_empty() {
        return Err(raise!(TypeError, "{name} expected at least 1 argument, got 0"));
    }
    if args.len() > 1 && default.is_some() {
        return Err(raise!(
            TypeError,
            "Cannot specify a default for {name}() with multiple positional arguments"
        ));
    }
    let mut best: Option<(Ref, Ref)> = None;
    let mut consider = |item: Ref| -> Result<()> {
        let rank = match key {
            Some(key) => key.call(&[&item])?,
            None => item.clone(),
        };
        let better = match &best {
            Some((_, rank_before)) => rank.rich_compare_bool_strict(rank_before, op)?,
            None => true,
        };
        if better {
            best = Some((item, rank));
        }
        Ok(())
    };
    if let [iterable] = args {
        let iterator = iterable.iter()?;
        while let Some(item) = iterator.iter_next()? {
            consider(item)?;
        }
    } else {
        for item in args {
            consider(item.to_ref())?;
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.to_ref()),
        (None, None) => Err(raise!(ValueError, "{name}() iterable argument is empty")),
    }
}

impl Object {
    /// An order comparison's truth, without the shortcut for identical objects.
    fn rich_compare_bool_strict(&self, other: &Object, op: CompareOp) -> Result<bool> {
        self.rich_compare(other, op)?.is_true()
    }
}

/// max(iterable, *[, default=obj, key=func]) -> value
/// max(arg1, arg2, *args, *[, key=func]) -> value
///
/// The largest item of an iterable, or of several arguments.
#[function(signature = "(*args, key=None, default=None)", hidden_signature)]
pub(super) fn max(args: &[&Object], key: Option<&Object>, default: Option<&Object>) -> Result {
    extreme("max", CompareOp::Gt, args, key, default)
}

/// min(iterable, *[, default=obj, key=func]) -> value
/// min(arg1, arg2, *args, *[, key=func]) -> value
///
/// The smallest item of an iterable, or of several arguments.
#[function(signature = "(*args, key=None, default=None)", hidden_signature)]
pub(super) fn min(args: &[&Object], key: Option<&Object>, default: Option<&Object>) -> Result {
    extreme("min", CompareOp::Lt, args, key, default)
}

/// Return a new list of the items in ascending order; equal ones stay in their order.
#[function(signature = "(iterable, /, *, key=None, reverse=False)")]
pub(super) fn sorted(iterable: &Object, key: Option<&Object>, reverse: Option<&Object>) -> Result {
    let list = List::from_vec(iterable.collect()?);
    let mut names = Vec::new();
    let mut values: Vec<&Object> = Vec::new();
    if let Some(key) = key {
        names.push(intern!("key").to_ref());
        values.push(key);
    }
    if let Some(reverse) = reverse {
        names.push(intern!("reverse").to_ref());
        values.push(reverse);
    }
    let sort = list.get_attr(intern!("sort"))?;
    sort.call_kw(&values, Some(&Tuple::from_vec(names)))?;
    Ok(list.into_object())
}

/// A sum of doubles with the error of each addition carried along (Neumaier).
#[derive(Clone, Copy)]
struct Compensated {
    sum: f64,
    error: f64,
}

impl Compensated {
    fn add(&mut self, value: f64) {
        let total = self.sum + value;
        if self.sum.abs() >= value.abs() {
            self.error += (self.sum - total) + value;
        } else {
            self.error += (value - total) + self.sum;
        }
        self.sum = total;
    }

    fn value(self) -> f64 {
        if self.error != 0.0 && self.error.is_finite() { self.sum + self.error } else { self.sum }
    }
}

/// The real or the imaginary part.
fn part(complex: &Complex, name: &Str) -> Result<f64> {
    complex.get_attr(name)?.to_float()
}

/// An int's value as a double, where the conversion can't fail.
fn small_int(object: &Object) -> Option<i64> {
    let int = object.downcast_exact::<Int>()?;
    int.to_i64()
}

/// Return the sum of a start value and the items: meant for numbers.
#[function(signature = "(iterable, /, start=0)")]
pub(super) fn sum(iterable: &Object, start: Option<&Object>) -> Result {
    let iterator = iterable.iter()?;
    let mut total = match start {
        None => Int::new(0).into_object(),
        Some(start) => {
            if start.downcast::<Str>().is_some() {
                return Err(raise!(TypeError, "sum() can't sum strings [use ''.join(seq) instead]"));
            }
            if start.downcast::<Bytes>().is_some() {
                return Err(raise!(TypeError, "sum() can't sum bytes [use b''.join(seq) instead]"));
            }
            if start.ty().base_chain().any(|base| base.full_name() == "bytearray") {
                return Err(raise!(TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]"));
            }
            start.to_ref()
        }
    };
    if let Some(mut sum) = small_int(&total) {
        let other = loop {
            let Some(item) = iterator.iter_next()? else { return Ok(Int::new(sum).into_object()) };
            let value = small_int(&item).or_else(|| {
                item.downcast_exact::<crate::objects::bool_::Bool>()
                    .map(|_| i64::from(item.is_same(&py_true())))
            });
            match value.and_then(|value| sum.checked_add(value)) {
                Some(next) => sum = next,
                None => break item,
            }
        };
        total = number::add(&Int::new(sum), &other)?;
    }
    if let Some(float) = total.downcast_exact::<Float>() {
        let mut sum = Compensated { sum: float.value(), error: 0.0 };
        let other = loop {
            let Some(item) = iterator.iter_next()? else { return Ok(Float::new(sum.value()).into_object()) };
            if let Some(float) = item.downcast_exact::<Float>() {
                sum.add(float.value());
            } else if let Some(int) = item.downcast::<Int>() {
                sum.add(int.to_f64()?);
            } else {
                break item;
            }
        };
        total = number::add(&Float::new(sum.value()), &other)?;
    }
    if let Some(complex) = total.downcast_exact::<Complex>() {
        let mut real = Compensated { sum: part(complex, intern!("real"))?, error: 0.0 };
        let mut imag = Compensated { sum: part(complex, intern!("imag"))?, error: 0.0 };
        let other = loop {
            let Some(item) = iterator.iter_next()? else {
                return Ok(Complex::new(real.value(), imag.value()).into_object());
            };
            if let Some(complex) = item.downcast_exact::<Complex>() {
                real.add(part(complex, intern!("real"))?);
                imag.add(part(complex, intern!("imag"))?);
            } else if let Some(int) = item.downcast::<Int>() {
                real.add(int.to_f64()?);
            } else if let Some(float) = item.downcast_exact::<Float>() {
                real.add(float.value());
            } else {
                break item;
            }
        };
        total = number::add(&Complex::new(real.value(), imag.value()), &other)?;
    }
    while let Some(item) = iterator.iter_next()? {
        total = number::add(&total, &item)?;
    }
    Ok(total)
}

//! `tzinfo`: the base of time zones; and asking a time zone, whoever wrote it.

use runtime::prelude::*;

use super::datetime::DateTime;
use super::span::Span;
use super::timedelta::Delta;
use super::timezone::TimeZone;

/// The abstract base class of time zones.
#[class(name = "datetime.tzinfo", flags(BASETYPE))]
#[repr(C)]
pub struct TzInfo {
    head: Object,
}

const _: () = assert!(size_of::<TzInfo>() == size_of::<runtime::native::abi::PyDateTime_TZInfo>());

impl TzInfo {
    /// The body of an instance.
    pub(crate) const fn body() -> TzInfo {
        TzInfo { head: Object::HEAD }
    }
}

/// The time zone that an argument names: an instance of `tzinfo` or None; TypeError otherwise.
pub fn check(object: &Object) -> Result<Option<&Object>> {
    if object.is_none() {
        return Ok(None);
    }
    if object.downcast::<TzInfo>().is_none() {
        let kind = object.ty().full_name();
        return Err(raise!(
            TypeError,
            "tzinfo argument must be None or of a tzinfo subclass, not type '{kind}'"
        ));
    }
    Ok(Some(object))
}

#[cold]
pub fn bad_offset(offset: &Object) -> Raised {
    match offset.repr() {
        Ok(offset) => raise!(
            ValueError,
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {offset}"
        ),
        Err(raised) => raised,
    }
}

/// What a time zone's method answers: a timedelta of less than a day, or None.
fn ask(zone: &Object, method: &'static Str, argument: &Object) -> Result<Option<Ref<Delta>>> {
    let answer = zone.call_method(method, &[argument])?;
    if answer.is_none() {
        return Ok(None);
    }
    match answer.cast::<Delta>() {
        Ok(offset) if offset.span().is_offset() => Ok(Some(offset)),
        Ok(offset) => Err(bad_offset(&offset)),
        Err(answer) => {
            let kind = answer.ty().full_name();
            Err(raise!(TypeError, "tzinfo.{method}() must return None or timedelta, not '{kind}'"))
        }
    }
}

/// `zone.utcoffset(argument)`, as an object.
pub fn utcoffset_object(zone: Option<&Object>, argument: &Object) -> Result<Option<Ref<Delta>>> {
    let Some(zone) = zone else { return Ok(None) };
    match zone.downcast_exact::<TimeZone>() {
        Some(fixed) => Ok(Some(fixed.offset_object()?)),
        None => ask(zone, intern!("utcoffset"), argument),
    }
}

/// `zone.utcoffset(argument)`.
pub fn utcoffset(zone: Option<&Object>, argument: &Object) -> Result<Option<Span>> {
    let Some(zone) = zone else { return Ok(None) };
    match zone.downcast_exact::<TimeZone>() {
        Some(fixed) => Ok(Some(fixed.offset())),
        None => Ok(ask(zone, intern!("utcoffset"), argument)?.map(|offset| offset.span())),
    }
}

/// `zone.dst(argument)`.
pub fn dst(zone: Option<&Object>, argument: &Object) -> Result<Option<Ref<Delta>>> {
    match zone {
        Some(zone) if !zone.is::<TimeZone>() => ask(zone, intern!("dst"), argument),
        _ => Ok(None),
    }
}

/// `zone.tzname(argument)`: a str or None.
pub fn tzname(zone: Option<&Object>, argument: &Object) -> Result {
    let Some(zone) = zone else { return Ok(none()) };
    let name = zone.call_method(intern!("tzname"), &[argument])?;
    if name.is_none() || name.downcast::<Str>().is_some() {
        return Ok(name);
    }
    let kind = name.ty().full_name();
    Err(raise!(TypeError, "tzinfo.tzname() must return None or a string, not '{kind}'"))
}

#[cold]
fn abstract_method(name: &str) -> Raised {
    raise!(NotImplementedError, "a tzinfo subclass must implement {name}()")
}

#[methods]
impl TzInfo {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Ref<Self> {
        Ref::new_in(class, TzInfo::body())
    }

    /// What the zone is called at a datetime.
    #[method(name = "tzname", signature = "($self, object, /)")]
    fn get_tzname(&self, _object: &Object) -> Result {
        Err(abstract_method("tzname"))
    }

    /// The offset from UTC at a datetime: a timedelta, negative in the west.
    #[method(name = "utcoffset", signature = "($self, object, /)")]
    fn get_utcoffset(&self, _object: &Object) -> Result {
        Err(abstract_method("utcoffset"))
    }

    /// How much of the offset is DST at a datetime: a timedelta.
    #[method(name = "dst", signature = "($self, object, /)")]
    fn get_dst(&self, _object: &Object) -> Result {
        Err(abstract_method("dst"))
    }

    /// Local time for a datetime in UTC.
    #[method(signature = "($self, object, /)")]
    fn fromutc(&self, object: &Object) -> Result {
        let moment = moment_of(self, object)?;
        let zone = moment.zone();
        let Some(offset) = utcoffset(zone.as_deref(), object)? else {
            return Err(raise!(ValueError, "fromutc: non-None utcoffset() result required"));
        };
        let Some(saving) = dst(zone.as_deref(), object)? else {
            return Err(raise!(ValueError, "fromutc: non-None dst() result required"));
        };
        let standard = moment.plus(offset.subtract(saving.span())?, 1)?;
        let Some(saving) = dst(zone.as_deref(), &standard)? else {
            return Err(raise!(ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert"));
        };
        match standard.downcast::<DateTime>() {
            Some(moment) if !saving.span().is_zero() => moment.plus(saving.span(), 1),
            _ => Ok(standard),
        }
    }

    /// For pickling: the class, its arguments and the state.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<(Ref, Ref, Ref)> {
        let arguments = match self.get_attr_opt(intern!("__getinitargs__"))? {
            Some(method) => method.call(&[])?,
            None => Tuple::empty().into_object(),
        };
        let state = self.call_method(intern!("__getstate__"), &[])?;
        Ok((self.ty().to_ref(), arguments, state))
    }
}

/// The argument of `fromutc`.
pub fn moment_of<'a>(zone: &Object, object: &'a Object) -> Result<&'a DateTime> {
    let Some(moment) = object.downcast::<DateTime>() else {
        return Err(raise!(TypeError, "fromutc: argument must be a datetime"));
    };
    match moment.zone() {
        Some(own) if own.is_same(zone) => Ok(moment),
        _ => Err(raise!(ValueError, "fromutc: dt.tzinfo is not self")),
    }
}

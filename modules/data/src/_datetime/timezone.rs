//! `timezone`: time zones of a fixed offset.

use runtime::native::args::kind_of;
use runtime::prelude::*;

use super::arguments::{self, Keywords, Parameters};
use super::datetime::DateTime;
use super::format::Text;
use super::span::Span;
use super::support;
use super::timedelta::Delta;
use super::tzinfo::{self, TzInfo};

/// A time zone with a fixed offset from UTC.
#[class(name = "datetime.timezone")]
#[repr(C)]
pub struct TimeZone {
    base: TzInfo,
    offset: Link<Delta>,
    /// Null where it is called by its offset.
    name: Link<Str>,
}

/// What this interpreter's zones share.
struct State {
    utc: Ref<TimeZone>,
}

impl Default for State {
    fn default() -> State {
        State { utc: TimeZone::of(Delta::new(Span::ZERO), None) }
    }
}

impl TimeZone {
    fn of(offset: Ref<Delta>, name: Option<Ref<Str>>) -> Ref<TimeZone> {
        Ref::new(TimeZone { base: TzInfo::body(), offset: Link::new(offset), name: Link::from_option(name) })
    }

    /// `timezone.utc`.
    pub fn utc() -> Result<Ref<TimeZone>> {
        Ok(Interpreter::current().state::<State>().utc.clone())
    }

    /// A zone without a name.
    pub fn make(offset: Span) -> Result {
        TimeZone::with(Delta::new(offset), None)
    }

    /// A zone; that of offset 0 without a name is `timezone.utc`.
    pub fn with(offset: Ref<Delta>, name: Option<Ref<Str>>) -> Result {
        let span = offset.span();
        if name.is_none() && span.is_zero() {
            return Ok(TimeZone::utc()?.into_object());
        }
        if !span.is_offset() {
            return Err(tzinfo::bad_offset(&offset));
        }
        Ok(TimeZone::of(offset, name).into_object())
    }

    pub fn offset(&self) -> Span {
        self.offset.get().map_or(Span::ZERO, |offset| offset.span())
    }

    pub fn offset_object(&self) -> Result<Ref<Delta>> {
        self.offset.get().ok_or_else(|| raise!(SystemError, "a timezone without an offset"))
    }

    fn is_utc(&self) -> bool {
        self.is_same(&Interpreter::current().state::<State>().utc)
    }
}

static PARAMETERS: Parameters =
    Parameters { function: "timezone", names: &["offset", "name"], required: 1, positional: 2 };

/// TypeError for what is neither a datetime nor None.
fn check_argument(object: &Object, method: &str) -> Result<()> {
    if object.is_none() || object.downcast::<DateTime>().is_some() {
        return Ok(());
    }
    let kind = kind_of(object);
    Err(raise!(TypeError, "{method}(dt) argument must be a datetime instance or None, not {kind}"))
}

#[methods]
impl TimeZone {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(_class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        let mut arguments = PARAMETERS.bind(args, Keywords::Pairs(&kwargs))?;
        let offset = arguments.need()?;
        let Some(offset) = offset.downcast::<Delta>() else {
            return Err(arguments::must_be("timezone", 1, "datetime.timedelta", offset));
        };
        let name = match arguments.take()? {
            Some(name) => Some(Ref::from_borrowed(arguments::text("timezone", 2, name)?)),
            None => None,
        };
        arguments.finish()?;
        TimeZone::with(Ref::from_borrowed(offset), name)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        if self.is_utc() {
            return Ok(Str::new("datetime.timezone.utc"));
        }
        let kind = self.ty().full_name();
        let offset = self.offset_object()?.repr()?;
        match self.name.get() {
            Some(name) => Str::join_all(
                [&*Str::new(&format!("{kind}({offset}, ")), &*name.repr()?, &*Str::new(")")].into_iter(),
            ),
            None => Ok(Str::from_string(format!("{kind}({offset})"))),
        }
    }

    #[slot]
    fn tp_str(&self) -> Ref<Str> {
        if let Some(name) = self.name.get() {
            return name;
        }
        let offset = self.offset();
        if offset.is_zero() {
            return Str::new("UTC");
        }
        let mut text = Text::default();
        b"UTC".iter().for_each(|&byte| text.push(byte));
        text.offset(offset, true);
        text.finish()
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        Ok(self.offset_object()?.hash_value())
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Ref {
        match (other.downcast::<TimeZone>(), op) {
            (Some(other), CompareOp::Eq) => py_bool(self.offset() == other.offset()),
            (Some(other), CompareOp::Ne) => py_bool(self.offset() != other.offset()),
            _ => not_implemented(),
        }
    }

    /// The name that was given, else 'UTC(+|-)HH:MM'.
    #[method(signature = "($self, object, /)")]
    fn tzname(&self, object: &Object) -> Result<Ref<Str>> {
        check_argument(object, "tzname")?;
        Ok(self.tp_str())
    }

    /// The offset, which is always the same.
    #[method(signature = "($self, object, /)")]
    fn utcoffset(&self, object: &Object) -> Result<Ref<Delta>> {
        check_argument(object, "utcoffset")?;
        self.offset_object()
    }

    /// None: there is no DST.
    #[method(signature = "($self, object, /)")]
    fn dst(&self, object: &Object) -> Result<()> {
        check_argument(object, "dst")
    }

    /// Local time for a datetime in UTC.
    #[method(signature = "($self, object, /)")]
    fn fromutc(&self, object: &Object) -> Result {
        tzinfo::moment_of(self, object)?.plus(self.offset(), 1)
    }

    /// For pickling: the arguments.
    #[method(name = "__getinitargs__", signature = "($self, /)")]
    fn getinitargs(&self) -> Result<Ref<Tuple>> {
        let offset = self.offset_object()?.into_object();
        Ok(match self.name.get() {
            Some(name) => Tuple::pack([offset, name.into_object()]),
            None => Tuple::pack([offset]),
        })
    }
}

/// `timezone.utc`, `timezone.min` and `timezone.max`.
pub fn constants() -> Result<()> {
    let class = TimeZone::type_object();
    let fixed = |seconds: i64| TimeZone::make(Span::new(0, seconds, 0)?);
    support::constant(class, intern!("utc"), || Ok(TimeZone::utc()?.into_object()))?;
    support::constant(class, intern!("min"), || fixed(-(23 * 3600 + 59 * 60)))?;
    support::constant(class, intern!("max"), || fixed(23 * 3600 + 59 * 60))
}

//! `_zoneinfo`: the time zones of the IANA database. <https://docs.python.org/3.14/library/zoneinfo.html>.
//!
//! Finding and reading files is the library's (`zoneinfo._tzpath`, `zoneinfo._common`); `data` knows what a file says, `rules`
//! the TZ string at its end.

use std::cell::{Cell, OnceCell, RefCell};

use runtime::errors::{raise_value, restore};
use runtime::import::import_attribute;
use runtime::prelude::*;
use runtime::protocol::number;

use crate::_datetime::{DateTime, Delta, TzInfo, calendar, moment_of};

mod data;
mod rules;

use data::{Data, Info};

module! {
    name: "_zoneinfo",
    doc: "Time zones of the IANA database.",
    functions: [],
    classes: [ZoneInfo],
    exec: exec,
}

/// Where a zone came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    NoCache,
    Cache,
    File,
}

/// A time zone of the database.
#[class(name = "zoneinfo.ZoneInfo", flags(BASETYPE, GC), doc = "")]
#[repr(C)]
pub struct ZoneInfo {
    #[gc(skip)]
    base: TzInfo,
    #[weaklist]
    weakrefs: WeakList,
    #[member(readonly)]
    key: Link,
    file_repr: Link,
    #[gc(skip)]
    source: Cell<Source>,
    #[gc(skip)]
    data: OnceCell<Data>,
}

/// So many zones stay alive though nobody uses them.
const STRONG: usize = 8;

/// This interpreter's zones, and what the library does for them.
#[derive(Default)]
struct State {
    weak: Link,
    /// The zones that were asked for last, that one first, by their keys.
    strong: RefCell<Vec<(Ref, Ref)>>,
    find: Link,
    load_data: Link,
    load_tzdata: Link,
}

fn state() -> &'static State {
    Interpreter::current().state()
}

fn missing() -> Raised {
    raise!(SystemError, "_zoneinfo is not initialized")
}

fn new_weak_cache() -> Result {
    import_attribute("weakref", intern!("WeakValueDictionary"))?.call(&[])
}

fn is_base(class: &Type) -> bool {
    std::ptr::eq(class, ZoneInfo::type_object())
}

/// The weak cache of a class.
fn weak_cache(class: &Type) -> Result {
    match is_base(class) {
        true => state().weak.get().ok_or_else(missing),
        false => class.get_attr(intern!("_weak_cache")),
    }
}

/// Are two keys the same, as far as that can be told without running any code?
fn same_key(left: &Object, right: &Object) -> Option<bool> {
    if left.is_same(right) {
        return Some(true);
    }
    Some(left.downcast_exact::<Str>()?.equals(right.downcast_exact::<Str>()?))
}

/// Takes a key's entry out of the strong cache.
fn take_strong(key: &Object) -> Result<Option<(Ref, Ref)>> {
    let strong = &state().strong;
    let entries: Vec<(Ref, Ref)> = {
        let mut entries = strong.borrow_mut();
        if let Some(at) = entries.iter().position(|(known, _)| same_key(known, key) == Some(true)) {
            return Ok(Some(entries.remove(at)));
        }
        if entries.iter().all(|(known, _)| same_key(known, key).is_some()) {
            return Ok(None);
        }
        entries.clone()
    };
    for (known, zone) in entries {
        if known.rich_compare_bool(key, CompareOp::Eq)? {
            let mut entries = strong.borrow_mut();
            let at = entries.iter().position(|(_, kept)| kept.is_same(&zone));
            let taken = at.map(|at| entries.remove(at));
            drop(entries);
            return Ok(Some(taken.unwrap_or((known, zone))));
        }
    }
    Ok(None)
}

/// Puts a zone before all others; the last one goes.
fn put_strong(key: Ref, zone: Ref) {
    let gone = {
        let mut entries = state().strong.borrow_mut();
        entries.insert(0, (key, zone));
        if entries.len() > STRONG { entries.pop() } else { None }
    };
    drop(gone);
}

/// Seconds since 1970 that a datetime shows, its year and fold.
fn shown(moment: &Object) -> Result<(i64, i32, bool)> {
    const EPOCH: i64 = 719_163;
    if let Some(moment) = moment.downcast::<DateTime>() {
        let [year, month, day, hour, minute, second, _] = moment.fields();
        let days = calendar::to_ordinal(year, month, day) - EPOCH;
        let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
        return Ok((seconds, year, moment.fold() != 0));
    }
    let number = |object: Ref| -> Result<i64> {
        let too_large = || raise!(OverflowError, "Python int too large to convert to C long");
        let number = object.index()?.to_i64().ok_or_else(too_large)?;
        i32::try_from(number).map(i64::from).map_err(|_| too_large())
    };
    let days = number(moment.call_method(intern!("toordinal"), &[])?)? - EPOCH;
    let hour = number(moment.get_attr(intern!("hour"))?)?;
    let minute = number(moment.get_attr(intern!("minute"))?)?;
    let second = number(moment.get_attr(intern!("second"))?)?;
    let year = number(moment.get_attr(intern!("year"))?)? as i32;
    let fold = number(moment.get_attr(intern!("fold"))?)? != 0;
    Ok((days * 86_400 + hour * 3600 + minute * 60 + second, year, fold))
}

impl ZoneInfo {
    fn make(class: &Type, key: &Object, source: Source, file_repr: Option<Ref>, data: Data) -> Ref<ZoneInfo> {
        Ref::new_in(
            class,
            ZoneInfo {
                base: TzInfo::body(),
                weakrefs: WeakList::new(),
                key: Link::new(key.to_ref()),
                file_repr: Link::from_option(file_repr),
                source: Cell::new(source),
                data: OnceCell::from(data),
            },
        )
    }

    /// Reads a zone's file.
    fn load(class: &Type, key: &Object, source: Source) -> Result<Ref<ZoneInfo>> {
        let state = state();
        let path = state.find.get().ok_or_else(missing)?.call(&[key])?;
        let file = match path.is_none() {
            true => state.load_tzdata.get().ok_or_else(missing)?.call(&[key])?,
            false => import_attribute("_io", intern!("open"))?.call(&[&path, &Str::new("rb")])?,
        };
        let data = read(&file);
        let data = match data {
            Ok(data) => {
                file.call_method(intern!("close"), &[])?;
                data
            }
            Err(raised) => {
                let exception = raised.take();
                if let Err(raised) = file.call_method(intern!("close"), &[]) {
                    raised.clear();
                }
                return Err(restore(exception));
            }
        };
        Ok(ZoneInfo::make(class, key, source, None, data))
    }

    /// The zone of a key, which is read once only.
    fn cached(class: &Type, key: &Object) -> Result {
        if is_base(class)
            && let Some((key, zone)) = take_strong(key)?
        {
            put_strong(key, zone.clone());
            return Ok(zone);
        }
        let cache = weak_cache(class)?;
        let mut zone = cache.call_method(intern!("get"), &[key, &none()])?;
        if zone.is_none() {
            let made = ZoneInfo::load(class, key, Source::Cache)?;
            zone = cache.call_method(intern!("setdefault"), &[key, &made])?;
        }
        if zone.downcast::<ZoneInfo>().is_none() {
            let (kind, class, key) = (zone.ty().full_name(), class.full_name(), key.repr()?);
            return Err(raise!(
                RuntimeError,
                "Unexpected instance of {kind} in {class} weak cache for key {key}"
            ));
        }
        if is_base(class) {
            put_strong(key.to_ref(), zone.clone());
        }
        Ok(zone)
    }

    fn data(&self) -> Result<&Data> {
        self.data.get().ok_or_else(missing)
    }

    /// What applies for a datetime; for None, which a time passes, only if it is always the same.
    fn info(&self, moment: &Object) -> Result<Option<&Info>> {
        let data = self.data()?;
        if moment.is_none() {
            return Ok(data.fixed.then(|| data.always()));
        }
        let (time, year, fold) = shown(moment)?;
        Ok(Some(data.at(time, fold, year)))
    }

    fn has_key(&self) -> Option<Ref> {
        self.key.get().filter(|key| !key.is_none())
    }
}

/// What a file says.
fn read(file: &Object) -> Result<Data> {
    let parts = state().load_data.get().ok_or_else(missing)?.call(&[file])?;
    Data::from_parts(&parts)
}

#[methods]
impl ZoneInfo {
    #[new(signature = "(key)", hidden_signature)]
    fn tp_new(class: &Type, key: &Object) -> Result {
        ZoneInfo::cached(class, key)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let kind = self.ty().full_name();
        let (opening, inner) = match self.has_key() {
            Some(key) => ("(key=", key.repr()?),
            None => {
                (".from_file(", self.file_repr.get().map_or_else(|| Ok(Str::empty()), |text| text.str_())?)
            }
        };
        let (start, end) = (Str::from_string(format!("{kind}{opening}")), Str::new(")"));
        Str::join_all([&*start, &*inner, &*end].into_iter())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        match self.has_key() {
            Some(key) => key.str_(),
            None => self.as_object().repr(),
        }
    }

    /// Forgets the zones that were read, or those of some keys.
    #[classmethod(signature = "($type, /, *, only_keys=None)")]
    fn clear_cache(class: &Type, only_keys: Option<&Object>) -> Result<()> {
        let cache = weak_cache(class)?;
        let Some(keys) = only_keys.filter(|keys| !keys.is_none()) else {
            cache.call_method(intern!("clear"), &[])?;
            if is_base(class) {
                let gone = std::mem::take(&mut *state().strong.borrow_mut());
                drop(gone);
            }
            return Ok(());
        };
        keys.for_each(|key| {
            if is_base(class) {
                drop(take_strong(&key)?);
            }
            cache.call_method(intern!("pop"), &[&key, &none()]).map(drop)
        })
    }

    /// A new zone of this key, which no cache knows.
    #[classmethod(signature = "($type, /, key)")]
    fn no_cache(class: &Type, key: &Object) -> Result<Ref<ZoneInfo>> {
        ZoneInfo::load(class, key, Source::NoCache)
    }

    /// A zone from an open file.
    #[classmethod(signature = "($type, file_obj, /, key=None)")]
    fn from_file(class: &Type, file_obj: &Object, key: Option<&Object>) -> Result<Ref<ZoneInfo>> {
        let repr = file_obj.repr()?.into_object();
        let data = read(file_obj)?;
        let nothing = none();
        Ok(ZoneInfo::make(class, key.unwrap_or(&nothing), Source::File, Some(repr), data))
    }

    /// The offset from UTC at a datetime, as a timedelta.
    #[method(signature = "($self, dt, /)")]
    fn utcoffset(&self, dt: &Object) -> Result<Option<Ref<Delta>>> {
        Ok(self.info(dt)?.map(|info| info.utcoff.clone()))
    }

    /// How much of the offset is DST, as a timedelta.
    #[method(signature = "($self, dt, /)")]
    fn dst(&self, dt: &Object) -> Result<Option<Ref<Delta>>> {
        Ok(self.info(dt)?.map(|info| info.dstoff.clone()))
    }

    /// The abbreviation of the time zone at a datetime.
    #[method(signature = "($self, dt, /)")]
    fn tzname(&self, dt: &Object) -> Result<Option<Ref>> {
        Ok(self.info(dt)?.map(|info| info.name.clone()))
    }

    /// A datetime of UTC in local time.
    #[method(signature = "($self, object, /)")]
    fn fromutc(&self, object: &Object) -> Result {
        moment_of(self, object)?;
        let (time, year, _) = shown(object)?;
        let (info, fold) = self.data()?.at_utc(time, year);
        let moved = number::add(object, &info.utcoff.clone())?;
        if !fold {
            return Ok(moved);
        }
        if let Some(moment) = moved.downcast_exact::<DateTime>() {
            moment.set_fold();
            return Ok(moved);
        }
        let names = Tuple::pack([intern!("fold").to_ref()]);
        moved.get_attr(intern!("replace"))?.call_kw(&[&Int::new(1)], Some(&*names))
    }

    /// For pickling: how a zone is found again.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<(Ref, (Option<Ref>, i32))> {
        if self.source.get() == Source::File {
            let error = import_attribute("pickle", intern!("PicklingError"))?;
            let message = Str::new("Cannot pickle a ZoneInfo file from a file stream.");
            return Err(match error.downcast::<Type>() {
                Some(error) => raise_value(error, &message),
                None => raise!(TypeError, "{message}"),
            });
        }
        let from_cache = i32::from(self.source.get() == Source::Cache);
        Ok((self.get_attr(intern!("_unpickle"))?, (self.key.get(), from_cache)))
    }

    #[classmethod(
        name = "_unpickle",
        signature = "($type, *args)",
        hidden_signature,
        doc = "_unpickle($type, key, from_cache, /)\n--\n\nWhat pickles call."
    )]
    fn unpickle(class: &Type, args: &[&Object]) -> Result {
        let [key, from_cache] = *args else {
            let count = args.len();
            return Err(raise!(
                TypeError,
                "_unpickle() takes exactly 2 positional arguments ({count} given)"
            ));
        };
        // An unsigned char, without a check.
        let low = from_cache.index()?.digits().first().is_some_and(|digit| digit & 0xFF != 0);
        match low {
            true => ZoneInfo::cached(class, key),
            false => Ok(ZoneInfo::load(class, key, Source::NoCache)?.into_object()),
        }
    }

    /// Gives a subclass its own cache.
    #[classmethod(name = "__init_subclass__", signature = "($type, *args, **kwargs)", hidden_signature)]
    fn init_subclass(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<()> {
        class.set_attr(intern!("_weak_cache"), &*new_weak_cache()?)
    }
}

fn exec(_module: &Module) -> Result<()> {
    // Without the native classes of datetime this module can't be used.
    import_attribute("_datetime", intern!("datetime"))?;
    let state = state();
    state.weak.set(Some(new_weak_cache()?));
    let gone = std::mem::take(&mut *state.strong.borrow_mut());
    drop(gone);
    state.find.set(Some(import_attribute("zoneinfo._tzpath", intern!("find_tzfile"))?));
    state.load_data.set(Some(import_attribute("zoneinfo._common", intern!("load_data"))?));
    state.load_tzdata.set(Some(import_attribute("zoneinfo._common", intern!("load_tzdata"))?));
    Ok(())
}

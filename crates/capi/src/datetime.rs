//! `_datetime_layout`: what `datetime`'s classes look like to C: the bases that hold their fields where `datetime.h` has them, and the
//! capsule with its C API. The classes themselves are Python code (`_datetime.py`, made when the library is packed).

use std::cell::Cell;
use std::ffi::c_int;

use abi::{PyDateTime_CAPI, PyTypeObject};
use runtime::objects::capsule::Capsule;
use runtime::prelude::*;
use runtime::protocol::{result_from_raw, result_into_raw};

use crate::support::Raw;

module! {
    name: "_datetime_layout",
    doc: "Where datetime's classes keep their fields.",
    functions: [capsule],
    classes: [Delta, Date, Time, DateTime],
    exec: exec,
}

/// A difference of times.
#[class(name = "_datetime_layout.Delta", flags(BASETYPE))]
#[repr(C)]
pub struct Delta {
    head: Object,
    #[member(name = "_hashcode")]
    hashcode: Cell<isize>,
    #[member(name = "_days")]
    days: Cell<i32>,
    #[member(name = "_seconds")]
    seconds: Cell<i32>,
    #[member(name = "_microseconds")]
    microseconds: Cell<i32>,
}

/// A day.
#[class(name = "_datetime_layout.Date", flags(BASETYPE))]
#[repr(C)]
pub struct Date {
    head: Object,
    #[member(name = "_hashcode")]
    hashcode: Cell<isize>,
    has_zone: Cell<bool>,
    year: [Cell<u8>; 2],
    #[member(name = "_month")]
    month: Cell<u8>,
    #[member(name = "_day")]
    day: Cell<u8>,
}

/// A time of the day.
#[class(name = "_datetime_layout.Time", flags(BASETYPE))]
#[repr(C)]
pub struct Time {
    head: Object,
    #[member(name = "_hashcode")]
    hashcode: Cell<isize>,
    has_zone: Cell<bool>,
    #[member(name = "_hour")]
    hour: Cell<u8>,
    #[member(name = "_minute")]
    minute: Cell<u8>,
    #[member(name = "_second")]
    second: Cell<u8>,
    microsecond: [Cell<u8>; 3],
    #[member(name = "_fold")]
    fold: Cell<u8>,
    zone: Link,
}

/// A day and a time.
#[class(name = "_datetime_layout.DateTime", base = Date, flags(BASETYPE))]
#[repr(C)]
pub struct DateTime {
    start: abi::PyObject,
    hashcode: Cell<isize>,
    has_zone: Cell<bool>,
    year: [Cell<u8>; 2],
    month: Cell<u8>,
    day: Cell<u8>,
    #[member(name = "_hour")]
    hour: Cell<u8>,
    #[member(name = "_minute")]
    minute: Cell<u8>,
    #[member(name = "_second")]
    second: Cell<u8>,
    microsecond: [Cell<u8>; 3],
    #[member(name = "_fold")]
    fold: Cell<u8>,
    zone: Link,
}

const _: () = {
    assert!(size_of::<Delta>() == size_of::<abi::PyDateTime_Delta>());
    assert!(size_of::<Date>() == size_of::<abi::PyDateTime_Date>());
    assert!(size_of::<Time>() == size_of::<abi::PyDateTime_Time>());
    assert!(size_of::<DateTime>() == size_of::<abi::PyDateTime_DateTime>());
    assert!(std::mem::offset_of!(DateTime, fold) == std::mem::offset_of!(abi::PyDateTime_DateTime, fold));
    assert!(std::mem::offset_of!(DateTime, zone) == std::mem::offset_of!(abi::PyDateTime_DateTime, tzinfo));
    assert!(std::mem::offset_of!(Time, fold) == std::mem::offset_of!(abi::PyDateTime_Time, fold));
};

/// A number in bytes, the highest first.
fn number(bytes: &[Cell<u8>]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(byte.get()))
}

fn set_number(bytes: &[Cell<u8>], number: u32) {
    for (index, byte) in bytes.iter().rev().enumerate() {
        byte.set((number >> (8 * index)) as u8);
    }
}

#[methods]
impl Date {
    #[getter(name = "_year")]
    fn year(&self) -> u32 {
        number(&self.year)
    }

    #[setter(name = "_year")]
    fn set_year(&self, value: u32) {
        set_number(&self.year, value);
    }
}

/// What times of the day share.
macro_rules! time {
    ($name:ident) => {
        #[methods]
        impl $name {
            #[getter(name = "_microsecond")]
            fn microsecond(&self) -> u32 {
                number(&self.microsecond)
            }

            #[setter(name = "_microsecond")]
            fn set_microsecond(&self, value: u32) {
                set_number(&self.microsecond, value);
            }

            #[getter(name = "_tzinfo")]
            fn zone(&self) -> Ref {
                self.zone.get().unwrap_or_else(none)
            }

            #[setter(name = "_tzinfo")]
            fn set_zone(&self, value: Ref) {
                let zone = Some(value).filter(|zone| !zone.is_none());
                self.has_zone.set(zone.is_some());
                self.zone.set(zone);
            }
        }
    };
}
time!(Time);
time!(DateTime);

/// The bases are made as plain objects are.
fn exec(_module: &Module) -> Result<()> {
    let plain = runtime::objects::object::OBJECT_TYPE.raw.tp_new.get();
    for class in [Delta::type_object(), Date::type_object(), Time::type_object(), DateTime::type_object()] {
        class.clear_flag(abi::Py_TPFLAGS_DISALLOW_INSTANTIATION);
        class.raw.tp_new.set(plain);
    }
    Ok(())
}

/// The classes by the order of the table's first fields, and the time zone.
#[function(signature = "(date, datetime, time, timedelta, tzinfo, timezone, /)")]
fn capsule(
    date: Ref<Type>,
    datetime: Ref<Type>,
    time: Ref<Type>,
    timedelta: Ref<Type>,
    tzinfo: Ref<Type>,
    timezone: Ref<Type>,
) -> Result<Ref<Capsule>> {
    let utc = timezone.get_attr(intern!("utc"))?;
    Interpreter::current().state::<State>().timezone.set(Some(timezone.into_object()));
    let table = Box::new(PyDateTime_CAPI {
        DateType: date.into_raw().cast(),
        DateTimeType: datetime.into_raw().cast(),
        TimeType: time.into_raw().cast(),
        DeltaType: timedelta.into_raw().cast(),
        TZInfoType: tzinfo.into_raw().cast(),
        TimeZone_UTC: utc.into_raw(),
        Date_FromDate: Some(new_date),
        DateTime_FromDateAndTime: Some(new_datetime),
        Time_FromTime: Some(new_time),
        Delta_FromDelta: Some(new_delta),
        TimeZone_FromTimeZone: Some(new_timezone),
        DateTime_FromTimestamp: Some(datetime_from_timestamp),
        Date_FromTimestamp: Some(date_from_timestamp),
        DateTime_FromDateAndTimeAndFold: Some(new_datetime_and_fold),
        Time_FromTimeAndFold: Some(new_time_and_fold),
    });
    // C keeps pointers to the table for as long as the process runs.
    Ok(Capsule::new(Box::into_raw(table).cast(), abi::PyDateTime_CAPSULE_NAME.as_ptr(), None))
}

/// What C's functions need of the Python classes.
#[derive(Default)]
struct State {
    timezone: Link,
}

/// Calls a class with numbers and, where it is given, a time zone and a fold.
unsafe fn make(class: *mut PyTypeObject, numbers: &[c_int], zone: Raw, fold: c_int) -> Raw {
    // SAFETY: by contract of the C API both are alive.
    let (class, zone) = unsafe { (Type::from_raw(class), Object::from_raw_opt(zone)) };
    let mut values: Vec<Ref> =
        numbers.iter().map(|&number| Int::new(i64::from(number)).into_object()).collect();
    values.extend(zone.map(Object::to_ref));
    let mut names = None;
    if fold != 0 {
        values.push(Int::new(i64::from(fold)).into_object());
        names = Some(Tuple::pack([Str::new("fold").into_object()]));
    }
    let arguments: Vec<&Object> = values.iter().map(|value| &**value).collect();
    result_into_raw(class.call_kw(&arguments, names.as_deref()))
}

unsafe extern "C" fn new_date(year: c_int, month: c_int, day: c_int, class: *mut PyTypeObject) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[year, month, day], std::ptr::null_mut(), 0) }
}

#[allow(clippy::too_many_arguments, reason = "C's signature")]
unsafe extern "C" fn new_datetime(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Raw,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[year, month, day, hour, minute, second, microsecond], zone, 0) }
}

#[allow(clippy::too_many_arguments, reason = "C's signature")]
unsafe extern "C" fn new_datetime_and_fold(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Raw,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[year, month, day, hour, minute, second, microsecond], zone, fold) }
}

unsafe extern "C" fn new_time(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Raw,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[hour, minute, second, microsecond], zone, 0) }
}

unsafe extern "C" fn new_time_and_fold(
    hour: c_int,
    minute: c_int,
    second: c_int,
    microsecond: c_int,
    zone: Raw,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[hour, minute, second, microsecond], zone, fold) }
}

unsafe extern "C" fn new_delta(
    days: c_int,
    seconds: c_int,
    microseconds: c_int,
    _normalize: c_int,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { make(class, &[days, seconds, microseconds], std::ptr::null_mut(), 0) }
}

unsafe extern "C" fn new_timezone(offset: Raw, name: Raw) -> Raw {
    // SAFETY: by contract of the C API.
    let (offset, name) = unsafe { (Object::from_raw(offset), Object::from_raw_opt(name)) };
    let arguments: Vec<&Object> = std::iter::once(offset).chain(name).collect();
    let make = || -> Result {
        match Interpreter::current().state::<State>().timezone.get() {
            Some(class) => class.call(&arguments),
            None => Err(raise!(RuntimeError, "datetime is not imported")),
        }
    };
    result_into_raw(make())
}

unsafe extern "C" fn datetime_from_timestamp(class: Raw, arguments: Raw, keywords: Raw) -> Raw {
    let make = || -> Result {
        // SAFETY: by contract of the C API.
        unsafe {
            let method = Object::from_raw(class).get_attr(intern!("fromtimestamp"))?;
            result_from_raw(crate::object::PyObject_Call(
                &method,
                Object::from_raw(arguments),
                Object::from_raw_opt(keywords),
            ))
        }
    };
    result_into_raw(make())
}

unsafe extern "C" fn date_from_timestamp(class: Raw, arguments: Raw) -> Raw {
    // SAFETY: by contract of the C API.
    unsafe { datetime_from_timestamp(class, arguments, std::ptr::null_mut()) }
}

//! The C API of `datetime` (`datetime.h`): a table of types and constructors in a capsule, made when the module `_datetime` is imported.

use std::ffi::c_int;

use abi::{PyDateTime_CAPI, PyTypeObject};
use runtime::native::datetime::{Constructors, constructors};
use runtime::objects::capsule::Capsule;
use runtime::prelude::*;
use runtime::protocol::{result_from_raw, result_into_raw};

use crate::support::Raw;

/// The capsule `datetime.datetime_CAPI`.
pub fn capsule() -> Result {
    let made = constructors()?;
    let ty = |ty: fn() -> &'static Type| ty().as_type_ptr();
    let table = Box::new(PyDateTime_CAPI {
        DateType: ty(made.date_type),
        DateTimeType: ty(made.datetime_type),
        TimeType: ty(made.time_type),
        DeltaType: ty(made.delta_type),
        TZInfoType: ty(made.zone_type),
        TimeZone_UTC: (made.utc)()?.into_raw(),
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
    Ok(Capsule::new(Box::into_raw(table).cast(), abi::PyDateTime_CAPSULE_NAME.as_ptr(), None).into_object())
}

/// What a constructor made for C.
fn give(make: impl FnOnce(&Constructors) -> Result) -> Raw {
    result_into_raw(constructors().and_then(make))
}

unsafe extern "C" fn new_date(year: c_int, month: c_int, day: c_int, class: *mut PyTypeObject) -> Raw {
    // SAFETY: by contract of the C API the class is alive.
    let class = unsafe { Type::from_raw(class) };
    give(|made| (made.date)(class, [year, month, day]))
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
    unsafe { new_datetime_and_fold(year, month, day, hour, minute, second, microsecond, zone, 0, class) }
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
    // SAFETY: by contract of the C API both are alive.
    let (zone, class) = unsafe { (Object::from_raw(zone), Type::from_raw(class)) };
    let fields = [year, month, day, hour, minute, second, microsecond];
    give(|made| (made.datetime)(class, fields, zone, fold))
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
    unsafe { new_time_and_fold(hour, minute, second, microsecond, zone, 0, class) }
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
    // SAFETY: by contract of the C API both are alive.
    let (zone, class) = unsafe { (Object::from_raw(zone), Type::from_raw(class)) };
    give(|made| (made.time)(class, [hour, minute, second, microsecond], zone, fold))
}

unsafe extern "C" fn new_delta(
    days: c_int,
    seconds: c_int,
    microseconds: c_int,
    normalize: c_int,
    class: *mut PyTypeObject,
) -> Raw {
    // SAFETY: by contract of the C API the class is alive.
    let class = unsafe { Type::from_raw(class) };
    give(|made| (made.delta)(class, [days, seconds, microseconds], normalize != 0))
}

unsafe extern "C" fn new_timezone(offset: Raw, name: Raw) -> Raw {
    // SAFETY: by contract of the C API both are alive, and the name may be null.
    let (offset, name) = unsafe { (Object::from_raw(offset), Object::from_raw_opt(name)) };
    give(|made| (made.timezone)(offset, name))
}

unsafe extern "C" fn datetime_from_timestamp(class: Raw, arguments: Raw, keywords: Raw) -> Raw {
    let make = || -> Result {
        // SAFETY: by contract of the C API: a class, a tuple, a dict or null.
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

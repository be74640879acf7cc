//! `time`: clocks, sleeping, calendar times. <https://docs.python.org/3.14/library/time.html>.

use std::ffi::CString;
use std::time::Duration;

use runtime::gil;
use runtime::lock::monotonic_now;
use runtime::objects::namespace::SimpleNamespace;
use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "time",
    doc: "This module provides various functions to manipulate time values.",
    functions: [
        time, time_ns, monotonic, monotonic_ns, perf_counter, perf_counter_ns, process_time, process_time_ns,
        thread_time, thread_time_ns, clock_gettime, clock_gettime_ns, clock_settime, clock_settime_ns, clock_getres,
        pthread_getcpuclockid, get_clock_info, sleep, gmtime, localtime, mktime, asctime, ctime, strftime, strptime,
        tzset,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    constants(
        module,
        &[
            ("CLOCK_BOOTTIME", 7),
            ("CLOCK_MONOTONIC", 1),
            ("CLOCK_MONOTONIC_RAW", 4),
            ("CLOCK_PROCESS_CPUTIME_ID", 2),
            ("CLOCK_REALTIME", 0),
            ("CLOCK_TAI", 11),
            ("CLOCK_THREAD_CPUTIME_ID", 3),
            ("_STRUCT_TM_ITEMS", 11),
        ],
    )?;
    declare_sequence(
        module,
        "time.struct_time",
        "A point in time as nine numbers, from tm_year to tm_isdst, and the zone's name and\noffset as attributes: what localtime(), gmtime() and strptime() return.",
        &[
            ("tm_year", "year, for example, 1993"),
            ("tm_mon", "month of year, range [1, 12]"),
            ("tm_mday", "day of month, range [1, 31]"),
            ("tm_hour", "hours, range [0, 23]"),
            ("tm_min", "minutes, range [0, 59]"),
            ("tm_sec", "seconds, range [0, 61])"),
            ("tm_wday", "day of week, range [0, 6], Monday is 0"),
            ("tm_yday", "day of year, range [1, 366]"),
            ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
            ("tm_zone", "abbreviation of timezone name"),
            ("tm_gmtoff", "offset from UTC in seconds"),
        ],
        9,
    )?;
    set_zone(module)
}

/// `timezone`, `altzone`, `daylight`, `tzname`: what January and July of this year say.
fn set_zone(module: &Module) -> Result<()> {
    c!(tzset_c());
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = read_clock(libc::CLOCK_REALTIME)? / 1_000_000_000;
    let start = now / YEAR * YEAR;
    let (january, july) = (local(start)?, local(start + YEAR / 2)?);
    let zone = |tm: &libc::tm| -> (i64, Ref) { (-tm.tm_gmtoff, c!(decode_c(tm.tm_zone)).into_object()) };
    let ((january, first), (july, second)) = (zone(&january), zone(&july));
    let dict = module.dict();
    let (timezone, altzone, names) =
        if january < july { (july, january, [second, first]) } else { (january, july, [first, second]) };
    dict.insert_str(intern!("timezone"), &Int::new(timezone))?;
    dict.insert_str(intern!("altzone"), &Int::new(altzone))?;
    dict.insert_str(intern!("daylight"), &Int::new((january != july).into()))?;
    dict.insert_str(intern!("tzname"), &Tuple::pack(names))
}

#[allow(unsafe_code)]
mod foreign {
    // SAFETY: C's declarations.
    unsafe extern "C" {
        #[link_name = "tzset"]
        pub fn tzset_c();
        #[link_name = "strftime"]
        pub fn strftime_c(
            into: *mut libc::c_char,
            room: usize,
            format: *const libc::c_char,
            tm: *const libc::tm,
        ) -> usize;
    }
}
use foreign::{strftime_c, tzset_c};

/// A clock in nanoseconds.
fn read_clock(clock: i32) -> Result<i64> {
    let mut time: libc::timespec = zeroed();
    check(c!(libc::clock_gettime(clock, &mut time)))?;
    time.tv_sec
        .checked_mul(1_000_000_000)
        .and_then(|nanos| nanos.checked_add(time.tv_nsec))
        .ok_or_else(|| raise!(OverflowError, "timestamp too large to convert to C PyTime_t"))
}

fn seconds(nanos: i64) -> f64 {
    if nanos % 1_000_000_000 == 0 { (nanos / 1_000_000_000) as f64 } else { nanos as f64 / 1e9 }
}

macro_rules! clocks {
    ($($name:ident $nanos:ident $clock:ident $doc:literal $doc_nanos:literal;)*) => {$(
        #[doc = $doc]
        #[function(signature = "()")]
        fn $name() -> Result<f64> {
            read_clock(libc::$clock).map(seconds)
        }

        #[doc = $doc_nanos]
        #[function(signature = "()")]
        fn $nanos() -> Result<i64> {
            read_clock(libc::$clock)
        }
    )*};
}

clocks! {
    time time_ns CLOCK_REALTIME "Return the current time in seconds since the Epoch.\n\nFractions of a second may be present if the system clock provides them." "Return the current time in nanoseconds since the Epoch.";
    monotonic monotonic_ns CLOCK_MONOTONIC "Monotonic clock, cannot go backward." "Monotonic clock, cannot go backward, as nanoseconds.";
    perf_counter perf_counter_ns CLOCK_MONOTONIC "Performance counter for benchmarking." "Performance counter for benchmarking as nanoseconds.";
    process_time process_time_ns CLOCK_PROCESS_CPUTIME_ID "Process time for profiling: sum of the kernel and user-space CPU time." "Process time for profiling as nanoseconds: sum of the kernel and user-space CPU time.";
    thread_time thread_time_ns CLOCK_THREAD_CPUTIME_ID "Thread time for profiling: sum of the kernel and user-space CPU time." "Thread time for profiling as nanoseconds: sum of the kernel and user-space CPU time.";
}

/// Return the time of the specified clock clk_id as a float.
#[function(signature = "(clk_id, /)")]
fn clock_gettime(clk_id: i32) -> Result<f64> {
    read_clock(clk_id).map(seconds)
}

/// Return the time of the specified clock clk_id as nanoseconds (int).
#[function(signature = "(clk_id, /)")]
fn clock_gettime_ns(clk_id: i32) -> Result<i64> {
    read_clock(clk_id)
}

fn set_clock(clock: i32, nanos: i64) -> Result<()> {
    let time =
        libc::timespec { tv_sec: nanos.div_euclid(1_000_000_000), tv_nsec: nanos.rem_euclid(1_000_000_000) };
    check(c!(libc::clock_settime(clock, &time)))?;
    Ok(())
}

/// Set the time of the specified clock clk_id.
#[function(signature = "(clk_id, time, /)", hidden_signature)]
fn clock_settime(clk_id: i32, time: &Object) -> Result<()> {
    set_clock(clk_id, nanoseconds(time)?)
}

/// Set the time of the specified clock clk_id with nanoseconds.
#[function(signature = "(clk_id, time, /)", hidden_signature)]
fn clock_settime_ns(clk_id: i32, time: i64) -> Result<()> {
    set_clock(clk_id, time)
}

/// Return the resolution (precision) of the specified clock clk_id.
#[function(signature = "(clk_id, /)", hidden_signature)]
fn clock_getres(clk_id: i32) -> Result<f64> {
    let mut time: libc::timespec = zeroed();
    check(c!(libc::clock_getres(clk_id, &mut time)))?;
    Ok(time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9)
}

/// Return the clk_id of a thread's CPU time clock.
#[function(signature = "(thread_id, /)", hidden_signature)]
fn pthread_getcpuclockid(thread_id: u64) -> Result<i32> {
    let mut clock = 0;
    match c!(libc::pthread_getcpuclockid(thread_id as libc::pthread_t, &mut clock)) {
        0 => Ok(clock),
        error => Err(fail(error)),
    }
}

/// Get information of the specified clock.
#[function(signature = "(name, /)", hidden_signature)]
fn get_clock_info(name: &str) -> Result {
    let (clock, text, monotonic, adjustable) = match name {
        "time" => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
        "monotonic" | "perf_counter" => {
            (libc::CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false)
        }
        "process_time" => {
            (libc::CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false)
        }
        "thread_time" => {
            (libc::CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false)
        }
        _ => return Err(raise!(ValueError, "unknown clock")),
    };
    let info = SimpleNamespace::type_object().call(&[])?;
    info.set_attr(intern!("implementation"), &Str::new(text))?;
    info.set_attr(intern!("monotonic"), &py_bool(monotonic))?;
    info.set_attr(intern!("adjustable"), &py_bool(adjustable))?;
    info.set_attr(intern!("resolution"), &Float::new(clock_getres(clock)?))?;
    Ok(info)
}

/// Delay execution for a given number of seconds.
///
/// The argument may be a floating-point number for subsecond precision.
#[function(signature = "($module, object, /)")]
fn sleep(_module: &Module, object: &Object) -> Result<()> {
    let nanos = nanoseconds(object)?;
    if nanos < 0 {
        return Err(raise!(ValueError, "sleep length must be non-negative"));
    }
    let until = monotonic_now() + Duration::from_nanos(nanos as u64);
    let until = libc::timespec { tv_sec: until.as_secs() as i64, tv_nsec: until.subsec_nanos().into() };
    loop {
        let result = gil::allow_threads(|| {
            c!(libc::clock_nanosleep(
                libc::CLOCK_MONOTONIC,
                libc::TIMER_ABSTIME,
                &until,
                std::ptr::null_mut()
            ))
        });
        match result {
            0 => return Ok(()),
            libc::EINTR => runtime::signal::check()?,
            error => return Err(fail(error)),
        }
    }
}

fn local(seconds: i64) -> Result<libc::tm> {
    let mut tm: libc::tm = zeroed();
    if c!(libc::localtime_r(&seconds, &mut tm)).is_null() {
        return Err(match errno() {
            libc::EOVERFLOW => raise!(OverflowError, "timestamp out of range for platform time_t"),
            error => fail(error),
        });
    }
    Ok(tm)
}

fn universal(seconds: i64) -> Result<libc::tm> {
    let mut tm: libc::tm = zeroed();
    if c!(libc::gmtime_r(&seconds, &mut tm)).is_null() {
        return Err(match errno() {
            libc::EOVERFLOW => raise!(OverflowError, "timestamp out of range for platform time_t"),
            error => fail(error),
        });
    }
    Ok(tm)
}

fn struct_time(tm: &libc::tm) -> Result {
    let mut items = vec![
        int(i64::from(tm.tm_year) + 1900),
        int(tm.tm_mon + 1),
        int(tm.tm_mday),
        int(tm.tm_hour),
        int(tm.tm_min),
        int(tm.tm_sec),
        int((tm.tm_wday + 6) % 7),
        int(tm.tm_yday + 1),
        int(tm.tm_isdst),
    ];
    items.push(c!(decode_c(tm.tm_zone)).into_object());
    items.push(int(tm.tm_gmtoff));
    sequence("time.struct_time", items)
}

/// The argument of gmtime and others: seconds, or now.
fn moment(object: Option<&Object>) -> Result<i64> {
    let Some(object) = object.filter(|object| !object.is_none()) else {
        return Ok(read_clock(libc::CLOCK_REALTIME)?.div_euclid(1_000_000_000));
    };
    let too_large = || raise!(OverflowError, "timestamp out of range for platform time_t");
    if let Some(value) = object.downcast::<Float>().map(Float::value) {
        if value.is_nan() {
            return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
        }
        let whole = value.floor();
        if !(-9.2e18..9.2e18).contains(&whole) {
            return Err(too_large());
        }
        return Ok(whole as i64);
    }
    object.index()?.to_i64().ok_or_else(too_large)
}

/// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a. GMT).
#[function(signature = "(seconds=None, /)", hidden_signature)]
fn gmtime(seconds: Option<&Object>) -> Result {
    struct_time(&universal(moment(seconds)?)?)
}

/// Convert seconds since the Epoch to a time tuple expressing local time.
#[function(signature = "(seconds=None, /)", hidden_signature)]
fn localtime(seconds: Option<&Object>) -> Result {
    struct_time(&local(moment(seconds)?)?)
}

/// A time tuple as C's struct; `zone` keeps the zone's name alive.
fn tm_of(function: &str, object: &Object, zone: &mut Option<CString>) -> Result<libc::tm> {
    let Some(tuple) = object.downcast::<Tuple>() else {
        return Err(raise!(TypeError, "Tuple or struct_time argument required"));
    };
    if tuple.len() != 9 {
        return Err(raise!(TypeError, "{function}(): illegal time tuple argument"));
    }
    let mut fields = [0i32; 9];
    for (field, item) in fields.iter_mut().zip(tuple.as_slice()) {
        *field = match item.index()?.to_i64().map(i32::try_from) {
            Some(Ok(value)) => value,
            _ => return Err(raise!(OverflowError, "Python int too large to convert to C int")),
        };
    }
    let [year, month, day, hour, minute, second, weekday, yearday, dst] = fields;
    let Some(tm_year) = year.checked_sub(1900) else {
        return Err(raise!(OverflowError, "year out of range"));
    };
    let mut tm: libc::tm = zeroed();
    tm.tm_year = tm_year;
    tm.tm_mon = month.wrapping_sub(1);
    tm.tm_mday = day;
    tm.tm_hour = hour;
    tm.tm_min = minute;
    tm.tm_sec = second;
    tm.tm_wday = weekday.wrapping_add(1) % 7;
    tm.tm_yday = yearday.wrapping_sub(1);
    tm.tm_isdst = dst;
    if sequence_type("time.struct_time").is_some_and(|class| std::ptr::eq::<Type>(object.ty(), &*class)) {
        if let Some(offset) = object.get_attr(intern!("tm_gmtoff"))?.downcast::<Int>() {
            tm.tm_gmtoff = offset.to_i64().unwrap_or(0);
        }
        if let Some(name) = object.get_attr(intern!("tm_zone"))?.downcast::<Str>() {
            *zone = CString::new(encode(name)?).ok();
            if let Some(zone) = zone {
                tm.tm_zone = zone.as_ptr();
            }
        }
    }
    Ok(tm)
}

/// ValueError for fields out of their ranges; zeros that have meant one are one.
fn check_tm(tm: &mut libc::tm) -> Result<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    } else if !(0..=11).contains(&tm.tm_mon) {
        return Err(raise!(ValueError, "month out of range"));
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    } else if !(0..=31).contains(&tm.tm_mday) {
        return Err(raise!(ValueError, "day of month out of range"));
    }
    if !(0..=23).contains(&tm.tm_hour) {
        return Err(raise!(ValueError, "hour out of range"));
    }
    if !(0..=59).contains(&tm.tm_min) {
        return Err(raise!(ValueError, "minute out of range"));
    }
    if !(0..=61).contains(&tm.tm_sec) {
        return Err(raise!(ValueError, "seconds out of range"));
    }
    if tm.tm_wday < 0 {
        return Err(raise!(ValueError, "day of week out of range"));
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    } else if !(0..=365).contains(&tm.tm_yday) {
        return Err(raise!(ValueError, "day of year out of range"));
    }
    Ok(())
}

/// mktime(tuple) -> floating-point number
#[function(signature = "($module, object, /)")]
fn mktime(_module: &Module, object: &Object) -> Result<f64> {
    let mut tm = tm_of("mktime", object, &mut None)?;
    tm.tm_wday = -1;
    let seconds = c!(libc::mktime(&mut tm));
    if seconds == -1 && tm.tm_wday == -1 {
        return Err(raise!(OverflowError, "mktime argument out of range"));
    }
    Ok(seconds as f64)
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn text_of(tm: &libc::tm) -> String {
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday.rem_euclid(7) as usize],
        MONTHS[tm.tm_mon.rem_euclid(12) as usize],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        i64::from(tm.tm_year) + 1900
    )
}

/// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
#[function(signature = "(tuple=None, /)", hidden_signature)]
fn asctime(tuple: Option<&Object>) -> Result<String> {
    let tm = match tuple {
        Some(tuple) => {
            let mut tm = tm_of("asctime", tuple, &mut None)?;
            check_tm(&mut tm)?;
            tm
        }
        None => local(moment(None)?)?,
    };
    Ok(text_of(&tm))
}

/// Convert a time in seconds since the Epoch to a string in local time.
#[function(signature = "(seconds=None, /)", hidden_signature)]
fn ctime(seconds: Option<&Object>) -> Result<String> {
    Ok(text_of(&local(moment(seconds)?)?))
}

/// Convert a time tuple to a string according to a format specification.
#[function(signature = "(format, tuple=None, /)", hidden_signature)]
fn strftime(format: &Str, tuple: Option<&Object>) -> Result<Ref<Str>> {
    let mut zone = None;
    let mut tm = match tuple {
        Some(tuple) => {
            let mut tm = tm_of("strftime", tuple, &mut zone)?;
            check_tm(&mut tm)?;
            tm
        }
        None => local(moment(None)?)?,
    };
    tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
    // C's function gets what is ASCII; all other characters, nulls too, go through.
    let mut result = StrBuilder::new();
    let mut run = Vec::new();
    for code in format.code_points() {
        if (1..0x80).contains(&code) {
            run.push(code as u8);
            continue;
        }
        push_formatted(&mut result, std::mem::take(&mut run), &tm);
        result.push(code);
    }
    push_formatted(&mut result, run, &tm);
    result.try_finish()
}

/// Adds what C's function makes of a format without nulls.
fn push_formatted(result: &mut StrBuilder, format: Vec<u8>, tm: &libc::tm) {
    if format.is_empty() {
        return;
    }
    let most = 256 * format.len().max(64);
    let format = CString::new(format).unwrap_or_default();
    let mut room = 1024;
    loop {
        let mut buffer = vec![0u8; room];
        let length = c!(strftime_c(buffer.as_mut_ptr().cast(), room, format.as_ptr(), tm));
        if length > 0 || room >= most {
            result.push_str(&decode(&buffer[..length]));
            return;
        }
        room *= 2;
    }
}

/// Parse a string to a time tuple according to a format specification.
#[function(signature = "(*args)", hidden_signature)]
fn strptime(args: &[&Object]) -> Result {
    let parse = runtime::import::import_attribute("_strptime", intern!("_strptime_time"))?;
    parse.call(args)
}

/// Initialize, or reinitialize, the local timezone to the value stored in os.environ['TZ'].
#[function(signature = "($module, /)")]
fn tzset(module: &Module) -> Result<()> {
    set_zone(module)
}

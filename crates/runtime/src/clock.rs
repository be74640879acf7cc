//! The system's clock, and the C library's calendar: what the modules about dates ask of the system.

use std::ffi::CStr;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::errors::{Result, raise_os_error};
use crate::import::path;
use crate::objects::str::Str;
use crate::reference::Ref;

/// Seconds since the epoch as calendar fields: year and month as one says them, the second up to 60.
#[derive(Debug, Clone, Copy)]
pub struct Broken {
    pub year: i64,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    /// Seconds east of Greenwich.
    pub offset: i64,
}

/// Now: seconds since the epoch and nanoseconds.
pub fn now() -> (i64, u32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        Err(error) => {
            let until = error.duration();
            match until.subsec_nanos() {
                0 => (-(until.as_secs() as i64), 0),
                nanos => (-(until.as_secs() as i64) - 1, 1_000_000_000 - nanos),
            }
        }
    }
}

/// One of C's conversions, which fail for years that don't fit an int.
fn convert(
    seconds: i64,
    function: unsafe extern "C" fn(*const libc::time_t, *mut libc::tm) -> *mut libc::tm,
) -> Result<libc::tm> {
    // SAFETY: a `tm` of zeros is valid, and the function gets memory of ours alone.
    let (broken, failed) = unsafe {
        let mut broken: libc::tm = std::mem::zeroed();
        let result = function(&seconds, &mut broken);
        (broken, result.is_null())
    };
    match failed {
        false => Ok(broken),
        true => {
            let number = std::io::Error::last_os_error().raw_os_error().filter(|&number| number != 0);
            Err(raise_os_error(number.unwrap_or(libc::EINVAL), None, None))
        }
    }
}

fn fields(broken: &libc::tm) -> Broken {
    Broken {
        year: i64::from(broken.tm_year) + 1900,
        month: broken.tm_mon + 1,
        day: broken.tm_mday,
        hour: broken.tm_hour,
        minute: broken.tm_min,
        second: broken.tm_sec,
        offset: broken.tm_gmtoff,
    }
}

/// Seconds since the epoch in local time.
pub fn local(seconds: i64) -> Result<Broken> {
    convert(seconds, libc::localtime_r).map(|broken| fields(&broken))
}

/// Seconds since the epoch in UTC.
pub fn universal(seconds: i64) -> Result<Broken> {
    convert(seconds, libc::gmtime_r).map(|broken| fields(&broken))
}

/// The local time zone at a moment: seconds east of Greenwich, and what it is called.
pub fn local_zone(seconds: i64) -> Result<(i64, Option<Ref<Str>>)> {
    let broken = convert(seconds, libc::localtime_r)?;
    let name = (!broken.tm_zone.is_null()).then(|| {
        // SAFETY: the C library keeps the names of zones.
        path::decode(unsafe { CStr::from_ptr(broken.tm_zone) }.to_bytes())
    });
    Ok((broken.tm_gmtoff, name))
}

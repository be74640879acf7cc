//! Timers as file descriptors.

use super::*;

/// Create and return a timer file descriptor.
///
///   clockid
///     A valid clock ID constant as timer file descriptor.
///   flags
///     0 or a bit mask of os.TFD_NONBLOCK or os.TFD_CLOEXEC.
#[function(signature = "($module, clockid, /, *, flags=0)")]
pub fn timerfd_create(_module: &Module, clockid: i32, flags: Option<i32>) -> Result<i32> {
    check(c!(libc::timerfd_create(clockid, flags.unwrap_or(libc::TFD_CLOEXEC))))
}

fn timespec(nanos: i64) -> libc::timespec {
    libc::timespec { tv_sec: nanos.div_euclid(1_000_000_000), tv_nsec: nanos.rem_euclid(1_000_000_000) }
}

fn seconds(time: libc::timespec) -> f64 {
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn nanos(time: libc::timespec) -> i64 {
    time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec)
}

fn set(fd: &Object, flags: Option<i32>, initial: i64, interval: i64) -> Result<libc::itimerspec> {
    let fd = fileno(fd)?;
    let new = libc::itimerspec { it_value: timespec(initial), it_interval: timespec(interval) };
    let mut old: libc::itimerspec = zeroed();
    check(c!(libc::timerfd_settime(fd, flags.unwrap_or(0), &new, &mut old)))?;
    Ok(old)
}

fn get(fd: &Object) -> Result<libc::itimerspec> {
    let fd = fileno(fd)?;
    let mut now: libc::itimerspec = zeroed();
    check(c!(libc::timerfd_gettime(fd, &mut now)))?;
    Ok(now)
}

/// Seconds in nanoseconds, rounded down.
fn whole_nanos(seconds: f64) -> Result<i64> {
    let nanos = (seconds * 1e9).floor();
    if nanos.is_nan() {
        return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
    }
    if !(-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&nanos) {
        return Err(raise!(OverflowError, "timestamp out of range for C PyTime_t"));
    }
    Ok(nanos as i64)
}

/// Set a timer and return what it was set to, in seconds.
///
///   fd
///     The timer's descriptor.
///   flags
///     0 or TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET.
///   initial
///     When it goes off first.
///   interval
///     How long until it goes off again; 0 is never.
#[function(signature = "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)")]
pub fn timerfd_settime(
    _module: &Module,
    fd: &Object,
    flags: Option<i32>,
    initial: Option<f64>,
    interval: Option<f64>,
) -> Result<(f64, f64)> {
    let (initial, interval) = (initial.unwrap_or(0.0), interval.unwrap_or(0.0));
    let old = set(fd, flags, whole_nanos(initial)?, whole_nanos(interval)?)?;
    Ok((seconds(old.it_value), seconds(old.it_interval)))
}

/// Set a timer and return what it was set to, in nanoseconds.
///
///   fd
///     The timer's descriptor.
///   flags
///     0 or TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET.
///   initial
///     When it goes off first.
///   interval
///     How long until it goes off again; 0 is never.
#[function(signature = "($module, fd, /, *, flags=0, initial=0, interval=0)")]
pub fn timerfd_settime_ns(
    _module: &Module,
    fd: &Object,
    flags: Option<i32>,
    initial: Option<i64>,
    interval: Option<i64>,
) -> Result<(i64, i64)> {
    let old = set(fd, flags, initial.unwrap_or(0), interval.unwrap_or(0))?;
    Ok((nanos(old.it_value), nanos(old.it_interval)))
}

/// Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.
#[function(signature = "($module, fd, /)")]
pub fn timerfd_gettime(_module: &Module, fd: &Object) -> Result<(f64, f64)> {
    let now = get(fd)?;
    Ok((seconds(now.it_value), seconds(now.it_interval)))
}

/// Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.
#[function(signature = "($module, fd, /)")]
pub fn timerfd_gettime_ns(_module: &Module, fd: &Object) -> Result<(i64, i64)> {
    let now = get(fd)?;
    Ok((nanos(now.it_value), nanos(now.it_interval)))
}

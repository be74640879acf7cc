//! The environment's variables, the system's configuration, random bytes.

use std::ffi::CString;

use super::constants::{CONFSTR_NAMES, PATHCONF_NAMES, SYSCONF_NAMES};
use super::*;

/// The environment as a dictionary of bytes.
#[function(name = "_create_environ", signature = "()")]
pub fn create_environ() -> Result<Ref<Dict>> {
    use std::os::unix::ffi::OsStrExt;
    let dict = Dict::new();
    for (name, value) in std::env::vars_os() {
        let (name, value) = (Bytes::new(name.as_bytes()), Bytes::new(value.as_bytes()));
        if dict.get(&name)?.is_none() {
            dict.insert(&name, &value)?;
        }
    }
    Ok(dict)
}

/// Change or add an environment variable.
#[function(signature = "(name, value, /)")]
pub fn putenv(name: &Object, value: &Object) -> Result<()> {
    let (name, value) = (fs_string(name)?, fs_string(value)?);
    if name.to_bytes().contains(&b'=') {
        return Err(raise!(ValueError, "illegal environment variable name"));
    }
    check(c!(libc::setenv(name.as_ptr(), value.as_ptr(), 1)))?;
    Ok(())
}

/// Delete an environment variable.
#[function(signature = "(name, /)")]
pub fn unsetenv(name: &Object) -> Result<()> {
    let name = fs_string(name)?;
    check(c!(libc::unsetenv(name.as_ptr())))?;
    Ok(())
}

/// A configuration name: a string of the table, or a number.
fn name_of(name: &Object, table: &[(&str, i64)]) -> Result<i32> {
    if name.ty().nb_index().is_some() {
        return match name.index()?.to_i64().and_then(|value| i32::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => Err(raise!(OverflowError, "Python int too large to convert to C int")),
        };
    }
    let Some(text) = name.downcast::<Str>() else {
        return Err(raise!(TypeError, "configuration names must be strings or integers"));
    };
    match table.iter().find(|(known, _)| text.eq_str(known)) {
        Some((_, value)) => Ok(*value as i32),
        None => Err(raise!(ValueError, "unrecognized configuration name")),
    }
}

fn configuration(value: i64) -> Result<i64> {
    if value == -1 && errno() != 0 { Err(last_error()) } else { Ok(value) }
}

/// Return an integer-valued system configuration variable.
#[function(signature = "(name, /)")]
pub fn sysconf(name: &Object) -> Result<i64> {
    let name = name_of(name, SYSCONF_NAMES)?;
    clear_errno();
    configuration(c!(libc::sysconf(name)))
}

/// Return the configuration limit name for the file or directory path.
#[function(signature = "(path, name)")]
pub fn pathconf(path: &Object, name: &Object) -> Result<i64> {
    let path = Path::or_fd("pathconf", "path", path)?;
    let name = name_of(name, PATHCONF_NAMES)?;
    clear_errno();
    let value = match path.fd {
        Some(fd) => c!(libc::fpathconf(fd, name)),
        None => c!(libc::pathconf(path.text.as_ptr(), name)),
    };
    if value == -1 && errno() != 0 {
        let error = errno();
        return Err(if error == libc::EINVAL { fail(error) } else { path.error(error) });
    }
    Ok(value)
}

/// Return the configuration limit name for the file descriptor fd.
#[function(signature = "(fd, name, /)")]
pub fn fpathconf(fd: &Object, name: &Object) -> Result<i64> {
    let fd = fileno(fd)?;
    let name = name_of(name, PATHCONF_NAMES)?;
    clear_errno();
    configuration(c!(libc::fpathconf(fd, name)))
}

/// Return a string-valued system configuration variable.
#[function(signature = "(name, /)")]
pub fn confstr(name: &Object) -> Result<Option<Ref<Str>>> {
    let name = name_of(name, CONFSTR_NAMES)?;
    let mut buffer = vec![0u8; 1024];
    clear_errno();
    let length = c!(libc::confstr(name, buffer.as_mut_ptr().cast(), buffer.len()));
    if length == 0 {
        return if errno() != 0 { Err(last_error()) } else { Ok(None) };
    }
    if length > buffer.len() {
        buffer.resize(length, 0);
        c!(libc::confstr(name, buffer.as_mut_ptr().cast(), buffer.len()));
    }
    Ok(Some(decode(&buffer[..length - 1])))
}

/// Return a bytes object containing random bytes suitable for cryptographic use.
#[function(signature = "(size, /)")]
pub fn urandom(size: isize) -> Result<Vec<u8>> {
    if size < 0 {
        return Err(raise!(ValueError, "negative argument not allowed"));
    }
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size as usize).is_err() {
        return Err(runtime::errors::no_memory());
    }
    buffer.resize(size as usize, 0u8);
    let mut done = 0;
    while done < buffer.len() {
        let rest = &mut buffer[done..];
        done += run(|| c!(libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0)))? as usize;
    }
    Ok(buffer)
}

/// Obtain a series of random bytes.
#[function(signature = "(size, flags=0)")]
pub fn getrandom(size: isize, flags: Option<i32>) -> Result<Vec<u8>> {
    if size < 0 {
        return Err(fail(libc::EINVAL));
    }
    let mut buffer = descriptors::room(size)?;
    let flags = flags.unwrap_or(0) as u32;
    let count = run(|| c!(libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags)))?;
    buffer.truncate(count as usize);
    Ok(buffer)
}

/// Translate an error code to a message string.
#[function(signature = "(code, /)")]
pub fn strerror(code: i32) -> Ref<Str> {
    let mut text = [0 as libc::c_char; 256];
    if c!(libc::strerror_r(code, text.as_mut_ptr(), text.len())) != 0 {
        return Str::from_string(format!("Unknown error {code}"));
    }
    c!(decode_c(text.as_ptr()))
}

/// Return an object identifying the current operating system.
#[function(signature = "()")]
pub fn uname() -> Result {
    let mut name: libc::utsname = zeroed();
    check(c!(libc::uname(&mut name)))?;
    let parts = [&name.sysname, &name.nodename, &name.release, &name.version, &name.machine];
    sequence(
        "posix.uname_result",
        parts.iter().map(|part| c!(decode_c(part.as_ptr())).into_object()).collect(),
    )
}

/// Return a collection containing process timing information.
#[function(signature = "()")]
pub fn times() -> Result {
    let mut times: libc::tms = zeroed();
    let elapsed = check(c!(libc::times(&mut times)))?;
    let ticks = c!(libc::sysconf(libc::_SC_CLK_TCK)) as f64;
    let parts = [times.tms_utime, times.tms_stime, times.tms_cutime, times.tms_cstime, elapsed];
    sequence("posix.times_result", parts.iter().map(|part| float(*part as f64 / ticks)).collect())
}

/// Return the number of logical CPUs in the system.
#[function(signature = "()")]
pub fn cpu_count() -> Option<i64> {
    let count = c!(libc::sysconf(libc::_SC_NPROCESSORS_ONLN));
    (count > 0).then_some(count)
}

/// Return average recent system load information.
#[function(signature = "()")]
pub fn getloadavg() -> Result<(f64, f64, f64)> {
    let mut load = [0.0; 3];
    if c!(libc::getloadavg(load.as_mut_ptr(), 3)) != 3 {
        return Err(raise!(OSError, "Load averages are unobtainable"));
    }
    Ok((load[0], load[1], load[2]))
}

/// Return the name of the controlling terminal for this process.
#[function(signature = "()")]
pub fn ctermid() -> &'static str {
    "/dev/tty"
}

/// The strings of an environment mapping, as "name=value".
pub fn environment_block(env: &Object) -> Result<Vec<CString>> {
    let keys = env.call_method(intern!("keys"), &[])?;
    let values = env.call_method(intern!("values"), &[])?;
    let mut block = Vec::new();
    for (key, value) in keys.collect()?.iter().zip(values.collect()?) {
        let (key, value) = (fs_bytes(key)?, fs_bytes(&value)?);
        if key.is_empty() || key[1..].contains(&b'=') {
            return Err(raise!(ValueError, "illegal environment variable name"));
        }
        let line = [&key[..], b"=", &value].concat();
        block.push(CString::new(line).map_err(|_| raise!(ValueError, "embedded null byte"))?);
    }
    Ok(block)
}

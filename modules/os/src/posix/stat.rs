//! What the system knows of a file: `stat` and its relatives, access, modes, owners, times.

use super::*;

/// The fields of `os.stat_result`.
pub const STAT_FIELDS: &[(&str, &str)] = &[
    ("st_mode", "protection bits"),
    ("st_ino", "inode"),
    ("st_dev", "device"),
    ("st_nlink", "number of hard links"),
    ("st_uid", "user ID of owner"),
    ("st_gid", "group ID of owner"),
    ("st_size", "total size, in bytes"),
    ("", "integer time of last access"),
    ("", "integer time of last modification"),
    ("", "integer time of last change"),
    ("st_atime", "time of last access"),
    ("st_mtime", "time of last modification"),
    ("st_ctime", "time of last change"),
    ("st_atime_ns", "time of last access in nanoseconds"),
    ("st_mtime_ns", "time of last modification in nanoseconds"),
    ("st_ctime_ns", "time of last change in nanoseconds"),
    ("st_blksize", "blocksize for filesystem I/O"),
    ("st_blocks", "number of blocks allocated"),
    ("st_rdev", "device type (if inode device)"),
];

/// `os.stat_result` of the system's struct.
pub fn stat_result(stat: &libc::stat) -> Result {
    let times = [
        (stat.st_atime, stat.st_atime_nsec),
        (stat.st_mtime, stat.st_mtime_nsec),
        (stat.st_ctime, stat.st_ctime_nsec),
    ];
    let mut items = vec![
        int(stat.st_mode),
        Int::from_u64(stat.st_ino).into_object(),
        Int::from_u64(stat.st_dev).into_object(),
        Int::from_u64(stat.st_nlink).into_object(),
        int(id_result(stat.st_uid)),
        int(id_result(stat.st_gid)),
        int(stat.st_size),
    ];
    items.extend(times.iter().map(|(seconds, _)| int(*seconds)));
    items.extend(times.iter().map(|(seconds, nanos)| float(*seconds as f64 + *nanos as f64 * 1e-9)));
    for (seconds, nanos) in times {
        let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        items.push(match i64::try_from(total) {
            Ok(total) => int(total),
            Err(_) => Int::from_bigint(&total.into()).into_object(),
        });
    }
    items.extend([int(stat.st_blksize), int(stat.st_blocks), Int::from_u64(stat.st_rdev).into_object()]);
    sequence("os.stat_result", items)
}

/// `fstatat`; the error is the errno.
pub fn stat_at(
    dir_fd: i32,
    path: &std::ffi::CStr,
    follow: bool,
) -> Result<std::result::Result<libc::stat, i32>> {
    let mut stat: libc::stat = zeroed();
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    Ok(call(|| c!(libc::fstatat(dir_fd, path.as_ptr(), &mut stat, flags)))?.map(|_| stat))
}

fn stat_path(function: &str, path: &Path, dir_fd: i32, follow: bool) -> Result {
    path.no_dir_fd(function, dir_fd)?;
    path.follows(function, follow)?;
    if let Some(fd) = path.fd {
        let mut stat: libc::stat = zeroed();
        path.run(|| c!(libc::fstat(fd, &mut stat)))?;
        return stat_result(&stat);
    }
    let stat = stat_at(dir_fd, &path.text, follow)?.map_err(|number| path.error(number))?;
    stat_result(&stat)
}

/// Perform a stat system call on the given path.
///
///   path
///     Path to be examined; can be string, bytes, a path-like object or
///     open-file-descriptor int.
///   dir_fd
///     If not None, it should be a file descriptor open to a directory,
///     and path should be a relative string; path will then be relative to
///     that directory.
///   follow_symlinks
///     If False, and the last element of the path is a symbolic link,
///     stat will examine the symbolic link itself instead of the file
///     the link points to.
#[function(signature = "(path, *, dir_fd=None, follow_symlinks=True)")]
pub fn stat(path: &Object, dir_fd: Option<&Object>, follow_symlinks: Option<bool>) -> Result {
    let path = Path::or_fd("stat", "path", path)?;
    stat_path("stat", &path, super::dir_fd(dir_fd)?, follow_symlinks.unwrap_or(true))
}

/// Perform a stat system call on the given path, without following symbolic links.
#[function(signature = "(path, *, dir_fd=None)")]
pub fn lstat(path: &Object, dir_fd: Option<&Object>) -> Result {
    let path = Path::new("lstat", "path", path)?;
    stat_path("lstat", &path, super::dir_fd(dir_fd)?, false)
}

/// Perform a stat system call on the given file descriptor.
#[function(signature = "(fd)")]
pub fn fstat(fd: i32) -> Result {
    let mut stat: libc::stat = zeroed();
    run(|| c!(libc::fstat(fd, &mut stat)))?;
    stat_result(&stat)
}

/// Use the real uid/gid to test for access to a path.
#[function(signature = "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
pub fn access(
    path: &Object,
    mode: i32,
    dir_fd: Option<&Object>,
    effective_ids: Option<bool>,
    follow_symlinks: Option<bool>,
) -> Result<bool> {
    let path = Path::new("access", "path", path)?;
    let dir_fd = super::dir_fd(dir_fd)?;
    let mut flags = 0;
    if !follow_symlinks.unwrap_or(true) {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    if effective_ids.unwrap_or(false) {
        flags |= libc::AT_EACCESS;
    }
    let text = &path.text;
    Ok(gil::allow_threads(|| c!(libc::faccessat(dir_fd, text.as_ptr(), mode, flags))) == 0)
}

/// Change the access permissions of a file.
#[function(signature = "(path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))")]
pub fn chmod(path: &Object, mode: i32, dir_fd: Option<&Object>, follow_symlinks: Option<bool>) -> Result<()> {
    let path = Path::or_fd("chmod", "path", path)?;
    let (dir_fd, mode) = (super::dir_fd(dir_fd)?, mode as libc::mode_t);
    let follow = follow_symlinks.unwrap_or(true);
    let text = &path.text;
    match path.fd {
        Some(fd) => path.run(|| c!(libc::fchmod(fd, mode)))?,
        None => {
            let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
            path.run(|| c!(libc::fchmodat(dir_fd, text.as_ptr(), mode, flags)))?
        }
    };
    Ok(())
}

/// Change the access permissions of the file given by file descriptor fd.
#[function(signature = "(fd, mode)")]
pub fn fchmod(fd: i32, mode: i32) -> Result<()> {
    run(|| c!(libc::fchmod(fd, mode as libc::mode_t)))?;
    Ok(())
}

/// Change the owner and group id of path to the numeric uid and gid.
#[function(signature = "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
pub fn chown(
    path: &Object,
    uid: &Object,
    gid: &Object,
    dir_fd: Option<&Object>,
    follow_symlinks: Option<bool>,
) -> Result<()> {
    let path = Path::or_fd("chown", "path", path)?;
    let (uid, gid) = (id(uid, "uid")?, id(gid, "gid")?);
    let dir_fd = super::dir_fd(dir_fd)?;
    let follow = follow_symlinks.unwrap_or(true);
    path.no_dir_fd("chown", dir_fd)?;
    path.follows("chown", follow)?;
    let text = &path.text;
    match path.fd {
        Some(fd) => path.run(|| c!(libc::fchown(fd, uid, gid)))?,
        None => {
            let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
            path.run(|| c!(libc::fchownat(dir_fd, text.as_ptr(), uid, gid, flags)))?
        }
    };
    Ok(())
}

/// Change the owner and group id of the file specified by file descriptor.
#[function(signature = "(fd, uid, gid)")]
pub fn fchown(fd: i32, uid: &Object, gid: &Object) -> Result<()> {
    let (uid, gid) = (id(uid, "uid")?, id(gid, "gid")?);
    run(|| c!(libc::fchown(fd, uid, gid)))?;
    Ok(())
}

/// Change the owner and group id of path to the numeric uid and gid, without following symbolic links.
#[function(signature = "(path, uid, gid)")]
pub fn lchown(path: &Object, uid: &Object, gid: &Object) -> Result<()> {
    let path = Path::new("lchown", "path", path)?;
    let (uid, gid) = (id(uid, "uid")?, id(gid, "gid")?);
    let text = &path.text;
    path.run(|| c!(libc::lchown(text.as_ptr(), uid, gid)))?;
    Ok(())
}

/// Seconds (an integer or a float) as the system's time.
pub fn timespec_of(seconds: &Object) -> Result<libc::timespec> {
    if let Some(value) = seconds.downcast::<Float>().map(Float::value) {
        if value.is_nan() {
            return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
        }
        let (mut whole, mut nanos) = (value.floor(), ((value - value.floor()) * 1e9).floor());
        if nanos >= 1e9 {
            nanos -= 1e9;
            whole += 1.0;
        }
        if !(-9.3e18..9.2e18).contains(&whole) {
            return Err(raise!(OverflowError, "timestamp out of range for platform time_t"));
        }
        return Ok(libc::timespec { tv_sec: whole as i64, tv_nsec: nanos as i64 });
    }
    match seconds.index()?.to_i64() {
        Some(whole) => Ok(libc::timespec { tv_sec: whole, tv_nsec: 0 }),
        None => Err(raise!(OverflowError, "timestamp out of range for platform time_t")),
    }
}

fn timespec_of_nanos(nanos: &Object) -> Result<libc::timespec> {
    let total = nanos.index()?.to_bigint();
    let billion = num_bigint::BigInt::from(1_000_000_000);
    let (mut whole, mut rest) = (&total / &billion, &total % &billion);
    if rest < 0.into() {
        rest += &billion;
        whole -= 1;
    }
    match (i64::try_from(whole), i64::try_from(rest)) {
        (Ok(tv_sec), Ok(tv_nsec)) => Ok(libc::timespec { tv_sec, tv_nsec }),
        _ => Err(raise!(OverflowError, "timestamp out of range for platform time_t")),
    }
}

/// Set the access and modified time of path.
#[function(signature = "(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)")]
pub fn utime(
    path: &Object,
    times: Option<&Object>,
    ns: Option<&Object>,
    dir_fd: Option<&Object>,
    follow_symlinks: Option<bool>,
) -> Result<()> {
    let path = Path::or_fd("utime", "path", path)?;
    let dir_fd = super::dir_fd(dir_fd)?;
    let follow = follow_symlinks.unwrap_or(true);
    let times = times.filter(|times| !times.is_none());
    if times.is_some() && ns.is_some() {
        return Err(raise!(ValueError, "utime: you may specify either 'times' or 'ns' but not both"));
    }
    let pair =
        |object: &Object| object.downcast::<Tuple>().filter(|pair| pair.len() == 2).map(Ref::from_borrowed);
    let stamps = if let Some(times) = times {
        let Some(pair) = pair(times) else {
            return Err(raise!(TypeError, "utime: 'times' must be either a tuple of two ints or None"));
        };
        Some([timespec_of(&pair.as_slice()[0])?, timespec_of(&pair.as_slice()[1])?])
    } else if let Some(ns) = ns {
        let Some(pair) = pair(ns) else {
            return Err(raise!(TypeError, "utime: 'ns' must be a tuple of two ints"));
        };
        Some([timespec_of_nanos(&pair.as_slice()[0])?, timespec_of_nanos(&pair.as_slice()[1])?])
    } else {
        None
    };
    path.no_dir_fd("utime", dir_fd)?;
    path.follows("utime", follow)?;
    let text = &path.text;
    let fd = path.fd;
    path.run(|| {
        let stamps = stamps.as_ref().map_or(std::ptr::null(), |stamps| stamps.as_ptr());
        match fd {
            Some(fd) => c!(libc::futimens(fd, stamps)),
            None => {
                let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
                c!(libc::utimensat(dir_fd, text.as_ptr(), stamps, flags))
            }
        }
    })?;
    Ok(())
}

fn statvfs_result(stat: &libc::statvfs) -> Result {
    let number = |value: u64| Int::from_u64(value).into_object();
    sequence(
        "os.statvfs_result",
        vec![
            number(stat.f_bsize),
            number(stat.f_frsize),
            number(stat.f_blocks),
            number(stat.f_bfree),
            number(stat.f_bavail),
            number(stat.f_files),
            number(stat.f_ffree),
            number(stat.f_favail),
            number(stat.f_flag),
            number(stat.f_namemax),
            number(stat.f_fsid),
        ],
    )
}

/// Perform a statvfs system call on the given path.
#[function(signature = "(path)")]
pub fn statvfs(path: &Object) -> Result {
    let path = Path::or_fd("statvfs", "path", path)?;
    let mut stat: libc::statvfs = zeroed();
    let (text, fd) = (&path.text, path.fd);
    path.run(|| match fd {
        Some(fd) => c!(libc::fstatvfs(fd, &mut stat)),
        None => c!(libc::statvfs(text.as_ptr(), &mut stat)),
    })?;
    statvfs_result(&stat)
}

/// Perform an fstatvfs system call on the given fd.
#[function(signature = "(fd, /)")]
pub fn fstatvfs(fd: i32) -> Result {
    let mut stat: libc::statvfs = zeroed();
    run(|| c!(libc::fstatvfs(fd, &mut stat)))?;
    statvfs_result(&stat)
}

fn device(value: &Object) -> Result<u64> {
    let index = value.index()?;
    match (index.to_u64(), index.to_i64()) {
        (Some(value), _) => Ok(value),
        (None, Some(-1)) => Ok(u64::MAX),
        (None, _) if index.sign() < 0 => Err(raise!(ValueError, "Cannot convert negative int")),
        _ => Err(raise!(OverflowError, "Python int too large to convert to C unsigned long")),
    }
}

fn part(value: u32) -> i64 {
    if value == u32::MAX { -1 } else { value.into() }
}

/// Extracts a device major number from a raw device number.
#[function(signature = "(device, /)")]
pub fn major(device: &Object) -> Result<i64> {
    Ok(part(libc::major(self::device(device)?)))
}

/// Extracts a device minor number from a raw device number.
#[function(signature = "(device, /)")]
pub fn minor(device: &Object) -> Result<i64> {
    Ok(part(libc::minor(self::device(device)?)))
}

/// Composes a raw device number from the major and minor device numbers.
#[function(signature = "(major, minor, /)")]
pub fn makedev(major: &Object, minor: &Object) -> Result {
    let (major, minor) = (device(major)?, device(minor)?);
    if major == u64::MAX && minor == u64::MAX {
        return Ok(int(-1));
    }
    Ok(Int::from_u64(libc::makedev(major as u32, minor as u32)).into_object())
}

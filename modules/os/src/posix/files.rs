//! Names of files: directories, links, renaming, removing; the working directory; extended attributes.

use super::*;

/// Create a directory.
#[function(signature = "(path, mode=511, *, dir_fd=None)")]
pub fn mkdir(path: &Object, mode: Option<i32>, dir_fd: Option<&Object>) -> Result<()> {
    let path = Path::new("mkdir", "path", path)?;
    let (dir_fd, mode) = (super::dir_fd(dir_fd)?, mode.unwrap_or(0o777));
    let text = &path.text;
    path.run(|| c!(libc::mkdirat(dir_fd, text.as_ptr(), mode as libc::mode_t)))?;
    Ok(())
}

/// Remove a directory.
#[function(signature = "(path, *, dir_fd=None)")]
pub fn rmdir(path: &Object, dir_fd: Option<&Object>) -> Result<()> {
    let path = Path::new("rmdir", "path", path)?;
    let dir_fd = super::dir_fd(dir_fd)?;
    let text = &path.text;
    path.run(|| c!(libc::unlinkat(dir_fd, text.as_ptr(), libc::AT_REMOVEDIR)))?;
    Ok(())
}

fn remove_file(function: &str, path: &Object, dir_fd: Option<&Object>) -> Result<()> {
    let path = Path::new(function, "path", path)?;
    let dir_fd = super::dir_fd(dir_fd)?;
    let text = &path.text;
    path.run(|| c!(libc::unlinkat(dir_fd, text.as_ptr(), 0)))?;
    Ok(())
}

/// Remove a file (same as remove()).
#[function(signature = "(path, *, dir_fd=None)")]
pub fn unlink(path: &Object, dir_fd: Option<&Object>) -> Result<()> {
    remove_file("unlink", path, dir_fd)
}

/// Remove a file (same as unlink()).
#[function(signature = "(path, *, dir_fd=None)")]
pub fn remove(path: &Object, dir_fd: Option<&Object>) -> Result<()> {
    remove_file("remove", path, dir_fd)
}

fn rename_file(
    function: &str,
    src: &Object,
    dst: &Object,
    src_dir_fd: Option<&Object>,
    dst_dir_fd: Option<&Object>,
) -> Result<()> {
    let (src, dst) = (Path::new(function, "src", src)?, Path::new(function, "dst", dst)?);
    let (from, to) = (dir_fd(src_dir_fd)?, dir_fd(dst_dir_fd)?);
    let (old, new) = (&src.text, &dst.text);
    src.run_with(&dst, || c!(libc::renameat(from, old.as_ptr(), to, new.as_ptr())))?;
    Ok(())
}

/// Rename a file or directory.
#[function(signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
pub fn rename(
    src: &Object,
    dst: &Object,
    src_dir_fd: Option<&Object>,
    dst_dir_fd: Option<&Object>,
) -> Result<()> {
    rename_file("rename", src, dst, src_dir_fd, dst_dir_fd)
}

/// Rename a file or directory, overwriting the destination.
#[function(signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
pub fn replace(
    src: &Object,
    dst: &Object,
    src_dir_fd: Option<&Object>,
    dst_dir_fd: Option<&Object>,
) -> Result<()> {
    rename_file("replace", src, dst, src_dir_fd, dst_dir_fd)
}

/// Create a hard link to a file.
#[function(signature = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))")]
pub fn link(
    src: &Object,
    dst: &Object,
    src_dir_fd: Option<&Object>,
    dst_dir_fd: Option<&Object>,
    follow_symlinks: Option<bool>,
) -> Result<()> {
    let (src, dst) = (Path::new("link", "src", src)?, Path::new("link", "dst", dst)?);
    let (from, to) = (dir_fd(src_dir_fd)?, dir_fd(dst_dir_fd)?);
    // Linux' plain link() doesn't follow; only an explicit wish does.
    let flags = if follow_symlinks == Some(true) { libc::AT_SYMLINK_FOLLOW } else { 0 };
    let (old, new) = (&src.text, &dst.text);
    src.run_with(&dst, || c!(libc::linkat(from, old.as_ptr(), to, new.as_ptr(), flags)))?;
    Ok(())
}

/// Create a symbolic link pointing to src named dst.
#[function(signature = "(src, dst, target_is_directory=False, *, dir_fd=None)")]
pub fn symlink(
    src: &Object,
    dst: &Object,
    _target_is_directory: Option<bool>,
    dir_fd: Option<&Object>,
) -> Result<()> {
    let (src, dst) = (Path::new("symlink", "src", src)?, Path::new("symlink", "dst", dst)?);
    let dir_fd = super::dir_fd(dir_fd)?;
    let (old, new) = (&src.text, &dst.text);
    src.run_with(&dst, || c!(libc::symlinkat(old.as_ptr(), dir_fd, new.as_ptr())))?;
    Ok(())
}

/// Return a string representing the path to which the symbolic link points.
#[function(signature = "(path, *, dir_fd=None)")]
pub fn readlink(path: &Object, dir_fd: Option<&Object>) -> Result {
    let path = Path::new("readlink", "path", path)?;
    let dir_fd = super::dir_fd(dir_fd)?;
    let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
    let text = &path.text;
    let length = path
        .run(|| c!(libc::readlinkat(dir_fd, text.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len() - 1)))?;
    name_result(&buffer[..length as usize], path.is_bytes)
}

/// A name as str, or bytes where the path was.
pub fn name_result(name: &[u8], is_bytes: bool) -> Result {
    Ok(if is_bytes { Bytes::new(name).into_object() } else { decode(name).into_object() })
}

/// Create a "fifo" (a POSIX named pipe).
#[function(signature = "(path, mode=438, *, dir_fd=None)")]
pub fn mkfifo(path: &Object, mode: Option<i32>, dir_fd: Option<&Object>) -> Result<()> {
    let path = Path::new("mkfifo", "path", path)?;
    let (dir_fd, mode) = (super::dir_fd(dir_fd)?, mode.unwrap_or(0o666));
    let text = &path.text;
    run(|| c!(libc::mkfifoat(dir_fd, text.as_ptr(), mode as libc::mode_t)))?;
    Ok(())
}

/// Create a node in the file system.
#[function(signature = "(path, mode=384, device=0, *, dir_fd=None)")]
pub fn mknod(path: &Object, mode: Option<i32>, device: Option<u64>, dir_fd: Option<&Object>) -> Result<()> {
    let path = Path::new("mknod", "path", path)?;
    let (dir_fd, mode, device) = (super::dir_fd(dir_fd)?, mode.unwrap_or(0o600), device.unwrap_or(0));
    let text = &path.text;
    run(|| c!(libc::mknodat(dir_fd, text.as_ptr(), mode as libc::mode_t, device)))?;
    Ok(())
}

/// Change the current working directory to the specified path.
#[function(signature = "(path)")]
pub fn chdir(path: &Object) -> Result<()> {
    let path = Path::or_fd("chdir", "path", path)?;
    let (text, fd) = (&path.text, path.fd);
    path.run(|| match fd {
        Some(fd) => c!(libc::fchdir(fd)),
        None => c!(libc::chdir(text.as_ptr())),
    })?;
    Ok(())
}

/// Change to the directory of the given file descriptor.
#[function(signature = "(fd)")]
pub fn fchdir(fd: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    run(|| c!(libc::fchdir(fd)))?;
    Ok(())
}

/// Change root directory to path.
#[function(signature = "(path)")]
pub fn chroot(path: &Object) -> Result<()> {
    let path = Path::new("chroot", "path", path)?;
    let text = &path.text;
    path.run(|| c!(libc::chroot(text.as_ptr())))?;
    Ok(())
}

fn working_directory() -> Result<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    match gil::allow_threads(std::env::current_dir) {
        Ok(path) => Ok(path.into_os_string().into_vec()),
        Err(error) => Err(fail(error.raw_os_error().unwrap_or(libc::ENOENT))),
    }
}

/// Return a unicode string representing the current working directory.
#[function(signature = "()")]
pub fn getcwd() -> Result<Ref<Str>> {
    Ok(decode(&working_directory()?))
}

/// Return a bytes string representing the current working directory.
#[function(signature = "()")]
pub fn getcwdb() -> Result<Vec<u8>> {
    working_directory()
}

/// Truncate a file, specified by path, to a specific length.
#[function(signature = "(path, length)")]
pub fn truncate(path: &Object, length: i64) -> Result<()> {
    let path = Path::or_fd("truncate", "path", path)?;
    let (text, fd) = (&path.text, path.fd);
    path.run(|| match fd {
        Some(fd) => c!(libc::ftruncate(fd, length)),
        None => c!(libc::truncate(text.as_ptr(), length)),
    })?;
    Ok(())
}

/// Return the file system path representation of the object.
#[function(name = "fspath", signature = "(path)")]
pub fn fspath_function(path: &Object) -> Result {
    fspath(path)
}

fn attribute_name(function: &str, name: &Object) -> Result<Path> {
    Path::new(function, "attribute", name)
}

/// Return the value of extended attribute attribute on path.
#[function(signature = "(path, attribute, *, follow_symlinks=True)")]
pub fn getxattr(path: &Object, attribute: &Object, follow_symlinks: Option<bool>) -> Result<Vec<u8>> {
    let path = Path::or_fd("getxattr", "path", path)?;
    let name = attribute_name("getxattr", attribute)?;
    let follow = follow_symlinks.unwrap_or(true);
    path.follows("getxattr", follow)?;
    let (text, fd, name) = (&path.text, path.fd, &name.text);
    let mut buffer = vec![0u8; 65536];
    let length = path.run(|| {
        let (into, room) = (buffer.as_mut_ptr().cast(), buffer.len());
        match fd {
            Some(fd) => c!(libc::fgetxattr(fd, name.as_ptr(), into, room)),
            None if follow => c!(libc::getxattr(text.as_ptr(), name.as_ptr(), into, room)),
            None => c!(libc::lgetxattr(text.as_ptr(), name.as_ptr(), into, room)),
        }
    })?;
    buffer.truncate(length as usize);
    Ok(buffer)
}

/// Set extended attribute attribute on path to value.
#[function(signature = "(path, attribute, value, flags=0, *, follow_symlinks=True)")]
pub fn setxattr(
    path: &Object,
    attribute: &Object,
    value: BytesLike<'_>,
    flags: Option<i32>,
    follow_symlinks: Option<bool>,
) -> Result<()> {
    let path = Path::or_fd("setxattr", "path", path)?;
    let name = attribute_name("setxattr", attribute)?;
    let follow = follow_symlinks.unwrap_or(true);
    path.follows("setxattr", follow)?;
    let (text, fd, name, flags) = (&path.text, path.fd, &name.text, flags.unwrap_or(0));
    let value: &[u8] = &value;
    path.run(|| {
        let (from, size) = (value.as_ptr().cast(), value.len());
        match fd {
            Some(fd) => c!(libc::fsetxattr(fd, name.as_ptr(), from, size, flags)),
            None if follow => c!(libc::setxattr(text.as_ptr(), name.as_ptr(), from, size, flags)),
            None => c!(libc::lsetxattr(text.as_ptr(), name.as_ptr(), from, size, flags)),
        }
    })?;
    Ok(())
}

/// Remove extended attribute attribute on path.
#[function(signature = "(path, attribute, *, follow_symlinks=True)")]
pub fn removexattr(path: &Object, attribute: &Object, follow_symlinks: Option<bool>) -> Result<()> {
    let path = Path::or_fd("removexattr", "path", path)?;
    let name = attribute_name("removexattr", attribute)?;
    let follow = follow_symlinks.unwrap_or(true);
    path.follows("removexattr", follow)?;
    let (text, fd, name) = (&path.text, path.fd, &name.text);
    path.run(|| match fd {
        Some(fd) => c!(libc::fremovexattr(fd, name.as_ptr())),
        None if follow => c!(libc::removexattr(text.as_ptr(), name.as_ptr())),
        None => c!(libc::lremovexattr(text.as_ptr(), name.as_ptr())),
    })?;
    Ok(())
}

/// Return a list of extended attributes on path.
#[function(signature = "(path=None, *, follow_symlinks=True)")]
pub fn listxattr(path: Option<&Object>, follow_symlinks: Option<bool>) -> Result<Ref<List>> {
    let path = Path::or_fd_or_none("listxattr", "path", path)?;
    let follow = follow_symlinks.unwrap_or(true);
    path.follows("listxattr", follow)?;
    let (text, fd) = (&path.text, path.fd);
    let mut buffer = vec![0u8; 65536];
    let length = path.run(|| {
        let (into, room) = (buffer.as_mut_ptr().cast(), buffer.len());
        match fd {
            Some(fd) => c!(libc::flistxattr(fd, into, room)),
            None if follow => c!(libc::listxattr(text.as_ptr(), into, room)),
            None => c!(libc::llistxattr(text.as_ptr(), into, room)),
        }
    })?;
    let names = buffer[..length as usize].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(List::from_vec(names.map(|name| decode(name).into_object()).collect()))
}

/// Normalize path: what `os.path.normpath` does.
#[function(name = "_path_normpath", signature = "(path)")]
pub fn path_normpath(path: &Object) -> Result {
    let is_bytes = path.downcast::<Bytes>().is_some();
    let points: Vec<u32> = match (path.downcast::<Str>(), path.downcast::<Bytes>()) {
        (Some(text), _) => text.code_points().collect(),
        (_, Some(bytes)) => bytes.as_slice().iter().map(|byte| u32::from(*byte)).collect(),
        _ => {
            let path = fspath(path)?;
            return path_normpath(&path);
        }
    };
    let slash = u32::from('/');
    let dot = u32::from('.');
    let leading = points.iter().take_while(|point| **point == slash).count();
    // Two slashes at the start (and not three) mean something of their own in POSIX.
    let root = match leading {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&[u32]> = Vec::new();
    for part in points.split(|point| *point == slash) {
        if part.is_empty() || part == [dot] {
            continue;
        }
        let up: &[u32] = &[dot, dot];
        if part != up || (root == 0 && parts.last().is_none_or(|last| *last == up)) {
            parts.push(part);
        } else if parts.last().is_some() {
            parts.pop();
        }
    }
    let mut result = vec![slash; root];
    result.extend(parts.join(&slash));
    if result.is_empty() {
        result.push(dot);
    }
    if is_bytes {
        let bytes: Vec<u8> = result.iter().map(|point| *point as u8).collect();
        return Ok(Bytes::new(&bytes).into_object());
    }
    Ok(Str::from_code_points(result.into_iter()).into_object())
}

/// Split a pathname into drive, root and tail.
#[function(name = "_path_splitroot_ex", signature = "(p)")]
pub fn path_splitroot(p: &Object) -> Result {
    let p = fspath(p)?;
    let leading =
        |points: &mut dyn Iterator<Item = u32>| match points.take_while(|point| *point == 47).count() {
            0 => 0,
            2 => 2,
            _ => 1,
        };
    if let Some(text) = p.downcast::<Str>() {
        let root = leading(&mut text.code_points());
        let parts = [Str::empty(), text.substring(0, root), text.substring(root, text.len())];
        return Ok(Tuple::pack(parts.map(Ref::into_object)).into_object());
    }
    let bytes = p.downcast::<Bytes>().map(Bytes::as_slice).unwrap_or_default();
    let root = leading(&mut bytes.iter().map(|byte| u32::from(*byte)));
    (&[][..], &bytes[..root], &bytes[root..]).into_result()
}

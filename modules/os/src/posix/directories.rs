//! Reading directories: `listdir`, `scandir` and its entries.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};

use super::files::name_result;
use super::*;

/// An open directory of C's; closed on drop.
struct Directory {
    stream: usize,
    /// Opened from a descriptor that stays the caller's.
    rewind: bool,
}

/// One entry as the system gives it.
struct Found {
    name: CString,
    inode: u64,
    kind: u8,
}

impl Directory {
    fn open(path: &Path) -> Result<Directory> {
        let text = &path.text;
        let fd = path.fd;
        let (stream, error) = gil::allow_threads(|| {
            let stream = match fd {
                Some(fd) => {
                    let own = c!(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0));
                    if own < 0 {
                        return (0, errno());
                    }
                    let stream = c!(libc::fdopendir(own));
                    if stream.is_null() {
                        let error = errno();
                        c!(libc::close(own));
                        return (0, error);
                    }
                    stream
                }
                None => c!(libc::opendir(text.as_ptr())),
            };
            (stream as usize, errno())
        });
        if stream == 0 {
            return Err(match path.fd {
                Some(_) if path.is_none => fail(error),
                _ => path.error(error),
            });
        }
        Ok(Directory { stream, rewind: path.fd.is_some() })
    }

    /// The next entry but "." and ".."; None at the end.
    fn next(&self) -> std::result::Result<Option<Found>, i32> {
        let stream = self.stream;
        gil::allow_threads(|| {
            loop {
                clear_errno();
                let entry = c!(libc::readdir(stream as *mut libc::DIR));
                if entry.is_null() {
                    return match errno() {
                        0 => Ok(None),
                        error => Err(error),
                    };
                }
                let name = c!(CStr::from_ptr((*entry).d_name.as_ptr()));
                if name == c"." || name == c".." {
                    continue;
                }
                let (inode, kind) = c!(((*entry).d_ino, (*entry).d_type));
                return Ok(Some(Found { name: name.to_owned(), inode, kind }));
            }
        })
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let stream = self.stream as *mut libc::DIR;
        if self.rewind {
            c!(libc::rewinddir(stream));
        }
        c!(libc::closedir(stream));
    }
}

/// Return a list containing the names of the files in the directory.
///
/// path can be specified as either str, bytes, or a path-like object.  If path is bytes,
///   the filenames returned will also be bytes; in all other circumstances
///   the filenames returned will be str.
/// If path is None, uses the path='.'.
/// On some platforms, path may also be specified as an open file descriptor;\
///   the file descriptor must refer to a directory.
///   If this functionality is unavailable, using it raises NotImplementedError.
///
/// The list is in arbitrary order.  It does not include the special
/// entries '.' and '..' even if they are present in the directory.
#[function(signature = "(path=None)")]
pub fn listdir(path: Option<&Object>) -> Result<Ref<List>> {
    let path = Path::or_fd_or_none("listdir", "path", path)?;
    let directory = match Directory::open(&path) {
        Err(raised) if path.fd.is_some() => {
            raised.clear();
            return Err(last_or(&path));
        }
        directory => directory?,
    };
    let list = List::new();
    loop {
        match directory.next() {
            Ok(Some(found)) => list.push(name_result(found.name.to_bytes(), path.is_bytes)?)?,
            Ok(None) => return Ok(list),
            Err(error) => return Err(path.error(error)),
        }
    }
}

/// The error of a descriptor that is no directory's: without a name, as `fdopendir` fails before one is known.
fn last_or(path: &Path) -> Raised {
    let mut stat: libc::stat = zeroed();
    let fd = path.fd.unwrap_or(-1);
    if c!(libc::fstat(fd, &mut stat)) < 0 { last_error() } else { path.error(libc::ENOTDIR) }
}

/// What `scandir` returns.
#[class(name = "posix.ScandirIterator", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct ScandirIterator {
    head: Object,
    directory: RefCell<Option<Directory>>,
    path: Ref,
    /// The directory's name with a slash, for the entries' paths.
    prefix: Vec<u8>,
    fd: Cell<i32>,
    is_bytes: bool,
}

#[methods]
impl ScandirIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let directory = self.directory.take();
        let Some(directory) = directory else { return Ok(None) };
        let found = match directory.next() {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(error) => return Err(runtime::errors::raise_os_error(error, Some(&self.path), None)),
        };
        *self.directory.borrow_mut() = Some(directory);
        let mut full = self.prefix.clone();
        full.extend_from_slice(found.name.to_bytes());
        let name = name_result(found.name.to_bytes(), self.is_bytes)?;
        let path = name_result(&full, self.is_bytes)?;
        Ok(Some(
            Ref::new(DirEntry {
                head: Object::HEAD,
                name: Link::new(name),
                path: Link::new(path),
                file: CString::new(full).unwrap_or_default(),
                inode: found.inode,
                kind: found.kind,
                dir_fd: self.fd.get(),
                stat: Link::null(),
                lstat: Link::null(),
            })
            .into_object(),
        ))
    }

    #[method(signature = "($self, /)")]
    fn close(&self) {
        self.directory.take();
    }

    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Ref {
        self.to_ref()
    }

    #[method(name = "__exit__", signature = "($self, /, *args)")]
    fn exit(&self, _args: &[&Object]) {
        self.directory.take();
    }

    #[slot]
    fn tp_finalize(&self) {
        let open = self.directory.borrow().is_some();
        if open {
            self.directory.take();
            let warning = &runtime::objects::exceptions::ResourceWarning;
            let shown = match self.repr() {
                Ok(shown) => shown.to_string(),
                Err(raised) => return raised.clear(),
            };
            if let Err(raised) =
                runtime::warnings::warn(warning, &format!("unclosed scandir iterator {shown}"), 1)
            {
                runtime::objects::exceptions::write_unraisable(raised.take(), Some(self));
            }
        }
    }
}

/// An entry of a directory, from `scandir`.
#[class(name = "posix.DirEntry", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct DirEntry {
    head: Object,
    /// the entry's base filename, relative to scandir() "path" argument
    #[member(readonly)]
    name: Link,
    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[member(readonly)]
    path: Link,
    file: CString,
    inode: u64,
    kind: u8,
    dir_fd: i32,
    stat: Link,
    lstat: Link,
}

impl DirEntry {
    fn fetch(&self, follow: bool) -> Result<std::result::Result<libc::stat, i32>> {
        if self.dir_fd == libc::AT_FDCWD {
            return stat::stat_at(libc::AT_FDCWD, &self.file, follow);
        }
        stat::stat_at(self.dir_fd, &self.file, follow)
    }

    fn error(&self, number: i32) -> Raised {
        runtime::errors::raise_os_error(number, self.path.get().as_deref(), None)
    }

    fn is_link(&self) -> Result<bool> {
        if self.kind != libc::DT_UNKNOWN {
            return Ok(self.kind == libc::DT_LNK);
        }
        self.has_mode(libc::S_IFLNK, false)
    }

    fn get_lstat(&self) -> Result {
        if let Some(known) = self.lstat.get() {
            return Ok(known);
        }
        let stat = self.fetch(false)?.map_err(|number| self.error(number))?;
        let result = stat::stat_result(&stat)?;
        self.lstat.set(Some(result.clone()));
        Ok(result)
    }

    fn has_mode(&self, mode: u32, follow: bool) -> Result<bool> {
        let result = match self.fetch(follow)? {
            Ok(stat) => stat,
            Err(libc::ENOENT) => return Ok(false),
            Err(number) => return Err(self.error(number)),
        };
        Ok(result.st_mode & libc::S_IFMT == mode)
    }

    fn is_kind(&self, kind: u8, mode: u32, follow: bool) -> Result<bool> {
        let must_look = self.kind == libc::DT_UNKNOWN || (follow && self.kind == libc::DT_LNK);
        if must_look { self.has_mode(mode, follow) } else { Ok(self.kind == kind) }
    }
}

#[methods]
impl DirEntry {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let name = self.name.get().unwrap_or_else(none).repr()?;
        Ok(Str::from_string(format!("<DirEntry {name}>")))
    }

    /// Return True if the entry is a directory; cached per entry.
    #[method(signature = "($self, /, *, follow_symlinks=True)")]
    fn is_dir(&self, follow_symlinks: Option<bool>) -> Result<bool> {
        self.is_kind(libc::DT_DIR, libc::S_IFDIR, follow_symlinks.unwrap_or(true))
    }

    /// Return True if the entry is a file; cached per entry.
    #[method(signature = "($self, /, *, follow_symlinks=True)")]
    fn is_file(&self, follow_symlinks: Option<bool>) -> Result<bool> {
        self.is_kind(libc::DT_REG, libc::S_IFREG, follow_symlinks.unwrap_or(true))
    }

    /// Return True if the entry is a symbolic link; cached per entry.
    #[method(signature = "($self, /)")]
    fn is_symlink(&self) -> Result<bool> {
        self.is_link()
    }

    /// Return True if the entry is a junction; cached per entry.
    #[method(signature = "($self, /)")]
    fn is_junction(&self) -> bool {
        false
    }

    /// Return stat_result object for the entry; cached per entry.
    #[method(signature = "($self, /, *, follow_symlinks=True)")]
    fn stat(&self, follow_symlinks: Option<bool>) -> Result {
        if !follow_symlinks.unwrap_or(true) || !self.is_link()? {
            return self.get_lstat();
        }
        if let Some(known) = self.stat.get() {
            return Ok(known);
        }
        let stat = self.fetch(true)?.map_err(|number| self.error(number))?;
        let result = stat::stat_result(&stat)?;
        self.stat.set(Some(result.clone()));
        Ok(result)
    }

    /// Return inode of the entry; cached per entry.
    #[method(signature = "($self, /)")]
    fn inode(&self) -> u64 {
        self.inode
    }

    /// Returns the path for the entry.
    #[method(name = "__fspath__", signature = "($self, /)")]
    fn fspath(&self) -> Ref {
        self.path.get().unwrap_or_else(none)
    }

    #[classmethod(name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(runtime::objects::generic_alias::GenericAlias::new(class, object)?.into_object())
    }
}

/// Return an iterator of DirEntry objects for given path.
///
/// path can be specified as either str, bytes, or a path-like object.  If path
/// is bytes, the names of yielded DirEntry objects will also be bytes; in
/// all other circumstances they will be str.
///
/// If path is None, uses the path='.'.
#[function(signature = "(path=None)")]
pub fn scandir(path: Option<&Object>) -> Result<Ref<ScandirIterator>> {
    let path = Path::or_fd_or_none("scandir", "path", path)?;
    let directory = Directory::open(&path)?;
    let mut prefix = Vec::new();
    if path.fd.is_none() && !path.is_none {
        prefix = path.text.to_bytes().to_vec();
        if prefix.last().is_some_and(|last| *last != b'/') {
            prefix.push(b'/');
        }
    } else if path.is_none {
        prefix = b"./".to_vec();
    }
    Ok(Ref::new(ScandirIterator {
        head: Object::HEAD,
        directory: RefCell::new(Some(directory)),
        path: path.object.clone(),
        prefix,
        fd: Cell::new(path.fd.unwrap_or(libc::AT_FDCWD)),
        is_bytes: path.is_bytes,
    }))
}

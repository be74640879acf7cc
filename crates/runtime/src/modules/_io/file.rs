//! `FileIO`: a file descriptor.

use std::cell::Cell;
use std::ffi::CString;

use super::base::RawIOBase;
use super::{Size, closed_file, limit, system_error, unsupported};
use crate::gil::allow_threads;
use crate::prelude::*;

/// Open a file.
///
/// The mode can be 'r' (default), 'w', 'x' or 'a' for reading,
/// writing, exclusive creation or appending.  The file will be created if it
/// doesn't exist when opened for writing or appending; it will be truncated
/// when opened for writing.  A FileExistsError will be raised if it already
/// exists when opened for creating. Opening a file for creating implies
/// writing so this mode behaves in a similar way to 'w'.Add a '+' to the mode
/// to allow simultaneous reading and writing.
#[class(name = "_io.FileIO", flags(BASETYPE, GC))]
#[repr(C)]
pub struct FileIO {
    base: RawIOBase,
    #[gc(skip)]
    descriptor: Cell<i32>,
    #[gc(skip)]
    mode: Cell<Mode>,
    #[gc(skip)]
    closefd: Cell<bool>,
    #[gc(skip)]
    seekable: Cell<Option<bool>>,
    #[gc(skip)]
    finalizing: Cell<bool>,
    #[gc(skip)]
    block_size: Cell<usize>,
}

#[derive(Clone, Copy, Default)]
struct Mode {
    read: bool,
    write: bool,
    append: bool,
    create: bool,
    truncate: bool,
}

impl Mode {
    fn parse(text: &str) -> Result<Mode> {
        let mut mode = Mode::default();
        let (mut kinds, mut plus) = (0, false);
        let once = "Must have exactly one of create/read/write/append mode and at most one plus";
        for letter in text.chars() {
            match letter {
                'r' => mode.read = true,
                'w' => (mode.write, mode.truncate) = (true, true),
                'x' => (mode.write, mode.create) = (true, true),
                'a' => (mode.write, mode.append) = (true, true),
                'b' => continue,
                '+' if !plus => {
                    plus = true;
                    continue;
                }
                '+' => return Err(raise!(ValueError, "{once}")),
                _ => return Err(raise!(ValueError, "invalid mode: {text}")),
            }
            kinds += 1;
        }
        if kinds != 1 {
            return Err(raise!(ValueError, "{once}"));
        }
        if plus {
            (mode.read, mode.write) = (true, true);
        }
        Ok(mode)
    }

    fn text(self) -> &'static str {
        match (self.create, self.append, self.read, self.write) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, _) => "rb",
            _ => "wb",
        }
    }
}

/// A path as the system takes it.
pub fn path_bytes(path: &Object) -> Result<CString> {
    let bytes = if let Some(text) = path.downcast::<Str>() {
        crate::codecs::Native::Utf8.encode(text, "surrogateescape")?
    } else if let Some(bytes) = path.downcast::<Bytes>() {
        bytes.as_slice().to_vec()
    } else {
        match path.call_special(intern!("__fspath__"), &[])? {
            Some(path) if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() => {
                return path_bytes(&path);
            }
            _ => {
                let kind = path.ty().full_name();
                return Err(raise!(TypeError, "expected str, bytes or os.PathLike object, not {kind}"));
            }
        }
    };
    CString::new(bytes).map_err(|_| {
        if path.downcast::<Bytes>().is_some() {
            raise!(ValueError, "embedded null byte")
        } else {
            raise!(ValueError, "embedded null character")
        }
    })
}

/// Repeats a system call that a signal interrupts; its result, or the error.
fn retry(call: impl Fn() -> isize + Send + Copy) -> Result<std::result::Result<usize, i32>> {
    loop {
        let (result, number) = allow_threads(move || {
            let result = call();
            (result, std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
        });
        if let Ok(count) = usize::try_from(result) {
            return Ok(Ok(count));
        }
        if number != libc::EINTR {
            return Ok(Err(number));
        }
        crate::signal::check()?;
    }
}

/// The system reads and writes no more at once.
const MAX_COUNT: usize = i32::MAX as usize;

fn raise_number(number: i32, name: Option<&Object>) -> Raised {
    match crate::objects::exceptions::os_error(number, name, None) {
        Ok(exception) => crate::errors::raise(exception),
        Err(raised) => raised,
    }
}

impl FileIO {
    fn fd(&self) -> Result<i32> {
        match self.descriptor.get() {
            fd if fd < 0 => Err(raise!(ValueError, "I/O operation on closed file")),
            fd => Ok(fd),
        }
    }

    /// At most `size` bytes; `None` if there are none now.
    pub fn read_some(&self, size: usize) -> Result<Option<Vec<u8>>> {
        let fd = self.fd()?;
        if !self.mode.get().read {
            return Err(unsupported("File not open for reading"));
        }
        let mut data = Vec::new();
        data.try_reserve_exact(size).map_err(|_| crate::errors::no_memory())?;
        let address = data.as_mut_ptr() as usize;
        // SAFETY: there is room for so many bytes.
        match retry(move || unsafe { libc::read(fd, address as *mut _, size) })? {
            Ok(count) => {
                // SAFETY: so many were written.
                unsafe { data.set_len(count) };
                Ok(Some(data))
            }
            Err(libc::EAGAIN) => Ok(None),
            Err(number) => Err(raise_number(number, None)),
        }
    }

    /// One read into memory; how many bytes came, `None` if there are none now.
    ///
    /// # Safety
    /// `target` has room for `size` bytes until this is over.
    pub unsafe fn read_to(&self, target: *mut u8, size: usize) -> Result<Option<usize>> {
        let fd = self.fd()?;
        if !self.mode.get().read {
            return Err(unsupported("File not open for reading"));
        }
        let address = target as usize;
        // SAFETY: by contract.
        match retry(move || unsafe { libc::read(fd, address as *mut _, size.min(MAX_COUNT)) })? {
            Ok(count) => Ok(Some(count)),
            Err(libc::EAGAIN) => Ok(None),
            Err(number) => Err(raise_number(number, None)),
        }
    }

    /// Is the descriptor gone?
    pub fn is_closed(&self) -> bool {
        self.descriptor.get() < 0
    }

    /// Writes; how many bytes were, `None` if none can be now.
    pub fn write_some(&self, data: &[u8]) -> Result<Option<usize>> {
        let fd = self.fd()?;
        if !self.mode.get().write {
            return Err(unsupported("File not open for writing"));
        }
        let (address, size) = (data.as_ptr() as usize, data.len().min(isize::MAX as usize));
        // SAFETY: the bytes are there.
        match retry(move || unsafe { libc::write(fd, address as *const _, size) })? {
            Ok(count) => Ok(Some(count)),
            Err(libc::EAGAIN) => Ok(None),
            Err(number) => Err(raise_number(number, None)),
        }
    }

    fn read_all(&self) -> Result<Option<Vec<u8>>> {
        let fd = self.fd()?;
        let mut all = Vec::new();
        // SAFETY: the struct is written by the call.
        let rest = unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            let position = libc::lseek(fd, 0, libc::SEEK_CUR);
            if libc::fstat(fd, &mut stat) == 0 && position >= 0 {
                (stat.st_size - position).max(0)
            } else {
                0
            }
        };
        let mut size = if rest > 0 { rest as usize + 1 } else { 8192 };
        loop {
            match self.read_some(size)? {
                Some(piece) if piece.is_empty() => return Ok(Some(all)),
                Some(piece) if all.is_empty() => all = piece,
                Some(piece) => all.extend_from_slice(&piece),
                None if all.is_empty() => return Ok(None),
                None => return Ok(Some(all)),
            }
            size = all.len().clamp(8192, 1 << 26);
        }
    }

    fn seek_to(&self, offset: i64, whence: i32) -> Result<i64> {
        let fd = self.fd()?;
        // SAFETY: no memory is involved.
        let position = allow_threads(move || unsafe { libc::lseek(fd, offset, whence) });
        if position < 0 { Err(system_error(None)) } else { Ok(position) }
    }

    fn close_descriptor(&self) -> Result<()> {
        let fd = self.descriptor.replace(-1);
        if fd < 0 || !self.closefd.get() {
            return Ok(());
        }
        // SAFETY: the descriptor was this file's.
        if allow_threads(move || unsafe { libc::close(fd) }) != 0 { Err(system_error(None)) } else { Ok(()) }
    }
}

#[methods]
impl FileIO {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<FileIO> {
        Ref::new_in(
            class,
            FileIO {
                base: RawIOBase::blank(),
                descriptor: Cell::new(-1),
                mode: Cell::new(Mode::default()),
                closefd: Cell::new(true),
                seekable: Cell::new(None),
                finalizing: Cell::new(false),
                block_size: Cell::new(super::DEFAULT_BUFFER_SIZE),
            },
        )
    }

    #[init(signature = "(file, mode='r', closefd=True, opener=None)")]
    fn init(&self, file: &Object, mode: &str, closefd: bool, opener: Option<&Object>) -> Result<()> {
        self.close_descriptor()?;
        let modes = Mode::parse(mode)?;
        if file.is::<crate::objects::bool_::Bool>() {
            let message = "bool is used as a file descriptor";
            crate::warnings::warn(&crate::objects::exceptions::RuntimeWarning, message, 1)?;
        }
        let given = match file.downcast::<Int>() {
            Some(number) => match number.to_i64().and_then(|number| i32::try_from(number).ok()) {
                Some(number) if number < 0 => return Err(raise!(ValueError, "negative file descriptor")),
                Some(number) => Some(number),
                None => return Err(raise!(OverflowError, "Python int too large to convert to C int")),
            },
            None => None,
        };
        let mut flags = libc::O_CLOEXEC
            | match (modes.read, modes.write) {
                (true, true) => libc::O_RDWR,
                (false, true) => libc::O_WRONLY,
                _ => libc::O_RDONLY,
            };
        if modes.create {
            flags |= libc::O_EXCL | libc::O_CREAT;
        }
        if modes.truncate {
            flags |= libc::O_TRUNC | libc::O_CREAT;
        }
        if modes.append {
            flags |= libc::O_APPEND | libc::O_CREAT;
        }
        self.mode.set(modes);
        self.seekable.set(None);
        let fd = match (given, opener.filter(|opener| !opener.is_none())) {
            (Some(fd), _) => {
                self.closefd.set(closefd);
                fd
            }
            (None, _) if !closefd => {
                return Err(raise!(ValueError, "Cannot use closefd=False with file name"));
            }
            (None, Some(opener)) => {
                self.closefd.set(true);
                let fd = opener.call(&[file, &*Int::new(flags.into())])?;
                let Some(fd) = fd.downcast::<Int>() else {
                    return Err(raise!(TypeError, "expected integer from opener"));
                };
                match fd.to_i64().and_then(|fd| i32::try_from(fd).ok()) {
                    Some(fd) if fd >= 0 => fd,
                    _ => return Err(raise!(ValueError, "opener returned {}", fd.to_i64().unwrap_or(-1))),
                }
            }
            (None, None) => {
                self.closefd.set(true);
                let path = path_bytes(file)?;
                let address = path.as_ptr() as usize;
                // SAFETY: the path lives through the call.
                let opened =
                    retry(move || unsafe { libc::open(address as *const _, flags, 0o666) as isize })?;
                match opened {
                    Ok(fd) => fd as i32,
                    Err(number) => return Err(raise_number(number, Some(file))),
                }
            }
        };
        // SAFETY: the struct is written by the call.
        let (status, is_directory, block_size) = unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            let status = libc::fstat(fd, &mut stat);
            (status, stat.st_mode & libc::S_IFMT == libc::S_IFDIR, stat.st_blksize)
        };
        if status != 0 || is_directory {
            let number = if status != 0 {
                std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
            } else {
                libc::EISDIR
            };
            if given.is_none() {
                // SAFETY: the descriptor was opened here.
                unsafe { libc::close(fd) };
            }
            return Err(raise_number(number, Some(file)));
        }
        self.block_size.set(
            usize::try_from(block_size).ok().filter(|&size| size > 1).unwrap_or(super::DEFAULT_BUFFER_SIZE),
        );
        self.descriptor.set(fd);
        self.set_attr(intern!("name"), file)?;
        if modes.append {
            // SAFETY: no memory is involved; what can't seek stays where it is.
            unsafe { libc::lseek(fd, 0, libc::SEEK_END) };
        }
        Ok(())
    }

    /// Close the file.
    ///
    /// A closed file cannot be used for further I/O operations.  close() may be
    /// called more than once without error.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        // First the base, as it calls `flush`.
        let base = self.base.close().err().map(Raised::take);
        if !self.closefd.get() {
            self.descriptor.set(-1);
        } else if self.finalizing.get() && self.descriptor.get() >= 0 {
            let _ = self.dealloc_warn(self);
        }
        super::buffered::chain(base, self.close_descriptor())
    }

    #[method(name = "__getstate__", hidden_signature, signature = "()")]
    fn getstate(&self) -> Result<()> {
        Err(super::base::not_picklable(self))
    }

    #[getter(name = "_finalizing")]
    fn finalizing_attribute(&self) -> bool {
        self.finalizing.get()
    }
    #[setter(name = "_finalizing")]
    fn set_finalizing_attribute(&self, value: Option<&Object>) -> Result<()> {
        self.finalizing.set(super::base::truth(value)?);
        Ok(())
    }

    #[method(name = "_isatty_open_only", signature = "($self, /)", doc = "")]
    fn isatty_open_only(&self) -> Result<bool> {
        self.isatty()
    }

    #[method(name = "_dealloc_warn", hidden_signature, signature = "(source, /)")]
    fn dealloc_warn(&self, source: &Object) -> Result<()> {
        if self.descriptor.get() >= 0 && self.closefd.get() {
            let shown = source.repr()?;
            if let Err(raised) = crate::warnings::resource_warning(source, &format!("unclosed file {shown}"))
            {
                raised.clear();
            }
        }
        Ok(())
    }

    /// Read at most size bytes, returned as bytes.
    #[method(signature = "($self, size=-1, /)")]
    fn read(&self, size: Option<Size>) -> Result<Option<Vec<u8>>> {
        match limit(size) {
            Some(size) => self.read_some(size),
            None => self.readall(),
        }
    }

    /// Read all data from the file, returned as bytes.
    #[method(signature = "($self, /)")]
    fn readall(&self) -> Result<Option<Vec<u8>>> {
        self.fd()?;
        if !self.mode.get().read {
            return Err(unsupported("File not open for reading"));
        }
        self.read_all()
    }

    /// Same as RawIOBase.readinto().
    #[method(signature = "($self, buffer, /)")]
    fn readinto(&self, mut buffer: WritableBytes) -> Result<Option<usize>> {
        Ok(self.read_some(buffer.len())?.map(|data| {
            buffer[..data.len()].copy_from_slice(&data);
            data.len()
        }))
    }

    /// Write buffer b to file, return number of bytes written.
    #[method(signature = "($self, b, /)")]
    fn write(&self, b: BytesLike<'_>) -> Result<Option<usize>> {
        self.write_some(&b)
    }

    /// Move to new file position and return the file position.
    #[method(signature = "($self, pos, whence=0, /)")]
    fn seek(&self, pos: i64, whence: Option<i32>) -> Result<i64> {
        self.seek_to(pos, whence.unwrap_or(0))
    }

    /// Current file position.
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result<i64> {
        self.seek_to(0, libc::SEEK_CUR)
    }

    /// Truncate the file to at most size bytes and return the truncated size.
    #[method(signature = "($self, size=None, /)")]
    fn truncate(&self, size: Option<OrNone<i64>>) -> Result<i64> {
        let fd = self.fd()?;
        if !self.mode.get().write {
            return Err(unsupported("File not open for writing"));
        }
        let size = match size.and_then(|size| size.0) {
            Some(size) => size,
            None => self.seek_to(0, libc::SEEK_CUR)?,
        };
        // SAFETY: no memory is involved.
        match retry(move || unsafe { libc::ftruncate(fd, size) as isize })? {
            Ok(_) => Ok(size),
            Err(number) => Err(raise_number(number, None)),
        }
    }

    /// True if file supports random-access.
    #[method(signature = "($self, /)")]
    fn seekable(&self) -> Result<bool> {
        let fd = self.fd()?;
        if self.seekable.get().is_none() {
            // SAFETY: no memory is involved.
            self.seekable.set(Some(unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) } >= 0));
        }
        Ok(self.seekable.get() == Some(true))
    }

    /// True if file was opened in a read mode.
    #[method(signature = "($self, /)")]
    fn readable(&self) -> Result<bool> {
        self.fd().map(|_| self.mode.get().read)
    }

    /// True if file was opened in a write mode.
    #[method(signature = "($self, /)")]
    fn writable(&self) -> Result<bool> {
        self.fd().map(|_| self.mode.get().write)
    }

    /// Return the underlying file descriptor (an integer).
    #[method(name = "fileno", signature = "($self, /)")]
    fn fileno(&self) -> Result<i32> {
        self.fd()
    }

    /// True if the file is connected to a TTY device.
    #[method(signature = "($self, /)")]
    fn isatty(&self) -> Result<bool> {
        let fd = self.fd()?;
        // SAFETY: no memory is involved.
        Ok(unsafe { libc::isatty(fd) } == 1)
    }

    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.descriptor.get() < 0
    }

    /// True if the file descriptor will be closed by close().
    #[getter(name = "closefd")]
    fn closes(&self) -> bool {
        self.closefd.get()
    }

    /// String giving the file mode.
    #[getter(name = "mode")]
    fn mode_text(&self) -> &'static str {
        self.mode.get().text()
    }

    #[getter(name = "_blksize")]
    fn block_size_attribute(&self) -> usize {
        self.block_size.get()
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let class = self.ty().full_name();
        if self.descriptor.get() < 0 {
            return Ok(format!("<{class} [closed]>"));
        }
        let closefd = if self.closefd.get() { "True" } else { "False" };
        let mode = self.mode.get().text();
        Ok(match self.get_attr_opt(intern!("name"))? {
            Some(name) => format!("<{class} name={} mode='{mode}' closefd={closefd}>", name.repr()?),
            None => format!("<{class} fd={} mode='{mode}' closefd={closefd}>", self.descriptor.get()),
        })
    }
}

/// ValueError, if it is closed.
pub fn check_open(file: &Object) -> Result<()> {
    if super::base::is_closed(file)? { Err(closed_file()) } else { Ok(()) }
}

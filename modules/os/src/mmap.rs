//! `mmap`: files as memory. <https://docs.python.org/3.14/library/mmap.html>.

use std::cell::Cell;

use runtime::gil;
use runtime::modules::sys::audit;
use runtime::native::{abi, buffer};
use runtime::objects::slice::Slice;
use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "mmap",
    classes: [Mmap],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3), ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2),
    ("ALLOCATIONGRANULARITY", 4096), ("MADV_DODUMP", 17), ("MADV_DOFORK", 11), ("MADV_DONTDUMP", 16),
    ("MADV_DONTFORK", 10), ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100), ("MADV_MERGEABLE", 12), ("MADV_NOHUGEPAGE", 15), ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1), ("MADV_REMOVE", 9), ("MADV_SEQUENTIAL", 2), ("MADV_UNMERGEABLE", 13),
    ("MADV_WILLNEED", 3), ("MAP_32BIT", 64), ("MAP_ANON", 32), ("MAP_ANONYMOUS", 32), ("MAP_DENYWRITE", 2048),
    ("MAP_EXECUTABLE", 4096), ("MAP_NORESERVE", 16384), ("MAP_POPULATE", 32768), ("MAP_PRIVATE", 2),
    ("MAP_SHARED", 1), ("MAP_STACK", 131072), ("PAGESIZE", 4096), ("PROT_EXEC", 4), ("PROT_READ", 1),
    ("PROT_WRITE", 2),
];

fn exec(module: &Module) -> Result<()> {
    constants(module, CONSTANTS)?;
    module.dict().insert_str(intern!("error"), &runtime::objects::exceptions::OSError)
}

#[derive(Clone, Copy, PartialEq)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

/// The mapped pages and the descriptor; given back on drop.
struct Mapping {
    /// Zero when closed.
    address: Cell<usize>,
    size: Cell<usize>,
    fd: Cell<i32>,
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.close();
    }
}

impl Mapping {
    fn close(&self) {
        let (address, size, fd) = (self.address.replace(0), self.size.replace(0), self.fd.replace(-1));
        gil_free(move || {
            if fd >= 0 {
                c!(libc::close(fd));
            }
            if address != 0 {
                c!(libc::munmap(address as *mut libc::c_void, size));
            }
        });
    }
}

/// Without the GIL if this thread has it: a mapping may also go when the interpreter ends.
fn gil_free(body: impl FnOnce() + Send) {
    gil::allow_threads(body);
}

/// mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])
///
/// Maps length bytes from the file specified by the file descriptor fileno.  If length is 0, the maximum
/// length of the map will be the current size of the file when mmap is called.
/// flags specifies the nature of the mapping: MAP_PRIVATE for a private copy-on-write one, MAP_SHARED (the
/// default) for one that is shared with all other processes.
///
/// To map anonymous memory, pass -1 as the fileno.
#[class(name = "mmap.mmap", flags(BASETYPE))]
#[repr(C)]
pub struct Mmap {
    head: Object,
    mapping: Mapping,
    position: Cell<usize>,
    offset: i64,
    access: Access,
    flags: i32,
    trackfd: bool,
    exports: Cell<usize>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Mmap {
    fn open(&self) -> Result<()> {
        match self.mapping.address.get() {
            0 => Err(raise!(ValueError, "mmap closed or invalid")),
            _ => Ok(()),
        }
    }

    fn writable(&self) -> Result<()> {
        if self.access == Access::Read {
            return Err(raise!(TypeError, "mmap can't modify a readonly memory map."));
        }
        Ok(())
    }

    fn size(&self) -> usize {
        self.mapping.size.get()
    }

    fn pointer(&self, at: usize) -> *mut u8 {
        (self.mapping.address.get() + at) as *mut u8
    }

    /// A copy of a part, cut at the end.
    fn part(&self, start: usize, end: usize) -> Vec<u8> {
        let end = end.min(self.size());
        let start = start.min(end);
        c!(std::slice::from_raw_parts(self.pointer(start), end - start)).to_vec()
    }

    fn byte(&self, at: usize) -> u8 {
        c!(self.pointer(at).read())
    }

    /// The caller has checked that there is room.
    fn put(&self, at: usize, bytes: &[u8]) {
        c!(std::ptr::copy(bytes.as_ptr(), self.pointer(at), bytes.len()));
    }

    fn rest(&self) -> usize {
        self.size().saturating_sub(self.position.get())
    }

    fn search(
        &self,
        view: &BytesLike<'_>,
        start: OrNone<isize>,
        end: OrNone<isize>,
        reverse: bool,
    ) -> Result<isize> {
        self.open()?;
        let size = self.size() as isize;
        let clamp = |at: isize| if at < 0 { (at + size).max(0) } else { at.min(size) } as usize;
        let start = start.0.map_or(self.position.get().min(self.size()), clamp);
        let end = end.0.map_or(self.size(), clamp);
        if end < start || end - start < view.len() {
            return Ok(-1);
        }
        let haystack = c!(std::slice::from_raw_parts(self.pointer(start), end - start));
        let found = if view.is_empty() {
            Some(if reverse { haystack.len() } else { 0 })
        } else if reverse {
            haystack.windows(view.len()).rposition(|window| window == &**view)
        } else {
            find(haystack, view)
        };
        Ok(found.map_or(-1, |at| (start + at) as isize))
    }

    fn index(&self, object: &Object, message: &str) -> Result<usize> {
        if object.ty().nb_index().is_none() {
            return Err(runtime::errors::raise_message(&runtime::objects::exceptions::TypeError, message));
        }
        let index = object.to_isize_index(&runtime::objects::exceptions::IndexError)?;
        self.open()?;
        let size = self.size() as isize;
        let index = if index < 0 { index + size } else { index };
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "mmap index out of range"));
        }
        Ok(index as usize)
    }
}

/// Where the needle is first, by its first byte.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, last) = (*needle.first()?, haystack.len().checked_sub(needle.len())?);
    let mut at = 0;
    while at <= last {
        at += haystack[at..=last].iter().position(|byte| *byte == first)?;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[methods]
impl Mmap {
    #[new(
        signature = "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)",
        hidden_signature
    )]
    fn new(
        class: &Type,
        fileno: i32,
        length: isize,
        flags: Option<i32>,
        prot: Option<i32>,
        access: Option<i32>,
        offset: Option<i64>,
        trackfd: Option<bool>,
    ) -> Result<Ref<Mmap>> {
        let both = libc::PROT_READ | libc::PROT_WRITE;
        let (mut flags, mut prot) = (flags.unwrap_or(libc::MAP_SHARED), prot.unwrap_or(both));
        let (offset, trackfd) = (offset.unwrap_or(0), trackfd.unwrap_or(true));
        if length < 0 {
            return Err(raise!(OverflowError, "memory mapped length must be positive"));
        }
        if offset < 0 {
            return Err(raise!(OverflowError, "memory mapped offset must be positive"));
        }
        let wanted = access.unwrap_or(0);
        if wanted != 0 && (flags != libc::MAP_SHARED || prot != both) {
            return Err(raise!(ValueError, "mmap can't specify both access and flags, prot."));
        }
        let access = match wanted {
            0 if prot & both == both => Access::Default,
            0 if prot & libc::PROT_WRITE != 0 => Access::Write,
            0 => Access::Read,
            1 => {
                prot = libc::PROT_READ;
                Access::Read
            }
            2 => Access::Write,
            3 => {
                flags = libc::MAP_PRIVATE;
                Access::Copy
            }
            _ => return Err(raise!(ValueError, "mmap invalid access parameter.")),
        };
        let shown =
            [int(fileno), Int::new(length as i64).into_object(), int(wanted), Int::new(offset).into_object()];
        audit("mmap.__new__", &[&shown[0], &shown[1], &shown[2], &shown[3]])?;
        let mut size = length as usize;
        if fileno != -1 {
            let mut stat: libc::stat = zeroed();
            let known = gil::allow_threads(|| c!(libc::fstat(fileno, &mut stat))) == 0;
            if known && stat.st_mode & libc::S_IFMT == libc::S_IFREG {
                if size == 0 {
                    if stat.st_size == 0 {
                        return Err(raise!(ValueError, "cannot mmap an empty file"));
                    }
                    if offset >= stat.st_size {
                        return Err(raise!(ValueError, "mmap offset is greater than file size"));
                    }
                    size = (stat.st_size - offset) as usize;
                } else if offset > stat.st_size || ((stat.st_size - offset) as usize) < size {
                    return Err(raise!(ValueError, "mmap length is greater than file size"));
                }
            }
        }
        let mapping = Mapping { address: Cell::new(0), size: Cell::new(size), fd: Cell::new(-1) };
        if fileno == -1 {
            flags |= libc::MAP_ANONYMOUS;
        } else if trackfd {
            mapping.fd.set(check(c!(libc::fcntl(fileno, libc::F_DUPFD_CLOEXEC, 0)))?);
        }
        let (address, error) = gil::allow_threads(|| {
            let address = c!(libc::mmap(std::ptr::null_mut(), size, prot, flags, fileno, offset));
            (address as usize, errno())
        });
        if address == libc::MAP_FAILED as usize {
            return Err(fail(error));
        }
        mapping.address.set(address);
        let position = Cell::new(0);
        let (exports, weakrefs) = (Cell::new(0), WeakList::default());
        let new =
            Mmap { head: Object::HEAD, mapping, position, offset, access, flags, trackfd, exports, weakrefs };
        Ok(Ref::new_in(class, new))
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let name = self.ty().full_name();
        if self.mapping.address.get() == 0 {
            return format!("<{name} closed=True>");
        }
        let access = match self.access {
            Access::Default => "ACCESS_DEFAULT",
            Access::Read => "ACCESS_READ",
            Access::Write => "ACCESS_WRITE",
            Access::Copy => "ACCESS_COPY",
        };
        let (size, position, offset) = (self.size(), self.position.get(), self.offset);
        format!("<{name} closed=False, access={access}, length={size}, pos={position}, offset={offset}>")
    }

    #[getter]
    fn closed(&self) -> bool {
        self.mapping.address.get() == 0
    }

    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(raise!(BufferError, "cannot close exported pointers exist"));
        }
        self.mapping.close();
        Ok(())
    }

    #[method(signature = "($self, view, start=None, end=None, /)")]
    fn find(
        &self,
        view: BytesLike<'_>,
        start: Option<OrNone<isize>>,
        end: Option<OrNone<isize>>,
    ) -> Result<isize> {
        self.search(&view, start.unwrap_or_default(), end.unwrap_or_default(), false)
    }

    #[method(signature = "($self, view, start=None, end=None, /)")]
    fn rfind(
        &self,
        view: BytesLike<'_>,
        start: Option<OrNone<isize>>,
        end: Option<OrNone<isize>>,
    ) -> Result<isize> {
        self.search(&view, start.unwrap_or_default(), end.unwrap_or_default(), true)
    }

    #[method(signature = "($self, offset=0, size=None, /)")]
    fn flush(&self, offset: Option<isize>, size: Option<OrNone<isize>>) -> Result<()> {
        self.open()?;
        let (offset, whole) = (offset.unwrap_or(0), self.size() as isize);
        let size = size.unwrap_or_default().0.unwrap_or(whole - offset);
        if size < 0 || offset < 0 || whole - offset < size {
            return Err(raise!(ValueError, "flush values out of range"));
        }
        if matches!(self.access, Access::Read | Access::Copy) {
            return Ok(());
        }
        let at = self.mapping.address.get() + offset as usize;
        let flushed = gil::allow_threads(|| {
            (c!(libc::msync(at as *mut libc::c_void, size as usize, libc::MS_SYNC)), errno())
        });
        if flushed.0 < 0 { Err(fail(flushed.1)) } else { Ok(()) }
    }

    #[method(signature = "($self, option, start=0, length=None, /)")]
    fn madvise(&self, option: i32, start: Option<isize>, length: Option<OrNone<isize>>) -> Result<()> {
        self.open()?;
        let (start, size) = (start.unwrap_or(0), self.size() as isize);
        let length = length.unwrap_or_default().0.unwrap_or(size);
        if !(0..size).contains(&start) {
            return Err(raise!(ValueError, "madvise start out of bounds"));
        }
        if length < 0 {
            return Err(raise!(ValueError, "madvise length invalid"));
        }
        if isize::MAX - start < length {
            return Err(raise!(OverflowError, "madvise length too large"));
        }
        let length = length.min(size - start) as usize;
        check(c!(libc::madvise(self.pointer(start as usize).cast(), length, option)))?;
        Ok(())
    }

    #[method(name = "move", signature = "($self, dest, src, count, /)")]
    fn move_bytes(&self, dest: isize, src: isize, count: isize) -> Result<()> {
        self.open()?;
        self.writable()?;
        let size = self.size() as isize;
        if dest < 0 || src < 0 || count < 0 || size - dest < count || size - src < count {
            return Err(raise!(ValueError, "source, destination, or count out of range"));
        }
        let (from, to) = (self.pointer(src as usize), self.pointer(dest as usize));
        c!(std::ptr::copy(from, to, count as usize));
        Ok(())
    }

    #[method(signature = "($self, n=None, /)")]
    fn read(&self, n: Option<&Object>) -> Result<Vec<u8>> {
        self.open()?;
        let count = match n.filter(|n| !n.is_none()) {
            None => -1,
            Some(n) if n.ty().nb_index().is_some() => {
                n.to_isize_index(&runtime::objects::exceptions::OverflowError)?
            }
            Some(n) => {
                let kind = n.ty().full_name();
                return Err(raise!(TypeError, "argument should be integer or None, not '{kind}'"));
            }
        };
        self.open()?;
        let rest = self.rest();
        let count = usize::try_from(count).map_or(rest, |count| count.min(rest));
        let start = self.position.get();
        self.position.set(start + count);
        Ok(self.part(start, start + count))
    }

    #[method(signature = "($self, /)")]
    fn read_byte(&self) -> Result<u8> {
        self.open()?;
        let at = self.position.get();
        if at >= self.size() {
            return Err(raise!(ValueError, "read byte out of range"));
        }
        self.position.set(at + 1);
        Ok(self.byte(at))
    }

    #[method(signature = "($self, /)")]
    fn readline(&self) -> Result<Vec<u8>> {
        self.open()?;
        let (start, rest) = (self.position.get(), self.rest());
        if rest == 0 {
            return Ok(Vec::new());
        }
        let bytes = c!(std::slice::from_raw_parts(self.pointer(start), rest));
        let length = bytes.iter().position(|byte| *byte == b'\n').map_or(rest, |at| at + 1);
        self.position.set(start + length);
        Ok(bytes[..length].to_vec())
    }

    #[method(signature = "($self, newsize, /)")]
    fn resize(&self, newsize: isize) -> Result<()> {
        self.open()?;
        if self.exports.get() > 0 {
            return Err(raise!(BufferError, "mmap can't resize with extant buffers exported."));
        }
        if !self.trackfd {
            return Err(raise!(ValueError, "mmap can't resize with trackfd=False."));
        }
        if !matches!(self.access, Access::Default | Access::Write) {
            return Err(raise!(TypeError, "mmap can't resize a readonly or copy-on-write memory map."));
        }
        if newsize < 0 || (isize::MAX - newsize) as i64 <= self.offset {
            return Err(raise!(ValueError, "new size out of range"));
        }
        let (fd, size, new) = (self.mapping.fd.get(), self.size(), newsize as usize);
        if fd == -1 && self.flags & libc::MAP_PRIVATE == 0 && new > size {
            return Err(raise!(ValueError, "mmap: can't expand a shared anonymous mapping"));
        }
        if fd != -1 {
            check(c!(libc::ftruncate(fd, self.offset + new as i64)))?;
        }
        let old = self.pointer(0).cast();
        let address = c!(libc::mremap(old, size, new, libc::MREMAP_MAYMOVE));
        if address == libc::MAP_FAILED {
            return Err(last_error());
        }
        self.mapping.address.set(address as usize);
        self.mapping.size.set(new);
        Ok(())
    }

    #[method(signature = "($self, pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: Option<i32>) -> Result<usize> {
        self.open()?;
        let base = match whence.unwrap_or(0) {
            0 => 0,
            1 => self.position.get(),
            2 => self.size(),
            _ => return Err(raise!(ValueError, "unknown seek type")),
        };
        let target = (base as isize).checked_add(pos).and_then(|target| usize::try_from(target).ok());
        match target.filter(|target| *target <= self.size()) {
            Some(target) => {
                self.position.set(target);
                Ok(target)
            }
            None => Err(raise!(ValueError, "seek out of range")),
        }
    }

    #[method(signature = "($self, /)")]
    fn seekable(&self) -> bool {
        true
    }

    #[method(name = "size", signature = "($self, /)")]
    fn file_size(&self) -> Result<i64> {
        self.open()?;
        let fd = self.mapping.fd.get();
        let mut stat: libc::stat = zeroed();
        run(|| c!(libc::fstat(fd, &mut stat)))?;
        Ok(stat.st_size)
    }

    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result<usize> {
        self.open()?;
        Ok(self.position.get())
    }

    #[method(signature = "($self, bytes, /)")]
    fn write(&self, bytes: BytesLike<'_>) -> Result<usize> {
        self.open()?;
        self.writable()?;
        let at = self.position.get();
        if self.rest() < bytes.len() || at > self.size() {
            return Err(raise!(ValueError, "data out of range"));
        }
        self.put(at, &bytes);
        self.position.set(at + bytes.len());
        Ok(bytes.len())
    }

    #[method(signature = "($self, byte, /)")]
    fn write_byte(&self, byte: u8) -> Result<()> {
        self.open()?;
        self.writable()?;
        let at = self.position.get();
        if at >= self.size() {
            return Err(raise!(ValueError, "write byte out of range"));
        }
        self.put(at, &[byte]);
        self.position.set(at + 1);
        Ok(())
    }

    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result {
        self.open()?;
        Ok(self.to_ref())
    }

    #[method(name = "__exit__", signature = "($self, exc_type, exc_value, traceback, /)")]
    fn exit(&self, _exc_type: &Object, _exc_value: &Object, _traceback: &Object) -> Result {
        self.call_method(intern!("close"), &[])
    }

    #[slot]
    fn sq_length(&self) -> Result<usize> {
        self.open()?;
        Ok(self.size())
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        self.open()?;
        Ok(self.size())
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        self.open()?;
        match usize::try_from(index).ok().filter(|index| *index < self.size()) {
            Some(index) => vec![self.byte(index)].into_result(),
            None => Err(raise!(IndexError, "mmap index out of range")),
        }
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        self.open()?;
        let Some(slice) = key.downcast::<Slice>() else {
            let index = self.index(key, "mmap indices must be integers")?;
            return Ok(int(self.byte(index)));
        };
        let (start, stop, step) = slice.unpack()?;
        self.open()?;
        let range = runtime::objects::slice::adjust(start, stop, step, self.size());
        range.indices().map(|index| self.byte(index)).collect::<Vec<u8>>().into_result()
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        self.open()?;
        self.writable()?;
        let Some(slice) = key.downcast::<Slice>() else {
            let index = self.index(key, "mmap indices must be integer")?;
            let Some(value) = value else {
                return Err(raise!(TypeError, "mmap doesn't support item deletion"));
            };
            if value.ty().nb_index().is_none() {
                return Err(raise!(TypeError, "mmap item value must be an int"));
            }
            let number = value.to_isize_index(&runtime::objects::exceptions::TypeError)?;
            let Ok(byte) = u8::try_from(number) else {
                return Err(raise!(ValueError, "mmap item value must be in range(0, 256)"));
            };
            self.open()?;
            if index < self.size() {
                self.put(index, &[byte]);
            }
            return Ok(());
        };
        let (start, stop, step) = slice.unpack()?;
        let Some(value) = value else {
            return Err(raise!(TypeError, "mmap object doesn't support slice deletion"));
        };
        let bytes = BytesLike::of(value)?.to_vec();
        self.open()?;
        let range = runtime::objects::slice::adjust(start, stop, step, self.size());
        if bytes.len() != range.length {
            return Err(raise!(IndexError, "mmap slice assignment is wrong size"));
        }
        range.indices().zip(bytes).for_each(|(index, byte)| self.put(index, &[byte]));
        Ok(())
    }

    #[slot]
    #[allow(unsafe_code)]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        self.open()?;
        let readonly = self.access == Access::Read;
        // SAFETY: the view is the caller's to fill in; while it is lent the mapping stays.
        unsafe { buffer::fill_info(view, Some(self), self.pointer(0), self.size(), readonly, flags)? };
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {
        self.exports.set(self.exports.get().saturating_sub(1));
    }
}

//! One buffer over a raw file: what the buffered classes share. Reading and writing use the same space; `position` is the
//! logical place in it, `raw_position` the place where the raw file is.

use std::cell::{Cell, UnsafeCell};
use std::time::Duration;

use super::super::base::is_closed;
use super::super::file::FileIO;
use crate::lock::{RawLock, Waited, monotonic_now};
use crate::objects::exceptions::{self, BaseException};
use crate::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Blank,
    Ready,
    Detached,
}

/// The state of a buffered file.
#[repr(C)]
pub struct Buffer {
    raw: Link,
    state: Cell<State>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// Where the raw file is, if that is known.
    raw_tell: Cell<Option<i64>>,
    /// Changed only with the lock held, in a piece that lets no other thread in.
    space: UnsafeCell<Vec<u8>>,
    size: Cell<usize>,
    position: Cell<usize>,
    /// Where the raw file is in the space; unknown if it can be anywhere.
    raw_position: Cell<Option<usize>>,
    /// The end of what was read ahead, if the space holds such.
    read_end: Cell<Option<usize>>,
    /// What is to be written, if the space holds such.
    write_start: Cell<usize>,
    write_end: Cell<Option<usize>>,
    lock: RawLock,
    owner: Cell<u64>,
}

impl Traverse for Buffer {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.raw.traverse(visitor)
    }
    fn drop_references(&self) {
        Traverse::drop_references(&self.raw);
    }
}

/// While it lives no other thread uses the buffer.
struct Entered<'a>(&'a Buffer);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
        self.0.lock.unlock();
    }
}

/// BlockingIOError for a write of which so much is done.
fn would_block(written: usize) -> Raised {
    let arguments = Tuple::pack([
        Int::new(libc::EAGAIN.into()).into_object(),
        Str::new("write could not complete without blocking").into_object(),
        Int::from_usize(written).into_object(),
    ]);
    crate::errors::raise_value(&exceptions::BlockingIOError, &arguments)
}

/// Raises `second` with `first` as its context, or whichever there is.
pub fn chain<T>(first: Option<Ref<BaseException>>, second: Result<T>) -> Result<T> {
    match (first, second) {
        (None, second) => second,
        (Some(first), Ok(_)) => Err(crate::errors::restore(first)),
        (Some(first), Err(raised)) => {
            let second = raised.take();
            exceptions::set_context(&second, Some(&first));
            Err(crate::errors::restore(second))
        }
    }
}

impl Buffer {
    pub fn blank() -> Buffer {
        Buffer {
            raw: Link::null(),
            state: Cell::new(State::Blank),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            raw_tell: Cell::new(None),
            space: UnsafeCell::default(),
            size: Cell::new(0),
            position: Cell::new(0),
            raw_position: Cell::new(None),
            read_end: Cell::new(None),
            write_start: Cell::new(0),
            write_end: Cell::new(None),
            lock: RawLock::new(),
            owner: Cell::new(0),
        }
    }

    /// Starts over a raw file whose abilities were checked.
    pub fn init(
        &self,
        own: &Object,
        raw: &Object,
        size: isize,
        readable: bool,
        writable: bool,
    ) -> Result<()> {
        let _entered = self.enter(own)?;
        self.state.set(State::Blank);
        self.raw.set(Some(raw.to_ref()));
        self.readable.set(readable);
        self.writable.set(writable);
        let size = match usize::try_from(size) {
            Ok(size) if size > 0 => size,
            _ => return Err(raise!(ValueError, "buffer size must be strictly positive")),
        };
        let mut space = Vec::new();
        space.try_reserve_exact(size).map_err(|_| crate::errors::no_memory())?;
        space.resize(size, 0);
        // SAFETY: the lock is held, and nothing else runs.
        unsafe { *self.space.get() = space };
        self.size.set(size);
        self.raw_tell.set(None);
        if let Err(raised) = self.ask_raw_tell(raw) {
            raised.clear();
        }
        self.position.set(0);
        self.raw_position.set(None);
        self.forget_read();
        self.forget_write();
        self.state.set(State::Ready);
        Ok(())
    }

    /// The raw file is being replaced: what is here can't be used until that has worked.
    pub fn unready(&self) {
        self.state.set(State::Blank);
    }

    pub fn raw(&self) -> Result {
        match (self.state.get(), self.raw.get()) {
            (State::Ready, Some(raw)) => Ok(raw),
            (State::Detached, _) => Err(raise!(ValueError, "raw stream has been detached")),
            _ => Err(raise!(ValueError, "I/O operation on uninitialized object")),
        }
    }

    /// The raw file in whatever state.
    pub fn raw_opt(&self) -> Option<Ref> {
        self.raw.get()
    }

    /// The size of the space.
    pub fn space(&self) -> usize {
        self.size.get()
    }

    pub fn detach(&self, own: &Object) -> Result {
        self.raw()?;
        own.call_method(intern!("flush"), &[])?;
        let raw = self.raw()?;
        self.raw.set(None);
        self.state.set(State::Detached);
        Ok(raw)
    }

    fn closed(&self, raw: &Object) -> Result<bool> {
        // SAFETY: a look at the length.
        if unsafe { (*self.space.get()).is_empty() } {
            return Ok(true);
        }
        match raw.downcast_exact::<FileIO>() {
            Some(file) => Ok(file.is_closed()),
            None => is_closed(raw),
        }
    }

    /// The raw file, if it isn't closed or something is left to be read.
    fn check(&self, doing: &str) -> Result {
        let raw = self.raw()?;
        if self.closed(&raw)? && self.ahead() == 0 {
            return Err(raise!(ValueError, "{doing} closed file"));
        }
        Ok(raw)
    }

    /// Keeps other threads out. A signal's handler or the raw file that comes back to us in the same thread can't wait.
    fn enter(&self, own: &Object) -> Result<Entered<'_>> {
        let ident = Thread::current().ident;
        if !self.lock.try_lock() {
            if self.owner.get() == ident {
                return Err(raise!(RuntimeError, "reentrant call inside {}", own.repr()?));
            }
            // At the end threads that hold the lock may never run again.
            let patience =
                crate::modules::sys::finalizing().then(|| monotonic_now() + Duration::from_secs(1));
            let lock = &self.lock;
            loop {
                match crate::gil::allow_threads(|| lock.lock_until(patience)) {
                    Waited::Acquired => break,
                    Waited::Interrupted => {}
                    Waited::TimedOut => {
                        let file = own.repr()?;
                        crate::startup::fatal_error(
                            "_enter_buffered_busy",
                            &format!(
                                "could not acquire lock for {file} at interpreter shutdown, possibly due to daemon threads"
                            ),
                        );
                    }
                }
            }
        }
        self.owner.set(ident);
        Ok(Entered(self))
    }

    fn forget_read(&self) {
        self.read_end.set(None);
    }

    fn forget_write(&self) {
        self.write_start.set(0);
        self.write_end.set(None);
    }

    fn holds_read(&self) -> Option<usize> {
        self.read_end.get().filter(|_| self.readable.get())
    }

    fn holds_write(&self) -> Option<usize> {
        self.write_end.get().filter(|_| self.writable.get())
    }

    /// How much was read ahead.
    fn ahead(&self) -> usize {
        self.holds_read().map_or(0, |end| end.saturating_sub(self.position.get()))
    }

    /// How far the raw file is ahead of the logical position.
    fn raw_offset(&self) -> i64 {
        match self.raw_position.get() {
            Some(raw) if self.holds_read().is_some() || self.holds_write().is_some() => {
                raw as i64 - self.position.get() as i64
            }
            _ => 0,
        }
    }

    fn move_to(&self, position: usize) {
        self.position.set(position);
        if self.holds_read().is_some_and(|end| end < position) {
            self.read_end.set(Some(position));
        }
    }

    /// Bytes of the space; a range that is not there gives fewer.
    fn bytes(&self, start: usize, count: usize) -> &[u8] {
        // SAFETY: used up at once, before anything else can change the space.
        let space = unsafe { &*self.space.get() };
        let start = start.min(space.len());
        &space[start..start + count.min(space.len() - start)]
    }

    /// Puts bytes into the space, where they fit.
    fn put(&self, start: usize, data: &[u8]) {
        // SAFETY: the lock is held; nothing else runs in between.
        let space = unsafe { &mut *self.space.get() };
        if let Some(target) = space.get_mut(start..start + data.len()) {
            target.copy_from_slice(data);
        }
    }

    /// Bytes that were read ahead.
    fn take(&self, count: usize) -> Result<Ref<Bytes>> {
        let start = self.position.get();
        let data = Bytes::try_new(self.bytes(start, count.min(self.ahead())))?;
        self.position.set(start + data.len());
        Ok(data)
    }

    // The raw file.

    fn position_of(&self, answer: &Object) -> Result<i64> {
        let position = answer.to_isize_index(&exceptions::ValueError)? as i64;
        if position < 0 {
            return Err(raise!(OSError, "Raw stream returned invalid position {position}"));
        }
        self.raw_tell.set(Some(position));
        Ok(position)
    }

    fn ask_raw_tell(&self, raw: &Object) -> Result<i64> {
        self.raw_tell.set(None);
        self.position_of(&*raw.call_method(intern!("tell"), &[])?)
    }

    fn raw_seek(&self, raw: &Object, target: i64, whence: i32) -> Result<i64> {
        self.raw_tell.set(None);
        self.position_of(
            &*raw.call_method(intern!("seek"), &[&*Int::new(target), &*Int::new(whence.into())])?,
        )
    }

    fn moved_by(&self, count: usize) {
        if let Some(position) = self.raw_tell.get() {
            self.raw_tell.set(Some(position + count as i64));
        }
    }

    /// One read of the raw file into memory; `None` if it has nothing now.
    ///
    /// # Safety
    /// `target` has room for `size` bytes until this is over.
    unsafe fn raw_read(&self, raw: &Object, target: *mut u8, size: usize) -> Result<Option<usize>> {
        let count = if let Some(file) = raw.downcast_exact::<FileIO>() {
            // SAFETY: by contract.
            match unsafe { file.read_to(target, size)? } {
                Some(count) => count,
                None => return Ok(None),
            }
        } else {
            let array = crate::objects::bytearray::ByteArray::try_new(&vec![0; size])?;
            let view = crate::objects::memoryview::MemoryView::of(&array)?;
            let answer = raw.call_method(intern!("readinto"), &[&view])?;
            if let Err(raised) = view.call_method(intern!("release"), &[]) {
                raised.clear();
            }
            if answer.is_none() {
                return Ok(None);
            }
            let count = match answer.to_isize_index(&exceptions::ValueError) {
                Ok(count) => count,
                Err(raised) => {
                    let cause = raised.take();
                    let failed = raise!(OSError, "raw readinto() failed").take();
                    exceptions::set_context(&failed, Some(&cause));
                    exceptions::set_cause(&failed, Some(&cause));
                    return Err(crate::errors::restore(failed));
                }
            };
            let data = array.to_vec();
            match usize::try_from(count) {
                Ok(count) if count <= size && count <= data.len() => {
                    // SAFETY: by contract there is room.
                    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), target, count) };
                    count
                }
                _ => {
                    return Err(raise!(
                        OSError,
                        "raw readinto() returned invalid length {count} (should have been between 0 and {size})"
                    ));
                }
            }
        };
        self.moved_by(count);
        Ok(Some(count))
    }

    /// Reads ahead with one read of the raw file, after what is there. The lock must be held.
    fn fill(&self, raw: &Object) -> Result<Option<usize>> {
        let start = self.holds_read().unwrap_or(0);
        let room = self.size.get().saturating_sub(start);
        // SAFETY: the space keeps its place while the lock is held; the range is inside.
        let count = unsafe {
            let target = (*self.space.get()).as_mut_ptr().add(start);
            self.raw_read(raw, target, room)?
        };
        if let Some(count) = count
            && count > 0
        {
            self.read_end.set(Some(start + count));
            self.raw_position.set(Some(start + count));
        }
        Ok(count)
    }

    fn raw_write(&self, raw: &Object, data: &Bytes) -> Result<Option<usize>> {
        let count = if let Some(file) = raw.downcast_exact::<FileIO>() {
            match file.write_some(data.as_slice())? {
                Some(count) => count,
                None => return Ok(None),
            }
        } else {
            let view = crate::objects::memoryview::MemoryView::of(data)?;
            let answer = raw.call_method(intern!("write"), &[&view])?;
            if answer.is_none() {
                return Ok(None);
            }
            let count = answer.to_isize_index(&exceptions::ValueError)?;
            match usize::try_from(count) {
                Ok(count) if count <= data.len() => count,
                _ => {
                    return Err(raise!(
                        OSError,
                        "raw write() returned invalid length {count} (should have been between 0 and {})",
                        data.len()
                    ));
                }
            }
        };
        self.moved_by(count);
        Ok(Some(count))
    }

    // Operations. Those that end in `_inside` want the lock held.

    fn flush_inside(&self, raw: &Object) -> Result<()> {
        let Some(end) = self.holds_write().filter(|&end| end != self.write_start.get()) else {
            self.forget_write();
            return Ok(());
        };
        // First the raw file goes where the data belongs.
        let back = self.raw_offset() + self.position.get() as i64 - self.write_start.get() as i64;
        if back != 0 {
            self.raw_seek(raw, -back, 1)?;
            self.raw_position.set(self.raw_position.get().map(|raw| (raw as i64 - back) as usize));
        }
        while self.write_start.get() < end {
            let start = self.write_start.get();
            let data = Bytes::try_new(self.bytes(start, end - start))?;
            let Some(count) = self.raw_write(raw, &data)? else { return Err(would_block(0)) };
            self.write_start.set(start + count);
            self.raw_position.set(Some(start + count));
            // A write that a signal cuts short succeeds in part.
            crate::signal::check()?;
        }
        self.forget_write();
        Ok(())
    }

    fn flush_and_rewind_inside(&self, raw: &Object) -> Result<()> {
        self.flush_inside(raw)?;
        if self.readable.get() {
            let result = self.raw_seek(raw, -self.raw_offset(), 1);
            self.forget_read();
            result?;
        }
        Ok(())
    }

    /// What is to be written goes out before something is read.
    fn flush_to_read_inside(&self, raw: &Object) -> Result<()> {
        if self.writable.get() { self.flush_and_rewind_inside(raw) } else { Ok(()) }
    }

    pub fn flush(&self, own: &Object) -> Result<()> {
        let raw = self.check("flush of")?;
        let _entered = self.enter(own)?;
        self.flush_and_rewind_inside(&raw)
    }

    pub fn close(&self, own: &Object) -> Result {
        let raw = self.raw()?;
        let entered = self.enter(own)?;
        if self.closed(&raw)? {
            return Ok(none());
        }
        if self.finalizing.get()
            && let Err(raised) = raw.call_method(intern!("_dealloc_warn"), &[own])
        {
            raised.clear();
        }
        drop(entered);
        let flushed = own.call_method(intern!("flush"), &[]).err().map(Raised::take);
        let _entered = match self.enter(own) {
            Ok(entered) => entered,
            Err(raised) => return chain(flushed, Err(raised)),
        };
        let closed = raw.call_method(intern!("close"), &[]);
        // SAFETY: the lock is held.
        drop(unsafe { std::mem::take(&mut *self.space.get()) });
        self.size.set(0);
        self.read_end.set(Some(0));
        self.position.set(0);
        chain(flushed, closed)
    }

    pub fn peek(&self, own: &Object) -> Result<Ref<Bytes>> {
        let raw = self.check("peek of")?;
        let _entered = self.enter(own)?;
        self.flush_to_read_inside(&raw)?;
        if self.ahead() > 0 {
            return Bytes::try_new(self.bytes(self.position.get(), self.ahead()));
        }
        self.forget_read();
        let count = self.fill(&raw)?.unwrap_or(0);
        self.position.set(0);
        Bytes::try_new(self.bytes(0, count))
    }

    pub fn read(&self, own: &Object, size: isize) -> Result {
        let Ok(size) = usize::try_from(size) else {
            if size < -1 {
                self.raw()?;
                return Err(raise!(ValueError, "read length must be non-negative or -1"));
            }
            let raw = self.check("read of")?;
            let _entered = self.enter(own)?;
            return self.read_all_inside(&raw);
        };
        let raw = self.check("read of")?;
        if size <= self.ahead() {
            return Ok(self.take(size)?.into_object());
        }
        let _entered = self.enter(own)?;
        self.read_inside(&raw, size)
    }

    fn read_all_inside(&self, raw: &Object) -> Result {
        let mut data = self.take(usize::MAX)?.as_slice().to_vec();
        self.flush_to_read_inside(raw)?;
        self.forget_read();
        self.raw_tell.set(None);
        let checked =
            |piece: &Object, what: &str| match piece.is_none() || piece.downcast::<Bytes>().is_some() {
                true => Ok(()),
                false => Err(raise!(TypeError, "{what}() should return bytes")),
            };
        if let Some(readall) = raw.get_attr_opt(intern!("readall"))? {
            let rest = readall.call(&[])?;
            checked(&rest, "readall")?;
            if data.is_empty() {
                return Ok(rest);
            }
            if let Some(rest) = rest.downcast::<Bytes>() {
                data.extend_from_slice(rest.as_slice());
            }
            return Ok(Bytes::try_new(&data)?.into_object());
        }
        loop {
            let piece = raw.call_method(intern!("read"), &[])?;
            checked(&piece, "read")?;
            match piece.downcast::<Bytes>() {
                Some(piece) if !piece.is_empty() => data.extend_from_slice(piece.as_slice()),
                _ if data.is_empty() => return Ok(piece),
                _ => return Ok(Bytes::try_new(&data)?.into_object()),
            }
        }
    }

    fn read_inside(&self, raw: &Object, size: usize) -> Result {
        if size <= self.ahead() {
            return Ok(self.take(size)?.into_object());
        }
        let (result, target) = Bytes::allocate(size)?;
        let mut written = 0;
        let start = self.take(self.ahead())?;
        let put = |written: usize, data: &[u8]| {
            // SAFETY: `written` and what is added to it never pass `size`.
            unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), target.add(written), data.len()) };
        };
        put(0, start.as_slice());
        written += start.len();
        let ended = |count: Option<usize>, written: usize| {
            // The end of the file, or nothing there now.
            if count.is_some() || written > 0 {
                Ok(Bytes::try_new(&result.as_slice()[..written])?.into_object())
            } else {
                Ok(none())
            }
        };
        self.flush_to_read_inside(raw)?;
        self.forget_read();
        while written < size {
            let whole = (size - written) / self.size.get().max(1) * self.size.get();
            if whole == 0 {
                break;
            }
            // SAFETY: there is room for `size - written`, and the bytes object is held.
            match unsafe { self.raw_read(raw, target.add(written), whole)? } {
                count @ (None | Some(0)) => return ended(count, written),
                Some(count) => written += count,
            }
        }
        self.position.set(0);
        self.raw_position.set(Some(0));
        self.read_end.set(Some(0));
        while written < size && self.read_end.get().unwrap_or(0) < self.size.get() {
            match self.fill(raw)? {
                count @ (None | Some(0)) => return ended(count, written),
                Some(count) => {
                    let count = count.min(size - written);
                    put(written, self.bytes(self.position.get(), count));
                    written += count;
                    self.position.set(self.position.get() + count);
                }
            }
        }
        if written < size { ended(Some(0), written) } else { Ok(result.into_object()) }
    }

    pub fn read1(&self, own: &Object, size: isize) -> Result<Ref<Bytes>> {
        self.raw()?;
        let mut size = usize::try_from(size).unwrap_or(self.size.get());
        let raw = self.check("read of")?;
        if size == 0 {
            return Ok(Bytes::empty());
        }
        if self.ahead() > 0 {
            return self.take(size);
        }
        let _entered = self.enter(own)?;
        self.flush_to_read_inside(&raw)?;
        self.forget_read();
        size = size.min(isize::MAX as usize);
        let (result, target) = Bytes::allocate(size)?;
        // SAFETY: there is room for so many.
        let count = unsafe { self.raw_read(&raw, target, size)? }.unwrap_or(0);
        if count == size { Ok(result) } else { Bytes::try_new(&result.as_slice()[..count]) }
    }

    pub fn read_into(&self, own: &Object, target: &mut [u8], once: bool) -> Result {
        let raw = self.check("readinto of")?;
        let mut written = 0;
        let from_space = |target: &mut [u8], written: usize| {
            let count = self.ahead().min(target.len() - written);
            let count = self.bytes(self.position.get(), count).len();
            target[written..written + count].copy_from_slice(self.bytes(self.position.get(), count));
            self.position.set(self.position.get() + count);
            count
        };
        if self.ahead() > 0 {
            written = from_space(target, 0);
            if written == target.len() {
                return Ok(Int::from_usize(written).into_object());
            }
        }
        let _entered = self.enter(own)?;
        self.flush_to_read_inside(&raw)?;
        self.forget_read();
        self.position.set(0);
        while written < target.len() {
            let remaining = target.len() - written;
            let count = if remaining > self.size.get() {
                // SAFETY: the exporter of the memory holds it still.
                unsafe { self.raw_read(&raw, target.as_mut_ptr().add(written), remaining)? }
            } else if once && written > 0 {
                Some(0)
            } else {
                match self.fill(&raw)? {
                    Some(count) if count > 0 => Some(from_space(target, written)),
                    other => other,
                }
            };
            match count {
                Some(0) => break,
                None if written > 0 => break,
                None => return Ok(none()),
                Some(count) => written += count,
            }
            if once {
                break;
            }
        }
        Ok(Int::from_usize(written).into_object())
    }

    pub fn readline(&self, own: &Object, limit: Option<usize>) -> Result<Ref<Bytes>> {
        let raw = self.check("readline of")?;
        let mut limit = limit.unwrap_or(usize::MAX);
        // What was read ahead may do.
        let here = self.bytes(self.position.get(), self.ahead().min(limit));
        let end = memchr::memchr(b'\n', here).map(|place| place + 1);
        if let Some(end) = end.or((here.len() == limit).then_some(limit)) {
            return self.take(end);
        }
        let _entered = self.enter(own)?;
        let mut line = self.take(limit)?.as_slice().to_vec();
        limit -= line.len();
        self.flush_to_read_inside(&raw)?;
        loop {
            self.forget_read();
            let count = self.fill(&raw)?.unwrap_or(0).min(limit);
            if count == 0 {
                break;
            }
            let here = self.bytes(0, count);
            let end = memchr::memchr(b'\n', here).map(|place| place + 1);
            line.extend_from_slice(&here[..end.unwrap_or(count)]);
            self.position.set(end.unwrap_or(count));
            if end.is_some() || count == limit {
                break;
            }
            limit -= count;
        }
        Bytes::try_new(&line)
    }

    pub fn tell(&self) -> Result<i64> {
        let raw = self.raw()?;
        let position = self.ask_raw_tell(&raw)?;
        Ok((position - self.raw_offset()).max(0))
    }

    pub fn seek(&self, own: &Object, target: &Object, whence: i32) -> Result<i64> {
        self.raw()?;
        if !matches!(whence, 0..=2 | libc::SEEK_HOLE | libc::SEEK_DATA) {
            return Err(raise!(ValueError, "whence value {whence} unsupported"));
        }
        let raw = self.check("seek of")?;
        super::super::base::must_be_seekable(&raw)?;
        let mut target = target.to_isize_index(&exceptions::ValueError)? as i64;
        if whence < 2 && self.readable.get() {
            // Perhaps it is inside of what was read ahead.
            let current = match self.raw_tell.get() {
                Some(position) => position,
                None => self.ask_raw_tell(&raw)?,
            };
            let ahead = self.ahead() as i64;
            if ahead > 0 {
                let offset = if whence == 0 { target - (current - self.raw_offset()) } else { target };
                let position = self.position.get() as i64;
                if offset >= -position && offset <= ahead {
                    self.position.set((position + offset) as usize);
                    return Ok((current - ahead + offset).max(0));
                }
            }
        }
        let _entered = self.enter(own)?;
        if self.writable.get() {
            self.flush_inside(&raw)?;
        }
        if whence == 1 {
            target -= self.raw_offset();
        }
        let position = self.raw_seek(&raw, target, whence)?;
        self.raw_position.set(None);
        if self.readable.get() {
            self.forget_read();
        }
        Ok(position)
    }

    pub fn truncate(&self, own: &Object, size: &Object) -> Result {
        let raw = self.check("truncate of")?;
        if !self.writable.get() {
            return Err(super::super::unsupported("truncate"));
        }
        let _entered = self.enter(own)?;
        self.flush_and_rewind_inside(&raw)?;
        let result = raw.call_method(intern!("truncate"), &[size])?;
        if let Err(raised) = self.ask_raw_tell(&raw) {
            raised.clear();
        }
        Ok(result)
    }

    pub fn write(&self, own: &Object, data: &[u8]) -> Result<usize> {
        let raw = self.raw()?;
        let _entered = self.enter(own)?;
        if self.closed(&raw)? {
            return Err(raise!(ValueError, "write to closed file"));
        }
        if self.holds_read().is_none() && self.holds_write().is_none() {
            self.position.set(0);
            self.raw_position.set(Some(0));
        }
        let size = self.size.get();
        let room = size.saturating_sub(self.position.get());
        if data.len() <= room && data.len() < size {
            let start = self.position.get();
            self.put(start, data);
            if self.holds_write().is_none() || self.write_start.get() > start {
                self.write_start.set(start);
            }
            self.move_to(start + data.len());
            if self.write_end.get().is_none_or(|end| end < self.position.get()) {
                self.write_end.set(Some(self.position.get()));
            }
            return Ok(data.len());
        }
        if let Err(raised) = self.flush_inside(&raw) {
            return self.keep_blocked(raised, data);
        }
        let offset = self.raw_offset();
        if offset != 0 {
            self.raw_seek(&raw, -offset, 1)?;
            self.raw_position.set(self.raw_position.get().map(|raw| (raw as i64 - offset) as usize));
        }
        // The space is empty: what is larger goes out at once.
        let mut written = 0;
        while data.len() - written > size {
            let piece = Bytes::try_new(&data[written..])?;
            match self.raw_write(&raw, &piece)? {
                Some(count) => written += count,
                None => {
                    // As much as possible is kept.
                    self.put(0, &data[written..written + size]);
                    self.raw_position.set(Some(0));
                    self.move_to(size);
                    self.write_end.set(Some(size));
                    return Err(would_block(written + size));
                }
            }
            crate::signal::check()?;
        }
        if self.readable.get() {
            self.forget_read();
        }
        let rest = &data[written..];
        self.put(0, rest);
        self.write_start.set(0);
        self.write_end.set(Some(rest.len()));
        self.move_to(rest.len());
        self.raw_position.set(Some(0));
        Ok(data.len())
    }

    /// A flush that would block: keeps as much of the data as there is room for.
    fn keep_blocked(&self, raised: Raised, data: &[u8]) -> Result<usize> {
        if !raised.matches(&exceptions::BlockingIOError) {
            return Err(raised);
        }
        if self.readable.get() {
            self.forget_read();
        }
        let (start, end) = (self.write_start.get(), self.write_end.get().unwrap_or(0));
        let left = self.bytes(start, end.saturating_sub(start)).to_vec();
        self.put(0, &left);
        self.write_start.set(0);
        self.write_end.set(Some(left.len()));
        self.raw_position.set(self.raw_position.get().map(|raw| raw.saturating_sub(start)));
        self.position.set(self.position.get().saturating_sub(start));
        let room = self.size.get().saturating_sub(left.len());
        let kept = data.len().min(room);
        self.put(left.len(), &data[..kept]);
        self.write_end.set(Some(left.len() + kept));
        self.position.set(self.position.get() + kept);
        if kept == data.len() {
            raised.clear();
            return Ok(kept);
        }
        raised.clear();
        Err(would_block(kept))
    }
}

//! The abstract base classes.

use super::{Size, closed_file, limit, unsupported};
use crate::prelude::*;

/// The abstract base class for all I/O classes.
#[class(name = "_io._IOBase", flags(BASETYPE, GC))]
#[repr(C)]
pub struct IOBase {
    head: Object,
    #[dict]
    dict: Link<Dict>,
    #[weaklist]
    weakrefs: WeakList,
}

impl IOBase {
    /// The base of a new object.
    pub fn blank() -> IOBase {
        IOBase { head: Object::HEAD, dict: Link::null(), weakrefs: WeakList::default() }
    }

    /// The instance's own attributes, if it has any.
    pub fn instance_dict(&self) -> Option<Ref<Dict>> {
        self.dict.get()
    }
}

/// Is the file closed, by its own attribute?
pub fn is_closed(file: &Object) -> Result<bool> {
    file.get_attr(intern!("closed"))?.is_true()
}

/// UnsupportedOperation, if the file says that it can't be read.
pub fn must_be_readable(file: &Object) -> Result<()> {
    must(file, intern!("readable"), "File or stream is not readable.")
}

/// UnsupportedOperation, if the file says that it can't be written.
pub fn must_be_writable(file: &Object) -> Result<()> {
    must(file, intern!("writable"), "File or stream is not writable.")
}

/// UnsupportedOperation, if the file says that it has no position.
pub fn must_be_seekable(file: &Object) -> Result<()> {
    must(file, intern!("seekable"), "File or stream is not seekable.")
}

fn must(file: &Object, question: &Str, refusal: &str) -> Result<()> {
    match file.call_method(question, &[])?.is_same(&py_true()) {
        true => Ok(()),
        false => Err(unsupported(refusal)),
    }
}

/// TypeError for pickling an open file.
pub fn not_picklable(file: &Object) -> Raised {
    raise!(TypeError, "cannot pickle '{}' instances", file.ty().name())
}

/// The value that a boolean member is set to.
pub fn truth(value: Option<&Object>) -> Result<bool> {
    match value {
        Some(value) if value.downcast::<crate::objects::bool_::Bool>().is_some() => value.is_true(),
        Some(_) => Err(raise!(TypeError, "attribute value type must be bool")),
        None => Err(raise!(TypeError, "can't delete numeric/char attribute")),
    }
}

/// Puts the attributes of a state, if it has any, into an instance.
pub fn update_dict(file: &Object, dict: &Object, which: &str) -> Result<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(dict) = dict.downcast::<Dict>() else {
        let kind = dict.ty().full_name();
        return Err(raise!(TypeError, "{which} item of state should be a dict, got a {kind}"));
    };
    file.get_attr(intern!("__dict__"))?.call_method(intern!("update"), &[dict]).map(drop)
}

/// The repr of a file whose name may be the file itself.
pub fn guarded_repr(file: &Object, repr: impl FnOnce() -> Result<String>) -> Result<Ref<Str>> {
    if crate::protocol::repr_guard::is_active(file) {
        return Err(raise!(RuntimeError, "reentrant call inside {}.__repr__", file.ty().full_name()));
    }
    crate::protocol::repr_guard::guarded(file, "", || repr().map(Str::from_string))
}

fn check_open(file: &Object) -> Result<()> {
    if is_closed(file)? { Err(closed_file()) } else { Ok(()) }
}

fn asks(file: &Object, question: &Str) -> Result<bool> {
    file.call_method(question, &[])?.is_true()
}

/// One line, read by `peek` and `read`.
fn read_line(file: &Object, size: Option<usize>) -> Result<Vec<u8>> {
    let can_peek = file.get_attr_opt(intern!("peek"))?.is_some();
    let mut line = Vec::new();
    while size.is_none_or(|size| line.len() < size) {
        let mut wanted = 1;
        if can_peek {
            let ahead = file.call_method(intern!("peek"), &[&*Int::new(1)])?;
            let Some(ahead) = ahead.downcast::<Bytes>() else {
                let kind = ahead.ty().full_name();
                return Err(raise!(OSError, "peek() should have returned a bytes object, not '{kind}'"));
            };
            let ahead = ahead.as_slice();
            wanted = memchr::memchr(b'\n', ahead).map_or(ahead.len(), |place| place + 1).max(1);
            if let Some(size) = size {
                wanted = wanted.min(size - line.len());
            }
        }
        let piece = file.call_method(intern!("read"), &[&*Int::from_usize(wanted)])?;
        let Some(piece) = piece.downcast::<Bytes>() else {
            let kind = piece.ty().full_name();
            return Err(raise!(OSError, "read() should have returned a bytes object, not '{kind}'"));
        };
        if piece.is_empty() {
            break;
        }
        line.extend_from_slice(piece.as_slice());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(line)
}

#[methods]
impl IOBase {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<IOBase> {
        Ref::new_in(class, IOBase::blank())
    }

    /// Change the stream position to the given byte offset.
    #[method(signature = "($self, offset, whence=os.SEEK_SET, /)")]
    fn seek(&self, offset: &Object, whence: Option<i32>) -> Result<()> {
        let _ = (offset, whence);
        Err(unsupported("seek"))
    }

    /// Return current stream position.
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result {
        self.call_method(intern!("seek"), &[&*Int::new(0), &*Int::new(1)])
    }

    /// Truncate file to size bytes.
    #[method(signature = "($self, size=None, /)")]
    fn truncate(&self, size: Option<&Object>) -> Result<()> {
        let _ = size;
        Err(unsupported("truncate"))
    }

    /// Flush write buffers, if applicable.
    #[method(signature = "($self, /)")]
    fn flush(&self) -> Result<()> {
        if self.closed()? { Err(closed_file()) } else { Ok(()) }
    }

    /// Flush and close the IO object.
    #[method(signature = "($self, /)")]
    pub fn close(&self) -> Result<()> {
        if self.closed()? {
            return Ok(());
        }
        let flushed = self.call_method(intern!("flush"), &[]).err().map(Raised::take);
        super::buffered::chain(flushed, self.set_attr(intern!("__IOBase_closed"), &py_true()))
    }

    #[getter(name = "__dict__")]
    fn dict_attribute(&self) -> Ref<Dict> {
        match self.dict.get() {
            Some(dict) => dict,
            None => {
                let dict = Dict::new();
                self.dict.set(Some(dict.clone()));
                dict
            }
        }
    }

    #[getter]
    fn closed(&self) -> Result<bool> {
        self.has_attr(intern!("__IOBase_closed"))
    }

    /// Return whether object supports random access.
    #[method(signature = "($self, /)")]
    fn seekable(&self) -> bool {
        false
    }

    /// Return whether object was opened for reading.
    #[method(signature = "($self, /)")]
    fn readable(&self) -> bool {
        false
    }

    /// Return whether object was opened for writing.
    #[method(signature = "($self, /)")]
    fn writable(&self) -> bool {
        false
    }

    #[method(name = "_checkClosed", hidden_signature, signature = "(msg=None)")]
    fn check_closed(&self, _msg: Option<&Object>) -> Result<()> {
        check_open(self)
    }

    #[method(name = "_checkSeekable", hidden_signature, signature = "(msg=None)")]
    fn check_seekable(&self, _msg: Option<&Object>) -> Result<bool> {
        if asks(self, intern!("seekable"))? {
            Ok(true)
        } else {
            Err(unsupported("File or stream is not seekable."))
        }
    }

    #[method(name = "_checkReadable", hidden_signature, signature = "(msg=None)")]
    fn check_readable(&self, _msg: Option<&Object>) -> Result<bool> {
        if asks(self, intern!("readable"))? {
            Ok(true)
        } else {
            Err(unsupported("File or stream is not readable."))
        }
    }

    #[method(name = "_checkWritable", hidden_signature, signature = "(msg=None)")]
    fn check_writable(&self, _msg: Option<&Object>) -> Result<bool> {
        if asks(self, intern!("writable"))? {
            Ok(true)
        } else {
            Err(unsupported("File or stream is not writable."))
        }
    }

    /// Return underlying file descriptor if one exists.
    #[method(signature = "($self, /)")]
    fn fileno(&self) -> Result<()> {
        Err(unsupported("fileno"))
    }

    /// Return whether this is an 'interactive' stream.
    #[method(signature = "($self, /)")]
    fn isatty(&self) -> Result<bool> {
        check_open(self)?;
        Ok(false)
    }

    #[method(name = "__enter__", hidden_signature, signature = "()")]
    fn enter(&self) -> Result {
        check_open(self)?;
        Ok(self.to_ref())
    }

    #[method(name = "__exit__", hidden_signature, signature = "(*args)")]
    fn exit(&self, args: &[&Object]) -> Result<()> {
        let _ = args;
        self.call_method(intern!("close"), &[])?;
        Ok(())
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        check_open(self)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let line = self.call_method(intern!("readline"), &[])?;
        Ok((line.length()? != 0).then_some(line))
    }

    /// Read and return a line from the stream.
    #[method(signature = "($self, size=-1, /)")]
    fn readline(&self, size: Option<Size>) -> Result<Vec<u8>> {
        read_line(self, limit(size))
    }

    /// Return a list of lines from the stream.
    #[method(signature = "($self, hint=-1, /)")]
    fn readlines(&self, hint: Option<Size>) -> Result<Ref<List>> {
        let hint = limit(hint).filter(|&hint| hint > 0);
        let mut lines = Vec::new();
        let mut length = 0;
        let iterator = self.iter()?;
        while let Some(line) = iterator.iter_next()? {
            length += line.length()?;
            lines.push(line);
            if hint.is_some_and(|hint| length >= hint) {
                break;
            }
        }
        Ok(List::from_vec(lines))
    }

    /// Write a list of lines to stream.
    #[method(signature = "($self, lines, /)")]
    fn writelines(&self, lines: &Object) -> Result<()> {
        check_open(self)?;
        lines.for_each(|line| self.call_method(intern!("write"), &[&line]).map(drop))
    }

    #[slot]
    fn tp_finalize(&self) {
        let Some(thread) = Thread::current_opt() else { return };
        let pending = thread.take_exception();
        let closed = match is_closed(self) {
            Ok(closed) => closed,
            Err(raised) => {
                // It can't be used, nor closed.
                raised.clear();
                true
            }
        };
        if !closed {
            if let Err(raised) = self.set_attr(intern!("_finalizing"), &py_true()) {
                raised.clear();
            }
            if let Err(raised) = self.call_method(intern!("close"), &[]) {
                crate::objects::exceptions::write_unraisable(raised.take(), Some(self));
            }
        }
        thread.set_exception(pending);
    }
}

macro_rules! bases {
    ($($struct:ident $name:literal $doc:literal)*) => {$(
        #[doc = $doc]
        #[class(name = $name, flags(BASETYPE, GC))]
        #[repr(C)]
        pub struct $struct {
            base: IOBase,
        }

        impl $struct {
            /// The base of a new object.
            pub fn blank() -> $struct {
                $struct { base: IOBase::blank() }
            }
        }
    )*};
}

bases! {
    RawIOBase "_io._RawIOBase" "Base class for raw binary I/O."
    BufferedIOBase "_io._BufferedIOBase" "Base class for buffered IO objects."
    TextIOBase "_io._TextIOBase" "Base class for text I/O."
}

#[methods]
impl RawIOBase {
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result {
        let Some(size) = limit(size) else { return self.call_method(intern!("readall"), &[]) };
        let array = crate::objects::bytearray::ByteArray::try_new(&vec![0; size])?;
        let count = self.call_method(intern!("readinto"), &[&array])?;
        if count.is_none() {
            return Ok(count);
        }
        let count = count.to_isize_index(&crate::objects::exceptions::ValueError)?;
        let bytes = array.to_vec();
        match usize::try_from(count) {
            Ok(count) if count <= bytes.len() => Ok(Bytes::try_new(&bytes[..count])?.into_object()),
            _ => Err(raise!(ValueError, "readinto returned {count} outside buffer size {}", bytes.len())),
        }
    }

    #[method(hidden_signature, signature = "(b, /)", doc = "")]
    fn readinto(&self, b: &Object) -> Result<()> {
        let _ = b;
        Err(crate::errors::raise_none(&crate::objects::exceptions::NotImplementedError))
    }
    #[method(hidden_signature, signature = "(b, /)", doc = "")]
    fn write(&self, b: &Object) -> Result<()> {
        let _ = b;
        Err(crate::errors::raise_none(&crate::objects::exceptions::NotImplementedError))
    }

    /// Read until EOF, using multiple read() call.
    #[method(signature = "($self, /)")]
    fn readall(&self) -> Result {
        let mut all = Vec::new();
        loop {
            let piece =
                self.call_method(intern!("read"), &[&*Int::from_usize(super::DEFAULT_BUFFER_SIZE)])?;
            if piece.is_none() && all.is_empty() {
                return Ok(piece);
            }
            let Some(bytes) = piece.downcast::<Bytes>() else {
                if piece.is_none() {
                    break;
                }
                return Err(raise!(TypeError, "read() should return bytes"));
            };
            if bytes.is_empty() {
                break;
            }
            all.extend_from_slice(bytes.as_slice());
        }
        all.into_result()
    }
}

/// Reads into a buffer by `read` or `read1`.
pub fn read_into(file: &Object, mut target: WritableBytes, method: &Str) -> Result {
    let data = file.call_method(method, &[&*Int::from_usize(target.len())])?;
    let Some(bytes) = data.downcast::<Bytes>() else {
        return Err(raise!(TypeError, "read() should return bytes"));
    };
    if bytes.len() > target.len() {
        return Err(raise!(
            ValueError,
            "read() returned too much data: {} bytes requested, {} returned",
            target.len(),
            bytes.len()
        ));
    }
    target[..bytes.len()].copy_from_slice(bytes.as_slice());
    Ok(Int::from_usize(bytes.len()).into_object())
}

#[methods]
impl BufferedIOBase {
    /// Disconnect this buffer from its underlying raw stream and return it.
    #[method(signature = "($self, /)")]
    fn detach(&self) -> Result<()> {
        Err(unsupported("detach"))
    }
    /// Read and return up to n bytes.
    #[method(signature = "($self, size=-1, /)")]
    fn read(&self, size: Option<&Object>) -> Result<()> {
        let _ = size;
        Err(unsupported("read"))
    }
    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    #[method(signature = "($self, size=-1, /)")]
    fn read1(&self, size: Option<&Object>) -> Result<()> {
        let _ = size;
        Err(unsupported("read1"))
    }
    /// Write buffer b to the IO stream.
    #[method(signature = "($self, b, /)")]
    fn write(&self, b: &Object) -> Result<()> {
        let _ = b;
        Err(unsupported("write"))
    }
    #[method(signature = "($self, buffer, /)", doc = "")]
    fn readinto(&self, buffer: WritableBytes) -> Result {
        read_into(self, buffer, intern!("read"))
    }
    #[method(signature = "($self, buffer, /)", doc = "")]
    fn readinto1(&self, buffer: WritableBytes) -> Result {
        read_into(self, buffer, intern!("read1"))
    }
}

#[methods]
impl TextIOBase {
    /// Separate the underlying buffer from the TextIOBase and return it.
    #[method(signature = "($self, /)")]
    fn detach(&self) -> Result<()> {
        Err(unsupported("detach"))
    }
    /// Read at most size characters from stream.
    #[method(signature = "($self, size=-1, /)")]
    fn read(&self, size: Option<&Object>) -> Result<()> {
        let _ = size;
        Err(unsupported("read"))
    }
    /// Read until newline or EOF.
    #[method(signature = "($self, size=-1, /)")]
    fn readline(&self, size: Option<&Object>) -> Result<()> {
        let _ = size;
        Err(unsupported("readline"))
    }
    /// Write string s to stream.
    #[method(signature = "($self, s, /)")]
    fn write(&self, s: &Object) -> Result<()> {
        let _ = s;
        Err(unsupported("write"))
    }
    /// Encoding of the text stream.
    #[getter]
    fn encoding(&self) -> Option<Ref> {
        None
    }
    /// Line endings translated so far.
    #[getter]
    fn newlines(&self) -> Option<Ref> {
        None
    }
    /// The error setting of the decoder or encoder.
    #[getter]
    fn errors(&self) -> Option<Ref> {
        None
    }
}

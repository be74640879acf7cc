//! `BufferedRWPair`: a buffered reader and a buffered writer as one.

use super::{BufferedReader, BufferedWriter, chain};
use crate::modules::_io::base::{BufferedIOBase, must_be_readable, must_be_writable};
use crate::prelude::*;

/// A file that reads from one stream and writes to another, each through its buffer.
#[class(name = "_io.BufferedRWPair", flags(BASETYPE, GC))]
#[repr(C)]
pub struct BufferedRWPair {
    base: BufferedIOBase,
    reader: Link,
    writer: Link,
}

fn part(part: &Link) -> Result {
    part.get().ok_or_else(|| raise!(ValueError, "I/O operation on uninitialized object"))
}

#[methods]
impl BufferedRWPair {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<BufferedRWPair> {
        let (reader, writer) = (Link::null(), Link::null());
        Ref::new_in(class, BufferedRWPair { base: BufferedIOBase::blank(), reader, writer })
    }
    #[init(signature = "(reader, writer, buffer_size=131072, /)")]
    fn init(&self, reader: &Object, writer: &Object, buffer_size: isize) -> Result<()> {
        must_be_readable(reader)?;
        must_be_writable(writer)?;
        let size = Int::new(buffer_size as i64);
        let reader = BufferedReader::type_object().call(&[reader, &size])?;
        let writer = BufferedWriter::type_object().call(&[writer, &size])?;
        self.reader.set(Some(reader));
        self.writer.set(Some(writer));
        Ok(())
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn read(&self, args: &[&Object]) -> Result {
        part(&self.reader)?.call_method(intern!("read"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn read1(&self, args: &[&Object]) -> Result {
        part(&self.reader)?.call_method(intern!("read1"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn readinto(&self, args: &[&Object]) -> Result {
        part(&self.reader)?.call_method(intern!("readinto"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn readinto1(&self, args: &[&Object]) -> Result {
        part(&self.reader)?.call_method(intern!("readinto1"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn peek(&self, args: &[&Object]) -> Result {
        part(&self.reader)?.call_method(intern!("peek"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn write(&self, args: &[&Object]) -> Result {
        part(&self.writer)?.call_method(intern!("write"), args)
    }
    #[method(signature = "()", hidden_signature)]
    fn flush(&self) -> Result {
        part(&self.writer)?.call_method(intern!("flush"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn readable(&self) -> Result {
        part(&self.reader)?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn writable(&self) -> Result {
        part(&self.writer)?.call_method(intern!("writable"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn close(&self) -> Result {
        let closed = |file: &Link| part(file)?.call_method(intern!("close"), &[]);
        let written = closed(&self.writer).err().map(Raised::take);
        chain(written, closed(&self.reader))
    }
    #[method(signature = "()", hidden_signature)]
    fn isatty(&self) -> Result {
        let answer = part(&self.writer)?.call_method(intern!("isatty"), &[])?;
        if !answer.is_same(&py_false()) {
            return Ok(answer);
        }
        part(&self.reader)?.call_method(intern!("isatty"), &[])
    }
    #[getter]
    fn closed(&self) -> Result {
        let Some(writer) = self.writer.get() else {
            return Err(raise!(RuntimeError, "the BufferedRWPair object is being garbage-collected"));
        };
        writer.get_attr(intern!("closed"))
    }
}

//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: a buffer over a raw file; `BufferedRWPair`: two of them.

mod buffer;
mod pair;

pub use buffer::chain;
pub use pair::BufferedRWPair;

use super::base::{self, BufferedIOBase};
use super::{Size, limit, size_or_all};
use crate::objects::exceptions;
use crate::prelude::*;
use buffer::Buffer;

/// `<class name='…'>`: how buffered files show themselves.
fn show(file: &Object) -> Result<Ref<Str>> {
    let class = file.ty().full_name();
    let name = match file.get_attr_opt(intern!("name")) {
        Ok(name) => name,
        Err(raised) if raised.matches(&exceptions::ValueError) => {
            raised.clear();
            None
        }
        Err(raised) => return Err(raised),
    };
    let Some(name) = name else { return Ok(Str::from_string(format!("<{class}>"))) };
    base::guarded_repr(file, || Ok(format!("<{class} name={}>", name.repr()?)))
}

macro_rules! buffered {
    ($struct:ident $name:literal $doc:literal [$($check:ident)*] $readable:literal $writable:literal $($part:ident)*) => {
        #[doc = $doc]
        #[class(name = $name, flags(BASETYPE, GC))]
        #[repr(C)]
        pub struct $struct {
            base: BufferedIOBase,
            buffer: Buffer,
        }

        #[methods(parts($($part),*))]
        impl $struct {
            #[slot]
            fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<$struct> {
                Ref::new_in(class, $struct { base: BufferedIOBase::blank(), buffer: Buffer::blank() })
            }

            #[init(signature = "(raw, buffer_size=131072)")]
            fn init(&self, raw: &Object, buffer_size: isize) -> Result<()> {
                self.buffer.unready();
                $(base::$check(raw)?;)*
                self.buffer.init(self, raw, buffer_size, $readable, $writable)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn close(&self) -> Result {
                self.buffer.close(self)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn detach(&self) -> Result {
                self.buffer.detach(self)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn seekable(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("seekable"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn fileno(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("fileno"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn isatty(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("isatty"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn tell(&self) -> Result<i64> {
                self.buffer.tell()
            }

            #[method(signature = "($self, target, whence=0, /)", doc = "")]
            fn seek(&self, target: &Object, whence: Option<i32>) -> Result<i64> {
                self.buffer.seek(self, target, whence.unwrap_or(0))
            }

            #[method(signature = "($self, pos=None, /)", doc = "")]
            fn truncate(&self, pos: Option<&Object>) -> Result {
                self.buffer.truncate(self, pos.unwrap_or(&none()))
            }

            #[method(name = "_dealloc_warn", signature = "($self, source, /)", doc = "")]
            fn dealloc_warn(&self, source: &Object) {
                if let Some(raw) = self.buffer.raw_opt()
                    && let Err(raised) = raw.call_method(intern!("_dealloc_warn"), &[source])
                {
                    raised.clear();
                }
            }

            #[method(name = "__sizeof__", signature = "($self, /)", doc = "")]
            fn sizeof(&self) -> usize {
                self.ty().raw.tp_basicsize.get() as usize + self.buffer.space()
            }
            #[method(name = "__getstate__", hidden_signature, signature = "()")]
            fn getstate(&self) -> Result<()> {
                Err(base::not_picklable(self))
            }

            #[getter(name = "raw")]
            fn raw_attribute(&self) -> Option<Ref> {
                self.buffer.raw_opt()
            }
            #[getter]
            fn closed(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("closed"))
            }
            #[getter]
            fn name(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("name"))
            }
            #[getter]
            fn mode(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("mode"))
            }
            #[getter(name = "_finalizing")]
            fn finalizing(&self) -> bool {
                self.buffer.finalizing.get()
            }
            #[setter(name = "_finalizing")]
            fn set_finalizing(&self, value: Option<&Object>) -> Result<()> {
                self.buffer.finalizing.set(base::truth(value)?);
                Ok(())
            }

            #[slot]
            fn tp_repr(&self) -> Result<Ref<Str>> {
                show(self)
            }
        }
    };
}

macro_rules! reading {
    ($struct:ident $part:ident) => {
        #[methods(part = $part)]
        impl $struct {
            #[method(signature = "($self, /)", doc = "")]
            fn readable(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("readable"), &[])
            }
            #[method(signature = "($self, size=-1, /)", doc = "")]
            fn read(&self, size: Option<Size>) -> Result {
                self.buffer.read(self, size_or_all(size))
            }
            #[method(signature = "($self, size=-1, /)", doc = "")]
            fn read1(&self, size: isize) -> Result<Ref<Bytes>> {
                self.buffer.read1(self, size)
            }
            #[method(signature = "($self, buffer, /)", doc = "")]
            fn readinto(&self, mut buffer: WritableBytes) -> Result {
                self.buffer.read_into(self, &mut buffer, false)
            }
            #[method(signature = "($self, buffer, /)", doc = "")]
            fn readinto1(&self, mut buffer: WritableBytes) -> Result {
                self.buffer.read_into(self, &mut buffer, true)
            }
            #[method(signature = "($self, size=0, /)", doc = "")]
            fn peek(&self, size: isize) -> Result<Ref<Bytes>> {
                let _ = size;
                self.buffer.peek(self)
            }
            #[method(signature = "($self, size=-1, /)", doc = "")]
            fn readline(&self, size: Option<Size>) -> Result<Ref<Bytes>> {
                self.buffer.readline(self, limit(size))
            }
            #[slot]
            fn tp_iternext(&self) -> Result<Option<Ref>> {
                if self.is::<$struct>() {
                    let line = self.buffer.readline(self, None)?;
                    return Ok((!line.is_empty()).then(|| line.into_object()));
                }
                let line = self.call_method(intern!("readline"), &[])?;
                let Some(bytes) = line.downcast::<Bytes>() else {
                    let kind = line.ty().full_name();
                    return Err(raise!(
                        OSError,
                        "readline() should have returned a bytes object, not '{kind}'"
                    ));
                };
                Ok((!bytes.is_empty()).then(|| line.clone()))
            }
        }
    };
}

macro_rules! writing {
    ($struct:ident $part:ident) => {
        #[methods(part = $part)]
        impl $struct {
            #[method(signature = "($self, /)", doc = "")]
            fn writable(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("writable"), &[])
            }
            #[method(signature = "($self, buffer, /)", doc = "")]
            fn write(&self, buffer: BytesLike<'_>) -> Result<usize> {
                self.buffer.write(self, &buffer)
            }
            #[method(signature = "($self, /)", doc = "")]
            fn flush(&self) -> Result<()> {
                self.buffer.flush(self)
            }
        }
    };
}

buffered! { BufferedReader "_io.BufferedReader" "Reads a raw stream ahead."
[must_be_readable] true false reader_reads reader_flushes }
reading! { BufferedReader reader_reads }

#[methods(part = reader_flushes)]
impl BufferedReader {
    #[method(signature = "($self, /)", doc = "")]
    fn flush(&self) -> Result {
        self.buffer.raw()?.call_method(intern!("flush"), &[])
    }
}

buffered! { BufferedWriter "_io.BufferedWriter" "Collects what is written to a raw stream."
[must_be_writable] false true writer_writes }
writing! { BufferedWriter writer_writes }

buffered! { BufferedRandom "_io.BufferedRandom" "Reads a raw stream ahead and collects what is written to it."
[must_be_seekable must_be_readable must_be_writable] true true random_reads random_writes }
reading! { BufferedRandom random_reads }
writing! { BufferedRandom random_writes }

//! A text stream over a file descriptor, as small as can be: standard output until `io` is there.

use std::io::Write;

use crate::prelude::*;

/// A text stream that writes to, or reads from, a file descriptor without buffering.
#[class(name = "sys.TextWriter")]
#[repr(C)]
pub struct TextWriter {
    head: Object,
    descriptor: std::cell::Cell<i32>,
}

/// A stream over standard input, output or error.
pub fn standard_stream(descriptor: i32) -> Ref {
    Ref::new(TextWriter { head: Object::HEAD, descriptor: std::cell::Cell::new(descriptor) }).into_object()
}

fn failed(error: &std::io::Error) -> Raised {
    raise!(OSError, "[Errno {}] {}", error.raw_os_error().unwrap_or(0), error)
}

#[methods]
impl TextWriter {
    /// Write text and return how many characters it has.
    #[method(signature = "($self, text, /)")]
    fn write(&self, text: &Str) -> Result<usize> {
        let wtf8 = text.to_wtf8();
        let bytes = wtf8.as_bytes();
        let result = match self.descriptor.get() {
            2 => std::io::stderr().write_all(bytes),
            _ => std::io::stdout().write_all(bytes),
        };
        result.map_err(|error| failed(&error))?;
        Ok(text.len())
    }

    /// Pass on what is buffered.
    #[method(signature = "($self, /)")]
    fn flush(&self) -> Result<()> {
        if self.descriptor.get() == 1 {
            std::io::stdout().flush().map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Read a line.
    #[method(signature = "($self, /)")]
    fn readline(&self) -> Result<String> {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|error| failed(&error))?;
        Ok(line)
    }

    /// The file descriptor.
    #[method(signature = "($self, /)")]
    fn fileno(&self) -> i32 {
        self.descriptor.get()
    }

    /// Is it a terminal?
    #[method(signature = "($self, /)")]
    fn isatty(&self) -> bool {
        // SAFETY: no precondition.
        unsafe { libc::isatty(self.descriptor.get()) == 1 }
    }

    #[getter]
    fn encoding(&self) -> &'static str {
        "utf-8"
    }

    #[getter]
    fn errors(&self) -> &'static str {
        "strict"
    }

    #[getter]
    fn closed(&self) -> bool {
        false
    }
}

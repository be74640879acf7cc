//! The `_io` module: files, buffers and text.
//!
//! One file a class: [`base`] has the abstract ones, [`file`] the raw file, [`buffered`] the buffers, [`memory`] files in
//! memory, [`text`] text over bytes, [`newlines`] the decoder of line ends, [`open`] the function.

pub mod base;
pub mod buffered;
pub mod file;
pub mod memory;
pub mod newlines;
mod open;
pub mod string;
pub mod text;

use base::{BUFFERED_IO_BASE_TYPE, IO_BASE_TYPE, RAW_IO_BASE_TYPE, TEXT_IO_BASE_TYPE};

use crate::objects::exceptions;
use crate::prelude::*;

/// How much is read at once where nothing else is said.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// The class of errors about what a file can't do.
#[derive(Default)]
struct State {
    unsupported: Link,
}

/// `io.UnsupportedOperation(message)`.
pub fn unsupported(message: &str) -> Raised {
    let class = Interpreter::current().state::<State>().unsupported.get();
    match class.as_ref().and_then(|class| class.downcast::<Type>()) {
        Some(class) => crate::errors::raise_message(class, message),
        None => raise!(OSError, "{message}"),
    }
}

/// ValueError for a file that is closed.
pub fn closed_file() -> Raised {
    raise!(ValueError, "I/O operation on closed file.")
}

/// The OSError of the last system call.
pub fn system_error(name: Option<&Object>) -> Raised {
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    match exceptions::os_error(number, name, None) {
        Ok(exception) => crate::errors::raise(exception),
        Err(raised) => raised,
    }
}

/// What `size` arguments mean: None and negative numbers are no limit.
pub struct Size(pub isize);

impl FromArg<'_> for Size {
    fn from_arg(object: &Object, _: &'static crate::native::args::Place) -> Result<Self> {
        if object.is_none() {
            return Ok(Size(-1));
        }
        if object.ty().nb_index().is_none() {
            return Err(raise!(
                TypeError,
                "argument should be integer or None, not '{}'",
                object.ty().full_name()
            ));
        }
        let size = object.to_isize_index(&exceptions::OverflowError)?;
        Ok(Size(size))
    }
}

/// The limit in an optional argument.
pub fn limit(size: Option<Size>) -> Option<usize> {
    usize::try_from(size?.0).ok()
}

/// The number in an optional argument; -1 for everything.
pub fn size_or_all(size: Option<Size>) -> isize {
    size.map_or(-1, |size| size.0)
}

module! {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.",
    functions: [open::open, open::text_encoding, open::open_code],
    classes: [
        base::IOBase, base::RawIOBase, base::BufferedIOBase, base::TextIOBase, file::FileIO, memory::BytesIO, memory::BytesIOBuffer,
        string::StringIO, newlines::IncrementalNewlineDecoder, buffered::BufferedReader, buffered::BufferedWriter,
        buffered::BufferedRandom, buffered::BufferedRWPair, text::TextIOWrapper,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let _ = (&IO_BASE_TYPE, &RAW_IO_BASE_TYPE, &BUFFERED_IO_BASE_TYPE, &TEXT_IO_BASE_TYPE);
    let dict = module.dict();
    dict.insert_str(intern!("DEFAULT_BUFFER_SIZE"), &Int::from_usize(DEFAULT_BUFFER_SIZE))?;
    dict.insert_str(intern!("BlockingIOError"), &exceptions::BlockingIOError)?;
    let namespace = Dict::new();
    namespace.insert_str(intern!("__module__"), intern!("io"))?;
    let bases = Tuple::pack([exceptions::OSError.to_ref(), exceptions::ValueError.to_ref()]);
    let class = Type::type_object().call(&[&*Str::new("UnsupportedOperation"), &bases, &namespace])?;
    dict.insert_str(intern!("UnsupportedOperation"), &class)?;
    Interpreter::current().state::<State>().unsupported.set(Some(class));
    Ok(())
}

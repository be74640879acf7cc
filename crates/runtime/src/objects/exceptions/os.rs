//! `OSError`, and the subclass that an error number means.

use std::cell::Cell;

use super::base::{allocate, join, no_keywords, text_of_args};
use super::stop::ExceptionBase;
use super::*;

/// Base class for I/O related errors.
#[class(name = "OSError", variable = OSError, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct OSError {
    base: BaseException,
    /// POSIX exception code
    #[member(name = "errno")]
    pub number: Link,
    /// exception strerror
    #[member]
    pub strerror: Link,
    /// exception filename
    #[member]
    pub filename: Link,
    /// second exception filename
    #[member]
    pub filename2: Link,
    /// Characters written before a BlockingIOError; -1: unknown. Zeroed memory means none were, so it is set in `tp_new`.
    #[gc(skip)]
    pub written: Cell<isize>,
}

const _: () = assert!(size_of::<OSError>() == size_of::<abi::PyOSErrorObject>());

/// The class of the errors with this number.
pub(super) fn class_of(number: i32) -> Option<&'static StaticType> {
    Some(match number {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &BlockingIOError,
        libc::EPIPE | libc::ESHUTDOWN => &BrokenPipeError,
        libc::ECHILD => &ChildProcessError,
        libc::ECONNABORTED => &ConnectionAbortedError,
        libc::ECONNREFUSED => &ConnectionRefusedError,
        libc::ECONNRESET => &ConnectionResetError,
        libc::EEXIST => &FileExistsError,
        libc::ENOENT => &FileNotFoundError,
        libc::EISDIR => &IsADirectoryError,
        libc::ENOTDIR => &NotADirectoryError,
        libc::EINTR => &InterruptedError,
        libc::EACCES | libc::EPERM => &PermissionError,
        libc::ESRCH => &ProcessLookupError,
        libc::ETIMEDOUT => &TimeoutError,
        _ => return None,
    })
}

/// Is initialization `__new__`'s work? Yes where a class defines neither: so that `args` is right before `__init__` runs.
/// A class with an `__init__` of its own, and no `__new__`, gets everything in `__init__`.
fn is_initialized_by_new(class: &Type) -> bool {
    let same = |own: Option<usize>, base: Option<usize>| own == base;
    let init = |class: &Type| class.raw.tp_init.get().map(|slot| slot as usize);
    let new = |class: &Type| class.raw.tp_new.get().map(|slot| slot as usize);
    same(init(class), init(&super::OSError)) || !same(new(class), new(&super::OSError))
}

impl OSError {
    /// Takes the arguments apart: number, text, file name, (Windows' number), second file name.
    fn set_fields(&self, args: &Tuple) -> Result<()> {
        let mut kept = Ref::from_borrowed(args);
        let items = args.as_slice();
        if (2..=5).contains(&items.len()) {
            self.number.set(Some(items[0].clone()));
            self.strerror.set(Some(items[1].clone()));
            if let Some(filename) = items.get(2).filter(|filename| !filename.is_none()) {
                let blocking: &Type = &BlockingIOError;
                if std::ptr::eq(self.ty(), blocking) && filename.index().map_err(Raised::clear).is_ok() {
                    // The third argument is how much was written.
                    self.written.set(filename.to_isize_index(&super::ValueError)?);
                } else {
                    self.filename.set(Some(filename.clone()));
                    if let Some(second) = items.get(4).filter(|second| !second.is_none()) {
                        self.filename2.set(Some(second.clone()));
                    }
                    kept = Tuple::pack([items[0].clone(), items[1].clone()]);
                }
            }
        }
        self.args.set(Some(kept));
        Ok(())
    }
}

#[methods]
impl OSError {
    #[slot]
    fn tp_new(class: &Type, args: &Tuple, keywords: Option<&Dict>) -> Result<Ref<BaseException>> {
        let base: &Type = &super::OSError;
        let mut class = class.to_type_ref();
        if is_initialized_by_new(&class) {
            no_keywords(&class, keywords)?;
            if std::ptr::eq::<Type>(&*class, base)
                && (2..=5).contains(&args.len())
                && let Some(number) = args.as_slice()[0].downcast::<Int>().and_then(Int::to_i64)
                && let Some(mapped) = i32::try_from(number).ok().and_then(class_of)
            {
                class = mapped.as_type().to_type_ref();
            }
        }
        let exception = allocate(&class, Tuple::empty())?;
        // SAFETY: an instance of OSError or a subclass was just made.
        let own = unsafe { exception.downcast_unchecked::<OSError>() };
        own.written.set(-1);
        if is_initialized_by_new(&class) {
            own.set_fields(args)?;
        }
        Ok(exception)
    }

    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        if is_initialized_by_new(self.ty()) {
            return Ok(());
        }
        no_keywords(self.ty(), keywords)?;
        self.set_fields(args)
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        let or_none = |link: &Link| link.get().unwrap_or_else(none);
        let (number, text) = (self.number.get(), self.strerror.get());
        if let Some(filename) = self.filename.get() {
            let (number, text) = (or_none(&self.number).str_()?, or_none(&self.strerror).str_()?);
            let (open, close, colon) = (intern!("[Errno "), intern!("] "), intern!(": "));
            let filename = filename.repr()?;
            return match self.filename2.get() {
                Some(second) => {
                    join([open, &number, close, &text, colon, &filename, intern!(" -> "), &*second.repr()?])
                }
                None => join([open, &number, close, &text, colon, &filename]),
            };
        }
        if let (Some(number), Some(text)) = (number, text) {
            return join([intern!("[Errno "), &*number.str_()?, intern!("] "), &*text.str_()?]);
        }
        text_of_args(self)
    }

    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result {
        let mut args = self.args();
        // The file name was taken off the arguments.
        if args.len() == 2
            && let Some(filename) = self.filename.get()
        {
            let mut items: Vec<Ref> = args.as_slice().to_vec();
            items.push(filename);
            if let Some(second) = self.filename2.get() {
                items.extend([none(), second]);
            }
            args = Tuple::from_vec(items);
        }
        let class = self.ty().to_type_ref().into_object();
        Ok(match self.dict.get() {
            Some(dict) => Tuple::pack([class, args.into_object(), dict.into_object()]).into_object(),
            None => Tuple::pack([class, args.into_object()]).into_object(),
        })
    }

    #[getter]
    fn characters_written(&self) -> Result<isize> {
        match self.written.get() {
            -1 => Err(raise!(AttributeError, "characters_written")),
            written => Ok(written),
        }
    }

    #[setter]
    fn set_characters_written(&self, value: Option<&Object>) -> Result<()> {
        match value {
            None if self.written.get() == -1 => Err(raise!(AttributeError, "characters_written")),
            None => {
                self.written.set(-1);
                Ok(())
            }
            Some(value) => {
                self.written.set(value.to_isize_index(&super::ValueError)?);
                Ok(())
            }
        }
    }
}

/// The text of an error number, as `os.strerror` gives it.
pub fn error_text(number: i32) -> String {
    let mut buffer = [0 as libc::c_char; 256];
    // SAFETY: the buffer is as long as is said; the function ends the text with a null.
    unsafe {
        if libc::strerror_r(number, buffer.as_mut_ptr(), buffer.len()) != 0 {
            return format!("Unknown error {number}");
        }
        std::ffi::CStr::from_ptr(buffer.as_ptr()).to_string_lossy().into_owned()
    }
}

/// The OSError (of the right subclass) of an error number, with the names of the files that were concerned.
pub fn os_error(
    number: i32,
    filename: Option<&Object>,
    filename2: Option<&Object>,
) -> Result<Ref<BaseException>> {
    let (code, text) = (Int::new(number.into()), Str::from_string(error_text(number)));
    let made = match (filename, filename2) {
        (None, None) => super::OSError.call(&[&code, &text])?,
        (Some(filename), None) => super::OSError.call(&[&code, &text, filename])?,
        (filename, Some(second)) => {
            let nothing = none();
            super::OSError.call(&[&code, &text, filename.unwrap_or(&nothing), &nothing, second])?
        }
    };
    // SAFETY: calling OSError gives an instance of it.
    Ok(unsafe { made.cast_unchecked() })
}

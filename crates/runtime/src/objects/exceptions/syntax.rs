//! `SyntaxError`.

use super::BaseException;
use super::base::{join, no_keywords};
use super::stop::ExceptionBase;
use crate::prelude::*;

/// Invalid syntax.
#[class(name = "SyntaxError", variable = SyntaxError, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct SyntaxError {
    base: BaseException,
    /// exception msg
    #[member]
    pub msg: Link,
    /// exception filename
    #[member]
    pub filename: Link,
    /// exception lineno
    #[member]
    pub lineno: Link,
    /// exception offset
    #[member]
    pub offset: Link,
    /// exception end lineno
    #[member]
    pub end_lineno: Link,
    /// exception end offset
    #[member]
    pub end_offset: Link,
    /// exception text
    #[member]
    pub text: Link,
    /// exception print_file_and_line
    #[member]
    pub print_file_and_line: Link,
    /// exception private metadata
    #[member(name = "_metadata")]
    pub metadata: Link,
}

const _: () = {
    assert!(size_of::<SyntaxError>() == size_of::<abi::PySyntaxErrorObject>());
    assert!(std::mem::offset_of!(SyntaxError, text) == std::mem::offset_of!(abi::PySyntaxErrorObject, text));
};

/// What follows the last slash of a file's path.
fn base_name(path: &Str) -> Ref<Str> {
    let slash = path.code_points().enumerate().rfind(|&(_, point)| point == '/' as u32);
    match slash {
        Some((index, _)) => path.substring(index + 1, path.len()),
        None => Ref::from_borrowed(path),
    }
}

#[methods]
impl SyntaxError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        let items = args.as_slice();
        if let Some(message) = items.first() {
            self.msg.set(Some(message.clone()));
        }
        let [_, info] = items else { return Ok(()) };
        let info = crate::objects::r#type::bridge::tuple_from(info)?;
        let info = info.as_slice();
        if info.len() < 4 {
            return Err(raise!(TypeError, "function takes at least 4 arguments ({} given)", info.len()));
        }
        if info.len() > 7 {
            return Err(raise!(TypeError, "function takes at most 7 arguments ({} given)", info.len()));
        }
        let places = [
            &self.filename,
            &self.lineno,
            &self.offset,
            &self.text,
            &self.end_lineno,
            &self.end_offset,
            &self.metadata,
        ];
        for (index, place) in places.into_iter().enumerate() {
            place.set(info.get(index).cloned());
        }
        if info.len() == 5 {
            return Err(raise!(TypeError, "end_offset must be provided when end_lineno is provided"));
        }
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        let filename =
            self.filename.get().and_then(|name| name.cast::<Str>().ok()).map(|name| base_name(&name));
        let line = self.lineno.get().filter(|line| line.is::<Int>());
        let message = self.msg.get().unwrap_or_else(none).str_()?;
        // A number that fits nowhere shows as -1, as C's conversion does.
        let line = line.and_then(|line| line.downcast::<Int>().map(|line| line.to_i64().unwrap_or(-1)));
        match (filename, line) {
            (None, None) => Ok(message),
            (Some(name), Some(line)) => {
                join([&message, intern!(" ("), &name, &*Str::from_string(format!(", line {line})"))])
            }
            (Some(name), None) => join([&message, intern!(" ("), &name, intern!(")")]),
            (None, Some(line)) => join([&message, &*Str::from_string(format!(" (line {line})"))]),
        }
    }
}

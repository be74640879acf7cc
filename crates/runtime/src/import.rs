//! The import system's native part.

use crate::errors::{Raised, Result};
use crate::object::Object;
use crate::objects::str::Str;

/// Raises the ImportError of a `from module import name` that found nothing.
pub fn cannot_import_name(_module: &Object, _name: &Str) -> Result<Raised> {
    todo!()
}

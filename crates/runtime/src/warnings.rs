//! Warnings: what the `warnings` module's filters decide, asked from native code.

use crate::errors::Result;
use crate::objects::r#type::Type;

/// Issues a warning about the caller `stack_level` frames up; fails if a filter makes an error of it.
pub fn warn(_category: &Type, _message: &str, _stack_level: isize) -> Result<()> {
    todo!()
}

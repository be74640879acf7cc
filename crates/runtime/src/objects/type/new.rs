//! `type.__new__` and `type.__call__`.

use super::Type;
use crate::errors::Result;

/// Enters `__new__` in the namespace of a type with a `tp_new` of its own.
pub(super) fn add_new_wrapper(_ty: &Type) -> Result<()> {
    Ok(())
}

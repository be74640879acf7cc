//! The table of special methods and their slots.

use super::Type;
use crate::errors::Result;
use crate::objects::dict::Dict;

/// Enters a wrapper for every slot that the type itself fills.
pub(super) fn add_wrappers(_ty: &Type, _dict: &Dict) -> Result<()> {
    Ok(())
}

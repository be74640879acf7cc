//! `traceback`: where an exception came by.

use crate::eval::frame::Frame;
use crate::objects::exceptions::BaseException;

/// Adds the frame, at its current instruction, to the exception's traceback.
pub fn add_here(_exception: &BaseException, _frame: &Frame) {
    todo!()
}

//! `traceback`: where an exception came by.

use std::cell::Cell;

use crate::eval::frame::Frame;
use crate::objects::exceptions::BaseException;
use crate::objects::frame::FrameObject;
use crate::prelude::*;

/// Create a new traceback object.
#[class(name = "traceback", symbol = "PyTraceBack_Type", flags(GC))]
#[repr(C)]
pub struct Traceback {
    head: Object,
    next: Link<Traceback>,
    #[member(name = "tb_frame", readonly, doc = "")]
    frame: Link<FrameObject>,
    #[member(name = "tb_lasti", readonly, doc = "")]
    last_instruction: Cell<i32>,
    /// -1: the line of the instruction, looked up on demand.
    line: Cell<i32>,
}

const _: () = assert!(size_of::<Traceback>() == 40);

#[methods]
impl Traceback {
    #[new(signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn new(
        class: &Type,
        tb_next: &Object,
        tb_frame: &FrameObject,
        tb_lasti: i32,
        tb_lineno: i32,
    ) -> Result<Ref<Traceback>> {
        let next = match tb_next.is_none() {
            true => None,
            false => match tb_next.downcast::<Traceback>() {
                Some(next) => Some(Ref::from_borrowed(next)),
                None => {
                    return Err(raise!(
                        TypeError,
                        "expected traceback object or None, got '{}'",
                        tb_next.ty().full_name()
                    ));
                }
            },
        };
        Ok(Ref::new_in(
            class,
            Traceback {
                head: Object::HEAD,
                next: Link::from_option(next),
                frame: Link::new(Ref::from_borrowed(tb_frame)),
                last_instruction: Cell::new(tb_lasti),
                line: Cell::new(tb_lineno),
            },
        ))
    }

    #[method(name = "__dir__", signature = "($self, /)", hidden_signature, doc = "")]
    fn dir(&self) -> Result<Ref<List>> {
        let names = [intern!("tb_frame"), intern!("tb_next"), intern!("tb_lasti"), intern!("tb_lineno")];
        Ok(List::from_vec(names.iter().map(|name| name.to_ref()).collect()))
    }

    #[getter(name = "tb_next")]
    fn get_next(&self) -> Result<Option<Ref<Traceback>>> {
        Ok(self.next.get())
    }

    #[setter(name = "tb_next")]
    fn assign_next(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "can't delete tb_next attribute")) };
        if value.is_none() {
            self.next.set(None);
            return Ok(());
        }
        let Some(next) = value.downcast::<Traceback>() else {
            return Err(raise!(TypeError, "expected traceback object, got '{}'", value.ty().full_name()));
        };
        let mut cursor = Some(Ref::from_borrowed(next));
        while let Some(traceback) = cursor {
            if traceback.is_same(self) {
                return Err(raise!(ValueError, "traceback loop detected"));
            }
            cursor = traceback.next.get();
        }
        self.next.set(Some(Ref::from_borrowed(next)));
        Ok(())
    }

    #[getter(name = "tb_lineno")]
    fn get_line(&self) -> Result<Option<i32>> {
        Ok(self.line())
    }
}

impl Traceback {
    /// The traceback one frame nearer to where the exception was raised.
    pub fn next(&self) -> Option<Ref<Traceback>> {
        self.next.get()
    }

    pub fn frame(&self) -> Option<Ref<FrameObject>> {
        self.frame.get()
    }

    /// The line number, if the instruction has one.
    pub fn line(&self) -> Option<i32> {
        match self.line.get() {
            -1 => {
                let frame = self.frame.get()?;
                let unit = usize::try_from(self.last_instruction.get()).ok()? / 2;
                frame.frame().code().line_at(unit)
            }
            line => Some(line),
        }
    }

    pub fn instruction_offset(&self) -> i32 {
        self.last_instruction.get()
    }
}

/// Adds the frame, at its current instruction, to the exception's traceback.
pub fn add_here(exception: &BaseException, frame: &Frame) {
    let next = exception.traceback().and_then(|traceback| traceback.cast::<Traceback>().ok());
    let offset = i32::try_from(frame.instruction_index() * 2).unwrap_or(-1);
    let traceback = Ref::new(Traceback {
        head: Object::HEAD,
        next: Link::from_option(next),
        frame: Link::new(FrameObject::of(frame)),
        last_instruction: Cell::new(offset),
        // The instruction's line, or none: looked up when asked for.
        line: Cell::new(-1),
    });
    exception.set_traceback(Some(traceback.into_object()));
}

//! The state of one run of the instruction loop, and the small steps that handlers are made of.

use std::mem::ManuallyDrop;
use std::ptr;

use crate::errors::Raised;
use crate::eval::frame::{Frame, Owner};
use crate::eval::stackref::StackRef;
use crate::object::{Layout, Object};
use crate::objects::code::CodeUnit;
use crate::objects::str::Str;
use crate::reference::Ref;
use crate::thread::Thread;

/// Why a handler does not simply go on to the next instruction.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Stop {
    /// The thread's exception is set: find a handler.
    Raised,
    /// The entry frame has ended or is suspended: `Machine::result` holds its value.
    Exit,
    /// A specialized instruction is not for what it meets: the general one of its family runs. The registers are as they were
    /// when it began.
    Miss,
}

/// What a handler gives.
pub type Step = Result<(), Stop>;

impl From<Raised> for Stop {
    #[inline(always)]
    fn from(_: Raised) -> Stop {
        Stop::Raised
    }
}

/// The interpreter's registers.
pub struct Machine {
    pub thread: &'static Thread,
    pub frame: *mut Frame,
    /// The instruction after the current one; its caches, if the current one has any.
    pub ip: *const CodeUnit,
    /// The first free slot of the evaluation stack.
    pub sp: *mut StackRef,
    /// The value that an entry frame leaves behind.
    pub result: ManuallyDrop<StackRef>,
    /// Null, or the machine that functions outside the loop work on, while these registers are a copy in the processor's.
    pub home: *mut Machine,
    /// The frame was resumed by an exception, which no instruction of its own raised.
    pub resumed: bool,
}

impl Machine {
    /// Loads the registers of a frame that goes on at its `instruction`.
    ///
    /// # Safety
    /// `frame` is a complete frame of this thread.
    #[inline(always)]
    pub unsafe fn load(&mut self, frame: *mut Frame) {
        self.frame = frame;
        // SAFETY: by contract.
        unsafe {
            self.ip = (*frame).instruction;
            self.sp = (*frame).stack_pointer;
        }
        self.thread.frames().current_cell().set(frame);
    }

    /// Makes the instruction that was just fetched the frame's current one.
    #[inline(always)]
    pub fn stand_here(&mut self) {
        // SAFETY: the frame is alive, and the instruction right before the pointer.
        unsafe { (*self.frame).instruction = self.ip.sub(1) };
    }

    /// Runs a function that is not part of the handler: on the machine in memory, so that the registers here need not lie
    /// there.
    #[inline(always)]
    pub fn out(&mut self, function: impl FnOnce(&mut Machine) -> Step) -> Step {
        // SAFETY: the home outlives the copy, and nobody else works on it meanwhile.
        let Some(home) = (unsafe { self.home.as_mut() }) else { return function(self) };
        home.frame = self.frame;
        home.ip = self.ip;
        home.sp = self.sp;
        let step = function(home);
        self.frame = home.frame;
        self.ip = home.ip;
        self.sp = home.sp;
        step
    }

    /// Leaves the registers where [`Machine::out`]'s functions find them.
    #[inline(always)]
    pub fn write_home(self) {
        // SAFETY: as there.
        if let Some(home) = unsafe { self.home.as_mut() } {
            home.frame = self.frame;
            home.ip = self.ip;
            home.sp = self.sp;
        }
    }

    /// Ends the run with a value.
    #[inline(always)]
    pub fn exit(&mut self, value: StackRef) -> Step {
        // SAFETY: as there.
        match unsafe { self.home.as_mut() } {
            Some(home) => home.result = ManuallyDrop::new(value),
            None => self.result = ManuallyDrop::new(value),
        }
        Err(Stop::Exit)
    }

    /// The frame that runs.
    #[inline(always)]
    pub fn frame(&self) -> &'static Frame {
        // SAFETY: the running frame lives while the machine runs it; no handler keeps this borrow past its end.
        unsafe { &*self.frame }
    }

    #[inline(always)]
    pub fn push(&mut self, value: StackRef) {
        // SAFETY: the code's stack size bounds the stack.
        unsafe {
            ptr::write(self.sp, value);
            self.sp = self.sp.add(1);
        }
    }

    #[inline(always)]
    pub fn push_ref<T: Layout>(&mut self, value: Ref<T>) {
        self.push(StackRef::new(value));
    }

    #[inline(always)]
    pub fn pop(&mut self) -> StackRef {
        // SAFETY: the compiler never pops an empty stack.
        unsafe {
            self.sp = self.sp.sub(1);
            ptr::read(self.sp)
        }
    }

    /// Pops what is not null.
    #[inline(always)]
    pub fn pop_ref(&mut self) -> Ref {
        // SAFETY: the instruction's stack picture has an object here.
        unsafe { self.pop().into_ref() }
    }

    /// The slot `depth` below the top (1 is the top item).
    #[inline(always)]
    pub fn slot(&self, depth: usize) -> *mut StackRef {
        // SAFETY: handlers ask only for items that their stack picture has.
        unsafe { self.sp.sub(depth) }
    }

    /// The object `depth` below the top.
    #[inline(always)]
    pub fn peek(&self, depth: usize) -> &'static Object {
        // SAFETY: as above; the stack keeps it alive while the handler looks at it.
        unsafe { (*(self.slot(depth) as *const StackRef)).object_static() }
    }

    /// Drops the `count` topmost items.
    #[inline(always)]
    pub fn drop_items(&mut self, count: usize) {
        for _ in 0..count {
            drop(self.pop());
        }
    }

    /// Replaces the top item.
    #[inline(always)]
    pub fn set_top(&mut self, value: StackRef) {
        // SAFETY: there is a top item.
        drop(unsafe { ptr::replace(self.slot(1), value) });
    }

    #[inline(always)]
    pub fn local(&self, index: usize) -> *mut StackRef {
        // SAFETY: the compiler numbers the slots.
        unsafe { Frame::slots(self.frame).add(index) }
    }

    /// Puts a value into a local slot; the old one dies after.
    #[inline(always)]
    pub fn set_local(&mut self, index: usize, value: StackRef) {
        // SAFETY: the slot exists.
        drop(unsafe { ptr::replace(self.local(index), value) });
    }

    /// `co_consts[index]`.
    #[inline(always)]
    pub fn constant(&self, index: usize) -> &'static Object {
        self.frame().code().constant(index)
    }

    /// `co_names[index]`.
    #[inline(always)]
    pub fn name(&self, index: usize) -> &'static Str {
        self.frame().code().name_at(index)
    }

    /// Passes over the current instruction's caches.
    #[inline(always)]
    pub fn skip(&mut self, units: usize) {
        // SAFETY: the caches lie there.
        self.ip = unsafe { self.ip.add(units) };
    }

    /// The current instruction's inline cache: the unit at `index`, before they are passed over.
    #[inline(always)]
    pub fn cache_16(&self, index: usize) -> usize {
        // SAFETY: handlers ask only for units of their instruction's caches.
        unsafe { self.ip.add(index).cast::<u16>().read() as usize }
    }

    /// As [`Machine::cache_16`], two units.
    #[inline(always)]
    pub fn cache_32(&self, index: usize) -> u32 {
        // SAFETY: as above.
        unsafe { self.ip.add(index).cast::<u32>().read_unaligned() }
    }

    /// As [`Machine::cache_16`], four units: the object that the instruction found when it was specialized.
    ///
    /// # Safety
    /// A guard has shown that it is still alive.
    #[inline(always)]
    pub unsafe fn cache_object(&self, index: usize) -> &'static Object {
        // SAFETY: by contract.
        unsafe { &*self.ip.add(index).cast::<*const Object>().read_unaligned() }
    }

    /// As [`Machine::cache_16`], four units.
    #[inline(always)]
    pub fn cache_word(&self, index: usize) -> usize {
        // SAFETY: as above.
        unsafe { self.ip.add(index).cast::<usize>().read_unaligned() }
    }

    #[inline(always)]
    pub fn jump_forward(&mut self, units: usize) {
        self.skip(units);
    }

    #[inline(always)]
    pub fn jump_backward(&mut self, units: usize) {
        // SAFETY: the compiler's targets lie in the code.
        self.ip = unsafe { self.ip.sub(units) };
    }

    /// Writes the registers back, where other code may look at this frame.
    #[inline(always)]
    pub fn save_stack(&mut self) {
        // SAFETY: the frame is alive.
        unsafe { (*self.frame).stack_pointer = self.sp };
    }

    /// Goes on in a new frame; this one resumes `offset` code units after its current instruction.
    ///
    /// # Safety
    /// `callee` is a complete frame, not linked yet.
    #[inline(always)]
    pub unsafe fn enter(&mut self, callee: *mut Frame, offset: usize) -> Step {
        // SAFETY: by contract.
        unsafe {
            (*self.frame).stack_pointer = self.sp;
            (*self.frame).return_offset = offset as u16;
            (*callee).previous = self.frame;
            self.load(callee);
        }
        enter_recursion(self.thread)?;
        Ok(())
    }

    /// The frame that runs ends with `value`.
    #[inline(always)]
    pub fn leave(&mut self, value: StackRef) -> Step {
        let ended = self.frame;
        leave_recursion(self.thread);
        // SAFETY: the frame is this thread's innermost; its caller is alive.
        unsafe {
            (*ended).stack_pointer = self.sp;
            let previous = (*ended).previous;
            let (is_entry, is_constructor) = ((*ended).is_entry, (*ended).is_constructor);
            self.thread.frames().current_cell().set(previous);
            release(self.thread, ended);
            if is_entry {
                return self.exit(value);
            }
            self.load(previous);
            self.ip = self.ip.add((*previous).return_offset as usize);
            if is_constructor {
                return constructed(&value);
            }
        }
        self.push(value);
        Ok(())
    }
}

/// `__init__` has returned; the new instance lies on its caller's stack already.
#[inline(always)]
fn constructed(value: &StackRef) -> Step {
    match value.get() {
        Some(value) if !value.is_none() => Err(not_none(value)),
        _ => Ok(()),
    }
}

#[cold]
fn not_none(value: &Object) -> Stop {
    let name = value.ty().full_name();
    crate::raise!(TypeError, "__init__() should return None, not '{name}'").into()
}

impl StackRef {
    /// As `object`, for as long as the caller knows it to live.
    ///
    /// # Safety
    /// Not null, and alive as long as the borrow is used.
    #[inline(always)]
    unsafe fn object_static(&self) -> &'static Object {
        // SAFETY: by contract.
        unsafe { &*self.as_raw().cast() }
    }
}

/// Counts one Python frame; raises RecursionError at the limit.
#[inline(always)]
pub fn enter_recursion(thread: &Thread) -> Result<(), Raised> {
    let remaining = thread.frames().recursion_remaining().get() - 1;
    thread.frames().recursion_remaining().set(remaining);
    if remaining < 0 {
        return too_deep(thread);
    }
    Ok(())
}

#[inline(always)]
pub fn leave_recursion(thread: &Thread) {
    let frames = thread.frames();
    frames.recursion_remaining().set(frames.recursion_remaining().get() + 1);
}

#[cold]
fn too_deep(thread: &Thread) -> Result<(), Raised> {
    // Room for the code that handles the error.
    let frames = thread.frames();
    if frames.recursion_remaining().get() < -50 && frames.recursion_remaining().get() > -100 {
        return Ok(());
    }
    let remaining = frames.recursion_remaining().get();
    frames.recursion_remaining().set(remaining + 50);
    let raised = crate::raise!(RecursionError, "maximum recursion depth exceeded");
    frames.recursion_remaining().set(remaining);
    Err(raised)
}

/// Ends a frame and gives its memory back.
///
/// # Safety
/// The frame has ended and its `stack_pointer` is right.
#[inline]
pub unsafe fn release(thread: &Thread, frame: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        match (*frame).owner {
            Owner::Generator => crate::objects::generator::finish(frame),
            _ => {
                Frame::clear(frame);
                thread.frames().data_stack().pop(frame.cast());
            }
        }
    }
}

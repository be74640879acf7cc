//! Frames: activation records on a chunked data stack (or inside generators and frame objects), laid out as CPython's
//! `_PyInterpreterFrame`, which some extensions read.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use crate::eval::stackref::StackRef;
use crate::object::Object;
use crate::objects::code::{Code, CodeUnit};
use crate::objects::dict::Dict;
use crate::objects::frame::FrameObject;
use crate::objects::function::Function;
use crate::reference::{Link, Ref};

/// Who holds a frame's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Owner {
    /// The thread's data stack.
    Thread = 0,
    /// A generator, coroutine or async generator.
    Generator = 1,
    /// A frame object: the frame is finished.
    FrameObject = 2,
}

/// An activation record. The locals, cells, free variables and the evaluation stack follow it in memory.
#[repr(C)]
pub struct Frame {
    /// The code object.
    pub executable: StackRef,
    pub previous: *mut Frame,
    /// The function; it keeps globals and built-ins alive.
    pub function: StackRef,
    pub globals: *const Object,
    pub builtins: *const Object,
    /// The namespace of module and class bodies and `exec`; null in functions.
    pub locals: Link,
    pub frame_object: Link<FrameObject>,
    /// The instruction that runs, or that runs next in a suspended frame.
    pub instruction: *const CodeUnit,
    /// Where the evaluation stack ends, in a frame that does not run.
    pub stack_pointer: *mut StackRef,
    /// From `instruction` to where a call that returns goes on, in code units.
    pub return_offset: u16,
    pub owner: Owner,
    /// Returning from this frame leaves the native loop that runs it.
    pub is_entry: bool,
    /// The frame runs `__init__`; the new instance lies on its caller's stack.
    pub is_constructor: bool,
}

/// Words before the locals.
pub const FRAME_WORDS: usize = size_of::<Frame>() / size_of::<usize>();

impl Frame {
    /// Fills in a frame's head and empties its locals, but for the first `filled`, which the caller writes.
    ///
    /// # Safety
    /// `frame` has room for the code's frame size; `function` is a function whose code is `code`.
    #[inline]
    pub unsafe fn initialize(
        frame: *mut Frame,
        function: Ref<Function>,
        code: Ref<Code>,
        locals: Option<Ref>,
        previous: *mut Frame,
        filled: usize,
    ) {
        let count = code.locals_plus_count();
        // SAFETY: by contract.
        unsafe {
            let first = code.first_instruction();
            ptr::write(
                frame,
                Frame {
                    previous,
                    globals: function.globals.as_ptr().cast(),
                    builtins: function.builtins.as_ptr().cast(),
                    executable: StackRef::new(code),
                    function: StackRef::new(function),
                    locals: Link::from_option(locals),
                    frame_object: Link::null(),
                    instruction: first,
                    stack_pointer: ptr::null_mut(),
                    return_offset: 0,
                    owner: Owner::Thread,
                    is_entry: false,
                    is_constructor: false,
                },
            );
            let slots = Frame::slots(frame);
            for i in filled..count {
                ptr::write(slots.add(i), StackRef::NULL);
            }
            (*frame).stack_pointer = slots.add(count);
        }
    }

    /// Locals, cells, free variables, then the stack.
    ///
    /// # Safety
    /// `frame` points to a frame.
    #[inline(always)]
    pub unsafe fn slots(frame: *mut Frame) -> *mut StackRef {
        // SAFETY: they follow the head.
        unsafe { frame.add(1).cast() }
    }

    #[inline(always)]
    pub fn code(&self) -> &Code {
        // SAFETY: a frame's executable is a code object.
        unsafe { self.executable.object().downcast_unchecked() }
    }

    #[inline(always)]
    pub fn func(&self) -> &Function {
        // SAFETY: a frame's function is set.
        unsafe { self.function.object().downcast_unchecked() }
    }

    #[inline(always)]
    pub fn globals(&self) -> &Dict {
        // SAFETY: the function keeps its globals, a dict.
        unsafe { (*self.globals).downcast_unchecked() }
    }

    #[inline(always)]
    pub fn builtins(&self) -> &Object {
        // SAFETY: the function keeps its builtins.
        unsafe { &*self.builtins }
    }

    /// The built-ins, if they are a plain dict.
    #[inline(always)]
    pub fn builtins_dict(&self) -> Option<&Dict> {
        self.builtins().downcast_exact::<Dict>()
    }

    /// Index of the current instruction, in code units.
    pub fn instruction_index(&self) -> usize {
        // SAFETY: both point into the code's instructions.
        let offset = unsafe { self.instruction.offset_from(self.code().first_instruction()) };
        offset.max(0) as usize
    }

    /// The line that runs; `None` for code without one.
    pub fn line(&self) -> Option<i32> {
        self.code().line_at(self.instruction_index())
    }

    /// Drops locals and stack, and the head's references; the frame object, if somebody else holds it, takes them over.
    ///
    /// # Safety
    /// The frame has ended and is linked nowhere; `stack_pointer` says where its stack ends.
    pub unsafe fn clear(frame: *mut Frame) {
        // SAFETY: by contract.
        unsafe {
            if let Some(object) = (*frame).frame_object.take() {
                if object.reference_count() > 1 {
                    object.take_over(frame);
                    return;
                }
                object.detach();
            }
            Frame::clear_slots(frame);
            ptr::drop_in_place(&mut (*frame).locals);
            ptr::write(&mut (*frame).locals, Link::null());
            drop(ptr::replace(&mut (*frame).function, StackRef::NULL));
            drop(ptr::replace(&mut (*frame).executable, StackRef::NULL));
        }
    }

    /// Drops locals and stack.
    ///
    /// # Safety
    /// As for [`Frame::clear`].
    pub unsafe fn clear_slots(frame: *mut Frame) {
        // SAFETY: by contract; each slot is emptied before its content dies.
        unsafe {
            let slots = Frame::slots(frame);
            let end = (*frame).stack_pointer;
            (*frame).stack_pointer = slots;
            let mut slot = slots;
            while slot < end {
                drop(ptr::replace(slot, StackRef::NULL));
                slot = slot.add(1);
            }
        }
    }
}

/// The chunked stack on which a thread's frames lie: the fields of the thread's head that C knows too, since extensions that
/// switch stacks keep a chain of chunks for each, and free it.
#[repr(transparent)]
pub struct DataStack(abi::PyThreadState);

/// The size of most chunks, in bytes.
const CHUNK_SIZE: usize = 16 * 1024;

/// The words that a chunk can hold start here.
const CHUNK_HEAD: usize = std::mem::offset_of!(abi::_PyStackChunk, data);

/// Memory for a chunk: what `PyObject_GetArenaAllocator` gives.
pub extern "C" fn allocate_chunk(_: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: any size will do.
    unsafe { libc::malloc(size) }
}

/// Gives a chunk back.
///
/// # Safety
/// [`allocate_chunk`] gave it.
pub unsafe extern "C" fn free_chunk(_: *mut c_void, chunk: *mut c_void, _size: usize) {
    // SAFETY: by contract.
    unsafe { libc::free(chunk) };
}

impl DataStack {
    /// The stack of the thread with this head.
    #[inline(always)]
    pub(crate) fn of(head: &abi::PyThreadState) -> &DataStack {
        // SAFETY: it is the same, transparently.
        unsafe { &*(&raw const *head).cast() }
    }

    #[inline(always)]
    fn top(&self) -> &Cell<*mut usize> {
        // SAFETY: words either way.
        unsafe { &*(&raw const self.0.datastack_top).cast() }
    }

    #[inline(always)]
    fn limit(&self) -> &Cell<*mut usize> {
        // SAFETY: words either way.
        unsafe { &*(&raw const self.0.datastack_limit).cast() }
    }

    /// Room for `words` words.
    #[inline]
    pub fn push(&self, words: usize) -> *mut usize {
        let top = self.top().get();
        let room = (self.limit().get() as usize).wrapping_sub(top as usize) / size_of::<usize>();
        if room > words && !top.is_null() {
            // SAFETY: it fits into the chunk.
            self.top().set(unsafe { top.add(words) });
            return top;
        }
        self.push_chunk(words)
    }

    #[cold]
    fn push_chunk(&self, words: usize) -> *mut usize {
        let mut size = CHUNK_SIZE;
        while size < CHUNK_HEAD + (words + 2) * size_of::<usize>() {
            size *= 2;
        }
        let chunk: *mut abi::_PyStackChunk = allocate_chunk(ptr::null_mut(), size).cast();
        if chunk.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<abi::_PyStackChunk>());
        }
        let previous = self.0.datastack_chunk.get();
        // SAFETY: the memory is that large; the chunk before is alive.
        unsafe {
            if let Some(previous) = previous.as_ref() {
                let used = self.top().get().byte_offset_from(previous) as usize - CHUNK_HEAD;
                previous.top.set(used / size_of::<usize>());
            }
            (&raw mut (*chunk).previous).write(Cell::new(previous));
            (&raw mut (*chunk).size).write(Cell::new(size));
            (&raw mut (*chunk).top).write(Cell::new(0));
            self.0.datastack_chunk.set(chunk);
            self.limit().set(chunk.byte_add(size).cast());
            // The first chunk's first word stays unused, so that its first frame does not take the chunk along.
            let base = chunk.byte_add(CHUNK_HEAD).cast::<usize>().add(usize::from(previous.is_null()));
            self.top().set(base.add(words));
            base
        }
    }

    /// Gives back everything from `base` on, which `push` gave last.
    #[inline(always)]
    pub fn pop(&self, base: *mut usize) {
        let chunk = self.0.datastack_chunk.get();
        if std::ptr::eq(
            base.cast_const().cast::<u8>(),
            chunk.wrapping_byte_add(CHUNK_HEAD).cast_const().cast(),
        ) {
            self.pop_chunk();
        } else {
            self.top().set(base);
        }
    }

    #[cold]
    fn pop_chunk(&self) {
        let chunk = self.0.datastack_chunk.get();
        // SAFETY: the current chunk is alive, and so is the one before; only the first has none and is kept.
        unsafe {
            let previous = (*chunk).previous.get();
            debug_assert!(!previous.is_null());
            self.top().set(previous.byte_add(CHUNK_HEAD).cast::<usize>().add((*previous).top.get()));
            self.limit().set(previous.byte_add((*previous).size.get()).cast());
            self.0.datastack_chunk.set(previous);
            free_chunk(ptr::null_mut(), chunk.cast(), (*chunk).size.get());
        }
    }

    /// Gives all chunks back: no frame is left.
    pub(crate) fn free(&self) {
        let mut chunk = self.0.datastack_chunk.replace(ptr::null_mut());
        self.top().set(ptr::null_mut());
        self.limit().set(ptr::null_mut());
        while !chunk.is_null() {
            // SAFETY: chunks of the chain are alive.
            unsafe {
                let previous = (*chunk).previous.get();
                free_chunk(ptr::null_mut(), chunk.cast(), (*chunk).size.get());
                chunk = previous;
            }
        }
    }
}

/// An exception that is being handled, and the one before it (C: `_PyErr_StackItem`).
#[repr(C)]
pub struct ExceptionInfo {
    pub value: Link,
    pub previous: Cell<*const ExceptionInfo>,
}

impl Default for ExceptionInfo {
    fn default() -> Self {
        ExceptionInfo { value: Link::null(), previous: Cell::new(ptr::null()) }
    }
}

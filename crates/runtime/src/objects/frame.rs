//! `frame`: a frame as Python code sees it, and the view of its variables (PEP 667).

use std::cell::Cell;
use std::ptr;

use bytecode::code::{LocalKind, flags};

use crate::eval::frame::{FRAME_WORDS, Frame, Owner};
use crate::eval::instrumentation::legacy::trace_opcodes;
use crate::eval::stackref::StackRef;
use crate::objects::cell::Cell as CellObject;
use crate::prelude::*;

/// A frame. It refers to the activation record, or holds it when the frame has ended.
#[class(name = "frame", symbol = "PyFrame_Type", flags(GC))]
#[repr(C)]
pub struct FrameObject {
    head: Object,
    back: Link<FrameObject>,
    #[gc(skip)]
    frame: Cell<*mut Frame>,
    pub trace: Link,
    #[gc(skip)]
    pub line: Cell<i32>,
    #[gc(skip)]
    pub trace_lines: Cell<bool>,
    #[gc(skip)]
    pub trace_opcodes: Cell<bool>,
    /// Variables that the code does not know, set through `f_locals`.
    extra_locals: Link<Dict>,
    /// The memory of an ended frame.
    own: OwnedFrame,
    /// Where CPython keeps an ended frame: greenlet puts a suspended frame's caller here.
    #[gc(skip)]
    scratch: Cell<usize>,
}

const _: () = assert!(std::mem::offset_of!(FrameObject, scratch) == 72);

/// The record of an ended frame, in memory of its own.
struct OwnedFrame(Cell<Option<Box<[usize]>>>);

impl OwnedFrame {
    fn frame(&self) -> *mut Frame {
        let words = self.0.take();
        let address = words.as_ref().map_or(ptr::null_mut(), |words| words.as_ptr() as *mut Frame);
        self.0.set(words);
        address
    }
}

impl Drop for OwnedFrame {
    fn drop(&mut self) {
        self.drop_references();
    }
}

impl Traverse for OwnedFrame {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        let frame = self.frame();
        // SAFETY: the record is complete.
        if frame.is_null() { 0 } else { unsafe { traverse_frame(frame, visitor) } }
    }

    fn drop_references(&self) {
        let frame = self.frame();
        if !frame.is_null() {
            // SAFETY: the record is complete, and its frame object is gone or going.
            unsafe {
                Frame::clear_slots(frame);
            }
        }
        if let Some(words) = self.0.take() {
            // SAFETY: the head's references go with it.
            unsafe { ptr::drop_in_place(words.as_ptr() as *mut Frame) };
        }
    }
}

/// Visits what a frame that does not run refers to.
///
/// # Safety
/// The frame is complete.
pub unsafe fn traverse_frame(frame: *mut Frame, visitor: &Visitor) -> i32 {
    // SAFETY: by contract; borrowed references count for nobody.
    unsafe {
        let mut slot = Frame::slots(frame);
        let end = (*frame).stack_pointer;
        while slot < end {
            if (*slot).is_owned()
                && let Some(object) = (*slot).get()
            {
                let stop = visitor.visit(object);
                if stop != 0 {
                    return stop;
                }
            }
            slot = slot.add(1);
        }
        for head in [&(*frame).function, &(*frame).executable] {
            if let Some(object) = head.get() {
                let stop = visitor.visit(object);
                if stop != 0 {
                    return stop;
                }
            }
        }
        (*frame).locals.traverse(visitor)
    }
}

impl FrameObject {
    /// The frame object of an activation record, made on first demand.
    pub fn of(frame: &Frame) -> Ref<FrameObject> {
        if let Some(object) = frame.frame_object.get() {
            return object;
        }
        let object = Ref::new(FrameObject {
            head: Object::HEAD,
            back: Link::null(),
            frame: Cell::new(frame as *const Frame as *mut Frame),
            trace: Link::null(),
            line: Cell::new(0),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            extra_locals: Link::null(),
            own: OwnedFrame(Cell::new(None)),
            scratch: Cell::new(0),
        });
        frame.frame_object.set(Some(object.clone()));
        object
    }

    /// Takes an ending frame's content over.
    ///
    /// # Safety
    /// `frame` is this object's, has ended, and its owner drops nothing of it afterwards.
    pub unsafe fn take_over(&self, frame: *mut Frame) {
        // SAFETY: by contract.
        unsafe {
            let words = FRAME_WORDS + (*frame).code().locals_plus_count();
            // What is left on the stack dies with the frame.
            let first = Frame::slots(frame).add((*frame).code().locals_plus_count());
            let mut slot = (*frame).stack_pointer;
            while slot > first {
                slot = slot.sub(1);
                drop(ptr::replace(slot, StackRef::NULL));
            }
            (*frame).stack_pointer = first;
            let previous = (*frame).previous;
            if !previous.is_null() && self.back.is_null() {
                self.back.set(Some(FrameObject::of(&*previous)));
            }
            let mut memory = vec![0usize; words].into_boxed_slice();
            let own = memory.as_mut_ptr() as *mut Frame;
            ptr::copy_nonoverlapping(frame as *const usize, memory.as_mut_ptr(), words);
            (*own).previous = ptr::null_mut();
            (*own).owner = Owner::FrameObject;
            (*own).stack_pointer = Frame::slots(own).add(words - FRAME_WORDS);
            self.own.0.set(Some(memory));
            self.frame.set(own);
            ptr::write(&mut (*frame).locals, Link::null());
            ptr::write(&mut (*frame).function, StackRef::NULL);
            ptr::write(&mut (*frame).executable, StackRef::NULL);
            (*frame).stack_pointer = Frame::slots(frame);
        }
    }

    /// The record goes away, and nobody else holds this object.
    pub fn detach(&self) {
        self.frame.set(ptr::null_mut());
    }

    /// The record moved, into a generator.
    pub fn moved(&self, frame: *mut Frame) {
        self.frame.set(frame);
    }

    /// The activation record.
    pub fn frame(&self) -> &Frame {
        // SAFETY: a frame object that Python code can reach has its record: running, in a generator, or its own.
        unsafe { &*self.frame.get() }
    }

    fn line_number(&self) -> Option<i32> {
        if self.line.get() != 0 { Some(self.line.get()) } else { self.frame().line() }
    }

    fn is_running(&self) -> bool {
        match self.frame().owner {
            Owner::Thread => true,
            Owner::Generator => crate::objects::generator::of_frame_ref(self.frame()).is_running(),
            Owner::FrameObject => false,
        }
    }

    /// The caller's frame.
    pub fn back(&self) -> Option<Ref<FrameObject>> {
        if let Some(back) = self.back.get() {
            return Some(back);
        }
        let frame = self.frame();
        if frame.owner == Owner::Generator && !crate::objects::generator::of_frame_ref(frame).is_running() {
            return None;
        }
        // SAFETY: a running frame's caller is alive.
        unsafe { frame.previous.as_ref() }.map(FrameObject::of)
    }

    /// The frame that the record names as the one before, whatever the frame's state.
    pub fn previous(&self) -> Option<Ref<FrameObject>> {
        // SAFETY: the frame before is alive, or there is none.
        self.back.get().or_else(|| unsafe { self.frame().previous.as_ref() }.map(FrameObject::of))
    }

    /// The variables: the namespace of module and class bodies, a view of a function's.
    pub fn locals(&self) -> Ref {
        let frame = self.frame();
        if frame.code().flags() & flags::OPTIMIZED == 0
            && let Some(locals) = frame.locals.get()
        {
            return locals;
        }
        Ref::new(FrameLocalsProxy { head: Object::HEAD, frame: Link::new(Ref::from_borrowed(self)) })
            .into_object()
    }

    /// A variable's value by its slot; cells are looked into.
    fn variable(&self, index: usize) -> Option<Ref> {
        let frame = self.frame();
        // SAFETY: the slot exists.
        let slot = unsafe { &*Frame::slots(frame as *const Frame as *mut Frame).add(index) };
        let value = slot.get()?;
        let kind = frame.code().local_kinds()[index];
        if kind & LocalKind::FREE != 0 || kind & LocalKind::CELL != 0 {
            if let Some(cell) = value.downcast_exact::<CellObject>() {
                return cell.contents();
            }
            if kind & LocalKind::FREE != 0 {
                return None;
            }
        }
        Some(value.to_ref())
    }

    fn set_variable(&self, index: usize, value: Ref) {
        let frame = self.frame();
        let kind = frame.code().local_kinds()[index];
        // SAFETY: the slot exists; its old content dies after it is replaced.
        unsafe {
            let slot = Frame::slots(frame as *const Frame as *mut Frame).add(index);
            if kind & (LocalKind::CELL | LocalKind::FREE) != 0
                && let Some(cell) = (*slot).get().and_then(|value| value.downcast_exact::<CellObject>())
            {
                cell.set_contents(Some(value));
                return;
            }
            let old = ptr::replace(slot, StackRef::new(value));
            // A borrowed reference on the stack may rely on the old value: it lives as long as the frame object.
            if let Some(old) = old.into_option() {
                let kept = List::from_vec(vec![old]);
                if let Some(before) = self.extra_kept() {
                    let _ = before.push(kept.into_object());
                }
            }
        }
    }

    /// Values that were overwritten from outside while the frame may still use them.
    fn extra_kept(&self) -> Option<Ref<List>> {
        let name = intern!(" overwritten");
        let extra = self.extra();
        match extra.get_str(name) {
            Ok(Some(kept)) => kept.cast::<List>().ok(),
            _ => {
                let kept = List::new();
                extra.insert_str(name, &kept).ok()?;
                Some(kept)
            }
        }
    }

    fn extra(&self) -> Ref<Dict> {
        self.extra_locals.get().unwrap_or_else(|| {
            let extra = Dict::new();
            self.extra_locals.set(Some(extra.clone()));
            extra
        })
    }

    /// The slot of a variable by name.
    fn slot_of(&self, name: &Object) -> Result<Option<usize>> {
        if !name.is::<Str>() {
            // What can't be hashed can't be a name.
            name.hash()?;
        }
        let code = self.frame().code();
        for (index, candidate) in code.local_names().as_slice().iter().enumerate() {
            if code.local_kinds()[index] & LocalKind::HIDDEN == 0
                && (candidate.is_same(name) || candidate.rich_compare_bool(name, CompareOp::Eq)?)
            {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// All variables that have values, by name.
    pub fn variables(&self) -> Result<Ref<Dict>> {
        let dict = Dict::new();
        let code = self.frame().code();
        for index in 0..code.locals_plus_count() {
            if code.local_kinds()[index] & LocalKind::HIDDEN != 0 {
                continue;
            }
            if let Some(value) = self.variable(index) {
                dict.insert_str(&code.local_name(index), &value)?;
            }
        }
        if let Some(extra) = self.extra_locals.get() {
            let mut position = 0;
            while let Some((name, value)) = extra.next_entry(&mut position) {
                if !name.is_same(intern!(" overwritten")) {
                    dict.insert(&name, &value)?;
                }
            }
        }
        Ok(dict)
    }
}

fn undeletable(name: &str) -> Raised {
    raise!(AttributeError, "attribute '{name}' of 'frame' objects cannot be deleted")
}

/// The value of an attribute that is only ever a bool.
fn bool_attribute(value: Option<&Object>) -> Result<bool> {
    match value {
        Some(value) if value.is::<crate::objects::bool_::Bool>() => Ok(value.is_same(&py_true())),
        Some(_) => Err(raise!(TypeError, "attribute value type must be bool")),
        None => Err(raise!(TypeError, "can't delete numeric/char attribute")),
    }
}

#[methods]
impl FrameObject {
    #[getter]
    fn f_back(&self) -> Option<Ref<FrameObject>> {
        self.back()
    }
    #[getter]
    fn f_code(&self) -> Ref {
        self.frame().code().to_ref()
    }
    #[getter]
    fn f_globals(&self) -> Ref {
        self.frame().globals().to_ref()
    }
    #[getter]
    fn f_builtins(&self) -> Ref {
        self.frame().builtins().to_ref()
    }
    #[getter]
    fn f_locals(&self) -> Ref {
        self.locals()
    }
    #[getter]
    fn f_lineno(&self) -> Option<i32> {
        self.line_number()
    }
    #[setter]
    fn set_f_lineno(&self, value: Option<&Object>) -> Result<()> {
        match value {
            Some(value) => crate::eval::instrumentation::jump::set_line(self, value),
            None => Err(undeletable("f_lineno")),
        }
    }
    #[getter]
    fn f_lasti(&self) -> i64 {
        let frame = self.frame();
        // A frame that has not started stands before its first instruction.
        if ptr::eq(frame.instruction, frame.code().first_instruction()) {
            return if self.is_running() { 0 } else { -2 };
        }
        frame.instruction_index() as i64 * 2
    }
    #[getter]
    fn f_trace(&self) -> Option<Ref> {
        self.trace.get()
    }
    #[setter]
    fn set_f_trace(&self, value: Option<&Object>) -> Result<()> {
        let value = value.filter(|value| !value.is_none());
        let changed = value.map_or(!self.trace.is_null(), |value| !self.trace.is(value));
        if !changed {
            return Ok(());
        }
        self.trace.set(value.map(Object::to_ref));
        if value.is_some() && self.trace_opcodes.get() {
            return trace_opcodes(self, true);
        }
        Ok(())
    }
    #[getter]
    fn f_trace_lines(&self) -> bool {
        self.trace_lines.get()
    }
    #[setter]
    fn set_f_trace_lines(&self, value: Option<&Object>) -> Result<()> {
        self.trace_lines.set(bool_attribute(value)?);
        Ok(())
    }
    #[getter]
    fn f_trace_opcodes(&self) -> bool {
        self.trace_opcodes.get()
    }
    #[setter]
    fn set_f_trace_opcodes(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return Err(undeletable("f_trace_opcodes")) };
        let on = bool_attribute(Some(value))?;
        self.trace_opcodes.set(on);
        trace_opcodes(self, on)
    }
    #[getter]
    fn f_generator(&self) -> Option<Ref> {
        let frame = self.frame();
        (frame.owner == Owner::Generator).then(|| crate::objects::generator::of_frame_ref(frame).object())
    }

    /// Clear all references held by the frame.
    #[method(name = "clear", signature = "($self, /)")]
    fn clear_frame(&self) -> Result<()> {
        let frame = self.frame();
        match frame.owner {
            Owner::Generator => {
                let generator = crate::objects::generator::of_frame_ref(frame);
                if generator.is_running() {
                    return Err(raise!(RuntimeError, "cannot clear an executing frame"));
                }
                if !generator.is_finished() && generator.is_started() {
                    return Err(raise!(RuntimeError, "cannot clear a suspended frame"));
                }
                generator.close_unstarted();
                Ok(())
            }
            Owner::Thread => Err(raise!(RuntimeError, "cannot clear an executing frame")),
            Owner::FrameObject => {
                // SAFETY: an ended frame of this object's own.
                unsafe { Frame::clear_slots(self.frame.get()) };
                self.trace.set(None);
                self.extra_locals.set(None);
                let count = frame.code().locals_plus_count();
                // SAFETY: its locals are still there, empty.
                unsafe { (*self.frame.get()).stack_pointer = Frame::slots(self.frame.get()).add(count) };
                Ok(())
            }
        }
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let code = self.frame().code();
        let line = self.line_number().map_or("None".to_owned(), |line| line.to_string());
        Ok(format!(
            "<frame at {:p}, file {}, line {line}, code {}>",
            self.as_ptr(),
            code.filename().repr()?,
            code.name()
        ))
    }
}

/// The mapping of a function frame's variables: reads and writes go to the frame itself.
#[class(name = "FrameLocalsProxy", symbol = "PyFrameLocalsProxy_Type", flags(GC, MAPPING))]
#[repr(C)]
pub struct FrameLocalsProxy {
    head: Object,
    frame: Link<FrameObject>,
}

impl FrameLocalsProxy {
    fn target(&self) -> Ref<FrameObject> {
        self.frame.get().expect("a proxy's frame is set when it is made")
    }

    fn find(&self, key: &Object) -> Result<Option<Ref>> {
        let frame = self.target();
        if let Some(index) = frame.slot_of(key)?
            && let Some(value) = frame.variable(index)
        {
            return Ok(Some(value));
        }
        match frame.extra_locals.get() {
            Some(extra) => extra.get(key),
            None => Ok(None),
        }
    }
}

#[methods]
impl FrameLocalsProxy {
    #[new(signature = "(frame, /)")]
    fn tp_new(_class: &Type, frame: &FrameObject) -> Result<Ref<Self>> {
        Ok(Ref::new(FrameLocalsProxy { head: Object::HEAD, frame: Link::new(Ref::from_borrowed(frame)) }))
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        match self.find(key)? {
            Some(value) => Ok(value),
            None => Err(raise!(KeyError, "local variable '{}' is not defined", key.str_()?)),
        }
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        let frame = self.target();
        let slot = frame.slot_of(key)?;
        match (slot, value) {
            (Some(index), Some(value)) => {
                frame.set_variable(index, value.to_ref());
                Ok(())
            }
            (Some(_), None) => Err(raise!(ValueError, "cannot remove local variables from FrameLocalsProxy")),
            (None, Some(value)) => frame.extra().insert(key, value),
            (None, None) => match frame.extra().remove(key)? {
                Some(_) => Ok(()),
                None => Err(crate::errors::raise_value(&crate::objects::exceptions::KeyError, key)),
            },
        }
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        Ok(self.target().variables()?.len())
    }

    #[slot]
    fn sq_contains(&self, key: &Object) -> Result<bool> {
        Ok(self.find(key)?.is_some())
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        self.keys()?.iter()
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        crate::protocol::repr_guard::guarded(self, "{...}", || self.target().variables()?.repr())
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        if let Some(other) = other.downcast::<FrameLocalsProxy>() {
            return Ok(py_bool(self.target().is_same(&other.target()) == (op == CompareOp::Eq)));
        }
        if other.downcast::<Dict>().is_some() {
            return self.target().variables()?.rich_compare(other, op);
        }
        Ok(not_implemented())
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        merged(left, right)
    }

    #[slot]
    fn nb_inplace_or(&self, other: &Object) -> Result {
        self.update(other)?;
        Ok(self.to_ref())
    }

    #[method(signature = "($self, /)")]
    fn keys(&self) -> Result {
        self.target()
            .variables()?
            .call_method(intern!("keys"), &[])?
            .collect()
            .map(|keys| List::from_vec(keys).into_object())
    }

    #[method(signature = "($self, /)")]
    fn values(&self) -> Result {
        self.target()
            .variables()?
            .call_method(intern!("values"), &[])?
            .collect()
            .map(|values| List::from_vec(values).into_object())
    }

    #[method(signature = "($self, /)")]
    fn items(&self) -> Result {
        self.target()
            .variables()?
            .call_method(intern!("items"), &[])?
            .collect()
            .map(|items| List::from_vec(items).into_object())
    }

    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Dict>> {
        self.target().variables()
    }

    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Result {
        let mut keys = self.keys()?.collect()?;
        keys.reverse();
        Ok(List::from_vec(keys).into_object())
    }

    #[method(signature = "($self, key, default=None, /)")]
    fn get(&self, key: &Object, default: Option<&Object>) -> Result {
        Ok(self.find(key)?.unwrap_or_else(|| default.map_or_else(none, Object::to_ref)))
    }

    #[method(signature = "($self, key, default=None, /)")]
    fn setdefault(&self, key: &Object, default: Option<&Object>) -> Result {
        if let Some(value) = self.find(key)? {
            return Ok(value);
        }
        let value = default.map_or_else(none, Object::to_ref);
        self.mp_ass_subscript(key, Some(&value))?;
        Ok(value)
    }

    #[method(signature = "($self, key, default=<unrepresentable>, /)")]
    fn pop(&self, key: &Object, default: Option<&Object>) -> Result {
        let frame = self.target();
        if frame.slot_of(key)?.is_some() {
            return Err(raise!(ValueError, "cannot remove local variables from FrameLocalsProxy"));
        }
        match (frame.extra().remove(key)?, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.to_ref()),
            (None, None) => Err(crate::errors::raise_value(&crate::objects::exceptions::KeyError, key)),
        }
    }

    #[method(signature = "($self, other, /)")]
    fn update(&self, other: &Object) -> Result<()> {
        let pairs = Dict::new();
        if pairs.call_method(intern!("update"), &[other]).is_err() {
            return Err(raise!(TypeError, "update() argument must be dict or another FrameLocalsProxy"));
        }
        let mut position = 0;
        while let Some((key, value)) = pairs.next_entry(&mut position) {
            self.mp_ass_subscript(&key, Some(&value))?;
        }
        Ok(())
    }
}

fn merged(left: &Object, right: &Object) -> Result {
    let result = Dict::new();
    for operand in [left, right] {
        if operand.downcast::<Dict>().is_none() && operand.downcast::<FrameLocalsProxy>().is_none() {
            return Ok(not_implemented());
        }
        result.call_method(intern!("update"), &[operand])?;
    }
    Ok(result.into_object())
}

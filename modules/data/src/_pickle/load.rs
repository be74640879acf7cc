//! One `load`: the stack machine, its marks and its memo.

use runtime::objects::set::{FrozenSet, Set};
use runtime::prelude::*;

use super::input::{Input, truncated};
use super::opcodes::*;
use super::state::{State, is_unpickling_error, unpickling_error};
use super::unpickler::Unpickler;

pub struct Loader<'a> {
    pub unpickler: &'a Unpickler,
    pub state: &'static State,
    pub input: Box<Input>,
    stack: Vec<Ref>,
    /// The heights of the stack that MARK has noted.
    marks: Vec<usize>,
    /// The last mark's height: below it nothing is taken.
    fence: usize,
    persistent_load: Option<Ref>,
}

impl<'a> Loader<'a> {
    pub fn new(unpickler: &'a Unpickler, input: Box<Input>) -> Loader<'a> {
        Loader {
            unpickler,
            state: State::current(),
            input,
            stack: Vec::new(),
            marks: Vec::new(),
            fence: 0,
            persistent_load: None,
        }
    }

    /// Runs the machine to the end of the pickle.
    pub fn load(&mut self) -> Result {
        self.input.start();
        self.persistent_load = self.unpickler.persistent_load_hook()?;
        loop {
            let opcode = match self.input.read_byte() {
                Ok(opcode) => opcode,
                Err(raised) if is_unpickling_error(&raised) => {
                    raised.clear();
                    return Err(raise!(EOFError, "Ran out of input"));
                }
                Err(raised) => return Err(raised),
            };
            if opcode == STOP {
                break;
            }
            self.step(opcode)?;
        }
        self.input.skip_used()?;
        self.pop()
    }

    /// One instruction.
    #[inline]
    fn step(&mut self, opcode: u8) -> Result<()> {
        match opcode {
            NONE => self.push(none()),
            BININT => self.load_binint(),
            BININT1 => self.load_binint1(),
            BININT2 => self.load_binint2(),
            INT => self.load_int(),
            LONG => self.load_long(),
            LONG1 => {
                let size = usize::from(self.input.read_byte()?);
                self.load_counted_long(size)
            }
            LONG4 => match usize::try_from(i32::from_le_bytes(self.input.read_array()?)) {
                Ok(size) => self.load_counted_long(size),
                // Corrupt or hostile: no pickler writes that.
                Err(_) => Err(unpickling_error("LONG pickle has negative byte count")),
            },
            FLOAT => self.load_float(),
            BINFLOAT => {
                let value = f64::from_be_bytes(self.input.read_array()?);
                self.push(Float::new(value).into_object())
            }
            SHORT_BINBYTES => self.load_binbytes(1),
            BINBYTES => self.load_binbytes(4),
            BINBYTES8 => self.load_binbytes(8),
            BYTEARRAY8 => self.load_bytearray(),
            NEXT_BUFFER => self.load_next_buffer(),
            READONLY_BUFFER => self.load_readonly_buffer(),
            SHORT_BINSTRING => {
                let size = usize::from(self.input.read_byte()?);
                self.load_counted_string(size)
            }
            BINSTRING => match usize::try_from(i32::from_le_bytes(self.input.read_array()?)) {
                Ok(size) => self.load_counted_string(size),
                Err(_) => Err(unpickling_error("BINSTRING pickle has negative byte count")),
            },
            STRING => self.load_string(),
            UNICODE => self.load_unicode(),
            SHORT_BINUNICODE => self.load_binunicode(1),
            BINUNICODE => self.load_binunicode(4),
            BINUNICODE8 => self.load_binunicode(8),
            EMPTY_TUPLE => self.push(Tuple::empty().into_object()),
            TUPLE1 => self.load_short_tuple(1),
            TUPLE2 => self.load_short_tuple(2),
            TUPLE3 => self.load_short_tuple(3),
            TUPLE => {
                let start = self.mark()?;
                let items = self.stack.split_off(start);
                self.push(Tuple::from_vec(items).into_object())
            }
            EMPTY_LIST => self.push(List::new().into_object()),
            EMPTY_DICT => self.push(Dict::new().into_object()),
            EMPTY_SET => self.push(Set::new().into_object()),
            LIST => {
                let start = self.mark()?;
                let items = self.stack.split_off(start);
                self.push(List::from_vec(items).into_object())
            }
            DICT => self.load_dict(),
            FROZENSET => {
                let start = self.mark()?;
                let items = self.stack.split_off(start);
                let set = FrozenSet::from_items(items)?;
                self.push(set.into_object())
            }
            OBJ => self.load_obj(),
            INST => self.load_inst(),
            NEWOBJ => self.load_newobj(),
            NEWOBJ_EX => self.load_newobj_ex(),
            GLOBAL => self.load_global(),
            STACK_GLOBAL => self.load_stack_global(),
            APPEND => self.append_from(self.stack.len().wrapping_sub(1)),
            APPENDS => {
                let start = self.mark()?;
                self.append_from(start)
            }
            BUILD => self.load_build(),
            DUP => {
                let top = self.top()?;
                self.push(top)
            }
            BINGET => {
                let index = usize::from(self.input.read_byte()?);
                self.get(index)
            }
            LONG_BINGET => {
                let index = u32::from_le_bytes(self.input.read_array()?) as usize;
                self.get(index)
            }
            GET => {
                let index = self.read_index()?;
                match usize::try_from(index) {
                    Ok(index) => self.get(index),
                    Err(_) => Err(not_in_memo(index)),
                }
            }
            MEMOIZE => {
                let value = self.top()?;
                let index = self.unpickler.memo.borrow().len();
                self.put(index, value);
                Ok(())
            }
            BINPUT => {
                let index = usize::from(self.input.read_byte()?);
                let value = self.top()?;
                self.put(index, value);
                Ok(())
            }
            LONG_BINPUT => {
                let index = u32::from_le_bytes(self.input.read_array()?) as usize;
                let value = self.top()?;
                self.put(index, value);
                Ok(())
            }
            PUT => self.load_put(),
            POP => self.load_pop(),
            POP_MARK => {
                let start = self.mark()?;
                self.stack.truncate(start);
                Ok(())
            }
            SETITEM => self.set_from(self.stack.len().wrapping_sub(2)),
            SETITEMS => {
                let start = self.mark()?;
                self.set_from(start)
            }
            ADDITEMS => self.load_additems(),
            PERSID => self.load_persid(),
            BINPERSID => {
                let identifier = self.pop()?;
                self.push_persistent(&identifier)
            }
            REDUCE => self.load_reduce(),
            MARK => {
                self.marks.push(self.stack.len());
                self.fence = self.stack.len();
                self.unpickler.note_marks(self.marks.len());
                Ok(())
            }
            PROTO => {
                let protocol = i32::from(self.input.read_byte()?);
                if protocol > HIGHEST_PROTOCOL {
                    return Err(raise!(ValueError, "unsupported pickle protocol: {protocol}"));
                }
                self.unpickler.set_protocol(protocol);
                Ok(())
            }
            FRAME => self.load_frame(),
            EXT1 => self.load_extension(1),
            EXT2 => self.load_extension(2),
            EXT4 => self.load_extension(4),
            NEWTRUE => self.push(py_true()),
            NEWFALSE => self.push(py_false()),
            _ => Err(invalid(opcode)),
        }
    }

    #[inline]
    pub fn push(&mut self, value: Ref) -> Result<()> {
        self.stack.push(value);
        Ok(())
    }

    #[inline]
    pub fn pop(&mut self) -> Result {
        if self.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(truncated)
    }

    /// The value on top, which stays there.
    #[inline]
    pub fn top(&self) -> Result {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence => Ok(top.clone()),
            _ => Err(self.underflow()),
        }
    }

    #[cold]
    pub fn underflow(&self) -> Raised {
        unpickling_error(match self.marks.is_empty() {
            true => "unpickling stack underflow",
            false => "unexpected MARK found",
        })
    }

    /// Takes the last mark: gives its height.
    pub fn mark(&mut self) -> Result<usize> {
        let Some(start) = self.marks.pop() else { return Err(unpickling_error("could not find MARK")) };
        self.fence = self.marks.last().copied().unwrap_or(0);
        Ok(start)
    }

    /// The values from that height on, taken off.
    pub fn take_from(&mut self, start: usize) -> Vec<Ref> {
        self.stack.split_off(start)
    }

    /// The object below a height that its items lie from; `None` if there are no items. UnpicklingError if one is
    /// not there.
    pub fn target(&self, start: usize) -> Result<Option<Ref>> {
        if start > self.stack.len() || start <= self.fence {
            return Err(self.underflow());
        }
        if start == self.stack.len() { Ok(None) } else { Ok(Some(self.stack[start - 1].clone())) }
    }

    pub fn height(&self) -> usize {
        self.stack.len()
    }

    /// How many values may be taken.
    pub fn available(&self) -> usize {
        self.stack.len() - self.fence
    }

    /// Moves the items from a height on to the end of exactly a list.
    pub fn move_to_list(&mut self, start: usize, list: &List) -> Result<()> {
        for item in self.stack.drain(start..) {
            list.push(item)?;
        }
        Ok(())
    }

    fn load_short_tuple(&mut self, count: usize) -> Result<()> {
        if self.available() < count {
            // More than one value may lie under the mark: the message is the same as for an empty stack.
            return Err(self.underflow());
        }
        let start = self.stack.len() - count;
        let mut values = self.stack.drain(start..);
        let tuple = match (values.next(), values.next(), values.next()) {
            (Some(a), None, None) => Tuple::pack([a]),
            (Some(a), Some(b), None) => Tuple::pack([a, b]),
            (Some(a), Some(b), Some(c)) => Tuple::pack([a, b, c]),
            _ => Tuple::empty(),
        };
        drop(values);
        self.push(tuple.into_object())
    }

    /// POP takes the last mark, if nothing is above it.
    fn load_pop(&mut self) -> Result<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            return self.mark().map(drop);
        }
        self.pop().map(drop)
    }

    fn get(&mut self, index: usize) -> Result<()> {
        let value = self.unpickler.memo.borrow().get(index);
        match value {
            Some(value) => self.push(value),
            None => Err(not_in_memo(index as isize)),
        }
    }

    pub fn put(&mut self, index: usize, value: Ref) {
        let old = self.unpickler.memo.borrow_mut().put(index, value);
        drop(old);
    }

    fn load_frame(&mut self) -> Result<()> {
        let length = u64::from_le_bytes(self.input.read_array()?);
        match usize::try_from(length) {
            Ok(length) if isize::try_from(length).is_ok() => self.input.begin_frame(length),
            _ => Err(raise!(OverflowError, "FRAME length exceeds system's maximum of {} bytes", isize::MAX)),
        }
    }

    pub fn push_persistent(&mut self, identifier: &Object) -> Result<()> {
        let value = match self.persistent_load.clone() {
            Some(hook) => hook.call(&[identifier])?,
            None => return Err(super::unpickler::no_persistent_load()),
        };
        self.push(value)
    }
}

#[cold]
fn not_in_memo(index: isize) -> Raised {
    unpickling_error(&format!("Memo value not found at index {index}"))
}

#[cold]
fn invalid(opcode: u8) -> Raised {
    let shown = match opcode {
        b'\'' | b'\\' => format!("\\x{opcode:02x}"),
        0x20..=0x7e => char::from(opcode).to_string(),
        _ => format!("\\x{opcode:02x}"),
    };
    unpickling_error(&format!("invalid load key, '{shown}'."))
}

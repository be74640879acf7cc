//! One `dump`: which way an object is written, the memo, and the notes that say where an exception came from.

use std::collections::HashSet;

use runtime::objects::bool_::Bool;
use runtime::objects::bytearray::ByteArray;
use runtime::objects::function::Function;
use runtime::objects::pickle_buffer::PickleBuffer;
use runtime::objects::set::FrozenSet;
use runtime::prelude::*;
use runtime::protocol::item::get_item_opt;

use super::opcodes::*;
use super::output::Output;
use super::pickler::Pickler;
use super::state::{State, pickling_error, pickling_error_after};

/// How many containers may be nested in fast mode before cycles are looked for.
const FAST_NESTING: usize = 50;

pub struct Saver<'a> {
    pub pickler: &'a Pickler,
    pub state: &'static State,
    pub output: Output,
    pub protocol: i32,
    persistent_id: Option<Ref>,
    reducer_override: Option<Ref>,
    dispatch_table: Ref,
    fast_nesting: usize,
    fast_memo: HashSet<usize>,
}

/// Adds a note to an exception on its way: where in the object it came from.
pub fn noted<T>(result: Result<T>, note: impl FnOnce() -> Result<Ref<Str>>) -> Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(raised) => Err(add_note(raised, note)),
    }
}

#[cold]
fn add_note(raised: Raised, note: impl FnOnce() -> Result<Ref<Str>>) -> Raised {
    let exception = raised.take();
    match note().and_then(|note| exception.call_method(intern!("add_note"), &[&*note])) {
        Ok(_) => runtime::errors::restore(exception),
        Err(raised) => {
            let failure = raised.take();
            runtime::objects::exceptions::set_context(&failure, Some(&exception));
            runtime::errors::restore(failure)
        }
    }
}

/// "when serializing <type> <what>".
pub fn serializing(object: &Object, what: &str) -> Result<Ref<Str>> {
    Ok(Str::from_string(format!("when serializing {} {what}", object.ty().qualified_name())))
}

/// "when serializing <type> item <index>".
pub fn serializing_item(object: &Object, index: usize) -> Result<Ref<Str>> {
    serializing(object, &format!("item {index}"))
}

/// The type's name as messages show it.
pub fn type_text(object: &Object) -> String {
    object.ty().qualified_name()
}

impl<'a> Saver<'a> {
    pub fn new(pickler: &'a Pickler, output: Output) -> Result<Saver<'a>> {
        let state = State::current();
        let dispatch_table = match pickler.own_dispatch_table() {
            Some(table) => table,
            None => state.dispatch_table()?.into_object(),
        };
        Ok(Saver {
            pickler,
            state,
            output,
            protocol: pickler.protocol(),
            persistent_id: pickler.persistent_id_hook()?,
            reducer_override: pickler.hook(intern!("reducer_override"))?,
            dispatch_table,
            fast_nesting: 0,
            fast_memo: HashSet::new(),
        })
    }

    /// The whole stream.
    pub fn dump(&mut self, object: &Object) -> Result<()> {
        if self.protocol >= 2 {
            self.output.put(&[PROTO, self.protocol as u8]);
            if self.protocol >= 4 {
                self.output.start_framing();
            }
        }
        self.save(object)?;
        self.output.put_byte(STOP);
        Ok(())
    }

    #[inline]
    pub fn is_binary(&self) -> bool {
        self.pickler.is_binary()
    }

    /// Writes an object, or its persistent id.
    pub fn save(&mut self, object: &Object) -> Result<()> {
        self.output.boundary()?;
        if self.persistent_id.is_some() && self.save_persistent(object)? {
            return Ok(());
        }
        self.save_value(object)
    }

    /// As [`Saver::save`], for what is a persistent id itself.
    fn save_identifier(&mut self, object: &Object) -> Result<()> {
        self.output.boundary()?;
        self.save_value(object)
    }

    #[inline]
    fn save_value(&mut self, object: &Object) -> Result<()> {
        if let Some(text) = object.downcast_exact::<Str>() {
            return if self.save_known(object)? { Ok(()) } else { self.save_str(text) };
        }
        if let Some(number) = object.downcast_exact::<Int>() {
            return self.save_int(number);
        }
        if object.is_none() {
            self.output.put_byte(NONE);
            return Ok(());
        }
        if let Some(value) = object.downcast_exact::<Bool>() {
            self.save_bool(value.value());
            return Ok(());
        }
        if let Some(number) = object.downcast_exact::<Float>() {
            self.save_float(number.value());
            return Ok(());
        }
        if self.save_known(object)? {
            return Ok(());
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return self.save_bytes(bytes);
        }
        Thread::current().check_recursion(" while pickling an object")?;
        if let Some(dict) = object.downcast_exact::<Dict>() {
            self.save_dict(dict)
        } else if let Some(list) = object.downcast_exact::<List>() {
            self.save_list(list)
        } else if let Some(tuple) = object.downcast_exact::<Tuple>() {
            self.save_tuple(tuple)
        } else if let Some(set) = object.downcast_exact::<Set>() {
            self.save_set(set)
        } else if let Some(set) = object.downcast_exact::<FrozenSet>() {
            self.save_frozenset(set)
        } else if let Some(array) = object.downcast_exact::<ByteArray>() {
            self.save_bytearray(array)
        } else if let Some(buffer) = object.downcast_exact::<PickleBuffer>() {
            self.save_pickle_buffer(buffer)
        } else {
            self.save_other(object)
        }
    }

    /// Objects that are no plain values: classes and functions by name, the rest as a hook or `__reduce_ex__` says.
    #[inline(never)]
    fn save_other(&mut self, object: &Object) -> Result<()> {
        if let Some(hook) = self.reducer_override.clone() {
            let reduced = hook.call(&[object])?;
            if !reduced.is_not_implemented() {
                return self.save_reduced(object, &reduced);
            }
        }
        if let Some(class) = object.downcast_exact::<Type>() {
            return self.save_type(class);
        }
        if object.is::<Function>() {
            return self.save_global(object, None);
        }
        let reduced = match get_item_opt(&self.dispatch_table, object.ty())? {
            Some(reduce) => reduce.call(&[object])?,
            None if object.downcast::<Type>().is_some() => return self.save_global(object, None),
            None => self.reduce(object)?,
        };
        self.save_reduced(object, &reduced)
    }

    /// `object.__reduce_ex__(protocol)`, or `object.__reduce__()`.
    fn reduce(&self, object: &Object) -> Result {
        if let Some(reduce) = object.get_attr_opt(intern!("__reduce_ex__"))? {
            return reduce.call(&[&*Int::new(i64::from(self.protocol))]);
        }
        match object.get_attr_opt(intern!("__reduce__"))? {
            Some(reduce) => reduce.call(&[]),
            None => Err(pickling_error(&format!("Can't pickle {} object", type_text(object)))),
        }
    }

    /// Writes what a reduction gave: a global name, or a tuple.
    fn save_reduced(&mut self, object: &Object, reduced: &Object) -> Result<()> {
        if reduced.downcast::<Str>().is_some() {
            return self.save_global(object, Some(reduced));
        }
        let result = match reduced.downcast::<Tuple>() {
            Some(parts) => self.save_reduce(parts, object),
            None => Err(pickling_error(&format!(
                "__reduce__ must return a string or tuple, not {}",
                type_text(reduced)
            ))),
        };
        noted(result, || serializing(object, "object"))
    }

    /// Asks for a persistent id and writes it; false if the object has none.
    fn save_persistent(&mut self, object: &Object) -> Result<bool> {
        let Some(hook) = self.persistent_id.clone() else { return Ok(false) };
        let identifier = hook.call(&[object])?;
        if identifier.is_none() {
            return Ok(false);
        }
        if self.is_binary() {
            self.save_identifier(&identifier)?;
            self.output.put_byte(BINPERSID);
            return Ok(true);
        }
        let text = identifier.str_()?;
        let Some(text) = text.as_ascii() else {
            return Err(pickling_error("persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.output.put_byte(PERSID);
        self.output.put(text.as_bytes());
        self.output.put_byte(b'\n');
        Ok(true)
    }

    /// Writes a reference to an object that was written before; false if it wasn't.
    #[inline]
    pub fn save_known(&mut self, object: &Object) -> Result<bool> {
        let known = self.pickler.memo.borrow().get(object);
        match known {
            Some(index) => self.get(index).map(|()| true),
            None => Ok(false),
        }
    }

    pub fn is_known(&self, object: &Object) -> bool {
        self.pickler.memo.borrow().get(object).is_some()
    }

    fn get(&mut self, index: usize) -> Result<()> {
        if !self.is_binary() {
            self.output.put(format!("g{}\n", index as isize).as_bytes());
        } else if index < 256 {
            self.output.put(&[BINGET, index as u8]);
        } else if let Ok(index) = u32::try_from(index) {
            let [a, b, c, d] = index.to_le_bytes();
            self.output.put(&[LONG_BINGET, a, b, c, d]);
        } else {
            return Err(pickling_error("memo id too large for LONG_BINGET"));
        }
        Ok(())
    }

    /// Remembers an object that was just written.
    pub fn memoize(&mut self, object: &Object) -> Result<()> {
        if self.pickler.is_fast() {
            return Ok(());
        }
        let index = {
            let mut memo = self.pickler.memo.borrow_mut();
            let index = memo.len();
            memo.insert(object, index);
            index
        };
        if self.protocol >= 4 {
            self.output.put_byte(MEMOIZE);
        } else if !self.is_binary() {
            self.output.put(format!("p{index}\n").as_bytes());
        } else if index < 256 {
            self.output.put(&[BINPUT, index as u8]);
        } else if let Ok(index) = u32::try_from(index) {
            let [a, b, c, d] = index.to_le_bytes();
            self.output.put(&[LONG_BINPUT, a, b, c, d]);
        } else {
            return Err(pickling_error("memo id too large for LONG_BINPUT"));
        }
        Ok(())
    }

    /// Writes the content of a container; in fast mode, without a memo, deep nesting is watched for cycles.
    pub fn guarded(&mut self, object: &Object, content: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if !self.pickler.is_fast() {
            return content(self);
        }
        self.fast_nesting += 1;
        let watched = self.fast_nesting >= FAST_NESTING;
        let address = object.as_ptr() as usize;
        if watched && !self.fast_memo.insert(address) {
            let kind = object.ty().full_name();
            return Err(raise!(
                ValueError,
                "fast mode: can't pickle cyclic objects including object type {kind} at {address:#x}"
            ));
        }
        let result = content(self);
        if watched {
            self.fast_memo.remove(&address);
        }
        self.fast_nesting -= 1;
        result
    }
}

/// The error for a name that the protocol's encoding can't express.
pub fn unencodable(raised: Raised, what: &str, name: &Str, protocol: i32) -> Raised {
    match name.repr() {
        Ok(shown) => pickling_error_after(
            raised,
            &format!("can't pickle {what} identifier {shown} using pickle protocol {protocol}"),
        ),
        Err(other) => {
            raised.clear();
            other
        }
    }
}

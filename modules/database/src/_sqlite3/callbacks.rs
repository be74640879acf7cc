//! What SQLite calls: functions, aggregates, collations, hooks. Each takes the GIL for its work, and lets no exception out.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_uint, c_void};

use libsqlite3_sys as sys;
use runtime::objects::exceptions::{AttributeError, MemoryError, OverflowError, write_unraisable_doing};
use runtime::prelude::*;

use super::adapt::{to_object, to_value};
use super::errors::Kind;
use super::ffi::{Context, Stmt, arguments, expanded_sql, locked, optional_text, sql};
use super::state;

/// A Python callable that SQLite has a pointer to.
pub struct Callback(pub Ref);

impl Callback {
    pub fn into_pointer(callable: &Object) -> *mut c_void {
        Box::into_raw(Box::new(Callback(callable.to_ref()))).cast()
    }
}

/// Drops a callback that is not registered any more.
pub unsafe extern "C" fn destroy(pointer: *mut c_void) {
    if !pointer.is_null() {
        // SAFETY: made by `into_pointer`; SQLite gives it up once.
        locked(|| drop(unsafe { Box::from_raw(pointer.cast::<Callback>()) }));
    }
}

/// The callable behind a pointer, held for the call.
fn callable(pointer: *mut c_void) -> Ref {
    // SAFETY: registered pointers are those of `into_pointer`, and alive while SQLite calls.
    unsafe { &*pointer.cast::<Callback>() }.0.clone()
}

/// Shows or drops an exception that can't be raised here.
fn report(raised: Raised, callable: &Object) {
    let exception = raised.take();
    if state().tracebacks.get() {
        write_unraisable_doing(exception, "on sqlite3 callback", callable);
    }
}

/// The exception is the function's result.
fn fail(context: Context, raised: Raised, message: &str, callable: &Object) {
    if raised.matches(&MemoryError) {
        context.fail_with_no_memory();
    } else if raised.matches(&OverflowError) {
        context.fail_too_big();
    } else {
        context.fail(message);
    }
    report(raised, callable);
}

fn call_with(callable: &Object, count: c_int, values: *mut *mut sys::sqlite3_value) -> Result {
    // SAFETY: SQLite passes that many.
    let values = unsafe { arguments(count, values) };
    let objects = values.iter().map(to_object).collect::<Result<Vec<Ref>>>()?;
    let objects: Vec<&Object> = objects.iter().map(|object| &**object).collect();
    callable.call(&objects)
}

fn give(context: Context, result: &Object) -> Result<()> {
    match to_value(result)? {
        Some(value) => {
            context.set(&value);
            Ok(())
        }
        None => {
            let kind = result.ty().full_name();
            Err(raise!(TypeError, "User-defined functions cannot return '{kind}' values to SQLite"))
        }
    }
}

pub unsafe extern "C" fn scalar(
    context: *mut sys::sqlite3_context,
    count: c_int,
    values: *mut *mut sys::sqlite3_value,
) {
    locked(|| {
        let context = Context(context);
        let function = callable(context.user_data());
        let result = call_with(&function, count, values).and_then(|result| give(context, &result));
        if let Err(raised) = result {
            fail(context, raised, "user-defined function raised exception", &function);
        }
    });
}

/// The object that aggregates, if there is one.
fn instance(place: &*mut c_void) -> Option<Ref> {
    if place.is_null() {
        return None;
    }
    // SAFETY: `step` stored an owned reference, which `finalize` takes.
    Some(unsafe { Object::from_raw(place.cast()) }.to_ref())
}

/// Calls a method of the aggregation; its errors are the aggregation's.
fn aggregate(
    context: Context,
    class: &Object,
    object: &Object,
    method: &'static str,
    body: impl FnOnce(&Object) -> Result<()>,
) {
    let result = object.get_attr(&Str::intern(Str::new(method)));
    let missing = matches!(&result, Err(raised) if raised.matches(&AttributeError));
    let result = result.and_then(|bound| body(&bound));
    if let Err(raised) = result {
        let wrong = if missing { "not defined" } else { "raised error" };
        fail(context, raised, &format!("user-defined aggregate's '{method}' method {wrong}"), class);
    }
}

pub unsafe extern "C" fn step(
    context: *mut sys::sqlite3_context,
    count: c_int,
    values: *mut *mut sys::sqlite3_value,
) {
    locked(|| {
        let context = Context(context);
        let class = callable(context.user_data());
        let Some(place) = context.aggregation(true) else { return context.fail_with_no_memory() };
        let object = match instance(place) {
            Some(object) => object,
            None => match class.call(&[]) {
                Ok(object) => {
                    *place = object.clone().into_raw().cast();
                    object
                }
                Err(raised) => {
                    let message = "user-defined aggregate's '__init__' method raised error";
                    return fail(context, raised, message, &class);
                }
            },
        };
        aggregate(context, &class, &object, "step", |method| call_with(method, count, values).map(drop));
    });
}

pub unsafe extern "C" fn inverse(
    context: *mut sys::sqlite3_context,
    count: c_int,
    values: *mut *mut sys::sqlite3_value,
) {
    locked(|| {
        let context = Context(context);
        let class = callable(context.user_data());
        let Some(object) = context.aggregation(false).and_then(|place| instance(place)) else { return };
        aggregate(context, &class, &object, "inverse", |method| call_with(method, count, values).map(drop));
    });
}

pub unsafe extern "C" fn value(context: *mut sys::sqlite3_context) {
    locked(|| {
        let context = Context(context);
        let class = callable(context.user_data());
        let Some(object) = context.aggregation(false).and_then(|place| instance(place)) else { return };
        aggregate(context, &class, &object, "value", |method| give(context, &*method.call(&[])?));
    });
}

pub unsafe extern "C" fn finalize(context: *mut sys::sqlite3_context) {
    locked(|| {
        let context = Context(context);
        let class = callable(context.user_data());
        let Some(place) = context.aggregation(false) else { return };
        let Some(object) = instance(place) else { return };
        // SAFETY: the reference that `step` stored.
        drop(unsafe { Ref::<Object>::from_owned(std::mem::replace(place, std::ptr::null_mut()).cast()) });
        // An exception that is on its way waits for the aggregation's end.
        let waiting = Thread::current().take_exception();
        aggregate(context, &class, &object, "finalize", |method| give(context, &*method.call(&[])?));
        if waiting.is_some() {
            Thread::current().set_exception(waiting);
        }
    });
}

/// An integer of C that a callback gave.
fn int_of(result: &Object) -> Result<i32> {
    match result.downcast::<Int>().map(Int::to_i64) {
        Some(Some(value)) if i32::try_from(value).is_ok() => Ok(value as i32),
        Some(_) => Err(raise!(OverflowError, "Python int too large to convert to C int")),
        None => Err(raise!(TypeError, "an integer is required")),
    }
}

pub unsafe extern "C" fn collation(
    pointer: *mut c_void,
    left_len: c_int,
    left: *const c_void,
    right_len: c_int,
    right: *const c_void,
) -> c_int {
    locked(|| {
        let function = callable(pointer);
        let text = |start: *const c_void, len: c_int| {
            let len = if start.is_null() { 0 } else { len as usize };
            let start =
                if len == 0 { std::ptr::NonNull::dangling().as_ptr() } else { start.cast::<u8>().cast_mut() };
            // SAFETY: SQLite passes a text of that length.
            super::adapt::text_object(unsafe { std::slice::from_raw_parts(start, len) })
        };
        let compare = || -> Result<i64> {
            let result = function.call(&[&*text(left, left_len)?, &*text(right, right_len)?])?;
            match result.downcast::<Int>() {
                Some(int) => Ok(int.sign() as i64),
                None => Err(raise!(TypeError, "an integer is required")),
            }
        };
        // Its exception is the statement's: it stays set.
        if Thread::current().has_exception() {
            return 0;
        }
        compare().map_or(0, |sign| sign as c_int)
    })
}

pub unsafe extern "C" fn authorize(
    pointer: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    database: *const c_char,
    inner: *const c_char,
) -> c_int {
    locked(|| {
        let function = callable(pointer);
        let object = |text: *const c_char| {
            // SAFETY: SQLite passes texts or null.
            unsafe { optional_text(text) }.map_or_else(none, |text| Str::from_string(text).into_object())
        };
        let arguments = [
            Int::new(action.into()).into_object(),
            object(first),
            object(second),
            object(database),
            object(inner),
        ];
        let arguments: Vec<&Object> = arguments.iter().map(|argument| &**argument).collect();
        match function.call(&arguments).and_then(|result| int_of(&result)) {
            Ok(answer) => answer,
            Err(raised) => {
                report(raised, &function);
                sys::SQLITE_DENY
            }
        }
    })
}

pub unsafe extern "C" fn progress(pointer: *mut c_void) -> c_int {
    locked(|| {
        let function = callable(pointer);
        match function.call(&[]).and_then(|result| result.is_true()) {
            Ok(stop) => c_int::from(stop),
            Err(raised) => {
                report(raised, &function);
                1
            }
        }
    })
}

pub unsafe extern "C" fn trace(
    kind: c_uint,
    pointer: *mut c_void,
    stmt: *mut c_void,
    _: *mut c_void,
) -> c_int {
    if kind != sys::SQLITE_TRACE_STMT as c_uint {
        return 0;
    }
    locked(|| {
        let function = callable(pointer);
        let stmt = Stmt(stmt.cast());
        let shown = expanded_sql(stmt).unwrap_or_else(|| {
            let message = "Expanded SQL string exceeds the maximum string length";
            report(Kind::DataError.raise(message), &function);
            sql(stmt)
        });
        if let Err(raised) = function.call(&[&*Str::from_string(shown)]) {
            report(raised, &function);
        }
    });
    0
}

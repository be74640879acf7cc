//! What a connection lets SQLite call: functions, aggregates, collations, hooks.
#![allow(unsafe_code)]

use std::ffi::c_void;

use libsqlite3_sys as sys;
use runtime::prelude::*;

use super::c_text;
use super::callbacks::{self, Callback};
use super::connection::Connection;
use super::errors::{Kind, raise_last};
use super::ffi::{call, unlocked};

const UTF8: i32 = sys::SQLITE_UTF8;

impl Connection {
    fn check_count(&self, name: &str, count: i32) -> Result<()> {
        let most = self.open_db()?.limit(sys::SQLITE_LIMIT_FUNCTION_ARG, -1);
        if !(-1..=most).contains(&count) {
            let message = format!("'{name}' must be between -1 and {most}, not {count}");
            return Err(Kind::ProgrammingError.raise(&message));
        }
        Ok(())
    }
}

/// A pointer on its way to SQLite.
#[derive(Clone, Copy)]
struct Pointer(*mut c_void);

// SAFETY: only SQLite's callbacks read it, with the GIL.
unsafe impl Send for Pointer {}

impl Pointer {
    fn of(callable: &Object) -> Pointer {
        if callable.is_none() {
            Pointer(std::ptr::null_mut())
        } else {
            Pointer(Callback::into_pointer(callable))
        }
    }

    fn get(self) -> *mut c_void {
        self.0
    }
}

#[methods(part = define)]
impl Connection {
    /// Creates a new function.
    #[method(signature = "($self, /, name, narg, func, *, deterministic=False)")]
    fn create_function(&self, name: &str, narg: i32, func: &Object, deterministic: bool) -> Result<()> {
        let db = self.checked()?;
        self.check_count("narg", narg)?;
        let flags = UTF8 | if deterministic { sys::SQLITE_DETERMINISTIC } else { 0 };
        let name = c_text(name)?;
        let pointer = Pointer::of(func);
        let (function, destroy) = if func.is_none() {
            (None, None)
        } else {
            (
                Some(callbacks::scalar as unsafe extern "C" fn(_, _, _)),
                Some(callbacks::destroy as unsafe extern "C" fn(_)),
            )
        };
        let code = {
            let name = &name;
            unlocked(move || {
                let (db, pointer) = ({ db }, { pointer });
                call!(sys::sqlite3_create_function_v2(
                    db.0,
                    name.as_ptr(),
                    narg,
                    flags,
                    pointer.get(),
                    function,
                    None,
                    None,
                    destroy
                ))
            })
        };
        if code != sys::SQLITE_OK {
            return Err(Kind::OperationalError.raise("Error creating function"));
        }
        Ok(())
    }

    /// Creates a new aggregate.
    #[method(signature = "($self, /, name, n_arg, aggregate_class)")]
    fn create_aggregate(&self, name: &str, n_arg: i32, aggregate_class: &Object) -> Result<()> {
        let db = self.checked()?;
        self.check_count("n_arg", n_arg)?;
        let name = c_text(name)?;
        let pointer = Pointer::of(aggregate_class);
        let (step, end, destroy) = if aggregate_class.is_none() {
            (None, None, None)
        } else {
            (
                Some(callbacks::step as unsafe extern "C" fn(_, _, _)),
                Some(callbacks::finalize as unsafe extern "C" fn(_)),
                Some(callbacks::destroy as unsafe extern "C" fn(_)),
            )
        };
        let code = {
            let name = &name;
            unlocked(move || {
                let (db, pointer) = ({ db }, { pointer });
                call!(sys::sqlite3_create_function_v2(
                    db.0,
                    name.as_ptr(),
                    n_arg,
                    UTF8,
                    pointer.get(),
                    None,
                    step,
                    end,
                    destroy
                ))
            })
        };
        if code != sys::SQLITE_OK {
            return Err(Kind::OperationalError.raise("Error creating aggregate"));
        }
        Ok(())
    }

    /// Creates or redefines an aggregate window function.
    ///
    /// A class with 'step', 'finalize', 'value' and 'inverse' methods; None clears it.
    #[method(signature = "($self, name, num_params, aggregate_class, /)")]
    fn create_window_function(&self, name: &str, num_params: i32, aggregate_class: &Object) -> Result<()> {
        let db = self.checked()?;
        self.check_count("num_params", num_params)?;
        let name = c_text(name)?;
        let pointer = Pointer::of(aggregate_class);
        let clear = aggregate_class.is_none();
        let code = {
            let name = &name;
            unlocked(move || {
                let (db, pointer) = ({ db }, { pointer });
                let name = name.as_ptr();
                if clear {
                    call!(sys::sqlite3_create_window_function(
                        db.0,
                        name,
                        num_params,
                        UTF8,
                        pointer.get(),
                        None,
                        None,
                        None,
                        None,
                        None
                    ))
                } else {
                    call!(sys::sqlite3_create_window_function(
                        db.0,
                        name,
                        num_params,
                        UTF8,
                        pointer.get(),
                        Some(callbacks::step),
                        Some(callbacks::finalize),
                        Some(callbacks::value),
                        Some(callbacks::inverse),
                        Some(callbacks::destroy)
                    ))
                }
            })
        };
        if code != sys::SQLITE_OK {
            return Err(raise_last(db));
        }
        Ok(())
    }

    /// Creates a collation function.
    #[method(signature = "($self, name, callback, /)")]
    fn create_collation(&self, name: &str, callback: &Object) -> Result<()> {
        let db = self.checked()?;
        if !callback.is_none() && !callback.is_callable() {
            return Err(raise!(TypeError, "parameter must be callable"));
        }
        let name = c_text(name)?;
        let pointer = Pointer::of(callback);
        let clear = callback.is_none();
        let code = {
            let name = &name;
            unlocked(move || {
                let (db, pointer) = ({ db }, { pointer });
                if clear {
                    call!(sys::sqlite3_create_collation_v2(
                        db.0,
                        name.as_ptr(),
                        UTF8,
                        std::ptr::null_mut(),
                        None,
                        None
                    ))
                } else {
                    call!(sys::sqlite3_create_collation_v2(
                        db.0,
                        name.as_ptr(),
                        UTF8,
                        pointer.get(),
                        Some(callbacks::collation),
                        Some(callbacks::destroy)
                    ))
                }
            })
        };
        if code != sys::SQLITE_OK {
            if !pointer.0.is_null() {
                // SAFETY: unlike for functions, SQLite doesn't drop the callback where it refuses it.
                unsafe { callbacks::destroy(pointer.0) };
            }
            return Err(raise_last(db));
        }
        Ok(())
    }

    /// Set authorizer callback.
    #[method(signature = "($self, /, authorizer_callback)")]
    fn set_authorizer(&self, authorizer_callback: &Object) -> Result<()> {
        let db = self.checked()?;
        let pointer = Pointer::of(authorizer_callback);
        let clear = authorizer_callback.is_none();
        let code = unlocked(move || {
            let (db, pointer) = ({ db }, { pointer });
            if clear {
                call!(sys::sqlite3_set_authorizer(db.0, None, std::ptr::null_mut()))
            } else {
                call!(sys::sqlite3_set_authorizer(db.0, Some(callbacks::authorize), pointer.get()))
            }
        });
        self.keep_hook(0, pointer.0);
        if code != sys::SQLITE_OK {
            return Err(Kind::OperationalError.raise("Error setting authorizer callback"));
        }
        Ok(())
    }

    /// Set progress handler callback: it is called every 'n' instructions, and stops the query if it gives a true value.
    #[method(signature = "($self, /, progress_handler, n)")]
    fn set_progress_handler(&self, progress_handler: &Object, n: i32) -> Result<()> {
        let db = self.checked()?;
        let pointer = Pointer::of(progress_handler);
        let clear = progress_handler.is_none();
        unlocked(move || {
            let (db, pointer) = ({ db }, { pointer });
            if clear {
                call!(sys::sqlite3_progress_handler(db.0, 0, None, std::ptr::null_mut()));
            } else {
                call!(sys::sqlite3_progress_handler(db.0, n, Some(callbacks::progress), pointer.get()));
            }
        });
        self.keep_hook(1, pointer.0);
        Ok(())
    }

    /// Set a trace callback called for each SQL statement (passed as unicode).
    #[method(signature = "($self, /, trace_callback)")]
    fn set_trace_callback(&self, trace_callback: &Object) -> Result<()> {
        let db = self.checked()?;
        let pointer = Pointer::of(trace_callback);
        let clear = trace_callback.is_none();
        unlocked(move || {
            let (db, pointer) = ({ db }, { pointer });
            if clear {
                call!(sys::sqlite3_trace_v2(db.0, sys::SQLITE_TRACE_STMT as _, None, std::ptr::null_mut()));
            } else {
                let trace = Some(callbacks::trace as unsafe extern "C" fn(_, _, _, _) -> _);
                call!(sys::sqlite3_trace_v2(db.0, sys::SQLITE_TRACE_STMT as _, trace, pointer.get()));
            }
        });
        self.keep_hook(2, pointer.0);
        Ok(())
    }
}

//! The exceptions of DB-API, and which of them a result code raises.

use libsqlite3_sys as sys;
use runtime::objects::exceptions::{Exception, declared};
use runtime::prelude::*;

use super::constants::error_name;
use super::ffi::{Db, error_text};

/// The classes of exceptions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Error,
    Warning,
    InterfaceError,
    DatabaseError,
    InternalError,
    OperationalError,
    ProgrammingError,
    IntegrityError,
    DataError,
    NotSupportedError,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Kind::Error,
        Kind::Warning,
        Kind::InterfaceError,
        Kind::DatabaseError,
        Kind::InternalError,
        Kind::OperationalError,
        Kind::ProgrammingError,
        Kind::IntegrityError,
        Kind::DataError,
        Kind::NotSupportedError,
    ];

    fn name(self) -> &'static str {
        match self {
            Kind::Error => "sqlite3.Error",
            Kind::Warning => "sqlite3.Warning",
            Kind::InterfaceError => "sqlite3.InterfaceError",
            Kind::DatabaseError => "sqlite3.DatabaseError",
            Kind::InternalError => "sqlite3.InternalError",
            Kind::OperationalError => "sqlite3.OperationalError",
            Kind::ProgrammingError => "sqlite3.ProgrammingError",
            Kind::IntegrityError => "sqlite3.IntegrityError",
            Kind::DataError => "sqlite3.DataError",
            Kind::NotSupportedError => "sqlite3.NotSupportedError",
        }
    }

    pub fn short_name(self) -> &'static str {
        self.name().trim_start_matches("sqlite3.")
    }

    pub fn class(self) -> Result<Ref<Type>> {
        match self {
            Kind::Error | Kind::Warning => declared(self.name(), &Exception),
            Kind::InterfaceError | Kind::DatabaseError => declared(self.name(), &*Kind::Error.class()?),
            _ => declared(self.name(), &*Kind::DatabaseError.class()?),
        }
    }

    /// Raises it.
    #[cold]
    pub fn raise(self, message: &str) -> Raised {
        match self.class() {
            Ok(class) => runtime::errors::raise_message(&class, message),
            Err(raised) => raised,
        }
    }
}

/// The class for a result code; None: out of memory.
fn kind_of(code: i32) -> Option<Kind> {
    Some(match code {
        sys::SQLITE_INTERNAL | sys::SQLITE_NOTFOUND => Kind::InternalError,
        sys::SQLITE_NOMEM => return None,
        sys::SQLITE_ERROR
        | sys::SQLITE_PERM
        | sys::SQLITE_ABORT
        | sys::SQLITE_BUSY
        | sys::SQLITE_LOCKED
        | sys::SQLITE_READONLY
        | sys::SQLITE_INTERRUPT
        | sys::SQLITE_IOERR
        | sys::SQLITE_FULL
        | sys::SQLITE_CANTOPEN
        | sys::SQLITE_PROTOCOL
        | sys::SQLITE_EMPTY
        | sys::SQLITE_SCHEMA => Kind::OperationalError,
        sys::SQLITE_TOOBIG => Kind::DataError,
        sys::SQLITE_CONSTRAINT | sys::SQLITE_MISMATCH => Kind::IntegrityError,
        sys::SQLITE_MISUSE | sys::SQLITE_RANGE => Kind::InterfaceError,
        _ => Kind::DatabaseError,
    })
}

fn raise_code(code: i32, extended: i32, message: &str) -> Raised {
    let Some(kind) = kind_of(code) else { return runtime::errors::no_memory() };
    let make = || -> Result<Ref<runtime::objects::exceptions::BaseException>> {
        let error = kind.class()?.call(&[&*Str::new(message)])?;
        error.set_attr(intern!("sqlite_errorcode"), &Int::new(extended.into()))?;
        error.set_attr(intern!("sqlite_errorname"), &Str::new(error_name(extended)))?;
        error.cast().map_err(|_| raise!(TypeError, "an exception's class made none"))
    };
    match make() {
        Ok(error) => runtime::errors::raise(error),
        Err(raised) => raised,
    }
}

/// Raises what the connection's last call ended with. An exception of a callback stays.
#[cold]
pub fn raise_last(db: Db) -> Raised {
    if Thread::current().has_exception() {
        return Raised::assume_set();
    }
    raise_code(db.code(), db.extended_code(), &db.message())
}

/// Raises for a code alone.
#[cold]
pub fn raise_only(code: i32) -> Raised {
    raise_code(code & 0xFF, code, &error_text(code))
}

//! Prepared statements.

use std::cell::Cell;

use libsqlite3_sys as sys;
use runtime::prelude::*;

use super::adapt::{for_binding, to_value};
use super::connection::Connection;
use super::errors::{Kind, raise_last};
use super::ffi::{Stmt, unlocked};

/// Finalizes the statement at its end.
pub struct Owned(pub Stmt);

impl Drop for Owned {
    fn drop(&mut self) {
        let stmt = self.0;
        if !stmt.0.is_null() {
            unlocked(move || stmt.finalize());
        }
    }
}

#[class(name = "sqlite3.Statement", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Statement {
    head: Object,
    owned: Owned,
    /// An INSERT, UPDATE, DELETE or REPLACE.
    pub is_dml: bool,
    pub in_use: Cell<bool>,
}

/// Blanks and comments gone from the front.
fn skip_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches([' ', '\t', '\r', '\n']);
        if let Some(rest) = sql.strip_prefix("--") {
            sql = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(rest) = sql.strip_prefix("/*") {
            sql = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql;
        }
    }
}

impl Statement {
    pub fn create(connection: &Connection, sql: &str) -> Result<Ref<Statement>> {
        let db = connection.open_db()?;
        let limit = db.limit(sys::SQLITE_LIMIT_SQL_LENGTH, -1);
        if i64::try_from(sql.len()).unwrap_or(i64::MAX) > i64::from(limit) {
            return Err(Kind::DataError.raise("query string is too large"));
        }
        let Some(text) = super::ffi::c_string(sql) else {
            return Err(Kind::ProgrammingError.raise("the query contains a null character"));
        };
        let (stmt, used, code) = {
            let text = &text;
            unlocked(move || db.prepare(text))
        };
        let owned = Owned(stmt);
        if code != sys::SQLITE_OK {
            return Err(raise_last(db));
        }
        if !skip_comments(sql.get(used..).unwrap_or_default()).is_empty() {
            return Err(Kind::ProgrammingError.raise("You can only execute one statement at a time."));
        }
        let start = skip_comments(sql);
        let is = |word: &str| start.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word));
        let is_dml = ["INSERT", "UPDATE", "DELETE", "REPLACE"].into_iter().any(is) && !owned.0.is_explain();
        Ok(Ref::new(Statement { head: Object::HEAD, owned, is_dml, in_use: Cell::new(false) }))
    }

    pub fn stmt(&self) -> Stmt {
        self.owned.0
    }

    /// One step, without the GIL.
    pub fn step(&self) -> i32 {
        let stmt = self.stmt();
        if stmt.0.is_null() {
            return sys::SQLITE_DONE;
        }
        unlocked(move || stmt.step())
    }

    pub fn reset(&self) {
        let stmt = self.stmt();
        if self.in_use.replace(false) && !stmt.0.is_null() {
            unlocked(move || stmt.reset());
        }
    }

    fn bind_one(&self, connection: &Connection, position: usize, parameter: &Object) -> Result<()> {
        let stmt = self.stmt();
        let kind = parameter.ty().full_name().to_owned();
        let code = match parameter.downcast::<Str>() {
            Some(text) => {
                let text = text.to_utf8()?.as_bytes();
                stmt.bind_text(position, text)
            }
            None => match to_value(parameter)? {
                Some(value) => stmt.bind(position, &value),
                None => {
                    let message =
                        format!("Error binding parameter {position}: type '{kind}' is not supported");
                    return Err(Kind::ProgrammingError.raise(&message));
                }
            },
        };
        if code != sys::SQLITE_OK { Err(raise_last(connection.open_db()?)) } else { Ok(()) }
    }

    /// Binds the parameters of one execution.
    pub fn bind(&self, connection: &Connection, parameters: &Object) -> Result<()> {
        let stmt = self.stmt();
        let needed = if stmt.0.is_null() { 0 } else { stmt.parameter_count() };
        let is_sequence = parameters.downcast::<Tuple>().is_some()
            || parameters.downcast::<List>().is_some()
            || parameters.downcast::<Dict>().is_none() && parameters.ty().sq_item().is_some();
        if is_sequence {
            let given = parameters.length()?;
            if given != needed {
                let message = format!(
                    "Incorrect number of bindings supplied. The current statement uses {needed}, and there are {given} supplied."
                );
                return Err(Kind::ProgrammingError.raise(&message));
            }
            for index in 0..needed {
                if let Some(name) = stmt.parameter_name(index + 1)
                    && !name.starts_with('?')
                {
                    let message = format!(
                        "Binding {} ('{name}') is a named parameter, but you supplied a sequence which requires nameless (qmark) placeholders.",
                        index + 1
                    );
                    return Err(Kind::ProgrammingError.raise(&message));
                }
                let value = match parameters.downcast_exact::<Tuple>() {
                    Some(tuple) => tuple.as_slice().get(index).cloned(),
                    None => None,
                };
                let value = match value {
                    Some(value) => value,
                    None => parameters.get_item(&Int::from_usize(index))?,
                };
                self.bind_one(connection, index + 1, &*for_binding(&value)?)?;
            }
            return Ok(());
        }
        if parameters.ty().mp_subscript().is_none() {
            return Err(Kind::ProgrammingError.raise("parameters are of unsupported type"));
        }
        for position in 1..=needed {
            let Some(name) = stmt.parameter_name(position) else {
                let message = format!(
                    "Binding {position} has no name, but you supplied a dictionary (which has only names)."
                );
                return Err(Kind::ProgrammingError.raise(&message));
            };
            let key = Str::new(name.get(1..).unwrap_or_default());
            let found = match parameters.downcast_exact::<Dict>() {
                Some(dict) => dict.get(&key)?,
                None => match parameters.get_item(&key) {
                    Ok(value) => Some(value),
                    Err(raised) if raised.matches(&runtime::objects::exceptions::LookupError) => {
                        raised.clear();
                        None
                    }
                    Err(raised) => return Err(raised),
                },
            };
            let Some(value) = found else {
                let message = format!("You did not supply a value for binding parameter :{key}.");
                return Err(Kind::ProgrammingError.raise(&message));
            };
            self.bind_one(connection, position, &*for_binding(&value)?)?;
        }
        Ok(())
    }
}

/// How a statement's columns come as bytes to converters: by `PARSE_COLNAMES` and `PARSE_DECLTYPES`.
pub fn converters_of(stmt: Stmt, detect: i32) -> Result<Vec<Option<Ref>>> {
    let known = &super::state().converters;
    let mut found = Vec::new();
    for column in 0..stmt.column_count() {
        let mut converter = None;
        if detect & 2 != 0
            && let Some(name) = stmt.column_name(column)
            && let Some((_, rest)) = name.split_once('[')
            && let Some((key, _)) = rest.split_once(']')
        {
            converter = known.get_str(&Str::from_string(key.to_uppercase()))?;
        }
        if converter.is_none()
            && detect & 1 != 0
            && let Some(declared) = stmt.column_type(column)
        {
            let key = declared.split([' ', '(']).next().unwrap_or_default();
            converter = known.get_str(&Str::from_string(key.to_uppercase()))?;
        }
        found.push(converter);
    }
    Ok(found)
}

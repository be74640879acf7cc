//! Cursors: executing statements, fetching rows.

use std::cell::{Cell, RefCell};

use libsqlite3_sys as sys;
use runtime::objects::bytearray::ByteArray;
use runtime::prelude::*;

use super::connection::Connection;
use super::errors::{Kind, raise_last};
use super::ffi::{Value, unlocked};
use super::row::Row;
use super::statement::{Statement, converters_of};

/// SQLite database cursor class.
#[class(name = "sqlite3.Cursor", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Cursor {
    head: Object,
    connection: Link<Connection>,
    description: Link,
    pub row_factory: Link,
    #[gc(skip)]
    statement: Current,
    converters: RefCell<Vec<Option<Ref>>>,
    #[gc(skip)]
    arraysize: Cell<u32>,
    #[gc(skip)]
    row_count: Cell<i64>,
    lastrowid: Link,
    #[gc(skip)]
    initialized: Cell<bool>,
    #[gc(skip)]
    closed: Cell<bool>,
    /// A statement of the cursor is being executed.
    #[gc(skip)]
    locked: Cell<bool>,
    #[weaklist]
    weakrefs: WeakList,
}

/// The statement whose rows are fetched; another may use it after the cursor's end.
#[derive(Default)]
struct Current(RefCell<Option<Ref<Statement>>>);

impl Drop for Current {
    fn drop(&mut self) {
        if let Some(statement) = self.0.get_mut() {
            statement.reset();
        }
    }
}

/// Unlocks the cursor at the end of an execution.
struct Lock<'a>(&'a Cell<bool>);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Cursor {
    pub fn description(&self) -> Ref {
        self.description.get().unwrap_or_else(none)
    }

    fn check(&self) -> Result<Ref<Connection>> {
        if !self.initialized.get() {
            return Err(Kind::ProgrammingError.raise("Base Cursor.__init__ not called."));
        }
        if self.closed.get() {
            return Err(Kind::ProgrammingError.raise("Cannot operate on a closed cursor."));
        }
        if self.locked.get() {
            return Err(Kind::ProgrammingError.raise("Recursive use of cursors not allowed."));
        }
        let Some(connection) = self.connection.get() else {
            return Err(Kind::ProgrammingError.raise("Base Cursor.__init__ not called."));
        };
        connection.checked()?;
        Ok(connection)
    }

    /// Lets the statement go.
    fn clear_statement(&self) {
        let statement = self.statement.0.borrow_mut().take();
        if let Some(statement) = &statement {
            statement.reset();
        }
        drop(statement);
    }

    fn run(&self, many: bool, sql: &Str, parameters: Option<&Object>) -> Result {
        let connection = self.check()?;
        self.locked.set(true);
        let lock = Lock(&self.locked);
        let result = self.run_locked(&connection, many, sql, parameters);
        drop(lock);
        if result.is_err() {
            self.row_count.set(-1);
            // What is dropped may be code of Python's.
            let exception = Thread::current().take_exception();
            self.clear_statement();
            Thread::current().set_exception(exception);
        }
        result?;
        Ok(self.to_ref())
    }

    fn run_locked(
        &self,
        connection: &Ref<Connection>,
        many: bool,
        sql: &Str,
        parameters: Option<&Object>,
    ) -> Result<()> {
        let empty = Tuple::empty();
        let mut list = match (many, parameters) {
            (true, Some(parameters)) => Some(parameters.iter()?),
            _ => None,
        };
        let single = parameters.map_or_else(|| empty.into_object(), |parameters| parameters.to_ref());
        self.clear_statement();
        self.description.set(Some(none()));
        let statement = connection.statement(sql.to_utf8()?)?;
        *self.statement.0.borrow_mut() = Some(statement.clone());
        let stmt = statement.stmt();
        if many && (stmt.0.is_null() || stmt.is_readonly()) {
            return Err(Kind::ProgrammingError.raise("executemany() can only execute DML statements."));
        }
        self.row_count.set(if statement.is_dml { 0 } else { -1 });
        if statement.is_dml {
            connection.begin_implicitly()?;
        }
        statement.in_use.set(true);
        loop {
            let bound = match &mut list {
                Some(list) => match list.iter_next()? {
                    Some(bound) => bound,
                    None => break,
                },
                None => single.clone(),
            };
            statement.bind(connection, &bound)?;
            drop(bound);
            let db = connection.open_db()?;
            let code = statement.step();
            if code != sys::SQLITE_DONE && code != sys::SQLITE_ROW {
                return Err(raise_last(db));
            }
            if Thread::current().has_exception() {
                return Err(Raised::assume_set());
            }
            self.describe(connection, &statement, many)?;
            if code == sys::SQLITE_DONE {
                if statement.is_dml {
                    self.row_count.set(self.row_count.get() + db.changes());
                }
                statement.reset();
                statement.in_use.set(true);
            } else if many {
                // Rows of a RETURNING clause are not kept.
                loop {
                    match statement.step() {
                        sys::SQLITE_ROW => {}
                        sys::SQLITE_DONE => break,
                        _ => return Err(raise_last(db)),
                    }
                }
                self.row_count.set(self.row_count.get() + db.changes());
                statement.reset();
                statement.in_use.set(true);
            }
            if !many {
                let rowid = unlocked(move || db.last_rowid());
                self.lastrowid.set(Some(Int::new(rowid).into_object()));
                if code == sys::SQLITE_DONE {
                    self.clear_statement();
                }
                return Ok(());
            }
        }
        self.clear_statement();
        Ok(())
    }

    /// The columns' names and converters.
    fn describe(&self, connection: &Connection, statement: &Statement, many: bool) -> Result<()> {
        let stmt = statement.stmt();
        let count = if stmt.0.is_null() { 0 } else { stmt.column_count() };
        let detect = connection.detect_types.get();
        let converters = if detect != 0 && count > 0 { converters_of(stmt, detect)? } else { Vec::new() };
        let old = self.converters.replace(converters);
        drop(old);
        if many || count == 0 {
            return Ok(());
        }
        let mut columns = Vec::with_capacity(count);
        for column in 0..count {
            let name = stmt.column_name(column).unwrap_or_default();
            let name = match name.find('[') {
                Some(at) if detect & 2 != 0 => {
                    let cut = if name[..at].ends_with(' ') { at - 1 } else { at };
                    name[..cut].to_owned()
                }
                _ => name,
            };
            let mut parts = vec![Str::from_string(name).into_object()];
            parts.resize_with(7, none);
            columns.push(Tuple::from_vec(parts).into_object());
        }
        self.description.set(Some(Tuple::from_vec(columns).into_object()));
        Ok(())
    }

    /// The row that the statement is at.
    fn read_row(&self, connection: &Connection, statement: &Statement) -> Result<Ref<Tuple>> {
        let stmt = statement.stmt();
        let count = stmt.data_count();
        let factory = connection.text_factory_or_str();
        let plain = factory.is_same(Str::type_object());
        let mut row = Vec::with_capacity(count);
        for column in 0..count {
            let converter = self.converters.borrow().get(column).cloned().flatten();
            if let Some(converter) = converter {
                // Empty values have no bytes at all.
                let bytes = stmt.column_bytes(column);
                let missing = stmt.is_null(column) || bytes.is_empty();
                row.push(if missing { none() } else { converter.call(&[&*Bytes::new(&bytes)])? });
                continue;
            }
            row.push(match stmt.column(column) {
                Value::Null => none(),
                Value::Integer(value) => Int::new(value).into_object(),
                Value::Float(value) => Float::new(value).into_object(),
                Value::Blob(data) => Bytes::new(&data).into_object(),
                Value::Text(text) if plain => match std::str::from_utf8(&text) {
                    Ok(text) => Str::try_new(text)?.into_object(),
                    Err(_) => {
                        let name = stmt.column_name(column).unwrap_or_default();
                        let shown = String::from_utf8_lossy(&text);
                        let message =
                            format!("Could not decode to UTF-8 column '{name}' with text '{shown}'");
                        return Err(Kind::OperationalError.raise(&message));
                    }
                },
                Value::Text(text) if factory.is_same(Bytes::type_object()) => Bytes::new(&text).into_object(),
                Value::Text(text) if factory.is_same(ByteArray::type_object()) => {
                    ByteArray::type_object().call(&[&*Bytes::new(&text)])?
                }
                Value::Text(text) => factory.call(&[&*Bytes::new(&text)])?,
            });
        }
        Ok(Tuple::from_vec(row))
    }

    fn next_row(&self) -> Result<Option<Ref>> {
        let connection = self.check()?;
        let statement = self.statement.0.borrow().clone();
        let Some(statement) = statement else { return Ok(None) };
        if statement.stmt().data_count() == 0 {
            self.clear_statement();
            return Ok(None);
        }
        self.locked.set(true);
        let lock = Lock(&self.locked);
        let row = self.read_row(&connection, &statement)?;
        drop(lock);
        let db = connection.open_db()?;
        let code = statement.step();
        if Thread::current().has_exception() {
            let exception = Raised::assume_set().take();
            self.clear_statement();
            return Err(runtime::errors::restore(exception));
        }
        match code {
            sys::SQLITE_DONE => {
                if statement.is_dml {
                    self.row_count.set(db.changes());
                }
                self.clear_statement();
            }
            sys::SQLITE_ROW => {}
            _ => {
                let raised = raise_last(db);
                let exception = raised.take();
                self.clear_statement();
                return Err(runtime::errors::restore(exception));
            }
        }
        let factory = self.row_factory.get().filter(|factory| !factory.is_none());
        match factory {
            None => Ok(Some(row.into_object())),
            Some(factory) if factory.is_same(Row::type_object()) => Ok(Some(factory.call(&[self, &*row])?)),
            Some(factory) => Ok(Some(factory.call(&[self, &*row])?)),
        }
    }
}

/// A number of rows.
fn size_of(object: &Object) -> Result<u32> {
    let number = object.index()?;
    if number.sign() < 0 {
        return Err(raise!(ValueError, "Cannot convert negative int"));
    }
    let number = number.to_i64().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C uint32_t"))
}

#[methods]
impl Cursor {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(
            class,
            Cursor {
                head: Object::HEAD,
                connection: Link::null(),
                description: Link::null(),
                row_factory: Link::null(),
                statement: Current::default(),
                converters: RefCell::default(),
                arraysize: Cell::new(1),
                row_count: Cell::new(-1),
                lastrowid: Link::null(),
                initialized: Cell::new(false),
                closed: Cell::new(false),
                locked: Cell::new(false),
                weakrefs: WeakList::default(),
            },
        ))
    }

    #[init(signature = "(connection, /)")]
    fn init(&self, connection: &Connection) -> Result<()> {
        if self.locked.get() {
            return Err(Kind::ProgrammingError.raise("Recursive use of cursors not allowed."));
        }
        self.clear_statement();
        self.connection.set(Some(Ref::from_borrowed(connection)));
        self.description.set(Some(none()));
        self.lastrowid.set(Some(none()));
        self.row_factory.set(Some(none()));
        self.arraysize.set(1);
        self.row_count.set(-1);
        self.closed.set(false);
        connection.check_thread()?;
        self.initialized.set(true);
        Ok(())
    }

    /// Executes an SQL statement.
    #[method(signature = "($self, sql, parameters=(), /)")]
    fn execute(&self, sql: &Str, parameters: Option<&Object>) -> Result {
        self.run(false, sql, parameters)
    }

    /// Repeatedly executes an SQL statement.
    #[method(signature = "($self, sql, seq_of_parameters, /)")]
    fn executemany(&self, sql: &Str, seq_of_parameters: &Object) -> Result {
        self.run(true, sql, Some(seq_of_parameters))
    }

    /// Executes multiple SQL statements at once.
    #[method(signature = "($self, sql_script, /)")]
    fn executescript(&self, sql_script: &str) -> Result {
        let script = super::c_text(sql_script)?;
        let connection = self.check()?;
        let db = connection.open_db()?;
        let limit = db.limit(sys::SQLITE_LIMIT_SQL_LENGTH, -1);
        if i64::try_from(sql_script.len()).unwrap_or(i64::MAX) > i64::from(limit) {
            return Err(Kind::DataError.raise("query string is too large"));
        }
        if connection.is_legacy() {
            connection.commit_open(db)?;
        }
        self.locked.set(true);
        let lock = Lock(&self.locked);
        let mut rest = script.as_c_str();
        while rest.count_bytes() > 0 {
            // The database may be closed by a callback.
            let db = connection.open_db()?;
            let (code, used) = unlocked(move || {
                let (stmt, used, code) = db.prepare(rest);
                if code != sys::SQLITE_OK || stmt.0.is_null() {
                    return (code, used);
                }
                let mut code = stmt.step();
                while code == sys::SQLITE_ROW {
                    code = stmt.step();
                }
                (stmt.finalize(), used)
            });
            if code != sys::SQLITE_OK {
                return Err(raise_last(db));
            }
            rest = &rest[used.max(1).min(rest.count_bytes())..];
        }
        drop(lock);
        Ok(self.to_ref())
    }

    /// Fetches one row from the resultset.
    #[method(signature = "($self, /)")]
    fn fetchone(&self) -> Result<Option<Ref>> {
        self.next_row()
    }

    /// Fetches several rows from the resultset.
    #[method(signature = "($self, /, size=1)")]
    fn fetchmany(&self, size: Option<&Object>) -> Result<Ref<List>> {
        let list = List::new();
        for _ in 0..size.map_or(Ok(self.arraysize.get()), size_of)? {
            let Some(row) = self.next_row()? else { break };
            list.push(row)?;
        }
        Ok(list)
    }

    /// Fetches all rows from the resultset.
    #[method(signature = "($self, /)")]
    fn fetchall(&self) -> Result<Ref<List>> {
        let list = List::new();
        while let Some(row) = self.next_row()? {
            list.push(row)?;
        }
        Ok(list)
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        self.next_row()
    }

    /// Required by DB-API. Does nothing in sqlite3.
    #[method(signature = "($self, sizes, /)")]
    fn setinputsizes(&self, sizes: &Object) {
        let _ = sizes;
    }

    /// Required by DB-API. Does nothing in sqlite3.
    #[method(signature = "($self, size, column=None, /)")]
    fn setoutputsize(&self, size: &Object, column: Option<&Object>) {
        let _ = (size, column);
    }

    /// Closes the cursor.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        if self.locked.get() {
            return Err(Kind::ProgrammingError.raise("Recursive use of cursors not allowed."));
        }
        let Some(connection) = self.connection.get() else {
            return Err(Kind::ProgrammingError.raise("Base Cursor.__init__ not called."));
        };
        connection.checked()?;
        self.clear_statement();
        self.closed.set(true);
        Ok(())
    }

    #[getter]
    fn connection(&self) -> Option<Ref<Connection>> {
        self.connection.get()
    }

    #[getter(name = "description")]
    fn description_attribute(&self) -> Ref {
        self.description()
    }

    #[getter]
    fn lastrowid(&self) -> Option<Ref> {
        self.lastrowid.get()
    }

    #[getter]
    fn rowcount(&self) -> i64 {
        self.row_count.get()
    }

    #[getter]
    fn arraysize(&self) -> u32 {
        self.arraysize.get()
    }

    #[setter]
    fn set_arraysize(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(
                AttributeError,
                "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted"
            ));
        };
        self.arraysize.set(size_of(value)?);
        Ok(())
    }

    #[getter]
    fn row_factory(&self) -> Option<Ref> {
        self.row_factory.get()
    }

    #[setter]
    fn set_row_factory(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(AttributeError, "cannot delete row_factory attribute"));
        };
        self.row_factory.set(Some(value.to_ref()));
        Ok(())
    }
}

//! Connections to databases.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_void};

use libsqlite3_sys as sys;
use runtime::modules::sys::audit;
use runtime::native::system::fs_string;
use runtime::objects::exceptions::{BaseException, ResourceWarning, write_unraisable_doing};
use runtime::prelude::*;

use super::blob::Blob;
use super::cursor::Cursor;
use super::errors::{Kind, raise_last, raise_only};
use super::ffi::{self, Db, unlocked};
use super::statement::Statement;
use super::{c_text, callbacks};

/// Leaves transactions to `isolation_level`.
pub const LEGACY: i32 = -1;

/// The open database; closed at the end.
struct Handle(Cell<Option<Db>>);

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(db) = self.0.take() {
            unlocked(move || db.close());
        }
    }
}

/// The callbacks that SQLite keeps pointers to without dropping them: authorizer, progress handler, trace.
struct Hooks([Cell<*mut c_void>; 3]);

impl Hooks {
    #[allow(unsafe_code)]
    fn set(&self, which: usize, pointer: *mut c_void) {
        let old = self.0[which].replace(pointer);
        // SAFETY: a pointer of `Callback::into_pointer`, which SQLite has not any more.
        unsafe { callbacks::destroy(old) };
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        (0..3).for_each(|which| self.set(which, std::ptr::null_mut()));
    }
}

/// SQLite database connection object.
#[class(name = "sqlite3.Connection", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Connection {
    head: Object,
    #[gc(skip)]
    cache: RefCell<Vec<(String, Ref<Statement>)>>,
    // Closed before what its callbacks use.
    #[gc(skip)]
    handle: Handle,
    #[gc(skip)]
    hooks: Hooks,
    #[gc(skip)]
    initialized: Cell<bool>,
    #[gc(skip)]
    thread: Cell<u64>,
    #[gc(skip)]
    checks_thread: Cell<bool>,
    #[gc(skip)]
    isolation: Cell<Option<&'static CStr>>,
    #[gc(skip)]
    autocommit: Cell<i32>,
    #[gc(skip)]
    pub detect_types: Cell<i32>,
    #[gc(skip)]
    capacity: Cell<usize>,
    row_factory: Link,
    text_factory: Link,
}

const LEVELS: [(&str, &CStr); 4] = [
    ("", c"BEGIN "),
    ("DEFERRED", c"BEGIN DEFERRED"),
    ("IMMEDIATE", c"BEGIN IMMEDIATE"),
    ("EXCLUSIVE", c"BEGIN EXCLUSIVE"),
];

/// The statement that begins a transaction of a level; None for no transactions.
fn isolation_of(object: &Object) -> Result<Option<&'static CStr>> {
    if object.is_none() {
        return Ok(None);
    }
    let Some(level) = object.downcast::<Str>() else {
        return Err(raise!(TypeError, "isolation_level must be str or None"));
    };
    let level = level.to_utf8()?;
    if level.contains('\0') {
        return Err(raise!(ValueError, "embedded null character"));
    }
    match LEVELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(level)) {
        Some((_, statement)) => Ok(Some(statement)),
        None => Err(raise!(
            ValueError,
            "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'"
        )),
    }
}

fn autocommit_of(object: &Object) -> Result<i32> {
    if object.is_same(&py_true()) {
        return Ok(1);
    }
    if object.is_same(&py_false()) {
        return Ok(0);
    }
    if object.downcast_exact::<Int>().is_some_and(|int| int.to_i64() == Some(LEGACY.into())) {
        return Ok(LEGACY);
    }
    Err(raise!(ValueError, "autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL"))
}

impl Connection {
    /// The open database.
    pub fn open_db(&self) -> Result<Db> {
        if !self.initialized.get() {
            return Err(Kind::ProgrammingError.raise("Base Connection.__init__ not called."));
        }
        match self.handle.0.get() {
            Some(db) => Ok(db),
            None => Err(Kind::ProgrammingError.raise("Cannot operate on a closed database.")),
        }
    }

    pub fn check_thread(&self) -> Result<()> {
        let here = Thread::current().ident;
        let made = self.thread.get();
        if self.initialized.get() && self.checks_thread.get() && made != here {
            let message = format!(
                "SQLite objects created in a thread can only be used in that same thread. The object was created in \
                 thread id {made} and this is thread id {here}."
            );
            return Err(Kind::ProgrammingError.raise(&message));
        }
        Ok(())
    }

    /// The open database, in the right thread.
    pub fn checked(&self) -> Result<Db> {
        self.check_thread()?;
        self.open_db()
    }

    pub(super) fn keep_hook(&self, which: usize, pointer: *mut c_void) {
        self.hooks.set(which, pointer);
    }

    fn run(&self, db: Db, sql: &'static CStr) -> Result<()> {
        let code = unlocked(move || db.run(sql));
        if code == sys::SQLITE_OK { Ok(()) } else { Err(raise_last(db)) }
    }

    pub fn is_legacy(&self) -> bool {
        self.autocommit.get() == LEGACY
    }

    /// Before a statement that changes data: begins the transaction that `isolation_level` asks for.
    pub fn begin_implicitly(&self) -> Result<()> {
        let db = self.open_db()?;
        match self.isolation.get() {
            Some(statement) if self.is_legacy() && db.is_autocommit() => self.run(db, statement),
            _ => Ok(()),
        }
    }

    /// Ends the transaction that is open, if there is one.
    pub fn commit_open(&self, db: Db) -> Result<()> {
        if db.is_autocommit() { Ok(()) } else { self.run(db, c"COMMIT") }
    }

    /// A statement, from the cache if it is there and idle.
    pub fn statement(&self, sql: &str) -> Result<Ref<Statement>> {
        let mut cache = self.cache.borrow_mut();
        if let Some(index) = cache.iter().rposition(|(known, _)| known == sql) {
            let entry = cache.remove(index);
            let statement = entry.1.clone();
            cache.push(entry);
            if !statement.in_use.get() {
                return Ok(statement);
            }
            drop(cache);
            return Statement::create(self, sql);
        }
        drop(cache);
        let statement = Statement::create(self, sql)?;
        let capacity = self.capacity.get();
        if capacity > 0 {
            let mut cache = self.cache.borrow_mut();
            let oldest = (cache.len() >= capacity).then(|| cache.remove(0));
            cache.push((sql.to_owned(), statement.clone()));
            drop(cache);
            drop(oldest);
        }
        Ok(statement)
    }

    fn close_handle(&self) {
        let cached = std::mem::take(&mut *self.cache.borrow_mut());
        drop(cached);
        if let Some(db) = self.handle.0.take() {
            unlocked(move || db.close());
        }
        (0..3).for_each(|which| self.hooks.set(which, std::ptr::null_mut()));
    }

    pub fn row_factory_or_none(&self) -> Ref {
        self.row_factory.get().unwrap_or_else(none)
    }

    pub fn text_factory_or_str(&self) -> Ref {
        self.text_factory.get().unwrap_or_else(|| Str::type_object().to_ref().into_object())
    }

    fn new_cursor(&self) -> Result {
        self.call_method(intern!("cursor"), &[])
    }
}

#[methods(parts(define, errors))]
impl Connection {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(
            class,
            Connection {
                head: Object::HEAD,
                cache: RefCell::default(),
                handle: Handle(Cell::new(None)),
                hooks: Hooks([const { Cell::new(std::ptr::null_mut()) }; 3]),
                initialized: Cell::new(false),
                thread: Cell::new(0),
                checks_thread: Cell::new(true),
                isolation: Cell::new(None),
                autocommit: Cell::new(LEGACY),
                detect_types: Cell::new(0),
                capacity: Cell::new(128),
                row_factory: Link::null(),
                text_factory: Link::null(),
            },
        ))
    }

    #[init(
        signature = "(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False, *, autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)"
    )]
    fn init(
        &self,
        database: &Object,
        timeout: Option<f64>,
        detect_types: Option<i32>,
        isolation_level: Option<&Object>,
        check_same_thread: Option<bool>,
        factory: Option<&Object>,
        cached_statements: Option<i32>,
        uri: Option<bool>,
        autocommit: Option<&Object>,
    ) -> Result<()> {
        let _ = factory;
        audit("sqlite3.connect", &[database])?;
        let path = fs_string(database)?;
        let isolation = match isolation_level {
            Some(level) => isolation_of(level)?,
            None => Some(LEVELS[0].1),
        };
        let autocommit = autocommit.map_or(Ok(LEGACY), autocommit_of)?;
        if self.initialized.replace(false) {
            self.close_handle();
        }
        let mut flags = sys::SQLITE_OPEN_READWRITE | sys::SQLITE_OPEN_CREATE;
        if uri.unwrap_or(false) {
            flags |= sys::SQLITE_OPEN_URI;
        }
        let timeout = (timeout.unwrap_or(5.0) * 1000.0) as i32;
        let (db, code) = {
            let path = &path;
            unlocked(move || {
                let (db, code) = ffi::open(path, flags);
                if code == sys::SQLITE_OK {
                    db.busy_timeout(timeout);
                    db.config(sys::SQLITE_DBCONFIG_ENABLE_FKEY, 0);
                }
                (db, code)
            })
        };
        if db.0.is_null() {
            return Err(raise_only(sys::SQLITE_NOMEM));
        }
        if code != sys::SQLITE_OK {
            let raised = raise_last(db);
            unlocked(move || db.close());
            return Err(raised);
        }
        self.handle.0.set(Some(db));
        self.thread.set(Thread::current().ident);
        self.checks_thread.set(check_same_thread.unwrap_or(true));
        self.isolation.set(isolation);
        self.autocommit.set(autocommit);
        self.detect_types.set(detect_types.unwrap_or(0));
        self.capacity.set(cached_statements.unwrap_or(128).max(0) as usize);
        self.row_factory.set(None);
        self.text_factory.set(None);
        self.initialized.set(true);
        audit("sqlite3.connect/handle", &[self])?;
        if autocommit == 0 { self.run(db, c"BEGIN") } else { Ok(()) }
    }

    #[slot]
    fn tp_finalize(&self) {
        if self.initialized.get() && self.handle.0.get().is_some() {
            let waiting = Thread::current().take_exception();
            let shown = self.repr().map(|shown| shown.to_string());
            let result = shown.and_then(|shown| {
                runtime::warnings::warn_about(
                    &ResourceWarning,
                    &format!("unclosed database in {shown}"),
                    1,
                    self,
                )
            });
            if let Err(raised) = result {
                write_unraisable_doing(raised.take(), "finalizing database connection", self);
            }
            if waiting.is_some() {
                Thread::current().set_exception(waiting);
            }
        }
    }

    #[slot]
    fn tp_call(&self, args: &Tuple, kwargs: Option<&Dict>) -> Result {
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raise!(TypeError, "Connection() takes no keyword arguments"));
        }
        self.open_db()?;
        let [sql] = args.as_slice() else {
            let given = args.len();
            return Err(raise!(TypeError, "Connection() takes exactly 1 argument ({given} given)"));
        };
        let Some(text) = sql.downcast::<Str>() else {
            return Err(raise!(TypeError, "argument 1 must be str, not {}", sql.ty().full_name()));
        };
        Ok(Statement::create(self, text.to_utf8()?)?.into_object())
    }

    /// Return a cursor for the connection.
    #[method(signature = "($self, /, factory=<unrepresentable>)")]
    fn cursor(&self, factory: Option<&Object>) -> Result {
        self.checked()?;
        let made = match factory {
            Some(factory) => factory.call(&[self])?,
            None => Cursor::type_object().call(&[self])?,
        };
        let Some(cursor) = made.downcast::<Cursor>() else {
            return Err(raise!(TypeError, "factory must return a cursor, not {}", made.ty().full_name()));
        };
        if !self.row_factory_or_none().is_none() {
            cursor.row_factory.set(self.row_factory.get());
        }
        Ok(made)
    }

    /// Close the database connection.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        self.check_thread()?;
        if !self.initialized.get() {
            return Err(Kind::ProgrammingError.raise("Base Connection.__init__ not called."));
        }
        if let Some(db) = self.handle.0.get()
            && self.autocommit.get() == 0
            && !db.is_autocommit()
        {
            self.run(db, c"ROLLBACK")?;
        }
        self.close_handle();
        Ok(())
    }

    /// Commit any pending transaction to the database.
    #[method(signature = "($self, /)")]
    fn commit(&self) -> Result<()> {
        let db = self.checked()?;
        match self.autocommit.get() {
            LEGACY => self.commit_open(db),
            0 => {
                self.run(db, c"COMMIT")?;
                self.run(db, c"BEGIN")
            }
            _ => Ok(()),
        }
    }

    /// Roll back to the start of any pending transaction.
    #[method(signature = "($self, /)")]
    fn rollback(&self) -> Result<()> {
        let db = self.checked()?;
        match self.autocommit.get() {
            LEGACY if db.is_autocommit() => Ok(()),
            LEGACY => self.run(db, c"ROLLBACK"),
            0 => {
                self.run(db, c"ROLLBACK")?;
                self.run(db, c"BEGIN")
            }
            _ => Ok(()),
        }
    }

    /// Executes an SQL statement.
    #[method(signature = "($self, sql, parameters=(), /)")]
    fn execute(&self, sql: &str, parameters: Option<&Object>) -> Result {
        let cursor = self.new_cursor()?;
        let sql = Str::new(sql);
        match parameters {
            Some(parameters) => cursor.call_method(intern!("execute"), &[&*sql, parameters]),
            None => cursor.call_method(intern!("execute"), &[&*sql]),
        }
    }

    /// Repeatedly executes an SQL statement.
    #[method(signature = "($self, sql, parameters, /)")]
    fn executemany(&self, sql: &str, parameters: &Object) -> Result {
        self.new_cursor()?.call_method(intern!("executemany"), &[&*Str::new(sql), parameters])
    }

    /// Executes multiple SQL statements at once.
    #[method(signature = "($self, sql_script, /)")]
    fn executescript(&self, sql_script: &Object) -> Result {
        self.new_cursor()?.call_method(intern!("executescript"), &[sql_script])
    }

    /// Called when the connection is used as a context manager.
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result {
        self.checked()?;
        Ok(self.to_ref())
    }

    /// Called when the connection is used as a context manager. Commits, or rolls back after an exception.
    #[method(name = "__exit__", signature = "($self, type, value, traceback, /)")]
    fn exit(&self, r#type: &Object, value: &Object, traceback: &Object) -> Result<bool> {
        let commit = r#type.is_none() && value.is_none() && traceback.is_none();
        if !commit {
            self.call_method(intern!("rollback"), &[])?;
            return Ok(false);
        }
        if let Err(raised) = self.call_method(intern!("commit"), &[]) {
            let exception: Ref<BaseException> = raised.take();
            if let Err(second) = self.call_method(intern!("rollback"), &[]) {
                let second = second.take();
                second.set_attr(intern!("__context__"), &exception)?;
                return Err(runtime::errors::restore(second));
            }
            return Err(runtime::errors::restore(exception));
        }
        Ok(false)
    }

    /// Abort any pending database operation.
    #[method(signature = "($self, /)")]
    fn interrupt(&self) -> Result<()> {
        self.open_db()?.interrupt();
        Ok(())
    }

    /// Returns iterator to the dump of the database in an SQL text format.
    #[method(signature = "($self, /, *, filter=None)")]
    fn iterdump(&self, filter: Option<&Object>) -> Result {
        self.checked()?;
        let dump = runtime::import::import_attribute("sqlite3.dump", intern!("_iterdump"))?;
        let keywords = Dict::new();
        keywords.insert_str(intern!("filter"), filter.unwrap_or(&*none()))?;
        dump.call_dict(&Tuple::pack([self.to_ref()]), Some(&keywords))
    }

    /// Makes a backup of the database.
    #[method(signature = "($self, /, target, *, pages=-1, progress=None, name='main', sleep=0.25)")]
    fn backup(
        &self,
        target: &Connection,
        pages: i32,
        progress: Option<&Object>,
        name: &str,
        sleep: Option<f64>,
    ) -> Result<()> {
        let db = self.checked()?;
        if target.is_same(self) {
            return Err(raise!(ValueError, "target cannot be the same connection instance"));
        }
        let other = target.checked()?;
        let progress = progress.filter(|progress| !progress.is_none());
        if progress.is_some_and(|progress| !progress.is_callable()) {
            return Err(raise!(TypeError, "progress argument must be a callable"));
        }
        let (name, pages) = (c_text(name)?, if pages == 0 { -1 } else { pages });
        let pause = (sleep.unwrap_or(0.25) * 1000.0) as i32;
        let started = {
            let name = &name;
            unlocked(move || db.backup(name, other))
        };
        let Some(backup) = started else { return Err(raise_last(other)) };
        let mut code;
        loop {
            code = unlocked(move || backup.step(pages));
            if let Some(progress) = progress {
                let (remaining, total) = backup.progress();
                let (code, remaining, total) =
                    (Int::new(code.into()), Int::new(remaining.into()), Int::new(total.into()));
                if let Err(raised) = progress.call(&[&*code, &*remaining, &*total]) {
                    unlocked(move || backup.finish());
                    return Err(raised);
                }
            }
            match code {
                sys::SQLITE_BUSY | sys::SQLITE_LOCKED => unlocked(move || ffi::sleep(pause)),
                sys::SQLITE_OK => {}
                _ => break,
            }
        }
        let end = unlocked(move || backup.finish());
        let _ = code;
        if end == sys::SQLITE_OK { Ok(()) } else { Err(raise_only(end)) }
    }

    /// Serialize a database into a byte string.
    #[method(signature = "($self, /, *, name='main')")]
    fn serialize(&self, name: &str) -> Result<Ref<Bytes>> {
        let db = self.checked()?;
        let text = c_text(name)?;
        let bytes = {
            let text = &text;
            unlocked(move || db.serialize(text))
        };
        match bytes {
            Some(bytes) => Ok(Bytes::new(&bytes)),
            None => Err(Kind::OperationalError.raise(&format!("unable to serialize '{name}'"))),
        }
    }

    /// Load a serialized database.
    #[method(signature = "($self, data, /, *, name='main')")]
    fn deserialize(&self, data: &Object, name: &str) -> Result<()> {
        let db = self.checked()?;
        let bytes = match data.downcast::<Str>() {
            Some(text) => text.to_utf8()?.as_bytes().to_vec(),
            None => Buffer::of(data)?.as_slice().to_vec(),
        };
        let name = c_text(name)?;
        let (name, bytes) = (&name, &bytes);
        let code = unlocked(move || db.deserialize(name, bytes));
        if code == sys::SQLITE_OK { Ok(()) } else { Err(raise_last(db)) }
    }

    /// Open and return a BLOB object.
    #[method(signature = "($self, table, column, rowid, /, *, readonly=False, name='main')")]
    fn blobopen(
        &self,
        table: &str,
        column: &str,
        rowid: i64,
        readonly: bool,
        name: &str,
    ) -> Result<Ref<Blob>> {
        let db = self.checked()?;
        let (table, column, name) = (c_text(table)?, c_text(column)?, c_text(name)?);
        let (blob, code) = {
            let (table, column, name) = (&table, &column, &name);
            unlocked(move || db.open_blob(name, table, column, rowid, !readonly))
        };
        if code != sys::SQLITE_OK {
            return Err(if code == sys::SQLITE_MISUSE { raise_only(code) } else { raise_last(db) });
        }
        Ok(Blob::create(self, blob))
    }

    /// Get connection run-time limits.
    #[method(signature = "($self, category, /)")]
    fn getlimit(&self, category: i32) -> Result<i32> {
        self.setlimit(category, -1)
    }

    /// Set connection run-time limits; gives the one before.
    #[method(signature = "($self, category, limit, /)")]
    fn setlimit(&self, category: i32, limit: i32) -> Result<i32> {
        let old = self.checked()?.limit(category, limit);
        if old < 0 {
            return Err(Kind::ProgrammingError.raise("'category' is out of bounds"));
        }
        Ok(old)
    }

    /// Query a boolean connection configuration option.
    #[method(signature = "($self, op, /)")]
    fn getconfig(&self, op: i32) -> Result<bool> {
        let db = self.checked()?;
        check_option(op)?;
        let (now, code) = db.config(op, -1);
        if code == sys::SQLITE_OK { Ok(now != 0) } else { Err(raise_last(db)) }
    }

    /// Set a boolean connection configuration option.
    #[method(signature = "($self, op, enable=True, /)")]
    fn setconfig(&self, op: i32, enable: bool) -> Result<()> {
        let db = self.checked()?;
        check_option(op)?;
        let (now, code) = db.config(op, i32::from(enable));
        if code != sys::SQLITE_OK {
            return Err(raise_last(db));
        }
        if enable != (now != 0) {
            return Err(Kind::OperationalError.raise("Unable to set config"));
        }
        Ok(())
    }

    /// Enable dynamic loading of SQLite extension modules.
    #[method(signature = "($self, enable, /)")]
    fn enable_load_extension(&self, enable: bool) -> Result<()> {
        let db = self.checked()?;
        audit("sqlite3.enable_load_extension", &[self, &*py_bool(enable)])?;
        if db.enable_load_extension(i32::from(enable)) != sys::SQLITE_OK {
            return Err(Kind::OperationalError.raise("Error enabling load extension"));
        }
        Ok(())
    }

    /// Load SQLite extension module.
    #[method(signature = "($self, name, /, *, entrypoint=None)")]
    fn load_extension(&self, name: &str, entrypoint: OrNone<&str>) -> Result<()> {
        let db = self.checked()?;
        audit("sqlite3.load_extension", &[&**self, &**Str::new(name)])?;
        let name = c_text(name)?;
        let entry = entrypoint.0.map(c_text).transpose()?;
        let (name, entry) = (&name, entry.as_deref());
        let result = unlocked(move || db.load_extension(name, entry));
        result.map_err(|message| Kind::OperationalError.raise(&message))
    }

    #[getter(name = "__text_signature__")]
    fn text_signature(&self) -> &'static str {
        "(sql, /)"
    }

    #[getter]
    fn isolation_level(&self) -> Result<Option<&'static str>> {
        self.open_db()?;
        let current = self.isolation.get();
        Ok(current.and_then(|current| LEVELS.iter().find(|(_, sql)| *sql == current)).map(|(name, _)| *name))
    }

    #[setter]
    fn set_isolation_level(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(AttributeError, "cannot delete attribute"));
        };
        let level = isolation_of(value)?;
        if level.is_none() {
            self.isolation.set(None);
            let db = self.checked()?;
            return if self.is_legacy() { self.commit_open(db) } else { Ok(()) };
        }
        self.isolation.set(level);
        Ok(())
    }

    #[getter]
    fn autocommit(&self) -> Result {
        self.checked()?;
        Ok(match self.autocommit.get() {
            1 => py_true(),
            0 => py_false(),
            _ => Int::new(LEGACY.into()).into_object(),
        })
    }

    #[setter]
    fn set_autocommit(&self, value: Option<&Object>) -> Result<()> {
        let db = self.checked()?;
        let Some(value) = value else {
            return Err(raise!(AttributeError, "cannot delete autocommit attribute"));
        };
        let mode = autocommit_of(value)?;
        match mode {
            1 => self.commit_open(db)?,
            0 if db.is_autocommit() => self.run(db, c"BEGIN")?,
            _ => {}
        }
        self.autocommit.set(mode);
        Ok(())
    }

    #[getter]
    fn in_transaction(&self) -> Result<bool> {
        Ok(!self.open_db()?.is_autocommit())
    }

    #[getter]
    fn total_changes(&self) -> Result<i64> {
        Ok(self.open_db()?.total_changes())
    }

    #[getter]
    fn row_factory(&self) -> Ref {
        self.row_factory_or_none()
    }

    #[setter]
    fn set_row_factory(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(AttributeError, "cannot delete row_factory attribute"));
        };
        self.row_factory.set(Some(value.to_ref()));
        Ok(())
    }

    #[getter]
    fn text_factory(&self) -> Ref {
        self.text_factory_or_str()
    }

    #[setter]
    fn set_text_factory(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(AttributeError, "cannot delete text_factory attribute"));
        };
        self.text_factory.set(Some(value.to_ref()));
        Ok(())
    }
}

fn check_option(option: i32) -> Result<()> {
    let known = super::constants::CONSTANTS
        .iter()
        .any(|&(name, value)| name.starts_with("SQLITE_DBCONFIG_") && value == i64::from(option));
    if known { Ok(()) } else { Err(raise!(ValueError, "unknown config 'op': {option}")) }
}

/// The exceptions as attributes of connections.
macro_rules! exceptions {
    ($($name:literal $function:ident $kind:ident,)*) => {
        #[methods(part = errors)]
        impl Connection {
            $(
                #[getter(name = $name)]
                fn $function(&self) -> Result<Ref<Type>> {
                    Kind::$kind.class()
                }
            )*
        }
    };
}

exceptions! {
    "Error" error Error,
    "Warning" warning Warning,
    "InterfaceError" interface_error InterfaceError,
    "DatabaseError" database_error DatabaseError,
    "InternalError" internal_error InternalError,
    "OperationalError" operational_error OperationalError,
    "ProgrammingError" programming_error ProgrammingError,
    "IntegrityError" integrity_error IntegrityError,
    "DataError" data_error DataError,
    "NotSupportedError" not_supported_error NotSupportedError,
}

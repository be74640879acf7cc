//! SQLite's C interface behind handles: the calls of this file are all that the module makes.
//! A handle belongs to the object that holds it, and is used by one thread at a time, with or without the GIL.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};

use libsqlite3_sys as sys;
use runtime::thread::Thread;

/// A call of SQLite with what the caller holds alive.
macro_rules! call {
    ($call:expr) => {{
        // SAFETY: the handles are open (their owners check that), pointers are to memory that lives through the call.
        #[allow(unused_unsafe)]
        let result = unsafe { $call };
        result
    }};
}
pub(super) use call;

thread_local! {
    /// The threads that gave the GIL up to call SQLite here, the innermost last.
    static WAITING: RefCell<Vec<&'static Thread>> = const { RefCell::new(Vec::new()) };
}

/// Runs `body` without the GIL. Callbacks take it back by [`locked`].
pub fn unlocked<R>(body: impl FnOnce() -> R + Send) -> R {
    WAITING.with_borrow_mut(|waiting| waiting.push(Thread::current()));
    let result = runtime::gil::allow_threads(body);
    WAITING.with_borrow_mut(|waiting| waiting.pop());
    result
}

/// Runs a callback of SQLite with the GIL.
pub fn locked<R>(body: impl FnOnce() -> R) -> R {
    if Thread::current_opt().is_some() {
        return body();
    }
    let thread = WAITING.with_borrow(|waiting| waiting.last().copied());
    let Some(thread) = thread else {
        // SQLite calls back only out of calls that `unlocked` makes.
        std::process::abort();
    };
    runtime::gil::attach(thread);
    let result = body();
    runtime::gil::detach();
    result
}

unsafe extern "C" {
    /// As `sqlite3_close`, but waits for what is still open. The bindings lack it, the library has it.
    fn sqlite3_close_v2(db: *mut sys::sqlite3) -> c_int;
}

/// An open database.
#[derive(Clone, Copy, PartialEq)]
pub struct Db(pub *mut sys::sqlite3);

/// A prepared statement.
#[derive(Clone, Copy)]
pub struct Stmt(pub *mut sys::sqlite3_stmt);

/// An open blob.
#[derive(Clone, Copy)]
pub struct BlobHandle(pub *mut sys::sqlite3_blob);

/// A running backup.
#[derive(Clone, Copy)]
pub struct Backup(pub *mut sys::sqlite3_backup);

// SAFETY: SQLite is built for several threads ("serialized"); a handle is only a pointer to what SQLite locks.
unsafe impl Send for Db {}
// SAFETY: as above.
unsafe impl Send for Stmt {}
// SAFETY: as above.
unsafe impl Send for BlobHandle {}
// SAFETY: as above.
unsafe impl Send for Backup {}

fn text_of(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    call!(CStr::from_ptr(text)).to_string_lossy().into_owned()
}

pub fn version() -> String {
    text_of(call!(sys::sqlite3_libversion()))
}

pub fn error_text(code: i32) -> String {
    text_of(call!(sys::sqlite3_errstr(code)))
}

pub fn is_complete(statement: &CStr) -> i32 {
    call!(sys::sqlite3_complete(statement.as_ptr()))
}

/// Opens a database; there may be a handle even where it fails.
pub fn open(path: &CStr, flags: i32) -> (Db, i32) {
    let mut db = std::ptr::null_mut();
    let code = call!(sys::sqlite3_open_v2(path.as_ptr(), &mut db, flags, std::ptr::null()));
    (Db(db), code)
}

impl Db {
    pub fn close(self) -> i32 {
        call!(sqlite3_close_v2(self.0))
    }

    pub fn busy_timeout(self, milliseconds: i32) {
        call!(sys::sqlite3_busy_timeout(self.0, milliseconds));
    }

    pub fn message(self) -> String {
        text_of(call!(sys::sqlite3_errmsg(self.0)))
    }

    pub fn code(self) -> i32 {
        call!(sys::sqlite3_errcode(self.0))
    }

    pub fn extended_code(self) -> i32 {
        call!(sys::sqlite3_extended_errcode(self.0))
    }

    pub fn changes(self) -> i64 {
        call!(sys::sqlite3_changes64(self.0))
    }

    pub fn total_changes(self) -> i64 {
        call!(sys::sqlite3_total_changes64(self.0))
    }

    pub fn last_rowid(self) -> i64 {
        call!(sys::sqlite3_last_insert_rowid(self.0))
    }

    pub fn is_autocommit(self) -> bool {
        call!(sys::sqlite3_get_autocommit(self.0)) != 0
    }

    pub fn interrupt(self) {
        call!(sys::sqlite3_interrupt(self.0));
    }

    pub fn limit(self, category: i32, value: i32) -> i32 {
        call!(sys::sqlite3_limit(self.0, category, value))
    }

    /// A statement, and where the text after it begins.
    pub fn prepare(self, sql: &CStr) -> (Stmt, usize, i32) {
        let mut stmt = std::ptr::null_mut();
        let mut tail = std::ptr::null();
        let len = sql.count_bytes() as c_int + 1;
        let code = call!(sys::sqlite3_prepare_v2(self.0, sql.as_ptr(), len, &mut stmt, &mut tail));
        let used = if tail.is_null() { 0 } else { tail as usize - sql.as_ptr() as usize };
        (Stmt(stmt), used, code)
    }

    /// Runs a statement that gives no rows.
    pub fn run(self, sql: &CStr) -> i32 {
        let (stmt, _, code) = self.prepare(sql);
        if code != sys::SQLITE_OK {
            return code;
        }
        stmt.step();
        stmt.finalize()
    }

    /// A switch of the connection: sets it, if `value` is not negative. The state after, and the result.
    pub fn config(self, option: i32, value: i32) -> (i32, i32) {
        let mut now: c_int = 0;
        let code = call!(sys::sqlite3_db_config(self.0, option, value, &raw mut now));
        (now, code)
    }

    pub fn enable_load_extension(self, on: i32) -> i32 {
        call!(sys::sqlite3_enable_load_extension(self.0, on))
    }

    /// Loads a library; the message where it fails.
    pub fn load_extension(self, path: &CStr, entry: Option<&CStr>) -> Result<(), String> {
        let mut message = std::ptr::null_mut();
        let entry = entry.map_or(std::ptr::null(), CStr::as_ptr);
        let code = call!(sys::sqlite3_load_extension(self.0, path.as_ptr(), entry, &mut message));
        if code == sys::SQLITE_OK {
            return Ok(());
        }
        let text = text_of(message);
        call!(sys::sqlite3_free(message.cast()));
        Err(text)
    }

    /// The bytes of a database.
    pub fn serialize(self, name: &CStr) -> Option<Vec<u8>> {
        let mut size = 0;
        let memory = call!(sys::sqlite3_serialize(self.0, name.as_ptr(), &mut size, 0));
        if memory.is_null() {
            return None;
        }
        let bytes = call!(std::slice::from_raw_parts(memory, size as usize)).to_vec();
        call!(sys::sqlite3_free(memory.cast()));
        Some(bytes)
    }

    pub fn deserialize(self, name: &CStr, data: &[u8]) -> i32 {
        let memory = call!(sys::sqlite3_malloc64(data.len() as u64)).cast::<u8>();
        if memory.is_null() {
            return sys::SQLITE_NOMEM;
        }
        call!(std::ptr::copy_nonoverlapping(data.as_ptr(), memory, data.len()));
        let flags = sys::SQLITE_DESERIALIZE_FREEONCLOSE | sys::SQLITE_DESERIALIZE_RESIZEABLE;
        let size = data.len() as i64;
        call!(sys::sqlite3_deserialize(self.0, name.as_ptr(), memory, size, size, flags as _))
    }

    pub fn open_blob(
        self,
        name: &CStr,
        table: &CStr,
        column: &CStr,
        row: i64,
        write: bool,
    ) -> (BlobHandle, i32) {
        let mut blob = std::ptr::null_mut();
        let (name, table, column) = (name.as_ptr(), table.as_ptr(), column.as_ptr());
        let code =
            call!(sys::sqlite3_blob_open(self.0, name, table, column, row, c_int::from(write), &mut blob));
        (BlobHandle(blob), code)
    }

    /// Begins to copy the database of that name of `self` into the main one of `target`.
    pub fn backup(self, name: &CStr, target: Db) -> Option<Backup> {
        let backup = call!(sys::sqlite3_backup_init(target.0, c"main".as_ptr(), self.0, name.as_ptr()));
        (!backup.is_null()).then_some(Backup(backup))
    }
}

pub fn sleep(milliseconds: i32) {
    call!(sys::sqlite3_sleep(milliseconds));
}

impl Backup {
    pub fn step(self, pages: i32) -> i32 {
        call!(sys::sqlite3_backup_step(self.0, pages))
    }

    pub fn finish(self) -> i32 {
        call!(sys::sqlite3_backup_finish(self.0))
    }

    pub fn progress(self) -> (i32, i32) {
        (call!(sys::sqlite3_backup_remaining(self.0)), call!(sys::sqlite3_backup_pagecount(self.0)))
    }
}

impl BlobHandle {
    pub fn len(self) -> usize {
        call!(sys::sqlite3_blob_bytes(self.0)) as usize
    }

    pub fn read(self, buffer: &mut [u8], offset: usize) -> i32 {
        let len = buffer.len() as c_int;
        call!(sys::sqlite3_blob_read(self.0, buffer.as_mut_ptr().cast(), len, offset as c_int))
    }

    pub fn write(self, data: &[u8], offset: usize) -> i32 {
        call!(sys::sqlite3_blob_write(self.0, data.as_ptr().cast(), data.len() as c_int, offset as c_int))
    }

    pub fn close(self) {
        call!(sys::sqlite3_blob_close(self.0));
    }
}

/// A value of a column or of a function's argument.
pub enum Value {
    Null,
    Integer(i64),
    Float(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

fn bytes_at(start: *const c_void, len: c_int) -> Vec<u8> {
    if start.is_null() || len <= 0 {
        return Vec::new();
    }
    call!(std::slice::from_raw_parts(start.cast::<u8>(), len as usize)).to_vec()
}

impl Stmt {
    pub fn step(self) -> i32 {
        call!(sys::sqlite3_step(self.0))
    }

    pub fn reset(self) -> i32 {
        call!(sys::sqlite3_reset(self.0))
    }

    pub fn finalize(self) -> i32 {
        call!(sys::sqlite3_finalize(self.0))
    }

    pub fn is_readonly(self) -> bool {
        call!(sys::sqlite3_stmt_readonly(self.0)) != 0
    }

    pub fn is_explain(self) -> bool {
        call!(sys::sqlite3_stmt_isexplain(self.0)) != 0
    }

    pub fn parameter_count(self) -> usize {
        call!(sys::sqlite3_bind_parameter_count(self.0)) as usize
    }

    pub fn parameter_name(self, position: usize) -> Option<String> {
        let name = call!(sys::sqlite3_bind_parameter_name(self.0, position as c_int));
        (!name.is_null()).then(|| text_of(name))
    }

    pub fn bind(self, position: usize, value: &Value) -> i32 {
        let position = position as c_int;
        let copied = sys::SQLITE_TRANSIENT();
        match value {
            Value::Null => call!(sys::sqlite3_bind_null(self.0, position)),
            Value::Integer(value) => call!(sys::sqlite3_bind_int64(self.0, position, *value)),
            Value::Float(value) => call!(sys::sqlite3_bind_double(self.0, position, *value)),
            Value::Text(text) => self.bind_text(position as usize, text),
            Value::Blob(data) => {
                let len = data.len() as u64;
                let start = if data.is_empty() { c"".as_ptr().cast() } else { data.as_ptr().cast() };
                call!(sys::sqlite3_bind_blob64(self.0, position, start, len, copied))
            }
        }
    }

    pub fn bind_text(self, position: usize, text: &[u8]) -> i32 {
        let (position, len) = (position as c_int, text.len() as u64);
        let start = if text.is_empty() { c"".as_ptr() } else { text.as_ptr().cast() };
        let copied = sys::SQLITE_TRANSIENT();
        call!(sys::sqlite3_bind_text64(self.0, position, start, len, copied, sys::SQLITE_UTF8 as u8))
    }

    pub fn column_count(self) -> usize {
        call!(sys::sqlite3_column_count(self.0)) as usize
    }

    pub fn data_count(self) -> usize {
        call!(sys::sqlite3_data_count(self.0)) as usize
    }

    pub fn column_name(self, column: usize) -> Option<String> {
        let name = call!(sys::sqlite3_column_name(self.0, column as c_int));
        (!name.is_null()).then(|| text_of(name))
    }

    pub fn column_type(self, column: usize) -> Option<String> {
        let name = call!(sys::sqlite3_column_decltype(self.0, column as c_int));
        (!name.is_null()).then(|| text_of(name))
    }

    pub fn is_null(self, column: usize) -> bool {
        call!(sys::sqlite3_column_type(self.0, column as c_int)) == sys::SQLITE_NULL
    }

    /// The column's bytes, whatever its type.
    pub fn column_bytes(self, column: usize) -> Vec<u8> {
        let column = column as c_int;
        let start = call!(sys::sqlite3_column_blob(self.0, column));
        bytes_at(start, call!(sys::sqlite3_column_bytes(self.0, column)))
    }

    pub fn column(self, column: usize) -> Value {
        let column = column as c_int;
        match call!(sys::sqlite3_column_type(self.0, column)) {
            sys::SQLITE_INTEGER => Value::Integer(call!(sys::sqlite3_column_int64(self.0, column))),
            sys::SQLITE_FLOAT => Value::Float(call!(sys::sqlite3_column_double(self.0, column))),
            sys::SQLITE_TEXT => {
                let start = call!(sys::sqlite3_column_text(self.0, column));
                Value::Text(bytes_at(start.cast(), call!(sys::sqlite3_column_bytes(self.0, column))))
            }
            sys::SQLITE_NULL => Value::Null,
            _ => {
                let start = call!(sys::sqlite3_column_blob(self.0, column));
                Value::Blob(bytes_at(start, call!(sys::sqlite3_column_bytes(self.0, column))))
            }
        }
    }
}

/// What a function's call works with.
#[derive(Clone, Copy)]
pub struct Context(pub *mut sys::sqlite3_context);

impl Context {
    pub fn set(self, value: &Value) {
        let copied = sys::SQLITE_TRANSIENT();
        match value {
            Value::Null => call!(sys::sqlite3_result_null(self.0)),
            Value::Integer(value) => call!(sys::sqlite3_result_int64(self.0, *value)),
            Value::Float(value) => call!(sys::sqlite3_result_double(self.0, *value)),
            Value::Text(text) => {
                let start = if text.is_empty() { c"".as_ptr() } else { text.as_ptr().cast() };
                let (len, utf8) = (text.len() as u64, sys::SQLITE_UTF8 as u8);
                call!(sys::sqlite3_result_text64(self.0, start, len, copied, utf8));
            }
            Value::Blob(data) => {
                let start = if data.is_empty() { c"".as_ptr().cast() } else { data.as_ptr().cast() };
                call!(sys::sqlite3_result_blob64(self.0, start, data.len() as u64, copied));
            }
        }
    }

    pub fn fail(self, message: &str) {
        let len = message.len() as c_int;
        call!(sys::sqlite3_result_error(self.0, message.as_ptr().cast(), len));
    }

    pub fn fail_with_no_memory(self) {
        call!(sys::sqlite3_result_error_nomem(self.0));
    }

    pub fn fail_too_big(self) {
        call!(sys::sqlite3_result_error_toobig(self.0));
    }

    pub fn user_data(self) -> *mut c_void {
        call!(sys::sqlite3_user_data(self.0))
    }

    /// The word that belongs to one aggregation, null at first; none where no step made it and it is not to be made.
    pub fn aggregation(self, make: bool) -> Option<&'static mut *mut c_void> {
        let size = if make { size_of::<*mut c_void>() as c_int } else { 0 };
        let place = call!(sys::sqlite3_aggregate_context(self.0, size)).cast::<*mut c_void>();
        // SAFETY: zeroed memory of that size, which lives as long as the aggregation.
        unsafe { place.as_mut() }
    }
}

/// The arguments of a function's call.
///
/// # Safety
/// `values` holds `count` values.
pub unsafe fn arguments(count: c_int, values: *mut *mut sys::sqlite3_value) -> Vec<Value> {
    let one = |index: usize| {
        let value = call!(*values.add(index));
        match call!(sys::sqlite3_value_type(value)) {
            sys::SQLITE_INTEGER => Value::Integer(call!(sys::sqlite3_value_int64(value))),
            sys::SQLITE_FLOAT => Value::Float(call!(sys::sqlite3_value_double(value))),
            sys::SQLITE_TEXT => {
                let start = call!(sys::sqlite3_value_text(value));
                Value::Text(bytes_at(start.cast(), call!(sys::sqlite3_value_bytes(value))))
            }
            sys::SQLITE_NULL => Value::Null,
            _ => {
                let start = call!(sys::sqlite3_value_blob(value));
                Value::Blob(bytes_at(start, call!(sys::sqlite3_value_bytes(value))))
            }
        }
    };
    (0..count as usize).map(one).collect()
}

/// A text of C that may be null.
///
/// # Safety
/// It is null or ends with a null byte.
pub unsafe fn optional_text(text: *const c_char) -> Option<String> {
    (!text.is_null()).then(|| text_of(text))
}

/// The statement's text with the values of its parameters.
pub fn expanded_sql(stmt: Stmt) -> Option<String> {
    let text = call!(sys::sqlite3_expanded_sql(stmt.0));
    if text.is_null() {
        return None;
    }
    let shown = text_of(text);
    call!(sys::sqlite3_free(text.cast()));
    Some(shown)
}

/// A statement's text as it was prepared.
pub fn sql(stmt: Stmt) -> String {
    text_of(call!(sys::sqlite3_sql(stmt.0)))
}

pub fn c_string(text: &str) -> Option<CString> {
    CString::new(text).ok()
}

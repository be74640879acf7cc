//! `_sqlite3`: SQLite databases. <https://docs.python.org/3.14/library/sqlite3.html>.
//! Enter at [`connection`]; [`ffi`] has all calls of SQLite, [`callbacks`] what SQLite calls.

mod adapt;
mod blob;
mod callbacks;
mod connection;
mod constants;
mod cursor;
mod define;
mod errors;
mod ffi;
mod row;
mod statement;

use std::cell::Cell;
use std::ffi::CString;

use runtime::objects::exceptions::DeprecationWarning;
use runtime::prelude::*;

use blob::Blob;
use connection::Connection;
use cursor::Cursor;
use row::Row;
use statement::Statement;

module! {
    name: "_sqlite3",
    functions: [
        connect, complete_statement, register_adapter, register_converter, adapt::adapt, enable_callback_tracebacks,
    ],
    exec: exec,
}

/// Objects that adapters are asked to make values for.
#[class(
    name = "sqlite3.PrepareProtocol",
    doc = "PEP 246 style object adaption protocol type.",
    flags(BASETYPE)
)]
#[repr(C)]
pub struct PrepareProtocol {
    head: Object,
}

#[methods]
impl PrepareProtocol {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(class, PrepareProtocol { head: Object::HEAD }))
    }
}

struct State {
    adapters: Ref<Dict>,
    converters: Ref<Dict>,
    /// There are adapters for types that SQLite has itself.
    base_adapted: Cell<bool>,
    tracebacks: Cell<bool>,
}

impl Default for State {
    fn default() -> State {
        State {
            adapters: Dict::new(),
            converters: Dict::new(),
            base_adapted: Cell::new(false),
            tracebacks: Cell::new(false),
        }
    }
}

fn state() -> &'static State {
    Interpreter::current().state::<State>()
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let classes = [
        ("Blob", Blob::static_type()),
        ("Connection", Connection::static_type()),
        ("Cursor", Cursor::static_type()),
        ("PrepareProtocol", PrepareProtocol::static_type()),
        ("Row", Row::static_type()),
    ];
    Statement::static_type().ready()?;
    for (name, class) in classes {
        class.ready()?;
        dict.insert_str(&Str::intern(Str::new(name)), class)?;
    }
    for kind in errors::Kind::ALL {
        dict.insert_str(&Str::intern(Str::new(kind.short_name())), &*kind.class()?)?;
    }
    for &(name, value) in constants::CONSTANTS {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    dict.insert_str(intern!("sqlite_version"), &Str::from_string(ffi::version()))?;
    dict.insert_str(intern!("threadsafety"), &Int::new(3))?;
    dict.insert_str(intern!("adapters"), &state().adapters)?;
    dict.insert_str(intern!("converters"), &state().converters)
}

/// A text for C, which ends at a null byte.
fn c_text(text: &str) -> Result<CString> {
    ffi::c_string(text).ok_or_else(|| raise!(ValueError, "embedded null character"))
}

/// The warning that all parameters of `what` but the first will be keyword-only.
fn warn_positional(what: &str, given: usize) -> Result<()> {
    if given <= 1 {
        return Ok(());
    }
    let message = format!(
        "Passing more than 1 positional argument to {what} is deprecated. Parameters 'timeout', 'detect_types', \
         'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only \
         parameters in Python 3.15."
    );
    runtime::warnings::warn(&DeprecationWarning, &message, 1)
}

/// Open a connection to the SQLite database file 'database'.
///
/// You can use ":memory:" to open a database connection to a database that
/// resides in RAM instead of on disk.
#[function(signature = "(*args, **kwargs)", hidden_signature)]
fn connect(args: &[&Object], kwargs: KwArgs<'_>) -> Result {
    warn_positional("sqlite3.connect()", args.len())?;
    let factory = match args.get(5) {
        Some(factory) => Some(*factory),
        None => kwargs.get("factory"),
    };
    let factory = factory.map_or_else(|| Connection::type_object().to_ref(), |factory| factory.to_ref());
    let positional = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    let keywords = kwargs.to_dict()?;
    factory.call_dict(&positional, Some(&keywords))
}

/// Checks if a string contains a complete SQL statement.
#[function(signature = "($module, /, statement)")]
fn complete_statement(_module: &Module, statement: &str) -> Result<bool> {
    Ok(ffi::is_complete(&c_text(statement)?) != 0)
}

/// Register a function to adapt Python objects to SQLite values.
#[function(signature = "($module, type, adapter, /)")]
fn register_adapter(_module: &Module, r#type: &Object, adapter: &Object) -> Result<()> {
    let own: [&Type; 4] = [
        Int::type_object(),
        Float::type_object(),
        Str::type_object(),
        runtime::objects::bytearray::ByteArray::type_object(),
    ];
    if own.iter().any(|class| r#type.is_same(class)) {
        state().base_adapted.set(true);
    }
    let key = Tuple::pack([r#type.to_ref(), PrepareProtocol::type_object().to_ref()]);
    state().adapters.insert(&key, adapter)
}

/// Register a function to convert SQLite values to Python objects.
#[function(signature = "($module, typename, converter, /)")]
fn register_converter(_module: &Module, typename: &str, converter: &Object) -> Result<()> {
    state().converters.insert_str(&Str::from_string(typename.to_uppercase()), converter)
}

/// Enable or disable callback functions throwing errors to stderr.
#[function(signature = "($module, enable, /)")]
fn enable_callback_tracebacks(_module: &Module, enable: i32) {
    state().tracebacks.set(enable != 0);
}

//! `_csv`: tables as text. Enter at [`dialect`] (the settings), [`reader`], [`writer`].

mod dialect;
mod reader;
mod writer;

use std::cell::Cell;

use runtime::objects::exceptions::{Exception, declared, raise_declared};
use runtime::prelude::*;

use dialect::{Dialect, dialect_of};

module! {
    name: "_csv",
    doc: "CSV parsing and writing.\n",
    functions: [
        reader::reader, writer::writer, list_dialects, register_dialect, unregister_dialect, get_dialect,
        field_size_limit,
    ],
    exec: exec,
}

struct State {
    /// The longest field that a reader accepts.
    limit: Cell<isize>,
    dialects: Ref<Dict>,
}

impl Default for State {
    fn default() -> State {
        State { limit: Cell::new(128 * 1024), dialects: Dict::new() }
    }
}

fn state() -> &'static State {
    Interpreter::current().state::<State>()
}

#[cold]
fn error(message: &str) -> Raised {
    raise_declared("_csv.Error", &Exception, message)
}

/// When fields are quoted.
mod quoting {
    pub const MINIMAL: i32 = 0;
    pub const ALL: i32 = 1;
    pub const NONNUMERIC: i32 = 2;
    pub const NONE: i32 = 3;
    pub const STRINGS: i32 = 4;
    pub const NOTNULL: i32 = 5;
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let classes = [
        ("Dialect", Dialect::static_type()),
        ("Reader", reader::Reader::static_type()),
        ("Writer", writer::Writer::static_type()),
    ];
    for (name, class) in classes {
        class.ready()?;
        dict.insert_str(&Str::intern(Str::new(name)), class)?;
    }
    let constants = [
        ("QUOTE_MINIMAL", quoting::MINIMAL),
        ("QUOTE_ALL", quoting::ALL),
        ("QUOTE_NONNUMERIC", quoting::NONNUMERIC),
        ("QUOTE_NONE", quoting::NONE),
        ("QUOTE_STRINGS", quoting::STRINGS),
        ("QUOTE_NOTNULL", quoting::NOTNULL),
    ];
    for (name, value) in constants {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value.into()))?;
    }
    dict.insert_str(intern!("_dialects"), &state().dialects)?;
    dict.insert_str(intern!("Error"), &*declared("_csv.Error", &Exception)?)
}

/// Return a list of all known dialect names.
#[function(signature = "($module, /)")]
fn list_dialects(_module: &Module) -> Result<Ref<List>> {
    let list = List::new();
    list.extend_from(&state().dialects)?;
    Ok(list)
}

/// Create a mapping from a string name to a CSV dialect.
///
/// The optional "dialect" argument specifies the base dialect instance
/// or the name of the registered dialect; keyword arguments override its settings.
#[function(signature = "(*args, **fmtparams)", hidden_signature)]
fn register_dialect(args: &[&Object], fmtparams: KwArgs<'_>) -> Result<()> {
    let (name, base) = one_or_two("register_dialect", args)?;
    if name.downcast::<Str>().is_none() {
        return Err(raise!(TypeError, "dialect name must be a string"));
    }
    let dialect = dialect_of(base, &fmtparams)?;
    state().dialects.insert(name, &dialect)
}

/// Delete the name/dialect mapping associated with a string name.
#[function(signature = "($module, /, name)")]
fn unregister_dialect(_module: &Module, name: &Object) -> Result<()> {
    match state().dialects.remove(name) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(error("unknown dialect")),
        Err(raised) => {
            raised.clear();
            Err(error("unknown dialect"))
        }
    }
}

/// Return the dialect instance associated with name.
#[function(signature = "($module, /, name)")]
fn get_dialect(_module: &Module, name: &Object) -> Result {
    registered(name)
}

fn registered(name: &Object) -> Result {
    match state().dialects.get(name)? {
        Some(dialect) => Ok(dialect),
        None => Err(error("unknown dialect")),
    }
}

/// Set how long a field may be, in characters; without limit, only ask.
///
/// Returns the limit from before.
#[function(signature = "($module, /, new_limit=<unrepresentable>)")]
fn field_size_limit(_module: &Module, new_limit: Option<&Object>) -> Result<isize> {
    let old = state().limit.get();
    if let Some(limit) = new_limit {
        let Some(limit) = limit.downcast_exact::<Int>() else {
            return Err(raise!(TypeError, "limit must be an integer"));
        };
        let Some(limit) = limit.to_isize() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
        };
        state().limit.set(limit);
    }
    Ok(old)
}

/// The arguments of a function that takes one or two.
fn one_or_two<'a>(function: &str, args: &[&'a Object]) -> Result<(&'a Object, Option<&'a Object>)> {
    match *args {
        [] => Err(raise!(TypeError, "{function} expected at least 1 argument, got 0")),
        [first] => Ok((first, None)),
        [first, second] => Ok((first, Some(second))),
        _ => Err(raise!(TypeError, "{function} expected at most 2 arguments, got {}", args.len())),
    }
}

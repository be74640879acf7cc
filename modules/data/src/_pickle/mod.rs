//! `_pickle`: objects as streams of bytes, and back. <https://docs.python.org/3.14/library/pickle.html>.
//!
//! `pickler.rs` and `unpickler.rs` are the types; a running `dump` is a `save::Saver`, a running `load` a `load::Loader`.

mod input;
mod load;
mod load_objects;
mod load_values;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod proxies;
mod save;
mod save_containers;
mod save_global;
mod save_reduce;
mod save_values;
mod state;
mod unpickler;

use runtime::objects::pickle_buffer::PickleBuffer;
use runtime::prelude::*;

use input::Input;
use pickler::Pickler;
use proxies::{PICKLER_MEMO_PROXY_TYPE, UNPICKLER_MEMO_PROXY_TYPE};
use unpickler::Unpickler;

/// Pickle obj into a file.
///
/// The same as ``Pickler(file, protocol).dump(obj)``: *file* has a write()
/// method that takes bytes, *protocol* is the version to use (0 to 5; a
/// negative one means the highest), *fix_imports* writes Python 2's names
/// of renamed modules where the protocol is less than 3, and
/// *buffer_callback* is asked about each out-of-band buffer (protocol 5).
#[function(
    signature = "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)"
)]
fn dump(
    _module: &Module,
    obj: &Object,
    file: &Object,
    protocol: Option<&Object>,
    fix_imports: Option<bool>,
    buffer_callback: Option<&Object>,
) -> Result<()> {
    let pickler = Pickler::make(Pickler::type_object());
    pickler.configure(Some(file), protocol, fix_imports.unwrap_or(true), buffer_callback)?;
    pickler.run(obj).map(drop)
}

/// Pickle obj: gives the bytes.
///
/// *protocol*, *fix_imports* and *buffer_callback* are as for dump().
#[function(signature = "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)")]
fn dumps(
    _module: &Module,
    obj: &Object,
    protocol: Option<&Object>,
    fix_imports: Option<bool>,
    buffer_callback: Option<&Object>,
) -> Result<Ref<Bytes>> {
    let pickler = Pickler::make(Pickler::type_object());
    pickler.configure(None, protocol, fix_imports.unwrap_or(true), buffer_callback)?;
    Bytes::try_new(&pickler.run(obj)?)
}

/// Read one object from a file with pickles.
///
/// The same as ``Unpickler(file).load()``: *file* has read() and readline()
/// methods that give bytes. The protocol is found by itself, and what
/// follows the pickle is left alone. *fix_imports*, *encoding* and *errors*
/// are for pickles from Python 2: renamed modules are found under their new
/// names, and its 8-bit strings are decoded (encoding 'bytes': not at all).
/// *buffers* gives the out-of-band buffers, in order.
#[function(
    signature = "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())"
)]
fn load(
    _module: &Module,
    file: &Object,
    fix_imports: Option<bool>,
    encoding: Option<&str>,
    errors: Option<&str>,
    buffers: Option<&Object>,
) -> Result {
    let unpickler = Unpickler::make(Unpickler::type_object());
    let input = Input::of_file(file)?;
    unpickler.configure(input, fix_imports.unwrap_or(true), encoding, errors, buffers)?;
    unpickler.run()
}

/// The object that these bytes are a pickle of.
///
/// *fix_imports*, *encoding*, *errors* and *buffers* are as for load().
#[function(
    signature = "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())"
)]
fn loads(
    _module: &Module,
    data: &Object,
    fix_imports: Option<bool>,
    encoding: Option<&str>,
    errors: Option<&str>,
    buffers: Option<&Object>,
) -> Result {
    let unpickler = Unpickler::make(Unpickler::type_object());
    let input = Input::of_data(data)?;
    unpickler.configure(input, fix_imports.unwrap_or(true), encoding, errors, buffers)?;
    unpickler.run()
}

fn exec(module: &Module) -> Result<()> {
    PICKLER_MEMO_PROXY_TYPE.ready()?;
    UNPICKLER_MEMO_PROXY_TYPE.ready()?;
    let dict = module.dict();
    dict.insert_str(intern!("PickleBuffer"), PickleBuffer::type_object())?;
    state::prepare(module)
}

module! {
    name: "_pickle",
    doc: "The native half of pickle.",
    functions: [dump, dumps, load, loads],
    classes: [Pickler, Unpickler],
    exec: exec
}

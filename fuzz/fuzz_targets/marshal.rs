//! Any bytes as marshal data and as a `.pyc` file: an object or an error, and what was read can be written again.
#![no_main]

use bytecode::marshal::{PycHeader, dump_code, load_code};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = PycHeader::parse(data);
    if let Ok(code) = load_code(data) {
        let _ = dump_code(&code);
    }
});

//! Any text as a program: code or an error, at every optimization level, without a panic.
#![no_main]

use bytecode::Wtf8;
use compiler::{Options, Outcome, compile_source};
use libfuzzer_sys::fuzz_target;
use syntax::{Mode, source};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = source::translate_newlines(text);
    if source::check_nulls(text.as_bytes()).is_err() {
        return;
    }
    for optimize in [0, 2] {
        let options = Options { optimize, ..Options::default() };
        let _ = compile_source(&text, Wtf8::new("fuzz"), Mode::Exec, options, &mut |_| Outcome::Continue);
    }
});

//! Any text as a program: a tree or an error, in every mode, without a panic.
#![no_main]

use bumpalo::Bump;
use libfuzzer_sys::fuzz_target;
use syntax::{Mode, source};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = source::translate_newlines(text);
    if source::check_nulls(text.as_bytes()).is_err() {
        return;
    }
    for mode in [Mode::Exec, Mode::Eval, Mode::Single, Mode::FuncType] {
        let arena = Bump::new();
        let _ = syntax::parse(&text, mode, Default::default(), &arena, &mut Vec::new());
    }
});

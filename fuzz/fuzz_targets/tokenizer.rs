//! Any bytes as a source file: decoding and tokens, in both of the tokenizer's modes, without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use syntax::{Mode, source};
use syntax::tokenizer::{Options, tokenize};

fuzz_target!(|data: &[u8]| {
    let _ = source::find_encoding(data);
    for mode in [Mode::Exec, Mode::Eval] {
        let _ = source::decode(data, mode, Some("fuzz.py"), &mut source::builtin_decoder);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let translated = source::translate_newlines(text);
        for extra_tokens in [false, true] {
            let options = Options {
                extra_tokens,
                type_comments: !extra_tokens,
                fragment: false,
                single: false,
                dont_imply_dedent: false,
            };
            tokenize(&translated, options);
        }
    }
});

//! Literals with what CPython makes of them: a value, perhaps a warning, or an error.

use super::*;

fn check(literal: &str) -> String {
    match Literal::new(literal).decode() {
        Ok(decoded) => {
            let bytes: Vec<String> = decoded.value.iter().map(|byte| format!("{byte:02x}")).collect();
            let warning = decoded.bad_escape.map_or(String::new(), |bad| format!(" warns {}", bad.message()));
            format!("{}{warning}", bytes.concat())
        }
        Err(error) => error.message(),
    }
}

#[test]
fn literals() {
    for (literal, expected) in RECORDED {
        assert_eq!(&check(literal), expected, "{literal}");
    }
}

#[rustfmt::skip]
const RECORDED: &[(&str, &str)] = &[
    ("'abc'", "616263"),
    ("\"a\\tb\\\\n\"", "6109625c6e"),
    ("'\\x41\\u00e9\\U0001F600\\101\\7'", "41c3a9f09f98804107"),
    ("'\\ud800\\udfff'", "eda080edbfbf"),
    ("'\\N{BULLET}\\N{latin small letter a}\\N{LF}\\N{VS17}\\N{HANGUL SYLLABLE GAG}\\N{CJK UNIFIED IDEOGRAPH-4E00}'", "e280a2610af3a08480eab081e4b880"),
    ("r'\\d\\x'", "5c645c78"),
    ("b'\\x00\\377\\n\\400'", "00ff0a00 warns \"\\400\" is an invalid octal escape sequence. Such sequences will not work in the future. Did you mean \"\\\\400\"? A raw string is also an option."),
    ("rb'\\x'", "5c78"),
    ("'\\d\\e'", "5c645c65 warns \"\\d\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\d\"? A raw string is also an option."),
    ("'\\400'", "c480 warns \"\\400\" is an invalid octal escape sequence. Such sequences will not work in the future. Did you mean \"\\\\400\"? A raw string is also an option."),
    ("'\\8'", "5c38 warns \"\\8\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\8\"? A raw string is also an option."),
    ("b'\\q'", "5c71 warns \"\\q\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\q\"? A raw string is also an option."),
    ("'\\é\\d'", "5cc3a95c64 warns \"\\d\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \"\\\\d\"? A raw string is also an option."),
    ("'a\\x4'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 1-3: truncated \\xXX escape"),
    ("'é\\x4g'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 10-12: truncated \\xXX escape"),
    ("'\\u12'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
    ("'\\U00110000'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-9: illegal Unicode character"),
    ("'\\U0000'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-5: truncated \\UXXXXXXXX escape"),
    ("'\\N{foo}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-6: unknown Unicode character name"),
    ("'\\N'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: malformed \\N character escape"),
    ("'\\N{}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: malformed \\N character escape"),
    ("'\\N{bullet'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-8: malformed \\N character escape"),
    ("'\\éé\\N{LATINSMALLLETTERA}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 26-46: unknown Unicode character name"),
    ("b'a\\x4'", "(value error) invalid \\x escape at position 1"),
    ("b'é'", "bytes can only contain ASCII literal characters"),
    ("'''a\n\\\nb'''", "610a62"),
    ("'\\\nx'", "78"),
    ("'\\N{-A}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-5: unknown Unicode character name"),
    ("'\\N{ SPACE}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-9: unknown Unicode character name"),
    ("'''\\'''a'''", "27272761"),
    ("Rb'\\n'", "5c6e"),
    ("'\\''", "27"),
    ("'\\N{HANGUL JUNGSEONG O-E}\\N{TIBETAN MARK BSKA- SHOG GI MGO RGYAN}'", "e18680e0bf90"),
    ("'\\N{TIBETAN MARK BSKA SHOG GI MGO RGYAN}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-38: unknown Unicode character name"),
];

#[test]
fn comments_leave_expression_text() {
    assert_eq!(expression_text("'#' # c\n ="), "'#' \n =");
    assert_eq!(expression_text(" x # c"), " x ");
    assert_eq!(expression_text("x = "), "x = ");
}

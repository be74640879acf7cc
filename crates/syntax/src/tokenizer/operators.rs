//! Tables: identifiers' bytes, keywords, operators.

use super::token::TokenKind as K;

/// The bytes that go on an ASCII identifier.
pub(super) const IDENTIFIER: [bool; 256] = {
    let mut table = [false; 256];
    let mut c = 0;
    while c < 128 {
        table[c] = (c as u8).is_ascii_alphanumeric() || c as u8 == b'_';
        c += 1;
    }
    table
};

/// The bytes that may end a short string or need a look.
pub(super) const STRING_SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    table[0] = true;
    table[b'\n' as usize] = true;
    table[b'\\' as usize] = true;
    table[b'"' as usize] = true;
    table[b'\'' as usize] = true;
    table
};

/// The kind of a name: a keyword's own or NAME.
#[inline]
pub(super) fn keyword(name: &[u8]) -> K {
    if name.len() < 2 || name.len() > 8 {
        return K::Name;
    }
    match name {
        b"False" => K::False,
        b"None" => K::None,
        b"True" => K::True,
        b"and" => K::And,
        b"as" => K::As,
        b"assert" => K::Assert,
        b"async" => K::Async,
        b"await" => K::Await,
        b"break" => K::Break,
        b"class" => K::Class,
        b"continue" => K::Continue,
        b"def" => K::Def,
        b"del" => K::Del,
        b"elif" => K::Elif,
        b"else" => K::Else,
        b"except" => K::Except,
        b"finally" => K::Finally,
        b"for" => K::For,
        b"from" => K::From,
        b"global" => K::Global,
        b"if" => K::If,
        b"import" => K::Import,
        b"in" => K::In,
        b"is" => K::Is,
        b"lambda" => K::Lambda,
        b"nonlocal" => K::Nonlocal,
        b"not" => K::Not,
        b"or" => K::Or,
        b"pass" => K::Pass,
        b"raise" => K::Raise,
        b"return" => K::Return,
        b"try" => K::Try,
        b"while" => K::While,
        b"with" => K::With,
        b"yield" => K::Yield,
        _ => K::Name,
    }
}

/// Operators of one character; OP for others.
pub(super) const ONE_CHAR: [K; 256] = {
    let mut table = [K::Op; 256];
    let mut index = 0;
    while index < K::ALL.len() {
        let kind = K::ALL[index];
        let text = kind.text().as_bytes();
        if text.len() == 1 {
            table[text[0] as usize] = kind;
        }
        index += 1;
    }
    table
};

#[inline]
pub(super) fn two_chars(first: u8, second: u8) -> K {
    match (first, second) {
        (b'=', b'=') => K::EqEqual,
        (b'!', b'=') => K::NotEqual,
        (b'<', b'=') => K::LessEqual,
        (b'>', b'=') => K::GreaterEqual,
        (b'<', b'<') => K::LeftShift,
        (b'>', b'>') => K::RightShift,
        (b'*', b'*') => K::DoubleStar,
        (b'+', b'=') => K::PlusEqual,
        (b'-', b'=') => K::MinEqual,
        (b'*', b'=') => K::StarEqual,
        (b'/', b'=') => K::SlashEqual,
        (b'%', b'=') => K::PercentEqual,
        (b'&', b'=') => K::AmperEqual,
        (b'|', b'=') => K::VBarEqual,
        (b'^', b'=') => K::CircumflexEqual,
        (b'/', b'/') => K::DoubleSlash,
        (b'@', b'=') => K::AtEqual,
        (b'-', b'>') => K::RArrow,
        (b':', b'=') => K::ColonEqual,
        _ => K::Op,
    }
}

#[inline]
pub(super) fn three_chars(two: K, third: u8) -> K {
    match (two, third) {
        (K::LeftShift, b'=') => K::LeftShiftEqual,
        (K::RightShift, b'=') => K::RightShiftEqual,
        (K::DoubleStar, b'=') => K::DoubleStarEqual,
        (K::DoubleSlash, b'=') => K::DoubleSlashEqual,
        _ => K::Op,
    }
}

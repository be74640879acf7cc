//! What the front end asks of Unicode: identifiers, printable characters, normalization.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Whether an identifier may begin with this character.
pub fn is_identifier_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

/// Whether an identifier may go on with this character.
pub fn is_identifier_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

/// Whether `str.isprintable` holds for this character.
pub fn is_printable(c: char) -> bool {
    use GeneralCategory::*;
    c == ' '
        || !matches!(
            get_general_category(c),
            Control
                | Format
                | Surrogate
                | PrivateUse
                | Unassigned
                | LineSeparator
                | ParagraphSeparator
                | SpaceSeparator
        )
}

/// The NFKC form of an identifier, or nothing if it is in that form already.
pub fn normalize_identifier(name: &str) -> Option<String> {
    if name.is_ascii() || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
        return None;
    }
    let normalized: String = name.nfkc().collect();
    (normalized != name).then_some(normalized)
}

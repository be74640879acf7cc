//! String tokens to values.

/// The warning about a backslash before a character that needs none.
pub fn invalid_escape_message(c: char) -> String {
    format!(
        "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{c}\"? A raw string is also an option."
    )
}

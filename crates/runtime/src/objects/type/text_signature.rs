//! Docstrings of native functions and types begin with a signature line: `name($self, x, /)`, then `--` and an empty line.

/// Where the documentation proper starts, if the string begins with a signature.
fn split<'a>(name: &str, doc: &'a str) -> Option<(&'a str, &'a str)> {
    let short = name.rsplit('.').next().unwrap_or(name);
    let rest = doc.strip_prefix(short)?;
    if !rest.starts_with('(') {
        return None;
    }
    // A blank line before the marker means that this is prose.
    let end = rest.find(")\n--\n\n")?;
    if rest[..end].contains("\n\n") {
        return None;
    }
    Some((&rest[..=end], &rest[end + ")\n--\n\n".len()..]))
}

/// `__doc__`: without the signature.
pub fn documentation<'a>(name: &str, doc: &'a str) -> &'a str {
    split(name, doc).map_or(doc, |(_, documentation)| documentation)
}

/// `__text_signature__`: the signature alone.
pub fn signature<'a>(name: &str, doc: &'a str) -> Option<&'a str> {
    split(name, doc).map(|(signature, _)| signature)
}

//! The prefixes that are bound, and names with their namespace.

use std::rc::Rc;

use super::errors::Code;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The bindings in force, the innermost last. The default namespace's prefix is the empty one.
#[derive(Clone)]
pub struct Scope {
    separator: Option<u8>,
    bindings: Vec<(Box<str>, Option<Rc<str>>)>,
}

impl Scope {
    pub fn new(separator: Option<u8>) -> Scope {
        Scope { separator, bindings: Vec::new() }
    }

    pub fn is_on(&self) -> bool {
        self.separator.is_some()
    }

    pub fn bind_outside(&mut self, prefix: &str, uri: &str) {
        if self.is_on() {
            self.bindings.push((prefix.into(), Some(uri.into())));
        }
    }

    pub fn bindings(&self) -> Vec<String> {
        let bound =
            self.bindings.iter().filter_map(|(prefix, uri)| Some(format!("{prefix}={}", uri.as_ref()?)));
        bound.collect()
    }

    /// Binds a prefix to a URI; gives the URI that it is bound to now.
    pub fn bind(&mut self, prefix: &str, uri: &str) -> Result<Option<String>, Code> {
        if uri.is_empty() && !prefix.is_empty() {
            return Err(if prefix == "xml" { Code::ReservedXml } else { Code::UndeclaringPrefix });
        }
        match prefix {
            "xmlns" => return Err(Code::ReservedXmlns),
            "xml" if uri != XML => return Err(Code::ReservedXml),
            _ if uri == XMLNS || uri == XML && prefix != "xml" => return Err(Code::ReservedUri),
            _ => {}
        }
        if let Some(separator) = self.separator
            && separator != 0
            && !is_uri_character(separator)
            && uri.as_bytes().contains(&separator)
        {
            return Err(Code::Syntax);
        }
        let bound = (!uri.is_empty()).then(|| Rc::from(uri));
        self.bindings.push((prefix.into(), bound));
        Ok((!uri.is_empty()).then(|| uri.to_owned()))
    }

    /// Ends the innermost binding; gives its prefix.
    pub fn unbind(&mut self) -> Option<String> {
        let (prefix, _) = self.bindings.pop()?;
        (!prefix.is_empty()).then(|| prefix.into())
    }

    fn uri_of(&self, prefix: &str) -> Option<Rc<str>> {
        let found = self.bindings.iter().rev().find(|(bound, _)| **bound == *prefix);
        match found {
            Some((_, uri)) => uri.clone(),
            None if prefix == "xml" => Some(XML.into()),
            None => None,
        }
    }

    /// A name with its namespace; attributes without a prefix have none.
    pub fn expand(&self, name: &str, is_attribute: bool, triplets: bool) -> Result<String, Code> {
        let Some(separator) = self.separator else { return Ok(name.to_owned()) };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if prefix.is_empty() && (is_attribute || self.bindings.is_empty()) {
            return Ok(name.to_owned());
        }
        let Some(uri) = self.uri_of(prefix) else {
            return if prefix.is_empty() { Ok(name.to_owned()) } else { Err(Code::UnboundPrefix) };
        };
        let mut expanded = String::with_capacity(uri.len() + name.len() + 2);
        let separate = |expanded: &mut String| {
            if separator != 0 {
                expanded.push(separator.into());
            }
        };
        expanded.push_str(&uri);
        separate(&mut expanded);
        expanded.push_str(local);
        if triplets && !prefix.is_empty() {
            separate(&mut expanded);
            expanded.push_str(prefix);
        }
        Ok(expanded)
    }
}

/// A character that URIs are made of (RFC 3986).
fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"%-._~:/?#[]@!$&'()*+,;=".contains(&byte)
}

//! What the macros share: doc comments, attribute options, C strings.

use proc_macro2::{Literal, Span};
use std::ffi::CString;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Expr, ExprLit, Lit, LitStr, Meta, Result};

/// The text of a doc comment, without the space that follows each `///`.
pub fn doc_of(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value
        {
            for line in text.value().split('\n') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_string());
            }
        }
    }
    lines.join("\n").trim_matches('\n').to_string()
}

/// A C string literal.
pub fn c_string(text: &str, span: Span) -> Result<Literal> {
    let text =
        CString::new(text).map_err(|_| Error::new(span, "a null character in a name or doc comment"))?;
    Ok(Literal::c_string(&text))
}

/// What can be written in the parentheses of `#[method(…)]` and its like.
#[derive(Default)]
pub struct Options {
    pub name: Option<LitStr>,
    pub signature: Option<LitStr>,
    /// The signature parses the arguments but isn't shown as `__text_signature__`.
    pub hidden: bool,
    /// `METH_COEXIST`: replaces the wrapper of the slot of that name.
    pub coexist: bool,
    pub doc: Option<LitStr>,
}

impl Options {
    pub fn parse(attribute: &Attribute) -> Result<Options> {
        let mut options = Options::default();
        if !matches!(attribute.meta, Meta::Path(_)) {
            attribute.parse_nested_meta(|meta| options.option(meta))?;
        }
        Ok(options)
    }

    pub fn option(&mut self, meta: ParseNestedMeta) -> Result<()> {
        if meta.path.is_ident("name") || meta.path.is_ident("py_name") {
            self.name = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("signature") {
            self.signature = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("doc") {
            self.doc = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("hidden_signature") {
            self.hidden = true;
        } else if meta.path.is_ident("coexist") {
            self.coexist = true;
        } else {
            return Err(meta.error("expected `name`, `signature`, `doc`, `hidden_signature` or `coexist`"));
        }
        Ok(())
    }
}

/// The Python name of a Rust item: without `r#`.
pub fn plain_name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_string).unwrap_or(name)
}

/// `ListIterator` -> `LIST_ITERATOR`.
pub fn screaming(name: &str) -> String {
    let mut result = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (index, &c) in characters.iter().enumerate() {
        let boundary = index > 0
            && c.is_uppercase()
            && (!characters[index - 1].is_uppercase()
                || characters.get(index + 1).is_some_and(|next| next.is_lowercase()));
        if boundary {
            result.push('_');
        }
        result.extend(c.to_uppercase());
    }
    result
}

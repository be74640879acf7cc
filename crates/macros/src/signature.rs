//! The text signature of a function, as in `($self, iterable, /, *, key=None)`: parsed when the macro runs.

use proc_macro2::Span;
use syn::{Error, Result};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    PositionalOnly,
    Positional,
    VarArgs,
    KeywordOnly,
    KwArgs,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub kind: Kind,
    pub default: Option<String>,
}

/// A parsed signature.
#[derive(Clone, Debug)]
pub struct Signature {
    /// `self`, `type` or `module` where the text names the receiver with a `$`.
    pub receiver: Option<String>,
    pub parameters: Vec<Parameter>,
    /// The text between the parentheses, without the receiver.
    body: String,
}

impl Signature {
    pub fn parse(text: &str, span: Span) -> Result<Signature> {
        let fail = |message: String| Err(Error::new(span, message));
        let text = text.trim();
        let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
            return fail(format!("a signature is written in parentheses: `({text})`"));
        };
        let mut receiver = None;
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut body = String::new();
        let mut keyword_only = false;
        let mut slash = false;
        for (index, part) in split(inner).into_iter().enumerate() {
            // A line that is broken in the declaration is broken in the text.
            let space = match &part[..part.len() - part.trim_start().len()] {
                broken if broken.contains('\n') => broken,
                _ => " ",
            };
            let separator = format!(",{space}");
            let part = part.trim().to_string();
            if part.is_empty() {
                if inner.trim().is_empty() {
                    break;
                }
                return fail("an empty parameter in the signature".into());
            }
            if let Some(name) = part.strip_prefix('$') {
                if index != 0 {
                    return fail("the receiver comes first".into());
                }
                receiver = Some(name.to_string());
                continue;
            }
            if !body.is_empty() {
                body.push_str(&separator);
            }
            body.push_str(&part);
            if part == "/" {
                if slash || keyword_only {
                    return fail("`/` comes once, and before `*`".into());
                }
                slash = true;
                for parameter in &mut parameters {
                    parameter.kind = Kind::PositionalOnly;
                }
                continue;
            }
            if part == "*" {
                if keyword_only {
                    return fail("`*` comes once".into());
                }
                keyword_only = true;
                continue;
            }
            let (name, kind) = if let Some(name) = part.strip_prefix("**") {
                (name, Kind::KwArgs)
            } else if let Some(name) = part.strip_prefix('*') {
                if keyword_only {
                    return fail("`*` comes once".into());
                }
                keyword_only = true;
                (name, Kind::VarArgs)
            } else if keyword_only {
                (part.as_str(), Kind::KeywordOnly)
            } else {
                (part.as_str(), Kind::Positional)
            };
            let (name, default) = match name.split_once('=') {
                Some((name, default)) => (name.trim(), Some(default.trim().to_string())),
                None => (name, None),
            };
            if !is_identifier(name) {
                return fail(format!("`{name}` is no parameter name"));
            }
            if parameters.iter().any(|other| other.name == name) {
                return fail(format!("parameter `{name}` comes twice"));
            }
            if parameters.last().is_some_and(|last| last.kind == Kind::KwArgs) {
                return fail("`**` comes last".into());
            }
            if kind == Kind::Positional
                && default.is_none()
                && parameters.iter().any(|p| p.default.is_some() && p.kind != Kind::KeywordOnly)
            {
                return fail(format!("`{name}` without a default follows a parameter with one"));
            }
            parameters.push(Parameter { name: name.to_string(), kind, default });
        }
        Ok(Signature { receiver, parameters, body })
    }

    /// As `__text_signature__` shows it, with `$receiver` in front.
    pub fn text(&self, receiver: Option<&str>) -> String {
        let Some(receiver) = receiver else { return format!("({})", self.body) };
        let slash = self.body.split(',').any(|part| part.trim() == "/");
        match (self.body.is_empty(), slash) {
            (true, _) => format!("(${receiver}, /)"),
            (false, true) => format!("(${receiver}, {})", self.body),
            (false, false) => format!("(${receiver}, /, {})", self.body),
        }
    }

    /// The parameters that take one argument each: all but `*args` and `**kwargs`.
    pub fn plain(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| !matches!(p.kind, Kind::VarArgs | Kind::KwArgs))
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.parameters.iter().any(|p| p.kind == kind)
    }

    /// Can any argument be given by name?
    pub fn takes_keywords(&self) -> bool {
        self.has(Kind::Positional) || self.has(Kind::KeywordOnly) || self.has(Kind::KwArgs)
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
}

/// Splits at the commas outside brackets and quotes.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("never empty").push(c);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Signature {
        Signature::parse(text, Span::call_site()).unwrap()
    }

    #[test]
    fn texts() {
        assert_eq!(parse("($self, item, /)").text(Some("self")), "($self, item, /)");
        assert_eq!(parse("(x, /)").text(Some("module")), "($module, x, /)");
        assert_eq!(parse("()").text(Some("self")), "($self, /)");
        assert_eq!(parse("(sep=None, maxsplit=-1)").text(Some("self")), "($self, /, sep=None, maxsplit=-1)");
        assert_eq!(parse("(a, b='x, y', *, c=(1, 2), **k)").text(None), "(a, b='x, y', *, c=(1, 2), **k)");
    }

    #[test]
    fn kinds() {
        let kinds: Vec<_> = parse("(a, /, b, *args, c=1, **k)").parameters.iter().map(|p| p.kind).collect();
        use Kind::*;
        assert_eq!(kinds, [PositionalOnly, Positional, VarArgs, KeywordOnly, KwArgs]);
        for wrong in ["a", "(a=1, b)", "(a, a)", "(**k, a)", "(1)", "(a, *, /)"] {
            assert!(Signature::parse(wrong, Span::call_site()).is_err(), "{wrong}");
        }
    }
}

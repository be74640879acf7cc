//! Replacement templates: literal text and references to groups, as `re._parser.parse_template` finds them.

use runtime::objects::exceptions;
use runtime::prelude::*;

use super::match_object::Match;
use super::pattern::Pattern;
use super::pieces::Pieces;

/// A parsed replacement.
#[class(name = "_sre.SRE_Template", flags(GC, DISALLOW_INSTANTIATION), doc = "", no_methods)]
#[repr(C)]
pub struct Template {
    head: Object,
    /// The text before the first reference.
    literal: Ref,
    /// Each reference with the text after it; `None` for no text.
    #[gc(skip)]
    chunks: Vec<(usize, Option<Ref>)>,
}

fn invalid() -> Raised {
    raise!(TypeError, "invalid template")
}

/// template is a list containing interleaved literal strings (str or bytes) and group indices (int).
#[function(
    signature = "($module, pattern, template, /)",
    doc = "Make a replacement template from literal strings and group numbers, which take turns."
)]
pub fn template(_module: &Module, pattern: &Object, template: &List) -> Result<Ref<Template>> {
    let _ = pattern;
    let items = template.to_vec();
    let Some((literal, rest)) = items.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
        return Err(invalid());
    };
    let mut chunks = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks_exact(2) {
        let Some(number) = pair[0].downcast::<Int>() else {
            return Err(raise!(TypeError, "an integer is required"));
        };
        let Some(number) = number.to_isize() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
        };
        let Ok(number) = usize::try_from(number) else { return Err(invalid()) };
        let text = pair[1].clone();
        let empty = text.downcast::<Str>().is_some_and(Str::is_empty)
            || text.downcast::<Bytes>().is_some_and(Bytes::is_empty);
        chunks.push((number, (!empty).then_some(text)));
    }
    Ok(Ref::new(Template { head: Object::HEAD, literal: literal.clone(), chunks }))
}

impl Template {
    /// The whole text, if there is no reference.
    pub fn as_literal(&self) -> Option<Ref> {
        self.chunks.is_empty().then(|| self.literal.clone())
    }

    /// The text for a match.
    pub fn expand(&self, found: &Match) -> Result {
        if let Some(literal) = self.as_literal() {
            return Ok(literal);
        }
        let subject = found.subject()?;
        let mut pieces = Pieces::new(subject.is_bytes());
        let empty = self.literal.downcast::<Str>().is_some_and(Str::is_empty)
            || self.literal.downcast::<Bytes>().is_some_and(Bytes::is_empty);
        if !empty {
            pieces.push(&self.literal);
        }
        for (number, text) in &self.chunks {
            match found.span_of(*number) {
                None => return Err(raise!(IndexError, "no such group")),
                Some(Some((start, end))) => {
                    let length = subject.len();
                    pieces.push_part(&subject, start.min(length), end.min(length));
                }
                Some(None) => {}
            }
            if let Some(text) = text {
                pieces.push(text);
            }
        }
        pieces.finish()
    }
}

/// The replacement that `re` makes of a template, a [`Template`] or plain text.
pub fn compile_template(pattern: &Pattern, template: &Object) -> Result {
    let compile = runtime::import::import_attribute("re", intern!("_compile_template"))?;
    match compile.call(&[pattern, template]) {
        Err(raised)
            if raised.matches(&exceptions::TypeError)
                && template.downcast::<Str>().is_none()
                && template.ty().raw.tp_as_buffer.get() as usize != 0 =>
        {
            // Perhaps it was unhashable, as a bytearray is.
            let error = raised.take();
            match runtime::native::buffer::BytesLike::of(template) {
                Ok(bytes) => compile.call(&[pattern, &Bytes::new(&bytes)]),
                Err(other) => {
                    other.clear();
                    Err(runtime::errors::restore(error))
                }
            }
        }
        other => other,
    }
}

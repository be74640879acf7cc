//! The settings of readers and writers.

use runtime::prelude::*;

use super::{quoting, registered};
use crate::support::entries;

/// CSV dialect
///
/// The Dialect type records CSV parsing and generation options.
#[class(name = "_csv.Dialect", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Dialect {
    head: Object,
    #[gc(skip)]
    #[member(readonly, name = "skipinitialspace")]
    pub skip_initial_space: bool,
    #[gc(skip)]
    #[member(readonly, name = "doublequote")]
    pub double_quote: bool,
    #[gc(skip)]
    #[member(readonly)]
    pub strict: bool,
    #[gc(skip)]
    pub delimiter: u32,
    #[gc(skip)]
    pub escape: Option<u32>,
    #[gc(skip)]
    pub quote: Option<u32>,
    pub line_terminator: Ref<Str>,
    #[gc(skip)]
    pub quoting: i32,
}

const NAMES: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// A dialect from a base and the settings that differ from it.
pub fn dialect_of(base: Option<&Object>, settings: &KwArgs<'_>) -> Result {
    let settings = settings.to_dict()?;
    let arguments = match base {
        Some(base) => Tuple::pack([base.to_ref()]),
        None => Tuple::empty(),
    };
    Dialect::type_object().call_dict(&arguments, Some(&settings))
}

/// A setting that is one character; `None` if it may be absent and is.
fn character(name: &str, value: Option<&Ref>, default: Option<u32>, optional: bool) -> Result<Option<u32>> {
    let Some(value) = value else { return Ok(default) };
    if optional && value.is_none() {
        return Ok(None);
    }
    let wanted = if optional { "a unicode character or None" } else { "a unicode character" };
    match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(Some(text.char_at(0))),
        Some(text) => {
            Err(raise!(TypeError, "\"{name}\" must be {wanted}, not a string of length {}", text.len()))
        }
        None => {
            let kind = value.ty().qualified_name();
            Err(raise!(TypeError, "\"{name}\" must be {wanted}, not {kind}"))
        }
    }
}

impl Dialect {
    /// Do the characters exclude each other?
    fn check(&self) -> Result<()> {
        let characters =
            [("delimiter", Some(self.delimiter)), ("escapechar", self.escape), ("quotechar", self.quote)];
        for (index, (name, code)) in characters.into_iter().enumerate() {
            let Some(code) = code else { continue };
            let space_is_bad = index > 0 && self.skip_initial_space;
            if code == 10 || code == 13 || code == 32 && space_is_bad {
                return Err(raise!(ValueError, "bad {name} value"));
            }
            if self.line_terminator.code_points().any(|other| other == code) {
                return Err(raise!(ValueError, "bad {name} or lineterminator value"));
            }
        }
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let ((first, code), (second, same)) = (characters[one], characters[other]);
            if code.is_some() && code == same {
                return Err(raise!(ValueError, "bad {first} or {second} value"));
            }
        }
        Ok(())
    }
}

#[methods]
impl Dialect {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref> {
        let keywords = entries(Some(&*kwargs.to_dict()?));
        let given = args.len() + keywords.len();
        if given > NAMES.len() {
            return Err(raise!(TypeError, "function takes at most 9 arguments ({given} given)"));
        }
        let mut values: [Option<Ref>; 9] = std::array::from_fn(|index| args.get(index).map(|v| v.to_ref()));
        for (key, value) in keywords {
            let place =
                NAMES.iter().position(|name| key.downcast::<Str>().is_some_and(|key| key.eq_str(name)));
            let Some(place) = place else {
                let key = key.str_()?;
                return Err(raise!(TypeError, "this function got an unexpected keyword argument '{key}'"));
            };
            values[place] = Some(value);
        }
        if let Some(base) = values[0].take() {
            let base = if base.downcast::<Str>().is_some() { registered(&base)? } else { base };
            if class.is_same(Dialect::type_object())
                && base.is::<Dialect>()
                && values.iter().all(Option::is_none)
            {
                return Ok(base);
            }
            for (value, name) in values.iter_mut().zip(NAMES).skip(1) {
                if value.is_none() {
                    *value = match base.get_attr(&Str::intern(Str::new(name))) {
                        Ok(value) => Some(value),
                        Err(raised) => {
                            raised.clear();
                            None
                        }
                    };
                }
            }
        }
        let [_, delimiter, double, escape, terminator, quote, when, skip, strict] = values;
        let truth = |value: Option<Ref>, default| value.map_or(Ok(default), |value| value.is_true());
        let delimiter_code = character("delimiter", delimiter.as_ref(), Some(44), false)?.unwrap_or(44);
        let double_quote = truth(double, true)?;
        let escape = character("escapechar", escape.as_ref(), None, true)?;
        let line_terminator = match terminator {
            None => Str::new("\r\n"),
            Some(text) => text.cast::<Str>().map_err(|other| {
                raise!(TypeError, "\"lineterminator\" must be a string, not {}", other.ty().qualified_name())
            })?,
        };
        let quote_code = character("quotechar", quote.as_ref(), Some(34), true)?;
        let mut style = match &when {
            None => quoting::MINIMAL,
            Some(value) => match value.downcast_exact::<Int>() {
                Some(value) => value.to_i64().and_then(|value| i32::try_from(value).ok()).unwrap_or(-1),
                None => {
                    let kind = value.ty().qualified_name();
                    return Err(raise!(TypeError, "\"quoting\" must be an integer, not {kind}"));
                }
            },
        };
        let (skip_initial_space, strict) = (truth(skip, false)?, truth(strict, false)?);
        if !(quoting::MINIMAL..=quoting::NOTNULL).contains(&style) {
            return Err(raise!(TypeError, "bad \"quoting\" value"));
        }
        if quote_code.is_none() && when.is_none() {
            style = quoting::NONE;
        }
        if style != quoting::NONE && quote_code.is_none() {
            return Err(raise!(TypeError, "quotechar must be set if quoting enabled"));
        }
        let dialect = Dialect {
            head: Object::HEAD,
            skip_initial_space,
            double_quote,
            strict,
            delimiter: delimiter_code,
            escape,
            quote: quote_code,
            line_terminator,
            quoting: style,
        };
        dialect.check()?;
        Ok(Ref::new_in(class, dialect).into_object())
    }

    #[getter]
    fn delimiter(&self) -> Ref<Str> {
        Str::from_char(self.delimiter)
    }

    #[getter]
    fn escapechar(&self) -> Option<Ref<Str>> {
        self.escape.map(Str::from_char)
    }

    #[getter]
    fn lineterminator(&self) -> Ref<Str> {
        self.line_terminator.clone()
    }

    #[getter]
    fn quotechar(&self) -> Option<Ref<Str>> {
        self.quote.map(Str::from_char)
    }

    #[getter]
    fn quoting(&self) -> i32 {
        self.quoting
    }

    /// raises an exception to avoid pickling
    #[method(name = "__reduce__", signature = "(*args)", hidden_signature)]
    fn reduce(&self, args: &[&Object]) -> Result {
        let _ = args;
        Err(raise!(TypeError, "cannot pickle '{}' instances", self.ty().name()))
    }

    /// raises an exception to avoid pickling
    #[method(name = "__reduce_ex__", signature = "(*args)", hidden_signature)]
    fn reduce_ex(&self, args: &[&Object]) -> Result {
        self.reduce(args)
    }
}

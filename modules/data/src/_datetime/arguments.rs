//! Arguments as C's `PyArg_Parse…` functions take them, with their messages: most of these types' functions are declared so in CPython.

use runtime::native::args::kind_of;
use runtime::native::suggestions;
use runtime::prelude::*;

/// The keywords of a call.
#[derive(Clone, Copy)]
pub enum Keywords<'a> {
    Pairs(&'a KwArgs<'a>),
    Vector(&'a Tuple, &'a [&'a Object]),
    None,
}

impl<'a> Keywords<'a> {
    fn len(self) -> usize {
        match self {
            Keywords::Pairs(pairs) => pairs.len(),
            Keywords::Vector(names, _) => names.len(),
            Keywords::None => 0,
        }
    }

    fn get(self, name: &str) -> Option<&'a Object> {
        match self {
            Keywords::Pairs(pairs) => pairs.get(name),
            Keywords::Vector(names, values) => {
                let is_it = |key: &Ref| key.downcast::<Str>().is_some_and(|key| key.eq_str(name));
                let index = names.as_slice().iter().position(is_it)?;
                values.get(index).copied()
            }
            Keywords::None => None,
        }
    }

    fn names(self) -> Vec<String> {
        match self {
            Keywords::Pairs(pairs) => pairs.iter().map(|(name, _)| name.to_string()).collect(),
            Keywords::Vector(names, _) => {
                let text = |key: &Ref| key.downcast::<Str>().map(Str::to_string);
                names.as_slice().iter().filter_map(text).collect()
            }
            Keywords::None => Vec::new(),
        }
    }
}

/// What a function takes.
pub struct Parameters {
    /// For messages; empty where CPython names none.
    pub function: &'static str,
    pub names: &'static [&'static str],
    pub required: usize,
    /// How many may be given by position.
    pub positional: usize,
}

/// The arguments of a call, taken one after the other.
pub struct Arguments<'a> {
    parameters: &'static Parameters,
    given: &'a [&'a Object],
    keywords: Keywords<'a>,
    next: usize,
    keywords_left: usize,
}

impl Parameters {
    /// The function's name, and its parentheses.
    fn called(&self) -> (&'static str, &'static str) {
        if self.function.is_empty() { ("function", "") } else { (self.function, "()") }
    }

    /// Begins to take the arguments of a call.
    pub fn bind<'a>(&'static self, given: &'a [&'a Object], keywords: Keywords<'a>) -> Result<Arguments<'a>> {
        let (most, count) = (self.names.len(), given.len() + keywords.len());
        let (name, parentheses) = self.called();
        if count > most {
            let keyword = if given.is_empty() { "keyword " } else { "" };
            let s = if most == 1 { "" } else { "s" };
            return Err(raise!(
                TypeError,
                "{name}{parentheses} takes at most {most} {keyword}argument{s} ({count} given)"
            ));
        }
        if given.len() > self.positional {
            let (most, count) = (self.positional, given.len());
            let s = if most == 1 { "" } else { "s" };
            return Err(raise!(
                TypeError,
                "{name}{parentheses} takes at most {most} positional argument{s} ({count} given)"
            ));
        }
        Ok(Arguments { parameters: self, given, keywords, next: 0, keywords_left: keywords.len() })
    }
}

impl<'a> Arguments<'a> {
    /// The next parameter's argument, if it is given.
    pub fn take(&mut self) -> Result<Option<&'a Object>> {
        let index = self.next;
        self.next += 1;
        if let Some(argument) = self.given.get(index) {
            return Ok(Some(argument));
        }
        if self.keywords_left > 0
            && let Some(argument) = self.keywords.get(self.parameters.names[index])
        {
            self.keywords_left -= 1;
            return Ok(Some(argument));
        }
        if index < self.parameters.required {
            let (name, parentheses) = self.parameters.called();
            let (parameter, position) = (self.parameters.names[index], index + 1);
            return Err(raise!(
                TypeError,
                "{name}{parentheses} missing required argument '{parameter}' (pos {position})"
            ));
        }
        Ok(None)
    }

    /// The next argument, which is required.
    pub fn need(&mut self) -> Result<&'a Object> {
        self.take()?.ok_or_else(|| raise!(SystemError, "a required argument is missing"))
    }

    /// The next argument as a C int, or what stands for it.
    pub fn int_or(&mut self, default: i32) -> Result<i32> {
        match self.take()? {
            Some(object) => int(object),
            None => Ok(default),
        }
    }

    /// TypeError for keywords that no parameter took.
    pub fn finish(self) -> Result<()> {
        if self.keywords_left == 0 {
            return Ok(());
        }
        let (name, parentheses) = self.parameters.called();
        let names = self.parameters.names;
        for (index, parameter) in names.iter().enumerate().take(self.given.len()) {
            if self.keywords.get(parameter).is_some() {
                let position = index + 1;
                return Err(raise!(
                    TypeError,
                    "argument for {name}{parentheses} given by name ('{parameter}') and position ({position})"
                ));
            }
        }
        let name = if self.parameters.function.is_empty() { "this function" } else { name };
        for key in self.keywords.names() {
            if names.contains(&key.as_str()) {
                continue;
            }
            return Err(match suggestions::nearest(&key, names.iter().copied()) {
                Some(near) => raise!(
                    TypeError,
                    "{name}{parentheses} got an unexpected keyword argument '{key}'. Did you mean '{near}'?"
                ),
                None => raise!(TypeError, "{name}{parentheses} got an unexpected keyword argument '{key}'"),
            });
        }
        Err(raise!(TypeError, "invalid keyword argument for {name}{parentheses}"))
    }
}

/// The arguments of a function that takes exactly so many, by position.
pub fn exactly<'a, const N: usize>(name: &str, args: &'a [&'a Object]) -> Result<&'a [&'a Object; N]> {
    args.try_into().map_err(|_| {
        let s = if N == 1 { "" } else { "s" };
        raise!(TypeError, "{name}() takes exactly {N} argument{s} ({} given)", args.len())
    })
}

/// A C int as `PyArg_Parse` converts one.
pub fn int(object: &Object) -> Result<i32> {
    let value = match object.downcast::<Int>() {
        Some(value) => value.to_i64(),
        None => object.index()?.to_i64(),
    };
    let Some(value) = value else {
        return Err(raise!(OverflowError, "Python int too large to convert to C long"));
    };
    i32::try_from(value).map_err(|_| {
        if value > 0 {
            raise!(OverflowError, "signed integer is greater than maximum")
        } else {
            raise!(OverflowError, "signed integer is less than minimum")
        }
    })
}

/// A C int as Argument Clinic converts one.
pub fn clinic_int(object: &Object) -> Result<i32> {
    let value = match object.downcast::<Int>() {
        Some(value) => value.to_i64(),
        None => object.index()?.to_i64(),
    };
    value.and_then(|value| i32::try_from(value).ok()).ok_or_else(super::span::out_of_range)
}

/// A string argument.
pub fn text<'a>(function: &str, position: usize, object: &'a Object) -> Result<&'a Str> {
    object.downcast::<Str>().ok_or_else(|| must_be(function, position, "str", object))
}

#[cold]
pub fn must_be(function: &str, position: usize, expected: &str, got: &Object) -> Raised {
    let got = kind_of(got);
    raise!(TypeError, "{function}() argument {position} must be {expected}, not {got}")
}

//! `format(decimal, spec)`. What the plain specifications are is done here; the rest (locales, grouping of fractions, the
//! alternate form, …) by the library's `_pydecimal`.

use runtime::objects::exceptions::{DeprecationWarning, ValueError};
use runtime::prelude::*;

use super::context::Context;
use super::decimal::Decimal;
use super::engine::*;
use super::state::state;

/// A specification: `[[fill]align][sign][0][width][,][.precision][type]`.
struct Spec {
    fill: char,
    align: char,
    sign: char,
    zero_padded: bool,
    width: usize,
    grouped: bool,
    precision: Option<i64>,
    kind: char,
}

/// The widest that C's parser takes.
const MOST: u64 = i64::MAX as u64;

impl Spec {
    /// `None`: not that plain, or wrong.
    fn parse(text: &str) -> Option<Spec> {
        let mut spec = Spec {
            fill: ' ',
            align: '>',
            sign: '-',
            zero_padded: false,
            width: 0,
            grouped: false,
            precision: None,
            kind: ' ',
        };
        let is_align = |char: char| matches!(char, '<' | '>' | '=' | '^');
        let mut rest = text;
        let mut chars = rest.chars();
        let (first, second) = (chars.next(), chars.next());
        let mut aligned = true;
        match (first, second) {
            (Some(fill), Some(align)) if is_align(align) => {
                (spec.fill, spec.align) = (fill, align);
                rest = chars.as_str();
            }
            (Some(align), _) if is_align(align) => {
                spec.align = align;
                rest = &rest[1..];
            }
            _ => aligned = false,
        }
        if rest.starts_with(['+', '-', ' ']) {
            spec.sign = char::from(rest.as_bytes()[0]);
            rest = &rest[1..];
        }
        if let Some(after) = rest.strip_prefix('0') {
            if aligned {
                return None;
            }
            (spec.fill, spec.align, spec.zero_padded) = ('0', '=', true);
            rest = after;
        }
        let number = |rest: &mut &str| -> Option<u64> {
            let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            *rest = after;
            digits.parse().ok().filter(|&value| value <= MOST)
        };
        if rest.starts_with(|char: char| char.is_ascii_digit()) {
            spec.width = usize::try_from(number(&mut rest)?).ok()?;
        }
        if let Some(after) = rest.strip_prefix(',') {
            spec.grouped = true;
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            if !rest.starts_with(|char: char| char.is_ascii_digit()) {
                return None;
            }
            spec.precision = Some(number(&mut rest)? as i64);
        }
        if rest.starts_with(['e', 'E', 'f', 'F', 'g', 'G', '%']) {
            spec.kind = char::from(rest.as_bytes()[0]);
            rest = &rest[1..];
        }
        rest.is_empty().then_some(spec)
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, '+') => "+",
            (false, ' ') => " ",
            _ => "",
        }
    }

    /// Sign and body, filled up to the width.
    fn aligned(&self, sign: &str, body: &str) -> String {
        let missing = self.width.saturating_sub(sign.len() + body.chars().count());
        let fill = |count: usize| -> String { std::iter::repeat_n(self.fill, count).collect() };
        match self.align {
            '<' => format!("{sign}{body}{}", fill(missing)),
            '=' => format!("{sign}{}{body}", fill(missing)),
            '^' => format!("{}{sign}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
            _ => format!("{}{sign}{body}", fill(missing)),
        }
    }
}

/// The whole digits, with commas and leading zeros to at least a width.
fn grouped(digits: &str, width: usize) -> String {
    let mut groups = Vec::new();
    let mut digits = digits.as_bytes();
    let mut wanted = width as isize;
    loop {
        let count = digits.len().min(3);
        let (rest, group) = digits.split_at(digits.len() - count);
        let mut text: String = group.iter().map(|&digit| char::from(digit)).collect();
        digits = rest;
        // A group takes its digits and a comma.
        let size = text.len().max(wanted.clamp(1, 3) as usize);
        text = format!("{text:0>size$}");
        wanted -= size as isize;
        groups.push(text);
        if digits.is_empty() && wanted <= 0 {
            break;
        }
        wanted -= 1;
    }
    groups.reverse();
    groups.join(",")
}

/// The text of a finite number; `None` where there is no memory for it.
fn text_of(number: &Number, spec: &Spec, rounding: Rounding, kind: char) -> Option<String> {
    let mut number = number.clone();
    if kind == '%' {
        number.exponent += 2;
    }
    let fixed = matches!(kind, 'f' | 'F' | '%');
    let mut precision = spec.precision;
    if let Some(digits) = &mut precision {
        match kind {
            'e' | 'E' => number = round(number, *digits + 1, rounding),
            'g' | 'G' => {
                *digits = (*digits).max(1);
                if number.digits() > *digits {
                    number = round(number, *digits, rounding);
                }
            }
            _ => number = number.rescaled(-*digits, rounding)?,
        }
    }
    if fixed && number.is_zero() && number.exponent > 0 {
        number.exponent = 0;
    }
    let count = number.digits();
    let before = number.exponent.checked_add(count)?;
    let point = match kind {
        'e' | 'E' => match precision {
            Some(precision) if number.is_zero() => 1 - precision,
            _ => 1,
        },
        'g' | 'G' if number.exponent > 0 || before <= -6 => 1,
        _ => before,
    };
    let exponent = before - point;
    if point.unsigned_abs() > 1 << 36 {
        return None;
    }
    let digits = number.digit_text();
    let zeros = |count: i64| -> Option<String> {
        let mut text = String::new();
        text.try_reserve_exact(usize::try_from(count).ok()?).ok()?;
        text.extend(std::iter::repeat_n('0', count as usize));
        Some(text)
    };
    let (whole, mut fraction) = if point < 0 {
        ("0".to_string(), zeros(-point)? + &digits)
    } else if point > count {
        (digits + &zeros(point - count)?, String::new())
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        (if whole.is_empty() { "0" } else { whole }.to_string(), fraction.to_string())
    };
    if !fraction.is_empty() {
        fraction.insert(0, '.');
    }
    if exponent != 0 || matches!(kind, 'e' | 'E') {
        let letter = if matches!(kind, 'e' | 'g') { 'e' } else { 'E' };
        fraction.push_str(&format!("{letter}{exponent:+}"));
    }
    if kind == '%' {
        fraction.push('%');
    }
    let sign = spec.sign_of(number.negative);
    let whole = if spec.grouped {
        let width = if spec.zero_padded { spec.width.saturating_sub(fraction.len() + sign.len()) } else { 0 };
        grouped(&whole, width)
    } else {
        whole
    };
    Some(spec.aligned(sign, &(whole + &fraction)))
}

/// To so many digits: also more.
fn round(number: Number, digits: i64, rounding: Rounding) -> Number {
    if number.is_zero() {
        return number;
    }
    let exponent = number.exponent + number.digits() - digits;
    let Some(rounded) = number.rescaled(exponent, rounding) else { return number };
    if rounded.digits() > digits {
        rounded.rescaled(exponent + 1, rounding).unwrap_or(number)
    } else {
        rounded
    }
}

/// `Decimal.__format__`
pub fn format(decimal: &Decimal, spec: &Object, overrides: Option<&Object>) -> Result {
    let Some(text) = spec.downcast::<Str>() else { return Err(raise!(TypeError, "format arg must be str")) };
    if overrides.is_some_and(|overrides| overrides.downcast::<Dict>().is_none()) {
        return Err(raise!(TypeError, "optional argument must be a dict"));
    }
    let utf8 = text.to_utf8()?;
    if let Some(overrides) = overrides.and_then(|overrides| overrides.downcast::<Dict>()) {
        check(overrides)?;
    }
    let context = Context::current()?;
    let capitals = context.capitals();
    if utf8.is_empty() {
        return Ok(Str::from_string(decimal.number().text(false, capitals)).into_object());
    }
    let Some(spec) = Spec::parse(utf8) else { return by_library(decimal, utf8, overrides, &context) };
    if spec.width as i64 > MAX_PREC || spec.precision.is_some_and(|precision| precision > MAX_PREC) {
        return Err(raise!(ValueError, "format specification exceeds internal limits of _decimal"));
    }
    let kind = match spec.kind {
        ' ' if capitals => 'G',
        ' ' => 'g',
        kind => kind,
    };
    let number = decimal.number();
    if number.is_special() {
        let mut body = number.absolute().text(false, true);
        if kind == '%' {
            body.push('%');
        }
        let spec = if spec.zero_padded { Spec { fill: ' ', align: '>', ..spec } } else { spec };
        let text = spec.aligned(spec.sign_of(number.negative), &body);
        return Ok(Str::from_string(text).into_object());
    }
    if spec.width > 1 << 36 || spec.precision.is_some_and(|precision| precision > 1 << 36) {
        return Err(runtime::errors::no_memory());
    }
    let rounding = context.settings().rounding;
    match text_of(number, &spec, rounding, kind) {
        Some(text) => Ok(Str::from_string(text).into_object()),
        None => Err(runtime::errors::no_memory()),
    }
}

#[cold]
fn by_library(decimal: &Decimal, spec: &str, overrides: Option<&Object>, context: &Context) -> Result {
    let state = state();
    let class = match state.python_decimal.get() {
        Some(class) => class,
        None => {
            let class = runtime::import::import_attribute("_pydecimal", intern!("Decimal"))?;
            state.python_decimal.set(Some(class.clone()));
            class
        }
    };
    let text = Str::from_string(decimal.number().text(false, true));
    let number = class.call(&[&text])?;
    let mut spec = spec.to_string();
    let capital = spec.ends_with('N');
    if capital {
        let message = "Format specifier 'N' is deprecated and slated for removal in Python 3.18";
        runtime::warnings::warn(&DeprecationWarning, message, 1)?;
        spec.pop();
        spec.push('n');
    }
    let spec_object = Str::new(&spec);
    let result = if spec.ends_with('n') {
        let conventions = conventions(overrides)?;
        number.call_method(intern!("__format__"), &[&spec_object, context, &conventions])
    } else {
        number.call_method(intern!("__format__"), &[&spec_object, context])
    };
    match result {
        Err(raised) if raised.matches(&ValueError) => {
            raised.clear();
            Err(raise!(ValueError, "invalid format string"))
        }
        Ok(text) if capital => text.call_method(intern!("upper"), &[]),
        result => result,
    }
}

/// The locale's conventions, some of them replaced: texts, the sizes of groups as the characters' codes.
fn conventions(overrides: Option<&Object>) -> Result<Ref<Dict>> {
    let locale = runtime::import::import_attribute("locale", intern!("localeconv"))?.call(&[])?;
    let dict = Dict::new();
    for name in [intern!("decimal_point"), intern!("thousands_sep"), intern!("grouping")] {
        let given = match overrides.and_then(|overrides| overrides.downcast::<Dict>()) {
            Some(overrides) => overrides.get_str(name)?,
            None => None,
        };
        let Some(given) = given else {
            dict.insert_str(name, &*locale.get_item(name)?)?;
            continue;
        };
        let Some(text) = given.downcast::<Str>() else {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        };
        if name.eq_str("grouping") {
            let mut sizes: Vec<Ref> =
                text.code_points().map(|size| Int::new(i64::from(size)).into_object()).collect();
            // The last size is for all further groups, but for one that says that there are no more.
            if text.code_points().next_back().is_some_and(|size| size != 0 && size != 127) {
                sizes.push(Int::new(0).into_object());
            }
            dict.insert_str(name, &List::from_vec(sizes))?;
        } else {
            dict.insert_str(name, text)?;
        }
    }
    Ok(dict)
}

/// Refuses conventions that libmpdec would: long separators, sizes of groups beyond a char's.
fn check(overrides: &Dict) -> Result<()> {
    for (name, longest) in
        [(intern!("decimal_point"), 4), (intern!("thousands_sep"), 4), (intern!("grouping"), usize::MAX)]
    {
        let Some(given) = overrides.get_str(name)? else { continue };
        let Some(text) = given.downcast::<Str>() else {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        };
        let text = text.to_utf8()?;
        let grouping = longest == usize::MAX;
        if text.len() > longest
            || (grouping && !text.is_ascii())
            || (name.eq_str("decimal_point") && text.is_empty())
        {
            return Err(raise!(ValueError, "invalid override dict"));
        }
    }
    Ok(())
}

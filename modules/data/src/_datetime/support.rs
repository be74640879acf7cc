//! What the classes share: states of pickles, `time`'s tuples, the modules that parse and format.

use std::ops::RangeInclusive;

use runtime::import::import_attribute;
use runtime::prelude::*;

use super::arguments::{self, exactly};
use super::calendar;

/// The bytes of a pickle's state, if this is one: as bytes, or as text in pickles of Python 2. One byte, told by its index and
/// the bits that count, is in a range that no other argument has.
pub fn pickled<const N: usize>(
    state: &Object,
    what: &str,
    index: usize,
    mask: u32,
    range: RangeInclusive<u32>,
) -> Result<Option<[u8; N]>> {
    if let Some(bytes) = state.downcast::<Bytes>() {
        let Ok(bytes) = <[u8; N]>::try_from(bytes.as_slice()) else { return Ok(None) };
        return Ok(range.contains(&(u32::from(bytes[index]) & mask)).then_some(bytes));
    }
    let Some(text) = state.downcast::<Str>() else { return Ok(None) };
    if text.len() != N || !range.contains(&(text.char_at(index) & mask)) {
        return Ok(None);
    }
    let mut bytes = [0; N];
    for (byte, code) in bytes.iter_mut().zip(text.code_points()) {
        *byte = u8::try_from(code).map_err(|_| {
            raise!(
                ValueError,
                "Failed to encode latin1 string when unpickling a {what} object. \
                 pickle.load(data, encoding='latin1') is assumed."
            )
        })?;
    }
    Ok(Some(bytes))
}

/// `time.struct_time` of year, month, day, hour, minute and second.
pub fn struct_time([year, month, day, hour, minute, second]: [i32; 6], dst: i32) -> Result {
    let weekday = calendar::weekday(year, month, day);
    let yearday = calendar::days_before_month(year, month) as i32 + day;
    let numbers = [year, month, day, hour, minute, second, weekday, yearday, dst];
    import_attribute("time", intern!("struct_time"))?.call(&[&tuple_of(numbers)])
}

/// A tuple of numbers.
pub fn tuple_of<const N: usize>(numbers: [i32; N]) -> Ref<Tuple> {
    Tuple::pack(numbers.map(|number| Int::new(number.into()).into_object()))
}

/// `strptime` of a class, by the function of `_strptime` of that name.
pub fn strptime(class: &Type, function: &'static str, args: &[&Object]) -> Result {
    let [text, format] = exactly::<2>("strptime", args)?;
    arguments::text("strptime", 1, text)?;
    arguments::text("strptime", 2, format)?;
    import_attribute("_strptime", &Str::new(function))?.call(&[class, text, format])
}

/// `__format__`: an empty format is `str()`, any other one `strftime`'s.
pub fn format(object: &Object, args: &[&Object]) -> Result {
    let [format] = exactly::<1>("__format__", args)?;
    if arguments::text("__format__", 1, format)?.is_empty() {
        return Ok(object.str_()?.into_object());
    }
    object.call_method(intern!("strftime"), &[format])
}

/// Puts a constant into a class, once.
pub fn constant(class: &Type, name: &Str, value: impl FnOnce() -> Result) -> Result<()> {
    let Some(dict) = class.dict() else { return Ok(()) };
    match dict.get_str(name)? {
        Some(_) => Ok(()),
        None => dict.insert_str(name, &*value()?),
    }
}

/// Calls a class with numbers, a time zone, and a fold other than 0.
pub fn construct(class: &Type, numbers: &[i32], zone: Option<&Object>, fold: i32) -> Result {
    // The object that it is the class of may get another one meanwhile.
    let class = class.to_type_ref();
    let numbers: Vec<Ref> = numbers.iter().map(|&number| Int::new(number.into()).into_object()).collect();
    let mut arguments: Vec<&Object> = numbers.iter().map(|number| &**number).collect();
    let nothing = none();
    arguments.push(zone.unwrap_or(&nothing));
    if fold == 0 {
        return class.call(&arguments);
    }
    let fold = Int::new(fold.into());
    arguments.push(&fold);
    class.call_kw(&arguments, Some(&*Tuple::pack([intern!("fold").to_ref()])))
}

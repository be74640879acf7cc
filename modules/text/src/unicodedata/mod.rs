//! `unicodedata`: the Unicode Character Database, 16.0.0 and what 3.2.0 says otherwise. Enter at [`record`] (the properties
//! of a character) and [`normalize`] (the normal forms).

mod normalize;
#[allow(clippy::approx_constant, clippy::unreadable_literal, reason = "generated")]
mod tables;

use runtime::errors::raise_value;
use runtime::native::buffer::BytesLike;
use runtime::objects::exceptions::KeyError;
use runtime::prelude::*;

use normalize::Form;
use tables::{BLOCKS, DATA, DECOMPOSITIONS, INDEX, INDEX_3_2, RECORDS, SHIFT, TAGS};

/// What many characters have in common. 255 is no digit.
pub struct Record {
    category: &'static str,
    bidirectional: &'static str,
    combining: u8,
    width: &'static str,
    mirrored: bool,
    decimal: u8,
    digit: u8,
    numeric: Option<f64>,
}

/// The properties of a character: today's, or those of 3.2.0 if `old`.
fn record(code: u32, old: bool) -> &'static Record {
    let index: &[u16] = if old { &INDEX_3_2 } else { &INDEX };
    let block = index[((code >> SHIFT) as usize).min(index.len() - 1)] as usize;
    &RECORDS[BLOCKS[block << SHIFT | (code & ((1 << SHIFT) - 1)) as usize] as usize]
}

/// Is the character there in this version?
fn is_assigned(code: u32, old: bool) -> bool {
    !old || record(code, true).category != "Cn"
}

/// The tag and the parts of a character's decomposition, Hangul apart.
fn decomposition_of(code: u32) -> Option<(&'static str, &'static [u32])> {
    let found = DECOMPOSITIONS.binary_search_by_key(&code, |entry| entry.0).ok()?;
    let (_, tag, start, length) = DECOMPOSITIONS[found];
    let start = usize::from(start);
    Some((TAGS[usize::from(tag)], &DATA[start..start + usize::from(length)]))
}

/// The one character that an argument is. `place` is the argument's number, if it has one.
fn character(function: &str, place: &str, object: &Object) -> Result<u32> {
    match object.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(text.char_at(0)),
        Some(text) => Err(raise!(
            TypeError,
            "{function}(): argument{place} must be a unicode character, not a string of length {}",
            text.len()
        )),
        None => {
            let kind = object.ty().full_name();
            Err(raise!(TypeError, "{function}() argument{place} must be a unicode character, not {kind}"))
        }
    }
}

/// The default if there is one, else ValueError.
fn or_default(value: Option<Ref>, default: Option<&Object>, message: &str) -> Result {
    match (value, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.to_ref()),
        (None, None) => Err(raise!(ValueError, "{message}")),
    }
}

fn decimal_of(chr: &Object, default: Option<&Object>, old: bool) -> Result {
    let value = record(character("decimal", " 1", chr)?, old).decimal;
    or_default((value != 255).then(|| Int::new(value.into()).into_object()), default, "not a decimal")
}

fn digit_of(chr: &Object, default: Option<&Object>, old: bool) -> Result {
    let value = record(character("digit", " 1", chr)?, old).digit;
    or_default((value != 255).then(|| Int::new(value.into()).into_object()), default, "not a digit")
}

fn numeric_of(chr: &Object, default: Option<&Object>, old: bool) -> Result {
    let value = record(character("numeric", " 1", chr)?, old).numeric;
    or_default(value.map(|value| Float::new(value).into_object()), default, "not a numeric character")
}

fn decomposition_text(chr: &Object, old: bool) -> Result<String> {
    let code = character("decomposition", "", chr)?;
    if !is_assigned(code, old) {
        return Ok(String::new());
    }
    if let Some((first, second)) = normalize::hangul_parts(code) {
        return Ok(format!("{first:04X} {second:04X}"));
    }
    let Some((tag, parts)) = decomposition_of(code) else { return Ok(String::new()) };
    let tag = (!tag.is_empty()).then(|| tag.to_string());
    let parts = parts.iter().map(|part| format!("{part:04X}"));
    Ok(tag.into_iter().chain(parts).collect::<Vec<String>>().join(" "))
}

fn name_of(chr: &Object, default: Option<&Object>, old: bool) -> Result {
    let code = character("name", " 1", chr)?;
    let name = if is_assigned(code, old) { official_name(code) } else { None };
    or_default(name.map(|name| Str::from_string(name).into_object()), default, "no such name")
}

fn official_name(code: u32) -> Option<String> {
    // Python finds Tangut ideographs by name, but doesn't name them.
    if record(code, false).category == "Lo" && (0x17000..0x18d80).contains(&code) {
        let named = unicode_names2::name(char::from_u32(code)?)?.to_string();
        return (!named.starts_with("TANGUT IDEOGRAPH-")).then_some(named);
    }
    unicode_names2::name(char::from_u32(code)?).map(|name| name.to_string())
}

/// The longest name that is looked for.
const LONGEST_NAME: usize = 256;

fn lookup_name(name: &Object, old: bool) -> Result<Ref<Str>> {
    let bytes = match name.downcast::<Str>() {
        Some(text) => text.to_utf8()?.as_bytes().to_vec(),
        None => BytesLike::of(name)?.to_vec(),
    };
    let fail = |message: &str| Err(raise_value(&KeyError, &Str::new(message)));
    if bytes.len() > LONGEST_NAME {
        return fail("name too long");
    }
    let text = String::from_utf8_lossy(&bytes);
    if let Some(found) = syntax::strings::character_named(&text) {
        let code = u32::from(found);
        let official =
            || unicode_names2::name(found).is_some_and(|name| text.eq_ignore_ascii_case(&name.to_string()));
        if !old || is_assigned(code, true) && official() {
            return Ok(Str::from_char(code));
        }
    } else if !old {
        let upper = text.to_ascii_uppercase();
        if let Ok(found) = tables::SEQUENCES.binary_search_by_key(&upper.as_str(), |entry| entry.0) {
            return Ok(Str::new(tables::SEQUENCES[found].1));
        }
    }
    let shown = text.split('\0').next().unwrap_or_default();
    fail(&format!("undefined character name '{shown}'"))
}

fn form_of(form: &str) -> Result<Form> {
    Ok(match form {
        "NFC" => Form { compose: true, compatible: false },
        "NFKC" => Form { compose: true, compatible: true },
        "NFD" => Form { compose: false, compatible: false },
        "NFKD" => Form { compose: false, compatible: true },
        _ => return Err(raise!(ValueError, "invalid normalization form")),
    })
}

fn normalized(form: &str, text: &Str, old: bool) -> Result<Ref<Str>> {
    if text.is_empty() {
        return Ok(Str::exact(text));
    }
    let form = form_of(form)?;
    if !old && form.is_surely_normal(text) {
        return Ok(Str::exact(text));
    }
    form.apply(text, old)
}

fn is_normal(form: &str, text: &Str, old: bool) -> Result<bool> {
    let form = form_of(form)?;
    Ok(!old && form.is_surely_normal(text) || form.apply(text, old)?.equals(text))
}

/// Each function stands in the module, and as a method of the old database.
macro_rules! database {
    ($($(#[doc = $doc:literal])* $name:ident $signature:literal [$($parameters:tt)*] -> $result:ty, $old:ident => $body:expr;)*) => {
        $(
            $(#[doc = $doc])*
            #[function(signature = $signature)]
            fn $name($($parameters)*) -> $result {
                let $old = false;
                $body
            }
        )*

        #[methods]
        impl Ucd {
            $(
                $(#[doc = $doc])*
                #[method(signature = $signature)]
                fn $name(&self, $($parameters)*) -> $result {
                    let $old = true;
                    $body
                }
            )*

            #[getter]
            fn unidata_version(&self) -> &str {
                "3.2.0"
            }
        }
    };
}

/// An older database.
#[class(name = "unicodedata.UCD", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Ucd {
    head: Object,
}

database! {
    /// Returns the general category assigned to the character chr as string.
    category "(chr, /)" [chr: &Object] -> Result<&'static str>, old => Ok(record(character("category", "", chr)?, old).category);
    /// The bidirectional class of a character, or an empty string.
    bidirectional "(chr, /)" [chr: &Object] -> Result<&'static str>, old => Ok(record(character("bidirectional", "", chr)?, old).bidirectional);
    /// The canonical combining class of a character; 0 if it has none.
    combining "(chr, /)" [chr: &Object] -> Result<u8>, old => Ok(record(character("combining", "", chr)?, old).combining);
    /// 1 if a character is mirrored in text from right to left, else 0.
    mirrored "(chr, /)" [chr: &Object] -> Result<u8>, old => Ok(record(character("mirrored", "", chr)?, old).mirrored.into());
    /// Returns the east asian width assigned to the character chr as string.
    east_asian_width "(chr, /)" [chr: &Object] -> Result<&'static str>, old => Ok(record(character("east_asian_width", "", chr)?, old).width);
    /// What a character is composed of, or an empty string.
    decomposition "(chr, /)" [chr: &Object] -> Result<String>, old => decomposition_text(chr, old);
    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Without such a value, default is returned, or, if not given, ValueError is raised.
    decimal "(chr, default=<unrepresentable>, /)" [chr: &Object, default: Option<&Object>] -> Result, old => decimal_of(chr, default, old);
    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Without such a value, default is returned, or, if not given, ValueError is raised.
    digit "(chr, default=<unrepresentable>, /)" [chr: &Object, default: Option<&Object>] -> Result, old => digit_of(chr, default, old);
    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Without such a value, default is returned, or, if not given, ValueError is raised.
    numeric "(chr, default=<unrepresentable>, /)" [chr: &Object, default: Option<&Object>] -> Result, old => numeric_of(chr, default, old);
    /// Returns the name assigned to the character chr as a string.
    ///
    /// Without a name, default is returned, or, if not given, ValueError is raised.
    name "(chr, default=<unrepresentable>, /)" [chr: &Object, default: Option<&Object>] -> Result, old => name_of(chr, default, old);
    /// Look up character by name.
    ///
    /// If there is no such character, KeyError is raised.
    lookup "(name, /)" [name: &Object] -> Result<Ref<Str>>, old => lookup_name(name, old);
    /// Is the text in that normal form (NFC, NFKC, NFD, NFKD) already?
    is_normalized "(form, unistr, /)" [form: &str, unistr: &Str] -> Result<bool>, old => is_normal(form, unistr, old);
    /// The text in that normal form (NFC, NFKC, NFD, NFKD).
    normalize "(form, unistr, /)" [form: &str, unistr: &Str] -> Result<Ref<Str>>, old => normalized(form, unistr, old);
}

module! {
    name: "unicodedata",
    doc: "The Unicode Character Database, version 16.0.0: the properties of all characters, as the Unicode Standard\ndefines them, and the normal forms of text.",
    functions: [
        category, bidirectional, combining, mirrored, east_asian_width, decomposition, decimal, digit, numeric, name,
        lookup, is_normalized, normalize,
    ],
    classes: [Ucd],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("unidata_version"), &Str::new("16.0.0"))?;
    dict.insert_str(intern!("ucd_3_2_0"), &Ref::new(Ucd { head: Object::HEAD }))
}

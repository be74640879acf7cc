//! `_locale`: the C library's idea of language and region. <https://docs.python.org/3.14/library/locale.html>.

use std::ffi::{CStr, CString, c_char};

use runtime::objects::exceptions::{Exception, declared, raise_declared};
use runtime::prelude::*;

use runtime::native::system::c;

module! {
    name: "_locale",
    doc: "Support for POSIX locales.",
    functions: [
        setlocale, localeconv, strcoll, strxfrm, nl_langinfo, getencoding, gettext, dgettext, dcgettext, textdomain,
        bindtextdomain, bind_textdomain_codeset,
    ],
    exec: exec,
}

#[allow(unsafe_code)]
mod foreign {
    use std::ffi::{c_char, c_int};
    // SAFETY: C's declarations; `wchar_t` is 32 bits wide.
    unsafe extern "C" {
        pub fn wcscoll(one: *const u32, other: *const u32) -> c_int;
        pub fn wcsxfrm(into: *mut u32, text: *const u32, room: usize) -> usize;
        #[link_name = "dcgettext"]
        pub fn dcgettext_c(domain: *const c_char, text: *const c_char, category: c_int) -> *mut c_char;
        #[link_name = "textdomain"]
        pub fn textdomain_c(domain: *const c_char) -> *mut c_char;
        #[link_name = "bindtextdomain"]
        pub fn bindtextdomain_c(domain: *const c_char, directory: *const c_char) -> *mut c_char;
        #[link_name = "bind_textdomain_codeset"]
        pub fn bind_textdomain_codeset_c(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
    }
}

const LC_MESSAGES: i32 = libc::LC_MESSAGES;

/// What may be asked of `nl_langinfo`.
const LANGINFO: &[(&str, i32)] = &[
    ("CODESET", libc::CODESET),
    ("RADIXCHAR", libc::RADIXCHAR),
    ("THOUSEP", libc::THOUSEP),
    ("D_T_FMT", libc::D_T_FMT),
    ("D_FMT", libc::D_FMT),
    ("T_FMT", libc::T_FMT),
    ("T_FMT_AMPM", libc::T_FMT_AMPM),
    ("AM_STR", libc::AM_STR),
    ("PM_STR", libc::PM_STR),
    ("CRNCYSTR", libc::CRNCYSTR),
    ("YESEXPR", libc::YESEXPR),
    ("NOEXPR", libc::NOEXPR),
    ("ERA", libc::ERA),
    ("ERA_D_FMT", libc::ERA_D_FMT),
    ("ERA_D_T_FMT", libc::ERA_D_T_FMT),
    ("ERA_T_FMT", libc::ERA_T_FMT),
    ("ALT_DIGITS", libc::ALT_DIGITS),
    ("_DATE_FMT", 131_180),
];

/// Runs of entries that are numbered one after the other: prefix, first, how many.
const NUMBERED: &[(&str, i32, i32)] = &[
    ("DAY_", libc::DAY_1, 7),
    ("ABDAY_", libc::ABDAY_1, 7),
    ("MON_", libc::MON_1, 12),
    ("ABMON_", libc::ABMON_1, 12),
];

const CATEGORIES: &[(&str, i32)] = &[
    ("LC_CTYPE", libc::LC_CTYPE),
    ("LC_NUMERIC", libc::LC_NUMERIC),
    ("LC_TIME", libc::LC_TIME),
    ("LC_COLLATE", libc::LC_COLLATE),
    ("LC_MONETARY", libc::LC_MONETARY),
    ("LC_MESSAGES", LC_MESSAGES),
    ("LC_ALL", libc::LC_ALL),
    ("CHAR_MAX", 127),
];

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let add = |name: &str, value: i32| dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value.into()));
    for &(name, value) in CATEGORIES.iter().chain(LANGINFO) {
        add(name, value)?;
    }
    for &(prefix, first, count) in NUMBERED {
        for number in 0..count {
            add(&format!("{prefix}{}", number + 1), first + number)?;
        }
    }
    dict.insert_str(intern!("Error"), &*declared("locale.Error", &Exception)?)
}

#[cold]
fn error(message: &str) -> Raised {
    raise_declared("locale.Error", &Exception, message)
}

/// A text of the C library's; empty for none.
fn bytes_of<'a>(text: *const c_char) -> &'a [u8] {
    if text.is_null() { b"" } else { c!(CStr::from_ptr(text)).to_bytes() }
}

fn decoded(text: *const c_char) -> Result {
    let bytes = Bytes::new(bytes_of(text));
    bytes.call_method(intern!("decode"), &[&Str::new("utf-8"), &Str::new("surrogateescape")])
}

/// Text for the C library.
fn c_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| raise!(ValueError, "embedded null character"))
}

fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// Activates/queries locale processing.
#[function(signature = "($module, category, locale=None, /)")]
fn setlocale(_module: &Module, category: i32, locale: OrNone<&str>) -> Result {
    let name = locale.0.map(c_text).transpose()?;
    let result = c!(libc::setlocale(category, pointer(name.as_ref())));
    if result.is_null() {
        let message = if name.is_some() { "unsupported locale setting" } else { "locale query failed" };
        return Err(error(message));
    }
    decoded(result)
}

/// The sizes of groups of digits, up to their end mark.
fn grouping(text: *const c_char) -> Result<Ref<List>> {
    let sizes = bytes_of(text);
    let end = sizes.iter().position(|&size| size == 127).map_or(sizes.len(), |end| end + 1);
    let mut items: Vec<Ref> =
        sizes[..end].iter().map(|&size| Int::new(i64::from(size as i8)).into_object()).collect();
    if !items.is_empty() && end == sizes.len() && sizes[end - 1] != 127 {
        items.push(Int::new(0).into_object());
    }
    Ok(List::from_vec(items))
}

/// Returns numeric and monetary locale-specific parameters.
#[function(signature = "($module, /)")]
fn localeconv(_module: &Module) -> Result<Ref<Dict>> {
    let current = c!(*libc::localeconv());
    let result = Dict::new();
    let texts = [
        ("int_curr_symbol", current.int_curr_symbol),
        ("currency_symbol", current.currency_symbol),
        ("mon_decimal_point", current.mon_decimal_point),
        ("mon_thousands_sep", current.mon_thousands_sep),
        ("mon_grouping", current.mon_grouping),
        ("positive_sign", current.positive_sign),
        ("negative_sign", current.negative_sign),
    ];
    let numbers = [
        ("int_frac_digits", current.int_frac_digits),
        ("frac_digits", current.frac_digits),
        ("p_cs_precedes", current.p_cs_precedes),
        ("p_sep_by_space", current.p_sep_by_space),
        ("n_cs_precedes", current.n_cs_precedes),
        ("n_sep_by_space", current.n_sep_by_space),
        ("p_sign_posn", current.p_sign_posn),
        ("n_sign_posn", current.n_sign_posn),
    ];
    let last = [
        ("decimal_point", current.decimal_point),
        ("thousands_sep", current.thousands_sep),
        ("grouping", current.grouping),
    ];
    let add_text = |(name, text): (&str, *mut c_char)| -> Result<()> {
        let value = if name.ends_with("grouping") { grouping(text)?.into_object() } else { decoded(text)? };
        result.insert_str(&Str::intern(Str::new(name)), &value)
    };
    texts.into_iter().try_for_each(add_text)?;
    for (name, value) in numbers {
        result.insert_str(&Str::intern(Str::new(name)), &Int::new(i64::from(value)))?;
    }
    last.into_iter().try_for_each(add_text)?;
    Ok(result)
}

/// A text as the C library's wide characters.
fn wide(text: &Str) -> Result<Vec<u32>> {
    let mut codes: Vec<u32> = text.code_points().collect();
    if codes.contains(&0) {
        return Err(raise!(ValueError, "embedded null character"));
    }
    codes.push(0);
    Ok(codes)
}

/// Compares two strings according to the locale.
#[function(signature = "($module, os1, os2, /)")]
fn strcoll(_module: &Module, os1: &Str, os2: &Str) -> Result<i32> {
    let (one, other) = (wide(os1)?, wide(os2)?);
    Ok(c!(foreign::wcscoll(one.as_ptr(), other.as_ptr())))
}

/// Return a string that can be used as a key for locale-aware comparisons.
#[function(signature = "($module, string, /)")]
fn strxfrm(_module: &Module, string: &Str) -> Result<Ref<Str>> {
    let text = wide(string)?;
    let size = c!(foreign::wcsxfrm(std::ptr::null_mut(), text.as_ptr(), 0));
    let mut key = Vec::new();
    if size >= isize::MAX as usize / 4 || key.try_reserve_exact(size + 1).is_err() {
        return Err(runtime::errors::no_memory());
    }
    key.resize(size + 1, 0u32);
    let written = c!(foreign::wcsxfrm(key.as_mut_ptr(), text.as_ptr(), size + 1));
    key.truncate(written.min(size));
    if key.iter().any(|&code| code > 0x10_ffff) {
        // The library's keys need not be characters: spread them out, in the same order.
        let spread = key.iter().flat_map(|&code| [1 + (code >> 16), 1 + (code & 0xffff)]);
        return Ok(Str::from_code_points(spread));
    }
    Ok(Str::from_code_points(key.into_iter()))
}

/// Return the value for the locale information associated with key.
#[function(signature = "($module, key, /)")]
fn nl_langinfo(_module: &Module, key: i32) -> Result {
    let known = LANGINFO.iter().any(|&(_, value)| value == key)
        || NUMBERED.iter().any(|&(_, first, count)| (first..first + count).contains(&key));
    if !known {
        return Err(raise!(ValueError, "unsupported langinfo constant"));
    }
    decoded(c!(libc::nl_langinfo(key)))
}

/// Get the current locale encoding.
#[function(signature = "($module, /)")]
fn getencoding(_module: &Module) -> Result {
    let name = c!(libc::nl_langinfo(libc::CODESET));
    if bytes_of(name).is_empty() { Ok(Str::new("UTF-8").into_object()) } else { decoded(name) }
}

fn translated(domain: Option<&str>, text: &str, category: i32) -> Result {
    let (domain, text) = (domain.map(c_text).transpose()?, c_text(text)?);
    decoded(c!(foreign::dcgettext_c(pointer(domain.as_ref()), text.as_ptr(), category)))
}

/// gettext(msg) -> string
///
/// Return translation of msg.
#[function(signature = "($module, msg, /)")]
fn gettext(_module: &Module, msg: &str) -> Result {
    translated(None, msg, LC_MESSAGES)
}

/// dgettext(domain, msg) -> string
///
/// Return translation of msg in domain.
#[function(signature = "($module, domain, msg, /)")]
fn dgettext(_module: &Module, domain: OrNone<&str>, msg: &str) -> Result {
    translated(domain.0, msg, LC_MESSAGES)
}

/// Return translation of msg in domain and category.
#[function(signature = "($module, domain, msg, category, /)")]
fn dcgettext(_module: &Module, domain: OrNone<&str>, msg: &str, category: i32) -> Result {
    translated(domain.0, msg, category)
}

/// Set the C library's textdmain to domain, returning the new domain.
#[function(signature = "($module, domain, /)")]
fn textdomain(_module: &Module, domain: OrNone<&str>) -> Result {
    let domain = domain.0.map(c_text).transpose()?;
    let result = c!(foreign::textdomain_c(pointer(domain.as_ref())));
    if result.is_null() {
        return Err(runtime::errors::raise_last_os_error(None));
    }
    decoded(result)
}

/// Bind the C library's domain to dir.
#[function(signature = "($module, domain, dir, /)")]
fn bindtextdomain(_module: &Module, domain: &str, dir: OrNone<&str>) -> Result {
    if domain.is_empty() {
        return Err(error("domain must be a non-empty string"));
    }
    let (domain, directory) = (c_text(domain)?, dir.0.map(c_text).transpose()?);
    let result = c!(foreign::bindtextdomain_c(domain.as_ptr(), pointer(directory.as_ref())));
    if result.is_null() {
        return Err(runtime::errors::raise_last_os_error(None));
    }
    decoded(result)
}

/// Bind the C library's domain to codeset.
#[function(signature = "($module, domain, codeset, /)")]
fn bind_textdomain_codeset(_module: &Module, domain: &str, codeset: OrNone<&str>) -> Result<Option<Ref>> {
    let (domain, codeset) = (c_text(domain)?, codeset.0.map(c_text).transpose()?);
    let result = c!(foreign::bind_textdomain_codeset_c(domain.as_ptr(), pointer(codeset.as_ref())));
    if result.is_null() { Ok(None) } else { decoded(result).map(Some) }
}

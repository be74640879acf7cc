//! The locale of the process, and what follows from it: UTF-8 mode (PEP 540), another locale for C (PEP 538), encodings.

use std::ffi::{CStr, CString, c_char};

use super::config::Config;

/// What `Config::utf8_mode` is until the locale decides.
pub const AUTOMATIC: u8 = u8::MAX;

/// The locales that C is replaced with, the first that the system has.
const TARGETS: [&str; 3] = ["C.UTF-8", "C.utf8", "UTF-8"];

fn set(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: nothing else runs yet that looks at the locale.
    unsafe { !libc::setlocale(libc::LC_CTYPE, name.as_ptr()).is_null() }
}

fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the C library's text, copied at once.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}

fn current() -> String {
    // SAFETY: a question.
    text(unsafe { libc::setlocale(libc::LC_CTYPE, std::ptr::null()) })
}

/// What the locale encodes text in, as the C library names it.
pub fn codeset() -> String {
    // SAFETY: a question.
    text(unsafe { libc::nl_langinfo(libc::CODESET) })
}

/// Takes the locale over from the environment, and settles what depends on it.
pub fn start(config: &mut Config) {
    set("");
    let is_plain = |name: &str| matches!(name, "C" | "POSIX");
    let plain = is_plain(&current());
    if config.utf8_mode == AUTOMATIC {
        config.utf8_mode = u8::from(plain);
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let wish = if config.ignore_environment { None } else { variable("PYTHONCOERCECLOCALE") };
    let warn = wish.as_deref() == Some("warn");
    if plain && wish.as_deref() != Some("0") && variable("LC_ALL").is_none() {
        for target in TARGETS {
            if !set(target) || codeset().is_empty() {
                continue;
            }
            // Programs that this one starts shall have it, too.
            // SAFETY: this is the only thread.
            unsafe { std::env::set_var("LC_CTYPE", target) };
            set("");
            if warn {
                eprintln!(
                    "Python detected LC_CTYPE=C: LC_CTYPE coerced to {target} (set another locale or PYTHONCOERCECLOCALE=0 \
                     to disable this locale coercion behavior)."
                );
            }
            break;
        }
    }
    let name = current();
    if warn && is_plain(&name) {
        eprintln!(
            "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode \
             compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible \
             locales is recommended."
        );
    }
    config.lenient_streams = is_plain(&name) || TARGETS.contains(&name.as_str());
    config.file_encoding = match codeset().as_str() {
        "ANSI_X3.4-1968" if config.utf8_mode == 0 => "ascii",
        _ => "utf-8",
    };
}

/// The encoding of text where none is asked for: UTF-8 in UTF-8 mode, else the locale's.
pub fn encoding() -> String {
    match codeset() {
        _ if super::config().utf8_mode > 0 => "utf-8".into(),
        codeset if codeset.is_empty() => "utf-8".into(),
        codeset => codeset,
    }
}

//! What stands between digits: nothing, a fixed character, or what the C locale says (`n`).

use std::ffi::{CStr, c_char};

use super::spec::Spec;

/// The decimal point and the separators of digits.
pub struct Separators {
    pub point: Vec<u32>,
    pub thousands: Vec<u32>,
    /// The sizes of groups from the point leftwards; the last one repeats unless `repeats` is false.
    pub groups: Vec<usize>,
    pub repeats: bool,
    /// Between groups of three digits of the fraction.
    pub fraction: Option<u32>,
}

/// Text of the C library in the locale's encoding, taken for UTF-8.
///
/// # Safety
/// `text` is null or a C string.
unsafe fn decoded(text: *const c_char) -> Vec<u32> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: by contract.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().chars().map(u32::from).collect()
}

impl Separators {
    /// What a spec asks for.
    pub fn for_spec(spec: &Spec) -> Separators {
        if spec.kind == 'n' as u32 {
            return Separators::of_locale();
        }
        let point = vec!['.' as u32];
        let fraction = spec.fraction_grouping.map(u32::from);
        match spec.grouping {
            Some(character) => {
                let size = match char::from_u32(spec.kind) {
                    Some('b' | 'o' | 'x' | 'X') => 4,
                    _ => 3,
                };
                Separators {
                    point,
                    thousands: vec![character.into()],
                    groups: vec![size],
                    repeats: true,
                    fraction,
                }
            }
            None => Separators { point, thousands: Vec::new(), groups: Vec::new(), repeats: false, fraction },
        }
    }

    fn of_locale() -> Separators {
        // SAFETY: the C library's own strings, read at once, under the GIL.
        unsafe {
            let conventions = &*libc::localeconv();
            let (mut groups, mut repeats) = (Vec::new(), true);
            let mut next = conventions.grouping as *const c_char;
            loop {
                match *next {
                    0 => break,
                    c_char::MAX => {
                        repeats = false;
                        break;
                    }
                    size => groups.push(size as usize),
                }
                next = next.add(1);
            }
            repeats &= !groups.is_empty();
            Separators {
                point: decoded(conventions.decimal_point),
                thousands: decoded(conventions.thousands_sep),
                groups,
                repeats,
                fraction: None,
            }
        }
    }
}

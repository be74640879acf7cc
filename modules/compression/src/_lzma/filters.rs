//! Filter chains as Python describes them: a sequence of dicts.

use runtime::prelude::*;

use super::coder::{Filter, Options, lzma_options_bcj};
use super::{DELTA, LZMA1, LZMA2, PRESET_DEFAULT, error};

fn unsigned(object: &Object, limit: u64, kind: &str) -> Result<u64> {
    let number = object.index()?;
    if number.is_negative() {
        return Err(raise!(ValueError, "Cannot convert negative int"));
    }
    match number.to_u64() {
        Some(value) if value <= limit => Ok(value),
        _ => Err(raise!(OverflowError, "Python int too large for C {kind}")),
    }
}

pub fn unsigned32(object: &Object) -> Result<u32> {
    unsigned(object, u32::MAX.into(), "uint32_t").map(|value| value as u32)
}

pub fn unsigned64(object: &Object) -> Result<u64> {
    unsigned(object, u64::MAX, "uint64_t")
}

/// The entries of a filter's description: nothing but those names. `what` is for the message.
fn entries(specification: &Object, names: &[&str], what: &str) -> Result<Vec<Option<u32>>> {
    let invalid = || raise!(ValueError, "Invalid filter specifier for {what} filter");
    let dict = Dict::new();
    dict.update_from(specification)?;
    let mut values = vec![None; names.len()];
    let mut position = 0;
    while let Some((key, value)) = dict.next_entry(&mut position) {
        let place = key.downcast::<Str>().and_then(|key| names.iter().position(|name| key.eq_str(name)));
        match place {
            None => return Err(invalid()),
            // The preset and the id are read before.
            Some(place) if names[place] == "preset" || names[place] == "id" => {}
            Some(place) => match unsigned32(&value) {
                Ok(number) => values[place] = Some(number),
                Err(raised) => {
                    raised.clear();
                    return Err(invalid());
                }
            },
        }
    }
    Ok(values)
}

/// A filter from its description.
pub fn filter_of(specification: &Object) -> Result<Filter> {
    if !specification.is_mapping() {
        return Err(raise!(TypeError, "Filter specifier must be a dict or dict-like object"));
    }
    let id = match specification.get_item(intern!("id")) {
        Ok(id) => unsigned64(&id)?,
        Err(raised) if raised.matches(&runtime::objects::exceptions::KeyError) => {
            raised.clear();
            return Err(raise!(ValueError, "Filter specifier must have an \"id\" entry"));
        }
        Err(raised) => return Err(raised),
    };
    let options = match id {
        LZMA1 | LZMA2 => {
            let preset = match specification.get_item(intern!("preset")) {
                Ok(preset) => unsigned32(&preset)?,
                Err(raised) if raised.matches(&runtime::objects::exceptions::KeyError) => {
                    raised.clear();
                    PRESET_DEFAULT
                }
                Err(raised) => return Err(raised),
            };
            let Some(mut options) = Options::preset(preset) else {
                return Err(error(&format!("Invalid compression preset: {preset}")));
            };
            let names = ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
            let values = entries(specification, &names, "LZMA")?;
            let set = |place: usize, field: &mut u32| {
                if let Some(value) = values[place] {
                    *field = value;
                }
            };
            set(2, &mut options.dict_size);
            set(3, &mut options.lc);
            set(4, &mut options.lp);
            set(5, &mut options.pb);
            set(6, &mut options.mode);
            set(7, &mut options.nice_len);
            set(8, &mut options.mf);
            set(9, &mut options.depth);
            Options::Lzma(options)
        }
        DELTA => {
            let values = entries(specification, &["id", "dist"], "delta")?;
            Options::delta(values[1].unwrap_or(1))
        }
        4..=9 => {
            let values = entries(specification, &["id", "start_offset"], "BCJ")?;
            Options::Branch(Box::new(lzma_options_bcj { start_offset: values[1].unwrap_or(0) }))
        }
        _ => return Err(raise!(ValueError, "Invalid filter ID: {id}")),
    };
    Ok(Filter { id, options })
}

/// A chain of filters.
pub fn filter_chain(specifications: &Object) -> Result<Vec<Filter>> {
    const MOST: usize = 4;
    let count = specifications.length()?;
    if count > MOST {
        return Err(raise!(ValueError, "Too many filters - liblzma supports a maximum of {MOST}"));
    }
    (0..count).map(|index| filter_of(&*specifications.get_index(index as isize)?)).collect()
}

//! What several modules of text need.

use runtime::prelude::*;

/// The arguments of a call by `names`, all of which are required: for slots, whose arguments come unparsed.
pub fn bind<const N: usize>(
    function: &str,
    names: [&str; N],
    positional: &[&Object],
    keywords: &[(Ref, Ref)],
) -> Result<[Ref; N]> {
    let given = positional.len() + keywords.len();
    if given > N {
        let many = if N == 1 { "argument" } else { "arguments" };
        return Err(raise!(TypeError, "{function}() takes at most {N} {many} ({given} given)"));
    }
    let mut values: [Option<Ref>; N] = std::array::from_fn(|index| positional.get(index).map(|v| v.to_ref()));
    let named = |key: &Ref, name: &str| key.downcast::<Str>().is_some_and(|key| key.eq_str(name));
    for (position, name) in names.iter().enumerate() {
        if values[position].is_none() {
            values[position] =
                keywords.iter().find(|(key, _)| named(key, name)).map(|(_, value)| value.clone());
        }
        if values[position].is_none() {
            let number = position + 1;
            return Err(raise!(TypeError, "{function}() missing required argument '{name}' (pos {number})"));
        }
    }
    Ok(values.map(|value| value.unwrap_or_else(none)))
}

/// The entries of the keywords of a call.
pub fn entries(keywords: Option<&Dict>) -> Vec<(Ref, Ref)> {
    let Some(keywords) = keywords else { return Vec::new() };
    let mut position = 0;
    std::iter::from_fn(|| keywords.next_entry(&mut position)).collect()
}

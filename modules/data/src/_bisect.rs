//! `_bisect`: places in sorted lists.

use runtime::native::args::{Place, kind_of};
use runtime::objects::exceptions::OverflowError;
use runtime::prelude::*;

/// An upper bound: -1 for None.
struct High(isize);

impl FromArg<'_> for High {
    fn from_arg(object: &Object, _place: &'static Place) -> Result<Self> {
        if object.is_none() {
            return Ok(High(-1));
        }
        if object.ty().nb_index().is_none() {
            let given = kind_of(object);
            return Err(raise!(TypeError, "argument should be integer or None, not '{given}'"));
        }
        object.to_isize_index(&OverflowError).map(High)
    }
}

/// On which side of equal items.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// The first index of `low..high` where x can stand.
fn search(
    items: &Object,
    x: &Object,
    (low, high): (isize, Option<High>),
    key: Option<&Object>,
    side: Side,
) -> Result<isize> {
    if low < 0 {
        return Err(raise!(ValueError, "lo must be non-negative"));
    }
    let mut low = low;
    let mut high = match high {
        None | Some(High(-1)) => items.length()? as isize,
        Some(High(high)) => high,
    };
    if items.ty().sq_item().is_none() {
        // It raises the error.
        items.get_index(0)?;
    }
    Thread::current().check_recursion(match side {
        Side::Left => " in _bisect.bisect_left",
        Side::Right => " in _bisect.bisect_right",
    })?;
    while low < high {
        let middle = low + (high - low) / 2;
        let mut item = items.get_index(middle)?;
        if let Some(key) = key {
            item = key.call(&[&item])?;
        }
        let lower = match side {
            Side::Left => !item.rich_compare(x, CompareOp::Lt)?.is_true()?,
            Side::Right => x.rich_compare(&item, CompareOp::Lt)?.is_true()?,
        };
        if lower {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

fn insort(
    items: &Object,
    x: &Object,
    bounds: (isize, Option<High>),
    key: Option<&Object>,
    side: Side,
) -> Result<()> {
    let index = match key {
        None => search(items, x, bounds, None, side)?,
        Some(key) => search(items, &*key.call(&[x])?, bounds, Some(key), side)?,
    };
    if let Some(list) = items.downcast_exact::<List>() {
        return list.insert_at((index as usize).min(list.len()), x.to_ref());
    }
    items.call_method(intern!("insert"), &[&*Int::new(index as i64), x]).map(drop)
}

/// Return the index at which x goes into the sorted list a, behind those that equal it.
///
/// So a.insert(i, x) puts it to the right of any x that is there. All of
/// a[:i] is <= x, all of a[i:] > x.
///
/// lo and hi (default 0 and len(a)) bound the part of a that is searched.
///
/// What key(item) gives is compared with x, where a key is given.
#[function(signature = "(a, x, lo=0, hi=None, *, key=None)")]
fn bisect_right(a: &Object, x: &Object, lo: isize, hi: Option<High>, key: OrNone<&Object>) -> Result<isize> {
    search(a, x, (lo, hi), key.0, Side::Right)
}

/// Return the index at which x goes into the sorted list a, before those that equal it.
///
/// So a.insert(i, x) puts it to the left of any x that is there. All of
/// a[:i] is < x, all of a[i:] >= x.
///
/// lo and hi (default 0 and len(a)) bound the part of a that is searched.
///
/// What key(item) gives is compared with x, where a key is given.
#[function(signature = "(a, x, lo=0, hi=None, *, key=None)")]
fn bisect_left(a: &Object, x: &Object, lo: isize, hi: Option<High>, key: OrNone<&Object>) -> Result<isize> {
    search(a, x, (lo, hi), key.0, Side::Left)
}

/// Insert x into the sorted list a, behind those that equal it; a stays sorted.
///
/// lo and hi (default 0 and len(a)) bound the part of a that is searched.
///
/// Items are compared by their keys, where a key is given.
#[function(signature = "(a, x, lo=0, hi=None, *, key=None)")]
fn insort_right(a: &Object, x: &Object, lo: isize, hi: Option<High>, key: OrNone<&Object>) -> Result<()> {
    insort(a, x, (lo, hi), key.0, Side::Right)
}

/// Insert x into the sorted list a, before those that equal it; a stays sorted.
///
/// lo and hi (default 0 and len(a)) bound the part of a that is searched.
///
/// Items are compared by their keys, where a key is given.
#[function(signature = "(a, x, lo=0, hi=None, *, key=None)")]
fn insort_left(a: &Object, x: &Object, lo: isize, hi: Option<High>, key: OrNone<&Object>) -> Result<()> {
    insort(a, x, (lo, hi), key.0, Side::Left)
}

module! {
    name: "_bisect",
    doc: "Keeping a list sorted while items are put in, without sorting it anew each time.

For long lists whose items are costly to compare, this can be
an improvement over searching one item after the other.",
    functions: [bisect_right, insort_right, bisect_left, insort_left],
}

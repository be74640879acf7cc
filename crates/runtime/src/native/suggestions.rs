//! "Did you mean …?": the known name nearest to one that wasn't found, by the distance that CPython computes.

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
const MAX_CANDIDATES: usize = 750;
const MAX_LENGTH: usize = 40;

fn substitution_cost(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The edit distance in half moves (a change of case costs one), or `None` if it exceeds `max`.
fn distance(a: &[u8], b: &[u8], max: usize) -> Option<usize> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        let cost = (a.len() + b.len()) * MOVE_COST;
        return (cost <= max).then_some(cost);
    }
    if a.len().max(b.len()) > MAX_LENGTH {
        return None;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if (long.len() - short.len()) * MOVE_COST > max {
        return None;
    }
    let mut row: Vec<usize> = (1..=short.len()).map(|count| count * MOVE_COST).collect();
    let mut result = 0;
    for (index, &c) in long.iter().enumerate() {
        let mut diagonal = index * MOVE_COST;
        result = diagonal;
        let mut minimum = usize::MAX;
        for (cell, &d) in row.iter_mut().zip(short) {
            let substitute = diagonal + substitution_cost(c, d);
            diagonal = *cell;
            result = substitute.min(result.min(diagonal) + MOVE_COST);
            *cell = result;
            minimum = minimum.min(result);
        }
        if minimum > max {
            return None;
        }
    }
    (result <= max).then_some(result)
}

/// The candidate nearest to `name`, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, candidates: impl ExactSizeIterator<Item = &'a str>) -> Option<&'a str> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let mut max = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((distance, _)) = best {
            max = max.min(distance - 1);
        }
        if let Some(found) = distance(name.as_bytes(), candidate.as_bytes(), max) {
            best = Some((found, candidate));
            if found == 0 {
                break;
            }
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn as_cpython_suggests() {
        assert_eq!(nearest("stat", ["iterable", "start"].into_iter()), Some("start"));
        assert_eq!(nearest("defalt", ["key", "default"].into_iter()), Some("default"));
        assert_eq!(nearest("sgned", ["length", "byteorder", "signed"].into_iter()), Some("signed"));
        assert_eq!(nearest("foo", ["key", "reverse"].into_iter()), None);
        assert_eq!(nearest("fo", ["sep", "maxsplit"].into_iter()), None);
        assert_eq!(nearest("sepp", ["sep", "end", "file", "flush"].into_iter()), Some("sep"));
    }
}

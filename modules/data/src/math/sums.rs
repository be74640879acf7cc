//! Sums and products of many numbers, with rounding errors kept.

use runtime::objects::float::Float;
use runtime::objects::float::libm::{frexp, ldexp};
use runtime::prelude::*;
use runtime::protocol::number;

use super::multiply;

/// Return an accurate floating-point sum of values in the iterable seq.
#[function(signature = "(seq, /)")]
pub fn fsum(seq: &Object) -> Result<f64> {
    let iterator = seq.iter()?;
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinities) = (0.0, 0.0);
    while let Some(item) = iterator.iter_next()? {
        let mut x = item.to_float()?;
        let original = x;
        let mut kept = 0;
        for index in 0..partials.len() {
            let mut y = partials[index];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if original.is_finite() {
                    return Err(raise!(OverflowError, "intermediate overflow in fsum"));
                }
                if original.is_infinite() {
                    infinities += original;
                }
                special += original;
                partials.clear();
            } else {
                partials.push(x);
            }
        }
    }
    if special != 0.0 {
        if f64::is_nan(infinities) {
            return Err(raise!(ValueError, "-inf + inf in fsum"));
        }
        return Ok(special);
    }
    let Some(mut high) = partials.pop() else { return Ok(0.0) };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // A tie is decided by what lies below.
    if let Some(&next) = partials.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    Ok(high)
}

/// Calculate the product of all the elements in the input iterable.
#[function(signature = "(iterable, /, *, start=1)")]
pub fn prod(iterable: &Object, start: Option<&Object>) -> Result {
    let mut result = match start {
        Some(start) => start.to_ref(),
        None => Int::small(1).into_object(),
    };
    let iterator = iterable.iter()?;
    while let Some(item) = iterator.iter_next()? {
        result = multiply(&result, &item)?;
    }
    Ok(result)
}

/// A sum and its rounding error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

/// A product and its rounding error.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let x = a * b;
    (x, a.mul_add(b, -x))
}

/// Return the sum of products of values from two iterables p and q.
#[function(signature = "(p, q, /)")]
pub fn sumprod(p: &Object, q: &Object) -> Result {
    let (p, q) = (p.iter()?, q.iter()?);
    let mut total: Ref = Int::small(0).into_object();
    let (mut high, mut low, mut tiny) = (0.0, 0.0, 0.0);
    let mut floats = false;
    let as_float = |object: &Object| -> Option<f64> { object.downcast_exact::<Float>().map(Float::value) };
    loop {
        let (a, b) = (p.iter_next()?, q.iter_next()?);
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => break,
            _ => return Err(raise!(ValueError, "Inputs are not the same length")),
        };
        let pair = match (as_float(&a), as_float(&b)) {
            (Some(x), Some(y)) => Some((x, y)),
            (Some(x), None) if b.is::<Int>() => b.to_float().ok().map(|y| (x, y)),
            (None, Some(y)) if a.is::<Int>() => a.to_float().ok().map(|x| (x, y)),
            _ => None,
        };
        if let Some((x, y)) = pair {
            let (product, error) = two_product(x, y);
            let (sum, e1) = two_sum(high, product);
            let (l, e2) = two_sum(low, error);
            let (l, e3) = two_sum(l, e1);
            if sum.is_finite() {
                (high, low, tiny) = (sum, l, tiny + (e2 + e3));
                floats = true;
                continue;
            }
        }
        if Thread::current().has_exception() {
            return Err(Raised::assume_set());
        }
        if floats {
            total = number::add(&total, &Float::new(finish(high, low, tiny)))?;
            (high, low, tiny, floats) = (0.0, 0.0, 0.0, false);
        }
        let product = multiply(&a, &b)?;
        total = number::add(&total, &product)?;
    }
    if floats {
        total = number::add(&total, &Float::new(finish(high, low, tiny)))?;
    }
    Ok(total)
}

fn finish(high: f64, low: f64, tiny: f64) -> f64 {
    let (last, error) = two_sum(low, tiny);
    let (total, rest) = two_sum(high, last);
    total + (rest + error)
}

/// The length of a vector.
fn norm(vector: &mut [f64], max: f64, found_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if found_nan {
        return f64::NAN;
    }
    if max == 0.0 || vector.len() <= 1 {
        return max;
    }
    let (_, exponent) = frexp(max);
    if exponent < -1023 {
        for x in vector.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * norm(vector, max / f64::MIN_POSITIVE, found_nan);
    }
    let scale = ldexp(1.0, -exponent);
    let (mut sum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    let mut add = |high: f64, low: f64| {
        let total: f64 = sum + high;
        frac1 += low;
        frac2 += (sum - total) + high;
        sum = total;
        sum - 1.0 + (frac1 + frac2)
    };
    let mut square = 0.0;
    for x in vector {
        let (high, low) = two_product(*x * scale, *x * scale);
        square = add(high, low);
    }
    let mut length = square.sqrt();
    let (high, low) = two_product(-length, length);
    length += add(high, low) / (2.0 * length);
    length / scale
}

fn norm_of(mut vector: Vec<f64>) -> f64 {
    let mut max = 0.0f64;
    let mut found_nan = false;
    for x in &mut vector {
        *x = x.abs();
        found_nan |= x.is_nan();
        if *x > max {
            max = *x;
        }
    }
    norm(&mut vector, max, found_nan)
}

/// Multidimensional Euclidean distance from the origin to a point.
#[function(signature = "(*coordinates)")]
pub fn hypot(coordinates: &[&Object]) -> Result<f64> {
    let vector = coordinates.iter().map(|x| x.to_float()).collect::<Result<Vec<_>>>()?;
    Ok(norm_of(vector))
}

/// Return the Euclidean distance between two points p and q.
#[function(signature = "(p, q, /)")]
pub fn dist(p: &Object, q: &Object) -> Result<f64> {
    let point = |object: &Object| -> Result<Vec<Ref>> {
        if let Some(tuple) = object.downcast::<Tuple>() {
            return Ok(tuple.as_slice().to_vec());
        }
        let iterator = object.iter()?;
        let mut items = Vec::new();
        while let Some(item) = iterator.iter_next()? {
            items.push(item);
        }
        Ok(items)
    };
    let (p, q) = (point(p)?, point(q)?);
    if p.len() != q.len() {
        return Err(raise!(ValueError, "both points must have the same number of dimensions"));
    }
    let mut vector = Vec::with_capacity(p.len());
    for (a, b) in p.iter().zip(&q) {
        vector.push((a.to_float()? - b.to_float()?).abs());
    }
    Ok(norm_of(vector))
}

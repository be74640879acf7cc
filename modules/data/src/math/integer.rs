//! Functions of integers.

use runtime::prelude::*;

/// Greatest Common Divisor.
#[function(signature = "(*integers)")]
pub fn gcd(integers: &[&Object]) -> Result<Ref<Int>> {
    let mut result = Int::small(0);
    for number in integers {
        result = Int::gcd(&result, &*number.index()?);
    }
    Ok(result)
}

/// Least Common Multiple.
#[function(signature = "(*integers)")]
pub fn lcm(integers: &[&Object]) -> Result<Ref<Int>> {
    let mut result = Int::small(1);
    for number in integers {
        let number = number.index()?;
        if result.is_zero() || number.is_zero() {
            result = Int::small(0);
            continue;
        }
        let gcd = Int::gcd(&result, &number);
        let part = Int::floor_divide(&result, &gcd)?;
        result = Int::multiply(&part, &number).absolute();
    }
    Ok(result)
}

/// Return the integer part of the square root of the input.
#[function(signature = "(n, /)")]
pub fn isqrt(n: &Object) -> Result<Ref<Int>> {
    match n.index()?.isqrt() {
        Some(root) => Ok(root),
        None => Err(raise!(ValueError, "isqrt() argument must be nonnegative")),
    }
}

/// The product of `low..=high`.
fn product(low: u64, high: u64) -> Ref<Int> {
    if low > high {
        return Int::small(1);
    }
    if high - low < 8 {
        let mut result = Int::from_u64(low);
        for factor in low + 1..=high {
            result = Int::multiply(&result, &Int::from_u64(factor));
        }
        return result;
    }
    let middle = low + (high - low) / 2;
    Int::multiply(&product(low, middle), &product(middle + 1, high))
}

/// Find n!.
#[function(signature = "(n, /)")]
pub fn factorial(n: &Object) -> Result<Ref<Int>> {
    let n = n.index()?;
    if n.sign() < 0 {
        return Err(raise!(ValueError, "factorial() not defined for negative values"));
    }
    match n.to_i64() {
        Some(n) if n < 1 << 32 => Ok(product(2, n as u64)),
        Some(_) => Err(raise!(MemoryError)),
        None => Err(raise!(OverflowError, "factorial() argument should not exceed {}", i64::MAX)),
    }
}

/// `n * (n - 1) * … `, `k` factors.
fn falling(n: &Int, k: u64) -> Ref<Int> {
    if let Some(n) = n.to_u64() {
        return if k == 0 { Int::small(1) } else { product(n - k + 1, n) };
    }
    if k == 0 {
        return Int::small(1);
    }
    if k == 1 {
        return Int::exact(n);
    }
    let half = k / 2;
    let rest = Int::subtract(n, &Int::from_u64(half));
    Int::multiply(&falling(n, half), &falling(&rest, k - half))
}

fn natural(number: &Object, name: &str) -> Result<Ref<Int>> {
    let number = number.index()?;
    if number.sign() < 0 {
        return Err(raise!(ValueError, "{name} must be a non-negative integer"));
    }
    Ok(number)
}

/// Number of ways to choose k items from n items without repetition and with order.
#[function(signature = "(n, k=None, /)")]
pub fn perm(n: &Object, k: OrNone<&Object>) -> Result<Ref<Int>> {
    let Some(k) = k.0 else { return factorial(n) };
    let (n, k) = (n.index()?, k.index()?);
    let (n, k) = (natural(&n, "n")?, natural(&k, "k")?);
    if n.compare(&k).is_lt() {
        return Ok(Int::small(0));
    }
    match k.to_i64() {
        Some(k) if k < 1 << 32 => Ok(falling(&n, k as u64)),
        Some(_) => Err(raise!(MemoryError)),
        None => Err(raise!(OverflowError, "k must not exceed {}", i64::MAX)),
    }
}

/// Number of ways to choose k items from n items without repetition and without order.
#[function(signature = "(n, k, /)")]
pub fn comb(n: &Object, k: &Object) -> Result<Ref<Int>> {
    let (n, k) = (n.index()?, k.index()?);
    let (n, k) = (natural(&n, "n")?, natural(&k, "k")?);
    if n.compare(&k).is_lt() {
        return Ok(Int::small(0));
    }
    let other = Int::subtract(&n, &k);
    let k = if other.compare(&k).is_lt() { other } else { k };
    match k.to_i64() {
        Some(k) if k < 1 << 32 => Int::floor_divide(&falling(&n, k as u64), &product(2, k as u64)),
        Some(_) => Err(raise!(MemoryError)),
        None => Err(raise!(OverflowError, "min(n - k, k) must not exceed {}", i64::MAX)),
    }
}

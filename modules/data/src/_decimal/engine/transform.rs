//! Products of huge numbers by number-theoretic transforms: a convolution of the words modulo three primes, put together by
//! the Chinese remainder theorem. Lengths are 2ᵏ or 3·2ᵏ; butterflies keep their values below four times the prime (Harvey,
//! "Faster arithmetic for number-theoretic transforms").

use super::words::divide_by_base;

/// A prime below 2⁶² of the form k·3·2⁴² + 1, and a primitive root of it.
struct Field {
    prime: u64,
    root: u64,
}

const FIELDS: [Field; 3] = [
    Field { prime: 4_611_615_649_683_210_241, root: 11 },
    Field { prime: 4_611_549_678_985_543_681, root: 19 },
    Field { prime: 4_611_496_902_427_410_433, root: 5 },
];

/// A factor and its quotient by the prime, scaled: multiplication by it needs no division.
#[derive(Clone, Copy)]
struct Factor {
    value: u64,
    scaled: u64,
}

const fn multiply(left: u64, right: u64, prime: u64) -> u64 {
    (left as u128 * right as u128 % prime as u128) as u64
}

const fn power(mut base: u64, mut exponent: u64, prime: u64) -> u64 {
    let mut result = 1;
    while exponent != 0 {
        if exponent & 1 != 0 {
            result = multiply(result, base, prime);
        }
        base = multiply(base, base, prime);
        exponent >>= 1;
    }
    result
}

const fn inverse(value: u64, prime: u64) -> u64 {
    power(value % prime, prime - 2, prime)
}

impl Factor {
    const fn new(value: u64, prime: u64) -> Factor {
        Factor { value, scaled: (((value as u128) << 64) / prime as u128) as u64 }
    }

    /// The product, below twice the prime.
    #[inline(always)]
    fn times(self, other: u64, prime: u64) -> u64 {
        let quotient = ((u128::from(self.scaled) * u128::from(other)) >> 64) as u64;
        self.value.wrapping_mul(other).wrapping_sub(quotient.wrapping_mul(prime))
    }
}

#[inline(always)]
fn reduce(value: u64, bound: u64) -> u64 {
    if value >= bound { value - bound } else { value }
}

/// The shortest length that we transform and that holds `count` words.
pub fn length_for(count: usize) -> usize {
    let power = count.next_power_of_two();
    let third = power / 4 * 3;
    if third >= count && third.is_multiple_of(3) { third } else { power }
}

/// What one transform length needs for one prime.
struct Plan {
    prime: u64,
    /// Roots of unity: those for blocks of 2 words, then of 4, and so on: half a block each.
    roots: Vec<Factor>,
    /// For 3·2ᵏ: the roots of the whole length and their squares, in turn.
    outer: Vec<Factor>,
    inverse_outer: Vec<Factor>,
    third: Factor,
    /// One by the length, times 2⁶⁴ for Montgomery's reduction of the products.
    scale: Factor,
    negative_inverse: u64,
}

impl Plan {
    fn new(field: &Field, length: usize) -> Plan {
        let prime = field.prime;
        let order = |count: usize| power(field.root, (prime - 1) / count as u64, prime);
        let tripled = length.is_multiple_of(3);
        let inner = if tripled { length / 3 } else { length };
        let mut roots = Vec::with_capacity(inner);
        let mut half = 1;
        while half < inner {
            let step = Factor::new(order(2 * half), prime);
            let mut value = 1;
            for _ in 0..half {
                roots.push(Factor::new(value, prime));
                value = reduce(step.times(value, prime), prime);
            }
            half *= 2;
        }
        let (mut outer, mut inverse_outer) = (Vec::new(), Vec::new());
        if tripled {
            let unit = order(length);
            for (list, unit) in [(&mut outer, unit), (&mut inverse_outer, inverse(unit, prime))] {
                let step = Factor::new(unit, prime);
                let mut value = 1;
                list.reserve_exact(2 * inner);
                for _ in 0..inner {
                    let factor = Factor::new(value, prime);
                    list.push(factor);
                    list.push(Factor::new(reduce(factor.times(value, prime), prime), prime));
                    value = reduce(step.times(value, prime), prime);
                }
            }
        }
        let mut negative_inverse = 1u64;
        for _ in 0..6 {
            negative_inverse =
                negative_inverse.wrapping_mul(2u64.wrapping_add(prime.wrapping_mul(negative_inverse)));
        }
        let montgomery = ((1u128 << 64) % u128::from(prime)) as u64;
        let scale = multiply(inverse(length as u64, prime), montgomery, prime);
        Plan {
            prime,
            roots,
            outer,
            inverse_outer,
            third: Factor::new(order(3), prime),
            scale: Factor::new(scale, prime),
            negative_inverse,
        }
    }

    /// Three values by the matrix of the third roots of unity; below twice the prime in and out.
    #[inline(always)]
    fn triple(&self, a: u64, b: u64, c: u64) -> (u64, u64, u64) {
        let two = 2 * self.prime;
        let sum = reduce(b + c, two);
        // ω·b + ω²·c = ω·(b - c) - c
        let turned = self.third.times(b + two - c, self.prime);
        let first = reduce(reduce(turned + two - c, two) + a, two);
        let zeroth = reduce(a + sum, two);
        // a + ω²·b + ω·c = a - (b + c) - (ω·b + ω²·c) + …: the three add up to 3·a.
        let second = reduce(reduce(a + two - turned, two) + two - b, two);
        (zeroth, first, second)
    }

    fn forward(&self, values: &mut [u64]) {
        if !self.outer.is_empty() {
            let third = values.len() / 3;
            let (first, rest) = values.split_at_mut(third);
            let (second, last) = rest.split_at_mut(third);
            for (((a, b), c), factors) in
                first.iter_mut().zip(&mut *second).zip(&mut *last).zip(self.outer.as_chunks::<2>().0)
            {
                let (x, y, z) = self.triple(*a, *b, *c);
                *a = x;
                *b = factors[0].times(y, self.prime);
                *c = factors[1].times(z, self.prime);
            }
            for part in [first, second, last] {
                self.forward_power(part);
            }
            return;
        }
        self.forward_power(values);
    }

    /// Decimation in frequency: the results come in bit-reversed order. Values below twice the prime.
    fn forward_power(&self, values: &mut [u64]) {
        let (prime, two) = (self.prime, 2 * self.prime);
        let half = values.len() / 2;
        if half == 0 {
            return;
        }
        let roots = &self.roots[half - 1..2 * half - 1];
        let (low, high) = values.split_at_mut(half);
        for ((x, y), root) in low.iter_mut().zip(high.iter_mut()).zip(roots) {
            let difference = *x + two - *y;
            *x = reduce(*x + *y, two);
            *y = root.times(difference, prime);
        }
        self.forward_power(low);
        self.forward_power(high);
    }

    fn backward(&self, values: &mut [u64]) {
        if self.outer.is_empty() {
            return self.backward_power(values);
        }
        let third = values.len() / 3;
        values.chunks_mut(third).for_each(|part| self.backward_power(part));
        let (first, rest) = values.split_at_mut(third);
        let (second, last) = rest.split_at_mut(third);
        for (((a, b), c), factors) in
            first.iter_mut().zip(second).zip(last).zip(self.inverse_outer.as_chunks::<2>().0)
        {
            let y = factors[0].times(*b, self.prime);
            let z = factors[1].times(*c, self.prime);
            // The inverse of the matrix is that of the inverse root: the last two change places.
            (*a, *c, *b) = self.triple(*a, y, z);
        }
    }

    /// Decimation in time, from bit-reversed order, by the inverse roots: w⁻ᵏ = -w^(half - k).
    fn backward_power(&self, values: &mut [u64]) {
        let (prime, two) = (self.prime, 2 * self.prime);
        let half = values.len() / 2;
        if half == 0 {
            return;
        }
        let (low, high) = values.split_at_mut(half);
        self.backward_power(low);
        self.backward_power(high);
        let (x, y) = (low[0], high[0]);
        low[0] = reduce(x + y, two);
        high[0] = reduce(x + two - y, two);
        let roots = &self.roots[half..2 * half - 1];
        for ((x, y), root) in low[1..].iter_mut().zip(&mut high[1..]).zip(roots.iter().rev()) {
            let turned = root.times(*y, prime);
            *y = reduce(*x + turned, two);
            *x = reduce(*x + two - turned, two);
        }
    }

    /// The product by 2⁶⁴, below the prime or a little above.
    #[inline(always)]
    fn montgomery(&self, left: u64, right: u64) -> u64 {
        let product = u128::from(left) * u128::from(right);
        let factor = (product as u64).wrapping_mul(self.negative_inverse);
        let sum = u128::from(factor) * u128::from(self.prime);
        ((product >> 64) + (sum >> 64)) as u64 + u64::from(product as u64 != 0)
    }

    fn convolve(&self, left: &[u64], right: Option<&[u64]>, length: usize) -> Option<Vec<u64>> {
        let load = |words: &[u64]| {
            let mut values = super::natural::reserve(length)?;
            // A word is below three times the prime.
            values.extend(words.iter().map(|&word| reduce(word, 2 * self.prime)));
            values.resize(length, 0);
            Some(values)
        };
        let mut product = load(left)?;
        self.forward(&mut product);
        match right {
            Some(right) => {
                let mut other = load(right)?;
                self.forward(&mut other);
                for (value, &other) in product.iter_mut().zip(&other) {
                    *value = reduce(self.montgomery(*value, other), 2 * self.prime);
                }
            }
            None => {
                for value in &mut product {
                    *value = reduce(self.montgomery(*value, *value), 2 * self.prime);
                }
            }
        }
        self.backward(&mut product);
        for value in &mut product {
            *value = reduce(self.scale.times(*value, self.prime), self.prime);
        }
        Some(product)
    }
}

/// The product; `None` where there is no memory for it. Without `right`, the square.
pub fn product(out: &mut [u64], left: &[u64], right: Option<&[u64]>) -> Option<()> {
    let length = length_for(out.len());
    // All that follows takes less: if this fails, so would that.
    drop(super::natural::reserve(length.checked_mul(12)?)?);
    let mut parts = Vec::with_capacity(3);
    for field in &FIELDS {
        let plan = Plan::new(field, length);
        parts.push(plan.convolve(left, right, length)?);
    }
    const P: [u64; 3] = [FIELDS[0].prime, FIELDS[1].prime, FIELDS[2].prime];
    const FIRST_IN_SECOND: Factor = Factor::new(inverse(P[0], P[1]), P[1]);
    const FIRST_IN_THIRD: Factor = Factor::new(inverse(P[0], P[2]), P[2]);
    const SECOND_IN_THIRD: Factor = Factor::new(inverse(P[1], P[2]), P[2]);
    const BOTH: u128 = P[0] as u128 * P[1] as u128;
    let mut carry = 0u128;
    for (index, place) in out.iter_mut().enumerate() {
        let (a, b, c) = (parts[0][index], parts[1][index], parts[2][index]);
        // Garner: a + p0·(y + p1·z)
        let y = reduce(FIRST_IN_SECOND.times(b + 2 * P[1] - a, P[1]), P[1]);
        let z = reduce(FIRST_IN_THIRD.times(c + 2 * P[2] - a, P[2]), P[2]);
        let z = reduce(SECOND_IN_THIRD.times(z + 2 * P[2] - y, P[2]), P[2]);
        let low = u128::from(a) + u128::from(P[0]) * u128::from(y);
        let bottom = u128::from(BOTH as u64) * u128::from(z);
        let middle = (BOTH >> 64) * u128::from(z) + (bottom >> 64);
        let product = middle << 64 | u128::from(bottom as u64);
        let mut high = (middle >> 64) as u64;
        let (sum, over) = product.overflowing_add(low);
        high += u64::from(over);
        let (sum, over) = sum.overflowing_add(carry);
        high += u64::from(over);
        let (top, rest) = divide_by_base(u128::from(high) << 64 | sum >> 64);
        let (bottom, rest) = divide_by_base(u128::from(rest) << 64 | u128::from(sum as u64));
        *place = rest;
        carry = u128::from(top) << 64 | u128::from(bottom);
    }
    Some(())
}

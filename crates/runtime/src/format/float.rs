//! Floats as text: the shortest that reads back (`repr`), and exact digits to a precision.

use crate::objects::float::format::is_halfway;

/// Options of [`float_to_text`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FloatFlags {
    /// `+` before numbers that aren't negative.
    pub sign: bool,
    /// `.0` after what would look like an int.
    pub dot_zero: bool,
    /// Keeps the point and, with `g`, trailing zeros.
    pub alternate: bool,
    /// A zero, also one that comes from rounding, has no sign.
    pub no_negative_zero: bool,
}

/// Significant digits without trailing zeros, and where the point is: 0.DIGITS * 10^point.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

/// More digits than any double has.
const MAX_SIGNIFICANT: usize = 800;
/// More digits after the point than any double has.
const MAX_FRACTION: usize = 1100;

impl Decimal {
    /// From the text of `{:e}`.
    fn from_scientific(text: &str) -> Decimal {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        while digits.len() > 1 && digits.last() == Some(&b'0') {
            digits.pop();
        }
        let zero = digits == b"0";
        Decimal { digits, point: if zero { 1 } else { exponent.parse().unwrap_or(0) + 1 } }
    }

    fn shortest(value: f64) -> Decimal {
        let shortest = Decimal::from_scientific(&format!("{value:e}"));
        // Of two texts equally near, Python takes the even one.
        let count = shortest.digits.len();
        match count >= 16 && is_halfway(value, count as i32 - shortest.point) {
            true => Decimal::significant(value, count),
            false => shortest,
        }
    }

    fn significant(value: f64, count: usize) -> Decimal {
        let count = count.clamp(1, MAX_SIGNIFICANT);
        Decimal::from_scientific(&format!("{value:.*e}", count - 1))
    }

    /// `places` digits after the point; no digits at all if they are all zero though the value isn't.
    fn fixed(value: f64, places: usize) -> Decimal {
        if value == 0.0 {
            return Decimal { digits: vec![b'0'], point: 1 };
        }
        let text = format!("{value:.*}", places.min(MAX_FRACTION));
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let mut point = whole.len() as i32;
        let leading = digits.iter().take_while(|&&digit| digit == b'0').count();
        digits.drain(..leading);
        point -= leading as i32;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            point = -(places as i32);
        }
        Decimal { digits, point }
    }
}

/// `repr(value)`.
pub fn float_repr(value: f64) -> String {
    float_to_text(value, b'r', 0, FloatFlags { dot_zero: true, ..FloatFlags::default() })
}

/// A float as text. `code` is one of `e`, `f`, `g` and their upper case, or `r`: the shortest, with no precision.
pub fn float_to_text(value: f64, code: u8, precision: usize, flags: FloatFlags) -> String {
    let upper = code.is_ascii_uppercase();
    let mut negative = value.is_sign_negative();
    if !value.is_finite() {
        let name = match (value.is_nan(), upper) {
            (true, false) => "nan",
            (true, true) => "NAN",
            (false, false) => "inf",
            (false, true) => "INF",
        };
        let sign = match () {
            _ if negative && !value.is_nan() => "-",
            _ if flags.sign => "+",
            _ => "",
        };
        return format!("{sign}{name}");
    }
    let magnitude = value.abs();
    let code = code.to_ascii_lowercase();
    let mut precision = precision as i64;
    let decimal = match code {
        b'e' => {
            precision += 1;
            Decimal::significant(magnitude, precision as usize)
        }
        b'f' => Decimal::fixed(magnitude, precision as usize),
        b'g' => {
            precision = precision.max(1);
            Decimal::significant(magnitude, precision as usize)
        }
        _ => Decimal::shortest(magnitude),
    };
    let digits = &decimal.digits[..];
    if flags.no_negative_zero && (digits.is_empty() || digits == b"0") {
        negative = false;
    }
    let count = digits.len() as i64;
    let mut point = decimal.point as i64;
    // Where the digits end that are shown, zeros included.
    let mut end = count;
    let mut scientific = false;
    match code {
        b'e' => {
            scientific = true;
            end = precision;
        }
        b'f' => end = point + precision,
        b'g' => {
            scientific = point <= -4 || point > precision - i64::from(flags.dot_zero);
            if flags.alternate {
                end = precision;
            }
        }
        _ => scientific = point <= -4 || point > 16,
    }
    let exponent = point - 1;
    if scientific {
        point = 1;
    }
    end = end.max(if !scientific && flags.dot_zero { point + 1 } else { point });
    let mut text = String::with_capacity(end.max(0) as usize + 16);
    if negative {
        text.push('-');
    } else if flags.sign {
        text.push('+');
    }
    let zeros = |text: &mut String, count: i64| text.extend(std::iter::repeat_n('0', count.max(0) as usize));
    let show = |text: &mut String, digits: &[u8]| text.extend(digits.iter().map(|&digit| digit as char));
    if point <= 0 {
        text.push_str("0.");
        zeros(&mut text, -point);
        show(&mut text, digits);
        zeros(&mut text, end - count);
    } else if point <= count {
        show(&mut text, &digits[..point as usize]);
        text.push('.');
        show(&mut text, &digits[point as usize..]);
        zeros(&mut text, end - count);
    } else {
        show(&mut text, digits);
        zeros(&mut text, point - count);
        text.push('.');
        zeros(&mut text, end - point);
    }
    if text.ends_with('.') && !flags.alternate {
        text.pop();
    }
    if scientific {
        text.push(if upper { 'E' } else { 'e' });
        text.push(if exponent < 0 { '-' } else { '+' });
        text.push_str(&format!("{:02}", exponent.abs()));
    }
    text
}

//! What an operation is done under: precision, rounding, the range of exponents. And the conditions it reports, as bits.

/// The largest precision.
pub const MAX_PREC: i64 = 999_999_999_999_999_999;
/// The largest exponent.
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
/// The smallest exponent of a normal number.
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
/// The smallest exponent of any number.
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);
/// Beyond all exponents.
pub const EXP_INF: i64 = 2_000_000_000_000_000_001;

/// The conditions.
pub const CLAMPED: u32 = 0x0001;
pub const CONVERSION_SYNTAX: u32 = 0x0002;
pub const DIVISION_BY_ZERO: u32 = 0x0004;
pub const DIVISION_IMPOSSIBLE: u32 = 0x0008;
pub const DIVISION_UNDEFINED: u32 = 0x0010;
pub const INEXACT: u32 = 0x0040;
pub const INVALID_CONTEXT: u32 = 0x0080;
pub const INVALID_OPERATION: u32 = 0x0100;
pub const NO_MEMORY: u32 = 0x0200;
pub const FLOAT_OPERATION: u32 = 0x0400;
pub const OVERFLOW: u32 = 0x0800;
pub const ROUNDED: u32 = 0x1000;
pub const SUBNORMAL: u32 = 0x2000;
pub const UNDERFLOW: u32 = 0x4000;
/// All that the signal InvalidOperation stands for.
pub const INVALID: u32 = CONVERSION_SYNTAX
    | DIVISION_IMPOSSIBLE
    | DIVISION_UNDEFINED
    | 0x20
    | INVALID_CONTEXT
    | INVALID_OPERATION
    | NO_MEMORY;
/// The conditions after which there is no result.
pub const ERRORS: u32 = INVALID | DIVISION_BY_ZERO;

/// The ways to round, in the order of C's constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    ZeroFiveUp,
}

impl Rounding {
    pub const ALL: [Rounding; 8] = [
        Rounding::Up,
        Rounding::Down,
        Rounding::Ceiling,
        Rounding::Floor,
        Rounding::HalfUp,
        Rounding::HalfDown,
        Rounding::HalfEven,
        Rounding::ZeroFiveUp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Rounding::Up => "ROUND_UP",
            Rounding::Down => "ROUND_DOWN",
            Rounding::Ceiling => "ROUND_CEILING",
            Rounding::Floor => "ROUND_FLOOR",
            Rounding::HalfUp => "ROUND_HALF_UP",
            Rounding::HalfDown => "ROUND_HALF_DOWN",
            Rounding::HalfEven => "ROUND_HALF_EVEN",
            Rounding::ZeroFiveUp => "ROUND_05UP",
        }
    }
}

/// Precision, exponents, rounding.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    pub precision: i64,
    pub emax: i64,
    pub emin: i64,
    pub rounding: Rounding,
    pub clamp: bool,
}

impl Settings {
    /// The widest.
    pub const MAX: Settings = Settings {
        precision: MAX_PREC,
        emax: MAX_EMAX,
        emin: MIN_EMIN,
        rounding: Rounding::HalfEven,
        clamp: false,
    };

    pub fn etiny(&self) -> i64 {
        self.emin - (self.precision - 1)
    }

    pub fn etop(&self) -> i64 {
        self.emax - (self.precision - 1)
    }
}

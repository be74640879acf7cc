//! What `datetime`'s C API needs of the module `_datetime`. The two live in crates that don't know each other: the module says
//! here how its objects are made, the C API's crate how a capsule is made of that.

use std::sync::OnceLock;

use crate::errors::Result;
use crate::object::Object;
use crate::objects::r#type::Type;
use crate::raise;
use crate::reference::Ref;

/// The types and constructors of `_datetime`. A time zone may be None; a `fold` is 0 or 1.
pub struct Constructors {
    pub date_type: fn() -> &'static Type,
    pub datetime_type: fn() -> &'static Type,
    pub time_type: fn() -> &'static Type,
    pub delta_type: fn() -> &'static Type,
    pub zone_type: fn() -> &'static Type,
    /// `timezone.utc`.
    pub utc: fn() -> Result,
    /// Year, month, day.
    pub date: fn(&Type, [i32; 3]) -> Result,
    /// Year to microsecond, time zone, fold.
    pub datetime: fn(&Type, [i32; 7], &Object, i32) -> Result,
    /// Hour to microsecond, time zone, fold.
    pub time: fn(&Type, [i32; 4], &Object, i32) -> Result,
    /// Days, seconds, microseconds; are they to be normalized?
    pub delta: fn(&Type, [i32; 3], bool) -> Result,
    /// Offset and name.
    pub timezone: fn(&Object, Option<&Object>) -> Result,
}

static CONSTRUCTORS: OnceLock<&'static Constructors> = OnceLock::new();
static CAPSULE: OnceLock<fn() -> Result> = OnceLock::new();

/// Says how the capsule is made; the first to say so counts.
pub fn install(capsule: fn() -> Result) {
    let _ = CAPSULE.set(capsule);
}

/// The capsule for `_datetime`, which brings its constructors; None where no C API is built in.
pub fn capsule(constructors: &'static Constructors) -> Result<Option<Ref>> {
    let _ = CONSTRUCTORS.set(constructors);
    CAPSULE.get().map(|make| make()).transpose()
}

/// The constructors, once `_datetime` has been imported.
pub fn constructors() -> Result<&'static Constructors> {
    CONSTRUCTORS.get().copied().ok_or_else(|| raise!(SystemError, "datetime is not imported"))
}

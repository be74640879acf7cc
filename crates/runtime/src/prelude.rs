//! What nearly every native type and module needs: `use runtime::prelude::*;`.

pub use crate::errors::{Raised, Result};
pub use crate::gc::{Traverse, Visitor};
pub use crate::interpreter_state::Interpreter;
pub use crate::native::args::KwArgs;
pub use crate::native::buffer::{Buffer, BytesLike, WritableBytes};
pub use crate::native::class::NativeClass;
pub use crate::native::convert::{FromArg, IntoResult, OrNone};
pub use crate::native::module::NativeModule;
pub use crate::native::slots::Sent;
pub use crate::object::{Layout, NativeType, Object, RawObject, Static, VarObject};
pub use crate::objects::bytes::Bytes;
pub use crate::objects::dict::Dict;
pub use crate::objects::float::Float;
pub use crate::objects::int::Int;
pub use crate::objects::list::List;
pub use crate::objects::module::Module;
pub use crate::objects::set::Set;
pub use crate::objects::singletons::{ellipsis, none, not_implemented, py_bool, py_false, py_true};
pub use crate::objects::str::Str;
pub use crate::objects::tuple::Tuple;
pub use crate::objects::r#type::{StaticType, Type};
pub use crate::protocol::compare::CompareOp;
pub use crate::reference::{Link, Ref};
pub use crate::thread::Thread;
pub use crate::weakref::WeakList;
pub use crate::{intern, raise};
pub use macros::{class, function, methods, module};

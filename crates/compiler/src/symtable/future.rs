//! `from __future__ import …`: which features a program asks for, and that it asks in the right place.

use bytecode::code::flags;
use syntax::ast::{Constant, ExprKind, Location, Mod, Stmt, StmtKind};

use crate::error::{Error, Result};

/// The features in effect.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Future {
    /// `CO_FUTURE_*` bits.
    pub(crate) features: u32,
    /// Where the last `from __future__` statement stands.
    pub(crate) location: Option<Location>,
}

/// Reads the features of a module.
pub(crate) fn future_features(module: &Mod<'_>) -> Result<Future> {
    let mut future = Future::default();
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = *module else { return Ok(future) };
    let rest = if body.first().is_some_and(is_docstring) { &body[1..] } else { body };
    for statement in rest.iter().take_while(|statement| is_future(statement)) {
        if let StmtKind::ImportFrom { names, .. } = statement.kind {
            for alias in names {
                future.features |= feature(alias.name, alias.location)?;
            }
            future.location = Some(statement.location);
        }
    }
    Ok(future)
}

/// The message for an import of `__future__` after other statements.
pub(crate) const LATE: &str = "from __future__ imports must occur at the beginning of the file";

/// Whether this is `from __future__ import …`.
pub(crate) fn is_future(statement: &Stmt<'_>) -> bool {
    matches!(statement.kind, StmtKind::ImportFrom { module: Some("__future__"), level: None | Some(0), .. })
}

fn is_docstring(statement: &Stmt<'_>) -> bool {
    matches!(
        statement.kind,
        StmtKind::Expr { value } if matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. })
    )
}

fn feature(name: &str, location: Location) -> Result<u32> {
    Ok(match name {
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
        | "print_function" | "unicode_literals" | "generator_stop" => 0,
        "barry_as_FLUFL" => flags::FUTURE_BARRY_AS_BDFL,
        "annotations" => flags::FUTURE_ANNOTATIONS,
        "braces" => return Error::syntax("not a chance", location),
        _ => return Error::syntax(format!("future feature {name} is not defined"), location),
    })
}

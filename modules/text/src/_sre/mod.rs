//! `_sre`: the engine behind `re`. Patterns come compiled by `re._compiler`; here they are matched.
//! Enter at [`pattern`] (what Python sees) and [`matcher`] (how matching works).

mod chars;
mod codes;
mod match_object;
mod matcher;
mod pattern;
mod pieces;
mod program;
mod scanner;
mod subject;
mod template;

use runtime::prelude::*;

module! {
    name: "_sre",
    functions: [pattern::compile, template::template, getcodesize, ascii_iscased, unicode_iscased, ascii_tolower, unicode_tolower],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("MAGIC"), &Int::new(codes::MAGIC.into()))?;
    dict.insert_str(intern!("CODESIZE"), &Int::new(4))?;
    dict.insert_str(intern!("MAXREPEAT"), &Int::new(codes::MAX_REPEAT.into()))?;
    dict.insert_str(intern!("MAXGROUPS"), &Int::new(codes::MAX_GROUPS.into()))?;
    dict.insert_str(intern!("copyright"), &Str::new(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "))
}

#[function(signature = "($module, /)", doc = "")]
fn getcodesize(_module: &Module) -> i32 {
    4
}

#[function(signature = "($module, character, /)", doc = "")]
fn ascii_iscased(_module: &Module, character: i32) -> bool {
    u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphabetic())
}

#[function(signature = "($module, character, /)", doc = "")]
fn unicode_iscased(_module: &Module, character: i32) -> bool {
    let code = character as u32;
    chars::lower_unicode(code) != code || chars::upper_unicode(code) != code
}

#[function(signature = "($module, character, /)", doc = "")]
fn ascii_tolower(_module: &Module, character: i32) -> i32 {
    chars::lower_ascii(character as u32) as i32
}

#[function(signature = "($module, character, /)", doc = "")]
fn unicode_tolower(_module: &Module, character: i32) -> i32 {
    chars::lower_unicode(character as u32) as i32
}

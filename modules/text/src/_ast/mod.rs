//! `_ast`: the classes of syntax tree nodes, and trees as objects. All classes come from the table of the `syntax` crate.

mod classes;
mod from_objects;
mod node;
mod to_objects;

pub use node::{AST_NODE_TYPE, AstNode};

use classes::classes;
use compiler::compile_flags;
use runtime::modules::builtins::compilation::{Ast, install_ast};
use runtime::prelude::*;
use syntax::ast::Node;

/// Lets `compile()` take and give trees.
pub fn install() {
    install_ast(Ast {
        is_node: |object| {
            classes()?;
            Ok(object.downcast::<AstNode>().is_some())
        },
        to_object: |tree| to_objects::node(Node::Mod(tree), classes()?),
        from_object: from_objects::module,
    });
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let classes = classes()?;
    dict.insert_str(intern!("AST"), AstNode::type_object())?;
    for class in classes.bases.iter().chain(&classes.concrete) {
        dict.insert_str(&Str::intern(Str::new(class.name())), class)?;
    }
    let flags = [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", compile_flags::ALLOW_TOP_LEVEL_AWAIT),
        ("PyCF_ONLY_AST", compile_flags::ONLY_AST),
        ("PyCF_OPTIMIZED_AST", compile_flags::OPTIMIZED_AST),
        ("PyCF_TYPE_COMMENTS", compile_flags::TYPE_COMMENTS),
    ];
    for (name, flag) in flags {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(i64::from(flag)))?;
    }
    Ok(())
}

module! { name: "_ast", functions: [], classes: [], exec: exec }

//! Sources and the trees that CPython makes of them: `trees.txt`, recorded by `record_trees.py`.

use bumpalo::Bump;
use taipan_syntax::ast::{Node, dump::dump};
use taipan_syntax::{Mode, Options, parse};

fn tree(source: &str, mode: &str) -> String {
    let arena = Bump::new();
    let mut options = Options::default();
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" => Mode::FuncType,
        "types" => {
            options.type_comments = true;
            Mode::Exec
        }
        _ => Mode::Exec,
    };
    match parse(source, mode, options, &arena, &mut Vec::new()) {
        Ok(module) => {
            let mut text = String::new();
            dump(Node::Mod(&module), true, &mut text);
            text
        }
        Err(_) => "SyntaxError".to_owned(),
    }
}

#[test]
fn trees_are_those_of_cpython() {
    let mut wrong = Vec::new();
    for case in include_str!("trees.txt").split("=== ").skip(1) {
        let (mode, rest) = case.split_once('\n').expect("a case has a mode");
        let (source, expected) = rest.split_once("\n---\n").expect("a case has a tree");
        let got = tree(source, mode);
        if got != expected.trim_end() {
            wrong.push(format!("{mode}:\n{source}\n- {expected}+ {got}\n"));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ (- CPython, + ours):\n{}", wrong.len(), wrong.join("\n"));
}

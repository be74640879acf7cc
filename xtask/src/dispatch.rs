//! Checks the machine code of an optimized `taipan`: the interpreter's handlers have to end in jumps. The compiler doesn't
//! promise them; a call instead would let the native stack grow with each instruction.

use std::process::Command;

use crate::options::Options;

/// `dispatch --taipan target/release/taipan`: disassembles (with objdump), and names the handlers that call.
pub fn dispatch(options: &Options) -> Result<bool, String> {
    let output = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn", "--no-addresses"])
        .arg(&options.taipan)
        .output()
        .map_err(|error| format!("objdump: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (mut handlers, mut calling) = (0, Vec::new());
    for function in text.split("\n\n") {
        let Some(name) = handler_name(function) else { continue };
        handlers += 1;
        // Through the table: an indirect transfer with a scaled index.
        let through_table = |line: &&str| line.contains(",8)");
        let calls =
            function.lines().filter(|line| line.contains("call") && line.contains('*')).filter(through_table);
        if calls.count() > 0 {
            calling.push(name);
        }
    }
    if handlers == 0 {
        return Err(format!("{}: no handlers found (is it an optimized build?)", options.taipan.display()));
    }
    for name in &calling {
        println!("{name} calls the next handler");
    }
    println!("{} of {handlers} handlers call no other", handlers - calling.len());
    Ok(calling.is_empty())
}

/// The instruction of a handler's disassembly.
fn handler_name(function: &str) -> Option<&str> {
    let (_, name) = function.trim_start().lines().next()?.split_once("threaded")?;
    let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    let end = name.find("17h").or_else(|| name.find("::"))?;
    let name = &name[..end];
    name.bytes().next().filter(u8::is_ascii_uppercase)?;
    (name != "HANDLERS" && name != "HANDLED").then_some(name)
}

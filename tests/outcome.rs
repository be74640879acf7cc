//! Running one of the programs of `tests/programs`: shared by the test and by `cargo xtask record-programs`.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a program did, as the `.out` files hold it: its output, then its errors and exit status if there were any.
pub fn outcome(python: &Path, program: &Path) -> String {
    let mut command = Command::new(python);
    command.arg(program.file_name().expect("a file")).current_dir(program.parent().expect("a folder"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", std::env::var_os("HOME").unwrap_or_default());
    command.env("PYTHONHASHSEED", "0").env("LC_ALL", "C.UTF-8").env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.stdin(Stdio::null()).output().expect("the interpreter starts");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.stderr.is_empty() {
        text.push_str("--- errors\n");
        text.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    if !output.status.success() {
        text.push_str(&format!("--- exit {}\n", output.status.code().unwrap_or(-1)));
    }
    text
}

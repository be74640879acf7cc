//! Compiles the one C file: functions with variable arguments.

fn main() {
    println!("cargo::rerun-if-changed=src/variadic.c");
    cc::Build::new().file("src/variadic.c").opt_level(2).warnings(true).compile("taipan_variadic");
}

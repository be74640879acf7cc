//! Makes the executable export the C API, as CPython's does: extension modules look its symbols up there.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-rdynamic");
}

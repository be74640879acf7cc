//! The `taipan` command.

mod help;
mod modules;
mod options;
mod paths;

use runtime::import::frozen::{self, Frozen};

/// What is no Python object is allocated as these are.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Python code may nest deeply: it gets a stack of its own size, whatever the system's limit for the first thread is.
    const STACK: usize = 16 << 20;
    let mask = runtime::signal::block_all();
    let thread = std::thread::Builder::new().name("taipan".into()).stack_size(STACK).spawn(move || {
        mask.restore();
        run()
    });
    let status = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => status,
        _ => 70,
    };
    std::process::exit(status);
}

/// The command's life; its exit status.
fn run() -> i32 {
    // The C API is exported, not called: this also keeps it in the executable.
    capi::install();
    let mut config = match options::parse(std::env::args_os()) {
        Ok(config) => config,
        Err(status) => return status,
    };
    if let Err(error) = paths::find(&mut config) {
        eprintln!("taipan: the standard library can't be unpacked: {error}");
        return 1;
    }
    modules::register();
    let modules: Vec<Frozen> = stdlib::FROZEN
        .iter()
        .map(|module| Frozen {
            name: module.name,
            origin: module.origin,
            is_package: module.is_package,
            code: module.code,
        })
        .collect();
    frozen::register(modules.leak());
    runtime::startup::main(config)
}

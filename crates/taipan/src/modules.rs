//! The native modules of all crates, as `import` finds them.

/// Enters them into the runtime's table.
pub fn register() {
    let crates = [
        module_text::MODULES,
        module_data::MODULES,
        module_os::MODULES,
        module_net::MODULES,
        module_crypto::MODULES,
        module_compression::MODULES,
        module_database::MODULES,
    ];
    for modules in crates {
        runtime::modules::register(modules);
    }
    module_text::install();
}

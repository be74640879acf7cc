//! Monitoring (PEP 669): instructions of a code object are replaced in place by ones that report, so code that nobody
//! watches pays nothing. `sys.settrace` and `sys.setprofile` are two tools on top of it.
//!
//! [`tools`] knows who wants which events; [`update`] writes that into code objects ([`data`]); [`instructions`] run what
//! was written there, and [`exceptions`] is asked where exceptions go by; both tell the tools through [`report`].

pub mod branches;
pub mod data;
pub mod events;
pub mod exceptions;
pub mod instructions;
pub mod jump;
pub mod legacy;
pub mod report;
pub mod stacks;
pub mod tools;
pub mod update;

pub use data::DataSlot;
pub use events::Event;
pub use tools::State;

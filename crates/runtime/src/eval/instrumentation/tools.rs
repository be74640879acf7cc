//! The tools of an interpreter: their names, their callbacks, and the events that they want of all code.

use std::cell::Cell;

use crate::errors::Result;
use crate::eval::instrumentation::data::LocalTools;
use crate::eval::instrumentation::events::{self, Event, UNGROUPED};
use crate::eval::instrumentation::update;
use crate::interpreter_state::Interpreter;
use crate::object::Object;
use crate::objects::code::Code;
use crate::objects::str::Str;
use crate::raise;
use crate::reference::{Link, Ref};
use crate::thread::Thread;

/// All tools, and those of them that Python programs may take.
pub const TOOLS: usize = 8;
pub const USER_TOOLS: usize = 6;
/// The tools behind `sys.setprofile` and `sys.settrace`.
pub const PROFILE: usize = 6;
pub const TRACE: usize = 7;

/// What an interpreter knows of monitoring.
#[derive(Default)]
pub struct State {
    names: [Link<Str>; TOOLS],
    callbacks: [[Link; events::COUNT]; TOOLS],
    /// The tools that want an event of all code, by event.
    global: [Cell<u8>; UNGROUPED],
    tool_versions: [Cell<usize>; TOOLS],
    /// Counts the changes of what is wanted, in the bits that [`Breaker`](crate::eval::breaker::Breaker) keeps for it.
    /// A code object of another version must be brought up to date before it runs on.
    version: Cell<usize>,
    /// Code older than this gets back what was disabled.
    last_restart: Cell<usize>,
    disable: Link,
    missing: Link,
    /// How many threads trace and profile.
    pub tracing_threads: Cell<usize>,
    pub profiling_threads: Cell<usize>,
}

/// One step of the version, above the breaker's reasons.
pub const VERSION_STEP: usize = crate::eval::breaker::REASONS + 1;

fn sentinel(link: &Link) -> Ref {
    link.get().unwrap_or_else(|| {
        let object = crate::objects::object::OBJECT_TYPE.call(&[]).unwrap_or_else(|raised| {
            raised.clear();
            crate::objects::singletons::none()
        });
        link.set(Some(object.clone()));
        object
    })
}

impl State {
    /// What a callback gives to be called no more at this place.
    pub fn disable(&self) -> Ref {
        sentinel(&self.disable)
    }

    /// The argument that stands for one that is not there.
    pub fn missing(&self) -> Ref {
        sentinel(&self.missing)
    }

    pub fn name(&self, tool: usize) -> Option<Ref<Str>> {
        self.names[tool].get()
    }

    pub fn set_name(&self, tool: usize, name: Option<Ref<Str>>) {
        self.names[tool].set(name);
    }

    /// Internal tools always are.
    fn check_in_use(&self, tool: usize) -> Result<()> {
        if tool < USER_TOOLS && self.names[tool].is_null() {
            return Err(raise!(ValueError, "tool {tool} is not in use"));
        }
        Ok(())
    }

    pub fn callback(&self, tool: usize, event: Event) -> Option<Ref> {
        self.callbacks[tool][event as usize].get()
    }

    /// Puts a callback in place; gives the one before.
    pub fn set_callback(&self, tool: usize, event: Event, callback: Option<Ref>) -> Option<Ref> {
        self.callbacks[tool][event as usize].replace(callback)
    }

    /// The tools that want an event of all code.
    #[inline]
    pub fn tools_of(&self, event: Event) -> u8 {
        self.global[event as usize].get()
    }

    pub fn version(&self) -> usize {
        self.version.get()
    }

    pub fn tool_version(&self, tool: usize) -> usize {
        self.tool_versions[tool].get()
    }

    pub fn last_restart(&self) -> usize {
        self.last_restart.get()
    }

    /// The events that a tool wants of all code, as a set of bits.
    pub fn events_of(&self, tool: usize) -> u32 {
        set_of(&self.global, tool)
    }

    /// Says which events a tool wants of all code.
    pub fn set_events(&self, tool: usize, set: u32) -> Result<()> {
        self.check_in_use(tool)?;
        if self.events_of(tool) == set {
            return Ok(());
        }
        put_set(&self.global, tool, set);
        self.changed();
        Ok(())
    }

    /// Says which events a tool wants of one code object.
    pub fn set_local_events(&self, tool: usize, code: &Code, set: u32) -> Result<()> {
        if code.first_traceable() >= code.unit_count() {
            return Err(raise!(SystemError, "cannot instrument shim code object '{}'", code.name()));
        }
        self.check_in_use(tool)?;
        let data = code.monitoring_or_make();
        if data.tool_versions[tool].get() != self.tool_version(tool) {
            put_set(&data.local, tool, 0);
        }
        data.tool_versions[tool].set(self.tool_version(tool));
        if set_of(&data.local, tool) != set {
            put_set(&data.local, tool, set);
            update::update(code, self);
        }
        Ok(())
    }

    /// Forgets a tool's callbacks and events, the local ones too.
    pub fn clear(&self, tool: usize) -> Result<()> {
        if tool < USER_TOOLS && self.names[tool].is_null() {
            return Ok(());
        }
        for callback in &self.callbacks[tool] {
            callback.set(None);
        }
        if !self.names[tool].is_null() {
            self.set_events(tool, 0)?;
        }
        self.tool_versions[tool].set(self.version.get() + VERSION_STEP);
        self.changed();
        Ok(())
    }

    /// Gives tools back what their callbacks disabled.
    pub fn restart(&self) {
        self.version.set(self.version.get() + VERSION_STEP);
        self.last_restart.set(self.version.get());
        self.changed();
    }

    /// All code is out of date: what runs is changed now, the rest when it is entered.
    fn changed(&self) {
        self.version.set(self.version.get() + VERSION_STEP);
        // Threads that do not run now take the version over when they do.
        Thread::current().breaker.set_version(self.version.get());
        update::update_running(self);
    }
}

/// The state of the current thread's interpreter.
#[inline(always)]
pub fn state() -> &'static State {
    &Interpreter::current().monitoring
}

/// The set of events that a tool has in a table of tools by event.
fn set_of(table: &[Cell<u8>], tool: usize) -> u32 {
    table.iter().enumerate().fold(0, |set, (event, tools)| set | u32::from(tools.get() >> tool & 1) << event)
}

fn put_set(table: &[Cell<u8>], tool: usize, set: u32) {
    for (event, tools) in table.iter().enumerate() {
        tools.set(tools.get() & !(1 << tool) | ((set >> event & 1) as u8) << tool);
    }
}

/// The events that a tool wants of one code object.
pub fn local_events(code: &Code, tool: usize) -> u32 {
    code.monitoring().map_or(0, |data| set_of(&data.local, tool))
}

/// Voids what tools that were cleared since wanted of this code object.
pub fn drop_stale(state: &State, local: &LocalTools, versions: &[Cell<usize>; TOOLS]) {
    for (tool, version) in versions.iter().enumerate() {
        if version.get() != state.tool_version(tool) {
            put_set(local, tool, 0);
        }
    }
}

/// Is it an object that a callback returns to be disabled?
pub fn is_disable(state: &State, object: &Object) -> bool {
    state.disable.is(object)
}

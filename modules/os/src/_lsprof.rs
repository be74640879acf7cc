//! `_lsprof`: the profiler behind `cProfile`, a tool of `sys.monitoring` that adds up times by function and by caller.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;

use runtime::objects::builtin_function::BuiltinFunction;
use runtime::objects::exceptions::write_unraisable_doing;
use runtime::objects::method_descriptor::MethodDescriptor;
use runtime::prelude::*;

use runtime::native::system::{declare_sequence, float, int, sequence};

module! {
    name: "_lsprof",
    doc: "Fast profiler",
    classes: [Profiler],
    exec: exec,
}

const ENTRY: &[(&str, &str)] = &[
    ("code", "code object or built-in function name"),
    ("callcount", "how many times this was called"),
    ("reccallcount", "how many times called recursively"),
    ("totaltime", "total time in this entry"),
    ("inlinetime", "inline time in this entry (not in subcalls)"),
    ("calls", "details of the calls"),
];
const SUBENTRY: &[(&str, &str)] = &[
    ("code", "called code object or built-in function name"),
    ("callcount", "how many times this is called"),
    ("reccallcount", "how many times this is called recursively"),
    ("totaltime", "total time spent in this call"),
    ("inlinetime", "inline time (not in further subcalls)"),
];

fn exec(module: &Module) -> Result<()> {
    declare_sequence(module, "_lsprof.profiler_entry", "", ENTRY, 6)?;
    declare_sequence(module, "_lsprof.profiler_subentry", "", SUBENTRY, 5)
}

/// Times of a function, or of its calls by one caller. Times are in units of the timer.
#[derive(Clone, Copy, Default)]
struct Times {
    total: i64,
    inline: i64,
    calls: i64,
    recursive_calls: i64,
    /// How many of its calls run.
    level: i64,
}

impl Times {
    fn stop(&mut self, total: i64, inline: i64) {
        self.level -= 1;
        if self.level == 0 {
            self.total += total;
        } else {
            self.recursive_calls += 1;
        }
        self.inline += inline;
        self.calls += 1;
    }
}

/// A function that ran.
struct Entry {
    /// A code object, or what describes a native function.
    shown: Ref,
    times: Times,
    /// What it called, by index, in the order of first calls.
    callees: Vec<(usize, Times)>,
}

impl Entry {
    fn callee(&mut self, index: usize) -> &mut Times {
        let position = self.callees.iter().position(|(callee, _)| *callee == index).unwrap_or_else(|| {
            self.callees.push((index, Times::default()));
            self.callees.len() - 1
        });
        &mut self.callees[position].1
    }
}

/// A call that runs.
#[derive(Clone, Copy)]
struct Call {
    entry: usize,
    start: i64,
    /// The time that its own calls took.
    inside: i64,
}

#[derive(Default)]
struct Record {
    entries: Vec<Entry>,
    /// The entry of a code object, or of a native function's definition, by address.
    by_address: HashMap<usize, usize>,
    calls: Vec<Call>,
}

/// Build a profiler object using the specified timer function.
///
/// The default timer is a fast built-in one based on real time.
/// For custom timer functions returning integers, 'timeunit' can
/// be a float specifying a scale (that is, how long each integer unit
/// is, in seconds).
#[class(name = "_lsprof.Profiler", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Profiler {
    head: Object,
    timer: Link,
    #[gc(skip)]
    unit: Cell<f64>,
    #[gc(skip)]
    subcalls: Cell<bool>,
    #[gc(skip)]
    builtins: Cell<bool>,
    #[gc(skip)]
    enabled: Cell<bool>,
    #[gc(skip)]
    in_timer: Cell<bool>,
    #[gc(skip)]
    begin: Cell<Option<Instant>>,
    #[gc(skip)]
    record: RefCell<Record>,
}

const TOOL: i64 = 2;

/// Which callback an event has, by its name.
const CALLBACKS: &[(&str, &str)] = &[
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

fn monitoring() -> Result {
    match runtime::modules::sys::get(intern!("monitoring"))? {
        Some(monitoring) => Ok(monitoring),
        None => Err(raise!(RuntimeError, "lost sys.monitoring")),
    }
}

fn named(name: &str) -> Ref<Str> {
    Str::intern(Str::new(name))
}

/// What a native function is counted as; a method as the bound one.
fn native_function(callable: &Object, receiver: &Object) -> Result<Option<Ref>> {
    if callable.downcast::<BuiltinFunction>().is_some() {
        return Ok(Some(callable.to_ref()));
    }
    if !callable.is::<MethodDescriptor>() || monitoring()?.get_attr(intern!("MISSING"))?.is_same(receiver) {
        return Ok(None);
    }
    let method = callable.call_method(intern!("__get__"), &[receiver, receiver.ty()])?;
    Ok(method.downcast::<BuiltinFunction>().is_some().then_some(method))
}

/// A native function in words, so that its receiver is not kept.
fn describe(function: &BuiltinFunction) -> Result {
    let name = function.name();
    let module = function.get_attr_opt(intern!("__module__"))?.filter(|module| module.is::<Str>());
    let receiver = function.receiver();
    match receiver {
        None => Ok(Str::from_string(match module {
            Some(module) if module.str_()?.as_utf8() != Some("builtins") => {
                format!("<{}.{name}>", module.str_()?)
            }
            _ => format!("<{name}>"),
        })
        .into_object()),
        Some(receiver) => {
            if let Some(method) = receiver.ty().lookup(&named(&name)) {
                match method.repr() {
                    Ok(text) => return Ok(text.into_object()),
                    Err(raised) => raised.clear(),
                }
            }
            Ok(Str::from_string(match module {
                Some(module) => format!("<built-in method {}.{name}>", module.str_()?),
                None => format!("<built-in method {name}>"),
            })
            .into_object())
        }
    }
}

impl Profiler {
    /// The time now. What a timer of the program's own raises is reported and ignored.
    fn now(&self) -> i64 {
        let Some(timer) = self.timer.get() else {
            let begin = self.begin.get().unwrap_or_else(|| {
                let now = Instant::now();
                self.begin.set(Some(now));
                now
            });
            return begin.elapsed().as_nanos() as i64;
        };
        self.in_timer.set(true);
        let time = timer.call(&[]);
        self.in_timer.set(false);
        let unit = self.unit.get();
        let number = time.and_then(|time| match unit > 0.0 {
            true => time.index().map(|time| time.to_i64().unwrap_or(i64::MAX)),
            false => time.to_float().map(|seconds| (seconds * 1e9).floor() as i64),
        });
        number.unwrap_or_else(|raised| {
            write_unraisable_doing(raised.take(), "calling _lsprof timer", &timer);
            0
        })
    }

    fn enter(&self, address: usize, shown: impl FnOnce() -> Result) -> Result<()> {
        let known = self.record.borrow().by_address.get(&address).copied();
        let entry = match known {
            Some(entry) => entry,
            None => {
                let shown = shown()?;
                let mut record = self.record.borrow_mut();
                let entry = record.entries.len();
                record.entries.push(Entry { shown, times: Times::default(), callees: Vec::new() });
                record.by_address.insert(address, entry);
                entry
            }
        };
        {
            let mut record = self.record.borrow_mut();
            record.entries[entry].times.level += 1;
            let caller = record.calls.last().map(|call| call.entry);
            if let (Some(caller), true) = (caller, self.subcalls.get()) {
                record.entries[caller].callee(entry).level += 1;
            }
        }
        let start = self.now();
        // A timer may have cleared the record.
        let mut record = self.record.borrow_mut();
        if entry < record.entries.len() {
            record.calls.push(Call { entry, start, inside: 0 });
        }
        Ok(())
    }

    fn leave(&self, address: Option<usize>) {
        let now = self.now();
        let mut record = self.record.borrow_mut();
        let record = &mut *record;
        let Some(call) = record.calls.pop() else { return };
        let entry = match address {
            Some(address) => record.by_address.get(&address).copied(),
            None => Some(call.entry),
        };
        let Some(entry) = entry else { return };
        let total = now - call.start;
        let inline = total - call.inside;
        record.entries[entry].times.stop(total, inline);
        if let Some(previous) = record.calls.last_mut() {
            previous.inside += total;
            let caller = previous.entry;
            if self.subcalls.get() {
                record.entries[caller].callee(entry).stop(total, inline);
            }
        }
    }

    fn refuse_in_timer(&self, doing: &str) -> Result<()> {
        if self.in_timer.get() {
            return Err(raise!(RuntimeError, "cannot {doing} profiler in external timer"));
        }
        Ok(())
    }

    fn stop(&self) -> Result<()> {
        if !self.enabled.replace(false) {
            return Ok(());
        }
        let monitoring = monitoring()?;
        let events = monitoring.get_attr(intern!("events"))?;
        for (event, _) in CALLBACKS {
            let event = events.get_attr(&named(event))?;
            monitoring.call_method(intern!("register_callback"), &[&int(TOOL), &event, &none()])?;
        }
        monitoring.call_method(intern!("set_events"), &[&int(TOOL), &int(0)])?;
        monitoring.call_method(intern!("free_tool_id"), &[&int(TOOL)])?;
        // What still runs ends here.
        loop {
            if self.record.borrow().calls.is_empty() {
                return Ok(());
            }
            self.leave(None);
        }
    }
}

#[methods]
impl Profiler {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(
            class,
            Profiler {
                head: Object::HEAD,
                timer: Link::null(),
                unit: Cell::new(0.0),
                subcalls: Cell::new(true),
                builtins: Cell::new(true),
                enabled: Cell::new(false),
                in_timer: Cell::new(false),
                begin: Cell::new(None),
                record: RefCell::default(),
            },
        ))
    }

    #[init(signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)")]
    fn init(
        &self,
        timer: Option<&Object>,
        timeunit: Option<f64>,
        subcalls: Option<bool>,
        builtins: Option<bool>,
    ) -> Result<()> {
        self.timer.set(timer.filter(|timer| !timer.is_none()).map(Object::to_ref));
        self.unit.set(timeunit.unwrap_or(0.0));
        self.subcalls.set(subcalls.unwrap_or(true));
        self.builtins.set(builtins.unwrap_or(true));
        Ok(())
    }

    /// Start collecting profiling information.
    ///
    ///   subcalls
    ///     If True, statistics of a function are also kept by caller.
    ///   builtins
    ///     If True, the time in built-in functions is recorded apart from their caller's.
    #[method(signature = "($self, /, subcalls=True, builtins=True)")]
    fn enable(&self, subcalls: Option<bool>, builtins: Option<bool>) -> Result<()> {
        if let Some(subcalls) = subcalls {
            self.subcalls.set(subcalls);
        }
        if let Some(builtins) = builtins {
            self.builtins.set(builtins);
        }
        let monitoring = monitoring()?;
        monitoring.call_method(intern!("use_tool_id"), &[&int(TOOL), &Str::new("cProfile")])?;
        let events = monitoring.get_attr(intern!("events"))?;
        let mut set = 0;
        for (name, callback) in CALLBACKS {
            let event = events.get_attr(&named(name))?;
            set |= event.downcast::<Int>().and_then(Int::to_i64).unwrap_or(0);
            let callback = self.get_attr(&named(callback))?;
            monitoring.call_method(intern!("register_callback"), &[&int(TOOL), &event, &callback])?;
        }
        monitoring.call_method(intern!("set_events"), &[&int(TOOL), &int(set)])?;
        self.enabled.set(true);
        Ok(())
    }

    /// Stop collecting profiling information.
    #[method(signature = "($self, /)")]
    fn disable(&self) -> Result<()> {
        self.refuse_in_timer("disable")?;
        self.stop()
    }

    /// Clear all profiling information collected so far.
    #[method(signature = "($self, /)")]
    fn clear(&self) -> Result<()> {
        self.refuse_in_timer("clear")?;
        let old = self.record.take();
        drop(old);
        Ok(())
    }

    /// list of profiler_entry objects.
    #[method(signature = "($self, /)")]
    fn getstats(&self) -> Result<Ref<List>> {
        let unit = match self.timer.is_null() || self.unit.get() == 0.0 {
            true => 1e-9,
            false => self.unit.get(),
        };
        let numbers = |shown: &Ref, times: &Times| {
            vec![
                shown.clone(),
                int(times.calls),
                int(times.recursive_calls),
                float(unit * times.total as f64),
                float(unit * times.inline as f64),
            ]
        };
        // Making the objects may run the collector: the record is not borrowed meanwhile.
        type Row = (Ref, Times, Vec<(Ref, Times)>);
        let rows: Vec<Row> = {
            let record = self.record.borrow();
            let shown = |index: usize| record.entries[index].shown.clone();
            let counted = record.entries.iter().filter(|entry| entry.times.calls > 0);
            counted
                .map(|entry| {
                    let callees = entry.callees.iter().map(|(index, times)| (shown(*index), *times));
                    (entry.shown.clone(), entry.times, callees.collect())
                })
                .collect()
        };
        let list = List::new();
        for (shown, times, callees) in rows {
            let mut items = numbers(&shown, &times);
            items.push(if callees.is_empty() {
                none()
            } else {
                let calls = List::new();
                for (shown, times) in callees {
                    calls.push(sequence("_lsprof.profiler_subentry", numbers(&shown, &times))?)?;
                }
                calls.into_object()
            });
            list.push(sequence("_lsprof.profiler_entry", items)?)?;
        }
        Ok(list)
    }

    #[method(name = "_pystart_callback", signature = "($self, code, instruction_offset, /)")]
    fn py_start(&self, code: &Object, instruction_offset: &Object) -> Result<()> {
        let _ = instruction_offset;
        self.enter(code.as_ptr() as usize, || Ok(code.to_ref()))
    }

    #[method(name = "_pythrow_callback", signature = "($self, code, instruction_offset, exception, /)")]
    fn py_throw(&self, code: &Object, instruction_offset: &Object, exception: &Object) -> Result<()> {
        let _ = exception;
        self.py_start(code, instruction_offset)
    }

    #[method(name = "_pyreturn_callback", signature = "($self, code, instruction_offset, retval, /)")]
    fn py_return(&self, code: &Object, instruction_offset: &Object, retval: &Object) {
        let _ = (instruction_offset, retval);
        self.leave(Some(code.as_ptr() as usize));
    }

    #[method(
        name = "_ccall_callback",
        signature = "($self, code, instruction_offset, callable, self_arg, /)"
    )]
    fn c_call(
        &self,
        code: &Object,
        instruction_offset: &Object,
        callable: &Object,
        self_arg: &Object,
    ) -> Result<()> {
        let _ = (code, instruction_offset);
        if self.builtins.get()
            && let Some(function) = native_function(callable, self_arg)?
            && let Some(native) = function.downcast::<BuiltinFunction>()
        {
            let address = native.definition() as *const _ as usize;
            self.enter(address, || describe(native))?;
        }
        Ok(())
    }

    #[method(
        name = "_creturn_callback",
        signature = "($self, code, instruction_offset, callable, self_arg, /)"
    )]
    fn c_return(
        &self,
        code: &Object,
        instruction_offset: &Object,
        callable: &Object,
        self_arg: &Object,
    ) -> Result<()> {
        let _ = (code, instruction_offset);
        if self.builtins.get()
            && let Some(function) = native_function(callable, self_arg)?
            && let Some(native) = function.downcast::<BuiltinFunction>()
        {
            self.leave(Some(native.definition() as *const _ as usize));
        }
        Ok(())
    }
}

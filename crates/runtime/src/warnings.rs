//! Warnings: what the `warnings` module's filters decide, asked from native code. `modules/_warnings.rs` shows it to Python.
//! Behaviour: <https://docs.python.org/3.14/library/warnings.html>.

use std::cell::Cell;

use crate::errors::print::{source_line, write_error_text};
use crate::eval::frame::Frame;
use crate::objects::exceptions;
use crate::prelude::*;

/// This interpreter's filters and registries, as long as the `warnings` module doesn't say otherwise.
pub struct State {
    pub filters: Ref<List>,
    pub once_registry: Ref<Dict>,
    pub default_action: Ref<Str>,
    /// What else the module holds: the context variable with the filters of a context.
    pub context: Link,
    /// Registries of another version are out of date.
    version: Cell<i64>,
    /// The thread that holds the lock, and how often.
    owner: Cell<u64>,
    depth: Cell<usize>,
    /// The filters that `warnings.filters` named last.
    current_filters: Link,
    current_once: Link<Dict>,
    current_action: Link<Str>,
}

impl Default for State {
    fn default() -> Self {
        let filter = |action: &str, category: &Type, module: Option<&str>| {
            let module = module.map_or_else(none, |module| Str::new(module).into_object());
            Tuple::pack([
                Str::intern(Str::new(action)).into_object(),
                none(),
                category.to_ref(),
                module,
                Int::new(0).into_object(),
            ])
            .into_object()
        };
        State {
            filters: List::from_vec(vec![
                filter("default", &exceptions::DeprecationWarning, Some("__main__")),
                filter("ignore", &exceptions::DeprecationWarning, None),
                filter("ignore", &exceptions::PendingDeprecationWarning, None),
                filter("ignore", &exceptions::ImportWarning, None),
                filter("ignore", &exceptions::ResourceWarning, None),
            ]),
            once_registry: Dict::new(),
            default_action: Str::new("default"),
            context: Link::null(),
            version: Cell::new(0),
            owner: Cell::new(0),
            depth: Cell::new(0),
            current_filters: Link::null(),
            current_once: Link::null(),
            current_action: Link::null(),
        }
    }
}

impl State {
    pub fn current() -> &'static State {
        Interpreter::current().state()
    }

    /// The filters have changed: what the registries remember is void.
    pub fn filters_mutated(&self) -> Result<()> {
        if self.depth.get() == 0 || self.owner.get() != Thread::current().ident {
            return Err(raise!(RuntimeError, "warnings lock is not held"));
        }
        self.version.set(self.version.get() + 1);
        Ok(())
    }

    /// Enters the lock, which its holder may enter again.
    pub fn acquire(&self) {
        let me = Thread::current().ident;
        if self.depth.get() == 0 || self.owner.get() != me {
            self.owner.set(me);
            self.depth.set(0);
        }
        self.depth.set(self.depth.get() + 1);
    }

    pub fn release(&self) -> Result<()> {
        if self.depth.get() == 0 || self.owner.get() != Thread::current().ident {
            return Err(raise!(RuntimeError, "cannot release un-acquired lock"));
        }
        self.depth.set(self.depth.get() - 1);
        Ok(())
    }
}

/// Issues a warning about the caller `stack_level` frames up; fails if a filter makes an error of it.
pub fn warn(category: &Type, message: &str, stack_level: isize) -> Result<()> {
    warn_object(category, &Str::new(message), stack_level, None, None)
}

/// As [`warn`], about an object that dies without having been closed.
pub fn warn_about(category: &Type, message: &str, stack_level: isize, source: &Object) -> Result<()> {
    warn_object(category, &Str::new(message), stack_level, Some(source), None)
}

/// A ResourceWarning about an object.
pub fn resource_warning(source: &Object, message: &str) -> Result<()> {
    warn_about(&exceptions::ResourceWarning, message, 1, source)
}

/// As [`warn`], for a message that is any object; frames of files whose names begin with one of the prefixes don't count.
pub fn warn_object(
    category: &Type,
    message: &Object,
    stack_level: isize,
    source: Option<&Object>,
    skipped_prefixes: Option<&Tuple>,
) -> Result<()> {
    let place = Place::find(stack_level, skipped_prefixes)?;
    explicit(&Warning {
        category: category.to_type_ref(),
        message: message.to_ref(),
        filename: place.filename,
        line: place.line,
        module: Some(place.module),
        registry: Some(place.registry),
        source_line: None,
        source: source.map(Object::to_ref),
    })
}

/// Issues a warning about a line of a file: the compiler's SyntaxWarnings, and whatever knows where it belongs.
pub fn warn_explicit(
    category: &Type,
    message: &Object,
    filename: &Str,
    line: i32,
    module: Option<&Object>,
    registry: Option<&Object>,
) -> Result<()> {
    explicit(&Warning {
        category: category.to_type_ref(),
        message: message.to_ref(),
        filename: Ref::from_borrowed(filename),
        line: line.into(),
        module: module.map(Object::to_ref),
        registry: registry.map(Object::to_ref),
        source_line: None,
        source: None,
    })
}

/// A warning and the place it is about.
pub struct Warning {
    pub category: Ref<Type>,
    pub message: Ref,
    pub filename: Ref<Str>,
    pub line: i64,
    /// None: made from the file's name.
    pub module: Option<Ref>,
    pub registry: Option<Ref>,
    /// The line's text, where the module's loader knows it.
    pub source_line: Option<Ref<Str>>,
    /// The object that the warning is about.
    pub source: Option<Ref>,
}

/// Where a warning is put by its stack level.
struct Place {
    filename: Ref<Str>,
    line: i64,
    module: Ref,
    registry: Ref,
}

impl Place {
    fn find(level: isize, skipped: Option<&Tuple>) -> Result<Place> {
        let mut frame = Thread::current().frames().current();
        let mut level = level;
        let counts_all = level <= 0 || frame.is_some_and(is_internal);
        loop {
            level -= 1;
            if level <= 0 {
                break;
            }
            let Some(current) = frame else { break };
            frame = caller(current);
            if !counts_all {
                while let Some(candidate) = frame
                    && (is_internal(candidate) || is_skipped(candidate, skipped))
                {
                    frame = caller(candidate);
                }
            }
        }
        let (globals, filename, line) = match frame {
            Some(frame) => (
                Ref::from_borrowed(frame.globals()),
                frame.code().filename(),
                frame.line().unwrap_or(0).into(),
            ),
            None => {
                let sys = Interpreter::current().sys.get().unwrap_or_else(Dict::new);
                (sys, Str::new("<sys>"), 0)
            }
        };
        let registry = match globals.get_str(intern!("__warningregistry__"))? {
            Some(registry) => registry,
            None => {
                let registry = Dict::new().into_object();
                globals.insert_str(intern!("__warningregistry__"), &registry)?;
                registry
            }
        };
        let module = match globals.get_str(intern!("__name__"))? {
            Some(name) if name.is_none() || name.downcast::<Str>().is_some() => name,
            _ => Str::new("<string>").into_object(),
        };
        Ok(Place { filename, line, module, registry })
    }
}

fn caller(frame: &Frame) -> Option<&Frame> {
    // SAFETY: the callers of a running frame are alive.
    unsafe { frame.previous.as_ref() }
}

/// The import system's own frames, which no warning is about.
fn is_internal(frame: &Frame) -> bool {
    let filename = frame.code().filename();
    filename.as_utf8().is_some_and(|name| name.contains("importlib") && name.contains("_bootstrap"))
}

fn is_skipped(frame: &Frame, prefixes: Option<&Tuple>) -> bool {
    let Some(prefixes) = prefixes else { return false };
    let filename = frame.code().filename();
    let Some(filename) = filename.as_utf8() else { return false };
    let prefix_of = |prefix: &Ref| prefix.downcast::<Str>().and_then(Str::as_utf8).map(str::to_owned);
    prefixes.as_slice().iter().filter_map(prefix_of).any(|prefix| filename.starts_with(&prefix))
}

/// An attribute of the `warnings` module, if that is imported (or, for `import`, can be).
fn module_attribute(name: &Str, import: bool) -> Result<Option<Ref>> {
    let module = match import {
        true => match crate::objects::r#type::bridge::import(intern!("warnings")) {
            Ok(module) => Some(module),
            Err(raised) if raised.matches(&exceptions::ImportError) => {
                raised.clear();
                None
            }
            Err(raised) => return Err(raised),
        },
        false => match Interpreter::current().modules.get() {
            Some(modules) => modules.get_str(intern!("warnings"))?,
            None => None,
        },
    };
    match module {
        Some(module) => module.get_attr_opt(name),
        None => Ok(None),
    }
}

/// The category of a warning: the class of a message that is a warning itself, else what is given, else UserWarning.
pub fn category_of(message: &Object, category: Option<&Object>) -> Result<Ref<Type>> {
    if message.is_instance(&exceptions::Warning)? {
        return Ok(message.ty().to_type_ref());
    }
    let Some(category) = category.filter(|category| !category.is_none()) else {
        return Ok(exceptions::UserWarning.as_type().to_type_ref());
    };
    match category.downcast::<Type>() {
        Some(class) if class.is_subtype(&exceptions::Warning) => Ok(class.to_type_ref()),
        _ => {
            Err(raise!(TypeError, "category must be a Warning subclass, not '{}'", category.ty().full_name()))
        }
    }
}

/// Does a filter's pattern match: None matches all, a plain string what equals it, all else by its `match`.
fn pattern_matches(pattern: &Object, text: &Object) -> Result<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if let Some(wanted) = pattern.downcast_exact::<Str>() {
        return match text.downcast::<Str>() {
            Some(text) => Ok(wanted.equals(text)),
            None => Err(raise!(TypeError, "Can't compare str and {}", text.ty().full_name())),
        };
    }
    pattern.call_method(intern!("match"), &[text])?.is_true()
}

/// The filter that a warning meets first: its action, and the filter itself.
fn search(
    filters: &List,
    what: &str,
    warning: &Warning,
    category: &Type,
    text: &Object,
    module: &Object,
) -> Result<Option<(Ref<Str>, Ref)>> {
    let mut index = 0;
    // Matching may change the list.
    while let Some(item) = filters.get(index) {
        let Some([action, message, class, of_module, line]) =
            item.downcast::<Tuple>().and_then(|item| <&[Ref; 5]>::try_from(item.as_slice()).ok())
        else {
            return Err(raise!(ValueError, "{what} item {index} isn't a 5-tuple"));
        };
        let Some(action) = action.downcast::<Str>() else {
            return Err(raise!(TypeError, "action must be a string, not '{}'", action.ty().full_name()));
        };
        let good_message = pattern_matches(message, text)?;
        let good_module = pattern_matches(of_module, module)?;
        let good_class = category.is_subclass(class)?;
        let line = match line.is_none() {
            true => 0,
            false => line.to_isize_index(&exceptions::OverflowError)? as i64,
        };
        if good_message && good_module && good_class && (line == 0 || line == warning.line) {
            return Ok(Some((Ref::from_borrowed(action), item)));
        }
        index += 1;
    }
    Ok(None)
}

/// What to do with a warning, and the filter that says so (None: the default).
fn find_action(
    warning: &Warning,
    category: &Type,
    text: &Object,
    module: &Object,
) -> Result<(Ref<Str>, Ref)> {
    let state = State::current();
    let context = match state.context.get() {
        Some(variable) => Some(variable.call_method(intern!("get"), &[&*none()])?).filter(|it| !it.is_none()),
        None => None,
    };
    if let Some(context) = context {
        let filters = context.get_attr(intern!("_filters"))?;
        let Some(filters) = filters.downcast::<List>() else {
            return Err(raise!(ValueError, "warnings._warnings_context _filters must be a list"));
        };
        if let Some(found) = search(filters, "warnings.filters", warning, category, text, module)? {
            return Ok(found);
        }
    } else {
        if let Some(filters) = module_attribute(intern!("filters"), false)? {
            state.current_filters.set(Some(filters));
        }
        let filters = state.current_filters.get().unwrap_or_else(|| state.filters.clone().into_object());
        let Some(filters) = filters.downcast::<List>() else {
            return Err(raise!(ValueError, "_warnings.filters must be a list"));
        };
        if let Some(found) = search(filters, "warnings.filters", warning, category, text, module)? {
            return Ok(found);
        }
    }
    if let Some(action) = module_attribute(intern!("defaultaction"), false)? {
        let kind = action.ty().to_type_ref();
        let Ok(action) = action.cast::<Str>() else {
            return Err(raise!(
                TypeError,
                "_warnings.defaultaction must be a string, not '{}'",
                kind.full_name()
            ));
        };
        state.current_action.set(Some(action));
    }
    Ok((state.current_action.get().unwrap_or_else(|| state.default_action.clone()), none()))
}

fn once_registry() -> Result<Ref<Dict>> {
    let state = State::current();
    if let Some(registry) = module_attribute(intern!("onceregistry"), false)? {
        let kind = registry.ty().to_type_ref();
        let Ok(registry) = registry.cast::<Dict>() else {
            return Err(raise!(
                TypeError,
                "_warnings.onceregistry must be a dict, not '{}'",
                kind.full_name()
            ));
        };
        state.current_once.set(Some(registry));
    }
    Ok(state.current_once.get().unwrap_or_else(|| state.once_registry.clone()))
}

/// Has a warning been shown before, says its registry (which is emptied if the filters have changed since)?
fn already_warned(registry: &Dict, key: &Object, should_set: bool) -> Result<bool> {
    let version = State::current().version.get();
    let known = registry.get_str(intern!("version"))?;
    let known = known.and_then(|known| known.downcast_exact::<Int>().and_then(Int::to_i64));
    if known != Some(version) {
        registry.clear();
        registry.insert_str(intern!("version"), &Int::new(version))?;
    } else if let Some(warned) = registry.get(key)?
        && warned.is_true()?
    {
        return Ok(true);
    }
    if should_set {
        registry.insert(key, &py_true())?;
    }
    Ok(false)
}

/// The module's name as its file's name tells it.
fn module_of(filename: &Str) -> Ref<Str> {
    let length = filename.len();
    if length == 0 {
        return Str::new("<unknown>");
    }
    let suffix: Vec<u32> = (length.saturating_sub(3)..length).map(|index| filename.char_at(index)).collect();
    if length >= 3 && suffix == [u32::from(b'.'), u32::from(b'p'), u32::from(b'y')] {
        return filename.substring(0, length - 3);
    }
    Ref::from_borrowed(filename)
}

/// Issues a warning that is known with all its circumstances.
pub fn explicit(warning: &Warning) -> Result<()> {
    let module = match &warning.module {
        // Late in shutdown: `warnings` is gone already.
        Some(module) if module.is_none() => return Ok(()),
        Some(module) => module.clone(),
        None => module_of(&warning.filename).into_object(),
    };
    let registry = match warning.registry.as_ref().filter(|registry| !registry.is_none()) {
        None => None,
        Some(registry) => match registry.downcast::<Dict>() {
            Some(registry) => Some(Ref::from_borrowed(registry)),
            None => return Err(raise!(TypeError, "'registry' must be a dict or None")),
        },
    };
    let (text, message, category) = match warning.message.is_instance(&exceptions::Warning)? {
        true => {
            let text = warning.message.str_()?.into_object();
            (text, warning.message.clone(), warning.message.ty().to_type_ref())
        }
        false => {
            let made = warning.category.call(&[&warning.message])?;
            (warning.message.clone(), made, warning.category.clone())
        }
    };
    let line = Int::new(warning.line).into_object();
    let key = Tuple::pack([text.clone(), category.clone().into_object(), line.clone()]);
    if let Some(registry) = &registry
        && already_warned(registry, &key, false)?
    {
        return Ok(());
    }
    let (action, item) = find_action(warning, &category, &text, &module)?;
    let action = action.to_string();
    match action.as_str() {
        "error" => return Err(crate::errors::raise_value(&category, &message)),
        "ignore" => return Ok(()),
        "always" | "all" => {}
        _ => {
            if let Some(registry) = &registry {
                registry.insert(&key, &py_true())?;
            }
            let short_key = Tuple::pack([text.clone(), category.clone().into_object()]);
            let warned = match action.as_str() {
                "once" => {
                    let registry = registry.map_or_else(once_registry, Ok)?;
                    already_warned(&registry, &short_key, true)?
                }
                "module" => match &registry {
                    Some(registry) => already_warned(registry, &short_key, true)?,
                    None => false,
                },
                "default" => false,
                _ => {
                    let (action, item) = (Str::new(&action).repr()?, item.repr()?);
                    return Err(raise!(
                        RuntimeError,
                        "Unrecognized action ({action}) in warnings.filters:\n {item}"
                    ));
                }
            };
            if warned {
                return Ok(());
            }
        }
    }
    show(warning, &category, &text, &message, &line)
}

/// Shows a warning: by `warnings._showwarnmsg`, or plainly where that module is not imported.
fn show(warning: &Warning, category: &Type, text: &Object, message: &Object, line: &Object) -> Result<()> {
    // The library's version can tell where the source object was allocated.
    let function = module_attribute(intern!("_showwarnmsg"), warning.source.is_some())?;
    let Some(function) = function else { return show_plainly(warning, category, text) };
    if !function.is_callable() {
        return Err(raise!(TypeError, "warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = module_attribute(intern!("WarningMessage"), false)? else {
        return Err(raise!(RuntimeError, "unable to get warnings.WarningMessage"));
    };
    let nothing = none();
    let source = warning.source.as_deref().unwrap_or(&nothing);
    let told = class.call(&[message, category, &warning.filename, line, &nothing, &nothing, source])?;
    function.call(&[&told]).map(drop)
}

fn show_plainly(warning: &Warning, category: &Type, text: &Object) -> Result<()> {
    let name = category.name_object();
    let text = text.str_()?;
    let filename = warning.filename.to_string();
    let mut shown = format!("{filename}:{}: {name}: {text}\n", warning.line);
    let line = match &warning.source_line {
        Some(line) => Some(line.to_string()),
        None => source_line(&filename, i32::try_from(warning.line).unwrap_or(0)),
    };
    if let Some(line) = line {
        shown.push_str(&format!("  {}\n", line.trim()));
    }
    if let Err(raised) = write_error_text(&Str::from_string(shown)) {
        raised.clear();
    }
    Ok(())
}

/// "coroutine '…' was never awaited": by the library if it is there, which can tell where the coroutine was made.
pub fn warn_never_awaited(coroutine: &Object, qualname: &Str) -> Result<()> {
    if let Some(function) = module_attribute(intern!("_warn_unawaited_coroutine"), true)? {
        return function.call(&[coroutine]).map(drop);
    }
    let message = format!("coroutine '{qualname}' was never awaited");
    warn_about(&exceptions::RuntimeWarning, &message, 1, coroutine)
}

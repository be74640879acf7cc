//! Writing classes and functions: by module and name.

use runtime::objects::exceptions;
use runtime::prelude::*;

use super::opcodes::*;
use super::save::{Saver, unencodable};
use super::state::{pickling_error, pickling_error_after};

/// The parts between the dots of a qualified name.
pub fn dotted_path(name: &Str) -> Vec<Ref<Str>> {
    let mut path = Vec::new();
    let mut start = 0;
    for (index, code) in name.code_points().enumerate() {
        if code == u32::from('.') {
            path.push(name.substring(start, index));
            start = index + 1;
        }
    }
    path.push(name.substring(start, name.len()));
    path
}

/// The attribute of an attribute of …
pub fn follow(object: &Object, path: &[Ref<Str>]) -> Result {
    let mut found = object.to_ref();
    for name in path {
        found = found.get_attr(name)?;
    }
    Ok(found)
}

/// As [`follow`], without AttributeError.
fn follow_opt(object: &Object, path: &[Ref<Str>]) -> Result<Option<Ref>> {
    let mut found = object.to_ref();
    for name in path {
        match found.get_attr_opt(name)? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// Among all loaded modules the one where the object is.
fn search_modules(object: &Object, path: &[Ref<Str>]) -> Result {
    let modules = runtime::import::modules()?.copy()?;
    let mut position = 0;
    while let Some((name, module)) = modules.next_entry(&mut position) {
        let is_main =
            name.downcast::<Str>().is_some_and(|name| name.eq_str("__main__") || name.eq_str("__mp_main__"));
        if is_main || module.is_none() {
            continue;
        }
        if follow_opt(&module, path)?.is_some_and(|found| found.is_same(object)) {
            return Ok(name);
        }
    }
    Ok(intern!("__main__").to_ref())
}

/// The module's name for an object of that name; it must be found there.
fn which_module(object: &Object, name: &Str, path: &[Ref<Str>]) -> Result {
    if path.iter().any(|part| part.eq_str("<locals>")) {
        return Err(pickling_error(&format!("Can't pickle local object {}", object.repr()?)));
    }
    let given = object.get_attr_opt(intern!("__module__"))?.filter(|module| !module.is_none());
    let module_name = match given {
        Some(name) => name,
        None => search_modules(object, path)?,
    };
    let module = match import(&module_name) {
        Ok(module) => module,
        Err(raised)
            if raised.matches(&exceptions::ImportError)
                || raised.matches(&exceptions::ValueError)
                || raised.matches(&exceptions::KeyError) =>
        {
            let exception = raised.take();
            let (object, reason) = (object.repr()?, exception.str_()?);
            let raised = runtime::errors::restore(exception);
            return Err(pickling_error_after(raised, &format!("Can't pickle {object}: {reason}")));
        }
        Err(raised) => return Err(raised),
    };
    let place = || -> Result<String> { Ok(format!("{}.{name}", module_name.str_()?)) };
    let found = match follow(&module, path) {
        Ok(found) => found,
        Err(raised) if raised.matches(&exceptions::AttributeError) => {
            let exception = raised.take();
            let message = format!("Can't pickle {}: it's not found as {}", object.repr()?, place()?);
            return Err(pickling_error_after(runtime::errors::restore(exception), &message));
        }
        Err(raised) => return Err(raised),
    };
    if !found.is_same(object) {
        let object = object.repr()?;
        return Err(pickling_error(&format!(
            "Can't pickle {object}: it's not the same object as {}",
            place()?
        )));
    }
    Ok(module_name)
}

/// `__import__(name, level=0)`, then the module of that very name.
fn import(name: &Object) -> Result {
    let modules = runtime::import::modules()?;
    if let Some(name) = name.downcast_exact::<Str>()
        && let Some(module) = modules.get_str(name)?
        && !module.is_none()
    {
        return runtime::import::import_absolute(name);
    }
    runtime::import::import_level(name, None, None, 0)?;
    match modules.get(name)? {
        Some(module) => Ok(module),
        None => Err(runtime::objects::dict::key_error(name)),
    }
}

/// Two strings of a renaming table.
pub fn pair_of_str<'a>(value: &'a Object, table: &str) -> Result<(&'a Str, &'a Str)> {
    let Some([module, name]) = value.downcast::<Tuple>().map(Tuple::as_slice) else {
        let kind = value.ty().full_name();
        return Err(raise!(RuntimeError, "_compat_pickle.{table} values should be 2-tuples, not {kind}"));
    };
    match (module.downcast::<Str>(), name.downcast::<Str>()) {
        (Some(module), Some(name)) => Ok((module, name)),
        _ => {
            let (first, second) = (module.ty().full_name(), name.ty().full_name());
            Err(raise!(
                RuntimeError,
                "_compat_pickle.{table} values should be pairs of str, not ({first}, {second})"
            ))
        }
    }
}

/// A string of a renaming table.
pub fn plain_str<'a>(value: &'a Object, table: &str) -> Result<&'a Str> {
    value.downcast::<Str>().ok_or_else(|| {
        let kind = value.ty().full_name();
        raise!(RuntimeError, "_compat_pickle.{table} values should be strings, not {kind}")
    })
}

impl Saver<'_> {
    pub fn save_type(&mut self, class: &Type) -> Result<()> {
        let singleton =
            [none(), ellipsis(), not_implemented()].into_iter().find(|value| value.ty().is_same(class));
        match singleton {
            Some(value) => {
                let arguments = Tuple::pack([value]).into_object();
                self.save_reduce(&Tuple::pack([Type::type_object().to_ref(), arguments]), class)
            }
            None => self.save_global(class, None),
        }
    }

    /// Writes an object that is found by a name: the given one, or its own.
    pub fn save_global(&mut self, object: &Object, name: Option<&Object>) -> Result<()> {
        let name = match name {
            Some(name) => name.to_ref(),
            None => match object.get_attr_opt(intern!("__qualname__"))?.filter(|name| !name.is_none()) {
                Some(name) => name,
                None => object.get_attr(intern!("__name__"))?,
            },
        };
        let Some(name) = name.downcast::<Str>() else {
            let kind = name.ty().full_name();
            return Err(raise!(TypeError, "must be str, not {kind}"));
        };
        let path = dotted_path(name);
        let module_name = which_module(object, name, &path)?;
        if self.protocol >= 2 && self.save_extension(&module_name, name)? {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save(&module_name)?;
            self.save(name)?;
            self.output.put_byte(STACK_GLOBAL);
            return self.memoize(object);
        }
        let Some(module_name) = module_name.downcast::<Str>() else {
            let kind = module_name.ty().full_name();
            return Err(raise!(TypeError, "must be str, not {kind}"));
        };
        // `getattr(getattr(first, second), third)`.
        let attributes = &path[1..];
        for _ in attributes {
            let getattr = self.state.getattr()?;
            self.save(&getattr)?;
            if self.protocol < 2 {
                self.output.put_byte(MARK);
            }
        }
        self.save_by_name(module_name, &path[0])?;
        for attribute in attributes {
            self.save(attribute)?;
            self.output.put(&[if self.protocol < 2 { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        self.memoize(object)
    }

    /// Writes the code that `copyreg.add_extension` has given to the name, if any.
    fn save_extension(&mut self, module_name: &Object, name: &Str) -> Result<bool> {
        let key = Tuple::pack([module_name.to_ref(), name.to_ref()]);
        let Some(code) = self.state.extension_registry()?.get(&key)? else { return Ok(false) };
        let Some(code) = code.index()?.to_i64() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C long"));
        };
        if !(1..=0x7fff_ffff).contains(&code) {
            return Err(raise!(RuntimeError, "extension code {code} is out of range"));
        }
        let [a, b, c, d] = (code as u32).to_le_bytes();
        match code {
            ..=0xff => self.output.put(&[EXT1, a]),
            0x100..=0xffff => self.output.put(&[EXT2, a, b]),
            _ => self.output.put(&[EXT4, a, b, c, d]),
        }
        Ok(true)
    }

    /// GLOBAL, under Python 2's names where that is asked for.
    fn save_by_name(&mut self, module_name: &Str, name: &Str) -> Result<()> {
        let (mut module_name, mut name) = (Ref::from_borrowed(module_name), Ref::from_borrowed(name));
        if self.pickler.fixes_imports() {
            let key = Tuple::pack([module_name.to_ref(), name.to_ref()]);
            if let Some(renamed) = self.state.names_3_to_2()?.get(&key)? {
                let (module, old) = pair_of_str(&renamed, "REVERSE_NAME_MAPPING")?;
                (module_name, name) = (Ref::from_borrowed(module), Ref::from_borrowed(old));
            } else if let Some(renamed) = self.state.modules_3_to_2()?.get(&module_name)? {
                module_name = Ref::from_borrowed(plain_str(&renamed, "REVERSE_IMPORT_MAPPING")?);
            }
        }
        let protocol = self.protocol;
        let encoding = match protocol {
            3.. => runtime::codecs::Native::Utf8,
            _ => runtime::codecs::Native::Ascii,
        };
        let encode = |what: &str, text: &Str| {
            encoding.encode(text, "strict").map_err(|raised| {
                match raised.matches(&exceptions::UnicodeEncodeError) {
                    true => unencodable(raised, what, text, protocol),
                    false => raised,
                }
            })
        };
        let module = encode("module", &module_name)?;
        let name = encode("global", &name)?;
        self.output.put_byte(GLOBAL);
        self.output.put(&module);
        self.output.put_byte(b'\n');
        self.output.put(&name);
        self.output.put_byte(b'\n');
        Ok(())
    }
}

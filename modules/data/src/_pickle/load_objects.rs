//! Filling containers, finding classes, making instances and giving them their state.

use runtime::codecs::Native;
use runtime::prelude::*;

use super::load::Loader;
use super::state::unpickling_error;

/// `callable(*arguments)`.
fn call(callable: &Object, arguments: &Tuple) -> Result {
    match arguments.as_slice() {
        [] => callable.call(&[]),
        [a] => callable.call(&[a]),
        [a, b] => callable.call(&[a, b]),
        [a, b, c] => callable.call(&[a, b, c]),
        all => callable.call(&all.iter().map(|argument| &**argument).collect::<Vec<&Object>>()),
    }
}

/// An instance as protocols 0 and 1 make it: without arguments not by calling the class, unless that wants it.
fn instantiate(class: &Object, arguments: &Tuple) -> Result {
    if arguments.is_empty()
        && class.downcast::<Type>().is_some()
        && class.get_attr_opt(intern!("__getinitargs__"))?.is_none()
    {
        return class.call_method(intern!("__new__"), &[class]);
    }
    call(class, arguments)
}

impl Loader<'_> {
    /// Appends the values from a height on to the object below.
    pub fn append_from(&mut self, start: usize) -> Result<()> {
        let Some(target) = self.target(start)? else { return Ok(()) };
        if let Some(list) = target.downcast_exact::<List>() {
            return self.move_to_list(start, list);
        }
        if let Some(extend) = target.get_attr_opt(intern!("extend"))? {
            let items = List::from_vec(self.take_from(start));
            extend.call(&[&items])?;
            return Ok(());
        }
        // Older protocols ask for no more than this method.
        let append = target.get_attr(intern!("append"))?;
        for item in self.take_from(start) {
            append.call(&[&item])?;
        }
        Ok(())
    }

    /// Sets the keys and values from a height on in the object below.
    pub fn set_from(&mut self, start: usize) -> Result<()> {
        if start > self.height() {
            return Err(self.underflow());
        }
        let Some(target) = self.target(start)? else { return Ok(()) };
        let items = self.take_from(start);
        if !items.len().is_multiple_of(2) {
            return Err(unpickling_error("odd number of items for SETITEMS"));
        }
        let dict = target.downcast_exact::<Dict>();
        for entry in items.chunks_exact(2) {
            match dict {
                Some(dict) => dict.insert(&entry[0], &entry[1])?,
                None => target.set_item(&entry[0], &entry[1])?,
            }
        }
        Ok(())
    }

    pub fn load_dict(&mut self) -> Result<()> {
        let start = self.mark()?;
        let items = self.take_from(start);
        if !items.len().is_multiple_of(2) {
            return Err(unpickling_error("odd number of items for DICT"));
        }
        let dict = Dict::new();
        for entry in items.chunks_exact(2) {
            dict.insert(&entry[0], &entry[1])?;
        }
        self.push(dict.into_object())
    }

    pub fn load_additems(&mut self) -> Result<()> {
        let start = self.mark()?;
        let Some(target) = self.target(start)? else { return Ok(()) };
        let items = self.take_from(start);
        if let Some(set) = target.downcast::<Set>() {
            for item in &items {
                set.add(item)?;
            }
            return Ok(());
        }
        let add = target.get_attr(intern!("add"))?;
        for item in &items {
            add.call(&[item])?;
        }
        Ok(())
    }

    pub fn load_obj(&mut self) -> Result<()> {
        let start = self.mark()?;
        if self.height() <= start {
            return Err(self.underflow());
        }
        let arguments = Tuple::from_vec(self.take_from(start + 1));
        let class = self.pop()?;
        let object = instantiate(&class, &arguments)?;
        self.push(object)
    }

    pub fn load_inst(&mut self) -> Result<()> {
        let start = self.mark()?;
        let module = self.read_name(Native::Ascii)?;
        let name = self.read_name(Native::Ascii)?;
        let class = self.unpickler.find(&module, &name)?;
        let arguments = Tuple::from_vec(self.take_from(start));
        let object = instantiate(&class, &arguments)?;
        self.push(object)
    }

    pub fn load_newobj(&mut self) -> Result<()> {
        let arguments = self.pop()?;
        let class = self.pop()?;
        let object = make(&class, &arguments, None, "NEWOBJ")?;
        self.push(object)
    }

    pub fn load_newobj_ex(&mut self) -> Result<()> {
        let keywords = self.pop()?;
        let arguments = self.pop()?;
        let class = self.pop()?;
        let object = make(&class, &arguments, Some(&keywords), "NEWOBJ_EX")?;
        self.push(object)
    }

    pub fn load_global(&mut self) -> Result<()> {
        let module = self.read_name(Native::Utf8)?;
        let name = self.read_name(Native::Utf8)?;
        let found = self.unpickler.find(&module, &name)?;
        self.push(found)
    }

    pub fn load_stack_global(&mut self) -> Result<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        if !name.is::<Str>() || !module.is::<Str>() {
            return Err(unpickling_error("STACK_GLOBAL requires str"));
        }
        let found = self.unpickler.find(&module, &name)?;
        self.push(found)
    }

    /// An object by the code that `copyreg.add_extension` has given it.
    pub fn load_extension(&mut self, width: usize) -> Result<()> {
        let mut bytes = [0; 4];
        bytes[..width].copy_from_slice(self.input.read(width)?);
        let code = i32::from_le_bytes(bytes);
        if code <= 0 {
            return Err(unpickling_error("EXT specifies code <= 0"));
        }
        let key = Int::new(i64::from(code));
        if let Some(known) = self.state.extension_cache()?.get(&key)? {
            return self.push(known);
        }
        let Some(pair) = self.state.inverted_registry()?.get(&key)? else {
            return Err(raise!(ValueError, "unregistered extension code {code}"));
        };
        // Any Python code can have put something there.
        let names = match pair.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([module, name])
                if module.downcast::<Str>().is_some() && name.downcast::<Str>().is_some() =>
            {
                Some((module.clone(), name.clone()))
            }
            _ => None,
        };
        let Some((module, name)) = names else {
            return Err(raise!(ValueError, "_inverted_registry[{code}] isn't a 2-tuple of strings"));
        };
        let found = self.unpickler.find(&module, &name)?;
        self.state.extension_cache()?.insert(&key, &found)?;
        self.push(found)
    }

    pub fn load_reduce(&mut self) -> Result<()> {
        let arguments = self.pop()?;
        let callable = self.pop()?;
        let Some(arguments) = arguments.downcast::<Tuple>() else {
            return Err(raise!(TypeError, "argument list must be a tuple"));
        };
        let object = call(&callable, arguments)?;
        self.push(object)
    }

    /// Gives an object its state: by `__setstate__`, or into its dictionary and slots.
    pub fn load_build(&mut self) -> Result<()> {
        if self.available() < 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let object = self.top()?;
        if let Some(set_state) = object.get_attr_opt(intern!("__setstate__"))? {
            set_state.call(&[&state])?;
            return Ok(());
        }
        let (state, slots) = match state.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([state, slots]) => (state.clone(), Some(slots.clone())),
            _ => (state, None),
        };
        if !state.is_none() {
            let Some(state) = state.downcast::<Dict>() else {
                return Err(unpickling_error("state is not a dictionary"));
            };
            let dict = object.get_attr(intern!("__dict__"))?;
            let mut position = 0;
            while let Some((key, value)) = state.next_entry(&mut position) {
                let key = match key.cast_exact::<Str>() {
                    Ok(name) => Str::intern(name).into_object(),
                    Err(key) => key,
                };
                match dict.downcast_exact::<Dict>() {
                    Some(dict) => dict.insert(&key, &value)?,
                    None => dict.set_item(&key, &value)?,
                }
            }
        }
        if let Some(slots) = slots {
            let Some(slots) = slots.downcast::<Dict>() else {
                return Err(unpickling_error("slot state is not a dictionary"));
            };
            let mut position = 0;
            while let Some((key, value)) = slots.next_entry(&mut position) {
                object.set_attr(runtime::protocol::attribute::attribute_name(&key)?, &value)?;
            }
        }
        Ok(())
    }
}

/// `class.__new__(class, *arguments, **keywords)`, by the class's slot.
fn make(class: &Object, arguments: &Object, keywords: Option<&Object>, opcode: &str) -> Result {
    let kind = |object: &Object| object.ty().full_name().to_owned();
    let Some(class) = class.downcast::<Type>() else {
        let kind = kind(class);
        return Err(unpickling_error(&format!("{opcode} class argument must be a type, not {kind}")));
    };
    if class.raw.tp_new.get().is_none() {
        let kind = kind(class);
        return Err(unpickling_error(&format!("{opcode} class argument '{kind}' doesn't have __new__")));
    }
    let Some(arguments) = arguments.downcast::<Tuple>() else {
        let kind = kind(arguments);
        return Err(unpickling_error(&format!("{opcode} args argument must be a tuple, not {kind}")));
    };
    let keywords = match keywords {
        None => None,
        Some(keywords) => match keywords.downcast::<Dict>() {
            Some(keywords) => Some(keywords),
            None => {
                let kind = kind(keywords);
                return Err(unpickling_error(&format!(
                    "{opcode} kwargs argument must be a dict, not {kind}"
                )));
            }
        },
    };
    class.call_new(arguments, keywords).unwrap_or_else(|| Err(raise!(SystemError, "no __new__")))
}

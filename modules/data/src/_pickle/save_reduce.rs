//! Writing what `__reduce__` gave: how to make the object, then its items and its state.

use runtime::prelude::*;

use super::opcodes::*;
use super::save::{Saver, noted, serializing, type_text};
use super::state::pickling_error;

/// The third, fourth, … part of a reduction: None is as good as missing.
fn part(parts: &Tuple, index: usize) -> Option<&Object> {
    parts.as_slice().get(index).map(|part| &**part).filter(|part| !part.is_none())
}

/// `__newobj__` or `__newobj_ex__`: `copyreg`'s names for calls of `__new__`.
enum Maker {
    New,
    NewWithKeywords,
    Other,
}

impl Saver<'_> {
    /// Writes an object as its reduction says.
    pub fn save_reduce(&mut self, parts: &Tuple, object: &Object) -> Result<()> {
        let wrong = |which: &str, wanted: &str, got: &Object| {
            let got = type_text(got);
            pickling_error(&format!(
                "{which} item of the tuple returned by __reduce__ must be {wanted}, not {got}"
            ))
        };
        let [callable, arguments, rest @ ..] = parts.as_slice() else { return Err(wrong_count()) };
        if rest.len() > 4 {
            return Err(wrong_count());
        }
        if !callable.is_callable() {
            return Err(wrong("first", "callable", callable));
        }
        let Some(arguments) = arguments.downcast::<Tuple>() else {
            return Err(wrong("second", "a tuple", arguments));
        };
        let (state, list_items, dict_items) = (part(parts, 2), part(parts, 3), part(parts, 4));
        let state_setter = part(parts, 5);
        if let Some(items) = list_items.filter(|items| !items.is_iterator()) {
            return Err(wrong("fourth", "an iterator", items));
        }
        if let Some(items) = dict_items.filter(|items| !items.is_iterator()) {
            return Err(wrong("fifth", "an iterator", items));
        }
        if let Some(setter) = state_setter.filter(|setter| !setter.is_callable()) {
            return Err(wrong("sixth", "callable", setter));
        }

        match self.maker(callable)? {
            Maker::NewWithKeywords => self.save_new_with_keywords(arguments, object)?,
            Maker::New => self.save_new(arguments, object)?,
            Maker::Other => {
                let saved = self.save(callable);
                noted(saved, || serializing(object, "reconstructor"))?;
                let saved = self.save(arguments);
                noted(saved, || serializing(object, "reconstructor arguments"))?;
                self.output.put_byte(REDUCE);
            }
        }
        if self.is_known(object) {
            // An argument contains the object and has written it: the second one goes again.
            self.output.put_byte(POP);
            self.save_known(object)?;
        } else {
            self.memoize(object)?;
        }

        if let Some(items) = list_items {
            self.append_all(items, object)?;
        }
        if let Some(items) = dict_items {
            self.set_all(items, object)?;
        }
        let Some(state) = state else { return Ok(()) };
        let Some(setter) = state_setter else {
            let saved = self.save(state);
            noted(saved, || serializing(object, "state"))?;
            self.output.put_byte(BUILD);
            return Ok(());
        };
        // `setter(object, state)`, whose result nobody wants.
        let saved = self.save(setter);
        noted(saved, || serializing(object, "state setter"))?;
        self.save(object)?;
        let saved = self.save(state);
        noted(saved, || serializing(object, "state"))?;
        self.output.put(&[TUPLE2, REDUCE, POP]);
        Ok(())
    }

    fn maker(&self, callable: &Object) -> Result<Maker> {
        if self.protocol < 2 {
            return Ok(Maker::Other);
        }
        let name = callable.get_attr_opt(intern!("__name__"))?;
        Ok(match name.as_ref().and_then(|name| name.downcast::<Str>()) {
            Some(name) if name.eq_str("__newobj__") => Maker::New,
            Some(name) if name.eq_str("__newobj_ex__") => Maker::NewWithKeywords,
            _ => Maker::Other,
        })
    }

    /// `class.__new__(class, *args)`.
    fn save_new(&mut self, arguments: &Tuple, object: &Object) -> Result<()> {
        let [class, arguments @ ..] = arguments.as_slice() else {
            return Err(pickling_error("__newobj__ expected at least 1 argument, got 0"));
        };
        must_be_class(class, "__newobj__")?;
        let own = object.get_attr(intern!("__class__"))?;
        if !own.is_same(class) {
            let (own, class) = (own.repr()?, class.repr()?);
            return Err(pickling_error(&format!(
                "first argument to __newobj__() must be {own}, not {class}"
            )));
        }
        let saved = self.save(class);
        noted(saved, || serializing(object, "class"))?;
        let arguments = Tuple::from_vec(arguments.to_vec());
        let saved = self.save(&arguments);
        noted(saved, || serializing(object, "__new__ arguments"))?;
        self.output.put_byte(NEWOBJ);
        Ok(())
    }

    /// `class.__new__(class, *args, **kwargs)`.
    fn save_new_with_keywords(&mut self, arguments: &Tuple, object: &Object) -> Result<()> {
        let [class, args, kwargs] = arguments.as_slice() else {
            let count = arguments.len();
            return Err(pickling_error(&format!("__newobj_ex__ expected 3 arguments, got {count}")));
        };
        must_be_class(class, "__newobj_ex__")?;
        let Some(args) = args.downcast::<Tuple>() else {
            let got = type_text(args);
            return Err(pickling_error(&format!(
                "second argument to __newobj_ex__() must be a tuple, not {got}"
            )));
        };
        let Some(kwargs) = kwargs.downcast::<Dict>() else {
            let got = type_text(kwargs);
            return Err(pickling_error(&format!(
                "third argument to __newobj_ex__() must be a dict, not {got}"
            )));
        };
        if self.protocol >= 4 {
            let saved = self.save(class);
            noted(saved, || serializing(object, "class"))?;
            let saved = self.save(args).and_then(|()| self.save(kwargs));
            noted(saved, || serializing(object, "__new__ arguments"))?;
            self.output.put_byte(NEWOBJ_EX);
            return Ok(());
        }
        // `partial(class.__new__, class, *args, **kwargs)()`.
        let mut values = vec![class.get_attr(intern!("__new__"))?, class.clone()];
        values.extend(args.as_slice().iter().cloned());
        let call = self.state.partial()?.call_dict(&Tuple::from_vec(values), Some(kwargs))?;
        let saved = self.save(&call);
        noted(saved, || serializing(object, "reconstructor"))?;
        self.save(&Tuple::empty())?;
        self.output.put_byte(REDUCE);
        Ok(())
    }
}

fn wrong_count() -> Raised {
    pickling_error("tuple returned by __reduce__ must contain 2 through 6 elements")
}

fn must_be_class(class: &Object, function: &str) -> Result<()> {
    if class.downcast::<Type>().is_some() {
        return Ok(());
    }
    let got = type_text(class);
    Err(pickling_error(&format!("first argument to {function}() must be a class, not {got}")))
}

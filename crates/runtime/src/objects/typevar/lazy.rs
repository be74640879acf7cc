//! A value that is evaluated when it is first asked for (PEP 649, 695).

use super::evaluator::ConstEvaluator;
use crate::prelude::*;

/// A value, the function that gives it, or neither.
pub struct Lazy {
    value: Link,
    evaluate: Link,
}

impl Traverse for Lazy {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        match self.value.traverse(visitor) {
            0 => self.evaluate.traverse(visitor),
            stop => stop,
        }
    }

    fn drop_references(&self) {
        self.value.set(None);
        self.evaluate.set(None);
    }
}

/// What an evaluator is called with to give the value itself (`annotationlib.Format.VALUE`).
const VALUE: i64 = 1;

impl Lazy {
    pub fn of_value(value: Option<Ref>) -> Lazy {
        Lazy { value: Link::from_option(value), evaluate: Link::null() }
    }

    pub fn of_evaluator(evaluate: Option<&Object>) -> Lazy {
        Lazy { value: Link::null(), evaluate: Link::from_option(evaluate.map(Object::to_ref)) }
    }

    pub fn set_evaluator(&self, evaluate: &Object) {
        self.evaluate.set(Some(evaluate.to_ref()));
    }

    pub fn has_evaluator(&self) -> bool {
        !self.evaluate.is_null()
    }

    /// The value as far as it is known.
    pub fn known(&self) -> Option<Ref> {
        self.value.get()
    }

    /// The function given from outside.
    pub fn own_evaluator(&self) -> Option<Ref> {
        self.evaluate.get()
    }

    /// The value, evaluated now if it has not been yet; `None` if there is none.
    pub fn value(&self) -> Result<Option<Ref>> {
        if let Some(value) = self.value.get() {
            return Ok(Some(value));
        }
        let Some(evaluate) = self.evaluate.get() else { return Ok(None) };
        let value = evaluate.call(&[&Int::new(VALUE)])?;
        self.value.set(Some(value.clone()));
        Ok(Some(value))
    }

    /// A function from the format wanted to the value; None if there is no value.
    pub fn evaluator(&self) -> Ref {
        if let Some(evaluate) = self.evaluate.get() {
            return evaluate;
        }
        self.value.get().map_or_else(none, |value| ConstEvaluator::new(&value).into_object())
    }
}

//! Rows whose columns have names.

use runtime::objects::slice::Slice;
use runtime::prelude::*;

use super::cursor::Cursor;

#[class(name = "sqlite3.Row", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Row {
    head: Object,
    data: Ref<Tuple>,
    description: Ref,
}

impl Row {
    fn names(&self) -> Vec<Ref> {
        let Some(columns) = self.description.downcast::<Tuple>() else { return Vec::new() };
        let first =
            |column: &Ref| column.downcast::<Tuple>().and_then(|column| column.as_slice().first().cloned());
        columns.as_slice().iter().filter_map(first).collect()
    }
}

#[methods]
impl Row {
    #[new(signature = "(cursor, data, /)", hidden_signature)]
    fn new(class: &Type, cursor: &Cursor, data: &Tuple) -> Result<Ref<Self>> {
        let description = cursor.description();
        Ok(Ref::new_in(class, Row { head: Object::HEAD, data: Ref::from_borrowed(data), description }))
    }

    /// Returns the keys of the row.
    #[method(signature = "($self, /)")]
    fn keys(&self) -> Ref<List> {
        List::from_vec(self.names())
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if key.downcast::<Int>().is_some() {
            return self.data.get_item(key);
        }
        if let Some(wanted) = key.downcast::<Str>() {
            for (index, name) in self.names().iter().enumerate() {
                let same = name.downcast::<Str>().is_some_and(|name| {
                    name.equals(wanted)
                        || match (name.as_ascii(), wanted.as_ascii()) {
                            (Some(name), Some(wanted)) => name.eq_ignore_ascii_case(wanted),
                            _ => false,
                        }
                });
                if same {
                    return self.data.get_item(&Int::from_usize(index));
                }
            }
            return Err(raise!(IndexError, "No item with key {}", key.repr()?));
        }
        if key.downcast::<Slice>().is_some() {
            return self.data.get_item(key);
        }
        Err(raise!(IndexError, "Index must be int or string"))
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.data.len()
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.data.len()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        self.data.get_item(&Int::new(index as i64))
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        self.data.iter()
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        Ok(self.description.hash()? ^ self.data.hash()?)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let Some(other) = other.downcast::<Row>() else { return Ok(not_implemented()) };
        let (own, its) = (self.description.clone(), other.description.clone());
        if !own.rich_compare_bool(&its, CompareOp::Eq)? {
            return Ok(py_bool(op == CompareOp::Ne));
        }
        self.data.rich_compare(&other.data, op)
    }
}

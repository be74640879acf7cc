//! `cell`: a variable that a function shares with the functions inside it.

use crate::prelude::*;

/// Create a new cell object.
#[class(name = "cell", symbol = "PyCell_Type", flags(GC))]
#[repr(C)]
pub struct Cell {
    head: Object,
    contents: Link,
}

const _: () = assert!(size_of::<Cell>() == size_of::<abi::PyCellObject>());

impl Cell {
    pub fn new(contents: Option<Ref>) -> Ref<Cell> {
        Ref::new(Cell { head: Object::HEAD, contents: Link::from_option(contents) })
    }

    #[inline(always)]
    pub fn contents(&self) -> Option<Ref> {
        self.contents.get()
    }

    #[inline(always)]
    pub fn set_contents(&self, contents: Option<Ref>) {
        self.contents.set(contents);
    }

    pub fn replace_contents(&self, contents: Option<Ref>) -> Option<Ref> {
        self.contents.replace(contents)
    }
}

#[methods]
impl Cell {
    #[new(signature = "(contents=<unrepresentable>, /)")]
    fn tp_new(class: &Type, contents: Option<&Object>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Cell { head: Object::HEAD, contents: Link::from_option(contents.map(Object::to_ref)) },
        ))
    }

    #[getter]
    fn cell_contents(&self) -> Result {
        self.contents().ok_or_else(|| raise!(ValueError, "cell is empty"))
    }

    #[setter]
    fn set_cell_contents(&self, value: Option<&Object>) -> Result<()> {
        self.set_contents(value.map(Object::to_ref));
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> String {
        match self.contents() {
            None => format!("<cell at {:p}: empty>", self.as_ptr()),
            Some(contents) => {
                let ty = contents.ty().full_name();
                format!("<cell at {:p}: {ty} object at {:p}>", self.as_ptr(), contents.as_ptr())
            }
        }
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Cell>() else { return Ok(not_implemented()) };
        match (self.contents(), other.contents()) {
            (Some(left), Some(right)) => left.rich_compare(&right, op),
            (left, right) => Ok(py_bool(op.accepts(left.is_some().cmp(&right.is_some())))),
        }
    }
}

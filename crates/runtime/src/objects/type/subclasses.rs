//! Which types inherit directly from which. Kept per interpreter, since static types are shared; the lists hold no
//! references: a type leaves its bases' lists when it dies.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Type;
use crate::interpreter_state::Interpreter;
use crate::reference::Ref;

/// Direct subclasses by base, in order of creation.
#[derive(Default)]
pub struct Subclasses {
    by_base: RefCell<HashMap<*const Type, Vec<*const Type>>>,
}

impl Type {
    /// The direct subclasses, oldest first.
    pub fn subclasses(&self) -> Vec<Ref<Type>> {
        let table = Interpreter::current().type_cache.subclasses.by_base.borrow();
        let Some(list) = table.get(&(self as *const Type)) else { return Vec::new() };
        // SAFETY: a type leaves the lists before it is freed. One whose count is zero is dying right now.
        list.iter()
            .map(|&class| unsafe { &*class })
            .filter(|class| class.reference_count() != 0)
            .map(Type::to_type_ref)
            .collect()
    }

    pub(super) fn add_subclass(&self, class: &Type) {
        let mut table = Interpreter::current().type_cache.subclasses.by_base.borrow_mut();
        let list = table.entry(self).or_default();
        if !list.contains(&(class as *const Type)) {
            list.push(class);
        }
    }

    pub(super) fn remove_subclass(&self, class: &Type) {
        let mut table = Interpreter::current().type_cache.subclasses.by_base.borrow_mut();
        let Some(list) = table.get_mut(&(self as *const Type)) else { return };
        if let Some(index) = list.iter().rposition(|&entry| std::ptr::eq(entry, class)) {
            list.remove(index);
        }
        if list.is_empty() {
            table.remove(&(self as *const Type));
        }
    }

    /// Enters this type in the lists of all its bases.
    pub(super) fn add_to_bases(&self) {
        if let Some(bases) = self.bases() {
            bases
                .as_slice()
                .iter()
                .filter_map(|base| base.downcast::<Type>())
                .for_each(|base| base.add_subclass(self));
        }
    }

    pub(super) fn remove_from_bases(&self) {
        if let Some(bases) = self.bases() {
            bases
                .as_slice()
                .iter()
                .filter_map(|base| base.downcast::<Type>())
                .for_each(|base| base.remove_subclass(self));
        }
    }
}

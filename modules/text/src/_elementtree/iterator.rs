//! Walking through a tree in document order: its elements, or its text.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

use super::element::Element;

#[class(name = "_elementtree._element_iterator", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct ElementIterator {
    head: Object,
    /// Where the walk begins; taken by the first step.
    root: Link<Element>,
    tag: Link,
    /// The elements on the way to here.
    path: RefCell<Vec<Ref<Element>>>,
    /// For each, the next child.
    #[gc(skip)]
    next: RefCell<Vec<usize>>,
    #[gc(skip)]
    text: Cell<bool>,
}

impl ElementIterator {
    pub fn create(root: Ref<Element>, tag: Option<Ref>, text: bool) -> Ref<ElementIterator> {
        Ref::new(ElementIterator {
            head: Object::HEAD,
            root: Link::new(root),
            tag: Link::from_option(tag),
            path: RefCell::default(),
            next: RefCell::default(),
            text: Cell::new(text),
        })
    }

    /// Goes into an element; gives what is to be yielded for it.
    fn enter(&self, element: Ref<Element>) -> Result<Option<Ref>> {
        self.path.borrow_mut().push(element.clone());
        self.next.borrow_mut().push(0);
        if self.text.get() {
            return filled(element.text_ref());
        }
        let wanted = match self.tag.get() {
            None => true,
            Some(tag) => element.tag_ref().rich_compare_bool(&tag, CompareOp::Eq)?,
        };
        Ok(wanted.then(|| element.into_object()))
    }

    /// The next child on the way, if the innermost element has one.
    fn descend(&self) -> Option<Ref<Element>> {
        let element = self.path.borrow().last().cloned()?;
        let mut next = self.next.borrow_mut();
        let place = next.last_mut()?;
        let child = element.child(*place)?;
        *place += 1;
        Some(child)
    }
}

/// A text that is there and not empty.
fn filled(text: Ref) -> Result<Option<Ref>> {
    Ok(if !text.is_none() && text.is_true()? { Some(text) } else { None })
}

#[methods]
impl ElementIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        loop {
            if let Some(root) = self.root.take() {
                if let Some(found) = self.enter(root)? {
                    return Ok(Some(found));
                }
                continue;
            }
            if let Some(child) = self.descend() {
                if let Some(found) = self.enter(child)? {
                    return Ok(Some(found));
                }
                continue;
            }
            let done = self.path.borrow_mut().pop();
            self.next.borrow_mut().pop();
            let Some(done) = done else { return Ok(None) };
            let inside = !self.path.borrow().is_empty();
            if self.text.get()
                && inside
                && let Some(found) = filled(done.tail_ref())?
            {
                return Ok(Some(found));
            }
        }
    }
}

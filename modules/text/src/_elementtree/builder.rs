//! Building a tree from events.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

use super::Factories;
use super::element::Element;

#[class(name = "xml.etree.ElementTree.TreeBuilder", flags(BASETYPE, GC))]
#[repr(C)]
pub struct TreeBuilder {
    head: Object,
    root: Link,
    /// The innermost open element.
    this: Link,
    last: Link,
    /// The element whose tail the next text is; none: the text belongs into the last one.
    last_for_tail: Link,
    data: RefCell<Vec<Ref>>,
    stack: RefCell<Vec<Ref>>,
    element_factory: Link,
    comment_factory: Link,
    pi_factory: Link,
    /// Where events are reported.
    append: Link,
    /// The events wanted, as they are named: start, end, start-ns, end-ns, comment, pi.
    events: RefCell<Vec<Option<Ref>>>,
    #[gc(skip)]
    insert_comments: Cell<bool>,
    #[gc(skip)]
    insert_pis: Cell<bool>,
}

/// The events by their places in `TreeBuilder::events`.
pub const EVENTS: [&str; 6] = ["start", "end", "start-ns", "end-ns", "comment", "pi"];
pub const START: usize = 0;
pub const END: usize = 1;
pub const START_NAMESPACE: usize = 2;
pub const END_NAMESPACE: usize = 3;
pub const COMMENT: usize = 4;
pub const PI: usize = 5;

impl TreeBuilder {
    fn with() -> TreeBuilder {
        TreeBuilder {
            head: Object::HEAD,
            root: Link::null(),
            this: Link::new(none()),
            last: Link::new(none()),
            last_for_tail: Link::null(),
            data: RefCell::default(),
            stack: RefCell::default(),
            element_factory: Link::null(),
            comment_factory: Link::null(),
            pi_factory: Link::null(),
            append: Link::null(),
            events: RefCell::default(),
            insert_comments: Cell::new(false),
            insert_pis: Cell::new(false),
        }
    }

    pub fn create() -> Ref<TreeBuilder> {
        let builder = Ref::new(TreeBuilder::with());
        builder.take_factories(None, None);
        builder
    }

    fn take_factories(&self, comment: Option<&Object>, pi: Option<&Object>) {
        let known = Interpreter::current().state::<Factories>();
        let comment = comment.map(|factory| factory.to_ref()).or_else(|| known.comment.borrow().clone());
        let pi = pi.map(|factory| factory.to_ref()).or_else(|| known.pi.borrow().clone());
        self.comment_factory.set(comment);
        self.pi_factory.set(pi);
    }

    /// Reports the wanted events by this callable.
    pub fn report(&self, append: Ref, events: Vec<Option<Ref>>) {
        self.append.set(Some(append));
        let old = self.events.replace(events);
        drop(old);
    }

    pub fn wants(&self, event: usize) -> bool {
        self.events.borrow().get(event).is_some_and(Option::is_some)
    }

    pub fn report_event(&self, event: usize, value: Ref) -> Result<()> {
        let name = self.events.borrow().get(event).cloned().flatten();
        let (Some(name), Some(append)) = (name, self.append.get()) else { return Ok(()) };
        append.call(&[&*Tuple::pack([name, value])]).map(drop)
    }

    /// Gives the text that was collected to its element.
    fn flush(&self) -> Result<()> {
        let mut pieces = std::mem::take(&mut *self.data.borrow_mut());
        let data = match pieces.len() {
            0 => return Ok(()),
            1 => pieces.remove(0),
            _ => {
                let list = List::from_vec(pieces);
                Str::empty().call_method(intern!("join"), &[&*list])?
            }
        };
        let (element, tail) = match self.last_for_tail.get() {
            Some(element) => (element, true),
            None => (self.last.get().unwrap_or_else(none), false),
        };
        if let Some(element) = element.downcast_exact::<Element>() {
            return element.add_text(data, tail);
        }
        let name = if tail { intern!("tail") } else { intern!("text") };
        let old = element.get_attr(name)?;
        let new = if old.is_none() { data } else { runtime::protocol::number::add(&old, &data)? };
        element.set_attr(name, &new)
    }

    fn add_child(&self, parent: &Object, child: &Object) -> Result<()> {
        if let (Some(parent), Some(child)) = (parent.downcast_exact::<Element>(), child.downcast::<Element>())
        {
            parent.push(Ref::from_borrowed(child));
            return Ok(());
        }
        parent.call_method(intern!("append"), &[child]).map(drop)
    }

    fn this(&self) -> Ref {
        self.this.get().unwrap_or_else(none)
    }

    /// A start tag; no dictionary: no attributes.
    pub fn handle_start(&self, tag: Ref, attributes: Option<Ref<Dict>>) -> Result {
        self.flush()?;
        let node = match self.element_factory.get() {
            None => Element::create(tag, attributes).into_object(),
            Some(factory) => {
                let attributes = attributes.unwrap_or_else(Dict::new);
                factory.call(&[&*tag, &*attributes])?
            }
        };
        let this = self.this();
        self.last_for_tail.set(None);
        if this.is_none() {
            if !self.root.is_null() {
                return Err(runtime::errors::raise_message(
                    &*runtime::objects::exceptions::declared(
                        super::PARSE_ERROR,
                        &runtime::objects::exceptions::SyntaxError,
                    )?,
                    "multiple elements on top level",
                ));
            }
            self.root.set(Some(node.clone()));
        } else {
            self.add_child(&this, &node)?;
        }
        self.stack.borrow_mut().push(this);
        self.this.set(Some(node.clone()));
        self.last.set(Some(node.clone()));
        self.report_event(START, node.clone())?;
        Ok(node)
    }

    pub fn handle_data(&self, data: Ref) {
        // Nothing was started: no element takes it.
        if self.last.is(&none()) && self.data.borrow().is_empty() && self.root.is_null() {
            return;
        }
        self.data.borrow_mut().push(data);
    }

    pub fn handle_end(&self) -> Result {
        self.flush()?;
        let Some(parent) = self.stack.borrow_mut().pop() else {
            return Err(raise!(IndexError, "pop from empty stack"));
        };
        let ended = self.this();
        self.last.set(Some(ended.clone()));
        self.last_for_tail.set(Some(ended.clone()));
        self.this.set(Some(parent));
        self.report_event(END, ended.clone())?;
        Ok(ended)
    }

    pub fn handle_comment(&self, text: Ref) -> Result {
        self.flush()?;
        let comment = match self.comment_factory.get() {
            Some(factory) => {
                let comment = factory.call(&[&*text])?;
                self.insert(&comment, self.insert_comments.get())?;
                comment
            }
            None => text,
        };
        self.report_event(COMMENT, comment.clone())?;
        Ok(comment)
    }

    pub fn handle_pi(&self, target: Ref, text: Ref) -> Result {
        self.flush()?;
        let pi = match self.pi_factory.get() {
            Some(factory) => {
                let pi = factory.call(&[&*target, &*text])?;
                self.insert(&pi, self.insert_pis.get())?;
                pi
            }
            None => Tuple::pack([target, text]).into_object(),
        };
        self.report_event(PI, pi.clone())?;
        Ok(pi)
    }

    fn insert(&self, node: &Object, wanted: bool) -> Result<()> {
        let this = self.this();
        if wanted && !this.is_none() {
            self.add_child(&this, node)?;
            self.last_for_tail.set(Some(node.to_ref()));
        }
        Ok(())
    }

    pub fn done(&self) -> Ref {
        self.root.get().unwrap_or_else(none)
    }
}

#[methods]
impl TreeBuilder {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(class, TreeBuilder::with()))
    }

    #[init(
        signature = "(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)"
    )]
    fn init(
        &self,
        element_factory: OrNone<&Object>,
        comment_factory: OrNone<&Object>,
        pi_factory: OrNone<&Object>,
        insert_comments: bool,
        insert_pis: bool,
    ) -> Result<()> {
        self.element_factory.set(element_factory.0.map(|factory| factory.to_ref()));
        self.take_factories(comment_factory.0, pi_factory.0);
        self.insert_comments.set(insert_comments);
        self.insert_pis.set(insert_pis);
        Ok(())
    }

    #[method(signature = "($self, tag, attrs, /)")]
    fn start(&self, tag: &Object, attrs: &Object) -> Result {
        let Some(dict) = attrs.downcast::<Dict>() else {
            let kind = runtime::native::args::kind_of(attrs);
            return Err(raise!(TypeError, "start() argument 2 must be dict, not {kind}"));
        };
        self.handle_start(tag.to_ref(), Some(Ref::from_borrowed(dict)))
    }

    #[method(signature = "($self, data, /)")]
    fn data(&self, data: &Object) {
        self.handle_data(data.to_ref());
    }

    #[method(signature = "($self, tag, /)")]
    fn end(&self, tag: &Object) -> Result {
        let _ = tag;
        self.handle_end()
    }

    #[method(signature = "($self, text, /)")]
    fn comment(&self, text: &Object) -> Result {
        self.handle_comment(text.to_ref())
    }

    #[method(signature = "($self, target, text=None, /)")]
    fn pi(&self, target: &Object, text: Option<&Object>) -> Result {
        self.handle_pi(target.to_ref(), text.map_or_else(none, |text| text.to_ref()))
    }

    #[method(signature = "($self, /)")]
    fn close(&self) -> Ref {
        self.done()
    }
}

//! Elements.

use std::cell::RefCell;

use runtime::import::import_attribute;
use runtime::objects::exceptions::{DeprecationWarning, IndexError};
use runtime::objects::slice::Slice;
use runtime::prelude::*;

use super::iterator::ElementIterator;

#[class(name = "xml.etree.ElementTree.Element", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Element {
    head: Object,
    tag: Link,
    text: Link,
    tail: Link,
    /// Made when it is first asked for.
    attributes: Link<Dict>,
    children: RefCell<Vec<Ref<Element>>>,
    #[weaklist]
    weakrefs: WeakList,
}

/// The attributes of a new element: a copy of those given, with the keywords. None: there are none.
pub fn attributes_of(
    function: &str,
    position: usize,
    given: Option<&Object>,
    keywords: &KwArgs<'_>,
) -> Result<Option<Ref<Dict>>> {
    let named = keywords.get("attrib");
    let dict = match (given, named) {
        (Some(given), _) => match given.downcast::<Dict>() {
            Some(dict) => Some(dict.copy()?),
            None => {
                let kind = runtime::native::args::kind_of(given);
                return Err(raise!(TypeError, "{function}() argument {position} must be dict, not {kind}"));
            }
        },
        (None, Some(named)) => match named.downcast::<Dict>() {
            Some(dict) => Some(dict.copy()?),
            None => return Err(raise!(TypeError, "attrib must be dict, not {}", named.ty().full_name())),
        },
        (None, None) => None,
    };
    let rest = keywords.iter().filter(|(name, _)| given.is_some() || !name.eq_str("attrib"));
    let mut dict = dict;
    for (name, value) in rest {
        dict.get_or_insert_with(Dict::new).insert_str(name, value)?;
    }
    Ok(dict)
}

/// The element that an argument has to be.
fn expect_element<'a>(function: &str, position: usize, object: &'a Object) -> Result<&'a Element> {
    object.downcast::<Element>().ok_or_else(|| {
        let kind = runtime::native::args::kind_of(object);
        raise!(
            TypeError,
            "{function}() argument {position} must be xml.etree.ElementTree.Element, not {kind}"
        )
    })
}

/// Is a path more than a tag?
fn is_path(path: &Object) -> bool {
    let Some(path) = path.downcast::<Str>() else { return true };
    let mut outside = true;
    let points: Vec<u32> = path.code_points().collect();
    if points.starts_with(&[0x7B, 0x7D]) || points.starts_with(&[0x7B, 0x2A, 0x7D]) {
        return true;
    }
    for point in points {
        match char::from_u32(point) {
            Some('{') => outside = false,
            Some('}') => outside = true,
            Some('/' | '*' | '[' | '@' | '.') if outside => return true,
            _ => {}
        }
    }
    false
}

impl Element {
    pub fn create(tag: Ref, attributes: Option<Ref<Dict>>) -> Ref<Element> {
        Ref::new(Element::with(tag, attributes))
    }

    fn with(tag: Ref, attributes: Option<Ref<Dict>>) -> Element {
        Element {
            head: Object::HEAD,
            tag: Link::new(tag),
            text: Link::null(),
            tail: Link::null(),
            attributes: Link::from_option(attributes),
            children: RefCell::default(),
            weakrefs: WeakList::default(),
        }
    }

    pub fn push(&self, child: Ref<Element>) {
        self.children.borrow_mut().push(child);
    }

    pub fn child(&self, index: usize) -> Option<Ref<Element>> {
        self.children.borrow().get(index).cloned()
    }

    fn list(&self) -> Vec<Ref<Element>> {
        self.children.borrow().clone()
    }

    pub fn tag_ref(&self) -> Ref {
        self.tag.get().unwrap_or_else(none)
    }

    pub fn text_ref(&self) -> Ref {
        self.text.get().unwrap_or_else(none)
    }

    pub fn tail_ref(&self) -> Ref {
        self.tail.get().unwrap_or_else(none)
    }

    /// Adds character data to the text or the tail.
    pub fn add_text(&self, data: Ref, tail: bool) -> Result<()> {
        let place = if tail { &self.tail } else { &self.text };
        match place.get().filter(|old| !old.is_none()) {
            None => place.set(Some(data)),
            Some(old) => {
                let sum = runtime::protocol::number::add(&old, &data)?;
                place.set(Some(sum));
            }
        }
        Ok(())
    }

    fn attributes_dict(&self) -> Ref<Dict> {
        if let Some(dict) = self.attributes.get() {
            return dict;
        }
        let dict = Dict::new();
        self.attributes.set(Some(dict.clone()));
        dict
    }

    fn by_path(&self, function: &'static str, arguments: &[&Object]) -> Result {
        import_attribute("xml.etree.ElementPath", &Str::intern(Str::new(function)))?.call(arguments)
    }

    /// The children whose tag equals this one, the first only or all.
    fn children_by_tag(&self, tag: &Object, first: bool) -> Result<Vec<Ref<Element>>> {
        let mut found = Vec::new();
        let mut index = 0;
        while let Some(child) = self.child(index) {
            index += 1;
            if child.tag_ref().rich_compare_bool(tag, CompareOp::Eq)? {
                found.push(child);
                if first {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn place_of(&self, key: &Object, message: &str) -> Result<usize> {
        let len = self.children.borrow().len() as isize;
        let index = key.to_isize_index(&IndexError)?;
        let index = if index < 0 { index + len } else { index };
        if index < 0 || index >= len { Err(raise!(IndexError, "{message}")) } else { Ok(index as usize) }
    }

    /// A copy without the children.
    fn copied(&self) -> Result<Ref<Element>> {
        let attributes = self.attributes.get().map(|dict| dict.copy()).transpose()?;
        let made = Element::create(self.tag_ref(), attributes);
        made.text.set(self.text.get());
        made.tail.set(self.tail.get());
        Ok(made)
    }
}

/// Elements from an iterable, for slices and `extend`.
fn elements_of(list: Vec<Ref>) -> Result<Vec<Ref<Element>>> {
    let one = |object: Ref| {
        object.cast::<Element>().map_err(|other| {
            raise!(TypeError, "expected an Element, not \"{}\"", other.ty().qualified_name())
        })
    };
    list.into_iter().map(one).collect()
}

#[methods]
impl Element {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(class, Element::with(none(), None)))
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        let given = args.len();
        let (tag, rest) = match args {
            [] => return Err(raise!(TypeError, "Element() takes at least 1 argument (0 given)")),
            [tag, rest @ ..] => (*tag, rest),
        };
        if rest.len() > 1 {
            return Err(raise!(TypeError, "Element() takes at most 2 arguments ({given} given)"));
        }
        let attributes = attributes_of("Element", 2, rest.first().copied(), &kwargs)?;
        self.attributes.set(attributes);
        self.tag.set(Some(tag.to_ref()));
        self.text.set(None);
        self.tail.set(None);
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let tag = self.tag_ref();
        let address = self.as_ptr() as usize;
        if tag.is_none() {
            return Ok(format!("<Element at {address:#x}>"));
        }
        Ok(format!("<Element {} at {address:#x}>", tag.repr()?))
    }

    #[slot]
    fn nb_bool(&self) -> Result<bool> {
        let message = "Testing an element's truth value will always return True in future versions.  Use specific \
                       'len(elem)' or 'elem is not None' test instead.";
        runtime::warnings::warn(&DeprecationWarning, message, 1)?;
        Ok(!self.children.borrow().is_empty())
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.children.borrow().len()
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.children.borrow().len()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result<Ref<Element>> {
        let child = usize::try_from(index).ok().and_then(|index| self.child(index));
        child.ok_or_else(|| raise!(IndexError, "child index out of range"))
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if key.ty().nb_index().is_some() {
            let index = self.place_of(key, "child index out of range")?;
            return self.sq_item(index as isize).map(Ref::into_object);
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(raise!(TypeError, "element indices must be integers"));
        };
        let list = self.list();
        let places = slice.resolve(list.len())?.indices();
        Ok(List::from_vec(places.map(|place| list[place].clone().into_object()).collect()).into_object())
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        if key.ty().nb_index().is_some() {
            let index = self.place_of(key, "child assignment index out of range")?;
            let new = match value {
                Some(value) => match value.downcast::<Element>() {
                    Some(element) => Some(Ref::from_borrowed(element)),
                    None => {
                        let kind = value.ty().qualified_name();
                        return Err(raise!(TypeError, "expected an Element, not \"{kind}\""));
                    }
                },
                None => None,
            };
            let mut children = self.children.borrow_mut();
            if index >= children.len() {
                drop(children);
                return Err(raise!(IndexError, "child assignment index out of range"));
            }
            let old = match new {
                Some(new) => std::mem::replace(&mut children[index], new),
                None => children.remove(index),
            };
            drop(children);
            drop(old);
            return Ok(());
        }
        let Some(slice) = key.downcast::<Slice>() else {
            return Err(raise!(TypeError, "element indices must be integers"));
        };
        let new = match value {
            None => None,
            Some(value) => {
                let list = List::new();
                if value.ty().raw.tp_iter.get().is_none() && value.ty().sq_item().is_none() {
                    return Err(raise!(TypeError, "assignment expects an iterable"));
                }
                list.extend_from(value)?;
                Some(elements_of(list.to_vec())?)
            }
        };
        let mut children = self.list();
        let places: Vec<usize> = slice.resolve(children.len())?.indices().collect();
        let (_, _, step) = slice.unpack()?;
        let new = new.unwrap_or_default();
        if step == 1 {
            let (start, stop, _) = slice.unpack()?;
            let len = children.len() as isize;
            let clip =
                |index: isize| (if index < 0 { (index + len).max(0) } else { index.min(len) }) as usize;
            let start = clip(start);
            let stop = clip(stop).max(start);
            children.splice(start..stop, new);
        } else if value.is_none() {
            let mut index = 0;
            children.retain(|_| {
                index += 1;
                !places.contains(&(index - 1))
            });
        } else {
            if new.len() != places.len() {
                let (given, wanted) = (new.len(), places.len());
                return Err(raise!(
                    ValueError,
                    "attempt to assign sequence of size {given} to extended slice of size {wanted}"
                ));
            }
            for (place, element) in places.into_iter().zip(new) {
                children[place] = element;
            }
        }
        let old = self.children.replace(children);
        drop(old);
        Ok(())
    }

    #[method(signature = "($self, subelement, /)")]
    fn append(&self, subelement: &Object) -> Result<()> {
        self.push(Ref::from_borrowed(expect_element("append", 1, subelement)?));
        Ok(())
    }

    #[method(signature = "($self, elements, /)")]
    fn extend(&self, elements: &Object) -> Result<()> {
        let list = List::new();
        if elements.ty().raw.tp_iter.get().is_none() && elements.ty().sq_item().is_none() {
            return Err(raise!(TypeError, "'elements' must be an iterable"));
        }
        list.extend_from(elements)?;
        for object in list.to_vec() {
            match object.cast::<Element>() {
                Ok(element) => self.push(element),
                Err(other) => {
                    let kind = other.ty().qualified_name();
                    return Err(raise!(TypeError, "expected an Element, not \"{kind}\""));
                }
            }
        }
        Ok(())
    }

    #[method(signature = "($self, index, subelement, /)")]
    fn insert(&self, index: isize, subelement: &Object) -> Result<()> {
        let element = Ref::from_borrowed(expect_element("insert", 2, subelement)?);
        let mut children = self.children.borrow_mut();
        let len = children.len() as isize;
        let place = if index < 0 { (index + len).max(0) } else { index.min(len) };
        children.insert(place as usize, element);
        Ok(())
    }

    #[method(signature = "($self, subelement, /)")]
    fn remove(&self, subelement: &Object) -> Result<()> {
        let wanted = expect_element("remove", 1, subelement)?;
        let mut found = self.children.borrow().iter().position(|child| child.is_same(wanted));
        let mut index = 0;
        while found.is_none() {
            let Some(child) = self.child(index) else { break };
            if child.rich_compare_bool(wanted, CompareOp::Eq)? {
                found = Some(index);
            }
            index += 1;
        }
        let mut children = self.children.borrow_mut();
        match found.filter(|&found| found < children.len()) {
            Some(found) => {
                let old = children.remove(found);
                drop(children);
                drop(old);
                Ok(())
            }
            None => {
                drop(children);
                Err(raise!(ValueError, "Element.remove(x): element not found"))
            }
        }
    }

    #[method(signature = "($self, /)")]
    fn clear(&self) {
        self.attributes.set(None);
        let old = self.children.take();
        drop(old);
        self.text.set(None);
        self.tail.set(None);
    }

    #[method(signature = "($self, /, path, namespaces=None)")]
    fn find(&self, path: &Object, namespaces: OrNone<&Object>) -> Result {
        if is_path(path) || namespaces.0.is_some() {
            let namespaces = namespaces.0.map_or_else(none, |namespaces| namespaces.to_ref());
            return self.by_path("find", &[self, path, &*namespaces]);
        }
        let found = self.children_by_tag(path, true)?;
        Ok(found.into_iter().next().map_or_else(none, Ref::into_object))
    }

    #[method(signature = "($self, /, path, default=None, namespaces=None)")]
    fn findtext(&self, path: &Object, default: Option<&Object>, namespaces: OrNone<&Object>) -> Result {
        let default = default.map_or_else(none, |default| default.to_ref());
        if is_path(path) || namespaces.0.is_some() {
            let namespaces = namespaces.0.map_or_else(none, |namespaces| namespaces.to_ref());
            return self.by_path("findtext", &[self, path, &*default, &*namespaces]);
        }
        let found = self.children_by_tag(path, true)?;
        let Some(element) = found.first() else { return Ok(default) };
        let text = element.text_ref();
        Ok(if text.is_none() { Str::empty().into_object() } else { text })
    }

    #[method(signature = "($self, /, path, namespaces=None)")]
    fn findall(&self, path: &Object, namespaces: OrNone<&Object>) -> Result {
        if is_path(path) || namespaces.0.is_some() {
            let namespaces = namespaces.0.map_or_else(none, |namespaces| namespaces.to_ref());
            return self.by_path("findall", &[self, path, &*namespaces]);
        }
        let found = self.children_by_tag(path, false)?;
        Ok(List::from_vec(found.into_iter().map(Ref::into_object).collect()).into_object())
    }

    #[method(signature = "($self, /, path, namespaces=None)")]
    fn iterfind(&self, path: &Object, namespaces: OrNone<&Object>) -> Result {
        let namespaces = namespaces.0.map_or_else(none, |namespaces| namespaces.to_ref());
        self.by_path("iterfind", &[self, path, &*namespaces])
    }

    #[method(signature = "($self, /, tag=None)")]
    fn iter(&self, tag: Option<&Object>) -> Ref<ElementIterator> {
        let tag = tag.filter(|tag| !tag.is_none());
        let tag = tag.filter(|tag| !tag.downcast::<Str>().is_some_and(|tag| tag.eq_str("*")));
        ElementIterator::create(Ref::from_borrowed(self), tag.map(|tag| tag.to_ref()), false)
    }

    #[method(signature = "($self, /)")]
    fn itertext(&self) -> Ref<ElementIterator> {
        ElementIterator::create(Ref::from_borrowed(self), None, true)
    }

    #[method(signature = "($self, /, key, default=None)")]
    fn get(&self, key: &Object, default: Option<&Object>) -> Result {
        let found = match self.attributes.get() {
            Some(attributes) => attributes.get(key)?,
            None => None,
        };
        Ok(found.unwrap_or_else(|| default.map_or_else(none, |default| default.to_ref())))
    }

    #[method(signature = "($self, key, value, /)")]
    fn set(&self, key: &Object, value: &Object) -> Result<()> {
        self.attributes_dict().insert(key, value)
    }

    #[method(signature = "($self, /)")]
    fn keys(&self) -> Result {
        match self.attributes.get() {
            Some(attributes) => {
                let list = List::new();
                list.extend_from(&attributes)?;
                Ok(list.into_object())
            }
            None => Ok(List::new().into_object()),
        }
    }

    #[method(signature = "($self, /)")]
    fn items(&self) -> Result {
        let list = List::new();
        if let Some(attributes) = self.attributes.get() {
            list.extend_from(&*attributes.call_method(intern!("items"), &[])?)?;
        }
        Ok(list.into_object())
    }

    #[method(signature = "($self, tag, attrib, /)")]
    fn makeelement(&self, tag: &Object, attrib: &Object) -> Result<Ref<Element>> {
        let Some(dict) = attrib.downcast::<Dict>() else {
            let kind = runtime::native::args::kind_of(attrib);
            return Err(raise!(TypeError, "makeelement() argument 2 must be dict, not {kind}"));
        };
        Ok(Element::create(tag.to_ref(), Some(dict.copy()?)))
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Element>> {
        let made = self.copied()?;
        *made.children.borrow_mut() = self.list();
        Ok(made)
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)")]
    fn deepcopy(&self, memo: &Object) -> Result<Ref<Element>> {
        if memo.downcast::<Dict>().is_none() {
            let kind = runtime::native::args::kind_of(memo);
            return Err(raise!(TypeError, "__deepcopy__() argument must be dict, not {kind}"));
        }
        Thread::current().check_recursion(" while copying an element")?;
        let deepcopy = import_attribute("copy", intern!("deepcopy"))?;
        let deep = |object: Ref| -> Result {
            if object.is_none() || object.is::<Str>() { Ok(object) } else { deepcopy.call(&[&*object, memo]) }
        };
        let made = Element::create(deep(self.tag_ref())?, None);
        made.text.set(Some(deep(self.text_ref())?));
        made.tail.set(Some(deep(self.tail_ref())?));
        if let Some(attributes) = self.attributes.get() {
            let copied = deepcopy.call(&[&*attributes, memo])?;
            made.attributes.set(copied.cast::<Dict>().ok());
        }
        let mut index = 0;
        while let Some(child) = self.child(index) {
            index += 1;
            let copied = if child.is::<Element>() {
                child.deepcopy(memo)?
            } else {
                let copied = deepcopy.call(&[&*child, memo])?;
                elements_of(vec![copied])?.remove(0)
            };
            made.push(copied);
        }
        let id = Int::from_usize(self.as_ptr() as usize);
        memo.set_item(&id, &made)?;
        Ok(made)
    }

    #[method(name = "__getstate__", signature = "($self, /)")]
    fn getstate(&self) -> Result<Ref<Dict>> {
        let state = Dict::new();
        let children = self.list().into_iter().map(Ref::into_object).collect();
        state.insert_str(intern!("tag"), &self.tag_ref())?;
        state.insert_str(intern!("_children"), &List::from_vec(children))?;
        state.insert_str(intern!("attrib"), &self.attributes_dict())?;
        state.insert_str(intern!("text"), &self.text_ref())?;
        state.insert_str(intern!("tail"), &self.tail_ref())?;
        Ok(state)
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some(state) = state.downcast::<Dict>() else {
            let shown = state.repr()?;
            return Err(raise!(TypeError, "Don't know how to unpickle \"{shown}\" as an Element"));
        };
        let get = |name: &str| state.get_str(&Str::new(name));
        let Some(tag) = get("tag")? else { return Err(raise!(TypeError, "tag may not be NULL")) };
        self.tag.set(Some(tag));
        self.text.set(get("text")?);
        self.tail.set(get("tail")?);
        let children = match get("_children")? {
            Some(children) => match children.downcast::<List>() {
                Some(list) => elements_of(list.to_vec())?,
                None => return Err(raise!(TypeError, "'_children' is not a list")),
            },
            None => Vec::new(),
        };
        let old = self.children.replace(children);
        drop(old);
        self.attributes.set(get("attrib")?.and_then(|attributes| attributes.cast::<Dict>().ok()));
        Ok(())
    }

    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(&self) -> usize {
        size_of::<Element>() + self.children.borrow().capacity() * size_of::<Ref>()
    }

    #[getter]
    fn tag(&self) -> Ref {
        self.tag_ref()
    }

    #[setter]
    fn set_tag(&self, value: Option<&Object>) -> Result<()> {
        replace(&self.tag, value)
    }

    #[getter]
    fn text(&self) -> Ref {
        self.text_ref()
    }

    #[setter]
    fn set_text(&self, value: Option<&Object>) -> Result<()> {
        replace(&self.text, value)
    }

    #[getter]
    fn tail(&self) -> Ref {
        self.tail_ref()
    }

    #[setter]
    fn set_tail(&self, value: Option<&Object>) -> Result<()> {
        replace(&self.tail, value)
    }

    #[getter]
    fn attrib(&self) -> Ref<Dict> {
        self.attributes_dict()
    }

    #[setter]
    fn set_attrib(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(AttributeError, "can't delete element attribute"));
        };
        let Some(dict) = value.downcast::<Dict>() else {
            return Err(raise!(TypeError, "attrib must be dict, not {}", value.ty().full_name()));
        };
        self.attributes.set(Some(Ref::from_borrowed(dict)));
        Ok(())
    }
}

fn replace(place: &Link, value: Option<&Object>) -> Result<()> {
    let Some(value) = value else {
        return Err(raise!(AttributeError, "can't delete element attribute"));
    };
    place.set(Some(value.to_ref()));
    Ok(())
}

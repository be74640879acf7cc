//! The result of a match.

use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;

use super::matcher::State;
use super::pattern::Pattern;
use super::subject::Subject;
use super::template::{Template, compile_template};

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[class(name = "re.Match", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Match {
    head: Object,
    /// The string passed to match() or search().
    #[member(readonly)]
    string: Link,
    /// The regular expression object.
    #[member(readonly, name = "re")]
    pattern: Link<Pattern>,
    /// The index into the string at which the RE engine started looking for a match.
    #[gc(skip)]
    #[member(readonly)]
    pos: isize,
    /// The index into the string beyond which the RE engine will not go.
    #[gc(skip)]
    #[member(readonly)]
    endpos: isize,
    #[gc(skip)]
    last_group: usize,
    /// Where the groups begin and end, the whole match first.
    #[gc(skip)]
    spans: Vec<Option<(usize, usize)>>,
    regs: Link,
}

fn no_such_group() -> Raised {
    raise!(IndexError, "no such group")
}

impl Match {
    pub fn new(pattern: &Pattern, string: &Object, bounds: (usize, usize), state: &State) -> Ref<Match> {
        let groups = pattern.group_count();
        let mut spans = Vec::with_capacity(groups + 1);
        spans.push(Some((state.start, state.end)));
        spans.extend((1..=groups).map(|number| state.group(number)));
        Ref::new(Match {
            head: Object::HEAD,
            string: Link::new(string.to_ref()),
            pattern: Link::new(Ref::from_borrowed(pattern)),
            pos: bounds.0 as isize,
            endpos: bounds.1 as isize,
            last_group: state.last_group,
            spans,
            regs: Link::null(),
        })
    }

    pub fn subject(&self) -> Result<Subject> {
        Subject::of(&self.string.get().unwrap_or_else(none))
    }

    /// The group's span, if there is such a group and if it matched.
    pub fn span_of(&self, number: usize) -> Option<Option<(usize, usize)>> {
        self.spans.get(number).copied()
    }

    /// The group that a number or name means.
    fn index_of(&self, group: Option<&Object>) -> Result<usize> {
        let Some(group) = group else { return Ok(0) };
        let number = match group.downcast::<Int>() {
            Some(number) => number.to_isize(),
            None if group.ty().nb_index().is_some() => group.index()?.to_isize(),
            None => match self.pattern.get().and_then(|pattern| pattern.group_index()) {
                Some(names) => names.get(group)?.and_then(|number| number.downcast::<Int>()?.to_isize()),
                None => None,
            },
        };
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.filter(|&number| number < self.spans.len()).ok_or_else(no_such_group)
    }

    fn text_of(&self, subject: &Subject, number: usize) -> Option<Ref> {
        self.spans[number].map(|(start, end)| subject.slice(start, end))
    }

    /// A group's span as Python has it.
    fn borders(&self, group: Option<&Object>) -> Result<(isize, isize)> {
        let number = self.index_of(group)?;
        Ok(signed(self.spans[number]))
    }
}

fn signed(span: Option<(usize, usize)>) -> (isize, isize) {
    span.map_or((-1, -1), |(start, end)| (start as isize, end as isize))
}

#[methods]
impl Match {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let text = self.text_of(&self.subject()?, 0).unwrap_or_else(none).repr()?;
        let (start, end) = signed(self.spans[0]);
        let shown = text.substring(0, 50);
        let head = format!("<{} object; span=({start}, {end}), match=", self.ty().full_name());
        Str::new(&head).concat(&shown)?.concat(&Str::new(">"))
    }

    #[slot]
    fn mp_subscript(&self, group: &Object) -> Result<Option<Ref>> {
        let number = self.index_of(Some(group))?;
        Ok(self.text_of(&self.subject()?, number))
    }

    /// group([group1, ...]) -> str or tuple.
    ///     Return subgroup(s) of the match by indices or names.
    ///     For 0 returns the entire match.
    #[method(signature = "(*args)", hidden_signature)]
    fn group(&self, args: &[&Object]) -> Result {
        let one = |group| -> Result {
            let number = self.index_of(group)?;
            Ok(self.text_of(&self.subject()?, number).unwrap_or_else(none))
        };
        match args {
            [] => one(None),
            [group] => one(Some(group)),
            groups => {
                let items = groups.iter().map(|group| one(Some(group))).collect::<Result<Vec<Ref>>>()?;
                Ok(Tuple::from_vec(items).into_object())
            }
        }
    }

    /// Return index of the start of the substring matched by group.
    #[method(signature = "($self, group=0, /)")]
    fn start(&self, group: Option<&Object>) -> Result<isize> {
        Ok(self.borders(group)?.0)
    }

    /// Return index of the end of the substring matched by group.
    #[method(signature = "($self, group=0, /)")]
    fn end(&self, group: Option<&Object>) -> Result<isize> {
        Ok(self.borders(group)?.1)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[method(signature = "($self, group=0, /)")]
    fn span(&self, group: Option<&Object>) -> Result<(isize, isize)> {
        self.borders(group)
    }

    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[method(signature = "($self, /, default=None)")]
    fn groups(&self, default: Option<&Object>) -> Result<Ref<Tuple>> {
        let subject = self.subject()?;
        let missing = || default.map_or_else(none, Object::to_ref);
        let items =
            (1..self.spans.len()).map(|number| self.text_of(&subject, number).unwrap_or_else(missing));
        Ok(Tuple::from_vec(items.collect()))
    }

    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[method(signature = "($self, /, default=None)")]
    fn groupdict(&self, default: Option<&Object>) -> Result<Ref<Dict>> {
        let result = Dict::new();
        let Some(names) = self.pattern.get().and_then(|pattern| pattern.group_index()) else {
            return Ok(result);
        };
        let subject = self.subject()?;
        let mut position = 0;
        while let Some((name, _)) = names.next_entry(&mut position) {
            let number = self.index_of(Some(&name))?;
            let text = self.text_of(&subject, number);
            result.insert(&name, &text.unwrap_or_else(|| default.map_or_else(none, Object::to_ref)))?;
        }
        Ok(result)
    }

    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[method(signature = "($self, /, template)")]
    fn expand(&self, template: &Object) -> Result {
        let Some(pattern) = self.pattern.get() else { return Ok(none()) };
        let replacement = compile_template(&pattern, template)?;
        match replacement.downcast_exact::<Template>() {
            Some(template) => template.expand(self),
            None => Ok(replacement),
        }
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy(&self) -> Ref {
        self.to_ref()
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)")]
    fn deepcopy(&self, memo: &Object) -> Ref {
        let _ = memo;
        self.to_ref()
    }

    /// Matches are generic over the type of string which was matched (str or bytes)
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new(class, object)
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    fn lastindex(&self) -> Option<usize> {
        (self.last_group != 0).then_some(self.last_group)
    }

    /// The name of the last matched capturing group.
    #[getter]
    fn lastgroup(&self) -> Option<Ref> {
        self.pattern.get()?.index_group()?.get(self.lastindex()?)
    }

    #[getter]
    fn regs(&self) -> Result {
        if let Some(regs) = self.regs.get() {
            return Ok(regs);
        }
        let items =
            self.spans.iter().map(|&span| signed(span).into_result()).collect::<Result<Vec<Ref>>>()?;
        let regs = Tuple::from_vec(items).into_object();
        self.regs.set(Some(regs.clone()));
        Ok(regs)
    }
}

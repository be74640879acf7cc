//! Compiled patterns.

use std::hash::{DefaultHasher, Hash, Hasher};

use runtime::objects::generic_alias::GenericAlias;
use runtime::objects::mappingproxy::MappingProxy;
use runtime::objects::sequence_iterator::CallableIterator;
use runtime::prelude::*;

use super::match_object::Match;
use super::matcher::State;
use super::pieces::Pieces;
use super::program::Program;
use super::scanner::Scanner;
use super::subject::Subject;
use super::template::{Template, compile_template};

/// Compiled regular expression object.
#[class(name = "re.Pattern", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Pattern {
    head: Object,
    /// The pattern string from which the RE object was compiled.
    #[member(readonly)]
    pattern: Link,
    /// The regex matching flags.
    #[gc(skip)]
    #[member(readonly)]
    flags: i32,
    /// The number of capturing groups in the pattern.
    #[gc(skip)]
    #[member(readonly)]
    groups: isize,
    group_index: Link<Dict>,
    index_group: Link<Tuple>,
    /// Is it for bytes? `None`: for either.
    #[gc(skip)]
    bytes: Option<bool>,
    #[gc(skip)]
    /// Apart: its tables want more alignment than an object has.
    pub program: Box<Program>,
    #[weaklist]
    weakrefs: WeakList,
}

/// What a substitution puts in.
enum Filter {
    Literal(Ref),
    Template(Ref<Template>),
    Call(Ref),
}

const FLAGS: &[(i32, &str)] = &[
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (32, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
const LOCALE: i32 = 4;
const UNICODE: i32 = 32;
const ASCII: i32 = 256;

#[function(signature = "($module, /, pattern, flags, code, groups, groupindex, indexgroup)", doc = "")]
pub fn compile(
    _module: &Module,
    pattern: &Object,
    flags: i32,
    code: &List,
    groups: isize,
    groupindex: &Dict,
    indexgroup: &Tuple,
) -> Result<Ref<Pattern>> {
    let mut words = Vec::with_capacity(code.len());
    for item in code.to_vec() {
        let Some(number) = item.downcast::<Int>() else {
            return Err(raise!(TypeError, "an integer is required"));
        };
        if number.sign() < 0 {
            return Err(raise!(OverflowError, "can't convert negative value to unsigned int"));
        }
        let Some(number) = number.to_u64() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C unsigned long"));
        };
        let Ok(word) = u32::try_from(number) else {
            return Err(raise!(OverflowError, "regular expression code size limit exceeded"));
        };
        words.push(word);
    }
    let bytes = match pattern.is_none() {
        true => None,
        false => Some(Subject::of(pattern)?.is_bytes()),
    };
    let program = usize::try_from(groups).ok().and_then(|groups| Program::new(words, groups).ok());
    let Some(program) = program else { return Err(raise!(RuntimeError, "invalid SRE code")) };
    Ok(Ref::new(Pattern {
        head: Object::HEAD,
        pattern: Link::new(pattern.to_ref()),
        flags,
        groups,
        group_index: Link::new(Ref::from_borrowed(groupindex)),
        index_group: Link::new(Ref::from_borrowed(indexgroup)),
        bytes,
        program: Box::new(program),
        weakrefs: WeakList::default(),
    }))
}

impl Pattern {
    pub fn group_count(&self) -> usize {
        self.groups as usize
    }

    pub fn group_index(&self) -> Option<Ref<Dict>> {
        self.group_index.get()
    }

    pub fn index_group(&self) -> Option<Ref<Tuple>> {
        self.index_group.get()
    }

    /// The subject, and the bounds of the search in it.
    fn open(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<(Subject, (usize, usize))> {
        let subject = Subject::of(string)?;
        match self.bytes {
            Some(false) if subject.is_bytes() => {
                return Err(raise!(TypeError, "cannot use a string pattern on a bytes-like object"));
            }
            Some(true) if !subject.is_bytes() => {
                return Err(raise!(TypeError, "cannot use a bytes pattern on a string-like object"));
            }
            _ => {}
        }
        let length = subject.len();
        let clamp = |position: isize| usize::try_from(position).unwrap_or(0).min(length);
        let bounds = (clamp(pos), endpos.map_or(length, clamp));
        Ok((subject, bounds))
    }

    fn one(
        &self,
        string: &Object,
        pos: isize,
        endpos: Option<isize>,
        run: impl FnOnce(&mut State, &Program, runtime::objects::str::Units<'_>) -> Result<bool>,
    ) -> Result<Option<Ref<Match>>> {
        let (subject, bounds) = self.open(string, pos, endpos)?;
        let mut state = State::new(self.group_count(), bounds.0)?;
        let found = run(&mut state, &self.program, subject.units().part(0, bounds.1))?;
        Ok(found.then(|| Match::new(self, string, bounds, &state)))
    }

    /// The text that is put in for a replacement: itself, or what `re` makes of it.
    fn filter(&self, replacement: &Object) -> Result<Filter> {
        if replacement.is_callable() {
            return Ok(Filter::Call(replacement.to_ref()));
        }
        let plain = match Subject::of(replacement) {
            Ok(subject) => !subject.units().code_points().any(|code| code == u32::from(b'\\')),
            Err(raised) => {
                raised.clear();
                false
            }
        };
        if plain {
            return Ok(Filter::Literal(replacement.to_ref()));
        }
        let compiled = compile_template(self, replacement)?;
        match compiled.cast_exact::<Template>() {
            Ok(template) => match template.as_literal() {
                Some(literal) => Ok(Filter::Literal(literal)),
                None => Ok(Filter::Template(template)),
            },
            Err(text) => Ok(Filter::Literal(text)),
        }
    }

    /// The new text and the number of replacements.
    fn substitute(&self, replacement: &Object, string: &Object, limit: isize) -> Result<(Ref, usize)> {
        let filter = self.filter(replacement)?;
        let (subject, bounds) = self.open(string, 0, None)?;
        let mut state = State::new(self.group_count(), bounds.0)?;
        let mut pieces = Pieces::new(subject.is_bytes());
        let (mut done, mut count) = (0, 0);
        while limit == 0 || (count as isize) < limit {
            if !state.search(&self.program, subject.units().part(0, bounds.1))? {
                break;
            }
            if done < state.start {
                pieces.push_part(&subject, done, state.start);
            }
            let item = match &filter {
                Filter::Literal(text) => text.clone(),
                Filter::Template(template) => template.expand(&Match::new(self, string, bounds, &state))?,
                Filter::Call(function) => function.call(&[&Match::new(self, string, bounds, &state)])?,
            };
            if !item.is_none() {
                pieces.push(&item);
            }
            done = state.end;
            count += 1;
            state.advance();
        }
        if count == 0 {
            return Ok((subject.slice(0, bounds.1), 0));
        }
        if done < bounds.1 {
            pieces.push_part(&subject, done, bounds.1);
        }
        Ok((pieces.finish()?, count))
    }
}

#[methods]
impl Pattern {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let source = self.pattern.get().unwrap_or_else(none).repr()?.substring(0, 200);
        let mut flags = self.flags;
        if self.bytes == Some(false) && flags & (LOCALE | UNICODE | ASCII) == UNICODE {
            flags &= !UNICODE;
        }
        let mut names: Vec<String> =
            FLAGS.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, name)| (*name).to_string()).collect();
        let known = FLAGS.iter().fold(0, |all, (flag, _)| all | flag);
        if flags & !known != 0 {
            names.push(format!("{:#x}", flags & !known));
        }
        let end = if names.is_empty() { ")".to_string() } else { format!(", {})", names.join("|")) };
        Str::new("re.compile(").concat(&source)?.concat(&Str::from_string(end))
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        let mut hasher = DefaultHasher::new();
        self.program.code().hash(&mut hasher);
        (self.flags, self.bytes, self.groups).hash(&mut hasher);
        let hash = hasher.finish() as isize ^ self.pattern.get().unwrap_or_else(none).hash()?;
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast_exact::<Pattern>()) else {
            return Ok(not_implemented());
        };
        let same = std::ptr::eq(self, other)
            || self.flags == other.flags
                && self.bytes == other.bytes
                && self.program.code() == other.program.code()
                && match (self.pattern.get(), other.pattern.get()) {
                    (Some(one), Some(two)) => one.rich_compare_bool(&two, CompareOp::Eq)?,
                    _ => false,
                };
        Ok(py_bool(same == (op == CompareOp::Eq)))
    }

    /// Matches zero or more characters at the beginning of the string.
    #[method(name = "match", signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Option<Ref<Match>>> {
        self.one(string, pos, endpos, State::match_here)
    }

    /// Matches against all of the string.
    #[method(signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Option<Ref<Match>>> {
        self.one(string, pos, endpos, |state, program, text| {
            state.whole = true;
            state.match_here(program, text)
        })
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[method(signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Option<Ref<Match>>> {
        self.one(string, pos, endpos, State::search)
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[method(signature = "($self, /, repl, string, count=0)")]
    fn sub(&self, repl: &Object, string: &Object, count: isize) -> Result {
        Ok(self.substitute(repl, string, count)?.0)
    }

    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[method(signature = "($self, /, repl, string, count=0)")]
    fn subn(&self, repl: &Object, string: &Object, count: isize) -> Result<(Ref, usize)> {
        self.substitute(repl, string, count)
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[method(signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Ref<List>> {
        let (subject, bounds) = self.open(string, pos, endpos)?;
        let mut state = State::new(self.group_count(), bounds.0)?;
        let list = List::new();
        while state.search(&self.program, subject.units().part(0, bounds.1))? {
            let group = |number| {
                let (start, end) = state.group(number).unwrap_or((0, 0));
                subject.slice(start, end)
            };
            let item = match self.group_count() {
                0 => subject.slice(state.start, state.end),
                1 => group(1),
                count => Tuple::from_vec((1..=count).map(group).collect()).into_object(),
            };
            list.push(item)?;
            state.advance();
        }
        Ok(list)
    }

    /// Split string by the occurrences of pattern.
    #[method(signature = "($self, /, string, maxsplit=0)")]
    fn split(&self, string: &Object, maxsplit: isize) -> Result<Ref<List>> {
        let (subject, bounds) = self.open(string, 0, None)?;
        let mut state = State::new(self.group_count(), bounds.0)?;
        let list = List::new();
        let (mut done, mut count) = (0, 0);
        while (maxsplit == 0 || count < maxsplit)
            && state.search(&self.program, subject.units().part(0, bounds.1))?
        {
            list.push(subject.slice(done, state.start))?;
            for number in 1..=self.group_count() {
                list.push(state.group(number).map_or_else(none, |(start, end)| subject.slice(start, end)))?;
            }
            count += 1;
            done = state.end;
            state.advance();
        }
        list.push(subject.slice(done, bounds.1))?;
        Ok(list)
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[method(signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Ref<CallableIterator>> {
        let search = self.scanner(string, pos, endpos)?.get_attr(intern!("search"))?;
        Ok(CallableIterator::new(&search, &none()))
    }

    #[method(signature = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(&self, string: &Object, pos: isize, endpos: Option<isize>) -> Result<Ref<Scanner>> {
        let (subject, bounds) = self.open(string, pos, endpos)?;
        Scanner::new(self, string, subject, bounds)
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

    /// Patterns are generic over the type of string they handle (str or bytes)
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new(class, object)
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(&self) -> Ref<MappingProxy> {
        MappingProxy::new(&self.group_index.get().unwrap_or_else(Dict::new))
    }
}

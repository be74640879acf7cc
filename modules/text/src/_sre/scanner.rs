//! A scanner: one match after the other.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

use super::match_object::Match;
use super::matcher::State;
use super::pattern::Pattern;
use super::subject::Subject;

/// The state of a search that goes on.
#[class(name = "_sre.SRE_Scanner", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct Scanner {
    head: Object,
    #[member(readonly)]
    pattern: Link<Pattern>,
    string: Ref,
    #[gc(skip)]
    subject: Subject,
    #[gc(skip)]
    bounds: (usize, usize),
    /// `None` at the end.
    #[gc(skip)]
    state: RefCell<Option<State>>,
    #[gc(skip)]
    running: Cell<bool>,
}

impl Scanner {
    pub fn new(
        pattern: &Pattern,
        string: &Object,
        subject: Subject,
        bounds: (usize, usize),
    ) -> Result<Ref<Scanner>> {
        let state = State::new(pattern.group_count(), bounds.0)?;
        Ok(Ref::new(Scanner {
            head: Object::HEAD,
            pattern: Link::new(Ref::from_borrowed(pattern)),
            string: string.to_ref(),
            subject,
            bounds,
            state: RefCell::new(Some(state)),
            running: Cell::new(false),
        }))
    }

    fn next(&self, search: bool) -> Result<Option<Ref<Match>>> {
        if self.running.replace(true) {
            return Err(raise!(ValueError, "regular expression scanner already executing"));
        }
        // A signal's handler may come back here: the state is out while it is in use.
        let state = self.state.borrow_mut().take();
        let result = self.step(state, search);
        self.running.set(false);
        result
    }

    fn step(&self, state: Option<State>, search: bool) -> Result<Option<Ref<Match>>> {
        let (Some(mut state), Some(pattern)) = (state, self.pattern.get()) else { return Ok(None) };
        let text = self.subject.units().part(0, self.bounds.1.min(self.subject.len()));
        let found = match search {
            true => state.search(&pattern.program, text)?,
            false => state.match_here(&pattern.program, text)?,
        };
        if !found {
            return Ok(None);
        }
        let result = Match::new(&pattern, &self.string, self.bounds, &state);
        state.advance();
        self.state.replace(Some(state));
        Ok(Some(result))
    }
}

#[methods]
impl Scanner {
    #[method(name = "match", signature = "($self, /)")]
    fn match_(&self) -> Result<Option<Ref<Match>>> {
        self.next(false)
    }

    #[method(signature = "($self, /)")]
    fn search(&self) -> Result<Option<Ref<Match>>> {
        self.next(true)
    }
}

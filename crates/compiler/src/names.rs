//! Identifiers as small numbers: one table for a compilation, so that scopes compare and hash integers.

use bumpalo::Bump;
use rustc_hash::FxHashMap;

/// An interned identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) u32);

/// Declares the names that the compiler itself uses, each at a fixed number.
macro_rules! known {
    ($($constant:ident = $text:literal,)*) => {
        /// The names that the compiler itself uses.
        #[allow(non_upper_case_globals, dead_code)]
        pub(crate) mod known {
            use super::Name;
            #[allow(non_camel_case_types, clippy::enum_variant_names)]
            enum Number { $($constant),* }
            $(pub(crate) const $constant: Name = Name(Number::$constant as u32);)*
            pub(super) const ALL: &[&str] = &[$($text),*];
        }
    };
}

known! {
    top = "top",
    lambda = "lambda",
    anonymous_lambda = "<lambda>",
    module = "<module>",
    genexpr = "genexpr",
    listcomp = "listcomp",
    setcomp = "setcomp",
    dictcomp = "dictcomp",
    dot_zero = ".0",
    dot_format = ".format",
    dot_defaults = ".defaults",
    dot_kwdefaults = ".kwdefaults",
    dot_type_params = ".type_params",
    dot_generic_base = ".generic_base",
    class = "__class__",
    classdict = "__classdict__",
    classdictcell = "__classdictcell__",
    classcell = "__classcell__",
    conditional_annotations = "__conditional_annotations__",
    annotate = "__annotate__",
    annotations = "__annotations__",
    annotate_func = "__annotate_func__",
    type_params = "__type_params__",
    super_ = "super",
    debug = "__debug__",
    doc = "__doc__",
    name = "__name__",
    module_attribute = "__module__",
    qualname = "__qualname__",
    firstlineno = "__firstlineno__",
    static_attributes = "__static_attributes__",
    format = "format",
    return_ = "return",
    all = "all",
    any = "any",
    tuple = "tuple",
    star = "*",
    future = "__future__",
}

/// The table of names.
pub(crate) struct Names<'a> {
    arena: &'a Bump,
    texts: Vec<&'a str>,
    /// Whether the name may be private: `__x` without a dot and without trailing underscores.
    private: Vec<bool>,
    ids: FxHashMap<&'a str, Name>,
    mangled: FxHashMap<(Name, Name), Name>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(arena: &'a Bump) -> Self {
        let mut names = Names {
            arena,
            texts: Vec::with_capacity(256),
            private: Vec::with_capacity(256),
            ids: FxHashMap::default(),
            mangled: FxHashMap::default(),
        };
        names.ids.reserve(256);
        for text in known::ALL {
            names.intern(text);
        }
        names
    }

    pub(crate) fn intern(&mut self, text: &'a str) -> Name {
        let next = Name(self.texts.len() as u32);
        let name = *self.ids.entry(text).or_insert(next);
        if name == next {
            self.texts.push(text);
            self.private.push(text.starts_with("__") && !text.ends_with("__") && !text.contains('.'));
        }
        name
    }

    pub(crate) fn intern_owned(&mut self, text: &str) -> Name {
        match self.ids.get(text) {
            Some(&name) => name,
            None => {
                let text = self.arena.alloc_str(text);
                self.intern(text)
            }
        }
    }

    pub(crate) fn text(&self, name: Name) -> &'a str {
        self.texts[name.0 as usize]
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The name as it is stored in the class `class`: `__x` becomes `_Class__x`.
    pub(crate) fn mangle(&mut self, class: Option<Name>, name: Name) -> Name {
        let Some(class) = class else { return name };
        if !self.private[name.0 as usize] {
            return name;
        }
        if let Some(&mangled) = self.mangled.get(&(class, name)) {
            return mangled;
        }
        let class_text = self.text(class).trim_start_matches('_');
        let mangled = if class_text.is_empty() {
            name
        } else {
            let text = self.arena.alloc_str(&format!("_{class_text}{}", self.text(name)));
            self.intern(text)
        };
        self.mangled.insert((class, name), mangled);
        mangled
    }
}

//! What a parser tells.

use super::errors::Failure;

/// The content model of an element's declaration.
#[derive(Clone, Debug)]
pub struct Model {
    pub kind: i32,
    pub quantifier: i32,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

pub mod kind {
    pub const EMPTY: i32 = 1;
    pub const ANY: i32 = 2;
    pub const MIXED: i32 = 3;
    pub const NAME: i32 = 4;
    pub const CHOICE: i32 = 5;
    pub const SEQUENCE: i32 = 6;
}

pub enum Event {
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        /// How many of them the document has; the others are defaults.
        specified: usize,
        empty: bool,
    },
    EndElement {
        name: String,
        empty: bool,
    },
    CharacterData(String),
    Pi {
        target: String,
        data: String,
    },
    Comment(String),
    StartCdata,
    EndCdata,
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    XmlDeclaration {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EndDoctype,
    ElementDeclaration {
        name: String,
        model: Model,
    },
    AttributeDeclaration {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDeclaration {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    NotationDeclaration {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    SkippedEntity {
        name: String,
        parameter: bool,
    },
    ExternalEntity {
        context: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    NotStandalone,
    /// Text that no event is for.
    Default,
    /// For the parser itself: the external parameter entity before was read, or not.
    AfterParameterEntity,
}

/// An event, its text if that is wanted, its place and the end of it in the parser's text.
pub struct Item {
    pub event: Event,
    pub raw: Option<String>,
    pub at: usize,
    pub end: usize,
}

pub enum Step {
    Event(Item),
    /// The meaning of an encoding's bytes is wanted.
    NeedEncoding(String),
    /// Everything that came is parsed.
    Done,
    Failed(Failure),
}

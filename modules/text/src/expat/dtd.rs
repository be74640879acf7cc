//! What a document's declarations say.

use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone)]
pub struct Entity {
    /// The replacement text; None for external entities.
    pub text: Option<Rc<str>>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
    /// Declared in the document itself, not in a parameter entity or the external subset.
    pub internal: bool,
}

#[derive(Clone)]
pub struct AttributeType {
    pub name: String,
    pub is_cdata: bool,
    pub default: Option<String>,
}

#[derive(Clone)]
pub struct Dtd {
    pub general: HashMap<String, Entity>,
    pub parameter: HashMap<String, Entity>,
    /// By the elements' names.
    pub attributes: HashMap<String, Vec<AttributeType>>,
    pub has_parameter_references: bool,
    pub standalone: bool,
    /// Declarations still count: nothing before them went unread.
    pub keep_processing: bool,
    pub parameter_read: bool,
}

impl Dtd {
    pub fn new() -> Dtd {
        Dtd {
            general: HashMap::new(),
            parameter: HashMap::new(),
            attributes: HashMap::new(),
            has_parameter_references: false,
            standalone: false,
            keep_processing: true,
            parameter_read: false,
        }
    }
}

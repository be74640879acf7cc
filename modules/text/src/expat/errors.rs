//! The parser's error codes.

use super::position::Position;

macro_rules! codes {
    ($($name:ident $constant:literal = $text:literal,)*) => {
        /// What is wrong, as expat numbers it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        #[allow(dead_code, reason = "the numbers are expat's, who has more to complain about")]
        pub enum Code { None = 0, $($name),* }

        /// The constants' names and messages, from 1 on.
        pub static CODES: &[(&str, &str)] = &[$((concat!("XML_ERROR_", $constant), $text)),*];
    };
}

codes! {
    NoMemory "NO_MEMORY" = "out of memory",
    Syntax "SYNTAX" = "syntax error",
    NoElements "NO_ELEMENTS" = "no element found",
    InvalidToken "INVALID_TOKEN" = "not well-formed (invalid token)",
    UnclosedToken "UNCLOSED_TOKEN" = "unclosed token",
    PartialChar "PARTIAL_CHAR" = "partial character",
    TagMismatch "TAG_MISMATCH" = "mismatched tag",
    DuplicateAttribute "DUPLICATE_ATTRIBUTE" = "duplicate attribute",
    JunkAfterDocument "JUNK_AFTER_DOC_ELEMENT" = "junk after document element",
    ParameterReference "PARAM_ENTITY_REF" = "illegal parameter entity reference",
    UndefinedEntity "UNDEFINED_ENTITY" = "undefined entity",
    RecursiveEntity "RECURSIVE_ENTITY_REF" = "recursive entity reference",
    AsyncEntity "ASYNC_ENTITY" = "asynchronous entity",
    BadCharReference "BAD_CHAR_REF" = "reference to invalid character number",
    BinaryEntity "BINARY_ENTITY_REF" = "reference to binary entity",
    ExternalInAttribute "ATTRIBUTE_EXTERNAL_ENTITY_REF" = "reference to external entity in attribute",
    MisplacedXmlPi "MISPLACED_XML_PI" = "XML or text declaration not at start of entity",
    UnknownEncoding "UNKNOWN_ENCODING" = "unknown encoding",
    IncorrectEncoding "INCORRECT_ENCODING" = "encoding specified in XML declaration is incorrect",
    UnclosedCdata "UNCLOSED_CDATA_SECTION" = "unclosed CDATA section",
    ExternalHandling "EXTERNAL_ENTITY_HANDLING" = "error in processing external entity reference",
    NotStandalone "NOT_STANDALONE" = "document is not standalone",
    UnexpectedState "UNEXPECTED_STATE" = "unexpected parser state - please send a bug report",
    DeclaredInParameter "ENTITY_DECLARED_IN_PE" = "entity declared in parameter entity",
    RequiresDtd "FEATURE_REQUIRES_XML_DTD" = "requested feature requires XML_DTD support in Expat",
    CantChange "CANT_CHANGE_FEATURE_ONCE_PARSING" = "cannot change setting once parsing has begun",
    UnboundPrefix "UNBOUND_PREFIX" = "unbound prefix",
    UndeclaringPrefix "UNDECLARING_PREFIX" = "must not undeclare prefix",
    IncompletePe "INCOMPLETE_PE" = "incomplete markup in parameter entity",
    XmlDeclaration "XML_DECL" = "XML declaration not well-formed",
    TextDeclaration "TEXT_DECL" = "text declaration not well-formed",
    PublicId "PUBLICID" = "illegal character(s) in public id",
    Suspended "SUSPENDED" = "parser suspended",
    NotSuspended "NOT_SUSPENDED" = "parser not suspended",
    Aborted "ABORTED" = "parsing aborted",
    Finished "FINISHED" = "parsing finished",
    SuspendPe "SUSPEND_PE" = "cannot suspend in external parameter entity",
    ReservedXml "RESERVED_PREFIX_XML" = "reserved prefix (xml) must not be undeclared or bound to another namespace name",
    ReservedXmlns "RESERVED_PREFIX_XMLNS" = "reserved prefix (xmlns) must not be declared or undeclared",
    ReservedUri "RESERVED_NAMESPACE_URI" = "prefix must not be bound to one of the reserved namespace names",
    InvalidArgument "INVALID_ARGUMENT" = "invalid argument",
    NoBuffer "NO_BUFFER" = "a successful prior call to function XML_GetBuffer is required",
    Amplification "AMPLIFICATION_LIMIT_BREACH" = "limit on input amplification factor (from DTD and entities) breached",
    NotStarted "NOT_STARTED" = "parser not started",
}

/// The message of a code.
pub fn message(code: i32) -> Option<&'static str> {
    let index = usize::try_from(code).ok()?.checked_sub(1)?;
    CODES.get(index).map(|&(_, text)| text)
}

/// Wrong at a place of the current text; None: where the current event is.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub code: Code,
    pub at: Option<usize>,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Fault {
        Fault { code, at: None }
    }
}

impl Code {
    pub fn at(self, at: usize) -> Fault {
        Fault { code: self, at: Some(at) }
    }
}

pub type Parsed<T> = Result<T, Fault>;

/// The error that ended a parse.
#[derive(Clone, Copy)]
pub struct Failure {
    pub code: Code,
    pub position: Position,
}

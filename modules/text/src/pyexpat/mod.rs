//! `pyexpat`: the interface of expat over the parser in [`crate::expat`]. <https://docs.python.org/3.14/library/pyexpat.html>.
//! Enter at [`parser`]; [`dispatch`] calls the handlers.

mod dispatch;
mod handlers;
mod parser;

use runtime::objects::exceptions::{BaseException, Exception, declared};
use runtime::prelude::*;

use crate::expat::errors::{CODES, Code, Failure, message};
use parser::XmlParser;
pub use parser::encoding_table;

module! {
    name: "pyexpat",
    doc: "Python wrapper for Expat parser.",
    functions: [parser_create, error_string],
    exec: exec,
}

const ERROR: &str = "xml.parsers.expat.ExpatError";
const VERSION: (i64, i64, i64) = (2, 9, 0);

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let class = XmlParser::static_type();
    class.ready()?;
    dict.insert_str(intern!("XMLParserType"), class)?;
    let error = declared(ERROR, &Exception)?;
    dict.insert_str(intern!("error"), &error)?;
    dict.insert_str(intern!("ExpatError"), &error)?;
    let (major, minor, micro) = VERSION;
    dict.insert_str(intern!("EXPAT_VERSION"), &Str::from_string(format!("expat_{major}.{minor}.{micro}")))?;
    let version = [major, minor, micro].map(|part| Int::new(part).into_object());
    dict.insert_str(intern!("version_info"), &Tuple::pack(version))?;
    dict.insert_str(intern!("native_encoding"), &Str::new("UTF-8"))?;
    let features = [
        ("sizeof(XML_Char)", 1),
        ("sizeof(XML_LChar)", 1),
        ("XML_DTD", 0),
        ("XML_CONTEXT_BYTES", 1024),
        ("XML_NS", 0),
        ("XML_BLAP_MAX_AMP", 100),
        ("XML_BLAP_ACT_THRES", 8 << 20),
        ("XML_GE", 0),
        ("XML_AT_MAX_AMP", 100),
        ("XML_AT_ACT_THRES", 64 << 20),
    ];
    let list = List::new();
    for (name, value) in features {
        list.push(Tuple::pack([Str::new(name).into_object(), Int::new(value).into_object()]).into_object())?;
    }
    dict.insert_str(intern!("features"), &list)?;
    let parsing = [
        ("XML_PARAM_ENTITY_PARSING_NEVER", 0),
        ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", 1),
        ("XML_PARAM_ENTITY_PARSING_ALWAYS", 2),
    ];
    for (name, value) in parsing {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    errors_module(module)?;
    model_module(module)
}

fn submodule(module: &Module, name: &str, doc: &str) -> Result<Ref<Dict>> {
    let full = Str::from_string(format!("pyexpat.{name}"));
    let made = Module::with_name(&full)?;
    let dict = made.dict();
    dict.insert_str(intern!("__doc__"), &Str::new(doc))?;
    runtime::import::modules()?.insert(&full, &made)?;
    module.dict().insert_str(&Str::intern(Str::new(name)), &made)?;
    Ok(dict)
}

fn errors_module(module: &Module) -> Result<()> {
    let dict = submodule(module, "errors", "Constants used to describe error conditions.")?;
    let (codes, messages) = (Dict::new(), Dict::new());
    for (index, (name, text)) in CODES.iter().enumerate() {
        let (number, text) = (Int::from_usize(index + 1), Str::new(text));
        dict.insert_str(&Str::intern(Str::new(name)), &text)?;
        codes.insert(&text, &number)?;
        messages.insert(&number, &text)?;
    }
    dict.insert_str(intern!("codes"), &codes)?;
    dict.insert_str(intern!("messages"), &messages)
}

fn model_module(module: &Module) -> Result<()> {
    let dict = submodule(module, "model", "Constants used to interpret content model information.")?;
    let constants = [
        ("XML_CTYPE_EMPTY", 1),
        ("XML_CTYPE_ANY", 2),
        ("XML_CTYPE_MIXED", 3),
        ("XML_CTYPE_NAME", 4),
        ("XML_CTYPE_CHOICE", 5),
        ("XML_CTYPE_SEQ", 6),
        ("XML_CQUANT_NONE", 0),
        ("XML_CQUANT_OPT", 1),
        ("XML_CQUANT_REP", 2),
        ("XML_CQUANT_PLUS", 3),
    ];
    for (name, value) in constants {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    Ok(())
}

/// An ExpatError with the attributes that tell what is wrong and where.
fn expat_error(text: &str, code: Code, line: usize, column: usize) -> Result<Ref<BaseException>> {
    let class = declared(ERROR, &Exception)?;
    let error = class.call(&[&*Str::new(text)])?;
    error.set_attr(intern!("code"), &Int::new(code as i64))?;
    error.set_attr(intern!("offset"), &Int::from_usize(column))?;
    error.set_attr(intern!("lineno"), &Int::from_usize(line))?;
    error.cast::<BaseException>().map_err(|_| raise!(TypeError, "ExpatError is no exception"))
}

/// Raises what ended a parse.
fn raise_failure(failure: &Failure) -> Raised {
    let (line, column) = (failure.position.line, failure.position.column);
    let text = message(failure.code as i32).unwrap_or_default();
    match expat_error(&format!("{text}: line {line}, column {column}"), failure.code, line, column) {
        Ok(error) => runtime::errors::raise(error),
        Err(raised) => raised,
    }
}

/// An argument that is a text or None.
fn text_or_none<'a>(name: &str, argument: Option<&'a Object>) -> Result<Option<&'a str>> {
    let Some(object) = argument.filter(|object| !object.is_none()) else { return Ok(None) };
    let Some(text) = object.downcast::<Str>() else {
        let kind = object.ty().full_name();
        return Err(raise!(TypeError, "ParserCreate() argument '{name}' must be str or None, not {kind}"));
    };
    let text = text.to_utf8()?;
    if text.contains('\0') {
        return Err(raise!(ValueError, "embedded null character"));
    }
    Ok(Some(text))
}

/// Return a new XML parser object.
#[function(
    name = "ParserCreate",
    signature = "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)"
)]
fn parser_create(
    _module: &Module,
    encoding: Option<&Object>,
    namespace_separator: Option<&Object>,
    intern: Option<&Object>,
) -> Result<Ref<XmlParser>> {
    let encoding = text_or_none("encoding", encoding)?;
    let separator = text_or_none("namespace_separator", namespace_separator)?.map(str::as_bytes);
    if separator.is_some_and(|separator| separator.len() > 1) {
        return Err(raise!(
            ValueError,
            "namespace_separator must be at most one character, omitted, or None"
        ));
    }
    let interned = match intern {
        None => Some(Dict::new()),
        Some(object) if object.is_none() => None,
        Some(object) => match object.downcast::<Dict>() {
            Some(dict) => Some(Ref::from_borrowed(dict)),
            None => return Err(raise!(TypeError, "intern must be a dictionary")),
        },
    };
    let separator = separator.map(|separator| separator.first().copied().unwrap_or(0));
    let engine = crate::expat::Parser::new(encoding.map(str::to_owned), separator);
    Ok(XmlParser::create(engine, interned))
}

/// Returns string error for given number.
#[function(name = "ErrorString", signature = "($module, code, /)")]
fn error_string(_module: &Module, code: i64) -> Option<&'static str> {
    message(i32::try_from(code).ok()?)
}

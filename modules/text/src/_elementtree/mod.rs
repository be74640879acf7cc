//! `_elementtree`: trees of XML elements. <https://docs.python.org/3.14/library/xml.etree.elementtree.html>.
//! [`element`] has the elements, [`builder`] makes trees of events, [`parser`] makes events of text.

mod builder;
mod element;
mod iterator;
mod parser;

use std::cell::RefCell;

use runtime::objects::exceptions::{SyntaxError, declared};
use runtime::prelude::*;

use builder::TreeBuilder;
use element::{Element, attributes_of};
use parser::XmlParser;

module! {
    name: "_elementtree",
    functions: [sub_element, set_factories],
    exec: exec,
}

const PARSE_ERROR: &str = "xml.etree.ElementTree.ParseError";

/// What makes comments and processing instructions: the functions of the library.
#[derive(Default)]
struct Factories {
    comment: RefCell<Option<Ref>>,
    pi: RefCell<Option<Ref>>,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let classes = [
        ("Element", Element::static_type()),
        ("TreeBuilder", TreeBuilder::static_type()),
        ("XMLParser", XmlParser::static_type()),
    ];
    for (name, class) in classes {
        class.ready()?;
        dict.insert_str(&Str::intern(Str::new(name)), class)?;
    }
    iterator::ElementIterator::static_type().ready()?;
    dict.insert_str(intern!("ParseError"), &*declared(PARSE_ERROR, &SyntaxError)?)
}

#[function(name = "SubElement", signature = "(*args, **kwargs)", hidden_signature)]
fn sub_element(args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Element>> {
    let [parent, tag, rest @ ..] = args else {
        let given = args.len();
        return Err(raise!(TypeError, "SubElement() takes at least 2 arguments ({given} given)"));
    };
    let Some(parent) = parent.downcast::<Element>() else {
        let kind = runtime::native::args::kind_of(parent);
        return Err(raise!(
            TypeError,
            "SubElement() argument 1 must be xml.etree.ElementTree.Element, not {kind}"
        ));
    };
    if rest.len() > 1 {
        let given = args.len();
        return Err(raise!(TypeError, "SubElement() takes at most 3 arguments ({given} given)"));
    }
    let attributes = attributes_of("SubElement", 3, rest.first().copied(), &kwargs)?;
    let element = Element::create(tag.to_ref(), attributes);
    parent.push(element.clone());
    Ok(element)
}

/// Change the factories used to create comments and processing instructions.
///
/// For internal use only.
#[function(name = "_set_factories", signature = "($module, comment_factory, pi_factory, /)")]
fn set_factories(
    _module: &Module,
    comment_factory: &Object,
    pi_factory: &Object,
) -> Result<(Option<Ref>, Option<Ref>)> {
    let given = [comment_factory, pi_factory];
    for (factory, what) in given.into_iter().zip(["Comment", "PI"]) {
        if !factory.is_none() && !factory.is_callable() {
            let kind = factory.ty().full_name();
            return Err(raise!(TypeError, "{what} factory must be callable, not {kind}"));
        }
    }
    let [comment, pi] = given.map(|factory| (!factory.is_none()).then(|| factory.to_ref()));
    let state = Interpreter::current().state::<Factories>();
    Ok((state.comment.replace(comment), state.pi.replace(pi)))
}

//! The handlers of a parser: attributes that are None until they are set.

use runtime::prelude::*;

use super::parser::XmlParser;

/// The parser's handlers, by their numbers.
macro_rules! handlers {
    ($($number:literal $constant:ident $name:literal $get:ident $set:ident,)*) => {
        $(pub const $constant: usize = $number;)*
        pub const COUNT: usize = [$($number),*].len();

        #[methods(part = handlers)]
        impl XmlParser {
            $(
                #[getter(name = $name)]
                fn $get(&self) -> Option<Ref> {
                    self.handler($number)
                }

                #[setter(name = $name)]
                fn $set(&self, value: Option<&Object>) -> Result<()> {
                    self.set_handler($number, value)
                }
            )*
        }
    };
}

handlers! {
    0 START_ELEMENT "StartElementHandler" start_element set_start_element,
    1 END_ELEMENT "EndElementHandler" end_element set_end_element,
    2 PI "ProcessingInstructionHandler" pi set_pi,
    3 CHARACTER_DATA "CharacterDataHandler" character_data set_character_data,
    4 UNPARSED_ENTITY "UnparsedEntityDeclHandler" unparsed_entity set_unparsed_entity,
    5 NOTATION "NotationDeclHandler" notation set_notation,
    6 START_NAMESPACE "StartNamespaceDeclHandler" start_namespace set_start_namespace,
    7 END_NAMESPACE "EndNamespaceDeclHandler" end_namespace set_end_namespace,
    8 COMMENT "CommentHandler" comment set_comment,
    9 START_CDATA "StartCdataSectionHandler" start_cdata set_start_cdata,
    10 END_CDATA "EndCdataSectionHandler" end_cdata set_end_cdata,
    11 DEFAULT "DefaultHandler" default set_default,
    12 DEFAULT_EXPAND "DefaultHandlerExpand" default_expand set_default_expand,
    13 NOT_STANDALONE "NotStandaloneHandler" not_standalone set_not_standalone,
    14 EXTERNAL_ENTITY "ExternalEntityRefHandler" external_entity set_external_entity,
    15 START_DOCTYPE "StartDoctypeDeclHandler" start_doctype set_start_doctype,
    16 END_DOCTYPE "EndDoctypeDeclHandler" end_doctype set_end_doctype,
    17 ENTITY "EntityDeclHandler" entity set_entity,
    18 XML_DECLARATION "XmlDeclHandler" xml_declaration set_xml_declaration,
    19 ELEMENT "ElementDeclHandler" element set_element,
    20 ATTLIST "AttlistDeclHandler" attlist set_attlist,
    21 SKIPPED_ENTITY "SkippedEntityHandler" skipped_entity set_skipped_entity,
}

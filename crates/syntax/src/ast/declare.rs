//! The macro behind `nodes`: from the declaration of the classes to their Rust types, the class table, and the
//! generic view and construction of a node.

macro_rules! nodes {
    (
        located { $( $(#[$l_doc:meta])* $l:ident $l_kind:ident $l_base:literal {
            $( $lv:ident $({ $( $lf:ident : $lt:ty ),* })? )*
        } )* }
        bare { $( $(#[$b_doc:meta])* $b:ident $b_base:literal { $( $bv:ident { $( $bf:ident : $bt:ty ),* } )* } )* }
        located_structs { $( $(#[$p_doc:meta])* $p:ident $p_name:literal $p_base:literal { $( $pf:ident : $pt:ty ),* } )* }
        structs { $( $(#[$s_doc:meta])* $s:ident $s_name:literal $s_base:literal { $( $sf:ident : $st:ty ),* } )* }
        operators { $( $(#[$o_doc:meta])* $o:ident $o_base:literal { $( $ov:ident )* } )* }
    ) => {
        $(
            $(#[$l_doc])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $l<'a> {
                pub kind: $l_kind<'a>,
                pub location: Location,
            }

            $(#[$l_doc])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub enum $l_kind<'a> { $( $lv $({ $( $lf: $lt ),* })? ),* }
        )*
        $(
            $(#[$b_doc])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub enum $b<'a> { $( $bv { $( $bf: $bt ),* } ),* }
        )*
        $(
            $(#[$p_doc])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $p<'a> {
                $( pub $pf: $pt, )*
                pub location: Location,
            }
        )*
        $(
            $(#[$s_doc])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $s<'a> { $( pub $sf: $st ),* }
        )*
        $(
            $(#[$o_doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum $o { $( $ov ),* }
        )*

        /// A concrete node class. `class as usize` indexes [`CLASSES`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class { $($( $bv, )*)* $($( $lv, )*)* $( $p, )* $( $s, )* $($( $ov, )*)* }

        /// Every concrete class, in the order of [`Class`].
        pub static CLASSES: &[$crate::ast::ClassInfo] = ClassTable::CLASSES;

        /// Gives the field types of the table below the lifetime they mention.
        struct ClassTable<'a>(std::marker::PhantomData<&'a ()>);

        impl<'a> ClassTable<'a> {
            const CLASSES: &'static [$crate::ast::ClassInfo] = {
                use $crate::ast::reflect::{ClassInfo, field_info};
                &[
                    $($( ClassInfo { class: Class::$bv, name: stringify!($bv), base: $b_base, located: false,
                        fields: &[$( field_info::<$bt>(stringify!($bf)) ),*] }, )*)*
                    $($( ClassInfo { class: Class::$lv, name: stringify!($lv), base: $l_base, located: true,
                        fields: &[$($( field_info::<$lt>(stringify!($lf)) ),*)?] }, )*)*
                    $( ClassInfo { class: Class::$p, name: $p_name, base: $p_base, located: true,
                        fields: &[$( field_info::<$pt>(stringify!($pf)) ),*] }, )*
                    $( ClassInfo { class: Class::$s, name: $s_name, base: $s_base, located: false,
                        fields: &[$( field_info::<$st>(stringify!($sf)) ),*] }, )*
                    $($( ClassInfo { class: Class::$ov, name: stringify!($ov), base: $o_base, located: false,
                        fields: &[] }, )*)*
                ]
            };
        }

        /// The abstract classes, each with whether its instances have locations.
        pub static BASES: &[$crate::ast::BaseInfo] = &[
            $( $crate::ast::BaseInfo { name: $b_base, located: false }, )*
            $( $crate::ast::BaseInfo { name: $l_base, located: true }, )*
            $crate::ast::BaseInfo { name: "excepthandler", located: true },
            $crate::ast::BaseInfo { name: "type_ignore", located: false },
            $( $crate::ast::BaseInfo { name: $o_base, located: false }, )*
        ];

        /// Any node, by reference.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Node<'a> {
            $( $b(&'a $b<'a>), )* $( $l(&'a $l<'a>), )* $( $p(&'a $p<'a>), )* $( $s(&'a $s<'a>), )* $( $o($o), )*
        }

        impl<'a> Node<'a> {
            /// The node's class.
            pub fn class(self) -> Class {
                match self {
                    $( Node::$b(node) => match node { $( $b::$bv { .. } => Class::$bv ),* }, )*
                    $( Node::$l(node) => match node.kind { $( $l_kind::$lv { .. } => Class::$lv ),* }, )*
                    $( Node::$p(_) => Class::$p, )*
                    $( Node::$s(_) => Class::$s, )*
                    $( Node::$o(node) => match node { $( $o::$ov => Class::$ov ),* }, )*
                }
            }

            /// The node's fields, in the order of its class's `fields`.
            pub fn fields(self) -> $crate::ast::Fields<'a> {
                use $crate::ast::{Fields, FieldType};
                match self {
                    $( Node::$b(node) => match *node {
                        $( $b::$bv { $( $bf ),* } => Fields::new(&[$( FieldType::view($bf) ),*]), )*
                    }, )*
                    $( Node::$l(node) => match node.kind {
                        $( $l_kind::$lv $({ $( $lf ),* })? => Fields::new(&[$($( FieldType::view($lf) ),*)?]), )*
                    }, )*
                    $( Node::$p(node) => Fields::new(&[$( FieldType::view(node.$pf) ),*]), )*
                    $( Node::$s(node) => Fields::new(&[$( FieldType::view(node.$sf) ),*]), )*
                    $( Node::$o(_) => Fields::new(&[]), )*
                }
            }

            /// The node's location, if its class has one.
            pub fn location(self) -> Option<Location> {
                match self {
                    $( Node::$l(node) => Some(node.location), )*
                    $( Node::$p(node) => Some(node.location), )*
                    _ => None,
                }
            }

            /// A node of `class` from its fields in declaration order; `None` if they don't fit.
            /// `location` is dropped where the class has none.
            pub fn build(
                class: Class,
                fields: &[$crate::ast::Field<'a>],
                location: Location,
                arena: &'a bumpalo::Bump,
            ) -> Option<Node<'a>> {
                use $crate::ast::FieldType;
                if fields.len() != CLASSES[class as usize].fields.len() {
                    return None;
                }
                let mut fields = fields.iter().copied();
                Some(match class {
                    $($( Class::$bv => Node::$b(arena.alloc(
                        $b::$bv { $( $bf: FieldType::build(fields.next()?, arena)? ),* }
                    )), )*)*
                    $($( Class::$lv => Node::$l(arena.alloc($l {
                        kind: $l_kind::$lv $({ $( $lf: FieldType::build(fields.next()?, arena)? ),* })?,
                        location,
                    })), )*)*
                    $( Class::$p => Node::$p(arena.alloc(
                        $p { $( $pf: FieldType::build(fields.next()?, arena)?, )* location }
                    )), )*
                    $( Class::$s => Node::$s(arena.alloc(
                        $s { $( $sf: FieldType::build(fields.next()?, arena)? ),* }
                    )), )*
                    $($( Class::$ov => Node::$o($o::$ov), )*)*
                })
            }
        }
    };
}

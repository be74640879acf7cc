//! What the operands of some instructions mean: operators, intrinsics, special methods, common constants.

/// Declares a fieldless enum whose numbers are an instruction's operand, with the names that `opcode` and `dis` show.
macro_rules! operand {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant = $number,)* }

        impl $name {
            /// All, by number.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The one with that number.
            pub const fn from_u32(number: u32) -> Option<$name> {
                match number { $($number => Some($name::$variant),)* _ => None }
            }

            /// The name that Python code sees.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

operand! {
    /// `BINARY_OP`'s operand, with the name in `opcode._nb_ops`.
    BinaryOperator {
        Add = 0 "NB_ADD",
        And = 1 "NB_AND",
        FloorDivide = 2 "NB_FLOOR_DIVIDE",
        LeftShift = 3 "NB_LSHIFT",
        MatrixMultiply = 4 "NB_MATRIX_MULTIPLY",
        Multiply = 5 "NB_MULTIPLY",
        Remainder = 6 "NB_REMAINDER",
        Or = 7 "NB_OR",
        Power = 8 "NB_POWER",
        RightShift = 9 "NB_RSHIFT",
        Subtract = 10 "NB_SUBTRACT",
        TrueDivide = 11 "NB_TRUE_DIVIDE",
        Xor = 12 "NB_XOR",
        InplaceAdd = 13 "NB_INPLACE_ADD",
        InplaceAnd = 14 "NB_INPLACE_AND",
        InplaceFloorDivide = 15 "NB_INPLACE_FLOOR_DIVIDE",
        InplaceLeftShift = 16 "NB_INPLACE_LSHIFT",
        InplaceMatrixMultiply = 17 "NB_INPLACE_MATRIX_MULTIPLY",
        InplaceMultiply = 18 "NB_INPLACE_MULTIPLY",
        InplaceRemainder = 19 "NB_INPLACE_REMAINDER",
        InplaceOr = 20 "NB_INPLACE_OR",
        InplacePower = 21 "NB_INPLACE_POWER",
        InplaceRightShift = 22 "NB_INPLACE_RSHIFT",
        InplaceSubtract = 23 "NB_INPLACE_SUBTRACT",
        InplaceTrueDivide = 24 "NB_INPLACE_TRUE_DIVIDE",
        InplaceXor = 25 "NB_INPLACE_XOR",
        Subscript = 26 "NB_SUBSCR",
    }
}

/// The operators as written in source, by [`BinaryOperator`] number.
pub const BINARY_OPERATORS: [&str; 27] = [
    "+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^", "+=", "&=", "//=", "<<=", "@=",
    "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^=", "[]",
];

impl BinaryOperator {
    /// The operator as written in source.
    pub const fn symbol(self) -> &'static str {
        BINARY_OPERATORS[self as usize]
    }
}

operand! {
    /// The comparison in `COMPARE_OP`'s operand (bits 5 and up), numbered as `Py_LT` to `Py_GE`.
    Comparison {
        Less = 0 "<",
        LessEqual = 1 "<=",
        Equal = 2 "==",
        NotEqual = 3 "!=",
        Greater = 4 ">",
        GreaterEqual = 5 ">=",
    }
}

/// The bit of `COMPARE_OP`'s operand that asks for a `bool` result.
pub const COMPARE_TO_BOOL: u32 = 16;

impl Comparison {
    /// The lowest four bits of the operand: which outcomes (unordered 1, less 2, greater 4, equal 8) make it true.
    pub const fn mask(self) -> u32 {
        match self {
            Comparison::Less => 2,
            Comparison::LessEqual => 2 | 8,
            Comparison::Equal => 8,
            Comparison::NotEqual => 1 | 2 | 4,
            Comparison::Greater => 4,
            Comparison::GreaterEqual => 4 | 8,
        }
    }

    /// `COMPARE_OP`'s operand, without [`COMPARE_TO_BOOL`].
    pub const fn oparg(self) -> u32 {
        (self as u32) << 5 | self.mask()
    }
}

operand! {
    /// `CALL_INTRINSIC_1`'s operand.
    Intrinsic1 {
        Invalid = 0 "INTRINSIC_1_INVALID",
        Print = 1 "INTRINSIC_PRINT",
        ImportStar = 2 "INTRINSIC_IMPORT_STAR",
        StopIterationError = 3 "INTRINSIC_STOPITERATION_ERROR",
        AsyncGenWrap = 4 "INTRINSIC_ASYNC_GEN_WRAP",
        UnaryPositive = 5 "INTRINSIC_UNARY_POSITIVE",
        ListToTuple = 6 "INTRINSIC_LIST_TO_TUPLE",
        TypeVar = 7 "INTRINSIC_TYPEVAR",
        ParamSpec = 8 "INTRINSIC_PARAMSPEC",
        TypeVarTuple = 9 "INTRINSIC_TYPEVARTUPLE",
        SubscriptGeneric = 10 "INTRINSIC_SUBSCRIPT_GENERIC",
        TypeAlias = 11 "INTRINSIC_TYPEALIAS",
    }
}

operand! {
    /// `CALL_INTRINSIC_2`'s operand.
    Intrinsic2 {
        Invalid = 0 "INTRINSIC_2_INVALID",
        PrepReraiseStar = 1 "INTRINSIC_PREP_RERAISE_STAR",
        TypeVarWithBound = 2 "INTRINSIC_TYPEVAR_WITH_BOUND",
        TypeVarWithConstraints = 3 "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
        SetFunctionTypeParams = 4 "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
        SetTypeParamDefault = 5 "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    }
}

operand! {
    /// `LOAD_COMMON_CONSTANT`'s operand, with the builtin it loads.
    CommonConstant {
        AssertionError = 0 "AssertionError",
        NotImplementedError = 1 "NotImplementedError",
        Tuple = 2 "tuple",
        All = 3 "all",
        Any = 4 "any",
    }
}

operand! {
    /// `LOAD_SPECIAL`'s operand, with the method it loads.
    SpecialMethod {
        Enter = 0 "__enter__",
        Exit = 1 "__exit__",
        AsyncEnter = 2 "__aenter__",
        AsyncExit = 3 "__aexit__",
    }
}

/// The methods that `LOAD_SPECIAL` loads, by operand.
pub const SPECIAL_METHODS: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];

operand! {
    /// `CONVERT_VALUE`'s operand: `!s`, `!r`, `!a`.
    Conversion {
        Str = 1 "str",
        Repr = 2 "repr",
        Ascii = 3 "ascii",
    }
}

/// `SET_FUNCTION_ATTRIBUTE`'s operand: one of these bits.
#[allow(non_snake_case)]
pub mod FunctionAttribute {
    pub const DEFAULTS: u32 = 0x01;
    pub const KWDEFAULTS: u32 = 0x02;
    pub const ANNOTATIONS: u32 = 0x04;
    pub const CLOSURE: u32 = 0x08;
    pub const ANNOTATE: u32 = 0x10;
}

/// `RESUME`'s operand: where it stands, and whether an exception handler surrounds it.
pub mod resume {
    pub const AT_FUNC_START: u32 = 0;
    pub const AFTER_YIELD: u32 = 1;
    pub const AFTER_YIELD_FROM: u32 = 2;
    pub const AFTER_AWAIT: u32 = 3;
    pub const LOCATION_MASK: u32 = 3;
    /// Set where the exception table nests just one deep: only the generator's own handler.
    pub const DEPTH1_MASK: u32 = 4;
}

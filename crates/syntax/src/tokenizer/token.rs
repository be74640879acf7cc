//! What the tokenizer gives the parser: kinds of tokens and tokens with their positions.

macro_rules! kinds {
    ($($name:ident = $number:literal $text:literal $label:literal,)*) => {
        /// The kind of a token: the numbers of Python's `token` module below 69, then the hard keywords.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum TokenKind { $($name = $number,)* }

        impl TokenKind {
            /// Every kind, by rising number.
            pub const ALL: &'static [TokenKind] = &[$(TokenKind::$name,)*];

            /// The text of an operator or keyword; empty for kinds whose text varies.
            pub const fn text(self) -> &'static str {
                match self { $(TokenKind::$name => $text,)* }
            }

            /// The name in Python's `token` module (`NAME` for keywords).
            pub const fn name(self) -> &'static str {
                match self { $(TokenKind::$name => $label,)* }
            }
        }
    };
}

kinds! {
    EndMarker = 0 "" "ENDMARKER",
    Name = 1 "" "NAME",
    Number = 2 "" "NUMBER",
    String = 3 "" "STRING",
    Newline = 4 "" "NEWLINE",
    Indent = 5 "" "INDENT",
    Dedent = 6 "" "DEDENT",
    LPar = 7 "(" "LPAR",
    RPar = 8 ")" "RPAR",
    LSqb = 9 "[" "LSQB",
    RSqb = 10 "]" "RSQB",
    Colon = 11 ":" "COLON",
    Comma = 12 "," "COMMA",
    Semi = 13 ";" "SEMI",
    Plus = 14 "+" "PLUS",
    Minus = 15 "-" "MINUS",
    Star = 16 "*" "STAR",
    Slash = 17 "/" "SLASH",
    VBar = 18 "|" "VBAR",
    Amper = 19 "&" "AMPER",
    Less = 20 "<" "LESS",
    Greater = 21 ">" "GREATER",
    Equal = 22 "=" "EQUAL",
    Dot = 23 "." "DOT",
    Percent = 24 "%" "PERCENT",
    LBrace = 25 "{" "LBRACE",
    RBrace = 26 "}" "RBRACE",
    EqEqual = 27 "==" "EQEQUAL",
    NotEqual = 28 "!=" "NOTEQUAL",
    LessEqual = 29 "<=" "LESSEQUAL",
    GreaterEqual = 30 ">=" "GREATEREQUAL",
    Tilde = 31 "~" "TILDE",
    Circumflex = 32 "^" "CIRCUMFLEX",
    LeftShift = 33 "<<" "LEFTSHIFT",
    RightShift = 34 ">>" "RIGHTSHIFT",
    DoubleStar = 35 "**" "DOUBLESTAR",
    PlusEqual = 36 "+=" "PLUSEQUAL",
    MinEqual = 37 "-=" "MINEQUAL",
    StarEqual = 38 "*=" "STAREQUAL",
    SlashEqual = 39 "/=" "SLASHEQUAL",
    PercentEqual = 40 "%=" "PERCENTEQUAL",
    AmperEqual = 41 "&=" "AMPEREQUAL",
    VBarEqual = 42 "|=" "VBAREQUAL",
    CircumflexEqual = 43 "^=" "CIRCUMFLEXEQUAL",
    LeftShiftEqual = 44 "<<=" "LEFTSHIFTEQUAL",
    RightShiftEqual = 45 ">>=" "RIGHTSHIFTEQUAL",
    DoubleStarEqual = 46 "**=" "DOUBLESTAREQUAL",
    DoubleSlash = 47 "//" "DOUBLESLASH",
    DoubleSlashEqual = 48 "//=" "DOUBLESLASHEQUAL",
    At = 49 "@" "AT",
    AtEqual = 50 "@=" "ATEQUAL",
    RArrow = 51 "->" "RARROW",
    Ellipsis = 52 "..." "ELLIPSIS",
    ColonEqual = 53 ":=" "COLONEQUAL",
    Exclamation = 54 "!" "EXCLAMATION",
    Op = 55 "" "OP",
    TypeIgnore = 56 "" "TYPE_IGNORE",
    TypeComment = 57 "" "TYPE_COMMENT",
    SoftKeyword = 58 "" "SOFT_KEYWORD",
    FStringStart = 59 "" "FSTRING_START",
    FStringMiddle = 60 "" "FSTRING_MIDDLE",
    FStringEnd = 61 "" "FSTRING_END",
    TStringStart = 62 "" "TSTRING_START",
    TStringMiddle = 63 "" "TSTRING_MIDDLE",
    TStringEnd = 64 "" "TSTRING_END",
    Comment = 65 "" "COMMENT",
    Nl = 66 "" "NL",
    ErrorToken = 67 "" "ERRORTOKEN",
    Encoding = 68 "" "ENCODING",
    False = 69 "False" "NAME",
    None = 70 "None" "NAME",
    True = 71 "True" "NAME",
    And = 72 "and" "NAME",
    As = 73 "as" "NAME",
    Assert = 74 "assert" "NAME",
    Async = 75 "async" "NAME",
    Await = 76 "await" "NAME",
    Break = 77 "break" "NAME",
    Class = 78 "class" "NAME",
    Continue = 79 "continue" "NAME",
    Def = 80 "def" "NAME",
    Del = 81 "del" "NAME",
    Elif = 82 "elif" "NAME",
    Else = 83 "else" "NAME",
    Except = 84 "except" "NAME",
    Finally = 85 "finally" "NAME",
    For = 86 "for" "NAME",
    From = 87 "from" "NAME",
    Global = 88 "global" "NAME",
    If = 89 "if" "NAME",
    Import = 90 "import" "NAME",
    In = 91 "in" "NAME",
    Is = 92 "is" "NAME",
    Lambda = 93 "lambda" "NAME",
    Nonlocal = 94 "nonlocal" "NAME",
    Not = 95 "not" "NAME",
    Or = 96 "or" "NAME",
    Pass = 97 "pass" "NAME",
    Raise = 98 "raise" "NAME",
    Return = 99 "return" "NAME",
    Try = 100 "try" "NAME",
    While = 101 "while" "NAME",
    With = 102 "with" "NAME",
    Yield = 103 "yield" "NAME",
}

impl TokenKind {
    /// Whether this is a hard keyword.
    pub const fn is_keyword(self) -> bool {
        self as u8 >= TokenKind::False as u8
    }

    /// The number in Python's `token` module, exact operators as such and keywords as `NAME`.
    pub const fn number(self) -> u8 {
        if self.is_keyword() { TokenKind::Name as u8 } else { self as u8 }
    }
}

/// The column of tokens without one: INDENT, DEDENT and ENDMARKER.
pub const NO_COL: u32 = u32::MAX;

/// One token. Its text is `source[start..end]`; lines count from 1, columns in bytes from 0.
///
/// The middle piece of an f-string or t-string ends before the brace that ends it; of a doubled brace it
/// holds one. TYPE_COMMENT holds the text after `# type: `, TYPE_IGNORE what follows `ignore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// How many brackets are open around it; an opening bracket counts itself, a closing one does not.
    pub level: u16,
    pub start: u32,
    pub end: u32,
    pub lineno: u32,
    pub col: u32,
    pub end_lineno: u32,
    pub end_col: u32,
}

impl Token {
    /// The token's text.
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        &source[self.start as usize..self.end as usize]
    }
}

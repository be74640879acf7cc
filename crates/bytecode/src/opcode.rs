//! The instruction set, declared once: one entry an instruction, with its stack picture (`before -- after`, top last).
//! The enum, its names, flags, stack effects and families are derived here; the interpreter's dispatch and other
//! tables come from the same declaration through [`opcode_table!`](crate::opcode_table).

/// Hands the table to the macro named `$callback`: `|oparg|` and then entries of the form
///
/// ```text
/// /// stack picture
/// NAME = number [of GENERIC]: popped => pushed, caches code-units, [FLAGS];
/// ```
///
/// `of` names the instruction that a specialized one stands in for; popped and pushed are expressions over `oparg`.
#[macro_export]
macro_rules! opcode_table {
    ($callback:ident) => {
        $callback! {
            |oparg|

            // What the compiler emits, and what only the interpreter itself puts into code.
            /// -- (data of the instruction before it, never run as an instruction of its own)
            CACHE = 0: 0 => 0, caches 0, [];
            /// container start stop -- container[start:stop]
            BINARY_SLICE = 1: 3 => 1, caches 0, [ERROR ESCAPES];
            /// strings interpolations -- template
            BUILD_TEMPLATE = 2: 2 => 1, caches 0, [ERROR ESCAPES];
            /// callable null-or-self args kwargs-or-null -- result
            CALL_FUNCTION_EX = 4: 4 => 1, caches 0, [EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// group type -- rest-or-None match-or-None
            CHECK_EG_MATCH = 5: 2 => 2, caches 0, [ERROR ESCAPES];
            /// exception type -- exception bool
            CHECK_EXC_MATCH = 6: 2 => 2, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// subiterator last-sent exception -- None value (of a StopIteration, else raised again)
            CLEANUP_THROW = 7: 3 => 2, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// container key -- (del container[key])
            DELETE_SUBSCR = 8: 2 => 0, caches 0, [ERROR ESCAPES];
            /// value --
            END_FOR = 9: 1 => 0, caches 0, [ESCAPES NO_SAVE_IP];
            /// receiver value -- value
            END_SEND = 10: 2 => 1, caches 0, [ESCAPES PURE];
            /// should-be-None --
            EXIT_INIT_CHECK = 11: 1 => 0, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// value -- str
            FORMAT_SIMPLE = 12: 1 => 1, caches 0, [ERROR ESCAPES];
            /// value spec -- str
            FORMAT_WITH_SPEC = 13: 2 => 1, caches 0, [ERROR ESCAPES];
            /// iterable -- async-iterator
            GET_AITER = 14: 1 => 1, caches 0, [ERROR ESCAPES];
            /// async-iterator -- async-iterator awaitable
            GET_ANEXT = 15: 1 => 2, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// iterable -- iterator
            GET_ITER = 16: 1 => 1, caches 0, [ERROR ESCAPES];
            /// -- (raises SystemError; no code contains it)
            RESERVED = 17: 0 => 0, caches 0, [];
            /// object -- object len(object)
            GET_LEN = 18: 1 => 2, caches 0, [ERROR ESCAPES];
            /// iterable -- iterator
            GET_YIELD_FROM_ITER = 19: 1 => 1, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// value -- (leaves the interpreter loop with value)
            INTERPRETER_EXIT = 20: 1 => 0, caches 0, [ESCAPES];
            /// -- builtins.__build_class__
            LOAD_BUILD_CLASS = 21: 0 => 1, caches 0, [ERROR ESCAPES];
            /// -- locals
            LOAD_LOCALS = 22: 0 => 1, caches 0, [ERROR ESCAPES];
            /// code -- function
            MAKE_FUNCTION = 23: 1 => 1, caches 0, [ERROR ESCAPES];
            /// subject keys -- subject keys values-or-None
            MATCH_KEYS = 24: 2 => 3, caches 0, [ERROR ESCAPES];
            /// subject -- subject bool
            MATCH_MAPPING = 25: 1 => 2, caches 0, [];
            /// subject -- subject bool
            MATCH_SEQUENCE = 26: 1 => 2, caches 0, [];
            /// --
            NOP = 27: 0 => 0, caches 0, [PURE];
            /// -- (marks the way on after a conditional jump, for branch events)
            NOT_TAKEN = 28: 0 => 0, caches 0, [PURE];
            /// exc-info -- (which becomes the handled exception again)
            POP_EXCEPT = 29: 1 => 0, caches 0, [ESCAPES];
            /// iterator --
            POP_ITER = 30: 1 => 0, caches 0, [ESCAPES PURE];
            /// value --
            POP_TOP = 31: 1 => 0, caches 0, [ESCAPES PURE];
            /// exception -- exc-info exception (and exception becomes the handled one)
            PUSH_EXC_INFO = 32: 1 => 2, caches 0, [];
            /// -- null
            PUSH_NULL = 33: 0 => 1, caches 0, [PURE];
            /// -- generator (to the caller; on resumption the value sent)
            RETURN_GENERATOR = 34: 0 => 1, caches 0, [ERROR ESCAPES];
            /// value -- (value on the caller's stack)
            RETURN_VALUE = 35: 1 => 1, caches 0, [ESCAPES];
            /// -- (makes locals['__annotations__'] if missing)
            SETUP_ANNOTATIONS = 36: 0 => 0, caches 0, [ERROR ESCAPES];
            /// value container start stop -- (container[start:stop] = value)
            STORE_SLICE = 37: 4 => 0, caches 0, [ERROR ESCAPES];
            /// value container key -- (container[key] = value)
            STORE_SUBSCR = 38: 3 => 0, caches 1, [ERROR ESCAPES];
            /// value -- bool(value)
            TO_BOOL = 39: 1 => 1, caches 3, [ERROR ESCAPES];
            /// value -- ~value
            UNARY_INVERT = 40: 1 => 1, caches 0, [ERROR ESCAPES];
            /// value -- -value
            UNARY_NEGATIVE = 41: 1 => 1, caches 0, [ERROR ESCAPES];
            /// bool -- not bool
            UNARY_NOT = 42: 1 => 1, caches 0, [PURE];
            /// exit exit-self-or-null lasti exc-info exception -- exit exit-self-or-null lasti exc-info exception result
            WITH_EXCEPT_START = 43: 5 => 6, caches 0, [ERROR ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP = 44: 2 => 1, caches 5, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// value str [format-spec if oparg & 1] -- interpolation (conversion: oparg >> 2)
            BUILD_INTERPOLATION = 45: 2 + (oparg & 1) => 1, caches 0, [ARG ERROR ESCAPES];
            /// items*oparg -- list
            BUILD_LIST = 46: oparg => 1, caches 0, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// (key value)*oparg -- dict
            BUILD_MAP = 47: oparg * 2 => 1, caches 0, [ARG ERROR ESCAPES];
            /// items*oparg -- set
            BUILD_SET = 48: oparg => 1, caches 0, [ARG ERROR ESCAPES];
            /// start stop [step if oparg is 3] -- slice
            BUILD_SLICE = 49: oparg => 1, caches 0, [ARG ERROR];
            /// strings*oparg -- str
            BUILD_STRING = 50: oparg => 1, caches 0, [ARG ERROR];
            /// items*oparg -- tuple
            BUILD_TUPLE = 51: oparg => 1, caches 0, [ARG ERROR ERROR_NO_POP];
            /// callable self-or-null args*oparg -- result
            CALL = 52: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// value -- result, see [`Intrinsic1`](crate::operands::Intrinsic1)
            CALL_INTRINSIC_1 = 53: 1 => 1, caches 0, [ARG ERROR ESCAPES];
            /// value1 value2 -- result, see [`Intrinsic2`](crate::operands::Intrinsic2)
            CALL_INTRINSIC_2 = 54: 2 => 1, caches 0, [ARG ERROR ESCAPES];
            /// callable self-or-null args*oparg keyword-names -- result
            CALL_KW = 55: oparg + 3 => 1, caches 3, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// left right -- result, operator: oparg >> 5, see [`Comparison`](crate::operands::Comparison)
            COMPARE_OP = 56: 2 => 1, caches 1, [ARG ERROR ESCAPES];
            /// element container -- bool (inverted if oparg)
            CONTAINS_OP = 57: 2 => 1, caches 1, [ARG ERROR ESCAPES];
            /// value -- str(value), repr(value) or ascii(value)
            CONVERT_VALUE = 58: 1 => 1, caches 0, [ARG ERROR ESCAPES];
            /// bottom unused*(oparg-1) -- bottom unused*(oparg-1) bottom
            COPY = 59: oparg => oparg + 1, caches 0, [ARG PURE];
            /// -- (the function's closure of oparg cells into the last local slots)
            COPY_FREE_VARS = 60: 0 => 0, caches 0, [ARG];
            /// owner -- (del owner.name)
            DELETE_ATTR = 61: 1 => 0, caches 0, [ARG NAME ERROR ESCAPES];
            /// -- (empties the cell)
            DELETE_DEREF = 62: 0 => 0, caches 0, [ARG FREE ERROR ERROR_NO_POP ESCAPES];
            /// -- (del local)
            DELETE_FAST = 63: 0 => 0, caches 0, [ARG LOCAL ERROR ESCAPES];
            /// -- (del globals[name])
            DELETE_GLOBAL = 64: 0 => 0, caches 0, [ARG NAME ERROR ERROR_NO_POP ESCAPES];
            /// -- (del locals[name])
            DELETE_NAME = 65: 0 => 0, caches 0, [ARG NAME ERROR ERROR_NO_POP ESCAPES];
            /// callable unused unused dict unused*(oparg-1) update -- callable unused unused dict unused*(oparg-1) (a repeated key raises)
            DICT_MERGE = 66: oparg + 4 => oparg + 3, caches 0, [ARG ERROR ESCAPES];
            /// dict unused*(oparg-1) update -- dict unused*(oparg-1)
            DICT_UPDATE = 67: oparg + 1 => oparg, caches 0, [ARG ERROR ESCAPES];
            /// async-iterator exception -- (raised again unless StopAsyncIteration)
            END_ASYNC_FOR = 68: 2 => 0, caches 0, [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
            /// -- (oparg becomes the next instruction's higher bits)
            EXTENDED_ARG = 69: 0 => 0, caches 0, [ARG];
            /// iterator -- iterator next (at its end jumps, with the iterator still there)
            FOR_ITER = 70: 1 => 2, caches 1, [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
            /// iterable -- awaitable
            GET_AWAITABLE = 71: 1 => 1, caches 0, [ARG ERROR ESCAPES];
            /// module -- module attribute
            IMPORT_FROM = 72: 1 => 2, caches 0, [ARG NAME ERROR ESCAPES];
            /// level fromlist -- module
            IMPORT_NAME = 73: 2 => 1, caches 0, [ARG NAME ERROR ESCAPES];
            /// left right -- left is right (inverted if oparg)
            IS_OP = 74: 2 => 1, caches 0, [ARG];
            /// -- (jumps oparg code units back, looking at the eval breaker)
            JUMP_BACKWARD = 75: 0 => 0, caches 1, [ARG JUMP EVAL_BREAK ERROR ESCAPES];
            /// -- (jumps oparg code units back)
            JUMP_BACKWARD_NO_INTERRUPT = 76: 0 => 0, caches 0, [ARG JUMP];
            /// -- (jumps oparg code units on)
            JUMP_FORWARD = 77: 0 => 0, caches 0, [ARG JUMP];
            /// list unused*(oparg-1) value -- list unused*(oparg-1)
            LIST_APPEND = 78: oparg + 1 => oparg, caches 0, [ARG ERROR];
            /// list unused*(oparg-1) iterable -- list unused*(oparg-1)
            LIST_EXTEND = 79: oparg + 1 => oparg, caches 0, [ARG ERROR ESCAPES];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR = 80: 1 => 1 + (oparg & 1), caches 9, [ARG NAME ERROR ESCAPES];
            /// -- constant, see [`CommonConstant`](crate::operands::CommonConstant)
            LOAD_COMMON_CONSTANT = 81: 0 => 1, caches 0, [ARG];
            /// -- constant
            LOAD_CONST = 82: 0 => 1, caches 0, [ARG CONST];
            /// -- cell's value
            LOAD_DEREF = 83: 0 => 1, caches 0, [ARG LOCAL ERROR ESCAPES];
            /// -- local
            LOAD_FAST = 84: 0 => 1, caches 0, [ARG LOCAL PURE];
            /// -- local-or-null (and the local is unset)
            LOAD_FAST_AND_CLEAR = 85: 0 => 1, caches 0, [ARG LOCAL];
            /// -- local (without a reference of its own)
            LOAD_FAST_BORROW = 86: 0 => 1, caches 0, [ARG LOCAL PURE];
            /// -- local1 local2 (oparg >> 4 and oparg & 15, borrowed)
            LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87: 0 => 2, caches 0, [ARG LOCAL];
            /// -- local (raises if unset)
            LOAD_FAST_CHECK = 88: 0 => 1, caches 0, [ARG LOCAL ERROR ESCAPES];
            /// -- local1 local2 (oparg >> 4 and oparg & 15)
            LOAD_FAST_LOAD_FAST = 89: 0 => 2, caches 0, [ARG LOCAL];
            /// class-dict -- value (of the dict, else of the cell)
            LOAD_FROM_DICT_OR_DEREF = 90: 1 => 1, caches 0, [ARG FREE ERROR ERROR_NO_POP ESCAPES];
            /// mapping -- value (of the mapping, else global or builtin)
            LOAD_FROM_DICT_OR_GLOBALS = 91: 1 => 1, caches 0, [ARG NAME ERROR ERROR_NO_POP ESCAPES];
            /// -- value [null if oparg & 1], name: oparg >> 1
            LOAD_GLOBAL = 92: 0 => 1 + (oparg & 1), caches 4, [ARG NAME ERROR ESCAPES];
            /// -- value (local, global or builtin)
            LOAD_NAME = 93: 0 => 1, caches 0, [ARG NAME ERROR ESCAPES];
            /// -- oparg
            LOAD_SMALL_INT = 94: 0 => 1, caches 0, [ARG];
            /// owner -- attribute self-or-null, see [`SPECIAL_METHODS`](crate::operands::SPECIAL_METHODS)
            LOAD_SPECIAL = 95: 1 => 2, caches 0, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// super class self -- attribute [self-or-null if oparg & 1], two-argument form: oparg & 2, name: oparg >> 2
            LOAD_SUPER_ATTR = 96: 3 => 1 + (oparg & 1), caches 1, [ARG NAME ERROR ESCAPES];
            /// -- (puts the local into a cell)
            MAKE_CELL = 97: 0 => 0, caches 0, [ARG FREE ERROR ERROR_NO_POP ESCAPES];
            /// dict unused*(oparg-1) key value -- dict unused*(oparg-1)
            MAP_ADD = 98: oparg + 2 => oparg, caches 0, [ARG ERROR ESCAPES];
            /// subject type names -- attributes-or-None
            MATCH_CLASS = 99: 3 => 1, caches 0, [ARG ERROR ESCAPES];
            /// bool -- (jumps if it is False)
            POP_JUMP_IF_FALSE = 100: 1 => 0, caches 1, [ARG JUMP];
            /// value -- (jumps if it is None)
            POP_JUMP_IF_NONE = 101: 1 => 0, caches 1, [ARG JUMP];
            /// value -- (jumps if it is not None)
            POP_JUMP_IF_NOT_NONE = 102: 1 => 0, caches 1, [ARG JUMP];
            /// bool -- (jumps if it is True)
            POP_JUMP_IF_TRUE = 103: 1 => 0, caches 1, [ARG JUMP];
            /// [exception [cause]] --
            RAISE_VARARGS = 104: oparg => 0, caches 0, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// values*oparg exception -- values*oparg
            RERAISE = 105: oparg + 1 => oparg, caches 0, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// receiver value -- receiver yielded (jumps with the result on StopIteration)
            SEND = 106: 2 => 2, caches 1, [ARG JUMP ERROR ESCAPES];
            /// set unused*(oparg-1) value -- set unused*(oparg-1)
            SET_ADD = 107: oparg + 1 => oparg, caches 0, [ARG ERROR ESCAPES];
            /// value function -- function, see [`FunctionAttribute`](crate::operands::FunctionAttribute)
            SET_FUNCTION_ATTRIBUTE = 108: 2 => 1, caches 0, [ARG ERROR ESCAPES];
            /// set unused*(oparg-1) iterable -- set unused*(oparg-1)
            SET_UPDATE = 109: oparg + 1 => oparg, caches 0, [ARG ERROR ESCAPES];
            /// value owner -- (owner.name = value)
            STORE_ATTR = 110: 2 => 0, caches 4, [ARG NAME ERROR ESCAPES];
            /// value -- (into the cell)
            STORE_DEREF = 111: 1 => 0, caches 0, [ARG FREE ESCAPES];
            /// value -- (local = value)
            STORE_FAST = 112: 1 => 0, caches 0, [ARG LOCAL ESCAPES];
            /// value -- local2 (local1 = value)
            STORE_FAST_LOAD_FAST = 113: 1 => 1, caches 0, [ARG LOCAL ESCAPES];
            /// value2 value1 -- (local1 = value1, local2 = value2)
            STORE_FAST_STORE_FAST = 114: 2 => 0, caches 0, [ARG LOCAL ESCAPES];
            /// value -- (globals[name] = value)
            STORE_GLOBAL = 115: 1 => 0, caches 0, [ARG NAME ERROR ESCAPES];
            /// value -- (locals[name] = value)
            STORE_NAME = 116: 1 => 0, caches 0, [ARG NAME ERROR ESCAPES];
            /// bottom unused*(oparg-2) top -- top unused*(oparg-2) bottom
            SWAP = 117: oparg => oparg, caches 0, [ARG PURE];
            /// iterable -- right*(oparg >> 8) rest-list left*(oparg & 255) (first on top)
            UNPACK_EX = 118: 1 => 1 + (oparg & 0xFF) + (oparg >> 8), caches 0, [ARG ERROR ESCAPES];
            /// sequence -- items*oparg (first on top)
            UNPACK_SEQUENCE = 119: 1 => oparg, caches 1, [ARG ERROR ESCAPES];
            /// value -- sent-value (on resumption)
            YIELD_VALUE = 120: 1 => 1, caches 0, [ARG ESCAPES];
            /// -- (function start or resumption: looks at the eval breaker)
            RESUME = 128: 0 => 0, caches 0, [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// -- (goes to the compiled trace)
            ENTER_EXECUTOR = 255: 0 => 0, caches 0, [ARG];

            // What the interpreter turns them into as it learns: family by family, as `opcode` lists them.
            /// -- (function start or resumption: looks at the eval breaker)
            RESUME_CHECK = 196 of RESUME: 0 => 0, caches 0, [DEOPT];
            /// -- constant
            LOAD_CONST_MORTAL = 191 of LOAD_CONST: 0 => 1, caches 0, [ARG CONST];
            /// -- constant
            LOAD_CONST_IMMORTAL = 190 of LOAD_CONST: 0 => 1, caches 0, [ARG CONST];
            /// value -- bool(value)
            TO_BOOL_ALWAYS_TRUE = 203 of TO_BOOL: 1 => 1, caches 3, [EXIT ESCAPES];
            /// value -- bool(value)
            TO_BOOL_BOOL = 204 of TO_BOOL: 1 => 1, caches 3, [EXIT];
            /// value -- bool(value)
            TO_BOOL_INT = 205 of TO_BOOL: 1 => 1, caches 3, [EXIT ESCAPES];
            /// value -- bool(value)
            TO_BOOL_LIST = 206 of TO_BOOL: 1 => 1, caches 3, [EXIT];
            /// value -- bool(value)
            TO_BOOL_NONE = 207 of TO_BOOL: 1 => 1, caches 3, [EXIT];
            /// value -- bool(value)
            TO_BOOL_STR = 208 of TO_BOOL: 1 => 1, caches 3, [EXIT ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_MULTIPLY_INT = 134 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_ADD_INT = 130 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBTRACT_INT = 142 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_MULTIPLY_FLOAT = 133 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_ADD_FLOAT = 129 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBTRACT_FLOAT = 141 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_ADD_UNICODE = 131 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBSCR_LIST_INT = 137 of BINARY_OP: 2 => 1, caches 5, [DEOPT EXIT ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBSCR_LIST_SLICE = 138 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBSCR_TUPLE_INT = 140 of BINARY_OP: 2 => 1, caches 5, [DEOPT EXIT];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBSCR_STR_INT = 139 of BINARY_OP: 2 => 1, caches 5, [DEOPT EXIT ESCAPES];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_SUBSCR_DICT = 135 of BINARY_OP: 2 => 1, caches 5, [EXIT ERROR ESCAPES];
            /// container key -- (in the pushed frame of __getitem__)
            BINARY_OP_SUBSCR_GETITEM = 136 of BINARY_OP: 2 => 0, caches 5, [DEOPT];
            /// left right -- left op right, see [`BINARY_OPERATORS`](crate::operands::BINARY_OPERATORS)
            BINARY_OP_EXTEND = 132 of BINARY_OP: 2 => 1, caches 5, [DEOPT ERROR ESCAPES];
            /// left right -- (and the following STORE_FAST is done: local = left + right)
            BINARY_OP_INPLACE_ADD_UNICODE = 3 of BINARY_OP: 2 => 0, caches 5, [LOCAL DEOPT EXIT ERROR ESCAPES];
            /// value container key -- (container[key] = value)
            STORE_SUBSCR_DICT = 201 of STORE_SUBSCR: 3 => 0, caches 1, [EXIT ERROR ESCAPES];
            /// value container key -- (container[key] = value)
            STORE_SUBSCR_LIST_INT = 202 of STORE_SUBSCR: 3 => 0, caches 1, [DEOPT EXIT ESCAPES];
            /// receiver value -- receiver (the value goes to the pushed frame)
            SEND_GEN = 197 of SEND: 2 => 1, caches 1, [ARG DEOPT];
            /// tuple -- second first
            UNPACK_SEQUENCE_TWO_TUPLE = 211 of UNPACK_SEQUENCE: 1 => 2, caches 1, [ARG DEOPT EXIT ESCAPES];
            /// sequence -- items*oparg (first on top)
            UNPACK_SEQUENCE_TUPLE = 210 of UNPACK_SEQUENCE: 1 => oparg, caches 1, [ARG DEOPT EXIT];
            /// sequence -- items*oparg (first on top)
            UNPACK_SEQUENCE_LIST = 209 of UNPACK_SEQUENCE: 1 => oparg, caches 1, [ARG DEOPT EXIT];
            /// value owner -- (owner.name = value)
            STORE_ATTR_INSTANCE_VALUE = 198 of STORE_ATTR: 2 => 0, caches 4, [EXIT ESCAPES];
            /// value owner -- (owner.name = value)
            STORE_ATTR_SLOT = 199 of STORE_ATTR: 2 => 0, caches 4, [DEOPT EXIT ESCAPES];
            /// value owner -- (owner.name = value)
            STORE_ATTR_WITH_HINT = 200 of STORE_ATTR: 2 => 0, caches 4, [ARG NAME DEOPT EXIT ESCAPES];
            /// -- value [null if oparg & 1], name: oparg >> 1
            LOAD_GLOBAL_MODULE = 193 of LOAD_GLOBAL: 0 => 1 + (oparg & 1), caches 4, [ARG DEOPT];
            /// -- value [null if oparg & 1], name: oparg >> 1
            LOAD_GLOBAL_BUILTIN = 192 of LOAD_GLOBAL: 0 => 1 + (oparg & 1), caches 4, [ARG DEOPT];
            /// super class self -- attribute
            LOAD_SUPER_ATTR_ATTR = 194 of LOAD_SUPER_ATTR: 3 => 1, caches 1, [ARG NAME DEOPT ERROR ESCAPES];
            /// super class self -- method self-or-null
            LOAD_SUPER_ATTR_METHOD = 195 of LOAD_SUPER_ATTR: 3 => 2, caches 1, [ARG NAME DEOPT ERROR ERROR_NO_POP ESCAPES];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_INSTANCE_VALUE = 180 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG DEOPT EXIT ESCAPES];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_MODULE = 184 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG DEOPT ESCAPES];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_WITH_HINT = 189 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG NAME DEOPT EXIT ESCAPES];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_SLOT = 188 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG DEOPT EXIT];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_CLASS = 177 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG EXIT];
            /// owner -- attribute [self-or-null if oparg & 1], name: oparg >> 1
            LOAD_ATTR_CLASS_WITH_METACLASS_CHECK = 178 of LOAD_ATTR: 1 => 1 + (oparg & 1), caches 9, [ARG EXIT];
            /// owner -- (in the pushed frame of the getter)
            LOAD_ATTR_PROPERTY = 187 of LOAD_ATTR: 1 => 0, caches 9, [ARG DEOPT EXIT];
            /// owner -- (in the pushed frame of __getattribute__)
            LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN = 179 of LOAD_ATTR: 1 => 1, caches 9, [ARG NAME DEOPT];
            /// owner -- method self
            LOAD_ATTR_METHOD_WITH_VALUES = 183 of LOAD_ATTR: 1 => 2, caches 9, [ARG DEOPT EXIT];
            /// owner -- method self
            LOAD_ATTR_METHOD_NO_DICT = 182 of LOAD_ATTR: 1 => 2, caches 9, [ARG EXIT];
            /// owner -- method self
            LOAD_ATTR_METHOD_LAZY_DICT = 181 of LOAD_ATTR: 1 => 2, caches 9, [ARG DEOPT EXIT];
            /// owner -- attribute
            LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES = 186 of LOAD_ATTR: 1 => 1, caches 9, [ARG DEOPT EXIT ESCAPES];
            /// owner -- attribute
            LOAD_ATTR_NONDESCRIPTOR_NO_DICT = 185 of LOAD_ATTR: 1 => 1, caches 9, [ARG EXIT ESCAPES];
            /// left right -- result, operator: oparg >> 5, see [`Comparison`](crate::operands::Comparison)
            COMPARE_OP_FLOAT = 166 of COMPARE_OP: 2 => 1, caches 1, [ARG EXIT];
            /// left right -- result, operator: oparg >> 5, see [`Comparison`](crate::operands::Comparison)
            COMPARE_OP_INT = 167 of COMPARE_OP: 2 => 1, caches 1, [ARG DEOPT EXIT];
            /// left right -- result, operator: oparg >> 5, see [`Comparison`](crate::operands::Comparison)
            COMPARE_OP_STR = 168 of COMPARE_OP: 2 => 1, caches 1, [ARG EXIT];
            /// element container -- bool (inverted if oparg)
            CONTAINS_OP_SET = 170 of CONTAINS_OP: 2 => 1, caches 1, [ARG DEOPT ERROR ESCAPES];
            /// element container -- bool (inverted if oparg)
            CONTAINS_OP_DICT = 169 of CONTAINS_OP: 2 => 1, caches 1, [ARG EXIT ERROR ESCAPES];
            /// -- (jumps oparg code units back, looking at the eval breaker)
            JUMP_BACKWARD_NO_JIT = 176 of JUMP_BACKWARD: 0 => 0, caches 1, [ARG JUMP EVAL_BREAK ERROR ESCAPES];
            /// -- (jumps oparg code units back, looking at the eval breaker)
            JUMP_BACKWARD_JIT = 175 of JUMP_BACKWARD: 0 => 0, caches 1, [ARG JUMP EVAL_BREAK ERROR ESCAPES];
            /// iterator -- iterator next (at its end jumps, with the iterator still there)
            FOR_ITER_LIST = 172 of FOR_ITER: 1 => 2, caches 1, [ARG JUMP DEOPT EXIT ESCAPES];
            /// iterator -- iterator next (at its end jumps, with the iterator still there)
            FOR_ITER_TUPLE = 174 of FOR_ITER: 1 => 2, caches 1, [ARG JUMP EXIT ESCAPES];
            /// iterator -- iterator next (at its end jumps, with the iterator still there)
            FOR_ITER_RANGE = 173 of FOR_ITER: 1 => 2, caches 1, [ARG JUMP EXIT ERROR];
            /// iterator -- iterator (the next value comes from the pushed frame)
            FOR_ITER_GEN = 171 of FOR_ITER: 1 => 1, caches 1, [ARG DEOPT];
            /// method null args*oparg -- (in the pushed frame)
            CALL_BOUND_METHOD_EXACT_ARGS = 144 of CALL: oparg + 2 => 0, caches 3, [ARG DEOPT EXIT ESCAPES];
            /// function self-or-null args*oparg -- (in the pushed frame)
            CALL_PY_EXACT_ARGS = 161 of CALL: oparg + 2 => 0, caches 3, [ARG DEOPT EXIT];
            /// type null object -- type(object)
            CALL_TYPE_1 = 165 of CALL: 3 => 1, caches 3, [ARG DEOPT ESCAPES];
            /// str null object -- str(object)
            CALL_STR_1 = 163 of CALL: 3 => 1, caches 3, [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
            /// tuple null iterable -- tuple(iterable)
            CALL_TUPLE_1 = 164 of CALL: 3 => 1, caches 3, [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_BUILTIN_CLASS = 146 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_BUILTIN_O = 149 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_BUILTIN_FAST = 147 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_BUILTIN_FAST_WITH_KEYWORDS = 148 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
            /// len null object -- len(object)
            CALL_LEN = 154 of CALL: 3 => 1, caches 3, [DEOPT ERROR ERROR_NO_POP ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_ISINSTANCE = 150 of CALL: oparg + 2 => 1, caches 3, [ARG DEOPT ERROR ERROR_NO_POP ESCAPES];
            /// list.append list object -- (and the following POP_TOP is done)
            CALL_LIST_APPEND = 155 of CALL: 3 => 0, caches 3, [ARG DEOPT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_METHOD_DESCRIPTOR_O = 159 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS = 157 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_METHOD_DESCRIPTOR_NOARGS = 158 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_METHOD_DESCRIPTOR_FAST = 156 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// class null args*oparg -- (in the pushed frame of __init__)
            CALL_ALLOC_AND_ENTER_INIT = 143 of CALL: oparg + 2 => 0, caches 3, [ARG DEOPT ERROR ERROR_NO_POP ESCAPES];
            /// function self-or-null args*oparg -- (in the pushed frame)
            CALL_PY_GENERAL = 162 of CALL: oparg + 2 => 0, caches 3, [ARG DEOPT EXIT ERROR ERROR_NO_POP ESCAPES];
            /// method null args*oparg -- (in the pushed frame)
            CALL_BOUND_METHOD_GENERAL = 145 of CALL: oparg + 2 => 0, caches 3, [ARG DEOPT EXIT ERROR ERROR_NO_POP ESCAPES];
            /// callable self-or-null args*oparg -- result
            CALL_NON_PY_GENERAL = 160 of CALL: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];
            /// method null args*oparg keyword-names -- (in the pushed frame)
            CALL_KW_BOUND_METHOD = 151 of CALL_KW: oparg + 3 => 0, caches 3, [ARG DEOPT EXIT ERROR ESCAPES];
            /// function self-or-null args*oparg keyword-names -- (in the pushed frame)
            CALL_KW_PY = 153 of CALL_KW: oparg + 3 => 0, caches 3, [ARG DEOPT EXIT ERROR ESCAPES];
            /// callable self-or-null args*oparg keyword-names -- result
            CALL_KW_NON_PY = 152 of CALL_KW: oparg + 3 => 1, caches 3, [ARG EVAL_BREAK EXIT ERROR ESCAPES];

            // What `sys.monitoring` and tracing put in their place.
            /// receiver value -- receiver
            INSTRUMENTED_END_FOR = 234: 2 => 1, caches 0, [ERROR ERROR_NO_POP ESCAPES NO_SAVE_IP];
            /// iterator --
            INSTRUMENTED_POP_ITER = 235: 1 => 0, caches 0, [ESCAPES];
            /// receiver value -- value
            INSTRUMENTED_END_SEND = 236: 2 => 1, caches 0, [ERROR ERROR_NO_POP ESCAPES];
            /// iterator -- iterator next (at its end jumps, with the iterator still there)
            INSTRUMENTED_FOR_ITER = 237: 1 => 2, caches 1, [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
            /// -- (reports the instruction, then does the one it stands for)
            INSTRUMENTED_INSTRUCTION = 238: 0 => 0, caches 0, [ERROR ESCAPES];
            /// -- (jumps oparg code units on)
            INSTRUMENTED_JUMP_FORWARD = 239: 0 => 0, caches 0, [ARG];
            /// -- (marks the way on after a conditional jump, for branch events)
            INSTRUMENTED_NOT_TAKEN = 240: 0 => 0, caches 0, [];
            /// bool -- (jumps if it is True)
            INSTRUMENTED_POP_JUMP_IF_TRUE = 241: 1 => 0, caches 1, [ARG];
            /// bool -- (jumps if it is False)
            INSTRUMENTED_POP_JUMP_IF_FALSE = 242: 1 => 0, caches 1, [ARG];
            /// value -- (jumps if it is None)
            INSTRUMENTED_POP_JUMP_IF_NONE = 243: 1 => 0, caches 1, [ARG ESCAPES];
            /// value -- (jumps if it is not None)
            INSTRUMENTED_POP_JUMP_IF_NOT_NONE = 244: 1 => 0, caches 1, [ARG ESCAPES];
            /// -- (function start or resumption: looks at the eval breaker)
            INSTRUMENTED_RESUME = 245: 0 => 0, caches 0, [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// value -- (value on the caller's stack)
            INSTRUMENTED_RETURN_VALUE = 246: 1 => 1, caches 0, [ERROR ESCAPES];
            /// value -- sent-value (on resumption)
            INSTRUMENTED_YIELD_VALUE = 247: 1 => 1, caches 0, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// async-iterator exception -- (raised again unless StopAsyncIteration)
            INSTRUMENTED_END_ASYNC_FOR = 248: 2 => 0, caches 0, [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
            /// super class self -- attribute [self-or-null if oparg & 1], two-argument form: oparg & 2, name: oparg >> 2
            INSTRUMENTED_LOAD_SUPER_ATTR = 249: 3 => 1 + (oparg & 1), caches 1, [ARG NAME ERROR ESCAPES];
            /// callable self-or-null args*oparg -- result
            INSTRUMENTED_CALL = 250: oparg + 2 => 1, caches 3, [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// callable self-or-null args*oparg keyword-names -- result
            INSTRUMENTED_CALL_KW = 251: oparg + 3 => 1, caches 3, [ARG ERROR ERROR_NO_POP ESCAPES];
            /// callable null-or-self args kwargs-or-null -- result
            INSTRUMENTED_CALL_FUNCTION_EX = 252: 4 => 1, caches 0, [EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
            /// -- (jumps oparg code units back, looking at the eval breaker)
            INSTRUMENTED_JUMP_BACKWARD = 253: 0 => 0, caches 1, [ARG EVAL_BREAK ERROR ESCAPES];
            /// -- (reports the line, then does the instruction it stands for)
            INSTRUMENTED_LINE = 254: 0 => 0, caches 0, [ESCAPES];

            // What exists only inside the compiler.
            /// -- (where a module's or class's annotation code comes in)
            ANNOTATIONS_PLACEHOLDER = 256: 0 => 0, caches 0, [PURE];
            /// -- (forward or backward)
            JUMP = 257: 0 => 0, caches 0, [ARG JUMP EVAL_BREAK ERROR ESCAPES];
            /// condition -- condition (jumps if it is false)
            JUMP_IF_FALSE = 258: 1 => 1, caches 0, [ARG JUMP ERROR ESCAPES];
            /// condition -- condition (jumps if it is true)
            JUMP_IF_TRUE = 259: 1 => 1, caches 0, [ARG JUMP ERROR ESCAPES];
            /// -- (forward or backward, not looking at the eval breaker)
            JUMP_NO_INTERRUPT = 260: 0 => 0, caches 0, [ARG JUMP];
            /// -- cell
            LOAD_CLOSURE = 261: 0 => 1, caches 0, [ARG LOCAL PURE];
            /// -- (end of the block that a SETUP opened)
            POP_BLOCK = 262: 0 => 0, caches 0, [PURE];
            /// -- (at the handler: lasti exception)
            SETUP_CLEANUP = 263: 0 => 2, caches 0, [PURE ARG];
            /// -- (at the handler: exception)
            SETUP_FINALLY = 264: 0 => 1, caches 0, [PURE ARG];
            /// -- (at the handler: exception, one item deeper than a SETUP_CLEANUP's)
            SETUP_WITH = 265: 0 => 1, caches 0, [PURE ARG];
            /// value-or-null -- (local = value)
            STORE_FAST_MAYBE_NULL = 266: 1 => 0, caches 0, [ARG LOCAL ESCAPES];
        }
    };
}

/// The flags that an instruction carries in the table.
pub mod flag {
    /// Its operand means something.
    pub const ARG: u16 = 1 << 0;
    /// The operand indexes `co_consts`.
    pub const CONST: u16 = 1 << 1;
    /// The operand indexes `co_names` (some shift it first).
    pub const NAME: u16 = 1 << 2;
    /// The operand is a relative jump.
    pub const JUMP: u16 = 1 << 3;
    /// The operand indexes a cell or free variable.
    pub const FREE: u16 = 1 << 4;
    /// The operand indexes a local.
    pub const LOCAL: u16 = 1 << 5;
    /// It looks at the eval breaker.
    pub const EVAL_BREAK: u16 = 1 << 6;
    /// It may fall back to its generic instruction.
    pub const DEOPT: u16 = 1 << 7;
    /// It may raise.
    pub const ERROR: u16 = 1 << 8;
    /// It may run arbitrary code.
    pub const ESCAPES: u16 = 1 << 9;
    /// A trace may leave at it.
    pub const EXIT: u16 = 1 << 10;
    /// It has no effect but on the stack.
    pub const PURE: u16 = 1 << 11;
    /// It leaves its operands where they are.
    pub const PASSTHROUGH: u16 = 1 << 12;
    /// It reads only the lowest bit of its operand.
    pub const OPARG_AND_1: u16 = 1 << 13;
    /// It may raise with its operands still on the stack.
    pub const ERROR_NO_POP: u16 = 1 << 14;
    /// It does not store the instruction pointer.
    pub const NO_SAVE_IP: u16 = 1 << 15;
}

macro_rules! declare {
    (
        |$oparg:ident|
        $( $(#[$doc:meta])* $name:ident = $number:literal $(of $generic:ident)?:
            $popped:expr => $pushed:expr, caches $caches:literal, [$($flag:ident)*]; )*
    ) => {
        /// An instruction. Those below 256 occur in code objects, the others only inside the compiler.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Opcode { $( $(#[$doc])* $name = $number, )* }

        /// Everything the table says but the stack effects, by number.
        static FACTS: [Option<Facts>; COUNT] = {
            let mut facts = [None; COUNT];
            $( facts[$number] = Some(Facts {
                opcode: Opcode::$name,
                name: stringify!($name),
                flags: 0 $(| flag::$flag)*,
                caches: $caches,
                generic: declare!(@generic $name $($generic)?),
            }); )*
            facts
        };

        impl Opcode {
            /// Every instruction, in the table's order.
            pub const ALL: &[Opcode] = &[$(Opcode::$name),*];

            /// How many stack items the instruction takes.
            pub const fn popped(self, $oparg: u32) -> u32 {
                match self { $( Opcode::$name => { let _ = $oparg; $popped } )* }
            }

            /// How many stack items it leaves (for a jump or block start: where it jumps to).
            pub const fn pushed(self, $oparg: u32) -> u32 {
                match self { $( Opcode::$name => { let _ = $oparg; $pushed } )* }
            }
        }
    };
    (@generic $name:ident) => { Opcode::$name };
    (@generic $name:ident $generic:ident) => { Opcode::$generic };
}

opcode_table!(declare);

/// One more than the highest number.
pub const COUNT: usize = 267;
/// From this number on an instruction means something by its operand.
pub const HAVE_ARGUMENT: u16 = 43;
/// The lowest number of an instrumented instruction.
pub const MIN_INSTRUMENTED_OPCODE: u16 = 234;

#[derive(Clone, Copy)]
struct Facts {
    opcode: Opcode,
    name: &'static str,
    flags: u16,
    caches: u8,
    generic: Opcode,
}

/// The flags by number, apart from the other facts: the compiler's passes ask for them all the time.
static FLAGS: [u16; COUNT] = {
    let mut flags = [0; COUNT];
    let mut number = 0;
    while number < COUNT {
        if let Some(facts) = &FACTS[number] {
            flags[number] = facts.flags;
        }
        number += 1;
    }
    flags
};

/// The code units of inline cache by number.
static CACHES: [u8; COUNT] = {
    let mut caches = [0; COUNT];
    let mut number = 0;
    while number < COUNT {
        if let Some(facts) = &FACTS[number] {
            caches[number] = facts.caches;
        }
        number += 1;
    }
    caches
};

macro_rules! has {
    ($($(#[$doc:meta])* $name:ident $flag:ident;)*) => {
        $( $(#[$doc])* #[inline] pub const fn $name(self) -> bool { self.flags() & flag::$flag != 0 } )*
    };
}

impl Opcode {
    /// The instruction of that number, pseudo instructions included.
    #[inline]
    pub const fn from_u16(number: u16) -> Option<Opcode> {
        if number as usize >= COUNT {
            return None;
        }
        match &FACTS[number as usize] {
            Some(facts) => Some(facts.opcode),
            None => None,
        }
    }

    /// The instruction that a byte of code stands for.
    #[inline]
    pub const fn from_u8(number: u8) -> Option<Opcode> {
        Opcode::from_u16(number as u16)
    }

    /// The byte that stands for the instruction in code; `None` for a pseudo instruction.
    #[inline]
    pub const fn to_u8(self) -> Option<u8> {
        if self.is_pseudo() { None } else { Some(self as u16 as u8) }
    }

    /// The instruction of that name.
    pub fn from_name(name: &str) -> Option<Opcode> {
        Opcode::ALL.iter().copied().find(|opcode| opcode.name() == name)
    }

    #[inline]
    const fn facts(self) -> &'static Facts {
        match &FACTS[self as usize] {
            Some(facts) => facts,
            None => panic!("every opcode has its entry"),
        }
    }

    /// Its name, as `opcode.opname` has it.
    #[inline]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its [`flag`] bits.
    #[inline]
    pub const fn flags(self) -> u16 {
        FLAGS[self as usize]
    }

    /// How many code units of inline cache follow it (for specialized and instrumented instructions too).
    #[inline]
    pub const fn caches(self) -> usize {
        CACHES[self as usize] as usize
    }

    has! {
        /// Whether its operand means something.
        has_arg ARG;
        /// Whether the operand indexes `co_consts`.
        has_const CONST;
        /// Whether the operand leads to `co_names`.
        has_name NAME;
        /// Whether the operand is a jump.
        has_jump JUMP;
        /// Whether the operand indexes a cell or free variable.
        has_free FREE;
        /// Whether the operand indexes a local.
        has_local LOCAL;
        /// Whether it may raise.
        has_error ERROR;
        /// Whether it may run arbitrary code.
        has_escapes ESCAPES;
        /// Whether it has no effect but on the stack.
        has_pure PURE;
        /// Whether it may fall back to its generic instruction.
        has_deopt DEOPT;
        /// Whether a trace may leave at it.
        has_exit EXIT;
        /// Whether it looks at the eval breaker.
        has_eval_break EVAL_BREAK;
    }

    /// Whether it opens a block with an exception handler (as `_opcode.has_exc`).
    #[inline]
    pub const fn is_block_push(self) -> bool {
        matches!(self, Opcode::SETUP_FINALLY | Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP)
    }

    /// Whether it names another instruction, as its jump or its handler.
    #[inline]
    pub const fn has_target(self) -> bool {
        self.has_jump() || self.is_block_push()
    }

    /// Whether it exists only inside the compiler.
    #[inline]
    pub const fn is_pseudo(self) -> bool {
        self as u16 >= 256
    }

    /// Whether it is a specialized form of another.
    #[inline]
    pub const fn is_specialized(self) -> bool {
        self.deopt() as u16 != self as u16
    }

    /// Whether it is the form that reports to `sys.monitoring` or a tracer.
    #[inline]
    pub const fn is_instrumented(self) -> bool {
        let number = self as u16;
        number >= MIN_INSTRUMENTED_OPCODE && number <= Opcode::INSTRUMENTED_LINE as u16
    }

    /// Whether it always jumps.
    #[inline]
    pub const fn is_unconditional_jump(self) -> bool {
        use Opcode::*;
        matches!(self, JUMP | JUMP_NO_INTERRUPT | JUMP_FORWARD | JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT)
    }

    /// Whether it jumps depending on the item it pops.
    #[inline]
    pub const fn is_conditional_jump(self) -> bool {
        use Opcode::*;
        matches!(self, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE)
    }

    /// Whether its operand counts back from the next instruction.
    #[inline]
    pub const fn is_backward_jump(self) -> bool {
        matches!(self, Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT)
    }

    /// Whether control leaves the code object at it.
    #[inline]
    pub const fn is_scope_exit(self) -> bool {
        matches!(self, Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE)
    }

    /// Whether a basic block must end with it.
    #[inline]
    pub const fn is_terminator(self) -> bool {
        self.has_jump() || self.is_scope_exit()
    }

    /// The generic instruction of a specialized one; any other as it is.
    #[inline]
    pub const fn deopt(self) -> Opcode {
        self.facts().generic
    }

    /// The instruction that an instrumented one reports for; any other as it is. `INSTRUMENTED_LINE` and
    /// `INSTRUMENTED_INSTRUCTION` stand for whatever the interpreter remembers, so they stay too.
    pub fn uninstrumented(self) -> Opcode {
        match self.name().strip_prefix("INSTRUMENTED_") {
            Some(name) => Opcode::from_name(name).unwrap_or(self),
            None => self,
        }
    }

    /// Its specialized forms, in `opcode._specializations`' order.
    pub fn specializations(self) -> impl Iterator<Item = Opcode> {
        Opcode::ALL.iter().copied().filter(move |other| other.is_specialized() && other.deopt() == self)
    }

    /// By how much the stack grows: `dis.stack_effect`. With `jump` `None` the greater of both ways. `None` for
    /// specialized instructions, as there.
    #[inline]
    pub const fn stack_effect(self, oparg: u32, jump: Option<bool>) -> Option<i32> {
        if self.is_specialized() {
            return None;
        }
        if self.is_block_push() && matches!(jump, Some(false)) {
            return Some(0);
        }
        Some((self.pushed(oparg) as i32).wrapping_sub(self.popped(oparg) as i32))
    }
}

impl std::fmt::Display for Opcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;

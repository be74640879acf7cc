//! What lies on the evaluation stack before each instruction, as far as a jump must know it: worked out by following the
//! code in every direction.

use bytecode::exceptiontable::ExceptionEntries;
use bytecode::opcode::Opcode;

/// What a stack item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Item {
    Iterator = 1,
    Except = 2,
    Object = 3,
    Null = 4,
    Lasti = 5,
}

/// A stack of up to 21 items, three bits each, the top lowest: deeper is the greater number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stack(i64);

const BITS: u32 = 3;
const ENTRIES: u32 = 63 / BITS;

impl Stack {
    pub const EMPTY: Stack = Stack(0);
    /// Too deep to tell.
    pub const OVERFLOWED: Stack = Stack(-1);
    /// Nothing leads there.
    pub const UNREACHED: Stack = Stack(-2);

    fn push(self, item: Item) -> Stack {
        if self.0 < 0 || self.0 >= 1 << ((ENTRIES - 1) * BITS) {
            return Stack::OVERFLOWED;
        }
        Stack(self.0 << BITS | item as i64)
    }

    pub fn pop(self) -> Stack {
        Stack(self.0 >> BITS)
    }

    /// The top item.
    pub fn top(self) -> Option<Item> {
        Some(match self.0 & 7 {
            1 => Item::Iterator,
            2 => Item::Except,
            3 => Item::Object,
            4 => Item::Null,
            5 => Item::Lasti,
            _ => return None,
        })
    }

    fn peek(self, depth: usize) -> Item {
        let mut stack = self;
        for _ in 1..depth {
            stack = stack.pop();
        }
        stack.top().unwrap_or(Item::Object)
    }

    fn swap(self, depth: usize) -> Stack {
        if self.0 < 0 || depth == 0 || depth > ENTRIES as usize {
            return self;
        }
        let shift = BITS * (depth as u32 - 1);
        let (top, other) = (self.0 & 7, self.0 >> shift & 7);
        Stack(self.0 & !7 & !(7 << shift) | other | top << shift)
    }

    /// The number of items; `None` where it is not known.
    pub fn depth(self) -> Option<usize> {
        if self.0 < 0 {
            return None;
        }
        Some(((i64::BITS - self.0.leading_zeros()).div_ceil(BITS)) as usize)
    }

    /// Can a frame with this stack go on where the other is expected, by dropping items?
    pub fn fits(self, target: Stack) -> bool {
        if target.0 < 0 || self.0 < 0 {
            return false;
        }
        let (mut from, mut to) = (self, target);
        while from.0 > to.0 {
            from = from.pop();
        }
        while from.0 != 0 {
            let fits = match to.top() {
                None => false,
                Some(Item::Object) => from.top() != Some(Item::Null),
                Some(Item::Null) => true,
                other => from.top() == other,
            };
            if !fits {
                return false;
            }
            (from, to) = (from.pop(), to.pop());
        }
        to.0 == 0
    }
}

/// The stack before each unit of the code (as the compiler made it); one more entry stands for its end.
pub fn stacks(code: &[u8], exception_table: &[u8]) -> Vec<Stack> {
    let length = code.len() / 2;
    let mut stacks = vec![Stack::UNREACHED; length + 1];
    stacks[0] = Stack::EMPTY;
    loop {
        let mut again = follow(code, &mut stacks);
        for entry in ExceptionEntries::new(exception_table) {
            if entry.start >= length || entry.target >= length {
                continue;
            }
            if stacks[entry.start] != Stack::UNREACHED && stacks[entry.target] == Stack::UNREACHED {
                again = true;
                let mut stack = stacks[entry.start];
                while stack.depth().is_some_and(|depth| depth > entry.depth) {
                    stack = stack.pop();
                }
                if entry.lasti {
                    stack = stack.push(Item::Lasti);
                }
                stacks[entry.target] = stack.push(Item::Except);
            }
        }
        if !again {
            return stacks;
        }
    }
}

/// One pass over the code; true if a jump led back to where nothing had led before.
fn follow(code: &[u8], stacks: &mut [Stack]) -> bool {
    let length = code.len() / 2;
    let mut again = false;
    let mut index = 0;
    while index < length {
        let mut stack = stacks[index];
        let mut argument = code[2 * index + 1] as usize;
        let mut opcode = Opcode::from_u8(code[2 * index]).unwrap_or(Opcode::NOP);
        while opcode == Opcode::EXTENDED_ARG && index + 1 < length {
            index += 1;
            stacks[index] = stack;
            argument = argument << 8 | code[2 * index + 1] as usize;
            opcode = Opcode::from_u8(code[2 * index]).unwrap_or(Opcode::NOP);
        }
        let next = index + 1 + opcode.caches();
        let at = std::mem::replace(&mut index, next);
        if stack == Stack::UNREACHED || next > length {
            continue;
        }
        let mut set = |target: usize, stack: Stack| {
            if let Some(slot) = stacks.get_mut(target) {
                let new = *slot == Stack::UNREACHED;
                *slot = stack;
                return new;
            }
            false
        };
        use Opcode::*;
        match opcode {
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => {
                stack = stack.pop();
                set(next + argument, stack);
            }
            SEND => {
                set(next + argument, stack);
            }
            JUMP_FORWARD => {
                set(next + argument, stack);
                continue;
            }
            JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT => {
                let target = next.saturating_sub(argument);
                again |= set(target, stack) && target < at;
                continue;
            }
            GET_ITER | GET_AITER => stack = stack.pop().push(Item::Iterator),
            FOR_ITER => {
                stack = stack.push(Item::Object);
                set(next + argument, stack);
            }
            END_ASYNC_FOR => stack = stack.pop().pop(),
            PUSH_EXC_INFO => stack = stack.push(Item::Except),
            POP_EXCEPT => stack = stack.pop(),
            RETURN_VALUE | RAISE_VARARGS | RERAISE => continue,
            // The local that a comprehension puts aside may be unset.
            PUSH_NULL | LOAD_FAST_AND_CLEAR => stack = stack.push(Item::Null),
            LOAD_GLOBAL => {
                stack = stack.push(Item::Object);
                if argument & 1 != 0 {
                    stack = stack.push(Item::Null);
                }
            }
            LOAD_ATTR => {
                if argument & 1 != 0 {
                    stack = stack.pop().push(Item::Object).push(Item::Null);
                }
            }
            SWAP => stack = stack.swap(argument),
            COPY => stack = stack.push(stack.peek(argument)),
            _ => {
                let effect = opcode.stack_effect(argument as u32, Some(false)).unwrap_or(0);
                for _ in effect..0 {
                    stack = stack.pop();
                }
                for _ in 0..effect {
                    stack = stack.push(Item::Object);
                }
            }
        }
        set(next, stack);
    }
    again
}

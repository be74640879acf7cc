//! A compiled pattern as it comes from `re._compiler`, checked, with tables that make matching faster.

use memchr::memmem;

use super::chars::{in_set, lower_ascii, lower_unicode};
use super::codes::{MAX_GROUPS, at, category, info, op};

/// A set's answers for the characters below U+0100.
pub type Bitmap = [u32; 8];

/// The instructions of a pattern.
pub struct Program {
    code: Box<[u32]>,
    /// For each set instruction, one more than the index of its bitmap; else 0.
    bitmap_of: Box<[u32]>,
    bitmaps: Vec<Bitmap>,
    /// The literal text that every match begins with.
    pub prefix: Option<Prefix>,
}

/// Literal text at the beginning of every match.
pub struct Prefix {
    pub text: Vec<u32>,
    /// For text of one byte a character; `None` if some character of the prefix isn't.
    pub finder: Option<memmem::Finder<'static>>,
    /// Is it the whole pattern?
    pub whole: bool,
}

/// The code is none that the compiler makes.
#[derive(Debug)]
pub struct Invalid;

type Check<T = ()> = Result<T, Invalid>;

fn require(condition: bool) -> Check {
    if condition { Ok(()) } else { Err(Invalid) }
}

impl Program {
    pub fn new(code: Vec<u32>, groups: usize) -> Check<Program> {
        require(groups <= MAX_GROUPS as usize && code.last() == Some(&op::SUCCESS))?;
        let mut checker = Checker { code: &code, groups, sets: Vec::new() };
        checker.sequence(0, code.len() - 1)?;
        let sets = checker.sets;
        let mut program = Program {
            bitmap_of: vec![0; code.len()].into(),
            code: code.into(),
            bitmaps: Vec::new(),
            prefix: None,
        };
        for pc in sets {
            program.add_bitmap(pc);
        }
        program.find_prefix();
        Ok(program)
    }

    pub fn code(&self) -> &[u32] {
        &self.code
    }

    /// The word at `pc`. Past the end, which a checked program never reaches, is failure.
    #[inline(always)]
    pub fn at(&self, pc: usize) -> u32 {
        self.code.get(pc).copied().unwrap_or(op::FAILURE)
    }

    /// Where the jump distance at `pc` leads.
    #[inline(always)]
    pub fn target(&self, pc: usize) -> usize {
        pc + self.at(pc) as usize
    }

    /// The flags and the shortest length from the `INFO` block.
    pub fn info(&self) -> Option<(u32, usize)> {
        (self.at(0) == op::INFO).then(|| (self.at(2), self.at(3) as usize))
    }

    /// Where the instructions begin.
    pub fn start(&self) -> usize {
        if self.at(0) == op::INFO { self.target(1) } else { 0 }
    }

    /// Does a match begin at the text's beginning or nowhere?
    pub fn is_anchored(&self) -> bool {
        let start = self.start();
        self.at(start) == op::AT && matches!(self.at(start + 1), at::BEGINNING | at::BEGINNING_STRING)
    }

    /// The table of the set instruction at `pc`, if there is one.
    #[inline]
    pub fn bitmap(&self, pc: usize) -> Option<&Bitmap> {
        let number = *self.bitmap_of.get(pc)? as usize;
        self.bitmaps.get(number.wrapping_sub(1))
    }

    /// The set's description at `pc`.
    pub fn set(&self, pc: usize) -> &[u32] {
        self.code.get(pc..).unwrap_or(&[])
    }

    /// The table for the set instruction at `pc`, unless the locale has a say.
    fn add_bitmap(&mut self, pc: usize) {
        let (set, fold): (usize, fn(u32) -> u32) = match self.at(pc) {
            op::IN_IGNORE => (pc + 2, lower_ascii),
            op::IN_UNI_IGNORE => (pc + 2, lower_unicode),
            op::INFO => (pc + 5, |code| code),
            op::IN => (pc + 2, |code| code),
            _ => return,
        };
        if self.depends_on_locale(set) {
            return;
        }
        let mut bitmap = Bitmap::default();
        for code in (0..256).filter(|&code| in_set(self.set(set), fold(code))) {
            bitmap[code as usize / 32] |= 1 << (code % 32);
        }
        self.bitmaps.push(bitmap);
        self.bitmap_of[pc] = self.bitmaps.len() as u32;
    }

    fn depends_on_locale(&self, mut pc: usize) -> bool {
        loop {
            match self.at(pc) {
                op::CATEGORY if matches!(self.at(pc + 1), category::LOC_WORD | category::LOC_NOT_WORD) => {
                    return true;
                }
                op::CATEGORY | op::LITERAL => pc += 2,
                op::RANGE | op::RANGE_UNI_IGNORE => pc += 3,
                op::CHARSET => pc += 9,
                op::BIGCHARSET => pc += 66 + self.at(pc + 1) as usize * 8,
                op::NEGATE => pc += 1,
                _ => return false,
            }
        }
    }

    fn find_prefix(&mut self) {
        let Some((flags, _)) = self.info() else { return };
        if flags & info::PREFIX == 0 || self.at(5) == 0 {
            return;
        }
        let text = self.code[7..7 + self.at(5) as usize].to_vec();
        let bytes: Result<Vec<u8>, _> = text.iter().map(|&code| u8::try_from(code)).collect();
        let finder = bytes.ok().map(|bytes| memmem::Finder::new(&bytes).into_owned());
        self.prefix = Some(Prefix { text, finder, whole: flags & info::LITERAL != 0 });
    }
}

/// Checks that no jump leads astray and every operand is in range, whoever made the code.
struct Checker<'a> {
    code: &'a [u32],
    groups: usize,
    /// The set instructions.
    sets: Vec<usize>,
}

impl Checker<'_> {
    fn at(&self, pc: usize) -> Check<u32> {
        self.code.get(pc).copied().ok_or(Invalid)
    }

    /// Where the distance at `pc` leads: up to `end`.
    fn target(&self, pc: usize, end: usize) -> Check<usize> {
        let target = pc + self.at(pc)? as usize;
        require(target > pc && target <= end)?;
        Ok(target)
    }

    /// A set from `pc` to a failure just before `end`.
    fn set(&self, mut pc: usize, end: usize) -> Check {
        while pc + 1 < end {
            pc += match self.at(pc)? {
                op::NEGATE => 1,
                op::LITERAL => 2,
                op::RANGE | op::RANGE_UNI_IGNORE => 3,
                op::CATEGORY => {
                    require(self.at(pc + 1)? < category::COUNT)?;
                    2
                }
                op::CHARSET => 9,
                op::BIGCHARSET => {
                    let blocks = self.at(pc + 1)?;
                    require(blocks <= 256)?;
                    for word in 0..64 {
                        require(
                            self.at(pc + 2 + word)?
                                .to_ne_bytes()
                                .iter()
                                .all(|&block| u32::from(block) < blocks),
                        )?;
                    }
                    66 + blocks as usize * 8
                }
                _ => return Err(Invalid),
            };
        }
        require(pc + 1 == end && self.at(pc)? == op::FAILURE)
    }

    /// Instructions that end in `SUCCESS` just before `end`.
    fn complete(&mut self, pc: usize, end: usize) -> Check {
        require(end > pc && self.at(end - 1)? == op::SUCCESS)?;
        self.sequence(pc, end - 1)
    }

    /// The instructions from `pc` to `end`. Nesting is bounded by memory only.
    fn sequence(&mut self, mut pc: usize, end: usize) -> Check {
        while pc < end {
            pc = stacker::maybe_grow(64 << 10, 1 << 20, || self.instruction(pc, end))?;
        }
        require(pc == end)
    }

    /// The instruction at `pc`; where the next one is.
    fn instruction(&mut self, pc: usize, end: usize) -> Check<usize> {
        let groups = self.groups;
        Ok(match self.at(pc)? {
            op::SUCCESS | op::FAILURE | op::ANY | op::ANY_ALL => pc + 1,
            op::MARK => {
                require((self.at(pc + 1)? as usize) < 2 * groups)?;
                pc + 2
            }
            op::LITERAL
            | op::NOT_LITERAL
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_LOC_IGNORE
            | op::NOT_LITERAL_LOC_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE => pc + 2,
            op::AT => {
                require(self.at(pc + 1)? < at::COUNT)?;
                pc + 2
            }
            op::CATEGORY => {
                require(self.at(pc + 1)? < category::COUNT)?;
                pc + 2
            }
            op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => {
                let next = self.target(pc + 1, end)?;
                self.set(pc + 2, next)?;
                self.sets.push(pc);
                next
            }
            op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_LOC_IGNORE | op::GROUPREF_UNI_IGNORE => {
                require((self.at(pc + 1)? as usize) < groups)?;
                pc + 2
            }
            op::GROUPREF_EXISTS => {
                require((self.at(pc + 1)? as usize) < groups)?;
                // Relative to the group's number. A jump over what is to be matched otherwise may precede the target.
                let mut otherwise = pc + 1 + self.at(pc + 2)? as usize;
                require(otherwise >= pc + 3 && otherwise <= end)?;
                if otherwise >= pc + 5 && self.at(otherwise - 2)? == op::JUMP {
                    let jump = otherwise - 1;
                    let next = jump + self.at(jump)? as usize;
                    if next >= otherwise && next <= end && self.sequence(pc + 3, otherwise - 2).is_ok() {
                        self.sequence(otherwise, next)?;
                        return Ok(next);
                    }
                    otherwise = jump + 1;
                }
                self.sequence(pc + 3, otherwise)?;
                otherwise
            }
            op::INFO => {
                let next = self.target(pc + 1, end)?;
                self.info(pc, next)?;
                next
            }
            op::BRANCH => self.branch(pc + 1, end)?,
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                let next = self.repeat(pc, end)?;
                // One character is what is repeated.
                let item_end = match self.at(pc + 4)? {
                    op::ANY | op::ANY_ALL => pc + 5,
                    op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => {
                        self.target(pc + 5, next)?
                    }
                    op::CATEGORY
                    | op::LITERAL
                    | op::NOT_LITERAL
                    | op::LITERAL_IGNORE
                    | op::NOT_LITERAL_IGNORE
                    | op::LITERAL_LOC_IGNORE
                    | op::NOT_LITERAL_LOC_IGNORE
                    | op::LITERAL_UNI_IGNORE
                    | op::NOT_LITERAL_UNI_IGNORE => pc + 6,
                    _ => return Err(Invalid),
                };
                require(item_end + 1 == next)?;
                self.complete(pc + 4, next)?;
                next
            }
            op::POSSESSIVE_REPEAT => {
                let success = self.repeat(pc, end)?;
                require(success < end)?;
                self.complete(pc + 4, success + 1)?;
                success + 1
            }
            op::REPEAT => {
                let until = self.repeat(pc, end)?;
                self.sequence(pc + 4, until)?;
                require(until < end && matches!(self.at(until)?, op::MAX_UNTIL | op::MIN_UNTIL))?;
                until + 1
            }
            op::ATOMIC_GROUP => {
                let next = self.target(pc + 1, end)?;
                self.complete(pc + 2, next)?;
                next
            }
            op::ASSERT | op::ASSERT_NOT => {
                let next = self.target(pc + 1, end)?;
                require(self.at(pc + 2)? <= i32::MAX as u32)?;
                self.complete(pc + 3, next)?;
                next
            }
            _ => return Err(Invalid),
        })
    }

    /// The operands of a repeat; where its distance leads.
    fn repeat(&self, pc: usize, end: usize) -> Check<usize> {
        require(self.at(pc + 2)? <= self.at(pc + 3)?)?;
        self.target(pc + 1, end)
    }

    /// Alternatives, each with a distance to the next before it and a jump to the common end behind it, then a zero.
    fn branch(&mut self, mut pc: usize, end: usize) -> Check<usize> {
        let mut common = None;
        while self.at(pc)? != 0 {
            let next = self.target(pc, end)?;
            require(next >= pc + 3 && self.at(next - 2)? == op::JUMP)?;
            self.sequence(pc + 1, next - 2)?;
            let after = next - 1 + self.at(next - 1)? as usize;
            require(after > next && after <= end && common.is_none_or(|common| common == after))?;
            common = Some(after);
            pc = next;
            require(pc < end)?;
        }
        require(common.is_none_or(|common| common == pc + 1))?;
        Ok(pc + 1)
    }

    fn info(&mut self, pc: usize, next: usize) -> Check {
        let flags = self.at(pc + 2)?;
        require(next >= pc + 5 && flags & !(info::PREFIX | info::LITERAL | info::CHARSET) == 0)?;
        require(flags & info::PREFIX == 0 || flags & info::CHARSET == 0)?;
        require(flags & info::LITERAL == 0 || flags & info::PREFIX != 0)?;
        if flags & info::PREFIX != 0 {
            let length = self.at(pc + 5)? as usize;
            require(pc + 7 + 2 * length == next && self.at(pc + 6)? as usize <= length)?;
        }
        if flags & info::CHARSET != 0 {
            self.set(pc + 5, next)?;
            self.sets.push(pc);
        }
        Ok(())
    }
}

//! `co_exceptiontable`: which handler covers which code units, and how deep the stack is there.
//! Format: <https://github.com/python/cpython/blob/3.14/InternalDocs/exception_handling.md>.

/// One entry. Offsets count code units; entries are sorted and don't overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    /// The first code unit covered.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// Where the handler begins.
    pub target: usize,
    /// To how many items the stack is cut before the exception is pushed.
    pub depth: usize,
    /// Whether the offset of the raising instruction is pushed before the exception.
    pub lasti: bool,
}

/// The bit that marks the first byte of an entry.
const START: u8 = 0x80;
const CONTINUES: u8 = 0x40;

/// Writes an exception table.
#[derive(Default)]
pub struct ExceptionTableWriter {
    table: Vec<u8>,
}

impl ExceptionTableWriter {
    /// An empty table.
    pub fn new() -> Self {
        ExceptionTableWriter::default()
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: ExceptionEntry) {
        self.item(entry.start, START);
        self.item(entry.end - entry.start, 0);
        self.item(entry.target, 0);
        self.item(entry.depth << 1 | entry.lasti as usize, 0);
    }

    /// The table's bytes.
    pub fn finish(self) -> Vec<u8> {
        self.table
    }

    /// One number, six bits a byte, highest first.
    fn item(&mut self, value: usize, mut mark: u8) {
        let mut shift = 6 * 4;
        while shift > 0 {
            if value >= 1 << shift {
                self.table.push((value >> shift & 0x3F) as u8 | CONTINUES | mark);
                mark = 0;
            }
            shift -= 6;
        }
        self.table.push((value & 0x3F) as u8 | mark);
    }
}

/// The entries of a table in turn. A damaged table gives odd entries, never a panic.
#[derive(Clone)]
pub struct ExceptionEntries<'a> {
    rest: &'a [u8],
}

impl<'a> ExceptionEntries<'a> {
    pub fn new(table: &'a [u8]) -> Self {
        ExceptionEntries { rest: table }
    }

    fn item(&mut self) -> Option<usize> {
        let mut value = 0usize;
        loop {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value = value << 6 | (byte & 0x3F) as usize;
            if byte & CONTINUES == 0 {
                return Some(value);
            }
        }
    }
}

impl Iterator for ExceptionEntries<'_> {
    type Item = ExceptionEntry;

    fn next(&mut self) -> Option<ExceptionEntry> {
        let start = self.item()?;
        let length = self.item()?;
        let target = self.item()?;
        let depth_lasti = self.item()?;
        Some(ExceptionEntry {
            start,
            end: start.saturating_add(length),
            target,
            depth: depth_lasti >> 1,
            lasti: depth_lasti & 1 != 0,
        })
    }
}

/// Tables up to this length are searched from the start.
const LINEAR: usize = 40;

/// The entry that covers the code unit with that index.
pub fn lookup(table: &[u8], unit: usize) -> Option<ExceptionEntry> {
    // Halve the table at entry starts until the part with the last entry that begins at or before `unit` is short.
    let (mut low, mut high) = (0, table.len());
    while high - low > LINEAR {
        let middle = low + (high - low) / 2;
        let Some(back) = table[low..middle].iter().rposition(|byte| byte & START != 0) else { break };
        let entry = low + back;
        if entry == low || ExceptionEntries::new(&table[entry..]).item()? > unit {
            if entry == low {
                break;
            }
            high = entry;
        } else {
            low = entry;
        }
    }
    ExceptionEntries::new(&table[low..])
        .take_while(|entry| entry.start <= unit)
        .find(|entry| unit < entry.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_reads_and_finds() {
        let entries: Vec<ExceptionEntry> = (0..500)
            .map(|i| ExceptionEntry {
                start: i * 37,
                end: i * 37 + 1 + i % 37,
                target: 20_000_000 + i,
                depth: i % 100,
                lasti: i % 2 == 1,
            })
            .collect();
        let mut writer = ExceptionTableWriter::new();
        entries.iter().for_each(|&entry| writer.push(entry));
        let table = writer.finish();
        assert_eq!(ExceptionEntries::new(&table).collect::<Vec<_>>(), entries);
        for unit in 0..500 * 37 + 50 {
            let expected = entries.iter().copied().find(|entry| (entry.start..entry.end).contains(&unit));
            assert_eq!(lookup(&table, unit), expected, "{unit}");
        }
    }

    #[test]
    fn bytes_as_recorded() {
        // def f():
        //     try: g()
        //     except: pass
        let mut writer = ExceptionTableWriter::new();
        writer.push(ExceptionEntry { start: 1, end: 11, target: 13, depth: 0, lasti: false });
        writer.push(ExceptionEntry { start: 13, end: 15, target: 18, depth: 1, lasti: true });
        assert_eq!(writer.finish(), b"\x81\n\r\x00\x8d\x02\x12\x03");
    }

    #[test]
    fn damage_is_harmless() {
        for byte in 0..=255u8 {
            for table in [vec![byte], vec![byte; 3], vec![byte; 200]] {
                ExceptionEntries::new(&table).count();
                lookup(&table, 5);
                lookup(&table, usize::MAX);
            }
        }
    }
}

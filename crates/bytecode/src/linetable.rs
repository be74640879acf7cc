//! `co_linetable`: the source positions of code units, as compact entries.
//! Format: <https://github.com/python/cpython/blob/3.14/InternalDocs/code_objects.md#locations-table>.

/// A range of source. Lines count from 1, columns from 0 (in UTF-8 bytes); -1 is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub column: i32,
    pub end_column: i32,
}

impl Location {
    /// No position: of instructions that stand for nothing in the source.
    pub const NONE: Location = Location { line: -1, end_line: -1, column: -1, end_column: -1 };

    /// A location, its parts in `co_positions()`' order.
    pub const fn new(line: i32, end_line: i32, column: i32, end_column: i32) -> Self {
        Location { line, end_line, column, end_column }
    }
}

impl Default for Location {
    fn default() -> Self {
        Location::NONE
    }
}

// The kinds of entries. Below ONE_LINE0 the kind holds the column's higher bits.
const ONE_LINE0: u8 = 10;
const ONE_LINE2: u8 = 12;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// The most code units that one entry covers.
const MAX_UNITS: usize = 8;

/// Writes a line table: one [`push`](LineTableWriter::push) for each instruction, then [`finish`](LineTableWriter::finish).
pub struct LineTableWriter {
    table: Vec<u8>,
    line: i32,
    pending: Location,
    units: usize,
}

impl LineTableWriter {
    /// A table for code with that `co_firstlineno`.
    pub fn new(first_line: i32) -> Self {
        LineTableWriter { table: Vec::new(), line: first_line, pending: Location::NONE, units: 0 }
    }

    /// The next `units` code units (caches and EXTENDED_ARGs included) have that location. Neighbours with the same
    /// location share entries.
    pub fn push(&mut self, location: Location, units: usize) {
        if location != self.pending {
            self.flush();
            self.pending = location;
        }
        self.units += units;
    }

    /// The table's bytes.
    pub fn finish(mut self) -> Vec<u8> {
        self.flush();
        self.table
    }

    fn flush(&mut self) {
        let mut units = std::mem::take(&mut self.units);
        while units > 0 {
            let part = units.min(MAX_UNITS);
            self.entry(self.pending, part);
            units -= part;
        }
    }

    /// Appends one entry in its shortest form.
    fn entry(&mut self, location: Location, units: usize) {
        let Location { line, end_line, column, end_column } = location;
        if line == -1 {
            return self.start(NONE, units);
        }
        let delta = line.wrapping_sub(self.line);
        self.line = line;
        if column < 0 || end_column < 0 {
            if end_line == line || end_line == -1 {
                self.start(NO_COLUMNS, units);
                return push_signed_varint(&mut self.table, delta);
            }
        } else if end_line == line {
            if delta == 0 && column < 80 && (0..16).contains(&(end_column - column)) {
                self.start((column >> 3) as u8, units);
                return self.table.push(((column & 7) << 4 | (end_column - column)) as u8);
            }
            if (0..3).contains(&delta) && column < 128 && end_column < 128 {
                self.start(ONE_LINE0 + delta as u8, units);
                return self.table.extend([column as u8, end_column as u8]);
            }
        }
        self.start(LONG, units);
        push_signed_varint(&mut self.table, delta);
        push_varint(&mut self.table, end_line.wrapping_sub(line) as u32);
        push_varint(&mut self.table, (column + 1) as u32);
        push_varint(&mut self.table, (end_column + 1) as u32);
    }

    fn start(&mut self, kind: u8, units: usize) {
        self.table.push(0x80 | kind << 3 | (units - 1) as u8);
    }
}

fn push_varint(table: &mut Vec<u8>, mut value: u32) {
    while value >= 64 {
        table.push(0x40 | (value & 0x3F) as u8);
        value >>= 6;
    }
    table.push(value as u8);
}

fn push_signed_varint(table: &mut Vec<u8>, value: i32) {
    let magnitude = value.unsigned_abs() << 1;
    push_varint(table, magnitude | (value < 0) as u32);
}

/// One entry of a line table: the code units `start..end` and their location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEntry {
    pub start: usize,
    pub end: usize,
    pub location: Location,
}

/// The entries of a line table as they are stored. A damaged table gives odd entries, never a panic.
#[derive(Clone)]
pub struct LineEntries<'a> {
    rest: &'a [u8],
    line: i32,
    position: usize,
}

impl<'a> LineEntries<'a> {
    /// The entries of a table of code with that `co_firstlineno`.
    pub fn new(table: &'a [u8], first_line: i32) -> Self {
        LineEntries { rest: table, line: first_line, position: 0 }
    }

    fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((&byte, rest)) => {
                self.rest = rest;
                byte
            }
            None => 0,
        }
    }

    fn varint(&mut self) -> u32 {
        let mut value = 0u32;
        let mut shift = 0u32;
        loop {
            let byte = self.byte();
            value |= ((byte & 0x3F) as u32).checked_shl(shift).unwrap_or(0);
            if byte & 0x40 == 0 {
                return value;
            }
            shift += 6;
        }
    }

    fn signed_varint(&mut self) -> i32 {
        let value = self.varint();
        let magnitude = (value >> 1) as i32;
        if value & 1 != 0 { -magnitude } else { magnitude }
    }

    fn advance_line(&mut self, delta: i32) -> i32 {
        self.line = self.line.wrapping_add(delta);
        self.line
    }
}

impl Iterator for LineEntries<'_> {
    type Item = LineEntry;

    fn next(&mut self) -> Option<LineEntry> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        let start = self.position;
        self.position += (first & 7) as usize + 1;
        let location = match first >> 3 & 15 {
            NONE => Location::NONE,
            LONG => {
                let delta = self.signed_varint();
                let line = self.advance_line(delta);
                let end_line = line.wrapping_add(self.varint() as i32);
                let column = self.varint() as i32 - 1;
                let end_column = self.varint() as i32 - 1;
                Location { line, end_line, column, end_column }
            }
            NO_COLUMNS => {
                let delta = self.signed_varint();
                let line = self.advance_line(delta);
                Location { line, end_line: line, column: -1, end_column: -1 }
            }
            kind @ ONE_LINE0..=ONE_LINE2 => {
                let line = self.advance_line((kind - ONE_LINE0) as i32);
                let column = self.byte() as i32;
                let end_column = self.byte() as i32;
                Location { line, end_line: line, column, end_column }
            }
            kind => {
                let byte = self.byte() as i32;
                let column = (kind as i32) << 3 | byte >> 4;
                Location { line: self.line, end_line: self.line, column, end_column: column + (byte & 15) }
            }
        };
        Some(LineEntry { start, end: self.position, location })
    }
}

/// `co_positions()`: the location of each code unit in turn.
pub fn positions(table: &[u8], first_line: i32) -> impl Iterator<Item = Location> + '_ {
    LineEntries::new(table, first_line)
        .flat_map(|entry| std::iter::repeat_n(entry.location, entry.end - entry.start))
}

/// `co_lines()`: runs of code units with the same line, as (start, end, line) in bytes; a line of `None` is unknown.
pub fn lines(table: &[u8], first_line: i32) -> impl Iterator<Item = (usize, usize, Option<i32>)> + '_ {
    let mut entries = LineEntries::new(table, first_line).peekable();
    std::iter::from_fn(move || {
        let first = entries.next()?;
        let line = first.location.line;
        let mut end = first.end;
        while let Some(same) = entries.next_if(|entry| entry.location.line == line) {
            end = same.end;
        }
        Some((first.start * 2, end * 2, (line != -1).then_some(line)))
    })
}

/// The location of the code unit with that index, or [`Location::NONE`] beyond the table.
pub fn location_at(table: &[u8], first_line: i32, unit: usize) -> Location {
    LineEntries::new(table, first_line)
        .find(|entry| entry.end > unit)
        .map_or(Location::NONE, |entry| entry.location)
}

/// The line of the code unit with that index, as `tb_lineno` and `f_lineno` need it; `None` if it has none.
pub fn line_at(table: &[u8], first_line: i32, unit: usize) -> Option<i32> {
    Some(location_at(table, first_line, unit).line).filter(|&line| line != -1)
}

/// The table with lines only, as `-X no_debug_ranges` wants it.
pub fn without_columns(table: &[u8], first_line: i32) -> Vec<u8> {
    let mut line = first_line;
    let mut stripped = Vec::new();
    for entry in LineEntries::new(table, first_line) {
        let units = (entry.end - entry.start - 1) as u8;
        if entry.location.line == -1 {
            stripped.push(0x80 | NONE << 3 | units);
        } else {
            stripped.push(0x80 | NO_COLUMNS << 3 | units);
            push_signed_varint(&mut stripped, entry.location.line.wrapping_sub(line));
            line = entry.location.line;
        }
    }
    stripped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(first_line: i32, entries: &[(Location, usize)]) -> Vec<u8> {
        let mut writer = LineTableWriter::new(first_line);
        entries.iter().for_each(|&(location, units)| writer.push(location, units));
        writer.finish()
    }

    #[test]
    fn every_form_and_back() {
        let entries = [
            (Location::new(1, 1, 0, 0), 1),
            (Location::new(1, 1, 79, 94), 3),
            (Location::new(3, 3, 100, 127), 20),
            (Location::new(2, 2, -1, -1), 2),
            (Location::new(2, 90, 5, 300), 9),
            (Location::NONE, 17),
            (Location::new(70000, 70000, 4000, 4001), 1),
        ];
        let table = write(1, &entries);
        let expected: Vec<Location> =
            entries.iter().flat_map(|&(location, units)| std::iter::repeat_n(location, units)).collect();
        assert_eq!(positions(&table, 1).collect::<Vec<_>>(), expected);
        assert_eq!(location_at(&table, 1, 4), entries[2].0);
        assert_eq!(line_at(&table, 1, 40), None);
        assert_eq!(
            lines(&table, 1).collect::<Vec<_>>(),
            [(0, 8, Some(1)), (8, 48, Some(3)), (48, 70, Some(2)), (70, 104, None), (104, 106, Some(70000))]
        );
        let stripped = without_columns(&table, 1);
        assert_eq!(lines(&stripped, 1).collect::<Vec<_>>(), lines(&table, 1).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_as_recorded() {
        // compile("x = 1\n\n\n\ny = (\n 2)\n", "", "exec").co_linetable
        let table = write(
            1,
            &[
                (Location::new(0, 1, 0, 0), 1),
                (Location::new(1, 1, 4, 5), 1),
                (Location::new(1, 1, 0, 1), 1),
                (Location::new(6, 6, 1, 2), 1),
                (Location::new(5, 5, 0, 1), 3),
            ],
        );
        assert_eq!(table, b"\xf0\x03\x01\x01\x01\xd8\x04\x05\x80\x01\xf0\n\x00\x02\x03\xf2\x03\x00\x01\x02");
    }

    #[test]
    fn damage_is_harmless() {
        for first in 0..=255u8 {
            for table in [vec![first], vec![first, 0xFF], vec![first; 40]] {
                assert!(positions(&table, i32::MAX).count() <= 8 * table.len());
            }
        }
    }
}

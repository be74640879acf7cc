//! Reading: one character after the other through a machine of states.

use std::cell::Cell;

use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use super::dialect::{Dialect, dialect_of};
use super::{error, one_or_two, quoting, state};

#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    EatLineEnd,
    AfterEscapedLineEnd,
}

/// A record in the making.
#[derive(Default)]
struct Record {
    fields: Vec<Ref>,
    field: StrBuilder,
    place: Place,
    /// Did the field begin without a quote?
    unquoted: bool,
}

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[class(name = "_csv.reader", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Reader {
    head: Object,
    lines: Link,
    #[member(readonly)]
    dialect: Link<Dialect>,
    #[gc(skip)]
    #[member(readonly)]
    line_num: Cell<u64>,
}

/// Return a reader object that will process lines from the given iterable.
///
/// The "iterable" argument can be any object that returns a line
/// of input for each iteration, such as a file object or a list.  The
/// optional "dialect" argument defines a CSV dialect; keyword arguments override its settings.
///
/// The returned object is an iterator.  Each iteration returns a row
/// of the CSV file (which can span multiple input lines).
#[function(signature = "(*args, **fmtparams)", hidden_signature)]
pub fn reader(args: &[&Object], fmtparams: KwArgs<'_>) -> Result<Ref<Reader>> {
    let (lines, base) = one_or_two("reader", args)?;
    let lines = lines.iter()?;
    let dialect = dialect_of(base, &fmtparams)?.cast::<Dialect>();
    Ok(Ref::new(Reader {
        head: Object::HEAD,
        lines: Link::new(lines),
        dialect: Link::from_option(dialect.ok()),
        line_num: Cell::new(0),
    }))
}

/// The end of a line's text.
const END: Option<u32> = None;

fn is_line_end(code: Option<u32>) -> bool {
    matches!(code, None | Some(10 | 13))
}

impl Record {
    fn add(&mut self, code: u32) -> Result<()> {
        let limit = state().limit.get();
        if self.field.len() as isize >= limit {
            return Err(error(&format!("field larger than field limit ({limit})")));
        }
        self.field.push(code);
        Ok(())
    }

    fn save(&mut self, dialect: &Dialect) -> Result<()> {
        let unquoted = std::mem::replace(&mut self.unquoted, true);
        let style = dialect.quoting;
        let text = std::mem::take(&mut self.field).try_finish()?;
        let field = match (unquoted, text.is_empty()) {
            (true, true) if matches!(style, quoting::NOTNULL | quoting::STRINGS) => none(),
            (true, false) if matches!(style, quoting::NONNUMERIC | quoting::STRINGS) => {
                Float::type_object().call(&[&text])?
            }
            _ => text.into_object(),
        };
        self.fields.push(field);
        Ok(())
    }

    /// Saves the field before a line's end.
    fn end_line(&mut self, code: Option<u32>, dialect: &Dialect) -> Result<()> {
        self.save(dialect)?;
        self.place = if code == END { Place::StartRecord } else { Place::EatLineEnd };
        Ok(())
    }

    /// The next character, or the end of the line.
    fn step(&mut self, code: Option<u32>, dialect: &Dialect) -> Result<()> {
        let is = |other: Option<u32>| code.is_some() && code == other;
        let delimiter = is(Some(dialect.delimiter));
        let quote = is(dialect.quote) && dialect.quoting != quoting::NONE;
        match self.place {
            Place::StartRecord if code == END => return Ok(()),
            Place::StartRecord if is_line_end(code) => self.place = Place::EatLineEnd,
            Place::StartRecord | Place::StartField => {
                self.place = Place::StartField;
                if is_line_end(code) {
                    self.end_line(code, dialect)?;
                } else if quote {
                    self.unquoted = false;
                    self.place = Place::InQuoted;
                } else if is(dialect.escape) {
                    self.place = Place::Escaped;
                } else if code == Some(32) && dialect.skip_initial_space {
                } else if delimiter {
                    self.save(dialect)?;
                } else if let Some(code) = code {
                    self.add(code)?;
                    self.place = Place::InField;
                }
            }
            Place::Escaped => {
                self.add(code.unwrap_or(10))?;
                let line_end = matches!(code, Some(10 | 13));
                self.place = if line_end { Place::AfterEscapedLineEnd } else { Place::InField };
            }
            Place::AfterEscapedLineEnd if code == END => {}
            Place::AfterEscapedLineEnd | Place::InField => {
                if is_line_end(code) {
                    self.end_line(code, dialect)?;
                } else if is(dialect.escape) {
                    self.place = Place::Escaped;
                } else if delimiter {
                    self.save(dialect)?;
                    self.place = Place::StartField;
                } else if let Some(code) = code {
                    self.add(code)?;
                }
            }
            Place::InQuoted => {
                if is(dialect.escape) {
                    self.place = Place::EscapedInQuoted;
                } else if quote {
                    self.place = if dialect.double_quote { Place::QuoteInQuoted } else { Place::InField };
                } else if let Some(code) = code {
                    self.add(code)?;
                }
            }
            Place::EscapedInQuoted => {
                self.add(code.unwrap_or(10))?;
                self.place = Place::InQuoted;
            }
            Place::QuoteInQuoted => {
                if is_line_end(code) {
                    self.end_line(code, dialect)?;
                } else if quote {
                    self.add(dialect.quote.unwrap_or(0))?;
                    self.place = Place::InQuoted;
                } else if delimiter {
                    self.save(dialect)?;
                    self.place = Place::StartField;
                } else if dialect.strict {
                    let (delimiter, quote) =
                        (Str::from_char(dialect.delimiter), Str::from_char(dialect.quote.unwrap_or(0)));
                    return Err(error(&format!("'{delimiter}' expected after '{quote}'")));
                } else if let Some(code) = code {
                    self.add(code)?;
                    self.place = Place::InField;
                }
            }
            Place::EatLineEnd => {
                if code == END {
                    self.place = Place::StartRecord;
                } else if !is_line_end(code) {
                    return Err(error(
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}

#[methods]
impl Reader {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<List>>> {
        let (Some(lines), Some(dialect)) = (self.lines.get(), self.dialect.get()) else { return Ok(None) };
        let mut record = Record { unquoted: true, ..Record::default() };
        loop {
            let Some(line) = lines.iter_next()? else {
                if record.field.is_empty() && record.place != Place::InQuoted {
                    return Ok(None);
                }
                if dialect.strict {
                    return Err(error("unexpected end of data"));
                }
                record.save(&dialect)?;
                break;
            };
            let Some(text) = line.downcast::<Str>() else {
                let kind = line.ty().full_name();
                return Err(error(&format!(
                    "iterator should return strings, not {kind} (the file should be opened in text mode)"
                )));
            };
            self.line_num.set(self.line_num.get() + 1);
            for code in text.code_points() {
                record.step(Some(code), &dialect)?;
            }
            record.step(END, &dialect)?;
            if record.place == Place::StartRecord {
                break;
            }
        }
        Ok(Some(List::from_vec(record.fields)))
    }
}

//! Writing.

use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use super::dialect::{Dialect, dialect_of};
use super::{error, one_or_two, quoting};

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[class(name = "_csv.writer", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Writer {
    head: Object,
    write: Link,
    #[member(readonly)]
    dialect: Link<Dialect>,
}

/// Return a writer object that will write user data on the given file object.
///
/// The "fileobj" argument can be any object that supports the file API.
/// The optional "dialect" argument defines a CSV dialect; keyword arguments override its settings.
#[function(signature = "(*args, **fmtparams)", hidden_signature)]
pub fn writer(args: &[&Object], fmtparams: KwArgs<'_>) -> Result<Ref<Writer>> {
    let (file, base) = one_or_two("writer", args)?;
    let dialect = dialect_of(base, &fmtparams)?.cast::<Dialect>();
    let write = file.get_attr_opt(intern!("write"))?.filter(|write| write.is_callable());
    let Some(write) = write else {
        return Err(raise!(TypeError, "argument 1 must have a \"write\" method"));
    };
    Ok(Ref::new(Writer {
        head: Object::HEAD,
        write: Link::new(write),
        dialect: Link::from_option(dialect.ok()),
    }))
}

/// A record in the making.
struct Record<'a> {
    dialect: &'a Dialect,
    out: StrBuilder,
    fields: usize,
}

impl Record<'_> {
    /// Adds a field; `None` for Python's.
    fn add(&mut self, text: Option<&Str>, quoted: bool) -> Result<()> {
        let dialect = self.dialect;
        let mut quoted = quoted;
        if text.is_none_or(Str::is_empty) && dialect.delimiter == 32 && dialect.skip_initial_space {
            let never = dialect.quoting == quoting::NONE
                || text.is_none() && matches!(dialect.quoting, quoting::STRINGS | quoting::NOTNULL);
            if never {
                return Err(error(
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        let mut body = StrBuilder::new();
        for code in text.into_iter().flat_map(Str::code_points) {
            let is = |other: Option<u32>| Some(code) == other;
            let special = is(Some(dialect.delimiter))
                || is(dialect.escape)
                || is(dialect.quote)
                || matches!(code, 10 | 13)
                || dialect.line_terminator.code_points().any(|other| other == code);
            if special {
                let mut escape = false;
                if dialect.quoting == quoting::NONE {
                    escape = true;
                } else {
                    if is(dialect.quote) {
                        match dialect.double_quote {
                            true => body.push(code),
                            false => escape = true,
                        }
                    } else if is(dialect.escape) {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    let Some(escape) = dialect.escape else {
                        return Err(error("need to escape, but no escapechar set"));
                    };
                    body.push(escape);
                }
            }
            body.push(code);
        }
        if self.fields > 0 {
            self.out.push(dialect.delimiter);
        }
        let quote = dialect.quote.filter(|_| quoted);
        quote.into_iter().for_each(|quote| self.out.push(quote));
        let body = body.try_finish()?;
        self.out.push_str(&body);
        quote.into_iter().for_each(|quote| self.out.push(quote));
        self.fields += 1;
        Ok(())
    }
}

/// Does it take part in arithmetic?
fn is_number(object: &Object) -> bool {
    let class = object.ty();
    class.nb_index().is_some()
        || class.nb_int().is_some()
        || class.nb_float().is_some()
        || object.downcast::<runtime::objects::complex::Complex>().is_some()
}

#[methods]
impl Writer {
    /// Write the items of an iterable as one line, each by its str().
    #[method(signature = "($self, row, /)")]
    fn writerow(&self, row: &Object) -> Result {
        let (Some(write), Some(dialect)) = (self.write.get(), self.dialect.get()) else { return Ok(none()) };
        let fields = match row.iter() {
            Ok(fields) => fields,
            Err(raised) if raised.matches(&runtime::objects::exceptions::TypeError) => {
                raised.clear();
                return Err(error(&format!("iterable expected, not {}", row.ty().full_name())));
            }
            Err(raised) => return Err(raised),
        };
        let mut record = Record { dialect: &dialect, out: StrBuilder::new(), fields: 0 };
        let mut last_is_null = false;
        while let Some(field) = fields.iter_next()? {
            let quoted = match dialect.quoting {
                quoting::NONNUMERIC => !is_number(&field),
                quoting::ALL => true,
                quoting::STRINGS => field.downcast::<Str>().is_some(),
                quoting::NOTNULL => !field.is_none(),
                _ => false,
            };
            last_is_null = field.is_none();
            match field.downcast::<Str>() {
                Some(text) => record.add(Some(text), quoted)?,
                None if last_is_null => record.add(None, quoted)?,
                None => record.add(Some(&*field.str_()?), quoted)?,
            }
        }
        if record.fields > 0 && record.out.is_empty() {
            let never = dialect.quoting == quoting::NONE
                || last_is_null && matches!(dialect.quoting, quoting::STRINGS | quoting::NOTNULL);
            if never {
                return Err(error("single empty field record must be quoted"));
            }
            record.fields -= 1;
            record.add(None, true)?;
        }
        record.out.push_str(&dialect.line_terminator);
        let line = record.out.try_finish()?;
        write.call(&[&line])
    }

    /// Write each of the given rows as a line.
    #[method(signature = "($self, rows, /)")]
    fn writerows(&self, rows: &Object) -> Result<()> {
        rows.for_each(|row| self.writerow(&row).map(drop))
    }
}

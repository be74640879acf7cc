//! Printing exceptions that nobody caught: through `sys.excepthook`, by the library's `traceback`, or plainly.

use std::io::{BufRead, BufReader, Write};

use crate::errors::Raised;
use crate::objects::exceptions::{BaseException, SyntaxError};
use crate::objects::traceback::Traceback;
use crate::prelude::*;

/// Where text for the user goes: `sys.stderr`, or the process's own before there is one.
enum Errors {
    Stream(Ref),
    Native,
    /// `sys.stderr` is None: there is nobody to tell.
    Nowhere,
}

fn errors() -> Errors {
    let Some(sys) = Interpreter::current().sys.get() else { return Errors::Native };
    match sys.get_str(intern!("stderr")) {
        Ok(Some(stream)) if stream.is_none() => Errors::Nowhere,
        Ok(Some(stream)) => Errors::Stream(stream),
        Ok(None) => Errors::Native,
        Err(raised) => {
            raised.clear();
            Errors::Native
        }
    }
}

/// Writes text for the user and flushes.
pub fn write_error_text(text: &Str) -> Result<()> {
    match errors() {
        Errors::Nowhere => {}
        Errors::Native => {
            let _ = std::io::stderr().write_all(text.to_wtf8().as_bytes());
        }
        Errors::Stream(stream) => {
            stream.call_method(intern!("write"), &[text])?;
            if let Err(raised) = stream.call_method(intern!("flush"), &[]) {
                raised.clear();
            }
        }
    }
    Ok(())
}

fn write_quietly(text: &str) {
    if let Err(raised) = write_error_text(&Str::new(text)) {
        raised.clear();
    }
}

/// What the top level does with an exception that nobody caught (C: `PyErr_Print`): keeps it in `sys.last_exc` and gives it to
/// `sys.excepthook`. SystemExit is the caller's affair.
pub fn print_exception(exception: &BaseException) {
    print_exception_keeping(exception, true);
}

/// As [`print_exception`]; `keep`: set `sys.last_exc` and its companions.
pub fn print_exception_keeping(exception: &BaseException, keep: bool) {
    let traceback = exception.traceback().unwrap_or_else(none);
    let Some(sys) = Interpreter::current().sys.get() else { return display_exception(exception) };
    if keep {
        let values: [(&Str, &Object); 4] = [
            (intern!("last_exc"), exception),
            (intern!("last_type"), exception.ty()),
            (intern!("last_value"), exception),
            (intern!("last_traceback"), &traceback),
        ];
        for (name, value) in values {
            if let Err(raised) = sys.insert_str(name, value) {
                raised.clear();
            }
        }
    }
    let hook = match sys.get_str(intern!("excepthook")) {
        Ok(Some(hook)) => hook,
        other => {
            if let Err(raised) = other {
                raised.clear();
            }
            write_quietly("sys.excepthook is missing\n");
            return display_exception(exception);
        }
    };
    if let Err(raised) = hook.call(&[exception.ty(), exception, &*traceback]) {
        let failure = raised.take();
        write_quietly("Error in sys.excepthook:\n");
        display_exception(&failure);
        write_quietly("\nOriginal exception was:\n");
        display_exception(exception);
    }
}

/// What `sys.excepthook` does by itself: the library's `traceback` prints; where it can't, a plain printer does.
pub fn display_exception(exception: &BaseException) {
    if matches!(errors(), Errors::Nowhere) {
        return;
    }
    if let Err(raised) = display_by_library(exception) {
        raised.clear();
        let mut text = Text::default();
        text.chain(exception, &mut Vec::new());
        if let Err(raised) = write_error_text(&text.finish()) {
            raised.clear();
        }
    }
}

fn display_by_library(exception: &BaseException) -> Result<()> {
    if !matches!(errors(), Errors::Stream(_)) {
        return Err(raise!(RuntimeError, "lost sys.stderr"));
    }
    let module = crate::objects::r#type::bridge::import(intern!("traceback"))?;
    let print = module.get_attr(intern!("_print_exception_bltin"))?;
    print.call(&[exception])?;
    Ok(())
}

/// The plain printer's output.
#[derive(Default)]
pub struct Text(Vec<Ref<Str>>);

/// More frames than these of one line in a row are counted, not shown.
const REPEATED: usize = 3;
/// The frames shown where `sys.tracebacklimit` says nothing.
const LIMIT: i64 = 1000;

impl Text {
    fn push(&mut self, text: &str) {
        self.0.push(Str::new(text));
    }

    pub fn push_str(&mut self, text: Ref<Str>) {
        self.0.push(text);
    }

    /// All of it in one string.
    pub fn finish(&self) -> Ref<Str> {
        Str::join_all(self.0.iter().map(|piece| &**piece)).unwrap_or_else(|raised| {
            raised.clear();
            Str::new("")
        })
    }

    /// The exception with those that led to it before it.
    fn chain(&mut self, exception: &BaseException, seen: &mut Vec<usize>) {
        let mut steps: Vec<(Ref<BaseException>, &'static str)> = Vec::new();
        let mut current = Ref::from_borrowed(exception);
        // From the last one back, so that no depth of nesting is too much.
        loop {
            seen.push(current.as_ptr() as usize);
            let is_new = |link: &Ref<BaseException>| !seen.contains(&(link.as_ptr() as usize));
            if let Some(cause) = current.cause() {
                if !is_new(&cause) {
                    break;
                }
                let words = "\nThe above exception was the direct cause of the following exception:\n\n";
                steps.push((std::mem::replace(&mut current, cause), words));
            } else if let Some(context) = current.context().filter(|_| !current.suppresses_context()) {
                if !is_new(&context) {
                    break;
                }
                let words = "\nDuring handling of the above exception, another exception occurred:\n\n";
                steps.push((std::mem::replace(&mut current, context), words));
            } else {
                break;
            }
        }
        self.one(&current);
        for (exception, words) in steps.into_iter().rev() {
            self.push(words);
            self.one(&exception);
        }
    }

    /// One exception: its traceback, its class and its text.
    fn one(&mut self, exception: &BaseException) {
        self.traceback(exception.traceback().as_deref());
        if let Some(error) = exception.downcast::<SyntaxError>()
            && !error.print_file_and_line.is_null()
        {
            let filename = error.filename.get().and_then(|name| name.str_().ok());
            let filename = filename.map_or_else(|| "<string>".into(), |name| name.to_string());
            let line = error.lineno.get().and_then(|line| line.downcast::<Int>().and_then(Int::to_i64));
            self.push(&format!("  File \"{filename}\", line {}\n", line.unwrap_or(0)));
        }
        self.summary(exception);
    }

    /// `module.Class: text`.
    pub fn summary(&mut self, exception: &BaseException) {
        self.push(&exception.ty().qualified_name());
        match exception.str_() {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                self.push(": ");
                self.push_str(text);
            }
            Err(raised) => {
                raised.clear();
                self.push(": <exception str() failed>");
            }
        }
        self.push("\n");
    }

    /// The frames of a traceback, the innermost last.
    pub fn traceback(&mut self, traceback: Option<&Object>) {
        let Some(first) = traceback.and_then(|traceback| traceback.downcast::<Traceback>()) else { return };
        let limit = Interpreter::current().sys.get().and_then(|sys| {
            let limit = sys.get_str(intern!("tracebacklimit")).map_err(Raised::clear).ok()??;
            limit.downcast::<Int>().map(|limit| limit.to_i64().unwrap_or(i64::MAX * i64::from(limit.sign())))
        });
        let limit = limit.unwrap_or(LIMIT);
        if limit <= 0 {
            return;
        }
        self.push("Traceback (most recent call last):\n");
        let mut entries = Vec::new();
        let mut cursor = Some(Ref::from_borrowed(first));
        while let Some(traceback) = cursor {
            cursor = traceback.next();
            entries.push(traceback);
        }
        let skipped = entries.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut last: Option<(String, i32, String)> = None;
        let mut repeated = 0;
        for traceback in &entries[skipped..] {
            let Some(frame) = traceback.frame() else { continue };
            let code = frame.frame().code();
            let line = traceback.line().unwrap_or(-1);
            let entry = (code.filename().to_string(), line, code.name().to_string());
            if last.as_ref() == Some(&entry) {
                repeated += 1;
                if repeated >= REPEATED {
                    continue;
                }
            } else {
                self.repetition(repeated);
                repeated = 0;
            }
            self.frame(&entry);
            last = Some(entry);
        }
        self.repetition(repeated);
    }

    fn repetition(&mut self, repeated: usize) {
        if repeated >= REPEATED {
            let more = repeated - REPEATED + 1;
            let plural = if more == 1 { "" } else { "s" };
            self.push(&format!("  [Previous line repeated {more} more time{plural}]\n"));
        }
    }

    fn frame(&mut self, (filename, line, name): &(String, i32, String)) {
        self.push(&format!("  File \"{filename}\", line {line}, in {name}\n"));
        if let Some(source) = source_line(filename, *line) {
            self.push(&format!("    {}\n", source.trim()));
        }
    }
}

/// A line of a source file, if that can be read.
pub fn source_line(filename: &str, line: i32) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    if filename.starts_with('<') && filename.ends_with('>') {
        return None;
    }
    let file = std::fs::File::open(filename).ok()?;
    let mut lines = BufReader::new(file).split(b'\n');
    let line = lines.nth(index)?.ok()?;
    let text = String::from_utf8_lossy(&line).into_owned();
    (!text.trim().is_empty()).then_some(text)
}

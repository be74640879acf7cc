//! Prints the tokens of files named on standard input, for comparison with CPython: `dump_tokens [extra]`.

use std::io::{BufRead, Write};
use taipan_syntax::tokenizer::{NO_COL, Options, tokenize};

fn main() {
    let extra = std::env::args().any(|arg| arg == "extra");
    let bench = std::env::args().any(|arg| arg == "bench");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut total, mut count, mut time) = (0, 0, std::time::Duration::ZERO);
    for path in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let text = if extra { text } else { text.replace("\r\n", "\n").replace('\r', "\n") };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let options = Options { extra_tokens: extra, ..Options::default() };
        let start = std::time::Instant::now();
        let tokens = tokenize(text, options);
        time += start.elapsed();
        total += text.len();
        count += tokens.tokens.len();
        if bench {
            continue;
        }
        let _ = writeln!(out, "F {path}");
        let starts: Vec<usize> =
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let column = |lineno: u32, col: u32| -> i64 {
            if col == NO_COL {
                return -1;
            }
            let start = starts.get(lineno as usize - 1).copied().unwrap_or(text.len());
            let end = start + col as usize;
            let inside = text.get(start..end.min(text.len())).map_or(0, |s| s.chars().count());
            (inside + end.saturating_sub(text.len())) as i64
        };
        for t in &tokens.tokens {
            let (col, end_col) = (column(t.lineno, t.col), column(t.end_lineno, t.end_col));
            let kind = t.kind.number();
            let kind = if extra && kind > 6 && kind < 55 { 55 } else { kind };
            let text = if t.start <= t.end { t.text(text) } else { "?" };
            let _ = writeln!(out, "{kind} {}.{col}-{}.{end_col} {text:?}", t.lineno, t.end_lineno);
        }
        if let Some(e) = &tokens.iterator_error(text) {
            let show =
                |n: i32| if n == taipan_syntax::SyntaxError::ABSENT { "None".into() } else { n.to_string() };
            let (l, o, el, eo) = (show(e.lineno), show(e.offset), show(e.end_lineno), show(e.end_offset));
            let _ = writeln!(out, "E {} {l} {o} {el} {eo}", e.message);
        }
    }
    if bench {
        let seconds = time.as_secs_f64();
        eprintln!("{total} bytes, {count} tokens, {seconds:.3} s, {:.0} MB/s", total as f64 / 1e6 / seconds);
    }
}

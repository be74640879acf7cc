use taipan_syntax as syntax;
fn main() {
    let data = std::fs::read_to_string("/tmp/tk/modes.in").unwrap();
    for rec in data.split('\u{1e}') {
        if rec.is_empty() {
            continue;
        }
        let mut p = rec.splitn(3, '\u{1f}');
        let mode = match p.next().unwrap() {
            "eval" => syntax::Mode::Eval,
            "single" => syntax::Mode::Single,
            _ => syntax::Mode::Exec,
        };
        let flags: u32 = p.next().unwrap().parse().unwrap();
        let src = p.next().unwrap();
        let src = syntax::source::translate_newlines(src);
        let options = syntax::Options {
            dont_imply_dedent: flags & 0x200 != 0,
            allow_incomplete_input: flags & 0x4000 != 0,
            ..Default::default()
        };
        let arena = bumpalo::Bump::new();
        let r = syntax::parse(&src, mode, options, &arena, &mut Vec::new());
        match r {
            Ok(_) => print!("ok"),
            Err(e) => print!(
                "{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}",
                e.kind.name(),
                e.message,
                e.lineno,
                e.offset,
                e.end_lineno,
                e.end_offset,
                e.text.unwrap_or_default()
            ),
        }
        print!("\u{1e}");
    }
}

use taipan_syntax as syntax;
fn main() {
    // hex lines
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let bytes: Vec<u8> =
            (0..line.len() / 2).map(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).unwrap()).collect();
        let mut d = |e: &str, b: &[u8]| syntax::source::builtin_decoder(e, b);
        let r = syntax::source::decode(&bytes, None, &mut d).and_then(|t| {
            syntax::source::check_nulls(t.as_bytes())?;
            let a = bumpalo::Bump::new();
            syntax::parse(&t, syntax::Mode::Exec, Default::default(), &a, &mut Vec::new()).map(|_| ())
        });
        match r {
            Ok(_) => println!("ok"),
            Err(e) => println!("{:?}", (e.message, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text)),
        }
    }
}

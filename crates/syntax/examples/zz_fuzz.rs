use std::time::Instant;
use taipan_syntax as syntax;
fn main() {
    let secs: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(60);
    let mut seed: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut rnd = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let files: Vec<String> =
        std::fs::read_to_string("/tmp/tk/all.txt").unwrap().lines().map(String::from).collect();
    let texts: Vec<String> = files
        .iter()
        .step_by(7)
        .filter_map(|f| std::fs::read_to_string(f).ok())
        .filter(|t| t.len() < 60000 && t.len() > 10)
        .collect();
    let bits = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "'''",
        "f'",
        "f'{",
        "t'''{",
        "{{",
        "}}",
        ":",
        "\\",
        "\\\n",
        "\n",
        "\t",
        " ",
        "    ",
        "0x",
        "1_",
        "1e",
        "\u{e9}",
        "\u{20ac}",
        "\r",
        "\r\n",
        "\0",
        "\u{c}",
        "#",
        "# type: ignore",
        "# type: int",
        "\\N{",
        "\\x",
        "!r",
        "=",
        ":=",
        "lambda",
        "if",
        "else",
        "match x:\n case",
        "async ",
        "await ",
        "not ",
        "*",
        "**",
        "/",
        "@",
        "b'",
        "rb'\\",
        "~",
        "...",
        "\u{feff}",
        "\u{200b}",
        "print ",
        "<>",
        ";",
        ",",
        "$",
        "?",
        "\u{1}",
    ];
    let start = Instant::now();
    let mut n = 0;
    let mut slow = 0f64;
    while start.elapsed().as_secs() < secs {
        let t = &texts[(rnd() % texts.len() as u64) as usize];
        let mut a = (rnd() % t.len() as u64) as usize;
        while !t.is_char_boundary(a) {
            a -= 1
        }
        let mut b = (a + (rnd() % 1500) as usize).min(t.len());
        while !t.is_char_boundary(b) {
            b -= 1
        }
        let mut s = if rnd() % 4 == 0 { String::new() } else { t[a..b].to_string() };
        for _ in 0..1 + rnd() % 12 {
            let mut p = (rnd() % (s.len() as u64 + 1)) as usize;
            while !s.is_char_boundary(p) {
                p -= 1
            }
            match rnd() % 3 {
                0 => {
                    let mut q = (p + (rnd() % 8) as usize).min(s.len());
                    while !s.is_char_boundary(q) {
                        q -= 1
                    }
                    s.replace_range(p..q.max(p), "")
                }
                _ => s.insert_str(p, bits[(rnd() % bits.len() as u64) as usize]),
            }
        }
        let mode = [syntax::Mode::Exec, syntax::Mode::Eval, syntax::Mode::Single, syntax::Mode::FuncType]
            [(rnd() % 4) as usize];
        let options = syntax::Options {
            type_comments: rnd() % 2 == 0,
            allow_incomplete_input: rnd() % 3 == 0,
            dont_imply_dedent: rnd() % 3 == 0,
            ..Default::default()
        };
        let s2 = if rnd() % 8 == 0 { s.clone() } else { syntax::source::translate_newlines(&s).into_owned() };
        std::fs::write(format!("/tmp/tk/last{}.txt", std::process::id()), &s2).unwrap();
        let arena = bumpalo::Bump::new();
        let t0 = Instant::now();
        let _ = syntax::parse(&s2, mode, options, &arena, &mut Vec::new());
        let _ = syntax::tokenizer::tokenize(
            &s,
            syntax::tokenizer::Options { extra_tokens: true, ..Default::default() },
        );
        let el = t0.elapsed().as_secs_f64();
        if el > slow {
            slow = el;
            eprintln!("slowest {el:.3}s len {}", s2.len());
            std::fs::write("/tmp/tk/slow.txt", &s2).unwrap();
        }
        let mut d = |e: &str, b: &[u8]| syntax::source::builtin_decoder(e, b);
        let mut raw = s.into_bytes();
        for _ in 0..rnd() % 3 {
            let l = raw.len();
            if l > 0 {
                raw[(rnd() as usize) % l] = rnd() as u8;
            }
        }
        let _ = syntax::source::decode(&raw, Some("x"), &mut d);
        n += 1;
    }
    println!("{n} inputs, slowest {slow:.3}");
}

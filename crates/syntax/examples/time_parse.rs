//! Times parsing of the files named on standard input.
use std::time::Instant;
use taipan_syntax as syntax;
fn main() {
    let sources: Vec<String> = std::io::stdin()
        .lines()
        .map_while(Result::ok)
        .filter_map(|f| {
            let b = std::fs::read(f).ok()?;
            syntax::source::decode(&b, None, &mut syntax::source::builtin_decoder)
                .ok()
                .map(|s| s.into_owned())
        })
        .collect();
    let rounds: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(3);
    for _ in 0..rounds {
        let t = Instant::now();
        let (mut ok, mut bytes, mut tokens) = (0, 0, 0);
        for s in &sources {
            tokens += syntax::tokenize(s, Default::default()).tokens.len();
        }
        let tt = t.elapsed();
        let t = Instant::now();
        for s in &sources {
            let arena = bumpalo::Bump::new();
            let mut w = Vec::new();
            if syntax::parse(s, syntax::Mode::Exec, Default::default(), &arena, &mut w).is_ok() {
                ok += 1;
            }
            bytes += arena.allocated_bytes();
        }
        println!(
            "tokenize {tt:?} {tokens}; parse {:?} ok {ok} of {} arena {bytes}",
            t.elapsed(),
            sources.len()
        );
    }
}

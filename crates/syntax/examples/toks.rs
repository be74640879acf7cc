//! Tokens of a text.
fn main() {
    let s = std::env::args().nth(1).unwrap().replace("\\n", "\n");
    for t in taipan_syntax::tokenize(&s, Default::default()).tokens {
        println!("{:?}", t);
    }
}

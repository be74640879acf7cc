use taipan_syntax as syntax;
fn main() {
    let p = |n: String, s: String| {
        let a = bumpalo::Bump::new();
        let r = syntax::parse(&s, syntax::Mode::Exec, Default::default(), &a, &mut Vec::new());
        match r {
            Ok(_) => println!("{n} ok"),
            Err(e) if e.kind.is_syntax() => println!("{n} ({:?}, {}, {})", e.message, e.lineno, e.offset),
            Err(e) => println!("{n} {}('{}')", e.kind.name(), e.message),
        }
    };
    let r = |s: &str, k: usize| s.repeat(k);

    for k in 170..200 {
        p(format!("brw{k}"), r("[", k) + "a b" + &r("]", k));
        p(format!("d{k}"), r("{1:", k) + "a b" + &r("}", k));
        p(format!("p{k}"), r("(", k) + "a b" + &r(")", k));
        p(format!("f{k}"), r("f(", k) + "a b" + &r(")", k));
        p(format!("s{k}"), r("a[", k) + "a b" + &r("]", k));
        p(format!("l{k}"), r("[x for x in ", k) + "a b" + &r("]", k));
        p(format!("g{k}"), r("f(*", k) + "a b" + &r(")", k));
    }
    for k in (1990..2010).chain((2900..3000).step_by(7)).chain((5940..6000).step_by(5)) {
        p(format!("tilde{k}"), r("~", k) + "1 2");
        p(format!("not{k}"), r("not ", k) + "1 2");
        p(format!("else{k}"), r("a if b else ", k) + "1 2");
        p(format!("lam{k}"), r("lambda: ", k) + "1 2");
        p(format!("pow{k}"), r("a**", k) + "1 2");
    }
}

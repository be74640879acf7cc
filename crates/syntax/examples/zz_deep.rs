use taipan_syntax as syntax;
fn main() {
    let big =
        std::fs::read_to_string("/root/.cache/taipan-reference/fs/usr/lib/python3.14/test/test_typing.py")
            .unwrap();
    let n = 99;
    let cases: Vec<(&str, String)> = vec![
        ("big file, error at end", format!("{big}\nx = = 1\n")),
        ("big file, unclosed", format!("{big}\nx = (\n")),
        ("big file, error at start", format!("x = = 1\n{big}")),
        ("parens", "(".repeat(n) + "a b" + &")".repeat(n)),
        ("brackets", "[".repeat(n) + "a b" + &"]".repeat(n)),
        ("braces", "{".repeat(n) + "a b" + &"}".repeat(n)),
        ("dict values", "{a:".repeat(n) + "a b" + &"}".repeat(n)),
        ("dict keys", "{1:2,".repeat(n) + "a b" + &"}".repeat(n)),
        ("calls", "f(".repeat(n) + "a b" + &")".repeat(n)),
        ("kwcalls", "f(a=".repeat(n) + "a b" + &")".repeat(n)),
        ("calls unclosed", "f(".repeat(n)),
        ("parens eq", "(".repeat(n) + "a = 1" + &")".repeat(n) + " = 3"),
        ("parens invalid after", "(".repeat(n) + "a" + &")".repeat(n) + " b"),
        ("brackets invalid after", "[".repeat(n) + "a" + &"]".repeat(n) + " b"),
        ("calls invalid after", "f(".repeat(n) + "a" + &")".repeat(n) + " b"),
        ("calls = after", "f(".repeat(n) + "a" + &")".repeat(n) + " = b c"),
        ("subscripts invalid", "a[".repeat(n) + "1" + &"]".repeat(n) + " b"),
        ("braces invalid after", "{".repeat(n) + "a" + &"}".repeat(n) + " b"),
        ("dict invalid after", "{1:".repeat(n) + "a" + &"}".repeat(n) + " b"),
        ("ifs", (0..99).map(|i| " ".repeat(i) + "if x:\n").collect::<String>() + &" ".repeat(99) + "a b\n"),
        (
            "withs",
            (0..99).map(|i| " ".repeat(i) + "with x:\n").collect::<String>() + &" ".repeat(99) + "a b\n",
        ),
        ("trys", (0..30).map(|i| " ".repeat(i) + "try:\n").collect::<String>() + &" ".repeat(30) + "a b\n"),
        (
            "defs",
            (0..99).map(|i| " ".repeat(i) + "def f(x=1):\n").collect::<String>() + &" ".repeat(99) + "a b\n",
        ),
        (
            "fors",
            (0..99).map(|i| " ".repeat(i) + "for x in y:\n").collect::<String>() + &" ".repeat(99) + "a b\n",
        ),
        (
            "classes",
            (0..99).map(|i| " ".repeat(i) + "class A(B):\n").collect::<String>() + &" ".repeat(99) + "a b\n",
        ),
        (
            "matches",
            (0..49)
                .map(|i| " ".repeat(2 * i) + "match x:\n" + &" ".repeat(2 * i + 1) + "case 1:\n")
                .collect::<String>()
                + &" ".repeat(98)
                + "a b\n",
        ),
        ("lambdas", "lambda x=".repeat(n) + "1 2"),
        ("lambda bodies", "lambda: ".repeat(1000) + "1 2"),
        ("nots", "not ".repeat(1000) + "1 2"),
        ("minus", "-".repeat(1000) + "1 2"),
        ("minus many", "-".repeat(100000) + "1 2"),
        ("brackets many", "[".repeat(100000)),
        ("elses", "a if b else ".repeat(300) + "1 2"),
        ("elses many", "a if b else ".repeat(30000) + "1 2"),
        ("powers", "a ** ".repeat(1000) + "1 2"),
        ("plus", "a + ".repeat(100000) + "1 2"),
        ("commas", "a, ".repeat(100000) + "1 2"),
        ("attrs", format!("a{} b", ".b".repeat(100000))),
        ("callchain", format!("a{} b", "(1)".repeat(20000))),
        ("strings", "'a' ".repeat(100000) + "b c"),
        ("genexps", "(x for x in ".repeat(90) + "a b" + &")".repeat(90)),
        ("listcomps", "[x for x in ".repeat(90) + "a b" + &"]".repeat(90)),
        ("ands", "a and ".repeat(20000) + "b c"),
        ("walrus", "(a := ".repeat(90) + "b c" + &")".repeat(90)),
        ("fstrings", "f'{".repeat(80) + "a b"),
        ("fstring deep", "f'{a:{b} ".to_string() + &"{c!r}".repeat(5000) + " x"),
        ("stars", "*".repeat(5000)),
        ("tildes", "~".repeat(5000)),
        ("awaits", "await ".repeat(1000)),
        ("decorators", "@a\n".repeat(5000)),
        ("semicolons", "a;".repeat(50000) + "b c"),
        ("comparison", "a < ".repeat(20000) + "b c"),
        ("assign", "a = ".repeat(20000) + "b c"),
        ("dots", "from ".to_string() + &".".repeat(10000)),
        ("args eq", format!("f({} b c)", "a=1,".repeat(5000))),
        ("dictlong", format!("{{{} b c}}", "1:2,".repeat(20000))),
        ("listlong", format!("[{} b c]", "1,".repeat(100000))),
    ];
    for (name, src) in cases {
        let t = std::time::Instant::now();
        let arena = bumpalo::Bump::new();
        let r = syntax::parse(&src, syntax::Mode::Exec, Default::default(), &arena, &mut Vec::new());
        let e = t.elapsed().as_secs_f64();
        println!(
            "{:6.3} {name}: {}",
            e,
            match r {
                Ok(_) => "ok".into(),
                Err(e) => format!("{} {} {} {}", e.kind.name(), e.message, e.lineno, e.offset),
            }
        );
    }
}

//! Parses one file on the main thread; prints time and peak memory.
use taipan_syntax as syntax;
fn main() {
    let f = std::env::args().nth(1).unwrap();
    let s = String::from_utf8(std::fs::read(&f).unwrap()).unwrap();
    let t = std::time::Instant::now();
    let arena = bumpalo::Bump::new();
    let mut w = Vec::new();
    let r = syntax::parse(&s, syntax::Mode::Exec, Default::default(), &arena, &mut w);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let hwm = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    println!(
        "{f} {:?} {hwm} {}",
        t.elapsed(),
        r.map(|_| "ok".to_string()).unwrap_or_else(|e| format!("{:?} {}", e.kind, e.message))
    );
}

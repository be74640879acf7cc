//! Dumps the trees of files, or the length and CRC of each file's dump: `dump_ast [--crc] FILE...`.
use std::io::{BufWriter, Write};

use taipan_syntax as syntax;

fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|n| (0..8).fold(n, |c, _| if c & 1 == 1 { 0xEDB88320 ^ (c >> 1) } else { c >> 1 }))
        .collect();
    !bytes.iter().fold(!0u32, |crc, b| table[((crc ^ *b as u32) & 0xFF) as usize] ^ (crc >> 8))
}

fn main() {
    // Printing recurses as deep as the trees are.
    let run = std::thread::Builder::new().stack_size(4 << 30).spawn(run).unwrap();
    run.join().unwrap();
}

fn run() {
    let mut out = BufWriter::new(std::io::stdout());
    let mut crc = false;
    let mut type_comments = false;
    let mut mode = syntax::Mode::Exec;
    let mut files: Vec<String> = Vec::new();
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--crc" => crc = true,
            "--tc" => type_comments = true,
            "--eval" => mode = syntax::Mode::Eval,
            "--single" => mode = syntax::Mode::Single,
            "--func" => mode = syntax::Mode::FuncType,
            "-" => files.extend(std::io::stdin().lines().map_while(Result::ok)),
            _ => files.push(arg),
        }
    }
    // `--snippets FILE`: sources separated by NUL bytes.
    let snippets: Vec<Vec<u8>> = match files.iter().position(|file| file == "--snippets") {
        Some(at) => std::fs::read(&files[at + 1]).unwrap().split(|&b| b == 0).map(<[u8]>::to_vec).collect(),
        None => Vec::new(),
    };
    if !snippets.is_empty() {
        files = (0..snippets.len()).map(|n| n.to_string()).collect();
    }
    for file in files {
        let bytes = match file.parse::<usize>() {
            Ok(n) if !snippets.is_empty() => snippets[n].clone(),
            _ => std::fs::read(&file).unwrap(),
        };
        let arena = bumpalo::Bump::new();
        let mut warnings = Vec::new();
        let source = match syntax::source::decode(&bytes, None, &mut syntax::source::builtin_decoder) {
            Ok(s) => s,
            Err(e) => {
                writeln!(out, "{file}: ERR {e:?}").unwrap();
                continue;
            }
        };
        let options = syntax::Options { type_comments, ..Default::default() };
        match syntax::parse(&source, mode, options, &arena, &mut warnings) {
            Ok(module) => {
                let mut text = String::new();
                syntax::ast::dump::dump(syntax::ast::Node::Mod(&module), true, &mut text);
                if crc {
                    writeln!(out, "{file}: {} {:08x}", text.len(), crc32(text.as_bytes())).unwrap();
                } else {
                    writeln!(out, "{text}").unwrap();
                }
            }
            Err(e) if crc => writeln!(out, "{file}: ERR").map(|_| drop(e)).unwrap(),
            Err(e) => writeln!(out, "{file}: ERR {e:?}").unwrap(),
        }
    }
}

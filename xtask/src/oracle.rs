//! What CPython says of each file, asked once and kept under `target/`.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use crate::options::Options;

/// CPython's answer for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Content(Arc<[u8]>),
    /// The exception: class, message and for SyntaxErrors the four positions, tab-separated.
    Error(String),
}

/// The answers for all files of the options, in order. `mode` is one that `oracle.py` knows.
pub fn ask(options: &Options, mode: &str) -> Result<Vec<Answer>, String> {
    let mut cache = Cache::load(options, mode);
    let stamps: Vec<String> = options.files.iter().map(|path| stamp(path)).collect();
    let missing: Vec<usize> =
        (0..stamps.len()).filter(|&i| options.fresh || !cache.answers.contains_key(&stamps[i])).collect();
    if !missing.is_empty() {
        eprintln!("asking {} about {} files", options.python.display(), missing.len());
        let paths: Vec<&Path> = missing.iter().map(|&i| options.files[i].as_path()).collect();
        for (&i, answer) in missing.iter().zip(run(options, mode, &paths)?) {
            cache.answers.insert(stamps[i].clone(), answer);
        }
        cache.store()?;
    }
    Ok(stamps.iter().map(|stamp| cache.answers[stamp].clone()).collect())
}

/// CPython's text for one file of a mode whose answers are digests.
pub fn text(options: &Options, mode: &str, path: &Path) -> Result<String, String> {
    match run(options, &format!("{mode}-text"), &[path])?.pop() {
        Some(Answer::Content(text)) => Ok(String::from_utf8_lossy(&text).into_owned()),
        _ => Err("no text".to_owned()),
    }
}

/// A running CPython that decodes.
struct Codecs {
    input: ChildStdin,
    output: ChildStdout,
}

/// Decodes bytes with CPython's codecs.
pub fn decode(options: &Options, encoding: &str, bytes: &[u8]) -> Result<String, String> {
    static CODECS: Mutex<Option<Codecs>> = Mutex::new(None);
    let mut guard = CODECS.lock().map_err(|_| "a worker died")?;
    let codecs = match guard.take() {
        Some(codecs) => guard.insert(codecs),
        None => {
            let (input, output) = start(options, ["decode", ""])?;
            guard.insert(Codecs { input, output })
        }
    };
    let mut ask = || -> std::io::Result<(u8, Vec<u8>)> {
        for part in [encoding.as_bytes(), bytes] {
            codecs.input.write_all(&(part.len() as u32).to_le_bytes())?;
            codecs.input.write_all(part)?;
        }
        let mut head = [0; 5];
        codecs.output.read_exact(&mut head)?;
        let [kind, size @ ..] = head;
        let mut content = vec![0; u32::from_le_bytes(size) as usize];
        codecs.output.read_exact(&mut content)?;
        Ok((kind, content))
    };
    let (kind, content) = ask().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&content).into_owned();
    if kind == b'C' { Ok(text) } else { Err(text) }
}

/// The answers for some files, without the cache.
pub fn run(options: &Options, mode: &str, paths: &[&Path]) -> Result<Vec<Answer>, String> {
    let input: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
    let mut output = Vec::new();
    converse(options, [mode, &options.optimize.to_string()], input.as_bytes(), &mut output)?;
    let mut rest = &output[..];
    let mut answers = Vec::new();
    while let Some((answer, tail)) = parse(rest) {
        answers.push(answer);
        rest = tail;
    }
    if answers.len() == paths.len() {
        Ok(answers)
    } else {
        Err(format!("the reference stopped at {}", paths[answers.len()].display()))
    }
}

/// Runs `oracle.py` on some input.
fn converse(
    options: &Options,
    arguments: [&str; 2],
    input: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), String> {
    let describe = |error: std::io::Error| format!("{}: {error}", options.python.display());
    let (mut stdin, mut stdout) = start(options, arguments)?;
    stdin.write_all(input).map_err(describe)?;
    drop(stdin);
    stdout.read_to_end(output).map_err(describe)?;
    Ok(())
}

/// Starts `oracle.py`. It ends with its input.
fn start(options: &Options, arguments: [&str; 2]) -> Result<(ChildStdin, ChildStdout), String> {
    let describe = |error: std::io::Error| format!("{}: {error}", options.python.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/oracle.py");
    let mut child = Command::new(&options.python)
        .args(["-I", "-X", "utf8"])
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(describe)?;
    let stdin = child.stdin.take().ok_or("no standard input")?;
    Ok((stdin, child.stdout.take().ok_or("no standard output")?))
}

fn parse(data: &[u8]) -> Option<(Answer, &[u8])> {
    let (head, rest) = data.split_at_checked(5)?;
    let length = u32::from_le_bytes(head[1..].try_into().ok()?) as usize;
    let (content, rest) = rest.split_at_checked(length)?;
    let answer = match head[0] {
        b'C' => Answer::Content(content.into()),
        _ => Answer::Error(String::from_utf8_lossy(content).into_owned()),
    };
    Some((answer, rest))
}

/// Names a file's state: its path, size and time of change.
fn stamp(path: &Path) -> String {
    let (size, time) = path.metadata().map_or((0, 0), |metadata| {
        let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (metadata.len(), time.map_or(0, |time| time.as_nanos()))
    });
    format!("{}\t{size}\t{time}", path.display())
}

struct Cache {
    path: PathBuf,
    answers: HashMap<String, Answer>,
}

impl Cache {
    fn load(options: &Options, mode: &str) -> Cache {
        let name = format!("same-{mode}-{}.bin", options.optimize);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle").join(name);
        let mut answers = HashMap::new();
        let data = fs::read(&path).unwrap_or_default();
        let mut rest = &data[..];
        // Stored as pairs of answers: the stamp and what it stands for.
        while let Some((Answer::Error(stamp), tail)) = parse(rest) {
            let Some((answer, tail)) = parse(tail) else { break };
            answers.insert(stamp, answer);
            rest = tail;
        }
        Cache { path, answers }
    }

    fn store(&self) -> Result<(), String> {
        let mut data = Vec::new();
        let mut put = |letter: u8, content: &[u8]| {
            data.push(letter);
            data.extend((content.len() as u32).to_le_bytes());
            data.extend_from_slice(content);
        };
        for (stamp, answer) in &self.answers {
            put(b'E', stamp.as_bytes());
            match answer {
                Answer::Content(content) => put(b'C', content),
                Answer::Error(error) => put(b'E', error.as_bytes()),
            }
        }
        let directory = self.path.parent().ok_or("no directory for the answers")?;
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&self.path, data))
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

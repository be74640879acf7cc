//! `_stat`: the numbers and tests for `st_mode`.

use runtime::prelude::*;

const FORMAT: u32 = 0o170000;

/// A `mode_t` of any integer.
fn mode_of(object: &Object) -> Result<u32> {
    let mode = object.index()?;
    if mode.is_negative() {
        return Err(raise!(OverflowError, "can't convert negative value to unsigned int"));
    }
    let Some(mode) = mode.to_u64() else {
        return Err(raise!(OverflowError, "Python int too large to convert to C unsigned long"));
    };
    u32::try_from(mode).map_err(|_| raise!(OverflowError, "mode out of range"))
}

/// A test for each format; those that Linux does not have have no number.
macro_rules! tests {
    ($($function:ident $doc:literal $format:expr;)*) => {$(
        #[allow(non_snake_case)]
        #[function(signature = "(object, /)", hidden_signature, doc = $doc)]
        fn $function(object: &Object) -> Result<bool> {
            let mode = mode_of(object)?;
            let format: Option<u32> = $format;
            Ok(format == Some(mode & FORMAT))
        }
    )*};
}

tests! {
    S_ISDIR "S_ISDIR($self, object, /)\n--\n\nS_ISDIR(mode) -> bool\n\nReturn True if mode is a directory's." Some(0o040000);
    S_ISCHR "S_ISCHR($self, object, /)\n--\n\nS_ISCHR(mode) -> bool\n\nReturn True if mode is a character device's." Some(0o020000);
    S_ISBLK "S_ISBLK($self, object, /)\n--\n\nS_ISBLK(mode) -> bool\n\nReturn True if mode is a block device's." Some(0o060000);
    S_ISREG "S_ISREG($self, object, /)\n--\n\nS_ISREG(mode) -> bool\n\nReturn True if mode is a regular file's." Some(0o100000);
    S_ISFIFO "S_ISFIFO($self, object, /)\n--\n\nS_ISFIFO(mode) -> bool\n\nReturn True if mode is a named pipe's." Some(0o010000);
    S_ISLNK "S_ISLNK($self, object, /)\n--\n\nS_ISLNK(mode) -> bool\n\nReturn True if mode is a symbolic link's." Some(0o120000);
    S_ISSOCK "S_ISSOCK($self, object, /)\n--\n\nS_ISSOCK(mode) -> bool\n\nReturn True if mode is a socket's." Some(0o140000);
    S_ISDOOR "S_ISDOOR($self, object, /)\n--\n\nS_ISDOOR(mode) -> bool\n\nReturn True if mode is a door's." None;
    S_ISPORT "S_ISPORT($self, object, /)\n--\n\nS_ISPORT(mode) -> bool\n\nReturn True if mode is an event port's." None;
    S_ISWHT "S_ISWHT($self, object, /)\n--\n\nS_ISWHT(mode) -> bool\n\nReturn True if mode is a whiteout's." None;
}

#[allow(non_snake_case)]
#[function(
    signature = "(object, /)",
    hidden_signature,
    doc = "S_IMODE($self, object, /)\n--\n\nReturn the part of the mode that os.chmod() can set."
)]
fn S_IMODE(object: &Object) -> Result<u32> {
    Ok(mode_of(object)? & 0o7777)
}

#[allow(non_snake_case)]
#[function(
    signature = "(object, /)",
    hidden_signature,
    doc = "S_IFMT($self, object, /)\n--\n\nReturn the part of the mode that says what kind of file it is."
)]
fn S_IFMT(object: &Object) -> Result<u32> {
    Ok(mode_of(object)? & FORMAT)
}

#[function(
    signature = "(object, /)",
    hidden_signature,
    doc = "filemode($self, object, /)\n--\n\nReturn the mode as text, in the form '-rwxrwxrwx'."
)]
fn filemode(object: &Object) -> Result<String> {
    let mode = mode_of(object)?;
    let mut text = String::with_capacity(10);
    text.push(match mode & FORMAT {
        0o100000 => '-',
        0o040000 => 'd',
        0o120000 => 'l',
        0o060000 => 'b',
        0o020000 => 'c',
        0o010000 => 'p',
        0o140000 => 's',
        _ => '?',
    });
    // The bit that changes the letter for execution, and the letter.
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (false, false) => '-',
            (true, false) => 'x',
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
        });
    }
    Ok(text)
}

const NUMBERS: &[(&str, i64)] = &[
    ("S_IFDIR", 0o040000),
    ("S_IFCHR", 0o020000),
    ("S_IFBLK", 0o060000),
    ("S_IFREG", 0o100000),
    ("S_IFIFO", 0o010000),
    ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0xffff),
    ("UF_NODUMP", 0x1),
    ("UF_IMMUTABLE", 0x2),
    ("UF_APPEND", 0x4),
    ("UF_OPAQUE", 0x8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x1_0000),
    ("SF_IMMUTABLE", 0x2_0000),
    ("SF_APPEND", 0x4_0000),
    ("SF_NOUNLINK", 0x10_0000),
    ("SF_SNAPSHOT", 0x20_0000),
    ("SF_FIRMLINK", 0x80_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

module! {
    name: "_stat",
    doc: "What the bits of st_mode mean: constants S_IF… for the kind of file, S_I… for the permissions,
UF_… and SF_… for the flags of BSD, ST_… for the places in os.stat's tuple; and tests for the kind.",
    functions: [
        S_ISDIR, S_ISCHR, S_ISBLK, S_ISREG, S_ISFIFO, S_ISLNK, S_ISSOCK, S_ISDOOR, S_ISPORT, S_ISWHT, S_IMODE, S_IFMT,
        filemode,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    for &(name, number) in NUMBERS {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(number))?;
    }
    Ok(())
}

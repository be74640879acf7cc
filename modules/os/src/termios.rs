//! `termios`: settings of terminals. <https://docs.python.org/3.14/library/termios.html>.

use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control.\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    functions: [tcgetattr, tcsetattr, tcsendbreak, tcdrain, tcflush, tcflow, tcgetwinsize, tcsetwinsize],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("B0", 0), ("B1000000", 1000000), ("B110", 110), ("B115200", 115200), ("B1152000", 1152000),
    ("B1200", 1200), ("B134", 134), ("B14400", 14400), ("B150", 150), ("B1500000", 1500000), ("B1800", 1800),
    ("B19200", 19200), ("B200", 200), ("B2000000", 2000000), ("B230400", 230400), ("B2400", 2400),
    ("B2500000", 2500000), ("B28800", 28800), ("B300", 300), ("B3000000", 3000000), ("B3500000", 3500000),
    ("B38400", 38400), ("B4000000", 4000000), ("B460800", 460800), ("B4800", 4800), ("B50", 50),
    ("B500000", 500000), ("B57600", 57600), ("B576000", 576000), ("B600", 600), ("B7200", 7200), ("B75", 75),
    ("B76800", 76800), ("B921600", 921600), ("B9600", 9600), ("BRKINT", 2), ("BS0", 0), ("BS1", 8192),
    ("BSDLY", 8192), ("CBAUD", 4111), ("CBAUDEX", 4096), ("CDSUSP", 25), ("CEOF", 4), ("CEOL", 0),
    ("CEOT", 4), ("CERASE", 127), ("CFLUSH", 15), ("CIBAUD", 269418496), ("CINTR", 3), ("CKILL", 21),
    ("CLNEXT", 22), ("CLOCAL", 2048), ("CQUIT", 28), ("CR0", 0), ("CR1", 512), ("CR2", 1024), ("CR3", 1536),
    ("CRDLY", 1536), ("CREAD", 128), ("CRPRNT", 18), ("CRTSCTS", 2147483648), ("CS5", 0), ("CS6", 16),
    ("CS7", 32), ("CS8", 48), ("CSIZE", 48), ("CSTART", 17), ("CSTOP", 19), ("CSTOPB", 64), ("CSUSP", 26),
    ("CWERASE", 23), ("ECHO", 8), ("ECHOCTL", 512), ("ECHOE", 16), ("ECHOK", 32), ("ECHOKE", 2048),
    ("ECHONL", 64), ("ECHOPRT", 1024), ("EXTA", 19200), ("EXTB", 38400), ("EXTPROC", 65536), ("FF0", 0),
    ("FF1", 32768), ("FFDLY", 32768), ("FIOASYNC", 21586), ("FIOCLEX", 21585), ("FIONBIO", 21537),
    ("FIONCLEX", 21584), ("FIONREAD", 21531), ("FLUSHO", 4096), ("HUPCL", 1024), ("IBSHIFT", 16),
    ("ICANON", 2), ("ICRNL", 256), ("IEXTEN", 32768), ("IGNBRK", 1), ("IGNCR", 128), ("IGNPAR", 4),
    ("IMAXBEL", 8192), ("INLCR", 64), ("INPCK", 16), ("IOCSIZE_MASK", 1073676288), ("IOCSIZE_SHIFT", 16),
    ("ISIG", 1), ("ISTRIP", 32), ("IUCLC", 512), ("IUTF8", 16384), ("IXANY", 2048), ("IXOFF", 4096),
    ("IXON", 1024), ("NCCS", 32), ("NL0", 0), ("NL1", 256), ("NLDLY", 256), ("NOFLSH", 128), ("N_MOUSE", 2),
    ("N_PPP", 3), ("N_SLIP", 1), ("N_STRIP", 4), ("N_TTY", 0), ("OCRNL", 8), ("OFDEL", 128), ("OFILL", 64),
    ("OLCUC", 2), ("ONLCR", 4), ("ONLRET", 32), ("ONOCR", 16), ("OPOST", 1), ("PARENB", 256), ("PARMRK", 8),
    ("PARODD", 512), ("PENDIN", 16384), ("TAB0", 0), ("TAB1", 2048), ("TAB2", 4096), ("TAB3", 6144),
    ("TABDLY", 6144), ("TCFLSH", 21515), ("TCGETS", 21505), ("TCIFLUSH", 0), ("TCIOFF", 2), ("TCIOFLUSH", 2),
    ("TCION", 3), ("TCOFLUSH", 1), ("TCOOFF", 0), ("TCOON", 1), ("TCSADRAIN", 1), ("TCSAFLUSH", 2),
    ("TCSANOW", 0), ("TCSBRK", 21513), ("TCSBRKP", 21541), ("TCSETS", 21506), ("TCSETSF", 21508),
    ("TCSETSW", 21507), ("TCXONC", 21514), ("TIOCCONS", 21533), ("TIOCEXCL", 21516), ("TIOCGETD", 21540),
    ("TIOCGICOUNT", 21597), ("TIOCGLCKTRMIOS", 21590), ("TIOCGPGRP", 21519), ("TIOCGSERIAL", 21534),
    ("TIOCGSOFTCAR", 21529), ("TIOCGWINSZ", 21523), ("TIOCINQ", 21531), ("TIOCLINUX", 21532),
    ("TIOCMBIC", 21527), ("TIOCMBIS", 21526), ("TIOCMGET", 21525), ("TIOCMIWAIT", 21596), ("TIOCMSET", 21528),
    ("TIOCM_CAR", 64), ("TIOCM_CD", 64), ("TIOCM_CTS", 32), ("TIOCM_DSR", 256), ("TIOCM_DTR", 2),
    ("TIOCM_LE", 1), ("TIOCM_RI", 128), ("TIOCM_RNG", 128), ("TIOCM_RTS", 4), ("TIOCM_SR", 16),
    ("TIOCM_ST", 8), ("TIOCNOTTY", 21538), ("TIOCNXCL", 21517), ("TIOCOUTQ", 21521), ("TIOCPKT", 21536),
    ("TIOCPKT_DATA", 0), ("TIOCPKT_DOSTOP", 32), ("TIOCPKT_FLUSHREAD", 1), ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16), ("TIOCPKT_START", 8), ("TIOCPKT_STOP", 4), ("TIOCSCTTY", 21518),
    ("TIOCSERCONFIG", 21587), ("TIOCSERGETLSR", 21593), ("TIOCSERGETMULTI", 21594), ("TIOCSERGSTRUCT", 21592),
    ("TIOCSERGWILD", 21588), ("TIOCSERSETMULTI", 21595), ("TIOCSERSWILD", 21589), ("TIOCSER_TEMT", 1),
    ("TIOCSETD", 21539), ("TIOCSLCKTRMIOS", 21591), ("TIOCSPGRP", 21520), ("TIOCSSERIAL", 21535),
    ("TIOCSSOFTCAR", 21530), ("TIOCSTI", 21522), ("TIOCSWINSZ", 21524), ("TOSTOP", 256), ("VDISCARD", 13),
    ("VEOF", 4), ("VEOL", 11), ("VEOL2", 16), ("VERASE", 2), ("VINTR", 0), ("VKILL", 3), ("VLNEXT", 15),
    ("VMIN", 6), ("VQUIT", 1), ("VREPRINT", 12), ("VSTART", 8), ("VSTOP", 9), ("VSUSP", 10), ("VSWTC", 7),
    ("VSWTCH", 7), ("VT0", 0), ("VT1", 16384), ("VTDLY", 16384), ("VTIME", 5), ("VWERASE", 14), ("XCASE", 4),
    ("XTABS", 6144), ("_POSIX_VDISABLE", 0),
];

fn exec(module: &Module) -> Result<()> {
    constants(module, CONSTANTS)?;
    module.dict().insert_str(intern!("error"), &*error_class()?)
}

fn error_class() -> Result<Ref<Type>> {
    exception_class("termios.error", &runtime::objects::exceptions::Exception)
}

/// `termios.error`.
fn failure(number: i32) -> Raised {
    match error_class() {
        Ok(class) => fail_as(&class, number, &crate::posix::strerror_text(number)),
        Err(raised) => raised,
    }
}

fn perform(body: impl FnMut() -> i32 + Send) -> Result<()> {
    call(body)?.map_err(failure)?;
    Ok(())
}

/// The kernel's struct with speeds as plain numbers (`termios2`): C's has codes in older libraries.
#[repr(C)]
#[derive(Clone, Copy)]
struct Settings {
    flags: [u32; 4],
    line: u8,
    characters: [u8; 19],
    speeds: [u32; 2],
}

const TCGETS2: u64 = 0x802c_542a;
const TCSETS2: u64 = 0x402c_542b;
/// How many characters C's struct has.
const NCCS: usize = 32;
/// Any speed, by its number.
const BOTHER: u32 = 0o010000;
const CBAUD: u32 = 0o010017;

#[rustfmt::skip]
const SPEEDS: &[(u32, u32)] = &[
    (0, 0), (50, 1), (75, 2), (110, 3), (134, 4), (150, 5), (200, 6), (300, 7), (600, 8), (1200, 9), (1800, 10),
    (2400, 11), (4800, 12), (9600, 13), (19200, 14), (38400, 15), (57600, 0o10001), (115200, 0o10002),
    (230400, 0o10003), (460800, 0o10004), (500000, 0o10005), (576000, 0o10006), (921600, 0o10007),
    (1000000, 0o10010), (1152000, 0o10011), (1500000, 0o10012), (2000000, 0o10013), (2500000, 0o10014),
    (3000000, 0o10015), (3500000, 0o10016), (4000000, 0o10017),
];

/// The flags of control with the codes of both speeds.
fn with_speeds(flags: u32, [input, output]: [u32; 2]) -> u32 {
    let code = |speed: u32| SPEEDS.iter().find(|known| known.0 == speed).map_or(BOTHER, |known| known.1);
    flags & !(CBAUD | CBAUD << 16) | code(output) | code(input) << 16
}

fn settings_of(fd: i32) -> Result<Settings> {
    let mut settings = Settings { flags: [0; 4], line: 0, characters: [0; 19], speeds: [0; 2] };
    perform(|| c!(libc::ioctl(fd, TCGETS2, &mut settings)))?;
    Ok(settings)
}

/// Get the tty attributes for file descriptor fd.
///
/// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
/// where cc is a list of the tty special characters (each a string of
/// length 1, except the items with indices VMIN and VTIME, which are
/// integers when these fields are defined).  The interpretation of the
/// flags and the speeds as well as the indexing in the cc array must be
/// done using the symbolic constants defined in this module.
#[function(signature = "($module, fd, /)")]
fn tcgetattr(_module: &Module, fd: &Object) -> Result<Ref<List>> {
    let fd = fileno(fd)?;
    let mut settings = settings_of(fd)?;
    settings.flags[2] = with_speeds(settings.flags[2], settings.speeds);
    let mut characters = settings.characters.to_vec();
    characters.resize(NCCS, 0);
    let mut shown: Vec<Ref> = characters.iter().map(|byte| Bytes::new(&[*byte]).into_object()).collect();
    if settings.flags[3] & libc::ICANON == 0 {
        for at in [libc::VMIN, libc::VTIME] {
            shown[at] = int(characters[at]);
        }
    }
    let mut items: Vec<Ref> =
        settings.flags.iter().chain(&settings.speeds).map(|value| int(*value)).collect();
    items.push(List::from_vec(shown).into_object());
    Ok(List::from_vec(items))
}

/// A number, of which the low 32 bits count.
fn number(object: &Object) -> Result<u32> {
    match object.index()?.to_i64() {
        Some(value) => Ok(value as u32),
        None => Err(raise!(OverflowError, "Python int too large to convert to C long")),
    }
}

/// Set the tty attributes for file descriptor fd.
///
/// The attributes to be set are taken from the attributes argument, which
/// is a list like the one returned by tcgetattr(). The when argument
/// determines when the attributes are changed: termios.TCSANOW to
/// change immediately, termios.TCSADRAIN to change after transmitting all
/// queued output, or termios.TCSAFLUSH to change after transmitting all
/// queued output and discarding all queued input.
#[function(signature = "($module, fd, when, attributes, /)")]
fn tcsetattr(_module: &Module, fd: &Object, when: i32, attributes: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    let items = attributes.downcast::<List>().map(|list| list.to_vec()).filter(|items| items.len() == 7);
    let Some(items) = items else {
        return Err(raise!(TypeError, "tcsetattr, arg 3: must be 7 element list"));
    };
    // What the list doesn't say stays as it is.
    let mut settings = settings_of(fd)?;
    for (flag, item) in settings.flags.iter_mut().zip(&items) {
        *flag = number(item)?;
    }
    let (input, output) = (number(&items[4])?, number(&items[5])?);
    let characters = items[6].downcast::<List>().map(|list| list.to_vec());
    let Some(characters) = characters.filter(|characters| characters.len() == NCCS) else {
        return Err(raise!(TypeError, "tcsetattr: attributes[6] must be {NCCS} element list"));
    };
    for (at, item) in characters.iter().enumerate() {
        let bytes = item.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec());
        let byte = match (bytes.as_deref(), item.downcast::<Int>()) {
            (Some([byte]), _) => *byte,
            (None, Some(_)) => number(item)? as u8,
            _ => {
                return Err(raise!(
                    TypeError,
                    "tcsetattr: elements of attributes must be bytes objects of length 1 or integers"
                ));
            }
        };
        if let Some(into) = settings.characters.get_mut(at) {
            *into = byte;
        }
    }
    let input = if input == 0 { output } else { input };
    settings.speeds = [input, output];
    settings.flags[2] = with_speeds(settings.flags[2], settings.speeds);
    let request = match when {
        0..=2 => TCSETS2 + when as u64,
        _ => return Err(failure(libc::EINVAL)),
    };
    perform(|| c!(libc::ioctl(fd, request, &settings)))
}

/// Send a break on file descriptor fd.
///
/// A zero duration sends a break for 0.25-0.5 seconds; a nonzero duration
/// has a system dependent meaning.
#[function(signature = "($module, fd, duration, /)")]
fn tcsendbreak(_module: &Module, fd: &Object, duration: i32) -> Result<()> {
    let fd = fileno(fd)?;
    perform(|| c!(libc::tcsendbreak(fd, duration)))
}

/// Wait until all output written to file descriptor fd has been transmitted.
#[function(signature = "($module, fd, /)")]
fn tcdrain(_module: &Module, fd: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    perform(|| c!(libc::tcdrain(fd)))
}

/// Discard queued data on file descriptor fd.
///
/// The queue selector specifies which queue: termios.TCIFLUSH for input,
/// termios.TCOFLUSH for output, termios.TCIOFLUSH for both.
#[function(signature = "($module, fd, queue, /)")]
fn tcflush(_module: &Module, fd: &Object, queue: i32) -> Result<()> {
    let fd = fileno(fd)?;
    perform(|| c!(libc::tcflush(fd, queue)))
}

/// Suspend or resume input or output on file descriptor fd.
///
/// The action argument can be termios.TCOOFF to suspend output,
/// termios.TCOON to restart output, termios.TCIOFF to suspend input,
/// or termios.TCION to restart input.
#[function(signature = "($module, fd, action, /)")]
fn tcflow(_module: &Module, fd: &Object, action: i32) -> Result<()> {
    let fd = fileno(fd)?;
    perform(|| c!(libc::tcflow(fd, action)))
}

/// Get the tty winsize for file descriptor fd.
///
/// Returns a tuple (ws_row, ws_col).
#[function(signature = "($module, fd, /)")]
fn tcgetwinsize(_module: &Module, fd: &Object) -> Result<(u16, u16)> {
    let fd = fileno(fd)?;
    let mut size: libc::winsize = zeroed();
    perform(|| c!(libc::ioctl(fd, libc::TIOCGWINSZ, &mut size)))?;
    Ok((size.ws_row, size.ws_col))
}

/// Set the tty winsize for file descriptor fd.
///
/// The winsize to be set is taken from the winsize argument, which
/// is a two-item tuple (ws_row, ws_col) like the one returned by tcgetwinsize().
#[function(signature = "($module, fd, winsize, /)")]
fn tcsetwinsize(_module: &Module, fd: &Object, winsize: &Object) -> Result<()> {
    let fd = fileno(fd)?;
    let items = if winsize.is_sequence() { winsize.collect()? } else { Vec::new() };
    let [rows, columns] = items.as_slice() else {
        return Err(raise!(TypeError, "tcsetwinsize, arg 2: must be a two-item sequence"));
    };
    let part = |object: &Object| -> Result<u16> {
        match object.index()?.to_i64() {
            Some(value) => {
                u16::try_from(value).map_err(|_| raise!(OverflowError, "winsize value(s) out of range."))
            }
            None => Err(raise!(OverflowError, "Python int too large to convert to C long")),
        }
    };
    let (rows, columns) = (part(rows)?, part(columns)?);
    let mut size: libc::winsize = zeroed();
    perform(|| c!(libc::ioctl(fd, libc::TIOCGWINSZ, &mut size)))?;
    (size.ws_row, size.ws_col) = (rows, columns);
    perform(|| c!(libc::ioctl(fd, libc::TIOCSWINSZ, &size)))
}

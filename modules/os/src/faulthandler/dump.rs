//! Writing tracebacks to a descriptor from where nothing is certain: in handlers of signals, and beside running threads.
//! Nothing here allocates or takes a lock that it would have to wait for.

use runtime::eval::frame::Frame;
use runtime::gil;
use runtime::objects::str::Str;
use runtime::thread::Thread;

use runtime::native::system::c;

const MOST_FRAMES: usize = 100;
const MOST_THREADS: usize = 100;
const MOST_CHARACTERS: usize = 500;
const MOST_ADDRESSES: usize = 32;

/// Text on its way to a descriptor.
pub struct Output {
    fd: i32,
    buffer: [u8; 256],
    used: usize,
}

impl Output {
    pub fn new(fd: i32) -> Output {
        Output { fd, buffer: [0; 256], used: 0 }
    }

    pub fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
    }

    fn byte(&mut self, byte: u8) {
        if self.used == self.buffer.len() {
            self.flush();
        }
        self.buffer[self.used] = byte;
        self.used += 1;
    }

    fn flush(&mut self) {
        let mut rest = &self.buffer[..self.used];
        while !rest.is_empty() {
            let written = c!(libc::write(self.fd, rest.as_ptr().cast(), rest.len()));
            match usize::try_from(written) {
                Ok(written) => rest = &rest[written.min(rest.len())..],
                Err(_) if runtime::native::system::errno() == libc::EINTR => {}
                Err(_) => break,
            }
        }
        self.used = 0;
    }

    fn digits(&mut self, mut value: u64, base: u64, width: usize) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        while value > 0 || at == digits.len() || digits.len() - at < width.min(20) {
            at -= 1;
            digits[at] = b"0123456789abcdef"[(value % base) as usize];
            value /= base;
        }
        digits[at..].iter().for_each(|digit| self.byte(*digit));
    }

    pub fn decimal(&mut self, value: u64) {
        self.digits(value, 10, 1);
    }

    pub fn padded(&mut self, value: u64, width: usize) {
        self.digits(value, 10, width);
    }

    pub fn hexadecimal(&mut self, value: u64, width: usize) {
        self.digits(value, 16, width);
    }

    /// A string in ASCII: other characters as escapes, cut if long.
    fn string(&mut self, text: &Str) {
        let units = text.units();
        for at in 0..units.len().min(MOST_CHARACTERS) {
            match units.at(at) {
                code @ 0x20..0x7f => self.byte(code as u8),
                code @ 0..=0xff => {
                    self.text("\\x");
                    self.hexadecimal(code.into(), 2);
                }
                code @ 0..=0xffff => {
                    self.text("\\u");
                    self.hexadecimal(code.into(), 4);
                }
                code => {
                    self.text("\\U");
                    self.hexadecimal(code.into(), 8);
                }
            }
        }
        if units.len() > MOST_CHARACTERS {
            self.text("...");
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
}

/// The lines of a thread's frames.
#[allow(unsafe_code)]
fn frames(out: &mut Output, thread: &Thread) {
    let mut next: *const Frame = thread.frames().current_cell().get();
    if next.is_null() {
        return out.text("  <no Python frame>\n");
    }
    for count in 0.. {
        // SAFETY: frames that run are alive; those of another running thread may be torn, which is accepted here.
        let Some(frame) = (unsafe { next.as_ref() }) else { return };
        if count == MOST_FRAMES {
            return out.text("  ...\n");
        }
        let code = frame.code();
        out.text("  File \"");
        out.string(&code.filename());
        out.text("\", line ");
        match frame.line() {
            Some(line) => out.decimal(line.max(0) as u64),
            None => out.text("???"),
        }
        out.text(" in ");
        out.string(&code.name());
        out.text("\n");
        next = frame.previous;
    }
}

/// The identity of the thread that runs this.
pub fn own_ident() -> u64 {
    c!(libc::pthread_self()) as u64
}

fn header(out: &mut Output, thread: &Thread, current: bool) {
    out.text(if current { "Current thread 0x" } else { "Thread 0x" });
    out.hexadecimal(thread.ident, 16);
    let mut name = [0u8; 32];
    let result =
        c!(libc::pthread_getname_np(thread.ident as libc::pthread_t, name.as_mut_ptr().cast(), name.len()));
    if result == 0 && name[0] != 0 {
        out.text(" [");
        name.iter().take_while(|byte| **byte != 0).for_each(|byte| out.byte(*byte));
        out.text("]");
    }
    out.text(" (most recent call first):\n");
}

/// The tracebacks of all threads; `current` is the identity of the one to call so.
#[allow(unsafe_code)]
pub fn all_threads(out: &mut Output, current: u64) {
    let mut count = 0;
    // SAFETY: torn reads are accepted.
    let seen = unsafe {
        gil::try_each_thread(|thread| {
            if count > 0 {
                out.text("\n");
            }
            if count < MOST_THREADS {
                header(out, thread, thread.ident == current);
                frames(out, thread);
            } else if count == MOST_THREADS {
                out.text("...\n");
            }
            count += 1;
        })
    };
    if !seen {
        out.text("<the list of threads is in use>\n");
    }
}

/// The traceback of the thread with that identity.
#[allow(unsafe_code)]
pub fn one_thread(out: &mut Output, ident: u64) {
    out.text("Stack (most recent call first):\n");
    let mut found = false;
    // SAFETY: torn reads are accepted.
    unsafe {
        gil::try_each_thread(|thread| {
            if thread.ident == ident {
                found = true;
                frames(out, thread);
            }
        });
    }
    if !found {
        out.text("  <no Python frame>\n");
    }
}

#[allow(unsafe_code)]
mod foreign {
    // SAFETY: C's declarations.
    unsafe extern "C" {
        pub fn backtrace(addresses: *mut *mut libc::c_void, room: i32) -> i32;
    }
}

/// Loads what [`c_stack`] needs, while it is safe to.
pub fn prepare_c_stack() {
    let mut addresses = [std::ptr::null_mut(); 2];
    c!(foreign::backtrace(addresses.as_mut_ptr(), 2));
}

/// The native stack of this thread.
pub fn c_stack(out: &mut Output) {
    out.text("Current thread's C stack trace (most recent call first):\n");
    let mut addresses = [std::ptr::null_mut::<libc::c_void>(); MOST_ADDRESSES + 1];
    let count = c!(foreign::backtrace(addresses.as_mut_ptr(), addresses.len() as i32)).max(0) as usize;
    for &address in addresses.iter().take(count.min(MOST_ADDRESSES)) {
        let mut info: libc::Dl_info = c!(std::mem::zeroed());
        let known = c!(libc::dladdr(address, &mut info)) != 0 && !info.dli_fname.is_null();
        if !known {
            out.text("  <unknown> [0x");
            out.hexadecimal(address as u64, 1);
            out.text("]\n");
            continue;
        }
        out.text("  Binary file \"");
        c!(std::ffi::CStr::from_ptr(info.dli_fname)).to_bytes().iter().for_each(|byte| out.byte(*byte));
        out.text("\"");
        if !info.dli_sname.is_null() {
            let (from, sign) = match (address as usize).checked_sub(info.dli_saddr as usize) {
                Some(offset) => (offset, "+0x"),
                None => (info.dli_saddr as usize - address as usize, "-0x"),
            };
            out.text(", at ");
            c!(std::ffi::CStr::from_ptr(info.dli_sname)).to_bytes().iter().for_each(|byte| out.byte(*byte));
            out.text(sign);
            out.hexadecimal(from as u64, 1);
        }
        out.text(" [0x");
        out.hexadecimal(address as u64, 1);
        out.text("]\n");
    }
    if count > MOST_ADDRESSES {
        out.text("  <truncated rest of calls>\n");
    }
}

//! `_posixsubprocess`: starting a child process for `subprocess`. <https://docs.python.org/3.14/library/subprocess.html>.

use std::ffi::CString;

use runtime::gil;
use runtime::prelude::*;

use crate::posix::process;
use runtime::native::system::*;

module! {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: [fork_exec],
}

/// What the child does between the fork and the new program. Made before the fork, as the child must not allocate.
struct Child<'a> {
    programs: Vec<*const libc::c_char>,
    argv: Vec<*const libc::c_char>,
    env: Option<Vec<*const libc::c_char>>,
    cwd: Option<CString>,
    /// Sorted; the child keeps these above the standard three.
    keep: Vec<i32>,
    close_fds: bool,
    p2c: [i32; 2],
    c2p: [i32; 2],
    err: [i32; 2],
    errpipe: [i32; 2],
    restore_signals: bool,
    setsid: bool,
    pgid: i32,
    groups: Option<Vec<libc::gid_t>>,
    gid: Option<u32>,
    uid: Option<u32>,
    umask: i32,
    preexec: Option<&'a Object>,
}

/// What failed in the child, beside errno.
struct Failure {
    errno: i32,
    message: &'static [u8],
}

type Step = std::result::Result<(), Failure>;

/// A step before the new program that fails without it: subprocess must not blame the program's file.
fn step(result: i32) -> Step {
    if result < 0 { Err(Failure { errno: errno(), message: b"noexec" }) } else { Ok(()) }
}

fn set_inheritable(fd: i32, inheritable: bool) -> Step {
    let flags = c!(libc::fcntl(fd, libc::F_GETFD));
    step(flags)?;
    let new = if inheritable { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
    step(c!(libc::fcntl(fd, libc::F_SETFD, new)))
}

/// Makes `fd` the child's standard descriptor `target`.
fn install(fd: i32, target: i32) -> Step {
    match fd {
        -1 => Ok(()),
        fd if fd == target => set_inheritable(fd, true),
        fd => step(c!(libc::dup2(fd, target))),
    }
}

fn close_if_open(fd: i32) -> Step {
    if fd == -1 { Ok(()) } else { step(c!(libc::close(fd))) }
}

/// Closes what is in [low, high].
fn close_between(low: i32, high: u32) {
    if low < 0 || low as u32 > high {
        return;
    }
    if c!(libc::syscall(libc::SYS_close_range, low as u32, high, 0)) == 0 {
        return;
    }
    let open = c!(libc::sysconf(libc::_SC_OPEN_MAX)).clamp(256, i32::MAX.into()) as u32;
    for fd in low as u32..=high.min(open) {
        c!(libc::close(fd as i32));
    }
}

impl Child<'_> {
    /// In the child: ends with the new program, or with what failed.
    fn run(&self) -> Failure {
        match self.prepare() {
            Err(failure) => failure,
            Ok(()) => Failure { errno: self.execute(), message: b"" },
        }
    }

    fn prepare(&self) -> Step {
        let [errpipe_read, errpipe_write] = self.errpipe;
        for &fd in self.keep.iter().filter(|fd| **fd != errpipe_write) {
            set_inheritable(fd, true)?;
        }
        for fd in [self.p2c[1], self.c2p[0], self.err[0]] {
            close_if_open(fd)?;
        }
        step(c!(libc::close(errpipe_read)))?;
        let (mut c2pwrite, mut errwrite) = (self.c2p[1], self.err[1]);
        // A descriptor that stands where another goes must step aside first.
        if c2pwrite == 0 {
            c2pwrite = c!(libc::dup(c2pwrite));
            step(c2pwrite)?;
            set_inheritable(c2pwrite, false)?;
        }
        while errwrite == 0 || errwrite == 1 {
            errwrite = c!(libc::dup(errwrite));
            step(errwrite)?;
            set_inheritable(errwrite, false)?;
        }
        install(self.p2c[0], 0)?;
        install(c2pwrite, 1)?;
        install(errwrite, 2)?;
        if let Some(cwd) = &self.cwd
            && c!(libc::chdir(cwd.as_ptr())) < 0
        {
            return Err(Failure { errno: errno(), message: b"noexec:chdir" });
        }
        if self.umask >= 0 {
            c!(libc::umask(self.umask as libc::mode_t));
        }
        if self.restore_signals {
            c!(libc::signal(libc::SIGPIPE, libc::SIG_DFL));
            c!(libc::signal(libc::SIGXFSZ, libc::SIG_DFL));
        }
        if self.setsid {
            step(c!(libc::setsid()))?;
        }
        if self.pgid >= 0 {
            step(c!(libc::setpgid(0, self.pgid)))?;
        }
        // The system calls themselves: libc's functions would speak to threads that are not there.
        if let Some(groups) = &self.groups {
            step(c!(libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr())) as i32)?;
        }
        if let Some(gid) = self.gid {
            step(c!(libc::syscall(libc::SYS_setregid, gid, gid)) as i32)?;
        }
        if let Some(uid) = self.uid {
            step(c!(libc::syscall(libc::SYS_setreuid, uid, uid)) as i32)?;
        }
        if let Some(preexec) = self.preexec
            && preexec.call(&[]).is_err()
        {
            return Err(Failure { errno: 0, message: b"Exception occurred in preexec_fn." });
        }
        if self.close_fds {
            let mut low = 3;
            for &fd in self.keep.iter().filter(|fd| **fd >= 3) {
                close_between(low, (fd - 1) as u32);
                low = fd.saturating_add(1);
            }
            close_between(low, u32::MAX);
        }
        Ok(())
    }

    fn execute(&self) -> i32 {
        let mut first = 0;
        let argv = self.argv.as_ptr();
        for &program in self.programs.iter().filter(|program| !program.is_null()) {
            match &self.env {
                Some(env) => c!(libc::execve(program, argv, env.as_ptr())),
                None => c!(libc::execv(program, argv)),
            };
            let error = errno();
            if first == 0 && error != libc::ENOENT && error != libc::ENOTDIR {
                first = error;
            }
        }
        if first != 0 { first } else { errno() }
    }

    /// Tells the parent: "OSError:hexadecimal errno:message", or "SubprocessError:0:message".
    fn report(&self, failure: Failure) {
        let mut digits = [0u8; 8];
        let mut at = digits.len();
        let mut number = failure.errno as u32;
        loop {
            at -= 1;
            digits[at] = b"0123456789abcdef"[(number & 15) as usize];
            number >>= 4;
            if number == 0 {
                break;
            }
        }
        let kind: &[u8] = if failure.errno != 0 { b"OSError:" } else { b"SubprocessError:" };
        for part in [kind, &digits[at..], b":", failure.message] {
            c!(libc::write(self.errpipe[1], part.as_ptr().cast(), part.len()));
        }
    }
}

/// A sequence of bytes objects as C's strings.
fn byte_strings(object: &Object) -> Result<Vec<CString>> {
    let count = object.length()?;
    if !object.is_sequence() {
        return Err(raise!(TypeError, "{} is not a sequence", object.ty().full_name()));
    }
    let mut strings = Vec::new();
    for at in 0..count {
        let item = object.get_item(&Int::from_usize(at))?;
        let Some(bytes) = item.downcast::<Bytes>() else {
            return Err(raise!(TypeError, "expected bytes, {} found", item.ty().full_name()));
        };
        strings.push(CString::new(bytes.as_slice()).map_err(|_| raise!(ValueError, "embedded null byte"))?);
    }
    Ok(strings)
}

/// Descriptors to keep: they must come sorted.
fn sorted_descriptors(tuple: &Tuple) -> Result<Vec<i32>> {
    let mut before = -1;
    let mut sorted = Vec::new();
    for item in tuple.as_slice() {
        let fd = item.downcast::<Int>().and_then(Int::to_i64).and_then(|fd| i32::try_from(fd).ok());
        match fd.filter(|fd| *fd > before) {
            Some(fd) => {
                before = fd;
                sorted.push(fd);
            }
            None => return Err(raise!(ValueError, "bad value(s) in fds_to_keep")),
        }
    }
    Ok(sorted)
}

fn extra_group_ids(groups: &Object) -> Result<Option<Vec<libc::gid_t>>> {
    if groups.is_none() {
        return Ok(None);
    }
    let Some(list) = groups.downcast::<List>() else {
        return Err(raise!(TypeError, "setgroups argument must be a list"));
    };
    if list.len() > 65536 {
        return Err(raise!(ValueError, "too many extra_groups"));
    }
    let mut ids = Vec::new();
    for item in list.to_vec() {
        if item.downcast::<Int>().is_none() {
            return Err(raise!(TypeError, "extra_groups must be integers"));
        }
        ids.push(id(&item, "gid").map_err(|raised| {
            raised.clear();
            raise!(ValueError, "invalid group id")
        })?);
    }
    Ok(Some(ids))
}

fn identity(object: &Object, name: &str) -> Result<Option<u32>> {
    if object.is_none() { Ok(None) } else { id(object, name).map(Some) }
}

/// Spawn a fresh new child process.
///
/// Fork a child process, close parent file descriptors as appropriate in the
/// child and duplicate the few that are needed before calling exec() in the
/// child process.
///
/// If close_fds is True, close file descriptors 3 and higher, except those listed
/// in the sorted tuple pass_fds.
///
/// The preexec_fn, if supplied, will be called immediately before closing file
/// descriptors and exec.
///
/// WARNING: preexec_fn is NOT SAFE if your application uses threads.
///          It may trigger infrequent, difficult to debug deadlocks.
///
/// If an error occurs in the child process before the exec, it is
/// serialized and written to the errpipe_write fd per subprocess.py.
///
/// Returns: the child process's PID.
///
/// Raises: Only on an error in the parent process.
#[function(
    signature = "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)"
)]
fn fork_exec(
    _module: &Module,
    args: &Object,
    executable_list: &Object,
    close_fds: bool,
    pass_fds: &Object,
    cwd: &Object,
    env: &Object,
    p2cread: i32,
    p2cwrite: i32,
    c2pread: i32,
    c2pwrite: i32,
    errread: i32,
    errwrite: i32,
    errpipe_read: i32,
    errpipe_write: i32,
    restore_signals: bool,
    call_setsid: bool,
    pgid_to_set: i32,
    gid: &Object,
    extra_groups: &Object,
    uid: &Object,
    child_umask: i32,
    preexec_fn: &Object,
) -> Result<i32> {
    let Some(pass_fds) = pass_fds.downcast::<Tuple>() else {
        return Err(raise!(
            TypeError,
            "fork_exec() argument 4 must be tuple, not {}",
            runtime::native::args::kind_of(pass_fds)
        ));
    };
    if close_fds && errpipe_write < 3 {
        return Err(raise!(ValueError, "errpipe_write must be >= 3"));
    }
    let keep = sorted_descriptors(pass_fds)?;
    let programs = byte_strings(executable_list)?;
    let argv = if args.is_none() {
        None
    } else {
        let items = args.collect_or("argv must be a tuple")?;
        Some(items.iter().map(|item| fs_string(item)).collect::<Result<Vec<_>>>()?)
    };
    let env = if env.is_none() { None } else { Some(byte_strings(env)?) };
    let cwd = if cwd.is_none() { None } else { Some(fs_string(cwd)?) };
    let groups = extra_group_ids(extra_groups)?;
    let child = Child {
        programs: process::pointers(&programs),
        argv: process::pointers(argv.as_deref().unwrap_or_default()),
        env: env.as_deref().map(process::pointers),
        cwd,
        keep,
        close_fds,
        p2c: [p2cread, p2cwrite],
        c2p: [c2pread, c2pwrite],
        err: [errread, errwrite],
        errpipe: [errpipe_read, errpipe_write],
        restore_signals,
        setsid: call_setsid,
        pgid: pgid_to_set,
        groups,
        gid: identity(gid, "gid")?,
        uid: identity(uid, "uid")?,
        umask: child_umask,
        preexec: (!preexec_fn.is_none()).then_some(preexec_fn),
    };
    let runs_python = child.preexec.is_some();
    if runs_python {
        process::before_fork();
    }
    let pid = if runs_python { gil::fork() } else { c!(libc::fork()) };
    let error = errno();
    if pid == 0 {
        if runs_python {
            process::after_fork_child();
        }
        let failure = child.run();
        child.report(failure);
        exit_now(255);
    }
    if runs_python {
        process::after_fork_parent();
    }
    if pid < 0 {
        return Err(fail(error));
    }
    if runs_python {
        process::warn_about_threads("fork")?;
    }
    Ok(pid)
}

//! `posix`: what `os` is built on. <https://docs.python.org/3.14/library/os.html>.

mod constants;
mod descriptors;
mod directories;
mod environment;
mod files;
pub mod process;
mod stat;
mod timers;

use runtime::gil;
use runtime::prelude::*;

use runtime::native::system::*;

use descriptors::*;
use directories::*;
use environment::*;
use files::*;
use process::*;
use stat::*;
use timers::*;

module! {
    name: "posix",
    doc: "The system calls of POSIX. Programs use them through os.",
    functions: [
        close, closerange, copy_file_range, device_encoding, dup, dup2, eventfd, eventfd_read, eventfd_write,
        fdatasync, fsync, ftruncate, get_blocking, get_inheritable, get_terminal_size, grantpt, isatty, lockf,
        login_tty, lseek, memfd_create, open, openpty, pipe, pipe2, posix_fadvise, posix_fallocate, posix_openpt,
        pread, preadv, ptsname, pwrite, pwritev, read, readinto, readv, sendfile, set_blocking, set_inheritable,
        splice, sync, tcgetpgrp, tcsetpgrp, ttyname, unlockpt, write, writev, listdir, scandir, confstr, cpu_count,
        create_environ, ctermid, fpathconf, getloadavg, getrandom, pathconf, putenv, strerror, sysconf, times, uname,
        unsetenv, urandom, chdir, chroot, fchdir, fspath_function, getcwd, getcwdb, getxattr, link, listxattr, mkdir,
        mkfifo, mknod, path_normpath, path_splitroot, readlink, remove, removexattr, rename, replace, rmdir, setxattr,
        symlink, truncate, unlink, abort, execv, execve, exit, fork, forkpty, getegid, geteuid, getgid,
        getgrouplist, getgroups, getlogin, getpgid, getpgrp, getpid, getppid, getpriority, getresgid, getresuid,
        getsid, getuid, initgroups, kill, killpg, nice, pidfd_open, posix_spawn, posix_spawnp, register_at_fork,
        sched_get_priority_max, sched_get_priority_min, sched_getaffinity, sched_getparam, sched_getscheduler,
        sched_rr_get_interval, sched_setaffinity, sched_setparam, sched_setscheduler, sched_yield, setegid, seteuid,
        setgid, setgroups, setns, setpgid, setpgrp, setpriority, setregid, setresgid, setresuid, setreuid, setsid,
        setuid, system, umask, unshare, wait, wait3, wait4, waitid, waitpid, waitstatus_to_exitcode, wcoredump,
        wexitstatus, wifcontinued, wifexited, wifsignaled, wifstopped, wstopsig, wtermsig, access, chmod, chown,
        fchmod, fchown, fstat, fstatvfs, lchown, lstat, major, makedev, minor, stat, statvfs, utime,
        inputhook, is_inputhook_installed, timerfd_create, timerfd_gettime, timerfd_gettime_ns, timerfd_settime,
        timerfd_settime_ns,
    ],
    classes: [DirEntry],
    exec: exec,
}

#[function(name = "_inputhook", signature = "()")]
fn inputhook() {}

#[function(name = "_is_inputhook_installed", signature = "()")]
fn is_inputhook_installed() -> bool {
    false
}

fn names(table: &[(&str, i64)]) -> Result<Ref<Dict>> {
    let dict = Dict::new();
    for (name, value) in table {
        dict.insert(&Str::new(name), &Int::new(*value))?;
    }
    Ok(dict)
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    directories::SCANDIR_ITERATOR_TYPE.ready()?;
    constants(module, constants::CONSTANTS)?;
    dict.insert_str(intern!("environ"), &*environment::create_environ()?)?;
    dict.insert_str(intern!("error"), &runtime::objects::exceptions::OSError)?;
    dict.insert_str(intern!("sysconf_names"), &*names(constants::SYSCONF_NAMES)?)?;
    dict.insert_str(intern!("pathconf_names"), &*names(constants::PATHCONF_NAMES)?)?;
    dict.insert_str(intern!("confstr_names"), &*names(constants::CONFSTR_NAMES)?)?;
    let have = constants::HAVE.iter().map(|name| Str::new(name).into_object()).collect();
    dict.insert_str(intern!("_have_functions"), &List::from_vec(have))?;
    declare_sequence(
        module,
        "os.stat_result",
        "stat_result: what stat, lstat or fstat know of a file.\n\nA tuple of (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime), whose items\nhave the names st_mode, st_ino and so on; some more are attributes only.",
        stat::STAT_FIELDS,
        10,
    )?;
    let plain = |names: &[&'static str]| -> Vec<(&'static str, &'static str)> {
        names.iter().map(|name| (*name, "")).collect()
    };
    let vfs = [
        "f_bsize",
        "f_frsize",
        "f_blocks",
        "f_bfree",
        "f_bavail",
        "f_files",
        "f_ffree",
        "f_favail",
        "f_flag",
        "f_namemax",
        "f_fsid",
    ];
    declare_sequence(
        module,
        "os.statvfs_result",
        "statvfs_result: Result from statvfs or fstatvfs.",
        &plain(&vfs),
        10,
    )?;
    declare_sequence(
        module,
        "os.terminal_size",
        "A tuple of (columns, lines) for holding terminal window size",
        &[
            ("columns", "width of the terminal window in characters"),
            ("lines", "height of the terminal window in characters"),
        ],
        2,
    )?;
    declare_sequence(
        module,
        "posix.uname_result",
        "uname_result: Result from os.uname().",
        &[
            ("sysname", "operating system name"),
            ("nodename", "name of machine on network (implementation-defined)"),
            ("release", "operating system release"),
            ("version", "operating system version"),
            ("machine", "hardware identifier"),
        ],
        5,
    )?;
    declare_sequence(
        module,
        "posix.times_result",
        "times_result: Result from os.times().",
        &[
            ("user", "user time"),
            ("system", "system time"),
            ("children_user", "user time of children"),
            ("children_system", "system time of children"),
            ("elapsed", "elapsed time since an arbitrary point in the past"),
        ],
        5,
    )?;
    declare_sequence(
        module,
        "posix.sched_param",
        "Currently has only one field: sched_priority",
        &[("sched_priority", "the scheduling priority")],
        1,
    )?;
    let waited = ["si_pid", "si_uid", "si_signo", "si_status", "si_code"];
    declare_sequence(module, "posix.waitid_result", "waitid_result: Result from waitid.", &plain(&waited), 5)
}

/// `os.strerror`.
pub fn strerror_text(number: i32) -> Ref<Str> {
    strerror(number)
}

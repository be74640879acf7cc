//! Processes: starting, waiting, identities, priorities, scheduling.

use std::ffi::CString;

use super::environment::environment_block;
use super::*;

/// Exit to the system with specified status, without normal exit processing.
#[function(name = "_exit", signature = "(status)")]
pub fn exit(status: i32) {
    exit_now(status)
}

/// Abort the interpreter immediately.
#[function(signature = "()")]
pub fn abort() {
    std::process::abort()
}

/// What `register_at_fork` was given.
#[derive(Default)]
struct ForkHooks {
    before: Link<List>,
    parent: Link<List>,
    child: Link<List>,
}

fn add_hook(hooks: &Link<List>, hook: Option<&Object>) -> Result<()> {
    let Some(hook) = hook else { return Ok(()) };
    let list = hooks.get().unwrap_or_else(|| {
        let list = List::new();
        hooks.set(Some(list.clone()));
        list
    });
    list.push(hook.to_ref())
}

/// Register callables to be called when forking a new process.
#[function(
    signature = "(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)"
)]
pub fn register_at_fork(
    before: Option<&Object>,
    after_in_child: Option<&Object>,
    after_in_parent: Option<&Object>,
) -> Result<()> {
    if before.is_none() && after_in_child.is_none() && after_in_parent.is_none() {
        return Err(raise!(TypeError, "At least one argument is required."));
    }
    for (name, hook) in
        [("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)]
    {
        if let Some(hook) = hook.filter(|hook| !hook.is_callable()) {
            return Err(raise!(TypeError, "'{name}' must be callable, not {}", hook.ty().full_name()));
        }
    }
    let state = Interpreter::current().state::<ForkHooks>();
    add_hook(&state.before, before)?;
    add_hook(&state.parent, after_in_parent)?;
    add_hook(&state.child, after_in_child)
}

fn run_hooks(hooks: &Link<List>, reversed: bool) {
    let mut hooks = hooks.get().map(|hooks| hooks.to_vec()).unwrap_or_default();
    if reversed {
        hooks.reverse();
    }
    for hook in hooks {
        if let Err(raised) = hook.call(&[]) {
            runtime::objects::exceptions::write_unraisable(raised.take(), Some(&hook));
        }
    }
}

/// Before a fork: the hooks, the last one first.
pub fn before_fork() {
    run_hooks(&Interpreter::current().state::<ForkHooks>().before, true);
}

/// After a fork, in the parent.
pub fn after_fork_parent() {
    run_hooks(&Interpreter::current().state::<ForkHooks>().parent, false);
}

/// After a fork, in the child.
pub fn after_fork_child() {
    crate::_thread::after_fork();
    run_hooks(&Interpreter::current().state::<ForkHooks>().child, false);
}

/// DeprecationWarning if other threads won't be there in the child.
pub fn warn_about_threads(name: &str) -> Result<()> {
    if gil::threads().len() > 1 {
        let message = format!(
            "This process (pid={}) is multi-threaded, use of {name}() may lead to deadlocks in the child.",
            std::process::id()
        );
        runtime::warnings::warn(&runtime::objects::exceptions::DeprecationWarning, &message, 1)?;
    }
    Ok(())
}

/// Double the process: returns 0 in the new one, its number in the old one.
#[function(signature = "()")]
pub fn fork() -> Result<i32> {
    before_fork();
    let pid = gil::fork();
    let error = errno();
    if pid == 0 {
        after_fork_child();
        return Ok(0);
    }
    after_fork_parent();
    if pid < 0 {
        return Err(fail(error));
    }
    warn_about_threads("fork")?;
    Ok(pid)
}

/// Fork a new process with a new pseudo-terminal as controlling tty.
#[function(signature = "()")]
pub fn forkpty() -> Result<(i32, i32)> {
    let (master, slave) = descriptors::openpty()?;
    before_fork();
    let pid = gil::fork();
    let error = errno();
    if pid == 0 {
        c!(libc::close(master));
        c!(libc::login_tty(slave));
        after_fork_child();
        return Ok((0, -1));
    }
    c!(libc::close(slave));
    after_fork_parent();
    if pid < 0 {
        c!(libc::close(master));
        return Err(fail(error));
    }
    warn_about_threads("forkpty")?;
    Ok((pid, master))
}

/// Strings as C's array of pointers.
pub fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

fn arguments(function: &str, argv: &Object) -> Result<Vec<CString>> {
    if argv.downcast::<Tuple>().is_none() && argv.downcast::<List>().is_none() {
        return Err(raise!(TypeError, "{function}() arg 2 must be a tuple or list"));
    }
    let items = argv.collect()?;
    if items.is_empty() {
        return Err(raise!(ValueError, "{function}() arg 2 must not be empty"));
    }
    let strings = items.iter().map(|item| fs_string(item)).collect::<Result<Vec<_>>>()?;
    if strings[0].is_empty() {
        return Err(raise!(ValueError, "{function}() arg 2 first element cannot be empty"));
    }
    Ok(strings)
}

/// Execute an executable path with arguments, replacing current process.
#[function(signature = "(path, argv, /)")]
pub fn execv(path: &Object, argv: &Object) -> Result<()> {
    let path = Path::new("execv", "path", path)?;
    let argv = arguments("execv", argv)?;
    c!(libc::execv(path.text.as_ptr(), pointers(&argv).as_ptr()));
    Err(last_error())
}

/// Execute an executable path with arguments, replacing current process.
#[function(signature = "(path, argv, env)")]
pub fn execve(path: &Object, argv: &Object, env: &Object) -> Result<()> {
    let path = Path::or_fd("execve", "path", path)?;
    let argv = arguments("execve", argv)?;
    if !env.is_mapping() {
        return Err(raise!(TypeError, "execve: environment must be a mapping object"));
    }
    let env = environment_block(env)?;
    match path.fd {
        Some(fd) => c!(libc::fexecve(fd, pointers(&argv).as_ptr(), pointers(&env).as_ptr())),
        None => c!(libc::execve(path.text.as_ptr(), pointers(&argv).as_ptr(), pointers(&env).as_ptr())),
    };
    Err(path.error(errno()))
}

/// Execute the command in a subshell.
#[function(signature = "(command)")]
pub fn system(command: &Object) -> Result<i64> {
    let command = fs_string(command)?;
    Ok(gil::allow_threads(|| c!(libc::system(command.as_ptr()))).into())
}

/// The options of `posix_spawn`.
struct Spawn<'a> {
    file_actions: Option<&'a Object>,
    setpgroup: Option<&'a Object>,
    resetids: bool,
    setsid: bool,
    setsigmask: Option<&'a Object>,
    setsigdef: Option<&'a Object>,
    scheduler: Option<&'a Object>,
}

/// A set of signal numbers.
pub fn signal_set(signals: &Object) -> Result<libc::sigset_t> {
    let mut set: libc::sigset_t = zeroed();
    c!(libc::sigemptyset(&mut set));
    signals.for_each(|item| {
        let number = item.index()?.to_i64().unwrap_or(-1);
        if !(1..65).contains(&number) {
            return Err(raise!(ValueError, "signal number {number} out of range [1; 64]"));
        }
        c!(libc::sigaddset(&mut set, number as i32));
        Ok(())
    })?;
    Ok(set)
}

fn i32_of(object: &Object) -> Result<i32> {
    match object.index()?.to_i64().and_then(|value| i32::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => Err(raise!(OverflowError, "Python int too large to convert to C int")),
    }
}

fn add_file_actions(
    actions: &mut libc::posix_spawn_file_actions_t,
    list: &Object,
    kept: &mut Vec<CString>,
) -> Result<()> {
    for action in list.collect_or("file_actions must be a sequence or None")? {
        let Some(action) = action.downcast::<Tuple>().filter(|action| !action.is_empty()) else {
            return Err(raise!(TypeError, "Each file_actions element must be a non-empty tuple"));
        };
        let items = action.as_slice();
        let result = match (i32_of(&items[0])?, items.len()) {
            (0, 5) => {
                let path = fs_string(&items[2])?;
                let (fd, flags, mode) = (i32_of(&items[1])?, i32_of(&items[3])?, i32_of(&items[4])?);
                let mode = mode as libc::mode_t;
                let result =
                    c!(libc::posix_spawn_file_actions_addopen(actions, fd, path.as_ptr(), flags, mode));
                kept.push(path);
                result
            }
            (0, _) => return Err(raise!(TypeError, "A open file_action tuple must have 5 elements")),
            (1, 2) => c!(libc::posix_spawn_file_actions_addclose(actions, i32_of(&items[1])?)),
            (1, _) => return Err(raise!(TypeError, "A close file_action tuple must have 2 elements")),
            (2, 3) => {
                c!(libc::posix_spawn_file_actions_adddup2(actions, i32_of(&items[1])?, i32_of(&items[2])?))
            }
            (2, _) => return Err(raise!(TypeError, "A dup2 file_action tuple must have 3 elements")),
            (3, 2) => 0,
            _ => return Err(raise!(TypeError, "Unknown file_actions identifier")),
        };
        if result != 0 {
            return Err(fail(result));
        }
    }
    Ok(())
}

fn spawn(
    function: &str,
    search: bool,
    path: &Object,
    argv: &Object,
    env: &Object,
    options: Spawn,
) -> Result<i32> {
    let path = Path::new(function, "path", path)?;
    if argv.downcast::<Tuple>().is_none() && argv.downcast::<List>().is_none() {
        return Err(raise!(TypeError, "{function}: argv must be a tuple or list"));
    }
    let items = argv.collect()?;
    if items.is_empty() {
        return Err(raise!(ValueError, "{function}: argv must not be empty"));
    }
    let argv = items.iter().map(|item| fs_string(item)).collect::<Result<Vec<_>>>()?;
    if argv[0].is_empty() {
        return Err(raise!(ValueError, "{function}: argv first element cannot be empty"));
    }
    let env = if env.is_none() {
        let own = environment::create_environ()?;
        environment_block(&own)?
    } else if env.is_mapping() {
        environment_block(env)?
    } else {
        return Err(raise!(TypeError, "{function}: environment must be a mapping object or None"));
    };
    let mut actions: libc::posix_spawn_file_actions_t = zeroed();
    let mut attributes: libc::posix_spawnattr_t = zeroed();
    c!(libc::posix_spawn_file_actions_init(&mut actions));
    c!(libc::posix_spawnattr_init(&mut attributes));
    let mut kept = Vec::new();
    let mut prepare = || -> Result<()> {
        if let Some(list) = options.file_actions.filter(|list| !list.is_none()) {
            add_file_actions(&mut actions, list, &mut kept)?;
        }
        let mut flags = 0;
        if let Some(group) = options.setpgroup {
            c!(libc::posix_spawnattr_setpgroup(&mut attributes, i32_of(group)?));
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if options.resetids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if options.setsid {
            flags |= 0x80;
        }
        if let Some(signals) = options.setsigmask {
            c!(libc::posix_spawnattr_setsigmask(&mut attributes, &signal_set(signals)?));
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(signals) = options.setsigdef {
            c!(libc::posix_spawnattr_setsigdefault(&mut attributes, &signal_set(signals)?));
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some(scheduler) = options.scheduler {
            let Some(pair) = scheduler.downcast::<Tuple>().filter(|pair| pair.len() == 2) else {
                return Err(raise!(TypeError, "A scheduler tuple must have two elements"));
            };
            let policy = &pair.as_slice()[0];
            if !policy.is_none() {
                c!(libc::posix_spawnattr_setschedpolicy(&mut attributes, i32_of(policy)?));
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
            let param = parameter(&pair.as_slice()[1])?;
            c!(libc::posix_spawnattr_setschedparam(&mut attributes, &param));
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
        }
        c!(libc::posix_spawnattr_setflags(&mut attributes, flags as libc::c_short));
        Ok(())
    };
    let prepared = prepare();
    let mut pid = 0;
    let mut error = 0;
    if prepared.is_ok() {
        let (file, argv, env) = (path.text.as_ptr(), pointers(&argv), pointers(&env));
        let (argv, env) = (argv.as_ptr().cast(), env.as_ptr().cast());
        error = if search {
            c!(libc::posix_spawnp(&mut pid, file, &actions, &attributes, argv, env))
        } else {
            c!(libc::posix_spawn(&mut pid, file, &actions, &attributes, argv, env))
        };
    }
    c!(libc::posix_spawn_file_actions_destroy(&mut actions));
    c!(libc::posix_spawnattr_destroy(&mut attributes));
    drop(kept);
    prepared?;
    if error != 0 { Err(path.error(error)) } else { Ok(pid) }
}

/// Execute the program specified by path in a new process.
#[function(
    signature = "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
)]
pub fn posix_spawn(
    path: &Object,
    argv: &Object,
    env: &Object,
    file_actions: Option<&Object>,
    setpgroup: Option<&Object>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<&Object>,
    setsigdef: Option<&Object>,
    scheduler: Option<&Object>,
) -> Result<i32> {
    let given = |object: Option<&Object>| object.is_some_and(|object| !object.is_none());
    let options = Spawn {
        file_actions,
        setpgroup: setpgroup.filter(|group| !group.is_none()),
        resetids: resetids.unwrap_or(false),
        setsid: setsid.unwrap_or(false),
        setsigmask,
        setsigdef,
        scheduler: if given(scheduler) { scheduler } else { None },
    };
    spawn("posix_spawn", false, path, argv, env, options)
}

/// Execute the program specified by path in a new process, searching PATH.
#[function(
    signature = "(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
)]
pub fn posix_spawnp(
    path: &Object,
    argv: &Object,
    env: &Object,
    file_actions: Option<&Object>,
    setpgroup: Option<&Object>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<&Object>,
    setsigdef: Option<&Object>,
    scheduler: Option<&Object>,
) -> Result<i32> {
    let options = Spawn {
        file_actions,
        setpgroup: setpgroup.filter(|group| !group.is_none()),
        resetids: resetids.unwrap_or(false),
        setsid: setsid.unwrap_or(false),
        setsigmask,
        setsigdef,
        scheduler: scheduler.filter(|scheduler| !scheduler.is_none()),
    };
    spawn("posix_spawnp", true, path, argv, env, options)
}

/// Wait for completion of a given child process: (pid, status).
#[function(signature = "(pid, options, /)")]
pub fn waitpid(pid: i32, options: i32) -> Result<(i32, i32)> {
    let mut status = 0;
    let pid = run(|| c!(libc::waitpid(pid, &mut status, options)))?;
    Ok((pid, status))
}

/// Wait for completion of a child process: (pid, status).
#[function(signature = "()")]
pub fn wait() -> Result<(i32, i32)> {
    waitpid(-1, 0)
}

/// `resource.struct_rusage`, which the resource module makes.
pub fn rusage_result(usage: &libc::rusage) -> Result {
    let seconds = |time: libc::timeval| float(time.tv_sec as f64 + time.tv_usec as f64 * 1e-6);
    let mut items = vec![seconds(usage.ru_utime), seconds(usage.ru_stime)];
    let counts = [
        usage.ru_maxrss,
        usage.ru_ixrss,
        usage.ru_idrss,
        usage.ru_isrss,
        usage.ru_minflt,
        usage.ru_majflt,
        usage.ru_nswap,
        usage.ru_inblock,
        usage.ru_oublock,
        usage.ru_msgsnd,
        usage.ru_msgrcv,
        usage.ru_nsignals,
        usage.ru_nvcsw,
        usage.ru_nivcsw,
    ];
    items.extend(counts.map(int));
    crate::resource::rusage_sequence(items)
}

/// Wait for completion of a child process: (pid, status, rusage).
#[function(signature = "(options)")]
pub fn wait3(options: i32) -> Result<(i32, i32, Ref)> {
    wait4(-1, options)
}

/// Wait for completion of a specific child process: (pid, status, rusage).
#[function(signature = "(pid, options)")]
pub fn wait4(pid: i32, options: i32) -> Result<(i32, i32, Ref)> {
    let (mut status, mut usage) = (0, zeroed::<libc::rusage>());
    let pid = run(|| c!(libc::wait4(pid, &mut status, options, &mut usage)))?;
    Ok((pid, status, rusage_result(&usage)?))
}

/// Returns the result of waiting for a process or processes.
#[function(signature = "(idtype, id, options, /)")]
pub fn waitid(idtype: i32, id: i32, options: i32) -> Result<Option<Ref>> {
    let fields = {
        let mut found = [0i32; 5];
        run(|| {
            let mut info: libc::siginfo_t = zeroed();
            let result = c!(libc::waitid(idtype as libc::idtype_t, id as libc::id_t, &mut info, options));
            let (pid, uid, status) = c!((info.si_pid(), info.si_uid(), info.si_status()));
            found = [pid, uid as i32, info.si_signo, status, info.si_code];
            result
        })?;
        found
    };
    if fields[0] == 0 {
        return Ok(None);
    }
    Ok(Some(sequence("posix.waitid_result", fields.map(int).to_vec())?))
}

/// Convert a wait status to an exit code.
#[function(signature = "(status)")]
pub fn waitstatus_to_exitcode(status: i32) -> Result<i32> {
    if libc::WIFEXITED(status) {
        return Ok(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Ok(-libc::WTERMSIG(status));
    }
    if libc::WIFSTOPPED(status) {
        let signal = libc::WSTOPSIG(status);
        return Err(raise!(ValueError, "process stopped by delivery of signal {signal}"));
    }
    Err(raise!(ValueError, "invalid wait status: {status}"))
}

macro_rules! status_functions {
    ($($rust:ident $name:literal $signature:literal $ty:ty: $function:path, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[function(name = $name, signature = $signature)]
        pub fn $rust(status: i32) -> $ty {
            $function(status)
        }
    )*};
}

status_functions! {
    wcoredump "WCOREDUMP" "(status, /)" bool: libc::WCOREDUMP, "Return True if the process returning status was dumped to a core file.";
    wifcontinued "WIFCONTINUED" "(status)" bool: libc::WIFCONTINUED, "Return True if a particular process was continued from a job control stop.";
    wifstopped "WIFSTOPPED" "(status)" bool: libc::WIFSTOPPED, "Return True if the process returning status was stopped.";
    wifsignaled "WIFSIGNALED" "(status)" bool: libc::WIFSIGNALED, "Return True if the process returning status was terminated by a signal.";
    wifexited "WIFEXITED" "(status)" bool: libc::WIFEXITED, "Return True if the process returning status exited via the exit() system call.";
    wexitstatus "WEXITSTATUS" "(status)" i32: libc::WEXITSTATUS, "Return the process return code from status.";
    wtermsig "WTERMSIG" "(status)" i32: libc::WTERMSIG, "Return the signal that terminated the process that provided the status value.";
    wstopsig "WSTOPSIG" "(status)" i32: libc::WSTOPSIG, "Return the signal that stopped the process that provided the status value.";
}

/// Kill a process with a signal.
#[function(signature = "(pid, signal, /)")]
pub fn kill(pid: i32, signal: isize) -> Result<()> {
    check(c!(libc::kill(pid, signal as i32)))?;
    // A signal to this process is handled before the next instruction.
    runtime::signal::check()
}

/// Kill a process group with a signal.
#[function(signature = "(pgid, signal, /)")]
pub fn killpg(pgid: i32, signal: i32) -> Result<()> {
    check(c!(libc::killpg(pgid, signal)))?;
    runtime::signal::check()
}

macro_rules! identities {
    ($($name:ident: $ty:ty = $value:expr, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[function(signature = "()")]
        pub fn $name() -> $ty {
            $value
        }
    )*};
}

identities! {
    getpid: i32 = c!(libc::getpid()), "Return the current process id.";
    getppid: i32 = c!(libc::getppid()), "Return the parent's process id.";
    getpgrp: i32 = c!(libc::getpgrp()), "Return the current process group id.";
    getuid: i64 = id_result(c!(libc::getuid())), "Return the current process's user id.";
    geteuid: i64 = id_result(c!(libc::geteuid())), "Return the current process's effective user id.";
    getgid: i64 = id_result(c!(libc::getgid())), "Return the current process's group id.";
    getegid: i64 = id_result(c!(libc::getegid())), "Return the current process's effective group id.";
}

macro_rules! set_identity {
    ($($name:ident $signature:literal ($($argument:ident),*), $doc:literal;)*) => {$(
        #[doc = $doc]
        #[function(signature = $signature)]
        pub fn $name($($argument: &Object),*) -> Result<()> {
            $(let $argument = id($argument, stringify!($argument))?;)*
            check(c!(libc::$name($($argument),*)))?;
            Ok(())
        }
    )*};
}

set_identity! {
    setuid "(uid, /)" (uid), "Set the current process's user id.";
    seteuid "(euid, /)" (euid), "Set the current process's effective user id.";
    setgid "(gid, /)" (gid), "Set the current process's group id.";
    setegid "(egid, /)" (egid), "Set the current process's effective group id.";
    setreuid "(ruid, euid, /)" (ruid, euid), "Set the current process's real and effective user ids.";
    setregid "(rgid, egid, /)" (rgid, egid), "Set the current process's real and effective group ids.";
    setresuid "(ruid, euid, suid, /)" (ruid, euid, suid), "Set the current process's real, effective, and saved user ids.";
    setresgid "(rgid, egid, sgid, /)" (rgid, egid, sgid), "Set the current process's real, effective, and saved group ids.";
}

/// Return a tuple of the current process's real, effective, and saved user ids.
#[function(signature = "()")]
pub fn getresuid() -> Result<(i64, i64, i64)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    check(c!(libc::getresuid(&mut real, &mut effective, &mut saved)))?;
    Ok((id_result(real), id_result(effective), id_result(saved)))
}

/// Return a tuple of the current process's real, effective, and saved group ids.
#[function(signature = "()")]
pub fn getresgid() -> Result<(i64, i64, i64)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    check(c!(libc::getresgid(&mut real, &mut effective, &mut saved)))?;
    Ok((id_result(real), id_result(effective), id_result(saved)))
}

/// Return list of supplemental group IDs for the process.
#[function(signature = "()")]
pub fn getgroups() -> Result<Ref<List>> {
    let count = check(c!(libc::getgroups(0, std::ptr::null_mut())))?;
    let mut groups = vec![0; count as usize];
    let count = check(c!(libc::getgroups(count, groups.as_mut_ptr())))?;
    groups.truncate(count as usize);
    Ok(List::from_vec(groups.into_iter().map(|group| int(id_result(group))).collect()))
}

/// Set the groups of the current process to list.
#[function(signature = "(groups, /)")]
pub fn setgroups(groups: &Object) -> Result<()> {
    if !groups.is_sequence() {
        return Err(raise!(TypeError, "setgroups argument must be a sequence"));
    }
    let mut ids = Vec::new();
    for group in groups.collect()? {
        if group.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "groups must be integers"));
        }
        ids.push(id(&group, "gid")?);
    }
    check(c!(libc::setgroups(ids.len(), ids.as_ptr())))?;
    Ok(())
}

/// Initialize the group access list.
#[function(signature = "(username, gid, /)")]
pub fn initgroups(username: &Object, gid: &Object) -> Result<()> {
    let (name, gid) = (fs_string(username)?, id(gid, "gid")?);
    check(c!(libc::initgroups(name.as_ptr(), gid)))?;
    Ok(())
}

/// Returns a list of groups to which a user belongs.
#[function(signature = "(user, group, /)")]
pub fn getgrouplist(user: &str, group: &Object) -> Result<Ref<List>> {
    let user = CString::new(user).map_err(|_| raise!(ValueError, "embedded null character"))?;
    let group = id(group, "gid")?;
    let mut groups = vec![0; 65536];
    let mut count = groups.len() as i32;
    check(c!(libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut count)))?;
    groups.truncate(count as usize);
    Ok(List::from_vec(groups.into_iter().map(|group| int(id_result(group))).collect()))
}

/// Return the actual login name.
#[function(signature = "()")]
pub fn getlogin() -> Result<Ref<Str>> {
    clear_errno();
    let name = c!(libc::getlogin());
    if name.is_null() {
        return Err(match errno() {
            0 => raise!(OSError, "unable to determine login name"),
            error => fail(error),
        });
    }
    Ok(c!(decode_c(name)))
}

/// Call the system call getpgid(), and return the result.
#[function(signature = "(pid)")]
pub fn getpgid(pid: i32) -> Result<i32> {
    check(c!(libc::getpgid(pid)))
}

/// Call the system call setpgid(pid, pgrp).
#[function(signature = "(pid, pgrp, /)")]
pub fn setpgid(pid: i32, pgrp: i32) -> Result<()> {
    check(c!(libc::setpgid(pid, pgrp)))?;
    Ok(())
}

/// Make the current process the leader of its process group.
#[function(signature = "()")]
pub fn setpgrp() -> Result<()> {
    check(c!(libc::setpgid(0, 0)))?;
    Ok(())
}

/// Call the system call getsid(pid) and return the result.
#[function(signature = "(pid, /)")]
pub fn getsid(pid: i32) -> Result<i32> {
    check(c!(libc::getsid(pid)))
}

/// Call the system call setsid().
#[function(signature = "()")]
pub fn setsid() -> Result<()> {
    check(c!(libc::setsid()))?;
    Ok(())
}

/// Set the current numeric umask and return the previous umask.
#[function(signature = "(mask, /)")]
pub fn umask(mask: i32) -> u32 {
    c!(libc::umask(mask as libc::mode_t))
}

/// Add increment to the priority of process and return the new priority.
#[function(signature = "(increment, /)")]
pub fn nice(increment: i32) -> Result<i32> {
    clear_errno();
    let value = c!(libc::nice(increment));
    if value == -1 && errno() != 0 { Err(last_error()) } else { Ok(value) }
}

/// Return program scheduling priority.
#[function(signature = "(which, who)")]
pub fn getpriority(which: i32, who: i32) -> Result<i32> {
    clear_errno();
    let value = c!(libc::getpriority(which as _, who as libc::id_t));
    if errno() != 0 { Err(last_error()) } else { Ok(value) }
}

/// Set program scheduling priority.
#[function(signature = "(which, who, priority)")]
pub fn setpriority(which: i32, who: i32, priority: i32) -> Result<()> {
    check(c!(libc::setpriority(which as _, who as libc::id_t, priority)))?;
    Ok(())
}

/// Return a file descriptor referring to the process *pid*.
#[function(signature = "(pid, flags=0)")]
pub fn pidfd_open(pid: i32, flags: Option<u32>) -> Result<i64> {
    check(c!(libc::syscall(libc::SYS_pidfd_open, pid, flags.unwrap_or(0))))
}

/// Move the calling thread into different namespaces.
#[function(signature = "(fd, nstype=0)")]
pub fn setns(fd: &Object, nstype: Option<i32>) -> Result<()> {
    let (fd, kind) = (fileno(fd)?, nstype.unwrap_or(0));
    run(|| c!(libc::setns(fd, kind)))?;
    Ok(())
}

/// Disassociate parts of a process (or thread) execution context.
#[function(signature = "(flags)")]
pub fn unshare(flags: i32) -> Result<()> {
    run(|| c!(libc::unshare(flags)))?;
    Ok(())
}

/// Get the maximum scheduling priority for policy.
#[function(signature = "(policy)")]
pub fn sched_get_priority_max(policy: i32) -> Result<i32> {
    check(c!(libc::sched_get_priority_max(policy)))
}

/// Get the minimum scheduling priority for policy.
#[function(signature = "(policy)")]
pub fn sched_get_priority_min(policy: i32) -> Result<i32> {
    check(c!(libc::sched_get_priority_min(policy)))
}

/// Voluntarily relinquish the CPU.
#[function(signature = "()")]
pub fn sched_yield() -> Result<()> {
    run(|| c!(libc::sched_yield()))?;
    Ok(())
}

/// Get the scheduling policy for the process identified by pid.
#[function(signature = "(pid, /)")]
pub fn sched_getscheduler(pid: i32) -> Result<i32> {
    check(c!(libc::sched_getscheduler(pid)))
}

fn parameter(param: &Object) -> Result<libc::sched_param> {
    let class = sequence_type("posix.sched_param");
    if !class.is_some_and(|class| param.ty().is_subtype(&class)) {
        return Err(raise!(TypeError, "must have a sched_param object"));
    }
    let priority = param.get_index(0)?;
    match priority.index()?.to_i64().map(i32::try_from) {
        Some(Ok(sched_priority)) => Ok(libc::sched_param { sched_priority }),
        _ => Err(raise!(OverflowError, "sched_priority out of range")),
    }
}

/// Set the scheduling policy for the process identified by pid.
#[function(signature = "(pid, policy, param, /)")]
pub fn sched_setscheduler(pid: i32, policy: i32, param: &Object) -> Result<()> {
    let param = parameter(param)?;
    check(c!(libc::sched_setscheduler(pid, policy, &param)))?;
    Ok(())
}

/// Returns scheduling parameters for the process identified by pid.
#[function(signature = "(pid, /)")]
pub fn sched_getparam(pid: i32) -> Result {
    let mut param: libc::sched_param = zeroed();
    check(c!(libc::sched_getparam(pid, &mut param)))?;
    sequence("posix.sched_param", vec![int(param.sched_priority)])
}

/// Set scheduling parameters for the process identified by pid.
#[function(signature = "(pid, param, /)")]
pub fn sched_setparam(pid: i32, param: &Object) -> Result<()> {
    let param = parameter(param)?;
    check(c!(libc::sched_setparam(pid, &param)))?;
    Ok(())
}

/// Return the round-robin quantum for the process identified by pid, in seconds.
#[function(signature = "(pid, /)")]
pub fn sched_rr_get_interval(pid: i32) -> Result<f64> {
    let mut time: libc::timespec = zeroed();
    check(c!(libc::sched_rr_get_interval(pid, &mut time)))?;
    Ok(time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9)
}

/// Return the affinity of the process identified by pid (or the current process if zero).
#[function(signature = "(pid, /)")]
pub fn sched_getaffinity(pid: i32) -> Result<Ref<Set>> {
    let mut cpus: libc::cpu_set_t = zeroed();
    check(c!(libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &mut cpus)))?;
    let set = Set::new();
    for cpu in 0..libc::CPU_SETSIZE as usize {
        if c!(libc::CPU_ISSET(cpu, &cpus)) {
            set.add(&Int::from_usize(cpu))?;
        }
    }
    Ok(set)
}

/// Set the CPU affinity of the process identified by pid to mask.
#[function(signature = "(pid, mask, /)")]
pub fn sched_setaffinity(pid: i32, mask: &Object) -> Result<()> {
    let mut cpus: libc::cpu_set_t = zeroed();
    mask.for_each(|item| {
        let Some(number) = item.downcast::<Int>() else {
            let shown = item.ty().as_object().repr()?;
            return Err(raise!(TypeError, "expected an iterator of ints, but iterator yielded {shown}"));
        };
        match number.to_i64() {
            Some(cpu) if cpu < 0 => Err(raise!(ValueError, "negative CPU number")),
            Some(cpu) if cpu < libc::CPU_SETSIZE.into() => {
                c!(libc::CPU_SET(cpu as usize, &mut cpus));
                Ok(())
            }
            Some(cpu) if cpu < i32::MAX.into() => Ok(()),
            _ if number.sign() < 0 => Err(raise!(ValueError, "negative CPU number")),
            _ => Err(raise!(OverflowError, "CPU number too large")),
        }
    })?;
    check(c!(libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &cpus)))?;
    Ok(())
}

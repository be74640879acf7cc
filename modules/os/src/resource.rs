//! `resource`: limits and usage of processes. <https://docs.python.org/3.14/library/resource.html>.

use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "resource",
    functions: [getrusage, getrlimit, setrlimit, prlimit, getpagesize],
    exec: exec,
}

const FIELDS: &[(&str, &str)] = &[
    ("ru_utime", "user time used"),
    ("ru_stime", "system time used"),
    ("ru_maxrss", "max. resident set size"),
    ("ru_ixrss", "shared memory size"),
    ("ru_idrss", "unshared data size"),
    ("ru_isrss", "unshared stack size"),
    ("ru_minflt", "page faults not requiring I/O"),
    ("ru_majflt", "page faults requiring I/O"),
    ("ru_nswap", "number of swap outs"),
    ("ru_inblock", "block input operations"),
    ("ru_oublock", "block output operations"),
    ("ru_msgsnd", "IPC messages sent"),
    ("ru_msgrcv", "IPC messages received"),
    ("ru_nsignals", "signals received"),
    ("ru_nvcsw", "voluntary context switches"),
    ("ru_nivcsw", "involuntary context switches"),
];

fn declare(module: &Module) -> Result<()> {
    let doc = "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.";
    declare_sequence(module, "resource.struct_rusage", doc, FIELDS, 16)
}

/// `struct_rusage` of these items, also before the module was imported.
pub fn rusage_sequence(items: Vec<Ref>) -> Result {
    if sequence_type("resource.struct_rusage").is_none() {
        declare(&Module::new("resource"))?;
    }
    sequence("resource.struct_rusage", items)
}

fn exec(module: &Module) -> Result<()> {
    declare(module)?;
    module.dict().insert_str(intern!("error"), &runtime::objects::exceptions::OSError)?;
    constants(
        module,
        &[
            ("RLIMIT_CPU", 0),
            ("RLIMIT_FSIZE", 1),
            ("RLIMIT_DATA", 2),
            ("RLIMIT_STACK", 3),
            ("RLIMIT_CORE", 4),
            ("RLIMIT_RSS", 5),
            ("RLIMIT_NPROC", 6),
            ("RLIMIT_NOFILE", 7),
            ("RLIMIT_OFILE", 7),
            ("RLIMIT_MEMLOCK", 8),
            ("RLIMIT_AS", 9),
            ("RLIMIT_SIGPENDING", 11),
            ("RLIMIT_MSGQUEUE", 12),
            ("RLIMIT_NICE", 13),
            ("RLIMIT_RTPRIO", 14),
            ("RLIMIT_RTTIME", 15),
            ("RUSAGE_SELF", 0),
            ("RUSAGE_CHILDREN", -1),
            ("RUSAGE_THREAD", 1),
            ("RLIM_INFINITY", -1),
        ],
    )
}

/// Return resource usage of this process, its children, or this thread.
#[function(signature = "(who, /)")]
fn getrusage(who: i32) -> Result {
    let mut usage: libc::rusage = zeroed();
    if c!(libc::getrusage(who, &mut usage)) < 0 {
        if errno() == libc::EINVAL {
            return Err(raise!(ValueError, "invalid who parameter"));
        }
        return Err(last_error());
    }
    crate::posix::process::rusage_result(&usage)
}

fn limit_result(limit: &libc::rlimit) -> (i64, i64) {
    (limit.rlim_cur as i64, limit.rlim_max as i64)
}

fn limits(object: &Object) -> Result<libc::rlimit> {
    let items = object.collect()?;
    let [soft, hard] = &items[..] else {
        return Err(raise!(ValueError, "expected a tuple of 2 integers"));
    };
    let value = |object: &Object| -> Result<u64> {
        let number = object.index()?;
        match (number.to_i64(), number.to_u64()) {
            (Some(number), _) => Ok(number as u64),
            (None, Some(number)) => Ok(number),
            _ => Err(raise!(OverflowError, "Python int too large to convert to C rlim_t")),
        }
    };
    Ok(libc::rlimit { rlim_cur: value(soft)?, rlim_max: value(hard)? })
}

fn valid(resource: i32) -> Result<()> {
    if !(0..16).contains(&resource) {
        return Err(raise!(ValueError, "invalid resource specified"));
    }
    Ok(())
}

fn limit_error() -> Raised {
    match errno() {
        libc::EINVAL => raise!(ValueError, "current limit exceeds maximum limit"),
        libc::EPERM => raise!(ValueError, "not allowed to raise maximum limit"),
        error => fail(error),
    }
}

/// Return a tuple (soft, hard) of the resource's limits.
#[function(signature = "(resource, /)")]
fn getrlimit(resource: i32) -> Result<(i64, i64)> {
    valid(resource)?;
    let mut limit: libc::rlimit = zeroed();
    check(c!(libc::getrlimit(resource as _, &mut limit)))?;
    Ok(limit_result(&limit))
}

/// Set the resource's limits.
#[function(signature = "(resource, limits, /)")]
fn setrlimit(resource: i32, limits: &Object) -> Result<()> {
    valid(resource)?;
    let limit = self::limits(limits)?;
    if c!(libc::setrlimit(resource as _, &limit)) < 0 { Err(limit_error()) } else { Ok(()) }
}

/// Get or set the limits of any process.
#[function(signature = "(pid, resource, limits=None, /)")]
fn prlimit(pid: i32, resource: i32, limits: Option<&Object>) -> Result<(i64, i64)> {
    valid(resource)?;
    let new = limits.filter(|limits| !limits.is_none()).map(self::limits).transpose()?;
    let mut old: libc::rlimit = zeroed();
    let new = new.as_ref().map_or(std::ptr::null(), |new| new as *const libc::rlimit);
    if c!(libc::prlimit(pid, resource as _, new, &mut old)) < 0 {
        return Err(limit_error());
    }
    Ok(limit_result(&old))
}

/// Return the page size.
#[function(signature = "()")]
fn getpagesize() -> i64 {
    c!(libc::sysconf(libc::_SC_PAGESIZE))
}

//! Names of hosts, services, protocols and interfaces; addresses and numbers in network order.

use std::ffi::{CStr, CString};

use runtime::gil;
use runtime::native::system::*;
use runtime::objects::exceptions::OSError;
use runtime::prelude::*;

use super::address::{self, Address, gai_error, host_address, host_name};
use super::int_of;

/// getaddrinfo(host, port [, family, type, proto, flags]) -> list of (family, type, proto, canonname, sockaddr)
///
/// Resolve host and port into addrinfo struct.
#[function(signature = "(host, port, family=0, type=0, proto=0, flags=0)", hidden_signature)]
pub fn getaddrinfo(
    host: &Object,
    port: &Object,
    family: Option<i32>,
    r#type: Option<i32>,
    proto: Option<i32>,
    flags: Option<i32>,
) -> Result<Ref<List>> {
    let host_text = match (host.downcast::<Str>(), host.downcast::<Bytes>()) {
        _ if host.is_none() => None,
        (Some(text), _) => Some(c_text(address::idna(text)?)),
        (_, Some(bytes)) => Some(c_text(bytes.as_slice().to_vec())),
        _ => return Err(raise!(TypeError, "getaddrinfo() argument 1 must be string or None")),
    };
    let service = match (port.downcast::<Str>(), port.downcast::<Bytes>()) {
        _ if port.is_none() => None,
        (Some(text), _) => Some(c_text(text.to_utf8()?.as_bytes().to_vec())),
        (_, Some(bytes)) => Some(c_text(bytes.as_slice().to_vec())),
        _ if port.downcast::<Int>().is_some() => Some(c_text(port.str_()?.to_utf8()?.as_bytes().to_vec())),
        _ => return Err(raise!(OSError, "Int or String expected")),
    };
    let hints = [family.unwrap_or(0), r#type.unwrap_or(0), proto.unwrap_or(0), flags.unwrap_or(0)];
    let list = List::new();
    for found in address::look_up(host_text.as_ref(), service.as_ref(), hints)? {
        let shown = found.address.shown()?;
        let name = decode(&found.name);
        list.push((found.family, found.kind, found.protocol, name, shown).into_result()?)?;
    }
    Ok(list)
}

/// As C sees it: up to the first null.
fn c_text(mut bytes: Vec<u8>) -> CString {
    if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        bytes.truncate(end);
    }
    CString::new(bytes).unwrap_or_default()
}

/// getnameinfo(sockaddr, flags) --> (host, port)
///
/// Get host and port for a sockaddr.
#[function(signature = "(sockaddr, flags, /)", hidden_signature)]
pub fn getnameinfo(sockaddr: &Object, flags: i32) -> Result<(Ref<Str>, Ref<Str>)> {
    let Some(tuple) = sockaddr.downcast::<Tuple>() else {
        return Err(raise!(TypeError, "getnameinfo() argument 1 must be a tuple"));
    };
    let items = tuple.as_slice();
    let host = items.first().and_then(|host| host.downcast::<Str>());
    let Some(host) = host.filter(|_| (2..=4).contains(&items.len())) else {
        return Err(raise!(TypeError, "getnameinfo(): illegal sockaddr argument"));
    };
    let port = int_of(&items[1])?;
    let part = |at: usize| -> Result<u32> {
        match items.get(at) {
            Some(item) => Ok(item.index()?.to_i64().unwrap_or(0) as u32),
            None => Ok(0),
        }
    };
    let (flow, scope) = (part(2)?, part(3)?);
    if flow > 0xfffff {
        return Err(raise!(OverflowError, "getnameinfo(): flowinfo must be 0-1048575."));
    }
    let (host, service) = (c_text(host.to_utf8()?.as_bytes().to_vec()), c_text(port.to_string().into()));
    let hints = [libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICSERV];
    let found = address::look_up(Some(&host), Some(&service), hints)?;
    let found = match found.as_slice() {
        [found] => found,
        [] => return Err(gai_error(libc::EAI_NONAME, 0)),
        _ => return Err(raise!(OSError, "sockaddr resolved to multiple addresses")),
    };
    let mut target = found.address;
    match found.family {
        libc::AF_INET if items.len() != 2 => {
            return Err(raise!(OSError, "IPv4 sockaddr must be 2 tuple"));
        }
        libc::AF_INET6 => target.set_flow_and_scope(flow, scope),
        _ => {}
    }
    let names = gil::allow_threads(|| {
        let mut host = [0 as libc::c_char; 1025];
        let mut service = [0 as libc::c_char; 32];
        let error = c!(libc::getnameinfo(
            target.as_ptr(),
            target.len,
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags
        ));
        if error != 0 { Err((error, errno())) } else { Ok((host, service)) }
    });
    let (host, service) = names.map_err(|(error, system)| gai_error(error, system))?;
    Ok((c!(decode_c(host.as_ptr())), c!(decode_c(service.as_ptr()))))
}

/// The `host` argument of the functions below.
fn host_argument(function: &str, object: &Object) -> Result<CString> {
    let is_text = object.downcast::<Str>().is_some()
        || object.downcast::<Bytes>().is_some()
        || object.downcast::<runtime::objects::bytearray::ByteArray>().is_some();
    if !is_text {
        return Err(raise!(
            TypeError,
            "{function}() argument 1 must be str, bytes or bytearray, not {}",
            runtime::native::args::kind_of(object)
        ));
    }
    host_name(object)
}

/// gethostbyname(host) -> address
///
/// The IPv4 address of a host, as text.
#[function(signature = "(host, /)", hidden_signature)]
pub fn gethostbyname(host: &Object) -> Result<String> {
    let host = host_argument("gethostbyname", host)?;
    Ok(host_address(&host, libc::AF_INET)?.host())
}

#[allow(unsafe_code)]
pub mod foreign {
    // SAFETY: C's declarations.
    unsafe extern "C" {
        pub fn gethostbyname_r(
            name: *const libc::c_char,
            result: *mut libc::hostent,
            buffer: *mut libc::c_char,
            room: usize,
            found: *mut *mut libc::hostent,
            error: *mut i32,
        ) -> i32;
        pub fn gethostbyaddr_r(
            address: *const libc::c_void,
            len: libc::socklen_t,
            family: i32,
            result: *mut libc::hostent,
            buffer: *mut libc::c_char,
            room: usize,
            found: *mut *mut libc::hostent,
            error: *mut i32,
        ) -> i32;
        #[link_name = "inet_aton"]
        pub fn inet_aton_c(text: *const libc::c_char, into: *mut libc::in_addr) -> i32;
        #[link_name = "inet_pton"]
        pub fn inet_pton_c(family: i32, text: *const libc::c_char, into: *mut libc::c_void) -> i32;
        #[link_name = "inet_ntop"]
        pub fn inet_ntop_c(
            family: i32,
            address: *const libc::c_void,
            into: *mut libc::c_char,
            room: libc::socklen_t,
        ) -> *const libc::c_char;
        pub fn hstrerror(error: i32) -> *const libc::c_char;
    }
}

/// Name, aliases and addresses of a host.
type Host = (Vec<u8>, Vec<Vec<u8>>, Vec<String>);

fn strings(mut list: *mut *mut libc::c_char) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !list.is_null() && !c!(*list).is_null() {
        found.push(c!(CStr::from_ptr(*list)).to_bytes().to_vec());
        list = c!(list.add(1));
    }
    found
}

fn host_of(entry: &libc::hostent) -> Host {
    let mut addresses = Vec::new();
    let mut list = entry.h_addr_list;
    while !list.is_null() && !c!(*list).is_null() {
        let bytes = c!(std::slice::from_raw_parts((*list).cast::<u8>(), entry.h_length.max(0) as usize));
        if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
            addresses.push(std::net::Ipv4Addr::from(v4).to_string());
        } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
            addresses.push(address::ntop6(v6));
        }
        list = c!(list.add(1));
    }
    let name = c!(CStr::from_ptr(entry.h_name)).to_bytes().to_vec();
    (name, strings(entry.h_aliases), addresses)
}

/// Calls a function that wants room until there is enough of it.
fn host_entry(
    body: impl Fn(*mut libc::hostent, *mut libc::c_char, usize, *mut *mut libc::hostent, *mut i32) -> i32
    + Send
    + Sync,
) -> Result<(Ref<Str>, Ref<List>, Ref<List>)> {
    let found = gil::allow_threads(|| {
        let mut room = 1 << 14;
        loop {
            let mut buffer = vec![0 as libc::c_char; room];
            let mut entry: libc::hostent = zeroed_entry();
            let mut found: *mut libc::hostent = std::ptr::null_mut();
            let mut error = 0;
            let status = body(&mut entry, buffer.as_mut_ptr(), room, &mut found, &mut error);
            if status == libc::ERANGE && room < 1 << 22 {
                room *= 4;
                continue;
            }
            return match c!(found.as_ref()) {
                Some(entry) => Ok(host_of(entry)),
                None => Err(error),
            };
        }
    });
    match found {
        Ok((name, aliases, addresses)) => {
            let aliases = aliases.iter().map(|alias| decode(alias).into_object()).collect();
            let addresses = addresses.iter().map(|text| Str::new(text).into_object()).collect();
            Ok((decode(&name), List::from_vec(aliases), List::from_vec(addresses)))
        }
        Err(error) => {
            let text = c!(decode_c(c!(foreign::hstrerror(error))));
            Err(fail_as(&*exception_class("socket.herror", &OSError)?, error, &text))
        }
    }
}

fn zeroed_entry() -> libc::hostent {
    c!(std::mem::zeroed())
}

/// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
///
/// Return the true host name, a list of aliases, and a list of IP addresses, for a host.
#[function(signature = "(host, /)", hidden_signature)]
pub fn gethostbyname_ex(host: &Object) -> Result<(Ref<Str>, Ref<List>, Ref<List>)> {
    let host = host_argument("gethostbyname_ex", host)?;
    host_address(&host, libc::AF_INET)?;
    host_entry(move |entry, buffer, room, found, error| {
        c!(foreign::gethostbyname_r(host.as_ptr(), entry, buffer, room, found, error))
    })
}

/// gethostbyaddr(host) -> (name, aliaslist, addresslist)
///
/// Return the true host name, a list of aliases, and a list of IP addresses, for a host.
#[function(signature = "(host, /)", hidden_signature)]
pub fn gethostbyaddr(host: &Object) -> Result<(Ref<Str>, Ref<List>, Ref<List>)> {
    let host = host_argument("gethostbyaddr", host)?;
    let target: Address = host_address(&host, libc::AF_UNSPEC)?;
    let family = target.family();
    let bytes = match target.host_bytes() {
        Some(bytes) => bytes,
        None => return Err(raise!(OSError, "unsupported address family")),
    };
    host_entry(move |entry, buffer, room, found, error| {
        let (at, len) = (bytes.as_ptr().cast(), bytes.len() as libc::socklen_t);
        c!(foreign::gethostbyaddr_r(at, len, family, entry, buffer, room, found, error))
    })
}

/// Return the current host name.
#[function(signature = "()")]
pub fn gethostname() -> Result<Ref<Str>> {
    let mut name = [0 as libc::c_char; 1025];
    check(c!(libc::gethostname(name.as_mut_ptr(), 1024)))?;
    Ok(c!(decode_c(name.as_ptr())))
}

/// sethostname(name)
///
/// Sets the hostname to name.
#[function(signature = "(name, /)", hidden_signature)]
pub fn sethostname(name: &Object) -> Result<()> {
    let name = match name.downcast::<Bytes>() {
        Some(bytes) => bytes.as_slice().to_vec(),
        None => fs_bytes(name)?,
    };
    check(c!(libc::sethostname(name.as_ptr().cast(), name.len())))?;
    Ok(())
}

fn protocol_pointer(protocol: &Option<CString>) -> *const libc::c_char {
    protocol.as_ref().map_or(std::ptr::null(), |text| text.as_ptr())
}

fn c_name(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| raise!(ValueError, "embedded null character"))
}

/// getservbyname(servicename[, protocolname]) -> integer
///
/// Return a port number from a service name and protocol name.
#[function(signature = "(servicename, protocolname=None, /)", hidden_signature)]
pub fn getservbyname(servicename: &str, protocolname: Option<&str>) -> Result<u16> {
    let name = c_name(servicename)?;
    let protocol = protocolname.map(c_name).transpose()?;
    // C's answer is in static memory, which the GIL guards.
    let entry = c!(libc::getservbyname(name.as_ptr(), protocol_pointer(&protocol)));
    match c!(entry.as_ref()) {
        Some(entry) => Ok(u16::from_be(entry.s_port as u16)),
        None => Err(raise!(OSError, "service/proto not found")),
    }
}

/// getservbyport(port[, protocolname]) -> string
///
/// Return the service name from a port number and protocol name.
#[function(signature = "(port, protocolname=None, /)", hidden_signature)]
pub fn getservbyport(port: i32, protocolname: Option<&str>) -> Result<Ref<Str>> {
    let protocol = protocolname.map(c_name).transpose()?;
    let Ok(port) = u16::try_from(port) else {
        return Err(raise!(OverflowError, "getservbyport: port must be 0-65535."));
    };
    let entry = c!(libc::getservbyport(port.to_be().into(), protocol_pointer(&protocol)));
    match c!(entry.as_ref()) {
        Some(entry) => Ok(c!(decode_c(entry.s_name))),
        None => Err(raise!(OSError, "port/proto not found")),
    }
}

/// getprotobyname(name) -> integer
///
/// Return the protocol number for the named protocol.
#[function(signature = "(name, /)", hidden_signature)]
pub fn getprotobyname(name: &str) -> Result<i32> {
    let name = c_name(name)?;
    match c!(libc::getprotobyname(name.as_ptr()).as_ref()) {
        Some(entry) => Ok(entry.p_proto),
        None => Err(raise!(OSError, "protocol not found")),
    }
}

/// An unsigned number of that many bits.
fn number(object: &Object, bits: u32) -> Result<u64> {
    let index = object.index()?;
    if index.sign() < 0 {
        return Err(raise!(ValueError, "Cannot convert negative int"));
    }
    match index.to_u64().filter(|value| value >> bits == 0) {
        Some(value) => Ok(value),
        None => Err(raise!(OverflowError, "Python int too large for C uint{bits}_t")),
    }
}

/// Convert a 16-bit unsigned integer from host to network byte order.
#[function(signature = "($module, integer, /)")]
pub fn htons(_module: &Module, integer: &Object) -> Result<u16> {
    Ok((number(integer, 16)? as u16).to_be())
}

/// Convert a 16-bit unsigned integer from network to host byte order.
#[function(signature = "($module, integer, /)")]
pub fn ntohs(_module: &Module, integer: &Object) -> Result<u16> {
    Ok(u16::from_be(number(integer, 16)? as u16))
}

/// Convert a 32-bit integer from host to network byte order.
#[function(signature = "($module, integer, /)")]
pub fn htonl(_module: &Module, integer: &Object) -> Result<u32> {
    Ok((number(integer, 32)? as u32).to_be())
}

/// Convert a 32-bit integer from network to host byte order.
#[function(signature = "($module, integer, /)")]
pub fn ntohl(_module: &Module, integer: &Object) -> Result<u32> {
    Ok(u32::from_be(number(integer, 32)? as u32))
}

/// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format.
#[function(signature = "($module, ip_addr, /)")]
pub fn inet_aton(_module: &Module, ip_addr: &str) -> Result<[u8; 4]> {
    let text = c_name(ip_addr)?;
    let mut address: libc::in_addr = zeroed();
    if c!(foreign::inet_aton_c(text.as_ptr(), &mut address)) == 0 {
        return Err(raise!(OSError, "illegal IP address string passed to inet_aton"));
    }
    Ok(address.s_addr.to_ne_bytes())
}

/// Convert an IP address from 32-bit packed binary format to string format.
#[function(signature = "($module, packed_ip, /)")]
pub fn inet_ntoa(_module: &Module, packed_ip: BytesLike<'_>) -> Result<String> {
    match <[u8; 4]>::try_from(&*packed_ip) {
        Ok(bytes) => Ok(std::net::Ipv4Addr::from(bytes).to_string()),
        Err(_) => Err(raise!(OSError, "packed IP wrong length for inet_ntoa")),
    }
}

/// inet_pton(af, ip) -> packed IP address string
///
/// Convert an IP address from string format to a packed string.
#[function(signature = "(af, ip, /)", hidden_signature)]
pub fn inet_pton(af: i32, ip: &str) -> Result<Vec<u8>> {
    let text = c_name(ip)?;
    let mut packed = [0u8; 16];
    match c!(foreign::inet_pton_c(af, text.as_ptr(), packed.as_mut_ptr().cast())) {
        -1 => Err(last_error()),
        0 => Err(raise!(OSError, "illegal IP address string passed to inet_pton")),
        _ if af == libc::AF_INET => Ok(packed[..4].to_vec()),
        _ => Ok(packed.to_vec()),
    }
}

/// inet_ntop(af, packed_ip) -> string
///
/// The text for an address in network bytes.
#[function(signature = "(af, packed_ip, /)", hidden_signature)]
pub fn inet_ntop(af: i32, packed_ip: BytesLike<'_>) -> Result<String> {
    let wrong = || raise!(ValueError, "invalid length of packed IP address string");
    match af {
        libc::AF_INET => {
            let bytes = <[u8; 4]>::try_from(&*packed_ip).map_err(|_| wrong())?;
            Ok(std::net::Ipv4Addr::from(bytes).to_string())
        }
        libc::AF_INET6 => Ok(address::ntop6(<[u8; 16]>::try_from(&*packed_ip).map_err(|_| wrong())?)),
        _ => Err(raise!(ValueError, "unknown address family {af}")),
    }
}

/// Returns a list of network interface information (index, name) tuples.
#[function(signature = "()")]
pub fn if_nameindex() -> Result<Ref<List>> {
    let table = c!(libc::if_nameindex());
    if table.is_null() {
        return Err(last_error());
    }
    let mut found = Vec::new();
    let mut next = table;
    while c!((*next).if_index) != 0 {
        let (index, name) = c!(((*next).if_index, (*next).if_name));
        found.push((index, c!(decode_c(name))));
        next = c!(next.add(1));
    }
    c!(libc::if_freenameindex(table));
    let list = List::new();
    for pair in found {
        list.push(pair.into_result()?)?;
    }
    Ok(list)
}

/// Returns the interface index corresponding to the interface name.
#[function(signature = "($module, oname, /)")]
pub fn if_nametoindex(_module: &Module, oname: &Object) -> Result<u32> {
    let name = fs_string(oname)?;
    match c!(libc::if_nametoindex(name.as_ptr())) {
        0 => Err(last_error()),
        index => Ok(index),
    }
}

/// Returns the interface name corresponding to the interface index.
#[function(signature = "($module, if_index, /)")]
pub fn if_indextoname(_module: &Module, if_index: u32) -> Result<Ref<Str>> {
    let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
    if c!(libc::if_indextoname(if_index, name.as_mut_ptr())).is_null() {
        return Err(last_error());
    }
    Ok(c!(decode_c(name.as_ptr())))
}

//! Socket addresses: Python's tuples as C's structs and back, and looking up a host's address.

use std::ffi::CString;

use super::names::foreign;
use runtime::gil;
use runtime::native::system::*;
use runtime::objects::bytearray::ByteArray;
use runtime::objects::exceptions::{OSError, OverflowError};
use runtime::prelude::*;

/// Room for the address of any family.
#[derive(Clone, Copy)]
pub struct Address {
    pub storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}

/// C's structs of addresses: any bytes are valid in them.
pub trait Family: Copy {}
impl Family for libc::sockaddr_in {}
impl Family for libc::sockaddr_in6 {}
impl Family for libc::sockaddr_un {}
impl Family for libc::sockaddr_nl {}
impl Family for libc::sockaddr_ll {}
impl Family for libc::sockaddr_vm {}
impl Family for libc::sockaddr_can {}
impl Family for libc::sockaddr_alg {}
impl Family for Qipcrtr {}

/// `sockaddr_qrtr`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Qipcrtr {
    family: libc::sa_family_t,
    node: u32,
    port: u32,
}

impl Address {
    pub fn empty() -> Address {
        Address { storage: zeroed(), len: size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }

    fn from<T: Family>(value: T) -> Address {
        let mut address = Address::empty();
        address.len = size_of::<T>() as libc::socklen_t;
        c!((&raw mut address.storage).cast::<T>().write(value));
        address
    }

    fn view<T: Family>(&self) -> T {
        c!((&raw const self.storage).cast::<T>().read())
    }

    pub fn from_raw(raw: *const libc::sockaddr, len: libc::socklen_t) -> Address {
        let mut address = Address::empty();
        address.len = len.min(address.len);
        c!(std::ptr::copy_nonoverlapping(
            raw.cast::<u8>(),
            (&raw mut address.storage).cast::<u8>(),
            address.len as usize
        ));
        address
    }

    pub fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }

    pub fn family(&self) -> i32 {
        self.storage.ss_family.into()
    }

    /// The bytes after the family.
    fn data(&self) -> Vec<u8> {
        let len = (self.len as usize).clamp(2, size_of::<libc::sockaddr_storage>());
        c!(std::slice::from_raw_parts((&raw const self.storage).cast::<u8>(), len))[2..].to_vec()
    }

    /// As Python shows it. `fd` is for names of interfaces.
    pub fn shown(&self) -> Result {
        if self.len == 0 {
            return Ok(none());
        }
        match self.family() {
            libc::AF_INET => {
                let address: libc::sockaddr_in = self.view();
                (self.host(), u16::from_be(address.sin_port)).into_result()
            }
            libc::AF_INET6 => {
                let address: libc::sockaddr_in6 = self.view();
                (
                    self.host(),
                    u16::from_be(address.sin6_port),
                    u32::from_be(address.sin6_flowinfo),
                    address.sin6_scope_id,
                )
                    .into_result()
            }
            libc::AF_UNIX => {
                let path = self.data();
                match path.first() {
                    Some(0) => path.into_result(),
                    _ => {
                        let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
                        Ok(decode(&path[..end]).into_object())
                    }
                }
            }
            libc::AF_NETLINK => {
                let address: libc::sockaddr_nl = self.view();
                (address.nl_pid, address.nl_groups).into_result()
            }
            libc::AF_VSOCK => {
                let address: libc::sockaddr_vm = self.view();
                (address.svm_cid, address.svm_port).into_result()
            }
            libc::AF_PACKET => {
                let address: libc::sockaddr_ll = self.view();
                let length = usize::from(address.sll_halen).min(address.sll_addr.len());
                (
                    interface_name(address.sll_ifindex),
                    u16::from_be(address.sll_protocol),
                    address.sll_pkttype,
                    address.sll_hatype,
                    address.sll_addr[..length].to_vec(),
                )
                    .into_result()
            }
            libc::AF_CAN => {
                let address: libc::sockaddr_can = self.view();
                Ok(Tuple::pack([interface_name(address.can_ifindex)]).into_object())
            }
            QIPCRTR => {
                let address: Qipcrtr = self.view();
                (address.node, address.port).into_result()
            }
            family => (family, self.data()).into_result(),
        }
    }

    /// The host of an internet address, in numbers.
    pub fn host(&self) -> String {
        match self.family() {
            libc::AF_INET => {
                let address: libc::sockaddr_in = self.view();
                std::net::Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)).to_string()
            }
            libc::AF_INET6 => {
                let address: libc::sockaddr_in6 = self.view();
                ntop6(address.sin6_addr.s6_addr)
            }
            _ => String::new(),
        }
    }

    /// The host of an internet address as bytes.
    pub fn host_bytes(&self) -> Option<Vec<u8>> {
        match self.family() {
            libc::AF_INET => {
                let address: libc::sockaddr_in = self.view();
                Some(address.sin_addr.s_addr.to_ne_bytes().to_vec())
            }
            libc::AF_INET6 => {
                let address: libc::sockaddr_in6 = self.view();
                Some(address.sin6_addr.s6_addr.to_vec())
            }
            _ => None,
        }
    }

    pub fn set_flow_and_scope(&mut self, flow: u32, scope: u32) {
        let mut address: libc::sockaddr_in6 = self.view();
        address.sin6_flowinfo = flow.to_be();
        address.sin6_scope_id = scope;
        *self = Address::from(address);
    }

    fn set_port(&mut self, port: u16) {
        match self.family() {
            libc::AF_INET => {
                let mut address: libc::sockaddr_in = self.view();
                address.sin_port = port.to_be();
                *self = Address::from(address);
            }
            _ => {
                let mut address: libc::sockaddr_in6 = self.view();
                address.sin6_port = port.to_be();
                *self = Address::from(address);
            }
        }
    }
}

const QIPCRTR: i32 = 42;

/// An IPv6 address as C writes it.
pub fn ntop6(bytes: [u8; 16]) -> String {
    let mut text = [0 as libc::c_char; 64];
    c!(foreign::inet_ntop_c(libc::AF_INET6, bytes.as_ptr().cast(), text.as_mut_ptr(), 64));
    c!(decode_c(text.as_ptr())).to_string()
}

fn interface_name(index: i32) -> Ref {
    let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
    if index != 0 {
        c!(libc::if_indextoname(index as u32, name.as_mut_ptr()));
    }
    c!(decode_c(name.as_ptr())).into_object()
}

/// Raises `gaierror`.
pub fn gai_error(number: i32, system: i32) -> Raised {
    if number == libc::EAI_SYSTEM {
        return fail(system);
    }
    let text = c!(decode_c(c!(libc::gai_strerror(number))));
    match exception_class("socket.gaierror", &OSError) {
        Ok(class) => fail_as(&class, number, &text),
        Err(raised) => raised,
    }
}

/// What `getaddrinfo` of C's found: type, protocol, canonical name, address.
pub struct Found {
    pub kind: i32,
    pub protocol: i32,
    pub family: i32,
    pub name: Vec<u8>,
    pub address: Address,
}

/// C's `getaddrinfo`, without the GIL.
pub fn look_up(host: Option<&CString>, service: Option<&CString>, hints: [i32; 4]) -> Result<Vec<Found>> {
    let [family, kind, protocol, flags] = hints;
    let found = gil::allow_threads(|| {
        let mut hints: libc::addrinfo = zeroed();
        hints.ai_family = family;
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let text = |text: Option<&CString>| text.map_or(std::ptr::null(), |text| text.as_ptr());
        let mut first: *mut libc::addrinfo = std::ptr::null_mut();
        let error = c!(libc::getaddrinfo(text(host), text(service), &hints, &mut first));
        if error != 0 {
            return Err((error, errno()));
        }
        let mut found = Vec::new();
        let mut next = first;
        while let Some(info) = c!(next.as_ref()) {
            let name = match info.ai_canonname.is_null() {
                true => Vec::new(),
                false => c!(std::ffi::CStr::from_ptr(info.ai_canonname)).to_bytes().to_vec(),
            };
            found.push(Found {
                kind: info.ai_socktype,
                protocol: info.ai_protocol,
                family: info.ai_family,
                name,
                address: Address::from_raw(info.ai_addr, info.ai_addrlen),
            });
            next = info.ai_next;
        }
        c!(libc::freeaddrinfo(first));
        Ok(found)
    });
    found.map_err(|(error, system)| gai_error(error, system))
}

/// A host's name as bytes: other than ASCII goes by IDNA.
pub fn host_name(object: &Object) -> Result<CString> {
    let bytes = match object.downcast::<Str>() {
        Some(text) => idna(text)?,
        None => match (object.downcast::<Bytes>(), object.downcast::<ByteArray>()) {
            (Some(bytes), _) => bytes.as_slice().to_vec(),
            (_, Some(array)) => array.to_vec(),
            _ => {
                return Err(raise!(
                    TypeError,
                    "str, bytes or bytearray expected, not {}",
                    object.ty().full_name()
                ));
            }
        },
    };
    CString::new(bytes).map_err(|_| raise!(TypeError, "host name must not contain null character"))
}

/// A string as ASCII bytes, by the codec `idna` if need be.
pub fn idna(text: &Str) -> Result<Vec<u8>> {
    if let Some(text) = text.as_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    let encoded = text.call_method(intern!("encode"), &[&Str::new("idna")])?;
    Ok(encoded.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default())
}

/// The address of a host, without a port.
pub fn host_address(host: &CString, family: i32) -> Result<Address> {
    let inet = |address: std::net::Ipv4Addr| {
        let mut new: libc::sockaddr_in = zeroed();
        new.sin_family = libc::AF_INET as libc::sa_family_t;
        new.sin_addr.s_addr = u32::from(address).to_be();
        Address::from(new)
    };
    let bytes = host.to_bytes();
    if bytes.is_empty() {
        let service = CString::from(c"0");
        let hints = [family, libc::SOCK_DGRAM, 0, libc::AI_PASSIVE];
        let found = look_up(None, Some(&service), hints)?;
        if found.len() > 1 && family != libc::AF_UNSPEC {
            return Err(raise!(OSError, "wildcard resolved to multiple address"));
        }
        return first(found);
    }
    if bytes == b"<broadcast>" || bytes == b"255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(raise!(OSError, "address family mismatched"));
        }
        return Ok(inet(std::net::Ipv4Addr::BROADCAST));
    }
    if family == libc::AF_INET || family == libc::AF_UNSPEC {
        let mut address = [0u8; 4];
        if c!(foreign::inet_pton_c(libc::AF_INET, host.as_ptr(), address.as_mut_ptr().cast())) > 0 {
            return Ok(inet(address.into()));
        }
    }
    if (family == libc::AF_INET6 || family == libc::AF_UNSPEC) && !bytes.contains(&b'%') {
        let mut new: libc::sockaddr_in6 = zeroed();
        new.sin6_family = libc::AF_INET6 as libc::sa_family_t;
        let into = (&raw mut new.sin6_addr).cast();
        if c!(foreign::inet_pton_c(libc::AF_INET6, host.as_ptr(), into)) > 0 {
            return Ok(Address::from(new));
        }
    }
    first(look_up(Some(host), None, [family, 0, 0, 0])?)
}

fn first(found: Vec<Found>) -> Result<Address> {
    match found.into_iter().next() {
        Some(found) => Ok(found.address),
        None => Err(gai_error(libc::EAI_NONAME, 0)),
    }
}

/// Replaces OverflowError of a port by the usual one.
fn port_error(function: &str) -> impl Fn(Raised) -> Raised {
    move |raised| {
        if !raised.matches(&OverflowError) {
            return raised;
        }
        raised.clear();
        raise!(OverflowError, "{function}(): port must be 0-65535.")
    }
}

/// C's `unsigned int`, whatever the sign and what is above it.
fn masked(object: &Object) -> Result<u32> {
    let index = object.index()?;
    match index.to_i64() {
        Some(value) => Ok(value as u32),
        None => Err(raise!(OverflowError, "Python int too large to convert to C long")),
    }
}

/// A Python address for a socket of that family; `function` is for messages.
pub fn parse(function: &str, family: i32, protocol: i32, object: &Object) -> Result<Address> {
    let tuple = |name: &str| match object.downcast::<Tuple>() {
        Some(tuple) => Ok(Ref::from_borrowed(tuple)),
        None => Err(raise!(
            TypeError,
            "{function}(): {name} address must be tuple, not {}",
            object.ty().full_name()
        )),
    };
    match family {
        libc::AF_UNIX => unix(object),
        libc::AF_INET => {
            let tuple = tuple("AF_INET")?;
            let [host, port] = tuple.as_slice() else {
                return Err(raise!(TypeError, "AF_INET address must be a pair (host, port)"));
            };
            let (host, port) = (host_name(host)?, super::int_of(port).map_err(port_error(function))?);
            let mut address = host_address(&host, libc::AF_INET)?;
            address.set_port(in_range(function, port)?);
            Ok(address)
        }
        libc::AF_INET6 => {
            let tuple = tuple("AF_INET6")?;
            let items = tuple.as_slice();
            if !(2..=4).contains(&items.len()) {
                return Err(raise!(
                    TypeError,
                    "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
                ));
            }
            let host = host_name(&items[0])?;
            let port = super::int_of(&items[1]).map_err(port_error(function))?;
            let flow = items.get(2).map_or(Ok(0), |flow| masked(flow))?;
            let scope = items.get(3).map_or(Ok(0), |scope| masked(scope))?;
            let mut address = host_address(&host, libc::AF_INET6)?;
            address.set_port(in_range(function, port)?);
            if flow > 0xfffff {
                return Err(raise!(OverflowError, "{function}(): flowinfo must be 0-1048575."));
            }
            let mut inet6: libc::sockaddr_in6 = address.view();
            inet6.sin6_flowinfo = flow.to_be();
            // A scope that the lookup found ("fe80::1%eth0") stays.
            if items.len() > 3 || !host.to_bytes().contains(&b'%') {
                inet6.sin6_scope_id = scope;
            }
            Ok(Address::from(inet6))
        }
        libc::AF_NETLINK => {
            let tuple = tuple("AF_NETLINK")?;
            let [pid, groups] = tuple.as_slice() else {
                return Err(raise!(TypeError, "AF_NETLINK address must be a pair (pid, groups)"));
            };
            let mut address: libc::sockaddr_nl = zeroed();
            address.nl_family = libc::AF_NETLINK as libc::sa_family_t;
            address.nl_pid = masked(pid)?;
            address.nl_groups = masked(groups)?;
            Ok(Address::from(address))
        }
        libc::AF_VSOCK => {
            let tuple = tuple("AF_VSOCK")?;
            let [cid, port] = tuple.as_slice() else {
                return Err(raise!(TypeError, "AF_VSOCK address must be a tuple of two ints (cid, port)"));
            };
            let mut address: libc::sockaddr_vm = zeroed();
            address.svm_family = libc::AF_VSOCK as libc::sa_family_t;
            address.svm_cid = masked(cid)?;
            address.svm_port = masked(port)?;
            Ok(Address::from(address))
        }
        QIPCRTR => {
            let tuple = tuple("AF_QIPCRTR")?;
            let [node, port] = tuple.as_slice() else {
                return Err(raise!(TypeError, "AF_QIPCRTR address must be a pair (node, port)"));
            };
            let family = QIPCRTR as libc::sa_family_t;
            Ok(Address::from(Qipcrtr { family, node: masked(node)?, port: masked(port)? }))
        }
        libc::AF_PACKET => packet(function, &*tuple("AF_PACKET")?),
        libc::AF_CAN => {
            let tuple = tuple("AF_CAN")?;
            let Some(name) = tuple.as_slice().first() else {
                return Err(raise!(TypeError, "AF_CAN address must be a tuple (interface, )"));
            };
            let mut address: libc::sockaddr_can = zeroed();
            address.can_family = libc::AF_CAN as libc::sa_family_t;
            address.can_ifindex = interface_index(name, protocol)?;
            Ok(Address::from(address))
        }
        libc::AF_ALG => algorithm(&*tuple("AF_ALG")?),
        _ => Err(raise!(OSError, "{function}(): bad family")),
    }
}

fn in_range(function: &str, port: i32) -> Result<u16> {
    u16::try_from(port).map_err(|_| raise!(OverflowError, "{function}(): port must be 0-65535."))
}

fn unix(object: &Object) -> Result<Address> {
    let path = match object.downcast::<Str>() {
        Some(text) => encode(text)?,
        None => BytesLike::of(object)?.to_vec(),
    };
    let mut address: libc::sockaddr_un = zeroed();
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    // A name that begins with a null is abstract, and has no null at its end.
    let end = usize::from(!matches!(path.first(), None | Some(0)));
    if path.len() + end > address.sun_path.len() {
        return Err(raise!(OSError, "AF_UNIX path too long"));
    }
    for (into, byte) in address.sun_path.iter_mut().zip(&path) {
        *into = *byte as libc::c_char;
    }
    let mut result = Address::from(address);
    result.len = (size_of::<libc::sa_family_t>() + path.len() + end) as libc::socklen_t;
    Ok(result)
}

/// The number of an interface; an empty name stands for all.
fn interface_index(name: &Object, _protocol: i32) -> Result<i32> {
    let name = fs_string(name)?;
    if name.is_empty() {
        return Ok(0);
    }
    match c!(libc::if_nametoindex(name.as_ptr())) {
        0 => Err(last_error()),
        index => Ok(index as i32),
    }
}

fn packet(function: &str, tuple: &Tuple) -> Result<Address> {
    let items = tuple.as_slice();
    if !(2..=5).contains(&items.len()) {
        return Err(raise!(TypeError, "AF_PACKET address must be a tuple of two to five elements"));
    }
    let index = interface_index(&items[0], 0)?;
    let protocol = super::int_of(&items[1])?;
    let Ok(protocol) = u16::try_from(protocol) else {
        return Err(raise!(OverflowError, "{function}(): proto must be 0-65535."));
    };
    let kind = items.get(2).map_or(Ok(0), |kind| super::int_of(kind))?;
    let hardware = items.get(3).map_or(Ok(0), |hardware| super::int_of(hardware))?;
    let bytes = match items.get(4) {
        Some(bytes) => BytesLike::of(bytes)?.to_vec(),
        None => Vec::new(),
    };
    let mut address: libc::sockaddr_ll = zeroed();
    if bytes.len() > address.sll_addr.len() {
        return Err(raise!(ValueError, "hardware address must be 8 bytes or less"));
    }
    address.sll_family = libc::AF_PACKET as libc::sa_family_t;
    address.sll_protocol = protocol.to_be();
    address.sll_ifindex = index;
    address.sll_pkttype = kind as u8;
    address.sll_hatype = hardware as u16;
    address.sll_halen = bytes.len() as u8;
    address.sll_addr[..bytes.len()].copy_from_slice(&bytes);
    Ok(Address::from(address))
}

fn algorithm(tuple: &Tuple) -> Result<Address> {
    let items = tuple.as_slice();
    if !(2..=4).contains(&items.len()) {
        return Err(raise!(TypeError, "AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
    }
    let text = |object: &Object, room: usize, what: &str| -> Result<Vec<u8>> {
        let Some(text) = object.downcast::<Str>() else {
            return Err(raise!(TypeError, "{what} must be str, not {}", object.ty().full_name()));
        };
        let bytes = text.to_utf8()?.as_bytes().to_vec();
        if bytes.len() >= room {
            return Err(raise!(ValueError, "AF_ALG {what} too long."));
        }
        Ok(bytes)
    };
    let mut address: libc::sockaddr_alg = zeroed();
    address.salg_family = libc::AF_ALG as libc::sa_family_t;
    let kind = text(&items[0], address.salg_type.len(), "type")?;
    let name = text(&items[1], address.salg_name.len(), "name")?;
    address.salg_type[..kind.len()].copy_from_slice(&kind);
    address.salg_name[..name.len()].copy_from_slice(&name);
    address.salg_feat = items.get(2).map_or(Ok(0), |feature| masked(feature))?;
    address.salg_mask = items.get(3).map_or(Ok(0), |mask| masked(mask))?;
    Ok(Address::from(address))
}

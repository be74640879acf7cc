//! `sendmsg`, `recvmsg`: several buffers, and ancillary data.

use runtime::native::buffer::Buffer;
use runtime::native::system::*;
use runtime::objects::exceptions::RuntimeWarning;
use runtime::prelude::*;

use super::address::Address;
use super::int_of;
use super::socket::*;

/// `CMSG_LEN` and `CMSG_SPACE` of that many bytes, if they fit.
pub fn cmsg_sizes(length: isize) -> Option<(usize, usize)> {
    // The kernel's lengths are C ints in places.
    let length = u32::try_from(length).ok().filter(|length| *length <= i32::MAX as u32 - 64)?;
    Some((c!(libc::CMSG_LEN(length)) as usize, c!(libc::CMSG_SPACE(length)) as usize))
}

/// Memory by address and length, lent by `_lent`.
struct Parts {
    _lent: Vec<Buffer>,
    parts: Vec<(usize, usize)>,
}

impl Parts {
    fn vectors(parts: &[(usize, usize)]) -> Vec<libc::iovec> {
        parts
            .iter()
            .map(|(base, len)| libc::iovec { iov_base: *base as *mut libc::c_void, iov_len: *len })
            .collect()
    }

    fn of(buffers: Vec<Buffer>) -> Parts {
        let parts =
            buffers.iter().map(|buffer| (buffer.view().buf as usize, buffer.view().len as usize)).collect();
        Parts { _lent: buffers, parts }
    }
}

/// What `recvmsg` gives beside the count.
type Received = (usize, Ref<List>, i32, Ref);

/// The ancillary data items of a received message, and whether they are whole.
fn items_of(message: &libc::msghdr) -> (Vec<(i32, i32, Vec<u8>)>, bool) {
    let mut items = Vec::new();
    let end = message.msg_control as usize + message.msg_controllen;
    let mut next = c!(libc::CMSG_FIRSTHDR(message));
    while !next.is_null() {
        let (level, kind, len) = c!(((*next).cmsg_level, (*next).cmsg_type, (*next).cmsg_len));
        let data = c!(libc::CMSG_DATA(next));
        let Some(wanted) = len.checked_sub(c!(libc::CMSG_LEN(0)) as usize) else {
            return (items, false);
        };
        let there = wanted.min(end.saturating_sub(data as usize));
        items.push((level, kind, c!(std::slice::from_raw_parts(data, there)).to_vec()));
        if there < wanted {
            return (items, false);
        }
        next = c!(libc::CMSG_NXTHDR(message, next));
    }
    (items, true)
}

impl Socket {
    fn receive_message(&self, parts: &[(usize, usize)], ancillary: isize, flags: i32) -> Result<Received> {
        if !(0..=i32::MAX as isize).contains(&ancillary) {
            return Err(raise!(ValueError, "invalid ancillary data buffer length"));
        }
        let mut control = room(ancillary)?;
        let mut from = Address::empty();
        let mut found = (Vec::new(), true);
        let mut message_flags = 0;
        let mut name_len = 0;
        let count = self.operate(false, self.deadline(), |fd| {
            from = Address::empty();
            let mut vectors = Parts::vectors(parts);
            let mut message: libc::msghdr = zeroed();
            message.msg_name = from.as_mut_ptr().cast();
            message.msg_namelen = from.len;
            message.msg_iov = vectors.as_mut_ptr();
            message.msg_iovlen = vectors.len();
            message.msg_controllen = control.len();
            if !control.is_empty() {
                message.msg_control = control.as_mut_ptr().cast();
            }
            let count = c!(libc::recvmsg(fd, &mut message, flags));
            if count >= 0 {
                found = items_of(&message);
                message_flags = message.msg_flags;
                name_len = message.msg_namelen;
            }
            count
        })?;
        from.len = name_len;
        let (items, whole) = found;
        let list = List::new();
        for (level, kind, data) in items {
            list.push((level, kind, data).into_result()?)?;
        }
        if !whole {
            let text = "received malformed or improperly-truncated ancillary data";
            runtime::warnings::warn(&RuntimeWarning, text, 1)?;
        }
        Ok((count as usize, list, message_flags, from.shown()?))
    }

    /// Sends buffers with ancillary data (as the kernel takes it).
    fn send_message(
        &self,
        parts: &[(usize, usize)],
        mut control: Vec<u8>,
        flags: i32,
        to: Option<&Address>,
    ) -> Result<isize> {
        self.operate(true, self.deadline(), |fd| {
            let mut vectors = Parts::vectors(parts);
            let mut message: libc::msghdr = zeroed();
            if let Some(to) = to {
                message.msg_name = to.as_ptr().cast_mut().cast();
                message.msg_namelen = to.len;
            }
            message.msg_iov = vectors.as_mut_ptr();
            message.msg_iovlen = vectors.len();
            if !control.is_empty() {
                message.msg_control = control.as_mut_ptr().cast();
                message.msg_controllen = control.len();
            }
            c!(libc::sendmsg(fd, &message, flags))
        })
    }
}

/// Adds an ancillary data item with its header and padding.
fn push_item(control: &mut Vec<u8>, level: i32, kind: i32, data: &[u8]) -> Result<()> {
    let Some((len, space)) = cmsg_sizes(data.len() as isize) else {
        return Err(raise!(OSError, "ancillary data item too large"));
    };
    let start = control.len();
    control.extend_from_slice(&len.to_ne_bytes());
    control.extend_from_slice(&level.to_ne_bytes());
    control.extend_from_slice(&kind.to_ne_bytes());
    control.extend_from_slice(data);
    control.resize(start + space, 0);
    Ok(())
}

/// The items of an iterable; TypeError "f() argument N must be an iterable" if it is none.
fn iterable(object: &Object, message: &str) -> Result<Vec<Ref>> {
    object.collect_or(message)
}

/// The buffers of `sendmsg`.
fn outgoing(buffers: &Object, message: &str) -> Result<Parts> {
    let items = iterable(buffers, message)?;
    Ok(Parts::of(items.iter().map(|item| Buffer::of(item)).collect::<Result<Vec<_>>>()?))
}

#[methods(part = message)]
impl Socket {
    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receive normal data and ancillary data from the socket.
    #[method(signature = "($self, bufsize, ancbufsize=0, flags=0, /)", hidden_signature)]
    fn recvmsg(
        &self,
        bufsize: isize,
        ancbufsize: Option<isize>,
        flags: Option<i32>,
    ) -> Result<(Vec<u8>, Ref<List>, i32, Ref)> {
        if bufsize < 0 {
            return Err(raise!(ValueError, "negative buffer size in recvmsg()"));
        }
        let mut data = room(bufsize)?;
        let parts = [(data.as_mut_ptr() as usize, data.len())];
        let (count, items, message_flags, from) =
            self.receive_message(&parts, ancbufsize.unwrap_or(0), flags.unwrap_or(0))?;
        data.truncate(count);
        Ok((data, items, message_flags, from))
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receive normal data into a series of buffers, and ancillary data.
    #[method(signature = "($self, buffers, ancbufsize=0, flags=0, /)", hidden_signature)]
    fn recvmsg_into(
        &self,
        buffers: &Object,
        ancbufsize: Option<isize>,
        flags: Option<i32>,
    ) -> Result<Received> {
        let items = iterable(buffers, "recvmsg_into() argument 1 must be an iterable")?;
        let mut lent = Vec::new();
        for item in &items {
            match Buffer::acquire(item, WRITABLE) {
                Ok(buffer) => lent.push(buffer),
                Err(raised) => {
                    raised.clear();
                    return Err(raise!(
                        TypeError,
                        "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers"
                    ));
                }
            }
        }
        let parts = Parts::of(lent);
        self.receive_message(&parts.parts, ancbufsize.unwrap_or(0), flags.unwrap_or(0))
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Send normal and ancillary data to the socket, gathering the data from a series of buffers.
    #[method(signature = "($self, buffers, ancdata=(), flags=0, address=None, /)", hidden_signature)]
    fn sendmsg(
        &self,
        buffers: &Object,
        ancdata: Option<&Object>,
        flags: Option<i32>,
        address: Option<&Object>,
    ) -> Result<isize> {
        let to = match address.filter(|address| !address.is_none()) {
            Some(address) => Some(self.address_of("sendmsg", address)?),
            None => None,
        };
        let parts = outgoing(buffers, "sendmsg() argument 1 must be an iterable")?;
        let mut control = Vec::new();
        if let Some(ancdata) = ancdata {
            for item in iterable(ancdata, "sendmsg() argument 2 must be an iterable")? {
                let Some(item) = item.downcast::<Tuple>() else {
                    return Err(raise!(
                        TypeError,
                        "[sendmsg() ancillary data items]() argument must be 3-item tuple, not {}",
                        item.ty().full_name()
                    ));
                };
                let [level, kind, data] = item.as_slice() else {
                    return Err(raise!(
                        TypeError,
                        "[sendmsg() ancillary data items]() argument must be tuple of length 3, not {}",
                        item.len()
                    ));
                };
                let (level, kind, data) = (int_of(level)?, int_of(kind)?, Buffer::of(data)?);
                push_item(&mut control, level, kind, data.as_slice())?;
            }
        }
        self.send_message(&parts.parts, control, flags.unwrap_or(0), to.as_ref())
    }

    /// sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])
    ///
    /// Set operation mode, IV and length of associated data for an AF_ALG operation socket.
    #[method(signature = "($self, /, msg=(), *, op=-1, iv=None, assoclen=-1, flags=0)", hidden_signature)]
    fn sendmsg_afalg(
        &self,
        msg: Option<&Object>,
        op: Option<i32>,
        iv: Option<&Object>,
        assoclen: Option<&Object>,
        flags: Option<i32>,
    ) -> Result<isize> {
        if self.family_number() != libc::AF_ALG {
            return Err(raise!(OSError, "algset is only supported for AF_ALG"));
        }
        let op = op.unwrap_or(-1);
        if op < 0 {
            return Err(raise!(TypeError, "Invalid or missing argument 'op'"));
        }
        let parts = match msg {
            Some(msg) => outgoing(msg, "sendmsg_afalg() argument 1 must be an iterable")?,
            None => Parts::of(Vec::new()),
        };
        let mut control = Vec::new();
        push_item(&mut control, SOL_ALG, ALG_SET_OP, &op.to_ne_bytes())?;
        if let Some(iv) = iv.filter(|iv| !iv.is_none()) {
            let iv = Buffer::of(iv)?;
            let mut data = (iv.as_slice().len() as u32).to_ne_bytes().to_vec();
            data.extend_from_slice(iv.as_slice());
            push_item(&mut control, SOL_ALG, ALG_SET_IV, &data)?;
        }
        if let Some(assoclen) = assoclen {
            let length = int_of(assoclen)?;
            if length < 0 {
                return Err(raise!(TypeError, "assoclen must be positive"));
            }
            push_item(&mut control, SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &length.to_ne_bytes())?;
        }
        self.send_message(&parts.parts, control, flags.unwrap_or(0), None)
    }
}

const WRITABLE: i32 = 1;
const SOL_ALG: i32 = 279;
const ALG_SET_IV: i32 = 2;
const ALG_SET_OP: i32 = 3;
const ALG_SET_AEAD_ASSOCLEN: i32 = 4;

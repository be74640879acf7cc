# _socket: addresses, options, timeouts, datagrams, streams, messages with descriptors, names.
import _socket as s
import posix


def t(function, *arguments, **keywords):
    try:
        print(function.__name__, arguments, keywords, function(*arguments, **keywords))
    except BaseException as error:
        print(function.__name__, arguments, keywords, type(error).__name__, error)


t(s.socket, "a")
t(s.socket, fileno=-1)
t(s.socket, fileno=999)
t(s.socket, 999)
a, b = s.socketpair()
print(a.family, a.type, a.proto, a.timeout, a.getblocking())
print(a.send(b"hello"), b.recv(3), b.recv(10, s.MSG_PEEK), b.recvfrom(10))
buffer = bytearray(8)
a.sendall(b"again")
print(b.recv_into(buffer), buffer, a.send(b"xy"), b.recvfrom_into(buffer, 1), buffer, b.recv(1))
b.settimeout(0.02)
t(b.recv, 1)
b.setblocking(False)
t(b.recv, 1)
b.settimeout(None)
r, w = posix.pipe()
posix.write(w, b"through")
fds = r.to_bytes(4, "little")
print(a.sendmsg([b"one", bytearray(b"two")], [(s.SOL_SOCKET, s.SCM_RIGHTS, fds)]))
data, ancillary, flags, address = b.recvmsg(100, s.CMSG_SPACE(4))
print(data, [(level, kind, len(data)) for level, kind, data in ancillary], flags, repr(address))
print(posix.read(int.from_bytes(ancillary[0][2], "little"), 100))
a.send(b"12345")
parts = [bytearray(2), bytearray(5)]
print(b.recvmsg_into(parts), parts)
a.shutdown(s.SHUT_WR)
print(b.recv(10), b.fileno() == b.detach(), b.fileno())
a.close()
t(a.recv, 1)

server = s.socket()
server.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1)
print(server.getsockopt(s.SOL_SOCKET, s.SO_REUSEADDR), server.getsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 4))
server.bind(("127.0.0.1", 0))
server.listen()
port = server.getsockname()[1]
client = s.socket()
client.settimeout(5)
client.connect(("127.0.0.1", port))
fd, address = server._accept()
peer = s.socket(fileno=fd)
print(peer.family, peer.type, peer.proto, address == client.getsockname(), peer.getpeername() == address)
client.sendall(b"z" * 100000)
count = 0
while count < 100000:
    count += len(peer.recv(65536))
print(count)
for closing in (client, peer, server):
    closing.close()
refused = s.socket()
print(refused.connect_ex(("127.0.0.1", port)))
for address in ("a", (), ("127.0.0.1", "a"), ("127.0.0.1", 65536), (5, 5), ("a\0b", 5), ("nonexistent.invalid", 5)):
    t(refused.bind, address)
for call in [
    (refused.getpeername,), (refused.recv, -1), (refused.recv_into, bytearray(3), 5), (refused.recvfrom_into, bytearray(3), -1),
    (refused.sendto, b"a"), (refused.sendto, b"a", 5), (refused.getsockopt, 1, 2, 2000), (refused.setsockopt, 1, 2, None),
    (refused.setsockopt, 1, 2, "a"), (refused.recvmsg, -1), (refused.recvmsg, 1, -1), (refused.recvmsg_into, [b"a"]),
    (refused.sendmsg, 5), (refused.sendmsg, [b""], [5]), (refused.sendmsg, [b""], [(1, 2)]), (refused.settimeout, -1),
    (refused.settimeout, "a"), (refused.settimeout, 1e300),
]:
    t(*call)
refused.close()

one, two = s.socket(s.AF_INET, s.SOCK_DGRAM), s.socket(type=s.SOCK_DGRAM)
one.bind(("localhost", 0))
two.bind((b"127.0.0.1", 0))
print(one.sendto(b"datagram", two.getsockname()), two.recvfrom(100)[1] == one.getsockname())
one.close()
two.close()
unix = s.socket(s.AF_UNIX)
t(unix.bind, "a" * 200)
t(unix.bind, 5)
unix.bind(b"\0taipan-test-name")
print(unix.getsockname())
t(unix.connect, "/nowhere/at/all")
unix.close()

t(s.getaddrinfo, "127.0.0.1", 80)
t(s.getaddrinfo, "::1", b"80", type=s.SOCK_STREAM)
t(s.getaddrinfo, "nonexistent.invalid", 80)
t(s.getaddrinfo, "127.0.0.1", 5.0)
t(s.getnameinfo, ("127.0.0.1", 80), 3)
t(s.getnameinfo, ("::1", 80, 1 << 30, 0), 3)
t(s.gethostbyname, "<broadcast>")
t(s.gethostbyname, 5)
t(s.gethostbyaddr, "127.0.0.1")
t(s.getservbyname, "nowhere")
t(s.getservbyport, 65536)
t(s.getprotobyname, "tcp")
for convert in (s.htons, s.ntohs, s.htonl, s.ntohl):
    for value in (1, -1, 65536, 1 << 32, "a"):
        t(convert, value)
for call in [
    (s.inet_aton, "1.2.3.4"), (s.inet_aton, "1.2"), (s.inet_aton, "x"), (s.inet_ntoa, b"abcd"), (s.inet_ntoa, b"abc"),
    (s.inet_pton, s.AF_INET6, "::1"), (s.inet_pton, 2, "x"), (s.inet_pton, 99, "x"), (s.inet_ntop, 2, b"abc"),
    (s.inet_ntop, 10, bytes(range(16))), (s.inet_ntop, 99, b"abc"), (s.if_nametoindex, "lo"), (s.if_nametoindex, "none"),
    (s.if_indextoname, 1), (s.if_indextoname, -1), (s.CMSG_LEN, 4), (s.CMSG_SPACE, 4), (s.CMSG_LEN, -1),
]:
    t(*call)
s.setdefaulttimeout(1.5)
late = s.socket()
print(s.getdefaulttimeout(), late.timeout, late.getblocking())
late.close()
print(repr(late))
print(s.gaierror.__mro__, s.herror, s.timeout, s.error, s.SocketType is s.socket, s.has_ipv6)

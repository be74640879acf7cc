# wheel: httptools
"""The parser of HTTP."""
import httptools
class Protocol:
    def on_url(self, url): print("url", url)
    def on_header(self, name, value): print(name, value)
    def on_body(self, body): print("body", body)
    def on_message_complete(self): print("complete")
parser = httptools.HttpRequestParser(Protocol())
parser.feed_data(b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
print(parser.get_method(), parser.should_keep_alive(), httptools.parse_url(b"http://h:8/p?q#f"))
try:
    httptools.HttpRequestParser(Protocol()).feed_data(b"nothing\r\n\r\n")
except httptools.HttpParserError as error:
    print(type(error).__name__, error)

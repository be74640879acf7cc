# wheel: tornado
"""Its C accelerator, and a server."""
import tornado.speedups
import tornado.httpserver, tornado.ioloop, tornado.web, tornado.httpclient, tornado.testing, asyncio
print(tornado.speedups.websocket_mask(b"abcd", b"some data"))
class Main(tornado.web.RequestHandler):
    def get(self):
        self.write({"hello": self.get_argument("name")})
async def main():
    sock, port = tornado.testing.bind_unused_port()
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", Main)]))
    server.add_sockets([sock])
    answer = await tornado.httpclient.AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/?name=x")
    print(answer.code, answer.body)
    server.stop()
asyncio.run(main())

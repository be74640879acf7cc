# wheel: grpcio
"""A call to a server in the same process."""
import os
os.environ["GRPC_VERBOSITY"] = "NONE"
from concurrent import futures
import grpc
class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: details.method.encode() + request)
server = grpc.server(futures.ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((Handler(),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    print(channel.unary_unary("/a/b")(b" request", timeout=10))
server.stop(None).wait()

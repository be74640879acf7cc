# wheel: pyzmq
"""Two sockets."""
import zmq
context = zmq.Context()
a, b = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
a.bind("inproc://x")
b.connect("inproc://x")
a.send_multipart([b"one", b"two"])
b.send_json({"a": 1})
print(b.recv_multipart(), a.recv_json(), a.poll(10))
try:
    a.recv(zmq.NOBLOCK)
except zmq.Again as error:
    print(error)
a.close(); b.close(); context.term()

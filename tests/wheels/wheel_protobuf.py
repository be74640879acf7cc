# wheel: protobuf
"""Messages."""
from google.protobuf import descriptor_pb2, json_format, struct_pb2, timestamp_pb2
from google.protobuf.internal import api_implementation
print(api_implementation.Type())
message = descriptor_pb2.FileDescriptorProto(name="a.proto", dependency=["b"])
message.message_type.add(name="M").field.add(name="f", number=3)
data = message.SerializeToString()
print(data, descriptor_pb2.FileDescriptorProto.FromString(data) == message, message)
print(json_format.MessageToJson(message), timestamp_pb2.Timestamp(seconds=5).ToJsonString())
struct = struct_pb2.Struct()
struct.update({"a": [1, None, {"b": True}]})
print(json_format.MessageToDict(struct))
try:
    message.name = 5
except TypeError as error:
    print(error)

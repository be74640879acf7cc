# wheel: pyarrow
"""Columns."""
import pyarrow as pa
import pyarrow.compute as pc
table = pa.table({"a": [1, 2, None], "b": ["x", "y", "z"]})
print(table, pc.sum(table["a"]), table.filter(pc.greater(table["a"], 1)).to_pydict())
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table)
print(pa.ipc.open_stream(sink.getvalue()).read_all().equals(table), pa.array([[1], []]).type)
try:
    pa.array([1, "x"])
except pa.ArrowInvalid as error:
    print(error)

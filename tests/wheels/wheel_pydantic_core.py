# wheel: pydantic_core
"""Validation by Rust code through PyO3."""
import datetime
from pydantic_core import SchemaValidator, SchemaSerializer, ValidationError, core_schema as cs, to_json, from_json, __version__

v = SchemaValidator(cs.typed_dict_schema({"a": cs.typed_dict_field(cs.int_schema(gt=0)), "b": cs.typed_dict_field(cs.list_schema(cs.str_schema()), required=False), "d": cs.typed_dict_field(cs.datetime_schema(), required=False)}))
print(v.validate_python({"a": "5", "b": ["x"]}), v.validate_json('{"a": 7, "d": "2024-01-02T03:04:05Z"}'))
for bad in ({"a": -1}, {}, {"a": "x", "b": 5}, 5, {"a": 1, "d": "nope"}):
    try:
        v.validate_python(bad)
    except ValidationError as e:
        print(e.error_count(), e.errors(include_url=False))
print(to_json({"k": [1, 2.5, None, datetime.date(2024, 1, 2), "é"]}), from_json('{"a": [1, "x", null]}'), SchemaSerializer(cs.list_schema(cs.int_schema())).to_json([1, 2]))
class M:
    pass
m = SchemaValidator(cs.model_schema(M, cs.model_fields_schema({"f": cs.model_field(cs.union_schema([cs.int_schema(), cs.str_schema()]))}))).validate_python({"f": "s"})
print(m.f, m.__dict__, __version__)

# wheel: pydantic
"""Models."""
from datetime import date
from pydantic import BaseModel, Field, ValidationError, field_validator
class Item(BaseModel):
    name: str = Field(min_length=2)
    price: float = 1.0
    tags: list[str] = []
    day: date | None = None
    @field_validator("name")
    @classmethod
    def upper(cls, value):
        return value.upper()
print(Item(name="ab", price="2.5", day="2024-01-02"), Item.model_validate_json('{"name": "xyz", "tags": ["a"]}').model_dump())
print(Item(name="ab").model_dump_json(), Item.model_json_schema()["required"])
try:
    Item(name="a", price="x")
except ValidationError as error:
    print(error.error_count(), [(e["loc"], e["type"]) for e in error.errors()])

# wheel: simplejson
"""The C encoder and scanner."""
import decimal
import simplejson
from simplejson import encoder
print(encoder.c_make_encoder is not None, simplejson.dumps({"a": [1, 2.5, None, decimal.Decimal("1.10")]}), simplejson.loads('{"x": 1.1}', use_decimal=True))
try:
    simplejson.loads("[1,]")
except simplejson.JSONDecodeError as error:
    print(error)

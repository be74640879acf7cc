# wheel: safetensors
"""Arrays to bytes and back."""
import numpy as np
from safetensors.numpy import load, save
data = save({"a": np.arange(3, dtype="f4")}, {"k": "v"})
print(data, load(data))
try:
    load(b"12345678")
except Exception as error:
    print(type(error).__name__, error)

# wheel: h5py
"""A file of arrays."""
import io
import h5py
import numpy as np
buffer = io.BytesIO()
with h5py.File(buffer, "w") as file:
    file["group/data"] = np.arange(6).reshape(2, 3)
    file["group"].attrs["unit"] = "m"
with h5py.File(buffer, "r") as file:
    print(list(file), file["group/data"][:, 1], file["group"].attrs["unit"], file["group/data"])
    try:
        file["nothing"]
    except KeyError as error:
        print(error)

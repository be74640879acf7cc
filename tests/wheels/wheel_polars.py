# wheel: polars
"""Frames in Rust."""
import warnings
import polars as pl
warnings.simplefilter("ignore")
frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
print(frame, frame.group_by("b").agg(pl.col("a").sum()).sort("b").rows(), frame.lazy().filter(pl.col("a") > 1).collect().to_dict(as_series=False))
print(frame.with_columns(pl.col("a").map_elements(lambda v: v * 2, return_dtype=pl.Int64).alias("c")).rows())
try:
    frame.select("missing")
except pl.exceptions.ColumnNotFoundError as error:
    print(type(error).__name__)

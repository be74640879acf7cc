# wheel: pandas
"""Frames: made, grouped, joined, printed."""
import io
import pandas as pd
frame = pd.DataFrame({"name": ["a", "b", "a"], "value": [1.5, 2.0, 4.0], "day": pd.to_datetime(["2024-01-02", "2024-02-29", "2024-03-01"])})
print(frame)
print(frame.groupby("name")["value"].agg(["sum", "mean"]))
print(frame.merge(pd.DataFrame({"name": ["a", "b"], "x": [10, 20]})).to_csv(index=False))
print(frame.dtypes, frame.describe())
print(pd.read_csv(io.StringIO("a,b\n1,x\n2,y")).pivot_table(index="b", values="a"))
print(frame.set_index("day").resample("MS")["value"].sum())
print(pd.Series([1, None, 3]).fillna(0).rolling(2).mean().tolist(), pd.Timestamp("2024-05-06 07:08:09", tz="UTC") + pd.Timedelta("1D"))

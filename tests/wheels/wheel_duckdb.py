# wheel: duckdb
"""Queries."""
import duckdb
base = duckdb.connect()
print(base.execute("select i, i * 1.5 as x, 'a' || i from range(3) t(i)").fetchall(), base.execute("select date '2024-01-02', [1, 2], {'a': null}").fetchone())
try:
    base.execute("select nothing")
except duckdb.Error as error:
    print(type(error).__name__)

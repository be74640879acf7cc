# sqlite3: statements, types, functions, transactions, errors.
import gc
import sqlite3
import warnings

connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
cursor = connection.cursor()
cursor.execute("create table t(id integer primary key, name text, score real, data blob, p point)")


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __conform__(self, protocol):
        if protocol is sqlite3.PrepareProtocol:
            return f"{self.x};{self.y}"


sqlite3.register_converter("point", lambda text: tuple(map(int, text.split(b";"))))
cursor.execute("insert into t values(?, ?, ?, ?, ?)", (None, "Ä\U0001f600", 1.5, b"\0\1", Point(1, 2)))
print(cursor.lastrowid, cursor.rowcount, cursor.description, connection.in_transaction)
cursor.executemany("insert into t(name, score) values(:name, :score)", [{"name": n, "score": i} for i, n in enumerate("abc")])
print(cursor.lastrowid, cursor.rowcount, connection.total_changes)
print(cursor.execute("select * from t order by id").fetchall(), [d[0] for d in cursor.description])
print(cursor.execute('select p as "p [point]", 2 as "n [point]" from t where id = 9').fetchone())
connection.rollback()
print(connection.execute("select count(*) from t").fetchone())
with connection:
    connection.executemany("insert into t(name) values(?)", zip("xyz"))
try:
    with connection:
        connection.execute("delete from t")
        raise KeyError
except KeyError:
    print(connection.execute("select name from t").fetchmany(2), connection.in_transaction)

connection.row_factory = sqlite3.Row
row = connection.execute("select id, name as Label from t").fetchone()
print(tuple(row), row["LABEL"], row[-1], row[0:1], row.keys(), len(row), list(row), row == row, "x" in row)
connection.row_factory = lambda cursor, row: {d[0]: v for d, v in zip(cursor.description, row)}
print(connection.execute("select id, name from t limit 1").fetchone())
connection.row_factory = None
connection.text_factory = bytes
print(connection.execute("select name from t limit 1").fetchone())
connection.text_factory = str


class Sum:
    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)

    def inverse(self, value):
        self.values.remove(value)

    def value(self):
        return sum(self.values)

    finalize = value


connection.create_function("twice", 1, lambda x: x * 2, deterministic=True)
connection.create_function("many", -1, lambda *a: len(a))
connection.create_aggregate("total", 1, Sum)
connection.create_window_function("moving", 1, Sum)
connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))
print(connection.execute("select twice(4), twice('a'), twice(x'01'), many(), many(1, 2), twice(2.5)").fetchone())
print(connection.execute("select total(id) from t").fetchone())
print(connection.execute("select id, moving(id) over (order by id rows between 1 preceding and 1 following) from t").fetchall())
print(connection.execute("select name from t order by name collate backwards").fetchall())
statements = []
connection.set_trace_callback(statements.append)
connection.execute("select ?", (3,)).fetchall()
connection.set_trace_callback(None)
print(statements)
actions = []
connection.set_authorizer(lambda *a: actions.append(a) or sqlite3.SQLITE_OK)
connection.execute("select name from t").fetchall()
connection.set_authorizer(None)
print(actions)
connection.set_progress_handler(lambda: 1, 1)


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "sqlite_errorname", ""))


execute = connection.execute
attempt(lambda: execute("select 1 union select 2").fetchall())
connection.set_progress_handler(None, 0)
connection.create_function("bad", 0, lambda: 1 / 0)
for sql, *parameters in [
    ("selec",), ("select bad()",), ("select ?", ()), ("select ?", (1, 2)), ("select ?", {}), ("select :a", {}), ("select :a", (1,)),
    ("select ?", (object(),)), ("select ?", (1 << 64,)), ("select 1; select 2",), ("select 1\0",), ("insert into t(id) values(1)",),
    ("select * from missing",), ("",), ("-- comment\nselect 5",), ("select cast(x'ff' as text) as c",), ("select ?", 5),
]:
    attempt(lambda: execute(sql, *parameters).fetchall())
attempt(lambda: connection.executemany("select 1", []))
attempt(lambda: type(connection.executescript("create table u(a); insert into u values(1); select * from u;")))
attempt(lambda: sqlite3.connect("/nonexistent/dir/x"))
attempt(lambda: sqlite3.connect(":memory:", isolation_level="x"))
attempt(lambda: setattr(connection, "isolation_level", "nothing"))
attempt(lambda: connection.getlimit(99))
print(connection.isolation_level, connection.autocommit, connection.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))

connection.execute("insert into t(data) values(zeroblob(6))")
with connection.blobopen("t", "data", connection.execute("select max(id) from t").fetchone()[0]) as blob:
    blob.write(b"abc")
    blob[4:6] = b"yz"
    blob.seek(0)
    print(len(blob), blob.read(), blob[0], blob[::2], blob.tell())
    attempt(lambda: blob[9])
    attempt(lambda: blob.write(b"12345678"))
attempt(lambda: blob.read())
other = sqlite3.connect(":memory:")
connection.commit()
connection.backup(other)
print(other.execute("select count(*) from t").fetchone(), list(other.iterdump())[:2])
data = other.serialize()
other.close()
other = sqlite3.connect(":memory:", autocommit=False)
other.deserialize(data)
print(len(data) > 1000, other.in_transaction, other.execute("select count(*) from u").fetchone())
other.close()
attempt(lambda: other.execute("select 1"))
print(sqlite3.complete_statement("select 1;"), sqlite3.complete_statement("select"), sqlite3.threadsafety)
print(connection.execute("insert into u values(7) returning a").fetchall(), connection.execute("select sqrt(16.0)").fetchone())
cursor.close()
attempt(lambda: cursor.fetchone())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    leaked = sqlite3.connect(":memory:")
    del leaked
    gc.collect()
print([str(w.message).split(" at ")[0] for w in caught])
connection.close()

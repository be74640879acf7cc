# wheel: psycopg2_binary
"""Adapters, and a connection that fails."""
import psycopg2
from psycopg2 import extensions
print(extensions.adapt("it's").getquoted(), extensions.adapt([1, None]).getquoted(), extensions.adapt(b"x").getquoted())
try:
    psycopg2.connect("host=127.0.0.1 port=1 connect_timeout=1")
except psycopg2.OperationalError as error:
    print(str(error)[:30])

# wheel: asyncpg
"""Its protocol in C; there is no server."""
import asyncio
import asyncpg
from asyncpg.protocol import protocol
async def main():
    try:
        await asyncpg.connect("postgresql://u@127.0.0.1:1/db", timeout=2)
    except OSError as error:
        print(type(error).__name__)
asyncio.run(main())
print(protocol.Record, asyncpg.Range(1, 5))

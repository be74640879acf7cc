# wheel: uvloop
"""Another loop for asyncio."""
import asyncio
import uvloop
async def main():
    async def serve(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\n")
    print(await reader.read(), type(asyncio.get_running_loop()).__module__)
    process = await asyncio.create_subprocess_exec("echo", "hello", stdout=asyncio.subprocess.PIPE)
    print(await process.communicate(), await asyncio.gather(*[asyncio.sleep(0.01, i) for i in range(3)]))
    writer.close()
    server.close()
uvloop.run(main())

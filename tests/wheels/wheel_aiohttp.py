# wheel: aiohttp
"""A server and a client in one loop."""
import asyncio
import aiohttp
from aiohttp import web
async def hello(request):
    return web.json_response({"path": request.path, "query": dict(request.query), "body": await request.text()})
async def main():
    app = web.Application()
    app.router.add_route("*", "/{name}", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        for method in ("get", "post"):
            async with getattr(session, method)(f"http://127.0.0.1:{port}/x", params={"a": "1"}, data=b"body" if method == "post" else None) as answer:
                print(answer.status, await answer.json())
    await runner.cleanup()
asyncio.run(main())

"""CPython's asyncio streams; what echo.hpp says of the arguments and the output."""
import asyncio
import resource
import sys
import time

SIZE = 1024


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def echo(reader, writer):
    while data := await reader.read(SIZE):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def run_client(port, round_trips, connections):
    left, text = round_trips, b"x" * SIZE

    async def exchange(reader, writer):
        nonlocal left
        while left > 0:
            left -= 1
            writer.write(text)
            await writer.drain()
            await reader.readexactly(SIZE)

    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    before, began = cpu_seconds(), time.monotonic()
    await asyncio.gather(*(exchange(*each) for each in streams))
    took, used = time.monotonic() - began, cpu_seconds() - before
    print(f"{round_trips / took:.0f} {used * 1e5 / round_trips:.4f}")


asyncio.run(serve() if sys.argv[1] == "server" else run_client(*map(int, sys.argv[2:])))

"""aiohttp with a session that keeps its connections; what workload.hpp says of the arguments and the line of output."""
import asyncio
import resource
import ssl
import sys
import time

import aiohttp


async def fetch_all(url, requests, in_flight, size, ca_file):
    left = requests

    async def worker(session):
        nonlocal left
        while left > 0:
            left -= 1
            async with session.get(url) as response:
                body = await response.read()
                assert response.status == 200 and len(body) == size

    context = ssl.create_default_context(cafile=ca_file) if url.startswith("https") else None
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight, ssl=context)) as session:
        await asyncio.gather(*(worker(session) for _ in range(in_flight)))


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


scheme, port, path, requests, in_flight, size, _, ca_file = sys.argv[1:]
before, began = cpu_seconds(), time.monotonic()
asyncio.run(fetch_all(f"{scheme}://127.0.0.1:{port}{path}", int(requests), int(in_flight), int(size), ca_file))
took, used = time.monotonic() - began, cpu_seconds() - before
print(f"{int(requests) / took:.0f} {used * 1e5 / int(requests):.4f} {resident_kib()}")

#!/usr/bin/env python3
"""aiodns with a sliding window: as many coroutines as may be in flight, each taking name after name.

usage: aiodns_client.py PORT NAMES IN_FLIGHT
"""
import asyncio
import sys
import time

import aiodns

PATIENCE_SECONDS = 1
SOCKET_BUFFER = 4 << 20
TIMED_OUT = (11, 12)  # ARES_ECONNREFUSED, ARES_ETIMEOUT


async def look_up(resolver, numbers, counts):
    for number in numbers:
        try:
            answers = await resolver.query(f"n{number:07}.bench.test", "A")
        except aiodns.error.DNSError as error:
            counts["lost" if error.args[0] in TIMED_OUT else "wrong"] += 1
            continue
        expected = ["10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255)]
        if [each.host for each in answers] != expected:
            counts["wrong"] += 1


async def main(port, names, in_flight):
    resolver = aiodns.DNSResolver(nameservers=["127.0.0.1"], udp_port=port, tcp_port=port, lookups="b",
                                  timeout=PATIENCE_SECONDS, tries=4, socket_receive_buffer_size=SOCKET_BUFFER)
    counts = {"lost": 0, "wrong": 0}
    numbers = iter(range(names))
    began = time.monotonic()
    await asyncio.gather(*(look_up(resolver, numbers, counts) for _ in range(in_flight)))
    print(f"{time.monotonic() - began:.4f} {counts['lost']} {counts['wrong']}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    asyncio.run(main(*map(int, sys.argv[1:])))

#!/usr/bin/env python3
"""Echoes of 1 KiB over loopback, client and server on a core each: what a round trip costs either side, and what an
idle connection costs a server in memory. Each side is measured against the same bare epoll program on the other.

CPU seconds per 100k round trips, user and system, is the steady figure: the best of the runs. Round trips per second
is the median. Goals are told, not enforced: a busy machine is no failure.
"""
import argparse
import csv
import os
import pathlib
import resource
import socket
import statistics
import subprocess
import sys
import time

FLOOR, BASELINE, OURS = "epoll", "asio_coroutines", "dragline_stream"
HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE, CLIENT_CORE = 0, 1 if os.cpu_count() > 1 else 0
ROUND_TRIPS = {1: 30_000, 64: 100_000, 1000: 100_000}
IDLE = 10_000
RATIO, IDLE_BYTES = 1.15, 3072  # what is allowed to net::stream


class Failed(Exception):
    pass


def on_core(core):
    return lambda: os.sched_setaffinity(0, {core})


class Server:
    """One that runs; CPU and memory are read from outside, so that every program is measured alike."""

    def __init__(self, command):
        self.process = subprocess.Popen([*command, "server"], stdout=subprocess.PIPE, text=True,
                                        preexec_fn=on_core(SERVER_CORE))
        self.port = int(self.process.stdout.readline() or 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def cpu_seconds(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) * 1024


def run(client, server, connections, round_trips):
    """Round trips per second and the CPU seconds per 100k of them, of the client and of the server."""
    with Server(server) as serving:
        child = subprocess.Popen([*client, "client", str(serving.port), str(round_trips), str(connections)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                 preexec_fn=on_core(CLIENT_CORE))
        try:
            if child.stdout.readline() != "ready\n":
                raise Failed(f"{client} failed")
            time.sleep(0.05)  # for the server to have accepted them all
            before = serving.cpu_seconds()
            output = child.communicate("\n", timeout=120)[0]
            used = serving.cpu_seconds() - before
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            raise Failed(f"{client} failed")
    rate, cpu = map(float, output.split())
    return rate, cpu, used * 1e5 / round_trips


def bytes_per_idle_connection(server):
    """What each of many connections that have been served once adds to the server's resident set."""
    with Server(server) as serving:
        def open_some(count):
            made = []
            for _ in range(count):
                each = socket.create_connection(("127.0.0.1", serving.port))
                each.sendall(b"x" * 1024)
                made.append(each)
            for each in made:
                left = 1024
                while left > 0:
                    left -= len(each.recv(left))
            return made

        kept = open_some(100)  # what a server allocates but once is no part of it
        before = serving.resident_bytes()
        for _ in range(IDLE // 100):
            kept += open_some(100)
        used = serving.resident_bytes() - before
        for each in kept:
            each.close()
        return used / IDLE


def find_tools(programs, only):
    tools = {name: [str(programs / name)] for name in (FLOOR, "asio_callbacks", BASELINE, OURS)
             if (programs / name).exists()}
    python = next(each for each in ("/usr/bin/python3", sys.executable) if os.path.exists(each))
    tools["asyncio"] = [python, str(HERE / "asyncio_streams.py")]
    return {name: command for name, command in tools.items() if not only or name in only or name == FLOOR}


def table(title, results, runs, rows):
    """Prints the results of a case, a list of (rate, CPU) by tool; gives the ratio of ours to bare Asio's."""
    print(f"\n{title}, {runs} runs")
    print(f"{'tool':<18}{'round trips/s':>15}{'CPU s/100k':>12}{'ratio':>8}")
    best = {tool: min(cpu for _, cpu in each) for tool, each in results.items()}
    for tool, each in results.items():
        rate = statistics.median(rate for rate, _ in each)
        ratio = f"{best[tool] / best[BASELINE]:.2f}" if BASELINE in best else "-"
        print(f"{tool:<18}{rate:>15.0f}{best[tool]:>12.3f}{ratio:>8}", flush=True)
        rows += [(title, tool, "round_trips_per_second_median", f"{rate:.0f}", runs),
                 (title, tool, "cpu_seconds_per_100k_best", f"{best[tool]:.4f}", runs)]
    return best[OURS] / best[BASELINE] if OURS in best and BASELINE in best else None


def main(arguments):
    tools = find_tools(arguments.programs.resolve(), arguments.only)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rows, goals = [], []
    for connections, round_trips in ROUND_TRIPS.items():
        clients, servers = {name: [] for name in tools}, {name: [] for name in tools}
        for _ in range(arguments.runs):  # tools in turn, so that a busy minute hits them all
            for name, command in tools.items():
                count = int(round_trips * (0.2 if name == "asyncio" else 1))
                rate, cpu, _ = run(command, tools[FLOOR], connections, count)
                clients[name].append((rate, cpu))
                rate, _, cpu = run(tools[FLOOR], command, connections, count)
                servers[name].append((rate, cpu))
        for side, results in (("client", clients), ("server", servers)):
            title = f"1 KiB echo, {side}, {connections} connections"
            goals.append((title, table(title, results, arguments.runs, rows), RATIO, "of bare Asio coroutines"))
    print(f"\nbytes of a server for each of {IDLE} idle connections")
    for name, command in tools.items():
        size = bytes_per_idle_connection(command)
        print(f"{name:<18}{size:>15.0f}", flush=True)
        rows.append((f"{IDLE} idle connections", name, "bytes_per_connection", f"{size:.0f}", 1))
        if name == OURS:
            goals.append(("idle connection", size, IDLE_BYTES, "bytes"))
    print("\ngoals")
    for title, value, limit, unit in goals:
        if value is not None:
            print(f"{'met' if value <= limit else 'MISSED':<8}{title}: {value:.4g} {unit}, at most {limit}")
    with open(arguments.output, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "tool", "metric", "value", "runs"])
        writer.writerows(rows)
    print(f"\nwritten: {arguments.output}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="of each tool and case")
    parser.add_argument("--only", type=lambda text: text.split(","), help="only these tools, and epoll")
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("output")
    main(parser.parse_args())

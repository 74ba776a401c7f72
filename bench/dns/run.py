#!/usr/bin/env python3
"""Has each DNS client of this folder, and those that are installed, look up the same names at the same server on
loopback, client and server on a core each, and prints a table.

CPU seconds per 100k names, user and system of the whole process, is the steady figure: the best of the runs. Names
per second is the median; lost and wrong names and memory are the worst. With a million names: does memory stay flat?
"""
import argparse
import csv
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BASELINE = "udp_loop"
PROGRAMS = [BASELINE, "asio_loop", "ares_loop", "resolve_host", "resolve_many_ares", "resolve_many_udp"]
HERE = pathlib.Path(__file__).resolve().parent
PATIENCE_SECONDS = 1  # of every client, until it asks again or gives up
SOCKET_BUFFER = 4 << 20  # asked for by every client that has a choice
SERVER_CORE, CLIENT_CORE = 0, 1 if os.cpu_count() > 1 else 0


def name_of(number):
    return f"n{number:07}.bench.test"


def address_of(number):
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


class Failed(Exception):
    pass


# ---- the server --------------------------------------------------------------

def free_port():
    """One that is free for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
            except OSError:
                continue
            return udp.getsockname()[1]


def on_core(core):
    return lambda: os.sched_setaffinity(0, {core})


class Nsd:
    """Serves a zone that holds every name. Its receive buffer takes a burst from any client here; where this is not
    run by root the system may give it less."""

    def __init__(self, folder, names):
        self.port = free_port()
        with open(folder / "zone", "w") as zone:
            zone.write("$ORIGIN bench.test.\n$TTL 300\n@ SOA ns admin 1 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n")
            zone.writelines(f"{name_of(number)}. A {address_of(number)}\n" for number in range(names))
        (folder / "nsd.conf").write_text(f"""
            server:
              server-count: 1
              ip-address: 127.0.0.1@{self.port}
              port: {self.port}
              receive-buffer-size: {4 * SOCKET_BUFFER}
              send-buffer-size: {SOCKET_BUFFER}
              minimal-responses: yes
              rrl-ratelimit: 0
              database: ""
              username: ""
              chroot: ""
              zonesdir: "{folder}"
              pidfile: "{folder}/nsd.pid"
              xfrdfile: "{folder}/xfrd.state"
              xfrdir: "{folder}"
              zonelistfile: "{folder}/zone.list"
            remote-control:
              control-enable: no
            zone:
              name: "bench.test."
              zonefile: "zone"
            """)
        program = shutil.which("nsd", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            sys.exit("nsd is needed")
        self.log = open(folder / "nsd.log", "w+")
        self.process = subprocess.Popen([program, "-d", "-c", folder / "nsd.conf"], stdout=self.log, stderr=self.log,
                                        preexec_fn=on_core(SERVER_CORE))
        self.wait_for(names - 1)

    def wait_for(self, number):
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name_of(number).split("."))
        query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.1)
            asking.connect(("127.0.0.1", self.port))
            for _ in range(600):
                if self.process.poll() is not None:
                    break
                try:
                    asking.send(query)
                    reply = asking.recv(512)
                    if reply.endswith(socket.inet_aton(address_of(number))):
                        return
                    time.sleep(0.1)
                except ConnectionRefusedError:
                    time.sleep(0.1)
                except TimeoutError:
                    pass
        self.stop()
        self.log.seek(0)
        sys.exit(f"nsd did not start: {self.log.read()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


# ---- the clients -------------------------------------------------------------

class Program:
    """A program that takes PORT NAMES IN_FLIGHT and prints seconds, lost and wrong names."""

    def __init__(self, name, *command):
        self.name, self.start = name, command

    def command(self, work, in_flight):
        return [*self.start, str(work.port), str(work.names), str(in_flight)]

    def outcome(self, output, work):
        seconds, lost, wrong = output.split()
        return float(seconds), int(lost), int(wrong)


class Dnsperf:
    """Looks at no address: its wrong names are those with another code than NOERROR."""

    name = "dnsperf"

    def command(self, work, in_flight):
        return ["dnsperf", "-s", "127.0.0.1", "-p", str(work.port), "-d", str(work.queries), "-n", "1", "-c", "1",
                "-T", "1", "-q", str(in_flight), "-t", str(PATIENCE_SECONDS), "-b", str(SOCKET_BUFFER >> 10)]

    def outcome(self, output, work):
        seconds = float(re.search(r"Run time \(s\):\s+([\d.]+)", output)[1])
        completed = int(re.search(r"Queries completed:\s+(\d+)", output)[1])
        good = re.search(r"NOERROR (\d+)", output)
        return seconds, work.names - completed, completed - int(good[1] if good else 0)


class Massdns:
    name = "massdns"

    def command(self, work, in_flight):
        resolvers = work.folder / "resolvers"
        resolvers.write_text(f"127.0.0.1:{work.port}\n")
        self.output = work.folder / "massdns.out"
        root = ["--root"] if os.getuid() == 0 else []
        return ["massdns", "-q", *root, "-r", str(resolvers), "-t", "A", "-s", str(in_flight), "-i",
                str(1000 * PATIENCE_SECONDS), "-o", "S", "-w", str(self.output), str(work.list)]

    def outcome(self, output, work):
        right, wrong = 0, 0
        for line in self.output.read_text().splitlines():
            name, _, address = line.split()
            good = address == address_of(int(name[1:8]))
            right, wrong = right + good, wrong + (not good)
        return None, work.names - right - wrong, wrong


def find_tools(programs, only):
    tools, absent = [], []

    def add(tool, present):
        if not only or tool.name in only:
            (tools if present else absent).append(tool)

    for name in PROGRAMS:
        add(Program(name, str(programs / name)), (programs / name).exists())
    add(Dnsperf(), shutil.which("dnsperf"))
    add(Massdns(), shutil.which("massdns"))
    # The interpreter that belongs to Debian's packages, whichever is in front of it.
    python = next((each for each in ["/usr/bin/python3", sys.executable] if os.path.exists(each) and subprocess.run(
        [each, "-c", "import aiodns"], stderr=subprocess.DEVNULL).returncode == 0), None)
    add(Program("aiodns", python, str(HERE / "aiodns_client.py")), python)
    for tool in absent:
        print(f"skipped: {tool.name}, which is not here")
    return tools


class Workload:
    """The names as a file for those that read one, and where the server is."""

    def __init__(self, folder, names):
        self.folder, self.names, self.port = folder, names, None
        self.queries, self.list = folder / "queries", folder / "list"
        self.queries.write_text("".join(f"{name_of(number)} A\n" for number in range(names)))
        self.list.write_text("".join(f"{name_of(number)}\n" for number in range(names)))


class Run:
    """One run of one tool, and what it cost."""

    def __init__(self, tool, work, in_flight):
        # A child that Python itself starts would count the memory of Python before it.
        resident = work.folder / "resident"
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            began = time.monotonic()
            child = subprocess.Popen(["time", "-q", "-f", "%M", "-o", resident, *tool.command(work, in_flight)],
                                     stdout=output, stderr=errors, preexec_fn=on_core(CLIENT_CORE))
            _, status, usage = os.wait4(child.pid, 0)
            took = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            if child.returncode != 0:
                raise Failed(f"{tool.name} failed: {errors.read()}")
            seconds, self.lost, self.wrong = tool.outcome(output.read(), work)
        self.rate = work.names / (seconds or took)
        self.cpu = (usage.ru_utime + usage.ru_stime) * 1e5 / work.names
        self.resident = int(resident.read_text())


# ---- the table ---------------------------------------------------------------

def measure(tools, work, in_flight, runs):
    """The runs of each tool, tools in turn, so that a busy minute hits them all; one that fails is left out."""
    results = {tool.name: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            if tool.name not in results:
                continue
            try:
                results[tool.name].append(Run(tool, work, in_flight))
            except (Failed, OSError) as error:
                print(error)
                del results[tool.name]
    return results


def report(case, results, runs):
    print(f"\n{case}, {runs} runs")
    print(f"{'tool':<20}{'names/s':>10}{'CPU s/100k':>12}{'ratio':>8}{'lost':>8}{'wrong':>8}{'RSS MiB':>10}")
    base = min((run.cpu for run in results.get(BASELINE, [])), default=None)
    rows = []
    for tool, each in results.items():
        rate, cpu = statistics.median(run.rate for run in each), min(run.cpu for run in each)
        lost, wrong = max(run.lost for run in each), max(run.wrong for run in each)
        resident = max(run.resident for run in each)
        ratio = f"{cpu / base:.2f}" if base else "-"
        print(f"{tool:<20}{rate:>10.0f}{cpu:>12.3f}{ratio:>8}{lost:>8}{wrong:>8}{resident / 1024:>10.1f}", flush=True)
        rows += [(case, tool, "names_per_second_median", f"{rate:.0f}", runs),
                 (case, tool, "cpu_seconds_per_100k_best", f"{cpu:.4f}", runs),
                 (case, tool, "lost_max", lost, runs),
                 (case, tool, "wrong_max", wrong, runs),
                 (case, tool, "resident_kib_max", resident, runs)]
    return rows


def main(arguments):
    tools = find_tools(arguments.programs.resolve(), arguments.only)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        work = Workload(pathlib.Path(folder), arguments.names)
        server = Nsd(pathlib.Path(folder), arguments.names)
        work.port = server.port
        try:
            for in_flight in arguments.in_flight:
                case = f"{arguments.names} names, {in_flight} in flight"
                rows += report(case, measure(tools, work, in_flight, arguments.runs), arguments.runs)
        finally:
            server.stop()
    with open(arguments.output, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "tool", "metric", "value", "runs"])
        writer.writerows(rows)
    print(f"\nwritten: {arguments.output}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--in-flight", type=lambda text: [int(each) for each in text.split(",")],
                        default=[64, 1000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("output")
    main(parser.parse_args())

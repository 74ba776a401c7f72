#!/usr/bin/env python3
"""Runs each HTTP client of this folder, and those that are installed, against the same nginx, client and server on a
core each, and prints a table for each case; then what became of the goals, and heap allocations of fetch_url.

CPU seconds per 100k requests, user and system, is the steady figure: the best of the runs. Requests per second is the
median, memory the worst. What the best of so few cannot tell, as they differ by a tenth from run to run, is measured
again in pairs of runs side by side, until chance is no explanation: the median of their ratios, and its quartiles. A
short run differs by no more than a long one, so these are short and many.
Goals are told, not enforced: a busy machine is no failure.

Every program speaks TLS as its library does when it is told nothing: they differ in the cipher that they ask for first.
"""
import argparse
import csv
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BASELINE, OURS, TRACED = "asio_callbacks", "dragline_fetch", "dragline_traced"
HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE, CLIENT_CORE = 0, 1 if os.cpu_count() > 1 else 0
SIZES = {"13 B": 13, "1 KiB": 1024, "64 KiB": 65536, "10 MiB": 10 << 20}
# Requests of one run: some tenths of a second of the baseline here.
REQUESTS = {"13 B": 16_000, "1 KiB": 16_000, "64 KiB": 6_000, "10 MiB": 80}
CONNECTIONS = {"keep-alive": 1, "new connection": 4, "TLS new": 30, "TLS resumed": 8}  # so much dearer


class Failed(Exception):
    pass


# ---- the server --------------------------------------------------------------

def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


class Nginx:
    """One worker. Over TLS 1.3, with a port that gives tickets and one that does not."""

    def __init__(self, folder):
        self.ports = dict(zip(["keep", "close", "tls", "tls full", "tls resumed"], free_ports(5)))
        for name, size in SIZES.items():
            (folder / str(size)).write_bytes(b"x" * size)
        self.ca_file = folder / "certificate"
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out",
             self.ca_file], capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(f"no certificate: {made.stderr}")
        # Older releases of nginx speak TLS 1.2 unless they are told; without tickets, OpenSSL gives some all the same.
        tls = f"ssl_certificate {self.ca_file}; ssl_certificate_key {folder}/key; ssl_session_cache off; " \
              "ssl_protocols TLSv1.3;"
        without_tickets = "ssl_session_tickets off; ssl_conf_command NumTickets 0;"
        ports = {name: f"listen 127.0.0.1:{port}" for name, port in self.ports.items()}
        (folder / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
            worker_rlimit_nofile 16384;
            events {{ worker_connections 12000; }}
            http {{
                access_log off; keepalive_requests 1000000000; sendfile on; tcp_nodelay on; open_file_cache max=100;
                client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
                uwsgi_temp_path {folder}; scgi_temp_path {folder}; root {folder};
                server {{ {ports["keep"]}; }}
                server {{ {ports["close"]}; keepalive_timeout 0; }}
                server {{ {ports["tls"]} ssl; {tls} }}
                server {{ {ports["tls full"]} ssl; {tls} keepalive_timeout 0; {without_tickets} }}
                server {{ {ports["tls resumed"]} ssl; {tls} keepalive_timeout 0; ssl_session_tickets on; }}
            }}""")
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            sys.exit("nginx is needed")
        user = ["-g", "user root;"] if os.getuid() == 0 else []
        self.process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", *user],
                                        preexec_fn=on_core(SERVER_CORE))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.ports["tls resumed"]), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        sys.exit("nginx did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def on_core(core):
    return lambda: os.sched_setaffinity(0, {core})


# ---- the cases ---------------------------------------------------------------

class Case:
    def __init__(self, size, in_flight, connection, tls, share):
        self.size, self.in_flight, self.connection, self.tls = size, in_flight, connection, tls
        kind = "TLS new" if tls and connection == "new connection" else connection
        # Of few large ones, the memory of the first would weigh much; of few handshakes, the program's start.
        fewer = in_flight == 1 and size != "10 MiB" and kind in ("keep-alive", "new connection")
        requests = REQUESTS[size] / CONNECTIONS[kind] * share / (3 if fewer else 1)
        if kind == "keep-alive" and in_flight > 1:
            # The connections at the beginning, over TLS half a millisecond each, shall not weigh much.
            requests *= {"13 B": 2.5, "1 KiB": 2.5}.get(size, 0.5 if tls else 1)
        self.requests = max(int(requests), in_flight, 8)
        self.name = f"{size}, {'TLS' if tls else 'plain'}, {connection.removeprefix('TLS ')}, {in_flight} in flight"

    def pair_share(self):
        """Of the requests, those of a run that is one of a pair: fewer, unless handshakes would weigh much."""
        return 1 if self.tls and self.connection == "keep-alive" and self.in_flight > 1 else 0.4

    def port(self, server):
        names = {("keep-alive", True): "tls", ("keep-alive", False): "keep", ("new connection", False): "close",
                 ("new connection", True): "tls full", ("TLS resumed", True): "tls resumed"}
        return server.ports[names[self.connection, self.tls]]

    def arguments(self, server, share=1.0):
        """What each program takes; see workload.hpp."""
        requests = max(int(self.requests * share), self.in_flight)
        return ["https" if self.tls else "http", str(self.port(server)), f"/{SIZES[self.size]}", str(requests),
                str(self.in_flight), str(SIZES[self.size]), "keep" if self.connection == "keep-alive" else "close",
                str(server.ca_file)]


def cases_of(arguments):
    if arguments.quick:
        kept = [Case(size, 64, "keep-alive", tls, arguments.share) for size in ("13 B", "64 KiB")
                for tls in (False, True)]
        return kept + [Case("13 B", 64, "TLS resumed", True, arguments.share)]
    cases = [Case(size, in_flight, "keep-alive", tls, arguments.share) for size in SIZES for tls in (False, True)
             for in_flight in (1, 64, 256) if size != "10 MiB" or in_flight < 256]  # 2.5 GiB of bodies
    cases += [Case("13 B", in_flight, connection, tls, arguments.share) for in_flight in (1, 64, 256)
              for connection, tls in (("new connection", False), ("new connection", True), ("TLS resumed", True))]
    return cases


# ---- the clients -------------------------------------------------------------

class Program:
    """One that takes what workload.hpp says, and prints requests per second, CPU seconds and KiB."""

    def __init__(self, name, *command, share=1.0, never_resumes=False):
        self.name, self.start, self.share, self.never_resumes = name, command, share, never_resumes

    def takes(self, case):
        return case.connection != "TLS resumed" or not self.never_resumes

    def run(self, case, server, share=1.0):
        ran = subprocess.run([*self.start, *case.arguments(server, self.share * share)], capture_output=True, text=True,
                             timeout=120, preexec_fn=on_core(CLIENT_CORE))
        if ran.returncode != 0:
            raise Failed(f"{self.name} failed: {ran.stderr.strip()[-500:]}")
        rate, cpu, resident = ran.stdout.split()
        return float(rate), float(cpu), int(resident)


class Wrk:
    """Runs for a time, so its requests are another number; neither verifies a certificate nor looks at a body."""

    name = "wrk"
    fields = ["-H", "User-Agent: dragline/0.1", "-H", "Accept: */*",  # as in workload.hpp
              "-H", "Accept-Encoding: zstd, br, gzip, deflate"]

    def takes(self, case):
        return True

    def run(self, case, server):
        with tempfile.NamedTemporaryFile("r") as resident:
            url = f"{'https' if case.tls else 'http'}://127.0.0.1:{case.port(server)}/{SIZES[case.size]}"
            child = subprocess.Popen(["time", "-q", "-f", "%M %U %S", "-o", resident.name, "wrk", "-t1", "-d1s",
                                      *self.fields, f"-c{case.in_flight}", url], stdout=subprocess.PIPE, text=True,
                                     preexec_fn=on_core(CLIENT_CORE))
            output = child.communicate()[0]
            memory, user, system = resident.read().split()
        requests = re.search(r"(\d+) requests in", output)
        wrong = re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: connect [1-9]\d*.*", output)
        if child.returncode != 0 or not requests or int(requests[1]) == 0 or wrong:
            raise Failed(f"wrk failed: {wrong[0] if wrong else output.strip()[-300:]}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
        return rate, (float(user) + float(system)) * 1e5 / int(requests[1]), int(memory)


def find_tools(programs, only):
    tools, absent = [], []

    def add(tool, present):
        if not only or tool.name in only:
            (tools if present else absent).append(tool.name if not present else tool)

    def built(name, **options):
        add(Program(name, str(programs / name), **options), (programs / name).exists())

    built(BASELINE)
    built(OURS)
    built(TRACED)
    built("beast_callbacks")
    built("libcurl_multi")
    built("httplib_threads", share=0.5, never_resumes=True)
    # The interpreter that belongs to Debian's packages, whichever is in front of it.
    python = next((each for each in ["/usr/bin/python3", sys.executable] if os.path.exists(each) and subprocess.run(
        [each, "-c", "import aiohttp"], stderr=subprocess.DEVNULL).returncode == 0), None)
    add(Program("aiohttp", python, str(HERE / "aiohttp_client.py"), share=0.05, never_resumes=True), python)
    add(Wrk(), shutil.which("wrk"))
    for name in absent:
        print(f"skipped: {name}, which is not here")
    return tools


# ---- the tables --------------------------------------------------------------

def measure(tools, case, server, runs):
    """The runs of each tool, tools in turn, so that a busy minute hits them all; one that fails is left out."""
    results = {tool.name: [] for tool in tools if tool.takes(case)}
    for _ in range(runs):
        for tool in tools:
            if tool.name not in results:
                continue
            try:
                results[tool.name].append(tool.run(case, server))
            except (Failed, OSError, ValueError, subprocess.TimeoutExpired) as error:
                print(f"{case.name}: {error}")
                del results[tool.name]
    return results


def report(case, results, runs):
    print(f"\n{case.name}: {case.requests} requests, {runs} runs")
    print(f"{'tool':<18}{'requests/s':>12}{'CPU s/100k':>12}{'ratio':>8}{'RSS MiB':>10}")
    base = min((cpu for _, cpu, _ in results.get(BASELINE, [])), default=None)
    rows, best = [], {}
    for tool, each in results.items():
        rates, cpus, residents = zip(*each)
        rate, cpu, resident = statistics.median(rates), min(cpus), max(residents)
        best[tool] = cpu
        ratio = f"{cpu / base:.2f}" if base else "-"
        print(f"{tool:<18}{rate:>12.0f}{cpu:>12.3f}{ratio:>8}{resident / 1024:>10.1f}", flush=True)
        rows += [(case.name, tool, "requests_per_second_median", f"{rate:.0f}", runs),
                 (case.name, tool, "cpu_seconds_per_100k_best", f"{cpu:.4f}", runs),
                 (case.name, tool, "resident_kib_max", resident, runs)]
    return rows, best


# ---- the goals ---------------------------------------------------------------

class Goal:
    """One tool is to take less CPU than `limit` times that of another in the same case."""

    def __init__(self, case, tool, other, limit):
        self.case, self.tool, self.other, self.limit = case, tool, other, limit
        self.ratio = self.quartiles = None
        self.pairs = 0

    def judge(self, best):
        """Whether the best runs tell enough."""
        self.ratio = best[self.tool] / best[self.other]
        return self.ratio < 0.9 * self.limit

    def judge_closely(self, tools, server, pairs):
        """Run by run, each beginning in turn: what a busy minute does to one it does to the other. At most `pairs`."""
        first, second = (next(tool for tool in tools if tool.name == name) for name in (self.tool, self.other))
        ratios = []
        while len(ratios) < pairs and not is_decided(sum(ratio < self.limit for ratio in ratios), len(ratios)):
            order = (first, second) if len(ratios) % 2 == 0 else (second, first)
            taken = {tool: tool.run(self.case, server, self.case.pair_share())[1] for tool in order}
            ratios.append(taken[first] / taken[second])
        self.pairs = len(ratios)
        self.ratio = statistics.median(ratios)
        self.quartiles = statistics.quantiles(ratios, n=4)[::2]

    def tell(self):
        how = ""
        if self.pairs:
            low, high = self.quartiles
            how = f" in {self.pairs} pairs, quartiles {low:.2f} and {high:.2f}"
        met = "met" if self.ratio < self.limit else "MISSED"
        print(f"{met:<8}{self.case.name}: {self.tool} takes {self.ratio:.3f} of {self.other}, below {self.limit}{how}",
              flush=True)

    def row(self, runs):
        return (self.case.name, self.tool, f"cpu_by_{self.other}", f"{self.ratio:.4f}", self.pairs or runs)


def is_decided(below, count):
    """Whether a fair coin would give so one-sided a series less than once in a thousand times (the sign test)."""
    fewer = min(below, count - below)
    return 2000 * sum(math.comb(count, each) for each in range(fewer + 1)) < 2**count


def allowed_ratio(case):
    """What fetch_url may take, by the CPU of the baseline; None where no goal is set."""
    if case.in_flight != 64:
        return None
    if case.connection == "TLS resumed":
        return 1.2
    if case.connection == "keep-alive":
        return {"13 B": 1.25, "1 KiB": 1.25, "64 KiB": 1.35}.get(case.size)
    return None


def goals_of(case, best):
    goals = [(OURS, "libcurl_multi", 1), (OURS, "beast_callbacks", 1)]
    if limit := allowed_ratio(case):
        goals += [(OURS, BASELINE, limit), (TRACED, OURS, 1.05)]
    return [Goal(case, *each) for each in goals if each[0] in best and each[1] in best]


def judge(case, best, tools, server, pairs):
    goals = goals_of(case, best)
    for goal in goals:
        if goal.judge(best) or not pairs:
            continue
        try:
            goal.judge_closely(tools, server, pairs)
        except (Failed, OSError, ValueError, subprocess.TimeoutExpired) as error:
            print(f"{case.name}: {error}")
    return goals


def tell_goals(goals, allocations):
    """Prints each goal, and whether it was met."""
    print("\ngoals")
    for goal in goals:
        goal.tell()
    for name, count in allocations.items():
        print(f"{'met' if count <= 10 else 'MISSED':<8}{name}: {count:.2f} allocations/request, at most 10")


# ---- fetch_url alone ---------------------------------------------------------

def count_allocations(programs, server):
    """Heap allocations for each request on a warm connection, everything that malloc is called for."""
    program, counted = programs / "fetch_allocations", {}
    if not program.exists():
        return counted
    for case in (Case("13 B", 64, "keep-alive", tls, 0.2) for tls in (False, True)):
        ran = subprocess.run([program, *case.arguments(server)], capture_output=True, text=True, timeout=120)
        if ran.returncode == 0:
            counted[case.name] = float(ran.stdout)
        else:
            print(f"fetch_allocations failed: {ran.stderr}")
    return counted


def cost_beside_idle(programs, server):
    """CPU seconds for 100k requests without and with 10,000 idle connections in the pool, each the best of three."""
    program, runs = programs / "fetch_beside_idle", []
    if not program.exists():
        return None
    arguments = Case("13 B", 10, "keep-alive", False, 0.2).arguments(server)
    for _ in range(3):
        ran = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120,
                             preexec_fn=on_core(CLIENT_CORE))
        if ran.returncode != 0:
            print(f"fetch_beside_idle failed: {ran.stderr}")
            return None
        runs.append([float(text) for text in ran.stdout.split()])
    alone, beside = (min(column) for column in zip(*runs))
    print(f"\n13 B, 10 in flight: {alone:.3f} s/100k alone, {beside:.3f} beside 10,000 idle connections")
    return alone, beside


def main(arguments):
    programs = arguments.programs.resolve()
    tools = find_tools(programs, arguments.only)
    rows, goals = [], []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Nginx(pathlib.Path(folder))
        try:
            allocations = count_allocations(programs, server)
            beside_idle = cost_beside_idle(programs, server)
            for case in cases_of(arguments):
                if arguments.case and arguments.case not in case.name:
                    continue
                more, best = report(case, measure(tools, case, server, arguments.runs), arguments.runs)
                rows += more
                goals += judge(case, best, tools, server, arguments.pairs)
        finally:
            server.stop()
    tell_goals(goals, allocations)
    rows += [goal.row(arguments.runs) for goal in goals]
    for name, value in zip(("alone", "beside_10000_idle"), beside_idle or ()):
        rows.append(("13 B, 10 in flight", OURS, f"cpu_per_100k_{name}", f"{value:.4f}", 3))
    rows += [(name, OURS, "allocations_per_request", f"{count:.2f}", 1) for name, count in allocations.items()]
    with open(arguments.output, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "tool", "metric", "value", "runs"])
        writer.writerows(rows)
    print(f"\nwritten: {arguments.output}, after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="five cases, about a minute")
    parser.add_argument("--runs", type=int, help="of each tool and case: 5, or 3 when quick")
    parser.add_argument("--pairs", type=int,
                        help="of runs, at most, for what the best cannot tell: 301, or 15 when quick")
    parser.add_argument("--share", type=float, help="of the requests of each run: 1, or 0.5 when quick")
    parser.add_argument("--case", help="only those whose name has this in it")
    parser.add_argument("--only", type=lambda text: text.split(","), help="only these tools")
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("output")
    given = parser.parse_args()
    given.runs = given.runs or (3 if given.quick else 5)
    given.pairs = (15 if given.quick else 301) if given.pairs is None else given.pairs
    given.share = given.share or (0.5 if given.quick else 1.0)
    main(given)

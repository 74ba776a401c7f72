#!/usr/bin/env python3
"""Runs each HTTP client of this folder against the same nginx, client and server on a core each, and prints a table.

usage: run.py FOLDER_OF_PROGRAMS OUTPUT_CSV

CPU seconds per 100k requests is the steady figure: the best of the runs. Requests per second is the median.
"""
import csv
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TOOLS = ["asio_callbacks", "dragline_fetch", "libcurl_multi"]
BASELINE = "asio_callbacks"
CASES = [("13 B keep-alive, 64 in flight", "/13", 13, 100_000, 64)]
RUNS = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nginx(folder, port):
    (folder / "13").write_bytes(b"hello, world\n")
    (folder / "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; worker_cpu_affinity 01; pid {folder}/nginx.pid; error_log stderr crit;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; keepalive_requests 1000000000; sendfile on; tcp_nodelay on; open_file_cache max=100;
            client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
            uwsgi_temp_path {folder}; scgi_temp_path {folder};
            server {{ listen 127.0.0.1:{port}; root {folder}; }}
        }}""")
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    user = ["-g", "user root;"] if os.getuid() == 0 else []
    server = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", *user])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.05)
    server.kill()
    sys.exit("nginx did not start")


def run_once(program, port, path, size, requests, in_flight):
    client_core = 1 if os.cpu_count() > 1 else 0
    command = [program, str(port), path, str(requests), str(in_flight), str(size)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300,
                         preexec_fn=lambda: os.sched_setaffinity(0, {client_core}))
    if ran.returncode != 0:
        sys.exit(f"{program.name} failed: {ran.stderr}")
    rate, cpu, resident = ran.stdout.split()
    return float(rate), float(cpu), int(resident)


def main(programs, output):
    tools = [tool for tool in TOOLS if (programs / tool).exists()]
    for tool in TOOLS:
        if tool not in tools:
            print(f"{tool}: not built, left out")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = start_nginx(pathlib.Path(folder), port)
        try:
            for name, path, size, requests, in_flight in CASES:
                results = {tool: [] for tool in tools}
                for _ in range(RUNS):  # tools in turn, so that a busy minute hits them all
                    for tool in tools:
                        results[tool].append(run_once(programs / tool, port, path, size, requests, in_flight))
                base = min(cpu for _, cpu, _ in results[BASELINE])
                print(f"\n{name}: {requests} requests, {RUNS} runs")
                print(f"{'tool':<18}{'requests/s':>12}{'CPU s/100k':>12}{'ratio':>8}{'RSS MiB':>10}")
                for tool in tools:
                    rates, cpus, residents = zip(*results[tool])
                    rate, cpu, resident = statistics.median(rates), min(cpus), max(residents)
                    print(f"{tool:<18}{rate:>12.0f}{cpu:>12.3f}{cpu / base:>8.2f}{resident / 1024:>10.1f}")
                    rows += [(name, tool, "requests_per_second_median", f"{rate:.0f}", RUNS),
                             (name, tool, "cpu_seconds_per_100k_best", f"{cpu:.4f}", RUNS),
                             (name, tool, "resident_kib_max", resident, RUNS)]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    with open(output, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "tool", "metric", "value", "runs"])
        writer.writerows(rows)
    print(f"\nwritten: {output}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2])

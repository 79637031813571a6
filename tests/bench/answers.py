"""The rows that measure the answer page: how long a reader waits for it, alone and
while the daemon that serves it drives orders, beside nginx with a file of the same
size."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import urllib.request

from lab import free_port
from measure import BUILD, BenchError, cost_of, program
from network import TICK_MS
from people import PostOffice

ISSUER = BUILD / "cli" / "issuer"
CONNECTIONS, THREADS, PAUSE_MS = 64, 2, 45  # at most 64 / 45 ms = 1,422 requests/s
SECONDS = {True: 2, False: 6}

# Every request is of another reader, as behind a proxy that serves many: none is held back. The
# pause stands before the request, and is no part of what it takes.
SCRIPT = """\
local reader = 0
function request()
  reader = reader + 1
  local of = (reader * 7919) % 16000000
  local address = string.format("11.%d.%d.%d", math.floor(of / 65536) % 256,
                                math.floor(of / 256) % 256, of % 256)
  return wrk.format("GET", nil, {["X-Forwarded-For"] = address, ["Accept-Language"] = "ja"})
end
function delay() return math.random(PAUSE * 2) end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("figures %d %d %f %f %d\\n", summary.requests, summary.duration,
           latency:percentile(50), latency:percentile(99),
           errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def ask(folder, url, seconds):
    """(requests/s, p50 ms, p99 ms, requests) of wrk; every answer must have been the page."""
    script = folder / "readers.lua"
    script.write_text(SCRIPT.replace("PAUSE", str(PAUSE_MS)))
    done = subprocess.run(["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds}s",
                           "-s", script, url], capture_output=True, text=True, check=True).stdout
    requests, duration, half, most, errors = map(float, re.search(
        r"^figures (\S+) (\S+) (\S+) (\S+) (\S+)$", done, re.M).groups())
    if errors:
        raise BenchError(f"{errors:.0f} of {requests:.0f} requests to {url} failed:\n{done}")
    return requests / duration * 1e6, half / 1000, most / 1000, requests


def asked_home(lab, folder, office):
    """(home, value): a home that has asked somebody by mail, and the value of the link."""
    home = folder / "answers"
    cost_of(ISSUER, "--home", home, "init")
    (home / "issuer.yaml").write_text((lab.folder / "issuer.yaml").read_text() + f"""
mail: {{server: "127.0.0.1:{office.port}", from: ca@issuer.example, starttls: none}}
answers: {{url: "https://ca.issuer.example", listen: "127.0.0.1:{free_port()}",
  proxies: [127.0.0.1/32]}}
""")
    cost_of(ISSUER, "--home", home, "order", "create", "www.example.com", "--method",
            "constructed-email")
    cost_of(ISSUER, "--home", home, "run")
    if not office.mails:
        raise BenchError("nobody was asked")
    return home, office.mails[0].value


@contextlib.contextmanager
def served(home):
    """(process, port) of the daemon."""
    process = subprocess.Popen([ISSUER, "--home", home, "--json", "serve"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process, json.loads(process.stdout.readline())["listen"].rpartition(":")[2]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
        if process.returncode != 0:
            raise BenchError(f"serve ended with {process.returncode}")


def latency(runs):
    """The medians as text, and that of p99."""
    half, most = (statistics.median(run[i] for run in runs) for i in (1, 2))
    return f"p50 {half:.2f} ms, p99 {most:.2f} ms", most


def completed(home):
    done = subprocess.run([ISSUER, "--home", home, "status", "--json"], capture_output=True,
                          text=True, check=False)
    return json.loads(done.stdout)["orders"].get("completed", 0)


def measure_answers(table, size, lab, root, folder, quick):
    """The page, alone and beside orders being driven; nginx in turn with it."""
    seconds = SECONDS[quick]
    office = PostOffice()
    office.start()
    try:
        home, value = asked_home(lab, folder, office)
    finally:
        office.stop()
    root.mkdir(parents=True, exist_ok=True)
    alone, static, driving, cpu, orders = [], [], [], [], []
    file = f"http://127.0.0.1:{lab.ports['http']}/answer.html"
    for _ in range(size.floods):
        with served(home) as (process, port):
            url = f"http://127.0.0.1:{port}/answer/{value}"
            page = urllib.request.urlopen(url).read()
            (root / "answer.html").write_bytes(page)
            static.append(ask(folder, file, seconds))
            before = cpu_ms(process.pid)
            alone.append(ask(folder, url, seconds))
            cpu.append((cpu_ms(process.pid) - before) / alone[-1][3])
    due_home(lab, root, home, size.due, folder)
    for turn in range(size.floods):
        copy = pathlib.Path(f"{home}-{turn}")
        shutil.copytree(home, copy)
        os.sync()
        with served(copy) as (_, port):
            driving.append(ask(folder, f"http://127.0.0.1:{port}/answer/{value}", seconds))
        orders.append(completed(copy))
        shutil.rmtree(copy)
    words, most = latency(alone)
    other, other_most = latency(static)
    rate = statistics.median(run[0] for run in alone)
    table.add(f"answer page, {len(page):,} octets, {rate:,.0f} readers/s", words,
              f"nginx, a file of the same size: {other}", f"p99 × {most / other_most:.2f}", "–")
    words, busy = latency(driving)
    table.add("answer page while orders are driven", words,
              f"{statistics.median(orders):.0f} orders issued meanwhile,"
              f" {statistics.median(run[0] for run in driving):,.0f} readers/s",
              f"p99 + {busy - most:.1f} ms", "–")
    table.add("CPU of one page", f"{statistics.median(cpu):.3f} ms", "–", "–", "–")


def due_home(lab, root, home, count, folder):
    (root / ".well-known" / "pki-validation").mkdir(parents=True, exist_ok=True)
    cost_of(program("fill_due"), home, count, root, folder / "answer-sites")

"""The rows that measure one method at a time on the wire, beside tools made for
that: CAA of signed names beside Unbound and delv, web pages beside curl."""

import contextlib
import os
import re
import statistics
import subprocess
import time

from dns_servers import UPPER, Tree, Zone, absolute
from measure import BenchError, cost_of, per_second, program, spread

NAMES_A_ZONE = 10
IN_FLIGHT, IN_FLIGHT_LESS = 256, 16  # as many as the driver has at most
QUESTIONS_A_NAME = 3                 # the climb: the name, its zone, the top-level zone
TOP = "jp"
HOST = "many.example.com"            # the lab's wildcard
PAGES = ".well-known/pki-validation"
# Room for all answers, as a resolver for many would have.
UNBOUND_ROOM = ["msg-cache-size: 64m", "rrset-cache-size: 128m", "key-cache-size: 16m"]
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


# ---- CAA of signed names ----


def caa_zones(size):
    leaf = "@ A 192.0.2.1\n@ CAA 0 issue \"ca.example.net\"\n" + "".join(
        f"h{number} A 192.0.2.2\n" for number in range(NAMES_A_ZONE))
    return [Zone("", server=UPPER), Zone(TOP, server=UPPER, denial="nsec3"),
            *(Zone(f"d{number}.{TOP}", leaf, server=UPPER) for number in range(size.zones))]


def climb(name):
    return [name, name.partition(".")[2], TOP]


def cpu_of(process):
    """Milliseconds of CPU that a process has used, all threads."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def ask_unbound(tree, number, questions, count):
    """(names/s, CPU ms a name) of an unbound that was just started, asked by dnsperf."""
    name = f"unbound-{number}"
    address, port = tree.resolver(name, options=UNBOUND_ROOM).split(":")
    process = dict(tree.servers)[name]
    before = cpu_of(process)
    done = subprocess.run(
        ["dnsperf", "-s", address, "-p", port, "-d", questions, "-n", "1", "-q", str(IN_FLIGHT),
         "-e", "-D"], capture_output=True, text=True, check=True).stdout
    seconds = float(re.search(r"Run time \(s\): +([\d.]+)", done)[1])
    if f"NOERROR {count * QUESTIONS_A_NAME} " not in done:
        raise BenchError(f"unbound did not answer all questions:\n{done}")
    cpu_ms = (cpu_of(process) - before) / count
    process.terminate()
    process.wait()
    return count / seconds, cpu_ms


def ask_delv(tree, names):
    """Names/s of delv, one process a question, over an unbound that passes on."""
    address, port = tree.resolver("delv", validating=False).split(":")
    began = time.perf_counter()
    for question in (question for name in names for question in climb(name)):
        subprocess.run(["delv", f"@{address}", "-p", port, "-a", tree.bind_anchors, "+root=.",
                        absolute(question), "CAA"], capture_output=True, check=True)
    return len(names) / (time.perf_counter() - began)


def check_caa(tree, names_file, in_flight=IN_FLIGHT):
    """Our validator, which asks the authoritative server itself."""
    return cost_of(program("validate"), "caa", f"{UPPER}:{tree.ports[UPPER]}", names_file,
                   in_flight, tree.anchors)


def measure_caa(table, size, folder):
    """The same questions, everything cold: ours and unbound in turn; then delv."""
    by_zone = [f"h{host}.d{zone}.{TOP}" for zone in range(size.zones)
               for host in range(NAMES_A_ZONE)]
    apart = [f"h{host}.d{zone}.{TOP}" for host in range(NAMES_A_ZONE)
             for zone in range(size.zones)]
    with Tree(folder / "signed", caa_zones(size)) as tree:
        for names, order in ((by_zone, "zone by zone"), (apart, "far apart")):
            list_file, questions = folder / "caa-names", folder / "caa-questions"
            list_file.write_text("".join(f"{name}\n" for name in names))
            questions.write_text("".join(f"{question} CAA\n" for name in names
                                         for question in climb(name)))
            ours, theirs = [], []
            for turn in range(size.floods):
                theirs.append(ask_unbound(tree, f"{order[:3]}{turn}", questions, len(names)))
                ours.append(check_caa(tree, list_file))
            add_caa_rows(table, order, len(names), ours, theirs)
        small = [check_caa(tree, list_file, IN_FLIGHT_LESS) for _ in range(size.floods)]
        add_memory_row(table, ours, small)
        rate = per_second(len(apart), ours)
        delv = ask_delv(tree, apart[:size.delv])
        table.add(f"CAA, {len(apart):,} signed names", spread(rate, "names/s", 0),
                  f"delv, {size.delv} names: {delv:.0f} names/s",
                  f"× {statistics.median(rate) / delv:.0f}", "–")


def add_caa_rows(table, order, count, ours, theirs):
    rate = per_second(count, ours)
    ratio = statistics.median(mine / other for mine, (other, _) in zip(rate, theirs))
    table.add(f"CAA, {count:,} signed names, {order}", spread(rate, "names/s", 0),
              f"unbound: {spread([other for other, _ in theirs], 'names/s', 0)}",
              f"× {ratio:.2f}", "–")
    cpu = statistics.median(cost.cpu_ms for cost in ours) / count
    other = statistics.median(cpu_ms for _, cpu_ms in theirs)
    table.add("its CPU", f"{cpu:.3f} ms a name", f"unbound: {other:.3f} ms a name",
              f"× {cpu / other:.2f}", "–")


def add_memory_row(table, many, few):
    high, low = (statistics.median(cost.peak_kib for cost in costs) for costs in (many, few))
    name = (high - low) / (IN_FLIGHT - IN_FLIGHT_LESS)
    table.add("memory a question in flight", f"{name / QUESTIONS_A_NAME:.1f} KiB",
              f"peak {high / 1024:.1f} MiB with {IN_FLIGHT} names at once,"
              f" {low / 1024:.1f} MiB with {IN_FLIGHT_LESS}", "–", "–")


# ---- web pages ----


def measure_pages(table, size, lab, root, folder):
    """Pages fetched and judged, beside curl fetching the same URLs, each by a connection."""
    pages = root / PAGES
    pages.mkdir(parents=True, exist_ok=True)
    list_file, urls = folder / "pages", folder / "urls"
    with contextlib.ExitStack() as files:
        names = files.enter_context(open(list_file, "w", encoding="ascii"))
        config = files.enter_context(open(urls, "w", encoding="ascii"))
        for number in range(size.pages):
            host, file, value = f"p{number}.{HOST}", f"page-{number}", f"value-of-{number:032}"
            (pages / file).write_text(value + "\n")
            names.write(f"{host} {file} {value}\n")
            config.write(f'url = "http://{host}/{PAGES}/{file}"\noutput = "/dev/null"\n')
    ours, theirs = [], []
    for _ in range(size.floods):
        theirs.append(cost_of("/usr/bin/curl", "--no-progress-meter", "--fail", "--parallel",
                              "--parallel-max", IN_FLIGHT, "--header", "Connection: close",
                              "--connect-to", f"::127.0.0.1:{lab.ports['http']}", "--config", urls))
        ours.append(cost_of(program("validate"), "web-page", f"127.0.0.1:{lab.ports['dns']}",
                            list_file, IN_FLIGHT, lab.ports["http"]))
    rate, other = per_second(size.pages, ours), per_second(size.pages, theirs)
    ratio = statistics.median(mine / curl for mine, curl in zip(rate, other))
    table.add(f"{size.pages:,} web pages validated", spread(rate, "pages/s", 0),
              f"`curl --parallel`: {spread(other, 'pages/s', 0)}", f"× {ratio:.2f}", "–")
    cpu, curl_cpu = (statistics.median(cost.cpu_ms for cost in costs) / size.pages
                     for costs in (ours, theirs))
    table.add("its CPU", f"{cpu:.3f} ms a page", f"curl: {curl_cpu:.3f} ms a page",
              f"× {cpu / curl_cpu:.2f}", "–")

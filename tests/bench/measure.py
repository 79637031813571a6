"""How the bench measures: programs run and their cost, figures as text, the table,
and the build."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ISSUER_BENCH_BUILD", ROOT / "build" / "bench")).resolve()


class BenchError(Exception):
    """A program did not do what it was measured for."""


@dataclasses.dataclass
class Cost:
    """What one run of a program took."""
    wall_ms: float
    cpu_ms: float
    peak_kib: int


def program(name):
    return BUILD / "tests" / "bench" / f"bench_{name}"


def cost_of(*command):
    """Runs a program that must exit 0, its output thrown away."""
    command = [str(word) for word in command]
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
    _, status, used = os.wait4(process, 0)
    wall_ms = (time.perf_counter() - began) * 1000
    if status != 0:
        raise BenchError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(wall_ms, (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss)


def spread(values, unit, digits=1):
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} {unit} ({least:.{digits}f}–{most:.{digits}f})"


def verdict(figure, met):
    return f"{figure}, {'met' if met else 'missed'}"


def per_second(count, costs):
    return [count / cost.wall_ms * 1000 for cost in costs]


class Table:
    HEAD = ("what", "issuer", "beside", "compared", "aim")

    def __init__(self):
        self.rows = [self.HEAD, tuple("---" for _ in self.HEAD)]

    def add(self, *cells):
        self.rows.append(cells)
        print("| " + " | ".join(cells) + " |", flush=True)

    def head(self):
        for cells in self.rows:
            print("| " + " | ".join(cells) + " |", flush=True)


def build():
    for command in (["cmake", "--preset", "bench", "-S", ROOT, "-B", BUILD],
                    ["cmake", "--build", BUILD]):
        done = subprocess.run([str(word) for word in command], cwd=ROOT, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise BenchError(f"the build failed:\n{done.stdout[-4000:]}")

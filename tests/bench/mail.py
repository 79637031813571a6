"""The rows that measure mail: intents due in a store, handed over to an SMTP server
on loopback, beside senders without a store."""

import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess

from measure import BUILD, BenchError, cost_of, per_second, program, spread, verdict

ISSUER = BUILD / "cli" / "issuer"
AIM = 2000  # mails a second


@contextlib.contextmanager
def sink(messages):
    """The port of a server that must have taken so many messages in the end."""
    process = subprocess.Popen([program("mail_sink")], stdin=subprocess.PIPE, text=True,
                               stdout=subprocess.PIPE)
    try:
        yield int(process.stdout.readline())
        taken, connections = process.communicate(timeout=60)[0].split()
        if int(taken) != messages:
            raise BenchError(f"the mail server took {taken} messages, not {messages}, by"
                             f" {connections} connections")
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def one_core():
    """Where cores are virtual, waking an idle one costs more than a mail does."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def make_home(path, count):
    """(home with mails due, octets of one)"""
    cost_of(ISSUER, "--home", path, "init")
    cost_of(program("fill_waiting"), path, 1)
    done = subprocess.run([program("fill_mail"), path, str(count)], capture_output=True, text=True,
                          check=True)
    return path, int(done.stdout)


def send_due(home, count):
    """`issuer run` over a copy: what is due can be done only once."""
    copy = home.with_name("mail-copy")
    shutil.copytree(home, copy)
    os.sync()
    try:
        with sink(count) as port:
            (copy / "issuer.yaml").write_text(
                f'mail: {{server: "127.0.0.1:{port}", from: "ca@issuer.example", starttls: none}}\n'
                "iodef: {send: mail}\n")
            cost = cost_of(ISSUER, "--home", copy, "run")
        cost_of(ISSUER, "--home", copy, "audit", "verify")
        return cost
    finally:
        shutil.rmtree(copy)


def send_bare(way, count, octets):
    with sink(count) as port:
        return cost_of(program("mail_bare"), way, port, count, octets)


def cpu_of(costs, count):
    return statistics.median(cost.cpu_ms for cost in costs) / count


def measure_mail(table, size, folder):
    count = size.mails
    home, octets = make_home(pathlib.Path(folder) / "mail", count)
    ours, sockets, transports = [], [], []
    everywhere = [send_due(home, count) for _ in range(size.floods)]
    with one_core():
        for _ in range(size.floods):
            sockets.append(send_bare("socket", count, octets))
            transports.append(send_bare("transport", count, octets))
            ours.append(send_due(home, count))
    rate, transport, bare = (per_second(count, costs) for costs in (ours, transports, sockets))
    middle = statistics.median(rate)
    table.add(f"{count:,} mails due at once, handed over, on one core", spread(rate, "mails/s", 0),
              f"bare socket: {spread(bare, 'mails/s', 0)}",
              f"× {middle / statistics.median(bare):.2f}",
              f"at least {AIM:,}/s, {'met' if middle >= AIM else 'missed'}")
    table.add("its CPU", f"{cpu_of(ours, count):.3f} ms a mail",
              f"bare socket: {cpu_of(sockets, count):.3f} ms a mail",
              f"× {cpu_of(ours, count) / cpu_of(sockets, count):.2f}", "–")
    table.add("the same beside its transport alone", spread(rate, "mails/s", 0),
              f"transport, no store: {spread(transport, 'mails/s', 0)}, "
              f"{cpu_of(transports, count):.3f} ms a mail",
              f"× {middle / statistics.median(transport):.2f}", "–")
    everywhere_rate = per_second(count, everywhere)
    table.add(f"{count:,} mails, on all cores", spread(everywhere_rate, "mails/s", 0), "–", "–",
              verdict(f"at least {AIM:,}/s", statistics.median(everywhere_rate) >= AIM))
    shutil.rmtree(home)

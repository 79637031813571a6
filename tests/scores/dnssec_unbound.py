#!/usr/bin/env python3
"""Scores `issuer dns lookup` on the corpus dnssec-unbound: Unbound's validator
scenarios, each served on loopback by ldns-testns (Debian package ldnsutils).

    tests/scores/dnssec_unbound.py [--binary ISSUER] [--corpora DIR] [--all] [CASE...]

Prints the cases that differ with what was expected and seen, and last the score
"corpus dnssec-unbound: N of 63". Scored are the cases that a validator behind one
resolver can answer and that need no retired algorithm; --all shows the others too,
for information. Exit status 0 when the score is at least 60.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDED = 60
# Scenarios without a date of their own are judged when all their signatures are valid.
ANY_DATE = "-1"

# Why a scored case may differ on purpose: {case: reason}.
ON_PURPOSE = {
    "val_cnametoinsecure": "the proof that the alias's target is unsigned stands only beside the "
    "alias; we ask about the target itself, and there the scenario has none",
}


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def served(zone_file, port):
    """ldns-testns over the file, once its socket is there; None when it cannot read the file."""
    server = subprocess.Popen(["ldns-testns", "-p", str(port), zone_file],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in server.stdout:
        if "Listening" in line:
            return server
    server.wait()
    server.stdout.close()
    return None


def instant(case, zone_text):
    date = case["date"]
    if date == ANY_DATE:
        date = max(re.findall(r"\s\d{14}\s+(\d{14})\s", zone_text))
    when = datetime.datetime.strptime(date, "%Y%m%d%H%M%S")
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def look_up(binary, corpus, name):
    """The reply of `issuer dns lookup` to the case's first question."""
    case = json.loads((corpus / "flat" / f"{name}.json").read_text())
    zone_file = corpus / "flat" / f"{name}.testns"
    port = free_port()
    server = served(zone_file, port)
    if not server:
        return {"detail": "ldns-testns cannot serve the scenario"}
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".key") as anchors:
            # A file without anchors is refused; this one vouches for a name nobody asks about.
            anchors.write("\n".join(case["trust_anchors"] or ["unused.invalid. DS 1 8 2 00"]))
            anchors.write("\n")
            anchors.flush()
            question = case["checks"][0]
            done = subprocess.run(
                [binary, "dns", "lookup", question["qname"], question["qtype"], "--server",
                 f"127.0.0.1:{port}", "--trust-anchor", anchors.name, "--at",
                 instant(case, zone_file.read_text()), "--json"],
                capture_output=True, text=True, timeout=120)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    return json.loads(done.stdout) if done.stdout else {"detail": done.stderr}


def agrees(expected, reply):
    """secure: both equal; insecure: the rcode, and not secure or bogus; bogus: no usable answer."""
    security, rcode = expected.split("/")
    seen = reply.get("security", "none")
    if security == "bogus":
        return seen == "bogus" or reply.get("rcode", "SERVFAIL") == "SERVFAIL"
    if security == "secure":
        return seen == "secure" and reply.get("rcode") == rcode
    return seen in ("insecure", "indeterminate") and reply.get("rcode") == rcode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get(
        "ISSUER_BINARY", str(ROOT / "build" / "asan" / "cli" / "issuer")))
    parser.add_argument("--corpora", default=os.environ.get("ISSUER_CORPORA"))
    parser.add_argument("--all", action="store_true", help="also the cases that are not scored")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    if not options.corpora:
        print("corpus dnssec-unbound: skipped, ISSUER_CORPORA is not set")
        return 0
    corpus = pathlib.Path(options.corpora) / "dnssec-unbound"
    index = json.loads((corpus / "index.json").read_text())

    def is_scored(row):
        return row["stub_oracle_ok"] and not row["needs_DSA_or_fake_sha1"]

    rows = [row for row in index if row["id"] in options.cases] if options.cases else \
        [row for row in index if options.all or is_scored(row)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        replies = list(pool.map(lambda row: look_up(options.binary, corpus, row["id"]), rows))
    right, wrong = 0, set()
    for row, reply in zip(rows, replies):
        good = agrees(row["expect"], reply)
        right += good and is_scored(row)
        if not good and is_scored(row):
            wrong.add(row["id"])
        if good and not options.cases:
            continue
        seen = "{}/{}".format(reply.get("security", "none"), reply.get("rcode", "none"))
        print("{}{}: expected {}, seen {}: {}".format(
            "" if is_scored(row) else "(not scored) ", row["id"], row["expect"], seen,
            reply.get("reason", reply.get("detail", ""))))
        if row["id"] in ON_PURPOSE:
            print(f"    on purpose: {ON_PURPOSE[row['id']]}")
    scored = sum(map(is_scored, rows))
    explained = " (the others differ on purpose)" if wrong <= ON_PURPOSE.keys() else ""
    print(f"corpus dnssec-unbound: {right} of {scored}{explained}")
    return 0 if options.cases or right >= NEEDED else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Scores `issuer caa check` on the corpus caa-sslmate: its zones, those that the
corpus signs with fresh keys, and the broken ones built, on nsd and knot behind an
unbound that does not validate (Debian packages ldnsutils, nsd, knot, unbound).

    tests/scores/caa_sslmate.py [--binary ISSUER] [--corpora DIR] [NAME...]

The corpus has names that must be refused to an issuer that is not named there; a
program that refuses all would pass, so names that must be permitted are ours.
Prints what differs, and last "corpus caa-sslmate: N of 24". Exit status 0 when
all are as they must be.
"""

import argparse
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
sys.path[:0] = [str(ROOT / "tests" / "lab"), str(ROOT / "contrib" / "lab")]

from dns_servers import BY_IPV6, FAILING, LOWER, REFUSING, SILENT, UPPER, Tree, Zone  # noqa: E402

EARLIER = " ten days ago"
STRANGER, NAMED = "ca.example", "caatestsuite.com"
PLAIN, SIGNED = "caatestsuite.com", "caatestsuite-dnssec.com"
# (name, issuer): permitted.
CONTROLS = [
    *((name, NAMED) for name in (
        "deny.basic.caatestsuite.com", "uppercase-deny.basic.caatestsuite.com",
        "mixedcase-deny.basic.caatestsuite.com", "big.basic.caatestsuite.com",
        "sub1.deny.basic.caatestsuite.com", "sub2.sub1.deny.basic.caatestsuite.com",
        "*.deny.basic.caatestsuite.com", "*.deny-wild.basic.caatestsuite.com",
        "cname-deny.basic.caatestsuite.com", "cname-cname-deny.basic.caatestsuite.com",
        "sub1.cname-deny.basic.caatestsuite.com", "deny.permit.basic.caatestsuite.com",
        "ipv6only.caatestsuite.com", "www.auto-www-san.caatestsuite.com",
        "auto-base-san.caatestsuite.com")),
    *((name, STRANGER) for name in (
        "permit.basic.caatestsuite.com", "deny-wild.basic.caatestsuite.com",
        "auto-www-san.caatestsuite.com", "www.auto-base-san.caatestsuite.com",
        # Of the signed zones: no record, and the proof of it holds.
        "caatestsuite-dnssec.com", "www.caatestsuite-dnssec.com",
        f"expired.caatestsuite-dnssec.com{EARLIER}")),
]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind((BY_IPV6, 0))
        return True
    except OSError:
        return False


def zones_of(corpus):
    """The corpus's zones; keys and DS records are made anew."""
    def zone(apex, **options):
        text = (corpus / "zones" / f"{apex}.").read_text()
        text = re.sub(r"^\$INCLUDE.*\n|^\S+\s+IN\s+DS\s.*\n", "", text, flags=re.MULTILINE)
        return Zone(apex, text, whole=True, **options)

    return [
        Zone("", server=UPPER),
        Zone("com", server=UPPER, denial="opt-out"),
        zone(PLAIN, server=LOWER, algorithm=0),
        zone(f"ipv6only.{PLAIN}", server=BY_IPV6 if has_ipv6() else UPPER, algorithm=0),
        zone(SIGNED, server=LOWER, algorithm=8),
        zone(f"expired.{SIGNED}", server=UPPER, algorithm=8, valid_days=(-30, -1)),
        # Signatures are missing: the parent has a DS record, the zone is as it stands.
        zone(f"missing.{SIGNED}", server=UPPER, algorithm=0, ds="mismatch"),
        Zone(f"blackhole.{SIGNED}", server=SILENT, ds="mismatch"),
        Zone(f"servfail.{SIGNED}", server=FAILING, ds="mismatch"),
        Zone(f"refused.{SIGNED}", server=REFUSING, ds="mismatch"),
    ]


def check(options, tree, name, issuer):
    # Ten days ago the expired signatures held, and with them the proof that there is no record.
    name, *earlier = name.split(EARLIER)
    at = f"{tree.now - datetime.timedelta(days=10):%Y-%m-%d}"
    done = subprocess.run(
        [options.binary, "caa", "check", name, "--ca-domain", issuer, "--server",
         tree.resolver_address, "--trust-anchor", tree.anchors, *(["--at", at] if earlier else []),
         "--json"],
        capture_output=True, text=True, timeout=120)
    reply = json.loads(done.stdout) if done.stdout else {"detail": done.stderr}
    if not isinstance(reply.get("permitted"), bool):
        return None, reply.get("detail", done.stdout)
    return reply["permitted"], reply["reason"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get(
        "ISSUER_BINARY", str(ROOT / "build" / "asan" / "cli" / "issuer")))
    parser.add_argument("--corpora", default=os.environ.get("ISSUER_CORPORA"))
    parser.add_argument("names", nargs="*", help="only these, with the reasons")
    options = parser.parse_args()
    if not options.corpora:
        print("corpus caa-sslmate: skipped, ISSUER_CORPORA is not set")
        return 0
    corpus = pathlib.Path(options.corpora) / "caa-sslmate"
    refused = [row["fqdn"] for row in json.loads((corpus / "cases.json").read_text())
               if row["expect"] == "deny"]
    cases = [(name, STRANGER, False) for name in refused] + [(*one, True) for one in CONTROLS]
    if not has_ipv6():
        print("  no IPv6 here: the zone that has a server by IPv6 only is served by IPv4")
    right = {False: 0, True: 0}
    with tempfile.TemporaryDirectory(prefix="issuer-caa-") as folder:
        with Tree(folder, zones_of(corpus)) as tree:
            tree.resolver_address = tree.resolver("resolver", validating=False)
            for name, issuer, wanted in cases:
                if options.names and name not in options.names:
                    continue
                permitted, reason = check(options, tree, name, issuer)
                right[wanted] += permitted is wanted
                if permitted is not wanted or options.names:
                    print(f"  {name} for {issuer}: wanted {'permitted' if wanted else 'refused'},"
                          f" got {permitted}: {reason}")
    print(f"corpus caa-sslmate controls: {right[True]} of {len(CONTROLS)} permitted")
    print(f"corpus caa-sslmate: {right[False]} of {len(refused)} refused")
    return 0 if options.names or sum(right.values()) == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())

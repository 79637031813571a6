"""`issuer dns lookup` over a tree of signed and broken zones, compared with the
verdicts of two validators of others: Unbound, and delv of BIND.

A verdict is "secure/RCODE", "insecure/RCODE", or "unusable": an answer that a
validator withholds. Why it is unusable is compared too: "bogus" is what an Unbound
that does not validate hands out, "indeterminate" what it cannot get either."""

import collections
import concurrent.futures
import datetime
import json
import os
import re
import subprocess

import pytest

from dns_servers import ask
from home import BINARY, environment
from signed_tree import QUESTIONS, ZONES

TIMEOUT_S = 60
TROUBLE = 60  # days from now when every signature of the tree has ended
UNUSABLE = ("bogus", "indeterminate")
# RFC 5155 section 9.2: a response whose proof rests on an NSEC3 record with opt-out is not
# authenticated (AD), since an unsigned zone may stand there. delv tells whether the proof's
# signatures are true, not whether the answer is authenticated.
DELV_ON_OPT_OUT = ("secure", "insecure")


def look_up(tree, server, name, type, at=None):
    options = ["--at", f"{at:%Y-%m-%dT%H:%M:%SZ}"] if at else []
    done = subprocess.run(
        [BINARY, "dns", "lookup", name or ".", type, "--server", server, "--trust-anchor",
         tree.anchors, *options, "--json"],
        env=environment(), capture_output=True, text=True, timeout=TIMEOUT_S)
    assert "Sanitizer" not in done.stderr and done.stdout, done
    return json.loads(done.stdout)


def our_verdict(reply):
    security = reply["security"]
    return security if security in UNUSABLE else f"{security}/{reply['rcode']}"


def ask_unbound(server, name, type):
    address, port = server.split(":")
    reply = ask(address, int(port), name, type)
    assert reply, f"unbound does not answer {name} {type}"
    return reply


def unbound_verdict(tree, server, name, type):
    reply = ask_unbound(server, name, type)
    if reply.rcode != "SERVFAIL":
        return f"{'secure' if reply.authenticated else 'insecure'}/{reply.rcode}"
    unchecked = ask_unbound(tree.passing_on, name, type)
    return "indeterminate" if unchecked.rcode == "SERVFAIL" else "bogus"


def delv_verdict(tree, name, type):
    """delv names the state of each part; it does not tell bogus from unanswered."""
    address, port = tree.validating.split(":")
    done = subprocess.run(
        ["delv", f"@{address}", "-p", port, "-a", tree.bind_anchors, "+root=.", f"{name}.", type],
        capture_output=True, text=True, timeout=TIMEOUT_S)
    states = set(re.findall(r"^; (?:negative response, )?(fully validated|unsigned answer)$",
                            done.stdout, re.MULTILINE))
    if not states:
        return "bogus"
    return "{}/{}".format("insecure" if "unsigned answer" in states else "secure",
                          "NXDOMAIN" if "-$NXDOMAIN" in done.stdout else "NOERROR")


def for_each(questions, function):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(questions, pool.map(lambda question: function(*question), questions)))


def differences(expected, replies, agree):
    return {question: (verdict, our_verdict(reply), reply["reason"])
            for question, verdict in expected.items()
            for reply in [replies[question]] if not agree(our_verdict(reply), verdict)}


def as_usable(ours, theirs):
    return ours == theirs or (ours in UNUSABLE and theirs in UNUSABLE)


@pytest.fixture(scope="module")
def unbound(signed_tree):
    """Unbound's verdict on every question."""
    return for_each(QUESTIONS, lambda *question: unbound_verdict(
        signed_tree, signed_tree.validating, *question))


@pytest.fixture(scope="module")
def replies(signed_tree):
    """Our replies to every question, with a resolver below that validates too."""
    return for_each(QUESTIONS, lambda *question: look_up(signed_tree, signed_tree.validating,
                                                         *question))


def test_the_tree_has_answers_of_every_kind(unbound):
    seen = collections.Counter(unbound.values())
    assert set(seen) == {"secure/NOERROR", "secure/NXDOMAIN", "insecure/NOERROR",
                         "insecure/NXDOMAIN", "bogus", "indeterminate"}
    assert min(seen.values()) >= 5, seen


def test_verdicts_are_those_of_unbound(unbound, replies):
    """What an Unbound found bogus it sometimes withholds with checking disabled too, so here
    the two kinds of unusable are one."""
    assert differences(unbound, replies, as_usable) == {}


def test_verdicts_behind_a_resolver_that_does_not_validate(signed_tree, unbound):
    replies = for_each(QUESTIONS, lambda *question: look_up(signed_tree, signed_tree.passing_on,
                                                            *question))
    assert differences(unbound, replies, str.__eq__) == {}


def test_verdicts_are_those_of_delv(signed_tree, replies):
    expected = for_each(QUESTIONS, lambda *question: delv_verdict(signed_tree, *question))
    wrong = differences(expected, replies, as_usable)
    explained = {question for question, (theirs, ours, reason) in wrong.items()
                 if (theirs.split("/")[0], ours.split("/")[0]) == DELV_ON_OPT_OUT
                 and theirs.split("/")[1] == ours.split("/")[1]
                 and reason.startswith("by opt-out")}
    assert {question: wrong[question] for question in wrong.keys() - explained} == {}
    assert explained, "delv agrees on opt-out: take the explanation out"


# Two validators could be wrong alike: what these must be is known beforehand.
@pytest.mark.parametrize("name, type, verdict, reason", [
    ("www.p256.jp", "A", "secure/NOERROR", "signed"),
    ("www.p384.jp", "A", "secure/NOERROR", "signed"),
    ("www.rsa.com", "A", "secure/NOERROR", "signed"),
    ("www.ed25519.jp", "A", "secure/NOERROR", "signed"),
    ("www.child.p256.jp", "A", "secure/NOERROR", "signed"),
    ("any.wild.nsec.jp", "TXT", "secure/NOERROR", "signed"),
    ("any.odd.nsec.jp", "TXT", "secure/NOERROR", "signed"),
    ("big.p256.jp", "TXT", "secure/NOERROR", "signed"),
    ("absent.p384.jp", "A", "secure/NXDOMAIN", "signed"),
    ("www.unsigned.jp", "A", "insecure/NOERROR", "without DS"),
    ("www.unsigned.com", "A", "insecure/NOERROR", "without DS"),
    ("www.plain.p256.jp", "A", "insecure/NOERROR", "without DS"),
    ("unknown-algorithm.jp", "A", "insecure/NOERROR", "algorithm"),
    ("to-insecure.aliases.com", "A", "insecure/NOERROR", "unsigned.jp"),
    ("back.unsigned.jp", "A", "insecure/NOERROR", "unsigned.jp"),
    ("www.renamed.aliases.com", "A", "secure/NOERROR", "signed"),
    ("www.renamed-broken.aliases.com", "A", "bogus", "false"),
    ("to-bogus.aliases.com", "A", "bogus", "expired"),
    ("to-bogus.unsigned.jp", "A", "bogus", "expired"),
    ("www.expired.jp", "A", "bogus", "expired"),
    ("www.not-yet.jp", "A", "bogus", "not valid before"),
    ("www.flipped.jp", "A", "bogus", "false"),
    ("www.flipped.jp", "TXT", "secure/NOERROR", "signed"),
    ("www.stripped.jp", "A", "bogus", "not proven"),
    ("absent.undenied.jp", "A", "bogus", "not proven"),
    ("www.mismatch.jp", "A", "bogus", "DS"),
    ("www.never-signed.jp", "A", "bogus", "no DNSKEY"),
    ("www.refused.jp", "A", "indeterminate", "SERVFAIL"),
    ("www.silent.jp", "A", "indeterminate", "SERVFAIL"),
])
def test_what_is_known_beforehand(signed_tree, name, type, verdict, reason):
    reply = look_up(signed_tree, signed_tree.passing_on, name, type)
    assert our_verdict(reply) == verdict and reason in reply["reason"], reply


def test_a_name_in_unicode(signed_tree):
    reply = look_up(signed_tree, signed_tree.validating, "www.日本語.jp", "A")
    assert reply["name"] == "www.xn--wgv71a119e.jp" and our_verdict(reply) == "secure/NOERROR"
    assert [record["data"] for record in reply["answer"]] == ["192.0.2.2"]


@pytest.mark.parametrize("days, secure, bogus", [
    (-10, "www.expired.jp", "www.not-yet.jp"),
    (10, "www.not-yet.jp", "www.expired.jp"),
    (TROUBLE + 10, None, "www.not-yet.jp"),
])
def test_the_time_is_what_at_says(signed_tree, days, secure, bogus):
    """Beside an Unbound that is told the same date."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    server = signed_tree.resolver(f"at{days}", at=at)
    for name in filter(None, (secure, bogus)):
        expected = "secure/NOERROR" if name == secure else "bogus"
        assert our_verdict(look_up(signed_tree, signed_tree.passing_on, name, "A", at)) == expected
        assert unbound_verdict(signed_tree, server, name, "A") == expected


def test_another_root_key_vouches_for_nothing(signed_tree, tmp_path):
    anchors = signed_tree.anchors.read_text()
    digest = anchors.split()[-1]
    other = tmp_path / "anchors"
    other.write_text(anchors.replace(digest, "0" * len(digest)))
    done = subprocess.run(
        [BINARY, "dns", "lookup", "www.p256.jp", "A", "--server", signed_tree.passing_on,
         "--trust-anchor", other, "--json"], env=environment(), capture_output=True, text=True)
    assert json.loads(done.stdout)["security"] == "bogus"


def test_every_zone_is_asked_about():
    for zone in ZONES:
        assert any(f".{name}".endswith(f".{zone.apex}") for name, _ in QUESTIONS), zone.apex

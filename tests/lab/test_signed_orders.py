"""Orders whose names lie in signed, unsigned and broken zones, with the DNS validated
from the tree's own trust anchor: what is not proven shows nothing and permits nothing,
and the proof is checked again offline, at the time it was seen."""

import base64
import hashlib
import json

import pytest

from home import DONE, Home, LATER, REFUSED

CONFIGURATION = """\
dns:
  servers: ["{server}"]
  trust_anchors: {anchors}
net:
  allow_prefixes: ["127.0.0.0/8"]
  port_map: {{http: {http}, https: {https}}}
"""


@pytest.fixture
def proving(tmp_path, lab, signed_tree):
    """A home that validates; the resolver in front of it hides nothing from it."""
    def make(server):
        home = Home(tmp_path / "home", lab)
        home.init(CONFIGURATION.format(server=server, anchors=signed_tree.anchors, **lab.ports))
        home.name_the_ca("ca.example")
        return home
    return make


def evidence_of(home):
    return [json.loads(home.issuer("evidence", "show", f"e-{number}").out)
            for number, in home.sql("SELECT id FROM evidence ORDER BY id")]


@pytest.mark.parametrize("resolver", ["validating", "passing_on"])
@pytest.mark.parametrize("zone", ["shops.jp", "unsigned-shops.jp"])
def test_an_order_is_issued_and_its_proof_holds_offline(proving, signed_tree, zone, resolver):
    home = proving(getattr(signed_tree, resolver))
    home.issue(f"www.{zone}")
    for evidence in evidence_of(home):
        assert "IN" in evidence["trust"]["anchors"] and evidence["trust"]["at"]
        types = {step["dns"]["type"] for step in evidence["steps"] if "dns" in step}
        assert {43, 48} <= types, "DS and DNSKEY records are kept"
    home.configure("dns: {trust_anchors: none}\n")  # offline: nothing is asked again
    home.issuer("evidence", "verify")
    home.issuer("audit", "verify")


#    zone                    control    caa          exit     code
BROKEN = [
    ("flipped-shops.jp",     False,     True,        LATER,   "dns-failed"),
    ("caa-hidden-shops.jp",  True,      False,       LATER,   "caa-unknown"),
]


@pytest.mark.parametrize("zone, control, caa, exit, code", BROKEN)
def test_what_is_not_proven_opens_no_gate(proving, signed_tree, zone, control, caa, exit, code):
    """Behind a resolver that passes lies on: only this process is in their way."""
    home = proving(signed_tree.passing_on)
    name = f"www.{zone}"
    home.publish(home.order(name))
    home.issuer("order", "validate", "o-1", exit=exit)
    gates = home.gates("o-1")
    assert (gates[f"control:{name}"]["state"] == "open") == control
    assert (gates[f"caa:{name}"]["state"] == "open") == caa
    shut = gates[f"{'caa' if control else 'control'}:{name}"]
    assert shut["code"] == code and "bogus" in shut["sentence"]
    assert home.certificate_count("o-1") == 0
    home.issuer("evidence", "verify")


@pytest.mark.parametrize("zone", ["shops.jp", "unsigned-shops.jp"])
def test_a_record_that_forbids_counts_signed_or_not(proving, signed_tree, zone):
    home = proving(signed_tree.validating)
    home.publish(home.order(f"other.{zone}"))
    home.issuer("order", "validate", "o-1", exit=REFUSED)


def test_a_changed_octet_in_kept_proof_is_found(proving, signed_tree):
    """The bytes of one answer, changed with its hash mended, decide otherwise."""
    home = proving(signed_tree.validating)
    home.issue("www.shops.jp")
    [(evidence,)] = home.sql("SELECT id FROM evidence WHERE id ="
                             " (SELECT evidence_id FROM validation WHERE method = 'caa')")
    kept = json.loads(home.issuer("evidence", "show", f"e-{evidence}").out)
    step = next(step for step in kept["steps"] if step["dns"]["type"] == 257)
    answer = bytearray(base64.b64decode(step["dns"]["answer"]))
    at = bytes(answer).index(b"ca.example")
    answer[at] ^= 1
    step["dns"]["answer"] = base64.b64encode(bytes(answer)).decode()
    text = json.dumps(kept, separators=(",", ":")).encode()
    home.sql("UPDATE evidence SET bytes = ?, size = ?, hash = ? WHERE id = ?",
             text, len(text), hashlib.sha256(text).digest(), evidence)
    answer = home.issuer("evidence", "verify", f"e-{evidence}", exit=None)
    assert answer.exit != DONE, answer


def test_caa_check_shows_how_far_answers_are_proven(proving, signed_tree):
    home = proving(signed_tree.passing_on)
    secure = home.ask("caa", "check", "www.shops.jp")
    assert {level["security"] for level in secure["climb"]} == {"secure"}
    insecure = home.ask("caa", "check", "www.unsigned-shops.jp")
    assert insecure["climb"][0]["security"] == "insecure"
    assert "delegated without DS" in insecure["climb"][0]["reason"]
    bogus = home.ask("caa", "check", "www.caa-hidden-shops.jp", exit=LATER)
    assert bogus["climb"][0]["security"] == "bogus" and not bogus["permitted"]
    assert "DNSSEC" in bogus["hint"]


def test_a_dead_zone_permits_only_where_it_is_proven_unsigned(proving, signed_tree):
    """BR 4.2.2.1: a failed look-up may count as permission outside signed zones only."""
    home = proving(signed_tree.validating)
    unsigned = home.ask("caa", "check", "www.refused-unsigned.jp")
    assert unsigned["permitted"] and unsigned["climb"][0]["outcome"] == "failed"
    assert unsigned["climb"][0]["zone_security"] == "insecure"
    signed = home.ask("caa", "check", "www.refused.jp", exit=LATER)
    assert not signed["permitted"] and signed["code"] == "caa-unknown"

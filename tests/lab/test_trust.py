"""The journal and the evidence: whole homes verify, and every edit is found."""

import pytest

from home import DONE, REFUSED


@pytest.fixture
def issued(home):
    home.issue("www.example.com", reference="site-7")
    home.issuer("audit", "verify", exit=DONE)
    home.issuer("evidence", "verify", exit=DONE)
    return home


EDITS = [
    ("a byte of a link",
     "UPDATE journal SET body = CAST(body || x'00' AS BLOB) WHERE seq = (SELECT max(seq) / 2 + 1 FROM journal)"),
    ("a hash", "UPDATE journal SET hash = zeroblob(32) WHERE seq = 2"),
    ("a link taken out", "DELETE FROM journal WHERE seq = 2"),
    ("the time of a link", "UPDATE journal SET at = at + 1 WHERE seq = 2"),
    ("an order's state", "UPDATE orders SET state = state - 1"),
    ("a gate's state", "UPDATE gate SET state = state - 1"),
    ("an order taken out of the list", "UPDATE orders SET state = 10"),
    ("whose order it is", "UPDATE orders SET applicant_id = applicant_id + 1"),
    ("how control was to be shown", "UPDATE orders SET method = 'dns-txt'"),
    ("a name of an order", "UPDATE order_name SET name = 'bank.example.net'"),
    ("a reference", "UPDATE order_reference SET reference = 'another'"),
    ("the date of a validation", "UPDATE validation SET began_at = began_at + 1"),
    ("whose validation it is", "UPDATE validation SET applicant_id = applicant_id + 1"),
    ("what was validated", "UPDATE validation SET domain = '*.' || domain WHERE method <> 'caa'"),
    ("a validation taken out", "DELETE FROM validation"),
    ("a certificate's bytes", "UPDATE certificate SET der = CAST(der || x'00' AS BLOB)"),
    ("a certificate's date", "UPDATE certificate SET not_after_at = not_after_at + 1"),
    ("a request's key", "UPDATE request SET spki = CAST(spki || x'00' AS BLOB)"),
    ("a CA certificate", "UPDATE authority SET der = CAST(der || x'00' AS BLOB)"),
    ("an intent", "UPDATE effect SET intent = CAST(intent || x'00' AS BLOB)"),
    ("evidence taken out", "DELETE FROM evidence"),
    ("a rule pack", "UPDATE pack SET text = replace(text, '13 months', '99 months')"),
]


@pytest.mark.parametrize("edit", [row[1] for row in EDITS], ids=[row[0] for row in EDITS])
def test_an_edit_is_found(issued, edit):
    issued.sql("PRAGMA foreign_keys = OFF")
    issued.sql(edit)
    assert issued.refusal("audit", "verify", exit=REFUSED)["code"] == "journal-broken"


def test_a_cut_tail_is_found_by_its_head(issued):
    head = issued.ask("audit", "verify")["head"]
    issued.issuer("audit", "verify", "--head", head, exit=DONE)
    issued.order("www.example.net")
    # A head that was passed is still part of the chain.
    issued.issuer("audit", "verify", "--head", head, exit=DONE)
    head = issued.ask("audit", "verify")["head"]
    issued.sql("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    assert issued.refusal("audit", "verify", "--head", head, exit=REFUSED)[
        "code"] == "journal-broken"


def test_evidence_is_decided_again_without_the_network(issued):
    issued.lab.withdraw("www.example.com")
    before = len(issued.lab.requests("www.example.com"))
    issued.configure("dns:\n  servers: [\"127.0.0.1:1\"]\n")
    issued.issuer("evidence", "verify", exit=DONE)
    assert len(issued.lab.requests("www.example.com")) == before


@pytest.mark.parametrize("edit", [
    "UPDATE evidence SET bytes = substr(bytes, 1, length(bytes) - 1)",
    "UPDATE evidence SET bytes ="
    " CAST(replace(CAST(bytes AS TEXT), 'example.com', 'example.net') AS BLOB)",
    "DELETE FROM evidence",
])
def test_evidence_that_was_changed_is_found(issued, edit):
    issued.sql("PRAGMA foreign_keys = OFF")
    issued.sql(edit)
    assert issued.refusal("evidence", "verify", exit=REFUSED)["code"] == "evidence-broken"


def test_private_keys_are_not_readable_in_the_database(issued):
    rows = issued.sql("SELECT sealed FROM key")
    assert len(rows) >= 2
    for (sealed,) in rows:
        # What a plain key would hold: the object identifier of EC or RSA keys.
        assert bytes.fromhex("06072a8648ce3d0201") not in sealed
        assert bytes.fromhex("06092a864886f70d0101") not in sealed

"""Control shown by a TXT record (BR 3.2.2.4.7), and for which names one record
counts, against a real name server."""

import pytest

from home import DONE, LATER, PERSON, openssl

METHOD = ("--method", "dns-txt")
LABEL = "_issuer-validation"


def base_domain_in_scope(home):
    """A home whose rules ask for one record at the base domain."""
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml",
                      "    scope: name ", "    scope: base-domain ")


def names_of(home, order):
    text = openssl("x509", "-noout", "-ext", "subjectAltName", text=home.pem(order))
    return sorted(word.strip(" ,\n").removeprefix("DNS:") for word in text.split()
                  if word.startswith("DNS:"))


def test_a_wildcard_name_and_its_base_share_one_record(home, zone):
    order = home.order("*.example.com", "example.com", options=METHOD)
    [wanted] = order["publish"]
    assert wanted["record"] == f"{LABEL}.example.com" and wanted["type"] == "TXT"
    assert wanted["names"] == ["*.example.com", "example.com"]
    assert "url" not in wanted and "file_name" not in wanted
    assert home.sql("SELECT domain, file_name FROM authorization WHERE method = 'dns-txt'") == [
        ("example.com", None)]
    text = home.issuer("order", "show", "o-1").out
    assert f"{LABEL}.example.com. TXT" in text and text.count(wanted["content"]) >= 1

    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")

    assert names_of(home, "o-1") == ["*.example.com", "example.com"]
    wildcard = home.gates("o-1")["control:*.example.com"]
    plain = home.gates("o-1")["control:example.com"]
    assert wildcard["validation"] == plain["validation"]
    assert wildcard["domain"] == plain["domain"] == "example.com"
    assert home.sql("SELECT domain, label FROM validation WHERE method = 'dns-txt'") == [
        ("example.com", "BR 3.2.2.4.7")]
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")


def test_twenty_names_by_one_record(home, zone):
    base_domain_in_scope(home)
    names = [f"n{number}.many.example.com" for number in range(18)] + ["www.example.com",
                                                                       "*.many.example.com"]
    order = home.order(*names, options=METHOD)
    [wanted] = order["publish"]
    assert wanted["record"] == f"{LABEL}.example.com" and wanted["names"] == names
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert names_of(home, "o-1") == sorted(names)
    assert home.sql("SELECT count(*) FROM validation WHERE method = 'dns-txt'") == [(1,)]
    # CAA is the domain owner's word on each name, whoever has control.
    assert home.sql("SELECT count(*) FROM validation WHERE method = 'caa'") == [(20,)]


def test_orders_of_one_applicant_share_a_record(home, zone):
    base_domain_in_scope(home)
    first = home.order("a.many.example.com", options=METHOD)
    second = home.order("b.many.example.com", options=METHOD)
    assert first["publish"][0]["content"] == second["publish"][0]["content"]
    home.publish(first)
    home.issuer("run")
    assert home.state("o-1") == home.state("o-2") == "completed"


@pytest.mark.parametrize("owner", ["issuer-validation.example.com", "example.com",
                                   f"{LABEL}.www.example.com"])
def test_the_value_elsewhere_shows_nothing(home, zone, owner):
    order = home.order("example.com", options=METHOD)
    home.lab.publish_record(owner, "TXT", order["publish"][0]["content"])
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gate = home.gates("o-1")["control:example.com"]
    assert gate["code"] == "record-missing" and gate["turn"] == "applicant"
    assert f"{LABEL}.example.com" in gate["action"]
    assert order["publish"][0]["content"] in gate["action"]
    assert home.certificate_count("o-1") == 0


def test_another_value_is_told(home, zone):
    order = home.order("example.com", options=METHOD)
    home.lab.publish_record(f"{LABEL}.example.com", "TXT", "something else")
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gate = home.gates("o-1")["control:example.com"]
    assert gate["code"] == "record-wrong" and '"something else"' in gate["sentence"]

    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


def test_the_label_may_be_delegated(home, zone):
    home.lab.add_records(zone, f"{LABEL}.delegated CNAME delegated-txt.example.net.\n"
                               "delegated A 127.0.0.1\n")
    order = home.order("delegated.example.com", options=METHOD)
    home.lab.publish_record("delegated-txt.example.net", "TXT", order["publish"][0]["content"])
    home.issuer("order", "validate", "o-1", "--wait")
    gate = home.gates("o-1")["control:delegated.example.com"]
    assert gate["domain"] == "delegated.example.com"
    home.issuer("evidence", "verify")
    # What stands behind the alias has shown nothing.
    home.order("delegated-txt.example.net", options=METHOD)
    home.issuer("order", "validate", "o-2", exit=PERSON)


def test_a_name_server_that_fails_may_answer_later(home):
    home.order("www.servfail.test", options=METHOD)
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert home.gates("o-1")["control:www.servfail.test"]["code"] == "dns-failed"


def test_a_check_serves_the_names_below_and_none_above(home, zone):
    home.issue("mail.example.com", options=METHOD)
    below = home.order("a.b.mail.example.com", "*.mail.example.com", options=METHOD)
    assert "publish" not in below
    home.issuer("order", "validate", "o-2", "--wait")
    shown = home.gates("o-1")["control:mail.example.com"]
    for name in ("a.b.mail.example.com", "*.mail.example.com"):
        gate = home.gates("o-2")[f"control:{name}"]
        assert gate["validation"] == shown["validation"] and gate["domain"] == "mail.example.com"
        assert gate["reused_from"] == shown["validated_at"]
        assert gate["reusable_until"] == shown["reusable_until"]
    assert f"{shown['validation']} for mail.example.com" in home.issuer(
        "order", "explain", "o-2").out

    for name in ("example.com", "www.example.com", "*.example.com", "xmail.example.com"):
        order = home.order(name, options=METHOD)
        assert len(order["publish"]) == 1, f"{name} needs a record of its own"


def test_a_check_serves_neither_another_method_nor_another_applicant(home, zone, tmp_path):
    home.issue("www.example.com", options=METHOD)
    assert "url" in home.order("www.example.com")["publish"][0]
    applicant = tmp_path / "other.yaml"
    applicant.write_text("reference: other\nname: Other K.K.\n"
                         "type: registered_corporation\ncountry: JP\n")
    other = home.order("www.example.com", options=(*METHOD, "--applicant", applicant))
    assert "record" in other["publish"][0]


def test_a_page_never_shows_control_of_more_than_its_name(home):
    home.issue("mail.example.com")
    order = home.order("a.mail.example.com")
    assert len(order["publish"]) == 1
    problem = home.refusal("order", "create", "*.mail.example.com")
    assert problem["code"] == "wildcard-method" and "--method dns-txt" in problem["hint"]


def test_a_public_suffix_ends_the_way_up(home):
    base_domain_in_scope(home)
    order = home.order("a.b.shop.test", options=METHOD)
    assert order["publish"][0]["record"] == f"{LABEL}.shop.test"


def test_a_retired_method_loses_its_results(home, zone):
    home.issue("www.example.com", options=METHOD)
    second = home.order("www.example.com", options=METHOD)["order"]
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml",
                      "    scope: name ", "    until: 2026-01-01\n    scope: name ")
    home.issuer("order", "validate", second, exit=None)
    home.issuer("run", exit=DONE)
    gate = home.gates(second)["control:www.example.com"]
    assert gate["state"] == "refused" and gate["code"] == "method-retired"
    assert home.certificate_count(second) == 0

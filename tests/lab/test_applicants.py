"""Whose certificate it is: an applicant is known by a reference of the tenant's
own, and what one applicant has shown serves no other."""

import pytest

from home import PERSON, REFUSED, USAGE

NAME = "www.example.com"
ACME = "reference: acme\nname: Acme K.K.\ntype: registered_corporation\ncountry: JP\n"


@pytest.fixture
def acme(tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text(ACME)
    return path


def test_an_applicant_is_made_from_a_file_and_then_known(home, acme):
    assert home.order(NAME, options=("--applicant", acme))["applicant"] == "acme"
    assert home.order("mail.example.com", options=("--applicant", "acme"))["applicant"] == "acme"
    home.order("www.example.net", options=("--applicant", acme))
    assert home.sql("SELECT count(*) FROM applicant WHERE reference = 'acme'") == [(1,)]
    assert home.order("www.shop.test")["applicant"] == "self"


def test_a_changed_legal_name_is_a_new_applicant(home, acme):
    home.issue(NAME, options=("--applicant", acme))
    home.lab.withdraw(NAME)
    acme.write_text(ACME.replace("Acme K.K.", "Apex K.K."))
    home.order(NAME, options=("--applicant", acme))
    home.issuer("order", "validate", "o-2", exit=PERSON)
    assert home.sql("SELECT count(*) FROM applicant WHERE reference = 'acme'") == [(2,)]


def test_what_one_applicant_has_shown_serves_no_other(home, acme):
    first = home.order(NAME)
    home.publish(first)
    home.issuer("order", "validate", "o-1", "--wait")
    second = home.order(NAME, options=("--applicant", acme))
    assert second["publish"][0]["content"] != first["publish"][0]["content"]
    home.issuer("order", "validate", "o-2", exit=PERSON)
    assert "reused_from" not in home.gates("o-2")[f"control:{NAME}"]


@pytest.mark.parametrize("text, named", [
    (ACME.replace("type", "tipe"), "tipe"),
    (ACME.replace("registered_corporation", "company"), "company"),
    (ACME.replace("name: Acme K.K.\n", ""), "name"),
    ("just words\n", "acme.yaml"),
], ids=["key", "type", "missing", "form"])
def test_an_applicant_file_that_cannot_be_used_is_cited(home, acme, text, named):
    acme.write_text(text)
    problem = home.refusal("order", "create", NAME, "--applicant", acme, exit=USAGE)
    assert problem["code"] == "input" and named in problem["detail"]
    assert str(acme) in problem["detail"]


def test_an_unknown_applicant_is_refused(home):
    problem = home.refusal("order", "create", NAME, "--applicant", "nobody", exit=REFUSED)
    assert problem["code"] == "not-found" and "nobody" in problem["detail"]
    assert home.ask("order", "list")["orders"] == []

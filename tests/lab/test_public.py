"""What a laboratory's settings must not decide: names of public products."""

import pytest

from home import LATER, PUBLIC_PRODUCT

@pytest.fixture
def seller(home):
    (home.folder / "catalogue").mkdir(exist_ok=True)
    (home.folder / "catalogue" / "products.yaml").write_text(PUBLIC_PRODUCT)
    return home


def refused(home):
    return home.refusal("order", "create", "www.example.com", "--product", "public-dv", exit=None)


def test_answers_that_nobody_validated_decide_over_no_public_name(seller):
    seller.configure("dns: {trust_anchors: none}\n")
    problem = refused(seller)
    assert problem["code"] == "configuration" and "trust_anchors is none" in problem["detail"]
    assert "BR 4.2.2.2" in problem["hint"]


def test_a_map_of_ports_decides_over_no_public_name(seller):
    seller.configure("net: {port_map: {http: 8080}}\n")
    problem = refused(seller)
    assert problem["code"] == "configuration" and "net.port_map" in problem["detail"]


def test_trust_anchors_that_cannot_be_used_are_named(home):
    text = (home.lab.folder / "issuer.yaml").read_text()
    home.order("www.example.com")
    for content, part in [(None, "anchors.txt"), ("www.example.com. A 127.0.0.1\n", "line 1")]:
        if content:
            (home.folder / "anchors.txt").write_text(content)
        home.configure(text.replace("trust_anchors: none", "trust_anchors: anchors.txt"))
        answer = home.issuer("order", "validate", "o-1", exit=None)
        assert answer.exit not in (0, LATER), answer
        assert part in answer.err and "trust_anchors" in answer.err
    assert home.state("o-1") == "pending"


def test_a_home_without_validation_says_so(home):
    assert home.ask("status", exit=None)["dns_believed"] is True
    assert "not validated" in home.issuer("status", exit=None).out
    home.configure("dns: {trust_anchors: root}\n")
    assert home.ask("status", exit=None)["dns_believed"] is False

"""Names that cannot be ordered: the code, and a sentence that names the thing."""

import pytest

#    the name            the code
REFUSED_NAMES = [
    ("intranet",             "domain-not-public"),
    ("server.local",         "domain-not-public"),
    ("www.localhost",        "domain-not-public"),
    ("www.invalid",          "domain-not-public"),
    ("hidden.onion",         "domain-not-public"),
    ("4.3.2.1.in-addr.arpa", "domain-not-public"),
    ("com",                  "domain-not-public"),
    ("co.jp",                "domain-not-public"),
    ("*.co.jp",              "domain-not-public"),
    ("test",                 "domain-not-public"),
    ("10.0.0.1",             "ip-not-global"),
    ("172.16.0.1",           "ip-not-global"),
    ("192.0.2.7",            "ip-not-global"),
    ("::1",                  "ip-not-global"),
    ("fd00::7",              "ip-not-global"),
    ("192.175.48.1",         "ip-not-global"),
    ("64:ff9b::1.1.1.1",     "ip-not-global"),
    ("::ffff:1.1.1.1",       "ip-not-global"),
    ("::ffff:127.0.0.1",     "ip-not-global"),
    ("1.1.1",                "name-invalid"),
    ("1.1.1.01",             "name-invalid"),
    ("0x7f.1",               "name-invalid"),
    ("2130706433",           "name-invalid"),
    ("fe80::1%lo",           "name-invalid"),
    ("1.1.1.1/32",           "name-invalid"),
    ("*.example.com",        "wildcard-method"),
    ("*.*.example.com",      "wildcard-nested"),
    ("www.*.example.com",    "wildcard-nested"),
    ("a_b.example.com",      "name-invalid"),
    ("-a.example.com",       "name-invalid"),
    ("www..example.com",     "name-invalid"),
    ("a" * 64 + ".com",      "name-invalid"),
    ("www.example.com/x",    "name-invalid"),
]


@pytest.mark.parametrize("name, code", REFUSED_NAMES, ids=[row[0][:24] for row in REFUSED_NAMES])
def test_the_name_is_refused(home, name, code):
    end_of_options = ["--"] if name.startswith("-") else []
    problem = home.refusal("order", "create", "--product", "local-dv", *end_of_options, name)
    assert problem["code"] == code
    assert not problem["retryable"]
    assert home.ask("order", "list")["orders"] == []


def test_a_wildcard_is_refused_with_the_rule(home):
    problem = home.refusal("order", "create", "*.example.com", "--method", "web-page")
    assert problem["code"] == "wildcard-method"
    assert "3.2.2.4.18" in problem["detail"] + problem.get("hint", "")


def test_one_refused_name_refuses_the_order(home):
    problem = home.refusal("order", "create", "www.example.com", "intranet")
    assert problem["code"] == "domain-not-public" and "intranet" in problem["detail"]
    assert home.ask("order", "list")["orders"] == []


def test_a_name_given_twice_is_refused(home):
    problem = home.refusal("order", "create", "www.example.com", "WWW.example.com.")
    assert problem["code"] == "name-duplicate"


def test_more_names_than_the_product_takes_are_refused(home):
    names = [f"n{number}.many.example.com" for number in range(101)]
    problem = home.refusal("order", "create", *names)
    assert problem["code"] == "names-too-many" and "101" in problem["detail"]
    home.order(*names[:100])


@pytest.mark.parametrize("method", ["smoke-signal", "onion-csr"])
def test_a_method_that_cannot_be_used_is_refused(home, method):
    problem = home.refusal("order", "create", "www.example.com", "--method", method)
    assert method in problem["detail"] and problem["code"] == "method-unknown"


def test_a_method_that_writes_mail_says_what_it_needs(home):
    """The lab's home sends none."""
    order = home.order("www.example.com", options=("--method", "whois-email"))["order"]
    gate = home.gates(order)["control:www.example.com"]
    assert (gate["state"], gate["code"], gate["turn"]) == ("refused", "not-applicable", "agent")
    for member in ("mail.server", "mail.from", "answers.url"):
        assert member in gate["action"]


def test_a_private_suffix_needs_the_configuration(home):
    home.order("www.shop.test")
    text = (home.lab.folder / "issuer.yaml").read_text()
    home.configure(text.replace('["test"]', "[]"))
    assert home.refusal("order", "create", "www.shop.test")["code"] == "domain-not-public"


def test_an_unknown_product_is_refused(home):
    problem = home.refusal("order", "create", "www.example.com", "--product", "local-vd")
    assert problem["code"] == "product-unknown"
    assert "local-dv" in problem["detail"] + problem.get("hint", "")

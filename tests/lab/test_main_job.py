"""From an order to a certificate, as an operator does it by hand."""

import datetime

import pytest

from home import DONE, Home, PERSON, REFUSED, openssl


def test_an_order_becomes_a_certificate(home):
    order = home.order("www.example.com", reference="R-1")
    assert order["order"] == "o-1" and order["state"] == "pending"
    [page] = order["publish"]
    assert page["name"] == "www.example.com"
    assert page["url"].startswith("http://www.example.com/.well-known/pki-validation/")
    assert page["url"].endswith("/" + page["file_name"])

    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")

    assert home.state("o-1") == "completed"
    assert {gate["state"] for gate in home.gates("o-1").values()} == {"open"}
    text = openssl("x509", "-noout", "-text", text=home.pem("o-1"))
    assert "DNS:www.example.com" in text
    # RFC 5280 4.2.1.6: with an empty subject the alternative name is critical.
    assert "Subject: \n" in text and "X509v3 Subject Alternative Name: critical" in text
    assert "TLS Web Server Authentication" in text
    assert "CA:TRUE" not in text


def test_the_page_is_asked_for_over_http_at_port_80_once(home):
    order = home.order("mail.example.com")
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    path = order["publish"][0]["url"].removeprefix("http://mail.example.com")
    assert [row for row in home.lab.requests("mail.example.com") if row[2] == path] == [
        ("http", 200, path)]


def test_several_names_in_one_order(home):
    names = [f"n{number}.many.example.com" for number in range(1, 12)]
    names += ["www.example.net", "www.shop.test"]
    order = home.issue(*names)
    text = openssl("x509", "-noout", "-ext", "subjectAltName", text=home.pem(order))
    assert sorted(word.strip(" ,\n").removeprefix("DNS:") for word in text.split()
                  if word.startswith("DNS:")) == sorted(names)


def test_one_missing_page_of_several_keeps_the_order_waiting(home):
    order = home.order("n1.many.example.com", "n2.many.example.com")
    home.publish({"publish": order["publish"][:1]})
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gates = home.gates("o-1")
    shown, missing = (page["name"] for page in order["publish"])
    assert gates[f"control:{shown}"]["state"] == "open"
    assert gates[f"control:{missing}"]["state"] != "open"
    assert gates[f"control:{missing}"]["code"] == "page-missing"
    assert home.certificate_count("o-1") == 0

    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


@pytest.mark.parametrize("typed, ascii_name, shown", [
    ("bücher.example.com", "xn--bcher-kva.example.com", "bücher.example.com"),
    ("BÜCHER.example.com.", "xn--bcher-kva.example.com", "bücher.example.com"),
    ("日本語.jp", "xn--wgv71a119e.jp", "日本語.jp"),
    ("xn--wgv71a119e.jp", "xn--wgv71a119e.jp", "日本語.jp"),
])
def test_an_international_name_is_ordered_as_a_labels_and_shown_as_both(home, typed, ascii_name,
                                                                         shown):
    order = home.issue(typed)
    assert f"control:{ascii_name}" in home.gates(order)
    text = home.issuer("order", "show", order).out
    assert ascii_name in text and shown in text
    assert f"DNS:{ascii_name}" in openssl("x509", "-noout", "-text", text=home.pem(order))


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_a_request_made_elsewhere_keeps_its_key(home, tmp_path, form):
    key, request = tmp_path / "key.pem", tmp_path / "request"
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request,
            "-outform", form, "-subj", "/CN=www.example.com",
            "-addext", "subjectAltName=DNS:www.example.com")
    order = home.issue("www.example.com", options=("--csr", request))
    assert (openssl("x509", "-noout", "-pubkey", text=home.pem(order))
            == openssl("pkey", "-in", key, "-pubout"))


def test_a_request_for_other_names_is_refused(home, tmp_path):
    key, request = tmp_path / "key.pem", tmp_path / "request"
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request,
            "-subj", "/CN=mail.example.com")
    problem = home.refusal("order", "create", "www.example.com", "--csr", request)
    assert problem["code"] == "csr-names"


def test_a_file_that_is_no_request_is_refused(home, tmp_path):
    request = tmp_path / "request"
    request.write_bytes(b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n")
    assert home.refusal("order", "create", "www.example.com", "--csr", request, exit=None)[
        "code"] == "csr-malformed"


def test_a_finished_check_serves_another_order_for_13_months(home):
    first = home.gates(home.issue("www.example.com"))["control:www.example.com"]
    assert "reused_from" not in first
    home.lab.withdraw("www.example.com")
    asked_before = len(home.lab.requests("www.example.com"))

    second = home.order("www.example.com", reference="second")["order"]
    home.issuer("order", "validate", second, "--wait")

    gate = home.gates(second)["control:www.example.com"]
    assert gate["state"] == "open" and gate["validation"] == first["validation"]
    assert gate["reused_from"] == first["validated_at"]
    until = datetime.datetime.fromisoformat(gate["reusable_until"].replace("Z", "+00:00"))
    days = (until - datetime.datetime.now(datetime.timezone.utc)).days
    assert 393 <= days <= 398
    assert len(home.lab.requests("www.example.com")) == asked_before
    text = home.issuer("order", "explain", second).out
    assert gate["reusable_until"][:7] in text and gate["validation"] in text


def test_a_check_is_not_reused_for_another_name(home):
    home.issue("www.example.com")
    other = home.order("mail.example.com")["order"]
    home.issuer("order", "validate", other, exit=PERSON)


def test_the_certificate_is_signed_by_the_home_and_is_of_this_moment(home):
    pem = home.pem(home.issue("www.example.com"))
    assert "issuer local CA" in openssl("x509", "-noout", "-issuer", text=pem)
    openssl("x509", "-noout", "-checkend", "86400", text=pem)


def test_without_an_order_there_is_nothing(home):
    assert home.refusal("order", "show", "o-7")["code"] == "not-found"
    assert home.refusal("certificate", "download", "o-7", "--format", "pem")["code"] == "not-found"
    home.order("www.example.com")
    home.issuer("certificate", "download", "o-1", "--format", "pem", exit=REFUSED)


def test_the_list_shows_every_order(home):
    home.order("www.example.com")
    home.order("www.example.net")
    assert {order["order"] for order in home.ask("order", "list")["orders"]} == {"o-1", "o-2"}


def test_two_homes_have_nothing_in_common(home, tmp_path):
    other = Home(tmp_path / "other", home.lab).init()
    assert (home.order("www.example.com")["publish"][0]["content"]
            != other.order("www.example.com")["publish"][0]["content"])
    assert home.kek().read_bytes() != other.kek().read_bytes()
    home.issuer("audit", "verify", exit=DONE)

"""Keys and requests: made by the engine or given, replaced until submission,
printed only when asked for, and sealed at rest."""

import base64
import re

import pytest

from home import DONE, PERSON, REFUSED, USAGE, openssl

NAME = "www.example.com"
#    the type        what openssl says of the certificate's key
KEY_TYPES = [
    ("ec-p256",      "(256 bit)"),
    ("ec-p384",      "(384 bit)"),
    ("rsa-2048",     "(2048 bit)"),
    ("rsa-3072",     "(3072 bit)"),
]


def public_key(pem):
    return openssl("x509", "-noout", "-pubkey", text=pem)


def request(folder, name, algorithm=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
    """(key, request): files made by openssl, as a customer does."""
    key, path = folder / f"{name}.key", folder / f"{name}.csr"
    openssl("req", "-new", "-newkey", *algorithm, "-nodes", "-keyout", key, "-out", path,
            "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}")
    return key, path


@pytest.mark.parametrize("key_type, size", KEY_TYPES, ids=[row[0] for row in KEY_TYPES])
def test_a_key_of_each_type_matches_its_certificate(home, key_type, size):
    order = home.issue(NAME, options=("--key-type", key_type))
    pem = home.pem(order)
    both = home.issuer("certificate", "download", order, "--with-key").out
    assert size in openssl("x509", "-noout", "-text", text=pem)
    assert both.endswith(pem) and both.count("PRIVATE KEY") == 2
    assert openssl("pkey", "-pubout", text=both) == public_key(pem)
    answer = home.ask("certificate", "download", order, "--with-key")
    assert answer["private_key"] + answer["pem"] == both


def test_a_key_is_printed_only_when_asked_for(home):
    home.issue(NAME)
    for words in (["order", "show", "o-1"], ["order", "explain", "o-1"],
                  ["order", "history", "o-1"], ["certificate", "show", "o-1"],
                  ["certificate", "download", "o-1"],
                  ["certificate", "download", "o-1", "--format", "chain"], ["status"]):
        for answer in (home.issuer(*words, exit=None), home.issuer(*words, "--json", exit=None)):
            assert "PRIVATE" not in answer.out + answer.err, answer


@pytest.mark.parametrize("key_type", ["ec-p256", "rsa-2048"])
def test_a_private_key_lies_nowhere_in_the_home(home, key_type):
    home.issue(NAME, options=("--key-type", key_type))
    key = home.issuer("certificate", "download", "o-1", "--with-key").out
    text = openssl("pkey", "-noout", "-text", text=key)
    digits = re.search(r"(?:priv|privateExponent):\n((?:    .*\n)+)", text)[1]
    secret = bytes.fromhex(re.sub(r"[\s:]", "", digits)).lstrip(b"\0")
    assert len(secret) >= 28
    plain = [secret, secret.hex().encode(), base64.b64encode(secret[:30])[:36]]
    for path in (path for path in home.folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        assert not any(form in held for form in plain), path


def test_there_is_no_key_to_print_of_a_request_that_was_given(home, tmp_path):
    _, path = request(tmp_path, "given")
    home.issue(NAME, options=("--csr", path))
    assert home.refusal("certificate", "download", "o-1", "--with-key")["code"] == "key-missing"


def test_a_request_is_replaced_until_submission(home, tmp_path):
    _, first = request(tmp_path, "first")
    key, second = request(tmp_path, "second", ("rsa:2048",))
    order = home.order(NAME, options=("--csr", first))
    home.publish(order)
    home.issuer("order", "csr", "o-1", "--file", second)
    # What control was shown stays: the value to publish is the same.
    assert home.ask("order", "show", "o-1")["publish"] == order["publish"]
    home.issuer("order", "validate", "o-1", "--wait")
    assert public_key(home.pem("o-1")) == openssl("pkey", "-in", key, "-pubout")

    problem = home.refusal("order", "csr", "o-1", "--file", first)
    assert problem["code"] == "order-state" and "completed" in problem["detail"]
    assert home.certificate_count("o-1") == 1


def test_a_given_request_takes_the_place_of_the_key_that_was_made(home, tmp_path):
    key, path = request(tmp_path, "given")
    order = home.order(NAME)
    home.issuer("run")
    assert home.gates("o-1")["request"]["state"] == "open"
    home.issuer("order", "csr", "o-1", "--file", path)
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert public_key(home.pem("o-1")) == openssl("pkey", "-in", key, "-pubout")


def test_a_key_made_takes_the_place_of_a_given_request(home, tmp_path):
    _, path = request(tmp_path, "given")
    home.publish(home.order(NAME, options=("--csr", path)))
    home.issuer("order", "csr", "o-1", "--generate", "--key-type", "ec-p384")
    home.issuer("order", "validate", "o-1", "--wait")
    assert "(384 bit)" in openssl("x509", "-noout", "-text", text=home.pem("o-1"))
    home.issuer("certificate", "download", "o-1", "--with-key")


def test_a_request_is_checked_before_it_replaces(home, tmp_path):
    _, good = request(tmp_path, "good")
    home.order(NAME, options=("--csr", good))
    weak = tmp_path / "weak.csr"
    openssl("req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", tmp_path / "weak.key",
            "-out", weak, "-subj", f"/CN={NAME}")
    assert home.refusal("order", "csr", "o-1", "--file", weak)["code"] == "key-size"
    assert home.refusal("order", "csr", "o-1", "--file", tmp_path / "absent", exit=USAGE)[
        "code"] == "input"
    home.issuer("order", "csr", "o-1", exit=USAGE)
    home.publish(home.ask("order", "show", "o-1"))
    home.issuer("order", "validate", "o-1", "--wait")
    assert public_key(home.pem("o-1")) == openssl("req", "-in", good, "-noout", "-pubkey")


def test_a_request_whose_signature_is_not_its_own_is_refused(home, tmp_path):
    _, path = request(tmp_path, "whole")
    der = bytearray(base64.b64decode("".join(path.read_text().splitlines()[1:-1])))
    der[-1] ^= 1
    path.write_bytes(der)
    assert home.refusal("order", "create", NAME, "--csr", path)["code"] == "csr-signature"


def test_the_names_may_be_those_of_the_request(home, tmp_path):
    _, path = request(tmp_path, "given")
    order = home.ask("order", "create", "--csr", path)
    assert [name["name"] for name in order["names"]] == [NAME]


def test_an_empty_file_is_not_the_same_as_no_file(home, tmp_path):
    empty = tmp_path / "empty.csr"
    empty.write_bytes(b"")
    problem = home.refusal("order", "create", "www.example.com", "--csr", empty, exit=USAGE)
    assert problem["code"] == "input"
    order = home.order("www.example.com")["order"]
    home.refusal("order", "csr", order, "--file", empty, exit=USAGE)
    assert home.ask("order", "show", order)["key_type"] == "ec-p256"


def test_a_key_type_that_is_not_sold_is_refused(home):
    assert home.refusal("order", "create", NAME, "--key-type", "rsa-1024", exit=None)["code"] in (
        "key-type", "key-size")
    assert home.ask("order", "list")["orders"] == []


def test_a_chain_leads_to_the_root_of_the_home(home, tmp_path):
    home.issue(NAME)
    chain = home.issuer("certificate", "download", "o-1", "--format", "chain").out
    leaf, issuing = chain.split("-----END CERTIFICATE-----\n")[:2]
    for name, text in (("leaf", leaf), ("issuing", issuing)):
        (tmp_path / name).write_text(text + "-----END CERTIFICATE-----\n")
    said = openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                   home.folder / "ca" / "root.pem", "-untrusted", tmp_path / "issuing",
                   tmp_path / "leaf")
    assert said.endswith("OK\n")
    # Other words for the same certificate.
    assert chain.startswith(home.issuer("certificate", "download", "c-1", exit=DONE).out)
    assert home.issuer("order", "validate", "o-1", exit=DONE).err == ""
    assert home.certificate_count("o-1") == 1


def test_nothing_is_issued_while_the_request_is_missing_control(home, tmp_path):
    _, path = request(tmp_path, "given")
    home.order(NAME, options=("--csr", path))
    home.issuer("order", "validate", "o-1", exit=PERSON)
    home.refusal("certificate", "download", "o-1", exit=REFUSED)

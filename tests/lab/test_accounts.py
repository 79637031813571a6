"""Methods that rest on the account of an applicant: dns-01, dns-account-01 and
dns-persist-01, and how the account itself is given, missed and changed."""

import base64
import datetime
import hashlib
import json

import pytest

from home import DONE, PERSON, REFUSED, USAGE, openssl

NAME = "www.example.com"
URI = "acct:desk@agency.example"
CA = "ca.example"
PERSIST = f"_validation-persist.{NAME}"


@pytest.fixture
def desk(home):
    """A home whose applicant self has an account, and whose CA has a name."""
    give_account(home, key=new_key(home.folder / "account.pem"))
    home.name_the_ca(CA)
    return home


def new_key(path):
    private = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    path.write_text(openssl("pkey", "-pubout", text=private))
    return path


def b64url(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def thumbprint(pem):
    """RFC 7638 by another hand: the point of the key as OpenSSL prints it."""
    der = base64.b64decode("".join(pem.read_text().split("\n")[1:-2]))
    point = der[-64:]
    jwk = {"crv": "P-256", "kty": "EC", "x": b64url(point[:32]), "y": b64url(point[32:])}
    return b64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def give_account(home, uri=URI, key=None):
    members = {"uri": uri} if uri else {}
    if key:
        members["key"] = str(key)
    text = (home.lab.folder / "issuer.yaml").read_text()
    home.configure(text + f"account: {json.dumps(members)}\n")


def method(id):
    return ("--method", id)


def values(home, id):
    return home.sql("SELECT file_name, value FROM authorization WHERE method = ?", id)


@pytest.mark.parametrize("id, label", [("dns-01", "_acme-challenge"),
                                       ("dns-account-01", None)])
def test_the_digest_of_a_key_authorization(desk, zone, id, label):
    if not label:
        octets = hashlib.sha256(URI.encode()).digest()[:10]
        label = f"_{base64.b32encode(octets).decode().lower()}._acme-challenge"
    order = desk.order(f"*.{NAME}", NAME, options=method(id))
    [wanted] = order["publish"]
    [(token, value)] = values(desk, id)
    assert value == f"{token}.{thumbprint(desk.folder / 'account.pem')}"
    assert len(base64.urlsafe_b64decode(token + "==")) >= 16
    assert wanted["record"] == f"{label}.{NAME}" and wanted["type"] == "TXT"
    assert wanted["content"] == b64url(hashlib.sha256(value.encode()).digest())
    assert wanted["names"] == [f"*.{NAME}", NAME]

    desk.issuer("order", "validate", "o-1", exit=PERSON)
    gate = desk.gates("o-1")[f"control:{NAME}"]
    assert gate["code"] == "record-missing" and wanted["content"] in gate["action"]

    desk.publish(order)
    desk.issuer("order", "validate", "o-1", "--wait")
    assert desk.certificate_count("o-1") == 1
    desk.issuer("audit", "verify")
    desk.issuer("evidence", "verify")
    # Reused for a name below, and for the order that comes next.
    assert "publish" not in desk.order(f"a.{NAME}", NAME, options=method(id))


def test_a_page_with_a_key_authorization(desk):
    order = desk.order(NAME, options=method("http-01"))
    [wanted] = order["publish"]
    [(token, value)] = values(desk, "http-01")
    assert wanted["url"] == f"http://{NAME}/.well-known/acme-challenge/{token}"
    assert wanted["content"] == value == f"{token}.{thumbprint(desk.folder / 'account.pem')}"
    desk.publish(order)
    desk.issuer("order", "validate", "o-1", "--wait")
    assert desk.certificate_count("o-1") == 1
    desk.issuer("evidence", "verify")


@pytest.mark.parametrize("place", ["acme-challenge.{}", "{}", "_acme-challenge.a.{}"])
def test_the_digest_elsewhere_shows_nothing(desk, zone, place):
    order = desk.order(NAME, options=method("dns-01"))
    desk.lab.publish_record(place.format(NAME), "TXT", order["publish"][0]["content"])
    desk.issuer("order", "validate", "o-1", exit=PERSON)
    assert desk.gates("o-1")[f"control:{NAME}"]["code"] == "record-missing"


def test_a_record_that_stands_validates_at_once(desk, zone):
    desk.lab.publish_record(PERSIST, "TXT", f"{CA}; accounturi={URI}")
    order = desk.order(NAME, options=method("dns-persist-01"))
    assert values(desk, "dns-persist-01") == [(None, None)]
    [wanted] = order["publish"]
    assert wanted["record"] == PERSIST and "until" not in wanted
    assert wanted["content"] == f"{CA}; accounturi={URI}"
    desk.issuer("run")
    assert desk.state("o-1") == "completed"
    desk.issuer("audit", "verify")
    desk.issuer("evidence", "verify")

    # It was shown for the name alone: neither wildcard names nor names below.
    below = desk.order(f"*.{NAME}", f"a.{NAME}", options=method("dns-persist-01"))
    assert {wanted["record"] for wanted in below["publish"]} == {
        PERSIST, f"_validation-persist.a.{NAME}"}
    desk.issuer("order", "validate", "o-2", exit=PERSON)
    gate = desk.gates("o-2")[f"control:*.{NAME}"]
    assert gate["code"] == "record-wrong" and "policy=wildcard" in gate["action"]

    desk.lab.publish_record(PERSIST, "TXT", f"{CA}; accounturi={URI}; policy=wildcard")
    desk.issuer("order", "validate", "o-2", "--wait")
    gates = desk.gates("o-2")
    assert gates[f"control:a.{NAME}"]["domain"] == gates[f"control:*.{NAME}"]["domain"] == NAME
    assert desk.certificate_count("o-2") == 1
    desk.issuer("evidence", "verify")
    # And now the name itself may rest on it too.
    assert "publish" not in desk.order(NAME, f"b.{NAME}", options=method("dns-persist-01"))


@pytest.mark.parametrize("record, word", [
    (f"{CA}; accounturi=acct:other@agency.example", "does not name the account"),
    (f"other.example; accounturi={URI}", "none names this CA"),
    (f"{CA}; accounturi={URI}; persistUntil=1", "has passed"),
    (f"{CA}; accounturi={URI}; accounturi={URI}", "malformed"),
])
def test_a_record_that_does_not_count(desk, zone, record, word):
    desk.lab.publish_record(PERSIST, "TXT", record)
    desk.order(NAME, options=method("dns-persist-01"))
    desk.issuer("order", "validate", "o-1", exit=PERSON)
    assert word in desk.gates("o-1")[f"control:{NAME}"]["sentence"]
    assert desk.certificate_count("o-1") == 0


def test_what_a_record_showed_counts_for_ten_days(rehearsal, zone):
    give_account(rehearsal)
    rehearsal.name_the_ca(CA)
    rehearsal.lab.publish_record(PERSIST, "TXT", f"{CA}; accounturi={URI}")
    rehearsal.order(NAME, options=method("dns-persist-01"))
    rehearsal.issuer("order", "validate", "o-1", "--wait")
    gate = rehearsal.gates("o-1")[f"control:{NAME}"]
    shown, until = gate["validated_at"], gate["reusable_until"]
    assert datetime.timedelta(days=9) < instant(until) - instant(shown) <= datetime.timedelta(
        days=10)

    later = instant(until) + datetime.timedelta(seconds=2)
    rehearsal.issuer("--now", later.strftime("%Y-%m-%dT%H:%M:%SZ"), "status", exit=None)
    order = rehearsal.order(NAME, options=method("dns-persist-01"))
    assert order["publish"], "the result is too old, and the record is looked at again"
    rehearsal.issuer("run")
    assert rehearsal.gates("o-2")[f"control:{NAME}"]["validation"] != gate["validation"]
    assert rehearsal.state("o-2") == "completed"


@pytest.mark.parametrize("id, uri, key, member", [
    ("dns-01", URI, False, "account: key"),
    ("dns-account-01", None, True, "account: uri"),
    ("dns-persist-01", None, True, "account: uri"),
])
def test_an_account_that_is_missing(home, id, uri, key, member):
    home.name_the_ca(CA)
    if uri or key:
        give_account(home, uri, new_key(home.folder / "account.pem") if key else None)
    home.order(NAME, options=method(id))
    gate = home.gates("o-1")[f"control:{NAME}"]
    assert gate["state"] == "refused" and gate["code"] == "account-missing"
    assert member in gate["action"] and "issuer.yaml" in gate["action"]
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert home.sql("SELECT count(*) FROM authorization WHERE method = ?", id) == [(0,)]

    # Set, it is taken up by the next command.
    give_account(home, URI, new_key(home.folder / "account.pem"))
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert home.gates("o-1")[f"control:{NAME}"]["code"] == "record-missing"
    assert home.ask("order", "show", "o-1")["account_uri"] == URI


def test_a_ca_without_a_name(home):
    give_account(home)
    home.order(NAME, options=method("dns-persist-01"))
    gate = home.gates("o-1")[f"control:{NAME}"]
    assert gate["state"] == "refused" and "caa_identifiers" in gate["action"]


def test_a_key_that_is_rolled_over(desk, zone, tmp_path):
    applicant = tmp_path / "acme.yaml"
    applicant.write_text("reference: acme\nname: Acme K.K.\ntype: registered_corporation\n"
                         f"country: JP\naccount_uri: {URI}\naccount_key: acme.pem\n")
    old = thumbprint(new_key(tmp_path / "acme.pem"))
    options = (*method("dns-01"), "--applicant", applicant)
    order = desk.order(NAME, reference="r-1", options=options)
    assert order["account_thumbprint"] == old
    desk.publish(order)

    # The same order again with the new key: the same order, the same applicant, a new value.
    new = thumbprint(new_key(tmp_path / "acme.pem"))
    assert desk.order(NAME, reference="r-1", options=options)["order"] == "o-1"
    desk.issuer("order", "validate", "o-1", exit=PERSON)
    shown = desk.ask("order", "show", "o-1")
    assert shown["account_thumbprint"] == new
    assert shown["publish"][0]["content"] != order["publish"][0]["content"]
    assert values(desk, "dns-01")[0][1].endswith(f".{new}")
    assert desk.sql("SELECT count(*) FROM applicant WHERE reference = 'acme'") == [(1,)]

    desk.publish(shown)
    desk.issuer("order", "validate", "o-1", "--wait")
    assert desk.certificate_count("o-1") == 1
    # A file that says nothing of an account takes none away, and what was shown still counts.
    text = applicant.read_text()
    applicant.write_text(text.split("account_uri")[0])
    assert "publish" not in desk.order(NAME, options=options)
    desk.issuer("audit", "verify")
    desk.issuer("evidence", "verify")


def test_the_change_is_in_the_journal(desk):
    desk.order(NAME, options=method("dns-01"))
    before = thumbprint(desk.folder / "account.pem")
    after = thumbprint(new_key(desk.folder / "account.pem"))
    desk.issuer("order", "validate", "o-1", exit=PERSON)
    bodies = b"".join(row[0] for row in desk.sql("SELECT body FROM journal ORDER BY seq"))
    assert bodies.count(b"applicant account") == 2
    assert before.encode() in bodies and after.encode() in bodies
    # A URI may name a person.
    assert URI.encode() not in bodies
    desk.issuer("audit", "verify")


@pytest.mark.parametrize("text, word", [
    ("account_uri: nobody\n", "account_uri"),
    ("account_key: absent.pem\n", "absent.pem"),
    ("account_key: private.pem\n", "private key"),
], ids=["uri", "absent", "private"])
def test_an_account_that_cannot_be_used_is_cited(home, tmp_path, text, word):
    (tmp_path / "private.pem").write_text(openssl("genpkey", "-algorithm", "ED25519"))
    applicant = tmp_path / "acme.yaml"
    applicant.write_text("reference: acme\nname: Acme\ntype: individual\n" + text)
    problem = home.refusal("order", "create", NAME, "--applicant", applicant, exit=USAGE)
    assert problem["code"] == "input" and word in problem["detail"]


def test_an_account_of_the_configuration_that_cannot_be_used(home):
    for members, word in (("{uri: nobody}", "account"), ("{key: absent.pem}", "absent.pem")):
        home.configure((home.lab.folder / "issuer.yaml").read_text() + f"account: {members}\n")
        problem = home.refusal("order", "create", NAME, exit=USAGE)
        assert problem["code"] == "configuration" and word in problem["detail"]


def test_one_applicants_record_serves_no_other(desk, zone, tmp_path):
    desk.lab.publish_record(PERSIST, "TXT", f"{CA}; accounturi={URI}")
    desk.order(NAME, options=method("dns-persist-01"))
    desk.issuer("run", exit=DONE)
    assert desk.state("o-1") == "completed"
    applicant = tmp_path / "other.yaml"
    applicant.write_text("reference: other\nname: Other\ntype: individual\n"
                         "account_uri: acct:other@agency.example\n")
    desk.order(NAME, options=(*method("dns-persist-01"), "--applicant", applicant))
    desk.issuer("order", "validate", "o-2", exit=PERSON)


def test_what_the_catalogue_refused_is_decided_again_in_an_hour(rehearsal):
    """A refusal by configuration ends when the configuration does; nobody need touch the order."""
    home = rehearsal
    give_account(home)
    home.order(NAME, options=method("dns-persist-01"))
    home.issuer("run")
    assert home.gates("o-1")[f"control:{NAME}"]["state"] == "refused"
    home.name_the_ca(CA)
    newest = home.sql("SELECT max(at) FROM journal")[0][0] / 1000
    later = datetime.datetime.fromtimestamp(newest + 3700, datetime.timezone.utc)
    home.issuer("--now", later.strftime("%Y-%m-%dT%H:%M:%SZ"), "order", "list")
    home.issuer("run")
    assert home.gates("o-1")[f"control:{NAME}"]["state"] != "refused"


def test_a_look_up_for_one_account_does_not_count_for_the_next(home, zone):
    """RFC 8657 section 3: what CAA says to one account it does not say to another."""
    give_account(home)
    home.name_the_ca(CA)
    home.lab.add_records(zone, f'own A 127.0.0.1\nown CAA 0 issue "{CA}; accounturi={URI}"\n')
    order = home.order("own.example.com", options=method("dns-txt"))
    home.issuer("run")
    assert home.gates("o-1")["caa:own.example.com"]["state"] == "open"
    give_account(home, uri="acct:another@agency.example")
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait", "--timeout", "20", exit=REFUSED)
    assert home.gates("o-1")["caa:own.example.com"]["code"] == "caa-forbidden"
    assert home.certificate_count("o-1") == 0


def test_a_persistent_record_of_another_account_shows_nothing(desk, zone):
    """BR 3.2.2.4.22: the record names the account that asks, now, not the one before."""
    desk.lab.publish_record(PERSIST, "TXT", f"{CA}; accounturi={URI}")
    desk.order(NAME, options=method("dns-persist-01"))
    desk.issuer("order", "validate", "o-1", "--wait")
    give_account(desk, uri="acct:another@agency.example", key=desk.folder / "account.pem")
    desk.order(NAME, options=method("dns-persist-01"))
    desk.issuer("order", "validate", "o-2", exit=PERSON)
    assert desk.gates("o-2")[f"control:{NAME}"]["state"] != "open"

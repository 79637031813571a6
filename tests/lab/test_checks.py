"""What the checks of control and CAA say of each thing that a web server or a
name server can do, and the exit status of `order validate` for it."""

import pytest

from home import DONE, LATER, PERSON, REFUSED

VALUE, WRONG, LONG, NOTHING = "value", "wrong", "long", "nothing"

#    the name                  published  exit     code of the control gate
PAGES = [
    ("www.example.com",        VALUE,     DONE,    None),
    ("alias.example.com",      VALUE,     DONE,    None),
    ("to-https.example.com",   VALUE,     DONE,    None),
    ("www.example.com",        NOTHING,   PERSON,  "page-missing"),
    ("www.example.com",        WRONG,     PERSON,  "page-wrong"),
    ("www.example.com",        LONG,      PERSON,  "page-too-long"),
    ("loop.example.com",       VALUE,     PERSON,  "redirect-refused"),
    ("see-other.example.com",  VALUE,     PERSON,  "redirect-refused"),
    ("other-port.example.com", VALUE,     PERSON,  "redirect-refused"),
    ("inside.example.com",     VALUE,     PERSON,  "address-refused"),
    ("nowhere.example.com",    VALUE,     PERSON,  "name-not-in-dns"),
    ("no-address.example.com", VALUE,     PERSON,  "name-not-in-dns"),
    ("www.servfail.test",      VALUE,     LATER,   "dns-failed"),
]


def publish(home, order, what):
    for page in order["publish"]:
        content = {VALUE: page["content"], WRONG: "something else",
                   LONG: page["content"] + "x" * 200_000, NOTHING: None}[what]
        if content is not None:
            home.publish({"publish": [{**page, "content": content}]})


@pytest.mark.parametrize("name, what, exit, code", PAGES,
                         ids=[f"{row[0].split('.')[0]}-{row[1]}" for row in PAGES])
def test_control_by_web_page(home, name, what, exit, code):
    order = home.order(name)
    publish(home, order, what)
    answer = home.issuer("order", "validate", "o-1", exit=exit)
    gate = home.gates("o-1")[f"control:{name}"]
    if code is None:
        assert gate["state"] == "open", answer
        return
    assert gate["state"] != "open" and gate["code"] == code
    assert gate["action"], "a shut gate names the next action"
    assert code in home.issuer("order", "explain", "o-1").out
    assert home.certificate_count("o-1") == 0


def test_white_space_after_the_value_is_no_fault(home):
    order = home.order("www.example.com")
    home.publish({"publish": [{**page, "content": page["content"] + "\r\n\n"}
                              for page in order["publish"]]})
    home.issuer("order", "validate", "o-1", "--wait")


def test_a_web_server_that_is_not_there_may_come_back(home):
    text = (home.lab.folder / "issuer.yaml").read_text()
    home.order("www.example.com")
    home.configure(text.replace(f"http: {home.lab.ports['http']}", "http: 1"))
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert home.gates("o-1")["control:www.example.com"]["code"] == "connect-failed"


def test_a_web_server_that_dawdles_is_given_up(home):
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml",
                      "body: 64 KiB\n    connect_timeout: 10 s\n    timeout: 20 s ",
                      "body: 64 KiB\n    connect_timeout: 10 s\n    timeout: 2 s ")
    home.publish(home.order("slow.example.com"))
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert home.gates("o-1")["control:slow.example.com"]["code"] == "timed-out"


def test_a_name_server_that_is_silent_may_answer_later(home, dead_server):
    order = home.order("www.example.com")
    home.publish(order)
    text = (home.lab.folder / "issuer.yaml").read_text()
    home.configure(text.replace(f"127.0.0.1:{home.lab.ports['dns']}", f"127.0.0.1:{dead_server}"))
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert home.gates("o-1")["control:www.example.com"]["code"] in ("dns-failed", "timed-out")

    home.configure(text)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


#    the name                      the CA's own name   permitted
CAA = [
    ("www.example.com",            None,               True),
    ("permitted.example.com",      "ca.example.net",   True),
    ("www.permitted.example.com",  "ca.example.net",   True),
    ("permitted.example.com",      None,               False),
    ("forbidden.example.com",      "ca.example.net",   False),
    ("www.forbidden.example.com",  "ca.example.net",   False),
    ("nobody.example.com",         "ca.example.net",   False),
    ("critical.example.com",       "ca.example.net",   False),
]


@pytest.mark.parametrize("name, identifier, permitted", CAA,
                         ids=[f"{row[0].removesuffix('.example.com')}-{row[1]}" for row in CAA])
def test_caa(home, name, identifier, permitted):
    if identifier:
        home.name_the_ca(identifier)
    order = home.order(name)
    home.publish(order)
    home.issuer("order", "validate", "o-1", exit=DONE if permitted else REFUSED)
    gate = home.gates("o-1")[f"caa:{name}"]
    if permitted:
        assert gate["state"] == "open"
    else:
        assert gate["state"] == "refused" and gate["code"] == "caa-forbidden"
        assert home.certificate_count("o-1") == 0


def test_a_ca_without_a_name_says_which_key_to_set(home):
    home.publish(home.order("permitted.example.com"))
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert "caa_identifiers" in home.issuer("order", "explain", "o-1").out


def test_a_refused_gate_opens_when_the_domain_owner_changes_caa(home):
    home.lab.add_records("example.net",
                         'changed A 127.0.0.1\nchanged CAA 0 issue "other.example"\n')
    home.publish(home.order("changed.example.net"))
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert home.state("o-1") == "pending"

    zone = (home.lab.zones / "example.net").read_text()
    home.lab.write_zone("example.net", zone.replace('CAA 0 issue "other.example"', 'TXT "none"'))
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1

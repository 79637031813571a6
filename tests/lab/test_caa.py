"""CAA against a real name server: what is asked for which name and when, what
the owner's parameters narrow (RFC 8657), and what `caa check` tells of it."""

import collections

import pytest

from home import DONE, Home, LATER, PERSON, REFUSED, USAGE

NAMES = ("www.example.com", "mail.example.com", "a.example.com", "b.example.com",
         "c.a.example.com", "*.example.com", "example.com")


def looked_up(home):
    """How often CAA was looked up for each name, by the validations kept."""
    return collections.Counter(
        domain for domain, in home.sql("SELECT domain FROM validation WHERE method = 'caa'"))


def test_every_name_of_an_order_is_looked_up_exactly_once(home, zone):
    """Let's Encrypt, 2020-02-29: one name of an order was looked up N times, the others never."""
    order = home.order(*NAMES, options=("--method", "dns-txt"))
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert looked_up(home) == {name: 1 for name in NAMES}


def test_every_name_is_looked_up_again_when_the_first_look_is_old(rehearsal, zone):
    """The incident was in the second look, when an order is signed hours after the first."""
    home = rehearsal
    order = home.order(*NAMES, options=("--method", "dns-txt"))
    last = [wanted for wanted in order["publish"] if "example.com" in wanted["names"]]
    home.publish({"publish": [wanted for wanted in order["publish"] if wanted not in last]})
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert looked_up(home) == {name: 1 for name in NAMES}
    newest = home.sql("SELECT max(at) FROM journal")[0][0] // 1000
    later = home.sql("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', ?, 'unixepoch')", newest + 9 * 3600)
    home.issuer("--now", later[0][0], "order", "list")
    home.publish({"publish": last})
    home.issuer("order", "validate", "o-1", "--wait")
    assert looked_up(home) == {name: 2 for name in NAMES}


#    what the record says                        method      exit
NARROW = [
    ("ca.example; validationmethods=ca-tbr-18",  "web-page", DONE),
    ("ca.example; validationmethods=ca-tbr-18",  "dns-txt",  REFUSED),
    ("ca.example; validationmethods=dns-01,ca-tbr-7", "dns-txt", DONE),
    ("ca.example; validationmethods=web-page",   "web-page", REFUSED),
    ("ca.example; validationmethods=",           "web-page", REFUSED),
    ("ca.example; accounturi=https://ca.example/1", "web-page", REFUSED),
]


@pytest.mark.parametrize("value, method, exit", NARROW)
def test_a_record_for_some_methods_only(home, zone, value, method, exit):
    home.name_the_ca("ca.example")
    home.lab.add_records(zone, f'narrow A 127.0.0.1\nnarrow CAA 0 issue "{value}"\n')
    home.publish(home.order("narrow.example.com", options=("--method", method)))
    home.issuer("order", "validate", "o-1", exit=exit)
    gate = home.gates("o-1")["caa:narrow.example.com"]
    assert gate["state"] == ("open" if exit == DONE else "refused")
    if exit != DONE:
        assert gate["code"] == "caa-forbidden" and "only" in gate["sentence"]
    home.issuer("evidence", "verify")


def test_a_look_up_counts_for_the_order_that_it_was_made_for(home, zone):
    """The same name by two methods: what CAA lets one do it does not let the other do."""
    home.name_the_ca("ca.example")
    home.lab.add_records(
        zone, 'narrow A 127.0.0.1\n'
              'narrow CAA 0 issue "ca.example; validationmethods=ca-tbr-18"\n')
    home.issue("narrow.example.com")
    home.publish(home.order("narrow.example.com", options=("--method", "dns-txt")))
    home.issuer("order", "validate", "o-2", exit=REFUSED)
    assert home.certificate_count("o-2") == 0


# ---- caa check ----

def check(home, name, *options, exit=DONE):
    return home.ask("caa", "check", name, *options, exit=exit)


def test_a_check_tells_the_climb_and_what_decided(home, zone):
    home.lab.add_records(zone, 'deep.www CAA 0 iodef "mailto:a@example.com"\n'
                               'owned A 127.0.0.1\nowned CAA 0 issue "ca.example"\n'
                               'owned CAA 0 issue "other.example"\n')
    free = check(home, "www.example.com")
    assert free["permitted"] and free["records"] == [] and "code" not in free
    assert [level["name"] for level in free["climb"]] == ["www.example.com", "example.com", "com"]
    assert free["counts_for_s"] == 8 * 3600

    ours = check(home, "a.owned.example.com", "--ca-domain", "ca.example")
    assert ours["permitted"] and ours["decided_by"] == "owned.example.com"
    assert [level["outcome"] for level in ours["climb"]] == ["nxdomain", "found"]
    assert {(record["value"], record["effect"]) for record in ours["records"]} == {
        ("ca.example", "permits this CA"), ("other.example", "does not name this CA")}

    theirs = check(home, "owned.example.com", "--ca-domain", "third.example", exit=REFUSED)
    assert not theirs["permitted"] and theirs["code"] == "caa-forbidden"
    assert 'CAA 0 issue "third.example"' in theirs["hint"]
    text = home.issuer("caa", "check", "owned.example.com", "--ca-domain", "third.example",
                       exit=REFUSED).out
    assert "not permitted for third.example" in text and "to do: add this record" in text
    assert "does not name this CA" in text


def test_a_check_by_the_catalogue_and_for_a_wildcard(home, zone):
    home.lab.add_records(zone, 'wild CAA 0 issuewild ";"\nwild CAA 0 issue "ca.example"\n')
    # The local CA of a new home has no name: any issue record refuses it.
    assert not check(home, "wild.example.com", "--ca", "local", exit=REFUSED)["permitted"]
    home.name_the_ca("ca.example")
    assert check(home, "wild.example.com")["permitted"]
    refused = check(home, "*.wild.example.com", exit=REFUSED)
    assert refused["name"] == "*.wild.example.com"
    assert any(record["tag"] == "issuewild" for record in refused["records"])


def test_a_check_with_account_and_method(home, zone):
    home.lab.add_records(
        zone, 'narrow CAA 0 issue "ca.example; accounturi=acct:7@ca.example; '
              'validationmethods=http-01"\n')
    options = ("--ca-domain", "ca.example")
    account = ("--account-uri", "acct:7@ca.example")
    check(home, "narrow.example.com", *options, *account, "--validation-method", "http-01")
    for wrong in [(), account, (*account, "--validation-method", "dns-01"),
                  ("--account-uri", "acct:8@ca.example", "--validation-method", "http-01")]:
        refused = check(home, "narrow.example.com", *options, *wrong, exit=REFUSED)
        assert "only" in refused["records"][0]["effect"]


def test_a_check_that_is_not_answered_permits_nothing(home):
    refused = check(home, "www.servfail.test", exit=LATER)
    assert refused["permitted"] is False and refused["code"] == "caa-unknown"
    assert refused["climb"][0]["outcome"] == "failed"
    # From the IANA root no chain leads to the lab's zones: nothing is believed.
    nowhere = Home(home.folder.parent / "nowhere", home.lab)
    unproven = check(nowhere, "www.example.com", "--server",
                     f"127.0.0.1:{home.lab.ports['dns']}", exit=LATER)
    assert unproven["permitted"] is False


def test_what_a_check_does_not_take(home):
    home.refusal("caa", "check", "192.0.2.1")
    home.refusal("caa", "check", "www.example.com", "--ca", "local", "--ca-domain", "ca.example",
                 exit=USAGE)
    home.refusal("caa", "check", "www.example.com", "--ca-domain", "not a name", exit=USAGE)

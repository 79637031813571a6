"""What time does to an order. The clock of a rehearsal home is set (--now), so a
month passes in no time; the servers and the protocol are the real ones."""

import datetime

import pytest

from home import DONE, PERSON, REFUSED, USAGE, openssl

NAME = "www.example.com"
CONTROL, CAA = f"control:{NAME}", f"caa:{NAME}"


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def text_of(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def set_clock(home, moment):
    home.issuer("--now", text_of(moment), "order", "list")


def pass_time(home, **length):
    """Sets the clock forward from the newest moment that the home recorded."""
    newest = home.sql("SELECT max(at) FROM journal")[0][0] / 1000
    moment = datetime.datetime.fromtimestamp(newest, datetime.timezone.utc)
    set_clock(home, moment + datetime.timedelta(**length))


def validations(home, method):
    return home.sql("SELECT count(*) FROM validation WHERE method = ?", method)[0][0]


def test_a_check_counts_for_13_months_and_not_a_day_longer(rehearsal):
    home = rehearsal
    home.issue(NAME)
    first = home.gates("o-1")[CONTROL]
    home.lab.withdraw(NAME)
    validated, until = instant(first["validated_at"]), instant(first["reusable_until"])
    # Rules of this pack are civil at +09:00, the last day included (REQUIREMENTS DCV-12).
    zone = datetime.timezone(datetime.timedelta(hours=9))
    begun, last = validated.astimezone(zone).date(), until.astimezone(zone).date()
    assert (last.year * 12 + last.month) - (begun.year * 12 + begun.month) == 13

    set_clock(home, until - datetime.timedelta(minutes=5))
    home.order(NAME)
    home.issuer("order", "validate", "o-2", "--wait", exit=DONE)
    reused = home.gates("o-2")[CONTROL]
    assert reused["validation"] == first["validation"]
    assert reused["reusable_until"] == first["reusable_until"]
    assert reused["reused_from"] == first["validated_at"]

    set_clock(home, until + datetime.timedelta(days=1))
    home.order(NAME)
    home.issuer("order", "validate", "o-3", exit=PERSON)
    lapsed = home.gates("o-3")[CONTROL]
    assert lapsed["state"] == "waiting" and "validation" not in lapsed

    home.publish(home.ask("order", "show", "o-3"))
    home.issuer("order", "validate", "o-3", "--wait")
    assert home.gates("o-3")[CONTROL]["validation"] != first["validation"]
    assert validations(home, "web-page") == 2


def test_a_check_that_lapses_while_the_order_waits_is_needed_again(rehearsal):
    home = rehearsal
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml",
                      "    period: 13 months", "    period: 2 days")
    order = home.order(NAME, "mail.example.com")
    home.publish({"publish": order["publish"][:1]})
    home.issuer("order", "validate", "o-1", exit=PERSON)
    shown = f"control:{order['publish'][0]['name']}"
    assert home.gates("o-1")[shown]["state"] == "open"

    home.lab.withdraw(order["publish"][0]["name"])
    pass_time(home, days=4)
    home.publish({"publish": order["publish"][1:]})
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert home.gates("o-1")[shown]["state"] != "open"
    assert home.state("o-1") == "pending" and home.certificate_count("o-1") == 0


def test_a_value_past_its_30_days_is_replaced(rehearsal):
    home = rehearsal
    old = home.order(NAME)
    pass_time(home, days=32)
    home.publish(old)
    home.issuer("order", "validate", "o-1", exit=PERSON)
    new = home.ask("order", "show", "o-1")
    assert new["state"] == "pending"
    assert new["publish"][0]["content"] != old["publish"][0]["content"]
    assert new["publish"][0]["url"] != old["publish"][0]["url"]
    assert instant(new["publish"][0]["until"]) > instant(old["publish"][0]["until"])
    assert "value-expired" in home.issuer("order", "history", "o-1").out

    home.publish(new)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


def test_caa_is_looked_up_again_when_8_hours_have_passed(rehearsal):
    home = rehearsal
    order = home.order(NAME)
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert home.gates("o-1")[CAA]["state"] == "open" and validations(home, "caa") == 1
    home.publish(order)
    pass_time(home, hours=9)
    home.issuer("order", "validate", "o-1", "--wait")
    assert validations(home, "caa") == 2 and home.certificate_count("o-1") == 1
    looked_up, issued = home.sql(
        "SELECT max(v.began_at), c.issued_at FROM validation v, certificate c"
        " WHERE v.method = 'caa'")[0]
    assert 0 <= issued - looked_up <= 8 * 3600 * 1000


def test_caa_that_changed_meanwhile_stops_the_order(rehearsal):
    home = rehearsal
    name = "turned.example.net"
    home.lab.add_records("example.net", "turned A 127.0.0.1\n")
    order = home.order(name)
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert home.gates("o-1")[f"caa:{name}"]["state"] == "open"

    home.lab.add_records("example.net", 'turned CAA 0 issue "other.example"\n')
    home.publish(order)
    pass_time(home, hours=9)
    home.issuer("order", "validate", "o-1", "--wait", exit=REFUSED)
    gates = home.gates("o-1")
    assert gates[f"control:{name}"]["state"] == "open"
    assert gates[f"caa:{name}"]["code"] == "caa-forbidden"
    assert home.certificate_count("o-1") == 0


def test_an_order_that_nobody_serves_ends_as_failed(rehearsal):
    home = rehearsal
    home.order(NAME)
    home.issuer("run")
    pass_time(home, days=91)
    home.issuer("run")
    explained = home.ask("order", "explain", "o-1")
    # The end names what was still missing.
    assert explained["state"] == "failed" and explained["code"] == "page-missing"
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert "publish" not in home.ask("order", "show", "o-1")
    home.issuer("run")
    assert home.sql("SELECT count(*) FROM schedule") == [(0,)]


def test_what_is_signed_carries_the_time_of_the_rehearsal(rehearsal):
    home = rehearsal
    pass_time(home, days=200)
    pem = home.pem(home.issue(NAME))
    start = openssl("x509", "-noout", "-startdate", text=pem).strip().removeprefix("notBefore=")
    signed = datetime.datetime.strptime(start, "%b %d %H:%M:%S %Y %Z")
    ahead = signed - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert 199 <= ahead.total_seconds() / 86400 <= 201


def test_the_clock_goes_forward_only_and_only_in_rehearsals(rehearsal, home):
    set_clock(rehearsal, datetime.datetime(2099, 1, 1))
    problem = rehearsal.refusal("--now", "2098-12-31", "order", "list", exit=USAGE)
    assert "2099-01-01" in problem["detail"]
    assert rehearsal.order(NAME)["created_at"].startswith("2099-01-01")
    assert home.refusal("--now", "2099-01-01", "order", "list")["code"] == "not-applicable"
    assert rehearsal.refusal("--now", "soon", "order", "list", exit=USAGE)["code"] == "usage"


@pytest.mark.parametrize("verify", ["audit", "evidence"])
def test_a_rehearsal_verifies_too(rehearsal, verify):
    rehearsal.issue(NAME)
    pass_time(rehearsal, days=400)
    rehearsal.issuer(verify, "verify")

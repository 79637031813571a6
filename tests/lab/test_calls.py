"""The telephone: whom to call comes from real WHOIS and DNS servers on loopback; an
officer reads a script, calls, and records what came of it. Every call is evidence."""

import datetime
import json
import re
import subprocess

import pytest

import registries
from home import DONE, PERSON, REFUSED, USAGE, Home, environment
from registries import RdapServers, WhoisServers, host

NUMBER = "+81355550142"
WRITTEN = "+81.355550142"
OTHER = "+81355550199"
NAMES = [f"{word}.net" for word in ("yes", "no", "wrong", "voice", "stale", "busy", "late", "forged",
                                    "one", "two", "apart", "again", "dns", "reminded")]

PRODUCTS = """\
products:
  - id: phone-dv
    title: Domain-validated certificate by telephone
    citation: test
    ca: local
    pack: agency
    class: dv
    trust: private
    mode: authoritative
    gates:
      - kind: applicant
      - kind: request
      - {{kind: control, after: [applicant]}}
      - {{kind: caa, after: [applicant]}}
    methods: [whois-phone, dns-contact-phone]
    fallbacks: [web-page]
    key_types: [ec-p256]
    names_max: 100
    give_up_days: 90
  - id: phone-ov
    title: Organisation-validated certificate
    citation: test
    ca: local
    pack: agency
    class: ov
    trust: private
    mode: authoritative
    gates:
      - kind: applicant
      - kind: request
      - {{kind: control, after: [applicant]}}
      - {{kind: caa, after: [applicant]}}
      - {{kind: organisation-call, after: [applicant], caller: {caller}}}
    methods: [web-page, whois-phone]
    key_types: [ec-p256]
    names_max: 100
    give_up_days: 90
"""
APPLICANT = """\
reference: acme
name: 株式会社見本
type: {type}
country: JP
"""


def thick(domain, phone):
    return (f"Domain Name: {domain.upper()}\r\nRegistrar: Sample Registrar, Inc.\r\n"
            f"Registrant Name: Robin Mihon\r\nRegistrant Phone: {phone}\r\n"
            "Tech Name: Toni Mihon\r\nTech Phone: +81.355550177\r\n").encode()


ANSWERS = {
    "iana": {"net": f"refer:        {host('registry')}\n\ndomain:       NET\n".encode()},
    "registry": {f"domain {name}": thick(name, "+81.355550199" if name == "apart.net" else WRITTEN)
                 for name in NAMES},
}
DOCUMENTS = {"bootstrap": {"rdap/dns.json": {"version": "1.0", "services": []}},
             "rdap": {}, "wrong": {}}


@pytest.fixture(scope="module")
def configuration(lab, tmp_path_factory):
    folder = tmp_path_factory.mktemp("registries")
    with WhoisServers(ANSWERS) as whois, RdapServers(folder, lab.ports["https"], DOCUMENTS):
        lab.add_records(registries.ZONE, registries.records())
        yield registries.configuration(lab, whois.port, folder / "ca.pem")


@pytest.fixture
def home(tmp_path, lab, configuration):
    return make_home(tmp_path, lab, configuration)


@pytest.fixture
def rehearsal(tmp_path, lab, configuration):
    return make_home(tmp_path, lab, configuration, options=["--rehearsal"])


def make_home(folder, lab, configuration, caller="us", options=()):
    home = Home(folder / "home", lab).init(configuration, options)
    (home.folder / "catalogue").mkdir(exist_ok=True)
    (home.folder / "catalogue" / "products.yaml").write_text(PRODUCTS.format(caller=caller))
    return home


def order(home, *names, product="phone-dv", options=()):
    number = home.ask("order", "create", *names, "--product", product, *options)["order"]
    home.issuer("run")
    return number


def organisation_order(home, *names, type="registered_corporation"):
    file = home.folder / "acme.yaml"
    file.write_text(APPLICANT.format(type=type))
    return order(home, *names, product="phone-ov", options=["--applicant", file])


def calls(home, *options):
    return home.ask("call", "list", *options)["calls"]


def call_of(home, number):
    (call,) = [call for call in calls(home) if call["for"]["order"] == number]
    return call


def record(home, call, outcome, *options, callee="見本 六郎", role="registrant", exit=DONE):
    return home.ask("call", "record", call, "--outcome", outcome, "--callee", callee, "--role", role,
                    *options, exit=exit)


def value_in(home, call):
    script = home.ask("call", "script", call)["script"]
    (value, *others) = set(re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){5,}-[a-z2-7]+", script))
    assert not others
    return value


def verify(home, *values):
    """Everything decides again, and the values stand in no output, journal or evidence."""
    home.issuer("evidence", "verify")
    home.issuer("audit", "verify")
    kept = [row[0] for row in home.sql("SELECT body FROM journal UNION ALL"
                                       " SELECT bytes FROM evidence")]
    commands = [("call", "list"), ("order", "list"), ("status",), ()]
    for (number,) in home.sql("SELECT id FROM orders"):
        commands += [("order", verb, number) for verb in ("show", "explain", "history")]
    for (number,) in home.sql("SELECT id FROM call"):
        commands += [("call", "show", number)]
    shown = [home.issuer(*form, *command, exit=None) for command in commands
             for form in ((), ("--json",))]
    for value in values:
        for text in (value, value.replace("-", "")):
            assert not any(text in answer.out + answer.err for answer in shown)
            assert not any(text.encode() in bytes for bytes in kept)


def test_yes(home):
    number = order(home, "www.yes.net")
    call = call_of(home, number)
    assert call["number"] == NUMBER and call["written"] == WRITTEN
    assert call["source"] == f"whois {host('registry')}" and call["roles"] == "registrant"
    assert call["person"] == "Robin Mihon" and call["for"]["domain"] == "yes.net"
    assert call["state"] == "open" and call["waits_for"] == "call"
    gate = home.gates(number)["control:www.yes.net"]
    assert gate["state"] == "waiting" and gate["turn"] == "operator"
    assert "issuer call list" in gate["action"]
    # The registrant's number alone (DCV-09): nobody calls the technical contact.
    assert len(calls(home)) == 1

    value = value_in(home, call["call"])
    for language, words in (("ja", ["ドメイン名", "www.yes.net", "yes.net", "Robin Mihon"]),
                            ("en", ["May the applicant obtain", "www.yes.net", "NEVER"])):
        script = home.issuer("call", "script", call["call"], "--language", language).out
        assert all(word in script for word in [*words, NUMBER, WRITTEN, value])
        assert "{{" not in script and "\r" not in script

    said = record(home, call["call"], "confirmed")
    assert "code" not in said and said["state"] == "yes" and said["officer"].startswith("cli:")
    home.issuer("run")
    assert home.state(number) == "completed"
    assert calls(home) == []
    validation = home.gates(number)["control:www.yes.net"]
    assert validation["domain"] == "yes.net"
    evidence = home.ask("evidence", "show", validation["evidence"])
    assert evidence["channel"] == "call" and evidence["callee"] == "見本 六郎"
    assert evidence["callee_role"] == "registrant" and evidence["recipient"] == NUMBER
    verify(home, value)
    # It is done: neither words to read nor another outcome.
    assert home.refusal("call", "script", call["call"])["code"] == "answer-closed"
    assert record(home, call["call"], "refused", exit=REFUSED)["code"] == "answer-closed"


def test_no_holds(home):
    number = order(home, "no.net")
    said = record(home, call_of(home, number)["call"], "refused", exit=REFUSED)
    assert said["code"] == "answer-rejected" and said["state"] == "no"
    home.issuer("run")
    gate = home.gates(number)["control:no.net"]
    assert gate["state"] == "refused" and gate["code"] == "answer-rejected"
    assert home.state(number) == "pending"
    verify(home)


def test_wrong_number_falls_back(home):
    number = order(home, "wrong.net")
    call = call_of(home, number)["call"]
    said = home.ask("call", "record", call, "--outcome", "wrong-number", exit=REFUSED)
    assert said["code"] == "dcv-address" and said["state"] == "wrong-number"
    home.issuer("run")
    shown = home.ask("order", "show", number)
    assert shown["publish"][0]["url"].startswith("http://wrong.net/")    # the next method
    assert calls(home) == []
    verify(home)


def test_nobody_takes_it(home):
    """No answer, busy, passed on: kept, and to be called again later."""
    number = order(home, "busy.net")
    call = call_of(home, number)["call"]
    for tries, outcome in enumerate(("no-answer", "busy", "transferred"), 1):
        said = home.ask("call", "record", call, "--outcome", outcome, exit=PERSON)
        assert said["code"] == "waiting-for-person" and said["state"] == "open"
        assert said["outcome"] == outcome and said["tries"] == tries
        assert said["waits_for"] == "time" and said["proposed_at"] > said["called_at"]
    assert calls(home, "--due") == [] and len(calls(home)) == 1
    home.issuer("run")
    assert home.state(number) == "pending"
    kinds = [kind for (kind,) in home.sql("SELECT kind FROM evidence ORDER BY id")]
    assert kinds.count("call") == 3 and "answer" not in kinds
    record(home, call, "confirmed")
    home.issuer("run")
    assert home.state(number) == "completed"
    verify(home)


def test_voicemail_and_read_back(home):
    number = order(home, "voice.net")
    call = call_of(home, number)["call"]
    value = value_in(home, call)
    said = home.ask("call", "record", call, "--outcome", "voicemail-left", exit=PERSON)
    assert said["state"] == "voicemail" and said["waits_for"] == "value"
    assert calls(home, "--due") == []
    # It must come back: neither a yes without it, nor another value.
    assert record(home, call, "confirmed", exit=PERSON)["code"] == "waiting-for-person"
    assert record(home, call, "confirmed", "--value", "aaaa-bbbb", exit=REFUSED)["code"] == "not-found"
    assert home.state(number) == "pending"
    # As it was heard, and by standard input, so that it is in no history of a shell.
    process = subprocess.run(
        home.command("--json", "call", "record", call, "--outcome", "confirmed", "--callee", "A",
                     "--role", "registrant", "--value", "-"),
        env=environment(), input=value.upper().replace("-", " ") + "\n", text=True,
        capture_output=True)
    assert process.returncode == DONE and json.loads(process.stdout)["state"] == "yes"
    home.issuer("run")
    assert home.state(number) == "completed"
    verify(home, value)


def test_a_value_that_comes_back_by_mail(home):
    number = order(home, "late.net")
    call = call_of(home, number)["call"]
    value = value_in(home, call)
    # Who reads the script knows it; nobody else can before a call is recorded.
    assert home.refusal("validation", "answer", value)["code"] == "answer-closed"
    home.ask("call", "record", call, "--outcome", "voicemail-left", exit=PERSON)
    said = home.ask("validation", "answer", value, "--said", "yes", "--reason", "by mail of the contact")
    assert said["call"] == call and "code" not in said
    home.issuer("run")
    assert home.state(number) == "completed"
    assert home.ask("call", "show", call)["state"] == "yes"
    verify(home, value)


def test_a_value_too_old(rehearsal):
    number = order(rehearsal, "stale.net")
    call = call_of(rehearsal, number)
    value = value_in(rehearsal, call["call"])
    rehearsal.ask("call", "record", call["call"], "--outcome", "voicemail-left", exit=PERSON)
    day = call["until"][:10]
    refused = rehearsal.ask("call", "record", call["call"], "--outcome", "confirmed", "--callee", "A",
                            "--role", "registrant", "--value", value, "--now",
                            f"{int(day[:4]) + 1}{day[4:]}", exit=REFUSED)
    assert refused["code"] == "answer-closed"
    verify(rehearsal, value)


def test_time_runs_out(rehearsal):
    """The reminder makes a call due again; without a yes in time the method has failed."""
    number = order(rehearsal, "reminded.net")
    call = call_of(rehearsal, number)
    created = call["created_at"]
    rehearsal.ask("call", "record", call["call"], "--outcome", "voicemail-left", exit=PERSON)
    assert calls(rehearsal, "--due") == []
    rehearsal.issuer("run", "--now", later(created, 4))
    (due,) = calls(rehearsal, "--due")
    assert due["call"] == call["call"] and due["waits_for"] == "call"
    rehearsal.issuer("run", "--now", later(created, 8))
    shown = rehearsal.ask("order", "show", number)
    assert "url" in shown["publish"][0]     # the next method
    assert calls(rehearsal) == []
    # Who answers late is heard all the same.
    assert record(rehearsal, call["call"], "refused", exit=REFUSED)["code"] == "answer-rejected"
    verify(rehearsal)


def later(instant, days):
    at = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00"))
    return (at + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_dns_contact_phone(home, lab):
    """CAA contactphone, found by climbing, and the record beside the name itself."""
    zone = "example.net"
    text = (lab.zones / zone).read_text()
    try:
        lab.add_records(zone, f'{zone}.\tCAA\t0 contactphone "+81 3 5555 0142"\n'
                              f'_validation-contactphone.{zone}.\tTXT\t"{OTHER}"\n')
        number = home.ask("order", "create", zone, "--product", "phone-dv", "--method",
                          "dns-contact-phone")["order"]
        home.issuer("run")
        found = {call["number"]: call for call in calls(home)}
        assert set(found) == {NUMBER, OTHER}
        assert found[NUMBER]["roles"] == "dns-caa" and found[OTHER]["roles"] == "dns-txt"
        record(home, found[OTHER]["call"], "confirmed", role="contact")
        home.issuer("run")
        assert home.state(number) == "completed"
        verify(home)
    finally:
        now = (lab.zones / zone).read_text()
        serial = now.split("SOA", 1)[1].split()[2]
        before = text.split("SOA", 1)[1].split()[2]
        lab.write_zone(zone, text.replace(f" {before} 3600", f" {serial} 3600", 1))


def test_one_call_for_several_names(home):
    """BR 3.2.2.4.15: the same number, and a confirming response for each ADN."""
    one, two, apart = (order(home, f"{name}.net") for name in ("one", "two", "apart"))
    first, second, third = (call_of(home, number)["call"] for number in (one, two, apart))
    assert record(home, first, "confirmed", "--also", second, exit=USAGE)["code"] == "usage"
    assert record(home, first, "confirmed", "--also", f"{third}:yes",
                  exit=REFUSED)["code"] == "not-applicable"
    assert record(home, first, "confirmed", "--also", f"{first}:yes", exit=USAGE)["code"] == "usage"
    assert call_of(home, one)["tries"] == 0     # nothing was kept
    said = record(home, first, "confirmed", "--also", f"{second}:no", "--request-id", "r1",
                  exit=REFUSED)
    assert "code" not in said and said["also"][0]["code"] == "answer-rejected"
    home.issuer("run")
    assert home.state(one) == "completed" and home.state(two) == "pending"
    # The same command again says the same, with the same exit, and does nothing.
    assert record(home, first, "confirmed", "--also", f"{second}:no", "--request-id", "r1",
                  exit=REFUSED) == said
    assert home.sql("SELECT count(*) FROM evidence WHERE kind = 'call'") == [(2,)]
    verify(home)


def test_what_is_not_understood_changes_nothing(home):
    number = order(home, "late.net")
    call = call_of(home, number)["call"]
    for options in (["--outcome", "perhaps"], ["--outcome", "confirmed"],
                    ["--outcome", "confirmed", "--callee", "A", "--role", "The Boss"],
                    ["--outcome", "confirmed", "--callee", "A\x1b[2J", "--role", "registrant"],
                    ["--outcome", "busy", "--value", "abcd"], ["--outcome", "busy", "--at", "soon"],
                    ["--outcome", "busy", "--at", "2099-01-01T00:00:00Z"],
                    ["--outcome", "busy", "--at", "2020-01-01T00:00:00Z"], []):
        assert home.refusal("call", "record", call, *options, exit=USAGE)["code"] == "usage"
    assert home.refusal("call", "record", "t-99", "--outcome", "busy")["code"] == "not-found"
    assert home.refusal("call", "script", call, "--language", "fr", exit=USAGE)["code"] == "usage"
    assert home.refusal("call", "create", number, "--number", NUMBER, "--source",
                        "x")["code"] == "not-applicable"
    assert call_of(home, number)["tries"] == 0
    verify(home)


def test_evidence_that_was_changed(home):
    """A yes that claims another number, or a time at which it was not asked, does not decide again."""
    number = order(home, "forged.net")
    record(home, call_of(home, number)["call"], "confirmed")
    home.issuer("run")
    assert home.state(number) == "completed"
    home.issuer("evidence", "verify")
    home.sql("UPDATE evidence SET bytes = CAST(replace(CAST(bytes AS TEXT), ?, ?) AS BLOB)"
             " WHERE kind = 'call'", NUMBER, OTHER)
    assert home.refusal("evidence", "verify")["code"] == "evidence-broken"


def test_a_state_edited_by_sql(home):
    number = order(home, "again.net")
    call_of(home, number)
    home.issuer("audit", "verify")
    home.sql("UPDATE call SET state = 3")
    assert home.refusal("audit", "verify")["code"] == "journal-broken"


def test_the_documents_procedure(home, lab, configuration):
    """agency-dv: the registry names no mailbox, mail to the constructed addresses is not answered, an
    officer calls the registrant (DCV-07, DCV-09)."""
    home.configure(configuration + """\
mail:
  server: 127.0.0.1:1
  from: ca@issuer.example
answers:
  url: https://issuer.example
""")
    number = order(home, "www.again.net", product="agency-dv")
    switch = ["validation", "switch", number, "--name", "www.again.net", "--reason", "no answer"]
    home.issuer(*switch, "--method", "whois-phone")
    home.issuer("run")
    call = call_of(home, number)
    assert call["number"] == NUMBER and call["method"] == "whois-phone"
    value = value_in(home, call["call"])
    home.ask("call", "record", call["call"], "--outcome", "voicemail-left", exit=PERSON)
    # Another way again: who was to be called is not any more, and the value counts no more.
    home.issuer(*switch, "--method", "web-page")
    assert home.ask("call", "show", call["call"])["state"] == "void"
    assert home.refusal("validation", "answer", value)["code"] == "answer-closed"
    home.issuer(*switch, "--method", "whois-phone")
    home.issuer("run")
    again = call_of(home, number)
    assert again["call"] != call["call"] and value_in(home, again["call"]) != value
    record(home, again["call"], "confirmed")
    home.issuer("run")
    assert home.state(number) == "completed"
    verify(home, value)


def test_a_home_wants_a_time_for_calls_about_domains_too(home):
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml", "    time: any\n",
                      "    time: agreed\n    tolerance: 5 minutes\n")
    number = order(home, "reminded.net")
    call = call_of(home, number)
    assert call["waits_for"] == "agreement"
    said = record(home, call["call"], "confirmed", exit=REFUSED)
    assert said["code"] == "call-not-scheduled" and said["state"] == "open"
    agreed_now(home, call["call"])
    assert record(home, call["call"], "confirmed")["state"] == "yes"
    home.issuer("run")
    assert home.state(number) == "completed"
    verify(home)


# ---- organisations ----


def publish(home, number):
    home.publish(home.ask("order", "show", number))


def test_organisation(rehearsal, lab):
    number = organisation_order(rehearsal, "www.example.com")
    publish(rehearsal, number)
    rehearsal.issuer("order", "validate", number, exit=None)
    gate = rehearsal.gates(number)["organisation-call"]
    assert gate["state"] == "waiting" and gate["turn"] == "operator"
    assert f"issuer call create {number}" in gate["action"]

    # A14: for a company of which nothing more is known, an officer decides.
    create = ["call", "create", number, "--number", "03-5555-0142", "--source", "法人番号公表サイト"]
    assert rehearsal.refusal(*create)["code"] == "callee-not-entitled"
    assert rehearsal.refusal(*create, "--unlisted", "--entitled", "staff", "--reason",
                             "x")["code"] == "not-applicable"
    call = rehearsal.ask(*create, "--unlisted", "--person", "見本 太郎")
    assert call["number"] == NUMBER and call["written"] == "03-5555-0142"
    assert call["entitled"] == "representative" and call["rule"] == "unlisted-company"
    assert call["waits_for"] == "agreement" and "value_sha256" not in call
    rehearsal.issuer("run")
    assert "issuer call agree" in rehearsal.gates(number)["organisation-call"]["action"]

    # Before a time is agreed a call does not count (HST-32) ...
    said = record(rehearsal, call["call"], "confirmed", role="representative", exit=REFUSED)
    assert said["code"] == "call-not-scheduled" and said["state"] == "open"
    # ... nor at another time than the one agreed ...
    at = later(said["called_at"], 2)
    assert rehearsal.ask("call", "agree", call["call"], "--at", at)["agreed_at"] == at
    said = record(rehearsal, call["call"], "confirmed", role="representative", exit=REFUSED)
    assert said["code"] == "call-not-scheduled" and said["agreed_at"] == at
    rehearsal.issuer("run")
    gate = rehearsal.gates(number)["organisation-call"]
    assert gate["code"] == "call-not-scheduled" and gate["until"] == at
    # ... nor with somebody else (HST-31): a new time has to be agreed.
    said = record(rehearsal, call["call"], "confirmed", "--now", at, role="receptionist", exit=REFUSED)
    assert said["code"] == "callee-not-entitled" and said["waits_for"] == "agreement"
    rehearsal.issuer("run")
    assert rehearsal.state(number) == "pending"
    script = rehearsal.ask("call", "script", call["call"])["script"]
    assert "representative" in script and "確認番号" not in script

    again = later(at, 1)
    rehearsal.ask("call", "agree", call["call"], "--at", again)
    said = record(rehearsal, call["call"], "confirmed", "--now", again, role="representative")
    assert "code" not in said and said["state"] == "yes"
    rehearsal.issuer("run")
    assert rehearsal.state(number) == "completed"
    verify(rehearsal)

    (kept,) = [row for row in rehearsal.ask("validation", "list")["validations"]
               if row["method"] == "organisation-call"]
    assert [pack["pack"] for pack in kept["packs"] if pack.get("usable")] == ["agency"]

    # The organisation is known: a later order of the same applicant needs no call ...
    second = organisation_order(rehearsal, "again.example.com")
    gate = rehearsal.gates(second)["organisation-call"]
    assert gate["state"] == "open" and gate["validation"] and gate["reused_from"]
    create[2] = second
    assert rehearsal.refusal(*create, "--unlisted")["code"] == "not-applicable"
    # ... but one after thirteen months does.
    rehearsal.issuer("run", "--now", later(again, 400))
    third = organisation_order(rehearsal, "third.example.com")
    assert rehearsal.gates(third)["organisation-call"]["state"] == "waiting"
    verify(rehearsal)


def agreed_now(home, call):
    """Agrees on this moment: the tolerance makes a call that follows one at the agreed time."""
    return home.ask("call", "agree", call, "--at", home.ask("call", "propose", call, "--at",
                                                             "2099-01-01")["created_at"])


def test_organisation_says_no(home):
    number = organisation_order(home, "www.example.com", type="local_government")
    call = home.ask("call", "create", number, "--number", NUMBER, "--source", "directory",
                    "--entitled", "head-of-section,mayor", "--reason", "asked the legal desk")
    assert call["entitled"] == "head-of-section mayor" and "legal desk" in call["rule"]
    agreed_now(home, call["call"])
    said = record(home, call["call"], "refused", role="mayor", exit=REFUSED)
    assert said["code"] == "answer-rejected" and said["state"] == "no"
    home.issuer("run")
    gate = home.gates(number)["organisation-call"]
    assert gate["state"] == "refused" and gate["code"] == "answer-rejected"
    verify(home)


def test_after_a_no_another_call_needs_a_reason(home):
    number = organisation_order(home, "www.example.com")
    create = ["call", "create", number, "--number", NUMBER, "--source", "directory", "--unlisted"]
    first = home.ask(*create)["call"]
    agreed_now(home, first)
    record(home, first, "refused", role="representative", exit=REFUSED)
    assert home.refusal(*create)["code"] == "answer-rejected"
    second = home.ask(*create, "--reason", "they mistook us for somebody else")["call"]
    # One takes the place of another; who was to be called before is not any more.
    third = home.ask(*create, "--person", "見本 太郎")["call"]
    assert home.ask("call", "show", second)["state"] == "void"
    assert record(home, second, "confirmed", role="representative", exit=REFUSED)["code"] == "answer-closed"
    said = home.ask("call", "record", third, "--outcome", "wrong-number", exit=REFUSED)
    assert said["code"] == "dcv-address" and said["state"] == "wrong-number"
    home.issuer("run")
    gate = home.gates(number)["organisation-call"]
    assert gate["state"] == "waiting" and gate["code"] == "dcv-address"
    # Nobody is called for an order that ended.
    fourth = home.ask(*create)["call"]
    home.issuer("order", "cancel", number)
    assert calls(home) == []
    agreed_now(home, fourth)
    assert record(home, fourth, "confirmed", role="representative", exit=REFUSED)["code"] == "answer-closed"
    verify(home)


def test_organisation_and_domain_in_one_call(home):
    number = organisation_order(home, "yes.net")
    other = order(home, "one.net")
    about = call_of(home, other)["call"]
    call = home.ask("call", "create", number, "--number", NUMBER, "--source", "directory",
                    "--unlisted")["call"]
    agreed_now(home, call)
    said = record(home, call, "confirmed", "--also", f"{about}:yes", role="representative")
    assert "code" not in said and "code" not in said["also"][0]
    home.issuer("run")
    assert home.state(other) == "completed"
    assert home.gates(number)["organisation-call"]["state"] == "open"
    verify(home)


def test_not_combined_where_the_pack_forbids(home):
    home.replace_rows("packs/agency.yaml", "rules/agency.yaml", "combined: allowed ", "combined: refused ")
    number = organisation_order(home, "yes.net")
    about = call_of(home, order(home, "one.net"))["call"]
    call = home.ask("call", "create", number, "--number", NUMBER, "--source", "directory",
                    "--unlisted")["call"]
    agreed_now(home, call)
    refused = record(home, call, "confirmed", "--also", f"{about}:yes", role="representative",
                     exit=REFUSED)
    assert refused["code"] == "not-applicable"
    verify(home)


def test_the_ca_calls(tmp_path, lab, configuration):
    """caller: ca: once a time is agreed it is the customer's turn (HST-30)."""
    home = make_home(tmp_path, lab, configuration, caller="ca")
    number = organisation_order(home, "www.example.com")
    call = home.ask("call", "create", number, "--number", NUMBER, "--source", "directory",
                    "--unlisted")["call"]
    home.issuer("run")
    assert home.gates(number)["organisation-call"]["turn"] == "operator"
    agreed_now(home, call)
    home.issuer("run")
    gate = home.gates(number)["organisation-call"]
    assert gate["turn"] == "applicant" and "take the CA's call" in gate["action"]
    record(home, call, "confirmed", role="representative")
    (evidence,) = home.sql("SELECT id FROM evidence WHERE kind = 'call'")[0]
    assert home.ask("evidence", "show", evidence)["caller"] == "ca"
    verify(home)

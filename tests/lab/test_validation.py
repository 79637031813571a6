"""Control shown by people who answer, and what officers decide about it: real
registries, DNS, mail server and web server on loopback; time by --now."""

import datetime
import json
import subprocess

import pytest

from home import DONE, LATER, PERSON, REFUSED, USAGE, environment
from people import CONTACTS, FROM, People

NAME = "www.example.com"
CONTROL = f"control:{NAME}"
ROBIN, ALEX, TONI = CONTACTS.values()
FIVE = {f"{part}@example.com"
        for part in ("admin", "administrator", "hostmaster", "postmaster", "webmaster")}
JST = datetime.timezone(datetime.timedelta(hours=9))


@pytest.fixture(scope="module")
def world(lab, tmp_path_factory):
    with People(lab, tmp_path_factory.mktemp("people")) as people:
        yield people


@pytest.fixture
def people(world):
    """The world with a post office that has taken nothing yet."""
    world.office.mails.clear()
    world.office.refuse.clear()
    world.whois.forget()
    for domain in ("example.com", "example.net"):
        world.register(domain)
    return world


@pytest.fixture
def desk(people):
    """A home, whose journal and evidence verify when the test is over."""
    home = people.home()
    home.people = people
    yield home
    verify(home)


@pytest.fixture
def calendar(people):
    """The same with a clock that can be set."""
    home = people.home(options=["--rehearsal"])
    home.people = people
    yield home
    verify(home)


def verify(home):
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")


def order(home, *names, options=()):
    """An order by the agency's procedure, and the first run after it."""
    made = home.ask("order", "create", *names, "--product", "agency-dv", *options)["order"]
    home.issuer("run")
    return made


def recipients(home):
    return [mail.recipient for mail in home.people.office.mails]


def value_to(home, mailbox):
    return home.people.office.to(mailbox)[-1].value


def answer(home, mailbox, *options, exit=DONE):
    reply = home.issuer("--json", "validation", "answer", value_to(home, mailbox), *options,
                        exit=exit).object
    home.issuer("run")
    return reply


def way(home, order, name=NAME):
    return home.gates(order)[f"control:{name}"]


# ---- asked and answered ----


def test_everybody_once_and_one_yes_issues(desk):
    """DCV-04 to DCV-06: registrant, admin and tech; who has two roles gets one mail."""
    desk.people.register("example.com", {"Registrant": ROBIN, "Admin": ALEX, "Tech": ALEX.upper()})
    number = order(desk, NAME)
    assert sorted(recipients(desk)) == sorted([ROBIN, ALEX])
    for _ in range(2):
        desk.issuer("order", "validate", number, exit=PERSON)
    assert len(recipients(desk)) == 2
    gate = way(desk, number)
    assert (gate["state"], gate["turn"]) == ("waiting", "domain-owner") and gate["until"]

    reply = answer(desk, ROBIN)
    assert (reply["state"], reply["recipient"], reply["order"]) == ("yes", ROBIN, number)
    assert desk.state(number) == "completed" and desk.certificate_count(number) == 1
    value = value_to(desk, ROBIN)
    for text in (desk.issuer("order", "history", number).out, json.dumps(reply)):
        assert value not in text
    assert value not in desk.issuer("evidence", "show", way(desk, number)["evidence"]).out


def test_a_value_is_taken_as_people_read_it_out(desk):
    order(desk, NAME)
    value = value_to(desk, ALEX).upper()
    groups = [value[at:at + 4] for at in range(0, len(value), 4)]
    spoken = desk.ask("validation", "answer", *groups[:3], "-".join(groups[3:]), "--reason",
                      "read out on the phone")
    assert spoken["state"] == "yes"
    again = desk.refusal("validation", "answer", value)
    assert again["code"] == "answer-closed" and value.lower() not in json.dumps(again).lower()


def test_a_value_from_standard_input(desk):
    order(desk, NAME)
    command = desk.command("--json", "validation", "answer", "-", "--said", "no")
    done = subprocess.run(command, input=value_to(desk, ALEX) + "\n", text=True,
                          env=environment(), capture_output=True)
    assert done.returncode == DONE and json.loads(done.stdout)["state"] == "no", done
    none = subprocess.run(command, input="", text=True, env=environment(), capture_output=True)
    assert none.returncode == USAGE


def test_answers_that_are_none(desk):
    """No refusal names the value: who reads a log must not be able to answer."""
    for words, exit, code in ((["0123456789abcdefghjkmnpqrs"], REFUSED, "not-found"),
                              (["x" * 300], USAGE, "usage"),
                              (["value", "--said", "maybe"], USAGE, "usage"),
                              (["value", "--scope", "base"], USAGE, "usage")):
        problem = desk.refusal("validation", "answer", *words, exit=exit)
        assert problem["code"] == code and words[0] not in json.dumps(
            {member: text for member, text in problem.items() if member != "title"})


def test_an_answer_is_given_once_by_request_id(desk):
    order(desk, NAME)
    arguments = ["validation", "answer", value_to(desk, ROBIN), "--request-id", "a-1"]
    assert desk.ask(*arguments) == desk.ask(*arguments)
    other = desk.refusal("validation", "answer", value_to(desk, ALEX), "--request-id", "a-1")
    assert other["code"] == "request-id-reused"


def test_a_no_holds_the_name_whoever_said_yes(desk):
    number = order(desk, NAME)
    answer(desk, ALEX, "--said", "no")
    answer(desk, ROBIN, "--said", "yes")
    gate = way(desk, number)
    assert (gate["state"], gate["code"], gate["turn"]) == ("refused", "answer-rejected", "operator")
    assert "order release o-1 --name www.example.com" in gate["action"]
    # Other names below the domain are held as well, in later orders too.
    other = order(desk, "mail.example.com")
    assert way(desk, other, "mail.example.com")["code"] == "answer-rejected"

    desk.refusal("order", "release", number, "--name", NAME, exit=USAGE)
    reason = "the admin had mistaken it for another order"
    released = desk.ask("order", "release", number, "--name", NAME, "--reason", reason)
    assert released["state"] in ("pending", "issuing", "completed")
    desk.issuer("run")
    assert desk.state(number) == desk.state(other) == "completed"
    assert reason in desk.issuer("order", "history", number).out
    third = order(desk, NAME)
    assert desk.state(third) == "completed"
    # Who lifts a no by hand, or has it stand again, is found out.
    desk.issuer("audit", "verify")
    for change in ("lifted_at = NULL", "lifted_at = lifted_at + 1"):
        [(then,)] = desk.sql("SELECT lifted_at FROM rejection")
        desk.sql(f"UPDATE rejection SET {change}")
        desk.issuer("audit", "verify", exit=REFUSED)
        desk.sql("UPDATE rejection SET lifted_at = ?", then)
    assert desk.refusal("order", "release", third, "--name", NAME, "--reason", "r")[
        "code"] == "not-applicable"


def test_a_no_of_who_stands_behind_an_alias_holds_it(desk):
    """Whoever else said yes, and by whatever other method, until it is released by its own name."""
    desk.people.lab.add_records("example.com", "held CNAME behind.example.net.\n")
    name = "held.example.com"
    number = desk.ask("order", "create", name, "--method", "constructed-email",
                      "--follow-aliases")["order"]
    desk.issuer("run")
    desk.issuer("run")
    assert set(recipients(desk)) == {f"{part.split('@')[0]}@example.net" for part in FIVE}
    answer(desk, "admin@example.net", "--said", "no")
    answer(desk, "postmaster@example.net")
    assert way(desk, number, name)["code"] == "answer-rejected"
    # The applicant's later orders of it, as an alias or by itself, are held too.
    for options in (["--method", "constructed-email", "--follow-aliases"], ["--method", "web-page"]):
        later = desk.ask("order", "create", name, *options)["order"]
        desk.issuer("run")
        assert way(desk, later, name)["code"] == "answer-rejected"
    # One that is no alias of it yet, but was led there by another name.
    desk.people.lab.add_records("example.com", "led CNAME behind.example.net.\n")
    other = desk.ask("order", "create", "led.example.com", "--method", "constructed-email",
                     "--follow-aliases")["order"]
    desk.issuer("run")
    desk.issuer("run")
    assert way(desk, other, "led.example.com")["code"] == "answer-rejected"
    desk.ask("order", "release", number, "--name", name, "--reason", "r")
    desk.issuer("run")
    assert desk.state(number) == desk.state(other) == "completed"


def test_who_said_no_is_asked_again_after_a_release(desk):
    """When nobody else could answer any more."""
    desk.people.register("example.com", {"Registrant": ROBIN})
    number = order(desk, NAME)
    answer(desk, ROBIN, "--said", "no")
    desk.ask("order", "release", number, "--name", NAME, "--reason", "r")
    desk.issuer("run")
    assert recipients(desk) == 2 * [ROBIN]
    answer(desk, ROBIN)
    assert desk.state(number) == "completed"


def test_nothing_is_released_that_nobody_holds(desk):
    number = order(desk, NAME)
    problem = desk.refusal("order", "release", number, "--name", NAME, "--reason", "r")
    assert problem["code"] == "not-applicable"
    problem = desk.refusal("order", "release", number, "--name", "x.example.com", "--reason", "r")
    assert problem["code"] == "not-found"


def test_not_me_drops_that_address_alone(desk):
    number = order(desk, NAME)
    answer(desk, TONI, "--said", "not-me")
    assert way(desk, number)["state"] == "waiting" and len(recipients(desk)) == 3
    answer(desk, ALEX)
    assert desk.state(number) == "completed"


def test_when_nobody_is_a_contact_the_five_are_asked(desk):
    """DCV-07, DCV-08: the pack takes the fallback by itself."""
    number = order(desk, NAME)
    for mailbox in (ROBIN, ALEX, TONI):
        answer(desk, mailbox, "--said", "not-me")
    desk.issuer("run")
    assert set(recipients(desk)[3:]) == FIVE and len(recipients(desk)) == 8
    answer(desk, "hostmaster@example.com")
    assert desk.state(number) == "completed"
    [result] = desk.ask("validation", "list")["validations"]
    assert (result["method"], result["domain"]) == ("constructed-email", "example.com")


def test_a_registry_that_names_nobody_is_unavailable(desk):
    desk.people.register("example.com", {"Registrant": ""})
    number = order(desk, NAME)
    desk.issuer("run")
    assert set(recipients(desk)) == FIVE
    assert "method-unavailable" in desk.issuer("order", "history", number).out


@pytest.mark.parametrize("mailbox", ["山田@people.example.net",
                                     "=?utf-8?q?a?=@people.example.net"])
def test_an_address_that_cannot_be_written_to_is_not_in_the_way(desk, mailbox):
    """Of those whom the registry names one is like that: the others are asked."""
    desk.people.register("example.com", {"Registrant": mailbox, "Admin": ALEX})
    number = order(desk, NAME)
    assert recipients(desk) == [ALEX]
    assert "1 more cannot receive mail (mail-undeliverable" in json.dumps(way(desk, number))


# ---- officers ----


def test_a_fallback_is_not_taken_before_its_time(desk):
    """DCV-07, strict: refused while the first method has not failed, allowed once it is given up."""
    number = order(desk, NAME)
    switch = ["validation", "switch", number, "--method", "web-page", "--reason", "no answer"]
    problem = desk.refusal(*switch)
    assert problem["code"] == "dcv-order" and "give-up o-1" in problem["hint"]
    assert desk.refusal("order", "create", NAME, "--product", "agency-dv", "--method", "web-page")[
        "code"] == "dcv-order"
    desk.issuer("validation", "give-up", number, "--method", "whois-email", exit=USAGE)
    given_up = desk.ask("validation", "give-up", number, "--method", "whois-email", "--reason",
                        "they are on holiday")
    assert given_up["state"] == "pending"
    problem = desk.refusal("validation", "give-up", number, "--method", "whois-email", "--reason",
                           "again")
    assert problem["code"] == "not-applicable"
    shown = desk.ask(*switch)
    desk.publish(shown)
    desk.issuer("order", "validate", number, "--wait")
    assert desk.state(number) == "completed"
    assert not FIVE & set(recipients(desk))
    history = desk.issuer("order", "history", number).out
    assert "they are on holiday" in history and "given-up" in history


def test_a_yes_after_giving_up_still_counts(desk):
    number = order(desk, NAME)
    desk.issuer("validation", "give-up", number, "--reason", "r")
    desk.issuer("run")
    assert set(recipients(desk)[3:]) == FIVE
    answer(desk, ROBIN)
    assert desk.state(number) == "completed"


def test_a_yes_while_it_is_looked_up_anew_counts(desk):
    """A later order has the registry asked again; then the yes to the first mail comes."""
    number = order(desk, NAME)
    desk.issuer("validation", "give-up", number, "--reason", "r")
    with desk.people.whois.hold("registry") as asked:
        later = desk.ask("order", "create", NAME, "--product", "agency-dv")["order"]
        run = desk.start("run")
        assert asked.wait(10)
        desk.ask("validation", "answer", value_to(desk, ROBIN))
    run.communicate(timeout=60)
    desk.issuer("run")
    assert desk.state(later) == "completed" and len(desk.people.office.to(ROBIN)) == 1


def test_give_up_is_for_methods_that_ask(desk):
    made = desk.order(NAME)["order"]
    for options in ([], ["--method", "web-page"], ["--name", NAME]):
        problem = desk.refusal("validation", "give-up", made, *options, "--reason", "r")
        assert problem["code"] == "not-applicable"


@pytest.mark.parametrize("fallback, then_asked", [("auto", FIVE), ("choose", set())])
def test_giving_up_while_the_registry_is_asked_sends_nothing(desk, fallback, then_asked):
    """The look-up on the wire ends after the method was given up: its answer is dropped."""
    replace_pack(desk, ("fallback: auto ", f"fallback: {fallback} "))
    number = desk.ask("order", "create", NAME, "--product", "agency-dv")["order"]
    with desk.people.whois.hold("registry") as asked:
        run = desk.start("run")
        assert asked.wait(10)
        desk.issuer("validation", "give-up", number, "--reason", "r")
    run.communicate(timeout=60)
    assert run.returncode == DONE
    desk.issuer("run")
    assert set(recipients(desk)) == then_asked


def test_an_order_cancelled_while_the_registry_is_asked(desk):
    """Nobody is asked then, nothing fails, and the next order asks at once."""
    number = desk.ask("order", "create", NAME, "--product", "agency-dv")["order"]
    with desk.people.whois.hold("registry") as asked:
        run = desk.start("run")
        assert asked.wait(10)
        desk.issuer("order", "cancel", number, "--reason", "r")
    assert run.communicate(timeout=60) == ("", "") and run.returncode == DONE
    assert recipients(desk) == []
    order(desk, NAME)
    assert sorted(recipients(desk)) == sorted([ROBIN, ALEX, TONI])


def test_switch_leaves_nothing_open(desk):
    """Method, address and scope in one command each; values of the way before count no more."""
    number = order(desk, NAME, "mail.example.com")
    assert len(recipients(desk)) == 3
    old = value_to(desk, ROBIN)
    desk.ask("validation", "switch", number, "--scope", "name", "--reason", "only these")
    desk.issuer("run")
    explained = desk.issuer("order", "explain", number).out
    assert "way:  whois-email of www.example.com" in explained
    assert "way:  whois-email of mail.example.com" in explained
    assert len(recipients(desk)) == 9  # one set for each name, since each is asked for itself
    assert desk.refusal("validation", "answer", old)["code"] == "answer-closed"
    assert "mail.example.com" in desk.people.office.mails[-1].text

    desk.ask("validation", "give-up", number, "--reason", "r")
    desk.issuer("run")
    assert set(recipients(desk)[9:]) == FIVE
    desk.ask("validation", "switch", number, "--address", "postmaster@example.com", "--address",
             "admin@example.com", "--reason", "they said so")
    desk.issuer("run")
    assert sorted(recipients(desk)[14:]) == ["admin@example.com", "postmaster@example.com"]
    first = desk.people.office.to("postmaster@example.com")[0].value
    assert desk.refusal("validation", "answer", first)["code"] == "answer-closed"
    answer(desk, "postmaster@example.com")
    assert desk.state(number) == "completed"


def test_what_a_switch_refuses(desk):
    number = order(desk, NAME)
    rows = [
        (["--method", "whois-email", "--address", ROBIN], "dcv-address", "DCV-05"),
        (["--scope", "led.example.com"], "not-applicable", "www.example.com up to example.com"),
        (["--scope", "base"], "not-applicable", "another way"),
        (["--method", "dns-txt"], "not-applicable", "no method of product agency-dv"),
        (["--method", "pigeon"], "method-unknown", "pigeon"),
        (["--name", "x.example.com", "--scope", "name"], "not-found", "x.example.com"),
    ]
    for options, code, word in rows:
        problem = desk.refusal("validation", "switch", number, *options, "--reason", "r")
        assert problem["code"] == code and word in problem["detail"], problem
    desk.ask("validation", "give-up", number, "--reason", "r")
    for options, code in ((["--address", "info@example.com"], "dcv-address"),
                          (["--address", "admin@www.example.com"], "dcv-address"),
                          (["--method", "web-page", "--scope", "base"], "not-applicable"),
                          (["--method", "web-page", "--address", ROBIN], "not-applicable")):
        problem = desk.refusal("validation", "switch", number, *options, "--reason", "r")
        assert problem["code"] == code, problem
    desk.issuer("validation", "switch", number, "--reason", "r", exit=USAGE)
    desk.issuer("validation", "switch", number, "--method", "web-page", exit=USAGE)
    assert len(recipients(desk)) == 3


def test_back_to_a_method_that_failed(desk):
    """It asks anew; a page's value is not the one of before."""
    number = order(desk, NAME)
    desk.ask("validation", "give-up", number, "--reason", "r")
    switch = ["validation", "switch", number, "--reason", "r", "--method"]
    [page] = desk.ask(*switch, "web-page")["publish"]
    assert "publish" not in desk.ask(*switch, "whois-email")
    desk.issuer("run")
    assert recipients(desk) == 2 * [ROBIN, ALEX, TONI]
    desk.ask("validation", "give-up", number, "--reason", "r")
    [other] = desk.ask(*switch, "web-page")["publish"]
    assert other["content"] != page["content"] and other["url"] != page["url"]


def test_a_method_that_failed_for_the_name_behind_an_alias(desk):
    desk.lab.add_records("example.com", "behind CNAME www.example.net.\n")
    name, five = "behind.example.com", {mailbox.replace(".com", ".net") for mailbox in FIVE}
    number = desk.ask("order", "create", name, "--method", "constructed-email",
                      "--follow-aliases")["order"]
    desk.issuer("run")
    assert set(recipients(desk)) == five
    desk.ask("validation", "give-up", number, "--reason", "r")
    assert way(desk, number, name)["state"] == "refused"
    desk.ask("validation", "switch", number, "--method", "constructed-email", "--reason", "r")
    desk.issuer("run")
    assert len(recipients(desk)) == 10 and set(recipients(desk)) == five
    answer(desk, "admin@example.net")
    assert desk.state(number) == "completed"


def test_an_address_that_nobody_published(desk):
    """Which the DNS names is known when it is asked (BR 3.2.2.4.14)."""
    desk.lab.add_records("example.com", '_validation-contactemail TXT "alex@people.example.net"\n'
                                        '_validation-contactemail TXT "robin@people.example.net"\n')
    number = desk.ask("order", "create", NAME, "--method", "dns-contact-email")["order"]
    switch = ["validation", "switch", number, "--reason", "r", "--address"]
    desk.ask(*switch, ROBIN)
    desk.issuer("run")
    assert recipients(desk) == [ROBIN]
    desk.ask(*switch, "nobody@people.example.net")
    desk.issuer("run")
    gate = way(desk, number)
    assert (gate["state"], gate["code"]) == ("refused", "dcv-address")
    desk.ask("validation", "switch", number, "--reason", "r", "--method", "dns-contact-email")
    desk.issuer("run")
    assert sorted(recipients(desk)) == sorted([ROBIN, ROBIN, ALEX])


def test_another_order_keeps_its_question(desk):
    """Orders of one applicant share what is asked: one that leaves does not take it along."""
    first, second = order(desk, NAME), order(desk, "mail.example.com")
    assert len(recipients(desk)) == 3
    desk.ask("validation", "switch", first, "--scope", "name", "--reason", "r")
    desk.issuer("run")
    assert desk.ask("validation", "answer", desk.people.office.mails[0].value)["state"] == "yes"
    desk.issuer("run")
    assert desk.state(second) == "completed"


def test_switching_asks_caa_for_the_method(desk):
    """RFC 8657: what CAA permits depends on the method; the answer for the one before is gone."""
    number = order(desk, NAME)
    before = desk.gates(number)[f"caa:{NAME}"]["validation"]
    desk.ask("validation", "give-up", number, "--reason", "r")
    assert desk.gates(number)[f"caa:{NAME}"].get("validation") != before
    assert desk.ask("validation", "show", before)["withdrawn_reason"] == "the method was switched"


def test_twenty_names_under_one_domain_are_one_question(desk):
    names = [f"w{number}.many.example.com" for number in range(20)]
    number = order(desk, *names)
    assert len(recipients(desk)) == 3
    text = desk.people.office.mails[0].text
    assert all(name in text for name in names)
    answer(desk, TONI)
    assert desk.state(number) == "completed"


def test_each_domain_is_a_question(desk):
    number = order(desk, NAME, "www.example.net")
    assert sorted(recipients(desk)) == sorted(2 * [ROBIN, ALEX, TONI])
    asked = {mail.value: mail for mail in desk.people.office.mails}
    assert len(asked) == 6
    for domain in ("example.com", "example.net"):
        mail = next(mail for mail in asked.values()
                    if f"www.{domain}" in mail.text and mail.recipient == ROBIN)
        desk.ask("validation", "answer", mail.value)
    desk.issuer("run")
    assert desk.state(number) == "completed"


def test_an_answer_for_the_names_alone(calendar):
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    answer(calendar, ROBIN, "--scope", "names")
    assert calendar.state(number) == "completed"
    [result] = calendar.ask("validation", "list")["validations"]
    assert result["domain"] == NAME
    other = at(calendar, "2027-01-04T01:00:00Z", "order", "create", "mail.example.com",
               "--product", "agency-dv")["order"]
    calendar.issuer("run")
    assert way(calendar, other, "mail.example.com")["state"] == "waiting"
    assert len(recipients(calendar)) == 6


def test_no_answer_for_names_alone_of_which_one_is_the_domain(desk):
    number = order(desk, "example.com", NAME)
    problem = desk.refusal("validation", "answer", value_to(desk, ROBIN), "--scope", "names")
    assert problem["code"] == "not-applicable" and "itself" in problem["detail"]
    answer(desk, ROBIN)
    assert desk.state(number) == "completed"


def test_an_answer_for_the_names_alone_is_for_none_below_them(calendar):
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    answer(calendar, ROBIN, "--scope", "names")
    assert calendar.state(number) == "completed"
    [result] = calendar.ask("validation", "list")["validations"]
    assert (result["domain"], result["with_names_below"]) == (NAME, False)
    for hour, name in enumerate((f"a.{NAME}", f"*.{NAME}"), 1):
        other = at(calendar, f"2027-01-04T0{hour}:00:00Z", "order", "create", name, "--product",
                   "agency-dv")["order"]
        calendar.issuer("run")
        assert way(calendar, other, name)["state"] in ("waiting", "working")
    same = at(calendar, "2027-01-04T04:00:00Z", "order", "create", NAME, "--product",
              "agency-dv")["order"]
    calendar.issuer("run")
    assert calendar.state(same) == "completed"
    # Who makes it one for the names below by hand is found out.
    row = "domain = ? AND method = 'whois-email'"
    [(alone,)] = calendar.sql(f"SELECT target FROM validation WHERE {row}", NAME)
    calendar.sql(f"UPDATE validation SET target = NULL WHERE {row}", NAME)
    for check in ("evidence", "audit"):
        calendar.issuer(check, "verify", exit=REFUSED)
    calendar.sql(f"UPDATE validation SET target = ? WHERE {row}", alone, NAME)


def test_an_answer_for_a_wildcard_name_alone(desk):
    number = order(desk, "*.sub.example.com", "sub.example.com")
    answer(desk, ROBIN, "--scope", "names")
    assert desk.state(number) == "completed"
    [result] = desk.ask("validation", "list")["validations"]
    assert result["domain"] == "sub.example.com" and "with_names_below" not in result
    other = order(desk, NAME)
    assert way(desk, other)["state"] == "working"


def test_an_answer_read_out_is_for_the_names_of_the_mail(calendar):
    """A later order joins the question; its names were not in the mail."""
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    later = at(calendar, "2027-01-04T01:00:00Z", "order", "create", "mail.example.com",
               "--product", "agency-dv")["order"]
    calendar.issuer("run")
    assert len(recipients(calendar)) == 3
    answer(calendar, ROBIN, "--scope", "names")
    assert calendar.state(number) == "completed" and calendar.state(later) == "pending"
    assert [row["domain"] for row in calendar.ask("validation", "list")["validations"]] == [NAME]


def test_a_late_answer_for_the_names_is_of_the_domain(desk):
    """Nobody waits for the question any more: names of other domains are not in it."""
    number = order(desk, NAME, "www.example.net")
    desk.issuer("validation", "give-up", number, "--reason", "r")
    desk.issuer("run")
    mail = next(mail for mail in desk.people.office.mails
                if mail.recipient == ROBIN and NAME in mail.text)
    desk.ask("validation", "answer", mail.value, "--scope", "names")
    desk.issuer("run")
    assert way(desk, number)["state"] == "open"
    assert way(desk, number, "www.example.net")["state"] == "waiting"


def test_an_alias_is_not_confirmed_alone(desk):
    desk.people.lab.add_records("example.com", "narrow CNAME narrow.example.net.\n")
    number = desk.ask("order", "create", "narrow.example.com", "--method", "constructed-email",
                      "--follow-aliases")["order"]
    desk.issuer("run")
    desk.issuer("run")
    value = value_to(desk, "postmaster@example.net")
    problem = desk.refusal("validation", "answer", value, "--scope", "names")
    assert problem["code"] == "not-applicable" and "alias" in problem["detail"]
    answer(desk, "postmaster@example.net")
    assert desk.state(number) == "completed"


@pytest.mark.parametrize("quorum, said, asked_next", [
    ("registrant", [(ALEX, "yes"), (ROBIN, "yes")], 0),
    ("registrant", [(ROBIN, "yes")], 0),
    ("all", [(ALEX, "yes"), (TONI, "yes"), (ROBIN, "yes")], 0),
    ("all", [(ALEX, "yes"), (TONI, "yes"), (ROBIN, "not-me")], 0),
    ("all", [(ALEX, "not-me"), (TONI, "not-me"), (ROBIN, "not-me")], 5),
])
def test_whose_yes_is_enough(desk, quorum, said, asked_next):
    """A6; whoever is not a contact is not waited for."""
    replace_pack(desk, ("quorum: any", f"quorum: {quorum}"))
    number = order(desk, NAME)
    for mailbox, word in said:
        assert desk.state(number) == "pending"
        answer(desk, mailbox, "--said", word)
    desk.issuer("run")
    assert desk.state(number) == ("pending" if asked_next else "completed")
    assert len(recipients(desk)) == 3 + asked_next


def test_all_agree_to_no_more_than_the_narrowest_said(calendar):
    replace_pack(calendar, ("quorum: any", "quorum: all"))
    order(calendar, NAME)
    for mailbox, scope in ((ALEX, "domain"), (TONI, "names"), (ROBIN, "domain")):
        answer(calendar, mailbox, "--scope", scope)
    [result] = calendar.ask("validation", "list")["validations"]
    assert result["domain"] == NAME


def at_once(home, *commands):
    """The exit statuses of commands that run at the same time."""
    processes = [home.start(*command) for command in commands]
    for process in processes:
        process.communicate(timeout=60)
    return sorted(process.returncode for process in processes)


def test_answers_at_the_same_time(desk):
    """Where all must say yes, the last two may say it at once; one value answers once."""
    replace_pack(desk, ("quorum: any", "quorum: all"))
    for name in (NAME, "www.example.net"):
        number = order(desk, name)
        answer(desk, TONI)
        assert at_once(desk, *(["validation", "answer", value_to(desk, mailbox)]
                               for mailbox in (ALEX, ROBIN))) == [DONE, DONE]
        desk.issuer("run")
        assert desk.state(number) == "completed"
    order(desk, NAME, options=applicant(desk, "other"))
    command = ["validation", "answer", value_to(desk, ROBIN)]
    assert at_once(desk, command, command, command) == [DONE, REFUSED, REFUSED]


@pytest.mark.parametrize("domain", ["reseller.example.net", "mail.reseller.example.net"])
def test_an_agents_yes_does_not_count(people, domain):
    desk = f"desk@{domain}"
    people.register("example.com", {"Registrant": desk, "Admin": ALEX})
    people.lab.add_records("example.net", f"{domain}. MX 10 people\n")
    home = people.home(answers=', agent_domains: ["reseller.example.net"]')
    home.people = people
    number = order(home, NAME)
    reply = answer(home, desk)
    assert reply["code"] == "answered-by-agent"
    gate = way(home, number)
    assert (gate["state"], gate["code"]) == ("waiting", "answered-by-agent")
    answer(home, ALEX)
    assert home.state(number) == "completed"
    verify(home)

    replace_pack(home, ("agent: refused", "agent: accepted"))
    second = order(home, "www.example.com", options=applicant(home, "second"))
    assert "code" not in answer(home, desk)
    assert home.state(second) == "completed"
    verify(home)


CONTROL_REUSE = "S001 L125 (DCV-12)\n    period: 13 months\n    mode: "
REUSE_ASKS = (CONTROL_REUSE + "auto", CONTROL_REUSE + "ask")
REUSE_NEVER = (CONTROL_REUSE + "auto", CONTROL_REUSE + "never")


def replace_pack(home, *changes):
    """The rules of the agency with changes (old, new)."""
    from home import ROOT
    text = (ROOT / "policy" / "data" / "packs" / "agency.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = home.folder / "rules" / "agency.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_a_home_may_leave_the_order_free_and_choose(desk):
    replace_pack(desk, ("order: strict", "order: free"), ("fallback: auto", "fallback: choose"))
    number = order(desk, NAME)
    desk.ask("validation", "give-up", number, "--reason", "r")
    gate = way(desk, number)
    assert gate["turn"] == "operator" and "constructed-email or web-page" in gate["action"]
    desk.issuer("run")
    assert len(recipients(desk)) == 3

    second = order(desk, "www.example.net")
    shown = desk.ask("validation", "switch", second, "--method", "web-page", "--reason", "r")
    desk.publish(shown)
    desk.issuer("order", "validate", second, "--wait")
    assert desk.state(second) == "completed"


def test_no_domain_contact_is_asked_for_a_brokered_product(desk):
    from home import ROOT
    text = (ROOT / "policy" / "data" / "catalogue" / "products.yaml").read_text()
    head, tail = text.split("  - id: agency-dv")
    path = desk.folder / "catalogue" / "products.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + "  - id: agency-dv" + tail.replace("authoritative", "broker"))
    number = order(desk, NAME)
    gate = way(desk, number)
    assert gate["state"] == "refused" and "brokered" in gate["sentence"]
    problem = desk.refusal("validation", "switch", number, "--method", "constructed-email",
                           "--reason", "r")
    assert problem["code"] == "not-applicable" and "brokered" in problem["detail"]
    assert recipients(desk) == [] and not desk.people.whois.asked["registry"]


def test_public_rules_refuse_mail_to_whois_contacts(desk):
    from home import PUBLIC_PRODUCT
    path = desk.folder / "catalogue" / "products.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PUBLIC_PRODUCT.replace("methods: [web-page]",
                                           "methods: [web-page, whois-email, dns-txt]"))
    desk.configure(f'dns: {{servers: ["127.0.0.1:{desk.lab.ports["dns"]}"]}}\n')
    problem = desk.refusal("order", "create", NAME, "--product", "public-dv", "--method",
                           "whois-email")
    assert problem["code"] == "method-retired" and "BR 3.2.2.4.2" in problem["detail"]
    assert "2025-07-15" in problem["detail"]
    assert problem["hint"] == "order with --method web-page or dns-txt"


# ---- time ----


def at(home, moment, *arguments, exit=DONE):
    return home.issuer("--now", moment, "--json", *arguments, exit=exit).object


def test_reminded_once_and_then_the_next_method(calendar):
    """The reminder is the same bytes to the same people; after the time-out a yes still counts."""
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    for moment_s in (0.02, 0.04, 0.06, 0.09, 0.13):  # killed at any moment, and run again
        run = calendar.start("--now", "2027-01-07T00:01:00Z", "run")
        try:
            run.wait(moment_s)
        except subprocess.TimeoutExpired:
            run.kill()
        run.communicate()
    at(calendar, "2027-01-07T00:02:00Z", "order", "list")
    calendar.issuer("run")
    assert [len({mail.content for mail in calendar.people.office.to(mailbox)})
            for mailbox in (ROBIN, ALEX, TONI)] == [1, 1, 1]
    cut_off = calendar.issuer("order", "history", number).out.count("may have arrived")
    assert 6 <= len(recipients(calendar)) <= 6 + cut_off
    before = len(recipients(calendar))
    calendar.issuer("--now", "2027-01-10T00:00:00Z", "run")
    assert len(recipients(calendar)) == before

    calendar.issuer("--now", "2027-01-11T00:01:00Z", "run")
    assert set(recipients(calendar)[before:]) == FIVE
    assert "answer-timed-out" in calendar.issuer("order", "history", number).out
    answer(calendar, TONI)
    assert calendar.state(number) == "completed"


def test_nobody_is_reminded_of_a_mail_that_is_on_its_way(calendar):
    office = calendar.people.office
    office.answer = "451 later"
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    calendar.issuer("--now", "2027-01-07T00:01:00Z", "run")
    assert len(calendar.sql("SELECT id FROM effect WHERE kind = 4")) == 3
    office.answer = "250 taken"
    calendar.issuer("--now", "2027-01-07T09:00:00Z", "run")
    assert sorted(recipients(calendar)) == sorted((ROBIN, ALEX, TONI))
    answer(calendar, TONI)
    assert calendar.state(number) == "completed"


def test_a_result_withdrawn_takes_the_other_values_with_it(desk):
    order(desk, NAME)
    answer(desk, TONI)
    [result] = [row for row in desk.ask("validation", "list")["validations"]
                if row["method"] == "whois-email"]
    desk.ask("validation", "withdraw", result["validation"], "--reason", "r")
    refused = desk.refusal("validation", "answer", value_to(desk, ROBIN))
    assert refused["code"] == "answer-closed"


def test_a_registry_that_never_answers_times_out_too(calendar):
    """Whom to ask was never learnt: the fallback begins when the time is over."""
    del calendar.people.answers["registry"]["domain example.com"]
    del calendar.people.answers["registry"]["example.com"]
    number = at(calendar, "2027-01-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    assert way(calendar, number)["state"] == "working"
    calendar.issuer("--now", "2027-01-12T00:00:00Z", "run")
    calendar.issuer("run")
    assert set(recipients(calendar)) == FIVE


def shown(home, moment, name=NAME, options=()):
    """The number of a result of the moment."""
    number = at(home, moment, "order", "create", name, "--product", "agency-dv", *options)["order"]
    home.issuer("run")
    answer(home, ROBIN)
    assert home.state(number) == "completed"
    return home.gates(number)[f"control:{name}"]["validation"]


def test_thirteen_months_with_the_last_day(calendar):
    """A10: calendar months, clamped to the month's end, the last day included, at +09:00."""
    result = shown(calendar, "2027-08-31T03:00:00Z")
    [row] = calendar.ask("validation", "list", "--name", "mail.example.com")["validations"]
    packs = {pack["pack"]: pack for pack in row["packs"]}
    assert packs["agency"]["usable"] and packs["agency"]["until"] == "2028-09-30T14:59:59Z"
    assert not packs["public-tls"]["usable"]
    assert packs["public-tls"]["code"] == "method-retired"
    assert "2025-07-15" in packs["public-tls"]["why"]

    calendar.people.office.mails.clear()
    second = at(calendar, "2028-09-30T14:59:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    calendar.issuer("run")
    assert way(calendar, second)["validation"] == result and recipients(calendar) == []
    third = at(calendar, "2028-09-30T15:00:01Z", "order", "create", NAME, "--product",
               "agency-dv")["order"]
    calendar.issuer("run")
    assert way(calendar, third)["state"] == "waiting" and len(recipients(calendar)) == 3
    [row] = calendar.ask("validation", "list")["validations"]
    assert [pack["usable"] for pack in row["packs"]] == [False, False]


def applicant(home, reference):
    path = home.folder / f"{reference}.yaml"
    path.write_text(f"reference: {reference}\nname: Company {reference}\ntype: registered_corporation\n"
                    "country: JP\n")
    return ["--applicant", path]


def test_a_result_serves_its_applicant_alone(desk):
    order(desk, NAME, options=applicant(desk, "first"))
    answer(desk, ROBIN)
    other = order(desk, NAME, options=applicant(desk, "second"))
    assert way(desk, other)["state"] == "waiting" and len(recipients(desk)) == 6
    assert len(desk.ask("validation", "list", "--applicant", "first")["validations"]) == 1
    assert desk.ask("validation", "list", "--applicant", "second")["validations"] == []


def test_withdrawn(desk):
    first = order(desk, NAME)
    answer(desk, ROBIN)
    result = way(desk, first)["validation"]
    listed = desk.issuer("validation", "list").out
    assert f"{result}" in listed and "whois-email (BR 3.2.2.4.2)" in listed
    assert "agency      until 20" in listed and "public-tls  no: " in listed
    [row] = desk.ask("validation", "list")["validations"]
    assert row["validation"] == result and [pack["usable"] for pack in row["packs"]].count(True) == 1
    # An order that waits for CAA only rests on the result: it is decided again.
    desk.name_the_ca("ca.example")
    desk.lab.add_records("example.com", 'caa-refuses A 127.0.0.1\ncaa-refuses CAA 0 issue ";"\n')
    second = order(desk, "caa-refuses.example.com")
    assert way(desk, second, "caa-refuses.example.com")["state"] == "open"
    desk.issuer("validation", "withdraw", result, exit=USAGE)
    reply = desk.ask("validation", "withdraw", result, "--reason", "the admin was an impostor")
    assert reply["certificates"] == ["c-1"]
    assert reply["withdrawn_reason"] == "the admin was an impostor"
    assert not any(pack["usable"] for pack in reply["packs"])
    desk.issuer("run")
    assert way(desk, second, "caa-refuses.example.com")["state"] != "open"
    problem = desk.refusal("validation", "withdraw", result, "--reason", "again")
    assert problem["code"] == "not-applicable"
    told = desk.issuer("validation", "show", result).out
    assert "withdrawn at" in told and "issued on it: c-1" in told
    verify(desk)
    # Who takes the withdrawal back by hand is found out.
    number = int(result.removeprefix("v-"))
    [(then,)] = desk.sql("SELECT withdrawn_at FROM validation WHERE id = ?", number)
    for moment in (None, then + 1):
        desk.sql("UPDATE validation SET withdrawn_at = ? WHERE id = ?", moment, number)
        desk.issuer("audit", "verify", exit=REFUSED)
    desk.sql("UPDATE validation SET withdrawn_at = ? WHERE id = ?", then, number)


def test_a_fallback_comes_before_the_first_method_by_reuse_alone(desk):
    """DCV-07: when the earlier result that brought it in counts no more, the first method is asked."""
    first = order(desk, NAME)
    desk.issuer("validation", "give-up", first, "--reason", "r")
    desk.issuer("run")
    answer(desk, "admin@example.com")
    result = way(desk, first)["validation"]
    desk.name_the_ca("ca.example")
    desk.lab.add_records("example.com", 'first A 127.0.0.1\nfirst CAA 0 issue ";"\n')
    second = order(desk, "first.example.com")
    assert way(desk, second, "first.example.com")["validation"] == result
    desk.people.office.mails.clear()
    desk.ask("validation", "withdraw", result, "--reason", "r")
    desk.issuer("run")
    gate = way(desk, second, "first.example.com")
    assert (gate["method"], gate["domain"]) == ("whois-email", "example.com")


def test_reuse_as_an_officer_chooses(desk):
    """Reuse mode "ask": an earlier result waits for a choice, and nobody is written to before it."""
    replace_pack(desk, REUSE_ASKS)
    first = order(desk, NAME)
    answer(desk, ROBIN)  # a result made for this order counts
    assert desk.state(first) == "completed"
    desk.people.office.mails.clear()

    second, third = order(desk, NAME), order(desk, "mail.example.com")
    gate = way(desk, second)
    assert (gate["state"], gate["turn"]) == ("waiting", "operator") and recipients(desk) == []
    assert f"validation reuse {second} --name {NAME}" in gate["action"]
    desk.issuer("order", "validate", second, exit=PERSON)
    assert recipients(desk) == []
    desk.ask("validation", "reuse", second, "--name", NAME, "--reason", "the same people")
    desk.issuer("run")
    assert desk.state(second) == "completed" and recipients(desk) == []
    assert "the same people" in desk.issuer("order", "history", second).out

    desk.ask("validation", "reuse", third, "--name", "mail.example.com", "--refuse")
    problem = desk.refusal("validation", "reuse", third, "--name", "mail.example.com")
    assert problem["code"] == "not-applicable"


def test_a_choice_is_of_one_result(desk):
    """When the one that was chosen is withdrawn, another one waits for a choice of its own."""
    desk.name_the_ca("ca.example")
    desk.lab.add_records("example.com", 'choice A 127.0.0.1\nchoice CAA 0 issue ";"\n')
    name = "choice.example.com"
    first = order(desk, name)
    answer(desk, ROBIN, "--scope", "names")
    replace_pack(desk, REUSE_ASKS, ("order: strict", "order: free"))
    second = order(desk, name)
    old = way(desk, second, name)["validation"]
    desk.ask("validation", "switch", second, "--method", "constructed-email", "--address",
             "admin@example.com", "--name", name, "--reason", "they answer there")
    desk.people.office.mails.clear()
    desk.issuer("run")
    assert recipients(desk) == ["admin@example.com"]
    answer(desk, "admin@example.com")

    third = order(desk, name)
    assert way(desk, third, name)["validation"] == old
    desk.ask("validation", "reuse", third, "--name", name)
    assert way(desk, third, name)["state"] == "open"
    desk.ask("validation", "withdraw", old, "--reason", "r")
    desk.issuer("run")
    gate = way(desk, third, name)
    assert gate["state"] == "waiting" and gate["validation"] not in (None, old)
    assert f"validation reuse {third}" in gate["action"]
    assert desk.state(first) == "pending"


def test_a_choice_against_reuse_asks_anew(calendar):
    replace_pack(calendar, REUSE_ASKS)
    shown(calendar, "2027-01-04T00:00:00Z")
    calendar.people.office.mails.clear()
    number = at(calendar, "2027-02-04T00:00:00Z", "order", "create", NAME, "--product",
                "agency-dv")["order"]
    at(calendar, "2027-02-04T00:10:00Z", "validation", "reuse", number, "--name", NAME, "--refuse")
    calendar.issuer("run")
    assert len(recipients(calendar)) == 3
    answer(calendar, ALEX)
    assert calendar.state(number) == "completed"


def test_results_never_reused_stay_with_their_order(desk):
    """Mode never: two orders for one name do not unseat each other's result."""
    replace_pack(desk, REUSE_NEVER)
    # Both keep waiting for CAA, with their control shown.
    desk.name_the_ca("ca.example")
    desk.lab.add_records("example.com", 'never A 127.0.0.1\nnever CAA 0 issue ";"\n')
    name = "never.example.com"
    orders = [order(desk, name), order(desk, name)]
    assert len(recipients(desk)) == 6
    for mail in desk.people.office.to(ROBIN):
        desk.ask("validation", "answer", mail.value)
        desk.issuer("run")
    for number in orders:
        desk.issuer("order", "validate", number, exit=REFUSED)
    results = {way(desk, number, name)["validation"] for number in orders}
    assert len(results) == 2
    [why] = {pack["why"] for row in desk.ask("validation", "list")["validations"]
             for pack in row["packs"] if pack["pack"] == "agency"}
    assert "never" in why


def test_a_changed_octet_in_an_answer_is_found(desk):
    order(desk, NAME)
    answer(desk, ROBIN)
    [(evidence, content)] = desk.sql("SELECT id, bytes FROM evidence WHERE kind = 'answer'")
    assert b'"said":"yes"' in content
    for old, new in ((b'"said":"yes"', b'"said":"no"'), (ROBIN.encode(), b"x" + ROBIN.encode()[1:])):
        desk.sql("UPDATE evidence SET bytes = ? WHERE id = ?", content.replace(old, new), evidence)
        problem = desk.refusal("evidence", "verify", f"e-{evidence}")
        assert problem["code"] == "evidence-broken"
    desk.sql("UPDATE evidence SET bytes = ? WHERE id = ?", content, evidence)


# ---- what an operator finds at night ----

def test_mail_that_does_not_go_out_is_told(desk):
    desk.people.office.answer = "451 later"
    number = order(desk, NAME)
    desk.issuer("run")
    assert "3 not sent yet" in way(desk, number)["sentence"]
    desk.people.office.answer = "250 taken"


def test_giving_up_does_not_reach_the_method_that_follows(desk):
    number = order(desk, NAME)
    desk.ask("validation", "give-up", number, "--reason", "r")
    problem = desk.refusal("validation", "give-up", number, "--reason", "r")
    assert problem["code"] == "not-applicable"
    desk.issuer("run")
    assert FIVE <= set(recipients(desk))


def test_a_no_after_the_certificate_reaches_the_desk(desk):
    number = order(desk, NAME)
    answer(desk, TONI)
    assert desk.state(number) == "completed"
    desk.issuer("status")
    answer(desk, ROBIN, "--said", "no", exit=None)
    [row] = desk.ask("status", exit=PERSON)["rejections"]
    assert (row["order"], row["domain"]) == (number, "example.com")
    assert "said no after" in desk.issuer("status", exit=PERSON).out
    desk.ask("order", "release", number, "--name", NAME, "--reason", "it was a mistake")
    desk.issuer("status")


def test_an_order_that_was_called_off_is_no_reason_to_write_again(desk):
    number = order(desk, NAME)
    desk.ask("order", "cancel", number)
    assert desk.refusal("mail", "resend", "m-1")["code"] == "answer-closed"
    assert len(recipients(desk)) == 3

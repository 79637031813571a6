"""The source documents' procedure from end to end, with real peers: a registry names
people, mail reaches them, one of them answers in Chromium, the daemon issues; and
each of the three fallbacks likewise (REQUIREMENTS DCV-04 to DCV-10)."""

import re
import threading
import time

import pytest

from browser import Browser
from lab import free_port
from people import People
from serving import HOST, PAGE, Serve, certificate

LIMIT_S = 60
READ = "I have read the above, and the answer is my own."
YES = "Yes, I agree"


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def browser(port):
    with Browser({HOST: port}, language="en") as browser:
        yield browser


@pytest.fixture(scope="module")
def people(lab, tmp_path_factory):
    with People(lab, tmp_path_factory.mktemp("people")) as people:
        yield people


class Town:
    """A home that its daemon drives, and what happens in it."""

    def __init__(self, people, browser, home):
        self.people, self.browser, self.home = people, browser, home

    def until(self, reached, what):
        """The daemon does the rest by itself."""
        deadline, pause = time.monotonic() + LIMIT_S, threading.Event()
        while not reached():
            assert time.monotonic() < deadline, f"{what}: {self.home.issuer('order', 'list')}"
            pause.wait(0.05)

    def order(self, *names):
        return self.home.ask("order", "create", *names, "--product", "agency-dv")["order"]

    def mails(self, count):
        self.until(lambda: len(self.people.office.mails) >= count, f"{count} mails")
        return self.people.office.mails

    def says_yes(self, mail):
        """What the person does who got the mail."""
        [link] = set(re.findall(r'href="(https://[^"]+/answer/[^"]+)"', mail.html))
        self.browser.open(link)
        self.browser.tick(READ)
        assert "recorded" in self.browser.press(YES)

    def issued(self, order, *names):
        self.until(lambda: self.home.state(order) == "completed", "a certificate")
        shown = self.home.ask("certificate", "show", order)
        assert {row["name"] for row in shown["names"]} == set(names)
        self.home.issuer("audit", "verify")
        self.home.issuer("evidence", "verify")


@pytest.fixture
def town(people, browser, port):
    people.office.mails.clear()
    browser.forget()
    people.register("example.com")
    home = people.home(answers=PAGE.format(port=port))
    certificate(home.folder)
    with Serve(home) as serve:
        yield Town(people, browser, home)
        assert serve.end() == 0


def test_mail_to_whom_whois_names(town):
    order = town.order("www.example.com", "example.com")
    robin = next(mail for mail in town.mails(3) if mail.recipient.startswith("robin"))
    assert "www.example.com" in robin.text and "registrant" in robin.text
    town.says_yes(robin)
    town.issued(order, "www.example.com", "example.com")
    assert len(town.people.office.mails) == 3


def test_the_first_fallback_is_mail_to_constructed_addresses(town):
    """The registry names nobody: no officer is needed."""
    town.people.register("example.com", {})
    order = town.order("www.example.com")
    mails = town.mails(5)
    assert {mail.recipient.split("@")[0] for mail in mails} == {
        "admin", "administrator", "webmaster", "hostmaster", "postmaster"}
    gate = town.home.gates(order)["control:www.example.com"]
    assert gate["state"] == "waiting" and gate["turn"] == "domain-owner"
    town.says_yes(mails[2])
    town.issued(order, "www.example.com")


def test_another_fallback_is_a_web_page(town):
    """Too early it is refused; once the first method has failed an officer may take it."""
    order = town.order("www.example.com")
    town.mails(3)
    early = town.home.refusal("validation", "switch", order, "--method", "web-page",
                              "--reason", "they prefer it")
    assert early["code"] == "dcv-order"
    town.home.issuer("validation", "give-up", order, "--reason", "all are on leave")
    town.home.issuer("validation", "switch", order, "--method", "web-page",
                     "--reason", "they prefer it")
    town.home.publish(town.home.ask("order", "show", order))
    town.home.issuer("order", "validate", order, exit=None)
    town.issued(order, "www.example.com")


def test_another_fallback_is_a_call_to_the_registrant(town):
    order = town.order("www.example.com")
    town.mails(3)
    town.home.issuer("validation", "give-up", order, "--reason", "all are on leave")
    town.home.issuer("validation", "switch", order, "--method", "whois-phone",
                     "--reason", "they asked for a call")
    town.until(lambda: town.home.ask("call", "list")["calls"], "a call to make")
    [call] = town.home.ask("call", "list")["calls"]
    assert call["number"] == "+81355550123"
    town.home.issuer("call", "record", call["call"], "--outcome", "confirmed", "--callee",
                     "Robin Mihon", "--role", "registrant")
    town.issued(order, "www.example.com")

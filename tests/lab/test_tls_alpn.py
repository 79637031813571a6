"""Control shown in a TLS handshake (RFC 8737, RFC 8738), against the responder that
comes with uacme: another reading of the same texts."""

import base64
import hashlib
import subprocess
import time

import pytest

from home import DONE, PERSON, tool
from lab import free_port, listens
from test_accounts import give_account, new_key

METHOD = ("--method", "tls-alpn-01")
START_S = 10


class Responder:
    """ualpn with nothing behind it: what is no challenge is passed on to nobody."""

    def __init__(self, folder, port):
        self.socket = folder / "ualpn.sock"
        self.process = subprocess.Popen(
            [tool("ualpn"), "-b", f"127.0.0.1@{port}", "-c", f"127.0.0.1@{free_port()}",
             "-s", self.socket, "-p", folder / "ualpn.pid", "-n", "1", "-P", "0", "-vv", "-l", folder / "ualpn.log"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_S
        log = folder / "ualpn.log"
        while not (listens(port) and "worker starting" in log.read_text()):
            assert self.process.poll() is None and time.monotonic() < until, "ualpn is not up"
            time.sleep(0.01)

    def say(self, line):
        done = subprocess.run([tool("ualpn"), "-s", self.socket], input=f"{line}\n", text=True,
                              capture_output=True, timeout=START_S)
        assert done.stdout.strip() == "OK", done

    def answer(self, name, key_authorization):
        digest = hashlib.sha256(key_authorization.encode()).digest()
        self.say(f"auth {name} {base64.urlsafe_b64encode(digest).decode().rstrip('=')}")

    def stop(self):
        self.process.terminate()
        self.process.wait(START_S)


@pytest.fixture
def responder(tmp_path):
    port = free_port()
    responder = Responder(tmp_path, port)
    responder.port = port
    yield responder
    responder.stop()


@pytest.fixture
def desk(home, responder):
    """A home with an account, for which the responder stands at port 443."""
    give_account(home, key=new_key(home.folder / "account.pem"))
    text = (home.folder / "issuer.yaml").read_text()
    home.configure(text.replace(f"https: {home.lab.ports['https']}", f"https: {responder.port}"))
    return home


def wanted(order):
    [entry] = order["publish"]
    return entry["content"]


def test_a_name_is_shown_in_a_handshake(desk, responder):
    order = desk.order("www.example.com", options=METHOD)
    assert "acme-tls/1" in desk.gates("o-1")["control:www.example.com"]["action"]
    responder.answer("www.example.com", wanted(order))
    desk.issuer("order", "validate", "o-1", "--wait", exit=DONE)
    gate = desk.gates("o-1")["control:www.example.com"]
    assert gate["state"] == "open" and gate["domain"] == "www.example.com"
    desk.issuer("evidence", "verify")


def test_an_address_is_shown_by_its_reverse_name(desk, responder):
    order = desk.order("127.0.0.1", options=METHOD)
    responder.answer("127.0.0.1", wanted(order))
    desk.issuer("order", "validate", "o-1", "--wait", exit=DONE)
    desk.issuer("evidence", "verify")


def test_the_answer_to_another_challenge_shows_nothing(desk, responder):
    order = desk.order("www.example.com", options=METHOD)
    responder.answer("www.example.com", wanted(order)[::-1])
    desk.issuer("order", "validate", "o-1", exit=PERSON)
    gate = desk.gates("o-1")["control:www.example.com"]
    assert gate["code"] == "certificate-wrong" and gate["action"]
    responder.answer("www.example.com", wanted(order))
    desk.issuer("order", "validate", "o-1", "--wait", exit=DONE)


def test_the_answer_for_another_name_shows_nothing(desk, responder):
    order = desk.order("www.example.com", options=METHOD)
    responder.answer("mail.example.com", wanted(order))
    desk.issuer("order", "validate", "o-1", exit=None)
    assert desk.gates("o-1")["control:www.example.com"]["state"] != "open"
    assert desk.certificate_count("o-1") == 0

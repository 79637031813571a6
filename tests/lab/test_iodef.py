"""Reports of issuances that CAA prevented (RFC 8659 4.4): by mail to a real SMTP
server, by https to a real web server, once each whatever crashes."""

import base64
import email
import http.server
import random
import ssl
import subprocess
import threading
import time
import xml.dom.minidom

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from home import DONE, REFUSED, openssl

OWNER = "owner@example.com"


class Mailbox:
    """What an SMTP server took; answer may be set to another reply, hold to an event that the
    reply waits for."""

    def __init__(self):
        self.taken = []
        self.peers = set()
        self.answer = "250 taken"
        self.hold = None
        self.arrived = threading.Event()

    async def handle_DATA(self, server, session, envelope):
        tls = session.ssl is not None
        self.peers.add(session.peer)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content, tls))
        self.arrived.set()
        if self.hold:
            self.hold.wait(60)
        return self.answer

    def messages(self):
        return [email.message_from_bytes(content) for _, _, content, _ in self.taken]


class Relay(Controller):
    def __init__(self, handler, context):
        self.context = context
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def factory(self):
        return SMTP(self.handler, tls_context=self.context, require_starttls=True,
                    hostname="mail.lab")

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.posts.append((self.path, dict(self.headers),
                                  self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "https://elsewhere.example.com/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """(certificate, key): of 127.0.0.1 and report.example.com; its own root."""
    folder = tmp_path_factory.mktemp("authority")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=lab", "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:report.example.com", "-keyout", folder / "key.pem",
            "-out", folder / "certificate.pem")
    return folder / "certificate.pem", folder / "key.pem"


def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority)
    return context


@pytest.fixture
def relay(authority):
    mailbox = Mailbox()
    controller = Relay(mailbox, server_context(authority))
    controller.start()
    mailbox.port = controller.port
    yield mailbox
    controller.stop()


@pytest.fixture
def web(authority):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.socket = server_context(authority).wrap_socket(server.socket, server_side=True)
    server.posts, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def configure(home, authority, send, port=1, rows="retry_first: 1 s", mail=""):
    base = (home.lab.folder / "issuer.yaml").read_text()
    home.configure(base + f"""
mail: {{server: "127.0.0.1:{port}", from: "ca@issuer.example", ca_file: {authority[0]}{mail}}}
iodef: {{send: {send}, ca_file: {authority[0]}, {rows}}}
""")


def deny(home, zone, *urls, label="denied"):
    """Names refused by a record, with iodef URLs beside it; the order that found it so."""
    home.name_the_ca("ca.example")
    records = "".join(f'{label} CAA 0 iodef "{url}"\n' for url in urls)
    home.lab.add_records(zone, f'{label} A 127.0.0.1\n{label} CAA 0 issue "other.example"\n'
                         + records)
    order = home.order(f"{label}.example.com", options=("--method", "web-page"))
    home.publish(order)
    return order["order"]


def reports(home, order="o-1"):
    return home.ask("order", "explain", order).get("reports", [])


def test_nothing_is_sent_unless_it_is_configured(home, zone, relay):
    order = deny(home, zone, f"mailto:{OWNER}")
    home.issuer("order", "validate", order, exit=REFUSED)
    assert reports(home) == [] and relay.taken == []
    assert home.sql("SELECT count(*) FROM effect") == [(0,)]


def test_the_owner_gets_one_mail_that_says_it(home, zone, relay, authority):
    configure(home, authority, "both", relay.port)
    order = deny(home, zone, f"mailto:{OWNER}?subject=CAA", f"MAILTO:{OWNER}")
    home.issuer("order", "validate", order, exit=REFUSED)
    home.issuer("run")
    home.issuer("order", "validate", order, exit=REFUSED)

    assert len(relay.taken) == 1
    sender, recipients, _, tls = relay.taken[0]
    assert (sender, recipients, tls) == ("ca@issuer.example", [OWNER], True)
    message = relay.messages()[0]
    assert message["To"] == OWNER and message["From"] == "ca@issuer.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@issuer.example>")
    assert email.utils.parsedate_to_datetime(message["Date"]).tzinfo
    words, attached = message.get_payload()
    text = words.get_payload()
    for fact in ("denied.example.com", "other.example", "ca@issuer.example", "iodef",
                 'CAA 0 issue "ca.example"'):
        assert fact in text, text
    document = xml.dom.minidom.parseString(attached.get_payload(decode=True)).documentElement
    assert document.tagName == "IODEF-Document" and document.getAttribute("version") == "2.00"
    [incident] = document.getElementsByTagName("Incident")
    names = [node.tagName for node in incident.childNodes if node.nodeType == node.ELEMENT_NODE]
    assert names == ["IncidentID", "DetectTime", "GenerationTime", "Description", "Description",
                     "Contact"]

    [report] = reports(home)
    assert (report["to"], report["state"], report["tries"]) == (f"mailto:{OWNER}", "done", 1)
    assert report["answer"] == "250 taken" and report["name"] == "denied.example.com"
    assert f"report f-1 of denied.example.com to mailto:{OWNER}: done (250 taken)" in home.issuer(
        "order", "explain", order).out
    history = home.issuer("order", "history", order).out
    assert OWNER in history and "250 taken" in history
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")


def test_a_server_that_takes_it_later_gets_the_same_bytes(home, zone, relay, authority):
    configure(home, authority, "mail", relay.port)
    order = deny(home, zone, f"mailto:{OWNER}")
    relay.answer = "451 greylisted"
    home.issuer("order", "validate", order, exit=REFUSED)
    [report] = reports(home)
    assert report["state"] == "intended" and report["answer"].startswith("451 greylisted")
    relay.answer = "250 now"
    run_until(home, lambda: reports(home)[0]["state"] == "done")
    assert len(relay.taken) == 2 and relay.taken[0][2] == relay.taken[1][2]


def run_until(home, reached):
    """`issuer run` as cron would, until it has done what was due later."""
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        home.issuer("run")


def test_a_refusal_ends_it(home, zone, relay, authority):
    configure(home, authority, "mail", relay.port)
    order = deny(home, zone, f"mailto:{OWNER}")
    relay.answer = "550 no such person"
    home.issuer("order", "validate", order, exit=REFUSED)
    [report] = reports(home)
    assert report["state"] == "void" and "550 no such person" in report["answer"]


def test_it_is_given_up_after_so_many_tries(home, zone, authority):
    configure(home, authority, "mail", port=1, rows="retry_first: 1 s, retry_factor: 1, tries: 2")
    order = deny(home, zone, f"mailto:{OWNER}")
    home.issuer("order", "validate", order, exit=REFUSED)
    run_until(home, lambda: reports(home)[0]["state"] == "void")
    assert reports(home)[0]["tries"] == 2
    assert "given up after 2 tries" in home.issuer("order", "history", order).out


def test_a_kill_between_the_reply_and_the_commit_is_named(home, zone, relay, authority):
    """The one window in which a mail may go twice: the same bytes, and the journal says so."""
    configure(home, authority, "mail", relay.port)
    order = deny(home, zone, f"mailto:{OWNER}")
    relay.hold = threading.Event()
    run = home.start("order", "validate", order)
    assert relay.arrived.wait(60)
    run.kill()
    run.communicate()
    relay.hold.set()
    relay.hold = None
    home.issuer("run")
    [report] = reports(home)
    assert (report["state"], report["tries"]) == ("done", 2)
    assert len({content for _, _, content, _ in relay.taken}) == 1
    assert "may have arrived; the same bytes go again" in home.issuer(
        "order", "history", order).out
    home.issuer("run")
    assert len(relay.taken) == 2
    home.issuer("audit", "verify")


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment_it_arrives(home, zone, relay, authority, seed):
    """Never none, never two different ones; more than one only where a try was cut off."""
    configure(home, authority, "mail", relay.port)
    order = deny(home, zone, f"mailto:{OWNER}")
    chance = random.Random(seed)
    for _ in range(4):
        process = home.start("run")
        try:
            process.wait(chance.uniform(0, 0.4))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    home.issuer("run")
    home.issuer("order", "validate", order, exit=REFUSED)
    run_until(home, lambda: reports(home) and reports(home)[0]["state"] == "done")
    assert len({content for _, _, content, _ in relay.taken}) == 1
    cut_off = home.issuer("order", "history", order).out.count("may have arrived")
    assert 1 <= len(relay.taken) <= 1 + cut_off
    home.issuer("audit", "verify")


def test_a_slow_server_gets_a_short_queue(home, zone, authority, relay):
    """Eight reports are due, four are on the wire while the server takes its time."""
    configure(home, authority, "mail")
    owners = [f"mailto:owner{number}@example.com" for number in range(4)]
    orders = [deny(home, zone, *owners, label=label) for label in ("denied", "refused")]
    for order in orders:
        home.issuer("order", "validate", order, exit=REFUSED)
    configure(home, authority, "mail", relay.port)
    home.sql("UPDATE schedule SET due_at = 0 WHERE duty = 6")
    relay.hold = threading.Event()
    run = home.start("run")
    assert relay.arrived.wait(20)
    on_the_wire = [report for order in orders for report in reports(home, order)
                   if report.get("sending")]
    relay.hold.set()
    run.communicate(timeout=60)
    assert len(on_the_wire) == 4
    for order in orders:
        run_until(home, lambda: [report["state"] for report in reports(home, order)] == 4 * ["done"])
    assert len({message["Message-ID"] for message in relay.messages()}) == len(relay.taken) == 8
    assert len(relay.peers) == 1  # one connection carried them all


def test_by_https(home, zone, web, authority):
    port = web.server_address[1]
    configure(home, authority, "https")
    home.lab.add_records(zone, "report A 127.0.0.1\n")
    order = deny(home, zone, f"https://report.example.com:{port}/iodef?x=1", f"mailto:{OWNER}",
                 "http://report.example.com/plain")
    web.answers = [503]
    home.issuer("order", "validate", order, exit=REFUSED)
    run_until(home, lambda: reports(home)[0]["state"] == "done")
    home.issuer("order", "validate", order, exit=REFUSED)
    assert len(reports(home)) == 1 and reports(home)[0]["answer"].endswith("answered 200")
    assert len(web.posts) == 2 and web.posts[0] == web.posts[1]
    path, headers, body = web.posts[0]
    assert path == "/iodef?x=1" and headers["Content-Type"].startswith("text/xml")
    assert len(headers["Idempotency-Key"]) == 34
    message = xml.dom.minidom.parseString(body).documentElement
    assert message.tagName == "iodef-rid:RID"
    assert message.getElementsByTagName("IODEF-Document")


@pytest.mark.parametrize("url, state, answer", [
    ("https://report.example.com:{port}/", "void", "answered 302"),
    ("https://other.example.com:{port}/", "intended", "certificate"),
    ("https://10.1.2.3:{port}/", "void", "never contacted"),
])
def test_https_stays_where_it_may(home, zone, web, authority, url, state, answer):
    """No redirect is followed, no unverified server trusted, no private address contacted."""
    configure(home, authority, "https", rows="retry_first: 1 hour")
    home.lab.add_records(zone, "report A 127.0.0.1\nother A 127.0.0.1\n")
    order = deny(home, zone, url.format(port=web.server_address[1]))
    web.answers = [302]
    home.issuer("order", "validate", order, exit=REFUSED)
    [report] = reports(home)
    assert report["state"] == state and answer in report["answer"], report
    assert len(web.posts) == (1 if "302" in answer else 0)


def test_a_login_with_a_password_from_a_file(home, zone, relay, authority):
    (home.folder / "mail.password").write_text("secret\n")
    (home.folder / "mail.password").chmod(0o644)
    configure(home, authority, "mail", relay.port, mail=", user: u, password_file: mail.password")
    order = deny(home, zone, f"mailto:{OWNER}")
    home.issuer("order", "validate", order, exit=REFUSED)
    [report] = reports(home)
    assert report["state"] == "intended" and "mail.password" in report["answer"]
    assert relay.taken == []


@pytest.mark.parametrize("rows, word", [
    ('iodef: {send: mail}', "mail: server"),
    ('iodef: {send: https}', "contact"),
    ('mail: {server: "mail.example:25", from: "a@b.example"}', "server"),
    ('mail: {server: "127.0.0.1:25", from: "no address"}', "from"),
    ('mail: {server: "127.0.0.1:25", from: "a@b.example", reply_to: "the desk"}', "reply_to"),
    ('mail: {server: "127.0.0.1:25", from: "a@b.example", user: u}', "password_file"),
    ('mail: {server: "127.0.0.1:25", from: "a@b.example", user: u, password_file: p,'
     ' starttls: none}', "starttls"),
    ('iodef: {send: always}', "never"),
])
def test_what_the_configuration_refuses(home, rows, word):
    home.configure((home.lab.folder / "issuer.yaml").read_text() + rows + "\n")
    problem = home.refusal("order", "create", "www.example.com", exit=2)
    assert problem["code"] == "configuration"
    assert word in problem["detail"] + problem.get("hint", ""), problem

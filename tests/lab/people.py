"""A world of people for the lab: registries that name them (registries.py), a mail
server that takes what they are sent, and homes that write to them."""

import email
import email.policy
import re
import threading

from aiosmtpd.controller import Controller

import registries
from home import Home
from registries import RdapServers, WhoisServers, host

FROM = "ca@issuer.example"
URL = "https://ca.issuer.example"
LINK = re.compile(re.escape(URL) + r"/answer/([0-9a-z]+)")

# Whom the registry names, by role.
CONTACTS = {"Registrant": "robin@people.example.net", "Admin": "alex@people.example.net",
            "Tech": "toni@people.example.net"}


def refer(tld):
    """What IANA says of a top-level domain."""
    return f"% IANA WHOIS server\n\nrefer:        {host('registry')}\n\ndomain:       " \
           f"{tld.upper()}\n\nstatus:       ACTIVE\n".encode()


def whois_answer(domain, contacts=None, phone="+81.355550123"):
    """A registry's answer; contacts {role: mailbox}, the registrant with a number."""
    contacts = CONTACTS if contacts is None else contacts
    lines = [f"Domain Name: {domain.upper()}", "Registrar: Sample Registrar, Inc.",
             "Registrar Abuse Contact Email: abuse@registrar.example"]
    for role, mailbox in contacts.items():
        lines += [f"{role} Name: Sample {role}", f"{role} Email: {mailbox}"]
        if role == "Registrant" and phone:
            lines.append(f"Registrant Phone: {phone}")
    return "\r\n".join([*lines, ""]).encode()


class Mail:
    """One mail as the server took it."""

    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.recipient = envelope.rcpt_tos[0]
        self.content = envelope.content
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self):
        return self.message.get_body(("html",)).get_content()

    @property
    def value(self):
        """The random value of the link."""
        [value] = set(LINK.findall(self.text))
        return value


class PostOffice(Controller):
    """An SMTP server; refuse {mailbox: reply} names those it does not take mail for."""

    def __init__(self):
        self.mails = []
        self.refuse = {}
        self.answer = "250 taken"
        self.lock = threading.Lock()
        super().__init__(self, hostname="127.0.0.1", port=0)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            if self.answer.startswith("250"):
                self.mails.append(Mail(envelope))
        return self.answer

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def to(self, mailbox):
        return [mail for mail in self.mails if mail.recipient == mailbox]


class People:
    """Registries and mail around homes; domains {domain: contacts} are what the registry knows."""

    def __init__(self, lab, folder):
        self.lab = lab
        self.folder = folder
        self.answers = {"iana": {tld: refer(tld) for tld in ("com", "jp", "net")}, "registry": {}}
        self.whois = WhoisServers(self.answers)
        # IANA's bootstrap, which knows no RDAP server of these top-level domains.
        rdap = folder / "rdap"
        rdap.mkdir()
        self.rdap = RdapServers(rdap, lab.ports["https"], {
            "bootstrap": {"rdap/dns.json": {"version": "1.0", "services": []}}})
        self.office = PostOffice()
        self.count = 0

    def __enter__(self):
        self.whois.__enter__()
        self.rdap.__enter__()
        self.office.start()
        self.lab.add_records(registries.ZONE, registries.records())
        if "people" not in (self.lab.zones / "example.net").read_text():
            self.lab.add_records("example.net", "people\tMX\t10 people\npeople\tA\t127.0.0.1\n")
        return self

    def __exit__(self, *exception):
        self.office.stop()
        self.rdap.__exit__(*exception)
        self.whois.__exit__(*exception)

    def register(self, domain, contacts=None, **keywords):
        answer = whois_answer(domain, contacts, **keywords)
        self.answers["registry"][domain] = self.answers["registry"][f"domain {domain}"] = answer

    def home(self, options=(), mail="", answers="", more=""):
        """A home that asks these registries and writes by this server."""
        self.count += 1
        home = Home(self.folder / f"home-{self.count}", self.lab)
        home.issuer("init", *options)
        text = registries.configuration(self.lab, self.whois.port,
                                        self.folder / "rdap" / "ca.pem")
        home.configure(text + f"""
mail: {{server: "127.0.0.1:{self.office.port}", from: {FROM}, starttls: none{mail}}}
answers: {{url: "{URL}"{answers}}}
{more}""")
        return home

"""A home of the program under test, and what it answers: every call is a real
process of the binary that ISSUER_BINARY names (build/asan/cli/issuer)."""

import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = (ROOT / os.environ.get("ISSUER_BINARY", "build/asan/cli/issuer")).resolve()
TIMEOUT_S = 120

# The exit statuses of the command.
DONE, REFUSED, USAGE, PERSON, LATER, BROKEN = range(6)

# A catalogue with one product whose names are public: "public-dv".
PUBLIC_PRODUCT = """\
products:
  - id: public-dv
    title: Domain-validated certificate, public
    citation: test
    ca: local
    pack: public-tls
    class: dv
    trust: public
    mode: authoritative
    gates:
      - kind: applicant
      - kind: request
      - {kind: control, after: [applicant]}
      - {kind: caa, after: [applicant]}
    methods: [web-page]
    key_types: [ec-p256]
    names_max: 100
    give_up_days: 90
"""


class Answer:
    def __init__(self, command, process):
        self.command = command
        self.exit = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def object(self):
        """The one JSON object on standard output; anything more or less is an error."""
        value = json.loads(self.out)
        assert isinstance(value, dict), f"{self}: not an object"
        return value

    def __repr__(self):
        return f"{' '.join(self.command)}\nexit {self.exit}\n{self.out}{self.err}"


class Home:
    """prefix is put before each command: another user, another mount namespace."""

    def __init__(self, folder, lab, prefix=()):
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "issuer.db"
        self.lab = lab
        self.prefix = [str(word) for word in prefix]

    def command(self, *arguments):
        return [*self.prefix, str(BINARY), "--home", str(self.folder), *map(str, arguments)]

    def issuer(self, *arguments, exit=DONE):
        """Runs a command and holds it to its exit status; None for any."""
        command = self.command(*arguments)
        process = subprocess.run(command, env=environment(), capture_output=True, text=True,
                                 timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)
        answer = Answer(command, process)
        assert "Sanitizer" not in answer.err, answer
        assert exit is None or answer.exit == exit, answer
        return answer

    def ask(self, *arguments, exit=DONE):
        """The JSON object that a command prints."""
        return self.issuer("--json", *arguments, exit=exit).object

    def refusal(self, *arguments, exit=REFUSED):
        """The problem document of a command that fails, after checking its form (RFC 9457)."""
        problem = self.ask(*arguments, exit=exit)
        for member in ("type", "title", "detail", "code"):
            assert isinstance(problem[member], str) and problem[member], problem
        assert isinstance(problem["retryable"], bool), problem
        return problem

    def start(self, *arguments):
        return subprocess.Popen(self.command(*arguments), env=environment(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def init(self, configuration=None, options=()):
        """A new home with the lab's configuration, or the one given."""
        self.issuer("init", *options)
        self.configure(configuration or (self.lab.folder / "issuer.yaml").read_text())
        return self

    def configure(self, text):
        (self.folder / "issuer.yaml").write_text(text)

    def replace_rows(self, shipped, own, old, new):
        """Puts a shipped rule file into the home (under the name own) with one change."""
        text = (ROOT / "policy" / "data" / shipped).read_text()
        assert text.count(old) == 1, f"{shipped} does not hold {old!r} once"
        path = self.folder / own
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(old, new))

    def name_the_ca(self, identifier):
        """Gives the local CA an issuer domain name (RFC 8659 4.2)."""
        self.replace_rows("catalogue/cas.yaml", "catalogue/cas.yaml",
                          "caa_identifiers: []", f'caa_identifiers: ["{identifier}"]')

    def order(self, *names, reference=None, options=()):
        reference = ("--reference", reference) if reference else ()
        return self.ask("order", "create", *names, "--product", "local-dv", *reference, *options)

    def publish(self, order):
        """Does what the customer is asked to: puts each value where the order says."""
        for wanted in order["publish"]:
            if "record" in wanted:
                self.lab.publish_record(wanted["record"], wanted["type"], wanted["content"])
                continue
            url = urllib.parse.urlsplit(wanted["url"])
            self.lab.publish(url.hostname, url.path, wanted["content"])

    def issue(self, *names, **keywords):
        """An order taken to its certificate."""
        order = self.order(*names, **keywords)
        self.publish(order)
        self.issuer("order", "validate", order["order"], "--wait")
        return order["order"]

    def state(self, order):
        return self.ask("order", "show", order)["state"]

    def gates(self, order):
        """{kind or "kind:name": gate} of `order explain`."""
        gates = self.ask("order", "explain", order)["gates"]
        return {":".join(filter(None, (gate["gate"], gate.get("name")))): gate for gate in gates}

    def pem(self, order):
        return self.issuer("certificate", "download", order, "--format", "pem").out

    def sql(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            return database.execute(statement, values).fetchall()

    def certificate_count(self, order):
        number = int(order.removeprefix("o-"))
        return self.sql("SELECT count(*) FROM certificate WHERE order_id = ?", number)[0][0]

    def kek(self):
        """The file of the key encryption key."""
        return next(path for path in self.folder.rglob("*kek*") if path.is_file())


def environment():
    kept = {name: value for name, value in os.environ.items()
            if name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")}
    return {**kept, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


def openssl(*arguments, text=None):
    process = subprocess.run(["openssl", *map(str, arguments)], input=text, text=True,
                             capture_output=True)
    assert process.returncode == 0, process.stderr
    return process.stdout


def tool(name):
    """The path of a system tool that may live in sbin; None when it is not there."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

"""`issuer serve` under test: started, spoken to, ended. Requests go over one TLS
connection each, with exactly the headers that a test gives."""

import http.client
import json
import re
import select
import signal
import ssl
import subprocess
import threading

from home import openssl, tool
from lab import free_port
from people import URL
from registries import listens_at

HOST = URL.removeprefix("https://")
START_TIMEOUT_S = 30
FORM = "application/x-www-form-urlencoded"


def certificate(folder, name=HOST):
    """A certificate and key of its own for the page: (certificate, key)."""
    certificate, key = folder / "answers.pem", folder / "answers.key"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
            "-keyout", key, "-out", certificate)
    return certificate, key


UNVERIFIED = ssl.create_default_context()
UNVERIFIED.check_hostname = False
UNVERIFIED.verify_mode = ssl.CERT_NONE


class Response:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read().decode()

    @property
    def token(self):
        found = re.search(r'name="token" value="([^"]+)"', self.body)
        return found and found[1]

    @property
    def cookie(self):
        """What a browser would send back; None when none was set."""
        line = self.headers.get("Set-Cookie")
        return line and line.split(";")[0]

    def __repr__(self):
        return f"{self.status}\n{self.headers}\n{self.body}"


class Serve:
    """The daemon of a home; lines are what it says on standard error."""

    def __init__(self, home, *options):
        self.home = home
        self.process = home.start("--json", "serve", *options)
        ready, _, _ = select.select([self.process.stdout], [], [], START_TIMEOUT_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.process.kill()
            raise AssertionError(f"serve did not start: {self.process.communicate()}")
        self.ready = json.loads(line)
        self.port = int(self.ready["listen"].rsplit(":", 1)[1]) if "listen" in self.ready else None
        self.lines = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.end()

    def end(self, how=signal.SIGTERM):
        """Ends it as an operator does; the exit status."""
        if self.lines is None:
            self.process.send_signal(how)
            try:
                _, errors = self.process.communicate(timeout=START_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.communicate()
                raise
            assert "Sanitizer" not in errors, errors
            self.lines = errors.splitlines()
        return self.process.returncode

    def request(self, method, path, body=None, headers=None, client="127.0.0.1", port=None):
        """From an address of 127/8; to another port than the daemon's own: a proxy's."""
        connection = http.client.HTTPSConnection("127.0.0.1", port or self.port, timeout=30,
                                                 source_address=(client, 0), context=UNVERIFIED)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Response(connection.getresponse())
        finally:
            connection.close()

    def post(self, path, fields, headers=None, **keywords):
        """A form as browsers write it."""
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.request("POST", path, body, {"Content-Type": FORM, **(headers or {})},
                            **keywords)


NGINX = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
	access_log off;
	client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
	uwsgi_temp_path {folder}; scgi_temp_path {folder};
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_certificate {home}/answers.pem;
		ssl_certificate_key {home}/answers.key;
		location / {{
			proxy_pass http://127.0.0.1:{to};
			proxy_set_header Host $host;
			proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
		}}
	}}
}}
"""


class Proxy:
    """nginx with TLS in front of a page that has none."""

    def __init__(self, folder, home, to):
        self.folder = folder
        self.port = free_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=self.port, to=to,
                                                        home=home.folder))

    def __enter__(self):
        self.process = subprocess.Popen([tool("nginx"), "-e", self.folder / "nginx.log", "-p",
                                         self.folder, "-c", self.folder / "nginx.conf"],
                                        stdin=subprocess.DEVNULL)
        pause = threading.Event()
        for _ in range(START_TIMEOUT_S * 100):
            if listens_at("127.0.0.1", self.port):
                return self
            assert self.process.poll() is None, (self.folder / "nginx.log").read_text()
            pause.wait(0.01)
        self.__exit__()
        raise AssertionError("nginx does not listen")

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait()


PAGE = ', listen: "127.0.0.1:{port}", certificate: answers.pem, key: answers.key'


def asked_home(people, name, answers=PAGE, options=(), create=(), more=""):
    """(home, order, mails): a home with a page of its own, an order for the name, and the five
    mails that ask the constructed addresses about it."""
    home = people.home(answers=answers.format(port=free_port()), options=options, more=more)
    certificate(home.folder)
    order = home.order(name, options=["--method", "constructed-email", *create])["order"]
    before = len(people.office.mails)
    home.issuer("run")
    mails = people.office.mails[before:]
    assert len(mails) == 5, home.gates(order)
    return home, order, mails

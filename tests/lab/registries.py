"""Registries on loopback: WHOIS servers (RFC 3912) that play IANA's, registries
and a registrar, and RDAP servers (nginx, https by a CA of their own). Each has
its own address of 127.43/16 and a name under registry.test."""

import asyncio
import contextlib
import json
import pathlib
import socket
import subprocess
import threading

from lab import free_port

ZONE = "test"
SUFFIX = "registry.test"

# The servers of WHOIS: name, address.
WHOIS = {
    "iana": "127.43.0.1",
    "jprs": "127.43.0.2",
    "registry": "127.43.0.3",
    "registrar": "127.43.0.4",
    "old": "127.43.0.5",        # where the registry's server was once; strangers have it now
    "endless": "127.43.0.6",
}
# The servers of RDAP; the certificate of "wrong" is for another name.
RDAP = {"bootstrap": "127.43.1.1", "rdap": "127.43.1.2", "wrong": "127.43.1.3"}

MEBIBYTE = 1 << 20
START_TIMEOUT_S = 10


def host(name):
    return f"{name}.{SUFFIX}"


class WhoisServers:
    """All on one port; answers[name][line] is what a server says to a line, b"" when it knows no
    such line; asked[name] are the lines that came."""

    def __init__(self, answers):
        self.port = free_port()
        self.answers = answers
        self.asked = {name: [] for name in WHOIS}
        self.holds = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)
        self.ready = threading.Event()

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(START_TIMEOUT_S), "the WHOIS servers did not start"
        return self

    def __exit__(self, *exception):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def forget(self):
        for lines in self.asked.values():
            lines.clear()

    @contextlib.contextmanager
    def hold(self, name):
        """A server that answers once this is over; gives an event that is set when it was asked."""
        asked, over = threading.Event(), threading.Event()
        self.holds[name] = asked, over
        try:
            yield asked
        finally:
            del self.holds[name]
            over.set()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        servers = [self.loop.run_until_complete(
            asyncio.start_server(lambda reader, writer, name=name: self._serve(name, reader, writer),
                                 address, self.port)) for name, address in WHOIS.items()]
        self.ready.set()
        self.loop.run_forever()
        for server in servers:
            server.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def _serve(self, name, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            line = (await reader.readuntil(b"\r\n"))[:-2].decode()
            self.asked[name].append(line)
            if name in self.holds:
                asked, over = self.holds[name]
                asked.set()
                await self.loop.run_in_executor(None, over.wait, START_TIMEOUT_S)
            writer.write(self.answers.get(name, {}).get(line, b""))
            await writer.drain()
        writer.close()


NGINX = """\
# One process, so that ending it is ending all; also no change of user.
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
	access_log off;
	default_type application/rdap+json;
	client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
	uwsgi_temp_path {folder}; scgi_temp_path {folder};
{servers}
}}
"""
SERVER = """\
	server {{
		listen {address}:{port} ssl;
		server_name {name};
		ssl_certificate {folder}/{certificate}.pem;
		ssl_certificate_key {folder}/key.pem;
		root {folder}/{short};
		location = /domain/limited.org {{ return 429; }}
		location = /domain/moved.org {{ return 302 /domain/example.org; }}
	}}
"""


class RdapServers:
    """Documents are files under folder/NAME; https on the port of the lab."""

    def __init__(self, folder, port, documents):
        self.folder = pathlib.Path(folder)
        self.port = port
        self.documents = documents
        self.process = None

    def __enter__(self):
        self._make_certificates()
        for name, files in self.documents.items():
            for path, document in files.items():
                file = self.folder / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(document if isinstance(document, str) else json.dumps(document))
        servers = "".join(
            SERVER.format(address=address, port=self.port, name=host(name), folder=self.folder,
                          short=name, certificate="other" if name == "wrong" else "servers")
            for name, address in RDAP.items())
        configuration = self.folder / "nginx.conf"
        configuration.write_text(NGINX.format(folder=self.folder, servers=servers))
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-e", self.folder / "nginx.log", "-p", self.folder,
             "-c", configuration], stdin=subprocess.DEVNULL)
        deadline = threading.Event()
        for _ in range(START_TIMEOUT_S * 100):
            if all(listens_at(address, self.port) for address in RDAP.values()):
                return self
            assert self.process.poll() is None, (self.folder / "nginx.log").read_text()
            deadline.wait(0.01)
        raise AssertionError("nginx does not listen")

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait()

    def _make_certificates(self):
        names = {"servers": ",".join(f"DNS:{host(name)}" for name in ("bootstrap", "rdap")),
                 "other": "DNS:other.test"}
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-days", "2", "-subj", "/CN=registry root", "-keyout", "ca.key",
                      "-out", "ca.pem")
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem")
        for name, subject in names.items():
            (self.folder / f"{name}.ext").write_text(f"subjectAltName={subject}\n")
            self._openssl("req", "-new", "-key", "key.pem", "-subj", f"/CN={name}",
                          "-out", f"{name}.csr")
            self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey",
                          "ca.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext",
                          "-out", f"{name}.pem")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


def listens_at(address, port):
    with socket.socket() as client:
        return client.connect_ex((address, port)) == 0


def records():
    """What the zone of the lab has to hold."""
    return "".join(f"{host(name)}.\tA\t{address}\n" for name, address in {**WHOIS, **RDAP}.items())


def configuration(lab, whois_port, ca_file):
    """issuer.yaml of a home that lives among these registries."""
    return f"""\
dns:
  servers: ["127.0.0.1:{lab.ports['dns']}"]
  trust_anchors: none
net:
  allow_prefixes: ["127.0.0.0/8"]
  port_map:
    http: {lab.ports['http']}
    https: {lab.ports['https']}
    whois: {whois_port}
whois:
  server: {host('iana')}
  per_minute: 60
rdap:
  bootstrap: https://{host('bootstrap')}/rdap/dns.json
  ca_file: {ca_file}
  per_minute: 60
"""

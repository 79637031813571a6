#!/usr/bin/python3
"""A small Internet on loopback: an authoritative name server (nsd) and web
servers (nginx) on free ports, all files in one folder.

As a program it serves until SIGTERM or SIGINT, and tells when it is ready:

    contrib/lab/lab.py FOLDER     prints one line of JSON: http, https, dns (ports)

FOLDER/issuer.yaml is then the configuration of a home that lives in this
Internet, FOLDER/web/HOST/ the document root of http://HOST/.
The tests import class Lab. Standard library only.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
START_TIMEOUT_S = 10
STOP_TIMEOUT_S = 5
TYPE_SOA = 6
CLASS_IN = 1

CONFIGURATION = """\
dns:
  servers: ["127.0.0.1:{dns}"]
  trust_anchors: none
net:
  allow_prefixes: ["127.0.0.0/8"]
  port_map:
    http: {http}
    https: {https}
names:
  private_suffixes: ["test"]
"""


class LabError(Exception):
    """A server of the lab did not start, or did not do what it was told."""


class Lab:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.web = self.folder / "web"
        self.zones = self.folder / "zones"
        self.access_log = self.folder / "access.log"
        self.ports = {"dns": free_port(), "http": free_port(), "https": free_port()}
        self.serial = 1
        self.servers = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self):
        if self.zones.exists():
            raise LabError(f"{self.zones} is there already; give a new folder")
        for name in ("web", "temp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copytree(HERE / "zones", self.zones)
        self._write_configurations()
        self._make_web_certificate()
        self._spawn("nsd", ["nsd", "-d", "-c", self.folder / "nsd.conf"])
        self._spawn("nginx", ["nginx", "-e", self.folder / "nginx.log",
                              "-p", self.folder, "-c", self.folder / "nginx.conf"])
        self._await("nsd", lambda: self.serial_served("example.com") == self.serial)
        self._await("nginx", lambda: listens(self.ports["http"]) and listens(self.ports["https"]))

    def stop(self):
        """Ends the servers that start() started, and no others."""
        for _, process in self.servers:
            process.terminate()
        for _, process in self.servers:
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.servers = []

    def publish(self, host, file_name, content):
        """Puts a file on a web server: what a customer does. file_name may hold folders."""
        path = self.web / host / file_name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def withdraw(self, host):
        shutil.rmtree(self.web / host, ignore_errors=True)

    def requests(self, host):
        """The requests that reached a host: (scheme, status, target), in order."""
        rows = [line.split(" ", 4) for line in self.access_log.read_text().splitlines()]
        return [(scheme, int(status), target)
                for _, scheme, name, status, target in rows if name == host]

    def add_records(self, zone, records):
        """Appends records to a zone, and returns when nsd serves them."""
        self.write_zone(zone, (self.zones / zone).read_text() + records)

    def zone_of(self, name):
        """The zone that holds a name: the longest one that the name ends in."""
        zones = [path.name for path in self.zones.iterdir()
                 if f".{name}".endswith(f".{path.name}")]
        return max(zones, key=len)

    def publish_record(self, name, type, text):
        """Puts a record of one text into the DNS: what a customer does."""
        self.add_records(self.zone_of(name), f'{name}.\t{type}\t"{text}"\n')

    def write_zone(self, zone, text):
        """Replaces a zone that the lab serves, and returns when nsd serves it."""
        before, self.serial = self.serial_served(zone), self.serial + 1
        (self.zones / zone).write_text(text.replace(f" {before} 3600", f" {self.serial} 3600", 1))
        dict(self.servers)["nsd"].send_signal(signal.SIGHUP)
        self._await("nsd", lambda: self.serial_served(zone) == self.serial)

    def serial_served(self, zone):
        """The serial in the SOA record that nsd serves; None while it does not answer."""
        header = struct.pack("!6H", 7, 0, 1, 0, 0, 0)
        query = header + dns_name(zone) + struct.pack("!2H", TYPE_SOA, CLASS_IN)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.2)
            try:
                asker.connect(("127.0.0.1", self.ports["dns"]))
                asker.send(query)
                answer = asker.recv(4096)
            except OSError:
                return None
        if answer[3] & 15 != 0 or struct.unpack("!H", answer[6:8])[0] != 1:
            return None
        # The answer section starts where the question ends: owner (a 2-byte pointer), type,
        # class, TTL, length; the five numbers of a SOA are its last 20 bytes, serial first.
        start = len(query)
        length = struct.unpack("!H", answer[start + 10:start + 12])[0]
        end = start + 12 + length
        return struct.unpack("!I", answer[end - 20:end - 16])[0]

    def _write_configurations(self):
        values = {"FOLDER": self.folder, "DNS_PORT": self.ports["dns"],
                  "HTTP_PORT": self.ports["http"], "HTTPS_PORT": self.ports["https"]}
        for name in ("nsd.conf", "nginx.conf"):
            text = (HERE / f"{name}.in").read_text()
            for key, value in values.items():
                text = text.replace(f"@{key}@", str(value))
            (self.folder / name).write_text(text)
        with open(self.folder / "nsd.conf", "a") as configuration:
            for zone in sorted(path.name for path in self.zones.iterdir()):
                configuration.write(f"zone:\n\tname: {zone}\n\tzonefile: {zone}\n")
        (self.folder / "issuer.yaml").write_text(CONFIGURATION.format(**self.ports))

    def _make_web_certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=lab", "-keyout", self.folder / "web.key",
             "-out", self.folder / "web.pem"],
            check=True, capture_output=True)

    def _spawn(self, name, command):
        # nsd and nginx live in sbin, which is not on every user's path.
        environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        with open(self.folder / f"{name}.output", "wb") as output:
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=output)
        self.servers.append((name, process))

    def _await(self, name, ready):
        deadline = time.monotonic() + START_TIMEOUT_S
        process = dict(self.servers)[name]
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"{name} is not ready (exit {process.poll()}):\n"
                               + self._said(name))
            time.sleep(0.01)

    def _said(self, name):
        paths = (self.folder / f"{name}.output", self.folder / f"{name}.log")
        return "\n".join(path.read_text(errors="replace") for path in paths if path.exists())


def dns_name(name):
    labels = [label.encode("ascii") for label in name.split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def free_port(address="127.0.0.1"):
    """A port of a loopback address free for both TCP and UDP a moment ago."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        with socket.socket(family) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((address, port))
            except OSError:
                continue
            return port


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def end(number, frame):
    raise KeyboardInterrupt


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: lab.py FOLDER")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        with Lab(sys.argv[1]) as lab:
            print(json.dumps(lab.ports), flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        pass
    except LabError as error:
        sys.exit(f"the lab did not start: {error}")


if __name__ == "__main__":
    main()

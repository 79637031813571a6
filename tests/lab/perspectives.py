"""Five Internets in network namespaces: one that the controller looks at, and one
for each of four network perspectives, joined by wires that carry nothing but the
questions of the controller. Each namespace has its own loopback, and on it its
own name server and web server, so each may see something else."""

import json
import os
import pathlib
import subprocess
import sys
import threading

from home import BINARY, environment, openssl, tool

HERE = pathlib.Path(__file__).resolve().parent

#    id           RIR          latitude longitude
PLACES = [
    ("frankfurt", "ripe-ncc",  50.11,   8.68),
    ("osaka",     "apnic",     34.69,   135.50),
    ("ashburn",   "arin",      39.04,   -77.49),
    ("saopaulo",  "lacnic",    -23.55,  -46.63),
]
PRIMARY = ("apnic", 1.35, 103.82)  # Singapore
PORT = 8443


class NotPermitted(Exception):
    """The operating system does not let this user make network namespaces."""


class Elsewhere:
    """An Internet in a namespace: what a test says to a Lab is said to the one in there."""

    def __init__(self, folder, prefix):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.process = subprocess.Popen(
            [*prefix, sys.executable, HERE / "elsewhere.py", self.folder], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        assert line, f"the lab in {folder} did not start"
        self.ports = json.loads(line)

    def do(self, method, *arguments):
        self.process.stdin.write(json.dumps({"do": method, "with": arguments}) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def publish(self, host, file_name, content):
        self.do("publish", host, file_name, content)

    def publish_record(self, name, type, text):
        self.do("publish_record", name, type, text)

    def add_records(self, zone, records):
        self.do("add_records", zone, records)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Perspective:
    """One place: its namespace, its view of the Internet, and `issuer perspective serve` there."""

    def __init__(self, world, row, number):
        self.world = world
        self.id, self.rir, self.latitude, self.longitude = row
        self.address = f"10.77.{number}.2"
        self.prefix = [*world.prefix, tool("ip"), "netns", "exec", self.id]
        self.folder = world.folder / self.id
        self.process = None
        self.said = []
        world.wire(self.id, number)
        self.view = Elsewhere(self.folder, self.prefix)
        world.certificate(self.folder / "perspective", self.id,
                          f"subjectAltName=DNS:{self.id}.perspectives.example")
        text = (self.folder / "issuer.yaml").read_text()
        (self.folder / "perspective.yaml").write_text(text + f"""
perspective:
  listen: {self.address}:{PORT}
  certificate: perspective.pem
  key: perspective.key
  client_ca: {world.folder}/ca.pem
""")

    def start(self, binary=BINARY):
        self.said = []
        self.process = subprocess.Popen(
            [*self.prefix, str(binary), "perspective", "serve",
             str(self.folder / "perspective.yaml")],
            env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert line.startswith("listening on"), f"{self.id}: {line}"
        self.listener = threading.Thread(target=self.said.extend, args=[self.process.stderr])
        self.listener.start()

    def stop(self):
        """Ends it as an operator does; its exit status and the lines that it said."""
        self.process.terminate()
        status = self.process.wait(60)
        self.listener.join()
        self.process.stderr.close()
        self.process = None
        return status, self.said

    def ask(self, path, body, count=1, **more):
        """The answers [(status, object)] to a message, asked from the controller's place."""
        process = subprocess.run(
            [*self.world.prefix, sys.executable, HERE / "ask.py", self.address, str(PORT),
             f"{self.id}.perspectives.example", self.world.folder, str(count)],
            input=json.dumps({"path": path, "body": body, **more}), text=True,
            capture_output=True)
        assert process.returncode == 0, process.stderr
        return [tuple(json.loads(line)) for line in process.stdout.splitlines()]

    def row(self):
        return (f"    - id: {self.id}\n"
                f"      url: https://{self.id}.perspectives.example:{PORT}\n"
                f"      address: {self.address}:{PORT}\n"
                f"      rir: {self.rir}\n"
                f"      latitude: {self.latitude}\n"
                f"      longitude: {self.longitude}\n")


class World:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.perspectives = []
        self.primary = None
        as_root = os.getuid() == 0
        # A mount namespace with a /run of its own: `ip netns` keeps its names there.
        self.holder = subprocess.Popen(
            [tool("unshare"), *([] if as_root else ["-r"]), "-n", "-m", "sh", "-c",
             f"mount -t tmpfs none /run && {tool('ip')} link set lo up && echo up && exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "up\n":
            self.holder.wait()
            raise NotPermitted(self.holder.stderr.read().strip())
        user = [] if as_root else ["-U", "--preserve-credentials"]
        self.prefix = [tool("nsenter"), "-t", str(self.holder.pid), *user, "-n", "-m"]

    def __enter__(self):
        try:
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=perspectives", "-keyout",
                    self.folder / "ca.key", "-out", self.folder / "ca.pem")
            self.certificate(self.folder / "controller", "controller",
                             "extendedKeyUsage=clientAuth")
            self.primary = Elsewhere(self.folder / "primary", self.prefix)
            for number, row in enumerate(PLACES, 1):
                self.perspectives.append(Perspective(self, row, number))
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exception):
        for perspective in self.perspectives:
            if perspective.process:
                perspective.stop()
            perspective.view.stop()
        if self.primary:
            self.primary.stop()
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()
        self.holder.stderr.close()

    def ip(self, *arguments):
        subprocess.run([*self.prefix, tool("ip"), *arguments], check=True)

    def wire(self, name, number):
        """A namespace, and a wire to it."""
        self.ip("netns", "add", name)
        self.ip("link", "add", f"to{number}", "type", "veth", "peer", "name", "wire",
                "netns", name)
        self.ip("address", "add", f"10.77.{number}.1/24", "dev", f"to{number}")
        self.ip("link", "set", f"to{number}", "up")
        self.ip("-n", name, "link", "set", "lo", "up")
        self.ip("-n", name, "address", "add", f"10.77.{number}.2/24", "dev", "wire")
        self.ip("-n", name, "link", "set", "wire", "up")

    def certificate(self, path, name, extension):
        """path.key and path.pem, signed by the CA of controller and perspectives."""
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", f"{path}.key", "-out", f"{path}.csr")
        pathlib.Path(f"{path}.ext").write_text(extension + "\n")
        openssl("x509", "-req", "-in", f"{path}.csr", "-CA", self.folder / "ca.pem", "-CAkey",
                self.folder / "ca.key", "-days", "2", "-extfile", f"{path}.ext",
                "-out", f"{path}.pem")

    def views(self):
        return [self.primary, *(perspective.view for perspective in self.perspectives)]

    def named(self, name):
        return next(one for one in self.perspectives if one.id == name)

    def configuration(self, certificate="controller", perspectives=None):
        """issuer.yaml of a controller."""
        rows = "".join(one.row() for one in perspectives or self.perspectives)
        rir, latitude, longitude = PRIMARY
        return (self.primary.folder / "issuer.yaml").read_text() + f"""
corroboration:
  certificate: {self.folder}/{certificate}.pem
  key: {self.folder}/{certificate}.key
  ca: {self.folder}/ca.pem
  rir: {rir}
  latitude: {latitude}
  longitude: {longitude}
  perspectives:
{rows}"""


def public_product(home):
    """Has the home sell its product under the rules of public CAs."""
    head = "citation: house rule (the product of a new home)\n    ca: local\n    pack: "
    home.replace_rows("catalogue/products.yaml", "catalogue/products.yaml",
                      head + "agency", head + "public-tls")


def resident_kib(pid):
    """(now, at most ever) of a process."""
    rows = dict(line.split(":", 1) for line in
                pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(rows[name].split()[0]) for name in ("VmRSS", "VmHWM"))

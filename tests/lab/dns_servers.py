"""Name servers on loopback for tests that need signed zones: zones signed by
ldns-signzone or by knot, served by nsd and knot, and resolvers (unbound) over them.

A tree is a list of Zone rows. Its servers follow no referral to port 53: every
resolver has one stub zone a zone. Standard library only; the scores and the
bench use this module too.
"""

import collections
import dataclasses
import datetime
import pathlib
import re
import shutil
import socket
import struct
import subprocess

from lab import Lab, dns_name, free_port

# Two servers, so that a parent and its unsigned child need not share an address: a resolver
# that finds them at one address mixes up what it knows of both.
UPPER, LOWER = "127.0.0.2", "127.0.0.3"
REFUSING, SILENT, FAILING = "127.0.0.4", "127.0.0.5", "127.0.0.6"
BY_IPV6 = "::1"
BY_NSD = (UPPER, REFUSING, FAILING, BY_IPV6)
ADDRESSES = (*BY_NSD, LOWER, SILENT)
RESOLVER = "127.0.0.1"

KNOT_NAMES = {13: "ecdsap256sha256", 14: "ecdsap384sha384", 15: "ed25519", 8: "rsasha256"}
LDNS_NAMES = {5: "RSASHA1", 8: "RSASHA256", 10: "RSASHA512", 13: "ECDSAP256SHA256",
              14: "ECDSAP384SHA384", 15: "ED25519", 16: "ED448"}
RSA_BITS = "2048"
EDNS_SIZE = 4096
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "DNAME": 39,
         "DS": 43, "DNSKEY": 48, "TLSA": 52, "HTTPS": 65, "CAA": 257}
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
AD, CD, RD = 0x0020, 0x0010, 0x0100


@dataclasses.dataclass(frozen=True)
class Zone:
    """One zone of a tree. Days count from when the tree is made."""
    apex: str                     # "example.jp"; "" is the root
    records: str = ""             # zone file lines below the SOA, NS and delegations
    server: str = LOWER
    algorithm: int = 13           # 0: unsigned
    denial: str = "nsec"          # "nsec3", "opt-out"
    iterations: int = 0
    by_knot: bool = False         # signed by the server that serves it, not by ldns-signzone
    ds: str = "good"              # "none", "mismatch", or algorithm and digest, such as "253 2"
    valid_days: tuple = (-30, 60)
    spoil: tuple = ()             # (pattern, text): replaced in the signed zone file
    whole: bool = False           # the records are all of the zone but the DS of its children

    @property
    def file(self):
        return self.apex or "root"


def absolute(apex):
    return f"{apex}."


def children_of(zones):
    """{apex: the zones delegated there}."""
    apexes = {zone.apex for zone in zones}
    children = {apex: [] for apex in apexes}
    for zone in zones:
        above = zone.apex
        while above:
            above = above.partition(".")[2]
            if above in apexes:
                children[above].append(zone)
                break
    return children


class Tree(Lab):
    """The zones served, with as many resolvers over them as are asked for."""

    def __init__(self, folder, zones):
        self.folder = pathlib.Path(folder).resolve()
        self.zone_files = self.folder / "zones"
        self.zones = zones
        self.children = children_of(zones)
        self.ports = {address: free_port(address) for address in ADDRESSES
                      if self._served_at(address)}
        self.servers = []
        self.silence = None
        self.ds_lines = {}
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.anchors = self.folder / "anchors"
        self.bind_anchors = self.folder / "bind.keys"

    def start(self):
        self.zone_files.mkdir(parents=True)
        for zone in sorted(self.zones, key=lambda zone: zone.apex.count(".") + bool(zone.apex),
                           reverse=True):
            if zone.server in (UPPER, LOWER, BY_IPV6):
                self._make(zone)
        self._write_anchors()
        if SILENT in self.ports:
            self.silence = SilentServer(SILENT, self.ports[SILENT])
        for address in BY_NSD:
            self._start_nsd(address)
        self._start_knot()

    def stop(self):
        super().stop()
        if self.silence:
            self.silence.close()

    # ---- zones ----

    def _make(self, zone):
        path = self.zone_files / zone.file
        path.write_text(self._text(zone))
        if not zone.algorithm:
            return
        if zone.by_knot:
            self._make_knot_keys(zone)
            return
        self._sign(zone, path, self._key_of(zone))
        self._spoil(zone, path)

    def _text(self, zone):
        name = absolute(zone.apex)
        lines = [f"$ORIGIN {name}"]
        if not zone.whole:
            below = name if zone.apex else ""
            lines += ["$TTL 60", f"@ SOA ns.{below} hostmaster.{below} 1 3600 600 86400 60",
                      f"@ NS ns.{below}", f"ns A {zone.server}"]
        for child in self.children[zone.apex]:
            apex = absolute(child.apex)
            if not zone.whole:
                lines += [f"{apex} NS ns.{apex}", f"ns.{apex} A {child.server}"]
            lines += [f"{line} ; of the child" for line in self._ds_of(child)]
        return "\n".join([*lines, zone.records])

    def _ds_of(self, zone):
        """What the parent says of a zone's keys."""
        if zone.ds == "none" or (not zone.algorithm and zone.ds == "good"):
            return []
        if zone.ds == "good" and zone.apex in self.ds_lines:
            return self.ds_lines[zone.apex]
        numbers = f"{zone.algorithm or 13} 2" if zone.ds in ("good", "mismatch") else zone.ds
        return [f"{absolute(zone.apex)} DS 12345 {numbers} {'5a' * 32}"]

    def _key_of(self, zone):
        done = run("ldns-keygen", "-k", "-a", LDNS_NAMES[zone.algorithm], "-b", RSA_BITS,
                   "-r", "/dev/urandom", absolute(zone.apex), cwd=self.folder)
        key = self.folder / done.stdout.strip()
        self.ds_lines[zone.apex] = [key.with_name(f"{key.name}.ds").read_text().strip()]
        return key

    def _sign(self, zone, path, key):
        since, until = (f"{self.now + datetime.timedelta(days=days):%Y%m%d%H%M%S}"
                        for days in zone.valid_days)
        denial = {"nsec": [], "nsec3": ["-n"], "opt-out": ["-n", "-p"]}[zone.denial]
        iterations = ["-t", str(zone.iterations)] if denial else []
        run("ldns-signzone", *denial, *iterations, "-i", since, "-e", until, "-o",
            absolute(zone.apex), "-f", f"{path}.signed", path, key)
        pathlib.Path(f"{path}.signed").replace(path)

    def _spoil(self, zone, path):
        if zone.spoil:
            text, count = re.subn(*zone.spoil, path.read_text(), count=0, flags=re.MULTILINE)
            assert count, f"{zone.apex} has nothing like {zone.spoil[0]!r}"
            path.write_text(text)

    def _make_knot_keys(self, zone):
        if not (self.folder / "knot.conf").exists():
            self._configure_knot()
        keymgr = ("keymgr", "-x", "-c", self.folder / "knot.conf", absolute(zone.apex))
        run(*keymgr, "generate", f"algorithm={KNOT_NAMES[zone.algorithm]}", "ksk=yes", "zsk=yes",
            *(["size=" + RSA_BITS] if zone.algorithm == 8 else []))
        self.ds_lines[zone.apex] = [line for line in run(*keymgr, "ds").stdout.splitlines()
                                    if line.split()[4] == "2"]

    def _write_anchors(self):
        """The root's key, as our own, unbound's and delv's trust anchor."""
        if "" not in self.ds_lines:
            return
        [line] = self.ds_lines[""]
        self.anchors.write_text(line + "\n")
        tag, algorithm, digest_type, digest = line.split()[3:]
        self.bind_anchors.write_text(f'trust-anchors {{ "." static-ds {tag} {algorithm} '
                                     f'{digest_type} "{digest}"; }};\n')

    # ---- servers ----

    def _served_at(self, address):
        return [zone for zone in self.zones if zone.server == address]

    def _start_nsd(self, address):
        """nsd with the zones of an address, if there are any."""
        zones = self._served_at(address)
        if not zones:
            return
        name = f"nsd-{address}"
        lines = ["server:", f"ip-address: {address}@{self.ports[address]}", "server-count: 1",
                 'username: ""', 'chroot: ""', f'zonesdir: "{self.zone_files}"', 'database: ""',
                 "rrl-ratelimit: 0", "zonefiles-check: no", f'logfile: "{self.folder}/{name}.log"',
                 f'pidfile: "{self.folder}/{name}.pid"', f'xfrdfile: "{self.folder}/{name}.xfrd"',
                 f'xfrdir: "{self.folder}"', f'zonelistfile: "{self.folder}/{name}.list"',
                 "remote-control:", "control-enable: no"]
        # Without its zones a server refuses every question, without their files it fails.
        for zone in zones if address != REFUSING else ():
            lines += ["zone:", f'name: "{absolute(zone.apex)}"', f'zonefile: "{zone.file}"']
        (self.folder / f"{name}.conf").write_text("\n".join(lines) + "\n")
        self._spawn(name, ["nsd", "-d", "-c", self.folder / f"{name}.conf"])
        self._await(name, lambda: self._answers(address, zones[0].apex))

    def _configure_knot(self):
        text = f"""\
server:
    rundir: "{self.folder}"
    listen: "{LOWER}@{self.ports[LOWER]}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
database:
    storage: "{self.folder}/knot"
log:
  - target: stderr
    any: warning
"""
        signed = [zone for zone in self._served_at(LOWER) if zone.by_knot]
        if signed:
            text += "policy:\n"
        for zone in signed:
            text += f"""\
  - id: "{zone.apex}"
    algorithm: {KNOT_NAMES[zone.algorithm]}
    single-type-signing: on
    manual: on
    nsec3: {"on" if zone.denial == "nsec3" else "off"}
    nsec3-iterations: {zone.iterations}
"""
        text += "zone:\n"
        for zone in self._served_at(LOWER):
            text += (f'  - domain: "{absolute(zone.apex)}"\n'
                     f'    file: "{self.zone_files}/{zone.file}"\n'
                     "    semantic-checks: off\n    journal-content: none\n"
                     "    zonefile-sync: -1\n")
            if zone.by_knot:
                text += f'    dnssec-signing: on\n    dnssec-policy: "{zone.apex}"\n'
        (self.folder / "knot").mkdir(exist_ok=True)
        (self.folder / "knot.conf").write_text(text)

    def _start_knot(self):
        zones = self._served_at(LOWER)
        if not zones:
            return
        self._configure_knot()
        self._spawn("knot", ["knotd", "-c", self.folder / "knot.conf"])
        self._await("knot", lambda: all(self._answers(LOWER, zone.apex) for zone in zones))

    def resolver(self, name, validating=True, at=None, options=()):
        """Starts an unbound over the tree; its "ADDR:PORT". at: the date it believes in;
        options: lines of its server clause."""
        port = free_port(RESOLVER)
        modules = "validator iterator" if validating else "iterator"
        lines = ["server:", f"interface: {RESOLVER}@{port}", f"port: {port}", 'username: ""',
                 'chroot: ""', f'directory: "{self.folder}"', f'pidfile: "{self.folder}/{name}.pid"',
                 "use-syslog: no", f'logfile: "{self.folder}/{name}.log"', "do-daemonize: no", f'module-config: "{modules}"', "do-not-query-localhost: no",
                 'local-zone: "test." nodefault', "ede: yes", "qname-minimisation: no",
                 "outbound-msg-retry: 1", "unknown-server-time-limit: 500", "num-threads: 1",
                 "trust-anchor-signaling: no", "access-control: 127.0.0.0/8 allow",
                 "so-rcvbuf: 4m", "num-queries-per-thread: 4096", "outgoing-range: 4096"]
        lines += options
        if validating:
            lines += [f'trust-anchor-file: "{self.anchors}"']
        if at:
            lines += [f'val-override-date: "{at:%Y%m%d%H%M%S}"']
        lines += [f"do-ip6: {'yes' if BY_IPV6 in self.ports else 'no'}"]
        lines += ["remote-control:", "control-enable: no"]
        for zone in self.zones:
            lines += ["stub-zone:", f'name: "{absolute(zone.apex)}"',
                      f"stub-addr: {zone.server}@{self.ports[zone.server]}"]
        (self.folder / f"{name}.conf").write_text("\n".join(lines) + "\n")
        self._spawn(name, ["unbound", "-d", "-c", self.folder / f"{name}.conf"])
        self._await(name, lambda: ask(RESOLVER, port, "", "NS", timeout=0.5) is not None)
        return f"{RESOLVER}:{port}"

    def _answers(self, address, apex):
        return ask(address, self.ports[address], apex, "SOA", timeout=0.2) is not None


class SilentServer:
    """A name server that reads nothing: every question times out."""

    def __init__(self, address, port):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket()
        self.udp.bind((address, port))
        self.tcp.bind((address, port))
        self.tcp.listen()

    def close(self):
        self.udp.close()
        self.tcp.close()


Reply = collections.namedtuple("Reply", "rcode authenticated")


def ask(address, port, name, type, flags=RD, timeout=5):
    """One question with DO over UDP: the rcode and the AD flag; None without an answer."""
    header = struct.pack("!6H", 7, flags, 1, 0, 0, 1)
    wire_name = dns_name(name) if name else b"\0"
    edns = b"\0" + struct.pack("!HHIH", 41, EDNS_SIZE, 0x8000, 0)
    query = header + wire_name + struct.pack("!2H", TYPES[type], 1) + edns
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asker:
        asker.settimeout(timeout)
        try:
            asker.connect((address, port))
            asker.send(query)
            seen = struct.unpack("!H", asker.recv(65535)[2:4])[0]
        except OSError:
            return None
    return Reply(RCODES.get(seen & 15, str(seen & 15)), bool(seen & AD))


def run(*command, cwd=None):
    """A tool that must succeed; those of sbin are found too."""
    path = shutil.which(str(command[0]), path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin")
    done = subprocess.run([path or command[0], *map(str, command[1:])], cwd=cwd,
                          capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done

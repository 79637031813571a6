"""The signed DNS tree of the lab: a root, two top-level zones (NSEC3; NSEC3 with
opt-out), sound zones of each algorithm, aliases between them, and zones broken in
the ways zones are broken. QUESTIONS is what tests ask about it."""

from dns_servers import REFUSING, SILENT, UPPER, Tree, Zone

ANY_TYPE = ("A", "CAA", "TXT", "DS")
AT_APEX = ("SOA", "NS", "DNSKEY", "MX")

# What a sound zone holds; every name below is asked about in each.
ORDINARY = """\
@ A 192.0.2.1
@ CAA 0 issue "ca.example.net"
@ MX 10 mail
www A 192.0.2.2
www AAAA 2001:db8::2
www TXT "a text"
alias CNAME www
a.deep.tree TXT "below empty names"
*.wild TXT "from a wildcard"
*.wild CAA 0 issue ";"
*.wild-alias CNAME www
sub.*.odd TXT "below a label that is an asterisk"
"""
ORDINARY_NAMES = ("", "www", "alias", "absent", "tree", "deep.tree", "a.deep.tree", "any.wild",
                  "below.any.wild", "any.wild-alias", "any.odd")
LITTLE = """\
@ A 192.0.2.1
www A 192.0.2.2
www TXT "a text"
"""
LITTLE_NAMES = ("", "www", "absent")
BIG = "".join(f'big TXT "{number:04} {"long " * 40}"\n' for number in range(20))

ALIASES = """\
@ A 192.0.2.1
to-secure CNAME www.p256.jp.
to-insecure CNAME www.unsigned.jp.
to-bogus CNAME www.expired.jp.
to-absent CNAME absent.p384.jp.
to-absent-type CNAME www.ed25519.jp.
to-refused CNAME www.refused.jp.
chain CNAME to-secure
mixed CNAME back.unsigned.jp.
loop CNAME pool
pool CNAME loop
renamed DNAME p384.jp.
renamed-away DNAME unsigned.com.
renamed-broken DNAME flipped.jp.
"""
ALIAS_NAMES = ("", "to-secure", "to-insecure", "to-bogus", "to-absent", "to-absent-type",
               "to-refused", "chain", "mixed", "renamed", "www.renamed", "absent.renamed",
               "any.wild.renamed", "www.renamed-away", "www.renamed-broken")
UNSIGNED = LITTLE + """\
back CNAME www.p256.jp.
to-bogus CNAME www.expired.jp.
"""

# Names that the web server of the lab answers for: tests take orders for them.
SHOPS = """\
www A 127.0.0.1
www CAA 0 issue "ca.example"
other A 127.0.0.1
other CAA 0 issue "other.example"
"""

STRIP_SIGNATURES = (r"^www\.\S+\s+\d+\s+IN\s+RRSIG\s.*\n", "")
STRIP_DENIALS = (r"^\S+\s+\d+\s+IN\s+(NSEC|RRSIG\s+NSEC)\s.*\n", "")
FLIP = (r"192\.0\.2\.2$", "192.0.2.66")

ZONES = [
    Zone("", server=UPPER),
    Zone("jp", server=UPPER, denial="nsec3"),
    Zone("com", server=UPPER, denial="opt-out", algorithm=8),
    # Sound.
    Zone("p256.jp", ORDINARY + BIG, by_knot=True),
    Zone("p384.jp", ORDINARY, by_knot=True, algorithm=14, denial="nsec3"),
    Zone("rsa.com", ORDINARY, by_knot=True, algorithm=8, denial="nsec3"),
    Zone("ed25519.jp", ORDINARY, by_knot=True, algorithm=15),
    Zone("rsa512.com", LITTLE, algorithm=10),
    Zone("sha1.com", LITTLE, algorithm=5),
    Zone("ed448.jp", LITTLE, algorithm=16, denial="nsec3"),
    Zone("opt-out.com", ORDINARY, denial="opt-out", iterations=5),
    Zone("nsec.jp", ORDINARY, server=UPPER),
    Zone("xn--wgv71a119e.jp", LITTLE),  # 日本語
    Zone("child.p256.jp", LITTLE, denial="nsec3"),
    Zone("aliases.com", ALIASES),
    Zone("shops.jp", SHOPS, denial="nsec3"),
    Zone("flipped-shops.jp", SHOPS, spoil=(r"127\.0\.0\.1$", "127.0.0.2")),
    Zone("caa-hidden-shops.jp", SHOPS, spoil=(r"^www\.\S+\s+\d+\s+IN\s+(CAA|RRSIG\s+CAA)\s.*\n", "")),
    Zone("unsigned-shops.jp", SHOPS, algorithm=0),
    # Outside signed zones, in the ways there are.
    Zone("unsigned.jp", UNSIGNED, algorithm=0),
    Zone("unsigned.com", LITTLE, algorithm=0),
    Zone("plain.p256.jp", LITTLE, server=UPPER, algorithm=0),
    Zone("signed-in-vain.jp", LITTLE, ds="none"),
    Zone("unknown-algorithm.jp", LITTLE, ds="253 2"),
    Zone("unknown-digest.jp", LITTLE, ds="13 99"),
    Zone("costly.jp", LITTLE, denial="nsec3", iterations=151),
    # Broken.
    Zone("expired.jp", LITTLE, valid_days=(-30, -2)),
    Zone("not-yet.jp", LITTLE, valid_days=(2, 60)),
    Zone("flipped.jp", LITTLE, spoil=FLIP),
    Zone("stripped.jp", LITTLE, spoil=STRIP_SIGNATURES),
    Zone("undenied.jp", LITTLE, spoil=STRIP_DENIALS),
    Zone("mismatch.jp", LITTLE, ds="mismatch"),
    Zone("never-signed.jp", LITTLE, algorithm=0, ds="mismatch"),
    Zone("refused.jp", server=REFUSING, ds="mismatch"),
    Zone("silent.jp", server=SILENT, ds="mismatch"),
    Zone("refused-unsigned.jp", server=REFUSING, algorithm=0),
]
OF_FEW_TYPES = ("refused.jp", "silent.jp", "refused-unsigned.jp")


def names_of(zone):
    if zone.apex in ("", "jp", "com"):
        return ("", "absent")
    if zone.apex == "aliases.com":
        return ALIAS_NAMES
    return ORDINARY_NAMES if zone.records.startswith(ORDINARY) else LITTLE_NAMES


def questions():
    """(name, type) of every name of interest and type."""
    for zone in ZONES:
        if zone.apex in OF_FEW_TYPES:
            yield from ((f"www.{zone.apex}", type) for type in ("A", "CAA"))
            continue
        for name in names_of(zone):
            full = ".".join(filter(None, (name, zone.apex)))
            for type in ANY_TYPE + (AT_APEX if not name else ()):
                yield full, type
    yield "big.p256.jp", "TXT"
    yield "www.p256.jp", "AAAA"
    yield "back.unsigned.jp", "A"
    yield "to-bogus.unsigned.jp", "A"


QUESTIONS = sorted(set(questions()))


class SignedTree(Tree):
    """The tree, behind a resolver that validates and one that only passes on."""

    def __init__(self, folder):
        super().__init__(folder, ZONES)

    def start(self):
        super().start()
        self.validating = self.resolver("validating")
        self.passing_on = self.resolver("passing-on", validating=False)

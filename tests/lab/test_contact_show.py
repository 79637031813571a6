"""`issuer contact show` against real servers on loopback: WHOIS of IANA, JPRS, a
thin registry, a registrar; RDAP by https with a CA of its own; contacts in the DNS."""

import json
import pathlib
import shutil
import subprocess

import pytest

import registries
from home import BINARY, DONE, LATER, REFUSED, Home, environment, tool
from registries import MEBIBYTE, WHOIS, RdapServers, WhoisServers, host

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "validators" / "whois"
TOO_MANY = b"Too many queries from your address. Try again later.\r\n"


def sample(name):
    return (SAMPLES / f"{name}.txt").read_bytes()


def refer(tld, name):
    """What IANA says: where to ask, and who runs the top-level domain, which is nobody's contact."""
    return (f"% IANA WHOIS server\n\nrefer:        {host(name)}\n\ndomain:       {tld.upper()}\n\n"
            "contact:      administrative\nname:         Registry Desk\n"
            "e-mail:       tld-admin@registry.example\n\nstatus:       ACTIVE\n").encode()


def person(handle, name, mail):
    return (f"[ JPRS database provides information on network administration. ]\r\n\r\n"
            f"Contact Information:\r\na. [JPNICハンドル]                {handle}\r\n"
            f"b. [氏名]                       {name}\r\nd. [電子メイル]                 {mail}\r\n"
            f"o. [電話番号]                   03-5555-0123\r\n").encode()


def thin(domain):
    return (f"   Domain Name: {domain.upper()}\r\n"
            f"   Registrar WHOIS Server: {host('registrar')}\r\n"
            "   Registrar: Sample Registrar, Inc.\r\n"
            "   Registrar Abuse Contact Email: abuse@registrar.example\r\n").encode()


def thick(domain, mail):
    return (f"Domain Name: {domain.upper()}\r\nRegistrar: Sample Registrar, Inc.\r\n"
            "Registrar Abuse Contact Email: abuse@registrar.example\r\n"
            f"Registrant Name: Robin Mihon\r\nRegistrant Email: {mail}\r\n"
            "Registrant Phone: +1.5555550123\r\nTech Name: Toni Mihon\r\n"
            "Tech Email: toni@mihon.example\r\n").encode()


ANSWERS = {
    "iana": {"jp": refer("jp", "jprs"), "com": refer("com", "registry"),
             "net": refer("net", "registry"),
             "test": refer("test", "endless"), "org": refer("org", "registry")},
    "jprs": {"example.jp/e": sample("jp-general-en"), "example.co.jp/e": sample("co-jp-en"),
             "CONTACT TM00001JP/e": person("TM00001JP", "見本 花子", "hanako@mihon.example"),
             "CONTACT TM00002JP/e": person("TM00002JP", "見本 太郎", "taro@mihon.example"),
             "absent.jp/e": sample("absent-jp")},
    "registry": {"domain example.com": thin("example.com"),
                 "domain moved.net": thick("moved.net", "robin@mihon.example"),
                 "domain busy.net": TOO_MANY,
                 "limited.org": thick("limited.org", "whois@mihon.example"),
                 "wrong.org": thick("wrong.org", "whois@mihon.example")},
    "registrar": {"example.com": thick("example.com", "robin@mihon.example")},
    "old": {"domain moved.net": thick("moved.net", "thief@strangers.example"),
            "moved.net": thick("moved.net", "thief@strangers.example")},
    "endless": {"example.test": thick("example.test", "robin@mihon.example")
                + b"legal text " * (MEBIBYTE // 11 + 1)},
}


def domain_object(name, mail):
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Robin Mihon"],
            ["email", {}, "text", mail]]
    return {"objectClassName": "domain", "ldhName": name, "entities": [
        {"objectClassName": "entity", "roles": [role], "vcardArray": ["vcard", card]}
        for role in ("registrant", "administrative", "abuse")]}


DOCUMENTS = {
    "bootstrap": {"rdap/dns.json": {"version": "1.0", "services": [
        [["example.org", "moved.org", "limited.org", "absent.org"], [f"https://{host('rdap')}/"]],
        [["wrong.org", "alone.net"], [f"https://{host('wrong')}/"]]]}},
    "rdap": {"domain/example.org": domain_object("example.org", "rdap@mihon.example"),
             "domain/moved.org": domain_object("moved.org", "nobody@mihon.example")},
    "wrong": {"domain/wrong.org": domain_object("wrong.org", "forged@mihon.example")},
}


@pytest.fixture(scope="module")
def whois():
    with WhoisServers(ANSWERS) as servers:
        yield servers


@pytest.fixture(scope="module")
def world(lab, whois, tmp_path_factory):
    """A home among the registries, which knows nothing but its configuration."""
    folder = tmp_path_factory.mktemp("registries")
    with RdapServers(folder, lab.ports["https"], DOCUMENTS):
        lab.add_records(registries.ZONE, registries.records())
        home = Home(folder / "home", lab)
        home.folder.mkdir()
        home.configure(registries.configuration(lab, whois.port, folder / "ca.pem"))
        yield home


@pytest.fixture(autouse=True)
def silence(world, whois):
    """Nobody was asked anything yet, and nothing is remembered."""
    whois.forget()
    shutil.rmtree(world.folder / "registries", ignore_errors=True)


def rows(report):
    return [(row["role"], row["email"], row["phone"]) for row in report["contacts"]]


def test_general_use_domain(world, whois):
    report = world.ask("contact", "show", "www.example.jp")
    assert report["domain"] == "example.jp" and report["complete"]
    assert rows(report) == [("registrant", "desk@sample.example", "+81355550100")]
    assert report["contacts"][0]["source"] == f"whois {host('jprs')}"
    assert report["methods"] == {"whois-email": "available", "whois-phone": "available"}
    assert whois.asked["iana"] == ["jp"] and whois.asked["jprs"] == ["example.jp/e"]


def test_organisational_domain(world, whois):
    """Handles only: the registrant has no address, so nobody can be called about it."""
    report = world.ask("contact", "show", "example.co.jp")
    assert rows(report) == [("registrant", None, None),
                            ("admin", "hanako@mihon.example", "+81355550123"),
                            ("tech", "taro@mihon.example", "+81355550123")]
    assert report["contacts"][1]["name"] == "見本 花子"
    assert report["methods"] == {"whois-email": "available", "whois-phone": "unavailable"}
    assert whois.asked["jprs"] == ["example.co.jp/e", "CONTACT TM00001JP/e", "CONTACT TM00002JP/e"]


def test_thin_registry(world, whois):
    report = world.ask("contact", "show", "example.com")
    assert [row[:2] for row in rows(report)] == [("registrant", "robin@mihon.example"),
                                                 ("tech", "toni@mihon.example")]
    assert whois.asked["registry"] == ["domain example.com"]
    assert whois.asked["registrar"] == ["example.com"]


def test_mobi_incident(world, whois):
    """.mobi, September 2024: the old server answers for names as it always did, but IANA refers to
    another, and the old one is not asked."""
    report = world.ask("contact", "show", "moved.net")
    assert rows(report)[0][1] == "robin@mihon.example"
    assert whois.asked["old"] == []


def test_rdap_first(world, whois):
    report = world.ask("contact", "show", "www.example.org")
    assert rows(report) == [("registrant", "rdap@mihon.example", None),
                            ("admin", "rdap@mihon.example", None)]
    assert not any(whois.asked.values())


def test_rdap_not_registered(world):
    report = world.ask("contact", "show", "absent.org", exit=REFUSED)
    assert report["code"] == "not-found" and report["contacts"] == []


def test_rdap_answer_about_another_name(world, whois):
    """A redirect to another domain's object gives nothing; WHOIS is asked, which knows no such."""
    report = world.ask("contact", "show", "moved.org", exit=LATER)
    assert report["contacts"] == [] and not report["complete"]
    assert whois.asked["registry"] == ["moved.org"]


@pytest.mark.parametrize("name, code", [("limited.org", "rate-limited"),
                                        ("wrong.org", "connect-failed")])
def test_rdap_gives_nothing(world, name, code):
    """Too many queries, or a certificate for another name: WHOIS is asked instead."""
    report = world.ask("contact", "show", name)
    assert rows(report)[0][1] == "whois@mihon.example"
    assert code in [source["code"] for source in report["sources"]]


def test_too_many_queries(world):
    report = world.ask("contact", "show", "busy.net", exit=LATER)
    assert report["code"] == "rate-limited" and not report["complete"]
    assert report["methods"] == {"whois-email": None, "whois-phone": None}
    text = world.issuer("contact", "show", "busy.net", exit=LATER).out
    assert "rate-limited" in text and "nobody" not in text


def test_answer_without_end(world):
    """1 MiB is the limit, whatever stands at its beginning."""
    report = world.ask("contact", "show", "example.test", exit=LATER)
    assert report["code"] == "answer-unusable" and report["contacts"] == []


def test_not_registered(world):
    report = world.ask("contact", "show", "absent.jp", exit=REFUSED)
    assert report["code"] == "not-found" and report["complete"]
    assert "nobody is published" in world.issuer("contact", "show", "absent.jp", exit=REFUSED).out


def test_dns_contacts(world, lab):
    lab.add_records("jp", "example.jp.\tCAA\t0 contactemail \"caa@mihon.example\"\n"
                          "example.jp.\tCAA\t0 contactphone \"+81 3 5555 0100\"\n"
                          "example.jp.\tCAA\t0 contactemail \"Robin <robin@mihon.example>\"\n")
    lab.publish_record("_validation-contactemail.www.example.jp", "TXT", "txt@mihon.example")
    lab.publish_record("_validation-contactphone.www.example.jp", "TXT", "+1 555 555 0123")
    found = set(rows(world.ask("contact", "show", "www.example.jp")))
    assert {("dns-caa", "caa@mihon.example", None), ("dns-caa", None, "+81355550100"),
            ("dns-txt", "txt@mihon.example", None), ("dns-txt", None, "+15555550123")} <= found
    assert not any("robin" in (row[1] or "") for row in found)
    roles = {row[0] for row in rows(world.ask("contact", "show", "example.jp"))}
    assert "dns-caa" in roles and "dns-txt" not in roles


def test_text(world):
    """Everything an operator needs: whom, how, and who said so."""
    lines = world.issuer("contact", "show", "example.com").out.splitlines()
    assert lines[0].split()[:3] == ["registrant", "robin@mihon.example", "+15555550123"]
    assert f"[whois {host('registrar')}]" in lines[0]
    assert any(f"whois {host('iana')}: refers to {host('registry')}" in line for line in lines)
    assert not any("abuse@" in line for line in lines)


def test_what_is_stored(world, whois):
    """IANA's answers and when who was asked, for the owner alone; the next run asks the registry,
    not IANA."""
    first = world.ask("contact", "show", "example.jp")
    assert sorted(path.name for path in world.folder.iterdir()) == ["issuer.yaml", "registries"]
    files = world.folder / "registries"
    assert files.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in files.iterdir()} == {"answers", "pace", "lock"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in files.iterdir())
    times = json.loads((files / "pace").read_text())["servers"]
    assert {server.split(":")[0]: len(left) for server, left in times.items()} == {
        WHOIS["iana"]: 1, WHOIS["jprs"]: 1, registries.RDAP["bootstrap"]: 1}
    second = world.ask("contact", "show", "example.jp")
    assert rows(second) == rows(first)
    assert whois.asked["iana"] == ["jp"] and whois.asked["jprs"] == 2 * ["example.jp/e"]
    times = json.loads((files / "pace").read_text())["servers"]
    assert len(times[f"{WHOIS['jprs']}:{whois.port}"]) == 2
    for name in ("answers", "pace"):
        (files / name).write_text("{damaged")
    assert rows(world.ask("contact", "show", "example.jp")) == rows(first)
    assert whois.asked["iana"] == ["jp", "jp"]


def test_only_source_unreachable(world, whois):
    """RDAP is all there is, and it could not be asked: that is not "nobody"."""
    whois.answers["iana"]["net"] = b"% IANA WHOIS server\n% This query returned 0 objects.\n"
    try:
        report = world.ask("contact", "show", "alone.net", exit=LATER)
    finally:
        whois.answers["iana"]["net"] = refer("net", "registry")
    assert report["code"] == "connect-failed" and not report["complete"]
    assert report["contacts"] == [] and report["methods"]["whois-email"] is None


def test_without_a_home(lab, tmp_path):
    """The resolver of the lab knows nothing of IANA: nobody is asked, and nothing is concluded."""
    home = Home(tmp_path / "none", lab)
    server = f"127.0.0.1:{lab.ports['dns']}"
    report = home.ask("contact", "show", "example.com", "--server", server, exit=LATER)
    assert report["code"] == "dns-failed" and not report["complete"]
    assert not home.folder.exists()


@pytest.mark.parametrize("server, question, name", [
    ("jprs", "example.jp/e", "example.jp"), ("registrar", "example.com", "example.com")])
def test_second_opinion(world, whois, tmp_path, server, question, name):
    """The packaged client of the same protocol gets the same answer from the same server, and
    what it gets reads the same."""
    answer = subprocess.run([tool("whois"), "-h", WHOIS[server], "-p", str(whois.port), "--",
                             question], capture_output=True, check=True).stdout
    (tmp_path / "answer").write_bytes(answer)
    parsed = json.loads(subprocess.run(
        [BINARY, "contact", "parse", tmp_path / "answer", "--name", name, "--json"],
        env=environment(), capture_output=True, check=True).stdout)
    shown = world.ask("contact", "show", name)
    assert rows(parsed) == [row for row in rows(shown) if not row[0].startswith("dns-")]

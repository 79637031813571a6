"""IP addresses as subjects of orders (BR 3.2.2.5.1, RFC 5280 4.2.1.6), with web
servers on addresses of loopback that the home's net.allow_prefixes admit."""

import os
import socket
import subprocess
import time

import pytest

from home import Home, PERSON, PUBLIC_PRODUCT, REFUSED, USAGE, openssl
from test_accounts import give_account, new_key

START_TIMEOUT_S = 10

# 127.0.0.2 and [::1] answer themselves, 127.0.0.3 sends to 127.0.0.2.
NGINX = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{}}
http {{
	access_log {folder}/access.log;
	client_body_temp_path {folder}/temp;
	proxy_temp_path {folder}/temp;
	fastcgi_temp_path {folder}/temp;
	uwsgi_temp_path {folder}/temp;
	scgi_temp_path {folder}/temp;
	default_type text/plain;
	absolute_redirect off;
	server {{
		listen 127.0.0.2:{http};
		listen 127.0.0.4:{https} ssl;
		ssl_certificate {lab}/web.pem;
		ssl_certificate_key {lab}/web.key;
		root {folder}/2;
	}}
	server {{
		listen 127.0.0.3:{http};
		return 301 http://127.0.0.2$request_uri;
	}}
	server {{
		listen 127.0.0.4:{http};
		return 301 https://127.0.0.4$request_uri;
	}}
	{version_6}
}}
"""
VERSION_6 = """\
server {{
		listen [::1]:{http};
		root {folder}/6;
	}}
"""


def has_version_6():
    with socket.socket(socket.AF_INET6) as server:
        try:
            server.bind(("::1", 0))
        except OSError:
            return False
    return True


class Addresses:
    """More web servers of the lab, each known by its address."""

    def __init__(self, folder, lab):
        self.folder = folder
        ports = {"http": lab.ports["http"], "https": lab.ports["https"]}
        version_6 = VERSION_6.format(folder=folder, **ports) if has_version_6() else ""
        (folder / "temp").mkdir()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, lab=lab.folder,
                                                        version_6=version_6, **ports))
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        self.server = subprocess.Popen(
            ["nginx", "-e", folder / "nginx.log", "-p", folder, "-c", folder / "nginx.conf"],
            env=dict(os.environ, PATH=path), stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._listens(ports["http"]):
            assert self.server.poll() is None and time.monotonic() < deadline, "no nginx"
            time.sleep(0.01)

    @staticmethod
    def _listens(port):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.2", port)) == 0

    def publish(self, root, wanted):
        path = self.folder / root / wanted["url"].split("/", 3)[3]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted["content"])

    def stop(self):
        self.server.terminate()
        self.server.wait()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory, lab):
    servers = Addresses(tmp_path_factory.mktemp("addresses"), lab)
    yield servers
    servers.stop()


@pytest.fixture
def home(tmp_path, lab):
    text = (lab.folder / "issuer.yaml").read_text()
    return Home(tmp_path / "home", lab).init(
        text.replace('["127.0.0.0/8"]', '["127.0.0.0/8", "::1/128"]'))


def alternative_names(home, order):
    text = openssl("x509", "-noout", "-ext", "subjectAltName", text=home.pem(order))
    return sorted(word.strip() for word in text.splitlines()[1].split(","))


def test_an_address_becomes_a_certificate(home, addresses, tmp_path):
    order = home.order("127.0.0.2")
    [page] = order["publish"]
    assert page["name"] == "127.0.0.2" and page["names"] == ["127.0.0.2"]
    assert page["url"].startswith("http://127.0.0.2/.well-known/pki-validation/")
    addresses.publish("2", page)
    home.issuer("order", "validate", "o-1", "--name", "127.0.0.2", "--wait")

    assert home.state("o-1") == "completed"
    # BR 4.2.2.1: CAA is for dNSName alone.
    assert set(home.gates("o-1")) == {"applicant", "request", "control:127.0.0.2"}
    assert alternative_names(home, "o-1") == ["IP Address:127.0.0.2"]
    assert home.ask("certificate", "show", "o-1")["names"] == [
        {"name": "127.0.0.2", "display": "127.0.0.2"}]
    # A client that connects to the address takes it, to another one not.
    chain = home.issuer("certificate", "download", "o-1", "--format", "chain").out
    roots = tmp_path / "chain.pem"
    roots.write_text(chain)
    for address, result in (("127.0.0.2", 0), ("127.0.0.3", 2)):
        verified = subprocess.run(["openssl", "verify", "-partial_chain", "-trusted", roots,
                                   "-verify_ip", address], input=home.pem("o-1"), text=True,
                                  capture_output=True)
        assert verified.returncode == result, verified.stderr

    # Records name the section by which control was shown; it decides the same again.
    [(domain, label)] = home.sql("SELECT domain, label FROM validation")
    assert (domain, label) == ("127.0.0.2", "BR 3.2.2.5.1")
    home.issuer("evidence", "verify")
    home.issuer("audit", "verify")


@pytest.mark.skipif(not has_version_6(), reason="::1 cannot be bound here")
@pytest.mark.parametrize("typed", ["::1", "[::1]", "0:0:0:0:0:0:0:1"])
def test_an_ipv6_address_has_one_text(home, addresses, typed):
    order = home.order(typed)
    [page] = order["publish"]
    assert page["name"] == "::1"
    assert page["url"].startswith("http://[::1]/.well-known/pki-validation/")
    addresses.publish("6", page)
    home.issuer("order", "validate", "o-1", "--wait")
    assert alternative_names(home, "o-1") == ["IP Address:0:0:0:0:0:0:0:1"]
    home.issuer("evidence", "verify")


def test_names_and_addresses_in_one_order(home, addresses):
    order = home.order("www.example.com", "127.0.0.2")
    page, own = sorted(order["publish"], key=lambda wanted: wanted["name"], reverse=True)
    home.publish({"publish": [page]})
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gates = home.gates("o-1")
    assert gates["caa:www.example.com"]["state"] == "open"
    assert gates["control:127.0.0.2"]["code"] == "page-missing"
    assert "caa:127.0.0.2" not in gates
    assert home.certificate_count("o-1") == 0
    addresses.publish("2", own)
    home.issuer("order", "validate", "o-1", "--wait")
    assert alternative_names(home, "o-1") == ["DNS:www.example.com", "IP Address:127.0.0.2"]


def test_a_redirect_away_from_the_address_shows_nothing(home, addresses):
    order = home.order("127.0.0.3")
    addresses.publish("2", order["publish"][0])
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gate = home.gates("o-1")["control:127.0.0.3"]
    assert gate["code"] == "redirect-refused"
    assert "leads away from the address" in gate["sentence"]


def test_a_redirect_to_https_of_the_address_is_followed(home, addresses):
    order = home.order("127.0.0.4")
    addresses.publish("2", order["publish"][0])
    home.issuer("order", "validate", "o-1", "--wait")
    assert alternative_names(home, "o-1") == ["IP Address:127.0.0.4"]


def test_control_of_an_address_is_reused_for_the_address(home, addresses):
    order = home.order("127.0.0.2")
    addresses.publish("2", order["publish"][0])
    home.issuer("order", "validate", "o-1", "--wait")
    first = home.gates("o-1")["control:127.0.0.2"]
    home.order("127.0.0.2", reference="again")
    home.issuer("order", "validate", "o-2", "--wait")
    assert home.gates("o-2")["control:127.0.0.2"]["validation"] == first["validation"]
    home.order("127.0.0.5")
    assert home.gates("o-3")["control:127.0.0.5"]["state"] == "waiting"


def test_a_method_that_is_not_for_addresses_is_refused(home):
    problem = home.refusal("order", "create", "www.example.com", "127.0.0.2", "--method",
                           "dns-txt")
    assert problem["code"] == "ip-method"
    assert "127.0.0.2" in problem["detail"] and "3.2.2.4.7" in problem["detail"]
    assert "--method web-page" in problem["hint"]


def request_file(path, subject, names):
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", path.with_suffix(".key"), "-subj", subject, "-out", path,
            "-addext", f"subjectAltName={names}")
    return path


def test_a_request_names_addresses(home, addresses, tmp_path):
    request = request_file(tmp_path / "request.pem", "/CN=127.0.0.2",
                           "IP:127.0.0.2,DNS:www.example.com")
    order = home.ask("order", "create", "--csr", request)
    assert {name["name"] for name in home.ask("order", "show", "o-1")["names"]} == {
        "127.0.0.2", "www.example.com"}
    for wanted in order["publish"]:
        if wanted["name"] == "127.0.0.2":
            addresses.publish("2", wanted)
        else:
            home.publish({"publish": [wanted]})
    home.issuer("order", "validate", "o-1", "--wait")
    assert alternative_names(home, "o-1") == ["DNS:www.example.com", "IP Address:127.0.0.2"]


@pytest.mark.parametrize("names, code", [
    ("IP:127.0.0.3", "csr-names"), ("IP:127.0.0.2,IP:127.0.0.3", "csr-names"),
    ("DNS:127.0.0.2", "csr-name-type"), ("IP:127.0.0.2,email:a@example.com", "csr-name-type")])
def test_a_request_with_other_addresses_is_refused(home, tmp_path, names, code):
    request = request_file(tmp_path / "request.pem", "/O=Example", names)
    problem = home.refusal("order", "create", "127.0.0.2", "--csr", request)
    assert problem["code"] == code


def test_a_request_of_the_engine_names_the_address(home, addresses):
    order = home.order("127.0.0.2")
    addresses.publish("2", order["publish"][0])
    home.issuer("order", "validate", "o-1", "--wait")
    [(der,)] = home.sql("SELECT der FROM request")
    text = subprocess.run(["openssl", "req", "-inform", "DER", "-noout", "-text"], input=der,
                          capture_output=True, check=True).stdout.decode()
    assert "CN = 127.0.0.2" in text and "IP Address:127.0.0.2" in text


def without_prefixes(home):
    text = (home.folder / "issuer.yaml").read_text()
    return text.replace('allow_prefixes: ["127.0.0.0/8", "::1/128"]', "allow_prefixes: []")


def exclude(home, *prefixes):
    text = (home.folder / "issuer.yaml").read_text()
    listed = ", ".join(f'"{prefix}"' for prefix in prefixes)
    home.configure(text.replace("names:\n", f"names:\n  excluded_prefixes: [{listed}]\n"))


def test_a_private_address_needs_the_configuration(home):
    home.order("127.0.0.2")
    home.configure(without_prefixes(home))
    for address in ("127.0.0.2", "::1"):
        assert home.refusal("order", "create", address)["code"] == "ip-not-global"
    # The order that waits is not issued either.
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    gate = home.gates("o-1")["control:127.0.0.2"]
    assert gate["state"] == "refused" and gate["code"] == "ip-not-global"


def test_a_public_product_takes_no_private_address(home):
    """net.allow_prefixes is for private products (BR 4.2.2)."""
    folder = home.folder / "catalogue"
    folder.mkdir(exist_ok=True)
    (folder / "products.yaml").write_text(PUBLIC_PRODUCT)
    text = (home.folder / "issuer.yaml").read_text()
    text = text[:text.index("  port_map:")] + text[text.index("names:"):]
    home.configure(text.replace("trust_anchors: none", "trust_anchors: root"))
    request = request_file(home.folder / "request.pem", "/O=Example", "IP:127.0.0.2")
    for address, code in (("127.0.0.2", "ip-not-global"), ("1.1.1.1", "csr-names")):
        problem = home.refusal("order", "create", address, "--product", "public-dv",
                               "--csr", request)
        assert problem["code"] == code
    assert home.order("127.0.0.2")["order"] == "o-1"


def test_an_excluded_address_is_refused(home, addresses):
    order = home.order("127.0.0.2")
    exclude(home, "127.0.0.2/32", "2606:4700::/32", "1.1.1.0/24")
    for address in ("127.0.0.2", "2606:4700::1111", "1.1.1.1"):
        problem = home.refusal("order", "create", address)
        assert problem["code"] == "ip-excluded" and address in problem["detail"]
    addresses.publish("2", order["publish"][0])
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert home.gates("o-1")["control:127.0.0.2"]["code"] == "ip-excluded"
    assert home.certificate_count("o-1") == 0


def test_a_global_address_needs_nothing(home):
    order = home.order("1.1.1.1", "2606:4700:0::1111")
    assert [wanted["name"] for wanted in order["publish"]] == ["1.1.1.1", "2606:4700::1111"]


@pytest.mark.parametrize("prefix", ["127.0.0.2", "127.0.0.2/24", "localhost/8"])
def test_an_excluded_prefix_that_is_none_is_told(home, prefix):
    exclude(home, prefix)
    problem = home.refusal("order", "create", "www.example.com", exit=USAGE)
    assert problem["code"] == "configuration" and "excluded_prefixes" in problem["detail"]


def test_http_01_shows_control_of_an_address(home, addresses):
    give_account(home, key=new_key(home.folder / "account.pem"))
    order = home.order("127.0.0.2", options=["--method", "http-01"])
    [page] = order["publish"]
    assert page["url"].startswith("http://127.0.0.2/.well-known/acme-challenge/")
    addresses.publish("2", page)
    home.issuer("order", "validate", "o-1", "--wait")
    assert alternative_names(home, "o-1") == ["IP Address:127.0.0.2"]
    assert home.sql("SELECT label FROM validation") == [("BR 3.2.2.5.6",)]
    home.issuer("evidence", "verify")

"""Multi-Perspective Issuance Corroboration in network namespaces: a controller and
four perspectives, each with a view of its own of the DNS and the web (BR 3.2.2.9)."""

import base64
import json
import tempfile

import pytest

from home import BINARY, DONE, LATER, PERSON, Home, openssl, tool
from test_accounts import URI, new_key
from perspectives import NotPermitted, World, public_product, resident_kib

NAME = "www.example.com"
RESIDENT_MAX_KIB = 30 << 10


@pytest.fixture(scope="module")
def world():
    missing = [name for name in ("ip", "unshare", "nsenter") if not tool(name)]
    if missing:
        pytest.skip(f"there is no {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="issuer-perspectives-") as folder:
        try:
            world = World(folder)
        except NotPermitted as reason:
            pytest.skip(f"no network namespaces can be made here: {reason}")
        with world:
            for perspective in world.perspectives:
                perspective.start()
            yield world


@pytest.fixture
def home(tmp_path, world):
    """A controller under the rules of public CAs."""
    for perspective in world.perspectives:
        if not perspective.process:
            perspective.start()
    home = Home(tmp_path / "home", world.primary, world.prefix)
    home.init(configuration=world.configuration())
    public_product(home)
    return home


def publish(world, order, but=(), instead=None):
    """What the customer does, as each Internet shows it; those of but show something else."""
    hidden = [world.named(name).view for name in but]
    for view in world.views():
        for wanted in order["publish"]:
            content = wanted["content"] if view not in hidden else instead
            if content is not None and "record" in wanted:
                view.publish_record(wanted["record"], wanted["type"], content)
            elif content is not None:
                view.publish(NAME, wanted["url"].split(NAME, 1)[1], content)


def control(home):
    return home.gates("o-1")[f"control:{NAME}"]


def evidence(home):
    """Everything kept so far, the newest first."""
    count = home.ask("evidence", "verify")["evidence"]
    return [json.loads(home.issuer("evidence", "show", str(number)).out)
            for number in range(count, 0, -1)]


def answers(record):
    """{perspective: whether its check passed, or None} of an attempt."""
    seen = {}
    for step in record["steps"]:
        if "perspective" in step:
            asked = step["perspective"]
            body = base64.b64decode(asked["body"])
            seen[asked["id"]] = json.loads(body)["check_passed"] if body else None
    return seen


def test_one_perspective_sees_a_hijacked_answer(home, world):
    order = home.order(NAME)
    publish(world, order, but=["osaka"], instead="what the hijacker shows")
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gate = control(home)
    assert gate["code"] == "corroboration-failed" and gate["state"] != "open"
    explained = home.issuer("order", "explain", "o-1").out
    assert "3/4 perspectives corroborate" in explained
    assert "osaka sees something else" in explained
    assert not any(other in explained for other in ("frankfurt", "ashburn", "saopaulo"))
    assert home.certificate_count("o-1") == 0
    record = next(one for one in evidence(home) if one["method"] == "web-page")
    assert record["verdict"]["quorum"] == "3/4"
    assert answers(record) == {"frankfurt": True, "osaka": False, "ashburn": True,
                               "saopaulo": True}

    publish(world, order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1
    kept = [one for one in evidence(home) if "corroboration" in one["task"]]
    assert {one["method"] for one in kept} == {"web-page", "caa"}
    for method in ("web-page", "caa"):
        newest = next(one for one in kept if one["method"] == method)
        assert newest["verdict"]["quorum"] == "4/4"
        assert len(answers(newest)) == 4, "each attempt asks everybody anew"
        places = newest["task"]["corroboration"]["perspectives"]
        assert {one["id"]: one["place"]["rir"] for one in places} == {
            "frankfurt": "ripe-ncc", "osaka": "apnic", "ashburn": "arin", "saopaulo": "lacnic"}
        assert all(step["perspective"]["certificate"] for step in newest["steps"]
                   if "perspective" in step), "the identity that each perspective showed"


def test_the_controller_alone_sees_the_value(home, world):
    """The hijack of BR 3.2.2.9: what is near the controller is the attacker's."""
    order = home.order(NAME)
    publish(world, order, but=[one.id for one in world.perspectives])
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert control(home)["code"] == "corroboration-failed"
    assert "0/4 perspectives corroborate" in home.issuer("order", "explain", "o-1").out


def test_one_dead_perspective_does_not_stop_issuance(home, world):
    status, _ = world.named("ashburn").stop()
    assert status == 0
    order = home.order(NAME)
    publish(world, order)
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1
    newest = evidence(home)[0]
    assert newest["verdict"]["quorum"] == "3/4"
    assert answers(newest)["ashburn"] is None
    assert "ashburn could not be reached" in newest["verdict"]["sentence"]


def test_two_dead_perspectives_stop_it_until_they_are_back(home, world):
    world.named("ashburn").stop()
    world.named("saopaulo").stop()
    order = home.order(NAME)
    publish(world, order)
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert control(home)["code"] == "perspectives-unreachable"
    explained = home.issuer("order", "explain", "o-1").out
    assert "2/4 perspectives corroborate, 3 needed" in explained
    assert "ashburn could not be reached" in explained
    assert "saopaulo could not be reached" in explained
    for name in ("ashburn", "saopaulo"):
        world.named(name).start()
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


def test_a_record_that_one_perspective_does_not_see(home, world):
    order = home.order(NAME, options=["--method", "dns-txt"])
    publish(world, order, but=["frankfurt"])
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert control(home)["code"] == "corroboration-failed"
    assert "frankfurt sees something else" in home.issuer("order", "explain", "o-1").out
    for wanted in order["publish"]:
        world.named("frankfurt").view.publish_record(wanted["record"], "TXT", wanted["content"])
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.certificate_count("o-1") == 1


@pytest.mark.parametrize("method", ["http-01", "dns-01", "dns-account-01", "dns-persist-01"])
def test_methods_of_accounts(home, world, method):
    key = new_key(home.folder / "account.pem")
    home.configure(f'{world.configuration()}account: {{uri: "{URI}", key: "{key}"}}\n')
    home.name_the_ca("ca.example")
    order = home.order(NAME, options=["--method", method])
    publish(world, order)
    home.issuer("order", "validate", "o-1", "--wait", "--timeout", "30")
    assert home.certificate_count("o-1") == 1
    newest = next(one for one in evidence(home) if one["method"] == method)
    assert newest["verdict"]["quorum"] == "4/4"


def test_an_alias_is_not_followed_where_nobody_else_can_be_asked(home, world):
    """The API has no words for the question; a forged alias is as good as a forged value."""
    home.issuer("order", "create", "alias.example.com", "--product", "local-dv", "--method",
                "dns-txt", "--follow-aliases", exit=None)
    home.issuer("order", "validate", "o-1", exit=None)
    assert home.certificate_count("o-1") == 0
    assert "the Open MPIC API does not have it" in home.issuer("order", "history", "o-1").out


def test_caa_that_one_perspective_sees(home, world):
    name = "elsewhere.example.net"
    for view in world.views():
        extra = ""
        if view is world.named("saopaulo").view:
            extra = 'elsewhere CAA 0 issue "other.example"\n'
        view.add_records("example.net", "elsewhere A 127.0.0.1\n" + extra)
    order = home.order(name)
    for view in world.views():
        for wanted in order["publish"]:
            view.publish(name, wanted["url"].split(name, 1)[1], wanted["content"])
    home.issuer("order", "validate", "o-1", exit=PERSON)
    gates = home.gates("o-1")
    assert gates[f"control:{name}"]["state"] == "open"
    assert gates[f"caa:{name}"]["code"] == "corroboration-failed"
    assert gates[f"caa:{name}"]["turn"] == "domain-owner"
    assert "saopaulo sees something else" in home.issuer("order", "explain", "o-1").out
    assert home.certificate_count("o-1") == 0
    home.issuer("evidence", "verify")


def test_a_controller_that_nobody_knows_is_not_answered(home, world):
    strange = world.folder / "strange"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=strange", "-keyout", f"{strange}.key",
            "-out", f"{strange}.pem")
    home.configure(world.configuration(certificate="strange"))
    order = home.order(NAME)
    publish(world, order)
    home.issuer("order", "validate", "o-1", exit=LATER)
    assert control(home)["code"] == "perspectives-unreachable"
    assert "0/4 perspectives corroborate" in home.issuer("order", "explain", "o-1").out


def test_without_perspectives_it_says_what_to_configure(home, world):
    home.configure((world.primary.folder / "issuer.yaml").read_text())
    publish(world, home.order(NAME))
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert control(home)["code"] == "perspectives-missing"
    assert control(home)["turn"] == "agent", "the customer can do nothing about it"
    explained = home.issuer("order", "explain", "o-1").out
    assert "0 remote perspectives are configured, the rule wants" in explained
    assert "corroboration in issuer.yaml" in explained


def test_a_set_that_cannot_make_the_quorum(home, world):
    near = world.configuration().replace("longitude: 135.5", "longitude: 103.9") \
                                .replace("latitude: 34.69", "latitude: 1.4")
    home.configure(near)
    publish(world, home.order(NAME))
    home.issuer("order", "validate", "o-1", exit=PERSON)
    assert "km apart, the rule wants 500 km" in home.issuer("order", "explain", "o-1").out


def test_the_rules_of_the_day_count(tmp_path, world):
    """From 2026-12-15 on four are too few."""
    home = Home(tmp_path / "rehearsal", world.primary, world.prefix)
    home.init(configuration=world.configuration(), options=["--rehearsal"])
    public_product(home)
    home.issuer("--now", "2026-12-16T00:00:00Z", "status", exit=None)
    publish(world, home.order(NAME))
    home.issuer("order", "validate", "o-1", exit=PERSON)
    explained = home.issuer("order", "explain", "o-1").out
    assert "4 remote perspectives are configured, the rule wants 5" in explained


def test_a_perspective_logs_what_it_did_and_ends_when_told(home, world):
    publish(world, home.order(NAME))
    home.issuer("order", "validate", "o-1", "--wait", exit=DONE)
    status, said = world.named("frankfurt").stop()
    assert status == 0
    assert any(line.startswith(f"web-page {NAME}: ok in ") for line in said), said
    assert any(line.startswith(f"caa {NAME}: ok in ") for line in said), said
    assert all("/CN=controller" in line for line in said), said


WEBSITE = {"trace_identifier": "7", "domain_or_ip_target": NAME, "dcv_check_parameters": {
    "validation_method": "website-change", "http_token_path": "other.txt",
    "challenge_value": "Zm9vYmFyMTIzNDU2Nzg5MA"}}
CAA = {"domain_or_ip_target": "permitted.example.com", "caa_check_parameters": {
    "certificate_type": "tls-server", "caa_domains": ["ca.example.net"]}}


def test_a_controller_of_somebody_else(home, world):
    """The answers have the members that the specification requires."""
    osaka = world.named("osaka")
    osaka.view.publish(NAME, "/.well-known/pki-validation/other.txt", "Zm9vYmFyMTIzNDU2Nzg5MA")
    [(status, answer)] = osaka.ask("/dcv", WEBSITE)
    assert status == 200
    assert answer["check_type"] == "dcv" and answer["check_passed"] is True
    assert answer["timestamp_ns"] > 1_700_000_000_000_000_000 and answer["errors"] == []
    details = answer["details"]
    assert details["response_status_code"] == 200 and details["response_history"] == []
    assert details["response_url"] == f"http://{NAME}/.well-known/pki-validation/other.txt"
    assert details["response_page"] == "Zm9vYmFyMTIzNDU2Nzg5MA"
    assert details["resolved_ip"] == "127.0.0.1"

    osaka.view.publish(NAME, "/.well-known/pki-validation/other.txt", "x" * 500)
    [(status, answer)] = osaka.ask("/dcv", WEBSITE)
    assert status == 200 and answer["check_passed"] is False
    assert answer["errors"][0]["code"] == "page-wrong"
    assert answer["errors"][0]["error_type"] == "validation:website-change"
    assert answer["details"]["response_page"] == "x" * 100

    [(status, answer)] = osaka.ask("/caa", CAA)
    assert answer["check_passed"] is True and answer["details"]["caa_record_present"] is True
    assert answer["details"]["found_at"] == "permitted.example.com"
    assert answer["details"]["records_seen"] == ['0 issue "ca.example.net"']
    [(status, answer)] = osaka.ask("/caa", {**CAA, "domain_or_ip_target": NAME})
    assert answer["check_passed"] is True and answer["details"]["caa_record_present"] is False
    assert answer["details"]["found_at"] is None
    [(status, answer)] = osaka.ask("/caa", {"domain_or_ip_target": "permitted.example.com"})
    assert answer["check_passed"] is False and answer["errors"][0]["code"] == "caa-forbidden"


#    path       method   body                              status  words
WRONG = [
    ("/dcv",     "POST",  "not JSON",                       400,    "line 1"),
    ("/dcv",     "POST",  {},                               400,    "domain_or_ip_target"),
    ("/dcv",     "POST",  CAA,                              400,    "dcv_check_parameters"),
    ("/caa",     "POST",  {"domain_or_ip_target": "a b"},   400,    "domain_or_ip_target"),
    ("/dcv",     "GET",   "",                               405,    "/dcv"),
    ("/mpic",    "POST",  WEBSITE,                          404,    "/mpic"),
    ("/dcv/..",  "POST",  WEBSITE,                          404,    "/dcv/.."),
]


@pytest.mark.parametrize("path, method, body, status, words", WRONG)
def test_wrong_requests(home, world, path, method, body, status, words):
    [(seen, answer)] = world.named("osaka").ask(path, body, method=method)
    assert seen == status
    assert words in answer["errors"][0]["error_message"], answer
    assert answer["errors"][0]["error_type"]


def test_a_perspective_is_small(home, world):
    """Resident memory after 100 requests; sanitizers need many times as much."""
    if b"__asan_init" in BINARY.read_bytes():
        pytest.skip("a binary with sanitizers says nothing about memory")
    osaka = world.named("osaka")
    osaka.view.publish(NAME, "/.well-known/pki-validation/other.txt", "Zm9vYmFyMTIzNDU2Nzg5MA")
    answers = osaka.ask("/dcv", WEBSITE, count=100)
    assert [answer["check_passed"] for _, answer in answers] == [True] * 100
    now, most = resident_kib(osaka.process.pid)
    assert most < RESIDENT_MAX_KIB, f"{now} KiB resident, {most} KiB at most"

"""The answer page as the world meets it: programs that open links before people do,
forms that are sent in every way but the right one, proxies; and the daemon that
serves it."""

import concurrent.futures
import json
import re
import signal
import sqlite3
import subprocess
import urllib.parse

import pytest

from home import LATER, tool
from lab import free_port
from people import People, URL
from serving import FORM, PAGE, Proxy, Serve, asked_home, certificate

SITE = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
YES = {"scope": "domain", "read": "on", "said": "yes", "lang": "ja"}


@pytest.fixture(scope="module")
def people(lab, tmp_path_factory):
    with People(lab, tmp_path_factory.mktemp("people")) as people:
        yield people


@pytest.fixture(scope="module")
def asked(people):
    """A home whose five questions are open, and the daemon that serves them."""
    home, order, mails = asked_home(people, "www.example.com")
    with Serve(home) as serve:
        yield home, order, mails, serve
        assert serve.end() == 0
    assert not any(mail.value in line for mail in mails for line in serve.lines)


def path_of(mail):
    return f"/answer/{mail.value}"


def states(home):
    """{recipient: state} of the questions."""
    with sqlite3.connect(home.database) as database:
        return dict(database.execute("SELECT recipient, state FROM message"))


def answers_kept(home):
    with sqlite3.connect(home.database) as database:
        return [row[0] for row in
                database.execute("SELECT id FROM evidence WHERE kind = 'answer' ORDER BY id")]


OPEN = 1

# ---- programs that open links ----
#
# What they are known to do, by their makers' documentation and by complaints of those whose
# one-click links they pressed. Each function does it from an address of its own.


class Program:
    def __init__(self, serve, path, client):
        self.serve, self.path, self.client = serve, path, client

    def get(self, headers=None, method="GET", query=""):
        return self.serve.request(method, self.path + query, None, headers, client=self.client)

    def post(self, fields, headers=None, path=None):
        return self.serve.post(path or self.path, fields, headers, client=self.client)


def agent(name, **headers):
    return {"User-Agent": name, **headers}


def safe_links(program, other):
    """Microsoft Defender opens a link when the mail comes, and again with HEAD when it is clicked."""
    name = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
    program.get(agent(name))
    program.get(agent(name), method="HEAD")


def preview_bot(name):
    def preview(program, other):
        program.get(agent(name, Range="bytes=0-32768"))
        program.serve.request("GET", "/robots.txt", client=program.client)
    return preview


def chrome_looks_ahead(program, other):
    for purpose in ("prefetch", "prefetch;prerender"):
        program.get({"Sec-Purpose": purpose, "Purpose": "prefetch", "Sec-Fetch-Mode": "navigate"})


def click_tracker(program, other):
    """A rewritten link arrives with parameters of its own."""
    program.get(query="?utm_source=mail&fbclid=x&said=yes&read=on&scope=domain")


def one_click(program, other):
    """RFC 8058: scanners try a POST that needs no page."""
    program.post({"List-Unsubscribe": "One-Click"})


def wget_post(program, other):
    program.serve.request("POST", program.path, "", {"Content-Type": FORM}, client=program.client)


def sends_the_form_as_found(program, other):
    """A crawler that keeps cookies and sends each form with the values that stand in it."""
    page = program.get()
    program.post({"scope": "domain", "lang": "ja", "token": page.token},
                 {"Cookie": page.cookie, **SITE})


def presses_each_button(program, other):
    """The same, and presses the buttons one after the other."""
    for said in ("yes", "no", "not-me"):
        page = program.get()
        program.post({"scope": "domain", "lang": "ja", "token": page.token, "said": said},
                     {"Cookie": page.cookie, **SITE})


def forgets_cookies(program, other):
    """Follows the form, fully filled in, with no store for cookies."""
    program.post({**YES, "token": program.get().token}, SITE)


def other_site(program, other):
    """A page elsewhere has the browser send the form: cookies are not sent (SameSite=Strict)."""
    page = program.get()
    for headers in ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
                    {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        program.post({**YES, "token": page.token}, headers)
        # Not even if they were.
        program.post({**YES, "token": page.token}, {**headers, "Cookie": page.cookie})


def form_of_another_question(program, other):
    page = program.serve.request("GET", other, client=program.client)
    program.post({**YES, "token": page.token}, {"Cookie": page.cookie, **SITE})


def answer_in_the_query(program, other):
    page = program.get()
    query = urllib.parse.urlencode({**YES, "token": page.token})
    program.get({"Cookie": page.cookie, **SITE}, query=f"?{query}")
    program.serve.request("POST", f"{program.path}?{query}", "",
                          {"Cookie": page.cookie, "Content-Type": FORM, **SITE},
                          client=program.client)


def json_body(program, other):
    page = program.get()
    program.serve.request("POST", program.path, json.dumps({**YES, "token": page.token}),
                          {"Content-Type": "application/json", "Cookie": page.cookie, **SITE},
                          client=program.client)


def other_methods(program, other):
    for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        assert program.get(method=method).status in (405, 501)


def method_override(program, other):
    program.get({"X-HTTP-Method-Override": "POST", "X-Original-Method": "POST"})


CORPUS = {
    "Microsoft Safe Links": safe_links,
    "Proofpoint URL Defense": preview_bot("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"),
    "Barracuda Link Protection": preview_bot("BarracudaCentral/1.0"),
    "Mimecast": preview_bot("Mozilla/5.0 (compatible; Mimecast)"),
    "Slackbot": preview_bot("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
    "Twitterbot": preview_bot("Twitterbot/1.0"),
    "facebookexternalhit": preview_bot("facebookexternalhit/1.1"),
    "WhatsApp": preview_bot("WhatsApp/2.23 A"),
    "iMessage, LINE": preview_bot("facebookexternalhit/1.1;line-poker/1.0"),
    "Googlebot": preview_bot("Mozilla/5.0 (compatible; Googlebot/2.1)"),
    "Chrome's prefetch": chrome_looks_ahead,
    "click trackers": click_tracker,
    "one-click unsubscription": one_click,
    "wget --post-data ''": wget_post,
    "a crawler that sends forms": sends_the_form_as_found,
    "a crawler that presses buttons": presses_each_button,
    "curl without a cookie jar": forgets_cookies,
    "another site": other_site,
    "the form of another question": form_of_another_question,
    "the answer in the query": answer_in_the_query,
    "the answer as JSON": json_body,
    "other methods": other_methods,
    "method overrides": method_override,
}


@pytest.mark.parametrize("number, name", enumerate(CORPUS, 10), ids=list(CORPUS))
def test_programs_that_open_links_answer_nothing(asked, number, name):
    home, order, mails, serve = asked
    program = Program(serve, path_of(mails[0]), f"127.0.7.{number}")
    CORPUS[name](program, path_of(mails[1]))
    assert set(states(home).values()) == {OPEN} and not answers_kept(home)
    page = program.get()
    assert page.status == 200 and page.token


def test_after_all_of_them_a_person_answers_once(asked):
    home, order, mails, serve = asked
    path, headers = path_of(mails[0]), {"User-Agent": "Reader/1", "X-Forwarded-For": "192.0.2.9"}
    page = serve.request("GET", path, headers=headers, client="127.0.8.1")
    # With TLS of ours browsers are told to stay with it.
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    form = {**YES, "said": "not-me", "token": page.token}
    headers.update(SITE, Cookie=page.cookie)

    def send(number):
        return serve.post(path, form, headers, client="127.0.8.1").status

    # Pressed several times, and at once.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [200] * 5 + [303]
    assert sum(state != OPEN for state in states(home).values()) == 1
    [number] = answers_kept(home)
    kept = json.loads(home.issuer("evidence", "show", f"e-{number}").out)
    text = json.dumps(kept, ensure_ascii=False)
    # Nobody is a proxy of this home, whatever they say.
    for part in ("127.0.8.1", "Reader/1", "not-me", "example.com の証明書の発行に同意しますか"):
        assert part in text, kept
    assert "192.0.2.9" not in text
    answered = serve.request("GET", path, client="127.0.8.1")
    assert answered.status == 200 and "担当ではない" in answered.body and not answered.token
    home.issuer("evidence", "verify")
    home.issuer("audit", "verify")


def test_a_yes_is_driven_to_the_certificate(asked):
    """The daemon does what the answer makes due, and so do the commands beside it."""
    home, order, mails, serve = asked
    path = path_of(mails[1])
    page = serve.request("GET", path, client="127.0.8.2")
    answer = serve.post(path, {**YES, "token": page.token}, {"Cookie": page.cookie, **SITE},
                        client="127.0.8.2")
    assert answer.status == 303 and answer.headers["Location"] == "?lang=ja"
    home.issuer("order", "validate", order, "--wait", "--timeout", 30)
    assert home.state(order) == "completed"


# ---- what strangers may do ----

def test_what_is_not_there_tells_nothing(asked):
    _, _, mails, serve = asked
    value = mails[2].value
    guesses = [f"/answer/{value[:-1]}", f"/answer/{value}a", f"/answer/{value[::-1]}", "/answer/",
               "/", "/answer/..%2fissuer.yaml", "/answer/%00", "/index.php", "/.env"]
    bodies = {serve.request("GET", path, client="127.0.9.1").body for path in guesses}
    assert len(bodies) == 1 and "example.com" not in bodies.pop()


def test_one_client_is_held_back(asked):
    _, _, mails, serve = asked
    path = path_of(mails[2])
    statuses = [serve.request("HEAD", path, client="127.0.9.2").status for _ in range(70)]
    assert statuses[:60] == [200] * 60 and 429 in statuses[60:]
    late = serve.request("GET", path, client="127.0.9.2")
    assert late.status == 429 and int(late.headers["Retry-After"]) >= 1
    assert serve.request("GET", path, client="127.0.9.3").status == 200


def test_pages_are_valid_html(asked):
    _, _, mails, serve = asked
    for path, language in ((path_of(mails[2]), "ja"), (path_of(mails[2]), "en"),
                           (path_of(mails[0]), "en"), ("/answer/none", "ja")):
        page = serve.request("GET", f"{path}?lang={language}", client="127.0.9.4")
        tidy = subprocess.run([tool("tidy"), "-quiet", "-errors", "-utf8"], input=page.body,
                              capture_output=True, text=True)
        # Tidy is older than this attribute of ARIA 1.1.
        wrong = [line for line in tidy.stderr.splitlines() if "aria-current" not in line]
        assert tidy.returncode < 2 and not wrong, tidy.stderr


# ---- the daemon ----

def test_the_daemon_and_the_commands_beside_it(asked):
    home, _, _, serve = asked
    assert home.ask("run")["elsewhere"] is True
    assert home.refusal("serve", exit=LATER)["code"] == "busy"
    # What another command makes due is found without being told.
    order = home.order("beside.many.example.com")
    home.publish(order)
    home.issuer("order", "validate", order["order"], "--wait", "--timeout", 30)
    assert home.state(order["order"]) == "completed"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told(people, how):
    home = people.home(answers=PAGE.format(port=free_port()))
    certificate(home.folder)
    with Serve(home) as serve:
        assert home.ask("status")
        assert serve.end(how) == 0
    home.issuer("run")


def test_killed_and_started_again(people):
    home, order, mails = asked_home(people, "killed.example.net")
    path = path_of(mails[0])
    with Serve(home) as serve:
        page = serve.request("GET", path)
        serve.process.kill()
        serve.process.wait()
        serve.lines = []
    with Serve(home) as serve:
        # The form is of the process before: shown again, and answered then.
        old = serve.post(path, {**YES, "token": page.token}, {"Cookie": page.cookie, **SITE})
        assert old.status == 403 and "role=\"alert\"" in old.body
        new = serve.post(path, {**YES, "token": old.token}, {"Cookie": page.cookie, **SITE})
        assert new.status == 303
        home.issuer("order", "validate", order, "--wait", "--timeout", 30)


def test_a_daemon_without_page_only_drives(people):
    home = people.home()
    with Serve(home) as serve:
        assert "listen" not in serve.ready
        order = home.order("daemon.many.example.com")
        home.publish(order)
        home.issuer("order", "validate", order["order"], "--wait", "--timeout", 30)


@pytest.mark.parametrize("answers, words", [
    (', listen: "127.0.0.1:1", certificate: none.pem, key: none.key', "none.pem"),
    (', listen: "127.0.0.1:{taken}", proxies: ["127.0.0.1/32"]', "could not listen on"),
])
def test_what_cannot_be_listened_on(people, lab, answers, words):
    home = people.home(answers=answers.replace("{taken}", str(lab.ports["http"])))
    refusal = home.issuer("serve", exit=None)
    assert refusal.exit != 0 and words in refusal.err


def test_behind_a_proxy(people, tmp_path):
    """Without TLS of its own, behind an nginx that has it: the client is the proxy's client."""
    home, order, mails = asked_home(people, "proxied.example.net",
                                    answers=', listen: "127.0.0.1:{port}", proxies: [127.0.0.1/32]')
    path = path_of(mails[0])
    with Serve(home) as serve:
        with Proxy(tmp_path, home, serve.port) as proxy:
            # What the client says of itself stands before what the proxy saw.
            said = {"X-Forwarded-For": "203.0.113.1", "Forwarded": "for=203.0.113.2"}
            page = serve.request("GET", path, headers=said, client="127.0.6.6", port=proxy.port)
            assert page.status == 200 and "Strict-Transport-Security" not in page.headers
            answer = serve.post(path, {**YES, "token": page.token},
                                {**said, **SITE, "Cookie": page.cookie}, client="127.0.6.6",
                                port=proxy.port)
            assert answer.status == 303, answer
        [number] = answers_kept(home)
        assert '"127.0.6.6"' in home.issuer("evidence", "show", f"e-{number}").out
        assert serve.end() == 0
    assert all(re.fullmatch(r"(GET|POST) /answer/\.\.\. \d+ 127\.0\.6\.6 \d+ ms", line)
               for line in serve.lines), serve.lines

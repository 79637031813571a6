"""`issuer mail …`: mails that ask people as staff see them, sent again, and reported as
not delivered, with a mail server and registries on loopback."""

import json
import os
import shutil
import subprocess
import time

import pytest

from home import BROKEN, DONE, LATER, REFUSED, USAGE, environment
from people import CONTACTS, FROM, URL, People
from serving import Serve, asked_home

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example.net (Mail Delivery System)
To: {sender}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} refused: {echo}

--b
Content-Type: message/rfc822

{mail}
--b--
"""


@pytest.fixture(scope="module")
def people(lab, tmp_path_factory):
    with People(lab, tmp_path_factory.mktemp("people")) as world:
        yield world


@pytest.fixture
def asked(people):
    """(home, order, mails): everybody whom the registry of example.com names was written to."""
    people.office.mails.clear()
    people.office.refuse.clear()
    people.office.answer = "250 taken"
    people.register("example.com")
    home = people.home()
    order = home.ask("order", "create", "www.example.com", "--product", "agency-dv")["order"]
    home.issuer("run")
    mails = {mail.recipient: mail for mail in people.office.mails}
    assert set(mails) == set(CONTACTS.values())
    return home, order, mails


def report(mail, recipient=None, action="failed", status="5.1.1", echo=""):
    return REPORT.format(sender=FROM, recipient=recipient or mail.recipient, action=action,
                         status=status, echo=echo, mail=mail.content.decode())


def pipe(home, text, *arguments, exit=DONE):
    """What `mail bounce` makes of a mail on standard input."""
    process = subprocess.run(home.command("--json", "mail", "bounce", *arguments), input=text,
                             env=environment(), capture_output=True, text=True, timeout=60)
    assert process.returncode == exit, process
    return json.loads(process.stdout)


def message_to(home, recipient, order=None):
    operands = [order] if order else []
    messages = home.ask("mail", "list", *operands)["messages"]
    [message] = [message for message in messages if message["recipient"] == recipient]
    return message


def test_did_it_go(asked):
    home, order, mails = asked
    page = home.ask("mail", "list", order)
    assert {message["recipient"]: message["roles"] for message in page["messages"]} == {
        address: [role.lower()] for role, address in CONTACTS.items()}
    for message in page["messages"]:
        assert message["state"] == "open" and message["sent"] is True
        assert "bounced_at" not in message and message["domain"] == "example.com"
        [sending] = message["sendings"]
        assert sending["state"] == "done" and sending["tries"] == 1
        assert "250" in sending["answer"]
    first = home.ask("mail", "list", "--limit", "1")
    rest = home.ask("mail", "list", "--after", first["next"])
    assert first["messages"] + rest["messages"] == page["messages"] and "next" not in rest
    assert home.refusal("mail", "list", "o-99")["code"] == "not-found"
    assert home.refusal("mail", "show", "m-99")["code"] == "not-found"


def test_what_it_says(asked):
    """The mail, readable, with asterisks for the value in both parts."""
    home, _, mails = asked
    message = message_to(home, CONTACTS["Registrant"])
    shown = home.ask("mail", "show", message["message"])["mail"]
    mail = mails[CONTACTS["Registrant"]]
    stars = "*" * len(mail.value)
    assert shown["text"] == mail.text.replace("\r\n", "\n").replace(mail.value, stars)
    assert shown["html"].rstrip("\n") == \
        mail.html.replace("\r\n", "\n").rstrip("\n").replace(mail.value, stars)
    assert shown["text"].count(stars) == 4
    assert shown["subject"] == mail.message["Subject"] and shown["to"] == mail.recipient
    assert f"/answer/{stars}" in home.issuer("mail", "show", message["message"]).out


def test_preview(asked):
    home, order, mails = asked
    before = home.ask("mail", "list")
    preview = home.ask("mail", "preview", order)
    [found] = preview["asked"]
    assert {row["address"] for row in found["recipients"]} == set(CONTACTS.values())
    assert all(row["receivable"] is True for row in found["recipients"])
    mail = mails[found["mail"]["to"]]
    stars = "*" * len(mail.value)
    assert found["mail"]["text"] == mail.text.replace("\r\n", "\n").replace(mail.value, stars)
    assert home.ask("mail", "list") == before
    home.issuer("audit", "verify")


def test_preview_without_a_look_up(people):
    home = people.home()
    order = home.ask("order", "create", "www.example.com", "--product", "agency-dv")["order"]
    problem = home.refusal("mail", "preview", order)
    assert problem["code"] == "not-found" and "order explain" in problem["hint"]


def test_again(people, asked):
    """The same bytes to the same recipient; one request id, one mail."""
    home, _, mails = asked
    recipient = CONTACTS["Admin"]
    number = message_to(home, recipient)["message"]
    answer = home.ask("mail", "resend", number, "--reason", "asked for it", "--request-id", "r1")
    assert [sending["number"] for sending in answer["sendings"]] == [1, 2]
    assert home.refusal("mail", "resend", number, exit=LATER)["code"] == "busy"
    home.issuer("run")
    assert home.ask("mail", "resend", number, "--reason", "asked for it", "--request-id",
                    "r1") == answer
    home.issuer("run")
    first, second = people.office.to(recipient)
    assert first.content == second.content and first.sender == second.sender
    assert len(people.office.mails) == len(CONTACTS) + 1
    assert home.refusal("mail", "resend", number, "--request-id", "r1")["code"] == \
        "request-id-reused"
    home.issuer("mail", "resend", number, "--request-id", "r2")
    home.issuer("run")
    assert len(people.office.to(recipient)) == 3
    home.issuer("audit", "verify")


def test_bounce(asked):
    """Only a final report about the mail and the address it went to counts."""
    home, order, mails = asked
    mail = mails[CONTACTS["Tech"]]
    other = mails[CONTACTS["Admin"]]
    nothing = [
        (report(mail, action="delayed", status="4.4.1"), "not-final"),
        (report(mail, action="delivered", status="2.0.0"), "not-final"),
        (report(mail, status="4.4.7"), "not-final"),
        (report(mail, recipient=other.recipient), "not-ours"),
        (report(mail).replace(mail.message["Message-ID"], "<0123456789abcdef@issuer.example>"),
         "not-ours"),
        (mail.content.decode(), "no-report"),
        ("", "no-report"),
    ]
    for text, outcome in nothing:
        [row] = pipe(home, text)["files"]
        assert row["outcome"] == outcome, (row, text)
    assert not [row for row in home.ask("mail", "list")["messages"] if "bounced_at" in row]

    [row] = pipe(home, report(mail, echo=f"https://ca.issuer.example/answer/{mail.value}"))["files"]
    assert row["outcome"] == "bounced" and row["recipient"] == mail.recipient
    assert row["order"] == order and row["status"] == "5.1.1"
    assert mail.value not in row["words"] and "*" * len(mail.value) in row["words"]
    message = message_to(home, mail.recipient)
    assert message["message"] == row["message"] and "550 5.1.1" in message["bounce"]
    [row] = pipe(home, report(mail, status="5.2.1"))["files"]
    assert row["outcome"] == "known"
    assert message_to(home, mail.recipient) == message
    problem = home.refusal("mail", "resend", message["message"])
    assert problem["code"] == "mail-undeliverable"
    home.issuer("audit", "verify")


def test_nobody_left(asked, tmp_path):
    """When every address bounced the method has failed, and the next step is known."""
    home, order, mails = asked
    texts = list(mails.values())
    for mail in texts[:-1]:
        pipe(home, report(mail))
        control = control_gate(home, order)
        assert control["code"] == "waiting-for-person", control
    file = tmp_path / "report"
    file.write_text(report(texts[-1]))
    [row] = home.ask("mail", "bounce", file)["files"]
    assert row["outcome"] == "bounced" and row["file"] == str(file)
    home.issuer("run")
    history = home.ask("order", "history", order)["entries"]
    assert [entry["code"] for entry in history if entry.get("name") == "mail bounce"] == \
        ["mail-undeliverable"] * len(texts)
    [switch] = [entry for entry in history if entry.get("from") == "whois-email"]
    assert switch["to"] == "constructed-email" and "mail-undeliverable" in switch["reason"]
    assert {message["method"] for message in home.ask("mail", "list", order)["messages"]} == \
        {"whois-email", "constructed-email"}
    for address in CONTACTS.values():
        assert address not in json.dumps(history)
    home.issuer("audit", "verify")


def control_gate(home, order):
    [gate] = [gate for gate in home.ask("order", "explain", order)["gates"]
              if gate["gate"] == "control"]
    return gate


@pytest.mark.parametrize("maildir", [True, False])
def test_collect(asked, tmp_path, maildir):
    """Each file is read once and moved; what cannot be read is in nobody's way."""
    home, _, mails = asked
    folder = tmp_path / "bounces"
    new = folder / "new" if maildir else folder
    new.mkdir(parents=True)
    first, second, third = mails.values()
    (new / "1.a").write_text(report(first))
    (new / "2.b").write_text("Subject: hello\n\nnothing\n")
    (new / "3.c").write_text(report(second))
    (new / "4.d").write_bytes(b"x" * (1024 * 1024 + 5))
    (new / ".hidden").write_text(report(third))
    (new / "5.link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text(report(third))
    found = home.ask("mail", "collect", folder)
    assert [(row["file"], row["outcome"]) for row in found["files"]] == [
        ("1.a", "bounced"), ("2.b", "no-report"), ("3.c", "bounced")]
    assert [row["file"] for row in found["failed"]] == ["4.d"] and found["left"] is False
    done = folder / ("cur" if maildir else "done")
    suffix = ":2,S" if maildir else ""
    assert sorted(path.name for path in done.iterdir()) == [
        f"1.a{suffix}", f"2.b{suffix}", f"3.c{suffix}"]
    assert home.ask("mail", "collect", folder)["files"] == []
    # As after a crash between the commit and the move.
    shutil.move(done / f"1.a{suffix}", new / "1.a")
    assert [row["outcome"] for row in home.ask("mail", "collect", folder)["files"]] == ["known"]
    home.issuer("audit", "verify")


def test_run_collects(people, asked, tmp_path):
    home, _, mails = asked
    folder = tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    text = (home.folder / "issuer.yaml").read_text()
    home.configure(text.replace("starttls: none", f"starttls: none, bounces: {folder}"))
    mail = mails[CONTACTS["Tech"]]
    (folder / "new" / "1.mail").write_text(report(mail))
    home.issuer("run")
    assert message_to(home, mail.recipient)["bounced_at"]
    assert not list((folder / "new").iterdir())
    shutil.rmtree(folder)
    assert home.refusal("run", exit=USAGE)["code"] == "configuration"
    home.configure(text)
    assert home.refusal("mail", "collect", exit=USAGE)["code"] == "usage"


def test_serve_collects(asked, tmp_path):
    """What lies there when it starts, and what comes while it runs."""
    home, _, mails = asked
    new = tmp_path / "Maildir" / "new"
    new.mkdir(parents=True)
    text = (home.folder / "issuer.yaml").read_text()
    home.configure(text.replace("starttls: none", f"starttls: none, bounces: {new.parent}"))
    first, second, _ = mails.values()
    with Serve(home) as serve:
        for mail in (first, second):
            (new.parent / "1.mail").write_text(report(mail))
            (new.parent / "1.mail").rename(new / f"{mail.recipient}.mail")
            assert until(lambda: not list(new.iterdir()))
            assert message_to(home, mail.recipient)["bounced_at"]
        assert serve.end() == 0
    home.issuer("audit", "verify")


def until(true, seconds=30):
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_refused_by_the_server(people, asked):
    """What the server says is kept without the value, whatever it repeats."""
    home, order, mails = asked
    recipient = CONTACTS["Tech"]
    value = mails[recipient].value
    number = message_to(home, recipient)["message"]
    people.office.answer = f"554 5.7.1 no links like https://ca.issuer.example/answer/{value}"
    home.issuer("mail", "resend", number)
    home.issuer("run")
    second = home.ask("mail", "show", number)["sendings"][1]
    assert second["state"] == "void" and "554 5.7.1" in second["answer"]
    assert value not in json.dumps(home.ask("mail", "list"))
    assert value not in home.issuer("order", "history", order).out


def test_values_are_nowhere(people, asked, tmp_path):
    """No command's output, and no file but the store, holds a value that was sent."""
    home, order, mails = asked
    values = [mail.value for mail in mails.values()]
    number = message_to(home, CONTACTS["Admin"])["message"]
    home.issuer("mail", "resend", number)
    home.issuer("run")
    pipe(home, report(mails[CONTACTS["Tech"]], echo=mails[CONTACTS["Tech"]].value))
    evidence = [f"e-{number}" for number in range(1, 4)]
    commands = [
        ["mail", "list"], ["mail", "list", order], ["mail", "preview", order],
        ["order", "show", order], ["order", "explain", order], ["order", "history", order],
        ["order", "list"], ["status"], [], ["audit", "verify"], ["evidence", "verify"], ["run"],
        *(["mail", "show", f"m-{n}"] for n in range(1, len(values) + 1)),
        *(["mail", "resend", f"m-{n}"] for n in range(1, len(values) + 1)),
        *(["evidence", "show", name] for name in evidence),
    ]
    for command in commands:
        for options in ([], ["--json"]):
            answer = home.issuer(*options, *command, exit=None)
            assert answer.exit != BROKEN, answer
            for value in values:
                assert value not in answer.out + answer.err, command
    # Files: only the store's, whose intents are the mails to be sent.
    for folder, _, names in os.walk(home.folder):
        for name in names:
            if name.startswith("issuer.db"):
                continue
            data = (home.folder / folder / name).read_bytes()
            assert not any(value.encode() in data for value in values), name


def test_in_the_name_of_a_provider(people, asked):
    """Sender, language and texts of the provider that the product names; what it has no text of is
    shipped. A text that cannot be used is told with file and line before anything is sent."""
    home = people.home()
    home.replace_rows("catalogue/products.yaml", "catalogue/products.yaml",
                      "    methods: [whois-email]\n",
                      "    provider: reseller\n    methods: [whois-email]\n")
    (home.folder / "catalogue" / "providers.yaml").write_text(
        "providers:\n  - {id: reseller, from: validation@reseller.example, "
        'from_name: "再販 (株)", reply_to: desk@reseller.example, language: en}\n')
    texts = home.folder / "templates" / "reseller"
    texts.mkdir(parents=True)
    (texts / "subject.en").write_text("Reseller asks about {{domian}}\n")
    problem = home.refusal("order", "create", "www.example.com", "--product", "agency-dv",
                           exit=USAGE)
    assert problem["code"] == "policy-row"
    assert "templates/reseller/subject.en:1" in problem["detail"]
    (texts / "subject.en").write_text("Reseller asks about {{domain}}\n")
    people.office.mails.clear()
    home.ask("order", "create", "www.example.com", "--product", "agency-dv")
    home.issuer("run")
    assert len(people.office.mails) == len(CONTACTS)
    for mail in people.office.mails:
        [sender] = mail.message["From"].addresses
        assert (sender.addr_spec, sender.display_name) == \
            ("validation@reseller.example", "再販 (株)")
        assert mail.sender == "validation@reseller.example"
        assert mail.message["Reply-To"] == "desk@reseller.example"
        assert mail.message["Subject"] == "Reseller asks about example.com"
        assert mail.message["Content-Language"] == "en" and "同意" not in mail.text
        assert mail.message["Message-ID"].endswith("@reseller.example>")
    # Its reports are known by the mail's id, whoever sent it.
    [row] = pipe(home, report(people.office.mails[0]))["files"]
    assert row["outcome"] == "bounced"
    (home.folder / "catalogue" / "providers.yaml").write_text(
        "providers:\n  - {id: reseller, from: \"a b\"}\n")
    problem = home.refusal("order", "create", "www.example.org", exit=USAGE)
    assert problem["code"] == "configuration" and 'provider "reseller": from' in problem["detail"]


def test_values_after_an_answer(people, tmp_path):
    """Nor when a question was answered on the page: no output, no line of the daemon."""
    people.office.mails.clear()
    home, order, mails = asked_home(people, "example.com")
    values = [mail.value for mail in mails]
    with Serve(home) as serve:
        path = f"/answer/{mails[0].value}"
        page = serve.request("GET", path)
        said = {"scope": "domain", "read": "on", "said": "yes", "lang": "ja", "token": page.token}
        answer = serve.post(path, said, {"Cookie": page.cookie, "Origin": URL,
                                         "Sec-Fetch-Site": "same-origin"})
        assert answer.status in (200, 303), answer
        assert until(lambda: message_to(home, mails[0].recipient)["state"] == "yes")
        pipe(home, report(mails[1], echo=mails[1].value))
        assert serve.end() == 0
        lines = "\n".join(serve.lines)
    answered = message_to(home, mails[0].recipient)
    assert home.refusal("mail", "resend", answered["message"])["code"] == "answer-closed"
    numbers = [f"e-{number}" for number in range(1, 1 + int(answered["answer"][2:]))]
    said = [home.issuer(*options, *command, exit=None)
            for options in ([], ["--json"])
            for command in (["order", "show", order], ["order", "explain", order],
                            ["order", "history", order], ["mail", "list"], ["audit", "verify"],
                            ["mail", "show", answered["message"]], ["evidence", "verify"],
                            *(["evidence", "show", number] for number in numbers))]
    shown = lines + "".join(answer.out + answer.err for answer in said)
    assert not [value for value in values if value in shown]

"""The form of every --json object: member names and types, as the files under
golden/ have them. Members are only ever added (DESIGN.md), so a difference is
either a mistake or a decision; after a decision, write the files anew with
ISSUER_GOLDEN=write."""

import json
import os
import pathlib
import re

import pytest

from home import BROKEN, DONE, Home, PERSON, REFUSED, USAGE

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NUMBER = re.compile(r"[a-z]-\d+")
WRITTEN = ("www.example.com", "bücher.example.com")


def shape(value):
    """The value with every leaf replaced by the kind of thing it is; the objects of a list become
    one, with the members that any of them has."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in sorted(value.items())}
    if isinstance(value, list):
        return [merged([shape(member) for member in value])] if value else []
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if value is None:
        return "null"
    if INSTANT.fullmatch(value):
        return "instant"
    return f"number {value[0]}-" if NUMBER.fullmatch(value) else "text"


def merged(shapes):
    if not all(isinstance(one, dict) for one in shapes):
        return shapes[0] if all(one == shapes[0] for one in shapes) else "text"
    names = sorted({name for one in shapes for name in one})
    return {name: merged([one[name] for one in shapes if name in one]) for name in names}


@pytest.fixture(scope="module")
def told(lab, tmp_path_factory):
    """A home with an order of each kind of end: o-1 completed, o-2 waits, o-3 cancelled, o-4
    refused by CAA, o-5 reuses a check."""
    home = Home(tmp_path_factory.mktemp("json") / "home", lab).init()
    home.issue(*WRITTEN, reference="R-1")
    home.order("mail.example.com")
    home.order("www.example.net")
    home.publish(home.order("forbidden.example.com"))
    home.order(WRITTEN[0])
    home.issuer("run")
    home.issuer("order", "cancel", "o-3", "--reason", "not wanted any more")
    return home


#    the golden file         the words                                         exit
ANSWERS = [
    ("order-create",         ["order", "create", "n1.many.example.com"],       DONE),
    ("order-show-completed", ["order", "show", "o-1"],                         DONE),
    ("order-show-pending",   ["order", "show", "o-2"],                         DONE),
    ("order-explain-completed", ["order", "explain", "o-1"],                   DONE),
    ("order-explain-pending", ["order", "explain", "o-2"],                     DONE),
    ("order-explain-cancelled", ["order", "explain", "o-3"],                   DONE),
    ("order-explain-refused", ["order", "explain", "o-4"],                     DONE),
    ("order-explain-reused", ["order", "explain", "o-5"],                      DONE),
    ("order-validate",       ["order", "validate", "o-2"],                     PERSON),
    ("order-history",        ["order", "history", "o-1"],                      DONE),
    ("order-list",           ["order", "list", "--state", "completed"],        DONE),
    ("validation-list",      ["validation", "list", "--limit", "1"],           DONE),
    ("certificate-list",     ["certificate", "list"],                          DONE),
    ("certificate-show",     ["certificate", "show", "c-1"],                   DONE),
    ("certificate-download", ["certificate", "download", "c-1", "--with-key"], DONE),
    ("audit-verify",         ["audit", "verify"],                              DONE),
    ("evidence-verify",      ["evidence", "verify"],                           DONE),
    ("run",                  ["run"],                                          DONE),
    ("status",               ["status"],                                       PERSON),
    ("desk",                 [],                                               DONE),
    ("refusal",              ["order", "create", "intranet"],                  REFUSED),
    ("refusal-with-hint",    ["order", "create", "*.example.com"],             REFUSED),
    ("refusal-of-usage",     ["order", "crate"],                               USAGE),
    ("refusal-of-init",      ["init"],                                         REFUSED),
]


def hold_to(name, value):
    path = GOLDEN / f"{name}.json"
    if os.environ.get("ISSUER_GOLDEN") == "write":
        path.write_text(json.dumps(shape(value), indent=1, ensure_ascii=False) + "\n")
    assert shape(value) == json.loads(path.read_text())


@pytest.mark.parametrize("name, words, exit", ANSWERS, ids=[row[0] for row in ANSWERS])
def test_the_form_of_an_answer(told, name, words, exit):
    hold_to(name, told.ask(*words, exit=exit))


def test_the_form_of_what_init_made(tmp_path, lab):
    hold_to("init", Home(tmp_path / "home", lab).ask("init"))


def test_the_form_of_a_failure_that_may_pass(tmp_path, lab):
    hold_to("failure", Home(tmp_path / "absent", lab).ask("order", "list", exit=BROKEN))


def test_every_golden_file_is_of_a_test():
    named = {row[0] for row in ANSWERS} | {"init", "failure"}
    assert {path.stem for path in GOLDEN.glob("*.json")} == named


def test_lists_are_taken_page_by_page(told):
    first = told.ask("order", "list", "--limit", "2")
    assert [order["order"] for order in first["orders"]] == ["o-1", "o-2"]
    rest = told.ask("order", "list", "--after", first["next"])
    assert rest["orders"][0]["order"] == "o-3" and rest["next"] is None
    assert told.ask("order", "list", "--state", "failed") == {"orders": [], "next": None}
    for words in (["--state", "lost"], ["--limit", "0"], ["--after", "c-1"]):
        told.refusal("order", "list", *words, exit=USAGE)


def test_the_desk_names_who_must_act(told):
    waiting = {line["order"]: line for line in told.ask("status", exit=PERSON)["waiting"]}
    assert waiting["o-2"]["turn"] == "applicant" and waiting["o-2"]["code"] == "page-missing"
    assert waiting["o-4"]["turn"] == "domain-owner" and waiting["o-4"]["code"] == "caa-forbidden"
    assert "o-1" not in waiting and "o-3" not in waiting
    text = told.issuer("status", exit=PERSON).out
    assert "o-2" in text and "pending" in text and "file" in text
    assert "o-4" in told.issuer().out


def test_evidence_is_shown_as_it_was_kept(told):
    kept = told.sql("SELECT bytes FROM evidence WHERE id = 1")[0][0]
    assert told.issuer("evidence", "show", "e-1").out.encode() == kept + b"\n"
    assert told.refusal("evidence", "show", "e-999")["code"] == "not-found"


def test_history_tells_who_did_what(told):
    entries = told.ask("order", "history", "o-3")["entries"]
    moves = [(entry["from"], entry["to"]) for entry in entries if entry["kind"] == "order-state"]
    assert moves == [("draft", "pending"), ("pending", "cancelled")]
    assert entries[-1]["reason"] == "not wanted any more"
    assert entries[0]["actor"].startswith("cli:")
    moves = [(entry["from"], entry["to"]) for entry in told.ask("order", "history", "o-1")["entries"]
             if entry["kind"] == "order-state"]
    assert moves == [("draft", "pending"), ("pending", "ready"), ("ready", "issuing"),
                     ("issuing", "issued"), ("issued", "installed"), ("installed", "completed")]

"""The command line itself: usage errors, one JSON object on standard output,
words on standard error, the picture of the workflow."""

import os
import pty
import subprocess

import pytest

from home import DONE, REFUSED, USAGE, environment

#    the words typed                                   what the sentence must name
USAGES = [
    (["oder"],                                         "oder"),
    (["order", "crate"],                               "crate"),
    (["order"],                                        "order"),
    (["order", "create"],                              "name"),
    (["order", "create", "www.example.com", "--bogus"], "--bogus"),
    (["order", "create", "www.example.com", "--product"], "--product"),
    (["order", "show", "seven"],                       "seven"),
    (["order", "show", "c-1"],                         "c-1"),
    (["certificate", "download", "o-1", "--format", "jpeg"], "jpeg"),
    (["mail", "show", "o-1"],                          "o-1"),
    (["mail", "resend"],                               "N"),
    (["mail", "collect"],                              "bounces"),
    (["run", "surplus"],                               "surplus"),
    (["init", "--bogus"],                              "--bogus"),
]


@pytest.mark.parametrize("words, named", USAGES, ids=[" ".join(row[0]) for row in USAGES])
def test_what_is_not_understood_is_exit_2_and_named(home, words, named):
    answer = home.issuer(*words, exit=USAGE)
    assert answer.out == "" and named in answer.err
    problem = home.refusal(*words, exit=USAGE)
    assert problem["code"] == "usage" and named in problem["detail"]


@pytest.mark.parametrize("words", [
    ["order", "create", "www.example.com"], ["order", "list"], ["order", "show", "o-1"],
    ["order", "explain", "o-1"], ["order", "validate", "o-1"], ["run"], ["audit", "verify"],
    ["evidence", "verify"], ["order", "show", "o-99"], ["order", "create", "intranet"],
], ids=" ".join)
def test_json_is_one_object_and_nothing_else(home, words):
    home.order("www.example.net")
    answer = home.issuer(*words, "--json", exit=None)
    assert isinstance(answer.object, dict)
    assert answer.err == ""


def test_a_refusal_in_words_is_on_standard_error(home):
    answer = home.issuer("order", "create", "intranet", exit=REFUSED)
    assert answer.out == ""
    assert "intranet" in answer.err and "domain-not-public" in answer.err


def test_help_and_version(home):
    assert "order" in home.issuer("--help", exit=DONE).out
    assert "--reference" in home.issuer("order", "create", "--help", exit=DONE).out
    assert "0." in home.issuer("--version", exit=DONE).out


def test_the_picture_of_the_workflow_is_generated(home):
    dot = home.issuer("workflow", "--dot", exit=DONE).out
    assert dot.startswith("digraph")
    for state in ("pending", "ready", "issuing", "issued", "completed"):
        assert state in dot


def test_explain_says_whose_turn_it_is(home):
    home.order("www.example.com")
    gates = home.gates("o-1")
    assert {name.split(":")[0] for name in gates} == {"applicant", "request", "control", "caa"}
    control = gates["control:www.example.com"]
    assert control["turn"] == "applicant" and control["action"]
    text = home.issuer("order", "explain", "o-1").out
    assert "applicant" in text and "/.well-known/pki-validation/" in text


def test_a_bare_number_is_of_the_nouns_own_kind(home):
    home.order("www.example.com")
    assert home.ask("order", "show", "1") == home.ask("order", "show", "o-1")


def test_the_home_may_stand_in_the_environment(home):
    home.order("www.example.com")
    command = home.command("order", "list")
    at = command.index("--home")
    del command[at:at + 2]
    process = subprocess.run(command, env={**environment(), "ISSUER_HOME": str(home.folder)},
                             capture_output=True, text=True)
    assert process.returncode == DONE and "o-1" in process.stdout


@pytest.mark.parametrize("option, value, words", [
    ("--reference", "", "it is empty"), ("--request-id", "", "it is empty"),
    ("--reference", "x\x1b[31m", "control character"), ("--reference", "a\nb", "control character"),
    ("--request-id", "x" * 1001, "longer than 1000"), ("--product", "", "it is empty"),
])
def test_a_value_that_is_empty_or_speaks_to_terminals_is_refused(home, option, value, words):
    problem = home.refusal("order", "create", "www.example.com", option, value, exit=USAGE)
    assert words in problem["detail"] and option in problem["detail"]
    assert home.ask("order", "list")["orders"] == []


def test_a_reference_is_utf_8(home):
    command = [*home.command("order", "create", "www.example.com", "--reference"), b"x\xff"]
    done = subprocess.run(command, env=environment(), capture_output=True)
    assert done.returncode == USAGE and b"not UTF-8" in done.stderr


def test_an_empty_home_is_not_the_default_home(home):
    command = home.command("init")
    command[command.index("--home") + 1] = ""
    assert subprocess.run(command, env=environment(), capture_output=True).returncode == USAGE


def test_colour_and_talk_are_for_terminals_only(home):
    home.order("www.example.com")
    assert "\x1b" not in home.issuer("order", "explain", "o-1").out
    outer, inner = pty.openpty()
    process = subprocess.run(home.command("order", "list"), env=environment(), stdout=inner,
                             stderr=subprocess.PIPE)
    os.close(inner)
    shown = os.read(outer, 65536).decode()
    os.close(outer)
    assert process.returncode == DONE and "o-1" in shown

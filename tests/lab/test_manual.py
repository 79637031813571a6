"""The manual is what the program says of itself, and the same everywhere."""

import re

import pytest

from home import DONE, Home, ROOT, USAGE

MANUAL = (ROOT / "MANUAL.md").read_text()
#  ("order create", its block) for every command of the manual
SECTIONS = re.findall(r"^## issuer ?([^\n]*)\n\n```\n(.*?)```\n", MANUAL, re.M | re.S)


@pytest.fixture
def nowhere(tmp_path, lab):
    """A home that is not there: what needs none must not look for it."""
    return Home(tmp_path / "absent", lab)


def test_the_manual_is_that_of_the_program(nowhere):
    assert nowhere.issuer("help", "--manual", exit=DONE).out == MANUAL


def test_the_manual_has_every_command(nowhere):
    listed = re.findall(r"^  issuer ((?:[a-z-]+ ?)*)", nowhere.issuer("help", exit=DONE).out, re.M)
    assert len(SECTIONS) > 15
    assert [name for name, _ in SECTIONS] == [" ".join(words.split()) for words in listed]


@pytest.mark.parametrize("name, block", [row for row in SECTIONS if row[0]],
                         ids=[row[0] for row in SECTIONS if row[0]])
def test_help_of_a_command_is_its_page_of_the_manual(nowhere, name, block):
    assert nowhere.issuer(*name.split(), "--help", exit=DONE).out == block
    assert nowhere.issuer("--help", *name.split(), exit=DONE).out == block


@pytest.mark.parametrize("name, block", [row for row in SECTIONS if row[0]],
                         ids=[row[0] for row in SECTIONS if row[0]])
def test_an_option_of_no_command_is_not_taken(nowhere, name, block):
    assert "--force" in nowhere.issuer(*name.split(), "--force", exit=USAGE).err
    foreign = "--rehearsal" if name != "init" else "--wait"
    assert foreign in nowhere.issuer(*name.split(), foreign, exit=USAGE).err


def test_help_without_a_command_is_the_list(nowhere):
    assert nowhere.issuer("--help").out == nowhere.issuer("help").out
    assert "Exit status: 0 done" in nowhere.issuer("help").out


def test_every_code_that_the_tests_meet_is_in_the_manual():
    codes = set(re.findall(r"^\| `([a-z-]+)` \|", MANUAL, re.M))
    assert len(codes) > 40
    met = set()
    for path in (ROOT / "tests" / "lab").glob("test_*.py"):
        met |= set(re.findall(r'"code"\] == "([a-z-]+)"', path.read_text()))
    # "ok" is no problem: it is said of what counts.
    assert met and met - {"ok"} <= codes

"""Nothing is done twice and nothing is lost: references, two runs at once, and
kill -9 at any moment."""

import json
import random
import subprocess
import time

import pytest

from home import DONE, Home, REFUSED

KILL_SEEDS = range(8)
KILLS_MAX = 6
KILLED_NAMES = [f"k{number}.many.example.com" for number in range(3)]


def test_the_same_reference_is_the_same_order(home):
    first = home.order("www.example.com", reference="R-1")
    again = home.order("www.example.com", reference="R-1")
    assert again["order"] == first["order"] and again["publish"] == first["publish"]
    assert len(home.ask("order", "list")["orders"]) == 1


def test_a_reference_with_other_content_is_refused(home):
    home.order("www.example.com", reference="R-1")
    problem = home.refusal("order", "create", "www.example.net", "--product", "local-dv",
                           "--reference", "R-1", exit=REFUSED)
    assert problem["code"] == "reference-reused"
    assert "R-1" in problem["detail"] and "o-1" in problem["detail"] + problem.get("hint", "")
    assert len(home.ask("order", "list")["orders"]) == 1


def test_the_same_content_without_a_reference_is_another_order(home):
    assert home.order("www.example.com")["order"] != home.order("www.example.com")["order"]


def test_the_same_request_id_replays_the_answer(home):
    words = ("order", "create", "www.example.com", "--request-id", "id-1")
    first = home.ask(*words)
    assert home.ask(*words) == first
    assert home.refusal("order", "create", "www.example.net", "--request-id", "id-1")[
        "code"] == "request-id-reused"
    assert len(home.ask("order", "list")["orders"]) == 1


def test_run_is_silent_and_completes_what_can_be(home):
    home.publish(home.order("www.example.com"))
    answer = home.issuer("run", exit=DONE)
    assert answer.out == "" and answer.err == ""
    assert home.state("o-1") == "completed"
    home.issuer("run", exit=DONE)
    assert home.certificate_count("o-1") == 1


def test_run_with_nothing_due_or_a_missing_page_is_done(home):
    home.issuer("run", exit=DONE)
    home.order("www.example.com")
    assert home.issuer("run", exit=DONE).out == ""
    assert home.state("o-1") == "pending"


def test_runs_at_once_do_each_thing_once(home):
    names = [f"twice{number}.many.example.com" for number in range(6)]
    orders = [home.order(name) for name in names]
    for order in orders:
        home.publish(order)
    runs = [home.start("run") for _ in range(4)]
    for run in runs:
        out, err = run.communicate(timeout=120)
        assert (run.returncode, out, err) == (DONE, "", "")
    home.issuer("run")
    for name, order in zip(names, orders):
        assert home.certificate_count(order["order"]) == 1
        assert len(home.lab.requests(name)) == 1
    home.issuer("audit", "verify")


@pytest.fixture(scope="module")
def usual_duration(tmp_path_factory, lab):
    """Seconds that an undisturbed run takes: the kills fall within about that time."""
    home = Home(tmp_path_factory.mktemp("measured") / "home", lab).init()
    home.publish(home.order(*KILLED_NAMES))
    began = time.monotonic()
    home.issuer("run")
    duration = time.monotonic() - began
    assert home.certificate_count("o-1") == 1
    return duration


def kill_after(process, seconds):
    """kill -9, unless the process ends before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.communicate()[0]


@pytest.mark.parametrize("seed", KILL_SEEDS)
def test_a_killed_run_is_taken_up_again(home, usual_duration, seed):
    chance = random.Random(seed)
    home.publish(home.order(*KILLED_NAMES))
    for _ in range(chance.randint(1, KILLS_MAX)):
        kill_after(home.start("run"), chance.uniform(0, 1.1 * usual_duration))
    home.issuer("run")

    assert home.state("o-1") == "completed"
    assert home.certificate_count("o-1") == 1
    assert home.sql("SELECT count(*) FROM effect WHERE order_id = 1") == [(1,)]
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")
    home.issuer("run")
    assert home.certificate_count("o-1") == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_init_is_finished_by_another(tmp_path, lab, seed):
    chance = random.Random(seed)
    home = Home(tmp_path / "home", lab)
    for _ in range(3):
        kill_after(home.start("init"), chance.uniform(0, 0.15))
    home.issuer("init", exit=None)
    assert home.refusal("init")["code"] == "home-exists"
    home.configure((lab.folder / "issuer.yaml").read_text())
    assert home.sql("SELECT count(*) FROM authority") == [(2,)]
    assert sorted(path.name for path in (home.folder / "ca").iterdir()) == ["issuing.pem",
                                                                           "root.pem"]
    home.issue("www.example.com")
    home.issuer("audit", "verify")


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_validate_is_taken_up_again(home, usual_duration, seed):
    chance = random.Random(100 + seed)
    home.publish(home.order(*KILLED_NAMES))
    for _ in range(3):
        command = home.start("order", "validate", "o-1", "--wait")
        kill_after(command, chance.uniform(0, 1.1 * usual_duration))
    home.issuer("order", "validate", "o-1", "--wait")
    assert home.state("o-1") == "completed" and home.certificate_count("o-1") == 1
    home.issuer("audit", "verify")


def test_many_commands_at_once_lose_nothing(home):
    names = [f"at-once{number}.many.example.com" for number in range(8)]
    commands = [home.start("order", "create", name, "--json") for name in names]
    commands += [home.start("run") for _ in range(2)]
    answers = [command.communicate(timeout=120) for command in commands]
    assert [command.returncode for command in commands] == [DONE] * len(commands), answers
    listed = home.ask("order", "list")["orders"]
    assert sorted(order["name"] for order in listed) == sorted(names)
    home.issuer("audit", "verify")


def test_the_same_reference_at_once_is_one_order(home):
    commands = [home.start("order", "create", "www.example.com", "--reference", "R-1", "--json")
                for _ in range(4)]
    answers = [json.loads(command.communicate(timeout=120)[0]) for command in commands]
    assert {answer["order"] for answer in answers} == {"o-1"}
    assert len(home.ask("order", "list")["orders"]) == 1


def test_a_kill_loses_no_order_that_was_acknowledged(home):
    chance = random.Random(1)
    acknowledged = []
    for number in range(12):
        command = home.start("order", "create", f"l{number}.many.example.com", "--json")
        out = kill_after(command, chance.uniform(0, 0.3))
        if command.returncode == DONE:
            acknowledged.append(json.loads(out)["order"])
    listed = {order["order"] for order in home.ask("order", "list")["orders"]}
    assert listed.issuperset(acknowledged)
    home.issuer("audit", "verify")

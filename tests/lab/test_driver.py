"""One driver at a time: who holds driver.lock performs the work; everybody else
says what is due and leaves it to the holder, or waits."""

import contextlib
import fcntl
import os
import pty
import signal
import subprocess

import pytest

from home import DONE, LATER, PERSON, REFUSED, USAGE, environment

NAME = "www.example.com"


def asked(home, order):
    """How often the pages of an order were asked for, by the answer of `order create`."""
    targets = [(page["name"], page["url"].split("/", 3)[3]) for page in order["publish"]]
    return sum(target == f"/{wanted}" for name, wanted in targets
               for _, _, target in home.lab.requests(name))


@contextlib.contextmanager
def driving(home):
    """Holds the driver's lock, as a daemon does."""
    with open(home.folder / "driver.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_run_leaves_the_work_to_the_driver(home):
    home.publish(home.order(NAME))
    with driving(home):
        answer = home.issuer("run", exit=DONE)
        assert answer.out == "" and answer.err == ""
        assert home.ask("run")["elsewhere"] is True
        assert home.state("o-1") == "pending"
    assert home.ask("run")["elsewhere"] is False
    assert home.state("o-1") == "completed"


def test_run_says_on_a_terminal_who_does_the_work(home):
    home.order(NAME)
    with driving(home):
        outer, inner = pty.openpty()
        process = subprocess.run(home.command("run"), env=environment(), stdout=inner, timeout=60)
        os.close(inner)
        shown = os.read(outer, 65536).decode()
        os.close(outer)
    assert process.returncode == DONE and "another process" in shown


def test_validate_without_wait_tells_the_driver_and_ends(home):
    order = home.order(NAME)
    home.issuer("run")
    home.issuer("run")
    assert asked(home, order) == 1, "the back-off after a missing page"
    with driving(home):
        problem = home.refusal("order", "validate", "o-1", exit=LATER)
        assert problem["code"] == "busy" and problem["retryable"]
    # The check was not due before; now it is, and any driver does it.
    home.issuer("run")
    assert asked(home, order) == 2


def test_wait_watches_what_the_driver_does(home):
    order = home.order(NAME)
    home.publish(order)
    with driving(home):
        waiting = home.start("order", "validate", "o-1", "--wait", "--timeout", "60")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.7)
    home.issuer("run")
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == DONE, err
    assert "completed" in out
    assert home.certificate_count("o-1") == 1 and asked(home, order) == 1


def test_wait_ends_at_its_time_out(home):
    home.order(NAME)
    home.issuer("order", "validate", "o-1", "--wait", "--timeout", "1", exit=PERSON)
    with driving(home):
        home.issuer("order", "validate", "o-1", "--wait", "--timeout", "1", exit=PERSON)
    home.issuer("order", "validate", "o-1", "--wait", "--timeout", "0", exit=USAGE)


def test_wait_ends_when_interrupted(home):
    home.order(NAME)
    waiting = home.start("order", "validate", "o-1", "--wait")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(1)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=30)
    assert waiting.returncode == LATER and "interrupted" in err
    home.issuer("audit", "verify")


def test_create_may_wait_too(home):
    home.issue(NAME)
    home.lab.withdraw(NAME)
    answer = home.issuer("order", "create", NAME, "--wait", exit=DONE)
    assert "o-2" in answer.out and "completed" in answer.out
    answer = home.ask("order", "create", "mail.example.com", "--wait", "--timeout", "1", exit=PERSON)
    assert answer["order"] == "o-3" and answer["state"] == "pending"


def test_validate_may_look_at_one_name_only(home):
    names = ["n1.many.example.com", "n2.many.example.com"]
    order = home.order(*names)
    home.publish({"publish": order["publish"][:1]})
    home.issuer("order", "validate", "o-1", "--name", names[0], exit=DONE)
    home.issuer("order", "validate", "o-1", "--name", names[1], exit=PERSON)
    problem = home.refusal("order", "validate", "o-1", "--name", "www.example.net")
    assert problem["code"] == "not-found" and "www.example.net" in problem["detail"]


def test_a_repeated_validate_asks_again_and_issues_once(home):
    order = home.order(NAME)
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")
    home.issuer("order", "validate", "o-1", exit=DONE)
    home.issuer("order", "validate", "o-1", "--wait", exit=DONE)
    assert asked(home, order) == 1
    assert home.certificate_count("o-1") == 1


def test_a_cancelled_order_is_left_alone(home):
    order = home.order(NAME)
    home.issuer("order", "cancel", "o-1", "--reason", "typed wrong")
    home.publish(order)
    home.issuer("run")
    explained = home.ask("order", "explain", "o-1")
    assert explained["state"] == "cancelled" and explained["reason"] == "typed wrong"
    assert home.certificate_count("o-1") == 0
    assert asked(home, order) == 0
    home.issuer("order", "validate", "o-1", exit=REFUSED)
    assert home.refusal("order", "cancel", "o-1")["code"] == "order-state"
    home.issuer("run")


def test_a_request_id_covers_every_change(home):
    home.order(NAME)
    words = ("order", "csr", "o-1", "--generate", "--request-id", "id-1")
    assert home.ask(*words) == home.ask(*words)
    assert home.refusal("order", "cancel", "o-1", "--request-id", "id-1")[
        "code"] == "request-id-reused"
    words = ("order", "cancel", "o-1", "--request-id", "id-2")
    assert home.ask(*words) == home.ask(*words)
    assert home.state("o-1") == "cancelled"


def test_a_terminal_sees_what_each_check_is_at(home):
    """A line for a name when it is asked, and when it waits for its next attempt."""
    home.order(NAME)
    outer, inner = pty.openpty()
    process = subprocess.run(home.command("order", "validate", "o-1", "--wait", "--timeout", "1"),
                             env=environment(), stdout=subprocess.DEVNULL, stderr=inner, timeout=60)
    os.close(inner)
    shown = os.read(outer, 65536).decode()
    os.close(outer)
    assert process.returncode == PERSON
    asked_at = shown.index("now:  asked")
    assert shown.index("next: checked at 20") > asked_at, shown
    quiet = home.issuer("order", "validate", "o-1", "--wait", "--timeout", "1", exit=PERSON)
    assert quiet.err == ""

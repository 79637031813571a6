"""A home with something wrong: exit 5 (or the refusal that fits), one clear
sentence that names the thing, and nothing lost once it is mended."""

import contextlib
import os
import sqlite3
import stat

import pytest

from home import BROKEN, REFUSED, USAGE, Home


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def broken(home, code, *arguments):
    problem = home.refusal(*(arguments or ("order", "list")), exit=BROKEN)
    assert problem["code"] == code
    return problem


def test_a_new_home_is_for_its_owner_only(home):
    assert mode(home.folder) == 0o700
    assert mode(home.kek()) == 0o600
    for path in home.folder.rglob("*"):
        assert mode(path) & 0o022 == 0, path


def test_a_second_init_is_refused_and_changes_nothing(home):
    kek = home.kek().read_bytes()
    home.order("www.example.com")
    assert home.refusal("init", exit=REFUSED)["code"] == "home-exists"
    assert home.kek().read_bytes() == kek
    assert len(home.ask("order", "list")["orders"]) == 1


def test_without_a_home(tmp_path, lab):
    problem = broken(Home(tmp_path / "absent", lab), "home-missing")
    assert str(tmp_path / "absent") in problem["detail"]


def test_a_home_that_others_can_enter(home):
    home.folder.chmod(0o755)
    assert str(home.folder) in broken(home, "permissions")["detail"]
    home.folder.chmod(0o700)
    home.issuer("order", "list")


def test_a_key_that_others_can_read(home):
    home.kek().chmod(0o644)
    problem = broken(home, "permissions", "order", "create", "www.example.com")
    assert home.kek().name in problem["detail"]
    home.kek().chmod(0o600)
    assert home.order("www.example.com")["order"] == "o-1"


def test_a_home_that_cannot_be_made(ordinary_user, lab):
    prefix, folder = ordinary_user
    folder.chmod(0o555)
    problem = Home(folder / "home", lab, prefix).refusal("init", exit=BROKEN)
    assert str(folder / "home") in problem["detail"]
    folder.chmod(0o755)


def test_a_home_that_cannot_be_written(ordinary_user, lab):
    prefix, folder = ordinary_user
    home = Home(folder / "home", lab, prefix)
    home.issuer("init")
    home.database.chmod(0o400)
    home.folder.chmod(0o500)
    problem = home.refusal("order", "create", "www.example.com", exit=BROKEN)
    assert str(home.folder) in problem["detail"]
    home.folder.chmod(0o700)
    home.database.chmod(0o600)
    assert home.ask("order", "list")["orders"] == []


def test_a_home_of_somebody_else(ordinary_user, home):
    prefix, _ = ordinary_user
    if not prefix:
        pytest.skip("needs root, to be somebody else")
    os.chmod(home.folder.parent.parent, 0o755)
    problem = Home(home.folder, home.lab, prefix).refusal("order", "list", exit=BROKEN)
    assert str(home.folder) in problem["detail"]


def test_a_missing_key_encryption_key(home):
    order = home.order("www.example.com")
    kek = home.kek()
    kept = kek.read_bytes()
    kek.unlink()
    for words in (("run",), ("order", "validate", "o-1")):
        assert str(kek) in broken(home, "kek-missing", *words)["detail"]
    assert home.state("o-1") == "pending", "what needs no key works without"
    kek.write_bytes(kept)
    kek.chmod(0o600)
    home.publish(order)
    home.issuer("order", "validate", "o-1", "--wait")


def test_another_key_encryption_key(home):
    home.order("www.example.com")
    kek = home.kek()
    kept = kek.read_bytes()
    kek.write_bytes(bytes(byte ^ 0x55 for byte in kept))
    broken(home, "kek-missing", "run")
    assert home.sql("SELECT count(DISTINCT kek_id) FROM key") == [(1,)]
    kek.write_bytes(kept)
    home.issuer("run")
    assert home.gates("o-1")["request"]["state"] == "open"


def test_a_locked_database(home):
    with contextlib.closing(sqlite3.connect(home.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        problem = broken(home, "store-locked", "order", "create", "www.example.com")
        assert problem["retryable"]
    assert home.order("www.example.com")["order"] == "o-1"


def settle(home):
    """Brings everything into the database file itself, as a clean end does."""
    with contextlib.closing(sqlite3.connect(home.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_file_that_is_no_database(home):
    settle(home)
    home.database.write_bytes(b"not a database" * 1000)
    assert str(home.database) in broken(home, "store-damaged")["detail"]


def test_a_database_with_damaged_pages(home):
    home.order("www.example.com")
    settle(home)
    kept = home.database.read_bytes()
    home.database.write_bytes(kept[:4096] + b"\xa5" * (len(kept) - 4096))
    broken(home, "store-damaged")
    home.database.write_bytes(kept)
    assert home.ask("order", "show", "o-1")["order"] == "o-1"


def test_a_home_of_a_newer_version(home):
    version = home.sql("PRAGMA user_version")[0][0]
    home.sql(f"PRAGMA user_version = {version + 7}")
    problem = broken(home, "home-newer")
    assert str(version + 7) in problem["detail"] and str(version) in problem["detail"]


def test_a_full_disk(small_disk, lab):
    prefix, folder, seen = small_disk
    home = Home(folder / "home", lab, prefix)
    home.issuer("init")
    home.order("www.example.com")
    with open(seen / "filler", "wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass
    problems = [home.refusal("order", "create", f"n{number}.many.example.com", exit=BROKEN)
                for number in range(2)]
    assert {problem["code"] for problem in problems} == {"store-full"}
    assert all(problem["retryable"] for problem in problems)

    (seen / "filler").unlink()
    assert [order["order"] for order in home.ask("order", "list")["orders"]] == ["o-1"]
    home.order("www.example.net")
    home.issuer("audit", "verify")


def test_a_configuration_that_cannot_be_used(home):
    home.configure("dns:\n  serverz: []\n")
    problem = home.refusal("order", "create", "www.example.com", exit=USAGE)
    assert problem["code"] == "configuration"
    assert "serverz" in problem["detail"] and "servers" in problem["detail"] + problem["hint"]

"""Homes that earlier versions made (tests/lab/homes, one a schema version): opened,
migrated after a backup, verified, and taken on. A new schema version adds the
home of the one before it."""

import fcntl
import pathlib
import shutil
import signal
import sqlite3
import tarfile

import pytest

from home import LATER, Home

HOMES = sorted((pathlib.Path(__file__).parent / "homes").glob("*.tar.xz"))


def unpack(archive, folder, lab):
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    for path in (folder / "home", *(folder / "home").rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    home = Home(folder / "home", lab)
    home.configure((lab.folder / "issuer.yaml").read_text())
    return home, int(archive.name.split(".")[0])


@pytest.fixture(params=HOMES, ids=lambda path: path.name)
def older(request, tmp_path, lab):
    return unpack(request.param, tmp_path, lab)


def version(path):
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return database.execute("PRAGMA user_version").fetchone()[0]
    finally:
        database.close()


def test_there_is_a_home_of_every_earlier_version(home):
    assert [int(path.name.split(".")[0]) for path in HOMES] == list(
        range(1, version(home.database)))


def test_it_is_backed_up_and_migrated(older):
    home, schema = older
    certificates = home.sql("SELECT fingerprint FROM certificate")
    assert home.ask("order", "show", "o-1")["state"] == "completed"
    backup = home.folder / "backup" / f"issuer.db.v{schema}"
    assert version(backup) == schema
    assert backup.stat().st_mode & 0o777 == 0o600
    assert version(home.database) > schema
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")
    assert home.sql("SELECT fingerprint FROM certificate") == certificates

    # Done once.
    stamp = backup.stat().st_mtime_ns
    home.issuer("order", "list")
    assert backup.stat().st_mtime_ns == stamp


def test_its_orders_go_on(older):
    home, _ = older
    waiting = home.ask("order", "show", "o-2")
    assert waiting["state"] == "pending"
    home.publish(waiting)
    home.issuer("order", "validate", "o-2", "--wait")
    assert home.certificate_count("o-2") == 1
    # What was shown before may still count or not, by the clock; the order itself goes on.
    fresh = home.order("www.shop.test")
    home.publish(fresh)
    home.issuer("order", "validate", fresh["order"], "--wait")
    home.issuer("audit", "verify")
    home.issuer("evidence", "verify")


def test_a_driver_of_the_older_version_is_not_cut_off(older):
    home, schema = older
    with open(home.folder / "driver.lock", "w") as lock:
        (home.folder / "driver.lock").chmod(0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        problem = home.refusal("order", "list", exit=LATER)
        assert problem["code"] == "busy" and problem["retryable"]
        assert version(home.database) == schema
        assert not (home.folder / "backup").exists()
    home.issuer("order", "list")
    assert version(home.database) > schema


def test_the_backup_opens_as_a_home(older):
    """Putting the copy back is the way back; it is migrated again."""
    home, schema = older
    home.issuer("order", "list")
    for path in home.folder.glob("issuer.db*"):
        path.unlink()
    (home.folder / "backup" / f"issuer.db.v{schema}").rename(home.database)
    home.issuer("audit", "verify")
    assert version(home.folder / "backup" / f"issuer.db.v{schema}") == schema


def test_killed_while_it_is_migrated_it_is_one_or_the_other(older):
    """kill -9 as soon as the migration is under way, again and again; losing power at each
    operation of it is tests/store/test_migration.c."""
    home, schema = older
    killed = 0
    for _ in range(40):
        process = home.start("order", "list")
        # The copy appears while the migration is under way.
        while process.poll() is None and not (home.folder / "backup").exists():
            pass
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if version(home.database) > schema:
            assert version(home.folder / "backup" / f"issuer.db.v{schema}") == schema
            break
        shutil.rmtree(home.folder / "backup", ignore_errors=True)
    home.issuer("audit", "verify")
    assert version(home.database) > schema
    assert version(home.folder / "backup" / f"issuer.db.v{schema}") == schema
    assert killed > 0


def test_init_does_not_touch_it(older):
    home, schema = older
    assert home.refusal("init")["code"] == "home-exists"
    assert version(home.database) == schema

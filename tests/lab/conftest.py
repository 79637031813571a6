"""Fixtures of the lab: one Internet on loopback for all tests (contrib/lab), a
new home for each test, and the places that need an operating system's help:
another user, a disk that fills up, a name server that never answers."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab")]

from home import BINARY, Home, tool  # noqa: E402
from lab import Lab  # noqa: E402
from signed_tree import SignedTree  # noqa: E402

SMALL_DISK_SIZE = "8m"


@pytest.fixture(scope="session")
def lab():
    if not BINARY.exists():
        pytest.fail(f"there is no {BINARY}; build it, or name another in ISSUER_BINARY")
    with tempfile.TemporaryDirectory(prefix="issuer-lab-") as folder:
        with Lab(folder) as lab:
            yield lab


@pytest.fixture(scope="session")
def signed_tree():
    """A DNS of signed and broken zones, of its own: see signed_tree.py."""
    with tempfile.TemporaryDirectory(prefix="issuer-tree-") as folder:
        with SignedTree(folder) as tree:
            yield tree


@pytest.fixture
def home(tmp_path, lab):
    return Home(tmp_path / "home", lab).init()


@pytest.fixture
def rehearsal(tmp_path, lab):
    """A home whose clock can be set, forward only."""
    return Home(tmp_path / "rehearsal", lab).init(options=["--rehearsal"])


@pytest.fixture
def dead_server():
    """The port of a name server on loopback that reads nothing: every question times out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        tcp.bind(("127.0.0.1", port))
        tcp.listen()
        yield port


@pytest.fixture
def ordinary_user():
    """(prefix, folder): a way to run as somebody who is not root, and a folder of theirs."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="issuer-user-"))
    prefix = []
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        prefix = [tool("setpriv"), f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}",
                  "--clear-groups"]
        if subprocess.run([*prefix, "test", "-x", BINARY]).returncode != 0:
            shutil.rmtree(folder)
            pytest.skip(f"the user nobody cannot reach {BINARY}")
    yield prefix, folder
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path):
    """(prefix, folder, path): a file system of SMALL_DISK_SIZE at folder, seen only by commands
    with the prefix, and by this process under path. It ends with the process that holds it."""
    folder = tmp_path / "small"
    folder.mkdir()
    as_root = os.getuid() == 0
    mount = 'mount -t tmpfs -o "size=$1,mode=0700" none "$2" && echo mounted && exec cat'
    holder = subprocess.Popen(
        [tool("unshare"), *([] if as_root else ["-r"]), "-m", "sh", "-c", mount, "sh",
         SMALL_DISK_SIZE, folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if holder.stdout.readline() != "mounted\n":
            pytest.skip(f"no small file system can be mounted here: {holder.stderr.read().strip()}")
        user = [] if as_root else ["-U", "--preserve-credentials"]
        yield ([tool("nsenter"), "-t", holder.pid, *user, "-m"], folder,
               pathlib.Path(f"/proc/{holder.pid}/root{folder}"))
    finally:
        holder.stdin.close()
        holder.wait()


@pytest.fixture
def zone(lab):
    """example.com, put back as it was: other tests find no record of this one."""
    text = (lab.zones / "example.com").read_text()
    yield "example.com"
    now = (lab.zones / "example.com").read_text()
    lab.write_zone("example.com", text.replace(f" {serial(text)} 3600", f" {serial(now)} 3600", 1))


def serial(text):
    """The serial in a zone file's SOA record."""
    return text.split("SOA", 1)[1].split()[2]

"""Holds the tree to tests/house.txt and to CONTRIBUTING.md: who includes whom,
where each library may be seen, which functions are banned, how long things are,
that every header compiles alone and every folder explains itself.

It reads the files as they lie in the checkout; nothing is built.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "tests" / "house.txt"
PACKAGES = ("libssl", "jansson", "libcurl", "libcares", "ldns", "sqlite3", "libevent", "libidn2",
            "libpsl", "libcyaml", "cmocka")
PROMISES = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def read_rules():
    """{section: {first word: [other words]}}"""
    sections, section = {}, None
    for line in RULES.read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0].startswith("["):
            section = sections.setdefault(words[0].strip("[]"), {})
        else:
            section[words[0]] = words[1:]
    return sections


HOUSE = read_rules()
ROOMS = HOUSE["rooms"]
LIMITS = {name: int(words[0]) for name, words in HOUSE["limits"].items()}


def files(folders, *suffixes):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*")
                  if path.suffix in suffixes)


def place(path):
    return path.relative_to(ROOT).as_posix()


def room_of(path):
    return path.relative_to(ROOT).parts[0]


ROOM_SOURCES = files(ROOMS, ".c", ".h")
ALL_SOURCES = ROOM_SOURCES + files(["tests"], ".c", ".h")
HEADERS = files(ROOMS, ".h")

NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_of(text):
    """The text with comments emptied, and strings too; line numbers stay."""
    return NOT_CODE.sub(lambda match: "\n" * match.group().count("\n"), text)


def line_number(text, position):
    return text.count("\n", 0, position) + 1


def allowed_at(path, places):
    """Whether a file lies in one of the rooms, or is one of the files (without .c), listed."""
    return any(room_of(path) == name or place(path).rsplit(".", 1)[0] == name for name in places)


def test_there_is_something_to_check():
    assert len(ROOM_SOURCES) > 40 and len(HEADERS) > 20


def test_rooms_include_only_the_rooms_below():
    wrong = []
    for path in ROOM_SOURCES:
        may = [room_of(path), *ROOMS[room_of(path)]]
        for included in re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.M):
            room = included.split("/")[0]
            if room not in may or not (ROOT / included).exists():
                wrong.append(f"{place(path)} includes {included}")
    assert not wrong, "\n".join(wrong)


def test_the_allow_table_has_no_cycle():
    for room in ROOMS:
        below, front = set(), list(ROOMS[room])
        while front:
            name = front.pop()
            if name not in below:
                below.add(name)
                front += ROOMS[name]
        assert room not in below


def test_each_library_is_seen_in_its_room_only():
    wrong = []
    for path in ROOM_SOURCES:
        for included in re.findall(r"^\s*#\s*include\s+<([^>]+)>", path.read_text(), re.M):
            for start, places in HOUSE["libraries"].items():
                if included.startswith(start) and not allowed_at(path, places):
                    wrong.append(f"{place(path)} includes <{included}>")
    assert not wrong, "\n".join(wrong)


def test_banned_functions_stand_nowhere_else():
    call = re.compile(r"(?<![\w.>])(" + "|".join(HOUSE["banned"]) + r")\s*\(")
    wrong = []
    for path in ROOM_SOURCES:
        code = code_of(path.read_text())
        for match in call.finditer(code):
            if not allowed_at(path, HOUSE["banned"][match[1]]):
                wrong.append(f"{place(path)}:{line_number(code, match.start())}: {match[1]}")
    assert not wrong, "\n".join(wrong)


def test_tests_do_not_sleep():
    wrong = [place(path) for path in files(["tests"], ".c", ".py")
             if re.search(r"(?<![\w.>])u?sleep\s*\(", code_of(path.read_text()))]
    assert not wrong, "\n".join(wrong)


def test_files_and_functions_are_of_a_size_to_read():
    wrong = []
    for path in ALL_SOURCES:
        lines = path.read_text().splitlines()
        if len(lines) > LIMITS["lines-of-a-file"]:
            wrong.append(f"{place(path)} has {len(lines)} lines")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start - 1 > LIMITS["lines-of-a-function"]:
                    wrong.append(f"{place(path)}:{start}: {number - start - 1} lines in a function")
                start = None
    assert not wrong, "\n".join(wrong)


def test_every_file_starts_by_saying_what_it_is():
    wrong = [place(path) for path in ALL_SOURCES if not path.read_text().startswith("/*")]
    assert not wrong, "\n".join(wrong)


def test_every_header_is_guarded_by_its_path():
    wrong = [place(path) for path in HEADERS
             if "#ifndef ISSUER_" + re.sub(r"[/.]", "_", place(path)).upper() not in
             path.read_text()]
    assert not wrong, "\n".join(wrong)


def test_no_function_takes_a_bool():
    # A bool that is itself the value to be written down, and named so, is data and no switch.
    wrong = []
    for path in HEADERS:
        code = code_of(path.read_text())
        wrong += [f"{place(path)}:{line_number(code, match.start())}: {match[0]}"
                  for match in re.finditer(r"\bbool\s+(?!value\b)\w+\s*[,)]", code)]
    assert not wrong, "\n".join(wrong)


def test_nothing_promises_later_work():
    wrong = [place(path) for path in ALL_SOURCES + files(["contrib", "tests"], ".py", ".md", ".sh")
             if PROMISES.search(path.read_text())]
    assert not wrong, "\n".join(wrong)


def test_every_statement_of_the_table_is_run():
    texts = "".join(path.read_text() for path in files(["store"], ".c"))
    names = re.findall(r"^\tX\(([A-Z_]+),", (ROOT / "store" / "statements.h").read_text(), re.M)
    wrong = [name for name in names if not re.search(rf"\b{name}\b", texts)]
    assert len(names) > 50 and not wrong, f"never run: {' '.join(wrong)}"


def test_every_folder_has_a_readme():
    wrong = [room for room in [*ROOMS, "tests", "contrib"]
             if files([room], ".c", ".h", ".py") and not (ROOT / room / "README.md").exists()]
    assert not wrong, f"no README.md in: {' '.join(wrong)}"


def library_flags():
    installed = [name for name in PACKAGES
                 if subprocess.run(["pkg-config", "--exists", name]).returncode == 0]
    flags = subprocess.run(["pkg-config", "--cflags", *installed], capture_output=True, text=True,
                           check=True)
    return flags.stdout.split()


def test_every_header_compiles_alone():
    command = ["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-I", ROOT,
               *library_flags(), "-fsyntax-only", "-x", "c", "-"]

    def compile_alone(path):
        return subprocess.run(command, input=f'#include "{place(path)}"\n', capture_output=True,
                              text=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(compile_alone, HEADERS))
    assert not [result.stderr for result in results if result.returncode != 0]


def test_layout_is_that_of_clang_format():
    if not shutil.which("clang-format"):
        pytest.skip("clang-format is not installed")
    result = subprocess.run(["clang-format", "--dry-run", "--Werror", *ALL_SOURCES],
                            capture_output=True, text=True)
    wrong = sorted(set(re.findall(r"^(/\S+?):\d+", result.stderr, re.M)))
    assert result.returncode == 0, "clang-format -i " + " ".join(wrong)

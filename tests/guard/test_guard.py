# SPDX-License-Identifier: MIT
"""What people forget: layers, lone headers, the manual, format, length."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from program import BUILDDIR, SRCDIR, TESTS

SRC = SRCDIR / "src"
LAYERS = ("base text stream message settings compose smtp oauth spool "
          "report command").split()
FILES = sorted([*SRC.rglob("*.c"), *SRC.rglob("*.h")])
HEADERS = [path for path in FILES if path.suffix == ".h"]
LONGEST = 100  # lines of a function
LONGEST_FILE = 600

pytestmark = pytest.mark.skipif(not FILES, reason="no source directory")


def name(path):
    return str(path.relative_to(SRCDIR))


def layer(path):
    """The place of a source file's folder; main.c stands above them all."""
    folder = path.relative_to(SRC).parts[0]
    return LAYERS.index(folder) if folder in LAYERS else len(LAYERS)


def includes(path):
    return re.findall(r'(?m)^[ \t]*#[ \t]*include[ \t]*"([^"]+)"',
                      path.read_text())


def tool(*names):
    for each in names:
        if shutil.which(each):
            return each
    return pytest.skip("no " + " or ".join(names))


# Layers and homes --------------------------------------------------------

@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_own_or_earlier_layers(path):
    for included in includes(path):
        folder = included.split("/")[0]
        if "/" in included:
            assert folder in LAYERS, included
            assert LAYERS.index(folder) <= layer(path), included
        else:
            assert included == "config.h" or (
                path.parent / included).exists(), included


@pytest.mark.parametrize("header, home", [
    (r"curl/\w+\.h", r"smtp/"), (r"magic\.h", r"message/sniff"),
    (r"idn2\.h", r"text/idn"), (r"jansson\.h", r"base/json"),
    (r"resolv\.h", r"smtp/dns"), (r"zlib\.h", r"stream/gzip"),
    (r"openssl/\w+\.h", r"(base|sign|smtp)/")])
def test_each_library_has_one_home(header, home):
    for path in FILES:
        if re.search(r"(?m)^\s*#\s*include\s*<%s>" % header,
                     path.read_text()):
            assert re.match(home, str(path.relative_to(SRC))), name(path)


def test_no_name_is_taken_twice():
    """A linker takes the first of an archive's and says nothing."""
    library = BUILDDIR / "src" / "libmitto.a"
    if not library.exists():
        pytest.skip("there is no libmitto.a")
    shown = subprocess.run([tool("nm"), "-g", "--defined-only", library],
                           capture_output=True, text=True, check=True).stdout
    found = re.findall(r"(?m)^[0-9a-f]+ [A-Z] (\w+)$", shown)
    assert len(found) > 300
    assert sorted({n for n in found if found.count(n) > 1}) == []


def test_only_the_top_prints_or_exits():
    for path in FILES:
        if layer(path) >= LAYERS.index("report"):
            continue
        code = re.sub(r'(?s)/\*.*?\*/|"(\\.|[^"\\])*"', "",
                      path.read_text())
        assert not re.search(r"\b(printf|puts|putchar|perror|exit|abort|"
                             r"setlocale)\s*\(", code), name(path)


@pytest.mark.parametrize("path", HEADERS, ids=name)
def test_header_compiles_alone(path):
    compiler = os.environ.get("CC", "").split() or [tool("gcc", "cc",
                                                         "clang")]
    config = BUILDDIR / "config.h"
    command = [*compiler, "-std=gnu17", "-D_GNU_SOURCE", "-I", SRC,
               "-I", BUILDDIR, "-Wall", "-Wextra", "-Werror",
               "-fsyntax-only", "-x", "c", "-"]
    if config.exists():
        command[len(compiler):len(compiler)] = ["-include", config]
    result = subprocess.run(command, capture_output=True, text=True,
                            input='#include "%s"\n' % path.relative_to(SRC))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_opens_with_its_licence_and_idea(path):
    text = path.read_text()
    assert text.startswith("/* SPDX-License-Identifier: MIT */\n")
    if path.suffix == ".c":
        assert re.match(r"/\* SPDX[^\n]*\n\s*/\*", text), "no idea told"
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|\bgoto\b", re.sub(
        r'"(\\.|[^"\\])*"', "", text))


# The option table, the manual and the tests --------------------------------

@pytest.fixture
def options(run_mitto):
    shown = run_mitto("--help=all").out.decode()
    found = sorted(set(re.findall(
        r"(?<![\w-])--[a-z0-9-]*[a-z0-9](?![\w-])", shown)))
    assert len(found) > 40
    return found


def pages():
    return sorted([*(BUILDDIR / "man").glob("*.[1578]"),
                   *(SRCDIR / "man").glob("*.[1578]")])


def mentions(text, option):
    return re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(option), text)


def test_every_option_is_in_the_manual(options):
    page = [path for path in pages() if path.name == "mitto.1"]
    if not page:
        pytest.skip("the manual is not built")
    shown = subprocess.run([tool("mandoc"), "-Tascii", page[0]],
                           capture_output=True, text=True).stdout
    shown = re.sub(r".\x08", "", shown)
    assert [o for o in options if not mentions(shown, o)] == []


def test_every_option_is_in_a_test(options):
    tests = "".join(path.read_text() for path in TESTS.rglob("*.py")
                    if path != pathlib.Path(__file__)
                    and path.name != "test_options.py")
    tests += re.sub(r'(?s)OPTIONS = """.*?"""', "",
                    (TESTS / "cli" / "test_options.py").read_text())
    assert [o for o in options if not mentions(tests, o)] == []


def test_manual_is_clean():
    found = pages()
    if not found:
        pytest.skip("the manual is not built")
    result = subprocess.run([tool("mandoc"), "-Tlint", "-Wwarning", *found],
                            capture_output=True, text=True)
    assert result.stdout == ""


# The look ----------------------------------------------------------------

def test_format():
    formatter = tool("clang-format-14", "clang-format")
    paths = [*FILES, *TESTS.rglob("*.c"), *TESTS.rglob("*.h")]
    result = subprocess.run([formatter, "--dry-run", "-Werror",
                             "--style=file", *paths], cwd=SRCDIR,
                            capture_output=True, text=True)
    wrong = sorted(set(re.findall(r"(?m)^(\S+?):\d+:\d+: error",
                                  result.stderr)))
    assert (wrong, result.returncode) == ([], 0)


def test_functions_are_short():
    result = subprocess.run([tool("pmccabe"), *[p for p in FILES
                                                if p.suffix == ".c"]],
                            capture_output=True, text=True, check=True)
    long = []
    for row in result.stdout.splitlines():
        lines, where = int(row.split("\t")[4]), row.split("\t")[5]
        if lines > LONGEST:
            long.append((lines, where))
    assert long == []


def test_files_are_short():
    lengths = {name(path): path.read_text().count("\n") for path in FILES}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_tests_know_no_machine():
    """No path of a developer's machine in any test."""
    places = re.compile(r"(?<![\w.~$}>-])/(?:home|root|work|Users|builds?|"
                        r"workspace)/\w")
    for path in TESTS.rglob("*"):
        if path.suffix in (".py", ".c", ".h", ".ini", ".am", ".sh"):
            if path != pathlib.Path(__file__):
                assert not places.search(path.read_text()), path


@pytest.mark.parametrize("page", ["mitto.1", "mitto.conf.5",
                                  "mitto-cookbook.7"])
def test_manual_is_whole(page):
    text = (BUILDDIR / "man" / page).read_text()
    assert not re.findall(r"@[A-Z]+@", text)

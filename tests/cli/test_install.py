# SPDX-License-Identifier: MIT
"""make install, into a folder: the links of sendmail's place."""

import os
import shutil
import subprocess

import pytest

from program import BUILDDIR

pytestmark = pytest.mark.skipif(
    not (BUILDDIR / "Makefile").exists() or shutil.which("make") is None,
    reason="not built by make here")


@pytest.fixture
def make(tmp_path):
    """make(target, links="yes", mail="no") -> (root, result)"""
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}

    def run(target, links="yes", mail="no"):
        root = tmp_path / "root"
        return root, subprocess.run(
            ["make", "-s", "-C", BUILDDIR, target, "DESTDIR=%s" % root,
             "prefix=/usr", "SENDMAIL_LINKS=" + links,
             "MAIL_LINKS=" + mail],
            env=env, capture_output=True, text=True)
    return run


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*")
                  if path.is_symlink() or path.is_file())


LINKS = ["usr/bin/newaliases", "usr/lib/sendmail", "usr/sbin/sendmail"]


def test_links(make):
    root, done = make("install")
    assert done.returncode == 0, done.stderr
    for link in LINKS:
        assert (root / link).is_symlink(), link
        assert (root / link).resolve() == root / "usr/bin/mitto"
        result = subprocess.run([root / link, "-bi"], capture_output=True)
        assert (result.returncode, result.stderr) == (0, b"")
    pages = [path for path in files(root) if path.endswith("sendmail.8")]
    assert len(pages) == 2
    # Again, over what is there.
    assert make("install")[1].returncode == 0
    assert make("uninstall")[1].returncode == 0
    assert files(root) == []


def test_links_of_mail(make):
    for _ in range(2):
        root, done = make("install", links="no", mail="yes")
        assert done.returncode == 0, done.stderr
    found = [path for path in files(root) if (root / path).is_symlink()]
    assert found == ["usr/bin/mail", "usr/bin/mailx"]
    result = subprocess.run([root / found[1], "--help"], capture_output=True)
    assert result.stdout.startswith(b"usage: mail "), result
    assert make("uninstall", links="no", mail="yes")[1].returncode == 0
    assert files(root) == []


def test_no_links_unless_wanted(make):
    root, done = make("install", links="no")
    assert done.returncode == 0, done.stderr
    found = files(root)
    assert "usr/bin/mitto" in found
    assert any(path.endswith("mitto-sendmail.8") for path in found)
    assert not [path for path in found if (root / path).is_symlink()]


def test_another_sendmail_is_left_alone(make):
    root = make("install", links="no")[0]
    other = root / "usr/sbin/sendmail"
    other.parent.mkdir(parents=True)
    other.write_text("exim\n")
    done = make("install")[1]
    assert done.returncode != 0 and "another program" in done.stderr
    assert make("uninstall")[1].returncode == 0
    assert other.read_text() == "exim\n"

"""What no committed file may contain."""

import re

import pytest

from tests.architecture.sources import ROOT, committed, texts

# Written in pieces, so that this file is no find of its own.
MACHINE_PATHS = "|".join(["/" + "work/", "/" + "root/", "/" + r"home/\w+/", "/" + "opt/pypi", "/" + "tmp/brief"])
TOOL_WORDS = "|".join(["cla" + "ude", "chat" + "gpt", "co" + "pilot", "open" + "ai", "anthro" + "pic", r"issue #\d"])
OPEN_WORDS = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X:"])


def finds(
    pattern: str, *, flags: int = 0, skip: tuple[str, ...] = ("static/vendor/", "notifications/fonts/")
) -> list[str]:
    expression = re.compile(rf"\b(?:{pattern})" if pattern[0].isalpha() else pattern, flags)
    return [
        f"{name}: {match.group()}"
        for name, text in texts()
        if not name.startswith(skip)
        for match in expression.finditer(text)
    ]


def test_no_path_of_a_machine() -> None:
    assert finds(rf"(?<![\w.<>{{}}\-])(?:{MACHINE_PATHS})") == []


def test_no_word_about_tools() -> None:
    assert finds(TOOL_WORDS, flags=re.IGNORECASE) == []


def test_nothing_is_left_open() -> None:
    assert finds(rf"(?:#|//|<!--|\{{#)\s*(?:{OPEN_WORDS})") == []


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "production.txt", "uv.txt"])
def test_locks_name_no_host(name: str) -> None:
    lock = (ROOT / "requirements" / name).read_text()

    assert "://" not in lock
    assert not re.search(r"^\s*-", re.sub(r"^\s+--hash=sha256:[0-9a-f]{64}( \\)?$", "", lock, flags=re.M), re.M)


def test_no_secret_and_no_data_is_committed() -> None:
    ends = {".sqlite3", ".mo", ".pem", ".key", ".env", ".pyc"}

    assert [path.name for path in committed() if path.suffix in ends or path.name == ".env"] == []


def test_pages_contain_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))|<style|\sstyle=|\son[a-z]+=\"|javascript:", re.I)
    offenders = [name for name, text in texts() if name.startswith("templates/") and inline.search(text)]

    assert offenders == []


def test_templates_switch_escaping_off_nowhere() -> None:
    offenders = [
        name
        for name, text in texts()
        if name.startswith("templates/") and name.endswith(".html") and re.search(r"\|\s*safe\b|autoescape off", text)
    ]

    assert offenders == []

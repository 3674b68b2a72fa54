"""Writes sections of docs/benchmarks.md: each writer its own part between two marks, everything else stays."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import django
import psutil

from tests.services import ROOT, Postgres

PATH = ROOT / "docs" / "benchmarks.md"


def write(section: str, text: str, path: Path = PATH) -> None:
    """Put ``text`` in the place of what the section held; a section that is new comes last.

    Args:
        section: name of the writer, ``soak``, or with a part of its own, ``soak storm``.
        text: Markdown.
        path: of the page.
    """
    begin, end = f"<!-- {section}: begin, written by make {section.split()[0]} -->", f"<!-- {section}: end -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    old = path.read_text() if path.exists() else "# Measured\n"
    pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    new = pattern.sub(lambda _: block, old) if pattern.search(old) else f"{old.rstrip()}\n\n{block}\n"
    path.write_text(new)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table: first column words, all others figures."""
    lines = [head, ["---", *(["---:"] * (len(head) - 1))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure(value: float | None, digits: int = 1) -> str:
    """Return a figure as a reader wants it; a dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def machine() -> str:
    """Say in one line on what this was measured, and when."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = psutil.virtual_memory().total / 1024**3
    return (
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores ({cpu.group(1) if cpu else platform.machine()}), "  # noqa: DTZ011 - the day on this machine
        f"{memory:.0f} GB, {postgres_version()}, Python {platform.python_version()}, Django {django.__version__}"
    )


def postgres_version() -> str:
    program = Postgres.find_programs() / "postgres"
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return "PostgreSQL " + said.split()[2]

"""Measure jobs on the installation that another process has started; figures go to a file."""

import itertools
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from benchmarks.figures import Sheet
from benchmarks.jobs import JOBS
from benchmarks.running import found
from tests import factories
from tests.notifications import factories as letter_factories


class Command(BaseCommand):
    help = "Measures the named jobs and adds their figures to the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("size", type=int)
        parser.add_argument("jobs", nargs="+")

    def handle(self, *args: Any, file: Path, size: int, jobs: list[str], **options: Any) -> None:
        # What is made for the jobs must not be named as in an earlier run on the same database.
        for module in (factories, letter_factories):
            vars(module)["_numbers"] = itertools.count(int(time.time()) % 100_000_000 * 10)
        sheet = Sheet.load(file) if file.exists() else Sheet(size)
        running = found()
        for name in jobs:
            started = time.monotonic()
            sheet.add(JOBS[name].measure(running))
            sheet.save(file)
            self.stdout.write(f"  {size:>7,}  {name:<16} {time.monotonic() - started:5.1f} s")
            self.stdout.flush()

"""Measure jobs on the installation that another process has started; figures go to a file."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from benchmarks.figures import Sheet
from benchmarks.jobs import JOBS
from benchmarks.people import fresh_numbers
from benchmarks.running import found


class Command(BaseCommand):
    help = "Measures the named jobs and adds their figures to the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("size", type=int)
        parser.add_argument("jobs", nargs="+")

    def handle(self, *args: Any, file: Path, size: int, jobs: list[str], **options: Any) -> None:
        fresh_numbers()
        sheet = Sheet.load(file) if file.exists() else Sheet(size)
        running = found()
        for name in jobs:
            started = time.monotonic()
            sheet.add(JOBS[name].measure(running))
            sheet.save(file)
            self.stdout.write(f"  {size:>7,}  {name:<16} {time.monotonic() - started:5.1f} s")
            self.stdout.flush()

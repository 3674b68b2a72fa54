"""Show where the milliseconds of a job's pages go: functions, statements, plans of the slowest ones."""

import cProfile
import pstats
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.asking import Page, Visit
from benchmarks.counting import CONTROL, Browser, body_of
from benchmarks.jobs import JOBS
from benchmarks.people import fresh_numbers

TIMES = 20
SLOWEST = 3


class Command(BaseCommand):
    help = "Profiles a job's pages in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job")
        parser.add_argument("--lines", type=int, default=40, help="functions to show")

    def handle(self, *args: Any, job: str, lines: int, **options: Any) -> None:
        fresh_numbers()
        page = JOBS.get(job)
        if not isinstance(page, Page):
            raise CommandError(f"{job} asks for no pages.")
        visits = list(page.visits())
        browsers = {who: Browser(who) for who in {visit.who for visit in visits}}
        rounds = [visits[number % len(visits)] for number in range(TIMES + 2)]
        if page.once:
            rounds = visits[: TIMES + 2]
        for browser in browsers.values():
            # What a process loads once is no cost of the page.
            browser.ask("/")
        for visit in rounds[:2]:
            ask(browsers, visit)
        self._functions(browsers, rounds[2:-1], lines)
        self._statements(browsers, rounds[-1])

    def _functions(self, browsers: dict[str, Browser], visits: list[Visit], lines: int) -> None:
        # By processor time: what the neighbours on the machine do is none of the page's business.
        start, profile = time.process_time(), cProfile.Profile(time.process_time)
        for visit in visits:
            profile.runcall(ask, browsers, visit)
        each = (time.process_time() - start) * 1000 / len(visits)
        self.stdout.write(f"{len(visits)} requests, {each:.1f} ms of processor time each (watched, so too long)\n")
        stats = pstats.Stats(profile, stream=sys.stdout)
        for name, share in parts_of(stats).most_common(12):
            self.stdout.write(f"{share:6.1%}  {name}\n")
        for order in ("cumulative", "tottime"):
            stats.sort_stats(order).print_stats(lines)

    def _statements(self, browsers: dict[str, Browser], visit: Visit) -> None:
        with CaptureQueriesContext(connection) as queries:
            ask(browsers, visit)
        found = [each for each in queries.captured_queries if not each["sql"].startswith(CONTROL)]
        for number, each in enumerate(found, start=1):
            self.stdout.write(f"{number:>3} {float(each['time']) * 1000:7.1f} ms  {each['sql'][:1500]}\n")
        selects = [each for each in found if each["sql"].startswith("SELECT") and " FOR " not in each["sql"]]
        for each in sorted(selects, key=lambda one: -float(one["time"]))[:SLOWEST]:
            self.stdout.write(f"\n{each['sql'][:300]}\n{plan(each['sql'])}\n")


def parts_of(stats: pstats.Stats) -> Counter[str]:
    """Return the share of the time that each package spent itself; what is built into Python counts for its caller."""
    spent: Counter[str] = Counter()
    for (path, _line, _name), (_calls, _all, own, _below, callers) in vars(stats)["stats"].items():
        if path != "~":
            spent[part_of(path)] += own
            continue
        for (caller, _, _), (_, _, share, _) in callers.items():
            spent[part_of(caller)] += share
    whole = sum(spent.values())
    return Counter({name: value / whole for name, value in spent.items()})


def part_of(path: str) -> str:
    """Return the package of a file: two levels of a library, one of ours."""
    _, library, rest = path.partition("site-packages/")
    if library:
        return ".".join(Path(rest).with_suffix("").parts[:2])
    if path.startswith(str(settings.BASE_DIR)):
        return Path(path).relative_to(settings.BASE_DIR).parts[0]
    return "Python"


def ask(browsers: dict[str, Browser], visit: Visit) -> None:
    """Ask once. Raises: CommandError: it did not answer as it should."""
    fields = None if visit.fields is None else dict(visit.fields)
    browser = Browser() if visit.alone else browsers[visit.who]
    answer = browser.ask(visit.path, fields)
    body_of(answer)
    if answer.status_code != visit.expects:
        raise CommandError(f"{visit.path} answered {answer.status_code}")


def plan(statement: str) -> str:
    """Return what PostgreSQL really did for a statement."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement)
        return "\n".join(row[0] for row in cursor.fetchall())

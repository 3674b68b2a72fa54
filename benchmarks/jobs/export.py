"""The export of all cases as CSV: how fast, how early its first byte, and what the web process keeps in memory."""

import asyncio
import threading
from dataclasses import dataclass

from django.urls import reverse

from benchmarks.asking import Crowd, Visit
from benchmarks.client import Answer, share
from benchmarks.counting import Browser
from benchmarks.figures import Figures
from benchmarks.jobs.pages import LIST, OFFICER
from benchmarks.running import Running
from benchmarks.stack import memory_of
from grants.states import ApplicationState as A

TIMES = 3
MEGABYTE = 1024 * 1024


class Watch:
    """Keeps the most memory that one web worker has held since the start, over what it held then."""

    def __init__(self, pid: int) -> None:
        self._pid, self._before, self.grown = pid, memory_of(pid), 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            now = memory_of(self._pid)
            self.grown = max(self.grown, *(now[pid] - self._before.get(pid, now[pid]) for pid in now), 0)


@dataclass(frozen=True)
class Export:
    """The whole list of the person who sees all funds, three times in a row."""

    name: str = "export"

    def measure(self, running: Running) -> Figures:
        path = f"{reverse(LIST)}?format=csv"
        browser = Browser(OFFICER)
        few = browser.count(f"{path}&state={A.FORMAL_CHECK}")
        counted = browser.count(path)
        figures = Figures(self.name, queries=counted.queries, rows=counted.rows, size=counted.size)
        crowd = Crowd(running.port, [Visit(OFFICER, path)])
        before = running.meter.cpu()
        with Watch(running.meter.web) as watch:
            answers = asyncio.run(self._ask(crowd))
        used = running.meter.cpu() - before
        lines = answers[0].body.count(b"\n") - 1
        figures.web_ms, figures.database_ms = used.web / TIMES, used.database / TIMES
        figures.median, figures.p95 = share((each.ms for each in answers), 50), max(each.ms for each in answers)
        figures.per_second = 1000 * TIMES / sum(each.ms for each in answers)
        figures.more = {
            "lines": lines,
            "ms_10000": figures.median * 10_000 / max(1, lines),
            "first_ms": share((each.first_ms for each in answers), 50),
            "queries_grown": counted.queries - few.queries,
            "memory_mb": watch.grown / MEGABYTE,
        }
        return figures

    async def _ask(self, crowd: Crowd) -> list[Answer]:
        answers = [await crowd.ask(number) for number in range(TIMES)]
        crowd.leave()
        return answers

"""Asks a page again and again: as fast as it goes for processor time, then at a calm rate for how long it takes."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.client import Answer, Visitor, closed_loop, open_arrivals, share, steady
from benchmarks.counting import Browser
from benchmarks.figures import Figures
from benchmarks.people import session_of
from benchmarks.running import Running

# Of the most that it can do; there the answer takes as long as on an ordinary busy day.
CALM = 0.4
LEAST = 12


@dataclass(frozen=True)
class Visit:
    """One request: whose, where, and what is sent (nothing for GET); `alone` by a browser that is opened for it."""

    who: str
    path: str
    fields: Mapping[str, str] | None = None
    expects: int = 200
    alone: bool = False


@dataclass(frozen=True)
class Page:
    """A job that asks for pages.

    Attributes:
        name: of the job.
        visits: makes the requests, asked in turn and again; at least one.
        once: each of them can be sent only once: half of them fast, the other half calmly.
        clients: how many ask at a time where it goes as fast as it can.
    """

    name: str
    visits: Callable[[], Sequence[Visit]]
    once: bool = False
    clients: int = 8
    seconds: float = float(os.environ.get("BENCH_SECONDS") or 2)

    def measure(self, running: Running) -> Figures:
        visits = list(self.visits())
        if not visits:
            raise LookupError(f"{self.name}: the data has nothing to ask for")
        figures = _count(self.name, visits[:2] if self.once else [visits[0]] * 2)
        if self.once:
            visits = visits[2:]
        asyncio.run(self._time(running, Crowd(running.port, visits, once=self.once), figures))
        return figures

    async def _time(self, running: Running, crowd: "Crowd", figures: Figures) -> None:
        await asyncio.gather(*(crowd.ask(number) for number in range(self.clients)))
        if self.once:
            crowd.leave_out(self.clients)
        before = running.meter.cpu()
        half = len(crowd.visits) // 2 if self.once else 0
        answers, took = await closed_loop(crowd.ask, clients=self.clients, seconds=self.seconds, most=half, least=LEAST)
        used = running.meter.cpu() - before
        figures.per_second = len(answers) / took
        figures.web_ms, figures.database_ms = used.web / len(answers), used.database / len(answers)
        offsets = steady(figures.per_second * CALM, self.seconds)
        if len(offsets) < LEAST:
            offsets = [number / (figures.per_second * CALM) for number in range(LEAST)]
        calm = await open_arrivals(offsets[: half or None], lambda number, due: crowd.ask(half + number, due))
        figures.median, figures.p95 = share((each.ms for each in calm), 50), share((each.ms for each in calm), 95)
        figures.more["first_ms"] = share((each.first_ms for each in calm), 50)
        crowd.leave()


def _count(name: str, visits: Sequence[Visit]) -> Figures:
    """Ask twice in this process and count the second time: the first loads what is loaded once."""
    for visit in visits:
        fields = None if visit.fields is None else dict(visit.fields)
        counted = Browser(visit.who).count(visit.path, fields)
        if counted.status != visit.expects:
            raise WrongAnswer(f"{name}: {visit.path} answered {counted.status} in this process")
    return Figures(name, queries=counted.queries, rows=counted.rows, size=counted.size)


class WrongAnswer(Exception):
    """A page did not answer as it should; a fast error is no speed."""


class Crowd:
    """Everybody who asks, each signed in once."""

    def __init__(self, port: int, visits: Sequence[Visit], *, once: bool = False) -> None:
        self._port, self.visits, self._once = port, visits, once
        self._visitors = {who: Visitor(port, session_of(who)) for who in {visit.who for visit in visits} if who}
        self._visitors.setdefault("", Visitor(port))

    def leave_out(self, count: int) -> None:
        """Forget the first requests, which were sent."""
        self.visits = self.visits[count:]

    async def ask(self, number: int, due: float | None = None) -> Answer:
        visit = self.visits[number if self._once else number % len(self.visits)]
        visitor = Visitor(self._port, address=_address(number)) if visit.alone else self._visitors[visit.who]
        if visit.fields is None:
            answer = await visitor.get(visit.path, due=due)
        else:
            answer = await visitor.post(visit.path, visit.fields, due=due)
        if answer.status != visit.expects:
            shown = answer.error or answer.body[:2000].decode(errors="replace")
            raise WrongAnswer(f"{visit.path} answered {answer.status}: {answer.location} {shown}")
        if visit.alone:
            visitor.close()
        return answer

    def leave(self) -> None:
        for visitor in self._visitors.values():
            visitor.close()


def _address(number: int) -> str:
    """Return another address for each: sign-ins are limited for each address."""
    return f"198.18.{number // 250 % 250}.{number % 250 + 1}"

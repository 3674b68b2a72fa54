"""The last minute before a deadline: one, ten and a hundred times the expected crowd, also while something breaks."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.client import Answer, Visitor, share
from benchmarks.soak.applicants import SESSION_SECONDS, Applicant, Draft, Seen
from benchmarks.soak.bars import Bar
from benchmarks.stack import DATABASE, Stack

#: Sessions that begin in the peak minute of a round of this size.
CROWD = 30
PEAK_SECONDS = 60.0
LEAD_SECONDS = 2.0
FAULT_AT = 25.0
NORMAL_MS = 200.0
NORMAL_WITHIN = 60.0
#: Milliseconds (95 of 100 answers) for each kind of step, at each size; what a table does not name has no bar.
LIMITS = {
    1: {"page": 200.0, "submit": 500.0, "upload": 1_000.0},
    10: {"page": 500.0, "submit": 1_000.0, "upload": 2_000.0},
    100: {"submit": 10_000.0},
}
#: At a hundred times the load is pages and submits; one in ten also saves and attaches, as at ten times.
WRITERS_OF_HUNDRED = 10

Fault = Callable[[Stack], object]
# What breaks things lives on: the kernel ends a server when the thread that started it ends.
HAND = ThreadPoolExecutor(max_workers=1)
FAULTS: dict[str, Fault] = {
    "reload": lambda stack: stack.reload_web(wait=False),
    "web worker killed": lambda stack: stack.kill_web_worker(),
    "database restarted": lambda stack: stack.restart_database(crash=True),
}


@dataclass
class Peak:
    """What happened in one minute and after it."""

    factor: int
    fault: str
    seen: list[Seen]
    normal_after: float
    ends_at: float
    rows: dict[int, tuple[str | None, bool]] = field(default_factory=dict)
    cpu_ms: tuple[float, float] = (0.0, 0.0)

    @property
    def part(self) -> str:
        return f"deadline {self.factor}×" + (f", {self.fault}" if self.fault else "")

    def answers(self, *kinds: str) -> Iterator[Answer]:
        return (answer for seen in self.seen for kind, answer in seen.answers if not kinds or kind in kinds)

    def p95(self, kind: str) -> float:
        """Return the milliseconds in which 95 of 100 steps of that kind were answered, turned away ones left out."""
        return share((answer.ms for answer in self.answers(kind) if answer.status in (200, 204, 302)), 95)

    def bars(self) -> list[Bar]:
        return [*self._truth(), *self._speed(), *self._figures()]

    def _truth(self) -> list[Bar]:
        taken = {pk: number for pk, (number, _late) in self.rows.items() if number}
        lost = sum(seen.acknowledged and seen.draft.pk not in taken for seen in self.seen)
        doubled = len(taken) - len(set(taken.values()))
        unsent = sum(not seen.acknowledged for seen in self.seen)
        late = sum(self._is_wronged(seen) for seen in self.seen if seen.acknowledged)
        bare = sum(answer.status == 503 and "retry-after" not in answer.headers for answer in self.answers())
        return [
            Bar(self.part, "acknowledged and not in the database", lost, 0),
            Bar(self.part, "case numbers given twice", doubled, 0),
            Bar(self.part, "people whose application was never taken", unsent, 0),
            Bar(self.part, "turned away in time, then called late", late, 0),
            Bar(self.part, "503 without Retry-After", bare, 0),
            Bar(self.part, "back to normal after", self.normal_after, NORMAL_WITHIN, "s"),
        ]

    def _is_wronged(self, seen: Seen) -> bool:
        """Whether somebody pressed in time, was asked to come again, and is called late for it."""
        return seen.turned_away and seen.pressed_at < self.ends_at and self.rows[seen.draft.pk][1]

    def _speed(self) -> list[Bar]:
        limits = {} if self.fault else LIMITS[self.factor]
        kinds = [kind for kind in ("page", "autosave", "upload", "submit") if any(self.answers(kind))]
        bars = [Bar(self.part, f"{kind}, p95", self.p95(kind), limits.get(kind), "ms") for kind in kinds]
        if self.factor == 100:
            away = share((answer.ms for answer in self.answers("submit") if answer.status == 503), 95)
            bars.append(Bar(self.part, "submit turned away, p95", away, LIMITS[100]["submit"], "ms"))
        return bars

    def _figures(self) -> list[Bar]:
        status = Counter(answer.status for answer in self.answers())
        broken = sum(count for code, count in status.items() if code in (0, 500, 502) or 400 <= code < 500)
        calm = not self.fault or self.fault == "reload"
        return [
            Bar(self.part, "requests", status.total()),
            Bar(self.part, "answered with an error or not at all", broken, 0 if calm else None),
            Bar(self.part, "turned away (503)", status[503], 0 if calm and self.factor < 100 else None),
            Bar(self.part, "web, processor time per session", self.cpu_ms[0] / len(self.seen), unit="ms"),
            Bar(self.part, "database, processor time per session", self.cpu_ms[1] / len(self.seen), unit="ms"),
        ]


class Crowds:
    """Makes the drafts of each peak; no two share a person."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._first = stack, 1

    def make(self, count: int) -> tuple[int, list[Draft]]:
        """Return a new round and its drafts."""
        made = json.loads(self._stack.manage("soak_drafts", str(count), "--first", str(self._first)))
        self._first += count
        return made["round"], [Draft(**draft) for draft in made["drafts"]]


def run(stack: Stack, crowds: Crowds, factor: int, fault: str = "") -> Peak:
    """Let the crowd come and wait until the last one is served.

    Args:
        stack: with a web server.
        crowds: whom to ask for drafts.
        factor: how many times the expected crowd.
        fault: what breaks in the middle, a key of `FAULTS`.
    """
    round_, (probe, *drafts) = crowds.make(CROWD * factor + 1)
    before = stack.cpu()
    ends_at = _end_round(stack, round_, LEAD_SECONDS + PEAK_SECONDS + SESSION_SECONDS)
    seen, normal_after = asyncio.run(_peak(stack, factor, fault, drafts, probe))
    peak = Peak(factor, fault, seen, normal_after, ends_at)
    used = stack.cpu() - before
    peak.cpu_ms = (used.web, used.database)
    peak.rows = _rows(stack, round_)
    return peak


def _end_round(stack: Stack, round_: int, seconds: float) -> float:
    """Set the deadline; return the moment of it, of `time.monotonic`."""
    now = datetime.now(UTC)
    ends_at = time.monotonic() + seconds - now.microsecond / 1e6
    ends = now.replace(microsecond=0) + timedelta(seconds=seconds)
    with psycopg.connect(stack.database.url_of(DATABASE)) as server:
        server.execute("UPDATE grants_round SET deadline_at = %s WHERE id = %s", [ends, round_])
    return ends_at


def _rows(stack: Stack, round_: int) -> dict[int, tuple[str | None, bool]]:
    with psycopg.connect(stack.database.url_of(DATABASE)) as server:
        found = server.execute("SELECT id, case_number, late FROM grants_application WHERE round_id = %s", [round_])
        return {pk: (number, late) for pk, number, late in found}


async def _peak(stack: Stack, factor: int, fault: str, drafts: list[Draft], probe: Draft) -> tuple[list[Seen], float]:
    start = time.monotonic() + LEAD_SECONDS
    apart = PEAK_SECONDS / len(drafts)
    crowd = [
        Applicant(
            stack.port, draft, start + number * apart,
            writes=factor < 100 or number % WRITERS_OF_HUNDRED == 0,
        )
        for number, draft in enumerate(drafts)
    ]  # fmt: skip
    sessions = asyncio.gather(*(applicant.live() for applicant in crowd))
    breaking = asyncio.ensure_future(_break(stack, fault, start + FAULT_AT))
    normal = asyncio.ensure_future(_until_normal(stack.port, probe, start + PEAK_SECONDS))
    seen, _, normal_after = await asyncio.gather(sessions, breaking, normal)
    return list(seen), normal_after


async def _break(stack: Stack, fault: str, at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    if fault:
        await asyncio.get_running_loop().run_in_executor(HAND, FAULTS[fault], stack)


async def _until_normal(port: int, probe: Draft, since: float) -> float:
    """Return after how many seconds ten pages in a row came as quickly as on a quiet day; give up after two minutes."""
    await asyncio.sleep(max(0.0, since - time.monotonic()))
    visitor = Visitor(port, session=probe.session)
    good, first_good = 0, time.monotonic()
    while good < 10 and time.monotonic() - since < 2 * NORMAL_WITHIN:
        answer = await visitor.get(probe.path("steps/content/"))
        if answer.status == 200 and answer.ms <= NORMAL_MS:
            first_good = answer.sent if good == 0 else first_good
            good += 1
        else:
            good = 0
        with suppress(TimeoutError):
            await asyncio.sleep(0.2)
    visitor.close()
    return first_good - since if good == 10 else time.monotonic() - since

"""Notices and letters while everything breaks at once: workers, broker, database, mail server and disk."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.client import share
from benchmarks.soak.bars import Bar
from benchmarks.soak.disk import SmallDisk
from benchmarks.stack import QUEUES, Stack
from config.processes import die_with_parent
from tests.services import ROOT, Worker, wait_until

NOTICES, LETTERS, KILLS, WORKERS = 1_000, 200, 20, 3
SECONDS = 75.0
DRAIN_SECONDS = 60.0
COPIES_PERCENT = 3.0
CALM_NOTICES, CALM_SECONDS, CALM_MS = 200, 20.0, 1_000.0
#: How many of a thousand mails meet each mood of the mail server.
MOODS = {"451": 15, "421": 15, "550": 10, "drop": 8, "hang": 3}
HANG_SECONDS = 3.0
PART = "storm"


@dataclass
class Outcome:
    """What became of one storm."""

    committed: dict[str, str]
    drained_after: float
    found: dict[str, Any]
    copies: int
    accepted: set[str]
    kills: int
    failed: int
    faults: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Events that somebody was told are done, and whose mail never left or whose letter never came to be."""
        mails = [message_id for message_id in self.committed.values() if message_id]
        letters = {key for key, message_id in self.committed.items() if not message_id}
        return sum(message_id not in self.accepted for message_id in mails) + len(letters - set(self.found["letters"]))


class Storm:
    """The faults of one seed, each at its moment; after `run` everything works again."""

    def __init__(self, stack: Stack, disk: SmallDisk, seed: int) -> None:
        self._stack, self._disk, self._seed = stack, disk, seed
        self._random = Random(seed)  # noqa: S311 - the same storm for the same seed; no secret
        self.told: list[str] = []
        self.kills = 0

    def run(self, seconds: float) -> None:
        """Let everything happen within these seconds, and come back when all is mended."""
        start = time.monotonic()
        moments = sorted(self._plan(seconds))
        self._stack.sink.mood(sum(MOODS.values()) / 1000, *_moods(), seed=self._seed)
        for at, name, fault in moments:
            time.sleep(max(0.0, start + at - time.monotonic()))
            self.told.append(f"{time.monotonic() - start:.1f} {name}")
            fault()
        self._mend()

    def _plan(self, seconds: float) -> Iterator[tuple[float, str, Callable[[], object]]]:
        """The last moments stay free, so that each fault has ended when the storm does."""
        others: list[tuple[str, Callable[[], object]]] = [
            ("broker emptied", self._stack.broker.empty), ("broker killed, lost everything", self._lose_broker),
            ("broker hangs", self._stack.broker.pause), ("database crashes", self._crash),
            ("mail server refuses", self._stack.sink.refuse), ("disk full", self._disk.fill),
        ]  # fmt: skip
        ends = {
            "broker hangs": self._stack.broker.resume, "mail server refuses": self._stack.sink.accept,
            "disk full": self._disk.free,
        }  # fmt: skip
        for name, fault in others * 2:
            at = self._random.uniform(3, seconds - 6)
            yield at, name, fault
            if name in ends:
                yield at + self._random.uniform(2, 5), f"{name} no more", ends[name]
        for number in range(KILLS):
            yield 2 + number * (seconds - 4) / KILLS, "worker killed", self._kill
        for number in range(int(seconds / HANG_SECONDS)):
            yield number * HANG_SECONDS, "mail server goes on", self._stack.sink.release

    def _lose_broker(self) -> None:
        self._stack.broker.kill()
        self._stack.broker.start()
        self._stack.broker.empty()

    def _crash(self) -> None:
        self._stack.restart_database(crash=True)

    def _kill(self) -> None:
        """SIGKILL a worker with all its processes; another one starts in its place, as systemd would do."""
        victim = self._random.choice(self._stack.workers)
        victim.kill()
        self._stack.workers.remove(victim)
        self.kills += 1
        self._stack.workers.append(Worker(self._stack.env, self._stack.logs, QUEUES, 1).launch())

    def _mend(self) -> None:
        self._stack.broker.resume()
        self._stack.sink.mood(0)
        self._stack.sink.release()
        self._stack.sink.accept()
        self._disk.free()


def _moods() -> list[str]:
    return [mood for mood, share_ in MOODS.items() for _ in range(share_)]


@contextmanager
def _events(stack: Stack, name: str, notices: int, letters: int, seconds: float) -> Iterator[list[dict[str, Any]]]:
    """Let people work in a process of their own; afterwards the list holds what they were told is done."""
    command = [sys.executable, "manage.py", "soak_events", f"--notices={notices}", f"--letters={letters}"]
    command += [f"--seconds={seconds}", f"--name={name}"]
    done: list[dict[str, Any]] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=stack.env | {"LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(),
    ) as process:
        reader = threading.Thread(target=lambda: done.extend(json.loads(line) for line in process.stdout or ()))
        reader.start()
        wait_until(lambda: done or process.poll() is not None, 60, "the first event")
        yield done
        reader.join()
    if process.returncode:
        raise RuntimeError("the people of the storm stopped working")


def _outcome(stack: Stack, name: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.manage("soak_outcome", f"--name={name}", *more))
    return found


def storm(stack: Stack, disk: SmallDisk, seed: int) -> Outcome:
    """Run one storm, wait until all is drained, let a person send again what was refused for good."""
    name = f"storm{seed}"
    stack.sink.forget()
    weather = Storm(stack, disk, seed)
    with _events(stack, name, NOTICES, LETTERS, SECONDS - 5) as done:
        weather.run(SECONDS)
        calm = time.monotonic()
    committed = {event["key"]: event.get("message_id", "") for event in done}
    drained_after = _until_drained(stack, calm)
    failed = _outcome(stack, name, "--again")["notices"].get("FAILED", 0)
    wait_until(lambda: len(stack.sink.report().copies) >= NOTICES or _is_drained(stack), 90, "what was sent again")
    report = stack.sink.report()
    return Outcome(
        committed, drained_after, _outcome(stack, name), report.second_copies, set(report.copies), weather.kills,
        failed, weather.told,
    )  # fmt: skip


def _until_drained(stack: Stack, since: float) -> float:
    end = since + 4 * DRAIN_SECONDS
    while not _is_drained(stack) and time.monotonic() < end:
        time.sleep(0.5)
    return time.monotonic() - since


def _is_drained(stack: Stack) -> bool:
    owed = "SELECT (SELECT count(*) FROM notifications_notice WHERE state = 'OWED')"
    ordered = "(SELECT count(*) FROM notifications_document WHERE rendered_at IS NULL AND failed_at IS NULL)"
    return stack.ask(f"{owed} + {ordered}") == [(0,)]


def bars(outcomes: list[Outcome]) -> list[Bar]:
    """Return the figures of all storms together; drained is that of the slowest."""
    events = sum(len(outcome.committed) for outcome in outcomes)
    mails = sum(bool(message_id) for outcome in outcomes for message_id in outcome.committed.values())
    broken = sum(len(outcome.found["broken"]) + len(outcome.found["strangers"]) for outcome in outcomes)
    copies = sum(outcome.copies for outcome in outcomes)
    return [
        Bar(PART, "storms", len(outcomes)),
        Bar(PART, "events committed", events, len(outcomes) * (NOTICES + LETTERS), at_least=True),
        Bar(PART, "workers killed", sum(outcome.kills for outcome in outcomes), KILLS * len(outcomes), at_least=True),
        Bar(PART, f"lost of {events:,}", sum(outcome.lost for outcome in outcomes), 0),
        Bar(PART, "second copies, of 100 mails", 100 * copies / max(1, mails), COPIES_PERCENT, "%"),
        Bar(PART, "letters broken or half written", broken, 0),
        Bar(PART, "drained after the last fault, slowest", max(o.drained_after for o in outcomes), DRAIN_SECONDS, "s"),
        Bar(PART, "refused for good, sent again by a person", sum(outcome.failed for outcome in outcomes)),
    ]


def calm(stack: Stack) -> list[Bar]:
    """Measure from the commit of a decision to the moment at which the mail server takes its mail."""
    stack.sink.forget()
    with _events(stack, "calm", CALM_NOTICES, 0, CALM_SECONDS) as done:
        pass
    wait_until(lambda: stack.sink.count() >= CALM_NOTICES, 60, "the notices")
    accepted = stack.sink.report().first_at
    waits = [(accepted[event["message_id"]] - event["at"]) * 1000 for event in done]
    return [Bar(PART, "calm: from decision to accepted by SMTP, p95", share(waits, 95), CALM_MS, "ms")]


def start_workers(stack: Stack) -> list[Worker]:
    """Start what the storm kills: workers that each serve all queues."""
    stack.start_beat()
    return stack.start_workers(WORKERS, QUEUES, 1)

"""Notices and letters: how fast the workers take away what is owed."""

import dataclasses
import io
import itertools
import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import transaction
from pypdf import PdfReader

from accounts.models import Fund
from benchmarks.figures import Figures
from benchmarks.jobs.work import Drained, in_processes, waiting
from benchmarks.running import Running
from notifications import documents, outbox, pdf
from notifications.states import DocumentKind
from tests.notifications import letters as samples

NOTICES = int(os.environ.get("BENCH_NOTICES") or 1000)
LETTERS = int(os.environ.get("BENCH_LETTERS") or 80)
BODY = "Guten Tag,\n\nIhr Antrag ist eingegangen. Wir melden uns, sobald es etwas Neues gibt.\n" * 6
SAMPLES: dict[DocumentKind, Callable[[], Any]] = {
    DocumentKind.AWARD: samples.award,
    DocumentKind.REJECTION: samples.rejection,
    DocumentKind.RECEIPT: samples.receipt,
}
NAMES = {DocumentKind.AWARD: "award", DocumentKind.REJECTION: "rejection", DocumentKind.RECEIPT: "receipt"}
_numbers = itertools.count(time.time_ns())


@cache
def fund() -> Fund:
    return Fund.objects.order_by("pk")[0]


def owe_one() -> None:
    """Owe one notice in a transaction of its own, as an action does."""
    number = next(_numbers)
    with transaction.atomic():
        outbox.write(
            "N01", key=f"bench:{number}", to=f"verein{number}@example.org", subject="Eingang Ihres Antrags",
            body=BODY, language="de", fund=fund(),
        )  # fmt: skip


def order_one(kind: DocumentKind, *, with_notice: bool = False) -> None:
    """Order one letter in a transaction of its own, with the notice about it where asked."""
    number = next(_numbers)
    data = dataclasses.replace(SAMPLES[kind](), case_number=f"MIT-2026-{number % 10_000:04}")
    with transaction.atomic():
        documents.order(kind, key=f"bench:{number}", fund=fund(), case_key=f"bench:{number}", data=data.to_json())
        if with_notice:
            owe_one()


def owe_many(running: Running) -> int:
    running.sink.forget()
    for _ in range(NOTICES):
        owe_one()
    return NOTICES


def all_sent(running: Running) -> bool:
    return running.sink.count() >= NOTICES


def order_many(kind: DocumentKind) -> Callable[[Running], int]:
    def pile(running: Running) -> int:
        for _ in range(LETTERS):
            order_one(kind)
        return LETTERS

    return pile


def order_with_notices(running: Running) -> int:
    for _ in range(LETTERS):
        order_one(DocumentKind.AWARD, with_notice=True)
    return LETTERS


def nothing_waits(running: Running) -> bool:
    return waiting() == 0


@dataclasses.dataclass(frozen=True)
class Drawing:
    """The ceiling of a kind of letter: drawn in two processes from data in memory, kept nowhere."""

    kind: DocumentKind

    @property
    def name(self) -> str:
        return f"draw-{NAMES[self.kind]}"

    def measure(self, running: Running) -> Figures:
        data = SAMPLES[self.kind]().to_json()
        content = pdf.render(self.kind, data)
        count = LETTERS // 2
        took, used = in_processes(lambda _: [pdf.render(self.kind, data) for _ in range(count)], [1, 2])
        pages = len(PdfReader(io.BytesIO(content)).pages)
        return Figures(
            self.name, size=len(content), per_second=2 * count / took, workers_ms=used / (2 * count),
            more={"pages": pages},
        )  # fmt: skip


SENDING: tuple[Drained | Drawing, ...] = (
    Drained("notices", owe_many, all_sent),
    *(Drawing(kind) for kind in NAMES),
    *(Drained(f"letter-{name}", order_many(kind), nothing_waits) for kind, name in NAMES.items()),
    Drained("notice-letter", order_with_notices, nothing_waits),
)

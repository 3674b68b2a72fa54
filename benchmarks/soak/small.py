"""One fault each, with the web server running: slow uploaders, a full disk, a broker that hangs."""

import asyncio
import time

from benchmarks.client import Answer, File, Visitor, open_arrivals, share, steady
from benchmarks.soak.applicants import Draft, two_megabytes
from benchmarks.soak.bars import Bar
from benchmarks.soak.deadline import Crowds
from benchmarks.soak.disk import SmallDisk
from benchmarks.stack import Stack

SLOW, SLOW_BYTES_PER_SECOND, SLOW_SECONDS, SLOW_PAGES = 12, 60_000.0, 30.0, 10.0
SLOW_PAGE_MS = 200.0
HUNG_SUBMITS, HUNG_MS = 20, 1_000.0
UPLOAD = {"kind": "other"}


def _file() -> dict[str, File]:
    return {"files": File("anlage.pdf", two_megabytes())}


def slow_uploaders(stack: Stack, crowds: Crowds) -> list[Bar]:
    """Twelve people send two megabytes over a bad line while others look at pages."""
    _, (reader, *drafts) = crowds.make(SLOW + 1)
    uploads, pages = asyncio.run(_slow(stack.port, reader, drafts))
    part = "slow uploaders"
    return [
        Bar(part, "slow uploads not taken", sum(answer.status != 302 for answer in uploads), 0),
        Bar(part, "pages not answered", sum(answer.status != 200 for answer in pages), 0),
        Bar(part, "page meanwhile, p95", share((answer.ms for answer in pages), 95), SLOW_PAGE_MS, "ms"),
    ]


async def _slow(port: int, reader: Draft, drafts: list[Draft]) -> tuple[list[Answer], list[Answer]]:
    visitor = Visitor(port, session=reader.session)
    uploads = asyncio.gather(
        *(
            Visitor(port, session=draft.session).post(
                draft.path("files/"), UPLOAD, _file(), bytes_per_second=SLOW_BYTES_PER_SECOND
            )
            for draft in drafts
        )
    )
    pages = await open_arrivals(
        steady(SLOW_PAGES, SLOW_SECONDS), lambda _, due: visitor.get(reader.path("steps/content/"), due=due)
    )
    return list(await uploads), pages


def broker_hangs(stack: Stack, crowds: Crowds) -> list[Bar]:
    """Applications are sent while the broker accepts connections and never answers."""
    _, drafts = crowds.make(HUNG_SUBMITS + 1)
    asyncio.run(_send_all(stack.port, drafts[:1]))
    stack.broker.pause()
    try:
        answers = asyncio.run(_send_all(stack.port, drafts[1:]))
    finally:
        stack.broker.resume()
    part = "broker hangs"
    return [
        Bar(part, "applications not taken", sum(answer.status != 302 for answer in answers), 0),
        Bar(part, "submit, slowest", max(answer.ms for answer in answers), HUNG_MS, "ms"),
    ]


async def _send_all(port: int, drafts: list[Draft]) -> list[Answer]:
    """Send one after another, so that the figure is the broker's and not a crowd's."""
    answers = []
    for draft in drafts:
        visitor = Visitor(port, session=draft.session)
        answers.append(await visitor.post(draft.path("review/"), {"version": str(draft.version)}))
        visitor.close()
    return answers


def disk_full(stack: Stack, crowds: Crowds, disk: SmallDisk) -> list[Bar]:
    """A file that finds no room is refused in words, leaves nothing, and is taken once there is room."""
    if not disk.works:
        return []
    _, (draft,) = crowds.make(1)
    disk.fill()
    refused = asyncio.run(_attach(stack.port, draft))
    part_files = len(list(stack.media.rglob("*.part")))
    disk.free()
    taken = asyncio.run(_attach(stack.port, draft))
    part = "disk full"
    return [
        Bar(part, "upload refused with a page in words (1 = yes)", int(refused.status == 507), 1, at_least=True),
        Bar(part, "half files left behind", part_files, 0),
        Bar(part, "upload taken afterwards (1 = yes)", int(taken.status == 302), 1, at_least=True),
    ]


async def _attach(port: int, draft: Draft) -> Answer:
    visitor = Visitor(port, session=draft.session)
    answer = await visitor.post(draft.path("files/"), UPLOAD, _file(), due=time.monotonic())
    visitor.close()
    return answer

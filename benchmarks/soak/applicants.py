"""Applicants in the last minute: each looks at pages, types, attaches files, and presses the button twice."""

import asyncio
import io
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache, partial
from random import Random

import pikepdf

from benchmarks.client import Answer, File, Visitor

#: How long, in seconds, somebody goes on pressing the button of an application that was not taken.
PATIENCE = 180.0
AUTOSAVES, UPLOADS = 8, 5
UPLOAD_BYTES = 2_000_000
# Seconds from the begin of the session at which each step is due; it takes twenty.
OVERVIEW, SECTION, FIRST_SAVE, FIRST_UPLOAD, REVIEW, SUBMIT, SECOND_PRESS = 0.0, 2.0, 3.0, 11.0, 17.0, 19.0, 0.15
SESSION_SECONDS = 20.0
FIELD = re.compile(rb'name="(version|arrival|csrfmiddlewaretoken)" value="([^"]*)"')
TEXTS = ("aims", "activities", "target_groups")


@cache
def two_megabytes() -> bytes:
    """A PDF of one page with a picture that cannot be packed any smaller, as scanners make them."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        picture = made.make_stream(
            secrets.token_bytes(UPLOAD_BYTES), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
            Width=2000, Height=1000, BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceGray,
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        made.save(out, compress_streams=False)
    return out.getvalue()


@dataclass(frozen=True)
class Draft:
    """An application that its person, signed in, may send."""

    pk: int
    version: int
    session: str

    def path(self, tail: str) -> str:
        return f"/applications/{self.pk}/{tail}"


@dataclass
class Seen:
    """What one applicant was answered: kind of step and answer."""

    draft: Draft
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    #: Whether a receipt was promised, and whether a 503 asked for another try before that.
    acknowledged: bool = False
    turned_away: bool = False
    tries: int = 0
    #: When the button was pressed for the first time, of `time.monotonic`.
    pressed_at: float = 0.0


class Applicant:
    """One session. Each step is due at its moment, and waits for the one before it as a person does.

    Args:
        writes: whether drafts are saved and files attached, or only pages looked at and the button pressed.
    """

    def __init__(self, port: int, draft: Draft, begins: float, *, writes: bool = True) -> None:
        self.seen = Seen(draft)
        self._visitor = Visitor(port, session=draft.session)
        self._begins, self._writes = begins, writes
        self._version = draft.version
        self._random = Random(draft.pk)  # noqa: S311 - people press at different moments; no secret

    async def live(self) -> Seen:
        """Go through the whole session and come back when the application is sent, or patience ends."""
        draft, visitor = self.seen.draft, self._visitor
        await self._step("page", OVERVIEW, lambda due: visitor.get(draft.path(""), due=due))
        await self._step("page", SECTION, lambda due: visitor.get(draft.path("steps/content/"), due=due))
        if self._writes:
            await self._write()
        answer = await self._step("page", REVIEW, lambda due: visitor.get(draft.path("review/"), due=due))
        await self._until_seen(answer)
        await self._send()
        visitor.close()
        return self.seen

    async def _write(self) -> None:
        for number in range(AUTOSAVES):
            await self._step("autosave", FIRST_SAVE + number, partial(self._save, number))
        for number in range(UPLOADS):
            await self._step("upload", FIRST_UPLOAD + number, partial(self._attach, number))

    async def _step(self, kind: str, offset: float, ask: Callable[[float], Awaitable[Answer]]) -> Answer:
        # Nobody presses a button of a page that has not come yet: its own wait is counted with that page.
        due = max(self._begins + offset, time.monotonic())
        await asyncio.sleep(due - time.monotonic())
        answer = await ask(due)
        self.seen.answers.append((kind, answer))
        return answer

    async def _save(self, number: int, due: float) -> Answer:
        texts = dict.fromkeys(TEXTS, f"Wir treffen uns jede Woche im Stadtteil, Satz {number} von vielen. " * 5)
        fields = texts | {"planned_participants": str(60 + number), "version": str(self._version)}
        # As the page's script tells it: what was touched, and which page it was.
        fields |= {"touched": " ".join([*TEXTS, "planned_participants"]), "page": f"{self.seen.draft.pk:x}"}
        answer = await self._visitor.post(
            self.seen.draft.path("steps/content/autosave/"), fields, due=due, headers={"X-Autosave": "1"}
        )
        self._version = int(answer.headers.get("x-version", self._version))
        return answer

    async def _attach(self, number: int, due: float) -> Answer:
        # Five files, not one sent five times, which would be attached once.
        file = File(f"anlage-{number}.pdf", two_megabytes() + b"\n%% %d\n" % number)
        return await self._visitor.post(self.seen.draft.path("files/"), {"kind": "other"}, {"files": file}, due=due)

    async def _until_seen(self, answer: Answer) -> None:
        """Nobody sends what they could not read once more: the page is asked for until it comes."""
        end = time.monotonic() + PATIENCE
        while answer.status != 200 and time.monotonic() < end:
            await asyncio.sleep(self._pause(answer))
            answer = await self._visitor.get(self.seen.draft.path("review/"))
            self.seen.answers.append(("page again", answer))
        self._read_version(answer)

    def _pause(self, answer: Answer) -> float:
        return float(answer.headers.get("retry-after", 2)) + self._random.uniform(0, 5)

    def _read_version(self, answer: Answer) -> None:
        fields = dict(FIELD.findall(answer.body))
        if answer.status == 200 and b"version" in fields:
            self._version = int(fields[b"version"])

    async def _send(self) -> None:
        """Press twice, then again as long as nobody has taken it."""
        self.seen.pressed_at = max(self._begins + SUBMIT, time.monotonic())
        first, second = await asyncio.gather(
            self._step("submit", SUBMIT, lambda due: self._press({}, due)),
            self._step("submit", SUBMIT + SECOND_PRESS, lambda due: self._press({}, due)),
        )
        answer = first if self._is_taken(first) or first.status == 503 else second
        end = time.monotonic() + PATIENCE
        while not (self._is_taken(first) or self._is_taken(answer)) and time.monotonic() < end:
            answer = await self._again(answer)
        self.seen.acknowledged = self._is_taken(first) or self._is_taken(answer)

    async def _again(self, answer: Answer) -> Answer:
        self.seen.turned_away |= answer.status == 503
        await asyncio.sleep(self._pause(answer))
        kept = {name.decode(): value.decode() for name, value in FIELD.findall(answer.body)}
        if answer.status in (200, 409):
            self._read_version(await self._visitor.get(self.seen.draft.path("review/")))
            kept = {}
        self.seen.tries += 1
        answer = await self._press(kept, time.monotonic())
        self.seen.answers.append(("again", answer))
        return answer

    async def _press(self, kept: dict[str, str], due: float) -> Answer:
        fields = {"version": str(self._version)} | kept
        return await self._visitor.post(self.seen.draft.path("review/"), fields, due=due)

    @staticmethod
    def _is_taken(answer: Answer) -> bool:
        return answer.status == 302 and answer.location.endswith("/receipt/")

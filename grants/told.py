"""The notices that the applicant's people got about a case, each event once however many were told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Membership, User
from grants.models import Application
from notifications.models import Notice
from notifications.states import NoticeState

# More than a case ever has; a page never takes more.
ROWS = 400
_LATEST = 20


@dataclass(frozen=True)
class Told:
    """One event of which people of the applicant were told.

    Attributes:
        at: when it was written.
        subject, body: of the reader's own notice, else of a colleague's.
        own: the reader's own notice, to be opened.
        people: who was told.
    """

    at: datetime
    subject: str
    body: str
    own: int | None
    people: tuple[str, ...]


def notices_of(case: Application, reader: User) -> list[Told]:
    """Return all that the applicant's people were told about the case, newest first."""
    return _events(_rows(case)[:ROWS], reader)


def latest_notices(case: Application, reader: User, count: int = 5) -> list[Told]:
    """Return the last of them, without their texts."""
    return _events(_rows(case).defer("body")[:_LATEST], reader, texts=False)[:count]


def _rows(case: Application) -> QuerySet[Notice]:
    """What the office was told about the same case carries the same key: it is left out by who got it."""
    people = Membership.objects.filter(organisation=case.organisation_id).values("user")
    mine = Notice.objects.filter(case_key=case.case_key, erase_body=False, user__in=people)
    return mine.exclude(state=NoticeState.DISCARDED).select_related("user").order_by("-pk")


def _events(rows: Iterable[Notice], reader: User, *, texts: bool = True) -> list[Told]:
    events: dict[str, list[Notice]] = {}
    for notice in rows:
        # The key names the event, then the person.
        events.setdefault(notice.key.rpartition(":")[0] or notice.key, []).append(notice)
    return [_told(notices, reader, texts) for notices in events.values()]


def _told(notices: list[Notice], reader: User, texts: bool) -> Told:
    own = next((notice for notice in notices if notice.user_id == reader.pk), None)
    shown = own or notices[0]
    people = tuple(sorted(str(notice.user) for notice in notices))
    return Told(shown.owed_at, shown.subject, shown.body if texts else "", own.pk if own else None, people)

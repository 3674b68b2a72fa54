"""What pages read: the outbox of one's funds, letters for the mail room, one's own messages, a restored backup."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, Min, Q, QuerySet

from accounts.models import AuditEntry, Organisation, Person, User
from accounts.permissions import fund_ids, own_organisations
from accounts.states import Role
from notifications import permissions
from notifications.models import Document, Invitation, Letter, Notice, Restoration, Sweep
from notifications.states import LetterState, NoticeState, RestorationState

M = TypeVar("M", bound=models.Model)

# What still wants to be sent, those that need a person first.
UNSENT = (NoticeState.FAILED, NoticeState.HELD, NoticeState.OWED)
STUCK = (NoticeState.FAILED, NoticeState.HELD)
POSTABLE = (LetterState.RELEASED, LetterState.EXPIRED, LetterState.RETURNED)
RETURNABLE = (LetterState.POSTED, LetterState.ANNOUNCED)
# A letter that came back waits until the office knows where it reaches its addressee.
ADDRESS_OPEN = Q(state=LetterState.RETURNED, address_confirmed_at=None)
TO_POST = Q(state__in=POSTABLE) & ~ADDRESS_OPEN
# A letter that was opened in the portal is announced too, but cannot come back.
AWAY = Q(state__in=RETURNABLE, posted_on__isnull=False, retrieved_at=None) | ADDRESS_OPEN


@dataclass(frozen=True)
class Figure:
    """How many notices are in one state, and since when the oldest of them."""

    state: NoticeState
    count: int
    oldest_at: datetime | None
    #: Of these, those that this person handles.
    handled: int


def _of_funds(rows: QuerySet[M], person: Person, roles: Sequence[str]) -> QuerySet[M]:
    funds = fund_ids(person, *roles)
    return rows if funds is None else rows.filter(fund_id__in=funds)


def _of_others(person: Person) -> QuerySet[Notice]:
    """Leave out what was written about cases of the person's own organisations, to whomever."""
    return Notice.objects.exclude(organisation__in=own_organisations(person))


def outbox(person: Person) -> QuerySet[Notice]:
    """Return the notices that the person may see; rows without a fund are for those of all funds."""
    return _of_funds(_of_others(person).select_related("fund"), person, permissions.OUTBOX_READERS)


def stuck(person: Person) -> QuerySet[Notice]:
    """Return the notices that need a person and that this person may handle."""
    mine = _of_funds(_of_others(person).filter(state__in=STUCK), person, permissions.OUTBOX_WORKERS)
    return mine.order_by("owed_at", "pk")


def figures(person: Person) -> list[Figure]:
    """Return number and oldest per state that is not sent, of what the person may see; one query."""
    funds = fund_ids(person, *permissions.OUTBOX_WORKERS)
    handled = Q() if funds is None else Q(fund_id__in=funds)
    counted = outbox(person).order_by().filter(state__in=UNSENT).values("state")
    rows = counted.annotate(n=Count("pk"), oldest=Min("owed_at"), handled=Count("pk", filter=handled))
    found: dict[str, dict[str, Any]] = {row["state"]: {**row} for row in rows}
    none: dict[str, Any] = {"n": 0, "oldest": None, "handled": 0}
    named = [(state, found.get(state, none)) for state in UNSENT]
    return [Figure(state, row["n"], row["oldest"], row["handled"]) for state, row in named]


def undrawn(person: Person) -> QuerySet[Document]:
    """Return the documents that no worker has drawn yet, failed ones first."""
    rows = (
        Document.objects.filter(rendered_at=None)
        .select_related("letter")
        .order_by(F("failed_at").asc(nulls_last=True), "pk")
    )
    return _of_funds(rows, person, permissions.OUTBOX_READERS)


def mail_room(person: Person) -> QuerySet[Letter]:
    """Return the letters of the funds for which the person does the post."""
    return _of_funds(Letter.objects.select_related("document", "fund"), person, [Role.MAIL_ROOM])


def dispatch(person: Person) -> QuerySet[Letter]:
    """Return the letters whose way the person follows: for the post, or as an auditor."""
    return _of_funds(Letter.objects.select_related("document", "fund"), person, [Role.MAIL_ROOM, Role.AUDITOR])


def messages_of(person: User) -> QuerySet[Notice]:
    """Return what was written to the person, newest first; sign-in mails are not messages."""
    return Notice.objects.filter(user=person, erase_body=False).exclude(state=NoticeState.DISCARDED)


def unread(person: User) -> int:
    """Return how many messages the person has not opened."""
    return messages_of(person).filter(read_at=None).count()


def staff_invitations_for(administrator: Person) -> QuerySet[Invitation]:
    """Return the invitations to the staff of the funds administered, newest first."""
    rows = Invitation.objects.filter(organisation__isnull=True).select_related("fund", "invited_by", "accepted_by")
    known = fund_ids(administrator, Role.ADMINISTRATOR)
    return rows if known is None else rows.filter(fund__in=known)


def member_invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Return the invitations of an organisation, newest first."""
    return Invitation.objects.filter(organisation=organisation).select_related("invited_by", "accepted_by")


def unreleased() -> QuerySet[Restoration]:
    """Return the restored backup that nobody has released yet, if there is one."""
    return Restoration.objects.filter(state__in=[RestorationState.STANDS_STILL, RestorationState.CATCHES_UP])


def last_known(now: datetime) -> datetime:
    """Return the time of the last history entry: until then at least the data knows what happened."""
    found: datetime | None = AuditEntry.objects.aggregate(last=Max("at"))["last"]
    return found or now


def held_back() -> QuerySet[Notice]:
    """Return what was held back after a restore, of all funds."""
    return Notice.objects.filter(state=NoticeState.HELD)


def waiting() -> QuerySet[Notice]:
    """Return what waits to be sent, of all funds."""
    return Notice.objects.filter(state=NoticeState.OWED)


def held_by_clocks(restored: Restoration) -> QuerySet[Notice]:
    """Return what the clocks owed while they caught up and nobody has dealt with yet."""
    since = restored.clocks_at or restored.restored_at
    return held_back().filter(owed_at__gte=since)


def sweeps_behind(since: datetime) -> list[str]:
    """Return the sweeps of the scheduler that were not begun and done since then."""
    done = Sweep.objects.filter(begun_at__gte=since, done_at__gte=F("begun_at")).values_list("name", flat=True)
    return sorted({name for name in settings.CELERY_BEAT_SCHEDULE if name.endswith(".sweep")} - set(done))


def has_caught_up(restored: Restoration, *, now: datetime, quiet: timedelta) -> bool:
    """Tell whether the clocks ran for that long without owing anything more."""
    since = now - quiet
    if restored.clocks_at is None or restored.clocks_at > since or sweeps_behind(since):
        return False
    return not held_by_clocks(restored).filter(owed_at__gt=since).exists()

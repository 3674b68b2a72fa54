"""What is read of the messages between an applicant and the office."""

from collections.abc import Collection
from typing import Final

from django.db.models import Count, Min, Q, QuerySet

from grants.models import Application, CaseMessage, CaseMessageFile
from grants.states import MessageSide

OTHER: Final = {MessageSide.APPLICANT: MessageSide.OFFICE, MessageSide.OFFICE: MessageSide.APPLICANT}
#: Messages on one page.
SHOWN: Final = 100
# As many waiting cases as a list of tasks names one by one.
_WAITING: Final = 20


def thread_of(application: Application, before: int = 0) -> tuple[list[CaseMessage], int]:
    """Return the last messages of a case with who wrote them and their files, oldest first (two queries).

    Args:
        application: whose.
        before: key of a message; only earlier ones are returned. 0 for the newest.

    Returns:
        the messages, and the key before which there are more (0: there are none).
    """
    rows = application.case_messages.select_related("sent_by").prefetch_related("files").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SHOWN + 1])
    more = found[SHOWN - 1].pk if len(found) > SHOWN else 0
    return found[:SHOWN][::-1], more


def last_messages(application: Application, count: int = 3) -> list[CaseMessage]:
    """Return the last messages of a case, newest first (one query)."""
    return list(application.case_messages.select_related("sent_by").order_by("-pk")[:count])


def unread(application: Application, side: MessageSide) -> QuerySet[CaseMessage]:
    """Return what the other side wrote and nobody of this side has opened."""
    return application.case_messages.filter(side=OTHER[side], read_at=None)


def file_of(application: Application, pk: int) -> CaseMessageFile | None:
    """Return a file of the case's messages."""
    return CaseMessageFile.objects.filter(message__application=application, pk=pk).first()


def waiting_cases(side: MessageSide, where: Q, without: Collection[int] = ()) -> list[tuple[int, str, int]]:
    """Return the cases in which something waits to be read by this side: key, title, how much; the oldest first.

    Args:
        side: who reads.
        where: a condition on the message.
        without: organisations whose cases are left out.
    """
    rows = CaseMessage.objects.filter(where, side=OTHER[side], read_at=None)
    if without:
        rows = rows.exclude(application__organisation__in=without)
    grouped = rows.order_by().values("application", "application__title")
    counted = grouped.annotate(n=Count("pk"), first=Min("sent_at")).order_by("first", "application")
    return list(counted.values_list("application", "application__title", "n")[:_WAITING])

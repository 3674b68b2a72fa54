from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from accounts.clock import berlin_day
from accounts.models import User
from grants.filestore import Stored
from grants.models import Application, CaseMessage, CaseMessageFile
from grants.states import MessageSide
from grants.steps.checks.delays import responsible
from grants.steps.sending import tell_applicant
from grants.thread import OTHER, unread
from notifications import outbox


def write_message(
    application: Application, *, side: MessageSide, by: User, text: str, now: datetime, files: Sequence[Stored] = ()
) -> CaseMessage:
    """Add a message with its files and tell the other side (N31), unless it has one of ours still to read.

    Args:
        application: sent.
        side: for whom the person writes.
        by: who writes.
        text: what.
        now: when.
        files: in the store already.
    """
    told_already = unread(application, OTHER[side]).exists()
    message = CaseMessage.objects.create(application=application, side=side, text=text, sent_by=by, sent_at=now)
    CaseMessageFile.objects.bulk_create(
        CaseMessageFile(message=message, **stored.row(by=by, at=now)) for stored in files
    )
    if not told_already:
        _tell(message)
    return message


def _tell(message: CaseMessage) -> None:
    """The mail says that there is a message, never what it says."""
    application = message.application
    if message.side == MessageSide.OFFICE:
        page = reverse("grants:messages", args=[application.pk])
        tell_applicant("N31", application, key=f"N31:{message.pk}", context={"office": ""}, link=page)
        return
    for person in responsible(application, berlin_day(message.sent_at)):
        outbox.owe(
            "N31",
            key=f"N31:{message.pk}:{person.pk}",
            to=person,
            context={"office": "1", "title": application.title, "case_number": application.case_number or ""},
            fund=application.fund,
            case_key=application.case_key,
            organisation_id=application.organisation_id,
            link=reverse("reviews:case_messages", args=[application.pk]),
        )

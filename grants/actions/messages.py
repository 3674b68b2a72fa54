from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, clock
from accounts.models import User
from grants import permissions as may
from grants.exceptions import NotSentYet, SentAlready, TooManyMessages
from grants.filestore import Stored
from grants.models import Application, CaseMessage, CaseMessageFile
from grants.states import UNSENT, MessageSide
from grants.steps.checks.common import permit
from grants.steps.messages import write_message
from grants.thread import unread

#: Messages of one side about one case within a day: above any conversation, below a machine's.
MESSAGES_A_DAY: Final = 50
_DAY: Final = timedelta(days=1)


def send_message(
    *, application: Application, by: User, side: MessageSide, text: str, seen: int, files: Sequence[Stored] = ()
) -> CaseMessage:
    """Write to the other side about a sent case.

    Args:
        application: as the page saw it.
        by: an owner or editor of the applicant, or somebody of the office who answers.
        side: for whom.
        text: what.
        seen: key of the last message on the page, 0 when there was none.
        files: in the store already.

    Raises:
        NotPermitted: writes for neither side.
        NotSentYet: a draft has no thread.
        SentAlready: the same words stand there since that page: a second press.
        TooManyMessages: the limit of a day, or of files in the messages of a case.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        permit(fresh, by, _may_write(side))
        if fresh.state in UNSENT:
            raise NotSentYet
        if fresh.case_messages.filter(pk__gt=seen, side=side, sent_by=by, text=text).exists():
            raise SentAlready
        now = clock.now()
        if fresh.case_messages.filter(side=side, sent_at__gt=now - _DAY).count() >= MESSAGES_A_DAY:
            raise TooManyMessages
        _refuse_too_many_files(fresh, side, len(files))
        return write_message(fresh, side=side, by=by, text=text, now=now, files=files)


def _may_write(side: MessageSide) -> may.Predicate:
    return may.applicant_edits if side == MessageSide.APPLICANT else may.answers_applicant


def _refuse_too_many_files(application: Application, side: MessageSide, more: int) -> None:
    if not more:
        return
    so_far = CaseMessageFile.objects.filter(message__application=application, message__side=side).count()
    if so_far + more > settings.UPLOAD_MAX_FILES:
        limit = {"limit": settings.UPLOAD_MAX_FILES}
        raise TooManyMessages(_("The messages of a case hold at most %(limit)s files of each side.") % limit)


def read_thread(*, application: Application, by: User, side: MessageSide) -> None:
    """Note that somebody of this side has opened what the other wrote; who only reads for it changes nothing."""
    with transaction.atomic(durable=True):
        if _may_write(side)(application, by):
            unread(application, side).update(read_at=clock.now())

"""The outbox door for imports and first data: messages that were sent long ago, kept as evidence."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from accounts import bulk
from notifications.models import Notice
from notifications.outbox import new_message_id
from notifications.states import NoticeState


class Sent(NamedTuple):
    """A message that was sent elsewhere or earlier; fields as in `Notice`."""

    key: str
    code: str
    fund_id: int
    case_key: str
    organisation_id: int | None
    user_id: int
    email: str
    subject: str
    body: str
    link: str
    at: datetime


def keep_many(messages: Iterable[Sent]) -> int:
    """Keep messages that come with imported or first data as sent: nobody gets them again. Returns how many."""
    return bulk.write([_kept(message) for message in messages])


def _kept(message: Sent) -> Notice:
    return Notice(
        key=message.key, code=message.code, fund_id=message.fund_id, case_key=message.case_key,
        organisation_id=message.organisation_id, user_id=message.user_id, email=message.email,
        subject=message.subject[:200], body=message.body, link=message.link, state=NoticeState.SENT.value,
        owed_at=message.at, next_try_at=message.at, sent_at=message.at, attempts=1, message_id=new_message_id(),
    )  # fmt: skip

"""The outbox door: the only writer of notices. The row stands with its event; a worker sends it later."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from accounts import clock, trace
from accounts.fields import normalise
from accounts.models import Fund, User
from notifications import wakeup
from notifications.models import Notice
from notifications.states import NoticeState

# Stands for a line break inside a value while the template is rendered, so that no value can end the
# subject line. From the private-use area: no text of a person needs it.
_BREAK: Final = "\ue000"
_SUBJECT_LENGTH: Final = 200
_holding: ContextVar[bool] = ContextVar("holding", default=False)


@contextmanager
def holding() -> Iterator[None]:
    """Hold back what is owed inside: after a restore the clocks owe what may have been sent in the lost time."""
    token = _holding.set(True)
    try:
        yield
    finally:
        _holding.reset(token)


def owe(
    code: str,
    *,
    key: str,
    to: User | str,
    context: Mapping[str, str | Promise],
    fund: Fund | None = None,
    case_key: str = "",
    organisation_id: int | None = None,
    link: str = "",
    erase_body: bool = False,
) -> None:
    """Owe one message to one person, inside the transaction of its event.

    The template is ``notifications/mail/<code lower>.txt``: first line the subject, a blank line, the text
    with its greeting. It knows what ``context`` holds and ``name`` (of the recipient), ``fund`` (its name),
    ``link`` (whole address). A link the text does not show is added below it, as is the signature.

    Args:
        code: of the notice, N01 …; names the template.
        key: unique for event and recipient; a repeat owes nothing new.
        to: the person, or a bare address of somebody without an account.
        context: values of the template, plain text; what differs by language, as days do, comes lazy
            (accounts.days.later).
        fund: whose staff may see the row.
        case_key: of the case it belongs to.
        organisation_id: whose case it is; staff who act for it do not see the row.
        link: path of the page it leads to, beginning with a slash.
        erase_body: the text holds a token and is erased once sent.

    Raises:
        RuntimeError: outside a transaction.
    """
    if find(key) is not None:
        return
    language = to.language if isinstance(to, User) else settings.LANGUAGE_CODE
    subject, body = compose(code, to=to, context=context, fund=fund, link=link, language=language)
    write(
        code, key=key, to=to, subject=subject, body=body, fund=fund, case_key=case_key, link=link,
        organisation_id=organisation_id, language=language, erase_body=erase_body,
    )  # fmt: skip


# Stands in quotation marks in the mails, so marks of its own become inner ones.
_QUOTED = frozenset({"title", "round"})
_INNER = str.maketrans("„“”", "‚‘’")


def find(key: str) -> Notice | None:
    """Return the notice already owed under this key. Raises: RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a notice is owed inside its event's transaction")
    return Notice.objects.filter(key=key).first()


def compose(
    code: str, *, to: User | str, context: Mapping[str, str | Promise], fund: Fund | None, link: str, language: str
) -> tuple[str, str]:
    """Return subject and text in the recipient's language; values never become markup or header lines."""
    with translation.override(language):
        return _composed(code, to=to, context=context, fund=fund, address=f"{settings.SITE_URL}{link}" if link else "")


def _composed(
    code: str, *, to: User | str, context: Mapping[str, str | Promise], fund: Fund | None, address: str
) -> tuple[str, str]:
    values = {key: _inline(str(value)) for key, value in context.items()}
    values |= {key: values[key].translate(_INNER) for key in _QUOTED & values.keys()}
    values |= {"name": _inline(str(to)), "fund": _inline(fund.name if fund else ""), "link": address}
    template = Engine.get_default().get_template(f"notifications/mail/{code.lower()}.txt")
    first, _, rest = template.render(Context(values, autoescape=False)).lstrip().partition("\n")
    text = normalise(rest.replace(_BREAK, "\n"), lines=True)
    body = render_to_string(
        "notifications/mail/_frame.txt",
        {"text": text, "link": address if address not in text else "", "fund": fund},
    )
    return _subject(first.replace(_BREAK, " ")), body.strip() + "\n"


def _inline(value: str) -> str:
    return normalise(value.replace(_BREAK, ""), lines=True).replace("\n", _BREAK)


def _subject(text: str) -> str:
    return normalise(text, lines=False)[:_SUBJECT_LENGTH]


def write(
    code: str,
    *,
    key: str,
    to: User | str,
    subject: str,
    body: str,
    language: str,
    fund: Fund | None = None,
    case_key: str = "",
    organisation_id: int | None = None,
    link: str = "",
    erase_body: bool = False,
) -> None:
    """Owe a message whose text is already written; arguments as for `owe`."""
    now = clock.now()
    notice = Notice(
        key=key,
        code=code,
        fund=fund,
        case_key=case_key,
        organisation_id=organisation_id,
        user=to if isinstance(to, User) else None,
        email=to.email if isinstance(to, User) else to.strip(),
        language=language,
        subject=_subject(subject),
        body=body,
        link=link,
        erase_body=erase_body,
        state=NoticeState.HELD if _holding.get() else NoticeState.OWED,
        owed_at=now,
        next_try_at=now,
        message_id=new_message_id(),
        request_id=trace.current(),
    )
    # Where the same event was faster elsewhere, its row stands and this one is dropped, in the one statement.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    wakeup.after_commit(wakeup.NOTICES)


def new_message_id() -> str:
    """Return a Message-ID of this installation; a notice keeps its own through every try."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"

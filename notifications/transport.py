"""Ways by which a notice leaves: SMTP, or message files in the demo."""

import smtplib
import uuid
from abc import ABC, abstractmethod
from contextlib import suppress
from email.utils import format_datetime, formataddr
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from accounts.languages import tag_of
from notifications.models import Notice


class Undeliverable(Exception):
    """The server refused this message for good."""


class TryLater(Exception):
    """The server refused this message for now."""


class NoConnection(TryLater):
    """The server cannot be reached, or does not let us in: no use to try other messages now."""


def message_of(notice: Notice) -> EmailMessage:
    """Return the mail of a notice; each try builds the same, with the same Message-ID and Date."""
    # Leads from a mail to the log lines of the request that caused it.
    traced = {"X-Request-ID": notice.request_id} if notice.request_id else {}
    sender = formataddr((notice.fund.name if notice.fund else settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL))
    return EmailMessage(
        subject=notice.subject,
        body=notice.body,
        from_email=sender,
        to=[notice.email],
        reply_to=[notice.fund.email] if notice.fund and notice.fund.email else None,
        headers={
            "Message-ID": notice.message_id,
            "Date": format_datetime(notice.owed_at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": tag_of(notice.language),
            **traced,
        },
    )


class Transport(ABC):
    """One opened way; use it with `with`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @abstractmethod
    def deliver(self, notice: Notice) -> None:
        """Hand the notice over.

        Raises:
            Undeliverable, TryLater, NoConnection.
        """


class SmtpTransport(Transport):
    """One connection for many notices."""

    def __init__(self) -> None:
        given: dict[str, Any] = settings.OUTBOX_EMAIL_URL
        self._server = EmailBackend(
            host=given["host"],
            port=given["port"],
            username=given["username"] or "",
            password=given["password"] or "",
            use_tls=given["use_tls"],
            use_ssl=given["use_ssl"],
            timeout=settings.OUTBOX_EMAIL_TIMEOUT,
        )

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.close()

    def deliver(self, notice: Notice) -> None:
        """Send by SMTP; a refused recipient or text is told apart from a refused connection."""
        message = message_of(notice)
        self._connect()
        try:
            self._server.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*max(error.recipients.values())) from error
        except smtplib.SMTPSenderRefused as error:
            # Our own address: nothing of this message, and the next one would fare alike.
            raise NoConnection(_text(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
            raise Undeliverable(str(error)) from error
        except (OSError, SoftTimeLimitExceeded) as error:
            raise NoConnection(_name(error)) from error

    def _connect(self) -> None:
        try:
            self._server.open()
        except smtplib.SMTPResponseException as error:
            raise NoConnection(_text(error.smtp_code, error.smtp_error)) from error
        except (OSError, SoftTimeLimitExceeded) as error:
            raise NoConnection(_name(error)) from error


def _refusal(code: int, answer: bytes | str) -> Undeliverable | TryLater:
    if code == 421:
        return NoConnection(_text(code, answer))
    return Undeliverable(_text(code, answer)) if 500 <= code < 600 else TryLater(_text(code, answer))


def _text(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"[:500]


def _name(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]


class FolderTransport(Transport):
    """The demo's way: each message becomes a file below the media folder."""

    def deliver(self, notice: Notice) -> None:
        """Write the message as a file; the same notice always has the same name."""
        folder = demo_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = folder / f".{uuid.uuid4().hex}.part"
        try:
            part.write_bytes(message_of(notice).message().as_bytes())
            part.replace(folder / f"{notice.pk:08}.eml")
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise NoConnection(_name(error)) from error


def demo_folder() -> Path:
    """Return where the demo keeps the mails it would send."""
    return Path(settings.MEDIA_ROOT) / "demo-mail"


def open_transport() -> Transport:
    """Return the way that OUTBOX_EMAIL_URL names."""
    return FolderTransport() if settings.OUTBOX_EMAIL_URL["scheme"] == "demo" else SmtpTransport()

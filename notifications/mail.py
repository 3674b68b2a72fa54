"""Django's own mails (sign-in, reset) go through the outbox like every other."""

import uuid
from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from accounts.models import User
from notifications import outbox

CODE = "SIGNIN"


class OutboxBackend(BaseEmailBackend):
    """Writes outbox rows instead of sending; their text may hold tokens and is erased once sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Owe each message to each of its recipients; return how many messages there were."""
        with transaction.atomic():
            for message in email_messages:
                for recipient in message.recipients():
                    self._owe(message, parseaddr(recipient)[1])
        return len(email_messages)

    def _owe(self, message: EmailMessage, address: str) -> None:
        person = User.objects.filter(email=address.lower()).first()
        outbox.write(
            CODE,
            key=f"mail:{uuid.uuid4().hex}",
            to=person or address,
            subject=str(message.subject),
            body=str(message.body),
            language=get_language() or "de",
            erase_body=True,
        )

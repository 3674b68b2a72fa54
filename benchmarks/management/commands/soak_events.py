"""What people do while everything breaks: events that owe a notice or a letter, each told once it is committed."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection, transaction

from accounts.models import Fund
from notifications import documents, outbox
from notifications.models import Notice
from notifications.states import DocumentKind
from tests.factories import make_fund
from tests.notifications.letters import award

PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = "Owes notices and letters, evenly over some seconds; prints a line of JSON for each that is committed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--notices", type=int, default=1000)
        parser.add_argument("--letters", type=int, default=200)
        parser.add_argument("--seconds", type=float, default=70)
        parser.add_argument("--name", required=True, help="prefix of the keys; no two runs share one")

    def handle(self, *args: Any, notices: int, letters: int, seconds: float, name: str, **options: Any) -> None:
        make_fund(name=name, slug=name, case_prefix=name.upper()[:12])
        total = notices + letters
        start = time.monotonic()
        for number in range(total):
            time.sleep(max(0.0, start + number * seconds / total - time.monotonic()))
            # The letters lie evenly among the notices.
            is_letter = (number + 1) * letters // total > number * letters // total
            self._until_committed(_letter if is_letter else _notice, f"{name}:{number}")

    def _until_committed(self, event: Callable[[str], dict[str, str]], key: str) -> None:
        """A person whose page failed presses again, until the page says that it is done."""
        pressed = time.time()
        while True:
            try:
                with transaction.atomic(durable=True):
                    owed = event(key)
                break
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(PAUSE_SECONDS)
        self.stdout.write(json.dumps(owed | {"key": key, "pressed": pressed, "at": time.time()}))
        self.stdout.flush()


def _notice(key: str) -> dict[str, str]:
    body = "Guten Tag,\n\nIhr Antrag ist eingegangen.\n"
    outbox.write("N01", key=key, to="verein@stadt.example", subject="Ihr Antrag", body=body, language="de", fund=None)
    return {"message_id": Notice.objects.get(key=key).message_id}


def _letter(key: str) -> dict[str, str]:
    fund = Fund.objects.get(slug=key.partition(":")[0])
    documents.order(DocumentKind.AWARD, key=key, fund=fund, case_key=key, data=award().to_json())
    return {}

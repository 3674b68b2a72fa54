"""After a restore: hold back what the backup still owes, until a person decides."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.actions import notices


class Command(BaseCommand):
    help = "Hold back all owed notices (run it after restoring a backup, before workers start)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold them and say how many."""
        self.stdout.write(f"{notices.hold_all()} notices held back; decide about them in the outbox.")

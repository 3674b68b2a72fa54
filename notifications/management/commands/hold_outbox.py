"""After restoring a backup by other means than ``restore``: send nothing until a person has decided."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.actions import restorations


class Command(BaseCommand):
    help = "Hold back all owed notices and stop the clocks, until an administrator releases them on the outbox page."

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold them and say how many."""
        restored = restorations.stand_still(source="hold_outbox")
        self.stdout.write(f"{restored.held} notices held back; decide about them in the outbox.")

"""Send and render everything owed, without broker or worker."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications import delivery, queries, rendering
from notifications.models import Notice
from notifications.states import NoticeState


class Command(BaseCommand):
    help = "Render ordered documents and send owed notices now, in this process; needs no broker."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until nothing is due; say what is left."""
        while not rendering.render_due(seconds=60):
            self.stdout.write("rendering ...")
        while not delivery.deliver_due(seconds=60):
            self.stdout.write("sending ...")
        if queries.unreleased().exists():
            self.stdout.write("A restored backup is not released: nothing is sent before the outbox page says so.")
        owed = delivery.owed().count()
        stuck = Notice.objects.filter(state__in=[NoticeState.FAILED, NoticeState.HELD]).count()
        waiting, broken = rendering.ordered().count(), rendering.failed().count()
        self.stdout.write(f"notices: {owed} wait for a later try, {stuck} need a person")
        self.stdout.write(f"documents: {waiting} wait for a later try, {broken} need a person")

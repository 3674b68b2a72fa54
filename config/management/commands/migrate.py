"""``manage.py migrate``: Django's own, then the cache's table and the rights of the application."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate


class Command(migrate.Command):
    """One command brings a database up to date in every mode."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; what only looks (``--plan``, ``--check``) changes nothing else either."""
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        call_command("createcachetable", database=options["database"], verbosity=0)
        if settings.DATABASE_APP_ROLE:
            call_command("grant_roles", stdout=self.stdout)

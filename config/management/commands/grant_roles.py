"""``manage.py grant_roles``: give the application's database role its rights."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.grants import grant_to


class Command(BaseCommand):
    """Runs as the owner of the tables (``MIGRATION_DATABASE_URL``); ``migrate`` calls it at its end."""

    help = "Give the application's database role its rights on the tables (PostgreSQL)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant everything in one transaction.

        Raises:
            CommandError: not PostgreSQL, or no application role distinct from the owner is configured.
        """
        role = settings.DATABASE_APP_ROLE
        if connection.vendor != "postgresql":
            raise CommandError("Roles exist in PostgreSQL only.")
        if not role or role == connection.settings_dict["USER"]:
            raise CommandError("DATABASE_URL must name another role than MIGRATION_DATABASE_URL.")
        with transaction.atomic():
            tables = grant_to(connection, role)
        self.stdout.write(f"Granted rights on {len(tables)} tables to {role}.")

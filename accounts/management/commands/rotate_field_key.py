"""Write all bank data anew with today's key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from accounts.actions.keys import rotate_field_key
from accounts.exceptions import Refused


class Command(BaseCommand):
    """``manage.py rotate_field_key``: runs as the owner of the tables, with the former key among the fallbacks."""

    help = "Encrypts all bank data with FIELD_ENCRYPTION_KEY; the former key stands in FIELD_ENCRYPTION_KEY_FALLBACKS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate in one transaction.

        Raises:
            CommandError: an account is not what was entered, or the database role does not own the tables.
        """
        try:
            count = rotate_field_key()
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except ProgrammingError as error:
            raise CommandError("Only the owner of the tables may do this: set MIGRATION_DATABASE_URL.") from error
        self.stdout.write(f"{count} bank accounts are encrypted with the new key.")

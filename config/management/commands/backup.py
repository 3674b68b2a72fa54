"""``manage.py backup``: database and files as of one moment, in a folder of their own."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backup import shelf, taking
from config.backup.exceptions import BackupError


class Command(BaseCommand):
    """Runs as the owner of the tables (``MIGRATION_DATABASE_URL``), beside the running product."""

    help = "Back up database and files into a new folder below TARGET; files that the backup before has are linked."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how many to keep."""
        parser.add_argument("target", type=Path, help="folder of all backups")
        parser.add_argument("--keep", type=int, default=0, help="throw away all but so many of the newest backups")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one backup and print what is in it.

        Raises:
            CommandError: none was made; or it was, but the store has lost files that rows name.
        """
        target: Path = options["target"].absolute()
        if options["keep"] < 0:
            raise CommandError("--keep must not be negative.")
        try:
            taken = taking.take(target)
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        content = taken.manifest
        size = content.parts[0].size + content.file_bytes
        parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.seconds.items())
        self.stdout.write(
            f"{taken.folder}: {sum(content.rows.values())} rows, {content.file_count} files ({taken.copied} new), "
            f"{size / 1e6:.1f} MB ({parts})."
        )
        if options["keep"]:
            for name in shelf.keep_newest(target, options["keep"]):
                self.stdout.write(f"{name} was thrown away.")
        if content.faults:
            lines = [f"{path}: {fault}" for path, fault in sorted(content.faults.items())]
            raise CommandError("\n".join(["The backup was made, but the store of files is not whole:", *lines]))

"""``manage.py restore``: puts a backup back on an empty machine, checks it and lets nothing be sent."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config.backup import restoring
from config.backup.exceptions import BackupError


class Command(BaseCommand):
    """Runs as the owner of the tables (``MIGRATION_DATABASE_URL``), while everything else is stopped."""

    help = "Restore database and files from a backup, check them, and hold back all mails until a person decides."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup, and what may be given up for it."""
        parser.add_argument("folder", type=Path, help="folder of the backup")
        parser.add_argument("--replace", default="", metavar="NAME", help="name of a database that shall be given up")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="tables that are loaded at once")
        parser.add_argument(
            "--skip-numbers", type=int, default=100,
            help="case numbers to leave out, because they may have been given after the backup (100)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and say what a person has to do now.

        Raises:
            CommandError: nothing was changed, or the restored database stays closed; it says which and why.
        """
        folder: Path = options["folder"].absolute()
        try:
            done = restoring.restore(
                folder, replace=options["replace"], jobs=max(1, options["jobs"]), skip=max(0, options["skip_numbers"])
            )
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        for line in report(done):
            self.stdout.write(line)


def report(done: restoring.Restored) -> list[str]:
    """Return the lines for the operator."""
    content, held = done.manifest, done.mark.held if done.mark else 0
    moment = f"{content.moment:%Y-%m-%d %H:%M:%S} UTC"
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in done.seconds.items())
    return [
        f"Restored: {sum(content.rows.values())} rows, {done.files} files, as of {moment} ({parts}).",
        "Rows, triggers, books, letters, uploads and payment files are those of the backup.",
        *(f"Lost or damaged before the backup: {path} ({fault})." for path, fault in sorted(content.faults.items())),
        *([f"Files that were here were moved to {done.aside}."] if done.aside else []),
        f"{held} messages are held back. Nothing is sent and no clock runs until an administrator of all funds",
        "says so on the outbox page.",
        f"This database does not know what happened after {moment}. No fund can make a payment file",
        "before its treasury has compared with the bank which ones were handed over since.",
        "Everybody signs in anew.",
    ]

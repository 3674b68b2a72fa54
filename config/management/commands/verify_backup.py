"""``manage.py verify_backup``: is every byte of a backup still what was written?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import checking, engines, manifest
from config.backup.exceptions import BackupError


class Command(BaseCommand):
    """Asks no database; reads the whole backup."""

    help = "Check all hashes of a backup, and whether its database can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        parser.add_argument("folder", type=Path, help="folder of the backup")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check it.

        Raises:
            CommandError: it cannot be restored as it is; each reason in a sentence.
        """
        folder: Path = options["folder"].absolute()
        try:
            content = manifest.read(folder)
            problems = list(checking.damages(folder, content))
            if not problems and engines.is_configured(content.engine):
                engine = engines.engine()
                engine.check(folder / engine.part)
        except BackupError as error:
            raise CommandError(str(error)) from error
        if problems:
            raise CommandError("\n".join(problems))
        faults = f", {len(content.faults)} files were lost or damaged before" if content.faults else ""
        self.stdout.write(f"{folder.name} is whole: as of {content.taken_at}, {content.file_count} files{faults}.")

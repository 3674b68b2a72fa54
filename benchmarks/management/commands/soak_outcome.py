"""How notices and letters ended, as JSON; with `--again` a person first sends again what was refused for good."""

import hashlib
import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notifications.actions.notices import send_again
from notifications.models import Document, Notice
from notifications.states import NoticeState
from tests.factories import make_administrator


class Command(BaseCommand):
    help = "Prints how the notices and letters of a run ended, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="prefix of the keys of the run")
        parser.add_argument("--again", action="store_true", help="a person sends the failed ones again")

    def handle(self, *args: Any, name: str, again: bool, **options: Any) -> None:
        notices, papers = (
            Notice.objects.filter(key__startswith=f"{name}:"),
            Document.objects.filter(key__startswith=f"{name}:"),
        )
        failed = list(notices.filter(state=NoticeState.FAILED))
        if again and failed:
            send_again(notices=failed, by=make_administrator(email=f"{name}@stadt.example"))
        outcome = {
            "notices": Counter(notices.values_list("state", flat=True)),
            "message_ids": dict(notices.values_list("key", "message_id")),
            "letters": list(papers.exclude(rendered_at=None).values_list("key", flat=True)),
            "letters_failed": papers.exclude(failed_at=None).count(),
            "broken": [paper.key for paper in papers.exclude(rendered_at=None) if not _is_whole(paper)],
            "strangers": _strangers(),
        }
        self.stdout.write(json.dumps(outcome))


def _is_whole(paper: Document) -> bool:
    path = Path(settings.MEDIA_ROOT) / paper.file
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == paper.sha256


def _strangers() -> list[str]:
    """Files in the folder of letters that no row knows: half ones under the name of a whole one."""
    known = set(Document.objects.exclude(rendered_at=None).values_list("file", flat=True))
    folder = Path(settings.MEDIA_ROOT) / settings.LETTER_FOLDER
    return [str(path) for path in folder.rglob("*.pdf") if str(path.relative_to(settings.MEDIA_ROOT)) not in known]

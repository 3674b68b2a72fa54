"""Complete drafts of one round, each with a person who is signed in: `manage.py soak_drafts 30` prints them as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.test import override_settings

from benchmarks.people import session_of
from grants.models import Application, Attachment, Round
from tests.factories import make_fund, make_member, make_organisation, make_round
from tests.grants.factories import make_attachment, make_sendable, stored

# Whoever is signed in is asked for no password; a hash that costs nothing makes thousands of people in seconds.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Command(BaseCommand):
    help = "Makes drafts that can be sent, in a round of their own, and prints round and drafts as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--first", type=int, default=1, help="number of the first person; no two calls share one")
        parser.add_argument("--files", action="store_true", help="with a file of its own on the disk for each draft")

    def handle(self, *args: Any, count: int, first: int, files: bool, **options: Any) -> None:
        with transaction.atomic(), override_settings(PASSWORD_HASHERS=QUICK):
            fund = make_fund(name=f"Fonds {first}", slug=f"last-{first}", case_prefix=f"L{first}")
            made = make_round(fund, slug=f"last-{first}")
            drafts = [self._draft(made, first + number) for number in range(count)]
            if files:
                Attachment.objects.filter(application__round=made).delete()
                for draft in made.applications.all():
                    self._attach(draft)
        self.stdout.write(json.dumps({"round": made.pk, "drafts": drafts}))

    def _draft(self, fund_round: Round, number: int) -> dict[str, object]:
        organisation = make_organisation(name=f"Verein {number}", register_number=f"VR {number}")
        by = make_member(organisation, email=f"applicant{number}@stadt.example")
        draft = make_sendable(round=fund_round, organisation=organisation, by=by)
        return {"pk": draft.pk, "version": draft.version, "session": session_of(by.email)}

    def _attach(self, draft: Application) -> None:
        found = stored()
        make_attachment(
            draft,
            name=found.name,
            path=found.path,
            size=found.size,
            content_type=found.content_type,
            sha256=found.sha256,
        )

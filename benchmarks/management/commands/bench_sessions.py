"""Sign people in without passwords: `manage.py bench_sessions anna@example.org` prints their session cookies."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from benchmarks.people import session_of


class Command(BaseCommand):
    help = "Opens a session for each address and prints the cookies as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("emails", nargs="+")

    def handle(self, *args: Any, emails: list[str], **options: Any) -> None:
        self.stdout.write(json.dumps({email: session_of(email) for email in emails}))

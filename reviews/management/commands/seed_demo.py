"""Fill an empty installation with an invented fund: `manage.py seed_demo --applications 70 --seed 1`.

The first 70 applications are a story told step by step; with 200 and more, up to 100,000, the others come in quantity,
with ten years of rounds of the fund and its neighbours. One that was broken off is thrown away with its database.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Fund
from reviews.demo import bar, scale, year


class Command(BaseCommand):
    help = "Fills an empty installation with an invented fund, its people, rounds and cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--applications", type=int, default=70, help="how many applications in all")
        parser.add_argument("--seed", type=int, default=1, help="the same seed on the same day gives the same data")
        parser.add_argument(
            "--review-round", type=int, help="cases of the round for the lists, six sheets each (by default as fits)"
        )

    def handle(self, *args: Any, applications: int, seed: int, review_round: int | None = None, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's people and data exist in demo mode only.")
        if Fund.objects.exists():
            self.stdout.write("There is data already; the demo is left as it is.")
            return
        if applications < 5:
            raise CommandError("The demo needs at least 5 applications.")
        if review_round is not None and not 0 <= review_round <= applications // 2:
            raise CommandError("The round for the lists has at most half of the applications.")
        story = applications if applications < scale.SCALE_FROM else scale.STORY
        demo = year.play(story, seed, self._say)
        if applications > story:
            scale.play(
                demo.cast, demo.main, applications, told=story, seed=seed, now=clock.now(), dense=review_round,
                progress=bar.Bar(self.stdout).show,
            )  # fmt: skip
        self.stdout.write(self.style.SUCCESS(f"The demo is ready: {applications} applications."))

    def _say(self, name: str, count: int) -> None:
        self.stdout.write(f"  {name}: {count} applications …")
        self.stdout.flush()

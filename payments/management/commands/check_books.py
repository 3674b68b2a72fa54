"""``manage.py check_books``: are the books right?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import Fund
from payments.queries import books


class Command(BaseCommand):
    """Recomputes every balance and every invariant from the transfers; exit status 1 when one does not hold."""

    help = "Recompute every balance of the ledger from its transfers and say what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: a single fund."""
        parser.add_argument("--fund", help="short name of one fund (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was checked.

        Raises:
            CommandError: something is wrong, each in a sentence; or there is no such fund.
        """
        fund = self._fund(options["fund"])
        report = books.check(fund)
        counted = _("%(budgets)s budgets, %(cases)s cases, %(transfers)s transfers checked.") % vars(report)
        if report.errors:
            raise CommandError("\n".join([counted, *report.errors]), returncode=1)
        right = _("The books are right.")
        self.stdout.write(f"{counted} {right}")

    def _fund(self, slug: str | None) -> Fund | None:
        if slug is None:
            return None
        fund = Fund.objects.filter(slug=slug).first()
        if fund is None:
            raise CommandError(_("There is no fund with the short name “%(slug)s”.") % {"slug": slug})
        return fund

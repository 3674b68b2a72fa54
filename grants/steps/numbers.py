from django.db.models import F

from accounts.models import Fund
from grants.models import CaseCounter


def give_case_number(fund: Fund, prefix: str, year: int) -> str:
    """Return the next case number of a fund and year, for example ``MIT-2026-0042``.

    The counter's row stays locked until the transaction ends, and a rollback takes the number back: so no
    number is doubled and none is left out.
    """
    row = CaseCounter.objects.filter(fund=fund, year=year)
    if not row.update(last=F("last") + 1):
        CaseCounter.objects.get_or_create(fund=fund, year=year)
        row.update(last=F("last") + 1)
    return f"{prefix}-{year}-{row.values_list('last', flat=True).get():04}"


def give_case_numbers(fund: Fund, prefix: str, year: int, count: int) -> list[str]:
    """Return the next case numbers for many applications at once, as for an import; else as `give_case_number`."""
    row = CaseCounter.objects.filter(fund=fund, year=year)
    if not row.update(last=F("last") + count):
        CaseCounter.objects.get_or_create(fund=fund, year=year)
        row.update(last=F("last") + count)
    last = row.values_list("last", flat=True).get()
    return [f"{prefix}-{year}-{number:04}" for number in range(last - count + 1, last + 1)]


def skip_numbers(count: int, *, since: int) -> None:
    """Leave out so many case numbers of every fund from the year `since` on.

    After a restore: numbers that were given after the backup stand on receipts and must not be given again.
    """
    CaseCounter.objects.filter(year__gte=since).update(last=F("last") + count)

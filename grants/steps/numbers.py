from django.db import connection

from accounts.models import Fund
from grants.models import CaseCounter


def give_case_number(fund: Fund, prefix: str, year: int) -> str:
    """Return the next case number of a fund and year, for example ``MIT-2026-0042``.

    The counter's row stays locked until the transaction ends, and a rollback takes the number back: so no
    number is doubled and none is left out.
    """
    CaseCounter.objects.get_or_create(fund=fund, year=year)
    rows = CaseCounter.objects.filter(fund=fund, year=year)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    counter = rows.get()
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{prefix}-{year}-{counter.last:04}"

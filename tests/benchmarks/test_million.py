"""A ledger by the number: every transfer passed the triggers, and the books agree."""

from io import StringIO

import pytest
from django.core.management import call_command

from benchmarks.management.commands import million
from payments.models import Transfer
from payments.queries import books


@pytest.mark.django_db
def test_a_ledger_by_the_number_agrees() -> None:
    said = StringIO()

    call_command(million.Command(), transfers=300, stdout=said)

    report = books.check()
    assert report.errors == []
    assert report.transfers == Transfer.objects.count() == 300 + million.FUNDS
    assert (report.budgets, report.cases) == (million.FUNDS, 30)
    assert "300 transfers in" in said.getvalue()

"""After a restore no payment file is made before the fund's treasury has asked the bank."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted
from accounts.models import AuditEntry
from notifications.actions import restorations
from payments import queries
from payments.actions.comparisons import compare_with_bank
from payments.exceptions import NotCompared
from payments.models import BankComparison
from tests import factories as make
from tests.payments import chain

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
FOUND = "Keine Datei in dieser Zeit."


@pytest.fixture
def case() -> chain.Case:
    chain.at(chain.NOW)
    made = chain.make_case()
    chain.final_award(made)
    return made


def restore() -> None:
    restorations.stand_still(source="20261106T020000Z", taken_at=clock.now())


def test_no_file_before_the_comparison(case: chain.Case) -> None:
    payment = chain.ordered(case, 1_000)
    restore()

    with pytest.raises(NotCompared):
        chain.exported(case, payment)
    (comparison,) = compare_with_bank(fund=case.office.fund, by=case.office.treasury, note=FOUND)

    assert [entry.reason for entry in audit.history(comparison)] == [FOUND]
    assert chain.exported(case, payment)[0].state == "EXPORTED"


def test_every_restore_is_compared_once_and_for_each_fund(case: chain.Case) -> None:
    fund, treasury = case.office.fund, case.office.treasury
    restore()
    restore()

    # The time that the first backup lost is missing in the second one as well.
    assert len(compare_with_bank(fund=fund, by=treasury, note=FOUND)) == 2
    with pytest.raises(LostRace):
        compare_with_bank(fund=fund, by=treasury, note=FOUND)
    assert (queries.uncompared(fund).count(), queries.uncompared(make.make_fund()).count()) == (0, 2)
    restore()
    assert len(compare_with_bank(fund=fund, by=treasury, note=FOUND)) == 1


def test_only_its_treasury_says_so_and_says_what_it_found(case: chain.Case) -> None:
    fund = case.office.fund
    restore()

    for person in (case.office.finance_b, chain.make_office().treasury):
        with pytest.raises(NotPermitted):
            compare_with_bank(fund=fund, by=person, note=FOUND)
    with pytest.raises(NeedsReason):
        compare_with_bank(fund=fund, by=case.office.treasury, note=" ")
    assert not BankComparison.objects.exists()


def test_the_desk_leads_there_and_back(case: chain.Case, client: Client) -> None:
    fund, desk = case.office.fund, reverse("payments:payments")
    page = reverse("payments:compare", args=[fund.pk])
    client.force_login(case.office.treasury)
    assert page not in client.get(desk).content.decode()
    assert client.get(page).status_code == 404

    restore()
    assert page in client.get(desk).content.decode()
    assert client.get(page).status_code == 200
    assert client.post(page, {"note": ""}).status_code == 200
    assert client.post(page, {"note": FOUND}).status_code == 302

    assert page not in client.get(desk).content.decode()
    assert AuditEntry.objects.filter(action="compare_with_bank", fund=fund).count() == 1
    assert client.post(page, {"note": FOUND}).status_code == 409
